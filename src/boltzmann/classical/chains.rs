//! Markov chains of a machine, in groups that threads work on.

use super::kernel::{LANES, Lane, Layers, UNITS, draw, draw_fair, draw_layer, sigmoids};
use super::tempered::exchange;
use crate::math::{LaneRng, Streams, Vectorized, threads};
use rayon::prelude::*;

/// Blocks of lanes whose statistics are summed together.
const BLOCKS: usize = 8;
/// Chains of a group.
pub(super) const GROUP: usize = BLOCKS * LANES;
/// Unit updates that are worth the waking of another thread.
const WORTH_A_THREAD: usize = 30_000;

/// Both layers of as many chains as there are lanes.
#[derive(Debug, Clone)]
pub(super) struct Units {
    pub visible: Vec<Lane>,
    pub hidden: Vec<Lane>,
}

impl Units {
    pub fn zeros(layers: &Layers) -> Self {
        let (nv, nh) = (layers.visible.units, layers.hidden.units);
        Units { visible: vec![[0.0; LANES]; nv], hidden: vec![[0.0; LANES]; nh] }
    }
}

/// Configurations of the visible layer with weights, and P(h = 1) given them: what statistics are of.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// One a rung, the first with the law of the machine.
    pub rungs: Vec<Units>,
    /// P(h = 1) given the visible units of the first rung, times the weight.
    probability: Vec<Lane>,
    /// 0 for a lane that is not used.
    weight: Lane,
    energy: Vec<Lane>,
}

impl Block {
    pub fn new(layers: &Layers, rungs: usize, weight: Lane) -> Self {
        Block {
            rungs: vec![Units::zeros(layers); rungs],
            probability: vec![[0.0; LANES]; layers.hidden.units],
            weight,
            energy: vec![[0.0; LANES]; rungs],
        }
    }
}

/// Blocks with what their statistics sum up to.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub blocks: Vec<Block>,
    pub rngs: Vec<LaneRng<LANES>>,
    /// Σ weight v, Σ weight P(h|v), Σ weight v P(h|v), the last one row a visible unit.
    pub sums: Vec<f64>,
    /// Exchanges of neighbouring rungs that were made.
    pub exchanged: Vec<u64>,
}

impl Group {
    fn new(layers: &Layers, rungs: usize, blocks: impl Iterator<Item = Lane>) -> Self {
        let (nv, nh) = (layers.visible.units, layers.hidden.units);
        Group {
            blocks: blocks.map(|weight| Block::new(layers, rungs, weight)).collect(),
            rngs: Vec::new(),
            sums: vec![0.0; nv + nh + nv * nh],
            exchanged: vec![0; rungs - 1],
        }
    }

    /// Chains with fair bits in their hidden units; chain k draws from stream k.
    pub fn of_chains(layers: &Layers, rungs: usize, chains: usize, streams: &Streams) -> Vec<Self> {
        let weights = vec![1.0; chains];
        let mut groups = Self::of_weights(layers, rungs, &weights);
        for (number, group) in groups.iter_mut().enumerate() {
            for (k, block) in group.blocks.iter_mut().enumerate() {
                let first = (number * GROUP + k * LANES) as u64;
                let mut rng = LaneRng::new(streams, first);
                block.rungs.iter_mut().for_each(|units| draw_fair(&mut units.hidden, &mut rng));
                group.rngs.push(rng);
            }
        }
        groups
    }

    /// One lane a weight.
    pub fn of_weights(layers: &Layers, rungs: usize, weights: &[f32]) -> Vec<Self> {
        let of_group = |weights: &[f32]| {
            let lanes = weights.chunks(LANES).map(|some| {
                let mut weight = [0.0; LANES];
                weight[..some.len()].copy_from_slice(some);
                weight
            });
            Group::new(layers, rungs, lanes)
        };
        weights.chunks(GROUP).map(of_group).collect()
    }

    /// Bytes of chains with statistics.
    pub fn bytes(nv: usize, nh: usize, rungs: usize, chains: usize) -> u128 {
        let (nv, nh) = (nv as u128, nh as u128);
        let groups = (chains as u128).div_ceil(GROUP as u128);
        let of_units = 4 * GROUP as u128 * ((nv + nh + 1) * rungs as u128 + nh);
        groups * (of_units + 8 * (nv + nh + nv * nh))
    }

    /// Sets the visible units of the first rung of a chain of this group.
    pub fn set_visible(&mut self, chain: usize, units: &[u8]) {
        let visible = &mut self.blocks[chain / LANES].rungs[0].visible;
        for (lane, &unit) in visible.iter_mut().zip(units) {
            lane[chain % LANES] = f32::from(unit);
        }
    }

    #[inline(always)]
    fn sum_up(&mut self, nv: usize, nh: usize) {
        let (of_visible, rest) = self.sums.split_at_mut(nv);
        let (of_hidden, of_pairs) = rest.split_at_mut(nh);
        for i in 0..nv {
            let mut sum = [0.0; LANES];
            for block in &self.blocks {
                let x = &block.rungs[0].visible[i];
                for k in 0..LANES {
                    sum[k] += block.weight[k] * x[k];
                }
            }
            of_visible[i] = total(sum);
        }
        for j in 0..nh {
            let mut sum = [0.0; LANES];
            for block in &self.blocks {
                for k in 0..LANES {
                    sum[k] += block.probability[j][k];
                }
            }
            of_hidden[j] = total(sum);
        }
        for i in 0..nv {
            for four in (0..nh).step_by(UNITS) {
                let many = UNITS.min(nh - four);
                if many == UNITS {
                    let mut sums = [[0.0; LANES]; UNITS];
                    for block in &self.blocks {
                        let x = &block.rungs[0].visible[i];
                        let p = &block.probability[four..four + UNITS];
                        for u in 0..UNITS {
                            for k in 0..LANES {
                                sums[u][k] += x[k] * p[u][k];
                            }
                        }
                    }
                    for u in 0..UNITS {
                        of_pairs[i * nh + four + u] = total(sums[u]);
                    }
                } else {
                    for j in four..four + many {
                        let mut sum = [0.0; LANES];
                        for block in &self.blocks {
                            let x = &block.rungs[0].visible[i];
                            for k in 0..LANES {
                                sum[k] += x[k] * block.probability[j][k];
                            }
                        }
                        of_pairs[i * nh + j] = total(sum);
                    }
                }
            }
        }
    }
}

/// The sum of all lanes, in halves.
#[inline(always)]
fn total(mut lanes: Lane) -> f64 {
    let mut half = LANES / 2;
    while half > 0 {
        for k in 0..half {
            lanes[k] += lanes[k + half];
        }
        half /= 2;
    }
    f64::from(lanes[0])
}

/// Statistics of given visible units.
pub(super) struct Given<'a> {
    pub group: &'a mut Group,
    pub layers: &'a Layers,
}

impl Vectorized for Given<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Given { group, layers } = self;
        let hidden = &layers.hidden;
        for block in &mut group.blocks {
            let visible = &block.rungs[0].visible;
            for four in 0..hidden.fours() {
                let fields = hidden.fields(four, visible);
                for u in 0..hidden.of_four(four) {
                    let mut p = sigmoids(fields[u]);
                    for k in 0..LANES {
                        p[k] *= block.weight[k];
                    }
                    block.probability[four * UNITS + u] = p;
                }
            }
        }
        group.sum_up(layers.visible.units, hidden.units);
    }
}

/// So many Gibbs steps of the chains of a group, and the statistics at their end.
pub(super) struct Steps<'a> {
    pub group: &'a mut Group,
    pub layers: &'a Layers,
    pub steps: usize,
    /// Of each rung, descending from 1.
    pub betas: &'a [f32],
    /// Whether the chains begin with their visible units; else with the hidden ones.
    pub from_visible: bool,
}

impl Vectorized for Steps<'_> {
    type Output = ();

    /// A step draws the visible units given the hidden ones, and then the hidden ones given these.
    /// Statistics are of the visible units and of P(h = 1) given the same.
    #[inline(always)]
    fn run(self) {
        let Steps { group, layers, steps, betas, from_visible } = self;
        let (visible, hidden) = (&layers.visible, &layers.hidden);
        for (block, rng) in group.blocks.iter_mut().zip(&mut group.rngs) {
            for (rung, &beta) in betas.iter().enumerate() {
                let units = &mut block.rungs[rung];
                if from_visible {
                    draw_layer(hidden, beta, &units.visible, &mut units.hidden, rng);
                }
                for _ in 1..steps {
                    draw_layer(visible, beta, &units.hidden, &mut units.visible, rng);
                    draw_layer(hidden, beta, &units.visible, &mut units.hidden, rng);
                }
                draw_layer(visible, beta, &units.hidden, &mut units.visible, rng);
                let mut energy = [0.0; LANES];
                if betas.len() > 1 {
                    for (a, x) in layers.visible_bias.iter().zip(&units.visible) {
                        for k in 0..LANES {
                            energy[k] -= a * x[k];
                        }
                    }
                }
                for four in 0..hidden.fours() {
                    let fields = hidden.fields(four, &units.visible);
                    for u in 0..hidden.of_four(four) {
                        let mut scaled = fields[u];
                        for k in 0..LANES {
                            scaled[k] *= beta;
                        }
                        let drawn = draw(scaled, rng);
                        let unit = four * UNITS + u;
                        units.hidden[unit] = drawn;
                        if betas.len() > 1 {
                            for k in 0..LANES {
                                energy[k] -= drawn[k] * fields[u][k];
                            }
                        }
                        if rung == 0 {
                            // β is 1 here: the exponential is that of the draw.
                            let mut p = sigmoids(scaled);
                            for k in 0..LANES {
                                p[k] *= block.weight[k];
                            }
                            block.probability[unit] = p;
                        }
                    }
                }
                block.energy[rung] = energy;
            }
            let (rungs, energy) = (&mut block.rungs, &mut block.energy);
            exchange(rungs, energy, betas, block.weight, rng, &mut group.exchanged);
        }
        group.sum_up(visible.units, hidden.units);
    }
}

/// Does the work on all groups, on all threads if it is worth it. What a group comes to depends on
/// nothing else.
pub(super) fn on_groups(
    groups: &mut [Group],
    updates: usize,
    work: impl Fn(usize, &mut Group) + Sync,
) {
    if groups.len() == 1 || threads() == 1 || updates < WORTH_A_THREAD {
        groups.iter_mut().enumerate().for_each(|(k, group)| work(k, group));
    } else {
        let least = groups.len().div_ceil(4 * threads());
        groups.par_iter_mut().enumerate().with_min_len(least).for_each(|(k, group)| work(k, group));
    }
}

/// The sums of all groups, in their order.
pub(super) fn sum_of(groups: &[Group], sums: &mut [f64]) {
    sums.fill(0.0);
    for group in groups {
        sums.iter_mut().zip(&group.sums).for_each(|(sum, x)| *sum += x);
    }
}

//! Configurations in groups that threads work on, and their statistics.

use super::kernel::{LANES, Lane, Layers, UNITS, draw_fair, sigmoids};
use crate::math::{LaneRng, Streams, Vectorized, Watch, for_each_in_order, threads};

/// Blocks of lanes whose statistics are summed together.
const BLOCKS: usize = 8;
/// Chains of a group.
pub(super) const GROUP: usize = BLOCKS * LANES;
/// Unit updates that are worth the waking of another thread.
const WORTH_A_THREAD: usize = 16_000;

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
    pub probability: Vec<Lane>,
    /// 0 for a lane that is not used.
    pub weight: Lane,
    pub energy: Vec<Lane>,
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
    /// Sums of one visible unit with all hidden ones.
    of_unit: Vec<Lane>,
}

impl Group {
    fn new(layers: &Layers, rungs: usize, blocks: impl Iterator<Item = Lane>) -> Self {
        let (nv, nh) = (layers.visible.units, layers.hidden.units);
        Group {
            blocks: blocks.map(|weight| Block::new(layers, rungs, weight)).collect(),
            rngs: Vec::new(),
            sums: vec![0.0; nv + nh + nv * nh],
            exchanged: vec![0; rungs - 1],
            of_unit: vec![[0.0; LANES]; layers.hidden.units],
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
    pub fn sum_up(&mut self, nv: usize, nh: usize) {
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
            // Sums over lanes are a loop of their own: in one with the others, the compiler takes all
            // lanes apart.
            for (j, sums) in self.of_unit.iter_mut().enumerate() {
                let mut sum = [0.0; LANES];
                for block in &self.blocks {
                    let (x, p) = (&block.rungs[0].visible[i], &block.probability[j]);
                    for k in 0..LANES {
                        sum[k] += x[k] * p[k];
                    }
                }
                *sums = sum;
            }
            let row = &mut of_pairs[i * nh..][..nh];
            row.iter_mut().zip(&self.of_unit).for_each(|(pair, sum)| *pair = total(*sum));
        }
    }
}

/// The sum of all lanes, in halves; no loop over halves, which would go through memory.
#[inline(always)]
fn total(lanes: Lane) -> f64 {
    let eight: [f32; 8] = halved(lanes);
    let four: [f32; 4] = halved(eight);
    f64::from((four[0] + four[2]) + (four[1] + four[3]))
}

#[inline(always)]
fn halved<const L: usize, const H: usize>(lanes: [f32; L]) -> [f32; H] {
    const { assert!(L == 2 * H) };
    let mut sums = [0.0; H];
    for k in 0..H {
        sums[k] = lanes[k] + lanes[k + H];
    }
    sums
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

/// Does the work on all groups, on all threads if it is worth it. What a group comes to depends on
/// nothing else.
pub(super) fn on_groups(
    groups: &mut [Group],
    updates: usize,
    work: impl Fn(usize, &mut Group) + Sync,
) {
    if groups.len() == 1 || threads() == 1 || updates < WORTH_A_THREAD {
        return groups.iter_mut().enumerate().for_each(|(k, group)| work(k, group));
    }
    let mut workers = vec![(); threads().min(groups.len())];
    let items = (groups.len(), groups.iter_mut());
    let each = |_: &mut (), k: usize, group: &mut Group| {
        work(k, group);
        Ok(())
    };
    let done = for_each_in_order(&mut workers, items, 4, &Watch::default(), each);
    debug_assert!(done.is_ok(), "nothing fails or is cancelled");
}

/// The sums of all groups, in their order.
pub(super) fn sum_of(groups: &[Group], sums: &mut [f64]) {
    sums.fill(0.0);
    for group in groups {
        sums.iter_mut().zip(&group.sums).for_each(|(sum, x)| *sum += x);
    }
}

//! Gibbs steps of Markov chains, at one temperature or at several.

use super::groups::Group;
use super::kernel::{LANES, Layers, UNITS, draw, draw_layer, sigmoids};
use super::tempered::exchange;
use crate::math::Vectorized;

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

#[cfg(test)]
mod tests {
    use super::super::groups::{GROUP, sum_of};
    use super::super::kernel::bits_of;
    use super::super::tempered::ladder;
    use super::super::tests::machine;
    use super::*;
    use crate::boltzmann::Distribution;
    use crate::math::{Domain, Isa, Streams, vectorized};

    fn run(rbm: &super::super::Rbm, rungs: usize, chains: usize, rounds: usize) -> Vec<Group> {
        let layers = &Layers::new(rbm).unwrap();
        let betas = &ladder(rungs)[..];
        let streams = Streams::new(4, Domain::Chain);
        let mut groups = Group::of_chains(layers, rungs, chains, &streams);
        for _ in 0..rounds {
            for group in &mut groups {
                let steps = Steps { group, layers, steps: 2, betas, from_visible: false };
                vectorized(Isa::best(), steps);
            }
        }
        groups
    }

    /// Hidden units and visible ones of two steps would pass a test of means in equilibrium.
    #[test]
    fn statistics_are_of_both_layers_in_the_same_step() {
        for (nv, nh) in [(5, 3), (6, 8), (3, 9)] {
            let rbm = machine(nv, nh, 1.0, 2);
            // The last lanes of the last block are not used.
            let (chains, mut seen) = (150, 0);
            for (number, group) in run(&rbm, 1, chains, 3).into_iter().enumerate() {
                let mut expected = vec![0.0; nv + nh + nv * nh];
                for chain in number * GROUP..chains.min((number + 1) * GROUP) {
                    let block = &group.blocks[chain % GROUP / LANES];
                    let v = bits_of(&block.rungs[0].visible, chain % LANES);
                    let h = rbm.hidden_probabilities(&v).unwrap();
                    (0..nv).for_each(|i| expected[i] += f64::from(u8::from(v.bit(i))));
                    (0..nh).for_each(|j| expected[nv + j] += h[j]);
                    for (i, j) in (0..nv).flat_map(|i| (0..nh).map(move |j| (i, j))) {
                        expected[nv + nh + i * nh + j] += f64::from(u8::from(v.bit(i))) * h[j];
                    }
                    seen += 1;
                }
                for (sum, expected) in group.sums.iter().zip(&expected) {
                    assert!((sum - expected).abs() < 1e-4, "{sum} {expected}");
                }
            }
            assert_eq!(seen, chains);
        }
    }

    #[test]
    fn chains_and_ladders_have_the_means_of_the_machine() {
        let rbm = machine(5, 4, 1.2, 9);
        let exact = rbm.model_moments().unwrap();
        for rungs in [1, 2, 5] {
            let chains = 6400;
            let groups = run(&rbm, rungs, chains, 60);
            let mut sums = vec![0.0; exact.len()];
            sum_of(&groups, &mut sums);
            for (k, (sum, &mean)) in sums.iter().zip(&exact).enumerate() {
                // Probabilities have less variance than values.
                let error = (mean * (1.0 - mean) / chains as f64).sqrt();
                let sum = sum / chains as f64;
                assert!((sum - mean).abs() < 4.5 * error, "{rungs} {k}: {sum}, {mean} ± {error}");
            }
        }
    }

    /// Two modes far apart: single chains that all begin in one stay there, ladders do not.
    #[test]
    fn ladders_cross_where_single_chains_do_not() {
        let spins = super::super::SpinParameters {
            visible_fields: vec![0.1, 0.0, 0.0, 0.0, 0.0, 0.0],
            hidden_fields: vec![0.0; 4],
            couplings: vec![1.0; 24],
            offset: 0.0,
        };
        let rbm = super::super::Rbm::from_spins(&spins).unwrap();
        let exact = rbm.model_moments().unwrap()[1];
        let layers = &Layers::new(&rbm).unwrap();
        let mean = |rungs: usize| {
            let betas = &ladder(rungs)[..];
            let streams = Streams::new(4, Domain::Chain);
            let mut groups = Group::of_chains(layers, rungs, 1280, &streams);
            let all = groups.iter_mut().flat_map(|group| &mut group.blocks);
            all.for_each(|block| {
                let units = block.rungs.iter_mut().flat_map(|rung| &mut rung.hidden);
                units.for_each(|unit| *unit = [1.0; LANES]);
            });
            for _ in 0..400 {
                for group in &mut groups {
                    let steps = Steps { group, layers, steps: 1, betas, from_visible: false };
                    vectorized(Isa::best(), steps);
                }
            }
            let mut sums = vec![0.0; rbm.num_parameters()];
            sum_of(&groups, &mut sums);
            sums[1] / 1280.0
        };
        assert!((mean(1) - exact).abs() > 0.2, "{} {exact}", mean(1));
        assert!((mean(8) - exact).abs() < 5.0 * 0.5 / 1280f64.sqrt(), "{} {exact}", mean(8));
    }

    #[test]
    fn the_data_phase_and_starts_are_those_of_the_law() {
        use super::super::data_phase::DataPhase;
        use crate::math::Bits;
        let rbm = machine(7, 5, 1.0, 2);
        let layers = Layers::new(&rbm).unwrap();
        let law = (0..100).map(|k| (Bits::from_u64(k, 7), (k + 1) as f64 / 5050.0));
        let data = Distribution::from_probabilities(law).unwrap();
        let mut phase = DataPhase::new(&layers, &data, None).unwrap();
        let mut sums = vec![0.0; rbm.num_parameters()];
        phase.moments(&layers, Isa::best(), &mut sums);
        let gradient = rbm.log_likelihood_gradient(&data).unwrap();
        let of_model = rbm.model_moments().unwrap();
        for k in 0..sums.len() {
            assert!((sums[k] - of_model[k] - gradient[k]).abs() < 2e-6, "{k}");
        }
        let streams = Streams::new(1, Domain::Chain);
        let mut chains = Group::of_chains(&layers, 1, 5050, &streams);
        let mut rng = Streams::new(1, Domain::Boltzmann).stream(1);
        phase.start(&mut chains, 5050, &mut rng);
        let mut counts = [0i64; 128];
        for chain in 0..5050 {
            let units = &chains[chain / GROUP].blocks[chain % GROUP / LANES].rungs[0].visible;
            counts[bits_of(units, chain % LANES).value(0, 7) as usize] += 1;
        }
        for (k, count) in counts.iter().enumerate() {
            let share = if k < 100 { k as i64 + 1 } else { 0 };
            assert!((count - share).abs() <= 1, "{k}: {count}");
        }
    }
}

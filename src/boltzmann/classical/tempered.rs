//! Exchanges between chains of one machine at several temperatures.

use super::groups::Units;
use super::kernel::{LANES, Lane};
use crate::math::LaneRng;

/// Inverse temperatures of so many rungs, from 1 down to 0 by the same step.
pub(super) fn ladder(rungs: usize) -> Vec<f32> {
    let last = rungs.saturating_sub(1).max(1) as f32;
    (0..rungs).map(|rung| 1.0 - rung as f32 / last).collect()
}

/// Exchanges the hidden units of neighbouring rungs, first of those from even rungs on, then of the
/// others, with probability min(1, e^{(β_k - β_{k+1})(E_k - E_{k+1})}) (Desjardins et al., AISTATS
/// 2010; Geyer 1991). The visible units are drawn anew before anybody looks at them.
#[inline(always)]
pub(super) fn exchange(
    rungs: &mut [Units],
    energy: &mut [Lane],
    betas: &[f32],
    weight: Lane,
    rng: &mut LaneRng<LANES>,
    exchanged: &mut [u64],
) {
    for parity in 0..2 {
        for cold in (parity..betas.len().saturating_sub(1)).step_by(2) {
            let threshold = rng.exponential();
            let gap = betas[cold] - betas[cold + 1];
            // All bits set where states are exchanged.
            let mut taken = [0; LANES];
            let mut count = 0;
            for k in 0..LANES {
                let is_taken = gap * (energy[cold + 1][k] - energy[cold][k]) <= threshold[k];
                taken[k] = 0u32.wrapping_sub(u32::from(is_taken));
                count += u32::from(is_taken && weight[k] > 0.0);
            }
            exchanged[cold] += u64::from(count);
            let (below, above) = rungs.split_at_mut(cold + 1);
            let pairs = below[cold].hidden.iter_mut().zip(&mut above[0].hidden);
            pairs.for_each(|(one, other)| swap_where(taken, one, other));
            let (below, above) = energy.split_at_mut(cold + 1);
            swap_where(taken, &mut below[cold], &mut above[0]);
        }
    }
}

/// Written with exclusive or: of two selects, one into each side, rustc 1.95 left one out in the dev
/// profile with AVX2.
#[inline(always)]
fn swap_where(taken: [u32; LANES], one: &mut Lane, other: &mut Lane) {
    for k in 0..LANES {
        let (a, b) = (one[k].to_bits(), other[k].to_bits());
        let change = (a ^ b) & taken[k];
        one[k] = f32::from_bits(a ^ change);
        other[k] = f32::from_bits(b ^ change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Isa, Streams, Vectorized, vectorized};

    struct Exchange<'a> {
        rungs: &'a mut [Units],
        energy: &'a mut [Lane],
        betas: &'a [f32],
        rng: LaneRng<LANES>,
        exchanged: &'a mut [u64],
    }

    impl Vectorized for Exchange<'_> {
        type Output = ();

        #[inline(always)]
        fn run(mut self) {
            let Exchange { rungs, energy, betas, rng, exchanged } = &mut self;
            exchange(rungs, energy, betas, [1.0; LANES], rng, exchanged);
        }
    }

    /// Every state is somewhere afterwards, with its energy; exchanges have their probability.
    #[test]
    fn states_change_places_with_their_energies() {
        let betas = ladder(3);
        let energies = [-1.0f32, 0.5, -0.25];
        for &isa in Isa::available() {
            let (mut exchanged, rounds) = ([0; 2], 4000);
            let mut moved = 0;
            for round in 0..rounds {
                let mark = |rung: usize| std::array::from_fn(|k| (100 * rung + k) as f32);
                let mut rungs: Vec<Units> = (0..3)
                    .map(|rung| Units { visible: vec![], hidden: vec![mark(rung); 2] })
                    .collect();
                let mut energy: Vec<Lane> = energies.iter().map(|&e| [e; LANES]).collect();
                let rng = LaneRng::new(&Streams::new(round, Domain::Chain), 0);
                let (rungs, energy, exchanged) = (&mut rungs, &mut energy, &mut exchanged);
                vectorized(isa, Exchange { rungs, energy, betas: &betas, rng, exchanged });
                for k in 0..LANES {
                    let mut from: Vec<usize> = (0..3)
                        .map(|rung| {
                            let state = rungs[rung].hidden[0][k] as usize;
                            assert_eq!(rungs[rung].hidden[1][k] as usize, state, "{isa}");
                            assert_eq!(state % 100, k);
                            assert_eq!(energy[rung][k], energies[state / 100], "{isa}");
                            state / 100
                        })
                        .collect();
                    moved += u64::from(from[0] == 1);
                    from.sort_unstable();
                    assert_eq!(from, [0, 1, 2], "{isa}");
                }
            }
            // Rungs 0 and 1 have their turn first: the colder has the lower energy by 1.5.
            let n = (rounds * LANES as u64) as f64;
            let p = (-0.5f64 * 1.5).exp();
            let error = (p * (1.0 - p) / n).sqrt();
            assert!((exchanged[0] as f64 / n - p).abs() < 4.5 * error, "{exchanged:?}");
            // Then 1 and 2: the state at 1 has 0.5 where nothing moved, which exchanges for sure, and
            // -1 where it did.
            let q = (1.0 - p) + p * (-0.5f64 * 0.75).exp();
            assert!((exchanged[1] as f64 / n - q).abs() < 4.5 * (q * (1.0 - q) / n).sqrt());
            assert_eq!(moved, exchanged[0]);
        }
    }
}

//! Exchanges between chains of one machine at several temperatures.

use super::chains::Units;
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
            let mut taken = [false; LANES];
            let mut count = 0;
            for k in 0..LANES {
                taken[k] = gap * (energy[cold + 1][k] - energy[cold][k]) <= threshold[k];
                count += u32::from(taken[k] && weight[k] > 0.0);
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

#[inline(always)]
fn swap_where(taken: [bool; LANES], one: &mut Lane, other: &mut Lane) {
    for k in 0..LANES {
        let (a, b) = (one[k], other[k]);
        one[k] = if taken[k] { b } else { a };
        other[k] = if taken[k] { a } else { b };
    }
}

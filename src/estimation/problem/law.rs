//! The exact laws of the measurements, from θ.

use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution};
use std::f64::consts::PI;

/// The probability of a good state after Q^k A|0⟩: κ^k sin²((2k+1)θ) + (1 - κ^k) d, where κ is the
/// fidelity of a step under depolarizing noise and d the good states' share of all basis states.
pub(in crate::estimation) fn good_probability(
    theta: f64,
    power: u64,
    kappa: f64,
    share: f64,
) -> f64 {
    let pure = ((2.0 * power as f64 + 1.0) * theta).sin().powi(2);
    let visible = visibility(kappa, power);
    (visible * pure + (1.0 - visible) * share).clamp(0.0, 1.0)
}

/// κ^k.
pub(in crate::estimation) fn visibility(kappa: f64, power: u64) -> f64 {
    if kappa == 1.0 { 1.0 } else { kappa.powf(power as f64) }
}

/// The probability of outcome y of M in phase estimation (Brassard et al., quant-ph/0005055, theorem
/// 11): the mean over both eigenvalues of [sin(πMδ) / (M sin πδ)]², δ = y/M ∓ θ/π.
pub fn phase_probability(theta: f64, y: u64, m: u32) -> f64 {
    let size = 2f64.powi(m.min(1023) as i32);
    let x = y as f64 / size;
    0.5 * (kernel(x - theta / PI, size) + kernel(x + theta / PI, size))
}

/// [sin(πMδ) / (M sin πδ)]², which is 1 at integers.
pub(in crate::estimation) fn kernel(delta: f64, size: f64) -> f64 {
    // δ modulo 1 in [-1/2, 1/2], so that both sines keep their digits.
    let delta = delta - delta.round();
    let denominator = size * (PI * delta).sin();
    if denominator.abs() < 1e-12 {
        return 1.0;
    }
    // Mδ modulo 2 likewise.
    let turns = size * delta;
    let numerator = (PI * (turns - 2.0 * (turns / 2.0).round())).sin();
    (numerator / denominator).powi(2)
}

/// A number of good states among `shots`.
pub(in crate::estimation) fn binomial(shots: u64, p: f64, rng: &mut impl Rng) -> u64 {
    if p <= 0.0 || shots == 0 {
        return 0;
    }
    if p >= 1.0 {
        return shots;
    }
    Binomial::new(shots, p).map_or(0, |law| law.sample(rng))
}

/// One outcome of phase estimation: one of the eigenvalues, then the kernel around it, drawn outward
/// from its peak.
pub(in crate::estimation) fn draw_phase(theta: f64, m: u32, rng: &mut impl Rng) -> u64 {
    let modulus = 1u64 << m;
    let size = modulus as f64;
    let phase = if rng.random::<bool>() { theta / PI } else { 1.0 - theta / PI };
    let nearest = (phase * size).round() as i64;
    let mut left: f64 = rng.random();
    let wrap = |y: i64| y.rem_euclid(modulus as i64) as u64;
    // Half of all draws end at the first or second step; the tail beyond k steps weighs about 1/k.
    for step in 0..modulus as i64 {
        let offset = if step % 2 == 0 { -(step / 2) } else { (step + 1) / 2 };
        let y = nearest + offset;
        left -= kernel(y as f64 / size - phase, size);
        if left <= 0.0 {
            return wrap(y);
        }
    }
    // Rounding can leave 1e-16.
    wrap(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    #[test]
    fn phase_laws_sum_to_one_and_are_exact_on_the_grid() {
        for theta in [0.0, 0.3, PI / 8.0, 1.2, PI / 2.0] {
            for m in 1..=10 {
                let sum: f64 = (0..1 << m).map(|y| phase_probability(theta, y, m)).sum();
                assert!((sum - 1.0).abs() < 1e-10, "{theta} {m} {sum}");
            }
        }
        assert!((phase_probability(PI / 8.0, 1, 3) - 0.5).abs() < 1e-12);
        assert!((phase_probability(PI / 2.0, 4, 3) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn draws_follow_the_law() {
        let (theta, m, shots) = (0.7, 4, 200_000);
        let mut rng = Streams::new(5, Domain::Estimation).stream(0);
        let mut counts = [0u64; 16];
        (0..shots).for_each(|_| counts[draw_phase(theta, m, &mut rng) as usize] += 1);
        let chi2: f64 = (0..16)
            .map(|y| {
                let expected = shots as f64 * phase_probability(theta, y, m);
                (counts[y as usize] as f64 - expected).powi(2) / expected
            })
            .sum();
        assert!(chi2 < crate::math::statistics::chi_squared_quantile(15.0, 0.9999), "{chi2}");
    }

    #[test]
    fn noise_fades_to_the_share_of_good_states() {
        assert!((good_probability(0.3, 2, 1.0, 0.5) - 1.5f64.sin().powi(2)).abs() < 1e-15);
        let p = good_probability(0.3, 2, 0.9, 0.25);
        assert!((p - (0.81 * 1.5f64.sin().powi(2) + 0.19 * 0.25)).abs() < 1e-15);
        assert!((good_probability(0.3, 100_000, 0.9, 0.25) - 0.25).abs() < 1e-12);
        assert_eq!(good_probability(0.3, 0, 0.0, 0.25), 0.3f64.sin().powi(2));
    }
}

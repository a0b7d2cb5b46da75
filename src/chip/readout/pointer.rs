//! The states of the resonator that point to the state of the qubit.

use num_complex::Complex64;
use std::f64::consts::TAU;

/// Coherent states α₀(t), α₁(t) of a resonator whose drive is on from time 0, at the middle of the
/// resonator's two frequencies: α̇ = -(κ/2 ± iχ)α + ε, + with the qubit in 1 (Gambetta et al., PRA 74,
/// 042318, 2006; Blais et al. 2021, section V).
///
/// ```
/// use ketlab::chip::PointerStates;
/// let states = PointerStates { chi_mhz: 0.5, kappa_mhz: 1.0, photons: 4.0 };
/// assert!((states.amplitude(1, 1e5).norm_sqr() - 4.0).abs() < 1e-9);
/// assert_eq!(states.amplitude(0, 30.0), states.amplitude(1, 30.0).conj());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointerStates {
    /// χ in MHz (over 2π): half of the shift.
    pub chi_mhz: f64,
    /// κ in MHz (over 2π).
    pub kappa_mhz: f64,
    /// Photons in the steady state, |α|², the same for both states of the qubit.
    pub photons: f64,
}

/// (1 - e^(-μt))/μ.
fn risen(mu: Complex64, t: f64) -> Complex64 {
    if mu.norm() * t < 1e-6 {
        // Two terms: the third is beyond the last digit.
        return t * (1.0 - 0.5 * mu * t);
    }
    (1.0 - (-mu * t).exp()) / mu
}

impl PointerStates {
    /// κ/2 + iχ in rad/ns: decay and turn with the qubit in 1.
    fn rate(&self) -> Complex64 {
        Complex64::new(0.5e-3 * TAU * self.kappa_mhz, 1e-3 * TAU * self.chi_mhz)
    }

    /// The steady state with the qubit in 1, ε/(κ/2 + iχ), ε > 0.
    fn steady(&self) -> Complex64 {
        self.photons.sqrt() * Complex64::from_polar(1.0, -self.rate().arg())
    }

    /// α of the qubit's state 0, or 1 for any other, after `time_ns`.
    pub fn amplitude(&self, state: usize, time_ns: f64) -> Complex64 {
        let one = self.steady() * (1.0 - (-self.rate() * time_ns).exp());
        if state == 0 { one.conj() } else { one }
    }

    /// α after `time_ns` of a qubit that was in 1 and decayed at `decay_ns`.
    pub fn amplitude_after_decay(&self, decay_ns: f64, time_ns: f64) -> Complex64 {
        if time_ns <= decay_ns {
            return self.amplitude(1, time_ns);
        }
        let (end, start) = (self.steady().conj(), self.amplitude(1, decay_ns));
        end + (start - end) * (-self.rate().conj() * (time_ns - decay_ns)).exp()
    }

    /// The most photons that are ever in the resonator: the field overshoots where |χ| is large beside
    /// κ, up to four times the photons of the steady state.
    pub fn peak_photons(&self) -> f64 {
        self.photons * self.overshoot()
    }

    /// The largest |1 - e^(-λt)|².
    pub(super) fn overshoot(&self) -> f64 {
        let rate = Complex64::new(self.rate().re, self.rate().im.abs());
        // The first maximum is in the first turn; it takes longer the more is damped.
        let risen = |k: u32| {
            let t = TAU * f64::from(k) / 512.0 / rate.im.max(1e-3 * rate.re);
            (1.0 - (-rate * t).exp()).norm_sqr()
        };
        (1..=512).map(risen).fold(1.0, f64::max)
    }

    /// ∫|α₁ - α₀|²dt from 0 to `time_ns`, in ns.
    pub fn distance_ns(&self, time_ns: f64) -> f64 {
        4.0 * self.filtered(time_ns)
    }

    /// SNR² = 2ηκ∫|α₁ - α₀|²dt of the matched filter (Blais et al. 2021, eq. 117; κ angular): the
    /// square of the distance of the means over the sum of the variances. In the long run it grows as
    /// 4ηΓt with the rate of dephasing Γ = κ|α₁ - α₀|²/2.
    pub fn squared_signal_to_noise(&self, time_ns: f64, efficiency: f64) -> f64 {
        2.0 * efficiency * TAU * 1e-3 * self.kappa_mhz * self.distance_ns(time_ns)
    }

    /// ∫w² of w = Im α₁ from 0 to t.
    pub(super) fn filtered(&self, t: f64) -> f64 {
        // w = a - Im(A e^(-λt)), and Im² = (|·|² - Re(·²))/2.
        let (lambda, steady) = (self.rate(), self.steady());
        let a = steady.im;
        let square = 0.5
            * (steady.norm_sqr() * risen((2.0 * lambda.re).into(), t).re
                - (steady * steady * risen(2.0 * lambda, t)).re);
        (a * a * t - 2.0 * a * (steady * risen(lambda, t)).im + square).max(0.0)
    }

    /// ∫w·Im α from 0 to t, of a qubit that was in 1 and decayed at `decay`.
    pub(super) fn filtered_after_decay(&self, decay: f64, t: f64) -> f64 {
        let (lambda, steady) = (self.rate(), self.steady());
        let left = t - decay;
        let before = self.filtered(decay);
        // ∫w from the decay on.
        let waning = steady * (-lambda * decay).exp();
        let weight = steady.im * left - (waning * risen(lambda, left)).im;
        // ∫w(decay + s)·e^(-λ* s)ds, with w = (A - A* - A e^(-λt) + A* e^(-λ*t))/2i.
        let turned = lambda.conj();
        let terms = (steady - steady.conj()) * risen(turned, left)
            - waning * risen(lambda + turned, left)
            + waning.conj() * risen(2.0 * turned, left);
        let start = self.amplitude(1, decay) - steady.conj();
        before - steady.im * weight + (start * terms / Complex64::new(0.0, 2.0)).im
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: PointerStates = PointerStates { chi_mhz: -0.65, kappa_mhz: 1.1, photons: 20.0 };

    /// Simpson's rule.
    fn integral(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
        let n = 4000;
        let h = (to - from) / f64::from(n);
        let weight = |k: i32| {
            if k == 0 || k == n {
                1.0
            } else if k % 2 == 1 {
                4.0
            } else {
                2.0
            }
        };
        (0..=n).map(|k| weight(k) * f(from + f64::from(k) * h)).sum::<f64>() * h / 3.0
    }

    #[test]
    fn closed_forms_are_the_integrals() {
        for t in [1.0, 80.0, 900.0] {
            let by_rule =
                integral(|s| (STATES.amplitude(1, s) - STATES.amplitude(0, s)).norm_sqr(), 0.0, t);
            assert!((STATES.distance_ns(t) - by_rule).abs() < 1e-9 * (1.0 + by_rule), "{t}");
            for part in [0.0, 0.2, 0.7, 1.0] {
                let decay = part * t;
                let rest = integral(
                    |s| STATES.amplitude(1, s).im * STATES.amplitude_after_decay(decay, s).im,
                    decay,
                    t,
                );
                let expected = STATES.filtered(decay) + rest;
                let found = STATES.filtered_after_decay(decay, t);
                assert!((found - expected).abs() < 1e-8 * (1.0 + expected.abs()), "{t} {part}");
            }
        }
    }

    #[test]
    fn the_field_overshoots_where_it_turns_faster_than_it_decays() {
        let peak = |kappa_mhz| PointerStates { kappa_mhz, ..STATES }.peak_photons() / 20.0;
        assert!((peak(1e-4) - 4.0).abs() < 1e-2 && (peak(100.0) - 1.0).abs() < 1e-6);
        let reached = (1..4000).map(|k| STATES.amplitude(1, f64::from(k)).norm_sqr());
        let reached = reached.fold(0.0, f64::max);
        assert!((STATES.peak_photons() / reached - 1.0).abs() < 1e-3);
    }

    #[test]
    fn amplitudes_obey_their_equation() {
        let (t, h) = (150.0, 1e-4);
        let slope = (STATES.amplitude(1, t + h) - STATES.amplitude(1, t - h)) / (2.0 * h);
        let lambda = STATES.rate();
        let drive = STATES.photons.sqrt() * lambda.norm();
        assert!((slope + lambda * STATES.amplitude(1, t) - drive).norm() < 1e-7);
        assert_eq!(STATES.amplitude(1, 0.0), Complex64::from(0.0));
    }

    #[test]
    fn the_signal_grows_with_the_rate_of_dephasing_and_is_best_at_twice_chi() {
        let efficiency = 0.4;
        let snr = |t| STATES.squared_signal_to_noise(t, efficiency);
        let apart = (STATES.amplitude(1, 1e5) - STATES.amplitude(0, 1e5)).norm_sqr();
        let dephasing = 0.5 * TAU * 1e-3 * STATES.kappa_mhz * apart;
        let growth = (snr(1e5) - snr(9e4)) / 1e4;
        assert!((growth / (4.0 * efficiency * dephasing) - 1.0).abs() < 1e-9);
        // At a number of photons given, after a long time.
        let at =
            |kappa_mhz| PointerStates { kappa_mhz, ..STATES }.squared_signal_to_noise(1e7, 1.0);
        let best = 2.0 * STATES.chi_mhz.abs();
        assert!(at(best) > at(0.97 * best) && at(best) > at(1.03 * best));
    }
}

//! How well the two states of a qubit are told apart.

use super::PointerStates;
use super::quadrature::nodes;
use statrs::function::erf::erfc;
use std::f64::consts::{SQRT_2, TAU};

/// A measurement that takes a time: what it tells.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Assignment {
    /// How long the signal is integrated, in ns.
    pub time_ns: f64,
    /// Signal to noise, of a qubit that does not decay: without decay the errors are
    /// ½ erfc(SNR/2) each.
    pub snr: f64,
    /// Probability to read 1 of a qubit that was in 0.
    pub p1_given_0: f64,
    /// Probability to read 0 of a qubit that was in 1, which may decay meanwhile.
    pub p0_given_1: f64,
    /// F_m = 1 - P(1|0) - P(0|1).
    pub measurement_fidelity: f64,
    /// 1 - (P(1|0) + P(0|1))/2.
    pub assignment_fidelity: f64,
}

/// Times T1 up to which decay is looked at: e⁻⁴⁰ of the qubits are left then.
const DECAYED: f64 = 40.0;
/// Pieces of the integral over the moment of the decay.
const MAX_PIECES: f64 = 96.0;

/// Probability that a normal variable is below x.
fn below(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

/// e^(-x²/2).
fn bell(x: f64) -> f64 {
    (-0.5 * x * x).exp()
}

impl PointerStates {
    /// The measurement that takes `time_ns` at this efficiency, of a qubit with `t1_ns` (`None`: it
    /// does not decay). The signal is filtered with |α₁(t) - α₀(t)|; the moment of the decay is
    /// integrated over exactly (Gambetta et al., PRA 76, 012325, 2007), and the threshold is the best.
    ///
    /// The numbers must be positive and finite.
    pub(super) fn assignment(
        &self,
        time_ns: f64,
        efficiency: f64,
        t1_ns: Option<f64>,
    ) -> Assignment {
        // In units of the noise, from the middle of the two means; 1 is above.
        let snr = self.squared_signal_to_noise(time_ns, efficiency).sqrt();
        let half = snr / SQRT_2;
        let paths = self.paths(time_ns, snr, t1_ns);
        let stays = t1_ns.map_or(1.0, |t1| (-time_ns / t1).exp());
        // The likelihood ratio grows with the signal: it is 1 once, between the means.
        let excess = |threshold: f64| {
            let decayed: f64 = paths.iter().map(|(mean, p)| p * bell(threshold - mean)).sum();
            stays * bell(threshold - half) + decayed - bell(threshold + half)
        };
        let threshold = if paths.is_empty() { 0.0 } else { root(excess, -half, half) };
        let p1_given_0 = below(-threshold - half);
        let decayed: f64 = paths.iter().map(|(mean, p)| p * below(threshold - mean)).sum();
        let p0_given_1 = (stays * below(threshold - half) + decayed).min(1.0);
        let both = p1_given_0 + p0_given_1;
        Assignment {
            time_ns,
            snr,
            p1_given_0,
            p0_given_1,
            measurement_fidelity: 1.0 - both,
            assignment_fidelity: 1.0 - 0.5 * both,
        }
    }

    /// Where the mean lies of a qubit that decays, in units of the noise, and how probable it is: at
    /// the points of a quadrature.
    fn paths(&self, time_ns: f64, snr: f64, t1_ns: Option<f64>) -> Vec<(f64, f64)> {
        let Some(t1) = t1_ns else { return Vec::new() };
        let whole = self.filtered(time_ns);
        if whole <= 0.0 {
            // Nothing has come out yet.
            return vec![(0.0, -(-time_ns / t1).exp_m1())];
        }
        // The mean sweeps over the threshold in a part 1/SNR of the time; transients and decay have
        // their own scales.
        let turns = time_ns * (1e-3 * (self.kappa_mhz + self.chi_mhz.abs()));
        // After so many T1 next to nothing decays any more.
        let end = time_ns.min(DECAYED * t1);
        let sweep = 0.25 * snr * (end / time_ns);
        let pieces = (4.0 + sweep + end / t1 + 0.5 * turns.min(40.0)).min(MAX_PIECES) as usize;
        let scale = snr / SQRT_2 / whole;
        let path = |(at, weight): (f64, f64)| {
            let mean = scale * self.filtered_after_decay(at, time_ns);
            (mean, weight * (-at / t1).exp() / t1)
        };
        nodes(end, pieces).into_iter().map(path).collect()
    }
}

/// Where a function that rises through 0 does so, by halving.
fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// F_m = 1 - erfc(SNR/2) of a qubit that does not decay (Blais et al. 2021, section V).
pub fn fidelity_without_decay(snr: f64) -> f64 {
    1.0 - erfc(0.5 * snr)
}

/// Angular frequency in rad/ns of MHz.
pub(super) fn angular(mhz: f64) -> f64 {
    1e-3 * TAU * mhz
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::RngExt;
    use rand_distr::{Distribution, StandardNormal};

    const STATES: PointerStates = PointerStates { chi_mhz: 0.6, kappa_mhz: 1.2, photons: 6.0 };

    #[test]
    fn without_decay_it_is_the_law_of_the_error_function() {
        for time in [50.0, 300.0, 1500.0] {
            let found = STATES.assignment(time, 0.3, None);
            assert!((found.measurement_fidelity - fidelity_without_decay(found.snr)).abs() < 1e-14);
            assert_eq!(found.p1_given_0, found.p0_given_1);
            let long = STATES.assignment(time, 0.3, Some(1e12));
            assert!((found.p0_given_1 - long.p0_given_1).abs() < 1e-8, "{found:?} {long:?}");
        }
    }

    #[test]
    fn decay_costs_half_of_its_part_at_a_threshold_in_the_middle() {
        let (time, t1) = (12e3, 2e6);
        let found = STATES.assignment(time, 1.0, Some(t1));
        let paths = STATES.paths(time, found.snr, Some(t1));
        // Past the rise of the signal a decay in the first half is read wrong.
        let middle: f64 = paths.iter().map(|(mean, p)| p * below(-mean)).sum();
        assert!((middle / (0.5 * time / t1) - 1.0).abs() < 0.05, "{middle}");
        // With so much signal the best threshold is near 0, and few decays are missed.
        let lost = found.p0_given_1 + found.p1_given_0;
        assert!(lost < 0.3 * middle && lost > 0.05 * middle, "{lost}");
        // All of it, where the measurement is long.
        assert!(STATES.assignment(1e6, 0.5, Some(1e4)).p0_given_1 < 1.0);
    }

    #[test]
    fn measurements_much_longer_than_t1_tell_less_and_less() {
        let chi_mhz = -5.0 * 330.0 / 2330.0;
        let states = PointerStates { chi_mhz, kappa_mhz: 1.0, photons: 20.0 };
        let t1 = 1e4;
        // By 100,000 equal steps of the probability of decay, in Python.
        for (time, fidelity) in [
            (1e3, 0.968_520),
            (1e5, 0.892_527),
            (1e7, 0.530_136),
            (2e8, 0.203_215),
            (1e9, 0.098_929),
        ] {
            let found = states.assignment(time, 0.5, Some(t1)).measurement_fidelity;
            assert!((found - fidelity).abs() < 3e-4, "{time}: {found} {fidelity}");
        }
        let mut last = 1.0;
        for k in 0..60 {
            let time = 1e4 * 10f64.powf(0.1 * f64::from(k));
            let found = states.assignment(time, 0.5, Some(t1));
            let paths = states.paths(time, found.snr, Some(t1));
            let decayed: f64 = paths.iter().map(|(_, p)| p).sum();
            assert!((decayed + (-time / t1).exp_m1()).abs() < 1e-12, "{time}: {decayed}");
            assert!(found.measurement_fidelity < last, "{time}: {found:?}");
            last = found.measurement_fidelity;
        }
    }

    /// Signals of single shots: steps of noise and of the field of its own equation of motion, with a
    /// decay at a random time.
    #[test]
    fn simulated_shots_are_within_three_standard_errors() {
        let (time, efficiency, steps, shots) = (700.0, 0.35, 70, 6000);
        let dt = time / steps as f64;
        for (t1, seed) in [(None, 1), (Some(2500.0), 2)] {
            let law = STATES.assignment(time, efficiency, t1);
            let threshold = threshold(&law);
            let streams = Streams::new(seed, Domain::Sampling);
            let mut wrong = [0u32; 2];
            for shot in 0..shots {
                for state in 0..2 {
                    let mut rng = streams.stream(2 * shot + state as u64);
                    let decay = match t1 {
                        Some(t1) if state == 1 => -t1 * f64::ln(1.0 - rng.random::<f64>()),
                        _ => f64::INFINITY,
                    };
                    let (mut signal, mut power) = (0.0, 0.0);
                    for k in 0..steps {
                        let t = (k as f64 + 0.5) * dt;
                        let field = match state {
                            0 => STATES.amplitude(0, t),
                            _ => STATES.amplitude_after_decay(decay, t),
                        };
                        let weight = (STATES.amplitude(1, t) - STATES.amplitude(0, t)).im;
                        let noise: f64 = StandardNormal.sample(&mut rng);
                        // dI = 2√(ηκ) Im α dt + dW.
                        let gain = 2.0 * (efficiency * angular(STATES.kappa_mhz)).sqrt();
                        signal += weight * (gain * field.im * dt + dt.sqrt() * noise);
                        power += weight * weight * dt;
                    }
                    let read = usize::from(signal / power.sqrt() > threshold);
                    wrong[state] += u32::from(read != state);
                }
            }
            for (wrong, p) in wrong.into_iter().zip([law.p1_given_0, law.p0_given_1]) {
                let n = shots as f64;
                let error = (p * (1.0 - p) / n).sqrt();
                let part = f64::from(wrong) / n;
                assert!((part - p).abs() < 3.0 * error, "{t1:?}: {part} {p} ± {error}");
            }
        }
    }

    /// The threshold of a law, from the middle of the means, by its P(1|0).
    fn threshold(law: &Assignment) -> f64 {
        let half = law.snr / SQRT_2;
        -crate::math::statistics::normal_quantile(law.p1_given_0) - half
    }
}

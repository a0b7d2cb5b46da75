//! ⟨H⟩ and its gradient from shots alone, as hardware gives them.

use super::{Cost, Gradient, Objective, ParameterShift, SimulatedGradient};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::Fingerprint;
use crate::pauli::PauliSum;
use crate::simulate::{Estimate, MeasuredSum, Simulator, StateView};
use serde_json::Value;

/// Values and gradients of one observable from shots: each estimate of ⟨H⟩ takes a number of shots,
/// divided among the groups of strings that are measured together, and a gradient takes that many
/// for each of its shifted circuits, on average ([`ParameterShift::with_shots`]).
///
/// Every call draws shots of its own, and the same seed gives the same numbers in the same order of
/// calls. [`Cost::shots`] is the account of all of them.
///
/// ```
/// use ketlab::{Circuit, Simulator, gradient::{Gradient, Objective, SimulatedGradient}};
/// let mut circuit = Circuit::new(1);
/// let theta = circuit.param("theta");
/// circuit.ry(theta, 0);
/// let simulator = Simulator::new().seed(7);
/// let mut energy = simulator.sampled_gradient(&circuit, &"Z0".parse()?, 1000)?;
/// energy.value(&[0.4])?;
/// let estimate = energy.last_value();
/// assert!((estimate.value - energy.exact_value(&[0.4])?).abs() < 5.0 * estimate.standard_error());
/// assert_eq!(energy.cost().shots, 1000);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct SampledGradient {
    shift: ParameterShift,
    shots: u64,
}

impl Simulator {
    /// A [`SampledGradient`] with `shots` shots for every estimate of ⟨H⟩, and with this simulator's
    /// precision, instruction set, initial state, threads, seed and [`watch`](Self::watch).
    ///
    /// # Errors
    /// As [`parameter_shift`](Self::parameter_shift); if there are fewer shots than the measured
    /// groups need.
    pub fn sampled_gradient(
        &self,
        circuit: &Circuit,
        observable: &PauliSum,
        shots: u64,
    ) -> Result<SampledGradient> {
        let shift = self.parameter_shift(circuit, observable)?;
        let (groups, circuits) = (shift.observable().num_groups(), shift.rules().num_circuits());
        // A variance takes two shots; four make it worth something.
        let least = 4 * groups.max(1) as u64;
        if shots < least {
            return Err(Error::Invalid {
                what: "the number of shots for an estimate".into(),
                value: shots.to_string(),
                expected: format!(
                    "the observable is measured in {groups} groups, which need {least} at least"
                ),
            });
        }
        let total = shots.checked_mul(circuits + 1).ok_or_else(|| Error::Invalid {
            what: "the number of shots for an estimate".into(),
            value: shots.to_string(),
            expected: format!("a gradient takes {} times as many, at most 2^64", circuits + 1),
        })?;
        Ok(SampledGradient { shift: shift.with_shots(total)?, shots })
    }
}

impl SampledGradient {
    /// Shots for an estimate of ⟨H⟩.
    pub fn shots(&self) -> u64 {
        self.shots
    }

    /// How many shifted circuits a gradient takes.
    pub fn num_circuits(&self) -> u64 {
        self.shift.rules().num_circuits()
    }

    /// In how many bases the observable is measured.
    pub fn num_groups(&self) -> usize {
        self.shift.observable().num_groups()
    }

    /// The last value, with its variance.
    pub fn last_value(&self) -> Estimate {
        self.shift.last_value()
    }

    /// The variance of each component of the last gradient, estimated from its shots.
    pub fn variances(&self) -> &[f64] {
        self.shift.variances()
    }

    /// The standard error of each component of the last gradient.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.shift.standard_errors()
    }
}

impl Objective for SampledGradient {
    fn num_params(&self) -> usize {
        self.shift.num_params()
    }

    /// From shots.
    fn value(&mut self, params: &[f64]) -> Result<f64> {
        self.shift.value(params)
    }

    /// Both from shots of their own.
    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.shift.value_and_gradient(params, gradient)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        self.shift.fingerprint()
    }

    fn save(&self) -> Value {
        self.shift.save()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.shift.restore(state)
    }
}

impl Gradient for SampledGradient {
    fn method(&self) -> &'static str {
        "parameter-shift from shots"
    }

    fn cost(&self) -> Cost {
        self.shift.cost()
    }
}

impl SimulatedGradient for SampledGradient {
    fn state(&mut self, params: &[f64]) -> Result<StateView<'_>> {
        self.shift.state(params)
    }

    fn exact_value(&mut self, params: &[f64]) -> Result<f64> {
        self.shift.exact_value(params)
    }

    fn is_exact(&self) -> bool {
        false
    }

    fn fresh_estimate(
        &mut self,
        params: &[f64],
        observable: &PauliSum,
    ) -> Result<Option<Estimate>> {
        let num_qubits = self.shift.state(params)?.num_qubits();
        let observable = MeasuredSum::new(observable, num_qubits)?;
        self.shift.fresh_estimate(params, &observable).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ansatz() -> (Circuit, PauliSum, [f64; 3]) {
        let mut c = Circuit::new(2);
        let t = c.param_vector("t", 3);
        c.ry(t[0], 0).rx(t[1], 1).cx(0, 1).crz(t[2], 0, 1).ry(t[0], 1);
        let h = "0.3 + Z0 Z1 - 0.7 X0 + 0.4 Y1 X0 + 0.2 Z1".parse().unwrap();
        (c, h, [0.7, -1.1, 0.4])
    }

    fn sampled(circuit: &Circuit, h: &PauliSum, shots: u64, seed: u64) -> Result<SampledGradient> {
        Simulator::new().seed(seed).sampled_gradient(circuit, h, shots)
    }

    /// Over many seeds, (estimate - truth)/error has mean 0 and variance 1: the estimates are
    /// unbiased and their errors right.
    #[test]
    fn standard_errors_are_those_over_seeds() {
        let (circuit, h, at) = ansatz();
        let mut exact = [0.0; 3];
        let truth = Simulator::new()
            .adjoint(&circuit, std::slice::from_ref(&h))
            .unwrap()
            .value_and_gradient(&at, &mut exact)
            .unwrap();
        let runs = 400;
        // Standardized: the value, then the components of the gradient.
        let mut sums = [(0.0, 0.0); 4];
        for seed in 0..runs {
            let mut sampled = sampled(&circuit, &h, 400, seed).unwrap();
            let mut gradient = [0.0; 3];
            let value = sampled.value_and_gradient(&at, &mut gradient).unwrap();
            assert_eq!(value, sampled.last_value().value);
            let mut scores = vec![(value - truth) / sampled.last_value().standard_error()];
            for ((g, e), v) in gradient.iter().zip(exact).zip(sampled.variances()) {
                scores.push((g - e) / v.sqrt());
            }
            for (sum, z) in sums.iter_mut().zip(scores) {
                *sum = (sum.0 + z, sum.1 + z * z);
            }
        }
        for (sum, squares) in sums {
            let n = runs as f64;
            // Five standard deviations of a mean and of a mean square of normal numbers.
            assert!((sum / n).abs() < 5.0 / n.sqrt(), "{sums:?}");
            assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{sums:?}");
        }
    }

    #[test]
    fn the_account_is_complete_and_seeds_repeat() {
        let (circuit, h, at) = ansatz();
        let run = |seed| {
            let mut sampled = sampled(&circuit, &h, 200, seed).unwrap();
            let mut gradient = [0.0; 3];
            let first = sampled.value_and_gradient(&at, &mut gradient).unwrap();
            let again = sampled.value(&at).unwrap();
            let fresh = sampled.fresh_estimate(&at, &h).unwrap().unwrap();
            (first, again, fresh.value, gradient, sampled.cost().shots, sampled.num_circuits())
        };
        let (first, again, fresh, _, shots, circuits) = run(1);
        assert!(first != again && again != fresh && first != fresh);
        // Rounding of shares leaves some out.
        let most = 200 * (circuits + 3);
        assert!(shots <= most && shots >= most - most / 10, "{shots} of {most}");
        assert_eq!(run(1), run(1));
        assert_ne!(run(1).3, run(2).3);
    }

    #[test]
    fn too_few_shots_are_refused() {
        let (circuit, h, _) = ansatz();
        let error = sampled(&circuit, &h, 3, 0).err().unwrap().to_string();
        assert!(error.contains("is 3") && error.contains("groups"), "{error}");
        assert!(sampled(&circuit, &h, u64::MAX, 0).is_err());
    }
}

//! Means of observables from shots.

use super::estimate::Estimate;
use super::expectation_source::{ExpectationSource, calls_of, check_out};
use super::measured::MeasuredSum;
use super::simulator::Simulator;
use super::state_vector::{Register, Unitary};
use crate::circuit::Circuit;
use crate::engine::{Coefficients, Plan};
use crate::error::Result;
use crate::math::{Domain, Fingerprint, Streams};
use crate::pauli::PauliSum;
use serde_json::{Value, json};

/// Means of observables of one circuit from shots, as hardware gives them, at one set of parameters
/// after another. [`Simulator::sampled_evaluator`] makes it.
///
/// Each observable takes a number of shots of its own, divided among the groups of strings that are
/// measured together ([`MeasuredSum::estimate`]). Every call draws others, and the same seed gives the
/// same numbers in the same order of calls.
///
/// ```
/// use ketlab::{Circuit, Simulator, simulate::ExpectationSource};
/// let mut ansatz = Circuit::new(1);
/// let theta = ansatz.param("theta");
/// ansatz.ry(theta, 0);
/// let simulator = Simulator::new().seed(7);
/// let mut z = simulator.sampled_evaluator(&ansatz, &["Z0".parse()?], 1000)?;
/// let found = z.estimate(&[0.4])?;
/// assert!((found.value - 0.4f64.cos()).abs() < 5.0 * found.standard_error());
/// assert_eq!(found.shots, 1000);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct SampledEvaluator {
    simulator: Simulator,
    unitary: Unitary,
    plan: Plan,
    coefficients: Coefficients,
    register: Register,
    observables: Vec<MeasuredSum>,
    shots: u64,
    calls: u64,
    slots: Vec<f64>,
    row: Vec<f64>,
    fingerprint: Fingerprint,
}

impl Simulator {
    /// A [`SampledEvaluator`] of a unitary circuit and these observables, each from `shots` shots,
    /// with this simulator's precision, instruction set, initial state, threads, seed and
    /// [`watch`](Self::watch). Final measurements are set aside.
    ///
    /// # Errors
    /// If the circuit is not unitary; if an observable is on a qubit that does not exist, or takes
    /// more shots for its groups, of two each; if the initial state has another size; if there is no
    /// memory for a state.
    pub fn sampled_evaluator(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        shots: u64,
    ) -> Result<SampledEvaluator> {
        let unitary = Unitary::of_ideal(circuit, "an estimate from shots of a unitary circuit")?;
        let n = unitary.num_qubits;
        let fingerprint = self
            .fingerprint()
            .with("circuit", circuit)
            .with("observable", &observables)
            .with("shots", &shots)
            .with("seed of the shots", &self.seed);
        let observables: Vec<MeasuredSum> =
            observables.iter().map(|sum| MeasuredSum::new(sum, n)).collect::<Result<_>>()?;
        observables.iter().try_for_each(|sum| sum.check_shots(shots))?;
        let plan = Plan::try_new(self.target(), n, &unitary.actions)?;
        let coefficients = plan.bind(&vec![0.0; plan.num_slots()])?;
        Ok(SampledEvaluator {
            simulator: self.clone(),
            unitary,
            plan,
            coefficients,
            register: self.register(n)?,
            observables,
            shots,
            calls: 0,
            slots: Vec::new(),
            row: Vec::new(),
            fingerprint,
        })
    }
}

impl SampledEvaluator {
    /// Shots for each estimate.
    pub fn shots(&self) -> u64 {
        self.shots
    }
}

impl ExpectationSource for SampledEvaluator {
    fn num_params(&self) -> usize {
        self.unitary.params.len()
    }

    fn num_observables(&self) -> usize {
        self.observables.len()
    }

    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()> {
        check_out(self.observables.len(), out.len())?;
        let SampledEvaluator { simulator, unitary, plan, coefficients, .. } = self;
        unitary.slots(params, &mut self.slots, &mut self.row)?;
        plan.bind_into(&self.slots, coefficients)?;
        let (register, sums, shots) = (&mut self.register, &self.observables, self.shots);
        let call = self.calls;
        self.calls += 1;
        simulator.install_for(unitary.num_qubits, || {
            let watch = &simulator.watch;
            register.restart()?;
            register.run(watch, plan, coefficients)?;
            let streams = Streams::new(simulator.seed, Domain::Sampling);
            for (number, (out, sum)) in out.iter_mut().zip(sums).enumerate() {
                watch.check()?;
                let mut rng = streams.stream(call << 40 | number as u64);
                *out = register.view().estimate(sum, shots, &mut rng)?;
                watch.add_shots(out.shots);
            }
            Ok(())
        })
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint.clone()
    }

    fn save(&self) -> Value {
        json!({ "calls": self.calls })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.calls = calls_of(state)?;
        Ok(())
    }
}

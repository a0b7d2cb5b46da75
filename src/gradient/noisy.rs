//! ⟨H⟩ and its gradient under noise.

use super::noisy_adjoint::NoisyAdjoint;
use super::source::Source;
use super::{Adjoint, Cost, Gradient, Objective, ShiftRules, SimulatedGradient, SourceShift};
use super::{check_len, part};
use crate::circuit::{Circuit, Op};
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use crate::pauli::PauliSum;
use crate::simulate::{
    Accuracy, Estimate, ExpectationSource, Method, NoisyEvaluator, Simulator, StateView,
    Trajectories,
};
use rand::RngExt;
use serde_json::{Value, json};
use std::time::Instant;

/// Up to so many qubits [`exact_value`](SimulatedGradient::exact_value) is by the density matrix
/// where values are estimates; beyond, it takes far longer than they do.
const MOST_EXACT: usize = 10;

/// Values and gradients of one observable of a circuit with noise channels and readout errors:
///
/// - exact ([`Accuracy::Exact`]), by the density matrix, and parameter shifts of its gates; any
///   channels;
/// - else estimates from random trajectories, each the adjoint gradient of a unitary circuit, with
///   standard errors; for channels that are mixtures of unitaries: Pauli channels and depolarizing
///   ones, coherent errors. How likely the operators of others are depends on the state, and so on
///   the parameters. The gradient along a path leaves that out and is biased, so it is refused.
///
/// Every call draws other trajectories, and the same seed gives the same numbers in the same order of
/// calls, at any number of threads. [`Simulator::noisy_gradient`] makes it.
///
/// As a [`SimulatedGradient`] it has the [`state`](SimulatedGradient::state) of the circuit *without*
/// noise, which alone is a vector; the [`exact_value`](SimulatedGradient::exact_value) is that *under*
/// noise, readout errors among it: by the density matrix, but beyond ten qubits, where values are
/// estimates, an estimate too, as accurate as they are, from trajectories of its own.
///
/// ```
/// use ketlab::gradient::{Objective, SimulatedGradient};
/// use ketlab::simulate::Accuracy;
/// use ketlab::{Circuit, Simulator};
/// let mut noisy = Circuit::new(1);
/// let theta = noisy.param("theta");
/// noisy.ry(theta, 0).depolarizing(0.03, 0);
/// let (simulator, z) = (Simulator::new().seed(7), "Z0".parse()?);
/// let mut gradient = [0.0];
/// let mut exact = simulator.noisy_gradient(&noisy, &z, Accuracy::Exact)?;
/// exact.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((gradient[0] + 0.96 * 0.4f64.sin()).abs() < 1e-12);
///
/// let mut drawn = simulator.noisy_gradient(&noisy, &z, Accuracy::StandardError(1e-3))?;
/// let value = drawn.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!(drawn.standard_errors()[0] <= 1e-3);
/// assert!((gradient[0] + 0.96 * 0.4f64.sin()).abs() < 5e-3);
/// assert!((value - drawn.exact_value(&[0.4])?).abs() < 5e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct NoisyGradient {
    /// For states: its method is the state vector.
    simulator: Simulator,
    /// As it was asked for.
    method: Method,
    source: Source,
    circuit: Circuit,
    observable: PauliSum,
    accuracy: Accuracy,
    way: Way,
    /// Of the circuit without noise, when it is first asked for.
    ideal: Option<Box<Adjoint>>,
    /// Of the exact value.
    exact: Option<Box<NoisyEvaluator>>,
    variances: Vec<f64>,
    last_value: Estimate,
    trajectories: Option<Trajectories>,
    /// Gradients so far: each draws others.
    calls: u64,
    /// Estimates beside the minimization so far.
    fresh: u64,
}

/// How gradients come about.
enum Way {
    Shift(Box<SourceShift<NoisyEvaluator>>),
    Trajectories { gradients: Box<NoisyAdjoint>, values: Box<NoisyEvaluator> },
}

impl Simulator {
    /// A [`NoisyGradient`] of a circuit with noise channels and an observable, with this simulator's
    /// precision, initial state, threads, seed and [`watch`](Self::watch). Final measurements are set
    /// aside, but their readout errors hold. A [`NoiseModel`](crate::device::NoiseModel) makes a
    /// circuit a noisy one.
    ///
    /// # Errors
    /// If the circuit is not unitary but for noise; if the observable is on a qubit that does not
    /// exist; if trajectories are asked for of a channel that is no mixture of unitaries; as
    /// [`noisy_evaluator`](Self::noisy_evaluator).
    pub fn noisy_gradient(
        &self,
        circuit: &Circuit,
        observable: &PauliSum,
        accuracy: Accuracy,
    ) -> Result<NoisyGradient> {
        check(circuit)?;
        let observables = std::slice::from_ref(observable);
        let vectors = self.clone().method(Method::StateVector);
        let way = match accuracy {
            Accuracy::Exact => {
                let rules = ShiftRules::new(circuit)?;
                let source = self.noisy_evaluator(&rules.circuit()?, observables, accuracy)?;
                Way::Shift(Box::new(rules.with_source(source)?))
            }
            _ => Way::Trajectories {
                values: Box::new(self.noisy_evaluator(circuit, observables, accuracy)?),
                gradients: Box::new(NoisyAdjoint::new(&vectors, circuit, observable, accuracy)?),
            },
        };
        Ok(NoisyGradient {
            source: Source::new(self, circuit, observables),
            simulator: vectors,
            method: self.run_method(),
            circuit: circuit.clone(),
            observable: observable.clone(),
            accuracy,
            way,
            ideal: None,
            exact: None,
            variances: vec![0.0; circuit.inputs().count()],
            last_value: Estimate::default(),
            trajectories: None,
            calls: 0,
            fresh: 0,
        })
    }
}

/// Refuses what is not unitary but for noise.
fn check(circuit: &Circuit) -> Result<()> {
    for (op, is_final) in circuit.ops().iter().zip(circuit.final_measurements()) {
        let operation = match op {
            Op::Measure { .. } if !is_final => "a measurement that is not the last of its qubit",
            Op::Reset(_) => "a reset",
            Op::Assign(_) => "an assignment to classical bits",
            Op::If(_) | Op::While(_) => "classical control",
            _ => continue,
        };
        return Err(Error::Unsupported {
            method: "a gradient under noise",
            operation: operation.into(),
            hint: "it differentiates circuits that are unitary but for noise; finite differences \
                   of a `noisy_evaluator` take any"
                .into(),
        });
    }
    Ok(())
}

impl NoisyGradient {
    /// How accurate it is.
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The circuit with its noise.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The last value, with its error.
    pub fn last_value(&self) -> Estimate {
        self.last_value
    }

    /// The variance of each component of the last gradient, estimated from its trajectories; zeros
    /// where it is exact.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The standard error of each component of the last gradient.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.variances.iter().map(|variance| variance.sqrt()).collect()
    }

    /// How the errors of the last call were drawn, with what they say of the value; `None` where it
    /// is exact.
    pub fn trajectories(&self) -> Option<&Trajectories> {
        self.trajectories.as_ref()
    }

    /// The mean of an observable under noise, by random numbers of its own.
    fn fresh(
        &mut self,
        params: &[f64],
        observable: &PauliSum,
        simulator: Simulator,
    ) -> Result<Estimate> {
        let seeds = Streams::new(simulator.run_seed(), Domain::Repeat);
        let simulator = simulator.seed(seeds.stream(self.fresh).random());
        self.fresh += 1;
        let observables = std::slice::from_ref(observable);
        simulator.noisy_evaluator(&self.circuit, observables, self.accuracy)?.estimate(params)
    }
}

impl Objective for NoisyGradient {
    fn num_params(&self) -> usize {
        self.variances.len()
    }

    /// ⟨H⟩ under noise.
    fn value(&mut self, params: &[f64]) -> Result<f64> {
        match &mut self.way {
            Way::Shift(shift) => {
                shift.value(params)?;
                self.last_value = shift.last_value();
            }
            Way::Trajectories { gradients, values } => {
                let start = Instant::now();
                self.last_value = values.estimate(params)?;
                self.trajectories = values.trajectories().cloned();
                let runs = self.trajectories.as_ref().map_or(0, |drawn| drawn.distinct_patterns);
                gradients.cost.add(1 + runs, start);
            }
        }
        Ok(self.last_value.value)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        match &mut self.way {
            Way::Shift(shift) => {
                shift.value_and_gradient(params, gradient)?;
                self.last_value = shift.last_value();
            }
            Way::Trajectories { gradients, .. } => {
                let found = gradients.value_and_gradient(params, self.calls, gradient)?;
                self.calls += 1;
                (self.last_value, self.variances) = (found.value, found.variances);
                self.trajectories = Some(found.trajectories);
            }
        }
        Ok(self.last_value.value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn fingerprint(&self) -> Fingerprint {
        let print = self.source.fingerprint().with("accuracy", &self.accuracy);
        match self.accuracy {
            Accuracy::Exact => print.with("method", &format!("{:?}", self.method)),
            _ => print.with("seed of the trajectories", &self.simulator.run_seed()),
        }
    }

    fn save(&self) -> Value {
        let values = match &self.way {
            Way::Shift(shift) => shift.save(),
            Way::Trajectories { values, .. } => values.save(),
        };
        json!({ "cost": self.cost(), "calls": self.calls, "fresh": self.fresh, "values": values })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        let (calls, fresh) = (part(state, "calls")?, part(state, "fresh")?);
        match &mut self.way {
            Way::Shift(shift) => shift.restore(&state["values"])?,
            Way::Trajectories { gradients, values } => {
                values.restore(&state["values"])?;
                gradients.cost.restore(state)?;
            }
        }
        (self.calls, self.fresh) = (calls, fresh);
        Ok(())
    }
}

impl Gradient for NoisyGradient {
    fn method(&self) -> &'static str {
        match self.way {
            Way::Shift(_) => "parameter-shift under noise",
            Way::Trajectories { .. } => "adjoint over trajectories",
        }
    }

    fn cost(&self) -> Cost {
        match &self.way {
            Way::Shift(shift) => shift.cost(),
            Way::Trajectories { gradients, .. } => gradients.cost,
        }
    }
}

impl SimulatedGradient for NoisyGradient {
    /// That of the circuit without noise.
    fn state(&mut self, params: &[f64]) -> Result<StateView<'_>> {
        if self.ideal.is_none() {
            let circuit = self.circuit.without_noise();
            let observables = std::slice::from_ref(&self.observable);
            self.ideal = Some(Box::new(self.simulator.adjoint(&circuit, observables)?));
        }
        self.ideal.as_mut().expect("it was made").state(params)
    }

    /// ⟨H⟩ under noise: by the density matrix, but beyond ten qubits an estimate where values are.
    fn exact_value(&mut self, params: &[f64]) -> Result<f64> {
        let simulator = self.simulator.unwatched();
        if !self.accuracy.is_exact() && self.circuit.num_qubits() > MOST_EXACT {
            let observable = self.observable.clone();
            let simulator = simulator.method(Method::Trajectories);
            return Ok(self.fresh(params, &observable, simulator)?.value);
        }
        if self.exact.is_none() {
            let method = match self.method {
                Method::Trajectories => Method::DensityMatrix,
                asked => asked,
            };
            let observables = std::slice::from_ref(&self.observable);
            let simulator = simulator.method(method);
            let exact = simulator.noisy_evaluator(&self.circuit, observables, Accuracy::Exact)?;
            self.exact = Some(Box::new(exact));
        }
        Ok(self.exact.as_mut().expect("it was made").estimate(params)?.value)
    }

    fn is_exact(&self) -> bool {
        self.accuracy.is_exact()
    }

    /// The mean under noise, also where it is exact, since [`state`](Self::state) does not tell it.
    fn fresh_estimate(
        &mut self,
        params: &[f64],
        observable: &PauliSum,
    ) -> Result<Option<Estimate>> {
        let simulator = self.simulator.clone().method(self.method);
        self.fresh(params, observable, simulator).map(Some)
    }
}

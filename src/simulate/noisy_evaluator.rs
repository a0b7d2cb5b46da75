//! Means of observables of a noisy circuit at one set of parameters after another.

use super::accuracy::Accuracy;
use super::estimate::Estimate;
use super::expectation::Expectation;
use super::expectation_source::{ExpectationSource, calls_of, check_out, check_rows};
use super::method::Method;
use super::options::SMALL_BELOW;
use super::program::{BoundProgram, Program};
use super::request::{Request, Trajectories};
use super::simulator::Simulator;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::{Fingerprint, map_in_order};
use crate::pauli::PauliSum;
use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::{Value, json};
use std::sync::Arc;

/// Means of observables of a circuit with noise channels and readout errors, as functions of its
/// parameters: exact, by the density matrix, or estimates from random trajectories, with their
/// errors. [`Simulator::noisy_evaluator`] makes it.
///
/// Every call draws other trajectories; the same seed gives the same numbers in the same order of
/// calls, at any number of threads. Many rows at once are as many calls, in parallel where states are
/// small. The channels may be any, and so may be measurements and resets in the middle.
///
/// ```
/// use ketlab::simulate::{Accuracy, ExpectationSource};
/// use ketlab::{Circuit, Simulator};
/// let mut noisy = Circuit::new(1);
/// let theta = noisy.param("theta");
/// noisy.ry(theta, 0).depolarizing(0.03, 0);
/// let (simulator, z) = (Simulator::new().seed(7), ["Z0".parse()?]);
/// let exact = simulator.noisy_evaluator(&noisy, &z, Accuracy::Exact)?.estimate(&[0.4])?;
/// // X and Y, each with probability 0.01, turn Z around.
/// assert!((exact.value - 0.96 * 0.4f64.cos()).abs() < 1e-12 && exact.is_exact());
/// let drawn = simulator.noisy_evaluator(&noisy, &z, Accuracy::StandardError(1e-3))?.estimate(&[0.4])?;
/// assert!(drawn.standard_error() <= 1e-3);
/// assert!((drawn.value - exact.value).abs() < 5.0 * drawn.standard_error());
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct NoisyEvaluator {
    /// With the method.
    simulator: Simulator,
    program: Arc<Program>,
    /// The program at the last parameters.
    bound: Option<BoundProgram>,
    request: Request,
    accuracy: Accuracy,
    calls: u64,
    last: Option<Trajectories>,
    fingerprint: Fingerprint,
}

impl Simulator {
    /// A [`NoisyEvaluator`] of a circuit and these observables, with this simulator's precision,
    /// initial state, threads, seed and [`watch`](Self::watch). Exact means are by the
    /// [`method`](Self::method) that was asked for, else by the cheapest exact one. Final measurements
    /// are set aside, but their readout errors hold.
    ///
    /// # Errors
    /// If a number of trajectories or a standard error is not positive; if a method was asked for that
    /// has not this accuracy; if there is no memory for the instructions. What the method cannot do
    /// with the circuit, the first call says.
    pub fn noisy_evaluator(
        &self,
        circuit: &Circuit,
        observables: &[PauliSum],
        accuracy: Accuracy,
    ) -> Result<NoisyEvaluator> {
        let simulator = self.clone().method(accuracy.method(self.method)?);
        let mut fingerprint = simulator
            .fingerprint()
            .with("circuit", circuit)
            .with("observable", &observables)
            .with("accuracy", &accuracy);
        if !accuracy.is_exact() {
            fingerprint = fingerprint.with("seed of the trajectories", &self.seed);
        }
        Ok(NoisyEvaluator {
            simulator,
            program: Program::new(circuit)?,
            bound: None,
            request: observables.iter().cloned().fold(accuracy.request(), Request::observable),
            accuracy,
            calls: 0,
            last: None,
            fingerprint,
        })
    }
}

impl NoisyEvaluator {
    /// How accurate its means are.
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// How the errors of the last call's trajectories were drawn, where they were; of many rows,
    /// those of the last one.
    pub fn trajectories(&self) -> Option<&Trajectories> {
        self.last.as_ref()
    }

    /// The means at bound parameters, by the random numbers of this call.
    fn means(
        &self,
        bound: &BoundProgram,
        call: u64,
    ) -> Result<(Vec<Estimate>, Option<Trajectories>)> {
        let simulator = self.simulator.clone().seed(self.simulator.seed_of_part(call as usize));
        let result = simulator.run(bound, &self.request)?;
        if result.interrupted {
            // Fewer trajectories than were asked for.
            return Err(Error::Interrupted);
        }
        let error = |k: usize| match &result.trajectories {
            Some(drawn) => drawn.standard_errors.get(k).copied().unwrap_or(0.0),
            None => 0.0,
        };
        let estimate = |(k, mean): (usize, &Expectation)| Estimate {
            value: mean.value,
            variance_of_mean: error(k).powi(2),
            shots: 0,
        };
        let means = result.expectations.iter().enumerate().map(estimate).collect();
        Ok((means, result.trajectories))
    }

    /// Whether rows run next to each other, and not the kernels of one.
    fn is_small(&self) -> bool {
        let bits = match self.simulator.method {
            Method::Trajectories | Method::StateVector => self.program.num_qubits(),
            _ => 2 * self.program.num_qubits(),
        };
        bits < SMALL_BELOW
    }
}

/// An estimate takes no shots: where it is not exact, its error is that of the trajectories.
impl ExpectationSource for NoisyEvaluator {
    fn num_params(&self) -> usize {
        self.program.params().len()
    }

    fn num_observables(&self) -> usize {
        self.request.observables.len()
    }

    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()> {
        check_out(self.num_observables(), out.len())?;
        let bound = match self.bound.take() {
            Some(mut bound) => {
                bound.rebind(params)?;
                bound
            }
            None => self.program.bind(params)?,
        };
        let (means, drawn) = self.means(&bound, self.calls)?;
        self.calls += 1;
        out.copy_from_slice(&means);
        (self.bound, self.last) = (Some(bound), drawn);
        Ok(())
    }

    fn estimates_of_rows(
        &mut self,
        rows: ArrayView2<'_, f64>,
        mut out: ArrayViewMut2<'_, Estimate>,
    ) -> Result<()> {
        check_rows(self.num_observables(), rows, &out)?;
        let row = |k: usize| {
            let bound = self.program.bind(&rows.row(k).to_vec())?;
            self.means(&bound, self.calls + k as u64)
        };
        let found: Vec<_> = match self.is_small() {
            true => self.simulator.install(|| map_in_order(rows.nrows(), row))?,
            false => (0..rows.nrows()).map(row).collect::<Result<_>>()?,
        };
        self.calls += rows.nrows() as u64;
        for (mut out, (means, drawn)) in out.rows_mut().into_iter().zip(found) {
            out.iter_mut().zip(&means).for_each(|(out, mean)| *out = *mean);
            self.last = drawn;
        }
        Ok(())
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

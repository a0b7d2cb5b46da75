//! Observables of one circuit at one set of parameters after another.

use super::estimate::Estimate;
use super::expectation_source::{ExpectationSource, check_out, check_rows};
use super::initial::Start;
use super::misread::observed;
use super::options::{SMALL_BELOW, at_precision};
use super::program::Program;
use super::simulator::Simulator;
use super::state_vector::Observable;
use super::state_vector::Worker;
use crate::engine::Real;
use crate::error::{Error, Result};
use crate::pauli::PauliSum;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::sync::Arc;

/// Means of observables as functions of a circuit's parameters: what an optimizer calls. It keeps
/// one state and one set of coefficients; [`Simulator::evaluator`] makes it.
///
/// A call binds the parameters, runs the circuit from the initial state and reads the means. Below
/// 14 qubits it runs on the calling thread and, after the first call, allocates nothing (matrices and
/// permutations on several qubits take memory for themselves). A circuit with random choices in the
/// middle is followed branch by branch, each with a state of its own.
///
/// [`Simulator::expectation`] gives the same value to the bit, and the variance, for which it takes
/// a second state: it is for single answers. For many rows of parameters that are known in advance
/// there is [`Batch`](super::Batch), which runs them in parallel.
///
/// ```
/// use ketlab::{Circuit, Simulator, simulate::Program};
/// let mut ansatz = Circuit::new(2);
/// let theta = ansatz.param("theta");
/// ansatz.ry(theta, 0).cx(0, 1);
/// let program = Program::new(&ansatz)?;
/// let mut energy = Simulator::new().evaluator(&program, &["Z0 Z1 + 0.5 Z0".parse()?])?;
/// for theta in [0.0, 0.4, 0.8f64] {
///     assert!((energy.expectation(&[theta])? - (1.0 + 0.5 * theta.cos())).abs() < 1e-12);
/// }
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Evaluator {
    simulator: Simulator,
    observables: Vec<Observable>,
    worker: AnyWorker,
    program: Arc<Program>,
    /// Memory for the means of a call.
    means: Vec<f64>,
    /// Whether the kernels run on the simulator's threads.
    is_large: bool,
}

/// A worker in either precision.
#[derive(Debug)]
enum AnyWorker {
    F32(Worker<f32>),
    F64(Worker<f64>),
}

impl From<Worker<f32>> for AnyWorker {
    fn from(worker: Worker<f32>) -> Self {
        AnyWorker::F32(worker)
    }
}

impl From<Worker<f64>> for AnyWorker {
    fn from(worker: Worker<f64>) -> Self {
        AnyWorker::F64(worker)
    }
}

impl Simulator {
    /// An [`Evaluator`] of these observables, with this simulator's precision, initial state,
    /// threads, limits and [`watch`](Self::watch).
    ///
    /// # Errors
    /// If an observable is on a qubit that does not exist, the initial state has another size, or
    /// there is no memory for a state.
    pub fn evaluator(&self, program: &Arc<Program>, observables: &[PauliSum]) -> Result<Evaluator> {
        self.amplitudes("an evaluator")?;
        let num_qubits = program.num_qubits();
        let new = |sum| Observable::new(&*observed(&program.flow, sum)?, num_qubits);
        Ok(Evaluator {
            observables: observables.iter().map(new).collect::<Result<_>>()?,
            worker: at_precision!(self.precision, self.any_worker(program))?,
            program: program.clone(),
            means: vec![0.0; observables.len()],
            is_large: num_qubits >= SMALL_BELOW,
            simulator: self.clone(),
        })
    }

    fn any_worker<T: Real>(&self, program: &Arc<Program>) -> Result<AnyWorker>
    where
        AnyWorker: From<Worker<T>>,
    {
        let start = Arc::new(self.initial.start::<T>(program.num_qubits(), self.isa)?);
        self.worker(program, start).map(AnyWorker::from)
    }

    /// A worker with this simulator's limits.
    pub(super) fn worker<T: Real>(
        &self,
        program: &Arc<Program>,
        start: Arc<Start<T>>,
    ) -> Result<Worker<T>> {
        Worker::new(program, start, &self.watch, self.max_branches)
    }
}

impl Evaluator {
    /// The mean of the one observable.
    ///
    /// # Errors
    /// As [`expectations`](Self::expectations); if the number of observables is not one.
    pub fn expectation(&mut self, params: &[f64]) -> Result<f64> {
        let mut mean = [0.0];
        self.expectations(params, &mut mean)?;
        Ok(mean[0])
    }

    /// The mean of every observable, written to `means`, for the parameters in the order of
    /// [`Program::params`] (radians). After an error the means are those of no circuit.
    ///
    /// # Errors
    /// If there is not one number per observable, or not one value per parameter; if a value or a
    /// mean is NaN or infinite; if there are more branches than the simulator allows, or too little
    /// memory for them; [`Error::Interrupted`].
    pub fn expectations(&mut self, params: &[f64], means: &mut [f64]) -> Result<()> {
        if means.len() != self.observables.len() {
            return Err(Error::Invalid {
                what: "the number of means asked for".into(),
                value: means.len().to_string(),
                expected: format!("the evaluator has {} observables", self.observables.len()),
            });
        }
        let Evaluator { simulator, observables, worker, is_large, .. } = self;
        simulator.watch.check()?;
        let mut run = || match worker {
            AnyWorker::F32(worker) => worker.expectations(params, observables, means),
            AnyWorker::F64(worker) => worker.expectations(params, observables, means),
        };
        if *is_large { simulator.install(run) } else { run() }
    }

    /// Number of observables.
    pub fn num_observables(&self) -> usize {
        self.observables.len()
    }
}

/// Exact; many rows at once as a [`Batch`](super::Batch), with the same bits.
impl ExpectationSource for Evaluator {
    fn num_params(&self) -> usize {
        self.program.params().len()
    }

    fn num_observables(&self) -> usize {
        self.observables.len()
    }

    fn estimates(&mut self, params: &[f64], out: &mut [Estimate]) -> Result<()> {
        check_out(self.observables.len(), out.len())?;
        let mut means = std::mem::take(&mut self.means);
        let found = self.expectations(params, &mut means);
        out.iter_mut().zip(&means).for_each(|(out, mean)| *out = Estimate::exact(*mean));
        self.means = means;
        found
    }

    fn estimates_of_rows(
        &mut self,
        rows: ArrayView2<'_, f64>,
        mut out: ArrayViewMut2<'_, Estimate>,
    ) -> Result<()> {
        check_rows(self.observables.len(), rows, &out)?;
        let batch = self.simulator.batch(&self.program);
        let means = batch.means(rows, &self.observables)?.complete()?;
        out.zip_mut_with(&means, |out, mean| *out = Estimate::exact(*mean));
        Ok(())
    }
}

//! The simulator: what it computes of a circuit, whatever the method.

use super::branches::for_each_branch;
use super::counts::Counts;
use super::executable::{Executable, Prepared};
use super::expectation::Expectation;
use super::flow::Flow;
use super::initial::InitialState;
use super::machine::{Job, Machine, Stop};
use super::method::Method;
use super::misread::Observed;
use super::options::at_precision;
use super::representation::Representation;
use super::request::{Request, RunResult};
use super::select::{Selected, select};
use crate::clifford::Tableau;
use crate::engine::{DensityMatrix, Isa, Precision, Real, StateVector};
use crate::error::{Error, Result};
use crate::math::{Bits, Domain, Fingerprint, Streams, Watch};
use crate::pauli::PauliSum;
use crate::propagation::Truncation;
use rand::RngExt;
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

/// Most branches that an exact answer follows, unless said otherwise.
pub const DEFAULT_MAX_BRANCHES: usize = 4096;

/// Runs circuits. The same seed gives the same answers at any thread count.
///
/// The [`Method`] is selected by the circuit, unless one is asked for: a state vector where it fits in
/// memory, and a stabilizer tableau for Clifford circuits beyond that. Pauli propagation, with a
/// [`truncation`](Self::truncation) where it is to be approximate, has means of wider ones.
///
/// Exact answers (states, probabilities, expectations) set final measurements aside: they describe
/// the state before them. Measurements and resets in the middle are followed branch by branch, and
/// the answer is the exact average.
///
/// ```
/// use ketlab::{Circuit, Simulator};
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1).measure_all();
/// let counts = Simulator::new().seed(7).counts(&bell, 1000)?;
/// assert_eq!(counts.get("00") + counts.get("11"), 1000);
/// let zz = "Z0 Z1".parse()?;
/// assert!((Simulator::new().expectation(&bell, &zz)?.value - 1.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    pub(super) seed: u64,
    pub(super) precision: Precision,
    pub(super) isa: Isa,
    pub(super) method: Method,
    pub(super) initial: InitialState,
    pub(super) truncation: Truncation,
    pub(super) max_branches: usize,
    pub(super) watch: Watch,
    pool: Option<Arc<rayon::ThreadPool>>,
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulator {
    /// All of its settings that decide an answer but the seed.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new()
            .with("precision", &format!("{:?}", self.precision))
            .with("method", &format!("{:?}", self.method))
            .with("initial state", &format!("{:?}", self.initial))
            .with("truncation", &self.truncation)
            .with("number of branches", &self.max_branches)
    }

    /// f64, seed 0.
    pub fn new() -> Self {
        Simulator {
            seed: 0,
            precision: Precision::F64,
            isa: Isa::best(),
            method: Method::Automatic,
            initial: InitialState::Zero,
            truncation: Truncation::none(),
            max_branches: DEFAULT_MAX_BRANCHES,
            watch: Watch::default(),
            pool: None,
        }
    }

    /// Seed of all random numbers.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Precision of the amplitudes.
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// The instruction set of the kernels; the largest that may be used, [`Isa::best`], at first.
    /// Answers agree to rounding. A run fails if the machine does not have it.
    pub fn isa(mut self, isa: Isa) -> Self {
        self.isa = isa;
        self
    }

    /// The method; [`Method::Automatic`] at first.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The state that runs start from; |0…0⟩ at first. Takes an [`InitialState`], a bit string or a
    /// state vector.
    pub fn initial_state(mut self, initial: impl Into<InitialState>) -> Self {
        self.initial = initial.into();
        self
    }

    /// Runs on this many threads of its own, instead of the current pool of `rayon`. Answers are the
    /// same.
    ///
    /// # Errors
    /// If there are no threads, or more than the system gives.
    pub fn threads(mut self, threads: usize) -> Result<Self> {
        let refused = |why: String| Error::Invalid {
            what: "the number of threads".into(),
            value: threads.to_string(),
            expected: why,
        };
        if threads == 0 {
            return Err(refused("ask for at least 1".into()));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        self.pool = Some(Arc::new(pool.map_err(|error| refused(error.to_string()))?));
        Ok(self)
    }

    /// Does work on this simulator's threads.
    pub(crate) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// How many threads [`install`](Self::install) works on.
    pub(crate) fn num_threads(&self) -> usize {
        self.pool
            .as_ref()
            .map_or_else(rayon::current_num_threads, |pool| pool.current_num_threads())
    }

    /// Most branches that an exact answer follows; [`DEFAULT_MAX_BRANCHES`] at first.
    pub fn max_branches(mut self, max_branches: usize) -> Self {
        self.max_branches = max_branches;
        self
    }

    /// Most rounds of all loops on one path; [`super::DEFAULT_MAX_LOOP_ROUNDS`] at first.
    pub fn max_loop_rounds(mut self, rounds: u64) -> Self {
        self.watch.max_loop_rounds = rounds;
        self
    }

    /// Shares progress and cancellation with others.
    pub fn with_watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// Progress and cancellation of this simulator's runs.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Everything that a request asks for, from as few runs of the circuit as possible. A cancelled
    /// run returns the shots that are finished, if any.
    ///
    /// # Errors
    /// If there are no shots; if an observable is on a qubit that does not exist; if there are more
    /// branches than [`max_branches`](Self::max_branches); if the state is random; if there is too
    /// little memory; [`Error::Interrupted`]; what compiling refuses.
    pub fn run(&self, circuit: &impl Executable, request: &Request) -> Result<RunResult> {
        request.shots.map_or(Ok(()), check_shots)?;
        let start = Instant::now();
        let prepared = Prepared::new(circuit.source())?;
        let observed = Observed::new(request, prepared.flow())?;
        let request = &*observed.request;
        let selected = self.select(&prepared, request)?;
        let mut result = self.install(|| match &selected {
            Selected::StateVector { .. } => {
                at_precision!(self.precision, self.run_state_vector(&prepared, request))
            }
            Selected::Stabilizer { code, .. } => {
                self.run_with::<Tableau>(prepared.flow(), code, request)
            }
            Selected::Trajectories { .. } => {
                at_precision!(self.precision, self.run_trajectories(&prepared, request))
            }
            Selected::DensityMatrix { code, .. } => match self.precision {
                Precision::F32 => {
                    self.run_with::<DensityMatrix<f32>>(prepared.flow(), code, request)
                }
                Precision::F64 => {
                    self.run_with::<DensityMatrix<f64>>(prepared.flow(), code, request)
                }
            },
            Selected::PauliPropagation { code, .. } => {
                self.run_propagation(prepared.flow(), code, request)
            }
        })?;
        observed.finish(&mut result);
        result.meta.reason = selected.reason();
        result.meta.seconds = start.elapsed().as_secs_f64();
        Ok(result)
    }

    /// The method by which [`run`](Self::run) would answer a request, and why.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the stabilizer method was asked for and a gate is no Clifford gate;
    /// if no method can run the circuit; if a parameter has no value.
    pub fn method_for(
        &self,
        circuit: &impl Executable,
        request: &Request,
    ) -> Result<(Method, Cow<'static, str>)> {
        let prepared = Prepared::new(circuit.source())?;
        let observed = Observed::new(request, prepared.flow())?;
        let selected = self.select(&prepared, &observed.request)?;
        Ok((selected.method(), selected.reason()))
    }

    fn select(&self, prepared: &Prepared, request: &Request) -> Result<Selected> {
        let Simulator { method, precision, initial, truncation, max_branches, .. } = self;
        select(*method, *precision, initial, truncation, *max_branches, request, prepared)
    }

    /// Counts of the classical bits over `shots` runs; see [`Request::shots`].
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn counts(&self, circuit: &impl Executable, shots: u64) -> Result<Counts> {
        Ok(self.run(circuit, &Request::new().shots(shots))?.counts.expect("they were asked for"))
    }

    /// One call of [`counts`](Self::counts) a circuit, in parallel, each with a stream of its own.
    /// The circuits are different ones: for one circuit with many rows of parameters there is
    /// [`batch`](Self::batch), which compiles it once and keeps a thread's memory from row to row.
    pub fn counts_batch<E: Executable + Sync>(
        &self,
        circuits: &[E],
        shots: u64,
    ) -> Vec<Result<Counts>> {
        let run = |(k, circuit): (usize, &E)| {
            self.clone().seed(self.seed_of_part(k)).counts(circuit, shots)
        };
        self.install(|| circuits.par_iter().enumerate().map(run).collect())
    }

    /// The seed of one circuit or row among many.
    pub(super) fn seed_of_part(&self, index: usize) -> u64 {
        Streams::new(self.seed, Domain::Batch).stream(index as u64).random()
    }

    /// The state before the final measurements, in a precision of the caller's.
    ///
    /// # Errors
    /// If the state is random: a measurement or reset in the middle has two possible outcomes.
    pub fn state<T: Real>(&self, circuit: &impl Executable) -> Result<StateVector<T>> {
        self.amplitudes("the state as a vector of amplitudes")?;
        let prepared = Prepared::new(circuit.source())?;
        let code = prepared.state_vector()?;
        let job = Job { flow: prepared.flow(), code: &*code, watch: &self.watch, draws: false };
        self.install(|| {
            let state = StateVector::start(job.flow, &self.initial, self.isa)?;
            let mut machine = Machine::new(job.flow, state);
            match machine.advance(job)? {
                Stop::End => Ok(machine.state),
                Stop::Choice(_) | Stop::Span(_) => Err(random_state()),
            }
        })
    }

    /// Probabilities of the 2^n basis states before the final measurements.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn probabilities(&self, circuit: &impl Executable) -> Result<Vec<f64>> {
        let prepared = Prepared::new(circuit.source())?;
        self.install(|| {
            match self.select(&prepared, &Request::new().probabilities(usize::MAX))? {
                Selected::StateVector { .. } => {
                    at_precision!(self.precision, self.probabilities_by_state_vector(&prepared))
                }
                Selected::Stabilizer { code, .. } => {
                    self.probabilities_with::<Tableau>(prepared.flow(), &code)
                }
                Selected::Trajectories { .. } => Err(Error::Unsupported {
                    method: "trajectories",
                    operation: "the probabilities of all basis states".into(),
                    hint: "use the density matrix, or ask for shots".into(),
                }),
                Selected::DensityMatrix { code, .. } => match self.precision {
                    Precision::F32 => {
                        self.probabilities_with::<DensityMatrix<f32>>(prepared.flow(), &code)
                    }
                    Precision::F64 => {
                        self.probabilities_with::<DensityMatrix<f64>>(prepared.flow(), &code)
                    }
                },
                Selected::PauliPropagation { .. } => {
                    unreachable!("it is not selected for probabilities")
                }
            }
        })
    }

    fn probabilities_by_state_vector<T: Real>(&self, prepared: &Prepared) -> Result<Vec<f64>> {
        let code = prepared.state_vector()?;
        self.probabilities_with::<StateVector<T>>(prepared.flow(), &code)
    }

    fn probabilities_with<R: Representation>(
        &self,
        flow: &Flow,
        code: &R::Code,
    ) -> Result<Vec<f64>> {
        let job = Job::<R> { flow, code, watch: &self.watch, draws: false };
        let start = Machine::new(flow, R::start(flow, &self.initial, self.isa)?);
        let mut sum = Vec::new();
        for_each_branch(start, job, self.max_branches, &mut |weight, machine| {
            machine.state.add_probabilities(weight, &mut sum)
        })?;
        Ok(sum)
    }

    /// Whether amplitudes can be had: only another method that was asked for has none.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if a method without them was asked for.
    pub(super) fn amplitudes(&self, operation: &str) -> Result<()> {
        match self.method {
            Method::Automatic | Method::StateVector | Method::Trajectories => Ok(()),
            Method::Stabilizer => Err(Error::Unsupported {
                method: "the stabilizer method",
                operation: operation.into(),
                hint: "use the state vector; a run of the simulator gives the tableau".into(),
            }),
            Method::DensityMatrix => Err(Error::Unsupported {
                method: "the density-matrix method",
                operation: operation.into(),
                hint: "use the state vector; a run of the simulator gives the density matrix"
                    .into(),
            }),
            Method::PauliPropagation => Err(Error::Unsupported {
                method: "Pauli propagation",
                operation: operation.into(),
                hint: "use the state vector; a run of the simulator gives means, and \
                       `propagation_gradient` their derivatives"
                    .into(),
            }),
        }
    }

    /// The exact distribution of the classical bits; see [`Request::outcomes`].
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn outcome_probabilities(&self, circuit: &impl Executable) -> Result<Vec<(Bits, f64)>> {
        let result = self.run(circuit, &Request::new().outcomes())?;
        Ok(result.outcomes.expect("they were asked for"))
    }

    /// Mean and variance of an observable before the final measurements.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn expectation(
        &self,
        circuit: &impl Executable,
        observable: &PauliSum,
    ) -> Result<Expectation> {
        let request = Request::new().observable(observable.clone());
        Ok(self.run(circuit, &request)?.expectations[0])
    }
}

pub(super) fn check_shots(shots: u64) -> Result<()> {
    if shots > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of shots".into(),
        value: "0".into(),
        expected: "ask for at least 1, or leave shots out for exact answers".into(),
    })
}

pub(super) fn random_state() -> Error {
    Error::Unsupported {
        method: "the output of the state",
        operation: "a measurement, reset or noise channel in the circuit, which makes it random"
            .into(),
        hint:
            "ask for probabilities or observables, which are averaged exactly, or for shots; the \
               density matrix has a state under noise"
                .into(),
    }
}

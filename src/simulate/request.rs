//! What a run is asked for, and what it answers.

use super::counts::Counts;
use super::expectation::Expectation;
use super::pauli_propagation::Propagation;
use crate::clifford::{OutcomeSpace, Tableau};
use crate::engine::{DensityMatrix, Precision, StateVector};
use crate::error::{Error, Result};
use crate::math::Bits;
use crate::pauli::PauliSum;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;

/// Probabilities that `Display` shows.
const SHOWN: usize = 20;

/// What to compute of a circuit, in one run.
///
/// ```
/// use ketlab::{Circuit, Request, Simulator};
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1).measure_all();
/// let request = Request::new().shots(100).observable("Z0 Z1".parse()?);
/// let result = Simulator::new().run(&bell, &request)?;
/// assert_eq!(result.counts.unwrap().shots(), 100);
/// assert!((result.expectations[0].value - 1.0).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub(super) shots: Option<u64>,
    pub(super) observables: Vec<PauliSum>,
    pub(super) probabilities: Option<usize>,
    pub(super) outcomes: bool,
    pub(super) outcome_space: bool,
    pub(super) state: bool,
    pub(super) trajectories: Option<u64>,
    pub(super) standard_error: Option<f64>,
    /// Observables at the end of the list that others are computed from; no standard error is asked
    /// for them.
    pub(super) auxiliary: usize,
}

impl Request {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Samples the classical bits that are not scratch; a circuit that has none of these has all its
    /// qubits measured at the end, into bits 0, 1, ….
    pub fn shots(mut self, shots: u64) -> Self {
        self.shots = Some(shots);
        self
    }

    /// Exact mean and variance of an observable, before the final measurements.
    pub fn observable(mut self, observable: PauliSum) -> Self {
        self.observables.push(observable);
        self
    }

    /// The `at_most` largest probabilities of basis states, before the final measurements.
    pub fn probabilities(mut self, at_most: usize) -> Self {
        self.probabilities = Some(at_most);
        self
    }

    /// The exact distribution of the classical bits that are not scratch, final measurements
    /// included; of all qubits where there are no such bits.
    pub fn outcomes(mut self) -> Self {
        self.outcomes = true;
        self
    }

    /// The distribution of the same bits as [`outcomes`](Self::outcomes) as an affine space: all of
    /// its points are equally likely. The stabilizer method has it, for circuits whose measurements
    /// in the middle are certain.
    pub fn outcome_space(mut self) -> Self {
        self.outcome_space = true;
        self
    }

    /// Means by trajectories are estimated from this many of them; [`DEFAULT_TRAJECTORIES`] unless said
    /// otherwise. Exact methods take no notice.
    pub fn trajectories(mut self, number: u64) -> Self {
        self.trajectories = Some(number);
        self
    }

    /// Means by trajectories are estimated from as many of them as it takes for every standard error
    /// to be at most this. Exact methods take no notice.
    pub fn standard_error(mut self, standard_error: f64) -> Self {
        self.standard_error = Some(standard_error);
        self
    }

    /// The state before the final measurements.
    pub fn state(mut self) -> Self {
        self.state = true;
        self
    }

    /// Refuses numbers of trajectories and standard errors that are none.
    pub(super) fn check_trajectories(&self) -> Result<()> {
        if self.trajectories == Some(0) {
            return Err(Error::Invalid {
                what: "the number of trajectories".into(),
                value: "0".into(),
                expected: "ask for at least 1".into(),
            });
        }
        match self.standard_error {
            Some(error) if !(error > 0.0 && error.is_finite()) => Err(Error::Invalid {
                what: "the standard error of a mean".into(),
                value: error.to_string(),
                expected: "it is positive".into(),
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn is_exact(&self) -> bool {
        self.state
            || self.outcomes
            || self.outcome_space
            || self.probabilities.is_some()
            || !self.observables.is_empty()
    }
}

/// Trajectories of a noisy circuit that means are estimated from, unless said otherwise.
pub const DEFAULT_TRAJECTORIES: u64 = 1024;

/// Where answers of a noisy circuit come from random trajectories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trajectories {
    /// How many were drawn: for means, or as many as there are shots.
    pub number: u64,
    /// Different patterns of errors among them, each of which was run once for all of its
    /// trajectories (once in each of the few rounds in which they are drawn). Patterns that come to the
    /// same state but for flipped bits, as all of a Clifford circuit do, count as one.
    pub distinct_patterns: u64,
    /// The probability that no error happens. The run without errors has this weight in a mean, and
    /// is exact; trajectories are drawn from those that have errors. `None` where there are
    /// measurements in the middle: then all trajectories are drawn.
    pub no_error_weight: Option<f64>,
    /// For each observable, the standard error of its mean.
    pub standard_errors: Vec<f64>,
    /// For each observable, how many trajectories would give the same standard error if the run
    /// without errors were drawn like all others.
    pub effective_numbers: Vec<f64>,
}

/// What a [`Request`] asked for.
#[derive(Debug)]
pub struct RunResult {
    /// Outcomes of the shots.
    pub counts: Option<Counts>,
    /// Largest probabilities first, as pairs of basis state and probability; what is
    /// only rounding ([`Precision::rounding_probability`](super::Precision)) is left out.
    pub probabilities: Option<Vec<(u64, f64)>>,
    /// Outcomes of the classical bits with their probabilities, in ascending order; those below
    /// 1e-16 are left out, and [`neglected`](Self::neglected) says what they come to.
    pub outcomes: Option<Vec<(Bits, f64)>>,
    /// The same distribution as an affine space.
    pub outcome_space: Option<OutcomeSpace>,
    /// One for each requested observable.
    pub expectations: Vec<Expectation>,
    /// The state, as the method keeps it.
    pub state: Option<AnyState>,
    /// ⟨ψ|ψ⟩ of the final state, the trace of a density matrix, averaged over branches: how far rounding went from 1. `None` where
    /// no final state was looked at (shots of a circuit with measurements in the middle).
    pub norm: Option<f64>,
    /// Branches that exact answers were averaged over.
    pub branches: usize,
    /// The probability of all that answers left out; they are averages over the rest. Branches of
    /// measurements are left out below a probability of 1e-15, and where an outcome is taken for
    /// rounding (at most 1e-24 in f64, 1e-12 in f32); outcomes, below 1e-16. Where there are shots
    /// alone, it is estimated from the paths that they took.
    pub neglected: f64,
    /// How errors were drawn, where they were.
    pub trajectories: Option<Trajectories>,
    /// What strings were carried and left out, where Pauli propagation was the method.
    pub propagation: Option<Propagation>,
    /// Whether the run was cancelled and the counts are of fewer shots.
    pub interrupted: bool,
    /// How the answer came about.
    pub meta: Meta,
}

/// Counts, probabilities and expectations, and how they came about.
impl fmt::Display for RunResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Meta { method, threads, seconds, .. } = &self.meta;
        write!(f, "{method}, {threads} threads, {seconds:.3} s")?;
        if self.branches > 1 {
            write!(f, ", {} branches", self.branches)?;
        }
        if self.neglected > 0.0 {
            write!(f, ", a probability of {:.3e} left out", self.neglected)?;
        }
        if self.interrupted {
            write!(f, ", interrupted")?;
        }
        if let Some(counts) = &self.counts {
            write!(f, "\n{counts}")?;
        }
        for (state, p) in self.probabilities.iter().flatten().take(SHOWN) {
            write!(f, "\n|{state}⟩  {p:.6}")?;
        }
        if let Some(space) = &self.outcome_space {
            write!(f, "\n{space}")?;
        }
        for (bits, p) in self.outcomes.iter().flatten().take(SHOWN) {
            write!(f, "\n{bits}  {p:.6}")?;
        }
        let all = [self.probabilities.as_ref().map(Vec::len), self.outcomes.as_ref().map(Vec::len)];
        match all.into_iter().flatten().map(|len| len.saturating_sub(SHOWN)).sum() {
            0 => {}
            more => write!(f, "\n… {more} more")?,
        }
        let errors = self.trajectories.as_ref().map_or(&[][..], |t| &t.standard_errors);
        for (k, expectation) in self.expectations.iter().enumerate() {
            match errors.get(k) {
                Some(error) => {
                    let deviation = expectation.standard_deviation();
                    let value = expectation.value;
                    write!(f, "\n{value} ± {error:.1e} (standard deviation {deviation:.6e})")?;
                }
                None => write!(f, "\n{expectation}")?,
            }
            let means = self.propagation.as_ref().map_or(&[][..], |carried| &carried.means);
            if let Some(mean) = means.get(k) {
                write!(f, "\n  {mean}")?;
            }
        }
        Ok(())
    }
}

/// How an answer came about, for whoever wants to repeat it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meta {
    /// ketlab's version.
    pub version: &'static str,
    /// What was done.
    pub method: Cow<'static, str>,
    /// Why by this method.
    pub reason: Cow<'static, str>,
    /// The instruction set of the kernels.
    pub instruction_set: String,
    /// Precision of the amplitudes; `None` where the method is exact.
    pub precision: Option<Precision>,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Number of threads.
    pub threads: usize,
    /// Passes over the state in the circuit's plans; a loop's are counted once.
    pub passes: usize,
    /// Hash of the plans: equal on every machine for equal circuits.
    pub plan_hash: String,
    /// Memory of one state.
    pub state_bytes: u128,
    /// Wall time, compiling included where a circuit was given.
    pub seconds: f64,
}

/// A state as a method keeps it.
#[derive(Debug)]
pub enum AnyState {
    /// A stabilizer state.
    Stabilizer(Tableau),
    /// A state vector in single precision.
    F32(StateVector<f32>),
    /// A state vector in double precision.
    F64(StateVector<f64>),
    /// A density matrix in single precision.
    DensityF32(DensityMatrix<f32>),
    /// A density matrix in double precision.
    DensityF64(DensityMatrix<f64>),
}

impl From<DensityMatrix<f32>> for AnyState {
    fn from(state: DensityMatrix<f32>) -> Self {
        AnyState::DensityF32(state)
    }
}

impl From<DensityMatrix<f64>> for AnyState {
    fn from(state: DensityMatrix<f64>) -> Self {
        AnyState::DensityF64(state)
    }
}

impl From<Tableau> for AnyState {
    fn from(state: Tableau) -> Self {
        AnyState::Stabilizer(state)
    }
}

impl From<StateVector<f32>> for AnyState {
    fn from(state: StateVector<f32>) -> Self {
        AnyState::F32(state)
    }
}

impl From<StateVector<f64>> for AnyState {
    fn from(state: StateVector<f64>) -> Self {
        AnyState::F64(state)
    }
}

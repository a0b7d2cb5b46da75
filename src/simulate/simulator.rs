//! The state-vector simulator: what it computes of a circuit.

use super::branches::{for_each_branch, read_out, sample};
use super::counts::Counts;
use super::lower::pauli_mask;
use super::machine::{Machine, Stop};
use super::program::{Bound, Program};
use super::watch::Watch;
use crate::circuit::Circuit;
use crate::engine::{PauliMask, Real, StateVector};
use crate::error::{Error, Result};
use crate::math::{Bits, Domain, Streams};
use crate::pauli::PauliSum;
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// Most branches that an exact answer follows, unless said otherwise.
pub const DEFAULT_MAX_BRANCHES: usize = 4096;

/// How amplitudes are stored. Norms, probabilities and expectations are always summed in f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8 bytes an amplitude.
    F32,
    /// 16 bytes an amplitude.
    #[default]
    F64,
}

impl Precision {
    /// Bytes of one amplitude.
    pub fn bytes_per_amplitude(self) -> u32 {
        match self {
            Precision::F32 => 8,
            Precision::F64 => 16,
        }
    }
}

/// Mean and variance of an observable in a state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Expectation {
    /// ⟨H⟩.
    pub value: f64,
    /// ⟨H²⟩ - ⟨H⟩² of a single measurement of H.
    pub variance: f64,
}

/// A circuit that can be run: every parameter has a value.
pub trait Executable {
    /// Its compiled form.
    ///
    /// # Errors
    /// A parameter without value; what [`Program::new`] refuses.
    fn bound(&self) -> Result<Cow<'_, Bound>>;
}

impl Executable for Circuit {
    fn bound(&self) -> Result<Cow<'_, Bound>> {
        Ok(Cow::Owned(Program::new(self)?.bind(&[])?))
    }
}

impl Executable for Bound {
    fn bound(&self) -> Result<Cow<'_, Bound>> {
        Ok(Cow::Borrowed(self))
    }
}

/// Runs circuits on a state vector. The same seed gives the same answers at any thread count.
///
/// Without shots, final measurements are set aside: states, probabilities and expectations are
/// those before them. Measurements and resets in the middle are followed branch by branch, and the
/// answer is the exact average.
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
    seed: u64,
    precision: Precision,
    max_branches: usize,
    watch: Watch,
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs a generic method at the simulator's precision.
macro_rules! at_precision {
    ($self:ident, $method:ident($($arg:expr),*)) => {
        match $self.precision {
            Precision::F32 => $self.$method::<f32>($($arg),*),
            Precision::F64 => $self.$method::<f64>($($arg),*),
        }
    };
}

impl Simulator {
    /// f64, seed 0.
    pub fn new() -> Self {
        Simulator {
            seed: 0,
            precision: Precision::F64,
            max_branches: DEFAULT_MAX_BRANCHES,
            watch: Watch::default(),
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

    /// Progress and cancellation of this simulator's runs.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Counts of the classical bits over `shots` runs; a circuit that measures nothing has all its
    /// qubits measured at the end, into bits 0, 1, …. A cancelled run returns the shots that are
    /// finished, if any.
    ///
    /// # Errors
    /// No shots, what compiling refuses, too little memory, [`Error::Interrupted`].
    pub fn counts(&self, circuit: &impl Executable, shots: u64) -> Result<Counts> {
        let bound = circuit.bound()?;
        if shots == 0 {
            return Err(Error::Invalid {
                what: "the number of shots".into(),
                value: "0".into(),
                expected: "ask for at least 1, or leave shots out for exact answers".into(),
            });
        }
        at_precision!(self, counts_at(&bound, shots))
    }

    fn counts_at<T: Real>(&self, bound: &Bound, shots: u64) -> Result<Counts> {
        let program = bound.program();
        if !program.is_static() {
            return sample::<T>(bound, shots, self.seed, &self.watch);
        }
        let machine = self.run_static::<T>(bound)?;
        let mut rng = Streams::new(self.seed, Domain::Sampling).stream(0);
        let counts = if program.num_clbits == 0 {
            let mut counts = Counts::default();
            for (index, count) in machine.state.sample(shots, &mut rng) {
                counts.add(Bits::from_u64(index, program.num_qubits), count);
            }
            counts
        } else {
            read_out(&machine.state, &machine.bits, bound, shots, &mut rng)
        };
        self.watch.add_shots(shots);
        Ok(counts)
    }

    /// One call of [`counts`](Self::counts) a circuit, in parallel, each with a stream of its own.
    pub fn counts_batch<E: Executable + Sync>(
        &self,
        circuits: &[E],
        shots: u64,
    ) -> Vec<Result<Counts>> {
        let streams = Streams::new(self.seed, Domain::Batch);
        let run = |(k, circuit): (usize, &E)| {
            let seed = streams.stream(k as u64).random();
            self.clone().seed(seed).counts(circuit, shots)
        };
        circuits.par_iter().enumerate().map(run).collect()
    }

    /// The state before the final measurements.
    ///
    /// # Errors
    /// The state is random: a measurement or reset in the middle has two possible outcomes.
    pub fn state<T: Real>(&self, circuit: &impl Executable) -> Result<StateVector<T>> {
        let bound = circuit.bound()?;
        let mut machine = Machine::start(&bound)?;
        match machine.advance(&bound, &self.watch)? {
            Stop::End => Ok(machine.state),
            Stop::Choice { .. } => Err(Error::Unsupported {
                method: "the final state",
                operation: "a measurement or reset in the middle of the circuit".into(),
                hint: "it makes the state random; ask for probabilities or observables, which are \
                       averaged exactly, or for shots"
                    .into(),
            }),
        }
    }

    fn run_static<T: Real>(&self, bound: &Bound) -> Result<Machine<T>> {
        let mut machine = Machine::start(bound)?;
        let stop = machine.advance(bound, &self.watch)?;
        debug_assert_eq!(stop, Stop::End);
        Ok(machine)
    }

    /// Calls `leaf` with the weight, state and classical bits of every branch.
    fn average<T: Real>(
        &self,
        bound: &Bound,
        leaf: &mut dyn FnMut(f64, &mut StateVector<T>, &Bits) -> Result<()>,
    ) -> Result<usize> {
        for_each_branch(bound, &self.watch, self.max_branches, leaf)
    }

    /// Probabilities of the 2^n basis states before the final measurements, averaged over what
    /// measurements in the middle may give.
    ///
    /// # Errors
    /// More branches than [`max_branches`](Self::max_branches), too little memory.
    pub fn probabilities(&self, circuit: &impl Executable) -> Result<Vec<f64>> {
        let bound = circuit.bound()?;
        at_precision!(self, probabilities_at(&bound))
    }

    fn probabilities_at<T: Real>(&self, bound: &Bound) -> Result<Vec<f64>> {
        let mut sum: Vec<f64> = Vec::new();
        self.average::<T>(bound, &mut |weight, state, _| {
            let part = state.probabilities()?;
            if sum.is_empty() {
                sum = part;
                sum.iter_mut().for_each(|p| *p *= weight);
            } else {
                sum.iter_mut().zip(part).for_each(|(s, p)| *s += weight * p);
            }
            Ok(())
        })?;
        Ok(sum)
    }

    /// The exact distribution of the classical bits: outcomes with their probabilities, in
    /// ascending order; those below 1e-16 are left out.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    pub fn outcome_probabilities(&self, circuit: &impl Executable) -> Result<Vec<(Bits, f64)>> {
        let bound = circuit.bound()?;
        at_precision!(self, outcome_probabilities_at(&bound))
    }

    fn outcome_probabilities_at<T: Real>(&self, bound: &Bound) -> Result<Vec<(Bits, f64)>> {
        let readout = &bound.program().readout;
        let qubits: Vec<usize> = readout.iter().map(|r| r.0 as usize).collect();
        let mut distribution = std::collections::BTreeMap::<Bits, f64>::new();
        self.average::<T>(bound, &mut |weight, state, bits| {
            // A qubit may be read twice: marginals want distinct ones.
            let mut distinct = qubits.clone();
            distinct.sort_unstable();
            distinct.dedup();
            for (index, p) in state.marginal(&distinct)?.into_iter().enumerate() {
                if weight * p < 1e-16 {
                    continue;
                }
                let mut outcome = bits.clone();
                for &(qubit, clbit) in readout {
                    let at = distinct.binary_search(&(qubit as usize)).expect("it is listed");
                    outcome.set(clbit as usize, index >> at & 1 == 1);
                }
                *distribution.entry(outcome).or_default() += weight * p;
            }
            Ok(())
        })?;
        Ok(distribution.into_iter().collect())
    }

    /// Mean and variance of an observable before the final measurements.
    ///
    /// # Errors
    /// A term on a qubit that is not there; as [`probabilities`](Self::probabilities).
    pub fn expectation(
        &self,
        circuit: &impl Executable,
        observable: &PauliSum,
    ) -> Result<Expectation> {
        Ok(self.expectations(circuit, std::slice::from_ref(observable))?[0])
    }

    /// Means and variances of several observables from one run.
    ///
    /// # Errors
    /// As [`expectation`](Self::expectation).
    pub fn expectations(
        &self,
        circuit: &impl Executable,
        observables: &[PauliSum],
    ) -> Result<Vec<Expectation>> {
        let bound = circuit.bound()?;
        let n = bound.program().num_qubits();
        let terms = |sum: &PauliSum| -> Result<Vec<(PauliMask, f64)>> {
            sum.terms().iter().map(|(s, c)| Ok((pauli_mask(s, n)?, *c))).collect()
        };
        let sums = observables.iter().map(terms).collect::<Result<Vec<_>>>()?;
        at_precision!(self, expectations_at(&bound, &sums))
    }

    fn expectations_at<T: Real>(
        &self,
        bound: &Bound,
        sums: &[Vec<(PauliMask, f64)>],
    ) -> Result<Vec<Expectation>> {
        let mut means = vec![(0.0, 0.0); sums.len()];
        self.average::<T>(bound, &mut |weight, state, _| {
            for (terms, mean) in sums.iter().zip(&mut means) {
                mean.0 += weight * state.expectation(terms);
                mean.1 += weight * second_moment(state, terms)?;
            }
            Ok(())
        })?;
        Ok(means
            .into_iter()
            .map(|(value, square)| Expectation {
                value,
                variance: (square - value * value).max(0.0),
            })
            .collect())
    }
}

/// ⟨H²⟩ = ‖Hψ‖². A single string squares to 1, which costs nothing.
fn second_moment<T: Real>(state: &StateVector<T>, terms: &[(PauliMask, f64)]) -> Result<f64> {
    match terms {
        [] => Ok(0.0),
        [(_, c)] => Ok(c * c),
        _ => Ok(state.apply_pauli_sum(terms)?.norm()),
    }
}

/// Compiles and binds in one step.
///
/// # Errors
/// As [`Program::new`] and [`Program::bind`].
pub fn compile(circuit: &Circuit, values: &[f64]) -> Result<Bound> {
    let program: Arc<Program> = Program::new(circuit)?;
    program.bind(values)
}

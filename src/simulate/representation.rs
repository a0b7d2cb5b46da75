//! What a method is to the control flow.

use super::expectation::Expectation;
use super::flow::{Choice, Flow};
use super::initial::InitialState;
use super::request::Request;
use super::tally::Tally;
use crate::clifford::OutcomeSpace;
use crate::engine::{Isa, Precision};
use crate::error::Result;
use crate::math::{Bits, Watch};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::SmallVec;

/// The probabilities of the sides of a random choice. All are given, since 1 minus the others loses
/// a small one.
pub(super) type Sides = SmallVec<[f64; 4]>;

/// A state as one method keeps it: a state vector, a stabilizer tableau. The control flow (a
/// [`Machine`](super::machine::Machine), branches, trees of shots, averages) is written once over it.
pub(super) trait Representation: Sized + Send {
    /// The stretches of a program as the method runs them, with numbers for all angles.
    type Code: Sync;

    /// An observable as the method reads it.
    type Observable;

    /// The method's name, for results and refusals.
    const NAME: &str;

    /// The precision of its numbers; `None` where they are exact.
    const PRECISION: Option<Precision>;

    /// Whether a list of the largest probabilities takes no more memory than its entries, also if all
    /// are asked for.
    const SPARSE: bool;

    /// Outcomes of at most this probability are taken for rounding and not followed; results say
    /// what they come to.
    const ROUNDING: f64;

    /// Whether a state of this size runs on the calling thread, so that branches may be shared out to
    /// threads.
    fn is_small(num_qubits: usize) -> bool;

    /// Nominal seconds of a pass over a state, the same on every machine.
    fn seconds_a_pass(num_qubits: usize) -> f64;

    /// Nominal seconds of what a branch does from one choice to the next beside its passes.
    fn seconds_a_choice(num_qubits: usize) -> f64;

    /// Whether the method can do what is asked of a program, before it does any of it.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if it cannot; if the answer has no room in
    /// memory.
    fn check(flow: &Flow, request: &Request) -> Result<()>;

    /// The state before the first instruction.
    ///
    /// # Errors
    /// If the initial state has another size, or the method cannot hold it.
    fn start(flow: &Flow, initial: &InitialState, isa: Isa) -> Result<Self>;

    /// A copy, if there is memory for it.
    fn try_clone(&self) -> Result<Self>;

    /// Runs a stretch of gates; the number of passes over the state.
    fn run(&mut self, code: &Self::Code, stretch: usize, watch: &Watch) -> Result<u64>;

    /// The probabilities of a choice's sides; of sum 1.
    fn sides(&self, choice: Choice) -> Result<Sides>;

    /// Makes the state that of one side, normalized.
    fn take_side(&mut self, choice: Choice, side: usize) -> Result<()>;

    /// ⟨ψ|ψ⟩: how far rounding went from 1.
    fn norm(&self) -> f64;

    /// An observable on a register of this size.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite.
    fn observable(sum: &PauliSum, num_qubits: usize) -> Result<Self::Observable>;

    /// The coefficient of its identity, which means leave out: it adds nothing to the variance, but
    /// ⟨H²⟩ - ⟨H⟩² would cancel where it is large.
    fn shift(observable: &Self::Observable) -> f64;

    /// Mean and variance of a measurement, without the identity.
    fn expectation(&self, observable: &Self::Observable) -> Result<Expectation>;

    /// The largest probabilities of basis states, ties in ascending order.
    fn largest(&self, at_most: usize) -> Result<Vec<(u64, f64)>>;

    /// Adds `weight` times the probabilities of the basis states to a sum that is empty at first.
    fn add_probabilities(&self, weight: f64, sum: &mut Vec<f64>) -> Result<()>;

    /// Calls `visit` with each outcome of these qubits, ascending and all different, and its
    /// probability; those that cannot be may be left out.
    fn for_each_outcome(
        &self,
        qubits: &[usize],
        watch: &Watch,
        visit: &mut dyn FnMut(&Bits, f64) -> Result<()>,
    ) -> Result<()>;

    /// The joint outcomes of the final measurements as a space, where the method has it.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if it has not.
    fn outcome_space(&self, flow: &Flow, written: &Bits, watch: &Watch) -> Result<OutcomeSpace>;

    /// Samples the final measurements, where the classical bits show `written`.
    fn read_out(
        &self,
        flow: &Flow,
        written: &Bits,
        shots: u64,
        rng: &mut impl Rng,
        watch: &Watch,
        tally: &mut Tally,
    ) -> Result<()>;

    /// What a run of this program takes.
    fn account(code: &Self::Code, flow: &Flow, isa: Isa) -> Result<Account>;
}

/// What a run takes, for reports.
pub(super) struct Account {
    /// Passes over the state; a loop's are counted once.
    pub passes: usize,
    /// A hash of all that is run.
    pub hash: u64,
    /// Memory of one state.
    pub state_bytes: u128,
}

//! What a method is to the control flow.

use super::expectation::Expectation;
use super::flow::{Choice, Flow};
use super::initial::InitialState;
use super::patterns::EventLaw;
use super::request::Request;
use super::tally::Tally;
use crate::clifford::OutcomeSpace;
use crate::engine::{Isa, Precision};
use crate::error::Result;
use crate::math::{Bits, Streams, Watch};
use crate::pauli::PauliSum;
use rand::Rng;
use smallvec::SmallVec;
use std::ops::Range;

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

    /// Runs stretches one after another; the number of passes.
    fn run_all(&mut self, code: &Self::Code, stretches: &[usize], watch: &Watch) -> Result<u64> {
        stretches.iter().try_fold(0, |passes, &k| Ok(passes + self.run(code, k, watch)?))
    }

    /// Whether it takes channels along with gates, a whole span at once; else they are choices.
    const TAKES_CHANNELS: bool = false;

    /// Runs a span of gates and channels, where it takes channels; the number of passes.
    fn run_span(&mut self, _: &Self::Code, _: usize, _: &Watch) -> Result<u64> {
        unreachable!("its channels are choices")
    }

    /// Whether channels of shots are drawn before anything runs ([`patterns`](super::patterns)): it
    /// then has the functions that follow.
    const DRAWS_CHANNELS: bool = false;

    /// Shots of a program from this state, and how many states were run for them, where errors can be
    /// carried to the end and few states are left; `None` where not.
    fn sample_frames(
        &self,
        _: &Flow,
        _: &Self::Code,
        _: &[EventLaw],
        _: u64,
        _: Streams,
        _: &Watch,
    ) -> Result<Option<(Tally, u64)>> {
        Ok(None)
    }

    /// The steps of a span at which blocks begin that are worth keeping plans of, the first one 0.
    fn block_starts<'c>(_: &Flow, _: &'c Self::Code, _: usize) -> &'c [usize] {
        unreachable!("its channels are choices")
    }

    /// Runs steps of a span. Channels take their default operators but for `sides`, ascending pairs
    /// of a step and the side taken there. The number of passes.
    fn run_steps(
        &mut self,
        _: &Flow,
        _: &Self::Code,
        _: usize,
        _: Range<usize>,
        _: &[(usize, u64)],
        _: &Watch,
    ) -> Result<u64> {
        unreachable!("its channels are choices")
    }

    /// The probabilities of the sides of a channel, given that its bound was passed
    /// ([`Unraveling::look`](crate::noise::Unraveling::look)).
    fn look(&self, _: &Flow, _: usize) -> Result<Sides> {
        unreachable!("its channels are choices")
    }

    /// The probabilities of a choice's sides; of sum 1. Misreading is not among them.
    fn sides(&self, flow: &Flow, choice: Choice) -> Result<Sides>;

    /// Makes the state that of one side, normalized.
    fn take_side(&mut self, flow: &Flow, choice: Choice, side: usize) -> Result<()>;

    /// The same where the other sides have a probability of exactly 0, so that the state is that of
    /// the side already.
    fn take_only_side(&mut self, flow: &Flow, choice: Choice, side: usize) -> Result<()> {
        self.take_side(flow, choice, side)
    }

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

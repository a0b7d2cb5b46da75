//! Plans of other rooms, run with what a simulator says: threads, instruction set, precision, initial
//! state and watch.

use super::super::initial::{InitialState, Start};
use super::super::method::Method;
use super::super::options::SMALL_BELOW;
use super::super::simulator::Simulator;
use crate::engine::{Precision, Real, StateVector, Target};
use crate::error::Result;
use crate::math::Watch;

impl Simulator {
    /// The precision of the amplitudes.
    pub(crate) fn run_precision(&self) -> Precision {
        self.precision
    }

    /// The seed of all random numbers.
    pub(crate) fn run_seed(&self) -> u64 {
        self.seed
    }

    /// The same with a watch of its own: it goes on after a cancellation.
    pub(crate) fn unwatched(&self) -> Self {
        let mut simulator = self.clone();
        simulator.watch = Watch::default();
        simulator.watch.max_loop_rounds = self.watch.max_loop_rounds;
        simulator
    }

    /// The method that was asked for.
    pub(crate) fn run_method(&self) -> Method {
        self.method
    }

    /// What runs start from.
    pub(crate) fn run_start(&self) -> &InitialState {
        &self.initial
    }

    /// How many states something keeps that works in `working` of them: one more where runs start
    /// from amplitudes.
    pub(crate) fn kept_states(&self, working: u128) -> u128 {
        working + u128::from(matches!(self.initial, InitialState::Amplitudes(_)))
    }

    /// What its plans are for.
    pub(crate) fn target(&self) -> Target {
        Target { isa: self.isa, precision: self.precision }
    }

    /// The state that runs of circuits of `num_qubits` start from.
    ///
    /// # Errors
    /// If it has another number of qubits, is no state, or there is no memory for it; if a method
    /// without amplitudes was asked for.
    pub(crate) fn start<T: Real>(&self, num_qubits: usize) -> Result<Start<T>> {
        self.amplitudes("derivatives, and estimates from a state that is kept")?;
        self.initial.start(num_qubits, self.isa)
    }

    /// |0…0⟩, for this simulator's kernels.
    ///
    /// # Errors
    /// If there is no memory for it, or the machine does not have the instruction set.
    pub(crate) fn zero_state<T: Real>(&self, num_qubits: usize) -> Result<StateVector<T>> {
        let mut state = StateVector::zero(num_qubits)?;
        state.set_isa(self.isa)?;
        Ok(state)
    }

    /// Does work on states of so many qubits: on this simulator's threads where they are large enough
    /// for several.
    pub(crate) fn install_for<R: Send>(
        &self,
        num_qubits: usize,
        work: impl FnOnce() -> R + Send,
    ) -> R {
        if num_qubits >= SMALL_BELOW { self.install(work) } else { work() }
    }
}

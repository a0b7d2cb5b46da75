//! A state to run plans in, again and again from the same start, in the simulator's precision.

use super::super::initial::Start;
use super::super::simulator::Simulator;
use super::state_view::StateView;
use super::watched::run_watched;
use crate::engine::{Coefficients, Plan, Precision, Real, StateVector};
use crate::error::Result;
use crate::math::Watch;

/// A state, and where its runs start.
pub(crate) struct RegisterAt<T: Real> {
    start: Start<T>,
    pub state: StateVector<T>,
}

/// One in either precision.
pub(crate) enum Register {
    F32(RegisterAt<f32>),
    F64(RegisterAt<f64>),
}

/// Does something with the register, whatever its precision.
macro_rules! with_register {
    ($register:expr, $at:ident => $answer:expr) => {
        match $register {
            $crate::simulate::Register::F32($at) => $answer,
            $crate::simulate::Register::F64($at) => $answer,
        }
    };
}
pub(crate) use with_register;

impl Simulator {
    /// A register of so many qubits, at the start.
    ///
    /// # Errors
    /// If the initial state has another size, or there is no memory for a state.
    pub(crate) fn register(&self, num_qubits: usize) -> Result<Register> {
        Ok(match self.precision {
            Precision::F32 => Register::F32(self.register_at(num_qubits)?),
            Precision::F64 => Register::F64(self.register_at(num_qubits)?),
        })
    }

    fn register_at<T: Real>(&self, num_qubits: usize) -> Result<RegisterAt<T>> {
        let start = self.start::<T>(num_qubits)?;
        Ok(RegisterAt { state: start.state()?, start })
    }
}

impl Register {
    /// Back to the start.
    ///
    /// # Errors
    /// None, once the start fitted.
    pub fn restart(&mut self) -> Result<()> {
        with_register!(self, at => at.start.write_to(&mut at.state))
    }

    /// Runs a plan under a watch.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) if it is cancelled; the state is that of no
    /// circuit then.
    pub fn run(&mut self, watch: &Watch, plan: &Plan, coefficients: &Coefficients) -> Result<()> {
        with_register!(self, at => run_watched(watch, plan, coefficients, &mut at.state))
    }

    /// The state.
    pub fn view(&mut self) -> StateView<'_> {
        with_register!(self, at => (&mut at.state).into())
    }
}

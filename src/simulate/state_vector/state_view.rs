//! A state in the precision of its run, looked at where it is.

use super::super::estimate::Estimate;
use super::super::expectation::Expectation;
use super::super::initial::InitialState;
use super::super::measured::MeasuredSum;
use super::observable::Observable;
use crate::engine::{Real, StateVector};
use crate::error::Result;
use num_complex::{Complex, Complex64};
use rand::Rng;

/// A state that something else keeps, in either precision. What is read from it is in double
/// precision.
#[derive(Debug)]
pub enum StateView<'a> {
    /// Single precision.
    F32(&'a mut StateVector<f32>),
    /// Double precision.
    F64(&'a mut StateVector<f64>),
}

/// Calls a method of the state, whatever its precision.
macro_rules! of_state {
    ($view:expr, $state:ident => $answer:expr) => {
        match $view {
            StateView::F32($state) => $answer,
            StateView::F64($state) => $answer,
        }
    };
}

impl<'a> From<&'a mut StateVector<f32>> for StateView<'a> {
    fn from(state: &'a mut StateVector<f32>) -> Self {
        StateView::F32(state)
    }
}

impl<'a> From<&'a mut StateVector<f64>> for StateView<'a> {
    fn from(state: &'a mut StateVector<f64>) -> Self {
        StateView::F64(state)
    }
}

/// Its amplitudes; see `From<StateVector<T>>`.
impl From<StateView<'_>> for InitialState {
    fn from(view: StateView<'_>) -> Self {
        of_state!(view, state => InitialState::from(&*state))
    }
}

impl StateView<'_> {
    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        of_state!(self, state => state.num_qubits())
    }

    /// A copy of the 2^n amplitudes.
    pub fn to_vec(&self) -> Vec<Complex64> {
        match self {
            StateView::F32(state) => state.to_vec().iter().map(double).collect(),
            StateView::F64(state) => state.to_vec(),
        }
    }

    /// The probabilities of the 2^n basis states.
    pub fn probabilities(&mut self) -> Vec<f64> {
        of_state!(self, state => state.amplitudes().iter().map(|a| double(a).norm_sqr()).collect())
    }

    /// Draws basis states: those that were drawn and how often, as [`StateVector::try_sample`].
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn sample(&self, shots: u64, rng: &mut impl Rng) -> Result<Vec<(u64, u64)>> {
        of_state!(self, state => state.try_sample(shots, rng))
    }

    /// The exact mean of a sum that is measured.
    ///
    /// # Errors
    /// If it is not finite.
    pub fn mean(&self, sum: &MeasuredSum) -> Result<f64> {
        of_state!(self, state => sum.mean(state))
    }

    /// Its mean from shots; see [`MeasuredSum::estimate`].
    ///
    /// # Errors
    /// As there.
    pub fn estimate(&self, sum: &MeasuredSum, shots: u64, rng: &mut impl Rng) -> Result<Estimate> {
        of_state!(self, state => sum.estimate(state, shots, rng))
    }

    /// Mean and variance of an observable, without its identity.
    pub(crate) fn mean_and_variance(&self, observable: &Observable) -> Result<Expectation> {
        of_state!(self, state => observable.mean_and_variance(&**state))
    }
}

/// An amplitude in double precision.
fn double<T: Real>(z: &Complex<T>) -> Complex64 {
    Complex64::new(z.re.to_f64(), z.im.to_f64())
}

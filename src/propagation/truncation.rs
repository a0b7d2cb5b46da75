//! Which strings are left out.

use crate::error::{Error, Result, shown};
use crate::pauli::PauliString;
use serde::Serialize;

/// Which strings are left out of a sum, and when.
///
/// - Coefficients are looked at in the observable, after every rotation, after every operation that takes
///   a string to several, and after channels that multiply coefficients, those that are done together
///   at once. Rotations of a layer are done in the order of the qubits that their generators are carried
///   to, for rotations about single qubits their own, from the highest down, whatever their order in the
///   circuit. Zeros never stay, but for gradients without a least coefficient, where derivatives go
///   through them; of more strings than may be they are the first to go.
/// - Weights are looked at where the circuit has a [`Step::Layer`](super::Step::Layer), and at its
///   beginning. If rotations about single qubits follow there in the circuit (they are what strings meet
///   just before) and no string is protected, those that are too heavy go before those rotations, which do not change weights: the
///   strings that stay are the same, and the account has those that go as they are before.
/// - The number of terms is looked at after every layer of rotations, every operation that takes a string
///   to several, every [`Step::Layer`](super::Step::Layer), and at the beginning of the circuit, where
///   weights are looked at first. In a layer, coefficients smaller than the least that will stay count as
///   too many at once, after each rotation; while it is worked on, each shard of strings holds up to twice
///   the number. Of strings with equal coefficients those that come first in the order of [`PauliString`]
///   stay, where generators were carried to single qubits that of what strings were carried to.
///
/// Weight is that of the string in the frame of the circuit at its place. So are protected strings: one
/// stays wherever it comes about, in addition to the largest number of terms if they are more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truncation {
    /// Strings whose coefficient is smaller than this, in absolute value, are left out.
    pub min_coefficient: f64,
    /// Strings with more factors than this are left out.
    pub max_weight: Option<usize>,
    /// No more strings than this are kept, those with the largest coefficients.
    pub max_terms: Option<usize>,
    /// Strings that always stay.
    pub protected: Vec<PauliString>,
}

impl Default for Truncation {
    fn default() -> Self {
        Truncation::none()
    }
}

impl Truncation {
    /// Nothing is left out: exact.
    pub fn none() -> Self {
        Truncation {
            min_coefficient: 0.0,
            max_weight: None,
            max_terms: None,
            protected: Vec::new(),
        }
    }

    /// Whether nothing is left out.
    pub fn is_exact(&self) -> bool {
        self.min_coefficient == 0.0 && self.max_weight.is_none() && self.max_terms.is_none()
    }

    /// Refuses rules that make no sense.
    ///
    /// # Errors
    /// If the least coefficient is negative or not finite, or no strings may stay.
    pub fn check(&self) -> Result<()> {
        if !(self.min_coefficient >= 0.0 && self.min_coefficient.is_finite()) {
            return Err(Error::Invalid {
                what: "the least coefficient".into(),
                value: shown(self.min_coefficient),
                expected: "it must be a number from 0 up".into(),
            });
        }
        if self.max_terms == Some(0) {
            return Err(Error::Invalid {
                what: "the largest number of terms".into(),
                value: "0".into(),
                expected: "ask for at least 1, or leave it out to keep all".into(),
            });
        }
        Ok(())
    }
}

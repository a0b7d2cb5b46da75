//! A model of a file that says itself whether its variables are spins or bits.

use crate::error::{Error, Result};
use crate::ising::{Ising, Qubo};

pub(super) enum Model {
    Spins(Ising),
    Bits(Qubo),
}

impl Model {
    /// The spins.
    ///
    /// # Errors
    /// If it has bits, in a file of this format.
    pub fn spins(self, format: &str) -> Result<Ising> {
        match self {
            Model::Spins(model) => Ok(model),
            Model::Bits(_) => Err(unexpected(format, "bits", "spins are expected here")),
        }
    }

    /// The bits.
    ///
    /// # Errors
    /// If it has spins, in a file of this format.
    pub fn bits(self, format: &str) -> Result<Qubo> {
        match self {
            Model::Bits(qubo) => Ok(qubo),
            Model::Spins(_) => Err(unexpected(format, "spins", "bits are expected here")),
        }
    }
}

fn unexpected(format: &str, found: &str, expected: &str) -> Error {
    Error::Invalid {
        what: format!("the {format} file"),
        value: format!("of {found}"),
        expected: format!("{expected}; nothing is converted when a file is read"),
    }
}

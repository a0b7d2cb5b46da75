//! What can be run.

use super::program::{BoundProgram, Program};
use crate::circuit::Circuit;
use crate::error::Result;
use std::borrow::Cow;

/// A circuit that can be run: every parameter has a value.
pub trait Executable {
    /// Its compiled form.
    ///
    /// # Errors
    /// If a parameter has no value; what [`Program::new`] refuses.
    fn bound(&self) -> Result<Cow<'_, BoundProgram>>;
}

impl Executable for Circuit {
    fn bound(&self) -> Result<Cow<'_, BoundProgram>> {
        Ok(Cow::Owned(Program::for_one_run(self)?.bind(&[])?))
    }
}

impl Executable for BoundProgram {
    fn bound(&self) -> Result<Cow<'_, BoundProgram>> {
        Ok(Cow::Borrowed(self))
    }
}

//! What can be run.

use super::flow::Flow;
use super::program::{BoundProgram, Inputs};
use super::state_vector::{BoundCode, Code};
use crate::circuit::Circuit;
use crate::error::Result;
use std::borrow::Cow;
use std::sync::Arc;

/// A circuit that can be run: every parameter has a value.
pub trait Executable {
    /// What it is.
    fn source(&self) -> Source<'_>;
}

/// What can be run, as a simulator takes it.
#[derive(Debug, Clone, Copy)]
pub enum Source<'e> {
    /// A circuit, which is compiled for one run.
    Circuit(&'e Circuit),
    /// A program, which may run often.
    Program(&'e BoundProgram),
}

impl Executable for Circuit {
    fn source(&self) -> Source<'_> {
        Source::Circuit(self)
    }
}

impl Executable for BoundProgram {
    fn source(&self) -> Source<'_> {
        Source::Program(self)
    }
}

/// Control flow and values of parameters, for one run.
#[expect(clippy::large_enum_variant, reason = "there is one for each run, on the stack")]
pub(super) enum Prepared<'e> {
    Once { flow: Flow<'e>, row: Vec<f64> },
    Held(&'e BoundProgram),
}

impl<'e> Prepared<'e> {
    /// # Errors
    /// If a parameter has no value; if there is no memory for the instructions.
    pub fn new(source: Source<'e>) -> Result<Self> {
        Ok(match source {
            Source::Circuit(circuit) => Prepared::Once {
                flow: Flow::new(circuit)?,
                row: Inputs::new(circuit).row(&[])?.into_owned(),
            },
            Source::Program(bound) => Prepared::Held(bound),
        })
    }

    pub fn flow(&self) -> &Flow<'_> {
        match self {
            Prepared::Once { flow, .. } => flow,
            Prepared::Held(bound) => &bound.program().flow,
        }
    }

    /// The values of all parameters of the circuit.
    pub fn row(&self) -> &[f64] {
        match self {
            Prepared::Once { row, .. } => row,
            Prepared::Held(bound) => bound.row(),
        }
    }

    /// What the state-vector method makes of it, or made of it before.
    ///
    /// # Errors
    /// As [`Code::new`] and [`Code::bind`].
    pub fn state_vector(&self) -> Result<Cow<'_, BoundCode>> {
        Ok(match self {
            Prepared::Once { flow, row } => {
                Cow::Owned(Arc::new(Code::for_one_run(flow)?).bind(row)?)
            }
            Prepared::Held(bound) => Cow::Borrowed(bound.state_vector()?),
        })
    }
}

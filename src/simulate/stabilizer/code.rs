//! What the stabilizer method makes of a program: a list of steps for each stretch of gates.

use super::super::flow::Flow;
use super::channels;
use crate::clifford::{CliffordStep, Tableau, lower};
use crate::engine::Fnv;
use crate::error::Result;
use crate::math::Watch;
use std::hash::{Hash, Hasher};

/// Steps between one look at whether the run was cancelled and the next.
const STEPS_A_CHECK: usize = 4096;

/// The stretches of a program as steps of a tableau, at certain values of the parameters.
#[derive(Debug)]
pub(in super::super) struct Code {
    stretches: Vec<Vec<CliffordStep>>,
    num_gates: usize,
}

impl Code {
    /// From a program and the values of all its parameters.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) if a gate is no Clifford gate, if there is
    /// no memory for the steps.
    pub fn new(flow: &Flow, row: &[f64]) -> Result<Self> {
        channels::check(flow)?;
        let mut num_gates = 0;
        let mut steps_of = |gates| {
            let mut steps = Vec::new();
            for gate in gates {
                lower(gate, row, &mut steps)?;
                num_gates += 1;
            }
            Ok(steps)
        };
        let stretches = flow.stretches().map(&mut steps_of).collect::<Result<_>>()?;
        Ok(Code { stretches, num_gates })
    }

    /// Gates as the circuit has them; those of a loop once.
    pub fn num_gates(&self) -> usize {
        self.num_gates
    }

    /// Steps of all stretches; those of a loop once.
    pub fn num_steps(&self) -> usize {
        self.stretches.iter().map(Vec::len).sum()
    }

    /// A hash of all steps, the same on every machine.
    pub fn hash(&self, num_qubits: usize) -> u64 {
        let mut hash = Fnv::new();
        hash.word(num_qubits as u64);
        for steps in &self.stretches {
            hash.word(steps.len() as u64);
            steps.iter().for_each(|step| step.hash(&mut hash));
        }
        hash.finish()
    }

    /// Runs a stretch on a tableau; the number of steps.
    pub fn run(&self, stretch: usize, tableau: &mut Tableau, watch: &Watch) -> Result<u64> {
        let steps = &self.stretches[stretch];
        for some in steps.chunks(STEPS_A_CHECK) {
            watch.check()?;
            tableau.apply(some)?;
            watch.add_passes(some.len() as u64);
        }
        Ok(steps.len() as u64)
    }
}

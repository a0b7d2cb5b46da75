//! What the method makes of a circuit.

use super::super::flow::{Choice, Flow, Instruction};
use super::lower::{Dependence, Lowering, METHOD, Parameters};
use crate::engine::Fnv;
use crate::error::{Error, Result};
use crate::propagation::Step;
use std::hash::{Hash, Hasher};

/// What the method makes of a circuit at certain values of its parameters.
#[derive(Debug)]
pub(in super::super) struct Code {
    pub num_qubits: usize,
    pub steps: Vec<Step>,
    /// For each rotation among the steps, in order, how its angle depends on parameters.
    pub(super) angles: Vec<Dependence>,
}

impl Code {
    /// From the control flow of a circuit and the values of all its parameters.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for operations that strings cannot be carried through; if an angle
    /// overflows; if there is no memory for the steps.
    pub fn new(flow: &Flow, row: &[f64]) -> Result<Self> {
        Self::with(flow, row, Parameters::Numbers)
    }

    /// The same, for values or for derivatives.
    pub(super) fn with(flow: &Flow, row: &[f64], parameters: Parameters) -> Result<Self> {
        let mut lowering = Lowering::new(flow.num_qubits, row, parameters);
        let stretches: Vec<_> = flow.stretches().collect();
        for instruction in &flow.code {
            match instruction {
                // Its gates and channels come one by one.
                Instruction::Span { .. } => {}
                Instruction::Run(number) => {
                    stretches[*number].clone().try_for_each(|gate| lowering.gate(gate))?;
                }
                Instruction::Choose(Choice::Channel(number)) => {
                    lowering.channel(&flow.channels[*number as usize].op)?;
                }
                Instruction::Choose(Choice::Measure { qubit, .. }) => lowering.measure(*qubit)?,
                Instruction::Choose(Choice::Reset(qubit)) => lowering.reset(*qubit)?,
                Instruction::JumpUnless { .. }
                | Instruction::Jump { .. }
                | Instruction::Assign(_) => {
                    return Err(Error::Unsupported {
                        method: METHOD,
                        operation: "classical control (a branch, a loop or an assignment to \
                                    classical bits)"
                            .into(),
                        hint: "a sum of strings has no outcomes to decide by; the state vector \
                               follows the branches (`--method state-vector`)"
                            .into(),
                    });
                }
            }
        }
        Ok(Code { num_qubits: flow.num_qubits, steps: lowering.steps, angles: lowering.angles })
    }

    /// A hash of all steps, the same on every machine.
    pub(super) fn hash(&self) -> u64 {
        let mut hash = Fnv::new();
        hash.word(self.num_qubits as u64);
        for step in &self.steps {
            match step {
                Step::Clifford(step) => step.hash(&mut hash),
                Step::Rotation { string, angle } => {
                    string.hash(&mut hash);
                    hash.word(angle.to_bits());
                }
                Step::Transfer(map) => {
                    map.qubits().iter().for_each(|q| hash.word(u64::from(*q)));
                    map.matrix().iter().for_each(|entry| hash.word(entry.to_bits()));
                }
                Step::Layer => hash.word(u64::MAX),
            }
        }
        hash.finish()
    }
}

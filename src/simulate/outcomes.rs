//! The exact distribution of the classical bits, summed over branches.

use super::machine::Machine;
use super::program::Program;
use crate::engine::{Real, bytes_needed, max_qubits};
use crate::error::Result;
use crate::math::{Bits, check_memory};
use std::collections::BTreeMap;

/// A probability, and an entry of the distribution.
const BYTES_PER_OUTCOME: usize = 8 + 80;

/// Outcomes of less probability in a branch are left out.
const LEAST: f64 = 1e-16;

/// Probabilities of outcomes so far.
pub(super) struct Outcomes<'p> {
    program: &'p Program,
    /// The qubits that are read at the end, ascending.
    qubits: Vec<usize>,
    distribution: BTreeMap<Bits, f64>,
}

impl<'p> Outcomes<'p> {
    /// Nothing yet.
    ///
    /// # Errors
    /// If there are more outcomes than fit in memory.
    pub fn new(program: &'p Program) -> Result<Self> {
        // A qubit may be read twice; marginals want distinct ones.
        let mut qubits: Vec<usize> = program.readout.iter().map(|r| r.0 as usize).collect();
        qubits.sort_unstable();
        qubits.dedup();
        let what = format!("the distribution of {} measured qubits", qubits.len());
        check_memory(&what, bytes_needed(qubits.len(), BYTES_PER_OUTCOME), |available| {
            let hint = "sample with shots (`--shots`)";
            (Some(max_qubits(available, BYTES_PER_OUTCOME)), hint.into())
        })?;
        Ok(Outcomes { program, qubits, distribution: BTreeMap::new() })
    }

    /// Adds a branch that came to its end.
    pub fn add<T: Real>(&mut self, weight: f64, machine: &Machine<T>) {
        let written = self.program.outcome(&machine.bits);
        for (index, p) in machine.state.marginal(&self.qubits).into_iter().enumerate() {
            if weight * p < LEAST {
                continue;
            }
            let mut outcome = written.clone().into_owned();
            for &(qubit, bit) in &self.program.readout {
                let at = self.qubits.binary_search(&(qubit as usize)).expect("it is listed");
                outcome.set(bit as usize, index >> at & 1 == 1);
            }
            *self.distribution.entry(outcome).or_default() += weight * p;
        }
    }

    /// In ascending order.
    pub fn list(self) -> Vec<(Bits, f64)> {
        self.distribution.into_iter().collect()
    }
}

//! The exact distribution of the classical bits, summed over branches.

use super::machine::Machine;
use super::program::Program;
use crate::engine::Real;
use crate::math::Bits;
use std::collections::BTreeMap;

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
    pub fn new(program: &'p Program) -> Self {
        // A qubit may be read twice; marginals want distinct ones.
        let mut qubits: Vec<usize> = program.readout.iter().map(|r| r.0 as usize).collect();
        qubits.sort_unstable();
        qubits.dedup();
        Outcomes { program, qubits, distribution: BTreeMap::new() }
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

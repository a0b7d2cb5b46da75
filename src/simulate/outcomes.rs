//! The exact distribution of the classical bits, summed over branches.

use super::machine::Machine;
use super::program::Program;
use crate::engine::{Real, bytes_needed, max_qubits};
use crate::error::Result;
use crate::math::{Bits, Meter, check_memory, list_of};
use std::collections::BTreeMap;

/// A probability, and an entry of the distribution.
const BYTES_PER_OUTCOME: usize = 8 + 80;
const HINT: &str = "sample with shots (`--shots`)";

/// Outcomes of less probability in a branch are left out.
const LEAST: f64 = 1e-16;

/// Probabilities of outcomes so far.
pub(super) struct Outcomes<'p> {
    program: &'p Program,
    /// The qubits that are read at the end, ascending.
    qubits: Vec<usize>,
    distribution: BTreeMap<Bits, f64>,
    /// The total probability of those that are left out.
    too_rare: f64,
    meter: Meter,
}

impl<'p> Outcomes<'p> {
    /// Nothing yet.
    ///
    /// # Errors
    /// If more outcomes are possible than fit in memory.
    pub fn new(program: &'p Program) -> Result<Self> {
        // A qubit may be read twice; marginals want distinct ones.
        let mut qubits: Vec<usize> = program.readout.iter().map(|r| r.0 as usize).collect();
        qubits.sort_unstable();
        qubits.dedup();
        let what = format!("the distribution of {} measured qubits", qubits.len());
        let bytes =
            BYTES_PER_OUTCOME + Bits::zeros(program.num_outcome_bits()).heap_bytes() as usize;
        check_memory(&what, bytes_needed(qubits.len(), bytes), |available| {
            (Some(max_qubits(available, bytes)), HINT.into())
        })?;
        let meter = Meter::new("the distribution of the outcomes", HINT);
        Ok(Outcomes { program, qubits, distribution: BTreeMap::new(), too_rare: 0.0, meter })
    }

    /// Adds a branch that came to its end.
    ///
    /// # Errors
    /// If there is no memory for its outcomes.
    pub fn add<T: Real>(&mut self, weight: f64, machine: &Machine<T>) -> Result<()> {
        let written = self.program.outcome(&machine.bits);
        for (index, p) in machine.state.try_marginal(&self.qubits)?.into_iter().enumerate() {
            if weight * p < LEAST {
                self.too_rare += weight * p;
                continue;
            }
            let mut outcome = written.clone().into_owned();
            for &(qubit, bit) in &self.program.readout {
                let at = self.qubits.binary_search(&(qubit as usize)).expect("it is listed");
                outcome.set(bit as usize, index >> at & 1 == 1);
            }
            if !self.distribution.contains_key(&outcome) {
                self.meter.take(BYTES_PER_OUTCOME as u64 + outcome.heap_bytes())?;
            }
            *self.distribution.entry(outcome).or_default() += weight * p;
        }
        Ok(())
    }

    /// In ascending order, and the probability of those that are left out.
    ///
    /// # Errors
    /// If there is no memory for the list.
    pub fn list(self) -> Result<(Vec<(Bits, f64)>, f64)> {
        let mut list = list_of("the list of the outcomes", self.distribution.len(), HINT)?;
        list.extend(self.distribution);
        Ok((list, self.too_rare))
    }
}

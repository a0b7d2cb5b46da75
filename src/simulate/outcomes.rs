//! The exact distribution of the classical bits, summed over branches.

use super::flow::Flow;
use super::machine::Machine;
use super::misread::confuse;
use super::representation::Representation;
use crate::error::Result;
use crate::math::{Bits, Meter, Watch, list_of};
use std::collections::BTreeMap;

/// A probability, and an entry of the distribution.
pub(super) const BYTES_PER_OUTCOME: usize = 8 + 80;
/// For distributions that have no room.
pub(super) const HINT: &str = "sample with shots (`--shots`)";

/// Outcomes of less probability in a branch are left out.
const LEAST: f64 = 1e-16;

/// Probabilities of outcomes so far.
pub(super) struct Outcomes<'p> {
    flow: &'p Flow<'p>,
    /// The qubits that are read at the end, ascending.
    qubits: Vec<usize>,
    distribution: BTreeMap<Bits, f64>,
    /// The total probability of those that are left out.
    too_rare: f64,
    meter: Meter,
}

/// Bytes for each outcome of a program.
pub(super) fn bytes_per_outcome(flow: &Flow) -> usize {
    BYTES_PER_OUTCOME + Bits::zeros(flow.num_outcome_bits()).heap_bytes() as usize
}

impl<'p> Outcomes<'p> {
    /// Nothing yet.
    pub fn new(flow: &'p Flow) -> Self {
        let meter = Meter::new("the distribution of the outcomes", HINT);
        let (qubits, distribution) = (flow.read_qubits(), BTreeMap::new());
        Outcomes { flow, qubits, distribution, too_rare: 0.0, meter }
    }

    /// Adds a branch that came to its end.
    ///
    /// # Errors
    /// If there is no memory for its outcomes.
    pub fn add<R: Representation>(
        &mut self,
        weight: f64,
        machine: &Machine<R>,
        watch: &Watch,
    ) -> Result<()> {
        let written = self.flow.outcome(&machine.bits);
        machine.state.for_each_outcome(&self.qubits, watch, &mut |read, p| {
            if weight * p < LEAST {
                self.too_rare += weight * p;
                return Ok(());
            }
            let mut outcome = written.clone().into_owned();
            for &(qubit, bit) in &self.flow.readout {
                let at = self.qubits.binary_search(&(qubit as usize)).expect("it is listed");
                outcome.set(bit as usize, read.bit(at));
            }
            if !self.distribution.contains_key(&outcome) {
                self.meter.take(BYTES_PER_OUTCOME as u64 + outcome.heap_bytes())?;
            }
            *self.distribution.entry(outcome).or_default() += weight * p;
            Ok(())
        })
    }

    /// As they are read, in ascending order, and the probability of those that are left out.
    ///
    /// # Errors
    /// If there is no memory for the list.
    pub fn list(self) -> Result<(Vec<(Bits, f64)>, f64)> {
        let mut take =
            |outcome: &Bits| self.meter.take(BYTES_PER_OUTCOME as u64 + outcome.heap_bytes());
        let (distribution, too_rare) = confuse(self.distribution, self.flow, LEAST, &mut take)?;
        let mut list = list_of("the list of the outcomes", distribution.len(), HINT)?;
        list.extend(distribution);
        Ok((list, self.too_rare + too_rare))
    }
}

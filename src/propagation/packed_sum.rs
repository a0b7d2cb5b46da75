//! Sums of packed strings of any width.

use super::blocks::Blocks;
use super::overlap::Overlap;
use super::packed::{Tag, Term, pack, unpack};
use super::parallel::map_each;
use super::plan::Reach;
use super::{Start, sink};
use crate::error::Result;
use crate::math::list_of;
use crate::pauli::{PauliString, PauliSum};
use std::fmt;

/// A sum whose masks have some number of words.
pub(super) trait PackedSum: Send + Sync {
    fn len(&self) -> usize;
    /// The mean in a checked state.
    fn mean(&self, start: &Start) -> Result<f64>;
    fn terms(&self) -> Box<dyn Iterator<Item = (PauliString, f64)> + '_>;
}

impl fmt::Debug for dyn PackedSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} terms", self.len())
    }
}

pub(super) struct Packed<const W: usize> {
    pub blocks: Blocks<W, ()>,
    /// The qubits of the masks.
    pub qubits: Vec<u32>,
}

impl<const W: usize> PackedSum for Packed<W> {
    fn len(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }

    fn mean(&self, start: &Start) -> Result<f64> {
        mean(&self.blocks, &Overlap::new(start, &self.qubits))
    }

    fn terms(&self) -> Box<dyn Iterator<Item = (PauliString, f64)> + '_> {
        let terms = self.blocks.iter().flatten();
        Box::new(terms.map(|term| (unpack(&term.x, &term.z, &self.qubits), term.c)))
    }
}

/// Σ c⟨P⟩, block by block, so that it does not depend on threads.
pub(super) fn mean<const W: usize, T: Sync>(
    blocks: &Blocks<W, T>,
    overlap: &Overlap<W>,
) -> Result<f64> {
    let of_block = |block: &Vec<Term<W, T>>| {
        block.iter().map(|term| term.c * overlap.mean(&term.x, &term.z)).sum::<f64>()
    };
    let total = blocks.iter().map(Vec::len).sum();
    let means = map_each(total, blocks.iter(), |(), block| Ok(of_block(block)))?;
    Ok(means.iter().sum())
}

/// The terms of an observable on the qubits reached, in the order of strings and each once: the order
/// in which they were given makes no difference.
pub(super) fn packed_terms<const W: usize, T: Tag>(
    observable: &PauliSum,
    reach: &Reach,
) -> Result<Vec<Term<W, T>>> {
    let len = observable.len();
    if len > u32::MAX as usize {
        return Err(sink::too_many());
    }
    let hint = "take observables apart";
    let mut order: Vec<&(PauliString, f64)> = list_of("the terms of an observable", len, hint)?;
    order.extend(observable);
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut terms: Vec<Term<W, T>> = list_of("the terms of an observable", len, hint)?;
    for group in order.chunk_by(|a, b| a.0 == b.0) {
        let Some(string) = reach.compact(&group[0].0) else { continue };
        let (x, z) = pack(&string);
        let c = group.iter().map(|(_, c)| c).sum();
        terms.push(Term { x, z, c, tag: T::numbered(terms.len() as u32) });
    }
    Ok(terms)
}

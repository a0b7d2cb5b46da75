//! Maps of indices that move bits: layouts, and the bits of a marginal.

use super::layout::Layout;

/// log2 of the size of a block of consecutive indices.
pub(super) const BLOCK_LOG: usize = 12;
/// Number of consecutive indices that readers take at once. Reductions have this fixed shape, so
/// that their results do not depend on the number of threads.
pub(super) const BLOCK: usize = 1 << BLOCK_LOG;

/// `map(i)` = xor of the images of the bits of i, and an offset. The images within a block are
/// looked up in a table, so that a walk costs one load an index.
pub(super) struct IndexMap {
    images: Vec<u64>,
    offset: u64,
    in_block: Vec<u64>,
}

impl IndexMap {
    /// The map with the given image of each bit.
    pub fn new(images: Vec<u64>, offset: u64) -> Self {
        let in_block = table(&images[..images.len().min(BLOCK_LOG)]);
        IndexMap { images, offset, in_block }
    }

    /// From a logical index to its place; `None` for the identity.
    pub fn to_places(layout: &Layout) -> Option<Self> {
        (!layout.is_identity()).then(|| {
            let images = (0..layout.num_qubits()).map(|q| layout.mask(1 << q)).collect();
            IndexMap::new(images, layout.flips())
        })
    }

    /// From a place to the bits of some qubits, `qubits[0]` least significant. Within a block, places
    /// are those of the bits that matter alone, which are returned too.
    pub fn to_bits(layout: &Layout, qubits: &[usize]) -> (Self, usize) {
        let mut images = vec![0; layout.num_qubits()];
        let mut offset = 0;
        for (bit, &qubit) in qubits.iter().enumerate() {
            let position = layout.position(qubit);
            images[position] |= 1 << bit;
            offset |= (layout.flips() >> position & 1) << bit;
        }
        let low = &images[..images.len().min(BLOCK_LOG)];
        let matter: Vec<u64> = low.iter().copied().filter(|image| *image != 0).collect();
        let keep = low.iter().enumerate().fold(0, |keep, (q, i)| keep | usize::from(*i != 0) << q);
        (IndexMap { in_block: table(&matter), images, offset }, keep)
    }

    /// The part of the map that is constant on a block, and the table for within it.
    pub fn block(&self, block: usize) -> (u64, &[u64]) {
        let (mut left, mut base) = (block, self.offset);
        while left != 0 {
            base ^= self.images[BLOCK_LOG + left.trailing_zeros() as usize];
            left &= left - 1;
        }
        (base, &self.in_block)
    }
}

/// The xor of the images of an index's bits, for all indices.
fn table(images: &[u64]) -> Vec<u64> {
    let mut table = vec![0; 1 << images.len()];
    for i in 1..table.len() {
        let rest = i & (i - 1);
        table[i] = table[rest] ^ images[i.trailing_zeros() as usize];
    }
    table
}

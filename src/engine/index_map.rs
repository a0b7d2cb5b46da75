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
        let mut in_block = vec![0; 1 << images.len().min(BLOCK_LOG)];
        for i in 1..in_block.len() {
            let rest = i & (i - 1);
            in_block[i] = in_block[rest] ^ images[i.trailing_zeros() as usize];
        }
        IndexMap { images, offset, in_block }
    }

    /// From a logical index to its place; `None` for the identity.
    pub fn to_places(layout: &Layout) -> Option<Self> {
        (!layout.is_identity()).then(|| {
            let images = (0..layout.num_qubits()).map(|q| layout.mask(1 << q)).collect();
            IndexMap::new(images, layout.flips())
        })
    }

    /// From a place to the bits of some qubits, `qubits[0]` least significant.
    pub fn to_bits(layout: &Layout, qubits: &[usize]) -> Self {
        let mut images = vec![0; layout.num_qubits()];
        let mut offset = 0;
        for (bit, &qubit) in qubits.iter().enumerate() {
            let position = layout.position(qubit);
            images[position] |= 1 << bit;
            offset |= (layout.flips() >> position & 1) << bit;
        }
        IndexMap::new(images, offset)
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

//! The sizes that planning goes by.

/// How large the tiles of a plan are ([`Plan::try_new_tiled`](super::Plan::try_new_tiled)). The
/// default is one for all machines, so that they make the same plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    /// log2 of the amplitudes in a tile: it should fill a quarter of the cache that a core has for
    /// itself.
    pub tile_bits: usize,
    /// log2 of the amplitudes that a tile has side by side at least.
    pub run_bits: usize,
    /// Smaller states are not worth layers. From this size on, a state of up to one bit more than a
    /// tile is one tile.
    pub min_qubits: usize,
}

impl Default for Tiling {
    fn default() -> Self {
        Tiling { tile_bits: 14, run_bits: 6, min_qubits: 15 }
    }
}

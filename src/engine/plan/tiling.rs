//! The sizes that planning goes by.

/// How large the tiles of a plan are ([`Plan::try_new_tiled`](super::Plan::try_new_tiled)). The
/// default is one for all machines, so that they make the same plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tiling {
    /// log2 of the amplitudes in a tile, at least 7 and at most 16: it should fill a quarter of the
    /// cache that a core has for itself.
    pub tile_bits: usize,
    /// log2 of the amplitudes that a tile has side by side at least.
    pub run_bits: usize,
    /// A state of up to this many bits, at most 16, is one tile.
    pub whole_bits: usize,
    /// log2 of the amplitudes in a part of a tile, in double precision (in single precision, one
    /// more): it should fill half of a core's first cache. Register passes on the lowest bits run
    /// part by part.
    pub part_bits: usize,
}

impl Default for Tiling {
    fn default() -> Self {
        Tiling { tile_bits: 14, run_bits: 6, whole_bits: 15, part_bits: 10 }
    }
}

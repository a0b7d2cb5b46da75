//! Diagonal passes on a tile, merged to one multiplication.

use super::pass::Pass;
use super::values::Row;
use crate::engine::kernel::{self, Buffer, Isa, Phases, Real, Tables};
use num_complex::Complex64;
use smallvec::SmallVec;

/// Factors of a diagonal, on bits of a tile and above.
#[derive(Debug, Clone, PartialEq, Default, Hash)]
pub(super) struct Diagonal {
    /// The same in all tiles.
    terms: Vec<Pass>,
    /// Others.
    by_tile: Vec<Pass>,
    /// A factor of all amplitudes.
    scale: Option<u32>,
}

/// A diagonal on at most two bits of a tile.
pub(super) enum Factor {
    /// Bit 0 stands for a number.
    One(usize, [Complex64; 2]),
    Two([usize; 2], [Complex64; 4]),
}

/// Whether a pass on tiles of the bits `inside` can be a factor: what is different from tile to
/// tile is on one bit.
pub(super) fn is_factor(pass: &Pass, inside: u64) -> bool {
    let (here, there) = (pass.support() & inside, pass.support() & !inside);
    match pass {
        Pass::Phase { .. } => true,
        Pass::Parity { unitary: true, .. } => here.count_ones() <= if there != 0 { 1 } else { 2 },
        _ => false,
    }
}

impl Diagonal {
    /// The product of factors on tiles of the bits `inside`, and of a value.
    pub fn new(factors: Vec<Pass>, inside: u64, scale: Option<u32>) -> Self {
        let (by_tile, terms) = factors.into_iter().partition(|p| p.support() & !inside != 0);
        Diagonal { terms, by_tile, scale }
    }

    /// Number of factors.
    pub fn len(&self) -> usize {
        self.terms.len() + self.by_tile.len()
    }

    /// Prepares what is the same in all tiles of `tile_bits` bits, in empty tables; false, and they
    /// stay empty, if nothing is to be done.
    pub fn prepare<T: Real>(&self, row: &Row, tile_bits: usize, tables: &mut Tables<T>) -> bool {
        let mut phases = Phases::one();
        for term in &self.terms {
            match factor(term, &row.double, 0, u64::MAX) {
                Some(Factor::One(bit, entries)) => phases.times_one(bit, entries),
                Some(Factor::Two(bits, entries)) => phases.times_two(bits, entries),
                None => {}
            }
        }
        if let Some(at) = self.scale {
            phases.times_one(0, [row.double[at as usize]; 2]);
        }
        let acts = !self.by_tile.is_empty() || !phases.is_one();
        if acts {
            tables.fill(&phases, tile_bits);
        }
        acts
    }

    /// Multiplies the tile whose index has the bits of `outside` above its own.
    pub fn run<T: Real>(
        &self,
        isa: Isa,
        tile: &mut Buffer<T>,
        tables: &Tables<T>,
        row: &Row,
        outside: u64,
    ) {
        let inside = tile.len() as u64 - 1;
        let here = self.by_tile.iter().filter_map(|term| {
            match factor(term, &row.double, outside, inside)? {
                Factor::One(bit, entries) => Some((bit, entries)),
                Factor::Two(..) => unreachable!("depends on the tile on one bit at most"),
            }
        });
        let here: SmallVec<[(usize, [Complex64; 2]); 16]> = here.collect();
        kernel::phases(isa, tile, tables, &here);
    }
}

/// The factor that a pass is in a tile, if it is not 1.
pub(super) fn factor(
    pass: &Pass,
    values: &[Complex64],
    outside: u64,
    inside: u64,
) -> Option<Factor> {
    let (z, controls, entries) = match *pass {
        Pass::Phase { bit, at, .. } => {
            (1 << bit, Default::default(), [Complex64::ONE, values[at as usize]])
        }
        Pass::Parity { z, controls, at, .. } => {
            (z, controls, [values[at as usize], values[at as usize + 1]])
        }
        _ => unreachable!("was asked whether it is a factor"),
    };
    if (outside ^ controls.value) & controls.mask & !inside != 0 {
        return None;
    }
    let entry = |x: u64| {
        if (x ^ controls.value) & controls.mask & inside == 0 {
            entries[((x | outside) & z).count_ones() as usize & 1]
        } else {
            Complex64::ONE
        }
    };
    let support = (z | controls.mask) & inside;
    let (high, low) = (support & support.wrapping_sub(1), support & support.wrapping_neg());
    let bit = |mask: u64| mask.trailing_zeros() as usize;
    Some(if support == 0 {
        Factor::One(0, [entry(0); 2])
    } else if high == 0 {
        Factor::One(bit(low), [entry(0), entry(low)])
    } else {
        Factor::Two([bit(low), bit(high)], [entry(0), entry(low), entry(high), entry(support)])
    })
}

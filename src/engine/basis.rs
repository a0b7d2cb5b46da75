//! Tiles of a state that a sweep takes: which amplitudes belong together.

use super::kernel;

/// log2 of the amplitudes that lie side by side in every tile: 64 bytes or 128.
const RUN: usize = 3;

/// The directions of a tile: its amplitudes are those at b ^ (the xor of some of the vectors), for a
/// b that has none of the pivots. Each vector has a bit that no other has, its pivot. Most vectors
/// are single bits.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    /// Ascending by pivot, which is the highest bit.
    vectors: Vec<usize>,
    pivots: usize,
}

impl Basis {
    /// The lowest bits.
    pub fn low(bits: usize) -> Self {
        Basis { vectors: (0..bits).map(|q| 1 << q).collect(), pivots: (1 << bits) - 1 }
    }

    /// A tile of 2^`size` amplitudes, of 2^`num_bits`, in which as many of the masks lie as a simple
    /// search finds, at least one. Not empty: every mask is a direction of some tile.
    pub fn with_most(masks: &[usize], num_bits: usize, size: usize) -> Self {
        debug_assert!(!masks.is_empty() && (RUN + 1..=num_bits).contains(&size));
        let bits = Self::bits_with_most(masks, num_bits, size);
        let lie_in = masks.iter().filter(|x| **x & !bits == 0).count();
        // Masks of many bits fit in no tile made of bits, but may be directions themselves.
        if lie_in < masks.len().min(size - RUN) {
            let mut basis = Self::low(RUN);
            for &mask in masks {
                if basis.vectors.len() < size {
                    basis.add(mask);
                }
            }
            for bit in 0..num_bits {
                if basis.vectors.len() < size {
                    basis.add(1 << bit);
                }
            }
            if masks.iter().filter(|x| basis.coordinates(**x).is_some()).count() > lie_in {
                return basis;
            }
        }
        let vectors = (0..num_bits).map(|q| 1 << q).filter(|v| bits & v != 0).collect();
        Basis { vectors, pivots: bits }
    }

    /// From all bits, the one that the fewest masks need is taken away, until `size` are left; of
    /// equal ones the highest.
    fn bits_with_most(masks: &[usize], num_bits: usize, size: usize) -> usize {
        let mut bits = (1usize << num_bits) - 1;
        for _ in size..num_bits {
            let mut needed = [0u32; 64];
            for mask in masks.iter().filter(|x| **x & !bits == 0) {
                for bit in RUN..num_bits {
                    needed[bit] += (mask >> bit & 1) as u32;
                }
            }
            let candidates = (RUN..num_bits).rev().filter(|bit| bits >> bit & 1 == 1);
            let least = candidates.min_by_key(|bit| needed[*bit]);
            bits &= !(1 << least.expect("more bits are left than the tile has"));
        }
        bits
    }

    /// Adds a direction, if it is a new one.
    fn add(&mut self, mut vector: usize) {
        for v in &self.vectors {
            if vector >> v.ilog2() & 1 == 1 {
                vector ^= v;
            }
        }
        if vector == 0 {
            return;
        }
        let pivot = vector.ilog2();
        for v in &mut self.vectors {
            if *v >> pivot & 1 == 1 {
                *v ^= vector;
            }
        }
        let at = self.vectors.partition_point(|v| v.ilog2() < pivot);
        self.vectors.insert(at, vector);
        self.pivots |= 1 << pivot;
    }

    /// log2 of the amplitudes.
    pub fn size(&self) -> usize {
        self.vectors.len()
    }

    /// The directions, the lowest bits first.
    pub fn vectors(&self) -> &[usize] {
        &self.vectors
    }

    /// Whether a tile is a run of neighbours.
    pub fn is_contiguous(&self) -> bool {
        self.pivots + 1 == 1 << self.size()
    }

    /// The place of a tile's first amplitude.
    pub fn first(&self, tile: usize) -> usize {
        kernel::base(tile, self.pivots)
    }

    /// The mask as a mask of places in the tile; `None` if it leads out of it.
    pub fn coordinates(&self, mask: usize) -> Option<usize> {
        let (mut within, mut sum) = (0, 0);
        for (k, v) in self.vectors.iter().enumerate() {
            if mask >> v.ilog2() & 1 == 1 {
                within |= 1 << k;
                sum ^= v;
            }
        }
        (sum == mask).then_some(within)
    }

    /// The mask z of a sign (-1)^{|z & i|} for the places in the tile.
    pub fn signs(&self, z: usize) -> usize {
        self.vectors
            .iter()
            .enumerate()
            .fold(0, |within, (k, v)| within | ((z & v).count_ones() as usize & 1) << k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(basis: &Basis, num_bits: usize) {
        // Every place is in exactly one tile.
        let mut seen = vec![false; 1 << num_bits];
        for tile in 0..1usize << (num_bits - basis.size()) {
            for t in 0..1usize << basis.size() {
                let vectors = basis.vectors().iter().enumerate();
                let place = vectors
                    .filter(|(k, _)| t >> k & 1 == 1)
                    .fold(basis.first(tile), |place, (_, v)| place ^ v);
                assert!(!std::mem::replace(&mut seen[place], true));
                for z in [0b1011usize, 0b1100_0000_0001, 0b101_0101] {
                    let split = basis.signs(z) & t;
                    let sign = split.count_ones() + (z & basis.first(tile)).count_ones();
                    assert_eq!(sign & 1, (z & place).count_ones() & 1);
                }
            }
        }
        assert!(seen.iter().all(|seen| *seen));
        assert_eq!(basis.vectors()[..RUN], [1, 2, 4]);
    }

    #[test]
    fn tiles_are_a_partition_and_hold_the_masks() {
        let all = (1 << 12) - 1;
        for masks in [
            vec![all],
            vec![all, 0b101, 1 << 11, all ^ 1],
            (0..12).map(|q| 1 << q).collect(),
            (0..66).map(|k| 0b11 << (k % 11) | 1 << (k / 11)).collect(),
            vec![0b1000_0000_1000, 0b1111_1111_0000, 0b1010_1010_1010, 0b111],
        ] {
            let basis = Basis::with_most(&masks, 12, 7);
            check(&basis, 12);
            let inside = masks.iter().filter(|x| basis.coordinates(**x).is_some()).count();
            assert!(inside >= masks.len().min(4), "{inside} of {masks:?}");
        }
        check(&Basis::low(5), 12);
        assert_eq!(Basis::with_most(&[1 << 11], 12, 7).vectors().last(), Some(&(1 << 11)));
    }
}

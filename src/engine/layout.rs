//! Where the qubits of a state are. X and SWAP change only this.

use super::action::{Action, ControlMask, Kind, PauliMask};
use num_complex::Complex64;
use std::sync::Arc;

/// A permutation of the bits of an index and a flip mask: amplitude i of the state (its logical
/// index) is at place `physical(i)` of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    position: [u8; 64],
    flips: u64,
    num_qubits: u8,
}

impl Layout {
    /// Every qubit at its own bit. At most 64 qubits.
    pub fn identity(num_qubits: usize) -> Self {
        assert!(num_qubits <= 64, "a layout has at most 64 qubits, not {num_qubits}");
        Layout {
            position: std::array::from_fn(|q| q as u8),
            flips: 0,
            num_qubits: num_qubits as u8,
        }
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits.into()
    }

    /// Whether logical and physical indices are the same.
    pub fn is_identity(&self) -> bool {
        self.flips == 0 && (0..self.num_qubits()).all(|q| usize::from(self.position[q]) == q)
    }

    /// The physical bit of a qubit.
    pub fn position(&self, qubit: usize) -> usize {
        self.position[qubit].into()
    }

    /// The physical bits that hold the opposite of their qubit's value.
    pub fn flips(&self) -> u64 {
        self.flips
    }

    /// X on a qubit.
    pub fn x(&mut self, qubit: usize) {
        self.flips ^= 1 << self.position[qubit];
    }

    /// X on each qubit of a logical mask.
    pub fn x_mask(&mut self, qubits: u64) {
        self.flips ^= self.mask(qubits);
    }

    /// SWAP of two qubits.
    pub fn swap(&mut self, a: usize, b: usize) {
        self.position.swap(a, b);
    }

    /// The buffer was flipped back: forgets the flips.
    pub(super) fn clear_flips(&mut self) {
        self.flips = 0;
    }

    /// The physical bits of a set of qubits (without flips).
    pub fn mask(&self, qubits: u64) -> u64 {
        let (mut left, mut mask) = (qubits, 0);
        while left != 0 {
            mask |= 1 << self.position[left.trailing_zeros() as usize];
            left &= left - 1;
        }
        mask
    }

    /// The place of a logical index.
    pub fn physical(&self, index: u64) -> u64 {
        self.mask(index) ^ self.flips
    }

    /// The logical index at a place.
    pub fn logical(&self, place: u64) -> u64 {
        let set = place ^ self.flips;
        (0..self.num_qubits()).fold(0, |i, q| i | (set >> self.position[q] & 1) << q)
    }

    /// The physical form of a control mask.
    pub fn controls(&self, controls: ControlMask) -> ControlMask {
        let mask = self.mask(controls.mask);
        ControlMask { mask, value: self.mask(controls.value) ^ self.flips & mask }
    }

    /// The physical form of a Pauli string, and whether it comes with a minus sign.
    pub fn pauli(&self, p: PauliMask) -> (PauliMask, bool) {
        // Z and Y change sign where the bit is the opposite of the qubit.
        let located = PauliMask { x: self.mask(p.x), z: self.mask(p.z) };
        (located, (located.z & self.flips).count_ones() & 1 == 1)
    }
}

/// An action on physical bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// The action; its targets, masks and tables mean physical bits.
    pub action: Action,
    /// For a Pauli string P: -P is meant; for a rotation: -θ is meant. Else false.
    pub negated: bool,
}

impl Action {
    /// The action on physical bits that does what this one does on qubits.
    pub fn relocated(&self, layout: &Layout) -> Located {
        let bit = |q: u32| layout.position(q as usize) as u32;
        // The value that the targets have where their qubits are all 0, as a matrix index.
        let flipped = |targets: &[u32]| {
            targets
                .iter()
                .enumerate()
                .fold(0, |f, (k, &t)| f | ((layout.flips() >> bit(t) & 1) as usize) << k)
        };
        let mut negated = false;
        let kind = match &self.kind {
            Kind::Phase(angle) => Kind::Phase(*angle),
            Kind::Pauli(p) => {
                let (p, minus) = layout.pauli(*p);
                negated = minus;
                Kind::Pauli(p)
            }
            Kind::Rotation(p, angle) => {
                let (p, minus) = layout.pauli(*p);
                negated = minus;
                Kind::Rotation(p, *angle)
            }
            Kind::Diagonal { targets, entries } => Kind::Diagonal {
                entries: reindexed(entries, flipped(targets), 0),
                targets: targets.iter().map(|&t| bit(t)).collect(),
            },
            Kind::Dense1 { target, matrix } => {
                let [a, b, c, d] = *matrix;
                let flip = flipped(&[*target]) == 1;
                Kind::Dense1 {
                    target: bit(*target),
                    matrix: if flip { [d, c, b, a] } else { *matrix },
                }
            }
            Kind::Dense { targets, matrix } => {
                let flip = flipped(targets);
                Kind::Dense {
                    matrix: reindexed(matrix, flip << targets.len() | flip, 0),
                    targets: targets.iter().map(|&t| bit(t)).collect(),
                }
            }
            // Where one of the two bits is flipped and the other not, |00> and |11> are exchanged.
            Kind::Swap(a, b) if matches!(flipped(&[*a, *b]), 1 | 2) => Kind::Permutation {
                targets: [bit(*a), bit(*b)].into_iter().collect(),
                table: Arc::new([3, 1, 2, 0]),
            },
            Kind::Swap(a, b) => Kind::Swap(bit(*a), bit(*b)),
            Kind::Permutation { targets, table } => {
                let flip = flipped(targets);
                Kind::Permutation {
                    table: reindexed(table, flip, flip as u32),
                    targets: targets.iter().map(|&t| bit(t)).collect(),
                }
            }
        };
        Located { action: Action { kind, controls: layout.controls(self.controls) }, negated }
    }
}

/// Entries that a flip of the index bits permutes (and, for tables of indices, of the values).
trait Entry: Copy {
    fn flipped(self, flip: u32) -> Self;
}

impl Entry for Complex64 {
    fn flipped(self, _: u32) -> Self {
        self
    }
}

impl Entry for u32 {
    fn flipped(self, flip: u32) -> Self {
        self ^ flip
    }
}

/// `entries[i ^ index_flip] ^ value_flip`; the same memory when nothing flips.
fn reindexed<E: Entry>(entries: &Arc<[E]>, index_flip: usize, value_flip: u32) -> Arc<[E]> {
    if index_flip == 0 {
        return entries.clone();
    }
    (0..entries.len()).map(|i| entries[i ^ index_flip].flipped(value_flip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_indices_both_ways() {
        let mut layout = Layout::identity(5);
        assert!(layout.is_identity());
        layout.swap(0, 3);
        layout.x(0);
        layout.swap(1, 0);
        layout.x_mask(0b10100);
        for i in 0..32 {
            assert_eq!(layout.logical(layout.physical(i)), i);
        }
        layout.x_mask(0b10100);
        layout.swap(1, 0);
        layout.x(0);
        layout.swap(0, 3);
        assert!(layout.is_identity());
    }

    #[test]
    fn x_moves_amplitude_zero() {
        let mut layout = Layout::identity(3);
        layout.swap(0, 2);
        layout.x(0);
        // X on qubit 0 (now bit 2): the amplitude of |001> is where that of |000> was.
        assert_eq!(layout.physical(0b001), 0);
        assert_eq!(layout.physical(0b000), 0b100);
    }
}

//! Means of strings in states without entanglement.

use super::Start;
use super::packed::{Mask, bit, mask_of, ones};

/// A start state on the qubits of the masks.
pub(super) enum Overlap<const W: usize> {
    /// The qubits that are 1.
    Basis(Mask<W>),
    /// Bloch vectors.
    Product(Vec<[f64; 3]>),
}

impl<const W: usize> Overlap<W> {
    /// That of a checked state, of its qubits alone that the masks have.
    pub fn new(start: &Start, qubits: &[u32]) -> Self {
        match start {
            Start::Zero => Overlap::Basis([0; W]),
            Start::Basis(bits) => {
                let set = (0..qubits.len()).filter(|&k| bits.bit(qubits[k] as usize));
                Overlap::Basis(mask_of(set))
            }
            Start::Product(vectors) => {
                Overlap::Product(qubits.iter().map(|&q| vectors[q as usize]).collect())
            }
        }
    }

    /// The mean of a string.
    #[inline(always)]
    pub fn mean(&self, x: &Mask<W>, z: &Mask<W>) -> f64 {
        match self {
            Overlap::Basis(set) => {
                if *x != [0; W] {
                    return 0.0;
                }
                let odd = (0..W).fold(0, |all, w| all ^ z[w] & set[w]).count_ones() & 1;
                if odd == 1 { -1.0 } else { 1.0 }
            }
            Overlap::Product(vectors) => {
                let mut support = *x;
                (0..W).for_each(|w| support[w] |= z[w]);
                let mean = |q: usize| match (bit(x, q), bit(z, q)) {
                    (true, false) => vectors[q][0],
                    (true, true) => vectors[q][1],
                    _ => vectors[q][2],
                };
                ones(support).map(mean).product()
            }
        }
    }
}

//! Operations that take a string to several on a few qubits.

use super::group::{Grouping, Scratch};
use super::packed::{Mask, Protected, Tag, Term, mask_of, meet};
use super::scale::number;
use super::sink::Sink;
use super::step::Transfer;
use crate::error::Result;

/// A transfer matrix: a group are the strings that agree outside of its qubits.
pub(super) struct LocalTransfer<const W: usize> {
    qubits: Vec<usize>,
    mask: Mask<W>,
    /// Row i, column j at i·4^k + j.
    matrix: Vec<f64>,
    /// Whether strings without factors on the qubits take part: they do if they become others, or if
    /// others become them.
    touches_all: bool,
    protected: Protected<W>,
}

impl<const W: usize> LocalTransfer<W> {
    pub fn new(map: &Transfer, place: &dyn Fn(u32) -> usize, protected: Protected<W>) -> Self {
        let qubits: Vec<usize> = map.qubits().iter().map(|&q| place(q)).collect();
        LocalTransfer {
            mask: mask_of(qubits.iter().copied()),
            qubits,
            matrix: map.matrix().iter().copied().collect(),
            touches_all: !map.keeps_identity()
                || map.matrix().column(0).iter().skip(1).any(|&m| m != 0.0),
            protected,
        }
    }

    /// 4^k.
    pub fn side(&self) -> usize {
        1 << (2 * self.qubits.len())
    }

    /// Σ_i c_i M_ij, or Σ_j M_ij λ_j if `back`.
    #[inline(always)]
    pub fn apply(&self, given: impl Iterator<Item = (usize, f64)>, back: bool, out: &mut [f64]) {
        let side = self.side();
        out[..side].fill(0.0);
        for (i, c) in given {
            for j in 0..side {
                out[j] += c * self.matrix[if back { j * side + i } else { i * side + j }];
            }
        }
    }

    /// The string with letters of this number on the qubits, others as they are.
    #[inline(always)]
    fn with_number(&self, base: (Mask<W>, Mask<W>), number: usize) -> (Mask<W>, Mask<W>) {
        let (mut x, mut z) = base;
        for (k, &q) in self.qubits.iter().enumerate() {
            let letter = (number >> (2 * k) & 3) as u64;
            let high = letter >> 1;
            z[q / 64] |= high << (q % 64);
            x[q / 64] |= ((letter & 1) ^ high) << (q % 64);
        }
        (x, z)
    }
}

impl<const W: usize> Grouping<W> for LocalTransfer<W> {
    #[inline(always)]
    fn touches(&self, x: &Mask<W>, z: &Mask<W>) -> bool {
        self.touches_all || meet(x, &self.mask) || meet(z, &self.mask)
    }

    #[inline(always)]
    fn key(&self, x: &Mask<W>, z: &Mask<W>) -> (Mask<W>, Mask<W>) {
        let (mut x, mut z) = (*x, *z);
        for w in 0..W {
            x[w] &= !self.mask[w];
            z[w] &= !self.mask[w];
        }
        (x, z)
    }

    fn protected(&self) -> &Protected<W> {
        &self.protected
    }

    fn transform<T: Tag>(
        &self,
        group: &[Term<W, T>],
        scratch: &mut Scratch,
        sink: &mut Sink<'_, W, T>,
    ) -> Result<()> {
        let base = self.key(&group[0].x, &group[0].z);
        let floor = sink.floor();
        let numbers = group.iter().map(|t| (number(&t.x, &t.z, &self.qubits), t.c));
        if T::TRACKED {
            sink.tape.begin(&base.1, (group.len(), 0), floor, &[]);
            for ((i, c), term) in numbers.clone().zip(group) {
                let (origin, gain) = term.tag.origin();
                sink.tape.member(i as u128, c, origin, gain);
            }
        }
        let out = &mut scratch.vector;
        self.apply(numbers.clone(), false, out);
        let before = sink.emitted;
        for j in 0..self.side() {
            let mut c = scratch.vector[j];
            let (x, z) = self.with_number(base, j);
            let is_small = c.abs() < floor.least;
            // Parts that cancel have derivatives.
            let is_zero = is_small
                && floor.keeps_zeros
                && numbers.clone().any(|(i, _)| self.matrix[i * self.side() + j] != 0.0);
            if is_zero {
                sink.dropped.small(c, floor);
                c = 0.0;
            }
            let keep = !is_small
                || is_zero
                || c != 0.0
                    && !self.protected.is_empty()
                    && self.protected.binary_search(&(x, z)).is_ok();
            if keep {
                if T::TRACKED {
                    sink.tape.kept(j);
                }
                sink.push(x, z, c)?;
            } else {
                sink.dropped.small(c, floor);
            }
        }
        if T::TRACKED {
            sink.tape.end(sink.emitted - before);
        }
        Ok(())
    }
}

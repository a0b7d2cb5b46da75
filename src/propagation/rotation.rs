//! Layers of rotations about X on distinct qubits, to which all others are carried.
//!
//! A rotation about X of a qubit mixes strings with Z there with those with Y, and leaves I and X. So
//! strings with the same z and the same x outside of z mix among themselves alone: a group is a vector
//! over the subsets of z, and each rotation a butterfly.

use super::butterfly::{Turn, dense, sparse};
use super::group::{Grouping, Scratch};
use super::packed::{Mask, Protected, Tag, Term, flip, meet};
use super::sink::Sink;
use crate::error::Result;

/// Up to so many rotated factors a group is a vector of all subsets, above a sorted list of those that
/// have coefficients.
const DENSE: usize = 8;
/// So are groups that have fewer than one in 2^5 of all subsets.
const FEW_BITS: u32 = 5;

/// Rotations exp(-iθX/2) on distinct qubits.
pub(super) struct RotationLayer<const W: usize> {
    mask: Mask<W>,
    /// By qubit.
    turns: Vec<Turn>,
    count: usize,
    /// Sorted, where this layer is.
    pub protected: Protected<W>,
    /// Whether weights here are those of the circuit's own frame.
    pub keeps_weight: bool,
    /// Whether strings of too large a weight are left out before the rotations, which do not change it.
    pub cuts_weight: bool,
}

impl<const W: usize> RotationLayer<W> {
    /// Most rotations of one: subsets are numbers of 128 bits.
    pub const MOST: usize = 128;

    pub fn new(num_qubits: usize) -> Self {
        RotationLayer {
            mask: [0; W],
            turns: vec![Turn::default(); num_qubits],
            count: 0,
            protected: Vec::new(),
            keeps_weight: true,
            cuts_weight: false,
        }
    }

    /// Whether it has as many rotations as one may have.
    pub fn is_full(&self) -> bool {
        self.count >= Self::MOST
    }

    /// Adds the rotation of the step at `place`, whose generator was carried to X or, if `negative`,
    /// to -X of a qubit that has none.
    pub fn add(&mut self, qubit: usize, angle: f64, negative: bool, place: usize) {
        let sign = if negative { -1.0 } else { 1.0 };
        let (sin, cos) = sin_cos(angle);
        self.turns[qubit] = Turn { sin: sign * sin, cos, place, sign };
        flip(&mut self.mask, qubit);
        self.count += 1;
    }

    /// Adds derivatives by qubit to those by the places of steps.
    pub fn collect(&self, by_qubit: &[f64], by_place: &mut [f64]) {
        for (q, turn) in self.turns.iter().enumerate() {
            if self.mask[q / 64] >> (q % 64) & 1 == 1 {
                by_place[turn.place] += by_qubit[q];
            }
        }
    }

    /// The rotations that mix a group whose strings have this z, and their qubits, in the order in
    /// which they are done: from the highest qubit down.
    #[inline(always)]
    pub fn turns_of(&self, z: &Mask<W>, qubits: &mut Vec<u32>, turns: &mut Vec<Turn>) {
        let mut mixed = *z;
        (0..W).for_each(|w| mixed[w] &= self.mask[w]);
        qubits.clear();
        turns.clear();
        for w in (0..W).rev() {
            while mixed[w] != 0 {
                let low = 63 - mixed[w].leading_zeros();
                mixed[w] ^= 1 << low;
                let q = 64 * w as u32 + low;
                qubits.push(q);
                turns.push(self.turns[q as usize]);
            }
        }
    }
}

/// Most that counts as the rounding of an angle.
const MOST_ROUNDING: f64 = 1e-12;

/// Of an angle that is a multiple of π/2 but for its own rounding, one of them is 0: strings that
/// rounding makes are none.
fn sin_cos(angle: f64) -> (f64, f64) {
    let (sin, cos) = angle.sin_cos();
    let rounding = (angle.abs() * f64::EPSILON).min(MOST_ROUNDING);
    if cos.abs() <= rounding {
        (sin.signum(), 0.0)
    } else if sin.abs() <= rounding && angle.abs() > 1.0 {
        (0.0, cos.signum())
    } else {
        (sin, cos)
    }
}

/// Which of these qubits have X, as a number: bit j is `qubits[j]`.
#[inline(always)]
pub(super) fn subset<const W: usize>(x: &Mask<W>, qubits: &[u32]) -> u128 {
    let mut subset = 0;
    for (j, &q) in qubits.iter().enumerate() {
        subset |= u128::from(x[q as usize / 64] >> (q % 64) & 1) << j;
    }
    subset
}

#[inline(always)]
fn subset_small<const W: usize>(x: &Mask<W>, qubits: &[u32]) -> u64 {
    let mut subset = 0;
    for (j, &q) in qubits.iter().enumerate() {
        subset |= (x[q as usize / 64] >> (q % 64) & 1) << j;
    }
    subset
}

/// `base` with X on the qubits of a subset.
#[inline(always)]
fn with_subset<const W: usize>(base: &Mask<W>, mut subset: u128, qubits: &[u32]) -> Mask<W> {
    let mut x = *base;
    while subset != 0 {
        flip(&mut x, qubits[subset.trailing_zeros() as usize] as usize);
        subset &= subset - 1;
    }
    x
}

#[inline(always)]
fn with_subset_small<const W: usize>(base: &Mask<W>, subset: u64, qubits: &[u32]) -> Mask<W> {
    let mut x = *base;
    for (j, &q) in qubits.iter().enumerate() {
        x[q as usize / 64] |= (subset >> j & 1) << (q % 64);
    }
    x
}

impl<const W: usize> Grouping<W> for RotationLayer<W> {
    #[inline(always)]
    fn touches(&self, _: &Mask<W>, z: &Mask<W>) -> bool {
        meet(z, &self.mask)
    }

    #[inline(always)]
    fn key(&self, x: &Mask<W>, z: &Mask<W>) -> (Mask<W>, Mask<W>) {
        let mut outside = *x;
        (0..W).for_each(|w| outside[w] &= !(z[w] & self.mask[w]));
        (outside, *z)
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
        let Scratch { qubits, turns, vector, list, protected, .. } = scratch;
        let z = group[0].z;
        let (base, _) = self.key(&group[0].x, &z);
        self.turns_of(&z, qubits, turns);
        let k = qubits.len();
        protected.clear();
        if !self.protected.is_empty() {
            let in_group = |(px, pz): &&(Mask<W>, Mask<W>)| self.key(px, pz) == (base, z);
            protected
                .extend(self.protected.iter().filter(in_group).map(|(px, _)| subset(px, qubits)));
        }
        let floor = sink.floor();
        if T::TRACKED {
            sink.tape.begin(&z, (group.len(), k), floor, protected);
            for term in group {
                let (number, gain) = term.tag.origin();
                sink.tape.member(subset(&term.x, qubits), term.c, number, gain);
            }
        }
        let before = sink.emitted;
        let mut is_dense = k <= DENSE && group.len() << FEW_BITS >= 1 << k && protected.is_empty();
        if is_dense {
            let len = 1usize << k;
            let vector = &mut vector[..len.max(8)];
            vector.fill(0.0);
            for term in group {
                vector[subset_small(&term.x, qubits) as usize] = term.c;
            }
            let before = sink.dropped;
            dense(vector, turns, floor, &mut sink.dropped);
            // A vector does not tell which zeros have derivatives.
            if floor.keeps_zeros && vector[..len].contains(&0.0) {
                (is_dense, sink.dropped) = (false, before);
            }
        }
        if is_dense {
            let len = 1usize << k;
            for (s, &c) in vector[..len].iter().enumerate() {
                if c != 0.0 {
                    sink.push(with_subset_small(&base, s as u64, qubits), z, c)?;
                }
            }
        } else if k <= 64 && protected.is_empty() {
            let list = &mut list.narrow;
            list.load(group.iter().map(|term| (subset_small(&term.x, qubits), term.c)));
            sparse(list, turns, floor, &[], &mut sink.dropped, sink.budget)?;
            for &(s, c) in &list.entries {
                sink.push(with_subset(&base, s.into(), qubits), z, c)?;
            }
        } else {
            let list = &mut list.wide;
            list.load(group.iter().map(|term| (subset(&term.x, qubits), term.c)));
            sparse(list, turns, floor, protected, &mut sink.dropped, sink.budget)?;
            for &(s, c) in &list.entries {
                sink.push(with_subset(&base, s, qubits), z, c)?;
            }
        }
        if T::TRACKED {
            sink.tape.end(sink.emitted - before);
        }
        Ok(())
    }
}

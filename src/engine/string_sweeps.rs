//! Which sweeps over a state give the expectations of some Pauli strings, and these sweeps.
//!
//! A sweep goes through the state in tiles that fit in a cache and takes all strings whose x lies in
//! the tile: each x costs one pass over a tile in the cache, however many strings have it. Signs
//! outside of the tile are constants.

use super::action::PauliMask;
use super::basis::Basis;
use super::kernel::{self, Family, Real, add_strings, is_large, with_scratch};
use super::layout::Layout;
use super::reduce;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use num_complex::Complex;

/// log2 of the amplitudes of a tile, 256 KiB in double precision. A state of so many qubits is
/// one tile.
pub(super) const TILE: usize = 14;
/// The same where no string has an X or Y: then nothing speaks for more than the first cache.
const TILE_OF_SIGNS: usize = 11;
/// Partial sums: a fixed number, so that the result does not depend on threads.
const PARTS: usize = 64;

/// A string on physical bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub x: usize,
    pub z: usize,
    /// The sign from flipped bits, and from i^{#Y} = ±1 or ±i.
    pub sign: f64,
    /// Whether the number of Y is odd: the factor is ±i.
    pub imaginary: bool,
    /// Position in the caller's list.
    pub index: usize,
}

impl Term {
    fn new(layout: &Layout, index: usize, p: PauliMask) -> Self {
        let (located, minus) = layout.pauli(p);
        let ys = (p.x & p.z).count_ones();
        let sign = if minus ^ (ys % 4 >= 2) { -1.0 } else { 1.0 };
        let imaginary = ys % 2 == 1;
        Term { x: located.x as usize, z: located.z as usize, sign, imaginary, index }
    }

    /// The strings on physical bits, sorted by x. [`Error::QubitOutOfRange`].
    pub fn sorted(layout: &Layout, strings: impl Iterator<Item = PauliMask>) -> Result<Vec<Self>> {
        let num_qubits = layout.num_qubits();
        let term = |(index, p): (usize, PauliMask)| {
            let top = 64 - p.support().leading_zeros() as usize;
            if top > num_qubits {
                return Err(Error::QubitOutOfRange { qubit: top - 1, num_qubits });
            }
            Ok(Term::new(layout, index, p))
        };
        let mut terms: Vec<Term> = strings.enumerate().map(term).collect::<Result<_>>()?;
        terms.sort_by_key(|t| (t.x, t.imaginary, t.index));
        Ok(terms)
    }
}

/// The sweeps for some strings.
#[derive(Debug)]
pub(super) struct StringSweeps {
    num_qubits: usize,
    sweeps: Vec<Sweep>,
    /// In the order of the sums.
    strings: Vec<Term>,
    /// Numbers that a thread needs.
    memory: usize,
}

#[derive(Debug)]
struct Sweep {
    basis: Basis,
    families: Vec<Family>,
    /// Number of strings.
    len: usize,
}

impl StringSweeps {
    /// For states of this layout. [`Error::QubitOutOfRange`].
    pub fn new(layout: &Layout, strings: impl Iterator<Item = PauliMask>) -> Result<Self> {
        let num_qubits = layout.num_qubits();
        let terms = Term::sorted(layout, strings)?;
        let mut plan =
            StringSweeps { num_qubits, sweeps: Vec::new(), strings: Vec::new(), memory: 0 };
        let mut left: Vec<&[Term]> =
            terms.chunk_by(|a, b| (a.x, a.imaginary) == (b.x, b.imaginary)).collect();
        while !left.is_empty() {
            let basis = plan.basis(&left);
            let mut sweep = Sweep { basis, families: Vec::new(), len: 0 };
            left.retain(|group| match sweep.basis.coordinates(group[0].x) {
                Some(x) => {
                    plan.strings.extend(sweep.take(x, group));
                    false
                }
                None => true,
            });
            let sums = sweep.families.iter().map(Family::memory).max().unwrap_or(0);
            plan.memory = plan.memory.max(2 * sweep.tile_len() + sums);
            plan.sweeps.push(sweep);
        }
        Ok(plan)
    }

    /// The tiles of the next sweep, for the strings that are left.
    fn basis(&self, left: &[&[Term]]) -> Basis {
        let n = self.num_qubits;
        if n <= TILE {
            return Basis::low(n);
        }
        if left.iter().all(|group| group[0].x == 0) {
            return Basis::low(TILE_OF_SIGNS);
        }
        let mut masks: Vec<usize> = left.iter().map(|group| group[0].x).collect();
        masks.dedup();
        // Enough tiles for some threads.
        Basis::with_most(&masks, n, TILE.min(n - 4))
    }

    /// The strings, in the order of their sums.
    pub fn strings(&self) -> &[Term] {
        &self.strings
    }

    /// Whether states are one tile, so that their layout may be another.
    pub fn is_one_tile(&self) -> bool {
        self.num_qubits <= TILE
    }

    /// Calls `then` with the sums for all strings, to be multiplied by their signs. A state of one
    /// tile may have another layout: `order` is where its qubits are.
    pub fn sums<T: Real, R>(
        &self,
        state: &StateVector<T>,
        order: Option<&Layout>,
        then: impl FnOnce(&[f64]) -> R,
    ) -> R {
        assert_eq!(self.num_qubits, state.num_qubits(), "the strings are for other states");
        if self.is_one_tile() {
            return with_scratch(self.memory + self.strings.len(), |memory| {
                let (memory, sums) = memory.split_at_mut(self.memory);
                sums.fill(0.0);
                if let Some(sweep) = self.sweeps.first() {
                    sweep.add_tile(state, 0, order, memory, sums);
                }
                then(sums)
            });
        }
        let mut all = Vec::with_capacity(self.strings.len());
        for sweep in &self.sweeps {
            let num_tiles = 1usize << (self.num_qubits - sweep.basis.size());
            let num_parts = num_tiles.min(PARTS);
            let per_part = num_tiles / num_parts;
            let part = |part: usize| {
                let mut sums = vec![0.0; sweep.len];
                with_scratch(self.memory, |memory| {
                    for tile in part * per_part..(part + 1) * per_part {
                        sweep.add_tile(state, tile, None, memory, &mut sums);
                    }
                });
                sums
            };
            let large = is_large::<Complex<T>>(state.buffer.len());
            let parts = reduce::blocks(num_parts, large, 1, part);
            all.extend((0..sweep.len).map(|k| {
                let column: [f64; PARTS] =
                    std::array::from_fn(|part| parts.get(part).map_or(0.0, |sums| sums[k]));
                reduce::pairwise(&column[..num_parts], 0.0)
            }));
        }
        then(&all)
    }
}

impl Sweep {
    fn tile_len(&self) -> usize {
        8.max(1 << self.basis.size())
    }

    /// Takes strings of one x, which is `x` in the tile; returns them in the order of their sums.
    fn take<'a>(&mut self, x: usize, group: &'a [Term]) -> impl Iterator<Item = Term> + use<'a> {
        let bits = self.tile_len().ilog2();
        let z: Vec<(usize, usize)> = group.iter().map(|t| (self.basis.signs(t.z), t.z)).collect();
        let (family, order) = Family::new(bits, x, group[0].imaginary, &z);
        self.len += group.len();
        self.families.push(family);
        order.into_iter().map(|k| group[k])
    }

    fn add_tile<T: Real>(
        &self,
        state: &StateVector<T>,
        tile: usize,
        order: Option<&Layout>,
        memory: &mut [f64],
        sums: &mut [f64],
    ) {
        let (re, memory) = memory.split_at_mut(self.tile_len());
        let (im, memory) = memory.split_at_mut(self.tile_len());
        let base = self.basis.first(tile);
        match order {
            None => kernel::gather(state.isa, &state.buffer, base, self.basis.vectors(), re, im),
            Some(layout) => {
                let places: [usize; TILE] = std::array::from_fn(|q| 1 << layout.position(q));
                let flips = layout.flips() as usize;
                let places = &places[..layout.num_qubits()];
                kernel::gather_all(&state.buffer, flips, places, re, im);
            }
        }
        add_strings(state.isa, re, im, &self.families, base, memory, sums);
    }
}

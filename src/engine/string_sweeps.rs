//! Which sweeps over a state give the expectations of some Pauli strings, and these sweeps.
//!
//! A sweep goes through the state in tiles that fit in a cache and takes all strings whose x lies in
//! the tile: each x costs one pass over a tile in the cache, however many strings have it. What stays
//! within a block of the tile is done block by block, in the first cache. Signs outside of a tile or
//! block are constants.

use super::action::PauliMask;
use super::basis::Basis;
use super::kernel::{self, Ahead, Family, Real, add_strings, is_large, with_scratch};
use super::layout::Layout;
use super::reductions;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use num_complex::Complex;

/// log2 of the amplitudes of a tile, 256 KiB in double precision. A state of this many qubits is
/// one tile.
pub(super) const TILE: usize = 14;
/// log2 of the amplitudes of a block of a tile, 32 KiB: what stays within one is done while it is in
/// the first cache.
const BLOCK: usize = 11;
/// Sums for more strings are done on whole tiles, since each costs something a block.
const MANY: usize = 64;
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
    /// log2 of the amplitudes of a block.
    block: usize,
    /// Those that stay within a block.
    inner: Families,
    /// The others.
    outer: Families,
}

#[derive(Debug, Default)]
struct Families {
    list: Vec<Family>,
    /// In the order of their sums.
    strings: Vec<Term>,
}

impl Families {
    /// Takes strings of one x, which is `x` among `bits` bits of a tile.
    fn take(&mut self, basis: &Basis, bits: usize, x: usize, group: &[Term]) {
        let within = (1 << bits) - 1;
        let z: Vec<_> = group.iter().map(|t| (basis.signs(t.z) & within, t.z)).collect();
        let (family, order) = Family::new(bits.max(3) as u32, x, group[0].imaginary, &z);
        self.list.push(family);
        self.strings.extend(order.into_iter().map(|k| group[k]));
    }

    /// How often the next tile may be asked for, in `octets` octets.
    fn times(&self, octets: usize) -> usize {
        self.list.iter().map(|family| family.times(octets)).sum()
    }

    fn memory(&self) -> usize {
        self.list.iter().map(Family::memory).max().unwrap_or(0)
    }
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
            let mut sweep = Sweep::new(basis);
            left.retain(|group| !sweep.take(group));
            plan.memory = plan.memory.max(sweep.memory());
            plan.strings.extend(sweep.inner.strings.drain(..).chain(sweep.outer.strings.drain(..)));
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
        // Enough tiles for some threads.
        let size = TILE.min(n - 4);
        let mut masks: Vec<usize> = left.iter().map(|group| group[0].x).collect();
        masks.dedup();
        if masks == [0] { Basis::low(size) } else { Basis::with_most(&masks, n, size) }
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
                    sweep.add_tile(state, 0, order, &mut Ahead::nothing(), memory, sums);
                }
                then(sums)
            });
        }
        let mut all = Vec::with_capacity(self.strings.len());
        for sweep in &self.sweeps {
            let num_tiles = 1usize << (self.num_qubits - sweep.basis.size());
            let num_parts = num_tiles.min(PARTS);
            let per_part = num_tiles / num_parts;
            let times = sweep.times();
            let len = sweep.len();
            let contiguous = sweep.basis.is_contiguous();
            let part = |part: usize| {
                let mut sums = vec![0.0; len];
                with_scratch(self.memory, |memory| {
                    let end = (part + 1) * per_part;
                    for tile in part * per_part..end {
                        let next = (tile + 1) * sweep.tile_len();
                        let mut ahead = if contiguous && tile + 1 < end {
                            Ahead::slice(&state.buffer[next..][..sweep.tile_len()], times)
                        } else {
                            Ahead::nothing()
                        };
                        sweep.add_tile(state, tile, None, &mut ahead, memory, &mut sums);
                    }
                });
                sums
            };
            let large = is_large::<Complex<T>>(state.buffer.len());
            let parts = reductions::blocks(num_parts, large, 1, part);
            all.extend((0..len).map(|k| {
                let column: [f64; PARTS] =
                    std::array::from_fn(|part| parts.get(part).map_or(0.0, |sums| sums[k]));
                reductions::pairwise(&column[..num_parts], 0.0)
            }));
        }
        then(&all)
    }
}

impl Sweep {
    fn new(basis: Basis) -> Self {
        let block = BLOCK.min(basis.size());
        Sweep { basis, block, inner: Families::default(), outer: Families::default() }
    }

    /// Takes strings of one x, if it lies in the tile.
    fn take(&mut self, group: &[Term]) -> bool {
        let Some(x) = self.basis.coordinates(group[0].x) else { return false };
        if x >> self.block == 0 && (group.len() <= MANY || self.block == self.basis.size()) {
            self.inner.take(&self.basis, self.block, x, group);
        } else {
            self.outer.take(&self.basis, self.basis.size(), x, group);
        }
        true
    }

    fn tile_len(&self) -> usize {
        8.max(1 << self.basis.size())
    }

    fn block_len(&self) -> usize {
        8.max(1 << self.block)
    }

    /// Numbers that a thread needs.
    fn memory(&self) -> usize {
        2 * self.tile_len() + self.inner.memory().max(self.outer.memory())
    }

    /// Number of strings.
    fn len(&self) -> usize {
        let of = |families: &Families| families.list.iter().map(Family::len).sum::<usize>();
        of(&self.inner) + of(&self.outer)
    }

    /// How often the next tile may be asked for.
    fn times(&self) -> usize {
        let octets = self.tile_len() / 8;
        self.inner.times(octets) + self.outer.times(octets)
    }

    fn add_tile<T: Real>(
        &self,
        state: &StateVector<T>,
        tile: usize,
        order: Option<&Layout>,
        ahead: &mut Ahead,
        memory: &mut [f64],
        sums: &mut [f64],
    ) {
        let (re, memory) = memory.split_at_mut(self.tile_len());
        let (im, memory) = memory.split_at_mut(self.tile_len());
        let inner = self.inner.list.iter().map(Family::len).sum();
        let (inner_sums, outer_sums) = sums.split_at_mut(inner);
        let (base, isa) = (self.basis.first(tile), state.isa);
        let blocks = re.chunks_mut(self.block_len()).zip(im.chunks_mut(self.block_len()));
        for (block, (re, im)) in blocks.enumerate() {
            let vectors = self.basis.vectors();
            let first = base ^ image(block, &vectors[self.block..]);
            let vectors = &vectors[..self.block];
            match order {
                None => kernel::gather(isa, &state.buffer, first, vectors, re, im),
                Some(layout) => {
                    let first = layout.physical(first as u64) as usize;
                    let places: [usize; BLOCK] = std::array::from_fn(|q| 1 << layout.position(q));
                    kernel::gather_all(&state.buffer, first, &places[..self.block], re, im);
                }
            }
            add_strings(isa, re, im, &self.inner.list, first, memory, inner_sums, ahead);
        }
        if !self.outer.list.is_empty() {
            add_strings(isa, re, im, &self.outer.list, base, memory, outer_sums, ahead);
        }
    }
}

/// The xor of the vectors at the bits of a number.
fn image(number: usize, vectors: &[usize]) -> usize {
    let bits = vectors.iter().enumerate().filter(|(k, _)| number >> k & 1 == 1);
    bits.fold(0, |image, (_, vector)| image ^ vector)
}

//! Everything that multiplies amplitude i by a number that depends on i alone.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{Coefficient, all, lines, matching_lanes, odd_lanes, prefetch};
use super::walk::Runs;
use super::{Buffer, Isa, Real, Vector, cast};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;

/// Multiplies the selected amplitudes by `c[|z & i| mod 2]`: phases (z = 0), one-qubit diagonals,
/// strings of Z, rotations about them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Diagonal<T> {
    select: ControlMask,
    z: usize,
    c: [Complex<T>; 2],
}

impl<T: Real> Diagonal<T> {
    /// See [`Diagonal`].
    #[inline]
    pub fn new(z: u64, c: [Complex64; 2], select: ControlMask) -> Self {
        Diagonal { select, z: z as usize, c: [cast(c[0]), cast(c[1])] }
    }

    /// The form that touches memory best. A bit on which one coefficient is 1 is a control, and half
    /// of the amplitudes need not be touched; but every second register is no less memory than all
    /// of them, so a control on the lowest bit of a register index is a pair of coefficients.
    #[inline]
    fn normalized(mut self, log: u32) -> Self {
        let one = Complex { re: T::ONE, im: T::ZERO };
        let lowest = 1u64 << log;
        if self.z.is_power_of_two()
            && self.z as u64 != lowest
            && (self.c[0] == one || self.c[1] == one)
        {
            self.select.mask |= self.z as u64;
            if self.c[0] == one {
                self.select.value |= self.z as u64;
                self.c[0] = self.c[1];
            }
            self.z = 0;
        } else if self.z == 0 && self.select.mask & lowest != 0 {
            self.c =
                if self.select.value & lowest != 0 { [one, self.c[0]] } else { [self.c[0], one] };
            self.z = lowest as usize;
            self.select.mask &= !lowest;
            self.select.value &= !lowest;
        }
        self
    }

    fn is_identity(&self) -> bool {
        let is_one = |c: &Complex<T>| c.re == T::ONE && c.im == T::ZERO;
        is_one(&self.c[0]) && (self.z == 0 || is_one(&self.c[1]))
    }
}

/// Multiplies.
#[inline]
pub(crate) fn diagonal<T: Real>(isa: Isa, buffer: &mut Buffer<T>, job: &Diagonal<T>) {
    if job.is_identity() {
        return;
    }
    let log = isa.log_lanes::<T>();
    let job = &job.normalized(log);
    let total = buffer.vectors(log) >> (job.select.mask >> log).count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| diagonal_range(isa, job, memory, start, count));
}

/// Multiplies the registers of one run.
#[inline(always)]
unsafe fn scale<V: Vector>(
    c: Coefficient<V>,
    memory: *mut Complex<V::Real>,
    first: usize,
    runs: &Runs,
) {
    let (from, ahead) = (memory.add(first << V::LOG), lines(memory, runs.ahead(first), V::LOG));
    for v in 0..runs.run {
        prefetch::<V>(ahead.wrapping_add(v << V::LOG));
        let at = from.add(v << V::LOG);
        c.times(V::load(at)).store(at);
    }
}

instantiate! {
    /// Registers number `start` to `start + count` among those selected.
    diagonal_range = diagonal_generic(
        job: &Diagonal<T>, memory: Shared<T>, start: usize, count: usize,
    )
}

#[inline(always)]
unsafe fn diagonal_generic<V: Vector>(
    job: &Diagonal<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let memory = memory.get();
    let low = (1 << V::LOG) - 1;
    let (mask, value) = (job.select.mask as usize, job.select.value as usize);
    let c: [Coefficient<V>; 2] = [Coefficient::splat(job.c[0]), Coefficient::splat(job.c[1])];
    let odd = odd_lanes::<V>(job.z & low);
    let mut by_parity = [Coefficient::blend(odd, c[0], c[1]), Coefficient::blend(odd, c[1], c[0])];
    let chosen = matching_lanes::<V>(mask & low, value & low);
    if chosen != all::<V>() {
        let one = Coefficient::splat(cast(Complex64::new(1.0, 0.0)));
        // Not by `map`: its closure is compiled apart, without the instruction set.
        for c in &mut by_parity {
            *c = Coefficient::blend(chosen, one, *c);
        }
    }
    let z = job.z >> V::LOG;
    let mut runs = Runs::new(start, count, mask >> V::LOG, value >> V::LOG, z);
    while let Some(first) = runs.next() {
        let c = by_parity[(first & z).count_ones() as usize & 1];
        scale(c, memory, first, &runs);
    }
}

/// A diagonal on k bits, in a form that is quick to look up.
struct Table<'a> {
    entries: &'a [Complex64],
    targets: &'a [u32],
    select: ControlMask,
}

/// Multiplies the selected amplitudes by `entries[bits of the targets]`.
pub(crate) fn table<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    targets: &[u32],
    entries: &[Complex64],
    select: ControlMask,
) {
    if let ([target], [zero, one]) = (targets, entries) {
        return diagonal(isa, buffer, &Diagonal::new(1 << target, [*zero, *one], select));
    }
    let log = isa.log_lanes::<T>();
    let total = buffer.vectors(log) >> (select.mask >> log).count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    let job = Table { entries, targets, select };
    parallel::chunks(total, chunk, |start, count| table_range(isa, &job, memory, start, count));
}

instantiate! {
    /// Registers number `start` to `start + count` among those selected.
    table_range = table_generic(
        job: &Table<'_>, memory: Shared<T>, start: usize, count: usize,
    )
}

/// Entry index that belongs to the given bits of an amplitude index.
#[inline(always)]
fn entry_index(targets: &[u32], i: usize) -> usize {
    targets.iter().enumerate().fold(0, |index, (bit, &t)| index | (i >> t & 1) << bit)
}

/// Entry indices of registers in ascending order up to `last`, by a table for the low bits.
struct EntryIndex<'a> {
    targets: &'a [u32],
    log: u32,
    low: [u16; 1 << EntryIndex::LOW],
    /// The last high bits, and their part of the entry index.
    high: (usize, usize),
}

impl<'a> EntryIndex<'a> {
    const LOW: usize = 8;

    #[inline(always)]
    fn new(targets: &'a [u32], log: u32, last: usize) -> Self {
        let mut low = [0; 1 << Self::LOW];
        for bit in 0..Self::LOW {
            let half = 1 << bit;
            if half > last {
                break;
            }
            let image = entry_index(targets, half << log) as u16;
            for i in 0..half {
                low[half + i] = low[i] | image;
            }
        }
        EntryIndex { targets, log, low, high: (0, 0) }
    }

    #[inline(always)]
    fn of(&mut self, register: usize) -> usize {
        let high = register >> Self::LOW;
        if high != self.high.0 {
            self.high = (high, entry_index(self.targets, high << Self::LOW << self.log));
        }
        self.high.1 | usize::from(self.low[register % (1 << Self::LOW)])
    }
}

#[inline(always)]
unsafe fn table_generic<V: Vector>(
    job: &Table<'_>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let memory = memory.get();
    let low = (1 << V::LOG) - 1;
    let (mask, value) = (job.select.mask as usize, job.select.value as usize);
    let chosen = matching_lanes::<V>(mask & low, value & low);
    // What a lane adds to the entry index of its register.
    let mut in_lane = [0; 8];
    for (lane, index) in in_lane.iter_mut().enumerate().take(1 << V::LOG) {
        *index = entry_index(job.targets, lane);
    }
    let coefficient = |index: usize| {
        Coefficient::<V>::from_lanes(|lane| {
            if chosen >> lane & 1 == 1 {
                cast(job.entries[index | in_lane[lane]])
            } else {
                cast(Complex64::new(1.0, 0.0))
            }
        })
    };
    let bits = job.targets.iter().fold(0, |mask, &t| mask | 1usize << t) >> V::LOG;
    let mut runs = Runs::new(start, count, mask >> V::LOG, value >> V::LOG, bits);
    if job.targets.len() <= SMALL && count / runs.run >= job.entries.len() {
        // Many runs: prepare every coefficient once. Indices with a lane's bits set repeat others
        // and are never looked up.
        let mut ready: SmallVec<[Coefficient<V>; 16]> = SmallVec::new();
        for index in 0..job.entries.len() {
            ready.push(coefficient(index));
        }
        let mut index = EntryIndex::new(job.targets, V::LOG, runs.last(start + count));
        while let Some(first) = runs.next() {
            let c = ready[index.of(first)];
            scale(c, memory, first, &runs);
        }
    } else {
        while let Some(first) = runs.next() {
            let c = coefficient(entry_index(job.targets, first << V::LOG));
            scale(c, memory, first, &runs);
        }
    }
}

/// Diagonals on up to this many bits are prepared as registers.
const SMALL: usize = 8;

//! Everything that multiplies amplitude i by a number that depends on i alone.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{Coefficient, all, matching_lanes, odd_lanes, prefetch_ahead};
use super::walk::Runs;
use super::{Buffer, Isa, Real, Vector, cast};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};

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
    pub fn new(z: u64, c: [Complex64; 2], mut select: ControlMask) -> Self {
        let (mut z, mut c) = (z as usize, c);
        let one = Complex64::new(1.0, 0.0);
        if z.is_power_of_two() && (c[0] == one || c[1] == one) {
            // A control on this bit: half of the amplitudes need not be touched.
            select.mask |= z as u64;
            if c[0] == one {
                select.value |= z as u64;
                c[0] = c[1];
            }
            z = 0;
        }
        Diagonal { select, z, c: [cast(c[0]), cast(c[1])] }
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
    let total = buffer.vectors(log) >> (job.select.mask >> log).count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| diagonal_range(isa, job, memory, start, count));
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
        by_parity = by_parity.map(|c| Coefficient::blend(chosen, one, c));
    }
    let z = job.z >> V::LOG;
    let mut runs = Runs::new(start, count, mask >> V::LOG, value >> V::LOG, z);
    while let Some(first) = runs.next() {
        let c = by_parity[(first & z).count_ones() as usize & 1];
        for v in first..first + runs.run {
            let at = memory.add(v << V::LOG);
            prefetch_ahead(at);
            c.times(V::load(at)).store(at);
        }
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
    if job.targets.len() <= SMALL && runs.run < 32 {
        // Short runs: prepare every coefficient once.
        let mut ready = [Coefficient::<V>::splat(cast(Complex64::new(1.0, 0.0))); 1 << SMALL];
        for (index, c) in ready.iter_mut().enumerate().take(job.entries.len()) {
            // Indices with a lane's bits set repeat others and are never looked up.
            *c = coefficient(index);
        }
        while let Some(first) = runs.next() {
            let c = ready[entry_index(job.targets, first << V::LOG) & ((1 << SMALL) - 1)];
            for v in first..first + runs.run {
                let at = memory.add(v << V::LOG);
                prefetch_ahead(at);
                c.times(V::load(at)).store(at);
            }
        }
    } else {
        while let Some(first) = runs.next() {
            let c = coefficient(entry_index(job.targets, first << V::LOG));
            for v in first..first + runs.run {
                let at = memory.add(v << V::LOG);
                prefetch_ahead(at);
                c.times(V::load(at)).store(at);
            }
        }
    }
}

/// Diagonals on up to this many bits are prepared as registers.
const SMALL: usize = 4;

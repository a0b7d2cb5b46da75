//! Everything that mixes amplitude i with one other, i ^ x: dense one-qubit gates, Pauli strings,
//! Pauli rotations, swaps.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{Coefficient, NEAR, all, matching_lanes, odd_lanes, prefetch_ahead};
use super::walk::Runs;
use super::{Buffer, Isa, Real, Vector, cast};
use crate::engine::action::{ControlMask, PauliMask};
use num_complex::{Complex, Complex64};

/// For every pair (i, i ^ x) whose member i without the pivot (the highest bit of x) has
/// `i & select.mask == select.value`:
///
/// ```text
/// a'[i]     = d[0] a[i]     + o[0] s(i)     a[i ^ x]        s(j) = (-1)^|z & j|
/// a'[i ^ x] = d[1] a[i ^ x] + o[1] s(i ^ x) a[i]
/// ```
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<T> {
    x: usize,
    select: ControlMask,
    z: usize,
    d: [Complex<T>; 2],
    o: [Complex<T>; 2],
}

impl<T: Real> Pair<T> {
    /// 2×2 matrix, row-major, on one bit.
    #[inline]
    pub fn dense1(target: u32, m: &[Complex64; 4], controls: ControlMask) -> Self {
        Pair {
            x: 1 << target,
            select: controls,
            z: 0,
            d: [cast(m[0]), cast(m[3])],
            o: [cast(m[1]), cast(m[2])],
        }
    }

    /// `same` · 1 + `other` · P for a Pauli string with at least one X or Y: Pauli strings (0, 1),
    /// rotations (cos θ/2, -i sin θ/2).
    #[inline]
    pub fn pauli(same: Complex64, other: Complex64, p: PauliMask, controls: ControlMask) -> Self {
        // P|j> = i^{#Y} (-1)^|z & j| |j ^ x>, so row i takes from j = i ^ x.
        let ys = (p.x & p.z).count_ones();
        let turns = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
        // |z & (i ^ x)| = |z & i| + |z & x| modulo 2.
        let (re, im) = turns[((ys + 2 * ys) % 4) as usize];
        let other = cast(other * Complex64::new(re, im));
        Pair {
            x: p.x as usize,
            select: controls,
            z: p.z as usize,
            d: [cast(same); 2],
            o: [other; 2],
        }
    }

    /// Exchange of two bits.
    #[inline]
    pub fn swap(a: u32, b: u32, controls: ControlMask) -> Self {
        Self::transposition(1 << a, 1 << b, 1 << a | 1 << b, controls)
    }

    /// Exchange of the amplitudes whose `targets` bits are `b` with those whose bits are `c` ≠ b.
    #[inline]
    pub fn transposition(b: u64, c: u64, targets: u64, controls: ControlMask) -> Self {
        let pivot = 1 << (b ^ c).ilog2();
        let without_pivot = if b & pivot == 0 { b } else { c };
        let (zero, one) = (Complex64::new(0.0, 0.0), Complex64::new(1.0, 0.0));
        Pair {
            x: (b ^ c) as usize,
            select: ControlMask {
                mask: controls.mask | targets & !pivot,
                value: controls.value | without_pivot,
            },
            z: 0,
            d: [cast(zero); 2],
            o: [cast(one); 2],
        }
    }

    fn moves_only(&self) -> bool {
        let zero = T::ZERO;
        self.d.iter().all(|d| d.re == zero && d.im == zero)
    }
}

/// Applies the pairs to all amplitudes.
#[inline]
pub(crate) fn pair<T: Real>(isa: Isa, buffer: &mut Buffer<T>, job: &Pair<T>) {
    let log = isa.log_lanes::<T>();
    let mut fixed = job.select.mask as usize >> log;
    if job.x >> log != 0 {
        fixed |= 1 << job.x.ilog2() >> log;
    }
    let total = buffer.vectors(log) >> fixed.count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| pair_range(isa, job, memory, start, count));
}

instantiate! {
    /// Pairs number `start` to `start + count` among those selected, counted in registers.
    pair_range = pair_generic(job: &Pair<T>, memory: Shared<T>, start: usize, count: usize)
}

#[inline(always)]
unsafe fn pair_generic<V: Vector>(
    job: &Pair<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let low = (1 << V::LOG) - 1;
    if job.x >> V::LOG == 0 {
        within::<V>(job, memory.get(), start, count);
    } else {
        // Compiled four times: the permutation of lanes and the diagonal are left out where they do
        // nothing.
        let moves = job.moves_only() && job.select.mask as usize & low == 0;
        match (job.x & low != 0, moves) {
            (false, false) => across::<V, false, false>(job, memory.get(), start, count),
            (false, true) => across::<V, false, true>(job, memory.get(), start, count),
            (true, false) => across::<V, true, false>(job, memory.get(), start, count),
            (true, true) => across::<V, true, true>(job, memory.get(), start, count),
        }
    }
}

/// Coefficients of one row in each lane: (d, o with s = 1, o with s = -1), where `chosen` are the
/// lanes to change.
#[inline(always)]
unsafe fn row<V: Vector>(
    d: Coefficient<V>,
    o: Coefficient<V>,
    minus_o: Coefficient<V>,
    chosen: u32,
    odd: u32,
) -> (Coefficient<V>, [Coefficient<V>; 2]) {
    let (mut d, mut even_o, mut odd_o) = (d, o, minus_o);
    if odd != 0 {
        even_o = Coefficient::blend(odd, o, minus_o);
        odd_o = Coefficient::blend(odd, minus_o, o);
    }
    if chosen != all::<V>() {
        let zero = Coefficient::splat(cast(Complex64::new(0.0, 0.0)));
        let one = Coefficient::splat(cast(Complex64::new(1.0, 0.0)));
        d = Coefficient::blend(chosen, one, d);
        even_o = Coefficient::blend(chosen, zero, even_o);
        odd_o = Coefficient::blend(chosen, zero, odd_o);
    }
    (d, [even_o, odd_o])
}

/// Both members of every pair in one register.
#[inline(always)]
unsafe fn within<V: Vector>(
    job: &Pair<V::Real>,
    memory: *mut Complex<V::Real>,
    start: usize,
    count: usize,
) {
    let low = (1 << V::LOG) - 1;
    let (mask, value) = (job.select.mask as usize, job.select.value as usize);
    let pivot = odd_lanes::<V>(1 << job.x.ilog2());
    let chosen = matching_lanes::<V>(mask & low, value & low) & !pivot
        | matching_lanes::<V>(mask & low, (value ^ job.x & mask) & low) & pivot;
    let d = Coefficient::blend(pivot, splat::<V>(job.d[0]), splat::<V>(job.d[1]));
    let o = Coefficient::blend(pivot, splat::<V>(job.o[0]), splat::<V>(job.o[1]));
    let minus_o =
        Coefficient::blend(pivot, splat::<V>(minus(job.o[0])), splat::<V>(minus(job.o[1])));
    let (d, o) = row(d, o, minus_o, chosen, odd_lanes::<V>(job.z & low));

    let shuffle = V::shuffle(job.x);
    let z = job.z >> V::LOG;
    let mut runs = Runs::new(start, count, mask >> V::LOG, value >> V::LOG, z);
    while let Some(first) = runs.next() {
        let o = o[odd_parity(first & z)];
        for v in first..first + runs.run {
            let at = memory.add(v << V::LOG);
            prefetch_ahead(at);
            let a = V::load(at);
            o.times_add(a.permute(shuffle), d.times(a)).store(at);
        }
    }
}

/// The members of a pair in two registers.
#[inline(always)]
unsafe fn across<V: Vector, const LANES: bool, const MOVES: bool>(
    job: &Pair<V::Real>,
    memory: *mut Complex<V::Real>,
    start: usize,
    count: usize,
) {
    let low = (1 << V::LOG) - 1;
    let (mask, value) = (job.select.mask as usize, job.select.value as usize);
    let (x, z) = (job.x >> V::LOG, job.z >> V::LOG);
    let odd = odd_lanes::<V>(job.z & low);
    let chosen0 = matching_lanes::<V>(mask & low, value & low);
    let chosen1 = matching_lanes::<V>(mask & low, (value ^ job.x & mask) & low);
    let (d0, o0) =
        row(splat::<V>(job.d[0]), splat::<V>(job.o[0]), splat::<V>(minus(job.o[0])), chosen0, odd);
    let (d1, o1) =
        row(splat::<V>(job.d[1]), splat::<V>(job.o[1]), splat::<V>(minus(job.o[1])), chosen1, odd);
    let other_parity = odd_parity(x & z);

    let shuffle = V::shuffle(job.x & low);
    let pivot = 1 << x.ilog2();
    let (fixed, value) = (mask >> V::LOG | pivot, value >> V::LOG);
    let mut runs = Runs::new(start, count, fixed, value, x | z);
    let near = runs.run < NEAR;
    while let Some(first) = runs.next() {
        let parity = odd_parity(first & z);
        let (o0, o1) = (o0[parity], o1[parity ^ other_parity]);
        let (at0, at1) = (memory.add(first << V::LOG), memory.add((first ^ x) << V::LOG));
        for v in 0..runs.run {
            let (at0, at1) = (at0.add(v << V::LOG), at1.add(v << V::LOG));
            if near {
                prefetch_ahead(at0);
                prefetch_ahead(at1);
            }
            let (a, b) = (V::load(at0), V::load(at1));
            let (from_a, from_b) =
                if LANES { (a.permute(shuffle), b.permute(shuffle)) } else { (a, b) };
            if MOVES {
                o0.times(from_b).store(at0);
                o1.times(from_a).store(at1);
            } else {
                o0.times_add(from_b, d0.times(a)).store(at0);
                o1.times_add(from_a, d1.times(b)).store(at1);
            }
        }
    }
}

#[inline(always)]
unsafe fn splat<V: Vector>(z: Complex<V::Real>) -> Coefficient<V> {
    Coefficient::splat(z)
}

#[inline(always)]
fn minus<T: Real>(z: Complex<T>) -> Complex<T> {
    Complex { re: -z.re, im: -z.im }
}

#[inline(always)]
fn odd_parity(x: usize) -> usize {
    (x.count_ones() & 1) as usize
}

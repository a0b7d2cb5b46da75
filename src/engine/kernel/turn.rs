//! Scaled rotations on several bits of a tile: a few registers are loaded, all rotations among them
//! done, and stored once.

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::odd_lanes;
use super::walk::deposit;
use super::{Buffer, Isa, Real, Vector};
use num_complex::Complex;
use smallvec::SmallVec;

/// (a, b) → (p a - q b, q a + p b) for the amplitudes a, b where a bit is 0 and 1. With p = 1 that is
/// one multiplication and one addition a number (a fast Givens rotation).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn<T> {
    bit: usize,
    p: T,
    q: T,
}

impl<T: Real> Turn<T> {
    /// See [`Turn`].
    pub fn new(bit: u32, p: f64, q: f64) -> Self {
        Turn { bit: 1 << bit, p: T::from_f64(p), q: T::from_f64(q) }
    }

    fn is_unit(&self) -> bool {
        self.p == T::ONE
    }
}

/// Does turns on different bits of a tile.
pub(crate) fn turn<T: Real>(isa: Isa, tile: &mut Buffer<T>, turns: &[Turn<T>]) {
    let log = isa.log_lanes::<T>();
    let mut turns: SmallVec<[Turn<T>; 16]> = SmallVec::from_slice(turns);
    // Those within registers first, then those with p = 1.
    turns.sort_unstable_by_key(|t| (t.bit >> log != 0, !t.is_unit(), t.bit));
    let lanes = turns.partition_point(|t| t.bit >> log == 0);
    let (mut lanes, high) = turns.split_at(lanes);
    let (unit, others) = high.split_at(high.partition_point(Turn::is_unit));
    let vectors = tile.vectors(log);
    let memory = tile.shared();
    // Turns within registers go with the first of the others.
    let groups = unit.chunks(3).chain(others.chunks(1));
    for high in groups.chain((high.is_empty()).then_some(&[][..])) {
        turn_range(isa, lanes, high, memory, vectors);
        lanes = &[];
    }
}

instantiate! {
    /// All registers, of which there are `vectors`.
    turn_range = turn_generic(
        lanes: &[Turn<T>], high: &[Turn<T>], memory: Shared<T>, vectors: usize,
    )
}

#[inline(always)]
unsafe fn turn_generic<V: Vector>(
    lanes: &[Turn<V::Real>],
    high: &[Turn<V::Real>],
    memory: Shared<V::Real>,
    vectors: usize,
) {
    let memory = memory.get();
    match high {
        [] => registers::<V, 0, 1, true>(lanes, [], memory, vectors),
        [a] if !a.is_unit() => registers::<V, 1, 2, false>(lanes, [*a], memory, vectors),
        [a] => registers::<V, 1, 2, true>(lanes, [*a], memory, vectors),
        [a, b] => registers::<V, 2, 4, true>(lanes, [*a, *b], memory, vectors),
        [a, b, c, ..] => registers::<V, 3, 8, true>(lanes, [*a, *b, *c], memory, vectors),
    }
}

/// Turns on `K` bits of a register's index, N = 2^K, and on bits within registers before them.
/// `UNIT`: all p of the former are 1.
#[inline(always)]
unsafe fn registers<V: Vector, const K: usize, const N: usize, const UNIT: bool>(
    lanes: &[Turn<V::Real>],
    high: [Turn<V::Real>; K],
    memory: *mut Complex<V::Real>,
    vectors: usize,
) {
    let minus = |x: V::Real| V::splat(-x);
    let p = high.map(|t| V::splat(t.p));
    let q = high.map(|t| [minus(t.q), V::splat(t.q)]);
    let bits = high.map(|t| t.bit >> V::LOG);
    let fixed = bits.iter().fold(0, |all, bit| all | bit);
    let mut within = [(V::shuffle(0), p0::<V>(), p0::<V>()); 3];
    for (w, t) in within.iter_mut().zip(lanes) {
        let sign = V::blend(odd_lanes::<V>(t.bit), minus(t.q), V::splat(t.q));
        *w = (V::shuffle(t.bit), V::splat(t.p), sign);
    }
    let within = &within[..lanes.len().min(3)];
    let offset = |n: usize| (0..K).fold(0, |o, k| o | if n >> k & 1 == 1 { bits[k] } else { 0 });
    for number in 0..vectors >> K {
        let first = deposit(number, fixed);
        let mut a = [p0::<V>(); N];
        for n in 0..N {
            a[n] = V::load(memory.add((first | offset(n)) << V::LOG));
        }
        for &(shuffle, p, q) in within {
            for n in 0..N {
                a[n] = q.mul_add(a[n].permute(shuffle), p.mul(a[n]));
            }
        }
        for k in 0..K {
            for n in (0..N).filter(|n| n >> k & 1 == 0) {
                let (x, y) = (a[n], a[n | 1 << k]);
                let (px, py) = if UNIT { (x, y) } else { (p[k].mul(x), p[k].mul(y)) };
                a[n] = q[k][0].mul_add(y, px);
                a[n | 1 << k] = q[k][1].mul_add(x, py);
            }
        }
        for n in 0..N {
            a[n].store(memory.add((first | offset(n)) << V::LOG));
        }
    }
}

#[inline(always)]
unsafe fn p0<V: Vector>() -> V {
    V::splat(V::Real::ZERO)
}

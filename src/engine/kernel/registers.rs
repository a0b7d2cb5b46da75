//! Register passes: 64 amplitudes are loaded, a list of operations done on them, and stored once.
//!
//! The 64 amplitudes differ in six bits of their index: the three lowest, and any three others. A
//! *relative* index is made of these six, lowest first. The operations are interpreted, but what
//! they do is compiled for each register bit apart, so that all amplitudes stay in registers:
//!
//! ```text
//! for each group of 64 amplitudes:
//!     load
//!     for each operation whose condition on the other bits holds: do it
//!     store
//! ```

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::{Coefficient, all, odd_lanes};
use super::walk::deposit;
use super::{Buffer, Isa, Real, Vector};
use num_complex::Complex;

/// Bits of a relative index.
pub(crate) const REGISTER_BITS: usize = 6;
/// Of these, the lowest bits of the index.
pub(crate) const LOW_BITS: usize = 3;
/// Amplitudes that are in registers together.
const MOST: usize = 1 << REGISTER_BITS;

/// Does something for every register n of a group, written out, so that each register of an array
/// has a name of its own: the compiler unrolls long loops only where it likes.
macro_rules! for_registers {
    ($V:ident, $n:ident, $body:block) => {
        for_registers!(@ $V, $n, $body,
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31)
    };
    (@ $V:ident, $n:ident, $body:block, $($i:literal)*) => {
        $(
            if $i < const { MOST >> $V::LOG } {
                let $n: usize = $i;
                $body
            }
        )*
    };
}

/// A list of operations on six bits.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(crate) struct Program {
    /// The six bits of the index, the three lowest among them.
    pub bits: u64,
    /// In order.
    pub operations: Vec<Operation>,
}

/// What is done where the bits outside of the registers, in the index of a buffer and what the
/// caller adds to it, have `index & mask == value`. Bits are those of a relative index; sets of
/// amplitudes have one bit an amplitude.
#[derive(Debug, Clone, Copy, PartialEq, Hash)]
pub(crate) struct Operation {
    code: u8,
    /// Where its values begin.
    pub at: u32,
    mask: u64,
    value: u64,
    set: u64,
    odd: u64,
    outside: u64,
}

// What is done, and on which bit: one number, so that one jump leads to it.
const TURN: u8 = 0;
const PHASE: u8 = 8;
const FLIP: u8 = 16;
const FLIP_IN: u8 = 24;
const SCALE: u8 = 32;
const PHASE_IN: u8 = 33;
const PARITY: u8 = 34;

impl Operation {
    const fn new(code: u8, at: u32) -> Self {
        Operation { code, at, mask: 0, value: 0, set: u64::MAX, odd: 0, outside: 0 }
    }

    /// (a, b) → (p a - q b, q a + p b) for the amplitudes a, b where a bit is 0 and 1, and one value
    /// p + iq. If p or q is 1, that is one multiplication and one addition a number (a fast Givens
    /// rotation).
    pub fn turn(bit: u8, at: u32) -> Self {
        Self::new(TURN + bit, at)
    }

    /// Multiplies by one value where a bit is 1.
    pub fn phase(bit: u8, at: u32) -> Self {
        Self::new(PHASE + bit, at)
    }

    /// Multiplies by one value.
    pub fn scale(at: u32) -> Self {
        Self::new(SCALE, at)
    }

    /// Multiplies by one value in a set.
    pub fn phase_in(set: u64, at: u32) -> Self {
        if set == u64::MAX { Self::scale(at) } else { Operation { set, ..Self::new(PHASE_IN, at) } }
    }

    /// In a set, multiplies by the first of two values, and by the second in `odd`; the other way
    /// round where the index has an odd number of bits in common with `outside`.
    pub fn parity(set: u64, odd: u64, outside: u64, at: u32) -> Self {
        Operation { set, odd, outside, ..Self::new(PARITY, at) }
    }

    /// Exchanges the amplitudes in a set with those where a bit is the opposite. All in the set have
    /// a 0 there.
    pub fn flip(bit: u8, set: u64) -> Self {
        let all = u64::MAX / ((1u64 << (1 << bit)) + 1);
        let code = if set == all { FLIP } else { FLIP_IN };
        Operation { set, ..Self::new(code + bit, 0) }
    }

    /// Only where `index & mask == value`.
    pub fn when(self, mask: u64, value: u64) -> Self {
        Operation { mask, value, ..self }
    }

    /// Floating-point operations for each amplitude, on average.
    pub fn flops(&self) -> f64 {
        let part = f64::from(self.set.count_ones()) / MOST as f64;
        let under = 0.5f64.powi(self.mask.count_ones() as i32);
        under
            * match self.code {
                PHASE..FLIP => 3.0,
                TURN..PHASE => 4.0,
                FLIP..SCALE => 0.0,
                SCALE => 2.0,
                _ => 6.0 * part,
            }
    }

    /// Whether it is a rotation.
    pub fn is_turn(&self) -> bool {
        self.code < PHASE
    }
}

/// Runs a program on all amplitudes of a tile. `outside` is added to the indices that conditions
/// look at. Panics if the tile is too small for the bits of the program; smaller tiles than 64
/// amplitudes are padded to as many.
pub(crate) fn registers<T: Real>(
    isa: Isa,
    tile: &mut Buffer<T>,
    program: &Program,
    values: &[Complex<T>],
    outside: u64,
) {
    let len = tile.len().max(MOST);
    assert!(program.bits < len as u64, "the tile is too small");
    let memory = tile.shared();
    program_range(isa, program, values, memory, len, outside);
}

instantiate! {
    /// All groups of a tile.
    program_range = program_generic(
        program: &Program, values: &[Complex<T>], memory: Shared<T>, len: usize, outside: u64,
    )
}

#[inline(always)]
unsafe fn program_generic<V: Vector>(
    program: &Program,
    values: &[Complex<V::Real>],
    memory: Shared<V::Real>,
    len: usize,
    outside: u64,
) {
    let memory = memory.get();
    let fixed = program.bits as usize;
    // Where the registers with each value of the upper three bits are.
    let mut rows = [0; MOST >> LOW_BITS];
    for (row, offset) in rows.iter_mut().enumerate() {
        *offset = deposit(row << LOW_BITS, !fixed) & fixed;
    }
    let mut a = [V::splat(V::Real::ZERO); MOST];
    let mut group = 0;
    for _ in 0..len / MOST {
        let first = memory.add(group);
        for_registers!(V, n, { a[n] = V::load(first.add(place::<V>(&rows, n))) });
        let index = group as u64 | outside;
        for operation in &program.operations {
            if index & operation.mask == operation.value {
                let at = values.as_ptr().add(operation.at as usize);
                perform::<V>(operation, at, index, &mut a);
            }
        }
        for_registers!(V, n, { a[n].store(first.add(place::<V>(&rows, n))) });
        group = (group | fixed).wrapping_add(1) & !fixed;
    }
}

/// Where register n of a group begins.
#[inline(always)]
fn place<V: Vector>(rows: &[usize; MOST >> LOW_BITS], n: usize) -> usize {
    let relative = n << V::LOG;
    rows[relative >> LOW_BITS] + relative % (1 << LOW_BITS)
}

#[inline(always)]
unsafe fn perform<V: Vector>(
    operation: &Operation,
    at: *const Complex<V::Real>,
    index: u64,
    a: &mut [V; MOST],
) {
    /// Arms for each bit: within registers, or between registers.
    macro_rules! arms {
        ($($bit:literal)*) => {
            match operation.code {
                $(
                    code if code == TURN + $bit => {
                        if $bit < V::LOG {
                            turn_lanes($bit, *at, a)
                        } else {
                            let z = *at;
                            if z.re == V::Real::ONE {
                                turn_by_tangent(register($bit, V::LOG), z.im, a)
                            } else if z.im == V::Real::ONE {
                                turn_by_cotangent(register($bit, V::LOG), z.re, a)
                            } else {
                                turn(register($bit, V::LOG), z, a)
                            }
                        }
                    }
                    code if code == PHASE + $bit => {
                        if $bit < V::LOG {
                            phase_lanes($bit, *at, a)
                        } else {
                            phase(register($bit, V::LOG), *at, a)
                        }
                    }
                    code if code == FLIP + $bit => {
                        if $bit < V::LOG {
                            flip_lanes_in($bit, u64::MAX, a)
                        } else {
                            flip(register($bit, V::LOG), a)
                        }
                    }
                    code if code == FLIP_IN + $bit => {
                        if $bit < V::LOG {
                            let set = operation.set;
                            flip_lanes_in($bit, set | set << (1u32 << $bit), a)
                        } else {
                            flip_in(register($bit, V::LOG), operation.set, a)
                        }
                    }
                )*
                PHASE_IN => multiply_in(operation.set, *at, a),
                PARITY => {
                    let flip = (index & operation.outside).count_ones() as usize & 1;
                    parity(operation.set, operation.odd, *at.add(flip), *at.add(1 - flip), a);
                }
                _ => {
                    let z = *at;
                    if z.im == V::Real::ZERO {
                        let factor = V::splat(z.re);
                        for_registers!(V, n, { a[n] = factor.mul(a[n]) });
                    } else {
                        let c = Coefficient::splat(z);
                        for_registers!(V, n, { a[n] = c.times(a[n]) });
                    }
                }
            }
        };
    }
    arms!(0 1 2 3 4 5);
}

/// The bit of a register's number that a relative bit is.
#[inline(always)]
const fn register(bit: u32, log: u32) -> usize {
    (bit - log) as usize
}

#[inline(always)]
fn one<V: Vector>() -> Complex<V::Real> {
    Complex { re: V::Real::ONE, im: V::Real::ZERO }
}

/// The lanes of register n that are in a set.
#[inline(always)]
fn lanes<V: Vector>(set: u64, n: usize) -> u32 {
    (set >> (n << V::LOG)) as u32 & all::<V>()
}

/// Calls `of` for the pairs of registers (without, with) a bit, which is a constant.
#[inline(always)]
fn pairs<V: Vector>(bit: usize, mut of: impl FnMut(usize, usize)) {
    for_registers!(V, n, {
        if n >> bit & 1 == 0 {
            of(n, n | 1 << bit);
        }
    });
}

#[inline(always)]
unsafe fn turn_by_tangent<V: Vector>(bit: usize, q: V::Real, a: &mut [V; MOST]) {
    let (plus, minus) = (V::splat(q), V::splat(-q));
    pairs::<V>(bit, |n, m| (a[n], a[m]) = (minus.mul_add(a[m], a[n]), plus.mul_add(a[n], a[m])));
}

#[inline(always)]
unsafe fn turn_by_cotangent<V: Vector>(bit: usize, p: V::Real, a: &mut [V; MOST]) {
    let p = V::splat(p);
    pairs::<V>(bit, |n, m| (a[n], a[m]) = (p.mul_sub(a[n], a[m]), p.mul_add(a[m], a[n])));
}

#[inline(always)]
unsafe fn turn<V: Vector>(bit: usize, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let (p, plus, minus) = (V::splat(z.re), V::splat(z.im), V::splat(-z.im));
    pairs::<V>(bit, |n, m| {
        let (x, y) = (p.mul(a[n]), p.mul(a[m]));
        (a[n], a[m]) = (minus.mul_add(a[m], x), plus.mul_add(a[n], y));
    });
}

#[inline(always)]
unsafe fn turn_lanes<V: Vector>(bit: u32, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let shuffle = V::shuffle(1 << bit);
    let q = V::blend(odd_lanes::<V>(1 << bit), V::splat(-z.im), V::splat(z.im));
    if z.re == V::Real::ONE {
        for_registers!(V, n, { a[n] = q.mul_add(a[n].permute(shuffle), a[n]) });
    } else {
        let p = V::splat(z.re);
        for_registers!(V, n, { a[n] = q.mul_add(a[n].permute(shuffle), p.mul(a[n])) });
    }
}

#[inline(always)]
unsafe fn phase<V: Vector>(bit: usize, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let c = Coefficient::<V>::splat(z);
    pairs::<V>(bit, |_, m| a[m] = c.times(a[m]));
}

#[inline(always)]
unsafe fn phase_lanes<V: Vector>(bit: u32, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let lanes = odd_lanes::<V>(1 << bit);
    let c = Coefficient::blend(lanes, Coefficient::splat(one::<V>()), Coefficient::splat(z));
    for_registers!(V, n, { a[n] = c.times(a[n]) });
}

#[inline(always)]
unsafe fn multiply_in<V: Vector>(set: u64, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let (one, c) = (Coefficient::splat(one::<V>()), Coefficient::splat(z));
    for_registers!(V, n, {
        let lanes = lanes::<V>(set, n);
        if lanes == all::<V>() {
            a[n] = c.times(a[n]);
        } else if lanes != 0 {
            a[n] = Coefficient::blend(lanes, one, c).times(a[n]);
        }
    });
}

#[inline(always)]
unsafe fn parity<V: Vector>(
    set: u64,
    odd: u64,
    even_c: Complex<V::Real>,
    odd_c: Complex<V::Real>,
    a: &mut [V; MOST],
) {
    let one = Coefficient::splat(one::<V>());
    let (even_c, odd_c) = (Coefficient::splat(even_c), Coefficient::splat(odd_c));
    for_registers!(V, n, {
        let chosen = lanes::<V>(set, n);
        if chosen != 0 {
            let odd = lanes::<V>(odd, n);
            let mut c = if odd == 0 {
                even_c
            } else if odd == all::<V>() {
                odd_c
            } else {
                Coefficient::blend(odd, even_c, odd_c)
            };
            if chosen != all::<V>() {
                c = Coefficient::blend(chosen, one, c);
            }
            a[n] = c.times(a[n]);
        }
    });
}

#[inline(always)]
unsafe fn flip<V: Vector>(bit: usize, a: &mut [V; MOST]) {
    pairs::<V>(bit, |n, m| (a[n], a[m]) = (a[m], a[n]));
}

#[inline(always)]
unsafe fn flip_in<V: Vector>(bit: usize, set: u64, a: &mut [V; MOST]) {
    pairs::<V>(bit, |n, m| {
        let lanes = lanes::<V>(set, n);
        if lanes == all::<V>() {
            (a[n], a[m]) = (a[m], a[n]);
        } else if lanes != 0 {
            (a[n], a[m]) = (V::blend(lanes, a[n], a[m]), V::blend(lanes, a[m], a[n]));
        }
    });
}

/// `both` has both members of each pair.
#[inline(always)]
unsafe fn flip_lanes_in<V: Vector>(bit: u32, both: u64, a: &mut [V; MOST]) {
    let shuffle = V::shuffle(1 << bit);
    for_registers!(V, n, {
        let lanes = lanes::<V>(both, n);
        if lanes != 0 {
            a[n] = V::blend(lanes, a[n], a[n].permute(shuffle));
        }
    });
}

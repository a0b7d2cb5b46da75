//! Register passes: 64 amplitudes are loaded, a [program](super::program) done on them, and stored
//! once. Its operations are interpreted, but what they do is compiled for each register bit apart,
//! so that all amplitudes stay in registers:
//!
//! ```text
//! for each group of 64 amplitudes:
//!     load
//!     for each operation whose condition on the other bits holds: do it
//!     store
//! ```

use super::ahead::Ahead;
use super::isa::instantiate;
use super::parallel::Shared;
use super::program::{
    FLIP, FLIP_IN, FLIP_ON, LAYER, LOW_BITS, Layer, Operation, PARITY, PHASE_IN, Program,
    REGISTER_BITS,
};
use super::vector::{Coefficient, all, odd_lanes};
use super::{Buffer, Isa, Real, Vector};
use num_complex::Complex;

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

/// Does something for the pairs of registers (n, m) that differ in a bit, which is a constant. (No
/// closures: they do not have the instruction set of the function that they are in, and might not
/// be inlined.)
macro_rules! for_pairs {
    ($V:ident, $bit:expr, $n:ident, $m:ident, $body:block) => {
        for_registers!($V, $n, {
            if $n >> $bit & 1 == 0 {
                let $m = $n | 1 << $bit;
                $body
            }
        });
    };
}

/// Runs a program on all amplitudes of a tile. `outside` is added to the indices that conditions
/// look at; memory of `ahead` is asked for meanwhile. Panics if the tile is too small for the bits
/// of the program; tiles of fewer than 64 amplitudes are padded to as many.
pub(crate) fn registers<T: Real>(
    isa: Isa,
    tile: &mut Buffer<T>,
    program: &Program,
    values: &[Complex<T>],
    outside: u64,
    ahead: &mut Ahead,
) {
    let len = tile.len().max(MOST);
    assert!(program.bits < len as u64, "the tile is too small");
    let memory = tile.shared();
    T::run(isa, program, Work { values, memory, len, outside, ahead });
}

/// What a program runs on.
pub struct Work<'a, T> {
    values: &'a [Complex<T>],
    memory: Shared<T>,
    len: usize,
    outside: u64,
    ahead: &'a mut Ahead,
}

instantiate! {
    /// All groups of a tile.
    pub(super) program_range = program_generic(program: &Program, work: Work<'_, T>)
}

#[inline(always)]
unsafe fn program_generic<V: Vector>(program: &Program, work: Work<'_, V::Real>) {
    let Work { values, memory, len, outside, ahead } = work;
    let memory = memory.get();
    let (rows, fixed) = (&program.rows, program.bits as usize);
    let mut a = [V::splat(V::Real::ZERO); MOST];
    let mut group = 0;
    for _ in 0..len / MOST {
        let first = memory.add(group);
        for_registers!(V, n, { a[n] = V::load(first.add(place::<V>(rows, n))) });
        let index = group as u64 | outside;
        ahead.ask();
        for operation in program.operations() {
            if index & operation.mask == operation.value {
                perform::<V>(program, operation, values.as_ptr(), index, &mut a);
            }
        }
        for_registers!(V, n, { a[n].store(first.add(place::<V>(rows, n))) });
        // With the bits of the program set, the carry passes over them.
        group = (group | fixed).wrapping_add(1) & !fixed;
    }
}

/// Where register n of a group begins.
#[inline(always)]
fn place<V: Vector>(rows: &[usize; MOST >> LOW_BITS], n: usize) -> usize {
    let relative = n << V::LOG;
    rows[relative >> LOW_BITS] + relative % (1 << LOW_BITS)
}

// Without optimization each of these is a function of its own: together their frames would not fit on
// the stack of a thread.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn perform<V: Vector>(
    program: &Program,
    operation: &Operation,
    values: *const Complex<V::Real>,
    index: u64,
    a: &mut [V; MOST],
) {
    let at = values.add(operation.at as usize);
    let set = operation.set;
    /// Arms for the bits of controlled flips.
    macro_rules! arms {
        ($($c:literal $t:literal),*) => {
            match operation.code {
                LAYER => layer(program.layer(operation), values, a),
                $(code if code == FLIP_ON + 8 * $c + $t => flip_on::<V>($c, $t, a),)*
                code if code == FLIP => flip_in(0, set, a),
                code if code == FLIP + 1 => flip_in(1, set, a),
                code if code == FLIP + 2 => flip_in(2, set, a),
                code if code == FLIP + 3 => flip_all(3, a),
                code if code == FLIP + 4 => flip_all(4, a),
                code if code == FLIP + 5 => flip_all(5, a),
                code if code == FLIP_IN => flip_in(0, set, a),
                code if code == FLIP_IN + 1 => flip_in(1, set, a),
                code if code == FLIP_IN + 2 => flip_in(2, set, a),
                code if code == FLIP_IN + 3 => flip_in(3, set, a),
                code if code == FLIP_IN + 4 => flip_in(4, set, a),
                code if code == FLIP_IN + 5 => flip_in(5, set, a),
                PHASE_IN => multiply_in(set, *at, a),
                PARITY => {
                    let flip = (index & operation.outside).count_ones() as usize & 1;
                    parity(set, operation.odd, *at.add(flip), *at.add(1 - flip), a);
                }
                _ => scale(*at, a),
            }
        };
    }
    arms!(
        0 1, 0 2, 0 3, 0 4, 0 5, 1 0, 1 2, 1 3, 1 4, 1 5, 2 0, 2 1, 2 3, 2 4, 2 5,
        3 0, 3 1, 3 2, 3 4, 3 5, 4 0, 4 1, 4 2, 4 3, 4 5, 5 0, 5 1, 5 2, 5 3, 5 4
    );
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn layer<V: Vector>(layer: &Layer, values: *const Complex<V::Real>, a: &mut [V; MOST]) {
    macro_rules! each {
        ($($bit:literal)*) => {
            $(
                if layer.turned >> $bit & 1 == 1 {
                    let z = *values.add(layer.turns[$bit] as usize);
                    if $bit < V::LOG {
                        turn_lanes($bit, z, a);
                    } else if z.re == V::Real::ONE {
                        turn_by_tangent(register($bit, V::LOG), z.im, a);
                    } else {
                        turn_by_cotangent(register($bit, V::LOG), z.re, a);
                    }
                }
            )*
            $(
                if layer.phased >> $bit & 1 == 1 {
                    let z = *values.add(layer.phases[$bit] as usize);
                    if $bit < V::LOG {
                        phase_lanes($bit, z, a);
                    } else {
                        phase(register($bit, V::LOG), z, a);
                    }
                }
            )*
        };
    }
    each!(0 1 2 3 4 5);
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn scale<V: Vector>(z: Complex<V::Real>, a: &mut [V; MOST]) {
    if z.im == V::Real::ZERO {
        let factor = V::splat(z.re);
        for_registers!(V, n, { a[n] = factor.mul(a[n]) });
    } else {
        let c = Coefficient::splat(z);
        for_registers!(V, n, { a[n] = c.times(a[n]) });
    }
}

/// The bit of a register's number that a relative bit is.
#[inline(always)]
const fn register(bit: u32, log: u32) -> usize {
    // A bit within registers is asked for only in code that is never run.
    bit.saturating_sub(log) as usize
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

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn turn_by_tangent<V: Vector>(bit: usize, q: V::Real, a: &mut [V; MOST]) {
    let (plus, minus) = (V::splat(q), V::splat(-q));
    for_pairs!(V, bit, n, m, {
        (a[n], a[m]) = (minus.mul_add(a[m], a[n]), plus.mul_add(a[n], a[m]));
    });
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn turn_by_cotangent<V: Vector>(bit: usize, p: V::Real, a: &mut [V; MOST]) {
    let p = V::splat(p);
    for_pairs!(V, bit, n, m, {
        (a[n], a[m]) = (p.mul_sub(a[n], a[m]), p.mul_add(a[m], a[n]));
    });
}

#[cfg_attr(not(unoptimized), inline(always))]
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

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn phase<V: Vector>(bit: usize, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let c = Coefficient::<V>::splat(z);
    for_pairs!(V, bit, n, m, { a[m] = c.times(a[m]) });
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn phase_lanes<V: Vector>(bit: u32, z: Complex<V::Real>, a: &mut [V; MOST]) {
    let lanes = odd_lanes::<V>(1 << bit);
    let c = Coefficient::blend(lanes, Coefficient::splat(one::<V>()), Coefficient::splat(z));
    for_registers!(V, n, { a[n] = c.times(a[n]) });
}

#[cfg_attr(not(unoptimized), inline(always))]
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

#[cfg_attr(not(unoptimized), inline(always))]
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

/// X on a bit between registers.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn flip_all<V: Vector>(bit: u32, a: &mut [V; MOST]) {
    for_pairs!(V, register(bit, V::LOG), n, m, { (a[n], a[m]) = (a[m], a[n]) });
}

/// X on a bit where another is 1.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn flip_on<V: Vector>(control: u32, bit: u32, a: &mut [V; MOST]) {
    if bit < V::LOG {
        let shuffle = V::shuffle(1 << bit);
        if control < V::LOG {
            let lanes = odd_lanes::<V>(1 << control);
            for_registers!(V, n, { a[n] = V::blend(lanes, a[n], a[n].permute(shuffle)) });
        } else {
            for_registers!(V, n, {
                if n >> register(control, V::LOG) & 1 == 1 {
                    a[n] = a[n].permute(shuffle);
                }
            });
        }
    } else if control < V::LOG {
        let lanes = odd_lanes::<V>(1 << control);
        for_pairs!(V, register(bit, V::LOG), n, m, {
            (a[n], a[m]) = (V::blend(lanes, a[n], a[m]), V::blend(lanes, a[m], a[n]));
        });
    } else {
        for_pairs!(V, register(bit, V::LOG), n, m, {
            if n >> register(control, V::LOG) & 1 == 1 {
                (a[n], a[m]) = (a[m], a[n]);
            }
        });
    }
}

/// Exchanges the amplitudes in a set, which have a 0 at the bit, with those that have a 1.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn flip_in<V: Vector>(bit: u32, set: u64, a: &mut [V; MOST]) {
    if bit < V::LOG {
        let shuffle = V::shuffle(1 << bit);
        // Both members of a pair are in one register.
        let both = set | set << (1u32 << bit);
        for_registers!(V, n, {
            let lanes = lanes::<V>(both, n);
            if lanes != 0 {
                a[n] = V::blend(lanes, a[n], a[n].permute(shuffle));
            }
        });
        return;
    }
    for_pairs!(V, register(bit, V::LOG), n, m, {
        let lanes = lanes::<V>(set, n);
        if lanes == all::<V>() {
            (a[n], a[m]) = (a[m], a[n]);
        } else if lanes != 0 {
            (a[n], a[m]) = (V::blend(lanes, a[n], a[m]), V::blend(lanes, a[m], a[n]));
        }
    });
}

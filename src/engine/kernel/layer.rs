//! Layers of rotations and phases on amplitudes in registers: as operations of a
//! [program](super::registers), and alone. Alone, their coefficients are spread over registers once,
//! which counts where registers hold so few amplitudes that an interpreter takes as long as they do.

use super::ahead::Ahead;
use super::program::{Layer, RegisterProgram};
use super::vector::{Coefficient, odd_lanes};
use super::{Held, Real, Vector};
use num_complex::Complex;

/// Registers that a group takes at the most. (An array's length can be no constant of a trait.)
pub(super) const MOST: usize = 32;

/// Does something for every register n of a group, written out, so that each register of an array
/// has a name of its own: the compiler unrolls long loops only where it likes.
macro_rules! for_registers {
    ($V:ident, $n:ident, $body:block) => {
        for_registers!(@ $V, $n, $body,
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31)
    };
    (@ $V:ident, $n:ident, $body:block, $($i:literal)*) => {
        $(
            if $i < const { 1usize << ($V::HELD - $V::LOG) } {
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

pub(super) use {for_pairs, for_registers};

/// What a layer does on one bit.
#[derive(Clone, Copy)]
struct Turn<V> {
    kind: TurnKind,
    /// q and -q, or p, for a bit between registers; q with the signs of the lanes, and p, for one
    /// within.
    coefficients: [V; 2],
}

#[derive(Clone, Copy, PartialEq)]
enum TurnKind {
    None,
    Tangent,
    Cotangent,
}

impl<V: Vector> Turn<V> {
    #[inline(always)]
    unsafe fn none() -> Self {
        Turn { kind: TurnKind::None, coefficients: [V::splat(V::Real::ZERO); 2] }
    }

    #[inline(always)]
    unsafe fn new(bit: u32, z: Complex<V::Real>) -> Self {
        let tangent = z.re == V::Real::ONE;
        let coefficients = if bit < V::LOG {
            let lanes = odd_lanes::<V>(1 << bit);
            [V::blend(lanes, V::splat(-z.im), V::splat(z.im)), V::splat(z.re)]
        } else if tangent {
            [V::splat(z.im), V::splat(-z.im)]
        } else {
            [V::splat(z.re); 2]
        };
        let kind = if tangent { TurnKind::Tangent } else { TurnKind::Cotangent };
        Turn { kind, coefficients }
    }
}

/// A layer on all groups of a part, and then a factor of all amplitudes.
#[inline(always)]
pub(super) unsafe fn alone<V: Vector>(
    program: &RegisterProgram,
    layer: &Layer,
    factor: Option<u32>,
    values: *const Complex<V::Real>,
    memory: *mut Complex<V::Real>,
    len: usize,
    ahead: &mut Ahead,
) {
    let mut turns = [Turn::<V>::none(); Held::MOST_BITS];
    let mut phases = [None::<Coefficient<V>>; Held::MOST_BITS];
    for bit in 0..V::HELD {
        if layer.turned >> bit & 1 == 1 {
            turns[bit as usize] = Turn::new(bit, *values.add(layer.turns[bit as usize] as usize));
        }
        if layer.phased >> bit & 1 == 1 {
            let z = *values.add(layer.phases[bit as usize] as usize);
            let mut c = Coefficient::splat(z);
            if bit < V::LOG {
                c = Coefficient::blend(odd_lanes::<V>(1 << bit), Coefficient::splat(one::<V>()), c);
            }
            phases[bit as usize] = Some(c);
        }
    }
    let factor = factor.map(|at| Coefficient::<V>::splat(*values.add(at as usize)));
    let (places, fixed) = (program.places.as_ptr(), program.bits as usize);
    let mut a = [V::splat(V::Real::ZERO); MOST];
    let a = &mut a;
    let mut group = 0;
    for _ in 0..len >> V::HELD {
        let first = memory.add(group);
        for_registers!(V, n, { a[n] = V::load(first.add(*places.add(n))) });
        ahead.ask();
        macro_rules! each {
            ($($bit:literal)*) => {
                $(
                    if $bit < V::HELD && turns[$bit].kind != TurnKind::None {
                        let Turn { kind, coefficients: [c, d] } = turns[$bit];
                        let tangent = kind == TurnKind::Tangent;
                        if $bit < V::LOG {
                            let shuffle = V::shuffle(1 << $bit);
                            if tangent {
                                for_registers!(V, n, {
                                    a[n] = c.mul_add(a[n].permute(shuffle), a[n]);
                                });
                            } else {
                                for_registers!(V, n, {
                                    a[n] = c.mul_add(a[n].permute(shuffle), d.mul(a[n]));
                                });
                            }
                        } else if tangent {
                            by_tangent(register($bit, V::LOG), c, d, a);
                        } else {
                            by_cotangent(register($bit, V::LOG), c, a);
                        }
                    }
                )*
                $(
                    if $bit < V::HELD && let Some(c) = phases[$bit] {
                        if $bit < V::LOG {
                            for_registers!(V, n, { a[n] = c.times(a[n]) });
                        } else {
                            for_pairs!(V, register($bit, V::LOG), n, m, { a[m] = c.times(a[m]) });
                        }
                    }
                )*
            };
        }
        each!(0 1 2 3 4 5 6);
        if let Some(c) = factor {
            for_registers!(V, n, { a[n] = c.times(a[n]) });
        }
        for_registers!(V, n, { a[n].store(first.add(*places.add(n))) });
        // With the bits of the program set, the carry passes over them.
        group = (group | fixed).wrapping_add(1) & !fixed;
    }
}

#[cfg_attr(not(unoptimized), inline(always))]
pub(super) unsafe fn layer<V: Vector>(
    layer: &Layer,
    values: *const Complex<V::Real>,
    a: &mut [V; MOST],
) {
    macro_rules! each {
        ($($bit:literal)*) => {
            $(
                if $bit < V::HELD && layer.turned >> $bit & 1 == 1 {
                    let z = *values.add(layer.turns[$bit] as usize);
                    if $bit < V::LOG {
                        turn_lanes($bit, z, a);
                    } else if z.re == V::Real::ONE {
                        by_tangent(register($bit, V::LOG), V::splat(z.im), V::splat(-z.im), a);
                    } else {
                        by_cotangent(register($bit, V::LOG), V::splat(z.re), a);
                    }
                }
            )*
            $(
                if $bit < V::HELD && layer.phased >> $bit & 1 == 1 {
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
    each!(0 1 2 3 4 5 6);
}

#[cfg_attr(not(unoptimized), inline(always))]
pub(super) unsafe fn scale<V: Vector>(z: Complex<V::Real>, a: &mut [V; MOST]) {
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
pub(super) const fn register(bit: u32, log: u32) -> usize {
    // A bit within registers is asked for only in code that is never run.
    bit.saturating_sub(log) as usize
}

#[inline(always)]
pub(super) fn one<V: Vector>() -> Complex<V::Real> {
    Complex { re: V::Real::ONE, im: V::Real::ZERO }
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn by_tangent<V: Vector>(bit: usize, plus: V, minus: V, a: &mut [V; MOST]) {
    for_pairs!(V, bit, n, m, {
        (a[n], a[m]) = (minus.mul_add(a[m], a[n]), plus.mul_add(a[n], a[m]));
    });
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn by_cotangent<V: Vector>(bit: usize, p: V, a: &mut [V; MOST]) {
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

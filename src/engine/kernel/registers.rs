//! Register passes: as many amplitudes as the registers hold are loaded, a [program](super::program)
//! done on them, and stored once. Its operations are interpreted, but what they do is compiled for
//! each register bit apart, so that all amplitudes stay in registers:
//!
//! ```text
//! for each group of 2^HELD amplitudes:
//!     load
//!     for each operation whose condition on the other bits holds: do it
//!     store
//! ```
//!
//! A program that is one layer of rotations and phases needs no interpreter ([`alone`]).

use super::ahead::Ahead;
use super::isa::instantiate;
use super::layer::{MOST, alone, for_pairs, for_registers, layer, one, register, scale};
use super::parallel::Shared;
use super::program::{
    FLIP, FLIP_IN, FLIP_ON, LAYER, Operation, PARITY, PHASE_IN, RegisterProgram, Set,
};
use super::vector::{Coefficient, all, odd_lanes};
use super::{Buffer, Isa, Real, Vector};
use num_complex::Complex;

/// Runs programs, one after the other, on each part of 2^`part_bits` amplitudes of a tile. `outside`
/// is added to the indices that conditions
/// look at; memory of `ahead` is asked for meanwhile. Panics if a part is too small for the bits of a
/// program, or a program is for registers of another size; a tile of fewer amplitudes than the
/// registers hold is padded to as many.
pub(crate) fn registers<T: Real>(
    isa: Isa,
    tile: &mut Buffer<T>,
    programs: &[RegisterProgram],
    part_bits: usize,
    values: &[Complex<T>],
    outside: u64,
    ahead: &mut Ahead,
) {
    let held = isa.held::<T>();
    let tile_len = tile.len().max(1 << held.bits);
    let len = tile_len.min(1 << part_bits);
    for program in programs {
        assert!(program.bits < len as u64, "the tile is too small");
        assert_eq!(program.held, held, "the program is for other registers");
    }
    let memory = tile.shared();
    for first in (0..tile_len).step_by(len) {
        for program in programs {
            let outside = outside | first as u64;
            T::run(isa, program, Work { values, memory, first, len, outside, ahead });
        }
    }
}

/// What a program runs on.
pub struct Work<'a, T> {
    values: &'a [Complex<T>],
    memory: Shared<T>,
    /// Where the part begins, and how long it is.
    first: usize,
    len: usize,
    outside: u64,
    ahead: &'a mut Ahead,
}

instantiate! {
    /// All groups of a part.
    pub(super) program_range = program_generic(program: &RegisterProgram, work: Work<'_, T>)
}

#[inline(always)]
unsafe fn program_generic<V: Vector>(program: &RegisterProgram, work: Work<'_, V::Real>) {
    const { assert!(1 << (V::HELD - V::LOG) <= MOST) };
    let Work { values, memory, first, len, outside, ahead } = work;
    let memory = memory.get().add(first);
    if let Some((layer, factor)) = program.only_layer() {
        return alone::<V>(program, layer, factor, values.as_ptr(), memory, len, ahead);
    }
    let (places, fixed) = (program.places.as_ptr(), program.bits as usize);
    let mut a = [V::splat(V::Real::ZERO); MOST];
    let mut group = 0;
    for _ in 0..len >> V::HELD {
        let first = memory.add(group);
        for_registers!(V, n, { a[n] = V::load(first.add(*places.add(n))) });
        let index = group as u64 | outside;
        ahead.ask();
        for operation in program.operations() {
            if index & operation.mask == operation.value {
                perform::<V>(program, operation, values.as_ptr(), index, &mut a);
            }
        }
        for_registers!(V, n, { a[n].store(first.add(*places.add(n))) });
        // With the bits of the program set, the carry passes over them.
        group = (group | fixed).wrapping_add(1) & !fixed;
    }
}

// Without optimization each of these is a function of its own: together their frames would not fit on
// the stack of a thread.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn perform<V: Vector>(
    program: &RegisterProgram,
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
                $(code if $c != $t && $c < V::HELD && $t < V::HELD
                    && code == FLIP_ON + 8 * $c + $t => flip_on::<V>($c, $t, a),)*
                $(code if $c == 0 && $t < V::HELD && code == FLIP + $t => flip_all($t, a),)*
                $(code if $c == 0 && $t < V::HELD && code == FLIP_IN + $t => flip_in($t, set, a),)*
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
        0 0, 0 1, 0 2, 0 3, 0 4, 0 5, 0 6, 1 0, 1 1, 1 2, 1 3, 1 4, 1 5, 1 6,
        2 0, 2 1, 2 2, 2 3, 2 4, 2 5, 2 6, 3 0, 3 1, 3 2, 3 3, 3 4, 3 5, 3 6,
        4 0, 4 1, 4 2, 4 3, 4 4, 4 5, 4 6, 5 0, 5 1, 5 2, 5 3, 5 4, 5 5, 5 6,
        6 0, 6 1, 6 2, 6 3, 6 4, 6 5, 6 6
    );
}

/// The lanes of register n that are in a set.
#[inline(always)]
fn lanes<V: Vector>(set: Set, n: usize) -> u32 {
    (set >> (n << V::LOG)) as u32 & all::<V>()
}

#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn multiply_in<V: Vector>(set: Set, z: Complex<V::Real>, a: &mut [V; MOST]) {
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
    set: Set,
    odd: Set,
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

/// X on a bit.
#[cfg_attr(not(unoptimized), inline(always))]
unsafe fn flip_all<V: Vector>(bit: u32, a: &mut [V; MOST]) {
    if bit < V::LOG {
        let shuffle = V::shuffle(1 << bit);
        for_registers!(V, n, { a[n] = a[n].permute(shuffle) });
        return;
    }
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
unsafe fn flip_in<V: Vector>(bit: u32, set: Set, a: &mut [V; MOST]) {
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

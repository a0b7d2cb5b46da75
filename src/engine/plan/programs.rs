//! Passes on a tile → programs for registers.

use super::cost::Costs;
use super::pass::Pass;
use super::select::{Capacity, Waiting};
use crate::engine::action::ControlMask;
use crate::engine::kernel::{LOW_BITS, Operation, Program, REGISTER_BITS};

/// One pass over a tile: a program, or a pass that no program can do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Program(Program),
    Pass(Pass),
}

/// Passes in their order as few programs, on tiles of `tile_bits` bits; they may look at others above.
pub(super) fn programs(passes: Vec<Pass>, tile_bits: usize) -> Vec<Item> {
    let capacity = Capacity { bits: REGISTER_BITS, low: LOW_BITS, passes: Costs::LARGEST_PROGRAM };
    let mut waiting = Waiting::new(passes, tile_bits.max(REGISTER_BITS));
    let mut items = Vec::new();
    while let Some(first) = waiting.first() {
        if !first.fits_registers() {
            items.extend(waiting.take_first().map(Item::Pass));
            continue;
        }
        let (bits, taken) = waiting.select(&capacity, Pass::fits_registers);
        let operations = taken.iter().map(|pass| operation(pass, bits)).collect();
        items.push(Item::Program(Program { bits, operations }));
    }
    items
}

/// What a pass does on amplitudes in registers, whose indices differ in `bits`.
fn operation(pass: &Pass, bits: u64) -> Operation {
    let relative = |bit: u32| (bits & ((1 << bit) - 1)).count_ones() as u8;
    let inside = |bit: u32| bits >> bit & 1 == 1;
    let all = pass.controls();
    let (mask, value) = (all.mask & !bits, all.value & !bits);
    // The amplitudes for which `of` holds, of a relative index spread over the bits.
    let set = |of: &dyn Fn(u64) -> bool| {
        (0..1u64 << REGISTER_BITS).filter(|&r| of(spread(r, bits))).fold(0, |s, r| s | 1 << r)
    };
    let controlled = |c: ControlMask| move |x: u64| (x ^ c.value) & c.mask & bits == 0;
    let chosen = set(&controlled(all));
    match *pass {
        Pass::Turn { bit, at, .. } => Operation::turn(relative(bit), at),
        Pass::Phase { bit, at, .. } if inside(bit) => Operation::phase(relative(bit), at),
        Pass::Phase { bit, at, .. } => Operation::scale(at).when(1 << bit, 1 << bit),
        Pass::Scale { at } => Operation::scale(at),
        Pass::Parity { z: 0, at, .. } => Operation::phase_in(chosen, at).when(mask, value),
        Pass::Parity { z, at, .. } => {
            let odd = set(&|x| (x & z).count_ones() & 1 == 1);
            Operation::parity(chosen, odd, z & !bits, at).when(mask, value)
        }
        Pass::Flip { bit, .. } => {
            let set = set(&|x| controlled(all)(x) && x >> bit & 1 == 0);
            Operation::flip(relative(bit), set).when(mask, value)
        }
        _ => unreachable!("was asked whether it fits registers"),
    }
}

/// The bits of a relative index at the places of `bits`.
fn spread(relative: u64, bits: u64) -> u64 {
    let (mut left, mut index, mut k) = (bits, 0, 0);
    while left != 0 {
        index |= (relative >> k & 1) << left.trailing_zeros();
        left &= left - 1;
        k += 1;
    }
    index
}

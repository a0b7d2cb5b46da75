//! Passes on a tile → programs for registers.

use super::cost::Costs;
use super::pass::Pass;
use super::select::{Capacity, Waiting};
use crate::engine::action::ControlMask;
use crate::engine::kernel::{LOW_BITS, Operation, Program, REGISTER_BITS};
use std::collections::HashMap;

/// One pass over a tile: a program, or a pass that no program can do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Program(Program),
    Pass(Pass),
}

/// Passes in their order as few programs, on tiles of `tile_bits` bits; they may look at others
/// above. `scales` has, for the place of a rotation's value, that of a factor of all amplitudes to
/// be multiplied after it.
pub(super) fn programs(
    passes: Vec<Pass>,
    tile_bits: usize,
    scales: &HashMap<u32, u32>,
) -> Vec<Item> {
    let capacity = Capacity { bits: REGISTER_BITS, low: LOW_BITS, passes: Costs::LARGEST_PROGRAM };
    let mut waiting = Waiting::new(passes, tile_bits.max(REGISTER_BITS));
    let mut items = Vec::new();
    while let Some(first) = waiting.first() {
        if !first.fits_registers() {
            items.extend(waiting.take_first().map(Item::Pass));
            continue;
        }
        let (bits, taken) = waiting.select(&capacity, Pass::fits_registers);
        let mut writer = Writer { program: Program::new(bits), layer: None };
        taken.iter().for_each(|pass| writer.add(pass, scales));
        items.push(Item::Program(writer.program));
    }
    items
}

/// A program that is written, and the layer that may still take rotations and phases.
struct Writer {
    program: Program,
    layer: Option<Open>,
}

/// A layer: which bits it rotates and which have phases in it, and those that operations after it
/// change, and that they look at. Bits are those of the tile.
struct Open {
    number: usize,
    turned: u64,
    phased: u64,
    changed: u64,
    looked_at: u64,
}

impl Writer {
    fn add(&mut self, pass: &Pass, scales: &HashMap<u32, u32>) {
        let bits = self.program.bits;
        let relative = |bit: u32| (bits & ((1 << bit) - 1)).count_ones() as u8;
        match *pass {
            Pass::Turn { bit, at, .. } => {
                let mask = 1 << bit;
                let number = self.layer(|open| {
                    let taken = open.turned | open.phased | open.changed | open.looked_at;
                    (taken & mask == 0).then(|| open.turned |= mask)
                });
                self.program.turn(number, relative(bit), at);
                if let Some(&at) = scales.get(&at) {
                    self.program.push(Operation::scale(at));
                }
            }
            Pass::Phase { bit, at, .. } if bits >> bit & 1 == 1 => {
                let mask = 1 << bit;
                let number = self.layer(|open| {
                    ((open.phased | open.changed) & mask == 0).then(|| open.phased |= mask)
                });
                self.program.phase(number, relative(bit), at);
            }
            _ => {
                if let Some(open) = &mut self.layer {
                    open.changed |= pass.mixes();
                    open.looked_at |= pass.support();
                }
                self.program.push(operation(pass, bits));
            }
        }
    }

    /// The number of the open layer if it takes what comes, else of a new one.
    fn layer(&mut self, takes: impl Fn(&mut Open) -> Option<()>) -> usize {
        if let Some(open) = &mut self.layer
            && takes(open).is_some()
        {
            return open.number;
        }
        let number = self.program.push_layer();
        let mut open = Open { number, turned: 0, phased: 0, changed: 0, looked_at: 0 };
        takes(&mut open).expect("an empty layer takes everything");
        self.layer = Some(open);
        number
    }
}

/// What a pass does on amplitudes in registers, whose indices differ in `bits`.
fn operation(pass: &Pass, bits: u64) -> Operation {
    let relative = |bit: u32| (bits & ((1 << bit) - 1)).count_ones() as u8;
    let all = pass.controls();
    let (mask, value) = (all.mask & !bits, all.value & !bits);
    // The amplitudes for which `of` holds, of a relative index spread over the bits.
    let set = |of: &dyn Fn(u64) -> bool| {
        (0..1u64 << REGISTER_BITS).filter(|&r| of(spread(r, bits))).fold(0, |s, r| s | 1 << r)
    };
    let controlled = |c: ControlMask| move |x: u64| (x ^ c.value) & c.mask & bits == 0;
    let chosen = set(&controlled(all));
    match *pass {
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
        _ => unreachable!("was asked whether it fits registers, and is in a layer"),
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

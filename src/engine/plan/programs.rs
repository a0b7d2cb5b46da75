//! Passes on a tile → programs for registers.

use super::cost::Costs;
use super::pass::Pass;
use super::select::{Capacity, Waiting};
use crate::engine::action::ControlMask;
use crate::engine::kernel::{Held, Operation, RegisterProgram, Set};
use std::collections::HashMap;

/// One pass over a tile: programs, or a pass that no program can do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Programs(Programs),
    Pass(Pass),
}

/// Programs that run one after the other on each part of a tile: what one leaves in the first cache,
/// the next one finds there.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Programs {
    pub list: Vec<RegisterProgram>,
    /// log2 of the amplitudes in a part.
    pub part_bits: usize,
}

impl Programs {
    /// Appends an operation on all amplitudes.
    pub fn push(&mut self, operation: Operation) {
        self.list.last_mut().expect("there is a program").push(operation);
    }
}

/// How large tiles and their parts are.
#[derive(Debug, Clone, Copy)]
pub(super) struct TileBits {
    pub tile: usize,
    pub part: usize,
}

/// Passes in their order as few programs, for registers that hold so many amplitudes; they may look
/// at bits above those of a tile. Those that change only bits of a part run part by part, and the
/// others change none but the lowest of these besides. `scales` has, for the place of a rotation's
/// value, that of a factor of all amplitudes to be multiplied after it.
pub(super) fn programs(
    passes: Vec<Pass>,
    bits: TileBits,
    held: Held,
    scales: &HashMap<u32, u32>,
) -> Vec<Item> {
    let tile = bits.tile.max(held.bits as usize);
    let part = bits.part.clamp(held.bits as usize, tile);
    let of_part = (1u64 << part) - 1;
    let middle = if part < tile { of_part & !((1 << held.low) - 1) } else { 0 };
    let capacity = Capacity { bits: part, low: part, passes: usize::MAX };
    let mut waiting = Waiting::new(passes, tile);
    let mut items = Vec::new();
    while let Some(first) = waiting.first() {
        if !first.fits_registers() {
            items.extend(waiting.take_first().map(Item::Pass));
        } else if first.needs() & !of_part == 0 {
            let (_, taken) = waiting.select(&capacity, Pass::fits_registers);
            let mut waiting = Waiting::new(taken, part);
            let mut list = Vec::new();
            while waiting.first().is_some() {
                list.push(program(&mut waiting, held, scales, |_| true));
            }
            items.push(Item::Programs(Programs { list, part_bits: part }));
        } else {
            let fits = |pass: &Pass| pass.fits_registers() && pass.needs() & middle == 0;
            let list = vec![program(&mut waiting, held, scales, fits)];
            items.push(Item::Programs(Programs { list, part_bits: tile }));
        }
    }
    items
}

/// A program of passes that can run first.
fn program(
    waiting: &mut Waiting,
    held: Held,
    scales: &HashMap<u32, u32>,
    fit: impl Fn(&Pass) -> bool,
) -> RegisterProgram {
    let (bits, low) = (held.bits as usize, held.low as usize);
    let capacity = Capacity { bits, low, passes: Costs::LARGEST_PROGRAM };
    let (bits, taken) = waiting.select(&capacity, fit);
    let mut writer = Writer { program: RegisterProgram::new(held, bits), layer: None, held };
    taken.iter().for_each(|pass| writer.add(pass, scales));
    writer.program
}

/// A program that is written, and the layer that may still take rotations and phases.
struct Writer {
    held: Held,
    program: RegisterProgram,
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
                self.program.push(operation(pass, bits, self.held));
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
fn operation(pass: &Pass, bits: u64, held: Held) -> Operation {
    let relative = |bit: u32| (bits & ((1 << bit) - 1)).count_ones() as u8;
    let all = pass.controls();
    let (mask, value) = (all.mask & !bits, all.value & !bits);
    let chosen = chosen(all, bits, held);
    match *pass {
        Pass::Phase { bit, at, .. } => Operation::scale(at).when(1 << bit, 1 << bit),
        Pass::Scale { at } => Operation::scale(at),
        Pass::Parity { z: 0, at, .. } => Operation::phase_in(held, chosen, at).when(mask, value),
        Pass::Parity { z, at, .. } => {
            let odd = odd(z, bits) & RegisterProgram::all(held);
            Operation::parity(chosen, odd, z & !bits, at).when(mask, value)
        }
        Pass::Flip { bit, .. } => {
            let zero = ControlMask { mask: all.mask | 1 << bit, value: all.value };
            let set = self::chosen(zero, bits, held);
            Operation::flip(held, relative(bit), set).when(mask, value)
        }
        _ => unreachable!("was asked whether it fits registers, and is in a layer"),
    }
}

/// The amplitudes in registers, whose indices differ in `bits`, where controls on these hold.
fn chosen(controls: ControlMask, bits: u64, held: Held) -> Set {
    let mut set = RegisterProgram::all(held);
    for bit in ones(controls.mask & bits) {
        let with = odd(1 << bit, bits);
        set &= if controls.value >> bit & 1 == 1 { with } else { !with };
    }
    set
}

/// Those whose index has an odd number of bits in common with `z`.
fn odd(z: u64, bits: u64) -> Set {
    ones(z & bits).fold(0, |set, bit| {
        set ^ RegisterProgram::WITH[(bits & ((1 << bit) - 1)).count_ones() as usize]
    })
}

/// The numbers of the bits of a mask.
fn ones(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

//! Passes → steps. A step is one sweep over the state: of one pass, or of a group of passes tile by
//! tile.

use super::Tiling;
use super::cost::Costs;
use super::layers::{Item, Sizes, layers};
use super::pass::Pass;
use super::select::{Capacity, Waiting};
use super::values::Values;
use crate::engine::kernel::{Held, Phases};

/// One sweep over memory.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) enum Step {
    /// A pass over the whole state.
    Whole(Pass),
    /// Passes on each tile.
    Tiles(Box<Group>),
}

/// Passes that run tile by tile.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Group {
    /// The bits of a tile.
    pub bits: u64,
    pub items: Vec<Item>,
}

/// A group takes no more passes.
const LARGEST_GROUP: usize = 1 << 12;

/// What a gather and a scatter cost, in sweeps over the state.
const TILED_SWEEP: f64 = 1.25;
/// What a pass saves in a tile, in sweeps: a sweep that multiplies and adds little is all memory.
const SAVED: f64 = 0.7;

/// Groups passes, in their order or past others that they commute with.
pub(super) fn schedule(
    num_qubits: usize,
    passes: Vec<Pass>,
    tiling: &Tiling,
    costs: &Costs,
    values: &mut Values,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let part = costs.part_bits(tiling);
    if num_qubits <= within(tiling.whole_bits) {
        // All of the state is one tile, and stays where it is.
        let bits = (1 << num_qubits) - 1;
        let sizes = Sizes { tile: num_qubits, part, all: num_qubits };
        let mut passes = passes.into_iter().peekable();
        while passes.peek().is_some() {
            let group = passes.by_ref().take(LARGEST_GROUP).collect();
            let items = layers(group, sizes, costs, values);
            steps.push(Step::Tiles(Box::new(Group { bits, items })));
        }
        return steps;
    }
    let capacity =
        Capacity { bits: within(tiling.tile_bits), low: tiling.run_bits, passes: LARGEST_GROUP };
    let mut waiting = Waiting::new(passes, num_qubits);
    while waiting.first().is_some() {
        let (bits, taken) = waiting.select(&capacity, |_| true);
        if taken.iter().map(saved).sum::<f64>() < TILED_SWEEP {
            steps.extend(taken.into_iter().map(Step::Whole));
        } else {
            let to = tile_positions(bits);
            let passes = taken.into_iter().map(|pass| pass.moved(&to)).collect();
            let sizes = Sizes { tile: bits.count_ones() as usize, part, all: num_qubits };
            let items = layers(passes, sizes, costs, values);
            steps.push(Step::Tiles(Box::new(Group { bits, items })));
        }
    }
    steps
}

/// Bits that a tile can have: a program needs some, and a merged diagonal knows some.
fn within(bits: usize) -> usize {
    bits.clamp(Held::MOST_BITS, Phases::MOST_BITS)
}

/// What running it in a tile saves, in sweeps.
fn saved(pass: &Pass) -> f64 {
    // Half or a quarter of the amplitudes are fewer cache lines only if the controls are high bits.
    SAVED / f64::from(1u32 << pass.controls().mask.count_ones().min(2))
}

/// Where each bit is in the index of a tile: the bits of the tile first, then the others.
fn tile_positions(bits: u64) -> [u8; 64] {
    let (mut inside, mut outside) = (0, bits.count_ones() as u8);
    std::array::from_fn(|bit| {
        let next = if bits >> bit & 1 == 1 { &mut inside } else { &mut outside };
        *next += 1;
        *next - 1
    })
}

//! What a group of passes does on a tile. Diagonal factors are merged to one multiplication where
//! that is cheaper than doing them one by one in registers; everything else is done in registers.

use super::budgets::{Draft, by_budgets};
use super::butterflies::{Butterflies, Butterfly, Part, butterflies};
use super::cost::Costs;
use super::diagonal::Diagonal;
use super::pass::Pass;
use super::programs::{self, Programs, TileBits, programs};
use super::values::{Row, Values};
use crate::engine::kernel::{self, Ahead, Buffer, Isa, Operation, Real, Tables};
use std::collections::HashMap;

/// Factors of rotations that wait to be multiplied: each is at least √½, and single precision has
/// an exponent of 8 bits.
const MOST_SCALES: usize = 32;

/// One pass over a tile.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) enum Item {
    /// Operations in registers.
    Programs(Programs),
    /// One multiplication.
    Diagonal(Diagonal),
    /// Rotations, each with factors that share its bit.
    Butterflies(Butterflies),
    /// A kernel of its own.
    Pass(Pass),
}

impl From<programs::Item> for Item {
    fn from(item: programs::Item) -> Self {
        match item {
            programs::Item::Pass(pass) => Item::Pass(pass),
            programs::Item::Programs(programs) => Item::Programs(programs),
        }
    }
}

/// The size of what is planned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Bits of a tile, and of its parts.
    pub tile: usize,
    pub part: usize,
    /// Bits of the state.
    pub all: usize,
}

impl Sizes {
    /// The bits of a tile.
    pub fn inside(self) -> u64 {
        u64::MAX.checked_shr(64 - self.tile as u32).unwrap_or(0)
    }
}

/// The passes, on bits of a tile and above, as few cheap passes over the tile.
pub(super) fn layers(
    passes: Vec<Pass>,
    sizes: Sizes,
    costs: &Costs,
    values: &mut Values,
) -> Vec<Item> {
    let (cost, drafts) = by_budgets(&passes, sizes, costs);
    if let Some((least, stages)) = with_butterflies(&passes, sizes, costs, values)
        && least < cost
    {
        return items(stages, sizes, costs, values);
    }
    items(carry_out(drafts, passes), sizes, costs, values)
}

/// Passes as butterflies and what is between them, with their cost on 64 amplitudes; `None` if there
/// are no butterflies.
fn with_butterflies(
    passes: &[Pass],
    sizes: Sizes,
    costs: &Costs,
    values: &Values,
) -> Option<(f64, Vec<Stage>)> {
    let parts = butterflies(passes, sizes, costs, values)?;
    let (mut cost, mut stages) = (0.0, Vec::new());
    let mut between = Vec::new();
    let end_passes = |between: &mut Vec<Pass>, stages: &mut Vec<Stage>| {
        if between.is_empty() {
            return 0.0;
        }
        let between = std::mem::take(between);
        let (cost, drafts) = by_budgets(&between, sizes, costs);
        stages.extend(carry_out(drafts, between));
        cost
    };
    for part in parts {
        match part {
            Part::Pass(pass) => between.push(pass),
            Part::Butterfly { butterfly, scales } => {
                cost += end_passes(&mut between, &mut stages);
                cost += costs.of_butterfly(butterfly.bit, sizes.all);
                stages.push(Stage::Butterfly(butterfly, scales));
            }
        }
    }
    cost += end_passes(&mut between, &mut stages);
    Some((cost, stages))
}

/// What is drafted is carried out: the passes themselves in place of their numbers.
fn carry_out(drafts: Vec<Draft>, mut passes: Vec<Pass>) -> Vec<Stage> {
    let mut take = |numbers: Vec<u32>| {
        numbers.into_iter().map(|number| passes[number as usize].take()).collect()
    };
    let stage = |draft| match draft {
        Draft::Diagonal(numbers) => Stage::Diagonal(take(numbers)),
        Draft::Passes(numbers) => Stage::Passes(take(numbers)),
    };
    drafts.into_iter().map(stage).collect()
}

/// A part of what is done on a tile.
enum Stage {
    Diagonal(Vec<Pass>),
    Passes(Vec<Pass>),
    /// With the factors of all amplitudes that it leaves to others.
    Butterfly(Butterfly, Vec<u32>),
}

/// Stages → passes over the tile, with the factors of all amplitudes where they do no harm.
fn items(stages: Vec<Stage>, sizes: Sizes, costs: &Costs, values: &mut Values) -> Vec<Item> {
    let mut items = Vec::new();
    let mut waiting: Vec<u32> = Vec::new();
    for stage in stages {
        match stage {
            Stage::Diagonal(factors) => {
                waiting.extend(factors.iter().filter_map(Pass::scale));
                let scale = values.times(&std::mem::take(&mut waiting));
                items.push(Item::Diagonal(Diagonal::new(factors, sizes.inside(), scale)));
            }
            Stage::Butterfly(butterfly, scales) => {
                waiting.extend(scales);
                let rest = match items.last_mut() {
                    Some(Item::Butterflies(last)) => last.push(butterfly, sizes),
                    _ => Some(butterfly),
                };
                items.extend(rest.map(|b| Item::Butterflies(Butterflies::of(b, sizes))));
                if waiting.len() >= MOST_SCALES {
                    multiply(&std::mem::take(&mut waiting), &mut items, values);
                }
            }
            Stage::Passes(passes) => {
                // After which rotations factors are multiplied, and where these are.
                let mut scales = HashMap::new();
                for pass in &passes {
                    waiting.extend(pass.scale());
                    if let Pass::Turn { at, .. } = pass
                        && waiting.len() >= MOST_SCALES
                    {
                        scales
                            .extend(values.times(&std::mem::take(&mut waiting)).map(|s| (*at, s)));
                    }
                }
                let bits = TileBits { tile: sizes.tile, part: sizes.part };
                items.extend(
                    programs(passes, bits, costs.held, &scales).into_iter().map(Item::from),
                );
            }
        }
    }
    multiply(&waiting, &mut items, values);
    items
}

/// Multiplies all amplitudes by values: in the last item that can.
fn multiply(waiting: &[u32], items: &mut Vec<Item>, values: &mut Values) {
    let Some(at) = values.times(waiting) else { return };
    let is_real = values.constant(at).is_some_and(|z| z.im == 0.0);
    // It commutes with what comes after.
    let done = items.iter_mut().rev().any(|item| match item {
        Item::Programs(programs) => {
            programs.push(Operation::scale(at));
            true
        }
        Item::Butterflies(butterflies) => is_real && butterflies.scale(at),
        _ => false,
    });
    if !done {
        items.push(Item::Pass(Pass::Scale { at }));
    }
}

/// An [`Item`] with what is prepared once a run.
pub(super) enum Ready<'a, T: Real> {
    Programs(&'a Programs),
    Diagonal(&'a Diagonal, Option<Box<Tables<T>>>),
    Butterflies(&'a Butterflies, Box<kernel::Stages<T>>),
    Pass(&'a Pass),
}

impl Item {
    /// Prepares it for all tiles, of `tile_bits` bits.
    pub fn ready<T: Real>(&self, isa: Isa, row: &Row, tile_bits: usize) -> Ready<'_, T> {
        match self {
            Item::Programs(programs) => Ready::Programs(programs),
            Item::Diagonal(diagonal) => {
                let mut tables = Box::new(Tables::empty());
                let acts = diagonal.prepare(row, tile_bits, &mut tables);
                Ready::Diagonal(diagonal, acts.then_some(tables))
            }
            Item::Butterflies(butterflies) => {
                let prepared = butterflies.prepare(isa, row, tile_bits);
                Ready::Butterflies(butterflies, Box::new(prepared))
            }
            Item::Pass(pass) => Ready::Pass(pass),
        }
    }

    /// Runs on a state that is one tile, without an allocation.
    pub fn run_whole<T: Real>(&self, isa: Isa, state: &mut Buffer<T>, row: &Row) {
        match self {
            Item::Diagonal(diagonal) => return multiply_whole(diagonal, isa, state, row),
            Item::Butterflies(butterflies) => {
                return butterflies_whole(butterflies, isa, state, row);
            }
            _ => {}
        }
        let tile_bits = state.len().ilog2() as usize;
        self.ready(isa, row, tile_bits).run(isa, state, row, 0, &mut Ahead::nothing());
    }
}

/// A function of its own, so that the tables are on the stack where they are needed.
#[inline(never)]
fn multiply_whole<T: Real>(diagonal: &Diagonal, isa: Isa, state: &mut Buffer<T>, row: &Row) {
    let mut tables = Tables::empty();
    if diagonal.prepare(row, state.len().ilog2() as usize, &mut tables) {
        diagonal.run(isa, state, &tables, row, 0);
    }
}

/// Likewise.
#[inline(never)]
fn butterflies_whole<T: Real>(
    butterflies: &Butterflies,
    isa: Isa,
    state: &mut Buffer<T>,
    row: &Row,
) {
    let prepared = butterflies.prepare(isa, row, state.len().ilog2() as usize);
    butterflies.run(isa, state, &prepared, row, 0);
}

impl<T: Real> Ready<'_, T> {
    /// Runs on the tile whose index has the bits of `outside` above its own, asking for memory
    /// ahead meanwhile.
    pub fn run(&self, isa: Isa, tile: &mut Buffer<T>, row: &Row, outside: u64, ahead: &mut Ahead) {
        match self {
            Ready::Programs(Programs { list, part_bits }) => {
                let values = row.at_precision();
                kernel::registers(isa, tile, list, *part_bits, values, outside, ahead);
            }
            Ready::Diagonal(diagonal, Some(tables)) => {
                diagonal.run(isa, tile, tables, row, outside);
            }
            Ready::Diagonal(_, None) => {}
            Ready::Butterflies(butterflies, prepared) => {
                butterflies.run(isa, tile, prepared, row, outside);
            }
            Ready::Pass(pass) => pass.run(isa, tile, row, outside, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::action::ControlMask;
    use crate::engine::target::Target;
    use num_complex::Complex64;

    /// Rotations on all bits of a tile, then controlled phases between neighbours, some times: each
    /// layer of phases is one multiplication, in a large state. In a small one they are done in
    /// registers: preparing a multiplication would cost more.
    #[test]
    fn merges_diagonals_where_there_is_much_to_multiply() {
        let count = |isa: Isa, all: usize| {
            let mut values = Values::default();
            let mut passes = Vec::new();
            for _ in 0..5 {
                for bit in 0..10 {
                    let at = values.constants(&[Complex64::new(1.0, 0.7), Complex64::from(0.8)]);
                    passes.push(Pass::Turn { bit, at, scale: at + 1 });
                    let at = values.constants(&[Complex64::cis(0.4)]);
                    passes.push(Pass::Phase { bit, at, scale: None });
                }
                for bit in 0..9 {
                    let controls = ControlMask { mask: 3 << bit, value: 3 << bit };
                    let at = values.constants(&[Complex64::cis(0.2); 2]);
                    passes.push(Pass::Parity { z: 0, controls, at, unitary: true });
                }
            }
            let sizes = Sizes { tile: 10, part: 10, all };
            let items = layers(passes, sizes, &Costs::of(Target::of::<f64>(isa)), &mut values);
            items.iter().filter(|item| matches!(item, Item::Diagonal(_))).count()
        };
        for isa in [Isa::Avx512, Isa::Avx2] {
            assert_eq!((count(isa, 24), count(isa, 10)), (5, 0), "{isa}");
        }
        // Without registers everything but the preparation costs more.
        assert_eq!(count(Isa::Portable, 24), 5);
    }
}

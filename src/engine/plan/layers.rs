//! What a group of passes does on a tile. Diagonal factors are merged to one multiplication where
//! that is cheaper than doing them one by one in registers; everything else is done in registers.

use super::butterflies::{Butterflies, Butterfly, Part, butterflies};
use super::cost::Costs;
use super::diagonal::{Diagonal, is_factor};
use super::pass::Pass;
use super::programs::{self, Programs, TileBits, programs};
use super::values::{Row, Values};
use crate::engine::kernel::{self, Ahead, Buffer, Isa, Operation, Phases, Real, Tables};
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
    let (cost, mut best) = by_budgets(&passes, sizes, costs);
    if let Some((least, stages)) = with_butterflies(passes, sizes, costs, values)
        && least < cost
    {
        best = stages;
    }
    items(best, sizes, costs, values)
}

/// Passes as butterflies and what is between them, with their cost on 64 amplitudes; `None` if there
/// are no butterflies.
fn with_butterflies(
    passes: Vec<Pass>,
    sizes: Sizes,
    costs: &Costs,
    values: &Values,
) -> Option<(f64, Vec<Stage>)> {
    let parts = butterflies(passes, sizes, costs, values);
    if !parts.iter().any(|part| matches!(part, Part::Butterfly { .. })) {
        return None;
    }
    let (mut cost, mut stages) = (0.0, Vec::new());
    let mut between = Vec::new();
    let end_passes = |between: &mut Vec<Pass>, stages: &mut Vec<Stage>| {
        if between.is_empty() {
            return 0.0;
        }
        let (cost, mut more) = by_budgets(&std::mem::take(between), sizes, costs);
        stages.append(&mut more);
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

/// Passes as layers of merged diagonals and of what is done in registers, with their cost on 64
/// amplitudes.
fn by_budgets(passes: &[Pass], sizes: Sizes, costs: &Costs) -> (f64, Vec<Stage>) {
    let once = costs.diagonal_once + 8.0 * costs.diagonal_factor;
    let groups = (sizes.all.max(6) - 6) as i32;
    let diagonal = costs.diagonal + once / 2f64.powi(groups);
    let mut best: Option<(f64, Vec<Stage>)> = None;
    let factors = passes.iter().filter(|p| is_factor(p, sizes.inside())).count();
    let worth = sizes.tile <= Phases::MOST_BITS && factors as f64 * costs.phase_within > diagonal;
    // How much work on diagonals in registers a layer may take on to stay open.
    let budgets = [0.0, 0.7, 1.4].map(|b| Some(b * diagonal));
    let strategies = std::iter::once(None).chain(budgets.into_iter().filter(|_| worth));
    for budget in strategies {
        let mut stages = Stages { costs, sizes, diagonal, budget, ..Stages::new(costs, sizes) };
        passes.iter().for_each(|pass| stages.add(pass.clone()));
        let (cost, stages) = stages.finish();
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, stages));
        }
    }
    best.expect("there is one strategy at least")
}

/// A part of what is done on a tile.
enum Stage {
    Diagonal(Vec<Pass>),
    Passes(Vec<Pass>),
    /// With the factors of all amplitudes that it leaves to others.
    Butterfly(Butterfly, Vec<u32>),
}

/// What is done, and the layer that waits for more: diagonal factors, other passes, and factors
/// that must come after these.
struct Stages<'a> {
    costs: &'a Costs,
    sizes: Sizes,
    /// The cost of a merged diagonal.
    diagonal: f64,
    /// What factors that are done in registers may cost in a layer; `None`: all are.
    budget: Option<f64>,
    done: Vec<Stage>,
    cost: f64,
    before: Vec<Pass>,
    passes: Vec<Pass>,
    after: Vec<Pass>,
    /// The bits that the passes change, and those of the factors after them.
    mixed: u64,
    bits_after: u64,
    /// What the factors among the passes cost.
    spent: f64,
}

impl<'a> Stages<'a> {
    fn new(costs: &'a Costs, sizes: Sizes) -> Self {
        Stages {
            costs,
            sizes,
            diagonal: 0.0,
            budget: None,
            done: Vec::new(),
            cost: 0.0,
            before: Vec::new(),
            passes: Vec::new(),
            after: Vec::new(),
            mixed: 0,
            bits_after: 0,
            spent: 0.0,
        }
    }

    fn add(&mut self, pass: Pass) {
        let Some(budget) = self.budget else { return self.passes.push(pass) };
        let (mixes, support) = (pass.mixes(), pass.support());
        if is_factor(&pass, self.sizes.inside()) {
            if support & self.mixed == 0 {
                self.before.push(pass);
            } else {
                self.bits_after |= support;
                self.after.push(pass);
            }
            return;
        }
        if mixes & self.bits_after != 0 {
            let is_in_the_way = |p: &Pass| p.support() & mixes != 0;
            let in_registers = |p: &Pass| self.costs.in_registers(p);
            let cost: f64 = self.after.iter().filter(|p| is_in_the_way(p)).map(in_registers).sum();
            if self.spent + cost <= budget {
                self.spent += cost;
                let (now, later) = self.after.drain(..).partition(is_in_the_way);
                self.after = later;
                self.bits_after = self.after.iter().fold(0, |bits, p| bits | p.support());
                let now: Vec<Pass> = now;
                self.passes.extend(now);
            } else {
                self.end_layer();
            }
        }
        self.mixed |= mixes;
        self.passes.push(pass);
    }

    fn end_layer(&mut self) {
        let before = std::mem::replace(&mut self.before, std::mem::take(&mut self.after));
        self.bits_after = 0;
        self.mixed = 0;
        self.spent = 0.0;
        let apart: f64 = before.iter().map(|p| self.costs.in_registers(p)).sum();
        let mut passes = std::mem::take(&mut self.passes);
        if apart > self.diagonal {
            self.cost += self.diagonal;
            self.done.push(Stage::Diagonal(before));
        } else {
            passes.splice(..0, before);
        }
        if passes.is_empty() {
            return;
        }
        self.cost += passes.iter().map(|p| self.costs.in_registers(p)).sum::<f64>();
        match self.done.last_mut() {
            Some(Stage::Passes(last)) => last.append(&mut passes),
            _ => self.done.push(Stage::Passes(passes)),
        }
    }

    /// The stages and their cost on 64 amplitudes.
    fn finish(mut self) -> (f64, Vec<Stage>) {
        self.end_layer();
        self.end_layer();
        // A program loads all amplitudes for rotations on as many new bits as registers differ in.
        for stage in &self.done {
            if let Stage::Passes(passes) = stage {
                let held = self.costs.held;
                let bits = passes.iter().fold(0, |bits, p| bits | p.needs()) >> held.low;
                let loads = bits.count_ones().div_ceil(held.bits - held.low).max(1);
                self.cost += f64::from(loads) * self.costs.load_store;
            }
        }
        (self.cost, self.done)
    }
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

//! Which diagonal factors on a tile are merged to one multiplication, and which are done one by one
//! in registers. Several strategies are drafted with numbers of passes, and the cheapest is taken.

use super::cost::Costs;
use super::diagonal::is_factor;
use super::layers::Sizes;
use super::pass::Pass;
use crate::engine::kernel::Phases;

/// A part of what is done on a tile, with the numbers of its passes.
pub(super) enum Draft {
    /// Factors of one multiplication.
    Diagonal(Vec<u32>),
    /// Passes in registers.
    Passes(Vec<u32>),
}

/// What a draft asks of a pass.
struct Facts {
    /// The bits that it changes, all that it looks at, and those that must be at hand.
    mixes: u64,
    support: u64,
    needs: u64,
    is_factor: bool,
    /// The cost in registers.
    cost: f64,
}

/// Passes as layers of merged diagonals and of what is done in registers, with their cost on 64
/// amplitudes.
pub(super) fn by_budgets(passes: &[Pass], sizes: Sizes, costs: &Costs) -> (f64, Vec<Draft>) {
    let facts: Vec<Facts> = passes
        .iter()
        .map(|pass| Facts {
            mixes: pass.mixes(),
            support: pass.support(),
            needs: pass.needs(),
            is_factor: is_factor(pass, sizes.inside()),
            cost: costs.in_registers(pass),
        })
        .collect();
    let once = costs.diagonal_once + 8.0 * costs.diagonal_factor;
    let groups = (sizes.all.max(6) - 6) as i32;
    let diagonal = costs.diagonal + once / 2f64.powi(groups);
    let mut best = in_registers(&facts, costs);
    let factors = facts.iter().filter(|facts| facts.is_factor).count();
    if sizes.tile > Phases::MOST_BITS || factors as f64 * costs.phase_within <= diagonal {
        return best;
    }
    // How much work on diagonals in registers a layer may take on to stay open.
    for budget in [0.0, 0.7, 1.4].map(|b| b * diagonal) {
        let mut layers = Layers::new(&facts, diagonal, budget);
        (0..facts.len() as u32).for_each(|number| layers.add(number));
        let (cost, drafts) = layers.finish(costs);
        if cost < best.0 {
            best = (cost, drafts);
        }
    }
    best
}

/// Everything in registers.
fn in_registers(facts: &[Facts], costs: &Costs) -> (f64, Vec<Draft>) {
    if facts.is_empty() {
        return (0.0, Vec::new());
    }
    let drafts = vec![Draft::Passes((0..facts.len() as u32).collect())];
    let cost: f64 = facts.iter().map(|facts| facts.cost).sum();
    (cost + loads(&drafts, facts, costs), drafts)
}

/// What loading and storing costs: a program loads all amplitudes for rotations on as many new bits
/// as registers differ in.
fn loads(drafts: &[Draft], facts: &[Facts], costs: &Costs) -> f64 {
    let held = costs.held;
    let of_draft = |draft: &Draft| match draft {
        Draft::Diagonal(_) => 0.0,
        Draft::Passes(numbers) => {
            let needs = |number: &u32| facts[*number as usize].needs;
            let bits = numbers.iter().map(needs).fold(0, |bits, needs| bits | needs) >> held.low;
            let loads = bits.count_ones().div_ceil(held.bits - held.low).max(1);
            f64::from(loads) * costs.load_store
        }
    };
    drafts.iter().map(of_draft).sum()
}

/// What is done, and the layer that waits for more: diagonal factors, other passes, and factors
/// that must come after these.
struct Layers<'a> {
    facts: &'a [Facts],
    /// The cost of a merged diagonal.
    diagonal: f64,
    /// What factors that are done in registers may cost in a layer.
    budget: f64,
    done: Vec<Draft>,
    cost: f64,
    before: Vec<u32>,
    passes: Vec<u32>,
    after: Vec<u32>,
    /// The bits that the passes change, and those of the factors after them.
    mixed: u64,
    bits_after: u64,
    /// What the factors among the passes cost.
    spent: f64,
}

impl<'a> Layers<'a> {
    fn new(facts: &'a [Facts], diagonal: f64, budget: f64) -> Self {
        Layers {
            facts,
            diagonal,
            budget,
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

    fn add(&mut self, number: u32) {
        let Facts { mixes, support, is_factor, .. } = self.facts[number as usize];
        if is_factor {
            if support & self.mixed == 0 {
                self.before.push(number);
            } else {
                self.bits_after |= support;
                self.after.push(number);
            }
            return;
        }
        if mixes & self.bits_after != 0 {
            let of = |number: &u32| &self.facts[*number as usize];
            let is_in_the_way = |number: &u32| of(number).support & mixes != 0;
            let in_the_way = self.after.iter().filter(|number| is_in_the_way(number));
            let cost: f64 = in_the_way.map(|number| of(number).cost).sum();
            if self.spent + cost <= self.budget {
                self.spent += cost;
                self.passes.extend(self.after.iter().filter(|number| is_in_the_way(number)));
                self.after.retain(|number| !is_in_the_way(number));
                self.bits_after = self.after.iter().fold(0, |bits, n| bits | of(n).support);
            } else {
                self.end_layer();
            }
        }
        self.mixed |= mixes;
        self.passes.push(number);
    }

    fn end_layer(&mut self) {
        let mut before = std::mem::replace(&mut self.before, std::mem::take(&mut self.after));
        self.bits_after = 0;
        self.mixed = 0;
        self.spent = 0.0;
        let cost = |numbers: &[u32]| -> f64 {
            numbers.iter().map(|number| self.facts[*number as usize].cost).sum()
        };
        let mut passes = std::mem::take(&mut self.passes);
        if cost(&before) > self.diagonal {
            self.cost += self.diagonal;
            self.done.push(Draft::Diagonal(before));
        } else {
            before.append(&mut passes);
            passes = before;
        }
        if passes.is_empty() {
            return;
        }
        self.cost += cost(&passes);
        match self.done.last_mut() {
            Some(Draft::Passes(last)) => last.append(&mut passes),
            _ => self.done.push(Draft::Passes(passes)),
        }
    }

    /// The drafts and their cost on 64 amplitudes.
    fn finish(mut self, costs: &Costs) -> (f64, Vec<Draft>) {
        self.end_layer();
        self.end_layer();
        (self.cost + loads(&self.done, self.facts, costs), self.done)
    }
}

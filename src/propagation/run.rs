//! A sum through the passes of a plan.

use super::Account;
use super::blocks::{Blocks, block_len, pack_blocks};
use super::cut::keep_largest;
use super::dropped::Dropped;
use super::fold::FoldedMap;
use super::group::{Rules, regroup};
use super::packed::{Protected, Tag, Term};
use super::parallel::map_each;
use super::plan::{Pass, Plan};
use super::tape::ShardTape;
use crate::error::Result;

/// What comes out of a plan.
pub(super) struct Run<const W: usize, T> {
    pub blocks: Blocks<W, T>,
    pub account: Account,
    /// Tapes of passes that mixed strings, by their places in the plan.
    pub tapes: Vec<(usize, Vec<ShardTape<W>>)>,
    /// How many numbers terms got.
    pub numbers: u32,
}

/// Carries terms with distinct strings through the passes.
pub(super) fn run<const W: usize, T: Tag>(
    plan: &Plan<W>,
    mut terms: Vec<Term<W, T>>,
    rules: &Rules<'_>,
) -> Result<Run<W, T>> {
    let mut numbers = terms.len() as u32;
    terms.retain(|term| term.c != 0.0);
    let len = block_len::<W, T>();
    let mut blocks: Blocks<W, T> = terms.chunks(len).map(<[Term<W, T>]>::to_vec).collect();
    drop(terms);
    let mut dropped = Dropped::default();
    let mut account = Account::default();
    let mut tapes = Vec::new();
    let mut pending: Option<&FoldedMap<W>> = None;
    let mut tape_bytes = 0;
    account.peak_terms = blocks.iter().map(Vec::len).sum();
    let first = Sweep { rules, protected: &plan.protected, map: None, max_weight: None };
    first.over(&mut blocks, &mut dropped, |_| (), true)?;
    for (place, pass) in plan.passes.iter().enumerate() {
        rules.watch.check()?;
        let mut taken = (Vec::new(), numbers);
        match pass {
            Pass::Map(map) => {
                pending = Some(map);
                continue;
            }
            Pass::Rotate(layer) => {
                let weight = rules.max_weight.filter(|_| layer.cuts_weight);
                let state = (rules, numbers);
                let map = pending.take();
                taken = regroup(&mut blocks, map, weight, &**layer, state, &mut dropped)?;
            }
            Pass::Transfer(map) => {
                let state = (rules, numbers);
                let pending = pending.take();
                taken = regroup(&mut blocks, pending, None, &**map, state, &mut dropped)?;
            }
            Pass::Scale(layer) => {
                let map = pending.take();
                let sweep = Sweep { rules, protected: &plan.protected, map, max_weight: None };
                sweep.over(&mut blocks, &mut dropped, |term| layer.apply(term), true)?;
            }
            Pass::Cut { is_weight_done } => {
                let max_weight = rules.max_weight.filter(|_| !is_weight_done);
                let map = pending.take();
                if map.is_some() || max_weight.is_some() {
                    let sweep = Sweep { rules, protected: &plan.protected, map, max_weight };
                    sweep.over(&mut blocks, &mut dropped, |_| (), false)?;
                }
                if let Some(most) = rules.max_terms {
                    let floor = rules.floor();
                    keep_largest(&mut blocks, most, &plan.protected, floor, &mut dropped);
                }
            }
        }
        let (tape, next) = taken;
        numbers = next;
        if !tape.is_empty() {
            tape_bytes += tape.iter().map(ShardTape::bytes).sum::<u64>();
            tapes.push((place, tape));
        }
        rules.budget.settle(tape_bytes + bytes(&blocks));
        let total: usize = blocks.iter().map(Vec::len).sum();
        account.peak_terms = account.peak_terms.max(total);
        rules.watch.add_passes(1);
    }
    account.final_terms = blocks.iter().map(Vec::len).sum();
    dropped.report(&mut account);
    Ok(Run { blocks, account, tapes, numbers })
}

fn bytes<const W: usize, T>(blocks: &Blocks<W, T>) -> u64 {
    blocks.iter().map(|block| (block.capacity() * size_of::<Term<W, T>>()) as u64).sum()
}

/// A pass in which strings stay apart.
struct Sweep<'a, const W: usize> {
    rules: &'a Rules<'a>,
    protected: &'a Protected<W>,
    map: Option<&'a FoldedMap<W>>,
    max_weight: Option<usize>,
}

impl<const W: usize> Sweep<'_, W> {
    fn over<T: Tag, F: Fn(&mut Term<W, T>) + Sync>(
        &self,
        blocks: &mut Blocks<W, T>,
        dropped: &mut Dropped,
        change: F,
        cuts: bool,
    ) -> Result<()> {
        let total = blocks.iter().map(Vec::len).sum();
        let lost =
            map_each(total, blocks.iter_mut(), |(), block| Ok(self.block(block, &change, cuts)))?;
        lost.iter().for_each(|lost| dropped.add(lost));
        pack_blocks(blocks);
        Ok(())
    }

    fn block<T: Tag>(
        &self,
        block: &mut Vec<Term<W, T>>,
        change: &impl Fn(&mut Term<W, T>),
        cuts: bool,
    ) -> Dropped {
        let mut dropped = Dropped::default();
        let floor = self.rules.floor();
        if let Some(map) = self.map {
            map.apply_all(block);
        }
        block.retain_mut(|term| {
            change(term);
            let mut is_small = cuts && term.c.abs() < floor.least;
            if is_small && floor.keeps_zeros && term.tag.origin().1 != 0.0 {
                dropped.small(term.c, floor);
                term.c = 0.0;
                is_small = false;
            }
            let is_heavy = self.max_weight.is_some_and(|most| term.weight() > most);
            let goes = (is_small || is_heavy)
                && (is_small && term.c == 0.0
                    || self.protected.binary_search(&(term.x, term.z)).is_err());
            match is_small {
                _ if !goes => {}
                true => dropped.small(term.c, floor),
                false => dropped.heavy(term.c),
            }
            !goes
        });
        dropped
    }
}

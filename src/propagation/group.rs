//! Passes that mix strings in groups.
//!
//! Strings that take part are dealt to shards by a hash of what is the same in a group, sorted there
//! by that hash, and each group is transformed by itself. Shards, their order and their contents
//! depend on the strings alone, so sums and accounts have the same bits at any number of threads.

use super::blocks::{BLOCK_BITS, Blocks, pack_blocks};
use super::butterfly::{List, Turn};
use super::cut::keep_largest;
use super::dropped::{Dropped, Floor};
use super::fold::FoldedMap;
use super::memory::Budget;
use super::packed::{Mask, Protected, Tag, Term, hash};
use super::parallel::map_each;
use super::sink::{Sink, too_many};
use super::tape::ShardTape;
use crate::error::Result;
use crate::math::Watch;
use std::ops::Range;

/// What mixes strings.
pub(super) trait Grouping<const W: usize>: Sync {
    /// Whether a string takes part.
    fn touches(&self, x: &Mask<W>, z: &Mask<W>) -> bool;

    /// What strings of a group have in common.
    fn key(&self, x: &Mask<W>, z: &Mask<W>) -> (Mask<W>, Mask<W>);

    /// Strings that always stay, sorted.
    fn protected(&self) -> &Protected<W>;

    /// What becomes of a group.
    fn transform<T: Tag>(
        &self,
        group: &[Term<W, T>],
        scratch: &mut Scratch,
        sink: &mut Sink<'_, W, T>,
    ) -> Result<()>;
}

/// Vectors that a thread works on.
pub(super) struct Scratch {
    pub qubits: Vec<u32>,
    pub turns: Vec<Turn>,
    /// A group of up to 4^5 strings.
    pub vector: Vec<f64>,
    pub list: Lists,
    pub protected: Vec<u128>,
    keys: Vec<u64>,
    sources: Vec<(u32, u32)>,
}

#[derive(Default)]
pub(super) struct Lists {
    pub narrow: List<u64>,
    pub wide: List<u128>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch {
            qubits: Vec::new(),
            turns: Vec::new(),
            vector: vec![0.0; 1 << 10],
            list: Lists::default(),
            protected: Vec::new(),
            keys: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// What a pass goes by.
pub(super) struct Rules<'a> {
    pub min_coefficient: f64,
    pub max_weight: Option<usize>,
    pub max_terms: Option<usize>,
    /// Whether derivatives are wanted.
    pub is_gradient: bool,
    pub budget: &'a Budget,
    pub watch: &'a Watch,
}

impl Rules<'_> {
    /// Zeros never stay, but for derivatives where no least coefficient is asked for.
    pub fn floor(&self) -> Floor {
        let least = self.min_coefficient.max(f64::MIN_POSITIVE);
        let keeps_zeros = self.is_gradient && self.min_coefficient == 0.0;
        Floor { coefficient: least, least, keeps_zeros }
    }
}

/// Strings in a shard, roughly: what they and what comes of them take fits in a second-level cache.
const SHARD: usize = 1 << 13;
const MOST_SHARDS: usize = 1 << 12;
/// With a largest number of terms, shards are smaller and done a few at a time, so that what is
/// certain to go is known early.
const SMALL_SHARD: usize = 1 << 11;
const SHARDS_AT_ONCE: usize = 8;
/// One of so many shards is a sample.
const SAMPLE: usize = 8;

/// Which terms of a block take part: hashes of their groups with their places, by shards.
struct Dealt {
    keys: Vec<u64>,
    ends: Vec<u32>,
}

/// A block is carried through the map, loses what is too heavy, and is dealt.
fn deal<const W: usize, T: Tag, G: Grouping<W>>(
    block: &mut Vec<Term<W, T>>,
    (map, max_weight): (Option<&FoldedMap<W>>, Option<usize>),
    grouping: &G,
    shard_bits: u32,
    dropped: &mut Dropped,
) -> Dealt {
    if let Some(map) = map {
        map.apply_all(block);
    }
    let protected = grouping.protected();
    let mut keys: Vec<u64> = Vec::with_capacity(block.len());
    let mut ends = vec![0u32; 1 << shard_bits];
    let mut kept = 0;
    for i in 0..block.len() {
        let term = block[i];
        if max_weight.is_some_and(|most| term.weight() > most)
            && (protected.is_empty() || protected.binary_search(&(term.x, term.z)).is_err())
        {
            dropped.heavy(term.c);
            continue;
        }
        block[kept] = term;
        if grouping.touches(&term.x, &term.z) {
            let (x, z) = grouping.key(&term.x, &term.z);
            let h = hash(&x, &z);
            keys.push(h >> BLOCK_BITS << BLOCK_BITS | kept as u64);
            ends[shard_of(h, shard_bits)] += 1;
        }
        kept += 1;
    }
    block.truncate(kept);
    if shard_bits == 0 {
        return Dealt { keys, ends };
    }
    let mut sum = 0;
    for end in &mut ends {
        (*end, sum) = (sum, sum + *end);
    }
    let mut dealt = vec![0; keys.len()];
    for key in keys {
        let place = &mut ends[shard_of(key, shard_bits)];
        dealt[*place as usize] = key;
        *place += 1;
    }
    Dealt { keys: dealt, ends }
}

#[inline(always)]
fn shard_of(hash: u64, bits: u32) -> usize {
    if bits == 0 { 0 } else { (hash >> (64 - bits)) as usize }
}

/// All groups of a shard; terms whose keys agree but for their places are neighbours.
fn transform_all<const W: usize, T: Tag, G: Grouping<W>>(
    terms: &mut [Term<W, T>],
    (keys, place_bits): (&[u64], u64),
    grouping: &G,
    scratch: &mut Scratch,
    sink: &mut Sink<'_, W, T>,
) -> Result<()> {
    let mut start = 0;
    while start < terms.len() {
        let first = grouping.key(&terms[start].x, &terms[start].z);
        let mut end = start + 1;
        let mut is_one_group = true;
        while end < terms.len() && (keys[end] ^ keys[start]) & !place_bits == 0 {
            is_one_group &= grouping.key(&terms[end].x, &terms[end].z) == first;
            end += 1;
        }
        let run = &mut terms[start..end];
        start = end;
        if is_one_group {
            grouping.transform(run, scratch, sink)?;
            continue;
        }
        run.sort_unstable_by_key(|term| grouping.key(&term.x, &term.z));
        for group in run.chunk_by(|a, b| grouping.key(&a.x, &a.z) == grouping.key(&b.x, &b.z)) {
            grouping.transform(group, scratch, sink)?;
        }
    }
    Ok(())
}

struct Shard<const W: usize, T> {
    blocks: Blocks<W, T>,
    dropped: Dropped,
    tape: ShardTape<W>,
    emitted: u32,
    /// What was asked of coefficients at the end.
    floor: Floor,
    /// Whether strings went because there were too many in the shard.
    is_cut: bool,
}

fn shard<const W: usize, T: Tag, G: Grouping<W>>(
    (blocks, dealt): (&Blocks<W, T>, &[Dealt]),
    shard: usize,
    grouping: &G,
    (floor, most): (Floor, Option<usize>),
    rules: &Rules<'_>,
    scratch: &mut Scratch,
) -> Result<Shard<W, T>> {
    rules.watch.check()?;
    let Scratch { keys, sources, .. } = scratch;
    keys.clear();
    sources.clear();
    for (b, dealt) in dealt.iter().enumerate() {
        let [begin, end] = match (dealt.ends.len(), shard) {
            (1, _) => [0, dealt.keys.len()],
            (_, 0) => [0, dealt.ends[0] as usize],
            _ => [dealt.ends[shard - 1] as usize, dealt.ends[shard] as usize],
        };
        for key in &dealt.keys[begin..end] {
            keys.push(*key);
            sources.push((b as u32, (key & ((1 << BLOCK_BITS) - 1)) as u32));
        }
    }
    // The places in the list take the lowest bits of the hashes.
    let place_bits = (1u64 << BLOCK_BITS).max((keys.len() as u64 + 1).next_power_of_two()) - 1;
    for (place, key) in keys.iter_mut().enumerate() {
        *key = *key & !place_bits | place as u64;
    }
    keys.sort_unstable();
    rules.budget.ask((keys.len() * size_of::<Term<W, T>>()) as u64)?;
    let gathered = keys.iter().map(|key| {
        let (block, place) = sources[(key & place_bits) as usize];
        blocks[block as usize][place as usize]
    });
    let mut terms: Vec<Term<W, T>> = gathered.collect();
    let keys = std::mem::take(keys);
    let mut sink = Sink::new(floor, most, grouping.protected(), rules.budget);
    transform_all(&mut terms, (&keys, place_bits), grouping, scratch, &mut sink)?;
    scratch.keys = keys;
    let floor = sink.floor();
    let Sink { mut blocks, dropped, mut tape, emitted, is_cut, .. } = sink;
    if let Some(last) = blocks.last_mut() {
        last.shrink_to_fit();
    }
    if T::TRACKED {
        tape.finish();
        rules.budget.take(tape.bytes())?;
    }
    Ok(Shard { blocks, dropped, tape, emitted, floor, is_cut })
}

/// The shards of a pass.
struct Shards<'a, const W: usize, T, G> {
    blocks: &'a Blocks<W, T>,
    dealt: &'a [Dealt],
    grouping: &'a G,
    rules: &'a Rules<'a>,
    /// Terms in all.
    total: usize,
}

impl<const W: usize, T: Tag, G: Grouping<W>> Shards<'_, W, T, G> {
    fn run(
        &self,
        shards: Range<usize>,
        floor: Floor,
        most: Option<usize>,
    ) -> Result<Vec<Shard<W, T>>> {
        let work = |scratch: &mut Scratch, k: usize| {
            let given = (self.blocks, self.dealt);
            shard(given, k, self.grouping, (floor, most), self.rules, scratch)
        };
        map_each(self.total, shards, work)
    }

    /// At least the `most` largest of what comes out. What is smaller than the least of them is left
    /// out on the way: how small that is, an eighth of the shards tells, and if it told wrong, they are
    /// done once more, a few at a time with what those before have shown.
    fn largest(&self, shards: usize, most: usize) -> Result<Vec<Shard<W, T>>> {
        let all = self.rules.floor();
        if shards >= 2 * SAMPLE {
            let sample = shards / SAMPLE;
            // Twice as many as it should be.
            let share = (2 * most / SAMPLE).max(1);
            let mut made = self.run(0..sample, all, Some(share.div_ceil(sample)))?;
            let raised = all.raised(nth_largest(&made, share));
            made.extend(self.run(sample..shards, raised, Some(most))?);
            let used = made.iter().map(|shard| shard.floor.least).fold(0.0, f64::max);
            let is_cut = used > all.least || made.iter().any(|shard| shard.is_cut);
            // What went was at most that large, so where the last that stays is as large, what went may
            // come before it in the order of strings.
            if !is_cut || nth_largest(&made, most) > used {
                return Ok(made);
            }
        }
        let (mut floor, mut made) = (all, Vec::new());
        for first in (0..shards).step_by(SHARDS_AT_ONCE) {
            let some = first..(first + SHARDS_AT_ONCE).min(shards);
            made.extend(self.run(some, floor, Some(most))?);
            floor = floor.raised(nth_largest(&made, most));
            let lost = |shard: &mut Shard<W, T>| shard.leave_out(floor, self.grouping.protected());
            made.iter_mut().for_each(lost);
        }
        Ok(made)
    }
}

impl<const W: usize, T: Tag> Shard<W, T> {
    /// Leaves out what is below a floor.
    fn leave_out(&mut self, floor: Floor, protected: &Protected<W>) {
        for block in &mut self.blocks {
            block.retain(|term| {
                let keep = term.c.abs() >= floor.least
                    || floor.keeps_zeros
                    || protected.binary_search(&(term.x, term.z)).is_ok();
                if !keep {
                    self.dropped.small(term.c, floor);
                }
                keep
            });
        }
        self.blocks.retain(|block| !block.is_empty());
    }
}

/// The size of the n-th largest coefficient; 0 if there are no more than n.
fn nth_largest<const W: usize, T: Tag>(shards: &[Shard<W, T>], n: usize) -> f64 {
    let terms = shards.iter().flat_map(|shard| shard.blocks.iter().flatten());
    let mut sizes: Vec<u64> = terms.map(|term| term.c.abs().to_bits()).collect();
    if sizes.len() <= n || n == 0 {
        return 0.0;
    }
    f64::from_bits(*sizes.select_nth_unstable_by(n - 1, |a, b| b.cmp(a)).1)
}

/// Carries all terms through `map`, leaves out those heavier than `max_weight`, and mixes those that
/// `grouping` touches. `base` is the first number that new terms get.
pub(super) fn regroup<const W: usize, T: Tag, G: Grouping<W>>(
    blocks: &mut Blocks<W, T>,
    map: Option<&FoldedMap<W>>,
    max_weight: Option<usize>,
    grouping: &G,
    (rules, base): (&Rules<'_>, u32),
    dropped: &mut Dropped,
) -> Result<(Vec<ShardTape<W>>, u32)> {
    rules.watch.check()?;
    let total: usize = blocks.iter().map(Vec::len).sum();
    let in_shard = if rules.max_terms.is_some() { SMALL_SHARD } else { SHARD };
    let shards = (total / in_shard).next_power_of_two().min(MOST_SHARDS);
    let shard_bits = shards.trailing_zeros();
    rules.budget.ask((16 * total + 4 * shards * blocks.len()) as u64)?;
    let deal = |block: &mut Vec<Term<W, T>>| {
        let mut dropped = Dropped::default();
        (deal(block, (map, max_weight), grouping, shard_bits, &mut dropped), dropped)
    };
    let dealt = map_each(total, blocks.iter_mut(), |(), block| Ok(deal(block)))?;
    let (dealt, lost): (Vec<Dealt>, Vec<Dropped>) = dealt.into_iter().unzip();
    lost.iter().for_each(|lost| dropped.add(lost));
    let task = Shards { blocks, dealt: &dealt, grouping, rules, total };
    let made = match rules.max_terms {
        Some(most) => task.largest(shards, most)?,
        None => task.run(0..shards, rules.floor(), None)?,
    };
    let mut number = base;
    let mut tapes = Vec::new();
    let mut new_blocks = Vec::new();
    for mut shard in made {
        dropped.add(&shard.dropped);
        if T::TRACKED {
            let terms = shard.blocks.iter_mut().flatten();
            terms.for_each(|term| term.tag.rebase(number));
            shard.tape.first = number;
            number = number.checked_add(shard.emitted).ok_or_else(too_many)?;
            tapes.push(shard.tape);
        }
        new_blocks.extend(shard.blocks);
    }
    drop(dealt);
    let stay = |block: &mut Vec<Term<W, T>>| {
        block.retain(|term| !grouping.touches(&term.x, &term.z));
        if block.is_empty() {
            *block = Vec::new();
        }
    };
    map_each(total, blocks.iter_mut(), |(), block| {
        stay(block);
        Ok(())
    })?;
    blocks.retain(|block| !block.is_empty());
    blocks.extend(new_blocks);
    pack_blocks(blocks);
    if let Some(most) = rules.max_terms {
        keep_largest(blocks, most, grouping.protected(), rules.floor(), dropped);
    }
    Ok((tapes, number))
}

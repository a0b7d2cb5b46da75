//! Passes → steps. A step is one sweep over the state: of one pass, or of a group of passes tile by
//! tile.

use super::Tiling;
use super::hash::Fnv;
use super::layers::{Item, layers};
use super::pass::{Pass, TilePass};

/// One sweep over memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A pass over the whole state.
    Whole(Pass),
    /// Passes on each tile.
    Tiles(Box<Group>),
}

/// Passes that run tile by tile.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    /// The bits of a tile.
    pub bits: u64,
    pub items: Vec<Item>,
}

/// Passes that a group may leave behind before its search ends: this many, and some more for each
/// that it takes. So planning is linear, and a layer of the largest states fits.
const LEFT_BEHIND: usize = 128;
const LEFT_FOR_EACH: usize = 4;

/// A group takes no more: it prepares 15 KiB for every diagonal while it runs.
const LARGEST_GROUP: usize = 1 << 12;

/// What a gather and a scatter cost, in sweeps over the state.
const TILED_SWEEP: f64 = 1.25;
/// What a pass saves in a tile, in sweeps: a sweep that multiplies and adds little is all memory.
const SAVED: f64 = 0.5;

/// Groups passes, in their order or past others that they commute with. The second result: where the
/// values of the matrices that are to be split begin.
pub(super) fn schedule(
    num_qubits: usize,
    passes: Vec<Pass>,
    tiling: &Tiling,
) -> (Vec<Step>, Vec<u32>) {
    if num_qubits < tiling.min_qubits {
        return (passes.into_iter().map(Step::Whole).collect(), Vec::new());
    }
    let (mut steps, mut split) = (Vec::new(), Vec::new());
    if num_qubits <= tiling.tile_bits + 1 {
        // All of the state is one tile, and stays where it is.
        let bits = u64::MAX.checked_shr(64 - num_qubits as u32).unwrap_or(0);
        let mut passes = passes.into_iter().peekable();
        while passes.peek().is_some() {
            let group = passes.by_ref().take(LARGEST_GROUP);
            let (items, of_group) =
                layers(group.map(|pass| TilePass::new(pass, bits)).collect(), num_qubits);
            steps.push(Step::Tiles(Box::new(Group { bits, items })));
            split.extend(of_group);
        }
        return (steps, split);
    }
    let mut waiting = Waiting::new(passes);
    while waiting.first().is_some() {
        let (bits, taken) = waiting.group(num_qubits, tiling);
        if taken.iter().map(saved).sum::<f64>() < TILED_SWEEP {
            steps.extend(taken.into_iter().map(Step::Whole));
        } else {
            let passes = taken.into_iter().map(|pass| TilePass::new(pass, bits)).collect();
            let (items, of_group) = layers(passes, bits.count_ones() as usize);
            steps.push(Step::Tiles(Box::new(Group { bits, items })));
            split.extend(of_group);
        }
    }
    (steps, split)
}

/// What running it in a tile saves, in sweeps.
fn saved(pass: &Pass) -> f64 {
    // Half or a quarter of the amplitudes are fewer cache lines only if the controls are high bits.
    SAVED / f64::from(1u32 << pass.controls().mask.count_ones().min(2))
}

/// Passes that are not yet in a step, in their order: a linked list.
struct Waiting {
    passes: Vec<Option<Pass>>,
    /// `next[k]` follows pass k - 1; 0 comes before all.
    next: Vec<u32>,
}

impl Waiting {
    fn new(passes: Vec<Pass>) -> Self {
        let next = (0..=passes.len() as u32).collect();
        Waiting { passes: passes.into_iter().map(Some).collect(), next }
    }

    fn first(&self) -> Option<&Pass> {
        self.passes.get(self.next[0] as usize).and_then(Option::as_ref)
    }

    /// Takes the first pass, and all after it that commute with those left behind and whose bits
    /// fit in a tile; the tile grows by what they need, first come, first served.
    fn group(&mut self, num_qubits: usize, tiling: &Tiling) -> (u64, Vec<Pass>) {
        let all = u64::MAX >> (64 - num_qubits);
        let mut bits = (1 << tiling.run_bits.min(tiling.tile_bits)) - 1;
        let mut taken = Vec::new();
        // The bits that the passes left behind change, and those that they look at.
        let (mut changed, mut looked_at) = (0u64, 0u64);
        let mut allowance = LEFT_BEHIND;
        let mut before = 0;
        while let Some(slot) = self.passes.get_mut(self.next[before] as usize) {
            let here = self.next[before] as usize;
            let pass = slot.as_ref().expect("a pass in the list was not taken");
            let (mixes, support) = (pass.mixes(), pass.support());
            let commutes = mixes & looked_at == 0 && support & changed == 0;
            let wanted = bits | pass.needs();
            let fits = wanted.count_ones() as usize <= tiling.tile_bits;
            if commutes && (fits || taken.is_empty()) {
                taken.extend(slot.take());
                self.next[before] = self.next[here + 1];
                if !fits || taken.len() == LARGEST_GROUP {
                    // The first one is too large for a tile, or there are enough.
                    break;
                }
                bits = wanted;
                allowance += LEFT_FOR_EACH;
            } else {
                changed |= mixes;
                looked_at |= support;
                allowance -= 1;
                if changed == all || allowance == 0 {
                    break;
                }
                before = here + 1;
            }
        }
        // Longer runs are quicker to gather.
        while (bits.count_ones() as usize) < tiling.tile_bits {
            bits |= 1 << bits.trailing_ones();
        }
        (bits, taken)
    }
}

impl Step {
    pub fn hash(&self, hash: &mut Fnv) {
        match self {
            Step::Whole(pass) => pass.hash(hash),
            Step::Tiles(group) => {
                hash.word(4);
                hash.word(group.bits);
                hash.word(group.items.len() as u64);
                group.items.iter().for_each(|item| item.hash(hash));
            }
        }
    }
}

//! What a group of passes does on a tile, in layers: first everything diagonal, as one
//! multiplication; then rotations, several in registers; then the other passes.

use super::hash::Fnv;
use super::pass::{Phase, TilePass};
use crate::engine::kernel::{self, Buffer, Isa, Phases, Real, Tables, Turn};
use num_complex::Complex64;
use smallvec::SmallVec;

/// From this many one-qubit gates in a layer on they are split: the diagonals that are split off
/// cost as much as two of them.
const WORTH_SPLITTING: usize = 3;
/// From this many factors on a diagonal is one pass.
const WORTH_MERGING: usize = 3;

/// One pass over a tile.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Pass(TilePass),
    /// One multiplication.
    Diagonal(Diagonal),
    /// Bits, and where the values of their [split](super::split) matrices begin.
    Turns(Vec<(u32, u32)>),
}

/// Factors of a diagonal.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Diagonal {
    /// Bits, and where the two entries of each are.
    ones: Vec<(u32, u32)>,
    /// The same in all tiles.
    terms: Vec<TilePass>,
    /// Others.
    by_tile: Vec<TilePass>,
}

/// The passes on tiles of `bits` bits in layers, and where the values of the matrices that are to be
/// split begin.
pub(super) fn layers(passes: Vec<TilePass>, bits: usize) -> (Vec<Item>, Vec<u32>) {
    if bits > Phases::MOST_BITS {
        return (passes.into_iter().map(Item::Pass).collect(), Vec::new());
    }
    let mut layers = Layers::default();
    for pass in passes {
        if pass.is_phase() {
            layers.phase(pass);
        } else if pass.turn().is_some() {
            layers.turn(pass);
        } else {
            layers.other(pass);
        }
    }
    layers.end_layer();
    layers.end_layer();
    (layers.items, layers.split)
}

/// What is done, and the layer that waits for more. Everything waits as long as it can.
#[derive(Default)]
struct Layers {
    items: Vec<Item>,
    split: Vec<u32>,
    /// The layer: diagonal factors, and then gates on one bit each.
    before: Diagonal,
    turns: Vec<TilePass>,
    /// Diagonal factors that wait for the gates: the next layer's.
    after: Diagonal,
    /// The bits of these three.
    bits_before: u64,
    bits_turned: u64,
    bits_after: u64,
}

impl Layers {
    fn phase(&mut self, pass: TilePass) {
        let bits = pass.inside();
        let (diagonal, of_diagonal) = if bits & self.bits_turned == 0 {
            (&mut self.before, &mut self.bits_before)
        } else {
            (&mut self.after, &mut self.bits_after)
        };
        *of_diagonal |= bits;
        diagonal.push(pass);
    }

    fn turn(&mut self, pass: TilePass) {
        let bits = pass.inside();
        if bits & (self.bits_turned | self.bits_after) != 0 {
            self.end_layer();
        }
        self.bits_turned |= bits;
        self.turns.push(pass);
    }

    fn other(&mut self, pass: TilePass) {
        let bits = pass.inside();
        if bits & (self.bits_before | self.bits_turned | self.bits_after) != 0 {
            self.end_layer();
        }
        // The diagonal that comes after the gates.
        if bits & self.bits_before != 0 {
            self.end_layer();
        }
        self.items.push(Item::Pass(pass));
    }

    fn end_layer(&mut self) {
        let mut diagonal = std::mem::replace(&mut self.before, std::mem::take(&mut self.after));
        let turns = std::mem::take(&mut self.turns);
        self.bits_before = std::mem::take(&mut self.bits_after);
        if turns.len() >= WORTH_SPLITTING {
            let turns: Vec<_> = turns.iter().filter_map(TilePass::turn).collect();
            diagonal.ones.extend(turns.iter().map(|(bit, at)| (*bit, at + 1)));
            self.before.ones.extend(turns.iter().map(|(bit, at)| (*bit, at + 3)));
            self.bits_before |= self.bits_turned;
            self.split.extend(turns.iter().map(|(_, at)| *at));
            self.items.push(Item::Diagonal(diagonal));
            self.items.push(Item::Turns(turns));
        } else {
            if !diagonal.ones.is_empty() || diagonal.len() >= WORTH_MERGING {
                self.items.push(Item::Diagonal(diagonal));
            } else {
                self.items.extend(diagonal.terms.into_iter().map(Item::Pass));
                self.items.extend(diagonal.by_tile.into_iter().map(Item::Pass));
            }
            self.items.extend(turns.into_iter().map(Item::Pass));
        }
        self.bits_turned = 0;
    }
}

impl Diagonal {
    fn push(&mut self, pass: TilePass) {
        if pass.depends_on_tile() { &mut self.by_tile } else { &mut self.terms }.push(pass);
    }

    fn len(&self) -> usize {
        self.ones.len() + self.terms.len() + self.by_tile.len()
    }

    /// What is the same in all tiles.
    fn phases(&self, values: &[Complex64]) -> Phases {
        let mut phases = Phases::one();
        for &(bit, at) in &self.ones {
            let at = at as usize;
            phases.times_one(bit as usize, [values[at], values[at + 1]]);
        }
        for term in &self.terms {
            match term.phase(values, 0) {
                Some(Phase::One(bit, entries)) => phases.times_one(bit, entries),
                Some(Phase::Two(bits, entries)) => phases.times_two(bits, entries),
                None => {}
            }
        }
        phases
    }
}

/// An [`Item`] with its coefficients, ready for every tile.
pub(super) enum Ready<'a, T: Real> {
    Pass(&'a TilePass),
    /// What is the same in all tiles, unless it is 1 there, and what is not.
    Diagonal(Option<Box<Tables<T>>>, &'a [TilePass]),
    Turns(SmallVec<[Turn<T>; 16]>),
}

impl<T: Real> Ready<'_, T> {
    /// Runs on the tile whose bits outside are those of `base`.
    pub fn run(&self, isa: Isa, tile: &mut Buffer<T>, values: &[Complex64], base: u64) {
        match self {
            Ready::Pass(pass) => pass.run(isa, tile, values, base),
            Ready::Diagonal(None, _) => {}
            Ready::Diagonal(Some(tables), by_tile) => {
                let here = by_tile.iter().filter_map(|term| match term.phase(values, base)? {
                    Phase::One(bit, entries) => Some((bit, entries)),
                    Phase::Two(..) => unreachable!("depends on the tile on one bit at most"),
                });
                let here: SmallVec<[(usize, [Complex64; 2]); 16]> = here.collect();
                kernel::phases(isa, tile, tables, &here);
            }
            Ready::Turns(turns) => kernel::turn(isa, tile, turns),
        }
    }
}

impl Item {
    /// Prepares it for tiles of `bits` bits.
    pub fn ready<T: Real>(&self, values: &[Complex64], bits: usize) -> Ready<'_, T> {
        match self {
            Item::Pass(pass) => Ready::Pass(pass),
            Item::Diagonal(diagonal) => {
                let phases = diagonal.phases(values);
                let needed = !diagonal.by_tile.is_empty() || !phases.is_one();
                let tables = needed.then(|| Box::new(Tables::new(phases, bits)));
                Ready::Diagonal(tables, &diagonal.by_tile)
            }
            Item::Turns(turns) => {
                let turn = |&(bit, at): &(u32, u32)| {
                    let c = values[at as usize];
                    Turn::new(bit, c.re, c.im)
                };
                Ready::Turns(turns.iter().map(turn).collect())
            }
        }
    }

    pub fn hash(&self, hash: &mut Fnv) {
        let mut pairs = |kind: u64, pairs: &[(u32, u32)]| {
            hash.word(kind);
            hash.word(pairs.len() as u64);
            pairs.iter().for_each(|&(bit, at)| hash.word(u64::from(bit) << 32 | u64::from(at)));
        };
        match self {
            Item::Pass(pass) => pass.hash(hash),
            Item::Turns(turns) => pairs(5, turns),
            Item::Diagonal(diagonal) => {
                pairs(6, &diagonal.ones);
                for terms in [&diagonal.terms, &diagonal.by_tile] {
                    hash.word(terms.len() as u64);
                    terms.iter().for_each(|term| term.hash(hash));
                }
            }
        }
    }
}

//! Butterflies of rotations on vectors over subsets.

use super::dropped::{Dropped, Floor};
use super::memory::Budget;
use crate::error::Result;
use crate::math::{Isa, Vectorized, vectorized};
use smallvec::SmallVec;

/// One rotation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    pub sin: f64,
    pub cos: f64,
    /// The place of its step, and the derivative of the angle here by the angle there.
    pub place: usize,
    pub sign: f64,
}

/// Subsets as numbers.
pub(super) trait Subset: Copy + Ord + Default + Send {
    /// Whether bit 0 is set.
    fn is_odd(self) -> bool;
    /// Without bit 0, the others moved down.
    fn halved(self) -> Self;
    /// With bit j.
    fn with(self, j: u32) -> Self;
    /// With bit 0.
    fn odd(self) -> Self;
    /// As many bits of a number.
    fn from_wide(subset: u128) -> Self;
}

macro_rules! subset {
    ($type:ty) => {
        impl Subset for $type {
            #[inline(always)]
            fn is_odd(self) -> bool {
                self & 1 == 1
            }

            #[inline(always)]
            fn halved(self) -> Self {
                self >> 1
            }

            #[inline(always)]
            fn with(self, j: u32) -> Self {
                self | 1 << j
            }

            #[inline(always)]
            fn odd(self) -> Self {
                self | 1
            }

            #[inline(always)]
            fn from_wide(subset: u128) -> Self {
                subset as $type
            }
        }
    };
}

subset!(u64);
subset!(u128);

/// A vector over subsets by those that have coefficients, ascending.
#[derive(Debug, Default)]
pub(super) struct List<S> {
    pub entries: Vec<(S, f64)>,
    next: Vec<(S, f64)>,
}

impl<S: Subset> List<S> {
    /// Becomes these.
    pub fn load(&mut self, entries: impl Iterator<Item = (S, f64)>) {
        self.entries.clear();
        self.entries.extend(entries);
        self.entries.sort_unstable_by_key(|entry| entry.0);
    }
}

/// So many entries at once are worth asking for memory.
const MANY: usize = 1 << 16;

/// Rotates a list by each turn, the first about bit 0, with coefficients below the floor left out
/// after each. The list is kept sorted by subsets turned by as many bits as were rotated, so that
/// partners are always neighbours and what comes out is two sorted lists.
pub(super) fn sparse<S: Subset>(
    list: &mut List<S>,
    turns: &[Turn],
    floor: Floor,
    protected: &[u128],
    dropped: &mut Dropped,
    budget: &Budget,
) -> Result<()> {
    let k = turns.len() as u32;
    let List { entries, next } = list;
    let mut protected: SmallVec<[S; 2]> = protected.iter().map(|&p| S::from_wide(p)).collect();
    let mut n = entries.len();
    for turn in turns {
        if n > MANY {
            budget.ask((4 * n * size_of::<(S, f64)>()) as u64)?;
        }
        if next.len() < 2 * n {
            next.resize(2 * n, (S::default(), 0.0));
        }
        for p in &mut protected {
            *p = turned(*p, k);
        }
        // Those without bit 0 from the beginning on, those with it from n on.
        let (mut n0, mut n1, mut i) = (0, n, 0);
        while i < n {
            let (s, v) = entries[i];
            let is_odd = s.is_odd();
            let mut partner = 0.0;
            let mut has = [!is_odd, is_odd];
            i += 1;
            if !is_odd && i < n && entries[i].0 == s.odd() {
                partner = entries[i].1;
                has[1] = true;
                i += 1;
            }
            let (a, b) = if is_odd { (0.0, v) } else { (v, partner) };
            let (mut v0, mut v1) = rotated(a, b, turn);
            let s0 = s.halved();
            let s1 = s0.with(k - 1);
            let mut keep0 = v0.abs() >= floor.least;
            let mut keep1 = v1.abs() >= floor.least;
            if !protected.is_empty() {
                keep0 |= v0 != 0.0 && protected.contains(&s0);
                keep1 |= v1 != 0.0 && protected.contains(&s1);
            }
            if floor.keeps_zeros {
                [keep0, keep1] = with_derivatives([a, b], has, turn);
                for v in [&mut v0, &mut v1] {
                    if v.abs() < floor.least {
                        dropped.small(*v, floor);
                        *v = 0.0;
                    }
                }
            }
            next[n0] = (s0, v0);
            n0 += usize::from(keep0);
            dropped.small(if keep0 { 0.0 } else { v0 }, floor);
            dropped.small(if keep1 { 0.0 } else { v1 }, floor);
            if keep1 {
                next[n1] = (s1, v1);
                n1 += 1;
            }
        }
        if n1 > n {
            next.copy_within(n..n1, n0);
        }
        n = n0 + (n1 - n);
        std::mem::swap(entries, next);
    }
    entries.truncate(n);
    Ok(())
}

/// A subset of k bits, turned by one.
#[inline(always)]
pub(super) fn turned<S: Subset>(subset: S, k: u32) -> S {
    let half = subset.halved();
    if subset.is_odd() { half.with(k - 1) } else { half }
}

/// (cos a - sin b, cos b + sin a).
#[inline(always)]
pub(super) fn rotated(a: f64, b: f64, turn: &Turn) -> (f64, f64) {
    (turn.cos * a - turn.sin * b, turn.cos * b + turn.sin * a)
}

/// Whether derivatives go through what a rotation makes of two partners, those of them that there are:
/// to one of these, or to the angle.
#[inline(always)]
pub(super) fn with_derivatives([a, b]: [f64; 2], has: [bool; 2], turn: &Turn) -> [bool; 2] {
    let goes = |c: f64, has: bool, entry: f64| has && (c != 0.0 || entry != 0.0);
    [
        goes(a, has[0], turn.cos) || goes(b, has[1], turn.sin),
        goes(a, has[0], turn.sin) || goes(b, has[1], turn.cos),
    ]
}

/// The same on a vector of all subsets, of at least 8 numbers: those past 2^k stay zero. What is left
/// out becomes zero.
pub(super) fn dense(vector: &mut [f64], turns: &[Turn], floor: Floor, dropped: &mut Dropped) {
    vectorized(Isa::best(), Dense { vector, turns, floor, dropped });
}

struct Dense<'a> {
    vector: &'a mut [f64],
    turns: &'a [Turn],
    floor: Floor,
    dropped: &'a mut Dropped,
}

impl Vectorized for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Dense { vector, turns, floor, dropped } = self;
        let mut lanes = Lanes::default();
        for (j, turn) in turns.iter().enumerate() {
            match j {
                0 => within::<1>(vector, turn, floor, &mut lanes),
                1 => within::<2>(vector, turn, floor, &mut lanes),
                2 => within::<4>(vector, turn, floor, &mut lanes),
                _ => across(vector, 1 << j, turn, floor, &mut lanes),
            }
        }
        lanes.add_to(dropped);
    }
}

/// What eight lanes left out.
#[derive(Default)]
struct Lanes {
    sum: [f64; 8],
    squares: [f64; 8],
    by_coefficient: [f64; 8],
    terms: [u64; 8],
}

impl Lanes {
    #[inline(always)]
    fn cut(&mut self, values: &mut [f64; 8], floor: Floor) {
        for i in 0..8 {
            let v = values[i];
            let size = v.abs();
            let keep = size >= floor.least;
            let lost = if keep { 0.0 } else { size };
            values[i] = if keep { v } else { 0.0 };
            self.sum[i] += lost;
            self.squares[i] += lost * lost;
            self.by_coefficient[i] += if lost < floor.coefficient { lost } else { 0.0 };
            self.terms[i] += u64::from(lost > 0.0);
        }
    }

    #[inline(always)]
    fn add_to(&self, dropped: &mut Dropped) {
        dropped.sum += self.sum.iter().sum::<f64>();
        dropped.squares += self.squares.iter().sum::<f64>();
        dropped.by_coefficient += self.by_coefficient.iter().sum::<f64>();
        dropped.terms += self.terms.iter().sum::<u64>();
    }
}

#[inline(always)]
fn eight(vector: &mut [f64], at: usize) -> &mut [f64; 8] {
    (&mut vector[at..at + 8]).try_into().expect("eight numbers")
}

/// Partners are in the same eight numbers.
#[inline(always)]
fn within<const STRIDE: usize>(vector: &mut [f64], turn: &Turn, floor: Floor, lanes: &mut Lanes) {
    for at in (0..vector.len()).step_by(8) {
        let v = eight(vector, at);
        let mut out = [0.0; 8];
        for i in 0..8 {
            let partner = turn.sin * v[i ^ STRIDE];
            let own = turn.cos * v[i];
            out[i] = if i & STRIDE == 0 { own - partner } else { own + partner };
        }
        lanes.cut(&mut out, floor);
        *v = out;
    }
}

/// Partners are `stride` apart.
#[inline(always)]
fn across(vector: &mut [f64], stride: usize, turn: &Turn, floor: Floor, lanes: &mut Lanes) {
    for pair in vector.chunks_exact_mut(2 * stride) {
        let (low, high) = pair.split_at_mut(stride);
        for at in (0..stride).step_by(8) {
            let (a, b) = (eight(low, at), eight(high, at));
            let (mut out0, mut out1) = ([0.0; 8], [0.0; 8]);
            for i in 0..8 {
                out0[i] = turn.cos * a[i] - turn.sin * b[i];
                out1[i] = turn.cos * b[i] + turn.sin * a[i];
            }
            lanes.cut(&mut out0, floor);
            lanes.cut(&mut out1, floor);
            (*a, *b) = (out0, out1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::RngExt;

    #[test]
    fn lists_and_vectors_come_to_the_same_bits() {
        let mut rng = Streams::new(1, Domain::Circuit).stream(0);
        for round in 0..200 {
            let k = rng.random_range(1..=8usize);
            let turn =
                |angle: f64| Turn { sin: angle.sin(), cos: angle.cos(), place: 0, sign: 1.0 };
            let turns: Vec<Turn> = (0..k).map(|_| turn(rng.random_range(-3.0..3.0))).collect();
            let least = [1e-300, 0.05, 0.2][round % 3];
            let floor = Floor { coefficient: least / 2.0, least, keeps_zeros: false };
            let mut vector = vec![0.0; (1 << k).max(8)];
            for _ in 0..rng.random_range(1..=6) {
                vector[rng.random_range(0..1 << k)] = rng.random_range(-1.0..1.0);
            }
            let given = vector.iter().enumerate().filter(|(_, c)| **c != 0.0);
            let (mut narrow, mut wide) = (List::<u64>::default(), List::<u128>::default());
            narrow.load(given.clone().map(|(s, &c)| (s as u64, c)).rev());
            wide.load(given.map(|(s, &c)| (s as u128, c)));
            let mut dropped = [Dropped::default(); 3];
            let budget = Budget::new(None);
            sparse(&mut narrow, &turns, floor, &[], &mut dropped[0], &budget).unwrap();
            sparse(&mut wide, &turns, floor, &[], &mut dropped[1], &budget).unwrap();
            dense(&mut vector, &turns, floor, &mut dropped[2]);
            let expected: Vec<(u64, f64)> = (0..).zip(vector).filter(|(_, c)| *c != 0.0).collect();
            assert_eq!(narrow.entries, expected);
            let wide: Vec<(u64, f64)> = wide.entries.iter().map(|&(s, c)| (s as u64, c)).collect();
            assert_eq!(wide, expected);
            for other in &dropped[1..] {
                assert!((dropped[0].sum - other.sum).abs() < 1e-12);
                assert!((dropped[0].by_coefficient - other.by_coefficient).abs() < 1e-12);
                assert_eq!(dropped[0].terms, other.terms);
            }
        }
    }

    #[test]
    fn protected_subsets_stay_however_small() {
        let turn = Turn { sin: 0.1f64.sin(), cos: 0.1f64.cos(), place: 0, sign: 1.0 };
        let mut list = List::<u128>::default();
        list.load([(0, 1.0)].into_iter());
        let floor = Floor { coefficient: 0.5, least: 0.5, keeps_zeros: false };
        let mut dropped = Dropped::default();
        let budget = Budget::new(None);
        sparse(&mut list, &[turn, turn], floor, &[2], &mut dropped, &budget).unwrap();
        let kept: Vec<u128> = list.entries.iter().map(|entry| entry.0).collect();
        assert_eq!(kept, [0, 2]);
        assert_eq!(dropped.terms, 1);
    }
}

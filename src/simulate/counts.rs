//! Outcomes of shots.

use crate::math::Bits;
use serde::Serialize;
use serde::ser::SerializeMap;
use std::collections::BinaryHeap;
use std::fmt;
use std::iter::FusedIterator;
use std::{slice, vec};

/// Outcomes that `Display` shows, and the widest that it aligns.
const SHOWN: usize = 20;

/// How often each outcome came; bit strings print the last classical bit first, without scratch.
///
/// ```
/// use ketlab::{Circuit, Simulator};
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1).measure_all();
/// let counts = Simulator::new().seed(7).counts(&bell, 1000)?;
/// for (bits, count) in &counts {
///     println!("{bits}: {count}");
/// }
/// assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), counts.shots());
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    list: List,
    shots: u64,
}

/// Ascending, without repeats or zeros. Millions of outcomes are usual, so that they are integers
/// where they can be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum List {
    /// Outcomes of this many bits, at most 64.
    Integers(usize, Vec<(u64, u64)>),
    /// Longer ones, or of different lengths.
    Strings(Vec<(Bits, u64)>),
}

impl Default for List {
    fn default() -> Self {
        List::Integers(0, Vec::new())
    }
}

impl Counts {
    /// Counts of outcomes in any order, equal ones added. What does not fit in 64 bits stays at
    /// their largest number.
    pub fn new(outcomes: Vec<(Bits, u64)>) -> Self {
        let num_bits = outcomes.first().map_or(0, |o| o.0.len());
        if num_bits <= 64 && outcomes.iter().all(|o| o.0.len() == num_bits) {
            let integer = |(bits, count): &(Bits, u64)| (bits.value(0, num_bits) as u64, *count);
            return Self::of_integers(num_bits, outcomes.iter().map(integer).collect());
        }
        Self::of(in_order(outcomes), List::Strings)
    }

    /// The same for outcomes of `num_bits` ≤ 64 bits, as integers.
    pub(super) fn of_integers(num_bits: usize, outcomes: Vec<(u64, u64)>) -> Self {
        Self::of_ascending(num_bits, in_order(outcomes))
    }

    /// The same where they are ascending already, without repeats.
    pub(super) fn of_ascending(num_bits: usize, outcomes: Vec<(u64, u64)>) -> Self {
        Self::of(outcomes, |list| List::Integers(num_bits, list))
    }

    fn of<K>(mut outcomes: Vec<(K, u64)>, list: impl Fn(Vec<(K, u64)>) -> List) -> Self {
        // One pass: the list may be larger than the caches.
        let (shots, zeros) = outcomes.iter().fold((0u64, false), |(sum, zeros), (_, count)| {
            (sum.saturating_add(*count), zeros | (*count == 0))
        });
        if zeros {
            outcomes.retain(|(_, count)| *count > 0);
        }
        if outcomes.is_empty() {
            return Self::default();
        }
        Counts { list: list(outcomes), shots }
    }

    /// The sum of several.
    pub fn sum(parts: impl IntoIterator<Item = Counts>) -> Self {
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        let mut sum = parts.next().unwrap_or_default();
        let mut rest: Vec<Counts> = parts.collect();
        if rest.is_empty() {
            return sum;
        }
        if let List::Integers(num_bits, list) = &mut sum.list {
            let same = |part: &Counts| matches!(part.list, List::Integers(n, _) if n == *num_bits);
            if rest.iter().all(same) {
                for part in &mut rest {
                    if let List::Integers(_, more) = &mut part.list {
                        list.append(more);
                    }
                }
                return Self::of_integers(*num_bits, std::mem::take(list));
            }
        }
        rest.push(sum);
        Counts::new(rest.iter().flat_map(Counts::iter).collect())
    }

    /// Number of shots.
    pub fn shots(&self) -> u64 {
        self.shots
    }

    /// Outcomes in ascending order, with their counts.
    pub fn iter(&self) -> Iter<'_> {
        Iter(match &self.list {
            List::Integers(num_bits, list) => Items::Integers(*num_bits, list.iter()),
            List::Strings(list) => Items::Strings(list.iter()),
        })
    }

    fn at(&self, at: usize) -> (Bits, u64) {
        match &self.list {
            List::Integers(num_bits, list) => (Bits::from_u64(list[at].0, *num_bits), list[at].1),
            List::Strings(list) => list[at].clone(),
        }
    }

    /// Estimated probabilities: outcomes in ascending order, with their shares of the shots.
    pub fn probabilities(&self) -> impl ExactSizeIterator<Item = (Bits, f64)> {
        self.iter().map(|(bits, count)| (bits, count as f64 / self.shots as f64))
    }

    /// Standard errors √(p(1 - p)/shots) of the estimated [`probabilities`](Self::probabilities) p,
    /// in the same order. They are 0 for an outcome that always came, where
    /// [`clopper_pearson`](crate::math::statistics::clopper_pearson) gives an interval.
    pub fn standard_errors(&self) -> impl ExactSizeIterator<Item = f64> {
        let shots = self.shots as f64;
        self.iter().map(move |(_, count)| {
            let (p, rest) = (count as f64 / shots, (self.shots - count) as f64 / shots);
            (p * rest / shots).sqrt()
        })
    }

    /// Number of different outcomes.
    pub fn len(&self) -> usize {
        match &self.list {
            List::Integers(_, list) => list.len(),
            List::Strings(list) => list.len(),
        }
    }

    /// Bytes of the list.
    pub(super) fn heap_bytes(&self) -> u64 {
        let each = match &self.list {
            List::Integers(..) => size_of::<(u64, u64)>() as u64,
            List::Strings(list) => {
                size_of::<(Bits, u64)>() as u64 + list.first().map_or(0, |o| o.0.heap_bytes())
            }
        };
        each * self.len() as u64
    }

    /// Whether there were no shots.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The count of an outcome written as a bit string, last bit first.
    pub fn get(&self, outcome: &str) -> u64 {
        let Ok(bits) = outcome.parse::<Bits>() else { return 0 };
        match &self.list {
            List::Integers(num_bits, _) if *num_bits != bits.len() => 0,
            List::Integers(num_bits, list) => count_of(list, &(bits.value(0, *num_bits) as u64)),
            List::Strings(list) => count_of(list, &bits),
        }
    }

    /// The most frequent outcomes, ties in ascending order.
    pub fn most_common(&self, how_many: usize) -> Vec<(Bits, u64)> {
        let count = |at: &usize| match &self.list {
            List::Integers(_, list) => list[*at].1,
            List::Strings(list) => list[*at].1,
        };
        // The least frequent on top, of equal ones the last; no list of all.
        let mut best = BinaryHeap::new();
        for at in 0..self.len() {
            let entry = (std::cmp::Reverse(count(&at)), at);
            if best.len() < how_many {
                best.push(entry);
            } else if best.peek().is_some_and(|least| entry < *least) {
                best.pop();
                best.push(entry);
            }
        }
        best.into_sorted_vec().into_iter().map(|(_, at)| self.at(at)).collect()
    }
}

/// [`Counts::iter`]: outcomes in ascending order, with their counts.
#[derive(Debug, Clone)]
pub struct Iter<'c>(Borrowed<'c>);

/// Outcomes in ascending order, with their counts, of [`Counts`] that are given away.
#[derive(Debug, Clone)]
pub struct IntoIter(Owned);

type Borrowed<'c> = Items<slice::Iter<'c, (u64, u64)>, slice::Iter<'c, (Bits, u64)>>;
type Owned = Items<vec::IntoIter<(u64, u64)>, vec::IntoIter<(Bits, u64)>>;

#[derive(Debug, Clone)]
enum Items<I, S> {
    Integers(usize, I),
    Strings(S),
}

/// An item of an iterator over integers or strings, by the same method of either.
macro_rules! item {
    ($self:ident.$next:ident(), $integer:pat => $value:expr, $string:ident => $owned:expr) => {
        match &mut $self.0 {
            Items::Integers(num_bits, list) => {
                list.$next().map(|$integer| (Bits::from_u64($value.0, *num_bits), $value.1))
            }
            Items::Strings(list) => list.$next().map(|$string| $owned),
        }
    };
}

/// The iterators of both kinds.
macro_rules! iterator {
    ($name:ident $(<$life:lifetime>)?, $string:ident => $owned:expr) => {
        impl $(<$life>)? Iterator for $name $(<$life>)? {
            type Item = (Bits, u64);

            fn next(&mut self) -> Option<Self::Item> {
                item!(self.next(), entry => entry, $string => $owned)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                match &self.0 {
                    Items::Integers(_, list) => list.size_hint(),
                    Items::Strings(list) => list.size_hint(),
                }
            }
        }

        impl $(<$life>)? DoubleEndedIterator for $name $(<$life>)? {
            fn next_back(&mut self) -> Option<Self::Item> {
                item!(self.next_back(), entry => entry, $string => $owned)
            }
        }

        impl $(<$life>)? ExactSizeIterator for $name $(<$life>)? {}
        impl $(<$life>)? FusedIterator for $name $(<$life>)? {}
    };
}

iterator!(Iter<'c>, entry => entry.clone());
iterator!(IntoIter, entry => entry);

impl<'c> IntoIterator for &'c Counts {
    type Item = (Bits, u64);
    type IntoIter = Iter<'c>;

    fn into_iter(self) -> Iter<'c> {
        self.iter()
    }
}

impl IntoIterator for Counts {
    type Item = (Bits, u64);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter(match self.list {
            List::Integers(num_bits, list) => Items::Integers(num_bits, list.into_iter()),
            List::Strings(list) => Items::Strings(list.into_iter()),
        })
    }
}

impl FromIterator<(Bits, u64)> for Counts {
    /// As [`Counts::new`].
    fn from_iter<I: IntoIterator<Item = (Bits, u64)>>(outcomes: I) -> Self {
        Counts::new(outcomes.into_iter().collect())
    }
}

/// The most frequent outcomes, one in a line with its count and its share, and how many more there
/// are.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shots", self.shots)?;
        let shown = self.most_common(SHOWN);
        // Outcomes of one circuit have one length; nothing is padded, since they may be long.
        let width = shown.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(0);
        for (bits, count) in &shown {
            let share = *count as f64 / self.shots as f64;
            write!(f, "\n{bits}  {count:>width$}  {share:.6}")?;
        }
        match self.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, "\n… {more} more outcomes"),
        }
    }
}

/// Ascending, without repeats.
fn in_order<K: Ord>(mut outcomes: Vec<(K, u64)>) -> Vec<(K, u64)> {
    if !outcomes.is_sorted_by(|a, b| a.0 < b.0) {
        outcomes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        outcomes.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 = kept.1.saturating_add(if equal { next.1 } else { 0 });
            equal
        });
    }
    outcomes
}

fn count_of<K: Ord>(list: &[(K, u64)], outcome: &K) -> u64 {
    list.binary_search_by(|o| o.0.cmp(outcome)).map_or(0, |at| list[at].1)
}

/// A map from bit string to count.
impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (bits, count) in self {
            map.serialize_entry(&bits.to_string(), &count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_iterated_from_both_ends_by_reference_and_by_value() {
        for num_bits in [3, 64, 70] {
            let list: Vec<_> =
                [(1, 5), (4, 2), (6, 9)].map(|(k, n)| (Bits::from_u64(k, num_bits), n)).to_vec();
            let counts: Counts = list.iter().rev().cloned().collect();
            let mut seen = Vec::new();
            for outcome in &counts {
                seen.push(outcome);
            }
            assert_eq!(seen, list);
            assert_eq!((counts.iter().len(), counts.probabilities().len()), (3, 3));
            assert_eq!(counts.iter().next_back().as_ref(), list.last());
            let mut iter = counts.clone().into_iter();
            iter.next();
            assert_eq!(iter.len(), 2);
            assert_eq!(iter.rev().collect::<Vec<_>>(), [list[2].clone(), list[1].clone()]);
            // 9 of 16: √(9·7/16)/16.
            let error = counts.standard_errors().last().unwrap();
            assert!((error - (9.0 * 7.0 / 16.0f64).sqrt() / 16.0).abs() < 1e-15);
        }
    }

    #[test]
    fn counts_are_shown_most_frequent_first() {
        let outcome = |k, count| (Bits::from_u64(k, 5), count);
        let counts = Counts::new(vec![outcome(3, 5), outcome(1, 95), outcome(2, 5)]);
        let text = "105 shots\n00001  95  0.904762\n00010   5  0.047619\n00011   5  0.047619";
        assert_eq!(counts.to_string(), text);
        let many: Counts = (0..30).map(|k| outcome(k, 1)).collect();
        assert!(many.to_string().ends_with("\n… 10 more outcomes"));
        // Wider than a formatter can pad.
        let wide = Counts::new(vec![(Bits::zeros(70_000), 1)]);
        assert!(wide.to_string().len() > 70_000);
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        let outcome = |k, count| (Bits::from_u64(k, 5), count);
        let counts = Counts::new(vec![outcome(1, u64::MAX), outcome(1, 7), outcome(2, 1)]);
        assert_eq!((counts.get("00001"), counts.shots()), (u64::MAX, u64::MAX));
    }

    #[test]
    fn counts_add_up() {
        let outcome = |text: &str, count| (text.parse::<Bits>().unwrap(), count);
        let a = Counts::new(vec![
            outcome("11", 2),
            outcome("00", 1),
            outcome("11", 3),
            outcome("01", 0),
        ]);
        assert_eq!((a.shots(), a.len(), a.get("11"), a.get("01"), a.get("x")), (6, 2, 5, 0, 0));
        let b = Counts::new(vec![outcome("01", 4), outcome("00", 1)]);
        let sum = Counts::sum([a.clone(), b]);
        let list: Vec<_> = sum.iter().map(|(bits, count)| (bits.to_string(), count)).collect();
        assert_eq!(list, [("00".into(), 2), ("01".into(), 4), ("11".into(), 5)]);
        assert_eq!(sum.most_common(1)[0].1, 5);
        // Longer outcomes, and such of different lengths.
        let (short, long) = (outcome("101", 1), (Bits::zeros(70), 2));
        let mixed =
            Counts::sum([Counts::new(vec![short.clone()]), Counts::new(vec![long.clone()])]);
        assert_eq!((mixed.shots(), mixed.len(), mixed.get("101")), (3, 2, 1));
        assert_eq!(mixed.most_common(2), [long, short]);
        assert_eq!(Counts::sum([a.clone()]), a);
        assert!(Counts::sum([]).is_empty());
        assert!((sum.probabilities().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-15);
    }
}

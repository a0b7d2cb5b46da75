//! Outcomes of shots.

use crate::math::Bits;
use serde::Serialize;
use serde::ser::SerializeMap;

/// How often each outcome came; bit strings print the last classical bit first, without scratch.
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
    /// Counts of outcomes in any order, equal ones added.
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
        Self::of(in_order(outcomes), |list| List::Integers(num_bits, list))
    }

    fn of<K>(outcomes: Vec<(K, u64)>, list: impl Fn(Vec<(K, u64)>) -> List) -> Self {
        if outcomes.is_empty() {
            return Self::default();
        }
        let shots = outcomes.iter().map(|o| o.1).sum();
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
    pub fn iter(&self) -> impl Iterator<Item = (Bits, u64)> {
        (0..self.len()).map(|at| self.at(at))
    }

    fn at(&self, at: usize) -> (Bits, u64) {
        match &self.list {
            List::Integers(num_bits, list) => (Bits::from_u64(list[at].0, *num_bits), list[at].1),
            List::Strings(list) => list[at].clone(),
        }
    }

    /// Estimated probabilities: outcomes in ascending order, with their shares of the shots.
    pub fn probabilities(&self) -> impl Iterator<Item = (Bits, f64)> {
        self.iter().map(|(bits, count)| (bits, count as f64 / self.shots as f64))
    }

    /// Number of different outcomes.
    pub fn len(&self) -> usize {
        match &self.list {
            List::Integers(_, list) => list.len(),
            List::Strings(list) => list.len(),
        }
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
        let mut all: Vec<usize> = (0..self.len()).collect();
        all.sort_by_key(|at| std::cmp::Reverse(count(at)));
        all.truncate(how_many);
        all.into_iter().map(|at| self.at(at)).collect()
    }
}

/// Ascending, without repeats or zeros.
fn in_order<K: Ord>(mut outcomes: Vec<(K, u64)>) -> Vec<(K, u64)> {
    let in_order = outcomes.windows(2).all(|w| w[0].0 < w[1].0);
    if !in_order {
        outcomes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        outcomes.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 += if equal { next.1 } else { 0 };
            equal
        });
    }
    outcomes.retain(|(_, count)| *count > 0);
    outcomes
}

fn count_of<K: Ord>(list: &[(K, u64)], outcome: &K) -> u64 {
    list.binary_search_by(|o| o.0.cmp(outcome)).map_or(0, |at| list[at].1)
}

/// A map from bit string to count.
impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (bits, count) in self.iter() {
            map.serialize_entry(&bits.to_string(), &count)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

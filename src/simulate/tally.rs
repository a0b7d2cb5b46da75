//! Counts in the making: outcomes that come in any order, in memory that is asked for first.

use super::counts::Counts;
use crate::error::Result;
use crate::math::{Bits, Meter, list_of, reserve};

/// New outcomes are sorted in when there are this many of them, or as many as are sorted.
const FEW: usize = 4096;
const WHAT: &str = "the list of counts of outcomes";
const HINT: &str = "ask for fewer shots, or measure fewer qubits";

/// Outcomes and how often they came.
#[derive(Debug)]
pub(super) struct Tally {
    num_bits: usize,
    /// Where outcomes have at most 64 bits.
    integers: Pile<u64>,
    /// Where they have more.
    strings: Pile<Bits>,
    /// What longer outcomes take beside the list.
    meter: Meter,
}

impl Tally {
    /// Nothing yet, of outcomes of this many bits.
    pub fn new(num_bits: usize) -> Self {
        let meter = Meter::new(WHAT, HINT);
        Tally { num_bits, integers: Pile::default(), strings: Pile::default(), meter }
    }

    /// Adds outcomes of at most 64 bits.
    pub fn add_integers(&mut self, outcomes: Vec<(u64, u64)>) -> Result<()> {
        self.integers.add(outcomes)
    }

    /// Adds an outcome of any number of bits.
    pub fn add(&mut self, outcome: Bits, count: u64) -> Result<()> {
        if self.num_bits <= 64 {
            return self.integers.push(outcome.value(0, self.num_bits) as u64, count);
        }
        self.meter.take(outcome.heap_bytes())?;
        self.strings.push(outcome, count)
    }

    /// Adds what another one has.
    pub fn merge(&mut self, other: Tally) -> Result<()> {
        for pile in [other.integers.sorted, other.integers.recent] {
            self.integers.add(pile)?;
        }
        for pile in [other.strings.sorted, other.strings.recent] {
            self.strings.add(pile)?;
        }
        Ok(())
    }

    /// Number of different outcomes.
    pub fn len(&mut self) -> Result<usize> {
        self.integers.flush()?;
        self.strings.flush()?;
        Ok(self.integers.sorted.len() + self.strings.sorted.len())
    }

    /// The counts.
    pub fn counts(mut self) -> Result<Counts> {
        self.len()?;
        Ok(if self.num_bits <= 64 {
            Counts::of_ascending(self.num_bits, self.integers.sorted)
        } else {
            Counts::new(self.strings.sorted)
        })
    }
}

/// An ascending list without repeats, and what is not in it yet.
#[derive(Debug)]
struct Pile<K> {
    sorted: Vec<(K, u64)>,
    recent: Vec<(K, u64)>,
}

impl<K> Default for Pile<K> {
    fn default() -> Self {
        Pile { sorted: Vec::new(), recent: Vec::new() }
    }
}

impl<K: Ord> Pile<K> {
    fn push(&mut self, outcome: K, count: u64) -> Result<()> {
        crate::math::push(&mut self.recent, (outcome, count), WHAT, HINT)?;
        self.tidy()
    }

    fn add(&mut self, mut outcomes: Vec<(K, u64)>) -> Result<()> {
        if self.recent.is_empty() {
            self.recent = outcomes;
        } else {
            reserve(&mut self.recent, outcomes.len(), WHAT, HINT)?;
            self.recent.append(&mut outcomes);
        }
        self.tidy()
    }

    /// Sorts new outcomes in when they are many, so that each is moved a few times only.
    fn tidy(&mut self) -> Result<()> {
        if self.recent.len() < FEW.max(self.sorted.len()) { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<()> {
        let mut recent = std::mem::take(&mut self.recent);
        if recent.is_empty() {
            return Ok(());
        }
        if !recent.is_sorted_by(|a, b| a.0 < b.0) {
            recent.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            recent.dedup_by(|next, kept| {
                let equal = next.0 == kept.0;
                kept.1 += if equal { next.1 } else { 0 };
                equal
            });
        }
        if self.sorted.is_empty() {
            self.sorted = recent;
            return Ok(());
        }
        let mut merged = list_of(WHAT, self.sorted.len() + recent.len(), HINT)?;
        let mut new = recent.into_iter().peekable();
        for (outcome, mut count) in std::mem::take(&mut self.sorted) {
            while let Some(earlier) = new.next_if(|(other, _)| *other < outcome) {
                merged.push(earlier);
            }
            if let Some((_, more)) = new.next_if(|(other, _)| *other == outcome) {
                count += more;
            }
            merged.push((outcome, count));
        }
        merged.extend(new);
        self.sorted = merged;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn outcomes_add_up_in_any_order(
            parts in prop::collection::vec(prop::collection::vec((0u64..9000, 1u64..9), 0..6000), 0..5),
            num_bits in prop::sample::select(vec![14usize, 64, 70]),
        ) {
            let mut tally = Tally::new(num_bits);
            let mut expected = BTreeMap::new();
            for part in parts {
                let mut other = Tally::new(num_bits);
                for &(outcome, count) in &part {
                    *expected.entry(Bits::from_u64(outcome, num_bits)).or_insert(0) += count;
                    other.add(Bits::from_u64(outcome, num_bits), count).unwrap();
                }
                tally.merge(other).unwrap();
            }
            prop_assert_eq!(tally.len().unwrap(), expected.len());
            let counts = tally.counts().unwrap();
            prop_assert_eq!(counts.shots(), expected.values().sum::<u64>());
            prop_assert!(counts.iter().eq(expected));
        }
    }
}

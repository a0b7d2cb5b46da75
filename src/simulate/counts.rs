//! Outcomes of shots.

use crate::math::Bits;
use serde::Serialize;
use serde::ser::SerializeMap;
use std::collections::BTreeMap;

/// How often each outcome came; bit strings print the last classical bit first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    map: BTreeMap<Bits, u64>,
    shots: u64,
}

impl Counts {
    /// Adds an outcome.
    pub fn add(&mut self, outcome: Bits, count: u64) {
        if count > 0 {
            *self.map.entry(outcome).or_default() += count;
            self.shots += count;
        }
    }

    /// Counts of outcomes in any order, equal ones added.
    pub fn new(mut outcomes: Vec<(Bits, u64)>) -> Self {
        outcomes.retain(|(_, count)| *count > 0);
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        outcomes.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 += next.1;
                true
            }
        });
        let shots = outcomes.iter().map(|o| o.1).sum();
        Counts { map: outcomes.into_iter().collect(), shots }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: Counts) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for (outcome, count) in other.map {
            self.add(outcome, count);
        }
    }

    /// Number of shots.
    pub fn shots(&self) -> u64 {
        self.shots
    }

    /// Outcomes in ascending order, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (&Bits, u64)> {
        self.map.iter().map(|(bits, &count)| (bits, count))
    }

    /// Estimated probabilities: outcomes in ascending order, with their shares of the shots.
    pub fn probabilities(&self) -> impl Iterator<Item = (&Bits, f64)> {
        self.iter().map(|(bits, count)| (bits, count as f64 / self.shots as f64))
    }

    /// Number of different outcomes.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there were no shots.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// The count of an outcome written as a bit string, last bit first.
    pub fn get(&self, outcome: &str) -> u64 {
        outcome.parse().ok().and_then(|bits: Bits| self.map.get(&bits)).copied().unwrap_or(0)
    }

    /// The most frequent outcomes, ties in ascending order.
    pub fn most_common(&self, how_many: usize) -> Vec<(&Bits, u64)> {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all.truncate(how_many);
        all
    }
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

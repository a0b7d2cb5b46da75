//! Outcomes of shots.

use crate::math::Bits;
use serde::Serialize;
use serde::ser::SerializeMap;

/// How often each outcome came; bit strings print the last classical bit first, without scratch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Ascending, without repeats or zeros.
    outcomes: Vec<(Bits, u64)>,
    shots: u64,
}

impl Counts {
    /// Counts of outcomes in any order, equal ones added.
    pub fn new(mut outcomes: Vec<(Bits, u64)>) -> Self {
        outcomes.retain(|(_, count)| *count > 0);
        outcomes.sort_by(|a, b| a.0.cmp(&b.0));
        outcomes.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            kept.1 += if equal { next.1 } else { 0 };
            equal
        });
        let shots = outcomes.iter().map(|o| o.1).sum();
        Counts { outcomes, shots }
    }

    /// The sum of several.
    pub fn sum(parts: impl IntoIterator<Item = Counts>) -> Self {
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        let first = parts.next().unwrap_or_default();
        let mut outcomes = first.outcomes;
        let alone = outcomes.len();
        outcomes.extend(parts.flat_map(|part| part.outcomes));
        if outcomes.len() == alone {
            return Counts { outcomes, shots: first.shots };
        }
        Counts::new(outcomes)
    }

    /// Number of shots.
    pub fn shots(&self) -> u64 {
        self.shots
    }

    /// Outcomes in ascending order, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (&Bits, u64)> {
        self.outcomes.iter().map(|(bits, count)| (bits, *count))
    }

    /// Estimated probabilities: outcomes in ascending order, with their shares of the shots.
    pub fn probabilities(&self) -> impl Iterator<Item = (&Bits, f64)> {
        self.iter().map(|(bits, count)| (bits, count as f64 / self.shots as f64))
    }

    /// Number of different outcomes.
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there were no shots.
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// The count of an outcome written as a bit string, last bit first.
    pub fn get(&self, outcome: &str) -> u64 {
        let Ok(bits) = outcome.parse::<Bits>() else { return 0 };
        let found = self.outcomes.binary_search_by(|o| o.0.cmp(&bits));
        found.map_or(0, |at| self.outcomes[at].1)
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
        assert_eq!(Counts::sum([a.clone()]), a);
        assert!(Counts::sum([]).is_empty());
        assert!((sum.probabilities().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-15);
    }
}

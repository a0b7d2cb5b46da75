//! Strings that are counted as they are read.

use super::super::Distribution;
use crate::error::{Error, Result};
use crate::math::{Bits, Meter};
use std::collections::HashMap;

/// What a string counts for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Weight {
    /// Written as a whole number.
    Count(u64),
    /// Written with a point or an exponent.
    Fraction(f64),
}

impl Weight {
    /// The weight of a text, or what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(count) = text.parse() {
            return Ok(Weight::Count(count));
        }
        match text.parse::<f64>() {
            Ok(x) if x < 0.0 => Err(format!("the weight `{text}` is negative")),
            Ok(x) if x.is_finite() && text.contains(['.', 'e', 'E']) => Ok(Weight::Fraction(x)),
            Ok(x) if x.is_finite() => Err(format!("the count `{text}` is more than {}", u64::MAX)),
            _ => {
                Err(format!("the weight `{text}` is no number; expected a count or a probability"))
            }
        }
    }
}

/// Different strings of one length with their weights.
pub(super) struct Tally {
    seen: HashMap<Bits, Entry>,
    /// Bits of the first string, and where it is.
    first: Option<(usize, usize)>,
    any_fraction: bool,
    meter: Meter,
}

struct Entry {
    count: u64,
    weight: f64,
    /// Where it is, and where it is again.
    place: usize,
    again: Option<usize>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let hint = "take fewer or shorter strings";
        let meter = Meter::new("the different strings of the data", hint);
        Tally { seen: HashMap::new(), first: None, any_fraction: false, meter }
    }

    /// Adds a string that is at a place, such as a line; `fault` makes an error of what is wrong
    /// there, and `name` is what places are called.
    pub(super) fn add(
        &mut self,
        bits: Bits,
        weight: Weight,
        (name, place): (&str, usize),
        fault: impl Fn(String) -> Error,
    ) -> Result<()> {
        let (len, first) = *self.first.get_or_insert((bits.len(), place));
        if bits.len() != len {
            return Err(fault(format!(
                "it has {} bits, but {name} {first} has {len}; all must have as many (spreadsheets \
                 drop zeros in front)",
                bits.len()
            )));
        }
        let (count, value) = match weight {
            Weight::Count(count) => (count, count as f64),
            Weight::Fraction(x) => (0, x),
        };
        self.any_fraction |= matches!(weight, Weight::Fraction(_));
        if let Some(entry) = self.seen.get_mut(&bits) {
            entry.count = entry.count.checked_add(count).ok_or_else(|| {
                fault(format!("the counts of this string add up to more than {}", u64::MAX))
            })?;
            entry.again.get_or_insert(place);
            return Ok(());
        }
        // The entry, and the part of the table that is empty or copied when it grows.
        let size = size_of::<(Bits, Entry)>() as u64;
        self.meter.take(3 * size + bits.heap_bytes())?;
        self.seen.insert(bits, Entry { count, weight: value, place, again: None });
        Ok(())
    }

    /// The law of all that was added, as [`add`](Self::add) calls the places.
    pub(super) fn finish(self, name: &str) -> Result<Distribution> {
        if !self.any_fraction {
            return Distribution::from_counts(self.seen.into_iter().map(|(b, e)| (b, e.count)));
        }
        let repeated = self.seen.iter().filter_map(|(bits, e)| Some((e.again?, e.place, bits)));
        if let Some((again, place, bits)) = repeated.min() {
            return Err(Error::Invalid {
                what: format!("the string of {name} {again}"),
                value: format!("{bits}, as that of {name} {place}"),
                expected: "weights with a point or an exponent are probabilities, of which each \
                           string has one; write counts as whole numbers"
                    .into(),
            });
        }
        Distribution::from_probabilities(self.seen.into_iter().map(|(b, e)| (b, e.weight)))
    }
}

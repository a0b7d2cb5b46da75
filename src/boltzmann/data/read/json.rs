//! JSON: maps from bit strings to weights, and sample sets.

use super::super::Distribution;
use super::tally::{Tally, Weight};
use crate::error::{Error, Result};
use crate::ising::SampleSet;
use crate::math::Bits;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The data of a JSON text, by the rules of [`read_distribution`](super::read_distribution).
pub(super) fn parse(text: &str) -> Result<Distribution> {
    let document: Value = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    let Value::Object(document) = document else {
        return Err(Error::Invalid {
            what: "the JSON".into(),
            value: kind(&document).into(),
            expected: "expected a map from bit strings to counts, such as {\"0110\": 12}".into(),
        });
    };
    match document.get("format").and_then(Value::as_str) {
        Some("ketlab.sample_set") => return samples(&SampleSet::from_json(text)?),
        Some("ketlab.run") | None => {}
        Some(other) => {
            return Err(Error::Invalid {
                what: "the format of the JSON".into(),
                value: format!("`{}`", other.escape_debug()),
                expected: "expected `ketlab.run` or `ketlab.sample_set`".into(),
            });
        }
    }
    if document.get("type").and_then(Value::as_str) == Some("SampleSet") {
        return samples(&match document.get("variable_type").and_then(Value::as_str) {
            Some("BINARY") => SampleSet::from_dimod_qubo(text)?,
            _ => SampleSet::from_dimod(text)?,
        });
    }
    if let Some(key) =
        ["counts", "outcomes", "probabilities"].into_iter().find(|k| has(&document, k))
    {
        // Read again from the text: a map of values forgets keys that come twice.
        let document: Document = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        let found = [document.counts, document.outcomes, document.probabilities];
        return law(found.into_iter().flatten().next().unwrap_or_default(), key);
    }
    if document.contains_key("format") {
        return Err(Error::Invalid {
            what: "the document of `ketlab run`".into(),
            value: "without `counts`".into(),
            expected: "run it with `--shots`, or with `--probabilities` for an exact law".into(),
        });
    }
    law(serde_json::from_str(text).map_err(|error| unreadable(&error))?, "")
}

fn has(document: &Map<String, Value>, key: &str) -> bool {
    document.get(key).is_some_and(|value| !value.is_null())
}

/// The maps that a document of `ketlab run` can have.
#[derive(serde::Deserialize)]
struct Document {
    counts: Option<Entries>,
    outcomes: Option<Entries>,
    probabilities: Option<Entries>,
}

/// A map in the order of the text, keys that come twice included.
#[derive(Default)]
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from bit strings to numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

fn law(entries: Entries, of: &str) -> Result<Distribution> {
    if entries.0.is_empty() {
        return Err(Error::Invalid {
            what: if of.is_empty() { "the JSON".into() } else { format!("the map `{of}`") },
            value: "empty".into(),
            expected: "expected bit strings with counts, such as {\"0110\": 12}".into(),
        });
    }
    let mut tally = Tally::new();
    for (k, (key, value)) in entries.0.into_iter().enumerate() {
        let fault = |expected: String| Error::Invalid {
            what: format!("entry {}", k + 1),
            value: format!("\"{}\": {value}", key.escape_debug()),
            expected,
        };
        let place = ("entry", k + 1);
        match key.chars().find(|c| !matches!(c, '0' | '1')) {
            None if !key.is_empty() => {}
            None => return Err(fault("its bit string is empty".into())),
            Some(c) => {
                return Err(fault(format!(
                    "the character `{}` of its key is neither 0 nor 1, as those of bit strings are",
                    c.escape_debug()
                )));
            }
        }
        let Value::Number(number) = &value else {
            return Err(fault(format!(
                "its value is {}; expected a count or a probability",
                kind(&value)
            )));
        };
        let weight = Weight::parse(&number.to_string()).map_err(&fault)?;
        let bits: Bits = key.parse()?;
        tally.add(bits, weight, place, fault)?;
    }
    tally.finish("entry")
}

fn samples(set: &SampleSet) -> Result<Distribution> {
    Distribution::from_counts(set.iter().map(|sample| (sample.bits, sample.occurrences)))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Invalid {
        what: "the JSON".into(),
        value: "not readable".into(),
        expected: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::{Sample, SampleInfo};

    fn counts(list: &[(&str, u64)]) -> Distribution {
        Distribution::from_counts(list.iter().map(|(t, n)| (t.parse().unwrap(), *n))).unwrap()
    }

    #[track_caller]
    fn refused(text: &str, wanted: &str) {
        let says = parse(text).unwrap_err().to_string();
        assert!(says.contains(wanted), "{text}: {says}");
    }

    #[test]
    fn maps_are_read_by_themselves_and_in_documents() {
        let wanted = counts(&[("01", 12), ("10", 4)]);
        for text in [
            r#"{"01": 12, "10": 4}"#,
            r#"{"01": 6, "10": 4, "01": 6}"#,
            r#"{"counts": {"01": 12, "10": 4, "11": 0}}"#,
            r#"{"format": "ketlab.run", "version": 1, "num_qubits": 2, "counts": {"10": 4, "01": 12},
                "probabilities": {"00": 1.0}, "meta": {"seed": 1}}"#,
        ] {
            assert_eq!(parse(text).unwrap(), wanted, "{text}");
        }
        let exact = Distribution::from_dense(&[0.0, 0.75, 0.25, 0.0]).unwrap();
        for text in [
            r#"{"01": 0.75, "10": 0.25}"#,
            r#"{"format": "ketlab.run", "counts": null, "probabilities": {"01": 0.75, "10": 0.25}}"#,
            r#"{"format": "ketlab.run", "outcomes": {"01": 7.5e-1, "10": 0.25, "11": 0}}"#,
        ] {
            assert_eq!(parse(text).unwrap(), exact, "{text}");
        }
    }

    #[test]
    fn sample_sets_are_bits_of_spins_or_of_binary_variables() {
        let rows = [("01", 3), ("10", 1), ("01", 2)].map(|(bits, occurrences)| Sample {
            bits: bits.parse().unwrap(),
            energy: 0.0,
            occurrences,
        });
        let set = SampleSet::from_samples(2, rows, SampleInfo::default()).unwrap();
        for text in [set.to_json(), set.to_dimod(), set.to_dimod_qubo()] {
            assert_eq!(parse(&text).unwrap(), counts(&[("01", 5), ("10", 1)]), "{text}");
        }
    }

    #[test]
    fn refusals_name_the_entry() {
        refused("{", "the JSON is not readable; EOF");
        refused("[\"01\"]", "the JSON is a list; expected a map from bit strings");
        refused("{}", "the JSON is empty; expected bit strings");
        refused(r#"{"counts": {}}"#, "the map `counts` is empty");
        refused(r#"{"counts": 3}"#, "expected a map from bit strings to numbers");
        refused(r#"{"format": "ketlab.qae"}"#, "is `ketlab.qae`; expected `ketlab.run`");
        refused(r#"{"format": "ketlab.run"}"#, "without `counts`; run it with `--shots`");
        refused(r#"{"01": 1, "0x": 1}"#, r#"entry 2 is "0x": 1; the character `x` of its key"#);
        refused(r#"{"": 1}"#, r#"entry 1 is "": 1; its bit string is empty"#);
        refused(r#"{"01": 1, "011": 1}"#, "it has 3 bits, but entry 1 has 2");
        refused(r#"{"01": null}"#, "its value is null; expected a count or a probability");
        refused(r#"{"01": "4"}"#, "its value is a text");
        refused(r#"{"01": -1}"#, "the weight `-1` is negative");
        refused(r#"{"01": -0.5}"#, "the weight `-0.5` is negative");
        refused(r#"{"01": 0.5, "10": 0.25}"#, "the sum of the probabilities is 0.75");
        refused(r#"{"01": 0.5, "01": 0.5}"#, "the string of entry 2 is 01, as that of entry 1");
        refused(r#"{"type": "SampleSet"}"#, "sample set's JSON is not readable");
    }
}

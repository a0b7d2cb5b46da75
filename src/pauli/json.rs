//! Pauli strings and sums as JSON.
//!
//! A string is its sparse text, `"X0 Z3"`. A sum names its format and version:
//! `{"format": "ketlab.pauli_sum", "version": 1, "terms": [["X0 Z3", 0.5]]}`.

use super::sum_text::Budget;
use super::{PauliString, PauliSum};
use crate::error::{Error, Result};
use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{self, Serialize, SerializeStruct, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

const FORMAT: &str = "ketlab.pauli_sum";
const VERSION: u64 = 1;

impl PauliSum {
    /// The sum as JSON text; [`PauliSum::from_json`] reads it back to the bit.
    ///
    /// # Errors
    /// If a coefficient is NaN or infinite.
    pub fn to_json(&self) -> Result<String> {
        self.check_finite()?;
        serde_json::to_string(self).map_err(|error| refused("written", &error))
    }

    /// The sum of a JSON text.
    ///
    /// # Errors
    /// If it is not JSON, has another format or version, or a term is not a string and a finite
    /// number; the message says which.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| refused("read", &error))
    }
}

fn refused(verb: &str, error: &serde_json::Error) -> Error {
    Error::Invalid {
        what: "the JSON of a Pauli sum".into(),
        value: "not valid".into(),
        expected: format!("it could not be {verb}: {error}"),
    }
}

impl Serialize for PauliString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PauliString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(one_line(&error)))
    }
}

impl Serialize for PauliSum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check_finite().map_err(ser::Error::custom)?;
        let mut document = serializer.serialize_struct("PauliSum", 3)?;
        document.serialize_field("format", FORMAT)?;
        document.serialize_field("version", &VERSION)?;
        document.serialize_field("terms", self.terms())?;
        document.end()
    }
}

/// Reads formats that describe themselves, such as JSON.
impl<'de> Deserialize<'de> for PauliSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Format and version first, whatever the order of the fields: another version may have
        // terms of another shape.
        let mut fields = deserializer.deserialize_map(Fields)?;
        read(&mut fields).map_err(de::Error::custom)
    }
}

/// Reads an object whose fields are distinct.
struct Fields;

impl<'de> de::Visitor<'de> for Fields {
    type Value = BTreeMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the fields `format`, `version` and `terms`")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if fields.contains_key(&name) {
                let name = super::scan::shortened(&name);
                return Err(de::Error::custom(format!("the field `{name}` is there twice")));
            }
            fields.insert(name, value);
        }
        Ok(fields)
    }
}

fn read(fields: &mut BTreeMap<String, Value>) -> Result<PauliSum, String> {
    let mut take = |name: &str| fields.remove(name).ok_or(format!("the field `{name}` is missing"));
    let format = take("format")?;
    if format != FORMAT {
        return Err(format!("the format is {}; expected \"{FORMAT}\"", brief(&format)));
    }
    let version = take("version")?;
    if version != VERSION {
        let version = brief(&version);
        return Err(format!("the version of {FORMAT} is {version}; this program reads {VERSION}"));
    }
    let terms = match take("terms")? {
        Value::Array(terms) => terms,
        other => return Err(format!("`terms` is {}; expected a list", brief(&other))),
    };
    if let Some(name) = fields.keys().next() {
        return Err(format!("the field `{}` is not known", super::scan::shortened(name)));
    }
    let mut budget = Budget::default();
    read_terms(&terms, |string| budget.add(string))
}

/// The sum of pairs of text and number, each string of which passes `check`.
pub(crate) fn read_terms(
    terms: &[Value],
    mut check: impl FnMut(&PauliString) -> Result<()>,
) -> Result<PauliSum, String> {
    let mut sum = PauliSum::zero();
    for (i, term) in terms.iter().enumerate() {
        let pair = term.as_array().map(Vec::as_slice);
        let Some([Value::String(text), Value::Number(number)]) = pair else {
            let found = brief(term);
            return Err(format!("terms[{i}] is {found}; expected a pair like [\"X0 Z3\", 0.5]"));
        };
        let place = |error: Error| format!("terms[{i}]: {}", one_line(&error));
        let string: PauliString = text.parse().map_err(place)?;
        check(&string).map_err(place)?;
        sum.try_push(string, number.as_f64().unwrap_or(f64::NAN)).map_err(place)?;
    }
    Ok(sum)
}

/// The start of a value as JSON.
pub(crate) fn brief(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 3 => format!("a list of {} items", items.len()),
        Value::Object(_) => "an object".into(),
        other => super::scan::shortened(&other.to_string()),
    }
}

/// An error without its picture of the source.
pub(super) fn one_line(error: &Error) -> String {
    match error {
        Error::Program(program) => {
            let faults = program.diagnostics.iter();
            let texts: Vec<_> =
                faults.map(|fault| format!("column {}: {}", fault.column, fault.message)).collect();
            texts.join("; ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_finite_sum, any_string};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn has_this_form() {
        let sum: PauliSum = "0.5 X0 Z3 - 2".parse().unwrap();
        let json =
            r#"{"format":"ketlab.pauli_sum","version":1,"terms":[["X0 Z3",0.5],["I",-2.0]]}"#;
        assert_eq!(sum.to_json().unwrap(), json);
        assert_eq!(PauliSum::from_json(json).unwrap(), sum);
        let other_order =
            r#"{"terms": [["ZIIX", 0.5], ["", -2]], "version": 1, "format": "ketlab.pauli_sum"}"#;
        assert_eq!(PauliSum::from_json(other_order).unwrap(), sum);
    }

    #[test]
    fn refuses_with_a_reason() {
        let document = |version: &str, terms: &str| {
            format!(r#"{{"format":"ketlab.pauli_sum","version":{version},"terms":{terms}}}"#)
        };
        for (text, says) in [
            (
                document("2", r#"{"X0": 1}"#),
                "version of ketlab.pauli_sum is 2; this program reads 1",
            ),
            (document("1.0", "[]"), "is 1.0; this program reads 1"),
            (document("\"1\"", "[]"), "is \"1\"; this program reads 1"),
            (
                r#"{"format":"ketlab.circuit","version":1}"#.into(),
                "the format is \"ketlab.circuit\"",
            ),
            (r#"{"version":1,"terms":[]}"#.into(), "`format` is missing"),
            (r#"{"format":"ketlab.pauli_sum","terms":[]}"#.into(), "`version` is missing"),
            (document("1", "[]").replace('}', r#","extra":1}"#), "`extra` is not known"),
            (document("1", "3"), "`terms` is 3; expected a list"),
            (document("1", r#"[["X0",1],["Z0"]]"#), "terms[1] is [\"Z0\"]; expected a pair"),
            (document("1", r#"[["X0",null]]"#), "expected a pair"),
            (document("1", r#"[["X0 X0",1]]"#), "terms[0]: column 4: `X0` names qubit 0 again"),
            (document("1", r#"[["0.5 X0",1]]"#), "terms[0]: column 1: found `0`"),
            (document("1", r#"[["X0",1e999]]"#), "out of range"),
            (document("1", r#"[["X0",NaN]]"#), "could not be read"),
            ("[]".into(), "an object with the fields `format`"),
            (document("1", "[]").replace('}', r#","terms":[]}"#), "`terms` is there twice"),
        ] {
            let error = PauliSum::from_json(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        let overflowed = "X0".parse::<PauliSum>().unwrap() * f64::INFINITY;
        assert!(matches!(overflowed.to_json(), Err(Error::NotFinite { .. })));
        let error = serde_json::to_string(&overflowed).unwrap_err().to_string();
        assert!(error.contains("finite"), "{error}");
        assert!(serde_json::from_str::<PauliString>("\"Q\"").is_err());
    }

    proptest! {
        #[test]
        fn round_trips(sum in any_finite_sum(100), string in any_string(100)) {
            let back = PauliSum::from_json(&sum.to_json().unwrap()).unwrap();
            prop_assert_eq!(back.len(), sum.len());
            for ((p, a), (q, b)) in back.terms().iter().zip(sum.terms()) {
                prop_assert_eq!(p, q);
                prop_assert_eq!(a.to_bits(), b.to_bits());
            }
            let text = serde_json::to_string(&string).unwrap();
            prop_assert_eq!(serde_json::from_str::<PauliString>(&text).unwrap(), string);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = PauliSum::from_json(&text);
        }
    }
}

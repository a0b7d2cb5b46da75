//! Objects of JSON whose keys are all known.

use crate::error::{Error, Result};
use crate::math::closest;
use serde_json::{Map, Value};

/// An object with what it is of, for messages.
pub(super) struct Fields<'j> {
    map: &'j Map<String, Value>,
    place: String,
    what: &'static str,
}

impl<'j> Fields<'j> {
    /// The object, all of whose keys are among `known`; `what` is the kind of document.
    pub fn new(
        value: &'j Value,
        place: impl Into<String>,
        what: &'static str,
        known: &[&str],
    ) -> Result<Self> {
        let place = place.into();
        let Value::Object(map) = value else {
            return Err(fault(what, &place, "it is an object, with braces"));
        };
        for key in map.keys() {
            if known.contains(&key.as_str()) {
                continue;
            }
            let near = closest(key, known.iter().copied());
            let near = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let why = format!("unknown key `{key}`; {near}there are {}", known.join(", "));
            return Err(fault(what, &place, &why));
        }
        Ok(Fields { map, place, what })
    }

    /// An error at this place.
    pub fn fault(&self, why: &str) -> Error {
        fault(self.what, &self.place, why)
    }

    /// The value of a key, unless it is missing or null.
    pub fn get(&self, key: &str) -> Option<&'j Value> {
        self.map.get(key).filter(|v| !v.is_null())
    }

    pub fn number(&self, key: &str) -> Result<Option<f64>> {
        match self.get(key) {
            None => Ok(None),
            // JSON has no infinity: qubits that do not decay have the word.
            Some(Value::String(text)) if text == "inf" => Ok(Some(f64::INFINITY)),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.fault(&format!("`{key}` is a number, not {value}"))),
            },
        }
    }

    pub fn text(&self, key: &str) -> Result<Option<&'j str>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(value) => Err(self.fault(&format!("`{key}` is a text, not {value}"))),
        }
    }

    pub fn list(&self, key: &str) -> Result<Option<&'j [Value]>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(self.fault(&format!("`{key}` is a list"))),
        }
    }

    /// Numbers of qubits.
    pub fn qubits(&self, key: &str) -> Result<Option<Vec<usize>>> {
        let Some(list) = self.list(key)? else { return Ok(None) };
        let qubit = |v: &Value| {
            let number = v.as_u64().and_then(|n| usize::try_from(n).ok());
            number.ok_or_else(|| self.fault(&format!("`{key}` has numbers of qubits, not {v}")))
        };
        list.iter().map(qubit).collect::<Result<Vec<_>>>().map(Some)
    }
}

/// An error in a document of this kind.
pub(super) fn fault(what: &str, place: &str, why: &str) -> Error {
    let expected = if place.is_empty() { why.into() } else { format!("{place}: {why}") };
    Error::Invalid { what: format!("the JSON of {what}"), value: "not valid".into(), expected }
}

/// The value of a text.
pub(super) fn parse(text: &str, what: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|e| fault(what, "", &e.to_string()))
}

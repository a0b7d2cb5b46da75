//! Encoded problems as JSON, the format `ketlab.encoded`: what a solver needs and what its samples are
//! decoded with, in one file.
//!
//! `{"format": "ketlab.encoded", "version": 1, "problem": {"kind": "max-cut", …}, "penalty": null,
//! "penalty_rule": {"rule": "none", "reason": …}, "dynamic_range": 1.0, "variables": ["part of vertex 0",
//! …], "model": {"format": "ketlab.qubo", "version": 1, "linear": […], "quadratic": […], "offset": 0}}`.
//!
//! A solver reads `model` ([`Problem::read`](crate::ising::Problem::read) does). The decoder encodes
//! `problem` with `penalty` again and refuses a file whose model is another: its samples would be those of
//! another problem. What is left is for people.

use super::any::AnyProblem;
use super::checks::digits;
use super::encode::{Encode, PenaltyRule};
use super::encoded::Encoded;
use crate::error::{Error, Result};
use crate::ising::{MAX_FILE_BYTES, Qubo, files};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

const FORMAT: &str = "ketlab.encoded";
const VERSION: u64 = 1;
const MODEL: &str = "ketlab.qubo";
/// How far a coefficient may be from that of the problem, in units of the largest: sums in another order
/// round differently.
const TOLERANCE: f64 = 1e-9;

/// More than the text of a coupling `[i,j,w],` has: bits below 2^20, and 24 characters of a number.
const MOST_COUPLING_BYTES: u64 = 48;
/// More than the texts of the format, the penalty with its rule and how it was made have.
const HEADER_BYTES: u64 = 1 << 16;

/// Counts what is written.
struct Count(u64);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is written.
#[derive(Serialize)]
struct Written<B: Serialize> {
    format: &'static str,
    version: u64,
    #[serde(flatten)]
    body: B,
}

#[derive(Serialize)]
struct Body<'a> {
    problem: &'a AnyProblem,
    penalty: Option<f64>,
    penalty_rule: PenaltyRule,
    dynamic_range: f64,
    variables: Vec<String>,
    model: WrittenModel<'a>,
}

#[derive(Serialize)]
struct WrittenModel<'a> {
    format: &'static str,
    version: u64,
    linear: &'a [f64],
    quadratic: &'a [(usize, usize, f64)],
    offset: f64,
}

/// What every document has.
#[derive(Deserialize)]
struct Header {
    format: Option<String>,
    version: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Read {
    format: String,
    version: u64,
    problem: AnyProblem,
    penalty: Option<f64>,
    #[serde(default)]
    penalty_rule: Option<IgnoredAny>,
    #[serde(default)]
    dynamic_range: Option<IgnoredAny>,
    #[serde(default)]
    variables: Option<IgnoredAny>,
    model: ReadModel,
    /// How the program made it.
    #[serde(default)]
    meta: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadModel {
    format: String,
    version: u64,
    linear: Vec<f64>,
    quadratic: Vec<(usize, usize, f64)>,
    offset: f64,
}

impl Encoded<AnyProblem> {
    /// The encoded problem as JSON; [`from_json`](Self::from_json) reads it back.
    ///
    /// # Errors
    /// If the Ising model of the QUBO overflows, which the dynamic range is of; if the text would be
    /// larger than [`MAX_FILE_BYTES`], which could not be read back.
    pub fn to_json(&self) -> Result<String> {
        self.check_written()?;
        let written = Written { format: FORMAT, version: VERSION, body: self.body()? };
        let text = serde_json::to_string(&written);
        Ok(text.map_err(|error| refused("not written", error.to_string()))? + "\n")
    }

    /// Refuses, before it is made, a document that could not be read back: one that is larger than
    /// [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// If it is: its size, and what can be done.
    pub fn check_written(&self) -> Result<()> {
        self.check_below(MAX_FILE_BYTES)
    }

    /// Refuses a document that has, or may have, more bytes than this.
    fn check_below(&self, most: u64) -> Result<()> {
        let (problem, qubo) = (self.problem(), self.qubo());
        let couplings = qubo.quadratic();
        // What is far from the limit need not be counted.
        if couplings.len() as u64 * MOST_COUPLING_BYTES < most / 2 {
            return Ok(());
        }
        let names = (0..problem.num_variables()).map(|i| problem.variable(i).len() as u64 + 3);
        let mut count = Count(names.sum::<u64>() + HEADER_BYTES);
        let counted = serde_json::to_writer(&mut count, &(problem, qubo.linear(), couplings));
        counted.map_err(|error| refused("not written", error.to_string()))?;
        if count.0 <= most {
            return Ok(());
        }
        Err(refused(
            format!(
                "of about {} MB for {} couplings",
                count.0.div_ceil(1_000_000),
                couplings.len()
            ),
            format!(
                "at most {} MB can be read back; encode a smaller problem, or write the QUBO alone for \
                 other programs (.coo)",
                most / 1_000_000
            ),
        ))
    }

    /// What [`to_json`](Self::to_json) writes behind `format` and `version`, for those who write these
    /// themselves.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn body(&self) -> Result<impl Serialize + '_> {
        let (problem, qubo) = (self.problem(), self.qubo());
        Ok(Body {
            problem,
            penalty: self.penalty(),
            penalty_rule: self.penalty_rule(),
            dynamic_range: self.dynamic_range()?,
            variables: (0..problem.num_variables()).map(|i| problem.variable(i)).collect(),
            model: WrittenModel {
                format: MODEL,
                version: VERSION,
                linear: qubo.linear(),
                quadratic: qubo.quadratic(),
                offset: qubo.offset(),
            },
        })
    }

    /// The encoded problem of a JSON text, encoded again.
    ///
    /// # Errors
    /// If it is not JSON of this format and version, the problem is none, its model is not that of the
    /// problem with this penalty, or as [`Encoded::new`].
    pub fn from_json(text: &str) -> Result<Self> {
        let invalid = |error: serde_json::Error| refused("not valid", error.to_string());
        let header: Header = serde_json::from_str(text).map_err(invalid)?;
        match header.format {
            Some(format) if format == FORMAT => {}
            found => {
                let value = match found {
                    Some(found) => format!("of the format `{}`", found.escape_debug()),
                    None => "without a `format`".into(),
                };
                let expected = format!("`{FORMAT}` is read, which `ketlab encode` writes");
                return Err(refused(value, expected));
            }
        }
        if header.version != Some(VERSION) {
            let value = match header.version {
                Some(version) => format!("of version {version}"),
                None => "without a `version`".into(),
            };
            return Err(refused(value, format!("this ketlab reads version {VERSION}")));
        }
        let read: Read = serde_json::from_str(text).map_err(invalid)?;
        let encoded = Encoded::new(read.problem, read.penalty)?;
        same_model(&encoded, read.model)?;
        Ok(encoded)
    }

    /// Writes [`to_json`](Self::to_json).
    ///
    /// # Errors
    /// If the file cannot be written, or as [`to_json`](Self::to_json).
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        std::fs::write(path, self.to_json()?).map_err(|error| Error::io(path, error))
    }

    /// Reads a file of [`write`](Self::write).
    ///
    /// # Errors
    /// If the file cannot be read, is larger than [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES), or as
    /// [`from_json`](Self::from_json).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| Self::from_json(text))
    }
}

fn refused(value: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Invalid {
        what: "the JSON of an encoded problem".into(),
        value: value.into(),
        expected: expected.into(),
    }
}

/// Refuses a model that is not the problem's.
fn same_model(encoded: &Encoded<AnyProblem>, found: ReadModel) -> Result<()> {
    let other = |what: String, value: f64, own: f64| Error::Invalid {
        what,
        value: digits(value),
        expected: format!(
            "that of the problem in the file is {}: one of the two was changed, so that samples of the \
             model would be decoded as another problem's; encode the problem again",
            digits(own)
        ),
    };
    if (found.format.as_str(), found.version) != (MODEL, VERSION) {
        let value = format!("a `{}` of version {}", found.format.escape_debug(), found.version);
        return Err(refused(value, format!("its `model` must be a {MODEL} of version {VERSION}")));
    }
    let own = encoded.qubo();
    let (length, wanted) = (found.linear.len(), own.num_variables());
    if length != wanted {
        return Err(other("the number of the model's bits".into(), length as f64, wanted as f64));
    }
    let found = Qubo::try_new(found.linear, found.quadratic, found.offset)?;
    let pairs = |qubo: &Qubo| -> HashMap<(usize, usize), f64> {
        qubo.quadratic().iter().map(|&(i, j, b)| ((i, j), b)).collect()
    };
    let (theirs, ours) = (pairs(&found), pairs(own));
    let sizes = own.linear().iter().chain(ours.values()).chain([&1.0]);
    let allowed = TOLERANCE * sizes.fold(own.offset().abs(), |most, size| most.max(size.abs()));
    let differs = |a: f64, b: f64| (a - b).abs() > allowed;
    if differs(found.offset(), own.offset()) {
        return Err(other("the offset of the model".into(), found.offset(), own.offset()));
    }
    for (i, (&a, &b)) in found.linear().iter().zip(own.linear()).enumerate() {
        if differs(a, b) {
            return Err(other(format!("the coefficient of bit {i} in the model"), a, b));
        }
    }
    let all = found.quadratic().iter().chain(own.quadratic()).map(|&(i, j, _)| (i, j));
    for (i, j) in all {
        let [a, b] = [&theirs, &ours].map(|pairs| pairs.get(&(i, j)).copied().unwrap_or(0.0));
        if differs(a, b) {
            return Err(other(format!("the coefficient of bits {i} and {j} in the model"), a, b));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::MaxCut;
    use super::*;
    use crate::ising::testing::every_graph;
    use crate::ising::{Graph, Problem};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn encoded() -> Encoded<AnyProblem> {
        let graph = Graph::new(3, [(0, 1, 1.0), (1, 2, 0.1)]);
        Encoded::new(MaxCut::new(graph).into(), None).unwrap()
    }

    fn says(document: &Value) -> String {
        Encoded::from_json(&document.to_string()).unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(graph in every_graph()) {
            let encoded = Encoded::new(AnyProblem::from(MaxCut::new(graph)), None);
            if let Ok(Ok(text)) = encoded.as_ref().map(Encoded::to_json) {
                prop_assert_eq!(&Encoded::from_json(&text).unwrap(), encoded.as_ref().unwrap());
            }
        }
    }

    #[test]
    fn a_solver_reads_the_model() {
        let folder = std::env::temp_dir().join(format!("ketlab-encoded-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("cut.json");
        encoded().write(&path).unwrap();
        assert_eq!(Problem::read(&path).unwrap(), Problem::Qubo(encoded().qubo().clone()));
        assert_eq!(Encoded::read(&path).unwrap(), encoded());
        let says = Encoded::read(folder.join("none.json")).unwrap_err().to_string();
        assert!(says.contains("none.json"), "{says}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_was_edited_is_refused() {
        let whole: Value = serde_json::from_str(&encoded().to_json().unwrap()).unwrap();
        let edited = |pointer: &str, value: Value| {
            let mut document = whole.clone();
            *document.pointer_mut(pointer).unwrap() = value;
            says(&document)
        };
        for (pointer, value, expected) in [
            ("/model/linear/1", json!(3.0), "the coefficient of bit 1 in the model is 3"),
            ("/model/linear", json!([0.0]), "the number of the model's bits is 1"),
            ("/model/offset", json!(1), "the offset of the model is 1"),
            ("/model/quadratic/0/2", json!(0.5), "the coefficient of bits 0 and 1 in the model"),
            ("/model/quadratic/0/0", json!(7), "there are 3, numbered from 0"),
            ("/model/quadratic", json!([]), "the coefficient of bits 0 and 1 in the model is 0"),
            ("/model/format", json!("ketlab.ising"), "must be a ketlab.qubo"),
            ("/problem/graph/edges/1/2", json!(2), "encode the problem again"),
            ("/problem/graph/num_vertices", json!(1u64 << 60), "1048576"),
            ("/problem/kind", json!("x"), "max-cut"),
            ("/penalty", json!(1), "takes none"),
            ("/penalty", json!("1"), "not valid"),
            ("/version", json!(2), "reads version 1"),
            ("/format", json!("ketlab.qubo"), "`ketlab.encoded` is read"),
        ] {
            let says = edited(pointer, value);
            assert!(says.contains(expected), "{pointer}: {says}");
        }
        assert!(says(&json!([1])).contains("not valid"));
        assert!(says(&json!({"version": 1})).contains("without a `format`"));
        // What another machine rounds otherwise is no edit.
        let mut close = whole.clone();
        close["model"]["linear"][0] = json!(whole["model"]["linear"][0].as_f64().unwrap() + 1e-13);
        assert_eq!(Encoded::from_json(&close.to_string()).unwrap(), encoded());
    }

    #[test]
    fn documents_that_could_not_be_read_are_refused() {
        let n = 80;
        let edges = (0..n).flat_map(|v| (0..v).map(move |u| (u, v, 0.1234567890123 + u as f64)));
        let graph = Graph::new(n, edges);
        let encoded = Encoded::new(AnyProblem::from(MaxCut::new(graph)), None).unwrap();
        assert!(encoded.check_written().is_ok());
        let length = encoded.to_json().unwrap().len() as u64;
        let says = encoded.check_below(length - 1).unwrap_err().to_string();
        assert!(says.contains("3160 couplings") && says.contains(".coo"), "{says}");
        assert!(encoded.check_below(length + HEADER_BYTES).is_ok());
    }
}

//! Models, problems and graphs as JSON.
//!
//! `{"format": "ketlab.ising", "version": 1, "h": [0.5, 0], "j": [[0, 1, -1]], "offset": 0}`,
//! `{"format": "ketlab.qubo", "version": 1, "linear": […], "quadratic": […], "offset": 0}`,
//! `{"format": "ketlab.graph", "version": 1, "num_vertices": 3, "edges": [[0, 1, 1]]}`; indices
//! count from 0. Of a `ketlab.encoded`, a problem that was made a QUBO, the `model` is read.

use super::labels::distinct;
use super::model::Model;
use super::{bqpjson, dimod};
use crate::error::{Error, Result};
use crate::ising::{Graph, Ising, Problem, Qubo};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const VERSION: u64 = 1;
type Pairs = Vec<(usize, usize, f64)>;

/// What every document has.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IsingDocument {
    format: String,
    version: u64,
    h: Vec<f64>,
    j: Pairs,
    offset: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuboDocument {
    format: String,
    version: u64,
    linear: Vec<f64>,
    quadratic: Pairs,
    offset: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphDocument {
    format: String,
    version: u64,
    num_vertices: usize,
    edges: Pairs,
}

impl Ising {
    /// The model as JSON; [`Ising::from_json`] reads it back to the bit.
    pub fn to_json(&self) -> String {
        write(&IsingDocument {
            format: "ketlab.ising".into(),
            version: VERSION,
            h: self.fields().to_vec(),
            j: self.couplings().to_vec(),
            offset: self.offset(),
        })
    }

    /// The model of a JSON text.
    ///
    /// # Errors
    /// If it is not JSON of this format and version, a pair is there twice, or as
    /// [`Ising::try_new`].
    pub fn from_json(text: &str) -> Result<Self> {
        let document: IsingDocument = read(text, "ketlab.ising")?;
        distinct(&document.j)?;
        Ising::try_new(document.h, document.j, document.offset)
    }
}

impl Qubo {
    /// The problem as JSON; [`Qubo::from_json`] reads it back to the bit.
    pub fn to_json(&self) -> String {
        write(&QuboDocument {
            format: "ketlab.qubo".into(),
            version: VERSION,
            linear: self.linear().to_vec(),
            quadratic: self.quadratic().to_vec(),
            offset: self.offset(),
        })
    }

    /// The problem of a JSON text.
    ///
    /// # Errors
    /// As [`Ising::from_json`].
    pub fn from_json(text: &str) -> Result<Self> {
        let document: QuboDocument = read(text, "ketlab.qubo")?;
        distinct(&document.quadratic)?;
        Qubo::try_new(document.linear, document.quadratic, document.offset)
    }
}

impl Graph {
    /// The graph as JSON; [`Graph::from_json`] reads it back to the bit.
    pub fn to_json(&self) -> String {
        write(&GraphDocument {
            format: "ketlab.graph".into(),
            version: VERSION,
            num_vertices: self.num_vertices(),
            edges: self.edges().to_vec(),
        })
    }

    /// The graph of a JSON text.
    ///
    /// # Errors
    /// If it is not JSON of this format and version, or as [`Graph::try_new`].
    pub fn from_json(text: &str) -> Result<Self> {
        let document: GraphDocument = read(text, "ketlab.graph")?;
        Graph::try_new(document.num_vertices, document.edges)
    }
}

fn write(document: &impl Serialize) -> String {
    // Numbers, lists and strings always have a JSON form; all numbers are finite.
    let mut text = serde_json::to_string(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The graph, model or problem of a JSON text, by its `format`.
pub(super) fn problem(text: &str) -> Result<Problem> {
    // What tells the formats apart; of others' documents, a key that only theirs have.
    #[derive(Deserialize)]
    struct Name {
        format: Option<Value>,
        variable_domain: Option<Value>,
        #[serde(rename = "type")]
        kind: Option<Value>,
    }
    let refused = |value: String, expected: String| {
        Err(Error::Invalid { what: "the JSON of a problem".into(), value, expected })
    };
    let name = match serde_json::from_str::<Name>(text) {
        Ok(name) => name,
        Err(error) => return refused("not valid".into(), error.to_string()),
    };
    let model = |model: Model| match model {
        Model::Spins(model) => Problem::Ising(model),
        Model::Bits(qubo) => Problem::Qubo(qubo),
    };
    if name.format.is_none() && name.variable_domain.is_some() {
        return bqpjson::read(text).map(model);
    }
    if name.format.is_none() && name.kind.is_some() {
        return dimod::read(text).map(model);
    }
    let format = name.format.map(|format| match format {
        Value::String(format) => format,
        other => other.to_string(),
    });
    match format.as_deref() {
        Some("ketlab.graph") => Ok(Problem::Graph(Graph::from_json(text)?)),
        Some("ketlab.ising") => Ok(Problem::Ising(Ising::from_json(text)?)),
        Some("ketlab.qubo") => Ok(Problem::Qubo(Qubo::from_json(text)?)),
        Some("ketlab.encoded") => encoded(text).map(Problem::Qubo),
        Some("ketlab.pauli_sum") => super::problem::pauli_sum(text).map(Problem::Ising),
        found => refused(
            match found {
                Some(found) => format!("of the format `{}`", found.escape_debug()),
                None => "without a `format`".into(),
            },
            "`ketlab.graph`, `ketlab.ising`, `ketlab.qubo`, `ketlab.encoded` and \
             `ketlab.pauli_sum` are read, bqpjson (which has a `variable_domain`) and dimod's \
             models (which have a `type`)"
                .into(),
        ),
    }
}

/// The model of an encoded problem, a `ketlab.qubo`; what it was encoded from is for the decoder.
fn encoded(text: &str) -> Result<Qubo> {
    #[derive(Deserialize)]
    struct Encoded {
        model: Value,
    }
    match serde_json::from_str::<Encoded>(text) {
        Ok(Encoded { model }) => Qubo::from_json(&model.to_string()),
        Err(error) => Err(Error::Invalid {
            what: "the JSON of a ketlab.encoded".into(),
            value: "not valid".into(),
            expected: error.to_string(),
        }),
    }
}

fn read<T: DeserializeOwned>(text: &str, format: &str) -> Result<T> {
    let refused = |value: String, expected: String| Error::Invalid {
        what: format!("the JSON of a {format}"),
        value,
        expected,
    };
    let broken = |error: serde_json::Error| refused("not valid".into(), error.to_string());
    // Format and version first: another version may have other fields.
    let header: Header = serde_json::from_str(text).map_err(broken)?;
    if header.format != format {
        let value = format!("of the format `{}`", header.format);
        return Err(refused(value, format!("`{format}` is expected")));
    }
    if header.version != VERSION {
        let expected = format!("this program reads version {VERSION}");
        return Err(refused(format!("of version {}", header.version), expected));
    }
    serde_json::from_str(text).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_this_form() {
        let json =
            r#"{"format":"ketlab.ising","version":1,"h":[0.5,0.0],"j":[[0,1,-1.0]],"offset":2.0}"#;
        let model = Ising::new(vec![0.5, 0.0], [(0, 1, -1.0)], 2.0);
        assert_eq!(model.to_json().trim(), json);
        let graph = Graph::try_new(3, [(0, 1, 0.1)]).unwrap();
        assert_eq!(Graph::from_json(&graph.to_json()).unwrap(), graph);
    }

    #[test]
    fn an_encoded_problem_is_its_model() {
        let qubo = Qubo::new(vec![0.1, -3.0], [(0, 1, 1e-300)], 1.0 / 3.0);
        let encoded = |model: &str| {
            problem(&format!(
                r#"{{"format":"ketlab.encoded","version":1,"model":{model},"of":{{"n":4}}}}"#
            ))
        };
        assert_eq!(encoded(&qubo.to_json()).unwrap(), Problem::Qubo(qubo));
        let says = |model: &str| encoded(model).unwrap_err().to_string();
        assert!(says(r#"{"format":"ketlab.ising","version":1}"#).contains("`ketlab.qubo` is"));
        assert!(says(r#"{"format":"ketlab.qubo","version":2}"#).contains("reads version 1"));
        let without = problem(r#"{"format":"ketlab.encoded"}"#).unwrap_err().to_string();
        assert!(without.contains("missing field `model`"), "{without}");
    }

    #[test]
    fn refuses_with_a_reason() {
        let ising = |rest: &str| {
            Ising::from_json(&format!(r#"{{"format":"ketlab.ising",{rest}}}"#))
                .unwrap_err()
                .to_string()
        };
        assert!(ising(r#""version":2"#).contains("reads version 1"));
        assert!(ising(r#""version":1"#).contains("missing field `h`"));
        let whole = r#""version":1,"h":[0],"j":[],"offset":0"#;
        assert!(ising(&format!(r#"{whole},"extra":1"#)).contains("extra"));
        assert!(ising(&whole.replace("[]", "[[0,1,1]]")).contains("there are 1"));
        assert!(ising(&whole.replace("[]", "[[0,1]]")).contains("line 1 column"));
        assert!(
            ising(&whole.replace("[0]", "[0,0]").replace("[]", "[[0,1,1],[1,0,1]]"))
                .contains("entry 0 is of this pair")
        );
        let says = Qubo::from_json(r#"{"format":"ketlab.ising","version":1}"#).unwrap_err();
        assert!(says.to_string().contains("of the format `ketlab.ising`"));
        assert!(Graph::from_json("").is_err());
    }
}

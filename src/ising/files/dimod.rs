//! dimod's `BinaryQuadraticModel` as JSON, schema 3.0.0 (`to_serializable(use_bytes=False)`).

use super::labels;
use super::model::Model;
use crate::error::{Error, Result};
use crate::ising::{Ising, Qubo};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const KIND: &str = "BinaryQuadraticModel";
const SCHEMA: &str = "3.0.0";

/// What says whether the rest can be read.
#[derive(Deserialize)]
struct Header {
    #[serde(rename = "type")]
    kind: String,
    version: Option<Version>,
    use_bytes: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct Version {
    bqm_schema: String,
}

#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    version: Version,
    use_bytes: bool,
    #[serde(skip_deserializing)]
    index_type: &'static str,
    #[serde(skip_deserializing)]
    bias_type: &'static str,
    num_variables: usize,
    num_interactions: usize,
    variable_labels: Vec<Value>,
    variable_type: String,
    offset: f64,
    #[serde(skip_deserializing)]
    info: Map<String, Value>,
    linear_biases: Vec<f64>,
    quadratic_biases: Vec<f64>,
    quadratic_head: Vec<usize>,
    quadratic_tail: Vec<usize>,
}

impl Ising {
    /// Reads a SPIN model of dimod's JSON, schema 3.0, in plain numbers
    /// (`json.dumps(bqm.to_serializable(use_bytes=False))`). Labels may be anything; where they are
    /// the numbers 0 to n - 1 in some order, they are the numbers of the spins, else spin k is the
    /// k-th of the file, which dimod sorts if it can.
    ///
    /// # Errors
    /// If it is not such JSON or its numbers are packed in bytes, the variables are BINARY (then
    /// [`Qubo::from_dimod`] reads it), lists have other lengths than the file says, a label or a
    /// pair is there twice, or as [`Ising::try_new`].
    pub fn from_dimod(text: &str) -> Result<Self> {
        read(text)?.spins("dimod")
    }

    /// The model as dimod's JSON, labelled from 0; [`Ising::from_dimod`] reads it back to the bit,
    /// and `dimod.BinaryQuadraticModel.from_serializable` reads it.
    pub fn to_dimod(&self) -> String {
        write("SPIN", self.fields(), self.couplings(), self.offset())
    }
}

impl Qubo {
    /// Reads a BINARY model of dimod's JSON, as [`Ising::from_dimod`] does.
    ///
    /// # Errors
    /// As [`Ising::from_dimod`], SPIN and BINARY the other way round.
    pub fn from_dimod(text: &str) -> Result<Self> {
        read(text)?.bits("dimod")
    }

    /// The problem as dimod's JSON; [`Qubo::from_dimod`] reads it back to the bit.
    pub fn to_dimod(&self) -> String {
        write("BINARY", self.linear(), self.quadratic(), self.offset())
    }
}

fn refused(value: impl Into<String>, expected: impl Into<String>) -> Error {
    let what = "the JSON of a dimod model".into();
    Error::Invalid { what, value: value.into(), expected: expected.into() }
}

/// The model of either kind of variables.
pub(super) fn read(text: &str) -> Result<Model> {
    let broken = |error: serde_json::Error| refused("not valid", error.to_string());
    let header: Header = serde_json::from_str(text).map_err(broken)?;
    check_header(&header)?;
    let document: Document = serde_json::from_str(text).map_err(broken)?;
    let (n, m) = (document.num_variables, document.num_interactions);
    for (list, of, length, expected) in [
        ("variable_labels", "variables", document.variable_labels.len(), n),
        ("linear_biases", "variables", document.linear_biases.len(), n),
        ("quadratic_biases", "interactions", document.quadratic_biases.len(), m),
        ("quadratic_head", "interactions", document.quadratic_head.len(), m),
        ("quadratic_tail", "interactions", document.quadratic_tail.len(), m),
    ] {
        if length != expected {
            let what = format!("the length of {list}");
            let expected = format!("the file says that it has {expected} {of}");
            return Err(Error::Invalid { what, value: length.to_string(), expected });
        }
    }
    let number = |label: &Value| label.as_u64().and_then(|k| usize::try_from(k).ok());
    let places = labels::variables(&document.variable_labels, number)?;
    let mut linear = vec![0.0; n];
    for (&place, &bias) in places.iter().zip(&document.linear_biases) {
        linear[place] = bias;
    }
    let mut pairs = Vec::with_capacity(m);
    for k in 0..m {
        let at = |end: usize| {
            places.get(end).copied().ok_or_else(|| Error::Invalid {
                what: format!("an end of interaction {k}"),
                value: end.to_string(),
                expected: format!("there are {n} variables, numbered from 0"),
            })
        };
        let (i, j) = (at(document.quadratic_head[k])?, at(document.quadratic_tail[k])?);
        if i == j {
            return Err(Error::Invalid {
                what: format!("interaction {k}"),
                value: format!("of variable {i} twice"),
                expected: "it must join two different variables".into(),
            });
        }
        pairs.push((i, j, document.quadratic_biases[k]));
    }
    labels::distinct(&pairs)?;
    match document.variable_type.as_str() {
        "SPIN" => Ising::try_new(linear, pairs, document.offset).map(Model::Spins),
        "BINARY" => Qubo::try_new(linear, pairs, document.offset).map(Model::Bits),
        other => {
            let value = format!("of the variable_type `{}`", other.escape_debug());
            Err(refused(value, "`SPIN` and `BINARY` are read"))
        }
    }
}

fn check_header(header: &Header) -> Result<()> {
    // Python writes the name of its class, of which dimod has several.
    if header.kind != KIND && !header.kind.ends_with("BQM") {
        let value = format!("of the type `{}`", header.kind.escape_debug());
        let expected = match &header.kind[..] {
            "SampleSet" => "these are samples; a `BinaryQuadraticModel` is expected here",
            _ => "a `BinaryQuadraticModel` is expected here",
        };
        return Err(refused(value, expected));
    }
    let schema = header.version.as_ref().map_or("1.0.0", |version| &version.bqm_schema);
    if !schema.starts_with("3.0.") {
        let value = format!("of the bqm_schema `{}`", schema.escape_debug());
        return Err(refused(value, "3.0 is read, which dimod writes from 0.9 on"));
    }
    if header.use_bytes == Some(true) {
        return Err(refused(
            "packed in bytes (`use_bytes`)",
            "only plain numbers are read; write the file with to_serializable(use_bytes=False)",
        ));
    }
    Ok(())
}

fn write(kind: &str, linear: &[f64], pairs: &[(usize, usize, f64)], offset: f64) -> String {
    let document = Document {
        kind: KIND.into(),
        version: Version { bqm_schema: SCHEMA.into() },
        use_bytes: false,
        index_type: "int32",
        bias_type: "float64",
        num_variables: linear.len(),
        num_interactions: pairs.len(),
        variable_labels: (0..linear.len()).map(Value::from).collect(),
        variable_type: kind.into(),
        offset,
        info: Map::new(),
        linear_biases: linear.to_vec(),
        quadratic_biases: pairs.iter().map(|pair| pair.2).collect(),
        quadratic_head: pairs.iter().map(|pair| pair.0).collect(),
        quadratic_tail: pairs.iter().map(|pair| pair.1).collect(),
    };
    // Numbers, lists and strings always have a JSON form; all numbers are finite.
    let mut text = serde_json::to_string(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::same_bits;
    use crate::math::Bits;

    // Written by dimod 0.12.23, with its energies of all configurations, the first variable fastest,
    // x = 0 or s = -1 first: labels of all kinds, which dimod cannot sort, and numbers.
    const SPIN: &str = r#"{"type": "BinaryQuadraticModel", "version": {"bqm_schema": "3.0.0"}, "use_bytes": false, "index_type": "int32", "bias_type": "float64", "num_variables": 3, "num_interactions": 2, "variable_labels": ["a", 7, ["x", 2]], "variable_type": "SPIN", "offset": 0.75, "info": {}, "linear_biases": [0.5, -1.0, 0.0], "quadratic_biases": [-1.25, 2.0], "quadratic_head": [0, 1], "quadratic_tail": [1, 2]}"#;
    const SPIN_ENERGIES: [f64; 8] = [2.0, 5.5, -1.5, -3.0, -2.0, 1.5, 2.5, 1.0];
    const BINARY: &str = r#"{"type": "BinaryQuadraticModel", "version": {"bqm_schema": "3.0.0"}, "use_bytes": false, "index_type": "int32", "bias_type": "float64", "num_variables": 3, "num_interactions": 2, "variable_labels": [0, 1, 2], "variable_type": "BINARY", "offset": -0.75, "info": {}, "linear_biases": [-1.0, 0.1, 0.5], "quadratic_biases": [2.0, -1.25], "quadratic_head": [0, 0], "quadratic_tail": [1, 2]}"#;
    const BINARY_ENERGIES: [f64; 8] =
        [-0.75, -1.75, -0.65, 0.3500000000000001, -0.25, -2.5, -0.15, -0.3999999999999999];

    #[test]
    fn has_the_energies_of_dimod() {
        let (model, qubo) = (Ising::from_dimod(SPIN).unwrap(), Qubo::from_dimod(BINARY).unwrap());
        // The numbers say which variable a label is, wherever it stands.
        let moved = BINARY
            .replace("[0, 1, 2]", "[2, 1, 0]")
            .replace("[-1.0, 0.1, 0.5]", "[0.5, 0.1, -1.0]")
            .replace("[0, 0], \"quadratic_tail\": [1, 2]", "[2, 2], \"quadratic_tail\": [1, 0]");
        assert_ne!(moved, BINARY);
        assert_eq!(Qubo::from_dimod(&moved).unwrap(), qubo);
        for k in 0..8 {
            // dimod's s = +1 is our bit 0.
            let spin = model.energy(&Bits::from_u64(!k & 7, 3));
            assert!((spin - SPIN_ENERGIES[k as usize]).abs() < 1e-12, "{k}: {spin}");
            let binary = qubo.energy(&Bits::from_u64(k, 3));
            assert!((binary - BINARY_ENERGIES[k as usize]).abs() < 1e-12, "{k}: {binary}");
        }
    }

    #[test]
    fn has_this_form() {
        let model = Ising::new(vec![0.5, -0.0], [(0, 1, -1.0)], 0.1);
        let expected = r#"{"type":"BinaryQuadraticModel","version":{"bqm_schema":"3.0.0"},"use_bytes":false,"index_type":"int32","bias_type":"float64","num_variables":2,"num_interactions":1,"variable_labels":[0,1],"variable_type":"SPIN","offset":0.1,"info":{},"linear_biases":[0.5,-0.0],"quadratic_biases":[-1.0],"quadratic_head":[0],"quadratic_tail":[1]}"#;
        assert_eq!(model.to_dimod().trim(), expected);
        assert!(same_bits(&Ising::from_dimod(expected).unwrap(), &model));
    }

    #[test]
    fn refuses_with_a_reason() {
        for (from, to, says) in [
            ("\"use_bytes\": false", "\"use_bytes\": true", "to_serializable(use_bytes=False)"),
            ("3.0.0", "2.0.0", "bqm_schema `2.0.0`"),
            ("BinaryQuadraticModel", "SampleSet", "these are samples"),
            ("BinaryQuadraticModel", "ConstrainedQuadraticModel", "`BinaryQuadraticModel` is"),
            ("SPIN", "BINARY", "of bits"),
            ("SPIN", "INTEGER", "`SPIN` and `BINARY` are read"),
            ("\"num_variables\": 3", "\"num_variables\": 99999999999", "99999999999 variables"),
            ("\"num_interactions\": 2", "\"num_interactions\": 3", "says that it has 3 inter"),
            ("[0.5, -1.0, 0.0]", "[0.5, -1.0]", "the length of linear_biases is 2"),
            ("[0.5, -1.0, 0.0]", "\"AAAA\"", "invalid type: string"),
            ("[\"a\", 7", "[7, 7", "label 0 is the same"),
            ("[0, 1]", "[0, 7]", "an end of interaction 1 is 7"),
            ("[0, 1]", "[1, 1]", "two different variables"),
            ("[1, 2]", "[1, 0]", "entry 0 is of this pair already"),
            ("\"offset\": 0.75, ", "", "missing field `offset`"),
        ] {
            let text = SPIN.replacen(from, to, 1);
            assert_ne!(text, SPIN, "{from}");
            let error = Ising::from_dimod(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{to}: {error}");
        }
        assert!(Qubo::from_dimod(SPIN).is_err());
    }
}

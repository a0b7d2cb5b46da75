//! dimod's `SampleSet` as JSON, schema 3.2.0 (`dimod.SampleSet.to_serializable`).
//!
//! dimod relates its two kinds of variables by x = (1 + s)/2, ketlab by x = (1 - s)/2. So both kinds
//! can be meant in two ways. BINARY variables are spins s = 2x - 1 of an Ising model that dimod
//! converted, or the variables of a QUBO, which are our bits: [`SampleSet::from_dimod`] takes the
//! first, [`SampleSet::from_dimod_qubo`] the second. SPIN variables are our spins, as
//! [`SampleSet::from_dimod`] takes them, or those of a QUBO that dimod converted, with 1 for our bit
//! 1. [`SampleSet::read_for`] tells by the energies.

use super::json::{fault, unreadable};
use super::{Sample, SampleInfo, SampleSet};
use crate::error::Result;
use crate::ising::quadratic::check_size;
use crate::math::Bits;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What a document says that it is.
pub(super) const KIND: &str = "SampleSet";
const SCHEMA: &str = "3.2.0";

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    version: Version,
    num_variables: usize,
    num_rows: usize,
    sample_data: Array,
    sample_packed: bool,
    vectors: Vectors,
    variable_labels: Vec<Value>,
    variable_type: String,
    #[serde(default)]
    info: Map<String, Value>,
}

#[derive(Deserialize)]
struct Version {
    sampleset_schema: String,
}

#[derive(Deserialize)]
struct Array {
    data: Value,
    use_bytes: bool,
}

#[derive(Deserialize)]
struct Vectors {
    energy: Array,
    num_occurrences: Array,
}

impl Array {
    fn read<T: serde::de::DeserializeOwned>(self, what: &str) -> Result<T> {
        if self.use_bytes {
            let expected = "only plain numbers are read; write the file with use_bytes=False";
            return Err(fault(&format!("the encoding of {what}"), "bytes", expected));
        }
        serde_json::from_value(self.data).map_err(|error| unreadable(&error))
    }
}

impl SampleSet {
    /// The set as dimod's JSON with SPIN variables, labelled 0, 1, …; what a solver said of itself
    /// goes into its `info`.
    pub fn to_dimod(&self) -> String {
        self.written("SPIN", |row, i| self.spin(row, i))
    }

    /// The set as dimod's JSON with BINARY variables, which are our bits, those of a QUBO.
    pub fn to_dimod_qubo(&self) -> String {
        self.written("BINARY", |row, i| (1 - self.spin(row, i)) / 2)
    }

    fn written(&self, variables: &str, value: impl Fn(usize, usize) -> i8) -> String {
        let (n, rows) = (self.num_spins(), self.len());
        let data: Vec<Vec<i8>> =
            (0..rows).map(|row| (0..n).map(|i| value(row, i)).collect()).collect();
        let array = |data: Value, kind: &str, shape: &[usize]| {
            json!({
                "type": "array", "data": data, "data_type": kind, "shape": shape,
                "use_bytes": false,
            })
        };
        let document = json!({
            "type": KIND,
            "version": {"sampleset_schema": SCHEMA},
            "num_variables": n,
            "num_rows": rows,
            "sample_data": array(json!(data), "int8", &[rows, n]),
            "sample_type": "int8",
            "sample_packed": false,
            "vectors": {
                "energy": array(json!(self.energies), "float64", &[rows]),
                "num_occurrences": array(json!(self.occurrences), "int64", &[rows]),
            },
            "variable_labels": (0..n).collect::<Vec<_>>(),
            "variable_type": variables,
            "info": self.info,
        });
        document.to_string()
    }

    /// The set of dimod's JSON, schema 3.2, packed or not, of spins: BINARY variables are taken for
    /// s = 2x - 1. Labels must be whole numbers from 0, which say where a variable stands. Its `info`
    /// becomes a parameter of that name.
    ///
    /// # Errors
    /// If it is not such JSON, or as [`SampleSet::from_samples`].
    pub fn from_dimod(text: &str) -> Result<Self> {
        read(text, false)
    }

    /// [`SampleSet::from_dimod`] of the variables of a QUBO: x is our bit.
    ///
    /// # Errors
    /// As [`SampleSet::from_dimod`], and if the variables are not BINARY.
    pub fn from_dimod_qubo(text: &str) -> Result<Self> {
        read(text, true)
    }
}

fn read(text: &str, qubo: bool) -> Result<SampleSet> {
    let document: Document = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    if document.kind != KIND {
        let value = format!("`{}`", document.kind.escape_debug());
        return Err(fault("the type of a dimod document", value, "it must be SampleSet"));
    }
    let schema = document.version.sampleset_schema;
    if !schema.starts_with("3.2.") {
        let value = schema.escape_debug();
        return Err(fault("the schema of a dimod sample set", value, "version 3.2 is read"));
    }
    let binary = match document.variable_type.as_str() {
        "SPIN" if qubo => {
            return Err(fault("the variables of a QUBO's samples", "SPIN", "they must be BINARY"));
        }
        "SPIN" => false,
        "BINARY" => true,
        other => {
            let value = format!("`{}`", other.escape_debug());
            return Err(fault("the variables of a sample set", value, "SPIN or BINARY are read"));
        }
    };
    let (n, rows) = (document.num_variables, document.num_rows);
    check_size("the samples", n)?;
    let places = places(&document.variable_labels, n)?;
    let data: Vec<Vec<i64>> = document.sample_data.read("the samples")?;
    let energies: Vec<f64> = document.vectors.energy.read("the energies")?;
    let occurrences: Vec<u64> = document.vectors.num_occurrences.read("the occurrences")?;
    for (what, count) in
        [("rows", data.len()), ("energies", energies.len()), ("occurrences", occurrences.len())]
    {
        if count != rows {
            let what = format!("the number of {what} of a sample set");
            return Err(fault(&what, count, format!("it says that it has {rows} rows")));
        }
    }
    let width = if document.sample_packed { n.div_ceil(32) } else { n };
    let mut samples = Vec::with_capacity(rows);
    for (number, row) in data.into_iter().enumerate() {
        if row.len() != width {
            let what = format!("the length of row {number} of a sample set");
            return Err(fault(&what, row.len(), format!("it must be {width}")));
        }
        let mut bits = Bits::zeros(n);
        for (i, &place) in places.iter().enumerate() {
            // Whether dimod's value is the larger one of the two, s = 1 or x = 1.
            let high = match document.sample_packed {
                true => row[i / 32] >> (i % 32) & 1 == 1,
                false => match (row[i], binary) {
                    (1, _) => true,
                    (-1, false) | (0, true) => false,
                    (other, _) => {
                        let what = format!("variable {i} of row {number} of a sample set");
                        let expected = format!("no {} variable is that", document.variable_type);
                        return Err(fault(&what, other, expected));
                    }
                },
            };
            bits.set(place, high == qubo);
        }
        samples.push(Sample { bits, energy: energies[number], occurrences: occurrences[number] });
    }
    let mut info = SampleInfo { solver: "from a dimod file".into(), ..SampleInfo::default() };
    if !document.info.is_empty() {
        info.parameters.insert("info".into(), Value::Object(document.info));
    }
    SampleSet::from_samples(n, samples, info)
}

/// Where each column goes: the labels must be 0, 1, … in some order.
fn places(labels: &[Value], n: usize) -> Result<Vec<usize>> {
    let mut seen = vec![false; n];
    let place = |label: &Value| {
        let place = label.as_u64().map(|k| k as usize).filter(|&k| k < n && !seen[k]);
        let expected = format!("the labels must be the numbers from 0 to {}", n.saturating_sub(1));
        let place = place.ok_or_else(|| fault("a label of a sample set", label, expected))?;
        seen[place] = true;
        Ok(place)
    };
    let places = labels.iter().map(place).collect::<Result<Vec<_>>>()?;
    if places.len() == n {
        return Ok(places);
    }
    Err(fault("the number of labels of a sample set", places.len(), format!("it must be {n}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{any_ising, any_qubo};
    use crate::ising::{Ising, Qubo};
    use proptest::prelude::*;

    // Written by dimod 0.12.23 for h = (0.5, 0, -1), J01 = -1, J12 = 2 and the samples (1, -1, 1)
    // twice and (-1, -1, 1): as SPIN packed, and as BINARY not packed.
    const PACKED: &str = r#"{"type": "SampleSet", "version": {"sampleset_schema": "3.2.0"}, "num_variables": 3, "num_rows": 2, "sample_data": {"type": "array", "data": [[5], [4]], "data_type": "uint32", "shape": [2, 1], "use_bytes": false}, "sample_type": "int8", "sample_packed": true, "vectors": {"energy": {"type": "array", "data": [-1.5, -4.5], "data_type": "float64", "shape": [2], "use_bytes": false}, "num_occurrences": {"type": "array", "data": [2, 1], "data_type": "int64", "shape": [2], "use_bytes": false}}, "variable_labels": [0, 1, 2], "variable_type": "SPIN", "info": {}}"#;
    const BINARY: &str = r#"{"type": "SampleSet", "version": {"sampleset_schema": "3.2.0"}, "num_variables": 3, "num_rows": 2, "sample_data": {"type": "array", "data": [[1, 0, 1], [0, 0, 1]], "data_type": "int8", "shape": [2, 3], "use_bytes": false}, "sample_type": "int8", "sample_packed": false, "vectors": {"energy": {"type": "array", "data": [-1.5, -4.5], "data_type": "float64", "shape": [2], "use_bytes": false}, "num_occurrences": {"type": "array", "data": [2, 1], "data_type": "int64", "shape": [2], "use_bytes": false}}, "variable_labels": [0, 1, 2], "variable_type": "BINARY", "info": {}}"#;

    #[test]
    fn the_energies_of_dimod_are_ours() {
        let model = Ising::new(vec![0.5, 0.0, -1.0], [(0, 1, -1.0), (1, 2, 2.0)], 0.0);
        for text in [PACKED, BINARY] {
            let set = SampleSet::from_dimod(text).unwrap();
            let row = |row| (0..3).map(|i| set.spin(row, i)).collect::<Vec<_>>();
            assert_eq!((row(0), row(1)), (vec![1, -1, 1], vec![-1, -1, 1]));
            assert_eq!(set.reads(), 3);
            for sample in set.iter() {
                assert_eq!(model.energy(&sample.bits), sample.energy);
            }
            let again = SampleSet::from_dimod(&set.to_dimod()).unwrap();
            assert!(again.iter().eq(set.iter()));
        }
        // dimod's QUBO of this model, by x = (1 + s)/2: its x are our bits.
        let (linear, pairs) = (vec![3.0, -2.0, -6.0], [(0, 1, -4.0), (1, 2, 8.0)]);
        let qubo = Qubo::new(linear, pairs, 1.5);
        let set = SampleSet::from_dimod_qubo(BINARY).unwrap();
        assert_eq!(set.bits(0).to_string(), "101");
        for sample in set.iter() {
            assert_eq!(qubo.energy(&sample.bits), sample.energy);
        }
        let again = SampleSet::from_dimod_qubo(&set.to_dimod_qubo()).unwrap();
        assert!(again.iter().eq(set.iter()));
    }

    proptest! {
        /// Offset included: the QUBO of a model, the model of a QUBO, and what comes back from each
        /// document have the energies that the set says.
        #[test]
        fn both_forms_have_the_energies_of_every_document(
            ising in any_ising(6),
            qubo in any_qubo(6),
            reads in prop::collection::vec(0u64..64, 0..9),
        ) {
            let pairs = [(ising.clone(), ising.to_qubo().unwrap()), (qubo.to_ising().unwrap(), qubo)];
            for (ising, qubo) in pairs {
                let bits = reads.iter().map(|&x| Bits::from_u64(x, 6));
                let set = SampleSet::new(&ising, bits, SampleInfo::default()).unwrap();
                // dimod's own x = (1 + s)/2 of the spins: the other bits.
                let turned = set.iter().zip(&reads).map(|(sample, x)| {
                    Sample { bits: Bits::from_u64(!x & 63, 6), ..sample }
                });
                let turned = SampleSet::from_samples(6, turned, SampleInfo::default()).unwrap();
                for copy in [
                    SampleSet::from_json(&set.to_json()).unwrap(),
                    SampleSet::from_dimod(&set.to_dimod()).unwrap(),
                    SampleSet::from_dimod_qubo(&set.to_dimod_qubo()).unwrap(),
                    SampleSet::from_dimod(&turned.to_dimod_qubo()).unwrap(),
                ] {
                    prop_assert!(copy.iter().eq(set.iter()));
                    for sample in copy.iter() {
                        prop_assert!((ising.energy(&sample.bits) - sample.energy).abs() < 1e-12);
                        prop_assert!((qubo.energy(&sample.bits) - sample.energy).abs() < 1e-12);
                    }
                }
            }
        }
    }

    #[test]
    fn labels_say_where_and_faults_are_named() {
        let turned = PACKED.replace("[0, 1, 2]", "[2, 0, 1]");
        let set = SampleSet::from_dimod(&turned).unwrap();
        assert_eq!((0..3).map(|i| set.spin(0, i)).collect::<Vec<_>>(), [-1, 1, 1]);
        let says = |from: &str, to: &str| {
            SampleSet::from_dimod(&BINARY.replace(from, to)).unwrap_err().to_string()
        };
        assert!(says("[1, 0, 1]", "[1, -1, 1]").contains("variable 1 of row 0"));
        assert!(says("[1, 0, 1]", "[1, 0]").contains("length of row 0"));
        assert!(says("\"use_bytes\": false", "\"use_bytes\": true").contains("use_bytes=False"));
        assert!(says("3.2.0", "3.0.0").contains("3.2"));
        assert!(says("\"BINARY\"", "\"INTEGER\"").contains("SPIN or BINARY"));
        assert!(says("[0, 1, 2]", "[\"a\", 1, 2]").contains("label"));
        assert!(says("[0, 1, 2]", "[0, 0, 2]").contains("label"));
        assert!(says("\"num_rows\": 2", "\"num_rows\": 3").contains("3 rows"));
        assert!(SampleSet::from_dimod_qubo(PACKED).is_err());
    }
}

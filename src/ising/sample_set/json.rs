//! Sample sets as JSON of ketlab's own.
//!
//! `{"format": "ketlab.sample_set", "version": 1, "num_spins": 2, "samples":
//! [{"spins": [1, -1], "energy": -1.0, "occurrences": 2}], "info": {"solver": …}}`.

use super::{Sample, SampleInfo, SampleSet};
use crate::error::{Error, Result};
use crate::ising::quadratic::check_size;
use crate::math::Bits;
use serde::{Deserialize, Serialize};

pub(super) const FORMAT: &str = "ketlab.sample_set";
/// The documents of `ketlab anneal`, which have the rows of a sample set beside other things.
pub(super) const ANNEAL: &str = "ketlab.anneal";
const VERSION: u64 = 1;

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u64,
    num_spins: usize,
    samples: Vec<Row>,
    info: SampleInfo,
}

/// What a document of `ketlab anneal` has of a sample set.
#[derive(Deserialize)]
struct AnnealDocument {
    num_spins: usize,
    samples: Vec<Row>,
    solver: SampleInfo,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    spins: Vec<i8>,
    energy: f64,
    occurrences: u64,
}

pub(super) fn fault(what: &str, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() }
}

pub(super) fn unreadable(error: &serde_json::Error) -> Error {
    fault("a sample set's JSON", "not readable", error.to_string())
}

impl SampleSet {
    /// The set as JSON; [`SampleSet::from_json`] reads it back to the bit.
    pub fn to_json(&self) -> String {
        let row = |row| Row {
            spins: (0..self.num_spins()).map(|i| self.spin(row, i)).collect(),
            energy: self.energy(row),
            occurrences: self.occurrences(row),
        };
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            num_spins: self.num_spins(),
            samples: (0..self.len()).map(row).collect(),
            info: self.info.clone(),
        };
        serde_json::to_string(&document).expect("numbers and text are JSON")
    }

    /// The set of a JSON text.
    ///
    /// # Errors
    /// If it is not JSON of this format and version, a spin is not 1 or -1, or as
    /// [`SampleSet::from_samples`].
    pub fn from_json(text: &str) -> Result<Self> {
        check_header(text, FORMAT)?;
        let document: Document = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        set_of(document.num_spins, document.samples, document.info)
    }
}

/// The samples of a document of `ketlab anneal`.
pub(super) fn of_anneal(text: &str) -> Result<SampleSet> {
    check_header(text, ANNEAL)?;
    let document: AnnealDocument =
        serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    set_of(document.num_spins, document.samples, document.solver)
}

fn check_header(text: &str, format: &str) -> Result<()> {
    let header: Header = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    if header.format != format {
        let value = format!("`{}`", header.format.escape_debug());
        return Err(fault("the format of a sample set", value, format!("it must be {format}")));
    }
    if header.version != VERSION {
        let expected = format!("this ketlab reads version {VERSION}");
        return Err(fault("the version of a sample set", header.version, expected));
    }
    Ok(())
}

fn set_of(num_spins: usize, rows: Vec<Row>, info: SampleInfo) -> Result<SampleSet> {
    check_size("the samples", num_spins)?;
    let samples = rows.into_iter().enumerate().map(|(number, row)| {
        let mut bits = Bits::zeros(row.spins.len());
        for (i, spin) in row.spins.into_iter().enumerate() {
            match spin {
                1 => {}
                -1 => bits.set(i, true),
                other => {
                    let what = format!("spin {i} of sample {number}");
                    return Err(fault(&what, other, "it must be 1 or -1"));
                }
            }
        }
        Ok(Sample { bits, energy: row.energy, occurrences: row.occurrences })
    });
    let samples = samples.collect::<Result<Vec<_>>>()?;
    SampleSet::from_samples(num_spins, samples, info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::every_ising;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_what_it_writes(model in every_ising(), reads in prop::collection::vec(any::<u64>(), 0..9)) {
            let info = SampleInfo {
                solver: "\"x\"".into(),
                seed: Some(u64::MAX),
                seconds: Some(0.1),
                warnings: vec!["ü".into()],
                ..SampleInfo::default()
            };
            let bits = reads.iter().map(|&x| Bits::from_u64(x, model.num_spins()));
            if let Ok(set) = SampleSet::new(&model, bits, info) {
                prop_assert_eq!(SampleSet::from_json(&set.to_json()).unwrap(), set);
            }
        }
    }

    #[test]
    fn faults_are_named() {
        let says = |text: &str| SampleSet::from_json(text).unwrap_err().to_string();
        let whole = |spins: &str, version: u32| {
            format!(
                r#"{{"format":"ketlab.sample_set","version":{version},"num_spins":2,"info":{{}},
                    "samples":[{{"spins":{spins},"energy":1,"occurrences":1}}]}}"#
            )
        };
        assert!(SampleSet::from_json(&whole("[1,-1]", 1)).is_ok());
        assert!(says(&whole("[1,0]", 1)).contains("spin 1 of sample 0 is 0"));
        assert!(says(&whole("[1]", 1)).contains("2 variables"));
        assert!(says(&whole("[1,1]", 2)).contains("version 1"));
        assert!(says(r#"{"format":"ketlab.ising","version":1}"#).contains("ketlab.sample_set"));
        assert!(says("[").contains("JSON"));
    }
}

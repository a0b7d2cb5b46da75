//! Lattices, and the frequencies of their qubits, as JSON that a person writes.

use super::{FrequencyPlan, Lattice};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

const FORMAT: &str = "ketlab.lattice";
const VERSION: u32 = 1;
/// Of all qubits of a file that says none.
const ANHARMONICITY_GHZ: f64 = -0.33;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    #[serde(default = "unnamed")]
    name: String,
    num_qubits: usize,
    couplings: Vec<(usize, usize)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    places: Option<Vec<(f64, f64)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frequencies_ghz: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    anharmonicities_ghz: Option<Vec<f64>>,
}

fn unnamed() -> String {
    "lattice".into()
}

/// What a file of the format `ketlab.lattice` holds.
///
/// ```json
/// {"format": "ketlab.lattice", "version": 1, "name": "bow tie",
///  "num_qubits": 5,
///  "couplings": [[0, 1], [0, 2], [2, 3], [2, 4]],
///  "places": [[0, 0], [0, 2], [1, 1], [2, 0], [2, 2]],
///  "frequencies_ghz": [5.05, 5.12, 5.19, 5.05, 5.12],
///  "anharmonicities_ghz": [-0.33, -0.33, -0.33, -0.33, -0.33]}
/// ```
///
/// `format`, `version`, `num_qubits` and `couplings` must be there. `places` are column and row of each
/// qubit in a drawing, rows downwards. Any other key is an error.
#[derive(Debug, Clone, PartialEq)]
pub struct LatticeFile {
    /// The qubits, their couplings and places.
    pub lattice: Lattice,
    /// f01 of each qubit, if the file says.
    pub frequencies_ghz: Option<Vec<f64>>,
    /// α of each qubit, if the file says.
    pub anharmonicities_ghz: Option<Vec<f64>>,
}

impl LatticeFile {
    /// Reads a file of this format.
    ///
    /// ```
    /// use ketlab::chip::LatticeFile;
    /// let text = r#"{"format": "ketlab.lattice", "version": 1, "num_qubits": 2, "couplings": [[0, 1]]}"#;
    /// assert_eq!(LatticeFile::from_json(text)?.lattice.couplings(), [(0, 1)]);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is not JSON, has another format or version or keys that do not belong there, is no lattice
    /// (see [`Lattice::new`]), or a list has not one number for each qubit.
    pub fn from_json(text: &str) -> Result<Self> {
        let document: Document = serde_json::from_str(text).map_err(|why| Error::Invalid {
            what: "the JSON of a lattice".into(),
            value: "not valid".into(),
            expected: why.to_string(),
        })?;
        if document.format != FORMAT || document.version != VERSION {
            return Err(Error::Invalid {
                what: "the format of a lattice".into(),
                value: format!("{} version {}", document.format, document.version),
                expected: format!("this ketlab reads {FORMAT} version {VERSION}"),
            });
        }
        let n = document.num_qubits;
        let mut lattice = Lattice::new(document.name, n, &document.couplings)?;
        if let Some(places) = document.places {
            lattice = lattice.with_places(places)?;
        }
        for (key, list) in [
            ("frequencies_ghz", &document.frequencies_ghz),
            ("anharmonicities_ghz", &document.anharmonicities_ghz),
        ] {
            if let Some(list) = list.as_ref().filter(|list| list.len() != n) {
                return Err(Error::Invalid {
                    what: format!("`{key}` of a lattice"),
                    value: format!("a list of {}", list.len()),
                    expected: format!("there is one number for each of the {n} qubits"),
                });
            }
        }
        Ok(LatticeFile {
            lattice,
            frequencies_ghz: document.frequencies_ghz,
            anharmonicities_ghz: document.anharmonicities_ghz,
        })
    }

    /// The plan that the file states, if it has frequencies: without anharmonicities they are all
    /// -330 MHz.
    ///
    /// # Errors
    /// See [`FrequencyPlan::new`].
    pub fn plan(&self) -> Result<Option<FrequencyPlan>> {
        let Some(frequencies) = self.frequencies_ghz.clone() else { return Ok(None) };
        let given = self.anharmonicities_ghz.clone();
        let anharmonicities = given.unwrap_or_else(|| vec![ANHARMONICITY_GHZ; frequencies.len()]);
        FrequencyPlan::new(&self.lattice, frequencies, anharmonicities).map(Some)
    }
}

impl FrequencyPlan {
    /// The plan as a file of the format `ketlab.lattice`.
    pub fn to_json(&self) -> String {
        let lattice = self.lattice();
        let document = Document {
            format: FORMAT.into(),
            version: VERSION,
            name: lattice.name().into(),
            num_qubits: lattice.num_qubits(),
            couplings: lattice.couplings().to_vec(),
            places: Some(lattice.places()),
            frequencies_ghz: Some(self.frequencies_ghz().to_vec()),
            anharmonicities_ghz: Some(self.anharmonicities_ghz().to_vec()),
        };
        let mut text = serde_json::to_string(&document).expect("numbers and names have no fault");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Design, Pattern};

    #[test]
    fn plans_come_back_from_their_files() {
        for name in ["falcon27", "grid3x3", "ring5"] {
            let lattice = Lattice::named(name).unwrap();
            let plan = Design::default().plan(&lattice, Pattern::Auto).unwrap();
            let file = LatticeFile::from_json(&plan.to_json()).unwrap();
            assert_eq!(file.lattice, lattice);
            let again = file.plan().unwrap().unwrap();
            assert_eq!(again.named(plan.name()), plan);
        }
    }

    #[test]
    fn files_that_are_none_say_why() {
        let text = |rest: &str| {
            format!("{{\"format\": \"ketlab.lattice\", \"version\": 1, \"num_qubits\": 3, {rest}}}")
        };
        let says = |text: &str| LatticeFile::from_json(text).unwrap_err().to_string();
        assert!(says("{").contains("JSON"));
        assert!(says(&text("\"couplings\": [[0, 1]]")).contains("qubit 2 must be reached"));
        assert!(says(&text("\"couplings\": [[0, 3]]")).contains("out of range"));
        assert!(says(&text("\"couplings\": [[0, 1], [1, 2]], \"x\": 1")).contains("x"));
        let lists = text("\"couplings\": [[0, 1], [1, 2]], \"frequencies_ghz\": [5, 5.1]");
        assert!(says(&lists).contains("3 qubits"));
        let places = text("\"couplings\": [[0, 1], [1, 2]], \"places\": [[0, 0]]");
        assert!(says(&places).contains("places"));
        let other =
            text("\"couplings\": []").replace("lattice\", \"version\": 1", "x\", \"version\": 2");
        assert!(says(&other).contains("reads ketlab.lattice version 1"));
        let plain = text("\"couplings\": [[0, 1], [1, 2]]");
        assert_eq!(LatticeFile::from_json(&plain).unwrap().plan().unwrap(), None);
    }
}

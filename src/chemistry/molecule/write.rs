//! Molecules as JSON.

use super::Molecule;
use crate::error::{Error, Result};
use serde::Serialize;

/// The fields in the order in which they are written; those that are not known are left out.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    n_qubits: usize,
    n_electrons: usize,
    terms: Vec<(String, f64)>,
    hf: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fci: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mp2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ccsd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nuclear_repulsion: Option<f64>,
    constant_included: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometry_angstrom: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge: Option<i64>,
    mapping: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

impl Molecule {
    /// The molecule as JSON text, which [`Molecule::from_json`] reads back to the bit. Its `hf` is
    /// [`hartree_fock_energy`](Self::hartree_fock_energy). Fields that a file had beyond those that
    /// are read are not there.
    ///
    /// # Errors
    /// If there are more qubits than are read, 1024.
    pub fn to_json(&self) -> Result<String> {
        let limit = super::read::MAX_QUBITS_IN_FILES;
        if self.num_qubits > limit {
            return Err(Error::Invalid {
                what: "the number of qubits of a molecule in a file".into(),
                value: self.num_qubits.to_string(),
                expected: format!("it must be at most {limit}"),
            });
        }
        let term = |(string, c): &(crate::pauli::PauliString, f64)| match string.is_identity() {
            true => (String::new(), *c),
            false => (string.to_string(), *c),
        };
        let document = Document {
            name: &self.name,
            kind: self.kind(),
            unit: self.facts.unit.as_deref(),
            n_qubits: self.num_qubits,
            n_electrons: self.num_electrons,
            terms: self.hamiltonian.terms().iter().map(term).collect(),
            hf: self.hartree_fock_energy(),
            fci: self.fci(),
            mp2: self.mp2(),
            ccsd: self.ccsd(),
            nuclear_repulsion: self.nuclear_repulsion(),
            constant_included: true,
            geometry_angstrom: self.geometry(),
            basis: self.basis(),
            charge: self.charge(),
            mapping: "Jordan-Wigner, interleaved spin orbitals",
            source: self.source(),
        };
        serde_json::to_string(&document).map_err(|error| Error::Invalid {
            what: "the JSON of a molecule".into(),
            value: "not valid".into(),
            expected: format!("it could not be written: {error}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        for name in Molecule::BUNDLED {
            let molecule = Molecule::bundled(name).unwrap();
            let back = Molecule::from_json(&molecule.to_json().unwrap()).unwrap();
            assert_eq!(back, molecule, "{name}");
        }
    }

    #[test]
    fn has_this_form() {
        let h = "-0.5 + 0.5 Z0".parse().unwrap();
        let json = Molecule::new("an orbital", 1, 1, h).unwrap().to_json().unwrap();
        let says = r#"{"name":"an orbital","n_qubits":1,"n_electrons":1,"terms":[["",-0.5],["Z0",0.5]],"hf":-1.0,"constant_included":true,"mapping":"Jordan-Wigner, interleaved spin orbitals"}"#;
        assert_eq!(json, says);
        let wide = Molecule::new("wide", 1025, 1, "Z0".parse().unwrap()).unwrap();
        assert!(wide.to_json().unwrap_err().to_string().contains("it must be at most 1024"));
    }
}

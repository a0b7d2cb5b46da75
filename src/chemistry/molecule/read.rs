//! Molecules from JSON.
//!
//! A file is an object with the fields `name`, `n_qubits`, `n_electrons` and `terms`, a list of
//! pairs such as `["X0 Z3", 0.5]`. These may be there too: `kind`, `unit`, `fci`, `hf`, `mp2`, `ccsd`,
//! `nuclear_repulsion`, `constant_included`, `geometry_angstrom`, `basis`, `charge`, `mapping`,
//! `source`. Other fields, and those that are null, are ignored.

use super::{Facts, Molecule, check_sizes};
use crate::error::{Error, Result};
use crate::pauli::{brief, read_terms, shortened};
use serde::Deserialize;
use serde_json::Value;

/// Most qubits of a molecule in a file. A term takes memory for all qubits up to its last, so a
/// short text could ask for much of it.
pub(super) const MAX_QUBITS_IN_FILES: usize = 1024;

/// How far the energy of the Hartree-Fock state may be from the file's, in hartree.
const HF_TOLERANCE: f64 = 1e-6;

/// The fields, of any type, each at most once.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    name: Option<Value>,
    n_qubits: Option<Value>,
    n_electrons: Option<Value>,
    terms: Option<Value>,
    kind: Option<Value>,
    unit: Option<Value>,
    fci: Option<Value>,
    hf: Option<Value>,
    mp2: Option<Value>,
    ccsd: Option<Value>,
    nuclear_repulsion: Option<Value>,
    constant_included: Option<Value>,
    geometry_angstrom: Option<Value>,
    basis: Option<Value>,
    charge: Option<Value>,
    mapping: Option<Value>,
    source: Option<Value>,
}

impl Molecule {
    /// The molecule of a JSON text, as [`Molecule::BUNDLED`] are stored: an object with `name`,
    /// `n_qubits`, `n_electrons` and `terms`, a list of pairs such as `["X0 Z3", 0.5]` whose
    /// constant is the coefficient of `""`. It may give `kind`, `unit`, `fci`, `mp2`, `ccsd`,
    /// `nuclear_repulsion`, `geometry_angstrom`, `basis`, `charge` and `source`, and three fields
    /// that are checked: `hf` must be the energy of the first spin orbitals filled, `mapping` must
    /// begin with `Jordan-Wigner`, `constant_included` must not be false. Other fields are ignored.
    ///
    /// # Errors
    /// If anything is not so, with the name of the field or the term.
    ///
    /// ```
    /// use ketlab::chemistry::Molecule;
    /// let text = r#"{"name": "one orbital", "n_qubits": 2, "n_electrons": 1,
    ///                "terms": [["", -0.5], ["Z0", 0.5], ["Z1", 0.5], ["Z0 Z1", 0.25]]}"#;
    /// assert_eq!(Molecule::from_json(text)?.hartree_fock_energy(), -0.75);
    /// let error = Molecule::from_json(&text.replace("Z0 Z1", "Z0 Z2")).unwrap_err();
    /// assert!(error.to_string().contains("terms[3]: qubit 2 is out of range"));
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        // A list would be taken for the fields in their order.
        if text.trim_start().starts_with('[') {
            return Err(refused("it is a list; expected an object".into()));
        }
        let mut fields: Fields = serde_json::from_str(text).map_err(|e| refused(e.to_string()))?;
        read(&mut fields).map_err(refused)
    }
}

fn refused(reason: String) -> Error {
    Error::Invalid {
        what: "the JSON of a molecule".into(),
        value: "not valid".into(),
        expected: format!("it could not be read: {reason}"),
    }
}

fn read(fields: &mut Fields) -> Result<Molecule, String> {
    let name = required("name", string("name", fields.name.take())?)?;
    let num_qubits = required("n_qubits", count("n_qubits", &fields.n_qubits)?)?;
    let num_electrons = required("n_electrons", count("n_electrons", &fields.n_electrons)?)?;
    if num_qubits > MAX_QUBITS_IN_FILES {
        return Err(format!(
            "`n_qubits` is {num_qubits}; it must be at most {MAX_QUBITS_IN_FILES}"
        ));
    }
    check_sizes(num_qubits, num_electrons).map_err(|error| error.to_string())?;
    check_meaning(fields)?;
    let terms = match required("terms", fields.terms.take())? {
        Value::Array(terms) if terms.is_empty() => return Err("`terms` is empty".into()),
        Value::Array(terms) => terms,
        other => return Err(format!("`terms` is {}; expected a list", brief(&other))),
    };
    let hamiltonian = read_terms(&terms, |string| {
        match string.num_qubits().checked_sub(1).filter(|&qubit| qubit >= num_qubits) {
            Some(qubit) => Err(Error::QubitOutOfRange { qubit, num_qubits }),
            None => Ok(()),
        }
    })?;
    let facts = Facts {
        kind: string("kind", fields.kind.take())?,
        unit: string("unit", fields.unit.take())?,
        fci: energy("fci", &fields.fci)?,
        mp2: energy("mp2", &fields.mp2)?,
        ccsd: energy("ccsd", &fields.ccsd)?,
        nuclear_repulsion: energy("nuclear_repulsion", &fields.nuclear_repulsion)?,
        geometry: string("geometry_angstrom", fields.geometry_angstrom.take())?,
        basis: string("basis", fields.basis.take())?,
        charge: charge(&fields.charge)?,
        source: string("source", fields.source.take())?,
    };
    let molecule = Molecule::new(name, num_qubits, num_electrons, hamiltonian);
    let molecule = Molecule { facts, ..molecule.map_err(|error| error.to_string())? };
    check_hartree_fock(&molecule, energy("hf", &fields.hf)?)?;
    Ok(molecule)
}

/// Refuses Hamiltonians that would silently mean something else.
fn check_meaning(fields: &mut Fields) -> Result<(), String> {
    match fields.constant_included.take() {
        None | Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => {
            let help = "add the constant to the coefficient of the term \"\"";
            return Err(format!("`constant_included` is false: {help}"));
        }
        Some(other) => {
            return Err(format!("`constant_included` is {}; expected true", brief(&other)));
        }
    }
    match string("mapping", fields.mapping.take())? {
        Some(mapping) if !mapping.to_lowercase().starts_with("jordan-wigner") => {
            let mapping = shortened(&mapping);
            Err(format!("`mapping` is \"{mapping}\"; only Jordan-Wigner is supported"))
        }
        _ => Ok(()),
    }
}

/// With the spin orbitals in another order the electrons would be in the wrong ones.
fn check_hartree_fock(molecule: &Molecule, hf: Option<f64>) -> Result<(), String> {
    let energy = molecule.hartree_fock_energy();
    match hf {
        Some(hf) if (hf - energy).abs() > HF_TOLERANCE => {
            let electrons = molecule.num_electrons();
            Err(format!(
                "`hf` is {hf}, but the state with the first {electrons} qubits in |1⟩ has the \
                 energy {energy}; order the spin orbitals by energy, spins interleaved"
            ))
        }
        _ => Ok(()),
    }
}

fn required<T>(field: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("the field `{field}` is missing"))
}

fn string(field: &str, value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{field}` is {}; expected a text", brief(&other))),
    }
}

fn count(field: &str, value: &Option<Value>) -> Result<Option<usize>, String> {
    let Some(value) = value else { return Ok(None) };
    match value.as_u64().and_then(|number| usize::try_from(number).ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("`{field}` is {}; expected a whole number", brief(value))),
    }
}

fn charge(value: &Option<Value>) -> Result<Option<i64>, String> {
    let Some(value) = value else { return Ok(None) };
    let expected = || format!("`charge` is {}; expected a whole number", brief(value));
    value.as_i64().map(Some).ok_or_else(expected)
}

fn energy(field: &str, value: &Option<Value>) -> Result<Option<f64>, String> {
    let Some(value) = value else { return Ok(None) };
    match value.as_f64().filter(|number| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("`{field}` is {}; expected a finite number", brief(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = r#"{"name":"x","kind":"molecule","n_qubits":2,"n_electrons":1,
        "terms":[["",0.5],["Z0",-1],["X0 X1",0.25],["Z1",2e-1]],"fci":-1.25,"hf":1.7,"mp2":null,
        "unit":"hartree","charge":-1,"basis":"sto-3g","geometry_angstrom":"H 0 0 0","constant_included":true,
        "mapping":"Jordan-Wigner, interleaved","source":"me","something else":[{}]}"#;

    #[test]
    fn reads_every_field() {
        let molecule = Molecule::from_json(GOOD).unwrap();
        assert_eq!(molecule.name(), "x");
        assert_eq!((molecule.kind(), molecule.unit()), (Some("molecule"), Some("hartree")));
        assert_eq!((molecule.num_qubits(), molecule.num_electrons()), (2, 1));
        let h = "0.5 - Z0 + 0.25 X0 X1 + 0.2 Z1".parse().unwrap();
        assert_eq!(molecule.hamiltonian(), &h);
        assert_eq!((molecule.fci(), molecule.mp2(), molecule.ccsd()), (Some(-1.25), None, None));
        assert_eq!(molecule.hartree_fock_energy(), 1.7);
        assert_eq!(molecule.nuclear_repulsion(), None);
        assert_eq!((molecule.basis(), molecule.charge()), (Some("sto-3g"), Some(-1)));
        assert_eq!((molecule.geometry(), molecule.source()), (Some("H 0 0 0"), Some("me")));
    }

    #[test]
    fn refuses_with_a_reason() {
        for (old, new, says) in [
            ("\"name\":\"x\",", "", "the field `name` is missing"),
            ("\"name\":\"x\"", "\"name\":7", "`name` is 7; expected a text"),
            ("\"n_qubits\":2,", "", "the field `n_qubits` is missing"),
            ("\"n_qubits\":2", "\"n_qubits\":2.5", "`n_qubits` is 2.5; expected a whole number"),
            ("\"n_qubits\":2", "\"n_qubits\":-2", "`n_qubits` is -2; expected a whole number"),
            ("\"n_qubits\":2", "\"n_qubits\":\"2\"", "`n_qubits` is \"2\"; expected"),
            ("\"n_qubits\":2", "\"n_qubits\":0", "the number of qubits of a molecule is 0"),
            ("\"n_qubits\":2", "\"n_qubits\":99999", "99999; it must be at most 1024"),
            ("\"n_qubits\":2", "\"n_qubits\":2,\"n_qubits\":2", "duplicate field `n_qubits`"),
            ("\"n_electrons\":1", "\"n_electrons\":3", "electrons of a molecule is 3; its 2 spin"),
            ("\"n_electrons\":1,", "", "the field `n_electrons` is missing"),
            ("Z0", "Z2", "terms[1]: qubit 2 is out of range"),
            ("X0 X1", "X0 X0", "terms[2]: column 4: `X0` names qubit 0 again"),
            ("X0 X1", "X0 Q1", "terms[2]: column 4: found `Q1`"),
            ("X0 X1", "X99999999999999999999", "terms[2]: column"),
            ("0.25", "null", "terms[2] is [\"X0 X1\",null]; expected a pair"),
            ("0.25", "\"0.25\"", "terms[2] is"),
            ("\"X0 X1\",0.25", "\"X0 X1\"", "terms[2] is [\"X0 X1\"]; expected a pair"),
            ("0.25", "NaN", "expected value at line 2 column 46"),
            ("0.25", "1e999", "number out of range"),
            (",\"fci\"", ",\"fci_\"", ""),
            ("\"fci\":-1.25", "\"fci\":\"low\"", "`fci` is \"low\"; expected a finite number"),
            ("\"hf\":1.7", "\"hf\":1.6", "`hf` is 1.6, but the state with the first 1 qubits"),
            ("\"charge\":-1", "\"charge\":0.5", "`charge` is 0.5; expected a whole number"),
            ("included\":true", "included\":false", "`constant_included` is false: add"),
            ("included\":true", "included\":3", "`constant_included` is 3; expected true"),
            ("Jordan-Wigner", "Bravyi-Kitaev", "only Jordan-Wigner is supported"),
        ] {
            assert!(GOOD.contains(old), "{old}");
            let text = GOOD.replacen(old, new, 1);
            match Molecule::from_json(&text) {
                Ok(_) => assert_eq!(says, "", "{text}"),
                Err(error) => {
                    let error = error.to_string();
                    assert!(!says.is_empty() && error.contains(says), "{text}: {error}");
                }
            }
        }
        let without = |terms: &str| {
            let text = format!(r#"{{"name":"x","n_qubits":2,"n_electrons":1,"terms":{terms}}}"#);
            Molecule::from_json(&text).unwrap_err().to_string()
        };
        assert!(without("[]").contains("`terms` is empty"));
        assert!(without("null").contains("`terms` is missing"));
        assert!(without("{}").contains("`terms` is an object; expected a list"));
        for text in ["", "[]", " [\"x\",2,1,[[\"\",1]]]", "3", "{", "null", "{}", "H2", "\u{0}"] {
            let error = Molecule::from_json(text).unwrap_err().to_string();
            assert!(error.starts_with("the JSON of a molecule is not valid"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics(at in 0..GOOD.len(), with in ".{0,3}", cut in 0..9usize) {
            let end = (at + cut).min(GOOD.len());
            prop_assume!(GOOD.is_char_boundary(at) && GOOD.is_char_boundary(end));
            let _ = Molecule::from_json(&format!("{}{with}{}", &GOOD[..at], &GOOD[end..]));
        }
    }
}

//! What is minimized: a molecule, or any Hamiltonian.

use crate::pauli_sum;
use anyhow::{Context, Result, bail};
use ketlab::PauliSum;
use ketlab::chemistry::Molecule;
use ketlab::pauli::{Pauli, PauliText};
use std::ffi::OsStr;
use std::path::Path;

/// Longest name of a Hamiltonian that was written out, in characters.
const LONGEST_NAME: usize = 60;

/// A Hamiltonian with what is known about it; one without electrons is a molecule with none.
pub struct Problem {
    pub molecule: Molecule,
    /// What a text of Pauli terms was taken for.
    pub read_as: Option<&'static str>,
}

impl Problem {
    /// From a file, by name, or from the text itself, in this order.
    pub fn read(text: &OsStr) -> Result<Self> {
        if Path::new(text).exists() {
            return Self::of_file(Path::new(text));
        }
        let text: &str = &text.to_string_lossy();
        let unknown = match Molecule::bundled(text) {
            Ok(molecule) => return Ok(Problem { molecule, read_as: None }),
            Err(error) => error,
        };
        match PauliText::parse(text) {
            Ok(sum) => Self::of_sum(shortened(text), sum),
            Err(error) if is_like_a_sum(text) => {
                Err(error).with_context(|| format!("\"{text}\": no such file or molecule"))
            }
            Err(_) => bail!(
                "{text}: no such file, and no sum of Pauli strings such as \"Z0 Z1 + 0.5 X0\"; \
                 {unknown}"
            ),
        }
    }

    fn of_file(path: &Path) -> Result<Self> {
        let file: &str = &path.to_string_lossy();
        let bytes = std::fs::read(path).with_context(|| file.to_string())?;
        let name = || {
            let name = path.file_stem().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let is_object = bytes.trim_ascii_start().starts_with(b"{");
        let says = |what: &str| bytes.windows(what.len()).any(|w| w == what.as_bytes());
        if is_object && !says("ketlab.pauli_sum") {
            let text = String::from_utf8(bytes).with_context(|| file.to_string())?;
            let molecule = Molecule::from_json(&text).with_context(|| file.to_string())?;
            return Ok(Problem { molecule, read_as: None });
        }
        Self::of_sum(name(), pauli_sum::parse(file, &bytes)?)
    }

    fn of_sum(name: String, text: PauliText) -> Result<Self> {
        // A constant without a qubit is the energy of any state: of one qubit, say.
        let num_qubits = text.num_qubits.max(1);
        let molecule = Molecule::new(name, num_qubits, 0, text.sum)?;
        Ok(Problem { molecule, read_as: Some(text.form) })
    }

    pub fn has_electrons(&self) -> bool {
        self.molecule.num_electrons() > 0
    }

    /// Whether the matrix is real, so that the ground state can be: an even number of Y in every
    /// string.
    pub fn is_real(&self) -> bool {
        let even = |(string, _): &(ketlab::PauliString, f64)| {
            string.iter().filter(|(_, letter)| *letter == Pauli::Y).count().is_multiple_of(2)
        };
        self.molecule.hamiltonian().terms().iter().all(even)
    }
}

/// Σ|c| without the identity: no energy is farther than this from the middle of the spectrum's.
pub fn range(hamiltonian: &PauliSum) -> f64 {
    let terms = hamiltonian.terms().iter().filter(|(string, _)| !string.is_identity());
    terms.map(|(_, c)| c.abs()).sum()
}

/// Whether a text that is no sum was meant as one.
fn is_like_a_sum(text: &str) -> bool {
    let text = text.trim();
    text.contains(|c: char| c.is_whitespace() || "*[(".contains(c))
        || text.starts_with(|c: char| c.is_ascii_digit() || "IXYZ+-.".contains(c))
}

fn shortened(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(LONGEST_NAME) {
        Some((cut, _)) => format!("{}…", &one_line[..cut]),
        None => one_line,
    }
}

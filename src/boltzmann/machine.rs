//! A Boltzmann machine: terms of a Hamiltonian, a parameter for each, an inverse temperature.

use crate::error::{Error, Result};
use crate::ising::check_beta;
use crate::math::Fingerprint;
use crate::pauli::{Pauli, PauliString, PauliSum};
use serde::{Deserialize, Serialize};

/// An operator O_a of H = -Σ θ_a O_a: Pauli strings that share a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// As `b0`, `w0_1` or `gamma`.
    pub name: String,
    /// O_a.
    pub operator: PauliSum,
}

/// ρ = e^{-βH}/Z with H = -Σ θ_a O_a, whose lowest qubits are the visible units and whose others are
/// hidden. A machine without flips is a classical Boltzmann machine.
///
/// The signs are those of Amin, Andriyash, Rolfe, Kulchytskyy and Melko, Phys. Rev. X 8, 021050
/// (2018): H = -Γ ΣX - Σ b Z - Σ w ZZ. (Coopmans and Benedetti, Commun. Phys. 7, 274 (2024), write
/// ρ = e^{H}/Z: the same θ.) A unit in state 0 is a spin +1.
///
/// ```
/// use ketlab::boltzmann::{Architecture, BoltzmannMachine, GibbsState};
/// // One qubit, H = -X - Z/2.
/// let mut machine = Architecture::quantum(1, 0).machine()?;
/// machine.set_parameters(&[1.0, 0.5])?;
/// assert_eq!(machine.names().collect::<Vec<_>>(), ["gamma", "b0"]);
/// let state = GibbsState::of(&machine)?;
/// assert!((state.probabilities()[0] - 0.6804247446).abs() < 1e-10);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BoltzmannMachine {
    num_visible: usize,
    num_hidden: usize,
    terms: Vec<Term>,
    parameters: Vec<f64>,
    beta: f64,
}

impl BoltzmannMachine {
    /// With all parameters 0 and β = 1.
    ///
    /// # Errors
    /// If there are no visible units or no terms, more than 60 units, a term has no strings, one that
    /// is the identity, or one on other qubits, or a name occurs twice.
    pub fn try_new(num_visible: usize, num_hidden: usize, terms: Vec<Term>) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        let num_units = num_visible.saturating_add(num_hidden);
        if num_visible == 0 || num_units > 60 {
            let value = format!("{num_visible} visible and {num_hidden} hidden");
            return invalid("the number of units", value, "from 1 visible unit to 60 units in all");
        }
        if terms.is_empty() {
            return invalid("the list of terms", "empty".into(), "a machine has parameters");
        }
        for (k, term) in terms.iter().enumerate() {
            let Term { name, operator } = term;
            if terms[..k].iter().any(|other| other.name == *name) {
                return invalid("the names of terms", format!("`{name}` twice"), "each once");
            }
            let has_identity = operator.terms().iter().any(|(string, _)| string.is_identity());
            if operator.is_empty() || has_identity {
                let expected = "Pauli strings other than the identity, which changes nothing";
                return invalid("a term", format!("`{name}`: {operator}"), expected);
            }
            if operator.num_qubits() > num_units {
                let qubit = operator.num_qubits() - 1;
                return Err(Error::QubitOutOfRange { qubit, num_qubits: num_units });
            }
        }
        let parameters = vec![0.0; terms.len()];
        Ok(BoltzmannMachine { num_visible, num_hidden, terms, parameters, beta: 1.0 })
    }

    /// At another inverse temperature.
    ///
    /// # Errors
    /// If it is not positive and finite.
    pub fn at_beta(mut self, beta: f64) -> Result<Self> {
        check_beta(beta)?;
        self.beta = beta;
        Ok(self)
    }

    /// Number of visible units, qubits 0 to this.
    pub fn num_visible(&self) -> usize {
        self.num_visible
    }

    /// Number of hidden units.
    pub fn num_hidden(&self) -> usize {
        self.num_hidden
    }

    /// All units.
    pub fn num_units(&self) -> usize {
        self.num_visible + self.num_hidden
    }

    /// Its terms.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The names of the parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.name.as_str())
    }

    /// θ, in the order of the terms.
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<f64> {
        Some(self.parameters[self.names().position(|n| n == name)?])
    }

    /// Sets all parameters.
    ///
    /// # Errors
    /// If there are more or fewer, or one is not finite.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<()> {
        if parameters.len() != self.terms.len() {
            return Err(Error::Invalid {
                what: "the number of parameters".into(),
                value: parameters.len().to_string(),
                expected: format!("the machine has {}", self.terms.len()),
            });
        }
        for (term, &value) in self.terms.iter().zip(parameters) {
            if !value.is_finite() {
                let what = format!("the parameter `{}`", term.name);
                return Err(Error::NotFinite { what, value });
            }
        }
        self.parameters = parameters.to_vec();
        Ok(())
    }

    /// β.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// H.
    pub fn hamiltonian(&self) -> PauliSum {
        let strings = self.terms.iter().zip(&self.parameters).flat_map(|(term, theta)| {
            term.operator
                .terms()
                .iter()
                .map(move |(string, factor)| (string.clone(), -theta * factor))
        });
        PauliSum::new(strings).simplify(0.0)
    }

    /// Whether all terms commute with the read-out: a classical machine.
    pub fn is_diagonal(&self) -> bool {
        self.terms.iter().all(|term| term.operator.is_diagonal())
    }

    /// What decides its states but for the parameters.
    pub fn fingerprint(&self) -> Fingerprint {
        let terms: Vec<_> =
            self.terms.iter().map(|t| (t.name.as_str(), t.operator.to_string())).collect();
        Fingerprint::new()
            .with("units", &[self.num_visible, self.num_hidden])
            .with("terms", &terms)
            .with("beta", &self.beta)
    }

    pub(super) fn operators(&self) -> Vec<&PauliSum> {
        self.terms.iter().map(|term| &term.operator).collect()
    }
}

/// Σ P over single-qubit strings.
pub(super) fn sum_of(pauli: Pauli, qubits: impl IntoIterator<Item = usize>) -> PauliSum {
    PauliSum::new(qubits.into_iter().map(|qubit| (PauliString::single(qubit, pauli), 1.0)))
}

/// A machine in a document: which units there are, its terms as text, its parameters.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    num_visible: usize,
    num_hidden: usize,
    beta: f64,
    terms: Vec<StoredTerm>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTerm {
    name: String,
    operator: String,
    parameter: f64,
}

impl Serialize for BoltzmannMachine {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let terms = self.terms.iter().zip(&self.parameters);
        let stored = Stored {
            num_visible: self.num_visible,
            num_hidden: self.num_hidden,
            beta: self.beta,
            terms: terms
                .map(|(term, &parameter)| StoredTerm {
                    name: term.name.clone(),
                    operator: term.operator.to_string(),
                    parameter,
                })
                .collect(),
        };
        stored.serialize(to)
    }
}

impl<'de> Deserialize<'de> for BoltzmannMachine {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let stored = Stored::deserialize(from)?;
        let parameters: Vec<_> = stored.terms.iter().map(|term| term.parameter).collect();
        let machine = || {
            let terms = stored
                .terms
                .into_iter()
                .map(|term| Ok(Term { operator: term.operator.parse()?, name: term.name }));
            let terms = terms.collect::<Result<Vec<_>>>()?;
            let machine = Self::try_new(stored.num_visible, stored.num_hidden, terms)?;
            let mut machine = machine.at_beta(stored.beta)?;
            machine.set_parameters(&parameters)?;
            Ok(machine)
        };
        machine().map_err(|error: Error| serde::de::Error::custom(error))
    }
}

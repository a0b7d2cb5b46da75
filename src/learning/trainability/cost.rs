//! What is measured at the end of a circuit.

use crate::engine::{PauliObservable, StateVector};
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::simulate::pauli_mask;
use std::fmt;
use std::str::FromStr;

/// The cost whose derivative is studied.
///
/// ```
/// use ketlab::learning::trainability::Cost;
/// assert_eq!("local".parse::<Cost>()?, Cost::Local);
/// assert_eq!("0.5 X0 Z2".parse::<Cost>()?, Cost::Observable("0.5 X0 Z2".parse()?));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Cost {
    /// 1 - |⟨0…0|ψ⟩|²: all qubits must be right at once (Cerezo et al. 2021, equation 2).
    Global,
    /// 1 - (1/n) Σ_k P(qubit k is 0): how many are right (Cerezo et al. 2021, equation 3).
    Local,
    /// ⟨Z₀Z₁⟩ (McClean et al. 2018).
    Zz,
    /// The mean of a Pauli sum.
    Observable(PauliSum),
}

/// Pauli strings of a projector beyond which it is not written as a sum.
const MOST_PROJECTOR_QUBITS: usize = 12;

impl Cost {
    /// The costs with a name, and what they are.
    pub const NAMES: [(&str, &str); 3] = [
        ("global", "1 - |<0|psi>|^2"),
        ("local", "1 - (1/n) sum of P(qubit k is 0)"),
        ("zz", "Z0 Z1"),
    ];

    /// The least number of qubits that it is a cost of.
    pub fn least_qubits(&self) -> usize {
        match self {
            Cost::Global | Cost::Local => 1,
            Cost::Zz => 2,
            Cost::Observable(sum) => sum.num_qubits().max(1),
        }
    }

    /// Refuses fewer qubits than it is on, and a sum that is a constant or not finite.
    ///
    /// # Errors
    /// If so.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        if let Cost::Observable(sum) = self {
            if let Some((_, value)) = sum.terms().iter().find(|(_, c)| !c.is_finite()) {
                let what = "a coefficient of the cost".into();
                return Err(Error::NotFinite { what, value: *value });
            }
            if sum.terms().iter().all(|(string, c)| string.is_identity() || *c == 0.0) {
                return Err(Error::Invalid {
                    what: "the cost".into(),
                    value: format!("`{sum}`"),
                    expected:
                        "a constant has no derivative; give a Pauli string that is no identity"
                            .into(),
                });
            }
        }
        if num_qubits < self.least_qubits() {
            return Err(Error::Invalid {
                what: format!("the number of qubits for the cost `{self}`"),
                value: num_qubits.to_string(),
                expected: format!("it is on at least {}", self.least_qubits()),
            });
        }
        Ok(())
    }

    /// The observable whose mean it is, as a Pauli sum; the projector of [`Cost::Global`] has 2^n strings.
    ///
    /// # Errors
    /// As [`check`](Self::check); more than 12 qubits for [`Cost::Global`].
    pub fn observable(&self, num_qubits: usize) -> Result<PauliSum> {
        self.check(num_qubits)?;
        let z = |qubit| PauliString::single(qubit, Pauli::Z);
        let n = num_qubits as f64;
        Ok(match self {
            Cost::Observable(sum) => sum.clone(),
            Cost::Zz => PauliSum::new([(PauliString::from_masks(0, 0b11), 1.0)]),
            Cost::Local => {
                let strings = (0..num_qubits).map(|q| (z(q), -0.5 / n));
                PauliSum::new([(PauliString::identity(), 0.5)].into_iter().chain(strings))
            }
            Cost::Global if num_qubits > MOST_PROJECTOR_QUBITS => {
                return Err(Error::Invalid {
                    what: "the number of qubits of a projector as a Pauli sum".into(),
                    value: num_qubits.to_string(),
                    expected: format!("at most {MOST_PROJECTOR_QUBITS}: it has 2^n strings"),
                });
            }
            // |0⟩⟨0| = (1 + Z)/2 on each qubit.
            Cost::Global => {
                let each = 0.5f64.powi(num_qubits as i32);
                let strings = 1..1u64 << num_qubits;
                let strings = strings.map(|z| (PauliString::from_masks(0, z), -each));
                PauliSum::new([(PauliString::identity(), 1.0 - each)].into_iter().chain(strings))
            }
        })
    }

    /// Tr(O²)/2^n of its observable without its constant: Σ c² over the strings that are no identity.
    pub(super) fn squared_norm(&self, num_qubits: usize) -> f64 {
        match self {
            Cost::Zz => 1.0,
            Cost::Local => 0.25 / num_qubits as f64,
            // 2^n - 1 strings of 2^-n each.
            Cost::Global => {
                let each = 0.5f64.powi(num_qubits as i32);
                each - each * each
            }
            Cost::Observable(sum) => {
                let sum = sum.clone().simplify(0.0);
                let strings = sum.terms().iter().filter(|(string, _)| !string.is_identity());
                strings.map(|(_, c)| c * c).sum()
            }
        }
    }

    /// Ready for states of so many qubits.
    pub(super) fn prepare(&self, num_qubits: usize) -> Result<PreparedCost> {
        self.check(num_qubits)?;
        if matches!(self, Cost::Global) {
            return Ok(PreparedCost::Projector);
        }
        let sum = self.observable(num_qubits)?;
        let masked = |(string, c): &(PauliString, f64)| Ok((pauli_mask(string, num_qubits)?, *c));
        let strings = sum.terms().iter().filter(|(string, _)| !string.is_identity());
        let terms: Vec<_> = strings.map(masked).collect::<Result<_>>()?;
        Ok(PreparedCost::Sum(PauliObservable::new(num_qubits, &terms)?))
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cost::Global => f.pad("global"),
            Cost::Local => f.pad("local"),
            Cost::Zz => f.pad("zz"),
            Cost::Observable(sum) => f.pad(&sum.to_string()),
        }
    }
}

impl FromStr for Cost {
    type Err = Error;

    /// A name, else a Pauli sum as text.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "global" => Ok(Cost::Global),
            "local" => Ok(Cost::Local),
            "zz" => Ok(Cost::Zz),
            // No Pauli string has a letter of these alone.
            word if word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase()) => {
                let names = Cost::NAMES.map(|(name, _)| name);
                Err(Error::unknown_name("cost", word, "a Pauli sum like `Z0 Z1`, or", &names))
            }
            sum => Ok(Cost::Observable(sum.parse()?)),
        }
    }
}

/// A [`Cost`] of states of one size.
#[derive(Debug)]
pub(super) enum PreparedCost {
    /// A probability is exact at any size, where 2^n strings are too many.
    Projector,
    Sum(PauliObservable),
}

impl PreparedCost {
    /// The cost but for its constant, next to which small differences would drown.
    pub fn of(&self, state: &StateVector) -> f64 {
        match self {
            PreparedCost::Projector => -state.probability(0),
            PreparedCost::Sum(sum) => sum.expectation(state),
        }
    }
}

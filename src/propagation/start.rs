//! The states that means are taken in.

use crate::error::{Error, Result, shown};
use crate::math::Bits;

/// Above 1 by so much, the length of a Bloch vector counts as rounding.
const LENGTH_TOLERANCE: f64 = 1e-9;

/// A state at the start of a circuit without entanglement: a mean of a string in it is a product over
/// the string's factors.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Start {
    /// |0…0⟩, of any number of qubits.
    #[default]
    Zero,
    /// A basis state; bit q is qubit q.
    Basis(Bits),
    /// Qubit q is (1 + xX + yY + zZ)/2 for the q-th Bloch vector [x, y, z], of length at most 1:
    /// pure states and mixed ones.
    Product(Vec<[f64; 3]>),
}

impl Start {
    /// Whether it is a state of so many qubits.
    ///
    /// # Errors
    /// If it has another number of qubits; if a Bloch vector is not finite or longer than 1.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        let len = match self {
            Start::Zero => num_qubits,
            Start::Basis(bits) => bits.len(),
            Start::Product(vectors) => vectors.len(),
        };
        if len != num_qubits {
            return Err(Error::Invalid {
                what: "the number of qubits of a start state".into(),
                value: len.to_string(),
                expected: format!("as many as the circuit has, {num_qubits}"),
            });
        }
        let Start::Product(vectors) = self else { return Ok(()) };
        for (qubit, vector) in vectors.iter().enumerate() {
            if let Some(&value) = vector.iter().find(|x| !x.is_finite()) {
                let what = format!("the Bloch vector of qubit {qubit}");
                return Err(Error::NotFinite { what, value });
            }
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            if length > 1.0 + LENGTH_TOLERANCE {
                return Err(Error::Invalid {
                    what: format!("the length of the Bloch vector of qubit {qubit}"),
                    value: shown(length),
                    expected: "at most 1; divide the vector by its length for a pure state".into(),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_of_the_wrong_size_or_no_state_is_refused() {
        assert!(Start::Zero.check(5).is_ok());
        assert!(Start::Basis(Bits::zeros(3)).check(3).is_ok());
        assert!(Start::Basis(Bits::zeros(3)).check(4).is_err());
        let product = |v| Start::Product(vec![v]).check(1);
        assert!(product([0.6, 0.0, -0.8]).is_ok());
        assert!(product([1.0, 0.0, 0.1]).unwrap_err().to_string().contains("length"));
        assert!(product([f64::NAN, 0.0, 0.0]).unwrap_err().to_string().contains("qubit 0"));
    }
}

//! Keeping the number of particles where an ansatz does not.

use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString, PauliSum};

/// weight · (N - electrons)² as a Pauli sum, N = Σ (1 - Z)/2 the number of ones: 0 where the number
/// is right, at least `weight` where it is not. Added to a Hamiltonian whose whole Fock space has a
/// lower state than those with the right number.
///
/// # Errors
/// If the weight is not positive and finite, or there are more electrons than qubits.
pub fn number_penalty(num_qubits: usize, num_electrons: usize, weight: f64) -> Result<PauliSum> {
    if !(weight > 0.0 && weight.is_finite()) {
        return Err(Error::Invalid {
            what: "the weight of a penalty".into(),
            value: crate::error::shown(weight),
            expected: "it must be positive and finite".into(),
        });
    }
    if num_electrons > num_qubits {
        return Err(Error::Invalid {
            what: "the number of electrons".into(),
            value: num_electrons.to_string(),
            expected: format!("{num_qubits} spin orbitals take one electron each"),
        });
    }
    // (c - ½ ΣZ)² = c² + n/4 - c ΣZ + ½ Σ_{i<j} ZZ with c = n/2 - electrons.
    let n = num_qubits as f64;
    let c = n / 2.0 - num_electrons as f64;
    let mut terms = vec![(PauliString::identity(), weight * (c * c + n / 4.0))];
    for i in 0..num_qubits {
        terms.push((PauliString::single(i, Pauli::Z), -weight * c));
        for j in 0..i {
            let zz = PauliString::new([(j, Pauli::Z), (i, Pauli::Z)]);
            terms.push((zz, weight / 2.0));
        }
    }
    PauliSum::try_new(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_squared_difference_of_the_number() {
        for (n, electrons) in [(1, 0), (3, 2), (5, 5)] {
            let penalty = number_penalty(n, electrons, 1.5).unwrap();
            for index in 0..1u64 << n {
                let sign = |p: &PauliString| {
                    let (phase, image) = p.apply_to_basis_state(index).unwrap();
                    assert_eq!(image, index);
                    phase.to_complex().re
                };
                let value: f64 = penalty.terms().iter().map(|(p, c)| c * sign(p)).sum();
                let off = f64::from(index.count_ones()) - electrons as f64;
                assert!((value - 1.5 * off * off).abs() < 1e-12);
            }
        }
    }
}

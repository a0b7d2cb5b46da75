//! States of small Hamiltonians, by dense diagonalization.

use super::DensityMatrix;
use crate::error::{Error, Result, bytes};
use crate::pauli::PauliSum;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// The most qubits whose Hamiltonians are diagonalized here: matrices of 2⁸ × 2⁸.
pub const MAX_STATE_QUBITS: usize = 8;
/// Levels that are no further from the lowest than this part of Σ|c| belong to the ground space.
const DEGENERATE: f64 = 1e-9;

/// The thermal state e^{-βH}/Z of a Hamiltonian on `num_qubits` qubits. β is in units of 1/energy of
/// the coefficients of H; β = 0 gives the mixture of all states.
///
/// # Errors
/// If β is negative or not finite, there are not 1 to [`MAX_STATE_QUBITS`] qubits, H acts on more of
/// them, or its coefficients are too large to be added up.
pub fn thermal_state(h: &PauliSum, num_qubits: usize, beta: f64) -> Result<DensityMatrix> {
    // Written so that NaN is refused.
    if !(beta >= 0.0 && beta.is_finite()) {
        return Err(Error::Invalid {
            what: "the inverse temperature β".into(),
            value: beta.to_string(),
            expected: "it must be finite and not negative; `ground_state` is the limit of large β"
                .into(),
        });
    }
    state(h, num_qubits, |energy, _| (-beta * energy).exp())
}

/// The ground state of a Hamiltonian on `num_qubits` qubits: where the lowest level is degenerate, the
/// equal mixture of its states, which is the limit of [`thermal_state`] for β → ∞. Levels within
/// 1e-9 Σ|c| of the lowest, c the coefficients of H, belong to it.
///
/// # Errors
/// As [`thermal_state`].
pub fn ground_state(h: &PauliSum, num_qubits: usize) -> Result<DensityMatrix> {
    state(h, num_qubits, |energy, norm| if energy <= DEGENERATE * norm { 1.0 } else { 0.0 })
}

/// The state that is diagonal in the eigenvectors of H, with weights that depend on the energy above
/// the lowest level and Σ|c|.
fn state(h: &PauliSum, n: usize, weight: impl Fn(f64, f64) -> f64) -> Result<DensityMatrix> {
    if !(1..=MAX_STATE_QUBITS).contains(&n) {
        let size = |n: usize| bytes(16u128 << (2 * n.min(40)));
        return Err(Error::Invalid {
            what: "the number of qubits of a thermal or ground state".into(),
            value: n.to_string(),
            expected: format!(
                "it must be from 1 to {MAX_STATE_QUBITS}: a Hamiltonian of {MAX_STATE_QUBITS} is a \
                 matrix of {}, one of {n} takes {}; compute a larger state elsewhere and load it with \
                 `DensityMatrix::load_npy`",
                size(MAX_STATE_QUBITS),
                size(n)
            ),
        });
    }
    // Σ|c| bounds every level, and so the shift below keeps all far from 0.
    let norm = h.terms().iter().map(|(_, c)| c.abs()).sum::<f64>();
    if !(8.0 * norm).is_finite() {
        return Err(Error::NotFinite {
            what: "the sum of |c| of a Hamiltonian".into(),
            value: norm,
        });
    }
    let dense = h.to_dense(n)?;
    let size = dense.nrows();
    let is_real = dense.iter().all(|z| z.im == 0.0);
    let matrix = if is_real {
        let shift = DMatrix::identity(size, size) * (2.0 * norm);
        let eigen = (dense.map(|z| z.re) + shift).symmetric_eigen();
        let weights = weights(eigen.eigenvalues.as_slice(), norm, weight);
        let mut scaled = eigen.eigenvectors.clone();
        for (mut column, w) in scaled.column_iter_mut().zip(weights) {
            column *= w;
        }
        (scaled * eigen.eigenvectors.transpose()).map(Complex64::from)
    } else {
        let shift = DMatrix::<Complex64>::identity(size, size) * Complex64::from(2.0 * norm);
        let eigen = (dense + shift).symmetric_eigen();
        let weights = weights(eigen.eigenvalues.as_slice(), norm, weight);
        let mut scaled = eigen.eigenvectors.clone();
        for (mut column, w) in scaled.column_iter_mut().zip(weights) {
            column *= Complex64::from(w);
        }
        scaled * eigen.eigenvectors.adjoint()
    };
    Ok(DensityMatrix::of(n, matrix))
}

/// Weights of the levels, which add up to 1.
fn weights(levels: &[f64], norm: f64, weight: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let lowest = levels.iter().copied().fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = levels.iter().map(|level| weight(level - lowest, norm)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::reference_json;
    use super::*;
    use crate::pauli::{Boundary, Pauli, PauliString, ising_chain, xxz_chain};
    use std::f64::consts::LN_2;

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }

    #[test]
    fn thermal_states_are_those_of_the_reference() {
        let Some(data) = reference_json("gibbs/gibbs_small.json") else { return };
        let cases = data["cases"].as_array().unwrap();
        assert!(cases.len() > 2);
        for case in cases {
            let numbers = |key: &str| -> Vec<f64> {
                case[key].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
            };
            let n = case["n"].as_u64().unwrap() as usize;
            let mut h = PauliSum::zero();
            for bond in case["zz_i_j_w"].as_array().unwrap() {
                let site = |k: usize| (bond[k].as_u64().unwrap() as usize, Pauli::Z);
                h.push(PauliString::new([site(0), site(1)]), bond[2].as_f64().unwrap());
            }
            for (key, pauli) in [("x_coeff", Pauli::X), ("z_coeff", Pauli::Z)] {
                for (i, c) in numbers(key).into_iter().enumerate() {
                    h.push(PauliString::single(i, pauli), c);
                }
            }
            let rho = thermal_state(&h, n, case["beta"].as_f64().unwrap()).unwrap();
            assert!(rho.is_real());
            let law = rho.measured().unwrap().to_dense().unwrap();
            for (p, expected) in law.iter().zip(numbers("diagonal_probabilities")) {
                near(*p, expected, 1e-12);
            }
            near(rho.entropy(), case["entropy_nats"].as_f64().unwrap(), 1e-11);
            for (key, pauli) in [("X_i", Pauli::X), ("Z_i", Pauli::Z)] {
                for (i, expected) in numbers(key).into_iter().enumerate() {
                    near(rho.expectation(&PauliString::single(i, pauli)).unwrap(), expected, 1e-12);
                }
            }
            let energy = h.terms().iter().map(|(p, c)| c * rho.expectation(p).unwrap());
            near(energy.sum(), case["energy"].as_f64().unwrap(), 1e-11);
            assert!(DensityMatrix::try_new(rho.matrix().clone()).is_ok());
        }
    }

    #[test]
    fn one_qubit_in_closed_form() {
        // H = -ε n·σ: ⟨σ⟩ = tanh(βε) n.
        for (text, x, y, z) in
            [("-0.6 X - 0.8 Z", 0.6, 0.0, 0.8), ("-0.6 Y - 0.64 Z - 0.48 X", 0.48, 0.6, 0.64)]
        {
            let h: PauliSum = text.parse().unwrap();
            for beta in [0.0, 0.7, 40.0, 1e300] {
                let rho = thermal_state(&h, 1, beta).unwrap();
                for (pauli, part) in [(Pauli::X, x), (Pauli::Y, y), (Pauli::Z, z)] {
                    let found = rho.expectation(&PauliString::single(0, pauli)).unwrap();
                    near(found, beta.tanh() * part, 1e-14);
                }
            }
        }
    }

    #[test]
    fn ground_spaces_are_mixed_equally() {
        // The ferromagnet without fields: both ends.
        let chain = ising_chain(3, 1.0, 0.0, Boundary::Open).unwrap();
        let ends = ground_state(&chain, 3).unwrap();
        assert_eq!(
            ends.measured().unwrap().to_dense().unwrap(),
            [0.5, 0., 0., 0., 0., 0., 0., 0.5]
        );
        near(ends.entropy(), LN_2, 1e-13);
        // Beyond what H acts on, all is mixed.
        near(ground_state(&chain, 4).unwrap().entropy(), 2.0 * LN_2, 1e-13);
        near(ground_state(&PauliSum::zero(), 2).unwrap().entropy(), 2.0 * LN_2, 1e-13);
        // The singlet of two antiferromagnetic spins, and its energy -3.
        let pair = xxz_chain(2, 1.0, 1.0, Boundary::Open).unwrap();
        let singlet = ground_state(&pair, 2).unwrap();
        near(singlet.purity(), 1.0, 1e-13);
        for (string, _) in pair.terms() {
            near(singlet.expectation(string).unwrap(), -1.0, 1e-13);
        }
        // A small β of large energies is the same as a large β of small ones.
        let hot = thermal_state(&pair, 2, 1e-3).unwrap();
        let scaled = PauliSum::new(pair.terms().iter().map(|(p, c)| (p.clone(), c * 1e3)));
        let cold = thermal_state(&scaled, 2, 1e-6).unwrap();
        assert!((hot.matrix() - cold.matrix()).norm() < 1e-14);
        let cold = thermal_state(&pair, 2, 100.0).unwrap();
        assert!((cold.matrix() - singlet.matrix()).norm() < 1e-13);
        // Eight qubits: Tr ρH is the lowest level, and nothing has to be added.
        let ring = ising_chain(8, 1.0, 0.5, Boundary::Periodic).unwrap();
        let ground = ground_state(&ring, 8).unwrap();
        let energy = ring.terms().iter().map(|(p, c)| c * ground.expectation(p).unwrap());
        let levels = ring.to_dense(8).unwrap().symmetric_eigenvalues();
        near(energy.sum(), levels.min(), 1e-11);
    }

    #[test]
    fn refusals_say_what_is_possible() {
        let h: PauliSum = "X0 + Z2".parse().unwrap();
        for beta in [-1.0, f64::NAN, f64::INFINITY] {
            let says = thermal_state(&h, 3, beta).unwrap_err().to_string();
            assert!(
                says.contains("inverse temperature β") && says.contains("ground_state"),
                "{says}"
            );
        }
        for n in [0, 9, usize::MAX] {
            let says = ground_state(&h, n).unwrap_err().to_string();
            assert!(
                says.contains("from 1 to 8: a Hamiltonian of 8 is a matrix of 1 MiB"),
                "{says}"
            );
        }
        let error = ground_state(&h, 2).unwrap_err();
        assert_eq!(error, Error::QubitOutOfRange { qubit: 2, num_qubits: 2 });
        let huge = PauliSum::new([(PauliString::identity(), 1e308)]);
        let says = thermal_state(&huge, 1, 1.0).unwrap_err().to_string();
        assert!(says.contains("the sum of |c| of a Hamiltonian"), "{says}");
    }
}

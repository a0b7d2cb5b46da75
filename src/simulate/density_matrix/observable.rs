//! Sums of Pauli strings on a mixed state.

use super::super::expectation::{Expectation, without_identity};
use super::super::state_vector::pauli_mask;
use crate::engine::{DensityMatrix, PauliMask, Real};
use crate::error::Result;
use crate::math::{check_memory, list_of};
use crate::pauli::{PauliString, PauliSum};
use nalgebra::DMatrix;
use num_complex::Complex64;

const WHAT: &str = "the square of an observable, for its variance";
const HINT: &str = "ask for parts of the observable";

/// An observable H without its identity term, and H².
#[derive(Debug)]
pub(in super::super) struct Observable {
    /// The coefficient of the identity.
    pub shift: f64,
    strings: Vec<PauliMask>,
    coefficients: Vec<f64>,
    square: Square,
}

/// H², for the variance.
#[derive(Debug)]
enum Square {
    /// Tr H² / 2^n, and the other strings.
    Strings(f64, Vec<(PauliMask, f64)>),
    /// The matrix, where there are more pairs of strings than multiplying matrices takes.
    Matrix(DMatrix<Complex64>),
}

/// Most qubits of a matrix: 16 MiB.
const MATRIX_QUBITS: usize = 10;
/// Multiplications of a product of matrices that take the time of a pair of strings, which are
/// sorted.
const PER_PAIR: f64 = 16.0;

impl Observable {
    /// On a register of `num_qubits`.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite; if there is no memory for the
    /// products of the strings.
    pub fn new(sum: &PauliSum, num_qubits: usize) -> Result<Self> {
        let term = |string: &PauliString, c| Ok((pauli_mask(string, num_qubits)?, c));
        let (terms, shift) = without_identity(sum, term)?;
        let (strings, coefficients): (Vec<_>, Vec<_>) = terms.iter().copied().unzip();
        let pairs = 0.5 * (terms.len() as f64).powi(2);
        let is_dense =
            num_qubits <= MATRIX_QUBITS && PER_PAIR * pairs > 8f64.powi(num_qubits as i32);
        let square = if is_dense {
            Square::Matrix(squared_matrix(&terms, num_qubits)?)
        } else {
            Square::Strings(coefficients.iter().map(|c| c * c).sum(), square(&terms)?)
        };
        Ok(Observable { shift, strings, coefficients, square })
    }

    /// Mean and variance without the identity: Tr(ρH) and Tr(ρH²) - Tr(ρH)².
    pub fn mean_and_variance<T: Real>(&self, rho: &DensityMatrix<T>) -> Expectation {
        let dot = |coefficients: &mut dyn Iterator<Item = f64>, means: Vec<f64>| -> f64 {
            coefficients.zip(means).map(|(c, mean)| c * mean).sum()
        };
        let means = rho.expectations(&self.strings);
        let value = dot(&mut self.coefficients.iter().copied(), means);
        let of_square = match &self.square {
            Square::Strings(shift, terms) => {
                let strings: Vec<PauliMask> = terms.iter().map(|term| term.0).collect();
                shift + dot(&mut terms.iter().map(|term| term.1), rho.expectations(&strings))
            }
            // Tr(ρH²), both Hermitian.
            Square::Matrix(square) => {
                let entry = |row: usize, column: usize| {
                    let rho = rho.entry(row as u64, column as u64);
                    let of_square = square[(row, column)];
                    rho.re.to_f64() * of_square.re + rho.im.to_f64() * of_square.im
                };
                let row = |r| (0..square.ncols()).map(|c| entry(r, c)).sum::<f64>();
                (0..square.nrows()).map(row).sum()
            }
        };
        let variance = of_square - value * value;
        Expectation { value, variance: variance.max(0.0) }
    }
}

/// The matrix of (Σ c P)².
fn squared_matrix(terms: &[(PauliMask, f64)], num_qubits: usize) -> Result<DMatrix<Complex64>> {
    let size = 1usize << num_qubits;
    check_memory(WHAT, 2 * (16 * size * size) as u128, |_| (None, HINT.into()))?;
    let mut matrix = DMatrix::zeros(size, size);
    for (string, c) in terms {
        let (x, z) = (string.x as usize, string.z as usize);
        // P|r⟩ = i^{#Y} (-1)^{z·r} |r ⊕ x⟩.
        let turned = Complex64::i().powu((x & z).count_ones()) * *c;
        for r in 0..size {
            let sign = if (z & r).count_ones() % 2 == 0 { turned } else { -turned };
            matrix[(r ^ x, r)] += sign;
        }
    }
    Ok(&matrix * &matrix)
}

/// The strings of (Σ c P)² but the identity: 2 c c' P P' of each pair that commutes; those that do not
/// cancel.
fn square(terms: &[(PauliMask, f64)]) -> Result<Vec<(PauliMask, f64)>> {
    let pairs = (terms.len() as u128) * (terms.len() as u128).saturating_sub(1) / 2;
    check_memory(WHAT, pairs * size_of::<(PauliMask, f64)>() as u128, |_| (None, HINT.into()))?;
    let mut list = list_of(WHAT, pairs as usize, HINT)?;
    for (k, (a, c)) in terms.iter().enumerate() {
        for (b, d) in &terms[..k] {
            if ((a.x & b.z).count_ones() + (a.z & b.x).count_ones()) % 2 == 1 {
                continue;
            }
            // P|r⟩ = i^{#Y} (-1)^{z·r} |r ⊕ x⟩, so P P' is the string of both masks times
            // i^(#Y + #Y' - #Y'') (-1)^{z·x'}, which is real.
            let p = PauliMask { x: a.x ^ b.x, z: a.z ^ b.z };
            let ys = |p: &PauliMask| (p.x & p.z).count_ones();
            let turns = 4 * 64 + ys(a) + ys(b) - ys(&p) + 2 * (a.z & b.x).count_ones();
            let sign = if turns % 4 == 0 { 1.0 } else { -1.0 };
            list.push((p, 2.0 * sign * c * d));
        }
    }
    // Equal strings together.
    list.sort_unstable_by(|a, b| (a.0.x, a.0.z).cmp(&(b.0.x, b.0.z)).then(a.1.total_cmp(&b.1)));
    list.dedup_by(|next, sum| {
        let equal = next.0 == sum.0;
        if equal {
            sum.1 += next.1;
        }
        equal
    });
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Circuit;
    use crate::simulate::{Method, Simulator};

    #[test]
    fn the_matrix_of_the_square_has_the_variance_of_its_strings() {
        // All 255 strings of 4 qubits: more pairs than a product of matrices takes.
        let all = (1u64..256).map(|k| {
            (PauliString::from_masks(k & 15, k >> 4), ((k * 37 % 101) as f64 - 50.0) / 50.0)
        });
        let sum = PauliSum::new(all);
        let found = Observable::new(&sum, 4).unwrap();
        assert!(matches!(found.square, Square::Matrix(_)));
        let (strings, coefficients) = (found.strings.clone(), found.coefficients.clone());
        let terms: Vec<_> = strings.iter().copied().zip(coefficients.iter().copied()).collect();
        let shift = coefficients.iter().map(|c| c * c).sum();
        let square = Square::Strings(shift, square(&terms).unwrap());
        let by_strings = Observable { shift: found.shift, strings, coefficients, square };
        let mut c = Circuit::new(4);
        c.h(0).ry(0.7, 1).cx(0, 2).rz(0.4, 2).ry(1.1, 3).cx(1, 3).s(3).cx(2, 1);
        let state = Simulator::new().state::<f64>(&c).unwrap();
        let mut rho = DensityMatrix::from_state(&state).unwrap();
        rho.depolarize(&[0, 2], 0.2).unwrap();
        let (a, b) = (found.mean_and_variance(&rho), by_strings.mean_and_variance(&rho));
        assert_eq!(a.value, b.value);
        assert!((a.variance - b.variance).abs() < 1e-10 * b.variance, "{a:?} {b:?}");
        assert!(b.variance > 1.0);
        // As by any simulator.
        let pure = Simulator::new().method(Method::StateVector).expectation(&c, &sum).unwrap();
        let as_mixed = found.mean_and_variance(&DensityMatrix::from_state(&state).unwrap());
        assert!((pure.variance - as_mixed.variance).abs() < 1e-9, "{pure:?} {as_mixed:?}");
    }
}

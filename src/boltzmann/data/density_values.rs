//! What is read from a mixed state.

use super::{DensityMatrix, Distribution};
use crate::error::{Error, Result};
use crate::pauli::PauliString;
use nalgebra::DMatrix;
use num_complex::Complex64;

impl DensityMatrix {
    /// The law of what is measured in the computational basis: the diagonal, over its sum. Entries
    /// below 0, which rounding makes, count as 0.
    ///
    /// # Errors
    /// None for a state that was checked.
    pub fn measured(&self) -> Result<Distribution> {
        let diagonal: Vec<f64> = self.matrix().diagonal().iter().map(|z| z.re.max(0.0)).collect();
        let sum: f64 = diagonal.iter().sum();
        Distribution::from_dense(&diagonal.iter().map(|p| p / sum).collect::<Vec<_>>())
    }

    /// The eigenvalues, ascending, to about 1e-15 (absolute). It takes O(8^n) steps.
    pub fn eigenvalues(&self) -> Vec<f64> {
        // Those of ρ + 1, which are far from 0: QR iterations end when what is left beside the
        // diagonal is small against the diagonal, and noise about 0 may never be.
        let size = self.matrix().nrows();
        let shifted = if self.is_real() {
            let one = DMatrix::identity(size, size);
            (self.matrix().map(|z| z.re) + one).symmetric_eigenvalues()
        } else {
            let one = DMatrix::<Complex64>::identity(size, size);
            (self.matrix() + one).symmetric_eigenvalues()
        };
        let mut values: Vec<f64> = shifted.iter().map(|x| x - 1.0).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// Von Neumann's entropy -Tr ρ ln ρ, in nats: 0 of a pure state, n ln 2 of the mixture of all.
    pub fn entropy(&self) -> f64 {
        let rounding = self.matrix().nrows() as f64 * f64::EPSILON;
        let values = self.eigenvalues().into_iter().filter(|p| *p > rounding);
        values.map(|p| -p * p.ln()).sum::<f64>().max(0.0)
    }

    /// Tr ρ², from 2^-n of the mixture of all to 1 of a pure state.
    pub fn purity(&self) -> f64 {
        self.matrix().iter().map(|z| z.norm_sqr()).sum()
    }

    /// Tr ρP, in O(2^n) steps.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`] if the string acts on a qubit that there is not.
    pub fn expectation(&self, string: &PauliString) -> Result<f64> {
        let num_qubits = self.num_qubits();
        if string.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits });
        }
        // Σ_x ⟨x|ρP|x⟩ with P|x⟩ = phase |image⟩.
        let entry = |x: usize| {
            let (phase, image) = string.apply_to_basis_state(x as u64)?;
            Some((phase.to_complex() * self.matrix()[(x, image as usize)]).re)
        };
        Ok((0..self.matrix().nrows()).filter_map(entry).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::RngExt;
    use std::f64::consts::LN_2;

    fn c(re: f64, im: f64) -> Complex64 {
        Complex64::new(re, im)
    }

    /// A state of full rank, AA†/Tr AA† with A drawn at random.
    fn any(n: usize, real: bool) -> DensityMatrix {
        let mut rng = Streams::new(n as u64, Domain::Boltzmann).stream(0);
        let mut part = || rng.random_range(-1.0..1.0);
        let a = DMatrix::from_fn(1 << n, 1 << n, |_, _| c(part(), if real { 0.0 } else { part() }));
        let square = &a * a.adjoint();
        let trace = square.trace();
        DensityMatrix::try_new(square / trace).unwrap()
    }

    #[test]
    fn pure_and_mixed_states() {
        let half = 0.5f64.sqrt();
        let plus_i = DensityMatrix::from_pure(&[c(half, 0.0), c(0.0, half)]).unwrap();
        assert!(!plus_i.is_real() && plus_i.num_qubits() == 1);
        assert!(plus_i.entropy() < 1e-14 && (plus_i.purity() - 1.0).abs() < 1e-14);
        for (string, value) in [("X", 0.0), ("Y", 1.0), ("Z", 0.0), ("I", 1.0)] {
            let found = plus_i.expectation(&string.parse().unwrap()).unwrap();
            assert!((found - value).abs() < 1e-15, "{string} {found}");
        }
        assert_eq!(plus_i.measured().unwrap().num_bits(), 1);

        let q = Distribution::from_dense(&[0.125, 0.5, 0.0, 0.375]).unwrap();
        let mixed = DensityMatrix::diagonal(&q).unwrap();
        assert!(mixed.is_real() && (mixed.entropy() - q.entropy()).abs() < 1e-14);
        assert_eq!(mixed.measured().unwrap(), q);
        assert_eq!(mixed, DensityMatrix::try_new(mixed.matrix().clone()).unwrap());
        // Z of bit 0: P(0) - P(1) of the even and the odd entries.
        assert_eq!(mixed.expectation(&"IZ".parse().unwrap()), Ok(0.125 - 0.875));
        assert_eq!(mixed.expectation(&"XX".parse().unwrap()), Ok(0.0));
        assert_eq!(mixed.purity(), 0.125 * 0.125 + 0.25 + 0.375 * 0.375);
        for n in [1, 5] {
            let uniform = DMatrix::identity(1 << n, 1 << n) * c(0.5f64.powi(n), 0.0);
            let uniform = DensityMatrix::try_new(uniform).unwrap();
            assert!((uniform.entropy() - f64::from(n) * LN_2).abs() < 1e-13);
            assert_eq!(uniform.purity(), 0.5f64.powi(n));
        }
    }

    #[test]
    fn expectations_and_eigenvalues_are_those_of_the_matrix() {
        for (n, real) in [(1, false), (3, false), (3, true)] {
            let rho = any(n, real);
            assert_eq!(rho.is_real(), real);
            for masks in 0..1u64 << (2 * n) {
                let string = PauliString::from_masks(masks & ((1 << n) - 1), masks >> n);
                let exact = (rho.matrix() * string.to_dense(n).unwrap()).trace();
                assert!((rho.expectation(&string).unwrap() - exact.re).abs() < 1e-14, "{string}");
            }
            let values = rho.eigenvalues();
            assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-14 && values.is_sorted());
            let squares: f64 = values.iter().map(|p| p * p).sum();
            assert!((squares - rho.purity()).abs() < 1e-14 && values[0] > 0.0);
        }
        let far = any(2, true).expectation(&PauliString::single(2, crate::pauli::Pauli::Z));
        assert_eq!(far, Err(Error::QubitOutOfRange { qubit: 2, num_qubits: 2 }));
        assert!(
            any(2, true).expectation(&PauliString::single(70, crate::pauli::Pauli::Z)).is_err()
        );
    }

    #[test]
    fn large_states_take_no_long_time() {
        // One of 10 qubits with two eigenvalues: p and 1 - p.
        let mut law = vec![0.0; 1 << 10];
        (law[5], law[1000]) = (0.25, 0.75);
        let rho = DensityMatrix::diagonal(&Distribution::from_dense(&law).unwrap()).unwrap();
        let rho = DensityMatrix::try_new(rho.matrix().clone()).unwrap();
        assert!((rho.entropy() - (0.25 * 4f64.ln() + 0.75 * (4.0f64 / 3.0).ln())).abs() < 1e-12);
    }
}

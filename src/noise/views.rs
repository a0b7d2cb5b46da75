//! A channel as Kraus operators, superoperator, Choi, χ and Pauli transfer matrix, on at most
//! [`MAX_MATRIX_QUBITS`](super::MAX_MATRIX_QUBITS) qubits. d = 2^k.

use super::channel::{Channel, Form};
use super::limits::matrix_qubits;
use super::strings::matrix;
use crate::error::Result;
use nalgebra::DMatrix;
use num_complex::Complex64;

impl Channel {
    /// Operators K_j, each d × d, of ρ → Σ_j K_j ρ K_j†, as the form has them: √p P of a Pauli mixture,
    /// the identity first.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn kraus_operators(&self) -> Result<Vec<DMatrix<Complex64>>> {
        let k = self.check_matrix()?;
        let root = |p: f64| Complex64::from(p.max(0.0).sqrt());
        Ok(match self.form() {
            Form::Kraus(set) => set.operators().to_vec(),
            Form::MixedUnitary(unitaries) => unitaries.iter().map(|(p, u)| u * root(*p)).collect(),
            Form::Pauli(_) | Form::Depolarizing { .. } => {
                let pauli = self.as_pauli()?;
                let rest = (0, 1.0 - pauli.error_probability());
                let all = std::iter::once(&rest).chain(pauli.errors());
                all.filter(|e| e.1 > 0.0).map(|&(s, p)| matrix(s, k) * root(p)).collect()
            }
        })
    }

    /// S, d² × d², on density matrices as vectors whose index has the row in its low k bits and the
    /// column in its high k: S[(r' + d·c', r + d·c)] = Σ_j K_j[r', r] K_j[c', c]*. That is the
    /// column-stacking convention.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn superoperator(&self) -> Result<DMatrix<Complex64>> {
        let d = 1 << self.check_matrix()?;
        let zero = DMatrix::zeros(d * d, d * d);
        Ok(self.kraus_operators()?.iter().fold(zero, |sum, k| sum + k.conjugate().kronecker(k)))
    }

    /// The Choi matrix Σ_rc |r⟩⟨c| ⊗ E(|r⟩⟨c|), d² × d², of trace d. The output is the fast factor:
    /// its index is r' + d·r for r' after and r before the channel, so that it is Σ_j |K_j⟩⟩⟨⟨K_j|
    /// with columns stacked.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn choi(&self) -> Result<DMatrix<Complex64>> {
        let d = 1 << self.check_matrix()?;
        let mut choi = DMatrix::zeros(d * d, d * d);
        for k in self.kraus_operators()? {
            let vector = nalgebra::DVector::from_column_slice(k.as_slice());
            choi += &vector * vector.adjoint();
        }
        Ok(choi)
    }

    /// The Pauli transfer matrix R_ij = tr(P_i E(P_j))/d, d² × d²: rows are outputs. A string's index
    /// is its [number](super::string_number): I X Y Z, qubit 0 fastest.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn ptm(&self) -> Result<DMatrix<f64>> {
        let k = self.check_matrix()?;
        let basis = pauli_basis(k);
        let ptm = basis.adjoint() * self.superoperator()? * basis;
        Ok(ptm.map(|z| z.re / (1 << k) as f64))
    }

    /// χ of ρ → Σ_mn χ_mn P_m ρ P_n, d² × d², Hermitian, of trace 1. Its diagonal is the Pauli twirl.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn chi(&self) -> Result<DMatrix<Complex64>> {
        self.check_matrix()?;
        Ok(chi_of_choi(&self.choi()?))
    }

    /// The number of qubits where there are matrices.
    pub(super) fn check_matrix(&self) -> Result<usize> {
        matrix_qubits(&format!("`{self}`"), self.num_qubits())
    }
}

/// The strings of k qubits, vectorized, as columns: orthogonal, of norm √d.
pub(super) fn pauli_basis(k: usize) -> DMatrix<Complex64> {
    let columns: Vec<Complex64> =
        (0..1 << (2 * k)).flat_map(|s| matrix(s, k).as_slice().to_vec()).collect();
    DMatrix::from_vec(1 << (2 * k), 1 << (2 * k), columns)
}

/// B† C B / d², since |P_m⟩⟩ are orthogonal and have the norm √d.
pub(super) fn chi_of_choi(choi: &DMatrix<Complex64>) -> DMatrix<Complex64> {
    let basis = pauli_basis(choi.nrows().trailing_zeros() as usize / 2);
    basis.adjoint() * choi * basis / Complex64::from(choi.nrows() as f64)
}

/// From the superoperator to the Choi matrix, and back: C[(r' + d r, c' + d c)] = S[(r' + d c',
/// r + d c)].
pub(super) fn reshuffled(matrix: &DMatrix<Complex64>) -> DMatrix<Complex64> {
    let k = matrix.nrows().trailing_zeros() as usize / 2;
    let d = 1 << k;
    DMatrix::from_fn(d * d, d * d, |row, column| {
        let (low, high) = (row % d, row / d);
        let (low_, high_) = (column % d, column / d);
        matrix[(low + d * low_, high + d * high_)]
    })
}

//! A system of linear equations, and the Hermitian one of the size of a power of two that stands for it.

use super::spectrum::Spectrum;
use crate::error::{Error, Result, shown};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// The most rows.
pub const MAX_ROWS: usize = 2048;
/// The most rows of a matrix that is not a tridiagonal one of constant diagonals: its eigenvalues are
/// computed.
const MAX_GENERAL_ROWS: usize = 1024;
/// A singular value of this size relative to the largest is zero.
const SINGULAR: f64 = 1e-12;

/// Which matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatrixKind {
    /// Tridiagonal and positive, -1 beside the diagonal, and on it what makes this the condition number
    /// at every size.
    Condition(f64),
    /// Tridiagonal with these numbers on and beside the diagonal.
    Toeplitz(f64, f64),
    /// Row by row.
    Rows(Vec<Vec<f64>>),
}

/// A x = b with real numbers, as rows of entries that are not zero.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSystem {
    rows: Vec<Vec<(usize, f64)>>,
    rhs: Vec<f64>,
    /// Of a tridiagonal matrix with constant diagonals.
    toeplitz: Option<(f64, f64)>,
}

impl LinearSystem {
    /// A matrix row by row.
    ///
    /// # Errors
    /// If there are no rows or more than 1,024, the matrix is ragged or not square, b has another
    /// length or is zero, or a number is not finite.
    pub fn new(matrix: &[Vec<f64>], rhs: Vec<f64>) -> Result<Self> {
        check_size(matrix.len(), MAX_GENERAL_ROWS)?;
        for (r, row) in matrix.iter().enumerate() {
            if row.len() != matrix.len() {
                return Err(invalid(
                    &format!("the number of entries in row {r} of A"),
                    row.len(),
                    format!("A has {} rows and must be square", matrix.len()),
                ));
            }
            if let Some((c, &value)) = row.iter().enumerate().find(|(_, v)| !v.is_finite()) {
                let what = format!("the entry of A in row {r}, column {c}");
                return Err(Error::NotFinite { what, value });
            }
        }
        let entries = |row: &Vec<f64>| {
            row.iter().copied().enumerate().filter(|(_, v)| *v != 0.0).collect::<Vec<_>>()
        };
        LinearSystem { rows: matrix.iter().map(entries).collect(), rhs, toeplitz: None }.checked()
    }

    /// The tridiagonal matrix with `diagonal` on and `beside` next to the diagonal.
    ///
    /// # Errors
    /// If there are no rows or more than [`MAX_ROWS`]; as [`new`](Self::new).
    pub fn toeplitz(diagonal: f64, beside: f64, rhs: Vec<f64>) -> Result<Self> {
        let size = rhs.len();
        check_size(size, MAX_ROWS)?;
        for (what, value) in [("the diagonal of A", diagonal), ("what is beside it", beside)] {
            if !value.is_finite() {
                return Err(Error::NotFinite { what: what.into(), value });
            }
        }
        let row = |r: usize| {
            let columns = r.saturating_sub(1)..(r + 2).min(size);
            let entry = |c: usize| (c, if c == r { diagonal } else { beside });
            columns.map(entry).filter(|(_, v)| *v != 0.0).collect::<Vec<_>>()
        };
        let rows = (0..size).map(row).collect();
        LinearSystem { rows, rhs, toeplitz: Some((diagonal, beside)) }.checked()
    }

    /// The tridiagonal matrix with -1 next to the diagonal and this condition number: eigenvalues are
    /// d - 2 cos(πk/(N+1)), so d = 2 cos(π/(N+1)) (κ+1)/(κ-1).
    ///
    /// # Errors
    /// If κ is not a number above 1, or as [`toeplitz`](Self::toeplitz); of one row, κ is 1.
    pub fn with_condition(condition: f64, rhs: Vec<f64>) -> Result<Self> {
        if !(condition > 1.0 && condition <= 1e10) {
            return Err(invalid(
                "the condition number",
                shown(condition),
                "it must be above 1, and at most 1e10",
            ));
        }
        check_size(rhs.len(), MAX_ROWS)?;
        let widest = 2.0 * (PI / (rhs.len() + 1) as f64).cos();
        let diagonal = match rhs.len() {
            1 => 1.0,
            _ => widest * (condition + 1.0) / (condition - 1.0),
        };
        Self::toeplitz(diagonal, -1.0, rhs)
    }

    /// Of this kind, with this right-hand side.
    ///
    /// # Errors
    /// Those of the kind.
    pub fn of(kind: &MatrixKind, rhs: Vec<f64>) -> Result<Self> {
        match kind {
            MatrixKind::Condition(condition) => Self::with_condition(*condition, rhs),
            MatrixKind::Toeplitz(diagonal, beside) => Self::toeplitz(*diagonal, *beside, rhs),
            MatrixKind::Rows(rows) => Self::new(rows, rhs),
        }
    }

    fn checked(self) -> Result<Self> {
        if self.rhs.len() != self.rows.len() {
            let expected = format!("A has {} rows, and b must have as many", self.rows.len());
            return Err(invalid("the length of b", self.rhs.len(), expected));
        }
        if let Some((k, &value)) = self.rhs.iter().enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(Error::NotFinite { what: format!("entry {k} of b"), value });
        }
        if self.rhs.iter().all(|v| *v == 0.0) {
            return Err(invalid("b", 0, "x is then zero, and has no direction; give another b"));
        }
        Ok(self)
    }

    /// N.
    pub fn size(&self) -> usize {
        self.rows.len()
    }

    /// b.
    pub fn rhs(&self) -> &[f64] {
        &self.rhs
    }

    /// ‖b‖.
    pub fn rhs_norm(&self) -> f64 {
        norm(&self.rhs)
    }

    /// The entries of each row that are not zero, with their columns.
    pub fn rows(&self) -> &[Vec<(usize, f64)>] {
        &self.rows
    }

    /// How many entries are not zero.
    pub fn num_entries(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// A as a whole.
    pub fn dense(&self) -> DMatrix<f64> {
        let mut dense = DMatrix::zeros(self.size(), self.size());
        for (r, row) in self.rows.iter().enumerate() {
            row.iter().for_each(|&(c, v)| dense[(r, c)] = v);
        }
        dense
    }

    /// A v.
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| row.iter().map(|&(c, a)| a * v[c]).sum()).collect()
    }

    /// Aᵀ v.
    pub fn transposed_times(&self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.size()];
        for (row, v) in self.rows.iter().zip(v) {
            row.iter().for_each(|&(c, a)| product[c] += a * v);
        }
        product
    }

    /// Whether A = Aᵀ.
    pub fn is_symmetric(&self) -> bool {
        let largest = self.rows.iter().flatten().fold(0.0f64, |most, (_, v)| most.max(v.abs()));
        self.toeplitz.is_some() || {
            let dense = self.dense();
            (&dense - dense.transpose()).amax() <= 1e-14 * largest
        }
    }

    /// Where x begins in the solution of the [`hermitian`](Self::hermitian) system: 0, or N where A
    /// was doubled.
    pub fn offset(&self) -> usize {
        if self.is_symmetric() { 0 } else { self.size() }
    }

    /// The size of the Hermitian system: N, doubled if A is not symmetric, up to the next power of two,
    /// at least 2.
    pub fn hermitian_size(&self) -> usize {
        (self.size() + self.offset()).next_power_of_two().max(2)
    }

    /// The Hermitian system that a quantum computer solves. A that is not symmetric becomes
    /// [[0, A], [Aᵀ, 0]] (0, x) = (b, 0), whose eigenvalues are ± A's singular values. What is missing to
    /// a power of two is filled with λ on the diagonal, λ the largest magnitude of an eigenvalue, and
    /// with 0 in b: neither x nor the condition number changes.
    ///
    /// # Errors
    /// As [`spectrum`](Self::spectrum).
    pub fn hermitian(&self) -> Result<(DMatrix<f64>, DVector<f64>)> {
        let (_, largest) = self.spectrum()?.magnitudes();
        let (offset, size) = (self.offset(), self.hermitian_size());
        let mut matrix = DMatrix::zeros(size, size);
        for (r, row) in self.rows.iter().enumerate() {
            for &(c, v) in row {
                matrix[(r, c + offset)] = v;
                if offset > 0 {
                    matrix[(c + offset, r)] = v;
                }
            }
        }
        for k in self.size() + offset..size {
            matrix[(k, k)] = largest;
        }
        Ok((matrix, self.hermitian_rhs()))
    }

    /// b of the Hermitian system.
    pub fn hermitian_rhs(&self) -> DVector<f64> {
        let mut rhs = DVector::zeros(self.hermitian_size());
        self.rhs.iter().enumerate().for_each(|(k, v)| rhs[k] = *v);
        rhs
    }

    /// Eigenvalues of the Hermitian system without what fills it up.
    ///
    /// # Errors
    /// If A is singular.
    pub fn spectrum(&self) -> Result<Spectrum> {
        let spectrum = match self.toeplitz {
            Some((diagonal, beside)) => Spectrum::toeplitz(diagonal, beside, &self.rhs),
            None if self.offset() == 0 => Spectrum::symmetric(&self.dense(), &self.rhs),
            None => Spectrum::doubled(&self.dense(), &self.rhs),
        };
        let (least, most) = spectrum.magnitudes();
        if least <= SINGULAR * most {
            return Err(invalid(
                "the smallest singular value of A",
                shown(least),
                "A is singular, and x is not determined; take a matrix without the eigenvalue 0",
            ));
        }
        Ok(spectrum)
    }
}

fn check_size(size: usize, most: usize) -> Result<()> {
    if (1..=most).contains(&size) {
        return Ok(());
    }
    Err(invalid("the number of rows of A", size, format!("it must be from 1 to {most}")))
}

pub(super) fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub(super) fn invalid(what: &str, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_number_is_that_of_every_size() {
        for size in [2, 3, 16, 100] {
            let system = LinearSystem::with_condition(10.0, vec![1.0; size]).unwrap();
            let (least, most) = system.spectrum().unwrap().magnitudes();
            assert!((most / least - 10.0).abs() < 1e-10);
            let eigen = system.dense().symmetric_eigenvalues();
            assert!((eigen.max() - most).abs() < 1e-10 && (eigen.min() - least).abs() < 1e-10);
        }
    }

    #[test]
    fn the_hermitian_system_has_the_same_solution() {
        let rows = [vec![1.0, 2.0, 0.0], vec![0.0, -1.0, 0.5], vec![3.0, 0.0, 1.0]];
        let system = LinearSystem::new(&rows, vec![1.0, -2.0, 0.5]).unwrap();
        assert_eq!((system.offset(), system.hermitian_size()), (3, 8));
        let (matrix, rhs) = system.hermitian().unwrap();
        assert_eq!(matrix, matrix.transpose());
        let x = matrix.clone().lu().solve(&rhs).unwrap();
        let solved = system.dense().lu().solve(&DVector::from_row_slice(system.rhs())).unwrap();
        for k in 0..8 {
            let expected = if (3..6).contains(&k) { solved[k - 3] } else { 0.0 };
            assert!((x[k] - expected).abs() < 1e-12);
        }
        let singular = system.dense().singular_values();
        let (least, most) = system.spectrum().unwrap().magnitudes();
        assert!((singular.max() - most).abs() < 1e-12 && (singular.min() - least).abs() < 1e-12);
        let eigen = matrix.symmetric_eigenvalues().map(f64::abs);
        assert!((eigen.max() - most).abs() < 1e-12 && (eigen.min() - least).abs() < 1e-12);
    }

    #[test]
    fn bad_input_is_refused() {
        let says = |rows: &[Vec<f64>], rhs: &[f64]| {
            LinearSystem::new(rows, rhs.to_vec()).unwrap_err().to_string()
        };
        let good = [vec![1.0, 0.0], vec![0.0, 2.0]];
        assert!(says(&[], &[]).contains("from 1 to 1024"));
        assert!(says(&[vec![1.0, 2.0], vec![1.0]], &[1.0; 2]).contains("row 1"));
        assert!(says(&[vec![1.0, 2.0]], &[1.0]).contains("square"));
        assert!(
            says(&[vec![1.0, f64::NAN], vec![0.0, 1.0]], &[1.0; 2]).contains("row 0, column 1")
        );
        assert!(says(&good, &[1.0; 3]).contains("A has 2 rows"));
        assert!(says(&good, &[0.0; 2]).contains("no direction"));
        assert!(says(&good, &[0.0, f64::INFINITY]).contains("entry 1 of b"));
        let singular = LinearSystem::new(&[vec![1.0, 1.0], vec![1.0, 1.0]], vec![1.0; 2]).unwrap();
        assert!(singular.spectrum().unwrap_err().to_string().contains("singular"));
        let odd = LinearSystem::toeplitz(0.0, 1.0, vec![1.0; 3]).unwrap();
        assert!(odd.spectrum().unwrap_err().to_string().contains("singular"));
        let skew = LinearSystem::new(&[vec![0.0, 1.0], vec![0.0, 0.0]], vec![1.0; 2]).unwrap();
        assert!(skew.spectrum().unwrap_err().to_string().contains("singular"));
        assert!(LinearSystem::with_condition(1.0, vec![1.0; 4]).is_err());
        assert!(LinearSystem::with_condition(f64::NAN, vec![1.0; 4]).is_err());
        assert!(LinearSystem::toeplitz(1.0, f64::NAN, vec![1.0; 4]).is_err());
        assert!(LinearSystem::toeplitz(1.0, 0.1, vec![1.0; 4096]).is_err());
    }
}

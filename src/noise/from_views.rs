//! Channels from matrices that must turn out to be channels.

use super::channel::{Channel, Form, qubits_behind};
use super::kraus::{KrausSet, complete};
use super::limits::{CPTP_TOLERANCE, invalid, matrix_qubits};
use super::pauli_channel::PauliChannel;
use super::views::{chi_of_choi, pauli_basis, reshuffled};
use crate::error::{Error, Result};
use crate::math::matrix::unitarity_deviation;
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Weights of operators that come from eigenvalues or from products of matrices, below which they
/// are rounding.
const ROUNDING_WEIGHT: f64 = 1e-15;

impl Channel {
    /// ρ → Σ_j K_j ρ K_j† on 1 to 3 qubits; see [`KrausSet::new`]. Where all operators are multiples
    /// of unitaries it becomes a mixture of these, and one of Pauli strings where it is one: what comes
    /// about then does not depend on the state.
    ///
    /// # Errors
    /// Those of [`KrausSet::new`].
    pub fn kraus(operators: impl IntoIterator<Item = DMatrix<Complex64>>) -> Result<Self> {
        let set = KrausSet::new(operators)?;
        let unitaries: Option<Vec<_>> = set.operators().iter().map(unitary_of).collect();
        let Some(mut unitaries) = unitaries else { return Ok(Self::of_kraus(set)) };
        let sum: f64 = unitaries.iter().map(|u| u.0).sum();
        unitaries.iter_mut().for_each(|u| u.0 /= sum);
        let k = set.operators()[0].nrows().trailing_zeros() as usize;
        let mixture = Self::of_unitaries(k, unitaries);
        Ok(pauli_of(k, &mixture.choi()?).map_or(mixture, Self::from_pauli))
    }

    pub(super) fn of_kraus(set: KrausSet) -> Self {
        let k = set.operators()[0].nrows().trailing_zeros() as usize;
        let text = format!("kraus(matrices={}{})", set.operators().len(), qubits_behind(k));
        Self::new(k, Form::Kraus(set), text)
    }

    /// The channel of a [`superoperator`](Self::superoperator). As for all matrices: it becomes a
    /// mixture of Pauli strings where it is one, a unitary where it is one, else canonical Kraus
    /// operators.
    ///
    /// # Errors
    /// If the size does not fit, a number is not finite, or the map is not completely positive or
    /// does not preserve the trace, by more than [`CPTP_TOLERANCE`](super::CPTP_TOLERANCE).
    pub fn from_superoperator(superoperator: &DMatrix<Complex64>) -> Result<Self> {
        check("a superoperator", superoperator.nrows(), superoperator.ncols())?;
        Self::from_choi(&reshuffled(superoperator))
    }

    /// The channel of a Pauli transfer matrix; see [`ptm`](Self::ptm).
    ///
    /// # Errors
    /// Those of [`from_superoperator`](Self::from_superoperator).
    pub fn from_ptm(ptm: &DMatrix<f64>) -> Result<Self> {
        let k = check("a Pauli transfer matrix", ptm.nrows(), ptm.ncols())?;
        let basis = pauli_basis(k);
        let superoperator = &basis * ptm.map(Complex64::from) * basis.adjoint();
        Self::from_superoperator(&(superoperator / Complex64::from((1 << k) as f64)))
    }

    /// The channel of a χ matrix; see [`chi`](Self::chi).
    ///
    /// # Errors
    /// Those of [`from_superoperator`](Self::from_superoperator).
    pub fn from_chi(chi: &DMatrix<Complex64>) -> Result<Self> {
        let basis = pauli_basis(check("a χ matrix", chi.nrows(), chi.ncols())?);
        Self::from_choi(&(&basis * chi * basis.adjoint()))
    }

    /// The channel of a Choi matrix; see [`choi`](Self::choi).
    ///
    /// # Errors
    /// Those of [`from_superoperator`](Self::from_superoperator).
    pub fn from_choi(choi: &DMatrix<Complex64>) -> Result<Self> {
        let k = check("a Choi matrix", choi.nrows(), choi.ncols())?;
        if let Some(value) = choi.iter().flat_map(|z| [z.re, z.im]).find(|x| !x.is_finite()) {
            return Err(Error::NotFinite {
                what: "an entry of the matrix of a channel".into(),
                value,
            });
        }
        let refused = |what: &str, by: f64| {
            let expected = format!("a channel has at most {CPTP_TOLERANCE:.0e}");
            Err(invalid(what, format!("{by:.3e}"), expected))
        };
        let hermitian = largest(&(choi - choi.adjoint()));
        if hermitian > CPTP_TOLERANCE {
            return refused("the deviation of the Choi matrix from a Hermitian one", hermitian);
        }
        let trace = trace_deviation(choi);
        if trace > CPTP_TOLERANCE {
            return refused("the change of the trace by the channel", trace);
        }
        let eigen = ((choi + choi.adjoint()) * Complex64::from(0.5)).symmetric_eigen();
        let least = eigen.eigenvalues.min();
        if least < -CPTP_TOLERANCE {
            return refused(
                "the negative part of the Choi matrix (not completely positive)",
                -least,
            );
        }
        if let Some(pauli) = pauli_of(k, choi) {
            return Ok(Self::from_pauli(pauli));
        }
        let mut operators = from_eigen(k, &eigen);
        complete(&mut operators);
        if let [unitary] = &operators[..] {
            let text = format!("unitary(matrices=1{})", qubits_behind(k));
            return Ok(Self::new(k, Form::MixedUnitary(vec![(1.0, unitary.clone())]), text));
        }
        Ok(Self::of_kraus(KrausSet::unchecked(operators)))
    }

    /// The Kraus operators of the Choi matrix's eigenvectors, orthogonal to each other: at most d²,
    /// in descending order of their weights tr(K†K), the entry of each that is largest real and
    /// positive.
    ///
    /// # Errors
    /// If there are more than 3 qubits.
    pub fn canonical_kraus(&self) -> Result<Vec<DMatrix<Complex64>>> {
        let k = self.check_matrix()?;
        let mut operators = from_eigen(k, &self.choi()?.symmetric_eigen());
        complete(&mut operators);
        Ok(operators)
    }

    /// By how much it is off a channel: the largest entry of |ΣK†K - 1|, or the Choi matrix' most
    /// negative eigenvalue if that is more. Rounding; 0 beyond 3 qubits, where there are only closed
    /// forms.
    pub fn cptp_deviation(&self) -> f64 {
        let Ok(choi) = self.choi() else { return 0.0 };
        let trace = trace_deviation(&choi);
        let least = choi.symmetric_eigenvalues().min();
        trace.max(-least)
    }
}

fn check(what: &str, rows: usize, columns: usize) -> Result<usize> {
    if rows == columns
        && rows.is_power_of_two()
        && rows > 1
        && rows.trailing_zeros().is_multiple_of(2)
    {
        return matrix_qubits(what, rows.trailing_zeros() as usize / 2);
    }
    let expected = "it is 4^k × 4^k on k qubits";
    Err(invalid(format!("the size of {what}"), format!("{rows} × {columns}"), expected))
}

fn largest(matrix: &DMatrix<Complex64>) -> f64 {
    matrix.iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// The largest entry of |tr_out C - 1|.
fn trace_deviation(choi: &DMatrix<Complex64>) -> f64 {
    let d = 1 << (choi.nrows().trailing_zeros() / 2);
    let entry = |r: usize, c: usize| -> f64 {
        let trace: Complex64 = (0..d).map(|o| choi[(o + d * r, o + d * c)]).sum();
        (trace - if r == c { 1.0 } else { 0.0 }).norm()
    };
    (0..d * d).map(|i| entry(i % d, i / d)).fold(0.0, f64::max)
}

/// The mixture of Pauli strings that a Choi matrix is, if it is one: χ is diagonal.
fn pauli_of(k: usize, choi: &DMatrix<Complex64>) -> Option<PauliChannel> {
    let chi = chi_of_choi(choi);
    let mut off = chi.clone();
    off.set_diagonal(&nalgebra::DVector::zeros(chi.nrows()));
    if largest(&off) > ROUNDING_WEIGHT {
        return None;
    }
    let strings = (0..).zip(chi.diagonal().iter().map(|z| z.re).collect::<Vec<_>>());
    let errors = strings.filter(|e| e.0 > 0 && e.1 > ROUNDING_WEIGHT).collect();
    Some(PauliChannel::unchecked(k, errors))
}

/// √w U as (w, U).
fn unitary_of(operator: &DMatrix<Complex64>) -> Option<(f64, DMatrix<Complex64>)> {
    let weight = operator.norm_squared() / operator.nrows() as f64;
    let mut one = [operator / Complex64::from(weight.sqrt())];
    if unitarity_deviation(&one[0]) > 1e-12 {
        return None;
    }
    complete(&mut one);
    let [unitary] = one;
    Some((weight, unitary))
}

fn from_eigen(
    k: usize,
    eigen: &nalgebra::SymmetricEigen<Complex64, nalgebra::Dyn>,
) -> Vec<DMatrix<Complex64>> {
    let d = 1 << k;
    let mut order: Vec<usize> = (0..d * d).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    order.retain(|&i| eigen.eigenvalues[i] > ROUNDING_WEIGHT * d as f64);
    let operator = |&i: &usize| {
        let vector = eigen.eigenvectors.column(i);
        let mut pivot = vector[0];
        for z in vector.iter() {
            // Of entries that are equal but for rounding the first.
            if z.norm() > pivot.norm() * (1.0 + 1e-9) {
                pivot = *z;
            }
        }
        let factor = pivot.conj() / pivot.norm() * eigen.eigenvalues[i].sqrt();
        DMatrix::from_iterator(d, d, vector.iter().map(|z| z * factor))
    };
    order.iter().map(operator).collect()
}

//! What is read from a density matrix.

use super::DensityMatrix;
use super::change::spread;
use crate::engine::kernel::{self, Real, is_large};
use crate::engine::reductions;
use crate::engine::sample::sample_list;
use crate::engine::state_vector::StateVector;
use crate::error::{Result, bytes};
use crate::math::list_of;
use nalgebra::DMatrix;
use num_complex::{Complex, Complex64};

impl<T: Real> DensityMatrix<T> {
    /// A diagonal entry, the probability of a basis state.
    pub(super) fn diagonal(&self, index: usize) -> f64 {
        self.vector.buffer[index * (self.dim() + 1)].re.to_f64()
    }

    /// Tr ρ, 1 but for rounding.
    pub fn trace(&self) -> f64 {
        let diagonal: Vec<f64> = (0..self.dim()).map(|i| self.diagonal(i)).collect();
        reductions::pairwise(&diagonal, 0.0)
    }

    /// Tr ρ² = Σ|ρ_rc|²: 1 for a pure state, 2^-n at least.
    pub fn purity(&self) -> f64 {
        self.vector.norm()
    }

    /// The probability of a basis state. Panics if the index has more than n bits.
    #[track_caller]
    pub fn probability(&self, index: u64) -> f64 {
        self.entry(index, index).re.to_f64()
    }

    /// The probabilities of all basis states; rounding below 0 is 0.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) if they do not fit.
    pub fn probabilities(&self) -> Result<Vec<f64>> {
        let what = format!("the list of the probabilities of {} qubits", self.num_qubits);
        let mut list = list_of(&what, self.dim(), "ask for few of them")?;
        list.extend((0..self.dim()).map(|index| self.diagonal(index).max(0.0)));
        Ok(list)
    }

    /// Distribution of the outcomes of measuring some qubits: 2^k probabilities, `qubits[0]` being
    /// the least significant bit of the index.
    ///
    /// # Errors
    /// If a qubit does not exist or is repeated;
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub fn marginal(&self, qubits: &[usize]) -> Result<Vec<f64>> {
        self.mask(qubits, "marginal")?;
        let what = format!("the list of the probabilities of {} qubits", qubits.len());
        let mut table = list_of(&what, 1 << qubits.len(), "ask for fewer qubits")?;
        table.resize(1 << qubits.len(), 0.0);
        for (index, p) in self.probabilities()?.into_iter().enumerate() {
            let at = qubits.iter().enumerate().fold(0, |at, (k, q)| at | (index >> q & 1) << k);
            table[at] += p;
        }
        Ok(table)
    }

    /// The `k` most probable basis states with their probabilities, most probable first, equal ones
    /// by index; fewer if there are fewer of positive probability.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) if they do not fit.
    pub fn top(&self, k: usize) -> Result<Vec<(u64, f64)>> {
        let what = "the list of the most probable basis states";
        let mut list = list_of(what, self.dim(), "ask for shots")?;
        let positive = (0..self.dim()).map(|i| (i as u64, self.diagonal(i))).filter(|e| e.1 > 0.0);
        list.extend(positive);
        let order = |a: &(u64, f64), b: &(u64, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if k < list.len() {
            if k > 0 {
                list.select_nth_unstable_by(k - 1, order);
            }
            list.truncate(k);
        }
        list.sort_unstable_by(order);
        Ok(list)
    }

    /// ⟨ψ|ρ|ψ⟩, the fidelity to a pure state (squared overlap). Panics if the numbers of qubits
    /// differ, or there is no memory for the amplitudes.
    #[track_caller]
    pub fn fidelity(&self, state: &StateVector<T>) -> f64 {
        assert_eq!(self.num_qubits, state.num_qubits(), "states of different size");
        let psi = state.to_vec();
        let isa = self.vector.isa;
        // Σ_c ψ_c Σ_r ψ_r* ρ_rc.
        let term = |c: usize| {
            let product = kernel::inner_product(isa, &psi, self.column(c));
            (Complex64::new(product[0], product[1]) * reductions::double(psi[c])).re
        };
        let large = is_large::<Complex<T>>(self.vector.buffer.len());
        let terms = reductions::blocks(self.dim(), large, 8, term);
        reductions::pairwise(&terms, 0.0)
    }

    /// ρ of some qubits, the others traced out: 2^k × 2^k, `qubits[0]` being the least significant
    /// bit of its indices.
    ///
    /// # Errors
    /// If a qubit does not exist or is repeated;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if 4^k numbers do not fit.
    pub fn reduced_density_matrix(&self, qubits: &[usize]) -> Result<DMatrix<Complex64>> {
        let inside = self.mask(qubits, "reduced density matrix")?;
        let mut matrix = zeros(qubits.len())?;
        let others = spread((self.dim() - 1) & !inside);
        let place = |index: usize| {
            qubits.iter().enumerate().fold(0, |at, (k, q)| at | (index >> k & 1) << q)
        };
        let places: Vec<usize> = (0..1 << qubits.len()).map(place).collect();
        for (c, column) in places.iter().enumerate() {
            for other in &others {
                let entries = self.column(column | other);
                for (r, row) in places.iter().enumerate() {
                    matrix[(r, c)] += reductions::double(entries[row | other]);
                }
            }
        }
        Ok(matrix)
    }

    /// All of ρ in double precision.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) if a copy does not fit.
    pub fn to_matrix(&self) -> Result<DMatrix<Complex64>> {
        let mut matrix = zeros(self.num_qubits)?;
        let entries = self.entries().iter();
        matrix.iter_mut().zip(entries).for_each(|(to, z)| *to = reductions::double(*z));
        Ok(matrix)
    }

    /// Measures all qubits `shots` times, ρ being prepared anew for each: the outcomes that occurred,
    /// in ascending order, with their counts, as [`StateVector::try_sample`].
    ///
    /// # Errors
    /// As there.
    pub fn try_sample(&self, shots: u64, rng: &mut impl rand::Rng) -> Result<Vec<(u64, u64)>> {
        self.sample_watched(shots, rng, &|| true)
    }

    /// The same, given up with [`Error::Interrupted`](crate::Error::Interrupted) when `go_on` says
    /// no.
    pub(crate) fn sample_watched(
        &self,
        shots: u64,
        rng: &mut impl rand::Rng,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<(u64, u64)>> {
        sample_list(&self.probabilities()?, shots, rng, go_on)
    }
}

/// A matrix of zeros on k qubits.
fn zeros(num_qubits: usize) -> Result<DMatrix<Complex64>> {
    let len = 1usize << (2 * num_qubits);
    let what = format!("a matrix of {} on {num_qubits} qubits", bytes(16 * len as u128));
    let mut list: Vec<Complex64> = list_of(&what, len, "keep fewer qubits")?;
    list.resize(len, Complex64::ZERO);
    Ok(DMatrix::from_vec(1 << num_qubits, 1 << num_qubits, list))
}

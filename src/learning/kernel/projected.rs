//! Projected kernels: distances of one-qubit density matrices.

use super::checks::{check_finite, check_rows, table};
use crate::circuit::library::Embedding;
use crate::error::{Error, Result};
use crate::math::map_in_order;
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::simulate::{Batch, Program, Simulator};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// K(x, y) = exp(-γ Σ_k ‖ρ_k(x) - ρ_k(y)‖²_F), with ρ_k the density matrix of qubit k (Huang et al.,
/// Nature Communications 12, 2631 (2021), eq. 9).
///
/// ρ_k is given by its means of X, Y and Z, of which ‖ρ_k - ρ'_k‖²_F = ½ Σ_P (⟨P⟩ - ⟨P⟩')²; so a
/// row is a simulation and 3n means, and the kernel a Gaussian one of 3n numbers, which is positive
/// definite unless rows agree. Means are exact; for shots see [`sampled_matrix`](Self::sampled_matrix).
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::Embedding;
/// use ketlab::learning::kernel::ProjectedKernel;
/// use ndarray::array;
/// let embedding = Embedding::new("angle-y".parse()?, 1)?;
/// let kernel = ProjectedKernel::new(embedding, Simulator::new(), 0.5)?;
/// let k = kernel.matrix(array![[0.0], [1.2]].view())?;
/// // ⟨Z⟩ = cos x and ⟨X⟩ = sin x: ½·|1 - e^{ix}|² = 1 - cos x.
/// assert!((k[[0, 1]] - (-0.5 * (1.0 - 1.2f64.cos())).exp()).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ProjectedKernel {
    pub(super) embedding: Embedding,
    pub(super) simulator: Simulator,
    batch: Batch,
    observables: Vec<PauliSum>,
    pub(super) gamma: f64,
}

impl ProjectedKernel {
    /// With this γ.
    ///
    /// # Errors
    /// If `gamma` is not positive and finite; what compiling the circuit refuses.
    pub fn new(embedding: Embedding, simulator: Simulator, gamma: f64) -> Result<Self> {
        if !(gamma > 0.0 && gamma.is_finite()) {
            return Err(Error::Invalid {
                what: "gamma of a projected kernel".into(),
                value: gamma.to_string(),
                expected: "it must be positive and finite".into(),
            });
        }
        let batch = simulator.batch(&Program::new(embedding.circuit())?);
        let mut observables = Vec::new();
        for qubit in 0..embedding.num_qubits() {
            for pauli in [Pauli::X, Pauli::Y, Pauli::Z] {
                observables.push(PauliSum::from(PauliString::new([(qubit, pauli)])));
            }
        }
        Ok(ProjectedKernel { embedding, simulator, batch, observables, gamma })
    }

    /// With the γ that these rows, those of the training data, set: 1/V, V the sum of the variances of
    /// the 3n numbers ⟨P_k⟩/√2, whose squared distances are the exponent's; their average over all
    /// pairs, a row with itself among them, is then 2/γ. (scikit-learn's `gamma="scale"`, but with
    /// each number's variance about its own mean, as distances do not know where the origin is.) 1
    /// where all rows agree.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`pauli_means`](Self::pauli_means).
    pub fn scaled(
        embedding: Embedding,
        simulator: Simulator,
        rows: ArrayView2<f64>,
    ) -> Result<Self> {
        let mut kernel = Self::new(embedding, simulator, 1.0)?;
        let means = kernel.pauli_means(rows)?;
        let variance = 0.5 * means.var_axis(Axis(0), 0.0).sum();
        // Numbers that differ by rounding are the same.
        if variance > 1e-24 {
            kernel.gamma = 1.0 / variance;
        }
        Ok(kernel)
    }

    /// γ
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// The embedding.
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The exact means of each row: rows × 3n, columns X, Y, Z of qubit 0, then of qubit 1, ….
    ///
    /// # Errors
    /// If there are no rows; what the embedding or a run refuses; if there is no memory;
    /// [`Error::Interrupted`].
    pub fn pauli_means(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        check_rows(rows)?;
        let inputs = self.embedding.inputs_of_rows(rows)?;
        self.batch.expectations(&inputs, &self.observables)?.complete()
    }

    /// The kernel of rows (rows × features) with themselves: rows × rows, symmetric, its diagonal 1.
    ///
    /// # Errors
    /// As [`pauli_means`](Self::pauli_means).
    pub fn matrix(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        let means = self.pauli_means(rows)?;
        self.of_means(means.view(), means.view())
    }

    /// The kernel of rows with others: rows × others.
    ///
    /// # Errors
    /// As [`pauli_means`](Self::pauli_means).
    pub fn cross(&self, rows: ArrayView2<f64>, others: ArrayView2<f64>) -> Result<Array2<f64>> {
        self.of_means(self.pauli_means(rows)?.view(), self.pauli_means(others)?.view())
    }

    /// The kernel of means in the order of [`pauli_means`](Self::pauli_means), wherever they come
    /// from: those of rows (rows × 3n) with those of others (others × 3n).
    ///
    /// # Errors
    /// If there are not 3n means in a row, or one is not finite; if there is no memory.
    pub fn of_means(&self, means: ArrayView2<f64>, others: ArrayView2<f64>) -> Result<Array2<f64>> {
        for side in [means, others] {
            check_rows(side)?;
            check_finite(side)?;
            if side.ncols() != self.observables.len() {
                return Err(Error::Invalid {
                    what: "the number of means of a row".into(),
                    value: side.ncols().to_string(),
                    expected: format!(
                        "X, Y and Z of {} qubits are {}",
                        self.embedding.num_qubits(),
                        self.observables.len()
                    ),
                });
            }
        }
        self.of_pairs(means.nrows(), others.nrows(), |i, j| {
            squared_distance(means.row(i), others.row(j))
        })
    }

    /// exp(-γ d) of each pair, d its squared distance.
    pub(super) fn of_pairs(
        &self,
        rows: usize,
        columns: usize,
        squared_distance: impl Fn(usize, usize) -> f64 + Sync,
    ) -> Result<Array2<f64>> {
        let mut kernel = table(rows, columns)?;
        let lines = self.simulator.install(|| {
            map_in_order(rows, |i| {
                self.simulator.watch().check()?;
                let entry = |j| (-self.gamma * squared_distance(i, j)).exp();
                Ok((0..columns).map(entry).collect::<Vec<f64>>())
            })
        })?;
        for (mut row, line) in kernel.rows_mut().into_iter().zip(lines) {
            row.iter_mut().zip(line).for_each(|(k, value)| *k = value);
        }
        Ok(kernel)
    }
}

/// Σ_k ‖ρ_k - ρ'_k‖²_F
pub(super) fn squared_distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    0.5 * a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
}

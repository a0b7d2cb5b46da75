//! Fidelity kernels: squared overlaps of states.

use super::blocked::{Blocked, Product};
use super::checks::check_rows;
use super::sampled::SampledKernel;
use crate::circuit::library::Embedding;
use crate::error::Result;
use crate::simulate::{Batch, Program, Simulator};
use ndarray::{Array2, ArrayView2, s};
use num_complex::Complex64;
use std::ops::Range;

/// K(x, y) = |⟨ψ(x)|ψ(y)⟩|² (Havlíček et al., Nature 567, 209 (2019)), with |ψ(x)⟩ the state that an
/// embedding makes of a row of features.
///
/// The circuit is planned once; each row is one simulation. Then the products of all pairs are
/// three real matrix products on all of the simulator's threads: 3·N²·2^n multiplications for N
/// rows and n qubits, half of that for a symmetric matrix. States take 16·2^n bytes a row; where
/// they do not fit ([`memory`](Self::memory)) they are made again, with the same bits. The same bits
/// at any number of threads. Amplitudes are in double precision, whatever the simulator's is.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::Embedding;
/// use ketlab::learning::kernel::FidelityKernel;
/// use ndarray::array;
/// let embedding = Embedding::new("angle".parse()?, 2)?;
/// let kernel = FidelityKernel::new(embedding, Simulator::new())?;
/// let x = array![[0.3, 1.0], [0.5, -0.2], [2.0, 0.1]];
/// let k = kernel.matrix(x.view())?;
/// // A product state: Π cos²((x_i - y_i)/2).
/// assert!((k[[0, 1]] - (0.1f64.cos() * 0.6f64.cos()).powi(2)).abs() < 1e-12);
/// // Rows that a model was not trained on: others × rows.
/// assert_eq!(kernel.cross(array![[1.0, 1.0]].view(), x.view())?.dim(), (1, 3));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FidelityKernel {
    embedding: Embedding,
    simulator: Simulator,
    batch: Batch,
    budget: Option<u128>,
}

impl FidelityKernel {
    /// Of this embedding, with a simulator's threads, instruction set, initial state and
    /// [`watch`](Simulator::watch) (which counts the rows simulated, and cancels).
    ///
    /// # Errors
    /// What compiling the circuit refuses.
    pub fn new(embedding: Embedding, simulator: Simulator) -> Result<Self> {
        let batch = simulator.batch(&Program::new(embedding.circuit())?);
        Ok(FidelityKernel { embedding, simulator, batch, budget: None })
    }

    /// With at most about so many bytes of states at a time, at least two blocks of them (128 rows
    /// each, or 256 MiB); half of the memory that is available unless said. The kernel is the same.
    pub fn memory(mut self, bytes: u128) -> Self {
        self.budget = Some(bytes);
        self
    }

    /// The embedding.
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// The kernel of rows (rows × features) with themselves: rows × rows, symmetric, its diagonal 1.
    ///
    /// # Errors
    /// If there are no rows; what the embedding refuses of a row; what a run refuses, such as a
    /// circuit with a random state; if there is no memory; [`Interrupted`](crate::Error::Interrupted).
    pub fn matrix(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        let inputs = self.inputs(rows)?;
        let states = |range| self.states(&inputs, range);
        self.simulator.install(|| self.blocked().matrix(inputs.nrows(), states))
    }

    /// The kernel of rows with others: rows × others.
    ///
    /// # Errors
    /// As [`matrix`](Self::matrix).
    pub fn cross(&self, rows: ArrayView2<f64>, others: ArrayView2<f64>) -> Result<Array2<f64>> {
        let (a, b) = (self.inputs(rows)?, self.inputs(others)?);
        let counts = [a.nrows(), b.nrows()];
        let (rows, columns) = (|range| self.states(&a, range), |range| self.states(&b, range));
        self.simulator.install(|| self.blocked().cross(counts, rows, columns))
    }

    /// [`matrix`](Self::matrix) as it is estimated from `shots` runs of the circuit of each pair of
    /// rows: see [`SampledKernel`].
    ///
    /// # Errors
    /// As [`matrix`](Self::matrix); if there are no shots.
    pub fn sampled_matrix(
        &self,
        rows: ArrayView2<f64>,
        shots: u64,
        seed: u64,
    ) -> Result<SampledKernel> {
        SampledKernel::of_matrix(self.matrix(rows)?.view(), shots, seed)
    }

    /// [`cross`](Self::cross) from shots.
    ///
    /// # Errors
    /// As [`sampled_matrix`](Self::sampled_matrix).
    pub fn sampled_cross(
        &self,
        rows: ArrayView2<f64>,
        others: ArrayView2<f64>,
        shots: u64,
        seed: u64,
    ) -> Result<SampledKernel> {
        SampledKernel::of_cross(self.cross(rows, others)?.view(), shots, seed)
    }

    fn inputs(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        check_rows(rows)?;
        self.embedding.inputs_of_rows(rows)
    }

    fn states(&self, inputs: &Array2<f64>, range: Range<usize>) -> Result<Array2<Complex64>> {
        self.batch.states::<f64>(inputs.slice(s![range, ..]))?.complete()
    }

    fn blocked(&self) -> Blocked<'_> {
        // More qubits than this have no state: the batch refuses it.
        let len = 1usize << self.embedding.num_qubits().min(50);
        let watch = self.simulator.watch();
        Blocked { product: Product::Fidelity, len, budget: self.budget, watch }
    }
}

//! Projected kernels from shots, with their bias.

use super::ProjectedKernel;
use super::checks::{check_rows, check_shots};
use super::projected::squared_distance;
use crate::circuit::Circuit;
use crate::error::Result;
use crate::math::{Domain, Streams};
use crate::simulate::Program;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::RngExt;

/// A projected kernel from shots, as it comes and corrected for its bias.
///
/// The means of a row are those of three circuits: all qubits measured in the basis of X, of Y and of
/// Z, each with a number of shots; they serve all pairs of the row. Squared distances of estimated
/// means are too large on average, by ½ Σ (v + v'), v = (1 - ⟨P⟩²)/S the variances of the means;
/// so the kernel is too small. The unbiased estimate of v is (1 - m²)/(S - 1) for a mean m of S
/// shots, and subtracting these gives distances without bias; where they come out negative they are
/// taken as 0, which leaves a bias for close pairs. (An exponential of a distance that scatters is
/// larger on average than that of its mean: this is not corrected. It is of the second order in 1/S.)
#[derive(Debug, Clone, PartialEq)]
pub struct SampledProjectedKernel {
    /// exp(-γ d) of the distances d as they come: positive semidefinite for a matrix.
    pub kernel: Array2<f64>,
    /// Of the distances without their bias: may be indefinite, see [`Repair`](super::Repair).
    pub corrected: Array2<f64>,
    /// By how much the distances of pairs of different rows are too large, averaged over pairs.
    pub mean_distance_bias: f64,
    /// The largest of them.
    pub largest_distance_bias: f64,
    /// Shots of each of the three circuits of a row.
    pub shots: u64,
    /// Shots of all rows together.
    pub total_shots: u128,
}

impl ProjectedKernel {
    /// [`pauli_means`](Self::pauli_means) from `shots` runs of each of three circuits a row.
    ///
    /// # Errors
    /// As there; if there are no shots.
    pub fn sampled_means(
        &self,
        rows: ArrayView2<f64>,
        shots: u64,
        seed: u64,
    ) -> Result<Array2<f64>> {
        self.sampled_side(rows, shots, seed, 0)
    }

    /// The kernel of rows with themselves from shots. The diagonal is 1: a row has one set of means.
    ///
    /// # Errors
    /// As [`pauli_means`](Self::pauli_means); if there are fewer than two shots, of which a variance
    /// can be estimated.
    pub fn sampled_matrix(
        &self,
        rows: ArrayView2<f64>,
        shots: u64,
        seed: u64,
    ) -> Result<SampledProjectedKernel> {
        check_shots(shots, 2, ", for the variances of the means")?;
        let means = self.sampled_means(rows, shots, seed)?;
        self.of_sampled(means.view(), means.view(), shots, true)
    }

    /// The kernel of rows with others from shots, of which each has its own.
    ///
    /// # Errors
    /// As [`sampled_matrix`](Self::sampled_matrix).
    pub fn sampled_cross(
        &self,
        rows: ArrayView2<f64>,
        others: ArrayView2<f64>,
        shots: u64,
        seed: u64,
    ) -> Result<SampledProjectedKernel> {
        check_shots(shots, 2, ", for the variances of the means")?;
        let means = self.sampled_means(rows, shots, seed)?;
        let others = self.sampled_side(others, shots, seed, 1)?;
        self.of_sampled(means.view(), others.view(), shots, false)
    }

    fn sampled_side(
        &self,
        rows: ArrayView2<f64>,
        shots: u64,
        seed: u64,
        side: u64,
    ) -> Result<Array2<f64>> {
        check_rows(rows)?;
        check_shots(shots, 1, "")?;
        let inputs = self.embedding.inputs_of_rows(rows)?;
        let num_qubits = self.embedding.num_qubits();
        let mut means = Array2::zeros((rows.nrows(), 3 * num_qubits));
        let streams = Streams::new(seed, Domain::Learning);
        for basis in 0..3 {
            let program = Program::new(&self.measured_in(basis)?)?;
            let simulator =
                self.simulator.clone().seed(streams.stream(3 * side + basis as u64).random());
            let counts = simulator.batch(&program).counts(&inputs, shots)?.complete()?;
            for (row, counts) in counts.iter().enumerate() {
                let mut ones = vec![0u64; num_qubits];
                for (bits, count) in counts {
                    for (qubit, ones) in ones.iter_mut().enumerate() {
                        *ones += if bits.bit(qubit) { count } else { 0 };
                    }
                }
                for (qubit, &ones) in ones.iter().enumerate() {
                    let mean = 1.0 - 2.0 * (ones as f64 / shots as f64);
                    means[[row, 3 * qubit + basis]] = mean;
                }
            }
        }
        Ok(means)
    }

    /// The embedding's circuit with all qubits measured in the basis of X, Y or Z, bit k the
    /// outcome of qubit k.
    fn measured_in(&self, basis: usize) -> Result<Circuit> {
        let own = self.embedding.circuit().without_final_measurements();
        let mut circuit = Circuit::new(own.num_qubits());
        let qubits: Vec<usize> = (0..own.num_qubits()).collect();
        circuit.try_append_on(&own, &qubits, &[])?;
        for qubit in qubits {
            match basis {
                0 => _ = circuit.try_h(qubit)?,
                1 => _ = circuit.try_sdg(qubit)?.try_h(qubit)?,
                _ => {}
            }
        }
        circuit.try_measure_all()?;
        Ok(circuit)
    }

    fn of_sampled(
        &self,
        means: ArrayView2<f64>,
        others: ArrayView2<f64>,
        shots: u64,
        same: bool,
    ) -> Result<SampledProjectedKernel> {
        let of = |means: ArrayView2<f64>| -> Vec<f64> {
            means.rows().into_iter().map(|row| half_variances(row, shots)).collect()
        };
        let (a, b) = (of(means), of(others));
        let is_pair = |i: usize, j: usize| !(same && i == j);
        let bias = |i: usize, j: usize| if is_pair(i, j) { a[i] + b[j] } else { 0.0 };
        let distance = |i: usize, j: usize| squared_distance(means.row(i), others.row(j));
        let (rows, columns) = (means.nrows(), others.nrows());
        let kernel = self.of_pairs(rows, columns, distance)?;
        let without_bias = |i, j| (distance(i, j) - bias(i, j)).max(0.0);
        let corrected = self.of_pairs(rows, columns, without_bias)?;
        let mut biases = Vec::with_capacity(rows * columns);
        for i in 0..rows {
            biases.extend((0..columns).filter(|&j| is_pair(i, j)).map(|j| bias(i, j)));
        }
        let sides = if same { rows } else { rows + columns };
        Ok(SampledProjectedKernel {
            kernel,
            corrected,
            mean_distance_bias: biases.iter().sum::<f64>() / biases.len().max(1) as f64,
            largest_distance_bias: biases.iter().copied().fold(0.0, f64::max),
            shots,
            total_shots: 3 * u128::from(shots) * sides as u128,
        })
    }
}

/// ½ Σ of the estimated variances of a row's means.
fn half_variances(means: ArrayView1<f64>, shots: u64) -> f64 {
    0.5 * means.iter().map(|m| (1.0 - m * m) / (shots - 1) as f64).sum::<f64>()
}

//! Kernels of noisy states.

use super::blocked::{Blocked, Product};
use super::checks::check_rows;
use crate::circuit::Circuit;
use crate::circuit::library::Embedding;
use crate::device::NoiseModel;
use crate::error::{Error, Result};
use crate::math::{check_memory, map_in_order};
use crate::simulate::{AnyState, Method, Precision, Request, SMALL_BELOW, Simulator};
use ndarray::{Array2, ArrayView1, ArrayView2, s};
use num_complex::Complex64;
use std::ops::Range;

/// K(x, y) = Tr ρ(x)ρ(y), with ρ(x) the state that an embedding's circuit makes under a noise model:
/// the fidelity kernel of [`FidelityKernel`](super::FidelityKernel) where there is no noise. Its
/// diagonal are the purities of the states, and it is positive semidefinite. It is what a swap test
/// without noise of its own estimates of two noisy states; the circuit U(y)† U(x) under the same noise
/// gives other numbers.
///
/// A row is a run of the density matrix and 16·4^n bytes; small ones run in parallel.
#[derive(Debug, Clone)]
pub struct NoisyKernel {
    embedding: Embedding,
    circuit: Circuit,
    simulator: Simulator,
    budget: Option<u128>,
}

impl NoisyKernel {
    /// Of this embedding under a noise model; readout errors in it do nothing to states.
    ///
    /// # Errors
    /// If the model does not fit the circuit.
    pub fn new(embedding: Embedding, noise: &NoiseModel, simulator: Simulator) -> Result<Self> {
        let circuit = noise.apply(&embedding.circuit().without_final_measurements())?.circuit;
        let simulator = simulator.method(Method::DensityMatrix).precision(Precision::F64);
        Ok(NoisyKernel { embedding, circuit, simulator, budget: None })
    }

    /// As [`FidelityKernel::memory`](super::FidelityKernel::memory).
    pub fn memory(mut self, bytes: u128) -> Self {
        self.budget = Some(bytes);
        self
    }

    /// The kernel of rows (rows × features) with themselves: rows × rows, symmetric.
    ///
    /// # Errors
    /// If there are no rows; what the embedding or a run refuses; if there is no memory;
    /// [`Error::Interrupted`].
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

    fn inputs(&self, rows: ArrayView2<f64>) -> Result<Array2<f64>> {
        check_rows(rows)?;
        self.embedding.inputs_of_rows(rows)
    }

    fn states(&self, inputs: &Array2<f64>, range: Range<usize>) -> Result<Array2<Complex64>> {
        let rows = inputs.slice(s![range, ..]);
        let len = self.blocked().len;
        let what = format!("{} density matrices", rows.nrows());
        let needed = 16 * (len as u128).saturating_mul(rows.nrows() as u128);
        check_memory(what, needed, |_| (None, "use fewer rows or qubits".into()))?;
        let run = |row: ArrayView1<f64>| {
            self.simulator.watch().check()?;
            let values: Vec<(&String, f64)> =
                self.circuit.inputs().zip(row.iter().copied()).collect();
            let result =
                self.simulator.run(&self.circuit.bind(&values)?, &Request::new().state())?;
            self.simulator.watch().add_rows(1);
            match result.state {
                Some(AnyState::DensityF64(rho)) => Ok(rho),
                _ => Err(Error::Unsupported {
                    method: "a kernel of noisy states",
                    operation: "a circuit without one density matrix".into(),
                    hint: "take its measurements out".into(),
                }),
            }
        };
        let mut states = Vec::with_capacity(rows.nrows() * len);
        if 2 * self.embedding.num_qubits() < SMALL_BELOW {
            for rho in map_in_order(rows.nrows(), |k| run(rows.row(k)))? {
                states.extend_from_slice(rho.entries());
            }
        } else {
            for row in rows.rows() {
                states.extend_from_slice(run(row)?.entries());
            }
        }
        Ok(Array2::from_shape_vec((rows.nrows(), len), states).expect("4^n entries a row"))
    }

    fn blocked(&self) -> Blocked<'_> {
        let len = 1usize << (2 * self.embedding.num_qubits()).min(50);
        let watch = self.simulator.watch();
        // Tr ρσ of Hermitian matrices is the real part of the product of their entries.
        Blocked { product: Product::Real, len, budget: self.budget, watch }
    }
}

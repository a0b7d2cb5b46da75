//! ADAPT-VQE (Grimsley et al. 2019, arXiv:1812.11173): an ansatz that grows by the excitation with
//! the largest derivative.

use super::vqe::{Vqe, VqeResult};
use crate::circuit::Circuit;
use crate::circuit::library::{Excitation, try_hartree_fock};
use crate::error::{Error, Result};
use crate::gradient::{Adjoint, Gradient};
use crate::optimize::{Control, Optimizer};
use crate::pauli::PauliSum;

/// How an ansatz grows.
#[derive(Debug, Clone)]
pub struct Adapt {
    /// What it may grow by.
    pub pool: Vec<Excitation>,
    /// It stops where no derivative is larger (hartree).
    pub gradient_tolerance: f64,
    /// It stops at this many excitations.
    pub max_excitations: usize,
}

/// One excitation more.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptStep {
    /// The excitation, by its number in the pool.
    pub excitation: usize,
    /// The derivative that it was chosen for.
    pub derivative: f64,
    /// The energy after all parameters were optimized.
    pub energy: f64,
}

/// What grew.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptResult {
    /// The ansatz.
    pub ansatz: Circuit,
    /// Its last minimization; `None` if nothing in the pool lowers the energy.
    pub last: Option<VqeResult>,
    /// How it grew.
    pub steps: Vec<AdaptStep>,
    /// The largest derivative in the pool at the end.
    pub largest_derivative: f64,
}

impl Adapt {
    /// From a pool, until no derivative exceeds 1e-4, with at most as many excitations as there are
    /// in the pool.
    pub fn new(pool: Vec<Excitation>) -> Self {
        Adapt { max_excitations: pool.len(), pool, gradient_tolerance: 1e-4 }
    }

    /// Grows from the Hartree-Fock state. `control` makes the limits of each minimization.
    ///
    /// # Errors
    /// If the pool is empty; those of [`Vqe::new`] and the optimizer.
    pub fn run<'c>(
        &self,
        num_qubits: usize,
        num_electrons: usize,
        hamiltonian: &PauliSum,
        optimizer: &dyn Optimizer,
        mut control: impl FnMut(&[AdaptStep]) -> Control<'c>,
    ) -> Result<AdaptResult> {
        if self.pool.is_empty() {
            return Err(Error::Invalid {
                what: "the number of excitations in the pool".into(),
                value: "0".into(),
                expected: "there is something to grow by".into(),
            });
        }
        let mut ansatz = try_hartree_fock(num_qubits, num_electrons)?;
        let mut params: Vec<f64> = Vec::new();
        let (mut steps, mut last) = (Vec::new(), None);
        loop {
            // All derivatives at once: the pool appended, at 0.
            let mut probe = ansatz.clone();
            let angles = probe.param_vector("pool", self.pool.len());
            for (excitation, angle) in self.pool.iter().zip(angles) {
                excitation.append_to(&mut probe, angle)?;
            }
            let mut adjoint = Adjoint::<f64>::new(&probe, std::slice::from_ref(hamiltonian))?;
            let mut at = params.clone();
            at.resize(probe.params().len(), 0.0);
            let mut gradient = vec![0.0; at.len()];
            adjoint.value_and_gradient(&at, &mut gradient)?;
            let derivatives = gradient[params.len()..].iter().enumerate();
            let (excitation, &derivative) = derivatives
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                .expect("the pool is not empty");
            if derivative.abs() <= self.gradient_tolerance || steps.len() >= self.max_excitations {
                let largest_derivative = derivative.abs();
                return Ok(AdaptResult { ansatz, last, steps, largest_derivative });
            }
            let theta = ansatz.param(&format!("theta[{}]", params.len()));
            self.pool[excitation].append_to(&mut ansatz, theta)?;
            params.push(0.0);
            let mut vqe = Vqe::new(ansatz.clone(), hamiltonian)?;
            let found = vqe.minimize(optimizer, &params, &mut control(&steps))?;
            params.clone_from(&found.params);
            steps.push(AdaptStep { excitation, derivative, energy: found.energy });
            last = Some(found);
        }
    }
}

//! ADAPT-VQE (Grimsley et al. 2019, arXiv:1812.11173): an ansatz that grows by the excitation with
//! the largest derivative, and where all derivatives vanish by the one that lowers the energy most.

use super::rotoselect::{SAMPLES, SecondOrder, sample_angle};
use super::vqe::{Vqe, VqeResult};
use crate::chemistry::{Excitation, try_hartree_fock};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::optimize::{Objective, Optimizer, Stopping};
use crate::pauli::PauliSum;
use crate::simulate::{InitialState, Simulator};

/// How an ansatz grows.
#[derive(Debug, Clone)]
pub struct Adapt {
    /// What runs the circuits.
    pub simulator: Simulator,
    /// What it may grow by. With nothing to grow by it stays the Hartree-Fock state.
    pub pool: Vec<Excitation>,
    /// Where no derivative is larger (hartree per radian), excitations are compared by how far each
    /// alone can lower the energy.
    pub gradient_tolerance: f64,
    /// It stops where no excitation alone lowers the energy by more (hartree).
    pub decrease_tolerance: f64,
    /// It stops at this many excitations.
    pub max_excitations: usize,
}

/// One excitation more.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptStep {
    /// The excitation, by its number in the pool.
    pub excitation: usize,
    /// Its derivative at angle 0.
    pub derivative: f64,
    /// The angle (radians) that it began with: 0 where it was chosen for its derivative, else where
    /// it lowers the energy most.
    pub angle: f64,
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
    /// The most by which one excitation more, alone, would lower the energy (hartree), if that was
    /// what ended it; `None` if the number of excitations or a cancellation did.
    pub largest_decrease: Option<f64>,
}

/// What an ansatz grows by next, if it does.
struct Choice {
    derivatives: Vec<f64>,
    largest_derivative: f64,
    /// The excitation and its first angle, or by how much any would lower the energy.
    excitation: std::result::Result<(usize, f64), Option<f64>>,
}

impl Adapt {
    /// From a pool, on [`Simulator::new`], until no derivative exceeds 1e-4 and no excitation lowers the energy by 1e-8, with
    /// at most as many excitations as there are in the pool.
    pub fn new(pool: Vec<Excitation>) -> Self {
        Adapt {
            simulator: Simulator::new(),
            max_excitations: pool.len(),
            pool,
            gradient_tolerance: 1e-4,
            decrease_tolerance: 1e-8,
        }
    }

    /// Grows from the Hartree-Fock state. `control` makes the limits of each minimization. Once a
    /// minimization is done, a cancellation of the simulator's watch ends it with what has grown.
    ///
    /// # Errors
    /// Those of [`Simulator::adjoint`] and the optimizer.
    pub fn run<'c>(
        &self,
        num_qubits: usize,
        num_electrons: usize,
        hamiltonian: &PauliSum,
        optimizer: &dyn Optimizer,
        mut control: impl FnMut(&[AdaptStep]) -> Stopping<'c>,
    ) -> Result<AdaptResult> {
        let mut ansatz = try_hartree_fock(num_qubits, num_electrons)?;
        let mut params: Vec<f64> = Vec::new();
        let (mut steps, mut last): (Vec<AdaptStep>, Option<VqeResult>) = (Vec::new(), None);
        // How it stands; a cancellation keeps what has grown.
        let (mut largest_derivative, mut largest_decrease) = (0.0, None);
        loop {
            let chosen = match self.next(&ansatz, &params, hamiltonian, steps.len()) {
                Err(Error::Interrupted) if last.is_some() => break,
                chosen => chosen?,
            };
            largest_derivative = chosen.largest_derivative;
            let (excitation, angle) = match chosen.excitation {
                Ok(excitation) => excitation,
                Err(decrease) => {
                    largest_decrease = decrease;
                    break;
                }
            };
            let theta = ansatz.param(&format!("theta[{}]", params.len()));
            self.pool[excitation].append_to(&mut ansatz, theta)?;
            params.push(angle);
            let energy = self.simulator.adjoint(&ansatz, std::slice::from_ref(hamiltonian))?;
            let mut vqe = Vqe::with_gradient(energy, hamiltonian);
            let mut found = vqe.minimize(optimizer, &params, &mut control(&steps))?;
            if angle != 0.0 {
                // It began where the new angle's derivative is 0, which says nothing unless it was left.
                found.start = found.start.filter(|start| start.lower.is_some());
            }
            params.clone_from(&found.params);
            let derivative = chosen.derivatives[excitation];
            steps.push(AdaptStep { excitation, derivative, angle, energy: found.energy });
            last = Some(found);
        }
        Ok(AdaptResult { ansatz, last, steps, largest_derivative, largest_decrease })
    }

    /// What the ansatz grows by next.
    fn next(
        &self,
        ansatz: &Circuit,
        params: &[f64],
        hamiltonian: &PauliSum,
        steps: usize,
    ) -> Result<Choice> {
        let derivatives = self.derivatives(ansatz, params, hamiltonian)?;
        let by_size = derivatives.iter().enumerate();
        let steepest = by_size.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let largest_derivative = steepest.map_or(0.0, |(_, d)| d.abs());
        let excitation = match steepest {
            _ if steps >= self.max_excitations && !self.pool.is_empty() => Err(None),
            Some((k, d)) if d.abs() > self.gradient_tolerance => Ok((k, 0.0)),
            _ => self.lowest(ansatz, params, hamiltonian)?,
        };
        Ok(Choice { derivatives, largest_derivative, excitation })
    }

    /// All derivatives at once: the pool appended, at 0.
    fn derivatives(
        &self,
        ansatz: &Circuit,
        params: &[f64],
        hamiltonian: &PauliSum,
    ) -> Result<Vec<f64>> {
        let mut probe = ansatz.clone();
        let angles = probe.param_vector("pool", self.pool.len());
        for (excitation, angle) in self.pool.iter().zip(angles) {
            excitation.append_to(&mut probe, angle)?;
        }
        let mut adjoint = self.simulator.adjoint(&probe, std::slice::from_ref(hamiltonian))?;
        let mut at = params.to_vec();
        at.resize(probe.params().len(), 0.0);
        let mut gradient = vec![0.0; at.len()];
        adjoint.value_and_gradient(&at, &mut gradient)?;
        Ok(gradient.split_off(params.len()))
    }

    /// The excitation that lowers the energy most, and its angle; `Err` with how much that is where
    /// it is no more than the tolerance.
    fn lowest(
        &self,
        ansatz: &Circuit,
        params: &[f64],
        hamiltonian: &PauliSum,
    ) -> Result<std::result::Result<(usize, f64), Option<f64>>> {
        let of = std::slice::from_ref(hamiltonian);
        let mut adjoint = self.simulator.adjoint(ansatz, of)?;
        let here = adjoint.value(params)?;
        let from = InitialState::from(adjoint.state(params)?);
        let simulator = self.simulator.clone().initial_state(from);
        let mut best = (0, 0.0, 0.0);
        for (number, excitation) in self.pool.iter().enumerate() {
            let circuit = excitation.circuit(ansatz.num_qubits())?;
            let mut along = simulator.adjoint(&circuit, of)?;
            let mut values = [here; SAMPLES];
            for (k, value) in values.iter_mut().enumerate().skip(1) {
                *value = along.value(&[sample_angle(k)])?;
            }
            let (angle, lowest) = SecondOrder::through(values).minimum();
            if here - lowest > best.2 {
                best = (number, angle, here - lowest);
            }
        }
        let (number, angle, decrease) = best;
        Ok(if decrease > self.decrease_tolerance {
            Ok((number, angle))
        } else {
            Err(Some(decrease))
        })
    }
}

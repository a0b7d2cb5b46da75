//! The variational quantum eigensolver (Peruzzo et al. 2014, arXiv:1304.3061), and excited states by
//! deflation (Higgott, Wang & Brierley 2019, arXiv:1805.08138).

use super::minimum::{kept, minimum};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gradient::{Adjoint, Cost, Gradient, SimulatedGradient};
use crate::math::Fingerprint;
use crate::optimize::{Objective, Optimizer, Outcome, Stationary, Stopping};
use crate::pauli::PauliSum;
use crate::simulate::{Estimate, Observable, Simulator};
use num_complex::Complex64;
use serde_json::Value;

/// The lowest mean of a Hamiltonian among the states of an ansatz, with exact gradients, or with
/// those of a simulator of your own: [`with_gradient`](Vqe::with_gradient) of what
/// [`Simulator::adjoint`] or, for values and gradients from shots, [`Simulator::sampled_gradient`]
/// gives, or, under noise, [`Simulator::noisy_gradient`].
///
/// ```
/// use ketlab::chemistry::{Molecule, uccsd};
/// use ketlab::optimize::{OptimizerKind, Stopping};
/// use ketlab::variational::Vqe;
/// let h2 = Molecule::bundled("h2_0.735")?;
/// let mut vqe = Vqe::new(uccsd(4, 2), h2.hamiltonian())?;
/// let start = vec![0.0; vqe.num_params()];
/// let found = vqe.minimize(&*OptimizerKind::Lbfgs.optimizer(), &start, &mut Stopping::new())?;
/// assert!((found.energy - h2.fci().unwrap()).abs() < 1e-6);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct Vqe<G = Adjoint> {
    /// What is minimized: ⟨H⟩, with a penalty where there is one.
    energy: G,
    /// What energies and variances are reported of.
    hamiltonian: PauliSum,
    /// States to stay away from, and what overlapping with each costs.
    below: Vec<(Vec<Complex64>, f64)>,
}

/// What a minimization found.
#[derive(Debug, Clone, PartialEq)]
pub struct VqeResult {
    /// The exact ⟨H⟩ at the parameters, without what deflation and penalties add; from shots too,
    /// since the circuit is simulated. Under noise it is that of the state without noise, as the
    /// variance and all else but the estimate.
    pub energy: f64,
    /// ⟨H²⟩ - ⟨H⟩², as ‖(H - ⟨H⟩)ψ‖²: 0 for an eigenstate. Some eigenvalue is no farther from the
    /// energy than its square root; see [`eigenstate_variance`](super::eigenstate_variance).
    pub variance: f64,
    /// ⟨H⟩ at the parameters from fresh shots, where the energy is measured; under noise, that with the
    /// noise, exact or from fresh trajectories.
    pub estimate: Option<Estimate>,
    /// The parameters (radians), in the order of the ansatz.
    pub params: Vec<f64>,
    /// |⟨lower state|state⟩|² for each deflated state.
    pub overlaps: Vec<f64>,
    /// The mean number of ones: under the Jordan-Wigner transform, of electrons. An ansatz that does
    /// not keep it may end below the lowest state with the right number.
    pub mean_ones: f64,
    /// What the start was, if the gradient vanished there, and where it was left to.
    pub start: Option<Stationary>,
    /// How the optimizer got there.
    pub outcome: Outcome,
    /// What its gradients cost.
    pub cost: Cost,
}

impl Vqe {
    /// For an ansatz and a Hamiltonian, on [`Simulator::new`]. An ansatz without parameters is one
    /// state, whose energy is the answer.
    ///
    /// # Errors
    /// If the ansatz is not unitary, the Hamiltonian is on other qubits, or there is no memory for
    /// three states.
    pub fn new(ansatz: Circuit, hamiltonian: &PauliSum) -> Result<Self> {
        let energy = Simulator::new().adjoint(&ansatz, std::slice::from_ref(hamiltonian))?;
        Ok(Self::with_gradient(energy, hamiltonian))
    }
}

impl<G: SimulatedGradient> Vqe<G> {
    /// From the gradient of what is minimized, and the Hamiltonian that energies and variances are
    /// reported of. They differ where there is a penalty
    /// ([`number_penalty`](crate::chemistry::number_penalty)):
    ///
    /// ```
    /// use ketlab::Simulator;
    /// use ketlab::chemistry::{Molecule, number_penalty, uccsd};
    /// use ketlab::optimize::{OptimizerKind, Stopping};
    /// use ketlab::variational::Vqe;
    /// let h2 = Molecule::bundled("h2_0.735")?;
    /// let minimized = h2.hamiltonian().clone() + number_penalty(4, 2, 1.0)?;
    /// let simulator = Simulator::new().threads(1)?;
    /// let energy = simulator.adjoint(&uccsd(4, 2), &[minimized])?;
    /// let mut vqe = Vqe::with_gradient(energy, h2.hamiltonian());
    /// let start = vec![0.0; vqe.num_params()];
    /// let found = vqe.minimize(&*OptimizerKind::Lbfgs.optimizer(), &start, &mut Stopping::new())?;
    /// assert!((found.energy - h2.fci().unwrap()).abs() < 1e-6);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// Under noise the gradient is [`Simulator::noisy_gradient`] of the ansatz to which a
    /// [`NoiseModel`](crate::device::NoiseModel) was applied:
    ///
    /// ```
    /// use ketlab::optimize::{OptimizerKind, Stopping};
    /// use ketlab::simulate::Accuracy;
    /// use ketlab::variational::Vqe;
    /// use ketlab::{Circuit, PauliSum, Simulator};
    /// let mut ansatz = Circuit::new(1);
    /// let theta = ansatz.param("theta");
    /// ansatz.ry(theta, 0).depolarizing(0.03, 0);
    /// let z: PauliSum = "Z0".parse()?;
    /// let energy = Simulator::new().noisy_gradient(&ansatz, &z, Accuracy::Exact)?;
    /// let mut vqe = Vqe::with_gradient(energy, &z);
    /// let found = vqe.minimize(&*OptimizerKind::Lbfgs.optimizer(), &[0.4], &mut Stopping::new())?;
    /// assert!((found.estimate.unwrap().value + 0.96).abs() < 1e-9); // with the noise
    /// assert!((found.energy + 1.0).abs() < 1e-9); // of the state without it
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn with_gradient(energy: G, hamiltonian: &PauliSum) -> Self {
        Vqe { energy, hamiltonian: hamiltonian.clone(), below: Vec::new() }
    }

    /// What gives the energy and its gradient.
    pub fn energy(&mut self) -> &mut G {
        &mut self.energy
    }

    /// Adds weight · |⟨φ|ψ⟩|² for the state φ at these parameters: the next minimization finds the
    /// next state, if the weight is more than the gap to it.
    ///
    /// # Errors
    /// As [`Objective::value`]; if the weight is not positive and finite.
    pub fn deflate(&mut self, params: &[f64], weight: f64) -> Result<()> {
        if !(weight > 0.0 && weight.is_finite()) {
            return Err(Error::Invalid {
                what: "the weight of a deflated state".into(),
                value: crate::error::shown(weight),
                expected: "it must be positive and finite".into(),
            });
        }
        let state = self.state(params)?;
        self.below.push((state, weight));
        Ok(())
    }

    /// Minimizes from these parameters. A start without gradient that is no minimum is left downhill
    /// ([`minimize_from`](crate::optimize::minimize_from)), if gradients are exact. Where the energy is measured, its last point is
    /// taken, for the lowest value met is a lucky one.
    ///
    /// # Errors
    /// Those of the optimizer; its stopping early is an outcome.
    pub fn minimize(
        &mut self,
        optimizer: &dyn Optimizer,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<VqeResult> {
        let is_exact = self.energy.is_exact();
        let (outcome, start) = minimum(self, is_exact, optimizer, start, stopping)?;
        let params = kept(&outcome, is_exact);
        let estimate = self.energy.fresh_estimate(&params, &self.hamiltonian)?;
        let state = self.energy.state(&params)?;
        let hamiltonian = Observable::new(&self.hamiltonian, state.num_qubits())?;
        let found = state.mean_and_variance(&hamiltonian)?;
        let (energy, variance) = (found.value + hamiltonian.shift, found.variance);
        let overlaps = self.overlaps(&params)?.into_iter().map(|o| o.norm_sqr()).collect();
        let ones = |(i, a): (usize, &Complex64)| f64::from(i.count_ones()) * a.norm_sqr();
        let mean_ones = self.state(&params)?.iter().enumerate().map(ones).sum();
        let cost = self.energy.cost();
        Ok(VqeResult {
            energy,
            variance,
            estimate,
            params,
            overlaps,
            mean_ones,
            start,
            outcome,
            cost,
        })
    }

    /// The state at these parameters: 2^n amplitudes.
    ///
    /// # Errors
    /// As [`Objective::value`].
    pub fn state(&mut self, params: &[f64]) -> Result<Vec<Complex64>> {
        Ok(self.energy.state(params)?.to_vec())
    }

    /// ⟨φ|ψ⟩ for each deflated state.
    fn overlaps(&mut self, params: &[f64]) -> Result<Vec<Complex64>> {
        if self.below.is_empty() {
            return Ok(Vec::new());
        }
        let psi = self.state(params)?;
        let overlap = |(phi, _): &(Vec<Complex64>, f64)| {
            phi.iter().zip(&psi).map(|(a, b)| a.conj() * b).sum()
        };
        Ok(self.below.iter().map(overlap).collect())
    }
}

impl<G: Gradient> Vqe<G> {
    /// Number of parameters.
    pub fn num_params(&self) -> usize {
        self.energy.num_params()
    }
}

impl<G: SimulatedGradient> Objective for Vqe<G> {
    fn num_params(&self) -> usize {
        self.energy.num_params()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let energy = self.energy.value(x)?;
        let overlaps = self.overlaps(x)?;
        let costs = overlaps.iter().zip(&self.below).map(|(o, (_, weight))| weight * o.norm_sqr());
        Ok(energy + costs.sum::<f64>())
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let mut value = self.energy.value_and_gradient(x, gradient)?;
        let overlaps = self.overlaps(x)?;
        let mut cotangents: Option<Vec<Complex64>> = None;
        for (overlap, (phi, weight)) in overlaps.iter().zip(&self.below) {
            value += weight * overlap.norm_sqr();
            // d|⟨φ|ψ⟩|² = Re conj(2⟨φ|ψ⟩ φ) · dψ
            let sum = cotangents.get_or_insert_with(|| vec![Complex64::ZERO; phi.len()]);
            sum.iter_mut().zip(phi).for_each(|(c, phi)| *c += 2.0 * weight * overlap * phi);
        }
        if let Some(cotangents) = cotangents {
            let mut more = vec![0.0; gradient.len()];
            self.energy.pull_back_amplitudes(x, &cotangents, &mut more)?;
            gradient.iter_mut().zip(&more).for_each(|(g, more)| *g += more);
        }
        Ok(value)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        self.energy.metric(x)
    }

    fn has_metric(&self) -> bool {
        self.energy.has_metric()
    }

    fn fingerprint(&self) -> Fingerprint {
        let print = self.energy.fingerprint();
        if self.below.is_empty() {
            return print;
        }
        let double = |z: &Complex64| [z.re, z.im];
        let below = self
            .below
            .iter()
            .map(|(phi, weight)| (phi.iter().map(double).collect::<Vec<[f64; 2]>>(), weight));
        print.with("deflated states", &below.collect::<Vec<_>>())
    }

    fn save(&self) -> Value {
        self.energy.save()
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        self.energy.restore(state)
    }
}

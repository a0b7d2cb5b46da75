//! The quantum approximate optimization algorithm (Farhi, Goldstone & Gutmann 2014, arXiv:1411.4028)
//! on any Ising model.

use super::angles::Angles;
use super::minimum::{kept, minimum};
use super::warm_start::warm_started_ansatz;
use crate::circuit::Circuit;
use crate::circuit::library::{Mixer, try_qaoa_ansatz};
use crate::device::NoiseModel;
use crate::error::{Error, Result};
use crate::gradient::{Adjoint, Cost, NoisyGradient, SampledGradient, SimulatedGradient};
use crate::ising::{Found, Ising, SimulatedAnnealing};
use crate::math::{Bits, Domain, Streams};
use crate::optimize::{Optimizer, Outcome, Stationary, Stopping};
use crate::pauli::PauliSum;
use crate::simulate::{Accuracy, Estimate, Simulator};
use std::sync::Arc;

/// QAOA with p layers on an Ising model. Its cost C = -E is maximized, so that angles have the signs
/// of the literature: the state is Π exp(-iβ_k ΣX) exp(-iγ_k C)|+…+⟩. ⟨E⟩ is
/// minimized as a function of γ_1, …, γ_p, β_1, …, β_p ([`energy`](Qaoa::energy)), with exact
/// gradients, or with values and gradients from shots ([`with_shots`](Qaoa::with_shots)).
///
/// ```
/// use ketlab::ising::Graph;
/// use ketlab::optimize::{OptimizerKind, Stopping};
/// use ketlab::variational::{Angles, Qaoa};
/// let ring = Graph::try_new(6, (0..6).map(|v| (v, (v + 1) % 6, 1.0)))?;
/// let mut qaoa = Qaoa::new(&ring.max_cut(), 2)?;
/// let start = Angles::linear_ramp(2, 0.75)?;
/// let result = qaoa.solve(&start, &*OptimizerKind::Lbfgs.optimizer(), &mut Stopping::new(), 100, 1)?;
/// // A ring with p layers cuts (2p + 1)/(2p + 2) of its edges.
/// assert!((result.expectation + 5.0).abs() < 1e-6);
/// assert_eq!(result.best.energy, -6.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct Qaoa<G = Adjoint> {
    simulator: Simulator,
    model: Ising,
    circuit: Circuit,
    energy: G,
    /// The energy of every configuration.
    energies: Arc<Vec<f64>>,
    layers: usize,
}

/// A configuration of bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Bit i is spin i: 0 is +1.
    pub bits: Bits,
    /// Its energy.
    pub energy: f64,
    /// Its probability in the final state.
    pub probability: f64,
}

/// What QAOA found, and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct QaoaResult {
    /// The angles.
    pub angles: Angles,
    /// The exact ⟨E⟩ in the final state; from shots too, since the circuit is simulated. Under noise,
    /// with the noise.
    pub expectation: f64,
    /// ⟨E⟩ in the final state from fresh shots, where it is measured, or under noise.
    pub estimate: Option<Estimate>,
    /// (E_max - ⟨E⟩)/(E_max - E_min); for MaxCut of a graph with positive weights, ⟨cut⟩/max cut.
    pub approximation_ratio: f64,
    /// The lowest energy there is, by enumeration.
    pub ground_energy: f64,
    /// The probability of a lowest configuration.
    pub ground_probability: f64,
    /// The best of the samples.
    pub best: Solution,
    /// The most probable configurations, at most ten.
    pub most_probable: Vec<Solution>,
    /// How many samples were drawn.
    pub samples: u64,
    /// Simulated annealing with as many evaluations of the energy as there were samples.
    pub classical: Found,
    /// What the start was, if the gradient vanished there, and where it was left to.
    pub start: Option<Stationary>,
    /// How the optimizer got there.
    pub outcome: Outcome,
    /// What the gradients cost.
    pub cost: Cost,
}

impl Qaoa {
    /// With the usual mixer ΣX from |+…+⟩, on [`Simulator::new`].
    ///
    /// # Errors
    /// If there are no layers or no spins, there are more spins than memory, or coefficients are
    /// beyond 1e100.
    pub fn new(model: &Ising, layers: usize) -> Result<Self> {
        Self::with_mixer(model, layers, &Mixer::X)
    }

    /// With another mixer.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`try_qaoa_ansatz`]; if the initial circuit does not have one
    /// qubit for each spin.
    pub fn with_mixer(model: &Ising, layers: usize, mixer: &Mixer) -> Result<Self> {
        let energies = Arc::new(energies(model)?);
        let circuit = ansatz(model, layers, mixer)?;
        Self::with_circuit(&Simulator::new(), model, layers, circuit, energies)
    }

    /// From near a configuration ([`warm_started_ansatz`]).
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`warm_started_ansatz`].
    pub fn warm_started(model: &Ising, layers: usize, bits: &Bits, epsilon: f64) -> Result<Self> {
        let energies = Arc::new(energies(model)?);
        let circuit = warm_started_ansatz(&cost(model)?, layers, bits, epsilon)?;
        Self::with_circuit(&Simulator::new(), model, layers, circuit, energies)
    }

    fn with_circuit(
        simulator: &Simulator,
        model: &Ising,
        layers: usize,
        circuit: Circuit,
        energies: Arc<Vec<f64>>,
    ) -> Result<Self> {
        let (qubits, spins) = (circuit.num_qubits(), model.num_spins());
        if qubits != spins {
            return Err(Error::Invalid {
                what: "the number of qubits of the circuit".into(),
                value: qubits.to_string(),
                expected: format!("there is one for each of the {spins} spins"),
            });
        }
        let adjoint = simulator.adjoint(&circuit, &[model.to_pauli_sum()])?;
        let (simulator, model) = (simulator.clone(), model.clone());
        Ok(Qaoa { simulator, model, circuit, energy: adjoint, energies, layers })
    }

    /// The same circuit on a simulator of your own: its threads, precision, instruction set, initial
    /// state and [`watch`](Simulator::watch).
    ///
    /// # Errors
    /// As [`Simulator::adjoint`].
    pub fn with_simulator(self, simulator: &Simulator) -> Result<Self> {
        let Qaoa { model, circuit, energies, layers, .. } = self;
        Self::with_circuit(simulator, &model, layers, circuit, energies)
    }

    /// The same model with one layer more, for [INTERP](Angles::interpolated).
    ///
    /// # Errors
    /// If there is no memory.
    pub fn deeper(&self) -> Result<Self> {
        let layers = self.layers + 1;
        let circuit = ansatz(&self.model, layers, &Mixer::X)?;
        Self::with_circuit(&self.simulator, &self.model, layers, circuit, self.energies.clone())
    }

    /// The same circuit, with values and gradients from `shots` shots for each estimate of ⟨E⟩
    /// ([`SampledGradient`]).
    ///
    /// # Errors
    /// As [`Simulator::sampled_gradient`].
    pub fn with_shots(&self, shots: u64, seed: u64) -> Result<Qaoa<SampledGradient>> {
        let observable = self.model.to_pauli_sum();
        let simulator = self.simulator.clone().seed(seed);
        let gradient = simulator.sampled_gradient(&self.circuit, &observable, shots)?;
        Ok(self.over(simulator, self.circuit.clone(), gradient))
    }

    /// The same circuit under a noise model, with values and gradients as accurate as is asked for
    /// ([`NoisyGradient`]). What of the circuit gets noise, [`NoiseModel::apply`] says. ⟨E⟩ is that
    /// under noise, readout errors among it, and so are the approximation ratio and the estimate;
    /// probabilities and samples are those of the state without noise.
    ///
    /// ```
    /// use ketlab::device::NoiseModel;
    /// use ketlab::ising::Graph;
    /// use ketlab::noise::ReadoutError;
    /// use ketlab::simulate::Accuracy;
    /// use ketlab::variational::{Angles, Qaoa};
    /// let ring = Graph::try_new(4, (0..4).map(|v| (v, (v + 1) % 4, 1.0)))?;
    /// let qaoa = Qaoa::new(&ring.max_cut(), 1)?;
    /// let mut misread = NoiseModel::new();
    /// misread.set_readout_error(ReadoutError::new(0.1, 0.1)?)?;
    /// let mut noisy = qaoa.with_noise(&misread, Accuracy::Exact, 0)?;
    /// // The cut of every edge is ½(1 - ⟨ZZ⟩), and each Z is read as 0.8 of it.
    /// let angles = Angles::linear_ramp(1, 0.75)?;
    /// let ideal = Qaoa::new(&ring.max_cut(), 1)?.expectation(&angles)?;
    /// assert!((noisy.expectation(&angles)? + 2.0 - 0.64 * (ideal + 2.0)).abs() < 1e-12);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`NoiseModel::apply`] and [`Simulator::noisy_gradient`].
    pub fn with_noise(
        &self,
        noise: &NoiseModel,
        accuracy: Accuracy,
        seed: u64,
    ) -> Result<Qaoa<NoisyGradient>> {
        let circuit = noise.apply(&self.circuit)?.circuit;
        let simulator = self.simulator.clone().seed(seed);
        let observable = self.model.to_pauli_sum();
        let gradient = simulator.noisy_gradient(&circuit, &observable, accuracy)?;
        Ok(self.over(simulator, circuit, gradient))
    }

    /// The same model over another gradient.
    fn over<G>(&self, simulator: Simulator, circuit: Circuit, energy: G) -> Qaoa<G> {
        Qaoa {
            simulator,
            model: self.model.clone(),
            circuit,
            energy,
            energies: self.energies.clone(),
            layers: self.layers,
        }
    }
}

impl<G: SimulatedGradient> Qaoa<G> {
    /// ⟨E⟩ as an [`Objective`](crate::optimize::Objective) of γ_1, …, γ_p, β_1, …, β_p.
    pub fn energy(&mut self) -> &mut G {
        &mut self.energy
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The energy of every configuration, by its index.
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// The least and the largest energy.
    pub fn range(&self) -> (f64, f64) {
        let least = self.energies.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = self.energies.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (least, largest)
    }

    /// (E_max - E)/(E_max - E_min).
    pub fn ratio(&self, energy: f64) -> f64 {
        let (least, largest) = self.range();
        if largest > least { (largest - energy) / (largest - least) } else { 1.0 }
    }

    /// The exact ⟨E⟩ at these angles.
    ///
    /// # Errors
    /// If there are not as many angles as layers, or an angle is NaN or infinite.
    pub fn expectation(&mut self, angles: &Angles) -> Result<f64> {
        self.energy.exact_value(&angles.to_params())
    }

    /// The probability of every configuration at these angles.
    ///
    /// # Errors
    /// As [`expectation`](Self::expectation).
    pub fn probabilities(&mut self, angles: &Angles) -> Result<Vec<f64>> {
        Ok(self.energy.state(&angles.to_params())?.probabilities())
    }

    /// Optimizes the angles, then draws samples from the final state and compares them with
    /// simulated annealing that evaluates as many energies.
    ///
    /// # Errors
    /// As [`expectation`](Self::expectation); those of the optimizer; if there are no samples.
    pub fn solve(
        &mut self,
        start: &Angles,
        optimizer: &dyn Optimizer,
        stopping: &mut Stopping<'_>,
        samples: u64,
        seed: u64,
    ) -> Result<QaoaResult> {
        if samples == 0 {
            return Err(Error::Invalid {
                what: "the number of samples".into(),
                value: "0".into(),
                expected: "there is at least one".into(),
            });
        }
        let from = start.to_params();
        let is_exact = self.energy.is_exact();
        let (outcome, start) = minimum(&mut self.energy, is_exact, optimizer, &from, stopping)?;
        let params = kept(&outcome, is_exact);
        let estimate = self.energy.fresh_estimate(&params, &self.model.to_pauli_sum())?;
        let expectation = self.energy.exact_value(&params)?;
        let (ground_energy, largest) = self.range();
        let tolerance = 1e-9 * (largest - ground_energy).max(f64::MIN_POSITIVE);
        let n = self.circuit.num_qubits();
        let energies = self.energies.clone();
        let mut state = self.energy.state(&params)?;
        let mut rng = Streams::new(seed, Domain::Sampling).stream(0);
        let drawn = state.sample(samples, &mut rng)?;
        let best =
            drawn.iter().min_by(|a, b| energies[a.0 as usize].total_cmp(&energies[b.0 as usize]));
        let (best, _) = *best.expect("there is a sample");
        let probabilities = state.probabilities();
        let solution = |index: u64| Solution {
            bits: Bits::from_u64(index, n),
            energy: energies[index as usize],
            probability: probabilities[index as usize],
        };
        let is_ground = |index: &usize| energies[*index] <= ground_energy + tolerance;
        let ground_probability =
            (0..probabilities.len()).filter(is_ground).map(|i| probabilities[i]).sum();
        let best = solution(best);
        let most_probable = most_probable(probabilities.iter().copied(), 10);
        let most_probable = most_probable.into_iter().map(|i| solution(i as u64)).collect();
        let annealing = SimulatedAnnealing::new().reads(1).evaluations(samples).seed(seed);
        let classical = annealing.run(&self.model)?.found().expect("there is one read");
        Ok(QaoaResult {
            angles: Angles::from_params(&params),
            expectation,
            estimate,
            approximation_ratio: self.ratio(expectation),
            ground_energy,
            ground_probability,
            best,
            most_probable,
            samples,
            classical,
            start,
            outcome,
            cost: self.energy.cost(),
        })
    }
}

/// Σ|J| + Σ|h| of which gradients and their squares are far from overflowing.
const MOST_RANGE: f64 = 1e100;

/// The energy of every configuration of at least one spin.
fn energies(model: &Ising) -> Result<Vec<f64>> {
    let couplings: f64 = model.couplings().iter().map(|(_, _, w)| w.abs()).sum();
    let range = couplings + model.fields().iter().map(|h| h.abs()).sum::<f64>();
    let refused = |what: &str, value: String, expected: String| {
        Err(Error::Invalid { what: what.into(), value, expected })
    };
    if model.num_spins() == 0 {
        let expected = "there is nothing to optimize; at least one is needed";
        return refused("the number of spins or vertices", "0".into(), expected.into());
    }
    if range.max(model.offset().abs()) > MOST_RANGE {
        let expected = format!("at most {MOST_RANGE:e} is supported; divide all by one number");
        return refused(
            "the sum of all |couplings| and |fields|, or the |offset|,",
            format!("{:e}", range.max(model.offset().abs())),
            expected,
        );
    }
    model.energies()
}

/// On one qubit for each spin. Spins that nothing acts on stay in |+⟩, which the mixer keeps.
fn ansatz(model: &Ising, layers: usize, mixer: &Mixer) -> Result<Circuit> {
    let cost = cost(model)?;
    let mut circuit = match mixer {
        // Where all energies are equal no qubit has a phase.
        Mixer::X if cost.num_qubits() == 0 && layers > 0 => {
            let mut circuit = Circuit::new(0);
            circuit.param_vector("gamma", layers);
            circuit.param_vector("beta", layers);
            circuit
        }
        _ => try_qaoa_ansatz(&cost, layers, mixer)?,
    };
    if let Mixer::X = mixer
        && circuit.num_qubits() < model.num_spins()
    {
        let missing = model.num_spins() - circuit.num_qubits();
        for q in circuit.try_add_qubits("isolated", missing)? {
            circuit.try_h(q)?;
        }
    }
    Ok(circuit)
}

/// C = -E.
fn cost(model: &Ising) -> Result<PauliSum> {
    let terms = model.to_pauli_sum().into_terms();
    PauliSum::try_new(terms.into_iter().map(|(p, c)| (p, -c)))
}

/// The indices of the largest numbers, the largest first; equal ones in ascending order.
fn most_probable(probabilities: impl Iterator<Item = f64>, count: usize) -> Vec<usize> {
    let mut top: Vec<(f64, usize)> = Vec::new();
    for (index, p) in probabilities.enumerate() {
        let place = top.partition_point(|(other, _)| *other >= p);
        if place < count {
            top.insert(place, (p, index));
            top.truncate(count);
        }
    }
    top.into_iter().map(|(_, index)| index).collect()
}

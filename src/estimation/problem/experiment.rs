//! How the measurements are made.

use super::estimation_problem::EstimationProblem;
use super::full_circuits::FullCircuits;
use super::gate_counts::GateCounts;
use super::integrand::Integrand;
use super::law::good_probability;
use super::writing::{Writing, has_effect};
use crate::circuit::Circuit;
use crate::device::{Coverage, NoiseModel};
use crate::error::{Error, Result};
use crate::rewrite::Basis;
use crate::simulate::{Simulator, Watch};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Where outcomes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The exact law of each measurement, from θ.
    ExactLaw,
    /// Circuits run by the simulator.
    FullCircuits,
    /// Measured elsewhere, e.g. on hardware.
    External,
}

/// Runs Q^k A, k and the number of shots given, and says how often it ended in a good state.
pub(in crate::estimation) type Outcomes = dyn Fn(u64, u64) -> Result<u64> + Send + Sync;

/// What makes the measurements.
#[derive(Clone)]
pub(in crate::estimation) enum Apparatus {
    Law,
    Circuits(Arc<FullCircuits>),
    External(Arc<Outcomes>),
}

/// A problem and the way in which its measurements are made. Estimators share it: each estimate has
/// its own seed, and the same seed gives the same estimate.
#[derive(Clone)]
pub struct Experiment {
    problem: EstimationProblem,
    theta: f64,
    kappa: f64,
    apparatus: Apparatus,
    /// Counted when the first estimate ends.
    gates: Arc<OnceLock<Option<GateCounts>>>,
    /// Those of the scaled problem, whatever the factor: it is the angle of one rotation.
    scaled_gates: Arc<OnceLock<Option<GateCounts>>>,
    watch: Watch,
}

impl EstimationProblem {
    /// Estimators draw from the exact law of each measurement: thousands of repeats in seconds.
    ///
    /// # Errors
    /// If there are more qubits than fit in memory, for the one simulation of A.
    pub fn exact_law(&self) -> Result<Experiment> {
        Ok(Experiment::new(self, self.theta()?, Apparatus::Law, Watch::default()))
    }

    /// Estimators run full circuits by this simulator: on the state vector, or with the noise of
    /// [`Experiment::depolarizing`] by the density matrix or trajectories.
    ///
    /// # Errors
    /// If there are more qubits than fit in memory.
    pub fn full_circuits(&self, simulator: Simulator) -> Result<Experiment> {
        self.written(simulator, Writing::default())
    }

    /// Estimators run full circuits under a noise model: the gates of A and Q get its channels, and the
    /// bits that tell good states from others (or phases from others) its readout errors. The simulator
    /// chooses between the density matrix and trajectories unless it is told.
    ///
    /// Estimators know at most of depolarizing noise of whole steps, so where the model has an effect
    /// on a circuit that an estimate ran, the interval promises nothing
    /// ([`Guarantee::NoiseNotModelled`](crate::estimation::Guarantee)). That includes Monte Carlo, as
    /// A is noisy too. [`Experiment::coverage`] says what the model did, also if that is nothing.
    ///
    /// Q has gates on all qubits, its reflections, which a rule for `cx` does not match:
    /// [`Experiment::in_basis`] writes the circuits in the gates of a device.
    ///
    /// ```
    /// use ketlab::Simulator;
    /// use ketlab::device::{ActsOn, NoiseModel, Pattern, Rule};
    /// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Guarantee, Iterative};
    /// use ketlab::noise::Channel;
    /// let mut model = NoiseModel::new();
    /// model.push(Rule::after(Pattern::all_gates(), Channel::depolarizing(0.001, 1)?, ActsOn::Each)?);
    /// let coin = EstimationProblem::bernoulli(0.3)?;
    /// let experiment = coin.full_circuits_with_noise(Simulator::new(), &model)?;
    /// assert!(!experiment.coverage().unwrap().is_none());
    /// let result = Iterative::new(0.05, 0.05)?.estimate(&experiment, 1)?;
    /// assert_eq!(result.confidence_interval.guarantee, Guarantee::NoiseNotModelled);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are more qubits than fit in memory; if the model does not fit the circuits
    /// ([`NoiseModel::apply`]).
    pub fn full_circuits_with_noise(
        &self,
        simulator: Simulator,
        model: &NoiseModel,
    ) -> Result<Experiment> {
        let model = Some(Arc::new(model.clone()));
        self.written(simulator, Writing { model, ..Writing::default() })
    }

    fn written(&self, simulator: Simulator, writing: Writing) -> Result<Experiment> {
        let theta = self.theta_with(&simulator)?;
        let watch = simulator.watch().clone();
        let circuits = FullCircuits::new(self, simulator, writing)?;
        Ok(Experiment::new(self, theta, Apparatus::Circuits(Arc::new(circuits)), watch))
    }

    /// Estimators ask `measure` for outcomes, e.g. of hardware: it runs [`circuit`](Self::circuit) of
    /// a power and a number of shots, and says how often the outcome was [good](Self::good). Nothing is
    /// simulated, so A may have any number of qubits. Promises are for outcomes without noise: state the
    /// noise that there is with [`Experiment::depolarizing`].
    ///
    /// ```
    /// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, MaximumLikelihood, Schedule};
    /// let problem = EstimationProblem::bernoulli(0.3)?;
    /// let counts = [31, 97, 6]; // good ones of 100 at k = 0, 1, 2
    /// let experiment = problem.measured_by(move |power, _shots| Ok(counts[power as usize]));
    /// let result = MaximumLikelihood::new(Schedule::Linear, 3)?.estimate(&experiment, 0)?;
    /// assert!((result.estimation - 0.3).abs() < 0.02);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn measured_by(
        &self,
        measure: impl Fn(u64, u64) -> Result<u64> + Send + Sync + 'static,
    ) -> Experiment {
        let apparatus = Apparatus::External(Arc::new(measure));
        Experiment::new(self, f64::NAN, apparatus, Watch::default())
    }
}

impl Experiment {
    fn new(problem: &EstimationProblem, theta: f64, apparatus: Apparatus, watch: Watch) -> Self {
        let problem = problem.clone();
        let (gates, scaled_gates) = Default::default();
        Experiment { problem, theta, kappa: 1.0, apparatus, gates, scaled_gates, watch }
    }

    /// Depolarizing noise; of external measurements, it states what they have, so that methods which
    /// do not model it make no promise. After each step of Grover's operator the state survives with fidelity
    /// `kappa` and is else fully mixed, so the good probability after k steps is κ^k sin²((2k+1)θ) +
    /// (1 - κ^k) d with d the good states' share of all basis states. In phase estimation it acts on
    /// all qubits, so that an outcome is uniform with probability 1 - κ^(M-1).
    ///
    /// Full circuits have it as a channel ρ → κρ + (1-κ) I/d on all qubits behind every step of Q, also
    /// under control in phase estimation: what they measure follows the exact law. It is not what noise
    /// of single gates does ([`EstimationProblem::full_circuits_with_noise`]).
    ///
    /// # Errors
    /// If the fidelity is outside [0, 1], or full circuits have a noise model already.
    pub fn depolarizing(self, kappa: f64) -> Result<Self> {
        check_kappa(kappa)?;
        self.rewritten(|writing| writing.kappa = kappa).map(|e| Experiment { kappa, ..e })
    }

    /// Writes full circuits in the gates of a basis (e.g. [`Basis::named`]`("ibm-cx")`) before they get
    /// their noise, so that the rules of a device match the reflections' gates. Other experiments run
    /// no gates, so that nothing changes. The account of two-qubit gates stays that of the circuits as
    /// other tools write them.
    ///
    /// # Errors
    /// If a circuit cannot be written in these gates, or a noise model does not fit it.
    pub fn in_basis(self, basis: &Basis) -> Result<Self> {
        self.rewritten(|writing| writing.basis = Some(Arc::new(basis.clone())))
    }

    /// The same with circuits that are written down otherwise, if there are any.
    fn rewritten(self, change: impl FnOnce(&mut Writing)) -> Result<Self> {
        let Apparatus::Circuits(circuits) = &self.apparatus else { return Ok(self) };
        let mut writing = circuits.writing().clone();
        change(&mut writing);
        let simulator = circuits.simulator().clone();
        let circuits = FullCircuits::new(&self.problem, simulator, writing)?;
        Ok(Experiment { apparatus: Apparatus::Circuits(Arc::new(circuits)), ..self })
    }

    /// Lets this handle cancel estimates: they end with [`Error::Interrupted`].
    pub fn watched(self, watch: Watch) -> Self {
        Experiment { watch, ..self }
    }

    /// The problem.
    pub fn problem(&self) -> &EstimationProblem {
        &self.problem
    }

    /// Where outcomes come from.
    pub fn source(&self) -> Source {
        match self.apparatus {
            Apparatus::Law => Source::ExactLaw,
            Apparatus::Circuits(_) => Source::FullCircuits,
            Apparatus::External(_) => Source::External,
        }
    }

    /// The fidelity of a Grover step under depolarizing noise; 1 without. It does not know of a noise
    /// model.
    pub fn kappa(&self) -> f64 {
        self.kappa
    }

    /// The exact amplitude, which estimates are compared with. Estimators do not look at it. NaN for
    /// external measurements: nobody has simulated A.
    pub fn amplitude(&self) -> f64 {
        self.theta.sin().powi(2)
    }

    /// What all methods are to estimate, as an amplitude: an integrand's own mean where it is known,
    /// else the amplitude.
    pub fn truth(&self) -> f64 {
        self.problem.integrand().and_then(Integrand::mean).unwrap_or_else(|| self.amplitude())
    }

    /// The exact probability of a good state after Q^k A by the law, depolarizing noise included. NaN
    /// for circuits on which a noise model has an effect: there is no such law
    /// ([`circuit_probability`](Self::circuit_probability)).
    pub fn good_probability(&self, power: u64) -> f64 {
        if self.coverage().is_some_and(has_effect) {
            return f64::NAN;
        }
        good_probability(self.theta, power, self.kappa, self.problem.good().share())
    }

    /// The exact probability that the circuit of Q^k A is measured in a good state, by a run of it with
    /// all of its noise: by the density matrix where it fits, and as the experiment's simulator says.
    ///
    /// # Errors
    /// If there are more than 2^20 steps, or the circuit does not fit in memory.
    pub fn circuit_probability(&self, power: u64) -> Result<f64> {
        self.circuits()?.good_probability(power)
    }

    /// The circuit of Q^k A as this experiment has it, with its noise. The qubits that the predicate
    /// looks at are measured, the lowest into classical bit 0.
    ///
    /// # Errors
    /// If there are more than 2^20 steps.
    pub fn circuit(&self, power: u64) -> Result<Circuit> {
        Ok(self.circuits()?.circuit(power)?.0)
    }

    /// The circuit of phase estimation as this experiment has it, with its noise; qubits and classical
    /// bits are those of [`EstimationProblem::phase_estimation_circuit`].
    ///
    /// # Errors
    /// If there are no evaluation qubits, or more than 2^20 steps; if a noise model is of a device with
    /// fewer qubits.
    pub fn phase_estimation_circuit(&self, evaluation_qubits: u32) -> Result<Circuit> {
        Ok(self.circuits()?.phase_circuit(evaluation_qubits)?.0)
    }

    /// What the noise model does to the circuit Q A and its measurement; `None` where there is none.
    /// Its text says what got no noise, also if nothing got any.
    pub fn coverage(&self) -> Option<&Coverage> {
        match &self.apparatus {
            Apparatus::Circuits(circuits) => circuits.coverage(),
            _ => None,
        }
    }

    /// The circuits, also of experiments that run none.
    fn circuits(&self) -> Result<Arc<FullCircuits>> {
        if let Apparatus::Circuits(circuits) = &self.apparatus {
            return Ok(circuits.clone());
        }
        let writing = Writing { kappa: self.kappa, ..Writing::default() };
        Ok(Arc::new(FullCircuits::new(&self.problem, Simulator::new(), writing)?))
    }

    /// The same experiment with the amplitude scaled by one more qubit; see
    /// [`EstimationProblem::scaled`].
    ///
    /// # Errors
    /// If the factor is outside [0, 1], there is no memory for one more qubit, a noise model is of a
    /// device without one more, or the measurements come from outside, which are of other circuits.
    pub fn scaled(&self, factor: f64) -> Result<Self> {
        let problem = self.problem.scaled(factor)?;
        let theta = (self.theta.sin() * factor.sqrt()).min(1.0).asin();
        let apparatus = match &self.apparatus {
            Apparatus::Law => Apparatus::Law,
            Apparatus::Circuits(c) => {
                let (simulator, writing) = (c.simulator().clone(), c.writing().clone());
                Apparatus::Circuits(Arc::new(FullCircuits::new(&problem, simulator, writing)?))
            }
            Apparatus::External(_) => {
                return Err(Error::Unsupported {
                    method: "an experiment that is measured elsewhere",
                    operation: "scaling the amplitude".into(),
                    hint:
                        "scale the problem (`EstimationProblem::scaled`) and measure its circuits"
                            .into(),
                });
            }
        };
        let (gates, scaled_gates) = (self.scaled_gates.clone(), Arc::default());
        Ok(Experiment { problem, theta, apparatus, gates, scaled_gates, ..self.clone() })
    }

    pub(in crate::estimation) fn theta(&self) -> f64 {
        self.theta
    }

    pub(in crate::estimation) fn apparatus(&self) -> &Apparatus {
        &self.apparatus
    }

    /// Gates of the problem's circuits, counted once; `None` if they cannot be written down.
    pub(in crate::estimation) fn gate_counts(&self) -> Option<GateCounts> {
        *self.gates.get_or_init(|| GateCounts::new(&self.problem).ok())
    }

    /// Whether an estimate is to end.
    pub(in crate::estimation) fn check(&self) -> Result<()> {
        if self.watch.is_cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// Refuses a fidelity that is no probability.
pub(in crate::estimation) fn check_kappa(kappa: f64) -> Result<()> {
    if (0.0..=1.0).contains(&kappa) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the fidelity of a Grover step".into(),
        value: crate::error::shown(kappa),
        expected: "it must be from 0 to 1; 1 is no noise".into(),
    })
}

impl fmt::Debug for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Experiment")
            .field("problem", &self.problem)
            .field("source", &self.source())
            .field("kappa", &self.kappa)
            .finish()
    }
}

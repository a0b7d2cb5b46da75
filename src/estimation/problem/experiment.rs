//! How the measurements are made.

use super::estimation_problem::EstimationProblem;
use super::full_circuits::FullCircuits;
use super::gate_counts::GateCounts;
use super::integrand::Integrand;
use super::law::good_probability;
use crate::error::{Error, Result};
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
    /// Circuits run on the state vector.
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

    /// Estimators run full circuits on the state vector.
    ///
    /// # Errors
    /// If there are more qubits than fit in memory.
    pub fn full_circuits(&self, simulator: Simulator) -> Result<Experiment> {
        let theta = self.theta_with(&simulator)?;
        let watch = simulator.watch().clone();
        let circuits = FullCircuits::new(self, simulator)?;
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
    /// # Errors
    /// If the fidelity is outside [0, 1], or the experiment runs full circuits, which have no
    /// noise.
    pub fn depolarizing(self, kappa: f64) -> Result<Self> {
        check_kappa(kappa)?;
        if self.source() == Source::FullCircuits && kappa < 1.0 {
            return Err(Error::Unsupported {
                method: "an experiment of full circuits",
                operation: "depolarizing noise".into(),
                hint: "the exact law has it".into(),
            });
        }
        Ok(Experiment { kappa, ..self })
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

    /// The fidelity of a Grover step; 1 without noise.
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

    /// The exact probability of a good state after Q^k A, noise included.
    pub fn good_probability(&self, power: u64) -> f64 {
        good_probability(self.theta, power, self.kappa, self.problem.good().share())
    }

    /// The same experiment with the amplitude scaled by one more qubit; see
    /// [`EstimationProblem::scaled`].
    ///
    /// # Errors
    /// If the factor is outside [0, 1], there is no memory for one more qubit, or the measurements
    /// come from outside, which are of other circuits.
    pub fn scaled(&self, factor: f64) -> Result<Self> {
        let problem = self.problem.scaled(factor)?;
        let theta = (self.theta.sin() * factor.sqrt()).min(1.0).asin();
        let apparatus = match &self.apparatus {
            Apparatus::Law => Apparatus::Law,
            Apparatus::Circuits(c) => {
                Apparatus::Circuits(Arc::new(FullCircuits::new(&problem, c.simulator().clone())?))
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

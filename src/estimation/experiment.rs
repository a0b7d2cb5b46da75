//! How the measurements are made, and what they have cost so far.

use super::classical::Integrand;
use super::cost::{Cost, uses_of_phase, uses_of_power};
use super::full_circuits::FullCircuits;
use super::gate_counts::GateCounts;
use super::law::{binomial, draw_phase, good_probability, visibility};
use super::{AmplitudeEstimate, EstimationProblem, Interval};
use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use crate::simulate::{Simulator, Watch};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Where outcomes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The exact law of each measurement, from θ.
    ExactLaw,
    /// Circuits run on the state vector.
    FullCircuits,
}

/// Most evaluation qubits of phase estimation by the exact law.
pub const MAX_EVALUATION_QUBITS: u32 = 40;

/// A problem and the way in which its measurements are made. Estimators share it: each estimate has
/// its own seed, and the same seed gives the same estimate.
#[derive(Debug, Clone)]
pub struct Experiment {
    problem: EstimationProblem,
    theta: f64,
    kappa: f64,
    circuits: Option<FullCircuits>,
    /// Counted when the first estimate ends.
    gates: Arc<OnceLock<Option<GateCounts>>>,
    /// Those of the scaled problem, whatever the factor: it is the angle of one rotation.
    scaled_gates: Arc<OnceLock<Option<GateCounts>>>,
    watch: Watch,
}

impl Experiment {
    pub(super) fn exact_law(problem: &EstimationProblem) -> Result<Self> {
        Ok(Self::new(problem, problem.theta()?, None, Watch::default()))
    }

    pub(super) fn full_circuits(problem: &EstimationProblem, simulator: Simulator) -> Result<Self> {
        let theta = problem.theta_with(&simulator)?;
        let watch = simulator.watch().clone();
        let circuits = Some(FullCircuits::new(problem, simulator)?);
        Ok(Self::new(problem, theta, circuits, watch))
    }

    fn new(
        problem: &EstimationProblem,
        theta: f64,
        circuits: Option<FullCircuits>,
        watch: Watch,
    ) -> Self {
        let problem = problem.clone();
        let (gates, scaled_gates) = Default::default();
        Experiment { problem, theta, kappa: 1.0, circuits, gates, scaled_gates, watch }
    }

    /// Depolarizing noise: after each step of Grover's operator the state survives with fidelity
    /// `kappa` and is else fully mixed, so the good probability after k steps is κ^k sin²((2k+1)θ) +
    /// (1 - κ^k) d with d the good states' share of all basis states. In phase estimation it acts on
    /// all qubits, so that an outcome is uniform with probability 1 - κ^(M-1).
    ///
    /// # Errors
    /// A fidelity outside [0, 1]; full circuits, which run without noise.
    pub fn depolarizing(self, kappa: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&kappa) {
            return Err(Error::Invalid {
                what: "the fidelity of a Grover step".into(),
                value: kappa.to_string(),
                expected: "it must be from 0 to 1; 1 is no noise".into(),
            });
        }
        if self.circuits.is_some() && kappa < 1.0 {
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
        if self.circuits.is_some() { Source::FullCircuits } else { Source::ExactLaw }
    }

    /// The fidelity of a Grover step; 1 without noise.
    pub fn kappa(&self) -> f64 {
        self.kappa
    }

    /// The exact amplitude, which estimates are compared with. Estimators do not look at it.
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
    /// A factor outside [0, 1]; no memory for one more qubit.
    pub fn scaled(&self, factor: f64) -> Result<Self> {
        let problem = self.problem.scaled(factor)?;
        let theta = (self.theta.sin() * factor.sqrt()).min(1.0).asin();
        let circuits = match &self.circuits {
            Some(c) => Some(FullCircuits::new(&problem, c.simulator().clone())?),
            None => None,
        };
        let (gates, scaled_gates) = (self.scaled_gates.clone(), Arc::default());
        Ok(Experiment { problem, theta, circuits, gates, scaled_gates, ..self.clone() })
    }

    /// Begins an estimate.
    pub fn begin(&self, seed: u64) -> Trial<'_> {
        let rng = Streams::new(seed, Domain::Estimation).stream(0);
        let (cost, rounds) = (Cost::default(), Vec::new());
        Trial { experiment: self, seed, rng, cost, rounds, deepest: Deepest::None }
    }
}

/// Shots of one circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Round {
    /// k of Q^k A.
    pub power: u64,
    /// How often it ran.
    pub shots: u64,
    /// How often it was good.
    pub good: u64,
}

/// The deepest circuit that ran.
#[derive(Debug, Clone, Copy)]
enum Deepest {
    None,
    Power(u64),
    Phase(u32),
}

/// One estimate under way: it makes measurements and keeps the account.
#[derive(Debug)]
pub struct Trial<'a> {
    experiment: &'a Experiment,
    seed: u64,
    rng: ChaCha8Rng,
    cost: Cost,
    rounds: Vec<Round>,
    deepest: Deepest,
}

impl<'a> Trial<'a> {
    /// Runs Q^k A `shots` times; how often it ended in a good state.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; a circuit too long to write down, for full circuits.
    pub fn measure(&mut self, power: u64, shots: u64) -> Result<u64> {
        self.check()?;
        let good = match &self.experiment.circuits {
            None => binomial(shots, self.experiment.good_probability(power), &mut self.rng),
            Some(circuits) => circuits.good_count(power, shots, self.rng.random())?,
        };
        self.cost.add(shots, uses_of_power(power), power);
        self.rounds.push(Round { power, shots, good });
        if self.cost.depth == uses_of_power(power) {
            self.deepest = Deepest::Power(power);
        }
        Ok(good)
    }

    /// Runs phase estimation on `evaluation_qubits` m, `shots` times: outcomes y below 2^m and how
    /// often each came, ascending.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; more than 40 evaluation qubits, or more than fit in memory for full
    /// circuits.
    pub fn phase_estimation(
        &mut self,
        evaluation_qubits: u32,
        shots: u64,
    ) -> Result<Vec<(u64, u64)>> {
        self.check()?;
        if !(1..=MAX_EVALUATION_QUBITS).contains(&evaluation_qubits) {
            return Err(Error::Invalid {
                what: "the number of evaluation qubits".into(),
                value: evaluation_qubits.to_string(),
                expected: format!("it must be from 1 to {MAX_EVALUATION_QUBITS}"),
            });
        }
        let outcomes = match &self.experiment.circuits {
            None => self.draw_phases(evaluation_qubits, shots),
            Some(c) => c.phase_counts(evaluation_qubits, shots, self.rng.random())?,
        };
        let uses = uses_of_phase(evaluation_qubits);
        self.cost.add(shots, uses, (1 << evaluation_qubits) - 1);
        if self.cost.depth == uses {
            self.deepest = Deepest::Phase(evaluation_qubits);
        }
        Ok(outcomes)
    }

    fn draw_phases(&mut self, m: u32, shots: u64) -> Vec<(u64, u64)> {
        let visible = visibility(self.experiment.kappa, (1 << m) - 1);
        let mut counts = BTreeMap::new();
        for _ in 0..shots {
            let y = if visible < 1.0 && self.rng.random::<f64>() >= visible {
                self.rng.random_range(0..1u64 << m)
            } else {
                draw_phase(self.experiment.theta, m, &mut self.rng)
            };
            *counts.entry(y).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// The integrand, for methods that evaluate it; each evaluation must be [charged](Self::charge).
    ///
    /// # Errors
    /// A problem without one: `why` says what the method does with it.
    pub fn integrand(&self, method: &'static str, why: &str) -> Result<&'a Integrand> {
        self.experiment.problem.integrand().ok_or_else(|| Error::Unsupported {
            method,
            operation: "a bare amplitude".into(),
            hint: format!("it {why}; make the problem with `EstimationProblem::integral`"),
        })
    }

    /// Charges evaluations of the integrand.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub fn charge(&mut self, evaluations: u64) -> Result<()> {
        self.cost.add(evaluations, 1, 0);
        self.check()
    }

    /// The random numbers of this estimate.
    pub fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.rng
    }

    /// What it has cost so far.
    pub fn cost(&self) -> &Cost {
        &self.cost
    }

    /// The rounds so far.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// The experiment.
    pub fn experiment(&self) -> &'a Experiment {
        self.experiment
    }

    /// Takes over what another trial measured and cost, e.g. one of a scaled problem.
    pub fn absorb(&mut self, other: Trial<'_>) {
        let gates = other.two_qubit_gates();
        let (mine, theirs) = (&mut self.cost, other.cost);
        mine.uses += theirs.uses;
        mine.shots += theirs.shots;
        mine.num_oracle_queries += theirs.num_oracle_queries;
        if theirs.depth > mine.depth {
            (mine.depth, mine.two_qubit_gates) = (theirs.depth, gates);
            self.deepest = Deepest::None;
        }
        self.rounds.extend(other.rounds);
    }

    /// The result, with the account and the quantity in the problem's units.
    pub fn finish(
        mut self,
        method: impl Into<String>,
        estimation: f64,
        confidence_interval: Interval,
    ) -> AmplitudeEstimate {
        self.cost.two_qubit_gates = self.two_qubit_gates().or(self.cost.two_qubit_gates);
        let post = self.experiment.problem.post();
        let mut powers: Vec<u64> = self.rounds.iter().map(|r| r.power).collect();
        powers.dedup();
        AmplitudeEstimate {
            method: method.into(),
            estimation,
            confidence_interval,
            estimation_processed: post.value(estimation),
            confidence_interval_processed: post.interval(&confidence_interval),
            num_oracle_queries: self.cost.num_oracle_queries,
            powers,
            rounds: self.rounds,
            cost: self.cost,
            details: Vec::new(),
            source: self.experiment.source(),
            kappa: self.experiment.kappa,
            seed: self.seed,
        }
    }

    /// Gates on two qubits of the deepest circuit.
    fn two_qubit_gates(&self) -> Option<u64> {
        let counts = || {
            let count = || GateCounts::new(&self.experiment.problem).ok();
            *self.experiment.gates.get_or_init(count)
        };
        match self.deepest {
            Deepest::None => None,
            Deepest::Power(k) => Some(counts()?.of_power(k)),
            Deepest::Phase(m) => Some(counts()?.of_phase(m)),
        }
    }

    fn check(&self) -> Result<()> {
        if self.experiment.watch.is_cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

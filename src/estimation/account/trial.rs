//! One estimate under way: its measurements and its account.

use super::cost::{QueryCost, uses_of_phase, uses_of_power};
use super::estimate::AmplitudeEstimate;
use super::interval::{Guarantee, Interval};
use super::round::Round;
use crate::error::{Error, Result};
use crate::estimation::problem::experiment::{Apparatus, Experiment};
use crate::estimation::problem::integrand::Integrand;
use crate::estimation::problem::law::{binomial, draw_phase, visibility};
use crate::math::{Domain, Streams};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Most evaluation qubits of phase estimation by the exact law.
pub const MAX_EVALUATION_QUBITS: u32 = 40;

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
    cost: QueryCost,
    rounds: Vec<Round>,
    outcomes: Vec<(u64, u64)>,
    theta_intervals: Vec<(f64, f64)>,
    deepest: Deepest,
    /// The fidelity of a step that the method takes for true; `None` if it estimates it.
    modelled: Option<f64>,
    /// Whether a noise model had an effect on a circuit that ran.
    noisy_gates: bool,
}

impl Experiment {
    /// Begins an estimate.
    pub fn begin(&self, seed: u64) -> Trial<'_> {
        Trial::new(self, seed)
    }
}

impl<'a> Trial<'a> {
    fn new(experiment: &'a Experiment, seed: u64) -> Self {
        Trial {
            experiment,
            seed,
            rng: Streams::new(seed, Domain::Estimation).stream(0),
            cost: QueryCost::default(),
            rounds: Vec::new(),
            outcomes: Vec::new(),
            theta_intervals: Vec::new(),
            deepest: Deepest::None,
            modelled: Some(1.0),
            noisy_gates: false,
        }
    }

    /// Says which fidelity of a Grover step the method takes for true; `None` if it estimates it. Where
    /// that is not so, its interval promises nothing. Without this it is 1, no noise. Nobody models the
    /// noise of single gates, so under a noise model no interval promises anything.
    pub fn models_noise(&mut self, kappa: Option<f64>) {
        self.modelled = kappa;
    }

    /// Keeps an interval of θ that the method has reached.
    pub fn reached(&mut self, theta: (f64, f64)) {
        self.theta_intervals.push(theta);
    }

    /// Runs Q^k A `shots` times; how often it ended in a good state.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; for full circuits, if a circuit is too long to write down.
    pub fn measure(&mut self, power: u64, shots: u64) -> Result<u64> {
        self.check()?;
        let good = match self.experiment.apparatus() {
            Apparatus::Law => {
                binomial(shots, self.experiment.good_probability(power), &mut self.rng)
            }
            Apparatus::Circuits(c) => {
                let (good, noisy) = c.good_count(power, shots, self.rng.random())?;
                self.noisy_gates |= noisy;
                good
            }
            Apparatus::External(measure) => measure(power, shots)?,
        };
        if good > shots {
            return Err(Error::Invalid {
                what: "the number of good outcomes".into(),
                value: good.to_string(),
                expected: format!("there were {shots} shots"),
            });
        }
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
    /// [`Error::Interrupted`]; if there are more than 40 evaluation qubits or, for full circuits,
    /// more than fit in memory.
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
        let outcomes = match self.experiment.apparatus() {
            Apparatus::Law => self.draw_phases(evaluation_qubits, shots)?,
            Apparatus::Circuits(c) => {
                let (outcomes, noisy) =
                    c.phase_counts(evaluation_qubits, shots, self.rng.random())?;
                self.noisy_gates |= noisy;
                outcomes
            }
            Apparatus::External(_) => {
                return Err(Error::Unsupported {
                    method: "an experiment that is measured elsewhere",
                    operation: "phase estimation".into(),
                    hint:
                        "it measures powers of Grover's operator; the other estimators need no more"
                            .into(),
                });
            }
        };
        let uses = uses_of_phase(evaluation_qubits);
        self.cost.add(shots, uses, (1 << evaluation_qubits) - 1);
        if self.cost.depth == uses {
            self.deepest = Deepest::Phase(evaluation_qubits);
        }
        self.outcomes.clone_from(&outcomes);
        Ok(outcomes)
    }

    fn draw_phases(&mut self, m: u32, shots: u64) -> Result<Vec<(u64, u64)>> {
        let visible = visibility(self.experiment.kappa(), (1 << m) - 1);
        let mut counts = BTreeMap::new();
        for shot in 0..shots {
            if shot % 4096 == 4095 {
                self.check()?;
            }
            let y = if visible < 1.0 && self.rng.random::<f64>() >= visible {
                self.rng.random_range(0..1u64 << m)
            } else {
                draw_phase(self.experiment.theta(), m, &mut self.rng)
            };
            *counts.entry(y).or_insert(0) += 1;
        }
        Ok(counts.into_iter().collect())
    }

    /// The integrand, for methods that evaluate it; each evaluation must be [charged](Self::charge).
    ///
    /// # Errors
    /// If the problem has none: `why` says what the method does with it.
    pub fn integrand(&self, method: &'static str, why: &str) -> Result<&'a Integrand> {
        self.experiment.problem().integrand().ok_or_else(|| Error::Unsupported {
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
    pub fn cost(&self) -> &QueryCost {
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
        self.noisy_gates |= other.noisy_gates;
        self.rounds.extend(other.rounds);
        self.theta_intervals.extend(other.theta_intervals);
    }

    /// The result, with the account and the quantity in the problem's units. An amplitude lies from 0
    /// to 1, and an interval holds its estimate: an estimate outside of [0, 1] is moved to its end, and
    /// an interval that does not hold it is widened.
    pub fn finish(
        mut self,
        method: impl Into<String>,
        estimation: f64,
        confidence_interval: Interval,
    ) -> AmplitudeEstimate {
        let estimation = estimation.clamp(0.0, 1.0);
        let mut confidence_interval = confidence_interval.holding(estimation);
        // Depolarizing noise is in the steps of Grover's operator: A alone is without it. That of a model
        // is in every gate and readout.
        let modelled = self.modelled.is_none_or(|kappa| kappa == self.experiment.kappa());
        if self.cost.num_oracle_queries > 0 && !modelled || self.noisy_gates {
            confidence_interval.guarantee = Guarantee::NoiseNotModelled;
        }
        self.cost.two_qubit_gates = self.two_qubit_gates().or(self.cost.two_qubit_gates);
        let post = self.experiment.problem().post();
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
            outcomes: self.outcomes,
            theta_intervals: self.theta_intervals,
            details: Vec::new(),
            source: self.experiment.source(),
            kappa: self.experiment.kappa(),
            noise_model: self.noisy_gates,
            seed: self.seed,
        }
    }

    /// Gates on two qubits of the deepest circuit.
    fn two_qubit_gates(&self) -> Option<u64> {
        match self.deepest {
            Deepest::None => None,
            Deepest::Power(k) => Some(self.experiment.gate_counts()?.of_power(k)),
            Deepest::Phase(m) => Some(self.experiment.gate_counts()?.of_phase(m)),
        }
    }

    fn check(&self) -> Result<()> {
        self.experiment.check()
    }
}

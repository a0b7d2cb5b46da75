//! Gradients of noisy circuits by the adjoint method, averaged over patterns of errors.
//!
//! Where no probability of an error depends on the state, it does not depend on the parameters, and
//! the gradient of a mean of trajectories is the mean of their gradients, each that of a unitary
//! circuit. With w₀ the probability that no error happens, it is w₀∇⟨O⟩₀ + (1 - w₀)·(average over
//! patterns with at least one error): the first is exact and drawn never, so that the standard error
//! is that of the average times 1 - w₀. Equal patterns run once.
//!
//! A Pauli error is carried to the end of the circuit ([`Frame`]): it is a sign of later angles and of
//! strings of the observable. So most patterns are the planned circuit at other angles, and what
//! different patterns are the same as runs once. Patterns that meet gates which are neither Clifford
//! gates nor rotations by parameters have their operators put in, and a plan of their own.

use super::{Adjoint, Cost, Gradient, Objective};
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, for_each_in_order, push};
use crate::pauli::PauliSum;
use crate::simulate::{
    Accuracy, DEFAULT_TRAJECTORIES, Drawn, ErrorPattern, ErrorPatterns, Estimate, Frame, Rounds,
    SMALL_BELOW, Simulator, Trajectories, as_read, observable_norm,
};
use std::collections::BTreeMap;
use std::time::Instant;

/// Trajectories of the first round where a standard error is asked for: enough to tell a spread, few
/// enough that gradients with small errors cost little.
const FIRST_ROUND: u64 = 64;
/// Trajectories that a gradient may take at most.
const MOST: u64 = 1 << 26;
/// A thread takes at most this many patterns at once.
const PATTERNS_AT_ONCE: usize = 32;
/// The random numbers of a call are those of this many rounds.
const ROUNDS_A_CALL: u64 = 1 << 16;

const WHAT: &str = "the list of the gradients of all error patterns";
const HINT: &str = "ask for fewer trajectories, or a larger standard error";

/// The average of adjoint gradients.
pub(super) struct NoisyAdjoint {
    simulator: Simulator,
    patterns: ErrorPatterns,
    /// As it is read.
    observable: PauliSum,
    /// Of the run without errors, one for each thread.
    adjoints: Vec<Adjoint>,
    /// That of the observable: what values and derivatives may typically differ by.
    scale: f64,
    rounds: Rounds,
    pub cost: Cost,
}

/// What a call found beside the gradient.
pub(super) struct Found {
    pub value: Estimate,
    /// That of each component of the gradient.
    pub variances: Vec<f64>,
    pub trajectories: Trajectories,
}

/// What errors come to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    /// Signs of angles, and a Pauli string at the end.
    Frame(Frame),
    /// Nothing else than their operators at their places.
    Inserted(ErrorPattern),
}

/// One effect.
struct Run {
    /// How often it came up.
    shots: u64,
    /// The value, and the derivatives.
    numbers: Vec<f64>,
}

impl NoisyAdjoint {
    /// That of a circuit and an observable.
    ///
    /// # Errors
    /// If a channel is no mixture of unitaries; as [`Simulator::adjoint`] for the circuit without
    /// channels.
    pub fn new(
        simulator: &Simulator,
        circuit: &Circuit,
        observable: &PauliSum,
        accuracy: Accuracy,
    ) -> Result<Self> {
        let patterns = ErrorPatterns::new(circuit, "the adjoint gradient over trajectories")?;
        let observable = as_read(circuit, observable)?;
        let no_error = patterns.inserted(&ErrorPattern::default());
        let no_error = simulator.adjoint(&no_error, std::slice::from_ref(&observable))?;
        let rounds = match accuracy {
            Accuracy::Exact => Rounds { first: DEFAULT_TRAJECTORIES, wanted: None },
            Accuracy::Trajectories(number) => Rounds { first: number, wanted: None },
            Accuracy::StandardError(error) => Rounds { first: FIRST_ROUND, wanted: Some(error) },
        };
        // The pair of states has one qubit more.
        let is_small = circuit.num_qubits() + 1 < SMALL_BELOW;
        let threads = if is_small { simulator.num_threads() } else { 1 };
        let mut adjoints = vec![no_error];
        let circuit = patterns.inserted(&ErrorPattern::default());
        while adjoints.len() < threads {
            adjoints.push(simulator.adjoint(&circuit, std::slice::from_ref(&observable))?);
        }
        // Those with a plan of their own have states of their own.
        let memory = adjoints[0].cost().memory * 2 * threads as u128;
        let cost = Cost { memory, ..Cost::default() };
        Ok(NoisyAdjoint {
            simulator: simulator.clone(),
            patterns,
            scale: observable_norm(&observable),
            observable,
            adjoints,
            rounds,
            cost,
        })
    }

    /// The gradient, by the random numbers of this call.
    ///
    /// # Errors
    /// As [`Objective::value_and_gradient`]; if the standard error takes too many trajectories.
    pub fn value_and_gradient(
        &mut self,
        params: &[f64],
        call: u64,
        gradient: &mut [f64],
    ) -> Result<Found> {
        let start = Instant::now();
        let mut exact = vec![0.0; 1 + gradient.len()];
        let (value, rest) = exact.split_first_mut().expect("it has the value");
        *value = self.adjoints[0].value_and_gradient(params, rest)?;
        let mut runs: Vec<Run> = Vec::new();
        if self.patterns.some_error() > 0.0 {
            self.draw(params, call, &mut runs)?;
        }
        let [nothing, something] = match runs.is_empty() {
            true => [1.0, 0.0],
            false => [self.patterns.no_error(), self.patterns.some_error()],
        };
        let found: Vec<Estimate> = exact
            .iter()
            .enumerate()
            .map(|(k, exact)| {
                let drawn = drawn(&runs, k, self.scale);
                Estimate {
                    value: nothing * exact + something * drawn.mean,
                    variance_of_mean: variance(something, drawn),
                    shots: 0,
                }
            })
            .collect();
        gradient.iter_mut().zip(&found[1..]).for_each(|(g, found)| *g = found.value);
        // What would have been found of the value without the split.
        let spread = nothing * (exact[0] - found[0].value).powi(2)
            + something * average(&runs, |run| (run.numbers[0] - found[0].value).powi(2));
        let number = runs.iter().map(|run| run.shots).sum();
        let squared = found[0].variance_of_mean;
        let trajectories = Trajectories {
            number,
            distinct_patterns: runs.len() as u64,
            no_error_weight: Some(self.patterns.no_error()),
            standard_errors: vec![squared.sqrt()],
            effective_numbers: vec![match squared > 0.0 && squared.is_finite() {
                true => spread / squared,
                false => number as f64,
            }],
        };
        self.cost.add(3 * (1 + runs.len() as u64), start);
        let variances = found[1..].iter().map(|found| found.variance_of_mean).collect();
        Ok(Found { value: found[0], variances, trajectories })
    }

    /// Draws patterns and runs them, round by round.
    fn draw(&mut self, params: &[f64], call: u64, runs: &mut Vec<Run>) -> Result<()> {
        let streams = Streams::new(self.simulator.run_seed(), Domain::Noise);
        let mut places: BTreeMap<Effect, usize> = BTreeMap::new();
        let (mut number, mut next) = (0, self.rounds.first);
        for round in 0.. {
            if number + next > MOST {
                return Err(too_many(number + next, self.rounds.wanted));
            }
            let mut rng = streams.stream(call * ROUNDS_A_CALL + round);
            let mut new: Vec<Effect> = Vec::new();
            for (pattern, shots) in self.patterns.draw(next, &mut rng)? {
                let effect = self.effect(pattern);
                if let Some(&place) = places.get(&effect) {
                    runs[place].shots += shots;
                    continue;
                }
                places.insert(effect.clone(), runs.len());
                push(&mut new, effect, WHAT, HINT)?;
                push(runs, Run { shots, numbers: Vec::new() }, WHAT, HINT)?;
            }
            let first = runs.len() - new.len();
            self.run(params, &new, &mut runs[first..])?;
            number += next;
            if self.rounds.wanted.is_none() {
                return Ok(());
            }
            let something = self.patterns.some_error();
            let error = |k: usize| variance(something, drawn(runs, k, self.scale)).sqrt();
            let largest = (0..runs[0].numbers.len()).map(error).fold(0.0, f64::max);
            match self.rounds.next(number, largest) {
                Some(more) => next = more,
                None => return Ok(()),
            }
        }
        unreachable!("rounds end")
    }

    /// What a pattern comes to.
    fn effect(&self, pattern: ErrorPattern) -> Effect {
        let actions = &self.adjoints[0].unitary().actions;
        match self.patterns.frame(&pattern, actions) {
            Some(frame) => Effect::Frame(frame),
            None => Effect::Inserted(pattern),
        }
    }

    /// The value and the derivatives with each of the effects.
    fn run(&mut self, params: &[f64], effects: &[Effect], runs: &mut [Run]) -> Result<()> {
        let NoisyAdjoint { simulator, patterns, observable, adjoints, .. } = self;
        let observables = std::slice::from_ref(&*observable);
        let work = |adjoint: &mut Adjoint, k: usize, run: &mut Run| {
            let mut numbers = vec![0.0; 1 + params.len()];
            let (value, gradient) = numbers.split_first_mut().expect("it has the value");
            *value = match &effects[k] {
                Effect::Frame(frame) => {
                    adjoint.framed_value_and_gradient(params, frame, gradient)?
                }
                Effect::Inserted(pattern) => simulator
                    .adjoint(&patterns.inserted(pattern), observables)?
                    .value_and_gradient(params, gradient)?,
            };
            run.numbers = numbers;
            Ok(())
        };
        let items = (effects.len(), runs.iter_mut());
        let finished = simulator.install(|| {
            for_each_in_order(adjoints, items, PATTERNS_AT_ONCE, simulator.watch(), work)
        })?;
        if finished.contains(&false) { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// Of number k of the runs.
fn drawn(runs: &[Run], k: usize, scale: f64) -> Drawn {
    Drawn::new(runs.iter().map(|run| (run.shots, run.numbers[k])), scale)
}

/// Of a mean whose drawn part has this weight.
fn variance(weight: f64, drawn: Drawn) -> f64 {
    if drawn.number == 0 { 0.0 } else { weight * weight * drawn.variance_of_mean }
}

fn average(runs: &[Run], f: impl Fn(&Run) -> f64) -> f64 {
    let number: u64 = runs.iter().map(|run| run.shots).sum();
    let sum: f64 = runs.iter().map(|run| run.shots as f64 * f(run)).sum();
    if number == 0 { 0.0 } else { sum / number as f64 }
}

fn too_many(number: u64, wanted: Option<f64>) -> Error {
    let (what, value) = match wanted {
        Some(error) => ("the standard error of a gradient", format!("{error}, which takes")),
        None => ("the number of trajectories of a gradient", "more than there may be:".into()),
    };
    Error::Invalid {
        what: what.into(),
        value: format!("{value} {number} trajectories at least"),
        expected: format!("at most {MOST} are drawn; ask for a larger error, or exact means"),
    }
}

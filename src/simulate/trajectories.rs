//! Answers from random trajectories of a noisy circuit.
//!
//! A mean is w₀⟨O⟩₀ + (1 - w₀)·(average over trajectories with at least one event): the run where
//! every channel takes its default operator has a weight that is known, and is not drawn. The
//! standard error is that of the average times 1 - w₀.

use super::expectation::{Expectation, finite};
use super::leaves::{BranchMeans, Means};
use super::machine::{Job, Machine};
use super::representation::Representation;
use super::request::{DEFAULT_TRAJECTORIES, Request, Trajectories};
use super::rounds::{Drawn, Rounds};
use super::tree::{Growth, laws};
use crate::error::{Error, Result, shown};
use crate::math::{Domain, Streams};
use crate::pauli::PauliSum;

/// Trajectories of the first round where a standard error is asked for.
const FIRST_ROUND: u64 = 256;
/// Most trajectories for a standard error: more take days.
const MOST: f64 = 1e11;
/// Streams of a round: a stream a tree, whose sizes grow.
const STREAMS_A_ROUND: u64 = 1 << 32;

/// Means by trajectories.
pub(super) struct Estimated {
    pub expectations: Vec<Expectation>,
    pub trajectories: Trajectories,
    /// Whether fewer were drawn than were asked for.
    pub interrupted: bool,
}

/// Estimates the means of a request's observables.
///
/// # Errors
/// If a number is 0, or a standard error is not positive; what running refuses.
pub(super) fn estimate<R: Representation>(
    root: &mut Machine<R>,
    job: Job<R>,
    request: &Request,
    seed: u64,
) -> Result<Estimated>
where
    R::Observable: Sync,
{
    request.check_trajectories()?;
    let job = Job { draws: true, ..job };
    let n = job.flow.num_qubits;
    let observable = |sum: &PauliSum| R::observable(sum, n);
    let observables: Vec<R::Observable> =
        request.observables.iter().map(observable).collect::<Result<_>>()?;
    let laws = laws(job.flow);
    let conditional = job.flow.is_one_span();
    let [nothing, something] = match conditional {
        true => [laws[0].no_event(), laws[0].some_event()],
        false => [0.0, 1.0],
    };
    // What always happens may leave nothing of the state where it does not.
    let no_event = no_event(root, job, &observables, nothing > 0.0)?;
    let growth =
        Growth { job, laws: &laws, conditional, leaves: &Means { observables: &observables } };
    let streams = Streams::new(seed, Domain::Noise);
    let mut branches: Vec<BranchMeans> = Vec::new();
    let (mut number, mut patterns, mut interrupted) = (0, 0, false);
    let first = match request.standard_error {
        Some(_) => FIRST_ROUND,
        None => request.trajectories.unwrap_or(DEFAULT_TRAJECTORIES),
    };
    let rounds = Rounds { first, wanted: request.standard_error };
    let mut next = if something > 0.0 { rounds.first } else { 0 };
    let mut averages = Vec::new();
    for round in 0.. {
        if next > 0 {
            let gathered = growth.gather(root, next, streams, round * STREAMS_A_ROUND)?;
            number += gathered.shots;
            patterns += gathered.branches;
            branches.extend(Means::<R>::in_order(gathered.sum));
            interrupted = gathered.shots < next;
        }
        if number == 0 && something > 0.0 {
            return Err(Error::Interrupted);
        }
        let average = |k: usize| {
            let exact = no_event.get(k).map(|e| (nothing, *e));
            let scale = observable_norm(&request.observables[k]);
            Average::new(exact, something, branches.iter().map(|b| (b.shots, b.values[k])), scale)
        };
        averages = (0..observables.len()).map(average).collect();
        if interrupted || next == 0 {
            break;
        }
        let asked = &averages[..observables.len() - request.auxiliary];
        let largest = asked.iter().map(|a: &Average| a.standard_error).fold(0.0, f64::max);
        match rounds.next(number, largest) {
            Some(more) => next = more,
            None => break,
        }
        check_reachable(rounds.expected(number, largest), request, largest, number)?;
    }
    let expectation = |(average, observable): (&Average, &R::Observable)| {
        Ok(Expectation {
            value: finite(R::shift(observable) + average.mean)?,
            variance: finite(average.variance)?,
        })
    };
    Ok(Estimated {
        expectations: averages.iter().zip(&observables).map(expectation).collect::<Result<_>>()?,
        trajectories: Trajectories {
            number,
            distinct_patterns: patterns,
            no_error_weight: conditional.then_some(nothing),
            standard_errors: averages.iter().map(|a| a.standard_error).collect(),
            effective_numbers: averages.iter().map(|a| a.effective_number).collect(),
        },
        interrupted,
    })
}

/// √Σc² of the strings of an observable but the identity: its standard deviation where they are at
/// random.
pub(crate) fn observable_norm(sum: &PauliSum) -> f64 {
    let strings = sum.terms().iter().filter(|(string, _)| !string.is_identity());
    strings.map(|(_, c)| c * c).sum::<f64>().sqrt()
}

/// Refuses a standard error that takes too many trajectories by what is known so far.
fn check_reachable(expected: f64, request: &Request, error: f64, number: u64) -> Result<()> {
    if expected <= MOST {
        return Ok(());
    }
    let reachable = error * (number as f64 / MOST).sqrt();
    Err(Error::Invalid {
        what: "the standard error of a mean".into(),
        value: shown(request.standard_error.unwrap_or_default()),
        expected: format!(
            "it would take about {expected:.0e} trajectories: ask for {reachable:.0e} or more, or use \
             the density matrix, which is exact"
        ),
    })
}

/// The means of the run without events, where it has a weight of its own.
fn no_event<R: Representation>(
    root: &Machine<R>,
    job: Job<R>,
    observables: &[R::Observable],
    conditional: bool,
) -> Result<Vec<Expectation>> {
    if !conditional {
        return Ok(Vec::new());
    }
    let mut machine = root.try_clone()?;
    machine.run_steps(job, 0, 0..job.flow.spans[0].steps.len(), &[])?;
    observables.iter().map(|observable| machine.state.expectation(observable)).collect()
}

/// What branches say of one observable, without its identity.
struct Average {
    mean: f64,
    /// Of a single measurement, by the law of total variance.
    variance: f64,
    standard_error: f64,
    effective_number: f64,
}

impl Average {
    /// From the exact part and its weight, and the shots and means of branches that have together the
    /// weight `drawn`; `scale` is that of [`Drawn::new`].
    fn new(
        exact: Option<(f64, Expectation)>,
        drawn: f64,
        branches: impl Iterator<Item = (u64, Expectation)> + Clone,
        scale: f64,
    ) -> Self {
        let values = branches.clone().map(|(shots, e)| (shots, e.value));
        let found = Drawn::new(values, scale);
        let number = found.number;
        let average = |f: &dyn Fn(&Expectation) -> f64| -> f64 {
            let sum: f64 = branches.clone().map(|(shots, e)| shots as f64 * f(&e)).sum();
            if number == 0 { 0.0 } else { sum / number as f64 }
        };
        let (weight, value, within) = match exact {
            Some((weight, e)) => (weight, e.value, e.variance),
            None => (0.0, 0.0, 0.0),
        };
        let drawn = if number == 0 { 0.0 } else { drawn };
        let mean = weight * value + drawn * found.mean;
        let between =
            weight * (value - mean).powi(2) + drawn * average(&|e| (e.value - mean).powi(2));
        let variance = between + weight * within + drawn * average(&|e| e.variance);
        let standard_error = if drawn == 0.0 { 0.0 } else { drawn * found.variance_of_mean.sqrt() };
        let effective_number = match standard_error > 0.0 && standard_error.is_finite() {
            true => (between / (standard_error * standard_error)).max(number as f64),
            false => number as f64,
        };
        Average { mean, variance, standard_error, effective_number }
    }
}

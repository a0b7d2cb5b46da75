//! Cells: where the repeats run, in parallel.

use super::checkpoint::Checkpoint;
use super::point::Point;
use super::result::{Curve, CurveResult, Skipped};
use super::{CurveProgress, Entry, ErrorCurve, Target};
use crate::error::{Error, Result};
use crate::estimation::{Experiment, Guarantee, Source};
use crate::math::{Domain, Streams};
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What is kept of one estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Repeat {
    pub error: f64,
    pub uses: u64,
    pub depth: u64,
    pub shots: u64,
    pub queries: u64,
    pub half_width: f64,
    pub covered: bool,
}

/// All repeats of a method at a target on a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell {
    pub entry: usize,
    pub target: usize,
    pub problem: usize,
    pub repeats: Vec<Repeat>,
    pub guarantee: Guarantee,
    pub two_qubit_gates: Option<u64>,
}

impl ErrorCurve<'_> {
    /// Runs it. When it is interrupted, what is finished is the result, which says so.
    ///
    /// # Errors
    /// No methods, or the same name twice; a method that refuses a problem; more qubits than fit in
    /// memory; a checkpoint of another curve or one that cannot be written. A target that a method
    /// cannot meet is no error: it is listed as skipped.
    pub fn run(&self) -> Result<CurveResult> {
        super::check_any("methods", self.entries.len())?;
        for (k, entry) in self.entries.iter().enumerate() {
            if self.entries[..k].iter().any(|e| e.name == entry.name) {
                return Err(Error::Invalid {
                    what: "a method of an error curve".into(),
                    value: format!("`{}` for the second time", entry.name),
                    expected: "name each once".into(),
                });
            }
        }
        let start = Instant::now();
        let experiments: Vec<Experiment> =
            self.problems.iter().map(|p| self.experiment(p)).collect::<Result<_>>()?;
        let mut checkpoint = Checkpoint::open(self)?;
        let (mut cells, mut skipped) = (checkpoint.take_cells(), Vec::new());
        let (entries, targets) = (self.entries.len(), self.targets.len());
        let all = entries * targets * self.problems.len();
        let mut interrupted = false;
        'cells: for target in 0..targets {
            for entry in 0..entries {
                let Entry { name, .. } = &self.entries[entry];
                let estimator = match (self.entries[entry].build)(self.targets[target]) {
                    Ok(estimator) => estimator,
                    Err(error) => {
                        let (method, reason) = (name.clone(), error.to_string());
                        skipped.push(Skipped { method, target: self.targets[target], reason });
                        continue;
                    }
                };
                for (problem, experiment) in experiments.iter().enumerate() {
                    if cells
                        .iter()
                        .any(|c| (c.entry, c.target, c.problem) == (entry, target, problem))
                    {
                        continue;
                    }
                    if let Some(progress) = &self.progress {
                        let done = (target * entries + entry) * self.problems.len() + problem;
                        progress(&CurveProgress { done, all, method: name.clone() });
                    }
                    let stream = |repeat: usize| {
                        let cell = (entry * targets + target) * self.problems.len() + problem;
                        (cell * self.repeats + repeat) as u64
                    };
                    match self.cell(&*estimator, experiment, stream) {
                        Ok((repeats, guarantee, two_qubit_gates)) => {
                            let cell = Cell {
                                entry,
                                target,
                                problem,
                                repeats,
                                guarantee,
                                two_qubit_gates,
                            };
                            checkpoint.add(&cell)?;
                            cells.push(cell);
                        }
                        Err(Error::Interrupted) => {
                            interrupted = true;
                            break 'cells;
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        let curves = (0..entries).map(|entry| self.curve_of(entry, &cells)).collect();
        Ok(CurveResult {
            problems: self.problems.iter().map(|p| p.name().to_string()).collect(),
            amplitudes: experiments.iter().map(Experiment::amplitude).collect(),
            truths: experiments.iter().map(Experiment::truth).collect(),
            repeats: self.repeats,
            seed: self.seed,
            alpha: self.setup.alpha,
            kappa: self.setup.kappa,
            source: if self.full_circuits.is_some() {
                Source::FullCircuits
            } else {
                Source::ExactLaw
            },
            curves,
            skipped,
            interrupted,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// All repeats of one cell. Small circuits and the exact law share the threads among repeats.
    fn cell(
        &self,
        estimator: &dyn crate::estimation::AmplitudeEstimator,
        experiment: &Experiment,
        stream: impl Fn(usize) -> u64 + Sync,
    ) -> Result<(Vec<Repeat>, Guarantee, Option<u64>)> {
        let truth = experiment.truth();
        let one = |repeat: usize| {
            let seed = Streams::new(self.seed, Domain::Repeat).stream(stream(repeat)).random();
            let estimate = estimator.estimate(experiment, seed)?;
            let interval = estimate.confidence_interval;
            let kept = Repeat {
                error: estimate.estimation - truth,
                uses: estimate.cost.uses,
                depth: estimate.cost.depth,
                shots: estimate.cost.shots,
                queries: estimate.cost.num_oracle_queries,
                half_width: interval.half_width(),
                covered: interval.contains(truth),
            };
            Ok((kept, interval.guarantee, estimate.cost.two_qubit_gates))
        };
        let found: Vec<_> = (0..self.repeats).into_par_iter().map(one).collect::<Result<_>>()?;
        let gates = found.iter().filter_map(|f| f.2).max();
        Ok((found.iter().map(|f| f.0).collect(), found[0].1, gates))
    }

    /// The points of a method: the targets of which all problems are finished.
    fn curve_of(&self, entry: usize, cells: &[Cell]) -> Curve {
        let points = self.targets.iter().enumerate().filter_map(|(target, &value)| {
            let mut of_target: Vec<&Cell> =
                cells.iter().filter(|c| c.entry == entry && c.target == target).collect();
            of_target.sort_unstable_by_key(|c| c.problem);
            (of_target.len() == self.problems.len()).then(|| Point::new(value, &of_target))
        });
        let mut points: Vec<Point> = points.collect();
        points.sort_by(|a, b| a.uses.total_cmp(&b.uses));
        // Budgets between two sizes that a method can take are the same run twice.
        points.dedup_by(|b, a| a.uses == b.uses && a.depth == b.depth);
        let Entry { name, method, .. } = &self.entries[entry];
        let expected_slope = method.and_then(|m| m.expected_slope());
        Curve { method: name.clone(), points, expected_slope, seed: self.seed }
    }

    /// The targets, for the checkpoint's header.
    pub(super) fn describe(&self) -> String {
        let names: Vec<&str> = self.entries.iter().map(|e| e.name.as_str()).collect();
        let target = |t: &Target| match t {
            Target::Budget(uses) => format!("{uses}"),
            Target::Precision(epsilon) => format!("ε {epsilon:?}"),
        };
        let targets: Vec<String> = self.targets.iter().map(target).collect();
        let problems: Vec<String> = self
            .problems
            .iter()
            .map(|p| format!("{} {:?} {:?}", p.name(), p.good(), p.amplitude().unwrap_or(f64::NAN)))
            .collect();
        format!(
            "methods {}; targets {}; problems {}; repeats {}; seed {}; α {:?}; κ {:?}; {}",
            names.join(" "),
            targets.join(" "),
            problems.join(" | "),
            self.repeats,
            self.seed,
            self.setup.alpha,
            self.setup.kappa,
            if self.full_circuits.is_some() { "full circuits" } else { "exact law" }
        )
    }
}

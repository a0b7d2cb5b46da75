//! Cells: where the repeats run, in parallel.

use super::cell::{Cell, Repeat};
use super::checkpoint::Kept;
use super::point::Point;
use super::result::{Curve, CurveResult, Skipped};
use super::{CurveProgress, Entry, ErrorCurve, check_any};
use crate::error::{Error, Result};
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::Guarantee;
use crate::estimation::kind::EstimatorKind;
use crate::estimation::problem::experiment::{Experiment, Source};
use crate::math::{Domain, Streams, map_in_order};
use rand::RngExt;
use std::time::Instant;

impl ErrorCurve<'_> {
    /// Runs it. When it is interrupted, what is finished is the result, which says so.
    ///
    /// # Errors
    /// If there are no methods, or two of one name; if more qubits are needed than fit in memory;
    /// if the checkpoint is of something else, exists already, or cannot be written; if nothing
    /// fits. A target that a method cannot meet, or a problem that it refuses, is no error as long
    /// as something else runs: it is listed as skipped.
    pub fn run(&self) -> Result<CurveResult> {
        check_any("methods", self.entries.len())?;
        let names: Vec<String> = self.entries.iter().map(Entry::name).collect();
        for (k, name) in names.iter().enumerate() {
            if names[..k].contains(name) {
                return Err(Error::Invalid {
                    what: "a method of an error curve".into(),
                    value: format!("`{name}` for the second time"),
                    expected: "name each once".into(),
                });
            }
        }
        let start = Instant::now();
        let experiments: Vec<Experiment> =
            self.problems.iter().map(|p| self.experiment(p)).collect::<Result<_>>()?;
        let mut checkpoint = Kept::open(self, &experiments)?;
        let (mut cells, mut skipped) = (checkpoint.take_cells(), Vec::new());
        let all = names.len() * self.targets.len() * self.problems.len();
        let (mut done, mut interrupted) = (0, false);
        let (mut resumed_cells, mut new_cells) = (0, 0);
        'cells: for &target in &self.targets {
            for (entry, name) in self.entries.iter().zip(&names) {
                let skip = |error: Error| Skipped {
                    method: name.clone(),
                    target,
                    reason: error.to_string(),
                };
                let setup = self.setup(entry, target);
                let estimator = match entry.estimator(target, &setup) {
                    Ok(estimator) => estimator,
                    Err(error) => {
                        skipped.push(skip(error));
                        done += experiments.len();
                        continue;
                    }
                };
                let text = target.to_string();
                for (problem, experiment) in experiments.iter().enumerate() {
                    done += 1;
                    if cells.iter().any(|c| c.is((name, &text, setup.alpha), problem)) {
                        resumed_cells += 1;
                        continue;
                    }
                    if let Some(progress) = &self.progress {
                        progress(&CurveProgress { done: done - 1, all, method: name.clone() });
                    }
                    let streams = self.streams(name, &text, problem);
                    match self.cell(&*estimator, experiment, streams) {
                        Ok((repeats, guarantee, two_qubit_gates)) => {
                            let (method, target) = (name.clone(), text.clone());
                            let cell = Cell {
                                method,
                                target,
                                alpha: setup.alpha,
                                problem,
                                repeats,
                                guarantee,
                                two_qubit_gates,
                            };
                            checkpoint.add(&cell);
                            cells.push(cell);
                            new_cells += 1;
                        }
                        Err(Error::Interrupted) => {
                            interrupted = true;
                            break 'cells;
                        }
                        Err(error @ Error::Unsupported { .. }) => {
                            skipped.push(skip(error));
                            done += experiments.len() - problem - 1;
                            break;
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        let curves: Vec<Curve> =
            self.entries.iter().zip(&names).map(|(e, n)| self.curve_of(e, n, &cells)).collect();
        if curves.iter().all(|c| c.points.is_empty())
            && !interrupted
            && let Some(first) = skipped.first()
        {
            return Err(Error::Invalid {
                what: "an error curve".into(),
                value: "empty".into(),
                expected: format!(
                    "nothing that was asked for runs; {}: {}",
                    first.method, first.reason
                ),
            });
        }
        Ok(CurveResult {
            problems: self.problems.iter().map(|p| p.name().to_string()).collect(),
            amplitudes: experiments.iter().map(Experiment::amplitude).collect(),
            truths: experiments.iter().map(Experiment::truth).collect(),
            problems_have_integrands: self.problems.iter().any(|p| p.integrand().is_some()),
            repeats: self.repeats,
            seed: self.seed,
            alpha: self.alpha,
            kappa: self.kappa,
            source: self.source(),
            curves,
            skipped,
            interrupted,
            seconds: start.elapsed().as_secs_f64(),
            resumed_cells,
            new_cells,
            checkpoint_error: checkpoint.into_error(),
        })
    }

    pub(super) fn source(&self) -> Source {
        if self.full_circuits.is_some() { Source::FullCircuits } else { Source::ExactLaw }
    }

    /// The streams of a cell's repeats: a family for each method, target and problem, so that a
    /// method's numbers do not depend on what else is on the curve.
    fn streams(&self, method: &str, target: &str, problem: usize) -> Streams {
        // FNV-1a (Fowler, Noll and Vo), which is the same everywhere.
        let text = format!("{}/{method}/{target}/{problem}", self.seed);
        let mixed = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Streams::new(mixed, Domain::Repeat)
    }

    /// All repeats of one cell. Small circuits and the exact law share the threads among repeats.
    fn cell(
        &self,
        estimator: &dyn AmplitudeEstimator,
        experiment: &Experiment,
        streams: Streams,
    ) -> Result<(Vec<Repeat>, Guarantee, Option<u64>)> {
        let truth = experiment.truth();
        let one = |repeat: usize| {
            let seed = streams.stream(repeat as u64).random();
            let estimate = estimator.estimate(experiment, seed)?;
            let interval = estimate.confidence_interval;
            for value in [estimate.estimation, interval.low, interval.high] {
                if !value.is_finite() {
                    let what = format!("an estimate of {}", estimate.method);
                    return Err(Error::NotFinite { what, value });
                }
            }
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
        let found = map_in_order(self.repeats, one)?;
        let gates = found.iter().filter_map(|f| f.2).max();
        let weakest = found.iter().map(|f| f.1).max().unwrap_or(Guarantee::FiniteSample);
        Ok((found.iter().map(|f| f.0).collect(), weakest, gates))
    }

    /// The colour of a method of one's own: behind those of the others.
    fn own_slot(&self, name: &str) -> usize {
        let own = self.entries.iter().filter(|e| e.method().is_none());
        EstimatorKind::ALL.len() + own.take_while(|e| e.name() != name).count()
    }

    /// The points of a method: the targets of which all problems are finished.
    fn curve_of(&self, entry: &Entry, name: &str, cells: &[Cell]) -> Curve {
        let points = self.targets.iter().filter_map(|&target| {
            let alpha = self.setup(entry, target).alpha;
            let text = target.to_string();
            let of_target = (0..self.problems.len())
                .map(|problem| cells.iter().find(|c| c.is((name, &text, alpha), problem)))
                .collect::<Option<Vec<&Cell>>>()?;
            Some(Point::new(target, &of_target))
        });
        let mut points: Vec<Point> = points.collect();
        points.sort_by(|a, b| a.uses.total_cmp(&b.uses));
        // Budgets between two sizes that a method can take are the same run twice.
        points.dedup_by(|b, a| a.uses == b.uses && a.depth == b.depth);
        let expected_slope = entry.expected_slope(self.kappa);
        let is_luck =
            self.problems.len() == 1 && entry.method().is_some_and(EstimatorKind::is_on_grid);
        let slot = entry.method().map_or_else(|| self.own_slot(name), EstimatorKind::slot);
        Curve { method: name.into(), points, expected_slope, is_luck, slot, seed: self.seed }
    }
}

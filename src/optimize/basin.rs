//! Direct searches from the crate `basin`: Nelder-Mead, BOBYQA and COBYLA.
//!
//! Their inner state stays inside `basin`: a checkpoint keeps the best point and the counters, and
//! a resume starts the search anew from there. It ends at a minimum, but not by the same path as a
//! run without interruption. `x` of progress and outcome is the best point evaluated.

use super::driver::{require, require_positive};
use super::objective::Objective;
use super::optimizer::Optimizer;
use super::outcome::Outcome;
use super::search::search;
use super::stopping::Stopping;
use crate::error::{Error, Result};
use ::basin::{PointState, SelectedState, SimplexProgress};
use serde::{Deserialize, Serialize};

/// Nelder and Mead, Computer Journal 7, 308 (1965). Bounds are met by clamping, as in SciPy.
///
/// It ends when no corner of the simplex is farther from the best than the step tolerance (1e-8
/// unless set) and, if a value tolerance is set, no value differs by more than that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NelderMead {
    /// Edge of the first simplex.
    pub initial_step: f64,
    /// Coefficients by the number of parameters: Gao and Han, Comput. Optim. Appl. 51, 259
    /// (2012); better from some ten parameters on.
    pub adaptive: bool,
}

impl Default for NelderMead {
    fn default() -> Self {
        NelderMead { initial_step: 0.25, adaptive: false }
    }
}

/// BOBYQA: Powell, report DAMTP 2009/NA06, Cambridge: quadratic models within bounds.
///
/// It ends when the radius of its models comes to the step tolerance (1e-6 unless set).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bobyqa {
    /// First radius; within narrow bounds it is made smaller.
    pub rhobeg: f64,
}

impl Default for Bobyqa {
    fn default() -> Self {
        Bobyqa { rhobeg: 0.5 }
    }
}

/// COBYLA: Powell, in Advances in Optimization and Numerical Analysis, 51 (1994): linear models.
///
/// It ends when the radius of its models comes to the step tolerance (1e-6 unless set). The
/// objective is never evaluated outside the bounds: a trial outside stands for its projection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cobyla {
    /// First radius.
    pub rhobeg: f64,
}

impl Default for Cobyla {
    fn default() -> Self {
        Cobyla { rhobeg: 0.5 }
    }
}

/// The last radius of BOBYQA and COBYLA, if the step tolerance is not set.
const RADIUS: f64 = 1e-6;

/// The first radius of BOBYQA and COBYLA must exceed the last.
fn check_radii(rhobeg: f64, stopping: &Stopping<'_>) -> Result<()> {
    let size = stopping.step_tolerance.unwrap_or(RADIUS);
    require_positive("rhobeg", rhobeg)?;
    let expected = format!("it must be positive and less than rhobeg, {rhobeg}");
    require(size > 0.0 && size < rhobeg, "the step tolerance", size, &expected)
}

impl Optimizer for NelderMead {
    fn name(&self) -> &'static str {
        "nelder-mead"
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome> {
        stopping.check(objective.num_params(), start)?;
        let step = self.initial_step;
        require_positive("initial_step", step)?;
        search(self, 1e-8, objective, start, stopping, |search, problem| {
            let corner = |i: usize| {
                let mut x = problem.start.clone();
                // Into the bounds, where one side has room.
                x[i] += if x[i] + step <= problem.upper[i] { step } else { -step };
                x
            };
            let start = problem.start.clone();
            let corners =
                std::iter::once(start.clone()).chain((0..start.len()).map(corner)).collect();
            let method = if self.adaptive {
                ::basin::NelderMead::adaptive()
            } else {
                ::basin::NelderMead::new()
            };
            let solver = method
                .with_absolute_simplex_size_tolerance(search.size)
                .with_relative_simplex_size_tolerance(None)
                .with_absolute_simplex_cost_tolerance(search.stopping.value_tolerance)
                .with_relative_simplex_cost_tolerance(search.stopping.value_tolerance)
                .projected();
            search.drive(problem, solver, SimplexProgress::from_simplex(corners))
        })
    }
}

impl Optimizer for Bobyqa {
    fn name(&self) -> &'static str {
        "bobyqa"
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome> {
        stopping.check(objective.num_params(), start)?;
        check_radii(self.rhobeg, stopping)?;
        for (i, &(lower, upper)) in stopping.bounds.iter().flatten().enumerate() {
            let room = upper - lower;
            if room < 1e-9 * lower.abs().max(1.0) {
                return Err(Error::Invalid {
                    what: format!("the pair of bounds {i}"),
                    value: format!("({lower}, {upper})"),
                    expected: "BOBYQA needs room between them; use `cobyla`, or leave the \
                               parameter out"
                        .into(),
                });
            }
        }
        search(self, RADIUS, objective, start, stopping, |search, problem| {
            let solver = ::basin::Bobyqa::new()
                .with_initial_radius(self.rhobeg)
                .with_final_radius(search.size);
            let state = PointState::new(problem.start.clone());
            search.drive(problem, solver, state)
        })
    }
}

impl Optimizer for Cobyla {
    fn name(&self) -> &'static str {
        "cobyla"
    }

    fn minimize(
        &self,
        objective: &mut dyn Objective,
        start: &[f64],
        stopping: &mut Stopping<'_>,
    ) -> Result<Outcome> {
        stopping.check(objective.num_params(), start)?;
        check_radii(self.rhobeg, stopping)?;
        search(self, RADIUS, objective, start, stopping, |search, problem| {
            let solver = ::basin::Cobyla::new()
                .with_initial_radius(self.rhobeg)
                .with_final_radius(search.size);
            let state = SelectedState::new(problem.start.clone());
            search.drive(problem, solver, state)
        })
    }
}

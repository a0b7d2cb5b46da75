//! A finished curve, and its numbers as files.

use super::misses::MISS_FACTOR;
use super::point::{Measure, Point};
use crate::error::Result;
use crate::estimation::fit::Target;
use crate::estimation::problem::experiment::Source;
use crate::report::quoted;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write;

/// The method whose errors the others' are compared with.
const MONTE_CARLO: &str = "monte-carlo";

/// One method's points, by rising uses of A.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Its name.
    pub method: String,
    /// Its points.
    pub points: Vec<Point>,
    /// The slope that its theory expects, of the median error; `None` where that is open.
    pub expected_slope: Option<f64>,
    /// Whether its errors say how near a grid is to one amplitude.
    #[serde(skip)]
    pub(in crate::estimation) is_luck: bool,
    /// Its number in the palette of pictures.
    #[serde(skip)]
    pub(super) slot: usize,
    #[serde(skip)]
    pub(super) seed: u64,
}

/// A target that a method could not be made to fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Skipped {
    /// The method.
    pub method: String,
    /// The target.
    #[serde(serialize_with = "super::point::as_text")]
    pub target: Target,
    /// Why.
    pub reason: String,
}

/// Error curves of methods on the same problems.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveResult {
    /// The problems' names.
    pub problems: Vec<String>,
    /// Their amplitudes.
    pub amplitudes: Vec<f64>,
    /// What errors were measured against: the amplitudes, or integrands' own means.
    pub truths: Vec<f64>,
    /// Whether a problem has an integrand, whose values classical methods know.
    pub(super) problems_have_integrands: bool,
    /// Repeats of each cell.
    pub repeats: usize,
    /// The seed.
    pub seed: u64,
    /// The probability that an interval may miss, if it was set; each point says what it had.
    pub alpha: Option<f64>,
    /// Fidelity of a Grover step.
    pub kappa: f64,
    /// Whether circuits ran or their exact law was drawn from.
    pub source: Source,
    /// One curve a method.
    pub curves: Vec<Curve>,
    /// What a method could not be made to fit.
    pub skipped: Vec<Skipped>,
    /// Whether it was ended early.
    pub interrupted: bool,
    /// Time that this run took, without what it resumed from.
    pub seconds: f64,
    /// Cells (a method at a target on a problem) that the checkpoint already had.
    pub resumed_cells: usize,
    /// Cells that this run added.
    pub new_cells: usize,
    /// Why the checkpoint does not hold all cells, if it could not be written. The result is complete
    /// all the same.
    pub checkpoint_error: Option<String>,
}

impl CurveResult {
    /// The curve of a method.
    pub fn curve(&self, method: &str) -> Option<&Curve> {
        self.curves.iter().find(|c| c.method == method)
    }

    /// How far the grid of an integral, which quantum methods see, is from its mean; `None` for
    /// several problems and where both agree to rounding.
    pub fn grid_error(&self) -> Option<f64> {
        let error = (self.amplitudes.first()? - self.truths.first()?).abs();
        (self.amplitudes.len() == 1 && error > 1e-12).then_some(error)
    }

    /// One row per point. Numbers are written so that they read back to the bit.
    pub fn to_csv(&self) -> String {
        let mut text = String::from(
            "method,target,uses,depth,shots,num_oracle_queries,two_qubit_gates,rmse,\
             median_absolute_error,lower_quartile,upper_quartile,miss_share,miss_rmse,\
             miss_share_of_mse,bias,bias_error,coverage,\
             coverage_error,half_width,alpha,guarantee,estimates\n",
        );
        for curve in &self.curves {
            for p in &curve.points {
                let target = match p.target {
                    Target::Budget(uses) => uses.to_string(),
                    Target::Precision(epsilon) => format!("{epsilon:?}"),
                };
                let gates = p.two_qubit_gates.map_or(String::new(), |g| g.to_string());
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "{},{target},{:?},{:?},{:?},{:?},{gates},{:?},{:?},{:?},{:?},{:?},{:?},{:?},{:?},\
                     {:?},{:?},{:?},{:?},{:?},{},{}",
                    quoted(&curve.method),
                    p.uses,
                    p.depth,
                    p.shots,
                    p.num_oracle_queries,
                    p.rmse,
                    p.median_absolute_error,
                    p.quartiles.0,
                    p.quartiles.1,
                    p.misses.share,
                    p.misses.rmse,
                    p.misses.share_of_mse,
                    p.bias,
                    p.bias_error,
                    p.coverage,
                    p.coverage_error,
                    p.half_width,
                    p.alpha,
                    serde_json::to_value(p.guarantee).unwrap_or_default().as_str().unwrap_or(""),
                    p.estimates,
                );
            }
        }
        text
    }

    /// Everything, with slopes, gains over Monte Carlo and crossovers, as JSON: format `ketlab.error_curve`, version 1.
    ///
    /// # Errors
    /// None that a finished curve could cause.
    pub fn to_json(&self) -> Result<Value> {
        let gain = |c: &Curve, measure| match c.method.as_str() {
            MONTE_CARLO => None,
            name => self.gain(name, MONTE_CARLO, measure),
        };
        let curve = |c: &Curve| {
            json!({
                "method": c.method,
                "points": c.points,
                "expected_slope": c.expected_slope,
                "slope_of_rmse": c.slope(Measure::Rmse),
                "slope_of_median": c.slope(Measure::MedianAbsolute),
                "gain_of_rmse": gain(c, Measure::Rmse),
                "gain_of_median": gain(c, Measure::MedianAbsolute),
            })
        };
        Ok(json!({
            "format": "ketlab.error_curve",
            "version": 1,
            "problems": self.problems,
            "amplitudes": self.amplitudes,
            "truths": self.truths,
            "grid_error": self.grid_error(),
            "repeats": self.repeats,
            "seed": self.seed,
            "alpha": self.alpha,
            "miss_factor": MISS_FACTOR,
            "kappa": self.kappa,
            "source": self.source,
            "curves": self.curves.iter().map(curve).collect::<Vec<_>>(),
            "crossovers_of_rmse": self.crossovers(Measure::Rmse),
            "crossovers_of_median": self.crossovers(Measure::MedianAbsolute),
            "skipped": self.skipped,
            "interrupted": self.interrupted,
            "seconds": self.seconds,
            "resumed_cells": self.resumed_cells,
            "new_cells": self.new_cells,
            "checkpoint_error": self.checkpoint_error,
        }))
    }
}

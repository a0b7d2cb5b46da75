//! How much better one method is than another.

use super::crossover::between;
use super::point::{Measure, Point};
use super::result::CurveResult;
use serde::Serialize;

/// How many times smaller one method's error is than another's after as many uses of A, with the middle
/// 95 % of this ratio when the repeats of both are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    /// Uses of A, the most that both have.
    pub uses: f64,
    /// The other's error divided by its own.
    pub factor: f64,
    /// 2.5 % of resamplings are below.
    pub low: f64,
    /// 2.5 % of resamplings are above.
    pub high: f64,
}

impl CurveResult {
    /// The gain of a method over another, by an error, at the most uses that both have points at;
    /// `None` if there are none, and for a grid's estimates of one amplitude, whose error is luck.
    pub fn gain(&self, method: &str, than: &str, measure: Measure) -> Option<Gain> {
        let (own, other) = (self.curve(method)?, self.curve(than)?);
        if own.is_luck || other.is_luck {
            return None;
        }
        let uses = own.points.last()?.uses.min(other.points.last()?.uses);
        let ratio = |own: &[(f64, f64)], other: &[(f64, f64)]| {
            let ratio = between(other, uses)? / between(own, uses)?;
            (ratio.is_finite() && ratio > 0.0).then_some(ratio)
        };
        let of = |p: &Point| p.error(measure);
        let factor = ratio(&own.places(of), &other.places(of))?;
        let (low, high) = own.bootstrap(3, |rng| {
            let first = own.places(|p| p.drawn_again(measure, rng));
            ratio(&first, &other.places(|p| p.drawn_again(measure, rng)))
        })?;
        Some(Gain { uses, factor, low, high })
    }
}

//! Where one method begins to be better than another.

use super::point::{Measure, Point};
use super::result::{Curve, CurveResult};
use serde::Serialize;

/// Uses of A from which on a method is better than another, on the last stretch that both cover.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Crossover {
    /// The method that is better afterwards.
    pub method: String,
    /// The one that it overtakes.
    pub than: String,
    /// Uses of A at which both errors are equal, between points on logarithmic scales.
    pub uses: f64,
    /// The error there.
    pub error: f64,
}

impl Curve {
    /// The error at this many uses, between points on logarithmic scales; `None` beyond them.
    pub fn error_at(&self, uses: f64, measure: Measure) -> Option<f64> {
        between(&self.places(|p| p.error(measure)), uses)
    }

    /// The fewest uses at which the error is at most this, between points on logarithmic scales;
    /// `None` if it never is. A first point that is below is taken as it is.
    pub fn uses_for(&self, error: f64, measure: Measure) -> Option<f64> {
        reaching(&self.places(|p| p.error(measure)), error)
    }

    /// The middle 95 % of [`uses_for`](Self::uses_for) when the repeats are drawn anew: the largest
    /// number there is where the error is not reached.
    pub(in crate::estimation) fn interval_of_uses_for(
        &self,
        error: f64,
        measure: Measure,
    ) -> Option<(f64, f64)> {
        self.bootstrap(2, |rng| {
            let places = self.places(|p| p.drawn_again(measure, rng));
            Some(reaching(&places, error).unwrap_or(f64::MAX))
        })
    }

    /// Uses and an error of each point.
    pub(super) fn places(&self, mut error: impl FnMut(&Point) -> f64) -> Vec<(f64, f64)> {
        self.points.iter().map(|p| (p.uses, error(p))).collect()
    }
}

/// The error at this many uses, between places on logarithmic scales.
pub(super) fn between(places: &[(f64, f64)], uses: f64) -> Option<f64> {
    let pair = places.windows(2).find(|p| (p[0].0..=p[1].0).contains(&uses))?;
    let (a, b) = (pair[0].1.ln(), pair[1].1.ln());
    let t = (uses / pair[0].0).ln() / (pair[1].0 / pair[0].0).ln();
    Some((a + t * (b - a)).exp()).filter(|e| e.is_finite())
}

/// The fewest uses at which the error is at most this.
fn reaching(places: &[(f64, f64)], error: f64) -> Option<f64> {
    let first = places.first()?;
    if first.1 <= error {
        return Some(first.0);
    }
    let pair = places.windows(2).find(|p| p[0].1 > error && p[1].1 <= error)?;
    let (a, b) = (pair[0].1.ln(), pair[1].1.ln());
    let t = if b.is_finite() { (error.ln() - a) / (b - a) } else { 1.0 };
    Some(pair[0].0 * (pair[1].0 / pair[0].0).powf(t))
}

impl CurveResult {
    /// All pairs of methods of which one overtakes the other for good, within the uses that both
    /// have points at.
    pub fn crossovers(&self, measure: Measure) -> Vec<Crossover> {
        let mut found = Vec::new();
        for (k, a) in self.curves.iter().enumerate() {
            for b in &self.curves[..k] {
                found.extend(crossover(a, b, measure));
            }
        }
        found.sort_by(|x, y| x.uses.total_cmp(&y.uses));
        found
    }
}

fn crossover(a: &Curve, b: &Curve, measure: Measure) -> Option<Crossover> {
    let mut places: Vec<f64> = a.points.iter().chain(&b.points).map(|p| p.uses).collect();
    places.sort_by(f64::total_cmp);
    // ln of the ratio of errors where both are known.
    let ratio = |uses: f64| {
        Some((a.error_at(uses, measure)? / b.error_at(uses, measure)?).ln())
            .filter(|r| r.is_finite())
    };
    let known: Vec<(f64, f64)> = places.into_iter().filter_map(|u| Some((u, ratio(u)?))).collect();
    let pair = known.windows(2).rev().find(|w| (w[0].1 > 0.0) != (w[1].1 > 0.0))?;
    let t = pair[0].1 / (pair[0].1 - pair[1].1);
    let uses = pair[0].0 * (pair[1].0 / pair[0].0).powf(t);
    let (method, than) = if pair[1].1 > 0.0 { (b, a) } else { (a, b) };
    let error = a.error_at(uses, measure)?;
    Some(Crossover { method: method.method.clone(), than: than.method.clone(), uses, error })
}

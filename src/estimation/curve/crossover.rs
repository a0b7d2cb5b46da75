//! Where one method begins to be better than another.

use super::{Curve, CurveResult, Measure};
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
        let pair = self.points.windows(2).find(|p| (p[0].uses..=p[1].uses).contains(&uses))?;
        let (a, b) = (pair[0].error(measure).ln(), pair[1].error(measure).ln());
        let t = (uses / pair[0].uses).ln() / (pair[1].uses / pair[0].uses).ln();
        Some((a + t * (b - a)).exp()).filter(|e| e.is_finite())
    }

    /// The fewest uses at which the error is at most this, between points on logarithmic scales;
    /// `None` if it never is. A first point that is below is taken as it is.
    pub fn uses_for(&self, error: f64, measure: Measure) -> Option<f64> {
        let first = self.points.first()?;
        if first.error(measure) <= error {
            return Some(first.uses);
        }
        let pair = self
            .points
            .windows(2)
            .find(|p| p[0].error(measure) > error && p[1].error(measure) <= error)?;
        let (a, b) = (pair[0].error(measure).ln(), pair[1].error(measure).ln());
        let t = if b.is_finite() { (error.ln() - a) / (b - a) } else { 1.0 };
        Some(pair[0].uses * (pair[1].uses / pair[0].uses).powf(t))
    }
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

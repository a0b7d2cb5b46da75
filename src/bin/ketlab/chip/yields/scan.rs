//! Curves of the yield.

use super::setup::Setup;
use super::values::{Against, Scan};
use anyhow::Result;
use ketlab::chip::{Yield, YieldCase, YieldStudy};

/// A point of a curve.
pub struct Point {
    pub mhz: f64,
    pub found: Yield,
    pub product: Option<f64>,
}

pub struct Curve {
    pub against: Against,
    pub points: Vec<Point>,
}

impl Curve {
    /// All points of a curve, from the same random numbers.
    pub fn of(setup: &Setup, scan: &Scan, points: usize, study: &YieldStudy) -> Result<Self> {
        let (low, high) = scan.range;
        let place = |k: usize| low + (high - low) * k as f64 / (points - 1) as f64;
        let case = |k: usize| match scan.against {
            Against::Spacing => setup.case(setup.plan_at(place(k))?),
            Against::Sigma => setup.case_at(place(k)),
        };
        let cases: Vec<YieldCase> = (0..points).map(case).collect::<Result<_>>()?;
        let found = study.run(&cases)?;
        let point = |(k, (found, case)): (usize, (Yield, &YieldCase))| Point {
            mhz: 1e3 * place(k),
            found,
            product: case.product_of_marginals(),
        };
        let points = found.into_iter().zip(&cases).enumerate().map(point).collect();
        Ok(Curve { against: scan.against, points })
    }

    /// Where the yield is the highest, the middle one of several.
    pub fn best(&self) -> Option<&Point> {
        let most = self.points.iter().map(|p| p.found.good).max()?;
        let best: Vec<&Point> = self.points.iter().filter(|p| p.found.good == most).collect();
        best.get(best.len() / 2).copied().filter(|_| most > 0)
    }
}

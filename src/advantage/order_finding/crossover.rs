//! Where quantum gates would be fewer than a rival's operations, by extrapolation.

use super::hardware::Beauregard;
use crate::math::statistics::{line_fit, mean};
use serde::{Deserialize, Serialize};

/// Below so many bits operations are not yet what they grow as.
const FITTED_FROM: u64 = 16;
/// Sizes that are fitted span so many bits at least: what neighbours say of growth is noise.
const LEAST_SPAN: f64 = 8.0;
/// Beyond so many bits nothing is looked for.
const MOST_BITS: u64 = 100_000;

/// Where it would be worth it, if what was measured went on as it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossover {
    /// The rival.
    pub rival: String,
    /// log2 of its operations grows by so much a bit.
    pub slope: f64,
    /// The standard error of that, from how the sizes scatter about the line.
    pub slope_error: f64,
    /// log2 of its operations at 0 bits, by the fit.
    pub intercept: f64,
    /// Sizes that were fitted.
    pub fitted: u64,
    /// Operations of the rival in the time of one quantum gate: what is assumed.
    pub gate: f64,
    /// The fewest bits from which the gates take less time.
    pub bits: Option<u64>,
}

impl Crossover {
    /// From a rival's operations at some sizes, and runs that a factoring takes.
    ///
    /// # Errors
    /// Why nothing is extrapolated, in words: fewer than three sizes to fit, or sizes that are too close.
    pub fn new(
        rival: &str,
        operations: &[(u64, f64)],
        runs: f64,
        gate: f64,
    ) -> std::result::Result<Self, String> {
        let points: Vec<(f64, f64)> = operations
            .iter()
            .filter(|(bits, count)| *bits >= FITTED_FROM && *count > 0.0)
            .map(|(bits, count)| (*bits as f64, count.log2()))
            .collect();
        let low = points.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
        let span = points.iter().map(|point| point.0 - low).fold(0.0, f64::max);
        if points.len() < 3 || span < LEAST_SPAN {
            let extent = match points.len() {
                0 | 1 => String::new(),
                _ => format!(", which span {span} bits"),
            };
            return Err(format!(
                "operations of {rival} are known of {} from {FITTED_FROM} bits on{extent}: a line \
                 needs three over at least {LEAST_SPAN} bits",
                match points.len() {
                    0 => "no size".into(),
                    1 => "1 size".into(),
                    count => format!("{count} sizes"),
                }
            ));
        }
        let (slope, intercept) = line_fit(&points);
        let middle = mean(&points.iter().map(|point| point.0).collect::<Vec<_>>());
        let sum =
            |of: &dyn Fn(f64, f64) -> f64| -> f64 { points.iter().map(|p| of(p.0, p.1)).sum() };
        let squares = sum(&|x, y| (y - intercept - slope * x).powi(2));
        let spread = sum(&|x, _| (x - middle).powi(2));
        let slope_error = (squares / (points.len() as f64 - 2.0) / spread).sqrt();
        let is_worth_it = |n: &u64| {
            let gates = gates(*n) * runs * gate;
            gates.log2() < intercept + slope * *n as f64
        };
        let bits = (slope > 0.0).then(|| (4..MOST_BITS).find(is_worth_it)).flatten();
        let fitted = points.len() as u64;
        Ok(Crossover { rival: rival.into(), slope, slope_error, intercept, fitted, gate, bits })
    }
}

/// Gates of a run with 2n rounds; of up to [`MOST_BITS`] bits they fit in 64.
fn gates(n: u64) -> f64 {
    Beauregard::banded(n, 2 * n).gates as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_where_both_are_equal() {
        let operations: Vec<(u64, f64)> =
            [16, 32, 48, 62].map(|n| (n, (0.25 * n as f64).exp2())).to_vec();
        let found = Crossover::new("r", &operations, 2.0, 1.0).unwrap();
        assert!((found.slope - 0.25).abs() < 1e-12 && found.intercept.abs() < 1e-10);
        let n = found.bits.unwrap();
        let ahead = |n: u64| 2.0 * gates(n) < (0.25 * n as f64).exp2();
        assert!(ahead(n) && !ahead(n - 1), "{n}");
        let dear = Crossover::new("r", &operations, 2.0, 1e3).unwrap();
        assert!(dear.bits.unwrap() > n + 30);
        let because = Crossover::new("r", &operations[..2], 2.0, 1.0).unwrap_err();
        assert!(because.contains("2 sizes") && because.contains("16 bits"), "{because}");
        let none = Crossover::new("r", &[], 2.0, 1.0).unwrap_err();
        assert!(none.contains("of no size from 16 bits on: a line"), "{none}");
        let near = [20, 21, 27].map(|n| (n, 1e3));
        let because = Crossover::new("r", &near, 2.0, 1.0).unwrap_err();
        assert!(because.contains("3 sizes") && because.contains("span 7 bits"), "{because}");
    }

    #[test]
    fn the_error_of_a_slope_is_that_of_a_regression() {
        // Residuals 1/3, -2/3, 1/3 about a line with the slope 0; Σ(x - 24)² = 128.
        let operations = [(16, 4.0), (24, 2.0), (32, 4.0)];
        let found = Crossover::new("r", &operations, 1.0, 1.0).unwrap();
        let expected = (6.0f64 / 9.0 / 128.0).sqrt();
        assert!((found.slope_error - expected).abs() < 1e-12, "{found:?}");
        assert_eq!((found.slope, found.bits), (0.0, None));
    }

    #[test]
    fn far_crossovers_overflow_nothing() {
        // Operations that grow so slowly that 100,000 bits are too few.
        let operations: Vec<(u64, f64)> = [16, 40, 62].map(|n| (n, (n as f64).powf(0.1))).to_vec();
        let found = Crossover::new("r", &operations, 1.0, 1.0).unwrap();
        assert!(found.slope > 0.0 && found.bits.is_none_or(|bits| bits > 5000), "{found:?}");
        assert!((4..MOST_BITS).step_by(999).all(|n| gates(n) < gates(n + 1)));
    }
}

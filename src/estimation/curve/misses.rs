//! The runs that decide a root mean square.

use crate::math::statistics::quantile;
use serde::Serialize;

/// An error this many times the median absolute error is a miss: of normal errors, one in 10^11 is.
pub const MISS_FACTOR: f64 = 10.0;
/// Errors below this are rounding, whatever their median.
const ROUNDING: f64 = 1e-12;

/// Estimates whose absolute error is more than ten times the median absolute error of their method, at
/// their target, on their problem. The median does not see them; a root mean square may consist of
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Misses {
    /// Their share of all estimates.
    pub share: f64,
    /// Their size: the root mean square of their errors; 0 if there are none.
    pub rmse: f64,
    /// Their share of the sum of all squared errors; 0 if there are none.
    pub share_of_mse: f64,
}

impl Misses {
    /// Of the errors of each problem.
    pub(super) fn of(errors: &[Vec<f64>]) -> Self {
        let (mut count, mut missed, mut squares, mut all) = (0u64, 0u64, 0.0, 0.0);
        for problem in errors {
            let most = (MISS_FACTOR * absolute_quantile(problem, 0.5)).max(ROUNDING);
            for error in problem {
                count += 1;
                all += error * error;
                if error.abs() > most {
                    missed += 1;
                    squares += error * error;
                }
            }
        }
        if missed == 0 {
            return Misses { share: 0.0, rmse: 0.0, share_of_mse: 0.0 };
        }
        Misses {
            share: missed as f64 / count as f64,
            rmse: (squares / missed as f64).sqrt(),
            share_of_mse: squares / all,
        }
    }

    /// Whether they are more than half of the mean square.
    pub fn decide(&self) -> bool {
        self.share_of_mse > 0.5
    }
}

/// The quantile of the absolute errors.
pub(super) fn absolute_quantile(errors: &[f64], p: f64) -> f64 {
    let mut sorted: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile(&sorted, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_are_far_from_the_median_of_their_problem() {
        let usual = |scale: f64| (1..=98).map(move |k| scale * f64::from(k % 3 + 1) * 1e-3);
        let first: Vec<f64> = usual(1.0).chain([0.3, -0.4]).collect();
        let second: Vec<f64> = usual(-100.0).chain([0.3, 0.3]).collect();
        let misses = Misses::of(&[first.clone(), second.clone()]);
        // 0.3 is usual for the second problem.
        assert_eq!(misses.share, 0.01);
        assert!((misses.rmse - 0.125f64.sqrt()).abs() < 1e-12);
        let all: f64 = first.iter().chain(&second).map(|e| e * e).sum();
        assert!((misses.share_of_mse - 0.25 / all).abs() < 1e-12);
        assert!(Misses::of(&[first]).decide() && !Misses::of(&[second]).decide());
        let none = Misses::of(&[vec![0.0, 1e-16, 0.0]]);
        assert_eq!((none.share, none.rmse, none.share_of_mse), (0.0, 0.0, 0.0));
    }
}

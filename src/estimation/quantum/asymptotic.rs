//! Asymptotic intervals, from the information or the likelihood of θ.

use crate::estimation::account::interval::{Guarantee, Interval, IntervalMethod};
use crate::math::statistics::{chi_squared_quantile, normal_quantile};
use std::f64::consts::FRAC_PI_2;

/// The interval of a from the Fisher information: θ ± z/√I(θ), cut at 0 and π/2.
pub(super) fn fisher(theta: f64, information: f64, alpha: f64) -> Interval {
    let half = normal_quantile(1.0 - alpha / 2.0) / information.sqrt();
    amplitudes(theta - half, theta + half, alpha, IntervalMethod::Fisher)
}

/// The interval of all a that the likelihood-ratio test at level α does not reject, 2(ℓ_max - ℓ) ≤
/// χ²_{1, 1-α}, from the ends of all θ whose likelihood has dropped by no more than what `hull` is
/// given.
pub(super) fn likelihood_ratio(alpha: f64, hull: impl FnOnce(f64) -> (f64, f64)) -> Interval {
    let (low, high) = hull(0.5 * chi_squared_quantile(1.0, 1.0 - alpha));
    amplitudes(low, high, alpha, IntervalMethod::LikelihoodRatio)
}

/// The asymptotic interval of a = sin²θ for θ from `low` to `high`, cut at 0 and π/2.
pub(super) fn amplitudes(low: f64, high: f64, alpha: f64, method: IntervalMethod) -> Interval {
    Interval {
        low: low.clamp(0.0, FRAC_PI_2).sin().powi(2),
        high: high.clamp(0.0, FRAC_PI_2).sin().powi(2),
        confidence: 1.0 - alpha,
        method,
        guarantee: Guarantee::Asymptotic,
    }
}

//! Numbers to learn: functions of one feature.

use super::{check_noise, check_rows};
use crate::error::Result;
use crate::learning::data::streams::{Purpose, stream};
use crate::learning::data::{DataSet, Targets};
use ndarray::Array2;
use rand::RngExt;
use rand_distr::{Distribution as _, StandardNormal};
use std::f64::consts::PI;

/// The functions that Mitarai et al., Phys. Rev. A 98, 032309 (2018) learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// x² on [-1, 1].
    Square,
    /// sin x on [-π, π].
    Sin,
    /// |x| on [-1, 1].
    Abs,
    /// e^x on [-1, 1].
    Exp,
}

impl Curve {
    /// x is from minus this to this.
    pub fn half_width(self) -> f64 {
        if self == Curve::Sin { PI } else { 1.0 }
    }

    /// The function without noise.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Curve::Square => x * x,
            Curve::Sin => x.sin(),
            Curve::Abs => x.abs(),
            Curve::Exp => x.exp(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Curve::Square => "x^2",
            Curve::Sin => "sin",
            Curve::Abs => "abs",
            Curve::Exp => "exp",
        }
    }
}

/// Rows with one feature x, uniform in the range of the curve, whose target is the curve's value with
/// normal noise of the standard deviation `noise`.
///
/// # Errors
/// If there is no row, the noise is negative or not finite, or the rows do not fit in memory.
pub fn curve(curve: Curve, rows: usize, noise: f64, seed: u64) -> Result<DataSet> {
    check_rows(curve.name(), rows, 1, 1)?;
    check_noise(curve.name(), noise)?;
    let (mut rng, mut errors) = (stream(seed, Purpose::Rows), stream(seed, Purpose::Noise));
    let half_width = curve.half_width();
    let x = Array2::from_shape_fn((rows, 1), |_| rng.random_range(-half_width..=half_width));
    let value = |x: &f64| {
        let normal: f64 = StandardNormal.sample(&mut errors);
        curve.value(*x) + noise * normal
    };
    let values = x.iter().map(value).collect();
    DataSet::new(x, Targets::Values(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::data::Task;

    fn values(data: &DataSet) -> &[f64] {
        match data.targets() {
            Targets::Values(values) => values,
            Targets::Classes { .. } => panic!("no values"),
        }
    }

    #[test]
    fn curves_are_their_functions() {
        type Function = fn(f64) -> f64;
        let curves: [(Curve, f64, Function); 4] = [
            (Curve::Square, 1.0, |x| x.powi(2)),
            (Curve::Sin, PI, f64::sin),
            (Curve::Abs, 1.0, f64::abs),
            (Curve::Exp, 1.0, f64::exp),
        ];
        for (kind, half_width, function) in curves {
            let data = curve(kind, 200, 0.0, 4).unwrap();
            assert_eq!((data.task(), data.num_features()), (Task::Regression, 1));
            for (x, y) in data.features().iter().zip(values(&data)) {
                assert!((y - function(*x)).abs() < 1e-15);
            }
            let reach = |sign: f64| data.features().iter().map(|x| sign * x).fold(0.0, f64::max);
            for reached in [reach(1.0), reach(-1.0)] {
                assert!(reached <= half_width && reached > 0.9 * half_width);
            }
            // The same points with noise of its size, and of mean 0 within 4 standard errors.
            let noisy = curve(kind, 2000, 0.2, 4).unwrap();
            assert_eq!(noisy.features()[(7, 0)], data.features()[(7, 0)]);
            let errors: Vec<f64> = (noisy.features().iter().zip(values(&noisy)))
                .map(|(x, y)| y - function(*x))
                .collect();
            let mean = errors.iter().sum::<f64>() / 2000.0;
            let square = errors.iter().map(|e| e * e).sum::<f64>() / 2000.0;
            assert!(mean.abs() < 0.018 && (square.sqrt() / 0.2 - 1.0).abs() < 0.07);
        }
    }

    #[test]
    fn refusals() {
        let says = |rows, noise| curve(Curve::Sin, rows, noise, 0).unwrap_err().to_string();
        assert!(says(0, 0.1).contains("rows of sin is 0; it must be at least 1"));
        assert!(says(5, f64::NAN).contains("noise of sin is NaN;"));
    }
}

//! A mean with its error.

use std::fmt;

/// The mean of an observable as something found it: exactly, from shots, or from trajectories of a noisy circuit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// The variance of this mean, estimated from the same shots or trajectories; 0 where it is exact. (That of a
    /// single measurement is [`Expectation::variance`](super::Expectation::variance).)
    pub variance_of_mean: f64,
    /// Shots taken; 0 where it is exact, or from trajectories, which are no measurements.
    pub shots: u64,
}

impl Estimate {
    /// A value without error, from no shots.
    pub fn exact(value: f64) -> Self {
        Estimate { value, ..Estimate::default() }
    }

    /// √(variance of the mean).
    pub fn standard_error(&self) -> f64 {
        self.variance_of_mean.sqrt()
    }

    /// Whether it is no estimate but the mean itself.
    pub fn is_exact(&self) -> bool {
        self.shots == 0 && self.variance_of_mean == 0.0
    }
}

/// An exact value.
impl From<f64> for Estimate {
    fn from(value: f64) -> Self {
        Estimate::exact(value)
    }
}

/// The mean with its standard error, and the shots.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} ± {:.6} ({} shots)", self.value, self.standard_error(), self.shots)
    }
}

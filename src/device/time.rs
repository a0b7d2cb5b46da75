//! Lengths of time, of delays.

use crate::circuit::{Duration, TimeUnit};
use crate::error::{Error, Result};

/// How many of a unit are a second. Numbers are divided by it, so that 35 ns are the nearest number
/// to 35e-9 s.
fn per_second(unit: TimeUnit) -> f64 {
    match unit {
        TimeUnit::Dt | TimeUnit::S => 1.0,
        TimeUnit::Ms => 1e3,
        TimeUnit::Us => 1e6,
        TimeUnit::Ns => 1e9,
    }
}

/// Seconds of a duration, where a sample of the device's electronics takes `dt`.
pub(super) fn seconds(duration: &Duration, dt: Option<f64>) -> Result<f64> {
    match (duration.unit, dt) {
        (TimeUnit::Dt, Some(dt)) => Ok(duration.value * dt),
        (TimeUnit::Dt, None) => Err(Error::Invalid {
            what: "a delay under a noise model".into(),
            value: format!("{} dt", duration.value),
            expected: "the model does not say how long a dt is: set it with `NoiseModel::set_dt`, \
                       or `dt` in its file"
                .into(),
        }),
        (unit, _) => Ok(duration.value / per_second(unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_need_their_length() {
        let dt = Duration { value: 160.0, unit: TimeUnit::Dt };
        assert!((seconds(&dt, Some(2.0e-9 / 9.0)).unwrap() - 35.555_555e-9).abs() < 1e-14);
        assert!(seconds(&dt, None).unwrap_err().to_string().contains("set_dt"));
    }
}

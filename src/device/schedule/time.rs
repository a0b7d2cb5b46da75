//! Lengths of time, of delays.

use crate::circuit::{Duration, TimeUnit};
use crate::error::{Error, Result, shown};

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

/// Longest delay, in seconds: as long as any operation may take.
const MAX_S: f64 = 1e6;

/// Seconds of a duration, where a sample of the device's electronics takes `dt`.
pub(in crate::device) fn seconds(duration: &Duration, dt: Option<f64>) -> Result<f64> {
    let refused = |value: String, expected: String| Error::Invalid {
        what: "a delay under a noise model".into(),
        value,
        expected,
    };
    let seconds = match (duration.unit, dt) {
        (TimeUnit::Dt, Some(dt)) => duration.value * dt,
        (TimeUnit::Dt, None) => {
            let expected = "the model does not say how long a dt is: set it with `NoiseModel::set_dt`, \
                            or `dt` in its file";
            return Err(refused(format!("{} dt", duration.value), expected.into()));
        }
        (unit, _) => duration.value / per_second(unit),
    };
    match (0.0..=MAX_S).contains(&seconds) {
        true => Ok(seconds),
        false => {
            let expected = format!("it is from 0 to {} s: more than any experiment", shown(MAX_S));
            Err(refused(format!("{} s", shown(seconds)), expected))
        }
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

    #[test]
    fn delays_longer_than_any_experiment_are_refused() {
        for (value, unit) in [(1e300, TimeUnit::S), (1.1e15, TimeUnit::Ns), (1e300, TimeUnit::Dt)] {
            let error = seconds(&Duration { value, unit }, Some(1e-9)).unwrap_err().to_string();
            assert!(error.contains("a delay") && error.contains("from 0 to 1000000 s"), "{error}");
        }
        assert_eq!(seconds(&Duration { value: 1e15, unit: TimeUnit::Ns }, None).unwrap(), 1e6);
    }
}

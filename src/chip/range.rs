//! Numbers of users that must be finite and within limits.

use crate::error::{Error, Result, shown};

/// A finite number.
pub(super) fn finite(what: &str, value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(Error::NotFinite { what: what.into(), value }) }
}

/// A finite number from `low` to `high`, both allowed; `unit` is that of all three.
pub(super) fn within(what: &str, value: f64, (low, high): (f64, f64), unit: &str) -> Result<f64> {
    finite(what, value)?;
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(Error::Invalid {
        what: what.into(),
        value: with_unit(value, unit),
        expected: format!("it must be from {} to {}", shown(low), with_unit(high, unit)),
    })
}

/// A number that is not allowed, and what is.
pub(super) fn refused(what: &str, value: f64, unit: &str, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: with_unit(value, unit), expected: expected.into() }
}

fn with_unit(value: f64, unit: &str) -> String {
    if unit.is_empty() { shown(value) } else { format!("{} {unit}", shown(value)) }
}

//! How long a qubit keeps its state.

use crate::chip::range::{refused, within};
use crate::error::Result;

/// T1 and T2 of a qubit, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lifetimes {
    /// T1 in µs; without it nothing decays.
    pub t1_us: Option<f64>,
    /// T2 in µs, at most 2 T1, which it is where it is not given.
    pub t2_us: Option<f64>,
}

impl Lifetimes {
    /// T1 and T2 in µs, infinite where none is given; T2 is 2 T1 where it alone is not.
    fn times_us(&self, whose: &str) -> Result<(f64, f64)> {
        let limits = (1e-3, 1e9);
        let t1 = match self.t1_us {
            Some(t1) => within(&format!("T1 of the {whose}"), t1, limits, "us")?,
            None => f64::INFINITY,
        };
        let Some(t2) = self.t2_us else { return Ok((t1, 2.0 * t1)) };
        let what = format!("T2 of the {whose}");
        within(&what, t2, limits, "us")?;
        if t2 > 2.0 * t1 * (1.0 + 1e-12) {
            let expected = format!("it cannot exceed 2 T1, {} us", 2.0 * t1);
            return Err(refused(&what, t2, "us", expected));
        }
        Ok((t1, t2))
    }

    /// 1 minus the process fidelity of an idle time.
    pub(super) fn process_loss(&self, whose: &str, ns: f64) -> Result<f64> {
        let (t1, t2) = self.times_us(whose)?;
        let lost = |us: f64| -(-1e-3 * ns / us).exp_m1();
        Ok(0.25 * (lost(t1) + 2.0 * lost(t2)))
    }
}

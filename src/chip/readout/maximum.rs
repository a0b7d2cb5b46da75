//! The maximum of a function of a positive number.

use crate::error::Result;

/// (√5 - 1)/2.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The x in low..high, both positive, with the largest value of a function with one maximum: a scan in
/// the logarithm, then golden sections to `precision` of x.
pub(super) fn maximum(
    low: f64,
    high: f64,
    scan: usize,
    precision: f64,
    mut f: impl FnMut(f64) -> Result<f64>,
) -> Result<f64> {
    let (from, to) = (low.ln(), high.ln());
    let at = |k: usize| from + (to - from) * k as f64 / (scan - 1) as f64;
    let (mut best, mut most) = (0, f64::NEG_INFINITY);
    for k in 0..scan {
        let value = f(at(k).exp())?;
        if value > most {
            (best, most) = (k, value);
        }
    }
    let (mut a, mut d) = (at(best.saturating_sub(1)), at((best + 1).min(scan - 1)));
    let (mut b, mut c) = (d - GOLDEN * (d - a), a + GOLDEN * (d - a));
    let (mut at_b, mut at_c) = (f(b.exp())?, f(c.exp())?);
    while d - a > precision {
        if at_b > at_c {
            (d, c, at_c) = (c, b, at_b);
            b = d - GOLDEN * (d - a);
            at_b = f(b.exp())?;
        } else {
            (a, b, at_b) = (b, c, at_c);
            c = a + GOLDEN * (d - a);
            at_c = f(c.exp())?;
        }
    }
    Ok((0.5 * (a + d)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maximum_is_found() {
        let found = maximum(1e-3, 1e5, 24, 1e-7, |x| Ok(-(x / 37.0f64).ln().powi(2))).unwrap();
        assert!((found / 37.0 - 1.0).abs() < 1e-6, "{found}");
    }
}

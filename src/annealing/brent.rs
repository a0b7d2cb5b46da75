//! The minimum of a function of one variable.

use crate::error::Result;

/// Golden sections with parabolic steps where these converge (Brent, Algorithms for Minimization
/// without Derivatives, 1973, chapter 5). Starts from a point inside of the bracket whose value is
/// known, and returns the lowest point met.
pub(super) fn minimum(
    (mut low, mut high): (f64, f64),
    start: (f64, f64),
    width: f64,
    most_calls: usize,
    mut of: impl FnMut(f64) -> Result<f64>,
) -> Result<(f64, f64)> {
    let golden = 0.5 * (3.0 - 5f64.sqrt());
    // The lowest three points, lowest first.
    let (mut x, mut w, mut v) = (start, start, start);
    let (mut step, mut before) = (0.0f64, 0.0f64);
    for _ in 0..most_calls {
        let middle = 0.5 * (low + high);
        if (x.0 - middle).abs() + 0.5 * (high - low) <= 2.0 * width {
            break;
        }
        let mut section = true;
        if before.abs() > width {
            // A parabola through the three points.
            let r = (x.0 - w.0) * (x.1 - v.1);
            let q = (x.0 - v.0) * (x.1 - w.1);
            let p = (x.0 - v.0) * q - (x.0 - w.0) * r;
            let q = 2.0 * (q - r);
            let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
            let inside = p > q * (low - x.0) && p < q * (high - x.0);
            if inside && p.abs() < (0.5 * q * before).abs() {
                (before, step) = (step, p / q);
                let u = x.0 + step;
                if u - low < 2.0 * width || high - u < 2.0 * width {
                    step = width.copysign(middle - x.0);
                }
                section = false;
            }
        }
        if section {
            before = if x.0 < middle { high - x.0 } else { low - x.0 };
            step = golden * before;
        }
        let u = x.0 + if step.abs() >= width { step } else { width.copysign(step) };
        let u = (u, of(u)?);
        if u.1 <= x.1 {
            if u.0 < x.0 {
                high = x.0
            } else {
                low = x.0
            }
            (v, w, x) = (w, x, u);
        } else {
            if u.0 < x.0 {
                low = u.0
            } else {
                high = u.0
            }
            if u.1 <= w.1 || w.0 == x.0 {
                (v, w) = (w, u);
            } else if u.1 <= v.1 || v.0 == x.0 || v.0 == w.0 {
                v = u;
            }
        }
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_minima_with_few_calls() {
        let hyperbola = |x: f64| ((x - 0.3).powi(2) + 1e-4).sqrt();
        let kink = |x: f64| (x - 0.61).abs();
        let falling = |x: f64| 1.0 - x;
        let cases: [(&dyn Fn(f64) -> f64, f64); 3] =
            [(&hyperbola, 0.3), (&kink, 0.61), (&falling, 1.0)];
        for (function, place) in cases {
            let mut calls = 0;
            let found = minimum((0.0, 1.0), (0.4, function(0.4)), 1e-5, 60, |x| {
                calls += 1;
                Ok(function(x))
            });
            let (x, value) = found.unwrap();
            assert!((x - place).abs() < 1e-4 && value == function(x), "{x} {place}");
            assert!(calls < 40, "{calls}");
        }
    }
}

//! Integrals by the rule of Gauss and Legendre.

use std::f64::consts::PI;
use std::sync::OnceLock;

/// Points of the rule on one piece.
const POINTS: usize = 16;

/// Points in (-1, 1) and weights, by Newton's method on the Legendre polynomial (Press et al.,
/// Numerical Recipes, section 4.6).
fn rule() -> &'static [(f64, f64); POINTS] {
    static RULE: OnceLock<[(f64, f64); POINTS]> = OnceLock::new();
    RULE.get_or_init(|| {
        let n = POINTS as f64;
        std::array::from_fn(|k| {
            let mut x = (PI * (k as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..20 {
                let (mut p, mut before) = (1.0, 0.0);
                for j in 1..=POINTS {
                    let j = j as f64;
                    (p, before) = (((2.0 * j - 1.0) * x * p - (j - 1.0) * before) / j, p);
                }
                slope = n * (x * p - before) / (x * x - 1.0);
                x -= p / slope;
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
    })
}

/// Points and weights from 0 to `end`, in so many equal pieces.
pub(super) fn nodes(end: f64, pieces: usize) -> Vec<(f64, f64)> {
    let half = 0.5 * end / pieces as f64;
    let of = |piece: usize| {
        let middle = (2 * piece + 1) as f64 * half;
        rule().iter().map(move |&(x, w)| (middle + half * x, half * w))
    };
    (0..pieces).flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_up_to_degree_31_are_exact() {
        let integral =
            |power: i32| -> f64 { nodes(1.5, 1).iter().map(|(x, w)| w * x.powi(power)).sum() };
        for power in [0, 1, 8, 31] {
            let exact = 1.5f64.powi(power + 1) / f64::from(power + 1);
            assert!((integral(power) / exact - 1.0).abs() < 1e-13, "{power}");
        }
        let exponential: f64 = nodes(30.0, 8).iter().map(|(x, w)| w * (-x).exp()).sum();
        assert!((exponential - 1.0).abs() < 1e-12);
    }
}

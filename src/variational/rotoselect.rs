//! The energy along one excitation, exactly.
//!
//! exp(θ(T - T†)) of a fermionic excitation has the generator's eigenvalues 0 and ±i, so the energy is
//! a trigonometric polynomial of order 2 in θ, which five values fix (ExcitationSolve: Jäger et al.
//! 2024, arXiv:2409.05939; for Pauli rotations Rotoselect: Ostaszewski, Grant & Benedetti 2021).

use std::f64::consts::TAU;

/// Values that fix the polynomial, at the angles 2πk/5.
pub(super) const SAMPLES: usize = 5;

/// The angle of sample `k`.
pub(super) fn sample_angle(k: usize) -> f64 {
    TAU * k as f64 / SAMPLES as f64
}

/// a₀ + a₁ cos θ + b₁ sin θ + a₂ cos 2θ + b₂ sin 2θ.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecondOrder {
    a: [f64; 3],
    b: [f64; 3],
}

impl SecondOrder {
    /// Through the values at the sample angles.
    pub fn through(values: [f64; SAMPLES]) -> Self {
        let (mut a, mut b) = ([0.0; 3], [0.0; 3]);
        for m in 0..3 {
            let weight = if m == 0 { 0.2 } else { 0.4 };
            for (k, value) in values.iter().enumerate() {
                let (sin, cos) = (m as f64 * sample_angle(k)).sin_cos();
                a[m] += weight * value * cos;
                b[m] += weight * value * sin;
            }
        }
        SecondOrder { a, b }
    }

    /// The value and its first and second derivative.
    fn at(&self, theta: f64) -> (f64, f64, f64) {
        let (mut value, mut first, mut second) = (self.a[0], 0.0, 0.0);
        for m in 1..3 {
            let order = m as f64;
            let (sin, cos) = (order * theta).sin_cos();
            let wave = self.a[m] * cos + self.b[m] * sin;
            value += wave;
            first += order * (self.b[m] * cos - self.a[m] * sin);
            second -= order * order * wave;
        }
        (value, first, second)
    }

    /// Where it is lowest, in (-π, π], and its value there.
    pub fn minimum(&self) -> (f64, f64) {
        // The grid is fine enough to lie in the basin of the lowest of at most two minima.
        const GRID: usize = 64;
        let on_grid = (0..GRID).map(|k| TAU * k as f64 / GRID as f64);
        let mut theta = on_grid
            .min_by(|x, y| self.at(*x).0.total_cmp(&self.at(*y).0))
            .expect("the grid has points");
        let mut value = self.at(theta).0;
        for _ in 0..20 {
            let (_, first, second) = self.at(theta);
            let next = theta - first / second;
            // Newton's step, as long as it descends.
            if !(second > 0.0 && self.at(next).0 < value) {
                break;
            }
            (theta, value) = (next, self.at(next).0);
        }
        (if theta > TAU / 2.0 { theta - TAU } else { theta }, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_fixed_by_five_values() {
        let f = |t: f64| {
            0.3 - 0.7 * t.cos() + 0.2 * t.sin() + 0.9 * (2.0 * t).cos() - 0.4 * (2.0 * t).sin()
        };
        let p = SecondOrder::through(std::array::from_fn(|k| f(sample_angle(k))));
        for k in 0..20 {
            let t = 0.37 * f64::from(k);
            assert!((p.at(t).0 - f(t)).abs() < 1e-14);
        }
        let (theta, value) = p.minimum();
        let grid = (0..100_000).map(|k| f(TAU * f64::from(k) / 1e5)).fold(f64::INFINITY, f64::min);
        assert!(value <= grid && value > grid - 1e-8 && (f(theta) - value).abs() < 1e-14);
        // ½ cos 2θ: the maximum at 0 has no derivative.
        let p = SecondOrder::through(std::array::from_fn(|k| 0.5 * (2.0 * sample_angle(k)).cos()));
        let (theta, value) = p.minimum();
        assert!((theta.abs() - TAU / 4.0).abs() < 1e-9 && (value + 0.5).abs() < 1e-14);
        let (_, flat) = SecondOrder::through([2.0; 5]).minimum();
        assert!((flat - 2.0).abs() < 1e-14);
    }
}

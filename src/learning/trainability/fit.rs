//! How fast variances fall.

use crate::math::statistics::{normal_quantile, student_quantile};
use std::f64::consts::LN_2;

/// What a variance is followed along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Against {
    /// The number of qubits, at one depth.
    Qubits,
    /// The depth, at one number of qubits.
    Depth,
}

impl Against {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Against::Qubits => "qubits",
            Against::Depth => "depth",
        }
    }
}

/// A straight line through points with errors, by weighted least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Slope.
    pub slope: f64,
    /// Of the slope: that which the points' own errors give, times √(χ²/degrees) where the points scatter
    /// more than these say (R. T. Birge, Phys. Rev. 40, 207 (1932)).
    pub standard_error: f64,
    /// Value at 0.
    pub intercept: f64,
    /// Where the slope is with 95 %: by Student's t of the degrees of freedom where the scatter decides the
    /// error, else by the normal law.
    pub interval: (f64, f64),
    /// Σ ((y - line)/σ)².
    pub chi_squared: f64,
    /// Points less two.
    pub degrees: usize,
}

impl Line {
    /// Through at least two points (x, y, σ of y) with different x and positive σ; `None` of others.
    ///
    /// ```
    /// use ketlab::learning::trainability::Line;
    /// let line = Line::through(&[(0.0, 1.0, 0.1), (1.0, 3.0, 0.1), (2.0, 5.0, 0.2)]).unwrap();
    /// assert!((line.slope - 2.0).abs() < 1e-12 && (line.intercept - 1.0).abs() < 1e-12);
    /// ```
    pub fn through(points: &[(f64, f64, f64)]) -> Option<Self> {
        let degrees = points.len().checked_sub(2)?;
        let usable = |&(x, y, sigma): &(f64, f64, f64)| {
            x.is_finite() && y.is_finite() && sigma.is_finite() && sigma > 0.0
        };
        if !points.iter().all(usable) {
            return None;
        }
        let weighted = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            points.iter().map(|&(x, y, sigma)| f(x, y) / (sigma * sigma)).sum()
        };
        let total = weighted(&|_, _| 1.0);
        let (mx, my) = (weighted(&|x, _| x) / total, weighted(&|_, y| y) / total);
        let sxx = weighted(&|x, _| (x - mx).powi(2));
        let spread = points.iter().map(|p| (p.0 - mx).abs()).fold(0.0, f64::max);
        if spread <= 1e-12 * mx.abs().max(1.0) {
            return None;
        }
        let slope = weighted(&|x, y| (x - mx) * (y - my)) / sxx;
        let intercept = my - slope * mx;
        let chi_squared = weighted(&|x, y| (y - intercept - slope * x).powi(2));
        let scatter = chi_squared / degrees.max(1) as f64;
        let (stretch, quantile) = match degrees > 0 && scatter > 1.0 {
            true => (scatter.sqrt(), student_quantile(degrees as f64, 0.975)),
            false => (1.0, normal_quantile(0.975)),
        };
        let standard_error = stretch / sxx.sqrt();
        let half = quantile * standard_error;
        let interval = (slope - half, slope + half);
        Some(Line { slope, standard_error, intercept, interval, chi_squared, degrees })
    }

    /// The line's value.
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// log₂ of a variance as a straight line in x (an exponential law) and in log₂ x (a power law).
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// What x is.
    pub against: Against,
    /// The depth, or the number of qubits, that all points have.
    pub at: usize,
    /// Points that were fitted.
    pub points: usize,
    /// Points that were not: their variance, or its error, is that of rounding.
    pub left_out: usize,
    /// log₂ of the variance by x: -1 by qubit says that it halves with each.
    pub exponential: Line,
    /// log₂ of the variance by log₂ x: -2 says that it falls as 1/x².
    pub power: Line,
}

/// Derivatives are differences of numbers of order 1, and what is less is rounding.
const ROUNDING: f64 = 1e-28;

impl Fit {
    /// Of points (x, variance, its standard error); `None` where there are fewer than two.
    pub(super) fn of(
        against: Against,
        at: usize,
        points: impl Iterator<Item = (usize, f64, f64)>,
    ) -> Option<Self> {
        let (mut usable, mut left_out) = (Vec::new(), 0);
        for (x, variance, error) in points {
            match variance > ROUNDING && error > ROUNDING {
                // d log₂ v = dv/(v ln 2)
                true => usable.push((x as f64, variance.log2(), error / (variance * LN_2))),
                false => left_out += 1,
            }
        }
        let logarithmic: Vec<_> = usable.iter().map(|&(x, y, s)| (x.log2(), y, s)).collect();
        Some(Fit {
            against,
            at,
            points: usable.len(),
            left_out,
            exponential: Line::through(&usable)?,
            power: Line::through(&logarithmic)?,
        })
    }

    /// Whether the exponential law lies nearer to the points; `None` of fewer than three, which cannot
    /// tell.
    pub fn is_exponential(&self) -> Option<bool> {
        (self.points > 2).then_some(self.exponential.chi_squared <= self.power.chi_squared)
    }

    /// The variance that the exponential law has at x.
    pub fn variance_at(&self, x: f64) -> f64 {
        self.exponential.at(x).exp2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::{Rng, RngExt};

    /// A normal number: Box and Muller's.
    fn normal(rng: &mut impl Rng) -> f64 {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    #[test]
    fn weights_are_those_of_numpy() {
        // numpy.polyfit(x, y, 1, w=1/σ, cov='unscaled'), NumPy 2.4.6.
        let line = Line::through(&[(1.0, 2.1, 0.1), (2.0, 3.9, 0.2), (4.0, 8.3, 0.4)]).unwrap();
        let (chi_squared, error): (f64, f64) = (1.142_857_142_857_142_8, 0.122_474_487_139_158_97);
        assert!((line.slope - 2.0).abs() < 1e-12, "{line:?}");
        assert!((line.intercept - 1.0 / 14.0).abs() < 1e-12, "{line:?}");
        assert!((line.chi_squared - chi_squared).abs() < 1e-12, "{line:?}");
        assert!((line.standard_error - error * chi_squared.sqrt()).abs() < 1e-12, "{line:?}");
    }

    #[test]
    fn intervals_cover_with_95_percent() {
        let cover = |misfit: f64| {
            let trials = 2000;
            let covered = (0..trials).filter(|&k| {
                let mut rng = Streams::new(8, Domain::Trainability).stream(k);
                let points: Vec<_> = (2..9)
                    .map(|x| {
                        let (x, sigma) = (f64::from(x), 0.1 + 0.02 * f64::from(x % 3));
                        (x, -1.3 * x + misfit * sigma * normal(&mut rng), sigma)
                    })
                    .collect();
                let (low, high) = Line::through(&points).unwrap().interval;
                low < -1.3 && -1.3 < high
            });
            covered.count() as f64 / trials as f64
        };
        // Errors as they are said to be: at least so much; errors that are said too small: Birge's.
        assert!((0.945..0.99).contains(&cover(1.0)), "{}", cover(1.0));
        assert!((0.93..0.97).contains(&cover(4.0)), "{}", cover(4.0));
    }

    #[test]
    fn lines_through_nothing_are_none() {
        for points in [
            &[][..],
            &[(1.0, 1.0, 1.0)],
            &[(1.0, 1.0, 1.0), (1.0, 2.0, 1.0)],
            &[(1.0, 1.0, 0.0), (2.0, 2.0, 1.0)],
            &[(1.0, f64::NAN, 1.0), (2.0, 2.0, 1.0)],
        ] {
            assert_eq!(Line::through(points), None);
        }
    }
}

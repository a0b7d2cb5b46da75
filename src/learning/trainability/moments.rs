//! Moments of samples and their errors.

use crate::math::statistics::{mean, variance};

/// What samples say of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    pub mean: f64,
    pub mean_absolute: f64,
    /// Unbiased.
    pub variance: f64,
    /// Of the variance.
    pub standard_error: f64,
    /// m₄/m₂², 3 of a normal law.
    pub kurtosis: f64,
}

impl Moments {
    /// Of at least two values. The unbiased variance s² of S values has the variance
    /// (μ₄ - σ⁴(S - 3)/(S - 1))/S (Mood, Graybill and Boes, Introduction to the Theory of Statistics, 3rd
    /// edition, theorem VI.2), in which the moments of the values stand for those of the law.
    pub fn of(values: &[f64]) -> Self {
        let (count, center, variance) = (values.len() as f64, mean(values), variance(values));
        let power = |k| values.iter().map(|v| (v - center).powi(k)).sum::<f64>() / count;
        let (second, fourth) = (power(2), power(4));
        let of_variance = fourth - variance * variance * (count - 3.0) / (count - 1.0);
        Moments {
            mean: center,
            mean_absolute: values.iter().map(|v| v.abs()).sum::<f64>() / count,
            variance,
            standard_error: (of_variance.max(0.0) / count).sqrt(),
            kurtosis: if second > 0.0 { fourth / (second * second) } else { f64::NAN },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use rand::RngExt;

    #[test]
    fn a_variance_s_error_is_its_scatter() {
        // Uniform in [-1, 1]: σ² = 1/3, μ₄ = 1/5.
        let samples = 100;
        let all: Vec<Moments> = (0..2000)
            .map(|k| {
                let mut rng = Streams::new(3, Domain::Trainability).stream(k);
                Moments::of(&Vec::from_iter((0..samples).map(|_| rng.random_range(-1.0..1.0))))
            })
            .collect();
        let found: Vec<f64> = all.iter().map(|m| m.variance).collect();
        let exact = ((0.2 - 97.0 / 99.0 / 9.0) / samples as f64).sqrt();
        assert!((variance(&found).sqrt() / exact - 1.0).abs() < 0.05);
        let said = mean(&Vec::from_iter(all.iter().map(|m| m.standard_error)));
        assert!((said / exact - 1.0).abs() < 0.02, "{said} {exact}");
        let covered =
            all.iter().filter(|m| (m.variance - 1.0 / 3.0).abs() < 1.96 * m.standard_error);
        let covered = covered.count() as f64 / all.len() as f64;
        assert!((0.92..0.97).contains(&covered), "{covered}");
        let kurtosis = mean(&Vec::from_iter(all.iter().map(|m| m.kurtosis)));
        assert!((kurtosis - 1.8).abs() < 0.05, "{kurtosis}");
    }
}

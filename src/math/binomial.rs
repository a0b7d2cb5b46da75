//! Shots that divide between two sides.

use rand::Rng;
use rand_distr::{Binomial, Distribution, Poisson};

/// Where p is less and few successes are expected, the law is Poisson's within a total variation of
/// p (Le Cam, Pacific J. Math. 10, 1181 (1960)), while 1 - p rounds.
const RARE: f64 = 1e-10;
/// Few successes: those that `rand_distr` counts one by one.
const FEW: f64 = 10.0;

/// How many of `trials` fall on the second of two sides whose probabilities are in the ratio of
/// these weights: both are given, so that a small one is not lost in 1 - p. All trials fall on a
/// side if the other has no weight. Any number of trials is possible; beyond 2⁵³ the lowest bits
/// are not random.
///
/// Panics if a weight is negative or not a number, or if none is positive.
#[track_caller]
pub fn split(trials: u64, weights: [f64; 2], rng: &mut impl Rng) -> u64 {
    let [first, second] = weights;
    let total = first + second;
    assert!(
        first >= 0.0 && second >= 0.0 && total > 0.0,
        "{first} and {second} are no weights of two sides"
    );
    if second <= first {
        successes(trials, second / total, rng)
    } else {
        trials - successes(trials, first / total, rng)
    }
}

/// A binomial number, p ≤ 1/2.
fn successes(trials: u64, p: f64, rng: &mut impl Rng) -> u64 {
    let mean = trials as f64 * p;
    if p > 0.0 && p < RARE && mean < FEW {
        // A mean so small that the law cannot be made is no success.
        return Poisson::new(mean).map_or(0, |law| law.sample(rng) as u64).min(trials);
    }
    Binomial::new(trials, p).expect("p is between 0 and 1/2").sample(rng)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams, statistics::chi_squared_quantile};

    /// χ² of how often 0, 1, … came against Poisson's law, the tail in one cell.
    fn chi_squared_of_poisson(mean: f64, found: &[u64]) -> f64 {
        let cells = (2.0 * mean) as usize + 3;
        let draws = found.len() as f64;
        let mut p: Vec<f64> = Vec::new();
        for k in 0..cells {
            p.push(if k == 0 { (-mean).exp() } else { p[k - 1] * mean / k as f64 });
        }
        p.push(1.0 - p.iter().sum::<f64>());
        let mut counts = vec![0.0; cells + 1];
        found.iter().for_each(|&k| counts[(k as usize).min(cells)] += 1.0);
        let cells = counts.iter().zip(&p).map(|(n, p)| (n - p * draws).powi(2) / (p * draws));
        cells.sum()
    }

    #[test]
    fn rare_sides_are_poisson_at_any_number_of_trials() {
        // 1 - p rounds to 1 - 2.2e-16, 1.4 times as much, or to 1.
        for (trials, p) in [(10_000_000_000_000_000, 1.6e-16), (u64::MAX, 1e-19), (1 << 40, 2e-12)]
        {
            let mean = trials as f64 * p;
            let mut rng = Streams::new(3, Domain::Sampling).stream(0);
            let mut found = Vec::new();
            for _ in 0..20_000 {
                found.push(split(trials, [1.0 - p, p], &mut rng));
                found.push(trials - split(trials, [p, 1.0 - p], &mut rng));
            }
            let least = chi_squared_of_poisson(mean, &found);
            let degrees = ((2.0 * mean) as usize + 3) as f64;
            assert!(least < chi_squared_quantile(degrees, 1.0 - 1e-6), "{trials} {p}: {least}");
        }
    }

    #[test]
    fn the_largest_numbers_divide() {
        let mut rng = Streams::new(5, Domain::Sampling).stream(0);
        for weights in [[1.0, 1.0], [0.3, 0.7], [1.0, 1e-3], [1e-30, 1.0]] {
            let p = weights[1] / (weights[0] + weights[1]);
            let n = u64::MAX as f64;
            for _ in 0..200 {
                let found = split(u64::MAX, weights, &mut rng) as f64;
                // Six standard deviations, and what a sum of 64 bits loses.
                let deviation = (n * p * (1.0 - p)).sqrt();
                assert!((found - n * p).abs() <= 6.0 * deviation + 4096.0, "{weights:?} {found}");
            }
        }
        assert_eq!(split(u64::MAX, [0.0, 1e-300], &mut rng), u64::MAX);
        assert_eq!(split(u64::MAX, [1e-300, 0.0], &mut rng), 0);
        assert_eq!(split(0, [0.5, 0.5], &mut rng), 0);
    }

    #[test]
    fn a_coin_is_binomial() {
        // Three tosses: 1, 3, 3, 1 of 8.
        let mut rng = Streams::new(1, Domain::Sampling).stream(0);
        let mut counts = [0.0; 4];
        (0..80_000).for_each(|_| counts[split(3, [0.5, 0.5], &mut rng) as usize] += 1.0);
        let expected = [10_000.0, 30_000.0, 30_000.0, 10_000.0];
        let least: f64 = counts.iter().zip(expected).map(|(n, e)| (n - e) * (n - e) / e).sum();
        assert!(least < chi_squared_quantile(3.0, 1.0 - 1e-6), "{counts:?}");
    }
}

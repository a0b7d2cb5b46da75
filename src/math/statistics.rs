//! Quantiles, intervals of a proportion, summaries of samples, straight lines.

use super::beta::{beta_quantile, regularized_beta};
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};
use statrs::function::erf::erfc;

/// The value that a standard normal variable stays below with probability `p`, 0 < p < 1.
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The probability that a standard normal variable lies between `low` and `high`, each of which may be
/// infinite; in either tail with all its digits.
pub fn normal_between(low: f64, high: f64) -> f64 {
    // P(x > a)
    let above = |a: f64| 0.5 * erfc(a * std::f64::consts::FRAC_1_SQRT_2);
    match (low, high) {
        (low, high) if low >= high => 0.0,
        (low, _) if low > 0.0 => above(low) - above(high),
        (_, high) if high < 0.0 => above(-high) - above(-low),
        _ => 1.0 - above(high) - above(-low),
    }
}

/// The value that a χ² variable of `degrees` of freedom stays below with probability `p`.
pub fn chi_squared_quantile(degrees: f64, p: f64) -> f64 {
    ChiSquared::new(degrees).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// The value that Student's t of `degrees` of freedom stays below with probability `p`.
pub fn student_quantile(degrees: f64, p: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// The probability that a variable with Student's law of so many degrees of freedom is larger than `x`.
pub fn student_above(degrees: f64, x: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |law| law.sf(x))
}

/// Trials up to which the exact interval is computed.
const MOST_EXACT: u64 = 100_000_000;

/// The exact interval of Clopper and Pearson (Biometrika 26, 404 (1934)) for the probability of a
/// success, of `successes` in `trials`: it holds the probability at least 1 - α of the time at any
/// number of trials. [0, 1] without trials. Beyond 10⁸ trials it is Chernoff's, all p with
/// n KL(k/n ‖ p) ≤ ln(2/α) (Ann. Math. Statist. 23, 493 (1952)), which promises the same and is wider.
pub fn clopper_pearson(successes: u64, trials: u64, alpha: f64) -> (f64, f64) {
    let successes = successes.min(trials);
    if trials == 0 {
        return (0.0, 1.0);
    }
    // No success: (1-p)^n = α/2.
    let none = -((0.5 * alpha).ln() / trials as f64).exp_m1();
    let failures = trials - successes;
    match (successes, failures) {
        (0, _) => return (0.0, none),
        (_, 0) => return (1.0 - none, 1.0),
        _ => {}
    }
    if trials > MOST_EXACT {
        return chernoff(successes, trials, alpha);
    }
    let end = |k: u64, rest: u64| beta_quantile(k as f64, rest as f64 + 1.0, 0.5 * alpha);
    (end(successes, failures), 1.0 - end(failures, successes))
}

/// The interval of Jeffreys' prior for the probability of a success: the α/2 quantiles of
/// Beta(k + ½, n - k + ½), but 0 without a success and 1 without a failure (Brown, Cai and DasGupta,
/// Stat. Sci. 16, 101 (2001)). Its coverage is near 1 - α in the mean over probabilities, and can be
/// less for one. [0, 1] without trials.
pub fn jeffreys(successes: u64, trials: u64, alpha: f64) -> (f64, f64) {
    let successes = successes.min(trials);
    if trials == 0 {
        return (0.0, 1.0);
    }
    let failures = trials - successes;
    let end = |k: u64, rest: u64| match k {
        0 => 0.0,
        _ => beta_quantile(k as f64 + 0.5, rest as f64 + 0.5, 0.5 * alpha),
    };
    (end(successes, failures), 1.0 - end(failures, successes))
}

/// The ends of all p with n KL(k/n ‖ p) ≤ ln(2/α), 0 < k < n.
fn chernoff(k: u64, n: u64, alpha: f64) -> (f64, f64) {
    let (n, found) = (n as f64, k as f64 / n as f64);
    let most = (2.0 / alpha).ln() / n;
    let outside = |p: f64| {
        found * (found / p).ln() + (1.0 - found) * ((1.0 - found).ln() - (-p).ln_1p()) > most
    };
    let end = |mut outer: f64| {
        let mut inner = found;
        for _ in 0..200 {
            let middle = 0.5 * (outer + inner);
            *(if outside(middle) { &mut outer } else { &mut inner }) = middle;
        }
        outer
    };
    (end(0.0), end(1.0))
}

/// The fewest trials after which [`clopper_pearson`]'s interval has at most this half-width, whatever
/// comes out: it is widest where half of the trials succeed.
pub fn clopper_pearson_trials(half_width: f64, alpha: f64) -> u64 {
    let meets = |n: u64| {
        let (low, high) = clopper_pearson(n / 2, n, alpha);
        high - low <= 2.0 * half_width
    };
    // Chernoff's interval lies within Hoeffding's (Pinsker's inequality), and the exact one within it.
    let hoeffding = ((2.0 / alpha).ln() / (2.0 * half_width * half_width)).ceil().max(1.0) as u64;
    let (mut too_few, mut enough) = match meets(MOST_EXACT) {
        true => (0, hoeffding.min(MOST_EXACT)),
        false => (MOST_EXACT, hoeffding),
    };
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        *(if meets(middle) { &mut enough } else { &mut too_few }) = middle;
    }
    enough
}

/// The half-width of Hoeffding's interval for the mean of `n` independent values in [0, 1]
/// (J. Amer. Statist. Assoc. 58, 13 (1963), theorem 2): √(ln(2/α)/2n).
pub fn hoeffding(n: u64, alpha: f64) -> f64 {
    ((2.0 / alpha).ln() / (2.0 * n as f64)).sqrt()
}

/// The probability that at least `k` of `n` independent events of probability `p` happen.
pub fn binomial_at_least(k: u64, n: u64, p: f64) -> f64 {
    match k {
        0 => 1.0,
        _ if k > n => 0.0,
        _ => regularized_beta(k as f64, (n - k) as f64 + 1.0, p.clamp(0.0, 1.0)),
    }
}

/// The arithmetic mean; NaN of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The unbiased variance; NaN of fewer than two values.
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// The quantile `p` of values in ascending order, linear between them (type 7 of Hyndman and Fan,
/// Amer. Statist. 50, 361 (1996)); NaN of nothing.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = p.clamp(0.0, 1.0) * last as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(last);
    sorted[below] + part * (sorted[above] - sorted[below])
}

/// The middle value, or the mean of the two middle ones; NaN of nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Slope and intercept of the line that minimizes the squared deviations of y; NaN where all x are
/// equal.
pub fn line_fit(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len() as f64;
    let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let sxy: f64 = points.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    let sxx: f64 = points.iter().map(|(x, _)| (x - mx).powi(2)).sum();
    let slope = if sxx > 0.0 { sxy / sxx } else { f64::NAN };
    (slope, my - slope * mx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_tables() {
        assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-9);
        assert!((chi_squared_quantile(1.0, 0.95) - 3.841458820694124).abs() < 1e-7);
        assert!((student_quantile(9.0, 0.975) - 2.2621571627409915).abs() < 1e-7);
    }

    #[test]
    fn normal_probabilities_are_those_of_tables() {
        let infinity = f64::INFINITY;
        for (low, high, expected) in [
            (-1.0, 1.0, 0.6826894921370859),
            (-infinity, 1.959963984540054, 0.975),
            (1.0, infinity, 0.15865525393145707),
            (-infinity, infinity, 1.0),
            (2.0, 1.0, 0.0),
            (10.0, infinity, 7.61985302416047e-24),
            (-infinity, -10.0, 7.61985302416047e-24),
            (-0.5, 2.0, 0.6687123293258339),
        ] {
            let found = normal_between(low, high);
            assert!((found - expected).abs() <= 1e-10 * expected, "{low} {high}: {found}");
        }
    }

    #[test]
    fn clopper_pearson_is_the_exact_interval() {
        // Its ends are where the tails of the binomial law are α/2.
        for n in [1u64, 5, 37, 1000, 20_000, 10_000_000] {
            for k in [0, 1, n / 5, n / 2, n - 1, n] {
                for alpha in [0.05, 1e-3] {
                    let (low, high) = clopper_pearson(k, n, alpha);
                    assert!((0.0..=1.0).contains(&low) && low < high && high <= 1.0);
                    if k > 0 {
                        let tail = binomial_at_least(k, n, low);
                        assert!((tail / (alpha / 2.0) - 1.0).abs() < 1e-5, "{k} {n} {low} {tail}");
                    }
                    if k < n {
                        let tail = 1.0 - binomial_at_least(k + 1, n, high);
                        assert!((tail / (alpha / 2.0) - 1.0).abs() < 1e-5, "{k} {n} {high} {tail}");
                    }
                }
            }
        }
        // scipy.stats.binomtest(20, 100).proportion_ci(0.95, 'exact'), SciPy 1.17.1.
        let (low, high) = clopper_pearson(20, 100, 0.05);
        assert!(
            (low - 0.12665555210196).abs() < 1e-9 && (high - 0.29184268908863).abs() < 1e-9,
            "{low} {high}"
        );
    }

    #[test]
    fn more_trials_than_are_exact_have_a_wider_interval() {
        let (low, high) = clopper_pearson(30_000_000, 100_000_001, 0.05);
        let half = 1.96 * (0.3f64 * 0.7 / 1e8).sqrt();
        assert!(low < 0.3 - half && low > 0.3 - 1.5 * half && high > 0.3 + half, "{low} {high}");
        for n in [8_000_000, 1_000_000_000_000, u64::MAX] {
            assert_eq!(clopper_pearson(0, n, 0.05).0, 0.0);
            assert_eq!(clopper_pearson(n, n, 0.05).1, 1.0);
            let (_, high) = clopper_pearson(1, n, 1e-12);
            assert!(high > 1.0 / n as f64 && high < 60.0 / n as f64, "{high}");
        }
    }

    #[test]
    fn trials_are_the_fewest_that_suffice() {
        let widest = |n: u64, alpha: f64| {
            let half = |k| {
                let (low, high) = clopper_pearson(k, n, alpha);
                0.5 * (high - low)
            };
            (0..=n).map(half).fold(0.0, f64::max)
        };
        for alpha in [0.9, 0.3, 0.05, 1e-3, 1e-9] {
            for half_width in [0.5, 0.3, 0.1, 0.06] {
                let n = clopper_pearson_trials(half_width, alpha);
                assert!(widest(n, alpha) <= half_width, "{n} {alpha} {half_width}");
                assert!(n == 1 || widest(n - 1, alpha) > half_width, "{n} {alpha} {half_width}");
            }
        }
        // shared/reference/reported/adversary: 402 samples give 0.04997, and 385 give 0.0510.
        let n = clopper_pearson_trials(0.05, 0.05);
        assert!((400..=402).contains(&n), "{n}");
        // Beyond the trials of the exact interval it is Chernoff's, close to Hoeffding's there.
        for half_width in [9.9e-5, 9e-5, 1e-6] {
            let n = clopper_pearson_trials(half_width, 0.05);
            let (low, high) = clopper_pearson(n / 2, n, 0.05);
            assert!(0.5 * (high - low) <= half_width * (1.0 + 1e-4), "{n} {half_width}");
            assert!(hoeffding(n, 0.05) <= half_width * 1.4, "{n} {half_width}");
        }
    }

    #[test]
    fn the_binomial_tail_is_a_sum() {
        let choose = |k: u32| (0..k).map(|j| f64::from(7 - j) / f64::from(j + 1)).product::<f64>();
        let direct: f64 =
            (3..=7).map(|k| choose(k) * 0.3f64.powi(k as i32) * 0.7f64.powi(7 - k as i32)).sum();
        assert!((binomial_at_least(3, 7, 0.3) - direct).abs() < 1e-12);
        assert_eq!(binomial_at_least(0, 7, 0.3), 1.0);
        assert_eq!(binomial_at_least(8, 7, 0.3), 0.0);
    }

    #[test]
    fn summaries_of_small_samples() {
        assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), 2.5);
        assert_eq!(quantile(&[0.0, 1.0, 2.0], 0.25), 0.5);
        assert_eq!(variance(&[1.0, 3.0]), 2.0);
        assert!(median(&[]).is_nan());
        let (slope, intercept) = line_fit(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]);
        assert!((slope - 2.0).abs() < 1e-12 && (intercept - 1.0).abs() < 1e-12);
    }
}

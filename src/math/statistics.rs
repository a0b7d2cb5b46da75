//! Quantiles, intervals of a proportion, summaries of samples, straight lines.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::{beta_reg, inv_beta_reg};

/// The value that a standard normal variable stays below with probability `p`, 0 < p < 1.
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The value that a χ² variable of `degrees` of freedom stays below with probability `p`.
pub fn chi_squared_quantile(degrees: f64, p: f64) -> f64 {
    ChiSquared::new(degrees).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// The value that Student's t of `degrees` of freedom stays below with probability `p`.
pub fn student_quantile(degrees: f64, p: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

/// The exact interval of Clopper and Pearson (Biometrika 26, 404 (1934)) for the probability of a
/// success, of `successes` in `trials`: it holds the probability at least 1 - α of the time at any
/// number of trials. [0, 1] without trials.
pub fn clopper_pearson(successes: u64, trials: u64, alpha: f64) -> (f64, f64) {
    let (k, n) = (successes.min(trials) as f64, trials as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, alpha / 2.0) };
    let high =
        if successes >= trials { 1.0 } else { 1.0 - beta_quantile(n - k, k + 1.0, alpha / 2.0) };
    (low, high)
}

/// The x with I_x(a, b) = p. A Newton step after the library's answer: it stops at about 1e-8.
fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let mut x = inv_beta_reg(a, b, p).clamp(0.0, 1.0);
    for _ in 0..2 {
        if !(x > 0.0 && x < 1.0) {
            break;
        }
        let log_density =
            (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - statrs::function::beta::ln_beta(a, b);
        let step = (beta_reg(a, b, x) - p) / log_density.exp();
        let next = x - step;
        if !(next > 0.0 && next < 1.0) || step.abs() > 0.5 * x.min(1.0 - x) {
            break;
        }
        x = next;
    }
    x
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
        _ => beta_reg(k as f64, (n - k) as f64 + 1.0, p.clamp(0.0, 1.0)),
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
    fn clopper_pearson_is_the_exact_interval() {
        // Its ends are where the tails of the binomial law are α/2.
        for n in [1u64, 5, 37, 1000, 20_000] {
            for k in [0, 1, n / 5, n / 2, n - 1, n] {
                for alpha in [0.05, 1e-3] {
                    let (low, high) = clopper_pearson(k, n, alpha);
                    assert!((0.0..=1.0).contains(&low) && low < high && high <= 1.0);
                    if k > 0 {
                        let tail = binomial_at_least(k, n, low);
                        assert!((tail / (alpha / 2.0) - 1.0).abs() < 1e-8, "{k} {n} {low} {tail}");
                    }
                    if k < n {
                        let tail = 1.0 - binomial_at_least(k + 1, n, high);
                        assert!((tail / (alpha / 2.0) - 1.0).abs() < 1e-6, "{k} {n} {high} {tail}");
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

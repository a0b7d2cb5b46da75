//! The incomplete beta function and its inverse, for as many trials as there are.

use statrs::function::beta::ln_beta;

/// Terms of the continued fraction: about 10 √(a + b) are needed.
const MAX_TERMS: u32 = 200_000;

/// I_x(a, b), the regularized incomplete beta function, by its continued fraction (Press et al.,
/// Numerical Recipes, section 6.4, after Lentz), for a, b > 0 up to about 10⁸.
pub(super) fn regularized_beta(a: f64, b: f64, x: f64) -> f64 {
    with_log_beta(a, b, ln_beta(a, b), x)
}

fn with_log_beta(a: f64, b: f64, log_beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - log_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let guard = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..MAX_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}

/// The x with I_x(a, b) = p, 0 < p < 1: Newton's method, kept within a bracket that halves where it
/// would leave it.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    let log_beta = ln_beta(a, b);
    let mean = a / (a + b);
    let deviation = (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
    // A normal variable's quantile is near; any start is right.
    let mut x = (mean + deviation * super::statistics::normal_quantile(p.max(1e-300)))
        .clamp(1e-3 * mean, 1.0 - 1e-3 * (1.0 - mean));
    for _ in 0..200 {
        let excess = with_log_beta(a, b, log_beta, x) - p;
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let log_density = (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - log_beta;
        let newton = x - excess / log_density.exp();
        // Where the quantile is many powers of ten below, halves of the exponent are faster.
        let middle =
            if low > 0.0 && high / low > 4.0 { (low * high).sqrt() } else { 0.5 * (low + high) };
        let is_newton = newton > low && newton < high;
        let next = if is_newton { newton } else { middle };
        // Newton's next step would be the square of this one.
        let last = if is_newton { 1e-8 * x.min(1.0 - x) } else { f64::EPSILON * high };
        if (next - x).abs() <= last {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases_are_closed_forms() {
        for x in [0.001, 0.2, 0.5, 0.97] {
            assert!((regularized_beta(1.0, 1.0, x) - x).abs() < 1e-14);
            assert!((regularized_beta(1.0, 7.0, x) - (1.0 - (1.0 - x).powi(7))).abs() < 1e-14);
            assert!((regularized_beta(3.0, 1.0, x) - x.powi(3)).abs() < 1e-14);
        }
        assert!((regularized_beta(40.0, 40.0, 0.5) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn quantiles_invert() {
        for n in [1.0, 10.0, 1e3, 1e5, 1e7] {
            for k in [1.0, 0.03 * n, 0.5 * n, n] {
                for p in [1e-15, 1e-6, 0.025, 0.5, 0.975] {
                    let (a, b) = (f64::max(k, 1.0), f64::max(n - k, 0.0) + 1.0);
                    let x = beta_quantile(a, b, p);
                    // ln B loses digits with n.
                    let found = regularized_beta(a, b, x);
                    assert!((found / p - 1.0).abs() < 1e-9 + 1e-13 * n, "{a} {b} {p}: {x} {found}");
                }
            }
        }
    }
}

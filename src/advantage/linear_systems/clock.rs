//! Where a clock ends.

use crate::circuit::library::ClockWindow;
use std::f64::consts::PI;

/// The probability that a clock of T = `bins` bins ends `distance` bins below an eigenphase: with
/// δ = φT - k for a phase of φ turns and bin k, |Σ_τ w_τ e^{2πiδτ/T}|²/T.
///
/// For the uniform window that is the Dirichlet kernel sin²(πδ)/(T² sin²(πδ/T)) (Nielsen and Chuang,
/// section 5.2). For the sine window the two geometric sums at δ ± ½ come to
/// (2/T²) cos²(πδ) cos²(πδ/T) sin²(π/2T) / (sin²(π(δ+½)/T) sin²(π(δ-½)/T)); the appendix of
/// arXiv:0811.3171 bounds it.
///
/// ```
/// use ketlab::advantage::linear_systems::clock_probability;
/// use ketlab::circuit::library::ClockWindow;
/// assert_eq!(clock_probability(ClockWindow::Uniform, 8, 0.0), 1.0);
/// let total: f64 = (0..8).map(|k| clock_probability(ClockWindow::Sine, 8, 2.3 - k as f64)).sum();
/// assert!((total - 1.0).abs() < 1e-14);
/// ```
pub fn clock_probability(window: ClockWindow, bins: usize, distance: f64) -> f64 {
    let bins = bins as f64;
    // The law has the period T.
    let delta = distance - bins * (distance / bins).round();
    let amplitude = match window {
        ClockWindow::Uniform => dirichlet(delta, bins),
        ClockWindow::Sine => {
            // cos(πδ) is ∓sin(π(δ ∓ ½)): the nearer of both zeros of the denominator is lifted.
            let near = delta.abs() - 0.5;
            let far = delta.abs() + 0.5;
            let half = (PI / (2.0 * bins)).sin();
            let lifted = bins * dirichlet(near, bins);
            2f64.sqrt() / bins * (PI * delta / bins).cos() * half * lifted / (PI * far / bins).sin()
        }
    };
    amplitude * amplitude
}

/// sin(πx)/(T sin(πx/T)), 1 at 0.
fn dirichlet(x: f64, bins: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    // Of x to the nearest whole number, so that whole distances are zeros.
    let part = x - x.round();
    let sine = (PI * part).sin();
    let sign = if x.round() % 2.0 == 0.0 { 1.0 } else { -1.0 };
    sign * sine / (bins * (PI * x / bins).sin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn closed_forms_are_the_sums() {
        for (window, bins) in [ClockWindow::Uniform, ClockWindow::Sine]
            .into_iter()
            .flat_map(|w| [(w, 2), (w, 8), (w, 64)])
        {
            let amplitude = |tau: usize| match window {
                ClockWindow::Uniform => (bins as f64).powf(-0.5),
                ClockWindow::Sine => {
                    (2.0 / bins as f64).sqrt() * (PI * (tau as f64 + 0.5) / bins as f64).sin()
                }
            };
            for step in 0..400 {
                // With whole and half distances among them.
                let distance = (step as f64 - 200.0) * 0.125;
                let turn = 2.0 * PI * distance / bins as f64;
                let sum: Complex64 = (0..bins)
                    .map(|tau| Complex64::from_polar(amplitude(tau), turn * tau as f64))
                    .sum();
                let expected = sum.norm_sqr() / bins as f64;
                let found = clock_probability(window, bins, distance);
                assert!(
                    (found - expected).abs() < 1e-13,
                    "{window:?} {bins} {distance}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn the_sine_window_falls_off_faster() {
        let tail = |window| clock_probability(window, 1 << 12, 100.5);
        assert!(tail(ClockWindow::Uniform) > 5e-6 && tail(ClockWindow::Sine) < 1e-8);
    }
}

//! Relaxation through the readout resonator.

use crate::error::{Error, Result};
use std::f64::consts::PI;

/// The rate in 1/µs at which a qubit loses its photon through a resonator of linewidth κ/2π to which
/// it is coupled by g/2π at a detuning Δ/2π: κ (g/Δ)² (Purcell 1946; Koch et al. 2007, PRA 76,
/// 042319, section III A). g 100 MHz, Δ 2 GHz and κ/2π 1 MHz give 63.66 µs.
///
/// To first order in (g/Δ)²: for g below some tenth of Δ. Filters of the resonator are not in it.
/// It is the rate at temperature 0: in a warm line the qubit is excited as well, and 1/T1, down and up
/// together, is coth(hf/2kT) times this, as [`CoherenceBudget`](super::CoherenceBudget) has it.
///
/// # Errors
/// If the linewidth is negative, the detuning is not at least the coupling, or a number is not finite.
pub fn purcell_rate_per_us(
    linewidth_mhz: f64,
    coupling_mhz: f64,
    detuning_ghz: f64,
) -> Result<f64> {
    for (what, value) in [
        ("the linewidth of the resonator", linewidth_mhz),
        ("the coupling to the resonator", coupling_mhz),
        ("the detuning from the resonator", detuning_ghz),
    ] {
        if !value.is_finite() {
            return Err(Error::NotFinite { what: what.into(), value });
        }
    }
    if linewidth_mhz < 0.0 {
        return Err(Error::Invalid {
            what: "the linewidth of the resonator".into(),
            value: format!("{linewidth_mhz} MHz"),
            expected: "κ/2π, not negative".into(),
        });
    }
    let ratio = 1e-3 * coupling_mhz / detuning_ghz;
    // Also where the detuning is 0.
    if ratio.is_nan() || ratio.abs() > 1.0 {
        return Err(Error::Invalid {
            what: "the detuning from the resonator".into(),
            value: format!("{detuning_ghz:.6} GHz"),
            expected: format!(
                "it must be further than the coupling of {coupling_mhz} MHz, by ten times for the formula to be \
                 good: qubit and resonator are one otherwise"
            ),
        });
    }
    Ok(2.0 * PI * linewidth_mhz * ratio * ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_time() {
        let time = 1.0 / purcell_rate_per_us(1.0, 100.0, -2.0).unwrap();
        assert!((time - 63.66).abs() < 0.005, "{time}");
    }

    /// Two coupled modes of which one decays: the exact decay of the other.
    #[test]
    fn it_is_the_decay_of_the_mode_that_is_mostly_the_qubit() {
        use nalgebra::Matrix2;
        use num_complex::Complex64;
        for (kappa, g, delta) in [(1.0f64, 40.0, 2.0), (5.0, 50.0, 1.5), (0.3, 100.0, -3.0)] {
            // Amplitudes in MHz: i d/dt (q, r) = [[Δ, g], [g, -iκ/2]] (q, r).
            let c = Complex64::new;
            let h = Matrix2::new(c(1e3 * delta, 0.0), c(g, 0.0), c(g, 0.0), c(0.0, -0.5 * kappa));
            let (trace, determinant) = (h.trace(), h.determinant());
            let root = (trace * trace - 4.0 * determinant).sqrt();
            let modes = [0.5 * (trace + root), 0.5 * (trace - root)];
            let qubit = modes
                .iter()
                .min_by(|a, b| (a.re - 1e3 * delta).abs().total_cmp(&(b.re - 1e3 * delta).abs()));
            let exact = -2.0 * qubit.unwrap().im * 2.0 * PI;
            let found = purcell_rate_per_us(kappa, g, delta).unwrap();
            assert!(
                (found / exact - 1.0).abs() < 5.0 * (1e-3 * g / delta).powi(2),
                "{found} {exact}"
            );
        }
    }

    #[test]
    fn what_is_not_dispersive_is_refused() {
        assert!(
            purcell_rate_per_us(1.0, 100.0, 0.0).unwrap_err().to_string().contains("ten times")
        );
        assert!(purcell_rate_per_us(1.0, 0.0, 0.0).is_err());
        assert!(purcell_rate_per_us(-1.0, 100.0, 2.0).is_err());
        assert!(purcell_rate_per_us(1.0, f64::NAN, 2.0).is_err());
        assert_eq!(purcell_rate_per_us(0.0, 100.0, 2.0).unwrap(), 0.0);
    }
}

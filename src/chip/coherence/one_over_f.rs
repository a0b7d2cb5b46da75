//! Dephasing by noise with the spectrum A²/|f|, of a parameter λ that the frequency depends on.

use crate::error::{Error, Result};
use std::f64::consts::PI;

/// Between which frequencies noise acts: the lowest one of the spectrum and that of the experiment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneOverF {
    /// The cut-off at low frequencies in Hz.
    pub low_frequency_hz: f64,
    /// How long an experiment takes, in µs.
    pub experiment_us: f64,
}

impl Default for OneOverF {
    /// 1 Hz and 10 µs (scqubits).
    fn default() -> Self {
        OneOverF { low_frequency_hz: 1.0, experiment_us: 10.0 }
    }
}

impl OneOverF {
    /// The rate in 1/µs of dephasing to first order, A |∂ω/∂λ| √(2 |ln ω_low t|), for the amplitude A
    /// in units of λ and ∂f/∂λ in GHz per unit (Ithier et al. 2005, PRB 72, 134519; Groszkowski et al.
    /// 2018, New J. Phys. 20, 043053; scqubits' `tphi_1_over_f`). The coherence falls as a Gaussian:
    /// this is one over the time at which it has fallen to 1/e.
    ///
    /// # Errors
    /// If a number is not finite, the amplitude is negative, or ω_low t is not between 0 and 1.
    pub fn rate_per_us(&self, amplitude: f64, slope_ghz: f64) -> Result<f64> {
        check_amplitude(amplitude)?;
        if !slope_ghz.is_finite() {
            return Err(Error::NotFinite {
                what: "the slope of the frequency".into(),
                value: slope_ghz,
            });
        }
        let phase = 2.0 * PI * self.low_frequency_hz * 1e-6 * self.experiment_us;
        if phase.is_nan() || phase <= 0.0 || phase >= 1.0 {
            return Err(Error::Invalid {
                what: "the time of the experiment over the period of the lowest noise".into(),
                value: format!("{phase} rad"),
                expected: "above 0 and below 1: the lowest frequency (1 Hz) is slow against an experiment \
                           (10 µs)"
                    .into(),
            });
        }
        Ok(1e3 * 2.0 * PI * amplitude * slope_ghz.abs() * (2.0 * phase.ln().abs()).sqrt())
    }
}

/// The rate in 1/µs of dephasing to second order, π² A² |∂²ω/∂λ²|, for ∂²f/∂λ² in GHz per square
/// of a unit: what is left at a sweet spot (Koch et al. 2007, PRA 76, 042319, section III B; Makhlin &
/// Shnirman 2004, PRL 92, 178301).
///
/// # Errors
/// If a number is not finite, or the amplitude is negative.
pub fn second_order_rate_per_us(amplitude: f64, curvature_ghz: f64) -> Result<f64> {
    check_amplitude(amplitude)?;
    if !curvature_ghz.is_finite() {
        let what = "the curvature of the frequency".into();
        return Err(Error::NotFinite { what, value: curvature_ghz });
    }
    Ok(1e3 * 2.0 * PI * PI * PI * amplitude * amplitude * curvature_ghz.abs())
}

fn check_amplitude(amplitude: f64) -> Result<()> {
    if !amplitude.is_finite() {
        return Err(Error::NotFinite {
            what: "the amplitude of the noise".into(),
            value: amplitude,
        });
    }
    if amplitude >= 0.0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the amplitude of the noise".into(),
        value: format!("{amplitude}"),
        expected:
            "not negative; 1e-6 of a flux quantum, 1e-4 of a Cooper pair, 1e-7 of the critical \
                   current are usual"
                .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::{Transmon, TunableTransmon};
    use super::*;

    #[test]
    fn times_of_scqubits() {
        // scqubits 4.3.1 in ns: tphi_1_over_f_flux of TunableTransmon(EJmax=20, EC=0.3, d=0.1,
        // flux=0.2, ng=0), tphi_1_over_f_ng of Transmon(EJ=15, EC=0.3, ng=0.25).
        let tunable = TunableTransmon::new(20.0, 0.3, 0.1).unwrap();
        let slope = tunable.frequency_slope_ghz(0.2).unwrap();
        let rate = OneOverF::default().rate_per_us(1e-6, slope).unwrap();
        assert!((1e3 / rate / 5143.199856044052 - 1.0).abs() < 1e-5, "{}", 1e3 / rate);
        let charge = |ng| Transmon::new(15.0, 0.3).unwrap().with_offset_charge(ng).unwrap();
        let slope = charge(0.25).frequency_by_charge_ghz().unwrap();
        let rate = OneOverF::default().rate_per_us(1e-4, slope).unwrap();
        assert!((1e3 / rate / 9686794.572286097 - 1.0).abs() < 1e-5, "{}", 1e3 / rate);
        // And tphi_1_over_f_cc, which takes the amplitude, meant as a part of the critical current, for
        // an energy in GHz: times EJ.
        let slope = charge(0.0).frequency_by_ej().unwrap();
        let rate = OneOverF::default().rate_per_us(1e-7, slope).unwrap();
        assert!((1e3 / rate / 1802922.6903331433 - 1.0).abs() < 1e-5, "{}", 1e3 / rate);
    }

    #[test]
    fn at_a_sweet_spot_the_second_order_is_kochs() {
        // Koch et al. 2007: T2 = ħ Φ0²/(A² π⁴ √(2 EJ EC)) at flux 0 for EJ ≫ EC.
        let (ej, ec, amplitude) = (2000.0, 0.3, 1e-5);
        let tunable = TunableTransmon::new(ej, ec, 0.0).unwrap();
        let curvature = tunable.frequency_curvature_ghz(0.0).unwrap();
        let found = second_order_rate_per_us(amplitude, curvature).unwrap();
        let expected = 1e3 * 2.0 * PI * amplitude * amplitude * PI.powi(4) * (2.0 * ej * ec).sqrt();
        assert!((found / expected - 1.0).abs() < 0.01, "{found} {expected}");
    }

    #[test]
    fn what_is_no_noise_is_refused() {
        let usual = OneOverF::default();
        assert!(usual.rate_per_us(-1e-6, 1.0).unwrap_err().to_string().contains("not negative"));
        assert!(usual.rate_per_us(1e-6, f64::NAN).is_err());
        for (low_frequency_hz, experiment_us) in
            [(0.0, 10.0), (1.0, 0.0), (1e6, 10.0), (f64::NAN, 1.0)]
        {
            assert!(OneOverF { low_frequency_hz, experiment_us }.rate_per_us(1e-6, 1.0).is_err());
        }
        assert!(second_order_rate_per_us(f64::NAN, 1.0).is_err());
        assert!(second_order_rate_per_us(1e-6, f64::INFINITY).is_err());
        assert_eq!(usual.rate_per_us(0.0, 1.0).unwrap(), 0.0);
    }
}

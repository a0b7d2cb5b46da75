//! Relaxation by loss in dielectrics: the capacitance has a resistance.

use super::super::Transmon;
use super::thermal::thermal_factor;
use crate::error::{Error, Result};
use std::f64::consts::PI;

/// The quality factor of a capacitance, 1/tan δ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum QualityFactor {
    /// The same at all frequencies.
    Constant(f64),
    /// `value · (at_ghz/f)^exponent`.
    PowerLaw {
        /// Q at that frequency.
        value: f64,
        /// The frequency in GHz.
        at_ghz: f64,
        /// How fast Q falls with frequency.
        exponent: f64,
    },
}

impl Default for QualityFactor {
    /// 10⁶ (6 GHz/f)^0.7 (Smith et al. 2020, npj Quantum Information 6, 8; as scqubits has it).
    fn default() -> Self {
        QualityFactor::PowerLaw { value: 1e6, at_ghz: 6.0, exponent: 0.7 }
    }
}

impl QualityFactor {
    /// Q at a frequency in GHz.
    ///
    /// # Errors
    /// If it is not above 0 and finite there.
    pub fn at(&self, frequency_ghz: f64) -> Result<f64> {
        let q = match *self {
            QualityFactor::Constant(q) => q,
            QualityFactor::PowerLaw { value, at_ghz, exponent } => {
                value * (at_ghz / frequency_ghz).powf(exponent)
            }
        };
        if q > 0.0 && q.is_finite() {
            return Ok(q);
        }
        Err(Error::Invalid {
            what: "the quality factor".into(),
            value: format!("{q}"),
            expected: "a number above 0, like 1e6".into(),
        })
    }
}

/// The rate in 1/µs at which levels 0 and 1 exchange population through the loss of the capacitance:
/// 16 EC · 2π/Q · coth(hf/2kT) |⟨0|n|1⟩|², down and up together, which is 1/T1. At temperature 0 and
/// EJ ≫ EC it is 2πf/Q.
///
/// scqubits' `t1_capacitive` (Groszkowski & Koch 2021, Quantum 5, 583), by golden rule from Johnson's
/// noise of the lossy capacitance.
///
/// # Errors
/// If the quality factor is not above 0, or the temperature is none.
pub fn dielectric_rate_per_us(
    transmon: &Transmon,
    quality: &QualityFactor,
    temperature_mk: f64,
) -> Result<f64> {
    let frequency = transmon.frequency_ghz();
    let element = transmon.charge_matrix(2)?[(0, 1)];
    let loss = 1e3 * 2.0 * PI * 16.0 * transmon.ec_ghz() / quality.at(frequency)?;
    Ok(loss * element * element * thermal_factor(frequency, temperature_mk)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_scqubits() {
        // scqubits 4.3.1, t1_capacitive with total=True, in ns.
        for (ng, quality, temperature, t1_ns) in SCQUBITS {
            let transmon = Transmon::new(15.0, 0.3).unwrap().with_offset_charge(ng).unwrap();
            let t1_us = 1.0 / dielectric_rate_per_us(&transmon, &quality, temperature).unwrap();
            assert!((1e3 * t1_us / t1_ns - 1.0).abs() < 1e-6, "{t1_us} {t1_ns}");
        }
    }

    const SCQUBITS: [(f64, QualityFactor, f64, f64); 3] = [
        (
            0.0,
            QualityFactor::PowerLaw { value: 1e6, at_ghz: 6.0, exponent: 0.7 },
            15.0,
            29107.462534633883,
        ),
        (
            0.25,
            QualityFactor::PowerLaw { value: 1e6, at_ghz: 6.0, exponent: 0.7 },
            15.0,
            29107.481046133922,
        ),
        (0.25, QualityFactor::Constant(1e6), 50.0, 27782.08038761087),
    ];

    #[test]
    fn of_a_deep_transmon_it_is_the_frequency_over_q() {
        // 5 GHz at Q = 10⁶: 31.8 µs.
        let transmon = Transmon::from_frequency(5.0, -0.005).unwrap();
        let rate = dielectric_rate_per_us(&transmon, &QualityFactor::Constant(1e6), 0.0).unwrap();
        assert!((1.0 / rate - 31.83).abs() < 0.05, "{}", 1.0 / rate);
        let exact = 2.0 * PI * 5.0 * 1e3 / 1e6;
        assert!((rate / exact - 1.0).abs() < 2e-3);
    }

    #[test]
    fn what_is_no_quality_is_refused() {
        let transmon = Transmon::new(15.0, 0.3).unwrap();
        for q in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(dielectric_rate_per_us(&transmon, &QualityFactor::Constant(q), 15.0).is_err());
        }
        assert!(dielectric_rate_per_us(&transmon, &QualityFactor::default(), -15.0).is_err());
    }
}

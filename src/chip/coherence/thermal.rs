//! Temperature, excited population and photons.
//!
//! h·1 GHz/k is 48 mK, so a qubit of 5 GHz has the energy of 0.24 K: at the 2 to 10 K that one reads
//! of at times it would be excited almost half of the time. The stage that qubits are at has 10 to 100 mK.

use super::super::constants::MILLIKELVIN_PER_GHZ;
use crate::error::{Error, Result};

/// P(1) of a qubit with this frequency at this temperature, 1/(1 + e^{hf/kT}): 0 at temperature 0.
///
/// ```
/// use ketlab::chip::excited_population;
/// // 5 GHz at 50 mK, and at 4 K, where no qubit works.
/// assert!((excited_population(5.0, 50.0)? - 0.00817).abs() < 1e-5);
/// assert!(excited_population(5.0, 4000.0)? > 0.48);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the frequency is not positive, the temperature is negative, or one is not finite.
pub fn excited_population(frequency_ghz: f64, temperature_mk: f64) -> Result<f64> {
    Ok(1.0 / (1.0 + ratio(frequency_ghz, temperature_mk)?.exp()))
}

/// The temperature in mK at which a qubit of this frequency has this P(1): the effective temperature
/// of a measured one.
///
/// # Errors
/// If the frequency is not positive, or the population not from 0 to below ½.
pub fn temperature_mk(frequency_ghz: f64, excited_population: f64) -> Result<f64> {
    check_frequency(frequency_ghz)?;
    if excited_population.is_nan() || !(0.0..0.5).contains(&excited_population) {
        return Err(Error::Invalid {
            what: "the excited population".into(),
            value: format!("{excited_population}"),
            expected: "from 0 to below 0.5: no temperature has more excited than not".into(),
        });
    }
    if excited_population == 0.0 {
        return Ok(0.0);
    }
    Ok(MILLIKELVIN_PER_GHZ * frequency_ghz / ((1.0 - excited_population) / excited_population).ln())
}

/// The mean number of photons of an oscillator, 1/(e^{hf/kT} - 1).
///
/// # Errors
/// As [`excited_population`].
pub fn thermal_photons(frequency_ghz: f64, temperature_mk: f64) -> Result<f64> {
    Ok(1.0 / ratio(frequency_ghz, temperature_mk)?.exp_m1())
}

/// coth(hf/2kT) = 2n̄ + 1: what a temperature multiplies exchange with an environment by.
pub(super) fn thermal_factor(frequency_ghz: f64, temperature_mk: f64) -> Result<f64> {
    Ok(1.0 / (0.5 * ratio(frequency_ghz, temperature_mk)?).tanh())
}

/// hf/kT; infinite at temperature 0.
fn ratio(frequency_ghz: f64, temperature_mk: f64) -> Result<f64> {
    check_frequency(frequency_ghz)?;
    check_temperature("the temperature", temperature_mk)?;
    Ok(MILLIKELVIN_PER_GHZ * frequency_ghz / temperature_mk)
}

fn check_frequency(ghz: f64) -> Result<()> {
    if !ghz.is_finite() {
        return Err(Error::NotFinite { what: "the frequency".into(), value: ghz });
    }
    if ghz > 0.0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the frequency".into(),
        value: format!("{ghz} GHz"),
        expected: "a number of GHz above 0".into(),
    })
}

pub(super) fn check_temperature(what: &str, mk: f64) -> Result<()> {
    if !mk.is_finite() {
        return Err(Error::NotFinite { what: what.into(), value: mk });
    }
    if (0.0..=1e9).contains(&mk) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: what.into(),
        value: format!("{mk} mK"),
        expected: "a number of mK from 0 to 1e9, 15 in a good refrigerator".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn populations_of_published_numbers() {
        let p = |temperature| excited_population(5.0, temperature).unwrap();
        assert!((p(15.0) / 1.13e-7 - 1.0).abs() < 5e-3, "{}", p(15.0));
        assert!((p(50.0) / 0.00817 - 1.0).abs() < 1e-3);
        assert!((p(100.0) / 0.0832 - 1.0).abs() < 1e-3);
        assert_eq!(p(0.0), 0.0);
        // The energy of 5 GHz is that of 0.24 K.
        assert!((5.0 * MILLIKELVIN_PER_GHZ - 239.96).abs() < 0.01);
    }

    #[test]
    fn temperatures_and_populations_are_inverse() {
        for temperature in [10.0, 35.0, 80.0, 2000.0] {
            let p = excited_population(4.7, temperature).unwrap();
            assert!((temperature_mk(4.7, p).unwrap() / temperature - 1.0).abs() < 1e-12);
            let photons = thermal_photons(4.7, temperature).unwrap();
            assert!((photons / (1.0 + 2.0 * photons) - p).abs() < 1e-14);
            let factor = thermal_factor(4.7, temperature).unwrap();
            assert!((factor / (1.0 + 2.0 * photons) - 1.0).abs() < 1e-13);
        }
        assert_eq!(temperature_mk(5.0, 0.0).unwrap(), 0.0);
        assert_eq!(thermal_photons(5.0, 0.0).unwrap(), 0.0);
        assert_eq!(thermal_factor(5.0, 0.0).unwrap(), 1.0);
    }

    #[test]
    fn what_is_no_temperature_is_refused() {
        assert!(excited_population(5.0, -1.0).unwrap_err().to_string().contains("mK"));
        assert!(excited_population(0.0, 15.0).unwrap_err().to_string().contains("above 0"));
        assert!(excited_population(5.0, f64::NAN).is_err());
        assert!(temperature_mk(5.0, 0.5).unwrap_err().to_string().contains("below 0.5"));
        assert!(temperature_mk(5.0, f64::NAN).is_err());
    }
}

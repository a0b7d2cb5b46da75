//! Circuit elements of a transmon: capacitance and charging energy, resistance of the junction,
//! critical current, inductance and Josephson energy.

use super::constants::{ELEMENTARY_CHARGE, FLUX_QUANTUM, PLANCK, VON_KLITZING_OHM};
use crate::error::{Error, Result};
use std::f64::consts::PI;

/// The gap of thin films of aluminium in µeV, at temperature 0.
pub const ALUMINIUM_GAP_UEV: f64 = 180.0;

/// EC/h in GHz of a capacitance in fF: EC = e²/2C, the charging energy of one electron. 64.567 fF
/// are 0.3 GHz.
///
/// # Errors
/// If the capacitance is not positive and finite.
pub fn charging_energy_ghz(capacitance_ff: f64) -> Result<f64> {
    let farad = 1e-15 * positive("the capacitance", capacitance_ff, "fF")?;
    Ok(1e-9 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE / (2.0 * farad * PLANCK))
}

/// The capacitance in fF of EC/h in GHz; the inverse of [`charging_energy_ghz`].
///
/// # Errors
/// If EC is not positive and finite.
pub fn capacitance_ff(ec_ghz: f64) -> Result<f64> {
    let hertz = 1e9 * positive("EC", ec_ghz, "GHz")?;
    Ok(1e15 * ELEMENTARY_CHARGE * ELEMENTARY_CHARGE / (2.0 * hertz * PLANCK))
}

/// EJ/h in GHz of a junction by its resistance in the normal state, in kΩ, and the gap of its
/// superconductor in µeV (half of what breaks a pair): EJ = Δ/8 · (h/e²)/R at temperature 0
/// (Ambegaokar & Baratoff 1963, PRL 10, 486: I_c R = πΔ/2e). The resistance at room temperature is
/// some 10 to 20 % less than that which counts, just above the transition.
///
/// # Errors
/// If one of them is not positive and finite.
pub fn josephson_energy_ghz(resistance_kohm: f64, gap_uev: f64) -> Result<f64> {
    let ohm = 1e3 * positive("the resistance", resistance_kohm, "kohm")?;
    Ok(gap_ghz(gap_uev)? / 8.0 * VON_KLITZING_OHM / ohm)
}

/// The resistance in kΩ of EJ/h in GHz; the inverse of [`josephson_energy_ghz`].
///
/// # Errors
/// If one of them is not positive and finite.
pub fn junction_resistance_kohm(ej_ghz: f64, gap_uev: f64) -> Result<f64> {
    Ok(1e-3 * gap_ghz(gap_uev)? / 8.0 * VON_KLITZING_OHM / positive("EJ", ej_ghz, "GHz")?)
}

/// The critical current in nA of EJ/h in GHz: I_c = 2π EJ/Φ0.
///
/// # Errors
/// If EJ is not positive and finite.
pub fn critical_current_na(ej_ghz: f64) -> Result<f64> {
    Ok(1e9 * 2.0 * PI * (PLANCK * 1e9 * positive("EJ", ej_ghz, "GHz")?) / FLUX_QUANTUM)
}

/// The inductance of the junction in nH at EJ/h in GHz: L_J = (Φ0/2π)²/EJ. 10.897 nH are 15 GHz.
///
/// # Errors
/// If EJ is not positive and finite.
pub fn junction_inductance_nh(ej_ghz: f64) -> Result<f64> {
    let joule = PLANCK * 1e9 * positive("EJ", ej_ghz, "GHz")?;
    Ok(1e9 * (FLUX_QUANTUM / (2.0 * PI)).powi(2) / joule)
}

/// What a relative spread of the resistance makes of the frequency by the law σ_f/f = σ_R/2R, since
/// f ≈ √(8 EJ EC) and EJ ∝ 1/R; as much a relative spread of the area does. EC, which is taken from
/// the frequency, makes it more: 0.53 instead of 0.5 at EJ/EC of 43. Exactly it is σ_R/R·EJ ∂f/∂EJ, see
/// [`Transmon::frequency_by_ej`](super::Transmon::frequency_by_ej).
///
/// # Errors
/// If it is negative or not finite.
pub fn relative_frequency_spread(relative_resistance_spread: f64) -> Result<f64> {
    if !relative_resistance_spread.is_finite() {
        let what = "the spread of the resistance".into();
        return Err(Error::NotFinite { what, value: relative_resistance_spread });
    }
    if relative_resistance_spread < 0.0 {
        return Err(Error::Invalid {
            what: "the spread of the resistance".into(),
            value: format!("{relative_resistance_spread}"),
            expected: "a standard deviation over the mean, like 0.02: not negative".into(),
        });
    }
    Ok(0.5 * relative_resistance_spread)
}

/// Δ/h in GHz.
fn gap_ghz(gap_uev: f64) -> Result<f64> {
    Ok(1e-15 * positive("the superconducting gap", gap_uev, "µeV")? * ELEMENTARY_CHARGE / PLANCK)
}

fn positive(what: &str, value: f64, unit: &str) -> Result<f64> {
    if !value.is_finite() {
        return Err(Error::NotFinite { what: what.into(), value });
    }
    // Beyond that the answer is beyond numbers, or no junction at all.
    if (1e-12..=1e12).contains(&value) {
        return Ok(value);
    }
    Err(Error::Invalid {
        what: what.into(),
        value: format!("{value} {unit}"),
        expected: match value > 0.0 {
            true => format!("from 1e-12 to 1e12 {unit}"),
            false => format!("a number of {unit} above 0"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} {b}");
    }

    #[test]
    fn elements_of_published_numbers() {
        // EC/h = 19.3702 GHz/C[fF]; EJ/h = 163.46 GHz/L[nH].
        close(charging_energy_ghz(1.0).unwrap(), 19.3702, 2e-6);
        close(capacitance_ff(0.3).unwrap(), 64.567, 1e-5);
        close(junction_inductance_nh(15.0).unwrap(), 10.897, 5e-5);
        close(junction_inductance_nh(163.46).unwrap(), 1.0, 2e-5);
        // 2e/ħ of 15 GHz · h is 30.2 nA; L_J = Φ0/2π I_c.
        let current = critical_current_na(15.0).unwrap();
        close(
            current * junction_inductance_nh(15.0).unwrap(),
            1e18 * FLUX_QUANTUM / (2.0 * PI),
            1e-14,
        );
        // Ambegaokar-Baratoff as it is usually written, I_c R = πΔ/2e.
        let ej = josephson_energy_ghz(8.0, ALUMINIUM_GAP_UEV).unwrap();
        close(critical_current_na(ej).unwrap() * 8.0, PI / 2.0 * ALUMINIUM_GAP_UEV, 1e-14);
        close(junction_resistance_kohm(ej, ALUMINIUM_GAP_UEV).unwrap(), 8.0, 1e-14);
        close(charging_energy_ghz(capacitance_ff(0.25).unwrap()).unwrap(), 0.25, 1e-15);
        assert_eq!(relative_frequency_spread(0.02).unwrap(), 0.01);
    }

    #[test]
    fn what_is_no_element_is_refused() {
        assert!(charging_energy_ghz(0.0).unwrap_err().to_string().contains("above 0"));
        assert!(capacitance_ff(f64::NAN).unwrap_err().to_string().contains("NaN"));
        assert!(josephson_energy_ghz(-8.0, 180.0).unwrap_err().to_string().contains("kohm"));
        assert!(josephson_energy_ghz(8.0, 0.0).unwrap_err().to_string().contains("gap"));
        assert!(junction_resistance_kohm(1e300, 180.0).is_err());
        assert!(relative_frequency_spread(-0.1).is_err());
        assert!(relative_frequency_spread(f64::INFINITY).is_err());
    }
}

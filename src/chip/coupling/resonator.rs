//! A qubit at a resonator.

use super::super::junction::charging_energy_ghz;
use super::super::range::{finite, refused, within};
use crate::error::Result;

const CAPACITANCE_FF: (f64, f64) = (1e-6, 1e6);
const FREQUENCY_GHZ: (f64, f64) = (1e-6, 1e3);

/// A transmon coupled to a resonator, a lumped one or what a mode of a line amounts to, by a
/// capacitance that is small beside both.
///
/// ```
/// use ketlab::chip::ResonatorCoupling;
/// let coupling = ResonatorCoupling {
///     between_ff: 5.0, qubit_ff: 70.0, resonator_ff: 400.0, qubit_ghz: 5.0, resonator_ghz: 7.0,
/// };
/// assert!((coupling.g_mhz()? - 88.39).abs() < 0.01);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResonatorCoupling {
    /// Between the transmon and the resonator, in fF.
    pub between_ff: f64,
    /// All capacitances of the transmon together, C_Σ, in fF.
    pub qubit_ff: f64,
    /// All capacitances of the resonator together, C_r, in fF.
    pub resonator_ff: f64,
    /// Frequency of the transmon, strictly its plasma frequency √(8 E_J E_C), in GHz.
    pub qubit_ghz: f64,
    /// Frequency of the resonator in GHz.
    pub resonator_ghz: f64,
}

impl ResonatorCoupling {
    fn check(&self) -> Result<()> {
        for (what, value) in [
            ("the coupling capacitance", self.between_ff),
            ("the capacitance of the qubit", self.qubit_ff),
            ("the capacitance of the resonator", self.resonator_ff),
        ] {
            within(what, value, CAPACITANCE_FF, "fF")?;
        }
        within("the frequency of the qubit", self.qubit_ghz, FREQUENCY_GHZ, "GHz")?;
        within("the frequency of the resonator", self.resonator_ghz, FREQUENCY_GHZ, "GHz")?;
        if self.between_ff >= self.qubit_ff.min(self.resonator_ff) {
            let expected = "it is a part of the capacitances of qubit and resonator, so it is less";
            return Err(refused("the coupling capacitance", self.between_ff, "fF", expected));
        }
        Ok(())
    }

    /// g = ½·C_g/√(C_Σ C_r)·√(f_q f_r) in MHz: g of [`g_of_charge_mhz`](Self::g_of_charge_mhz) with
    /// the charge of a harmonic oscillator, ⟨0|n|1⟩ = (E_J/8E_C)^¼/√2.
    ///
    /// # Errors
    /// If a capacitance is not positive, the coupling one is not the smallest, or a frequency is not
    /// positive.
    pub fn g_mhz(&self) -> Result<f64> {
        self.check()?;
        let ratio = self.between_ff / (self.qubit_ff * self.resonator_ff).sqrt();
        Ok(500.0 * ratio * (self.qubit_ghz * self.resonator_ghz).sqrt())
    }

    /// g = 2eβ V_rms ⟨0|n|1⟩/h in MHz, with β = C_g/C_Σ, V_rms = √(h f_r/2C_r) and the charge matrix
    /// element of the transmon (Koch et al., PRA 76, 042319, 2007, eq. 3.3). Its frequency plays no
    /// part. The pair of levels j and j+1 has [`Ladder::step`](super::super::Ladder::step) times that.
    ///
    /// # Errors
    /// As [`g_mhz`](Self::g_mhz); if the element is not finite.
    pub fn g_of_charge_mhz(&self, charge: f64) -> Result<f64> {
        self.check()?;
        finite("the matrix element of the charge", charge)?;
        // (2e)² h f_r/2C_r = h² f_r·4·(e²/2hC_r).
        let resonator = charging_energy_ghz(self.resonator_ff)?;
        let volts = 2.0 * (resonator * self.resonator_ghz).sqrt();
        Ok(1e3 * self.between_ff / self.qubit_ff * volts * charge.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUPLING: ResonatorCoupling = ResonatorCoupling {
        between_ff: 5.0,
        qubit_ff: 70.0,
        resonator_ff: 400.0,
        qubit_ghz: 5.0,
        resonator_ghz: 7.0,
    };

    #[test]
    fn the_charge_of_an_oscillator_gives_the_formula() {
        let ec = crate::chip::charging_energy_ghz(COUPLING.qubit_ff).unwrap();
        let charge = (COUPLING.qubit_ghz / (8.0 * ec)).sqrt() / 2f64.sqrt();
        let (a, b) = (COUPLING.g_mhz().unwrap(), COUPLING.g_of_charge_mhz(charge).unwrap());
        assert!((a / b - 1.0).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn bad_couplings_are_refused() {
        let says = |c: ResonatorCoupling| c.g_mhz().unwrap_err().to_string();
        assert!(says(ResonatorCoupling { between_ff: 80.0, ..COUPLING }).contains("80 fF"));
        assert!(says(ResonatorCoupling { between_ff: 0.0, ..COUPLING }).contains("0 fF"));
        assert!(says(ResonatorCoupling { qubit_ghz: -5.0, ..COUPLING }).contains("-5 GHz"));
    }
}

//! Two coupled qubits and a drive.

use crate::chip::Ladder;
use crate::chip::coupling::{StaticZz, static_zz};
use crate::chip::range::{finite, refused, within};
use crate::error::Result;

/// Least distance of control and target, in MHz.
const LEAST_DETUNING_MHZ: f64 = 1e-3;
/// Strongest drive, in MHz.
pub(super) const MAX_DRIVE_MHZ: f64 = 10e3;

/// Two coupled qubits, and a drive on the first at the frequency of the second.
///
/// ```
/// use ketlab::chip::{CrossResonance, Ladder};
/// let pair = CrossResonance {
///     control: Ladder::duffing(5.1, -0.33, 6)?,
///     target: Ladder::duffing(5.0, -0.33, 4)?,
///     j_mhz: 2.0,
///     drive_mhz: 50.0,
/// };
/// let exact = pair.effective()?;
/// assert!((exact.zx_mhz + 1.18872).abs() < 1e-5);
/// assert!((pair.first_order()?.zx_mhz + 1.43478).abs() < 1e-5);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CrossResonance {
    /// The qubit that is driven; 6 levels serve drives up to some Δ.
    pub control: Ladder,
    /// The qubit that turns; 4 levels serve.
    pub target: Ladder,
    /// The exchange J in MHz.
    pub j_mhz: f64,
    /// The drive's amplitude Ω in MHz.
    pub drive_mhz: f64,
}

impl CrossResonance {
    /// Δ = f_control - f_target in MHz, of the bare frequencies.
    pub fn detuning_mhz(&self) -> f64 {
        1e3 * (self.control.frequency_ghz() - self.target.frequency_ghz())
    }

    /// The anharmonicity of the control in MHz.
    ///
    /// # Errors
    /// If it has two levels.
    pub fn anharmonicity_mhz(&self) -> Result<f64> {
        Ok(1e3 * self.control.third_level("the control")?)
    }

    /// The static ZZ: that without drive.
    ///
    /// # Errors
    /// As [`static_zz`].
    pub fn static_zz(&self) -> Result<StaticZz> {
        static_zz(&self.control, &self.target, self.j_mhz)
    }

    /// Whether control and target straddle, |Δ| < |δ| with δ of the control: ZX is large. It is largest
    /// where the target is between the control's frequencies 0→1 and 1→2, so where Δ and δ have opposite
    /// signs.
    ///
    /// # Errors
    /// If the control has two levels.
    pub fn is_straddling(&self) -> Result<bool> {
        Ok(self.detuning_mhz().abs() < self.anharmonicity_mhz()?.abs())
    }

    /// Refuses what no gate is made of.
    pub(super) fn check(&self) -> Result<()> {
        self.anharmonicity_mhz()?;
        self.target.third_level("the target")?;
        finite("the exchange J", self.j_mhz)?;
        let drive = (0.0, MAX_DRIVE_MHZ);
        within("the drive", self.drive_mhz, drive, "MHz")?;
        let detuning = self.detuning_mhz();
        if self.j_mhz == 0.0 {
            let expected = "without exchange there is no cross resonance; give the coupling J";
            return Err(refused("the exchange J", 0.0, "MHz", expected));
        }
        if detuning.abs() < LEAST_DETUNING_MHZ {
            let expected = "a drive at the target's frequency would drive the control on resonance; \
                            the two need different frequencies";
            return Err(refused("the detuning of control and target", detuning, "MHz", expected));
        }
        if self.j_mhz.abs() >= detuning.abs() {
            let expected = format!(
                "it must be less than the detuning of control and target, {:.6} MHz, or the two are no \
                 qubits of their own",
                detuning
            );
            return Err(refused("the exchange J", self.j_mhz, "MHz", expected));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_gate_is_refused() {
        let pair = |control: f64, j_mhz, drive_mhz| CrossResonance {
            control: Ladder::duffing(control, -0.33, 6).unwrap(),
            target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
            j_mhz,
            drive_mhz,
        };
        for (pair, part) in [
            (pair(5.0, 2.0, 50.0), "on resonance"),
            (pair(5.1, 0.0, 50.0), "no cross resonance"),
            (pair(5.1, f64::NAN, 50.0), "finite"),
            (pair(5.1, 2.0, f64::INFINITY), "finite"),
            (pair(5.1, 2.0, -50.0), "the drive is -50 MHz"),
            (pair(5.1, 2.0, 1e9), "10000 MHz"),
            (pair(5.1, 120.0, 50.0), "less than the detuning"),
        ] {
            let message = pair.effective().unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
            assert_eq!(message, pair.first_order().unwrap_err().to_string());
            assert_eq!(message, pair.linear_in_j().unwrap_err().to_string());
        }
        let mut two = pair(5.1, 2.0, 50.0);
        assert!(two.is_straddling().unwrap());
        assert!(pair(4.9, 2.0, 50.0).is_straddling().unwrap());
        for outside in [5.4, 5.331, 4.669, 4.0] {
            assert!(!pair(outside, 2.0, 50.0).is_straddling().unwrap());
        }
        two.control = Ladder::duffing(5.1, -0.33, 2).unwrap();
        assert!(two.effective().unwrap_err().to_string().contains("at least 3"));
    }
}

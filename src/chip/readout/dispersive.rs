//! Shifts of qubit and resonator by each other, by formula.

use super::ReadoutDesign;
use crate::chip::coherence::purcell_rate_per_us;
use crate::chip::range::{finite, refused, within};
use crate::chip::regime::check_dispersive;
use crate::error::Result;

/// The dispersive regime by perturbation theory in g/Δ, Δ = f_qubit - f_resonator (Koch et al., PRA
/// 76, 042319, 2007, eqs. 3.8-3.12; Blais et al., RMP 93, 025005, 2021, section III.C).
#[derive(Debug, Clone, PartialEq)]
pub struct Dispersive {
    /// Δ in MHz.
    pub detuning_mhz: f64,
    /// χ = g²/Δ·α/(Δ+α) in MHz; the resonator moves by 2χ.
    pub chi_mhz: f64,
    /// Lamb shift of the qubit in MHz, g²/Δ: so much its frequency is higher than bare.
    pub lamb_shift_mhz: f64,
    /// ω_r' = ω_r - g²/(Δ+α), in GHz: the middle of the resonator's two frequencies.
    pub resonator_ghz: f64,
    /// n_crit = Δ²/4g²: far fewer photons may be in the resonator with the qubit in 0.
    pub critical_photons: f64,
    /// The same with the qubit in 1, ((Δ+α)²/4g² - 1)/3: of level j it is (Δ_j²/4g² - j)/(2j + 1) with
    /// the detuning Δ_j of its transition to j + 1 (Blais et al. 2021, section III.C). 0 where not even
    /// the vacuum is dispersive.
    pub critical_photons_of_one: f64,
    /// T1 by decay through the resonator, 1/(κ (g/Δ)²), in µs (Purcell), without filter, at temperature
    /// 0.
    pub purcell_t1_us: f64,
    /// What to mind, as sentences.
    pub warnings: Vec<String>,
}

impl ReadoutDesign {
    /// Refuses numbers of which there is no readout.
    pub(super) fn check(&self) -> Result<()> {
        let frequency = (1e-3, 1e3);
        within("the frequency of the qubit", self.qubit_ghz, frequency, "GHz")?;
        within("the frequency of the resonator", self.resonator_ghz, frequency, "GHz")?;
        let alpha = finite("the anharmonicity", self.anharmonicity_ghz)?;
        if alpha == 0.0 || alpha.abs() >= self.qubit_ghz {
            let expected =
                "it must not be 0, without it nothing is read, and must be less than the frequency";
            return Err(refused("the anharmonicity", alpha, "GHz", expected));
        }
        within("the coupling g", self.g_mhz, (1e-6, 1e5), "MHz")?;
        within("the linewidth kappa", self.kappa_mhz, (1e-6, 1e5), "MHz")?;
        within("the efficiency", self.efficiency, (1e-9, 1.0), "")?;
        if let Some(photons) = self.photons {
            within("the number of photons", photons, (1e-9, 1e6), "")?;
        }
        if let Some(t1) = self.t1_us {
            within("T1", t1, (1e-3, 1e9), "us")?;
        }
        self.regime()?;
        Ok(())
    }

    /// What to mind of the regime.
    fn regime(&self) -> Result<Option<String>> {
        check_dispersive(self.g_mhz, 1e3 * self.detuning_ghz(), 1e3 * self.anharmonicity_ghz)
    }

    fn detuning_ghz(&self) -> f64 {
        self.qubit_ghz - self.resonator_ghz
    }

    /// Shifts, critical photon number and Purcell decay.
    ///
    /// # Errors
    /// If a number is not finite or out of its range, or the qubit is as near to the resonator as
    /// their coupling.
    pub fn dispersive(&self) -> Result<Dispersive> {
        self.check()?;
        let (delta, alpha) = (1e3 * self.detuning_ghz(), 1e3 * self.anharmonicity_ghz);
        let g = self.g_mhz;
        let mut warnings: Vec<String> = self.regime()?.into_iter().collect();
        if delta * (delta + alpha) < 0.0 {
            warnings.push(
                "the resonator is between the qubit's two frequencies (straddling): the shift has the \
                 other sign and is large"
                    .into(),
            );
        }
        Ok(Dispersive {
            detuning_mhz: delta,
            chi_mhz: g * g / delta * alpha / (delta + alpha),
            lamb_shift_mhz: g * g / delta,
            resonator_ghz: self.resonator_ghz - 1e-3 * g * g / (delta + alpha),
            critical_photons: critical_photons(0, delta, g),
            critical_photons_of_one: critical_photons(1, delta + alpha, g),
            purcell_t1_us: 1.0 / purcell_rate_per_us(self.kappa_mhz, g, 1e-3 * delta)?,
            warnings,
        })
    }
}

impl Dispersive {
    /// The smaller of the critical numbers.
    pub fn least_critical_photons(&self) -> f64 {
        self.critical_photons.min(self.critical_photons_of_one)
    }
}

/// Of a level and the detuning of the transition above it.
fn critical_photons(level: u8, detuning: f64, g: f64) -> f64 {
    let j = f64::from(level);
    (((detuning / (2.0 * g)).powi(2) - j) / (2.0 * j + 1.0)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> ReadoutDesign {
        ReadoutDesign::new(5.0, -0.3, 7.0, 100.0, 1.0)
    }

    #[test]
    fn reference_values() {
        let found = design().dispersive().unwrap();
        assert!((found.chi_mhz + 0.65217).abs() < 5e-6, "{found:?}");
        assert!((found.critical_photons - 100.0).abs() < 1e-9);
        assert!((found.purcell_t1_us - 63.66).abs() < 5e-3, "{found:?}");
        assert!((found.lamb_shift_mhz + 5.0).abs() < 1e-12);
        // With the qubit in 0 the resonator is at f_r - g²/Δ.
        let in_0 = 1e3 * (found.resonator_ghz - 7.0) - found.chi_mhz;
        assert!((in_0 - 5.0).abs() < 1e-9, "{in_0}");
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn fewer_photons_are_critical_with_the_qubit_in_1() {
        // 2300²/(4·100²) = 132.25.
        let found = design().dispersive().unwrap();
        assert!((found.critical_photons_of_one - 131.25 / 3.0).abs() < 1e-9, "{found:?}");
        // A resonator below the qubit is near to 1-2: 500²/4·60², and (170²/4·60² - 1)/3.
        let below = ReadoutDesign::new(5.0, -0.33, 4.5, 60.0, 1.0).dispersive().unwrap();
        assert!((below.critical_photons - 17.361).abs() < 1e-3, "{below:?}");
        assert!((below.critical_photons_of_one - 0.33565).abs() < 1e-5, "{below:?}");
        assert_eq!(below.least_critical_photons(), below.critical_photons_of_one);
        let none = ReadoutDesign { g_mhz: 100.0, ..ReadoutDesign::new(5.0, -0.33, 4.5, 60.0, 1.0) };
        assert_eq!(none.dispersive().unwrap().critical_photons_of_one, 0.0);
    }

    #[test]
    fn straddling_and_strong_coupling_are_named() {
        let straddling = ReadoutDesign { resonator_ghz: 4.85, g_mhz: 10.0, ..design() };
        let found = straddling.dispersive().unwrap();
        assert!(found.chi_mhz > 0.0 && found.warnings[0].contains("straddling"), "{found:?}");
        let strong = ReadoutDesign { g_mhz: 300.0, ..design() }.dispersive().unwrap();
        assert!(strong.warnings[0].contains("0.184"), "{strong:?}");
    }

    #[test]
    fn what_is_no_readout_is_refused() {
        let base = design();
        for (bad, part) in [
            (ReadoutDesign { g_mhz: 0.0, ..base.clone() }, "the coupling g is 0 MHz"),
            (ReadoutDesign { g_mhz: f64::NAN, ..base.clone() }, "finite"),
            (ReadoutDesign { kappa_mhz: 0.0, ..base.clone() }, "kappa is 0 MHz"),
            (ReadoutDesign { kappa_mhz: -1.0, ..base.clone() }, "kappa is -1 MHz"),
            (ReadoutDesign { anharmonicity_ghz: 0.0, ..base.clone() }, "must not be 0"),
            (
                ReadoutDesign { resonator_ghz: 5.0, ..base.clone() },
                "detuning of qubit and resonator",
            ),
            (ReadoutDesign { resonator_ghz: 4.7, ..base.clone() }, "1-2 and the resonator"),
            (ReadoutDesign { efficiency: 1.5, ..base.clone() }, "efficiency is 1.5"),
            (ReadoutDesign { photons: Some(0.0), ..base.clone() }, "number of photons is 0"),
            (ReadoutDesign { t1_us: Some(f64::INFINITY), ..base.clone() }, "finite"),
            (ReadoutDesign { qubit_ghz: 1e9, ..base }, "1000 GHz"),
        ] {
            let message = bad.dispersive().unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
            assert_eq!(bad.readout().unwrap_err().to_string(), message);
        }
    }
}

//! Which transmon has a frequency and an anharmonicity.

use super::Transmon;
use crate::error::{Error, Result};

/// The ratios EJ/EC among which a transmon is looked for.
const RATIOS: (f64, f64) = (1.0, 1e6);

impl Transmon {
    /// The transmon with this f01 and this anharmonicity α = f12 - f01 < 0, both in GHz, at offset
    /// charge 0. α/f01 depends on EJ/EC alone and grows with it, and f01 sets the scale. Precise to
    /// rounding of α: to 1e-9 for EJ/EC up to some thousand.
    ///
    /// ```
    /// use ketlab::chip::Transmon;
    /// let transmon = Transmon::from_frequency(4.97, -0.33)?;
    /// assert!((transmon.frequency_ghz() - 4.97).abs() < 1e-12);
    /// assert!((transmon.anharmonicity_ghz() + 0.33).abs() < 1e-12);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If no transmon with EJ/EC from 1 to 1e6 has them: α ≥ 0, or |α|/f01 too large or too small.
    pub fn from_frequency(frequency_ghz: f64, anharmonicity_ghz: f64) -> Result<Self> {
        let number = |what: &str, value: f64| match value.is_finite() {
            true => Ok(value),
            false => Err(Error::NotFinite { what: what.into(), value }),
        };
        let frequency = number("the frequency", frequency_ghz)?;
        let anharmonicity = number("the anharmonicity", anharmonicity_ghz)?;
        if frequency <= 0.0 {
            return Err(Error::Invalid {
                what: "the frequency".into(),
                value: format!("{frequency} GHz"),
                expected: "a number of GHz above 0".into(),
            });
        }
        if anharmonicity >= 0.0 {
            return Err(Error::Invalid {
                what: "the anharmonicity".into(),
                value: format!("{anharmonicity} GHz"),
                expected: "a transmon's is negative, about -EC; write it with its sign".into(),
            });
        }
        let wanted = anharmonicity / frequency;
        let (low, high) = (Ratio::of(RATIOS.0)?, Ratio::of(RATIOS.1)?);
        if wanted <= low.anharmonicity {
            return Err(out_of_range(
                anharmonicity,
                format!(
                    "|α| of a transmon with this frequency is below {:.6} GHz, its value at EJ/EC = {}",
                    -low.anharmonicity * frequency,
                    RATIOS.0
                ),
            ));
        }
        if wanted >= high.anharmonicity {
            return Err(out_of_range(
                anharmonicity,
                format!(
                    "|α| is above {:.3e} GHz at this frequency, its value at EJ/EC = {:e}: a smaller one \
                     is an oscillator's; are both in GHz?",
                    -high.anharmonicity * frequency,
                    RATIOS.1
                ),
            ));
        }
        let ratio = Ratio::with_anharmonicity(wanted)?;
        let ec_ghz = frequency / ratio.frequency;
        Transmon::new(ratio.ej_over_ec * ec_ghz, ec_ghz)
    }
}

/// A transmon in units of EC.
struct Ratio {
    ej_over_ec: f64,
    /// f01/EC.
    frequency: f64,
    /// α/f01.
    anharmonicity: f64,
    /// ∂(α/f01)/∂(EJ/EC).
    slope: f64,
}

impl Ratio {
    fn of(ej_over_ec: f64) -> Result<Self> {
        let states = Transmon::new(ej_over_ec, 1.0)?.states(3)?;
        let energies = states.energies_ghz();
        let (f01, f12) = (energies[1] - energies[0], energies[2] - energies[1]);
        let (f01_slope, f12_slope) = (states.frequency_by_ej(0, 1), states.frequency_by_ej(1, 2));
        Ok(Ratio {
            ej_over_ec,
            frequency: f01,
            anharmonicity: (f12 - f01) / f01,
            slope: (f12_slope - f12 / f01 * f01_slope) / f01,
        })
    }

    /// By Newton's method for the logarithm of the ratio, inside a bracket.
    fn with_anharmonicity(wanted: f64) -> Result<Self> {
        let (mut low, mut high) = (RATIOS.0.ln(), RATIOS.1.ln());
        // α/f01 ≈ -EC/√(8 EJ EC).
        let mut x = (0.125 / (wanted * wanted)).ln().clamp(low, high);
        let mut last = f64::INFINITY;
        for _ in 0..200 {
            let here = Ratio::of(x.exp())?;
            let miss = here.anharmonicity - wanted;
            if miss < 0.0 {
                low = x
            } else {
                high = x
            }
            let step = -miss / (here.slope * here.ej_over_ec);
            // What is left is rounding of α: steps no longer shrink.
            if miss == 0.0 || (step.abs() < 1e-9 && step.abs() >= 0.5 * last) {
                return Ok(here);
            }
            let next = x + step;
            let is_good = next >= low && next <= high && step.is_finite();
            (x, last) =
                if is_good { (next, step.abs()) } else { (0.5 * (low + high), f64::INFINITY) };
        }
        Ratio::of(x.exp())
    }
}

fn out_of_range(anharmonicity: f64, expected: String) -> Error {
    let value = format!("{anharmonicity} GHz");
    Error::Invalid { what: "the anharmonicity".into(), value, expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_fit_finds_what_it_came_from(log_ratio in 0.01f64..3.0, log_ec in -3f64..1.0) {
            let ec = 10f64.powf(log_ec);
            let transmon = Transmon::new(ec * 10f64.powf(log_ratio), ec).unwrap();
            let (f, alpha) = (transmon.frequency_ghz(), transmon.anharmonicity_ghz());
            let found = Transmon::from_frequency(f, alpha).unwrap();
            prop_assert!((found.ej_ghz() / transmon.ej_ghz() - 1.0).abs() < 1e-9, "{:?}", found);
            prop_assert!((found.ec_ghz() / transmon.ec_ghz() - 1.0).abs() < 1e-9, "{:?}", found);
            prop_assert!((found.frequency_ghz() / f - 1.0).abs() < 1e-12);
            prop_assert!((found.anharmonicity_ghz() / alpha - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn known_transmons() {
        // scqubits 4.3.1, Transmon.find_EJ_EC(4.97, -0.33), to its tolerance.
        let transmon = Transmon::from_frequency(4.97, -0.33).unwrap();
        assert!((transmon.ej_ghz() - 12.26937035).abs() < 1e-3, "{transmon:?}");
        assert!((transmon.ec_ghz() - 0.28304885).abs() < 1e-4, "{transmon:?}");
        // One of ibmqx2.
        let transmon = Transmon::from_frequency(5.2723, -0.3303).unwrap();
        assert!((transmon.ec_ghz() - 0.2865).abs() < 2e-3, "{transmon:?}");
        assert!((transmon.frequency_ghz() - 5.2723).abs() < 1e-12);
        assert!((transmon.anharmonicity_ghz() + 0.3303).abs() < 1e-12);
    }

    #[test]
    fn what_no_transmon_has_is_refused_by_its_limit() {
        let error = |f, alpha| Transmon::from_frequency(f, alpha).unwrap_err().to_string();
        assert!(error(5.0, 0.33).contains("negative"));
        assert!(error(5.0, 0.0).contains("negative"));
        assert!(error(5.0, -5.0).contains("4.851606 GHz"), "{}", error(5.0, -5.0));
        assert!(error(5.0, -1e-6).contains("oscillator"));
        assert!(error(-5.0, -0.3).contains("above 0"));
        assert!(error(f64::NAN, -0.3).contains("NaN"));
        assert!(error(5.0, f64::NEG_INFINITY).contains("inf"));
        assert!(error(1e300, -1e299).contains("GHz"));
    }
}

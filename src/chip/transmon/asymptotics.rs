//! Formulas for transmons, EJ ≫ EC, beside the exact levels: what they say and from where on.

use super::Transmon;
use crate::error::{Error, Result};
use std::f64::consts::PI;

/// Below it a transmon's formulas are refused: that is a Cooper pair box.
pub const LEAST_EJ_OVER_EC: f64 = 1.0;
/// From here on the formulas of first order are within some per cent: below, warn.
pub const TRANSMON_EJ_OVER_EC: f64 = 20.0;
/// From here on Koch's ε_0 is within 6 % of the exact dispersion.
pub const DISPERSION_EJ_OVER_EC: f64 = 35.0;

/// The formulas for a transmon's energies as expansions in EC/EJ. All forget the offset charge
/// but for the dispersions. With ξ = √(2 EC/EJ):
///
/// | | formula | against the exact levels |
/// |---|---|---|
/// | frequency, first order | √(8 EJ EC) - EC | 0.06 EC at EJ/EC 50, about EC ξ/4 |
/// | frequency, series | √(8 EJ EC) - EC (1 + ξ/4 + 21ξ²/128 + 19ξ³/128) | 4·10⁻⁴ EC at 50, 10⁻⁴ EC from 100 on |
/// | anharmonicity, first order | -EC | 15 % at 50, about 9ξ/16 |
/// | anharmonicity, series | -EC (1 + 9ξ/16 + 81ξ²/128 + 3645ξ³/4096) | 5·10⁻³ EC at 50, 10⁻³ EC from 100 on |
/// | dispersion ε_m | EC 2^(4m+5)/m! √(2/π) (EJ/2EC)^(m/2+3/4) e^{-√(8EJ/EC)} | m = 0: 6 % from 35 on; m = 1: 21 %, m = 2: 54 % at 50 |
/// | ⟨j+1\|n\|j⟩ | √((j+1)/2) (EJ/8EC)^{1/4} | j = 0: 3 % at 50 |
///
/// First orders, dispersion and elements: Koch et al. 2007, PRA 76, 042319, eq. 2.11-2.12, 2.5 and
/// 3.3; the series: Didier, Sete, da Silva & Rigetti 2018, PRA 97, 022330, appendix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransmonFormulas {
    ej_ghz: f64,
    ec_ghz: f64,
}

impl TransmonFormulas {
    /// # Errors
    /// If EJ/EC is below 1, [`LEAST_EJ_OVER_EC`]: no formula for transmons holds there. Those
    /// between it and where a formula is good have a [`warning`](Self::warning).
    pub fn new(transmon: &Transmon) -> Result<Self> {
        let ratio = transmon.ej_over_ec();
        if ratio < LEAST_EJ_OVER_EC {
            return Err(Error::Invalid {
                what: "EJ/EC".into(),
                value: format!("{ratio:.4}"),
                expected:
                    "formulas for transmons need EJ/EC ≫ 1, and are refused below 1: this is a \
                           Cooper pair box; its exact levels are right (use `levels_ghz`)"
                        .into(),
            });
        }
        Ok(TransmonFormulas { ej_ghz: transmon.ej_ghz(), ec_ghz: transmon.ec_ghz() })
    }

    /// What to say where EJ/EC is outside of the range in which the formulas are good.
    pub fn warning(&self) -> Option<String> {
        let ratio = self.ej_ghz / self.ec_ghz;
        (ratio < TRANSMON_EJ_OVER_EC).then(|| {
            format!(
                "EJ/EC is {ratio:.3}, below {TRANSMON_EJ_OVER_EC}: formulas for transmons are off by \
                 more than some per cent here; the exact levels hold"
            )
        })
    }

    /// √(8 EJ EC) in GHz.
    pub fn plasma_frequency_ghz(&self) -> f64 {
        (8.0 * self.ej_ghz * self.ec_ghz).sqrt()
    }

    /// f01 to first order: √(8 EJ EC) - EC.
    pub fn frequency_ghz(&self) -> f64 {
        self.plasma_frequency_ghz() - self.ec_ghz
    }

    /// α to first order: -EC.
    pub fn anharmonicity_ghz(&self) -> f64 {
        -self.ec_ghz
    }

    /// f01 by the series to ξ³.
    pub fn frequency_series_ghz(&self) -> f64 {
        let xi = self.xi();
        let series = 1.0 + xi * (1.0 / 4.0 + xi * (21.0 / 128.0 + xi * (19.0 / 128.0)));
        self.plasma_frequency_ghz() - self.ec_ghz * series
    }

    /// α by the series to ξ³.
    pub fn anharmonicity_series_ghz(&self) -> f64 {
        let xi = self.xi();
        -self.ec_ghz * (1.0 + xi * (9.0 / 16.0 + xi * (81.0 / 128.0 + xi * (3645.0 / 4096.0))))
    }

    /// The peak-to-peak dispersion |ε_m| of level m with charge.
    ///
    /// # Errors
    /// If m is beyond 20: such a level is far above the barrier.
    pub fn charge_dispersion_ghz(&self, m: usize) -> Result<f64> {
        if m > 20 {
            return Err(Error::Invalid {
                what: "the level of a dispersion".into(),
                value: m.to_string(),
                expected: "at most 20 by the formula; `Transmon::charge_dispersion_ghz` is exact"
                    .into(),
            });
        }
        let ratio = self.ej_ghz / self.ec_ghz;
        let factorial: f64 = (1..=m).map(|k| k as f64).product();
        let power = (0.5 * ratio).powf(0.5 * m as f64 + 0.75);
        let prefactor = 2f64.powi(4 * m as i32 + 5) / factorial * (2.0 / PI).sqrt();
        Ok(self.ec_ghz * prefactor * power * (-(8.0 * ratio).sqrt()).exp())
    }

    /// |⟨j+1|n|j⟩| in Cooper pairs.
    pub fn charge_element(&self, j: usize) -> f64 {
        (0.5 * (j + 1) as f64).sqrt() * (self.ej_ghz / (8.0 * self.ec_ghz)).powf(0.25)
    }

    fn xi(&self) -> f64 {
        (2.0 * self.ec_ghz / self.ej_ghz).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ej: f64, ec: f64) -> (Transmon, TransmonFormulas) {
        let transmon = Transmon::new(ej, ec).unwrap();
        (transmon, TransmonFormulas::new(&transmon).unwrap())
    }

    #[test]
    fn published_numbers() {
        for (ej, ec, frequency, anharmonicity) in
            [(15.0, 0.3, 5.682_675_00, -0.343_479_49), (36.0, 0.3, 8.984_561_44, -0.325_524_02)]
        {
            let (_, formulas) = of(ej, ec);
            assert!((formulas.frequency_series_ghz() - frequency).abs() < 1e-8);
            assert!((formulas.anharmonicity_series_ghz() - anharmonicity).abs() < 1e-8);
        }
        let (_, formulas) = of(15.0, 0.3);
        assert!((formulas.frequency_ghz() - 5.7).abs() < 1e-14);
        assert_eq!(formulas.anharmonicity_ghz(), -0.3);
    }

    #[test]
    fn they_hold_where_the_table_says() {
        let errors = |ratio: f64| {
            let (exact, formulas) = of(ratio, 1.0);
            let (f, alpha) = (exact.frequency_ghz(), exact.anharmonicity_ghz());
            let element = exact.charge_matrix(2).unwrap()[(0, 1)];
            [
                (formulas.frequency_ghz() - f).abs(),
                (formulas.frequency_series_ghz() - f).abs(),
                (formulas.anharmonicity_ghz() / alpha - 1.0).abs(),
                (formulas.anharmonicity_series_ghz() - alpha).abs(),
                (formulas.charge_element(0) / element - 1.0).abs(),
            ]
        };
        for (found, bound) in errors(50.0).into_iter().zip([0.06, 4e-4, 0.15, 5e-3, 0.03]) {
            assert!(found < bound && found > 0.3 * bound, "{found} {bound}");
        }
        for ratio in [100.0, 150.0, 300.0, 1000.0, 1e4] {
            let [_, frequency, _, anharmonicity, element] = errors(ratio);
            assert!(frequency < 1e-4 && anharmonicity < 1e-3 && element < 0.02, "{ratio}");
        }
        // Each order falls with its power of ξ.
        let (at, further) = (errors(200.0), errors(800.0));
        for (k, power) in [(0, 1), (1, 4), (2, 1), (3, 4), (4, 1)] {
            let fall = at[k] / further[k];
            assert!((fall.log2() - f64::from(power)).abs() < 0.25, "{k}: {fall}");
        }
    }

    #[test]
    fn dispersions_hold_where_the_table_says() {
        for ratio in [35.0, 40.0, 50.0, 70.0, 100.0] {
            let (exact, formulas) = of(0.3 * ratio, 0.3);
            let dispersion = exact.charge_dispersion_ghz(0).unwrap();
            assert!(dispersion > 1e-11);
            let relative = formulas.charge_dispersion_ghz(0).unwrap() / dispersion - 1.0;
            assert!(relative > 0.0 && relative < 0.06, "{ratio}: {relative}");
        }
        // Outside: 7 % at 25.
        let (exact, formulas) = of(30.02, 1.2);
        let relative = |m| {
            formulas.charge_dispersion_ghz(m).unwrap() / exact.charge_dispersion_ghz(m).unwrap()
                - 1.0
        };
        assert!((relative(0) - 0.069).abs() < 0.001, "{}", relative(0));
        assert!(formulas.charge_dispersion_ghz(21).is_err());
    }

    #[test]
    fn a_cooper_pair_box_is_refused_and_a_small_ratio_warned_of() {
        let boxed = Transmon::new(0.5, 1.0).unwrap();
        let error = TransmonFormulas::new(&boxed).unwrap_err().to_string();
        assert!(error.contains("EJ/EC is 0.5000") && error.contains("Cooper pair box"), "{error}");
        assert!(of(10.0, 1.0).1.warning().unwrap().contains("EJ/EC is 10"));
        assert_eq!(of(20.0, 1.0).1.warning(), None);
    }
}

//! ZX and IX in powers of the drive.

use super::CrossResonance;
use crate::error::Result;

/// The two terms that turn the target, in MHz, as coefficients of ZX/2 and IX/2.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ZxIx {
    /// The turn that depends on the control.
    pub zx_mhz: f64,
    /// The turn that does not.
    pub ix_mhz: f64,
}

impl CrossResonance {
    /// ZX = -(JΩ/Δ)·δ/(δ+Δ), IX = -JΩ/(Δ+δ), with δ of the control: first order in J and Ω (Magesan
    /// and Gambetta 2020, eqs. 4.13 and following; a Duffing oscillator).
    ///
    /// # Errors
    /// If the drive or the exchange is not finite or too large, J is 0, the qubits are on resonance,
    /// or one has two levels.
    pub fn first_order(&self) -> Result<ZxIx> {
        self.check()?;
        let (d, a) = (self.detuning_mhz(), self.anharmonicity_mhz()?);
        let strength = self.j_mhz * self.drive_mhz;
        Ok(ZxIx { zx_mhz: -strength / d * a / (a + d), ix_mhz: -strength / (d + a) })
    }

    /// The first order and the third in Ω:
    ///
    /// ZX: JΩ³δ²(3δ³+11δ²Δ+15δΔ²+9Δ³)/(2Δ³(δ+Δ)³(δ+2Δ)(3δ+2Δ)) (Magesan and Gambetta 2020),
    ///
    /// IX: JΩ³Δδ/((δ+Δ)³(δ+2Δ)(3δ+2Δ)) (by perturbation theory of the driven control).
    ///
    /// # Errors
    /// As [`first_order`](Self::first_order).
    pub fn third_order(&self) -> Result<ZxIx> {
        let first = self.first_order()?;
        let (d, a) = (self.detuning_mhz(), self.anharmonicity_mhz()?);
        let strength = self.j_mhz * self.drive_mhz.powi(3);
        let common = (a + d).powi(3) * (a + 2.0 * d) * (3.0 * a + 2.0 * d);
        let polynomial = 3.0 * a.powi(3) + 11.0 * a * a * d + 15.0 * a * d * d + 9.0 * d.powi(3);
        Ok(ZxIx {
            zx_mhz: first.zx_mhz + strength * a * a * polynomial / (2.0 * d.powi(3) * common),
            ix_mhz: first.ix_mhz + strength * d * a / common,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Ladder;
    use super::*;
    use proptest::prelude::*;

    fn pair(detuning: f64, anharmonicity: f64, drive_mhz: f64) -> CrossResonance {
        CrossResonance {
            control: Ladder::duffing(5.0 + 1e-3 * detuning, 1e-3 * anharmonicity, 8).unwrap(),
            target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
            j_mhz: 1.0,
            drive_mhz,
        }
    }

    #[test]
    fn published_first_order() {
        for (drive, expected) in [(5.0, 0.0717391), (50.0, 0.7173913)] {
            let zx = pair(100.0, -330.0, drive).first_order().unwrap().zx_mhz;
            assert!((zx + expected).abs() < 1e-7, "{zx}");
        }
    }

    #[test]
    fn the_third_order_is_near_to_exact_for_weak_drives() {
        let relative = |drive: f64| {
            let pair = pair(100.0, -330.0, drive);
            let (series, exact) = (pair.third_order().unwrap(), pair.linear_in_j().unwrap());
            [series.zx_mhz / exact.zx_mhz - 1.0, series.ix_mhz / exact.ix_mhz - 1.0]
        };
        assert!(relative(10.0).iter().all(|e| e.abs() < 1e-4), "{:?}", relative(10.0));
        // What is left is of the fifth order: 2⁴ times less at half the drive.
        let (whole, half) = (relative(4.0), relative(2.0));
        for (w, h) in whole.into_iter().zip(half) {
            assert!((w / h / 16.0 - 1.0).abs() < 0.05, "{w} {h}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn series_agree_with_exact_within_a_tenth_of_the_detuning(
            detuning in 30.0..140.0f64, anharmonicity in -400.0..-300.0f64, part in 0.01..0.1f64,
        ) {
            let pair = pair(detuning, anharmonicity, part * detuning);
            let (series, exact) = (pair.third_order().unwrap(), pair.linear_in_j().unwrap());
            prop_assert!((series.zx_mhz / exact.zx_mhz - 1.0).abs() < 1e-3);
        }
    }
}

//! The shift by exact diagonalisation.

use crate::chip::Ladder;
use crate::chip::coupling::dressed;
use crate::chip::range::{refused, within};
use crate::error::Result;
use nalgebra::{DMatrix, SymmetricEigen};

/// Levels of the resonator where photons are not conserved.
const PHOTONS: usize = 8;

/// χ = (E₁₁ - E₁₀ - E₀₁ + E₀₀)/2 of a qubit and a resonator, exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExactShift {
    /// χ in MHz with the coupling g(b†a + b a†), which the formula describes.
    pub rotating_wave_mhz: f64,
    /// χ in MHz with the whole coupling of the charge, g n(a + a†)/⟨0|n|1⟩: what a device has. The
    /// parts that the other leaves out make some per cent.
    pub whole_mhz: f64,
}

/// Diagonalises the levels of a qubit with a resonator.
///
/// # Errors
/// If a number is out of its range, the qubit has fewer than three levels, or levels cross so that
/// the states have no names.
pub fn exact_shift(qubit: &Ladder, resonator_ghz: f64, g_mhz: f64) -> Result<ExactShift> {
    within("the frequency of the resonator", resonator_ghz, (1e-3, 1e3), "GHz")?;
    within("the coupling g", g_mhz, (1e-6, 1e5), "MHz")?;
    let resonator = Ladder::harmonic(resonator_ghz, 3);
    let [[e00, e01], [e10, e11]] = dressed(qubit, &resonator, g_mhz)?.energies_mhz;
    let whole = whole_energies_mhz(qubit, resonator_ghz, g_mhz)?;
    let [[w00, w01], [w10, w11]] = whole;
    Ok(ExactShift {
        rotating_wave_mhz: 0.5 * ((e11 - e10) - (e01 - e00)),
        whole_mhz: 0.5 * ((w11 - w10) - (w01 - w00)),
    })
}

/// Energies of the states |qubit, photons⟩ with 0 and 1 of each, the whole coupling.
fn whole_energies_mhz(qubit: &Ladder, resonator_ghz: f64, g_mhz: f64) -> Result<[[f64; 2]; 2]> {
    let count = qubit.num_levels() * PHOTONS;
    let matrix = DMatrix::from_fn(count, count, |row, column| {
        let ((i, n), (j, m)) =
            ((row / PHOTONS, row % PHOTONS), (column / PHOTONS, column % PHOTONS));
        if row == column {
            1e3 * (qubit.levels_ghz()[i] + n as f64 * resonator_ghz)
        } else if n.abs_diff(m) == 1 {
            g_mhz * qubit.charge()[(i, j)] * (n.max(m) as f64).sqrt()
        } else {
            0.0
        }
    });
    let eigen = SymmetricEigen::new(matrix);
    let mut energies = [[0.0; 2]; 2];
    for (i, row) in energies.iter_mut().enumerate() {
        for (n, energy) in row.iter_mut().enumerate() {
            let weight = |k: usize| eigen.eigenvectors[(i * PHOTONS + n, k)].powi(2);
            let k = (0..count).max_by(|&a, &b| weight(a).total_cmp(&weight(b))).unwrap_or(0);
            if weight(k) <= 0.5 {
                let what =
                    format!("the weight of |{i}, {n} photons> in a state of qubit and resonator");
                let expected = "levels cross, and states have no names; move a frequency";
                return Err(refused(&what, weight(k), "", expected));
            }
            *energy = eigen.eigenvalues[k];
        }
    }
    Ok(energies)
}

#[cfg(test)]
mod tests {
    use super::super::ReadoutDesign;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shifts_are_those_of_another_program() {
        let qubit = Ladder::duffing(5.0, -0.3, 6).unwrap();
        let found = exact_shift(&qubit, 7.0, 100.0).unwrap();
        // NumPy, by dense Kronecker products and `eigh`, 8 levels with 12 photons.
        assert!((found.rotating_wave_mhz + 0.646497911).abs() < 1e-8, "{found:?}");
        assert!((found.whole_mhz + 0.667833946).abs() < 1e-8, "{found:?}");
        // At a fiftieth of the detuning within a per cent of the formula, -0.104348.
        let found = exact_shift(&qubit, 7.0, 40.0).unwrap();
        assert!((found.rotating_wave_mhz + 0.104201435).abs() < 1e-8, "{found:?}");
        assert!(exact_shift(&qubit, 7.0, f64::NAN).is_err());
        assert!(exact_shift(&qubit, 5.0, 100.0).is_err());
    }

    #[test]
    fn a_transmon_with_offset_charge_is_as_in_another_program() {
        // NumPy: charge basis, 10 levels with 12 photons; fewer levels are off by 3e-5.
        let transmon = crate::chip::Transmon::new(15.0, 0.3).unwrap();
        let qubit = Ladder::of_transmon(&transmon.with_offset_charge(0.25).unwrap(), 6).unwrap();
        let found = exact_shift(&qubit, 7.5, 80.0).unwrap();
        assert!((found.whole_mhz + 0.7241356).abs() < 5e-5, "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_formula_is_within_a_per_cent_at_a_fiftieth(
            delta in 0.8..3.0f64, above in any::<bool>(), alpha in -0.4..-0.15f64,
        ) {
            let delta = if above { delta } else { -delta };
            let g_mhz = 20.0 * delta.abs();
            let design = ReadoutDesign::new(5.0, alpha, 5.0 - delta, g_mhz, 1.0);
            let qubit = Ladder::duffing(5.0, alpha, 5).unwrap();
            let exact = exact_shift(&qubit, 5.0 - delta, g_mhz)?.rotating_wave_mhz;
            let formula = design.dispersive()?.chi_mhz;
            prop_assert!((exact / formula - 1.0).abs() < 0.01, "{exact} {formula}");
        }
    }
}

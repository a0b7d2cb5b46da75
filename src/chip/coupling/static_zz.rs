//! The static ZZ of two coupled qubits.

use super::super::Ladder;
use super::super::range::{finite, refused};
use super::dressed;
use crate::error::Result;

/// J over the distance to a pole up to which the formula is within 2 % of exact.
const VALIDITY: f64 = 0.05;
/// Weight of a bare state below which names of states are doubtful.
const DOUBTFUL: f64 = 0.9;

/// The static ZZ of two qubits with an exchange: ζ = E₁₁ - E₁₀ - E₀₁ + E₀₀.
///
/// A Hamiltonian ν ZZ/2 has ζ = 2ν.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticZz {
    /// ζ/h in kHz by exact diagonalisation of H with the exchange J(b₁†b₂ + b₁b₂†), without its
    /// counter-rotating part.
    pub exact_khz: f64,
    /// ζ/h in kHz by [`static_zz_formula_khz`]; infinite at a pole.
    pub formula_khz: f64,
    /// Where the formula holds: the larger of |J/(Δ+δ₁)| and |J/(Δ-δ₂)|. Up to 0.05 it is within 2 %
    /// of exact.
    pub validity: f64,
    /// The least weight that a bare computational state has in the dressed one of its name.
    pub overlap: f64,
    /// What to mind, as sentences.
    pub warnings: Vec<String>,
}

/// ζ = 2J²(δ₁+δ₂)/((Δ+δ₁)(Δ-δ₂)) in kHz, of numbers in MHz: exchange J, detuning Δ = f₁ - f₂,
/// anharmonicities δ (Magesan and Gambetta, PRA 101, 052308, 2020, section II). Its poles are at
/// Δ = -δ₁, where |20⟩ meets |11⟩, and Δ = δ₂, where |02⟩ does.
///
/// ```
/// use ketlab::chip::static_zz_formula_khz;
/// assert!((static_zz_formula_khz(2.0, 100.0, [-330.0, -330.0]) - 53.387).abs() < 1e-3);
/// ```
pub fn static_zz_formula_khz(j_mhz: f64, detuning_mhz: f64, anharmonicities_mhz: [f64; 2]) -> f64 {
    let [first, second] = anharmonicities_mhz;
    2e3 * j_mhz * j_mhz * (first + second) / ((detuning_mhz + first) * (detuning_mhz - second))
}

/// The static ZZ of two qubits with the exchange `j_mhz`, exact and by formula.
///
/// # Errors
/// If J is not finite or larger than 1 GHz, a qubit has fewer than three levels, or levels cross so
/// that no state bears more than half of a computational one.
pub fn static_zz(first: &Ladder, second: &Ladder, j_mhz: f64) -> Result<StaticZz> {
    finite("the exchange J", j_mhz)?;
    if j_mhz.abs() > 1e3 {
        return Err(refused("the exchange J", j_mhz, "MHz", "it must be within 1000 MHz"));
    }
    let anharmonicities = [first.third_level("a qubit")?, second.third_level("a qubit")?];
    let [d1, d2] = anharmonicities.map(|ghz| 1e3 * ghz);
    let detuning = 1e3 * (first.frequency_ghz() - second.frequency_ghz());
    let state = dressed(first, second, j_mhz)?;
    let [[e00, e01], [e10, e11]] = state.energies_mhz;
    let ratio = |pole: f64| if j_mhz == 0.0 { 0.0 } else { (j_mhz / pole).abs() };
    let (to_20, to_02) = (ratio(detuning + d1), ratio(detuning - d2));
    let mut warnings = Vec::new();
    for (at, pole, level) in [(to_20, -d1, "|20>"), (to_02, d2, "|02>")] {
        if at > VALIDITY {
            warnings.push(format!(
                "ZZ: the detuning of {detuning:.1} MHz is near the pole at {pole:.1} MHz, where {level} meets \
                 |11>: J over the distance is {at:.3}, more than {VALIDITY}; the formula does not hold, \
                 the exact value does"
            ));
        }
    }
    if state.overlap < DOUBTFUL {
        warnings.push(format!(
            "the qubits share their states: a coupled one bears only {:.2} of the bare one of its name",
            state.overlap
        ));
    }
    Ok(StaticZz {
        exact_khz: 1e3 * ((e11 - e10) - (e01 - e00)),
        formula_khz: static_zz_formula_khz(j_mhz, detuning, [d1, d2]),
        validity: to_20.max(to_02),
        overlap: state.overlap,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, SymmetricEigen};
    use proptest::prelude::*;

    fn pair(detuning_mhz: f64, d1: f64, d2: f64) -> (Ladder, Ladder) {
        let first = Ladder::duffing(5.0 + 1e-3 * detuning_mhz, 1e-3 * d1, 5).unwrap();
        (first, Ladder::duffing(5.0, 1e-3 * d2, 5).unwrap())
    }

    /// By the whole matrix of 5 × 5 levels, which knows no blocks.
    fn by_whole_matrix(first: &Ladder, second: &Ladder, j_mhz: f64) -> f64 {
        let (n, m) = (first.num_levels(), second.num_levels());
        let h = DMatrix::from_fn(n * m, n * m, |row, column| {
            let ((i, k), (a, b)) = ((row / m, row % m), (column / m, column % m));
            let energy = 1e3 * (first.levels_ghz()[i] + second.levels_ghz()[k]);
            match (row == column, i + b == a + k && i.abs_diff(a) == 1, i + k == a + b) {
                (true, ..) => energy,
                (_, _, true) if i.abs_diff(a) == 1 => {
                    j_mhz * first.step(i.min(a)) * second.step(k.min(b))
                }
                _ => 0.0,
            }
        });
        let eigen = SymmetricEigen::new(h);
        let energy = |i: usize, k: usize| {
            let weight = |c: &usize| eigen.eigenvectors[(i * m + k, *c)].abs();
            let best = (0..n * m).max_by(|a, b| weight(a).total_cmp(&weight(b))).unwrap();
            eigen.eigenvalues[best]
        };
        1e3 * (energy(1, 1) - energy(1, 0) - energy(0, 1) + energy(0, 0))
    }

    #[test]
    fn the_formula_and_the_blocks_are_those_of_the_whole_matrix() {
        let (first, second) = pair(100.0, -330.0, -330.0);
        let zz = static_zz(&first, &second, 2.0).unwrap();
        assert!((zz.formula_khz - 53.387).abs() < 5e-4, "{zz:?}");
        // Own diagonalisation in another language: 53.377 kHz.
        assert!((zz.exact_khz - 53.377).abs() < 1e-3, "{zz:?}");
        assert!((zz.exact_khz - by_whole_matrix(&first, &second, 2.0)).abs() < 1e-5, "{zz:?}");
        assert!(zz.warnings.is_empty() && zz.overlap > 0.99, "{zz:?}");
    }

    #[test]
    fn poles_are_named_or_refused() {
        let says = |detuning: f64| {
            let (first, second) = pair(detuning, -330.0, -310.0);
            static_zz(&first, &second, 2.0).unwrap().warnings.join("; ")
        };
        assert!(says(320.0).contains("pole at 330.0 MHz, where |20>"));
        assert!(says(-300.0).contains("pole at -310.0 MHz, where |02>"));
        let (first, second) = pair(330.0, -330.0, -310.0);
        let at_pole = static_zz(&first, &second, 2.0);
        assert!(at_pole.is_err() || at_pole.unwrap().overlap < 0.51);
        assert!(static_zz(&first, &second, f64::NAN).is_err());
        assert!(static_zz(&first, &second, 2e3).is_err());
        let two = Ladder::duffing(5.0, -0.3, 2).unwrap();
        assert!(static_zz(&two, &second, 2.0).unwrap_err().to_string().contains("at least 3"));
        assert_eq!(static_zz(&first, &pair(9.0, -330.0, -310.0).1, 0.0).unwrap().exact_khz, 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_formula_holds_where_it_says(
            detuning in -900.0..900.0f64, d1 in -400.0..-200.0f64, d2 in -400.0..-200.0f64,
            j in 0.2..5.0f64,
        ) {
            prop_assume!(detuning.abs() > 40.0);
            let (first, second) = pair(detuning, d1, d2);
            let Ok(zz) = static_zz(&first, &second, j) else { return Ok(()) };
            if zz.validity <= VALIDITY {
                let error = (zz.exact_khz / zz.formula_khz - 1.0).abs();
                prop_assert!(error < 0.02, "{zz:?}");
            }
            // It is the same qubit pair the other way round, and the sign of J is a convention.
            let turned = static_zz(&second, &first, j).unwrap();
            let tolerance = 1e-6 * (1.0 + zz.exact_khz.abs());
            prop_assert!((turned.exact_khz - zz.exact_khz).abs() < tolerance);
            let minus = static_zz(&first, &second, -j).unwrap();
            prop_assert!((minus.exact_khz - zz.exact_khz).abs() < tolerance);
        }
    }
}

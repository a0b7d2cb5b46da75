//! The levels of an anharmonic oscillator and the charge operator between them.

use super::Transmon;
use super::range::{finite, refused, within};
use crate::error::{Error, Result};
use nalgebra::DMatrix;

/// Most levels of a [`Ladder`].
const MAX_LEVELS: usize = 12;
/// Highest frequency of a qubit, in GHz.
const MAX_GHZ: f64 = 1000.0;

/// Levels of a qubit from its ground state on, and the matrix elements of its charge in units of
/// ⟨0|n|1⟩: what couplings, cross resonance and readout need to know of it.
///
/// States have the signs that make ⟨j|n|j+1⟩ positive.
///
/// ```
/// use ketlab::chip::Ladder;
/// let qubit = Ladder::duffing(5.0, -0.33, 5)?;
/// assert!((qubit.levels_ghz()[2] - 9.67).abs() < 1e-12);
/// assert_eq!(qubit.step(1), 2f64.sqrt());
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    levels_ghz: Vec<f64>,
    charge: DMatrix<f64>,
}

impl Ladder {
    /// A Duffing oscillator, f b†b + α/2 b†b†bb: level j at j f + α j(j-1)/2, ⟨j|n|j+1⟩ = √(j+1) and
    /// no other element. It is a transmon far in its regime (Koch et al., PRA 76, 042319, 2007,
    /// eqs. 2.11 and 3.3).
    ///
    /// # Errors
    /// If the frequency is not in 0..=1000 GHz (0 excluded), the anharmonicity is 0 or as large as
    /// the frequency, or the levels are not 2..=12.
    pub fn duffing(frequency_ghz: f64, anharmonicity_ghz: f64, levels: usize) -> Result<Self> {
        within("the frequency of a qubit", frequency_ghz, (f64::MIN_POSITIVE, MAX_GHZ), "GHz")?;
        finite("the anharmonicity", anharmonicity_ghz)?;
        if anharmonicity_ghz == 0.0 || anharmonicity_ghz.abs() >= frequency_ghz {
            return Err(refused(
                "the anharmonicity",
                anharmonicity_ghz,
                "GHz",
                "it must not be 0 and must be less than the frequency; a transmon has about -0.3 GHz",
            ));
        }
        check_count(levels)?;
        let level = |j: usize| {
            let j = j as f64;
            j * frequency_ghz + anharmonicity_ghz * j * (j - 1.0) / 2.0
        };
        let levels_ghz = (0..levels).map(level).collect();
        Ok(Ladder { levels_ghz, ..Ladder::harmonic(frequency_ghz, levels) })
    }

    /// A harmonic oscillator, a resonator, of frequency and levels that were checked.
    pub(super) fn harmonic(frequency_ghz: f64, levels: usize) -> Self {
        let charge = DMatrix::from_fn(levels, levels, |j, k| {
            if j.abs_diff(k) == 1 { (j.max(k) as f64).sqrt() } else { 0.0 }
        });
        Ladder { levels_ghz: (0..levels).map(|j| j as f64 * frequency_ghz).collect(), charge }
    }

    /// The lowest levels of a transmon, exactly, at its offset charge.
    ///
    /// # Errors
    /// As [`new`](Self::new): levels far above the barrier may come in pairs.
    pub fn of_transmon(transmon: &Transmon, levels: usize) -> Result<Self> {
        check_count(levels)?;
        let states = transmon.states(levels)?;
        Ladder::new(&states.levels_ghz(), &states.charge_matrix())
    }

    /// Of levels (GHz, from any zero) and the symmetric matrix of the charge between them, in any
    /// unit and with any signs of the states. The charge is counted from its mean in level 0: what is
    /// constant is a gate voltage's.
    ///
    /// # Errors
    /// If the levels are not 2..=12 or do not rise, the matrix has another size or is not symmetric,
    /// a number is not finite, or a neighbouring pair of levels has no matrix element.
    pub fn new(levels_ghz: &[f64], charge: &DMatrix<f64>) -> Result<Self> {
        let count = levels_ghz.len();
        check_count(count)?;
        if charge.shape() != (count, count) {
            return Err(Error::Invalid {
                what: "the matrix of the charge".into(),
                value: format!("{} × {}", charge.nrows(), charge.ncols()),
                expected: format!("{count} levels need {count} × {count}"),
            });
        }
        for &level in levels_ghz {
            finite("a level", level)?;
        }
        if let Some(k) = (1..count).find(|&k| levels_ghz[k] <= levels_ghz[k - 1]) {
            let what = format!("level {k}");
            return Err(refused(&what, levels_ghz[k], "GHz", "it must be above the level before"));
        }
        within("the frequency of a qubit", levels_ghz[1] - levels_ghz[0], (0.0, MAX_GHZ), "GHz")?;
        let unit = charge[(0, 1)].abs();
        for (k, &element) in charge.iter().enumerate() {
            finite("a matrix element of the charge", element)?;
            let (row, column) = (k % count, k / count);
            if (element - charge[(column, row)]).abs() > 1e-9 * (unit + element.abs()) {
                let what = format!("the charge between levels {row} and {column}");
                return Err(refused(&what, element, "", "the matrix must be symmetric"));
            }
        }
        let mut signs = vec![1.0];
        for j in 1..count {
            let element = charge[(j - 1, j)];
            if element == 0.0 {
                let what = format!("the charge between levels {} and {j}", j - 1);
                return Err(refused(&what, 0.0, "", "neighbouring levels must be coupled"));
            }
            signs.push(signs[j - 1] * element.signum());
        }
        let charge = DMatrix::from_fn(count, count, |j, k| {
            let constant = if j == k { charge[(0, 0)] } else { 0.0 };
            signs[j] * signs[k] * (charge[(j, k)] - constant) / unit
        });
        let levels_ghz = levels_ghz.iter().map(|level| level - levels_ghz[0]).collect();
        Ok(Ladder { levels_ghz, charge })
    }

    /// How many levels there are.
    pub fn num_levels(&self) -> usize {
        self.levels_ghz.len()
    }

    /// The levels in GHz, from the ground state, which is at 0.
    pub fn levels_ghz(&self) -> &[f64] {
        &self.levels_ghz
    }

    /// The frequency from level 0 to 1 in GHz.
    pub fn frequency_ghz(&self) -> f64 {
        self.levels_ghz[1]
    }

    /// The frequency from 1 to 2 less that from 0 to 1, in GHz; `None` of two levels.
    pub fn anharmonicity_ghz(&self) -> Option<f64> {
        self.levels_ghz.get(2).map(|second| second - 2.0 * self.levels_ghz[1])
    }

    /// The matrix of the charge in units of ⟨0|n|1⟩.
    pub fn charge(&self) -> &DMatrix<f64> {
        &self.charge
    }

    /// ⟨j|n|j+1⟩ in units of ⟨0|n|1⟩, √(j+1) of a Duffing oscillator: the coupling of this pair of
    /// levels to anything is so many times that of levels 0 and 1, g_{j,j+1} = step(j)·g.
    ///
    /// # Panics
    /// If there is no level j+1.
    pub fn step(&self, j: usize) -> f64 {
        self.charge[(j, j + 1)]
    }

    /// The first `levels` levels, or all where there are fewer.
    pub(super) fn truncated(&self, levels: usize) -> Self {
        let count = levels.min(self.num_levels());
        Ladder {
            levels_ghz: self.levels_ghz[..count].to_vec(),
            charge: self.charge.view((0, 0), (count, count)).into_owned(),
        }
    }

    /// The anharmonicity where a gate or a coupling needs three levels.
    pub(super) fn third_level(&self, what: &str) -> Result<f64> {
        self.anharmonicity_ghz().ok_or_else(|| Error::Invalid {
            what: format!("the number of levels of {what}"),
            value: "2".into(),
            expected: "it must be at least 3: level 2 takes part".into(),
        })
    }
}

fn check_count(levels: usize) -> Result<()> {
    if (2..=MAX_LEVELS).contains(&levels) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of levels".into(),
        value: levels.to_string(),
        expected: format!("it must be 2..={MAX_LEVELS}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_of_levels_has_units_and_signs_of_its_own() {
        let duffing = Ladder::duffing(5.0, -0.33, 4).unwrap();
        let levels: Vec<f64> = duffing.levels_ghz().iter().map(|level| level - 12.0).collect();
        let signs = [1.0, -1.0, -1.0, 1.0];
        let charge =
            DMatrix::from_fn(4, 4, |j, k| 1.7 * signs[j] * signs[k] * duffing.charge()[(j, k)]);
        let found = Ladder::new(&levels, &charge).unwrap();
        assert!((found.charge() - duffing.charge()).norm() < 1e-14);
        for (a, b) in found.levels_ghz().iter().zip(duffing.levels_ghz()) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!((found.anharmonicity_ghz().unwrap() + 0.33).abs() < 1e-12);
        assert_eq!(found.truncated(2).anharmonicity_ghz(), None);
    }

    #[test]
    fn a_transmon_far_in_its_regime_is_a_duffing_oscillator() {
        let transmon = Transmon::new(90.0, 0.3).unwrap().with_offset_charge(0.2).unwrap();
        let ladder = Ladder::of_transmon(&transmon, 4).unwrap();
        assert!((ladder.frequency_ghz() - transmon.frequency_ghz()).abs() < 1e-9);
        let alpha = ladder.anharmonicity_ghz().unwrap();
        assert!((alpha - transmon.anharmonicity_ghz()).abs() < 1e-9);
        for j in 0..3 {
            assert!((ladder.step(j) / ((j + 1) as f64).sqrt() - 1.0).abs() < 0.05, "{j}");
        }
        // 0→3 is weak, and weaker the larger EJ/EC.
        let far = ladder.charge()[(0, 3)].abs();
        let near = Transmon::new(15.0, 0.3).unwrap();
        let near = Ladder::of_transmon(&near, 4).unwrap().charge()[(0, 3)].abs();
        assert!(far > 0.0 && far < near && near < 0.1, "{far} {near}");
        assert!(Ladder::of_transmon(&transmon, 40).is_err());
    }

    #[test]
    fn what_is_no_ladder_is_refused() {
        let says = |result: Result<Ladder>| result.unwrap_err().to_string();
        for (f, a, n, part) in [
            (f64::NAN, -0.3, 4, "finite"),
            (-5.0, -0.3, 4, "-5 GHz"),
            (0.0, -0.3, 4, "0 GHz"),
            (5.0, 0.0, 4, "must not be 0"),
            (5.0, f64::INFINITY, 4, "finite"),
            (5.0, -6.0, 4, "less than the frequency"),
            (5.0, -0.3, 1, "2..=12"),
            (5.0, -0.3, 1 << 40, "2..=12"),
        ] {
            let message = says(Ladder::duffing(f, a, n));
            assert!(message.contains(part), "{message}");
        }
        let unit = DMatrix::from_element(3, 3, 1.0);
        assert!(says(Ladder::new(&[0.0, 5.0], &unit)).contains("3 × 3"));
        assert!(says(Ladder::new(&[0.0, 5.0, 4.0], &unit)).contains("level 2"));
        assert!(says(Ladder::new(&[0.0, 5.0, f64::NAN], &unit)).contains("finite"));
        assert!(says(Ladder::new(&[0.0, 5.0, 9.0], &(0.0 * &unit))).contains("levels 0 and 1"));
        let mut skew = unit;
        skew[(0, 2)] = -1.0;
        assert!(says(Ladder::new(&[0.0, 5.0, 9.0], &skew)).contains("symmetric"));
    }
}

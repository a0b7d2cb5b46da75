//! The driven control alone: exact in the drive, linear in the exchange.

use super::{CrossResonance, ZxIx};
use crate::chip::Ladder;
use crate::error::Result;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// A control in the frame of a drive, H = Σ_n (E_n - n f_d)|n⟩⟨n| + Ω/2·(b + b†), in MHz, and its
/// states.
pub(super) struct Driven {
    /// Level 0 and 1 as the drive dresses them: the states with the most of them.
    pub states: [DVector<f64>; 2],
    /// All states, as columns.
    pub all: DMatrix<f64>,
    /// The columns of `all` that are `states`.
    pub columns: [usize; 2],
    /// How well they have names: the second largest part of a level in any state over the largest,
    /// where it is worst. 1 is a draw.
    pub ambiguity: f64,
    /// The least of the largest parts of levels 0 and 1 in any state.
    pub overlap: f64,
}

/// H without drive in its frame: energies of the levels in MHz.
pub(super) fn rotating_frame_levels(control: &Ladder, drive_ghz: f64) -> Vec<f64> {
    let levels = control.levels_ghz().iter().enumerate();
    levels.map(|(n, level)| 1e3 * (level - n as f64 * drive_ghz)).collect()
}

/// The control under a drive of this amplitude at the frequency given.
pub(super) fn driven(control: &Ladder, drive_ghz: f64, drive_mhz: f64) -> Driven {
    let levels = rotating_frame_levels(control, drive_ghz);
    let count = levels.len();
    let mut matrix = DMatrix::from_diagonal(&DVector::from_vec(levels));
    for n in 0..count - 1 {
        let element = 0.5 * drive_mhz * control.step(n);
        matrix[(n, n + 1)] = element;
        matrix[(n + 1, n)] = element;
    }
    let eigen = SymmetricEigen::new(matrix);
    let columns = [0, 1].map(|n| {
        let weight = |k: usize| eigen.eigenvectors[(n, k)].powi(2);
        (0..count).max_by(|&a, &b| weight(a).total_cmp(&weight(b))).unwrap_or(n)
    });
    let named = [0, 1].map(|n| {
        let weights = (0..count).map(|k| eigen.eigenvectors[(n, k)].powi(2));
        let mut weights: Vec<f64> = weights.collect();
        weights.sort_by(|a, b| b.total_cmp(a));
        (weights[1] / weights[0], weights[0])
    });
    let [(zero, largest_of_zero), (one, largest_of_one)] = named;
    let (ambiguity, overlap) = (zero.max(one), largest_of_zero.min(largest_of_one));
    let states = columns.map(|k| eigen.eigenvectors.column(k).into_owned());
    Driven { states, all: eigen.eigenvectors, columns, ambiguity, overlap }
}

impl CrossResonance {
    /// ZX and IX exact in the drive and linear in J: the exchange is J(b₂⟨b₁†⟩ + b₂†⟨b₁⟩) in each of
    /// the two driven states of the control, so ZX = J(⟨b⟩₀ - ⟨b⟩₁) and IX = J(⟨b⟩₀ + ⟨b⟩₁), with
    /// the drive at the target's bare frequency.
    ///
    /// # Errors
    /// As [`first_order`](Self::first_order).
    pub fn linear_in_j(&self) -> Result<ZxIx> {
        self.check()?;
        Ok(self.linear_at(self.drive_mhz))
    }

    /// The same at another drive, unchecked.
    pub(super) fn linear_at(&self, drive_mhz: f64) -> ZxIx {
        self.linear_of(&driven(&self.control, self.target.frequency_ghz(), drive_mhz))
    }

    /// The same of the driven control.
    pub(super) fn linear_of(&self, found: &Driven) -> ZxIx {
        let [zero, one] = found.states.each_ref().map(|state| {
            let terms =
                (0..state.len() - 1).map(|n| self.control.step(n) * state[n] * state[n + 1]);
            terms.sum::<f64>()
        });
        ZxIx { zx_mhz: self.j_mhz * (zero - one), ix_mhz: self.j_mhz * (zero + one) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_values_exact_in_the_drive() {
        for (drive_mhz, expected) in
            [(5.0, 0.0715842), (10.0, 0.1422488), (20.0, 0.2774276), (50.0, 0.5945273)]
        {
            let pair = CrossResonance {
                control: Ladder::duffing(5.1, -0.33, 8).unwrap(),
                target: Ladder::duffing(5.0, -0.33, 4).unwrap(),
                j_mhz: 2.0,
                drive_mhz,
            };
            let zx = pair.linear_in_j().unwrap().zx_mhz;
            // Seven digits are given.
            assert!((zx / -2.0 / expected - 1.0).abs() < 1e-6, "{zx} {expected}");
        }
    }
}

//! Eigenstates of a transmon: matrix elements of charge and of cos φ.

use super::charge_basis::{Block, Hamiltonian, HighestLevel, Mirror, fraction, interleave};
use nalgebra::DMatrix;
use std::f64::consts::FRAC_1_SQRT_2;

/// The lowest levels of a transmon and their states, real in the charge basis.
#[derive(Debug, Clone)]
pub struct TransmonStates {
    energies: Vec<f64>,
    /// Amplitudes of the charges from `first_charge` upwards, one state each.
    amplitudes: Vec<Vec<f64>>,
    first_charge: i32,
    /// The nearest integer of the offset charge: what charges are counted from.
    center: f64,
    /// The offset charge from there.
    offset: f64,
    has_parity: bool,
}

impl HighestLevel for TransmonStates {
    fn highest(&self) -> f64 {
        self.energies.highest()
    }
}

impl TransmonStates {
    pub(super) fn of(hamiltonian: &Hamiltonian, count: usize) -> Self {
        let offset_charge = hamiltonian.offset_charge;
        let (offset, center) = (fraction(offset_charge), offset_charge.round());
        let mut states = hamiltonian.with_basis(count, |(even, odd)| {
            let has_parity = odd.is_some();
            let Unfolded { energies, amplitudes, first_charge } = match odd {
                None => even.unfolded(count),
                Some(odd) => {
                    let (even, odd) = (even.unfolded(count.div_ceil(2)), odd.unfolded(count / 2));
                    Unfolded {
                        energies: interleave(even.energies, odd.energies),
                        amplitudes: interleave(even.amplitudes, odd.amplitudes),
                        first_charge: even.first_charge,
                    }
                }
            };
            TransmonStates { energies, amplitudes, first_charge, center, offset, has_parity }
        });
        states.fix_signs();
        states
    }

    /// Levels above the ground level, in GHz.
    pub fn levels_ghz(&self) -> Vec<f64> {
        self.energies.iter().map(|energy| energy - self.energies[0]).collect()
    }

    /// Eigenvalues of the Hamiltonian, in GHz.
    pub fn energies_ghz(&self) -> &[f64] {
        &self.energies
    }

    /// ⟨i|n|j⟩ in Cooper pairs; see [`Transmon::charge_matrix`](super::Transmon::charge_matrix).
    pub fn charge_matrix(&self) -> DMatrix<f64> {
        let count = self.energies.len();
        DMatrix::from_fn(count, count, |i, j| {
            let around = self.charge(i.min(j), i.max(j));
            if i == j { around + self.offset + self.center } else { around }
        })
    }

    /// ⟨i|n - ng|j⟩.
    fn charge(&self, i: usize, j: usize) -> f64 {
        if self.has_parity && (i + j).is_multiple_of(2) {
            return 0.0;
        }
        let first = f64::from(self.first_charge) - self.offset;
        let pairs = self.amplitudes[i].iter().zip(&self.amplitudes[j]);
        pairs.enumerate().map(|(k, (a, b))| (first + k as f64) * a * b).sum()
    }

    /// ⟨j|cos φ|j⟩ = -∂E_j/∂EJ (Hellmann-Feynman).
    ///
    /// # Panics
    /// If there is no such level among these.
    #[track_caller]
    pub fn mean_cos_phi(&self, level: usize) -> f64 {
        self.amplitudes[level].windows(2).map(|pair| pair[0] * pair[1]).sum()
    }

    /// ⟨j|(n - ng)²|j⟩ = ∂E_j/∂(4 EC).
    ///
    /// # Panics
    /// If there is no such level among these.
    #[track_caller]
    pub fn mean_square_charge(&self, level: usize) -> f64 {
        let first = f64::from(self.first_charge) - self.offset;
        let amplitudes = self.amplitudes[level].iter().enumerate();
        amplitudes.map(|(k, a)| ((first + k as f64) * a).powi(2)).sum()
    }

    /// ⟨i|cos φ|j⟩.
    fn cos_phi(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (&self.amplitudes[i], &self.amplitudes[j]);
        let up: f64 = a[1..].iter().zip(b).map(|(a, b)| a * b).sum();
        let down: f64 = a.iter().zip(&b[1..]).map(|(a, b)| a * b).sum();
        0.5 * (up + down)
    }

    /// ∂(E_j - E_i)/∂EJ.
    pub(super) fn frequency_by_ej(&self, i: usize, j: usize) -> f64 {
        self.mean_cos_phi(i) - self.mean_cos_phi(j)
    }

    /// ∂²E_j/∂EJ² = 2 Σ |⟨k|cos φ|j⟩|²/(E_j - E_k) over the levels there are; those of other parity do
    /// not contribute.
    pub(super) fn curvature_by_ej(&self, j: usize) -> f64 {
        let others = (0..self.energies.len()).filter(|&k| k != j);
        let terms = others
            .filter(|&k| !self.has_parity || (k + j).is_multiple_of(2))
            .map(|k| 2.0 * self.cos_phi(k, j).powi(2) / (self.energies[j] - self.energies[k]));
        terms.sum()
    }

    /// Every ⟨j|n|j+1⟩ positive.
    fn fix_signs(&mut self) {
        for j in 1..self.energies.len() {
            if self.charge(j - 1, j) < 0.0 {
                self.amplitudes[j].iter_mut().for_each(|a| *a = -*a);
            }
        }
    }
}

/// States of a block in all charges.
struct Unfolded {
    energies: Vec<f64>,
    amplitudes: Vec<Vec<f64>>,
    first_charge: i32,
}

impl Block {
    /// Its lowest levels, with the states on both sides of the mirror.
    fn unfolded(&self, count: usize) -> Unfolded {
        let pairs = self.matrix.lowest_eigenpairs(count);
        let Some(Mirror { sum, sign }) = self.mirror else {
            let first_charge = self.first_charge;
            return Unfolded { energies: pairs.values, amplitudes: pairs.vectors, first_charge };
        };
        let last = self.first_charge + self.matrix.len() as i32 - 1;
        let first_charge = sum - last;
        let unfold = |half: Vec<f64>| {
            let mut all = vec![0.0; (last - first_charge + 1) as usize];
            for (n, amplitude) in (self.first_charge..).zip(half) {
                let mirrored = sum - n;
                if n == mirrored {
                    all[(n - first_charge) as usize] = amplitude;
                } else {
                    all[(n - first_charge) as usize] = FRAC_1_SQRT_2 * amplitude;
                    all[(mirrored - first_charge) as usize] = sign * FRAC_1_SQRT_2 * amplitude;
                }
            }
            all
        };
        let amplitudes = pairs.vectors.into_iter().map(unfold).collect();
        Unfolded { energies: pairs.values, amplitudes, first_charge }
    }
}

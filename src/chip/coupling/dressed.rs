//! The computational states of two coupled qubits, exactly.

use super::super::Ladder;
use super::super::range::refused;
use crate::error::Result;
use nalgebra::{DMatrix, SymmetricEigen};

/// Levels of control and target, and the amplitude of the bare state.
pub(in super::super) type Parts = Vec<((usize, usize), f64)>;

/// The four computational states |control, target⟩ of two qubits with an exchange J(b₁†b₂ + b₁b₂†).
///
/// The exchange keeps the number of excitations, so no level above 2 is in them.
#[derive(Debug, Clone)]
pub(in super::super) struct Dressed {
    /// Energies in MHz with the target's bare frequency taken off for each excitation.
    pub energies_mhz: [[f64; 2]; 2],
    /// Parts of each state. That of the bare state of its name is positive.
    pub states: [[Parts; 2]; 2],
    /// The least weight that a bare state has in the dressed one of its name.
    pub overlap: f64,
}

/// Dresses them; the state that bears most of a bare one has its name.
///
/// # Errors
/// Where no state bears more than half of |11⟩: the names mean nothing there.
pub(in super::super) fn dressed(control: &Ladder, target: &Ladder, j_mhz: f64) -> Result<Dressed> {
    control.third_level("the control")?;
    target.third_level("the target")?;
    let frame = target.frequency_ghz();
    let energy = |i: usize, k: usize| {
        let turned = |levels: &[f64], n: usize| 1e3 * (levels[n] - n as f64 * frame);
        turned(control.levels_ghz(), i) + turned(target.levels_ghz(), k)
    };
    let mut found = Dressed {
        energies_mhz: [[0.0; 2]; 2],
        states: [[vec![((0, 0), 1.0)], Vec::new()], [Vec::new(), Vec::new()]],
        overlap: 1.0,
    };
    for excitations in 1..=2 {
        let bare: Vec<(usize, usize)> = (0..=excitations).map(|i| (i, excitations - i)).collect();
        let count = bare.len();
        let mut matrix = DMatrix::zeros(count, count);
        for (at, &(i, k)) in bare.iter().enumerate() {
            matrix[(at, at)] = energy(i, k);
            if at + 1 < count {
                // |i, k⟩ to |i+1, k-1⟩.
                let element = j_mhz * control.step(i) * target.step(k - 1);
                matrix[(at, at + 1)] = element;
                matrix[(at + 1, at)] = element;
            }
        }
        let eigen = SymmetricEigen::new(matrix);
        for (at, &(i, k)) in bare.iter().enumerate().filter(|(_, state)| state.0.max(state.1) < 2) {
            let weight = |n: usize| eigen.eigenvectors[(at, n)].powi(2);
            let n = (0..count).max_by(|&a, &b| weight(a).total_cmp(&weight(b))).unwrap_or(at);
            let vector = eigen.eigenvectors.column(n);
            let sign = vector[at].signum();
            found.energies_mhz[i][k] = eigen.eigenvalues[n];
            found.states[i][k] =
                bare.iter().copied().zip(vector.iter().map(|v| sign * v)).collect();
            found.overlap = found.overlap.min(weight(n));
        }
    }
    if found.overlap <= 0.5 {
        return Err(refused(
            "the largest weight of a bare state in one of the coupled qubits",
            found.overlap,
            "",
            "the two cannot be told apart where levels cross; move a frequency, or take a smaller J",
        ));
    }
    Ok(found)
}

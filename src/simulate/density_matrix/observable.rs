//! Sums of Pauli strings on a mixed state.

use super::super::expectation::{Expectation, without_identity};
use super::super::state_vector::pauli_mask;
use crate::engine::{DensityMatrix, PauliMask, Real};
use crate::error::Result;
use crate::math::{check_memory, list_of};
use crate::pauli::{PauliString, PauliSum};

const WHAT: &str = "the square of an observable, for its variance";
const HINT: &str = "ask for parts of the observable";

/// An observable H without its identity term, and H².
#[derive(Debug)]
pub(in super::super) struct Observable {
    /// The coefficient of the identity.
    pub shift: f64,
    strings: Vec<PauliMask>,
    coefficients: Vec<f64>,
    /// Tr H² / 2^n.
    square_shift: f64,
    /// The other strings of H².
    square: Vec<(PauliMask, f64)>,
}

impl Observable {
    /// On a register of `num_qubits`.
    ///
    /// # Errors
    /// If a qubit does not exist, or a coefficient is not finite; if there is no memory for the
    /// products of the strings.
    pub fn new(sum: &PauliSum, num_qubits: usize) -> Result<Self> {
        let term = |string: &PauliString, c| Ok((pauli_mask(string, num_qubits)?, c));
        let (terms, shift) = without_identity(sum, term)?;
        let (strings, coefficients): (Vec<_>, Vec<_>) = terms.iter().copied().unzip();
        let square_shift = coefficients.iter().map(|c| c * c).sum();
        Ok(Observable { shift, strings, coefficients, square_shift, square: square(&terms)? })
    }

    /// Mean and variance without the identity: Tr(ρH) and Tr(ρH²) - Tr(ρH)².
    pub fn mean_and_variance<T: Real>(&self, rho: &DensityMatrix<T>) -> Expectation {
        let dot = |coefficients: &mut dyn Iterator<Item = f64>, means: Vec<f64>| -> f64 {
            coefficients.zip(means).map(|(c, mean)| c * mean).sum()
        };
        let means = rho.expectations(&self.strings);
        let value = dot(&mut self.coefficients.iter().copied(), means);
        let strings: Vec<PauliMask> = self.square.iter().map(|term| term.0).collect();
        let of_square = dot(&mut self.square.iter().map(|term| term.1), rho.expectations(&strings));
        let variance = self.square_shift + of_square - value * value;
        Expectation { value, variance: variance.max(0.0) }
    }
}

/// The strings of (Σ c P)² but the identity: 2 c c' P P' of each pair that commutes; those that do not
/// cancel.
fn square(terms: &[(PauliMask, f64)]) -> Result<Vec<(PauliMask, f64)>> {
    let pairs = (terms.len() as u128) * (terms.len() as u128).saturating_sub(1) / 2;
    check_memory(WHAT, pairs * size_of::<(PauliMask, f64)>() as u128, |_| (None, HINT.into()))?;
    let mut list = list_of(WHAT, pairs as usize, HINT)?;
    for (k, (a, c)) in terms.iter().enumerate() {
        for (b, d) in &terms[..k] {
            if ((a.x & b.z).count_ones() + (a.z & b.x).count_ones()) % 2 == 1 {
                continue;
            }
            // P|r⟩ = i^{#Y} (-1)^{z·r} |r ⊕ x⟩, so P P' is the string of both masks times
            // i^(#Y + #Y' - #Y'') (-1)^{z·x'}, which is real.
            let p = PauliMask { x: a.x ^ b.x, z: a.z ^ b.z };
            let ys = |p: &PauliMask| (p.x & p.z).count_ones();
            let turns = 4 * 64 + ys(a) + ys(b) - ys(&p) + 2 * (a.z & b.x).count_ones();
            let sign = if turns % 4 == 0 { 1.0 } else { -1.0 };
            list.push((p, 2.0 * sign * c * d));
        }
    }
    // Equal strings together.
    list.sort_unstable_by(|a, b| (a.0.x, a.0.z).cmp(&(b.0.x, b.0.z)).then(a.1.total_cmp(&b.1)));
    list.dedup_by(|next, sum| {
        let equal = next.0 == sum.0;
        if equal {
            sum.1 += next.1;
        }
        equal
    });
    Ok(list)
}

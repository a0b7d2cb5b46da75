//! Data as amplitudes: a tree of multiplexed rotations.

use super::sizes::{check, check_gates, check_parameters};
use crate::circuit::Circuit;
use crate::circuit::library::multiplexed::walsh_hadamard;
use crate::error::{Error, Result};
use ndarray::Array2;

/// Most features: a parameter fewer than amplitudes.
const MAX_FEATURES: u128 = 1 << 16;

/// Amplitude embedding of up to 2^n real features, on n = ⌈log2 `num_features`⌉ qubits (at least
/// one): Σ_i x_i|i⟩/‖x‖, with zeros for i beyond the features. The tree of Möttönen, Vartiainen,
/// Bergholm and Salomaa, quant-ph/0407010 (2004), for real vectors: a multiplexed RY on each qubit,
/// n-1 first, controlled by the qubits above it; signs come with the last one, on qubit 0. It has
/// 2^n - 1 RY and 2^n - 2 CX.
///
/// Inputs are the angles of the RY, `alpha[0]`, …, `alpha[2^n - 2]`, in the order of the gates.
/// [`Embedding`](super::Embedding) makes them of a data row, with their derivatives. (PennyLane's
/// `AmplitudeEmbedding` with padding and normalization.)
///
/// ```
/// use ketlab::circuit::library::amplitude_embedding;
/// let c = amplitude_embedding(5);
/// assert_eq!((c.num_qubits(), c.count_ops()["ry"], c.count_ops()["cx"]), (3, 7, 6));
/// ```
///
/// # Panics
/// See [`try_amplitude_embedding`].
#[track_caller]
pub fn amplitude_embedding(num_features: usize) -> Circuit {
    try_amplitude_embedding(num_features).unwrap_or_else(|e| panic!("{e}"))
}

/// [`amplitude_embedding`] that returns the error.
///
/// # Errors
/// If there are no features or more than 2^16.
pub fn try_amplitude_embedding(num_features: usize) -> Result<Circuit> {
    check("the number of features", num_features as u128, 1, MAX_FEATURES)?;
    let n = num_qubits(num_features);
    check_parameters((1 << n) - 1)?;
    check_gates(2, 1 << n)?;
    let mut c = Circuit::new(n);
    let alpha = c.param_vector("alpha", (1 << n) - 1);
    let mut alpha = alpha.into_iter();
    for target in (0..n).rev() {
        let num_controls = n - 1 - target;
        let mut flipped = 0usize;
        for gray in (0..1usize << num_controls).map(|i| i ^ i >> 1) {
            flip(&mut c, flipped ^ gray, target)?;
            c.try_ry(alpha.next().expect("an angle for each rotation"), target)?;
            flipped = gray;
        }
        flip(&mut c, flipped, target)?;
    }
    Ok(c)
}

/// CX from the controls in `mask`; the lowest is the qubit above the target.
fn flip(c: &mut Circuit, mask: usize, target: usize) -> Result<()> {
    for k in (0..usize::BITS as usize).filter(|k| mask >> k & 1 == 1) {
        c.try_cx(target + 1 + k, target)?;
    }
    Ok(())
}

/// As many as hold the features, at least one.
fn num_qubits(num_features: usize) -> usize {
    num_features.next_power_of_two().trailing_zeros().max(1) as usize
}

/// The angles of [`amplitude_embedding`] as functions of the data.
///
/// Node j of level t has the amplitudes whose index is j after t bits are taken off; level 0 are
/// the features. The node has the norm r of its features, and the angle 2 atan2(right, left) of the
/// norms of its two children, which at level 1 are the features with their signs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AmplitudeTree {
    num_features: usize,
}

impl AmplitudeTree {
    pub fn new(num_features: usize) -> Self {
        AmplitudeTree { num_features }
    }

    fn num_qubits(self) -> usize {
        num_qubits(self.num_features)
    }

    /// The angles of the circuit for a row.
    ///
    /// # Errors
    /// If all features are zero.
    pub fn angles(self, row: &[f64]) -> Result<Vec<f64>> {
        let levels = self.levels(row)?;
        let mut angles = Vec::with_capacity((1 << self.num_qubits()) - 1);
        for level in levels[..self.num_qubits()].iter().rev() {
            let thetas: Vec<f64> =
                level.chunks_exact(2).map(|pair| 2.0 * pair[1].atan2(pair[0])).collect();
            angles.extend(in_gray_order(&walsh_hadamard(&thetas)));
        }
        Ok(angles)
    }

    /// Level 0 are the features, level n one norm; in units of the largest feature.
    fn levels(self, row: &[f64]) -> Result<Vec<Vec<f64>>> {
        let largest = row.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        if largest == 0.0 {
            return Err(Error::Invalid {
                what: "a data row".into(),
                value: "zero in all features".into(),
                expected: "amplitudes are its features divided by their norm, which is then 0; \
                           leave the row out, or add a constant feature"
                    .into(),
            });
        }
        let mut leaves: Vec<f64> = row.iter().map(|x| x / largest).collect();
        leaves.resize(1 << self.num_qubits(), 0.0);
        let mut levels = vec![leaves];
        for t in 0..self.num_qubits() {
            levels.push(levels[t].chunks_exact(2).map(|pair| pair[0].hypot(pair[1])).collect());
        }
        Ok(levels)
    }

    /// angles × features
    ///
    /// # Errors
    /// If all features are zero, or those of a subtree are, where an angle has no derivative.
    pub fn jacobian(self, row: &[f64]) -> Result<Array2<f64>> {
        let mut jacobian = Array2::zeros(((1 << self.num_qubits()) - 1, self.num_features));
        let mut unit = vec![0.0; jacobian.nrows()];
        // Backwards, one angle after the other.
        for k in 0..jacobian.nrows() {
            unit[k] = 1.0;
            let by_features = self.pull_back(row, &unit)?;
            jacobian.row_mut(k).iter_mut().zip(by_features).for_each(|(d, v)| *d = v);
            unit[k] = 0.0;
        }
        Ok(jacobian)
    }

    /// Derivatives by the angles to derivatives by the features.
    ///
    /// # Errors
    /// As [`jacobian`](Self::jacobian).
    pub fn pull_back(self, row: &[f64], by_angles: &[f64]) -> Result<Vec<f64>> {
        let levels = self.levels(row)?;
        let n = self.num_qubits();
        let unit = row.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        let mut by_features = vec![0.0; self.num_features];
        let mut begin = 0;
        // By the norms of the nodes of the level above, from the root on, where it is nothing.
        let mut by_norms = vec![0.0];
        for t in (0..n).rev() {
            let count = 1 << (n - 1 - t);
            let mut by_theta = vec![0.0; count];
            for (i, by) in by_angles[begin..begin + count].iter().enumerate() {
                by_theta[i ^ i >> 1] = *by;
            }
            begin += count;
            // The transform is symmetric.
            let by_theta = walsh_hadamard(&by_theta);
            let mut by_children = vec![0.0; 2 * count];
            for (j, pair) in levels[t].chunks_exact(2).enumerate() {
                let (left, right, norm) = (pair[0], pair[1], levels[t + 1][j]);
                if norm == 0.0 {
                    // What no feature is in stays zero.
                    if j << (t + 1) < self.num_features {
                        return Err(no_derivative(j << (t + 1), (j + 1) << (t + 1), self));
                    }
                    continue;
                }
                let turn = 2.0 * by_theta[j] / (norm * norm);
                let by_norm = by_norms[j] / norm;
                by_children[2 * j] = by_norm * left - turn * right;
                by_children[2 * j + 1] = by_norm * right + turn * left;
            }
            by_norms = by_children;
        }
        by_features.iter_mut().zip(by_norms).for_each(|(d, by)| *d = by / unit);
        Ok(by_features)
    }
}

/// What belongs to i ^ i/2 at i.
fn in_gray_order(values: &[f64]) -> impl Iterator<Item = f64> {
    (0..values.len()).map(|i| values[i ^ i >> 1])
}

fn no_derivative(first: usize, end: usize, tree: AmplitudeTree) -> Error {
    let last = end.min(tree.num_features) - 1;
    Error::Invalid {
        what: "the derivative of an amplitude embedding".into(),
        value: format!("not there at a row where features {first} to {last} are all 0"),
        expected: "the angle that divides them jumps at this point; move one of them away from 0"
            .into(),
    }
}

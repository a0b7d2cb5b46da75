//! Eigenvectors by inverse iteration.

use super::matrix::SymmetricTridiagonal;
use nalgebra::{DMatrix, DVector};

/// Eigenvalues closer than this fraction of the largest of those asked for are made orthogonal to each other.
const CLOSE: f64 = 1e-3;
/// Solves of an inverse iteration for an eigenvalue without close ones, and for others.
const SOLVES_ALONE: usize = 2;
const SOLVES_IN_CLUSTER: usize = 4;
/// Starts of an inverse iteration.
const STARTS: u64 = 4;
/// Shifts of a cluster are apart by this many roundings, so that they do not find one vector again.
const APART: f64 = 10.0;
/// The largest residual, over the largest entry, and the largest overlap of two vectors.
const MAX_RESIDUAL: f64 = 2e-14;
const MAX_OVERLAP: f64 = 1e-13;

/// Eigenvalues, ascending, and a unit vector each.
#[derive(Debug, Clone, PartialEq)]
pub struct TridiagonalEigenpairs {
    /// The eigenvalues, ascending.
    pub values: Vec<f64>,
    /// The eigenvectors, in the order of the values; the sign of each is that of its largest
    /// component (the first of equal ones): positive.
    pub vectors: Vec<Vec<f64>>,
}

impl SymmetricTridiagonal {
    /// The lowest `count` eigenvalues with eigenvectors; all if there are fewer. The vectors are
    /// orthogonal to rounding, also those of eigenvalues that rounding does not tell apart.
    ///
    /// Each vector is checked. Where inverse iteration does not find one, as may happen in large
    /// clusters, all of them are those of nalgebra's QR iteration on the whole matrix: that takes a
    /// time as the cube of the rows.
    pub fn lowest_eigenpairs(&self, count: usize) -> TridiagonalEigenpairs {
        let values = self.lowest_eigenvalues(count);
        let vectors = self.by_inverse_iteration(&values);
        let mut vectors = vectors.unwrap_or_else(|| self.by_whole_matrix(values.len()));
        vectors.iter_mut().for_each(|vector| fix_sign(vector));
        TridiagonalEigenpairs { values, vectors }
    }

    /// A unit vector of each of these lowest eigenvalues; none if one is not found.
    pub(super) fn by_inverse_iteration(&self, values: &[f64]) -> Option<Vec<Vec<f64>>> {
        let largest = |all: &[f64]| all.iter().fold(0f64, |max, x| max.max(x.abs()));
        let scale = largest(values).max(largest(&self.off_diagonal));
        let close = CLOSE * scale;
        let apart = APART * f64::EPSILON * scale;
        let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(values.len());
        let (mut first_of_cluster, mut last_shift) = (0, f64::NEG_INFINITY);
        for (index, &value) in values.iter().enumerate() {
            if index > 0 && value - values[index - 1] > close {
                first_of_cluster = index;
            }
            let is_alone = first_of_cluster == index
                && values.get(index + 1).is_none_or(|next| next - value > close);
            let solves = if is_alone { SOLVES_ALONE } else { SOLVES_IN_CLUSTER };
            // Not further than the vectors of a cluster need.
            let shift = value.max((last_shift + apart).min(value + 4.0 * apart));
            last_shift = shift;
            let factors = Factors::new(self, shift, f64::EPSILON * scale);
            let found = (0..STARTS).find_map(|start| {
                let seed = index as u64 * STARTS + start;
                let cluster = &vectors[first_of_cluster..];
                let vector = self.iterated(&factors, cluster, solves, seed)?;
                (self.residual(value, &vector) <= self.max_residual()).then_some(vector)
            })?;
            vectors.push(found);
        }
        let is_orthogonal = vectors.iter().enumerate().all(|(index, vector)| {
            vectors[..index].iter().all(|other| dot(vector, other).abs() <= MAX_OVERLAP)
        });
        is_orthogonal.then_some(vectors)
    }

    /// The unit vector that solving tends to, orthogonal to these; none if nothing is left.
    fn iterated(
        &self,
        factors: &Factors,
        cluster: &[Vec<f64>],
        solves: usize,
        seed: u64,
    ) -> Option<Vec<f64>> {
        // Any start that no eigenvector is orthogonal to, another one for each of a cluster.
        let mut x: Vec<f64> = (0..self.len() as u64).map(|row| start(seed, row)).collect();
        for _ in 0..solves {
            factors.solve(&mut x);
            normalize(&mut x)?;
            // Twice, for what the first time leaves by cancellation.
            for _ in 0..2 * usize::from(!cluster.is_empty()) {
                for other in cluster {
                    let overlap = dot(&x, other);
                    x.iter_mut().zip(other).for_each(|(a, b)| *a -= overlap * b);
                }
                normalize(&mut x)?;
            }
        }
        Some(x)
    }

    fn max_residual(&self) -> f64 {
        let entries = self.diagonal.iter().chain(&self.off_diagonal);
        let largest = entries.fold(0f64, |max, entry| max.max(entry.abs()));
        // What has underflown is no residual.
        MAX_RESIDUAL * largest + f64::MIN_POSITIVE
    }

    /// The largest component of (T - value) x.
    fn residual(&self, value: f64, x: &[f64]) -> f64 {
        let of_row = |row: usize| {
            let above = if row > 0 { self.off_diagonal[row - 1] * x[row - 1] } else { 0.0 };
            let below = self.off_diagonal.get(row).map_or(0.0, |b| b * x[row + 1]);
            ((self.diagonal[row] - value) * x[row] + above + below).abs()
        };
        (0..x.len()).map(of_row).fold(0.0, f64::max)
    }

    /// The eigenvectors of the lowest `count` eigenvalues, by QR iteration.
    pub(super) fn by_whole_matrix(&self, count: usize) -> Vec<Vec<f64>> {
        let mut dense = DMatrix::from_diagonal(&DVector::from_column_slice(&self.diagonal));
        for (row, &b) in self.off_diagonal.iter().enumerate() {
            (dense[(row, row + 1)], dense[(row + 1, row)]) = (b, b);
        }
        let eigen = dense.symmetric_eigen();
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&i, &j| eigen.eigenvalues[i].total_cmp(&eigen.eigenvalues[j]));
        let column = |&j: &usize| eigen.eigenvectors.column(j).iter().copied().collect();
        order[..count].iter().map(column).collect()
    }
}

/// A number in -1..1 that belongs to a seed and a row (the mixer of SplitMix64).
fn start(seed: u64, row: u64) -> f64 {
    let mut x = (seed << 32 | (row + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// The largest component is made positive.
fn fix_sign(x: &mut [f64]) {
    let mut largest = 0.0f64;
    for &component in &*x {
        // What differs by rounding is equal, so that the sign does not hang on it.
        if component.abs() > largest.abs() * (1.0 + 1e-9) {
            largest = component;
        }
    }
    if largest < 0.0 {
        x.iter_mut().for_each(|component| *component = -*component);
    }
}

/// P (T - x) = L U by elimination with exchanges of neighbouring rows.
struct Factors {
    /// Diagonal of U, and the two above it.
    u0: Vec<f64>,
    u1: Vec<f64>,
    u2: Vec<f64>,
    /// The multiplier of each row, and whether it was exchanged with the next one.
    rows: Vec<(f64, bool)>,
}

impl Factors {
    /// Pivots are at least `smallest`: what solving amplifies is a number, and amplified alike where
    /// eigenvalues agree to that.
    fn new(matrix: &SymmetricTridiagonal, x: f64, smallest: f64) -> Self {
        let n = matrix.len();
        let mut u0: Vec<f64> = matrix.diagonal.iter().map(|a| a - x).collect();
        let mut u1 = matrix.off_diagonal.clone();
        let mut u2 = vec![0.0; n.saturating_sub(2)];
        let mut rows = Vec::with_capacity(n - 1);
        for row in 0..n - 1 {
            let below = matrix.off_diagonal[row];
            let exchange = below.abs() > u0[row].abs();
            let multiplier = match (exchange, u0[row] == 0.0) {
                (true, _) => u0[row] / below,
                // Both are 0.
                (false, true) => 0.0,
                (false, false) => below / u0[row],
            };
            if exchange {
                let upper = u1[row];
                (u0[row], u1[row]) = (below, u0[row + 1]);
                u0[row + 1] = upper - multiplier * u0[row + 1];
                if row + 2 < n {
                    u2[row] = u1[row + 1];
                    u1[row + 1] *= -multiplier;
                }
            } else {
                u0[row + 1] -= multiplier * u1[row];
            }
            rows.push((multiplier, exchange));
        }
        let smallest = if smallest > 0.0 { smallest.max(f64::MIN_POSITIVE) } else { 1.0 };
        for pivot in &mut u0 {
            if pivot.abs() < smallest {
                *pivot = smallest.copysign(*pivot);
            }
        }
        Factors { u0, u1, u2, rows }
    }

    fn solve(&self, x: &mut [f64]) {
        for (row, &(multiplier, exchange)) in self.rows.iter().enumerate() {
            if exchange {
                x.swap(row, row + 1);
            }
            x[row + 1] -= multiplier * x[row];
        }
        for row in (0..x.len()).rev() {
            let one = self.u1.get(row).map_or(0.0, |u| u * x[row + 1]);
            let two = self.u2.get(row).map_or(0.0, |u| u * x[row + 2]);
            x[row] = (x[row] - one - two) / self.u0[row];
        }
    }
}

/// To length 1; none if that is no number.
fn normalize(x: &mut [f64]) -> Option<()> {
    // By the largest first: squares of what a solution grows to may be no numbers.
    let largest = x.iter().fold(0f64, |max, component| max.max(component.abs()));
    if largest == 0.0 || !largest.is_finite() || x.iter().any(|component| component.is_nan()) {
        return None;
    }
    x.iter_mut().for_each(|component| *component /= largest);
    let norm = dot(x, x).sqrt();
    x.iter_mut().for_each(|component| *component /= norm);
    Some(())
}

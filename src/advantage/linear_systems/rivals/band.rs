//! Gaussian elimination within a band.

use crate::advantage::linear_systems::system::LinearSystem;

/// How far entries are from the diagonal: below it, and above it.
pub(super) fn bandwidths(system: &LinearSystem) -> (usize, usize) {
    let entries = system.rows().iter().enumerate();
    entries
        .flat_map(|(r, row)| row.iter().map(move |&(c, _)| (r, c)))
        .fold((0, 0), |(below, above), (r, c)| {
            (below.max(r.saturating_sub(c)), above.max(c.saturating_sub(r)))
        })
}

/// x by elimination with partial pivoting, with its multiplications and divisions: a pivot has at most
/// p rows below it and p + q entries to its right, so that about N(p + 1)(p + q + 1) + N(p + q) do
/// (Golub and Van Loan, section 4.3.3; LAPACK's `gbsv`). None if a pivot is 0.
pub(super) fn solve(
    system: &LinearSystem,
    (below, above): (usize, usize),
) -> Option<(Vec<f64>, u64)> {
    let size = system.size();
    // Row exchanges widen what is above the diagonal to p + q.
    let width = below + above;
    // Row r begins in its column `first[r]`, and is shifted as columns are done with.
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(size);
    for (r, entries) in system.rows().iter().enumerate() {
        let mut row = vec![0.0; width + 1];
        let first = r.saturating_sub(below);
        entries.iter().for_each(|&(c, v)| row[c - first] = v);
        rows.push(row);
    }
    let mut b = system.rhs().to_vec();
    let mut operations = 0;
    for k in 0..size {
        let last = (k + below).min(size - 1);
        let pivot = (k..=last).max_by(|&i, &j| rows[i][0].abs().total_cmp(&rows[j][0].abs()))?;
        if rows[pivot][0] == 0.0 {
            return None;
        }
        rows.swap(k, pivot);
        b.swap(k, pivot);
        let to_the_right = width.min(size - 1 - k);
        let (done, rest) = rows.split_at_mut(k + 1);
        let top = &done[k];
        for (row, i) in rest.iter_mut().zip(k + 1..=last) {
            let factor = row[0] / top[0];
            for j in 1..=to_the_right {
                row[j - 1] = row[j] - factor * top[j];
            }
            row[to_the_right] = 0.0;
            b[i] -= factor * b[k];
            operations += to_the_right as u64 + 2;
        }
    }
    for k in (0..size).rev() {
        let to_the_right = width.min(size - 1 - k);
        let known: f64 = (1..=to_the_right).map(|j| rows[k][j] * b[k + j]).sum();
        b[k] = (b[k] - known) / rows[k][0];
        operations += to_the_right as u64 + 1;
    }
    Some((b, operations))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DVector;

    #[test]
    fn it_is_what_the_dense_elimination_says() {
        for (below, above) in [(0, 0), (0, 2), (1, 1), (2, 0), (1, 3), (3, 1), (6, 6)] {
            for size in [1, 2, 7, 20] {
                // Diagonals that are smaller than what is below, so that rows are exchanged.
                let entry = |r: usize, c: usize| match r + above >= c && c + below >= r {
                    true if r == c && below > 0 => 0.4 + 0.1 * (r as f64).cos(),
                    true => ((3 * r + 7 * c + 1) as f64).sin() + if r == c { 2.0 } else { 0.0 },
                    false => 0.0,
                };
                let rows: Vec<Vec<f64>> =
                    (0..size).map(|r| (0..size).map(|c| entry(r, c)).collect()).collect();
                let rhs: Vec<f64> = (0..size).map(|k| (k as f64 + 0.3).sin()).collect();
                let system = LinearSystem::new(&rows, rhs.clone()).unwrap();
                let band = bandwidths(&system);
                assert_eq!(band, (below.min(size - 1), above.min(size - 1)));
                let (x, _) = solve(&system, band).unwrap();
                let dense = system.dense().lu().solve(&DVector::from_vec(rhs.clone())).unwrap();
                let residual: Vec<f64> =
                    system.times(&x).iter().zip(&rhs).map(|(a, b)| a - b).collect();
                let scale = 1.0 + dense.amax();
                assert!(residual.iter().all(|r| r.abs() < 1e-12 * scale), "{band:?} {size}");
            }
        }
    }

    #[test]
    fn tridiagonal_ones_take_seven_operations_a_row() {
        let system = LinearSystem::toeplitz(1.5, 2.5, vec![1.0; 100]).unwrap();
        let (x, operations) = solve(&system, bandwidths(&system)).unwrap();
        // With pivots: a division, two entries and b, then two products and a division; less at the end.
        assert_eq!(operations, 7 * 100 - 4 - 1 - 1 - 2);
        let b = system.times(&x);
        assert!(b.iter().all(|b| (b - 1.0).abs() < 1e-10), "{b:?}");
        let singular = LinearSystem::toeplitz(0.0, 1.0, vec![1.0; 3]).unwrap();
        assert!(solve(&singular, (1, 1)).is_none());
    }
}

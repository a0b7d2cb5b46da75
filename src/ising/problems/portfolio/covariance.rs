//! What a matrix must be to be a covariance.

use crate::error::{Error, Result};

/// Of the largest variance: by how much the two entries of a pair may differ.
const ASYMMETRY: f64 = 1e-9;
/// Of the largest variance: how negative a variance may be, since tables are rounded.
const NEGATIVE: f64 = 1e-6;

/// Checks that a matrix is square, finite, symmetric and positive semidefinite, and makes it exactly
/// symmetric.
pub(super) fn check_covariance(names: &[String], matrix: &mut [Vec<f64>]) -> Result<()> {
    let n = names.len();
    let refused = |what: String, value: String, expected: String| {
        Err(Error::Invalid { what, value, expected })
    };
    if matrix.len() != n {
        let expected = format!("there are {n} assets, so {n} rows are needed");
        return refused("the covariance".into(), format!("of {} rows", matrix.len()), expected);
    }
    for (i, row) in matrix.iter().enumerate() {
        if row.len() != n {
            let what = format!("row {i} of the covariance");
            let expected = format!("there are {n} assets, so {n} columns are needed");
            return refused(what, format!("of {} entries", row.len()), expected);
        }
        if let Some(j) = row.iter().position(|c| !c.is_finite()) {
            let what = format!("the covariance of {} and {}", names[i], names[j]);
            return Err(Error::NotFinite { what, value: row[j] });
        }
    }
    let largest = (0..n).map(|i| matrix[i][i]).fold(0.0, f64::max);
    for j in 0..n {
        for i in 0..j {
            let (a, b) = (matrix[i][j], matrix[j][i]);
            if (a - b).abs() > ASYMMETRY * largest {
                return refused(
                    format!("the covariance of {} and {}", names[i], names[j]),
                    format!("{a} in row {i} and {b} in row {j}"),
                    "it must be symmetric".into(),
                );
            }
            let mean = 0.5 * a + 0.5 * b;
            (matrix[i][j], matrix[j][i]) = (mean, mean);
        }
    }
    match negative_direction(matrix, NEGATIVE * largest) {
        None => Ok(()),
        Some((i, variance)) => refused(
            "the covariance".into(),
            format!(
                "not positive semidefinite: {} and the assets that it depends on make a sum with the \
                 variance {variance}",
                names[i]
            ),
            format!(
                "no variance may be negative (beyond {NEGATIVE} of the largest, {largest}); a matrix \
                 estimated from pairs with missing data often is not a covariance"
            ),
        ),
    }
}

/// An asset and the negative variance of a sum of it and others, by Gaussian elimination with the
/// largest remaining variance first (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition,
/// section 10.3).
fn negative_direction(matrix: &[Vec<f64>], tolerance: f64) -> Option<(usize, f64)> {
    let mut rest: Vec<Vec<f64>> = matrix.to_vec();
    let mut open: Vec<usize> = (0..matrix.len()).collect();
    while !open.is_empty() {
        if let Some(&i) = open.iter().find(|&&i| rest[i][i] < -tolerance) {
            return Some((i, rest[i][i]));
        }
        let at = (0..open.len()).max_by(|&a, &b| {
            let [a, b] = [a, b].map(|k| rest[open[k]][open[k]]);
            a.total_cmp(&b)
        })?;
        let pivot = open[at];
        let variance = rest[pivot][pivot];
        if variance <= tolerance {
            // All that remain have no variance, so no covariances either: x - y or x + y has the
            // variance of both less twice the covariance.
            for (k, &i) in open.iter().enumerate() {
                for &j in &open[k + 1..] {
                    let sum = rest[i][i] + rest[j][j] - 2.0 * rest[i][j].abs();
                    if sum < -2.0 * tolerance {
                        return Some((i, sum));
                    }
                }
            }
            return None;
        }
        open.swap_remove(at);
        let row = std::mem::take(&mut rest[pivot]);
        for &i in &open {
            let factor = row[i] / variance;
            if factor != 0.0 {
                open.iter().for_each(|&j| rest[i][j] -= factor * row[j]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(mut matrix: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>> {
        let names: Vec<String> = (0..matrix.len()).map(|i| format!("asset {i}")).collect();
        check_covariance(&names, &mut matrix).map(|()| matrix)
    }

    #[test]
    fn refuses_with_a_reason() {
        let says = |matrix| check(matrix).unwrap_err().to_string();
        assert!(says(vec![vec![1.0], vec![]]).contains("2 columns are needed"));
        assert!(says(vec![vec![1.0, 0.5], vec![0.4, 1.0]]).contains("symmetric"));
        assert!(says(vec![vec![1.0, f64::NAN], vec![0.4, 1.0]]).contains("asset 0 and asset 1"));
        assert!(says(vec![vec![1.0, 0.0], vec![0.0, -0.1]]).contains("asset 1"));
        assert!(says(vec![vec![1.0, 1.1], vec![1.1, 1.0]]).contains("positive semidefinite"));
        assert!(says(vec![vec![0.0, 1.0], vec![1.0, 0.0]]).contains("positive semidefinite"));
        assert!(says(vec![vec![-1.0]]).contains("asset 0"));
        assert!(check_covariance(&["a".into()], &mut []).is_err());
    }

    #[test]
    fn what_is_rounded_is_taken() {
        assert!(check(vec![vec![0.0]]).is_ok());
        assert!(check(vec![vec![1.0, 1.0], vec![1.0, 1.0]]).is_ok());
        assert!(check(vec![vec![1.0, 1.0000001], vec![1.0000001, 1.0]]).is_ok());
        let symmetric = check(vec![vec![1.0, 0.5], vec![0.5 + 1e-12, 1.0]]).unwrap();
        assert_eq!(symmetric[0][1], symmetric[1][0]);
    }

    proptest! {
        /// A 3 × 3 matrix is positive semidefinite where no principal minor is negative (Sylvester).
        #[test]
        fn agrees_with_the_minors(d in prop::collection::vec(0.0..1.0f64, 3), o in prop::collection::vec(-1.0..1.0f64, 3)) {
            let m = vec![vec![d[0], o[0], o[1]], vec![o[0], d[1], o[2]], vec![o[1], o[2], d[2]]];
            let two = |i: usize, j: usize| m[i][i] * m[j][j] - m[i][j] * m[i][j];
            let three = d[0] * two(1, 2) - o[0] * (o[0] * d[2] - o[2] * o[1]) + o[1] * (o[0] * o[2] - d[1] * o[1]);
            let least = [two(0, 1), two(0, 2), two(1, 2), three].into_iter().fold(f64::INFINITY, f64::min);
            prop_assume!(least.abs() > 1e-4);
            prop_assert_eq!(check(m).is_ok(), least > 0.0);
        }
    }
}

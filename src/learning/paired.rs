//! Two models compared on the same rows.

use crate::math::statistics::{binomial_at_least, student_quantile};
use serde::Serialize;

/// How often chance may be taken for a difference.
const LEVEL: f64 = 0.05;

/// How far one model is ahead of another on rows that both predict.
///
/// Each row has a score of both. They belong together, so that the error of the difference of their
/// means is the standard deviation of the rows' differences by the root of their number; of classes
/// that is McNemar's, `√(b + c - (b - c)²/n)/n` to a factor `√(n/(n-1))`, where b and c rows are right
/// by one of the two alone (Dietterich, Neural Comput. 10, 1895 (1998), sec. 3.1). It is the error of
/// the choice of these rows, not of the choice of the training rows or the start.
///
/// Whether a difference is more than chance is asked at a level of 5 %: of classes by the exact form of
/// McNemar's test (of b + c rows, b by a fair coin), of numbers by Student's t of the n differences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Paired {
    /// Mean score of the one minus that of the other.
    pub difference: f64,
    /// Its standard error; none of one row.
    pub standard_error: Option<f64>,
    /// Whether it is more than chance.
    pub is_significant: bool,
    /// Of classes, the rows where the one alone is right, and those where the other alone is.
    #[serde(skip)]
    pub discordant: Option<(u64, u64)>,
}

impl Paired {
    /// Of scores of the same rows, the higher the better: of classes 1 where one is right, else 0.
    /// Nothing without rows.
    pub(super) fn of(one: &[f64], other: &[f64], of_classes: bool) -> Option<Self> {
        if one.is_empty() || one.len() != other.len() {
            return None;
        }
        let count = one.len() as f64;
        let differences = || one.iter().zip(other).map(|(one, other)| one - other);
        let difference = differences().sum::<f64>() / count;
        let squares: f64 = differences().map(|d| (d - difference).powi(2)).sum();
        let standard_error = (one.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt());
        let rows = |sign: f64| differences().filter(|d| *d == sign).count() as u64;
        let (b, c) = (rows(1.0), rows(-1.0));
        let is_significant = match (of_classes, standard_error) {
            (true, _) => 2.0 * binomial_at_least(b.max(c), b + c, 0.5) < LEVEL,
            (false, Some(error)) => {
                difference.abs() > error * student_quantile(count - 1.0, 1.0 - LEVEL / 2.0)
            }
            (false, None) => false,
        };
        let discordant = of_classes.then_some((b, c));
        Some(Paired { difference, standard_error, is_significant, discordant })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// b rows right by the one alone, c by the other, of n.
    fn classes(b: usize, c: usize, n: usize) -> Paired {
        let one: Vec<f64> = (0..n).map(|k| f64::from(u8::from(k < b))).collect();
        let other: Vec<f64> =
            (0..n).map(|k| f64::from(u8::from((b..b + c).contains(&k)))).collect();
        Paired::of(&one, &other, true).unwrap()
    }

    #[test]
    fn few_rows_prove_nothing() {
        // The exact test of 5 against 0 has p = 1/16, of 6 against 0 1/32.
        for (b, c, n, significant) in [
            (2, 0, 2, false),
            (3, 0, 4, false),
            (5, 0, 1000, false),
            (6, 0, 6, true),
            (0, 6, 40, true),
            (0, 0, 10, false),
        ] {
            assert_eq!(classes(b, c, n).is_significant, significant, "{b} {c} {n}");
        }
        let paired = classes(3, 1, 10);
        let expected = ((4.0f64 - 4.0 / 10.0) / 9.0 / 10.0).sqrt();
        assert!((paired.difference - 0.2).abs() < 1e-15);
        assert!((paired.standard_error.unwrap() - expected).abs() < 1e-15);
        assert_eq!(Paired::of(&[1.0], &[0.0], false).unwrap().standard_error, None);
        assert!(Paired::of(&[], &[], true).is_none());
    }
}

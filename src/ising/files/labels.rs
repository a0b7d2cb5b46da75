//! Which variable a label stands for.

use super::super::quadratic::check_size;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

/// The variable of each label: labels that are the numbers from 0 to n - 1 in some order are the
/// variables themselves, any others are numbered in the order in which the file lists them.
///
/// # Errors
/// If a label is there twice, or there are more than [`MAX_VARIABLES`](super::super::MAX_VARIABLES).
pub(super) fn variables<L: Hash + Eq + Display>(
    labels: &[L],
    number: impl Fn(&L) -> Option<usize>,
) -> Result<Vec<usize>> {
    let n = labels.len();
    check_size("the variables", n)?;
    let mut seen = HashMap::with_capacity(n);
    for (k, label) in labels.iter().enumerate() {
        if let Some(first) = seen.insert(label, k) {
            return Err(Error::Invalid {
                what: format!("label {k} of the variables"),
                value: label.to_string(),
                expected: format!("label {first} is the same; each variable has one"),
            });
        }
    }
    // All different and all below n: each of the numbers once.
    let numbers = labels.iter().map(|label| number(label).filter(|&k| k < n));
    Ok(numbers.collect::<Option<Vec<_>>>().unwrap_or_else(|| (0..n).collect()))
}

/// Refuses a pair of variables that is there twice, in either order.
pub(super) fn distinct(pairs: &[(usize, usize, f64)]) -> Result<()> {
    let mut seen = HashMap::new();
    for (k, &(i, j, _)) in pairs.iter().enumerate() {
        if let Some(first) = seen.insert((i.min(j), i.max(j)), k) {
            return Err(Error::Invalid {
                what: format!("entry {k} of the pairs"),
                value: format!("({i}, {j})"),
                expected: format!("entry {first} is of this pair already"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_from_0_are_variables_and_others_keep_their_order() {
        let of = |labels: &[u64]| variables(labels, |&id| usize::try_from(id).ok()).unwrap();
        assert_eq!(of(&[2, 0, 1]), [2, 0, 1]);
        assert_eq!(of(&[7, 0, 1]), [0, 1, 2]);
        assert_eq!(of(&[]), [0; 0]);
        let says = variables(&[4, 5, 4], |&id| Some(id)).unwrap_err().to_string();
        assert!(says.contains("label 2") && says.contains("label 0 is the same"), "{says}");
    }
}

//! Sums of Pauli strings with real coefficients.

use super::{ComplexPauliSum, PauliString};
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// Σ cₖ Pₖ with real cₖ, so Hermitian by construction: an observable or a Hamiltonian.
///
/// The terms stay as they are given, in order and with repetitions, until [`PauliSum::simplify`];
/// `+` and `-` concatenate. Two sums are `==` if their lists of terms are. Coefficients are finite
/// when given; arithmetic that overflows leaves an infinity, which text and JSON refuse.
///
/// ```
/// use ketlab::pauli::{Pauli, PauliString, PauliSum};
/// let mut h = PauliSum::new([(PauliString::single(0, Pauli::X), 0.5)]);
/// h.push("Z0 Z1".parse()?, -1.0);
/// let h = (h.clone() + 2.0 * h).simplify(1e-12);
/// assert_eq!(h.to_string(), "1.5 X0 - 3 Z0 Z1");
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PauliSum {
    terms: Vec<(PauliString, f64)>,
}

impl PauliSum {
    /// The sum without terms: the zero operator.
    pub fn zero() -> Self {
        Self::default()
    }

    /// The sum of these terms.
    ///
    /// # Panics
    /// If a coefficient is NaN or infinite; see [`PauliSum::try_new`].
    #[track_caller]
    pub fn new(terms: impl IntoIterator<Item = (PauliString, f64)>) -> Self {
        match Self::try_new(terms) {
            Ok(sum) => sum,
            Err(error) => panic!("{error}"),
        }
    }

    /// The sum of these terms, or an error if a coefficient is NaN or infinite.
    pub fn try_new(terms: impl IntoIterator<Item = (PauliString, f64)>) -> Result<Self> {
        let sum = PauliSum { terms: terms.into_iter().collect() };
        sum.check_finite()?;
        Ok(sum)
    }

    /// Adds one term.
    ///
    /// # Panics
    /// If the coefficient is NaN or infinite; see [`PauliSum::try_push`].
    #[track_caller]
    pub fn push(&mut self, string: PauliString, coefficient: f64) {
        if let Err(error) = self.try_push(string, coefficient) {
            panic!("{error}");
        }
    }

    /// Adds one term, or is an error if the coefficient is NaN or infinite.
    pub fn try_push(&mut self, string: PauliString, coefficient: f64) -> Result<()> {
        check_finite(&string, coefficient)?;
        self.terms.push((string, coefficient));
        Ok(())
    }

    /// The terms, as given or as [`PauliSum::simplify`] left them.
    pub fn terms(&self) -> &[(PauliString, f64)] {
        &self.terms
    }

    /// The terms, taken out.
    pub fn into_terms(self) -> Vec<(PauliString, f64)> {
        self.terms
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The same operator with equal strings merged, terms with |c| ≤ `tolerance` dropped and the
    /// rest in the order of [`PauliString`]. The order of additions is that of the terms, so the
    /// result is the same in every run.
    pub fn simplify(self, tolerance: f64) -> Self {
        let mut terms = merge(self.terms);
        terms.retain(|(_, c)| !within(c.abs(), tolerance));
        PauliSum { terms }
    }

    /// The coefficient of the identity, which is tr(H)/2ⁿ.
    pub fn identity_coefficient(&self) -> f64 {
        self.terms.iter().filter(|(string, _)| string.is_identity()).map(|(_, c)| c).sum()
    }

    /// Σ |cₖ| over the terms as they stand: an upper bound of the operator norm, and λ of methods
    /// whose cost it sets. Simplify first to merge equal strings.
    pub fn one_norm(&self) -> f64 {
        self.terms.iter().map(|(_, c)| c.abs()).sum()
    }

    /// The highest qubit of any term, plus one; 0 if there are only identities or no terms.
    pub fn num_qubits(&self) -> usize {
        self.terms.iter().map(|(string, _)| string.num_qubits()).max().unwrap_or(0)
    }

    /// Whether every string is diagonal: only I and Z.
    pub fn is_diagonal(&self) -> bool {
        self.terms.iter().all(|(string, _)| string.is_diagonal())
    }

    /// The same sum with qubit `q` renamed to `map(q)`.
    ///
    /// # Panics
    /// As [`PauliString::remap`]; see [`PauliSum::try_remap`].
    #[track_caller]
    pub fn remap(&self, map: impl FnMut(usize) -> usize) -> Self {
        match self.try_remap(map) {
            Ok(sum) => sum,
            Err(error) => panic!("{error}"),
        }
    }

    /// The same sum with qubit `q` renamed to `map(q)`, with the errors of
    /// [`PauliString::try_remap`].
    pub fn try_remap(&self, mut map: impl FnMut(usize) -> usize) -> Result<Self> {
        let renamed = |(string, c): &(PauliString, f64)| Ok((string.try_remap(&mut map)?, *c));
        Ok(PauliSum { terms: self.terms.iter().map(renamed).collect::<Result<_>>()? })
    }

    /// An error that names the first coefficient that is NaN or infinite.
    pub(super) fn check_finite(&self) -> Result<()> {
        self.terms.iter().try_for_each(|(string, c)| check_finite(string, *c))
    }

    /// A sum of terms known to be good.
    pub(super) fn from_terms(terms: Vec<(PauliString, f64)>) -> Self {
        PauliSum { terms }
    }
}

fn check_finite(string: &PauliString, coefficient: f64) -> Result<()> {
    if coefficient.is_finite() {
        return Ok(());
    }
    let text = super::scan::shortened(&string.to_string());
    Err(Error::NotFinite { what: format!("the coefficient of `{text}`"), value: coefficient })
}

/// Whether a magnitude is at most the tolerance; NaN is not.
pub(super) fn within(magnitude: f64, tolerance: f64) -> bool {
    magnitude <= tolerance
}

/// Adds up the coefficients of equal keys, in the order given, and sorts by key.
pub(super) fn merge<K, C>(terms: impl IntoIterator<Item = (K, C)>) -> Vec<(K, C)>
where
    K: Eq + Hash + Ord,
    C: AddAssign,
{
    let mut merged = HashMap::new();
    for (key, coefficient) in terms {
        match merged.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(coefficient);
            }
            Entry::Occupied(mut entry) => {
                *entry.get_mut() += coefficient;
            }
        }
    }
    let mut terms: Vec<_> = merged.into_iter().collect();
    terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    terms
}

impl From<PauliString> for PauliSum {
    fn from(string: PauliString) -> Self {
        PauliSum { terms: vec![(string, 1.0)] }
    }
}

impl From<PauliSum> for ComplexPauliSum {
    fn from(sum: PauliSum) -> Self {
        ComplexPauliSum::new(sum.terms.into_iter().map(|(string, c)| (string, c.into())))
    }
}

impl<'a> IntoIterator for &'a PauliSum {
    type Item = &'a (PauliString, f64);
    type IntoIter = std::slice::Iter<'a, (PauliString, f64)>;

    fn into_iter(self) -> Self::IntoIter {
        self.terms.iter()
    }
}

impl AddAssign for PauliSum {
    fn add_assign(&mut self, other: PauliSum) {
        self.terms.extend(other.terms);
    }
}

impl Add for PauliSum {
    type Output = PauliSum;

    fn add(mut self, other: PauliSum) -> PauliSum {
        self += other;
        self
    }
}

impl Sub for PauliSum {
    type Output = PauliSum;

    fn sub(self, other: PauliSum) -> PauliSum {
        self + -other
    }
}

impl Neg for PauliSum {
    type Output = PauliSum;

    fn neg(mut self) -> PauliSum {
        self.terms.iter_mut().for_each(|(_, c)| *c = -*c);
        self
    }
}

impl Mul<f64> for PauliSum {
    type Output = PauliSum;

    fn mul(mut self, factor: f64) -> PauliSum {
        self.terms.iter_mut().for_each(|(_, c)| *c *= factor);
        self
    }
}

impl Mul<PauliSum> for f64 {
    type Output = PauliSum;

    fn mul(self, sum: PauliSum) -> PauliSum {
        sum * self
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_sum, distance, kron_sum};
    use super::super::{Pauli, PauliString};
    use super::*;
    use proptest::prelude::*;

    fn sum(text: &str) -> PauliSum {
        text.parse().unwrap()
    }

    #[test]
    fn simplify_merges_drops_and_orders() {
        let h = sum("Z1 + 2 X0 - Z1 + 1e-9 Y2 + 3 - 0.5 X0 + 0 Z5");
        assert_eq!(h.clone().simplify(0.0), sum("3 I + 1.5 X0 + 1e-9 Y2"));
        assert_eq!(h.simplify(1e-8), sum("3 I + 1.5 X0"));
    }

    #[test]
    fn simplify_takes_many_terms() {
        let n = 100_000;
        let string = |k: usize| PauliString::single(k % (n / 2), Pauli::Z);
        let simple = PauliSum::new((0..n).rev().take(2000).map(|k| (string(k), 1.0)));
        assert_eq!(simple.simplify(0.0).len(), 2000);
        let many = PauliSum::new((0..n as u64).map(|k| (PauliString::from_masks(k / 2, 0), 0.5)));
        let many = many.simplify(0.0);
        assert_eq!(many.len(), n / 2);
        assert!(many.terms().iter().all(|&(_, c)| c == 1.0));
        assert!(many.terms().is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn properties() {
        let h = sum("2 - 0.5 Z0 Z4 + 1 + 0.25 Z1");
        assert_eq!((h.num_qubits(), h.len(), h.one_norm()), (5, 4, 3.75));
        assert_eq!(h.identity_coefficient(), 3.0);
        assert!(h.is_diagonal() && !sum("Z0 + X1").is_diagonal());
        assert_eq!(PauliSum::zero().num_qubits(), 0);
        assert_eq!(h.remap(|q| q + 1), sum("2 - 0.5 Z1 Z5 + 1 + 0.25 Z2"));
        assert!(h.try_remap(|_| 0).is_err());
    }

    #[test]
    fn refuses_what_is_not_finite() {
        let z = PauliString::single(3, Pauli::Z);
        let error = PauliSum::try_new([(z.clone(), f64::NAN)]).unwrap_err().to_string();
        assert_eq!(error, "the coefficient of `Z3` is NaN; it must be a finite number");
        assert!(PauliSum::zero().try_push(z, f64::INFINITY).is_err());
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_the_matrices(a in any_sum(3), b in any_sum(3), c in -3.0..3.0) {
            let (ma, mb) = (kron_sum(&a, 3), kron_sum(&b, 3));
            let close = |s: PauliSum, m| distance(&kron_sum(&s.simplify(0.0), 3), &m) < 1e-13;
            prop_assert!(close(a.clone() + b.clone(), &ma + &mb));
            prop_assert!(close(a.clone() - b.clone(), &ma - &mb));
            prop_assert!(close(-a.clone(), -&ma));
            prop_assert!(close(c * a, ma * num_complex::Complex64::from(c)));
        }
    }
}

//! Sums of Pauli strings with complex coefficients.

use super::sum::{merge, within};
use super::{PauliString, PauliSum};
use crate::error::{Error, Result};
use num_complex::Complex64;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

/// Σ cₖ Pₖ with complex cₖ: any operator, such as a product or a commutator of two
/// [`PauliSum`]s.
///
/// Like a [`PauliSum`] it keeps its terms as given until it is simplified.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComplexPauliSum {
    terms: Vec<(PauliString, Complex64)>,
}

impl ComplexPauliSum {
    /// The sum of these terms.
    pub fn new(terms: impl IntoIterator<Item = (PauliString, Complex64)>) -> Self {
        ComplexPauliSum { terms: terms.into_iter().collect() }
    }

    /// The terms.
    pub fn terms(&self) -> &[(PauliString, Complex64)] {
        &self.terms
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The highest qubit of any term, plus one.
    pub fn num_qubits(&self) -> usize {
        self.terms.iter().map(|(string, _)| string.num_qubits()).max().unwrap_or(0)
    }

    /// Σ |cₖ| over the terms as they stand.
    pub fn one_norm(&self) -> f64 {
        self.terms.iter().map(|(_, c)| c.norm()).sum()
    }

    /// The coefficient of the identity, which is the trace divided by 2ⁿ.
    pub fn identity_coefficient(&self) -> Complex64 {
        self.terms.iter().filter(|(string, _)| string.is_identity()).map(|(_, c)| c).sum()
    }

    /// The same operator with equal strings merged, terms with |c| ≤ `tolerance` dropped and the
    /// rest in the order of [`PauliString`].
    pub fn simplify(self, tolerance: f64) -> Self {
        let mut terms = merge(self.terms);
        terms.retain(|(_, c)| !within(c.norm(), tolerance));
        ComplexPauliSum { terms }
    }

    /// The adjoint operator.
    pub fn adjoint(mut self) -> Self {
        self.terms.iter_mut().for_each(|(_, c)| *c = c.conj());
        self
    }

    /// The operator as a [`PauliSum`], equal strings merged and exact zeros dropped.
    ///
    /// # Errors
    /// [`Error::NotHermitian`] if an imaginary part is more than `tolerance`; [`Error::NotFinite`]
    /// if a coefficient is NaN or infinite.
    pub fn to_pauli_sum(&self, tolerance: f64) -> Result<PauliSum> {
        let merged = self.clone().simplify(0.0);
        let name = |string: &PauliString| super::scan::shortened(&string.to_string());
        let mut terms = Vec::with_capacity(merged.len());
        for (string, c) in merged.terms {
            if !within(c.im.abs(), tolerance) {
                return Err(Error::NotHermitian {
                    term: name(&string),
                    deviation: c.im,
                    tolerance,
                });
            }
            if c.re != 0.0 {
                terms.push((string, c.re));
            }
        }
        PauliSum::try_new(terms)
    }
}

impl Add for ComplexPauliSum {
    type Output = ComplexPauliSum;

    fn add(mut self, other: ComplexPauliSum) -> ComplexPauliSum {
        self.terms.extend(other.terms);
        self
    }
}

impl Sub for ComplexPauliSum {
    type Output = ComplexPauliSum;

    fn sub(self, other: ComplexPauliSum) -> ComplexPauliSum {
        self + -other
    }
}

impl Neg for ComplexPauliSum {
    type Output = ComplexPauliSum;

    fn neg(mut self) -> ComplexPauliSum {
        self.terms.iter_mut().for_each(|(_, c)| *c = -*c);
        self
    }
}

impl Mul<Complex64> for ComplexPauliSum {
    type Output = ComplexPauliSum;

    fn mul(mut self, factor: Complex64) -> ComplexPauliSum {
        self.terms.iter_mut().for_each(|(_, c)| *c *= factor);
        self
    }
}

/// E.g. `(0.5-1i) X0 + (0+2i) Z1`; a sum without terms prints as `0`.
impl fmt::Display for ComplexPauliSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.pad("0");
        }
        for (i, (string, c)) in self.terms.iter().enumerate() {
            let plus = if i > 0 { " + " } else { "" };
            write!(f, "{plus}({}) {string}", c + Complex64::ZERO)?; // 0 rather than -0
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn becomes_a_pauli_sum_if_hermitian() {
        let i = Complex64::I;
        let p = |text: &str| text.parse::<PauliString>().unwrap();
        let cancels = ComplexPauliSum::new([(p("X0"), i), (p("Z1"), 2.0.into()), (p("X0"), -i)]);
        assert_eq!(cancels.to_pauli_sum(0.0).unwrap(), "2 Z1".parse().unwrap());
        let slightly = cancels + ComplexPauliSum::new([(p("Z1"), 1e-12 * i)]);
        assert_eq!(slightly.to_pauli_sum(1e-10).unwrap(), "2 Z1".parse().unwrap());
        let error = slightly.to_pauli_sum(1e-13).unwrap_err();
        assert!(matches!(error, Error::NotHermitian { .. }), "{error}");
        assert!(error.to_string().contains("`Z1`"), "{error}");
        for bad in [f64::NAN, f64::INFINITY] {
            let real = ComplexPauliSum::new([(p("X0"), bad.into())]);
            assert!(real.to_pauli_sum(1.0).is_err());
            let imaginary = ComplexPauliSum::new([(p("X0"), Complex64::new(0.0, bad))]);
            assert!(imaginary.to_pauli_sum(1.0).is_err());
        }
        let shown = ComplexPauliSum::new([(p("X0"), Complex64::new(0.5, -1.0)), (p(""), i)]);
        assert_eq!(shown.to_string(), "(0.5-1i) X0 + (0+1i) I");
        assert_eq!(shown.adjoint().to_string(), "(0.5+1i) X0 + (0-1i) I");
    }
}

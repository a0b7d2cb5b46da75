//! Checked sets of Kraus operators.

use super::limits::{CPTP_TOLERANCE, invalid, qubits_of_rows};
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// Operators that have this weight tr(K†K)/d or less are rounding and left out.
const ROUNDING_WEIGHT: f64 = 1e-16;

/// Kraus operators of a channel, Σ_j K_j† K_j = 1 to rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct KrausSet {
    operators: Vec<DMatrix<Complex64>>,
}

impl KrausSet {
    pub(crate) fn unchecked(operators: Vec<DMatrix<Complex64>>) -> Self {
        KrausSet { operators }
    }

    /// A set of operators on 1 to 3 qubits, each 2^k × 2^k. Those with a weight tr(K†K)/d of at most
    /// 1e-16 are left out. Σ K†K may deviate from 1 by
    /// [`CPTP_TOLERANCE`](super::CPTP_TOLERANCE) in an entry; a set that deviates by more than
    /// rounding is completed, K → K (ΣK†K)^{-1/2}.
    ///
    /// # Errors
    /// If there are no operators, sizes do not fit or differ, a number is not finite, or the set
    /// deviates by more: the error says how much.
    pub fn new(operators: impl IntoIterator<Item = DMatrix<Complex64>>) -> Result<Self> {
        let mut operators: Vec<_> = operators.into_iter().collect();
        let Some(first) = operators.first() else {
            return Err(invalid("the number of Kraus operators", "0", "there is at least one"));
        };
        let rows = first.nrows();
        for operator in &operators {
            qubits_of_rows("a Kraus operator", operator.nrows(), operator.ncols())?;
            if operator.nrows() != rows {
                let sizes = format!("{rows} × {rows} and {0} × {0}", operator.nrows());
                return Err(invalid(
                    "the sizes of the Kraus operators",
                    sizes,
                    "all have the same",
                ));
            }
            let not_finite = |x: &f64| !x.is_finite();
            if let Some(value) = operator.iter().flat_map(|z| [z.re, z.im]).find(not_finite) {
                return Err(Error::NotFinite {
                    what: "an entry of a Kraus operator".into(),
                    value,
                });
            }
        }
        let deviation = deviation(&operators);
        if deviation > CPTP_TOLERANCE {
            let expected = format!(
                "a channel has at most {CPTP_TOLERANCE:.0e}: operators are missing, or their factors \
                 are not the square roots of probabilities"
            );
            let what = "the deviation of ΣK†K of the Kraus operators from 1";
            return Err(invalid(what, format!("{deviation:.3e}"), expected));
        }
        let weight = |k: &DMatrix<Complex64>| k.norm_squared() / rows as f64;
        operators.retain(|k| weight(k) > ROUNDING_WEIGHT);
        complete(&mut operators);
        Ok(KrausSet { operators })
    }

    /// The operators, each 2^k × 2^k.
    pub fn operators(&self) -> &[DMatrix<Complex64>] {
        &self.operators
    }

    /// The largest entry of |Σ K†K - 1|: rounding.
    pub fn deviation(&self) -> f64 {
        deviation(&self.operators)
    }
}

/// Σ K†K - 1.
fn excess(operators: &[DMatrix<Complex64>]) -> DMatrix<Complex64> {
    let d = operators[0].nrows();
    operators.iter().fold(-DMatrix::<Complex64>::identity(d, d), |sum, k| sum + k.adjoint() * k)
}

fn deviation(operators: &[DMatrix<Complex64>]) -> f64 {
    excess(operators).iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// K → K (1 + D)^{-1/2} with D = ΣK†K - 1, to first order: D is at most about 1e-8, and its square
/// rounding. Nothing where it is rounding.
pub(super) fn complete(operators: &mut [DMatrix<Complex64>]) {
    let d = excess(operators);
    if d.iter().all(|z| z.norm() <= 4e-15) {
        return;
    }
    let one = DMatrix::<Complex64>::identity(d.nrows(), d.nrows());
    let root = one - d * Complex64::from(0.5);
    operators.iter_mut().for_each(|k| *k = &*k * &root);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damping(gamma: f64, slip: f64) -> Vec<DMatrix<Complex64>> {
        let c = Complex64::from;
        let zero = c(0.0);
        vec![
            DMatrix::from_row_slice(2, 2, &[c(1.0), zero, zero, c((1.0 - gamma).sqrt() + slip)]),
            DMatrix::from_row_slice(2, 2, &[zero, c(gamma.sqrt()), zero, zero]),
        ]
    }

    #[test]
    fn incomplete_sets_are_refused_by_how_much() {
        let mut part = damping(0.25, 0.0);
        part.pop();
        let error = KrausSet::new(part).unwrap_err().to_string();
        assert!(error.contains("2.500e-1") && error.contains("1e-8"), "{error}");
        assert!(KrausSet::new([]).is_err());
        assert!(KrausSet::new([DMatrix::identity(3, 3)]).is_err());
        assert!(KrausSet::new([DMatrix::identity(16, 16)]).is_err());
        assert!(KrausSet::new([DMatrix::identity(2, 2), DMatrix::identity(4, 4)]).is_err());
        let nan = DMatrix::from_element(2, 2, Complex64::from(f64::NAN));
        assert!(matches!(KrausSet::new([nan]), Err(Error::NotFinite { .. })));
    }

    #[test]
    fn rounding_is_corrected_and_left_out() {
        let exact = KrausSet::new(damping(0.3, 0.0)).unwrap();
        assert_eq!(exact.operators(), damping(0.3, 0.0));
        // Printed with nine digits.
        let close = KrausSet::new(damping(0.3, 1e-9)).unwrap();
        assert!(close.deviation() < 1e-15);
        for (a, b) in close.operators().iter().zip(exact.operators()) {
            assert!((a - b).norm() < 1e-8);
        }
        assert!(KrausSet::new(damping(0.3, 1e-7)).is_err());
        // An operator of rounding.
        let mut more = damping(0.3, 0.0);
        more.push(DMatrix::from_element(2, 2, Complex64::from(5e-9)));
        assert_eq!(KrausSet::new(more).unwrap().operators().len(), 2);
    }
}

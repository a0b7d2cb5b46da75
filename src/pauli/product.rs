//! Products and commutators of sums.

use super::sum::merge;
use super::{ComplexPauliSum, PauliString, PauliSum, Phase};
use num_complex::Complex64;

/// All pairs of two lists of terms.
fn pairs<'a, A, B>(
    a: &'a [(PauliString, A)],
    b: &'a [(PauliString, B)],
) -> impl Iterator<Item = (&'a (PauliString, A), &'a (PauliString, B))> {
    a.iter().flat_map(move |left| b.iter().map(move |right| (left, right)))
}

fn complex(terms: impl Iterator<Item = (PauliString, Complex64)>) -> ComplexPauliSum {
    let mut terms = merge(terms);
    terms.retain(|(_, c)| *c != Complex64::ZERO);
    ComplexPauliSum::new(terms)
}

fn real(terms: impl Iterator<Item = (PauliString, f64)>) -> PauliSum {
    let mut terms = merge(terms);
    terms.retain(|(_, c)| *c != 0.0);
    PauliSum::from_terms(terms)
}

/// Every result is simplified: equal strings merged, exact zeros dropped. The work is one string
/// product for each pair of terms, the memory the number of different strings in the result.
impl PauliSum {
    /// The operator product AB, Hermitian only if the two commute.
    pub fn product(&self, other: &PauliSum) -> ComplexPauliSum {
        complex(pairs(self.terms(), other.terms()).map(|((p, a), (q, b))| {
            let (phase, string) = p.mul(q);
            (string, phase.times((a * b).into()))
        }))
    }

    /// [A, B] = AB - BA, which is anti-Hermitian.
    ///
    /// ```
    /// use ketlab::pauli::PauliSum;
    /// let (x, y): (PauliSum, PauliSum) = ("X0".parse()?, "Y0".parse()?);
    /// assert_eq!(x.commutator(&y).to_string(), "(0+2i) Z0");
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn commutator(&self, other: &PauliSum) -> ComplexPauliSum {
        // [P, Q] is 2PQ if they anticommute, else 0.
        complex(self.anticommuting(other).map(|(phase, string, c)| (string, phase.times(c.into()))))
    }

    /// i[A, B] = i(AB - BA), which is Hermitian: dB/dt = i[H, B] in the Heisenberg picture.
    pub fn i_commutator(&self, other: &PauliSum) -> PauliSum {
        real(
            self.anticommuting(other)
                .map(|(phase, string, c)| (string, (Phase::I * phase).re() * c)),
        )
    }

    /// {A, B} = AB + BA, which is Hermitian.
    pub fn anticommutator(&self, other: &PauliSum) -> PauliSum {
        let commuting = pairs(self.terms(), other.terms()).filter(|(a, b)| a.0.commutes_with(&b.0));
        real(commuting.map(|((p, a), (q, b))| {
            let (phase, string) = p.mul(q);
            (string, phase.re() * (2.0 * a * b))
        }))
    }

    /// A², which is Hermitian.
    pub fn square(&self) -> PauliSum {
        let diagonal = self.terms().iter().map(|(_, c)| (PauliString::identity(), c * c));
        let above = self.terms().iter().enumerate().flat_map(|(i, (p, a))| {
            let later = self.terms()[i + 1..].iter().filter(|(q, _)| p.commutes_with(q));
            later.map(move |(q, b)| {
                let (phase, string) = p.mul(q);
                (string, phase.re() * (2.0 * a * b))
            })
        });
        real(diagonal.chain(above))
    }

    /// (phase, string, 2ab) of PQ for every anticommuting pair; the phase is ±i.
    fn anticommuting<'a>(
        &'a self,
        other: &'a PauliSum,
    ) -> impl Iterator<Item = (Phase, PauliString, f64)> + 'a {
        pairs(self.terms(), other.terms()).filter(|(a, b)| !a.0.commutes_with(&b.0)).map(
            |((p, a), (q, b))| {
                let (phase, string) = p.mul(q);
                (phase, string, 2.0 * a * b)
            },
        )
    }
}

/// The result is simplified.
impl ComplexPauliSum {
    /// The operator product AB.
    pub fn product(&self, other: &ComplexPauliSum) -> ComplexPauliSum {
        complex(pairs(self.terms(), other.terms()).map(|((p, a), (q, b))| {
            let (phase, string) = p.mul(q);
            (string, phase.times(a * b))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{any_sum, distance, kron, kron_sum};
    use super::*;
    use nalgebra::DMatrix;
    use proptest::prelude::*;

    fn kron_complex(sum: &ComplexPauliSum) -> DMatrix<Complex64> {
        sum.terms()
            .iter()
            .fold(DMatrix::zeros(8, 8), |m, (p, c)| m + kron(&p.to_label(3).unwrap()) * *c)
    }

    proptest! {
        #[test]
        fn products_are_those_of_the_matrices(a in any_sum(3), b in any_sum(3), c in any_sum(3)) {
            let (ma, mb, mc) = (kron_sum(&a, 3), kron_sum(&b, 3), kron_sum(&c, 3));
            let (ab, ba) = (&ma * &mb, &mb * &ma);
            let same = |x: &DMatrix<_>, y: &DMatrix<_>| distance(x, y) < 1e-11;
            prop_assert!(same(&kron_complex(&a.product(&b)), &ab));
            prop_assert!(same(&kron_complex(&a.commutator(&b)), &(&ab - &ba)));
            prop_assert!(same(&kron_sum(&a.i_commutator(&b), 3), &((&ab - &ba) * Complex64::I)));
            prop_assert!(same(&kron_sum(&a.anticommutator(&b), 3), &(&ab + &ba)));
            prop_assert!(same(&kron_sum(&a.square(), 3), &(&ma * &ma)));
            let abc = a.product(&b).product(&c.clone().into());
            prop_assert!(same(&kron_complex(&abc), &(ab * mc)));
            let square = a.product(&a).to_pauli_sum(1e-12).unwrap();
            prop_assert!(same(&kron_sum(&square, 3), &kron_sum(&a.square(), 3)));
        }
    }

    #[test]
    fn commuting_operators_leave_nothing() {
        let (a, b): (PauliSum, PauliSum) =
            ("X0 X1 + Z0 Z1".parse().unwrap(), "0.3 Y0 Y1".parse().unwrap());
        assert!(a.commutator(&b).is_empty() && a.i_commutator(&b).is_empty());
        assert!(a.product(&b).to_pauli_sum(0.0).is_ok());
        let z: PauliSum = "Z0".parse().unwrap();
        assert!(matches!(a.product(&z).to_pauli_sum(1e-9), Err(crate::Error::NotHermitian { .. })));
    }
}

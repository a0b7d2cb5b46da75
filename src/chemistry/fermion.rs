//! Fermion operators and their Jordan-Wigner transform.

use crate::error::{Error, Result};
use crate::pauli::{ComplexPauliSum, MAX_QUBITS, Pauli, PauliString};
use num_complex::Complex64;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A ladder operator of one mode (a spin orbital).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ladder {
    /// a†ₚ, which fills mode p.
    Create(usize),
    /// aₚ, which empties mode p.
    Annihilate(usize),
}

impl Ladder {
    /// Its mode.
    pub fn mode(self) -> usize {
        match self {
            Ladder::Create(mode) | Ladder::Annihilate(mode) => mode,
        }
    }

    /// a† for a and a for a†.
    pub fn adjoint(self) -> Self {
        match self {
            Ladder::Create(mode) => Ladder::Annihilate(mode),
            Ladder::Annihilate(mode) => Ladder::Create(mode),
        }
    }
}

/// Σ cₖ times a product of ladder operators, which obey {aₚ, a†_q} = δ_pq and {aₚ, a_q} = 0.
///
/// A product is written as it stands on paper: its last factor acts first. Terms stay as they are
/// given, not normal ordered; equal operators may have different terms, and the same Pauli sum.
///
/// ```
/// use ketlab::chemistry::FermionOperator;
/// // A hop between modes 0 and 2 drags the parity of mode 1 along.
/// let hop = FermionOperator::create(2).product(&FermionOperator::annihilate(0));
/// let hop = (hop.clone() + hop.adjoint()).jordan_wigner(3)?.to_pauli_sum(0.0)?;
/// assert_eq!(hop.to_string(), "0.5 X0 Z1 X2 + 0.5 Y0 Z1 Y2");
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FermionOperator {
    terms: Vec<(Vec<Ladder>, Complex64)>,
}

impl FermionOperator {
    /// The sum without terms: the zero operator.
    pub fn zero() -> Self {
        Self::default()
    }

    /// The sum of these terms.
    pub fn new(terms: impl IntoIterator<Item = (Vec<Ladder>, Complex64)>) -> Self {
        FermionOperator { terms: terms.into_iter().collect() }
    }

    /// A number times the identity.
    pub fn constant(value: f64) -> Self {
        Self::new([(Vec::new(), value.into())])
    }

    /// a†ₚ.
    pub fn create(mode: usize) -> Self {
        Self::new([(vec![Ladder::Create(mode)], Complex64::ONE)])
    }

    /// aₚ.
    pub fn annihilate(mode: usize) -> Self {
        Self::new([(vec![Ladder::Annihilate(mode)], Complex64::ONE)])
    }

    /// nₚ = a†ₚaₚ: 1 where the mode is filled, else 0.
    pub fn number(mode: usize) -> Self {
        Self::new([(vec![Ladder::Create(mode), Ladder::Annihilate(mode)], Complex64::ONE)])
    }

    /// N = Σ nₚ over modes 0 to `num_modes` - 1.
    pub fn total_number(num_modes: usize) -> Self {
        (0..num_modes).map(Self::number).fold(Self::zero(), Add::add)
    }

    /// S_z = ½ Σ (n₂ₚ - n₂ₚ₊₁) of interleaved spin orbitals: even modes are spin up (α), odd modes
    /// spin down (β).
    pub fn spin_z(num_modes: usize) -> Self {
        let half = |mode: usize| if mode.is_multiple_of(2) { 0.5 } else { -0.5 };
        (0..num_modes).map(|mode| Self::number(mode) * half(mode)).fold(Self::zero(), Add::add)
    }

    /// Adds one term.
    pub fn push(&mut self, product: Vec<Ladder>, coefficient: Complex64) {
        self.terms.push((product, coefficient));
    }

    /// The terms as given: the factors from left to right, and the coefficient.
    pub fn terms(&self) -> &[(Vec<Ladder>, Complex64)] {
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

    /// The highest mode of any term, plus one.
    pub fn num_modes(&self) -> usize {
        let modes = self.terms.iter().flat_map(|(product, _)| product).map(|l| l.mode());
        modes.max().map_or(0, |mode| mode.saturating_add(1))
    }

    /// The operator product `self`·`other`.
    pub fn product(&self, other: &FermionOperator) -> FermionOperator {
        let pairs = self.terms.iter().flat_map(|a| other.terms.iter().map(move |b| (a, b)));
        Self::new(pairs.map(|((left, a), (right, b))| {
            (left.iter().chain(right).copied().collect::<Vec<_>>(), a * b)
        }))
    }

    /// The adjoint operator: factors adjoint and in reverse order, coefficients conjugate.
    pub fn adjoint(&self) -> FermionOperator {
        Self::new(self.terms.iter().map(|(product, c)| {
            (product.iter().rev().map(|ladder| ladder.adjoint()).collect(), c.conj())
        }))
    }

    /// The operator on qubits, mode p on qubit p and |1⟩ filled:
    /// aₚ = Z₀…Zₚ₋₁(Xₚ + iYₚ)/2 (Jordan and Wigner, Z. Phys. 47, 631 (1928); for qubits Somma et
    /// al., Phys. Rev. A 65, 042323 (2002)).
    ///
    /// The result is simplified: equal strings merged, exact zeros dropped. A product of k factors
    /// on different modes has 2^k strings. A Hermitian operator goes on with
    /// [`ComplexPauliSum::to_pauli_sum`].
    ///
    /// # Errors
    /// If a mode is not below `num_modes`, or there are more than [`MAX_QUBITS`] modes.
    pub fn jordan_wigner(&self, num_modes: usize) -> Result<ComplexPauliSum> {
        let invalid = |what: &str, value: usize, expected: String| {
            Err(Error::Invalid { what: what.into(), value: value.to_string(), expected })
        };
        if num_modes > MAX_QUBITS {
            let expected = format!("it must be at most {MAX_QUBITS}");
            return invalid("the number of modes", num_modes, expected);
        }
        if self.num_modes() > num_modes {
            let expected = format!("there are {num_modes} modes, numbered from 0");
            return invalid("a mode of a fermion operator", self.num_modes() - 1, expected);
        }
        let mut strings = HashMap::new();
        // The terms are added in their order, so that the result is the same in every run.
        let mut sum: HashMap<PauliString, Complex64> = HashMap::new();
        for (product, coefficient) in &self.terms {
            let mut expanded = vec![(PauliString::identity(), *coefficient)];
            for ladder in product {
                let mode = ladder.mode();
                let (x, y) = strings.entry(mode).or_insert_with(|| strings_of_mode(mode));
                // aₚ has + iY, a†ₚ has - iY.
                let y_factor = match ladder {
                    Ladder::Annihilate(_) => Complex64::new(0.0, 0.5),
                    Ladder::Create(_) => Complex64::new(0.0, -0.5),
                };
                let parts = [(&*x, Complex64::from(0.5)), (&*y, y_factor)];
                expanded = expanded
                    .iter()
                    .flat_map(|(left, c)| {
                        parts.map(|(right, factor)| (left.mul(right), c * factor))
                    })
                    .map(|((phase, string), c)| (string, phase.to_complex() * c))
                    .collect();
            }
            for (string, c) in expanded {
                *sum.entry(string).or_insert(Complex64::ZERO) += c;
            }
        }
        Ok(ComplexPauliSum::new(sum).simplify(0.0))
    }
}

/// Z₀…Zₚ₋₁Xₚ and Z₀…Zₚ₋₁Yₚ.
fn strings_of_mode(mode: usize) -> (PauliString, PauliString) {
    let with = |pauli| PauliString::new((0..mode).map(|q| (q, Pauli::Z)).chain([(mode, pauli)]));
    (with(Pauli::X), with(Pauli::Y))
}

impl AddAssign for FermionOperator {
    fn add_assign(&mut self, other: FermionOperator) {
        self.terms.extend(other.terms);
    }
}

impl Add for FermionOperator {
    type Output = FermionOperator;

    fn add(mut self, other: FermionOperator) -> FermionOperator {
        self += other;
        self
    }
}

impl Sub for FermionOperator {
    type Output = FermionOperator;

    fn sub(self, other: FermionOperator) -> FermionOperator {
        self + -other
    }
}

impl Neg for FermionOperator {
    type Output = FermionOperator;

    fn neg(self) -> FermionOperator {
        self * -1.0
    }
}

impl Mul<Complex64> for FermionOperator {
    type Output = FermionOperator;

    fn mul(mut self, factor: Complex64) -> FermionOperator {
        self.terms.iter_mut().for_each(|(_, c)| *c *= factor);
        self
    }
}

impl Mul<f64> for FermionOperator {
    type Output = FermionOperator;

    fn mul(mut self, factor: f64) -> FermionOperator {
        self.terms.iter_mut().for_each(|(_, c)| *c *= factor);
        self
    }
}

/// E.g. `a†1` or `a0`.
impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ladder::Create(mode) => write!(f, "a†{mode}"),
            Ladder::Annihilate(mode) => write!(f, "a{mode}"),
        }
    }
}

/// E.g. `(0.5+0i) a†1 a0 + (2+0i)`; a sum without terms prints as `0`.
impl fmt::Display for FermionOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.pad("0");
        }
        for (i, (product, c)) in self.terms.iter().enumerate() {
            let plus = if i > 0 { " + " } else { "" };
            write!(f, "{plus}({})", c + Complex64::ZERO)?; // 0 rather than -0
            product.iter().try_for_each(|ladder| write!(f, " {ladder}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pauli::PauliSum;
    use proptest::prelude::*;

    fn a(mode: usize) -> FermionOperator {
        FermionOperator::annihilate(mode)
    }

    fn pauli(operator: &FermionOperator, num_modes: usize) -> PauliSum {
        operator.jordan_wigner(num_modes).unwrap().to_pauli_sum(0.0).unwrap()
    }

    #[test]
    fn anticommutation_relations_hold_exactly() {
        let n = 4;
        let anticommutator =
            |a: &FermionOperator, b: &FermionOperator| pauli(&(a.product(b) + b.product(a)), n);
        for p in 0..n {
            for q in 0..n {
                let delta = PauliSum::new((p == q).then_some((PauliString::identity(), 1.0)));
                assert_eq!(anticommutator(&a(p), &a(q).adjoint()), delta, "{p} {q}");
                assert!(anticommutator(&a(p), &a(q)).is_empty(), "{p} {q}");
            }
        }
    }

    /// a†ₚ or aₚ on an occupation by the textbook: the sign counts the filled modes below p.
    fn apply(ladder: Ladder, state: usize) -> Option<(f64, usize)> {
        let bit = 1 << ladder.mode();
        let filled = state & bit != 0;
        if filled == matches!(ladder, Ladder::Create(_)) {
            return None;
        }
        let sign = if (state & (bit - 1)).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
        Some((sign, state ^ bit))
    }

    fn any_ladder(n: usize) -> impl Strategy<Value = Ladder> {
        (0..n, any::<bool>())
            .prop_map(|(p, up)| if up { Ladder::Create(p) } else { Ladder::Annihilate(p) })
    }

    proptest! {
        #[test]
        fn products_act_on_occupations(
            product in prop::collection::vec(any_ladder(3), 0..6), re in -2.0..2.0, im in -2.0..2.0,
        ) {
            let c = Complex64::new(re, im);
            let operator = FermionOperator::new([(product.clone(), c)]);
            let matrix = operator.jordan_wigner(3).unwrap().to_dense(3).unwrap();
            let adjoint = operator.adjoint().jordan_wigner(3).unwrap().to_dense(3).unwrap();
            prop_assert!((adjoint - matrix.adjoint()).norm() < 1e-13);
            for column in 0..8 {
                let start = Some((1.0, column));
                let end = product.iter().rev().fold(start, |state, &ladder| {
                    let (sign, state) = state?;
                    let (next, state) = apply(ladder, state)?;
                    Some((sign * next, state))
                });
                for row in 0..8 {
                    let expected = match end {
                        Some((sign, state)) if state == row => c * sign,
                        _ => Complex64::ZERO,
                    };
                    prop_assert!((matrix[(row, column)] - expected).norm() < 1e-13);
                }
            }
        }
    }

    #[test]
    fn counts_particles_and_spin() {
        let number = pauli(&FermionOperator::total_number(4), 4).to_dense(4).unwrap();
        let spin = pauli(&FermionOperator::spin_z(4), 4).to_dense(4).unwrap();
        for state in 0..16usize {
            let (up, down) = ((state & 0b0101).count_ones(), (state & 0b1010).count_ones());
            assert_eq!(number[(state, state)].re, f64::from(up + down));
            assert_eq!(spin[(state, state)].re, 0.5 * (f64::from(up) - f64::from(down)));
        }
        let number = pauli(&FermionOperator::number(2), 3);
        assert_eq!(number, "0.5 - 0.5 Z2".parse().unwrap());
    }

    #[test]
    fn refuses_modes_that_are_not_there() {
        let error = a(4).jordan_wigner(4).unwrap_err().to_string();
        let expected = "a mode of a fermion operator is 4; there are 4 modes, numbered from 0";
        assert_eq!(error, expected);
        assert!(a(0).jordan_wigner(MAX_QUBITS + 1).is_err());
        assert!(a(usize::MAX).jordan_wigner(2).is_err());
        assert!(matches!(
            a(0).jordan_wigner(1).unwrap().to_pauli_sum(1e-9),
            Err(Error::NotHermitian { .. })
        ));
    }

    #[test]
    fn prints_as_on_paper() {
        let hop = FermionOperator::create(1).product(&a(0)) * 0.5 - FermionOperator::constant(2.0);
        assert_eq!(hop.to_string(), "(0.5+0i) a†1 a0 + (-2+0i)");
        assert_eq!((hop.len(), hop.num_modes()), (2, 2));
        assert_eq!(FermionOperator::zero().to_string(), "0");
    }
}

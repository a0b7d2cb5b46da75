//! Excitations of fermions, exact under the Jordan-Wigner transform.

use super::fermion::{FermionOperator, Ladder};
use crate::circuit::Circuit;
use crate::circuit::library::check_num_qubits;
use crate::error::{Error, Result};
use crate::gate::Angle;
use crate::pauli::PauliSum;
use num_complex::Complex64;
use std::fmt;

/// T = a†ₚa_q or a†ₚa†_q aᵣaₛ on distinct modes, and the unitary exp(θ(T - T†)), which keeps the
/// number of particles. A mode is a qubit, |1⟩ is filled, and the signs that fermions get from the
/// filled modes between them (the Z strings) are included: the unitary is that of the fermions.
///
/// T - T† = -iK with K = i(T - T†) a sum of 2 (single) or 8 (double) commuting Pauli strings, so
/// the product of as many Pauli rotations is exact (Romero et al., Quantum Sci. Technol. 4, 014008
/// (2019)).
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::chemistry::{Excitation, hartree_fock};
/// // exp(θ(T - T†))|01⟩ = cos θ|01⟩ + sin θ|10⟩.
/// let mut c = hartree_fock(2, 1);
/// Excitation::single(1, 0).append_to(&mut c, 0.3)?;
/// let p = Simulator::new().probabilities(&c)?;
/// assert!((p[0b10] - 0.3f64.sin().powi(2)).abs() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Excitation {
    // The factors of T from left to right.
    product: Vec<Ladder>,
}

impl Excitation {
    /// T = a†ₚa_q.
    ///
    /// # Panics
    /// Equal modes; see [`Excitation::try_single`].
    #[track_caller]
    pub fn single(p: usize, q: usize) -> Self {
        Self::try_single(p, q).unwrap_or_else(|e| panic!("{e}"))
    }

    /// T = a†ₚa_q, or an error for equal modes.
    pub fn try_single(p: usize, q: usize) -> Result<Self> {
        Self::new(vec![Ladder::Create(p), Ladder::Annihilate(q)])
    }

    /// T = a†ₚa†_q aᵣaₛ, from [p, q] and [r, s]. For s < r and p < q it takes the state with only s
    /// and r filled to that with only p and q filled, with sign +.
    ///
    /// # Panics
    /// Equal modes; see [`Excitation::try_double`].
    #[track_caller]
    pub fn double(create: [usize; 2], annihilate: [usize; 2]) -> Self {
        Self::try_double(create, annihilate).unwrap_or_else(|e| panic!("{e}"))
    }

    /// T = a†ₚa†_q aᵣaₛ, or an error for equal modes.
    pub fn try_double([p, q]: [usize; 2], [r, s]: [usize; 2]) -> Result<Self> {
        use Ladder::{Annihilate, Create};
        Self::new(vec![Create(p), Create(q), Annihilate(r), Annihilate(s)])
    }

    fn new(product: Vec<Ladder>) -> Result<Self> {
        let mode = |k: usize| product[k].mode();
        let repeated = (0..product.len()).find(|&k| (0..k).any(|i| mode(i) == mode(k)));
        match repeated {
            Some(k) => Err(Error::RepeatedQubit { qubit: mode(k), operation: "excitation".into() }),
            None => Ok(Excitation { product }),
        }
    }

    /// How many modes there must be for it: one more than its highest.
    pub fn num_modes(&self) -> usize {
        self.product.iter().map(|ladder| ladder.mode() + 1).max().unwrap_or(0)
    }

    /// T|index⟩, or T†|index⟩, as a sign and a basis state; `None` for 0. Modes are below 64.
    pub(crate) fn image(&self, index: u64, adjoint: bool) -> Option<(f64, u64)> {
        let mut state = index;
        let mut negative = false;
        let mut step = |ladder: Ladder, adjoint: bool| {
            let (mode, filled) = match ladder {
                Ladder::Create(mode) => (mode, adjoint),
                Ladder::Annihilate(mode) => (mode, !adjoint),
            };
            if (state >> mode & 1 == 1) != filled {
                return None;
            }
            // The string of Z on the modes below.
            negative ^= (state & ((1 << mode) - 1)).count_ones() % 2 == 1;
            state ^= 1 << mode;
            Some(())
        };
        if adjoint {
            self.product.iter().try_for_each(|ladder| step(*ladder, true))?;
        } else {
            self.product.iter().rev().try_for_each(|ladder| step(*ladder, false))?;
        }
        Some((if negative { -1.0 } else { 1.0 }, state))
    }

    /// T.
    pub fn operator(&self) -> FermionOperator {
        FermionOperator::new([(self.product.clone(), Complex64::ONE)])
    }

    /// K = i(T - T†), Hermitian, of commuting terms: the unitary is exp(-iθK).
    ///
    /// # Errors
    /// If a mode is not below [`MAX_QUBITS`](crate::pauli::MAX_QUBITS).
    pub fn generator(&self) -> Result<PauliSum> {
        let t = self.operator();
        let k = (t.clone() - t.adjoint()) * Complex64::I;
        k.jordan_wigner(k.num_modes())?.to_pauli_sum(0.0)
    }

    /// Appends exp(θ(T - T†)).
    ///
    /// # Errors
    /// If the circuit does not have a mode (it is left as it was), or the parameter is another
    /// circuit's.
    pub fn append_to(&self, circuit: &mut Circuit, theta: impl Into<Angle>) -> Result<()> {
        let num_qubits = circuit.num_qubits();
        let highest = self.product.iter().map(|ladder| ladder.mode()).max().unwrap_or(0);
        if highest >= num_qubits {
            return Err(Error::QubitOutOfRange { qubit: highest, num_qubits });
        }
        let theta = theta.into();
        // exp(-iθcP) is a rotation by 2cθ about P.
        self.generator()?.terms().iter().try_for_each(|(string, c)| {
            circuit.try_pauli_rotation(string, theta.clone() * (2.0 * c)).map(drop)
        })
    }

    /// exp(θ(T - T†)) as a circuit with the parameter `theta`.
    ///
    /// # Errors
    /// If a mode is not below `num_qubits`, or there are more qubits than a circuit can have.
    pub fn circuit(&self, num_qubits: usize) -> Result<Circuit> {
        check_num_qubits(num_qubits, 1)?;
        let mut c = Circuit::new(num_qubits);
        let theta = c.param("theta");
        self.append_to(&mut c, theta)?;
        Ok(c)
    }
}

/// T, e.g. `a†2 a0`.
impl fmt::Display for Excitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factors: Vec<String> = self.product.iter().map(Ladder::to_string).collect();
        f.pad(&factors.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circuits_are_matrix_exponentials() {
        let n = 5;
        let theta = 0.37;
        for excitation in [
            Excitation::single(1, 0),
            Excitation::single(0, 1),
            Excitation::single(4, 1),
            Excitation::single(0, 3),
            Excitation::double([2, 3], [1, 0]),
            Excitation::double([4, 1], [0, 3]),
            Excitation::double([0, 2], [4, 3]),
        ] {
            let t = excitation.operator().jordan_wigner(n).unwrap().to_dense(n).unwrap();
            let expected = ((&t - t.adjoint()) * Complex64::from(theta)).exp();
            let c = excitation.circuit(n).unwrap().bind(&[("theta", theta)]).unwrap();
            assert!((c.matrix().unwrap() - expected).norm() < 1e-12, "{excitation}");
            let strings = if excitation.product.len() == 2 { 2 } else { 8 };
            assert_eq!(c.ops().len(), strings, "{excitation}");
        }
    }

    #[test]
    fn images_are_columns_of_the_matrix() {
        for excitation in [
            Excitation::single(3, 0),
            Excitation::single(1, 2),
            Excitation::double([2, 3], [1, 0]),
            Excitation::double([4, 1], [0, 3]),
        ] {
            let t = excitation.operator().jordan_wigner(5).unwrap().to_dense(5).unwrap();
            for (matrix, adjoint) in [(t.clone(), false), (t.adjoint(), true)] {
                for index in 0..32 {
                    let mut column = nalgebra::DVector::zeros(32);
                    if let Some((sign, image)) = excitation.image(index, adjoint) {
                        column[image as usize] = Complex64::from(sign);
                    }
                    let off = (column - matrix.column(index as usize)).norm();
                    assert!(off < 1e-15, "{excitation} {index}");
                }
            }
        }
        assert_eq!(Excitation::double([4, 1], [0, 3]).num_modes(), 5);
    }

    #[test]
    fn strings_are_those_of_jordan_and_wigner() {
        let generator = Excitation::single(2, 0).generator().unwrap();
        // i(a†₂a₀ - a†₀a₂) = (X₀Z₁Y₂ - Y₀Z₁X₂)/2.
        assert_eq!(generator.to_string(), "0.5 X0 Z1 Y2 - 0.5 Y0 Z1 X2");
    }

    #[test]
    fn doubles_move_pairs_with_sign_plus() {
        let mut c = Circuit::new(4);
        c.x(0).x(1);
        let excitation = Excitation::double([2, 3], [1, 0]);
        excitation.append_to(&mut c, 0.4).unwrap();
        let state = crate::Simulator::new().state::<f64>(&c).unwrap();
        assert!((state.amplitude(0b0011).re - 0.4f64.cos()).abs() < 1e-12);
        assert!((state.amplitude(0b1100).re - 0.4f64.sin()).abs() < 1e-12);
        assert_eq!(excitation.to_string(), "a†2 a†3 a1 a0");
    }

    #[test]
    fn refuses_modes() {
        let error = Excitation::try_double([0, 1], [2, 0]).unwrap_err();
        assert_eq!(error, Error::RepeatedQubit { qubit: 0, operation: "excitation".into() });
        assert!(Excitation::try_single(3, 3).is_err());
        let mut c = Circuit::new(3);
        let error = Excitation::single(1, 3).append_to(&mut c, 0.1).unwrap_err();
        assert_eq!(error, Error::QubitOutOfRange { qubit: 3, num_qubits: 3 });
        assert!(c.ops().is_empty());
        assert!(Excitation::single(0, usize::MAX).generator().is_err());
        assert!(Excitation::single(0, 1).circuit(0).is_err());
    }
}

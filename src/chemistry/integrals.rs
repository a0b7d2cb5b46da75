//! Molecular Hamiltonians from integrals over orbitals.

use super::fermion::{FermionOperator, Ladder};
use crate::error::{Error, Result};
use crate::pauli::PauliSum;
use num_complex::Complex64;

/// How far integrals may be from their symmetry, in hartree.
const SYMMETRY_TOLERANCE: f64 = 1e-8;

/// One- and two-electron integrals over real orthonormal spatial orbitals, in hartree.
///
/// Spin orbitals are interleaved: orbital p with spin up (α) is mode 2p, with spin down (β) mode
/// 2p + 1.
///
/// ```
/// use ketlab::chemistry::MolecularIntegrals;
/// // H₂ at 0.735 Å in STO-3G: its orbitals g and u have different symmetry, so few integrals are
/// // not zero.
/// let (g, u) = (0, 1);
/// let mut one_body = vec![0.0; 4];
/// (one_body[0], one_body[3]) = (-1.256339073, -0.471896007);
/// let mut two_body = vec![0.0; 16];
/// for (integral, value) in [
///     ([g, g, g, g], 0.675710155),
///     ([u, u, u, u], 0.698573723),
///     ([g, g, u, u], 0.664581730),
///     ([u, u, g, g], 0.664581730),
///     ([g, u, g, u], 0.180931200),
///     ([g, u, u, g], 0.180931200),
///     ([u, g, g, u], 0.180931200),
///     ([u, g, u, g], 0.180931200),
/// ] {
///     let [p, q, r, s] = integral;
///     two_body[((p * 2 + q) * 2 + r) * 2 + s] = value;
/// }
/// let integrals = MolecularIntegrals::new(0.719968994, 2, one_body, two_body)?;
/// let h = integrals.hamiltonian()?;
/// assert_eq!((h.num_qubits(), h.len()), (4, 15));
/// assert!((h.identity_coefficient() - -0.090578986).abs() < 1e-8);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MolecularIntegrals {
    constant: f64,
    num_orbitals: usize,
    one_body: Vec<f64>,
    two_body: Vec<f64>,
}

impl MolecularIntegrals {
    /// The integrals of `num_orbitals` = n spatial orbitals:
    /// - `constant`: the repulsion of the nuclei and, if there is one, the energy of a frozen core;
    /// - `one_body`: h_pq at n·p + q;
    /// - `two_body`: (pq|rs) = ∫∫ φₚ(1)φ_q(1) φᵣ(2)φₛ(2)/r₁₂, the chemists' order, at
    ///   ((n·p + q)·n + r)·n + s. The physicists' ⟨pr|qs⟩ is the same number.
    ///
    /// # Errors
    /// If there are no orbitals, a list has another length, a number is NaN or infinite, or the
    /// integrals lack the symmetry of real orbitals, h_pq = h_qp and (pq|rs) = (qp|rs) = (rs|pq),
    /// within 1e-8. Integrals in the physicists' order lack it from two orbitals on, so that the
    /// mistake is noticed.
    pub fn new(
        constant: f64,
        num_orbitals: usize,
        one_body: Vec<f64>,
        two_body: Vec<f64>,
    ) -> Result<Self> {
        let n = num_orbitals;
        if n == 0 {
            return Err(invalid("the number of orbitals", "0", "it must be at least 1".into()));
        }
        for (name, list, power) in [("one", &one_body, 2), ("two", &two_body, 4)] {
            if n.checked_pow(power) != Some(list.len()) {
                return Err(invalid(
                    &format!("the number of {name}-electron integrals"),
                    &list.len().to_string(),
                    format!("{n} orbitals have {n}^{power}"),
                ));
            }
        }
        let finite = |what: &str, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(Error::NotFinite { what: what.into(), value }),
        };
        finite("the constant of a Hamiltonian", constant)?;
        one_body.iter().try_for_each(|&value| finite("a one-electron integral", value))?;
        two_body.iter().try_for_each(|&value| finite("a two-electron integral", value))?;
        let integrals = MolecularIntegrals { constant, num_orbitals, one_body, two_body };
        integrals.check_symmetry()?;
        Ok(integrals)
    }

    fn check_symmetry(&self) -> Result<()> {
        let check = |left: String, a: f64, right: String, b: f64| {
            if (a - b).abs() <= SYMMETRY_TOLERANCE {
                return Ok(());
            }
            let expected = format!("real orbitals have {left} = {right}, which is {b}");
            Err(invalid(&format!("the integral {left}"), &a.to_string(), expected))
        };
        for [p, q] in tuples(self.num_orbitals) {
            let (a, b) = (self.one_body(p, q), self.one_body(q, p));
            check(format!("h_{p},{q}"), a, format!("h_{q},{p}"), b)?;
        }
        let name = |[p, q, r, s]: [usize; 4]| format!("({p} {q}|{r} {s})");
        for [p, q, r, s] in tuples(self.num_orbitals) {
            let value = self.two_body(p, q, r, s);
            for other in [[q, p, r, s], [r, s, p, q]] {
                let [a, b, c, d] = other;
                check(name([p, q, r, s]), value, name(other), self.two_body(a, b, c, d))?;
            }
        }
        Ok(())
    }

    /// The part of the energy that no electron has.
    pub fn constant(&self) -> f64 {
        self.constant
    }

    /// Number of spatial orbitals; there are twice as many spin orbitals.
    pub fn num_orbitals(&self) -> usize {
        self.num_orbitals
    }

    /// h_pq.
    ///
    /// # Panics
    /// An orbital that is not there.
    #[track_caller]
    pub fn one_body(&self, p: usize, q: usize) -> f64 {
        self.one_body[self.index([p, q])]
    }

    /// (pq|rs), chemists' order.
    ///
    /// # Panics
    /// An orbital that is not there.
    #[track_caller]
    pub fn two_body(&self, p: usize, q: usize, r: usize, s: usize) -> f64 {
        self.two_body[self.index([p, q, r, s])]
    }

    #[track_caller]
    fn index<const K: usize>(&self, orbitals: [usize; K]) -> usize {
        let n = self.num_orbitals;
        assert!(orbitals.iter().all(|&p| p < n), "orbitals {orbitals:?}: there are {n}, from 0");
        orbitals.iter().fold(0, |index, p| index * n + p)
    }

    /// H = E + Σ h_pq a†_pσ a_qσ + ½ Σ (pq|rs) a†_pσ a†_rτ a_sτ a_qσ over orbitals and spins
    /// (Helgaker, Jørgensen and Olsen, Molecular Electronic-Structure Theory (2000), section 1.4).
    pub fn fermion_operator(&self) -> FermionOperator {
        const UP: usize = 0;
        const DOWN: usize = 1;
        let mut h = FermionOperator::constant(self.constant);
        let mut push = |product: Vec<Ladder>, value: f64| {
            if value != 0.0 {
                h.push(product, Complex64::from(value));
            }
        };
        let (create, annihilate) = (
            |p: usize, spin: usize| Ladder::Create(2 * p + spin),
            |p: usize, spin: usize| Ladder::Annihilate(2 * p + spin),
        );
        for [p, q] in tuples(self.num_orbitals) {
            for spin in [UP, DOWN] {
                push(vec![create(p, spin), annihilate(q, spin)], self.one_body(p, q));
            }
        }
        for [p, q, r, s] in tuples(self.num_orbitals) {
            let value = 0.5 * self.two_body(p, q, r, s);
            for (a, b) in [(UP, UP), (UP, DOWN), (DOWN, UP), (DOWN, DOWN)] {
                // The others put two electrons into one spin orbital, or take two from one.
                if a != b || (p != r && q != s) {
                    let (left, right) = ([create(p, a), create(r, b)], [annihilate(s, b)]);
                    push([&left[..], &right, &[annihilate(q, a)]].concat(), value);
                }
            }
        }
        h
    }

    /// The Hamiltonian on 2n qubits by [`FermionOperator::jordan_wigner`]. Nothing but exact zeros
    /// is dropped: integrals with round-off leave terms of 1e-17 for [`PauliSum::simplify`].
    ///
    /// # Errors
    /// If there are more spin orbitals than [`MAX_QUBITS`](crate::pauli::MAX_QUBITS), or a number
    /// overflows.
    pub fn hamiltonian(&self) -> Result<PauliSum> {
        let h = self.fermion_operator().jordan_wigner(2 * self.num_orbitals)?;
        // An asymmetry that was let through adds up over at most n² integrals.
        let n = self.num_orbitals as f64;
        h.to_pauli_sum(SYMMETRY_TOLERANCE * (1.0 + n * n))
    }
}

fn invalid(what: &str, value: &str, expected: String) -> Error {
    Error::Invalid { what: what.into(), value: value.into(), expected }
}

/// All K-tuples of numbers below `n`, the last one fastest.
fn tuples<const K: usize>(n: usize) -> impl Iterator<Item = [usize; K]> {
    (0..n.pow(K as u32)).map(move |mut index| {
        let mut tuple = [0; K];
        for digit in tuple.iter_mut().rev() {
            (*digit, index) = (index % n, index / n);
        }
        tuple
    })
}

#[cfg(test)]
mod tests {
    use super::super::molecule::Molecule;
    use super::*;

    /// H₂ at 0.735 Å in STO-3G over its Hartree-Fock orbitals, computed with PySCF 2.14.0.
    fn hydrogen() -> MolecularIntegrals {
        let one_body = vec![-1.25633907300325, 0.0, 0.0, -0.47189600728114184];
        let mut two_body = vec![0.0; 16];
        two_body[0b0000] = 0.6757101548035163;
        two_body[0b1111] = 0.6985737227320181;
        (two_body[0b0011], two_body[0b1100]) = (0.6645817302552964, 0.6645817302552964);
        for exchange in [0b0101, 0b0110, 0b1001, 0b1010] {
            two_body[exchange] = 0.1809311997842314;
        }
        MolecularIntegrals::new(0.7199689944489797, 2, one_body, two_body).unwrap()
    }

    #[test]
    fn gives_the_hamiltonian_of_openfermion() {
        let ours = hydrogen().hamiltonian().unwrap();
        let file = Molecule::bundled("h2_0.735").unwrap();
        let difference = (ours.clone() - file.hamiltonian().clone()).simplify(1e-14);
        assert!(difference.is_empty(), "{difference}");
        assert_eq!(ours.len(), 15);
    }

    #[test]
    fn three_orbitals_without_symmetry_keep_particles_and_spin() {
        // Any symmetric numbers: eightfold-symmetric integrals from products.
        let n = 3;
        let f = |p: usize, q: usize| 0.3 + 0.1 * (p + q) as f64 + 0.7 * (p * q) as f64;
        let one = tuples(n).map(|[p, q]| -f(p, q)).collect();
        let two = tuples(n).map(|[p, q, r, s]| 0.05 * f(p, q) * f(r, s)).collect();
        let h = MolecularIntegrals::new(0.2, n, one, two).unwrap().hamiltonian().unwrap();
        let to_sum = |f: FermionOperator| f.jordan_wigner(6).unwrap().to_pauli_sum(0.0).unwrap();
        for conserved in [FermionOperator::total_number(6), FermionOperator::spin_z(6)] {
            assert!(h.commutator(&to_sum(conserved)).simplify(1e-13).is_empty());
        }
        // One electron in orbital p: its energy is h_pp plus the constant.
        let matrix = h.to_dense(6).unwrap();
        for p in 0..n {
            let energy = matrix[(1 << (2 * p), 1 << (2 * p))].re;
            assert!((energy - (0.2 - f(p, p))).abs() < 1e-13);
        }
        // Two of opposite spin repel by (pp|rr).
        let energy = matrix[(0b001001, 0b001001)].re; // orbital 0 up, orbital 1 down
        let expected = 0.2 - f(0, 0) - f(1, 1) + 0.05 * f(0, 0) * f(1, 1);
        assert!((energy - expected).abs() < 1e-13);
        // Two of equal spin exchange too.
        let energy = matrix[(0b000101, 0b000101)].re;
        assert!((energy - (expected - 0.05 * f(0, 1) * f(0, 1))).abs() < 1e-13);
    }

    #[test]
    fn refuses_with_a_reason() {
        let new = |one: Vec<f64>, two: Vec<f64>| {
            MolecularIntegrals::new(0.0, 2, one, two).unwrap_err().to_string()
        };
        let says = new(vec![0.0; 3], vec![0.0; 16]);
        assert_eq!(says, "the number of one-electron integrals is 3; 2 orbitals have 2^2");
        let says = new(vec![0.0, 1.0, 2.0, 0.0], vec![0.0; 16]);
        assert_eq!(says, "the integral h_0,1 is 1; real orbitals have h_0,1 = h_1,0, which is 2");
        assert!(new(vec![f64::NAN; 4], vec![0.0; 16]).contains("a one-electron integral is NaN"));
        // The physicists' order: ⟨01|01⟩ = (00|11) stands where (01|01) should.
        let mut two = vec![0.0; 16];
        (two[0b0101], two[0b1010], two[0b0011], two[0b1100]) = (0.6, 0.6, 0.2, 0.2);
        assert!(new(vec![0.0; 4], two).contains("the integral (0 1|0 1) is 0.6"));
        assert!(MolecularIntegrals::new(0.0, 0, vec![], vec![]).is_err());
        assert!(MolecularIntegrals::new(0.0, usize::MAX, vec![], vec![]).is_err());
    }
}

//! Hamiltonians of spin chains.

use super::sum_text::Budget;
use super::{MAX_QUBITS, Pauli, PauliString, PauliSum};
use crate::error::{Error, Result};

/// How a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Boundary {
    /// Bonds (0, 1) … (n-2, n-1).
    Open,
    /// And the bond (n-1, 0), which closes the ring.
    Periodic,
}

/// The transverse-field Ising chain H = -J Σ ZᵢZᵢ₊₁ - h Σ Xᵢ.
///
/// In Pauli matrices, not spins S = σ/2; the quantum critical point is at |h| = |J|. This is
/// equation (2.1.1) of Suzuki, Inoue and Chakrabarti, Quantum Ising Phases and Transitions in
/// Transverse Ising Models (2nd ed. 2013), with its Γ written as h; solved by Pfeuty, Ann. Phys. 57,
/// 79 (1970).
/// Terms come in the order of the formula; those with coefficient zero are left out.
///
/// ```
/// use ketlab::pauli::{Boundary, ising_chain};
/// let h = ising_chain(3, 1.0, 0.5, Boundary::Open)?;
/// assert_eq!(h.to_string(), "-Z0 Z1 - Z1 Z2 - 0.5 X0 - 0.5 X1 - 0.5 X2");
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If `num_sites` is 0, or below 3 in a ring, or too large, or a coupling is not finite.
pub fn ising_chain(num_sites: usize, j: f64, h: f64, boundary: Boundary) -> Result<PauliSum> {
    let bonds = bonds(num_sites, boundary)?;
    let mut chain = Chain::default();
    for (a, b) in bonds {
        chain.add([(a, Pauli::Z), (b, Pauli::Z)], -j)?;
    }
    for site in 0..num_sites {
        chain.add([(site, Pauli::X)], -h)?;
    }
    Ok(chain.sum)
}

/// The Heisenberg XXZ chain H = J Σ (XᵢXᵢ₊₁ + YᵢYᵢ₊₁ + Δ ZᵢZᵢ₊₁).
///
/// In Pauli matrices: with spins S = σ/2 the same H has 4J in place of J. J > 0 is the
/// antiferromagnet and Δ = 1 the isotropic chain of Bethe, Z. Phys. 71, 205 (1931); the anisotropy
/// Δ is that of Yang and Yang, Phys. Rev. 150, 321 (1966), whose H = -½ Σ (XX + YY + Δ' ZZ) is this
/// one at J = -½, Δ = Δ'. Terms come bond by bond; those with coefficient zero are left out.
///
/// # Errors
/// If `num_sites` is 0, or below 3 in a ring, or too large, or a coupling is not finite.
pub fn xxz_chain(num_sites: usize, j: f64, delta: f64, boundary: Boundary) -> Result<PauliSum> {
    let bonds = bonds(num_sites, boundary)?;
    let mut chain = Chain::default();
    for (a, b) in bonds {
        chain.add([(a, Pauli::X), (b, Pauli::X)], j)?;
        chain.add([(a, Pauli::Y), (b, Pauli::Y)], j)?;
        chain.add([(a, Pauli::Z), (b, Pauli::Z)], j * delta)?;
    }
    Ok(chain.sum)
}

fn bonds(n: usize, boundary: Boundary) -> Result<impl Iterator<Item = (usize, usize)>> {
    // With two sites the ring would have one bond twice, with one site a bond of a site to itself.
    let (what, least) = match boundary {
        Boundary::Open => ("the number of sites of a chain", 1),
        Boundary::Periodic => ("the number of sites of a ring", 3),
    };
    if n < least || n > MAX_QUBITS {
        return Err(Error::Invalid {
            what: what.into(),
            value: n.to_string(),
            expected: format!("it must be from {least} to {MAX_QUBITS}"),
        });
    }
    let closing = (boundary == Boundary::Periodic).then_some((n - 1, 0));
    Ok((0..n - 1).map(|i| (i, i + 1)).chain(closing))
}

#[derive(Default)]
struct Chain {
    sum: PauliSum,
    budget: Budget,
}

impl Chain {
    fn add<const N: usize>(
        &mut self,
        factors: [(usize, Pauli); N],
        coefficient: f64,
    ) -> Result<()> {
        if coefficient == 0.0 {
            return Ok(());
        }
        let string = PauliString::try_new(factors)?;
        self.budget.add(&string)?;
        self.sum.try_push(string, coefficient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn spectrum(h: &PauliSum, n: usize) -> Vec<f64> {
        let mut energies = h.to_dense(n).unwrap().symmetric_eigenvalues().as_slice().to_vec();
        energies.sort_by(f64::total_cmp);
        energies
    }

    #[test]
    fn ising_ring_has_the_energy_of_free_fermions() {
        // Pfeuty 1970: E₀ = -Σ √(J² + h² + 2Jh cos k) over k = (2m + 1)π/n, for even n.
        for (n, j, h) in [(4usize, 1.0, 0.7), (6, 0.8, 1.3), (6, 1.0, 1.0)] {
            let exact: f64 = (0..n)
                .map(|m| (2 * m + 1) as f64 * PI / n as f64)
                .map(|k| -(j * j + h * h + 2.0 * j * h * f64::cos(k)).sqrt())
                .sum();
            let ring = ising_chain(n, j, h, Boundary::Periodic).unwrap();
            let ground = spectrum(&ring, n)[0];
            assert!((ground - exact).abs() < 1e-10, "{n} {j} {h}: {ground} and {exact}");
        }
    }

    #[test]
    fn xxz_has_known_energies() {
        // Two sites: triplet states JΔ, JΔ and J(2 - Δ), singlet -J(2 + Δ).
        let (j, delta) = (1.5, 0.4);
        let mut exact = [j * delta, j * delta, j * (2.0 - delta), -j * (2.0 + delta)];
        exact.sort_by(f64::total_cmp);
        let energies = spectrum(&xxz_chain(2, j, delta, Boundary::Open).unwrap(), 2);
        assert!(energies.iter().zip(exact).all(|(a, b)| (a - b).abs() < 1e-12), "{energies:?}");
        // The ring of four isotropic spins: E₀ = -2 for S·S, so -8 here.
        let ring = xxz_chain(4, 1.0, 1.0, Boundary::Periodic).unwrap();
        assert!((spectrum(&ring, 4)[0] + 8.0).abs() < 1e-12);
        // The magnetization is conserved.
        let m: PauliSum = "Z0 + Z1 + Z2 + Z3".parse().unwrap();
        assert!(ring.commutator(&m).is_empty());
    }

    #[test]
    fn refuses_what_is_no_chain() {
        assert_eq!(ising_chain(1, 1.0, 1.0, Boundary::Open).unwrap().to_string(), "-X0");
        assert!(ising_chain(3, 1.0, 0.0, Boundary::Periodic).unwrap().is_diagonal());
        for n in [0, MAX_QUBITS + 1, usize::MAX] {
            assert!(ising_chain(n, 1.0, 1.0, Boundary::Open).is_err());
        }
        let ring = xxz_chain(2, 1.0, 1.0, Boundary::Periodic).unwrap_err().to_string();
        assert!(ring.contains("ring is 2") && ring.contains("from 3"), "{ring}");
        assert!(matches!(
            ising_chain(3, f64::NAN, 1.0, Boundary::Open),
            Err(Error::NotFinite { .. })
        ));
        assert!(xxz_chain(3, 1e300, 1e300, Boundary::Open).is_err());
    }
}

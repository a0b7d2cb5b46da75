//! Molecules: a Hamiltonian on qubits with what is known about it.

mod bundled;
mod read;
mod write;

use super::integrals::MolecularIntegrals;
use crate::error::{Error, Result};
use crate::pauli::{MAX_QUBITS, PauliSum};

/// A molecule (or a lattice of fermions) as a Hamiltonian of spin orbitals under the Jordan-Wigner
/// transform, qubit p in |1⟩ where spin orbital p is filled, with its reference energies.
///
/// Spin orbitals are interleaved: spatial orbital p is qubit 2p with spin up (α) and qubit 2p + 1
/// with spin down (β). Orbitals of molecules are in order of their energy, so the Hartree-Fock
/// state fills the first qubits. Energies are in hartree and contain the repulsion of the nuclei.
///
/// ```
/// use ketlab::chemistry::Molecule;
/// let h2 = Molecule::bundled("h2_0.735")?;
/// assert_eq!((h2.num_qubits(), h2.num_electrons()), (4, 2));
/// assert_eq!(h2.hartree_fock_state(), [true, true, false, false]);
/// // The correlation energy is 20 millihartree.
/// let correlation = h2.fci().unwrap() - h2.hartree_fock_energy();
/// assert!((correlation + 0.0203).abs() < 1e-4);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Molecule {
    name: String,
    num_qubits: usize,
    num_electrons: usize,
    hamiltonian: PauliSum,
    facts: Facts,
}

/// What a file may say beside the Hamiltonian.
#[derive(Debug, Clone, PartialEq, Default)]
struct Facts {
    kind: Option<String>,
    unit: Option<String>,
    fci: Option<f64>,
    mp2: Option<f64>,
    ccsd: Option<f64>,
    nuclear_repulsion: Option<f64>,
    geometry: Option<String>,
    basis: Option<String>,
    charge: Option<i64>,
    source: Option<String>,
}

impl Molecule {
    /// A molecule of these spin orbitals and electrons.
    ///
    /// # Errors
    /// If there are no spin orbitals or more than [`MAX_QUBITS`]; if there are more electrons than
    /// spin orbitals; if the Hamiltonian has no terms, a term on a qubit that does not exist, or a
    /// coefficient that is not finite.
    pub fn new(
        name: impl Into<String>,
        num_qubits: usize,
        num_electrons: usize,
        hamiltonian: PauliSum,
    ) -> Result<Self> {
        check_sizes(num_qubits, num_electrons)?;
        if hamiltonian.is_empty() {
            return Err(Error::Invalid {
                what: "the number of terms of a Hamiltonian".into(),
                value: "0".into(),
                expected: "it must be at least 1".into(),
            });
        }
        if hamiltonian.num_qubits() > num_qubits {
            return Err(Error::QubitOutOfRange { qubit: hamiltonian.num_qubits() - 1, num_qubits });
        }
        // Arithmetic on sums may have overflowed.
        let hamiltonian = PauliSum::try_new(hamiltonian.into_terms())?;
        let facts = Facts::default();
        Ok(Molecule { name: name.into(), num_qubits, num_electrons, hamiltonian, facts })
    }

    /// A molecule of integrals over spatial orbitals, terms of at most 1e-12 hartree left out.
    ///
    /// # Errors
    /// If there are more electrons than spin orbitals, twice the number of orbitals; if a number
    /// overflows.
    pub fn from_integrals(
        name: impl Into<String>,
        integrals: &MolecularIntegrals,
        num_electrons: usize,
    ) -> Result<Self> {
        let num_qubits = 2 * integrals.num_orbitals();
        check_sizes(num_qubits, num_electrons)?;
        let hamiltonian = integrals.hamiltonian()?.simplify(1e-12);
        Self::new(name, num_qubits, num_electrons, hamiltonian)
    }

    /// The name that the file gives.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of qubits: of spin orbitals, filled or not.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Number of electrons in these spin orbitals; those of a frozen core are not among them.
    pub fn num_electrons(&self) -> usize {
        self.num_electrons
    }

    /// The Hamiltonian, its constant included.
    pub fn hamiltonian(&self) -> &PauliSum {
        &self.hamiltonian
    }

    /// Whether each qubit is 1 in the Hartree-Fock state: the first
    /// [`num_electrons`](Self::num_electrons) are.
    pub fn hartree_fock_state(&self) -> Vec<bool> {
        (0..self.num_qubits).map(|qubit| qubit < self.num_electrons).collect()
    }

    /// ⟨H⟩ in the [`hartree_fock_state`](Self::hartree_fock_state). On a lattice this is the energy
    /// of a state with the first sites filled, which has no further meaning.
    pub fn hartree_fock_energy(&self) -> f64 {
        let diagonal = self.hamiltonian.terms().iter().filter(|(string, _)| string.is_diagonal());
        let signed = diagonal.map(|(string, c)| {
            let ones = string.support().filter(|&qubit| qubit < self.num_electrons).count();
            if ones.is_multiple_of(2) { *c } else { -c }
        });
        signed.sum()
    }

    /// The lowest energy with this number of electrons (full configuration interaction, in an
    /// active space that of the space), if it is known. States with other numbers of electrons may
    /// lie lower, as in HeH⁺.
    pub fn fci(&self) -> Option<f64> {
        self.facts.fci
    }

    /// The energy of second-order Møller-Plesset theory, if it is known.
    pub fn mp2(&self) -> Option<f64> {
        self.facts.mp2
    }

    /// The energy of coupled-cluster theory with singles and doubles (the classical method, which
    /// is not variational), if it is known.
    pub fn ccsd(&self) -> Option<f64> {
        self.facts.ccsd
    }

    /// The repulsion of the nuclei, if it is known.
    pub fn nuclear_repulsion(&self) -> Option<f64> {
        self.facts.nuclear_repulsion
    }

    /// `molecule`, `lattice`, …, if the file says so.
    pub fn kind(&self) -> Option<&str> {
        self.facts.kind.as_deref()
    }

    /// The unit of its energies, if that is known: what the file says, else `hartree` if it says that it
    /// is a molecule, or gives atoms or a basis. Lattices and spin models have none: their energies
    /// are in units of their couplings.
    pub fn unit(&self) -> Option<&str> {
        let is_of_atoms = match self.kind() {
            Some(kind) => kind == "molecule",
            None => self.facts.geometry.is_some() || self.facts.basis.is_some(),
        };
        self.facts.unit.as_deref().or(is_of_atoms.then_some("hartree"))
    }

    /// Atoms and their places in ångström, e.g. `H 0 0 0; H 0 0 0.735`, if they are known.
    pub fn geometry(&self) -> Option<&str> {
        self.facts.geometry.as_deref()
    }

    /// The basis set, e.g. `sto-3g`, if it is known.
    pub fn basis(&self) -> Option<&str> {
        self.facts.basis.as_deref()
    }

    /// The charge in units of e, if it is known.
    pub fn charge(&self) -> Option<i64> {
        self.facts.charge
    }

    /// Who computed it with what, if the file says so.
    pub fn source(&self) -> Option<&str> {
        self.facts.source.as_deref()
    }
}

fn check_sizes(num_qubits: usize, num_electrons: usize) -> Result<()> {
    let invalid = |what: &str, value: usize, expected: String| {
        Err(Error::Invalid { what: what.into(), value: value.to_string(), expected })
    };
    if !(1..=MAX_QUBITS).contains(&num_qubits) {
        let expected = format!("it must be from 1 to {MAX_QUBITS}");
        return invalid("the number of qubits of a molecule", num_qubits, expected);
    }
    if num_electrons > num_qubits {
        let expected = format!("its {num_qubits} spin orbitals take one electron each");
        return invalid("the number of electrons of a molecule", num_electrons, expected);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_does_not_fit() {
        let h = || "Z0 + 0.5 Z3".parse::<PauliSum>().unwrap();
        assert!(Molecule::new("x", 4, 2, h()).is_ok());
        let error = Molecule::new("x", 3, 2, h()).unwrap_err();
        assert_eq!(error, Error::QubitOutOfRange { qubit: 3, num_qubits: 3 });
        let error = Molecule::new("x", 4, 5, h()).unwrap_err().to_string();
        let says = "the number of electrons of a molecule is 5; its 4 spin orbitals take one \
                    electron each";
        assert_eq!(error, says);
        assert!(Molecule::new("x", 4, 2, PauliSum::zero()).is_err());
        assert!(Molecule::new("x", 4, 2, h() * f64::INFINITY).is_err());
        assert!(Molecule::new("x", 0, 0, h()).is_err());
        assert!(Molecule::new("x", usize::MAX, 0, h()).is_err());
    }

    #[test]
    fn hartree_fock_energy_is_that_of_the_matrix() {
        let h: PauliSum = "1.5 - 0.25 Z0 + 0.5 Z1 Z2 + 0.125 Z0 Z1 + 3 X0".parse().unwrap();
        for electrons in 0..=3 {
            let molecule = Molecule::new("x", 3, electrons, h.clone()).unwrap();
            let index = (1 << electrons) - 1;
            let expected = h.to_dense(3).unwrap()[(index, index)].re;
            assert_eq!(molecule.hartree_fock_energy(), expected);
        }
    }

    #[test]
    fn integrals_make_a_molecule() {
        let one_orbital = MolecularIntegrals::new(0.5, 1, vec![-2.0], vec![0.75]).unwrap();
        let energy = |electrons| {
            Molecule::from_integrals("x", &one_orbital, electrons).unwrap().hartree_fock_energy()
        };
        assert_eq!([energy(0), energy(1), energy(2)], [0.5, -1.5, -2.75]);
        assert!(Molecule::from_integrals("x", &one_orbital, 3).is_err());
    }

    /// Units follow from what a file says it is, not from its being a file.
    #[test]
    fn lattices_have_no_unit() {
        let unit = |more: &str| {
            let text =
                format!(r#"{{"name":"x","n_qubits":2,"n_electrons":0,"terms":[["Z0",1]]{more}}}"#);
            Molecule::from_json(&text).unwrap().unit().map(str::to_string)
        };
        assert_eq!(unit(""), None);
        for kind in ["lattice", "spin", "model"] {
            assert_eq!(unit(&format!(r#","kind":"{kind}","basis":"sites""#)), None);
        }
        let hartree = Some("hartree".to_string());
        assert_eq!(unit(r#","kind":"molecule""#), hartree);
        assert_eq!(unit(r#","basis":"sto-3g""#), hartree);
        assert_eq!(unit(r#","geometry_angstrom":"H 0 0 0""#), hartree);
        assert_eq!(unit(r#","kind":"lattice","unit":"eV""#), Some("eV".into()));
    }
}

//! The molecules that come with the library.

use super::Molecule;
use crate::error::{Error, Result};

/// Names beside the texts of the files of those names.
macro_rules! bundled {
    ($($name:literal)*) => {
        impl Molecule {
            /// The names that [`Molecule::bundled`] knows: molecule, active space (electrons and
            /// orbitals, as in `cas44`), bond length in ångström. All are in STO-3G but for the
            /// Hubbard models.
            pub const BUNDLED: &'static [&'static str] = &[$($name),*];
        }

        fn text(name: &str) -> Option<&'static str> {
            Some(match name {
                $($name => include_str!(concat!("../../../circuits/molecules/", $name, ".json")),)*
                _ => return None,
            })
        }
    };
}

bundled! {
    "h2_0.3" "h2_0.5" "h2_0.735" "h2_0.7414" "h2_0.9" "h2_1.2" "h2_1.5" "h2_2.0" "h2_2.5"
    "h3+_0.9" "heh+_1.0" "heh+_1.5" "h4_1.0" "lih_cas23_1.546" "lih_1.6" "beh2_cas44_1.3264"
    "h2o_cas44" "hubbard_dimer_u4" "hubbard_2x2_u4"
}

impl Molecule {
    /// A molecule that comes with the library, one of [`Molecule::BUNDLED`]: the file of that name
    /// in `circuits/molecules`. The numbers are those of PySCF and OpenFermion, as each file's
    /// `source` says.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if there is none of this name.
    pub fn bundled(name: &str) -> Result<Self> {
        let unknown = || Error::unknown_name("molecule", name, "there are", Self::BUNDLED);
        Self::from_json(text(name).ok_or_else(unknown)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chemistry::fermion::FermionOperator;

    #[test]
    fn all_keep_particles_and_spin() {
        for name in Molecule::BUNDLED {
            let molecule = Molecule::bundled(name).unwrap_or_else(|e| panic!("{name}: {e}"));
            let (h, n) = (molecule.hamiltonian(), molecule.num_qubits());
            for conserved in [FermionOperator::total_number(n), FermionOperator::spin_z(n)] {
                let conserved = conserved.jordan_wigner(n).unwrap().to_pauli_sum(0.0).unwrap();
                let change = h.commutator(&conserved).simplify(1e-10);
                assert!(change.is_empty(), "{name}: {change}");
            }
            let hartree = (molecule.kind() == Some("molecule")).then_some("hartree");
            assert_eq!(molecule.unit(), hartree, "{name}");
            assert!(molecule.source().unwrap().contains("PySCF"), "{name}");
        }
    }

    /// The eigenvalues of those basis states that have this many electrons.
    fn levels(molecule: &Molecule) -> Vec<f64> {
        let dense = molecule.hamiltonian().to_dense(molecule.num_qubits()).unwrap();
        let electrons = molecule.num_electrons() as u32;
        let states = (0..dense.nrows()).filter(|state| state.count_ones() == electrons);
        let states: Vec<usize> = states.collect();
        let mut levels = dense.select_rows(&states).select_columns(&states).symmetric_eigenvalues();
        levels.as_mut_slice().sort_by(f64::total_cmp);
        levels.as_slice().to_vec()
    }

    #[test]
    fn fci_is_the_lowest_energy_of_the_sector() {
        for name in Molecule::BUNDLED.iter().filter(|&&name| name != "lih_1.6") {
            let molecule = Molecule::bundled(name).unwrap();
            let (fci, lowest) = (molecule.fci().unwrap(), levels(&molecule)[0]);
            assert!((fci - lowest).abs() < 1e-9, "{name}: {fci} and {lowest}");
            if molecule.kind() == Some("molecule") {
                assert!(molecule.hartree_fock_energy() > fci, "{name}");
            }
        }
        // At half filling the dimer is exactly solvable: E = (U - √(U² + 16t²))/2.
        let dimer = Molecule::bundled("hubbard_dimer_u4").unwrap();
        assert!((dimer.fci().unwrap() - (2.0 - 8f64.sqrt())).abs() < 1e-12);
    }

    #[test]
    fn unknown_names_are_told_the_known_ones() {
        let error = Molecule::bundled("H2").unwrap_err().to_string();
        assert!(error.starts_with("there is no molecule `H2`; there are h2_0.3, "), "{error}");
    }
}

//! Electrons on qubits: fermion operators, integrals, molecules, and circuits that keep the number
//! of electrons.
//!
//! Mode p of a [`FermionOperator`] is qubit p of its Jordan-Wigner transform: bit 1 is occupied.
//! Spin orbitals are interleaved: even modes have spin up (α), odd modes spin down (β).
//!
//! ```
//! use ketlab::Simulator;
//! use ketlab::chemistry::{Molecule, hartree_fock};
//! let h2 = Molecule::bundled("h2_0.735")?;
//! let start = hartree_fock(h2.num_qubits(), h2.num_electrons());
//! let energy = Simulator::new().expectation(&start, h2.hamiltonian())?.value;
//! assert!((energy - h2.hartree_fock_energy()).abs() < 1e-12);
//! # Ok::<(), ketlab::Error>(())
//! ```

mod coupled_cluster;
mod excitations;
mod fermion;
mod integrals;
mod molecule;
mod number_penalty;
mod particle_conserving;

pub use coupled_cluster::{
    generalized_excitations, hartree_fock, k_upccgsd, try_hartree_fock, try_k_upccgsd, try_uccsd,
    uccsd, uccsd_excitations, upccgsd_excitations,
};
pub use excitations::Excitation;
pub use fermion::{FermionOperator, Ladder};
pub use integrals::MolecularIntegrals;
pub use molecule::Molecule;
pub use number_penalty::number_penalty;
pub use particle_conserving::{particle_conserving, try_particle_conserving};

/// 1 kcal/mol in hartree: the accuracy at which rates of reactions come out right.
pub const CHEMICAL_ACCURACY: f64 = 1.593_601e-3;

//! The ansätze by name, and the parameters that a minimization begins with.

use super::Args;
use anyhow::Result;
use clap::ValueEnum;
use ketlab::Circuit;
use ketlab::circuit::library::{self, Entanglement};
use ketlab::pauli::Molecule;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ansatz {
    /// Unitary coupled cluster, singles and doubles, from the Hartree-Fock state
    Uccsd,
    /// k layers of paired doubles and generalized singles
    KUpccgsd,
    /// Excitations chosen one by one by their derivatives
    Adapt,
    /// Givens rotations between neighbours; keeps the number of electrons
    ParticleConserving,
    /// RY and CX
    RealAmplitudes,
    /// RY, RZ and CX
    EfficientSu2,
}

pub fn ansatz(args: &Args, molecule: &Molecule) -> Result<Circuit> {
    let (n, electrons) = (molecule.num_qubits(), molecule.num_electrons());
    let linear = Entanglement::Linear;
    Ok(match args.ansatz {
        Ansatz::Uccsd | Ansatz::Adapt => library::try_uccsd(n, electrons)?,
        Ansatz::KUpccgsd => library::try_k_upccgsd(n, electrons, args.layers)?,
        Ansatz::ParticleConserving => library::try_particle_conserving(n, electrons, args.layers)?,
        Ansatz::RealAmplitudes => library::try_real_amplitudes(n, args.layers, linear)?,
        Ansatz::EfficientSu2 => library::try_efficient_su2(n, args.layers, linear)?,
    })
}

/// Zeros where the ansatz then is the Hartree-Fock state; else, and for excited states, small
/// numbers that break symmetries.
pub fn start(args: &Args, len: usize, state: u16) -> Vec<f64> {
    use ketlab::math::{Domain, Streams};
    use rand::RngExt;
    let scale = match args.ansatz {
        Ansatz::Uccsd | Ansatz::Adapt if state == 0 => return vec![0.0; len],
        Ansatz::Uccsd | Ansatz::Adapt | Ansatz::KUpccgsd => 0.3,
        _ => 0.5,
    };
    let mut rng = Streams::new(args.seed.value(), Domain::Optimizer).stream(u64::from(state));
    (0..len).map(|_| rng.random_range(-scale..scale)).collect()
}

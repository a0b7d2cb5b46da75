//! The ground state of H₂ on a noisy device: what depolarizing noise and readout errors do to the
//! energy that VQE finds, how far the angles move, and what it takes to see it by trajectories.

use ketlab::chemistry::{Molecule, uccsd};
use ketlab::device::{NoiseModel, noise_from_flags};
use ketlab::gradient::{NoisyGradient, SimulatedGradient};
use ketlab::optimize::{OptimizerKind, Stopping};
use ketlab::simulate::{Accuracy, ExpectationSource, Simulator};
use ketlab::variational::Vqe;

fn main() -> ketlab::Result<()> {
    let molecule = Molecule::bundled("h2_0.735")?;
    let hamiltonian = molecule.hamiltonian();
    let fci = molecule.fci().expect("it is in the file");
    let ansatz = uccsd(4, 2);
    let start = vec![0.0; ansatz.params().len()];
    let optimizer = OptimizerKind::Lbfgs.optimizer();
    println!("FCI {fci:.6} hartree; errors in millihartree");
    println!("{:>8}  {:>9}  {:>11}  {:>8}", "p", "noisy ⟨H⟩", "noiseless", "method");
    for p in ["0", "1e-4", "1e-3", "1e-2"] {
        let mut no_files = |_: &str| unreachable!("no flag is a file");
        let model: NoiseModel = noise_from_flags(&[format!("depolarizing={p}")], &mut no_files)?;
        let noisy = model.apply(&ansatz)?.circuit;
        // Exactly, with the density matrix: the gradient is by parameter shifts.
        let simulator = Simulator::new();
        let gradient = simulator.noisy_gradient(&noisy, hamiltonian, Accuracy::Exact)?;
        let mut vqe: Vqe<NoisyGradient> = Vqe::with_gradient(gradient, hamiltonian);
        let result = vqe.minimize(&*optimizer, &start, &mut Stopping::new())?;
        let noisy_energy = vqe.energy().exact_value(&result.params)?;
        // The state that the same angles prepare without noise: noise hurts the value far more than
        // it moves the minimum.
        let ideal = simulator.expectation(&bound(&ansatz, &result.params)?, hamiltonian)?.value;
        println!(
            "{p:>8}  {:>+9.3}  {:>+11.6}  exact",
            1e3 * (noisy_energy - fci),
            1e3 * (ideal - fci)
        );
        assert!(noisy_energy > fci - 1e-9 && ideal < fci + 1e-3);
        if p != "0" {
            // The same value from random trajectories, to a tenth of a millihartree.
            let accuracy = Accuracy::StandardError(1e-4);
            let mut drawn =
                simulator.noisy_evaluator(&noisy, std::slice::from_ref(hamiltonian), accuracy)?;
            let found = drawn.estimate(&result.params)?;
            let trajectories = drawn.trajectories().expect("they are drawn");
            println!(
                "{:>8}  {:>+9.3}  {:>11}  ± {:.3}, {} trajectories ({} different)",
                "",
                1e3 * (found.value - fci),
                "",
                1e3 * found.standard_error(),
                trajectories.number,
                trajectories.distinct_patterns
            );
            assert!((found.value - noisy_energy).abs() < 5.0 * found.standard_error());
        }
    }
    Ok(())
}

fn bound(circuit: &ketlab::Circuit, params: &[f64]) -> ketlab::Result<ketlab::Circuit> {
    let names = circuit.params().to_vec();
    let values: Vec<_> = names.iter().map(String::as_str).zip(params.iter().copied()).collect();
    circuit.bind(&values)
}

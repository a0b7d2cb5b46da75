//! The dissociation curve of hydrogen by unitary coupled cluster, beside Hartree-Fock and the exact
//! energy. Writes target/vqe_h2.svg and .png.

use ketlab::chemistry::{Molecule, uccsd};
use ketlab::optimize::{OptimizerKind, Stopping};
use ketlab::report::{Axis, Chart, Series, Style};
use ketlab::variational::Vqe;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lengths = ["0.3", "0.5", "0.735", "0.9", "1.2", "1.5", "2.0", "2.5"];
    let (mut mean_field, mut found, mut exact) = (Vec::new(), Vec::new(), Vec::new());
    println!("length/Å  Hartree-Fock        VQE              error to FCI  evaluations");
    for name in lengths {
        let molecule = Molecule::bundled(&format!("h2_{name}"))?;
        let mut vqe = Vqe::new(uccsd(4, 2), molecule.hamiltonian())?;
        // All parameters 0 are the Hartree-Fock state.
        let start = vec![0.0; vqe.num_params()];
        let optimizer = OptimizerKind::Lbfgs.optimizer();
        let result = vqe.minimize(&*optimizer, &start, &mut Stopping::new())?;
        let (length, fci) = (name.parse().expect("a number"), molecule.fci().expect("in the file"));
        let (hf, error) = (molecule.hartree_fock_energy(), result.energy - fci);
        println!(
            "{name:<8}  {hf:.8}  {:.8}  {error:+.1e}      {}",
            result.energy, result.outcome.evaluations
        );
        assert!(error.abs() < 1e-6, "UCCSD is exact for two electrons");
        mean_field.push((length, hf));
        found.push((length, result.energy));
        exact.push((length, fci));
    }
    let chart = Chart::new(
        "Dissociation of H₂",
        Axis::new("bond length").unit("Å"),
        Axis::new("energy").unit("hartree"),
    )
    .caption("STO-3G, 4 qubits, UCCSD (3 parameters), L-BFGS, exact gradients")
    .series(Series::new("Hartree-Fock", Style::Dashed, mean_field))
    .series(Series::line("FCI", exact))
    .series(Series::points("VQE", found));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target");
    std::fs::create_dir_all(folder)?;
    for extension in ["svg", "png"] {
        chart.save(format!("{folder}/vqe_h2.{extension}"))?;
    }
    Ok(())
}

//! How long a GHZ state lives on a device: thermal relaxation while gates last, and readout errors.
//! Small registers by the density matrix, exactly; a large one by trajectories, with error bars.

use ketlab::device::noise_from_flags;
use ketlab::simulate::{Method, Request};
use ketlab::{Circuit, PauliString, PauliSum, Simulator};

/// ⟨GHZ|ρ|GHZ⟩ of n qubits: half the weight of 0…0 and 1…1, and half of the coherence between them,
/// which is X…X.
fn ghz(n: usize) -> Circuit {
    let mut c = Circuit::new(n);
    c.h(0);
    for q in 1..n {
        c.cx(q - 1, q);
    }
    c
}

fn parity(n: usize, letter: &str) -> ketlab::Result<PauliSum> {
    let text: Vec<String> = (0..n).map(|q| format!("{letter}{q}")).collect();
    let string: PauliString = text.join(" ").parse()?;
    Ok(PauliSum::new([(string, 1.0)]))
}

fn main() -> ketlab::Result<()> {
    let mut no_files = |_: &str| unreachable!("no flag is a file");
    let flags = ["thermal=50us,70us", "1q=35ns,2q=300ns,measure=1us", "readout=0.02"];
    let device = noise_from_flags(&flags, &mut no_files)?;

    println!("{:>3}  {:>9}  {:>9}  {:>9}  method", "n", "⟨X…X⟩", "± error", "P(0…0)");
    for n in [2, 4, 6, 8] {
        let noisy = device.apply(&ghz(n))?.circuit;
        let request = Request::new().observable(parity(n, "X")?).outcomes();
        let result = Simulator::new().run(&noisy, &request)?;
        let zeros = result.outcomes.as_ref().and_then(|list| list.first()).map_or(0.0, |o| o.1);
        let mean = result.expectations[0].value;
        println!("{n:>3}  {mean:>9.5}  {:>9}  {zeros:>9.5}  {}", "exact", result.meta.method);
    }

    // Beyond the memory of a density matrix: as many trajectories as the error takes.
    let n = 16;
    let noisy = device.apply(&ghz(n))?.circuit;
    let request = Request::new().observable(parity(n, "X")?).standard_error(5e-3).shots(2000);
    let result = Simulator::new().seed(1).method(Method::Trajectories).run(&noisy, &request)?;
    let trajectories = result.trajectories.expect("they were drawn");
    let counts = result.counts.expect("shots were asked for");
    println!(
        "{n:>3}  {:>9.5}  {:>9.5}  {:>9.5}  {}",
        result.expectations[0].value,
        trajectories.standard_errors[0],
        counts.get(&"0".repeat(n)) as f64 / counts.shots() as f64,
        result.meta.method
    );
    println!(
        "{} trajectories with errors ({} of them different) beside the run without, which has {:.1} % \
         of the weight",
        trajectories.number,
        trajectories.distinct_patterns,
        100.0 * trajectories.no_error_weight.unwrap_or(0.0)
    );
    Ok(())
}

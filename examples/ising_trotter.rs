//! A transverse-field Ising chain after a quench: magnetization over time by product formulas.

use ketlab::circuit::library::{TrotterOrder, trotter};
use ketlab::pauli::{Boundary, ising_chain};
use ketlab::{PauliSum, Simulator};

fn main() -> ketlab::Result<()> {
    let n = 10;
    let h = ising_chain(n, 1.0, 0.8, Boundary::Periodic)?;
    let magnetization: PauliSum = (0..n)
        .map(|q| format!("{} Z{q}", 1.0 / n as f64))
        .collect::<Vec<_>>()
        .join(" + ")
        .parse()?;
    let simulator = Simulator::new();
    println!("time  magnetization  change of energy");
    let energy_at_start = -(n as f64); // all spins up
    for k in 0..=10 {
        let time = 0.2 * f64::from(k);
        let circuit = trotter(&h, time, 100, TrotterOrder::Second)?;
        let m = simulator.expectation(&circuit, &magnetization)?;
        let drift = simulator.expectation(&circuit, &h)?.value - energy_at_start;
        println!("{time:4.1}  {:13.6}  {drift:+.1e}", m.value);
        assert!(drift.abs() < 1e-2, "the product formula keeps the energy to its order");
    }
    Ok(())
}

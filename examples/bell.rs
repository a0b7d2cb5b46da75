//! A Bell pair: counts, an observable, a drawing.

use ketlab::{Circuit, Simulator};

fn main() -> ketlab::Result<()> {
    let mut bell = Circuit::new(2);
    bell.h(0).cx(0, 1).measure_all();
    println!("{bell}\n");

    let simulator = Simulator::new().seed(7);
    let counts = simulator.counts(&bell, 1000)?;
    for (outcome, count) in counts.iter() {
        println!("{outcome}  {count}");
    }
    assert_eq!(counts.get("00") + counts.get("11"), 1000);

    let zz = simulator.expectation(&bell, &"Z0 Z1".parse()?)?;
    println!("⟨Z0 Z1⟩ = {:.3}, variance {:.3}", zz.value, zz.variance);
    assert!((zz.value - 1.0).abs() < 1e-12);
    Ok(())
}

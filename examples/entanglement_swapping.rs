//! Entanglement swapping along a chain of 1,000 qubits: Clifford gates, measurements in the middle
//! and corrections by what was measured, far beyond any state vector. The stabilizer method runs it.

use ketlab::clifford::{CliffordStep, OutcomeSpace, Tableau};
use ketlab::{Circuit, Expr, Simulator};

const QUBITS: usize = 1000;

fn main() -> ketlab::Result<()> {
    // Bell pairs on neighbours, (0, 1), (2, 3), …; then Bell measurements between the pairs.
    let mut c = Circuit::empty();
    let q = c.add_qubits("q", QUBITS);
    let bell = c.add_scratch("bell", QUBITS - 2);
    let ends = c.add_clbits("ends", 2);
    for pair in (0..QUBITS).step_by(2) {
        c.h(q[pair]).cx(q[pair], q[pair + 1]);
    }
    for left in (1..QUBITS - 1).step_by(2) {
        let (z, x) = (bell[left - 1], bell[left]);
        c.cx(q[left], q[left + 1]).h(q[left]).measure(q[left], z).measure(q[left + 1], x);
        c.if_then(Expr::bit(x), |c| c.x(q[QUBITS - 1]));
        c.if_then(Expr::bit(z), |c| c.z(q[QUBITS - 1]));
    }

    // The ends never met, and agree whichever basis they are measured in.
    let simulator = Simulator::new().seed(5);
    for basis in ["Z", "X"] {
        let mut measured = c.clone();
        if basis == "X" {
            measured.h(q[0]).h(q[QUBITS - 1]);
        }
        measured.measure(q[0], ends[0]).measure(q[QUBITS - 1], ends[1]);
        let (method, reason) = simulator.method_for(&measured, &Default::default())?;
        let counts = simulator.counts(&measured, 100)?;
        println!("{basis} {basis} by the {method} method ({reason}):\n{counts}");
        assert_eq!(counts.get("00") + counts.get("11"), 100);
    }

    // Without the middle measured, all of it is a state that can be asked for anything.
    let mut cluster = Tableau::new(QUBITS)?;
    let steps: Vec<CliffordStep> = (0..QUBITS as u32)
        .map(CliffordStep::H)
        .chain((1..QUBITS as u32).map(|k| CliffordStep::CZ(k - 1, k)))
        .collect();
    cluster.apply(&steps)?;
    assert_eq!(cluster.expectation(&"Z498 X499 Z500".parse()?)?, 1);
    let half: Vec<usize> = (0..QUBITS / 2).collect();
    println!("a linear cluster: {} bit of entanglement", cluster.entanglement_entropy(&half)?);
    let space = OutcomeSpace::new(&cluster, &half)?;
    println!("half of it measured: 2^{} outcomes", space.dimension());
    Ok(())
}

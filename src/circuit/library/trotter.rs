//! Product formulas for exp(-iHt).

use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::{Angle, GateOp, StdGate};
use crate::pauli::{Pauli, PauliString, PauliSum};

/// Which product formula (Suzuki 1990).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrotterOrder {
    /// Lie-Trotter: one pass over the terms; error O(t²/steps).
    First,
    /// Strang: half a step forwards, half a step backwards; error O(t³/steps²).
    Second,
}

/// exp(-iHt) by `steps` equal steps, ħ = 1. The terms keep the order of the sum.
///
/// # Errors
/// If there are no steps, or t is not finite.
pub fn trotter(
    hamiltonian: &PauliSum,
    t: f64,
    steps: usize,
    order: TrotterOrder,
) -> Result<Circuit> {
    if steps == 0 {
        return Err(Error::Invalid {
            what: "the number of Trotter steps".into(),
            value: "0".into(),
            expected: "it must be at least 1".into(),
        });
    }
    if !t.is_finite() {
        return Err(Error::NotFinite { what: "the evolution time".into(), value: t });
    }
    let mut step = Circuit::new(hamiltonian.num_qubits());
    trotter_step(&mut step, hamiltonian, t / steps as f64, order)?;
    Ok(step.repeat(steps))
}

/// Appends one step exp(-iH·dt) to a circuit; `dt` may depend on parameters.
///
/// # Errors
/// If a term is on a qubit that the circuit does not have.
pub fn trotter_step(
    circuit: &mut Circuit,
    hamiltonian: &PauliSum,
    dt: impl Into<Angle>,
    order: TrotterOrder,
) -> Result<()> {
    let dt = dt.into();
    let terms = hamiltonian.terms();
    match order {
        TrotterOrder::First => {
            terms.iter().try_for_each(|(p, c)| evolve(circuit, p, dt.clone() * *c))
        }
        TrotterOrder::Second => {
            let (forwards, backwards) = (terms.iter(), terms.iter().rev());
            let half = dt / 2.0;
            forwards.chain(backwards).try_for_each(|(p, c)| evolve(circuit, p, half.clone() * *c))
        }
    }
}

/// exp(-i·angle·P), as a row of the table where one fits.
fn evolve(circuit: &mut Circuit, string: &PauliString, angle: Angle) -> Result<()> {
    let factors: Vec<(usize, Pauli)> = string.iter().collect();
    let theta = angle.clone() * 2.0;
    let row = match factors.as_slice() {
        [] => return circuit.try_gphase(-angle).map(drop),
        [(_, Pauli::X)] => Some(StdGate::RX),
        [(_, Pauli::Y)] => Some(StdGate::RY),
        [(_, Pauli::Z)] => Some(StdGate::RZ),
        [(_, Pauli::X), (_, Pauli::X)] => Some(StdGate::RXX),
        [(_, Pauli::Y), (_, Pauli::Y)] => Some(StdGate::RYY),
        [(_, Pauli::Z), (_, Pauli::Z)] => Some(StdGate::RZZ),
        _ => None,
    };
    let op = match row {
        Some(gate) => GateOp::std(gate, [theta], factors.iter().map(|f| f.0)),
        None => GateOp::pauli_rotation(string, theta),
    };
    circuit.try_gate(op).map(drop)
}

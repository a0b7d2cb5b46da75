//! Grover's operator.

use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::{Control, GateOp, StdGate};
use std::f64::consts::PI;

/// 2|0⟩⟨0| - 1 on all qubits, with its sign.
pub fn reflection_about_zero(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let zeros = (0..num_qubits).map(Control::off);
    c.gate(GateOp::std(StdGate::GlobalPhase, [PI.into()], []).controlled(zeros));
    c.gphase(PI);
    c
}

/// Q = A·(2|0⟩⟨0| - 1)·A†·S with S = `oracle`, the reflection that multiplies good states by -1,
/// and A = `preparation`. On the plane of A|0⟩ = sin θ |good⟩ + cos θ |bad⟩ it is a rotation by
/// 2θ with eigenvalues e^{±2iθ} (Brassard et al. 2000, section 2).
///
/// # Errors
/// Different numbers of qubits; a preparation that is not unitary.
pub fn grover_operator(oracle: &Circuit, preparation: &Circuit) -> Result<Circuit> {
    if oracle.num_qubits() != preparation.num_qubits() {
        return Err(Error::Invalid {
            what: "the number of qubits of the oracle".into(),
            value: oracle.num_qubits().to_string(),
            expected: format!("the preparation has {}", preparation.num_qubits()),
        });
    }
    let mut q = Circuit::new(oracle.num_qubits());
    q.try_append(oracle)?;
    q.try_append(&preparation.inverse()?)?;
    q.try_append(&reflection_about_zero(oracle.num_qubits()))?;
    q.try_append(preparation)?;
    Ok(q)
}

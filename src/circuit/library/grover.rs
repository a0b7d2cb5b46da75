//! Grover's operator and search.

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
/// If the numbers of qubits differ, or the preparation is not unitary.
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

/// Grover's search for the basis state `marked`, after `iterations` rounds: H on every qubit, then
/// in each round the oracle and the diffusion, each a Z under all other qubits' control between X
/// gates (on the zeros of `marked`; on every qubit, between H gates). The probability of `marked`
/// is sin²((2k + 1)θ) after k rounds, sin θ = 2^{-n/2} (Boyer et al., Fortschritte der Physik 46,
/// 493 (1998)); [`grover_iterations`] is where it is largest.
///
/// ```
/// use ketlab::Simulator;
/// use ketlab::circuit::library::{grover_iterations, grover_search};
/// let circuit = grover_search(5, 19, grover_iterations(5));
/// assert!(Simulator::new().probabilities(&circuit)?[19] > 0.99);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Panics
/// No qubits, or more than 64; a marked state that they do not have.
#[track_caller]
pub fn grover_search(num_qubits: usize, marked: u64, iterations: usize) -> Circuit {
    assert!((1..=64).contains(&num_qubits), "{num_qubits} qubits: a search takes from 1 to 64");
    let size = 1u128 << num_qubits;
    assert!(u128::from(marked) < size, "state {marked} of {num_qubits} qubits: there are {size}");
    let zeros: Vec<usize> = (0..num_qubits).filter(|&q| marked >> q & 1 == 0).collect();
    let all: Vec<usize> = (0..num_qubits).collect();
    let mut c = Circuit::new(num_qubits);
    hadamards(&mut c);
    for _ in 0..iterations {
        reflect_about_zeros(&mut c, &zeros);
        hadamards(&mut c);
        reflect_about_zeros(&mut c, &all);
        hadamards(&mut c);
    }
    c
}

fn hadamards(c: &mut Circuit) {
    for q in 0..c.num_qubits() {
        c.h(q);
    }
}

/// -1 on the state that is 0 on `zeros` and 1 on the others.
fn reflect_about_zeros(c: &mut Circuit, zeros: &[usize]) {
    let controls: Vec<Control> = (1..c.num_qubits()).map(Control::on).collect();
    for &q in zeros {
        c.x(q);
    }
    c.mcz(&controls, 0);
    for &q in zeros {
        c.x(q);
    }
}

/// The number of rounds of [`grover_search`] that brings (2k + 1)θ closest to π/2, for 1 to 64
/// qubits.
pub fn grover_iterations(num_qubits: usize) -> usize {
    let theta = 0.5f64.powf(num_qubits as f64 / 2.0).asin();
    (PI / (4.0 * theta) - 0.5).round() as usize
}

//! QAOA that begins near a solution (Egger, Mareček & Woerner 2021, arXiv:2009.10095).

use crate::circuit::Circuit;
use crate::circuit::library::{TrotterOrder, trotter_step};
use crate::error::{Error, Result};
use crate::math::Bits;
use crate::pauli::PauliSum;

/// QAOA whose first state is near the bits of a solution, and whose mixer has that state as its
/// own: qubit i begins as RY(θ_i)|0⟩ with a probability of 1 that is c_i = 1 - ε where the bit is 1
/// and ε where it is 0, and the mixer is RY(θ_i) RZ(-2β) RY(-θ_i). With ε = ½ it is the usual QAOA
/// with β and -β exchanged. Parameters as those of
/// [`qaoa_ansatz`](crate::circuit::library::qaoa_ansatz).
///
/// # Errors
/// If there is not one bit per qubit, ε is not in (0, ½], there are no layers, or the cost is not
/// diagonal.
pub fn warm_started_ansatz(
    cost: &PauliSum,
    layers: usize,
    bits: &Bits,
    epsilon: f64,
) -> Result<Circuit> {
    let invalid = |what: &str, value: String, expected: &str| {
        Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
    };
    if !(epsilon > 0.0 && epsilon <= 0.5) {
        return invalid("ε of a warm start", epsilon.to_string(), "it must be in (0, 0.5]");
    }
    if layers == 0 {
        return invalid("the number of layers", "0".into(), "there is at least one");
    }
    if !cost.is_diagonal() {
        return invalid("the cost", cost.to_string(), "it must be diagonal: strings of Z");
    }
    if bits.len() < cost.num_qubits() {
        return invalid("the number of bits", bits.len().to_string(), "there is one a qubit");
    }
    let mut circuit = Circuit::new(bits.len());
    let theta = |i: usize| {
        let one = if bits.bit(i) { 1.0 - epsilon } else { epsilon };
        2.0 * one.sqrt().asin()
    };
    for i in 0..bits.len() {
        circuit.ry(theta(i), i);
    }
    let gammas = circuit.param_vector("gamma", layers);
    let betas = circuit.param_vector("beta", layers);
    for (gamma, beta) in gammas.into_iter().zip(betas) {
        trotter_step(&mut circuit, cost, gamma, TrotterOrder::First)?;
        for i in 0..bits.len() {
            circuit.ry(-theta(i), i).rz(-2.0 * beta, i).ry(theta(i), i);
        }
    }
    Ok(circuit)
}

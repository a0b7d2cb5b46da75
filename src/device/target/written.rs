//! What writing a circuit for a device makes.

use crate::circuit::Circuit;

/// A circuit in the gates of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// On the device's qubits.
    pub circuit: Circuit,
    /// Which of the device's qubits each qubit of the circuit begins on. One that does not begin in
    /// |0⟩ is to be prepared there.
    pub initial_places: Vec<usize>,
    /// Where each of them ends: there it is measured, and there observables are of it.
    pub final_places: Vec<usize>,
}

impl Written {
    /// A circuit whose qubits stay.
    pub(super) fn as_it_is(circuit: &Circuit) -> Self {
        let stay: Vec<usize> = (0..circuit.num_qubits()).collect();
        let (initial_places, final_places) = (stay.clone(), stay);
        Written { circuit: circuit.clone(), initial_places, final_places }
    }
}

//! Where the qubits of a circuit are on a machine.

use crate::circuit::{ChannelOp, Op};
use crate::gate::GateOp;

/// A permutation of physical qubits, and how it came about.
#[derive(Debug)]
pub(super) struct Layout {
    /// Of each qubit of the circuit.
    places: Vec<usize>,
    /// On each physical qubit.
    qubits: Vec<usize>,
    swaps: Vec<(usize, usize)>,
}

impl Layout {
    pub fn new(places: Vec<usize>) -> Self {
        let mut qubits = vec![0; places.len()];
        places.iter().enumerate().for_each(|(qubit, &place)| qubits[place] = qubit);
        Layout { places, qubits, swaps: vec![] }
    }

    pub fn places(&self) -> &[usize] {
        &self.places
    }

    pub fn place(&self, qubit: usize) -> usize {
        self.places[qubit]
    }

    /// Exchanges what is on two physical qubits.
    pub fn swap(&mut self, a: usize, b: usize) {
        self.qubits.swap(a, b);
        self.places[self.qubits[a]] = a;
        self.places[self.qubits[b]] = b;
        self.swaps.push((a, b));
    }

    /// The swaps since it was made.
    pub fn swaps(&self) -> &[(usize, usize)] {
        &self.swaps
    }

    /// An operation without bodies, where its qubits are.
    pub fn placed(&self, op: &Op) -> Op {
        let place = |q: u32| self.places[q as usize] as u32;
        match op {
            Op::Gate(gate) => Op::Gate(GateOp::map_qubits(gate, place)),
            Op::Measure { qubit, clbit } => Op::Measure { qubit: place(*qubit), clbit: *clbit },
            Op::Channel(c) => Op::Channel(Box::new(ChannelOp {
                channel: c.channel.clone(),
                qubits: c.qubits.iter().map(|&q| place(q)).collect(),
            })),
            Op::Reset(qubit) => Op::Reset(place(*qubit)),
            Op::Barrier(qubits) => Op::Barrier(qubits.iter().map(|&q| place(q)).collect()),
            Op::Delay { qubits, duration } => Op::Delay {
                qubits: qubits.iter().map(|&q| place(q)).collect(),
                duration: *duration,
            },
            Op::If(_) | Op::While(_) | Op::Assign(_) => op.clone(),
        }
    }
}

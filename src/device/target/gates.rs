//! Which gates there are, and where.

use super::parts::Parts;
use crate::circuit::{Circuit, Op};
use crate::device::gate_name::{GateName, is_virtual, is_virtual_row};
use crate::error::{Error, Result};
use crate::gate::{GateOp, StdGate};
use crate::rewrite::{Basis, to_basis};
use std::collections::{BTreeMap, BTreeSet};

/// Which gates a device has, and where: what circuits are written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    num_qubits: usize,
    gates: BTreeMap<GateName, BTreeSet<Vec<usize>>>,
}

/// Gates on pairs with which gates on one qubit make all unitaries; the first that a pair has is taken.
const PAIRS: [(StdGate, usize); 7] = [
    (StdGate::X, 1),
    (StdGate::Z, 1),
    (StdGate::Ecr, 0),
    (StdGate::RZZ, 0),
    (StdGate::RXX, 0),
    (StdGate::RYY, 0),
    (StdGate::P, 1),
];

impl Target {
    /// A device with so many qubits and no gates yet.
    pub fn new(num_qubits: usize) -> Self {
        Target { num_qubits, gates: BTreeMap::new() }
    }

    /// It has this gate on these qubits, controls first.
    ///
    /// # Errors
    /// If the number of qubits is not the gate's, one is out of range or there twice.
    pub fn push(&mut self, gate: GateName, qubits: &[usize]) -> Result<&mut Self> {
        if let Some(expected) = gate.num_qubits()
            && expected != qubits.len()
        {
            let operation = gate.to_string();
            return Err(Error::WrongNumberOfQubits { operation, expected, got: qubits.len() });
        }
        for (k, &qubit) in qubits.iter().enumerate() {
            if qubit >= self.num_qubits {
                return Err(Error::QubitOutOfRange { qubit, num_qubits: self.num_qubits });
            }
            if qubits[..k].contains(&qubit) {
                return Err(Error::RepeatedQubit { qubit, operation: gate.to_string() });
            }
        }
        self.gates.entry(gate).or_default().insert(qubits.to_vec());
        Ok(self)
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// The gates with their places.
    pub fn gates(&self) -> impl Iterator<Item = (&GateName, &BTreeSet<Vec<usize>>)> {
        self.gates.iter()
    }

    /// The same of the first qubits alone.
    pub(in crate::device) fn on_first(&self, num_qubits: usize) -> Self {
        let within = |on: &&Vec<usize>| on.iter().all(|&q| q < num_qubits);
        let gates = self.gates.iter().map(|(name, places)| {
            (name.clone(), places.iter().filter(within).cloned().collect::<BTreeSet<_>>())
        });
        Target {
            num_qubits: self.num_qubits.min(num_qubits),
            gates: gates.filter(|g| !g.1.is_empty()).collect(),
        }
    }

    /// Whether the gate is there, on its qubits in its order or in one that is the same; or takes no time.
    pub(super) fn has(&self, g: &GateOp) -> bool {
        let on: Vec<usize> = g.qubits().map(|q| q as usize).collect();
        if on.is_empty() || is_virtual(g) {
            return true;
        }
        let Some(name) = GateName::of(g) else { return false };
        let Some(places) = self.gates.get(&name) else { return false };
        let turned =
            || matches!(on[..], [a, b] if is_symmetric(&name) && places.contains(&vec![b, a]));
        places.contains(&on) || turned()
    }

    /// Whether every gate is there.
    pub(super) fn has_all(&self, ops: &[Op]) -> bool {
        ops.iter().all(|op| {
            let is_there = if let Op::Gate(g) = op { self.has(g) } else { true };
            is_there && op.bodies().into_iter().all(|body| self.has_all(body))
        })
    }

    /// The rows of the gate table on one qubit: of all qubits, or of one of them; `rz`, which takes no
    /// time, and `id`, which is a gate like others where it is written.
    pub(super) fn rows_of_one(&self, qubit: Option<usize>) -> Vec<(StdGate, usize)> {
        let is_at = |places: &BTreeSet<Vec<usize>>| {
            qubit.is_none_or(|qubit| places.iter().any(|on| on[..] == [qubit]))
        };
        let rows = self.gates.iter().filter_map(|(name, places)| match *name {
            GateName::Row { gate, num_controls }
                if name.num_qubits() == Some(1) && is_at(places) =>
            {
                Some((gate, num_controls))
            }
            _ => None,
        });
        rows.chain([(StdGate::RZ, 0), (StdGate::I, 0)]).collect()
    }

    /// The gate that makes all unitaries on a pair, in whichever direction it is there, if one is.
    pub(super) fn row_of_pair(&self, a: usize, b: usize) -> Option<(StdGate, usize)> {
        PAIRS.into_iter().find(|&(gate, num_controls)| {
            let places = self.gates.get(&GateName::Row { gate, num_controls });
            places.is_some_and(|all| all.contains(&vec![a, b]) || all.contains(&vec![b, a]))
        })
    }

    /// The pairs with such a gate, the smaller number first, ascending.
    pub(in crate::device) fn pairs(&self) -> BTreeSet<(usize, usize)> {
        let usable = PAIRS.into_iter().filter_map(|(gate, num_controls)| {
            self.gates.get(&GateName::Row { gate, num_controls })
        });
        usable.flatten().map(|on| (on[0].min(on[1]), on[0].max(on[1]))).collect()
    }

    /// Whether each qubit can be reached from every other by pairs with such gates.
    pub(in crate::device) fn is_connected(&self) -> bool {
        Parts::of(self.num_qubits, self.pairs()).count() <= 1
    }

    /// Whether the gates on a qubit make all unitaries on it.
    pub(in crate::device) fn is_universal_on(&self, qubit: usize) -> bool {
        let mut any = Circuit::new(1);
        any.u(0.3, 0.5, 0.7, 0);
        to_basis(&any, &Basis::new(self.rows_of_one(Some(qubit)))).is_ok()
    }

    /// The gates that a circuit is written in before it is known where its gates are: all that are
    /// anywhere, and CX, unless the pairs share a gate without direction.
    pub(super) fn on_the_way(&self) -> Basis {
        let mut rows = self.rows_of_one(None);
        for name in self.gates.keys().filter(|name| name.num_qubits() == Some(2)) {
            if let GateName::Row { gate, num_controls } = *name {
                rows.push((gate, num_controls));
            }
        }
        let pairs = self.pairs();
        let is_shared = |&(gate, num_controls): &(StdGate, usize)| {
            let name = GateName::Row { gate, num_controls };
            let at = |&(a, b): &(usize, usize)| {
                self.gates[&name].contains(&vec![a, b]) || self.gates[&name].contains(&vec![b, a])
            };
            self.gates.contains_key(&name) && is_symmetric(&name) && pairs.iter().all(at)
        };
        if !pairs.is_empty() && !PAIRS.iter().any(is_shared) {
            rows.push((StdGate::X, 1));
        }
        Basis::new(rows)
    }
}

/// Whether a gate on a pair makes all unitaries, with gates on one qubit.
pub(in crate::device) fn makes_all_unitaries(name: &GateName) -> bool {
    PAIRS.iter().any(|&(gate, num_controls)| *name == GateName::Row { gate, num_controls })
}

/// Whether a gate on two qubits is the same in both orders.
pub(in crate::device) fn is_symmetric(name: &GateName) -> bool {
    use StdGate as G;
    match name {
        GateName::Row { gate, num_controls: 1 } => is_virtual_row(*gate, 0) && *gate != G::RZ,
        GateName::Row { gate, num_controls: 0 } => {
            matches!(gate, G::Swap | G::ISwap | G::ISwapdg | G::RXX | G::RYY | G::RZZ | G::FSim)
        }
        _ => false,
    }
}

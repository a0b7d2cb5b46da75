//! How long operations take.

use crate::circuit::Op;
use crate::device::gate_name::{GateName, is_virtual};
use crate::error::{Error, Result, shown};
use std::collections::BTreeMap;

/// Durations of gates, measurements and resets by their places, in nanoseconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Durations {
    gates: BTreeMap<GateName, BTreeMap<Vec<usize>, f64>>,
    measure: BTreeMap<usize, f64>,
    reset: BTreeMap<usize, f64>,
}

/// Longest that an operation lasts: more than any experiment.
const MAX_NS: f64 = 1e15;

fn checked(what: impl FnOnce() -> String, ns: f64) -> Result<f64> {
    if (0.0..=MAX_NS).contains(&ns) {
        return Ok(ns.abs());
    }
    Err(Error::Invalid {
        what: format!("the duration of {}", what()),
        value: format!("{} ns", shown(ns)),
        expected: format!("it is from 0 to {} ns", shown(MAX_NS)),
    })
}

impl Durations {
    /// Nothing is said; diagonal gates on one qubit take no time.
    pub fn new() -> Self {
        Self::default()
    }

    /// A gate on these qubits, controls first, takes so many nanoseconds.
    ///
    /// # Errors
    /// If the time is negative, not finite or beyond 1e15 ns, or the number of qubits is not the gate's;
    /// if there are none, or one is there twice.
    pub fn set_gate(&mut self, gate: GateName, qubits: &[usize], ns: f64) -> Result<&mut Self> {
        let ns = checked(|| gate.to_string(), ns)?;
        if let Some(expected) = gate.num_qubits()
            && expected != qubits.len()
        {
            let operation = gate.to_string();
            return Err(Error::WrongNumberOfQubits { operation, expected, got: qubits.len() });
        }
        if qubits.is_empty() {
            return Err(Error::Invalid {
                what: format!("the qubits of {gate} in a list of durations"),
                value: "none".into(),
                expected: "a gate that takes time is on one at least".into(),
            });
        }
        if let Some((_, &qubit)) = qubits.iter().enumerate().find(|&(k, q)| qubits[..k].contains(q))
        {
            return Err(Error::RepeatedQubit { qubit, operation: gate.to_string() });
        }
        self.gates.entry(gate).or_default().insert(qubits.to_vec(), ns);
        Ok(self)
    }

    /// Measuring a qubit takes so many nanoseconds.
    ///
    /// # Errors
    /// As [`set_gate`](Self::set_gate).
    pub fn set_measure(&mut self, qubit: usize, ns: f64) -> Result<&mut Self> {
        self.measure.insert(qubit, checked(|| "a measurement".into(), ns)?);
        Ok(self)
    }

    /// Resetting a qubit takes so many nanoseconds.
    ///
    /// # Errors
    /// As [`set_gate`](Self::set_gate).
    pub fn set_reset(&mut self, qubit: usize, ns: f64) -> Result<&mut Self> {
        self.reset.insert(qubit, checked(|| "a reset".into(), ns)?);
        Ok(self)
    }

    /// How long a gate, measurement or reset takes; `None` where nobody says. Other operations but
    /// delays take no time; delays say their own.
    pub fn of(&self, op: &Op) -> Option<f64> {
        match op {
            Op::Gate(g) => {
                let on: Vec<usize> = g.qubits().map(|q| q as usize).collect();
                let said =
                    GateName::of(g).and_then(|name| self.gates.get(&name)?.get(&on).copied());
                said.or((on.is_empty() || is_virtual(g)).then_some(0.0))
            }
            Op::Measure { qubit, .. } => self.measure.get(&(*qubit as usize)).copied(),
            Op::Reset(qubit) => self.reset.get(&(*qubit as usize)).copied(),
            _ => Some(0.0),
        }
    }

    /// The gates with their places and durations in nanoseconds.
    pub fn gates(&self) -> impl Iterator<Item = (&GateName, &BTreeMap<Vec<usize>, f64>)> {
        self.gates.iter()
    }

    /// Measurements by their qubits, in nanoseconds.
    pub fn measure(&self) -> &BTreeMap<usize, f64> {
        &self.measure
    }

    /// Resets by their qubits, in nanoseconds.
    pub fn reset(&self) -> &BTreeMap<usize, f64> {
        &self.reset
    }

    /// The qubits of which something is said.
    pub(in crate::device) fn named_qubits(&self) -> impl Iterator<Item = usize> + '_ {
        let gates = self.gates.values().flat_map(BTreeMap::keys).flatten();
        gates.chain(self.measure.keys()).chain(self.reset.keys()).copied()
    }

    /// The same of the first qubits alone.
    pub(in crate::device) fn on_first(&self, num_qubits: usize) -> Self {
        let first = |times: &BTreeMap<usize, f64>| {
            times.range(..num_qubits).map(|(&q, &t)| (q, t)).collect()
        };
        let within = |places: &BTreeMap<Vec<usize>, f64>| -> BTreeMap<Vec<usize>, f64> {
            let all = places.iter().filter(|(on, _)| on.iter().all(|&q| q < num_qubits));
            all.map(|(on, &t)| (on.clone(), t)).collect()
        };
        let gates = self.gates.iter().map(|(name, places)| (name.clone(), within(places)));
        Durations {
            gates: gates.filter(|g| !g.1.is_empty()).collect(),
            measure: first(&self.measure),
            reset: first(&self.reset),
        }
    }
}

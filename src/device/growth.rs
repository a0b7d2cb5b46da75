//! Connected qubits of a device with little error.

use super::calibration::Device;
use super::target::Target;
use crate::error::{Error, Result};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// What qubits and pairs of a device cost.
pub(super) struct Growth {
    /// Of each qubit the mean of its two readout errors.
    readout: Vec<f64>,
    /// The neighbours of each qubit, with the least error of a gate on the pair.
    neighbors: Vec<Vec<(usize, f64)>>,
}

impl Growth {
    pub fn new(device: &Device, target: &Target) -> Result<Self> {
        let mut errors: BTreeMap<(usize, usize), f64> =
            target.pairs().into_iter().map(|pair| (pair, f64::INFINITY)).collect();
        for gate in &device.gates {
            if let [a, b] = gate.qubits[..]
                && let Some(least) = errors.get_mut(&(a.min(b), a.max(b)))
            {
                *least = least.min(device.gate_noise(gate)?.error.max(0.0));
            }
        }
        let mut neighbors = vec![vec![]; device.num_qubits()];
        for (&(a, b), &error) in &errors {
            neighbors[a].push((b, error));
            neighbors[b].push((a, error));
        }
        let misread = |r: crate::noise::ReadoutError| (r.p1_given_0 + r.p0_given_1) / 2.0;
        let readout = device.qubits.iter().map(|q| q.readout.map_or(0.0, misread)).collect();
        Ok(Growth { readout, neighbors })
    }

    /// The connected set of the least total error among those that grow from each qubit, in the order in
    /// which it grew.
    pub fn best(&self, size: usize) -> Result<Vec<usize>> {
        let mut best: Option<(f64, Vec<usize>)> = None;
        let mut largest = 0;
        for start in 0..self.readout.len() {
            let (error, set) = self.from(start, size);
            largest = largest.max(set.len());
            let is_better = best.as_ref().is_none_or(|(least, _)| error < *least);
            if set.len() == size && is_better {
                best = Some((error, set));
            }
        }
        best.map(|(_, set)| set).ok_or_else(|| Error::Invalid {
            what: "the number of qubits of a circuit for a device".into(),
            value: size.to_string(),
            expected: format!(
                "the device has {} qubits, of which gates on pairs connect at most {largest}",
                self.readout.len()
            ),
        })
    }

    fn from(&self, start: usize, size: usize) -> (f64, Vec<usize>) {
        let mut is_in = vec![false; self.readout.len()];
        let (mut total, mut set) = (0.0, Vec::new());
        // Bits of numbers that are not negative are in their order.
        let mut front = BinaryHeap::from([Reverse((self.readout[start].to_bits(), start))]);
        while set.len() < size
            && let Some(Reverse((bits, q))) = front.pop()
        {
            if std::mem::replace(&mut is_in[q], true) {
                continue;
            }
            total += f64::from_bits(bits);
            set.push(q);
            for &(other, error) in self.neighbors[q].iter().filter(|(other, _)| !is_in[*other]) {
                front.push(Reverse(((error + self.readout[other]).to_bits(), other)));
            }
        }
        (total, set)
    }
}

//! What is odd in a device.

use super::device::by_name;
use super::finding::{Finding, FindingKind};
use super::records::Device;
use crate::error::Result;
use crate::gate::lookup;
use crate::noise::ReadoutError;
use std::collections::BTreeSet;

impl Device {
    /// What a person should know of the device before believing what it makes of a circuit: what is not
    /// said, gates that were not calibrated or relax more than they err, couplings without gates, qubits
    /// that are read wrongly. What is missing of all qubits or all places of a gate is one finding
    /// without qubits.
    ///
    /// # Errors
    /// If the device is none ([`Device::check`]).
    pub fn findings(&self) -> Result<Vec<Finding>> {
        self.check()?;
        let mut found = Vec::new();
        self.of_qubits(&mut found);
        for (name, records) in by_name(self) {
            // What takes no time and has no error needs no word.
            let is_virtual = is_virtual_name(name);
            let missing = |what, is: &dyn Fn(&super::GateCalibration) -> bool, out: &mut Vec<_>| {
                let places: Vec<&[usize]> =
                    records.iter().filter(|g| is(g)).map(|g| &g.qubits[..]).collect();
                if places.len() == records.len() && places.len() > 1 {
                    out.push(Finding::of_gate(what, name, &[]));
                } else {
                    out.extend(places.iter().map(|on| Finding::of_gate(what, name, on)));
                }
            };
            if !is_virtual {
                missing(FindingKind::MissingError, &|g| g.error.is_none(), &mut found);
                missing(FindingKind::MissingDuration, &|g| g.duration_ns.is_none(), &mut found);
            }
            for gate in &records {
                found.extend(self.gate_noise(gate)?.finding);
            }
        }
        let gates = self.pairs_with_gates();
        let coupled: BTreeSet<(usize, usize)> =
            self.couplings.iter().map(|c| (c.qubits[0], c.qubits[1])).collect();
        let pair = |what, &(a, b): &(usize, usize)| Finding::new(what, &[a, b], None);
        let idle = coupled.difference(&gates);
        found.extend(idle.map(|p| pair(FindingKind::CouplingWithoutGates, p)));
        if !coupled.is_empty() {
            let odd = gates.difference(&coupled);
            found.extend(odd.map(|p| pair(FindingKind::GateWithoutCoupling, p)));
        }
        Ok(found)
    }

    fn of_qubits(&self, found: &mut Vec<Finding>) {
        let n = self.num_qubits();
        let missing = |what, gate: Option<&str>, which: Vec<usize>, found: &mut Vec<Finding>| {
            if which.len() == n && n > 1 {
                found.push(Finding::new(what, &[], gate));
            } else {
                found.extend(which.into_iter().map(|q| Finding::new(what, &[q], gate)));
            }
        };
        let without = |is: &dyn Fn(&super::QubitCalibration) -> bool| -> Vec<usize> {
            (0..n).filter(|&q| is(&self.qubits[q])).collect()
        };
        missing(FindingKind::MissingT1, None, without(&|q| q.t1_us.is_none()), found);
        let t2 = without(&|q| q.t2_us.is_none());
        if t2.len() == n && n > 1 {
            missing(FindingKind::MissingT2, None, t2, found);
        } else {
            found.extend(t2.into_iter().map(|q| {
                let used = self.qubits[q].t1_us.map(|t1| 2.0 * t1);
                Finding::of_qubit(FindingKind::MissingT2, q).used(used)
            }));
        }
        missing(FindingKind::MissingReadout, None, without(&|q| q.readout.is_none()), found);
        let untimed = without(&|q| q.readout_duration_ns.is_none());
        missing(FindingKind::MissingDuration, Some("measure"), untimed, found);
        for (q, qubit) in self.qubits.iter().enumerate() {
            if let Some(ReadoutError { p1_given_0, p0_given_1 }) = qubit.readout {
                let worst = p1_given_0.max(p0_given_1);
                if worst > 0.5 {
                    let finding = Finding::of_qubit(FindingKind::ReadoutAboveHalf, q);
                    found.push(finding.value(worst).used(worst));
                }
            }
        }
    }
}

/// Whether a gate of that name takes no time: diagonal, on one qubit.
fn is_virtual_name(name: &str) -> bool {
    lookup(name).is_some_and(|g| crate::device::gate_name::is_virtual_row(g.gate, g.num_controls))
}

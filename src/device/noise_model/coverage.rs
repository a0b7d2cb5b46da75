//! What a noise model did to a circuit.

use crate::device::schedule::Untimed;
use std::collections::BTreeMap;
use std::fmt;

/// Which operations got noise. Operations in branches and loops count as often as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Gates, but global phases.
    pub num_gates: usize,
    /// Gates with a channel before or after them.
    pub num_noisy_gates: usize,
    /// Gates without any, by name and number of qubits.
    pub without: Vec<Uncovered>,
    /// Measurements.
    pub num_measurements: usize,
    /// Measurements of qubits that are misread or with a channel at them.
    pub num_noisy_measurements: usize,
    /// Qubits whose readout the model spoils, measured or not: means of observables are those of
    /// readings, too.
    pub num_misread_qubits: usize,
    /// Channels put in.
    pub num_channels: usize,
    /// Operations that the schedule of the model knows no duration of: they take no time.
    pub untimed: Vec<Untimed>,
    /// Numbers of the rules that matched nothing.
    pub unmatched: Vec<usize>,
}

/// Gates that got no noise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Their name, with controls.
    pub name: String,
    /// How many qubits each touches.
    pub num_qubits: usize,
    /// How many there are.
    pub count: usize,
    /// Whether they are virtual: done in no time, without error.
    pub is_virtual: bool,
}

impl Coverage {
    /// Whether nothing in the circuit got any noise.
    pub fn is_none(&self) -> bool {
        self.num_channels == 0 && self.num_misread_qubits == 0
    }

    pub(super) fn set_without(&mut self, found: BTreeMap<(String, usize, bool), usize>) {
        let entry = |((name, num_qubits, is_virtual), count)| Uncovered {
            name,
            num_qubits,
            count,
            is_virtual,
        };
        self.without = found.into_iter().map(entry).collect();
    }
}

/// `3 of 5 gates have noise; none: 2 rz (virtual)`, and what a person should look at.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (noisy, all) = (self.num_noisy_gates, self.num_gates);
        let verb = if noisy == 1 { "has" } else { "have" };
        let gates = if all == 1 { "gate" } else { "gates" };
        match noisy {
            0 => write!(f, "none of {all} {gates} has noise")?,
            _ => write!(f, "{noisy} of {all} {gates} {verb} noise")?,
        }
        for (k, left) in self.without.iter().enumerate() {
            let qubits = if left.num_qubits == 1 { "qubit" } else { "qubits" };
            let lead = if k == 0 { "; none: " } else { ", " };
            write!(f, "{lead}{} {} ", left.count, left.name)?;
            match left.is_virtual {
                true => f.write_str("(virtual)")?,
                false => write!(f, "({} {qubits})", left.num_qubits)?,
            }
        }
        if self.num_misread_qubits > 0 {
            let qubits = if self.num_misread_qubits == 1 { "qubit is" } else { "qubits are" };
            write!(f, "; {} {qubits} misread", self.num_misread_qubits)?;
        }
        for (k, Untimed { name, num_qubits, count }) in self.untimed.iter().enumerate() {
            let qubits = if *num_qubits == 1 { "qubit" } else { "qubits" };
            let lead = if k == 0 { "; no time, since no duration is said: " } else { ", " };
            write!(f, "{lead}{count} {name} ({num_qubits} {qubits})")?;
        }
        match &self.unmatched[..] {
            [] => {}
            [k] => write!(f, "; rule {k} matched nothing")?,
            many => {
                let list: Vec<String> = many.iter().map(usize::to_string).collect();
                write!(f, "; rules {} matched nothing", list.join(", "))?;
            }
        }
        if self.is_none() {
            f.write_str("; the circuit has no noise from this model")?;
        }
        Ok(())
    }
}

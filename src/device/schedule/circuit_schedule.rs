//! A circuit with its times.

use super::timing::ScheduleKind;
use crate::circuit::Circuit;
use serde::Serialize;
use std::fmt;

/// A circuit in the order of time, with a delay wherever a qubit waits.
///
/// That of [`Noisy::schedule`](crate::device::Noisy::schedule) is written for noise: its circuit has the
/// final measurements last, without the waits of their qubits after them, though the times count these;
/// and it has the channels of crosstalk.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// As soon or as late as possible.
    pub kind: ScheduleKind,
    /// The operations by the times they start at; for each qubit their durations add up to the
    /// makespan, but for what a circuit for noise leaves out after final measurements.
    pub circuit: Circuit,
    /// How long it takes, in nanoseconds: of branches the longer one, of loops one round.
    pub makespan_ns: f64,
    /// How long each qubit waits, the circuit's own delays included, in nanoseconds; counted as the
    /// makespan.
    pub idle_ns: Vec<f64>,
    /// Operations that nobody says the duration of: they take no time.
    pub untimed: Vec<Untimed>,
    /// Channels of crosstalk that are in the circuit.
    pub num_phases: usize,
}

/// Operations without a duration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Untimed {
    /// Their name, with controls; `measure` and `reset` among them.
    pub name: String,
    /// How many qubits each touches.
    pub num_qubits: usize,
    /// How many there are.
    pub count: usize,
}

impl Schedule {
    /// The mean of the idle times over the makespan; 0 of a circuit that takes no time.
    pub fn idle_fraction(&self) -> f64 {
        let sum: f64 = self.idle_ns.iter().sum();
        let all = self.makespan_ns * self.idle_ns.len() as f64;
        if all > 0.0 { sum / all } else { 0.0 }
    }
}

/// `alap, 1335 ns, qubits idle 12.5 % of it`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let idle = 100.0 * self.idle_fraction();
        write!(f, "{}, {:.1} ns, qubits idle {idle:.1} % of it", self.kind, self.makespan_ns)?;
        match self.num_phases {
            0 => Ok(()),
            1 => f.write_str(", 1 phase by ZZ of neighbours"),
            n => write!(f, ", {n} phases by ZZ of neighbours"),
        }
    }
}

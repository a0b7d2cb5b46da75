//! When operations happen: how long each takes, and where qubits wait.
//!
//! # Schedules
//!
//! [`Schedule`] gives every operation a time and puts a delay wherever a qubit waits, so that the
//! operations of each qubit add up to the makespan, the time of the whole circuit. *ASAP* starts each
//! operation as soon as its qubits and classical bits are ready, *ALAP* as late as those after it
//! allow, from the end of the circuit backwards; both have the same makespan, and in both every qubit
//! begins at 0 and ends at the makespan. Under ALAP a qubit waits before its first gate, in |0⟩,
//! where waiting does nothing to it at zero temperature: this is what makes ALAP the better choice.
//! (Qiskit's passes of these names do the same.)
//!
//! Barriers take no time and align their qubits. Delays of the circuit are operations like others; one
//! on several qubits aligns them. Operations that share a classical bit happen one after the other.
//! What no one says the duration of takes no time and is told ([`Schedule::untimed`]); diagonal gates
//! on one qubit take none. A gate that is defined by others is scheduled gate by gate.
//!
//! Branches and loops: all qubits meet before one and after it. Each body is scheduled by itself, all
//! qubits of the circuit waiting in it for one another. The makespan counts the longer branch and one
//! round of a loop.
//!
//! # Crosstalk
//!
//! Coupled transmons have a static interaction: ζ = E11 - E10 - E01 + E00, so that the frequency of one
//! is higher by ζ where its neighbour is in 1. Under a [`Timing`] with couplings ([`ZzCoupling`]) a pair
//! gathers the phase exp(-2πi ζ t |11⟩⟨11|) for the time t that at least one of the two idles; while
//! both are in gates, together or not, the gates' own calibration counts. The frame is that in which
//! frequencies are measured with all neighbours in 0. The phase is put in as one coherent channel before
//! the next operation on either that does not commute with it, and at the end.
//!
//! Two approximations are in this. The phase of the time that a gate on one of the pair takes while the
//! other idles counts after the gate, as if the gate came first and in no time. And relaxation of a whole
//! wait comes before the phase of that wait: a qubit that decays in the middle of it gathers the phase of
//! its final state for all of it. Both are small where ζ t and t/T1 are.

mod circuit_schedule;
mod crosstalk;
mod durations;
mod layout;
#[cfg(test)]
mod tests;
mod time;
mod timed;
mod timing;

pub use circuit_schedule::{Schedule, Untimed};
pub use durations::Durations;
pub(in crate::device) use layout::Planner;
pub(in crate::device) use time::seconds;
pub(in crate::device) use timing::check_zz;
pub use timing::{ScheduleKind, Timing, ZzCoupling};

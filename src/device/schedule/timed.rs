//! Operations with their times.

use crate::circuit::Op;
use crate::error::Result;
use crate::math;

/// Waits of less are rounding, in nanoseconds.
pub(super) const NOTHING_NS: f64 = 1e-6;

/// An operation with its times in nanoseconds.
pub(super) struct Timed {
    pub start: f64,
    pub end: f64,
    pub op: Op,
    /// Whether it is a measurement after which nothing uses the qubit or its bit.
    pub is_final: bool,
}

/// The qubits of an operation that takes part in time.
pub(super) fn qubits_of(op: &Op, num_qubits: usize) -> Vec<usize> {
    let mut qubits = Vec::new();
    op.for_each_wire(num_qubits, &mut |wire| {
        if wire < num_qubits {
            qubits.push(wire);
        }
    });
    qubits
}

pub(super) fn push<T>(out: &mut Vec<T>, item: T) -> Result<()> {
    math::push(out, item, "the operations of a schedule", "make the circuit smaller")
}

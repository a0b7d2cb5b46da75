//! Global phases.

use super::body::with_bodies;
use crate::circuit::{Circuit, Op};
use crate::error::Result;
use crate::gate::{Angle, Gate, GateOp, Param, StdGate};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// A sum of phases, which stays linear work for any number of parameters.
#[derive(Default)]
pub(super) struct PhaseSum {
    terms: BTreeMap<Param, f64>,
    offset: f64,
}

impl PhaseSum {
    pub fn add(&mut self, gamma: &Angle) {
        gamma.terms().iter().for_each(|(p, c)| *self.terms.entry(*p).or_default() += c);
        self.offset += gamma.offset();
        // Of thousands of gates the sum would be so large that its rounding is seen.
        if self.offset.abs() > TAU {
            self.offset -= TAU * (self.offset / TAU).round();
        }
    }

    /// The sum as a gate, unless it is 0.
    pub fn gate(&self) -> Option<GateOp> {
        let gamma = Angle::linear(self.terms.iter().map(|(p, c)| (*p, *c)), self.offset);
        let is_zero = gamma.fixed() == Some(0.0);
        (!is_zero).then(|| GateOp::std(StdGate::GlobalPhase, [gamma], []))
    }
}

/// The circuit without the global phases that stand in it as gates, also in branches and loops:
/// nothing that is measured depends on them. Those under controls and inside of blocks stay.
pub fn without_global_phases(circuit: &Circuit) -> Circuit {
    fn body(ops: &[Op]) -> Result<Vec<Op>> {
        let is_phase = |op: &&Op| match op {
            Op::Gate(g) => {
                g.controls.is_empty() && matches!(g.gate, Gate::Std(StdGate::GlobalPhase, _))
            }
            _ => false,
        };
        ops.iter().filter(|op| !is_phase(op)).map(|op| with_bodies(op, &mut body)).collect()
    }
    circuit.with_ops(body(circuit.ops()).expect("nothing in it fails"))
}

//! Products of gates under common controls.
//!
//! A product acts on local qubits: the controls are 0..k, the gate's targets come after them.
//! Only the factors that must be controlled are: V†·core·V needs controls on its core alone.

use super::bits;
use crate::gate::{Angle, Control, GateOp, StdGate};

/// A product of gates in order of execution, all under the same controls.
pub(crate) struct Product {
    pub ops: Vec<GateOp>,
    num_controls: usize,
}

impl Product {
    pub fn new(num_controls: usize) -> Self {
        Product { ops: Vec::new(), num_controls }
    }

    /// The local qubit of a target.
    fn qubit(&self, target: usize) -> usize {
        self.num_controls + target
    }

    /// The controls.
    fn controls(&self) -> impl Iterator<Item = Control> + use<> {
        (0..self.num_controls).map(Control::on)
    }

    /// A row that needs no controls, because what is around it undoes it.
    pub fn free(&mut self, gate: StdGate, angle: Option<Angle>, target: usize) {
        let target = self.qubit(target);
        self.ops.push(GateOp::std(gate, angle, [target]));
    }

    /// CX between targets, likewise.
    pub fn free_cx(&mut self, control: usize, target: usize) {
        let (control, target) = (self.qubit(control), self.qubit(target));
        self.ops.push(GateOp::std(StdGate::X, [], [target]).controlled([control]));
    }

    /// A row under the controls and more controls among the targets.
    pub fn core(
        &mut self,
        gate: StdGate,
        angles: impl IntoIterator<Item = Angle>,
        target: Option<usize>,
        more: impl IntoIterator<Item = Control>,
    ) {
        let op = GateOp::std(gate, angles, target.map(|t| self.qubit(t)));
        let more = more
            .into_iter()
            .map(|c| Control { qubit: c.qubit + self.num_controls as u32, positive: c.positive });
        let controls: Vec<Control> = self.controls().chain(more).collect();
        self.ops.push(op.controlled(controls));
    }

    /// A factor on the targets, under the controls.
    pub fn factor(&mut self, step: &GateOp) {
        let mut op = step.map_qubits(|q| q + self.num_controls as u32);
        op.controls = self.controls().chain(op.controls).collect();
        self.ops.push(op);
    }

    /// Rotations of target `top` about an axis that a flip reverses, Z or Y, by the parity of it
    /// and of some targets below: for each set of these the angle, in the order of a Gray code, so
    /// that consecutive parities differ by one CX.
    pub fn parities(&mut self, gate: StdGate, top: usize, angle: impl Fn(usize) -> Option<Angle>) {
        let mut parity = 0;
        for k in 0..1usize << top {
            let wanted = k ^ (k >> 1);
            if let Some(angle) = angle(wanted) {
                bits(parity ^ wanted).for_each(|q| self.free_cx(q, top));
                parity = wanted;
                self.core(gate, [angle], Some(top), []);
            }
        }
        bits(parity).for_each(|q| self.free_cx(q, top));
    }
}

/// The controls that hold exactly for the bits of `value` on `qubits`.
pub(crate) fn pattern(qubits: impl Iterator<Item = usize>, value: usize) -> Vec<Control> {
    qubits.map(|k| if value >> k & 1 == 1 { Control::on(k) } else { Control::off(k) }).collect()
}

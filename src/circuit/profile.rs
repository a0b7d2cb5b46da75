//! Counts and depths.

use super::{Circuit, Op};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a circuit consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Number of qubits.
    pub num_qubits: usize,
    /// Number of classical bits, scratch included.
    pub num_clbits: usize,
    /// Classical bits that are temporaries of the program and not part of outcomes.
    pub num_scratch_bits: usize,
    /// Number of parameters.
    pub num_params: usize,
    /// Gates, without measurements, resets and barriers; a block counts once, branches all count.
    pub num_gates: usize,
    /// Gates on two or more qubits, controls included.
    pub num_multi_qubit_gates: usize,
    /// Measurements.
    pub num_measurements: usize,
    /// Noise channels, which are no gates.
    #[serde(skip_serializing_if = "is_zero")]
    pub num_channels: usize,
    /// Operations by name, those inside branches and loops included; a channel by its name without
    /// parameters.
    pub counts: BTreeMap<String, usize>,
    /// Length of the longest chain of operations that share a qubit or classical bit. A control
    /// structure counts once, a barrier and a noise channel not at all, but nothing moves past them:
    /// noise is what a circuit suffers, so the noisy circuit is as deep as the clean one.
    pub depth: usize,
    /// The same, counting only gates on two or more qubits and control structures with such gates.
    pub two_qubit_depth: usize,
}

impl Circuit {
    /// Counts and depths in one pass.
    pub fn profile(&self) -> Profile {
        let mut profile = Profile {
            num_qubits: self.num_qubits(),
            num_clbits: self.num_clbits(),
            num_scratch_bits: self.num_clbits() - self.num_outcome_bits(),
            num_params: self.params().len(),
            num_gates: 0,
            num_multi_qubit_gates: 0,
            num_measurements: 0,
            num_channels: 0,
            counts: BTreeMap::new(),
            depth: 0,
            two_qubit_depth: 0,
        };
        count(self.ops(), &mut profile);
        profile.depth =
            self.longest_chain(|op| usize::from(!matches!(op, Op::Barrier(_) | Op::Channel(_))));
        profile.two_qubit_depth = self.longest_chain(|op| usize::from(on_several_qubits(op)));
        profile
    }

    /// [`Profile::depth`].
    pub fn depth(&self) -> usize {
        self.profile().depth
    }

    /// [`Profile::counts`].
    pub fn count_ops(&self) -> BTreeMap<String, usize> {
        self.profile().counts
    }

    /// Longest chain of operations that share a bit, each with its weight.
    fn longest_chain(&self, weight: impl Fn(&Op) -> usize) -> usize {
        let mut level = vec![0; self.num_qubits() + self.num_clbits()];
        let mut wires = Vec::new();
        for op in self.ops() {
            wires.clear();
            op.for_each_wire(self.num_qubits(), &mut |w| wires.push(w));
            let reached = wires.iter().map(|&w| level[w]).max().unwrap_or(0) + weight(op);
            wires.iter().for_each(|&w| level[w] = reached);
        }
        level.into_iter().max().unwrap_or(0)
    }
}

impl Op {
    /// Calls `f` with every wire that the operation touches: qubit q is wire q, classical bit c is
    /// wire `num_qubits + c`. A wire may come more than once.
    pub(crate) fn for_each_wire(&self, num_qubits: usize, f: &mut dyn FnMut(usize)) {
        let clbits =
            |start: u32, len: u32| num_qubits + start as usize..num_qubits + (start + len) as usize;
        match self {
            Op::Gate(g) => g.qubits().for_each(|q| f(q as usize)),
            Op::Channel(c) => c.qubits.iter().for_each(|&q| f(q as usize)),
            Op::Measure { qubit, clbit } => {
                f(*qubit as usize);
                f(num_qubits + *clbit as usize);
            }
            Op::Reset(q) => f(*q as usize),
            Op::Barrier(qubits) | Op::Delay { qubits, .. } => {
                qubits.iter().for_each(|&q| f(q as usize));
            }
            Op::If(i) => i.condition.for_each_range(&mut |s, n| clbits(s, n).for_each(&mut *f)),
            Op::While(w) => w.condition.for_each_range(&mut |s, n| clbits(s, n).for_each(&mut *f)),
            Op::Assign(a) => {
                a.clbits.iter().for_each(|&c| f(num_qubits + c as usize));
                a.value.for_each_range(&mut |s, n| clbits(s, n).for_each(&mut *f));
            }
        }
        for inner in self.bodies().into_iter().flatten() {
            inner.for_each_wire(num_qubits, f);
        }
    }
}

/// Serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn on_several_qubits(op: &Op) -> bool {
    match op {
        Op::Gate(g) => g.qubits().nth(1).is_some(),
        other => other.bodies().into_iter().flatten().any(on_several_qubits),
    }
}

fn count(ops: &[Op], profile: &mut Profile) {
    for op in ops {
        let name = match op {
            Op::Gate(g) => {
                profile.num_gates += 1;
                profile.num_multi_qubit_gates += usize::from(g.qubits().nth(1).is_some());
                g.name()
            }
            Op::Measure { .. } => {
                profile.num_measurements += 1;
                "measure".into()
            }
            Op::Channel(c) => {
                profile.num_channels += 1;
                c.name().into()
            }
            Op::Reset(_) => "reset".into(),
            Op::Barrier(_) => "barrier".into(),
            Op::Delay { .. } => "delay".into(),
            Op::If(_) => "if".into(),
            Op::While(_) => "while".into(),
            Op::Assign(_) => "assign".into(),
        };
        match profile.counts.get_mut(name.as_ref()) {
            Some(n) => *n += 1,
            None => drop(profile.counts.insert(name.into_owned(), 1)),
        }
        op.bodies().into_iter().for_each(|body| count(body, profile));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Expr;

    #[test]
    fn counts_and_depths() {
        let mut c = Circuit::with_clbits(3, 1);
        c.h(0).h(1).cx(0, 1).barrier_all().x(2).measure(2, 0);
        c.if_then(Expr::bit(0).equals(1), |b| b.cx(1, 2));
        let p = c.profile();
        assert_eq!((p.num_gates, p.num_multi_qubit_gates, p.num_measurements), (5, 2, 1));
        // h, cx, (barrier), x, measure, if
        assert_eq!((p.depth, p.two_qubit_depth), (5, 2));
        assert_eq!(p.counts["h"], 2);
        assert_eq!(p.counts["cx"], 2);
    }

    #[test]
    fn channels_are_counted_apart_and_do_not_deepen() {
        let mut c = Circuit::with_clbits(2, 1);
        c.h(0).depolarizing(0.1, 0).cx(0, 1).depolarizing2(0.1, 0, 1).depolarizing(0.2, 1);
        c.if_then(Expr::bit(0), |b| b.depolarizing(0.1, 1));
        let p = c.profile();
        assert_eq!((p.num_gates, p.num_multi_qubit_gates, p.num_channels), (2, 1, 4));
        assert_eq!((p.depth, p.two_qubit_depth), (3, 1));
        assert_eq!(p.counts["depolarizing"], 4);
        let json = serde_json::to_value(&p).unwrap();
        assert_eq!(json["num_channels"], 4);
        let clean = serde_json::to_value(c.without_channels().profile()).unwrap();
        assert_eq!(clean.get("num_channels"), None);
    }
}

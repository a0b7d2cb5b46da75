//! The operations of a circuit.

use super::Expr;
use crate::error::Result;
use crate::gate::{GateOp, Qubits};
use crate::noise::Channel;
use smallvec::SmallVec;
use std::sync::Arc;

/// One operation of a circuit.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A unitary gate.
    Gate(GateOp),
    /// A noise channel.
    Channel(Box<ChannelOp>),
    /// Measures in the Z basis and writes the outcome.
    Measure {
        /// The qubit.
        qubit: u32,
        /// Where the outcome goes.
        clbit: u32,
    },
    /// Puts a qubit to |0⟩.
    Reset(u32),
    /// Separates what is before from what is after, for drawings and depths.
    Barrier(Qubits),
    /// Idles; only noise notices it.
    Delay {
        /// The qubits.
        qubits: Qubits,
        /// For how long.
        duration: Duration,
    },
    /// Chooses by classical bits.
    If(Box<If>),
    /// Repeats by classical bits.
    While(Box<While>),
    /// Writes classical bits.
    Assign(Box<Assign>),
}

/// Data of [`Op::Channel`]: a channel on as many qubits as it acts on.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelOp {
    /// The channel.
    pub channel: Arc<Channel>,
    /// Its qubits, all different; `qubits[0]` is the least significant of its matrices.
    pub qubits: Qubits,
}

/// Data of [`Op::If`].
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// Holds when it is not 0.
    pub condition: Expr,
    /// Done when it holds.
    pub then: Vec<Op>,
    /// Done when not.
    pub otherwise: Vec<Op>,
}

/// Data of [`Op::While`].
#[derive(Debug, Clone, PartialEq)]
pub struct While {
    /// Holds when it is not 0; looked at before each round.
    pub condition: Expr,
    /// One round.
    pub body: Vec<Op>,
}

/// Data of [`Op::Assign`]: `clbits[k]` becomes bit k of the value.
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    /// The bits written, least significant first, all distinct.
    pub clbits: SmallVec<[u32; 4]>,
    /// The value.
    pub value: Expr,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duration {
    /// How many units, not negative.
    pub value: f64,
    /// The unit.
    pub unit: TimeUnit,
}

/// Unit of a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Sample of the device's control electronics.
    Dt,
    /// Nanoseconds.
    Ns,
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
}

impl TimeUnit {
    /// As OpenQASM 3 writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Dt => "dt",
            TimeUnit::Ns => "ns",
            TimeUnit::Us => "us",
            TimeUnit::Ms => "ms",
            TimeUnit::S => "s",
        }
    }
}

impl ChannelOp {
    /// The channel's name without parameters, as in `depolarizing` or `bit_flip then thermal`.
    pub fn name(&self) -> String {
        let mut depth = 0;
        let mut outside = |c: &char| {
            depth += usize::from(*c == '(');
            let is_outside = depth == 0;
            depth -= usize::from(*c == ')' && depth > 0);
            is_outside
        };
        self.channel.to_string().chars().filter(&mut outside).collect()
    }
}

impl Op {
    /// The operations inside, if it is a control structure: `then` and `otherwise`, or the body.
    pub fn bodies(&self) -> [&[Op]; 2] {
        match self {
            Op::If(i) => [&i.then, &i.otherwise],
            Op::While(w) => [&w.body, &[]],
            _ => [&[], &[]],
        }
    }

    /// The same with every gate, qubit, classical bit mapped, also inside control structures.
    pub(super) fn try_map(&self, map: &impl OpMap) -> Result<Op> {
        let all = |ops: &[Op]| ops.iter().map(|op| op.try_map(map)).collect::<Result<Vec<_>>>();
        Ok(match self {
            Op::Gate(g) => Op::Gate(map.gate(g)?),
            Op::Channel(c) => Op::Channel(Box::new(ChannelOp {
                channel: c.channel.clone(),
                qubits: c.qubits.iter().map(|&q| map.qubit(q)).collect(),
            })),
            Op::Measure { qubit, clbit } => {
                Op::Measure { qubit: map.qubit(*qubit), clbit: map.clbit(*clbit) }
            }
            Op::Reset(q) => Op::Reset(map.qubit(*q)),
            Op::Barrier(qubits) => Op::Barrier(qubits.iter().map(|&q| map.qubit(q)).collect()),
            Op::Delay { qubits, duration } => Op::Delay {
                qubits: qubits.iter().map(|&q| map.qubit(q)).collect(),
                duration: *duration,
            },
            Op::If(i) => Op::If(Box::new(If {
                condition: i.condition.map_clbits(&|b| map.clbit(b)),
                then: all(&i.then)?,
                otherwise: all(&i.otherwise)?,
            })),
            Op::While(w) => Op::While(Box::new(While {
                condition: w.condition.map_clbits(&|b| map.clbit(b)),
                body: all(&w.body)?,
            })),
            Op::Assign(a) => Op::Assign(Box::new(Assign {
                clbits: a.clbits.iter().map(|&c| map.clbit(c)).collect(),
                value: a.value.map_clbits(&|b| map.clbit(b)),
            })),
        })
    }
}

/// The operations but those that `gone` says, also in bodies.
pub(super) fn without(ops: &[Op], gone: &impl Fn(&Op) -> bool) -> Vec<Op> {
    let kept = ops.iter().filter(|op| !gone(op)).map(|op| match op {
        Op::If(i) => Op::If(Box::new(If {
            condition: i.condition.clone(),
            then: without(&i.then, gone),
            otherwise: without(&i.otherwise, gone),
        })),
        Op::While(w) => {
            let body = without(&w.body, gone);
            Op::While(Box::new(While { condition: w.condition.clone(), body }))
        }
        other => other.clone(),
    });
    kept.collect()
}

/// The operations with classical bit b renamed to `map(b)`, in place: no gate is cloned, however
/// deep it stands in control structures. Distinct bits must stay distinct.
pub(crate) fn renumber_clbits(mut ops: Vec<Op>, map: &impl Fn(u32) -> u32) -> Vec<Op> {
    ops.iter_mut().for_each(|op| op.renumber_clbits(map));
    ops
}

impl Op {
    fn renumber_clbits(&mut self, map: &impl Fn(u32) -> u32) {
        let all = |ops: &mut [Op]| ops.iter_mut().for_each(|op| op.renumber_clbits(map));
        match self {
            Op::Gate(_) | Op::Channel(_) | Op::Reset(_) | Op::Barrier(_) | Op::Delay { .. } => {}
            Op::Measure { clbit, .. } => *clbit = map(*clbit),
            Op::If(i) => {
                i.condition.renumber(map);
                all(&mut i.then);
                all(&mut i.otherwise);
            }
            Op::While(w) => {
                w.condition.renumber(map);
                all(&mut w.body);
            }
            Op::Assign(a) => {
                a.clbits.iter_mut().for_each(|c| *c = map(*c));
                a.value.renumber(map);
            }
        }
    }
}

/// What [`Op::try_map`] does to the parts of an operation; each default changes nothing.
pub(super) trait OpMap {
    fn gate(&self, gate: &GateOp) -> Result<GateOp> {
        Ok(gate.clone())
    }
    fn qubit(&self, qubit: u32) -> u32 {
        qubit
    }
    fn clbit(&self, clbit: u32) -> u32 {
        clbit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Circuit;

    #[test]
    fn renumbering_moves_every_bit_and_clones_no_gate() {
        let build = |c: &mut Circuit, b: &dyn Fn(usize) -> usize, run: Expr| {
            c.h(0).measure(0, b(1));
            c.if_else(
                Expr::bit(b(2)).equals(1),
                |c| c.rzz(0.3, 0, 1).measure(1, b(0)),
                |c| c.while_loop(run, |c| c.reset(0).assign(b(3)..b(3) + 1, Expr::bit(b(0)).not())),
            );
        };
        let map = |b: usize| [5, 4, 0, 2][b];
        let bit = |b: usize, k: u128| {
            Expr::bit(map(b)).binary(crate::circuit::BinaryOp::Shl, Expr::Const(k))
        };
        let torn = bit(1, 0).binary(crate::circuit::BinaryOp::BitOr, bit(2, 1));
        let (mut before, mut after) = (Circuit::with_clbits(2, 4), Circuit::with_clbits(2, 6));
        build(&mut before, &|b| b, Expr::bits(1..3));
        build(&mut after, &map, torn);
        let place = |ops: &[Op]| match &ops[2] {
            Op::If(i) => i.then.as_ptr(),
            other => panic!("{other:?}"),
        };
        let (ops, there) = (before.ops().to_vec(), place(before.ops()));
        assert_ne!(place(&ops), there);
        let there = place(&ops);
        let ops = renumber_clbits(ops, &|b| map(b as usize) as u32);
        assert_eq!(place(&ops), there);
        let mut renumbered = Circuit::with_clbits(2, 6);
        let first = ops.as_ptr();
        renumbered.extend_checked(ops);
        assert_eq!(renumbered.ops().as_ptr(), first);
        assert_eq!(renumbered, after);
        renumbered.extend_checked(after.ops().to_vec());
        assert_eq!(renumbered, after.repeat(2));
    }

    #[test]
    fn an_operation_is_small() {
        // A simulation may take 256 bytes per gate beside the state: operation, action, pass, values.
        assert!(size_of::<Op>() <= 128, "{}", size_of::<Op>());
    }
}

//! Classical bits that the program's text does not declare as results: locals, flags, results of
//! subroutines.
//!
//! They are numbered from [`SCRATCH`] on, like a stack: what a block took is free again at its
//! end. Numbers that no operation uses cost nothing; the others become one register behind those
//! of the program ([`Scratch::place`]).

use super::Importer;
use crate::circuit::{Assign, Expr as Classical, Op, renumber_clbits};
use crate::qasm::ast::Span;
use crate::qasm::eval::Wires;
use std::collections::BTreeSet;

/// The first number of a scratch bit; real ones are below `circuit::MAX_CLBITS`.
pub(super) const SCRATCH: u32 = 1 << 30;

/// The stack of scratch bits.
#[derive(Debug)]
pub(super) struct Scratch {
    next: u32,
    /// Everything below was in use before.
    peak: u32,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch { next: SCRATCH, peak: SCRATCH }
    }
}

impl Scratch {
    /// Where the stack is; [`release`](Self::release) comes back to it.
    pub fn mark(&self) -> u32 {
        self.next
    }

    /// Frees what was taken since.
    pub fn release(&mut self, mark: u32) {
        self.peak = self.peak.max(self.next);
        self.next = mark;
    }
}

impl Importer<'_> {
    /// New scratch bits; false in front if they may hold an old value.
    pub(super) fn take_scratch(&mut self, size: u32, span: Span) -> Option<(bool, u32)> {
        let max = self.options.limits.clbits.min(SCRATCH as usize) as u64;
        let start = self.scratch.next;
        if u64::from(start - SCRATCH) + u64::from(size) > max {
            let message = format!("the variables of this program take more than {max} bits");
            self.faults.error(span, message).help("the limit is `Limits::clbits`");
            return None;
        }
        self.scratch.next += size;
        let clean = start >= self.scratch.peak && self.region == 0;
        Some((clean, start))
    }

    /// Writes a number to bits, at most 128.
    pub(super) fn write(&mut self, wires: &Wires, value: Classical) {
        let clbits = wires.iter().collect();
        self.emit(Op::Assign(Box::new(Assign { clbits, value })));
    }

    /// Writes zeros to bits, any number.
    pub(super) fn clear(&mut self, start: u32, size: u32) {
        let mut at = 0;
        while at < size {
            let len = (size - at).min(128);
            self.write(&Wires::Run { start: start + at, size: len }, Classical::Const(0));
            at += len;
        }
    }

    /// Puts the scratch bits that operations use behind the program's own classical bits.
    pub(super) fn place_scratch(&mut self, ops: Vec<Op>) -> Vec<Op> {
        if self.scratch.next == SCRATCH && self.scratch.peak == SCRATCH {
            return ops;
        }
        let mut used = BTreeSet::new();
        ops.iter().for_each(|op| collect(op, &mut used));
        if used.is_empty() {
            return ops;
        }
        let used: Vec<u32> = used.into_iter().collect();
        let name = self.fresh_register("scratch");
        let first = self.circuit.num_clbits() as u32;
        self.circuit.add_scratch(&name, used.len());
        // Neighbours stay neighbours, since every number of a run is used.
        renumber_clbits(ops, &|clbit| match used.binary_search(&clbit) {
            Ok(k) => first + k as u32,
            Err(_) => clbit,
        })
    }

    fn fresh_register(&self, base: &str) -> String {
        let taken = |name: &str| {
            self.circuit.qubits().find(name).or(self.circuit.clbits().find(name)).is_some()
        };
        let mut name = base.to_owned();
        while taken(&name) {
            name.push('_');
        }
        name
    }
}

fn collect(op: &Op, used: &mut BTreeSet<u32>) {
    let scratch =
        |clbits: &[u32]| clbits.iter().copied().filter(|c| *c >= SCRATCH).collect::<Vec<_>>();
    match op {
        Op::Measure { clbit, .. } => used.extend(scratch(&[*clbit])),
        Op::Assign(a) => {
            read(&a.value, used);
            used.extend(scratch(&a.clbits));
        }
        Op::If(i) => read(&i.condition, used),
        Op::While(w) => read(&w.condition, used),
        _ => {}
    }
    op.bodies().into_iter().flatten().for_each(|op| collect(op, used));
}

fn read(expr: &Classical, used: &mut BTreeSet<u32>) {
    expr.for_each_range(&mut |start, len| {
        if start >= SCRATCH {
            used.extend(start..start + len);
        }
    });
}

//! Classical bits that the program's text does not declare as results: locals, flags, results of
//! subroutines.
//!
//! They are numbered from [`SCRATCH`] on, like a stack: what a block took is free again at its
//! end. Numbers that no operation uses cost nothing; the others become one register behind those
//! of the program ([`Scratch::place`]).

use super::Importer;
use crate::circuit::{Assign, Expr as Classical, Op, renumber_clbits};
use crate::qasm::ast::{Ident, Span, Symbol};
use crate::qasm::eval::{Wires, low_bits};
use std::collections::{BTreeSet, HashMap};

/// The first number of a scratch bit; real ones are below `circuit::MAX_CLBITS`.
pub(super) const SCRATCH: u32 = 1 << 30;

/// The stack of scratch bits.
#[derive(Debug)]
pub(super) struct Scratch {
    next: u32,
    /// Everything below was in use before.
    peak: u32,
    /// What variables took first, by its start: size and name.
    named: HashMap<u32, (u32, Symbol)>,
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch { next: SCRATCH, peak: SCRATCH, named: HashMap::new() }
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

    /// New scratch bits for a variable, as [`take_scratch`](Self::take_scratch).
    pub(super) fn take_named(&mut self, size: u32, name: Ident) -> Option<(bool, u32)> {
        let taken = self.take_scratch(size, name.span)?;
        self.scratch.named.entry(taken.1).or_insert((size, name.name));
        Some(taken)
    }

    /// Writes a number to bits, at most 128.
    pub(super) fn write(&mut self, wires: &Wires, value: Classical) {
        let clbits = wires.iter().collect();
        let value = low_bits(value, wires.len());
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
        let first = self.circuit.num_clbits() as u32;
        self.scratch_registers(&used);
        // Neighbours stay neighbours, since every number of a run is used.
        renumber_clbits(ops, &|clbit| match used.binary_search(&clbit) {
            Ok(k) => first + k as u32,
            Err(_) => clbit,
        })
    }

    /// Registers for the used scratch bits, in ascending order: that of a variable has its name,
    /// where the bits are all used; several variables may have had the same bits.
    fn scratch_registers(&mut self, used: &[u32]) {
        let by_start = std::mem::take(&mut self.scratch.named);
        let registers = self.circuit.qubits().iter().chain(self.circuit.clbits().iter());
        let mut taken = registers.map(|r| (r.name.clone(), 2)).collect();
        let limit = self.options.limits.registers;
        let (mut at, mut others) = (0, 0);
        while at < used.len() {
            let variable = by_start.get(&used[at]).filter(|(size, _)| {
                let last = at + *size as usize - 1;
                *size > 0 && used.get(last) == Some(&(used[at] + size - 1))
            });
            match variable {
                Some(&(size, name)) if self.registers < limit => {
                    self.add_scratch_register("scratch", others, &mut taken);
                    others = 0;
                    let name = self.ast.names.name(name).to_owned();
                    self.add_scratch_register(&name, size as usize, &mut taken);
                    at += size as usize;
                }
                _ => {
                    others += 1;
                    at += 1;
                }
            }
        }
        self.add_scratch_register("scratch", others, &mut taken);
    }

    /// `taken` has each name with the number to try next.
    fn add_scratch_register(
        &mut self,
        base: &str,
        size: usize,
        taken: &mut HashMap<String, usize>,
    ) {
        if size == 0 {
            return;
        }
        self.registers += 1;
        let mut name = base.to_owned();
        while let Some(next) = taken.get_mut(&name) {
            let number = *next;
            *next += 1;
            name = format!("{base}_{number}");
            // A program may have such a name itself: then the next number.
            if taken.contains_key(&name) {
                name = base.to_owned();
            }
        }
        taken.insert(name.clone(), 2);
        self.circuit.add_scratch(&name, size);
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

//! From the syntax tree to a circuit: names, sizes, broadcasting over registers, values of
//! angles, definitions.

mod condition;
mod declare;
mod gates;
mod operands;
mod scope;
mod undefined;

use super::Options;
use super::ast::{Ast, Expr, Ident, List, Operand, Span, Stmt, StmtKind};
use super::diagnostic::Faults;
use super::eval::{EvalError, Value, evaluate};
use super::parser::Session;
use super::qelib1;
use super::source::Sources;
use crate::circuit::{Circuit, If, Op};
use crate::error::Result;
use crate::gate::Qubits;
use gates::{GateInfo, Meaning};
use operands::{Target, Targets, repeat};
use scope::{Entity, Origin, Scope};
use smallvec::SmallVec;

/// The circuit of a parsed program, or every fault of both passes.
pub fn circuit(session: Session<'_>) -> Result<Circuit> {
    // After a fault that leaves the meaning of names open there is nothing to check.
    if session.done() {
        return Err(session.faults.into_error(&session.sources));
    }
    let Session { sources, mut ast, faults, options, .. } = session;
    for gate in qelib1::builtin().into_iter().chain(options.qelib1.gates()) {
        ast.names.intern(gate.name);
    }
    let importer = Importer {
        scope: Scope::new(ast.names.len()),
        ast: &ast,
        sources: &sources,
        faults,
        options,
        gates: vec![],
        circuit: Circuit::empty(),
        header: false,
        expanded: 0,
        registers: 0,
        stack: vec![],
    };
    let (circuit, faults) = importer.run();
    if faults.is_empty() { Ok(circuit) } else { Err(faults.into_error(&sources)) }
}

struct Importer<'a> {
    ast: &'a Ast,
    sources: &'a Sources,
    faults: Faults,
    options: &'a Options,
    scope: Scope,
    gates: Vec<GateInfo>,
    circuit: Circuit,
    /// Whether the header was included.
    header: bool,
    /// Against [`Limits::expansion`](super::Limits::expansion).
    expanded: u64,
    registers: usize,
    /// For expressions.
    stack: Vec<Value>,
}

impl<'a> Importer<'a> {
    fn run(mut self) -> (Circuit, Faults) {
        for gate in qelib1::builtin() {
            self.add_header_gate(gate, Origin::Language);
        }
        let ast = self.ast;
        for stmt in &ast.program {
            if self.faults.is_full() {
                break;
            }
            self.statement(stmt);
        }
        (self.circuit, self.faults)
    }

    fn statement(&mut self, stmt: &Stmt) {
        let ast = self.ast;
        match stmt.kind {
            StmtKind::Qubits { name, size: Some(size) } => {
                self.register(name, &ast.exprs[size as usize], true)
            }
            StmtKind::Bits { name, size: Some(size) } => {
                self.register(name, &ast.exprs[size as usize], false)
            }
            StmtKind::Header(_) => self.include_header(stmt.span),
            StmtKind::Gate(number) => self.define(&ast.gates[number as usize]),
            StmtKind::Broken(name) => {
                self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
            }
            StmtKind::If { register, value, body } => {
                let condition = self.condition(register, &ast.exprs[value as usize]);
                let mut then = vec![];
                for inner in body.of(&ast.bodies) {
                    self.operation(inner, &mut |_, op| then.push(op));
                }
                if let Some(condition) = condition
                    && !then.is_empty()
                {
                    let conditional = If { condition, then, otherwise: vec![] };
                    self.circuit.push_checked(Op::If(Box::new(conditional)));
                }
            }
            _ => self.operation(stmt, &mut Circuit::push_checked),
        }
    }

    /// A statement that does something; what it does goes to `push`.
    fn operation(&mut self, stmt: &Stmt, push: &mut impl FnMut(&mut Circuit, Op)) {
        let ast = self.ast;
        match stmt.kind {
            StmtKind::Call { gate, args, operands } => {
                self.call(gate, args, operands, stmt.span, push);
            }
            StmtKind::Measure(operands) => {
                self.measure(operands.of(&ast.operands), stmt.span, push)
            }
            StmtKind::Reset(operands) => {
                if let Some(target) = self.target(&operands.of(&ast.operands)[0], true) {
                    let size = self.repeats(&[target]).unwrap_or(0);
                    if self.expand(u64::from(size).saturating_sub(1), stmt.span) {
                        for i in 0..size {
                            push(&mut self.circuit, Op::Reset(target.at(i)));
                        }
                    }
                }
            }
            StmtKind::Barrier(operands) => {
                let mut qubits = Qubits::new();
                let mut targets = Targets::new();
                for operand in operands.of(&ast.operands) {
                    targets.extend(self.target(operand, true));
                }
                if operands.is_empty() {
                    let size = self.circuit.num_qubits() as u32;
                    targets.push(Target::All { start: 0, size });
                }
                let size = |t: &Target| if let Target::All { size, .. } = t { *size } else { 1 };
                let total: u64 = targets.iter().map(|t| u64::from(size(t))).sum();
                if !self.expand(total / 16, stmt.span) {
                    return;
                }
                for target in &targets {
                    qubits.extend((0..size(target)).map(|i| target.at(i)));
                }
                if targets.len() > 1 {
                    // Naming a qubit twice is allowed here and means nothing.
                    qubits.sort_unstable();
                    qubits.dedup();
                }
                push(&mut self.circuit, Op::Barrier(qubits));
            }
            _ => unreachable!("the parser lets nothing else stand here"),
        }
    }

    fn call(
        &mut self,
        gate: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        span: Span,
        push: &mut impl FnMut(&mut Circuit, Op),
    ) {
        let ast = self.ast;
        let number = self.callee(gate, None, args.len(), operands.len(), span);
        let mut sound = true;
        let mut angles = SmallVec::<[f64; 4]>::new();
        for arg in args.of(&ast.exprs) {
            let value = evaluate(ast, arg, &mut self.stack, |name, span| {
                let text = ast.names.shown(name);
                let message = format!("there is no value `{text}` here");
                let help = "outside of gate bodies an angle is made of numbers and `pi`";
                Err(EvalError { span, message, help: Some(help.into()) })
            });
            match value {
                Ok(value) => angles.extend(value),
                Err(e) => {
                    self.eval_error(e);
                    sound = false;
                }
            }
        }
        let mut targets = Targets::new();
        for operand in operands.of(&ast.operands) {
            match self.target(operand, true) {
                Some(target) => targets.push(target),
                None => sound = false,
            }
        }
        let Some(number) = number.filter(|_| sound) else { return };
        let info = &self.gates[number as usize];
        let Some(repeats) = self.repeats(&targets) else {
            return self.unequal(&targets, operands, span);
        };
        let cost = match info.meaning {
            Meaning::Broken => return,
            Meaning::Table(_) => u64::from(repeats).saturating_sub(1),
            _ => u64::from(repeats).saturating_mul(info.cost.max(info.num_qubits as u64 / 4)),
        };
        if cost > 0 && !self.expand(cost, span) {
            return;
        }
        for i in 0..repeats {
            let qubits: Qubits = targets.iter().map(|t| t.at(i)).collect();
            if let Some(k) = repeat(&qubits) {
                let operand = operands.of(&ast.operands)[k];
                let Entity::Qubits { start, .. } = self.scope.get(operand.name.name) else {
                    return;
                };
                let index = Some(qubits[k] - start);
                return self.repeated(operand.name.name, index, gate.name, operand.span());
            }
            match self.gate_op(number, &angles, &qubits) {
                Ok(op) => push(&mut self.circuit, Op::Gate(op)),
                Err(e) => {
                    // The fault is in what this call makes of the definition.
                    let name = ast.names.shown(gate.name);
                    let at = self.sources.place(e.span);
                    let message = format!("`{name}` with these angles: {}, at {at}", e.message);
                    self.faults.error(span, message);
                    return;
                }
            }
        }
    }

    fn measure(
        &mut self,
        operands: &[Operand],
        span: Span,
        push: &mut impl FnMut(&mut Circuit, Op),
    ) {
        let from = self.target(&operands[0], true);
        let to = self.target(&operands[1], false);
        let (Some(from), Some(to)) = (from, to) else { return };
        let size = match (from, to) {
            (Target::One(_), Target::One(_)) => 1,
            (Target::All { size: a, .. }, Target::All { size: b, .. }) if a == b => a,
            _ => {
                let what = |t| match t {
                    Target::One(_) => "one".to_owned(),
                    Target::All { size, .. } => format!("a register of {size}"),
                };
                let (from, to) = (what(from), what(to));
                self.faults
                    .error(span, format!("cannot measure {from} into {to}"))
                    .help("measure one qubit into one bit, or a register into one of equal size");
                return;
            }
        };
        if self.expand(u64::from(size).saturating_sub(1), span) {
            for i in 0..size {
                push(&mut self.circuit, Op::Measure { qubit: from.at(i), clbit: to.at(i) });
            }
        }
    }

    /// Counts what is added to the program's text; false, with a fault, past the limit.
    fn expand(&mut self, by: u64, span: Span) -> bool {
        let max = self.options.limits.expansion;
        let total = self.expanded.saturating_add(by);
        if total > max {
            let by = if by == u64::MAX { "at least 2^64".to_owned() } else { by.to_string() };
            self.faults
                .error(span, format!("this expands to {by} gates, past the limit of {max} in all"))
                .help("the limit is `Limits::expansion` (`--max-expansion`)");
            return false;
        }
        self.expanded = total;
        true
    }
}

//! From the syntax tree to a circuit: names, sizes, broadcasting over registers, values of
//! angles, definitions.

mod condition;
mod gates;
mod scope;

use super::Options;
use super::ast::{Ast, Expr, ExprKind, Ident, Leaf, List, Operand, Span, Stmt, StmtKind, Symbol};
use super::diagnostic::Faults;
use super::eval::{EvalError, Value, evaluate};
use super::parser::Session;
use super::qelib1;
use super::source::Sources;
use crate::circuit::{Circuit, If, Op};
use crate::error::Result;
use crate::gate::Qubits;
use gates::{GateInfo, Meaning, describe};
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

/// What an operand stands for.
#[derive(Debug, Clone, Copy)]
enum Target {
    One(u32),
    All { start: u32, size: u32 },
}

impl Target {
    /// The `i`-th bit when a statement is repeated over its registers.
    #[inline]
    fn at(self, i: u32) -> u32 {
        match self {
            Target::One(bit) => bit,
            Target::All { start, .. } => start + i,
        }
    }
}

/// The place of the first qubit that is there twice.
#[inline]
fn repeat(qubits: &[u32]) -> Option<usize> {
    if qubits.len() <= 16 {
        return (1..qubits.len()).find(|&k| qubits[..k].contains(&qubits[k]));
    }
    let mut seen = std::collections::HashSet::new();
    qubits.iter().position(|q| !seen.insert(q))
}

type Targets = SmallVec<[Target; 4]>;

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
            StmtKind::Qubits { name, size } => self.register(name, &ast.exprs[size as usize], true),
            StmtKind::Bits { name, size } => self.register(name, &ast.exprs[size as usize], false),
            StmtKind::Header => self.include_header(stmt.span),
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
            StmtKind::Measure(operands) => self.measure(operands.of(&ast.operands), stmt.span, push),
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
                let Entity::Qubits { start, .. } = self.scope.get(operand.name.name) else { return };
                let index = Some(qubits[k] - start);
                return self.repeated(operand.name.name, index, gate.name, operand.span);
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

    /// How often a statement is repeated over its registers: their common size.
    #[inline]
    fn repeats(&self, targets: &[Target]) -> Option<u32> {
        let mut sizes = targets.iter().filter_map(|t| match t {
            Target::One(_) => None,
            Target::All { size, .. } => Some(*size),
        });
        let Some(first) = sizes.next() else { return Some(1) };
        sizes.all(|size| size == first).then_some(first)
    }

    #[cold]
    fn unequal(&mut self, targets: &[Target], operands: List<Operand>, span: Span) {
        let registers = operands.of(&self.ast.operands).iter().zip(targets);
        let sizes: Vec<String> = registers
            .filter_map(|(operand, target)| match target {
                Target::All { size, .. } => {
                    Some(format!("`{}` has {size}", self.ast.names.shown(operand.name.name)))
                }
                Target::One(_) => None,
            })
            .collect();
        let sizes = sizes.join(", ");
        self.faults
            .error(span, format!("registers of different sizes: {sizes}"))
            .help("a gate on registers is done qubit by qubit; the sizes must be equal");
    }

    /// Counts what is added to the program's text; false, with a fault, past the limit.
    fn expand(&mut self, by: u64, span: Span) -> bool {
        let max = self.options.limits.expansion;
        let total = self.expanded.saturating_add(by);
        if total > max {
            let by = if by == u64::MAX { "at least 2^64".to_owned() } else { by.to_string() };
            self.faults
                .error(span, format!("this expands to {by} gates, past the limit of {max} in all"))
                .help("the limit is `Limits::expansion`");
            return false;
        }
        self.expanded = total;
        true
    }

    #[cold]
    fn repeated(&mut self, name: Symbol, index: Option<u32>, gate: Symbol, span: Span) {
        let (name, gate) = (self.ast.names.shown(name), self.ast.names.shown(gate));
        let index = index.map_or(String::new(), |i| format!("[{i}]"));
        self.faults
            .error(span, format!("qubit `{name}{index}` is used twice by `{gate}`"))
            .help("the qubits of one gate are distinct");
    }

    /// The bits that an operand names.
    #[inline]
    fn target(&mut self, operand: &Operand, quantum: bool) -> Option<Target> {
        let (start, size) = match self.scope.get(operand.name.name) {
            Entity::Qubits { start, size } if quantum => (start, size),
            Entity::Bits { start, size } if !quantum => (start, size),
            other => {
                self.wrong_register(operand.name, other, quantum);
                return None;
            }
        };
        let Some(index) = operand.index else { return Some(Target::All { start, size }) };
        match index.kind {
            ExprKind::Leaf(Leaf::Int(i)) if i < u64::from(size) => {
                Some(Target::One(start + i as u32))
            }
            _ => {
                self.out_of_range(operand, index, size, quantum);
                None
            }
        }
    }

    #[cold]
    fn out_of_range(&mut self, operand: &Operand, index: Expr, size: u32, quantum: bool) {
        let name = self.ast.names.shown(operand.name.name);
        let kind = if quantum { "qubit" } else { "bit" };
        let index_text = match index.kind {
            ExprKind::Leaf(Leaf::Int(i)) => i.to_string(),
            _ => "that large".to_owned(),
        };
        let help = match size {
            0 => format!("`{name}` is empty"),
            1 => format!("the only {kind} of `{name}` is `{name}[0]`"),
            _ => format!("`{name}` has {size} {kind}s, `{name}[0]` to `{name}[{}]`", size - 1),
        };
        self.faults
            .error(index.span, format!("{kind} {index_text} of register `{name}` is out of range"))
            .help(help);
    }

    #[cold]
    fn wrong_register(&mut self, ident: Ident, entity: Entity, quantum: bool) {
        let name = self.ast.names.shown(ident.name);
        let wanted = if quantum { "quantum register" } else { "classical register" };
        match entity {
            Entity::Broken => {}
            Entity::Free => {
                let near = self.scope.suggest(&self.ast.names, &name, |e| match e {
                    Entity::Qubits { .. } => quantum,
                    Entity::Bits { .. } => !quantum,
                    _ => false,
                });
                self.faults
                    .error(ident.span, format!("there is no {wanted} `{name}`"))
                    .maybe_help(near.map(|n| format!("did you mean `{n}`?")));
                // Say it once.
                self.scope.set(ident.name, Entity::Broken, Origin::Header);
            }
            other => {
                let message = format!("`{name}` is {}, not a {wanted}", describe(other));
                self.faults.error(ident.span, message);
            }
        }
    }

    fn register(&mut self, name: Ident, size: &Expr, quantum: bool) {
        let limits = &self.options.limits;
        let (kind, used, max, limit) = if quantum {
            ("qubits", self.circuit.num_qubits(), limits.qubits, "Limits::qubits")
        } else {
            ("classical bits", self.circuit.num_clbits(), limits.clbits, "Limits::clbits")
        };
        let size = match size.kind {
            ExprKind::Leaf(Leaf::Int(n)) if n <= (max - used.min(max)) as u64 => n as u32,
            _ => {
                self.faults
                    .error(size.span, format!("a program has at most {max} {kind}"))
                    .help(format!("the limit is `{limit}`"));
                self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
                return;
            }
        };
        self.registers += 1;
        if self.registers > limits.registers {
            let message = format!("a program has at most {} registers", limits.registers);
            self.faults.error(name.span, message).help("the limit is `Limits::registers`");
            self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
            return;
        }
        let start = used as u32;
        let entity = match quantum {
            true => Entity::Qubits { start, size },
            false => Entity::Bits { start, size },
        };
        if self.declare(name, entity) {
            let text = self.ast.names.name(name.name);
            if quantum {
                self.circuit.add_qubits(text, size as usize);
            } else {
                self.circuit.add_clbits(text, size as usize);
            }
        }
    }

    /// Gives a name its meaning; false, with a fault, when it has one already that stays.
    fn declare(&mut self, ident: Ident, entity: Entity) -> bool {
        let known = self.scope.entry(ident.name);
        let message = match (known.entity, known.origin) {
            (Entity::Free, _) => None,
            (Entity::Broken, Origin::Program(_)) => return false,
            (Entity::Broken, _) => None,
            (_, Origin::Header) if !self.options.strict => None,
            (_, Origin::Language) => Some("is part of the language and cannot be declared".into()),
            (_, Origin::Header) => Some("is declared by `qelib1.inc` already (strict mode)".into()),
            (what, Origin::Program(span)) => {
                let (what, at) = (describe(what), self.sources.place(span));
                Some(format!("is declared already, as {what} at {at}"))
            }
        };
        if let Some(message) = message {
            let name = self.ast.names.shown(ident.name);
            self.faults.error(ident.span, format!("`{name}` {message}"));
            return false;
        }
        self.scope.set(ident.name, entity, Origin::Program(ident.span));
        true
    }

    fn include_header(&mut self, span: Span) {
        if self.header && self.options.strict {
            self.faults.error(span, "`qelib1.inc` is included twice (strict mode)");
        }
        self.header = true;
        for gate in self.options.qelib1.gates() {
            self.add_header_gate(gate, Origin::Header);
            let name = self.ast.names.find(gate.name).expect("interned at the start");
            if let Origin::Program(at) = self.scope.entry(name).origin
                && self.options.strict
            {
                let at = self.sources.place(at);
                let message = format!("`{}` of `qelib1.inc` is declared already, at {at}", gate.name);
                self.faults.error(span, message);
                return;
            }
        }
    }

    fn add_header_gate(&mut self, gate: qelib1::HeaderGate, origin: Origin) {
        let name = self.ast.names.find(gate.name).expect("interned at the start");
        let known = self.scope.entry(name);
        if known.entity == Entity::Free || known.origin == Origin::Header {
            self.scope.set(name, Entity::Gate(self.gates.len() as u32), origin);
            self.gates.push(GateInfo::table(name, gate.meaning, gate.num_angles));
        }
    }
}

//! From the syntax tree to a circuit: names, sizes, broadcasting over registers, values of
//! angles, definitions.

mod assign;
mod call;
mod condition;
mod context;
mod control;
mod gate_body;
mod gate_definitions;
mod loops;
mod operands;
mod operations;
mod registers;
mod scope;
mod scratch;
mod subroutine;
mod typed_declarations;
mod undefined;
mod unreached;
mod variables;
mod walk;

use super::ast::{Ast, Role, Span, Stmt, StmtKind, Symbol, TypeKind};
use super::diagnostic::Faults;
use super::eval::{Eval, EvalError, Type, Value, Wires};
use super::headers;
use super::parser::Session;
use super::source::Sources;
use super::{Imported, Options, Version};
use crate::circuit::{Circuit, If, Op};
use crate::error::Result;
use crate::math::check_memory;
use control::{Exit, Flow};
use gate_definitions::GateInfo;
use loops::Loop;
use scope::{Entity, Origin, Scope};
use scratch::Scratch;
use subroutine::Call;
use variables::Variable;

/// The circuit of a parsed program, or every fault of both passes.
pub fn circuit(session: Session<'_>) -> Result<Imported> {
    // After a fault that leaves the meaning of names open there is nothing to check.
    if session.done() {
        return Err(session.faults.into_error(&session.sources));
    }
    let Session { sources, mut ast, faults, options, version, physical, .. } = session;
    for gate in headers::all(version, options.qelib1) {
        ast.names.intern(gate.name);
    }
    let mut importer = Importer {
        scope: Scope::new(ast.names.len()),
        ast: &ast,
        sources: &sources,
        faults,
        options,
        version,
        gates: vec![],
        circuit: Circuit::empty(),
        header: None,
        expanded: 0,
        exhausted: false,
        registers: 0,
        stack: vec![],
        blocks: vec![],
        variables: vec![],
        lists: vec![],
        inputs: vec![],
        outputs: vec![],
        scratch: Scratch::default(),
        region: 0,
        depth: 0,
        loops: vec![],
        calls: vec![],
        measure_into: None,
        variable_named: None,
        end_flag: 0,
        end_used: false,
        physical: physical.is_some(),
    };
    for gate in headers::builtin(version) {
        importer.add_header_gate(gate, Origin::Language);
    }
    match version {
        Version::V2 => importer.run(),
        Version::V3 => importer.run_3(physical),
    }
    let Importer { circuit, faults, inputs, .. } = importer;
    if faults.is_empty() {
        Ok(Imported { circuit, inputs, warnings: faults.into_warnings(&sources) })
    } else {
        Err(faults.into_error(&sources))
    }
}

struct Importer<'a> {
    ast: &'a Ast,
    sources: &'a Sources,
    faults: Faults,
    options: &'a Options,
    version: Version,
    scope: Scope,
    gates: Vec<GateInfo>,
    circuit: Circuit,
    /// The header that was included.
    header: Option<super::ast::Library>,
    /// Against [`Limits::expansion`](super::Limits::expansion).
    expanded: u64,
    /// Whether it was met; said once.
    exhausted: bool,
    registers: usize,
    /// For expressions.
    stack: Vec<Value>,

    // The rest is for OpenQASM 3.
    /// Operations of the open blocks, innermost last. In OpenQASM 2 there are none: operations go
    /// to the circuit at once.
    blocks: Vec<Vec<Op>>,
    variables: Vec<Variable>,
    /// Qubits and bits that names stand for and that are no runs.
    lists: Vec<Wires>,
    /// Variables declared `input` whose value is given.
    inputs: Vec<String>,
    /// Variables declared `output`.
    outputs: Vec<Symbol>,
    scratch: Scratch,
    /// How many conditions on measured bits are around.
    region: u32,
    /// Blocks and calls around.
    depth: usize,
    loops: Vec<Loop>,
    calls: Vec<Call>,
    /// Where the next measurement of an expression goes.
    measure_into: Option<Wires>,
    /// Where the last expression named a variable that is no constant.
    variable_named: Option<(Symbol, Span)>,
    /// The flag that an `end` raises on which measured bits decide, and whether there is one.
    end_flag: u32,
    end_used: bool,
    /// Whether the program names physical qubits.
    physical: bool,
}

impl<'a> Importer<'a> {
    fn run(&mut self) {
        let ast = self.ast;
        for stmt in &ast.program {
            if self.faults.is_full() {
                break;
            }
            self.statement(stmt);
        }
    }

    fn run_3(&mut self, physical: Option<u32>) {
        let ast = self.ast;
        self.blocks.push(vec![]);
        let start = Span { file: 0, start: 0, end: 0 };
        if let Some(last) = physical {
            self.physical_qubits(last, start);
        }
        if let Some((_, flag)) = self.take_scratch(1, start) {
            self.end_flag = flag;
        }
        if let Flow::Exit(Exit::End) = self.statements(&ast.program) {
            self.registers_behind_the_end();
        }
        if !self.faults.is_empty() {
            return;
        }
        self.settle_outputs();
        let ops = self.blocks.pop().unwrap_or_default();
        let ops = self.place_scratch(ops);
        self.circuit.extend_checked(ops);
    }

    /// Bits that are declared behind an `end` are part of the outcomes all the same.
    fn registers_behind_the_end(&mut self) {
        let ast = self.ast;
        for stmt in &ast.program {
            let StmtKind::Declare(at) = stmt.kind else { continue };
            let decl = &ast.declarations[at as usize];
            let ty = &ast.types[decl.ty as usize];
            let name = ast.names.name(decl.name.name);
            let bits = matches!(ty.kind, TypeKind::Bit) && ty.dims.is_empty();
            if !bits || decl.role != Role::Variable || self.circuit.clbits().find(name).is_some() {
                continue;
            }
            if let Ok(Type::Bit(size)) = self.resolve_type(decl.ty) {
                self.add_register(decl.name, size.unwrap_or(1), false, stmt.span);
            }
        }
    }

    /// One statement.
    fn statement(&mut self, stmt: &'a Stmt) -> Flow {
        let ast = self.ast;
        match stmt.kind {
            StmtKind::Call { gate, args, operands } => {
                self.call(gate, args, operands, stmt.span);
                Flow::Next
            }
            StmtKind::Measure(operands) if operands.len() == 2 => {
                self.measure(operands.of(&ast.operands), stmt.span);
                Flow::Next
            }
            StmtKind::Qubits { name, size } => {
                self.register(name, size, true);
                Flow::Next
            }
            StmtKind::Bits { name, size } => {
                self.register(name, size, false);
                Flow::Next
            }
            StmtKind::Header(header) => {
                self.include_header(header, stmt.span);
                Flow::Next
            }
            StmtKind::Gate(number) => {
                self.define(&ast.gates[number as usize]);
                Flow::Next
            }
            StmtKind::Broken(name) => {
                self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
                Flow::Next
            }
            StmtKind::Reset(operands) => {
                self.reset(&operands.of(&ast.operands)[0], stmt.span);
                Flow::Next
            }
            StmtKind::Barrier(operands) => {
                self.barrier(operands.of(&ast.operands), stmt.span);
                Flow::Next
            }
            StmtKind::If { register, value, body } => {
                let condition = self.condition(register, &ast.exprs[value as usize]);
                self.blocks.push(vec![]);
                self.statements(body.of(&ast.bodies));
                let then = self.blocks.pop().unwrap_or_default();
                if let Some(condition) = condition
                    && !then.is_empty()
                {
                    self.emit(Op::If(Box::new(If { condition, then, otherwise: vec![] })));
                }
                Flow::Next
            }
            _ => self.statement_3(stmt),
        }
    }

    /// A statement that only OpenQASM 3 has.
    fn statement_3(&mut self, stmt: &'a Stmt) -> Flow {
        if !self.expand_quietly(stmt.span) {
            return Flow::Next;
        }
        let mark = self.scratch.mark();
        // What a declaration takes stays taken until the end of its block, and what is returned
        // until the end of the caller's statement.
        let keeps = matches!(stmt.kind, StmtKind::Declare(_) | StmtKind::Return(_));
        let nests = self.deeper(stmt.span);
        let flow = nests.and_then(|()| {
            let flow = self.checked(stmt);
            self.depth -= 1;
            flow
        });
        if !keeps {
            self.scratch.release(mark);
        }
        flow.unwrap_or_else(|e| {
            self.eval_error(e);
            if let StmtKind::Declare(at) = stmt.kind {
                let name = self.ast.declarations[at as usize].name;
                self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
            }
            Flow::Next
        })
    }

    fn checked(&mut self, stmt: &'a Stmt) -> Eval<Flow> {
        let (ast, span) = (self.ast, stmt.span);
        match stmt.kind {
            StmtKind::Modified(at) => self.modified(&ast.modified[at as usize], span)?,
            StmtKind::Declare(at) => self.declaration(&ast.declarations[at as usize], span)?,
            StmtKind::Alias { name, value } => {
                let expr = &ast.exprs[value as usize];
                let value = self.value(expr)?;
                self.alias(name, value, expr.span)?;
            }
            StmtKind::Assign(at) => self.assignment(&ast.assignments[at as usize], span)?,
            StmtKind::Expr(at) => {
                self.value(&ast.exprs[at as usize])?;
            }
            StmtKind::Measure(operands) => {
                // Into nowhere: the outcome is drawn all the same.
                if let Some(wires) = self.target(&operands.of(&ast.operands)[0], true) {
                    super::eval::Context::measure(self, wires, span)?;
                }
            }
            StmtKind::Delay { duration, operands } => {
                let expr = &ast.exprs[duration as usize];
                let duration = self.duration(expr)?;
                let qubits = self.qubits_of(operands.of(&ast.operands), span);
                if let Some(qubits) = qubits {
                    self.emit(Op::Delay { qubits, duration });
                }
            }
            StmtKind::Box { duration, body } => {
                if let Some(at) = duration {
                    self.duration(&ast.exprs[at as usize])?;
                }
                return Ok(self.scoped(body));
            }
            StmtKind::Scope(body) => return Ok(self.scoped(body)),
            StmtKind::Branch(at) => return self.branch(&ast.branches[at as usize], span),
            StmtKind::For(at) => return self.for_loop(&ast.for_loops[at as usize], span),
            StmtKind::While { condition, body } => return self.while_loop(condition, body, span),
            StmtKind::Switch(at) => return self.switch(&ast.switches[at as usize], span),
            StmtKind::Break => return self.leave_loop(Exit::Break, span),
            StmtKind::Continue => return self.leave_loop(Exit::Continue, span),
            StmtKind::End => return self.end(span),
            StmtKind::Return(value) => return self.give_back(value, span),
            StmtKind::Def(number) => self.define_subroutine(number),
            StmtKind::Extern(name) => {
                self.declare(name, Entity::Extern);
            }
            StmtKind::Nop(operands) => {
                for operand in operands.of(&ast.operands) {
                    self.target(operand, true);
                }
            }
            StmtKind::Unsupported(what) => {
                let message = format!("`{what}` is not supported: ketlab has no pulses");
                return Err(EvalError::new(span, message)
                    .help("gates mean what their definitions say; take the calibrations out"));
            }
            _ => unreachable!("a statement of every version"),
        }
        Ok(Flow::Next)
    }

    /// Counts what is added to the program's text; false, with a fault, past the limit.
    fn expand(&mut self, by: u64, span: Span) -> bool {
        let max = self.options.limits.expansion;
        if self.exhausted {
            return false;
        }
        let total = self.expanded.saturating_add(by);
        if total > max {
            self.exhausted = true;
            let more = match total {
                u64::MAX => "at least 2^64".to_owned(),
                total if by == total => total.to_string(),
                total => format!("at least {total}"),
            };
            self.faults
                .error(
                    span,
                    format!("the program expands to {more} gates, past the limit of {max}"),
                )
                .help("the limit is `Limits::expansion` (`--max-expansion`)");
            return false;
        }
        self.expanded = total;
        true
    }

    /// Called where a list of operations is about to grow to twice its size: whether there is memory
    /// for that; if not, a fault.
    #[cold]
    fn has_room(&mut self, len: usize) -> bool {
        // The list no longer grows, so each operation that is left would ask again.
        if self.exhausted {
            return false;
        }
        let what = format!("a list of {} operations", 2 * len);
        let bytes = 2 * len as u128 * size_of::<Op>() as u128;
        let advice = |_| (None, "write the program with fewer operations".to_owned());
        match check_memory(&what, bytes, advice) {
            Ok(()) => true,
            Err(e) => {
                self.exhausted = true;
                self.faults.error(Span { file: 0, start: 0, end: 0 }, e.to_string());
                false
            }
        }
    }

    /// Counts one statement of OpenQASM 3, which may be in a loop.
    fn expand_quietly(&mut self, span: Span) -> bool {
        self.region == 0 && self.loops.is_empty() && self.calls.is_empty() || self.expand(1, span)
    }
}

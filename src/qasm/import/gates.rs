//! Gate definitions: checked where they stand, built where they are first called.
//!
//! A definition without angles becomes one shared [`Block`]; one with angles becomes a block for
//! each row of angles it is called with. The cost of a definition (the gates it stands for when
//! everything in it is expanded) is known from its text, so a bomb is refused before anything
//! is built.

use super::undefined::{describe, no_parameter};
use super::{Importer, Origin};
use crate::gate::{Angle, Angles, Block, Control, Gate, GateOp, NamedGate, Qubits};
use crate::qasm::ast::{
    Expr, ExprKind, GateDef, Ident, Index, List, Operand, Span, StmtKind, Symbol,
};
use crate::qasm::eval::{EvalError, Value, evaluate};
use crate::qasm::import::scope::Entity;
use crate::qasm::suggest::closest;
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What a gate means.
#[derive(Debug)]
pub(super) enum Meaning {
    /// A row of the table with controls.
    Table(NamedGate),
    /// A definition of the program.
    Defined(Definition),
    /// Declared `opaque`.
    Opaque(HashMap<SmallVec<[u64; 3]>, Arc<Block>>),
    /// Its definition is at fault.
    Broken,
}

/// A checked definition.
#[derive(Debug)]
pub(super) struct Definition {
    params: Vec<Symbol>,
    body: Arc<[BodyCall]>,
    /// Built blocks, by the bits of their angles.
    built: HashMap<SmallVec<[u64; 3]>, Arc<Block>>,
}

/// A call in a definition. The gate is the one that the name meant there.
#[derive(Debug)]
struct BodyCall {
    gate: u32,
    args: List<Expr>,
    qubits: Qubits,
}

/// A gate that can be called.
#[derive(Debug)]
pub(super) struct GateInfo {
    pub name: Symbol,
    pub num_angles: usize,
    pub num_qubits: usize,
    pub meaning: Meaning,
    /// Gates that a call stands for.
    pub cost: u64,
    /// Definitions below it.
    depth: usize,
}

impl GateInfo {
    pub fn table(name: Symbol, gate: NamedGate, num_angles: usize) -> Self {
        GateInfo {
            name,
            num_angles,
            num_qubits: gate.num_qubits(),
            meaning: Meaning::Table(gate),
            cost: 1,
            depth: 0,
        }
    }
}

/// A row of the table on qubits, controls first.
#[inline]
pub(super) fn table_op(gate: NamedGate, angles: &[f64], qubits: &[u32]) -> GateOp {
    // `u0` has an angle that its row has not.
    let angles = angles.iter().take(gate.gate.spec().angles.len());
    let (controls, targets) = qubits.split_at(gate.num_controls);
    GateOp {
        gate: Gate::Std(gate.gate, angles.map(|&a| Angle::Fixed(a)).collect()),
        targets: Qubits::from_slice(targets),
        controls: controls.iter().map(|&qubit| Control { qubit, positive: true }).collect(),
    }
}

impl<'a> Importer<'a> {
    /// `gate` and `opaque`.
    pub(super) fn define(&mut self, def: &'a GateDef) {
        let ast = self.ast;
        let (params, qubits) = (def.params.of(&ast.idents), def.qubits.of(&ast.idents));
        let max = self.options.limits.gate_operands;
        if params.len().max(qubits.len()) > max {
            let name = ast.names.shown(def.name.name);
            let message = format!("gate `{name}` has more than {max} angles or qubits");
            self.faults.error(def.name.span, message).help("the limit is `Limits::gate_operands`");
            self.scope.set(def.name.name, Entity::Broken, Origin::Program(def.name.span));
            return;
        }
        let mut sound = self.distinct(params, "parameter") & self.distinct(qubits, "qubit");
        let mut info = GateInfo {
            name: def.name.name,
            num_angles: params.len(),
            num_qubits: qubits.len(),
            meaning: Meaning::Opaque(HashMap::new()),
            cost: 1,
            depth: 1,
        };
        if let Some(body) = def.body {
            let mut calls = vec![];
            let mut cost = 0u64;
            let mut depth = 0;
            for stmt in body.of(&ast.bodies) {
                match stmt.kind {
                    StmtKind::Call { gate, args, operands } => {
                        match self.body_call(def, gate, args, operands, stmt.span) {
                            Some(call) => {
                                let callee = &self.gates[call.gate as usize];
                                let long: u64 = args.of(&ast.exprs).iter().map(weight).sum();
                                cost = cost.saturating_add(callee.cost).saturating_add(long);
                                depth = depth.max(callee.depth);
                                sound &= !matches!(callee.meaning, Meaning::Broken);
                                calls.push(call);
                            }
                            None => sound = false,
                        }
                    }
                    StmtKind::Barrier(operands) => {
                        for operand in operands.of(&ast.operands) {
                            sound &= self.body_qubit(def, operand).is_some();
                        }
                    }
                    _ => unreachable!("the parser puts only calls and barriers into a body"),
                }
                if self.faults.is_full() {
                    return;
                }
            }
            info.cost = cost.max(1);
            info.depth = depth + 1;
            let max = self.options.limits.definition_depth;
            if info.depth > max && sound {
                sound = false;
                let name = ast.names.shown(def.name.name);
                let message =
                    format!("gate `{name}` is the last of more than {max} that use each other");
                self.faults
                    .error(def.name.span, message)
                    .help("the limit is `Limits::definition_depth`");
            }
            info.meaning = Meaning::Defined(Definition {
                params: params.iter().map(|p| p.name).collect(),
                body: calls.into(),
                built: HashMap::new(),
            });
        }
        if !sound {
            info.meaning = Meaning::Broken;
        }
        let entity = Entity::Gate(self.gates.len() as u32);
        if self.declare(def.name, entity) {
            self.gates.push(info);
        }
    }

    fn distinct(&mut self, idents: &[Ident], kind: &str) -> bool {
        let mut seen = HashSet::new();
        let mut sound = true;
        for ident in idents {
            if !seen.insert(ident.name) {
                sound = false;
                let name = self.ast.names.shown(ident.name);
                self.faults
                    .error(ident.span, format!("{kind} `{name}` of this gate is declared twice"));
            }
        }
        sound
    }

    fn body_call(
        &mut self,
        def: &GateDef,
        gate: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        span: Span,
    ) -> Option<BodyCall> {
        let ast = self.ast;
        let mut sound = true;
        let called = self.callee(gate, Some(def), args.len(), operands.len(), span);
        let params = def.params.of(&ast.idents);
        for arg in args.of(&ast.exprs) {
            let result = evaluate(ast, arg, &mut self.stack, |name, span| {
                if params.iter().any(|p| p.name == name) {
                    return Ok(None);
                }
                Err(no_parameter(ast, def, name, span))
            });
            if let Err(e) = result {
                self.eval_error(e);
                sound = false;
            }
        }
        let mut qubits = Qubits::new();
        for operand in operands.of(&ast.operands) {
            match self.body_qubit(def, operand) {
                Some(q) if qubits.contains(&q) => {
                    self.repeated(operand.name.name, None, gate.name, operand.span());
                    sound = false;
                }
                Some(q) => qubits.push(q),
                None => sound = false,
            }
        }
        let called = called?;
        sound.then_some(BodyCall { gate: called, args, qubits })
    }

    /// The number of a qubit in its definition.
    fn body_qubit(&mut self, def: &GateDef, operand: &Operand) -> Option<u32> {
        let ast = self.ast;
        let qubits = def.qubits.of(&ast.idents);
        let name = operand.name.name;
        let text = ast.names.shown(name);
        let found = qubits.iter().position(|q| q.name == name);
        if let (Some(_), Index::One(index) | Index::Whole(index)) = (found, operand.index) {
            self.faults
                .error(index.span, format!("`{text}` is one qubit of a gate and has no index"));
            return None;
        }
        if found.is_none() {
            let is_param = def.params.of(&ast.idents).iter().any(|p| p.name == name);
            let gate = ast.names.shown(def.name.name);
            let (message, help) = match self.scope.get(name) {
                _ if is_param => (format!("`{text}` is a parameter, not a qubit"), None),
                Entity::Broken => return None,
                Entity::Free => {
                    let near = closest(&text, qubits.iter().map(|q| ast.names.name(q.name)));
                    let help = near.map(|n| format!("did you mean `{n}`?"));
                    (format!("gate `{gate}` has no qubit `{text}`"), help)
                }
                other => (
                    format!("`{text}` is {}, not a qubit of gate `{gate}`", describe(other)),
                    Some("a gate body uses the gate's own qubits only".to_owned()),
                ),
            };
            self.faults.error(operand.name.span, message).maybe_help(help);
        }
        found.map(|q| q as u32)
    }

    /// The gate of a call, with the right number of angles and qubits.
    #[inline]
    pub(super) fn callee(
        &mut self,
        gate: Ident,
        inside: Option<&GateDef>,
        num_angles: usize,
        num_qubits: usize,
        span: Span,
    ) -> Option<u32> {
        if let Entity::Gate(number) = self.scope.get(gate.name) {
            let info = &self.gates[number as usize];
            if info.num_angles == num_angles && info.num_qubits == num_qubits {
                return Some(number);
            }
        }
        self.no_callee(gate, inside, num_angles, num_qubits, span);
        None
    }

    pub(super) fn eval_error(&mut self, e: EvalError) {
        self.faults.error(e.span, e.message).maybe_help(e.help);
    }

    /// A gate with its angles on qubits. `qubits` are distinct and in range.
    pub(super) fn gate_op(
        &mut self,
        number: u32,
        angles: &[f64],
        qubits: &[u32],
    ) -> Result<GateOp, EvalError> {
        if let Meaning::Table(gate) = self.gates[number as usize].meaning {
            return Ok(table_op(gate, angles, qubits));
        }
        let block = self.block(number, angles)?;
        Ok(GateOp {
            gate: Gate::Block(block),
            targets: Qubits::from_slice(qubits),
            controls: SmallVec::new(),
        })
    }

    /// The block of a definition at given angles, built once.
    fn block(&mut self, number: u32, angles: &[f64]) -> Result<Arc<Block>, EvalError> {
        let ast = self.ast;
        let info = &self.gates[number as usize];
        let key: SmallVec<[u64; 3]> = angles.iter().map(|a| a.to_bits()).collect();
        let name = ast.names.name(info.name).to_owned();
        let num_qubits = info.num_qubits;
        let definition = match &info.meaning {
            Meaning::Defined(d) => match d.built.get(&key) {
                Some(block) => return Ok(block.clone()),
                None => {
                    let body = d.body.clone();
                    let params = d.params.clone();
                    Some(self.instantiate(&params, &body, angles)?)
                }
            },
            Meaning::Opaque(built) => match built.get(&key) {
                Some(block) => return Ok(block.clone()),
                None => None,
            },
            Meaning::Table(_) | Meaning::Broken => unreachable!("not called"),
        };
        let shown: Angles = angles.iter().map(|&a| Angle::Fixed(a)).collect();
        let block = Arc::new(Block::new(name, num_qubits, shown, definition));
        match &mut self.gates[number as usize].meaning {
            Meaning::Defined(Definition { built, .. }) | Meaning::Opaque(built) => {
                built.insert(key, block.clone());
            }
            _ => {}
        }
        Ok(block)
    }

    fn instantiate(
        &mut self,
        params: &[Symbol],
        body: &[BodyCall],
        angles: &[f64],
    ) -> Result<Vec<GateOp>, EvalError> {
        let ast = self.ast;
        let mut ops = Vec::with_capacity(body.len());
        for call in body {
            let mut values = SmallVec::<[f64; 4]>::new();
            for arg in call.args.of(&ast.exprs) {
                let value: Value = evaluate(ast, arg, &mut self.stack, |name, _| {
                    Ok(params.iter().position(|&p| p == name).map(|k| angles[k]))
                })?;
                values.push(value.expect("every name was found to be a parameter"));
            }
            ops.push(self.gate_op(call.gate, &values, &call.qubits)?);
        }
        Ok(ops)
    }
}

/// What evaluating an expression once more costs, in gates: nothing for the usual lengths.
fn weight(expr: &Expr) -> u64 {
    match expr.kind {
        ExprKind::Leaf(_) => 0,
        ExprKind::Postfix(nodes) => nodes.len() as u64 / 16,
    }
}

//! Gate definitions: checked where they stand, built where they are first called.
//!
//! A definition without angles becomes one shared [`Block`]; one with angles becomes a block for
//! each row of angles it is called with. The cost of a definition (the gates it stands for when
//! everything in it is expanded) is known from its text, so a bomb is refused before anything
//! is built.

use super::call::{Resolved, apply_modifiers};
use super::context::derived_param;
use super::gate_body::Body;
use super::scope::Entity;
use super::{Importer, Origin};
use crate::circuit::{Circuit, Formula};
use crate::gate::{Angle, Angles, Block, Control, Gate, GateOp, NamedGate, Param, Qubits, StdGate};
use crate::qasm::Version;
use crate::qasm::ast::{Ast, Expr, GateDef, Ident, Span, Symbol};
use crate::qasm::eval::{Context, Eval, EvalError, Value, angle, evaluate};
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
pub(super) struct BodyCall {
    pub gate: u32,
    pub args: SmallVec<[Arg; 3]>,
    pub qubits: Qubits,
    /// From left to right; their controls are the first of the qubits.
    pub modifiers: Vec<Resolved>,
    pub span: Span,
}

/// An angle of a call in a definition.
#[derive(Debug)]
pub(super) enum Arg {
    /// Known where the definition stands.
    Known(Angle),
    /// Depends on the gate's parameters; with the constants that it names.
    Expr(Expr, Vec<(Symbol, Value)>),
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
    pub depth: usize,
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

impl GateInfo {
    /// A gate without a definition.
    pub fn opaque(name: Symbol, num_angles: usize, num_qubits: usize) -> Self {
        let meaning = Meaning::Opaque(HashMap::new());
        GateInfo { name, num_angles, num_qubits, meaning, cost: 1, depth: 1 }
    }
}

/// A row of the table on qubits, controls first.
#[inline]
pub(super) fn table_op(gate: NamedGate, angles: &[Angle], qubits: &[u32]) -> GateOp {
    // `u0` has an angle that its row has not.
    let mut all: Angles = angles.iter().take(gate.gate.spec().angles.len()).cloned().collect();
    if gate.gate == StdGate::PhasedU && angles.len() == 3 {
        all.push(angles[0].clone() * 0.5);
    }
    let (controls, targets) = qubits.split_at(gate.num_controls);
    GateOp {
        gate: Gate::Std(gate.gate, all),
        targets: Qubits::from_slice(targets),
        controls: controls.iter().map(|&qubit| Control { qubit, positive: true }).collect(),
    }
}

impl<'a> Importer<'a> {
    /// `gate` and `opaque`.
    pub(super) fn define(&mut self, def: &'a GateDef) {
        let ast = self.ast;
        if self.scope.depth() > 0 {
            self.faults.error(def.name.span, "a gate is defined outside of all blocks");
            return;
        }
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
        let taken: HashSet<Symbol> = params.iter().map(|p| p.name).collect();
        for qubit in qubits.iter().filter(|q| taken.contains(&q.name)) {
            sound = false;
            let name = ast.names.shown(qubit.name);
            let message = format!("`{name}` is a parameter of this gate and one of its qubits");
            self.faults.error(qubit.span, message).help("give one of them another name");
        }
        let mut info = GateInfo::opaque(def.name.name, params.len(), qubits.len());
        if let Some(body) = def.body {
            let Body { calls, cost, depth, sound: body_sound } = self.gate_body(def, body);
            if self.faults.is_full() {
                return;
            }
            sound &= body_sound;
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
        let known = self.scope.entry(def.name.name);
        if self.version == Version::V3
            && let (Some(header), Entity::Gate(_), Origin::Header) =
                (self.header, known.entity, known.origin)
        {
            let (name, header) = (ast.names.shown(def.name.name), header.name());
            self.faults
                .warning(def.name.span, format!("gate `{name}` of `{header}` is defined anew"));
        }
        let entity = Entity::Gate(self.gates.len() as u32);
        if self.declare(def.name, entity) {
            self.gates.push(info);
        }
    }

    pub(super) fn distinct(&mut self, idents: &[Ident], kind: &str) -> bool {
        let mut seen = HashSet::new();
        let mut sound = true;
        for ident in idents {
            if !seen.insert(ident.name) {
                sound = false;
                let name = self.ast.names.shown(ident.name);
                self.faults.error(ident.span, format!("{kind} `{name}` is declared twice"));
            }
        }
        sound
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
        if let Entity::Free = self.scope.get(gate.name) {
            self.adopt_gate(gate);
            if num_angles == 1 && self.ast.names.name(gate.name) == "delay" {
                self.adopt_delay(gate, num_qubits);
            }
            if let Entity::Gate(_) = self.scope.get(gate.name) {
                return self.callee(gate, inside, num_angles, num_qubits, span);
            }
        }
        self.no_callee(gate, inside, num_angles, num_qubits, span);
        None
    }

    pub(super) fn eval_error(&mut self, e: EvalError) {
        // Without a message it is said already.
        if !e.message.is_empty() {
            self.faults.error(e.span, e.message).maybe_help(e.help);
        } else if self.faults.is_empty() {
            self.faults.error(e.span, "this has no meaning here");
        }
    }

    /// A gate with its angles on qubits. `qubits` are distinct and in range.
    pub(super) fn gate_op(
        &mut self,
        number: u32,
        angles: &[Angle],
        qubits: &[u32],
    ) -> Eval<GateOp> {
        if let Meaning::Table(gate) = self.gates[number as usize].meaning {
            return Ok(table_op(gate, angles, qubits));
        }
        let block = self.block_of(number, angles)?;
        Ok(GateOp {
            gate: Gate::Block(block),
            targets: Qubits::from_slice(qubits),
            controls: SmallVec::new(),
        })
    }

    /// The block of a definition at given angles, built once for each row of numbers.
    fn block_of(&mut self, number: u32, angles: &[Angle]) -> Eval<Arc<Block>> {
        let ast = self.ast;
        let info = &self.gates[number as usize];
        let key: Option<SmallVec<[u64; 3]>> =
            angles.iter().map(|a| a.fixed().map(f64::to_bits)).collect();
        let name = ast.names.name(info.name).to_owned();
        let num_qubits = info.num_qubits;
        let (Meaning::Defined(Definition { built, .. }) | Meaning::Opaque(built)) = &info.meaning
        else {
            unreachable!("not called")
        };
        if let Some(block) = key.as_ref().and_then(|key| built.get(key)) {
            return Ok(block.clone());
        }
        let definition = match &info.meaning {
            Meaning::Defined(d) => {
                let (body, params) = (d.body.clone(), d.params.clone());
                Some(self.instantiate(&params, &body, angles)?)
            }
            _ => None,
        };
        let shown: Angles = angles.iter().cloned().collect();
        let block = Arc::new(Block::new(name, num_qubits, shown, definition));
        if let (Some(key), Meaning::Defined(Definition { built, .. }) | Meaning::Opaque(built)) =
            (key, &mut self.gates[number as usize].meaning)
        {
            built.insert(key, block.clone());
        }
        Ok(block)
    }

    fn instantiate(
        &mut self,
        params: &[Symbol],
        body: &[BodyCall],
        angles: &[Angle],
    ) -> Eval<Vec<GateOp>> {
        let (ast, version) = (self.ast, self.version);
        let mut ops = Vec::with_capacity(body.len());
        let mut stack = std::mem::take(&mut self.stack);
        for call in body {
            let mut values = Angles::new();
            for arg in &call.args {
                values.push(match arg {
                    Arg::Known(angle) => angle.clone(),
                    Arg::Expr(expr, constants) => {
                        let circuit = &mut self.circuit;
                        let mut names =
                            Parameters { ast, version, params, angles, constants, circuit };
                        let value = evaluate(ast, expr, &mut stack, &mut names)?;
                        angle(&value, expr.span, &mut names)?.base
                    }
                });
            }
            let controls: usize = call.modifiers.iter().map(Resolved::num_controls).sum();
            let op = self.gate_op(call.gate, &values, &call.qubits[controls..])?;
            ops.push(match call.modifiers.is_empty() {
                true => op,
                false => apply_modifiers(op, &call.modifiers, &call.qubits[..controls], call.span)?,
            });
        }
        self.stack = stack;
        Ok(ops)
    }
}

/// The parameters of a definition with their values.
struct Parameters<'a> {
    ast: &'a Ast,
    version: Version,
    params: &'a [Symbol],
    angles: &'a [Angle],
    constants: &'a [(Symbol, Value)],
    circuit: &'a mut Circuit,
}

impl Context for Parameters<'_> {
    fn version(&self) -> Version {
        self.version
    }

    fn name(&mut self, name: Symbol, span: Span) -> Eval {
        if let Some(k) = self.params.iter().position(|&p| p == name) {
            return Ok(Value::from_angle(&self.angles[k]));
        }
        let found = self.constants.iter().find(|(n, _)| *n == name);
        let unknown =
            || EvalError::new(span, format!("there is no `{}` here", self.ast.names.shown(name)));
        found.map(|(_, value)| value.clone()).ok_or_else(unknown)
    }

    fn derived(&mut self, formula: Formula, span: Span) -> Eval<Param> {
        derived_param(self.circuit, formula, span)
    }
}

//! Calls of gates: angles, operands, repetition over registers, modifiers.

use super::Importer;
use super::gate_definitions::{GateInfo, Meaning};
use super::operands::{Targets, repeat};
use super::scope::{Entity, Origin};
use crate::circuit::{Duration, If, Op, TimeUnit};
use crate::gate::{Angle, Angles, Control, Controls, Form, Gate, GateOp, Qubits, lookup};
use crate::qasm::Version;
use crate::qasm::ast::Library;
use crate::qasm::ast::{Expr, Ident, List, Modified, Modifier, Operand, Span};
use crate::qasm::eval::{Eval, EvalError, Symbolic, Value, integer};
use smallvec::SmallVec;

/// A modifier with its argument known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    Inv,
    Pow(f64),
    Ctrl { count: usize, positive: bool },
}

impl Resolved {
    pub fn num_controls(&self) -> usize {
        match self {
            Resolved::Ctrl { count, .. } => *count,
            _ => 0,
        }
    }

    /// How many times the gate it makes of one gate at most.
    pub fn cost(&self) -> u64 {
        match self {
            Resolved::Pow(k) if k.fract() == 0.0 => k.abs().clamp(1.0, 1e18) as u64,
            _ => 1,
        }
    }
}

/// Applies modifiers from the gate outwards. `controls` are the qubits of all of them, those of
/// the leftmost first.
pub(super) fn apply_modifiers(
    mut op: GateOp,
    modifiers: &[Resolved],
    controls: &[u32],
    span: Span,
) -> Eval<GateOp> {
    let mut left = controls.len();
    let mut outer = Controls::new();
    let failed = |e: crate::error::Error| EvalError::new(span, e.to_string());
    for modifier in modifiers.iter().rev() {
        match modifier {
            // Controls outside and inside stay what they are.
            Resolved::Inv => op.gate = op.gate.inverse().map_err(failed)?,
            Resolved::Pow(k) => op.gate = op.gate.power(*k).map_err(failed)?,
            Resolved::Ctrl { count, positive } => {
                let start = left.saturating_sub(*count);
                let new = controls[start..left].iter();
                let mut new: Controls =
                    new.map(|&qubit| Control { qubit, positive: *positive }).collect();
                new.extend(outer);
                outer = new;
                left = start;
            }
        }
    }
    outer.extend(op.controls);
    op.controls = outer;
    Ok(op)
}

impl<'a> Importer<'a> {
    /// A modifier whose argument, if it has one, is known.
    pub(super) fn resolve_modifier(
        &mut self,
        modifier: Modifier,
        argument: Option<(Value, Span)>,
    ) -> Eval<Resolved> {
        let count = |argument: Option<(Value, Span)>| match argument {
            None => Ok(1),
            Some((value, span)) => {
                let n = integer(&value, "the number of controls", span)?;
                usize::try_from(n).ok().filter(|n| (1..=64).contains(n)).ok_or_else(|| {
                    EvalError::new(span, format!("there are 1 to 64 controls, not {n}"))
                })
            }
        };
        Ok(match modifier {
            Modifier::Inv => Resolved::Inv,
            Modifier::Ctrl(_) => Resolved::Ctrl { count: count(argument)?, positive: true },
            Modifier::NegCtrl(_) => Resolved::Ctrl { count: count(argument)?, positive: false },
            Modifier::Pow(_) => {
                let Some((value, span)) = argument else { return Ok(Resolved::Pow(1.0)) };
                let exponent = crate::qasm::eval::angle(&value, span, self)?;
                match exponent.base.fixed().filter(|_| exponent.bits.is_empty()) {
                    Some(k) => Resolved::Pow(k),
                    None => {
                        return Err(EvalError::new(
                            span,
                            "an exponent is known when the program is read",
                        ));
                    }
                }
            }
        })
    }

    /// A gate with modifiers.
    pub(super) fn modified(&mut self, call: &'a Modified, span: Span) -> Eval<()> {
        let ast = self.ast;
        if let Some(at) = call.duration {
            let expr = &ast.exprs[at as usize];
            return Err(EvalError::new(expr.span, "a duration of a gate is not supported")
                .help("a `delay` is"));
        }
        let mut modifiers = vec![];
        for modifier in call.modifiers.of(&ast.modifiers) {
            let argument = match modifier {
                Modifier::Inv | Modifier::Ctrl(None) | Modifier::NegCtrl(None) => None,
                Modifier::Pow(at) | Modifier::Ctrl(Some(at)) | Modifier::NegCtrl(Some(at)) => {
                    let expr = ast.exprs[*at as usize];
                    Some((self.value(&expr)?, expr.span))
                }
            };
            modifiers.push(self.resolve_modifier(*modifier, argument)?);
        }
        self.gate_call(call.gate, call.args, call.operands, &modifiers, span);
        Ok(())
    }

    /// A gate without modifiers.
    #[inline]
    pub(super) fn call(
        &mut self,
        gate: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        span: Span,
    ) {
        if let Entity::Subroutine(_) | Entity::Extern = self.scope.get(gate.name) {
            if let Err(e) = self.call_like_gate(gate, args, operands, span) {
                self.eval_error(e);
            }
            return;
        }
        self.gate_call(gate, args, operands, &[], span);
    }

    /// `name(args) operands;` of a subroutine, as older programs write it.
    fn call_like_gate(
        &mut self,
        name: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        span: Span,
    ) -> Eval<()> {
        let mut values = vec![];
        for arg in args.of(&self.ast.exprs) {
            values.push(self.value(arg)?);
        }
        for operand in operands.of(&self.ast.operands) {
            let wires = self.target(operand, true).ok_or(EvalError::said(operand.span()))?;
            values.push(Value::Qubits(wires));
        }
        self.call_subroutine(name.name, values, span).map(drop)
    }

    fn gate_call(
        &mut self,
        gate: Ident,
        args: List<Expr>,
        operands: List<Operand>,
        modifiers: &[Resolved],
        span: Span,
    ) {
        let ast = self.ast;
        let controls: usize = modifiers.iter().map(Resolved::num_controls).sum();
        let num_qubits = operands.len().saturating_sub(controls);
        if controls > 0
            && let Entity::Gate(number) = self.scope.get(gate.name)
            && self.gates[number as usize].num_qubits != num_qubits
        {
            let wanted = self.gates[number as usize].num_qubits + controls;
            let message = format!(
                "with its controls this acts on {wanted} qubits, but got {}",
                operands.len()
            );
            self.faults.error(span, message);
            return;
        }
        let number = self.callee(gate, None, args.len(), num_qubits, span);
        let mut sound = operands.len() >= controls;
        if !sound {
            self.faults.error(span, format!("{controls} controls need as many qubits"));
        }
        let mut angles = Angles::new();
        let mut bits: SmallVec<[Bits; 1]> = SmallVec::new();
        for arg in args.of(&ast.exprs) {
            match self.angle(arg) {
                Ok(Symbolic { base, bits: more }) => {
                    if !more.is_empty() {
                        bits.push(Bits { summands: more, span: arg.span });
                    }
                    angles.push(base);
                }
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
        let Some(repeats) = self.repeats(&targets) else {
            return self.unequal(&targets, operands, span);
        };
        let known = angles.iter().all(|a| a.fixed().is_some());
        let power = self.power_cost(number, modifiers, known);
        let info = &self.gates[number as usize];
        let cost = match info.meaning {
            Meaning::Broken => return,
            Meaning::Table(_) => u64::from(repeats).saturating_sub(1),
            _ => u64::from(repeats).saturating_mul(info.cost.max(info.num_qubits as u64 / 4)),
        };
        let cost = if power > 1 { cost.saturating_add(1).saturating_mul(power) } else { cost };
        if cost > 0 && !self.expand(cost, span) {
            return;
        }
        if let Meaning::Opaque(_) = self.gates[number as usize].meaning
            && self.opaque_call(gate, &angles, modifiers.is_empty(), &targets, repeats, span)
        {
            return;
        }
        for i in 0..repeats {
            let qubits: Qubits = targets.iter().map(|t| t.at(i)).collect();
            if let Some(k) = repeat(&qubits) {
                let operand = operands.of(&ast.operands)[k];
                let index = match self.scope.get(operand.name.name) {
                    Entity::Qubits { start, .. } => qubits[k].checked_sub(start),
                    _ => None,
                };
                return self.repeated(operand.name.name, index, gate.name, operand.span());
            }
            let call = Placed { number, qubits: &qubits, modifiers, span };
            let done = match bits.is_empty() {
                true => self.placed(&call, &angles).map(|op| self.emit(Op::Gate(op))),
                false => self.fed_forward(&call, &angles, &bits),
            };
            match done {
                Ok(()) => {}
                Err(e) if e.span.start >= span.start && e.span.file == span.file => {
                    return self.eval_error(e);
                }
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

    /// A call of an opaque gate. `delay` with one number is that of Qiskit, whose OpenQASM 2 has no
    /// other way to write it; of all others there is a warning. True if nothing is left to do.
    fn opaque_call(
        &mut self,
        gate: Ident,
        angles: &[Angle],
        plain: bool,
        targets: &Targets,
        repeats: u32,
        span: Span,
    ) -> bool {
        let name = self.ast.names.shown(gate.name);
        let length = match angles {
            [angle] if name == "delay" && plain => angle.fixed(),
            _ => None,
        };
        let Some(value) = length else {
            self.faults
                .warning(gate.span, format!("`{name}` is opaque: it can be drawn, but not run"))
                .help("give it a definition: `gate` with a body in place of `opaque`");
            return false;
        };
        if value < 0.0 {
            self.faults.error(span, format!("a delay is not negative, but {value}"));
            return true;
        }
        self.faults.warning(gate.span, DELAY).help(DELAY_HELP);
        for i in 0..repeats {
            let qubits: Qubits = targets.iter().map(|t| t.at(i)).collect();
            if repeat(&qubits).is_some() {
                return false;
            }
            let duration = Duration { value, unit: TimeUnit::Dt };
            self.emit(Op::Delay { qubits, duration });
        }
        true
    }

    /// In OpenQASM 2, relaxed: `delay` that is not declared.
    pub(super) fn adopt_delay(&mut self, gate: Ident, num_qubits: usize) {
        if self.version != Version::V2 || self.options.strict {
            return;
        }
        let entity = Entity::Gate(self.gates.len() as u32);
        self.scope.set(gate.name, entity, Origin::Header);
        self.gates.push(GateInfo::opaque(gate.name, 1, num_qubits));
    }

    fn placed(&mut self, call: &Placed, angles: &[Angle]) -> Eval<GateOp> {
        let controls: usize = call.modifiers.iter().map(Resolved::num_controls).sum();
        let op = self.gate_op(call.number, angles, &call.qubits[controls..])?;
        match call.modifiers.is_empty() {
            true => Ok(op),
            false => apply_modifiers(op, call.modifiers, &call.qubits[..controls], call.span),
        }
    }

    /// A rotation by an angle that depends on measured bits: one rotation by what is known, and
    /// for each bit one that happens if it is 1. R(a)·R(b) = R(a + b) for rotations and phases.
    fn fed_forward(&mut self, call: &Placed, angles: &[Angle], bits: &[Bits]) -> Eval<()> {
        let op = self.placed(call, angles)?;
        let additive = match &op.gate {
            Gate::Std(row, angles) => {
                angles.len() == 1 && matches!(row.spec().form, Form::Rotation(..) | Form::Phase(..))
            }
            _ => false,
        };
        let (true, [Bits { summands, .. }]) = (additive, bits) else {
            let message =
                "an angle that depends on measured bits belongs to a rotation or phase gate";
            return Err(EvalError::new(bits[0].span, message)
                .help("`rx`, `ry`, `rz`, `p`, `gphase` and their controlled forms can have one"));
        };
        if angles.iter().any(|a| a.fixed() != Some(0.0)) {
            self.emit(Op::Gate(op));
        }
        let steps: usize = summands.iter().map(|(bit, _)| bit.size(usize::MAX)).sum();
        if !self.expand(steps as u64 / 2, call.span) {
            return Err(EvalError::said(call.span));
        }
        for (bit, summand) in summands {
            let then = vec![Op::Gate(self.placed(call, &[Angle::Fixed(*summand)])?)];
            self.emit(Op::If(Box::new(If { condition: bit.clone(), then, otherwise: vec![] })));
        }
        Ok(())
    }

    /// How many gates the powers among modifiers make of one: a row of the table stays one, unless
    /// it has parameters and is no rotation.
    pub(super) fn power_cost(&self, number: u32, modifiers: &[Resolved], known: bool) -> u64 {
        if let Meaning::Table(named) = self.gates[number as usize].meaning
            && (known || matches!(named.gate.spec().form, Form::Rotation(..) | Form::Phase(..)))
        {
            return 1;
        }
        modifiers.iter().map(Resolved::cost).fold(1, u64::saturating_mul)
    }

    /// A gate of the table that the program has not declared: relaxed, it is known without its
    /// header, with a warning.
    pub(super) fn adopt_gate(&mut self, gate: Ident) {
        let relaxed = self.version == Version::V3 && !self.options.strict;
        let free = self.scope.get(gate.name) == Entity::Free;
        if !relaxed || !free || self.scope.is_hidden(gate.name) {
            return;
        }
        let name = self.ast.names.name(gate.name);
        let Some(found) = lookup(name).filter(|_| gate_is_public(name)) else { return };
        let num_angles = found.gate.spec().angles.len();
        let header = Library::Stdgates.provides(name, self.options.qelib1) && self.header.is_none();
        let message = format!("gate `{name}` is not declared; ketlab's own is taken");
        let help = match header {
            true => "add `include \"stdgates.inc\";`".to_owned(),
            false => {
                format!("declare it, or be sure that you mean: {}", found.gate.spec().doc.trim())
            }
        };
        self.faults.warning(gate.span, message).help(help);
        let entity = Entity::Gate(self.gates.len() as u32);
        self.scope.set(gate.name, entity, Origin::Header);
        self.gates.push(GateInfo::table(gate.name, found, num_angles));
    }
}

/// What is said of `delay(100) q[0];` in OpenQASM 2.
pub(super) const DELAY: &str =
    "this delay does nothing to a state; its length is read in units of `dt`";
pub(super) const DELAY_HELP: &str =
    "as Qiskit writes it, without its unit; in OpenQASM 3 it is `delay[100dt] q[0];`";

/// Names of the table that only ketlab has.
fn gate_is_public(name: &str) -> bool {
    name != "phased_u"
}

/// A gate on qubits, of which the first are the modifiers' controls.
struct Placed<'c> {
    number: u32,
    qubits: &'c [u32],
    modifiers: &'c [Resolved],
    span: Span,
}

/// What measured bits add to an angle of a gate.
struct Bits {
    summands: Vec<(crate::circuit::Expr, f64)>,
    span: Span,
}

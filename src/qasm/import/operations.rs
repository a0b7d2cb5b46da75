//! Measurements, resets, barriers, delays.

use super::Importer;
use super::operands::{Targets, repeat};
use super::scope::Entity;
use crate::circuit::{Duration, Op};
use crate::gate::Qubits;
use crate::qasm::Version;
use crate::qasm::ast::{Expr, Operand, Span};
use crate::qasm::eval::{Eval, EvalError, Value, Wires};

impl Importer<'_> {
    pub(super) fn duration(&mut self, expr: &Expr) -> Eval<Duration> {
        match self.value(expr)? {
            Value::Duration(d) => Ok(d),
            other => {
                let message =
                    format!("a duration like `100ns` is due here, not {}", other.describe());
                Err(EvalError::new(expr.span, message))
            }
        }
    }

    pub(super) fn reset(&mut self, operand: &Operand, span: Span) {
        if let Some(target) = self.target(operand, true) {
            let size = target.len();
            if self.expand(u64::from(size).saturating_sub(1), span) {
                for i in 0..size {
                    self.emit(Op::Reset(target.at(i)));
                }
            }
        }
    }

    pub(super) fn barrier(&mut self, operands: &[Operand], span: Span) {
        if let Some(qubits) = self.qubits_of(operands, span) {
            self.emit(Op::Barrier(qubits));
        }
    }

    /// The qubits of a barrier or delay; without operands all.
    pub(super) fn qubits_of(&mut self, operands: &[Operand], span: Span) -> Option<Qubits> {
        let mut qubits = Qubits::new();
        let mut targets = Targets::new();
        for operand in operands {
            targets.extend(self.target(operand, true));
        }
        if operands.is_empty() {
            let size = self.circuit.num_qubits() as u32;
            targets.push(Wires::Run { start: 0, size });
        }
        let total: u64 = targets.iter().map(|t| u64::from(t.len())).sum();
        if !self.expand(total / 16, span) {
            return None;
        }
        for target in &targets {
            qubits.extend(target.iter());
        }
        let whole = |t: &Wires| !matches!(t, Wires::List(_));
        if targets.len() > 1 || !targets.iter().all(whole) {
            // Naming a qubit twice is allowed here and means nothing.
            qubits.sort_unstable();
            qubits.dedup();
        }
        Some(qubits)
    }

    pub(super) fn measure(&mut self, operands: &[Operand], span: Span) {
        let from = self.target(&operands[0], true);
        // A number takes its bits.
        let bits = match self.scope.get(operands[1].name.name) {
            Entity::Variable(_) => None,
            _ => Some(self.target(&operands[1], false)),
        };
        let Some(to) = bits else {
            if let Some(from) = from
                && let Err(e) = self.measure_number(from, &operands[1], span)
            {
                self.eval_error(e);
            }
            return;
        };
        let (Some(from), Some(to)) = (from, to) else { return };
        let fits = match (&from, &to) {
            (Wires::One(_), Wires::One(_)) => true,
            // In OpenQASM 2 an index makes the difference, in 3 only the size does.
            (Wires::One(_), _) | (_, Wires::One(_)) => {
                self.version == Version::V3 && from.len() == to.len()
            }
            _ => from.len() == to.len(),
        };
        if !fits {
            let what = |t: &Wires| match t {
                Wires::One(_) => "one".to_owned(),
                many => format!("a register of {}", many.len()),
            };
            let (from, to) = (what(&from), what(&to));
            self.faults
                .error(span, format!("cannot measure {from} into {to}"))
                .help("measure one qubit into one bit, or a register into one of equal size");
            return;
        }
        let size = from.len();
        if let Wires::List(list) = &to
            && repeat(list).is_some()
        {
            self.faults.error(span, "a bit is there twice");
            return;
        }
        if self.expand(u64::from(size).saturating_sub(1), span) {
            for i in 0..size {
                self.emit(Op::Measure { qubit: from.at(i), clbit: to.at(i) });
            }
        }
    }
}

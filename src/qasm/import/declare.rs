//! Registers, the header, and what a name may be declared as.

use super::gates::GateInfo;
use super::scope::{Entity, Origin};
use super::undefined::describe;
use super::{Importer, qelib1};
use crate::qasm::ast::{Expr, ExprKind, Ident, Leaf, Span};

impl Importer<'_> {
    pub(super) fn register(&mut self, name: Ident, size: &Expr, quantum: bool) {
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
    pub(super) fn declare(&mut self, ident: Ident, entity: Entity) -> bool {
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

    pub(super) fn include_header(&mut self, span: Span) {
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
                let message =
                    format!("`{}` of `qelib1.inc` is declared already, at {at}", gate.name);
                self.faults.error(span, message);
                return;
            }
        }
    }

    pub(super) fn add_header_gate(&mut self, gate: qelib1::HeaderGate, origin: Origin) {
        let name = self.ast.names.find(gate.name).expect("interned at the start");
        let known = self.scope.entry(name);
        if known.entity == Entity::Free || known.origin == Origin::Header {
            self.scope.set(name, Entity::Gate(self.gates.len() as u32), origin);
            self.gates.push(GateInfo::table(name, gate.meaning, gate.num_angles));
        }
    }
}

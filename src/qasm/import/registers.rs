//! Registers, the header, and what a name may be declared as.

use super::Importer;
use super::gate_definitions::GateInfo;
use super::scope::{Entity, Origin};
use super::undefined::describe;
use crate::qasm::Version;
use crate::qasm::ast::{Expr, ExprKind, Ident, Leaf, Library, Span, Symbol};
use crate::qasm::eval::{Eval, EvalError, integer};
use crate::qasm::headers::HeaderGate;

impl Importer<'_> {
    /// `qreg q[3];`, `qubit[3] q;`, `creg c[3];`; without a size a single one.
    pub(super) fn register(&mut self, name: Ident, size: Option<u32>, quantum: bool) {
        let single = size.is_none();
        let size = match size {
            None => Ok((1, name.span)),
            Some(at) => self
                .register_size(&self.ast.exprs[at as usize])
                .map(|n| (n, self.ast.exprs[at as usize].span)),
        };
        let (n, span) = match size {
            Ok(found) => found,
            Err(e) => {
                self.eval_error(e);
                self.scope.set(name.name, Entity::Broken, Origin::Program(name.span));
                return;
            }
        };
        if quantum && self.physical {
            self.faults.error(
                name.span,
                "a program names its qubits or physical ones like `$0`, not both",
            );
        }
        if self.version == Version::V3 && self.scope.depth() > 0 {
            let what = if quantum { "qubits" } else { "a `creg`" };
            self.faults.error(name.span, format!("{what} are declared outside of all blocks"));
            return;
        }
        let start = match quantum {
            true => self.circuit.num_qubits() as u32,
            false => self.circuit.num_clbits() as u32,
        };
        if !self.fits(name, n, quantum, span) {
            return;
        }
        let entity = match (quantum, single) {
            (true, false) => Entity::Qubits { start, size: n as u32 },
            (false, false) => Entity::Bits { start, size: n as u32 },
            (true, true) => Entity::Qubit(start),
            (false, true) => Entity::Bit(start),
        };
        if self.declare(name, entity) {
            let text = self.ast.names.name(name.name);
            if quantum {
                self.circuit.add_qubits(text, n as usize);
            } else {
                self.circuit.add_clbits(text, n as usize);
            }
        }
    }

    fn register_size(&mut self, expr: &Expr) -> Eval<u64> {
        // OpenQASM 2 has literal sizes only, of any length.
        match expr.kind {
            ExprKind::Leaf(Leaf::Int(n)) => return Ok(n),
            ExprKind::Leaf(Leaf::BigInt(_)) => return Ok(u64::MAX),
            _ => {}
        }
        let value = self.constant(expr)?;
        let n = integer(&value, "the size of a register", expr.span)?;
        u64::try_from(n)
            .map_err(|_| EvalError::new(expr.span, format!("a size of {n} is not possible")))
    }

    /// Adds a register of classical bits (or qubits) to the circuit, whatever its name will mean.
    pub(super) fn add_register(
        &mut self,
        name: Ident,
        size: u32,
        quantum: bool,
        span: Span,
    ) -> bool {
        if !self.fits(name, u64::from(size), quantum, span) {
            return false;
        }
        let text = self.ast.names.name(name.name);
        if self.circuit.has_register(text) {
            // Said when it is declared.
            return true;
        }
        if quantum {
            self.circuit.add_qubits(text, size as usize);
        } else {
            self.circuit.add_clbits(text, size as usize);
        }
        true
    }

    /// Whether a register of that size is within the limits; if not, a fault.
    fn fits(&mut self, name: Ident, size: u64, quantum: bool, span: Span) -> bool {
        let limits = &self.options.limits;
        let (kind, used, max, limit) = if quantum {
            ("qubits", self.circuit.num_qubits(), limits.qubits, "Limits::qubits")
        } else {
            ("classical bits", self.circuit.num_clbits(), limits.clbits, "Limits::clbits")
        };
        let broken = Entity::Broken;
        if size > max.saturating_sub(used) as u64 {
            self.faults
                .error(span, format!("a program has at most {max} {kind}"))
                .help(format!("the limit is `{limit}`"));
            self.scope.set(name.name, broken, Origin::Program(name.span));
            return false;
        }
        self.registers += 1;
        if self.registers > limits.registers {
            let message = format!("a program has at most {} registers", limits.registers);
            self.faults.error(name.span, message).help("the limit is `Limits::registers`");
            self.scope.set(name.name, broken, Origin::Program(name.span));
            return false;
        }
        true
    }

    /// The qubits of a program that names physical ones, `$0` to the largest.
    pub(super) fn physical_qubits(&mut self, last: u32, span: Span) {
        let max = self.options.limits.qubits;
        if last as usize >= max {
            self.faults
                .error(
                    span,
                    format!("a program has at most {max} qubits, and this names `${last}`"),
                )
                .help("the limit is `Limits::qubits`");
            return;
        }
        self.circuit.add_qubits("$", last as usize + 1);
        for k in 0..self.ast.names.len() as u32 {
            let name = self.ast.names.name(Symbol(k));
            if let Some(qubit) = name.strip_prefix('$').and_then(|n| n.parse::<u32>().ok()) {
                self.set_physical(Symbol(k), qubit);
            }
        }
    }

    /// Variables that are no outputs are hidden if there are outputs.
    pub(super) fn settle_outputs(&mut self) {
        if self.outputs.is_empty() {
            return;
        }
        let names: Vec<String> =
            self.outputs.iter().map(|&n| self.ast.names.name(n).to_owned()).collect();
        let hidden: Vec<usize> = (0..)
            .zip(self.circuit.clbits().iter())
            .filter(|(_, r)| !names.contains(&r.name))
            .map(|(k, _)| k)
            .collect();
        hidden.into_iter().for_each(|k| self.circuit.set_scratch(k, true));
    }

    /// Gives a name its meaning; false, with a fault, when it has one already that stays.
    pub(super) fn declare(&mut self, ident: Ident, entity: Entity) -> bool {
        let known = self.scope.entry(ident.name);
        let covers = self.scope.depth() > 0 && !self.scope.is_local(ident.name);
        let message = match (known.entity, known.origin) {
            (Entity::Free, _)
                if self.scope.depth() == 0 && self.predefined(ident.name).is_some() =>
            {
                Some(
                    "is part of the language; a gate, a subroutine or a block can declare it"
                        .into(),
                )
            }
            (Entity::Free, _) => None,
            // A block may use a name of what is around it anew.
            (_, Origin::Program(_) | Origin::Header) if covers => None,
            (Entity::Broken, Origin::Program(_)) => return false,
            (Entity::Broken, _) => None,
            (_, Origin::Header) if !self.options.strict => None,
            (_, Origin::Language) => Some("is part of the language and cannot be declared".into()),
            (_, Origin::Header) => {
                let header = self.header.unwrap_or(Library::Qelib1).name();
                Some(format!("is declared by `{header}` already (strict mode)"))
            }
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

    pub(super) fn include_header(&mut self, header: Library, span: Span) {
        if self.header == Some(header) && self.options.strict {
            let name = header.name();
            self.faults.error(span, format!("`{name}` is included twice (strict mode)"));
        }
        self.header = Some(header);
        for gate in header.gates(self.options.qelib1) {
            self.add_header_gate(gate, Origin::Header);
            let name = self.ast.names.find(gate.name).expect("interned at the start");
            if let Origin::Program(at) = self.scope.entry(name).origin
                && self.options.strict
            {
                let at = self.sources.place(at);
                let message =
                    format!("`{}` of `{}` is declared already, at {at}", gate.name, header.name());
                self.faults.error(span, message);
                return;
            }
        }
    }

    pub(super) fn add_header_gate(&mut self, gate: HeaderGate, origin: Origin) {
        let name = self.ast.names.find(gate.name).expect("interned at the start");
        let known = self.scope.entry(name);
        if known.entity == Entity::Free || known.origin == Origin::Header {
            self.scope.set(name, Entity::Gate(self.gates.len() as u32), origin);
            self.gates.push(GateInfo::table(name, gate.meaning, gate.num_angles));
        }
    }
}

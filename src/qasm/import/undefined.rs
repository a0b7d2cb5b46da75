//! What is said about names that mean nothing, or not what the program takes them for.

use super::Importer;
use super::gate_definitions::Meaning;
use super::scope::{Entity, Origin};
use crate::math::closest;
use crate::qasm::ast::Library;
use crate::qasm::ast::{Ast, GateDef, Ident, Span, StmtKind, Symbol};
use crate::qasm::eval::EvalError;
use crate::qasm::{Qelib1, Version};
use std::collections::{HashMap, HashSet};

/// What a message calls an entity.
pub(super) fn describe(entity: Entity) -> &'static str {
    match entity {
        Entity::Qubits { .. } => "a quantum register",
        Entity::Bits { .. } => "a classical register",
        Entity::Gate(_) => "a gate",
        Entity::Qubit(_) => "a qubit",
        Entity::Bit(_) => "a bit",
        Entity::QubitList(_) => "an alias of qubits",
        Entity::BitList(_) => "an alias of bits",
        Entity::Variable(_) => "a variable",
        Entity::Const(_) => "a constant",
        Entity::Subroutine(_) => "a subroutine",
        Entity::Extern => "an `extern`",
        Entity::Free | Entity::Broken => "not declared",
    }
}

pub(super) fn no_parameter(ast: &Ast, def: &GateDef, name: Symbol, span: Span) -> EvalError {
    let (text, gate) = (ast.names.shown(name), ast.names.shown(def.name.name));
    if def.qubits.of(&ast.idents).iter().any(|q| q.name == name) {
        return EvalError::new(span, format!("`{text}` is a qubit of gate `{gate}`, not an angle"));
    }
    let params = def.params.of(&ast.idents);
    let near = closest(&text, params.iter().map(|p| ast.names.name(p.name)));
    EvalError {
        span,
        message: format!("gate `{gate}` has no parameter `{text}`"),
        help: near.map(|n| format!("did you mean `{n}`?")),
    }
}

impl<'a> Importer<'a> {
    #[cold]
    pub(super) fn no_callee(
        &mut self,
        gate: Ident,
        inside: Option<&GateDef>,
        num_angles: usize,
        num_qubits: usize,
        span: Span,
    ) {
        let ast = self.ast;
        let name = ast.names.shown(gate.name);
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        match self.scope.get(gate.name) {
            Entity::Gate(number) => {
                let info = &self.gates[number as usize];
                if matches!(info.meaning, Meaning::Broken) && info.num_qubits == num_qubits {
                    return;
                }
                if info.num_angles != num_angles {
                    let takes = count(info.num_angles, "angle");
                    self.faults
                        .error(span, format!("`{name}` takes {takes}, but got {num_angles}"));
                } else {
                    let acts = count(info.num_qubits, "qubit");
                    self.faults
                        .error(span, format!("`{name}` acts on {acts}, but got {num_qubits}"));
                }
            }
            Entity::Broken => {}
            Entity::Free => {
                let (message, help) = self.undefined_gate(gate, inside);
                self.faults.error(gate.span, message).maybe_help(help);
                // Say it once.
                self.scope.set(gate.name, Entity::Broken, Origin::Header);
            }
            other => {
                let message = format!("`{name}` is {}, not a gate", describe(other));
                self.faults.error(gate.span, message);
            }
        }
    }

    fn undefined_gate(&self, gate: Ident, inside: Option<&GateDef>) -> (String, Option<String>) {
        let names = &self.ast.names;
        let name = &*names.shown(gate.name);
        if let Some(def) = inside {
            let outer = names.shown(def.name.name);
            if def.name.name == gate.name {
                let help = "a gate is made of gates that are defined before it".to_owned();
                return (format!("gate `{outer}` is recursive: it uses itself"), Some(help));
            }
            if let Some(later) = self.later_definition(gate.name) {
                let at = self.sources.place(later.name.span);
                let loops = self.reaches(later, def.name.name);
                let message = if loops {
                    format!("gate `{outer}` is recursive: it uses itself through `{name}`")
                } else {
                    format!("gate `{name}` is used before its definition")
                };
                return (message, Some(format!("`{name}` is defined later, at {at}")));
            }
        } else if let Some(later) = self.later_definition(gate.name) {
            let at = self.sources.place(later.name.span);
            let help = format!("it is defined at {at}; move the definition before this line");
            return (format!("gate `{name}` is used before its definition"), Some(help));
        }
        let message = format!("there is no gate `{name}`");
        let extended = Qelib1::Extended;
        let header = match self.version {
            Version::V2 => Library::Qelib1,
            Version::V3 => Library::Stdgates,
        };
        let three =
            ["qubit", "bit", "int", "uint", "float", "angle", "let", "const", "for", "input"];
        let help = if self.version == Version::V2 && three.contains(&name) {
            Some(format!("`{name}` is a word of OpenQASM 3; this is read as OpenQASM 2"))
        } else if header.provides(name, self.options.qelib1) && self.header.is_none() {
            Some(format!("add `include \"{}\";` before this line", header.name()))
        } else if self.header == Some(Library::Qelib1)
            && extended.provides(name)
            && !self.options.qelib1.provides(name)
        {
            Some("the extended `qelib1.inc` has it, the original has not".to_owned())
        } else {
            let near = self.scope.suggest(names, name, |e| matches!(e, Entity::Gate(_)));
            near.map(|n| format!("did you mean `{n}`?"))
        };
        (message, help)
    }

    fn later_definition(&self, name: Symbol) -> Option<&'a GateDef> {
        self.ast.gates.iter().find(|g| g.name.name == name)
    }

    /// Whether a definition uses `target`, directly or through others.
    fn reaches(&self, from: &'a GateDef, target: Symbol) -> bool {
        let ast = self.ast;
        let by_name: HashMap<Symbol, &GateDef> =
            ast.gates.iter().map(|g| (g.name.name, g)).collect();
        let mut seen = HashSet::from([from.name.name]);
        let mut open = vec![from];
        while let Some(def) = open.pop() {
            for stmt in def.body.map_or(&[][..], |b| b.of(&ast.bodies)) {
                let StmtKind::Call { gate, .. } = stmt.kind else { continue };
                if gate.name == target {
                    return true;
                }
                if seen.insert(gate.name) {
                    open.extend(by_name.get(&gate.name).copied());
                }
            }
        }
        false
    }
}

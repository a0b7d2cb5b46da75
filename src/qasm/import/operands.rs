//! Which qubits and bits an operand names, and how often a statement is repeated over registers.

use super::Importer;
use super::scope::{Entity, Origin};
use super::undefined::describe;
use crate::qasm::ast::{Expr, ExprKind, Ident, Index, Leaf, List, Operand, Span, Symbol};
use crate::qasm::eval::{Context, Eval, Value, Wires, index_of};
use smallvec::SmallVec;

pub(super) type Targets = SmallVec<[Wires; 4]>;

/// The place of the first qubit that is there twice.
#[inline]
pub(super) fn repeat(qubits: &[u32]) -> Option<usize> {
    if qubits.len() <= 16 {
        return (1..qubits.len()).find(|&k| qubits[..k].contains(&qubits[k]));
    }
    let mut seen = std::collections::HashSet::new();
    qubits.iter().position(|q| !seen.insert(q))
}

impl Importer<'_> {
    /// How often a statement is repeated over its registers: their common size.
    #[inline]
    pub(super) fn repeats(&self, targets: &[Wires]) -> Option<u32> {
        let mut sizes = targets.iter().filter_map(|t| match t {
            Wires::One(_) => None,
            many => Some(many.len()),
        });
        let Some(first) = sizes.next() else { return Some(1) };
        sizes.all(|size| size == first).then_some(first)
    }

    #[cold]
    pub(super) fn unequal(&mut self, targets: &[Wires], operands: List<Operand>, span: Span) {
        let registers = operands.of(&self.ast.operands).iter().zip(targets);
        let sizes: Vec<String> = registers
            .filter_map(|(operand, target)| match target {
                Wires::One(_) => None,
                many => {
                    let name = self.ast.names.shown(operand.name.name);
                    Some(format!("`{name}` has {}", many.len()))
                }
            })
            .collect();
        let sizes = sizes.join(", ");
        self.faults
            .error(span, format!("registers of different sizes: {sizes}"))
            .help("a gate on registers is done qubit by qubit; the sizes must be equal");
    }

    #[cold]
    pub(super) fn repeated(&mut self, name: Symbol, index: Option<u32>, gate: Symbol, span: Span) {
        let (name, gate) = (self.ast.names.shown(name), self.ast.names.shown(gate));
        let index = index.map_or(String::new(), |i| format!("[{i}]"));
        self.faults
            .error(span, format!("qubit `{name}{index}` is used twice by `{gate}`"))
            .help("the qubits of one gate are distinct");
    }

    /// The qubits (or bits) that an operand names.
    #[inline]
    pub(super) fn target(&mut self, operand: &Operand, quantum: bool) -> Option<Wires> {
        let (start, size) = match self.scope.get(operand.name.name) {
            Entity::Qubits { start, size } if quantum => (start, size),
            Entity::Bits { start, size } if !quantum => (start, size),
            _ => return self.other_target(operand, quantum),
        };
        match operand.index {
            Index::None => Some(Wires::Run { start, size }),
            Index::One(Expr { kind: ExprKind::Leaf(Leaf::Int(i)), .. }) if i < u64::from(size) => {
                Some(Wires::One(start + i as u32))
            }
            Index::One(index)
                if matches!(index.kind, ExprKind::Leaf(Leaf::Int(_) | Leaf::BigInt(_))) =>
            {
                self.out_of_range(operand, index, size, quantum);
                None
            }
            _ => self.other_target(operand, quantum),
        }
    }

    /// Operands that are not a register or a numbered bit of one.
    fn other_target(&mut self, operand: &Operand, quantum: bool) -> Option<Wires> {
        let entity = self.scope.get(operand.name.name);
        let named = match entity {
            Entity::Qubits { .. } | Entity::Qubit(_) | Entity::QubitList(_) => quantum,
            Entity::Bits { .. } | Entity::Bit(_) | Entity::BitList(_) => !quantum,
            _ => false,
        };
        if !named {
            self.wrong_register(operand.name, entity, quantum);
            return None;
        }
        let found = match operand.index {
            Index::Whole(expr) => self.value(&expr),
            _ => self.name(operand.name.name, operand.name.span).and_then(|base| {
                match operand.index {
                    Index::One(index) => self.indexed(base, index),
                    _ => Ok(base),
                }
            }),
        };
        match found {
            Ok(Value::Qubits(wires)) if quantum => Some(wires),
            Ok(Value::Clbits(wires)) if !quantum => Some(wires),
            Ok(other) => {
                let wanted = if quantum { "qubits" } else { "bits" };
                let message = format!("{wanted} are due here, not {}", other.describe());
                self.faults.error(operand.span(), message);
                None
            }
            Err(e) => {
                self.eval_error(e);
                None
            }
        }
    }

    fn indexed(&mut self, base: Value, index: Expr) -> Eval {
        let item = self.value(&index)?;
        index_of(base, &[item], index.span)
    }

    #[cold]
    pub(super) fn out_of_range(
        &mut self,
        operand: &Operand,
        index: Expr,
        size: u32,
        quantum: bool,
    ) {
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
    pub(super) fn wrong_register(&mut self, ident: Ident, entity: Entity, quantum: bool) {
        let name = self.ast.names.shown(ident.name);
        let wanted = if quantum { "quantum register" } else { "classical register" };
        match entity {
            Entity::Broken => {}
            Entity::Free if self.scope.is_hidden(ident.name) => {
                self.faults
                    .error(ident.span, format!("`{name}` cannot be seen from here"))
                    .help("a subroutine gets its qubits and bits as arguments");
            }
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
}

//! Gates by name, and those that take no time.

use crate::error::{Error, Result};
use crate::gate::{Form, Gate, GateOp, StdGate, controlled_name, lookup};
use crate::math::closest;
use crate::pauli::Pauli;
use std::fmt;

/// Most controls of a gate that is named; no channel or duration is that of one with more.
const MAX_CONTROLS: usize = 64;

/// A gate by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateName {
    /// A row of the gate table under that many controls, positive or negative.
    Row {
        /// The row.
        gate: StdGate,
        /// How many controls.
        num_controls: usize,
    },
    /// Any rotation by a Pauli string, without controls.
    PauliRotation,
    /// A matrix, oracle or block that is called so, without controls.
    Custom(String),
}

impl GateName {
    /// The name of a gate that a rule can name.
    pub(super) fn of(op: &GateOp) -> Option<GateName> {
        match &op.gate {
            Gate::Std(gate, _) => {
                Some(GateName::Row { gate: *gate, num_controls: op.controls.len() })
            }
            Gate::PauliRotation(..) if op.controls.is_empty() => Some(GateName::PauliRotation),
            gate if op.controls.is_empty() => Some(GateName::Custom(gate.name().into_owned())),
            _ => None,
        }
    }

    /// How many qubits such a gate touches, if all touch as many.
    pub(super) fn num_qubits(&self) -> Option<usize> {
        match self {
            GateName::Row { gate, num_controls } => {
                Some(gate.spec().num_qubits.saturating_add(*num_controls))
            }
            GateName::PauliRotation | GateName::Custom(_) => None,
        }
    }

    /// Whether it is the name of a gate.
    pub(super) fn is_of(&self, op: &GateOp) -> bool {
        match (self, &op.gate) {
            (GateName::Row { gate, num_controls }, Gate::Std(row, _)) => {
                gate == row && *num_controls == op.controls.len()
            }
            (GateName::PauliRotation, Gate::PauliRotation(..)) => op.controls.is_empty(),
            (GateName::Custom(_), Gate::Std(..) | Gate::PauliRotation(..)) => false,
            (GateName::Custom(name), gate) => op.controls.is_empty() && gate.name() == *name,
            _ => false,
        }
    }
}

/// As [`Pattern::gates`](super::Pattern::gates) takes it.
impl fmt::Display for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GateName::Row { gate, num_controls } => {
                match (controlled_name(*gate, *num_controls), num_controls) {
                    (Some(name), _) => f.write_str(name),
                    (None, 1) => write!(f, "c-{}", gate.spec().name),
                    (None, n) => write!(f, "c({n})-{}", gate.spec().name),
                }
            }
            GateName::PauliRotation => f.write_str("pauli_rotation"),
            GateName::Custom(name) => f.write_str(name),
        }
    }
}

/// A row of the table under at most 64 controls, or `pauli_rotation`; never a custom gate.
impl std::str::FromStr for GateName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        if name == "pauli_rotation" {
            return Ok(GateName::PauliRotation);
        }
        if let Some(found) = lookup(name) {
            return Ok(GateName::Row { gate: found.gate, num_controls: found.num_controls });
        }
        let controlled = match name.strip_prefix("c(").and_then(|rest| rest.split_once(")-")) {
            Some((count, row)) => count.parse().ok().map(|count: usize| (count, row)),
            None => name.strip_prefix("c-").map(|row| (1, row)),
        };
        let found = controlled.and_then(|(count, row)| Some((count, lookup(row)?)));
        if let Some((count, row)) = found {
            let num_controls = row.num_controls.saturating_add(count);
            if num_controls > MAX_CONTROLS {
                return Err(Error::Invalid {
                    what: "the number of controls of a gate's name".into(),
                    value: format!("{num_controls} of `{name}`"),
                    expected: format!("it is at most {MAX_CONTROLS}"),
                });
            }
            return Ok(GateName::Row { gate: row.gate, num_controls });
        }
        let rows = StdGate::ALL
            .iter()
            .flat_map(|g| [g.spec().name].into_iter().chain(g.spec().aliases.iter().copied()));
        let controlled = crate::gate::CONTROLLED_NAMES.iter().map(|row| row.0);
        let known = rows.chain(controlled).chain(["pauli_rotation"]);
        let near =
            closest(name, known).map_or(String::new(), |near| format!("did you mean `{near}`? "));
        Err(Error::UnknownName {
            kind: "gate",
            name: name.into(),
            hint: format!(
                "{near}a noise rule names rows of the gate table; matrices and blocks of a circuit's \
                 own are named as custom gates"
            ),
        })
    }
}

/// Whether it takes no time and has no error: diagonal, on one qubit, without controls.
pub(super) fn is_virtual(op: &GateOp) -> bool {
    if !op.controls.is_empty() || op.targets.len() != 1 {
        return false;
    }
    match &op.gate {
        Gate::Std(row, _) => is_virtual_row(*row, 0),
        Gate::PauliRotation(string, _) => string.get(0) == Pauli::Z,
        Gate::Diagonal(_) => true,
        Gate::Unitary(_) | Gate::Permutation(_) | Gate::Block(_) => false,
    }
}

/// The same of a row of the gate table under so many controls.
pub(super) fn is_virtual_row(row: StdGate, num_controls: usize) -> bool {
    let spec = row.spec();
    num_controls == 0
        && spec.num_qubits == 1
        && match &spec.form {
            Form::Phase(_) => true,
            Form::Pauli(letters) | Form::Rotation(letters) => *letters == [Pauli::Z].as_slice(),
            Form::Swap | Form::Composite(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Circuit, Op};

    #[test]
    fn names_are_rows_with_controls() {
        for name in ["x", "cx", "ccx", "rzz", "c-rzz", "c(7)-x", "pauli_rotation", "cswap", "id"] {
            assert_eq!(name.parse::<GateName>().unwrap().to_string(), name);
        }
        let error = "c(65)-x".parse::<GateName>().unwrap_err().to_string();
        assert!(error.contains("65 of `c(65)-x`") && error.contains("at most 64"), "{error}");
        assert_eq!("c(64)-x".parse::<GateName>().unwrap().num_qubits(), Some(65));
        // With the controls of the row itself, and at the edge of the numbers.
        for name in ["c(64)-cx", "c(18446744073709551615)-x", "c(18446744073709551615)-cx"] {
            assert!(name.parse::<GateName>().unwrap_err().to_string().contains("at most 64"));
        }
        assert!("c(18446744073709551616)-x".parse::<GateName>().is_err());
        let most = GateName::Row { gate: StdGate::X, num_controls: usize::MAX };
        assert_eq!(most.num_qubits(), Some(usize::MAX));
        let error = "cxx".parse::<GateName>().unwrap_err().to_string();
        assert!(error.contains("no gate `cxx`") && error.contains("did you mean `c"), "{error}");
    }

    #[test]
    fn virtual_gates_are_the_diagonal_ones_on_one_qubit() {
        let mut c = Circuit::new(2);
        c.rz(0.1, 0).p(0.1, 0).z(0).s(0).sdg(0).t(0).tdg(0);
        let all_virtual = |c: &Circuit| {
            c.ops()
                .iter()
                .map(|op| match op {
                    Op::Gate(g) => is_virtual(g),
                    _ => panic!(),
                })
                .collect::<Vec<_>>()
        };
        assert!(all_virtual(&c).into_iter().all(|v| v));
        let mut c = Circuit::new(2);
        c.id(0)
            .x(0)
            .h(0)
            .sx(0)
            .rx(0.1, 0)
            .u(0.1, 0.2, 0.3, 0)
            .cz(0, 1)
            .cp(0.1, 0, 1)
            .rzz(0.1, 0, 1);
        assert!(all_virtual(&c).into_iter().all(|v| !v));
    }
}

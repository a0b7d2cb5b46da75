//! Which operations a rule is for.

use crate::circuit::Op;
use crate::error::{Error, Result};
use crate::gate::{Form, Gate, GateOp, StdGate, controlled_name, lookup};
use crate::math::closest;
use crate::pauli::Pauli;
use std::fmt;

/// Which operations, and on which qubits.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub(super) operations: Operations,
    /// Only gates that touch so many qubits, controls included.
    pub(super) num_qubits: Option<usize>,
    pub(super) place: Place,
    /// Whether virtual gates are meant by [`Operations::AllGates`].
    pub(super) virtual_gates: bool,
}

/// Kinds of operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operations {
    /// Every gate; see the [room](crate::device) on virtual ones.
    AllGates,
    /// Gates by their names.
    Gates(Vec<GateName>),
    /// `delay`s, each of whose qubits is one by itself.
    Delay,
    /// Resets.
    Reset,
    /// Measurements.
    Measure,
}

/// A gate by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Where an operation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// On these qubits. A channel that acts on each qubit acts on those of these that the operation
    /// touches; others need all of the operation's qubits to be among these.
    Qubits(Vec<usize>),
    /// On exactly these qubits in this order, controls first: `[0, 1]` is `cx(0, 1)`, not `cx(1, 0)`.
    Tuples(Vec<Vec<usize>>),
}

impl Pattern {
    fn new(operations: Operations) -> Self {
        Pattern { operations, num_qubits: None, place: Place::Anywhere, virtual_gates: false }
    }

    /// Every gate but virtual ones.
    pub fn all_gates() -> Self {
        Self::new(Operations::AllGates)
    }

    /// Gates by the names of the gate table, with controls where there is such a name: `x` is X
    /// without controls, `cx` with one, `c(5)-x` with five. `pauli_rotation` is any.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the closest name, if there is none; [`custom`](Self::custom)
    /// gates are named apart.
    pub fn gates<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self> {
        let names =
            names.into_iter().map(|name| name.as_ref().parse()).collect::<Result<Vec<_>>>()?;
        if names.is_empty() {
            return Err(Error::Invalid {
                what: "the list of gates of a noise rule".into(),
                value: "empty".into(),
                expected: "name a gate, or mean all of them".into(),
            });
        }
        Ok(Self::new(Operations::Gates(names)))
    }

    /// Matrices, oracles and blocks by the names that the circuit gave them. Whether there are such is
    /// seen when the model is applied: [`Coverage::unmatched`](super::Coverage::unmatched).
    pub fn custom<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(|name| GateName::Custom(name.into()));
        Self::new(Operations::Gates(names.collect()))
    }

    /// Each qubit of each delay.
    pub fn delay() -> Self {
        Self::new(Operations::Delay)
    }

    /// Resets.
    pub fn reset() -> Self {
        Self::new(Operations::Reset)
    }

    /// Measurements.
    pub fn measure() -> Self {
        Self::new(Operations::Measure)
    }

    /// Only gates that touch so many qubits, controls included.
    pub fn touching(mut self, num_qubits: usize) -> Self {
        self.num_qubits = Some(num_qubits);
        self
    }

    /// Only on these qubits ([`Place::Qubits`]).
    pub fn on_qubits(mut self, qubits: impl IntoIterator<Item = usize>) -> Self {
        self.place = Place::Qubits(qubits.into_iter().collect());
        self
    }

    /// Only on exactly these qubits in this order ([`Place::Tuples`]).
    pub fn on_tuples<T: Into<Vec<usize>>>(mut self, tuples: impl IntoIterator<Item = T>) -> Self {
        self.place = Place::Tuples(tuples.into_iter().map(Into::into).collect());
        self
    }

    /// Virtual gates, too, where all gates are meant.
    pub fn and_virtual(mut self) -> Self {
        self.virtual_gates = true;
        self
    }

    /// The kinds of operations.
    pub fn operations(&self) -> &Operations {
        &self.operations
    }

    /// How many qubits the operation touches, where all that match touch as many. A contradiction is
    /// an error.
    pub(super) fn arity(&self) -> Result<Option<usize>> {
        let mut known: Option<(usize, String)> = self.num_qubits.map(|n| (n, "num_qubits".into()));
        let mut take = |n: usize, said: String| match &known {
            Some((m, _)) if *m == n => Ok(()),
            Some((m, by)) => Err(Error::Invalid {
                what: "a noise rule".into(),
                value: format!("for operations on {m} qubits by {by} and on {n} by {said}"),
                expected: "all that it matches touch as many: make two rules of it".into(),
            }),
            None => {
                known = Some((n, said));
                Ok(())
            }
        };
        match &self.operations {
            Operations::AllGates => {}
            Operations::Gates(names) => {
                for name in names {
                    if let GateName::Row { gate, num_controls } = name {
                        take(gate.spec().num_qubits + num_controls, format!("`{name}`"))?;
                    }
                }
            }
            Operations::Delay => take(1, "`delay`".into())?,
            Operations::Reset => take(1, "`reset`".into())?,
            Operations::Measure => take(1, "`measure`".into())?,
        }
        if let Place::Tuples(tuples) = &self.place {
            for tuple in tuples {
                take(tuple.len(), format!("the qubits {tuple:?}"))?;
            }
        }
        Ok(known.map(|k| k.0))
    }

    /// The qubits that it names.
    pub(super) fn named_qubits(&self) -> impl Iterator<Item = usize> + '_ {
        let (qubits, tuples): (&[usize], &[Vec<usize>]) = match &self.place {
            Place::Anywhere => (&[], &[]),
            Place::Qubits(qubits) => (qubits, &[]),
            Place::Tuples(tuples) => (&[], tuples),
        };
        qubits.iter().chain(tuples.iter().flatten()).copied()
    }

    /// Whether it is for operations like this one, wherever they are.
    pub(super) fn is_for(&self, op: &Op) -> bool {
        match (&self.operations, op) {
            (Operations::AllGates, Op::Gate(g)) => self.virtual_gates || !is_virtual(g),
            (Operations::Gates(names), Op::Gate(g)) => names.iter().any(|name| name.is_of(g)),
            (Operations::Delay, Op::Delay { .. })
            | (Operations::Reset, Op::Reset(_))
            | (Operations::Measure, Op::Measure { .. }) => true,
            _ => false,
        }
    }
}

impl GateName {
    fn is_of(&self, op: &GateOp) -> bool {
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

/// As [`Pattern::gates`] takes it.
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

/// A row of the table, or `pauli_rotation`; never a custom gate.
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
        if let Some((count, row)) = found
            && let Some(num_controls) = row.num_controls.checked_add(count)
        {
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
        Gate::Std(row, _) => match &row.spec().form {
            Form::Phase(_) => true,
            Form::Pauli(letters) | Form::Rotation(letters) => *letters == [Pauli::Z].as_slice(),
            Form::Swap | Form::Composite(_) => false,
        },
        Gate::PauliRotation(string, _) => string.get(0) == Pauli::Z,
        Gate::Diagonal(_) => true,
        Gate::Unitary(_) | Gate::Permutation(_) | Gate::Block(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Circuit;

    #[test]
    fn names_are_rows_with_controls() {
        for name in ["x", "cx", "ccx", "rzz", "c-rzz", "c(7)-x", "pauli_rotation", "cswap", "id"] {
            assert_eq!(name.parse::<GateName>().unwrap().to_string(), name);
        }
        let error = Pattern::gates(["cx", "cxx"]).unwrap_err().to_string();
        assert!(error.contains("no gate `cxx`") && error.contains("did you mean `c"), "{error}");
        assert!(Pattern::gates::<&str>([]).is_err());
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

    #[test]
    fn contradictions_of_size_are_errors() {
        let arity = |p: Pattern| p.arity();
        assert_eq!(arity(Pattern::gates(["cx", "cz", "swap"]).unwrap()).unwrap(), Some(2));
        assert_eq!(arity(Pattern::all_gates()).unwrap(), None);
        assert_eq!(arity(Pattern::all_gates().on_tuples([[0, 1], [1, 0]])).unwrap(), Some(2));
        let error = arity(Pattern::gates(["cx", "h"]).unwrap()).unwrap_err().to_string();
        assert!(error.contains("`cx`") && error.contains("`h`"), "{error}");
        assert!(arity(Pattern::gates(["cx"]).unwrap().touching(3)).is_err());
        assert!(arity(Pattern::measure().on_tuples([[0, 1]])).is_err());
    }
}

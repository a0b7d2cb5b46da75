//! Which operations a rule is for.

use crate::circuit::Op;
use crate::device::gate_name::{GateName, is_virtual};
use crate::error::{Error, Result};

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
    /// Anywhere but on exactly these qubits in this order.
    Except(Vec<Vec<usize>>),
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

    /// The gate of one name.
    pub fn named(name: GateName) -> Self {
        Self::new(Operations::Gates(vec![name]))
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

    /// Anywhere but on exactly these qubits in this order ([`Place::Except`]).
    pub fn except_tuples<T: Into<Vec<usize>>>(
        mut self,
        tuples: impl IntoIterator<Item = T>,
    ) -> Self {
        self.place = Place::Except(tuples.into_iter().map(Into::into).collect());
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
                    if let Some(touched) = name.num_qubits() {
                        take(touched, format!("`{name}`"))?;
                    }
                }
            }
            Operations::Delay => take(1, "`delay`".into())?,
            Operations::Reset => take(1, "`reset`".into())?,
            Operations::Measure => take(1, "`measure`".into())?,
        }
        if let Place::Tuples(tuples) | Place::Except(tuples) = &self.place {
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
            Place::Tuples(tuples) | Place::Except(tuples) => (&[], tuples),
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

#[cfg(test)]
mod tests {
    use super::*;

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

//! A gate on qubits: gate, targets, controls.

use super::kinds::Gate;
use super::{Angle, StdGate, controlled_name};
use crate::error::{Error, Result};
use crate::pauli::{Pauli, PauliString};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

/// Qubits in the order that a gate names them.
pub type Qubits = SmallVec<[u32; 4]>;
/// The controls of a gate.
pub type Controls = SmallVec<[Control; 2]>;

/// A qubit that must be 1 (positive) or 0 (negative) for a gate to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Control {
    /// The qubit.
    pub qubit: u32,
    /// Whether it must be 1.
    pub positive: bool,
}

impl Control {
    /// Acts where the qubit is 1.
    pub fn on(qubit: usize) -> Self {
        Control { qubit: index(qubit), positive: true }
    }

    /// Acts where the qubit is 0.
    pub fn off(qubit: usize) -> Self {
        Control { qubit: index(qubit), positive: false }
    }
}

impl From<usize> for Control {
    fn from(qubit: usize) -> Self {
        Control::on(qubit)
    }
}

/// A gate with its targets and controls, all distinct.
#[derive(Debug, Clone, PartialEq)]
pub struct GateOp {
    /// The gate.
    pub gate: Gate,
    /// Its targets, least significant first.
    pub targets: Qubits,
    /// Its controls.
    pub controls: Controls,
}

impl GateOp {
    /// A gate without controls.
    pub fn new(gate: Gate, targets: impl IntoIterator<Item = usize>) -> Self {
        let targets = targets.into_iter().map(index).collect();
        GateOp { gate, targets, controls: Controls::new() }
    }

    /// A row of the table with fixed or parameterized angles.
    pub fn std(
        gate: StdGate,
        angles: impl IntoIterator<Item = Angle>,
        targets: impl IntoIterator<Item = usize>,
    ) -> Self {
        GateOp::new(Gate::Std(gate, angles.into_iter().collect()), targets)
    }

    /// exp(-iθP/2) of a string on the circuit's qubits.
    pub fn pauli_rotation(string: &PauliString, theta: impl Into<Angle>) -> Self {
        let (qubits, local): (Qubits, Vec<(usize, Pauli)>) =
            string.iter().enumerate().map(|(k, (qubit, pauli))| (index(qubit), (k, pauli))).unzip();
        let local = PauliString::new(local);
        let gate = Gate::PauliRotation(Arc::new(local), theta.into());
        GateOp { gate, targets: qubits, controls: Controls::new() }
    }

    /// The same with more controls.
    pub fn controlled<C: Into<Control>>(mut self, controls: impl IntoIterator<Item = C>) -> Self {
        self.controls.extend(controls.into_iter().map(Into::into));
        self
    }

    /// All its qubits: controls, then targets.
    pub fn qubits(&self) -> impl Iterator<Item = u32> + Clone + '_ {
        self.controls.iter().map(|c| c.qubit).chain(self.targets.iter().copied())
    }

    /// The name with controls: `ccx` where OpenQASM has one, else `c(2)-rxx`.
    pub fn name(&self) -> Cow<'_, str> {
        let positive = self.controls.iter().all(|c| c.positive);
        if let Gate::Std(gate, _) = &self.gate
            && positive
            && let Some(name) = controlled_name(*gate, self.controls.len())
        {
            return name.into();
        }
        match self.controls.len() {
            0 => self.gate.name(),
            1 => format!("c-{}", self.gate.name()).into(),
            n => format!("c({n})-{}", self.gate.name()).into(),
        }
    }

    /// The gate that undoes it, on the same qubits.
    pub fn inverse(&self) -> Result<GateOp> {
        Ok(GateOp { gate: self.gate.inverse()?, ..self.clone() })
    }

    /// The gate to a power, on the same qubits; see [`Gate::power`].
    // A power commutes with controls: a controlled U is 1 ⊕ U, and the eigenvalues of a direct sum
    // are those of its parts, each with its own vectors. Those of the 1 stay 1 on the principal
    // branch, so (1 ⊕ U)^k = 1 ⊕ U^k.
    pub fn power(&self, exponent: f64) -> Result<GateOp> {
        Ok(GateOp { gate: self.gate.power(exponent)?, ..self.clone() })
    }

    /// The same on other qubits.
    pub fn map_qubits(&self, map: impl Fn(u32) -> u32) -> GateOp {
        GateOp {
            gate: self.gate.clone(),
            targets: self.targets.iter().map(|&q| map(q)).collect(),
            controls: self.controls.iter().map(|c| Control { qubit: map(c.qubit), ..*c }).collect(),
        }
    }

    /// Its factors on the circuit's qubits, each with its controls; see [`Gate::steps`].
    pub fn steps(&self) -> Option<Vec<GateOp>> {
        let steps = self.gate.steps()?;
        let placed = steps.iter().map(|step| {
            let mut op = step.map_qubits(|q| self.targets[q as usize]);
            op.controls.extend(self.controls.iter().copied());
            op
        });
        Some(placed.collect())
    }

    /// Checks arity, range, distinctness, and that numbers are finite.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        let expected = self.gate.num_qubits();
        if self.targets.len() != expected {
            return Err(Error::WrongNumberOfQubits {
                operation: self.gate.name().into_owned(),
                expected,
                got: self.targets.len(),
            });
        }
        if let Gate::Std(gate, angles) = &self.gate
            && angles.len() != gate.spec().angles.len()
        {
            return Err(Error::WrongNumberOfAngles {
                gate: gate.spec().name.into(),
                expected: gate.spec().angles.len(),
                got: angles.len(),
            });
        }
        check_qubits(self.qubits(), num_qubits, || self.name().into_owned())?;
        for angle in self.gate.angles() {
            check_finite(angle, || self.name().into_owned())?;
        }
        Ok(())
    }
}

fn check_finite(angle: &Angle, gate: impl Fn() -> String) -> Result<()> {
    let numbers = angle.terms().iter().map(|t| t.1).chain([angle.offset()]);
    match numbers.into_iter().find(|v| !v.is_finite()) {
        None => Ok(()),
        Some(value) => Err(Error::NotFinite { what: format!("an angle of `{}`", gate()), value }),
    }
}

/// An index as the circuit stores it; too large a one stays out of range instead of wrapping
/// round.
pub(crate) fn index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or(u32::MAX)
}

/// Checks that qubits are in range and distinct.
pub(crate) fn check_qubits(
    qubits: impl Iterator<Item = u32> + Clone,
    num_qubits: usize,
    operation: impl Fn() -> String,
) -> Result<()> {
    // Bits for the first qubits, so that the usual gate allocates nothing; a set for the others.
    let mut seen: u128 = 0;
    let mut beyond = HashSet::new();
    for q in qubits {
        if q as usize >= num_qubits {
            return Err(Error::QubitOutOfRange { qubit: q as usize, num_qubits });
        }
        let is_new = match 1u128.checked_shl(q) {
            Some(bit) => {
                let is_new = seen & bit == 0;
                seen |= bit;
                is_new
            }
            None => beyond.insert(q),
        };
        if !is_new {
            return Err(Error::RepeatedQubit { qubit: q as usize, operation: operation() });
        }
    }
    Ok(())
}

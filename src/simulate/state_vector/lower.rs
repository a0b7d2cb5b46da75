//! Gate → actions. Branches on a gate's form, never on its name.

use crate::engine::{Action, ControlMask, Kind, PauliMask, Scalar};
use crate::error::{Error, Result};
use crate::gate::{Angle, Form, Gate, GateMatrix, GateOp};
use crate::math::{push, reserve};
use crate::pauli::{Pauli, PauliString};
use num_complex::Complex64;
use smallvec::SmallVec;

/// For refusals.
const ACTIONS: &str = "the list of the actions of a circuit";
const FEWER: &str = "simulate fewer gates at once";

/// Deepest nesting of blocks that is lowered.
const MAX_DEPTH: usize = 1_000;

/// Actions, and the angles that fill their slots at binding.
#[derive(Debug, Default)]
pub(in super::super) struct Lowered {
    /// In order of execution.
    pub actions: Vec<Action>,
    /// Slot k of the actions is angle k.
    pub slots: Vec<Angle>,
}

impl Lowered {
    /// The actions of gates on at most 64 qubits.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn new<'g>(gates: impl Iterator<Item = &'g GateOp>) -> Result<Self> {
        let mut lowered = Lowered::default();
        // Most gates are one action.
        let most = gates.size_hint().1.unwrap_or(0);
        reserve(&mut lowered.actions, most, ACTIONS, FEWER)?;
        gates.into_iter().try_for_each(|gate| lowered.push(gate))?;
        Ok(lowered)
    }

    /// Appends the actions of a gate on at most 64 qubits.
    ///
    /// # Errors
    /// If a gate is opaque, blocks are nested too deep, or there is no memory for the actions.
    pub fn push(&mut self, op: &GateOp) -> Result<()> {
        self.push_at(op, 0)
    }

    fn push_at(&mut self, op: &GateOp, depth: usize) -> Result<()> {
        let controls = op.controls.iter().fold(ControlMask::default(), |m, c| ControlMask {
            mask: m.mask | 1 << c.qubit,
            value: m.value | u64::from(c.positive) << c.qubit,
        });
        let targets = || SmallVec::from_slice(&op.targets);
        let kind = match &op.gate {
            Gate::Std(gate, angles) => match &gate.spec().form {
                Form::Pauli(letters) => Kind::Pauli(place(letters.iter().copied().enumerate(), op)),
                Form::Rotation(letters) => {
                    let mask = place(letters.iter().copied().enumerate(), op);
                    Kind::Rotation(mask, self.scalar(&angles[0]))
                }
                Form::Phase(map) => {
                    let angle = map.of(angles);
                    // The phase applies where controls and targets hold: targets become controls.
                    let ones = op.targets.iter().fold(0, |m, &t| m | 1u64 << t);
                    let controls =
                        ControlMask { mask: controls.mask | ones, value: controls.value | ones };
                    let kind = Kind::Phase(self.scalar(&angle));
                    return self.action(kind, controls);
                }
                Form::Swap => Kind::Swap(op.targets[0], op.targets[1]),
                Form::Composite(_) => match op.gate.matrix() {
                    Some(GateMatrix::One(m)) => Kind::Dense1 {
                        target: op.targets[0],
                        matrix: [m[(0, 0)], m[(0, 1)], m[(1, 0)], m[(1, 1)]],
                    },
                    Some(GateMatrix::Two(m)) => dense(op, m.transpose().as_slice()),
                    _ => return self.push_steps(op, depth),
                },
            },
            Gate::PauliRotation(string, angle) => {
                Kind::Rotation(place(string.iter(), op), self.scalar(angle))
            }
            Gate::Unitary(u) => match (op.targets.as_slice(), u.matrix.as_slice()) {
                // Column-major; no memory for a transposed matrix.
                (&[target], &[m00, m10, m01, m11]) => {
                    Kind::Dense1 { target, matrix: [m00, m01, m10, m11] }
                }
                _ => dense(op, u.matrix.transpose().as_slice()),
            },
            Gate::Diagonal(d) => Kind::Diagonal { targets: targets(), entries: d.entries.clone() },
            Gate::Permutation(p) => {
                Kind::Permutation { targets: targets(), table: p.table.clone() }
            }
            Gate::Block(_) => return self.push_steps(op, depth),
        };
        self.action(kind, controls)
    }

    fn action(&mut self, kind: Kind, controls: ControlMask) -> Result<()> {
        push(&mut self.actions, Action { kind, controls }, ACTIONS, FEWER)
    }

    fn push_steps(&mut self, op: &GateOp, depth: usize) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(Error::Invalid {
                what: "the nesting of gate definitions".into(),
                value: format!("deeper than {MAX_DEPTH}"),
                expected: "flatten them with `decompose`".into(),
            });
        }
        let steps = op.steps().ok_or_else(|| Error::Unsupported {
            method: "the simulation",
            operation: format!("the opaque gate `{}`", op.gate.name()),
            hint: "an opaque gate has no meaning; give it a definition".into(),
        })?;
        steps.iter().try_for_each(|step| self.push_at(step, depth + 1))
    }

    fn scalar(&mut self, angle: &Angle) -> Scalar {
        match angle.terms() {
            [] => Scalar::Const(angle.offset()),
            _ => {
                self.slots.push(angle.clone());
                Scalar::Slot(self.slots.len() as u32 - 1)
            }
        }
    }
}

fn dense(op: &GateOp, row_major: &[Complex64]) -> Kind {
    Kind::Dense { targets: SmallVec::from_slice(&op.targets), matrix: row_major.into() }
}

/// Letters of local qubits k on `targets[k]`.
fn place(letters: impl Iterator<Item = (usize, Pauli)>, op: &GateOp) -> PauliMask {
    letters.fold(PauliMask::default(), |mask, (k, letter)| {
        let (x, z) = letter.bits();
        let bit = op.targets[k];
        PauliMask { x: mask.x | u64::from(x) << bit, z: mask.z | u64::from(z) << bit }
    })
}

/// A Pauli string on at most 64 qubits as the engine's masks.
///
/// # Errors
/// If a qubit is not among `num_qubits`.
pub fn pauli_mask(string: &PauliString, num_qubits: usize) -> Result<PauliMask> {
    match string.masks() {
        Some((x, z)) if string.num_qubits() <= num_qubits => Ok(PauliMask { x, z }),
        _ => Err(Error::QubitOutOfRange { qubit: string.num_qubits() - 1, num_qubits }),
    }
}

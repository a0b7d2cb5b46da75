//! Two gates that are one, or none.

use super::NOTHING;
use crate::gate::{Angle, Control, Form, Gate, GateOp, StdGate};
use crate::pauli::Pauli;
use std::f64::consts::{FRAC_PI_4, PI, TAU};

/// What gates are together.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// A gate on the same qubits, unless it is the identity.
    pub gate: Option<GateOp>,
    /// A global phase.
    pub phase: Option<Angle>,
}

/// Two gates, the first of them first, as one; `None` where they are none that is known.
pub(super) fn merged(first: &GateOp, second: &GateOp) -> Option<Merged> {
    if let (Some(a), Some(b)) = (Phase::of(first), Phase::of(second))
        && a.bits == b.bits
    {
        return Some(simplified(a.plus(b, first)));
    }
    if !is_same_set(&first.controls, &second.controls) {
        return None;
    }
    if let (Some(a), Some(b)) = (rotation(first), rotation(second))
        && a.letters == b.letters
    {
        return Some(simplified(with_angle(first, a.theta.clone() + b.theta.clone())));
    }
    rotation_and_phase(first, second).or_else(|| rotation_and_phase(second, first)).or_else(|| {
        let symmetric = matches!(first.gate, Gate::Std(StdGate::Swap, _))
            && first.targets.iter().all(|t| second.targets.contains(t));
        let same_targets = first.targets == second.targets || symmetric;
        let undone = same_targets && first.gate.inverse().is_ok_and(|undo| undo == second.gate);
        undone.then(Merged::default)
    })
}

/// A gate that is the identity up to a global phase, as none.
pub(super) fn simplified(op: GateOp) -> Merged {
    let turns = |angle: &Angle| {
        let fixed = angle.fixed().filter(|a| a.abs() < 8.0 * TAU)?;
        let turns = (fixed / TAU).round();
        ((fixed - TAU * turns).abs() <= 4.0 * NOTHING).then_some(turns)
    };
    if let Gate::Std(StdGate::I, _) = op.gate {
        return Merged::default();
    }
    if let Some(phase) = Phase::of(&op)
        && turns(&phase.angle).is_some()
    {
        return Merged::default();
    }
    if let Some(Rotation { letters, theta }) = rotation(&op)
        && letters.is_empty()
        && op.controls.is_empty()
    {
        return Merged { gate: None, phase: Some(theta.clone() / -2.0) };
    }
    match rotation(&op).and_then(|r| turns(r.theta)) {
        Some(turns) if turns % 2.0 == 0.0 => Merged::default(),
        // A whole turn is -1.
        Some(_) if op.controls.is_empty() => Merged { gate: None, phase: Some(PI.into()) },
        _ => Merged { gate: Some(op), phase: None },
    }
}

fn is_same_set(a: &[Control], b: &[Control]) -> bool {
    a.len() == b.len() && a.iter().all(|c| b.contains(c))
}

/// e^{iλ} on the basis states with these bits.
struct Phase {
    bits: Vec<(u32, bool)>,
    angle: Angle,
    /// Whether it is a row without angles.
    named: bool,
}

impl Phase {
    fn of(op: &GateOp) -> Option<Phase> {
        let Gate::Std(row, angles) = &op.gate else { return None };
        let angle = match &row.spec().form {
            Form::Phase(map) => map.of(angles),
            Form::Pauli([Pauli::Z]) => PI.into(),
            _ => return None,
        };
        let controls = op.controls.iter().map(|c| (c.qubit, c.positive));
        let mut bits: Vec<_> = controls.chain(op.targets.iter().map(|&t| (t, true))).collect();
        bits.sort_unstable();
        Some(Phase { bits, angle, named: angles.is_empty() })
    }

    /// The sum of two where the first is.
    fn plus(self, other: Phase, at: &GateOp) -> GateOp {
        let sum = self.angle + other.angle;
        let gate = match sum.fixed() {
            // Z, S, T and their inverses stay such where the sum is one.
            Some(sum) if self.named && other.named => {
                Gate::fixed(StdGate::Z).power((sum / FRAC_PI_4).round() / 4.0).ok()
            }
            _ => None,
        };
        let row = if at.targets.is_empty() { StdGate::GlobalPhase } else { StdGate::P };
        let gate = gate.unwrap_or_else(|| Gate::Std(row, [sum].into_iter().collect()));
        GateOp { gate, ..at.clone() }
    }
}

struct Rotation<'a> {
    letters: Vec<(u32, Pauli)>,
    theta: &'a Angle,
}

fn rotation(op: &GateOp) -> Option<Rotation<'_>> {
    let (mut letters, theta): (Vec<(u32, Pauli)>, &Angle) = match &op.gate {
        Gate::Std(row, angles) => {
            let Form::Rotation(letters) = row.spec().form else { return None };
            (op.targets.iter().copied().zip(letters.iter().copied()).collect(), &angles[0])
        }
        Gate::PauliRotation(string, theta) => {
            (string.iter().map(|(k, letter)| (op.targets[k], letter)).collect(), theta)
        }
        _ => return None,
    };
    letters.sort_unstable_by_key(|l| l.0);
    Some(Rotation { letters, theta })
}

/// A rotation with another angle.
fn with_angle(op: &GateOp, theta: Angle) -> GateOp {
    let gate = op.gate.map_angles(&|_| theta.clone());
    GateOp { gate, ..op.clone() }
}

/// RZ and a phase on the same qubit: P(λ) = e^{iλ/2}·RZ(λ).
fn rotation_and_phase(rotated: &GateOp, phase: &GateOp) -> Option<Merged> {
    let Gate::Std(StdGate::RZ, angles) = &rotated.gate else { return None };
    let Phase { angle, .. } = Phase::of(phase)?;
    if !rotated.controls.is_empty() || rotated.targets != phase.targets {
        return None;
    }
    let merged = simplified(with_angle(rotated, angles[0].clone() + angle.clone()));
    let half = angle / 2.0;
    let phase = merged.phase.map_or(half.clone(), |more| more + half);
    Some(Merged { phase: Some(phase), ..merged })
}

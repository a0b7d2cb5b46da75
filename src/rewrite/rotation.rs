//! Rotations by Pauli strings as products.

use super::product::Product;
use crate::gate::{Angle, Form, Gate, GateOp, StdGate};
use crate::pauli::{Pauli, PauliString};
use std::sync::Arc;

/// exp(-iθP/2) for letters other than I: a basis change to Z's, their parity on the last qubit, a
/// rotation there, and back.
pub(crate) fn rotation(letters: &[Pauli], theta: &Angle, num_controls: usize) -> Vec<GateOp> {
    let mut product = Product::new(num_controls);
    let row = match letters {
        [Pauli::Z] => Some(StdGate::RZ),
        [Pauli::Y] => Some(StdGate::RY),
        _ => None,
    };
    if let Some(row) = row.filter(|_| num_controls > 0) {
        // X R(-θ/2) X = R(θ/2) (lemma 5.4).
        product.free(row, Some(theta.clone() / 2.0), 0);
        product.core(StdGate::X, [], Some(0), []);
        product.free(row, Some(theta.clone() / -2.0), 0);
        product.core(StdGate::X, [], Some(0), []);
        return product.ops;
    }
    let last = letters.len() - 1;
    letters.iter().enumerate().for_each(|(k, letter)| product.turn_to_z(*letter, k));
    (0..last).for_each(|k| product.free_cx(k, last));
    product.core(StdGate::RZ, [theta.clone()], Some(last), []);
    (0..last).rev().for_each(|k| product.free_cx(k, last));
    letters.iter().enumerate().for_each(|(k, letter)| product.turn_from_z(*letter, k));
    product.ops
}

impl Product {
    /// A change of basis that makes a letter Z.
    fn turn_to_z(&mut self, letter: Pauli, target: usize) {
        match letter {
            Pauli::X => self.free(StdGate::H, None, target),
            Pauli::Y => {
                // (H S†)† Z (H S†) = Y.
                self.free(StdGate::Sdg, None, target);
                self.free(StdGate::H, None, target);
            }
            _ => {}
        }
    }

    /// The change back.
    fn turn_from_z(&mut self, letter: Pauli, target: usize) {
        match letter {
            Pauli::X => self.free(StdGate::H, None, target),
            Pauli::Y => {
                self.free(StdGate::H, None, target);
                self.free(StdGate::S, None, target);
            }
            _ => {}
        }
    }
}

/// exp(-iθP/2) for two letters by a row that is such a rotation for others.
pub(super) fn by_pair_row(letters: [Pauli; 2], row: StdGate, theta: &Angle) -> Vec<GateOp> {
    let Form::Rotation(own) = row.spec().form else { unreachable!("the row is a rotation") };
    let mut product = Product::new(0);
    let changed = |k: &usize| letters[*k] != own[*k];
    for k in (0..2).filter(changed) {
        product.turn_to_z(letters[k], k);
        product.turn_from_z(own[k], k);
    }
    product.factor(&GateOp::std(row, [theta.clone()], [0, 1]));
    for k in (0..2).filter(changed) {
        product.turn_to_z(own[k], k);
        product.turn_from_z(letters[k], k);
    }
    product.ops
}

/// P(λ) under a control by a rotation: e^{-iλ/4}·P(λ/2)·P(λ/2)·RZZ(-λ/2).
pub(super) fn zz_phase(lambda: &Angle) -> Vec<GateOp> {
    let half = || lambda.clone() / 2.0;
    vec![
        GateOp::std(StdGate::P, [half()], [0]),
        GateOp::std(StdGate::P, [half()], [1]),
        GateOp::std(StdGate::RZZ, [-half()], [0, 1]),
        GateOp::std(StdGate::GlobalPhase, [lambda.clone() / -4.0], []),
    ]
}

/// Angle of a row that exp(-iθP/2) is, where there is one.
pub(crate) fn rotation_row(letters: &[Pauli]) -> Option<StdGate> {
    let is_row =
        |gate: &&StdGate| matches!(gate.spec().form, Form::Rotation(own) if own == letters);
    StdGate::ALL.iter().find(is_row).copied()
}

/// The letters of a Pauli string without identities.
pub(crate) fn letters(string: &PauliString) -> Vec<Pauli> {
    string.iter().map(|(_, letter)| letter).collect()
}

/// A rotation by a Pauli string as a simpler gate under the same controls, where there is one: a
/// phase, a row of the table, or the rotation on those targets alone that have a letter.
pub(crate) fn simpler_rotation(op: &GateOp) -> Option<GateOp> {
    let Gate::PauliRotation(string, theta) = &op.gate else { return None };
    let (targets, letters): (Vec<usize>, Vec<Pauli>) =
        string.iter().map(|(k, letter)| (op.targets[k] as usize, letter)).unzip();
    let gate = if letters.is_empty() {
        GateOp::std(StdGate::GlobalPhase, [theta.clone() / -2.0], [])
    } else if let Some(row) = rotation_row(&letters) {
        GateOp::std(row, [theta.clone()], targets)
    } else if targets.len() == op.targets.len() {
        return None;
    } else {
        let dense = PauliString::new(letters.into_iter().enumerate());
        GateOp::new(Gate::PauliRotation(Arc::new(dense), theta.clone()), targets)
    };
    Some(GateOp { controls: op.controls.clone(), ..gate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotations_that_are_rows_are_found() {
        assert_eq!(rotation_row(&[Pauli::Z, Pauli::X]), Some(StdGate::RZX));
        assert_eq!(rotation_row(&[Pauli::X, Pauli::Z]), None);
        let string: PauliString = "Z2 X0".parse().unwrap();
        let gate = Gate::PauliRotation(Arc::new(string), 0.5.into());
        let op = GateOp::new(gate, [4, 5, 6]).controlled([1]);
        let simpler = simpler_rotation(&op).unwrap();
        assert_eq!((&simpler.targets[..], &simpler.controls), (&[4, 6][..], &op.controls));
        assert_eq!(simpler_rotation(&simpler), None);
    }
}

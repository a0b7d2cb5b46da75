//! The complex conjugates of actions: what a unitary does to the columns of a density matrix.

use super::action::{Action, ControlMask, Kind, PauliMask, Scalar};
use num_complex::Complex64;
use smallvec::{SmallVec, smallvec};
use std::f64::consts::PI;

impl Action {
    /// The actions that together have the complex conjugate of this one's matrix. `negated` gives the
    /// slot with the negative of a slot's angle.
    ///
    /// A phase λ becomes -λ. With P* = (-1)^{#Y} P for a Pauli string, exp(-iθP/2)* is
    /// exp(-iθ'P/2) for θ' = -(-1)^{#Y} θ. The sign of P* is a phase of π where the controls hold.
    /// Matrices are conjugated entry by entry; permutations are real.
    pub fn conjugate(&self, mut negated: impl FnMut(u32) -> u32) -> SmallVec<[Action; 2]> {
        let mut minus = |angle: Scalar| match angle {
            Scalar::Const(x) => Scalar::Const(-x),
            Scalar::Slot(slot) => Scalar::Slot(negated(slot)),
        };
        let conj = |entries: &[Complex64]| entries.iter().map(Complex64::conj).collect();
        let kind = match &self.kind {
            Kind::Phase(angle) => Kind::Phase(minus(*angle)),
            Kind::Pauli(p) if odd_ys(*p) => {
                let sign = Action { kind: Kind::Phase(Scalar::Const(PI)), controls: self.controls };
                return smallvec![sign, self.clone()];
            }
            Kind::Rotation(p, angle) if !odd_ys(*p) => Kind::Rotation(*p, minus(*angle)),
            Kind::Diagonal { targets, entries } => {
                Kind::Diagonal { targets: targets.clone(), entries: conj(entries) }
            }
            Kind::Dense1 { target, matrix } => {
                Kind::Dense1 { target: *target, matrix: matrix.map(|z| z.conj()) }
            }
            Kind::Dense { targets, matrix } => {
                Kind::Dense { targets: targets.clone(), matrix: conj(matrix) }
            }
            real @ (Kind::Pauli(_)
            | Kind::Rotation(..)
            | Kind::Swap(..)
            | Kind::Permutation { .. }) => real.clone(),
        };
        smallvec![Action { kind, controls: self.controls }]
    }

    /// The same action on qubits that are `by` further up.
    pub fn shifted(mut self, by: u32) -> Action {
        let pauli = |p: &mut PauliMask| *p = PauliMask { x: p.x << by, z: p.z << by };
        match &mut self.kind {
            Kind::Phase(_) => {}
            Kind::Pauli(p) | Kind::Rotation(p, _) => pauli(p),
            Kind::Dense1 { target, .. } => *target += by,
            Kind::Swap(a, b) => {
                *a += by;
                *b += by;
            }
            Kind::Diagonal { targets, .. }
            | Kind::Dense { targets, .. }
            | Kind::Permutation { targets, .. } => targets.iter_mut().for_each(|t| *t += by),
        }
        let ControlMask { mask, value } = self.controls;
        self.controls = ControlMask { mask: mask << by, value: value << by };
        self
    }
}

/// Whether a string has an odd number of Y, so that it is imaginary.
fn odd_ys(p: PauliMask) -> bool {
    (p.x & p.z).count_ones() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::StateVector;

    const N: usize = 4;

    /// The matrix of actions, from what they do to basis states; `matrix[c][r]`.
    fn columns(actions: &[Action], slots: &[f64]) -> Vec<Vec<Complex64>> {
        let column = |index| {
            let mut state = StateVector::<f64>::basis(N, index).unwrap();
            actions.iter().for_each(|action| state.apply(action, slots));
            state.to_vec()
        };
        (0..1 << N).map(column).collect()
    }

    #[test]
    fn every_kind_has_its_conjugate() {
        let entries = |len: usize| -> Vec<Complex64> {
            (0..len).map(|k| Complex64::new(0.3 + k as f64, 0.7 - 2.0 * k as f64)).collect()
        };
        let paulis = (0..64u64).map(|k| PauliMask { x: k & 7, z: k >> 3 });
        let mut kinds = vec![
            Kind::Phase(Scalar::Const(0.4)),
            Kind::Phase(Scalar::Slot(0)),
            Kind::Dense1 { target: 1, matrix: entries(4).try_into().unwrap() },
            Kind::Diagonal { targets: smallvec![2, 0], entries: entries(4).into() },
            Kind::Dense { targets: smallvec![0, 2], matrix: entries(16).into() },
            Kind::Swap(0, 2),
            Kind::Permutation { targets: smallvec![1, 2], table: [1, 2, 3, 0].into() },
        ];
        for p in paulis {
            kinds.push(Kind::Pauli(p));
            kinds.push(Kind::Rotation(p, Scalar::Const(1.3)));
            kinds.push(Kind::Rotation(p, Scalar::Slot(0)));
        }
        for kind in kinds {
            for controls in
                [(0, 0), (8, 8), (8, 0)].map(|(mask, value)| ControlMask { mask, value })
            {
                let action = Action { kind: kind.clone(), controls };
                // Slot 1 has the negative of slot 0.
                let slots = [0.9, -0.9];
                let conjugate = action.conjugate(|slot| slot + 1);
                let want = columns(std::slice::from_ref(&action), &slots);
                let found = columns(&conjugate, &slots);
                for (want, found) in want.iter().flatten().zip(found.iter().flatten()) {
                    assert!((want.conj() - found).norm() < 1e-14, "{action:?}");
                }
            }
        }
    }

    #[test]
    fn shifted_actions_are_on_the_qubits_above() {
        let p = PauliMask { x: 1, z: 3 };
        let action = Action::new(Kind::Rotation(p, Scalar::Const(0.7)))
            .controlled(ControlMask { mask: 4, value: 0 });
        let mut low = StateVector::<f64>::basis(6, 0b010).unwrap();
        low.apply(&action, &[]);
        let mut high = StateVector::<f64>::basis(6, 0b010000).unwrap();
        high.apply(&action.shifted(3), &[]);
        for index in 0..8 {
            assert_eq!(low.amplitude(index), high.amplitude(index << 3));
        }
    }
}

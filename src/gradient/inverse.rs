//! The inverse of an action.

use crate::engine::{Action, Kind, Scalar};
use std::sync::Arc;

/// The inverse, where a slot has minus its value. A slot is appended to `slots`, and its number
/// becomes that of its place there.
pub(super) fn inverse(action: &Action, slots: &mut Vec<u32>) -> Action {
    let mut minus = |scalar: &Scalar| match scalar {
        Scalar::Const(x) => Scalar::Const(-x),
        Scalar::Slot(slot) => {
            slots.push(*slot);
            Scalar::Slot(slots.len() as u32 - 1)
        }
    };
    let kind = match &action.kind {
        Kind::Phase(angle) => Kind::Phase(minus(angle)),
        Kind::Rotation(p, angle) => Kind::Rotation(*p, minus(angle)),
        Kind::Pauli(_) | Kind::Swap(..) => action.kind.clone(),
        Kind::Diagonal { targets, entries } => Kind::Diagonal {
            targets: targets.clone(),
            entries: entries.iter().map(|z| z.conj()).collect(),
        },
        Kind::Dense1 { target, matrix: [a, b, c, d] } => {
            Kind::Dense1 { target: *target, matrix: [a.conj(), c.conj(), b.conj(), d.conj()] }
        }
        Kind::Dense { targets, matrix } => {
            let side = 1 << targets.len();
            let entry = |k: usize| matrix[k % side * side + k / side].conj();
            let matrix = (0..matrix.len()).map(entry).collect();
            Kind::Dense { targets: targets.clone(), matrix }
        }
        Kind::Permutation { targets, table } => {
            let mut back = vec![0; table.len()];
            for (from, &to) in table.iter().enumerate() {
                back[to as usize] = from as u32;
            }
            Kind::Permutation { targets: targets.clone(), table: Arc::from(back) }
        }
    };
    Action { kind, controls: action.controls }
}

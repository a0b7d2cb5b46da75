//! Which actions of a circuit are the same for all rows of data, and in which order parts of both
//! kinds run.

use crate::engine::{Action, Scalar};

/// Parts of a circuit by turns, each with the places of its actions in order.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    /// Whether angles are data, so that each row has its own.
    pub is_data: bool,
    pub actions: Vec<usize>,
}

/// What an action's angle depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depends {
    Nothing,
    Data,
    Weights,
}

/// The actions in parts. The first one has data, and whatever else comes before the first weight
/// that it waits for; from then on constants are with the weights, since there they are done once for
/// all rows. Actions go past others on other qubits.
pub(super) fn parts(actions: &[Action], depends: impl Fn(u32) -> Depends) -> Vec<Part> {
    let kinds: Vec<Depends> = actions
        .iter()
        .map(|action| match action.scalar() {
            Some(Scalar::Slot(slot)) => depends(slot),
            _ => Depends::Nothing,
        })
        .collect();
    let mut left: Vec<usize> = (0..actions.len()).collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut is_data = true;
    while !left.is_empty() {
        let is_first = parts.is_empty() && is_data;
        let takes = |kind: Depends| match kind {
            Depends::Data => is_data,
            Depends::Weights => !is_data,
            Depends::Nothing => !is_data || is_first,
        };
        let mut blocked = 0u64;
        let mut taken = Vec::new();
        left.retain(|&k| {
            let support = actions[k].kind.support() | actions[k].controls.mask;
            let is_free = support & blocked == 0 && takes(kinds[k]);
            match is_free {
                true => taken.push(k),
                false => blocked |= support,
            }
            !is_free
        });
        // Constants alone are no part of data.
        if is_data && !taken.iter().any(|&k| kinds[k] == Depends::Data) {
            left.extend(taken);
            left.sort_unstable();
        } else if !taken.is_empty() {
            parts.push(Part { is_data, actions: taken });
        }
        is_data = !is_data;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ControlMask, Kind, PauliMask};

    fn rotation(qubit: u32, slot: u32) -> Action {
        Action::new(Kind::Rotation(PauliMask { x: 1 << qubit, z: 0 }, Scalar::Slot(slot)))
    }

    fn cz(a: u32, b: u32) -> Action {
        let controls = ControlMask { mask: 1 << a, value: 1 << a };
        Action::new(Kind::Pauli(PauliMask { x: 0, z: 1 << b })).controlled(controls)
    }

    /// Slots below 10 are data.
    fn of(actions: &[Action]) -> Vec<(bool, Vec<usize>)> {
        let depends = |slot| if slot < 10 { Depends::Data } else { Depends::Weights };
        parts(actions, depends).into_iter().map(|part| (part.is_data, part.actions)).collect()
    }

    #[test]
    fn data_gather_before_weights() {
        // Written qubit by qubit.
        let actions = [rotation(0, 0), rotation(0, 10), rotation(1, 1), rotation(1, 11), cz(0, 1)];
        assert_eq!(of(&actions), [(true, vec![0, 2]), (false, vec![1, 3, 4])]);
        // Constants between data are with the first data, those after weights with the weights.
        let actions = [rotation(0, 0), cz(0, 1), rotation(0, 1), rotation(1, 10), cz(0, 1)];
        assert_eq!(of(&actions), [(true, vec![0, 1, 2]), (false, vec![3, 4])]);
    }

    #[test]
    fn data_come_again() {
        let layer =
            |w| [rotation(0, 0), rotation(1, 1), rotation(0, w), rotation(1, w + 1), cz(0, 1)];
        let actions = [layer(10), layer(12)].concat();
        let expected = [
            (true, vec![0, 1]),
            (false, vec![2, 3, 4]),
            (true, vec![5, 6]),
            (false, vec![7, 8, 9]),
        ];
        assert_eq!(of(&actions), expected);
        // No data at all, and none at first.
        assert_eq!(of(&[cz(0, 1), rotation(0, 10)]), [(false, vec![0, 1])]);
        let late = [rotation(0, 10), rotation(0, 0)];
        assert_eq!(of(&late), [(false, vec![0]), (true, vec![1])]);
        assert!(of(&[]).is_empty());
    }
}

//! Which steps an observable meets.

use super::Step;
use super::step::Transfer;
use crate::pauli::PauliSum;

/// The steps in the past light cone of an observable, the last of the circuit first, and the qubits
/// that its strings can reach, ascending. A step that meets no factor of any string is left out.
pub(super) fn cone(
    steps: &[Step],
    num_qubits: usize,
    observable: &PauliSum,
) -> (Vec<usize>, Vec<u32>) {
    let mut is_in = vec![false; num_qubits];
    observable
        .terms()
        .iter()
        .flat_map(|(string, _)| string.support())
        .for_each(|q| is_in[q] = true);
    let mut met = Vec::new();
    for (k, step) in steps.iter().enumerate().rev() {
        let reached = |is_in: &mut [bool], qubits: &mut dyn Iterator<Item = usize>| {
            let qubits: Vec<usize> = qubits.collect();
            let meets = qubits.iter().any(|&q| is_in[q]);
            if meets {
                qubits.iter().for_each(|&q| is_in[q] = true);
            }
            meets
        };
        let meets = match step {
            Step::Layer => true,
            Step::Clifford(step) => {
                reached(&mut is_in, &mut step.qubits().iter().map(|&q| q as usize))
            }
            Step::Rotation { string, .. } => reached(&mut is_in, &mut string.support()),
            Step::Transfer(map) => {
                let makes = !map.keeps_identity();
                if makes {
                    map.qubits().iter().for_each(|&q| is_in[q as usize] = true);
                }
                reached(&mut is_in, &mut map.qubits().iter().map(|&q| q as usize)) || makes
            }
        };
        if meets {
            met.push(k);
        }
    }
    let qubits = (0..num_qubits as u32).filter(|&q| is_in[q as usize]).collect();
    (met, qubits)
}

impl Transfer {
    /// Whether the identity stays the identity in the Heisenberg picture, as it does if the operation
    /// keeps traces.
    pub(super) fn keeps_identity(&self) -> bool {
        self.matrix().row(0).iter().enumerate().all(|(j, &m)| m == f64::from(u8::from(j == 0)))
    }

    /// Whether strings are only multiplied by numbers, as a channel of Pauli errors does.
    pub(super) fn is_diagonal(&self) -> bool {
        self.keeps_identity() && self.matrix().indexed_iter().all(|((i, j), &m)| i == j || m == 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clifford::CliffordStep;

    #[test]
    fn steps_outside_of_the_cone_are_left_out() {
        let rotation = |text: &str| Step::Rotation { string: text.parse().unwrap(), angle: 0.1 };
        let steps = [
            rotation("X1"),
            rotation("X3"),
            Step::Clifford(CliffordStep::CX(0, 1)),
            Step::Clifford(CliffordStep::CX(2, 3)),
            rotation("Z3"),
            Step::Layer,
            rotation("X0"),
        ];
        let (met, qubits) = cone(&steps, 5, &"Z0".parse().unwrap());
        assert_eq!((met, qubits), (vec![6, 5, 2, 0], vec![0, 1]));
    }
}

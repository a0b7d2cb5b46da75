//! How many strings an exact propagation can come to, before it is run.

use super::transfers::is_diagonal;
use crate::clifford::CliffordStep;
use crate::pauli::{Pauli, PauliSum};
use crate::propagation::Step;

/// Work that is not worth counting out: strings of observables times steps.
const MOST_WORK: usize = 100_000_000;

/// A bound on the number of strings that observables become on the way, each summed over its strings:
/// 2 for each rotation that a string of the light cone may anticommute with, 4 for each qubit of the
/// cone at most. `None` where it is above `most`.
pub(in super::super) fn bound(
    steps: &[Step],
    num_qubits: usize,
    observables: &[PauliSum],
    most: u64,
) -> Option<u64> {
    let strings: usize = observables.iter().map(PauliSum::len).sum();
    if strings.saturating_mul(steps.len()) > MOST_WORK {
        return None;
    }
    let mut total = 0.0;
    for (string, _) in observables.iter().flat_map(|sum| sum.terms()) {
        let mut cone = Cone { parts: vec![(false, false); num_qubits], bits: 0.0 };
        string.iter().for_each(|(q, letter)| cone.add(q, letter));
        steps.iter().rev().for_each(|step| cone.step(step));
        let qubits = cone.parts.iter().filter(|(x, z)| *x || *z).count();
        total += cone.bits.min(2.0 * qubits as f64).exp2();
        if total > most as f64 {
            return None;
        }
    }
    Some(total as u64)
}

/// What strings can be, looking backward.
struct Cone {
    /// For each qubit whether one may have an X part there, and a Z part.
    parts: Vec<(bool, bool)>,
    /// Of so many bits is the number of strings.
    bits: f64,
}

impl Cone {
    fn add(&mut self, qubit: usize, letter: Pauli) {
        let (x, z) = letter.bits();
        let parts = &mut self.parts[qubit];
        *parts = (parts.0 | x, parts.1 | z);
    }

    /// Whether a string may anticommute with this one; then it may become its product with it.
    fn turned(&mut self, factors: &[(usize, Pauli)]) -> bool {
        let meets = factors.iter().any(|&(q, letter)| {
            let ((x, z), (px, pz)) = (self.parts[q], letter.bits());
            x && pz || z && px
        });
        if meets {
            factors.iter().for_each(|&(q, letter)| self.add(q, letter));
        }
        meets
    }

    /// Anything, on qubits where there may be something.
    fn mixed(&mut self, qubits: &[u32]) -> bool {
        let meets = qubits.iter().any(|&q| self.parts[q as usize] != (false, false));
        if meets {
            qubits.iter().for_each(|&q| self.parts[q as usize] = (true, true));
        }
        meets
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Clifford(step) => self.clifford(step),
            Step::Rotation { string, .. } => {
                let factors: Vec<(usize, Pauli)> = string.iter().collect();
                self.bits += f64::from(u8::from(self.turned(&factors)));
            }
            Step::Transfer(map) => {
                let entries =
                    |row: ndarray::ArrayView1<f64>| row.iter().filter(|x| **x != 0.0).count();
                let longest = map.matrix().rows().into_iter().map(entries).max().unwrap_or(1);
                // What only shrinks coefficients leaves strings as they are.
                if !is_diagonal(map.matrix()) && self.mixed(map.qubits()) {
                    self.bits += (longest.max(1) as f64).log2();
                }
            }
            Step::Layer => {}
        }
    }

    fn clifford(&mut self, step: &CliffordStep) {
        use CliffordStep::*;
        let parts = &mut self.parts;
        match step {
            X(_) | Y(_) | Z(_) => {}
            H(q) => {
                let (x, z) = parts[*q as usize];
                parts[*q as usize] = (z, x);
            }
            S(q) | Sdg(q) => parts[*q as usize].1 |= parts[*q as usize].0,
            SX(q) | SXdg(q) => parts[*q as usize].0 |= parts[*q as usize].1,
            CX(control, target) => {
                let (control, target) = (*control as usize, *target as usize);
                parts[target].0 |= parts[control].0;
                parts[control].1 |= parts[target].1;
            }
            CZ(a, b) => {
                let (a, b) = (*a as usize, *b as usize);
                let (xa, xb) = (parts[a].0, parts[b].0);
                parts[a].1 |= xb;
                parts[b].1 |= xa;
            }
            Swap(a, b) => parts.swap(*a as usize, *b as usize),
            Rotation(turn) => {
                let factors: Vec<(usize, Pauli)> =
                    turn.factors.iter().map(|&(q, letter)| (q as usize, letter)).collect();
                self.turned(&factors);
            }
            Map(_) => {
                self.mixed(&step.qubits());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotations_outside_of_the_cone_do_not_count() {
        let rotation = |text: &str| Step::Rotation { string: text.parse().unwrap(), angle: 0.3 };
        let steps: Vec<Step> =
            ["X0", "Z0 Z1", "Z1 Z2", "X3", "Z3", "X1"].into_iter().map(rotation).collect();
        let bound = |text: &str| bound(&steps, 4, &[text.parse().unwrap()], 1000);
        // X1, Z1 Z2, Z0 Z1, X0.
        assert_eq!(bound("Z1"), Some(16));
        // X3 alone: Z3 commutes.
        assert_eq!(bound("Z3"), Some(2));
        assert_eq!(bound("Z3 + Z1"), Some(18));
        let many: Vec<Step> = (0..30).map(|_| rotation("X0")).collect();
        assert_eq!(super::bound(&many, 4, &["Z0".parse().unwrap()], 1000), Some(4));
        assert_eq!(super::bound(&many, 4, &["Z0".parse().unwrap()], 3), None);
        // A chain of CZ carries X to neighbours alone.
        let mut chain = vec![rotation("X0"), rotation("X1"), rotation("X2"), rotation("X3")];
        chain.extend((1..4).map(|q| Step::Clifford(CliffordStep::CZ(q - 1, q))));
        assert_eq!(super::bound(&chain, 4, &["X0".parse().unwrap()], 99), Some(2));
        assert_eq!(super::bound(&chain, 4, &["X1".parse().unwrap()], 99), Some(4));
    }
}

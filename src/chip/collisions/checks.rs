//! Which pairs and triples of qubits the rules look at.

use crate::error::{Error, Result};
use std::collections::BTreeSet;

/// A control and two of its neighbours, at least one of them a target. Types 5 to 7 are the same for
/// both orders of the two, so each triple stands once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Triple {
    /// j, which drives.
    pub control: usize,
    /// k and i, a target of the control first.
    pub neighbors: [usize; 2],
}

/// All that the rules look at on a chip: each coupling from control to target (types 1 to 4), and for
/// each control its targets with each other neighbour (types 5 to 7).
#[derive(Debug, Clone, PartialEq)]
pub struct Checks {
    num_qubits: usize,
    pairs: Vec<(usize, usize)>,
    triples: Vec<Triple>,
}

impl Checks {
    /// Of couplings (control, target); one that is given more than once counts once.
    ///
    /// # Errors
    /// If a coupling names a qubit that there is not, or the same one twice, or two couplings are of the same
    /// qubits with either as the control.
    pub fn new(num_qubits: usize, couplings: &[(usize, usize)]) -> Result<Self> {
        // Each qubit's neighbours, and whether they are its targets.
        let mut neighbors: Vec<Vec<(usize, bool)>> = vec![vec![]; num_qubits];
        let mut seen = BTreeSet::new();
        let mut pairs = Vec::with_capacity(couplings.len());
        for &(control, target) in couplings {
            for qubit in [control, target] {
                if qubit >= num_qubits {
                    return Err(Error::QubitOutOfRange { qubit, num_qubits });
                }
            }
            if control == target {
                let operation = "coupling".into();
                return Err(Error::RepeatedQubit { qubit: control, operation });
            }
            if seen.contains(&(target, control)) {
                return Err(Error::Invalid {
                    what: format!("the coupling of qubits {control} and {target}"),
                    value: "given in both orders".into(),
                    expected: "one of the two is the control, and stands first".into(),
                });
            }
            if !seen.insert((control, target)) {
                continue;
            }
            pairs.push((control, target));
            neighbors[control].push((target, true));
            neighbors[target].push((control, false));
        }
        let mut triples = vec![];
        for (control, around) in neighbors.iter_mut().enumerate() {
            // Targets first, each kind ascending.
            around.sort_unstable_by_key(|&(qubit, is_target)| (!is_target, qubit));
            for (k, &(first, is_target)) in around.iter().enumerate() {
                if is_target {
                    let others = around[k + 1..].iter();
                    triples.extend(
                        others.map(|&(second, _)| Triple { control, neighbors: [first, second] }),
                    );
                }
            }
        }
        Ok(Checks { num_qubits, pairs, triples })
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Control and target of each coupling.
    pub fn pairs(&self) -> &[(usize, usize)] {
        &self.pairs
    }

    /// Controls with two of their neighbours.
    pub fn triples(&self) -> &[Triple] {
        &self.triples
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rules, find_collisions};
    use super::*;

    #[test]
    fn each_target_is_seen_with_every_other_neighbour_once() {
        // 0 controls 1 and 2 and is the target of 3; 3 has no other neighbour.
        let checks = Checks::new(4, &[(0, 2), (3, 0), (0, 1)]).unwrap();
        let triple = |control, a, b| Triple { control, neighbors: [a, b] };
        assert_eq!(checks.triples(), [triple(0, 1, 2), triple(0, 1, 3), triple(0, 2, 3)]);
        // Two controls of one target do not see each other.
        let checks = Checks::new(3, &[(0, 1), (2, 1)]).unwrap();
        assert_eq!((checks.pairs().len(), checks.triples().len()), (2, 0));
        // A chain of commands: the middle controls one and sees the other.
        let checks = Checks::new(3, &[(0, 1), (1, 2)]).unwrap();
        assert_eq!(checks.triples(), [triple(1, 2, 0)]);
    }

    /// A triple is of three qubits, however often a coupling is written.
    #[test]
    fn a_coupling_counts_once() {
        let once = Checks::new(3, &[(0, 1), (0, 2)]).unwrap();
        assert_eq!(Checks::new(3, &[(0, 1), (0, 2), (0, 1), (0, 2), (0, 1)]).unwrap(), once);
        for both in [&[(0, 1), (1, 0)][..], &[(2, 1), (0, 1), (1, 2)]] {
            let error = Checks::new(3, both).unwrap_err().to_string();
            assert!(error.contains("in both orders"), "{error}");
        }
        let rules = Rules::hertzberg_2021();
        let found = |couplings: &[(usize, usize)]| {
            find_collisions(couplings, &[5.1, 5.04], &[-0.33; 2], &rules)
        };
        assert_eq!(found(&[(0, 1), (0, 1)]).unwrap(), []);
        assert!(found(&[(0, 1), (1, 0)]).is_err());
    }

    #[test]
    fn couplings_that_cannot_be_are_errors() {
        assert!(matches!(Checks::new(2, &[(0, 2)]), Err(Error::QubitOutOfRange { qubit: 2, .. })));
        assert!(matches!(Checks::new(2, &[(1, 1)]), Err(Error::RepeatedQubit { qubit: 1, .. })));
    }
}

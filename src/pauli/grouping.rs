//! Groups of Pauli strings that are measured together.

use super::{PauliString, PauliSum};

/// Strings that commute on every qubit, so that one setting of the measurement serves all.
#[derive(Debug, Clone, PartialEq)]
pub struct PauliGroup {
    /// The letter that each qubit is measured in; the identity where it does not matter.
    pub basis: PauliString,
    /// The strings and their coefficients.
    pub terms: Vec<(PauliString, f64)>,
}

impl PauliGroup {
    /// Σ|c|, by which shots are divided among groups.
    pub fn weight(&self) -> f64 {
        self.terms.iter().map(|(_, c)| c.abs()).sum()
    }
}

impl PauliSum {
    /// Groups that commute qubit by qubit: largest coefficients first, each string to the first
    /// group that takes it (sorted insertion, Crawford et al. 2021, arXiv:1908.06942). The identity
    /// is in none.
    pub fn qubit_wise_commuting_groups(&self) -> Vec<PauliGroup> {
        let mut terms: Vec<&(PauliString, f64)> =
            self.terms().iter().filter(|(p, _)| !p.is_identity()).collect();
        terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let mut groups: Vec<PauliGroup> = Vec::new();
        for (string, c) in terms {
            match groups.iter_mut().find(|g| g.basis.qubit_wise_commutes_with(string)) {
                Some(group) => {
                    let letters = group.basis.iter().chain(
                        string.iter().filter(|(q, _)| group.basis.get(*q) == super::Pauli::I),
                    );
                    group.basis = PauliString::new(letters.collect::<Vec<_>>());
                    group.terms.push((string.clone(), *c));
                }
                None => groups
                    .push(PauliGroup { basis: string.clone(), terms: vec![(string.clone(), *c)] }),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_is_in_one_group_that_its_basis_measures() {
        let sum: PauliSum =
            "2 Z0 Z1 + Z1 Z2 + 0.5 X0 + 0.3 X0 X2 + 0.1 Y1 - 0.7 + 0.2 Z0 X1".parse().unwrap();
        let groups = sum.qubit_wise_commuting_groups();
        assert_eq!(groups.iter().map(|g| g.terms.len()).sum::<usize>(), 6);
        assert_eq!(groups.len(), 3);
        for group in &groups {
            for (string, _) in &group.terms {
                assert!(string.iter().all(|(q, letter)| group.basis.get(q) == letter));
            }
        }
        assert_eq!(groups[0].weight(), 3.0);
    }
}

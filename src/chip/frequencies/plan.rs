//! Design frequencies of the qubits of a lattice.

use crate::chip::Lattice;
use crate::chip::collisions::{Checks, Collision, Rules, check_qubits, find_collisions};
use crate::error::{Error, Result};

/// A lattice with the frequency that each qubit is designed for; the control of a coupling is the qubit
/// with the higher one.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyPlan {
    name: String,
    lattice: Lattice,
    frequencies_ghz: Vec<f64>,
    anharmonicities_ghz: Vec<f64>,
    checks: Checks,
}

impl FrequencyPlan {
    /// These frequencies and anharmonicities in GHz, one a qubit.
    ///
    /// ```
    /// use ketlab::chip::{FrequencyPlan, Lattice};
    /// let plan = FrequencyPlan::new(&Lattice::line(2)?, vec![5.0, 5.1], vec![-0.33; 2])?;
    /// assert_eq!(plan.couplings(), [(1, 0)]);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are not as many as qubits, a frequency is not positive or an anharmonicity not negative,
    /// or coupled qubits have the same frequency, so that neither is the control.
    pub fn new(
        lattice: &Lattice,
        frequencies_ghz: Vec<f64>,
        anharmonicities_ghz: Vec<f64>,
    ) -> Result<Self> {
        if frequencies_ghz.len() != lattice.num_qubits() {
            return Err(Error::Invalid {
                what: "the frequencies of a chip".into(),
                value: format!("{} numbers", frequencies_ghz.len()),
                expected: format!(
                    "there is one for each of the {} qubits of {}",
                    lattice.num_qubits(),
                    lattice.name()
                ),
            });
        }
        check_qubits(&frequencies_ghz, &anharmonicities_ghz)?;
        let mut couplings = Vec::with_capacity(lattice.couplings().len());
        for &(a, b) in lattice.couplings() {
            let (f, g) = (frequencies_ghz[a], frequencies_ghz[b]);
            if f == g {
                return Err(Error::Invalid {
                    what: format!("the frequency of qubits {a} and {b}, which are coupled"),
                    value: format!("{f} GHz for both"),
                    expected: "the control is the one with the higher frequency, so they differ"
                        .into(),
                });
            }
            couplings.push(if f > g { (a, b) } else { (b, a) });
        }
        let checks = Checks::new(lattice.num_qubits(), &couplings)?;
        let name = "own frequencies".into();
        Ok(FrequencyPlan {
            name,
            lattice: lattice.clone(),
            frequencies_ghz,
            anharmonicities_ghz,
            checks,
        })
    }

    /// The same with another name.
    pub fn named(self, name: impl Into<String>) -> Self {
        FrequencyPlan { name: name.into(), ..self }
    }

    /// Where the frequencies come from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The qubits and which of them are coupled.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// f01 of each qubit.
    pub fn frequencies_ghz(&self) -> &[f64] {
        &self.frequencies_ghz
    }

    /// α of each qubit.
    pub fn anharmonicities_ghz(&self) -> &[f64] {
        &self.anharmonicities_ghz
    }

    /// (control, target) of each coupling, in the order of the lattice's.
    pub fn couplings(&self) -> &[(usize, usize)] {
        self.checks.pairs()
    }

    /// What collision rules look at.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The collisions of the design itself.
    ///
    /// # Errors
    /// If the rules have no valid windows.
    pub fn collisions(&self, rules: &Rules) -> Result<Vec<Collision>> {
        self.collisions_at(&self.frequencies_ghz, &self.anharmonicities_ghz, rules)
    }

    /// The collisions of a chip that was made by this design and came out at these frequencies and
    /// anharmonicities, in GHz: who controls whom is still the design's.
    ///
    /// # Errors
    /// See [`find_collisions`].
    pub fn collisions_at(
        &self,
        frequencies_ghz: &[f64],
        anharmonicities_ghz: &[f64],
        rules: &Rules,
    ) -> Result<Vec<Collision>> {
        find_collisions(self.couplings(), frequencies_ghz, anharmonicities_ghz, rules)
    }

    /// The different frequencies of the design, ascending, and which of them each qubit has.
    pub fn levels(&self) -> (Vec<f64>, Vec<usize>) {
        let mut all = self.frequencies_ghz.clone();
        all.sort_by(f64::total_cmp);
        all.dedup();
        let level = |f: &f64| all.partition_point(|other| other < f);
        let of = self.frequencies_ghz.iter().map(level).collect();
        (all, of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{CollisionType, Triple};

    #[test]
    fn the_higher_frequency_controls() {
        let line = Lattice::line(3).unwrap();
        let plan = FrequencyPlan::new(&line, vec![5.0, 5.1, 5.05], vec![-0.33; 3]).unwrap();
        assert_eq!(plan.couplings(), [(1, 0), (1, 2)]);
        assert_eq!(plan.checks().triples(), [Triple { control: 1, neighbors: [0, 2] }]);
        assert_eq!(plan.levels(), (vec![5.0, 5.05, 5.1], vec![0, 2, 1]));
        let rules = Rules::hertzberg_2021();
        assert!(plan.collisions(&rules).unwrap().is_empty());
        // The design says who controls, also where a chip came out the other way round.
        let found = plan.collisions_at(&[5.12, 5.1, 5.05], &[-0.33; 3], &rules).unwrap();
        let types: Vec<_> = found.iter().map(|c| c.of).collect();
        assert_eq!(types, [CollisionType::OutsideStraddling]);
    }

    #[test]
    fn plans_that_cannot_be_are_errors() {
        let line = Lattice::line(3).unwrap();
        let says = |f: &[f64], a: &[f64]| {
            FrequencyPlan::new(&line, f.to_vec(), a.to_vec()).unwrap_err().to_string()
        };
        assert!(says(&[5.0, 5.1], &[-0.3; 2]).contains("3 qubits"));
        assert!(says(&[5.0, 5.1, 5.1], &[-0.3; 3]).contains("qubits 1 and 2"));
        assert!(says(&[5.0, 5.1, 5.0], &[-0.3; 2]).contains("anharmonicities"));
        assert!(says(&[5.0, f64::NAN, 5.0], &[-0.3; 3]).contains("qubit 1"));
    }
}

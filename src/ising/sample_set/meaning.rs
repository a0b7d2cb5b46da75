//! What the variables of dimod's samples mean for a model, told by the energies.
//!
//! dimod has x = (1 + s)/2, ketlab x = (1 - s)/2. A dimod set of a QUBO's samples that became spins on
//! its way, or of an Ising model's that became bits, has all spins the other way round.

use super::SampleSet;
use super::json::fault;
use crate::error::Result;
use crate::ising::{Ising, Qubo};

/// The two kinds of dimod's variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variables {
    Spin,
    Binary,
}

impl Variables {
    /// Its name, and what its values mean: as they are first, then the other meaning.
    fn names(self) -> (&'static str, [&'static str; 2]) {
        match self {
            Variables::Spin => ("SPIN", ["as the spins", "with spin 1 for bit 1 of a QUBO"]),
            Variables::Binary => ("BINARY", ["as a QUBO's bits", "with x for the spin 2x - 1"]),
        }
    }
}

/// How the energies of a file differ from those of its configurations in a model.
#[derive(Clone, Copy)]
struct Differences {
    least: f64,
    most: f64,
}

impl Differences {
    fn new(set: &SampleSet, model: &Ising) -> Self {
        let all = set.iter().map(|row| row.energy - model.energy(&row.bits));
        let start = Differences { least: f64::INFINITY, most: f64::NEG_INFINITY };
        all.fold(start, |d, x| Differences { least: d.least.min(x), most: d.most.max(x) })
    }

    /// Whether all are this number.
    fn are(self, constant: f64, allowed: f64) -> bool {
        (self.least - constant).abs() <= allowed && (self.most - constant).abs() <= allowed
    }

    /// Whether all are one number.
    fn are_one(self, allowed: f64) -> bool {
        self.most - self.least <= 2.0 * allowed
    }
}

/// Of a set of spins, those of dimod with x = (1 + s)/2, the meaning that has the energies of the file
/// in the model: SPIN variables as the spins or turned, BINARY ones as a QUBO's bits or as spins.
///
/// The first where both have (without fields all spins may be turned). Where neither has, the one
/// whose energies differ by one constant, an offset that was left out; of rows that differ by one
/// constant in both (a single row does) the one whose constant is the offset of the Ising model or of the
/// QUBO. A set without rows has no meaning to be told.
///
/// # Errors
/// If that tells neither.
pub(super) fn told(variables: Variables, spins: SampleSet, model: &Ising) -> Result<SampleSet> {
    // Of a set with another number of variables that is said elsewhere.
    if spins.is_empty() || spins.num_spins() != model.num_spins() {
        return Ok(spins);
    }
    let turned = spins.clone().turned();
    let [first, second] = match variables {
        Variables::Spin => [spins, turned],
        Variables::Binary => [turned, spins],
    };
    let couplings = model.couplings().iter().map(|(_, _, w)| w.abs()).sum::<f64>();
    let fields = model.fields().iter().map(|h| h.abs()).sum::<f64>();
    // Files may have rounded energies.
    let allowed = 1e-6 * (couplings + fields + model.offset().abs());
    let (a, b) = (Differences::new(&first, model), Differences::new(&second, model));
    let either = |is_first: bool, is_second: bool| match (is_first, is_second) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    let ones = (a.are_one(allowed), b.are_one(allowed));
    let offsets = [Some(model.offset()), model.to_qubo().ok().as_ref().map(Qubo::offset)];
    let left_out = |d: Differences| offsets.into_iter().flatten().any(|c| d.are(-c, allowed));
    let is_first = if a.are(0.0, allowed) {
        Some(true)
    } else if b.are(0.0, allowed) {
        Some(false)
    } else if ones == (true, true) && a.are(b.least, 2.0 * allowed) {
        Some(true)
    } else if ones == (true, true) {
        either(left_out(a), left_out(b))
    } else {
        either(ones.0, ones.1)
    };
    match is_first {
        Some(true) => Ok(first),
        Some(false) => Ok(second),
        None => {
            let (name, meanings) = variables.names();
            let energy = |set: &SampleSet| model.energy(&set.bits(0));
            let expected = format!(
                "in this model its configuration has {} {}, and {} {}, and no offset makes the energies \
                 those of one meaning alone: are the samples of another file, or are its energies scaled?",
                energy(&first),
                meanings[0],
                energy(&second),
                meanings[1],
            );
            let what = format!("the energy of row 0 of a dimod sample set of {name} variables");
            Err(fault(&what, first.energy(0), expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::any_qubo;
    use crate::ising::{Sample, SampleInfo};
    use crate::math::Bits;
    use proptest::prelude::*;

    /// Rows of these bits with the model's energies and `more`.
    fn rows(model: &Ising, reads: &[u64], more: f64) -> SampleSet {
        let n = model.num_spins();
        let row = |&x: &u64| {
            let bits = Bits::from_u64(x, n);
            Sample { energy: model.energy(&bits) + more, bits, occurrences: 1 }
        };
        SampleSet::from_samples(n, reads.iter().map(row), SampleInfo::default()).unwrap()
    }

    proptest! {
        /// Whatever the kind and the direction, with all energies or without a constant.
        #[test]
        fn the_meaning_with_the_energies_is_taken(
            qubo in any_qubo(5),
            reads in prop::collection::vec(0u64..32, 0..9),
            more in prop_oneof![Just(0.0), -9.0..9.0],
        ) {
            let model = qubo.to_ising().unwrap();
            let want = rows(&model, &reads, more);
            for variables in [Variables::Spin, Variables::Binary] {
                for set in [want.clone(), want.clone().turned()] {
                    let found = told(variables, set.clone(), &model);
                    // A refusal is only right where a constant fits the other meaning too.
                    let Ok(found) = found else {
                        let other = Differences::new(&want.clone().turned(), &model);
                        prop_assert!(more != 0.0 && other.are_one(1e-4));
                        continue;
                    };
                    let energies = Differences::new(&found, &model);
                    prop_assert!(reads.is_empty() || energies.are_one(1e-3), "{:?}", found);
                    if more == 0.0 && !reads.is_empty() {
                        prop_assert!(energies.are(0.0, 1e-3));
                    }
                }
            }
        }
    }

    #[test]
    fn offsets_tell_and_what_tells_nothing_is_refused() {
        // x0 + 4 x1 + 10, lowest at 00.
        let model = Qubo::new(vec![1.0, 4.0], [], 10.0).to_ising().unwrap();
        let bits = |set: SampleSet| set.bits(0).to_string();
        // A single row, without the QUBO's offset: 10 of 11, in either kind and direction.
        let one = rows(&model, &[1], -10.0);
        for variables in [Variables::Spin, Variables::Binary] {
            for set in [one.clone(), one.clone().turned()] {
                assert_eq!(bits(told(variables, set, &model).unwrap()), "01");
            }
        }
        // Another constant is told by two rows.
        let two = rows(&model, &[1, 2], 77.0).turned();
        assert_eq!(bits(told(Variables::Spin, two, &model).unwrap()), "01");
        let one = rows(&model, &[1], 77.0);
        let says = told(Variables::Spin, one, &model).unwrap_err().to_string();
        assert!(says.contains("row 0 of a dimod sample set of SPIN variables is 88"), "{says}");
        assert!(says.contains("has 11 as the spins, and 14 with spin 1 for bit 1"), "{says}");
        let scaled = [(1, 22.0), (2, 28.0), (3, 30.0)].map(|(x, energy)| Sample {
            bits: Bits::from_u64(x, 2),
            energy,
            occurrences: 1,
        });
        let scaled = SampleSet::from_samples(2, scaled, SampleInfo::default()).unwrap();
        let says = told(Variables::Binary, scaled, &model).unwrap_err().to_string();
        assert!(says.contains("has 14 as a QUBO's bits, and 11 with x for the spin"), "{says}");
        let huge = SampleSet::from_samples(
            2,
            [f64::MAX, -f64::MAX].map(|energy| Sample {
                bits: Bits::zeros(2),
                energy,
                occurrences: 1,
            }),
            SampleInfo::default(),
        );
        assert!(told(Variables::Spin, huge.unwrap(), &model).is_err());
        let none = rows(&model, &[], 0.0);
        assert!(told(Variables::Binary, none, &model).unwrap().is_empty());
    }
}

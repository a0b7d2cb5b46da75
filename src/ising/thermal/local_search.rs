//! Greedy descent from random starts.

use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::walk::{Found, Walk, bits_of};
use crate::math::{Bits, Domain, Streams};

/// The random numbers of the searches of this room; start k has stream k.
pub(super) const DOMAIN: Domain = Domain::Heuristic;

/// First-improvement descent: the spins in order, over and over, each flipped if that lowers the
/// energy, until none does; then from a new random start, while the budget lasts.
///
/// One evaluation is one energy asked for: that of each start, and the difference of each flip
/// looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalSearch {
    evaluations: u64,
    seed: u64,
}

impl LocalSearch {
    /// A search of at most this many evaluations, seed 0.
    pub fn new(evaluations: u64) -> Self {
        LocalSearch { evaluations, seed: 0 }
    }

    /// Sets the seed.
    pub fn seed(self, seed: u64) -> Self {
        LocalSearch { seed, ..self }
    }

    /// Searches from random starts until the budget is spent.
    ///
    /// # Errors
    /// If the budget is 0.
    pub fn run(&self, model: &Ising) -> Result<Found> {
        let mut left = check_budget(self.evaluations)?;
        let streams = Streams::new(self.seed, DOMAIN);
        let (mut best, mut starts) = (None::<(f64, Bits)>, 0);
        while left > 0 {
            let mut walk = Walk::random(model, &mut streams.stream(starts));
            (starts, left) = (starts + 1, left - 1);
            descend(&mut walk, &mut left);
            if best.as_ref().is_none_or(|(lowest, _)| walk.energy() < *lowest) {
                best = Some((walk.energy(), walk.bits()));
            }
            if model.num_spins() == 0 {
                break;
            }
        }
        let bits = best.map_or_else(|| Bits::zeros(model.num_spins()), |(_, bits)| bits);
        let evaluations = self.evaluations - left;
        Ok(Found { energy: model.energy(&bits), bits, evaluations, starts })
    }

    /// Descends from `bits` to a configuration that no single flip improves, or to the end of the
    /// budget. No random numbers are used.
    ///
    /// # Errors
    /// If the budget is 0, or the number of bits is not that of spins.
    pub fn descend(&self, model: &Ising, bits: &Bits) -> Result<Found> {
        model.check_bits(bits)?;
        let mut left = check_budget(self.evaluations)? - 1;
        let mut walk = Walk::new(model, bits);
        descend(&mut walk, &mut left);
        let bits = bits_of(walk.spins());
        let evaluations = self.evaluations - left;
        Ok(Found { energy: model.energy(&bits), bits, evaluations, starts: 0 })
    }
}

pub(super) fn check_budget(evaluations: u64) -> Result<u64> {
    if evaluations > 0 {
        return Ok(evaluations);
    }
    Err(Error::Invalid {
        what: "the number of evaluations".into(),
        value: "0".into(),
        expected: "a search needs at least one".into(),
    })
}

fn descend(walk: &mut Walk<'_>, left: &mut u64) {
    let n = walk.spins().len();
    // Rounding must not make a flip and its reverse both look like improvements.
    let enough = -1e-12 * walk.energy().abs().max(1e-300);
    let (mut i, mut unimproved) = (0, 0);
    while unimproved < n && *left > 0 {
        *left -= 1;
        if walk.delta(i) < enough {
            walk.flip(i);
            unimproved = 0;
        } else {
            unimproved += 1;
        }
        i = (i + 1) % n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::any_ising;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ends_where_no_flip_helps(model in any_ising(8), start in 0u64..256) {
            let found = LocalSearch::new(100_000).descend(&model, &Bits::from_u64(start, 8)).unwrap();
            prop_assert!((0..8).all(|i| model.energy_delta(&found.bits, i) > -1e-9));
            prop_assert!(found.energy <= model.energy(&Bits::from_u64(start, 8)) + 1e-12);
            // Eight looks that find nothing, one energy, and at most 100000.
            prop_assert!((9..100_000).contains(&found.evaluations));
        }

        #[test]
        fn restarts_find_the_ground_state_of_small_models(model in any_ising(6)) {
            let found = LocalSearch::new(5000).seed(3).run(&model).unwrap();
            prop_assert!((found.energy - model.ground_state().unwrap().energy).abs() < 1e-9);
            prop_assert!(found.evaluations == 5000 && found.starts > 50);
            prop_assert_eq!(&found, &LocalSearch::new(5000).seed(3).run(&model).unwrap());
        }
    }

    #[test]
    fn keeps_the_budget() {
        let model = Ising::new(vec![1.0; 10], [], 0.0);
        assert_eq!(LocalSearch::new(4).run(&model).unwrap().evaluations, 4);
        assert!(LocalSearch::new(0).run(&model).is_err());
        let empty = LocalSearch::new(9).run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!((empty.energy, empty.evaluations), (2.0, 1));
    }
}

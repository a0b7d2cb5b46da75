//! Families of a population: who descends from whom.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How the members of a population are spread over the families of its founders (Wang, Machta and
/// Katzgraber, Phys. Rev. E 92, 063307 (2015), eqs. (11) and (12)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Families {
    /// Families that have a member.
    pub surviving: u64,
    /// ρ_t = R Σ f² of the shares f of R members: the mean size of the family of a member.
    pub mean_square_size: f64,
    /// ρ_s = R / exp(-Σ f ln f).
    pub entropic_size: f64,
}

impl Families {
    /// Of the founder of each member, of whom there is at least one.
    pub fn of(founders: &[u32]) -> Self {
        let mut sizes: HashMap<u32, u64> = HashMap::new();
        founders.iter().for_each(|&founder| *sizes.entry(founder).or_default() += 1);
        // Summed in an order that does not change from run to run.
        let mut sizes: Vec<u64> = sizes.into_values().collect();
        sizes.sort_unstable();
        let members = founders.len() as f64;
        let shares = || sizes.iter().map(|&size| size as f64 / members);
        let entropy: f64 = -shares().map(|f| f * f.ln()).sum::<f64>();
        Families {
            surviving: sizes.len() as u64,
            mean_square_size: members * shares().map(|f| f * f).sum::<f64>(),
            entropic_size: members / entropy.exp(),
        }
    }
}

/// Who is the parent of each member of the next population, as large as this one, in their order: systematic
/// resampling (Kitagawa, J. Comput. Graph. Stat. 5, 1 (1996)). A member with the share w of all weights
/// has R w children, rounded down or up, and R w in the mean over the `offset`, uniform in [0, 1).
pub(super) fn parents(weights: &[f64], offset: f64) -> Vec<u32> {
    let total: f64 = weights.iter().sum();
    let step = total / weights.len() as f64;
    let mut parents = Vec::with_capacity(weights.len());
    let mut sum = 0.0;
    for (parent, weight) in weights.iter().enumerate() {
        sum += weight;
        while parents.len() < weights.len() && (parents.len() as f64 + offset) * step < sum {
            parents.push(parent as u32);
        }
    }
    // Rounding may leave the last place to the last who weighs anything.
    let last = weights.iter().rposition(|&weight| weight > 0.0).unwrap_or(0);
    parents.resize(weights.len(), last as u32);
    parents
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_of_families() {
        let all = Families::of(&[0, 1, 2, 3]);
        assert_eq!((all.surviving, all.mean_square_size), (4, 1.0));
        assert!((all.entropic_size - 1.0).abs() < 1e-15);
        let one = Families::of(&[7; 5]);
        assert_eq!((one.surviving, one.mean_square_size, one.entropic_size), (1, 5.0, 5.0));
        // Shares 3/4 and 1/4: 4 (9 + 1)/16, and 4 / exp of ln 4 - (3/4) ln 3.
        let two = Families::of(&[1, 1, 2, 1]);
        assert_eq!((two.surviving, two.mean_square_size), (2, 2.5));
        assert!((two.entropic_size - 3f64.powf(0.75)).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn children_are_rounded_shares(
            weights in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1.0], 1..60),
            offset in 0.0..1.0,
        ) {
            let total: f64 = weights.iter().sum();
            prop_assume!(total > 0.0);
            let parents = parents(&weights, offset);
            prop_assert!(parents.is_sorted() && parents.len() == weights.len());
            for (k, weight) in weights.iter().enumerate() {
                let children = parents.iter().filter(|&&parent| parent == k as u32).count() as f64;
                let share = weights.len() as f64 * weight / total;
                prop_assert!((children - share).abs() < 1.0 + 1e-9, "{} {}", children, share);
            }
        }
    }

    #[test]
    fn the_mean_number_of_children_is_the_share() {
        let weights = [0.1, 0.25, 0.0, 1.3, 0.35];
        let mut children = [0.0; 5];
        for k in 0..10_000 {
            for parent in parents(&weights, (f64::from(k) + 0.5) / 10_000.0) {
                children[parent as usize] += 1e-4;
            }
        }
        for (children, weight) in children.iter().zip(weights) {
            assert!((children - 5.0 * weight / 2.0).abs() < 2e-4);
        }
    }
}

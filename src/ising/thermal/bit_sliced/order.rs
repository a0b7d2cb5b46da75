//! The order in which a sweep looks at spins.

use crate::ising::{Ising, coloring};

/// Generators of a word, and what the number of places of a class is a multiple of.
pub(super) const SLOTS: usize = 8;

/// The spins class by class, none of a class coupled to another of it; behind each class `None` up to a
/// multiple of [`SLOTS`]. Neighbours in the order have about as many inputs.
pub(super) fn places(model: &Ising) -> Vec<Option<u32>> {
    let mut places = Vec::new();
    for class in coloring::classes(model) {
        places.extend(class.into_iter().map(Some));
        places.resize(places.len().next_multiple_of(SLOTS), None);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::every_ising;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_spin_has_a_place_apart_from_its_neighbours(model in every_ising()) {
            let places = places(&model);
            let mut spins: Vec<u32> = places.iter().flatten().copied().collect();
            spins.sort_unstable();
            prop_assert!(spins.into_iter().eq(0..model.num_spins() as u32));
            prop_assert_eq!(places.len() % SLOTS, 0);
            for block in places.chunks(SLOTS) {
                for (i, j) in block.iter().flatten().flat_map(|i| block.iter().flatten().map(move |j| (i, j))) {
                    let coupled = model.neighbours(*i as usize).iter().any(|&(k, w)| k == *j as usize && w != 0.0);
                    prop_assert!(!coupled);
                }
            }
        }
    }
}

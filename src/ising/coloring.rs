//! Spins that do not feel one another.

use super::Ising;
use std::cmp::Reverse;

/// The spins in classes, none of a class coupled to another of it: those of the greedy coloring by falling
/// number of neighbours (Welsh and Powell, Comput. J. 10, 85 (1967)), in that order within a class.
///
/// Sweeps go class by class. In the order of their numbers, spins along a chain would pass a domain wall
/// on from one to the next, and a sweep would move it back and forth instead of letting it wander.
pub(super) fn classes(model: &Ising) -> Vec<Vec<u32>> {
    let n = model.num_spins();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| Reverse(model.neighbours(i).len()));
    let mut color = vec![u32::MAX; n];
    // The last spin that could not have a color.
    let mut taken: Vec<usize> = Vec::new();
    for &i in &order {
        for &(j, w) in model.neighbours(i) {
            if let Some(last) = taken.get_mut(color[j] as usize).filter(|_| w != 0.0) {
                *last = i;
            }
        }
        let free = taken.iter().position(|&last| last != i).unwrap_or(taken.len());
        if free == taken.len() {
            taken.push(usize::MAX);
        }
        color[i] = free as u32;
    }
    let mut classes = vec![Vec::new(); taken.len()];
    for &i in &order {
        classes[color[i] as usize].push(i as u32);
    }
    classes
}

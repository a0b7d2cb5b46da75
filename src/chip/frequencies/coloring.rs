//! Colours of qubits such that those near each other differ.

use crate::chip::Lattice;
use std::collections::VecDeque;

/// Colours 0 and 1 such that linked nodes differ, if there are such; node 0 of each component has 0.
pub(super) fn two_colors(links: &[Vec<usize>]) -> Option<Vec<usize>> {
    const NONE: usize = usize::MAX;
    let mut colors = vec![NONE; links.len()];
    for start in 0..links.len() {
        if colors[start] != NONE {
            continue;
        }
        colors[start] = 0;
        let mut next = vec![start];
        while let Some(q) = next.pop() {
            for &other in &links[q] {
                if colors[other] == NONE {
                    colors[other] = 1 - colors[q];
                    next.push(other);
                } else if colors[other] == colors[q] {
                    return None;
                }
            }
        }
    }
    Some(colors)
}

/// The qubits in the order of their distance from one, along couplings.
pub(super) fn breadth_first(lattice: &Lattice, start: usize) -> Vec<usize> {
    let mut seen = vec![false; lattice.num_qubits()];
    let (mut order, mut queue) = (vec![], VecDeque::from([start]));
    seen[start] = true;
    while let Some(q) = queue.pop_front() {
        order.push(q);
        for &other in lattice.neighbors(q) {
            if !std::mem::replace(&mut seen[other], true) {
                queue.push_back(other);
            }
        }
    }
    order
}

/// Few colours such that a qubit, its neighbours and theirs all differ (a colouring of the square of
/// the graph). The smallest free colour in the order of breadth, or diagonal stripes
/// (column + 2 row) mod k where the qubits are drawn in rows and columns: of a square lattice these are
/// the fewest that there can be, 5.
pub(super) fn distinct_neighbors(lattice: &Lattice) -> Vec<usize> {
    let orders = [breadth_first(lattice, 0), (0..lattice.num_qubits()).collect()];
    let found = orders.iter().map(|order| greedy(lattice, order)).chain(stripes(lattice));
    found.min_by_key(|colors| colors.iter().max().copied()).unwrap_or_default()
}

fn greedy(lattice: &Lattice, order: &[usize]) -> Vec<usize> {
    let mut colors = vec![None; lattice.num_qubits()];
    for &q in order {
        let near = lattice.neighbors(q).iter();
        let near = near.flat_map(|&a| {
            lattice.neighbors(a).iter().chain([a].iter()).copied().collect::<Vec<_>>()
        });
        let taken: Vec<usize> = near.filter_map(|other| colors[other]).collect();
        colors[q] = (0..).find(|color| !taken.contains(color));
    }
    colors.into_iter().flatten().collect()
}

fn stripes(lattice: &Lattice) -> Option<Vec<usize>> {
    let places = lattice.places();
    let whole = |x: f64| (x == x.round() && (0.0..1e6).contains(&x)).then_some(x as usize);
    let places: Option<Vec<_>> =
        places.iter().map(|&(x, y)| Some((whole(x)?, whole(y)?))).collect();
    let places = places?;
    let stripes = |k: usize| places.iter().map(|(x, y)| (x + 2 * y) % k).collect::<Vec<_>>();
    (1..=8).map(stripes).find(|colors| is_distinct(lattice, colors))
}

/// Whether all neighbours of each qubit differ, from it and from each other.
fn is_distinct(lattice: &Lattice, colors: &[usize]) -> bool {
    (0..lattice.num_qubits()).all(|q| {
        let mut near: Vec<usize> = lattice.neighbors(q).iter().map(|&a| colors[a]).collect();
        near.push(colors[q]);
        near.sort_unstable();
        near.windows(2).all(|pair| pair[0] != pair[1])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_neighbours_differ_by_few_colours() {
        for (name, colors) in [
            ("line1", 1),
            ("line2", 2),
            ("line9", 3),
            ("ring6", 3),
            ("ring5", 5),
            ("ring7", 4),
            ("grid6x7", 5),
            ("grid2x9", 4),
            ("falcon27", 5),
        ] {
            let lattice = Lattice::named(name).unwrap();
            let found = distinct_neighbors(&lattice);
            assert!(is_distinct(&lattice, &found), "{name}");
            assert_eq!(found.iter().max().unwrap() + 1, colors, "{name}");
        }
        // Without places too.
        let star = Lattice::new("star", 5, &[(0, 1), (0, 2), (0, 3), (0, 4)]).unwrap();
        assert!(is_distinct(&star, &distinct_neighbors(&star)));
    }

    #[test]
    fn odd_circles_have_no_two_colours() {
        let links = |lattice: &Lattice| -> Vec<Vec<usize>> {
            (0..lattice.num_qubits()).map(|q| lattice.neighbors(q).to_vec()).collect()
        };
        assert_eq!(two_colors(&links(&Lattice::ring(4).unwrap())), Some(vec![0, 1, 0, 1]));
        assert_eq!(two_colors(&links(&Lattice::ring(5).unwrap())), None);
    }
}

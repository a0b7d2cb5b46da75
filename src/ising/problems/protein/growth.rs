//! Good folds by growing many at once.

use super::grid::{Grid, Site, contacts, distance, is_even};

/// Folds that are kept at each length.
const BEAM: usize = 64;

/// A fold with many contacts: chains grow bead by bead, the ones with the most contacts are kept, and the
/// best is compared with the chain that fills the rectangle row by row.
pub(super) fn grown(hydrophobic: &[bool], grid: Grid) -> Vec<Site> {
    let n = hydrophobic.len();
    let rows = grid.sites().map(|(x, y)| if y % 2 == 0 { (x, y) } else { (grid.width - 1 - x, y) });
    let mut best: Vec<Site> = rows.take(n).collect();
    let mut most = contacts(hydrophobic, &best).len();
    let starts = grid.sites().filter(|&site| is_even(site));
    let mut beam: Vec<(usize, Vec<Site>)> = starts.map(|site| (0, vec![site])).collect();
    for bead in 1..n {
        let mut longer = Vec::new();
        for (found, path) in &beam {
            for site in grid.neighbours(path[bead - 1]).filter(|site| !path.contains(site)) {
                let touches =
                    |&&(f, other): &&(usize, Site)| hydrophobic[f] && distance(other, site) == 1;
                let before: Vec<(usize, Site)> =
                    path[..bead - 1].iter().copied().enumerate().collect();
                let added = match hydrophobic[bead] {
                    true => before.iter().filter(touches).count(),
                    false => 0,
                };
                let mut path = path.clone();
                path.push(site);
                longer.push((found + added, path));
            }
        }
        // Stable: of equal ones the first stay.
        longer.sort_by_key(|&(found, _)| std::cmp::Reverse(found));
        longer.truncate(BEAM);
        beam = longer;
    }
    for (found, path) in beam {
        if found > most {
            (most, best) = (found, path);
        }
    }
    best
}

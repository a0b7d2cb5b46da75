//! Truncation by the number of terms.

use super::blocks::{Blocks, pack_blocks};
use super::dropped::{Dropped, Floor};
use super::packed::{Mask, Tag, Term, order};
use std::cmp::Ordering;

/// Keeps so many terms, those with the largest coefficients, of equal ones those that come first in
/// the order of strings, and protected ones whatever they have. Returns the size of the least that
/// was kept for its size, 0 if nothing had to go.
pub(super) fn keep_largest<const W: usize, T: Tag>(
    blocks: &mut Blocks<W, T>,
    most: usize,
    protected: &[(Mask<W>, Mask<W>)],
    floor: Floor,
    dropped: &mut Dropped,
) -> f64 {
    let total: usize = blocks.iter().map(Vec::len).sum();
    if total <= most {
        return 0.0;
    }
    let is_protected = |term: &Term<W, T>| {
        !protected.is_empty() && protected.binary_search(&(term.x, term.z)).is_ok()
    };
    // Sizes that are not negative are ordered as their bits are.
    let free = blocks.iter().flatten().filter(|term| !is_protected(term));
    let mut sizes: Vec<u64> = free.map(|term| term.c.abs().to_bits()).collect();
    let kept = most.saturating_sub(total - sizes.len());
    if kept >= sizes.len() {
        return 0.0;
    }
    let least = match kept.checked_sub(1) {
        Some(last) => *sizes.select_nth_unstable_by(last, |a, b| b.cmp(a)).1,
        None => u64::MAX,
    };
    let above = sizes.iter().filter(|&&size| size > least).count();
    let equal = sizes.iter().filter(|&&size| size == least).count();
    drop(sizes);
    let mut last_tie = None;
    if above + equal > kept {
        let ties = blocks.iter().flatten();
        let ties = ties.filter(|t| t.c.abs().to_bits() == least && !is_protected(t));
        let mut ties: Vec<(Mask<W>, Mask<W>)> = ties.map(|term| (term.x, term.z)).collect();
        let (_, last, _) =
            ties.select_nth_unstable_by(kept - above - 1, |a, b| order((&a.0, &a.1), (&b.0, &b.1)));
        last_tie = Some(*last);
    }
    for block in blocks.iter_mut() {
        block.retain(|term| {
            let keep = match term.c.abs().to_bits().cmp(&least) {
                Ordering::Greater => true,
                Ordering::Equal => last_tie.is_none_or(|last| {
                    order((&term.x, &term.z), (&last.0, &last.1)) != Ordering::Greater
                }),
                Ordering::Less => false,
            } || is_protected(term);
            if !keep {
                dropped.small(term.c, Floor { coefficient: 0.0, ..floor });
            }
            keep
        });
    }
    pack_blocks(blocks);
    if least == u64::MAX { f64::INFINITY } else { f64::from_bits(least) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(x: u64, c: f64) -> Term<1, ()> {
        Term { x: [x], z: [0], c, tag: () }
    }

    #[test]
    fn the_largest_stay_and_of_equal_ones_the_first() {
        let terms = vec![term(1, 0.5), term(2, -0.5), term(3, 0.5), term(4, 2.0), term(8, 0.1)];
        let mut blocks = vec![terms[..2].to_vec(), terms[2..].to_vec()];
        let mut dropped = Dropped::default();
        // X0 < X0 X1 < X1
        let least = keep_largest(&mut blocks, 3, &[], Floor::default(), &mut dropped);
        let kept: Vec<u64> = blocks.iter().flatten().map(|t| t.x[0]).collect();
        assert_eq!((least, kept), (0.5, vec![1, 3, 4]));
        assert_eq!((dropped.sum, dropped.terms), (0.6, 2));
        let mut blocks = vec![terms.clone()];
        keep_largest(&mut blocks, 2, &[([8], [0])], Floor::default(), &mut dropped);
        assert_eq!(blocks.iter().flatten().map(|t| t.x[0]).collect::<Vec<_>>(), [4, 8]);
        let mut blocks = vec![terms];
        keep_largest(&mut blocks, 1, &[([1], [0]), ([8], [0])], Floor::default(), &mut dropped);
        assert_eq!(blocks.iter().flatten().map(|t| t.x[0]).collect::<Vec<_>>(), [1, 8]);
    }
}

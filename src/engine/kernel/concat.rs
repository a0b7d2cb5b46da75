//! Lists that threads made, as one.

use super::buffer::advise_huge_pages;
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// The parts one after the other.
pub(crate) fn concat<R: Copy + Send + Sync>(parts: &[Vec<R>], parallel: bool) -> Vec<R> {
    let len = parts.iter().map(Vec::len).sum();
    let mut all: Vec<R> = Vec::with_capacity(len);
    let mut spare = &mut all.spare_capacity_mut()[..len];
    advise_huge_pages(spare.as_mut_ptr().cast(), size_of_val(spare));
    let places = parts.iter().map(|part| {
        let (place, rest) = std::mem::take(&mut spare).split_at_mut(part.len());
        spare = rest;
        (part, place)
    });
    let copy = |(part, place): (&Vec<R>, &mut [MaybeUninit<R>])| {
        // SAFETY: the place has the part's length, and is nobody else's.
        unsafe { part.as_ptr().copy_to_nonoverlapping(place.as_mut_ptr().cast(), part.len()) };
    };
    if parallel {
        places.collect::<Vec<_>>().into_par_iter().for_each(copy);
    } else {
        places.for_each(copy);
    }
    // SAFETY: the parts fill `len` items, and all were copied.
    unsafe { all.set_len(len) };
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order() {
        let parts = [vec![1, 2], vec![], vec![3], vec![4, 5, 6]];
        for parallel in [false, true] {
            assert_eq!(concat(&parts, parallel), [1, 2, 3, 4, 5, 6]);
        }
        assert!(concat::<u8>(&[], false).is_empty());
    }
}

//! Lists that threads make in parts, as one.

use super::buffer::advise_huge_pages;
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// Parts of these lengths one after the other, in an empty list with room for them: `items(number)`
/// gives those of a part, and must give as many as it has.
pub(crate) fn collect_parts<R: Copy + Send, I: Iterator<Item = R>>(
    mut all: Vec<R>,
    lens: &[usize],
    parallel: bool,
    items: impl Fn(usize) -> I + Sync,
) -> Vec<R> {
    let len = lens.iter().sum();
    assert!(all.is_empty(), "the list has items already");
    all.reserve_exact(len);
    let mut spare = &mut all.spare_capacity_mut()[..len];
    advise_huge_pages(spare.as_mut_ptr().cast(), size_of_val(spare));
    let places = lens.iter().enumerate().map(|(number, len)| {
        let (place, rest) = std::mem::take(&mut spare).split_at_mut(*len);
        spare = rest;
        (number, place)
    });
    let write = |(number, place): (usize, &mut [MaybeUninit<R>])| {
        let mut slots = place.iter_mut();
        items(number).for_each(|item| {
            slots.next().expect("a part has room for its items").write(item);
        });
        assert!(slots.next().is_none(), "a part has as many items as it said");
    };
    if parallel {
        places.collect::<Vec<_>>().into_par_iter().for_each(write);
    } else {
        places.for_each(write);
    }
    // SAFETY: the parts fill `len` items, and every one was written, or `write` panicked.
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
            let all =
                collect_parts(Vec::new(), &[2, 0, 1, 3], parallel, |k| parts[k].iter().copied());
            assert_eq!(all, [1, 2, 3, 4, 5, 6]);
        }
        assert!(collect_parts(Vec::new(), &[], false, |_| [0].into_iter()).is_empty());
    }
}

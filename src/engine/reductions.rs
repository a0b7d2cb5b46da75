//! Sums of fixed shape, in double precision: blocks in order, then pairwise. The same bits at any
//! number of threads.

use super::index_map::BLOCK;
use super::kernel::{self, Isa, Real, is_large};
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

/// Collects `of(block)` for all blocks, in order; threads take at least `at_least` at a time.
pub(super) fn blocks<R: Send>(
    num_blocks: usize,
    large: bool,
    at_least: usize,
    of: impl Fn(usize) -> R + Sync + Send,
) -> Vec<R> {
    if large {
        (0..num_blocks).into_par_iter().with_min_len(at_least).map(of).collect()
    } else {
        (0..num_blocks).map(of).collect()
    }
}

/// Pairwise sum.
pub(super) fn pairwise<S: Copy + std::ops::Add<Output = S>>(values: &[S], zero: S) -> S {
    match values {
        [] => zero,
        [one] => *one,
        _ => {
            let (a, b) = values.split_at(values.len() / 2);
            pairwise(a, zero) + pairwise(b, zero)
        }
    }
}

/// |a|².
#[inline(always)]
pub(super) fn square<T: Real>(a: Complex<T>) -> f64 {
    let (re, im) = (a.re.to_f64(), a.im.to_f64());
    re * re + im * im
}

/// The same number in double precision.
#[inline(always)]
pub(super) fn double<T: Real>(a: Complex<T>) -> Complex64 {
    Complex64::new(a.re.to_f64(), a.im.to_f64())
}

/// The sum of `of(indices)` over the blocks of the indices below `len`; `T` is what there is of each.
pub(super) fn sum<T, S>(
    len: usize,
    zero: S,
    of: impl Fn(std::ops::Range<usize>) -> S + Sync + Send,
) -> S
where
    S: Copy + Send + std::ops::Add<Output = S>,
{
    let num_blocks = len.div_ceil(BLOCK);
    let block = |block: usize| of(block * BLOCK..len.min((block + 1) * BLOCK));
    if num_blocks == 1 {
        return block(0);
    }
    pairwise(&blocks(num_blocks, is_large::<T>(len), 8, block), zero)
}

/// Sum of |a|².
pub(super) fn norm<T: Real>(isa: Isa, amplitudes: &[Complex<T>]) -> f64 {
    sum::<Complex<T>, _>(amplitudes.len(), 0.0, |block| kernel::norm(isa, &amplitudes[block]))
}

/// Sum of |a_i|² over all i with `i & mask == value`. The number of amplitudes is a power of two.
pub(super) fn norm_where<T: Real>(
    isa: Isa,
    amplitudes: &[Complex<T>],
    mask: usize,
    value: usize,
) -> f64 {
    if amplitudes.len() < 8 {
        let selected = amplitudes.iter().enumerate().filter(|(i, _)| i & mask == value);
        return selected.map(|(_, a)| square(*a)).sum();
    }
    sum::<Complex<T>, _>(amplitudes.len(), 0.0, |block| {
        if (block.start ^ value) & mask & !(BLOCK - 1) != 0 {
            0.0
        } else {
            kernel::norm_where(isa, &amplitudes[block], mask & (BLOCK - 1), value)
        }
    })
}

/// Σ conj(a_i) b_i.
pub(super) fn inner_product<T: Real>(isa: Isa, a: &[Complex<T>], b: &[Complex<T>]) -> Complex64 {
    sum::<Complex<T>, _>(a.len(), Complex64::new(0.0, 0.0), |block| {
        let [re, im] = kernel::inner_product(isa, &a[block.clone()], &b[block]);
        Complex64::new(re, im)
    })
}

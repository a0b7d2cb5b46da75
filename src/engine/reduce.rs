//! Sums of fixed shape, in double precision: blocks in order, then pairwise. The same bits at any
//! number of threads.

use super::index_map::BLOCK;
use super::kernel::{Real, is_large};
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

/// Sum of |a|² over a slice, in eight lanes.
#[inline]
pub(super) fn norm_of<T: Real>(amplitudes: &[Complex<T>]) -> f64 {
    let mut lanes = [0.0; 8];
    let mut chunks = amplitudes.chunks_exact(4);
    for chunk in &mut chunks {
        for k in 0..4 {
            let (re, im) = (chunk[k].re.to_f64(), chunk[k].im.to_f64());
            lanes[2 * k] += re * re;
            lanes[2 * k + 1] += im * im;
        }
    }
    for (k, a) in chunks.remainder().iter().enumerate() {
        lanes[2 * k] += square(*a);
    }
    pairwise(&lanes, 0.0)
}

/// |a|².
#[inline(always)]
pub(super) fn square<T: Real>(a: Complex<T>) -> f64 {
    let (re, im) = (a.re.to_f64(), a.im.to_f64());
    re * re + im * im
}

/// Sum of |a_i|² over all i with `i & mask == value`.
pub(super) fn norm<T: Real>(amplitudes: &[Complex<T>], mask: usize, value: usize) -> f64 {
    let of = |block: usize| {
        let first = block * BLOCK;
        let amplitudes = &amplitudes[first..amplitudes.len().min(first + BLOCK)];
        if (first ^ value) & mask & !(BLOCK - 1) != 0 {
            0.0
        } else if mask & (BLOCK - 1) == 0 {
            norm_of(amplitudes)
        } else {
            // In runs of the length of the lowest bit of the mask, all or nothing is selected.
            let run = 1 << mask.trailing_zeros();
            let selected = amplitudes
                .chunks(run)
                .enumerate()
                .filter(|(k, _)| ((k * run) ^ value) & mask & (BLOCK - 1) == 0);
            let mut lanes = [0.0; 8];
            for (k, (_, chunk)) in selected.enumerate() {
                if run >= 4 {
                    lanes[k % 8] += norm_of(chunk);
                } else {
                    lanes[k % 8] += chunk.iter().map(|a| square(*a)).sum::<f64>();
                }
            }
            pairwise(&lanes, 0.0)
        }
    };
    let num_blocks = amplitudes.len().div_ceil(BLOCK);
    if num_blocks == 1 {
        return of(0);
    }
    pairwise(&blocks(num_blocks, is_large::<Complex<T>>(amplitudes.len()), 4, of), 0.0)
}

/// Σ conj(a_i) b_i.
pub(super) fn inner_product<T: Real>(a: &[Complex<T>], b: &[Complex<T>]) -> Complex64 {
    let of = |block: usize| {
        let range = block * BLOCK..a.len().min((block + 1) * BLOCK);
        let (mut re, mut im) = ([0.0; 4], [0.0; 4]);
        for (i, (a, b)) in a[range.clone()].iter().zip(&b[range]).enumerate() {
            let (a, b) = (double(*a), double(*b));
            re[i % 4] += a.re * b.re + a.im * b.im;
            im[i % 4] += a.re * b.im - a.im * b.re;
        }
        Complex64::new(pairwise(&re, 0.0), pairwise(&im, 0.0))
    };
    let num_blocks = a.len().div_ceil(BLOCK);
    if num_blocks == 1 {
        return of(0);
    }
    let sums = blocks(num_blocks, is_large::<Complex<T>>(a.len()), 4, of);
    pairwise(&sums, Complex64::new(0.0, 0.0))
}

/// The same number in double precision.
#[inline(always)]
pub(super) fn double<T: Real>(a: Complex<T>) -> Complex64 {
    Complex64::new(a.re.to_f64(), a.im.to_f64())
}

//! Sums over amplitudes in order, in double precision.

use super::isa::instantiate;
use super::octet::Octet;
use super::vector::prefetch;
use super::{Isa, Real, Vector};
use num_complex::Complex;

/// How many amplitudes ahead a sum asks for memory.
const AHEAD: usize = 256;

/// Σ |a|².
#[inline]
pub(crate) fn norm<T: Real>(isa: Isa, amplitudes: &[Complex<T>]) -> f64 {
    let mut sum = 0.0;
    norm_of::<T>(isa, amplitudes, &mut sum);
    sum
}

/// Σ |a_i|² over the i with `i & mask == value`. At least eight amplitudes.
#[inline]
pub(crate) fn norm_where<T: Real>(
    isa: Isa,
    amplitudes: &[Complex<T>],
    mask: usize,
    value: usize,
) -> f64 {
    assert!(amplitudes.len().is_multiple_of(8));
    let mut sum = 0.0;
    norm_where_of::<T>(isa, amplitudes, mask, value, &mut sum);
    sum
}

/// Σ conj(a_i) b_i, for two slices of one length.
#[inline]
pub(crate) fn inner_product<T: Real>(isa: Isa, a: &[Complex<T>], b: &[Complex<T>]) -> [f64; 2] {
    assert_eq!(a.len(), b.len());
    let mut sums = [0.0; 2];
    inner_product_of::<T>(isa, a, b, &mut sums);
    sums
}

/// Σ c_i |a_i|², for two slices of one length.
#[inline]
pub(crate) fn weighted<T: Real>(isa: Isa, amplitudes: &[Complex<T>], weights: &[f64]) -> f64 {
    assert_eq!(amplitudes.len(), weights.len());
    let mut sum = 0.0;
    weighted_of::<T>(isa, amplitudes, weights, &mut sum);
    sum
}

/// |a|² of each amplitude, for two slices of one length; returns the largest.
#[inline]
pub(crate) fn squares<T: Real>(isa: Isa, amplitudes: &[Complex<T>], out: &mut [f64]) -> f64 {
    assert_eq!(amplitudes.len(), out.len());
    let mut most = 0.0;
    squares_of::<T>(isa, amplitudes, out, &mut most);
    most
}

/// Sums away the bits of an index that are not in `keep`; what is left is at the beginning, its
/// number is returned. The number of values is a power of two.
#[inline]
pub(crate) fn fold(isa: Isa, values: &mut [f64], keep: usize) -> usize {
    assert!(values.len().is_power_of_two());
    let mut len = 0;
    fold_of::<f64>(isa, values, keep, &mut len);
    len
}

instantiate! { norm_of = norm_generic(amplitudes: &[Complex<T>], sum: &mut f64) }

instantiate! {
    norm_where_of = norm_where_generic(
        amplitudes: &[Complex<T>], mask: usize, value: usize, sum: &mut f64,
    )
}

instantiate! {
    inner_product_of = inner_product_generic(
        a: &[Complex<T>], b: &[Complex<T>], sums: &mut [f64; 2],
    )
}

instantiate! {
    weighted_of = weighted_generic(amplitudes: &[Complex<T>], weights: &[f64], sum: &mut f64)
}

instantiate! {
    squares_of = squares_generic(amplitudes: &[Complex<T>], out: &mut [f64], most: &mut f64)
}

instantiate! { fold_of = fold_generic(values: &mut [f64], keep: usize, len: &mut usize) }

/// |a|² of eight amplitudes; not fused, so that it has the bits of a single one's.
#[inline(always)]
unsafe fn square<V: Vector>(from: *const Complex<V::Real>) -> V::Octet {
    let [re, im] = V::split(from);
    re.mul(re).add(im.mul(im))
}

/// |a|².
#[inline(always)]
fn square_of<T: Real>(a: Complex<T>) -> f64 {
    let (re, im) = (a.re.to_f64(), a.im.to_f64());
    re * re + im * im
}

/// Asks for the lines of eight amplitudes that come later.
#[inline(always)]
unsafe fn ask<V: Vector>(at: *const Complex<V::Real>) {
    let ahead = at.wrapping_add(AHEAD);
    prefetch::<V>(ahead);
    if size_of::<Complex<V::Real>>() > 8 {
        prefetch::<V>(ahead.wrapping_add(4));
    }
}

#[inline(always)]
unsafe fn norm_generic<V: Vector>(amplitudes: &[Complex<V::Real>], sum: &mut f64) {
    let zero = V::Octet::splat(0.0);
    let mut sums = [zero; 4];
    let at = amplitudes.as_ptr();
    let whole = amplitudes.len() / 8;
    for k in 0..whole / 2 {
        let at = at.add(16 * k);
        ask::<V>(at);
        ask::<V>(at.add(8));
        let ([a, b], [c, d]) = (V::split(at), V::split(at.add(8)));
        sums = [
            a.mul_add(a, sums[0]),
            b.mul_add(b, sums[1]),
            c.mul_add(c, sums[2]),
            d.mul_add(d, sums[3]),
        ];
    }
    if whole % 2 == 1 {
        sums[0] = sums[0].add(square::<V>(at.add(8 * (whole - 1))));
    }
    *sum = sums[0].add(sums[1]).add(sums[2].add(sums[3])).sum();
    for a in &amplitudes[8 * whole..] {
        *sum += square_of(*a);
    }
}

#[inline(always)]
unsafe fn norm_where_generic<V: Vector>(
    amplitudes: &[Complex<V::Real>],
    mask: usize,
    value: usize,
    sum: &mut f64,
) {
    let mut lanes = [0.0; 8];
    for (i, lane) in lanes.iter_mut().enumerate() {
        *lane = f64::from(u8::from((i ^ value) & mask & 7 == 0));
    }
    let mut total = V::Octet::splat(0.0);
    for i in (0..amplitudes.len()).step_by(8) {
        if (i ^ value) & mask & !7 == 0 {
            let at = amplitudes.as_ptr().add(i);
            ask::<V>(at);
            total = total.add(square::<V>(at));
        }
    }
    *sum = total.mul(V::Octet::load(lanes.as_ptr())).sum();
}

#[inline(always)]
unsafe fn inner_product_generic<V: Vector>(
    a: &[Complex<V::Real>],
    b: &[Complex<V::Real>],
    sums: &mut [f64; 2],
) {
    let zero = V::Octet::splat(0.0);
    let mut totals = [zero; 4];
    let whole = a.len() / 8;
    for k in 0..whole {
        let (a, b) = (a.as_ptr().add(8 * k), b.as_ptr().add(8 * k));
        ask::<V>(a);
        ask::<V>(b);
        let ([a, c], [b, d]) = (V::split(a), V::split(b));
        // (a - ic)(b + id)
        totals = [
            a.mul_add(b, totals[0]),
            c.mul_add(d, totals[1]),
            a.mul_add(d, totals[2]),
            c.mul_add(b, totals[3]),
        ];
    }
    *sums = [totals[0].add(totals[1]).sum(), totals[2].sub(totals[3]).sum()];
    for (a, b) in a[8 * whole..].iter().zip(&b[8 * whole..]) {
        let ((a, c), (b, d)) = ((a.re, a.im), (b.re, b.im));
        let [a, b, c, d] = [a.to_f64(), b.to_f64(), c.to_f64(), d.to_f64()];
        sums[0] += a * b + c * d;
        sums[1] += a * d - c * b;
    }
}

#[inline(always)]
unsafe fn weighted_generic<V: Vector>(
    amplitudes: &[Complex<V::Real>],
    weights: &[f64],
    sum: &mut f64,
) {
    let mut totals = [V::Octet::splat(0.0); 2];
    let whole = amplitudes.len() / 8;
    for k in 0..whole {
        let (at, weights) = (amplitudes.as_ptr().add(8 * k), weights.as_ptr().add(8 * k));
        ask::<V>(at);
        prefetch::<V>(weights.wrapping_add(2 * AHEAD).cast());
        let weight = V::Octet::load(weights);
        let [re, im] = V::split(at);
        totals = [re.mul(re).mul_add(weight, totals[0]), im.mul(im).mul_add(weight, totals[1])];
    }
    *sum = totals[0].add(totals[1]).sum();
    for (a, weight) in amplitudes[8 * whole..].iter().zip(&weights[8 * whole..]) {
        *sum += weight * square_of(*a);
    }
}

#[inline(always)]
unsafe fn squares_generic<V: Vector>(
    amplitudes: &[Complex<V::Real>],
    out: &mut [f64],
    most: &mut f64,
) {
    let whole = amplitudes.len() / 8;
    let mut largest = V::Octet::splat(0.0);
    for k in 0..whole {
        let at = amplitudes.as_ptr().add(8 * k);
        ask::<V>(at);
        let squares = square::<V>(at);
        squares.store(out.as_mut_ptr().add(8 * k));
        largest = largest.max(squares);
    }
    let mut lanes = [0.0; 8];
    largest.store(lanes.as_mut_ptr());
    *most = lanes.into_iter().fold(0.0, f64::max);
    for (a, out) in amplitudes[8 * whole..].iter().zip(&mut out[8 * whole..]) {
        *out = square_of(*a);
        *most = most.max(*out);
    }
}

#[inline(always)]
unsafe fn fold_generic<V: Vector>(values: &mut [f64], keep: usize, len: &mut usize) {
    *len = values.len();
    for bit in (0..values.len().ilog2()).rev() {
        if keep >> bit & 1 == 1 {
            continue;
        }
        let half = 1usize << bit;
        // What is written lies before what is still to be read.
        let (mut to, mut from) = (values.as_mut_ptr(), values.as_ptr());
        for _ in 0..*len / (2 * half) {
            if half >= 8 {
                for i in (0..half).step_by(8) {
                    let (a, b) = (V::Octet::load(from.add(i)), V::Octet::load(from.add(half + i)));
                    a.add(b).store(to.add(i));
                }
            } else {
                for i in 0..half {
                    *to.add(i) = *from.add(i) + *from.add(half + i);
                }
            }
            (to, from) = (to.add(half), from.add(2 * half));
        }
        *len /= 2;
    }
}

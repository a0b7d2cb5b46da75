//! The inner loops of expectations, on one block of amplitudes. Plain loops, shaped so that the
//! compiler vectorizes them; nothing is contracted or reordered, so every instruction set gives the
//! same bits.

use super::isa::instantiate;
use super::{Isa, Real, Vector};
use num_complex::Complex;

/// `out[i]` = Re(conj(b) a), or -Im(conj(b) a) if `imaginary`, for a = `here[i]` and
/// b = `there[i ^ x]`. All three have the same length, a power of two above x.
#[inline]
pub(crate) fn products<T: Real>(
    isa: Isa,
    here: &[Complex<T>],
    there: &[Complex<T>],
    x: usize,
    imaginary: bool,
    out: &mut [f64],
) {
    assert!(here.len() == there.len() && here.len() == out.len() && x < out.len());
    products_of(isa, here, there, x, imaginary, out);
}

/// Walsh-Hadamard transform in place: out[z] = Σ_i (-1)^{|z & i|} in[i].
#[inline]
pub(crate) fn transform(isa: Isa, values: &mut [f64]) {
    transform_of::<f64>(isa, values);
}

/// Σ_i (-1)^{|z & i|} values[i].
#[inline]
pub(crate) fn signed_sum(isa: Isa, values: &[f64], z: usize) -> f64 {
    let mut sum = 0.0;
    signed_sum_of::<f64>(isa, values, z, &mut sum);
    sum
}

instantiate! {
    products_of = products_generic(
        here: &[Complex<T>], there: &[Complex<T>], x: usize, imaginary: bool, out: &mut [f64],
    )
}

instantiate! {
    transform_of = transform_generic(values: &mut [f64])
}

instantiate! {
    signed_sum_of = signed_sum_generic(values: &[f64], z: usize, sum: &mut f64)
}

#[inline(always)]
unsafe fn products_generic<V: Vector>(
    here: &[Complex<V::Real>],
    there: &[Complex<V::Real>],
    x: usize,
    imaginary: bool,
    out: &mut [f64],
) {
    let real = |a: Complex<V::Real>, b: Complex<V::Real>| {
        a.re.to_f64() * b.re.to_f64() + a.im.to_f64() * b.im.to_f64()
    };
    let minus_imaginary = |a: Complex<V::Real>, b: Complex<V::Real>| {
        a.re.to_f64() * b.im.to_f64() - a.im.to_f64() * b.re.to_f64()
    };
    // In runs of the length of the lowest bit of x the partners are consecutive too.
    let run = if x == 0 { here.len() } else { 1 << x.trailing_zeros() };
    if run >= 8 {
        for (k, (out, here)) in out.chunks_mut(run).zip(here.chunks(run)).enumerate() {
            let there = &there[(k * run) ^ x..][..run];
            let triples = out.iter_mut().zip(here).zip(there);
            if imaginary {
                triples.for_each(|((out, a), b)| *out = minus_imaginary(*a, *b));
            } else {
                triples.for_each(|((out, a), b)| *out = real(*a, *b));
            }
        }
    } else {
        for (i, (out, a)) in out.iter_mut().zip(here).enumerate() {
            let b = there[i ^ x];
            *out = if imaginary { minus_imaginary(*a, b) } else { real(*a, b) };
        }
    }
}

#[inline(always)]
unsafe fn transform_generic<V: Vector>(values: &mut [f64]) {
    let mut half = 1;
    if values.len() >= 8 {
        // The first three stages in registers.
        for v in values.chunks_exact_mut(8) {
            let [a, b, c, d, e, f, g, h] = [v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]];
            let [a, b, c, d] = [a + b, a - b, c + d, c - d];
            let [e, f, g, h] = [e + f, e - f, g + h, g - h];
            let [a, b, c, d] = [a + c, b + d, a - c, b - d];
            let [e, f, g, h] = [e + g, f + h, e - g, f - h];
            v.copy_from_slice(&[a + e, b + f, c + g, d + h, a - e, b - f, c - g, d - h]);
        }
        half = 8;
    }
    while half < values.len() {
        for pair in values.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

#[inline(always)]
unsafe fn signed_sum_generic<V: Vector>(values: &[f64], z: usize, sum: &mut f64) {
    let sign = |bits: usize| if bits.count_ones() % 2 == 1 { -1.0 } else { 1.0 };
    // Within eight consecutive values the pattern of signs is the same up to one sign.
    let mut lanes = [0.0; 8];
    let mut chunks = values.chunks_exact(8);
    for (k, chunk) in (&mut chunks).enumerate() {
        let sign = sign((8 * k) & z);
        for i in 0..8 {
            lanes[i] += sign * chunk[i];
        }
    }
    for (i, v) in chunks.remainder().iter().enumerate() {
        lanes[i] += v;
    }
    for (i, lane) in lanes.iter_mut().enumerate() {
        *lane *= sign(i & z);
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    *sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
}

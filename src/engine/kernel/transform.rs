//! The Walsh-Hadamard transform. Plain loops, shaped so that the compiler vectorizes them.

use super::isa::instantiate;
use super::{Isa, Vector};

/// Walsh-Hadamard transform in place: out[z] = Σ_i (-1)^{|z & i|} in[i].
#[inline]
pub(crate) fn transform(isa: Isa, values: &mut [f64]) {
    transform_of::<f64>(isa, values);
}

instantiate! {
    transform_of = transform_generic(values: &mut [f64])
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

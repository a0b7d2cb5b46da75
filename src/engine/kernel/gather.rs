//! Copies of tiles: real parts and imaginary parts, in double precision.

use super::isa::instantiate;
use super::octet::Octet;
use super::vector::prefetch;
use super::walk::deposit;
use super::{Isa, Real, Vector};
use num_complex::Complex;

/// How many octets ahead a copy asks for.
const AHEAD: usize = 16;

/// Copies a tile: amplitude t of it is the one at `base` ^ (the xor of the `vectors` at the bits of
/// t). The first vectors are the lowest bits, three of them or all of a small state; `base` and the
/// vectors are below the length of the amplitudes. Up to seven amplitudes are followed by zeros.
pub(crate) fn gather<T: Real>(
    isa: Isa,
    amplitudes: &[Complex<T>],
    base: usize,
    vectors: &[usize],
    re: &mut [f64],
    im: &mut [f64],
) {
    let len = 1usize << vectors.len();
    assert!(base < amplitudes.len() && vectors.iter().all(|v| *v < amplitudes.len()));
    assert!(amplitudes.len().is_power_of_two());
    assert!(re.len() == len.max(8) && im.len() == re.len());
    if len < 8 {
        re.fill(0.0);
        im.fill(0.0);
        for (t, (re, im)) in re.iter_mut().zip(im).enumerate().take(len) {
            let a = amplitudes[base ^ t];
            (*re, *im) = (a.re.to_f64(), a.im.to_f64());
        }
        return;
    }
    assert!(base & 7 == 0 && vectors[..3] == [1, 2, 4] && vectors[3..].iter().all(|v| v & 7 == 0));
    gather_of::<T>(isa, amplitudes, base, vectors, re, im);
}

instantiate! {
    gather_of = gather_generic(
        amplitudes: &[Complex<T>],
        base: usize,
        vectors: &[usize],
        re: &mut [f64],
        im: &mut [f64],
    )
}

#[inline(always)]
unsafe fn gather_generic<V: Vector>(
    amplitudes: &[Complex<V::Real>],
    base: usize,
    vectors: &[usize],
    re: &mut [f64],
    im: &mut [f64],
) {
    let steps = Steps::new(&vectors[3..]);
    let (mut place, re, im) = (base, re.as_mut_ptr(), im.as_mut_ptr());
    // The octets some way ahead. Lines of far rows share few places in a cache, so that it must be a
    // short way.
    let mut later = base;
    for octet in 0..AHEAD {
        later ^= steps.after(octet);
    }
    for octet in 0..1usize << (vectors.len() - 3) {
        let at = amplitudes.as_ptr().wrapping_add(later);
        prefetch::<V>(at);
        if size_of::<Complex<V::Real>>() > 8 {
            prefetch::<V>(at.wrapping_add(4));
        }
        later ^= steps.after(AHEAD + octet);
        let [a, b] = V::split(amplitudes.as_ptr().add(place));
        a.store(re.add(8 * octet));
        b.store(im.add(8 * octet));
        place ^= steps.after(octet);
    }
}

/// Copies a small state in another order: amplitude t of the copy is the one at `base` ^ (the xor of
/// the `vectors` at the bits of t).
pub(crate) fn gather_all<T: Real>(
    amplitudes: &[Complex<T>],
    base: usize,
    vectors: &[usize],
    re: &mut [f64],
    im: &mut [f64],
) {
    let len = 1usize << vectors.len();
    let steps = Steps::new(vectors);
    re[len..].fill(0.0);
    im[len..].fill(0.0);
    let mut place = base;
    for (t, (re, im)) in re.iter_mut().zip(im).enumerate().take(len) {
        let a = amplitudes[place];
        (*re, *im) = (a.re.to_f64(), a.im.to_f64());
        place ^= steps.after(t);
    }
}

/// What the next number adds: the bits that change from t to t + 1 are the lowest.
struct Steps([usize; 64]);

impl Steps {
    #[inline(always)]
    fn new(vectors: &[usize]) -> Self {
        let mut steps = [0; 64];
        let mut sum = 0;
        for (step, vector) in steps.iter_mut().zip(vectors) {
            sum ^= vector;
            *step = sum;
        }
        Steps(steps)
    }

    #[inline(always)]
    fn after(&self, t: usize) -> usize {
        self.0[(t + 1).trailing_zeros() as usize & 63]
    }
}

/// The index of a tile's first amplitude: the bits of `number` at the places that are not `pivots`.
pub(crate) fn base(number: usize, pivots: usize) -> usize {
    deposit(number, pivots)
}

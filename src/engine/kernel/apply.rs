//! Adding strings times a block of amplitudes to a block in double precision. Plain loops, which
//! compilers vectorize for each instruction set.

use super::isa::instantiate;
use super::octet::parity_sign;
use super::{Real, Vector};
use num_complex::{Complex, Complex64};

instantiate! {
    /// `out[i ^ x] += c (-1)^{|z & i|} a[i]` for all i of a block.
    pub(crate) add_real = add_real_generic(
        out: &mut [Complex64], a: &[Complex<T>], x: usize, z: usize, c: f64,
    )
}

instantiate! {
    /// `out[i ^ x] += i c (-1)^{|z & i|} a[i]` for all i of a block.
    pub(crate) add_imaginary = add_imaginary_generic(
        out: &mut [Complex64], a: &[Complex<T>], x: usize, z: usize, c: f64,
    )
}

instantiate! {
    /// `out[i ^ x] += (re[i] + i im[i]) a[i]` for all i of a block.
    pub(crate) add_diagonal = add_diagonal_generic(
        out: &mut [Complex64], a: &[Complex<T>], x: usize, re: &[f64], im: &[f64],
    )
}

#[inline(always)]
unsafe fn add_real_generic<V: Vector>(
    out: &mut [Complex64],
    a: &[Complex<V::Real>],
    x: usize,
    z: usize,
    c: f64,
) {
    add(out, a, x, z, c, |out, c, a| {
        out.re += c * a.re.to_f64();
        out.im += c * a.im.to_f64();
    });
}

#[inline(always)]
unsafe fn add_imaginary_generic<V: Vector>(
    out: &mut [Complex64],
    a: &[Complex<V::Real>],
    x: usize,
    z: usize,
    c: f64,
) {
    add(out, a, x, z, c, |out, c, a| {
        out.re -= c * a.im.to_f64();
        out.im += c * a.re.to_f64();
    });
}

/// Eight at a time; what is exchanged within eight, one by one.
#[inline(always)]
fn add<T: Real>(
    out: &mut [Complex64],
    a: &[Complex<T>],
    x: usize,
    z: usize,
    c: f64,
    one: impl Fn(&mut Complex64, f64, Complex<T>),
) {
    if out.len() < 8 {
        for (i, &a) in a.iter().enumerate() {
            one(&mut out[i ^ x], c * parity_sign(z & i), a);
        }
        return;
    }
    let signs: [f64; 8] = std::array::from_fn(|lane| c * parity_sign(z & lane));
    let (out, _) = out.as_chunks_mut::<8>();
    let (a, _) = a.as_chunks::<8>();
    for (octet, a) in a.iter().enumerate() {
        let sign = parity_sign(z >> 3 & octet);
        let out = &mut out[octet ^ x >> 3];
        if x & 7 == 0 {
            for lane in 0..8 {
                one(&mut out[lane], sign * signs[lane], a[lane]);
            }
        } else {
            for lane in 0..8 {
                one(&mut out[lane ^ x & 7], sign * signs[lane], a[lane]);
            }
        }
    }
}

#[inline(always)]
unsafe fn add_diagonal_generic<V: Vector>(
    out: &mut [Complex64],
    a: &[Complex<V::Real>],
    x: usize,
    re: &[f64],
    im: &[f64],
) {
    for (i, ((a, re), im)) in a.iter().zip(re).zip(im).enumerate() {
        let (x_part, y_part) = (a.re.to_f64(), a.im.to_f64());
        let out = &mut out[i ^ x];
        out.re += re * x_part - im * y_part;
        out.im += re * y_part + im * x_part;
    }
}

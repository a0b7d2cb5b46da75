//! A 2×2 unitary as diagonal · scaled real rotation · diagonal.

use super::factor::Matrix2;
use num_complex::Complex64;

const ONE: Complex64 = Complex64::ONE;

/// Whether a matrix is unitary to rounding.
pub(super) fn is_unitary([a, b, c, d]: &Matrix2) -> bool {
    let tolerance = 4e-15;
    (a.norm_sqr() + c.norm_sqr() - 1.0).abs() < tolerance
        && (b.norm_sqr() + d.norm_sqr() - 1.0).abs() < tolerance
        && (a.conj() * b + c.conj() * d).norm() < tolerance
}

/// The parts of a unitary:
///
/// ```text
/// scale · diag(1, after) · [[p, -q], [q, p]] · diag(1, before),    turn = p + iq
/// ```
///
/// where the larger of |p| and |q| is 1, so that the rotation is one multiplication and one
/// addition a number and grows no vector by more than √2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    pub turn: Complex64,
    pub scale: Complex64,
    pub before: Complex64,
    pub after: Complex64,
}

/// cos + i sin as p + iq and what it was divided by.
#[inline]
pub(super) fn scaled(c: Complex64) -> (Complex64, f64) {
    if c.re.abs() >= c.im.abs() {
        (Complex64::new(1.0, c.im / c.re), c.re)
    } else {
        (Complex64::new(c.re / c.im, 1.0), c.im)
    }
}

/// Splits a unitary.
pub(super) fn split(&[a, b, c, d]: &Matrix2) -> Split {
    let length = |z: Complex64| {
        // Exact where a part is zero, which keeps the phases of common gates exact.
        if z.re == 0.0 || z.im == 0.0 { z.re.abs() + z.im.abs() } else { z.norm_sqr().sqrt() }
    };
    // |a| = |d| = cos, |b| = |c| = sin; the phases of the larger two are sure, and one of the others.
    let (cos, sin) = (length(a), length(c));
    let phase = |z: Complex64| match length(z) {
        0.0 => ONE,
        r => z / r,
    };
    let (x, y) = (phase(a), phase(-b));
    let z = if cos >= sin { phase(d) * y.conj() } else { phase(c) * x.conj() };
    let (before, after) = (snap(y * x.conj()), snap(z));
    // Both diagonals may change their sign, with the cosine: that of a real rotation is none.
    let better = (before == -ONE && after != ONE) || (after == -ONE && before != ONE);
    let sign = if better { -1.0 } else { 1.0 };
    let (turn, divisor) = scaled(Complex64::new(sign * cos, sin));
    Split { turn, scale: x * sign * divisor, before: before * sign, after: snap(after * sign) }
}

/// A phase that is 1 or -1 to rounding is that.
fn snap(z: Complex64) -> Complex64 {
    let near = Complex64::from(z.re.signum());
    if (z - near).norm_sqr() < 1e-31 { near } else { z }
}

#[cfg(test)]
mod tests {
    use super::super::factor::multiply;
    use super::*;

    #[test]
    fn a_unitary_is_the_product_of_its_parts() {
        let zero = Complex64::ZERO;
        for (k, theta) in
            [0.0, 1e-18, 1e-9, 0.3, 1.0, std::f64::consts::FRAC_PI_2, 1.6, 3.1, 7.0, 1e-300]
                .into_iter()
                .enumerate()
        {
            let e = |x: f64| Complex64::cis(x * (k as f64 + 0.1));
            let (s, c) = f64::sin_cos(theta);
            let m = [e(0.3) * c, -e(0.8) * s, e(1.3) * s, e(1.8) * c];
            assert!(is_unitary(&m));
            let parts = split(&m);
            let (p, q): (Complex64, Complex64) = (parts.turn.re.into(), parts.turn.im.into());
            assert_eq!(p.norm().max(q.norm()), 1.0);
            let product = multiply(&[p, -q, q, p], &[ONE, zero, zero, parts.before]);
            let product = multiply(&[ONE, zero, zero, parts.after], &product);
            for (a, b) in m.iter().zip(product) {
                assert!((a - b * parts.scale).norm() < 1e-15, "{theta}: {m:?} {product:?}");
            }
        }
        assert!(!is_unitary(&[ONE, zero, zero, zero]));
    }
}

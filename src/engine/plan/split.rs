//! A 2×2 unitary as diagonal · scaled real rotation · diagonal.

use super::factor::Matrix2;
use num_complex::Complex64;

const ONE: Complex64 = Complex64::new(1.0, 0.0);

/// Number of values of a split matrix; see [`split`].
pub(super) const SPLIT: usize = 5;

/// The largest tangent of a rotation that leaves its cosine to the diagonal before it. The diagonal
/// of a tile holds one cosine a bit, and all of them together must not underflow.
const LARGEST_TANGENT: f64 = 4.0;

/// Whether a matrix is unitary to rounding.
pub(super) fn is_unitary([a, b, c, d]: &Matrix2) -> bool {
    let tolerance = 4e-15;
    (a.norm_sqr() + c.norm_sqr() - 1.0).abs() < tolerance
        && (b.norm_sqr() + d.norm_sqr() - 1.0).abs() < tolerance
        && (a.conj() * b + c.conj() * d).norm() < tolerance
}

/// [p + iq, x, y, 1, z] such that the unitary m is
///
/// ```text
/// diag(1, z) · [[p, -q], [q, p]] · diag(x, y)
/// ```
///
/// where p = 1 if it can be: then the cosine is in x and y.
pub(super) fn split(&[a, b, c, d]: &Matrix2) -> [Complex64; SPLIT] {
    // |a| = |d| = cos, |b| = |c| = sin; the phases of the larger two are sure, and one of the others.
    let (cos, sin) = (a.norm(), c.norm());
    let phase = |z: Complex64| if z == Complex64::ZERO { ONE } else { z / z.norm() };
    let (x, y) = (phase(a), phase(-b));
    let z = if cos >= sin { phase(d) * y.conj() } else { phase(c) * x.conj() };
    if sin <= LARGEST_TANGENT * cos {
        [Complex64::new(1.0, sin / cos), x * cos, y * cos, ONE, z]
    } else {
        [Complex64::new(cos, sin), x, y, ONE, z]
    }
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
            let [turn, x, y, one, z] = split(&m);
            let (p, q): (Complex64, Complex64) = (turn.re.into(), turn.im.into());
            let product = multiply(&[p, -q, q, p], &[x, zero, zero, y]);
            let product = multiply(&[one, zero, zero, z], &product);
            for (a, b) in m.iter().zip(product) {
                assert!((a - b).norm() < 1e-15, "{theta}: {m:?} {product:?}");
            }
        }
        assert!(!is_unitary(&[ONE, zero, zero, zero]));
    }
}

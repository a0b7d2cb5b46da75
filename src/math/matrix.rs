//! Small dense complex matrices: unitarity, equality up to a global phase, embedding.

use nalgebra::DMatrix;
use num_complex::Complex64;

/// Largest entry of |U†U - 1|; infinite for a matrix that is not square or not finite.
pub fn unitarity_deviation(u: &DMatrix<Complex64>) -> f64 {
    if u.nrows() != u.ncols() || u.iter().any(|z| !z.re.is_finite() || !z.im.is_finite()) {
        return f64::INFINITY;
    }
    let product = u.adjoint() * u;
    let identity = DMatrix::<Complex64>::identity(u.nrows(), u.ncols());
    (product - identity).iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// The phase φ that minimizes ‖a - e^{iφ} b‖ over all entries, as the unit number e^{iφ}; 1 where
/// the two are orthogonal.
pub fn relative_phase<'a>(
    a: impl IntoIterator<Item = &'a Complex64>,
    b: impl IntoIterator<Item = &'a Complex64>,
) -> Complex64 {
    let overlap: Complex64 = a.into_iter().zip(b).map(|(x, y)| x * y.conj()).sum();
    if overlap.norm() > 0.0 { overlap / overlap.norm() } else { Complex64::new(1.0, 0.0) }
}

/// Largest entry of |a - e^{iφ} b| with the best φ.
pub fn distance_up_to_phase(a: &[Complex64], b: &[Complex64]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let phase = relative_phase(a, b);
    a.iter().zip(b).map(|(x, y)| (x - phase * y).norm()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let c = Complex64::new;
        let x = DMatrix::from_row_slice(2, 2, &[c(0., 0.), c(1., 0.), c(1., 0.), c(0., 0.)]);
        assert_eq!(unitarity_deviation(&x), 0.0);
        assert!(unitarity_deviation(&(x.clone() * c(1.1, 0.0))) > 0.1);
        let turned = x.clone() * Complex64::from_polar(1.0, 0.7);
        assert!(distance_up_to_phase(x.as_slice(), turned.as_slice()) < 1e-15);
        let z = [c(1., 0.), c(0., 0.), c(0., 0.), c(-1., 0.)];
        assert!(distance_up_to_phase(x.as_slice(), &z) >= 1.0);
    }
}

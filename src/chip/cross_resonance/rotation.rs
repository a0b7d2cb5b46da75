//! Turns of one qubit, for the coherent error of a gate.

use std::ops::Mul;

/// A unitary w - i(x X + y Y + z Z) of one qubit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rotation {
    pub w: f64,
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

impl Rotation {
    /// exp(-iθ/2 (x X + z Z)) of angles θ·x and θ·z in rad.
    pub fn of_angles(x: f64, z: f64) -> Self {
        let angle = x.hypot(z);
        let (sin, w) = (0.5 * angle).sin_cos();
        let part = if angle > 0.0 { sin / angle } else { 0.5 };
        Rotation { w, x: part * x, y: 0.0, z: part * z }
    }

    /// Half of Tr(A†B), which is real.
    pub fn overlap(self, other: Self) -> f64 {
        self.w * other.w + self.x * other.x + self.y * other.y + self.z * other.z
    }
}

impl Mul for Rotation {
    type Output = Self;

    /// First `other`, then `self`.
    fn mul(self, other: Self) -> Self {
        let (a, b) = (self, other);
        Rotation {
            w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
            x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            y: a.w * b.y + a.y * b.w + a.z * b.x - a.x * b.z,
            z: a.w * b.z + a.z * b.w + a.x * b.y - a.y * b.x,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix2;
    use num_complex::Complex64;

    fn matrix(r: Rotation) -> Matrix2<Complex64> {
        let c = Complex64::new;
        Matrix2::new(c(r.w, -r.z), c(-r.y, -r.x), c(r.y, -r.x), c(r.w, r.z))
    }

    #[test]
    fn products_are_those_of_matrices() {
        let (a, b) = (Rotation::of_angles(0.7, -0.3), Rotation::of_angles(-1.1, 2.0));
        let product = matrix(a) * matrix(b);
        assert!((product - matrix(a * b)).norm() < 1e-14);
        let trace = (matrix(a * b).adjoint() * matrix(a)).trace();
        assert!((0.5 * trace - (a * b).overlap(a)).norm() < 1e-14);
        assert_eq!(Rotation::of_angles(0.0, 0.0).w, 1.0);
    }
}

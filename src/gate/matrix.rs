//! Matrices of gates, and the closed forms that the table's rows use.

use nalgebra::{DMatrix, Matrix2, Matrix4};
use num_complex::Complex64;

/// A gate's matrix: 2^k × 2^k with `targets[0]` as the least significant bit of an index.
#[derive(Debug, Clone, PartialEq)]
pub enum GateMatrix {
    /// No target: a global phase.
    Scalar(Complex64),
    /// One qubit.
    One(Matrix2<Complex64>),
    /// Two qubits.
    Two(Matrix4<Complex64>),
    /// More.
    Many(DMatrix<Complex64>),
}

impl GateMatrix {
    /// As one type for every size.
    pub fn to_dmatrix(&self) -> DMatrix<Complex64> {
        match self {
            GateMatrix::Scalar(z) => DMatrix::from_element(1, 1, *z),
            GateMatrix::One(m) => DMatrix::from_row_slice(2, 2, m.transpose().as_slice()),
            GateMatrix::Two(m) => DMatrix::from_row_slice(4, 4, m.transpose().as_slice()),
            GateMatrix::Many(m) => m.clone(),
        }
    }
}

const ZERO: Complex64 = Complex64::new(0.0, 0.0);
const ONE: Complex64 = Complex64::new(1.0, 0.0);
const I: Complex64 = Complex64::new(0.0, 1.0);

fn cis(angle: f64) -> Complex64 {
    Complex64::from_polar(1.0, angle)
}

fn one(m00: Complex64, m01: Complex64, m10: Complex64, m11: Complex64) -> GateMatrix {
    GateMatrix::One(Matrix2::new(m00, m01, m10, m11))
}

/// A matrix with one entry per column: basis state b goes to `entries[b].0` with factor `entries[b].1`.
fn monomial(entries: &[(usize, Complex64)]) -> GateMatrix {
    let mut m = DMatrix::zeros(entries.len(), entries.len());
    for (column, &(row, value)) in entries.iter().enumerate() {
        m[(row, column)] = value;
    }
    match entries.len() {
        4 => GateMatrix::Two(m.fixed_view::<4, 4>(0, 0).into_owned()),
        _ => GateMatrix::Many(m),
    }
}

pub(super) fn global_phase(a: &[f64]) -> GateMatrix {
    GateMatrix::Scalar(cis(a[0]))
}
pub(super) fn id(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, ONE)
}
pub(super) fn x(_: &[f64]) -> GateMatrix {
    one(ZERO, ONE, ONE, ZERO)
}
pub(super) fn y(_: &[f64]) -> GateMatrix {
    one(ZERO, -I, I, ZERO)
}
pub(super) fn z(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, -ONE)
}
pub(super) fn h(_: &[f64]) -> GateMatrix {
    let r = Complex64::from(std::f64::consts::FRAC_1_SQRT_2);
    one(r, r, r, -r)
}
pub(super) fn s(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, I)
}
pub(super) fn sdg(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, -I)
}
pub(super) fn t(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, cis(std::f64::consts::FRAC_PI_4))
}
pub(super) fn tdg(_: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, cis(-std::f64::consts::FRAC_PI_4))
}
pub(super) fn sx(_: &[f64]) -> GateMatrix {
    let (p, m) = (Complex64::new(0.5, 0.5), Complex64::new(0.5, -0.5));
    one(p, m, m, p)
}
pub(super) fn sxdg(_: &[f64]) -> GateMatrix {
    let (p, m) = (Complex64::new(0.5, 0.5), Complex64::new(0.5, -0.5));
    one(m, p, p, m)
}
pub(super) fn p(a: &[f64]) -> GateMatrix {
    one(ONE, ZERO, ZERO, cis(a[0]))
}
pub(super) fn rx(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    one(c.into(), -I * s, -I * s, c.into())
}
pub(super) fn ry(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    one(c.into(), (-s).into(), s.into(), c.into())
}
pub(super) fn rz(a: &[f64]) -> GateMatrix {
    one(cis(-a[0] / 2.0), ZERO, ZERO, cis(a[0] / 2.0))
}
pub(super) fn r(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    one(c.into(), -I * s * cis(-a[1]), -I * s * cis(a[1]), c.into())
}
/// e^{iγ}·P(φ)·RY(θ)·P(λ), with each phase by its own sine and cosine: the sum of two angles is
/// rounded, and a matrix with e^{i(φ+λ)} beside e^{iφ} and e^{iλ} is not unitary where it is large.
fn u_with_phase(theta: f64, phi: f64, lambda: f64, gamma: Complex64) -> GateMatrix {
    let (s, c) = (theta / 2.0).sin_cos();
    let (phi, lambda) = (cis(phi), cis(lambda) * gamma);
    one(c * gamma, -s * lambda, s * phi * gamma, c * phi * lambda)
}
/// RZ(φ)·RY(θ)·RZ(λ), likewise.
fn euler(theta: f64, phi: f64, lambda: f64) -> GateMatrix {
    let (s, c) = (theta / 2.0).sin_cos();
    let (phi, lambda) = (cis(phi / 2.0), cis(lambda / 2.0));
    let (same, opposite) = (phi * lambda, phi * lambda.conj());
    one(c * same.conj(), -s * opposite.conj(), s * opposite, c * same)
}
pub(super) fn u(a: &[f64]) -> GateMatrix {
    u_with_phase(a[0], a[1], a[2], ONE)
}
pub(super) fn phased_u(a: &[f64]) -> GateMatrix {
    u_with_phase(a[0], a[1], a[2], cis(a[3]))
}
pub(super) fn u2(a: &[f64]) -> GateMatrix {
    euler(std::f64::consts::FRAC_PI_2, a[0], a[1])
}
pub(super) fn u3(a: &[f64]) -> GateMatrix {
    euler(a[0], a[1], a[2])
}
pub(super) fn swap(_: &[f64]) -> GateMatrix {
    monomial(&[(0, ONE), (2, ONE), (1, ONE), (3, ONE)])
}
pub(super) fn iswap(_: &[f64]) -> GateMatrix {
    monomial(&[(0, ONE), (2, I), (1, I), (3, ONE)])
}
pub(super) fn iswapdg(_: &[f64]) -> GateMatrix {
    monomial(&[(0, ONE), (2, -I), (1, -I), (3, ONE)])
}
pub(super) fn ecr(_: &[f64]) -> GateMatrix {
    let r = Complex64::from(std::f64::consts::FRAC_1_SQRT_2);
    let i = I * std::f64::consts::FRAC_1_SQRT_2;
    GateMatrix::Two(Matrix4::new(
        ZERO, r, ZERO, i, //
        r, ZERO, -i, ZERO, //
        ZERO, i, ZERO, r, //
        -i, ZERO, r, ZERO,
    ))
}
pub(super) fn rxx(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    let (c, m) = (Complex64::from(c), -I * s);
    GateMatrix::Two(Matrix4::new(
        c, ZERO, ZERO, m, ZERO, c, m, ZERO, ZERO, m, c, ZERO, m, ZERO, ZERO, c,
    ))
}
pub(super) fn ryy(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    let (c, m) = (Complex64::from(c), -I * s);
    GateMatrix::Two(Matrix4::new(
        c, ZERO, ZERO, -m, ZERO, c, m, ZERO, ZERO, m, c, ZERO, -m, ZERO, ZERO, c,
    ))
}
pub(super) fn rzz(a: &[f64]) -> GateMatrix {
    let (even, odd) = (cis(-a[0] / 2.0), cis(a[0] / 2.0));
    monomial(&[(0, even), (1, odd), (2, odd), (3, even)])
}
pub(super) fn rzx(a: &[f64]) -> GateMatrix {
    let (s, c) = (a[0] / 2.0).sin_cos();
    let (c, m) = (Complex64::from(c), -I * s);
    GateMatrix::Two(Matrix4::new(
        c, ZERO, m, ZERO, ZERO, c, ZERO, -m, m, ZERO, c, ZERO, ZERO, -m, ZERO, c,
    ))
}
pub(super) fn fsim(a: &[f64]) -> GateMatrix {
    let (s, c) = a[0].sin_cos();
    let (c, m) = (Complex64::from(c), -I * s);
    GateMatrix::Two(Matrix4::new(
        ONE,
        ZERO,
        ZERO,
        ZERO, //
        ZERO,
        c,
        m,
        ZERO, //
        ZERO,
        m,
        c,
        ZERO, //
        ZERO,
        ZERO,
        ZERO,
        cis(-a[1]),
    ))
}
pub(super) fn rccx(_: &[f64]) -> GateMatrix {
    let mut entries: Vec<_> = (0..8).map(|b| (b, ONE)).collect();
    entries[5] = (5, -ONE);
    entries[3] = (7, I);
    entries[7] = (3, -I);
    monomial(&entries)
}
pub(super) fn rc3x(_: &[f64]) -> GateMatrix {
    let mut entries: Vec<_> = (0..16).map(|b| (b, ONE)).collect();
    entries[3] = (3, I);
    entries[11] = (11, -I);
    entries[7] = (15, -ONE);
    entries[15] = (7, ONE);
    monomial(&entries)
}

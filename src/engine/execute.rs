//! Actions on physical bits, by the kernel that fits.

use super::action::{Action, ControlMask, Kind, PauliMask, Scalar};
use super::kernel::{self, Buffer, Diagonal, Isa, Pair, Real};
use num_complex::Complex64;

const ONE: Complex64 = Complex64::new(1.0, 0.0);
const ZERO: Complex64 = Complex64::new(0.0, 0.0);

/// Applies an action on physical bits, with its angle or its Pauli string `negated`, whose angles
/// are in `slots`.
pub(super) fn execute<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    action: &Action,
    negated: bool,
    slots: &[f64],
) {
    let Action { kind, controls } = action;
    let controls = *controls;
    match kind {
        Kind::Phase(angle) => phase(isa, buffer, Complex64::cis(angle.value(slots)), controls),
        Kind::Pauli(p) => pauli(isa, buffer, *p, negated, controls),
        Kind::Rotation(p, angle) => {
            rotation(isa, buffer, *p, rotation_coefficient(*angle, negated, slots), controls);
        }
        Kind::Diagonal { targets, entries } => {
            kernel::table(isa, buffer, targets, entries, controls);
        }
        Kind::Dense1 { target, matrix } => {
            kernel::pair(isa, buffer, &Pair::dense1(*target, matrix, controls));
        }
        Kind::Dense { targets, matrix } => {
            kernel::dense(isa, buffer, targets, matrix, controls);
        }
        Kind::Swap(a, b) => kernel::pair(isa, buffer, &Pair::swap(*a, *b, controls)),
        Kind::Permutation { targets, table } => {
            kernel::permutation(isa, buffer, targets, table, controls);
        }
    }
}

/// cos θ/2 + i sin θ/2, which is all that a rotation needs to know of its angle.
pub(super) fn rotation_coefficient(angle: Scalar, negated: bool, slots: &[f64]) -> Complex64 {
    let theta = angle.value(slots);
    Complex64::cis(if negated { -0.5 * theta } else { 0.5 * theta })
}

/// Multiplies the selected amplitudes by `c`.
pub(super) fn phase<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    c: Complex64,
    controls: ControlMask,
) {
    kernel::diagonal(isa, buffer, &Diagonal::new(0, [c, c], controls));
}

/// P, or -P.
pub(super) fn pauli<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    p: PauliMask,
    negated: bool,
    controls: ControlMask,
) {
    let sign = if negated { -ONE } else { ONE };
    if p.x == 0 {
        kernel::diagonal(isa, buffer, &Diagonal::new(p.z, [sign, -sign], controls));
    } else {
        kernel::pair(isa, buffer, &Pair::pauli(ZERO, sign, p, controls));
    }
}

/// exp(-iθP/2) for `c` = cos θ/2 + i sin θ/2.
pub(super) fn rotation<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    p: PauliMask,
    c: Complex64,
    controls: ControlMask,
) {
    if p.x == 0 {
        kernel::diagonal(isa, buffer, &Diagonal::new(p.z, [c.conj(), c], controls));
    } else {
        let same = Complex64::new(c.re, 0.0);
        let other = Complex64::new(0.0, -c.im);
        kernel::pair(isa, buffer, &Pair::pauli(same, other, p, controls));
    }
}

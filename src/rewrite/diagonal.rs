//! Diagonals as products of phases or of Z rotations, phases exact.

use super::NOTHING;
use super::product::{Product, pattern};
use crate::gate::{GateOp, StdGate};
use num_complex::Complex64;

/// Most qubits of a diagonal or of an oracle |x⟩|y⟩ → |x⟩|y ⊕ f(x)⟩ that is written out.
pub(crate) const MAX_DIAGONAL_QUBITS: usize = 16;

/// A diagonal of 2^n phases. One with few entries other than 1 is a phase for each of them;
/// another is Z rotations, one a non-zero Walsh coefficient of the phases, in the order of a Gray
/// code so that consecutive parities differ by one CX (J. Welch et al., New J. Phys. 16, 033040
/// (2014)).
pub(crate) fn diagonal(entries: &[Complex64], num_controls: usize) -> Vec<GateOp> {
    let n = entries.len().trailing_zeros() as usize;
    let mut product = Product::new(num_controls);
    let phases: Vec<f64> = entries.iter().map(|z| z.arg()).collect();
    let marked: Vec<usize> = (0..phases.len()).filter(|&b| phases[b].abs() >= NOTHING).collect();
    // A phase under n controls is some 8 n² gates in OpenQASM 2.
    if marked.len() <= 1 || marked.len() * 8 * n * n < entries.len() {
        for b in marked {
            product.core(StdGate::GlobalPhase, [phases[b].into()], None, pattern(0..n, b));
        }
        return product.ops;
    }
    let phases = walsh_coefficients(entries);
    if phases[0].abs() >= NOTHING {
        product.core(StdGate::GlobalPhase, [phases[0].into()], None, []);
    }
    for top in 0..n {
        product.parities(StdGate::RZ, top, |below| {
            // exp(icZ…Z) is the rotation by -2c.
            let theta = -2.0 * phases[1 << top | below];
            (theta.abs() >= NOTHING).then(|| theta.into())
        });
    }
    product.ops
}

/// Of the phases φ_b of a diagonal, c_s = 2^-n Σ_b (-1)^{s·b} φ_b: it is Π_s exp(i c_s Z^s), Z^s the
/// Z on the bits of s.
pub(super) fn walsh_coefficients(entries: &[Complex64]) -> Vec<f64> {
    let mut values: Vec<f64> = entries.iter().map(|z| z.arg()).collect();
    let size = values.len();
    let mut half = 1;
    while half < size {
        for start in (0..size).step_by(2 * half) {
            for i in start..start + half {
                let (a, b) = (values[i], values[i + half]);
                (values[i], values[i + half]) = (a + b, a - b);
            }
        }
        half *= 2;
    }
    values.iter_mut().for_each(|v| *v /= size as f64);
    values
}

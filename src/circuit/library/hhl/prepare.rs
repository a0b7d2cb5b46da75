//! A vector as amplitudes.

use super::super::multiplexed::multiplex;
use super::super::sizes::check_num_gates;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::gate::StdGate;
use num_complex::Complex64;

/// From |0…0⟩ of n qubits the state Σ_i v_i |i⟩ / ‖v‖ of a vector of 2^n complex numbers, n at least
/// 1, its phase included. The tree of Möttönen, Vartiainen, Bergholm and Salomaa, quant-ph/0407010
/// (2004): a multiplexed RY on each qubit, n-1 first, for the norms, then, if numbers are complex, a
/// multiplexed RZ on each for their phases; signs of real numbers come with the last RY. That is at
/// most 2^n - 1 RY and 2^n - 2 CX for real numbers and twice as many for complex ones.
///
/// ```
/// use ketlab::{Simulator, circuit::library::try_amplitudes};
/// use num_complex::Complex64;
/// let v = [3.0, 0.0, -4.0, 0.0].map(Complex64::from);
/// let mut state = Simulator::new().state::<f64>(&try_amplitudes(&v)?)?;
/// assert!((state.amplitudes()[2] + 0.8).norm() < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the length is not 2^n with n from 1 to 24, a number is not finite, or all are zero.
pub fn try_amplitudes(vector: &[Complex64]) -> Result<Circuit> {
    let count = vector.len();
    if !count.is_power_of_two() || count < 2 {
        return Err(Error::Invalid {
            what: "the number of amplitudes".into(),
            value: count.to_string(),
            expected: "it must be a power of two, at least 2".into(),
        });
    }
    check_num_gates(count, 1)?;
    if let Some(z) = vector.iter().find(|z| !z.re.is_finite() || !z.im.is_finite()) {
        let value = if z.re.is_finite() { z.im } else { z.re };
        return Err(Error::NotFinite { what: "an amplitude".into(), value });
    }
    // In units of the largest, no square overflows.
    let largest = vector.iter().fold(0.0f64, |most, z| most.max(z.re.abs()).max(z.im.abs()));
    if largest == 0.0 {
        return Err(Error::Invalid {
            what: "a vector of amplitudes".into(),
            value: "zero".into(),
            expected: "it has no direction; give one that is not".into(),
        });
    }
    let is_real = vector.iter().all(|z| z.im == 0.0);
    let n = count.ilog2() as usize;
    let leaf = |z: &Complex64| if is_real { z.re / largest } else { (z / largest).norm() };
    let mut norms: Vec<Vec<f64>> = vec![vector.iter().map(leaf).collect()];
    for l in 0..n - 1 {
        norms.push(norms[l].chunks_exact(2).map(|pair| pair[0].hypot(pair[1])).collect());
    }
    let mut c = Circuit::new(n);
    for (target, level) in norms.iter().enumerate().rev() {
        let angles: Vec<f64> = level.chunks_exact(2).map(|p| 2.0 * p[1].atan2(p[0])).collect();
        let controls: Vec<usize> = (target + 1..n).collect();
        multiplex(&mut c, StdGate::RY, &angles, &controls, target)?;
    }
    if !is_real {
        let mut phases: Vec<f64> = vector.iter().map(|z| z.arg()).collect();
        for target in 0..n {
            let angles: Vec<f64> = phases.chunks_exact(2).map(|p| p[1] - p[0]).collect();
            let controls: Vec<usize> = (target + 1..n).collect();
            multiplex(&mut c, StdGate::RZ, &angles, &controls, target)?;
            phases = phases.chunks_exact(2).map(|p| (p[0] + p[1]) / 2.0).collect();
        }
        c.try_gphase(phases[0])?;
    }
    Ok(c)
}

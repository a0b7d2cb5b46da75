//! The exact law of HHL.

use super::clock::clock_probability;
use super::evolution::product_formula;
use super::spectrum::Spectrum;
use super::system::LinearSystem;
use crate::circuit::library::{Evolution, Hhl};
use crate::error::{Error, Result};
use crate::math::{Watch, map_in_order};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Bins between two looks at the watch.
const ROUND: usize = 1 << 14;

/// What comes out of HHL, without a circuit. In A's eigenbasis (that of the product formula, if the
/// evolution is one) the clock ends at k with the probability P_k of its window, and undoing the
/// estimation takes back what the rotation left: eigenvector j comes with Σ_k P_k f_k where the clock
/// is back at 0, and with the probability Σ_k P_k f_k² whatever the clock is; f_k is the amplitude of
/// success of bin k.
///
/// ```
/// use ketlab::advantage::linear_systems::{HhlLaw, LinearSystem};
/// use ketlab::circuit::library::Hhl;
/// let system = LinearSystem::toeplitz(1.5, 2.5, vec![1.0, -2.1, 3.2, -4.3])?;
/// let (least, _) = system.spectrum()?.magnitudes();
/// let law = HhlLaw::new(&Hhl::new(10, 6.0, least), &system)?;
/// assert!((law.norm() / system.rhs_norm() / 9.0942593367 - 1.0 + 0.038).abs() < 1e-3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HhlLaw {
    /// The probability that the flag is 1.
    pub success: f64,
    /// The probability that the flag is 1 and the clock 0 again.
    pub returned: f64,
    /// The amplitudes of the system where the flag is 1 and the clock 0: C/‖b‖ times x from
    /// [`LinearSystem::offset`] on, as far as the clock resolves eigenvalues.
    pub amplitudes: Vec<Complex64>,
    /// x of these amplitudes.
    pub x: Vec<Complex64>,
    /// ‖b‖/C.
    unit: f64,
}

impl HhlLaw {
    /// The law of these settings for this system.
    ///
    /// # Errors
    /// If the settings make no sense, A is singular, or eigenvalues are outside of the clock's grid; of
    /// a product formula, if the system is too large.
    pub fn new(hhl: &Hhl, system: &LinearSystem) -> Result<Self> {
        let spectrum = system.spectrum()?;
        Self::of_spectrum(hhl, system, &spectrum, &Watch::default())
    }

    /// The same where the spectrum is known already; ends early if it is cancelled.
    pub(super) fn of_spectrum(
        hhl: &Hhl,
        system: &LinearSystem,
        spectrum: &Spectrum,
        watch: &Watch,
    ) -> Result<Self> {
        check(hhl, spectrum)?;
        let evolved = evolved(hhl, system, spectrum)?;
        let (first, second) = moments(hhl, &evolved, watch)?;
        let weights = || evolved.coefficients.iter().map(|c| c.norm_sqr());
        let amplitudes = evolved.combined(&first);
        let unit = system.rhs_norm() / hhl.constant;
        let part = system.offset()..system.offset() + system.size();
        Ok(HhlLaw {
            success: weights().zip(&second).map(|(w, s)| w * s).sum(),
            returned: weights().zip(&first).map(|(w, f)| w * f * f).sum(),
            x: amplitudes[part].iter().map(|a| a * unit).collect(),
            amplitudes,
            unit,
        })
    }

    /// ‖x‖ by the probability of the flag: ‖b‖√p/C.
    pub fn norm(&self) -> f64 {
        self.success.sqrt() * self.unit
    }

    /// |Σ x_i / N|.
    pub fn mean(&self) -> f64 {
        self.x.iter().sum::<Complex64>().norm() / self.x.len() as f64
    }

    /// |⟨x|y⟩|² of the states of this x and another one.
    pub fn fidelity(&self, y: &[f64]) -> f64 {
        let overlap: Complex64 = self.x.iter().zip(y).map(|(x, y)| x * y).sum();
        let all: f64 =
            self.amplitudes.iter().map(|a| a.norm_sqr()).sum::<f64>() * self.unit.powi(2);
        overlap.norm_sqr() / (all * y.iter().map(|y| y * y).sum::<f64>())
    }
}

pub(super) fn check(hhl: &Hhl, spectrum: &Spectrum) -> Result<()> {
    hhl.check()?;
    let fold =
        |start: f64, f: fn(f64, f64) -> f64| spectrum.eigenvalues.iter().copied().fold(start, f);
    hhl.check_range(fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max))
}

/// The eigenbasis of what is applied.
pub(super) fn evolved(hhl: &Hhl, system: &LinearSystem, exact: &Spectrum) -> Result<Spectrum> {
    match hhl.evolution {
        Evolution::Exact => Ok(exact.clone()),
        Evolution::Trotter { order, steps } => {
            let unitary = product_formula(system, hhl.time, order, steps)?;
            Spectrum::of_unitary(&unitary, hhl.time, system.hermitian_rhs().as_slice())
        }
    }
}

/// Means of the amplitude of success and of its square over the bins of the clock, for each eigenvalue.
///
/// # Errors
/// If it is cancelled.
pub(super) fn moments(
    hhl: &Hhl,
    spectrum: &Spectrum,
    watch: &Watch,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let bins = hhl.bins();
    let amplitudes: Vec<f64> = (0..bins).map(|k| hhl.amplitude(hhl.eigenvalue(k))).collect();
    let moments = map_in_order(spectrum.eigenvalues.len(), |j| {
        let at = spectrum.eigenvalues[j] * hhl.time / TAU * bins as f64;
        let (mut first, mut second) = (0.0, 0.0);
        for (k, f) in amplitudes.iter().enumerate() {
            if k % ROUND == 0 && watch.is_cancelled() {
                return Err(Error::Interrupted);
            }
            if *f == 0.0 {
                continue;
            }
            let p = clock_probability(hhl.window, bins, at - k as f64);
            first += p * f;
            second += p * f * f;
        }
        Ok((first, second))
    })?;
    Ok(moments.into_iter().unzip())
}

#[cfg(test)]
mod tests;

//! Two qubits through a resonator.

use super::super::range::{finite, refused, within};
use crate::error::Result;

const FREQUENCY_GHZ: (f64, f64) = (1e-6, 1e3);

/// The exchange J = g₁g₂/2·(1/Δ₁ + 1/Δ₂) in MHz of two qubits at one resonator, Δ = f_qubit -
/// f_resonator (Majer et al., Nature 449, 443, 2007); it is negative where the resonator is above.
/// It holds where g is small beside Δ; couplings are in MHz, frequencies in GHz.
///
/// ```
/// use ketlab::chip::exchange_through_resonator_mhz;
/// let j = exchange_through_resonator_mhz([60.0, 60.0], [5.1, 5.0], 6.5)?;
/// assert!((j + 2.4857).abs() < 1e-4);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If a number is not finite or out of its range, or a qubit is nearer to the resonator than its
/// coupling, where there is no exchange of qubits.
pub fn exchange_through_resonator_mhz(
    g_mhz: [f64; 2],
    qubits_ghz: [f64; 2],
    resonator_ghz: f64,
) -> Result<f64> {
    within("the frequency of the resonator", resonator_ghz, FREQUENCY_GHZ, "GHz")?;
    let mut sum = 0.0;
    for (g, f) in g_mhz.into_iter().zip(qubits_ghz) {
        finite("the coupling g", g)?;
        within("the frequency of a qubit", f, FREQUENCY_GHZ, "GHz")?;
        let detuning = 1e3 * (f - resonator_ghz);
        if detuning.abs() <= g.abs() || detuning == 0.0 {
            let expected = format!("it must be beyond the coupling g, which is {g} MHz");
            let what = "the detuning of a qubit from the resonator";
            return Err(refused(what, detuning, "MHz", expected));
        }
        sum += 1.0 / detuning;
    }
    Ok(0.5 * g_mhz[0] * g_mhz[1] * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_through_a_resonator_is_that_of_the_coupled_modes() {
        // Three harmonic modes; half the smallest splitting of the qubits alike is |J|.
        let (g, f, r) = (0.02, 5.0, 7.0);
        let h = nalgebra::Matrix3::new(f, 0.0, g, 0.0, f, g, g, g, r);
        let mut levels: Vec<f64> = h.symmetric_eigenvalues().iter().copied().collect();
        levels.sort_by(f64::total_cmp);
        let j = exchange_through_resonator_mhz([1e3 * g; 2], [f; 2], r).unwrap();
        assert!(j < 0.0);
        assert!((1e3 * (levels[1] - levels[0]) / (2.0 * j.abs()) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn what_is_no_exchange_is_refused() {
        assert!(exchange_through_resonator_mhz([60.0; 2], [7.0, 5.0], 7.0).is_err());
        assert!(exchange_through_resonator_mhz([f64::NAN, 1.0], [5.0; 2], 7.0).is_err());
    }
}

//! What a transmon stands in: temperature, losses, noise, and a resonator.

use super::dielectric::QualityFactor;
use super::one_over_f::OneOverF;

/// Temperature, loss and noise amplitudes; the defaults are the numbers of scqubits 4.3, with two
/// differences of meaning.
///
/// scqubits names its `A_ng` of 1e-4 in units of e, but the offset charge that it acts on is in Cooper
/// pairs, 2e, as here: a noise of 1e-4 e is `charge_noise` of 5e-5. Its rate by the critical current is
/// `A_cc` ∂ω/∂EJ with EJ in GHz; here the amplitude is relative, as its comment says, and the rate has
/// the factor EJ: it is EJ/GHz times that of scqubits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Environment {
    /// Temperature of qubit and resonator in mK; default 15.
    pub temperature_mk: f64,
    /// Quality factor of the capacitance; default 10⁶ (6 GHz/f)^0.7.
    pub quality: QualityFactor,
    /// Amplitude of 1/f flux noise in flux quanta [10⁻⁶]; acts where there is a loop.
    pub flux_noise: f64,
    /// Amplitude of 1/f charge noise in Cooper pairs, 2e; default 10⁻⁴.
    pub charge_noise: f64,
    /// Amplitude of 1/f noise of the critical current, over that current; default 10⁻⁷.
    pub critical_current_noise: f64,
    /// Frequencies between which 1/f noise acts; default 1 Hz, 10 µs.
    pub one_over_f: OneOverF,
    /// The resonator that reads the qubit out; default none.
    pub resonator: Option<ReadoutResonator>,
}

impl Default for Environment {
    fn default() -> Self {
        Environment {
            temperature_mk: 15.0,
            quality: QualityFactor::default(),
            flux_noise: 1e-6,
            charge_noise: 1e-4,
            critical_current_noise: 1e-7,
            one_over_f: OneOverF::default(),
            resonator: None,
        }
    }
}

/// The resonator of the readout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadoutResonator {
    /// Its frequency in GHz.
    pub frequency_ghz: f64,
    /// Its coupling to the transition 0-1, g/2π in MHz.
    pub coupling_mhz: f64,
    /// Its linewidth κ/2π in MHz.
    pub linewidth_mhz: f64,
    /// χ/2π in MHz, half of what its frequency differs between the states of the qubit; if not
    /// given, g²/Δ · α/(Δ + α) with Δ = f01 - f_r (Koch et al. 2007, PRA 76, 042319, eq. 3.8-3.12).
    pub chi_mhz: Option<f64>,
    /// Photons in it on average; if not given, those of the temperature.
    pub photons: Option<f64>,
    /// Whether a filter prevents that the qubit decays through it.
    pub purcell_filtered: bool,
}

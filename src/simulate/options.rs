//! Choices of a simulator.

use serde::Serialize;

/// How amplitudes are stored. Norms, probabilities and expectations are always summed in f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8 bytes an amplitude.
    F32,
    /// 16 bytes an amplitude.
    #[default]
    F64,
}

impl Precision {
    /// Bytes of one amplitude.
    pub fn bytes_per_amplitude(self) -> u32 {
        match self {
            Precision::F32 => 8,
            Precision::F64 => 16,
        }
    }

    /// Probabilities up to this are rounding: of amplitudes of 1e-12 in f64, 1e-7 in f32.
    pub fn rounding_probability(self) -> f64 {
        match self {
            Precision::F32 => 1e-14,
            Precision::F64 => 1e-24,
        }
    }
}

/// How a circuit is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// The best that fits the circuit; today always [`Method::StateVector`].
    #[default]
    Automatic,
    /// All 2^n amplitudes.
    StateVector,
}

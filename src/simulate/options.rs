//! Choices of a simulator.

use serde::Serialize;

/// A state of fewer qubits runs on the calling thread, and work is shared out among states; from
/// here on the kernels share out the amplitudes of one.
pub(super) const SMALL_BELOW: usize = 14;

/// How amplitudes are stored. Norms, probabilities and expectations are always summed in f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8 bytes per amplitude.
    F32,
    /// 16 bytes per amplitude.
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

/// Calls a generic method at a precision.
macro_rules! at_precision {
    ($precision:expr, $self:ident.$method:ident($($arg:expr),*)) => {
        match $precision {
            $crate::simulate::Precision::F32 => $self.$method::<f32>($($arg),*),
            $crate::simulate::Precision::F64 => $self.$method::<f64>($($arg),*),
        }
    };
}
pub(super) use at_precision;

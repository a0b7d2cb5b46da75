//! Choices of a simulator.

use std::fmt;

/// A state of fewer qubits runs on the calling thread, and work is shared out among states; from
/// here on the kernels share out the amplitudes of one.
pub(crate) const SMALL_BELOW: usize = 14;

/// How a circuit is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// The state vector where it fits in memory, else the stabilizer method if all gates are Clifford
    /// gates. Both are exact: an approximate method is never chosen by itself. Which one it was, and
    /// why, stands in [`Meta`](super::Meta).
    #[default]
    Automatic,
    /// All 2^n amplitudes; any circuit.
    StateVector,
    /// A stabilizer tableau: circuits of Clifford gates, some thousand qubits of them. Measurements,
    /// resets and control by classical bits are any.
    Stabilizer,
}

/// As results write it.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Method::Automatic => "automatic",
            Method::StateVector => "state-vector",
            Method::Stabilizer => "stabilizer",
        })
    }
}

/// Calls a generic method at a precision.
macro_rules! at_precision {
    ($precision:expr, $self:ident.$method:ident($($arg:expr),*)) => {
        match $precision {
            $crate::engine::Precision::F32 => $self.$method::<f32>($($arg),*),
            $crate::engine::Precision::F64 => $self.$method::<f64>($($arg),*),
        }
    };
}
pub(crate) use at_precision;

//! Choices of a simulator.

/// A state of fewer qubits runs on the calling thread, and work is shared out among states; from
/// here on the kernels share out the amplitudes of one.
pub(super) const SMALL_BELOW: usize = 14;

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
            $crate::engine::Precision::F32 => $self.$method::<f32>($($arg),*),
            $crate::engine::Precision::F64 => $self.$method::<f64>($($arg),*),
        }
    };
}
pub(super) use at_precision;

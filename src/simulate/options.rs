//! Choices of a simulator.

/// A state of fewer qubits runs on the calling thread, and work is shared out among states; from
/// here on the kernels share out the amplitudes of one.
pub(crate) const SMALL_BELOW: usize = 14;

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

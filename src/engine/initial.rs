//! States to begin with.

use super::kernel::Real;
use super::state_vector::StateVector;
use crate::error::Result;
use crate::math::Bits;

impl<T: Real> StateVector<T> {
    /// The basis state of a bit string, which has one bit per qubit: qubit q is |bit q⟩, and the
    /// string prints `q(n-1)…q0`. [`Error::TooLarge`](crate::Error::TooLarge) if 2^n
    /// amplitudes do not fit.
    ///
    /// ```
    /// use ketlab::StateVector;
    /// let state = StateVector::<f64>::from_bits(&"011".parse()?)?;
    /// assert_eq!(state.num_qubits(), 3);
    /// assert_eq!(state.probability(3), 1.0);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn from_bits(bits: &Bits) -> Result<Self> {
        // A longer string's state does not fit in any memory, which is what the error says.
        Self::basis(bits.len(), bits.value(0, bits.len().min(64)) as u64)
    }
}

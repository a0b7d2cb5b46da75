//! Parts of a state: the amplitudes of a stretch of basis states, copied from state to state.

use super::kernel::Real;
use super::state_vector::StateVector;
use std::ops::Range;

impl<T: Real> StateVector<T> {
    /// Overwrites the amplitudes from number `to` on by those of another state in `range`. It is not
    /// normalized. Both settle. Panics if an amplitude is not there.
    #[track_caller]
    pub fn copy_amplitudes(&mut self, to: usize, from: &mut StateVector<T>, range: Range<usize>) {
        self.settle();
        from.settle();
        self.buffer[to..to + range.len()].copy_from_slice(&from.buffer[range]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn parts_are_copied_in_the_order_of_basis_states() {
        let numbers = |count: usize| -> Vec<Complex64> {
            let norm = (0..count).map(|k| (k * k) as f64).sum::<f64>().sqrt();
            (0..count).map(|k| Complex64::new(k as f64 / norm, 0.0)).collect()
        };
        let mut part = StateVector::<f64>::from_amplitudes(&numbers(4)).unwrap();
        let mut whole = StateVector::<f64>::zero(4).unwrap();
        whole.copy_amplitudes(8, &mut part, 1..4);
        let expected = numbers(4);
        for (k, amplitude) in whole.to_vec().into_iter().enumerate() {
            let wanted = match k {
                0 => Complex64::ONE,
                8..11 => expected[k - 7],
                _ => Complex64::ZERO,
            };
            assert_eq!(amplitude, wanted, "{k}");
        }
    }
}

//! Memory of real vectors.

use super::Buffer;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Real numbers in the memory of a [`Buffer`], aligned to what registers load.
pub(crate) struct Reals {
    buffer: Buffer<f64>,
    len: usize,
}

impl Reals {
    /// `len` zeros, or `None` if the memory is not there.
    pub fn zeroed(len: usize) -> Option<Self> {
        Some(Reals { buffer: Buffer::zeroed(len.div_ceil(2))?, len })
    }
}

impl Deref for Reals {
    type Target = [f64];
    fn deref(&self) -> &[f64] {
        // SAFETY: a complex number is two real ones, so the buffer has at least `len` of them.
        unsafe { std::slice::from_raw_parts(self.buffer.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Reals {
    fn deref_mut(&mut self) -> &mut [f64] {
        // SAFETY: as above, and `self` is borrowed alone.
        unsafe { std::slice::from_raw_parts_mut(self.buffer.as_mut_ptr().cast(), self.len) }
    }
}

impl fmt::Debug for Reals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_aligned_zeros_to_be_written() {
        for len in [1, 2, 7, 4096] {
            let mut reals = Reals::zeroed(len).unwrap();
            assert!(reals.len() == len && reals.iter().all(|x| *x == 0.0));
            assert_eq!(reals.as_ptr() as usize % 64, 0);
            reals[len - 1] = 3.0;
            assert_eq!(reals.iter().sum::<f64>(), 3.0);
        }
        assert!(Reals::zeroed(1 << 59).is_none());
    }
}

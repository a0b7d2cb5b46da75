//! Density matrices in NumPy's `.npy` format.

use super::DensityMatrix;
use crate::engine::kernel::Real;
use crate::engine::npy::write_array;
use crate::error::Result;
use ndarray_npy::npy::header::Layout;
use std::io::Write;

impl<T: Real> DensityMatrix<T> {
    /// Writes ρ as a two-dimensional array of shape (2^n, 2^n) in the `.npy` format, rows first in its
    /// indices: `complex128` for `f64`, `complex64` for `f32`, in this machine's byte order and
    /// NumPy's order F. The writer need not be buffered.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) if writing fails.
    pub fn write_npy(&self, writer: impl Write) -> Result<()> {
        let shape = vec![self.dim(); 2];
        write_array(self.entries(), Layout::Fortran, shape, writer)
    }
}

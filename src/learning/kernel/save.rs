//! Kernels for NumPy and scikit-learn.

use super::checks::check_finite;
use crate::error::{Error, Result};
use ndarray::ArrayView2;
use ndarray_npy::WritableElement;
use ndarray_npy::npy::header::{Header, Layout};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes a kernel (rows × columns) to a `.npy` file that it creates or replaces: `float64` in C's
/// layout and this machine's byte order, as `numpy.load` reads it. A square one is what
/// `sklearn.svm.SVC(kernel="precomputed").fit` takes, one of others × rows what its `predict` takes.
///
/// ```
/// use ketlab::learning::kernel::save_kernel;
/// use ndarray::array;
/// let path = std::env::temp_dir().join(format!("ketlab-kernel-{}.npy", std::process::id()));
/// save_kernel(array![[1.0, 0.5], [0.5, 1.0]].view(), &path)?;
/// assert_eq!(std::fs::metadata(&path)?.len() % 64, 4 * 8 % 64);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If an entry is not finite; [`Error::Io`] with the file's name if it cannot be written.
pub fn save_kernel(kernel: ArrayView2<f64>, path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    check_finite(kernel)?;
    let header = Header {
        type_descriptor: f64::type_descriptor(),
        layout: Layout::Standard,
        shape: vec![kernel.nrows(), kernel.ncols()],
    };
    let header = header.to_bytes().map_err(|error| Error::io(path, error))?;
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        file.write_all(&header)?;
        // In the order of rows, whatever the layout in memory is.
        for number in kernel {
            file.write_all(&number.to_ne_bytes())?;
        }
        file.flush()
    };
    write().map_err(|error| Error::io(path, error))
}

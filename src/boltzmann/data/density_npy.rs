//! Density matrices in NumPy's `.npy` format.

use super::density_matrix::{DensityMatrix, MAX_DENSITY_QUBITS};
use crate::engine::npy::{Numbers, number, read_header, read_up_to};
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use ndarray_npy::WritableElement;
use ndarray_npy::npy::header::{Header, Layout};
use num_complex::Complex64;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

impl DensityMatrix {
    /// Reads a state that [`save_npy`](Self::save_npy) or `numpy.save` wrote: an array of shape
    /// (2^n, 2^n), n from 1 to [`MAX_DENSITY_QUBITS`], whose first index is the row, of `complex128`,
    /// or `float64` if it is real, in either layout and byte order. Single precision is read, too,
    /// and seldom is of trace 1 to the precision that is asked for.
    ///
    /// # Errors
    /// [`Error::Io`] with the file's name: if it cannot be read, is not such an array, or as
    /// [`DensityMatrix::try_new`].
    pub fn load_npy(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        Self::read_npy(file).map_err(|error| match error {
            Error::Io { message, .. } => Error::io(path, message),
            other => Error::io(path, other),
        })
    }

    /// Writes the matrix to a file that it creates or replaces: `complex128` of shape (2^n, 2^n), in
    /// C's layout and this machine's byte order.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be written.
    pub fn save_npy(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let size = self.matrix().nrows();
        let header = Header {
            type_descriptor: Complex64::type_descriptor(),
            layout: Layout::Standard,
            shape: vec![size, size],
        };
        let mut bytes = header.to_bytes().map_err(|error| Error::io(path, error))?;
        for row in self.matrix().row_iter() {
            let numbers = row.iter().flat_map(|z| [z.re, z.im]);
            bytes.extend(numbers.flat_map(f64::to_ne_bytes));
        }
        let mut file = File::create(path).map_err(|error| Error::io(path, error))?;
        file.write_all(&bytes).map_err(|error| Error::io(path, error))
    }

    fn read_npy(mut reader: impl Read) -> Result<Self> {
        let header = read_header(&mut reader)?;
        let dtype = header.type_descriptor.as_string().map(String::as_str);
        let Some(Numbers { double, real, big_endian }) = dtype.and_then(Numbers::of) else {
            let found = dtype.map(|name| format!("`{}`", name.escape_debug()));
            return Err(Error::Invalid {
                what: "the dtype of the .npy array".into(),
                value: found.unwrap_or_else(|| "not a plain type".into()),
                expected: "a density matrix is complex128 (`<c16`), or float64 (`<f8`) if it is \
                           real; convert it with `.astype(complex)`"
                    .into(),
            });
        };
        let size = match header.shape[..] {
            [rows, columns] if rows == columns && (2..=1 << MAX_DENSITY_QUBITS).contains(&rows) => {
                rows
            }
            _ => {
                let sizes: Vec<_> = header.shape.iter().map(usize::to_string).collect();
                return Err(Error::Invalid {
                    what: "the shape of the .npy array".into(),
                    value: format!("({})", sizes.join(", ")),
                    expected: format!(
                        "a density matrix has the shape (2^n, 2^n), n from 1 to \
                         {MAX_DENSITY_QUBITS}"
                    ),
                });
            }
        };
        let bytes_per_number = if double { 8 } else { 4 };
        let bytes_per_entry = if real { bytes_per_number } else { 2 * bytes_per_number };
        let len = size * size * bytes_per_entry;
        let mut bytes = Vec::new();
        read_up_to(&mut reader, len + 1, &mut bytes)?;
        if bytes.len() != len {
            let more = bytes.len() > len;
            return Err(Error::Invalid {
                what: "the number of bytes of the .npy data".into(),
                value: if more { format!("more than {len}") } else { bytes.len().to_string() },
                expected: format!("its header promises {len}"),
            });
        }
        let entries = bytes.chunks_exact(bytes_per_entry).map(|raw| {
            let (re, im) = raw.split_at(bytes_per_number);
            let im = if real { 0.0 } else { number(im, big_endian) };
            Complex64::new(number(re, big_endian), im)
        });
        Self::try_new(match header.layout {
            Layout::Standard => DMatrix::from_row_iterator(size, size, entries),
            Layout::Fortran => DMatrix::from_iterator(size, size, entries),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, ShapeBuilder};
    use ndarray_npy::WriteNpyExt;

    fn c(re: f64, im: f64) -> Complex64 {
        Complex64::new(re, im)
    }

    fn rho() -> DensityMatrix {
        DensityMatrix::from_pure(&[c(0.5, 0.0), c(0.0, 0.5), c(0.1, 0.7), c(0.0, 0.0)]).unwrap()
    }

    fn read<T: WritableElement>(array: &Array2<T>) -> Result<DensityMatrix> {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).unwrap();
        DensityMatrix::read_npy(&bytes[..])
    }

    #[test]
    fn states_come_back_from_every_layout() {
        let rho = rho();
        let path = std::env::temp_dir().join(format!("ketlab-rho-{}.npy", std::process::id()));
        rho.save_npy(&path).unwrap();
        assert_eq!(DensityMatrix::load_npy(&path).unwrap(), rho);
        std::fs::write(&path, b"no").unwrap();
        let says = DensityMatrix::load_npy(&path).unwrap_err().to_string();
        assert!(says.contains("ketlab-rho") && says.contains("\\x93NUMPY"), "{says}");
        std::fs::remove_file(&path).unwrap();
        let says = DensityMatrix::load_npy("no_such_file.npy").unwrap_err().to_string();
        assert!(says.starts_with("no_such_file.npy: No such file"), "{says}");
        let says = rho.save_npy("no_such_folder/rho.npy").unwrap_err().to_string();
        assert!(says.starts_with("no_such_folder/rho.npy: "), "{says}");

        let at = |(row, column)| rho.matrix()[(row, column)];
        assert_eq!(read(&Array2::from_shape_fn((4, 4), at)).unwrap(), rho);
        assert_eq!(read(&Array2::from_shape_fn((4, 4).f(), at)).unwrap(), rho);
        let real = read(&Array2::from_shape_fn((2, 2), |(i, j)| 0.5 - (i + j) as f64 * 0.125));
        assert!(real.unwrap_err().to_string().contains("trace"));
        let real = read(&Array2::from_diag_elem(2, 0.5)).unwrap();
        assert!(real.is_real() && real.purity() == 0.5);
    }

    #[test]
    fn refusals() {
        let says = |error: Result<DensityMatrix>| error.unwrap_err().to_string();
        assert!(
            says(read(&Array2::<u8>::eye(2))).contains("is `|u1`; a density matrix is complex128")
        );
        let shape = says(read(&Array2::<f64>::zeros((2, 4))));
        assert!(shape.contains("is (2, 4); a density matrix has the shape (2^n, 2^n)"), "{shape}");
        assert!(says(read(&Array2::<f64>::zeros((2048, 2048)))).contains("n from 1 to 10"));
        assert!(says(read(&Array2::<f64>::eye(1))).contains("is (1, 1)"));
        assert!(says(read(&Array2::<f64>::eye(3))).contains("is 3 × 3"));
        let mut bytes = Vec::new();
        Array2::<f64>::from_diag_elem(2, 0.5).write_npy(&mut bytes).unwrap();
        let cut = says(DensityMatrix::read_npy(&bytes[..bytes.len() - 1]));
        assert!(cut.contains("is 31; its header promises 32"), "{cut}");
        bytes.push(0);
        assert!(says(DensityMatrix::read_npy(&bytes[..])).contains("is more than 32"));
    }
}

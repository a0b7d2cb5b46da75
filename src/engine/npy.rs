//! States in NumPy's `.npy` format.

use super::kernel::Real;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use ndarray_npy::WritableElement;
use ndarray_npy::npy::header::{Header, Layout};
use num_complex::{Complex, Complex32, Complex64};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// Amplitudes converted at once.
const CHUNK: usize = 4096;
/// Longest header that is read: the one that `numpy.load` trusts by default.
const MAX_HEADER: usize = 10_000;
/// Deepest nesting of brackets in a header; an array of plain numbers has 2.
const MAX_NESTING: usize = 8;

impl<T: Real> StateVector<T> {
    /// Writes the amplitudes in order of the basis states as a one-dimensional array of shape (2^n,)
    /// in the [`.npy` format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
    /// `complex128` for `f64`, `complex64` for `f32`, in this machine's byte order. Settles. The
    /// writer need not be buffered. [`Error::Io`] if writing fails.
    pub fn write_npy(&mut self, writer: impl Write) -> Result<()> {
        let amplitudes = self.amplitudes();
        write_array(amplitudes, Layout::Standard, vec![amplitudes.len()], writer)
    }

    /// As [`write_npy`](Self::write_npy), to a file that it creates or replaces.
    pub fn save_npy(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let file = File::create(path).map_err(|error| io_at(path, &error))?;
        self.write_npy(file).map_err(|error| name_file(path, error))
    }

    /// As [`read_npy`](Self::read_npy), from a file; [`Error::Io`] names it.
    ///
    /// ```
    /// use ketlab::StateVector;
    /// let path = std::env::temp_dir().join(format!("ketlab-{}.npy", std::process::id()));
    /// StateVector::<f32>::basis(2, 0b10)?.save_npy(&path)?;
    /// assert_eq!(StateVector::<f64>::load_npy(&path)?.probability(0b10), 1.0);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn load_npy(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| io_at(path, &error))?;
        Self::read_npy(file).map_err(|error| name_file(path, error))
    }

    /// Reads a state that [`write_npy`](Self::write_npy) or `numpy.save` wrote: 2^n amplitudes,
    /// rounded to `T`, of one dimension or as a column or a row ((2^n, 1), (1, 2^n)); `complex128`,
    /// `complex64`, or their real parts alone as `float64` or `float32`; in either byte order.
    ///
    /// They are finite, and Σ|a|² is 1 within the tolerance of the coarser of the file's and the
    /// state's precisions: 1e-9 if both are double, else 1e-5. They are not normalized, so that a
    /// state in single precision keeps its bits; a run that starts from it (`InitialState`) does
    /// that. The reader is read to its end and need not be buffered.
    ///
    /// [`Error::Invalid`] or [`Error::NotFinite`] for anything else, [`Error::TooLarge`] if the
    /// state does not fit (before its amplitudes are read), [`Error::Io`] if reading fails.
    pub fn read_npy(mut reader: impl Read) -> Result<Self> {
        let header = read_header(&mut reader)?;
        let dtype = header.type_descriptor.as_string().map(String::as_str);
        let Some(Numbers { double, real, big_endian }) = dtype.and_then(Numbers::of) else {
            let found = dtype.map(|name| format!("`{}`", name.escape_debug()));
            return Err(invalid(
                "the dtype of the .npy array",
                found.unwrap_or_else(|| "not a plain type".into()),
                "a state is complex128 (`<c16`) or complex64 (`<c8`), or float64 (`<f8`) or float32 \
                 (`<f4`) if it is real; convert it with `.astype(complex)`",
            ));
        };
        // The order of a column's or a row's elements is the same in C's and in Fortran's layout.
        let len = match header.shape[..] {
            [len] | [len, 1] | [1, len] if len.is_power_of_two() => len,
            _ => {
                let sizes: Vec<_> = header.shape.iter().map(usize::to_string).collect();
                let comma = if sizes.len() == 1 { "," } else { "" };
                return Err(invalid(
                    "the shape of the .npy array",
                    format!("({}{comma})", sizes.join(", ")),
                    "a state has one dimension of 2^n amplitudes, or is a column or a row of them",
                ));
            }
        };
        let mut state = Self::empty("the state in the .npy array", len.ilog2() as usize)?;
        let bytes_per_number = if double { 8 } else { 4 };
        let bytes_per_amplitude = if real { bytes_per_number } else { 2 * bytes_per_number };
        let mut bytes = Vec::with_capacity(CHUNK.min(len) * bytes_per_amplitude);
        for first in (0..len).step_by(CHUNK) {
            let count = CHUNK.min(len - first);
            read_up_to(&mut reader, count * bytes_per_amplitude, &mut bytes)?;
            let found = bytes.len() / bytes_per_amplitude;
            if found < count {
                return Err(invalid(
                    "the number of amplitudes in the .npy data",
                    (first + found).to_string(),
                    format!("its header promises {len}; the file is cut short"),
                ));
            }
            for (i, raw) in bytes.chunks_exact(bytes_per_amplitude).enumerate() {
                let (re, im) = raw.split_at(bytes_per_number);
                let re = number(re, big_endian);
                let im = if real { 0.0 } else { number(im, big_endian) };
                for value in [re, im] {
                    if !value.is_finite() {
                        let what = format!("amplitude {} of the .npy array", first + i);
                        return Err(Error::NotFinite { what, value });
                    }
                }
                state.buffer[first + i] = Complex::new(T::from_f64(re), T::from_f64(im));
            }
        }
        read_up_to(&mut reader, 1, &mut bytes)?;
        if !bytes.is_empty() {
            return Err(invalid(
                "the .npy data",
                format!("longer than its {len} amplitudes"),
                "a file must hold one array and nothing after it",
            ));
        }
        let norm = state.norm();
        let in_file = if double { f64::NORM_TOLERANCE } else { f32::NORM_TOLERANCE };
        let tolerance = T::NORM_TOLERANCE.max(in_file);
        // Written so that NaN is refused; an amplitude too large for `f32` makes the norm infinite.
        if (norm - 1.0).abs() <= tolerance {
            return Ok(state);
        }
        Err(invalid(
            "the norm Σ|a|² of the .npy array",
            norm.to_string(),
            format!("it must be 1 within {tolerance:e}; divide by `numpy.linalg.norm`"),
        ))
    }
}

/// Writes an array of this shape, in this machine's byte order. The writer need not be buffered.
/// [`Error::Io`] if writing fails.
pub(super) fn write_array<T: Real>(
    amplitudes: &[Complex<T>],
    layout: Layout,
    shape: Vec<usize>,
    mut writer: impl Write,
) -> Result<()> {
    let double = size_of::<T>() == 8;
    let type_descriptor =
        if double { Complex64::type_descriptor() } else { Complex32::type_descriptor() };
    let header = Header { type_descriptor, layout, shape };
    let mut bytes = header.to_bytes().expect("the header of a plain array is short");
    for chunk in amplitudes.chunks(CHUNK) {
        for x in chunk.iter().flat_map(|a| [a.re.to_f64(), a.im.to_f64()]) {
            if double {
                bytes.extend_from_slice(&x.to_ne_bytes());
            } else {
                bytes.extend_from_slice(&(x as f32).to_ne_bytes());
            }
        }
        writer.write_all(&bytes).map_err(|error| io("the .npy output", &error))?;
        bytes.clear();
    }
    writer.flush().map_err(|error| io("the .npy output", &error))
}

/// The numbers of an array.
pub(crate) struct Numbers {
    /// 8 bytes each, or 4.
    pub double: bool,
    /// One per amplitude, or two.
    pub real: bool,
    pub big_endian: bool,
}

impl Numbers {
    /// Those of NumPy's name for them; `None` if they are no amplitudes.
    pub fn of(dtype: &str) -> Option<Self> {
        let native = if cfg!(target_endian = "big") { '>' } else { '<' };
        // NumPy writes `<` or `>`; `=` is this machine's own order, which some writers leave.
        let order = match dtype.chars().next()? {
            '=' => native,
            order @ ('<' | '>') => order,
            _ => return None,
        };
        let (double, real) = match &dtype[1..] {
            "c16" => (true, false),
            "c8" => (false, false),
            "f8" => (true, true),
            "f4" => (false, true),
            _ => return None,
        };
        Some(Numbers { double, real, big_endian: order == '>' })
    }
}

/// The header. Its length and nesting are limited before anything is parsed, because the parser
/// allocates and recurses as the file says.
pub(crate) fn read_header(reader: &mut impl Read) -> Result<Header> {
    let bad = |found: String| {
        invalid("the .npy header", found, "write the file with `numpy.save` or `write_npy`")
    };
    let cut_short = || bad("cut short".into());
    // Magic string, version, and a length of 2 bytes in version 1, else 4.
    let (mut start, mut rest) = (Vec::new(), Vec::new());
    read_up_to(reader, 10, &mut start)?;
    if !start.starts_with(b"\x93NUMPY") {
        return Err(bad("missing: the file does not begin with \\x93NUMPY".into()));
    }
    if start.len() < 10 {
        return Err(cut_short());
    }
    let mut length = usize::from(u16::from_le_bytes([start[8], start[9]]));
    if start[6] != 1 {
        read_up_to(reader, 2, &mut rest)?;
        let [low, high] = rest[..] else { return Err(cut_short()) };
        length |= usize::from(u16::from_le_bytes([low, high])) << 16;
        start.append(&mut rest);
    }
    if length > MAX_HEADER {
        return Err(bad(format!("{length} bytes long, more than {MAX_HEADER}")));
    }
    read_up_to(reader, length, &mut rest)?;
    if rest.len() < length {
        return Err(cut_short());
    }
    let mut depth = 0usize;
    for byte in &rest {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(bad(format!("nested more than {MAX_NESTING} deep")));
        }
    }
    start.append(&mut rest);
    Header::from_reader(&mut &start[..]).map_err(|error| bad(format!("not readable ({error})")))
}

/// Replaces `bytes` by the next `count` of the reader, or as many as there are.
pub(crate) fn read_up_to(reader: &mut impl Read, count: usize, bytes: &mut Vec<u8>) -> Result<()> {
    bytes.clear();
    let read = reader.take(count as u64).read_to_end(bytes);
    read.map(drop).map_err(|error| io("the .npy input", &error))
}

/// One real number of 4 or 8 bytes.
pub(crate) fn number(raw: &[u8], big_endian: bool) -> f64 {
    if let Ok(raw) = <[u8; 8]>::try_from(raw) {
        return if big_endian { f64::from_be_bytes(raw) } else { f64::from_le_bytes(raw) };
    }
    let raw = <[u8; 4]>::try_from(raw).expect("a number has 4 or 8 bytes");
    f64::from(if big_endian { f32::from_be_bytes(raw) } else { f32::from_le_bytes(raw) })
}

fn io(path: &str, error: &std::io::Error) -> Error {
    Error::Io { path: path.into(), message: error.to_string() }
}

fn io_at(path: &Path, error: &std::io::Error) -> Error {
    io(&path.display().to_string(), error)
}

/// A failure of the system with the name of the file.
fn name_file(path: &Path, error: Error) -> Error {
    match error {
        Error::Io { message, .. } => Error::Io { path: path.display().to_string(), message },
        other => other,
    }
}

fn invalid(what: &str, value: String, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value, expected: expected.into() }
}

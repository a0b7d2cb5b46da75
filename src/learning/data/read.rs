//! Tables from files.

use super::table::{Table, in_file};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The largest text that is read.
pub const MAX_TEXT_BYTES: u64 = 256 << 20;

/// The columns of a file: a text, an NPY array, or an NPZ archive. What a file is, its first bytes
/// decide; a name that ends in `.npy` or `.npz` is read as that alone.
///
/// **Text** has one row a line. Fields are separated by tabs, semicolons or commas, whichever of them
/// the first line has (in this order), else by blanks, and may be in double quotes, in which a quote
/// is written twice. Lines end with a line feed, a carriage return, or both; blank lines do not count,
/// nor do those that begin with `#`; a byte-order mark is skipped. The first line is a header, with a
/// name for each column, if one of its fields is no number; but not where it has numbers, too, and the
/// second line has numbers and texts in the same places: then it is a row with a class in words. (A
/// header of numbers alone, as pandas writes for columns without names, is taken for a row.)
///
/// **NPY**: an array of two dimensions, rows × columns, of bool, integers, or `float32` or `float64`.
/// Columns are named `x0`, `x1`, … as in a text without a header.
///
/// **NPZ**, compressed or not: an array `X` (or `x`, `features`), and one `y` (or `target`, `labels`)
/// with an entry for each row, a number or a text, if there are targets; their column is named as the
/// array is.
///
/// What entries are is looked at when a column is used: see [`Table`].
///
/// # Errors
/// [`Error::Io`] with the file's name and, where there is one, the line: if it cannot be read, is
/// empty, is a header alone, has rows of different lengths or the same name twice, a text is larger
/// than [`MAX_TEXT_BYTES`], or an array has another shape or type. [`Error::TooLarge`] if it does not
/// fit in memory. [`Error::Unsupported`] for NPY and NPZ in a build without the feature `npy`.
pub fn read_table(path: impl AsRef<Path>) -> Result<Table> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let table = read(path).map_err(|error| in_file(&name, error))?;
    Ok(table.called(&name))
}

fn read(path: &Path) -> Result<Table> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let extension = extension.unwrap_or_default();
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(6).read_to_end(&mut bytes)?;
    if bytes == b"\x93NUMPY" || extension == "npy" {
        return read_npy(bytes.as_slice().chain(file));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") || extension == "npz" {
        file.seek(SeekFrom::Start(0))?;
        return read_npz(file);
    }
    let invalid = |what: &str, value: String, expected: &str| {
        Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
    };
    // Asked before it is read; what has no length, as a pipe, is read as far as allowed.
    let too_long = file.metadata()?.len() > MAX_TEXT_BYTES;
    if !too_long {
        file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if too_long || bytes.len() as u64 > MAX_TEXT_BYTES {
        let value = format!("more than {MAX_TEXT_BYTES} bytes");
        return invalid("the size of the text", value, "save larger tables with `numpy.save`");
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => super::csv::parse(&text),
        _ => invalid(
            "the file",
            "no text in UTF-8".into(),
            "expected rows of numbers as text, or arrays written with `numpy.save` or `numpy.savez`",
        ),
    }
}

#[cfg(feature = "npy")]
fn read_npy(reader: impl Read) -> Result<Table> {
    super::npy::parse_npy(reader)
}

#[cfg(feature = "npy")]
fn read_npz(reader: impl Read + Seek) -> Result<Table> {
    super::npy::parse_npz(std::io::BufReader::new(reader))
}

#[cfg(not(feature = "npy"))]
fn read_npy(_: impl Read) -> Result<Table> {
    Err(unsupported())
}

#[cfg(not(feature = "npy"))]
fn read_npz(_: impl Read + Seek) -> Result<Table> {
    Err(unsupported())
}

#[cfg(not(feature = "npy"))]
fn unsupported() -> Error {
    Error::Unsupported {
        method: "this build of ketlab",
        operation: "NumPy arrays".into(),
        hint: "build it with the feature `npy`, or write the rows as text with \
               `numpy.savetxt(file, rows, delimiter=',')`"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn file(name: &str, content: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ketlab-table-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        path
    }

    fn read_once(name: &str, content: &[u8]) -> Result<Table> {
        let path = file(name, content);
        let read = read_table(&path);
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn refusals_name_the_file() {
        let says = |name: &str, content: &[u8]| read_once(name, content).unwrap_err().to_string();
        assert!(says("a.csv", b"a,b\n1\n").contains("a.csv: line 2 is a row of 1 field"));
        assert!(says("b.csv", b"").contains("b.csv: the file is empty;"));
        assert!(
            says("c.csv", b"\xff\xfe0\x001\x00").contains("c.csv: the file is no text in UTF-8")
        );
        assert!(says("d.csv", b"1,\xe4").contains("no text in UTF-8"));
        let text = read_table("no_such_folder/no_such_file.csv").unwrap_err().to_string();
        assert!(text.starts_with("no_such_folder/no_such_file.csv: No such file"), "{text}");
        let path = file("e.csv", b"");
        File::create(&path).unwrap().set_len(MAX_TEXT_BYTES + 1).unwrap();
        let text = read_table(&path).unwrap_err().to_string();
        assert!(text.contains("more than 268435456 bytes; save larger tables with"), "{text}");
        std::fs::remove_file(&path).unwrap();
        let (npy, npz) = (says("f.npy", b"1,2\n"), says("g.npz", b"1,2\n"));
        if cfg!(feature = "npy") {
            assert!(npy.contains("does not begin with"), "{npy}");
            assert!(npz.contains("the NPZ archive is not readable;"), "{npz}");
        } else {
            assert!(npy.contains("feature `npy`") && npz.contains("feature `npy`"));
        }
        let table = read_once("h.txt", b"a,b\n1,x\n").unwrap();
        let text = table.features(table.column_names()).unwrap_err().to_string();
        assert!(text.contains("h.txt: line 2, column `b` is `x`;"), "{text}");
    }
}

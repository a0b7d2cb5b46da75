//! Data from files: what a file is, its content decides.

mod json;
#[cfg(feature = "npy")]
mod npy;
mod tally;
mod text;

use super::Distribution;
use crate::error::{Error, Result};
use crate::ising::MAX_FILE_BYTES;
use crate::math::check_memory;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What every `.npy` file begins with.
const NPY_MAGIC: &[u8] = b"\x93NUMPY";

/// The data of a file: a text of bit strings or of columns, a NumPy array, or JSON.
///
/// What a file is, its content decides: NumPy's magic bytes, a brace or bracket as the first
/// character (JSON), else text. A name that ends in `.npy` or `.json` is read as that alone.
///
/// **Text** has one observation a line. `#` begins a comment; blank lines do not count; lines end
/// with a line feed, a carriage return, or both; a byte-order mark is skipped. Fields are separated
/// by commas or, where a line has none, by blanks, and may be in double quotes. A first line of which
/// every field begins with a letter or `_` is a header and is skipped. The first line after it says
/// what all others are:
///
/// | first line | what a line is | example |
/// |---|---|---|
/// | one field | a bit string, whose rightmost character is bit 0 | `0110` |
/// | two fields, the first of two or more characters | a bit string and its weight | `0110,12` |
/// | two or more fields, the first of one character | columns; the leftmost one is bit 0 | `0,1,1,0` |
///
/// So `0,1` is a row of two columns, and strings of a single bit have no weights in a text: they come
/// line by line, or in JSON. Weights are counts if all of them are whole numbers written without
/// point and exponent, and equal strings are added. If one has a point or an exponent, all are
/// probabilities that add up to 1, and no string comes twice.
///
/// **NumPy arrays** have one observation a row and two dimensions; column 0 is bit 0. The elements are
/// 0 and 1 as `bool`, integers or floating-point numbers.
///
/// **JSON** is a map from bit strings to counts or probabilities, told apart as in a text, by itself
/// or under the key `counts` as in a document of `ketlab run --json` (without counts its exact
/// `outcomes` or `probabilities`); or a sample set of ketlab or of dimod, in which bit i is spin i, 1
/// for s = -1, or binary variable i.
///
/// # Errors
/// [`Error::Io`] with the file's name and, in a text, the line: if it cannot be read, a text or JSON
/// is larger than [`MAX_FILE_BYTES`], it has no rows, a character or an element is neither 0 nor 1,
/// rows differ in length, a weight is negative, or as [`Distribution::from_probabilities`].
/// [`Error::TooLarge`] if its strings do not fit in memory.
pub fn read_distribution(path: impl AsRef<Path>) -> Result<Distribution> {
    let path = path.as_ref();
    read(path).map_err(|error| match error {
        Error::Io { message, .. } => Error::io(path, message),
        Error::TooLarge { what, needed, available, max_qubits, hint } => {
            let what = format!("{}: {what}", path.display());
            Error::TooLarge { what, needed, available, max_qubits, hint }
        }
        other => Error::io(path, other),
    })
}

fn read(path: &Path) -> Result<Distribution> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let extension = extension.unwrap_or_default();
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(NPY_MAGIC.len() as u64).read_to_end(&mut bytes)?;
    if bytes == NPY_MAGIC || extension == "npy" {
        return read_npy(bytes.as_slice().chain(file));
    }
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Error::Invalid {
            what: "the size of the file".into(),
            value: format!("more than {MAX_FILE_BYTES} bytes"),
            expected: "write a line for each different string with its count, or a NumPy array"
                .into(),
        });
    }
    if bytes.contains(&0) {
        return Err(Error::Invalid {
            what: "the file".into(),
            value: "no text in UTF-8, as it has bytes that are 0".into(),
            expected: "expected a text, JSON, or an array written with `numpy.save`".into(),
        });
    }
    // Comments may be in another encoding; what they are not part of is no 0 or 1.
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if extension == "json" || text.trim_start().starts_with(['{', '[']) {
        // A tree of values, and the entries once more.
        let hint = "write a line for each string with its count instead";
        check_memory("the JSON", 20 * text.len() as u128, |_| (None, hint.into()))?;
        json::parse(text)
    } else {
        text::parse(text)
    }
}

#[cfg(feature = "npy")]
fn read_npy(reader: impl Read) -> Result<Distribution> {
    npy::parse(reader)
}

#[cfg(not(feature = "npy"))]
fn read_npy(_: impl Read) -> Result<Distribution> {
    Err(Error::Unsupported {
        method: "this build of ketlab",
        operation: "NumPy arrays".into(),
        hint: "build it with the feature `npy`, or write the rows as text with \
               `numpy.savetxt(file, rows, fmt='%d')`"
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn file(name: &str, content: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ketlab-data-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        path
    }

    fn read_once(name: &str, content: &[u8]) -> Result<Distribution> {
        let path = file(name, content);
        let read = read_distribution(&path);
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn the_content_decides() {
        let wanted = Distribution::from_counts([("01".parse().unwrap(), 3)]).unwrap();
        for (name, content) in [
            ("a.csv", &b"01,3\n"[..]),
            ("b.json", b"{\"01\": 3}"),
            ("c.txt", b"\xef\xbb\xbf {\"01\": 3}"),
            ("d.csv", b"\xef\xbb\xbf01 3"),
            ("e", b"# gez\xe4hlt\r\n1,0\r\n1,0\r\n1,0\r\n"),
        ] {
            assert_eq!(read_once(name, content).unwrap(), wanted, "{name}");
        }
    }

    #[test]
    fn refusals_name_the_file() {
        let says = |name: &str, content: &[u8]| read_once(name, content).unwrap_err().to_string();
        let text = says("f.csv", b"01\n0x\n");
        assert!(text.contains("f.csv: line 2 is `0x`; the character `x` at column 2"), "{text}");
        assert!(says("g.json", b"01\n").contains("g.json: the JSON"), "not JSON");
        let text = says("h.csv", b"\xff\xfe0\x001\x00\n\x00");
        assert!(text.contains("h.csv: the file is no text in UTF-8"), "{text}");
        let text = read_distribution("no_such_folder/no_such_file.csv").unwrap_err().to_string();
        assert!(text.starts_with("no_such_folder/no_such_file.csv: No such file"), "{text}");
        let path = file("i.csv", b"");
        File::create(&path).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
        let text = read_distribution(&path).unwrap_err().to_string();
        assert!(text.contains("more than 268435456 bytes; write a line for each"), "{text}");
        std::fs::remove_file(&path).unwrap();
        let text = says("j.npy", b"01\n");
        let wanted = if cfg!(feature = "npy") { "does not begin with" } else { "feature `npy`" };
        assert!(text.contains(wanted), "{text}");
    }
}

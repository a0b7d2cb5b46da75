//! Tables from NumPy: arrays of rows (NPY), and several arrays in one file (NPZ).

use super::column::Column;
use super::table::{Rows, Table};
use crate::engine::npy::{number, read_header, read_up_to};
use crate::error::{Error, Result};
use crate::math::check_memory;
use ndarray_npy::npy::header::Layout;
use std::io::{Read, Seek};
use zip::ZipArchive;

/// The names that features have in an NPZ file.
const FEATURES: [&str; 3] = ["X", "x", "features"];
/// The names that targets have there.
const TARGETS: [&str; 3] = ["y", "target", "labels"];
/// The most characters of a text in an array.
const MAX_CHARACTERS: usize = 1000;

/// The table of an array of rows × columns.
pub(super) fn parse_npy(reader: impl Read) -> Result<Table> {
    let array = read_array(reader, "the .npy array", &|shape| match *shape {
        [rows, columns] => Some((rows, columns)),
        _ => None,
    })?;
    Table::of_columns(None, array.columns, Rows::Numbers(array.rows), None)
}

/// The table of an archive of arrays: rows × columns of features, and a target for each row.
pub(super) fn parse_npz(reader: impl Read + Seek) -> Result<Table> {
    let broken = |error: zip::result::ZipError| {
        invalid("the NPZ archive", "not readable", format!("{error}; write it with `numpy.savez`"))
    };
    let mut archive = ZipArchive::new(reader).map_err(broken)?;
    let arrays: Vec<String> = archive
        .file_names()
        .filter_map(|name| name.strip_suffix(".npy").map(str::to_owned))
        .collect();
    let find = |names: [&'static str; 3]| {
        names.into_iter().find(|name| arrays.iter().any(|array| array == name))
    };
    let Some(features) = find(FEATURES) else {
        let found = if arrays.is_empty() { "no array".into() } else { arrays.join(", ") };
        let expected = "the features are an array named X (or x, features), the targets one named \
                        y (or target, labels): `numpy.savez(file, X=…, y=…)`";
        return Err(invalid("what the NPZ archive has", found, expected));
    };
    let entry = archive.by_name(&format!("{features}.npy")).map_err(broken)?;
    let features = read_array(entry, &format!("the array `{features}`"), &|shape| match *shape {
        [rows, columns] => Some((rows, columns)),
        [rows] => Some((rows, 1)),
        _ => None,
    })?;
    let target = match find(TARGETS) {
        None => None,
        Some(name) => {
            let entry = archive.by_name(&format!("{name}.npy")).map_err(broken)?;
            let what = format!("the array `{name}`");
            let mut array = read_array(entry, &what, &|shape| match *shape {
                [rows] | [rows, 1] | [1, rows] => Some((rows, 1)),
                _ => None,
            })?;
            if array.rows != features.rows {
                let expected = format!("there are {} rows of features", features.rows);
                let what = format!("the length of {what}");
                return Err(invalid(&what, array.rows, expected));
            }
            array.columns.pop().map(|column| (name.to_owned(), column))
        }
    };
    Table::of_columns(None, features.columns, Rows::Numbers(features.rows), target)
}

/// The rows and columns of a shape, if it is one that is wanted.
type SizeOf = dyn Fn(&[usize]) -> Option<(usize, usize)>;

struct Array {
    rows: usize,
    columns: Vec<Column>,
}

/// An array of numbers or texts, by columns.
fn read_array(mut reader: impl Read, what: &str, size: &SizeOf) -> Result<Array> {
    let header = read_header(&mut reader)?;
    let dtype = header.type_descriptor.as_string().map(String::as_str);
    let Some(element) = dtype.and_then(Element::of) else {
        let found = dtype.map(|name| format!("`{}`", name.escape_debug()));
        let found = found.unwrap_or_else(|| "not a plain type".into());
        let expected = "data are bool, integers, floating-point numbers or texts; convert them \
                        with `.astype(float)` or `.astype(str)`";
        return Err(invalid(&format!("the dtype of {what}"), found, expected));
    };
    let (rows, columns) = match size(&header.shape) {
        Some((rows, columns)) if rows > 0 && columns > 0 => (rows, columns),
        _ => {
            let expected = "features are rows × columns, at least one of each \
                            (`.reshape(-1, 1)` makes rows of a list), targets one for each row";
            return Err(invalid(&format!("the shape of {what}"), shape(&header.shape), expected));
        }
    };
    let entries = rows as u128 * columns as u128;
    let needed = entries.saturating_mul(element.size as u128);
    let with_columns = needed.saturating_add(entries.saturating_mul(8));
    check_memory(what, with_columns, |_| {
        (None, "give fewer rows, or save them as float32".into())
    })?;
    let len = usize::try_from(needed).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    read_up_to(&mut reader, len, &mut bytes)?;
    let mut more = Vec::new();
    read_up_to(&mut reader, 1, &mut more)?;
    if bytes.len() < len || !more.is_empty() {
        let found =
            if more.is_empty() { bytes.len().to_string() } else { format!("more than {len}") };
        let expected = format!("its header promises {len} for {rows} × {columns} entries");
        return Err(invalid(&format!("the number of bytes of {what}"), found, expected));
    }
    let (of_row, of_column) = match header.layout {
        Layout::Standard => (columns, 1),
        Layout::Fortran => (1, rows),
    };
    let raw = |row: usize, column: usize| {
        let at = (row * of_row + column * of_column) * element.size;
        &bytes[at..at + element.size]
    };
    let column = |column: usize| -> Result<Column> {
        if element.kind == b'U' {
            let texts = (0..rows).map(|row| {
                element.text(raw(row, column)).ok_or_else(|| {
                    let what = format!("row {row} (from 0) of {what}");
                    invalid(&what, "not a text", "its characters must be Unicode")
                })
            });
            let texts = texts.collect::<Result<Vec<String>>>()?;
            return Ok(Column::of_entries(texts.iter().map(|text| text.trim())));
        }
        Ok(Column::of_values((0..rows).map(|row| element.value(raw(row, column))).collect()))
    };
    Ok(Array { rows, columns: (0..columns).map(column).collect::<Result<_>>()? })
}

/// How an element is written.
struct Element {
    /// `b`, `i`, `u`, `f`, or `U` for a text.
    kind: u8,
    /// In bytes.
    size: usize,
    big_endian: bool,
}

impl Element {
    /// That of NumPy's name; `None` if it is none of these.
    fn of(dtype: &str) -> Option<Self> {
        let (order, name) = (dtype.chars().next()?, dtype.get(1..)?);
        let big_endian = match order {
            '|' | '<' => false,
            '>' => true,
            '=' => cfg!(target_endian = "big"),
            _ => return None,
        };
        let kind = *name.as_bytes().first()?;
        let size = match name {
            "b1" => 1,
            "i1" | "u1" | "i2" | "u2" | "i4" | "u4" | "i8" | "u8" | "f4" | "f8" => {
                usize::from(name.as_bytes()[1] - b'0')
            }
            // Four bytes a character.
            _ if kind == b'U' => {
                let characters: usize = name.get(1..)?.parse().ok()?;
                (1..=MAX_CHARACTERS).contains(&characters).then_some(4 * characters)?
            }
            _ => return None,
        };
        Some(Element { kind, size, big_endian })
    }

    fn value(&self, raw: &[u8]) -> f64 {
        if self.kind == b'f' {
            return number(raw, self.big_endian);
        }
        let word = word(raw, self.big_endian);
        let above = 64 - 8 * raw.len() as u32;
        match self.kind {
            b'i' => ((word << above) as i64 >> above) as f64,
            _ => word as f64,
        }
    }

    /// Characters up to the zeros that fill the field.
    fn text(&self, raw: &[u8]) -> Option<String> {
        let mut text = String::new();
        for code in raw.chunks_exact(4).map(|code| word(code, self.big_endian) as u32) {
            text.push(char::from_u32(code)?);
        }
        Some(text.trim_end_matches('\0').to_owned())
    }
}

fn word(raw: &[u8], big_endian: bool) -> u64 {
    let byte = |k: usize| raw[if big_endian { k } else { raw.len() - 1 - k }];
    (0..raw.len()).fold(0, |word, k| word << 8 | u64::from(byte(k)))
}

fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    format!("({}{comma})", sizes.join(", "))
}

fn invalid(what: &str, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() }
}

#[cfg(test)]
#[path = "npy_tests.rs"]
mod tests;

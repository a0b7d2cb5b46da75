//! Tables from NumPy: arrays of rows (NPY), and several arrays in one file (NPZ).

use super::column::Column;
use super::table::{Rows, Table};
use crate::engine::npy::{read_header, read_up_to};
use crate::engine::npy_element::{Element, shape};
use crate::error::{Error, Result};
use crate::math::check_memory;
use ndarray_npy::npy::header::Layout;
use std::io::{Read, Seek};
use zip::ZipArchive;

/// The names that features have in an NPZ file.
const FEATURES: [&str; 3] = ["X", "x", "features"];
/// The names that targets have there.
const TARGETS: [&str; 3] = ["y", "target", "labels"];

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
        if element.is_text() {
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

fn invalid(what: &str, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: value.to_string(), expected: expected.into() }
}

#[cfg(test)]
#[path = "npy_tests.rs"]
mod tests;

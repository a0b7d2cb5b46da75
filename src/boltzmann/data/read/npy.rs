//! NumPy arrays of rows.

use super::super::Distribution;
use super::tally::{Tally, Weight};
use crate::engine::npy::{read_header, read_up_to};
use crate::engine::npy_element::{Element, shape};
use crate::error::{Error, Result, shown};
use crate::math::{Bits, check_memory};
use ndarray_npy::npy::header::Layout;
use std::io::Read;

/// The data of a two-dimensional array of 0 and 1: a row is an observation, column 0 its bit 0.
pub(super) fn parse(mut reader: impl Read) -> Result<Distribution> {
    let header = read_header(&mut reader)?;
    let dtype = header.type_descriptor.as_string().map(String::as_str);
    let element = dtype.and_then(Element::of).filter(|element| !element.is_text());
    let Some(element) = element else {
        let found = dtype.map(|name| format!("`{}`", name.escape_debug()));
        return Err(invalid(
            "the dtype of the .npy array",
            found.unwrap_or_else(|| "not a plain type".into()),
            "rows of 0 and 1 are bool, integers or floating-point numbers; convert them with \
             `.astype('u1')`; a density matrix is data of another kind (`--state`)",
        ));
    };
    let (rows, columns) = match header.shape[..] {
        [rows, columns] if rows > 0 && columns > 0 => (rows, columns),
        _ => {
            return Err(invalid(
                "the shape of the .npy array",
                shape(&header.shape),
                "data are rows × columns, at least one of each; `.reshape(-1, 1)` makes rows of a \
                 list of bits",
            ));
        }
    };
    let needed = (rows as u128 * columns as u128).saturating_mul(element.size as u128);
    let hint = "save it with `.astype('u1')`, or save the different rows with their counts as text";
    check_memory("the .npy array", needed, |_| (None, hint.into()))?;
    let mut bytes = Vec::new();
    let len = usize::try_from(needed).unwrap_or(usize::MAX);
    read_up_to(&mut reader, len, &mut bytes)?;
    let mut more = Vec::new();
    read_up_to(&mut reader, 1, &mut more)?;
    if bytes.len() < len || !more.is_empty() {
        let found =
            if more.is_empty() { bytes.len().to_string() } else { format!("more than {len}") };
        let expected = format!("its header promises {len} for {rows} rows of {columns} columns");
        return Err(invalid("the number of bytes of the .npy data", found, expected));
    }
    // Columns come first where an array is in Fortran's layout.
    let (of_row, of_column) = match header.layout {
        Layout::Standard => (columns, 1),
        Layout::Fortran => (1, rows),
    };
    let mut tally = Tally::new();
    for row in 0..rows {
        let mut bits = Bits::zeros(columns);
        for column in 0..columns {
            let at = (row * of_row + column * of_column) * element.size;
            let value = element.value(&bytes[at..at + element.size]);
            if value != 0.0 && value != 1.0 {
                let what = format!("row {row}, column {column} of the .npy array (from 0)");
                let expected = "the elements of data are 0 and 1; spins s are bits (1 - s)/2";
                return Err(invalid(&what, shown(value), expected));
            }
            bits.set(column, value == 1.0);
        }
        tally.add(bits, Weight::Count(1), ("row", row), |wrong| {
            invalid(&format!("row {row}"), "refused".into(), wrong)
        })?;
    }
    tally.finish("row")
}

fn invalid(what: &str, value: String, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value, expected: expected.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `numpy.save` writes it.
    fn array(dtype: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let order = if fortran { "True" } else { "False" };
        let mut header =
            format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
        while (10 + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend(data);
        bytes
    }

    fn says(dtype: &str, shape: &str, data: &[u8]) -> String {
        parse(&array(dtype, false, shape, data)[..]).unwrap_err().to_string()
    }

    #[test]
    fn rows_of_every_type_and_layout() {
        // Rows 1 0 0, 0 1 1, 1 0 0: column 0 is bit 0, so 001, 110, 001.
        let list = [("001", 2), ("110", 1)].map(|(text, n)| (text.parse().unwrap(), n));
        let wanted = Distribution::from_counts(list).unwrap();
        let rows = [1u8, 0, 0, 0, 1, 1, 1, 0, 0];
        let columns = [1u8, 0, 1, 0, 1, 0, 0, 1, 0];
        let wide = |data: &[u8], number: &dyn Fn(u8) -> Vec<u8>| -> Vec<u8> {
            data.iter().flat_map(|x| number(*x)).collect()
        };
        type Number = fn(u8) -> Vec<u8>;
        let kinds: [(&str, Number); 9] = [
            ("|u1", |x| vec![x]),
            ("|b1", |x| vec![x]),
            ("|i1", |x| vec![x]),
            ("<i8", |x| i64::from(x).to_le_bytes().to_vec()),
            (">i8", |x| i64::from(x).to_be_bytes().to_vec()),
            ("<u2", |x| u16::from(x).to_le_bytes().to_vec()),
            ("<f8", |x| f64::from(x).to_le_bytes().to_vec()),
            (">f8", |x| f64::from(x).to_be_bytes().to_vec()),
            ("<f4", |x| f32::from(x).to_le_bytes().to_vec()),
        ];
        for (dtype, number) in kinds {
            for (fortran, data) in [(false, &rows), (true, &columns)] {
                let bytes = array(dtype, fortran, "(3, 3)", &wide(data, &number));
                assert_eq!(parse(&bytes[..]).unwrap(), wanted, "{dtype} {fortran}");
            }
        }
        // Not square: two rows of three columns, by columns.
        let bytes = array("|u1", true, "(2, 3)", &[1, 0, 0, 1, 0, 1]);
        let list = [("001", 1), ("110", 1)].map(|(text, n)| (text.parse().unwrap(), n));
        assert_eq!(parse(&bytes[..]).unwrap(), Distribution::from_counts(list).unwrap());
    }

    #[test]
    fn refusals_name_row_and_column() {
        let text = says("|u1", "(2, 2)", &[0, 1, 2, 0]);
        assert!(
            text.contains("row 1, column 0 of the .npy array (from 0) is 2; the elem"),
            "{text}"
        );
        assert!(
            says("|i1", "(1, 2)", &[1, 255]).contains("column 1 of the .npy array (from 0) is -1")
        );
        let half: Vec<u8> = [0.5f64, f64::NAN].iter().flat_map(|x| x.to_le_bytes()).collect();
        assert!(says("<f8", "(1, 2)", &half).contains("(from 0) is 0.5;"));
        assert!(says("<f8", "(1, 1)", &half[8..]).contains("(from 0) is NaN;"));
        assert!(
            says("<c16", "(1, 1)", &[0; 16]).contains("dtype of the .npy array is `<c16`; rows")
        );
        assert!(says("|S1", "(1, 1)", &[0]).contains("dtype of the .npy array is `|S1`"));
        for shape in ["(4,)", "()", "(0, 4)", "(4, 0)", "(1, 2, 2)"] {
            assert!(says("|u1", shape, &[0; 4]).contains(&format!("is {shape}; data are rows")));
        }
        let text = says("|u1", "(2, 2)", &[0; 3]);
        assert!(text.contains("is 3; its header promises 4 for 2 rows of 2"), "{text}");
        assert!(says("|u1", "(2, 2)", &[0; 5]).contains("is more than 4; its header"));
        let text = says("|u1", "(10000000000000000000, 4)", &[0; 4]);
        assert!(text.contains("the .npy array needs"), "{text}");
        assert!(parse(&b"\x93NUMPY"[..]).unwrap_err().to_string().contains("cut short"));
    }
}

//! Checks that kernels share.

use crate::error::{Error, Result};
use crate::math::{check_memory, too_large};
use ndarray::{Array2, ArrayView2};

/// At least one row.
pub(super) fn check_rows(rows: ArrayView2<f64>) -> Result<()> {
    if rows.nrows() > 0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of rows of a kernel".into(),
        value: "0".into(),
        expected: "there must be at least 1".into(),
    })
}

/// Zeros, if there is room for them.
pub(super) fn table(rows: usize, columns: usize) -> Result<Array2<f64>> {
    let what = format!("a kernel of {rows} × {columns}");
    let hint = || "use fewer rows";
    let needed = 8 * (rows as u128) * (columns as u128);
    check_memory(&what, needed, |_| (None, hint().into()))?;
    let mut numbers = Vec::new();
    let len = rows.checked_mul(columns);
    if len.is_none_or(|len| numbers.try_reserve_exact(len).is_err()) {
        return Err(too_large(&what, needed, |_| (None, hint().into())));
    }
    numbers.resize(rows * columns, 0.0);
    Ok(Array2::from_shape_vec((rows, columns), numbers).expect("the table has this size"))
}

/// A square matrix of finite numbers that is its own transpose, to rounding.
pub(super) fn check_symmetric(kernel: ArrayView2<f64>) -> Result<()> {
    let (rows, columns) = kernel.dim();
    let invalid = |value: String, expected: &str| {
        let (what, expected) = ("a kernel".into(), expected.into());
        Err(Error::Invalid { what, value, expected })
    };
    if rows != columns || rows == 0 {
        return invalid(
            format!("a matrix of {rows} × {columns}"),
            "it must be square, with a row and a column for each data point",
        );
    }
    check_finite(kernel)?;
    let largest = kernel.iter().fold(0.0f64, |most, k| most.max(k.abs()));
    for i in 0..rows {
        for j in 0..i {
            if (kernel[[i, j]] - kernel[[j, i]]).abs() > 1e-9 * largest {
                let value = format!(
                    "{} in row {i}, column {j}, and {} in row {j}, column {i}",
                    kernel[[i, j]],
                    kernel[[j, i]]
                );
                return invalid(value, "it must be symmetric");
            }
        }
    }
    Ok(())
}

/// Finite numbers.
pub(super) fn check_finite(kernel: ArrayView2<f64>) -> Result<()> {
    match kernel.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((i, j), &value)) => {
            Err(Error::NotFinite { what: format!("row {i}, column {j} of a kernel"), value })
        }
    }
}

/// At least so many shots.
pub(super) fn check_shots(shots: u64, least: u64, why: &str) -> Result<()> {
    if shots >= least {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of shots of a kernel".into(),
        value: shots.to_string(),
        expected: format!("it must be at least {least}{why}"),
    })
}

//! Checks of what the learners of this folder are given.

use crate::error::{Error, Result, shown};
use ndarray::ArrayView2;
use std::fmt::Display;

/// By how much a kernel may miss symmetry, relative to its largest entry.
const SYMMETRY_TOLERANCE: f64 = 1e-8;

/// An [`Error::Invalid`].
pub(super) fn invalid<T>(
    what: impl Into<String>,
    value: impl Display,
    expected: impl Into<String>,
) -> Result<T> {
    let (what, value) = (what.into(), value.to_string());
    Err(Error::Invalid { what, value, expected: expected.into() })
}

/// Refuses a setting that is not positive and finite.
pub(super) fn check_positive(what: &str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    invalid(what, shown(value), "it must be positive and finite")
}

/// Refuses a setting that is not at least 0 and finite.
pub(super) fn check_not_negative(what: &str, value: f64) -> Result<()> {
    if value >= 0.0 && value.is_finite() {
        return Ok(());
    }
    invalid(what, shown(value), "it must be at least 0 and finite")
}

/// Refuses rows of which there is none, without entries, or with one that is not finite; `entry` says
/// what an entry is: `feature`.
pub(super) fn check_finite(entry: &str, rows: ArrayView2<'_, f64>) -> Result<()> {
    if rows.nrows() == 0 {
        return invalid("the number of rows", 0, "data have at least one");
    }
    if rows.ncols() == 0 {
        return invalid(format!("the number of {entry}s"), 0, "data have at least one");
    }
    match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => {
            Err(Error::NotFinite { what: format!("{entry} {column} of row {row}"), value })
        }
        None => Ok(()),
    }
}

/// Refuses rows of another length.
pub(super) fn check_columns(what: &str, rows: ArrayView2<'_, f64>, expected: usize) -> Result<()> {
    if rows.ncols() == expected {
        return Ok(());
    }
    invalid(what, rows.ncols(), format!("it must be {expected}"))
}

/// Refuses another number of targets than of rows.
pub(super) fn check_targets(targets: usize, rows: usize) -> Result<()> {
    if targets == rows {
        return Ok(());
    }
    invalid("the number of targets", targets, format!("there are {rows} rows"))
}

/// Refuses targets that are not finite.
pub(super) fn check_values(values: &[f64], rows: usize) -> Result<()> {
    check_targets(values.len(), rows)?;
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((row, &value)) => {
            Err(Error::NotFinite { what: format!("the target of row {row}"), value })
        }
        None => Ok(()),
    }
}

/// Refuses classes that are not there, and rows of one class only. Returns how many rows each class has.
pub(super) fn check_labels(
    labels: &[usize],
    rows: usize,
    num_classes: usize,
) -> Result<Vec<usize>> {
    check_targets(labels.len(), rows)?;
    let mut counts = vec![0usize; num_classes];
    for (row, &label) in labels.iter().enumerate() {
        match counts.get_mut(label) {
            Some(count) => *count += 1,
            None => {
                let expected = format!("there are {num_classes} classes, numbered from 0");
                return invalid(format!("the label of row {row}"), label, expected);
            }
        }
    }
    let present = counts.iter().filter(|count| **count > 0).count();
    if present < 2 {
        let expected = "a classifier needs rows of at least two; with stratified splits each part \
                        has rows of every class";
        return invalid("the number of classes that occur", present, expected);
    }
    Ok(counts)
}

/// Refuses a kernel between training rows that is not square, finite and symmetric (to 1e-8 of its
/// largest entry).
pub(super) fn check_kernel(kernel: ArrayView2<'_, f64>) -> Result<()> {
    let (rows, columns) = kernel.dim();
    if rows != columns {
        let expected = "the kernel between training rows is square; that of test rows goes to \
                        `predict`";
        return invalid("the shape of the kernel", format!("{rows} × {columns}"), expected);
    }
    check_finite("kernel entry", kernel)?;
    let largest = kernel.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    for i in 0..rows {
        for j in 0..i {
            let difference = (kernel[[i, j]] - kernel[[j, i]]).abs();
            if difference > SYMMETRY_TOLERANCE * largest {
                return invalid(
                    format!("the difference of kernel entries ({i}, {j}) and ({j}, {i})"),
                    shown(difference),
                    "a kernel is symmetric; take the mean of it and its transpose",
                );
            }
        }
    }
    Ok(())
}

/// Refuses the kernel between test and training rows if it is not finite or of another width.
pub(super) fn check_test_kernel(rows: ArrayView2<'_, f64>, trained: usize) -> Result<()> {
    if rows.ncols() != trained {
        return invalid(
            "the number of columns of the test kernel",
            rows.ncols(),
            format!(
                "the kernel between test and training rows is m_test × m_train, and there were \
                 {trained} training rows"
            ),
        );
    }
    if rows.nrows() == 0 {
        return Ok(());
    }
    check_finite("kernel entry", rows)
}

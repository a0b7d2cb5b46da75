//! Distances that are given one by one.

use super::super::scan::Line;
use crate::error::Result;

/// Which entries of the matrix are given, in which order (EDGE_WEIGHT_FORMAT). Matrices that are
/// given by columns have the names of their transposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Full,
    Upper,
    Lower,
    UpperDiagonal,
    LowerDiagonal,
}

/// EDGE_WEIGHT_FORMAT by name; a symmetric matrix by columns is its transpose by rows.
pub(super) const LAYOUTS: [(&str, Layout); 9] = [
    ("FULL_MATRIX", Layout::Full),
    ("UPPER_ROW", Layout::Upper),
    ("LOWER_ROW", Layout::Lower),
    ("UPPER_DIAG_ROW", Layout::UpperDiagonal),
    ("LOWER_DIAG_ROW", Layout::LowerDiagonal),
    ("UPPER_COL", Layout::Lower),
    ("LOWER_COL", Layout::Upper),
    ("UPPER_DIAG_COL", Layout::LowerDiagonal),
    ("LOWER_DIAG_COL", Layout::UpperDiagonal),
];

impl Layout {
    /// The columns of row i that are given.
    fn columns(self, i: usize, n: usize) -> std::ops::Range<usize> {
        match self {
            Layout::Full => 0..n,
            Layout::Upper => i + 1..n,
            Layout::Lower => 0..i,
            Layout::UpperDiagonal => i..n,
            Layout::LowerDiagonal => 0..i + 1,
        }
    }

    /// The whole matrix, row by row, of the lines of a section; 0 on the diagonal.
    pub fn read(self, section: Line<'_>, data: &[Line<'_>], n: usize) -> Result<Vec<f64>> {
        let count: usize = (0..n).map(|i| self.columns(i, n).len()).sum();
        let mut numbers = Vec::new();
        for line in data {
            for field in line.text.split_whitespace() {
                if numbers.len() == count {
                    let expected = format!("expected the end after {count} numbers");
                    return Err(line.error(self.with_ragged(expected, data, n)));
                }
                let value = line.number(field)?;
                if value < 0.0 {
                    return Err(line.error(format!("the distance {field} is negative")));
                }
                numbers.push(value);
            }
        }
        if numbers.len() < count {
            let expected = format!("expected {count} numbers, but found {}", numbers.len());
            return Err(section.error(self.with_ragged(expected, data, n)));
        }
        let mut distances = vec![0.0; n * n];
        let places = (0..n).flat_map(|i| self.columns(i, n).map(move |j| (i, j)));
        for ((i, j), value) in places.zip(numbers) {
            if i == j {
                continue;
            }
            distances[i * n + j] = value;
            if self != Layout::Full {
                distances[j * n + i] = value;
            }
        }
        Ok(distances)
    }

    /// What is wrong with the number of numbers, and on which line it begins, where lines are rows.
    fn with_ragged(self, expected: String, data: &[Line<'_>], n: usize) -> String {
        let lengths = (0..n).map(|i| self.columns(i, n).len()).filter(|&length| length > 0);
        let lengths: Vec<usize> = lengths.collect();
        if data.len() != lengths.len() {
            return expected;
        }
        let found = |line: &Line<'_>| line.text.split_whitespace().count();
        let ragged = data.iter().zip(lengths).find(|(line, length)| found(line) != *length);
        match ragged {
            Some((line, length)) => {
                let found = found(line);
                format!("{expected}; line {} has {found} of a row of {length}", line.number)
            }
            None => expected,
        }
    }
}

/// The first pair of cities between which the way back has another length.
pub(super) fn asymmetric(distances: &[f64], n: usize) -> Option<(usize, usize)> {
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs.into_iter().find(|&(i, j)| distances[i * n + j] != distances[j * n + i])
}

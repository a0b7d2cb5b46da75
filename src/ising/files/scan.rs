//! Lines of numbers, and errors that name the line.

use super::super::MAX_VARIABLES;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// A line with something on it.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub number: usize,
    pub text: &'a str,
}

/// The lines that are not blank, with their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    // Some programs start a file with a byte-order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate();
    numbered
        .map(|(k, text)| Line { number: k + 1, text: text.trim() })
        .filter(|line| !line.text.is_empty())
}

/// What stands where a line was expected.
pub(super) fn ended(what: &str, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value: "at its end".into(), expected: expected.into() }
}

impl<'a> Line<'a> {
    pub fn error(&self, expected: impl Into<String>) -> Error {
        let mut value: String = self.text.chars().take(60).collect();
        if value.len() < self.text.len() {
            value.push('…');
        }
        Error::Invalid {
            what: format!("line {}", self.number),
            value: format!("`{value}`"),
            expected: expected.into(),
        }
    }

    pub fn fields(&self) -> Vec<&'a str> {
        self.text.split_whitespace().collect()
    }

    /// A count, such as that of vertices.
    pub fn count(&self, field: &str, of: &str) -> Result<usize> {
        let count = field.parse::<usize>().map_err(|_| {
            self.error(format!("the number of {of} is `{field}`; expected an integer from 0"))
        })?;
        // More pairs than this do not fit in a file that is read.
        if count <= 1 << 32 {
            return Ok(count);
        }
        Err(self.error(format!("{count} {of} are more than a file can hold")))
    }

    /// An index that is written from `first` on and returned from 0 on. Without a `count`, up to
    /// [`MAX_VARIABLES`].
    pub fn index(&self, field: &str, first: usize, count: Option<usize>) -> Result<usize> {
        let limit = count.unwrap_or(MAX_VARIABLES);
        let range = || match (first, limit) {
            (_, 0) => "there are none".to_owned(),
            _ => format!("expected an integer from {first} to {}", first + limit - 1),
        };
        match field.parse::<usize>() {
            Ok(value) if value >= first && value - first < limit => Ok(value - first),
            _ => Err(self.error(format!("the index `{field}` is out of range; {}", range()))),
        }
    }

    /// A finite number.
    pub fn number(&self, field: &str) -> Result<f64> {
        match field.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(self.error(format!("`{field}` is not a finite number"))),
            Err(_) => Err(self.error(format!("`{field}` is not a number"))),
        }
    }
}

/// The pairs of a file and the lines they are on.
#[derive(Default)]
pub(super) struct Pairs {
    lines: HashMap<(usize, usize), usize>,
}

impl Pairs {
    /// Refuses a pair that another line has, in either order.
    pub fn add(&mut self, line: Line<'_>, i: usize, j: usize) -> Result<()> {
        match self.lines.insert((i.min(j), i.max(j)), line.number) {
            None => Ok(()),
            Some(first) => Err(line.error(format!(
                "this pair is on line {first} already; whether the two numbers add up is not said"
            ))),
        }
    }
}

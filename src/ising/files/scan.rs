//! Lines of numbers, and errors that name the line.

use super::super::MAX_VARIABLES;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// The content of a line, or a comment on it.
#[derive(Clone, Copy)]
pub(in crate::ising) struct Line<'a> {
    pub number: usize,
    pub text: &'a str,
}

/// The lines that have more than a comment, without their comments.
pub(in crate::ising) fn content(text: &str) -> impl Iterator<Item = Line<'_>> {
    let lines = numbered(text).map(|(number, line)| Line { number, text: split(line).0 });
    lines.filter(|line| !line.text.is_empty())
}

/// The comments, without their marks.
pub(super) fn comments(text: &str) -> impl Iterator<Item = Line<'_>> {
    numbered(text).filter_map(|(number, line)| Some(Line { number, text: split(line).1? }))
}

/// All lines with their numbers, which end at a line feed, a carriage return, or both.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Some programs start a file with a byte-order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let lines = lines.flat_map(|line| line.split('\r'));
    lines.enumerate().map(|(k, line)| (k + 1, line.trim()))
}

/// Content and comment of a line: comments follow `#`, `%` or `//`, or are lines whose first word
/// is `c`.
fn split(line: &str) -> (&str, Option<&str>) {
    if let Some(comment) = line.strip_prefix('c')
        && comment.chars().next().is_none_or(char::is_whitespace)
    {
        return ("", Some(comment.trim()));
    }
    match ["#", "%", "//"].into_iter().filter_map(|mark| line.find(mark)).min() {
        None => (line, None),
        Some(at) => {
            let comment = line[at..].trim_start_matches(['#', '%', '/']);
            (line[..at].trim(), Some(comment.trim()))
        }
    }
}

/// What stands where a line was expected.
pub(in crate::ising) fn ended(what: &str, expected: impl Into<String>) -> Error {
    Error::Invalid {
        what: format!("the text of {what}"),
        value: "at its end".into(),
        expected: expected.into(),
    }
}

impl<'a> Line<'a> {
    pub fn error(&self, expected: impl Into<String>) -> Error {
        Error::line(self.number, self.text, expected)
    }

    /// What is between the commas, or, where there are none, between blanks.
    pub fn fields(&self) -> Vec<&'a str> {
        match self.text.contains(',') {
            true => self.text.split(',').map(str::trim).collect(),
            false => self.text.split_whitespace().collect(),
        }
    }

    /// Name and value of a comment `name = value` or `name: value`, the name in small letters.
    pub fn setting(&self) -> Option<(String, &'a str)> {
        let (name, value) = self.text.split_once(['=', ':'])?;
        Some((name.trim().to_lowercase(), value.trim()))
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
            _ if field.parse::<f64>().is_err() => {
                Err(self.error(format!("the index `{field}` is no number; {}", range())))
            }
            _ => Err(self.error(format!("the index `{field}` is out of range; {}", range()))),
        }
    }

    /// A finite number.
    pub fn number(&self, field: &str) -> Result<f64> {
        match field.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            Ok(_) => Err(self.error(format!("`{field}` is not a finite number"))),
            Err(_) if field.starts_with('{') => {
                Err(self.error(format!("attributes in braces are not read: `{field}`")))
            }
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
                "this pair is on line {first} already, and whether two lines count once or add up is \
                 not said; keep one"
            ))),
        }
    }
}

/// Where the numbers of a file begin, and how many there are, if the file does not say how many. All
/// numbers from 0 to the largest are used, or all from 1.
///
/// # Errors
/// If there are gaps: which, and the comment that says that they are meant.
pub(super) fn numbering(
    of: &str,
    setting: &str,
    numbers: impl Iterator<Item = usize>,
) -> Result<(usize, usize)> {
    let mut used = Vec::new();
    for number in numbers {
        if used.len() <= number {
            used.resize(number + 1, false);
        }
        used[number] = true;
    }
    let first = usize::from(used.first() == Some(&false));
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for number in (0..used.len()).filter(|&number| !used[number]) {
        match gaps.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => gaps.push((number, number)),
        }
    }
    if gaps.iter().all(|&gap| gap == (0, 0)) {
        return Ok((first, used.len() - first));
    }
    let shown = gaps.iter().take(8).map(|&(from, to)| match to - from {
        0 => from.to_string(),
        1 => format!("{from}, {to}"),
        _ => format!("{from} to {to}"),
    });
    let more = if gaps.len() > 8 { ", …" } else { "" };
    let (unused, n) = (used.iter().filter(|used| !**used).count(), used.len());
    Err(Error::Invalid {
        what: format!("the largest number of the {of}"),
        value: (n - 1).to_string(),
        expected: format!(
            "{unused} of the numbers from 0 to {0} are unused: {1}{more}; number the {of} from 0 or \
             from 1 without gaps, or write the comment `# {setting} = {n}` if they are meant",
            n - 1,
            shown.collect::<Vec<_>>().join(", ")
        ),
    })
}

/// Whether a comment is the setting `name`, in any spelling of it.
pub(super) fn has_setting(text: &str, name: &str) -> bool {
    comments(text).any(|line| line.setting().is_some_and(|(found, _)| found == name))
}

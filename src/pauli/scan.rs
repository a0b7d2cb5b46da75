//! Reading a text from left to right, and faults that show where it went wrong.

use crate::error::{Diagnostic, Error, ProgramError};

/// A position in a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0 }
    }

    /// The byte position.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Goes back to a byte position that it had before.
    pub(super) fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over characters while `accept` holds and returns them.
    pub(super) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !accept(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Steps over `c` if it is next.
    pub(super) fn eat(&mut self, c: char) -> bool {
        let next = self.peek() == Some(c);
        if next {
            self.at += c.len_utf8();
        }
        next
    }

    /// The error at byte `at`: "`found` …" with what is expected.
    pub(super) fn expected(&self, at: usize, expected: &str) -> Error {
        let rest = &self.text[at..];
        let mut help = None;
        let found = match rest.chars().next() {
            None => "the end".to_string(),
            Some('\u{2212}' | '\u{2013}' | '\u{2014}') => {
                help = Some("write the ASCII minus `-`");
                format!("`{}`", &rest[..rest.chars().next().map_or(0, char::len_utf8)])
            }
            Some(c) if c.is_alphanumeric() => {
                let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
                if c.is_lowercase() {
                    help = Some("Pauli letters are the capitals I, X, Y and Z");
                }
                format!("`{}`", shortened(word))
            }
            Some(c) => format!("`{}`", c.escape_debug()),
        };
        self.fault(at, format!("found {found}; expected {expected}"), help.map(str::to_string))
    }

    /// The error at byte `at` with a message of its own.
    pub(super) fn fault(&self, at: usize, message: String, help: Option<String>) -> Error {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() + 1;
        let source = self.text[start..].split('\n').next().unwrap_or("");
        let file = "<input>".to_string();
        let mut rendered = format!("{file}:{line}:{column}: {message}\n");
        let (shown, marker) = window(source, column - 1);
        rendered += &format!("  | {shown}\n  | {}^\n", " ".repeat(marker));
        if let Some(help) = &help {
            rendered += &format!("  = {help}\n");
        }
        let diagnostics = vec![Diagnostic { file, line, column, message, help }];
        Error::Program(Box::new(ProgramError { diagnostics, rendered }))
    }
}

/// At most the first 20 characters.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(20) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_string(),
    }
}

/// The part of a line around character `at`, and where that character stands in it.
fn window(line: &str, at: usize) -> (String, usize) {
    const BEFORE: usize = 40;
    const LENGTH: usize = 76;
    let skipped = at.saturating_sub(BEFORE);
    let mut shown = String::from(if skipped > 0 { "…" } else { "" });
    let marker = at - skipped + shown.chars().count();
    let mut left = line.chars().skip(skipped);
    shown.extend(left.by_ref().take(LENGTH).map(|c| if c.is_control() { ' ' } else { c }));
    if left.next().is_some() {
        shown.push('…');
    }
    (shown, marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_show_the_place() {
        let scanner = Scanner::new("X0\n+ 2 Q1");
        let error = scanner.expected(7, "a Pauli letter");
        assert_eq!(
            error.to_string(),
            "<input>:2:5: found `Q1`; expected a Pauli letter\n  | + 2 Q1\n  |     ^"
        );
        let long = format!("{}Q{}", "é".repeat(100), "é".repeat(100));
        let text = Scanner::new(&long).expected(200, "less").to_string();
        let lines: Vec<_> = text.lines().collect();
        let mark = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(mark), Some('Q'), "{text}");
        assert!(text.contains(":101:") && text.lines().all(|l| l.chars().count() < 90), "{text}");
    }
}

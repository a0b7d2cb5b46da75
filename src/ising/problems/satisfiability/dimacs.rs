//! Formulas in DIMACS's form.

use super::Satisfiability;
use crate::error::Result;
use crate::ising::files;
use crate::ising::files::scan::{content, ended};
use crate::ising::problems::limits::check_bits;
use std::path::Path;

impl Satisfiability {
    /// Reads DIMACS CNF ("Satisfiability: suggested format", DIMACS (1993)): the header `p cnf n m`, then
    /// m clauses of literals that end with 0, on as many lines as they like. Lines from `c` are comments;
    /// a line from `%` ends the formula, as in SATLIB's files.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there; if there are more or fewer clauses
    /// than the header says; as [`Satisfiability::try_new`]. Weighted formulas are refused.
    pub fn parse(text: &str) -> Result<Self> {
        const FORM: &str = "expected the header `p cnf n m`";
        let mut lines = content(before_the_end(text));
        let header = lines.next().ok_or(ended("the formula", FORM))?;
        let words: Vec<&str> = header.text.split_whitespace().collect();
        let (n, m) = match words[..] {
            ["p", "cnf", n, m] => (header.count(n, "variables")?, header.count(m, "clauses")?),
            ["p", kind, ..] if kind != "cnf" => {
                return Err(header.error(format!("`{kind}` is not read; {FORM}")));
            }
            _ => return Err(header.error(FORM)),
        };
        check_bits("formula", n, "a formula with fewer variables needs fewer")?;
        let (mut clauses, mut clause) = (Vec::new(), Vec::new());
        for line in lines {
            for word in line.text.split_whitespace() {
                if clauses.len() == m {
                    return Err(line.error(format!("expected the end after {m} clauses")));
                }
                match word.parse::<i32>() {
                    Ok(0) => clauses.push(std::mem::take(&mut clause)),
                    Ok(literal) if literal.unsigned_abs() as usize <= n => clause.push(literal),
                    Ok(literal) => {
                        return Err(line.error(format!(
                            "the literal {literal} is of no variable; the header says that there are {n}"
                        )));
                    }
                    Err(_) => {
                        return Err(line.error(format!(
                            "`{word}` is no literal; expected ±1 to ±{n}, or 0 at the end of a clause"
                        )));
                    }
                }
            }
        }
        if !clause.is_empty() {
            return Err(ended("the formula", "expected 0 after the last clause"));
        }
        if clauses.len() < m {
            let expected = format!("expected {m} clauses, but found {}", clauses.len());
            return Err(ended("the formula", expected));
        }
        Satisfiability::try_new(n, clauses)
    }

    /// Reads a file as [`Satisfiability::parse`] does.
    ///
    /// # Errors
    /// As there, and if the file cannot be read or is larger than
    /// [`MAX_FILE_BYTES`](crate::ising::MAX_FILE_BYTES).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| Self::parse(text))
    }
}

/// What is before the first line that starts with `%`.
fn before_the_end(text: &str) -> &str {
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        if line.trim_start().starts_with('%') {
            return &text[..start];
        }
        start += line.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_clauses_on_any_lines() {
        let text = "c % a comment\np  cnf 4 4\n1 -2 0 3 0\n-1\n 2\t-3 0 0\n%\n0\n";
        let formula = Satisfiability::parse(text).unwrap();
        let clauses = vec![vec![1, -2], vec![3], vec![-1, 2, -3], vec![]];
        assert_eq!(formula, Satisfiability::new(4, clauses));
        assert_eq!(Satisfiability::parse("p cnf 0 0").unwrap(), Satisfiability::new(0, vec![]));
        let windows = Satisfiability::parse("p cnf 1 1\r\n1 0\r\n%\r\n0\r\n").unwrap();
        assert_eq!(windows, Satisfiability::new(1, vec![vec![1]]));
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "p cnf n m"),
            ("c x\n1 2 0\n", "line 2", "p cnf n m"),
            ("p wcnf 3 2 5\n", "line 1", "`wcnf` is not read"),
            ("p cnf 3\n", "line 1", "p cnf n m"),
            ("p cnf -3 2\n", "line 1", "`-3`"),
            ("p cnf 99999999 1\n1 0\n", "99999999", "at most"),
            ("p cnf 2 99999999999999999999\n", "line 1", "clauses"),
            ("p cnf 2 4000000000\n1 0\n", "end", "expected 4000000000 clauses, but found 1"),
            ("p cnf 2 1\n1 3 0\n", "line 2", "3 is of no variable"),
            ("p cnf 2 1\n1 x 0\n", "line 2", "`x` is no literal"),
            ("p cnf 2 1\n1 1.5 0\n", "line 2", "`1.5` is no literal"),
            ("p cnf 2 1\n1 99999999999 0\n", "line 2", "is no literal"),
            ("p cnf 2 1\n1 2\n", "end", "0 after the last clause"),
            ("p cnf 2 1\n1 0\n2 0\n", "line 3", "the end after 1 clauses"),
        ] {
            let error = Satisfiability::parse(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(p cnf 3 2\n)?([0-9cp% .-]{0,8}[\r\n]){0,6}") {
            let _ = Satisfiability::parse(&text);
        }
    }
}

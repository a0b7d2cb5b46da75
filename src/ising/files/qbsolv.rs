//! The `.qubo` files of qbsolv.

use super::scan::{Line, Pairs, comments, content, ended};
use crate::error::{Error, Result};
use crate::ising::Qubo;
use std::fmt::Write;

/// The name of our comment.
const OFFSET: &str = "offset";

impl Qubo {
    /// Reads a qbsolv file (Booth, Reinhardt and Roy, D-Wave report 14-1006A-A (2017)):
    /// `p qubo target n diagonals elements`, then that many lines `i i a`, then `i j b` with
    /// i < j, variables from **0**; lines from `c` are comments. It is minimized, and a pair
    /// counts once. The comment `c offset 1.5` is ours, since the format has no offset: other
    /// programs skip it, and their energies are without it.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn from_qbsolv(text: &str) -> Result<Self> {
        let mut content = content(text);
        let header_form = "expected the header `p qubo 0 n diagonals elements`";
        let header = content.next().ok_or(ended("the file", header_form))?;
        let ["p", "qubo", target, n, diagonals, elements] = header.fields()[..] else {
            return Err(match header.fields()[..] {
                [word, ..] if is_sense(word) => sense(),
                _ if is_capital(&header) => {
                    header.error(format!("{header_form}, with `p qubo` in small letters"))
                }
                _ => header.error(header_form),
            });
        };
        if !["0", "unconstrained"].contains(&target) {
            return Err(header.error("only the topology `0` or `unconstrained` is known"));
        }
        let n = header.count(n, "variables")?;
        super::super::quadratic::check_size("the variables", n)?;
        let diagonals = header.count(diagonals, "diagonals")?;
        let elements = header.count(elements, "elements")?;
        let (mut linear, mut pairs, mut seen) = (vec![0.0; n], Vec::new(), Pairs::default());
        let mut read = 0;
        for line in content {
            let (i, j, value) = entry(line, n)?;
            seen.add(line, i, j)?;
            match read {
                k if k < diagonals && i == j => linear[i] = value,
                k if k < diagonals => {
                    return Err(line.error(format!("expected {diagonals} diagonals `i i a` first")));
                }
                k if k - diagonals >= elements => {
                    let expected = format!("expected the end after {elements} elements");
                    return Err(line.error(expected));
                }
                _ if i >= j => return Err(line.error("expected an element `i j b` with i < j")),
                _ => pairs.push((i, j, value)),
            }
            read += 1;
        }
        if read < diagonals + elements {
            let expected =
                format!("expected {} coefficients, but found {read}", diagonals + elements);
            return Err(ended("the file", expected));
        }
        Qubo::try_new(linear, pairs, offset(text)?.unwrap_or(0.0))
    }

    /// The problem as a qbsolv file, with an offset as the comment that [`Qubo::from_qbsolv`] reads.
    pub fn to_qbsolv(&self) -> String {
        let diagonals = || self.linear().iter().enumerate().filter(|(_, a)| a.to_bits() != 0);
        let (n, count) = (self.num_variables(), diagonals().count());
        let mut text = match self.offset() {
            none if none.to_bits() == 0 => String::new(),
            offset => format!("c {OFFSET} {offset}\n"),
        };
        let _ = writeln!(text, "p qubo 0 {n} {count} {}", self.quadratic().len());
        for (i, a) in diagonals() {
            let _ = writeln!(text, "{i} {i} {a}");
        }
        for (i, j, b) in self.quadratic() {
            let _ = writeln!(text, "{i} {j} {b}");
        }
        text
    }
}

/// The offset of a comment `offset VALUE`.
fn offset(text: &str) -> Result<Option<f64>> {
    let mut found: Option<f64> = None;
    for line in comments(text) {
        let words = line.text.replace(['=', ':'], " ");
        let [name, value] = words.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if name.eq_ignore_ascii_case(OFFSET) {
            let value = line.number(value)?;
            if found.is_some_and(|found| found.to_bits() != value.to_bits()) {
                return Err(line.error("a comment before says another offset"));
            }
            found = Some(value);
        }
    }
    Ok(found)
}

/// Whether a line is a header but for its letters.
pub(super) fn is_capital(line: &Line<'_>) -> bool {
    let words = line.fields();
    words.len() > 1
        && words[..2] != ["p", "qubo"]
        && words[0].eq_ignore_ascii_case("p")
        && words[1].eq_ignore_ascii_case("qubo")
}

/// Whether the first word is that of Quantagonia's files, which have the same extension.
pub(super) fn is_sense(word: &str) -> bool {
    ["MINIMIZE", "MAXIMIZE"].iter().any(|sense| word.eq_ignore_ascii_case(sense))
}

/// Why a file that begins with such a word is not read.
pub(super) fn sense() -> Error {
    Error::Invalid {
        what: "the file".into(),
        value: "one of Quantagonia's, or an LP file, by its first line, `MINIMIZE` or `MAXIMIZE`"
            .into(),
        expected: "only qbsolv's `.qubo` files are read, whose header is \
                   `p qubo 0 n diagonals elements`; write it so (which is minimized), or as COO, \
                   bqpjson or dimod's JSON"
            .into(),
    }
}

fn entry(line: Line<'_>, n: usize) -> Result<(usize, usize, f64)> {
    let [i, j, value] = line.fields()[..] else {
        return Err(line.error("expected `i j coefficient`"));
    };
    Ok((line.index(i, 0, Some(n))?, line.index(j, 0, Some(n))?, line.number(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_example() {
        let text =
            "c a comment\np qubo 0 4 2 2\n0 0 3.4\nc diagonals above\n3 3 -1\n0 1 2\n1 3 4\n";
        let expected = Qubo::new(vec![3.4, 0.0, 0.0, -1.0], [(0, 1, 2.0), (1, 3, 4.0)], 0.0);
        assert_eq!(Qubo::from_qbsolv(text).unwrap(), expected);
        let other = text.replace("p qubo 0", "p qubo unconstrained");
        assert_eq!(Qubo::from_qbsolv(&other).unwrap(), expected);
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("c nothing\n", "end", "p qubo"),
            ("q qubo 0 1 1 1\n", "line 1", "p qubo"),
            ("p qubo 1 1 1 1\n", "line 1", "topology"),
            ("p qubo 0 x 1 1\n", "line 1", "number of variables"),
            ("p qubo 0 99999999 1 1\n", "99999999", "at most"),
            ("p qubo 0 2 1 1\n0 1 1\n", "line 2", "diagonals `i i a` first"),
            ("p qubo 0 2 1 1\n0 0 1\n1 0 1\n", "line 3", "i < j"),
            ("p qubo 0 2 1 1\n0 0 1\n1 1 1\n", "line 3", "i < j"),
            ("p qubo 0 2 1 1\n0 0 1\n0 2 1\n", "line 3", "from 0 to 1"),
            ("p qubo 0 3 1 2\n0 0 1\n0 1 1\n0 1 2\n", "line 4", "line 3 already"),
            ("p qubo 0 3 1 1\n0 0 1\n0 1 1\n0 2 2\n", "line 4", "expected the end"),
            ("p qubo 0 3 1 2\n0 0 1\n0 1 1\n", "end", "expected 3 coefficients, but found 2"),
            ("p qubo 0 3 1 1\n0 0 inf\n", "line 2", "finite"),
        ] {
            let error = Qubo::from_qbsolv(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
        for first in ["MINIMIZE", "MAXIMIZE", "Minimize"] {
            let text = format!("{first}\n3 2\n0 0 1\n0 1 2\n");
            let says = Qubo::from_qbsolv(&text).unwrap_err().to_string();
            assert!(says.contains("Quantagonia") && says.contains("p qubo 0 n"), "{says}");
        }
        for header in ["p QUBO 0 1 1 0", "P qubo 0 1 1 0", "P QUBO 0 1 1 0"] {
            let says = Qubo::from_qbsolv(&format!("{header}\n0 0 1\n")).unwrap_err().to_string();
            assert!(says.contains("line 1") && says.contains("in small letters"), "{says}");
        }
    }

    #[test]
    fn an_offset_is_a_comment() {
        for offset in [2.0, -870.0, 1e-300, -0.0, 0.1, f64::MAX] {
            let text = Qubo::new(vec![1.0], [], offset).to_qbsolv();
            assert!(text.starts_with("c offset "), "{text}");
            assert_eq!(Qubo::from_qbsolv(&text).unwrap().offset().to_bits(), offset.to_bits());
        }
        assert_eq!(Qubo::new(vec![1.0], [], 0.0).to_qbsolv(), "p qubo 0 1 1 0\n0 0 1\n");
        let offset = |comments: &str| {
            let text = format!("p qubo 0 1 1 0\n{comments}\n0 0 1\n");
            Qubo::from_qbsolv(&text).map(|qubo| qubo.offset()).map_err(|error| error.to_string())
        };
        assert_eq!(offset("c Offset = 2.5\nc offset 2.5"), Ok(2.5));
        assert_eq!(offset("c the offset 3 is left out\nc offset"), Ok(0.0));
        for (comments, says) in [
            ("c offset 1\nc offset 2", "line 3"),
            ("c offset 1,5", "not a number"),
            ("c offset inf", "not a finite number"),
        ] {
            let error = offset(comments).unwrap_err();
            assert!(error.contains(says), "{comments}: {error}");
        }
    }
}

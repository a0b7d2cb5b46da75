//! The `.qubo` files of qbsolv.

use super::scan::{Line, Pairs, content, ended};
use super::without_offset;
use crate::error::Result;
use crate::ising::Qubo;
use std::fmt::Write;

impl Qubo {
    /// Reads a qbsolv file (Booth, Reinhardt and Roy, D-Wave report 14-1006A-A (2017)):
    /// `p qubo target n diagonals elements`, then that many lines `i i a`, then `i j b` with
    /// i < j, variables from **0**; lines from `c` are comments. It is minimized, and a pair
    /// counts once.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn from_qbsolv(text: &str) -> Result<Self> {
        let mut content = content(text);
        let header_form = "expected the header `p qubo 0 n diagonals elements`";
        let header = content.next().ok_or(ended("the file", header_form))?;
        let ["p", "qubo", target, n, diagonals, elements] = header.fields()[..] else {
            return Err(header.error(header_form));
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
        Qubo::try_new(linear, pairs, 0.0)
    }

    /// The problem as a qbsolv file.
    ///
    /// # Errors
    /// If there is an offset: the format has none.
    pub fn to_qbsolv(&self) -> Result<String> {
        without_offset(self.offset(), "qbsolv")?;
        let diagonals = || self.linear().iter().enumerate().filter(|(_, a)| **a != 0.0);
        let (n, count) = (self.num_variables(), diagonals().count());
        let mut text = format!("p qubo 0 {n} {count} {}\n", self.quadratic().len());
        for (i, a) in diagonals() {
            let _ = writeln!(text, "{i} {i} {a}");
        }
        for (i, j, b) in self.quadratic() {
            let _ = writeln!(text, "{i} {j} {b}");
        }
        Ok(text)
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
        let with_offset = Qubo::new(vec![1.0], [], 2.0).to_qbsolv().unwrap_err().to_string();
        assert!(with_offset.contains("write COO or JSON"));
    }
}

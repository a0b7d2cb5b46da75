//! The `bqp` files of the OR-Library.

use super::scan::{Line, Pairs, content, ended};
use super::without_offset;
use crate::error::{Error, Result};
use crate::ising::Qubo;
use std::fmt::Write;

impl Qubo {
    /// Reads a bqp file (Beasley, OR-Library; J. Oper. Res. Soc. 41, 1069 (1990)): the number of
    /// problems, then for each `n nonzeros` and that many lines `i j q`, variables from **1**. The
    /// library **maximizes** xᵀQx with a symmetric Q of which one triangle is given, so here
    /// aᵢ = -Qᵢᵢ and bᵢⱼ = -2 Qᵢⱼ: an energy is minus the library's value.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there.
    pub fn from_bqp(text: &str) -> Result<Vec<Self>> {
        let mut content = content(text);
        let first = content.next().ok_or(ended("the file", "expected the number of problems"))?;
        let [count] = first.fields()[..] else {
            return Err(first.error("expected the number of problems, alone on its line"));
        };
        let count = first.count(count, "problems")?;
        let mut problems = Vec::new();
        for k in 1..=count {
            problems.push(problem(&mut content, k)?);
        }
        match content.next() {
            None => Ok(problems),
            Some(line) => Err(line.error(format!("expected the end after {count} problems"))),
        }
    }

    /// Problems as one bqp file. An offset of -0.0 is taken for none.
    ///
    /// # Errors
    /// If there is an offset: the format has none. If half a coefficient cannot be written exactly.
    pub fn to_bqp(problems: &[Self]) -> Result<String> {
        let mut text = format!("{}\n", problems.len());
        for problem in problems {
            without_offset(problem.offset(), "bqp")?;
            let diagonals = problem.linear().iter().enumerate().filter(|(_, a)| a.to_bits() != 0);
            let diagonals = diagonals.map(|(i, a)| (i, i, -a));
            // The least numbers have no half.
            if let Some(&(i, j, b)) = problem.quadratic().iter().find(|q| q.2 / 2.0 * 2.0 != q.2) {
                return Err(Error::Invalid {
                    what: format!("the quadratic coefficient ({i}, {j})"),
                    value: format!("{b:e}"),
                    expected: "bqp files hold the half, which is not exact; write COO or JSON"
                        .into(),
                });
            }
            let pairs = problem.quadratic().iter().map(|&(i, j, b)| (i, j, -b / 2.0));
            let entries: Vec<_> = diagonals.chain(pairs).collect();
            let _ = writeln!(text, "{} {}", problem.num_variables(), entries.len());
            for (i, j, q) in entries {
                let _ = writeln!(text, "{} {} {q}", i + 1, j + 1);
            }
        }
        Ok(text)
    }
}

/// Whether a text starts with the number of problems, alone on its line.
pub(super) fn is_first_line(text: &str) -> bool {
    content(text).next().is_some_and(|line| line.text.parse::<u64>().is_ok())
}

fn problem<'a>(content: &mut impl Iterator<Item = Line<'a>>, k: usize) -> Result<Qubo> {
    let form = format!("expected `n nonzeros` of problem {k}");
    let header = content.next().ok_or_else(|| ended("the file", form.as_str()))?;
    let [n, nonzeros] = header.fields()[..] else { return Err(header.error(form)) };
    let n = header.count(n, "variables")?;
    super::super::quadratic::check_size("the variables", n)?;
    let nonzeros = header.count(nonzeros, "nonzeros")?;
    let (mut linear, mut pairs, mut seen) = (vec![0.0; n], Vec::new(), Pairs::default());
    for found in 0..nonzeros {
        let line = content.next().ok_or_else(|| {
            let of = format!("expected {nonzeros} coefficients of problem {k}, but found {found}");
            ended("the file", of)
        })?;
        let [i, j, q] = line.fields()[..] else { return Err(line.error("expected `i j q`")) };
        let (i, j) = (line.index(i, 1, Some(n))?, line.index(j, 1, Some(n))?);
        let q = line.number(q)?;
        seen.add(line, i, j)?;
        if i == j {
            linear[i] = -q;
        } else {
            pairs.push((i, j, -2.0 * q));
        }
    }
    Qubo::try_new(linear, pairs, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Bits;

    #[test]
    fn off_diagonals_count_twice_and_the_value_is_maximized() {
        let problems = Qubo::from_bqp("2\n2 3\n1 1 5\n1 2 -3\n2 2 4\n1 0\n").unwrap();
        assert_eq!(problems.len(), 2);
        // (1 1) Q (1 1)ᵀ = 5 + 4 - 2·3.
        assert_eq!(problems[0].energy(&Bits::from_u64(0b11, 2)), -3.0);
        assert_eq!(problems[1], Qubo::new(vec![0.0], [], 0.0));
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "number of problems"),
            ("3 4\n", "line 1", "alone"),
            ("1\n", "end", "`n nonzeros` of problem 1"),
            ("1\n2\n", "line 2", "`n nonzeros`"),
            ("1\n2 2\n1 1 1\n", "end", "expected 2 coefficients of problem 1, but found 1"),
            ("1\n2 1\n0 1 1\n", "line 3", "from 1 to 2"),
            ("1\n2 1\n1 2 x\n", "line 3", "`x` is not a number"),
            ("1\n2 2\n1 2 1\n2 1 1\n", "line 4", "line 3 already"),
            ("1\n2 1\n1 2 1\n1 1 1\n", "line 4", "expected the end"),
            ("1\n0 1\n1 2 1\n", "line 3", "there are none"),
            ("999999999999\n2 0\n", "line 1", "more than a file can hold"),
        ] {
            let error = Qubo::from_bqp(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
    }
}

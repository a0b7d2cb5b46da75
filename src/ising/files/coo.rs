//! Coordinate files (COO) of dimod: one coefficient a line.

use super::scan::{Line, Pairs, ended, lines};
use crate::error::Result;
use crate::ising::{Ising, Qubo};
use std::fmt::Write;

/// What a file says: dimod's header, and two comments of ours that dimod skips, since its format
/// has neither an offset nor variables without a coefficient.
#[derive(Default)]
struct Coo {
    linear: Vec<f64>,
    pairs: Vec<(usize, usize, f64)>,
    offset: f64,
}

impl Ising {
    /// Reads lines `i j J`, or `i i h` for a field, with spins from **0**. Comments start with
    /// `#`; `# vartype=SPIN` is the header that dimod writes, `# offset=1.5` and
    /// `# num_variables=4` are ours. Without a header the numbers are taken to be of spins.
    ///
    /// # Errors
    /// If a line cannot be read (which, and what was expected there), or the header is of the other
    /// kind.
    pub fn from_coo(text: &str) -> Result<Self> {
        let Coo { linear, pairs, offset } = read(text, "SPIN", "Qubo::from_coo")?;
        Ising::try_new(linear, pairs, offset)
    }

    /// The model as [`Ising::from_coo`] reads it.
    pub fn to_coo(&self) -> String {
        write("SPIN", self.fields(), self.couplings(), self.offset())
    }
}

impl Qubo {
    /// Reads lines `i j b`, or `i i a`, as [`Ising::from_coo`] does; the header is
    /// `# vartype=BINARY`. Without a header the numbers are taken to be of bits.
    ///
    /// # Errors
    /// If a line cannot be read (which, and what was expected there), or the header is of the other
    /// kind.
    pub fn from_coo(text: &str) -> Result<Self> {
        let Coo { linear, pairs, offset } = read(text, "BINARY", "Ising::from_coo")?;
        Qubo::try_new(linear, pairs, offset)
    }

    /// The problem as [`Qubo::from_coo`] reads it.
    pub fn to_coo(&self) -> String {
        write("BINARY", self.linear(), self.quadratic(), self.offset())
    }
}

fn read(text: &str, kind: &str, other: &str) -> Result<Coo> {
    let (mut coo, mut seen, mut known) = (Coo::default(), Pairs::default(), None);
    let mut anything = false;
    for line in lines(text) {
        if let Some(comment) = line.text.strip_prefix('#') {
            let Some((name, value)) = comment.split_once('=') else { continue };
            match (name.trim(), value.trim()) {
                ("vartype", found) if found != kind => {
                    return Err(line.error(format!(
                        "`# vartype={kind}` is expected here; `{other}` reads the other kind, whose \
                         `to_ising` or `to_qubo` converts"
                    )));
                }
                ("offset", value) => coo.offset = line.number(value)?,
                ("num_variables", value) => {
                    let n = line.count(value, "variables")?;
                    super::super::quadratic::check_size("the variables", n)?;
                    anything = true;
                    if coo.linear.len() > n {
                        return Err(line.error("lines before name more variables"));
                    }
                    coo.linear.resize(n, 0.0);
                    known = Some(n);
                }
                _ => {}
            }
            continue;
        }
        anything = true;
        entry(line, known, &mut coo, &mut seen)?;
    }
    match anything {
        true => Ok(coo),
        false => Err(ended("the file", "expected lines `i j coefficient`")),
    }
}

fn entry(line: Line<'_>, known: Option<usize>, coo: &mut Coo, seen: &mut Pairs) -> Result<()> {
    let [i, j, value] = line.fields()[..] else {
        return Err(line.error("expected `i j coefficient`"));
    };
    let (i, j) = (line.index(i, 0, known)?, line.index(j, 0, known)?);
    let value = line.number(value)?;
    seen.add(line, i, j)?;
    if coo.linear.len() <= i.max(j) {
        coo.linear.resize(i.max(j) + 1, 0.0);
    }
    if i == j {
        coo.linear[i] = value;
    } else {
        coo.pairs.push((i, j, value));
    }
    Ok(())
}

fn write(kind: &str, linear: &[f64], pairs: &[(usize, usize, f64)], offset: f64) -> String {
    let mut text = format!("# vartype={kind}\n# num_variables={}\n", linear.len());
    if offset != 0.0 {
        let _ = writeln!(text, "# offset={offset}");
    }
    for (i, a) in linear.iter().enumerate().filter(|(_, a)| **a != 0.0) {
        let _ = writeln!(text, "{i} {i} {a}");
    }
    for (i, j, w) in pairs {
        let _ = writeln!(text, "{i} {j} {w}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{any_ising, any_qubo};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_dimod_writes() {
        let model = Ising::from_coo("# vartype=SPIN\n0 0 0.500000\n0 1 -1\n2 1 3\n").unwrap();
        assert_eq!(model, Ising::new(vec![0.5, 0.0, 0.0], [(0, 1, -1.0), (1, 2, 3.0)], 0.0));
        let bits = Qubo::from_coo("#vartype=BINARY\n0 0 0.5\n0 1 -1\n").unwrap();
        assert_eq!(bits, Qubo::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.0));
        assert_eq!(Qubo::from_coo("0 0 0.5\n0 1 -1\n").unwrap(), bits);
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "expected lines `i j coefficient`"),
            ("# vartype=BINARY\n0 1 1\n", "line 1", "Qubo::from_coo"),
            ("0 1\n", "line 1", "i j coefficient"),
            ("0 -1 1\n", "line 1", "out of range"),
            ("0 1 nan\n", "line 1", "finite"),
            ("0 1 1\n0 0 1\n0 0 2\n", "line 3", "line 2 already"),
            ("0 1 1\n1 0 1\n", "line 2", "line 1 already"),
            ("# num_variables=2\n0 2 1\n", "line 2", "from 0 to 1"),
            ("0 2 1\n# num_variables=2\n", "line 2", "more variables"),
            ("# num_variables=99999999999\n", "line 1", "more than a file can hold"),
            ("# offset=x\n", "line 1", "`x` is not a number"),
        ] {
            let error = Ising::from_coo(text).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
        assert!(Qubo::from_coo("# vartype=SPIN\n0 1 1\n").is_err());
    }

    proptest! {
        #[test]
        fn comes_back_to_the_bit(ising in any_ising(5), qubo in any_qubo(5)) {
            prop_assert_eq!(Ising::from_coo(&ising.to_coo()).unwrap(), ising);
            prop_assert_eq!(Qubo::from_coo(&qubo.to_coo()).unwrap(), qubo);
        }

        #[test]
        fn no_text_panics(text in "([0-9a .#=-]{0,8}\n){0,6}") {
            let _ = (Ising::from_coo(&text), Qubo::from_coo(&text));
        }
    }
}

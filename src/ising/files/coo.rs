//! Coordinate files (COO) of dimod: one coefficient a line.

use super::Kind;
use super::scan::{Line, Pairs, comments, content, ended, numbering};
use crate::error::{Error, Result};
use crate::ising::{Ising, Qubo};
use std::fmt::Write;

const SIZE: &str = "num_variables";

/// What a file says: dimod's header, and two comments of ours that dimod skips, since its format
/// has neither an offset nor variables without a coefficient.
#[derive(Default)]
struct Header {
    kind: Option<Kind>,
    offset: Option<f64>,
    num_variables: Option<usize>,
}

struct Coo {
    linear: Vec<f64>,
    pairs: Vec<(usize, usize, f64)>,
    offset: f64,
}

impl Ising {
    /// Reads lines `i j J`, or `i i h` for a field, with blanks or commas between; `#`, `%` and
    /// `//` begin comments. The comment `# vartype=SPIN`, alone on its line anywhere in the text, is
    /// the header that dimod writes; `# offset=1.5` and `# num_variables=4` are ours (`:` and
    /// capital or small letters are read too). Without a header the numbers are taken to be of
    /// spins.
    ///
    /// Spins are numbered without gaps, from **0**, or from **1** where no line has spin 0. With
    /// `# num_variables=n` they are 0 to n - 1, of which some may have no coefficient.
    ///
    /// # Errors
    /// If a line cannot be read (which, and what was expected there), numbers are unused, or the
    /// header is of bits (then [`Qubo::from_coo`] reads the text and [`Qubo::to_ising`] converts).
    pub fn from_coo(text: &str) -> Result<Self> {
        let Coo { linear, pairs, offset } = read(text, Kind::Ising)?;
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
    /// If a line cannot be read (which, and what was expected there), numbers are unused, or the
    /// header is of spins (then [`Ising::from_coo`] reads the text and [`Ising::to_qubo`] converts).
    pub fn from_coo(text: &str) -> Result<Self> {
        let Coo { linear, pairs, offset } = read(text, Kind::Qubo)?;
        Qubo::try_new(linear, pairs, offset)
    }

    /// The problem as [`Qubo::from_coo`] reads it.
    pub fn to_coo(&self) -> String {
        write("BINARY", self.linear(), self.quadratic(), self.offset())
    }
}

/// The kind that the first header says, if there is one that can be nothing else.
pub(super) fn marked(text: &str) -> Option<Kind> {
    comments(text).find_map(|line| match line.setting() {
        Some((name, value)) if name == "vartype" => vartype(line, value).ok(),
        _ => None,
    })
}

fn header(text: &str) -> Result<Header> {
    let mut header = Header::default();
    for line in comments(text) {
        let Some((name, value)) = line.setting() else { continue };
        match name.as_str() {
            "vartype" => agree(&mut header.kind, vartype(line, value)?, line)?,
            "offset" => agree(&mut header.offset, line.number(value)?, line)?,
            SIZE => {
                let n = line.count(value, "variables")?;
                super::super::quadratic::check_size("the variables", n)?;
                agree(&mut header.num_variables, n, line)?;
            }
            // dimod looks for it behind other words too.
            _ if name.contains("vartype") => {
                return Err(line.error(
                    "this may be a header or a remark; as a header it stands alone on its line: \
                     `# vartype=SPIN` or `# vartype=BINARY`",
                ));
            }
            _ => {}
        }
    }
    Ok(header)
}

fn agree<T: PartialEq + Copy>(known: &mut Option<T>, value: T, line: Line<'_>) -> Result<()> {
    match known.replace(value) {
        Some(before) if *known != Some(before) => Err(line.error("a comment before says another")),
        _ => Ok(()),
    }
}

fn vartype(line: Line<'_>, value: &str) -> Result<Kind> {
    let name = value.trim_matches(['"', '\'']).to_uppercase();
    match name.trim_start_matches("DIMOD.").trim_start_matches("VARTYPE.") {
        "SPIN" => Ok(Kind::Ising),
        "BINARY" => Ok(Kind::Qubo),
        _ => Err(line.error("the header is `# vartype=SPIN` or `# vartype=BINARY`")),
    }
}

fn read(text: &str, kind: Kind) -> Result<Coo> {
    let header = header(text)?;
    if let Some(found) = header.kind
        && found != kind
    {
        return Err(Error::Invalid {
            what: "the header of the file".into(),
            value: format!("of {found}"),
            expected: format!("{kind} is expected here"),
        });
    }
    let (mut entries, mut seen) = (Vec::new(), Pairs::default());
    for line in content(text) {
        entries.push(entry(line, header.num_variables, &mut seen)?);
    }
    let (first, n) = match header.num_variables {
        Some(n) => (0, n),
        None if entries.is_empty() => {
            return Err(ended("the file", "expected lines `i j coefficient`"));
        }
        None => numbering("variables", SIZE, entries.iter().flat_map(|&(i, j, _)| [i, j]))?,
    };
    let (mut linear, mut pairs) = (vec![0.0; n], Vec::new());
    for (i, j, value) in entries {
        match i == j {
            true => linear[i - first] = value,
            false => pairs.push((i - first, j - first, value)),
        }
    }
    Ok(Coo { linear, pairs, offset: header.offset.unwrap_or(0.0) })
}

fn entry(line: Line<'_>, known: Option<usize>, seen: &mut Pairs) -> Result<(usize, usize, f64)> {
    let [i, j, value] = line.fields()[..] else {
        return Err(line.error("expected `i j coefficient`"));
    };
    let (i, j) = (line.index(i, 0, known)?, line.index(j, 0, known)?);
    let value = line.number(value)?;
    seen.add(line, i, j)?;
    Ok((i, j, value))
}

fn write(kind: &str, linear: &[f64], pairs: &[(usize, usize, f64)], offset: f64) -> String {
    let mut text = format!("# vartype={kind}\n# num_variables={}\n", linear.len());
    if offset.to_bits() != 0 {
        let _ = writeln!(text, "# offset={offset}");
    }
    for (i, a) in linear.iter().enumerate().filter(|(_, a)| a.to_bits() != 0) {
        let _ = writeln!(text, "{i} {i} {a}");
    }
    for (i, j, w) in pairs {
        let _ = writeln!(text, "{i} {j} {w}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_dimod_writes() {
        let model = Ising::from_coo("# vartype=SPIN\n0 0 0.500000\n0 1 -1\n2 1 3\n").unwrap();
        assert_eq!(model, Ising::new(vec![0.5, 0.0, 0.0], [(0, 1, -1.0), (1, 2, 3.0)], 0.0));
        let bits = Qubo::from_coo("#vartype=BINARY\n0 0 0.5\n0 1 -1\n").unwrap();
        assert_eq!(bits, Qubo::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.0));
        assert_eq!(Qubo::from_coo("0 0 0.5\n0 1 -1\n").unwrap(), bits);
        assert_eq!(Qubo::from_coo("1 1 0.5\n1 2 -1\n").unwrap(), bits);
    }

    #[test]
    fn headers_stand_anywhere_and_come_in_many_spellings() {
        let bits = Qubo::new(vec![0.5, 0.0], [(0, 1, -1.0)], 0.0);
        let licence = "# a line of the licence\n".repeat(40);
        for spelling in [
            "# vartype=BINARY",
            "#vartype: BINARY",
            "# vartype=binary",
            "#  Vartype = Binary  ",
            "## VARTYPE:BINARY",
            "% vartype=BINARY",
            "// vartype = BINARY",
            "c vartype=BINARY",
            "# vartype=Vartype.BINARY",
            "# vartype: 'BINARY'",
        ] {
            for text in [
                format!("{spelling}\n0 0 0.5\n0 1 -1\n"),
                format!("{licence}{spelling}\r\n0,0,0.5\r\n0,1,-1\r\n"),
                format!("0 0 0.5\n0 1 -1\n{spelling}\n{spelling}"),
            ] {
                assert_eq!(marked(&text), Some(Kind::Qubo), "{text:?}");
                assert_eq!(Qubo::from_coo(&text).unwrap(), bits, "{text:?}");
                assert!(Ising::from_coo(&text).is_err());
            }
        }
        let prose = "# BINARY problems have another vartype\n0 0 1\n0 1 2\n";
        assert_eq!(marked(prose), None);
        assert_eq!(Ising::from_coo(prose).unwrap().ground_state().unwrap().energy, -3.0);
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "expected lines `i j coefficient`"),
            ("# vartype=BINARY\n0 1 1\n", "of a QUBO (bits)", "an Ising model (spins) is expected"),
            ("# vartype=INTEGER\n0 1 1\n", "line 1", "`# vartype=SPIN` or"),
            ("# vartype=SPIN\n0 1 1\n# vartype: BINARY\n", "line 3", "says another"),
            ("# not a vartype=BINARY\n0 1 1\n", "line 1", "a header or a remark"),
            ("7 7 1\n7 9 1\n", "9", "unused: 0 to 6, 8;"),
            ("0 1\n", "line 1", "i j coefficient"),
            ("0 -1 1\n", "line 1", "out of range"),
            ("0 1 nan\n", "line 1", "finite"),
            ("0 1 1\n0 0 1\n0 0 2\n", "line 3", "line 2 already"),
            ("0 1 1\n1 0 1\n", "line 2", "line 1 already"),
            ("# num_variables=2\n0 2 1\n", "line 2", "from 0 to 1"),
            ("0 2 1\n# num_variables=2\n", "line 1", "from 0 to 1"),
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
        fn no_text_panics(text in "([0-9a .#=-]{0,8}\n){0,6}") {
            let _ = (Ising::from_coo(&text), Qubo::from_coo(&text));
        }
    }
}

//! Ising models as plain text: the number of spins, then lines `i j J` and `i h`.

use super::scan::{Line, Pairs, comments, content, ended, numbering};
use crate::error::{Error, Result};
use crate::ising::{Ising, MAX_VARIABLES};
use std::fmt::Write;

/// Says whether the first spin is 0 or 1.
const FIRST: &str = "first";
const OFFSET: &str = "offset";
const FORM: &str = "expected the number of spins `n` (or `n lines`, or a name), alone on its line";

/// What comments say.
#[derive(Default)]
struct Settings {
    first: Option<usize>,
    offset: Option<f64>,
}

/// One coefficient, its spins as they are numbered in the file.
struct Entry<'a> {
    line: Line<'a>,
    i: usize,
    j: usize,
    value: f64,
}

/// What the first line says.
enum Header {
    Size { n: usize, lines: Option<usize> },
    Name,
}

impl Ising {
    /// Reads the text in which spin glasses are exchanged: lines `i j J` for couplings and `i h` or
    /// `i i h` for fields, E = Σ J s s + Σ h s, in three dialects that their first line tells apart:
    /// the number of spins `n`; `n lines`, as in Qubist files; a name, as in the files of SimAn
    /// (Isakov, Zintchenko, Rønnow and Troyer, arXiv:1401.1084), whose spins are those that have a
    /// line. `#`, `%` and `//` begin comments; `# offset=1.5` is ours.
    ///
    /// Whether spins are numbered from 0 or from 1 is `first`, or the comment `# first=0` or
    /// `# first=1`. Where neither says it, a line with spin 0 does, or one with spin n.
    ///
    /// # Errors
    /// If a line cannot be read (which, and what was expected there), a pair or a field is there
    /// twice, or the text can be numbered from 0 and from 1 and nothing says which.
    pub fn from_text(text: &str, first: Option<usize>) -> Result<Self> {
        read(
            text,
            first,
            "add the line `# first=0` or `# first=1`, or give it to `Ising::from_text`",
        )
    }

    /// The model as [`Ising::from_text`] reads it, from 0, which its first line says.
    pub fn to_text(&self) -> String {
        let mut text = format!("# {FIRST}=0\n");
        if self.offset().to_bits() != 0 {
            let _ = writeln!(text, "# {OFFSET}={}", self.offset());
        }
        let _ = writeln!(text, "{}", self.num_spins());
        for (i, h) in self.fields().iter().enumerate().filter(|(_, h)| h.to_bits() != 0) {
            let _ = writeln!(text, "{i} {h}");
        }
        for (i, j, w) in self.couplings() {
            let _ = writeln!(text, "{i} {j} {w}");
        }
        text
    }
}

/// What [`Ising::from_text`] does; `ask` says how to say which spin is the first.
pub(super) fn read(text: &str, first: Option<usize>, ask: &str) -> Result<Ising> {
    let said = settings(text)?;
    let first = match (first, said.first) {
        (Some(first), _) if first > 1 => return Err(wrong_first(first, "it is 0 or 1")),
        (Some(first), Some(other)) if first != other => {
            return Err(wrong_first(first, "a comment of the text says the other"));
        }
        (first, said) => first.or(said),
    };
    let mut content = content(text);
    let header = content.next().ok_or(ended("the file", FORM))?;
    let header = read_header(header)?;
    let (mut entries, mut seen) = (Vec::new(), Pairs::default());
    for line in content {
        if let Header::Size { lines: Some(lines), .. } = header
            && entries.len() == lines
        {
            return Err(line.error(format!("expected the end after {lines} lines")));
        }
        entries.push(entry(line, &mut seen)?);
    }
    let (first, n) = match header {
        Header::Size { n, lines } => {
            if let Some(lines) = lines.filter(|&lines| lines != entries.len()) {
                let found = entries.len();
                let expected = format!("expected {lines} lines, but found {found}");
                return Err(ended("the file", expected));
            }
            (first_of(&entries, n, first, ask)?, n)
        }
        Header::Name => size_of(&entries, first, ask)?,
    };
    let (mut h, mut couplings) = (vec![0.0; n], Vec::new());
    for Entry { i, j, value, .. } in entries {
        match i == j {
            true => h[i - first] = value,
            false => couplings.push((i - first, j - first, value)),
        }
    }
    Ising::try_new(h, couplings, said.offset.unwrap_or(0.0))
}

/// Whether a text says that it is one: a comment says the first spin, and a single number follows.
pub(super) fn is_marked(text: &str) -> bool {
    let says = |line: Line<'_>| {
        line.setting().is_some_and(|(name, value)| name == FIRST && ["0", "1"].contains(&value))
    };
    let single = content(text).next().is_some_and(|line| line.text.parse::<u64>().is_ok());
    single && comments(text).any(says)
}

/// Whether a text has a name and then lines of numbers, as SimAn's files have.
pub(super) fn is_named(text: &str) -> bool {
    let mut content = content(text);
    let is_name = |line: Line<'_>| line.fields()[0].parse::<f64>().is_err();
    let is_entry = |line: Line<'_>| {
        let fields = line.fields();
        (2..=3).contains(&fields.len()) && fields.iter().all(|field| field.parse::<f64>().is_ok())
    };
    content.next().is_some_and(is_name) && content.next().is_some_and(is_entry)
}

fn settings(text: &str) -> Result<Settings> {
    let mut settings = Settings::default();
    for line in comments(text) {
        let again = || line.error("a comment before says another");
        match line.setting() {
            Some((name, value)) if name == FIRST => {
                let first = match value {
                    "0" => 0,
                    "1" => 1,
                    _ => return Err(line.error("the first spin is `# first=0` or `# first=1`")),
                };
                if settings.first.replace(first).is_some_and(|before| before != first) {
                    return Err(again());
                }
            }
            Some((name, value)) if name == OFFSET => {
                let offset = line.number(value)?;
                if settings.offset.replace(offset).is_some_and(|before| before != offset) {
                    return Err(again());
                }
            }
            _ => {}
        }
    }
    Ok(settings)
}

fn read_header(line: Line<'_>) -> Result<Header> {
    let fields = line.fields();
    let is_whole = |field: &str| field.parse::<u64>().is_ok();
    match fields[..] {
        [n] if is_whole(n) => {
            let n = line.count(n, "spins")?;
            super::super::quadratic::check_size("the spins", n)?;
            Ok(Header::Size { n, lines: None })
        }
        [n, lines] if is_whole(n) && is_whole(lines) => {
            let n = line.count(n, "spins")?;
            super::super::quadratic::check_size("the spins", n)?;
            Ok(Header::Size { n, lines: Some(line.count(lines, "lines")?) })
        }
        [first, ..] if first.parse::<f64>().is_err() => Ok(Header::Name),
        _ => Err(line.error(FORM)),
    }
}

fn entry<'a>(line: Line<'a>, seen: &mut Pairs) -> Result<Entry<'a>> {
    // Numbered from 1, the last of all spins has this number.
    let index = |field| line.index(field, 0, Some(MAX_VARIABLES + 1));
    let (i, j, value) = match line.fields()[..] {
        [i, h] => (index(i)?, index(i)?, line.number(h)?),
        [i, j, w] => (index(i)?, index(j)?, line.number(w)?),
        _ => return Err(line.error("expected `i j J`, or `i h`")),
    };
    seen.add(line, i, j)?;
    Ok(Entry { line, i, j, value })
}

/// The number of the first of n spins.
fn first_of(entries: &[Entry<'_>], n: usize, said: Option<usize>, ask: &str) -> Result<usize> {
    let ends = || entries.iter().flat_map(|entry| [entry.i, entry.j]);
    let first = match said {
        Some(first) => first,
        None if entries.is_empty() || ends().any(|i| i == 0) => 0,
        None if ends().any(|i| i >= n) => 1,
        None => {
            return Err(Error::Invalid {
                what: "the number of the first spin".into(),
                value: "not said, and no line has spin 0".into(),
                expected: format!("no line has spin {n} either, so that it may be 0 or 1; {ask}"),
            });
        }
    };
    let outside =
        |entry: &&Entry<'_>| entry.i.min(entry.j) < first || entry.i.max(entry.j) >= n + first;
    match entries.iter().find(outside) {
        None => Ok(first),
        Some(Entry { line, .. }) if n == 0 => Err(line.error("there are no spins")),
        Some(Entry { line, .. }) => Err(line.error(format!(
            "the {n} spins are numbered from {first} to {}{}",
            n + first - 1,
            if said.is_none() && first == 0 { ", since a line has spin 0" } else { "" },
        ))),
    }
}

/// The number of the first spin, and how many there are, where only the lines say it.
fn size_of(entries: &[Entry<'_>], said: Option<usize>, ask: &str) -> Result<(usize, usize)> {
    let ends = || entries.iter().flat_map(|entry| [entry.i, entry.j]);
    let Some((low, high)) = ends().min().zip(ends().max()) else {
        return Err(ended("the file", "expected lines `i j J`, or `i h`"));
    };
    let first = match said {
        Some(first) if low < first => {
            let entry = entries.iter().find(|entry| entry.i.min(entry.j) < first);
            let line = entry.map_or(Line { number: 0, text: "" }, |entry| entry.line);
            return Err(line.error("the spins are numbered from 1"));
        }
        Some(first) => first,
        None if low == 0 => 0,
        None => {
            return Err(Error::Invalid {
                what: "the number of the first spin".into(),
                value: "not said, and no line has spin 0".into(),
                expected: ask.into(),
            });
        }
    };
    let n = high + 1 - first;
    super::super::quadratic::check_size("the spins", n)?;
    // Gaps are an error there; the first number may be one.
    let (unused, _) = numbering("spins", "", ends().map(|i| i - first)).map_err(|error| {
        let Error::Invalid { what, value, expected } = error else { return error };
        let gaps = expected.split(';').next().unwrap_or("").to_owned();
        let gaps = match first {
            0 => gaps,
            _ => format!("counted from 0, {gaps}"),
        };
        let expected = format!("{gaps}; if they are meant, write the number of spins first");
        Error::Invalid { what, value, expected }
    })?;
    if unused > 0 {
        return Err(Error::Invalid {
            what: "the first spin".into(),
            value: first.to_string(),
            expected: "no line has it; if it is meant, write the number of spins instead of a name"
                .into(),
        });
    }
    Ok((first, n))
}

fn wrong_first(first: usize, expected: &str) -> Error {
    Error::Invalid {
        what: "the number of the first spin".into(),
        value: first.to_string(),
        expected: expected.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dialects_are_one_model() {
        let model = Ising::new(vec![0.5, 0.0, -2.0], [(0, 1, -1.0), (1, 2, 3e-1)], 0.0);
        for text in [
            "3\n0 1 -1\n1 2 0.3\n0 0.5\n2 -2\n",
            "# any\n3\n0 1 -1\n0 0.5\n1 2 0.3 // c\n2 2 -2\n",
            "3 4\n0 0 0.5\n2 2 -2\n0 1 -1\n2 1 3e-1\n",
            "a chain\n0 1 -1\n1 2 0.3\n0 0 0.5\n2 2 -2\n",
            "3\n1 2 -1\n2 3 0.3\n1 0.5\n3 -2\n",
            "3 4\r\n1 1 0.5\r\n3 3 -2\r\n1 2 -1\r\n3 2 0.3\r\n",
            "# first = 1\na_chain\n1 2 -1\n2 3 0.3\n1 1 0.5\n3 3 -2\n",
        ] {
            assert_eq!(Ising::from_text(text, None).unwrap(), model, "{text:?}");
        }
        let by_hand = Ising::from_text("chain\n1 2 -1\n2 3 .3\n1 1 .5\n3 3 -2\n", Some(1));
        assert_eq!(by_hand.unwrap(), model);
        let none = Ising::from_text("0\n", None).unwrap();
        assert_eq!(none.num_spins(), 0);
        assert_eq!(Ising::from_text("5\n", None).unwrap().num_spins(), 5);
        let offset = Ising::from_text("# offset: -1.5\n1\n0 2\n", None).unwrap();
        assert_eq!(offset, Ising::new(vec![2.0], [], -1.5));
    }

    #[test]
    fn what_cannot_be_told_is_asked() {
        let text = "4\n1 2 -1\n2 3 1\n";
        let says = Ising::from_text(text, None).unwrap_err().to_string();
        assert!(says.contains("no line has spin 4 either"), "{says}");
        assert!(says.contains("`# first=0` or `# first=1`"), "{says}");
        let from = |first| Ising::from_text(text, Some(first)).unwrap();
        assert_eq!(from(0), Ising::new(vec![0.0; 4], [(1, 2, -1.0), (2, 3, 1.0)], 0.0));
        assert_eq!(from(1), Ising::new(vec![0.0; 4], [(0, 1, -1.0), (1, 2, 1.0)], 0.0));
        assert_eq!(Ising::from_text(&format!("# first=1\n{text}"), None).unwrap(), from(1));
        assert_eq!(Ising::from_text(&format!("{text}# first:0\n"), None).unwrap(), from(0));
        let says = Ising::from_text("name\n1 2 1\n", None).unwrap_err().to_string();
        assert!(says.contains("not said") && says.contains("`# first=0`"), "{says}");
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, line, says) in [
            ("", "end", "the number of spins `n`"),
            ("0 1 -1\n1 2 1\n", "line 1", "the number of spins `n`"),
            ("-3\n0 1 -1\n", "line 1", "the number of spins `n`"),
            ("2.5\n0 1 -1\n", "line 1", "the number of spins `n`"),
            ("9000000\n0 1 -1\n", "9000000", "at most 1048576"),
            ("99999999999999999999999\n", "line 1", "the number of spins `n`"),
            ("3\n0 1 2 3\n", "line 2", "expected `i j J`, or `i h`"),
            ("3\n0\n", "line 2", "expected `i j J`, or `i h`"),
            ("3\n0 1 nan\n", "line 2", "not a finite number"),
            ("3\n0 x\n", "line 2", "`x` is not a number"),
            ("3\n0 -1 1\n", "line 2", "out of range"),
            ("3\n0 1 1\n\n1 0 1\n", "line 4", "on line 2 already"),
            ("3\n0 1\n0 0 1\n", "line 3", "on line 2 already"),
            ("3\n0 1 1\n2 3 1\n", "line 3", "from 0 to 2, since a line has spin 0"),
            ("3\n1 2 1\n3 4 1\n", "line 3", "from 1 to 3"),
            ("# first=0\n3\n1 2 1\n2 3 1\n", "line 4", "from 0 to 2"),
            ("# first=1\n3\n0 2 1\n", "line 3", "from 1 to 3"),
            ("# first=2\n3\n", "line 1", "`# first=0` or `# first=1`"),
            ("# first=0\n# first=1\n3\n", "line 2", "says another"),
            ("# offset=x\n3\n", "line 1", "`x` is not a number"),
            ("0\n1 1 1\n", "line 2", "there are no spins"),
            ("3 2\n0 1 1\n", "end", "expected 2 lines, but found 1"),
            ("3 1\n0 1 1\n1 2 1\n", "line 3", "the end after 1 lines"),
            ("name\n", "end", "expected lines"),
            ("name\n0 1 1\n1 4 1\n", "4", "unused: 2, 3; if they are meant"),
            ("# first=1\nname\n0 1 1\n", "line 3", "numbered from 1"),
            ("# first=0\nname\n1 2 1\n", "first spin is 0", "no line has it"),
        ] {
            let error = Ising::from_text(text, None).unwrap_err().to_string();
            assert!(error.contains(line) && error.contains(says), "{text:?}: {error}");
        }
        let says = |first| Ising::from_text("# first=1\n2\n", Some(first)).unwrap_err().to_string();
        assert!(says(0).contains("says the other") && says(2).contains("it is 0 or 1"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([0-9a .#=-]{0,8}\n){0,6}", first in 0usize..3) {
            let _ = (Ising::from_text(&text, None), Ising::from_text(&text, Some(first)));
        }
    }
}

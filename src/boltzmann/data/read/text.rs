//! Text: bit strings, bit strings with weights, or columns.

use super::super::Distribution;
use super::tally::{Tally, Weight};
use crate::error::{Error, Result};
use crate::math::Bits;

/// What every line is.
#[derive(Clone, Copy)]
enum Layout {
    Strings,
    Weighted,
    Columns(usize),
}

/// The content of a line.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    /// All of it, for columns of characters in messages.
    whole: &'a str,
    /// Without comment and blanks at its ends.
    text: &'a str,
}

/// The data of a text, by the rules of [`read_distribution`](super::read_distribution).
pub(super) fn parse(text: &str) -> Result<Distribution> {
    let mut lines = content(text).peekable();
    let header = lines.next_if(|line| line.fields().iter().all(|field| is_name(field)));
    let Some(first) = lines.peek() else {
        return Err(Error::Invalid {
            what: "the data".into(),
            value: if header.is_some() { "a header alone" } else { "empty" }.into(),
            expected: "expected bit strings such as `0110`, one a line, or rows of 0 and 1".into(),
        });
    };
    let (of_layout, fields) = (first.number, first.fields());
    let layout = match fields[..] {
        [_] => Layout::Strings,
        [first, ..] if first.chars().count() < 2 => Layout::Columns(fields.len()),
        [_, _] => Layout::Weighted,
        _ => {
            return Err(first.error(format!(
                "it has {} fields; expected a bit string, a bit string and its weight, or columns \
                 that are 0 or 1 each",
                fields.len()
            )));
        }
    };
    let mut tally = Tally::new();
    for line in lines {
        let fields = line.fields();
        let wanted = match layout {
            Layout::Strings => 1,
            Layout::Weighted => 2,
            Layout::Columns(columns) => columns,
        };
        if fields.len() != wanted {
            let (found, of) = (fields.len(), of_layout);
            return Err(line.error(format!("it has {found} fields, but line {of} has {wanted}")));
        }
        let (bits, weight) = match layout {
            Layout::Columns(_) => (line.columns(&fields)?, Weight::Count(1)),
            Layout::Strings => (line.string(fields[0])?, Weight::Count(1)),
            Layout::Weighted => {
                let weight = Weight::parse(fields[1]).map_err(|wrong| line.error(wrong))?;
                (line.string(fields[0])?, weight)
            }
        };
        tally.add(bits, weight, ("line", line.number), |wrong| line.error(wrong))?;
    }
    tally.finish("line")
}

/// The lines that have more than a comment.
fn content(text: &str) -> impl Iterator<Item = Line<'_>> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let lines = lines.flat_map(|line| line.split('\r')).enumerate();
    let lines = lines.map(|(k, whole)| {
        let text = whole.find('#').map_or(whole, |at| &whole[..at]).trim();
        Line { number: k + 1, whole, text }
    });
    lines.filter(|line| !line.text.is_empty())
}

/// Whether a field can only be a column's name.
fn is_name(field: &str) -> bool {
    field.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

impl<'a> Line<'a> {
    fn error(&self, expected: impl Into<String>) -> Error {
        Error::line(self.number, self.text, expected)
    }

    /// What is between commas, or, where there are none, between blanks.
    fn fields(&self) -> Vec<&'a str> {
        let bare = |field: &'a str| {
            let field = field.trim();
            let inner = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
            inner.map_or(field, str::trim)
        };
        match self.text.contains(',') {
            true => self.text.split(',').map(bare).collect(),
            false => self.text.split_whitespace().map(bare).collect(),
        }
    }

    /// A field as a bit string.
    fn string(&self, field: &str) -> Result<Bits> {
        if field.is_empty() {
            return Err(self.error("its bit string is empty"));
        }
        match field.char_indices().find(|(_, c)| !matches!(c, '0' | '1')) {
            Some((at, c)) => Err(self.wrong_character(&field[at..], c)),
            None => field.parse(),
        }
    }

    /// The fields as bits 0, 1, ….
    fn columns(&self, fields: &[&str]) -> Result<Bits> {
        let mut bits = Bits::zeros(fields.len());
        for (k, field) in fields.iter().enumerate() {
            match *field {
                "0" => {}
                "1" => bits.set(k, true),
                "" => return Err(self.error(format!("field {} is empty", k + 1))),
                _ => {
                    if let Some((at, c)) = field.char_indices().find(|(_, c)| !"01".contains(*c)) {
                        return Err(self.wrong_character(&field[at..], c));
                    }
                    let weights = match fields.len() {
                        2 => " (strings of one bit with counts are read as JSON, {\"0\": 12})",
                        _ => "",
                    };
                    return Err(self.error(format!(
                        "the field `{field}` at column {} is neither 0 nor 1, as columns are{weights}",
                        self.column(field)
                    )));
                }
            }
        }
        Ok(bits)
    }

    /// The error of a character, at which a part of the line begins.
    fn wrong_character(&self, rest: &str, c: char) -> Error {
        let hint = match c {
            '.' | 'e' => "; write whole numbers, `numpy.savetxt(…, fmt='%d')`",
            '-' => "; spins s are written as bits (1 - s)/2",
            ';' => "; separate fields by commas or blanks",
            '2'..='9' => "; only strings of two or more bits can have a count behind them",
            _ => "",
        };
        let column = self.column(rest);
        let c = c.escape_debug();
        self.error(format!("the character `{c}` at column {column} is neither 0 nor 1{hint}"))
    }

    /// The column, from 1, at which a part of the line begins.
    fn column(&self, part: &str) -> usize {
        let at = part.as_ptr() as usize - self.whole.as_ptr() as usize;
        self.whole.get(..at).map_or(0, |before| before.chars().count()) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(list: &[(&str, u64)]) -> Distribution {
        Distribution::from_counts(list.iter().map(|(t, n)| (t.parse().unwrap(), *n))).unwrap()
    }

    #[track_caller]
    fn refused(text: &str, wanted: &str) {
        let says = parse(text).unwrap_err().to_string();
        assert!(says.contains(wanted), "{text:?}: {says}");
    }

    #[test]
    fn the_first_line_says_what_all_are() {
        let strings = "# two qubits\n01\n\n 10 # late\r\n01\r11";
        assert_eq!(parse(strings).unwrap(), counts(&[("01", 2), ("10", 1), ("11", 1)]));
        assert_eq!(parse("0\n1\n1\n").unwrap(), counts(&[("0", 1), ("1", 2)]));
        for text in ["001,12\n110,3\n001,1", "bits count\n001 13\n110\t3", "\"001\", 13\n\"110\",3"]
        {
            assert_eq!(parse(text).unwrap(), counts(&[("001", 13), ("110", 3)]), "{text}");
        }
        // The leftmost column is bit 0, the rightmost character of a string.
        for text in ["v0,v1,v2\n1,0,0\n0, 1, 1", "1 0 0\n0 1 1", "_a\tb c\n1\t0\t0\n0\t1\t1\n"] {
            assert_eq!(parse(text).unwrap(), counts(&[("001", 1), ("110", 1)]), "{text}");
        }
        // Two columns, and a string with its count.
        assert_eq!(parse("0,1").unwrap(), counts(&[("10", 1)]));
        assert_eq!(parse("01,1").unwrap(), counts(&[("01", 1)]));
        assert_eq!(parse("01,1\n10,0").unwrap(), counts(&[("01", 1)]));
    }

    #[test]
    fn weights_with_a_point_are_probabilities() {
        let law = [("00".parse().unwrap(), 0.25), ("11".parse().unwrap(), 0.75)];
        let law = Distribution::from_probabilities(law).unwrap();
        assert_eq!(parse("11,0.75\n00,2.5e-1\n01,0").unwrap(), law);
        let certain = parse("11,1e0\n00,0").unwrap();
        assert_eq!((certain.counts(), certain.outcomes().len()), (None, 1));
        refused("11,0.75\n00,0.5", "the sum of the probabilities is 1.25");
        refused("11,12.0\n00,4", "the sum of the probabilities is 16");
        refused(
            "11,0.5\n00,0.25\n11,0.5",
            "the string of line 3 is 11, as that of line 1; weights",
        );
    }

    #[test]
    fn refusals_name_line_and_column() {
        refused("", "the data is empty; expected bit strings");
        refused("# nothing\n\n", "the data is empty");
        refused("a,b\n", "the data is a header alone");
        refused("01\n0110\n", "line 2 is `0110`; it has 4 bits, but line 1 has 2");
        refused("01\n\n 0a1 # x", "line 3 is `0a1`; the character `a` at column 3 is neither");
        refused("01\né", "line 2 is `é`; the character `é` at column 1");
        refused("bits\nbits\n", "line 2 is `bits`; the character `b` at column 1");
        refused("01,1\n02,1", "line 2 is `02,1`; the character `2` at column 2");
        refused(
            "0,1\n1,2",
            "the character `2` at column 3 is neither 0 nor 1; only strings of two",
        );
        refused(
            "0,1\n1,11",
            "the field `11` at column 3 is neither 0 nor 1, as columns are (strings",
        );
        refused("0,1,1\n1,11,0", "the field `11` at column 3 is neither 0 nor 1, as columns are");
        refused("0,1,1\n1,,0", "line 2 is `1,,0`; field 2 is empty");
        refused(",5\n", "line 1 is `,5`; field 1 is empty");
        refused("01,5\n,5", "its bit string is empty");
        refused("0,1\n0,1,1", "line 2 is `0,1,1`; it has 3 fields, but line 1 has 2");
        refused("01\n01 4", "line 2 is `01 4`; it has 2 fields, but line 1 has 1");
        refused("01,1,1", "line 1 is `01,1,1`; it has 3 fields; expected a bit string");
        refused("0.0e+00 1.0e+00", "the character `.` at column 2 is neither 0 nor 1; write whole");
        refused("-1,1", "the character `-` at column 1 is neither 0 nor 1; spins s");
        refused("0;1", "the character `;` at column 2 is neither 0 nor 1; separate fields");
        refused("01,x", "the weight `x` is no number; expected a count or a probability");
        refused("01,nan", "the weight `nan` is no number");
        refused("01,1e400", "the weight `1e400` is no number");
        refused("01,-1", "the weight `-1` is negative");
        refused("01,18446744073709551616", "is more than 18446744073709551615");
        refused("01,18446744073709551615\n01,1", "line 2 is `01,1`; the counts of this string");
        refused("01,18446744073709551615\n11,1", "the number of observations is");
        refused("01,0", "empty");
        refused(&"01".repeat(40).replace("01", "0x"), &format!("{}…`", "0x".repeat(30)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec((0u64..1 << 9, 1u64..50), 1..20), columns in 2usize..10,
        ) {
            let list: Vec<_> =
                rows.iter().map(|(x, n)| (Bits::from_u64(*x, columns), *n)).collect();
            let wanted = Distribution::from_counts(list.clone()).unwrap();
            let weighted: String = list.iter().map(|(bits, n)| format!("{bits} {n}\n")).collect();
            prop_assert_eq!(&parse(&weighted).unwrap(), &wanted);
            let spread = |bits: &Bits| {
                let digits: Vec<_> =
                    (0..columns).map(|i| u8::from(bits.bit(i)).to_string()).collect();
                digits.join(",") + "\n"
            };
            let rows: String =
                list.iter().map(|(bits, n)| spread(bits).repeat(*n as usize)).collect();
            prop_assert_eq!(&parse(&rows).unwrap(), &wanted);
        }

        #[test]
        fn no_text_panics(text in "([01a-e2,.;\"# é-]{0,8}[\r\n]){0,6}") {
            let _ = parse(&text);
        }
    }
}

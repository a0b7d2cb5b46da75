//! Tables written as text.

use super::column::{Column, is_missing, quoted};
use super::table::{Rows, Table, in_file};
use crate::error::{Error, Result};
use crate::math::check_memory;
use ::csv::{ReaderBuilder, StringRecord};

const EXPECTED: &str = "expected rows of numbers, one a line, separated by commas";

impl Table {
    /// A table from a text as in a file; `name` is what errors call it. See
    /// [`read_table`](super::read_table).
    ///
    /// # Errors
    /// As [`read_table`](super::read_table).
    pub fn from_csv(name: &str, text: &str) -> Result<Self> {
        let table = parse(text).map_err(|error| in_file(name, error))?;
        Ok(table.called(name))
    }
}

/// The table of a text; see [`read_table`](super::read_table).
pub(super) fn parse(text: &str) -> Result<Table> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let invalid = |value: &str, expected: &str| Error::Invalid {
        what: "the file".into(),
        value: value.into(),
        expected: expected.into(),
    };
    // The entries once as text and once as numbers, and where they begin.
    check_memory("the table", 8 * text.len() as u128, |_| {
        (None, "give fewer rows, or save them with `numpy.save`".into())
    })?;
    let Some(first) = text.split(['\n', '\r']).find(|line| !is_skipped(line)) else {
        return Err(invalid("empty", EXPECTED));
    };
    let mut records = match separator(first) {
        Some(separator) => records(text, separator)?,
        None => blank_separated(text),
    };
    // A line of quotation marks alone is blank, too.
    if records.is_empty() {
        return Err(invalid("empty", EXPECTED));
    }
    let width = records[0].1.len();
    if let Some((line, record)) = records.iter().find(|(_, record)| record.len() != width) {
        let fields = |n: usize| if n == 1 { "1 field".into() } else { format!("{n} fields") };
        return Err(Error::Invalid {
            what: format!("line {line}"),
            value: format!("a row of {}", fields(record.len())),
            expected: format!("line {} has {}, and all must have as many", records[0].0, width),
        });
    }
    let names = if is_header(&records[0].1, records.get(1).map(|second| &second.1)) {
        let (line, header) = records.remove(0);
        Some(names(line, &header)?)
    } else {
        None
    };
    if records.is_empty() {
        return Err(invalid("a header alone", EXPECTED));
    }
    let entries = |k: usize| records.iter().map(move |(_, record)| entry(&record[k]));
    let columns = (0..width).map(|k| Column::of_entries(entries(k))).collect();
    let lines = records.iter().map(|record| record.0).collect();
    Table::of_columns(names, columns, Rows::Lines(lines), None)
}

/// Blank lines and comments.
fn is_skipped(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// The character between fields: a tab where the line has one, else a semicolon, else a comma;
/// `None` for blanks.
fn separator(line: &str) -> Option<u8> {
    let mut quoted = false;
    let outside: String = line
        .chars()
        .filter(|&c| {
            quoted ^= c == '"';
            !quoted
        })
        .collect();
    let blanks = outside.split_whitespace().count() > 1;
    match ['\t', ';', ','].into_iter().find(|c| outside.trim().contains(*c)) {
        Some(separator) => Some(separator as u8),
        // One column, whose name may be two words in quotation marks.
        None if !blanks || line.contains('"') => Some(b','),
        None => None,
    }
}

/// The records that are not skipped, with the lines at which they begin.
fn records(text: &str, separator: u8) -> Result<Vec<(usize, StringRecord)>> {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    let mut place = Place { text, byte: 0, line: 1 };
    loop {
        let begins = reader.position().byte() as usize;
        let more = reader.read_record(&mut record).map_err(|error| Error::Invalid {
            what: "the file".into(),
            value: "not readable".into(),
            expected: error.to_string(),
        })?;
        if !more {
            return Ok(records);
        }
        let line = place.line_of_record(begins);
        let blank = record.len() == 1 && is_skipped(&record[0]);
        if blank || record.get(0).is_some_and(|field| field.trim_start().starts_with('#')) {
            continue;
        }
        if let Some(field) = record.iter().find(|field| field.contains(['\n', '\r'])) {
            return Err(Error::Invalid {
                what: format!("a field that begins in line {line}"),
                value: quoted(field),
                expected: "a field must not go over the end of its line; is a quotation mark not \
                           closed?"
                    .into(),
            });
        }
        records.push((line, record.clone()));
    }
}

/// Where the reader is; it says where it begins to look for a record, which can be at lines that it
/// skips.
struct Place<'a> {
    text: &'a str,
    byte: usize,
    line: usize,
}

impl Place<'_> {
    fn line_of_record(&mut self, begins: usize) -> usize {
        let bytes = self.text.as_bytes();
        let ends_line = |k: usize| match bytes[k] {
            b'\n' => true,
            b'\r' => bytes.get(k + 1) != Some(&b'\n'),
            _ => false,
        };
        while self.byte < begins.min(bytes.len()) {
            self.line += usize::from(ends_line(self.byte));
            self.byte += 1;
        }
        // Over line ends, and over comments, which begin a line.
        let mut comment = false;
        while let Some(&byte) = bytes.get(self.byte) {
            let at_end = byte == b'\n' || byte == b'\r';
            comment = !at_end && (comment || byte == b'#');
            if !at_end && !comment {
                break;
            }
            self.line += usize::from(ends_line(self.byte));
            self.byte += 1;
        }
        self.line
    }
}

/// Rows as `numpy.savetxt` writes them.
fn blank_separated(text: &str) -> Vec<(usize, StringRecord)> {
    // A carriage return alone ends a line, too.
    let text = text.replace("\r\n", "\n");
    let lines = text.split(['\n', '\r']).enumerate().filter(|(_, line)| !is_skipped(line));
    lines.map(|(k, line)| (k + 1, line.split_whitespace().collect())).collect()
}

/// A field without blanks around it, and without quotation marks that had a blank before them.
fn entry(field: &str) -> &str {
    let field = field.trim();
    let inner = field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(field, str::trim)
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Missing,
    Text,
}

fn kind(field: &str) -> Kind {
    match entry(field) {
        missing if is_missing(missing) => Kind::Missing,
        number if number.parse::<f64>().is_ok() => Kind::Number,
        _ => Kind::Text,
    }
}

/// Whether the first record has the names of the columns: it has a text, and either no number, or a
/// text or number where the second has the other.
fn is_header(first: &StringRecord, second: Option<&StringRecord>) -> bool {
    let kinds: Vec<Kind> = first.iter().map(kind).collect();
    if !kinds.contains(&Kind::Text) {
        return false;
    }
    let Some(second) = second else { return !kinds.contains(&Kind::Number) };
    // Nothing above a number is how pandas heads the numbers of rows.
    let differ = |(k, (a, b)): (usize, (&Kind, Kind))| match (a, b) {
        (Kind::Missing, Kind::Number) => entry(&first[k]).is_empty(),
        (Kind::Missing, _) | (_, Kind::Missing) => false,
        (a, b) => *a != b,
    };
    let pairs = kinds.iter().zip(second.iter().map(kind));
    !kinds.contains(&Kind::Number) || pairs.enumerate().any(differ)
}

fn names(line: usize, header: &StringRecord) -> Result<Vec<String>> {
    let names: Vec<String> = header.iter().map(|field| entry(field).to_owned()).collect();
    let invalid = |value: String, expected: &str| {
        Err(Error::Invalid {
            what: format!("the header in line {line}"),
            value,
            expected: expected.into(),
        })
    };
    if let Some(k) = names.iter().position(String::is_empty) {
        let value = format!("without a name for column {}", k + 1);
        let expected = "name it; if it numbers the rows, write the file without it (pandas: \
                        `index=False`)";
        return invalid(value, expected);
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        let value = format!("one in which {} is there twice", quoted(pair[0]));
        return invalid(value, "every column needs a name of its own");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names_of(text: &str) -> Vec<String> {
        parse(text).unwrap().column_names().to_vec()
    }

    fn rows(text: &str) -> Vec<Vec<f64>> {
        let table = parse(text).unwrap();
        let all = table.features(table.column_names()).unwrap();
        all.rows().into_iter().map(|row| row.to_vec()).collect()
    }

    #[track_caller]
    fn refused(text: &str, wanted: &str) {
        let says = parse(text).unwrap_err().to_string();
        assert!(says.contains(wanted), "{text:?}: {says}");
    }

    #[test]
    fn one_table_in_many_notations() {
        let wanted = [vec![1.0, -2.5, 3e2], vec![4.0, 0.5, 6.0]];
        for text in [
            "a,b,y\n1,-2.5,3e2\n4,.5,6\n",
            "a;b;y\r\n1;-2.5;3e2\r\n4;.5;6\r\n",
            "a\tb\ty\n1\t-2.5\t3e2\n4\t.5\t6",
            "\u{feff}a,b,y\n1,-2.5,3e2\n4,.5,6\n",
            "\"a\", \"b\" ,y\n\n# remark, with \"\n 1 ,-2.5,\"3e2\"\n  \n  # more\n4,.5,6\n\n",
            "a b y\n1  -2.5 3e2\n 4 .5\t6\n".replace('\t', " ").as_str(),
            "a,b,y\r1,-2.5,3e2\r4,.5,6\r",
            "# first\na,b,y\n1,-2.5,300\n4,0.5,6",
        ] {
            assert_eq!(names_of(text), ["a", "b", "y"], "{text:?}");
            assert_eq!(rows(text), wanted, "{text:?}");
        }
        assert_eq!(names_of("1,2\n3,4"), ["x0", "x1"]);
        assert_eq!(rows("1,2\n3,4"), [vec![1.0, 2.0], vec![3.0, 4.0]]);
        // As numpy.savetxt writes it.
        assert_eq!(rows("1.0e+00 2.5e-01\n3.0e+00 -4.0e+00\n"), [[1.0, 0.25], [3.0, -4.0]]);
        assert_eq!(names_of("\"a \"\"b\"\"; c\",d\n1,2"), ["a \"b\"; c", "d"]);
    }

    #[test]
    fn headers_are_told_from_rows() {
        let header = |text: &str| parse(text).unwrap().has_header();
        assert!(header("a,b\n1,2"));
        assert!(header("x,y\nu,v"));
        assert!(header("a,1,2\n0.5,1,2"));
        assert!(header("1,2,label\n0.1,0.2,3"));
        // A row whose class is a word.
        assert!(!header("5.1,3.5,setosa\n4.9,3.0,virginica"));
        assert!(!header("5.1,3.5,setosa"));
        assert!(!header("5.1,3.5,setosa\n4.9,,setosa"));
        assert!(!header("1,?\n2,3"));
        assert!(!header("1,?,a\n2,3,a"));
        assert!(!header("1,nan\n2,3"));
    }

    #[test]
    fn refusals_name_the_line() {
        for empty in ["", "\"\"\r", "\n\n", "# nothing\n", "\u{feff}", "  \r\n"] {
            refused(empty, "the file is empty; expected rows of numbers");
        }
        refused("a,b\n", "the file is a header alone");
        refused("a,b\n# x\n\n", "a header alone");
        refused("a,b\n1,2\n\n# x\n3\n", "line 5 is a row of 1 field; line 1 has 2, and all");
        refused("a,b\n1,2\n3,4,5", "line 3 is a row of 3 fields; line 1 has 2");
        refused("#\n#\na,b\n1,2\n3,4,5", "line 5 is a row of 3 fields; line 3 has 2");
        refused("1 2\n\n3", "line 3 is a row of 1 field; line 1 has 2");
        refused("a,b,a\n1,2,3", "the header in line 1 is one in which `a` is there twice");
        refused(",a,b\n0,1,2", "without a name for column 1; name it; if it numbers the rows");
        refused(",0,label\n0,0.5,a", "without a name for column 1;");
        refused(
            "a,b\n1,\"2\n3,4\n5,6",
            "a field that begins in line 2 is `2\\n3,4\\n5,6`; a field",
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            values in prop::collection::vec(prop::num::f64::NORMAL, 1..40),
            width in 1usize..5, separator in 0usize..3, ending in 0usize..3, header: bool,
        ) {
            let width = width.min(values.len());
            let (separator, ending) = ([",", ";", "\t"][separator], ["\n", "\r\n", "\r"][ending]);
            let line = |fields: Vec<String>| fields.join(separator) + ending;
            let mut text = String::new();
            if header {
                text += &line((0..width).map(|k| format!("c{k}")).collect());
            }
            let whole: Vec<&[f64]> = values.chunks_exact(width).collect();
            for row in &whole {
                text += &line(row.iter().map(|x| format!("{x:?}")).collect());
            }
            prop_assert_eq!(rows(&text), whole);
        }

        #[test]
        fn no_text_panics(text in "([01a,.;\"# \t?-]{0,8}[\r\n]){0,6}") {
            if let Ok(table) = parse(&text) {
                let _ = table.data_set("-1", None, None);
                let _ = table.features(&["a".to_string()]);
            }
        }

        #[test]
        fn lines_are_counted(blank in prop::collection::vec(0usize..4, 1..8)) {
            let mut text = String::from("a,b\n");
            let mut line = 1;
            for kind in blank {
                text += ["\n", "# x\n", "  \n", "1,2\r\n"][kind];
                line += 1;
            }
            text += "1,2,3\n";
            let says = parse(&text).unwrap_err().to_string();
            prop_assert!(says.starts_with(&format!("line {} is a row of 3", line + 1)), "{:?} {}", text, says);
        }
    }
}

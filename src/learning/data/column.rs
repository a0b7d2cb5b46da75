//! One column of a table, before it is known what it is for.

use crate::error::shown;
use std::collections::BTreeMap;

/// A column of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Column {
    /// Every entry is written as a number, which may be NaN or infinite.
    Numbers {
        values: Vec<f64>,
        /// Whether all are whole numbers.
        whole: bool,
    },
    /// Some entry is no number.
    Text(Vec<String>),
}

/// Why an entry is not a finite number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// The entry, as a message shows it.
    pub value: String,
    /// What to do.
    pub expected: &'static str,
}

/// The most different whole numbers of a column that is held to have classes.
const MAX_NUMBERED_CLASSES: usize = 20;

/// Whether an entry says that there is none: empty, or one of the words that R, pandas and others
/// write.
pub(super) fn is_missing(entry: &str) -> bool {
    ["", "?", "na", "n/a", "nan", "null"].iter().any(|word| entry.eq_ignore_ascii_case(word))
}

impl Column {
    /// Of a text's entries, without blanks around them.
    pub fn of_entries<'a>(entries: impl Iterator<Item = &'a str> + Clone) -> Self {
        let numbers: Option<Vec<f64>> = entries.clone().map(|e| e.parse().ok()).collect();
        match numbers {
            Some(values) => Column::of_values(values),
            None => Column::Text(entries.map(str::to_owned).collect()),
        }
    }

    /// Of numbers, however they are written: 1.0 is whole.
    pub fn of_values(values: Vec<f64>) -> Self {
        let whole = values.iter().all(|x| x.is_finite() && x.fract() == 0.0);
        Column::Numbers { values, whole }
    }

    /// An entry as a finite number.
    pub fn number(&self, row: usize) -> Result<f64, Fault> {
        let value = match self {
            Column::Numbers { values, .. } => values[row],
            Column::Text(entries) => {
                let entry = entries[row].as_str();
                let quoted = quoted(entry);
                if is_missing(entry) {
                    return Err(Fault { value: missing_value(entry), expected: MISSING });
                }
                let with_point = entry.replacen(',', ".", 1);
                match entry.parse::<f64>() {
                    Ok(value) => value,
                    Err(_) if entry.contains(',') && with_point.parse::<f64>().is_ok() => {
                        let expected = "write numbers with a point, not with a decimal comma";
                        return Err(Fault { value: quoted, expected });
                    }
                    Err(_) => return Err(Fault { value: quoted, expected: NO_NUMBER }),
                }
            }
        };
        if value.is_finite() {
            Ok(value)
        } else if value.is_nan() {
            Err(Fault { value: missing_value("NaN"), expected: MISSING })
        } else {
            Err(Fault { value: shown(value), expected: "it must be a finite number" })
        }
    }

    /// Whether classes are learned of this column if nobody says otherwise.
    ///
    /// # Errors
    /// The place and the fault of an entry that makes numbers look like names: all others are
    /// numbers, missing, or written with a decimal comma; or there are more than 20 different
    /// entries, some of them numbers.
    pub fn is_classes(&self) -> Result<bool, (usize, Fault)> {
        match self {
            Column::Numbers { whole: false, .. } => Ok(false),
            Column::Numbers { values, whole: true } => {
                let mut different: Vec<f64> = Vec::new();
                for value in values {
                    if !different.contains(value) {
                        different.push(*value);
                    }
                    if different.len() > MAX_NUMBERED_CLASSES {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Column::Text(entries) => {
                let number = |e: &String| e.replacen(',', ".", 1).parse::<f64>().is_ok();
                let slips = entries.iter().all(|e| is_missing(e) || number(e));
                let mut different: Vec<&str> = entries.iter().map(String::as_str).collect();
                different.sort_unstable();
                different.dedup();
                let many = different.len() > MAX_NUMBERED_CLASSES;
                if slips || many && entries.iter().any(number) {
                    let wrong =
                        (0..entries.len()).find_map(|row| Some((row, self.number(row).err()?)));
                    if let Some(wrong) = wrong {
                        return Err(wrong);
                    }
                }
                Ok(true)
            }
        }
    }

    /// The class of each row, and the names of the classes: numbers in rising order, else texts in
    /// the order of their characters.
    ///
    /// # Errors
    /// The place and the fault of a missing entry.
    pub fn classes(&self) -> Result<(Vec<usize>, Vec<String>), (usize, Fault)> {
        match self {
            Column::Numbers { values, .. } => {
                let values = (0..values.len())
                    .map(|row| self.number(row).map_err(|fault| (row, fault)))
                    .collect::<Result<Vec<f64>, _>>()?;
                let mut different = values.clone();
                different.sort_by(f64::total_cmp);
                // -0 and 0 are the same number.
                different.dedup();
                let label = |x: &f64| different.partition_point(|d| d < x);
                let names = different.iter().map(|x| shown(x + 0.0)).collect();
                Ok((values.iter().map(label).collect(), names))
            }
            Column::Text(entries) => {
                if let Some(row) = entries.iter().position(|entry| is_missing(entry)) {
                    let value = missing_value(&entries[row]);
                    return Err((row, Fault { value, expected: MISSING }));
                }
                let mut label_of: BTreeMap<&str, usize> =
                    entries.iter().map(|entry| (entry.as_str(), 0)).collect();
                label_of.values_mut().enumerate().for_each(|(place, label)| *label = place);
                let labels = entries.iter().map(|entry| label_of[entry.as_str()]).collect();
                Ok((labels, label_of.keys().map(|name| name.to_string()).collect()))
            }
        }
    }

    /// The place of an entry's class among these names, equal as text or as numbers; the entry as a
    /// message shows it if it has none.
    ///
    /// # Errors
    /// The fault of a missing entry.
    pub fn class_among(
        &self,
        row: usize,
        names: &[String],
    ) -> Result<Result<usize, String>, Fault> {
        let (text, value) = match self {
            Column::Numbers { .. } => {
                let value = self.number(row)?;
                (shown(value + 0.0), Some(value))
            }
            Column::Text(entries) if is_missing(&entries[row]) => {
                return Err(Fault { value: missing_value(&entries[row]), expected: MISSING });
            }
            Column::Text(entries) => (entries[row].clone(), entries[row].parse().ok()),
        };
        let same_text = names.iter().position(|name| *name == text);
        let same_number = || {
            let value: f64 = value?;
            names.iter().position(|name| name.parse() == Ok(value))
        };
        Ok(same_text.or_else(same_number).ok_or_else(|| quoted(&text)))
    }
}

const MISSING: &str = "fill it in, or take the row out";
const NO_NUMBER: &str =
    "expected a number: leave the column out of the features, or encode what it says by numbers";

fn missing_value(entry: &str) -> String {
    match entry {
        "" => "empty, a missing value".into(),
        _ => format!("{}, a missing value", quoted(entry)),
    }
}

/// An entry in quotation marks; a long one in part.
pub(super) fn quoted(entry: &str) -> String {
    const MOST: usize = 40;
    let more = if entry.chars().count() > MOST { "…" } else { "" };
    let start: String = entry.chars().take(MOST).collect();
    format!("`{}{more}`", start.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(entries: &[&str]) -> Column {
        Column::of_entries(entries.iter().copied())
    }

    #[test]
    fn what_is_learned_is_guessed() {
        assert_eq!(column(&["0", "1", "1"]).is_classes(), Ok(true));
        assert_eq!(column(&["0", "1.0", "1"]).is_classes(), Ok(true));
        assert_eq!(column(&["-1", "+1", "1e0"]).is_classes(), Ok(true));
        assert_eq!(column(&["0", "0.5"]).is_classes(), Ok(false));
        assert_eq!(column(&["a", "1", "2"]).is_classes(), Ok(true));
        let numbers: Vec<String> = (0..21).map(|k| k.to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        assert_eq!(column(&numbers).is_classes(), Ok(false));
        assert_eq!(column(&numbers[..20]).is_classes(), Ok(true));
        let slip = [&numbers[..], &["2l"]].concat();
        let (row, fault) = column(&slip).is_classes().unwrap_err();
        assert_eq!((row, fault.value.as_str()), (21, "`2l`"));
        let comma = column(&["1,5", "2", "0,5"]).is_classes().unwrap_err();
        assert!(comma.0 == 0 && comma.1.expected.contains("decimal comma"));
        assert_eq!(column(&["1", "", "0"]).is_classes().unwrap_err().0, 1);
        let commas: Vec<String> = (0..30).map(|k| format!("{k},5")).collect();
        let commas = column(&commas.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(commas.is_classes().unwrap_err().1.expected.contains("decimal comma"));
        assert_eq!(Column::of_values(vec![0.0, 1.0]).is_classes(), Ok(true));
        assert_eq!(Column::of_values(vec![0.0, 0.5]).is_classes(), Ok(false));
    }

    #[test]
    fn classes_are_sorted() {
        let numbers = column(&["10", "9", "-1", "9"]).classes().unwrap();
        assert_eq!(numbers.0, [2, 1, 0, 1]);
        assert_eq!(numbers.1, ["-1", "9", "10"]);
        assert_eq!(column(&["-0.0", "0", "0.5"]).classes().unwrap().1, ["0", "0.5"]);
        let texts = column(&["b", "10", "a", "9", "b"]).classes().unwrap();
        assert_eq!(texts.0, [3, 0, 2, 1, 3]);
        assert_eq!(texts.1, ["10", "9", "a", "b"]);
        assert_eq!(column(&["b", "NA"]).classes().unwrap_err().0, 1);
        assert_eq!(column(&["1", "nan"]).classes().unwrap_err().0, 1);
    }

    #[test]
    fn classes_are_found_among_known_ones() {
        let known = ["1", "02", "a"].map(String::from);
        let found = |entry: &str| column(&[entry]).class_among(0, &known).unwrap();
        assert_eq!(found("1.0"), Ok(0));
        assert_eq!(found("2"), Ok(1));
        assert_eq!(found("a"), Ok(2));
        assert_eq!(found("b"), Err("`b`".into()));
        assert_eq!(found("3"), Err("`3`".into()));
        assert_eq!(column(&["1.0", "a"]).class_among(0, &known).unwrap(), Ok(0));
        assert!(column(&["?"]).class_among(0, &known).is_err());
    }

    #[test]
    fn entries_are_numbers_or_say_what_they_are() {
        let says = |entry: &str| column(&[entry, "x"]).number(0).unwrap_err().value;
        for missing in ["NA", "nan", "?", "N/A", "null"] {
            assert_eq!(says(missing), format!("`{missing}`, a missing value"));
        }
        assert_eq!(says(""), "empty, a missing value");
        assert_eq!(says("abc"), "`abc`");
        assert_eq!(says("-inf"), "-inf");
        assert_eq!(says(&"z".repeat(50)), format!("`{}…`", "z".repeat(40)));
        assert_eq!(column(&["1e3", "x"]).number(0), Ok(1000.0));
        assert!(column(&["inf"]).number(0).unwrap_err().expected.contains("finite"));
    }
}

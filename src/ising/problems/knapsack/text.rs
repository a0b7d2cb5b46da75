//! Files of knapsacks.

use super::Knapsack;
use crate::error::{Error, Result};
use crate::ising::files::{self, content};
use std::path::Path;

impl Knapsack {
    /// Reads a text: the number of items and the capacity on the first line, then a line `value
    /// weight` for each item, as in the files of Pisinger's classes of instances that the
    /// University of Cauca collects. Commas may stand for blanks; `#`, `%` and `//` begin comments.
    ///
    /// # Errors
    /// If a line is another, with its number, or as [`Knapsack::new`].
    pub fn parse(text: &str) -> Result<Self> {
        let mut lines = content(text);
        let Some(first) = lines.next() else {
            return Err(Error::Invalid {
                what: "the text of a knapsack".into(),
                value: "at its end".into(),
                expected: "expected the number of items and the capacity on the first line".into(),
            });
        };
        let [count, capacity] = first.fields()[..] else {
            return Err(first.error("expected two numbers, that of items and the capacity"));
        };
        let n = first.count(count, "items")?;
        let integer = |line: &files::Line<'_>, field: &str, of: &str| {
            field.parse::<u64>().map_err(|_| {
                line.error(format!("the {of} is `{field}`; expected an integer from 0 to 2^64 - 1"))
            })
        };
        let capacity = integer(&first, capacity, "capacity")?;
        let (mut values, mut weights) = (Vec::new(), Vec::new());
        for line in lines {
            if values.len() == n {
                return Err(line.error(format!(
                    "the first line says {n} items, which are above; a solution after them is to be \
                     left out"
                )));
            }
            let [value, weight] = line.fields()[..] else {
                return Err(line.error("expected the value and the weight of an item"));
            };
            let number = line.number(value)?;
            if number < 0.0 {
                return Err(line.error(format!("the value `{value}` is negative")));
            }
            values.push(number);
            weights.push(integer(&line, weight, "weight")?);
        }
        if values.len() == n {
            return Knapsack::new(capacity, values, weights);
        }
        Err(Error::Invalid {
            what: "the number of lines with items".into(),
            value: values.len().to_string(),
            expected: format!("the first line says {n} items"),
        })
    }

    /// Reads a file, as [`Knapsack::parse`] does.
    ///
    /// # Errors
    /// If the file cannot be read, is too large, or is not such a text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        files::read(path.as_ref(), |text, _| Knapsack::parse(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_panics(text in "([0-9eE .,#-]{0,9}\n){0,5}") {
            let _ = Knapsack::parse(&text);
        }
    }

    #[test]
    fn texts_are_read_and_refused_by_line() {
        let text = "# toy\n4 11\n6 2\n10, 4\n12 6 // heavy\n13.5 7\n";
        let problem = Knapsack::parse(text).unwrap();
        let (values, weights) = (vec![6.0, 10.0, 12.0, 13.5], vec![2, 4, 6, 7]);
        assert_eq!(problem, Knapsack::new(11, values, weights).unwrap());
        let says = |text: &str| Knapsack::parse(text).unwrap_err().to_string();
        assert!(says("").contains("first line"));
        assert!(says("3\n").contains("line 1"));
        assert!(says("1 5\n3\n").contains("line 2"));
        assert!(says("1 5\n3 2.5\n").contains("weight is `2.5`"));
        assert!(says("1 -5\n3 2\n").contains("capacity is `-5`"));
        assert!(says("1 5\n-3 2\n").contains("negative"));
        assert!(says("1 5\ninf 2\n").contains("finite"));
        assert!(says("2 5\n3 2\n").contains("says 2 items"));
        assert!(says("1 5\n3 2\n1\n").contains("line 3"));
        assert!(says("99999999999999999999 5\n").contains("line 1"));
    }
}

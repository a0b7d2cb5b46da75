//! Lists of numbers as flags have them.

use crate::options::{MANY, whole_number};

/// More are a slip.
const MOST: usize = 4096;

/// Numbers in the order in which they are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers(pub Vec<usize>);

/// `2..12`, `1,2,4,8`, `2..6,10`; both ends of a range belong to it.
pub fn numbers(text: &str) -> Result<Numbers, String> {
    let number = |text: &str| {
        let number = whole_number(text, 0..=MANY)?;
        usize::try_from(number).map_err(|error| error.to_string())
    };
    let mut all = Vec::new();
    for part in text.split(',') {
        let (first, last) = match part.split_once("..") {
            None => (number(part)?, number(part)?),
            Some((first, last)) => (number(first)?, number(last.trim_start_matches('='))?),
        };
        if first > last {
            return Err(format!("{first}..{last} goes down; write {last}..{first}"));
        }
        if last - first >= MOST || all.len() + (last - first) >= MOST {
            return Err(format!("these are more than {MOST} numbers"));
        }
        all.extend(first..=last);
    }
    Ok(Numbers(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let read = |text| numbers(text).map(|numbers| numbers.0);
        assert_eq!(read("7"), Ok(vec![7]));
        assert_eq!(read("2..5"), Ok(vec![2, 3, 4, 5]));
        assert_eq!(read("2..=3, 8,1e2"), Ok(vec![2, 3, 8, 100]));
        assert_eq!(read("4..4"), Ok(vec![4]));
        for (text, says) in [
            ("5..2", "write 2..5"),
            ("", "whole number"),
            ("2..", "whole number"),
            ("..4", "whole number"),
            ("1,,2", "whole number"),
            ("-1..2", "negative"),
            ("0..1e6", "more than 4096"),
            ("1..4000,1..4000", "more than 4096"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}

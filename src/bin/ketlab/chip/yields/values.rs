//! What the flags of `ketlab chip yield` hold, from their text.

use ketlab::Error;
use ketlab::chip::parse_frequency;
use std::str::FromStr;

/// What is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    Design,
    Chip(u64),
}

/// In GHz.
pub fn frequency(text: &str) -> Result<f64, String> {
    parse_frequency("it", text).map_err(|error| error.to_string())
}

/// Both ends of a range of frequencies, in GHz.
pub fn range(text: &str) -> Result<(f64, f64), String> {
    let (low, high) = text.split_once("..").ok_or("write a range like 40MHz..90MHz")?;
    let (low, high) = (frequency(low)?, frequency(high.trim_start_matches('='))?);
    if low >= high {
        return Err("its first end must be below its second".into());
    }
    Ok((low, high))
}

/// A part of one.
pub fn percent(text: &str) -> Result<f64, String> {
    let wanted = "write it as a percentage, like 2%";
    let number = text.trim().strip_suffix('%').ok_or(wanted)?;
    let number: f64 = number.trim().parse().map_err(|_| wanted)?;
    match (0.0..=100.0).contains(&number) {
        true => Ok(0.01 * number),
        false => Err("it is from 0% to 100%".into()),
    }
}

/// Which chip.
pub fn chip(text: &str) -> Result<Drawn, String> {
    if text == "design" {
        return Ok(Drawn::Design);
    }
    crate::options::whole_number(text, 0..=10_000_000_000)
        .map(Drawn::Chip)
        .map_err(|error| format!("{error}, or `design`"))
}

/// What a curve is against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Against {
    Spacing,
    Sigma,
}

impl Against {
    pub fn name(self) -> &'static str {
        match self {
            Against::Spacing => "spacing",
            Against::Sigma => "sigma",
        }
    }

    /// In GHz, where nobody says.
    fn range(self) -> (f64, f64) {
        match self {
            Against::Spacing => (0.020, 0.120),
            Against::Sigma => (0.001, 0.041),
        }
    }
}

/// A curve that is asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scan {
    pub against: Against,
    /// In GHz.
    pub range: (f64, f64),
}

impl Scan {
    pub fn of(against: Against) -> Self {
        Scan { against, range: against.range() }
    }
}

impl FromStr for Scan {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |expected: String| Error::Invalid {
            what: "a curve".into(),
            value: format!("`{}`", text.chars().take(60).collect::<String>()),
            expected,
        };
        let (name, ends) = text.split_once('=').map_or((text, None), |(n, e)| (n, Some(e)));
        let against = match name {
            "spacing" => Against::Spacing,
            "sigma" => Against::Sigma,
            _ => return Err(invalid("spacing or sigma, like spacing=40MHz..90MHz".into())),
        };
        let Some(ends) = ends else { return Ok(Scan::of(against)) };
        let range = range(ends).map_err(invalid)?;
        // No spacing is 0, where neither of two qubits is the control.
        let fits = if against == Against::Spacing { range.0 > 0.0 } else { range.0 >= 0.0 };
        match fits {
            true => Ok(Scan { against, range }),
            false => Err(invalid("its ends must be positive".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_read() {
        let read = |text: &str| text.parse::<Scan>();
        assert_eq!(read("sigma").unwrap(), Scan::of(Against::Sigma));
        let spacing = Scan { against: Against::Spacing, range: (0.04, 0.09) };
        assert_eq!(read("spacing=40MHz..90MHz").unwrap(), spacing);
        for bad in ["chips", "", "spacing=0MHz..9MHz", "sigma=-1MHz..9MHz", "sigma=1..9"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ranges_and_percentages_have_their_units() {
        assert_eq!(range("40MHz..90MHz"), Ok((0.04, 0.09)));
        assert_eq!(range("5GHz..=5340MHz"), Ok((5.0, 5.34)));
        for bad in ["40..90", "40MHz", "90MHz..40MHz", "40MHz..40MHz", "..", "NaNMHz..1GHz"] {
            assert!(range(bad).is_err(), "{bad}");
        }
        assert_eq!(percent("2%"), Ok(0.02));
        for bad in ["2", "0.02", "%", "-1%", "101%", "NaN%", "inf%"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
    }
}

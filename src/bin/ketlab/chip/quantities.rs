//! Quantities with units on the command line of `ketlab chip`. Every one has its unit; energies of
//! transmons alone may be bare numbers of GHz.

pub use crate::options::finite_number as number;

use crate::options::finite;
use ketlab::Error;
use ketlab::chip::parse_frequency;
use ketlab::math::{NotAQuantity, parse_quantity};

/// Units of time with their powers of ten in ns, longer names first.
const TIMES: [(&str, i32); 6] = [("ns", 0), ("us", 3), ("µs", 3), ("μs", 3), ("ms", 6), ("s", 9)];

/// What is expected of a value; the command line says of which flag.
fn expected(error: Error) -> String {
    match error {
        Error::Invalid { expected, .. } => expected,
        other => other.to_string(),
    }
}

/// GHz of a frequency.
pub fn ghz(text: &str) -> Result<f64, String> {
    parse_frequency("the value", text).map_err(expected)
}

/// MHz of a frequency.
pub fn mhz(text: &str) -> Result<f64, String> {
    // Exact where the text is: 1 MHz is 1, not 1e3 times 1e-3.
    let units = [("GHz", 3), ("MHz", 0), ("kHz", -3), ("Hz", -6)];
    match parse_quantity(text, &units) {
        Ok(value) => Ok(value),
        Err(_) => ghz(text).map(|value| 1e3 * value),
    }
}

/// GHz of an energy: a bare number, or a frequency with its unit.
pub fn energy(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(number) => finite(number),
        Err(_) => ghz(text).map_err(|error| format!("{error}; a bare number is in GHz")),
    }
}

/// ns of a time.
pub fn ns(text: &str) -> Result<f64, String> {
    parse_quantity(text, &TIMES).map_err(|reason| {
        match reason {
            NotAQuantity::Unit => "a time has a unit: ns, us, ms or s, as in 200ns",
            NotAQuantity::Number => "it is a number with a unit: ns, us, ms or s, as in 200ns",
            NotAQuantity::TooLarge => "it is beyond what a number can hold",
        }
        .to_string()
    })
}

/// µs of a time.
pub fn us(text: &str) -> Result<f64, String> {
    let units = TIMES.map(|(unit, power)| (unit, power - 3));
    match parse_quantity(text, &units) {
        Ok(value) => Ok(value),
        Err(_) => ns(text).map(|value| 1e-3 * value),
    }
}

/// fF of a capacitance.
pub fn capacitance(text: &str) -> Result<f64, String> {
    let wanted = "a capacitance has a unit: aF, fF or pF, as in 65fF";
    parse_quantity(text, &[("aF", -3), ("fF", 0), ("pF", 3)]).map_err(|_| wanted.into())
}

/// kΩ of a resistance.
pub fn resistance(text: &str) -> Result<f64, String> {
    let wanted = "a resistance has a unit: ohm, kohm or Mohm, as in 8kohm";
    let units = [("kohm", 0), ("Mohm", 3), ("ohm", -3), ("kΩ", 0), ("MΩ", 3), ("Ω", -3)];
    parse_quantity(text, &units).map_err(|_| wanted.into())
}

/// mK of a temperature.
pub fn temperature(text: &str) -> Result<f64, String> {
    let wanted = "a temperature has a unit: mK or K, as in 15mK";
    parse_quantity(text, &[("mK", 0), ("K", 3)]).map_err(|_| wanted.into())
}

/// µeV of a gap.
pub fn gap(text: &str) -> Result<f64, String> {
    let wanted = "a gap has a unit: ueV or meV, as in 180ueV";
    parse_quantity(text, &[("ueV", 0), ("µeV", 0), ("meV", 3)]).map_err(|_| wanted.into())
}

/// Two numbers with a comma, the smaller first.
pub fn range(text: &str) -> Result<(f64, f64), String> {
    let wanted = "it is two numbers, the smaller first, as in -1,1";
    let (low, high) = text.split_once(',').ok_or(wanted)?;
    let (low, high) = (number(low)?, number(high)?);
    if low < high { Ok((low, high)) } else { Err(wanted.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_units() {
        assert_eq!(ghz("5.1GHz"), Ok(5.1));
        assert_eq!(mhz("-330MHz"), Ok(-330.0));
        assert_eq!(mhz("0.002GHz"), Ok(2.0));
        assert_eq!((ns("0.2us"), us("100us"), us("1ms")), (Ok(200.0), Ok(100.0), Ok(1000.0)));
        assert_eq!((energy("15"), energy("300MHz")), (Ok(15.0), Ok(0.3)));
        assert_eq!(capacitance("0.065pF"), Ok(65.0));
        assert_eq!((resistance("8000ohm"), resistance("8kΩ")), (Ok(8.0), Ok(8.0)));
        assert_eq!(temperature("0.015K"), Ok(15.0));
        assert_eq!(gap("0.18meV"), Ok(180.0));
        assert_eq!(range("-1,0.5"), Ok((-1.0, 0.5)));
    }

    #[test]
    fn other_units_and_bare_numbers_are_refused_by_name() {
        for bad in ["5", "5ns", "GHz", "nanMHz"] {
            assert!(mhz(bad).unwrap_err().contains("GHz, MHz, kHz or Hz"), "{bad}");
        }
        for bad in ["5", "5GHz", "ns", "infus"] {
            assert!(us(bad).unwrap_err().contains("ns, us, ms or s"), "{bad}");
        }
        assert!(energy("15ns").unwrap_err().contains("GHz, MHz"));
        assert!(energy("inf").unwrap_err().contains("finite"));
        assert!(capacitance("65nH").unwrap_err().contains("fF"));
        assert!(capacitance("65").unwrap_err().contains("fF"));
        assert!(resistance("8V").unwrap_err().contains("kohm"));
        assert!(temperature("15GHz").unwrap_err().contains("mK"));
        assert!(gap("180eV").is_err());
        assert!(number("1e-6Phi0").is_err());
        assert!(range("1,0").is_err() && range("1").is_err() && range("0,nan").is_err());
    }
}

//! Durations as text: `35ns`, `1.5 µs`.

use super::limits::invalid;
use crate::error::Result;
use crate::math::{NotAQuantity, parse_quantity};

/// Units with their powers of ten, longer names first. µ is the micro sign and the Greek letter.
const UNITS: [(&str, i32); 6] =
    [("ns", -9), ("us", -6), ("µs", -6), ("μs", -6), ("ms", -3), ("s", 0)];

/// Seconds of a duration with its unit, ns, us, µs, ms or s: the number nearest to what is written, at
/// least 0. `inf` needs no unit, and 0 neither.
///
/// ```
/// use ketlab::noise::{duration_text, parse_duration};
/// let gate_time = parse_duration("--gate-time", "35ns")?;
/// assert_eq!((gate_time, duration_text(gate_time).as_str()), (35e-9, "35ns"));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the number or the unit is none, or the number is negative; the error says `what` it stands for.
pub fn parse_duration(what: &str, text: &str) -> Result<f64> {
    let refused = |expected: &str| {
        let short: String = text.trim().chars().take(40).collect();
        Err(invalid(what, format!("`{short}`"), expected))
    };
    let trimmed = text.trim();
    if matches!(trimmed, "inf" | "0") {
        return Ok(if trimmed == "0" { 0.0 } else { f64::INFINITY });
    }
    match parse_quantity(trimmed, &UNITS) {
        Ok(seconds) if seconds >= 0.0 => Ok(seconds.abs()),
        Ok(_) => refused("a duration is at least 0"),
        Err(NotAQuantity::Unit) => {
            refused("a duration has a unit: ns, us, µs, ms or s, as in 35ns")
        }
        Err(NotAQuantity::Number) => {
            refused("it is a number with a unit: ns, us, µs, ms or s, as in 35ns")
        }
        Err(NotAQuantity::TooLarge) => refused("it is beyond what a number can hold"),
    }
}

/// Seconds with the unit that suits; [`parse_duration`] reads exactly the same number back.
pub fn duration_text(seconds: f64) -> String {
    if seconds == 0.0 {
        return "0s".into();
    }
    if !seconds.is_finite() {
        return seconds.to_string();
    }
    // Shortest digits that are this number: `d.ddde-5`.
    let text = format!("{seconds:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return format!("{text}s") };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (unit, power) = match exponent {
        0.. => ("s", 0),
        -3..0 => ("ms", -3),
        -6..-3 => ("us", -6),
        _ => ("ns", -9),
    };
    let shift = exponent - power;
    if !(-3..15).contains(&shift) {
        return format!("{mantissa}e{shift}{unit}");
    }
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest.replace('.', "")),
        None => ("", mantissa.replace('.', "")),
    };
    let before = shift + 1;
    let number = if before <= 0 {
        format!("0.{}{digits}", "0".repeat(-before as usize))
    } else if digits.len() <= before as usize {
        format!("{digits}{}", "0".repeat(before as usize - digits.len()))
    } else {
        format!("{}.{}", &digits[..before as usize], &digits[before as usize..])
    };
    format!("{sign}{number}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units() {
        let read = |text| parse_duration("t", text).unwrap();
        assert_eq!(read("35ns"), 35e-9);
        assert_eq!(read("100us"), 100e-6);
        assert_eq!(read(" 0.3 µs "), 0.3e-6);
        assert_eq!(read("0.3μs"), 0.3e-6);
        assert_eq!(read("1.5ms"), 1.5e-3);
        assert_eq!(read("2s"), 2.0);
        assert_eq!(read("2e3ns"), 2e-6);
        assert_eq!(read("1E-2us"), 1e-8);
        assert_eq!((read("0"), read("inf"), read("-0s").to_bits()), (0.0, f64::INFINITY, 0));
        for bad in [
            "",
            "35",
            "ns",
            "35 parsecs",
            "-1ns",
            "nans",
            "infs",
            "1e9999s",
            "1ens",
            "--1s",
            "x us",
        ] {
            let error = parse_duration("the time t", bad).unwrap_err().to_string();
            assert!(error.starts_with("the time t is `"), "{bad}: {error}");
        }
    }

    #[test]
    fn numbers_are_written_in_their_unit() {
        let cases = [
            (100e-6, "100us"),
            (80.5e-6, "80.5us"),
            (300e-9, "300ns"),
            (1e-9, "1ns"),
            (2.5e-10, "0.25ns"),
            (0.004, "4ms"),
            (0.25, "250ms"),
            (1.0, "1s"),
            (86400.0, "86400s"),
            (1e-20, "1e-11ns"),
            (1e300, "1e300s"),
            (0.0, "0s"),
            (f64::INFINITY, "inf"),
            (-1e-6, "-1us"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration_text(seconds), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in prop_oneof![0.0..1e-3f64, proptest::num::f64::POSITIVE]) {
            prop_assert_eq!(parse_duration("t", &duration_text(seconds)).unwrap(), seconds);
        }
    }
}

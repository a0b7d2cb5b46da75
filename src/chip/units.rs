//! Frequencies as text: `60MHz`, `4.97 GHz`.

use crate::error::{Error, Result};
use crate::math::{NotAQuantity, parse_quantity};

/// Units with their powers of ten in GHz, longer names first.
const UNITS: [(&str, i32); 4] = [("GHz", 0), ("MHz", -3), ("kHz", -6), ("Hz", -9)];

/// GHz of a frequency with its unit, GHz, MHz, kHz or Hz; it may be negative, as anharmonicities and
/// detunings are.
///
/// ```
/// use ketlab::chip::parse_frequency;
/// assert_eq!(parse_frequency("--spacing", "60MHz")?, 0.06);
/// assert!(parse_frequency("--spacing", "60ns").unwrap_err().to_string().contains("MHz"));
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If the number or the unit is none; the error says `what` it stands for.
pub fn parse_frequency(what: &str, text: &str) -> Result<f64> {
    parse_quantity(text, &UNITS).map_err(|reason| Error::Invalid {
        what: what.into(),
        value: format!("`{}`", text.trim().chars().take(40).collect::<String>()),
        expected: match reason {
            NotAQuantity::Unit => "a frequency has a unit: GHz, MHz, kHz or Hz, as in 60MHz",
            NotAQuantity::Number => "it is a number with a unit: GHz, MHz, kHz or Hz, as in 60MHz",
            NotAQuantity::TooLarge => "it is beyond what a number can hold",
        }
        .into(),
    })
}

/// A frequency for people, with the unit that suits and six digits: `4.97 GHz`, `-330 MHz`, `53.387 kHz`.
pub fn frequency_text(ghz: f64) -> String {
    // Rounded first: what is next to 1 GHz is written in GHz.
    let rounded = six_digits(ghz);
    let (scale, unit) = match rounded.abs() {
        x if x >= 1.0 || x == 0.0 || !x.is_finite() => (1.0, "GHz"),
        x if x >= 1e-3 => (1e3, "MHz"),
        x if x >= 1e-6 => (1e6, "kHz"),
        _ => (1e9, "Hz"),
    };
    let value = six_digits(ghz * scale);
    // Six digits that count, none of them a zero at the end.
    let digits = value.abs().max(1.0).log10().floor() as i32;
    let text = format!("{value:.*}", (5 - digits).max(0) as usize);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{} {unit}", if text == "-0" { "0" } else { text })
}

/// To six digits that count.
fn six_digits(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_read_with_their_unit() {
        let read = |text| parse_frequency("f", text).unwrap();
        assert_eq!(read("5GHz"), 5.0);
        assert_eq!(read(" -330 MHz "), -0.33);
        assert_eq!(read("50kHz"), 50e-6);
        assert_eq!(read("1e3Hz"), 1e-6);
        for bad in ["5", "GHz", "infGHz", "5 ghz", "5ns", "5mHz", "--5GHz", "", "1e400GHz"] {
            let error = parse_frequency("f", bad).unwrap_err().to_string();
            assert!(error.starts_with("f is `"), "{bad}: {error}");
        }
    }

    #[test]
    fn frequencies_are_written_for_people() {
        for (ghz, text) in [
            (4.97, "4.97 GHz"),
            (-0.33, "-330 MHz"),
            (53.387e-6, "53.387 kHz"),
            (1e-9, "1 Hz"),
            (0.0, "0 GHz"),
            (15.0, "15 GHz"),
            // Next to a unit, on either side of the rounding.
            (0.999_999_9, "1 GHz"),
            (-0.999_999_9, "-1 GHz"),
            (0.999_999, "999.999 MHz"),
            (0.999_999_9e-3, "1 MHz"),
            (0.999_999_9e-6, "1 kHz"),
            (0.999_994_9e-6, "999.995 Hz"),
            (9.999_999, "10 GHz"),
            (123_456.7, "123457 GHz"),
            // Nothing has no sign.
            (-0.0, "0 GHz"),
            (-1e-16, "0 Hz"),
            (1e-300, "0 Hz"),
            (f64::INFINITY, "inf GHz"),
        ] {
            assert_eq!(frequency_text(ghz), text);
        }
    }
}

//! Pauli sums as text, e.g. `Z0 Z1 + 0.5 X2 - 1.5`.

use super::scan::{Scanner, shortened};
use super::string_text::scan_string;
use super::{PauliString, PauliSum};
use crate::error::{Error, Result};
use crate::math::check_memory;
use std::fmt;
use std::str::FromStr;

/// Reads a sum of terms.
///
/// A term is a number, a string, or both with an optional `*` between; a number alone is a multiple
/// of the identity. Strings are sparse (`X0 Z3`, `X0Z3`, `X0*Z3`) or dense (`ZIIX`, rightmost letter
/// qubit 0). Terms are joined by `+` and `-`, after which a number may have its own sign
/// (`X0 + -0.5 Z1`). Space and line breaks count for nothing, except that a label, a number, and a
/// letter with its qubit are written together. The terms stay as written, unmerged. The number `0`
/// alone is the sum without terms; the empty text is an error.
///
/// # Errors
/// [`Error::Program`] with line, column, what was found and what was expected;
/// [`Error::TooLarge`] if the strings would not fit in memory.
impl FromStr for PauliSum {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut scanner = Scanner::new(text);
        let mut terms = Vec::new();
        let mut budget = Budget::default();
        scanner.skip_space();
        let mut negative = scan_sign(&mut scanner).unwrap_or(false);
        loop {
            let (string, magnitude) = scan_term(&mut scanner)?;
            let coefficient = if negative { -magnitude } else { magnitude };
            let lone_zero = terms.is_empty() && string.is_none() && coefficient == 0.0;
            let string = string.unwrap_or_default();
            budget.add(&string)?;
            terms.push((string, coefficient));
            scanner.skip_space();
            if scanner.peek().is_none() {
                if lone_zero {
                    terms.clear();
                }
                return Ok(PauliSum::from_terms(terms));
            }
            let Some(minus) = scan_sign(&mut scanner) else {
                return Err(scanner.expected(scanner.position(), "`+`, `-` or the end"));
            };
            negative = minus ^ scan_sign(&mut scanner).unwrap_or(false);
        }
    }
}

/// Steps over a sign and the space after it; true for `-`.
pub(super) fn scan_sign(scanner: &mut Scanner<'_>) -> Option<bool> {
    let negative = scanner.eat('-');
    if !negative && !scanner.eat('+') {
        return None;
    }
    scanner.skip_space();
    Some(negative)
}

/// Reads a term without its sign: the string, if one is written, and the coefficient.
fn scan_term(scanner: &mut Scanner<'_>) -> Result<(Option<PauliString>, f64)> {
    if let Some((string, _)) = scan_string(scanner)? {
        return Ok((Some(string), 1.0));
    }
    let Some(coefficient) = scan_number(scanner)? else {
        let expected = "a term such as `0.5 X0 Z3`, `-XZI` or `2`";
        return Err(scanner.expected(scanner.position(), expected));
    };
    scanner.skip_space();
    let star = scanner.eat('*');
    if star {
        scanner.skip_space();
    }
    let string = scan_string(scanner)?.map(|(string, _)| string);
    if star && string.is_none() {
        return Err(scanner.expected(scanner.position(), "a Pauli string after `*`"));
    }
    Ok((string, coefficient))
}

/// Reads an unsigned decimal number; `None` if none starts here.
pub(super) fn scan_number(scanner: &mut Scanner<'_>) -> Result<Option<f64>> {
    let is_digit = |c: char| c.is_ascii_digit();
    let (start, text) = (scanner.position(), scanner.rest());
    let mut digits = scanner.take_while(is_digit).len();
    if scanner.eat('.') {
        digits += scanner.take_while(is_digit).len();
        if digits == 0 {
            return Err(scanner.expected(start, "digits before or after the point"));
        }
    }
    if digits == 0 {
        return Ok(None);
    }
    if scanner.eat('e') || scanner.eat('E') {
        if !scanner.eat('-') {
            scanner.eat('+');
        }
        if scanner.take_while(is_digit).is_empty() {
            let at = scanner.position();
            return Err(scanner.expected(at, "the digits of the exponent"));
        }
    }
    let number = &text[..scanner.position() - start];
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => {
            let message = format!(
                "the number `{}` is too large; expected at most 1.8e308",
                shortened(number)
            );
            Err(scanner.fault(start, message, None))
        }
    }
}

/// Watches the memory of strings on very high qubits, where a few letters of text become many
/// kilobytes.
#[derive(Default)]
pub(super) struct Budget {
    bytes: u128,
    checked: u128,
}

impl Budget {
    pub(super) fn add(&mut self, string: &PauliString) -> Result<()> {
        self.bytes += (size_of::<(PauliString, f64)>() + string.heap_bytes()) as u128;
        // Each time it has doubled: is there room to double again?
        if self.bytes > 2 * self.checked.max(1 << 25) {
            self.checked = self.bytes;
            check_memory("the Pauli sum", self.bytes, |_| {
                (None, "use fewer terms or lower qubit numbers".into())
            })?;
        }
        Ok(())
    }
}

/// The form that [`FromStr`] reads back exactly, e.g. `1.5 X0 - Z0 Z1 + 2 I`; a sum without terms
/// prints as `0`. A precision rounds the coefficients: `{:.3}`.
impl fmt::Display for PauliSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("0");
        }
        for (i, (string, coefficient)) in self.terms().iter().enumerate() {
            f.write_str(match (i, coefficient.is_sign_negative()) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            })?;
            let magnitude = coefficient.abs();
            match f.precision() {
                Some(precision) => write!(f, "{magnitude:.precision$} ")?,
                None if magnitude == 1.0 => {}
                None => {
                    let digits = format!("{magnitude:?}");
                    write!(f, "{} ", digits.strip_suffix(".0").unwrap_or(&digits))?;
                }
            }
            write!(f, "{string}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_finite_sum;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_write() {
        let expect = |text: &str, terms: &[(&str, f64)]| {
            let sum: PauliSum = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            let wanted: Vec<_> = terms.iter().map(|(s, c)| (s.parse().unwrap(), *c)).collect();
            assert_eq!(sum.terms(), wanted, "{text}");
        };
        expect("Z0 Z1 + 0.5 X2", &[("Z0 Z1", 1.0), ("X2", 0.5)]);
        expect("-1.5*X0 - Y1 Z2 + 2", &[("X0", -1.5), ("Y1 Z2", -1.0), ("I", 2.0)]);
        expect("0.5 XZI", &[("X2 Z1", 0.5)]);
        expect("XZI+IIX", &[("X2 Z1", 1.0), ("X0", 1.0)]);
        expect("1e-3 Z0", &[("Z0", 1e-3)]);
        expect("1e3X0+2E+2Z1", &[("X0", 1e3), ("Z1", 2e2)]);
        expect("2.0 * I", &[("I", 2.0)]);
        expect("2I-3", &[("I", 2.0), ("I", -3.0)]);
        expect(".5X0 + 5. Z0", &[("X0", 0.5), ("Z0", 5.0)]);
        expect("-.5*Z0Z1", &[("Z0 Z1", -0.5)]);
        expect("0.5*X0*Z1", &[("X0 Z1", 0.5)]);
        expect("+X0 + -0.5 Z1 - -2", &[("X0", 1.0), ("Z1", -0.5), ("I", 2.0)]);
        expect("  X0\n  - 2\tZ1\r\n", &[("X0", 1.0), ("Z1", -2.0)]);
        expect("X0 + X0", &[("X0", 1.0), ("X0", 1.0)]);
        expect("X999999", &[("X999999", 1.0)]);
        expect("1e-999 X0", &[("X0", 0.0)]);
        expect("0", &[]);
        expect("0 I", &[("I", 0.0)]);
        expect("0 + X0", &[("I", 0.0), ("X0", 1.0)]);
    }

    #[test]
    fn refuses_with_place_and_reason() {
        for (text, line, column, says) in [
            ("", 1, 1, "found the end; expected a term"),
            ("  ", 1, 3, "found the end; expected a term"),
            ("X0 +", 1, 5, "found the end; expected a term"),
            ("X0 + + + Z1", 1, 8, "found `+`; expected a term"),
            ("--X0", 1, 2, "found `-`; expected a term"),
            ("X0 X0", 1, 4, "`X0` names qubit 0 again"),
            ("2 X0 Z0", 1, 6, "`Z0` names qubit 0 again"),
            ("X0 Z1\n+ 2 Z1 X2 Y1", 2, 11, "`Y1` names qubit 1 again"),
            ("1e X0", 1, 3, "found ` `; expected the digits of the exponent"),
            ("1eX0", 1, 3, "found `X0`; expected the digits of the exponent"),
            ("2 * + X0", 1, 5, "found `+`; expected a Pauli string after `*`"),
            ("2 * 3 X0", 1, 5, "found `3`; expected a Pauli string after `*`"),
            ("2 3", 1, 3, "found `3`; expected `+`, `-` or the end"),
            ("1.2.3 X0", 1, 4, "found `.`; expected `+`, `-` or the end"),
            (". X0", 1, 1, "digits before or after the point"),
            ("X0 2", 1, 4, "found `2`; expected `+`, `-` or the end"),
            ("X0.5", 1, 3, "found `.`; expected `+`, `-` or the end"),
            ("X0*2", 1, 4, "found `2`; expected a Pauli letter"),
            ("X 0", 1, 3, "found `0`; expected no more of this term after the label `X`"),
            ("2 XX YY", 1, 6, "found `YY`; expected no more of this term after the label `XX`"),
            ("X0 \u{2212} Z1", 1, 4, "write the ASCII minus `-`"),
            ("nan X0", 1, 1, "found `nan`; expected a term"),
            ("inf", 1, 1, "found `inf`; expected a term"),
            ("1e999 X0", 1, 1, "the number `1e999` is too large"),
            ("X0 + 0.5 x1", 1, 10, "capitals I, X, Y and Z"),
            ("2i X0", 1, 2, "found `i`; expected `+`, `-` or the end"),
            ("X1000000", 1, 2, "qubit 1000000; expected a number below 1000000"),
            ("X0 # field", 1, 4, "found `#`"),
        ] {
            let error = text.parse::<PauliSum>().unwrap_err();
            assert!(error.to_string().contains(says), "{text}: {error}");
            let Error::Program(program) = error else { panic!("{error}") };
            let place = (program.diagnostics[0].line, program.diagnostics[0].column);
            assert_eq!(place, (line, column), "{text}: {}", program.rendered);
        }
    }

    #[test]
    fn prints() {
        let sum: PauliSum = "-Z0 Z1 - 0.25 X2 + I + 1e300 Y0 + 3 - 0 Z1".parse().unwrap();
        assert_eq!(sum.to_string(), "-Z0 Z1 - 0.25 X2 + I + 1e300 Y0 + 3 I - 0 Z1");
        let third = PauliSum::from("X0".parse::<PauliString>().unwrap()) * (1.0 / 3.0);
        assert_eq!(format!("{third:.3}"), "0.333 X0");
        assert_eq!(PauliSum::zero().to_string(), "0");
    }

    #[test]
    fn a_short_text_cannot_take_all_memory() {
        let mut budget = Budget { bytes: u128::MAX / 4, checked: 0 };
        let refused = budget.add(&PauliString::identity());
        assert_eq!(refused.is_err(), crate::math::available_memory().is_some(), "{refused:?}");
    }

    fn bits(sum: &PauliSum) -> Vec<(PauliString, u64)> {
        sum.terms().iter().map(|(s, c)| (s.clone(), c.to_bits())).collect()
    }

    proptest! {
        #[test]
        fn round_trips_to_the_bit(sum in any_finite_sum(200)) {
            let text = sum.to_string();
            let back: PauliSum = text.parse().unwrap();
            prop_assert_eq!(bits(&back), bits(&sum), "{}", text);
        }

        #[test]
        fn no_text_panics(text in ".*", close in "[IXYZ0-9eE.*+ \n-]{0,24}") {
            let _ = text.parse::<PauliSum>();
            if let Ok(sum) = close.parse::<PauliSum>() {
                prop_assert_eq!(bits(&sum.to_string().parse().unwrap()), bits(&sum));
            }
        }
    }
}

//! Coefficients, real and complex, as Python prints them.

use crate::error::Result;
use crate::pauli::scan::Scanner;
use crate::pauli::sum_text::{scan_number, scan_sign};

/// Reads `0.5`, `-0.5+0j`, `0.5j` and these in parentheses: real and imaginary part.
pub(super) fn scan_complex(scanner: &mut Scanner<'_>) -> Result<(f64, f64)> {
    scanner.skip_space();
    let parenthesis = scanner.eat('(');
    let first = signed(scanner)?;
    let value = if scanner.eat('j') {
        (0.0, first)
    } else {
        // NumPy pads: `-1.5 +0.j`.
        let sign = scanner.rest().trim_start_matches(' ').chars().next();
        if matches!(sign, Some('+' | '-')) {
            let second = signed(scanner)?;
            if !scanner.eat('j') {
                let expected = "`j` after the imaginary part";
                return Err(scanner.expected(scanner.position(), expected));
            }
            (first, second)
        } else {
            (first, 0.0)
        }
    };
    if parenthesis {
        super::need(scanner, ')', "`)` after the number")?;
    }
    Ok(value)
}

fn signed(scanner: &mut Scanner<'_>) -> Result<f64> {
    scanner.skip_space();
    let negative = scan_sign(scanner).unwrap_or(false);
    match scan_number(scanner)? {
        Some(number) => Ok(if negative { -number } else { number }),
        None if scanner.rest().starts_with("...") => Err(scanner.fault(
            scanner.position(),
            "the list is abbreviated with `...`; expected all of it".into(),
            Some("write it with `to_list()`".into()),
        )),
        None => Err(scanner.expected(scanner.position(), "a number")),
    }
}

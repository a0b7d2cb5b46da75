//! One number in OpenQASM's notation: `pi/2`, `-3*tau/8`, `sqrt(2)`.

use super::ast::{Span, Symbol};
use super::eval::{Context, Eval, EvalError, angle, evaluate};
use super::parser::Session;
use super::source::Sources;
use super::{Options, Version};
use crate::error::{Error, Result};

/// What would do.
const EXAMPLES: &str = "write a number like 0.5 or pi/2";

/// The value of an expression in OpenQASM 3's notation, without names but `pi`, `tau` and `euler`.
/// All numbers are real, as they are in OpenQASM 2: `1/2` is 0.5, and `**` is the power.
///
/// ```
/// assert_eq!(ketlab::qasm::number("pi/2")?, std::f64::consts::FRAC_PI_2);
/// # Ok::<(), ketlab::Error>(())
/// ```
///
/// # Errors
/// If it is no such expression, or has no finite real value: [`Error::Invalid`], which says why.
pub fn number(text: &str) -> Result<f64> {
    let options = Options { version: Some(Version::V3), ..Options::default() };
    let invalid = |expected: String| Error::Invalid {
        what: "the expression".into(),
        value: format!("`{text}`"),
        expected,
    };
    let sources = Sources::new("<number>", text.into(), None, None);
    let mut session = Session::new(sources, &options);
    let Some(expr) = session.parse_expression(0) else {
        let Error::Program(error) = session.faults.into_error(&session.sources) else {
            return Err(invalid(EXAMPLES.into()));
        };
        let first = error.diagnostics.first();
        let message = first.map_or("it is no expression", |d| &d.message);
        return Err(invalid(format!("{message}; {EXAMPLES}")));
    };
    let mut names = NoNames { session: &session };
    let value = evaluate(&session.ast, &expr, &mut Vec::new(), &mut names)
        .and_then(|value| angle(&value, expr.span, &mut names))
        .map_err(|error| {
            let help = error.help.map_or_else(String::new, |help| format!("; {help}"));
            invalid(format!("{}{help}", error.message))
        })?;
    match value.base.fixed() {
        Some(number) if number.is_finite() && value.bits.is_empty() => Ok(number),
        _ => Err(invalid("it must be finite".into())),
    }
}

struct NoNames<'s, 'o> {
    session: &'s Session<'o>,
}

impl Context for NoNames<'_, '_> {
    /// In version 2 all numbers are real.
    fn version(&self) -> Version {
        Version::V2
    }

    fn name(&mut self, name: Symbol, span: Span) -> Eval {
        let name = self.session.ast.names.shown(name);
        Err(EvalError::new(span, format!("`{name}` is no number; {EXAMPLES}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{E, PI, TAU};

    #[test]
    fn numbers_are_real() {
        for (text, value) in [
            ("0.5", 0.5),
            (" -1e-3 ", -1e-3),
            ("pi/2", PI / 2.0),
            ("π/2", PI / 2.0),
            ("-3*tau/8", -3.0 * TAU / 8.0),
            ("2*(1+pi)", 2.0 * (1.0 + PI)),
            ("1/2", 0.5),
            ("7%4", 3.0),
            ("2**-1", 0.5),
            ("2**3**2", 512.0),
            ("sqrt(2)/2", 2f64.sqrt() / 2.0),
            ("arccos(-1)", PI),
            ("euler", E),
            ("1_000", 1000.0),
            ("--1", 1.0),
            ("1e308*10/10", 1e308),
            ("0x10", 16.0),
            ("0.5 // half", 0.5),
        ] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            " ",
            "theta",
            "pi/",
            "1/0",
            "1e999",
            "nan",
            "inf",
            "sqrt(-1)",
            "1;2",
            "1) q; x(1",
            "1 2",
            "2 pi",
            "true",
            "\"01\"",
            "1ns",
            "im",
            "2im",
            "[1]",
            "{1}",
            "measure q",
            "f(1)",
            "$0",
            "// a comment",
            "1\n2",
            "pi = 3",
            "angle[4](1)x",
            "\u{0}",
            "½",
        ] {
            let error = number(text).expect_err(text).to_string();
            assert!(error.contains(&format!("`{text}`")) && !error.ends_with("; "), "{error}");
        }
    }
}

//! Sums of terms over any number of lines.

use super::number::scan_complex;
use super::{Found, need, real};
use crate::error::Result;
use crate::pauli::scan::Scanner;
use crate::pauli::string::Builder;
use crate::pauli::string_text::scan_string;
use crate::pauli::sum_text::{Budget, scan_number, scan_sign};
use crate::pauli::{MAX_QUBITS, Pauli, PauliString};

/// A string and the number of qubits that it names.
type Named = (PauliString, usize);

pub(super) fn read(text: &str) -> Result<Found> {
    let text = unwrapped(text);
    let mut scanner = Scanner::new(&text);
    let mut reader = Reader { form: "terms" };
    let mut found = Found { terms: Vec::new(), num_qubits: 0, form: "" };
    let mut budget = Budget::default();
    scanner.skip_space();
    let mut negative = scan_sign(&mut scanner).unwrap_or(false);
    loop {
        let (string, value) = reader.term(&mut scanner)?;
        let lone_zero = found.terms.is_empty() && string.is_none() && value == 0.0;
        let (string, num_qubits) = string.unwrap_or_default();
        budget.add(&string)?;
        found.num_qubits = found.num_qubits.max(num_qubits);
        found.terms.push((string, if negative { -value } else { value }));
        let end = scanner.position();
        scanner.skip_space();
        let Some(next) = scanner.peek() else {
            if lone_zero {
                found.terms.clear();
            }
            found.form = reader.form;
            return Ok(found);
        };
        let new_line = has_line_break(&text[end..scanner.position()]);
        negative = match scan_sign(&mut scanner) {
            Some(minus) => minus ^ scan_sign(&mut scanner).unwrap_or(false),
            None if new_line && (next.is_ascii_digit() || "(.".contains(next)) => false,
            None if new_line && Pauli::from_letter(next).is_some() => {
                // After `label, number` another such line follows.
                if reader.form != LABELS {
                    return Err(broken(&scanner, scanner.position()));
                }
                false
            }
            None if next.is_ascii_digit() => {
                let help = "a coefficient stands before its string: `0.5 ZZI`; in lines of `ZZI, \
                            0.5` a comma between them says so";
                let message = format!("found `{next}` after a term; expected `+`, `-` or the end");
                return Err(scanner.fault(scanner.position(), message, Some(help.into())));
            }
            None => return Err(scanner.expected(scanner.position(), "`+`, `-` or the end")),
        };
    }
}

const LABELS: &str = "labels with coefficients";

struct Reader {
    form: &'static str,
}

impl Reader {
    /// A term without its sign; the string, if one is written.
    fn term(&mut self, scanner: &mut Scanner<'_>) -> Result<(Option<Named>, f64)> {
        let coefficient = match scanner.peek() {
            Some('(') if !begins_product(scanner) => Some(scan_complex(scanner)?),
            _ => scan_number(scanner)?.map(|re| (re, 0.0)),
        };
        let Some(coefficient) = coefficient else {
            let Some(string) = self.string(scanner)? else {
                let expected = "a term such as `0.5 X0 Z3`, `-XZI` or `2`";
                return Err(scanner.expected(scanner.position(), expected));
            };
            let value = match self.after_comma(scanner)? {
                Some(value) => real(value, &string.0)?,
                None => 1.0,
            };
            return Ok((Some(string), value));
        };
        let before = scanner.position();
        let mut space = skipped(scanner);
        let star = scanner.eat('*');
        if star {
            space = "";
            scanner.skip_space();
        }
        let at = scanner.position();
        if has_line_break(space) && scanner.peek().is_some_and(begins_string) {
            return Err(broken(scanner, at));
        }
        let Some(string) = self.string(scanner)? else {
            if star {
                return Err(scanner.expected(at, "a Pauli string after `*`"));
            }
            scanner.back_to(before);
            return Ok((None, real(coefficient, &PauliString::identity())?));
        };
        let value = real(coefficient, &string.0)?;
        Ok((Some(string), value))
    }

    /// A string in any form, if one starts here.
    fn string(&mut self, scanner: &mut Scanner<'_>) -> Result<Option<Named>> {
        let start = scanner.position();
        let string = match scanner.peek() {
            Some('[') => {
                self.form = "OpenFermion's terms";
                scanner.eat('[');
                scanner.skip_space();
                let string = scan_string(scanner)?.unwrap_or_default();
                need(scanner, ']', "`]` after the string")?;
                Some(string)
            }
            Some('(') => {
                self.form = "PennyLane's terms";
                scanner.eat('(');
                scanner.skip_space();
                let string = calls(scanner)?;
                need(scanner, ')', "`)` after the product")?;
                Some(string)
            }
            Some(_) if begins_call(scanner.rest()) => {
                self.form = "PennyLane's terms";
                Some(calls(scanner)?)
            }
            _ => scan_string(scanner)?,
        };
        // A product goes on behind a line break only where a `*` or `@` says so.
        let text = &scanner.text()[start..scanner.position()];
        let mut line = 0;
        for (at, _) in text.match_indices(['\n', '\r']) {
            let (before, after) = (text[line..at].trim_end(), text[at..].trim_start());
            let goes_on = before.is_empty()
                || before.ends_with(['*', '@', '(', '['])
                || after.starts_with(['*', '@', ')', ']']);
            if !goes_on {
                return Err(broken(scanner, start + text.len() - after.len()));
            }
            line = at;
        }
        Ok(string)
    }

    /// `, 0.5` after a label.
    fn after_comma(&mut self, scanner: &mut Scanner<'_>) -> Result<Option<(f64, f64)>> {
        if !scanner.rest().trim_start_matches([' ', '\t']).starts_with(',') {
            return Ok(None);
        }
        scanner.skip_space();
        scanner.eat(',');
        self.form = LABELS;
        scan_complex(scanner).map(Some)
    }
}

/// `Z(0) @ X(1)`, or `*` between.
fn calls(scanner: &mut Scanner<'_>) -> Result<Named> {
    let (mut builder, mut width) = (Builder::default(), 0);
    loop {
        let start = scanner.position();
        let Some(pauli) = scanner.peek().and_then(Pauli::from_letter) else {
            return Err(scanner.expected(start, "a factor such as `Z(0)`"));
        };
        scanner.eat(pauli.letter());
        need(scanner, '(', "`(` and the number of a qubit")?;
        scanner.skip_space();
        let at = scanner.position();
        let digits = scanner.take_while(|c| c.is_ascii_digit());
        // `I()` is the identity on no qubit in particular.
        if !(digits.is_empty() && pauli == Pauli::I && scanner.peek() == Some(')')) {
            let Some(qubit) = digits.parse().ok().filter(|&q: &usize| q < MAX_QUBITS) else {
                let expected = format!("the number of a qubit, below {MAX_QUBITS}");
                return Err(scanner.expected(at, &expected));
            };
            if !builder.put(qubit, pauli) {
                let message =
                    format!("`{pauli}({qubit})` names qubit {qubit} again; expected each once");
                return Err(scanner.fault(start, message, None));
            }
            width = width.max(qubit + 1);
        }
        need(scanner, ')', "`)` after the qubit")?;
        let end = scanner.position();
        scanner.skip_space();
        if !(scanner.eat('@') || scanner.eat('*')) {
            scanner.back_to(end);
            return Ok((builder.build(), width));
        }
        scanner.skip_space();
    }
}

fn begins_string(c: char) -> bool {
    c == '[' || Pauli::from_letter(c).is_some()
}

/// Whether `Z(` is next.
fn begins_call(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| Pauli::from_letter(c).is_some()) && chars.next() == Some('(')
}

/// Whether what the parenthesis here holds is a product and no number.
fn begins_product(scanner: &Scanner<'_>) -> bool {
    begins_call(scanner.rest()[1..].trim_start())
}

fn has_line_break(text: &str) -> bool {
    text.contains(['\n', '\r'])
}

fn skipped<'a>(scanner: &mut Scanner<'a>) -> &'a str {
    scanner.take_while(char::is_whitespace)
}

fn broken(scanner: &Scanner<'_>, at: usize) -> crate::error::Error {
    let message = "a line break between factors; expected `+` or `-` for a sum, `*` for a product";
    scanner.fault(at, message.into(), None)
}

/// The text without parentheses around the whole of it, as PennyLane prints long sums.
fn unwrapped(text: &str) -> String {
    let mut text = text.to_string();
    loop {
        let start = text.len() - text.trim_start().len();
        let inner = text.trim();
        if !(inner.starts_with('(') && inner.ends_with(')')) {
            return text;
        }
        let mut depth = 0;
        let closes = inner.char_indices().find(|&(_, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let last = inner.len() - 1;
        if closes != Some((last, ')')) {
            return text;
        }
        text.replace_range(start..=start, " ");
        text.replace_range(start + last..=start + last, " ");
    }
}

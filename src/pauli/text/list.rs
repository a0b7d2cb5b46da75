//! Lists of labels with coefficients: what Qiskit's `SparsePauliOp` gives, as Python or JSON.

use super::number::scan_complex;
use super::{Found, need, real};
use crate::error::Result;
use crate::pauli::scan::Scanner;
use crate::pauli::string::Builder;
use crate::pauli::sum_text::Budget;
use crate::pauli::{MAX_QUBITS, Pauli, PauliString};

const CLASS: &str = "SparsePauliOp";

/// Whether a text that begins so is a list.
pub(super) fn is_list(text: &str) -> bool {
    text.starts_with('[') || text.starts_with(CLASS)
}

pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Found> {
    let mut list = List::default();
    if scanner.rest().starts_with(CLASS) {
        list.of_class(scanner)?;
    } else {
        list.of_pairs(scanner)?;
    }
    scanner.skip_space();
    if scanner.peek().is_some() {
        return Err(scanner.expected(scanner.position(), "the end after the list"));
    }
    Ok(Found { terms: list.terms, num_qubits: list.num_qubits, form: list.form })
}

#[derive(Default)]
struct List {
    terms: Vec<(PauliString, f64)>,
    num_qubits: usize,
    /// Letters of the first dense label.
    width: Option<usize>,
    form: &'static str,
    budget: Budget,
}

/// A label and where it stands.
struct Label<'a> {
    letters: &'a str,
    at: usize,
}

impl List {
    /// `[('ZZI', 0.5), …]`, or `[('ZX', [1, 4], 0.5), …]`.
    fn of_pairs(&mut self, scanner: &mut Scanner<'_>) -> Result<()> {
        self.terms = items(scanner, |scanner| {
            let close = match () {
                () if scanner.eat('(') => ')',
                () if scanner.eat('[') => ']',
                () => {
                    let expected = "a pair such as `(\"ZZI\", 0.5)`";
                    return Err(scanner.expected(scanner.position(), expected));
                }
            };
            let label = label(scanner)?;
            need(scanner, ',', "`,` after the label")?;
            scanner.skip_space();
            let string = if scanner.peek() == Some('[') {
                let qubits = if scanner.rest()[1..].trim_start().starts_with(']') {
                    scanner.eat('[');
                    need(scanner, ']', "`]`")?;
                    Vec::new()
                } else {
                    items(scanner, qubit)?
                };
                need(scanner, ',', "`,` after the qubits")?;
                self.sparse(scanner, &label, &qubits)?
            } else {
                self.dense(scanner, &label)?
            };
            let coefficient = real(scan_complex(scanner)?, &string)?;
            scanner.skip_space();
            scanner.eat(',');
            need(scanner, close, &format!("`{close}` after the coefficient"))?;
            Ok((string, coefficient))
        })?;
        Ok(())
    }

    /// `SparsePauliOp(['ZZI', …], coeffs=[0.5+0.j, …])`.
    fn of_class(&mut self, scanner: &mut Scanner<'_>) -> Result<()> {
        scanner.take_while(char::is_alphanumeric);
        need(scanner, '(', "`(`")?;
        scanner.skip_space();
        let strings = items(scanner, |scanner| {
            let label = label(scanner)?;
            self.dense(scanner, &label)
        })?;
        need(scanner, ',', "`,` and the coefficients")?;
        scanner.skip_space();
        let at = scanner.position();
        if scanner.take_while(char::is_alphabetic) != "coeffs" {
            return Err(scanner.expected(at, "`coeffs=[…]`"));
        }
        need(scanner, '=', "`=`")?;
        scanner.skip_space();
        let coefficients = items(scanner, scan_complex)?;
        need(scanner, ')', "`)`")?;
        if strings.len() != coefficients.len() {
            let (labels, numbers) = (strings.len(), coefficients.len());
            let message = format!("{labels} labels, but {numbers} coefficients; expected as many");
            return Err(scanner.fault(at, message, None));
        }
        for (string, coefficient) in strings.into_iter().zip(coefficients) {
            let coefficient = real(coefficient, &string)?;
            self.terms.push((string, coefficient));
        }
        Ok(())
    }

    /// All qubits, the rightmost letter qubit 0; or, in ketlab's own lists, letters with numbers.
    fn dense(&mut self, scanner: &Scanner<'_>, label: &Label<'_>) -> Result<PauliString> {
        let letters = label.letters;
        if self.form.is_empty() {
            self.form = "Qiskit's labels";
        }
        if letters.contains(|c: char| c.is_ascii_digit()) || letters.is_empty() {
            self.form = "a list of terms";
            let string: PauliString = letters.parse().map_err(|error| {
                scanner.fault(label.at, crate::pauli::json::one_line(&error), None)
            })?;
            self.num_qubits = self.num_qubits.max(string.num_qubits());
            self.budget.add(&string)?;
            return Ok(string);
        }
        let n = letters.chars().count();
        let width = *self.width.get_or_insert(n);
        if n != width {
            let message = format!("a label of {n} letters; expected {width}, as the first one has");
            return Err(scanner.fault(label.at, message, None));
        }
        let qubits: Vec<usize> = (0..n).rev().collect();
        self.placed(scanner, label, &qubits)
    }

    /// Letters and the qubits that they are on.
    fn sparse(
        &mut self,
        scanner: &Scanner<'_>,
        label: &Label<'_>,
        qubits: &[usize],
    ) -> Result<PauliString> {
        self.form = "Qiskit's sparse labels";
        let n = label.letters.chars().count();
        if n != qubits.len() {
            let message = format!(
                "a label of {n} letters; expected one for each of its {} qubits",
                qubits.len()
            );
            return Err(scanner.fault(label.at, message, None));
        }
        self.placed(scanner, label, qubits)
    }

    fn placed(
        &mut self,
        scanner: &Scanner<'_>,
        label: &Label<'_>,
        qubits: &[usize],
    ) -> Result<PauliString> {
        let mut builder = Builder::default();
        for ((offset, c), &qubit) in label.letters.char_indices().zip(qubits) {
            let at = label.at + offset;
            let pauli =
                Pauli::from_letter(c).ok_or_else(|| scanner.expected(at, "one of I, X, Y, Z"))?;
            if qubit >= MAX_QUBITS {
                let message = format!("qubit {qubit}; expected a number below {MAX_QUBITS}");
                return Err(scanner.fault(at, message, None));
            }
            if !builder.put(qubit, pauli) {
                let message = format!("`{pauli}` is on qubit {qubit} again; expected each once");
                return Err(scanner.fault(at, message, None));
            }
            self.num_qubits = self.num_qubits.max(qubit + 1);
        }
        let string = builder.build();
        self.budget.add(&string)?;
        Ok(string)
    }
}

/// Reads `[`, items with commas between, and `]`; a comma may follow the last.
fn items<'a, R>(
    scanner: &mut Scanner<'a>,
    mut item: impl FnMut(&mut Scanner<'a>) -> Result<R>,
) -> Result<Vec<R>> {
    need(scanner, '[', "`[`")?;
    let mut items = Vec::new();
    loop {
        scanner.skip_space();
        items.push(item(scanner)?);
        scanner.skip_space();
        let comma = scanner.eat(',');
        scanner.skip_space();
        if scanner.eat(']') {
            return Ok(items);
        }
        if !comma {
            return Err(scanner.expected(scanner.position(), "`,` or `]`"));
        }
    }
}

/// A text in quotes.
fn label<'a>(scanner: &mut Scanner<'a>) -> Result<Label<'a>> {
    scanner.skip_space();
    let at = scanner.position();
    if scanner.rest().starts_with("...") {
        let message = "the list is abbreviated with `...`; expected all of it".into();
        return Err(scanner.fault(at, message, Some("write it with `to_list()`".into())));
    }
    let quote = match () {
        () if scanner.eat('\'') => '\'',
        () if scanner.eat('"') => '"',
        () => return Err(scanner.expected(at, "a label in quotes, such as `\"ZZI\"`")),
    };
    let letters = scanner.take_while(|c| c != quote && c != '\n');
    if !scanner.eat(quote) {
        return Err(scanner.expected(scanner.position(), "the quote that ends the label"));
    }
    Ok(Label { letters, at: at + 1 })
}

fn qubit(scanner: &mut Scanner<'_>) -> Result<usize> {
    scanner.skip_space();
    let at = scanner.position();
    let digits = scanner.take_while(|c| c.is_ascii_digit());
    digits.parse().map_err(|_| scanner.expected(at, "the number of a qubit"))
}

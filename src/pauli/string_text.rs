//! Pauli strings as text: dense labels in both orders, and the sparse form.

use super::scan::{Scanner, shortened};
use super::string::Builder;
use super::{MAX_QUBITS, Pauli, PauliString};
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

const FORMS: &str = "write a label such as `XZI` (rightmost letter is qubit 0) or letters with \
                     qubit numbers such as `X0 Z3`";

impl PauliString {
    /// The string of a dense label whose leftmost letter is the highest qubit and whose rightmost
    /// letter is qubit 0, as Qiskit prints: `XZI` is X on qubit 2 and Z on qubit 1.
    pub fn from_label(label: &str) -> Result<Self> {
        Self::from_letters(label, |i, n| n - 1 - i)
    }

    /// The string of a dense label whose leftmost letter is qubit 0, as PennyLane and Cirq users
    /// write: `XZI` is X on qubit 0 and Z on qubit 1.
    pub fn from_label_reversed(label: &str) -> Result<Self> {
        Self::from_letters(label, |i, _| i)
    }

    fn from_letters(label: &str, qubit: impl Fn(usize, usize) -> usize) -> Result<Self> {
        let scanner = Scanner::new(label);
        let mut letters = Vec::with_capacity(label.len());
        for (at, c) in label.char_indices() {
            let letter = Pauli::from_letter(c);
            letters.push(letter.ok_or_else(|| scanner.expected(at, "one of I, X, Y, Z"))?);
        }
        dense(&scanner, 0, &letters, qubit)
    }

    /// The dense label on `n` qubits, leftmost letter the highest qubit; an error if the string
    /// needs more qubits or `n` is more than [`MAX_QUBITS`].
    pub fn to_label(&self, n: usize) -> Result<String> {
        self.check_fits(n)?;
        Ok((0..n).rev().map(|qubit| self.get(qubit).letter()).collect())
    }

    /// The dense label on `n` qubits, leftmost letter qubit 0; an error if the string needs more
    /// qubits or `n` is more than [`MAX_QUBITS`].
    pub fn to_label_reversed(&self, n: usize) -> Result<String> {
        self.check_fits(n)?;
        Ok((0..n).map(|qubit| self.get(qubit).letter()).collect())
    }

    /// Refuses `n` qubits if they are too few for the string or more than any string has.
    pub(super) fn check_fits(&self, n: usize) -> Result<()> {
        if n > MAX_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits".into(),
                value: n.to_string(),
                expected: format!("it must be at most {MAX_QUBITS}"),
            });
        }
        match self.num_qubits().checked_sub(1) {
            Some(qubit) if qubit >= n => Err(Error::QubitOutOfRange { qubit, num_qubits: n }),
            _ => Ok(()),
        }
    }
}

fn dense(
    scanner: &Scanner<'_>,
    at: usize,
    letters: &[Pauli],
    qubit: impl Fn(usize, usize) -> usize,
) -> Result<PauliString> {
    let n = letters.len();
    if n > MAX_QUBITS {
        let message = format!("a label of {n} letters; expected at most {MAX_QUBITS}");
        return Err(scanner.fault(at, message, None));
    }
    let mut builder = Builder::default();
    for (i, &letter) in letters.iter().enumerate() {
        let new = builder.put(qubit(i, n), letter);
        debug_assert!(new);
    }
    Ok(builder.build())
}

fn is_letter(c: char) -> bool {
    Pauli::from_letter(c).is_some()
}

/// Reads one string, dense or sparse, that starts here, and the number of qubits that it names,
/// identities included; `None` if no Pauli letter is next. Stops before trailing space.
pub(super) fn scan_string(scanner: &mut Scanner<'_>) -> Result<Option<(PauliString, usize)>> {
    let start = scanner.position();
    let run = scanner.rest();
    let run = &run[..run.find(|c| !is_letter(c)).unwrap_or(run.len())];
    if run.is_empty() {
        return Ok(None);
    }
    if scanner.rest()[run.len()..].starts_with(|c: char| c.is_ascii_digit()) {
        return scan_factors(scanner).map(Some);
    }
    scanner.take_while(is_letter);
    let letters: Vec<_> = run.chars().filter_map(Pauli::from_letter).collect();
    let string = dense(scanner, start, &letters, |i, n| n - 1 - i)?;
    // A second label, or a letter whose number is missing or apart.
    let apart = after_space(scanner);
    if apart.starts_with(is_letter) || apart.starts_with(|c: char| c.is_ascii_digit()) {
        let at = scanner.position() + scanner.rest().len() - apart.len();
        let expected = format!("no more of this term after the label `{}`", shortened(run));
        let help = format!("{FORMS}, without spaces inside a label or before a qubit number");
        let word = apart.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let message = format!("found `{}`; expected {expected}", shortened(word));
        return Err(scanner.fault(at, message, Some(help)));
    }
    Ok(Some((string, run.len())))
}

fn after_space<'a>(scanner: &Scanner<'a>) -> &'a str {
    scanner.rest().trim_start()
}

/// Reads `X0 Z3`, `X0Z3` or `X0*Z3`, which starts here.
fn scan_factors(scanner: &mut Scanner<'_>) -> Result<(PauliString, usize)> {
    let mut builder = Builder::default();
    let mut width = 0;
    loop {
        let start = scanner.position();
        let Some(pauli) = scanner.peek().and_then(Pauli::from_letter) else {
            return Err(scanner.expected(start, "a Pauli letter I, X, Y or Z"));
        };
        scanner.eat(pauli.letter());
        let at = scanner.position();
        let digits = scanner.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return Err(scanner.expected(at, &format!("the qubit number of `{pauli}`")));
        }
        let Some(qubit) = digits.parse().ok().filter(|&q: &usize| q < MAX_QUBITS) else {
            let message =
                format!("qubit {}; expected a number below {MAX_QUBITS}", shortened(digits));
            return Err(scanner.fault(at, message, None));
        };
        if !builder.put(qubit, pauli) {
            let message =
                format!("`{pauli}{qubit}` names qubit {qubit} again; expected each qubit once");
            return Err(scanner.fault(start, message, None));
        }
        width = width.max(qubit + 1);
        let next = after_space(scanner);
        if next.starts_with(is_letter) {
            scanner.skip_space();
        } else if next.starts_with('*') {
            scanner.skip_space();
            scanner.eat('*');
            scanner.skip_space();
        } else {
            return Ok((builder.build(), width));
        }
    }
}

/// Reads the sparse form (`X0 Z3`, `X0Z3`, `X0*Z3`: a number after every letter) or the dense form
/// (`ZIIX`: no numbers, rightmost letter qubit 0); the empty text is the identity.
impl FromStr for PauliString {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut scanner = Scanner::new(text);
        scanner.skip_space();
        let string = scan_string(&mut scanner)?.map(|(string, _)| string);
        if string.is_some() {
            scanner.skip_space();
        }
        match (scanner.peek(), string) {
            (None, string) => Ok(string.unwrap_or_default()),
            (Some(c), None) if "+-.0123456789".contains(c) => {
                let message = format!("found `{c}`; expected a Pauli string");
                let help = "a string has sign +1; one with a coefficient is a Pauli sum";
                Err(scanner.fault(scanner.position(), message, Some(help.into())))
            }
            (Some(_), None) => Err(scanner.expected(scanner.position(), "a Pauli string")),
            (Some(_), Some(_)) => {
                Err(scanner.expected(scanner.position(), "the end of the Pauli string"))
            }
        }
    }
}

/// The sparse form, e.g. `X0 Z3`; the identity prints as `I`.
impl fmt::Display for PauliString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_identity() {
            return f.pad("I");
        }
        let factors: Vec<_> = self.iter().map(|(qubit, pauli)| format!("{pauli}{qubit}")).collect();
        f.pad(&factors.join(" "))
    }
}

impl fmt::Debug for PauliString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_string;
    use super::*;
    use proptest::prelude::*;

    fn sparse(text: &str) -> PauliString {
        text.parse().unwrap()
    }

    #[test]
    fn reads_both_forms_and_both_orders() {
        let xz = PauliString::new([(2, Pauli::X), (1, Pauli::Z)]);
        for text in ["XZI", "X2 Z1", "X2Z1", " Z1\tX2 ", "Z1*X2", "I0 Z01 X2", "IIXZI", "I7 X2Z1"] {
            assert_eq!(sparse(text), xz, "{text}");
        }
        for text in ["", " ", "I", "III", "I5"] {
            assert_eq!(sparse(text), PauliString::identity(), "{text}");
        }
        assert_eq!(PauliString::from_label("XZI").unwrap(), xz);
        assert_eq!(PauliString::from_label_reversed("IZX").unwrap(), xz);
        assert_eq!(xz.to_label(4).unwrap(), "IXZI");
        assert_eq!(xz.to_label_reversed(4).unwrap(), "IZXI");
        assert_eq!(PauliString::from_label("").unwrap(), PauliString::identity());
        assert_eq!(xz.to_string(), "Z1 X2");
        assert_eq!(format!("[{:>6}]", xz), "[ Z1 X2]");
        assert_eq!(PauliString::identity().to_string(), "I");
    }

    #[test]
    fn refuses_with_place_and_reason() {
        for (text, column, says) in [
            ("X0 X0", 4, "names qubit 0 again"),
            ("I0 X0", 4, "names qubit 0 again"),
            ("XZ0", 2, "the qubit number of `X`"),
            ("X 0", 3, "before a qubit number"),
            ("XX YY", 4, "without spaces inside a label"),
            ("X0 I", 5, "the qubit number of `I`"),
            ("X1000000", 2, "below 1000000"),
            ("X99999999999999999999999", 2, "below 1000000"),
            ("x0", 1, "capitals"),
            ("-X0", 1, "Pauli sum"),
            ("0.5 X0", 1, "Pauli sum"),
            ("X0*", 4, "a Pauli letter"),
            ("X0 + Z1", 4, "the end of the Pauli string"),
            ("X_2", 2, "the end of the Pauli string"),
            ("X٣", 2, "the end of the Pauli string"),
        ] {
            let error = text.parse::<PauliString>().unwrap_err();
            assert!(error.to_string().contains(says), "{text}: {error}");
            let Error::Program(program) = error else { panic!("{error}") };
            assert_eq!(program.diagnostics[0].column, column, "{text}: {}", program.rendered);
        }
        let label = PauliString::from_label("XZ-I").unwrap_err().to_string();
        assert!(label.contains("1:3: found `-`; expected one of I, X, Y, Z"), "{label}");
        assert!(PauliString::from_label(&"I".repeat(MAX_QUBITS + 1)).is_err());
        let p = sparse("X5");
        assert!(matches!(p.to_label(5), Err(Error::QubitOutOfRange { qubit: 5, num_qubits: 5 })));
        assert!(p.to_label_reversed(usize::MAX).is_err());
    }

    proptest! {
        #[test]
        fn every_form_round_trips(p in any_string(150)) {
            prop_assert_eq!(&p, &sparse(&p.to_string()));
            prop_assert_eq!(&p, &sparse(&p.to_string().replace(' ', "")));
            let label = p.to_label(150).unwrap();
            let reversed = p.to_label_reversed(150).unwrap();
            prop_assert_eq!(label.chars().rev().collect::<String>(), reversed.clone());
            prop_assert_eq!(&p, &sparse(&label));
            prop_assert_eq!(&p, &PauliString::from_label(&label).unwrap());
            prop_assert_eq!(&p, &PauliString::from_label_reversed(&reversed).unwrap());
        }

        #[test]
        fn no_text_panics(text in ".*", close in "[IXYZ0-9 *\n]{0,12}") {
            let _ = (text.parse::<PauliString>(), PauliString::from_label(&text));
            let _ = (close.parse::<PauliString>(), PauliString::from_label_reversed(&close));
        }
    }
}

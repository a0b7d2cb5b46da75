//! Pauli sums as files and other tools write them.

mod list;
mod number;
mod terms;

use super::scan::Scanner;
use super::{PauliString, PauliSum};
use crate::error::{Error, Result};

/// A Pauli sum that was read from text, with what the text says beside the terms.
///
/// These forms are read, each only where it has one meaning:
///
/// - the text form of [`PauliSum`], over any number of lines: `Z0 Z1 + 0.5 X0`, `0.5 ZIIX`. A line
///   that begins with a number begins a new term, so that one term per line needs no `+`. A line break
///   inside a product is refused, since `X0` above `Z1` could be a sum or a product;
/// - `label, number` on each line: `ZZI, 0.5`;
/// - OpenFermion's and older PennyLane's `(-0.5+0j) [Z0 Z1] +`, where `[]` is the identity;
/// - PennyLane's `0.5 * (Z(0) @ Z(1)) + X(0)`;
/// - Qiskit's `SparsePauliOp.to_list()` and `to_sparse_list()`, as Python or as JSON:
///   `[("ZZI", 0.5), …]`, `[("ZX", [1, 4], 0.5), …]`, and its `SparsePauliOp(['ZZI', …],
///   coeffs=[0.5+0.j, …])`; labels may be sparse too, `[["X0 Z3", 0.5], …]`;
/// - ketlab's JSON ([`PauliSum::from_json`]).
///
/// In all of them the rightmost letter of a label is qubit 0, as in Qiskit. Comments go from `#` or
/// `//` to the end of the line. Complex coefficients must be real to within 1e-10.
///
/// ```
/// use ketlab::pauli::PauliText;
/// let ours = PauliText::parse("# a chain\n-1.0 Z0 Z1\n-0.5 X0\n-0.5 X1\n")?;
/// let qiskit = PauliText::parse("[('ZZ', (-1+0j)), ('IX', (-0.5+0j)), ('XI', (-0.5+0j))]")?;
/// assert_eq!(ours.sum, qiskit.sum);
/// assert_eq!(qiskit.num_qubits, 2);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PauliText {
    /// The sum, its terms in the order of the text.
    pub sum: PauliSum,
    /// How many qubits the text names: the length of the longest label, or the highest qubit number
    /// plus one, identities included. At least that of the sum.
    pub num_qubits: usize,
    /// What the text was taken for.
    pub form: &'static str,
}

impl PauliText {
    /// Reads a sum.
    ///
    /// # Errors
    /// If the text is none of the forms above: [`Error::Program`] with line, column, what was found
    /// and what was expected. If a coefficient is not real, not finite, or the strings would not fit
    /// in memory.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if text.trim_start().starts_with('{') {
            let sum = PauliSum::from_json(text)?;
            return Ok(PauliText { num_qubits: sum.num_qubits(), sum, form: "ketlab's JSON" });
        }
        let plain = without_comments(text);
        let mut scanner = Scanner::new(&plain);
        scanner.skip_space();
        if scanner.peek().is_none() {
            return Err(scanner.expected(scanner.position(), "a sum of Pauli strings"));
        }
        let found = if list::is_list(scanner.rest()) {
            list::read(&mut scanner)?
        } else {
            terms::read(&plain)?
        };
        let sum = PauliSum::try_new(found.terms)?;
        Ok(PauliText { num_qubits: found.num_qubits.max(sum.num_qubits()), sum, form: found.form })
    }
}

/// What a reader found.
struct Found {
    terms: Vec<(PauliString, f64)>,
    num_qubits: usize,
    form: &'static str,
}

/// The text with spaces where comments were, so that places stay.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut comment = false;
    while let Some(c) = rest.next() {
        comment = match c {
            '\n' | '\r' => false,
            '#' => true,
            '/' if rest.peek() == Some(&'/') => true,
            _ => comment,
        };
        plain.push(if comment { ' ' } else { c });
    }
    plain
}

/// Steps over `c` and the space before it, or says that it is missing.
fn need(scanner: &mut Scanner<'_>, c: char, what: &str) -> Result<()> {
    scanner.skip_space();
    if scanner.eat(c) { Ok(()) } else { Err(scanner.expected(scanner.position(), what)) }
}

/// The real part of a coefficient; refuses what is not Hermitian.
fn real((re, im): (f64, f64), string: &PauliString) -> Result<f64> {
    const TOLERANCE: f64 = 1e-10;
    if im.abs() <= TOLERANCE {
        return Ok(re);
    }
    let term = super::scan::shortened(&string.to_string());
    Err(Error::NotHermitian { term, deviation: im, tolerance: TOLERANCE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> PauliText {
        PauliText::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn forms_of_other_tools_are_the_same_sum() {
        let expected: PauliSum = "-0.5 + 0.25 Z0 - 1.5 X0 Z2".parse().unwrap();
        for (text, form) in [
            ("-0.5 + 0.25 Z0 - 1.5 X0 Z2", "terms"),
            ("-0.5 III + 0.25*IIZ\n - 1.5 * ZIX", "terms"),
            ("# H\r\n-0.5\r\n0.25 Z0 // field\r\n-1.5 X0 Z2\r\n", "terms"),
            ("-0.5\n+0.25 Z0\n+ -1.5 X0\n* Z2", "terms"),
            ("III, -0.5\nIIZ, +0.25\nZIX,-1.5", "labels with coefficients"),
            ("-0.5 [] +\n0.25 [Z0] +\n-1.5 [X0 Z2]", "OpenFermion's terms"),
            ("(-0.5+0j) [] +\n(0.25+0j) [Z0] +\n(-1.5-0j) [X0 Z2]", "OpenFermion's terms"),
            ("  (-0.5) [I0]\n+ (0.25) [Z0]\n+ (-1.5) [X0 Z2]", "OpenFermion's terms"),
            ("-0.5 * I(0) + 0.25 * Z(0) + -1.5 * (X(0) @ Z(2))", "PennyLane's terms"),
            (
                "(\n    -0.5 * I(0)\n  + 0.25 * Z(0)\n  + -1.5 * (X(0) @ Z(2))\n)",
                "PennyLane's terms",
            ),
            ("[('III', (-0.5+0j)), ('IIZ', (0.25+0j)), ('ZIX', (-1.5+0j))]", "Qiskit's labels"),
            ("[[\"III\", -0.5], [\"IIZ\", 0.25], [\"ZIX\", -1.5]]", "Qiskit's labels"),
            ("[[\"\", -0.5], [\"Z0\", 0.25], [\"X0 Z2\", -1.5]]", "a list of terms"),
            (
                "SparsePauliOp(['III', 'IIZ', 'ZIX'],\n              coeffs=[-0.5 +0.j,  0.25+0.j, \
                 -1.5 +0.j])",
                "Qiskit's labels",
            ),
            (
                "[('', [], (-0.5+0j)), ('Z', [0], (0.25+0j)), ('XZ', [0, 2], (-1.5+0j))]",
                "Qiskit's sparse labels",
            ),
            (
                r#"{"format":"ketlab.pauli_sum","version":1,
                    "terms":[["",-0.5],["Z0",0.25],["X0 Z2",-1.5]]}"#,
                "ketlab's JSON",
            ),
        ] {
            let read = parsed(text);
            assert_eq!((&read.sum, read.form), (&expected, form), "{text}");
            assert_eq!(read.num_qubits, 3, "{text}");
        }
    }

    #[test]
    fn identities_count_as_qubits() {
        for (text, qubits) in [
            ("IIZ", 3),
            ("Z0 + 0 I4", 5),
            ("0.5 [Z0 I3]", 4),
            ("Z(0) + 2 * I(2)", 3),
            ("[('IIIZ', 1)]", 4),
            ("[('ZI', [0, 6], 1.0)]", 7),
            ("2", 0),
        ] {
            assert_eq!(parsed(text).num_qubits, qubits, "{text}");
        }
    }

    #[test]
    fn what_has_two_meanings_is_refused() {
        for (text, says) in [
            ("X0\nZ1", "<input>:2:1: a line break between factors"),
            ("0.5\nZ0", "<input>:2:1: a line break between"),
            ("ZZI\nXXI", "found `XXI`"),
            ("ZZI -0.5\nXXI 0.3", "<input>:2:1: a line break"),
            ("ZZI 0.5", "no more of this term"),
            ("0.5 X0 0.25 Z1", "a comma between"),
            ("0.5 Z0, 0.25", "found `,`"),
            ("-0.5 [Z0 Z1] +", "found the end"),
            ("0.5 [Z0", "`]`"),
            ("(0.5+0.25j) [Z0]", "imaginary part 2.5"),
            ("[('ZZ', 0.5), ('ZIZ', 0.25)]", "3 letters"),
            ("[('ZZ', [0, 1, 2], 0.5)]", "2 letters"),
            ("[('ZZ', [0, 0], 0.5)]", "qubit 0 again"),
            ("[('ZZ', 0.5)] + X0", "found `+`"),
            ("[('AB', 0.5)]", "one of I, X, Y, Z"),
            ("[]", "found `]`"),
            ("SparsePauliOp(['II', 'ZZ'], coeffs=[1.+0.j])", "2 labels, but 1"),
            ("SparsePauliOp(['II', ..., 'ZZ'], coeffs=[1.+0.j])", "abbreviated"),
            ("Z(0) @ Z(0)", "qubit 0 again"),
            ("Z(0", "`)`"),
            ("# nothing", "found the end"),
            ("1e999 Z0", "too large"),
            ("Z99999999", "below"),
            ("{\"a\": 1}", "format"),
            ("hello", "found `hello`"),
        ] {
            let error = PauliText::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn places_stay_where_comments_were() {
        let error = PauliText::parse("Z0 # é\n// two\n + Q1").unwrap_err().to_string();
        assert!(error.contains("<input>:3:4: found `Q1`"), "{error}");
    }

    proptest! {
        #[test]
        fn what_a_sum_prints_is_read_back(sum in super::super::testing::any_finite_sum(40)) {
            prop_assert_eq!(parsed(&sum.to_string()).sum, sum);
        }

        #[test]
        fn no_text_panics(text in ".*", near in "[IXYZ0-9 *()\\[\\]@,'j.e+\n-]{0,24}") {
            let _ = (PauliText::parse(&text), PauliText::parse(&near));
        }
    }
}

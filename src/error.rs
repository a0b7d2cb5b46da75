//! The one error type of the library. Errors carry data and name the limit, the value and the
//! next step.

use crate::math::closest;
use std::fmt;

/// Result with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the library.
///
/// [`Debug`](fmt::Debug) writes what [`Display`](fmt::Display) does, because that is what a `main`
/// that returns a [`Result`] prints.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A qubit index that the circuit, state or observable does not have.
    #[error("qubit {qubit} is out of range: there are {num_qubits} qubits, numbered from 0")]
    QubitOutOfRange {
        /// The index asked for.
        qubit: usize,
        /// How many qubits there are.
        num_qubits: usize,
    },
    /// A classical bit index that the circuit does not have.
    #[error("classical bit {clbit} is out of range: there are {num_clbits}, numbered from 0")]
    ClbitOutOfRange {
        /// The index asked for.
        clbit: usize,
        /// How many classical bits there are.
        num_clbits: usize,
    },
    /// One operation names the same qubit twice.
    #[error("qubit {qubit} is used twice by one `{operation}`; its qubits must be distinct")]
    RepeatedQubit {
        /// The repeated index.
        qubit: usize,
        /// The operation that repeats it.
        operation: String,
    },
    /// An operation got the wrong number of qubits.
    #[error("`{operation}` acts on {expected} qubits, but got {got}")]
    WrongNumberOfQubits {
        /// The operation.
        operation: String,
        /// How many it acts on.
        expected: usize,
        /// How many it got.
        got: usize,
    },
    /// A gate got the wrong number of angles.
    #[error("`{gate}` takes {expected} angles, but got {got}")]
    WrongNumberOfAngles {
        /// The gate.
        gate: String,
        /// How many it takes.
        expected: usize,
        /// How many it got.
        got: usize,
    },
    /// NaN or an infinity where a finite number is needed.
    #[error("{what} is {value}; it must be a finite number")]
    NotFinite {
        /// What the number stands for.
        what: String,
        /// The value given.
        value: f64,
    },
    /// A matrix that should be unitary is not.
    #[error("the matrix is not unitary: |U†U - 1| is {deviation:.3e}, more than {tolerance:.1e}")]
    NotUnitary {
        /// Largest entry of |U†U - 1|.
        deviation: f64,
        /// The largest one allowed.
        tolerance: f64,
    },
    /// An operator that should be Hermitian is not.
    #[error(
        "the operator is not Hermitian: the coefficient of `{term}` has the imaginary part \
         {deviation:.3e}, more than {tolerance:.1e}"
    )]
    NotHermitian {
        /// The Pauli string with the first such coefficient.
        term: String,
        /// The coefficient's imaginary part.
        deviation: f64,
        /// The largest magnitude allowed.
        tolerance: f64,
    },
    /// Parameters have no value.
    #[error("{}", unbound(.names))]
    UnboundParameters {
        /// Their names.
        names: Vec<String>,
    },
    /// A value is given for a parameter that the circuit does not have.
    #[error("the circuit has no parameter `{name}`; {}it has {}", did_you_mean(.name, .known), list(.known))]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A name that is not known.
    #[error("there is no {kind} `{name}`; {hint}")]
    UnknownName {
        /// What kind of thing was looked for.
        kind: &'static str,
        /// The name given.
        name: String,
        /// Where to look.
        hint: String,
    },
    /// A value that does not fit.
    #[error("{what} is {value}; {expected}")]
    Invalid {
        /// What the value stands for.
        what: String,
        /// The value given.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// The memory needed is not there.
    #[error(
        "{what} needs {}, but {} are available here; {hint}",
        bytes(*.needed), bytes(*.available)
    )]
    TooLarge {
        /// What needs it.
        what: String,
        /// Bytes needed (saturated).
        needed: u128,
        /// Bytes available.
        available: u128,
        /// The most qubits for which it would fit, where that can be said.
        max_qubits: Option<usize>,
        /// What would fit, or what to do.
        hint: String,
    },
    /// A method met an operation that it does not support.
    #[error("{method} does not support {operation}: {hint}")]
    Unsupported {
        /// The method.
        method: &'static str,
        /// The operation.
        operation: String,
        /// What can do it.
        hint: String,
    },
    /// A program text (OpenQASM, a Pauli sum) has errors.
    #[error("{0}")]
    Program(Box<ProgramError>),
    /// A file could not be read or written.
    #[error("{}", located(.path, .message))]
    Io {
        /// The path as the user gave it; empty where the error came without one.
        path: String,
        /// The system's message.
        message: String,
    },
    /// The work was cancelled from outside.
    #[error("interrupted")]
    Interrupted,
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// A file that could not be read or written, and why.
    pub(crate) fn io(path: &std::path::Path, why: impl fmt::Display) -> Self {
        Error::Io { path: path.display().to_string(), message: why.to_string() }
    }

    /// A line of a file that is not as expected; a long one is shown in part.
    pub(crate) fn line(number: usize, text: &str, expected: impl Into<String>) -> Self {
        let mut value: String = text.chars().take(60).collect();
        if value.len() < text.len() {
            value.push('…');
        }
        Error::Invalid {
            what: format!("line {number}"),
            value: format!("`{value}`"),
            expected: expected.into(),
        }
    }
}

impl From<std::io::Error> for Error {
    /// Without a path: the library's own errors name it.
    fn from(error: std::io::Error) -> Self {
        Error::Io { path: String::new(), message: error.to_string() }
    }
}

/// Every fault found in one program text, and the text a person reads.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramError {
    /// The faults, in order of position.
    pub diagnostics: Vec<Diagnostic>,
    /// All of them with source lines and markers, without colour.
    pub rendered: String,
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rendered.trim_end())
    }
}

/// One fault in a program text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// File as the user named it, or `<input>`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right, if known.
    pub help: Option<String>,
}

impl Error {
    /// An [`Error::UnknownName`] whose hint is the name that was meant, if one is near, and all
    /// that there are: `the optimizers are …`.
    pub(crate) fn unknown_name(kind: &'static str, name: &str, all: &str, known: &[&str]) -> Error {
        let hint = format!("{}{all} {}", did_you_mean(name, known), known.join(", "));
        Error::UnknownName { kind, name: name.into(), hint }
    }
}

/// `did you mean `x`? `, if there is a name like it.
fn did_you_mean<S: AsRef<str>>(name: &str, known: &[S]) -> String {
    let near = closest(name, known.iter().map(AsRef::as_ref));
    near.map_or_else(String::new, |near| format!("did you mean `{near}`? "))
}

/// `a` has no value, nor have `b`, `c`; the first names of many, and how many there are.
fn unbound(names: &[String]) -> String {
    const MOST: usize = 30;
    let quoted = |names: &[String]| {
        let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        list.join(", ")
    };
    let flag = "--param NAME=VALUE";
    let Some((first, rest)) = names.split_first() else { return "no value is missing".into() };
    let (nor, them) = match rest {
        [] => (String::new(), "it"),
        [one] => (format!(", nor has `{one}`"), "them"),
        _ if rest.len() > MOST => {
            let more = rest.len() - MOST;
            (format!(", nor have {} and {more} more", quoted(&rest[..MOST])), "them")
        }
        _ => (format!(", nor have {}", quoted(rest)), "them"),
    };
    format!("parameter `{first}` has no value{nor}; bind {them} (`{flag}` on the command line)")
}

/// A number in an error: with an exponent where it would be a long row of zeros.
pub(crate) fn shown(x: f64) -> String {
    let plain = x == 0.0 || !x.is_finite() || (1e-9..1e16).contains(&x.abs());
    if plain { x.to_string() } else { format!("{x:e}") }
}

fn located(path: &str, message: &str) -> String {
    if path.is_empty() { message.into() } else { format!("{path}: {message}") }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// Bytes in a unit that a person reads, e.g. `256 MiB`.
pub fn bytes(n: u128) -> String {
    if n == u128::MAX {
        // A count that ended at what a number can hold.
        return "more than 2^127 B".into();
    }
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut value, mut unit) = (n as f64, 0);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 || value >= 100.0 || value.fract() < 0.005 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_main_that_returns_an_error_prints_its_message() {
        let missing = crate::qasm::read_file("no_such_file.qasm", &Default::default()).unwrap_err();
        let program = crate::qasm::parse("OPENQASM 2.0;\nqreg q[1];\nbad q[0];").unwrap_err();
        for error in [missing, program, Error::Interrupted] {
            assert_eq!(format!("{error:?}"), error.to_string());
            let boxed: Box<dyn std::error::Error> = Box::new(error.clone());
            assert_eq!(format!("{boxed:?}"), error.to_string());
        }
    }

    #[test]
    fn extreme_numbers_are_short() {
        let numbers = [0.05, -2.0, 1e-300, 1.5e308, f64::NAN, 0.0];
        assert_eq!(numbers.map(shown), ["0.05", "-2", "1e-300", "1.5e308", "NaN", "0"]);
    }

    #[test]
    fn errors_of_the_system_become_errors_of_the_library() {
        fn read() -> Result<Vec<u8>> {
            Ok(std::fs::read("no_such_file")?)
        }
        let error = read().unwrap_err();
        assert!(matches!(&error, Error::Io { path, .. } if path.is_empty()));
        assert!(error.to_string().starts_with("No such file"), "{error}");
    }
}

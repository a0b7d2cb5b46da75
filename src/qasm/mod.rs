//! OpenQASM: programs to circuits.
//!
//! The reader is written by hand: lexer → parser → syntax tree → import. It reads
//! OpenQASM 2 with both versions of its header `qelib1.inc` (A. W. Cross et al., "Open Quantum
//! Assembly Language", arXiv:1707.03429) and OpenQASM 3.0 and 3.1 (A. W. Cross et al., "OpenQASM 3",
//! arXiv:2104.14722, and the live specification at openqasm.com). By default it is relaxed and
//! accepts what today's tools write; [`Options::strict`] keeps to the specification. Faults come several at a time, each with
//! file, line, column, the line itself and, where it is known, what would be right:
//!
//! ```
//! let program = "include \"qelib1.inc\";\nqreg q[2];\nh q[0];\ncx q[0], q[2];\n";
//! let error = ketlab::qasm::parse(program).unwrap_err().to_string();
//! assert_eq!(error, "\
//! Error: qubit 2 of register `q` is out of range
//!    ╭─[ <input>:4:12 ]
//!    │
//!  4 │ cx q[0], q[2];
//!    │            ┬
//!    │            ╰── here
//!    │
//!    │ Help: `q` has 2 qubits, `q[0]` to `q[1]`
//! ───╯");
//! let circuit = ketlab::qasm::parse(&program.replace("q[2];\nh", "q[3];\nh")).unwrap();
//! assert_eq!((circuit.num_qubits(), circuit.ops().len()), (3, 2));
//! ```
//!
//! A gate of the header is a row of the gate table; a definition of the program becomes a named
//! block, shared by all calls with the same angles. Barriers inside of definitions are checked
//! and dropped, and global phases are those of the rows.
//!
//! # OpenQASM 3
//!
//! A program is run while it is read, as far as its values are known: constants and variables are
//! computed, `for` loops unrolled, subroutines inlined. What depends on measured bits becomes
//! classical control of the circuit: branches, loops, assignments. A variable lives in the circuit's
//! classical bits from where its value is measured, `int[8]` in 8 of them; `break`, `continue`,
//! `return` and `end` under a condition on measured bits raise flags.
//!
//! ```
//! use ketlab::{Simulator, qasm};
//! let circuit = qasm::parse("
//!     OPENQASM 3.0;
//!     include \"stdgates.inc\";
//!     def coin(qubit q) -> bit { reset q; h q; return measure q; }
//!     qubit q;
//!     output uint[2] heads;
//!     heads = 0;
//!     for int k in [1:3] {
//!       if (coin(q)) { heads += 1; }
//!     }")?;
//! let outcomes = Simulator::new().outcome_probabilities(&circuit)?;
//! let chances: Vec<f64> = outcomes.iter().map(|(_, p)| (p * 8.0).round()).collect();
//! assert_eq!(chances, [1.0, 3.0, 3.0, 1.0]); // 00, 01, 10, 11
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! - Outcomes are the `bit`s and `creg`s of the program's level, or the `output`s where there are
//!   any: `bit`, `bool`, `int`, `uint` and sized `angle`s. All other bits are
//!   [scratch](crate::circuit::Register::scratch).
//! - An `input` takes its value from [`Options::inputs`]; a number without one becomes a parameter
//!   of the circuit, in which angles are linear. Products, quotients, powers and elementary functions
//!   of such inputs become parameters of their own, which the circuit computes
//!   ([`Circuit::parameter_map`]): Qiskit's feature maps are read with free inputs.
//! - Integers without a width, and literals, have 64 bits (literals more where they are larger, and
//!   registers of any length are compared with literals of any length); results have the wider of their
//!   operands' types, and wrap. Division of integers drops the remainder, with a warning where the
//!   quotient becomes an angle. An `angle[n]` is 2πk/2ⁿ; an `angle` without a width is a real number
//!   that is not reduced, since R(θ + 2π) = -R(θ).
//! - Operators on bits are those of the specification, on `bit[n]`, `uint` and sized `angle`s;
//!   `rotl` and `rotr` take known and measured values and distances. Relaxed mode knows them for `int`
//!   and `bool`, too: `int >> k` keeps the sign, with a warning.
//! - Relaxed, a sized `angle` that has no value yet is 0, with a warning, and so is a variable of
//!   which a bit is written first.
//! - `pi`, `tau` and `euler` may be names of inner scopes, which cover them.
//! - A bit whose number is measured, `c[int(d)]`, is 0 where there is no such bit.
//! - A rotation or phase by an angle that depends on measured bits (`p(-c) q;` with `angle[4] c`) is
//!   one conditional rotation a bit.
//! - `pow(k) @` takes the principal branch.
//! - Relaxed mode knows ketlab's gates without a header, with a warning. Pragmas and annotations are
//!   ignored, with a warning.
//! - Refused, by name: `defcal` and everything else about pulses, `stretch` and `durationof`,
//!   durations of gates, `extern`s that are called, arithmetic with durations, arrays and loop
//!   bounds with measured indices, measured angles of gates that are no rotations, `end` in a
//!   subroutine. Where a circuit divides by a measured 0 it is the run that fails.
//!
//! # Texts
//!
//! Files are UTF-8, or UTF-16 with a byte order mark. Bytes that are neither are passed over in
//! comments, with a warning. A line ends at a line feed or a carriage return. In OpenQASM 2 Qiskit's
//! `delay(100) q[0];` is a [delay](crate::circuit::Op::Delay) of 100 dt.
//!
//! [`Imported::warnings`] has what was read, but perhaps not as it was meant.
//!
//! No input makes the reader panic, hang, or use memory out of proportion; [`Limits`] names every
//! bound, and an error that meets one names it.

// What is hidden is for the tests of the parser.
#[doc(hidden)]
pub mod ast;
mod diagnostic;
mod encoding;
mod eval;
pub mod export;
mod headers;
mod import;
mod lexer;
mod number;
#[doc(hidden)]
pub mod parser;
#[doc(hidden)]
pub mod source;
mod version;

use crate::circuit::Circuit;
use crate::error::{Diagnostic, Error, Result};
use encoding::Decoded;
use parser::Session;
use source::{Sources, read_text};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use export::Export;
pub use headers::Qelib1;
pub use number::number;
pub use version::Version;

/// How a program is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The version of the language. `None` reads it from the program's first line; where there is
    /// no such line a program that uses what only OpenQASM 3 has (its words, operators, forms of
    /// conditions, letters that are not ASCII) is read as that, any other as OpenQASM 2.
    pub version: Option<Version>,
    /// Values for the `input`s of an OpenQASM 3 program. A `float` or `angle` without a value
    /// becomes a parameter of the circuit.
    pub inputs: BTreeMap<String, f64>,
    /// Accept only what the specification allows. Relaxed (the default) also accepts, of OpenQASM
    /// 3, gates and sizes that are not declared as they should be (see the [module](self)), and of
    /// 2: a missing
    /// `OPENQASM 2.0;`, empty statements, a comma too many at the end of a list, `+` as a sign,
    /// real numbers without a point (`1e3`), `barrier;` for all qubits, file names in single
    /// quotes, names with a capital letter, and own definitions of names of `qelib1.inc`, which
    /// then win.
    pub strict: bool,
    /// Which gates `include "qelib1.inc";` provides.
    pub qelib1: Qelib1,
    /// Let `include` read files outside of the program's folder.
    pub allow_outside_includes: bool,
    /// The name of a text that is not a file, for messages. [`read_file`] uses its path.
    pub file_name: String,
    /// The folder of a text that is not a file. Without it such a text can include only
    /// `qelib1.inc`.
    pub include_dir: Option<PathBuf>,
    /// Bounds on what a program may ask for.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            version: None,
            inputs: BTreeMap::new(),
            strict: false,
            qelib1: Qelib1::Extended,
            allow_outside_includes: false,
            file_name: "<input>".into(),
            include_dir: None,
            limits: Limits::default(),
        }
    }
}

/// Bounds on what a program may ask for. Errors name the one they meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Faults reported in one run.
    pub errors: usize,
    /// Parentheses inside each other.
    pub nesting: usize,
    /// Blocks inside each other, in OpenQASM 3; subroutine calls inside each other count as blocks.
    pub block_depth: usize,
    /// Includes inside each other.
    pub include_depth: usize,
    /// Included files.
    pub include_files: usize,
    /// Bytes of all files together; a single file is limited to 4 GiB in any case.
    pub source_bytes: u64,
    /// Qubits of a program.
    pub qubits: usize,
    /// Classical bits of a program.
    pub clbits: usize,
    /// Registers of a program.
    pub registers: usize,
    /// Angles of a gate definition, and qubits of one.
    pub gate_operands: usize,
    /// Gate definitions that use each other, counted along the longest chain.
    pub definition_depth: usize,
    /// Gates that definitions and whole registers add to those the text spells out. Long barriers,
    /// long expressions in definitions and conditions on long registers count as some, too.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            errors: 20,
            nesting: 1000,
            block_depth: 256,
            include_depth: 16,
            include_files: 1000,
            source_bytes: 1 << 30,
            qubits: 1 << 20,
            clbits: 1 << 24,
            registers: 10_000,
            gate_operands: 500,
            definition_depth: 200,
            expansion: 10_000_000,
        }
    }
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The circuit.
    pub circuit: Circuit,
    /// The `input`s of the program that took a value of [`Options::inputs`].
    pub inputs: Vec<String>,
    /// What was read, but perhaps not as it was meant.
    pub warnings: Warnings,
}

/// The warnings of one program; printed like errors.
#[derive(Debug, Clone, Default)]
pub struct Warnings {
    /// In order of position.
    pub diagnostics: Vec<Diagnostic>,
    /// As they are printed.
    pub rendered: String,
}

/// Reads a program from a text, relaxed and with the extended header. Warnings are dropped.
///
/// # Errors
/// [`Error::Program`] with every fault found.
pub fn parse(text: &str) -> Result<Circuit> {
    parse_with(text, &Options::default()).map(|imported| imported.circuit)
}

/// Reads a program from a text.
///
/// # Errors
/// [`Error::Program`] with every fault found.
pub fn parse_with(text: &str, options: &Options) -> Result<Imported> {
    let folder = options.include_dir.as_deref();
    program(&options.file_name, text.into(), folder, None, options)
}

/// Reads a program from anything that can be read, e.g. standard input, under the name
/// [`Options::file_name`].
///
/// # Errors
/// [`Error::Program`] with every fault found; [`Error::Io`] when reading fails.
pub fn read(reader: impl Read, options: &Options) -> Result<Imported> {
    let io = |message: String| Error::Io { path: options.file_name.clone(), message };
    let max = options.limits.source_bytes;
    let mut bytes = vec![];
    reader.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| io(e.to_string()))?;
    if bytes.len() as u64 > max {
        return Err(io(format!("larger than the limit of {max} bytes (`Limits::source_bytes`)")));
    }
    let text = encoding::decode(bytes).map_err(io)?;
    let folder = options.include_dir.as_deref();
    program(&options.file_name, text, folder, None, options)
}

/// Reads a program from a file. Its includes are relative to it.
///
/// # Errors
/// [`Error::Program`] with every fault found; [`Error::Io`] when the file cannot be read as text.
pub fn read_file(path: impl AsRef<Path>, options: &Options) -> Result<Imported> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let text = read_text(path, options.limits.source_bytes)
        .map_err(|message| Error::Io { path: name.clone(), message })?;
    program(&name, text, path.parent(), Some(path), options)
}

fn program(
    name: &str,
    text: Decoded,
    folder: Option<&Path>,
    path: Option<&Path>,
    options: &Options,
) -> Result<Imported> {
    if u32::try_from(text.text.len()).is_err() {
        let message = "larger than 4 GiB".into();
        return Err(Error::Io { path: name.to_owned(), message });
    }
    // The tree takes about this many bytes for each of the text.
    let needed = 12 * text.text.len() as u128;
    crate::math::check_memory("the syntax tree of this program", needed, |_| {
        (None, "split the program, or generate it in loops of OpenQASM 3".into())
    })?;
    let sources = Sources::new(name, text, folder, path);
    let mut session = Session::new(sources, options);
    session.parse_file(0);
    import::circuit(session)
}

//! Circuits to OpenQASM.
//!
//! [`Circuit::to_qasm2`] and [`Circuit::to_qasm3`] give a text; [`Export`] is the same prepared
//! for writing to a stream. Reading the text back gives the same circuit up to a global phase, and
//! the same circuit gives the same bytes.
//!
//! ```
//! use ketlab::{Circuit, Control, Expr};
//! let mut c = Circuit::with_clbits(3, 1);
//! c.h(0).ryy(0.5, 0, 1).mcx(&[Control::on(0), Control::off(1)], 2).measure(0, 0);
//! c.if_then(Expr::bit(0), |c| c.x(2));
//! assert_eq!(c.to_qasm3()?, "\
//! OPENQASM 3.0;
//! include \"stdgates.inc\";
//! gate ryy(theta) q0, q1 {
//!   sdg q0;
//!   h q0;
//!   sdg q1;
//!   h q1;
//!   cx q0, q1;
//!   rz(theta) q1;
//!   cx q0, q1;
//!   h q0;
//!   s q0;
//!   h q1;
//!   s q1;
//! }
//! qubit[3] q;
//! bit[1] c;
//! h q[0];
//! ryy(0.5) q[0], q[1];
//! ctrl @ negctrl @ x q[0], q[1], q[2];
//! c[0] = measure q[0];
//! if (c[0]) {
//!   x q[2];
//! }
//! ");
//! assert!(c.to_qasm2()?.ends_with("x q[1];\nccx q[0], q[1], q[2];\nx q[1];
//! measure q[0] -> c[0];\nif (c == 1) x q[2];\n"));
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! # OpenQASM 2
//!
//! The header is `qelib1.inc` in the extended form that today's tools read (Qiskit's; it has
//! `swap`, `cu`, `rxx`, `c4x`, … beside the paper's gates). `cu3`, about which the two forms
//! disagree, is never written: the controlled U is `cu` with a phase. What the header lacks is
//! defined by a `gate` before its use: rows of the table (`ryy`, `iswap`), controlled gates as
//! `c5_x`, `c2_u3`, … without ancillas and with exact phases, blocks, and the matrices, diagonals
//! and permutations named below. Negative controls are X before and after. Global phases, which
//! the language cannot observe, are left out.
//!
//! A branch becomes one `if (register == value)` line per operation, for the values of the
//! register at which it is taken: any one value of any register, and every other condition on bits
//! of one register of up to 4 bits. Its operations must not change that register, but for the
//! last. Loops, assignments, delays, other conditions and parameters without values are refused;
//! OpenQASM 3 has words for them.
//!
//! # OpenQASM 3
//!
//! The header is `stdgates.inc`; other rows are defined from their factors with `gphase`, so that
//! definitions are exact also under `ctrl @` and `negctrl @`, which write controls that no name
//! has. Parameters are `input float[64]`. A general rotation without controls is `u3`, up to its
//! global phase; U itself would carry another. Where there are scratch registers, the others are
//! declared `output`. An opaque gate is refused.
//!
//! # Both
//!
//! Registers keep their names and order, but for names that the language reserves and empty
//! registers, which a comment notes. Gates that are equal share one definition; a block is
//! defined for the angles it was made with. Rotations by Pauli strings are defined once a string.
//! Diagonals and oracles |x⟩|y⟩ → |x⟩|y ⊕ f(x)⟩ are written up to 16 qubits, other permutations
//! up to 12, unitary matrices up to 6. Angles are multiples of π where that gives exactly the
//! number, else the shortest decimals that read back as it.
//!
//! What the reader makes of a text exports to the same text again. The exceptions are an empty
//! register, a constant condition, a definition for a Pauli string of more than 64 letters, and a
//! block that is called like a definition made here and says the same in other words.

mod branches;
mod define;
mod dialect;
mod expression;
mod gates;
mod names;
mod operations;
mod recognize;

use crate::circuit::{Circuit, Registers};
use crate::error::Result;
use crate::gate::Param;
use define::Definitions;
use dialect::{Spellings, Version};
use gates::Place;
use names::{Labels, Names, is_local};
use recognize::Recognized;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// A circuit as an OpenQASM program: `Display` writes it, operation by operation.
pub struct Export<'c> {
    // Writing looks definitions up through the same code that made them.
    exporter: RefCell<Exporter<'c>>,
}

impl<'c> Export<'c> {
    /// As OpenQASM 2.
    ///
    /// # Errors
    /// [`Unsupported`](crate::Error::Unsupported) with what the language cannot say.
    pub fn qasm2(circuit: &'c Circuit) -> Result<Self> {
        Self::new(circuit, Version::V2)
    }

    /// As OpenQASM 3.
    ///
    /// # Errors
    /// [`Unsupported`](crate::Error::Unsupported) with what the language cannot say.
    pub fn qasm3(circuit: &'c Circuit) -> Result<Self> {
        Self::new(circuit, Version::V3)
    }

    fn new(circuit: &'c Circuit, version: Version) -> Result<Self> {
        let mut exporter = Exporter::new(circuit, version);
        exporter.prepare()?;
        Ok(Export { exporter: RefCell::new(exporter) })
    }
}

impl fmt::Display for Export<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exporter.borrow_mut().write(f)
    }
}

impl fmt::Debug for Export<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").finish_non_exhaustive()
    }
}

impl Circuit {
    /// The circuit as an OpenQASM 2 program; [`qasm::export`](crate::qasm::export) says how.
    ///
    /// # Errors
    /// [`Unsupported`](crate::Error::Unsupported) with what the language cannot say.
    pub fn to_qasm2(&self) -> Result<String> {
        Ok(Export::qasm2(self)?.to_string())
    }

    /// The circuit as an OpenQASM 3 program; [`qasm::export`](crate::qasm::export) says how.
    ///
    /// # Errors
    /// [`Unsupported`](crate::Error::Unsupported) with what the language cannot say.
    pub fn to_qasm3(&self) -> Result<String> {
        Ok(Export::qasm3(self)?.to_string())
    }
}

struct Exporter<'c> {
    circuit: &'c Circuit,
    version: Version,
    spellings: Spellings,
    names: Names,
    definitions: Definitions,
    recognized: Recognized,
    /// A writer of the other version, to recognize its definitions.
    other: Option<Box<Exporter<'c>>>,
    /// Names of the registers and of the parameters.
    qubits: Labels,
    clbits: Labels,
    params: Rc<[String]>,
    /// What a reader should know of changed names.
    notes: Vec<String>,
    /// The variable that holds a value while several registers are written.
    variable: Option<String>,
}

impl<'c> Exporter<'c> {
    fn new(circuit: &'c Circuit, version: Version) -> Self {
        let mut names = Names::new(version);
        let mut notes = vec![];
        let mut name = |kind: &str, wanted: &str| {
            let mut name = names.take(wanted);
            while kind == "parameter" && is_local(&name) {
                name = names.take(&format!("{wanted}_1"));
            }
            if name != wanted {
                notes.push(format!("{kind} `{}` is written {name}", wanted.escape_debug()));
            }
            name
        };
        let mut registers = |kind: &str, all: &Registers| {
            let written = all.iter().filter(|r| r.size > 0);
            Labels::new(written.map(|r| (name(kind, &r.name), r.size)))
        };
        let qubits = registers("quantum register", circuit.qubits());
        let clbits = registers("classical register", circuit.clbits());
        // What has a formula is written as its text where it is used.
        let mut params: Vec<String> = Vec::with_capacity(circuit.params().len());
        for (k, param) in circuit.params().iter().enumerate() {
            let text = match circuit.formula(Param(k as u32)) {
                Some(formula) => formula.text(&params),
                None => name("parameter", param),
            };
            params.push(text);
        }
        for r in circuit.qubits().iter().chain(circuit.clbits().iter()).filter(|r| r.size == 0) {
            notes.push(format!("register `{}` is empty and not written", r.name.escape_debug()));
        }
        if version == Version::V2 {
            for r in circuit.clbits().iter().filter(|r| r.scratch && r.size > 0) {
                let name = r.name.escape_debug();
                notes.push(format!("register `{name}` is a temporary, which outcomes show here"));
            }
        }
        Exporter {
            circuit,
            version,
            spellings: Spellings::new(version),
            names,
            definitions: Definitions::default(),
            recognized: Recognized::default(),
            other: None,
            qubits,
            clbits,
            params: params.into(),
            notes,
            variable: None,
        }
    }

    /// Makes the definitions, and finds what cannot be written.
    fn prepare(&mut self) -> Result<()> {
        if let Some((qubit, _)) = self.circuit.readout_errors().next() {
            return Err(self
                .noise(format!("the readout error of qubit {qubit}"), "Circuit::without_noise()"));
        }
        let mut scratch = String::new();
        let mut place = Place::program(self.params.clone());
        for op in self.circuit.ops() {
            if !self.is_plain(op) {
                self.operation(op, &mut place, &mut scratch)?;
                scratch.clear();
            }
        }
        Ok(())
    }

    fn write(&mut self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.version.header())?;
        for note in &self.notes {
            writeln!(f, "// {note}")?;
        }
        if self.version == Version::V3 {
            let plain = |k: &usize| self.circuit.formula(Param(*k as u32)).is_none();
            for name in (0..self.params.len()).filter(plain).map(|k| &self.params[k]) {
                writeln!(f, "input float[64] {name};")?;
            }
        }
        self.definitions.texts().try_for_each(|text| f.write_str(text))?;
        for (name, size) in self.qubits.iter() {
            match self.version {
                Version::V2 => writeln!(f, "qreg {name}[{size}];")?,
                Version::V3 => writeln!(f, "qubit[{size}] {name};")?,
            }
        }
        // Where outputs are declared, nothing else is returned.
        let registers = self.circuit.clbits();
        let hidden = self.variable.is_some() || registers.iter().any(|r| r.scratch);
        let written = registers.iter().filter(|r| r.size > 0);
        for ((name, size), register) in self.clbits.iter().zip(written) {
            let output = if hidden && !register.scratch { "output " } else { "" };
            match self.version {
                Version::V2 => writeln!(f, "creg {name}[{size}];")?,
                Version::V3 => writeln!(f, "{output}bit[{size}] {name};")?,
            }
        }
        if let Some(variable) = &self.variable {
            writeln!(f, "uint[128] {variable};")?;
        }
        let mut line = String::new();
        let mut place = Place::program(self.params.clone());
        for op in self.circuit.ops() {
            line.clear();
            // `prepare` has written every operation that can fail.
            self.operation(op, &mut place, &mut line).map_err(|_| fmt::Error)?;
            f.write_str(&line)?;
        }
        Ok(())
    }
}

//! Circuits: operations on named registers, written with a fluent builder.
//!
//! A circuit is a list; nothing here depends on what 2^n amplitudes would take, but for the matrix.
//! A *pass* goes through the operations once.
//!
//! | you want | call | it costs |
//! |---|---|---|
//! | registers | [`Circuit::new`], [`Circuit::add_qubits`], [`Circuit::add_clbits`] | an entry each, whatever their size |
//! | a gate, a measurement | [`Circuit::h`], [`Circuit::cx`], [`Circuit::measure`], … ([`BUILDERS`]) | up to 128 bytes; lists of many qubits and matrices beside that |
//! | noise | [`Circuit::depolarizing`], [`Circuit::thermal_relaxation`], [`Circuit::channel`] and the like; [`Circuit::set_readout_error`]; whole models by [`device`](crate::device) | checking the qubits |
//! | it without noise | [`Circuit::without_channels`], [`Circuit::without_noise`] | a pass |
//! | a branch, a loop | [`Circuit::if_else`], [`Circuit::while_loop`] | the same, and the bodies |
//! | free angles | [`Circuit::param`], [`Circuit::param_vector`] | a comparison with each name that is there |
//! | a circuit that is known by its name | [`library`] | its operations |
//! | another circuit in this one | [`Circuit::append`], [`Circuit::append_on`] | a pass over the other |
//! | it backwards, many times, under controls | [`Circuit::inverse`], [`Circuit::repeat`], [`Circuit::power`], [`Circuit::control`] | a pass for each time; a gate stays one operation |
//! | it on other qubits | [`Circuit::remap`], [`Circuit::reverse_bits`] | a pass |
//! | it as one gate | [`Circuit::to_gate`] | a pass |
//! | composite gates as their factors | [`Circuit::decompose`] | a pass, one level deep |
//! | numbers for parameters | [`Circuit::bind`] | a pass; [programs](crate::simulate::Program) take a row without it |
//! | angles that are functions of data | [`Circuit::derived`], [`Circuit::parameter_map`] | one evaluation each a row |
//! | how long and how large it is | [`Circuit::profile`], [`Circuit::depth`], [`Circuit::count_ops`] | a few passes |
//! | it without its final measurements | [`Circuit::without_final_measurements`] | a few passes |
//! | it as a file | [`json`], [`qasm`](crate::qasm) | a pass |
//! | its matrix, or whether two have the same | [`Circuit::matrix`], [`Circuit::equals_up_to_phase`] | 2^n runs on n qubits, 16·4^n bytes |

mod build;
pub(crate) mod channel_text;
mod channels;
mod compose;
mod expr;
mod formula;
mod indices;
pub mod json;
pub mod library;
mod op;
mod profile;
mod readout;
mod register;
mod separable;

pub use build::BUILDERS;
pub use expr::{BinaryOp, Expr, MAX_INTEGER_BITS};
pub use formula::{Elementary, Formula, ParameterMap};
pub use indices::{Indices, IntoIndices};
pub(crate) use op::renumber_clbits;
pub use op::{Assign, ChannelOp, Duration, If, Op, TimeUnit, While};
pub use profile::Profile;
pub use register::{Register, Registers};

use crate::error::{Error, Result};
use crate::gate::{Angle, Param, check_qubits};
use crate::math;
use crate::noise::ReadoutError;
use std::collections::{BTreeMap, HashSet};

/// Most qubits of a circuit: its tables have an entry per qubit.
pub const MAX_QUBITS: usize = 1 << 20;
/// Most classical bits of a circuit.
pub const MAX_CLBITS: usize = 1 << 24;

/// A list of operations on named qubits and classical bits, with named parameters.
///
/// ```
/// use ketlab::Circuit;
/// let mut bell = Circuit::new(2);
/// bell.h(0).cx(0, 1).measure_all();
/// assert_eq!(bell.profile().depth, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circuit {
    qubits: Registers,
    clbits: Registers,
    ops: Vec<Op>,
    params: Vec<String>,
    /// Of parameter k, where it has one; as long as `params` or shorter.
    formulas: Vec<Option<Formula>>,
    /// How measurements misread qubits, those that they do misread.
    readout_errors: BTreeMap<u32, ReadoutError>,
}

impl Circuit {
    /// No operation on `num_qubits` qubits, in one register `q`.
    pub fn new(num_qubits: usize) -> Self {
        Self::with_clbits(num_qubits, 0)
    }

    /// No operation on registers `q` of qubits and `c` of classical bits.
    #[track_caller]
    pub fn with_clbits(num_qubits: usize, num_clbits: usize) -> Self {
        let mut circuit = Self::empty();
        if num_qubits > 0 {
            circuit.add_qubits("q", num_qubits);
        }
        if num_clbits > 0 {
            circuit.add_clbits("c", num_clbits);
        }
        circuit
    }

    /// No registers at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a register of qubits and returns its handle.
    ///
    /// # Errors
    /// If a name is taken or empty, or there would be more than [`MAX_QUBITS`].
    pub fn try_add_qubits(&mut self, name: &str, size: usize) -> Result<Indices> {
        self.check_new_name(name)?;
        self.qubits.add(name, size, MAX_QUBITS)
    }

    /// Adds a register of classical bits and returns its handle.
    ///
    /// # Errors
    /// If a name is taken or empty, or there would be more than [`MAX_CLBITS`].
    pub fn try_add_clbits(&mut self, name: &str, size: usize) -> Result<Indices> {
        self.check_new_name(name)?;
        self.clbits.add(name, size, MAX_CLBITS)
    }

    /// [`try_add_qubits`](Self::try_add_qubits) that panics on an error.
    #[track_caller]
    pub fn add_qubits(&mut self, name: &str, size: usize) -> Indices {
        self.try_add_qubits(name, size).unwrap_or_else(|e| panic!("{e}"))
    }

    /// [`try_add_clbits`](Self::try_add_clbits) that panics on an error.
    #[track_caller]
    pub fn add_clbits(&mut self, name: &str, size: usize) -> Indices {
        self.try_add_clbits(name, size).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Adds a register of temporary classical bits and returns its handle. They are simulated like
    /// any others, but outcomes do not show them: see [`outcome_bits`](Self::outcome_bits).
    ///
    /// # Errors
    /// As [`try_add_clbits`](Self::try_add_clbits).
    pub fn try_add_scratch(&mut self, name: &str, size: usize) -> Result<Indices> {
        let bits = self.try_add_clbits(name, size)?;
        self.set_scratch(self.clbits.iter().count() - 1, true);
        Ok(bits)
    }

    /// [`try_add_scratch`](Self::try_add_scratch) that panics on an error.
    #[track_caller]
    pub fn add_scratch(&mut self, name: &str, size: usize) -> Indices {
        self.try_add_scratch(name, size).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Marks the `register`-th classical register, in order of declaration, as scratch, or no
    /// longer.
    pub(crate) fn set_scratch(&mut self, register: usize, scratch: bool) {
        self.clbits.set_scratch(register, scratch);
    }

    fn check_new_name(&self, name: &str) -> Result<()> {
        if self.has_register(name) || name.is_empty() {
            return Err(not_new("register", name));
        }
        Ok(())
    }

    /// Whether a register of either kind has that name.
    pub(crate) fn has_register(&self, name: &str) -> bool {
        self.qubits.find(name).or(self.clbits.find(name)).is_some()
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.qubits.len()
    }

    /// Number of classical bits, scratch included.
    pub fn num_clbits(&self) -> usize {
        self.clbits.len()
    }

    /// Number of classical bits that outcomes show: those that are not scratch.
    pub fn num_outcome_bits(&self) -> usize {
        self.clbits.iter().filter(|r| !r.scratch).map(|r| r.size).sum()
    }

    /// The classical bits that outcomes show, ascending: bit k of an outcome is the k-th of them.
    pub fn outcome_bits(&self) -> impl Iterator<Item = usize> {
        self.clbits.iter().filter(|r| !r.scratch).flat_map(Register::range)
    }

    /// The quantum registers.
    pub fn qubits(&self) -> &Registers {
        &self.qubits
    }

    /// The classical registers.
    pub fn clbits(&self) -> &Registers {
        &self.clbits
    }

    /// The operations.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The names of the parameters; [`Param`] k is the k-th.
    pub fn params(&self) -> &[String] {
        &self.params
    }

    /// `base`, or `base1`, `base2`, …: the first that no register has.
    fn fresh_name(&self, base: &str) -> String {
        let numbered = (1..).map(|k| format!("{base}{k}"));
        let mut names = std::iter::once(base.to_string()).chain(numbered);
        names.find(|name| !self.has_register(name)).expect("there are more numbers than registers")
    }

    /// The parameter of that name, new or old.
    ///
    /// # Panics
    /// The name is empty.
    #[track_caller]
    pub fn param(&mut self, name: &str) -> Param {
        assert!(!name.is_empty(), "a parameter needs a name");
        let found = self.params.iter().position(|p| p == name);
        Param(found.unwrap_or_else(|| {
            self.params.push(name.into());
            self.params.len() - 1
        }) as u32)
    }

    /// `count` parameters `name[0]`, `name[1]`, ….
    pub fn param_vector(&mut self, name: &str, count: usize) -> Vec<Param> {
        (0..count).map(|k| self.param(&format!("{name}[{k}]"))).collect()
    }

    /// One value for each of the [inputs](Self::inputs), in their order, from pairs of name and
    /// value.
    ///
    /// # Errors
    /// If a name is none of the circuit's inputs, an input has no value (all of these are named), or a
    /// value is NaN or an infinity.
    pub fn param_values<S: AsRef<str>>(&self, given: &[(S, f64)]) -> Result<Vec<f64>> {
        let values = self.values_by_name(given)?;
        let plain = |k: usize| self.formula(Param(k as u32)).is_none();
        let inputs: Vec<usize> = (0..self.params.len()).filter(|&k| plain(k)).collect();
        let missing = inputs.iter().filter(|&&k| values[k].is_none());
        let names: Vec<String> = missing.map(|&k| self.params[k].clone()).collect();
        if !names.is_empty() {
            return Err(Error::UnboundParameters { names });
        }
        Ok(inputs.into_iter().filter_map(|k| values[k]).collect())
    }

    /// For each parameter, the value that is given for its name.
    fn values_by_name<S: AsRef<str>>(&self, given: &[(S, f64)]) -> Result<Vec<Option<f64>>> {
        let mut values = vec![None; self.params.len()];
        for (name, value) in given {
            let name = name.as_ref();
            let found = self.params.iter().position(|p| p == name);
            let input = found.filter(|&k| self.formula(Param(k as u32)).is_none());
            let at = input.ok_or_else(|| Error::UnknownParameter {
                name: name.into(),
                known: self.inputs().cloned().collect(),
            })?;
            if !value.is_finite() {
                return Err(Error::NotFinite {
                    what: format!("parameter `{name}`"),
                    value: *value,
                });
            }
            values[at] = Some(*value);
        }
        Ok(values)
    }

    /// Appends an operation.
    ///
    /// # Errors
    /// If a bit is out of range, a qubit is repeated, the number of qubits or angles is wrong, an
    /// angle is NaN or infinite, a parameter is another circuit's, or there is no memory for more
    /// operations.
    pub fn try_push(&mut self, op: Op) -> Result<&mut Self> {
        self.check_op(&op)?;
        math::push(
            &mut self.ops,
            op,
            "the list of operations of a circuit",
            "make the circuit smaller",
        )?;
        Ok(self)
    }

    /// [`try_push`](Self::try_push) that panics on an error.
    #[track_caller]
    pub fn push(&mut self, op: Op) -> &mut Self {
        self.try_push(op).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Appends an operation that the caller has checked as [`try_push`](Self::try_push) would.
    pub(crate) fn push_checked(&mut self, op: Op) {
        debug_assert_eq!(self.check_op(&op), Ok(()));
        self.ops.push(op);
    }

    /// [`push_checked`](Self::push_checked) of a whole list, without copying it where the circuit
    /// has no operations yet.
    pub(crate) fn extend_checked(&mut self, ops: Vec<Op>) {
        if cfg!(debug_assertions) {
            ops.iter().for_each(|op| assert_eq!(self.check_op(op), Ok(())));
        }
        if self.ops.is_empty() {
            self.ops = ops;
        } else {
            self.ops.extend(ops);
        }
    }

    fn check_op(&self, op: &Op) -> Result<()> {
        let (nq, nc) = (self.num_qubits(), self.num_clbits());
        let distinct = |qubits: &[u32], what: &str| {
            check_qubits(qubits.iter().copied(), nq, || what.to_string())
        };
        let clbits = |clbit: u32| match clbit as usize {
            clbit if clbit >= nc => Err(Error::ClbitOutOfRange { clbit, num_clbits: nc }),
            _ => Ok(()),
        };
        match op {
            Op::Gate(g) => {
                g.check(nq)?;
                if g.gate.is_parameterized() {
                    g.gate.try_for_each_angle(&mut |angle| self.check_params(angle))?;
                }
            }
            Op::Measure { qubit, clbit } => {
                distinct(&[*qubit], "measure")?;
                clbits(*clbit)?;
            }
            Op::Channel(c) => {
                let (expected, got) = (c.channel.num_qubits(), c.qubits.len());
                if expected != got {
                    let operation = c.channel.to_string();
                    return Err(Error::WrongNumberOfQubits { operation, expected, got });
                }
                check_qubits(c.qubits.iter().copied(), nq, || c.channel.to_string())?;
            }
            Op::Reset(q) => distinct(&[*q], "reset")?,
            Op::Barrier(qubits) => distinct(qubits, "barrier")?,
            Op::Delay { qubits, duration } => {
                distinct(qubits, "delay")?;
                if !(duration.value >= 0.0 && duration.value.is_finite()) {
                    return Err(Error::Invalid {
                        what: "a delay".into(),
                        value: duration.value.to_string(),
                        expected: "it must be finite and not negative".into(),
                    });
                }
            }
            Op::If(i) => i.condition.check(nc)?,
            Op::While(w) => w.condition.check(nc)?,
            Op::Assign(a) => {
                a.clbits.iter().try_for_each(|&c| clbits(c))?;
                distinct_clbits(a.clbits.iter().map(|&c| c as usize), "assign")?;
                a.value.check(nc)?;
            }
        }
        op.bodies().into_iter().flatten().try_for_each(|inner| self.check_op(inner))
    }

    fn check_params(&self, angle: &Angle) -> Result<()> {
        match angle.terms().iter().find(|(p, _)| p.0 as usize >= self.params.len()) {
            None => Ok(()),
            Some((p, _)) => Err(Error::Invalid {
                what: "a parameter".into(),
                value: format!("number {} of a circuit with {}", p.0, self.params.len()),
                expected: "make it with `param` of the same circuit".into(),
            }),
        }
    }
}

/// The error of a name that is taken or empty.
fn not_new(kind: &str, name: &str) -> Error {
    Error::Invalid {
        what: format!("the name of a {kind}"),
        value: format!("`{name}`"),
        expected: "it must be new and not empty".into(),
    }
}

/// Checks that classical bits are distinct.
fn distinct_clbits(clbits: impl Iterator<Item = usize>, operation: &str) -> Result<()> {
    let mut seen = HashSet::new();
    match clbits.into_iter().find(|&c| !seen.insert(c)) {
        None => Ok(()),
        Some(clbit) => Err(Error::Invalid {
            what: format!("a classical bit of `{operation}`"),
            value: format!("{clbit}, twice"),
            expected: "its bits must be distinct".into(),
        }),
    }
}

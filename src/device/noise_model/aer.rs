//! Noise models of Qiskit Aer, from the dictionary that its `NoiseModel.to_dict(serializable=True)`
//! writes, as JSON.
//!
//! `errors` is a list of two kinds. A `qerror` comes after the gates named by `operations`: one of the
//! circuits in `instructions` comes about with its part of `probabilities`. Their steps are `pauli` (one
//! text, the last letter for the first qubit), `kraus` and `unitary` (matrices of `[re, im]`), `reset`,
//! `id` and gates of the gate table with fixed angles. A `roerror` is a matrix `probabilities` of the result
//! of a measurement: rows are true, columns recorded. `gate_qubits` says on which qubits; without it
//! the error is on all, but where an error of the same operation names its qubits: as in Aer, that one
//! alone counts there. Several errors of one operation at one place act in their order.
//!
//! Aer matches operations by their literal names, and some names are one gate here: `u1` and `p`, `cu1`
//! and `cp`, `cx` and `cnot`. Errors of one such name are those of the gate; where several are named
//! they must say the same, which then counts once.
//!
//! The import is strict: everything that is not known is listed in one error.

use super::model::NoiseModel;
use super::pattern::Pattern;
use super::rule::{ActsOn, Rule};
use crate::device::gate_name::GateName;
use crate::error::{Error, Result};
use crate::gate::{Angle, Gate, lookup};
use crate::noise::{Channel, ReadoutError};
use crate::pauli::{Pauli, PauliString};
use nalgebra::DMatrix;
use num_complex::Complex64;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Most qubits of an error.
const MAX_QUBITS: usize = 3;
/// Keys of an error.
const KEYS: &[&str] =
    &["type", "id", "operations", "gate_qubits", "instructions", "probabilities", "noise_qubits"];

impl NoiseModel {
    /// The model of Aer's dictionary as JSON; see the [rules](self) of what it may have in it.
    ///
    /// # Errors
    /// If the text is not JSON of that shape, or has something in it that is not known; everything that
    /// is not known is listed.
    pub fn from_aer(text: &str) -> Result<NoiseModel> {
        let value: Value = serde_json::from_str(text).map_err(|e| fault(&e.to_string()))?;
        let errors = value.get("errors").and_then(Value::as_array);
        let errors = errors.ok_or_else(|| fault("`errors` is missing: a list"))?;
        let mut import = Import::default();
        if let Value::Object(map) = &value {
            let odd = map.keys().filter(|key| *key != "errors");
            import.unknown.extend(odd.map(|key| format!("the key `{key}`")));
        }
        for (k, error) in errors.iter().enumerate() {
            import.error(k, error)?;
        }
        import.finish()
    }
}

fn fault(why: &str) -> Error {
    Error::Invalid {
        what: "the JSON of an Aer noise model".into(),
        value: "not valid".into(),
        expected: why.into(),
    }
}

/// The lists of qubits that an error names; none of one on all qubits.
type Places = Option<Vec<Vec<usize>>>;

#[derive(Default)]
struct Import {
    model: NoiseModel,
    unknown: Vec<String>,
    /// Quantum errors in order.
    found: Vec<Found>,
    /// Qubits with a readout error, `None` for all of them.
    misread: BTreeSet<Option<usize>>,
}

/// A quantum error of one operation.
struct Found {
    operation: GateOrReset,
    /// What Aer calls the operation.
    name: String,
    places: Places,
    channel: Channel,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum GateOrReset {
    Gate(GateName),
    Reset,
    Measure,
    Delay,
}

impl GateOrReset {
    fn pattern(&self) -> Pattern {
        match self {
            GateOrReset::Gate(name) => Pattern::named(name.clone()),
            GateOrReset::Reset => Pattern::reset(),
            GateOrReset::Measure => Pattern::measure(),
            GateOrReset::Delay => Pattern::delay(),
        }
    }

    fn num_qubits(&self) -> usize {
        match self {
            GateOrReset::Gate(name) => name.num_qubits().unwrap_or(0),
            _ => 1,
        }
    }
}

impl Import {
    fn error(&mut self, k: usize, error: &Value) -> Result<()> {
        let at = |why: &str| fault(&format!("error {k}: {why}"));
        let Value::Object(map) = error else { return Err(at("it is an object")) };
        let odd = map.keys().filter(|key| !KEYS.contains(&key.as_str()));
        self.unknown.extend(odd.map(|key| format!("the key `{key}` of error {k}")));
        if map.get("noise_qubits").is_some_and(|v| !v.is_null()) {
            self.unknown.push(format!("`noise_qubits` of error {k}: noise on other qubits"));
        }
        let places: Places = match map.get("gate_qubits") {
            None | Some(Value::Null) => None,
            Some(list) => Some(
                serde_json::from_value(list.clone())
                    .map_err(|_| at("`gate_qubits` is a list of lists of qubits"))?,
            ),
        };
        let operations = map.get("operations").cloned().unwrap_or_default();
        let operations: Vec<String> = serde_json::from_value(operations)
            .map_err(|_| at("`operations` is a list of names"))?;
        match map.get("type").and_then(Value::as_str) {
            Some("qerror") => self.quantum(k, map, &operations, places),
            Some("roerror") => self.readout(k, map, &operations, places),
            Some(other) => {
                self.unknown.push(format!("the type `{other}` of error {k}"));
                Ok(())
            }
            None => Err(at("`type` is missing: qerror or roerror")),
        }
    }

    fn readout(
        &mut self,
        k: usize,
        map: &serde_json::Map<String, Value>,
        operations: &[String],
        places: Places,
    ) -> Result<()> {
        let at = |why: &str| fault(&format!("error {k}: {why}"));
        let odd = operations.iter().filter(|name| *name != "measure");
        self.unknown.extend(odd.map(|name| format!("a readout error of `{name}` in error {k}")));
        let matrix = map.get("probabilities").cloned().unwrap_or_default();
        let matrix: Vec<Vec<f64>> = serde_json::from_value(matrix)
            .map_err(|_| at("`probabilities` of a readout error is a matrix"))?;
        let joint = places.as_ref().is_some_and(|all| all.iter().any(|on| on.len() != 1));
        if joint || matrix.len() != 2 || matrix.iter().any(|row| row.len() != 2) {
            self.unknown.push(format!("the readout error on several qubits in error {k}"));
            return Ok(());
        }
        if matrix.iter().any(|row| (row[0] + row[1] - 1.0).abs() > 1e-8) {
            return Err(at(
                "the rows of a readout error are probabilities of sum 1: rows are true",
            ));
        }
        let misread: Vec<Option<usize>> = match &places {
            None => vec![None],
            Some(all) => all.iter().map(|on| Some(on[0])).collect(),
        };
        for qubit in misread {
            if !self.misread.insert(qubit) {
                let whose = qubit.map_or("all qubits".into(), |q| format!("qubit {q}"));
                self.unknown.push(format!("another readout error of {whose} in error {k}"));
            }
        }
        let error = ReadoutError { p1_given_0: matrix[0][1], p0_given_1: matrix[1][0] };
        match places {
            None => self.model.set_readout_error(error).map(drop),
            Some(all) => all
                .iter()
                .try_for_each(|on| self.model.set_readout_error_of(on[0], error).map(drop)),
        }
    }

    fn quantum(
        &mut self,
        k: usize,
        map: &serde_json::Map<String, Value>,
        operations: &[String],
        places: Places,
    ) -> Result<()> {
        let at = |why: &str| fault(&format!("error {k}: {why}"));
        let circuits = map.get("instructions").cloned().unwrap_or_default();
        let circuits: Vec<Vec<Value>> = serde_json::from_value(circuits)
            .map_err(|_| at("`instructions` is a list of lists of steps"))?;
        let probabilities = map.get("probabilities").cloned().unwrap_or_default();
        let probabilities: Vec<f64> = serde_json::from_value(probabilities)
            .map_err(|_| at("`probabilities` of a quantum error is a list of numbers"))?;
        let sum: f64 = probabilities.iter().sum();
        if probabilities.len() != circuits.len()
            || !probabilities.iter().all(|p| (-1e-12..=1.0 + 1e-9).contains(p))
            || (sum - 1.0).abs() > 1e-8
        {
            return Err(at("there is a probability for each list of instructions, of sum 1"));
        }
        let mut on = Vec::new();
        for name in operations {
            let known = match name.as_str() {
                "reset" => Some(GateOrReset::Reset),
                "measure" => Some(GateOrReset::Measure),
                "delay" => Some(GateOrReset::Delay),
                name => name.parse().ok().map(GateOrReset::Gate).filter(|g| g.num_qubits() > 0),
            };
            match known {
                Some(known) => on.push((known, name)),
                None => self.unknown.push(format!("the operation `{name}` of error {k}")),
            }
        }
        let Some(size) = on.iter().map(|o| o.0.num_qubits()).max() else { return Ok(()) };
        if on.iter().any(|o| o.0.num_qubits() != size) {
            return Err(at("its operations are on different numbers of qubits"));
        }
        if places.iter().flatten().any(|place| place.len() != size) {
            return Err(at("`gate_qubits` are as many as the operation has"));
        }
        if size > MAX_QUBITS {
            self.unknown.push(format!("error {k}, on {size} qubits"));
            return Ok(());
        }
        let before = self.unknown.len();
        let channel = self.channel(k, &circuits, &probabilities, size)?;
        if self.unknown.len() > before {
            return Ok(());
        }
        let Some(channel) = channel else { return Ok(()) };
        self.found.extend(on.into_iter().map(|(operation, name)| Found {
            operation,
            name: name.clone(),
            places: places.clone(),
            channel: channel.clone(),
        }));
        Ok(())
    }

    /// The mixture of circuits as one channel: a Pauli channel where all steps are Pauli gates, else
    /// that of its superoperator. `None` if it does nothing.
    fn channel(
        &mut self,
        k: usize,
        circuits: &[Vec<Value>],
        probabilities: &[f64],
        size: usize,
    ) -> Result<Option<Channel>> {
        let d = 1usize << size;
        let mut total = DMatrix::<Complex64>::zeros(d * d, d * d);
        let mut paulis: Option<BTreeMap<(usize, usize), f64>> = Some(BTreeMap::new());
        for (steps, &p) in circuits.iter().zip(probabilities) {
            let mut whole = DMatrix::<Complex64>::identity(d * d, d * d);
            // The Pauli string of the circuit: x and z bits of its qubits.
            let mut string = Some((0usize, 0usize));
            for step in steps {
                let Some(Step { operators, pauli, on }) = self.step(k, step, size)? else {
                    continue;
                };
                string = match (string, pauli) {
                    (Some((x, z)), Some((px, pz))) => {
                        let spread = |bits: usize| {
                            on.iter().enumerate().fold(0, |all, (j, q)| all | (bits >> j & 1) << q)
                        };
                        Some((x ^ spread(px), z ^ spread(pz)))
                    }
                    _ => None,
                };
                let mut superoperator = DMatrix::zeros(d * d, d * d);
                for operator in &operators {
                    let wide = embedded(operator, &on, size);
                    superoperator += wide.conjugate().kronecker(&wide);
                }
                whole = superoperator * whole;
            }
            total += whole * Complex64::from(p);
            match (string, &mut paulis) {
                (Some(string), Some(all)) => *all.entry(string).or_default() += p.max(0.0),
                _ => paulis = None,
            }
        }
        if let Some(paulis) = paulis {
            let mut errors = Vec::new();
            for ((x, z), p) in paulis {
                if p > 0.0 && (x, z) != (0, 0) {
                    let letters = (0..size).map(|q| (q, letter(x >> q & 1, z >> q & 1)));
                    errors.push((PauliString::new(letters), p));
                }
            }
            return match errors.is_empty() {
                true => Ok(None),
                false => Channel::pauli(errors, size).map(Some),
            };
        }
        Channel::from_superoperator(&total).map(Some)
    }

    /// The operators of a step and its qubits among the error's; `None` if it is not known.
    fn step(&mut self, k: usize, step: &Value, size: usize) -> Result<Option<Step>> {
        let at = |why: &str| fault(&format!("error {k}: {why}"));
        let name = step.get("name").and_then(Value::as_str);
        let name = name.ok_or_else(|| at("a step has a `name`"))?;
        let qubits = step.get("qubits").cloned().unwrap_or_default();
        let on: Vec<usize> =
            serde_json::from_value(qubits).map_err(|_| at("a step has `qubits`, a list"))?;
        let is_new = |(j, q): (usize, &usize)| *q < size && !on[..j].contains(q);
        if on.is_empty() || !on.iter().enumerate().all(is_new) {
            return Err(at(&format!(
                "the qubits {on:?} of `{name}` are not those of the operation"
            )));
        }
        let params = step.get("params").and_then(Value::as_array);
        let params = params.map_or(&[][..], Vec::as_slice);
        let d = 1usize << on.len();
        let square = |m: &DMatrix<Complex64>| m.nrows() == d;
        let one = |re: f64| Complex64::from(re);
        let (operators, pauli) = match name {
            "id" => (vec![DMatrix::identity(d, d)], Some((0, 0))),
            "pauli" => {
                let text = params.first().and_then(Value::as_str).unwrap_or("");
                if text.len() != on.len() || !text.bytes().all(|b| b"IXYZ".contains(&b)) {
                    return Err(at("a `pauli` step has a letter for each of its qubits"));
                }
                // The last letter is the first qubit's.
                let (mut x, mut z) = (0, 0);
                for (j, letter) in text.bytes().rev().enumerate() {
                    x |= usize::from(matches!(letter, b'X' | b'Y')) << j;
                    z |= usize::from(matches!(letter, b'Z' | b'Y')) << j;
                }
                (vec![pauli_matrix(x, z, d)], Some((x, z)))
            }
            "reset" if on.len() == 1 => {
                let to = |column| {
                    let mut m = DMatrix::zeros(2, 2);
                    m[(0, column)] = one(1.0);
                    m
                };
                (vec![to(0), to(1)], None)
            }
            "kraus" | "unitary" => {
                let list = params.iter().map(matrix).collect::<Option<Vec<_>>>();
                match list.filter(|list| !list.is_empty() && list.iter().all(square)) {
                    Some(list) => (list, None),
                    None => {
                        return Err(at(&format!("the matrices of `{name}` do not fit its qubits")));
                    }
                }
            }
            _ => {
                let angles = params.iter().map(Value::as_f64).collect::<Option<Vec<f64>>>();
                let found = lookup(name).filter(|g| g.num_qubits() == on.len()).zip(angles);
                let matrix = found.and_then(|(named, angles)| {
                    if angles.len() != named.gate.spec().angles.len() {
                        return None;
                    }
                    let angles = angles.iter().map(|&a| Angle::from(a)).collect();
                    let gate = Gate::Std(named.gate, angles).matrix()?.to_dmatrix();
                    Some(controlled(&gate, named.num_controls))
                });
                let Some(matrix) = matrix else {
                    self.unknown.push(format!("the step `{name}` of error {k}"));
                    return Ok(None);
                };
                let pauli = match name {
                    "x" => Some((1, 0)),
                    "y" => Some((1, 1)),
                    "z" => Some((0, 1)),
                    _ => None,
                };
                (vec![matrix], pauli)
            }
        };
        Ok(Some(Step { operators, pauli, on }))
    }

    /// Leaves one of the literal names that are the same gate, where all have the same errors.
    fn join_names(&mut self) {
        let mut errors: BTreeMap<GateOrReset, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        for (k, found) in self.found.iter().enumerate() {
            let of_gate = errors.entry(found.operation.clone()).or_default();
            of_gate.entry(found.name.clone()).or_default().push(k);
        }
        let said = |k: usize| (&self.found[k].places, &self.found[k].channel);
        let mut left_out = BTreeSet::new();
        for names in errors.values() {
            let mut names = names.iter();
            let Some((first, kept)) = names.next() else { continue };
            for (name, others) in names {
                if kept.iter().map(|&k| said(k)).eq(others.iter().map(|&k| said(k))) {
                    left_out.extend(others.iter().copied());
                } else {
                    self.unknown.push(format!(
                        "different errors of `{first}` and `{name}`, which are one gate in ketlab"
                    ));
                }
            }
        }
        let found = std::mem::take(&mut self.found).into_iter().enumerate();
        self.found = found.filter(|(k, _)| !left_out.contains(k)).map(|(_, one)| one).collect();
    }

    fn finish(mut self) -> Result<NoiseModel> {
        self.join_names();
        if !self.unknown.is_empty() {
            self.unknown.dedup();
            return Err(Error::Invalid {
                what: "an Aer noise model".into(),
                value: self.unknown.join("; "),
                expected: "all of it is known: noise would be left out without a word".into(),
            });
        }
        // Where an error names its qubits, those of all qubits do not count.
        let mut named: BTreeMap<GateOrReset, Vec<Vec<usize>>> = BTreeMap::new();
        for Found { operation, places, .. } in &self.found {
            for place in places.iter().flatten() {
                let known = named.entry(operation.clone()).or_default();
                if !known.contains(place) {
                    known.push(place.clone());
                }
            }
        }
        for Found { operation, places, channel, .. } in self.found {
            let pattern = match (places, named.get(&operation)) {
                (Some(places), _) => operation.pattern().on_tuples(places),
                (None, Some(known)) => operation.pattern().except_tuples(known.clone()),
                (None, None) => operation.pattern(),
            };
            let acts_on = if channel.num_qubits() == 1 { ActsOn::Each } else { ActsOn::All };
            // A measured qubit suffers before the result.
            self.model.push(match operation {
                GateOrReset::Measure => Rule::before(pattern, channel, acts_on)?,
                _ => Rule::after(pattern, channel, acts_on)?,
            });
        }
        Ok(self.model)
    }
}

/// A step of a circuit.
struct Step {
    operators: Vec<DMatrix<Complex64>>,
    /// As a Pauli string, if it is one: x and z bits.
    pauli: Option<(usize, usize)>,
    on: Vec<usize>,
}

/// Rows of `[re, im]`.
fn matrix(value: &Value) -> Option<DMatrix<Complex64>> {
    let rows: Vec<Vec<[f64; 2]>> = serde_json::from_value(value.clone()).ok()?;
    let side = rows.len();
    if side == 0 || rows.iter().any(|row| row.len() != side) {
        return None;
    }
    let entries = rows.iter().flatten().map(|&[re, im]| Complex64::new(re, im));
    Some(DMatrix::from_row_iterator(side, side, entries))
}

/// The operator on all qubits of an error that acts on some of them, its bit j on qubit `on[j]`.
fn embedded(operator: &DMatrix<Complex64>, on: &[usize], size: usize) -> DMatrix<Complex64> {
    let within =
        |index: usize| on.iter().enumerate().fold(0, |bits, (j, q)| bits | (index >> q & 1) << j);
    let mask = on.iter().fold(0, |mask, q| mask | 1usize << q);
    DMatrix::from_fn(1 << size, 1 << size, |row, column| {
        if row & !mask == column & !mask {
            operator[(within(row), within(column))]
        } else {
            Complex64::from(0.0)
        }
    })
}

fn pauli_matrix(x: usize, z: usize, d: usize) -> DMatrix<Complex64> {
    // X^x Z^z up to a phase, which no channel has.
    let mut m = DMatrix::zeros(d, d);
    for column in 0..d {
        let sign = if (column & z).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
        m[(column ^ x, column)] = Complex64::from(sign);
    }
    m
}

/// With controls on the lowest bits of indices.
fn controlled(gate: &DMatrix<Complex64>, num_controls: usize) -> DMatrix<Complex64> {
    let on = (1usize << num_controls) - 1;
    let side = gate.nrows() << num_controls;
    DMatrix::from_fn(side, side, |row, column| match (row & on == on, column & on == on) {
        (true, true) => gate[(row >> num_controls, column >> num_controls)],
        (false, false) if row == column => Complex64::from(1.0),
        _ => Complex64::from(0.0),
    })
}

fn letter(x: usize, z: usize) -> Pauli {
    match (x, z) {
        (0, 0) => Pauli::I,
        (1, 0) => Pauli::X,
        (0, _) => Pauli::Z,
        _ => Pauli::Y,
    }
}

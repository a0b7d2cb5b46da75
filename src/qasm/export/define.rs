//! Definitions: each made once, before what uses it.

use super::Exporter;
use super::dialect::Version;
use super::gates::Place;
use super::names::{is_local, local_angle, local_qubit};
use crate::error::{Error, Result};
use crate::gate::{Angle, Angles, Gate, GateOp, Param, StdGate};
use crate::pauli::Pauli;
use crate::rewrite::{self, Borrowing, MAX_DEPTH, letters, too_deep};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// Most letters of a Pauli string that is defined under a name with all of them.
const MAX_LETTERS: usize = 64;

/// What a definition stands for.
#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Row(StdGate, usize),
    Rotation(Vec<Pauli>, usize),
    /// The address of a gate's data, which `Made::keep` keeps where it is.
    Data(usize, usize),
    Opaque(String, usize, usize),
}

/// A definition that was made.
struct Made {
    name: Rc<str>,
    /// Parameters of the circuit that a call passes, for a block with parameters.
    passes: Vec<Param>,
    _keep: Gate,
}

/// All definitions of a program.
#[derive(Default)]
pub(super) struct Definitions {
    texts: Vec<String>,
    made: HashMap<Key, Made>,
    /// Name by wanted name, and text without the name.
    by_text: HashMap<(String, String), Rc<str>>,
    /// X gates with a borrowed qubit.
    borrowing: Borrowing,
    depth: usize,
}

impl Definitions {
    /// In an order in which each uses only earlier ones.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }
}

fn address<T: ?Sized>(data: &Arc<T>) -> usize {
    Arc::as_ptr(data).cast::<()>() as usize
}

/// Names of a definition's angles. Several are numbered: Qiskit's reader of OpenQASM 3 takes them
/// in alphabetical order.
fn formal(names: Vec<String>) -> Vec<String> {
    if names.len() > 1 { (0..names.len()).map(local_angle).collect() } else { names }
}

/// The part of a definition's name that says the number of controls.
pub(super) fn prefix(num_controls: usize) -> String {
    if num_controls == 0 { String::new() } else { format!("c{num_controls}_") }
}

impl Exporter<'_> {
    /// The name of a gate under positive controls, defined by now, and the angles that a call
    /// passes.
    pub fn define(&mut self, gate: &Gate, num_controls: usize) -> Result<(Rc<str>, Angles)> {
        let key = match gate {
            Gate::Std(row, _) => Key::Row(*row, num_controls),
            Gate::PauliRotation(string, _) => Key::Rotation(letters(string), num_controls),
            Gate::Unitary(u) => Key::Data(address(u), num_controls),
            Gate::Diagonal(d) => Key::Data(address(d), num_controls),
            Gate::Permutation(p) => Key::Data(address(p), num_controls),
            Gate::Block(b) if b.definition.is_none() => {
                Key::Opaque(b.name.clone(), b.angles.len(), b.num_qubits)
            }
            Gate::Block(b) => Key::Data(address(b), num_controls),
        };
        if !self.definitions.made.contains_key(&key) {
            self.definitions.depth += 1;
            if self.definitions.depth > MAX_DEPTH {
                return Err(too_deep());
            }
            let made = self.make(gate, num_controls)?;
            self.definitions.depth -= 1;
            self.definitions.made.insert(key.clone(), made);
        }
        let made = &self.definitions.made[&key];
        let angles = match key {
            Key::Data(..) => made.passes.iter().map(|&p| Angle::from(p)).collect(),
            _ => gate.angles().iter().cloned().collect(),
        };
        Ok((made.name.clone(), angles))
    }

    fn make(&mut self, gate: &Gate, num_controls: usize) -> Result<Made> {
        let mut passes = vec![];
        // In the definition, angle k of the gate is parameter k.
        let symbols = |n: usize| (0..n).map(|k| Angle::from(Param(k as u32)));
        let (symbolic, params): (Gate, Vec<String>) = match gate {
            Gate::Std(row, _) => {
                let names = row.spec().angles;
                let gate = Gate::Std(*row, symbols(names.len()).collect());
                (gate, formal(names.iter().map(|n| n.to_string()).collect()))
            }
            Gate::PauliRotation(string, _) => {
                (Gate::PauliRotation(string.clone(), Param(0).into()), vec!["theta".into()])
            }
            Gate::Block(b) if b.definition.is_none() => return self.opaque(gate, num_controls),
            Gate::Block(_) if gate.is_parameterized() => {
                let mut used = BTreeSet::new();
                gate.try_for_each_angle(&mut |angle| {
                    used.extend(angle.terms().iter().map(|t| t.0));
                    Ok(())
                })?;
                passes = used.into_iter().collect();
                let at = |p: Param| passes.iter().position(|&q| q == p).unwrap_or(0);
                let local = |angle: &Angle| angle.map_params(|p| Param(at(p) as u32));
                // A formula is no name.
                let name = |p: &Param| match self.circuit.formula(*p) {
                    Some(_) => local_angle(0),
                    None => self.params[p.0 as usize].clone(),
                };
                let names: Vec<String> = passes.iter().map(name).collect();
                (gate.map_angles(&local), formal(names))
            }
            other => (other.clone(), vec![]),
        };
        let name = match gate {
            Gate::PauliRotation(string, _) => {
                let letters = letters(string);
                let text = letters.iter().map(|l| l.letter().to_ascii_lowercase());
                if letters.len() <= MAX_LETTERS {
                    format!("rot_{}", text.collect::<String>())
                } else {
                    "rot".to_string()
                }
            }
            other => other.name().into_owned(),
        };
        let ops = self.factors(&symbolic, num_controls)?;
        let mut text = String::new();
        if !params.is_empty() {
            text.push_str(&format!("({})", params.join(", ")));
        }
        let qubits: Vec<String> = (0..gate.num_qubits() + num_controls).map(local_qubit).collect();
        text.push_str(&format!(" {} {{\n", qubits.join(", ")));
        let place = Place::definition(params.into());
        ops.iter().try_for_each(|op| self.gate(op, &place, &mut text))?;
        text.push_str("}\n");
        let name = self.defined(format!("{}{name}", prefix(num_controls)), "gate", text);
        Ok(Made { name, passes, _keep: gate.clone() })
    }

    fn opaque(&mut self, gate: &Gate, num_controls: usize) -> Result<Made> {
        let name = gate.name().into_owned();
        let refused = |operation: String| Error::Unsupported {
            method: self.version.method(),
            operation,
            hint: "an opaque gate has no meaning; give it a definition".into(),
        };
        if self.version == Version::V3 {
            return Err(refused(format!("the opaque gate `{name}`")));
        }
        if num_controls > 0 {
            return Err(refused(format!("controls on the opaque gate `{name}`")));
        }
        let angles: Vec<String> = (0..gate.angles().len()).map(local_angle).collect();
        let qubits: Vec<String> = (0..gate.num_qubits()).map(local_qubit).collect();
        let angles = if angles.is_empty() { "".into() } else { format!("({})", angles.join(", ")) };
        let text = format!("{angles} {};\n", qubits.join(", "));
        let name = self.defined(name, "opaque", text);
        Ok(Made { name, passes: vec![], _keep: gate.clone() })
    }

    /// The name of a definition with that text after its name.
    fn defined(&mut self, wanted: String, keyword: &str, text: String) -> Rc<str> {
        let key = (wanted, text);
        if let Some(name) = self.definitions.by_text.get(&key) {
            return name.clone();
        }
        let mut name = self.names.take(&key.0);
        if is_local(&name) {
            name = self.names.take(&format!("{name}_gate"));
        }
        self.definitions.texts.push(format!("{keyword} {name}{}", key.1));
        let name: Rc<str> = name.into();
        self.definitions.by_text.insert(key, name.clone());
        name
    }

    /// A gate under positive controls as a product, on local qubits: controls first.
    pub fn factors(&mut self, gate: &Gate, num_controls: usize) -> Result<Vec<GateOp>> {
        let spellings = &self.spellings;
        let has = |row, num_controls| spellings.of(row, num_controls).is_some();
        let (method, borrowing) = (self.version.method(), &mut self.definitions.borrowing);
        rewrite::factors(gate, num_controls, method, has, borrowing)
    }
}

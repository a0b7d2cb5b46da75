//! Blocks that are the definitions which the exporter writes for gates of the table: read back,
//! they are these gates again, so that the text stays the same and no angle is lost.

use super::Exporter;
use super::dialect::Version;
use crate::gate::{Angles, Block, Control, Gate, GateOp, StdGate};
use crate::pauli::{Pauli, PauliString};
use std::collections::HashMap;
use std::sync::Arc;

/// A number of controls and what is under them.
type Meaning = (usize, Gate);

/// What blocks were found to be, by address; the blocks are kept where they are.
#[derive(Default)]
pub(super) struct Recognized(HashMap<usize, (Arc<Block>, Option<Meaning>)>);

impl<'c> Exporter<'c> {
    /// The gate and its controls, the first qubits of the block, that a block is the definition of.
    pub fn recognize(&mut self, block: &Arc<Block>) -> Option<Meaning> {
        let address = Arc::as_ptr(block) as usize;
        if let Some((_, found)) = self.recognized.0.get(&address) {
            return found.clone();
        }
        let found = meaning(block).filter(|m| self.defines(block, m));
        self.recognized.0.insert(address, (block.clone(), found.clone()));
        found
    }

    /// Whether the block's definition is the one that the exporter writes for that gate.
    fn defines(&mut self, block: &Block, (num_controls, gate): &Meaning) -> bool {
        let Some(definition) = &block.definition else { return false };
        // Only OpenQASM 2 has definitions for controls, and only OpenQASM 3 has phases in others.
        let version = if *num_controls > 0 { Version::V2 } else { Version::V3 };
        let mut expected = vec![];
        let writer = self.writer_of(version);
        let Ok(factors) = writer.factors(gate, *num_controls) else { return false };
        factors.iter().for_each(|op| writer.flatten(op, &mut expected));
        expected.len() == definition.len()
            && expected.iter().zip(definition).all(|(e, d)| self.is_same(e, d))
    }

    fn writer_of(&mut self, version: Version) -> &mut Exporter<'c> {
        if self.version == version {
            return self;
        }
        let circuit = self.circuit;
        self.other.get_or_insert_with(|| Box::new(Exporter::new(circuit, version)))
    }

    /// The gates as which one is written.
    fn flatten(&mut self, op: &GateOp, out: &mut Vec<GateOp>) {
        if self.direct(op, true).is_none()
            && let Some(simpler) = self.simplify(op, true)
        {
            return simpler.iter().for_each(|op| self.flatten(op, out));
        }
        out.push(op.clone());
    }

    fn is_same(&mut self, expected: &GateOp, got: &GateOp) -> bool {
        if expected == got {
            return true;
        }
        let Gate::Block(block) = &got.gate else { return false };
        // Only what can be the same is looked into, so that no chain of blocks is followed.
        let Some((num_controls, gate)) = meaning(block).filter(|m| m.1 == expected.gate) else {
            return false;
        };
        let (first, targets) = got.targets.split_at(num_controls);
        let first = first.iter().map(|&q| Control::on(q as usize));
        let controls = got.controls.iter().copied().chain(first);
        expected.targets[..] == *targets
            && expected.controls.iter().copied().eq(controls)
            && self.recognize(block) == Some((num_controls, gate))
    }
}

/// What a block would be by its name, its angles and its number of qubits.
fn meaning(block: &Block) -> Option<Meaning> {
    let numberless = block.name.rsplit_once('_').filter(|(_, number)| is_number(number));
    let names = [Some(block.name.as_str()), numberless.map(|(name, _)| name)];
    names.into_iter().flatten().find_map(|name| {
        let controlled = name.strip_prefix('c').and_then(|rest| rest.split_once('_'));
        let (num_controls, name) = match controlled {
            Some((number, rest)) if is_number(number) => (number.parse().ok()?, rest),
            _ => (0, name),
        };
        let gate = gate(name, &block.angles)?;
        (gate.num_qubits().checked_add(num_controls) == Some(block.num_qubits))
            .then_some((num_controls, gate))
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn gate(name: &str, angles: &Angles) -> Option<Gate> {
    if let (Some(letters), [theta]) = (name.strip_prefix("rot_"), &angles[..]) {
        let letter = |c| match c {
            'x' => Some(Pauli::X),
            'y' => Some(Pauli::Y),
            'z' => Some(Pauli::Z),
            _ => None,
        };
        let letters: Option<Vec<Pauli>> = letters.chars().map(letter).collect();
        let string = PauliString::new(letters?.into_iter().enumerate());
        return Some(Gate::PauliRotation(Arc::new(string), theta.clone()));
    }
    let row = StdGate::ALL.iter().find(|row| row.spec().name == name)?;
    (row.spec().angles.len() == angles.len()).then(|| Gate::Std(*row, angles.clone()))
}

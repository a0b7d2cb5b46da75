//! What a gate looks like: marks on wires, a box, its label and kind.

use super::label;
use super::layout::{Body, Kind, Label, Mark, Shape, bounds};
use super::place::Builder;
use crate::circuit::ChannelOp;
use crate::gate::{Form, Gate, GateOp};
use crate::noise::Form as NoiseForm;
use crate::pauli::Pauli;

impl Builder<'_> {
    /// The element of a gate; `None` for one on no qubit.
    pub fn gate(&self, g: &GateOp) -> Option<Shape> {
        g.qubits().next()?;
        let mut marks: Vec<(usize, Mark)> = g
            .controls
            .iter()
            .map(|c| (c.qubit as usize, if c.positive { Mark::Filled } else { Mark::Open }))
            .collect();
        let name = || label::gate(&g.gate, self.circuit.params());
        let on_targets = |mark: Mark| g.targets.iter().map(move |&t| (t as usize, mark));
        let kind = kind(&g.gate);
        let controlled = !marks.is_empty();
        let form = match &g.gate {
            Gate::Std(row, _) => Some(&row.spec().form),
            _ => None,
        };
        match form {
            Some(Form::Pauli([Pauli::X])) if controlled => marks.extend(on_targets(Mark::Not)),
            Some(Form::Pauli([Pauli::Z])) if controlled => marks.extend(on_targets(Mark::Filled)),
            Some(Form::Swap) => marks.extend(on_targets(Mark::Swap)),
            Some(Form::Phase(_)) if controlled => {
                marks.extend(on_targets(Mark::Filled));
                return Some(Shape { marks, tag: Some(name()), kind, ..Shape::default() });
            }
            _ if g.targets.is_empty() => {
                return Some(Shape { marks, tag: Some(name()), kind, ..Shape::default() });
            }
            _ => {
                let body = Some(self.body(g, name()));
                return Some(Shape { marks, body, kind, ..Shape::default() });
            }
        }
        Some(Shape { marks, kind, ..Shape::default() })
    }

    /// The dashed box of a noise channel.
    pub fn channel(&self, op: &ChannelOp) -> Shape {
        let ascending = op.qubits.windows(2).all(|w| w[1] == w[0] + 1);
        let symmetric = ascending || matches!(op.channel.form(), NoiseForm::Depolarizing { .. });
        let name = |k: usize| if symmetric { String::new() } else { k.to_string() };
        let mut ports: Vec<(usize, String)> =
            op.qubits.iter().enumerate().map(|(k, &q)| (q as usize, name(k))).collect();
        ports.sort_unstable();
        let (first, last) = bounds(ports.iter().map(|p| p.0)).unwrap_or((0, 0));
        let body = Body { first, last, ports, label: label::channel(&op.channel.to_string()) };
        Shape { body: Some(body), kind: Kind::Noise, ..Shape::default() }
    }

    fn body(&self, g: &GateOp, label: Label) -> Body {
        let letters: Option<Vec<Pauli>> = match &g.gate {
            Gate::Std(row, _) => match &row.spec().form {
                Form::Rotation(letters) => Some(letters.to_vec()),
                _ => None,
            },
            Gate::PauliRotation(string, _) => {
                Some((0..g.targets.len()).map(|k| string.get(k)).collect())
            }
            _ => None,
        };
        let symmetric = match &g.gate {
            Gate::Std(row, _) => row.spec().clifford.is_some_and(|images| {
                images.len() == 2 && swapped(images[0].x, images[1].x) && {
                    swapped(images[0].z, images[1].z)
                }
            }),
            _ => false,
        };
        let ascending = g.targets.windows(2).all(|w| w[1] == w[0] + 1);
        let same = |l: &Vec<Pauli>| l.windows(2).all(|w| w[0] == w[1]);
        let name = |k: usize| match &letters {
            // The letters are in the label already.
            Some(l) if same(l) && matches!(g.gate, Gate::Std(..)) => String::new(),
            Some(l) if l.len() > 1 => l[k].letter().to_string(),
            None if !ascending && !symmetric => k.to_string(),
            _ => String::new(),
        };
        let mut ports: Vec<(usize, String)> =
            g.targets.iter().enumerate().map(|(k, &t)| (t as usize, name(k))).collect();
        ports.sort_unstable();
        let (first, last) = bounds(ports.iter().map(|p| p.0)).unwrap_or((0, 0));
        Body { first, last, ports, label }
    }
}

/// By the form of a row, so that a new row has its colour.
fn kind(gate: &Gate) -> Kind {
    let row = match gate {
        Gate::Std(row, _) => row,
        Gate::PauliRotation(..) => return Kind::Rotation,
        _ => return Kind::Own,
    };
    match &row.spec().form {
        Form::Pauli(_) => Kind::Pauli,
        Form::Rotation(_) => Kind::Rotation,
        Form::Phase(_) if row.spec().clifford.is_none() => Kind::Phase,
        Form::Composite(_) if !row.spec().angles.is_empty() => Kind::Rotation,
        _ if row.spec().clifford.is_some() => Kind::Clifford,
        _ => Kind::Own,
    }
}

/// Whether two Clifford images are each other's with the targets exchanged.
fn swapped(a: &str, b: &str) -> bool {
    let split = |s: &str| (s.starts_with('-'), s.trim_start_matches('-').to_string());
    let ((minus_a, a), (minus_b, b)) = (split(a), split(b));
    minus_a == minus_b && a.chars().rev().eq(b.chars())
}

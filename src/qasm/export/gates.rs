//! Calls of gates: by a name of the header, by simpler gates, or by a definition.

use super::Exporter;
use super::dialect::{Version, has_doubtful_phase};
use super::names::local_qubit;
use crate::error::Result;
use crate::gate::{Angle, Control, Form, Gate, GateOp, StdGate, push_angle};
use crate::pauli::Pauli;
use crate::rewrite::{as_u, is_about_x, one_qubit, phase_on_a_control, simpler_rotation};
use std::fmt::Write;
use std::rc::Rc;

/// Where a statement stands.
pub(super) struct Place {
    /// Inside of a definition, whose qubits have names of their own.
    pub in_definition: bool,
    /// Names of the parameters that angles depend on.
    pub params: Rc<[String]>,
    /// What comes before each statement: spaces, a condition.
    pub lead: String,
}

impl Place {
    pub fn program(params: Rc<[String]>) -> Self {
        Place { in_definition: false, params, lead: String::new() }
    }

    pub fn definition(params: Rc<[String]>) -> Self {
        Place { in_definition: true, params, lead: "  ".into() }
    }
}

impl Exporter<'_> {
    /// The header's name of a gate with its controls, if it has one; `exact` asks for one whose
    /// global phase is beyond doubt.
    #[inline]
    pub fn direct(&self, op: &GateOp, exact: bool) -> Option<&'static str> {
        let Gate::Std(row, _) = &op.gate else { return None };
        let doubtful = exact && has_doubtful_phase(self.version, *row);
        if doubtful || !op.controls.iter().all(|c| c.positive) {
            return None;
        }
        self.spellings.of(*row, op.controls.len())
    }

    /// Writes a gate.
    pub fn gate(&mut self, op: &GateOp, place: &Place, out: &mut String) -> Result<()> {
        if let Some(name) = self.direct(op, place.in_definition) {
            self.call(&[], name, op.gate.angles(), op.qubits(), place, out);
            return Ok(());
        }
        if let Some(simpler) = self.simplify(op, place.in_definition) {
            return simpler.iter().try_for_each(|op| self.gate(op, place, out));
        }
        match self.version {
            Version::V3 => {
                let row = match &op.gate {
                    Gate::Std(row, _) => self.spellings.of(*row, 0),
                    _ => None,
                };
                if let Some(name) = row {
                    self.call(&op.controls, name, op.gate.angles(), op.qubits(), place, out);
                } else {
                    let (name, angles) = self.define(&op.gate, 0)?;
                    self.call(&op.controls, &name, &angles, op.qubits(), place, out);
                }
            }
            Version::V2 => {
                let off: Vec<usize> = op
                    .controls
                    .iter()
                    .filter_map(|c| (!c.positive).then_some(c.qubit as usize))
                    .collect();
                if !off.is_empty() {
                    let flips: Vec<GateOp> =
                        off.iter().map(|&q| GateOp::std(StdGate::X, [], [q])).collect();
                    let mut positive = op.clone();
                    positive.controls.iter_mut().for_each(|c| c.positive = true);
                    flips.iter().try_for_each(|flip| self.gate(flip, place, out))?;
                    self.gate(&positive, place, out)?;
                    return flips.iter().try_for_each(|flip| self.gate(flip, place, out));
                }
                let (name, angles) = self.define(&op.gate, op.controls.len())?;
                self.call(&[], &name, &angles, op.qubits(), place, out);
            }
        }
        Ok(())
    }

    /// The same as other gates, where these are what the language is better at; `exact` keeps a
    /// global phase.
    pub fn simplify(&mut self, op: &GateOp, exact: bool) -> Option<Vec<GateOp>> {
        let under = |gate: StdGate, angles: Vec<Angle>, targets: &[u32]| {
            let targets = targets.iter().map(|&t| t as usize);
            let mut simpler = GateOp::std(gate, angles, targets);
            simpler.controls = op.controls.clone();
            simpler
        };
        let phase = |angle: f64| Some(vec![under(StdGate::GlobalPhase, vec![angle.into()], &[])]);
        match &op.gate {
            Gate::Std(row, angles) => self.simpler_row(*row, angles, op, exact),
            Gate::PauliRotation(..) => simpler_rotation(op).map(|simpler| vec![simpler]),
            Gate::Unitary(u) if u.matrix.nrows() == 1 => phase(u.matrix[(0, 0)].arg()),
            Gate::Unitary(u) if u.matrix.nrows() == 2 => {
                let angles = one_qubit(&u.matrix).map(Angle::from);
                Some(self.general(angles, op, exact))
            }
            Gate::Diagonal(d) if d.entries.len() == 1 => phase(d.entries[0].arg()),
            Gate::Permutation(p) if p.table.len() == 1 => Some(vec![]),
            Gate::Block(b) => match self.recognize(b) {
                Some((num_controls, gate)) => {
                    let (controls, targets) = op.targets.split_at(num_controls);
                    let controls = controls.iter().map(|&q| Control::on(q as usize));
                    let controls = op.controls.iter().copied().chain(controls).collect();
                    Some(vec![GateOp { gate, targets: targets.into(), controls }])
                }
                // No definition is without qubits.
                None if b.num_qubits == 0 => op.steps(),
                None => None,
            },
            _ => None,
        }
    }

    fn simpler_row(
        &self,
        row: StdGate,
        angles: &[Angle],
        op: &GateOp,
        exact: bool,
    ) -> Option<Vec<GateOp>> {
        let (num_controls, spec) = (op.controls.len(), row.spec());
        match &spec.form {
            Form::Pauli([Pauli::I]) if num_controls > 0 => Some(vec![]),
            Form::Phase(map) if spec.num_qubits == 0 => match self.version {
                Version::V2 if num_controls == 0 => Some(vec![]),
                // A modifier says that a control is negative, X before and after do not.
                Version::V3 if !op.controls.iter().any(|c| c.positive) => None,
                _ => Some(phase_on_a_control(map.of(angles), &op.controls)),
            },
            Form::Phase(map)
                if self.version == Version::V2 && num_controls > 0 && row != StdGate::P =>
            {
                let gate = GateOp::std(StdGate::P, [map.of(angles)], []).gate;
                Some(vec![GateOp { gate, ..op.clone() }])
            }
            Form::Composite(_) if spec.num_qubits == 1 => {
                // With a modifier or without, the header's name says it.
                let by_name = match self.version {
                    Version::V2 => self.spellings.of(row, num_controls),
                    Version::V3 => self.spellings.of(row, 0),
                };
                let doubtful = has_doubtful_phase(self.version, row);
                if by_name.is_some() && !doubtful {
                    return None;
                }
                // What `general` is made of.
                let one_control = matches!(op.controls[..], [Control { positive: true, .. }]);
                if self.version == Version::V2 && row == StdGate::U3 && !one_control {
                    return None;
                }
                if is_about_x(row) {
                    return None;
                }
                Some(self.general(as_u(&op.gate)?, op, exact))
            }
            _ => None,
        }
    }

    /// e^{iγ}·P(φ)·RY(θ)·P(λ) under the controls of `op`, by the rows that both headers have.
    fn general(
        &self,
        [theta, phi, lambda, gamma]: [Angle; 4],
        op: &GateOp,
        exact: bool,
    ) -> Vec<GateOp> {
        let under = |gate: StdGate, angles: Vec<Angle>, targets: &[u32]| {
            let targets = targets.iter().map(|&t| t as usize);
            let mut simpler = GateOp::std(gate, angles, targets);
            simpler.controls = op.controls.clone();
            simpler
        };
        if let [control] = op.controls[..]
            && control.positive
        {
            return vec![under(StdGate::PhasedU, vec![theta, phi, lambda, gamma], &op.targets)];
        }
        let is_zero = |angle: &Angle| angle.fixed() == Some(0.0);
        if self.version == Version::V3 && (exact || !op.controls.is_empty()) {
            let mut ops = vec![
                under(StdGate::P, vec![lambda], &op.targets),
                under(StdGate::RY, vec![theta], &op.targets),
                under(StdGate::P, vec![phi], &op.targets),
                under(StdGate::GlobalPhase, vec![gamma], &[]),
            ];
            ops.retain(|op| !is_zero(&op.gate.angles()[0]));
            return ops;
        }
        let phase = gamma + (phi.clone() + lambda.clone()) / 2.0;
        let mut ops = vec![under(StdGate::U3, vec![theta, phi, lambda], &op.targets)];
        if (exact || !op.controls.is_empty()) && !is_zero(&phase) {
            ops.push(under(StdGate::GlobalPhase, vec![phase], &[]));
        }
        ops
    }

    /// Writes `name(angles) qubits;` with modifiers for those controls.
    pub fn call(
        &self,
        controls: &[Control],
        name: &str,
        angles: &[Angle],
        qubits: impl Iterator<Item = u32>,
        place: &Place,
        out: &mut String,
    ) {
        out.push_str(&place.lead);
        for run in controls.chunk_by(|a, b| a.positive == b.positive) {
            out.push_str(if run[0].positive { "ctrl" } else { "negctrl" });
            match run.len() {
                1 => out.push_str(" @ "),
                n => drop(write!(out, "({n}) @ ")),
            }
        }
        out.push_str(name);
        for (k, angle) in angles.iter().enumerate() {
            out.push_str(if k == 0 { "(" } else { ", " });
            push_angle(angle, &place.params, out);
        }
        if !angles.is_empty() {
            out.push(')');
        }
        self.operands(qubits, place, out);
        out.push_str(";\n");
    }

    /// Writes qubits, each after a space.
    pub fn operands(&self, qubits: impl Iterator<Item = u32>, place: &Place, out: &mut String) {
        for (k, qubit) in qubits.enumerate() {
            out.push_str(if k == 0 { " " } else { ", " });
            if place.in_definition {
                out.push_str(&local_qubit(qubit as usize));
            } else {
                self.qubits.push_bit(qubit as usize, out);
            }
        }
    }
}

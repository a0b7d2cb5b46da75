//! Circuits in a basis: each gate by simpler ones until all are in it.

use super::basis::Basis;
use super::body::with_bodies;
use super::controlled::{ecr_as_cx, phase_on_a_control};
use super::factors::{MAX_DEPTH, factors, opaque, too_deep};
use super::global_phase::PhaseSum;
use super::multi_controlled::{
    Borrowing, MAX_GRAY_PHASE, MAX_GRAY_X, phase, phase_by_parities, rotation_by_parities,
};
use super::one_qubit::{as_u, is_about_x, one_qubit};
use super::rotation::{by_pair_row, simpler_rotation, zz_phase};
use super::turns::turns;
use crate::circuit::{Circuit, Op};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Form, Gate, GateOp, StdGate};
use crate::math;
use crate::pauli::Pauli;
use std::f64::consts::PI;

/// How errors call what is done here.
const METHOD: &str = "writing a circuit in a basis";

/// The same circuit with gates of the basis alone, and a global phase at the end of it, where it
/// has one, and of each body of a branch or a loop. Matrices are equal with their phases, angles
/// stay linear in the parameters, everything that is no gate stays as it is. No qubits are added.
///
/// A gate on one qubit becomes at most five where the basis has turns by any angle: one about Y
/// between two about Z, by what it has for them. Of the gates on two qubits one is enough in the basis: `cx`, `cz`, `cp`, `ecr`,
/// or a rotation `rzz`, `rxx`, `ryy` or `rzx`. Counts of gates that come out are not minimal; in
/// CX, where the basis has no Toffoli gate: X under k ≤ 8 controls takes 2^(k+1) - 2, a rotation
/// 2^k, and from there on the numbers are quadratic in k.
///
/// # Errors
/// [`Error::Unsupported`] for opaque gates, for diagonals and oracles on more than 16 qubits, other
/// permutations on more than 12 and matrices on more than 6, and for what these gates cannot say:
/// an angle that is no multiple of π/4 in `clifford-t`, an entangling gate in `h,rz`. If blocks are
/// nested more than 200 deep, or there is no memory for the gates.
///
/// ```
/// use ketlab::rewrite::{Basis, to_basis};
/// use ketlab::Circuit;
/// let mut c = Circuit::new(3);
/// let theta = c.param("theta");
/// c.h(0).rzz(2.0 * theta, 0, 1).ccx(0, 1, 2);
/// let written = to_basis(&c, &Basis::named("ibm-cx")?)?;
/// assert_eq!(written.count_ops()["cx"], 2 + 6);
/// let (a, b) = (c.bind(&[("theta", 0.3)])?.matrix()?, written.bind(&[("theta", 0.3)])?.matrix()?);
/// assert!((a - b).norm() < 1e-13);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn to_basis(circuit: &Circuit, basis: &Basis) -> Result<Circuit> {
    let mut rewriting = ToBasis { basis, borrowing: Borrowing::default(), depth: 0 };
    Ok(circuit.with_ops(rewriting.body(circuit.ops())?))
}

struct ToBasis<'b> {
    basis: &'b Basis,
    borrowing: Borrowing,
    depth: usize,
}

/// What a body becomes.
#[derive(Default)]
struct Written {
    ops: Vec<Op>,
    phase: PhaseSum,
}

impl Written {
    fn push(&mut self, op: Op) -> Result<()> {
        let hint = "write it in a larger basis, or make the circuit smaller";
        math::push(&mut self.ops, op, "the list of operations of a circuit", hint)
    }
}

impl ToBasis<'_> {
    fn body(&mut self, ops: &[Op]) -> Result<Vec<Op>> {
        let mut written = Written::default();
        for op in ops {
            match op {
                Op::Gate(gate) => self.gate(gate, &mut written)?,
                other => written.push(with_bodies(other, &mut |body| self.body(body))?)?,
            }
        }
        if let Some(phase) = written.phase.gate() {
            written.push(Op::Gate(phase))?;
        }
        Ok(written.ops)
    }

    fn gate(&mut self, op: &GateOp, written: &mut Written) -> Result<()> {
        if let (Gate::Std(StdGate::GlobalPhase, angles), true) = (&op.gate, op.controls.is_empty())
        {
            written.phase.add(&angles[0]);
            return Ok(());
        }
        if self.basis.contains_op(op) {
            return written.push(Op::Gate(op.clone()));
        }
        let off = op.controls.iter().filter(|c| !c.positive);
        let flips: Vec<GateOp> =
            off.map(|c| GateOp::std(StdGate::X, [], [c.qubit as usize])).collect();
        let mut positive = op.clone();
        positive.controls.iter_mut().for_each(|c| c.positive = true);
        if !flips.is_empty() {
            flips.iter().try_for_each(|flip| self.gate(flip, written))?;
            self.gate(&positive, written)?;
            return flips.iter().try_for_each(|flip| self.gate(flip, written));
        }
        let nested = usize::from(matches!(op.gate, Gate::Block(_)));
        if self.depth + nested > MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += nested;
        let simpler = self.simpler(&positive)?;
        simpler.iter().try_for_each(|op| self.gate(op, written))?;
        self.depth -= nested;
        Ok(())
    }

    fn has(&self, gate: StdGate, num_controls: usize) -> bool {
        self.basis.contains(gate, num_controls)
    }

    /// The same as a product of gates that are nearer to the basis.
    fn simpler(&mut self, op: &GateOp) -> Result<Vec<GateOp>> {
        let phase = |angle: f64| vec![under(op, StdGate::GlobalPhase, [angle.into()], [])];
        Ok(match &op.gate {
            Gate::Std(row, angles) => return self.row(*row, angles, op),
            Gate::Unitary(u) if u.matrix.nrows() == 1 => phase(u.matrix[(0, 0)].arg()),
            Gate::Unitary(u) if u.matrix.nrows() == 2 => {
                return self.general(one_qubit(&u.matrix).map(Angle::from), op);
            }
            Gate::Diagonal(d) if d.entries.len() == 1 => phase(d.entries[0].arg()),
            Gate::Permutation(p) if p.table.len() == 1 => vec![],
            Gate::Block(b) if b.definition.is_none() => return Err(opaque(METHOD, &b.name)),
            Gate::PauliRotation(..) => match simpler_rotation(op) {
                Some(simpler) => vec![simpler],
                None => return self.factors(op),
            },
            _ => return self.factors(op),
        })
    }

    fn factors(&mut self, op: &GateOp) -> Result<Vec<GateOp>> {
        let (basis, borrowing) = (self.basis, &mut self.borrowing);
        let has = |gate, num_controls| basis.contains(gate, num_controls);
        let ops = factors(&op.gate, op.controls.len(), METHOD, has, borrowing)?;
        Ok(placed(ops, op))
    }

    fn row(&mut self, row: StdGate, angles: &[Angle], op: &GateOp) -> Result<Vec<GateOp>> {
        let (num_controls, spec) = (op.controls.len(), row.spec());
        if num_controls == 0
            && spec.num_qubits == 1
            && let Some(angles) = as_u(&op.gate)
        {
            return self.general(angles, op);
        }
        match &spec.form {
            Form::Pauli([Pauli::I]) => Ok(vec![]),
            Form::Pauli([Pauli::X]) => self.controlled_x(op),
            Form::Pauli([Pauli::Z]) if num_controls == 1 && self.has(StdGate::Ecr, 0) => {
                Ok(conjugated(StdGate::H, under(op, StdGate::X, [], targets(op))))
            }
            Form::Phase(map) if spec.num_qubits == 0 => {
                Ok(phase_on_a_control(map.of(angles), &op.controls))
            }
            Form::Phase(map) if row != StdGate::P => {
                Ok(vec![under(op, StdGate::P, [map.of(angles)], targets(op))])
            }
            Form::Phase(_) => self.controlled_phase(&angles[0], op),
            Form::Composite(_) if spec.num_qubits == 1 && !is_about_x(row) => {
                match as_u(&op.gate) {
                    Some(angles) if row != StdGate::U3 || self.as_phased_u(op) => {
                        self.general(angles, op)
                    }
                    _ => self.factors(op),
                }
            }
            Form::Rotation([Pauli::Y | Pauli::Z])
                if num_controls <= MAX_GRAY_PHASE && !self.has_toffoli() =>
            {
                Ok(placed(rotation_by_parities(row, &angles[0], num_controls), op))
            }
            Form::Rotation([a, b]) if num_controls == 0 && !self.has_toffoli() => {
                match self.pair_row() {
                    Some(pair) => Ok(placed(by_pair_row([*a, *b], pair, &angles[0]), op)),
                    None => self.factors(op),
                }
            }
            _ => self.factors(op),
        }
    }

    /// Whether the basis is like OpenQASM's headers: written in products of CX and Toffoli gates,
    /// as the export does, by which estimators' circuits are counted.
    fn has_toffoli(&self) -> bool {
        self.has(StdGate::X, 2)
    }

    /// A rotation of the basis by two letters.
    fn pair_row(&self) -> Option<StdGate> {
        let rows = [StdGate::RZZ, StdGate::RXX, StdGate::RYY, StdGate::RZX];
        rows.into_iter().find(|&row| self.has(row, 0))
    }

    /// X under at least one control.
    fn controlled_x(&mut self, op: &GateOp) -> Result<Vec<GateOp>> {
        let num_controls = op.controls.len();
        if num_controls == 1 && !self.has(StdGate::Z, 1) && self.has(StdGate::Ecr, 0) {
            return Ok(placed(ecr_as_cx(), op));
        }
        let core = match self.has(StdGate::Z, num_controls) {
            true => under(op, StdGate::Z, [], targets(op)),
            false => under(op, StdGate::P, [PI.into()], targets(op)),
        };
        Ok(conjugated(StdGate::H, core))
    }

    /// P(λ) under at least one control.
    fn controlled_phase(&mut self, lambda: &Angle, op: &GateOp) -> Result<Vec<GateOp>> {
        let num_controls = op.controls.len();
        let by_one_control = [(StdGate::X, 1), (StdGate::Z, 1), (StdGate::Ecr, 0)];
        let by_one_control = by_one_control.into_iter().any(|(row, k)| self.has(row, k));
        if num_controls == 1 {
            let is_z = lambda.fixed().is_some_and(|l| l.abs() == PI);
            return match self.pair_row() {
                _ if is_z && by_one_control => Ok(vec![under(op, StdGate::Z, [], targets(op))]),
                Some(_) => Ok(placed(zz_phase(lambda), op)),
                None if by_one_control || self.has(StdGate::P, 1) => {
                    Ok(placed(phase_by_parities(lambda, 1), op))
                }
                None => Err(Error::Unsupported {
                    method: METHOD,
                    operation: format!("an entangling gate by `{}`", self.basis),
                    hint: "the basis needs one of cx, cz, cp, ecr, rzz, rxx, ryy and rzx".into(),
                }),
            };
        }
        if self.has_toffoli() {
            return self.factors(op);
        }
        if num_controls <= MAX_GRAY_PHASE {
            return Ok(placed(phase_by_parities(lambda, num_controls), op));
        }
        let ops = phase(lambda, num_controls, |m, borrowed| match m <= MAX_GRAY_X {
            true => GateOp::std(StdGate::X, [], [m]).controlled((0..m).map(Control::on)),
            false => self.borrowing.x(m, borrowed),
        });
        Ok(placed(ops, op))
    }

    /// Whether one gate of the basis is any gate on one qubit under those controls.
    fn as_phased_u(&self, op: &GateOp) -> bool {
        op.controls.len() == 1 && self.has(StdGate::PhasedU, 1)
    }

    /// e^{iγ}·P(φ)·RY(θ)·P(λ) under the controls of `op`, on its target.
    fn general(&self, angles: [Angle; 4], op: &GateOp) -> Result<Vec<GateOp>> {
        let target = op.targets[0] as usize;
        if op.controls.is_empty() {
            return turns(self.basis, angles, target).ok_or_else(|| Error::Unsupported {
                method: METHOD,
                operation: format!("`{}` by `{}`", op.gate.name(), self.basis),
                hint: "the basis needs u, or a rotation rz or p beside one of ry, rx, sx and h; \
                       without rotations angles must be multiples of π/4"
                    .into(),
            });
        }
        if self.as_phased_u(op) {
            return Ok(vec![under(op, StdGate::PhasedU, angles, [target])]);
        }
        let [theta, phi, lambda, gamma] = angles;
        let phase = gamma + (phi.clone() + lambda.clone()) / 2.0;
        let mut ops = vec![under(op, StdGate::U3, [theta, phi, lambda], [target])];
        if phase.fixed() != Some(0.0) {
            ops.push(under(op, StdGate::GlobalPhase, [phase], []));
        }
        Ok(ops)
    }
}

/// A row under the controls of a gate.
fn under<const A: usize, const T: usize>(
    op: &GateOp,
    gate: StdGate,
    angles: [Angle; A],
    targets: [usize; T],
) -> GateOp {
    GateOp { controls: op.controls.clone(), ..GateOp::std(gate, angles, targets) }
}

/// The target of a gate on one.
fn targets(op: &GateOp) -> [usize; 1] {
    [op.targets[0] as usize]
}

/// A gate on one target between another and itself.
fn conjugated(by: StdGate, core: GateOp) -> Vec<GateOp> {
    let around = GateOp::std(by, [], targets(&core));
    vec![around.clone(), core, around]
}

/// A product on local qubits, controls first, on the qubits of a gate.
fn placed(ops: Vec<GateOp>, op: &GateOp) -> Vec<GateOp> {
    let qubits: Vec<u32> = op.qubits().collect();
    ops.iter().map(|local| local.map_qubits(|q| qubits[q as usize])).collect()
}

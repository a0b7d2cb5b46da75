//! Circuits as products of rotations by Pauli strings.

use super::NOTHING;
use super::body::with_bodies;
use super::diagonal::{MAX_DIAGONAL_QUBITS, walsh_coefficients};
use super::factors::{MAX_DEPTH, factors, opaque, too_deep};
use super::global_phase::PhaseSum;
use super::multi_controlled::Borrowing;
use super::one_qubit::one_qubit;
use crate::circuit::{Circuit, Op};
use crate::error::{Error, Result};
use crate::gate::{Angle, Control, Form, Gate, GateOp, StdGate};
use crate::math;
use crate::pauli::{Pauli, PauliString};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// How errors call what is done here.
const METHOD: &str = "writing a circuit in Pauli rotations";

/// The same circuit with rotations exp(-iθP/2) by Pauli strings for gates, and a global phase at
/// the end of it, where it has one, and of each body of a branch or a loop. Matrices are equal with
/// their phases, angles stay linear in the parameters, everything that is no gate stays as it is.
///
/// A Pauli matrix is the rotation by π and a phase, a phase on n qubits 2^n - 1 rotations by strings
/// of Z, and k controls make 2^k rotations of one: the projector on a control is (1 - Z)/2. Blocks,
/// matrices and permutations are what their factors are.
///
/// # Errors
/// [`Error::Unsupported`] for opaque gates, more than 16 controls, and matrices and tables that are
/// too large, as [`to_basis`](super::to_basis). If blocks are nested more than 200 deep, or there
/// is no memory for the rotations.
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::rewrite::to_pauli_rotations;
/// let mut c = Circuit::new(2);
/// c.s(0).cx(0, 1);
/// let rotations = to_pauli_rotations(&c)?;
/// // exp(-iπ/4 Z0) · exp(-iπ/4 Z0) exp(-iπ/4 X1) exp(iπ/4 Z0 X1), and a phase.
/// assert_eq!(rotations.count_ops()["pauli_rotation"], 4);
/// assert!((c.matrix()? - rotations.matrix()?).norm() < 1e-14);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub fn to_pauli_rotations(circuit: &Circuit) -> Result<Circuit> {
    Ok(circuit.with_ops(body(circuit.ops())?))
}

fn body(ops: &[Op]) -> Result<Vec<Op>> {
    let mut written = Written { ops: vec![], phase: PhaseSum::default(), depth: 0 };
    for op in ops {
        match op {
            Op::Gate(gate) => written.gate(gate)?,
            other => written.push(with_bodies(other, &mut body)?)?,
        }
    }
    if let Some(phase) = written.phase.gate() {
        written.push(Op::Gate(phase))?;
    }
    Ok(written.ops)
}

/// What a body becomes.
struct Written {
    ops: Vec<Op>,
    phase: PhaseSum,
    depth: usize,
}

impl Written {
    fn push(&mut self, op: Op) -> Result<()> {
        let hint = "make the circuit smaller";
        math::push(&mut self.ops, op, "the list of operations of a circuit", hint)
    }

    fn gate(&mut self, op: &GateOp) -> Result<()> {
        let on_targets = |letters: &[Pauli]| {
            letters.iter().zip(&op.targets).map(|(l, &t)| (t as usize, *l)).collect::<Vec<_>>()
        };
        match &op.gate {
            Gate::Std(row, angles) => match &row.spec().form {
                Form::Phase(map) => {
                    let all = op.targets.iter().map(|&t| Control::on(t as usize));
                    let all: Vec<Control> = op.controls.iter().copied().chain(all).collect();
                    self.under(&[], &(map.of(angles) * -2.0), &all)
                }
                Form::Pauli([Pauli::I]) => Ok(()),
                // P = i·exp(-iπP/2).
                Form::Pauli(letters) => {
                    self.under(&on_targets(letters), &PI.into(), &op.controls)?;
                    self.phase_under(FRAC_PI_2, &op.controls)
                }
                Form::Rotation(letters) => {
                    self.under(&on_targets(letters), &angles[0], &op.controls)
                }
                // (1 + XX + YY + ZZ)/2 = e^{-iπ/4}·exp(iπ(XX + YY + ZZ)/4).
                Form::Swap => {
                    for letter in [Pauli::X, Pauli::Y, Pauli::Z] {
                        let letters = on_targets(&[letter, letter]);
                        self.under(&letters, &Angle::Fixed(-FRAC_PI_2), &op.controls)?;
                    }
                    self.phase_under(-FRAC_PI_4, &op.controls)
                }
                Form::Composite(_) => self.all(&op.steps().unwrap_or_default()),
            },
            Gate::PauliRotation(string, theta) => {
                let letters: Vec<_> =
                    string.iter().map(|(k, l)| (op.targets[k] as usize, l)).collect();
                self.under(&letters, theta, &op.controls)
            }
            Gate::Diagonal(d) if op.targets.len() <= MAX_DIAGONAL_QUBITS => {
                let all_z = vec![Pauli::Z; op.targets.len()];
                for (mask, c) in walsh_coefficients(&d.entries).into_iter().enumerate() {
                    if c.abs() >= NOTHING {
                        let mut letters = on_targets(&all_z);
                        let mut k = 0..;
                        letters.retain(|_| mask >> k.next().unwrap_or(0) & 1 == 1);
                        self.under(&letters, &Angle::Fixed(-2.0 * c), &op.controls)?;
                    }
                }
                Ok(())
            }
            Gate::Unitary(u) if u.matrix.nrows() == 2 => {
                let angles = one_qubit(&u.matrix).map(Angle::from);
                let row = GateOp::std(StdGate::PhasedU, angles, [op.targets[0] as usize]);
                self.gate(&GateOp { controls: op.controls.clone(), ..row })
            }
            Gate::Block(b) if b.definition.is_none() => Err(opaque(METHOD, &b.name)),
            Gate::Block(_) => {
                if self.depth == MAX_DEPTH {
                    return Err(too_deep());
                }
                self.depth += 1;
                self.all(&op.steps().unwrap_or_default())?;
                self.depth -= 1;
                Ok(())
            }
            Gate::Unitary(_) | Gate::Permutation(_) | Gate::Diagonal(_) => {
                let none = &mut Borrowing::default();
                let product = factors(&op.gate, 0, METHOD, |_, _| true, none)?;
                for local in product {
                    let mut placed = local.map_qubits(|q| op.targets[q as usize]);
                    placed.controls.extend(op.controls.iter().copied());
                    self.gate(&placed)?;
                }
                Ok(())
            }
        }
    }

    fn all(&mut self, ops: &[GateOp]) -> Result<()> {
        ops.iter().try_for_each(|op| self.gate(op))
    }

    /// e^{iγ} where all controls hold: the rotation by -2γ about the string without letters.
    fn phase_under(&mut self, gamma: f64, controls: &[Control]) -> Result<()> {
        self.under(&[], &Angle::Fixed(-2.0 * gamma), controls)
    }

    /// exp(-iθP/2) under controls: the product over sets of controls, P times Z on each, by θ/2^k
    /// and a sign, since (1 - Z)/2 projects on 1 and (1 + Z)/2 on 0.
    fn under(
        &mut self,
        letters: &[(usize, Pauli)],
        theta: &Angle,
        controls: &[Control],
    ) -> Result<()> {
        let k = controls.len();
        if k > MAX_DIAGONAL_QUBITS {
            return Err(Error::Unsupported {
                method: METHOD,
                operation: format!("a gate under {k} controls, which is 2^{k} rotations"),
                hint: format!("at most {MAX_DIAGONAL_QUBITS} controls are written out"),
            });
        }
        let share = theta.clone() / (1u64 << k) as f64;
        if share.fixed() == Some(0.0) {
            return Ok(());
        }
        for set in 0..1usize << k {
            let chosen = || (0..k).filter(|j| set >> j & 1 == 1).map(|j| controls[j]);
            let negative = chosen().filter(|c| c.positive).count() % 2 == 1;
            let theta = if negative { -share.clone() } else { share.clone() };
            let z = chosen().map(|c| (c.qubit as usize, Pauli::Z));
            let string = PauliString::try_new(letters.iter().copied().chain(z))?;
            if string.is_identity() {
                self.phase.add(&(theta / -2.0));
            } else {
                self.push(Op::Gate(GateOp::pauli_rotation(&string, theta)))?;
            }
        }
        Ok(())
    }
}

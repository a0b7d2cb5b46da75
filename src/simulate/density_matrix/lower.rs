//! Gates and channels → actions on the bits of rows and columns.
//!
//! What acts on one qubit waits for more, so that channels on a qubit and the gates between them are
//! one matrix on two bits; gates without a channel stay gates, which the planner does faster.

use super::superoperator::{self as so, Matrix4};
use crate::circuit::ChannelOp;
use crate::engine::{Action, ControlMask, Kind, PauliMask, Scalar};
use crate::error::{Error, Result};
use crate::math::push;
use crate::noise::{Form, PauliChannel};
use num_complex::Complex64;
use smallvec::SmallVec;
use std::f64::consts::FRAC_PI_2;

const WHAT: &str = "the list of the actions of a circuit";
const HINT: &str = "simulate fewer gates at once";

/// Most qubits of a channel that is a matrix: 16^k entries, 16 MiB.
const MOST_DENSE: usize = 5;
/// Most qubits of a Pauli channel: 4^k factors, 16 MiB.
const MOST_PAULI: usize = 10;
/// From this many qubits on depolarizing is a part of its own: a sweep over memory, which is less
/// than a matrix on 2k bits.
const MIXED_FROM: usize = 2;

const ZERO: Complex64 = Complex64::ZERO;
const ONE: Complex64 = Complex64::ONE;

/// What is done without a look at the classical bits.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Actions on 2n bits, without slots.
    Actions(Vec<Action>),
    /// Depolarizing on some qubits.
    Depolarize { qubits: Vec<usize>, lambda: f64 },
}

/// Collects gates and channels.
pub(super) struct Lowering {
    num_qubits: usize,
    parts: Vec<Part>,
    actions: Vec<Action>,
    /// What waits on each qubit.
    waiting: Vec<Waiting>,
}

/// Gates on one qubit and, from the first channel on, all of them as one matrix.
#[derive(Debug, Clone, Default)]
struct Waiting {
    gates: Vec<(Action, [Complex64; 4])>,
    matrix: Option<Matrix4>,
}

impl Lowering {
    pub fn new(num_qubits: usize) -> Self {
        Lowering {
            num_qubits,
            parts: Vec::new(),
            actions: Vec::new(),
            waiting: vec![Waiting::default(); num_qubits],
        }
    }

    /// All that was added.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn finish(mut self) -> Result<Vec<Part>> {
        self.flush_all()?;
        self.end_actions();
        Ok(self.parts)
    }

    /// Adds a unitary action without slots.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn gate(&mut self, action: &Action) -> Result<()> {
        let support = action.kind.support() | action.controls.mask;
        if support == 0 {
            // A phase of all amplitudes is none of ρ.
            return Ok(());
        }
        if let Some((qubit, matrix)) = on_one_qubit(action) {
            let waiting = &mut self.waiting[qubit];
            match &mut waiting.matrix {
                Some(m) => *m = so::product(&so::of_gate(&matrix), m),
                None => push(&mut waiting.gates, (action.clone(), matrix), WHAT, HINT)?,
            }
            return Ok(());
        }
        self.flush(support)?;
        self.both(action)
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it is on too many qubits; if there is no memory for it.
    pub fn channel(&mut self, op: &ChannelOp) -> Result<()> {
        let channel = &*op.channel;
        let k = channel.num_qubits();
        if let &[qubit] = &op.qubits[..] {
            let matrix = so::of_channel(channel).try_into().expect("one qubit has 4×4");
            let waiting = &mut self.waiting[qubit as usize];
            let gates = std::mem::take(&mut waiting.gates);
            let before = match waiting.matrix {
                Some(before) => Some(before),
                None => gates
                    .iter()
                    .map(|(_, matrix)| so::of_gate(matrix))
                    .reduce(|before, gate| so::product(&gate, &before)),
            };
            waiting.matrix = Some(before.map_or(matrix, |before| so::product(&matrix, &before)));
            return Ok(());
        }
        self.flush(op.qubits.iter().fold(0, |mask, q| mask | 1 << q))?;
        match channel.form() {
            Form::Depolarizing { lambda } if k >= MIXED_FROM => {
                self.end_actions();
                let qubits = op.qubits.iter().map(|q| *q as usize).collect();
                push(&mut self.parts, Part::Depolarize { qubits, lambda: *lambda }, WHAT, HINT)
            }
            Form::Pauli(pauli) if k <= MOST_PAULI => self.pauli_channel(pauli, &op.qubits),
            Form::Pauli(_) => Err(too_many(op, MOST_PAULI)),
            _ if k <= MOST_DENSE => {
                let matrix = so::of_channel(channel);
                let targets = self.targets(&op.qubits);
                self.superoperator(targets, &matrix)
            }
            _ => Err(too_many(op, MOST_DENSE)),
        }
    }

    /// A Pauli channel multiplies each Pauli string by a number. On the bits of row and column of
    /// each qubit, controlled X from the row's and H on the row's lead to a basis of strings: Z or Y
    /// where the row's bit is 1, X or Y where the column's is.
    fn pauli_channel(&mut self, pauli: &PauliChannel, qubits: &[u32]) -> Result<()> {
        let k = qubits.len();
        let n = self.num_qubits as u32;
        let targets = self.targets(qubits);
        let values = so::pauli_eigenvalues(pauli);
        let dephases = pauli.errors().iter().all(|(letters, _)| so::masks(k, *letters).0 == 0);
        if dephases {
            // Only X and Y of a string count, which are where row and column differ.
            let entry = |at: usize| {
                let (row, column) = (at & ((1 << k) - 1), at >> k);
                Complex64::from(values[(row ^ column) << k])
            };
            let entries = (0..values.len()).map(entry).collect();
            return self.push(Action::new(Kind::Diagonal { targets, entries }));
        }
        let flip = |q: u32| {
            let x = PauliMask { x: 1 << (q + n), z: 0 };
            Action::new(Kind::Pauli(x)).controlled(ControlMask { mask: 1 << q, value: 1 << q })
        };
        // exp(-iθY/2) for θ = ±π/2 leads as well, up to signs that the way back takes away.
        let turn = |q: u32, theta| {
            Action::new(Kind::Rotation(PauliMask { x: 1 << q, z: 1 << q }, Scalar::Const(theta)))
        };
        for &q in qubits {
            self.push(flip(q))?;
            self.push(turn(q, -FRAC_PI_2))?;
        }
        let entries = values.into_iter().map(Complex64::from).collect();
        self.push(Action::new(Kind::Diagonal { targets, entries }))?;
        for &q in qubits {
            self.push(turn(q, FRAC_PI_2))?;
            self.push(flip(q))?;
        }
        Ok(())
    }

    /// The bits of the rows of some qubits and, behind them, those of the columns.
    fn targets(&self, qubits: &[u32]) -> SmallVec<[u32; 4]> {
        let columns = qubits.iter().map(|q| q + self.num_qubits as u32);
        qubits.iter().copied().chain(columns).collect()
    }

    /// A matrix on the entries of ρ.
    fn superoperator(&mut self, targets: SmallVec<[u32; 4]>, matrix: &[Complex64]) -> Result<()> {
        self.push(Action::new(match so::diagonal(matrix) {
            Some(entries) => Kind::Diagonal { targets, entries: entries.into() },
            None => Kind::Dense { targets, matrix: matrix.into() },
        }))
    }

    /// A matrix on the entries of one qubit: where it is one of real numbers between two phases, these
    /// go to other phases, and the rest is half the work.
    fn on_one(&mut self, qubit: u32, matrix: &Matrix4) -> Result<()> {
        let targets = self.targets(&[qubit]);
        let real = so::diagonal(matrix).is_none().then(|| so::between_phases(matrix)).flatten();
        let Some((before, real, after)) = real else {
            return self.superoperator(targets, matrix);
        };
        self.phase(qubit, before)?;
        self.superoperator(targets, &real)?;
        self.phase(qubit, after)
    }

    /// diag(1, e^{iλ}) on a qubit.
    fn phase(&mut self, qubit: u32, lambda: f64) -> Result<()> {
        if lambda == 0.0 {
            return Ok(());
        }
        let one = ControlMask { mask: 1 << qubit, value: 1 << qubit };
        self.both(&Action::new(Kind::Phase(Scalar::Const(lambda))).controlled(one))
    }

    /// A unitary on the rows, and its conjugate on the columns.
    fn both(&mut self, action: &Action) -> Result<()> {
        self.push(action.clone())?;
        let conjugate = action.conjugate(|_| unreachable!("angles are constants"));
        conjugate.into_iter().try_for_each(|a| self.push(a.shifted(self.num_qubits as u32)))
    }

    /// Does what waits on some qubits.
    fn flush(&mut self, qubits: u64) -> Result<()> {
        let mut left = qubits;
        while left != 0 {
            let qubit = left.trailing_zeros();
            left &= left - 1;
            let Waiting { gates, matrix } = std::mem::take(&mut self.waiting[qubit as usize]);
            if let Some(matrix) = matrix {
                self.on_one(qubit, &matrix)?;
            }
            gates.iter().try_for_each(|(action, _)| self.both(action))?;
        }
        Ok(())
    }

    fn flush_all(&mut self) -> Result<()> {
        self.flush((1 << self.num_qubits) - 1)
    }

    fn push(&mut self, action: Action) -> Result<()> {
        push(&mut self.actions, action, WHAT, HINT)
    }

    fn end_actions(&mut self) {
        if !self.actions.is_empty() {
            self.parts.push(Part::Actions(std::mem::take(&mut self.actions)));
        }
    }
}

/// The qubit and the matrix of an action on one qubit alone.
fn on_one_qubit(action: &Action) -> Option<(usize, [Complex64; 4])> {
    let Action { kind, controls } = action;
    let angle = |scalar: &Scalar| scalar.value(&[]);
    if let Kind::Phase(lambda) = kind {
        let on = (controls.mask.count_ones() == 1).then(|| controls.mask.trailing_zeros())?;
        let phase = Complex64::cis(angle(lambda));
        let (zero, one) = if controls.value == 0 { (phase, ONE) } else { (ONE, phase) };
        return Some((on as usize, [zero, ZERO, ZERO, one]));
    }
    let support = kind.support();
    if controls.mask != 0 || support.count_ones() != 1 {
        return None;
    }
    let pauli = |p: &PauliMask| match (p.x != 0, p.z != 0) {
        (true, false) => [ZERO, ONE, ONE, ZERO],
        (true, true) => [ZERO, -Complex64::I, Complex64::I, ZERO],
        _ => [ONE, ZERO, ZERO, -ONE],
    };
    let matrix = match kind {
        Kind::Pauli(p) => pauli(p),
        Kind::Rotation(p, theta) => {
            let (sin, cos) = (0.5 * angle(theta)).sin_cos();
            let mut matrix = pauli(p).map(|z| z * Complex64::new(0.0, -sin));
            matrix[0] += cos;
            matrix[3] += cos;
            matrix
        }
        Kind::Dense1 { matrix, .. } => *matrix,
        Kind::Diagonal { entries, .. } => [entries[0], ZERO, ZERO, entries[1]],
        // On one qubit the identity or X, which nobody writes so.
        _ => return None,
    };
    Some((support.trailing_zeros() as usize, matrix))
}

fn too_many(op: &ChannelOp, most: usize) -> Error {
    Error::Unsupported {
        method: "the density matrix",
        operation: format!("the channel `{}` on {} qubits", op.channel, op.qubits.len()),
        hint: format!(
            "it takes channels of this form on {most} qubits at most; shots of the state vector take \
             any"
        ),
    }
}

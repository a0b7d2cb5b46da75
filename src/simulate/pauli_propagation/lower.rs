//! Gates and channels → steps of a propagation.
//!
//! Clifford operations are taken as such; what else has the form of a Pauli, a rotation, a phase or an
//! exchange is the exponential of commuting strings, also under controls, and becomes rotations by
//! these; small matrices and channels become transfer matrices. Global phases are left out: they are
//! none of ⟨O⟩.

use super::exponential::{Exponential, Factors};
use super::layers::Layers;
use super::transfers;
use crate::circuit::ChannelOp;
use crate::clifford::{self, CLIFFORD_TOLERANCE, CliffordStep};
use crate::error::{Error, Result, shown};
use crate::gate::{Angle, DiagonalGate, Gate, GateOp, Param};
use crate::math::{Meter, push};
use crate::pauli::{Pauli, PauliString};
use crate::propagation::{Step, Transfer};
use ndarray::Array2;
use smallvec::SmallVec;
use std::f64::consts::FRAC_PI_2;

/// For refusals.
pub(super) const METHOD: &str = "Pauli propagation";
const WHAT: &str = "the list of the steps of a circuit";
const HINT: &str = "propagate through fewer gates at once";

/// Deepest nesting of blocks that is lowered.
const MAX_DEPTH: usize = 1_000;
/// Most rotations of one gate: one under ten controls.
const MOST_ROTATIONS: usize = 1 << 10;
/// A gate of more rotations than this whose angles are numbers is a transfer matrix where it is on at
/// most [`SMALL`] qubits: one pass over the strings instead of many.
const FEW_ROTATIONS: usize = 3;
const SMALL: usize = 3;
/// Beyond this angles are no multiples of anything: their rounding is larger than the tolerance.
const MAX_ANGLE: f64 = 8192.0;

/// How an angle depends on parameters: its derivatives.
pub(super) type Dependence = SmallVec<[(Param, f64); 1]>;

/// Whether gates with parameters stay what has derivatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameters {
    /// They are as good as numbers.
    Numbers,
    /// Each rotation that depends on one stays a rotation.
    Kept,
}

/// Collects the steps of operations, in the order of the circuit.
pub(super) struct Lowering<'a> {
    values: &'a [f64],
    parameters: Parameters,
    pub steps: Vec<Step>,
    /// For each rotation among the steps, in order, how its angle depends on parameters.
    pub angles: Vec<Dependence>,
    layers: Layers,
    memory: Meter,
    /// Room for the Clifford steps of one gate.
    clifford: Vec<CliffordStep>,
}

impl<'a> Lowering<'a> {
    /// Nothing yet, at these values of all parameters.
    pub fn new(num_qubits: usize, values: &'a [f64], parameters: Parameters) -> Self {
        Lowering {
            values,
            parameters,
            steps: Vec::new(),
            angles: Vec::new(),
            layers: Layers::new(num_qubits),
            memory: Meter::new("the transfer matrices of a circuit", HINT),
            clifford: Vec::new(),
        }
    }

    /// Adds a gate.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it has no steps; if an angle overflows; if there is no memory.
    pub fn gate(&mut self, op: &GateOp) -> Result<()> {
        self.nested(op, 0)
    }

    fn nested(&mut self, op: &GateOp, depth: usize) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(Error::Invalid {
                what: "the nesting of gate definitions".into(),
                value: format!("deeper than {MAX_DEPTH}"),
                expected: "flatten them with `decompose`".into(),
            });
        }
        let keeps = self.parameters == Parameters::Kept && op.gate.is_parameterized();
        // A block may have many gates, which are looked at one by one.
        if !keeps && !matches!(op.gate, Gate::Block(_)) && self.as_clifford(op)? {
            return Ok(());
        }
        if let Some(exponential) = Exponential::of(op) {
            let many = exponential.num_rotations() > FEW_ROTATIONS;
            if many && !keeps && op.qubits().count() <= SMALL {
                return self.by_matrix(op);
            }
            if exponential.num_rotations() > MOST_ROTATIONS {
                let hint = format!(
                    "it is a product of more than {MOST_ROTATIONS} rotations; use fewer controls \
                     or simulate the state vector"
                );
                return Err(self.refusal(op, hint));
            }
            return self.exponential(&exponential);
        }
        match &op.gate {
            Gate::Diagonal(diagonal) if self.is_by_walsh(op) => self.diagonal(op, diagonal),
            Gate::Unitary(_) | Gate::Diagonal(_) | Gate::Permutation(_) => self.by_matrix(op),
            Gate::Std(..) | Gate::PauliRotation(..) | Gate::Block(_) => {
                let steps = op.steps().ok_or_else(|| {
                    self.refusal(op, "an opaque gate has no meaning; give it a definition".into())
                })?;
                steps.iter().try_for_each(|step| self.nested(step, depth + 1))
            }
        }
    }

    /// Takes a Clifford gate; false if it is none.
    fn as_clifford(&mut self, op: &GateOp) -> Result<bool> {
        let mut steps = std::mem::take(&mut self.clifford);
        let done = clifford::lower(op, self.values, &mut steps);
        let taken = match done {
            Ok(()) => {
                let all = steps.drain(..);
                all.into_iter().try_for_each(|step| self.clifford_step(step)).map(|()| true)
            }
            Err(Error::Unsupported { .. }) => Ok(false),
            Err(other) => Err(other),
        };
        steps.clear();
        self.clifford = steps;
        taken
    }

    fn clifford_step(&mut self, step: CliffordStep) -> Result<()> {
        use CliffordStep::{X, Y, Z};
        // Paulis change signs alone.
        if !matches!(step, X(_) | Y(_) | Z(_)) {
            self.layers.touch(step.qubits());
        }
        self.push(Step::Clifford(step))
    }

    /// A product of rotations, one for each subset of the projectors.
    fn exponential(&mut self, exponential: &Exponential) -> Result<()> {
        let Exponential { terms, projectors, angle } = exponential;
        let share = 0.5f64.powi(projectors.len() as i32);
        for subset in 0..1usize << projectors.len() {
            let mut inside = Factors::new();
            let mut sign = 1.0;
            for (k, (factors, s)) in projectors.iter().enumerate() {
                if subset >> k & 1 == 1 {
                    inside.extend_from_slice(factors);
                    sign *= s;
                }
            }
            for (factors, weight) in terms {
                let mut factors = factors.clone();
                factors.extend_from_slice(&inside);
                self.rotation(&factors, angle, share * sign * weight)?;
            }
        }
        Ok(())
    }

    /// exp(-i·factor·θ/2·P).
    fn rotation(&mut self, factors: &[(u32, Pauli)], angle: &Angle, factor: f64) -> Result<()> {
        let theta = factor * angle.at(self.values);
        if !theta.is_finite() {
            return Err(Error::NotFinite { what: "the angle of a rotation".into(), value: theta });
        }
        let keeps = self.parameters == Parameters::Kept && !angle.terms().is_empty();
        if factors.is_empty() || (theta == 0.0 && !keeps) {
            return Ok(());
        }
        let string = PauliString::try_new(factors.iter().map(|&(q, letter)| (q as usize, letter)))?;
        let off = theta - FRAC_PI_2 * (theta / FRAC_PI_2).round();
        let is_quarter = theta.abs() <= MAX_ANGLE && off.abs() <= CLIFFORD_TOLERANCE;
        if is_quarter && !keeps && self.as_clifford(&GateOp::pauli_rotation(&string, theta))? {
            return Ok(());
        }
        if self.layers.rotation(factors) {
            self.push(Step::Layer)?;
        }
        let dependence = match keeps {
            true => angle.terms().iter().map(|&(param, c)| (param, c * factor)).collect(),
            false => Dependence::new(),
        };
        push(&mut self.angles, dependence, WHAT, HINT)?;
        self.push(Step::Rotation { string, angle: theta })
    }

    /// Whether a diagonal gate is rather rotations than a matrix: on few qubits, or on many.
    fn is_by_walsh(&self, op: &GateOp) -> bool {
        let qubits = op.qubits().count();
        let rotations = (1usize << qubits.min(30)) - 1;
        rotations <= FEW_ROTATIONS || qubits > Transfer::MAX_QUBITS && rotations < MOST_ROTATIONS
    }

    /// diag(e^{iφ(b)}): φ is a sum of products of ±1 = Z (Walsh, 1923), each a rotation.
    fn diagonal(&mut self, op: &GateOp, gate: &DiagonalGate) -> Result<()> {
        let qubits: SmallVec<[u32; 8]> =
            op.targets.iter().copied().chain(op.controls.iter().map(|c| c.qubit)).collect();
        let targets = op.targets.len();
        let wanted = op.controls.iter().enumerate();
        let wanted = wanted.fold(0, |bits, (k, c)| bits | usize::from(c.positive) << k);
        let phase = |b: usize| match b >> targets == wanted {
            true => gate.entries[b & ((1 << targets) - 1)].arg(),
            false => 0.0,
        };
        let mut phases: Vec<f64> = (0..1usize << qubits.len()).map(phase).collect();
        for k in 0..qubits.len() {
            for b in (0..phases.len()).filter(|b| b >> k & 1 == 0) {
                let (zero, one) = (phases[b], phases[b | 1 << k]);
                (phases[b], phases[b | 1 << k]) = (0.5 * (zero + one), 0.5 * (zero - one));
            }
        }
        for (mask, phase) in phases.iter().enumerate().skip(1) {
            let on = qubits.iter().enumerate().filter(|(k, _)| mask >> k & 1 == 1);
            let factors: Factors = on.map(|(_, &q)| (q, Pauli::Z)).collect();
            if phase.abs() > CLIFFORD_TOLERANCE {
                self.rotation(&factors, &Angle::Fixed(-2.0 * phase), 1.0)?;
            }
        }
        Ok(())
    }

    /// A gate as the transfer matrix of its unitary.
    fn by_matrix(&mut self, op: &GateOp) -> Result<()> {
        let count = op.qubits().count();
        if count > Transfer::MAX_QUBITS {
            let hint = format!(
                "matrices are taken on at most {} qubits, controls among them; give it as gates, or \
                 simulate the state vector",
                Transfer::MAX_QUBITS
            );
            return Err(self.refusal(op, hint));
        }
        let Some((qubits, matrix)) = transfers::unitary(op, self.values) else {
            return Err(self.refusal(op, "it has no matrix; give it as gates".into()));
        };
        if qubits.is_empty() {
            return Ok(());
        }
        if self.layers.gate(&qubits) {
            self.push(Step::Layer)?;
        }
        self.transfer(&qubits, transfers::of_operators(&[matrix]))
    }

    /// Adds a measurement whose outcome is forgotten: what is left is the loss of coherence.
    pub fn measure(&mut self, qubit: u32) -> Result<()> {
        self.transfer(&[qubit], transfers::diagonal(&[1.0, 0.0, 0.0, 1.0]))
    }

    /// Adds a reset.
    pub fn reset(&mut self, qubit: u32) -> Result<()> {
        self.layers.touch([qubit]);
        self.transfer(&[qubit], transfers::of_reset())
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it is on too many qubits; if there is no memory.
    pub fn channel(&mut self, op: &ChannelOp) -> Result<()> {
        let count = op.qubits.len();
        if count > Transfer::MAX_QUBITS && !op.channel.is_identity() {
            return Err(Error::Unsupported {
                method: METHOD,
                operation: format!("the channel `{}` on {count} qubits", op.channel),
                hint: format!(
                    "it takes channels on at most {} qubits; shots of trajectories take any",
                    Transfer::MAX_QUBITS
                ),
            });
        }
        let Some(matrix) = transfers::of_channel(&op.channel) else { return Ok(()) };
        if !transfers::is_diagonal(&matrix) {
            self.layers.touch(op.qubits.iter().copied());
        }
        self.transfer(&op.qubits, matrix)
    }

    fn transfer(&mut self, qubits: &[u32], matrix: Array2<f64>) -> Result<()> {
        self.memory.take(8 * matrix.len() as u64)?;
        self.push(Step::Transfer(Transfer::new(qubits, matrix)?))
    }

    fn push(&mut self, step: Step) -> Result<()> {
        push(&mut self.steps, step, WHAT, HINT)
    }

    fn refusal(&self, op: &GateOp, hint: String) -> Error {
        let angles: Vec<String> =
            op.gate.angles().iter().map(|a| shown(a.at(self.values))).collect();
        let angles =
            if angles.is_empty() { String::new() } else { format!("({})", angles.join(", ")) };
        let qubits: Vec<String> = op.qubits().map(|q| q.to_string()).collect();
        let plural = if qubits.len() == 1 { "" } else { "s" };
        Error::Unsupported {
            method: METHOD,
            operation: format!("`{}{angles}` on qubit{plural} {}", op.name(), qubits.join(", ")),
            hint,
        }
    }
}

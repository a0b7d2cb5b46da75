//! Circuits ready to be run on many rows of weights, and cut before one of their rotations.

use super::ansatz::Ansatz;
use super::cost::PreparedCost;
use crate::circuit::Circuit;
use crate::engine::{Action, Kind, Plan, Scalar, StateVector};
use crate::error::{Error, Result};
use crate::gate::Param;
use crate::math::{Domain, Streams};
use crate::simulate::{SMALL_BELOW, Unitary};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{FRAC_PI_2, TAU};

/// Who runs, for messages.
const METHOD: &str = "a study of trainability";

/// A circuit that is run once is planned from so many qubits on: planning costs some 0.4 µs an action,
/// and a pass over fewer amplitudes less than it saves.
const PLANNED_FROM: usize = 9;

/// How often a circuit is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// With many rows of weights.
    Often,
    /// With one.
    Once,
}

/// Some actions of a circuit, run one by one or by a plan.
enum Part {
    Actions(Vec<Action>),
    Plan(Box<Plan>),
}

impl Part {
    fn new(
        actions: &[Action],
        num_qubits: usize,
        state: &StateVector,
        planned: bool,
    ) -> Result<Self> {
        Ok(match planned {
            true => Part::Plan(Plan::try_new(state.target(), num_qubits, actions)?.into()),
            false => Part::Actions(actions.to_vec()),
        })
    }

    fn run(&self, slots: &[f64], state: &mut StateVector) -> Result<()> {
        match self {
            Part::Actions(actions) => actions.iter().for_each(|action| state.apply(action, slots)),
            Part::Plan(plan) => plan.run(&plan.bind(&slots[..plan.num_slots()])?, state),
        }
        Ok(())
    }
}

/// The memory of a thread.
pub(super) struct Worker {
    pub state: StateVector,
    /// The state where a circuit is cut.
    pub middle: StateVector,
    slots: Vec<f64>,
    row: Vec<f64>,
}

impl Worker {
    /// # Errors
    /// If there is no memory for two states.
    pub fn new(num_qubits: usize) -> Result<Self> {
        let new = || StateVector::zero(num_qubits);
        Ok(Worker { state: new()?, middle: new()?, slots: Vec::new(), row: Vec::new() })
    }

    /// As many as share out states of this size among them.
    pub fn several(num_qubits: usize, items: usize) -> Result<Vec<Self>> {
        let threads = if num_qubits < SMALL_BELOW { crate::math::threads() } else { 1 };
        (0..threads.min(items).max(1)).map(|_| Worker::new(num_qubits)).collect()
    }
}

/// A circuit that is run from |0…0⟩.
pub(super) struct Prepared {
    pub unitary: Unitary,
    before: Part,
    /// The rotation that it is cut before, and what begins with it.
    cut: Option<(Cut, Part)>,
}

/// A rotation whose angle is a weight.
struct Cut {
    slot: usize,
    /// d angle / d weight
    coefficient: f64,
}

impl Prepared {
    /// In one piece.
    ///
    /// # Errors
    /// If it is not unitary, or there is no memory for its plan.
    pub fn whole(circuit: &Circuit, used: Use, worker: &Worker) -> Result<Self> {
        let unitary = Unitary::of_ideal(circuit, METHOD)?;
        let planned = is_planned(circuit.num_qubits(), used);
        let before = Part::new(&unitary.actions, circuit.num_qubits(), &worker.state, planned)?;
        Ok(Prepared { unitary, before, cut: None })
    }

    /// Cut before the rotation by this weight.
    ///
    /// # Errors
    /// As [`whole`](Self::whole); if there is no such weight, or it is not the angle of one rotation about
    /// a Pauli string without controls.
    pub fn cut(circuit: &Circuit, parameter: usize, used: Use, worker: &Worker) -> Result<Self> {
        let unitary = Unitary::of_ideal(circuit, METHOD)?;
        let (at, cut) = find(&unitary, parameter)?;
        let (n, planned) = (circuit.num_qubits(), is_planned(circuit.num_qubits(), used));
        let part = |actions| Part::new(actions, n, &worker.state, planned);
        let (before, after) = unitary.actions.split_at(at);
        let (before, after) = (part(before)?, part(after)?);
        Ok(Prepared { unitary, before, cut: Some((cut, after)) })
    }

    /// Number of weights.
    pub fn num_weights(&self) -> usize {
        self.unitary.params.len()
    }

    /// The state at these weights, in `worker.state`.
    pub fn run(&self, weights: &[f64], worker: &mut Worker) -> Result<()> {
        let Worker { state, slots, row, .. } = worker;
        self.unitary.slots(weights, slots, row)?;
        state.set_basis(0)?;
        self.before.run(slots, state)?;
        match &self.cut {
            Some((_, after)) => after.run(slots, state),
            None => Ok(()),
        }
    }

    /// The derivative of a cost by the weight that it is cut at: (C(θ + π/2) - C(θ - π/2))/2 times
    /// d angle/d weight (Mitarai, Negoro, Kitagawa and Fujii, Phys. Rev. A 98, 032309 (2018)), where what
    /// comes before the rotation is run once.
    pub fn derivative(
        &self,
        cost: &PreparedCost,
        weights: &[f64],
        worker: &mut Worker,
    ) -> Result<f64> {
        let (cut, after) = self.cut.as_ref().expect("it was cut");
        let Worker { state, middle, slots, row } = worker;
        self.unitary.slots(weights, slots, row)?;
        middle.set_basis(0)?;
        self.before.run(slots, middle)?;
        let angle = slots[cut.slot];
        let mut at = |shift: f64| {
            state.copy_from(middle);
            slots[cut.slot] = angle + shift;
            after.run(slots, state)?;
            Ok::<f64, Error>(cost.of(state))
        };
        Ok(0.5 * cut.coefficient * (at(FRAC_PI_2)? - at(-FRAC_PI_2)?))
    }
}

fn is_planned(num_qubits: usize, used: Use) -> bool {
    used == Use::Often || num_qubits >= PLANNED_FROM
}

/// Where the rotation by a weight is.
fn find(unitary: &Unitary, parameter: usize) -> Result<(usize, Cut)> {
    check_parameter(parameter, unitary.params.len())?;
    unitary.check_linear(METHOD)?;
    let of = |angle: &crate::gate::Angle| {
        let is = |(param, _): &&(Param, f64)| param.0 as usize == parameter;
        angle.terms().iter().find(is).map(|term| term.1)
    };
    let mut slots = unitary.angles.iter().enumerate().filter_map(|(k, a)| Some((k, of(a)?)));
    if let (Some((slot, coefficient)), None) = (slots.next(), slots.next()) {
        let is_cut = |action: &Action| {
            let by = |scalar| scalar == Scalar::Slot(slot as u32);
            matches!(action.kind, Kind::Rotation(_, angle) if by(angle))
                && action.controls.mask == 0
        };
        if let Some(at) = unitary.actions.iter().position(is_cut) {
            return Ok((at, Cut { slot, coefficient }));
        }
    }
    Err(Error::Unsupported {
        method: METHOD,
        operation: format!("the weight `{}`", unitary.params[parameter]),
        hint: "it takes derivatives by the angle of one rotation about a Pauli string without controls"
            .into(),
    })
}

/// d angle/d weight of the one rotation by a weight.
///
/// # Errors
/// As [`Prepared::cut`].
pub(super) fn rotation_by(circuit: &Circuit, parameter: usize) -> Result<f64> {
    Ok(find(&Unitary::of_ideal(circuit, METHOD)?, parameter)?.1.coefficient)
}

/// Refuses a weight that a circuit does not have.
pub(super) fn check_parameter(parameter: usize, num_weights: usize) -> Result<()> {
    if parameter < num_weights {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of the weight".into(),
        value: parameter.to_string(),
        expected: match num_weights {
            0 => "the circuit has no weights".into(),
            _ => format!("the circuit has {num_weights}, numbered from 0"),
        },
    })
}

/// Weights, uniform in [0, 2π).
pub(super) fn uniform_weights(count: usize, rng: &mut impl Rng) -> Vec<f64> {
    (0..count).map(|_| rng.random_range(0.0..TAU)).collect()
}

/// The random numbers of each sample of a point: a stream each, by the point's sizes, so that a point has
/// the same samples in any study that it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples {
    streams: Streams,
    point: u64,
}

/// More samples have no streams of their own.
pub(super) const MOST_SAMPLES: usize = 1 << 32;

impl Samples {
    pub fn new(seed: u64, num_qubits: usize, depth: usize) -> Self {
        // At most 64 qubits and 2^16 layers have a state and weights.
        let point = (num_qubits as u64 & 0x7f) << 49 | (depth as u64 & 0x1_ffff) << 32;
        Samples { streams: Streams::new(seed, Domain::Trainability), point }
    }

    pub fn stream(&self, sample: usize) -> ChaCha8Rng {
        self.streams.stream(self.point | (sample as u64 & 0xffff_ffff))
    }
}

/// The circuits of a point: one for all samples, or one each.
pub(super) enum Circuits {
    Same(Box<Prepared>),
    Random { ansatz: Ansatz, num_qubits: usize, depth: usize, parameter: Option<usize> },
}

impl Circuits {
    /// Of an ansatz, cut before the rotation by a weight where one is named.
    pub fn of_ansatz(
        ansatz: Ansatz,
        (num_qubits, depth): (usize, usize),
        parameter: Option<usize>,
        worker: &Worker,
    ) -> Result<Self> {
        // Whatever is wrong with the sizes is wrong with the first one.
        let circuit = ansatz.circuit(num_qubits, depth, &mut Samples::new(0, 0, 0).stream(0))?;
        if let Some(parameter) = parameter {
            check_parameter(parameter, circuit.inputs().count())?;
        }
        if ansatz.is_random() {
            return Ok(Circuits::Random { ansatz, num_qubits, depth, parameter });
        }
        Ok(Circuits::Same(Box::new(prepared(&circuit, parameter, Use::Often, worker)?)))
    }

    /// Of one circuit.
    pub fn of_circuit(circuit: &Circuit, worker: &Worker) -> Result<Self> {
        Ok(Circuits::Same(Box::new(prepared(circuit, None, Use::Often, worker)?)))
    }

    /// Does something with the circuit of a sample and its weights.
    pub fn with<R>(
        &self,
        rng: &mut impl Rng,
        worker: &mut Worker,
        run: impl FnOnce(&Prepared, &[f64], &mut Worker) -> Result<R>,
    ) -> Result<R> {
        match self {
            Circuits::Same(prepared) => {
                let weights = uniform_weights(prepared.num_weights(), rng);
                run(prepared, &weights, worker)
            }
            &Circuits::Random { ansatz, num_qubits, depth, parameter } => {
                let circuit = ansatz.circuit(num_qubits, depth, rng)?;
                let weights = uniform_weights(circuit.inputs().count(), rng);
                run(&prepared(&circuit, parameter, Use::Once, worker)?, &weights, worker)
            }
        }
    }
}

fn prepared(
    circuit: &Circuit,
    parameter: Option<usize>,
    used: Use,
    worker: &Worker,
) -> Result<Prepared> {
    match parameter {
        Some(parameter) => Prepared::cut(circuit, parameter, used, worker),
        None => Prepared::whole(circuit, used, worker),
    }
}

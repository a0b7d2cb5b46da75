//! The parameter-shift rule: exact derivatives from the same circuit at shifted angles, as hardware
//! can run it.
//!
//! The derivative by one angle is a sum of values at shifted angles. Pauli rotations and phases,
//! under any controls the latter, have one frequency and take two terms (Mitarai et al. 2018,
//! arXiv:1803.00745; Schuld et al. 2019, arXiv:1811.11184); controlled rotations have the frequencies
//! ½ and 1 and take four (Anselmetti et al. 2021, arXiv:2104.05695, eq. 8). Composite gates are
//! factored into these, and each occurrence of a shared parameter is shifted alone.

use super::parallel::in_ranges;
use super::source::Source;
use super::{Cost, Gradient, check_len, part};
use crate::circuit::Circuit;
use crate::engine::{
    Action, Coefficients, Kind, Plan, Real, Scalar, StateVector, Target, bytes_needed,
};
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use crate::pauli::PauliSum;
use crate::simulate::{Estimate, MeasuredSum, Unitary};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::f64::consts::{FRAC_PI_2, SQRT_2};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// Circuits are cut into this many pieces, so that the state before a shifted angle is reused.
const PIECES: usize = 8;

/// How the derivative by one angle is made of values at shifted angles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftRule {
    /// Eigenvalues of the generator differ by 1: a Pauli rotation, a phase.
    Two,
    /// They differ by ½ and 1: a controlled rotation.
    Four,
}

impl ShiftRule {
    /// The rule of an action.
    fn of(action: &Action) -> Self {
        match action.kind {
            Kind::Rotation(..) if action.controls.mask != 0 => ShiftRule::Four,
            _ => ShiftRule::Two,
        }
    }

    /// Coefficients and shifts (radians).
    pub fn terms(self) -> &'static [(f64, f64)] {
        const NEAR: f64 = (SQRT_2 + 1.0) / (4.0 * SQRT_2);
        const FAR: f64 = (SQRT_2 - 1.0) / (4.0 * SQRT_2);
        match self {
            ShiftRule::Two => &[(0.5, FRAC_PI_2), (-0.5, -FRAC_PI_2)],
            ShiftRule::Four => &[
                (NEAR, FRAC_PI_2),
                (-NEAR, -FRAC_PI_2),
                (-FAR, 3.0 * FRAC_PI_2),
                (FAR, -3.0 * FRAC_PI_2),
            ],
        }
    }
}

/// The gradient of one observable by shifted circuits: exact, or from shots, the value too.
///
/// ```
/// use ketlab::{Circuit, gradient::{Gradient, ParameterShift}};
/// let mut circuit = Circuit::new(1);
/// let theta = circuit.param("theta");
/// circuit.ry(theta, 0);
/// let mut exact = ParameterShift::<f64>::new(&circuit, &"Z0".parse()?)?;
/// let mut gradient = [0.0];
/// exact.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((gradient[0] + 0.4f64.sin()).abs() < 1e-12);
///
/// let mut sampled = ParameterShift::<f64>::new(&circuit, &"Z0".parse()?)?.with_shots(3000, 1)?;
/// let value = sampled.value_and_gradient(&[0.4], &mut gradient)?;
/// assert!((value - 0.4f64.cos()).abs() < 5.0 * sampled.last_value().standard_error());
/// assert!((gradient[0] + 0.4f64.sin()).abs() < 5.0 * sampled.standard_errors()[0]);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub struct ParameterShift<T: Real = f64> {
    source: Source,
    unitary: Unitary,
    rules: Vec<ShiftRule>,
    pieces: Vec<Piece>,
    observable: Arc<MeasuredSum>,
    sampling: Option<Sampling>,
    /// The state before a piece.
    before: StateVector<T>,
    slots: Vec<f64>,
    /// The values of all parameters, where some have formulas.
    row: Vec<f64>,
    /// Squared standard errors of the last gradient.
    variances: Vec<f64>,
    last_value: Estimate,
    cost: Cost,
}

struct Piece {
    plan: Plan,
    slots: Range<usize>,
    bound: Coefficients,
}

#[derive(Debug, Clone, Copy)]
struct Sampling {
    shots: u64,
    seed: u64,
    calls: u64,
}

impl<T: Real> ParameterShift<T> {
    /// Exact expectations.
    ///
    /// # Errors
    /// If the circuit is not unitary, an observable is on a qubit that does not exist, or there is
    /// no memory for two states.
    pub fn new(circuit: &Circuit, observable: &PauliSum) -> Result<Self> {
        let unitary = Unitary::new(circuit, "the parameter-shift rule")?;
        let n = unitary.num_qubits;
        let rules = rules(&unitary);
        let num_slots = unitary.angles.len();
        Ok(ParameterShift {
            source: Source::new::<T>(circuit, std::slice::from_ref(observable)),
            rules,
            pieces: pieces(Target::best::<T>(), &unitary)?,
            observable: Arc::new(MeasuredSum::new(observable, n)?),
            sampling: None,
            before: StateVector::zero(n)?,
            slots: vec![0.0; num_slots],
            row: vec![],
            variances: Vec::new(),
            last_value: Estimate::default(),
            cost: Cost { memory: 2 * bytes_needed(n, 2 * size_of::<T>()), ..Cost::default() },
            unitary,
        })
    }

    /// Estimates from shots: a gradient with its value from at most `shots` of them, divided among
    /// the circuit and the shifted ones, these by the coefficients with which they enter the
    /// derivatives; a [`value`](Gradient::value) alone from one circuit's share. No outcome decides
    /// how many shots are taken, so that means and variances are unbiased at any number of shots. The
    /// same seed gives the same numbers; each call draws others.
    ///
    /// # Errors
    /// If there are fewer than four shots for each measured group of each shifted circuit.
    pub fn with_shots(mut self, shots: u64, seed: u64) -> Result<Self> {
        let needed = 4 * self.num_circuits().max(1) * self.observable.num_groups().max(1) as u64;
        if shots < needed {
            return Err(Error::Invalid {
                what: "the number of shots for a gradient".into(),
                value: shots.to_string(),
                expected: format!(
                    "{} shifted circuits with {} measured groups each need {needed} shots at least",
                    self.num_circuits(),
                    self.observable.num_groups()
                ),
            });
        }
        self.sampling = Some(Sampling { shots, seed, calls: 0 });
        Ok(self)
    }

    /// How many shifted circuits a gradient takes: what it would cost on hardware, times the groups
    /// of the observable and the shots.
    pub fn num_circuits(&self) -> u64 {
        self.rules.iter().map(|rule| rule.terms().len() as u64).sum()
    }

    /// The rule of each angle, in the order of the gates.
    pub fn rules(&self) -> &[ShiftRule] {
        &self.rules
    }

    /// The variance of each component of the last gradient, estimated from its shots; zeros where
    /// expectations are exact.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The standard error of each component of the last gradient: the roots of the
    /// [`variances`](Self::variances).
    pub fn standard_errors(&self) -> Vec<f64> {
        self.variances.iter().map(|variance| variance.sqrt()).collect()
    }

    /// The last value with its variance, estimated from its shots: 0 where it is exact.
    pub fn last_value(&self) -> Estimate {
        self.last_value
    }

    /// The exact ⟨H⟩, also where values are from shots: what no hardware knows.
    ///
    /// # Errors
    /// As [`Gradient::value`].
    pub fn exact_value(&mut self, params: &[f64]) -> Result<f64> {
        self.state(params)?;
        self.observable.mean(&self.before)
    }

    /// Binds all pieces and puts |0…0⟩ before the first.
    fn start(&mut self, params: &[f64]) -> Result<()> {
        self.unitary.slots(params, &mut self.slots, &mut self.row)?;
        for piece in &mut self.pieces {
            piece.plan.bind_into(&self.slots[piece.slots.clone()], &mut piece.bound)?;
        }
        self.before.set_basis(0)
    }

    /// The state at these parameters.
    pub(super) fn state(&mut self, params: &[f64]) -> Result<&mut StateVector<T>> {
        let start = Instant::now();
        self.start(params)?;
        for piece in &self.pieces {
            piece.plan.run(&piece.bound, &mut self.before);
        }
        self.cost.add(1, start);
        Ok(&mut self.before)
    }

    /// The observable, as it is measured.
    pub(super) fn observable(&self) -> &Arc<MeasuredSum> {
        &self.observable
    }

    /// Calls `read(slot, shift number, state)` for every shifted circuit and writes what it returns
    /// to the row of the slot.
    fn each_shifted<R: Send + Copy + Default>(
        &mut self,
        read: impl Fn(usize, usize, &StateVector<T>) -> Result<R> + Sync,
    ) -> Result<Vec<[R; 4]>> {
        let mut rows = Vec::with_capacity(self.rules.len());
        for number in 0..self.pieces.len() {
            let piece = &self.pieces[number];
            let (before, rest) = (&self.before, &self.pieces[number + 1..]);
            let (slots, rules) = (&self.slots, &self.rules);
            let of_range = |range: Range<usize>| {
                let mut state = before.try_clone()?;
                let mut coefficients = piece.bound.clone();
                let mut shifted = slots[piece.slots.clone()].to_vec();
                let mut rows = Vec::with_capacity(range.len());
                for k in range {
                    let slot = piece.slots.start + k;
                    let mut row = [R::default(); 4];
                    for (number, (_, shift)) in rules[slot].terms().iter().enumerate() {
                        shifted[k] = slots[slot] + shift;
                        piece.plan.bind_into(&shifted, &mut coefficients)?;
                        state.copy_from(before);
                        piece.plan.run(&coefficients, &mut state);
                        rest.iter().for_each(|piece| piece.plan.run(&piece.bound, &mut state));
                        row[number] = read(slot, number, &state)?;
                    }
                    shifted[k] = slots[slot];
                    rows.push(row);
                }
                Ok(rows)
            };
            rows.extend(in_ranges(self.unitary.num_qubits, piece.slots.len(), of_range)?);
            piece.plan.run(&piece.bound, &mut self.before);
        }
        Ok(rows)
    }

    fn exact(&mut self, gradient: &mut [f64]) -> Result<f64> {
        let observable = self.observable.clone();
        let rows = self.each_shifted(|_, _, state| observable.mean(state));
        let sum = |(row, rule): (&[f64; 4], &ShiftRule)| -> f64 {
            rule.terms().iter().zip(row).map(|((c, _), value)| c * value).sum()
        };
        let by_slots: Vec<f64> = rows?.iter().zip(&self.rules).map(sum).collect();
        self.unitary.add_by_params(&self.row, &by_slots, gradient);
        self.variances = vec![0.0; gradient.len()];
        self.exact_mean()
    }

    /// The exact mean in the state at the parameters.
    fn exact_mean(&mut self) -> Result<f64> {
        let value = self.observable.mean(&self.before)?;
        self.last_value = Estimate { value, ..Estimate::default() };
        Ok(value)
    }

    fn sampled(&mut self, sampling: Sampling, gradient: &mut [f64]) -> Result<f64> {
        let observable = self.observable.clone();
        let shots = self.division(sampling.shots);
        let rows = self.each_shifted(|slot, k, state| {
            let mut rng = sampling.stream(1 + (4 * slot + k) as u64);
            observable.estimate(state, shots[slot][k], &mut rng)
        })?;
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        for (rule, row) in self.rules.iter().zip(&rows) {
            // Shots of different circuits are independent.
            let terms = || rule.terms().iter().zip(row);
            means.push(terms().map(|((c, _), e)| c * e.value).sum::<f64>());
            variances.push(terms().map(|((c, _), e)| c * c * e.variance).sum::<f64>());
            self.cost.shots += terms().map(|(_, e)| e.shots).sum::<u64>();
        }
        self.unitary.add_by_params(&self.row, &means, gradient);
        self.variances = vec![0.0; gradient.len()];
        self.unitary.add_variances(&self.row, &variances, &mut self.variances);
        self.sampled_value(sampling)
    }

    /// The mean of another observable from shots that nothing else has used, one circuit's share.
    /// Exact where values are.
    pub(super) fn fresh_estimate(
        &mut self,
        params: &[f64],
        observable: &MeasuredSum,
    ) -> Result<Estimate> {
        self.state(params)?;
        let Some(sampling) = &mut self.sampling else {
            return Ok(Estimate { value: observable.mean(&self.before)?, ..Estimate::default() });
        };
        let now = *sampling;
        sampling.calls += 1;
        let shots = self.share(now.shots).max(observable.least_shots());
        let estimate = observable.estimate(&self.before, shots, &mut now.stream(0))?;
        self.cost.shots += estimate.shots;
        Ok(estimate)
    }

    /// The mean in the state at the parameters, from shots.
    fn sampled_value(&mut self, sampling: Sampling) -> Result<f64> {
        let shots = self.share(sampling.shots);
        let estimate = self.observable.estimate(&self.before, shots, &mut sampling.stream(0))?;
        self.cost.shots += estimate.shots;
        self.last_value = estimate;
        Ok(estimate.value)
    }

    /// The shots of a value: those of one circuit among the shifted ones.
    fn share(&self, shots: u64) -> u64 {
        (shots / (self.num_circuits() + 1)).max(self.observable.least_shots())
    }

    /// How many shots are taken of each shifted circuit: as many as make a variance, and more by the
    /// weight |coefficient| of its value in the derivatives, which makes the sum of their variances
    /// least if all outcomes vary alike.
    fn division(&self, shots: u64) -> Vec<[u64; 4]> {
        let least = self.observable.least_shots();
        let taken = self.share(shots) + self.num_circuits() * least;
        let rest = shots.saturating_sub(taken) as f64;
        let weight = |slot: usize, k: usize| {
            let terms = self.unitary.angles[slot].terms();
            let by_param = terms.iter().map(|(_, c)| c * c).sum::<f64>().sqrt();
            self.rules[slot].terms()[k].0.abs() * by_param
        };
        let numbers = |slot: usize| 0..self.rules[slot].terms().len();
        let slots = 0..self.rules.len();
        let of_slot = |slot: usize| numbers(slot).map(move |k| (slot, k));
        let total: f64 = slots.clone().flat_map(of_slot).map(|(slot, k)| weight(slot, k)).sum();
        let mut division = vec![[0; 4]; slots.len()];
        for (slot, k) in slots.flat_map(of_slot) {
            let share = if total > 0.0 { weight(slot, k) / total } else { 0.0 };
            division[slot][k] = least + (share * rest) as u64;
        }
        division
    }
}

impl Sampling {
    /// The random numbers of one circuit of a call.
    fn stream(&self, circuit: u64) -> ChaCha8Rng {
        Streams::new(self.seed, Domain::Sampling).stream(self.calls << 40 | circuit)
    }
}

impl<T: Real> Gradient for ParameterShift<T> {
    fn method(&self) -> &'static str {
        "parameter-shift"
    }

    fn num_params(&self) -> usize {
        self.unitary.params.len()
    }

    fn value(&mut self, params: &[f64]) -> Result<f64> {
        let Some(sampling) = &mut self.sampling else {
            self.state(params)?;
            return self.exact_mean();
        };
        let now = *sampling;
        sampling.calls += 1;
        self.state(params)?;
        self.sampled_value(now)
    }

    fn value_and_gradient(&mut self, params: &[f64], gradient: &mut [f64]) -> Result<f64> {
        check_len(gradient, self.num_params())?;
        let start = Instant::now();
        self.start(params)?;
        gradient.fill(0.0);
        let value = match &mut self.sampling {
            None => self.exact(gradient)?,
            Some(sampling) => {
                let now = *sampling;
                sampling.calls += 1;
                self.sampled(now, gradient)?
            }
        };
        self.cost.add(1 + self.num_circuits(), start);
        Ok(value)
    }

    fn cost(&self) -> Cost {
        self.cost
    }

    fn fingerprint(&self) -> Fingerprint {
        let print = self.source.fingerprint();
        match self.sampling {
            None => print,
            Some(Sampling { shots, seed, .. }) => {
                print.with("shots", &shots).with("seed of the shots", &seed)
            }
        }
    }

    fn save(&self) -> Value {
        json!({ "cost": self.cost, "calls": self.sampling.map_or(0, |s| s.calls) })
    }

    fn restore(&mut self, state: &Value) -> Result<()> {
        if let Some(sampling) = &mut self.sampling {
            sampling.calls = part(state, "calls")?;
        }
        self.cost.restore(state)
    }
}

/// The rule of every slot.
pub(super) fn rules(unitary: &Unitary) -> Vec<ShiftRule> {
    let has_slot = |action: &&Action| matches!(action.scalar(), Some(Scalar::Slot(_)));
    unitary.actions.iter().filter(has_slot).map(ShiftRule::of).collect()
}

/// The circuit in a few pieces.
fn pieces(target: Target, unitary: &Unitary) -> Result<Vec<Piece>> {
    let len = unitary.actions.len();
    let mut ends: Vec<usize> = (1..PIECES).map(|k| k * len / PIECES).collect();
    ends.push(len);
    ends.dedup();
    let (mut first, mut first_slot) = (0, 0);
    let mut pieces = Vec::new();
    for end in ends {
        let mut actions = unitary.actions[first..end].to_vec();
        let mut last_slot = first_slot;
        for action in &mut actions {
            if let Kind::Phase(Scalar::Slot(slot)) | Kind::Rotation(_, Scalar::Slot(slot)) =
                &mut action.kind
            {
                last_slot = *slot as usize + 1;
                *slot -= first_slot as u32;
            }
        }
        let plan = Plan::try_new(target, unitary.num_qubits, &actions)?;
        let bound = plan.bind(&vec![0.0; plan.num_slots()])?;
        pieces.push(Piece { plan, slots: first_slot..last_slot, bound });
        (first, first_slot) = (end, last_slot);
    }
    Ok(pieces)
}

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
use crate::engine::{Action, Coefficients, Kind, Plan, Real, Scalar, StateVector, bytes_needed};
use crate::error::{Error, Result};
use crate::math::{Domain, Fingerprint, Streams};
use crate::pauli::PauliSum;
use crate::simulate::{MeasuredSum, Unitary};
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

/// The gradient of one observable by shifted circuits: exact, or from shots.
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
    /// Squared standard errors of the gradient of the last call.
    variances: Vec<f64>,
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
            pieces: pieces(&unitary)?,
            observable: Arc::new(MeasuredSum::new(observable, n)?),
            sampling: None,
            before: StateVector::zero(n)?,
            slots: vec![0.0; num_slots],
            row: vec![],
            variances: Vec::new(),
            cost: Cost { memory: 2 * bytes_needed(n, 2 * size_of::<T>()), ..Cost::default() },
            unitary,
        })
    }

    /// Estimates the gradient from `shots` shots in all: half of them are divided evenly, the rest
    /// by the standard deviations that these show times the coefficients, which makes the sum of
    /// variances least. The same seed gives the same numbers; each call draws others.
    ///
    /// # Errors
    /// If there are fewer shots than each measured group of each shifted circuit needs.
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

    /// Counts shots that were taken of the [`state`](Self::state).
    pub(super) fn add_shots(&mut self, shots: u64) {
        self.cost.shots += shots;
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
        self.observable.mean(&self.before)
    }

    fn sampled(&mut self, sampling: Sampling, gradient: &mut [f64]) -> Result<f64> {
        let observable = self.observable.clone();
        let (by_slots, spent) = self.sampled_with(&observable, sampling)?;
        let means: Vec<f64> = by_slots.iter().map(|x| x.0).collect();
        self.unitary.add_by_params(&self.row, &means, gradient);
        self.variances = vec![0.0; gradient.len()];
        // Shots of different circuits are independent.
        let variances: Vec<f64> = by_slots.iter().map(|x| x.1).collect();
        self.unitary.add_variances(&self.row, &variances, &mut self.variances);
        self.cost.shots += spent;
        self.observable.mean(&self.before)
    }

    /// Mean and variance of each slot's derivative, and the shots spent.
    fn sampled_with(
        &mut self,
        observable: &MeasuredSum,
        sampling: Sampling,
    ) -> Result<(Vec<(f64, f64)>, u64)> {
        let circuits = self.num_circuits().max(1);
        let stream = |slot: usize, k: usize, phase: u64| {
            let call = (2 * sampling.calls + phase) << 40;
            Streams::new(sampling.seed, Domain::Sampling)
                .stream(call | (slot as u64) << 2 | k as u64)
        };
        let pilot = sampling.shots / 2 / circuits;
        let first = self.each_shifted(|slot, k, state| {
            observable.estimate(state, pilot, &mut stream(slot, k, 0))
        })?;
        let weight = |slot: usize, k: usize| {
            self.rules[slot].terms()[k].0.abs() * (first[slot][k].variance * pilot as f64).sqrt()
        };
        let numbers = |slot: usize| 0..self.rules[slot].terms().len();
        let total: f64 = (0..first.len())
            .flat_map(|s| numbers(s).map(move |k| (s, k)))
            .map(|(s, k)| weight(s, k))
            .sum();
        let rest = sampling.shots - pilot * circuits;
        let least = observable.num_groups() as u64 * 2;
        let shots: Vec<[u64; 4]> = (0..first.len())
            .map(|slot| {
                let mut row = [0; 4];
                for k in numbers(slot) {
                    let share = if total > 0.0 { weight(slot, k) / total } else { 0.0 };
                    let shots = (share * rest as f64) as u64;
                    row[k] = if shots < least { 0 } else { shots };
                }
                row
            })
            .collect();
        self.before.set_basis(0)?;
        let second = self.each_shifted(|slot, k, state| match shots[slot][k] {
            0 => Ok(Default::default()),
            shots => observable.estimate(state, shots, &mut stream(slot, k, 1)),
        })?;
        let mut spent = pilot * circuits;
        let mut out = Vec::with_capacity(first.len());
        for (slot, rule) in self.rules.iter().enumerate() {
            let (mut mean, mut variance) = (0.0, 0.0);
            for (k, (c, _)) in rule.terms().iter().enumerate() {
                let (a, b) = (first[slot][k], second[slot][k]);
                let (x, y) = (pilot as f64, shots[slot][k] as f64);
                spent += shots[slot][k];
                // The allocation depends on variances of the pilot alone: the mean stays unbiased
                // up to their correlation.
                mean += c * (x * a.value + y * b.value) / (x + y);
                variance += c * c * (x * x * a.variance + y * y * b.variance) / (x + y).powi(2);
            }
            out.push((mean, variance));
        }
        Ok((out, spent))
    }
}

impl<T: Real> Gradient for ParameterShift<T> {
    fn method(&self) -> &'static str {
        "parameter-shift"
    }

    fn num_params(&self) -> usize {
        self.unitary.params.len()
    }

    /// Exact, also where gradients are estimated from shots.
    fn value(&mut self, params: &[f64]) -> Result<f64> {
        self.state(params)?;
        self.observable.mean(&self.before)
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
        let runs = if self.sampling.is_some() { 2 } else { 1 };
        self.cost.add(1 + runs * self.num_circuits(), start);
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
fn pieces(unitary: &Unitary) -> Result<Vec<Piece>> {
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
        let plan = Plan::try_new(unitary.num_qubits, &actions)?;
        let bound = plan.bind(&vec![0.0; plan.num_slots()])?;
        pieces.push(Piece { plan, slots: first_slot..last_slot, bound });
        (first, first_slot) = (end, last_slot);
    }
    Ok(pieces)
}

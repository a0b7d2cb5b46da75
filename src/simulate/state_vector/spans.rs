//! Spans of gates and channels as the state vector runs them: blocks, with a plan each for the
//! operators that come about nearly always, and any steps with other operators among them.

use super::super::flow::{Flow, Step};
use super::channels;
use super::plans::{PLANNED_FROM, PerTarget};
use super::watched::run_watched;
use crate::engine::{Action, Coefficients, Kind, Plan, Real, Scalar, StateVector, Target};
use crate::error::Result;
use crate::math::Watch;
use std::ops::Range;

/// A shot to which something happens runs one block by a plan of its own, or without one, and those
/// behind it by plans that are there: short blocks leave more to these, and cut what plans could
/// merge.
const ACTIONS_A_BLOCK: usize = 32;
const MOST_BLOCKS: usize = 32;

/// A span at certain values of the parameters.
#[derive(Debug, Clone)]
pub(in super::super) struct SpanCode {
    /// With numbers for all angles; the default operators of channels are among them.
    actions: Vec<Action>,
    /// Where the actions of each step begin, and where the last ones end.
    places: Vec<usize>,
    /// The steps at which blocks begin.
    starts: Vec<usize>,
    /// Whether default operators change the norm.
    changes_norm: bool,
    plans: PerTarget<Result<Vec<(Plan, Coefficients)>>>,
}

impl SpanCode {
    /// Span number k of a program, of whose stretches `stretch` has the actions and the values of their
    /// slots.
    pub fn new<'s>(
        flow: &Flow,
        number: usize,
        stretch: impl Fn(usize) -> (&'s [Action], &'s [f64]),
    ) -> Self {
        let mut actions = Vec::new();
        let mut places = vec![0];
        let mut changes_norm = false;
        for step in &flow.spans[number].steps {
            match *step {
                Step::Gates(number) => {
                    let (gates, slots) = stretch(number);
                    actions.extend(gates.iter().map(|action| with_numbers(action, slots)));
                }
                Step::Channel(number) => {
                    let site = &flow.channels[number];
                    changes_norm |= !site.unraveling.is_mixed_unitary();
                    actions.extend(channels::action(site, 0));
                }
            }
            places.push(actions.len());
        }
        let a_block = ACTIONS_A_BLOCK.max(actions.len().div_ceil(MOST_BLOCKS));
        let mut starts = vec![0];
        for (step, &place) in places.iter().enumerate() {
            let begun = places[*starts.last().expect("there is one")];
            if place >= begun + a_block && step + 1 < places.len() {
                starts.push(step);
            }
        }
        SpanCode { actions, places, starts, changes_norm, plans: PerTarget::new() }
    }

    /// The steps at which blocks begin, the first one 0.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Where the actions of each step begin, and where the last ones end.
    pub fn places(&self) -> &[usize] {
        &self.places
    }

    /// The actions of all steps.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// Plans of all blocks for a target, with coefficients, made when they are first asked for.
    pub fn plans(&self, target: Target, num_qubits: usize) -> Result<&[(Plan, Coefficients)]> {
        let make = || {
            let ends = self.starts[1..].iter().copied().chain([self.places.len() - 1]);
            let blocks = self.starts.iter().zip(ends);
            blocks
                .map(|(&start, end)| planned(target, num_qubits, self.between(start..end)))
                .collect()
        };
        match self.plans.get_or_init(target, make) {
            Ok(plans) => Ok(plans),
            Err(error) => Err(error.clone()),
        }
    }

    fn between(&self, steps: Range<usize>) -> &[Action] {
        &self.actions[self.places[steps.start]..self.places[steps.end]]
    }

    /// Runs steps; channels take other operators at `sides`, ascending pairs of a step and an
    /// action. The number of passes.
    pub fn run<T: Real>(
        &self,
        state: &mut StateVector<T>,
        steps: Range<usize>,
        sides: &[(usize, Option<Action>)],
        watch: &Watch,
    ) -> Result<u64> {
        watch.check()?;
        let (mut at, mut passes) = (steps.start, 0);
        let mut sides = sides.iter().peekable();
        while at < steps.end {
            let block = self.starts.partition_point(|start| *start <= at) - 1;
            let block_end = self.starts.get(block + 1).copied().unwrap_or(self.places.len() - 1);
            let end = block_end.min(steps.end);
            let here = sides.peek().is_some_and(|side| side.0 < end);
            if !here && at == self.starts[block] && end == block_end {
                let (plan, coefficients) = &self.plans(state.target(), state.num_qubits())?[block];
                run_watched(watch, plan, coefficients, state)?;
                passes += plan.len() as u64;
            } else {
                let mut actions = Vec::new();
                let mut from = at;
                while let Some((step, action)) = sides.next_if(|side| side.0 < end) {
                    actions.extend_from_slice(self.between(from..*step));
                    actions.extend(action.clone());
                    from = step + 1;
                }
                actions.extend_from_slice(self.between(from..end));
                passes += run_once(state, &actions)?;
            }
            if self.changes_norm {
                channels::normalize(state)?;
            }
            at = end;
        }
        Ok(passes)
    }
}

/// Runs actions that will not come again; a plan is worth its time for large states.
pub(super) fn run_once<T: Real>(state: &mut StateVector<T>, actions: &[Action]) -> Result<u64> {
    if state.num_qubits() < PLANNED_FROM || actions.len() == 1 {
        actions.iter().for_each(|action| state.apply(action, &[]));
        return Ok(actions.len() as u64);
    }
    let (plan, coefficients) = planned(state.target(), state.num_qubits(), actions)?;
    plan.run(&coefficients, state);
    Ok(plan.len() as u64)
}

fn planned(target: Target, num_qubits: usize, actions: &[Action]) -> Result<(Plan, Coefficients)> {
    let plan = Plan::try_new(target, num_qubits, actions)?;
    let coefficients = plan.bind(&[])?;
    Ok((plan, coefficients))
}

/// An action with numbers in place of slots.
pub(super) fn with_numbers(action: &Action, slots: &[f64]) -> Action {
    let number = |scalar: &Scalar| Scalar::Const(scalar.value(slots));
    let kind = match &action.kind {
        Kind::Phase(scalar) => Kind::Phase(number(scalar)),
        Kind::Rotation(string, scalar) => Kind::Rotation(*string, number(scalar)),
        other => other.clone(),
    };
    Action { kind, controls: action.controls }
}

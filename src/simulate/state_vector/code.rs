//! What the state-vector method makes of a program: a list of actions for each stretch of gates, and
//! their plans.
//!
//! A program that somebody holds is planned in full: it may run often. A circuit that is handed over
//! is compiled for one run, and a plan that one run cannot earn back is not made: planning takes
//! some time for each gate, whatever the number of qubits, and saves some for each amplitude. So
//! below [`PLANNED_FROM`] qubits a circuit without choices in the middle runs action by action. The
//! rule looks at the circuit alone, so that a hundredth call gives the bits of the first.

use super::super::flow::Flow;
use super::angles::LinearAngles;
use super::lower::Lowered;
use super::one_qubit::one_qubit;
use super::plans::{PLANNED_FROM, PerTarget, Plans};
use super::spans::{SpanCode, run_once, with_numbers};
use super::watched::run_watched;
use crate::engine::{
    Action, Coefficients, Kind, Real, StateVector, Target, bytes_needed, hash_of_actions,
    max_qubits,
};
use crate::error::{Error, Result};
use crate::math::{Watch, too_large};
use std::sync::{Arc, OnceLock};

/// Without a plan, actions between one look at whether the run was cancelled and the next.
const ACTIONS_A_CHECK: usize = 64;

/// The stretches of a program, lowered.
#[derive(Debug)]
pub(in super::super) struct Code {
    num_qubits: usize,
    stretches: Vec<Stretch>,
    /// Where the slots of each stretch begin among those of all.
    starts: Vec<usize>,
    /// Whether stretches run action by action, without a plan.
    direct: bool,
    plans: PerTarget<Result<Plans>>,
}

/// Gates without anything between them.
#[derive(Debug)]
struct Stretch {
    actions: Vec<Action>,
    /// The angles of the actions' slots.
    angles: LinearAngles,
}

/// [`Code`] with numbers for its angles.
#[derive(Debug, Clone)]
pub(in super::super) struct BoundCode {
    code: Arc<Code>,
    /// The values of the slots of all stretches, one stretch after the other.
    slots: Vec<f64>,
    coefficients: PerTarget<Result<Vec<Coefficients>>>,
    /// Made when shots with noise are first run.
    spans: OnceLock<Box<[SpanCode]>>,
}

/// Actions of a stretch that is planned again with those about it.
const SHORT: usize = 8;
/// Actions of a stretch with a large table that are not worth a plan: nothing merges with a table,
/// and a plan begins with the state in order.
const FEW: usize = 4;
/// Entries of a large table.
const LARGE_TABLE: usize = 1 << 10;

impl Stretch {
    /// Whether it is a large permutation with few other actions.
    fn is_table_with_few(&self) -> bool {
        let is_table = |action: &Action| matches!(&action.kind, Kind::Permutation { table, .. } if table.len() >= LARGE_TABLE);
        self.actions.len() <= FEW && self.actions.iter().any(is_table)
    }

    /// Whether it is few actions without tables.
    fn is_short(&self) -> bool {
        let has_no_table = |action: &Action| match action.kind {
            Kind::Phase(_) | Kind::Pauli(_) | Kind::Rotation(..) => true,
            Kind::Dense1 { .. } | Kind::Swap(..) => true,
            Kind::Diagonal { .. } | Kind::Dense { .. } | Kind::Permutation { .. } => false,
        };
        self.actions.len() <= SHORT && self.actions.iter().all(has_no_table)
    }
}

impl Code {
    /// For many runs.
    ///
    /// # Errors
    /// If there are more qubits than a state can have, or an opaque gate; if there is no memory for
    /// the actions.
    pub fn new(flow: &Flow) -> Result<Self> {
        check_size(flow.num_qubits)?;
        let lowered = |gates| {
            let Lowered { actions, slots } = Lowered::new(gates)?;
            Ok(Stretch { actions, angles: LinearAngles::new(&slots) })
        };
        let stretches = flow.stretches().map(lowered).collect::<Result<Vec<Stretch>>>()?;
        let mut next = 0;
        let start = |stretch: &Stretch| {
            next += stretch.angles.len();
            next - stretch.angles.len()
        };
        Ok(Code {
            num_qubits: flow.num_qubits,
            starts: stretches.iter().map(start).collect(),
            stretches,
            direct: false,
            plans: PerTarget::new(),
        })
    }

    /// For one run.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn for_one_run(flow: &Flow) -> Result<Self> {
        let direct = flow.num_qubits < PLANNED_FROM && flow.is_static();
        Ok(Code { direct, ..Self::new(flow)? })
    }

    /// The plans of the stretches for the states of a target, made when they are first asked for.
    ///
    /// # Errors
    /// If there is no memory for them.
    pub fn plans(&self, target: Target) -> Result<&Plans> {
        let make = || {
            let stretches = self.stretches.iter().map(|stretch| &stretch.actions[..]);
            Plans::new(target, self.num_qubits, stretches)
        };
        self.plans.get_or_init(target, make).as_ref().map_err(Error::clone)
    }

    /// Passes over the state for a target; a loop's are counted once.
    pub fn num_passes(&self, target: Target) -> Result<usize> {
        if self.direct {
            return Ok(self.stretches.iter().map(|stretch| stretch.actions.len()).sum());
        }
        Ok(self.plans(target)?.num_passes())
    }

    /// A hash of what is run for a target.
    pub fn hash_of_run(&self, target: Target) -> Result<u64> {
        if self.direct {
            let actions = self.stretches.iter().flat_map(|stretch| &stretch.actions);
            return Ok(hash_of_actions(self.num_qubits, actions));
        }
        Ok(self.plans(target)?.hash())
    }

    /// Numbers for the angles, from the values of all parameters of the circuit.
    ///
    /// # Errors
    /// If an angle is not finite.
    pub fn bind(self: &Arc<Self>, row: &[f64]) -> Result<BoundCode> {
        let len = self.stretches.iter().map(|stretch| stretch.angles.len()).sum();
        let mut slots = vec![0.0; len];
        self.fill_slots(row, &mut slots)?;
        let (coefficients, spans) = (PerTarget::new(), OnceLock::new());
        Ok(BoundCode { code: self.clone(), slots, coefficients, spans })
    }

    /// The values of all slots, from those of all parameters.
    fn fill_slots(&self, row: &[f64], mut slots: &mut [f64]) -> Result<()> {
        for stretch in &self.stretches {
            let (here, rest) = slots.split_at_mut(stretch.angles.len());
            stretch.angles.at(row, here);
            // Without an early exit the loop is vectorized.
            if !here.iter().fold(true, |all, angle| all & angle.is_finite()) {
                let value = here.iter().copied().find(|x| !x.is_finite()).expect("one is not");
                let what = "an angle of the circuit (its parameters are too large)".into();
                return Err(Error::NotFinite { what, value });
            }
            slots = rest;
        }
        Ok(())
    }

    /// The actions of a stretch and the values of their slots, from those of all.
    pub(super) fn stretch<'s>(
        &'s self,
        number: usize,
        slots: &'s [f64],
    ) -> (&'s [Action], &'s [f64]) {
        let from = self.starts[number];
        let stretch = &self.stretches[number];
        (&stretch.actions, &slots[from..from + stretch.angles.len()])
    }

    /// The slots of each stretch.
    fn slots_of<'s>(&'s self, mut slots: &'s [f64]) -> impl Iterator<Item = &'s [f64]> {
        self.stretches.iter().map(move |stretch| {
            let (here, rest) = slots.split_at(stretch.angles.len());
            slots = rest;
            here
        })
    }
}

impl BoundCode {
    /// Runs a stretch on a state; the number of passes.
    pub fn run<T: Real>(
        &self,
        stretch: usize,
        state: &mut StateVector<T>,
        watch: &Watch,
    ) -> Result<u64> {
        let code = &*self.code;
        if code.direct {
            let (actions, slots) = code.stretch(stretch, &self.slots);
            for some in actions.chunks(ACTIONS_A_CHECK) {
                watch.check()?;
                some.iter().for_each(|action| state.apply(action, slots));
                watch.add_passes(some.len() as u64);
            }
            watch.check()?;
            return Ok(actions.len() as u64);
        }
        let target = state.target();
        let plan = &code.plans(target)?[stretch];
        run_watched(watch, plan, &self.coefficients(target)?[stretch], state)?;
        Ok(plan.len() as u64)
    }

    /// Runs stretches one after another; the number of passes. Where several short ones follow each
    /// other, as corrections by outcomes do, they are planned as one: they share passes over a large
    /// state, which costs more than a plan for few gates.
    pub fn run_all<T: Real>(
        &self,
        stretches: &[usize],
        state: &mut StateVector<T>,
        watch: &Watch,
    ) -> Result<u64> {
        let mut passes = 0;
        let mut rest = stretches;
        while let Some((&first, others)) = rest.split_first() {
            let is_short = |stretch: &&usize| self.code.stretches[**stretch].is_short();
            let short = match self.code.num_qubits < PLANNED_FROM {
                true => 0,
                false => rest.iter().take_while(is_short).count(),
            };
            if short < 2 {
                passes += match self.code.stretches[first].is_table_with_few() {
                    true => self.run_directly(first, state, watch)?,
                    false => self.run(first, state, watch)?,
                };
                rest = others;
                continue;
            }
            let (together, others) = rest.split_at(short);
            watch.check()?;
            let actions = together.iter().flat_map(|&stretch| {
                let (actions, slots) = self.code.stretch(stretch, &self.slots);
                actions.iter().map(|action| with_numbers(action, slots))
            });
            let actions: Vec<Action> = actions.collect();
            let few = match one_qubit(&actions) {
                Some(product) => run_once(state, &[product])?,
                None => run_once(state, &actions)?,
            };
            watch.add_passes(few);
            passes += few;
            rest = others;
        }
        Ok(passes)
    }

    /// Runs a stretch action by action; the number of passes.
    fn run_directly<T: Real>(
        &self,
        stretch: usize,
        state: &mut StateVector<T>,
        watch: &Watch,
    ) -> Result<u64> {
        let (actions, slots) = self.code.stretch(stretch, &self.slots);
        watch.check()?;
        actions.iter().for_each(|action| state.apply_checked(action, slots));
        watch.add_passes(actions.len() as u64);
        Ok(actions.len() as u64)
    }

    /// For each of the plans for the states of a target, its coefficients.
    ///
    /// # Errors
    /// As [`Code::plans`].
    pub fn coefficients(&self, target: Target) -> Result<&[Coefficients]> {
        let make = || {
            let plans = self.code.plans(target)?;
            let slots = self.code.slots_of(&self.slots);
            plans.iter().zip(slots).map(|(plan, slots)| plan.bind(slots)).collect()
        };
        match self.coefficients.get_or_init(target, make) {
            Ok(coefficients) => Ok(coefficients),
            Err(error) => Err(error.clone()),
        }
    }

    /// The spans of gates and channels of the program's flow, with numbers.
    pub fn spans(&self, flow: &Flow) -> &[SpanCode] {
        let stretch = |number| self.code.stretch(number, &self.slots);
        let span = |number| SpanCode::new(flow, number, stretch);
        self.spans.get_or_init(|| (0..flow.spans.len()).map(span).collect())
    }

    /// Without numbers.
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Numbers from other values of the parameters; allocates nothing.
    ///
    /// # Errors
    /// As [`Code::bind`].
    pub fn rebind(&mut self, row: &[f64]) -> Result<()> {
        let code = &*self.code;
        code.fill_slots(row, &mut self.slots)?;
        if self.spans.get().is_some() {
            self.spans = OnceLock::new();
        }
        for made in self.coefficients.made_with(&code.plans) {
            let (Ok(coefficients), Ok(plans)) = made else { continue };
            let slots = code.slots_of(&self.slots);
            for ((plan, coefficients), slots) in plans.iter().zip(coefficients).zip(slots) {
                plan.bind_into(slots, coefficients)?;
            }
        }
        Ok(())
    }
}

/// Actions address at most 64 qubits; far fewer fit in any memory.
pub(in super::super) fn check_size(num_qubits: usize) -> Result<()> {
    if num_qubits <= 60 {
        return Ok(());
    }
    let what = format!("a state vector of {num_qubits} qubits");
    Err(too_large(&what, bytes_needed(num_qubits, 16), |available| {
        let fits = max_qubits(available, 16);
        (Some(fits), format!("{fits} qubits fit"))
    }))
}

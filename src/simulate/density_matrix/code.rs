//! What the density-matrix method makes of a program: for each stretch of gates and each span of
//! gates and channels a list of actions on 2n bits, and their plans.

use super::super::flow::{Flow, Instruction, Step};
use super::super::state_vector::{Lowered, PerTarget, run_watched};
use super::lower::{Lowering, Part};
use crate::engine::{
    Action, Coefficients, DensityMatrix, Fnv, Kind, Plan, Real, Scalar, StateVector, Target,
    check_density, hash_of_actions,
};
use crate::error::{Error, Result};
use crate::math::Watch;
use std::hash::Hasher;

/// From this many bits on a plan is worth its time for one run.
const PLANNED_FROM: usize = 12;

/// Without a plan, actions between one look at whether the run was cancelled and the next.
const ACTIONS_A_CHECK: usize = 64;

/// A program with numbers for its angles.
#[derive(Debug)]
pub(in super::super) struct Code {
    num_qubits: usize,
    /// Those outside of spans; others are empty.
    stretches: Vec<Sequence>,
    spans: Vec<Sequence>,
    /// Whether actions run one by one, without plans.
    direct: bool,
    plans: PerTarget<Result<Plans>>,
}

/// What is done in a row.
type Sequence = Vec<Part>;

/// For each sequence, of its parts the plans of those that are actions.
#[derive(Debug)]
struct Plans {
    stretches: Vec<Vec<Option<Planned>>>,
    spans: Vec<Vec<Option<Planned>>>,
}

#[derive(Debug)]
struct Planned {
    plan: Plan,
    coefficients: Coefficients,
}

/// Which sequence.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Place {
    Stretch(usize),
    Span(usize),
}

impl Code {
    /// From a program and the values of all its parameters.
    ///
    /// # Errors
    /// If there are more qubits than a density matrix can have, an opaque gate, a channel on too many
    /// qubits, or no memory for the actions; if an angle is not finite.
    pub fn new(flow: &Flow, row: &[f64]) -> Result<Self> {
        let n = flow.num_qubits;
        // Single precision takes less: here only what fits in no memory is refused.
        check_density::<f32>("a density matrix", n)?;
        let lowered: Vec<Vec<Action>> = flow
            .stretches()
            .map(|gates| {
                let Lowered { mut actions, slots } = Lowered::new(gates)?;
                for action in &mut actions {
                    if let Kind::Phase(angle) | Kind::Rotation(_, angle) = &mut action.kind
                        && let Scalar::Slot(slot) = *angle
                    {
                        *angle = Scalar::Const(slots[slot as usize].at(row));
                    }
                    action.check(n)?;
                }
                Ok(actions)
            })
            .collect::<Result<_>>()?;
        let mut alone = vec![true; lowered.len()];
        let mut span = |span: &super::super::flow::Span| {
            let mut lowering = Lowering::new(n);
            for step in &span.steps {
                match *step {
                    Step::Gates(k) => {
                        alone[k] = false;
                        lowered[k].iter().try_for_each(|action| lowering.gate(action))?;
                    }
                    Step::Channel(k) => lowering.channel(&flow.channels[k].op)?,
                }
            }
            lowering.finish()
        };
        let spans = flow.spans.iter().map(&mut span).collect::<Result<_>>()?;
        let stretch = |(actions, alone): (&Vec<Action>, &bool)| {
            let mut lowering = Lowering::new(n);
            if *alone {
                actions.iter().try_for_each(|action| lowering.gate(action))?;
            }
            lowering.finish()
        };
        let stretches = lowered.iter().zip(&alone).map(stretch).collect::<Result<_>>()?;
        let loops = flow
            .code
            .iter()
            .enumerate()
            .any(|(at, i)| matches!(i, Instruction::Jump { to } if *to <= at));
        let direct = 2 * n < PLANNED_FROM && !loops;
        Ok(Code { num_qubits: n, stretches, spans, direct, plans: PerTarget::new() })
    }

    fn sequence(&self, place: Place) -> &Sequence {
        match place {
            Place::Stretch(k) => &self.stretches[k],
            Place::Span(k) => &self.spans[k],
        }
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.stretches.iter().chain(&self.spans).flatten()
    }

    fn plans(&self, target: Target) -> Result<&Plans> {
        let planned = |part: &Part| match part {
            Part::Depolarize { .. } => Ok(None),
            Part::Actions(actions) => {
                let plan = Plan::try_new(target, 2 * self.num_qubits, actions)?;
                let coefficients = plan.bind(&[])?;
                Ok(Some(Planned { plan, coefficients }))
            }
        };
        let all = |sequences: &[Sequence]| -> Result<_> {
            sequences.iter().map(|sequence| sequence.iter().map(planned).collect()).collect()
        };
        let make = || Ok(Plans { stretches: all(&self.stretches)?, spans: all(&self.spans)? });
        self.plans.get_or_init(target, make).as_ref().map_err(Error::clone)
    }

    /// Passes over the state for a target; a loop's are counted once.
    pub fn num_passes(&self, target: Target) -> Result<usize> {
        if self.direct {
            let passes = |part: &Part| match part {
                Part::Actions(actions) => actions.len(),
                Part::Depolarize { .. } => 1,
            };
            return Ok(self.parts().map(passes).sum());
        }
        let Plans { stretches, spans } = self.plans(target)?;
        let passes = |part: &Option<Planned>| part.as_ref().map_or(1, |p| p.plan.len());
        Ok(stretches.iter().chain(spans).flatten().map(passes).sum())
    }

    /// A hash of what is run for a target, the same on every machine.
    pub fn hash(&self, target: Target) -> Result<u64> {
        let mut hash = Fnv::new();
        hash.word(self.num_qubits as u64);
        let plans = if self.direct { None } else { Some(self.plans(target)?) };
        let planned = plans.iter().flat_map(|p| p.stretches.iter().chain(&p.spans).flatten());
        let mut planned = planned.map(|p| p.as_ref().map(|p| p.plan.hash()));
        for part in self.parts() {
            let plan = planned.next().flatten();
            match part {
                Part::Actions(actions) => hash.word(
                    plan.unwrap_or_else(|| hash_of_actions(2 * self.num_qubits, actions.iter())),
                ),
                Part::Depolarize { qubits, lambda } => {
                    hash.word(qubits.iter().fold(0, |mask, q| mask | 1 << q));
                    hash.word(lambda.to_bits());
                }
            }
        }
        Ok(hash.finish())
    }

    /// Runs a sequence; the number of passes.
    ///
    /// # Errors
    /// If there is no memory, [`Error::Interrupted`].
    pub fn run<T: Real>(
        &self,
        place: Place,
        rho: &mut DensityMatrix<T>,
        watch: &Watch,
    ) -> Result<u64> {
        let plans = match self.direct {
            true => None,
            false => {
                let plans = self.plans(rho.target())?;
                Some(match place {
                    Place::Stretch(k) => &plans.stretches[k],
                    Place::Span(k) => &plans.spans[k],
                })
            }
        };
        let mut passes = 0;
        for (k, part) in self.sequence(place).iter().enumerate() {
            watch.check()?;
            match part {
                Part::Depolarize { qubits, lambda } => {
                    rho.depolarize(qubits, *lambda)?;
                    watch.add_passes(1);
                    passes += 1;
                }
                Part::Actions(actions) => match plans.and_then(|plans| plans[k].as_ref()) {
                    None => {
                        rho.change(|vector| one_by_one(actions, vector, watch))?;
                        passes += actions.len() as u64;
                    }
                    Some(Planned { plan, coefficients }) => {
                        rho.change(|vector| run_watched(watch, plan, coefficients, vector))?;
                        passes += plan.len() as u64;
                    }
                },
            }
        }
        Ok(passes)
    }
}

fn one_by_one<T: Real>(
    actions: &[Action],
    vector: &mut StateVector<T>,
    watch: &Watch,
) -> Result<()> {
    for some in actions.chunks(ACTIONS_A_CHECK) {
        watch.check()?;
        some.iter().for_each(|action| vector.apply(action, &[]));
        watch.add_passes(some.len() as u64);
    }
    Ok(())
}

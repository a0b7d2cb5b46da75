//! One request, answered by one method: from as few runs of the circuit as possible.

use super::averages::Averages;
use super::branches::{Walk, for_each_branch};
use super::counts::Counts;
use super::executable::Prepared;
use super::flow::Flow;
use super::machine::{Job, Machine};
use super::outcomes::Outcomes;
use super::representation::Representation;
use super::request::{AnyState, Meta, Request, RunResult};
use super::simulator::{Simulator, random_state};
use super::terminal::sample_final;
use super::tree::{Sampled, sample};
use crate::engine::{Real, StateVector};
use crate::error::{Error, Result};

impl Simulator {
    /// By the state vector.
    pub(super) fn run_state_vector<T: Real>(
        &self,
        prepared: &Prepared,
        request: &Request,
    ) -> Result<RunResult>
    where
        AnyState: From<StateVector<T>>,
    {
        let code = prepared.state_vector()?;
        self.run_with::<StateVector<T>>(prepared.flow(), &code, request)
    }

    /// By the method of a representation.
    pub(super) fn run_with<R: Representation>(
        &self,
        flow: &Flow,
        code: &R::Code,
        request: &Request,
    ) -> Result<RunResult>
    where
        AnyState: From<R>,
    {
        R::check(flow, request)?;
        let job = Job::<R> { flow, code, watch: &self.watch };
        let is_static = flow.is_static();
        let start =
            || R::start(flow, &self.initial, self.isa).map(|state| Machine::new(flow, state));
        let mut averages = Averages::<R>::new(request, flow.num_qubits, is_static)?;
        let mut outcomes = request.outcomes.then(|| Outcomes::new(flow));
        let mut outcome_space = None;
        let mut kept = None;
        let mut counts = None;
        let mut walk = Walk::default();
        // By shots; exact answers say it themselves.
        let mut left_out = 0.0f64;
        if request.is_exact() || is_static {
            walk = for_each_branch(start()?, job, self.max_branches, &mut |weight, machine| {
                averages.add(weight, &machine.state)?;
                if let Some(outcomes) = &mut outcomes {
                    outcomes.add(weight, &machine, job.watch)?;
                }
                if request.outcome_space {
                    let written = flow.outcome(&machine.bits);
                    let space = machine.state.outcome_space(flow, &written, job.watch)?;
                    if outcome_space.replace(space).is_some() {
                        return Err(many_spaces());
                    }
                }
                if let (true, Some(shots)) = (is_static, request.shots) {
                    counts = match sample_final(&machine, job, shots, self.seed) {
                        // The exact answers are finished and stay.
                        Err(Error::Interrupted) if request.is_exact() => Some(Counts::default()),
                        counted => Some(counted?),
                    };
                }
                if request.state && kept.replace(machine.state).is_some() {
                    return Err(random_state());
                }
                Ok(())
            })?;
        }
        if let (None, Some(shots)) = (&counts, request.shots) {
            let sampled = match sample(&mut start()?, job, shots, self.seed) {
                // The exact answers are finished and stay.
                Err(Error::Interrupted) if walk.branches > 0 => {
                    Sampled { counts: Counts::default(), neglected: 0.0 }
                }
                Ok(sampled) if sampled.counts.is_empty() && walk.branches == 0 => {
                    return Err(Error::Interrupted);
                }
                other => other?,
            };
            counts = Some(sampled.counts);
            left_out = left_out.max(sampled.neglected);
        }
        let (outcomes, too_rare) = outcomes.map(Outcomes::list).transpose()?.unzip();
        let neglected = (walk.neglected + too_rare.unwrap_or(0.0)).max(left_out);
        let account = R::account(code, flow, self.isa)?;
        let how = match (is_static, walk.branches) {
            (true, _) => "",
            (false, 0) => ", shots split among branches",
            (false, _) if request.shots.is_some() => {
                ", exact branching and shots split among branches"
            }
            (false, _) => ", exact branching",
        };
        Ok(RunResult {
            interrupted: counts.as_ref().map(Counts::shots) != request.shots,
            counts,
            expectations: averages.expectations()?,
            norm: (walk.branches > 0).then(|| averages.norm / (1.0 - walk.neglected)),
            probabilities: averages.largest()?,
            outcomes,
            outcome_space,
            state: kept.map(AnyState::from),
            branches: walk.branches,
            neglected,
            meta: Meta {
                version: env!("CARGO_PKG_VERSION"),
                method: if how.is_empty() {
                    R::NAME.into()
                } else {
                    (R::NAME.to_owned() + how).into()
                },
                reason: "".into(),
                instruction_set: self.isa.to_string(),
                precision: R::PRECISION,
                seed: self.seed,
                threads: rayon::current_num_threads(),
                passes: account.passes,
                plan_hash: format!("{:016x}", account.hash),
                state_bytes: account.state_bytes,
                seconds: 0.0,
            },
        })
    }
}

fn many_spaces() -> Error {
    Error::Unsupported {
        method: "the space of the outcomes",
        operation: "a measurement or reset in the middle of the circuit with two possible outcomes"
            .into(),
        hint: "each has a space of its own; ask for the distribution of the outcomes, or for shots"
            .into(),
    }
}

//! One request, answered by one method: from as few runs of the circuit as possible.

use super::averages::Averages;
use super::branches::{Walk, for_each_branch};
use super::counts::Counts;
use super::executable::Prepared;
use super::flow::Flow;
use super::machine::{Job, Machine};
use super::outcomes::Outcomes;
use super::representation::Representation;
use super::request::{AnyState, Meta, Request, RunResult, Trajectories};
use super::simulator::{Simulator, random_state};
use super::terminal::sample_final;
use super::trajectories::estimate;
use super::tree::{Sampled, laws, sample};
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
        let job = Job::<R> { flow, code, watch: &self.watch, draws: false };
        let is_static = if R::TAKES_CHANNELS { flow.is_deterministic() } else { flow.is_static() };
        let start =
            || R::start(flow, &self.initial, self.isa).map(|state| Machine::new(flow, state));
        let mut averages = Averages::<R>::new(request, flow.num_qubits, is_static)?;
        let mut outcomes = request.outcomes.then(|| Outcomes::new(flow));
        let mut outcome_space = None;
        let mut kept = None;
        let mut counts = None;
        let mut trajectories = None;
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
                Err(Error::Interrupted) if walk.branches > 0 => Sampled::default(),
                Ok(sampled) if sampled.counts.is_empty() && walk.branches == 0 => {
                    return Err(Error::Interrupted);
                }
                other => other?,
            };
            if R::DRAWS_CHANNELS {
                trajectories = drawn_shots(flow, &sampled);
            }
            counts = Some(sampled.counts);
            left_out = left_out.max(sampled.neglected);
        }
        let (outcomes, too_rare) = outcomes.map(Outcomes::list).transpose()?.unzip();
        let neglected = (walk.neglected + too_rare.unwrap_or(0.0)).max(left_out);
        let how = match (is_static, walk.branches) {
            (true, _) => "",
            (false, 0) if trajectories.is_some() => ", shots by patterns of errors",
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
            trajectories,
            propagation: None,
            meta: self.meta::<R>(flow, code, how)?,
        })
    }

    /// Means and shots by trajectories of the state vector.
    pub(super) fn run_trajectories<T: Real>(
        &self,
        prepared: &Prepared,
        request: &Request,
    ) -> Result<RunResult>
    where
        AnyState: From<StateVector<T>>,
    {
        let (flow, code) = (prepared.flow(), prepared.state_vector()?);
        not_by_trajectories(request)?;
        StateVector::<T>::check(flow, request)?;
        let job = Job::<StateVector<T>> { flow, code: &code, watch: &self.watch, draws: false };
        let root = || {
            StateVector::start(flow, &self.initial, self.isa).map(|state| Machine::new(flow, state))
        };
        let means = match request.observables.is_empty() {
            true => None,
            false => Some(estimate(&mut root()?, job, request, self.seed)?),
        };
        let sampled = match request.shots {
            Some(shots) => match sample(&mut root()?, job, shots, self.seed) {
                // The means are finished and stay.
                Err(Error::Interrupted) if means.is_some() => Some(Sampled::default()),
                Ok(sampled) if sampled.counts.is_empty() && means.is_none() => {
                    return Err(Error::Interrupted);
                }
                sampled => Some(sampled?),
            },
            None => None,
        };
        let counted = sampled.as_ref().and_then(|sampled| drawn_shots(flow, sampled));
        let estimated = means.as_ref().map(|means| means.trajectories.clone());
        let counts = sampled.map(|sampled| sampled.counts);
        let cut_off = means.as_ref().is_some_and(|means| means.interrupted);
        Ok(RunResult {
            interrupted: cut_off || counts.as_ref().map(Counts::shots) != request.shots,
            counts,
            expectations: means.map(|means| means.expectations).unwrap_or_default(),
            norm: None,
            probabilities: None,
            outcomes: None,
            outcome_space: None,
            state: None,
            branches: 0,
            neglected: 0.0,
            trajectories: estimated.or(counted),
            propagation: None,
            meta: self.meta::<StateVector<T>>(flow, &code, ", trajectories")?,
        })
    }

    /// How an answer came about, but for the reason and the time.
    fn meta<R: Representation>(&self, flow: &Flow, code: &R::Code, how: &str) -> Result<Meta> {
        let account = R::account(code, flow, self.isa)?;
        Ok(Meta {
            version: env!("CARGO_PKG_VERSION"),
            method: if how.is_empty() { R::NAME.into() } else { (R::NAME.to_owned() + how).into() },
            reason: "".into(),
            instruction_set: self.isa.to_string(),
            precision: R::PRECISION,
            seed: self.seed,
            threads: rayon::current_num_threads(),
            passes: account.passes,
            plan_hash: format!("{:016x}", account.hash),
            state_bytes: account.state_bytes,
            seconds: 0.0,
        })
    }
}

/// What there is to say of shots whose noise was drawn.
fn drawn_shots(flow: &Flow, sampled: &Sampled) -> Option<Trajectories> {
    (!flow.channels.is_empty()).then(|| Trajectories {
        number: sampled.counts.shots(),
        distinct_patterns: sampled.branches,
        no_error_weight: flow.is_one_span().then(|| laws(flow)[0].no_event()),
        standard_errors: Vec::new(),
        effective_numbers: Vec::new(),
    })
}

/// Refuses what random trajectories do not give.
fn not_by_trajectories(request: &Request) -> Result<()> {
    let operation = match request {
        Request { state: true, .. } => "the state of a noisy circuit, which is random",
        Request { probabilities: Some(_), .. } => "the probabilities of basis states",
        Request { outcomes: true, .. } => "the exact distribution of the outcomes",
        Request { outcome_space: true, .. } => "the space of the outcomes",
        _ => return Ok(()),
    };
    Err(Error::Unsupported {
        method: "trajectories",
        operation: operation.into(),
        hint: "use the density matrix (`--method density-matrix`), or ask for shots".into(),
    })
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

//! The two flows of an anneal as plans of the engine, bound again for every stage.

use crate::engine::{Action, Coefficients, Kind, PauliMask, Plan, Scalar, StateVector, Target};
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::math::Watch;
use smallvec::SmallVec;

/// Stages that one plan has: the sweeps of a large state then share the ends of stages.
const STAGES_PER_PLAN: usize = 6;

/// Pairs of a rotation about X of all spins and phases of the problem, collected until there is a plan
/// for them.
pub(super) struct Stages<'a> {
    many: BoundPlan,
    one: BoundPlan,
    last: BoundPlan,
    /// The coefficients of the problem that differ; each is a slot of a stage.
    values: Vec<f64>,
    waiting: SmallVec<[(f64, f64); STAGES_PER_PLAN]>,
    watch: &'a Watch,
}

struct BoundPlan {
    plan: Plan,
    coefficients: Coefficients,
    slots: Vec<f64>,
}

impl BoundPlan {
    fn new(
        target: Target,
        num_qubits: usize,
        actions: &[Action],
        num_slots: usize,
    ) -> Result<Self> {
        let plan = Plan::try_new(target, num_qubits, actions)?;
        let slots = vec![0.0; num_slots];
        debug_assert_eq!(plan.num_slots(), num_slots);
        Ok(BoundPlan { coefficients: plan.bind(&slots)?, plan, slots })
    }

    fn run(&mut self, state: &mut StateVector, watch: &Watch) -> Result<()> {
        self.plan.bind_into(&self.slots, &mut self.coefficients)?;
        self.plan.run_watched(&self.coefficients, state, &|_, _| !watch.is_cancelled())
    }
}

impl<'a> Stages<'a> {
    /// For a model and states of this target.
    pub fn new(model: &Ising, target: Target, watch: &'a Watch) -> Result<Self> {
        let mut values: Vec<f64> = model.fields().to_vec();
        values.extend(model.couplings().iter().map(|(_, _, coupling)| coupling));
        values.retain(|&value| value != 0.0);
        values.sort_by(f64::total_cmp);
        values.dedup();
        let n = model.num_spins();
        let slot_of = |value: f64, stage: usize| {
            let place = values.binary_search_by(|other| other.total_cmp(&value));
            let place = place.expect("the value is in the list");
            Scalar::Slot((stage * (values.len() + 1) + 1 + place) as u32)
        };
        let rotation = |x: u64, z: u64, slot| Action::new(Kind::Rotation(PauliMask { x, z }, slot));
        let stage = |number: usize, actions: &mut Vec<Action>| {
            let slot = Scalar::Slot((number * (values.len() + 1)) as u32);
            actions.extend((0..n).map(|q| rotation(1 << q, 0, slot)));
            let fields = model.fields().iter().enumerate().filter(|(_, h)| **h != 0.0);
            actions.extend(fields.map(|(q, &h)| rotation(0, 1 << q, slot_of(h, number))));
            let pairs = model.couplings().iter();
            actions
                .extend(pairs.map(|&(i, j, w)| rotation(0, 1 << i | 1 << j, slot_of(w, number))));
        };
        let plan = |stages: usize| {
            let mut actions = Vec::new();
            (0..stages).for_each(|number| stage(number, &mut actions));
            BoundPlan::new(target, n, &actions, stages * (values.len() + 1))
        };
        let field: Vec<Action> = (0..n).map(|q| rotation(1 << q, 0, Scalar::Slot(0))).collect();
        Ok(Stages {
            many: plan(STAGES_PER_PLAN)?,
            one: plan(1)?,
            last: BoundPlan::new(target, n, &field, 1)?,
            values,
            waiting: SmallVec::new(),
            watch,
        })
    }

    /// Gates of a stage.
    pub fn gates(&self) -> usize {
        self.one.plan.num_actions()
    }

    /// exp(-i beta E(Z) / 2) exp(i alpha ΣX / 2): ∫A dt is `alpha`, B dt is `beta`.
    pub fn push(&mut self, alpha: f64, beta: f64, state: &mut StateVector) -> Result<()> {
        self.waiting.push((alpha, beta));
        if self.waiting.len() < STAGES_PER_PLAN {
            return Ok(());
        }
        let width = self.values.len() + 1;
        for (slots, &pair) in self.many.slots.chunks_exact_mut(width).zip(&self.waiting) {
            fill(slots, pair, &self.values);
        }
        self.waiting.clear();
        self.many.run(state, self.watch)
    }

    /// All that waits, and exp(i alpha ΣX / 2) after it.
    pub fn finish(&mut self, alpha: f64, state: &mut StateVector) -> Result<()> {
        for pair in std::mem::take(&mut self.waiting) {
            fill(&mut self.one.slots, pair, &self.values);
            self.one.run(state, self.watch)?;
        }
        self.last.slots[0] = -alpha;
        self.last.run(state, self.watch)
    }
}

/// R_X(-alpha), R_Z(beta h) and R_ZZ(beta J).
fn fill(slots: &mut [f64], (alpha, beta): (f64, f64), values: &[f64]) {
    slots[0] = -alpha;
    slots[1..].iter_mut().zip(values).for_each(|(slot, value)| *slot = beta * value);
}

/// The phases of the problem's parts, in radians per B·time: max over spins of |h| + Σ|J|.
pub(super) fn fastest_spin(model: &Ising) -> Result<f64> {
    let rates = (0..model.num_spins()).map(|i| {
        let couplings = model.neighbours(i).iter().map(|(_, w)| w.abs());
        model.fields()[i].abs() + couplings.sum::<f64>()
    });
    let most = rates.fold(0.0, f64::max);
    if most.is_finite() {
        return Ok(most);
    }
    let what = "the sum of a spin's |field| and |couplings|".into();
    Err(Error::NotFinite { what, value: most })
}

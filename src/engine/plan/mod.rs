//! Actions → passes over memory. A plan is structure: where the passes are, which of their
//! coefficients are constants, and which are computed from slots at binding. So one plan serves
//! every row of parameters, and threads share it.

mod block;
mod budgets;
mod build;
mod butterflies;
mod cost;
mod diagonal;
mod factor;
mod fuse;
mod hash;
mod layers;
mod pass;
mod programs;
mod report;
mod schedule;
mod select;
mod split;
mod tiling;
mod timing;
mod values;

use self::schedule::Step;
use self::values::{Row, Values};
use super::action::Action;
use super::kernel::{self, Ahead, Buffer, Real, Workspace};
use super::layout::Layout;
use super::memory;
use super::state_vector::StateVector;
use super::target::Target;
use crate::error::{Error, Result};
use crate::math::check_memory;
use num_complex::Complex;

pub(crate) use self::hash::{Fnv, hash_of_actions};
pub use self::report::{PassReport, PlanReport, SweepReport};
pub use self::tiling::Tiling;

/// Memory that planning takes, measured on circuits of plain gates.
const BYTES_PER_ACTION: u128 = 160;

/// What a list of actions does to a register, ready to run.
///
/// ```
/// use ketlab::engine::{Action, Kind, PauliMask, Plan, Scalar, StateVector, Target};
/// # fn main() -> ketlab::Result<()> {
/// let y = PauliMask { x: 1, z: 1 };
/// let plan = Plan::new(Target::best::<f64>(), 1, &[Action::new(Kind::Rotation(y, Scalar::Slot(0)))]);
/// let mut coefficients = plan.bind(&[0.0])?;
/// for theta in [0.1f64, 0.2] {
///     plan.bind_into(&[theta], &mut coefficients)?;
///     let mut state = StateVector::<f64>::zero(1)?;
///     plan.run(&coefficients, &mut state);
///     assert!((state.probability(1) - (theta / 2.0).sin().powi(2)).abs() < 1e-15);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    target: Target,
    num_qubits: usize,
    num_slots: usize,
    num_actions: usize,
    steps: Vec<Step>,
    values: Values,
    /// Where the qubits are at the end.
    layout: Layout,
    hash: u64,
}

/// The coefficients of a plan for one row of slot values.
#[derive(Debug, Clone)]
pub struct Coefficients {
    row: Row,
    /// The plan that they belong to.
    hash: u64,
}

impl Plan {
    /// Plans the actions, in order, on `num_qubits` qubits, for states of `target`; linear in their
    /// number. Panics if one does not fit ([`Action::check`]) or there are more than 64 qubits.
    #[track_caller]
    pub fn new(target: Target, num_qubits: usize, actions: &[Action]) -> Self {
        Self::try_new(target, num_qubits, actions).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Plans the actions, or returns the first error of [`Action::check`]; [`Error::TooLarge`]
    /// for more qubits than an index has bits, and where there is no memory for the plan.
    pub fn try_new(target: Target, num_qubits: usize, actions: &[Action]) -> Result<Self> {
        Self::try_new_tiled(target, num_qubits, actions, &Tiling::default())
    }

    /// As [`try_new`](Self::try_new), with tiles of another size.
    pub fn try_new_tiled(
        target: Target,
        num_qubits: usize,
        actions: &[Action],
        tiling: &Tiling,
    ) -> Result<Self> {
        let needed = (actions.len() as u128).saturating_mul(BYTES_PER_ACTION);
        check_memory(format_args!("the plan of {} actions", actions.len()), needed, |_| {
            (None, "run the circuit in parts".into())
        })?;
        build::build(target, num_qubits, actions, tiling)
    }

    /// The states that it is for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Number of slot values that [`bind`](Self::bind) takes: one more than the highest slot.
    pub fn num_slots(&self) -> usize {
        self.num_slots
    }

    /// Number of actions that were planned.
    pub fn num_actions(&self) -> usize {
        self.num_actions
    }

    /// Number of sweeps over memory; many actions may share one.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing touches memory.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A number that identifies the plan: target, qubits, actions with their constants, and passes.
    /// The same on every machine.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The coefficients for these slot values (radians). [`Error::Invalid`] for a wrong number of
    /// them, [`Error::NotFinite`].
    pub fn bind(&self, slots: &[f64]) -> Result<Coefficients> {
        self.check_slots(slots)?;
        let row = self.values.row(self.num_slots, self.target.precision);
        let mut coefficients = Coefficients { row, hash: self.hash };
        self.values.fill(slots, &mut coefficients.row);
        Ok(coefficients)
    }

    /// As [`bind`](Self::bind), in the memory of coefficients bound before. Panics if they are of
    /// another plan.
    #[track_caller]
    pub fn bind_into(&self, slots: &[f64], coefficients: &mut Coefficients) -> Result<()> {
        assert_eq!(coefficients.hash, self.hash, "the coefficients are of another plan");
        self.check_slots(slots)?;
        self.values.fill(slots, &mut coefficients.row);
        Ok(())
    }

    fn check_slots(&self, slots: &[f64]) -> Result<()> {
        if slots.len() != self.num_slots {
            return Err(Error::Invalid {
                what: "the number of slot values".into(),
                value: slots.len().to_string(),
                expected: format!("the plan has {} slots", self.num_slots),
            });
        }
        match slots.iter().position(|x| !x.is_finite()) {
            Some(slot) => {
                Err(Error::NotFinite { what: format!("slot {slot}"), value: slots[slot] })
            }
            None => Ok(()),
        }
    }

    /// Runs the plan on a state. Panics if the state has another number of qubits, another
    /// precision or instruction set than the plan's [`target`](Self::target), or the coefficients
    /// are of another plan.
    #[track_caller]
    pub fn run<T: Real>(&self, coefficients: &Coefficients, state: &mut StateVector<T>) {
        self.run_watched(coefficients, state, &|_, _| true).expect("nobody interrupts");
    }

    /// As [`run`](Self::run), calling `watch(passes done, passes in all)` before each pass and at
    /// the end. When it returns false, the run stops with [`Error::Interrupted`] and the state is
    /// that of no circuit: set it anew.
    #[track_caller]
    pub fn run_watched<T: Real>(
        &self,
        coefficients: &Coefficients,
        state: &mut StateVector<T>,
        watch: &(impl Fn(usize, usize) -> bool + Sync),
    ) -> Result<()> {
        self.prepare(coefficients, state);
        let mut outcome = Ok(());
        let large = kernel::is_large::<Complex<T>>(state.buffer.len());
        kernel::in_pool(large, || outcome = self.run_steps(&coefficients.row, state, watch));
        state.layout = self.layout;
        outcome
    }

    fn run_steps<T: Real>(
        &self,
        row: &Row,
        state: &mut StateVector<T>,
        watch: &impl Fn(usize, usize) -> bool,
    ) -> Result<()> {
        let (isa, buffer) = (state.isa, &mut state.buffer);
        let mut workspace = None;
        for (done, step) in self.steps.iter().enumerate() {
            if !watch(done, self.steps.len()) {
                return Err(Error::Interrupted);
            }
            match step {
                Step::Whole(pass) => pass.run(isa, buffer, row, 0, true),
                Step::Tiles(group) => {
                    let bits = group.bits.count_ones();
                    if 1 << bits == buffer.len() {
                        group.items.iter().for_each(|item| item.run_whole(isa, buffer, row));
                        continue;
                    }
                    let items: Vec<_> = group
                        .items
                        .iter()
                        .map(|item| item.ready(isa, row, bits as usize))
                        .collect();
                    let work = |number: usize, tile: &mut Buffer<T>, ahead: &mut Ahead| {
                        let outside = (number as u64) << bits;
                        items.iter().for_each(|item| item.run(isa, tile, row, outside, ahead));
                    };
                    let workspace = match &mut workspace {
                        Some(workspace) => workspace,
                        none => none.insert(tile_memory::<T>(bits)?),
                    };
                    kernel::tiles(buffer, group.bits as usize, workspace, work);
                }
            }
        }
        if watch(self.len(), self.len()) { Ok(()) } else { Err(Error::Interrupted) }
    }

    #[track_caller]
    fn prepare<T: Real>(&self, coefficients: &Coefficients, state: &mut StateVector<T>) {
        assert_eq!(coefficients.hash, self.hash, "the coefficients are of another plan");
        assert_eq!(state.num_qubits(), self.num_qubits, "the numbers of qubits differ");
        let target = state.target();
        assert!(target == self.target, "a plan for {} runs no state of {target}", self.target);
        state.settle();
    }
}

/// Memory for a tile of every thread; [`Error::TooLarge`] if it is not there.
fn tile_memory<T: Real>(tile_bits: u32) -> Result<Workspace<T>> {
    Workspace::new(tile_bits).ok_or_else(|| memory::refusal::<T>("a tile", tile_bits as usize))
}

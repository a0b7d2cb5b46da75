//! Actions → passes over memory. A plan is structure: where the passes are, which of their
//! coefficients are constants, and which are computed from slots at binding. So one plan serves
//! every row of parameters, and threads share it.

mod build;
mod factor;
mod hash;
mod layers;
mod pass;
mod schedule;
mod split;
mod tiling;

use self::factor::{Factor, Matrix2};
use self::layers::Item;
use self::schedule::Step;
use self::split::{SPLIT, split};
use super::action::Action;
use super::kernel::{self, Buffer, Real, Workspace};
use super::layout::Layout;
use super::memory;
use super::state_vector::StateVector;
use crate::error::{Error, Result};
use num_complex::{Complex, Complex64};
use std::ops::Range;

pub use self::tiling::Tiling;

/// What a list of actions does to a register, ready to run.
///
/// ```
/// use ketlab::engine::{Action, Kind, PauliMask, Plan, Scalar, StateVector};
/// # fn main() -> ketlab::Result<()> {
/// let y = PauliMask { x: 1, z: 1 };
/// let plan = Plan::new(1, &[Action::new(Kind::Rotation(y, Scalar::Slot(0)))]);
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
    num_qubits: usize,
    num_slots: usize,
    steps: Vec<Step>,
    /// How the values that depend on slots are computed.
    rules: Vec<Rule>,
    /// Factors of the products among the rules.
    factors: Vec<Factor>,
    /// Values of all passes; those that depend on slots are filled at binding.
    constants: Vec<Complex64>,
    /// Where the qubits are at the end.
    layout: Layout,
    hash: u64,
}

/// Fills values of a pass from slots.
#[derive(Debug, Clone, PartialEq)]
enum Rule {
    /// A phase (of `Parity`).
    Phase { slot: u32, at: u32 },
    /// A rotation about a string of Z (`Parity`) or another (`Mix`).
    Rotation { slot: u32, negated: bool, diagonal: bool, at: u32 },
    /// The product of factors on one qubit, later ones from the left.
    Product { factors: Range<u32>, form: Form, at: u32 },
}

impl Rule {
    fn at(&self) -> u32 {
        match self {
            Rule::Phase { at, .. } | Rule::Rotation { at, .. } | Rule::Product { at, .. } => *at,
        }
    }

    fn fill(&self, factors: &[Factor], slots: &[f64], values: &mut [Complex64]) {
        match *self {
            Rule::Phase { slot, at } => {
                values[at as usize..][..2].fill(Complex64::cis(slots[slot as usize]));
            }
            Rule::Rotation { slot, negated, diagonal, at } => {
                let half = 0.5 * slots[slot as usize];
                let c = Complex64::cis(if negated { -half } else { half });
                values[at as usize..][..2].copy_from_slice(&rotation_values(c, diagonal));
            }
            Rule::Product { factors: ref range, form, at } => {
                let factors = &factors[range.start as usize..range.end as usize];
                let m = factor::product(factors, slots);
                form.write(&m, &mut values[at as usize..]);
            }
        }
    }
}

/// The two values of a rotation whose angle has the half-angle number c = cos θ/2 + i sin θ/2.
fn rotation_values(c: Complex64, diagonal: bool) -> [Complex64; 2] {
    if diagonal { [c.conj(), c] } else { [c.re.into(), Complex64::new(0.0, -c.im)] }
}

/// What a pass wants to know of a matrix on one qubit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// Its diagonal (`Parity`).
    Diagonal,
    /// All of it (`Dense1`).
    Matrix,
    /// Its parts, for a layer of rotations.
    Split,
}

impl Form {
    fn write(self, m: &Matrix2, values: &mut [Complex64]) {
        match self {
            Form::Diagonal => values[..2].copy_from_slice(&[m[0], m[3]]),
            Form::Matrix => values[..4].copy_from_slice(m),
            Form::Split => values[..SPLIT].copy_from_slice(&split(m)),
        }
    }
}

/// The coefficients of a plan for one row of slot values.
#[derive(Debug, Clone)]
pub struct Coefficients {
    values: Vec<Complex64>,
    /// The plan that they belong to.
    hash: u64,
}

impl Plan {
    /// Plans the actions, in order, on `num_qubits` qubits; linear in their number. Panics if one
    /// does not fit ([`Action::check`]) or there are more than 64 qubits.
    #[track_caller]
    pub fn new(num_qubits: usize, actions: &[Action]) -> Self {
        Self::try_new(num_qubits, actions).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Plans the actions, or returns the first error of [`Action::check`]; [`Error::TooLarge`]
    /// for more qubits than an index has bits.
    pub fn try_new(num_qubits: usize, actions: &[Action]) -> Result<Self> {
        Self::try_new_tiled(num_qubits, actions, &Tiling::default())
    }

    /// As [`try_new`](Self::try_new), with tiles of another size.
    pub fn try_new_tiled(num_qubits: usize, actions: &[Action], tiling: &Tiling) -> Result<Self> {
        build::build(num_qubits, actions, tiling)
    }

    /// Splits the matrices whose values begin at these places.
    fn split(&mut self, places: &[u32]) {
        for &place in places {
            // Rules are in the order of their values.
            match self.rules.binary_search_by_key(&place, Rule::at) {
                Ok(rule) => {
                    if let Rule::Product { form, .. } = &mut self.rules[rule] {
                        *form = Form::Split;
                    }
                }
                Err(_) => {
                    let values = &mut self.constants[place as usize..];
                    let m = values[..4].try_into().expect("four values");
                    Form::Split.write(&m, values);
                }
            }
        }
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// Number of slot values that [`bind`](Self::bind) takes: one more than the highest slot.
    pub fn num_slots(&self) -> usize {
        self.num_slots
    }

    /// Number of passes over memory; many actions may share one.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing touches memory.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A number that identifies the plan: qubits, actions with their constants, and passes. The same
    /// on every machine.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Where a run leaves the qubits.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The coefficients for these slot values (radians). [`Error::Invalid`] for a wrong number of
    /// them, [`Error::NotFinite`].
    pub fn bind(&self, slots: &[f64]) -> Result<Coefficients> {
        self.check_slots(slots)?;
        let mut coefficients = Coefficients { values: self.constants.clone(), hash: self.hash };
        self.fill(slots, &mut coefficients);
        Ok(coefficients)
    }

    /// As [`bind`](Self::bind), in the memory of coefficients bound before. Panics if they are of
    /// another plan.
    #[track_caller]
    pub fn bind_into(&self, slots: &[f64], coefficients: &mut Coefficients) -> Result<()> {
        assert_eq!(coefficients.hash, self.hash, "the coefficients are of another plan");
        self.check_slots(slots)?;
        self.fill(slots, coefficients);
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

    fn fill(&self, slots: &[f64], coefficients: &mut Coefficients) {
        for rule in &self.rules {
            rule.fill(&self.factors, slots, &mut coefficients.values);
        }
    }

    /// Runs the plan on a state. Panics if the state has another number of qubits or the
    /// coefficients are of another plan.
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
        kernel::in_pool(large, || outcome = self.run_steps(&coefficients.values, state, watch));
        state.layout = self.layout;
        outcome
    }

    fn run_steps<T: Real>(
        &self,
        values: &[Complex64],
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
                Step::Whole(pass) => pass.run(isa, buffer, values, false),
                Step::Tiles(group) => {
                    let bits = group.bits.count_ones();
                    let ready = |item| Item::ready(item, values, bits as usize);
                    let items: Vec<_> = group.items.iter().map(ready).collect();
                    let work = |base, tile: &mut Buffer<T>| {
                        items.iter().for_each(|item| item.run(isa, tile, values, base as u64));
                    };
                    if 1 << bits == buffer.len() {
                        work(0, buffer);
                        continue;
                    }
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
        state.settle();
    }
}

/// Memory for a tile of every thread; [`Error::TooLarge`] if it is not there.
fn tile_memory<T: Real>(tile_bits: u32) -> Result<Workspace<T>> {
    Workspace::new(tile_bits).ok_or_else(|| memory::refusal::<T>("a tile", tile_bits as usize))
}

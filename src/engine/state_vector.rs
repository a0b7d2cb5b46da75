//! The state of a register: 2^n amplitudes, and where they are.

use super::action::{Action, ControlMask, Kind, PauliMask};
use super::execute::execute;
use super::index_map::{BLOCK, IndexMap};
use super::kernel::{self, Buffer, Diagonal, Isa, Real, is_large};
use super::layout::{Layout, Located};
use super::memory::allocate;
use super::reductions;
use super::target::Target;
use crate::error::{Error, Result};
use crate::math::list_of;
use ndarray::ArrayView1;
use num_complex::{Complex, Complex64};
use rand::RngExt;

/// A pure state of n qubits: 2^n amplitudes of type `Complex<T>`, amplitude i belonging to the
/// basis state whose bit q is the value of qubit q.
///
/// The amplitudes may lie permuted ([`Layout`]): X and SWAP cost nothing. Readers that take `&self`
/// go through the layout; [`amplitudes`](Self::amplitudes) and [`view`](Self::view) put the
/// amplitudes in order first.
///
/// ```
/// use ketlab::engine::{Action, ControlMask, Kind, PauliMask, Scalar, StateVector};
/// # fn main() -> ketlab::Result<()> {
/// let mut bell = StateVector::<f64>::zero(2)?;
/// let y = PauliMask { x: 1, z: 1 };
/// bell.apply(&Action::new(Kind::Rotation(y, Scalar::Slot(0))), &[std::f64::consts::FRAC_PI_2]);
/// let x = Action::new(Kind::Pauli(PauliMask { x: 2, z: 0 }));
/// bell.apply(&x.controlled(ControlMask { mask: 1, value: 1 }), &[]);
/// assert!((bell.probability(0b11) - 0.5).abs() < 1e-15);
/// # Ok(()) }
/// ```
pub struct StateVector<T: Real = f64> {
    pub(super) buffer: Buffer<T>,
    pub(super) layout: Layout,
    pub(super) isa: Isa,
}

impl<T: Real> StateVector<T> {
    /// |0…0⟩. [`Error::TooLarge`] if 2^n amplitudes do not fit.
    pub fn zero(num_qubits: usize) -> Result<Self> {
        Self::basis(num_qubits, 0)
    }

    /// The basis state `index`. [`Error::Invalid`] if it has more than n bits.
    pub fn basis(num_qubits: usize, index: u64) -> Result<Self> {
        let mut state = Self::empty("a state vector", num_qubits)?;
        state.check_index(index)?;
        state.buffer[index as usize].re = T::ONE;
        Ok(state)
    }

    /// The state with these amplitudes: a power of two of them, finite, norm 1 (within 1e-9 in
    /// `f64`, 1e-5 in `f32`). They are not renormalized.
    pub fn from_amplitudes(amplitudes: &[Complex<T>]) -> Result<Self> {
        if !amplitudes.len().is_power_of_two() {
            return Err(Error::Invalid {
                what: "the number of amplitudes".into(),
                value: amplitudes.len().to_string(),
                expected: "it must be a power of two".into(),
            });
        }
        let finite = |z: &Complex<T>| z.re.to_f64().is_finite() && z.im.to_f64().is_finite();
        if let Some(at) = amplitudes.iter().position(|z| !finite(z)) {
            let z = reductions::double(amplitudes[at]);
            let value = if z.re.is_finite() { z.im } else { z.re };
            return Err(Error::NotFinite { what: format!("amplitude {at}"), value });
        }
        let norm = reductions::norm(Isa::best(), amplitudes);
        if (norm - 1.0).abs() > T::NORM_TOLERANCE {
            return Err(Error::Invalid {
                what: "the norm Σ|a|² of the amplitudes".into(),
                value: norm.to_string(),
                expected: format!("it must be 1 within {:e}", T::NORM_TOLERANCE),
            });
        }
        let mut state = Self::empty("a state vector", amplitudes.len().ilog2() as usize)?;
        state.buffer.copy_from_slice(amplitudes);
        Ok(state)
    }

    /// All amplitudes zero: memory for a result.
    pub(super) fn empty(what: &str, num_qubits: usize) -> Result<Self> {
        Isa::check_environment()?;
        let buffer = allocate(what, num_qubits)?;
        Ok(StateVector { buffer, layout: Layout::identity(num_qubits), isa: Isa::best() })
    }

    /// A copy. [`Error::TooLarge`] where `clone` would panic.
    pub fn try_clone(&self) -> Result<Self> {
        let mut copy = Self::empty("a copy of a state vector", self.num_qubits())?;
        copy.buffer.copy_from(&self.buffer);
        copy.layout = self.layout;
        copy.isa = self.isa;
        Ok(copy)
    }

    /// Becomes a copy of a state, in the memory it has. Panics if that one has another number of
    /// qubits.
    #[track_caller]
    pub fn copy_from(&mut self, state: &Self) {
        assert_eq!(self.num_qubits(), state.num_qubits(), "the numbers of qubits differ");
        self.buffer.copy_from(&state.buffer);
        self.layout = state.layout;
    }

    /// Becomes the basis state `index`, in the memory it has.
    pub fn set_basis(&mut self, index: u64) -> Result<()> {
        self.check_index(index)?;
        self.buffer.clear();
        self.layout = Layout::identity(self.num_qubits());
        self.buffer[index as usize].re = T::ONE;
        Ok(())
    }

    /// The plans that run on it.
    pub fn target(&self) -> Target {
        Target::of::<T>(self.isa)
    }

    /// Uses the kernels of one instruction set from now on; the results agree to rounding.
    /// [`Error::Unsupported`] if it is not among [`Isa::available`].
    pub fn set_isa(&mut self, isa: Isa) -> Result<()> {
        if !Isa::available().contains(&isa) {
            return Err(Error::Unsupported {
                method: "this machine",
                operation: format!("the instruction set `{isa}`"),
                hint: format!("it may use {:?}", Isa::available()),
            });
        }
        self.isa = isa;
        Ok(())
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.layout.num_qubits()
    }

    /// Where the amplitudes are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Amplitude of a basis state. Panics if the index has more than n bits.
    #[track_caller]
    pub fn amplitude(&self, index: u64) -> Complex<T> {
        self.buffer[self.place(index)]
    }

    /// |amplitude|² of a basis state. Panics if the index has more than n bits.
    #[track_caller]
    pub fn probability(&self, index: u64) -> f64 {
        reductions::square(self.amplitude(index))
    }

    #[track_caller]
    fn place(&self, index: u64) -> usize {
        if let Err(error) = self.check_index(index) {
            panic!("{error}");
        }
        self.layout.physical(index) as usize
    }

    fn check_index(&self, index: u64) -> Result<()> {
        if index < self.buffer.len() as u64 {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the index of a basis state".into(),
            value: index.to_string(),
            expected: format!(
                "{} qubits have indices below {}",
                self.num_qubits(),
                self.buffer.len()
            ),
        })
    }

    #[track_caller]
    pub(super) fn check_qubit(&self, qubit: usize) {
        let num_qubits = self.num_qubits();
        if qubit >= num_qubits {
            panic!("{}", Error::QubitOutOfRange { qubit, num_qubits });
        }
    }

    /// All amplitudes, in order of the basis states. Settles.
    pub fn amplitudes(&mut self) -> &[Complex<T>] {
        self.settle();
        &self.buffer
    }

    /// All amplitudes as an array. Settles.
    pub fn view(&mut self) -> ArrayView1<'_, Complex<T>> {
        ArrayView1::from(self.amplitudes())
    }

    /// A copy of all amplitudes, in order of the basis states. Panics where
    /// [`try_to_vec`](Self::try_to_vec) has no memory.
    #[track_caller]
    pub fn to_vec(&self) -> Vec<Complex<T>> {
        self.try_to_vec().unwrap_or_else(|error| panic!("{error}"))
    }

    /// A copy of all amplitudes, in order of the basis states. [`Error::TooLarge`] if it does not
    /// fit.
    pub fn try_to_vec(&self) -> Result<Vec<Complex<T>>> {
        self.gather("amplitudes", |a| a)
    }

    /// |amplitude|² of all basis states. Panics where
    /// [`try_probabilities`](Self::try_probabilities) has no memory.
    #[track_caller]
    pub fn probabilities(&self) -> Vec<f64> {
        self.try_probabilities().unwrap_or_else(|error| panic!("{error}"))
    }

    /// |amplitude|² of all basis states. [`Error::TooLarge`] if they do not fit.
    pub fn try_probabilities(&self) -> Result<Vec<f64>> {
        self.gather("probabilities", reductions::square)
    }

    /// `of(amplitude)` for all basis states in order.
    fn gather<R: Copy + Send + Sync>(
        &self,
        what: &str,
        of: impl Fn(Complex<T>) -> R + Sync,
    ) -> Result<Vec<R>> {
        let large = is_large::<Complex<T>>(self.buffer.len());
        let what = format!("the list of the {what} of {} qubits", self.num_qubits());
        let hint = "read the state in place, or ask for few of them";
        let list = list_of(&what, self.buffer.len(), hint)?;
        Ok(match IndexMap::to_places(&self.layout) {
            None => kernel::collect_blocks(list, self.buffer.len(), BLOCK, large, |block| {
                self.buffer[block * BLOCK..].iter().map(|a| of(*a))
            }),
            Some(map) => kernel::collect_blocks(list, self.buffer.len(), BLOCK, large, |block| {
                let (base, in_block) = map.block(block);
                let of = &of;
                in_block.iter().map(move |place| of(self.buffer[(base ^ place) as usize]))
            }),
        })
    }

    /// Σ|a|², 1 for a normalized state.
    pub fn norm(&self) -> f64 {
        reductions::norm(self.isa, &self.buffer)
    }

    /// ⟨self|other⟩. Panics if the numbers of qubits differ.
    #[track_caller]
    pub fn inner_product(&self, other: &Self) -> Complex64 {
        assert_eq!(self.num_qubits(), other.num_qubits(), "states of different size");
        if self.layout == other.layout {
            return reductions::inner_product(self.isa, &self.buffer, &other.buffer);
        }
        reductions::inner_product(self.isa, &self.to_vec(), &other.to_vec())
    }

    /// Applies an action at once, `slots` holding the values of its slots. Panics if the action does
    /// not fit the register ([`Action::check`]) or a slot is missing.
    #[track_caller]
    pub fn apply(&mut self, action: &Action, slots: &[f64]) {
        if let Err(error) = action.check(self.num_qubits()) {
            panic!("{error}");
        }
        self.apply_checked(action, slots);
    }

    /// The same for an action that fits: a look at a large table costs as much as a pass.
    pub(crate) fn apply_checked(&mut self, action: &Action, slots: &[f64]) {
        match action.kind {
            Kind::Pauli(PauliMask { x, z: 0 }) if action.controls.mask == 0 => {
                self.layout.x_mask(x);
            }
            Kind::Swap(a, b) if action.controls.mask == 0 => {
                self.layout.swap(a as usize, b as usize);
            }
            _ if self.layout.is_identity() => {
                execute(self.isa, &mut self.buffer, action, false, slots);
            }
            _ => {
                let Located { action, negated } = action.relocated(&self.layout);
                execute(self.isa, &mut self.buffer, &action, negated, slots);
            }
        }
    }

    /// Probability that measuring a qubit gives 1.
    #[track_caller]
    pub fn probability_of_one(&self, qubit: usize) -> f64 {
        self.check_qubit(qubit);
        let bit = 1 << self.layout.position(qubit);
        reductions::norm_where(self.isa, &self.buffer, bit, bit & !(self.layout.flips() as usize))
    }

    /// Projects a qubit on an outcome and renormalizes; returns the outcome's probability.
    /// [`Error::Invalid`] if it is zero (the state is then unchanged).
    #[track_caller]
    pub fn collapse(&mut self, qubit: usize, outcome: bool) -> Result<f64> {
        self.check_qubit(qubit);
        let bit = 1u64 << self.layout.position(qubit);
        // The value of the physical bit where the qubit has the outcome.
        let set = outcome ^ (self.layout.flips() & bit != 0);
        let value = if set { bit } else { 0 };
        let probability =
            reductions::norm_where(self.isa, &self.buffer, bit as usize, value as usize);
        if !(probability > 0.0 && probability.is_finite()) {
            return Err(Error::Invalid {
                what: format!("the probability that qubit {qubit} is {}", u8::from(outcome)),
                value: probability.to_string(),
                expected: "a state can only be projected on what is possible".into(),
            });
        }
        let keep = Complex64::new(1.0 / probability.sqrt(), 0.0);
        let drop = Complex64::new(0.0, 0.0);
        let c = if set { [drop, keep] } else { [keep, drop] };
        let job = Diagonal::new(bit, c, ControlMask::default());
        kernel::diagonal(self.isa, &mut self.buffer, &job);
        Ok(probability)
    }

    /// Measures one qubit: draws an outcome, projects on it and renormalizes. One number of the
    /// generator a call.
    #[track_caller]
    pub fn measure(&mut self, qubit: usize, rng: &mut impl rand::Rng) -> bool {
        let one = self.probability_of_one(qubit);
        // The norm is 1 but for rounding, and an outcome of probability zero must not be drawn: then
        // the projection refuses, and the other outcome is certain.
        let outcome = rng.random::<f64>() < one;
        if self.collapse(qubit, outcome).is_ok() {
            return outcome;
        }
        self.collapse(qubit, !outcome).expect("one of the two outcomes is possible");
        !outcome
    }

    /// Measures one qubit and brings it to |0⟩.
    #[track_caller]
    pub fn reset(&mut self, qubit: usize, rng: &mut impl rand::Rng) {
        if self.measure(qubit, rng) {
            self.flip(qubit);
        }
    }

    /// X on a qubit, which touches no memory.
    #[track_caller]
    pub fn flip(&mut self, qubit: usize) {
        self.check_qubit(qubit);
        self.layout.x(qubit);
    }

    /// Multiplies all amplitudes by a number, to renormalize for example.
    pub fn scale(&mut self, factor: Complex64) {
        let job = Diagonal::new(0, [factor; 2], ControlMask::default());
        kernel::diagonal(self.isa, &mut self.buffer, &job);
    }
}

impl<T: Real> Clone for StateVector<T> {
    /// Panics if the memory is not there; [`StateVector::try_clone`] returns an error instead.
    fn clone(&self) -> Self {
        self.try_clone().unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T: Real> std::fmt::Debug for StateVector<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateVector<{}> of {} qubits", T::NAME, self.num_qubits())
    }
}

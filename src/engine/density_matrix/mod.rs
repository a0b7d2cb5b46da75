//! Mixed states: the density matrix of a register, as a vector on twice as many bits.

mod change;
mod make;
#[cfg(feature = "npy")]
mod npy;
mod read;
mod strings;
#[cfg(test)]
mod tests;

use super::density_limits::check_density;
use super::kernel::{Isa, Real};
use super::plan::Fnv;
use super::state_vector::StateVector;
use super::target::Target;
use crate::error::{Error, Result};
use num_complex::{Complex, Complex64};
use std::hash::Hasher;

/// A mixed state ρ of n qubits: 4^n entries of type `Complex<T>`.
///
/// The entry ρ_rc = ⟨r|ρ|c⟩ is number r + 2^n c of a vector on 2n bits: bit q of its index is bit q
/// of the row, bit n + q that of the column. So U ρ U† is U on the lower bits and its complex
/// conjugate on the upper ones, and a channel on qubit q is a matrix on the bits q and n + q: the
/// engine's actions do all of it (e.g. Li et al., *Density matrix quantum circuit simulation via the
/// BSP machine*, SC20, §3). It takes 16·4^n bytes, 8·4^n in single precision.
///
/// ```
/// use ketlab::engine::{Action, ControlMask, DensityMatrix, Kind, PauliMask, StateVector};
/// # fn main() -> ketlab::Result<()> {
/// let plus = [std::f64::consts::FRAC_1_SQRT_2; 2].map(Into::into);
/// let mut rho = DensityMatrix::from_state(&StateVector::<f64>::from_amplitudes(&plus)?)?;
/// let x = PauliMask { x: 1, z: 0 };
/// assert!((rho.expectation(x) - 1.0).abs() < 1e-15);
/// rho.depolarize(&[0], 0.25)?;
/// assert!((rho.expectation(x) - 0.75).abs() < 1e-15);
/// assert!((rho.purity() - (1.0 + 0.75f64.powi(2)) / 2.0).abs() < 1e-15);
/// # Ok(()) }
/// ```
pub struct DensityMatrix<T: Real = f64> {
    /// Its layout is the identity whenever nobody changes it.
    pub(super) vector: StateVector<T>,
    num_qubits: usize,
}

impl<T: Real> DensityMatrix<T> {
    /// All entries zero.
    fn empty(what: &str, num_qubits: usize) -> Result<Self> {
        check_density::<T>(what, num_qubits)?;
        Ok(DensityMatrix { vector: StateVector::empty(what, 2 * num_qubits)?, num_qubits })
    }

    /// A copy. [`Error::TooLarge`] where `clone` would panic.
    pub fn try_clone(&self) -> Result<Self> {
        check_density::<T>("a copy of a density matrix", self.num_qubits)?;
        Ok(DensityMatrix { vector: self.vector.try_clone()?, num_qubits: self.num_qubits })
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.num_qubits
    }

    /// 2^n.
    fn dim(&self) -> usize {
        1 << self.num_qubits
    }

    /// The plans that run on it, for 2n bits.
    pub fn target(&self) -> Target {
        self.vector.target()
    }

    /// Uses the kernels of one instruction set from now on; the results agree to rounding.
    ///
    /// # Errors
    /// As [`StateVector::set_isa`].
    pub fn set_isa(&mut self, isa: Isa) -> Result<()> {
        self.vector.set_isa(isa)
    }

    /// All entries, column by column: entry ρ_rc is number r + 2^n c.
    pub fn entries(&self) -> &[Complex<T>] {
        &self.vector.buffer
    }

    /// ⟨row|ρ|column⟩. Panics if an index has more than n bits.
    #[track_caller]
    pub fn entry(&self, row: u64, column: u64) -> Complex<T> {
        for index in [row, column] {
            assert!(index < self.dim() as u64, "{} qubits have no state {index}", self.num_qubits);
        }
        self.vector.buffer[(row + (column << self.num_qubits)) as usize]
    }

    /// Column `column`, 2^n entries.
    fn column(&self, column: usize) -> &[Complex<T>] {
        &self.vector.buffer[column << self.num_qubits..][..self.dim()]
    }

    #[track_caller]
    fn check_qubit(&self, qubit: usize) {
        if let Err(error) = self.in_range(qubit) {
            panic!("{error}");
        }
    }

    fn in_range(&self, qubit: usize) -> Result<()> {
        let num_qubits = self.num_qubits;
        if qubit < num_qubits { Ok(()) } else { Err(Error::QubitOutOfRange { qubit, num_qubits }) }
    }

    /// The mask of some qubits, all different.
    fn mask(&self, qubits: &[usize], operation: &str) -> Result<usize> {
        qubits.iter().try_fold(0, |mask, &qubit| {
            self.in_range(qubit)?;
            match mask >> qubit & 1 {
                0 => Ok(mask | 1 << qubit),
                _ => Err(Error::RepeatedQubit { qubit, operation: operation.into() }),
            }
        })
    }
}

impl<T: Real> Clone for DensityMatrix<T> {
    /// Panics if the memory is not there; [`DensityMatrix::try_clone`] returns an error instead.
    fn clone(&self) -> Self {
        self.try_clone().unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T: Real> PartialEq for DensityMatrix<T> {
    fn eq(&self, other: &Self) -> bool {
        self.num_qubits == other.num_qubits && self.entries() == other.entries()
    }
}

/// What it is, and a number that tells it from others.
impl<T: Real> std::fmt::Debug for DensityMatrix<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut hash = Fnv::new();
        for z in self.entries() {
            hash.word(z.re.to_f64().to_bits());
            hash.word(z.im.to_f64().to_bits());
        }
        let (n, hash) = (self.num_qubits, hash.finish());
        write!(f, "DensityMatrix<{}> of {n} qubits ({hash:016x})", T::NAME)
    }
}

/// A number in the precision of a matrix.
fn cast<T: Real>(z: Complex64) -> Complex<T> {
    Complex::new(T::from_f64(z.re), T::from_f64(z.im))
}

//! Levels in a subspace: the Rayleigh-Ritz method on states that circuits prepared, and the quantum
//! subspace expansion (McClean, Kimchi-Schwartz, Carter & de Jong 2017, arXiv:1603.05681).

use crate::chemistry::Excitation;
use crate::engine::{SumOperator, bytes_needed};
use crate::error::{Error, Result};
use crate::math::{check_memory, lowest_first};
use crate::pauli::PauliSum;
use crate::simulate::{Sector, pauli_mask};
use nalgebra::DMatrix;
use num_complex::Complex64;

/// What of a unit vector must be outside of a subspace to extend it. Less of it is rounding, or an
/// amplitude of 1e-6 that no measurement resolves.
const INDEPENDENT: f64 = 1e-6;

/// √(⟨H²⟩ - ⟨H⟩²) of an eigenstate, relative to the sum of the magnitudes of the Hamiltonian's
/// coefficients without the identity.
const EIGENSTATE: f64 = 1e-4;

/// The largest variance ⟨H²⟩ - ⟨H⟩² at which a state is called an eigenstate of this Hamiltonian:
/// (1e-4 Σ|c|)², the sum without the identity. Some eigenvalue is no farther from ⟨H⟩ than the square
/// root of the variance (Weinstein 1934).
pub fn eigenstate_variance(hamiltonian: &PauliSum) -> f64 {
    let terms = hamiltonian.terms().iter().filter(|(string, _)| !string.is_identity());
    (EIGENSTATE * terms.map(|(_, c)| c.abs()).sum::<f64>()).powi(2)
}

/// A subspace of a [`Sector`], spanned by states.
///
/// Deflation alone finds the lowest means that an ansatz reaches, which need not be levels: UCCSD of
/// H₂ cannot prepare the triplet (|01⟩ - |10⟩)/√2 and finds the mean of triplet and singlet twice.
/// The levels of the Hamiltonian in the span of such states are those two, exactly.
///
/// ```
/// use ketlab::chemistry::Molecule;
/// use ketlab::simulate::Sector;
/// use ketlab::variational::Subspace;
/// use num_complex::Complex64;
/// let h2 = Molecule::bundled("h2_0.735")?;
/// let mut span = Subspace::new(Sector::particles_and_spin(4, 2, 0)?)?;
/// for index in [0b1001, 0b0110] {
///     let mut state = vec![Complex64::ZERO; 16];
///     state[index] = Complex64::ONE;
///     span.push(&state)?;
/// }
/// let levels = span.levels(h2.hamiltonian(), 2)?;
/// assert!((levels[0].energy + 0.5246155554).abs() < 1e-9 && levels[0].variance < 1e-20);
/// assert!((levels[1].energy + 0.1627531558).abs() < 1e-9);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Subspace {
    num_qubits: usize,
    /// The sector's basis states.
    states: Vec<u64>,
    /// Orthonormal.
    basis: Vec<Vec<Complex64>>,
}

/// A level of a Hamiltonian in a subspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// ⟨H⟩.
    pub energy: f64,
    /// ⟨H²⟩ - ⟨H⟩², without cancellation: 0 for an eigenstate of the Hamiltonian in all of the space.
    pub variance: f64,
    /// Its 2^n amplitudes.
    pub state: Vec<Complex64>,
}

impl Subspace {
    /// With nothing in it.
    ///
    /// # Errors
    /// If there is no memory for the sector's basis states.
    pub fn new(sector: Sector) -> Result<Self> {
        let states = sector.states()?;
        Ok(Subspace { num_qubits: sector.num_qubits(), states, basis: Vec::new() })
    }

    /// Its dimension.
    pub fn dimension(&self) -> usize {
        self.basis.len()
    }

    /// Whether it is all of its sector.
    pub fn is_complete(&self) -> bool {
        self.basis.len() == self.states.len()
    }

    /// Extends it by what a state of 2^n amplitudes has outside of it and in the sector, and returns
    /// the norm of that relative to the norm of the state: 0 for a state that is in it, 1 for one that
    /// is orthogonal to it. Less than 1e-6 extends nothing.
    ///
    /// # Errors
    /// If there are not 2^n amplitudes, or no memory for another vector.
    pub fn push(&mut self, state: &[Complex64]) -> Result<f64> {
        self.check(state)?;
        let before = norm(state);
        let vector = self.states.iter().map(|&index| state[index as usize]).collect();
        self.push_vector(vector, before)
    }

    fn push_vector(&mut self, mut vector: Vec<Complex64>, before: f64) -> Result<f64> {
        if !(before > 0.0 && before.is_finite()) {
            return Ok(0.0);
        }
        for _ in 0..2 {
            for b in &self.basis {
                let c: Complex64 = b.iter().zip(&vector).map(|(b, v)| b.conj() * v).sum();
                vector.iter_mut().zip(b).for_each(|(v, b)| *v -= c * b);
            }
        }
        let after = norm(&vector);
        if after / before > INDEPENDENT {
            let needed = 16 * (self.basis.len() as u128 + 1) * self.states.len() as u128;
            check_memory("the basis of a subspace", needed, |_| {
                (None, "use fewer states or a smaller sector".into())
            })?;
            vector.iter_mut().for_each(|v| *v /= after);
            self.basis.push(vector);
        }
        Ok(after / before)
    }

    /// Extends it by T|ψ⟩ and T†|ψ⟩ of every excitation, until it is all of its sector: the quantum
    /// subspace expansion of ψ. Its levels are lower than ⟨ψ|H|ψ⟩ where ψ is no eigenstate, and
    /// excited levels come out as far as one excitation of ψ reaches them: exactly with
    /// [`generalized_excitations`](crate::chemistry::generalized_excitations) for two
    /// electrons. On hardware the matrix elements ⟨ψ|T†ᵢ H Tⱼ|ψ⟩ are measured on the one state ψ.
    ///
    /// # Errors
    /// As [`push`](Self::push); if an excitation is on a mode that is not there.
    pub fn expand(&mut self, state: &[Complex64], excitations: &[Excitation]) -> Result<()> {
        self.check(state)?;
        let highest = excitations.iter().map(Excitation::num_modes).max().unwrap_or(0);
        if highest > self.num_qubits {
            let (qubit, num_qubits) = (highest - 1, self.num_qubits);
            return Err(Error::QubitOutOfRange { qubit, num_qubits });
        }
        self.push(state)?;
        for excitation in excitations {
            for adjoint in [false, true] {
                if self.is_complete() {
                    return Ok(());
                }
                let mut moved = vec![Complex64::ZERO; self.states.len()];
                for (index, amplitude) in (0u64..).zip(state) {
                    if let Some((sign, image)) = excitation.image(index, adjoint)
                        && let Ok(place) = self.states.binary_search(&image)
                    {
                        moved[place] += sign * amplitude;
                    }
                }
                // Relative to ψ: a small T|ψ⟩ that were normalized would be noise.
                self.push_vector(moved, norm(state))?;
            }
        }
        Ok(())
    }

    /// The lowest levels of the Hamiltonian in it (Rayleigh and Ritz), at most `count` and its
    /// dimension. Each is an upper bound of the level of the same number in the sector.
    ///
    /// # Errors
    /// If the Hamiltonian is on other qubits or has a coefficient that is not finite, or there is no
    /// memory for the products.
    pub fn levels(&self, hamiltonian: &PauliSum, count: usize) -> Result<Vec<Level>> {
        let (mut terms, mut shift) = (Vec::new(), 0.0);
        for (string, c) in hamiltonian.terms() {
            match string.is_identity() {
                true => shift += c,
                false => terms.push((pauli_mask(string, self.num_qubits)?, *c)),
            }
        }
        let operator = SumOperator::new(self.num_qubits, &terms)?;
        let (d, count) = (self.basis.len(), count.min(self.basis.len()));
        let whole = bytes_needed(self.num_qubits, 16);
        let needed = whole.saturating_mul(count as u128 + 2) + 16 * (d as u128).pow(2);
        check_memory("the levels of a subspace", needed, |_| (None, "ask for fewer".into()))?;
        let mut projection = DMatrix::zeros(d, d);
        let mut image = vec![Complex64::ZERO; 1 << self.num_qubits];
        for column in 0..d {
            operator.apply(&self.whole(&self.basis[column]), &mut image);
            for (row, b) in self.basis.iter().enumerate() {
                let entries = b.iter().zip(&self.states);
                let entry = entries.map(|(b, &index)| b.conj() * image[index as usize]).sum();
                projection[(row, column)] = entry;
            }
        }
        // Hermitian but for rounding.
        let projection = (&projection + projection.adjoint()) * Complex64::from(0.5);
        let (_, vectors) = lowest_first(projection);
        let level = |k: usize| {
            let mut vector = vec![Complex64::ZERO; self.states.len()];
            for (row, b) in self.basis.iter().enumerate() {
                let c = vectors[(row, k)];
                vector.iter_mut().zip(b).for_each(|(v, b)| *v += c * b);
            }
            let length = norm(&vector);
            vector.iter_mut().for_each(|v| *v /= length);
            let state = self.whole(&vector);
            operator.apply(&state, &mut image);
            let mean: f64 = state.iter().zip(&image).map(|(a, b)| (a.conj() * b).re).sum();
            let off = state.iter().zip(&image).map(|(a, b)| (b - mean * a).norm_sqr());
            Level { energy: mean + shift, variance: off.sum(), state }
        };
        let mut levels: Vec<Level> = (0..count).map(level).collect();
        levels.sort_by(|a, b| a.energy.total_cmp(&b.energy));
        Ok(levels)
    }

    fn whole(&self, vector: &[Complex64]) -> Vec<Complex64> {
        let mut whole = vec![Complex64::ZERO; 1 << self.num_qubits];
        self.states.iter().zip(vector).for_each(|(&index, v)| whole[index as usize] = *v);
        whole
    }

    fn check(&self, state: &[Complex64]) -> Result<()> {
        if state.len() as u128 == 1u128 << self.num_qubits {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of amplitudes of a state".into(),
            value: state.len().to_string(),
            expected: format!("{} qubits have 2^{0}", self.num_qubits),
        })
    }
}

fn norm(x: &[Complex64]) -> f64 {
    x.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

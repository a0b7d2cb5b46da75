//! What changes a density matrix.

use super::DensityMatrix;
use crate::engine::action::{Action, Kind};
use crate::engine::kernel::{Real, is_large};
use crate::engine::reductions;
use crate::engine::state_vector::StateVector;
use crate::error::{Error, Result};
use crate::math::list_of;
use num_complex::{Complex, Complex64};
use rayon::prelude::*;
use smallvec::smallvec;

const ZERO: Complex64 = Complex64::ZERO;
const ONE: Complex64 = Complex64::ONE;

impl<T: Real> DensityMatrix<T> {
    /// ρ → A ρ A† for an action A on n qubits, `slots` holding the values of its slots. Panics as
    /// [`StateVector::apply`].
    #[track_caller]
    pub fn apply(&mut self, action: &Action, slots: &[f64]) {
        if let Err(error) = action.check(self.num_qubits) {
            panic!("{error}");
        }
        // The slots, and the negative of one.
        let mut all = slots.to_vec();
        let conjugate = action.conjugate(|slot| {
            all.push(-slots[slot as usize]);
            slots.len() as u32
        });
        let by = self.num_qubits as u32;
        self.change(|vector| {
            vector.apply(action, slots);
            conjugate.into_iter().for_each(|action| vector.apply(&action.shifted(by), &all));
        });
    }

    /// Any linear map of ρ as an action on 2n bits, without slots: bit q is bit q of the row, bit
    /// n + q that of the column. Panics as [`StateVector::apply`]. Whether the map keeps ρ a density
    /// matrix is the caller's to know.
    #[track_caller]
    pub fn apply_superoperator(&mut self, action: &Action) {
        self.change(|vector| vector.apply(action, &[]));
    }

    /// Lets `change` work on the entries as a vector on 2n bits, and puts them in order.
    pub(crate) fn change<R>(&mut self, change: impl FnOnce(&mut StateVector<T>) -> R) -> R {
        let answer = change(&mut self.vector);
        self.vector.settle();
        answer
    }

    /// ρ → (1-λ)ρ + λ I/2^k ⊗ Tr_k ρ on some qubits: depolarizing with 0 ≤ λ ≤ 4^k/(4^k-1), in one
    /// sweep that reads and one that writes.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`], [`Error::RepeatedQubit`]; [`Error::Invalid`] if λ is out of range;
    /// [`Error::TooLarge`] if 4^(n-k) numbers do not fit.
    pub fn depolarize(&mut self, qubits: &[usize], lambda: f64) -> Result<()> {
        let inside = self.mask(qubits, "depolarizing")?;
        let strings = 4f64.powi(qubits.len() as i32);
        let most = if qubits.is_empty() { 1.0 } else { strings / (strings - 1.0) };
        // A few roundings beyond it: λ comes from a probability.
        if !(0.0..=most * (1.0 + 1e-14)).contains(&lambda) {
            return Err(Error::Invalid {
                what: "the parameter λ of depolarizing".into(),
                value: lambda.to_string(),
                expected: format!("for {} qubits it is between 0 and {most}", qubits.len()),
            });
        }
        if qubits.is_empty() {
            return Ok(());
        }
        let (n, k, dim) = (self.num_qubits, qubits.len(), self.dim());
        let outside = spread((dim - 1) & !inside);
        let within = spread(inside);
        // The traced matrix times λ/2^k, column by column.
        let rest = outside.len();
        let what = format!("the trace over {k} of {n} qubits");
        let mut traced: Vec<Complex64> = list_of(&what, rest * rest, "use fewer qubits")?;
        traced.resize(rest * rest, ZERO);
        let factor = lambda / within.len() as f64;
        let buffer = &self.vector.buffer[..];
        let trace_column = |c: usize, sums: &mut [Complex64]| {
            for s in &within {
                let column = &buffer[(outside[c] | s) << n..][..dim];
                for (sum, r) in sums.iter_mut().zip(&outside) {
                    *sum += reductions::double(column[r | s]);
                }
            }
            sums.iter_mut().for_each(|sum| *sum *= factor);
        };
        if is_large::<Complex<T>>(buffer.len()) {
            traced.par_chunks_mut(rest).enumerate().for_each(|(c, sums)| trace_column(c, sums));
        } else {
            traced.chunks_mut(rest).enumerate().for_each(|(c, sums)| trace_column(c, sums));
        }
        // The number of a column among those with the same bits inside.
        let mut number = vec![0u32; dim];
        for (k, c) in outside.iter().enumerate() {
            within.iter().for_each(|s| number[c | s] = k as u32);
        }
        let keep = T::from_f64(1.0 - lambda);
        self.fill_columns(|c, column| {
            column.iter_mut().for_each(|z| *z = Complex::new(z.re * keep, z.im * keep));
            let sums = &traced[number[c] as usize * rest..][..rest];
            for (sum, r) in sums.iter().zip(&outside) {
                let z = &mut column[r | c & inside];
                *z = sum_of(*z, super::cast(*sum));
            }
        });
        Ok(())
    }

    /// The probabilities of measuring 0 and 1 on a qubit, summed apart: 1 minus the one would lose a
    /// small other. Panics if the qubit does not exist.
    #[track_caller]
    pub fn outcomes_of(&self, qubit: usize) -> [f64; 2] {
        self.check_qubit(qubit);
        let mut p = [0.0; 2];
        for index in 0..self.dim() {
            p[index >> qubit & 1] += self.diagonal(index);
        }
        p
    }

    /// Projects a qubit on an outcome, ρ → ΠρΠ/Tr(ΠρΠ); returns the outcome's probability.
    /// [`Error::Invalid`] if it is not positive (ρ is then unchanged).
    #[track_caller]
    pub fn collapse(&mut self, qubit: usize, outcome: bool) -> Result<f64> {
        let probability = self.outcomes_of(qubit)[usize::from(outcome)];
        if !(probability > 0.0 && probability.is_finite()) {
            return Err(Error::Invalid {
                what: format!("the probability that qubit {qubit} is {}", u8::from(outcome)),
                value: probability.to_string(),
                expected: "a state can only be projected on what is possible".into(),
            });
        }
        let mut entries = [ZERO; 4];
        entries[3 * usize::from(outcome)] = ONE / probability;
        let targets = smallvec![qubit as u32, (qubit + self.num_qubits) as u32];
        self.apply_superoperator(&Action::new(Kind::Diagonal { targets, entries: entries.into() }));
        Ok(probability)
    }

    /// Puts a qubit to |0⟩, whatever it is: ρ → |0⟩⟨0| ⊗ Tr_q ρ, without a random choice. Panics if
    /// the qubit does not exist.
    #[track_caller]
    pub fn reset(&mut self, qubit: usize) {
        self.check_qubit(qubit);
        let (n, bit) = (self.num_qubits, 1usize << qubit);
        let buffer = &mut self.vector.buffer[..];
        let dim = 1usize << n;
        // Pairs of columns whose bit is 0 and 1 lie in one chunk.
        let work = |pairs: &mut [Complex<T>]| {
            let (zeros, ones) = pairs.split_at_mut(bit * dim);
            for (zero, one) in zeros.chunks_mut(dim).zip(ones.chunks_mut(dim)) {
                for r in (0..dim).filter(|r| r & bit == 0) {
                    zero[r] = sum_of(zero[r], one[r | bit]);
                    zero[r | bit] = Complex::new(T::ZERO, T::ZERO);
                }
                one.fill(Complex::new(T::ZERO, T::ZERO));
            }
        };
        if is_large::<Complex<T>>(buffer.len()) {
            buffer.par_chunks_mut(2 * bit * dim).for_each(work);
        } else {
            buffer.chunks_mut(2 * bit * dim).for_each(work);
        }
    }

    /// Multiplies all entries by a number, to bring the trace to 1 for example.
    pub fn scale(&mut self, factor: f64) {
        self.vector.scale(Complex64::new(factor, 0.0));
    }
}

fn sum_of<T: Real>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    Complex::new(a.re + b.re, a.im + b.im)
}

/// All indices with bits of a mask alone, ascending.
pub(super) fn spread(mask: usize) -> Vec<usize> {
    let mut all = vec![0];
    let mut last = 0usize;
    while last != mask {
        last = (last | !mask).wrapping_add(1) & mask;
        all.push(last);
    }
    all
}

//! Two states in one: |0⟩ψ + |1⟩λ, with one more qubit, the highest. A plan for n + 1 qubits that
//! leaves it alone runs on both in one pass over memory.

use super::action::{ControlMask, PauliMask};
use super::kernel::{Real, deposit, parity_sign};
use super::layout::Layout;
use super::memory;
use super::reductions::double;
use super::state_vector::StateVector;
use super::string_sweeps::StringSweeps;
use crate::error::Result;
use num_complex::{Complex, Complex64};

impl<T: Real> StateVector<T> {
    /// Becomes |0⟩ψ + |1⟩Σ c P|ψ⟩, in the memory it has; it is not normalized. ψ settles. A
    /// coefficient that is not finite is an error. Panics unless this state has one qubit more than
    /// ψ, or if a string acts on a qubit that ψ does not have.
    #[track_caller]
    pub fn set_pair(&mut self, psi: &mut StateVector<T>, terms: &[(PauliMask, f64)]) -> Result<()> {
        psi.settle();
        let lambda = self.pair_with(psi);
        psi.write_pauli_sum(terms, &Layout::identity(psi.num_qubits()), lambda)
    }

    /// Becomes |0⟩ψ + |1⟩λ for the amplitudes of λ, which need not be normalized. ψ settles. Panics
    /// unless this state has one qubit more than ψ, and λ as many amplitudes.
    #[track_caller]
    pub fn set_pair_of(&mut self, psi: &mut StateVector<T>, lambda: &[Complex<T>]) {
        psi.settle();
        self.pair_with(psi).copy_from_slice(lambda);
    }

    /// Takes ψ; the place of λ.
    #[track_caller]
    fn pair_with(&mut self, psi: &StateVector<T>) -> &mut [Complex<T>] {
        assert_eq!(self.num_qubits(), psi.num_qubits() + 1, "a pair has one qubit more");
        self.layout = Layout::identity(self.num_qubits());
        let (first, second) = self.buffer.split_at_mut(psi.buffer.len());
        first.copy_from_slice(&psi.buffer);
        second
    }
}

impl<T: Real> StateVector<T> {
    /// Keeps the amplitudes of basis states where controls hold; the others become 0. Settles.
    pub fn project(&mut self, controls: ControlMask) {
        self.settle();
        for (i, a) in self.buffer.iter_mut().enumerate() {
            if i as u64 & controls.mask != controls.value {
                *a = Complex { re: T::ZERO, im: T::ZERO };
            }
        }
    }

    /// Im⟨λ|ΠP|ψ⟩ of a [pair](Self::set_pair), for the projector Π on basis states where controls
    /// hold: it walks through those alone. P does not change controls. Settles. Panics if a qubit
    /// is not one of ψ.
    #[track_caller]
    pub fn imaginary_where(&mut self, p: PauliMask, controls: ControlMask) -> f64 {
        self.settle();
        let half = self.buffer.len() / 2;
        let (psi, lambda) = self.buffer.split_at(half);
        let mask = controls.mask as usize;
        assert!(mask < half.max(1) && (p.support() as usize) < half, "a qubit that is not there");
        let (x, z) = (p.x as usize, p.z as usize);
        let term = |number: usize| {
            let i = deposit(number, mask) | controls.value as usize;
            let (l, a) = (double(lambda[i ^ x]), double(psi[i]));
            parity_sign(z & i) * l.conj() * a
        };
        let total: Complex64 = (0..half >> mask.count_ones()).map(term).sum();
        // i^{#Y}
        match (p.x & p.z).count_ones() % 4 {
            0 => total.im,
            1 => total.re,
            2 => -total.im,
            _ => -total.re,
        }
    }
}

/// Im⟨λ|P|ψ⟩ of some Pauli strings, prepared for [pairs](StateVector::set_pair): with
/// Φ = |0⟩ψ + |1⟩λ it is -½⟨Φ|Y P|Φ⟩, Y on the highest qubit. So strings share their work as they do
/// in an expectation.
#[derive(Debug)]
pub struct CrossTerms {
    strings: Vec<PauliMask>,
    sweeps: StringSweeps,
}

impl CrossTerms {
    /// For pairs of states of `num_qubits` qubits.
    /// [`Error::QubitOutOfRange`](crate::Error::QubitOutOfRange) if a string acts on another one;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if no machine has such states.
    pub fn new(num_qubits: usize, strings: &[PauliMask]) -> Result<Self> {
        if num_qubits > 57 {
            return Err(memory::refusal::<f64>("a pair of state vectors", num_qubits));
        }
        let y = 1 << num_qubits;
        let strings: Vec<_> =
            strings.iter().map(|p| PauliMask { x: p.x | y, z: p.z | y }).collect();
        let layout = Layout::identity(num_qubits + 1);
        let sweeps = StringSweeps::new(&layout, strings.iter().copied())?;
        Ok(CrossTerms { strings, sweeps })
    }

    /// Im⟨λ|P|ψ⟩ of each string, accumulated in double precision; the same bits at any number of
    /// threads. A large pair settles. Panics if the pair has another number of qubits or `values`
    /// another length.
    #[track_caller]
    pub fn imaginary<T: Real>(&self, pair: &mut StateVector<T>, values: &mut [f64]) {
        assert_eq!(values.len(), self.strings.len(), "one number a string");
        let one_tile = self.sweeps.is_one_tile();
        if !one_tile {
            pair.settle();
        }
        let order = (!pair.layout.is_identity()).then_some(&pair.layout);
        self.sweeps.sums(pair, order, |sums| {
            for (sum, string) in sums.iter().zip(self.sweeps.strings()) {
                values[string.index] = -0.5 * string.sign * sum;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn random(n: usize, rng: &mut ChaCha8Rng) -> Vec<Complex64> {
        let mut a: Vec<Complex64> = (0..1 << n)
            .map(|_| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0)))
            .collect();
        let norm = a.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        a.iter_mut().for_each(|z| *z /= norm);
        a
    }

    /// P|i⟩ = i^{#Y} (-1)^{|z & i|} |i ^ x⟩.
    fn applied(p: PauliMask, a: &[Complex64]) -> Vec<Complex64> {
        let mut out = vec![Complex64::ZERO; a.len()];
        for (i, a) in a.iter().enumerate() {
            let sign = if (p.z & i as u64).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
            out[i ^ p.x as usize] = Complex64::I.powu((p.x & p.z).count_ones()) * a * sign;
        }
        out
    }

    #[test]
    fn sums_and_cross_terms_are_those_of_matrices() {
        let rng = &mut ChaCha8Rng::seed_from_u64(3);
        for n in [1usize, 2, 3, 5, 11, 15] {
            let mask = |rng: &mut ChaCha8Rng| PauliMask {
                x: rng.random_range(0..1 << n),
                z: rng.random_range(0..1 << n),
            };
            let mut terms: Vec<_> =
                (0..7).map(|_| (mask(rng), rng.random_range(-1.0..1.0))).collect();
            // Many strings of one x.
            terms.extend((0..6).map(|k| (PauliMask { x: 1, ..mask(rng) }, 0.1 * k as f64)));
            let a = random(n, rng);
            let mut psi = StateVector::from_amplitudes(&a).unwrap();
            let mut lambda = vec![Complex64::ZERO; a.len()];
            for (p, c) in &terms {
                let pa = applied(*p, &a);
                lambda.iter_mut().zip(&pa).for_each(|(l, pa)| *l += pa * *c);
            }
            let mut pair = StateVector::zero(n + 1).unwrap();
            pair.set_pair(&mut psi, &terms).unwrap();
            let got = pair.to_vec();
            for (i, want) in a.iter().chain(&lambda).enumerate() {
                assert!((got[i] - want).norm() < 1e-12, "{n} qubits, amplitude {i}");
            }
            let strings: Vec<PauliMask> = (0..9).map(|_| mask(rng)).collect();
            let cross = CrossTerms::new(n, &strings).unwrap();
            let mut values = vec![0.0; strings.len()];
            cross.imaginary(&mut pair, &mut values);
            for (p, value) in strings.iter().zip(&values) {
                let pa = applied(*p, &a);
                let want: Complex64 = lambda.iter().zip(&pa).map(|(l, pa)| l.conj() * pa).sum();
                assert!((value - want.im).abs() < 1e-12, "{n} qubits, {p:?}");
            }
        }
    }
}

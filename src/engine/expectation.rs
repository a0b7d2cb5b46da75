//! Expectations of Pauli strings and sums, and sums applied to states.
//!
//! With P|i> = i^{#Y} (-1)^{|z & i|} |i ^ x>,
//!
//! ```text
//! <ψ|P|ψ> = Σ_i i^{#Y} (-1)^{|z & i|} conj(ψ[i ^ x]) ψ[i].
//! ```
//!
//! All strings with one x share the product conj(ψ[i ^ x]) ψ[i], and strings whose x lie in one
//! tile share a sweep over the state ([`StringSweeps`]).

use super::action::PauliMask;
use super::index_map::{BLOCK, BLOCK_LOG, IndexMap};
use super::kernel::{self, Real, is_large, parity_sign};
use super::observable::Observable;
use super::reduce::{self, double, square};
use super::state_vector::StateVector;
use super::string_sweeps::{StringSweeps, Term};
use crate::error::{Error, Result};
use num_complex::{Complex, Complex64};
use rayon::prelude::*;

impl<T: Real> StateVector<T> {
    /// Σ c ⟨ψ|P|ψ⟩, accumulated in double precision. Few sweeps over the state, one where no string
    /// has an X or Y; an [`Observable`] saves what is done before. Panics if a string acts on a
    /// qubit that does not exist.
    #[track_caller]
    pub fn expectation(&self, terms: &[(PauliMask, f64)]) -> f64 {
        Observable::located(&self.layout, terms)
            .unwrap_or_else(|error| panic!("{error}"))
            .value(self, None)
    }

    /// ⟨ψ|P|ψ⟩ of each string. Panics if a string acts on a qubit that does not exist.
    #[track_caller]
    pub fn pauli_expectations(&self, strings: &[PauliMask]) -> Vec<f64> {
        let sweeps = StringSweeps::new(&self.layout, strings.iter().copied())
            .unwrap_or_else(|error| panic!("{error}"));
        let mut values = vec![0.0; strings.len()];
        sweeps.sums(self, None, |sums| {
            for (sum, string) in sums.iter().zip(sweeps.strings()) {
                values[string.index] = string.sign * sum;
            }
        });
        values
    }

    /// Σ_i c_i |ψ_i|², the expectation of a diagonal observable, for a cost of each of the 2^n basis
    /// states: one sweep. Panics if there are not so many costs.
    #[track_caller]
    pub fn expectation_of_diagonal(&self, costs: &[f64]) -> f64 {
        assert_eq!(costs.len(), self.buffer.len(), "there is one cost for each basis state");
        match IndexMap::to_places(&self.layout) {
            None => reduce::sum::<Complex<T>, _>(costs.len(), 0.0, |block| {
                kernel::weighted(self.isa, &self.buffer[block.clone()], &costs[block])
            }),
            Some(map) => reduce::sum::<Complex<T>, _>(costs.len(), 0.0, |block| {
                let (base, in_block) = map.block(block.start / BLOCK);
                let mut lanes = [0.0; 8];
                for (i, (cost, place)) in costs[block].iter().zip(in_block).enumerate() {
                    lanes[i % 8] += cost * square(self.buffer[(base ^ place) as usize]);
                }
                reduce::pairwise(&lanes, 0.0)
            }),
        }
    }

    /// Σ c P|ψ⟩ as a new, not normalized state; its norm is ⟨ψ|H²|ψ⟩.
    /// [`Error::TooLarge`] if a second state does not fit. Panics if a string acts on a qubit
    /// that does not exist.
    #[track_caller]
    pub fn apply_pauli_sum(&self, terms: &[(PauliMask, f64)]) -> Result<Self> {
        if let Some((_, c)) = terms.iter().find(|(_, c)| !c.is_finite()) {
            return Err(Error::NotFinite { what: "a Pauli coefficient".into(), value: *c });
        }
        let located = Term::sorted(&self.layout, terms.iter().map(|(p, _)| *p))
            .unwrap_or_else(|error| panic!("{error}"));
        let mut out = Self::empty("the product of a Pauli sum and a state", self.num_qubits())?;
        out.layout = self.layout;
        out.isa = self.isa;
        let block_len = self.buffer.len().min(BLOCK);
        let fill = |block: usize, out: &mut [Complex<T>]| {
            let zero = Complex64::new(0.0, 0.0);
            let (mut re, mut im) = (vec![0.0; block_len], vec![0.0; block_len]);
            let mut sums = vec![zero; block_len];
            for group in located.chunk_by(|a, b| a.x == b.x) {
                let (x_high, x_low) = (group[0].x >> BLOCK_LOG, group[0].x & (block_len - 1));
                let from = block ^ x_high;
                // The diagonal Σ c i^{#Y} (-1)^{|z & i|} on the block that it comes from.
                re.fill(0.0);
                im.fill(0.0);
                for t in group {
                    let c = terms[t.index].1 * t.sign * parity_sign(t.z >> BLOCK_LOG & from);
                    let part = if t.imaginary { &mut im } else { &mut re };
                    part[t.z & (block_len - 1)] += c;
                }
                kernel::transform(self.isa, &mut re);
                if group.iter().any(|t| t.imaginary) {
                    kernel::transform(self.isa, &mut im);
                }
                let amplitudes = &self.buffer[from * block_len..][..block_len];
                for (i, a) in amplitudes.iter().enumerate() {
                    sums[i ^ x_low] += Complex64::new(re[i], im[i]) * double(*a);
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = Complex { re: T::from_f64(sum.re), im: T::from_f64(sum.im) };
            }
        };
        if is_large::<Complex<T>>(self.buffer.len()) {
            out.buffer.par_chunks_mut(block_len).enumerate().for_each(|(b, out)| fill(b, out));
        } else {
            out.buffer.chunks_mut(block_len).enumerate().for_each(|(b, out)| fill(b, out));
        }
        Ok(out)
    }
}

//! Expectations of Pauli strings and sums.
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
use super::index_map::{BLOCK, IndexMap};
use super::kernel::{self, Real};
use super::observable::PauliObservable;
use super::reductions::{self, square};
use super::state_vector::StateVector;
use super::string_sweeps::StringSweeps;
use num_complex::Complex;

impl<T: Real> StateVector<T> {
    /// Σ c ⟨ψ|P|ψ⟩, accumulated in double precision. Few sweeps over the state, one where no string
    /// has an X or Y; an [`PauliObservable`] saves what is done before. Panics if a string acts on a
    /// qubit that does not exist.
    #[track_caller]
    pub fn expectation(&self, terms: &[(PauliMask, f64)]) -> f64 {
        PauliObservable::located(&self.layout, terms)
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
    /// states: one sweep. Panics if there is not one cost per basis state.
    #[track_caller]
    pub fn expectation_of_diagonal(&self, costs: &[f64]) -> f64 {
        assert_eq!(costs.len(), self.buffer.len(), "there is one cost for each basis state");
        match IndexMap::to_places(&self.layout) {
            None => reductions::sum::<Complex<T>, _>(costs.len(), 0.0, |block| {
                kernel::weighted(self.isa, &self.buffer[block.clone()], &costs[block])
            }),
            Some(map) => reductions::sum::<Complex<T>, _>(costs.len(), 0.0, |block| {
                let (base, in_block) = map.block(block.start / BLOCK);
                let mut lanes = [0.0; 8];
                for (i, (cost, place)) in costs[block].iter().zip(in_block).enumerate() {
                    lanes[i % 8] += cost * square(self.buffer[(base ^ place) as usize]);
                }
                reductions::pairwise(&lanes, 0.0)
            }),
        }
    }
}

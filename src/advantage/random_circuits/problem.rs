//! One random circuit, solved: what everybody is scored by.

use super::estimators::Tally;
use super::law::Law;
use crate::circuit::library::Sycamore;
use crate::engine::StateVector;
use crate::error::Result;
use crate::math::{Domain, Streams, Watch, list_of};
use crate::simulate::Simulator;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use std::time::Instant;

/// Strings between two looks at the watch: each may be the best of a thousand.
const AT_ONCE: usize = 1 << 8;

/// A random circuit with its state, in which the probability of a string is looked up.
pub struct Problem {
    pub(super) circuit: Sycamore,
    state: StateVector<f64>,
    law: Law,
    seed: u64,
    pub(super) watch: Watch,
    /// Of the simulation.
    pub(super) seconds: f64,
}

impl Problem {
    /// Simulates the circuit: 16·2^n bytes. `seed` is that of the samples.
    ///
    /// # Errors
    /// If there is too little memory; [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn new(circuit: Sycamore, seed: u64, watch: &Watch) -> Result<Self> {
        let start = Instant::now();
        let simulator = Simulator::new().with_watch(watch);
        let mut state = simulator.state::<f64>(&circuit.circuit())?;
        // In order of the strings from here on.
        state.amplitudes();
        let seconds = start.elapsed().as_secs_f64();
        let law = Law::of(state.amplitudes());
        Ok(Problem { circuit, state, law, seed, watch: watch.clone(), seconds })
    }

    /// The circuit.
    pub fn circuit(&self) -> &Sycamore {
        &self.circuit
    }

    /// How its probabilities are distributed.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Number of qubits n.
    pub fn num_qubits(&self) -> usize {
        self.state.num_qubits()
    }

    /// D·p of a string below D = 2^n.
    #[inline]
    pub fn weight(&self, string: u64) -> f64 {
        self.dimension() as f64 * self.state.probability(string)
    }

    /// The sums of a sample.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted).
    pub fn tally(&self, strings: &[u64]) -> Result<Tally> {
        let mut tally = Tally::new();
        for part in strings.chunks(AT_ONCE) {
            self.watch.check()?;
            part.iter().for_each(|&string| tally.add(self.weight(string)));
        }
        Ok(tally)
    }

    /// Bytes of the state.
    pub(super) fn bytes(&self) -> u64 {
        16 * self.dimension()
    }

    fn dimension(&self) -> u64 {
        1 << self.num_qubits()
    }

    /// Draws from the circuit's own law, in ascending order.
    pub(super) fn exact(&self, samples: u64, rng: &mut impl Rng) -> Result<Vec<u64>> {
        expanded(self.sample(&self.state, samples, rng)?, samples)
    }

    /// Measures all qubits of a state.
    pub(super) fn sample(
        &self,
        state: &StateVector<f64>,
        samples: u64,
        rng: &mut impl Rng,
    ) -> Result<Vec<(u64, u64)>> {
        state.sample_watched(samples, rng, &|| !self.watch.is_cancelled())
    }

    /// So many strings more, one by one.
    pub(super) fn draw(
        &self,
        into: &mut Vec<u64>,
        samples: u64,
        mut string: impl FnMut() -> u64,
    ) -> Result<()> {
        for k in 0..samples {
            if k % AT_ONCE as u64 == 0 {
                self.watch.check()?;
            }
            into.push(string());
        }
        Ok(())
    }

    /// A uniform string.
    #[inline]
    pub(super) fn uniform(&self, rng: &mut impl Rng) -> u64 {
        rng.random::<u64>() & (self.dimension() - 1)
    }

    /// The stream of one sampler.
    pub(super) fn stream(&self, number: u64) -> ChaCha8Rng {
        Streams::new(self.seed, Domain::Sampling).stream(number)
    }

    /// The seed of the samples.
    pub(super) fn seed(&self) -> u64 {
        self.seed
    }
}

/// Room for strings.
pub(super) fn strings(samples: u64) -> Result<Vec<u64>> {
    list_of("the strings of a sample", samples as usize, "draw fewer samples")
}

/// Each outcome as often as it occurred.
pub(super) fn expanded(
    counts: impl IntoIterator<Item = (u64, u64)>,
    samples: u64,
) -> Result<Vec<u64>> {
    let mut list = strings(samples)?;
    for (string, count) in counts {
        list.extend((0..count).map(|_| string));
    }
    Ok(list)
}

/// How many of the strings are different.
pub(super) fn distinct(mut strings: Vec<u64>) -> u64 {
    strings.sort_unstable();
    strings.dedup();
    strings.len() as u64
}

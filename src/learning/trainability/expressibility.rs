//! How much of the space of states an ansatz reaches, and how entangled they are.

use super::ansatz::Ansatz;
use super::prepared::{Circuits, MOST_SAMPLES, Samples, Worker};
use crate::circuit::Circuit;
use crate::engine::StateVector;
use crate::error::{Error, Result};
use crate::math::statistics::{mean, variance};
use crate::math::{Watch, for_each_in_order, list_of};

/// Compares the fidelities of pairs of states at random weights with those of random states (Sim, Johnson
/// and Aspuru-Guzik, Adv. Quantum Technol. 2, 1900070 (2019), arXiv:1905.10876).
///
/// ```
/// use ketlab::Circuit;
/// use ketlab::learning::trainability::Expressibility;
/// // One rotation turns |0⟩ around a circle of the sphere.
/// let mut c = Circuit::new(1);
/// let theta = c.param("theta");
/// c.rx(theta, 0);
/// let found = Expressibility::new().pairs(2000).run(&c)?;
/// // Fidelities have the law of cos²(φ/2): ln(4/π) from uniform but for the width of bins.
/// assert!((found.divergence - found.bias - 0.22).abs() < 0.06);
/// assert!(found.entangling_capability < 1e-12);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Expressibility {
    pairs: usize,
    bins: usize,
    seed: u64,
    watch: Watch,
}

/// What came of an [`Expressibility`].
#[derive(Debug, Clone, PartialEq)]
pub struct Expressed {
    /// Number of qubits.
    pub num_qubits: usize,
    /// Pairs of states.
    pub pairs: usize,
    /// The part of the pairs in each bin of fidelities from 0 to 1.
    pub histogram: Vec<f64>,
    /// That of random states.
    pub haar: Vec<f64>,
    /// Expr = Σ p ln(p/q) over the bins, p of the pairs and q of random states (Sim et al., equation 9): 0
    /// of an ansatz that reaches all states alike, the less the more expressive.
    pub divergence: f64,
    /// What it is too large by because pairs are few, about: (k - 1)/(2 pairs) for the k bins that
    /// have pairs (G. A. Miller, in Information Theory in Psychology, 1955). It is not taken off.
    pub bias: f64,
    /// Of the divergence, by the scatter of the pairs: √((Σ p ln²(p/q) - Expr²)/pairs).
    pub standard_error: f64,
    /// The mean of Meyer and Wallach's Q = 2(1 - (1/n) Σ Tr ρ_k²) over the states (J. Math. Phys. 43,
    /// 4273 (2002); in this form Brennen, Quantum Inf. Comput. 3, 619 (2003)): 0 of product states, 1 where each
    /// qubit is maximally entangled with the others, (2^n - 2)/(2^n + 1) on average over all states.
    pub entangling_capability: f64,
    /// Of the entangling capability.
    pub entangling_error: f64,
}

/// A thread takes at most this many pairs at once.
const PAIRS_AT_ONCE: usize = 16;
/// Bins of the paper.
const BINS: usize = 75;
/// More bins than pairs are no histogram.
const MOST_BINS: usize = 1 << 16;

impl Default for Expressibility {
    fn default() -> Self {
        Expressibility { pairs: 5000, bins: BINS, seed: 0, watch: Watch::default() }
    }
}

impl Expressibility {
    /// 5,000 pairs, 75 bins: those of the paper.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pairs of states.
    pub fn pairs(mut self, pairs: usize) -> Self {
        self.pairs = pairs;
        self
    }

    /// Bins of fidelities from 0 to 1.
    pub fn bins(mut self, bins: usize) -> Self {
        self.bins = bins;
        self
    }

    /// The seed of circuits and weights.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who may cancel it, and sees how many pairs are done ([`Watch::rows`]).
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// Of a circuit, its parameters uniform in [0, 2π). Without parameters all its states are one.
    ///
    /// # Errors
    /// If it is not unitary or has no qubits; if there are no pairs or bins, or more than 2³¹ and 65,536;
    /// too little memory for two states a thread; [`Error::Interrupted`].
    pub fn run(&self, circuit: &Circuit) -> Result<Expressed> {
        let num_qubits = circuit.num_qubits();
        let (samples, size) = (Samples::new(self.seed, num_qubits, 0), num_qubits);
        self.measured(size, samples, |worker| Circuits::of_circuit(circuit, worker))
    }

    /// Of an ansatz.
    ///
    /// # Errors
    /// As [`run`](Self::run) and [`Ansatz::circuit`].
    pub fn run_ansatz(&self, ansatz: Ansatz, num_qubits: usize, depth: usize) -> Result<Expressed> {
        let samples = Samples::new(self.seed, num_qubits, depth);
        let size = (num_qubits, depth);
        self.measured(num_qubits, samples, |worker| Circuits::of_ansatz(ansatz, size, None, worker))
    }

    fn measured(
        &self,
        num_qubits: usize,
        samples: Samples,
        circuits: impl FnOnce(&Worker) -> Result<Circuits>,
    ) -> Result<Expressed> {
        let check = |what: &str, value: usize, most: usize| match (1..=most).contains(&value) {
            true => Ok(()),
            false => Err(Error::Invalid {
                what: what.into(),
                value: value.to_string(),
                expected: format!("it must be from 1 to {most}"),
            }),
        };
        check("the number of pairs of states", self.pairs, MOST_SAMPLES / 2)?;
        check("the number of bins of fidelities", self.bins, MOST_BINS)?;
        if num_qubits == 0 {
            check("the number of qubits", 0, 64)?;
        }
        let mut workers = Worker::several(num_qubits, self.pairs)?;
        let circuits = circuits(&workers[0])?;
        // Fidelity, and Q of both.
        let mut found: Vec<[f64; 3]> = list_of("the pairs", self.pairs, "take fewer pairs")?;
        found.resize(self.pairs, [0.0; 3]);
        let items = (self.pairs, found.iter_mut());
        let finished = for_each_in_order(
            &mut workers,
            items,
            PAIRS_AT_ONCE,
            &self.watch,
            |worker, k, found| {
                for half in 0..2 {
                    let mut rng = samples.stream(2 * k + half);
                    circuits.with(&mut rng, worker, |prepared, weights, worker| {
                        prepared.run(weights, worker)
                    })?;
                    found[1 + half] = meyer_wallach(&worker.state)?;
                    match half {
                        0 => std::mem::swap(&mut worker.state, &mut worker.middle),
                        _ => found[0] = worker.state.inner_product(&worker.middle).norm_sqr(),
                    }
                }
                Ok(())
            },
        )?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        Ok(self.summed(num_qubits, &found))
    }

    fn summed(&self, num_qubits: usize, found: &[[f64; 3]]) -> Expressed {
        let mut counts = vec![0u64; self.bins];
        for [fidelity, ..] in found {
            let bin = (fidelity * self.bins as f64) as usize;
            counts[bin.min(self.bins - 1)] += 1;
        }
        let pairs = found.len() as f64;
        let histogram: Vec<f64> = counts.iter().map(|&count| count as f64 / pairs).collect();
        let divergence = haar_divergence(&histogram, num_qubits);
        let logs = log_ratios(&histogram, num_qubits);
        let squares: f64 = logs.map(|(p, log)| p * log * log).sum();
        let occupied = counts.iter().filter(|&&count| count > 0).count() as f64;
        let entanglements: Vec<f64> = found.iter().flat_map(|&[_, a, b]| [a, b]).collect();
        Expressed {
            num_qubits,
            pairs: found.len(),
            haar: (0..self.bins).map(|k| log_haar(k, self.bins, num_qubits).exp()).collect(),
            histogram,
            divergence,
            bias: (occupied - 1.0) / (2.0 * pairs),
            standard_error: ((squares - divergence * divergence).max(0.0) / pairs).sqrt(),
            entangling_capability: mean(&entanglements),
            entangling_error: (variance(&entanglements) / entanglements.len() as f64).sqrt(),
        }
    }
}

/// Σ p ln(p/q) of a histogram of fidelities in equal bins from 0 to 1, with q the probabilities of these bins
/// between random states of n qubits: (1 - a)^(N-1) - (1 - b)^(N-1) for N = 2^n, the integral of
/// (N - 1)(1 - F)^(N-2) (Życzkowski and Sommers, Phys. Rev. A 71, 032313 (2005)).
///
/// ```
/// use ketlab::learning::trainability::haar_divergence;
/// // A circuit that does nothing: all fidelities are 1.
/// let mut idle = [0.0; 75];
/// idle[74] = 1.0;
/// assert!((haar_divergence(&idle, 3) - 7.0 * 75f64.ln()).abs() < 1e-12);
/// ```
pub fn haar_divergence(histogram: &[f64], num_qubits: usize) -> f64 {
    log_ratios(histogram, num_qubits).map(|(p, log)| p * log).sum()
}

/// p and ln(p/q) of each bin with pairs.
fn log_ratios(histogram: &[f64], num_qubits: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
    let occupied = histogram.iter().enumerate().filter(|(_, p)| **p > 0.0);
    occupied.map(move |(k, &p)| (p, p.ln() - log_haar(k, histogram.len(), num_qubits)))
}

/// ln of the probability of a bin between random states, which itself may be too small for a number.
fn log_haar(bin: usize, bins: usize, num_qubits: usize) -> f64 {
    let power = (num_qubits.min(1000) as f64).exp2() - 1.0;
    let (from, to) = (bin as f64 / bins as f64, (bin + 1) as f64 / bins as f64);
    let above = |end: f64| power * (-end).ln_1p();
    match bin + 1 == bins {
        // (1/bins)^(N-1), exactly.
        true => -power * (bins as f64).ln(),
        false => above(from) + (-(above(to) - above(from)).exp()).ln_1p(),
    }
}

/// Meyer and Wallach's measure of entanglement.
fn meyer_wallach(state: &StateVector) -> Result<f64> {
    let n = state.num_qubits();
    let mut purities = 0.0;
    for qubit in 0..n {
        let rho = state.reduced_density_matrix(&[qubit])?;
        purities += rho.iter().map(|z| z.norm_sqr()).sum::<f64>();
    }
    // Rounding alone makes it negative.
    Ok((2.0 * (1.0 - purities / n as f64)).max(0.0))
}

//! Random streams addressed by what they are for, so that the same seed gives the same numbers at
//! any thread count.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What a family of streams is for. Two families of one seed are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Sorted uniforms of one sampling call.
    Sampling = 1,
    /// One stream a trajectory (shot of a dynamic circuit).
    Trajectory = 2,
    /// Random circuits of the library.
    Circuit = 3,
    /// One stream a circuit or row of a batch; its first word seeds that one's own run.
    Batch = 4,
    /// Random directions of optimizers and gradients.
    Optimizer = 5,
    /// Classical searches on Ising models.
    Heuristic = 6,
    /// One stream an estimate of an amplitude.
    Estimation = 7,
    /// Seeds of the repeats of an experiment, and its bootstrap.
    Repeat = 8,
    /// Start vectors of searches for eigenvectors.
    Eigenvectors = 9,
    /// One stream a read of a path-integral sampler.
    PathIntegral = 10,
    /// A ladder of streams a read of parallel tempering.
    Tempering = 11,
    /// Starts, splits of data and samples of Boltzmann machines.
    Boltzmann = 12,
    /// One stream a Markov chain of a restricted Boltzmann machine.
    Chain = 13,
    /// One stream a run of annealed importance sampling.
    Importance = 14,
    /// Lanes of streams a block of shots of a stabilizer state.
    Stabilizer = 15,
    /// One stream a first layout of a circuit on a machine.
    Routing = 16,
    /// Trees of noisy trajectories that means are estimated from.
    Noise = 17,
    /// Data by name, splits, starts, mini-batches and shots of learning from data.
    Learning = 18,
    /// One stream a random circuit or row of weights of a study of trainability.
    Trainability = 19,
    /// Lanes of streams a block of fabricated chips; random orders of frequency plans.
    Fabrication = 20,
    /// Numbers, bases and outcomes of order finding, and starts of its classical rivals.
    OrderFinding = 31,
    /// Words of 64 reads of bit-sliced annealing.
    BitSliced = 32,
    /// Populations that are annealed.
    Population = 33,
    /// One stream a read of tabu search and of steepest descent.
    Tabu = 34,
    /// Random instances of problems that are encoded.
    Instances = 35,
    /// One stream a device that comes with ketlab.
    Devices = 24,
    /// Right-hand sides, shots and sampled rows of linear systems.
    LinearSystems = 28,
}

/// The streams of one seed in one domain.
#[derive(Debug, Clone, Copy)]
pub struct Streams {
    seed: u64,
    domain: Domain,
}

impl Streams {
    /// The family for `seed` in `domain`.
    pub fn new(seed: u64, domain: Domain) -> Self {
        Streams { seed, domain }
    }

    /// Stream number `index`: ChaCha with 8 rounds (Bernstein 2008), keyed by seed and domain, with
    /// the index as stream number. Streams never overlap.
    pub fn stream(&self, index: u64) -> ChaCha8Rng {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&(self.domain as u64).to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(index);
        rng
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_repeat_and_differ_by_seed_domain_and_index() {
        let first = |seed, domain, index| Streams::new(seed, domain).stream(index).random::<u64>();
        let reference = first(7, Domain::Sampling, 0);
        assert_eq!(reference, first(7, Domain::Sampling, 0));
        assert_ne!(reference, first(8, Domain::Sampling, 0));
        assert_ne!(reference, first(7, Domain::Trajectory, 0));
        assert_ne!(reference, first(7, Domain::Sampling, 1));
    }
}

//! Training of a restricted Boltzmann machine by chains.

use super::Rbm;
use super::chains::Steps;
use super::data_phase::DataPhase;
use super::exact::MAX_ENUMERATED_UNITS;
use super::groups::{Group, on_groups, sum_of};
use super::kernel::Layers;
use super::tempered::ladder;
use crate::boltzmann::Distribution;
use crate::error::{Error, Result};
use crate::math::{Domain, Isa, Streams, Watch, check_memory, vectorized};
use serde::{Deserialize, Serialize};

/// Up to so many units of the smaller layer, the history has the exact negative log-likelihood.
pub const MAX_EXACT_HISTORY_UNITS: usize = 16;
/// More chains or steps than this are a slip.
const MOST: usize = 1 << 24;

/// How the means under the law of the machine are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RbmMethod {
    /// Contrastive divergence: in each iteration chains begin at the data and take so many Gibbs steps
    /// (Hinton, Neural Comput. 14, 1771 (2002)). Biased: it does not climb the likelihood.
    ContrastiveDivergence {
        /// Gibbs steps, at least one.
        steps: usize,
    },
    /// Persistent chains, which go on from iteration to iteration (Tieleman, ICML 2008).
    Persistent {
        /// Gibbs steps an iteration, at least one.
        steps: usize,
    },
    /// Persistent chains, each a ladder of inverse temperatures from 1 down to 0 by the same step,
    /// whose neighbours exchange their states (Desjardins et al., AISTATS 2010).
    Tempered {
        /// Gibbs steps an iteration on every rung, at least one.
        steps: usize,
        /// Rungs of a ladder, at least two.
        temperatures: usize,
    },
}

impl RbmMethod {
    fn steps(self) -> usize {
        match self {
            RbmMethod::ContrastiveDivergence { steps }
            | RbmMethod::Persistent { steps }
            | RbmMethod::Tempered { steps, .. } => steps,
        }
    }

    fn rungs(self) -> usize {
        if let RbmMethod::Tempered { temperatures, .. } = self { temperatures } else { 1 }
    }

    fn is_from_data(self) -> bool {
        matches!(self, RbmMethod::ContrastiveDivergence { .. })
    }
}

/// Training by stochastic gradient ascent on the mean log-likelihood: in each iteration the means
/// ⟨v⟩, ⟨h⟩, ⟨v h⟩ under the data less those of chains. Hidden units enter means by P(h = 1 | v) of the
/// same visible units, on both sides, which has less variance than their values.
///
/// Chain k draws from a stream of its own, and sums have a fixed shape: the same seed gives the same
/// bits at any number of threads and with any instruction set. Chains and means are in single
/// precision, parameters in double precision.
///
/// ```
/// use ketlab::boltzmann::Distribution;
/// use ketlab::boltzmann::classical::{Rbm, RbmMethod, RbmTraining};
/// use ketlab::math::Bits;
///
/// let data = Distribution::from_counts([0, 3, 5, 10, 12, 15].map(|x| (Bits::from_u64(x, 4), 1)))?;
/// let start = Rbm::random(4, 6, 0.1, 1)?;
/// let training = RbmTraining::new().method(RbmMethod::Persistent { steps: 5 }).iterations(4000);
/// let trained = training.learning_rate(0.5, 0.02).seed(1).run(&start, &data)?;
/// assert!(trained.rbm.kullback_leibler(&data)? < start.kullback_leibler(&data)? / 4.0);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RbmTraining {
    method: RbmMethod,
    chains: usize,
    iterations: usize,
    learning_rate: (f64, f64),
    momentum: f64,
    weight_decay: f64,
    batch: Option<usize>,
    history: usize,
    seed: u64,
    isa: Isa,
    watch: Watch,
}

impl Default for RbmTraining {
    fn default() -> Self {
        RbmTraining {
            method: RbmMethod::Persistent { steps: 1 },
            chains: 256,
            iterations: 2000,
            learning_rate: (0.1, 0.01),
            momentum: 0.0,
            weight_decay: 0.0,
            batch: None,
            history: 0,
            seed: 0,
            isa: Isa::best(),
            watch: Watch::default(),
        }
    }
}

/// Where a training stood after so many iterations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RbmRecord {
    /// Iterations done.
    pub iteration: usize,
    /// The exact mean of -ln P(v) over the data, in nats; `None` if the smaller layer has more than
    /// [`MAX_EXACT_HISTORY_UNITS`] units.
    pub negative_log_likelihood: Option<f64>,
    /// The largest magnitude of a weight.
    pub largest_weight: f64,
    /// The Euclidean norm of the gradient estimate of the last iteration, without weight decay; `None`
    /// before the first.
    pub gradient_norm: Option<f64>,
}

/// A machine that was trained, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RbmTrained {
    /// The machine at the end.
    pub rbm: Rbm,
    /// Records before the first iteration, after every so many, and at the end; empty if none were
    /// asked for.
    pub history: Vec<RbmRecord>,
    /// Iterations done: fewer than were asked for if the training was cancelled.
    pub iterations: usize,
    /// Whether it was cancelled.
    pub interrupted: bool,
    /// Units that were drawn, on all chains and rungs.
    pub unit_updates: u64,
    /// For each two neighbouring rungs, the share of exchanges that were taken; empty without a ladder.
    pub exchange_rates: Vec<f64>,
}

impl RbmTraining {
    /// Persistent chains with one step, 256 chains, 2000 iterations, a learning rate from 0.1 to 0.01,
    /// no momentum, no weight decay, the whole law of the data, no history, seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the machine's means are estimated.
    pub fn method(self, method: RbmMethod) -> Self {
        RbmTraining { method, ..self }
    }

    /// Number of chains (of ladders, where they are tempered).
    pub fn chains(self, chains: usize) -> Self {
        RbmTraining { chains, ..self }
    }

    /// Number of updates of the parameters.
    pub fn iterations(self, iterations: usize) -> Self {
        RbmTraining { iterations, ..self }
    }

    /// The learning rates of the first and the last iteration; between, it changes by the same step.
    pub fn learning_rate(self, first: f64, last: f64) -> Self {
        RbmTraining { learning_rate: (first, last), ..self }
    }

    /// What an update keeps of the one before it, from 0 up to but not 1.
    pub fn momentum(self, momentum: f64) -> Self {
        RbmTraining { momentum, ..self }
    }

    /// λ of the penalty λ/2 Σ W², which biases do not enter.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        RbmTraining { weight_decay, ..self }
    }

    /// Each iteration looks at so many outcomes drawn from the data with replacement; `None`, the
    /// default, at the whole law.
    pub fn batch(self, batch: impl Into<Option<usize>>) -> Self {
        RbmTraining { batch: batch.into(), ..self }
    }

    /// Keeps a record every so many iterations; 0, the default, keeps none.
    pub fn history(self, every: usize) -> Self {
        RbmTraining { history: every, ..self }
    }

    /// The seed of chains and batches.
    pub fn seed(self, seed: u64) -> Self {
        RbmTraining { seed, ..self }
    }

    /// The instruction set; it changes nothing but the time.
    pub fn isa(self, isa: Isa) -> Self {
        RbmTraining { isa, ..self }
    }

    /// Counts Gibbs steps of all chains as passes, and can cancel the run.
    pub fn watch(self, watch: &Watch) -> Self {
        RbmTraining { watch: watch.clone(), ..self }
    }

    /// Trains a machine that begins as `start` on the law of the data. A cancelled run returns the
    /// machine as far as it came.
    ///
    /// # Errors
    /// If a setting is out of range, the data have another number of bits than there are visible units,
    /// the memory is not there, or parameters diverge; [`Error::Interrupted`] if it was cancelled
    /// before the first iteration.
    pub fn run(&self, start: &Rbm, data: &Distribution) -> Result<RbmTrained> {
        self.check()?;
        start.check_data(data)?;
        self.watch.check()?;
        let (nv, nh) = (start.num_visible(), start.num_hidden());
        let rungs = self.method.rungs();
        let on_data = self.batch.unwrap_or(data.outcomes().len());
        let bytes = Group::bytes(nv, nh, rungs, self.chains) + Group::bytes(nv, nh, 1, on_data);
        let advice = "use fewer chains or a smaller batch";
        check_memory("training by chains", bytes, |_| (None, advice.into()))?;

        let mut layers = Layers::new(start)?;
        let betas = ladder(rungs);
        let streams = Streams::new(self.seed, Domain::Chain);
        let mut chains = Group::of_chains(&layers, rungs, self.chains, &streams);
        let mut on_data = DataPhase::new(&layers, data, self.batch)?;
        // Stream 0 of a seed draws random weights.
        let mut rng = Streams::new(self.seed, Domain::Boltzmann).stream(1);
        let mut parameters = start.parameters();
        let count = parameters.len();
        let mut velocity = vec![0.0; count];
        let (mut gradient, mut of_chains) = (vec![0.0; count], vec![0.0; count]);
        let updates = self.updates_a_step(nv, nh);
        let (mut history, mut done) = (Vec::new(), 0);
        self.record(&mut history, start, data, 0, None)?;
        while done < self.iterations && !self.watch.is_cancelled() {
            on_data.next_batch(&mut rng);
            on_data.moments(&layers, self.isa, &mut gradient);
            let from_visible = self.method.is_from_data();
            if from_visible {
                on_data.start(&mut chains, self.chains, &mut rng);
            }
            let steps = self.method.steps();
            on_groups(&mut chains, updates as usize, |_, group| {
                let layers = &layers;
                vectorized(self.isa, Steps { group, layers, steps, betas: &betas, from_visible });
            });
            sum_of(&chains, &mut of_chains);
            let share = 1.0 / self.chains as f64;
            gradient.iter_mut().zip(&of_chains).for_each(|(g, sum)| *g -= share * sum);
            let rate = self.rate(done);
            for (k, p) in parameters.iter_mut().enumerate() {
                let decay = if k < nv + nh { 0.0 } else { self.weight_decay * *p };
                velocity[k] = self.momentum * velocity[k] + rate * (gradient[k] - decay);
                *p += velocity[k];
            }
            layers.set(&parameters)?;
            done += 1;
            self.watch.add_passes((steps * self.chains) as u64);
            let is_due = self.history > 0 && done % self.history == 0;
            if is_due || self.history > 0 && done == self.iterations {
                let rbm = Rbm::from_parameters(nv, nh, &parameters)?;
                self.record(&mut history, &rbm, data, done, Some(&gradient))?;
            }
        }
        if done == 0 && self.iterations > 0 {
            return Err(Error::Interrupted);
        }
        if history.last().is_some_and(|record| record.iteration < done) {
            let rbm = Rbm::from_parameters(nv, nh, &parameters)?;
            self.record(&mut history, &rbm, data, done, Some(&gradient))?;
        }
        let attempts = (self.chains * done) as f64;
        let rate = |pair: usize| {
            chains.iter().map(|group| group.exchanged[pair] as f64).sum::<f64>() / attempts
        };
        Ok(RbmTrained {
            rbm: Rbm::from_parameters(nv, nh, &parameters)?,
            history,
            iterations: done,
            interrupted: done < self.iterations,
            unit_updates: updates * done as u64,
            exchange_rates: (0..rungs - 1).map(rate).collect(),
        })
    }

    fn updates_a_step(&self, nv: usize, nh: usize) -> u64 {
        let first = if self.method.is_from_data() { nh } else { 0 };
        let units = self.method.steps() * (nv + nh) + first;
        units as u64 * self.method.rungs() as u64 * self.chains as u64
    }

    fn rate(&self, iteration: usize) -> f64 {
        let (first, last) = self.learning_rate;
        let along = iteration as f64 / self.iterations.saturating_sub(1).max(1) as f64;
        first + (last - first) * along
    }

    fn record(
        &self,
        history: &mut Vec<RbmRecord>,
        rbm: &Rbm,
        data: &Distribution,
        iteration: usize,
        gradient: Option<&[f64]>,
    ) -> Result<()> {
        if self.history == 0 {
            return Ok(());
        }
        const { assert!(MAX_EXACT_HISTORY_UNITS <= MAX_ENUMERATED_UNITS) };
        let is_small = rbm.num_visible().min(rbm.num_hidden()) <= MAX_EXACT_HISTORY_UNITS;
        history.push(RbmRecord {
            iteration,
            negative_log_likelihood: is_small
                .then(|| rbm.negative_log_likelihood(data))
                .transpose()?,
            largest_weight: rbm.weights().iter().fold(0.0, |most, w| w.abs().max(most)),
            gradient_norm: gradient.map(|g| g.iter().map(|x| x * x).sum::<f64>().sqrt()),
        });
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        let batch = self.batch.unwrap_or(1);
        for (what, count) in [
            ("the number of chains", self.chains),
            ("the number of Gibbs steps", self.method.steps()),
            ("the size of a batch", batch),
        ] {
            if !(1..=MOST).contains(&count) {
                return invalid(what, count.to_string(), "it must be from 1 to 2^24");
            }
        }
        if let RbmMethod::Tempered { temperatures, .. } = self.method
            && !(2..=1024).contains(&temperatures)
        {
            let expected = "a ladder has from 2 to 1024";
            return invalid("the number of temperatures", temperatures.to_string(), expected);
        }
        let (first, last) = self.learning_rate;
        for rate in [first, last, self.weight_decay] {
            if !(rate.is_finite() && rate >= 0.0) {
                let what = "a learning rate or weight decay";
                return invalid(what, rate.to_string(), "it must be finite and not negative");
            }
        }
        if !(0.0..1.0).contains(&self.momentum) {
            return invalid("the momentum", self.momentum.to_string(), "from 0 up to but not 1");
        }
        Ok(())
    }
}

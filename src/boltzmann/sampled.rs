//! The bound's gradient from samples of the machine instead of its exact state.

use super::GibbsState;
use super::ising::transverse_ising;
use super::loss::{ClampedMachine, Evaluation};
use super::machine::BoltzmannMachine;
use super::target::Target;
use crate::annealing::{PathIntegralAnnealing, Time};
use crate::error::{Error, Result};
use crate::ising::SampleSet;
use crate::math::{Fingerprint, Watch};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Machines of no more units are computed exactly beside, to tell how training fares.
const MAX_TOLD: usize = 10;

/// How many samples a gradient takes: reads of path-integral Monte Carlo in continuous imaginary time,
/// each after so many sweeps from random spins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Samples {
    /// Samples of a gradient.
    pub reads: u64,
    /// Sweeps of each.
    pub sweeps: usize,
}

impl Default for Samples {
    /// 1000 reads of 30 sweeps.
    fn default() -> Self {
        Samples { reads: 1000, sweeps: 30 }
    }
}

/// ∂/∂θ_a = β(⟨O_a⟩ - Σ q_v ⟨O_a⟩_v) of terms in Z, with ⟨O_a⟩ from samples and what the data ask for
/// exactly. No two gradients use the same samples.
#[derive(Debug)]
pub(super) struct SampledMoments {
    machine: BoltzmannMachine,
    clamped: ClampedMachine,
    free: Vec<bool>,
    samples: Samples,
    seed: u64,
    drawn: u64,
    /// Evaluations after this many are averaged.
    tail: usize,
    evaluations: usize,
    sum: Vec<f64>,
    watch: Watch,
}

/// What it carries from call to call.
#[derive(Serialize, Deserialize)]
struct Carried {
    drawn: u64,
    evaluations: usize,
    sum: Vec<f64>,
}

impl SampledMoments {
    pub fn new(
        machine: &BoltzmannMachine,
        target: &Target,
        free: &[bool],
        (samples, seed, tail): (Samples, u64, usize),
        watch: &Watch,
    ) -> Result<Self> {
        transverse_ising(machine)?;
        for (term, free) in machine.terms().iter().zip(free) {
            if *free && !term.operator.is_diagonal() {
                return Err(Error::Unsupported {
                    method: "training by sampled moments",
                    operation: format!("a transverse field to be learned (`{}`)", term.name),
                    hint:
                        "samples in the basis of Z do not have ⟨X⟩, and the bound's best field is \
                           0: fix it (`--fix gamma=2`), or use exact moments"
                            .into(),
                });
            }
        }
        let clamped = ClampedMachine::new(machine, &target.measured()?, watch)?;
        let (machine, watch) = (machine.clone(), watch.clone());
        let (free, sum) = (free.to_vec(), vec![0.0; free.len()]);
        let (drawn, evaluations) = (0, 0);
        Ok(SampledMoments {
            machine,
            clamped,
            free,
            samples,
            seed,
            drawn,
            tail,
            evaluations,
            sum,
            watch,
        })
    }

    /// The mean of the parameters after the first so many evaluations: it has less noise than the
    /// last (Polyak and Juditsky, SIAM J. Control Optim. 30, 838 (1992)).
    pub fn mean_of_tail(&self) -> Option<Vec<f64>> {
        let count = self.evaluations.checked_sub(self.tail).filter(|&count| count > 0)?;
        Some(self.sum.iter().map(|sum| sum / count as f64).collect())
    }

    pub fn evaluate(&mut self, x: &[f64]) -> Result<Evaluation> {
        self.machine.set_parameters(x)?;
        let set = draw(&self.machine, self.samples, (self.seed, self.drawn), &self.watch)?;
        if set.info.interrupted {
            // Fewer samples are another gradient, which a resumed training must not have taken.
            return Err(Error::Interrupted);
        }
        self.evaluations += 1;
        if self.evaluations > self.tail {
            self.sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        }
        self.drawn += self.samples.reads;
        let (_, asked) = self.clamped.evaluate(x)?;
        let beta = self.machine.beta();
        let mut gradient = Vec::with_capacity(x.len());
        for (term, asked) in self.machine.terms().iter().zip(asked) {
            let strings = term.operator.terms().iter().filter(|(string, _)| string.is_diagonal());
            let mean: f64 = strings
                .map(|(string, factor)| {
                    let units: Vec<_> = string.support().collect();
                    let product = |row| -> f64 {
                        units.iter().map(|&i| f64::from(set.spin(row, i))).product()
                    };
                    let sum: f64 =
                        (0..set.len()).map(|row| set.occurrences(row) as f64 * product(row)).sum();
                    factor * sum / set.reads() as f64
                })
                .sum();
            gradient.push(beta * mean - asked);
        }
        // The loss itself has ln Z, which samples do not give.
        let squares =
            gradient.iter().zip(&self.free).map(|(g, free)| if *free { g * g } else { 0.0 });
        let value = squares.sum::<f64>().sqrt();
        let probabilities = if self.machine.num_units() <= MAX_TOLD {
            GibbsState::of(&self.machine)?.probabilities().to_vec()
        } else {
            Vec::new()
        };
        Ok(Evaluation { value, gradient: Some(gradient), probabilities })
    }

    pub fn fingerprint(&self) -> Fingerprint {
        let Samples { reads, sweeps } = self.samples;
        Fingerprint::new()
            .with("samples of a gradient", &reads)
            .with("sweeps of a sample", &sweeps)
            .with("seed of samples", &self.seed)
    }

    pub fn save(&self) -> Value {
        let SampledMoments { drawn, evaluations, sum, .. } = self;
        json!(Carried { drawn: *drawn, evaluations: *evaluations, sum: sum.clone() })
    }

    pub fn restore(&mut self, state: &Value) -> Result<()> {
        let carried = serde_json::from_value(state.clone()).ok();
        let fits = |carried: &Carried| carried.sum.len() == self.sum.len();
        let Some(Carried { drawn, evaluations, sum }) = carried.filter(fits) else {
            return Err(Error::Invalid {
                what: "the checkpoint of a training by samples".into(),
                value: state.to_string(),
                expected: "how many samples were drawn, and the sum of the parameters".into(),
            });
        };
        (self.drawn, self.evaluations, self.sum) = (drawn, evaluations, sum);
        Ok(())
    }
}

/// Samples of a machine H = -ΣΓX - ΣbZ - ΣwZZ with one Γ on all units, from number `first` on.
pub(super) fn draw(
    machine: &BoltzmannMachine,
    samples: Samples,
    (seed, first): (u64, u64),
    watch: &Watch,
) -> Result<SampleSet> {
    let (model, gamma) = transverse_ising(machine)?;
    // H = -A/2 ΣX + B/2 E.
    PathIntegralAnnealing::fixed((2.0 * gamma, 2.0), samples.sweeps, machine.beta())
        .time(Time::Continuous)
        .reads(samples.reads)
        .first_read(first)
        .seed(seed)
        .watch(watch)
        .run(&model)
}

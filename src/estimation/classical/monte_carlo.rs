//! Plain Monte Carlo.

use super::super::interval::{Guarantee, Interval, IntervalMethod, check_alpha, check_shots};
use super::super::{AmplitudeEstimate, AmplitudeEstimator, Experiment};
use super::sample::{Running, make_samples};
use crate::error::Result;
use crate::math::statistics::clopper_pearson;
use rand::RngExt;

/// Draws independent samples: values of the integrand where the problem has one, else outcomes of A,
/// good or not.
///
/// The interval holds at any number of samples: of outcomes it is the exact binomial one, of values
/// the one of Maurer and Pontil (arXiv:0907.3740, theorem 4).
#[derive(Debug, Clone)]
pub struct MonteCarlo {
    samples: u64,
    alpha: f64,
}

impl MonteCarlo {
    /// So many samples, with an interval at 95 %.
    ///
    /// # Errors
    /// If there are no samples.
    pub fn new(samples: u64) -> Result<Self> {
        check_shots(samples)?;
        Ok(MonteCarlo { samples, alpha: 0.05 })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(MonteCarlo { alpha, ..self })
    }
}

impl AmplitudeEstimator for MonteCarlo {
    fn name(&self) -> String {
        "Monte Carlo".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let confidence = 1.0 - self.alpha;
        let guarantee = Guarantee::FiniteSample;
        let Some(f) = experiment.problem().integrand() else {
            let good = trial.measure(0, self.samples)?;
            let (low, high) = clopper_pearson(good, self.samples, self.alpha);
            let method = IntervalMethod::ClopperPearson;
            let interval = Interval { low, high, confidence, method, guarantee };
            return Ok(trial.finish(self.name(), good as f64 / self.samples as f64, interval));
        };
        let mut x = vec![0.0; f.dimension()];
        let mut values = Running::default();
        make_samples(&mut trial, self.samples, 1, |rng| {
            x.iter_mut().for_each(|x| *x = rng.random());
            values.push(f.evaluate(&x)?);
            Ok(())
        })?;
        let n = self.samples as f64;
        let half = if self.samples > 1 {
            let (variance, log) = (values.variance(), (4.0 / self.alpha).ln());
            (2.0 * variance * log / n).sqrt() + 7.0 * log / (3.0 * (n - 1.0))
        } else {
            1.0
        };
        let mean = values.mean();
        let (low, high) = ((mean - half).max(0.0), (mean + half).min(1.0));
        let method = IntervalMethod::EmpiricalBernstein;
        let interval = Interval { low, high, confidence, method, guarantee };
        Ok(trial.finish(self.name(), mean, interval))
    }
}

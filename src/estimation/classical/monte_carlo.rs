//! Plain Monte Carlo.

use super::super::interval::{Guarantee, Interval, IntervalMethod, check_alpha, check_shots};
use super::super::{AmplitudeEstimate, AmplitudeEstimator, Experiment};
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
    /// No samples.
    pub fn new(samples: u64) -> Result<Self> {
        check_shots(samples)?;
        Ok(MonteCarlo { samples, alpha: 0.05 })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// An α outside (0, 1).
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
        let (mut sum, mut squares) = (0.0, 0.0);
        for k in 0..self.samples {
            x.iter_mut().for_each(|x| *x = trial.rng().random());
            let value = f.evaluate(&x)?;
            // Welford's update, so that a small variance keeps its digits.
            let delta = value - sum;
            sum += delta / (k + 1) as f64;
            squares += delta * (value - sum);
            if k % 4096 == 0 {
                trial.charge(0)?;
            }
        }
        trial.charge(self.samples)?;
        let n = self.samples as f64;
        let half = if self.samples > 1 {
            let (variance, log) = (squares / (n - 1.0), (4.0 / self.alpha).ln());
            (2.0 * variance * log / n).sqrt() + 7.0 * log / (3.0 * (n - 1.0))
        } else {
            1.0
        };
        let (low, high) = ((sum - half).max(0.0), (sum + half).min(1.0));
        let method = IntervalMethod::EmpiricalBernstein;
        let interval = Interval { low, high, confidence, method, guarantee };
        Ok(trial.finish(self.name(), sum, interval))
    }
}

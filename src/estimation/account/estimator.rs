//! What all methods have in common.

use super::estimate::AmplitudeEstimate;
use crate::error::Result;
use crate::estimation::problem::experiment::Experiment;

/// A way to estimate an amplitude.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, Iterative, MonteCarlo};
/// let coin = EstimationProblem::bernoulli(0.2)?.exact_law()?;
/// let quantum = Iterative::new(0.001, 0.05)?.estimate(&coin, 7)?;
/// assert!(quantum.confidence_interval.half_width() <= 0.001);
/// let classical = MonteCarlo::new(quantum.cost.uses)?.estimate(&coin, 7)?;
/// assert!(classical.confidence_interval.half_width() > 0.005);
/// # Ok::<(), ketlab::Error>(())
/// ```
pub trait AmplitudeEstimator: Send + Sync {
    /// Its name, with what distinguishes it from others.
    fn name(&self) -> String;

    /// Estimates the amplitude. The same seed gives the same estimate.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted); if the method needs an integrand and the
    /// problem is a bare amplitude; if the experiment's circuits cannot do what is asked.
    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate>;
}

//! Amplitude estimation, quantum and classical, with one measure of cost.

mod classical;
mod cost;
mod estimate;
mod estimator;
mod experiment;
mod full_circuits;
mod gate_counts;
mod good;
mod interval;
mod iterative;
mod law;
mod likelihood;
mod maximum_likelihood;
mod post_processing;
mod predicate;
mod problem;
mod schedule;

pub use classical::{Integrand, MonteCarlo};
pub use cost::Cost;
pub use estimate::AmplitudeEstimate;
pub use estimator::AmplitudeEstimator;
pub use experiment::{Experiment, MAX_EVALUATION_QUBITS, Round, Source, Trial};
pub use good::GoodStates;
pub use interval::{Guarantee, Interval, IntervalMethod};
pub use iterative::{Bound, Iterative};
pub use law::phase_probability;
pub use likelihood::{Likelihood, Maximum};
pub use maximum_likelihood::MaximumLikelihood;
pub use post_processing::PostProcessing;
pub use problem::EstimationProblem;
pub use schedule::Schedule;

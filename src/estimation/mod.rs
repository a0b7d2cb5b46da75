//! Amplitude estimation, quantum and classical, with one measure of cost.

mod bayesian;
mod canonical;
mod canonical_likelihood;
mod classical;
mod cost;
mod curve;
mod estimate;
mod estimator;
mod experiment;
mod faster;
mod full_circuits;
mod gate_counts;
mod good;
mod interval;
mod iterative;
mod law;
mod likelihood;
mod maximum_likelihood;
mod method;
mod noise_aware;
mod noise_table;
mod post_processing;
mod predicate;
mod problem;
mod schedule;

pub use bayesian::Bayesian;
pub use canonical::{Canonical, PostProcessingRule, phase_estimation_bound};
pub use classical::{
    Antithetic, BlackScholes, ControlVariate, ImportanceSampling, Integrand, MonteCarlo,
    QuasiMonteCarlo, Stratified,
};
pub use cost::Cost;
pub use curve::{
    Crossover, Curve, CurveProgress, CurveResult, ErrorCurve, Measure, Point, Skipped, Slope,
    noise_figure,
};
pub use estimate::AmplitudeEstimate;
pub use estimator::AmplitudeEstimator;
pub use experiment::{Experiment, MAX_EVALUATION_QUBITS, Round, Source, Trial};
pub use faster::Faster;
pub use good::GoodStates;
pub use interval::{Guarantee, Interval, IntervalMethod};
pub use iterative::{Bound, Iterative};
pub use law::phase_probability;
pub use likelihood::{Likelihood, Maximum};
pub use maximum_likelihood::MaximumLikelihood;
pub use method::{Method, Setup, Target};
pub use noise_aware::NoiseAware;
pub use noise_table::{Best, NoiseTable};
pub use post_processing::PostProcessing;
pub use problem::EstimationProblem;
pub use schedule::Schedule;

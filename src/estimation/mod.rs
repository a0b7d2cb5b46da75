//! Amplitude estimation, quantum and classical, with one measure of cost.
//!
//! An [`EstimationProblem`] is a circuit A and a predicate on its basis states ([`GoodStates`]): what
//! is the probability a = sin²θ that A|0⟩ is good? An [`Experiment`] makes its measurements, by the
//! exact law of each from one simulation of A, or by running full circuits, with or without noise. Each
//! [`AmplitudeEstimator`] turns measurements into an [`AmplitudeEstimate`], which says what it cost
//! ([`QueryCost`]: uses of A and A†, shots, depth, gates on two qubits) and what its interval promises
//! ([`Guarantee`]).
//!
//! ```
//! use ketlab::estimation::{
//!     AmplitudeEstimator, EstimationProblem, Iterative, MaximumLikelihood, Schedule,
//! };
//! // The mean payoff under four prices, in the units of the payoff.
//! let problem = EstimationProblem::expectation(&[0.1, 0.4, 0.3, 0.2], &[0.0, 0.0, 1.5, 4.0])?;
//! let experiment = problem.exact_law()?;
//! let result = Iterative::new(0.001, 0.05)?.estimate(&experiment, 7)?;
//! assert!(result.confidence_interval_processed.contains(1.25));
//! let result = MaximumLikelihood::new(Schedule::Exponential, 8)?.estimate(&experiment, 7)?;
//! assert!((result.estimation_processed - 1.25).abs() < 0.01);
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! | estimator | source | slope of the median error | interval |
//! |---|---|---|---|
//! | [`Canonical`] | Brassard et al. 2000 | -1 | finite sample; with the likelihood asymptotic |
//! | [`Iterative`] | Grinko et al. 2019, Miyamoto 2024 | -1 | finite sample |
//! | [`MaximumLikelihood`] | Suzuki et al. 2019 | -1 exponential, -3/4 linear | asymptotic |
//! | … on [`Schedule::PowerLaw`] | Giurgica-Tiron et al. 2020 | -1/(1+β) at depth ε^-(1-β) | asymptotic |
//! | [`Faster`] | Nakaji 2020 | -1 | finite sample |
//! | [`Bayesian`] | expected information per use | -1 | posterior |
//! | [`NoiseAware`] | Tanaka et al. 2020 | -1, then -1/2 where noise ends it | asymptotic |
//! | [`MonteCarlo`] | | -1/2 | finite sample |
//! | [`Antithetic`], [`ControlVariate`], [`ImportanceSampling`] | of an [`Integrand`] | -1/2, with a smaller factor | asymptotic |
//! | [`Stratified`], [`QuasiMonteCarlo`] | of an [`Integrand`] | up to -3/2 for smooth ones | asymptotic |
//!
//! [`ErrorCurve`] runs [`EstimatorKind`]s at budgets or precisions, many times each, and sums up errors,
//! misses, bias and coverage; [`NoiseTable`] says where the quadratic advantage ends.
//!
//! # Noise
//!
//! *Depolarizing noise* ([`Experiment::depolarizing`]) is one number, the fidelity κ of a Grover step:
//! Q^k A ends in a good state with probability κ^k sin²((2k+1)θ) + (1 - κ^k) d, d being the good states'
//! share of all basis states. A alone has no noise. Laws draw from this, full circuits have a channel
//! ρ → κρ + (1-κ) I/2^n on all qubits behind every step, and both agree. [`NoiseAware`] and [`Bayesian`]
//! model it. A *noise model* ([`EstimationProblem::full_circuits_with_noise`]) is noise of gates and
//! readout, in A as in Q; it has no such law, and no estimator models it. Intervals of methods that do
//! not model the noise that there is promise nothing ([`Guarantee::NoiseNotModelled`]).
//!
//! # The median and the root mean square
//!
//! The slopes of the table are of the *median* of the absolute errors against uses of A on logarithmic
//! scales: what half of the runs do better than. What one pays for on average is the *root mean square*
//! (RMSE), and it is another thing for quantum methods: once in a while a run takes one of the many
//! angles that its powers cannot tell apart for another, and then it errs by up to about a half,
//! however many uses it had. An [`ErrorCurve`] has both errors at every [`Point`], and the share and the
//! size of such [`Misses`]: runs that err by more than [`MISS_FACTOR`] times the median.
//!
//! - **Iterative**: with 95 % intervals about one run in a hundred is led astray by an interval that
//!   missed, and these runs are nearly all of the mean square: it hardly falls. The price of fewer
//!   misses is a logarithm, so error curves give it an α of (10/N)² for a budget N, or (ε/6)² for a
//!   precision ε ([`ErrorCurve::alpha`] sets another). The RMSE then falls as the median does, at
//!   about twice the uses that α = 0.05 takes.
//! - **Canonical**: one run errs by k grid steps π/M with probability about 1/(πk)². The median error is
//!   a step or less, so it falls as 1/M. But the mean of (k/M)² over this law does not converge before k
//!   reaches M: it adds up to the order of 1/M, so the RMSE falls as M^-1/2, no faster than Monte
//!   Carlo's. A curve of a hundred repeats rarely sees the tail, and flatters it. The median of several
//!   runs ([`PhaseRule::Median`]) has no such tail. And how near the grid is to one amplitude is luck:
//!   curves of one amplitude are named so, and several average it.
//! - **Bayesian**: at any budget about one run in some hundreds holds a distant lobe for likelier than
//!   the right one, whatever α is: its RMSE is that of these runs.
//! - **Maximum likelihood** takes a hundred shots of each power, which leaves a wrong lobe no chance
//!   that a curve would see; **Monte Carlo** has no misses, and its RMSE is 1.48 times its median.
//!
#![doc = include_str!("../../docs/interval_coverage.md")]

mod account;
mod classical;
mod curve;
mod fit;
mod kind;
mod problem;
mod quantum;
mod table;

pub use account::cost::QueryCost;
pub use account::estimate::AmplitudeEstimate;
pub use account::estimator::AmplitudeEstimator;
pub use account::interval::{Guarantee, Interval, IntervalMethod};
pub use account::round::Round;
pub use account::trial::{MAX_EVALUATION_QUBITS, Trial};
pub use classical::antithetic::Antithetic;
pub use classical::control_variate::ControlVariate;
pub use classical::importance::ImportanceSampling;
pub use classical::monte_carlo::MonteCarlo;
pub use classical::problems::BlackScholes;
pub use classical::quasi_monte_carlo::QuasiMonteCarlo;
pub use classical::stratified::Stratified;
pub use curve::{
    Best, Crossover, Curve, CurveProgress, CurveResult, ErrorCurve, Gain, MISS_FACTOR, Measure,
    Misses, NoiseTable, Point, Skipped, Slope, noise_figure,
};
pub use fit::{Setup, Target};
pub use kind::EstimatorKind;
pub use problem::estimation_problem::EstimationProblem;
pub use problem::experiment::{Experiment, Source};
pub use problem::good::GoodStates;
pub use problem::integrand::Integrand;
pub use problem::law::phase_probability;
pub use problem::post_processing::PostProcessing;
pub use quantum::bayesian::Bayesian;
pub use quantum::canonical::{Canonical, PhaseRule, phase_estimation_bound};
pub use quantum::faster::Faster;
pub use quantum::iterative::{ConfidenceBound, Iterative};
pub use quantum::likelihood::{Likelihood, Maximum};
pub use quantum::maximum_likelihood::MaximumLikelihood;
pub use quantum::noise_aware::NoiseAware;
pub use quantum::schedule::Schedule;
pub use table::{Table, TableKind};

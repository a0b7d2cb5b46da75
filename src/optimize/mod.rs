//! Minimization of functions of many parameters: one interface, one method and its paper a file.
//!
//! An [`Objective`] is minimized by an [`Optimizer`] under a [`Stopping`]; what comes back is an
//! [`Outcome`] that says why it stopped and what it cost.
//!
//! | name | needs | for |
//! |---|---|---|
//! | `lbfgs` | gradient | exact objectives: the first choice |
//! | `adam`, `amsgrad`, `momentum`, `gradient-descent` | gradient | noisy gradients |
//! | `natural-gradient` | gradient, metric | circuits whose parameters are ill scaled |
//! | `rotosolve` | value | parameters in one Pauli rotation each |
//! | `spsa` | value | noisy objectives of many parameters |
//! | `bobyqa` | value | exact, smooth, up to some tens of parameters |
//! | `cobyla`, `nelder-mead` | value | exact or slightly noisy, few parameters |
//!
//! ```
//! use ketlab::optimize::{FnObjective, OptimizerKind, Stopping};
//!
//! let f = |x: &[f64]| (x[0] - 1.0).powi(2) + (x[1] + 0.5).powi(2);
//! let mut objective = FnObjective::with_gradient(2, f, |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 2.0 * (x[0] - 1.0);
//!     gradient[1] = 2.0 * (x[1] + 0.5);
//!     f(x)
//! });
//! let mut stopping = Stopping::new().max_iterations(100).gradient_tolerance(1e-10);
//! let outcome = OptimizerKind::from_name("lbfgs")?
//!     .optimizer()
//!     .minimize(&mut objective, &[0.0, 0.0], &mut stopping)?;
//! assert!(outcome.converged(), "{}", outcome.stop);
//! assert!((outcome.x[0] - 1.0).abs() < 1e-9 && outcome.value < 1e-18);
//! # Ok::<(), ketlab::error::Error>(())
//! ```
//!
//! # Checkpoints
//!
//! With [`Stopping::checkpoint`] a run leaves a JSON file from which [`Stopping::resume`] continues:
//! ketlab's own methods bit for bit as if there had been no interruption (given an objective
//! that is a function of its parameters), the three from `basin` anew from the best point.

mod adam;
mod basin;
mod checkpoint;
mod driver;
mod evaluator;
mod gradient_descent;
mod kind;
mod lbfgs;
mod line_search;
mod natural_gradient;
mod objective;
mod optimizer;
mod outcome;
#[cfg(test)]
mod problems;
mod rotosolve;
mod search;
mod spsa;
mod stationary;
mod stopping;
#[cfg(test)]
mod tests;

pub use adam::Adam;
pub use basin::{Bobyqa, Cobyla, NelderMead};
pub use gradient_descent::GradientDescent;
pub use kind::OptimizerKind;
pub use lbfgs::Lbfgs;
pub use natural_gradient::NaturalGradient;
pub use objective::{FnObjective, IntoValue, NoGradient, Objective};
pub use optimizer::Optimizer;
pub use outcome::{Outcome, Step, StopReason};
pub use rotosolve::Rotosolve;
pub use spsa::Spsa;
pub use stationary::{Stationary, minimize_from, stationary_point};
pub use stopping::{Iterate, Stopping};

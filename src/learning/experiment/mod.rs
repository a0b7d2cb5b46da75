//! Learning experiments: from data to a trained model with its rivals beside it.

mod baselines;
mod predictor;
mod report;
mod run;
mod settings;
mod verdict;

pub use predictor::{Predictor, Scored};
pub use report::{Beside, Report, Tried};
pub use run::Following;
pub use settings::{Experiment, ModelChoice};
pub use verdict::{Verdict, Versus};

#[cfg(test)]
mod tests;

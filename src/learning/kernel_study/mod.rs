//! Studies of quantum kernels: from data to accuracies, with equally tuned classical kernels beside.

mod contest;
mod learner;
mod quantum;
mod relabel;
mod report;
mod run;
mod settings;
#[cfg(test)]
mod tests;
mod verdict;

pub use report::{Concentrated, Contestant, KernelReport, RelabelledReport, SampledReport};
pub use settings::{BANDWIDTH_FACTORS, KernelKind, KernelStudy, Learner};
pub use verdict::Verdict;

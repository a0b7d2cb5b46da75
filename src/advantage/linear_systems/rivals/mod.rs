//! Classical solvers, one file each.

mod band;
mod conjugate_gradients;
mod kaczmarz;
mod lu;
mod rival;

pub use conjugate_gradients::{ConjugateGradients, conjugate_gradient_bound};
pub use kaczmarz::{Kaczmarz, kaczmarz_bound};
pub use lu::Lu;
pub use rival::{Accuracy, Rival, Solution};

/// All rivals.
pub(super) const ALL: [&dyn Rival; 3] = [&ConjugateGradients, &Lu, &Kaczmarz];

/// The names of all rivals.
pub fn rival_names() -> Vec<&'static str> {
    ALL.iter().map(|rival| rival.name()).collect()
}

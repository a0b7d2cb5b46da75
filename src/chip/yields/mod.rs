//! The yield of chips without collisions: by Monte Carlo, many chips side by side, and estimated in
//! closed form.

mod case;
mod kernel;
mod needed;
mod outcome;
mod study;

pub use case::YieldCase;
pub use outcome::{CheckCount, TypeCount, Yield};
pub use study::YieldStudy;

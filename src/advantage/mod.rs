//! Claims of quantum advantage as experiments: a claim is written down before anything runs, quantum
//! and classical contenders work on the same problem with the same clock, and the verdict follows from
//! intervals.
//!
//! | part | what it is |
//! |---|---|
//! | [`Claim`] | what is said to be true: no classical rival reaches a bar, at any of these sizes |
//! | [`Contender`] | what played: a [`Score`] with its interval, a [`Cost`], what was assumed |
//! | [`Verdict`] | holds, refuted by whom at which size, undecided, beyond reach |
//! | [`Experiment`] | settings, the claims that follow from them, and how contenders are played |
//! | [`Arena`] | where they are: budget, cancellation, a checkpoint of what is finished |
//! | [`Report`] | all of it, with a manifest that runs it again to the same bits |

mod arena;
mod claim;
mod contender;
mod cost;
mod experiment;
mod judge;
pub mod kernel;
pub mod kicked_ising;
pub mod linear_systems;
pub mod order_finding;
pub mod random_circuits;
mod report;
mod score;

pub use arena::{Arena, Budget};
pub use claim::{Bar, Better, Claim};
pub use contender::{Contender, Kind};
pub use cost::Cost;
pub use experiment::{Experiment, Run};
pub use judge::{Judged, Verdict};
pub use report::{Manifest, Report};
pub use score::{Certainty, Score};

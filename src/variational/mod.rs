//! Variational algorithms: ground and excited states of Hamiltonians, and optimization problems.

mod adapt;
mod angles;
mod qaoa;
mod rotoselect;
mod subspace;
mod vqe;
mod warm_start;

pub use adapt::{Adapt, AdaptResult, AdaptStep};
pub use angles::{Angles, FIXED_ANGLES_MOST_LAYERS};
pub use qaoa::{Qaoa, QaoaResult, Solution};
pub use subspace::{Level, Subspace, eigenstate_variance};
pub use vqe::{CHEMICAL_ACCURACY, Vqe, VqeResult};
pub use warm_start::warm_started_ansatz;

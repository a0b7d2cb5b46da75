//! Circuits to circuits.

mod basis;
mod body;
mod controlled;
mod diagonal;
mod factors;
mod global_phase;
mod multi_controlled;
mod one_qubit;
mod permutation;
mod product;
mod rotation;
mod to_basis;
mod turns;
mod unitary;

pub use basis::Basis;
pub(crate) use controlled::phase_on_a_control;
pub(crate) use factors::factors;
pub use global_phase::without_global_phases;
pub(crate) use multi_controlled::Borrowing;
pub(crate) use one_qubit::{as_u, is_about_x, one_qubit};
pub(crate) use rotation::{letters, simpler_rotation};
pub use to_basis::to_basis;

/// Rotations by less are left out.
const NOTHING: f64 = 1e-15;

/// The bits of a number that are 1, ascending.
fn bits(mask: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS as usize).filter(move |k| mask >> k & 1 == 1)
}

//! Circuits rewritten: the same unitary with other gates, or on other qubits.
//!
//! | you want … | call … | it costs … |
//! |---|---|---|
//! | a machine's or another tool's gates | [`to_basis`] | gates: counts are not minimal |
//! | fewer gates | [`cancel_gates`] | time linear in the number of gates, a round |
//! | Pauli rotations, the normal form that methods on Pauli strings read | [`to_pauli_rotations`] | 2^k rotations for k controls |
//! | gates on neighboring qubits alone | [`route`] | swaps |
//! | no global phases | [`without_global_phases`] | nothing that is measured |
//!
//! All but the last keep the matrix with its phase ([`route`]: up to where qubits begin and end,
//! which it tells), keep angles linear in the parameters, so that a circuit is rewritten once and
//! bound often, and rewrite the bodies of branches and loops. What is no gate stays as it is. No
//! ancillas are added.
//!
//! For a machine, one after the other:
//!
//! ```
//! use ketlab::Circuit;
//! use ketlab::rewrite::{Basis, CouplingMap, cancel_gates, route, to_basis};
//! let mut c = Circuit::new(4);
//! c.h(0).ccx(0, 1, 3).rzz(0.3, 1, 2).measure_all();
//! let basis = Basis::named("ibm-cz")?;
//! let on_pairs = to_basis(&cancel_gates(&c), &basis)?;
//! let routed = route(&on_pairs, &CouplingMap::line(4)?, 1)?;
//! // Swaps are no gates of the basis, and what stands on both sides of them may cancel.
//! let written = cancel_gates(&to_basis(&routed.circuit, &basis)?);
//! assert!(written.profile().num_multi_qubit_gates < 30);
//! # Ok::<(), ketlab::Error>(())
//! ```
//!
//! Inside, `factors` knows which gate is which product of simpler ones; `to_basis`, the Pauli
//! rotations and the export to OpenQASM ask it.

mod basis;
mod body;
mod cancel;
mod commuting;
mod controlled;
mod coupling;
mod diagonal;
mod factors;
mod global_phase;
mod layout;
mod merging;
mod multi_controlled;
#[cfg(test)]
mod noise_tests;
mod one_qubit;
mod pauli_rotations;
mod permutation;
mod product;
mod rotation;
mod routing;
mod to_basis;
mod turns;
mod unitary;

pub use basis::Basis;
pub use cancel::cancel_gates;
pub(crate) use controlled::phase_on_a_control;
pub use coupling::CouplingMap;
pub(crate) use factors::{MAX_DEPTH, factors, too_deep};
pub use global_phase::without_global_phases;
pub(crate) use multi_controlled::Borrowing;
pub(crate) use one_qubit::{as_u, is_about_x, one_qubit};
pub use pauli_rotations::to_pauli_rotations;
pub(crate) use rotation::{letters, simpler_rotation};
pub use routing::{Routed, route};
pub use to_basis::to_basis;

/// Rotations by less are left out.
const NOTHING: f64 = 1e-15;

/// The bits of a number that are 1, ascending.
fn bits(mask: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS as usize).filter(move |k| mask >> k & 1 == 1)
}

//! Frequencies that collide: the published rules as data, which pairs and triples of qubits they look
//! at, what collides on one chip, and how likely a scattered pair or triple does not.

mod checks;
mod distances;
mod find;
mod marginals;
mod rules;

pub use checks::{Checks, Triple};
pub(super) use distances::{DEPTHS_OF_PAIR, DEPTHS_OF_TRIPLE, Limits};
pub(super) use find::check_qubits;
pub use find::{Collision, find_collisions};
pub(super) use marginals::check_spread;
pub use rules::{CollisionType, Rules, Straddling};

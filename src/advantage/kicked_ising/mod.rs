//! The kicked Ising experiment on 127 qubits (Kim et al., Nature 618, 500 (2023)), beside what
//! classical computers make of it.
//!
//! The claim was of utility: a quantum computer with error mitigation gives means of a circuit that is
//! beyond brute force, more accurately than approximate classical methods. Rivals: Pauli propagation
//! (Begušić, Gray and Chan, Science Advances 10, eadk4321 (2024), and others), state vectors of light
//! cones, stabilizer tableaus at the two Clifford angles, and mean field.

mod experiment;
mod light_cone;
mod mean_field;
mod observable;
mod published;
mod report;
mod rival;
mod score;
#[cfg(test)]
mod tests;

pub use experiment::KickedIsing;
pub use observable::KickedObservable;
pub use published::{Extrapolation, Measured, Published, PublishedCurve};
pub use report::{Curve, Point, PropagatedValue};
pub use rival::KickedRival;

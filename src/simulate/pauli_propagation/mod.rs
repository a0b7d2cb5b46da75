//! Pauli propagation: means of observables, carried backward through the circuit as sums of Pauli
//! strings ([`propagation`](crate::propagation) does the carrying). It has no state: circuits of any
//! width, as long as the sums stay short or are cut short.

mod answer;
mod checks;
mod code;
mod cone;
mod derivatives;
mod exponential;
mod layers;
mod lower;
mod means;
#[cfg(test)]
mod tests;
mod transfers;

pub use answer::{PropagatedMean, Propagation, Trend, TrendPoint};
pub(super) use checks::check;
pub(super) use code::Code;
pub(super) use cone::bound;

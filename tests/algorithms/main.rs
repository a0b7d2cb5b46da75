//! What is computed with circuits: variational algorithms, amplitude estimation, Boltzmann machines;
//! and the operators that it is computed of.

#[path = "../common/mod.rs"]
mod common;

mod boltzmann;
mod estimation;
mod learning;
mod operators;
mod optimizers;
mod variational;

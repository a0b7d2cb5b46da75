//! What is computed with circuits: variational algorithms and amplitude estimation.

#[path = "../common/mod.rs"]
mod common;

mod estimation;
mod variational;

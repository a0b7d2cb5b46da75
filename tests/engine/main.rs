//! The engine below circuits: kernels, plans, states and what is read from them.

#[path = "../common/mod.rs"]
mod common;

mod kernels;
mod reads;
mod state_vector;

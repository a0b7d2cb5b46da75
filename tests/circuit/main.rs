//! Circuits as they are made, composed and drawn.

#[path = "../common/mod.rs"]
mod common;

mod circuits;
mod drawing;
mod pictures;
mod rewriting;

//! `ketlab advantage order`.

mod args;
mod plots;
mod text;

pub use args::{Args, main};

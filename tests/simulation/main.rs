//! Circuits as they are run: states, shots, batches and derivatives of programs.

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod dynamic_circuits;
mod eigenstates;
mod evaluators;
mod families;
mod gradient_settings;
mod gradients;
mod large_angles;
mod noise;
mod parameter_maps;
mod reference_qasm2;
mod shots;
mod simulate;
mod stabilizer;

//! The program from outside, and what the documents say about it.
#![cfg(feature = "cli")]

#[path = "../common/mod.rs"]
mod common;

mod cli;
mod cli_advantage_kernel;
mod cli_advantage_kicked_ising;
mod cli_advantage_linear;
mod cli_advantage_order;
mod cli_advantage_random_circuits;
mod cli_anneal;
mod cli_boltzmann;
mod cli_checkpoints;
mod cli_chip_build;
mod cli_chip_gates;
mod cli_chip_transmon;
mod cli_chip_yield;
mod cli_device;
mod cli_encode;
mod cli_grad;
mod cli_json;
mod cli_kernel;
mod cli_learn;
mod cli_methods;
mod cli_noise;
mod cli_qae;
mod cli_run_pauli;
mod cli_states;
mod cli_trainability;
mod cli_training;
mod cli_usage;
mod documents;
mod folder;
mod instruction_sets;
mod program;

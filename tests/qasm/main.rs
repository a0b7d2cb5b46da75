//! OpenQASM 2 and 3, in and out.

#[path = "../common/mod.rs"]
mod common;

mod export;
mod qasm2_corpus;
mod qasm2_errors;
mod qasm2_fuzz;
mod qasm2_semantics;
mod qasm2_states;
mod qasm3_corpus;
mod qasm3_errors;
mod qasm3_faults;
mod qasm3_fuzz;
mod qasm3_grammar;
mod qasm3_types;
mod qasm_text;

//! qasm

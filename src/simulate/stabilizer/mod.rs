//! The stabilizer method: circuits of Clifford gates on a tableau, some thousand qubits of them.
//! Gates become steps of the tableau; measurements, resets and classical control are the same as for
//! every method.

mod channels;
mod code;
mod observable;
mod representation;
mod sample;

pub(super) use code::Code;

//! The density-matrix method: all 4^n entries of a mixed state. A gate is an action on the bits of
//! the rows and its conjugate on those of the columns; channels are matrices on both, so that they
//! make no branches. All of it is planned and run by the engine as a state vector on 2n bits.

mod code;
mod initial;
mod lower;
mod observable;
mod representation;
mod superoperator;
#[cfg(test)]
mod tests;

pub(super) use code::Code;

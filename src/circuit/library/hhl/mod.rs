//! The algorithm of Harrow, Hassidim and Lloyd for linear systems (Physical Review Letters 103,
//! 150502 (2009), arXiv:0811.3171).

mod circuit;
mod prepare;
mod settings;
mod window;

pub use prepare::try_amplitudes;
pub use settings::{ClockReading, Evolution, Hhl};
pub use window::{ClockWindow, MAX_CLOCK_QUBITS, try_clock_window};

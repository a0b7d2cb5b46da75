//! Noise channels: maps of density matrices that are completely positive and preserve the trace,
//! their views, and readout errors. It knows no circuit and no method.
//!
//! A [`Channel`] is made by a constructor that is named after its parameters, or from text; its
//! [`Form`] is what methods branch on: mixtures of Pauli strings, depolarizing, mixtures of unitaries,
//! Kraus operators. All but the last come about whatever the state is. Times are in seconds.
//!
//! Conventions: `depolarizing(p)` has the total probability p of a Pauli error, and
//! `depolarizing_lambda` λ of ρ → (1-λ)ρ + λ I/d. Qubit 0 is the least significant bit of indices of
//! matrices and the fastest letter of numbers of Pauli strings ([`string_number`]), which are the
//! indices of transfer matrices. Superoperators act on density matrices with columns stacked; the
//! output is the fast factor of Choi matrices, whose trace is d. Readout errors are P(1|0) and P(0|1)
//! by their names.
//!
//! ```
//! use ketlab::noise::Channel;
//! let idle: Channel = "thermal(t1=50us, t2=70us, t=100ns)".parse()?;
//! let (e1, e2) = ((-100e-9 / 50e-6_f64).exp(), (-100e-9 / 70e-6_f64).exp());
//! assert!((idle.average_gate_fidelity() - (3.0 + e1 + 2.0 * e2) / 6.0).abs() < 1e-15);
//! let transfer = idle.ptm()?; // rows are outputs, I X Y Z
//! assert!((transfer[(3, 0)] - (1.0 - e1)).abs() < 1e-15);
//! # Ok::<(), ketlab::Error>(())
//! ```

mod channel;
mod coherent;
mod compose;
mod damping;
mod depolarizing;
mod duration;
mod fidelity;
mod flips;
mod from_views;
mod kraus;
mod limits;
mod pauli_channel;
mod readout;
mod readout_sum;
mod strings;
#[cfg(test)]
mod tests;
mod text;
mod thermal;
mod unraveling;
mod views;

pub use channel::{Channel, Form};
pub use duration::{duration_text, parse_duration};
pub use kraus::KrausSet;
pub use limits::{CPTP_TOLERANCE, MAX_CHANNEL_QUBITS, MAX_MATRIX_QUBITS, MAX_PAULI_ERRORS};
pub use pauli_channel::PauliChannel;
pub use readout::{ReadoutError, confuse_distribution, misread, misread_word};
pub use readout_sum::{MAX_READOUT_TERMS, measured};
pub use strings::{string_number, string_of_number};
pub use text::named_channels;
pub use unraveling::{Draw, Operator, Unraveling};

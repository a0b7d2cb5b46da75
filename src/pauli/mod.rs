//! Pauli strings and sums: observables, generators, Hamiltonians.
//!
//! A [`PauliString`] is a tensor product of I, X, Y and Z on any number of qubits, always with sign
//! +1, so that it is Hermitian; the power of i that a product leaves is returned as a [`Phase`]. A
//! [`PauliSum`] has real coefficients and is Hermitian by construction; a product of two of them is
//! a [`ComplexPauliSum`].
//!
//! Both read the sparse form, which names qubits (`X0 Z3`), and the dense form, whose **rightmost**
//! letter is qubit 0 (`ZIIX`, the order in which Qiskit prints). The opposite order is
//! [`PauliString::from_label_reversed`]. Files and what other tools print are read by [`PauliText`].
//!
//! ```
//! use ketlab::pauli::PauliSum;
//! let h: PauliSum = "Z0 Z1 + 0.5 X2 - 1.5".parse()?;
//! assert_eq!(h.num_qubits(), 3);
//! assert_eq!(h.identity_coefficient(), -1.5);
//! let same: PauliSum = "0.5*XII + IZZ - 1.5 I".parse()?;
//! assert_eq!(h.clone().simplify(0.0), same.simplify(0.0));
//! // The energy is conserved, the magnetization is not:
//! let m: PauliSum = "Z0 + Z1 + Z2".parse()?;
//! assert!(h.i_commutator(&h).is_empty());
//! assert_eq!(h.i_commutator(&m).to_string(), "Y2");
//! # Ok::<(), ketlab::Error>(())
//! ```

mod complex_sum;
mod decompose;
mod dense;
mod grouping;
mod json;
mod letter;
mod models;
mod phase;
mod product;
mod scan;
mod string;
mod string_text;
mod sum;
mod sum_text;
#[cfg(test)]
mod testing;
mod text;

pub use complex_sum::ComplexPauliSum;
pub use dense::MAX_DENSE_QUBITS;
pub use grouping::PauliGroup;
pub(crate) use json::{brief, read_terms};
pub use letter::Pauli;
pub use models::{Boundary, ising_chain, xxz_chain};
pub use phase::Phase;
pub(crate) use scan::shortened;
pub use string::{Factors, MAX_QUBITS, PauliString};
pub use sum::PauliSum;
pub use text::PauliText;

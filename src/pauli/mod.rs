//! Pauli strings and sums.

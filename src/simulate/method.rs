//! The methods by name.

use std::fmt;

/// How a circuit is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// The state vector where it fits in memory, else the stabilizer method if all gates are Clifford
    /// gates, else Pauli propagation of means that surely need few strings. All are exact: an
    /// approximate method is never chosen by itself. Which one it was, and why, stands in
    /// [`Meta`](super::Meta).
    #[default]
    Automatic,
    /// All 2^n amplitudes; any circuit.
    StateVector,
    /// A stabilizer tableau: circuits of Clifford gates, some thousand qubits of them. Measurements,
    /// resets and control by classical bits are any.
    Stabilizer,
    /// State vectors of random trajectories of a noisy circuit: counts as by every method; means are
    /// estimates with standard errors ([`Trajectories`](super::Trajectories)).
    Trajectories,
    /// All 4^n entries of a density matrix; any circuit, noise channels without branches.
    DensityMatrix,
    /// Observables carried backward as sums of Pauli strings: means alone, of circuits of any width.
    /// Exact as long as nothing is left out; what a [`Truncation`](crate::propagation::Truncation)
    /// leaves out is told with the answer ([`Propagation`](super::Propagation)).
    PauliPropagation,
}

/// As results write it.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Method::Automatic => "automatic",
            Method::StateVector => "state-vector",
            Method::Stabilizer => "stabilizer",
            Method::Trajectories => "trajectories",
            Method::DensityMatrix => "density-matrix",
            Method::PauliPropagation => "pauli-propagation",
        })
    }
}

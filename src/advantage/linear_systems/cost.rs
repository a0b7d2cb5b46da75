//! What HHL costs.

use super::evolution::pauli_strings;
use super::system::LinearSystem;
use crate::circuit::library::{
    Evolution, Hhl, TrotterOrder, inverse_qft, try_amplitudes, try_clock_window,
};
use crate::error::Result;
use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// What HHL costs in uses of e^{iAt} and in gates, counted and not timed: a gate on one or two qubits
/// is one operation, and one multiplication of a classical solver is one, too. That flatters the
/// quantum computer: its gates are slower than multiplications, and there is no error correction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HhlCost {
    /// Runs of the circuit, all of them, whether or not the flag was 1.
    pub runs: u64,
    /// Controlled uses of e^{iAt} in one run: T - 1 for the estimation, and as many to undo it.
    pub uses_per_run: u64,
    /// Uses in all runs; a number that may be beyond 64 bits.
    pub uses: f64,
    /// Gates that load b, in each run anew.
    pub loading_gates: u64,
    /// Gates of one use: the steps of the product formula, or if the evolution is exact one step of
    /// the first order, the least there can be; a string of weight w has one rotation and 2(w-1) CX.
    pub gates_per_use: f64,
    /// Gates of the clock in one run: its window, both Fourier transforms and the rotation.
    pub clock_gates: u64,
    /// Gates in all runs.
    pub operations: f64,
}

impl HhlCost {
    /// The cost of so many runs.
    ///
    /// # Errors
    /// If A is singular, or the settings make no sense.
    pub fn new(hhl: &Hhl, system: &LinearSystem, runs: u64) -> Result<Self> {
        let rhs: Vec<Complex64> =
            system.hermitian_rhs().iter().map(|v| Complex64::from(*v)).collect();
        let weights = pauli_strings(system)?;
        let step: u64 = weights
            .terms()
            .iter()
            .map(|(string, _)| 2 * (string.weight().max(1) as u64 - 1) + 1)
            .sum();
        let steps = match hhl.evolution {
            Evolution::Exact => 1.0,
            Evolution::Trotter { order: TrotterOrder::First, steps } => steps as f64,
            Evolution::Trotter { order: TrotterOrder::Second, steps } => 2.0 * steps as f64,
        };
        let clock = try_clock_window(hhl.window, hhl.clock)?.ops().len()
            + inverse_qft(hhl.clock).ops().len();
        let mut cost = HhlCost {
            runs,
            uses_per_run: 2 * (hhl.bins() as u64 - 1),
            uses: runs as f64 * 2.0 * (hhl.bins() as f64 - 1.0),
            loading_gates: try_amplitudes(&rhs)?.ops().len() as u64,
            gates_per_use: step as f64 * steps,
            // A multiplexed rotation has as many CX as rotations.
            clock_gates: 2 * (clock + hhl.bins()) as u64,
            operations: 0.0,
        };
        cost.operations = cost.with(runs as f64, cost.loading_gates as f64, cost.gates_per_use);
        Ok(cost)
    }

    /// Gates of so many runs with other costs of loading and of a use.
    pub(super) fn with(&self, runs: f64, loading: f64, per_use: f64) -> f64 {
        runs * (loading + self.uses_per_run as f64 * per_use + self.clock_gates as f64)
    }
}

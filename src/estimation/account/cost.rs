//! What an estimate costs: one measure for quantum and classical methods.

use serde::{Deserialize, Serialize};

/// The cost of an estimate. A *use* is one run of A or A†, or one evaluation of an integrand: a
/// Monte Carlo sample takes 1, Q^k A takes 2k + 1, and phase estimation with M = 2^m takes 2M - 1 a
/// shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QueryCost {
    /// Uses of A and A† in all.
    pub uses: u64,
    /// Runs of a circuit, or evaluations of an integrand.
    pub shots: u64,
    /// Most uses in one circuit, one after another.
    pub depth: u64,
    /// Applications of Grover's operator Q, which other tools report as the cost.
    pub num_oracle_queries: u64,
    /// Gates on two qubits in the deepest circuit, written for OpenQASM 2's header with a Toffoli
    /// gate as six; `None` where no circuit is needed or it cannot be written so.
    pub two_qubit_gates: Option<u64>,
}

impl QueryCost {
    /// Adds `shots` runs of a circuit with `uses` of A and `queries` of Q.
    pub(in crate::estimation) fn add(&mut self, shots: u64, uses: u64, queries: u64) {
        self.uses = self.uses.saturating_add(shots.saturating_mul(uses));
        self.num_oracle_queries =
            self.num_oracle_queries.saturating_add(shots.saturating_mul(queries));
        self.shots = self.shots.saturating_add(shots);
        self.depth = self.depth.max(uses);
    }
}

/// Uses of A in Q^k A.
pub(in crate::estimation) fn uses_of_power(power: u64) -> u64 {
    power.saturating_mul(2).saturating_add(1)
}

/// Uses of A in one shot of phase estimation on `evaluation_qubits`.
pub(in crate::estimation) fn uses_of_phase(evaluation_qubits: u32) -> u64 {
    2 * (1u64 << evaluation_qubits) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_those_of_the_papers() {
        let mut cost = QueryCost::default();
        cost.add(100, uses_of_power(3), 3);
        cost.add(10, uses_of_power(0), 0);
        assert_eq!(
            (cost.uses, cost.num_oracle_queries, cost.shots, cost.depth),
            (710, 300, 110, 7)
        );
        assert_eq!(uses_of_phase(3), 15);
    }
}

//! Which pairs of qubits an ansatz entangles, in which order.

/// The pairs (control, target) of an entangling layer, in the order in which its gates come; the
/// names and orders are Qiskit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entanglement {
    /// (0, 1), (1, 2), …, (n-2, n-1).
    Linear,
    /// (n-2, n-1), …, (1, 2), (0, 1). With CX it is the same unitary as [`Entanglement::Full`], in
    /// n - 1 gates.
    ReverseLinear,
    /// (n-1, 0), then as [`Entanglement::Linear`]. Two qubits have the pair (0, 1) only.
    Circular,
    /// All pairs (a, b) with a < b: (0, 1), (0, 2), …, (1, 2), ….
    Full,
}

impl Entanglement {
    /// The number of pairs on `num_qubits` qubits.
    pub(super) fn num_pairs(self, num_qubits: usize) -> usize {
        let neighbours = num_qubits.saturating_sub(1);
        match self {
            Entanglement::Linear | Entanglement::ReverseLinear => neighbours,
            Entanglement::Circular => neighbours + usize::from(num_qubits > 2),
            Entanglement::Full => neighbours.saturating_mul(num_qubits) / 2,
        }
    }

    /// The pairs on `num_qubits` qubits, in order.
    ///
    /// ```
    /// use ketlab::circuit::library::Entanglement;
    /// assert_eq!(Entanglement::Circular.pairs(3), [(2, 0), (0, 1), (1, 2)]);
    /// ```
    pub fn pairs(self, num_qubits: usize) -> Vec<(usize, usize)> {
        let n = num_qubits;
        let linear = (1..n).map(|b| (b - 1, b));
        match self {
            Entanglement::Linear => linear.collect(),
            Entanglement::ReverseLinear => linear.rev().collect(),
            Entanglement::Circular => {
                let closing = (n > 2).then(|| (n - 1, 0));
                closing.into_iter().chain(linear).collect()
            }
            Entanglement::Full => (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Circuit;

    #[test]
    fn pairs_are_those_of_qiskit() {
        use Entanglement::*;
        assert_eq!(Linear.pairs(4), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(ReverseLinear.pairs(4), [(2, 3), (1, 2), (0, 1)]);
        assert_eq!(Circular.pairs(4), [(3, 0), (0, 1), (1, 2), (2, 3)]);
        assert_eq!(Full.pairs(4), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        for shape in [Linear, ReverseLinear, Circular, Full] {
            assert_eq!(shape.pairs(2), [(0, 1)]);
            assert!(shape.pairs(1).is_empty() && shape.pairs(0).is_empty());
            assert!((0..6).all(|n| shape.num_pairs(n) == shape.pairs(n).len()));
        }
    }

    #[test]
    fn reverse_linear_is_full_in_fewer_gates() {
        let cx = |shape: Entanglement| {
            let mut c = Circuit::new(4);
            for (a, b) in shape.pairs(4) {
                c.cx(a, b);
            }
            c.matrix().unwrap()
        };
        assert_eq!(cx(Entanglement::ReverseLinear), cx(Entanglement::Full));
        assert_ne!(cx(Entanglement::Linear), cx(Entanglement::Full));
    }
}

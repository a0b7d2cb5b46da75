//! Which pairs of qubits an ansatz entangles, in which order.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The pairs (control, target) of an entangling layer, in the order in which its gates come; the
/// names and orders are Qiskit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entanglement {
    /// No pairs: a circuit of products.
    None,
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
    /// Every one of them.
    pub const ALL: [Entanglement; 5] = {
        use Entanglement::*;
        [None, Linear, ReverseLinear, Circular, Full]
    };

    /// Its name in texts: `none`, `linear`, `reverse-linear`, `circular`, `full`.
    pub fn name(self) -> &'static str {
        match self {
            Entanglement::None => "none",
            Entanglement::Linear => "linear",
            Entanglement::ReverseLinear => "reverse-linear",
            Entanglement::Circular => "circular",
            Entanglement::Full => "full",
        }
    }

    /// The number of pairs on `num_qubits` qubits.
    pub(super) fn num_pairs(self, num_qubits: usize) -> usize {
        let neighbours = num_qubits.saturating_sub(1);
        match self {
            Entanglement::None => 0,
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
            Entanglement::None => Vec::new(),
            Entanglement::Linear => linear.collect(),
            Entanglement::ReverseLinear => linear.rev().collect(),
            Entanglement::Circular => {
                let closing = (n > 2).then(|| (n - 1, 0));
                closing.into_iter().chain(linear).collect()
            }
            Entanglement::Full => (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect(),
        }
    }

    /// The number of blocks of `size` ≥ 1 qubits on `num_qubits`; saturates.
    pub(super) fn num_blocks(self, num_qubits: usize, size: usize) -> usize {
        if size > num_qubits || (size > 1 && self == Entanglement::None) {
            return 0;
        }
        let runs = num_qubits - size + 1;
        match self {
            // As many as of those that stay out; a product of k + 1 successive numbers is divisible
            // by (k + 1)!.
            Entanglement::Full => (0..size.min(num_qubits - size))
                .fold(1usize, |count, k| count.saturating_mul(num_qubits - k) / (k + 1)),
            Entanglement::Circular if size > 1 && size < num_qubits => runs + 1,
            _ => runs,
        }
    }

    /// The blocks of `size` ≥ 1 qubits, in order: what [`pairs`](Self::pairs) are for two. Runs of
    /// neighbours; of [`Entanglement::Full`] all subsets; on one qubit each qubit once. Those of
    /// Qiskit's `get_entangler_map`.
    pub(super) fn blocks(self, num_qubits: usize, size: usize) -> Vec<Vec<usize>> {
        let n = num_qubits;
        if self.num_blocks(n, size) == 0 {
            return Vec::new();
        }
        let run = |first: usize| (first..first + size).collect::<Vec<_>>();
        let runs = (0..=n - size).map(run);
        match self {
            Entanglement::ReverseLinear => runs.rev().collect(),
            Entanglement::Circular if size > 1 && size < n => {
                let closing = (n - size + 1..n).chain([0]).collect();
                std::iter::once(closing).chain(runs).collect()
            }
            Entanglement::Full => subsets(n, size),
            _ => runs.collect(),
        }
    }
}

/// The subsets of `size` of the numbers below n, in lexicographic order.
fn subsets(n: usize, size: usize) -> Vec<Vec<usize>> {
    let mut subsets = Vec::new();
    let mut subset: Vec<usize> = (0..size).collect();
    loop {
        subsets.push(subset.clone());
        let Some(k) = (0..size).rev().find(|&k| subset[k] < n - size + k) else { return subsets };
        subset[k] += 1;
        for later in k + 1..size {
            subset[later] = subset[later - 1] + 1;
        }
    }
}

impl fmt::Display for Entanglement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Entanglement {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name);
            Error::unknown_name("entanglement", name, "those that there are:", &known)
        })
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
        assert!(None.pairs(4).is_empty() && None.num_pairs(4) == 0);
    }

    #[test]
    fn blocks_are_those_of_qiskit() {
        use Entanglement::*;
        assert_eq!(Linear.blocks(4, 3), [[0, 1, 2], [1, 2, 3]]);
        assert_eq!(ReverseLinear.blocks(4, 3), [[1, 2, 3], [0, 1, 2]]);
        assert_eq!(Circular.blocks(4, 3), [[2, 3, 0], [0, 1, 2], [1, 2, 3]]);
        assert_eq!(Full.blocks(4, 3), [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]);
        for shape in Entanglement::ALL {
            assert_eq!(shape.to_string().parse::<Entanglement>().unwrap(), shape);
            for n in 1..7 {
                let pairs: Vec<_> = shape.pairs(n).iter().map(|&(a, b)| vec![a, b]).collect();
                assert_eq!(shape.blocks(n, 2), pairs);
                let mut each: Vec<_> = shape.blocks(n, 1).concat();
                each.sort_unstable();
                assert_eq!(each, (0..n).collect::<Vec<_>>());
                for size in 1..8 {
                    assert_eq!(shape.blocks(n, size).len(), shape.num_blocks(n, size));
                }
            }
        }
        assert_eq!(Full.num_blocks(1000, 400), usize::MAX / 400); // saturated
        assert_eq!(Full.num_blocks(1000, 999), 1000);
        let error = "ring".parse::<Entanglement>().unwrap_err().to_string();
        assert!(error.contains("circular"), "{error}");
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

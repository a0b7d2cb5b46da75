//! Qubits that pairs connect.

/// Qubits in parts that are joined one by one (union-find with halved paths).
pub(in crate::device) struct Parts {
    parent: Vec<usize>,
    count: usize,
}

impl Parts {
    /// Each qubit by itself.
    pub fn new(num_qubits: usize) -> Self {
        Parts { parent: (0..num_qubits).collect(), count: num_qubits }
    }

    /// The same with these pairs joined.
    pub fn of(num_qubits: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut parts = Parts::new(num_qubits);
        for (a, b) in pairs {
            parts.join(a, b);
        }
        parts
    }

    /// Joins the parts of two qubits; whether they were two.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a] = b;
        self.count -= usize::from(a != b);
        a != b
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    fn root(&mut self, mut q: usize) -> usize {
        while self.parent[q] != q {
            self.parent[q] = self.parent[self.parent[q]];
            q = self.parent[q];
        }
        q
    }
}

//! Which qubits of a machine can share a gate.

use crate::error::{Error, Result};
use std::collections::VecDeque;

/// Most qubits of a coupling map: it holds the distances of all pairs.
const MAX_QUBITS: usize = 4096;

/// The pairs of physical qubits that can share a gate, in either order; connected.
///
/// ```
/// use ketlab::rewrite::CouplingMap;
/// let map = CouplingMap::new(4, &[(0, 1), (1, 2), (2, 3)])?;
/// assert_eq!(map, CouplingMap::line(4)?);
/// assert!(map.contains(2, 1) && !map.contains(0, 2));
/// assert_eq!(map.distance(0, 3), 3);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouplingMap {
    neighbors: Vec<Vec<usize>>,
    /// Of a pair at a·n + b.
    distances: Vec<u16>,
}

impl CouplingMap {
    /// The map of `num_qubits` qubits with these pairs.
    ///
    /// # Errors
    /// If a pair names a qubit that is out of range or one qubit twice, some qubits cannot be
    /// reached from others, there are none, or more than 4096.
    pub fn new(num_qubits: usize, pairs: &[(usize, usize)]) -> Result<Self> {
        if num_qubits == 0 || num_qubits > MAX_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits of a coupling map".into(),
                value: num_qubits.to_string(),
                expected: format!("it must be from 1 to {MAX_QUBITS}"),
            });
        }
        let mut neighbors = vec![vec![]; num_qubits];
        for &(a, b) in pairs {
            if let Some(qubit) = [a, b].into_iter().find(|&q| q >= num_qubits) {
                return Err(Error::QubitOutOfRange { qubit, num_qubits });
            }
            if a == b {
                return Err(Error::RepeatedQubit { qubit: a, operation: "coupling map".into() });
            }
            neighbors[a].push(b);
            neighbors[b].push(a);
        }
        for list in &mut neighbors {
            list.sort_unstable();
            list.dedup();
        }
        let mut distances = Vec::with_capacity(num_qubits * num_qubits);
        for from in 0..num_qubits {
            distances.extend(distances_from(from, &neighbors));
        }
        if let Some(unreached) = distances.iter().position(|&d| d == u16::MAX) {
            return Err(Error::Invalid {
                what: "a coupling map".into(),
                value: "not connected".into(),
                expected: format!("qubit {unreached} must be reached from qubit 0"),
            });
        }
        Ok(CouplingMap { neighbors, distances })
    }

    /// Qubits in a row.
    ///
    /// # Errors
    /// If there are none or more than 4096.
    pub fn line(num_qubits: usize) -> Result<Self> {
        Self::new(num_qubits, &(1..num_qubits).map(|k| (k - 1, k)).collect::<Vec<_>>())
    }

    /// Qubits in rows and columns, qubit r·columns + c in row r and column c.
    ///
    /// # Errors
    /// If there are none or more than 4096.
    pub fn grid(rows: usize, columns: usize) -> Result<Self> {
        let num_qubits = rows.saturating_mul(columns);
        let all = 0..num_qubits.min(MAX_QUBITS);
        let right = all.clone().filter(|q| (q + 1) % columns != 0).map(|q| (q, q + 1));
        let down = all.filter(|q| q + columns < num_qubits.min(MAX_QUBITS));
        let down = down.map(|q| (q, q + columns));
        Self::new(num_qubits, &right.chain(down).collect::<Vec<_>>())
    }

    /// Number of physical qubits.
    pub fn num_qubits(&self) -> usize {
        self.neighbors.len()
    }

    /// The qubits that share gates with one, ascending.
    pub fn neighbors(&self, qubit: usize) -> &[usize] {
        &self.neighbors[qubit]
    }

    /// Whether two qubits can share a gate.
    pub fn contains(&self, a: usize, b: usize) -> bool {
        self.neighbors.get(a).is_some_and(|list| list.binary_search(&b).is_ok())
    }

    /// The number of pairs on the shortest way from one qubit to another.
    ///
    /// # Panics
    /// If a qubit is out of range.
    #[track_caller]
    pub fn distance(&self, a: usize, b: usize) -> usize {
        assert!(b < self.num_qubits(), "qubit {b} is out of range");
        self.distances[a * self.num_qubits() + b].into()
    }
}

fn distances_from(from: usize, neighbors: &[Vec<usize>]) -> Vec<u16> {
    let mut distances = vec![u16::MAX; neighbors.len()];
    distances[from] = 0;
    let mut open = VecDeque::from([from]);
    while let Some(q) = open.pop_front() {
        for &next in &neighbors[q] {
            if distances[next] == u16::MAX {
                distances[next] = distances[q] + 1;
                open.push_back(next);
            }
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_mistakes() {
        let grid = CouplingMap::grid(3, 4).unwrap();
        for a in 0..12usize {
            for b in 0..12 {
                let apart = (a / 4).abs_diff(b / 4) + (a % 4).abs_diff(b % 4);
                assert_eq!(grid.distance(a, b), apart);
                assert_eq!(grid.contains(a, b), apart == 1);
            }
        }
        assert_eq!(grid.neighbors(5), [1, 4, 6, 9]);
        let message = |map: Result<CouplingMap>| map.unwrap_err().to_string();
        assert!(message(CouplingMap::new(3, &[(0, 1)])).contains("qubit 2 must be reached"));
        assert!(message(CouplingMap::new(3, &[(0, 3)])).contains('3'));
        assert!(message(CouplingMap::new(3, &[(1, 1)])).contains('1'));
        for map in [CouplingMap::line(0), CouplingMap::grid(0, 0), CouplingMap::grid(100, 100)] {
            assert!(message(map).contains("from 1 to 4096"));
        }
    }
}

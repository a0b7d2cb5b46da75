//! Coupled qubits and their places.

use crate::error::{Error, Result};

/// Most qubits of a lattice.
pub(super) const MAX_QUBITS: usize = 100_000;

/// Qubits with couplings between pairs of them, connected, and their places in a drawing.
///
/// ```
/// use ketlab::chip::Lattice;
/// let falcon = Lattice::falcon27();
/// assert_eq!((falcon.num_qubits(), falcon.couplings().len()), (27, 28));
/// assert_eq!(falcon.neighbors(1), [0, 2, 4]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    name: String,
    /// Ascending, the smaller qubit first.
    couplings: Vec<(usize, usize)>,
    neighbors: Vec<Vec<usize>>,
    /// Columns to the right, rows downwards; empty where nobody said.
    places: Vec<(f64, f64)>,
}

pub(super) fn invalid(what: &str, value: String, expected: impl Into<String>) -> Error {
    Error::Invalid { what: what.into(), value, expected: expected.into() }
}

pub(super) fn size(what: &str, value: usize, least: usize) -> Result<usize> {
    if (least..=MAX_QUBITS).contains(&value) {
        return Ok(value);
    }
    Err(invalid(what, value.to_string(), format!("it is from {least} to {MAX_QUBITS}")))
}

impl Lattice {
    /// Any couplings of qubits numbered from 0, each pair once or more, in either order.
    ///
    /// # Errors
    /// If there are no qubits or more than 100,000, a pair names a qubit that is out of range or one
    /// twice, or some qubits cannot be reached from qubit 0.
    pub fn new(
        name: impl Into<String>,
        num_qubits: usize,
        couplings: &[(usize, usize)],
    ) -> Result<Self> {
        size("the number of qubits of a lattice", num_qubits, 1)?;
        let mut pairs = Vec::with_capacity(couplings.len());
        for &(a, b) in couplings {
            if let Some(qubit) = [a, b].into_iter().find(|&q| q >= num_qubits) {
                return Err(Error::QubitOutOfRange { qubit, num_qubits });
            }
            if a == b {
                return Err(Error::RepeatedQubit { qubit: a, operation: "coupling".into() });
            }
            pairs.push((a.min(b), a.max(b)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut neighbors = vec![vec![]; num_qubits];
        for &(a, b) in &pairs {
            neighbors[a].push(b);
            neighbors[b].push(a);
        }
        neighbors.iter_mut().for_each(|list: &mut Vec<usize>| list.sort_unstable());
        let lattice = Lattice { name: name.into(), couplings: pairs, neighbors, places: vec![] };
        match lattice.unreached() {
            None => Ok(lattice),
            Some(qubit) => Err(invalid(
                "a lattice",
                "not connected".into(),
                format!("qubit {qubit} must be reached from qubit 0 by couplings"),
            )),
        }
    }

    /// With the column and row of each qubit in a drawing, rows downwards.
    ///
    /// # Errors
    /// If there are not as many places as qubits, or one is not finite.
    pub fn with_places(self, places: Vec<(f64, f64)>) -> Result<Self> {
        if places.len() != self.num_qubits() {
            let expected = format!("there is one for each of the {} qubits", self.num_qubits());
            return Err(invalid("the places of a lattice", places.len().to_string(), expected));
        }
        if let Some((x, y)) = places.iter().find(|(x, y)| !(x.abs() < 1e6 && y.abs() < 1e6)) {
            let expected = "column and row are finite, below a million";
            return Err(invalid("a place of a lattice", format!("({x}, {y})"), expected));
        }
        Ok(self.placed(places))
    }

    pub(super) fn placed(mut self, places: Vec<(f64, f64)>) -> Self {
        debug_assert_eq!(places.len(), self.num_qubits());
        self.places = places;
        self
    }

    fn unreached(&self) -> Option<usize> {
        let mut seen = vec![false; self.num_qubits()];
        let mut next = vec![0];
        seen[0] = true;
        while let Some(q) = next.pop() {
            for &other in &self.neighbors[q] {
                if !std::mem::replace(&mut seen[other], true) {
                    next.push(other);
                }
            }
        }
        seen.iter().position(|s| !s)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of qubits.
    pub fn num_qubits(&self) -> usize {
        self.neighbors.len()
    }

    /// The coupled pairs, ascending, the smaller qubit first.
    pub fn couplings(&self) -> &[(usize, usize)] {
        &self.couplings
    }

    /// The qubits that one is coupled to, ascending.
    ///
    /// # Panics
    /// If the qubit is out of range.
    #[track_caller]
    pub fn neighbors(&self, qubit: usize) -> &[usize] {
        &self.neighbors[qubit]
    }

    /// Column and row of each qubit in a drawing, rows downwards; on a circle where nobody said.
    pub fn places(&self) -> Vec<(f64, f64)> {
        if !self.places.is_empty() {
            return self.places.clone();
        }
        match Self::ring(self.num_qubits()) {
            Ok(ring) => ring.places,
            Err(_) => (0..self.num_qubits()).map(|q| (q as f64, 0.0)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lattices_are_refused() {
        let says = |result: Result<Lattice>| result.unwrap_err().to_string();
        assert!(says(Lattice::new("two", 4, &[(0, 1), (2, 3)])).contains("qubit 2"));
        assert!(says(Lattice::new("far", 2, &[(0, 2)])).contains('2'));
        says(Lattice::new("loop", 2, &[(1, 1)]));
        says(Lattice::new("none", 0, &[]));
    }
}

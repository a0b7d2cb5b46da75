//! Handles of registers: which bits of a circuit they are.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::RwLock;

/// The indices of a register's bits in its circuit, as [`Circuit::add_qubits`] and its relatives
/// return them: a value to copy, to index, to iterate over, and (as it dereferences to a slice) to
/// pass wherever a list of qubits or classical bits is asked for.
///
/// ```
/// use ketlab::Circuit;
/// let mut circuit = Circuit::empty();
/// let (data, ancilla) = (circuit.add_qubits("data", 3), circuit.add_qubits("ancilla", 1));
/// let syndrome = circuit.add_clbits("syndrome", 3);
/// for qubit in data {
///     circuit.cx(qubit, ancilla[0]);
/// }
/// circuit.barrier(&data[..2]).measure(data, syndrome);
/// assert_eq!(ancilla[0], 3);
/// ```
///
/// [`Circuit::add_qubits`]: super::Circuit::add_qubits
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Indices {
    start: usize,
    size: usize,
}

impl Indices {
    pub(super) fn new(range: Range<usize>) -> Self {
        Indices { start: range.start, size: range.len() }
    }

    /// The indices as a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.size
    }
}

impl Deref for Indices {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &first_numbers(self.start + self.size)[self.range()]
    }
}

/// 0, 1, …, at least `count` of them: what the slices of all registers are cut from. It is grown by
/// doubling and never given back, so it takes at most twice what the largest register that was
/// looked at needs.
fn first_numbers(count: usize) -> &'static [usize] {
    static NUMBERS: RwLock<&[usize]> = RwLock::new(&[]);
    let known = *NUMBERS.read().unwrap_or_else(|e| e.into_inner());
    if known.len() >= count {
        return known;
    }
    let mut numbers = NUMBERS.write().unwrap_or_else(|e| e.into_inner());
    if numbers.len() < count {
        *numbers = (0..count.next_power_of_two().max(64)).collect::<Vec<_>>().leak();
    }
    *numbers
}

impl fmt::Debug for Indices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.range().fmt(f)
    }
}

impl From<Indices> for Range<usize> {
    fn from(indices: Indices) -> Self {
        indices.range()
    }
}

impl IntoIterator for Indices {
    type Item = usize;
    type IntoIter = Range<usize>;

    fn into_iter(self) -> Range<usize> {
        self.range()
    }
}

/// One bit or a list of bits: an index, a register's [`Indices`], a range, an array, a slice or a
/// vector.
pub trait IntoIndices {
    /// The indices in order.
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone;
}

impl IntoIndices for usize {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        std::iter::once(self)
    }
}

impl IntoIndices for Indices {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.range()
    }
}

impl IntoIndices for Range<usize> {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self
    }
}

impl IntoIndices for &[usize] {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.iter().copied()
    }
}

impl IntoIndices for &Vec<usize> {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.iter().copied()
    }
}

impl IntoIndices for Vec<usize> {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.into_iter()
    }
}

impl<const N: usize> IntoIndices for [usize; N] {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.into_iter()
    }
}

impl<const N: usize> IntoIndices for &[usize; N] {
    fn into_indices(self) -> impl Iterator<Item = usize> + Clone {
        self.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Circuit, Error};

    #[test]
    fn handles_are_copied_indexed_and_iterated() {
        let mut c = Circuit::empty();
        let (a, b) = (c.add_qubits("a", 3), c.add_qubits("b", 200));
        let bits = c.add_clbits("c", 3);
        let copy = b;
        assert_eq!((b[0], copy[199], b.len(), a.is_empty()), (3, 202, 200, false));
        assert_eq!(b.into_iter().collect::<Vec<_>>(), b.to_vec());
        assert_eq!(&b[..2], [3, 4]);
        assert_eq!(std::ops::Range::from(b), 3..203);
        let mut inner = Circuit::with_clbits(3, 3);
        inner.h(0).measure(0..3, [2, 1, 0]);
        c.append_on(&inner, &a, &bits);
        let mut by_hand = Circuit::empty();
        by_hand.add_qubits("a", 3);
        by_hand.add_qubits("b", 200);
        by_hand.add_clbits("c", 3);
        by_hand.h(0).measure(0, 2).measure(1, 1).measure(2, 0);
        assert_eq!(c, by_hand);
        c.reset(b).barrier(&a).measure(&a[1..], vec![0, 1]);
        assert_eq!(c.ops().len(), 4 + 200 + 1 + 2);
    }

    #[test]
    fn lists_of_different_lengths_change_nothing() {
        let mut c = Circuit::with_clbits(3, 2);
        let error = c.try_measure(0..3, 0..2).unwrap_err();
        assert!(error.to_string().contains("3 qubits and 2 classical bits"), "{error}");
        let error = c.try_measure([0, 1], [0, 2]).unwrap_err();
        assert_eq!(error, Error::ClbitOutOfRange { clbit: 2, num_clbits: 2 });
        assert!(c.try_measure(0..usize::MAX, 0..usize::MAX).is_err());
        assert!(c.try_reset(1..5).is_err());
        assert!(c.ops().is_empty());
    }
}

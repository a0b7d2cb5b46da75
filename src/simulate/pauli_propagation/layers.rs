//! Where the layers of a circuit end.

use crate::pauli::Pauli;

/// What a layer did to a qubit.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// Rotated it, about this letter.
    Rotated(Pauli),
    /// Did something else behind it.
    Closed,
}

/// Finds where layers end, step by step in the order of the circuit.
///
/// A *layer* is as many operations in a row as there are until a rotation comes that does not belong:
/// one about another letter on a qubit that the layer has rotated, or one on a qubit on which a gate
/// or a channel that moves strings has been since the layer rotated it. Channels that shrink
/// coefficients alone, like Pauli noise, end nothing. So of a circuit of layers each of which rotates
/// qubits about one axis, entangling gates between them, these are the layers, whatever the order of
/// the gates in each.
#[derive(Debug)]
pub(super) struct Layers {
    /// For each qubit the number of the layer that used it last, and how.
    uses: Vec<(u32, Use)>,
    layer: u32,
}

impl std::fmt::Debug for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Use::Rotated(letter) => write!(f, "{}", letter.letter()),
            Use::Closed => write!(f, "closed"),
        }
    }
}

impl Layers {
    pub fn new(num_qubits: usize) -> Self {
        Layers { uses: vec![(0, Use::Closed); num_qubits], layer: 1 }
    }

    /// What the layer did to a qubit.
    fn of(&self, qubit: usize) -> Option<Use> {
        let (layer, how) = self.uses[qubit];
        (layer == self.layer).then_some(how)
    }

    /// Takes a rotation; whether a new layer begins with it.
    pub fn rotation(&mut self, factors: &[(u32, Pauli)]) -> bool {
        let fits = |&(qubit, letter): &(u32, Pauli)| {
            self.of(qubit as usize).is_none_or(|how| how == Use::Rotated(letter))
        };
        let begins = !factors.iter().all(fits);
        self.layer += u32::from(begins);
        for &(qubit, letter) in factors {
            self.uses[qubit as usize] = (self.layer, Use::Rotated(letter));
        }
        begins
    }

    /// Takes a gate that is no rotation and can make strings; whether a new layer begins with it.
    pub fn gate(&mut self, qubits: &[u32]) -> bool {
        let begins = qubits.iter().any(|&qubit| self.of(qubit as usize).is_some());
        self.layer += u32::from(begins);
        for &qubit in qubits {
            self.uses[qubit as usize] = (self.layer, Use::Closed);
        }
        begins
    }

    /// Takes what moves strings and makes none, or few.
    pub fn touch(&mut self, qubits: impl IntoIterator<Item = u32>) {
        for qubit in qubits {
            let (layer, how) = &mut self.uses[qubit as usize];
            if *layer == self.layer {
                *how = Use::Closed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_takes_one_axis_a_qubit() {
        let mut layers = Layers::new(4);
        let (x, z) = (Pauli::X, Pauli::Z);
        assert!((0..4).all(|q| !layers.rotation(&[(q, x)])));
        // Clifford gates alone end nothing; the next rotation does.
        layers.touch([0, 1]);
        assert!(!layers.rotation(&[(2, x)]) && !layers.rotation(&[(3, x)]));
        assert!(layers.rotation(&[(1, x)]));
        // Chains of one letter overlap.
        assert!(layers.rotation(&[(0, z), (1, z)]));
        assert!(!layers.rotation(&[(1, z), (2, z)]) && !layers.rotation(&[(2, z), (3, z)]));
        assert!(layers.rotation(&[(3, x)]));
        assert!(!layers.rotation(&[(0, z)]) && layers.gate(&[0, 1]) && !layers.gate(&[2, 3]));
        assert!(layers.rotation(&[(3, x)]));
    }
}

//! What strings are carried through.

use crate::clifford::CliffordStep;
use crate::error::{Error, Result};
use crate::pauli::PauliString;
use ndarray::Array2;
use smallvec::SmallVec;

/// An operation of a circuit. Lists of steps are in the order of the circuit, the first one first,
/// though propagation takes them from the last one on.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A Clifford operation.
    Clifford(CliffordStep),
    /// exp(-iθP/2).
    Rotation {
        /// P, not the identity.
        string: PauliString,
        /// θ, in radians.
        angle: f64,
    },
    /// Any linear map of Pauli strings on a few qubits: a channel, or a gate that is no rotation.
    Transfer(Transfer),
    /// Where a layer of the circuit ends: truncation by weight and by number looks at the sum here,
    /// before the steps that are listed ahead of it.
    Layer,
}

impl Step {
    /// Checks its qubits and its angle.
    ///
    /// # Errors
    /// If a qubit is not among so many or named twice, if the angle is not finite, or if the rotation
    /// is about the identity.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        let among = |qubit: usize| match qubit < num_qubits {
            true => Ok(()),
            false => Err(Error::QubitOutOfRange { qubit, num_qubits }),
        };
        match self {
            Step::Clifford(step) => step.check(num_qubits),
            Step::Rotation { string, angle } => {
                if string.is_identity() {
                    return Err(Error::Invalid {
                        what: "the generator of a rotation".into(),
                        value: "the identity".into(),
                        expected: "a Pauli string with a factor; leave out a global phase".into(),
                    });
                }
                if !angle.is_finite() {
                    let what = format!("the angle of the rotation about `{string}`");
                    return Err(Error::NotFinite { what, value: *angle });
                }
                among(string.num_qubits() - 1)
            }
            Step::Transfer(map) => map.qubits.iter().try_for_each(|&q| among(q as usize)),
            Step::Layer => Ok(()),
        }
    }
}

/// The Pauli transfer matrix of an operation on a few qubits.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    qubits: SmallVec<[u32; 3]>,
    matrix: Array2<f64>,
}

impl Transfer {
    /// Most qubits of one.
    pub const MAX_QUBITS: usize = 5;

    /// The operation ρ → ℰ(ρ) on `qubits` whose Pauli transfer matrix is
    /// `matrix[[i, j]]` = Tr(P_i ℰ(P_j))/2^k, strings in the order I, X, Y, Z with the first qubit
    /// fastest: P_i reads i in base 4 from its last digit on. In the Heisenberg picture it takes P_i
    /// to Σ_j `matrix[[i, j]]` P_j.
    ///
    /// # Errors
    /// If there are no qubits or more than [`MAX_QUBITS`](Self::MAX_QUBITS), if one is named twice, if
    /// the matrix is not 4^k × 4^k or not finite.
    pub fn new(qubits: &[u32], matrix: Array2<f64>) -> Result<Self> {
        let k = qubits.len();
        if k == 0 || k > Self::MAX_QUBITS {
            return Err(Error::Invalid {
                what: "the number of qubits of a transfer matrix".into(),
                value: k.to_string(),
                expected: format!("from 1 to {}", Self::MAX_QUBITS),
            });
        }
        if let Some(&q) =
            qubits.iter().enumerate().find_map(|(i, q)| qubits[..i].contains(q).then_some(q))
        {
            let operation = "transfer matrix".into();
            return Err(Error::RepeatedQubit { qubit: q as usize, operation });
        }
        let side = 1 << (2 * k);
        if matrix.dim() != (side, side) {
            return Err(Error::Invalid {
                what: "the shape of a transfer matrix".into(),
                value: format!("{} × {}", matrix.nrows(), matrix.ncols()),
                expected: format!("{side} × {side} for a number of qubits of {k}"),
            });
        }
        if let Some(&value) = matrix.iter().find(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what: "an entry of a transfer matrix".into(), value });
        }
        Ok(Transfer { qubits: SmallVec::from_slice(qubits), matrix })
    }

    /// Its qubits, the fastest digit of a string's number first.
    pub fn qubits(&self) -> &[u32] {
        &self.qubits
    }

    /// Its matrix.
    pub fn matrix(&self) -> &Array2<f64> {
        &self.matrix
    }
}

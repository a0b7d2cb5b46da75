//! What a tableau does: Clifford operations, up to a global phase.

use super::local::LocalMap;
use crate::error::Result;
use crate::gate::check_qubits;
use crate::pauli::Pauli;
use smallvec::SmallVec;

/// A Clifford operation on qubits of a tableau, up to a global phase. Those on one qubit but S, S†
/// and the roots of X cost nothing but a sign or an exchange of two indices; the others multiply rows.
#[derive(Debug, Clone, PartialEq, Hash)]
pub enum CliffordStep {
    /// Pauli X.
    X(u32),
    /// Pauli Y.
    Y(u32),
    /// Pauli Z.
    Z(u32),
    /// Hadamard.
    H(u32),
    /// √Z.
    S(u32),
    /// Inverse of S.
    Sdg(u32),
    /// √X.
    SX(u32),
    /// Inverse of √X.
    SXdg(u32),
    /// Controlled X: control, target.
    CX(u32, u32),
    /// Controlled Z.
    CZ(u32, u32),
    /// Exchanges two qubits.
    Swap(u32, u32),
    /// A quarter turn about a Pauli string.
    Rotation(Box<QuarterTurn>),
    /// Any Clifford operation on a few qubits.
    Map(Box<CliffordMap>),
}

/// exp(-iπP/4), or exp(+iπP/4) if `inverse`.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct QuarterTurn {
    /// The factors of P, none the identity, qubits distinct.
    pub factors: SmallVec<[(u32, Pauli); 2]>,
    /// Whether the angle is -π/2 instead of π/2.
    pub inverse: bool,
}

/// A Clifford operation on a few qubits, by its images.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct CliffordMap {
    pub(super) qubits: SmallVec<[u32; 3]>,
    /// P → g†Pg.
    pub(super) pull_back: LocalMap,
}

impl CliffordStep {
    /// Checks that its qubits are distinct and among so many.
    ///
    /// # Errors
    /// [`Error::QubitOutOfRange`](crate::Error::QubitOutOfRange),
    /// [`Error::RepeatedQubit`](crate::Error::RepeatedQubit).
    #[inline]
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        use CliffordStep::*;
        let fits = |q: u32| (q as usize) < num_qubits;
        let good = match self {
            X(q) | Y(q) | Z(q) | H(q) | S(q) | Sdg(q) | SX(q) | SXdg(q) => fits(*q),
            CX(a, b) | CZ(a, b) | Swap(a, b) => fits(*a) && fits(*b) && a != b,
            Rotation(_) | Map(_) => false,
        };
        if good {
            Ok(())
        } else {
            check_qubits(self.qubits().into_iter(), num_qubits, || "Clifford step".into())
        }
    }

    /// Its qubits.
    pub fn qubits(&self) -> SmallVec<[u32; 4]> {
        use CliffordStep::*;
        match self {
            X(q) | Y(q) | Z(q) | H(q) | S(q) | Sdg(q) | SX(q) | SXdg(q) => {
                SmallVec::from_slice(&[*q])
            }
            CX(a, b) | CZ(a, b) | Swap(a, b) => SmallVec::from_slice(&[*a, *b]),
            Rotation(turn) => turn.factors.iter().map(|f| f.0).collect(),
            Map(map) => map.qubits.iter().copied().collect(),
        }
    }

    /// The same on other qubits.
    pub fn map_qubits(&self, map: impl Fn(u32) -> u32) -> CliffordStep {
        use CliffordStep::*;
        match self {
            X(q) => X(map(*q)),
            Y(q) => Y(map(*q)),
            Z(q) => Z(map(*q)),
            H(q) => H(map(*q)),
            S(q) => S(map(*q)),
            Sdg(q) => Sdg(map(*q)),
            SX(q) => SX(map(*q)),
            SXdg(q) => SXdg(map(*q)),
            CX(a, b) => CX(map(*a), map(*b)),
            CZ(a, b) => CZ(map(*a), map(*b)),
            Swap(a, b) => Swap(map(*a), map(*b)),
            Rotation(turn) => {
                let factors = turn.factors.iter().map(|&(q, p)| (map(q), p)).collect();
                Rotation(Box::new(QuarterTurn { factors, inverse: turn.inverse }))
            }
            Map(local) => {
                let qubits = local.qubits.iter().map(|&q| map(q)).collect();
                Map(Box::new(CliffordMap { qubits, pull_back: local.pull_back.clone() }))
            }
        }
    }

    /// Pauli `letter`, nothing for the identity.
    pub(super) fn pauli(letter: Pauli, qubit: u32) -> Option<CliffordStep> {
        Some(match letter {
            Pauli::I => return None,
            Pauli::X => CliffordStep::X(qubit),
            Pauli::Y => CliffordStep::Y(qubit),
            Pauli::Z => CliffordStep::Z(qubit),
        })
    }
}

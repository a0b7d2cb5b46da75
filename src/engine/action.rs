//! The lower waist: the few things a register can do. An action has no gate name; its
//! coefficients are constants or slots that [`Plan::bind`](super::Plan::bind) fills.

use num_complex::Complex64;
use smallvec::SmallVec;
use std::sync::Arc;

/// Condition on a basis-state index: the action touches amplitude `i` when
/// `i & mask == value`. The default touches all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ControlMask {
    /// Bit q set: qubit q is a control.
    pub mask: u64,
    /// The value each control must have; a subset of `mask`.
    pub value: u64,
}

/// A Pauli string on at most 64 qubits: X where only `x` has the bit, Z where only `z` has it, Y
/// where both have it (Y itself, without a factor i).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct PauliMask {
    /// Qubits with X or Y.
    pub x: u64,
    /// Qubits with Z or Y.
    pub z: u64,
}

/// An angle in radians, known now or at binding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// Known when the plan is made.
    Const(f64),
    /// Index into the slot values given to `bind`.
    Slot(u32),
}

/// What an action does to the amplitudes that its [`ControlMask`] selects. `targets[0]` is the
/// least significant bit of a matrix index; no target is a control.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Multiply by e^{iλ}. A phase gate is this with its qubit among the controls; without
    /// controls it is a global phase.
    Phase(Scalar),
    /// The Pauli string P.
    Pauli(PauliMask),
    /// exp(-iθP/2).
    Rotation(PauliMask, Scalar),
    /// Multiply by `entries[bits of the targets]`; 2^k entries.
    Diagonal {
        /// The k qubits.
        targets: SmallVec<[u32; 4]>,
        /// The diagonal.
        entries: Arc<[Complex64]>,
    },
    /// 2×2 matrix on one qubit, row-major.
    Dense1 {
        /// The qubit.
        target: u32,
        /// m00, m01, m10, m11.
        matrix: [Complex64; 4],
    },
    /// 2^k × 2^k matrix on k ≥ 2 qubits, row-major.
    Dense {
        /// The k qubits.
        targets: SmallVec<[u32; 4]>,
        /// The matrix.
        matrix: Arc<[Complex64]>,
    },
    /// Exchange two qubits.
    Swap(u32, u32),
    /// Basis state b of the targets goes to `table[b]`; a bijection on 2^k values.
    Permutation {
        /// The k qubits.
        targets: SmallVec<[u32; 4]>,
        /// The image of each basis state.
        table: Arc<[u32]>,
    },
}

/// One step of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What it does.
    pub kind: Kind,
    /// Where it does it.
    pub controls: ControlMask,
}

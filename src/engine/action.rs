//! The lower waist: the few things a register can do. An action has no gate name; its
//! coefficients are constants or slots that [`Plan::bind`](super::Plan::bind) fills.

use crate::error::{Error, Result};
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

impl Scalar {
    /// The value, with `slots` bound. Panics if the slot is not there.
    #[inline]
    pub fn value(self, slots: &[f64]) -> f64 {
        match self {
            Scalar::Const(x) => x,
            Scalar::Slot(slot) => slots[slot as usize],
        }
    }
}

impl PauliMask {
    /// The qubits that the string acts on.
    pub fn support(self) -> u64 {
        self.x | self.z
    }
}

impl Kind {
    /// Name for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Phase(_) => "phase",
            Kind::Pauli(_) => "pauli",
            Kind::Rotation(..) => "rotation",
            Kind::Diagonal { .. } => "diagonal",
            Kind::Dense1 { .. } => "dense 2×2 matrix",
            Kind::Dense { .. } => "dense matrix",
            Kind::Swap(..) => "swap",
            Kind::Permutation { .. } => "permutation",
        }
    }

    /// The qubits it acts on, controls not counted.
    pub fn support(&self) -> u64 {
        let set = |targets: &[u32]| targets.iter().fold(0, |mask, &t| mask | 1 << t);
        match self {
            Kind::Phase(_) => 0,
            Kind::Pauli(p) | Kind::Rotation(p, _) => p.support(),
            Kind::Dense1 { target, .. } => 1 << target,
            Kind::Swap(a, b) => 1 << a | 1 << b,
            Kind::Diagonal { targets, .. }
            | Kind::Dense { targets, .. }
            | Kind::Permutation { targets, .. } => set(targets),
        }
    }
}

impl Action {
    /// An action without controls.
    pub fn new(kind: Kind) -> Self {
        Action { kind, controls: ControlMask::default() }
    }

    /// The same action under further controls. Panics if a qubit is a control of both and the two
    /// disagree.
    #[track_caller]
    pub fn controlled(mut self, by: ControlMask) -> Self {
        let shared = self.controls.mask & by.mask;
        assert_eq!(self.controls.value & shared, by.value & shared, "the controls contradict");
        self.controls.mask |= by.mask;
        self.controls.value |= by.value;
        self
    }

    /// The angle, if it has one.
    pub fn scalar(&self) -> Option<Scalar> {
        match self.kind {
            Kind::Phase(s) | Kind::Rotation(_, s) => Some(s),
            _ => None,
        }
    }

    /// Checks that a register of `num_qubits` can do the action: qubits exist and are distinct, no
    /// target is a control, tables have 2^k (matrices 4^k) entries, angles are finite.
    pub fn check(&self, num_qubits: usize) -> Result<()> {
        let name = self.kind.name();
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: format!("{what} of a {name}"), value, expected })
        };
        let in_range = |mask: u64| match mask.checked_shr(num_qubits as u32).unwrap_or(0) {
            0 => Ok(()),
            over => Err(Error::QubitOutOfRange {
                qubit: num_qubits + 63 - over.leading_zeros() as usize,
                num_qubits,
            }),
        };
        let mut listed: SmallVec<[u32; 4]> = SmallVec::new();
        let mut sizes = None;
        match &self.kind {
            Kind::Phase(_) => {}
            Kind::Pauli(p) | Kind::Rotation(p, _) => in_range(p.support())?,
            Kind::Dense1 { target, .. } => listed.push(*target),
            Kind::Swap(a, b) => listed.extend([*a, *b]),
            Kind::Diagonal { targets, entries } => {
                listed.clone_from(targets);
                sizes = Some((entries.len(), 1));
            }
            Kind::Dense { targets, matrix } => {
                listed.clone_from(targets);
                sizes = Some((matrix.len(), 2));
            }
            Kind::Permutation { targets, table } => {
                listed.clone_from(targets);
                sizes = Some((table.len(), 1));
            }
        }
        let mut seen = 0u64;
        for &qubit in &listed {
            let qubit = qubit as usize;
            if qubit >= num_qubits.min(64) {
                return Err(Error::QubitOutOfRange { qubit, num_qubits });
            }
            if seen >> qubit & 1 == 1 {
                return Err(Error::RepeatedQubit { qubit, operation: name.into() });
            }
            seen |= 1 << qubit;
        }
        if let Some((len, power)) = sizes {
            let expected = 1usize.checked_shl((listed.len() * power) as u32).unwrap_or(0);
            if len != expected {
                let k = listed.len();
                let expected = format!("{k} targets need 2^{} entries", k * power);
                return invalid("the table", format!("of {len} entries"), expected);
            }
        }
        if let Kind::Permutation { table, .. } = &self.kind {
            let mut hit = vec![false; table.len()];
            for &image in table.iter() {
                match hit.get_mut(image as usize) {
                    Some(hit) if !*hit => *hit = true,
                    _ => {
                        let expected = "every value below 2^k occurs once".into();
                        return invalid(
                            "the table",
                            format!("not a bijection at {image}"),
                            expected,
                        );
                    }
                }
            }
        }
        if let Some(Scalar::Const(value)) = self.scalar()
            && !value.is_finite()
        {
            return Err(Error::NotFinite { what: format!("the angle of a {name}"), value });
        }
        in_range(self.controls.mask)?;
        if self.controls.value & !self.controls.mask != 0 {
            let value = format!("{:#b}", self.controls.value);
            return invalid("the control value", value, "it must be a subset of the mask".into());
        }
        match self.controls.mask & self.kind.support() {
            0 => Ok(()),
            both => Err(Error::RepeatedQubit {
                qubit: both.trailing_zeros() as usize,
                operation: format!("controlled {name}"),
            }),
        }
    }
}

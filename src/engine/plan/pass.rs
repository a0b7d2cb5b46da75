//! What a plan does, one step after another, on bits of an index: those of the state, or those of a
//! tile and then the others.

use super::values::{Row, Values};
use crate::engine::action::{ControlMask, Kind, PauliMask};
use crate::engine::execute::execute;
use crate::engine::kernel::{self, Buffer, Diagonal, Isa, Pair, Real};
use crate::engine::layout::Located;
use num_complex::Complex64;
use std::hash::{Hash, Hasher};

/// One pass. `at` is where its values begin; `scale` is where a factor of all amplitudes is, which
/// whoever runs the pass may apply later.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pass {
    /// [[p, -q], [q, p]] on a bit, for one value p + iq.
    Turn { bit: u32, at: u32, scale: u32 },
    /// diag(1, value) on a bit.
    Phase { bit: u32, at: u32, scale: Option<u32> },
    /// Multiplies all amplitudes by a value.
    Scale { at: u32 },
    /// Multiplies amplitude i by value |z & i| mod 2 of two. `unitary`: for all slots, and not only
    /// perhaps.
    Parity { z: u64, controls: ControlMask, at: u32, unitary: bool },
    /// X on a bit, under controls.
    Flip { bit: u32, controls: ControlMask },
    /// value 0 + value 1 · P, for P with at least one X or Y.
    Mix { p: PauliMask, controls: ControlMask, at: u32 },
    /// The 2×2 matrix of four values.
    Dense1 { target: u32, controls: ControlMask, at: u32 },
    /// The 4×4 matrix of sixteen values; bit 0 of its index is the first of the two bits.
    Block { bits: [u32; 2], at: u32 },
    /// Anything without angles.
    Fixed(Box<Located>),
}

impl Pass {
    /// Takes it out of a list that it is taken from once; what stays in its place is nobody's.
    pub fn take(&mut self) -> Pass {
        std::mem::replace(self, Pass::Scale { at: u32::MAX })
    }

    /// The condition under which it does something.
    pub fn controls(&self) -> ControlMask {
        match self {
            Pass::Turn { .. } | Pass::Phase { .. } | Pass::Scale { .. } | Pass::Block { .. } => {
                ControlMask::default()
            }
            Pass::Parity { controls, .. }
            | Pass::Flip { controls, .. }
            | Pass::Mix { controls, .. }
            | Pass::Dense1 { controls, .. } => *controls,
            Pass::Fixed(located) => located.action.controls,
        }
    }

    /// All bits that it looks at.
    pub fn support(&self) -> u64 {
        self.controls().mask
            | match self {
                Pass::Turn { bit, .. } | Pass::Phase { bit, .. } | Pass::Flip { bit, .. } => {
                    1 << bit
                }
                Pass::Scale { .. } => 0,
                Pass::Parity { z, .. } => *z,
                Pass::Mix { p, .. } => p.support(),
                Pass::Dense1 { target, .. } => 1 << target,
                Pass::Block { bits: [a, b], .. } => 1 << a | 1 << b,
                Pass::Fixed(located) => located.action.kind.support(),
            }
    }

    /// The bits that it may change; on the others of its support it is diagonal.
    pub fn mixes(&self) -> u64 {
        match self {
            Pass::Phase { .. } | Pass::Scale { .. } | Pass::Parity { .. } => 0,
            Pass::Turn { bit, .. } | Pass::Flip { bit, .. } => 1 << bit,
            Pass::Mix { p, .. } => p.x,
            Pass::Dense1 { target, .. } => 1 << target,
            Pass::Block { bits: [a, b], .. } => 1 << a | 1 << b,
            Pass::Fixed(located) => match located.action.kind {
                Kind::Diagonal { .. } => 0,
                _ => located.action.kind.support(),
            },
        }
    }

    /// The bits that a tile must have for it.
    pub fn needs(&self) -> u64 {
        match self {
            Pass::Fixed(located) => located.action.kind.support(),
            _ => self.mixes(),
        }
    }

    /// Whether it can be done on amplitudes in registers.
    pub fn fits_registers(&self) -> bool {
        !matches!(
            self,
            Pass::Mix { .. } | Pass::Dense1 { .. } | Pass::Block { .. } | Pass::Fixed(_)
        )
    }

    /// The factor of all amplitudes that it leaves to others.
    pub fn scale(&self) -> Option<u32> {
        match self {
            Pass::Turn { scale, .. } => Some(*scale),
            Pass::Phase { scale, .. } => *scale,
            _ => None,
        }
    }

    /// Whether its values are the same for all slots.
    pub fn is_constant(&self, values: &Values) -> bool {
        match self {
            Pass::Turn { at, .. }
            | Pass::Phase { at, .. }
            | Pass::Scale { at }
            | Pass::Parity { at, .. }
            | Pass::Mix { at, .. }
            | Pass::Dense1 { at, .. }
            | Pass::Block { at, .. } => values.constant(*at).is_some(),
            Pass::Flip { .. } | Pass::Fixed(_) => true,
        }
    }

    /// The bits of its parity.
    pub fn parity(&self) -> u64 {
        match self {
            Pass::Parity { z, .. } => *z,
            Pass::Mix { p, .. } => p.z,
            _ => 0,
        }
    }

    /// The pass on other bits: bit b becomes `to[b]`.
    pub fn moved(mut self, to: &[u8; 64]) -> Self {
        let place = |bit: &mut u32| *bit = to[*bit as usize].into();
        let mask = |mut left: u64| {
            let mut mask = 0;
            while left != 0 {
                mask |= 1 << to[left.trailing_zeros() as usize];
                left &= left - 1;
            }
            mask
        };
        let of = |c: &mut ControlMask| {
            *c = ControlMask { mask: mask(c.mask), value: mask(c.value) };
        };
        match &mut self {
            Pass::Turn { bit, .. } | Pass::Phase { bit, .. } => place(bit),
            Pass::Scale { .. } => {}
            Pass::Parity { z, controls, .. } => {
                *z = mask(*z);
                of(controls);
            }
            Pass::Flip { bit, controls } => {
                place(bit);
                of(controls);
            }
            Pass::Mix { p, controls, .. } => {
                *p = PauliMask { x: mask(p.x), z: mask(p.z) };
                of(controls);
            }
            Pass::Dense1 { target, controls, .. } => {
                place(target);
                of(controls);
            }
            Pass::Block { bits, .. } => bits.iter_mut().for_each(place),
            Pass::Fixed(located) => {
                match &mut located.action.kind {
                    Kind::Diagonal { targets, .. }
                    | Kind::Dense { targets, .. }
                    | Kind::Permutation { targets, .. } => targets.iter_mut().for_each(place),
                    Kind::Swap(a, b) => [a, b].into_iter().for_each(place),
                    other => unreachable!("{} has a pass of its own kind", other.name()),
                }
                of(&mut located.action.controls);
            }
        }
        self
    }

    /// Runs on the amplitudes of a buffer of 2^`bits`, whose index has the bits of `outside` above
    /// them. Factors of all amplitudes are left out unless `scaled`.
    pub fn run<T: Real>(
        &self,
        isa: Isa,
        buffer: &mut Buffer<T>,
        row: &Row,
        outside: u64,
        scaled: bool,
    ) {
        let values = &row.double;
        let inside = buffer.len() as u64 - 1;
        let all = self.controls();
        if outside & all.mask & !inside != all.value & !inside {
            return;
        }
        let controls = ControlMask { mask: all.mask & inside, value: all.value & inside };
        let odd = (outside & self.parity() & !inside).count_ones() & 1 == 1;
        let scale = match self.scale() {
            Some(at) if scaled => values[at as usize],
            _ => Complex64::ONE,
        };
        match self {
            Pass::Turn { bit, at, .. } => {
                let z = values[*at as usize];
                let matrix = [z.re, -z.im, z.im, z.re].map(|x| x * scale);
                kernel::pair(isa, buffer, &Pair::dense1(*bit, &matrix, controls));
            }
            Pass::Phase { bit, at, .. } => {
                let ratio = values[*at as usize];
                let entries = [scale, scale * ratio];
                match 1u64 << bit {
                    mask if mask & inside != 0 => {
                        kernel::diagonal(isa, buffer, &Diagonal::new(mask, entries, controls));
                    }
                    mask => {
                        let c = entries[usize::from(outside & mask != 0)];
                        kernel::diagonal(isa, buffer, &Diagonal::new(0, [c; 2], controls));
                    }
                }
            }
            Pass::Scale { at } => {
                let c = values[*at as usize];
                kernel::diagonal(isa, buffer, &Diagonal::new(0, [c; 2], controls));
            }
            Pass::Parity { z, at, .. } => {
                let at = *at as usize;
                let entries = [values[at + usize::from(odd)], values[at + usize::from(!odd)]];
                kernel::diagonal(isa, buffer, &Diagonal::new(z & inside, entries, controls));
            }
            Pass::Flip { bit, .. } => {
                let x = PauliMask { x: 1 << bit, z: 0 };
                let job = Pair::pauli(Complex64::ZERO, Complex64::ONE, x, controls);
                kernel::pair(isa, buffer, &job);
            }
            Pass::Mix { p, at, .. } => {
                let at = *at as usize;
                let other = if odd { -values[at + 1] } else { values[at + 1] };
                // The bits outside count for the phase i^{#Y} too: none of them has an X.
                let p = PauliMask { x: p.x, z: p.z & inside };
                kernel::pair(isa, buffer, &Pair::pauli(values[at], other, p, controls));
            }
            Pass::Dense1 { target, at, .. } => {
                let m = values[*at as usize..][..4].try_into().expect("four values");
                kernel::pair(isa, buffer, &Pair::dense1(*target, m, controls));
            }
            Pass::Block { bits, at } => {
                let m = values[*at as usize..][..16].try_into().expect("sixteen values");
                kernel::block(isa, buffer, *bits, m);
            }
            Pass::Fixed(located) => {
                if all == controls {
                    return execute(isa, buffer, &located.action, located.negated, &[]);
                }
                let mut inner = located.action.clone();
                inner.controls = controls;
                execute(isa, buffer, &inner, located.negated, &[]);
            }
        }
    }
}

impl Hash for Pass {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        self.controls().hash(state);
        match self {
            Pass::Turn { bit, at, scale } => (bit, at, scale).hash(state),
            Pass::Phase { bit, at, scale } => (bit, at, scale).hash(state),
            Pass::Scale { at } => at.hash(state),
            Pass::Parity { z, at, .. } => (z, at).hash(state),
            Pass::Flip { bit, .. } => bit.hash(state),
            Pass::Mix { p, at, .. } => (p, at).hash(state),
            Pass::Dense1 { target, at, .. } => (target, at).hash(state),
            Pass::Block { bits, at } => (bits, at).hash(state),
            // Its constants come from the actions.
            Pass::Fixed(located) => (located.negated, located.action.kind.support()).hash(state),
        }
    }
}

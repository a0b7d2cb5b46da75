//! Programs for registers: lists of operations on the amplitudes that the registers hold at once.
//!
//! The amplitudes differ in a few bits of their index: the lowest, and any others. A *relative*
//! index is made of these, lowest first. Bits of operations are those of a relative index.

use super::Vector;
use std::hash::{Hash, Hasher};

/// The bits of an index in which the amplitudes in registers differ: how many, and how many of them
/// are within a register, which are the lowest ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    pub bits: u32,
    pub low: u32,
}

impl Held {
    /// The most that any registers hold.
    pub const MOST_BITS: usize = 7;

    /// Those of a register type.
    pub const fn of<V: Vector>() -> Self {
        Held { bits: V::HELD, low: V::LOG }
    }
}

/// Amplitudes in registers: one bit for each relative index.
pub type Set = u128;

/// A list of operations on the amplitudes in registers.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterProgram {
    /// For which registers it is.
    pub(super) held: Held,
    /// The bits of the index, the lowest among them.
    pub bits: u64,
    /// Where each register begins, from the first one on.
    pub(super) places: Vec<usize>,
    operations: Vec<Operation>,
    layers: Vec<Layer>,
}

/// Rotations and then phases, on any of the bits:
///
/// ```text
/// (a, b) → (p a - q b, q a + p b)    for the amplitudes a, b where a bit is 0 and 1
/// b → c b
/// ```
///
/// with one value p + iq, where p or q is 1, and one value c. A rotation is one multiplication and
/// one addition a number (a fast Givens rotation). A layer is one operation, because what leads to
/// the code of an operation costs as much as a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Hash)]
pub(super) struct Layer {
    /// The bits that are rotated, and those that have phases.
    pub turned: u8,
    pub phased: u8,
    /// Where the values are.
    pub turns: [u32; Held::MOST_BITS],
    pub phases: [u32; Held::MOST_BITS],
}

/// What is done where the bits outside of the registers, in the index of a buffer and what the
/// caller adds to it, have `index & mask == value`.
#[derive(Debug, Clone, Copy, PartialEq, Hash)]
pub struct Operation {
    pub(super) code: u8,
    /// Where its values begin; the number of a layer.
    pub(super) at: u32,
    pub(super) mask: u64,
    pub(super) value: u64,
    pub(super) set: Set,
    pub(super) odd: Set,
    pub(super) outside: u64,
}

// What is done, and on which bits: one number, so that one jump leads to it.
pub(super) const LAYER: u8 = 0;
pub(super) const SCALE: u8 = 1;
pub(super) const PHASE_IN: u8 = 2;
pub(super) const PARITY: u8 = 3;
pub(super) const FLIP: u8 = 16;
pub(super) const FLIP_IN: u8 = 24;
/// X on bit t where bit c is 1: this, and 8 c + t.
pub(super) const FLIP_ON: u8 = 32;

impl RegisterProgram {
    /// Nothing yet, on these bits: as many as the registers hold, the lowest among them.
    pub fn new(held: Held, bits: u64) -> Self {
        assert!(bits.count_ones() == held.bits && bits.trailing_ones() >= held.low);
        let apart = bits as usize & !((1 << held.low) - 1);
        // With all other bits set, the carry passes over them.
        let next = |row: &usize| Some((row | !apart).wrapping_add(1) & apart);
        let places =
            std::iter::successors(Some(0), next).take(1 << (held.bits - held.low)).collect();
        RegisterProgram { held, bits, places, operations: Vec::new(), layers: Vec::new() }
    }

    /// For each bit of a relative index, the amplitudes that have it.
    pub const WITH: [Set; Held::MOST_BITS] = {
        let mut with = [0; Held::MOST_BITS];
        let mut k = 0;
        while k < with.len() {
            with[k] = (Set::MAX / ((1 << (1 << k)) + 1)) << (1 << k);
            k += 1;
        }
        with
    };

    /// All amplitudes in the registers.
    pub fn all(held: Held) -> Set {
        Set::MAX >> (Set::BITS - (1 << held.bits))
    }

    /// In order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The layer that this is all of, and the place of a factor that comes after it.
    #[inline(always)]
    pub(super) fn only_layer(&self) -> Option<(&Layer, Option<u32>)> {
        match &self.operations[..] {
            [layer] if layer.code == LAYER => Some((self.layer(layer), None)),
            [layer, scale] if (layer.code, scale.code, scale.mask) == (LAYER, SCALE, 0) => {
                Some((self.layer(layer), Some(scale.at)))
            }
            _ => None,
        }
    }

    pub(super) fn layer(&self, operation: &Operation) -> &Layer {
        &self.layers[operation.at as usize]
    }

    /// Appends an operation.
    pub fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    /// Appends a layer that does nothing yet; its number.
    pub fn push_layer(&mut self) -> usize {
        let at = self.layers.len();
        self.push(Operation::new(LAYER, at as u32));
        let none = [0; Held::MOST_BITS];
        self.layers.push(Layer { turned: 0, phased: 0, turns: none, phases: none });
        at
    }

    /// Adds the rotation of a bit to a layer.
    pub fn turn(&mut self, layer: usize, bit: u8, at: u32) {
        self.layers[layer].turned |= 1 << bit;
        self.layers[layer].turns[bit as usize] = at;
    }

    /// Adds the phase of a bit to a layer.
    pub fn phase(&mut self, layer: usize, bit: u8, at: u32) {
        self.layers[layer].phased |= 1 << bit;
        self.layers[layer].phases[bit as usize] = at;
    }

    /// Number of rotations, phases and other operations.
    pub fn len(&self) -> usize {
        let in_layer = |l: &Layer| (l.turned.count_ones() + l.phased.count_ones()) as usize;
        self.operations.len() - self.layers.len() + self.layers.iter().map(in_layer).sum::<usize>()
    }

    /// Floating-point operations for each amplitude, on average.
    pub fn flops(&self) -> f64 {
        let of_layer = |l: &Layer| f64::from(4 * l.turned.count_ones() + 3 * l.phased.count_ones());
        self.layers.iter().map(of_layer).sum::<f64>()
            + self.operations.iter().map(|o| o.flops(self.held)).sum::<f64>()
    }
}

impl Hash for RegisterProgram {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The places follow from the bits.
        (self.bits, &self.operations, &self.layers).hash(state);
    }
}

impl Operation {
    const fn new(code: u8, at: u32) -> Self {
        Operation { code, at, mask: 0, value: 0, set: Set::MAX, odd: 0, outside: 0 }
    }

    /// Multiplies by one value.
    pub fn scale(at: u32) -> Self {
        Self::new(SCALE, at)
    }

    /// Multiplies by one value in a set.
    pub fn phase_in(held: Held, set: Set, at: u32) -> Self {
        if set == RegisterProgram::all(held) {
            Self::scale(at)
        } else {
            Operation { set, ..Self::new(PHASE_IN, at) }
        }
    }

    /// In a set, multiplies by the first of two values, and by the second in `odd`; the other way
    /// round where the index has an odd number of bits in common with `outside`.
    pub fn parity(set: Set, odd: Set, outside: u64, at: u32) -> Self {
        Operation { set, odd, outside, ..Self::new(PARITY, at) }
    }

    /// Exchanges the amplitudes in a set with those where a bit is the opposite. All in the set have
    /// a 0 there.
    pub fn flip(held: Held, bit: u8, set: Set) -> Self {
        let without = |bit: u8| !RegisterProgram::WITH[bit as usize] & RegisterProgram::all(held);
        let under = |control: &u8| *control != bit && set == without(bit) & !without(*control);
        let code = match (0..held.bits as u8).find(under) {
            _ if set == without(bit) => FLIP + bit,
            Some(control) => FLIP_ON + 8 * control + bit,
            None => FLIP_IN + bit,
        };
        Operation { set, ..Self::new(code, 0) }
    }

    /// Only where `index & mask == value`.
    pub fn when(self, mask: u64, value: u64) -> Self {
        Operation { mask, value, ..self }
    }

    /// Floating-point operations for each amplitude, on average; a layer's are its program's.
    fn flops(&self, held: Held) -> f64 {
        let part = f64::from(self.set.count_ones()) / f64::from(1 << held.bits);
        let under = 0.5f64.powi(self.mask.count_ones() as i32);
        under
            * match self.code {
                SCALE => 2.0,
                PHASE_IN | PARITY => 6.0 * part,
                _ => 0.0,
            }
    }
}

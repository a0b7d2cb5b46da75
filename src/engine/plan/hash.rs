//! A hash that is the same on every machine: FNV-1a (Fowler, Noll, Vo) with 64 bits, word by word.

use crate::engine::action::{Action, Kind, PauliMask, Scalar};
use crate::engine::layout::Layout;
use num_complex::Complex64;
use std::hash::Hasher;

/// The state of the hash.
pub(crate) struct Fnv(u64);

impl Fnv {
    pub fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    #[inline]
    pub fn word(&mut self, word: u64) {
        // Multiplying carries nothing down to the low bits: the high ones are brought there.
        let mixed = (self.0 ^ word).wrapping_mul(0x100_0000_01b3);
        self.0 = mixed ^ mixed >> 32;
    }

    fn number(&mut self, x: f64) {
        // -0 and 0 are the same number.
        self.word((x + 0.0).to_bits());
    }

    fn numbers(&mut self, values: &[Complex64]) {
        self.word(values.len() as u64);
        for z in values {
            self.number(z.re);
            self.number(z.im);
        }
    }

    fn bits(&mut self, targets: &[u32]) {
        self.word(targets.len() as u64);
        targets.iter().for_each(|&t| self.word(t.into()));
    }

    fn pauli(&mut self, p: PauliMask) {
        self.word(p.x);
        self.word(p.z);
    }

    fn scalar(&mut self, scalar: Scalar) {
        match scalar {
            Scalar::Const(x) => {
                self.word(0);
                self.number(x);
            }
            Scalar::Slot(slot) => {
                self.word(1);
                self.word(slot.into());
            }
        }
    }

    pub fn layout(&mut self, layout: &Layout) {
        (0..layout.num_qubits()).for_each(|q| self.word(layout.position(q) as u64));
        self.word(layout.flips());
    }

    pub fn action(&mut self, action: &Action) {
        match &action.kind {
            Kind::Phase(angle) => {
                self.word(0);
                self.scalar(*angle);
            }
            Kind::Pauli(p) => {
                self.word(1);
                self.pauli(*p);
            }
            Kind::Rotation(p, angle) => {
                self.word(2);
                self.pauli(*p);
                self.scalar(*angle);
            }
            Kind::Diagonal { targets, entries } => {
                self.word(3);
                self.bits(targets);
                self.numbers(entries);
            }
            Kind::Dense1 { target, matrix } => {
                self.word(4);
                self.bits(&[*target]);
                self.numbers(matrix);
            }
            Kind::Dense { targets, matrix } => {
                self.word(5);
                self.bits(targets);
                self.numbers(matrix);
            }
            Kind::Swap(a, b) => {
                self.word(6);
                self.bits(&[*a, *b]);
            }
            Kind::Permutation { targets, table } => {
                self.word(7);
                self.bits(targets);
                self.bits(table);
            }
        }
        self.word(action.controls.mask);
        self.word(action.controls.value);
    }
}

/// A hash of actions on so many qubits.
pub(crate) fn hash_of_actions<'a>(
    num_qubits: usize,
    actions: impl Iterator<Item = &'a Action>,
) -> u64 {
    let mut hash = Fnv::new();
    hash.word(num_qubits as u64);
    actions.for_each(|action| hash.action(action));
    hash.finish()
}

/// For what derives `Hash`: integers of known sizes.
impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.word(byte.into()));
    }

    fn write_u8(&mut self, x: u8) {
        self.word(x.into());
    }

    fn write_u32(&mut self, x: u32) {
        self.word(x.into());
    }

    fn write_u64(&mut self, x: u64) {
        self.word(x);
    }

    fn write_u128(&mut self, x: u128) {
        self.word(x as u64);
        self.word((x >> 64) as u64);
    }

    fn write_usize(&mut self, x: usize) {
        self.word(x as u64);
    }

    fn write_isize(&mut self, x: isize) {
        self.word(x as u64);
    }
}

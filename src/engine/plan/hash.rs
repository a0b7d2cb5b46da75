//! A hash that is the same on every machine: FNV-1a (Fowler, Noll, Vo) with 64 bits.

use crate::engine::action::{Action, ControlMask, Kind, PauliMask, Scalar};
use crate::engine::layout::Layout;
use num_complex::Complex64;

/// The state of the hash.
pub(super) struct Fnv(u64);

impl Fnv {
    pub fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub fn finish(&self) -> u64 {
        self.0
    }

    pub fn word(&mut self, word: u64) {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
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

    pub fn controls(&mut self, controls: ControlMask) {
        self.word(controls.mask);
        self.word(controls.value);
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
        self.controls(action.controls);
    }
}

//! What passes cost: fixed numbers for each instruction set and precision, so that all machines that
//! have it make the same plans.

use super::Tiling;
use super::pass::Pass;
use crate::engine::action::Kind;
use crate::engine::kernel::{Held, Isa, RegisterProgram};
use crate::engine::target::{Precision, Target};

/// Cycles of one core on 64 amplitudes. Measured with `cargo bench --bench plans`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costs {
    target: Target,
    /// What a register pass holds.
    pub held: Held,
    /// Bits within a register.
    within: u32,
    /// Loading and storing them from the second level of cache.
    pub load_store: f64,
    /// A rotation, on a bit between registers and within them.
    pub turn: f64,
    pub turn_within: f64,
    /// A phase on one bit, likewise.
    pub phase: f64,
    pub phase_within: f64,
    /// Other multiplications by a diagonal.
    pub parity: f64,
    /// A controlled X.
    pub flip: f64,
    /// A diagonal on all bits, loading and storing included.
    pub diagonal: f64,
    /// A 4×4 matrix, likewise.
    pub block: f64,
    /// A rotation and the product of factors that its bit shares with others, in one pass, on a bit
    /// between registers and within them.
    pub butterfly: f64,
    pub butterfly_within: f64,
    /// Preparing it: cycles once a run.
    pub butterfly_once: f64,
    /// Preparing a diagonal, and for each of its factors: cycles once a run.
    pub diagonal_once: f64,
    pub diagonal_factor: f64,
}

impl Costs {
    /// Most operations of one program: what they need stays in cache.
    pub const LARGEST_PROGRAM: usize = 256;

    /// Those of an instruction set and a precision.
    pub fn of(target: Target) -> Self {
        let Target { isa, precision } = target;
        let avx512 = Costs {
            target,
            held: target.held(),
            within: target.log_lanes(),
            load_store: 8.0,
            turn: 11.5,
            turn_within: 17.0,
            phase: 11.0,
            phase_within: 18.0,
            parity: 32.0,
            flip: 9.0,
            diagonal: 60.0,
            block: 90.0,
            butterfly: 45.0,
            butterfly_within: 45.0,
            butterfly_once: 600.0,
            diagonal_once: 10000.0,
            diagonal_factor: 100.0,
        };
        let double = match isa {
            Isa::Avx512 => avx512,
            Isa::Avx2 | Isa::Neon => Costs {
                load_store: 20.0,
                turn: 22.0,
                turn_within: 24.0,
                phase: 34.0,
                phase_within: 33.0,
                parity: 75.0,
                flip: 20.0,
                diagonal: 100.0,
                block: 200.0,
                butterfly: 60.0,
                butterfly_within: 70.0,
                ..avx512
            },
            Isa::Portable => Costs {
                load_store: 30.0,
                turn: 80.0,
                turn_within: 100.0,
                phase: 90.0,
                phase_within: 110.0,
                parity: 150.0,
                flip: 60.0,
                diagonal: 300.0,
                block: 700.0,
                butterfly: 150.0,
                butterfly_within: 200.0,
                ..avx512
            },
        };
        match precision {
            Precision::F64 => double,
            Precision::F32 => double.of_half_the_work(),
        }
    }

    /// Registers hold twice as many amplitudes of half the bytes.
    fn of_half_the_work(self) -> Self {
        Costs {
            load_store: self.load_store / 2.0,
            turn: self.turn / 2.0,
            turn_within: self.turn_within / 2.0,
            phase: self.phase / 2.0,
            phase_within: self.phase_within / 2.0,
            parity: self.parity / 2.0,
            flip: self.flip / 2.0,
            diagonal: self.diagonal / 2.0,
            block: self.block / 2.0,
            butterfly: self.butterfly / 2.0,
            butterfly_within: self.butterfly_within / 2.0,
            ..self
        }
    }

    /// log2 of the amplitudes in a part of a tile.
    pub fn part_bits(&self, tiling: &Tiling) -> usize {
        tiling.part_bits + usize::from(self.target.precision == Precision::F32)
    }

    /// The cost of a pass in registers.
    pub fn in_registers(&self, pass: &Pass) -> f64 {
        match pass {
            Pass::Turn { bit, .. } if *bit < self.within => self.turn_within,
            Pass::Turn { .. } => self.turn,
            Pass::Phase { bit, .. } if *bit < self.within => self.phase_within,
            Pass::Phase { .. } => self.phase,
            Pass::Flip { .. } => self.flip,
            // Half of the amplitudes, a quarter, …
            Pass::Parity { z: 0, controls, .. } => {
                self.parity * (0.4 + 0.5f64.powi(controls.mask.count_ones().min(9) as i32))
            }
            Pass::Parity { .. } => self.parity,
            Pass::Scale { .. } => self.turn,
            // Half of the multiplications; loads, stores and exchanges of lanes are the same.
            Pass::Fixed(located) if is_real_block(&located.action.kind) => {
                0.5 * (self.block + self.load_store)
            }
            // Kernels of their own.
            Pass::Block { .. } | Pass::Fixed(_) => self.block,
            _ => self.load_store + 4.0 * self.turn,
        }
    }

    /// The cost of a butterfly on a bit of a state of `all` bits, with its part of the preparation.
    pub fn of_butterfly(&self, bit: u32, all: usize) -> f64 {
        let once = self.butterfly_once / 2f64.powi(all.saturating_sub(6) as i32);
        once + if bit < self.within { self.butterfly_within } else { self.butterfly }
    }

    /// The cost of a program for registers.
    pub fn of_program(&self, program: &RegisterProgram) -> f64 {
        // Four flops per amplitude are what a rotation takes.
        let arithmetic = (self.turn - self.flip) / 4.0 * program.flops();
        self.load_store + self.flip * program.len() as f64 + arithmetic
    }

    /// Predicted time of a sweep that moves `bytes` of memory and takes `cycles` on 64 amplitudes.
    pub fn seconds(
        &self,
        bytes: f64,
        cycles: f64,
        num_qubits: usize,
        bytes_per_amplitude: f64,
        threads: usize,
    ) -> f64 {
        let amplitudes = (num_qubits as f64).exp2();
        let state = amplitudes * bytes_per_amplitude;
        let parallel = if state < (1 << 20) as f64 { 1.0 } else { threads as f64 };
        let rate = match state {
            s if s <= OWN_CACHE => return cycles * amplitudes / 64.0 / CLOCK,
            s if s <= SHARED_CACHE => SHARED_RATE * parallel,
            _ => MEMORY_RATE,
        };
        bytes / rate + cycles * amplitudes / 64.0 / CLOCK / parallel
    }
}

/// Whether a kind is a 4×4 matrix of real numbers.
fn is_real_block(kind: &Kind) -> bool {
    matches!(kind, Kind::Dense { targets, matrix } if targets.len() == 2
        && matrix.iter().all(|z| z.im == 0.0))
}

/// Cycles a second.
const CLOCK: f64 = 4.0e9;
/// Bytes of the cache that a core has for itself, and of the one that all share.
const OWN_CACHE: f64 = 1e6;
const SHARED_CACHE: f64 = 3.2e7;
/// Bytes a second: from the shared cache for each core, and from memory in all.
const SHARED_RATE: f64 = 5.0e10;
const MEMORY_RATE: f64 = 5.5e10;

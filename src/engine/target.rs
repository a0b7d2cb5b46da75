//! What a plan is made for.

use super::kernel::{Held, Isa, Real};
use serde::Serialize;
use std::fmt;

/// How amplitudes are stored. Norms, probabilities and expectations are always summed in f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 8 bytes per amplitude.
    F32,
    /// 16 bytes per amplitude.
    #[default]
    F64,
}

impl Precision {
    /// That of a number type.
    pub fn of<T: Real>() -> Self {
        if size_of::<T>() == 4 { Precision::F32 } else { Precision::F64 }
    }

    /// Bytes of one amplitude.
    pub fn bytes_per_amplitude(self) -> u32 {
        match self {
            Precision::F32 => 8,
            Precision::F64 => 16,
        }
    }

    /// Probabilities up to this are rounding: of amplitudes of 1e-12 in f64, 1e-7 in f32.
    pub fn rounding_probability(self) -> f64 {
        match self {
            Precision::F32 => 1e-14,
            Precision::F64 => 1e-24,
        }
    }
}

/// `f32` or `f64`.
impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        })
    }
}

/// The states that a [`Plan`](super::Plan) is made for: what registers hold, and what operations
/// cost, are different for each instruction set and precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The instruction set of the kernels.
    pub isa: Isa,
    /// The precision of the amplitudes.
    pub precision: Precision,
}

impl Target {
    /// Those of all instruction sets.
    pub(crate) const COUNT: usize = 8;

    /// States with amplitudes of `Complex<T>` and the kernels of an instruction set.
    pub fn of<T: Real>(isa: Isa) -> Self {
        Target { isa, precision: Precision::of::<T>() }
    }

    /// New states with amplitudes of `Complex<T>`: those of [`Isa::best`].
    pub fn best<T: Real>() -> Self {
        Self::of::<T>(Isa::best())
    }

    /// Its number below [`COUNT`](Self::COUNT).
    pub(crate) fn index(self) -> usize {
        2 * self.isa as usize + self.precision as usize
    }

    /// What a register pass holds.
    pub(super) fn held(self) -> Held {
        match self.precision {
            Precision::F32 => self.isa.held::<f32>(),
            Precision::F64 => self.isa.held::<f64>(),
        }
    }

    /// log2 of the amplitudes in a register.
    pub(super) fn log_lanes(self) -> u32 {
        match self.precision {
            Precision::F32 => self.isa.log_lanes::<f32>(),
            Precision::F64 => self.isa.log_lanes::<f64>(),
        }
    }
}

/// As in `avx2, f64`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.isa, self.precision)
    }
}

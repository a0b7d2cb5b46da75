//! The two precisions.

use super::Isa;
use super::program::RegisterProgram;
use super::registers::{self, Work};
use super::vector::Vector;
use num_complex::Complex;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// The number type of a state: `f64` (16 bytes per amplitude) or `f32` (8 bytes). Sealed.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + sealed::Registers
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Name of the type, `f64` or `f32`.
    const NAME: &'static str;
    /// How far from 1 the norm of given amplitudes may be.
    const NORM_TOLERANCE: f64;
    /// Nearest value.
    fn from_f64(x: f64) -> Self;
    /// The same value in double precision.
    fn to_f64(self) -> f64;
    /// self · b + c: fused where that is one instruction of the target, else it would be a slow call.
    fn mul_add(self, b: Self, c: Self) -> Self;
}

/// Whether the target always has a fused multiplication and addition.
const FUSED: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

pub(super) mod sealed {
    use super::Vector;
    use crate::engine::kernel::{Isa, RegisterProgram, registers::Work};
    use num_complex::Complex;

    /// The register types of a number type.
    pub trait Registers: Sized {
        type Portable: Vector<Real = Self>;
        #[cfg(target_arch = "aarch64")]
        type Neon: Vector<Real = Self>;
        #[cfg(target_arch = "x86_64")]
        type Avx2: Vector<Real = Self>;
        #[cfg(target_arch = "x86_64")]
        type Avx512: Vector<Real = Self>;
        /// The one of its own type.
        fn select<'a>(
            double: &'a [Complex<f64>],
            single: &'a [Complex<f32>],
        ) -> &'a [Complex<Self>];
        /// Runs a program; here, so that it is compiled once and not by everyone who uses a state.
        fn run(isa: Isa, program: &RegisterProgram, work: Work<'_, Self>);
    }
}

#[cfg(not(target_arch = "x86_64"))]
type Portable64 = super::portable::Array<f64>;
#[cfg(not(target_arch = "x86_64"))]
type Portable32 = super::portable::Array<f32>;
#[cfg(target_arch = "x86_64")]
use super::sse2::{F32x4 as Portable32, F64x2 as Portable64};

impl sealed::Registers for f64 {
    type Portable = Portable64;
    #[cfg(target_arch = "aarch64")]
    type Neon = super::neon::F64x4;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = super::x86::F64x4;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = super::x86::F64x8;

    fn run(isa: Isa, program: &RegisterProgram, work: Work<'_, f64>) {
        registers::program_range(isa, program, work);
    }
    #[inline(always)]
    fn select<'a>(double: &'a [Complex<f64>], _: &'a [Complex<f32>]) -> &'a [Complex<f64>] {
        double
    }
}

impl sealed::Registers for f32 {
    type Portable = Portable32;
    #[cfg(target_arch = "aarch64")]
    type Neon = super::neon::F32x8;
    #[cfg(target_arch = "x86_64")]
    type Avx2 = super::x86::F32x8;
    #[cfg(target_arch = "x86_64")]
    type Avx512 = super::x86::F32x16;

    fn run(isa: Isa, program: &RegisterProgram, work: Work<'_, f32>) {
        registers::program_range(isa, program, work);
    }
    #[inline(always)]
    fn select<'a>(_: &'a [Complex<f64>], single: &'a [Complex<f32>]) -> &'a [Complex<f32>] {
        single
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const NAME: &'static str = "f64";
    const NORM_TOLERANCE: f64 = 1e-9;
    #[inline(always)]
    fn from_f64(x: f64) -> f64 {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn mul_add(self, b: f64, c: f64) -> f64 {
        if FUSED { f64::mul_add(self, b, c) } else { self * b + c }
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
    const NAME: &'static str = "f32";
    const NORM_TOLERANCE: f64 = 1e-5;
    #[inline(always)]
    fn from_f64(x: f64) -> f32 {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn mul_add(self, b: f32, c: f32) -> f32 {
        if FUSED { f32::mul_add(self, b, c) } else { self * b + c }
    }
}

//! Which instruction set the kernels use.

use super::{Real, Vector};
use std::sync::OnceLock;

/// An instruction set that the kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Isa {
    /// What the target always has, found by the compiler.
    Portable,
    /// AVX2 and FMA: registers of 32 bytes.
    Avx2,
    /// AVX-512 F, DQ, VL, BW: registers of 64 bytes.
    Avx512,
}

impl Isa {
    /// All that this machine has, slowest first. Asked of the CPU once.
    pub fn available() -> &'static [Isa] {
        static FOUND: OnceLock<Vec<Isa>> = OnceLock::new();
        FOUND.get_or_init(|| {
            [Isa::Portable, Isa::Avx2, Isa::Avx512].into_iter().filter(|isa| isa.detect()).collect()
        })
    }

    /// The fastest that this machine has.
    pub fn best() -> Isa {
        *Isa::available().last().expect("the portable kernels run everywhere")
    }

    /// log2 of the amplitudes in a register.
    #[inline(always)]
    pub(super) fn log_lanes<T: Real>(self) -> u32 {
        match self {
            Isa::Portable => T::Portable::LOG,
            Isa::Avx2 => T::Avx2::LOG,
            Isa::Avx512 => T::Avx512::LOG,
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn detect(self) -> bool {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        match self {
            Isa::Portable => true,
            Isa::Avx2 => avx2,
            Isa::Avx512 => {
                avx2 && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detect(self) -> bool {
        self == Isa::Portable
    }
}

/// Compiles `$generic`, written over `V: Vector`, for every instruction set, as a safe function
/// that takes the instruction set as its first argument.
macro_rules! instantiate {
    ($(#[$doc:meta])* $vis:vis $name:ident = $generic:ident($($arg:ident: $ty:ty),* $(,)?)) => {
        $(#[$doc])*
        #[allow(clippy::too_many_arguments)] // the kernel's, and the instruction set
        #[inline]
        $vis fn $name<T: $crate::engine::kernel::Real>(isa: $crate::engine::kernel::Isa, $($arg: $ty),*) {
            use $crate::engine::kernel::Isa;
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt")]
            unsafe fn avx2<T: $crate::engine::kernel::Real>($($arg: $ty),*) {
                $generic::<T::Avx2>($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(
                enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi1,bmi2,popcnt"
            )]
            unsafe fn avx512<T: $crate::engine::kernel::Real>($($arg: $ty),*) {
                $generic::<T::Avx512>($($arg),*)
            }
            // SAFETY: a state holds only an instruction set that `Isa::available` found; the
            // callers of this function pass indices below the padded length of a buffer.
            unsafe {
                match isa {
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => avx512::<T>($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => avx2::<T>($($arg),*),
                    _ => $generic::<T::Portable>($($arg),*),
                }
            }
        }
    };
}
pub(super) use instantiate;

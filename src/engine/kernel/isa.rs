//! What the kernels know of an instruction set, and how they are compiled for each.

use super::{Held, Real, Vector};
use crate::math::Isa;

impl Isa {
    /// log2 of the amplitudes in a register.
    #[inline(always)]
    pub(crate) fn log_lanes<T: Real>(self) -> u32 {
        match self {
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => T::Neon::LOG,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => T::Avx2::LOG,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => T::Avx512::LOG,
            _ => T::Portable::LOG,
        }
    }

    /// What a register pass holds.
    pub(crate) fn held<T: Real>(self) -> Held {
        match self {
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => Held::of::<T::Neon>(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Held::of::<T::Avx2>(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Held::of::<T::Avx512>(),
            _ => Held::of::<T::Portable>(),
        }
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
                    // Every processor of this target has it.
                    #[cfg(target_arch = "aarch64")]
                    Isa::Neon => $generic::<T::Neon>($($arg),*),
                    _ => $generic::<T::Portable>($($arg),*),
                }
            }
        }
    };
}
pub(super) use instantiate;

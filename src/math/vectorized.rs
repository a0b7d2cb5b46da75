//! Plain loops compiled for the instruction set of the machine.
#![allow(unsafe_code)]

use super::Isa;

/// A loop over arrays of lanes that the compiler turns into vector instructions. `run` and all that
/// it calls in its loops must be `#[inline(always)]`. No operation is contracted or reordered, so
/// every instruction set gives the same bits.
pub(crate) trait Vectorized {
    type Output;

    fn run(self) -> Self::Output;
}

/// Runs the loop in an instruction set that [`Isa::available`] has; in a smaller one if it has not.
pub(crate) fn vectorized<V: Vectorized>(isa: Isa, work: V) -> V::Output {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt")]
    fn avx2<V: Vectorized>(work: V) -> V::Output {
        work.run()
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,bmi1,bmi2,popcnt")]
    fn avx512<V: Vectorized>(work: V) -> V::Output {
        work.run()
    }
    match isa {
        // SAFETY: `available` holds only what the processor has.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 if Isa::available().contains(&isa) => unsafe { avx512(work) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 if Isa::available().contains(&isa) => unsafe { avx2(work) },
        _ => work.run(),
    }
}

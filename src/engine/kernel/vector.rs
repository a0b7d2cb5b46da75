//! A register of complex numbers, and what the kernels need of it.

use super::octet::Octet;
use super::real::Real;
use num_complex::Complex;

/// A register of `2^LOG` complex numbers ("lanes"), real and imaginary parts alternating. A set of
/// lanes is a `u32` with one bit a lane.
///
/// The methods are unsafe because the CPU must have the instruction set.
#[allow(clippy::missing_safety_doc)]
pub trait Vector: Copy {
    /// Number type.
    type Real: Real;
    /// A prepared exchange of lanes.
    type Shuffle: Copy;
    /// Eight numbers in double precision.
    type Octet: Octet;
    /// log2 of the number of lanes.
    const LOG: u32;
    /// log2 of the amplitudes that a register pass holds: what fits the registers with room for
    /// coefficients and temporaries.
    const HELD: u32;

    /// Loads `2^LOG` numbers.
    unsafe fn load(from: *const Complex<Self::Real>) -> Self;
    /// Stores `2^LOG` numbers.
    unsafe fn store(self, to: *mut Complex<Self::Real>);
    /// x in every real and imaginary part.
    unsafe fn splat(x: Self::Real) -> Self;
    /// -x in every real part, x in every imaginary part.
    unsafe fn splat_signed(x: Self::Real) -> Self;
    /// self · b, part by part.
    unsafe fn mul(self, b: Self) -> Self;
    /// self + b, part by part.
    unsafe fn add(self, b: Self) -> Self;
    /// self · b + c, part by part.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// self · b - c, part by part.
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self;
    /// Exchanges real and imaginary parts.
    unsafe fn swap_parts(self) -> Self;
    /// Prepares the exchange of lane i with lane i ^ `xor`, `xor < 2^LOG`.
    unsafe fn shuffle(xor: usize) -> Self::Shuffle;
    /// Performs it.
    unsafe fn permute(self, shuffle: Self::Shuffle) -> Self;
    /// `on` in the lanes of the set, `off` in the others.
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self;
    /// The real and the imaginary parts of eight numbers, in double precision.
    unsafe fn split(from: *const Complex<Self::Real>) -> [Self::Octet; 2];
}

/// All lanes.
#[inline(always)]
pub const fn all<V: Vector>() -> u32 {
    // Up to 8 lanes.
    (1 << (1u32 << V::LOG)) - 1
}

/// The lanes whose index has an odd number of bits in common with `mask`; with one bit in `mask`,
/// the lanes that have this bit.
#[inline(always)]
pub fn odd_lanes<V: Vector>(mask: usize) -> u32 {
    const BIT: [u32; 3] = [0b1010_1010, 0b1100_1100, 0b1111_0000];
    let mut lanes = 0;
    for (bit, pattern) in BIT.iter().enumerate() {
        if mask >> bit & 1 == 1 {
            lanes ^= pattern;
        }
    }
    lanes & all::<V>()
}

/// The lanes whose index i has `i & mask == value`.
#[inline(always)]
pub fn matching_lanes<V: Vector>(mask: usize, value: usize) -> u32 {
    let mut lanes = all::<V>();
    for bit in 0..V::LOG {
        if mask >> bit & 1 == 1 {
            let ones = odd_lanes::<V>(1 << bit);
            lanes &= if value >> bit & 1 == 1 { ones } else { !ones };
        }
    }
    lanes
}

/// Asks for a cache line. Where a sweep is one stream, or several close together, the hardware's
/// own prefetching reaches two thirds of the memory's speed, and asking ahead reaches all of it.
#[inline(always)]
pub fn prefetch<V: Vector>(at: *const Complex<V::Real>) {
    #[cfg(target_arch = "x86_64")]
    if V::LOG > 0 {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch of any address is allowed.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Where a register is that is to be asked for; it may be past the end of the memory.
#[inline(always)]
pub fn lines<T>(memory: *mut Complex<T>, register: usize, log: u32) -> *const Complex<T> {
    memory.wrapping_add(register << log)
}

/// One complex coefficient a lane, ready for multiplication: `re` in both parts, and `im` with the
/// sign of i² folded in.
#[derive(Clone, Copy)]
pub struct Coefficient<V> {
    re: V,
    im: V,
}

impl<V: Vector> Coefficient<V> {
    /// The same in every lane.
    #[inline(always)]
    pub unsafe fn splat(z: Complex<V::Real>) -> Self {
        Coefficient { re: V::splat(z.re), im: V::splat_signed(z.im) }
    }

    /// `z(lane)` in each lane.
    #[inline(always)]
    pub unsafe fn from_lanes(mut z: impl FnMut(usize) -> Complex<V::Real>) -> Self {
        let zero = <V::Real as Real>::ZERO;
        let mut re = [Complex { re: zero, im: zero }; 8];
        let mut im = re;
        for lane in 0..1 << V::LOG {
            let z = z(lane);
            re[lane] = Complex { re: z.re, im: z.re };
            im[lane] = Complex { re: -z.im, im: z.im };
        }
        Coefficient { re: V::load(re.as_ptr()), im: V::load(im.as_ptr()) }
    }

    /// Both parts: (re, re) and (-im, im) a lane.
    #[inline(always)]
    pub unsafe fn load(re: *const Complex<V::Real>, im: *const Complex<V::Real>) -> Self {
        Coefficient { re: V::load(re), im: V::load(im) }
    }

    /// Stores both parts.
    #[inline(always)]
    pub unsafe fn store(self, re: *mut Complex<V::Real>, im: *mut Complex<V::Real>) {
        self.re.store(re);
        self.im.store(im);
    }

    /// The product of two coefficients.
    #[inline(always)]
    pub unsafe fn and(self, by: Self) -> Self {
        // The signs of the imaginary parts cancel in their product.
        let minus = self.im.mul(V::splat(-<V::Real as Real>::ONE));
        Coefficient {
            re: minus.mul_add(by.im, self.re.mul(by.re)),
            im: self.im.mul_add(by.re, self.re.mul(by.im)),
        }
    }

    /// `on` in the lanes of the set, `off` in the others.
    #[inline(always)]
    pub unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        Coefficient { re: V::blend(lanes, off.re, on.re), im: V::blend(lanes, off.im, on.im) }
    }

    /// self · a.
    #[inline(always)]
    pub unsafe fn times(self, a: V) -> V {
        self.im.mul_add(a.swap_parts(), self.re.mul(a))
    }

    /// self · a + b.
    #[inline(always)]
    pub unsafe fn times_add(self, a: V, b: V) -> V {
        self.im.mul_add(a.swap_parts(), self.re.mul_add(a, b))
    }
}

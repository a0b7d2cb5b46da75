//! The registers of NEON, two of the machine's at a time: 32 of 16 bytes are as many as 16 of AVX2, so
//! that what fits there fits here.

use super::octet::Octet;
use super::vector::Vector;
use num_complex::Complex;
use std::arch::aarch64::*;

/// Two complex numbers in double precision.
#[derive(Clone, Copy)]
pub struct F64x4(float64x2_t, float64x2_t);

impl Vector for F64x4 {
    type Real = f64;
    /// Whether the lanes change places.
    type Shuffle = bool;
    type Octet = OctetNeon;
    const LOG: u32 = 1;
    const HELD: u32 = 4;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f64>) -> Self {
        F64x4(vld1q_f64(from.cast()), vld1q_f64(from.add(1).cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f64>) {
        vst1q_f64(to.cast(), self.0);
        vst1q_f64(to.add(1).cast(), self.1);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        F64x4(vdupq_n_f64(x), vdupq_n_f64(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f64) -> Self {
        let signed = vsetq_lane_f64::<0>(-x, vdupq_n_f64(x));
        F64x4(signed, signed)
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F64x4(vmulq_f64(self.0, b.0), vmulq_f64(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F64x4(vaddq_f64(self.0, b.0), vaddq_f64(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F64x4(vfmaq_f64(c.0, self.0, b.0), vfmaq_f64(c.1, self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        // There is c - a b and no a b - c.
        let (low, high) = (vfmsq_f64(c.0, self.0, b.0), vfmsq_f64(c.1, self.1, b.1));
        F64x4(vnegq_f64(low), vnegq_f64(high))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F64x4(vextq_f64::<1>(self.0, self.0), vextq_f64::<1>(self.1, self.1))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> bool {
        xor != 0
    }
    #[inline(always)]
    unsafe fn permute(self, exchange: bool) -> Self {
        if exchange { F64x4(self.1, self.0) } else { self }
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        let mask = |lane: u32| vdupq_n_u64(u64::from(lanes >> lane & 1).wrapping_neg());
        F64x4(vbslq_f64(mask(0), on.0, off.0), vbslq_f64(mask(1), on.1, off.1))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f64>) -> [OctetNeon; 2] {
        let pairs = |k: usize| vld2q_f64(from.add(2 * k).cast());
        let (a, b, c, d) = (pairs(0), pairs(1), pairs(2), pairs(3));
        [OctetNeon([a.0, b.0, c.0, d.0]), OctetNeon([a.1, b.1, c.1, d.1])]
    }
}

/// Four complex numbers in single precision.
#[derive(Clone, Copy)]
pub struct F32x8(float32x4_t, float32x4_t);

impl Vector for F32x8 {
    type Real = f32;
    /// The bytes of a half, and whether the halves change places.
    type Shuffle = (uint8x16_t, bool);
    type Octet = OctetNeon;
    const LOG: u32 = 2;
    const HELD: u32 = 5;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f32>) -> Self {
        F32x8(vld1q_f32(from.cast()), vld1q_f32(from.add(2).cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f32>) {
        vst1q_f32(to.cast(), self.0);
        vst1q_f32(to.add(2).cast(), self.1);
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        F32x8(vdupq_n_f32(x), vdupq_n_f32(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f32) -> Self {
        let signed = vsetq_lane_f32::<2>(-x, vsetq_lane_f32::<0>(-x, vdupq_n_f32(x)));
        F32x8(signed, signed)
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F32x8(vmulq_f32(self.0, b.0), vmulq_f32(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F32x8(vaddq_f32(self.0, b.0), vaddq_f32(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F32x8(vfmaq_f32(c.0, self.0, b.0), vfmaq_f32(c.1, self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        let (low, high) = (vfmsq_f32(c.0, self.0, b.0), vfmsq_f32(c.1, self.1, b.1));
        F32x8(vnegq_f32(low), vnegq_f32(high))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F32x8(vrev64q_f32(self.0), vrev64q_f32(self.1))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> (uint8x16_t, bool) {
        (exchange_halves(xor), xor & 2 != 0)
    }
    #[inline(always)]
    unsafe fn permute(self, (bytes, exchange): (uint8x16_t, bool)) -> Self {
        let move_bytes = |x| vreinterpretq_f32_u8(vqtbl1q_u8(vreinterpretq_u8_f32(x), bytes));
        let (low, high) = (move_bytes(self.0), move_bytes(self.1));
        if exchange { F32x8(high, low) } else { F32x8(low, high) }
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        let bit: [u32; 4] = [1, 1, 2, 2];
        let bits = vld1q_u32(bit.as_ptr());
        let (low, high) = (vdupq_n_u32(lanes), vdupq_n_u32(lanes >> 2));
        F32x8(
            vbslq_f32(vtstq_u32(low, bits), on.0, off.0),
            vbslq_f32(vtstq_u32(high, bits), on.1, off.1),
        )
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f32>) -> [OctetNeon; 2] {
        let (a, b) = (vld2q_f32(from.cast()), vld2q_f32(from.add(4).cast()));
        [OctetNeon::widen(a.0, b.0), OctetNeon::widen(a.1, b.1)]
    }
}

/// The bytes of a register whose halves change places where `xor` is odd.
#[inline(always)]
unsafe fn exchange_halves(xor: usize) -> uint8x16_t {
    let byte: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    veorq_u8(vld1q_u8(byte.as_ptr()), vdupq_n_u8(8 * (xor & 1) as u8))
}

/// Eight numbers in double precision: four registers.
#[derive(Clone, Copy)]
pub struct OctetNeon([float64x2_t; 4]);

impl OctetNeon {
    #[inline(always)]
    unsafe fn widen(low: float32x4_t, high: float32x4_t) -> Self {
        OctetNeon([
            vcvt_f64_f32(vget_low_f32(low)),
            vcvt_high_f64_f32(low),
            vcvt_f64_f32(vget_low_f32(high)),
            vcvt_high_f64_f32(high),
        ])
    }
}

/// An operation on the registers of two octets.
macro_rules! each {
    ($of:ident, $a:expr, $b:expr) => {{
        let ([a, b, c, d], [e, f, g, h]) = ($a.0, $b.0);
        OctetNeon([$of(a, e), $of(b, f), $of(c, g), $of(d, h)])
    }};
    ($of:ident, $a:expr, $b:expr, $c:expr) => {{
        let ([a, b, c, d], [e, f, g, h], [i, j, k, l]) = ($a.0, $b.0, $c.0);
        OctetNeon([$of(a, e, i), $of(b, f, j), $of(c, g, k), $of(d, h, l)])
    }};
}

impl Octet for OctetNeon {
    /// The bytes of a register, and what is exchanged of registers.
    type Shuffle = (uint8x16_t, usize);

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        let at = |k: usize| vld1q_f64(from.add(2 * k));
        OctetNeon([at(0), at(1), at(2), at(3)])
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        let [a, b, c, d] = self.0;
        vst1q_f64(to, a);
        vst1q_f64(to.add(2), b);
        vst1q_f64(to.add(4), c);
        vst1q_f64(to.add(6), d);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        OctetNeon([vdupq_n_f64(x); 4])
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        each!(vaddq_f64, self, b)
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        each!(vsubq_f64, self, b)
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        each!(vmulq_f64, self, b)
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        each!(vfmaq_f64, c, self, b)
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        each!(vmaxq_f64, self, b)
    }
    #[inline(always)]
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self {
        each!(vfmsq_f64, c, self, b)
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> (uint8x16_t, usize) {
        (exchange_halves(xor), xor >> 1 & 3)
    }
    #[inline(always)]
    unsafe fn permute(self, (bytes, exchange): (uint8x16_t, usize)) -> Self {
        let move_bytes = |x| vreinterpretq_f64_u8(vqtbl1q_u8(vreinterpretq_u8_f64(x), bytes));
        let [a, b, c, d] = self.0.map(move_bytes);
        OctetNeon(match exchange {
            0 => [a, b, c, d],
            1 => [b, a, d, c],
            2 => [c, d, a, b],
            _ => [d, c, b, a],
        })
    }
}

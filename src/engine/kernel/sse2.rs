//! The registers of SSE2, which every x86-64 processor has.

use super::octet::Octet;
use super::vector::Vector;
use num_complex::Complex;
use std::arch::x86_64::*;

/// One complex number in double precision.
#[derive(Clone, Copy)]
pub struct F64x2(__m128d);

impl Vector for F64x2 {
    type Real = f64;
    /// There is one lane.
    type Shuffle = ();
    type Octet = Octet128;
    const LOG: u32 = 0;
    const HELD: u32 = 3;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f64>) -> Self {
        F64x2(_mm_loadu_pd(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f64>) {
        _mm_storeu_pd(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        F64x2(_mm_set1_pd(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f64) -> Self {
        F64x2(_mm_setr_pd(-x, x))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F64x2(_mm_mul_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F64x2(_mm_add_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        self.mul(b).add(c)
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F64x2(_mm_sub_pd(_mm_mul_pd(self.0, b.0), c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F64x2(_mm_shuffle_pd::<0b01>(self.0, self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(_: usize) {}
    #[inline(always)]
    unsafe fn permute(self, (): ()) -> Self {
        self
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        if lanes & 1 == 1 { on } else { off }
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f64>) -> [Octet128; 2] {
        let at = |k: usize| _mm_loadu_pd(from.add(k).cast());
        let (a, b, c, d) = ((at(0), at(1)), (at(2), at(3)), (at(4), at(5)), (at(6), at(7)));
        [
            Octet128([
                _mm_unpacklo_pd(a.0, a.1),
                _mm_unpacklo_pd(b.0, b.1),
                _mm_unpacklo_pd(c.0, c.1),
                _mm_unpacklo_pd(d.0, d.1),
            ]),
            Octet128([
                _mm_unpackhi_pd(a.0, a.1),
                _mm_unpackhi_pd(b.0, b.1),
                _mm_unpackhi_pd(c.0, c.1),
                _mm_unpackhi_pd(d.0, d.1),
            ]),
        ]
    }
}

/// Two complex numbers in single precision.
#[derive(Clone, Copy)]
pub struct F32x4(__m128);

impl Vector for F32x4 {
    type Real = f32;
    /// Whether the lanes change places.
    type Shuffle = bool;
    type Octet = Octet128;
    const LOG: u32 = 1;
    const HELD: u32 = 4;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f32>) -> Self {
        F32x4(_mm_loadu_ps(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f32>) {
        _mm_storeu_ps(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        F32x4(_mm_set1_ps(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f32) -> Self {
        F32x4(_mm_setr_ps(-x, x, -x, x))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F32x4(_mm_mul_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F32x4(_mm_add_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        self.mul(b).add(c)
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F32x4(_mm_sub_ps(_mm_mul_ps(self.0, b.0), c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F32x4(_mm_shuffle_ps::<0b10_11_00_01>(self.0, self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> bool {
        xor != 0
    }
    #[inline(always)]
    unsafe fn permute(self, exchange: bool) -> Self {
        if exchange { F32x4(_mm_shuffle_ps::<0b01_00_11_10>(self.0, self.0)) } else { self }
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        let bits = _mm_setr_epi32(1, 1, 2, 2);
        let set = _mm_and_si128(_mm_set1_epi32(lanes as i32), bits);
        let mask = _mm_castsi128_ps(_mm_cmpeq_epi32(set, bits));
        F32x4(_mm_or_ps(_mm_and_ps(mask, on.0), _mm_andnot_ps(mask, off.0)))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f32>) -> [Octet128; 2] {
        const RE: i32 = 0b10_00_10_00;
        const IM: i32 = 0b11_01_11_01;
        let at = |k: usize| _mm_loadu_ps(from.add(2 * k).cast());
        let (a, b, c, d) = (at(0), at(1), at(2), at(3));
        [
            Octet128::widen(_mm_shuffle_ps::<RE>(a, b), _mm_shuffle_ps::<RE>(c, d)),
            Octet128::widen(_mm_shuffle_ps::<IM>(a, b), _mm_shuffle_ps::<IM>(c, d)),
        ]
    }
}

/// Eight numbers in double precision: four registers.
#[derive(Clone, Copy)]
pub struct Octet128([__m128d; 4]);

impl Octet128 {
    #[inline(always)]
    unsafe fn widen(low: __m128, high: __m128) -> Self {
        Octet128([
            _mm_cvtps_pd(low),
            _mm_cvtps_pd(_mm_movehl_ps(low, low)),
            _mm_cvtps_pd(high),
            _mm_cvtps_pd(_mm_movehl_ps(high, high)),
        ])
    }
}

/// An operation on the registers of two octets.
macro_rules! each {
    ($of:ident, $a:expr, $b:expr) => {{
        let ([a, b, c, d], [e, f, g, h]) = ($a.0, $b.0);
        Octet128([$of(a, e), $of(b, f), $of(c, g), $of(d, h)])
    }};
}

impl Octet for Octet128 {
    type Shuffle = usize;

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        let at = |k: usize| _mm_loadu_pd(from.add(2 * k));
        Octet128([at(0), at(1), at(2), at(3)])
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        let [a, b, c, d] = self.0;
        _mm_storeu_pd(to, a);
        _mm_storeu_pd(to.add(2), b);
        _mm_storeu_pd(to.add(4), c);
        _mm_storeu_pd(to.add(6), d);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Octet128([_mm_set1_pd(x); 4])
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        each!(_mm_add_pd, self, b)
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        each!(_mm_sub_pd, self, b)
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        each!(_mm_mul_pd, self, b)
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        self.mul(b).add(c)
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        each!(_mm_max_pd, self, b)
    }
    #[inline(always)]
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self {
        c.sub(self.mul(b))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> usize {
        xor
    }
    #[inline(always)]
    unsafe fn permute(self, xor: usize) -> Self {
        let swap = |x| _mm_shuffle_pd::<0b01>(x, x);
        let [a, b, c, d] = if xor & 1 == 0 {
            self.0
        } else {
            let [a, b, c, d] = self.0;
            [swap(a), swap(b), swap(c), swap(d)]
        };
        Octet128(match xor >> 1 & 3 {
            0 => [a, b, c, d],
            1 => [b, a, d, c],
            2 => [c, d, a, b],
            _ => [d, c, b, a],
        })
    }
}

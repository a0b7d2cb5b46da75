//! The registers of AVX2 and AVX-512.

use super::octet_x86::{Octet256, Octet512};
use super::vector::Vector;
use num_complex::Complex;
use std::arch::x86_64::*;

/// AVX2: two complex numbers in double precision.
#[derive(Clone, Copy)]
pub struct F64x4(__m256d);

impl Vector for F64x4 {
    type Real = f64;
    type Shuffle = __m256i;
    type Octet = Octet256;
    const LOG: u32 = 1;
    const HELD: u32 = 4;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f64>) -> Self {
        F64x4(_mm256_loadu_pd(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f64>) {
        _mm256_storeu_pd(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        F64x4(_mm256_set1_pd(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f64) -> Self {
        F64x4(_mm256_setr_pd(-x, x, -x, x))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F64x4(_mm256_mul_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F64x4(_mm256_add_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F64x4(_mm256_fmadd_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F64x4(_mm256_fmsub_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F64x4(_mm256_permute_pd::<0b0101>(self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> __m256i {
        // A lane is four 32-bit words; the only variable permutation of AVX2 is of such words.
        let words = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_xor_si256(words, _mm256_set1_epi32(4 * xor as i32))
    }
    #[inline(always)]
    unsafe fn permute(self, shuffle: __m256i) -> Self {
        F64x4(_mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(self.0), shuffle)))
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        let bits = _mm256_setr_epi64x(1, 1, 2, 2);
        let set = _mm256_and_si256(_mm256_set1_epi64x(i64::from(lanes)), bits);
        let mask = _mm256_cmpeq_epi64(set, bits);
        F64x4(_mm256_blendv_pd(off.0, on.0, _mm256_castsi256_pd(mask)))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f64>) -> [Octet256; 2] {
        let (low, high) = (split4(from.cast()), split4(from.cast::<f64>().add(8)));
        [Octet256(low.0, high.0), Octet256(low.1, high.1)]
    }
}

/// The real and the imaginary parts of four numbers.
#[inline(always)]
unsafe fn split4(from: *const f64) -> (__m256d, __m256d) {
    let (a, b) = (_mm256_loadu_pd(from), _mm256_loadu_pd(from.add(4)));
    let (re, im) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    (_mm256_permute4x64_pd::<0b11_01_10_00>(re), _mm256_permute4x64_pd::<0b11_01_10_00>(im))
}

/// Eight numbers in double precision.
#[inline(always)]
unsafe fn widen8(x: __m256) -> Octet256 {
    Octet256(
        _mm256_cvtps_pd(_mm256_castps256_ps128(x)),
        _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(x)),
    )
}

/// AVX2: four complex numbers in single precision.
#[derive(Clone, Copy)]
pub struct F32x8(__m256);

impl Vector for F32x8 {
    type Real = f32;
    type Shuffle = __m256i;
    type Octet = Octet256;
    const LOG: u32 = 2;
    const HELD: u32 = 5;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f32>) -> Self {
        F32x8(_mm256_loadu_ps(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f32>) {
        _mm256_storeu_ps(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        F32x8(_mm256_set1_ps(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f32) -> Self {
        F32x8(_mm256_setr_ps(-x, x, -x, x, -x, x, -x, x))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F32x8(_mm256_mul_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F32x8(_mm256_add_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F32x8(_mm256_fmadd_ps(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F32x8(_mm256_fmsub_ps(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F32x8(_mm256_permute_ps::<0b1011_0001>(self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> __m256i {
        let words = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_xor_si256(words, _mm256_set1_epi32(2 * xor as i32))
    }
    #[inline(always)]
    unsafe fn permute(self, shuffle: __m256i) -> Self {
        F32x8(_mm256_permutevar8x32_ps(self.0, shuffle))
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        let bits = _mm256_setr_epi32(1, 1, 2, 2, 4, 4, 8, 8);
        let set = _mm256_and_si256(_mm256_set1_epi32(lanes as i32), bits);
        let mask = _mm256_cmpeq_epi32(set, bits);
        F32x8(_mm256_blendv_ps(off.0, on.0, _mm256_castsi256_ps(mask)))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f32>) -> [Octet256; 2] {
        let (a, b) = (_mm256_loadu_ps(from.cast()), _mm256_loadu_ps(from.cast::<f32>().add(8)));
        // Pairs of parts from a and b in turn, then those of a before those of b.
        let re = _mm256_castps_pd(_mm256_shuffle_ps::<0b10_00_10_00>(a, b));
        let im = _mm256_castps_pd(_mm256_shuffle_ps::<0b11_01_11_01>(a, b));
        [
            widen8(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(re))),
            widen8(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(im))),
        ]
    }
}

/// Each bit of the low byte, twice.
#[inline(always)]
fn doubled(lanes: u32) -> u32 {
    let mut x = lanes;
    x = (x | x << 4) & 0x0f0f;
    x = (x | x << 2) & 0x3333;
    x = (x | x << 1) & 0x5555;
    x * 3
}

/// AVX-512: four complex numbers in double precision.
#[derive(Clone, Copy)]
pub struct F64x8(__m512d);

impl Vector for F64x8 {
    type Real = f64;
    type Shuffle = __m512i;
    type Octet = Octet512;
    const LOG: u32 = 2;
    const HELD: u32 = 6;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f64>) -> Self {
        F64x8(_mm512_loadu_pd(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f64>) {
        _mm512_storeu_pd(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        F64x8(_mm512_set1_pd(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f64) -> Self {
        F64x8(_mm512_mask_blend_pd(0b1010_1010, _mm512_set1_pd(-x), _mm512_set1_pd(x)))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F64x8(_mm512_mul_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F64x8(_mm512_add_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F64x8(_mm512_fmadd_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F64x8(_mm512_fmsub_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F64x8(_mm512_permute_pd::<0b0101_0101>(self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> __m512i {
        let words = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
        _mm512_xor_si512(words, _mm512_set1_epi64(2 * xor as i64))
    }
    #[inline(always)]
    unsafe fn permute(self, shuffle: __m512i) -> Self {
        F64x8(_mm512_permutexvar_pd(shuffle, self.0))
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        F64x8(_mm512_mask_blend_pd(doubled(lanes) as __mmask8, off.0, on.0))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f64>) -> [Octet512; 2] {
        let (a, b) = (_mm512_loadu_pd(from.cast()), _mm512_loadu_pd(from.cast::<f64>().add(8)));
        let re = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
        let im = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
        [Octet512(_mm512_permutex2var_pd(a, re, b)), Octet512(_mm512_permutex2var_pd(a, im, b))]
    }
}

/// AVX-512: eight complex numbers in single precision.
#[derive(Clone, Copy)]
pub struct F32x16(__m512);

impl Vector for F32x16 {
    type Real = f32;
    type Shuffle = __m512i;
    type Octet = Octet512;
    const LOG: u32 = 3;
    const HELD: u32 = 7;

    #[inline(always)]
    unsafe fn load(from: *const Complex<f32>) -> Self {
        F32x16(_mm512_loadu_ps(from.cast()))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<f32>) {
        _mm512_storeu_ps(to.cast(), self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        F32x16(_mm512_set1_ps(x))
    }
    #[inline(always)]
    unsafe fn splat_signed(x: f32) -> Self {
        F32x16(_mm512_mask_blend_ps(0xaaaa, _mm512_set1_ps(-x), _mm512_set1_ps(x)))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        F32x16(_mm512_mul_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        F32x16(_mm512_add_ps(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        F32x16(_mm512_fmadd_ps(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        F32x16(_mm512_fmsub_ps(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        F32x16(_mm512_permute_ps::<0b1011_0001>(self.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> __m512i {
        let words = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        _mm512_xor_si512(words, _mm512_set1_epi32(2 * xor as i32))
    }
    #[inline(always)]
    unsafe fn permute(self, shuffle: __m512i) -> Self {
        F32x16(_mm512_permutexvar_ps(shuffle, self.0))
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        F32x16(_mm512_mask_blend_ps(doubled(lanes) as __mmask16, off.0, on.0))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<f32>) -> [Octet512; 2] {
        let order = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
        let parts = _mm512_permutexvar_ps(order, _mm512_loadu_ps(from.cast()));
        [
            Octet512(_mm512_cvtps_pd(_mm512_castps512_ps256(parts))),
            Octet512(_mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(parts))),
        ]
    }
}

//! Octets in the registers of AVX2 and AVX-512.

use super::octet::Octet;
use std::arch::x86_64::*;

/// AVX2: two registers.
#[derive(Clone, Copy)]
pub struct Octet256(pub __m256d, pub __m256d);

impl Octet for Octet256 {
    /// The words of a half, and whether the halves change places.
    type Shuffle = (__m256i, bool);

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        Octet256(_mm256_loadu_pd(from), _mm256_loadu_pd(from.add(4)))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        _mm256_storeu_pd(to, self.0);
        _mm256_storeu_pd(to.add(4), self.1);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Octet256(_mm256_set1_pd(x), _mm256_set1_pd(x))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        Octet256(_mm256_add_pd(self.0, b.0), _mm256_add_pd(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        Octet256(_mm256_sub_pd(self.0, b.0), _mm256_sub_pd(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        Octet256(_mm256_mul_pd(self.0, b.0), _mm256_mul_pd(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        Octet256(_mm256_fmadd_pd(self.0, b.0, c.0), _mm256_fmadd_pd(self.1, b.1, c.1))
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        Octet256(_mm256_max_pd(self.0, b.0), _mm256_max_pd(self.1, b.1))
    }
    #[inline(always)]
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self {
        Octet256(_mm256_fnmadd_pd(self.0, b.0, c.0), _mm256_fnmadd_pd(self.1, b.1, c.1))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> (__m256i, bool) {
        // The only variable permutation of AVX2 is of 32-bit words.
        let words = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        (_mm256_xor_si256(words, _mm256_set1_epi32(2 * (xor & 3) as i32)), xor & 4 != 0)
    }
    #[inline(always)]
    unsafe fn permute(self, (words, exchange): (__m256i, bool)) -> Self {
        let low = _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(self.0), words));
        let high = _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(self.1), words));
        if exchange { Octet256(high, low) } else { Octet256(low, high) }
    }
}

/// AVX-512: one register.
#[derive(Clone, Copy)]
pub struct Octet512(pub __m512d);

impl Octet for Octet512 {
    type Shuffle = __m512i;

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        Octet512(_mm512_loadu_pd(from))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        _mm512_storeu_pd(to, self.0);
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Octet512(_mm512_set1_pd(x))
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        Octet512(_mm512_add_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        Octet512(_mm512_sub_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        Octet512(_mm512_mul_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        Octet512(_mm512_fmadd_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        Octet512(_mm512_max_pd(self.0, b.0))
    }
    #[inline(always)]
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self {
        Octet512(_mm512_fnmadd_pd(self.0, b.0, c.0))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> __m512i {
        let words = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
        _mm512_xor_si512(words, _mm512_set1_epi64((xor & 7) as i64))
    }
    #[inline(always)]
    unsafe fn permute(self, shuffle: __m512i) -> Self {
        Octet512(_mm512_permutexvar_pd(shuffle, self.0))
    }
}

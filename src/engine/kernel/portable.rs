//! The register every machine has: one complex number.

use super::real::Real;
use super::vector::Vector;
use num_complex::Complex;

/// One complex number as a register with one lane.
#[derive(Clone, Copy)]
pub struct One<T>(Complex<T>);

impl<T: Real> Vector for One<T> {
    type Real = T;
    type Shuffle = ();
    const LOG: u32 = 0;

    #[inline(always)]
    unsafe fn load(from: *const Complex<T>) -> Self {
        One(*from)
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<T>) {
        *to = self.0;
    }
    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        One(Complex { re: x, im: x })
    }
    #[inline(always)]
    unsafe fn splat_signed(x: T) -> Self {
        One(Complex { re: -x, im: x })
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        One(Complex { re: self.0.re * b.0.re, im: self.0.im * b.0.im })
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        // Not fused: without FMA in hardware a fused operation is a slow library call.
        One(Complex { re: self.0.re * b.0.re + c.0.re, im: self.0.im * b.0.im + c.0.im })
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        One(Complex { re: self.0.im, im: self.0.re })
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
}

//! The registers of targets that have none here: arrays that the compiler maps to what there is.

use super::octet::Octet;
use super::real::Real;
use super::vector::Vector;
use num_complex::Complex;
use std::array::from_fn;

/// Four complex numbers: wide enough that what a walk costs for each register is small.
#[derive(Clone, Copy)]
pub struct Array<T>([Complex<T>; 4]);

impl<T: Real> Array<T> {
    #[inline(always)]
    fn map2(self, b: Self, of: impl Fn(T, T) -> T) -> Self {
        let (a, b) = (self.0, b.0);
        Array(from_fn(|i| Complex { re: of(a[i].re, b[i].re), im: of(a[i].im, b[i].im) }))
    }

    #[inline(always)]
    fn map3(self, b: Self, c: Self, of: impl Fn(T, T, T) -> T) -> Self {
        let (a, b, c) = (self.0, b.0, c.0);
        Array(from_fn(|i| Complex {
            re: of(a[i].re, b[i].re, c[i].re),
            im: of(a[i].im, b[i].im, c[i].im),
        }))
    }
}

impl<T: Real> Vector for Array<T> {
    type Real = T;
    type Shuffle = usize;
    type Octet = Eight;
    const LOG: u32 = 2;
    const HELD: u32 = 4;

    #[inline(always)]
    unsafe fn load(from: *const Complex<T>) -> Self {
        Array(*from.cast())
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut Complex<T>) {
        *to.cast() = self.0;
    }
    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Array([Complex { re: x, im: x }; 4])
    }
    #[inline(always)]
    unsafe fn splat_signed(x: T) -> Self {
        Array([Complex { re: -x, im: x }; 4])
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        self.map2(b, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        self.map2(b, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        self.map3(b, c, T::mul_add)
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        self.map3(b, c, |a, b, c| a.mul_add(b, -c))
    }
    #[inline(always)]
    unsafe fn swap_parts(self) -> Self {
        Array(self.0.map(|z| Complex { re: z.im, im: z.re }))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> usize {
        xor
    }
    #[inline(always)]
    unsafe fn permute(self, xor: usize) -> Self {
        let [a, b, c, d] = self.0;
        Array(match xor {
            0 => [a, b, c, d],
            1 => [b, a, d, c],
            2 => [c, d, a, b],
            _ => [d, c, b, a],
        })
    }
    #[inline(always)]
    unsafe fn blend(lanes: u32, off: Self, on: Self) -> Self {
        Array(from_fn(|i| if lanes >> i & 1 == 1 { on.0[i] } else { off.0[i] }))
    }
    #[inline(always)]
    unsafe fn split(from: *const Complex<T>) -> [Eight; 2] {
        let mut parts = [[0.0; 8]; 2];
        for i in 0..8 {
            let a = *from.add(i);
            parts[0][i] = a.re.to_f64();
            parts[1][i] = a.im.to_f64();
        }
        parts.map(Eight)
    }
}

/// Eight numbers.
#[derive(Clone, Copy)]
pub struct Eight(pub [f64; 8]);

impl Eight {
    #[inline(always)]
    fn zip(self, b: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        Eight(from_fn(|i| of(self.0[i], b.0[i])))
    }
}

impl Octet for Eight {
    type Shuffle = usize;

    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        Eight(*from.cast())
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        *to.cast() = self.0;
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        Eight([x; 8])
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        self.zip(b, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        self.zip(b, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        self.zip(b, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        Eight(from_fn(|i| Real::mul_add(self.0[i], b.0[i], c.0[i])))
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        self.zip(b, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn mul_sub_from(self, b: Self, c: Self) -> Self {
        Eight(from_fn(|i| Real::mul_add(-self.0[i], b.0[i], c.0[i])))
    }
    #[inline(always)]
    unsafe fn shuffle(xor: usize) -> usize {
        xor
    }
    #[inline(always)]
    unsafe fn permute(self, xor: usize) -> Self {
        Eight(from_fn(|i| self.0[(i ^ xor) & 7]))
    }
}

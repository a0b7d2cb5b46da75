//! Matrices on a few bits, prepared for registers.

use super::isa::instantiate;
use super::parallel::Shared;
use super::vector::{all, matching_lanes};
use super::{Vector, cast};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;

/// Most bits of a matrix that is prepared.
pub const MOST: usize = 5;

/// Where the amplitudes are that a 2^k × 2^k matrix mixes, and in which order its coefficients are
/// laid out.
///
/// Of the k targets, some select registers and the others lanes. With h, g over the former (high)
/// and b, d over the latter (low) bits of a matrix index,
///
/// ```text
/// out[h] = Σ_g Σ_d C[h, g, d] · (lanes of in[g] exchanged by d)
/// C[h, g, d] in a lane whose low bits are b = M[(h, b), (g, b ^ d)]
/// ```
///
/// A coefficient is two registers in memory, (re, re) and (im, -im) a lane: the products with each
/// are added up apart along a row, and parts are exchanged once at its end ([`Sum`]).
pub struct Matrix {
    /// Amplitudes that differ in these bits of a register's number are mixed, or have controls.
    pub fixed: usize,
    /// The controls' values among them.
    pub value: usize,
    /// What h adds to an index.
    pub offsets: SmallVec<[usize; 4]>,
    /// The exchange of lanes by d. The low targets ascend, so that it is d where all lanes are mixed.
    pub exchanges: SmallVec<[usize; 4]>,
    /// The bits of a matrix index that h and d have.
    high: SmallVec<[usize; 4]>,
    low: SmallVec<[usize; 4]>,
    /// The controls that are lanes: mask, value.
    lanes: (usize, usize),
}

impl Matrix {
    /// On up to [`MOST`] bits, for registers of 2^`log` amplitudes.
    pub fn new(log: u32, targets: &[u32], select: ControlMask) -> Self {
        let mut positions: SmallVec<[usize; MOST]> = (0..targets.len()).collect();
        positions.sort_unstable_by_key(|&p| targets[p]);
        let split = positions.iter().take_while(|&&p| targets[p] < log).count();
        let (low, high) = positions.split_at(split);
        // The sums over all subsets of some bits.
        let subsets = |bits: &mut dyn Iterator<Item = usize>| {
            let mut sums: SmallVec<[usize; 4]> = SmallVec::from_slice(&[0]);
            for bit in bits {
                for k in 0..sums.len() {
                    sums.push(sums[k] | bit);
                }
            }
            sums
        };
        let offsets = subsets(&mut high.iter().map(|&p| 1 << targets[p]));
        let (mask, value) = (select.mask as usize, select.value as usize);
        let inside = (1 << log) - 1;
        Matrix {
            fixed: (mask | offsets[offsets.len() - 1]) >> log,
            value: value >> log,
            offsets,
            exchanges: subsets(&mut low.iter().map(|&p| 1 << targets[p])),
            high: subsets(&mut high.iter().map(|&p| 1 << p)),
            low: subsets(&mut low.iter().map(|&p| 1 << p)),
            lanes: (mask & inside, value & inside),
        }
    }

    /// Coefficients of a row.
    pub fn columns(&self) -> usize {
        self.offsets.len() * self.exchanges.len()
    }

    /// Amplitudes' worth of memory that the coefficients take.
    pub fn memory(&self, log: u32) -> usize {
        (2 * self.offsets.len() * self.columns()) << log
    }
}

instantiate! {
    /// Writes the coefficients of a matrix (row-major) to memory for them.
    pub(super) prepare = prepare_generic(matrix: &Matrix, m: &[Complex64], to: Shared<T>)
}

#[inline(always)]
unsafe fn prepare_generic<V: Vector>(matrix: &Matrix, m: &[Complex64], to: Shared<V::Real>) {
    let side = 1usize << (matrix.columns().ilog2());
    let mixed = matrix.exchanges[matrix.exchanges.len() - 1];
    let chosen = matching_lanes::<V>(matrix.lanes.0, matrix.lanes.1);
    let mut at = to.get();
    for &h in &matrix.high {
        for &g in &matrix.high {
            for &d in &matrix.low {
                let entry = |b: usize| cast(m[(h | b) * side + (g | (b ^ d))]);
                let mut c = parts::<V>(entry(0));
                for (&b, &lanes) in matrix.low.iter().zip(&matrix.exchanges).skip(1) {
                    let lanes = matching_lanes::<V>(mixed, lanes);
                    c = blend(lanes, c, parts(entry(b)));
                }
                if chosen != all::<V>() {
                    let identity = f64::from(u8::from(h == g && d == 0));
                    c = blend(chosen, parts(cast(identity.into())), c);
                }
                for part in c {
                    part.store(at);
                    at = at.add(1 << V::LOG);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn parts<V: Vector>(z: Complex<V::Real>) -> [V; 2] {
    [V::splat(z.re), V::splat_signed(-z.im)]
}

#[inline(always)]
unsafe fn blend<V: Vector>(lanes: u32, off: [V; 2], on: [V; 2]) -> [V; 2] {
    [V::blend(lanes, off[0], on[0]), V::blend(lanes, off[1], on[1])]
}

/// A sum of coefficients times amplitudes, of several registers of amplitudes with the same
/// coefficients, so that each is loaded once for all.
#[derive(Clone, Copy)]
pub struct Sum<V, const N: usize> {
    re: [V; N],
    im: [V; N],
}

impl<V: Vector, const N: usize> Sum<V, N> {
    /// The first product.
    #[inline(always)]
    pub unsafe fn new(coefficient: *const Complex<V::Real>, a: [V; N]) -> Self {
        let [re, im] = load::<V>(coefficient);
        let mut sum = Sum { re: a, im: a };
        for n in 0..N {
            sum.re[n] = re.mul(a[n]);
            sum.im[n] = im.mul(a[n]);
        }
        sum
    }

    /// Adds a product.
    #[inline(always)]
    pub unsafe fn add(&mut self, coefficient: *const Complex<V::Real>, a: [V; N]) {
        let [re, im] = load::<V>(coefficient);
        for n in 0..N {
            self.re[n] = re.mul_add(a[n], self.re[n]);
            self.im[n] = im.mul_add(a[n], self.im[n]);
        }
    }

    /// The first product, of a real coefficient; for [`add_real`](Self::add_real) alone.
    #[inline(always)]
    pub unsafe fn new_real(coefficient: *const Complex<V::Real>, a: [V; N]) -> Self {
        let re = V::load(coefficient);
        let mut sum = Sum { re: a, im: a };
        for n in 0..N {
            sum.re[n] = re.mul(a[n]);
        }
        sum
    }

    /// Adds a product with a real coefficient.
    #[inline(always)]
    pub unsafe fn add_real(&mut self, coefficient: *const Complex<V::Real>, a: [V; N]) {
        let re = V::load(coefficient);
        for n in 0..N {
            self.re[n] = re.mul_add(a[n], self.re[n]);
        }
    }

    /// The sums of products with real coefficients.
    #[inline(always)]
    pub fn done_real(self) -> [V; N] {
        self.re
    }

    /// The sums.
    #[inline(always)]
    pub unsafe fn done(self) -> [V; N] {
        let mut sums = self.re;
        for n in 0..N {
            sums[n] = self.re[n].add(self.im[n].swap_parts());
        }
        sums
    }
}

#[inline(always)]
unsafe fn load<V: Vector>(coefficient: *const Complex<V::Real>) -> [V; 2] {
    [V::load(coefficient), V::load(coefficient.add(1 << V::LOG))]
}

//! A few real vectors side by side, and what a search for eigenvectors does with them.

use super::columns::{AddCombinations, Distances, Products, run};
use crate::engine::Reals;
use crate::error::Result;
use crate::math::{check_memory, too_large};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// log2 of the numbers of a vector that lie together.
pub(super) const RUN_LOG: usize = 11;
/// Zeros after as many: without them all partners of a run would be in the same lines of a cache.
const PAD: usize = 8;
/// Bytes from which on work is shared out among threads.
const LARGE: usize = 1 << 18;
/// The least share of a vector that is outside of the space of those before it, for inverses of
/// inner products: their rounding errors grow with its inverse square.
const INDEPENDENT: f64 = 1e-3;

/// `count` vectors of 2^k numbers, in tiles: a run of the first vector, the same run of the second, and
/// so on, with zeros after each long run. Sums are made tile by tile in order, so that the bits do not
/// depend on the threads.
#[derive(Debug)]
pub(super) struct Block {
    pub data: Reals,
    pub count: usize,
    dimension: usize,
    /// Numbers of a vector in a tile.
    pub run: usize,
    /// From a vector to the next in a tile: a run, and zeros.
    pub stride: usize,
}

impl Block {
    /// Zero vectors.
    pub fn zeros(count: usize, dimension: usize) -> Result<Self> {
        let run = dimension.min(1 << RUN_LOG);
        let stride = if dimension > run { run + PAD } else { run };
        let len = dimension / run * stride * count;
        let what = "the vectors of a spectrum";
        let needed = 8 * len as u128;
        let advice = |_| (None, "ask for fewer levels, or of fewer spins".into());
        check_memory(what, needed, advice)?;
        let data = Reals::zeroed(len).ok_or_else(|| too_large(what, needed, advice))?;
        Ok(Block { data, count, dimension, run, stride })
    }

    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Numbers in a tile.
    pub fn tile(&self) -> usize {
        self.count * self.stride
    }

    fn is_large(&self) -> bool {
        size_of_val(&*self.data) >= LARGE
    }

    /// The place of entry `index` of vector `k`.
    pub fn place(&self, k: usize, index: usize) -> usize {
        index / self.run * self.tile() + k * self.stride + index % self.run
    }

    /// Copies the vectors of a block of the same shape.
    pub fn copy_from(&mut self, from: &Block) {
        let tile = self.tile();
        self.for_tiles(|c, to| to.copy_from_slice(&from.data[c * tile..][..tile]));
    }

    /// Calls `each` with the number of a tile and the tile.
    pub fn for_tiles(&mut self, each: impl Fn(usize, &mut [f64]) + Sync + Send) {
        let (tile, large) = (self.tile(), self.is_large());
        if large {
            self.data.par_chunks_mut(tile).enumerate().for_each(|(c, tile)| each(c, tile));
        } else {
            self.data.chunks_mut(tile).enumerate().for_each(|(c, tile)| each(c, tile));
        }
    }

    /// Σ over tiles of the `len` numbers that `each` makes of a tile of this block and one of another.
    fn sums(
        &self,
        other: &Block,
        len: usize,
        each: impl Fn(&[f64], &[f64], &mut [f64]) + Sync + Send,
    ) -> Vec<f64> {
        let tile = |(a, b): (&[f64], &[f64])| {
            let mut sums = vec![0.0; len];
            each(a, b, &mut sums);
            sums
        };
        let (x, y) = (&self.data, &other.data);
        let parts: Vec<Vec<f64>> = if self.is_large() {
            x.par_chunks(self.tile()).zip(y.par_chunks(other.tile())).map(tile).collect()
        } else {
            x.chunks(self.tile()).zip(y.chunks(other.tile())).map(tile).collect()
        };
        let mut total = vec![0.0; len];
        for part in parts {
            total.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
        total
    }

    /// The inner products of vector `k` with those before it and itself.
    fn products_before(&self, k: usize) -> Vec<f64> {
        let len = self.stride;
        self.sums(self, k + 1, |tile, _, out| {
            let (left, right) = (&tile[..(k + 1) * len], &tile[k * len..][..len]);
            run(Products { left, right, len, out });
        })
    }

    /// The matrix of inner products with the vectors of another block.
    pub fn products(&self, other: &Block) -> DMatrix<f64> {
        let (len, count) = (self.stride, other.count);
        let sums = self.sums(other, self.count * count, |left, right, out| {
            run(Products { left, right, len, out });
        });
        DMatrix::from_row_slice(self.count, count, &sums)
    }

    /// Makes the vectors orthonormal in order. One that is in the space of those before it becomes
    /// `replace(k)`.
    pub fn orthonormalize(&mut self, replace: impl FnMut(&mut Block, usize)) {
        // The second time makes up for the rounding of the first (Yamamoto, Nakatsukasa, Yanagisawa
        // and Fukaya, Electron. Trans. Numer. Anal. 44, 306 (2015)).
        for _ in 0..2 {
            let Some(inverse) = inverse_factor(&self.products(self)) else {
                return self.orthonormalize_one_by_one(replace);
            };
            self.rotate(&inverse);
        }
    }

    /// Each vector projected twice (Giraud et al., Numer. Math. 101, 87 (2005)).
    fn orthonormalize_one_by_one(&mut self, mut replace: impl FnMut(&mut Block, usize)) {
        let len = self.stride;
        for k in 0..self.count {
            let mut attempts = 0;
            loop {
                let before = self.products_before(k)[k].sqrt();
                self.scale(k, 1.0 / before);
                let mut left = 1.0;
                for _ in 0..2 {
                    let mut coefficients = self.products_before(k);
                    coefficients.truncate(k);
                    coefficients.iter_mut().for_each(|c| *c = -*c);
                    self.for_tiles(|_, tile| {
                        let (from, rest) = tile.split_at_mut(k * len);
                        let to = &mut rest[..len];
                        run(AddCombinations { from, to, len, coefficients: &coefficients });
                    });
                    left = self.products_before(k)[k].sqrt();
                }
                if left > 1e-10 && before.is_finite() {
                    self.scale(k, 1.0 / left);
                    break;
                }
                attempts += 1;
                if attempts > 8 {
                    // The space has no more dimensions.
                    self.scale(k, 0.0);
                    break;
                }
                replace(self, k);
            }
        }
    }

    fn scale(&mut self, k: usize, factor: f64) {
        let len = self.stride;
        self.for_tiles(|_, tile| {
            let numbers = tile[k * len..][..len].iter_mut();
            numbers.for_each(|x| *x = if factor == 0.0 { 0.0 } else { *x * factor });
        });
    }

    /// Vector j becomes Σ_i vector i · matrix_ij.
    pub fn rotate(&mut self, matrix: &DMatrix<f64>) {
        let len = self.stride;
        let coefficients: Vec<f64> = matrix.transpose().iter().copied().collect();
        self.for_tiles(|_, tile| {
            let before = tile.to_vec();
            tile.fill(0.0);
            run(AddCombinations { from: &before, to: tile, len, coefficients: &coefficients });
        });
    }

    /// Adds to vector j Σ_i vector i of another block of the same shape · matrix_ij.
    pub fn add_combinations(&mut self, other: &Block, matrix: &DMatrix<f64>) {
        let (len, size) = (self.stride, self.tile());
        let coefficients: Vec<f64> = matrix.transpose().iter().copied().collect();
        self.for_tiles(|c, to| {
            let from = &other.data[c * size..][..size];
            run(AddCombinations { from, to, len, coefficients: &coefficients });
        });
    }

    /// ‖other_k - value_k · vector_k‖ for each vector.
    pub fn distances(&self, other: &Block, values: &[f64]) -> Vec<f64> {
        let len = self.stride;
        let squares = self.sums(other, self.count, |x, y, out| {
            run(Distances { x, y, len, values, out });
        });
        squares.into_iter().map(f64::sqrt).collect()
    }
}

/// R⁻¹ of the QR decomposition of vectors with these inner products, R'R; `None` where a vector is too
/// close to the space of those before it.
fn inverse_factor(products: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let norms = products.diagonal().map(f64::sqrt);
    if !norms.iter().all(|norm| norm.is_normal()) {
        return None;
    }
    let scaled =
        DMatrix::from_fn(norms.len(), norms.len(), |i, j| products[(i, j)] / norms[i] / norms[j]);
    let factor = scaled.cholesky()?.unpack();
    if factor.diagonal().iter().any(|left| *left < INDEPENDENT) {
        return None;
    }
    let mut inverse = DMatrix::from_diagonal(&norms.map(f64::recip));
    inverse *= factor.transpose().try_inverse()?;
    Some(inverse)
}

//! A few real vectors side by side, and what a search for eigenvectors does with them.

use crate::error::Result;
use crate::math::list_of;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// log2 of the numbers of a vector that lie together.
pub(super) const RUN_LOG: usize = 11;
/// Bytes from which on work is shared out among threads.
const LARGE: usize = 1 << 18;

/// `count` vectors of 2^k numbers, in tiles: a run of the first vector, the same run of the second, and
/// so on. Sums are made tile by tile in order, so that the bits do not depend on the threads.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub data: Vec<f64>,
    pub count: usize,
    /// Numbers of a vector in a tile.
    pub run: usize,
}

impl Block {
    /// Zero vectors.
    pub fn zeros(count: usize, dimension: usize) -> Result<Self> {
        let hint = "ask for fewer levels, or of fewer spins";
        let mut data = list_of("the vectors of a spectrum", count * dimension, hint)?;
        data.resize(count * dimension, 0.0);
        Ok(Block { data, count, run: dimension.min(1 << RUN_LOG) })
    }

    pub fn dimension(&self) -> usize {
        self.data.len() / self.count
    }

    /// Numbers in a tile.
    pub fn tile(&self) -> usize {
        self.count * self.run
    }

    pub fn is_large(&self) -> bool {
        size_of_val(self.data.as_slice()) >= LARGE
    }

    /// The place of entry `index` of vector `k`.
    pub fn place(&self, k: usize, index: usize) -> usize {
        index / self.run * self.tile() + k * self.run + index % self.run
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
        let run = self.run;
        self.sums(self, k + 1, |tile, _, sums| {
            let last = &tile[k * run..][..run];
            sums.iter_mut().zip(tile.chunks(run)).for_each(|(sum, x)| *sum = dot(x, last));
        })
    }

    /// The matrix of inner products with the vectors of another block.
    pub fn products(&self, other: &Block) -> DMatrix<f64> {
        let (run, count) = (self.run, other.count);
        let sums = self.sums(other, self.count * count, |a, b, sums| {
            for (i, x) in a.chunks(run).enumerate() {
                for (j, y) in b.chunks(run).enumerate() {
                    sums[i * count + j] = dot(x, y);
                }
            }
        });
        DMatrix::from_row_slice(self.count, count, &sums)
    }

    /// Makes the vectors orthonormal in order, each projected twice (Giraud et al., Numer. Math. 101,
    /// 87 (2005)). One that is in the space of those before it becomes `replace(k)`.
    pub fn orthonormalize(&mut self, mut replace: impl FnMut(&mut Block, usize)) {
        let run = self.run;
        for k in 0..self.count {
            let mut attempts = 0;
            loop {
                let before = self.products_before(k)[k].sqrt();
                self.scale(k, 1.0 / before);
                let mut left = 1.0;
                for _ in 0..2 {
                    let products = self.products_before(k);
                    self.for_tiles(|_, tile| {
                        let (earlier, rest) = tile.split_at_mut(k * run);
                        let last = &mut rest[..run];
                        for (x, c) in earlier.chunks(run).zip(&products) {
                            last.iter_mut().zip(x).for_each(|(y, x)| *y -= c * x);
                        }
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
        let run = self.run;
        self.for_tiles(|_, tile| {
            let numbers = tile[k * run..][..run].iter_mut();
            numbers.for_each(|x| *x = if factor == 0.0 { 0.0 } else { *x * factor });
        });
    }

    /// Vector j becomes Σ_i vector i · matrix_ij.
    pub fn rotate(&mut self, matrix: &DMatrix<f64>) {
        let (run, count) = (self.run, self.count);
        self.for_tiles(|_, tile| {
            let mut row = vec![0.0; count];
            for k in 0..run {
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = (0..count).map(|i| tile[i * run + k] * matrix[(i, j)]).sum();
                }
                row.iter().enumerate().for_each(|(j, x)| tile[j * run + k] = *x);
            }
        });
    }

    /// ‖other_k - value_k · vector_k‖ for each vector.
    pub fn distances(&self, other: &Block, values: &[f64]) -> Vec<f64> {
        let run = self.run;
        let squares = self.sums(other, self.count, |a, b, sums| {
            let pairs = a.chunks(run).zip(b.chunks(run)).zip(values);
            for (sum, ((x, y), value)) in sums.iter_mut().zip(pairs) {
                *sum = x.iter().zip(y).map(|(x, y)| (y - value * x).powi(2)).sum();
            }
        });
        squares.into_iter().map(f64::sqrt).collect()
    }
}

/// Four sums at a time, which registers hold.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (x4, y4) = (x.chunks_exact(4), y.chunks_exact(4));
    let rest: f64 = x4.remainder().iter().zip(y4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in x4.zip(y4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

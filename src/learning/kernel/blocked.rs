//! Products of all pairs of states, block by block.
//!
//! States come in blocks of a fixed number of rows, and the products of two blocks are one *tile* of
//! the kernel: a task of one thread, by real matrix products. With a = a' + i a'' and b likewise,
//! ⟨a|b⟩ = (P + Q) + i (R + P - Q), P = a'·b', Q = a''·b'', R = (a' + a'')·(b'' - b'): three real
//! products in place of four (Gauss), which took 0.8 of the time of four and 0.7 of that of one complex
//! product (128 rows of 1024 numbers, AVX2: 42 GFlop/s a thread). Sizes of blocks and of what is multiplied at once depend on the
//! length of a state alone, so the bits of an entry depend neither on threads nor on memory.
//!
//! Where the states of all rows do not fit, as many blocks as do are held, the others are made again
//! and go past them: with g of b blocks held at a time, each row is made about (b/g + 1)/2 times.

use super::checks::table;
use crate::error::{Error, Result};
use crate::math::{Watch, available_memory, for_each_in_order, threads};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Zip, s};
use num_complex::Complex64;
use std::ops::Range;

/// Most rows of a block.
const BLOCK: usize = 128;
/// Most numbers of a block: 256 MiB.
const BLOCK_NUMBERS: usize = 1 << 24;
/// Numbers of a state that are multiplied at once: sums of parts stay in the cache.
const AT_ONCE: usize = 1 << 10;

/// What a pair of states a, b has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    /// |⟨a|b⟩|², at most 1, and 1 of a state with itself.
    Fidelity,
    /// Re ⟨a|b⟩
    Real,
}

/// How the products of all pairs are made.
pub(super) struct Blocked<'w> {
    pub product: Product,
    /// Numbers of a state.
    pub len: usize,
    /// Bytes that states may take; half of what is available unless said.
    pub budget: Option<u128>,
    pub watch: &'w Watch,
}

/// One tile, and the states of its rows and columns.
struct Tile<'t> {
    out: ArrayViewMut2<'t, f64>,
    rows: ArrayView2<'t, Complex64>,
    columns: ArrayView2<'t, Complex64>,
}

/// States × their numbers.
type States = Array2<Complex64>;

impl Blocked<'_> {
    /// Of all pairs of `count` states: symmetric. `states` makes those of a range of rows, the same
    /// each time.
    pub fn matrix(
        &self,
        count: usize,
        states: impl Fn(Range<usize>) -> Result<States>,
    ) -> Result<Array2<f64>> {
        let block = self.block();
        let mut out = table(count, count)?;
        let blocks = count.div_ceil(block);
        let (hold, pass) = self.room(blocks, 0);
        let range = |first: usize, last: usize| first * block..(last * block).min(count);
        let mut tiles = tiles(out.view_mut(), block);
        for first in (0..blocks).step_by(hold) {
            let last = (first + hold).min(blocks);
            let held = states(range(first, last))?;
            let pairs = (first..last).flat_map(|i| (i..last).map(move |j| (i, j)));
            self.fill(&mut tiles, pairs, (&held, first), (&held, first))?;
            for next in (last..blocks).step_by(pass) {
                let end = (next + pass).min(blocks);
                let passing = states(range(next, end))?;
                let pairs = (first..last).flat_map(|i| (next..end).map(move |j| (i, j)));
                self.fill(&mut tiles, pairs, (&held, first), (&passing, next))?;
            }
        }
        drop(tiles);
        if self.product == Product::Fidelity {
            out.diag_mut().fill(1.0);
        }
        mirror(&mut out);
        Ok(out)
    }

    /// Of `counts[0]` states by `counts[1]` others.
    pub fn cross(
        &self,
        counts: [usize; 2],
        rows: impl Fn(Range<usize>) -> Result<States>,
        columns: impl Fn(Range<usize>) -> Result<States>,
    ) -> Result<Array2<f64>> {
        let block = self.block();
        let mut out = table(counts[0], counts[1])?;
        let blocks = counts.map(|count| count.div_ceil(block));
        let (hold, pass) = self.room(blocks[0], blocks[1]);
        let range = |side: usize, first: usize, last: usize| {
            first * block..(last * block).min(counts[side])
        };
        let mut tiles = tiles(out.view_mut(), block);
        for first in (0..blocks[0]).step_by(hold) {
            let last = (first + hold).min(blocks[0]);
            let held = rows(range(0, first, last))?;
            for next in (0..blocks[1]).step_by(pass) {
                let end = (next + pass).min(blocks[1]);
                let passing = columns(range(1, next, end))?;
                let pairs = (first..last).flat_map(|i| (next..end).map(move |j| (i, j)));
                self.fill(&mut tiles, pairs, (&held, first), (&passing, next))?;
            }
        }
        drop(tiles);
        Ok(out)
    }

    /// Rows of a block.
    fn block(&self) -> usize {
        (BLOCK_NUMBERS / self.len.max(1)).clamp(1, BLOCK)
    }

    /// How many blocks are held, and how many go past them at a time: all where there is room, and
    /// at least one of each. `others` are those on the other side, 0 if both sides are the same.
    fn room(&self, blocks: usize, others: usize) -> (usize, usize) {
        let bytes = 16 * self.block() as u128 * self.len as u128;
        let budget = self.budget.unwrap_or_else(|| available_memory().map_or(u128::MAX, |b| b / 2));
        let fit = usize::try_from(budget / bytes.max(1)).unwrap_or(usize::MAX);
        if fit >= blocks.saturating_add(others) {
            return (blocks.max(1), others.max(1));
        }
        let pass = (fit / 4).clamp(1, blocks.max(others));
        (fit.saturating_sub(pass).clamp(1, blocks), pass)
    }

    /// Fills the tiles of these pairs of blocks; states are those from a block on.
    fn fill<'t>(
        &self,
        tiles: &mut [Vec<Option<ArrayViewMut2<'t, f64>>>],
        pairs: impl Iterator<Item = (usize, usize)>,
        rows: (&States, usize),
        columns: (&States, usize),
    ) -> Result<()> {
        let block = self.block();
        let of = |(states, first): (&'_ States, usize), number: usize| {
            let begin = (number - first) * block;
            begin..(begin + block).min(states.nrows())
        };
        let tasks: Vec<Tile> = pairs
            .filter_map(|(i, j)| {
                let out = tiles[i][j].take()?;
                let rows = rows.0.slice(s![of(rows, i), ..]);
                let columns = columns.0.slice(s![of(columns, j), ..]);
                Some(Tile { out, rows, columns })
            })
            .collect();
        let mut workers: Vec<Scratch> =
            (0..threads().min(tasks.len()).max(1)).map(|_| Scratch::default()).collect();
        // Progress is counted in rows simulated.
        let watch = Watch::default();
        let items = (tasks.len(), tasks.into_iter());
        let finished = for_each_in_order(&mut workers, items, 1, &watch, |scratch, _, tile| {
            self.watch.check()?;
            scratch.fill(self.product, tile);
            Ok(())
        })?;
        if finished.contains(&false) { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// What is below the diagonal becomes what is above it.
fn mirror(out: &mut Array2<f64>) {
    /// Rows and columns at a time, so that both sides stay in the cache.
    const SIDE: usize = 64;
    let count = out.nrows();
    for first in (0..count).step_by(SIDE) {
        for left in (0..=first).step_by(SIDE) {
            for i in first..(first + SIDE).min(count) {
                for j in left..(left + SIDE).min(i) {
                    out[[i, j]] = out[[j, i]];
                }
            }
        }
    }
}

/// The matrix cut into tiles of `block` rows and columns, each to be taken once.
fn tiles(out: ArrayViewMut2<'_, f64>, block: usize) -> Vec<Vec<Option<ArrayViewMut2<'_, f64>>>> {
    cut(out, Axis(0), block)
        .into_iter()
        .map(|rows| cut(rows, Axis(1), block).into_iter().map(Some).collect())
        .collect()
}

fn cut(mut rest: ArrayViewMut2<'_, f64>, axis: Axis, size: usize) -> Vec<ArrayViewMut2<'_, f64>> {
    let mut parts = Vec::new();
    while rest.len_of(axis) > size {
        let (part, others) = rest.split_at(axis, size);
        parts.push(part);
        rest = others;
    }
    parts.push(rest);
    parts
}

/// A thread's memory.
#[derive(Default)]
struct Scratch {
    products: [Vec<f64>; 3],
    sums: [Vec<f64>; 2],
}

impl Scratch {
    fn fill(&mut self, product: Product, tile: Tile) {
        let (m, n) = tile.out.dim();
        let len = tile.rows.ncols();
        let [p, q, r] = &mut self.products;
        let [mut p, mut q, mut r] = [p, q, r].map(|numbers| zeros(numbers, m, n));
        for begin in (0..len).step_by(AT_ONCE) {
            let end = (begin + AT_ONCE).min(len);
            let a = tile.rows.slice(s![.., begin..end]).split_complex();
            let b = tile.columns.slice(s![.., begin..end]).split_complex();
            general_mat_mul(1.0, &a.re, &b.re.t(), 1.0, &mut p);
            general_mat_mul(1.0, &a.im, &b.im.t(), 1.0, &mut q);
            if product == Product::Fidelity {
                let [sums, differences] = &mut self.sums;
                let mut sum = zeros(sums, m, end - begin);
                let mut difference = zeros(differences, n, end - begin);
                Zip::from(&mut sum).and(&a.re).and(&a.im).for_each(|s, re, im| *s = re + im);
                Zip::from(&mut difference).and(&b.re).and(&b.im).for_each(|d, re, im| *d = im - re);
                general_mat_mul(1.0, &sum, &difference.t(), 1.0, &mut r);
            }
        }
        let mut out = tile.out;
        match product {
            Product::Fidelity => {
                Zip::from(&mut out).and(&p).and(&q).and(&r).for_each(|out, p, q, r| {
                    let (re, im) = (p + q, r + p - q);
                    *out = (re * re + im * im).min(1.0);
                })
            }
            Product::Real => {
                Zip::from(&mut out).and(&p).and(&q).for_each(|out, p, q| *out = p + q);
            }
        }
    }
}

fn zeros(numbers: &mut Vec<f64>, rows: usize, columns: usize) -> ArrayViewMut2<'_, f64> {
    numbers.clear();
    numbers.resize(rows * columns, 0.0);
    ArrayViewMut2::from_shape((rows, columns), numbers).expect("there is a number for each place")
}

//! Columns of e^{-βH/2} by Chebyshev polynomials, and what changes their norms.

use super::block::{Block, LANES, Row, Rows, TOGETHER, add, flipped, times};
use super::structure::Flips;
use crate::math::Vectorized;

/// Where a column begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start<'a> {
    /// One basis state of the block.
    Basis(usize),
    /// Any vector.
    Vector(&'a [f64]),
}

/// What is summed over columns: numbers a, b with weight, entry for entry.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    /// Σ a[y] b[y].
    pub diagonal: Vec<f64>,
    /// Of each class of flips: Σ a[y ^ mask] b[y] over its masks, by y where there are signs, else in
    /// all.
    pub flips: Vec<Vec<f64>>,
}

/// Memory of a thread.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    first: Vec<Row>,
    second: Vec<Row>,
    result: Vec<Row>,
    /// T_k of all k, one after the other.
    kept: Vec<Row>,
    diagonal: Vec<Row>,
    flips: Vec<Vec<Row>>,
}

impl Workspace {
    /// Bytes for a block of so many rows whose series has so many terms.
    pub fn bytes(rows: usize, terms: usize) -> u128 {
        ((terms + 4) * rows * size_of::<Row>()) as u128
    }

    fn begin(&mut self, rows: usize, flips: &[Flips]) {
        self.diagonal.clear();
        self.diagonal.resize(rows, [0.0; LANES]);
        self.flips.clear();
        for class in flips {
            self.flips.push(vec![[0.0; LANES]; if class.signed { rows } else { 1 }]);
        }
    }

    fn finish(&self, scale: f64) -> Sums {
        let total = |rows: &Vec<Row>| rows.iter().map(|r| scale * r.iter().sum::<f64>()).collect();
        Sums { diagonal: total(&self.diagonal), flips: self.flips.iter().map(total).collect() }
    }

    fn load(columns: &mut [Row], starts: &[Start<'_>]) {
        columns.fill([0.0; LANES]);
        for (lane, start) in starts.iter().enumerate() {
            match start {
                Start::Basis(y) => columns[*y][lane] = 1.0,
                Start::Vector(vector) => {
                    columns.iter_mut().zip(*vector).for_each(|(row, x)| row[lane] = *x);
                }
            }
        }
    }
}

/// The squared norms of columns, and their own sums.
pub(super) struct Norms<'a> {
    pub block: &'a Block,
    pub flips: &'a [Flips],
    pub starts: &'a [Start<'a>],
    pub workspace: &'a mut Workspace,
    /// Called with each group of columns, if they are wanted themselves.
    pub keep: Option<&'a mut Vec<f64>>,
}

impl Vectorized for Norms<'_> {
    type Output = (Vec<f64>, Sums);

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Norms { block, flips, starts, workspace, mut keep } = self;
        let rows = block.rows();
        workspace.begin(rows, flips);
        for columns in [&mut workspace.first, &mut workspace.second, &mut workspace.result] {
            columns.resize(rows, [0.0; LANES]);
        }
        let mut norms = Vec::with_capacity(starts.len());
        for group in starts.chunks(LANES) {
            let Workspace { first, second, result, diagonal, flips: sums, .. } = &mut *workspace;
            Workspace::load(first, group);
            let (c0, c1) = (block.coefficients[0], block.coefficients[1]);
            for y in (0..rows).step_by(TOGETHER) {
                let next = block.products(first, y);
                next.put(second, y);
                Rows::at(first, y).times(c0).plus(next.times(c1)).put(result, y);
            }
            for c in &block.coefficients[2..] {
                for y in (0..rows).step_by(TOGETHER) {
                    let product = block.products(second, y);
                    let next = product.times(2.0).minus(Rows::at(first, y));
                    next.put(first, y);
                    Rows::at(result, y).plus(next.times(*c)).put(result, y);
                }
                std::mem::swap(first, second);
            }
            let mut squares = [0.0; LANES];
            for y in (0..rows).step_by(TOGETHER) {
                let result = Rows::at(result, y);
                let square = result.products(result);
                Rows::at(diagonal, y).plus(square).put(diagonal, y);
                add(&mut squares, &square.total());
            }
            add_flips(sums, flips, result, result);
            norms.extend(&squares[..group.len()]);
            if let Some(kept) = &mut keep {
                for lane in 0..group.len() {
                    kept.extend(result.iter().map(|row| row[lane]));
                }
            }
        }
        (norms, workspace.finish(1.0))
    }
}

/// The derivatives of Σ w‖e^{-βH/2}|start⟩‖² by the entries of -H: that of a term is the sum over its
/// strings of these sums with the strings' signs.
///
/// The adjoint of the recurrence T_{k+1} = 2A T_k - T_{k-1}: with b_k the derivative by T_k,
/// b_k = c_k g + 2A b_{k+1} - b_{k+2}, where g is that by the result, and dA gets 2 b_{k+1} T_kᵀ
/// (b_1 T_0ᵀ for k = 0). The series is e^{-βH/2} whatever the interval that it is for, which so has
/// no derivative.
pub(super) struct Derivatives<'a> {
    pub block: &'a Block,
    pub flips: &'a [Flips],
    pub starts: &'a [(Start<'a>, f64)],
    pub workspace: &'a mut Workspace,
}

impl Vectorized for Derivatives<'_> {
    type Output = Sums;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Derivatives { block, flips, starts, workspace } = self;
        let (rows, degree) = (block.rows(), block.coefficients.len() - 1);
        workspace.begin(rows, flips);
        workspace.kept.resize((degree + 1) * rows, [0.0; LANES]);
        for columns in [&mut workspace.first, &mut workspace.second, &mut workspace.result] {
            columns.resize(rows, [0.0; LANES]);
        }
        for group in starts.chunks(LANES) {
            let Workspace { first, second, result, kept, diagonal, flips: sums } = &mut *workspace;
            let mut weights = [0.0; LANES];
            let mut begin = [Start::Basis(0); LANES];
            for (lane, (start, weight)) in group.iter().enumerate() {
                (begin[lane], weights[lane]) = (*start, 2.0 * weight);
            }
            Workspace::load(&mut kept[..rows], &begin[..group.len()]);
            for (k, c) in block.coefficients.iter().enumerate() {
                let (before, after) = kept.split_at_mut(k * rows);
                let here = &mut after[..rows];
                let last = &before[k.saturating_sub(1) * rows..];
                let second_last = &before[k.saturating_sub(2) * rows..];
                for y in (0..rows).step_by(TOGETHER) {
                    match k {
                        0 => {}
                        1 => block.products(last, y).put(here, y),
                        _ => {
                            let product = block.products(last, y);
                            product.times(2.0).minus(Rows::at(second_last, y)).put(here, y);
                        }
                    }
                    let before = if k == 0 { Rows::ZERO } else { Rows::at(result, y) };
                    before.plus(Rows::at(here, y).times(*c)).put(result, y);
                }
            }
            // g, and b of the highest degree; the one after it is 0.
            for y in 0..rows {
                for l in 0..LANES {
                    result[y][l] *= weights[l];
                }
                first[y] = times(block.coefficients[degree], &result[y]);
            }
            second.fill([0.0; LANES]);
            for k in (0..degree).rev() {
                let here = &mut kept[k * rows..(k + 1) * rows];
                if k == 0 {
                    here.iter_mut().for_each(|row| *row = times(0.5, row));
                }
                let c = block.coefficients[k];
                for y in (0..rows).step_by(TOGETHER) {
                    let product = Rows::at(first, y).products(Rows::at(here, y));
                    Rows::at(diagonal, y).plus(product).put(diagonal, y);
                }
                // One pass for each class: sums of several at a time would not stay in registers.
                add_flips(sums, flips, first, here);
                if k > 0 {
                    for y in (0..rows).step_by(TOGETHER) {
                        let product = block.products(first, y).times(2.0);
                        let next = Rows::at(result, y).times(c).plus(product);
                        next.minus(Rows::at(second, y)).put(second, y);
                    }
                    std::mem::swap(first, second);
                }
            }
        }
        workspace.finish(-2.0 * block.inverse_radius())
    }
}

/// Adds a[y ^ mask]·b[y] for each class of flips.
#[inline(always)]
fn add_flips(sums: &mut [Vec<Row>], flips: &[Flips], a: &[Row], b: &[Row]) {
    for (sum, Flips { masks, signed }) in sums.iter_mut().zip(flips) {
        let mut total = Rows::ZERO;
        for y in (0..b.len()).step_by(TOGETHER) {
            let product = flipped(a, y, masks).products(Rows::at(b, y));
            if *signed {
                Rows::at(sum, y).plus(product).put(sum, y);
            } else {
                total = total.plus(product);
            }
        }
        if !*signed {
            add(&mut sum[0], &total.total());
        }
    }
}

//! Columns of e^{-βH/2} by Chebyshev polynomials, and what changes their norms.

use super::block::{Block, LANES, Row, TOGETHER, add, add_flipped, add_products, times};
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
            for start in (0..rows).step_by(TOGETHER) {
                let products = block.products(first, start);
                for (y, next) in (start..).zip(products) {
                    second[y] = next;
                    result[y] = times(c0, &first[y]);
                    add(&mut result[y], &times(c1, &next));
                }
            }
            for c in &block.coefficients[2..] {
                for start in (0..rows).step_by(TOGETHER) {
                    let products = block.products(second, start);
                    let first = &mut first[start..start + TOGETHER];
                    let result = &mut result[start..start + TOGETHER];
                    for j in 0..TOGETHER {
                        for l in 0..LANES {
                            let next = 2.0 * products[j][l] - first[j][l];
                            first[j][l] = next;
                            result[j][l] += c * next;
                        }
                    }
                }
                std::mem::swap(first, second);
            }
            let mut squares = [0.0; LANES];
            for y in 0..rows {
                add_products(&mut squares, &result[y], &result[y]);
                add_products(&mut diagonal[y], &result[y], &result[y]);
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
            for k in 0..=degree {
                let c = block.coefficients[k];
                let (before, after) = kept.split_at_mut(k * rows);
                let here = &mut after[..rows];
                if k > 0 {
                    let last = &before[(k - 1) * rows..];
                    let second_last = if k > 1 { &before[(k - 2) * rows..] } else { &[][..] };
                    for start in (0..rows).step_by(TOGETHER) {
                        let products = block.products(last, start);
                        let here = &mut here[start..start + TOGETHER];
                        if k == 1 {
                            here.copy_from_slice(&products);
                            continue;
                        }
                        let second_last = &second_last[start..start + TOGETHER];
                        for j in 0..TOGETHER {
                            for l in 0..LANES {
                                here[j][l] = 2.0 * products[j][l] - second_last[j][l];
                            }
                        }
                    }
                }
                for (result, here) in result.iter_mut().zip(&*here) {
                    let part = times(c, here);
                    if k == 0 {
                        *result = part;
                    } else {
                        add(result, &part);
                    }
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
                for y in 0..rows {
                    add_products(&mut diagonal[y], &first[y], &here[y]);
                }
                add_flips(sums, flips, first, here);
                if k > 0 {
                    for start in (0..rows).step_by(TOGETHER) {
                        let products = block.products(first, start);
                        let second = &mut second[start..start + TOGETHER];
                        let result = &result[start..start + TOGETHER];
                        for j in 0..TOGETHER {
                            for l in 0..LANES {
                                second[j][l] =
                                    c * result[j][l] + 2.0 * products[j][l] - second[j][l];
                            }
                        }
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
        let mut total = [0.0; LANES];
        for start in (0..b.len()).step_by(TOGETHER) {
            let mut flipped = [[0.0; LANES]; TOGETHER];
            masks.iter().for_each(|mask| add_flipped(&mut flipped, a, start, *mask));
            let here = &b[start..start + TOGETHER];
            for j in 0..TOGETHER {
                let into = if *signed { &mut sum[start + j] } else { &mut total };
                add_products(into, &flipped[j], &here[j]);
            }
        }
        if !*signed {
            add(&mut sum[0], &total);
        }
    }
}

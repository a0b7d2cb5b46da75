//! Loops over stretches of a few real vectors, compiled for the instruction set of the machine.

use crate::math::{Isa, Vectorized, vectorized};

/// Numbers that are added up side by side.
const LANES: usize = 8;

/// Σ x y.
#[inline(always)]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [[0.0; LANES]; 4];
    let ((x, x_rest), (y, y_rest)) =
        (x.as_chunks::<{ 4 * LANES }>(), y.as_chunks::<{ 4 * LANES }>());
    for (x, y) in x.iter().zip(y) {
        for (k, sums) in sums.iter_mut().enumerate() {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += x[LANES * k + lane] * y[LANES * k + lane];
            }
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    sums.iter().flatten().sum::<f64>() + rest
}

/// The inner products of vectors, one after another with this many numbers each: of vector i of the
/// first and j of the second at i · (vectors of the second) + j.
pub(super) struct Products<'a> {
    pub left: &'a [f64],
    pub right: &'a [f64],
    pub len: usize,
    pub out: &'a mut [f64],
}

impl Vectorized for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut out = self.out.iter_mut();
        for x in self.left.chunks_exact(self.len) {
            for y in self.right.chunks_exact(self.len) {
                *out.next().expect("one for each pair") = dot(x, y);
            }
        }
    }
}

/// The squares of the norms of y - value · x, for vectors as in [`Products`].
pub(super) struct Distances<'a> {
    pub x: &'a [f64],
    pub y: &'a [f64],
    pub len: usize,
    pub values: &'a [f64],
    pub out: &'a mut [f64],
}

impl Vectorized for Distances<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let pairs = self.x.chunks_exact(self.len).zip(self.y.chunks_exact(self.len));
        for (((x, y), value), out) in pairs.zip(self.values).zip(self.out) {
            let mut sums = [0.0; 4 * LANES];
            let ((x, x_rest), (y, y_rest)) =
                (x.as_chunks::<{ 4 * LANES }>(), y.as_chunks::<{ 4 * LANES }>());
            for (x, y) in x.iter().zip(y) {
                for (lane, sum) in sums.iter_mut().enumerate() {
                    let off = y[lane] - value * x[lane];
                    *sum += off * off;
                }
            }
            let rest = x_rest.iter().zip(y_rest).map(|(x, y)| (y - value * x).powi(2));
            *out = sums.iter().sum::<f64>() + rest.sum::<f64>();
        }
    }
}

/// Adds to vector j of `to` the sum over i of vector i of `from` times coefficient i · (vectors of
/// `to`) + j; vectors as in [`Products`].
pub(super) struct AddCombinations<'a> {
    pub from: &'a [f64],
    pub to: &'a mut [f64],
    pub len: usize,
    pub coefficients: &'a [f64],
}

impl Vectorized for AddCombinations<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let count = self.to.len() / self.len;
        for (j, to) in self.to.chunks_exact_mut(self.len).enumerate() {
            for (i, from) in self.from.chunks_exact(self.len).enumerate() {
                let c = self.coefficients[i * count + j];
                to.iter_mut().zip(from).for_each(|(y, x)| *y += c * x);
            }
        }
    }
}

/// Runs a loop in the best instruction set.
pub(super) fn run<V: Vectorized>(work: V) -> V::Output {
    vectorized(Isa::best(), work)
}

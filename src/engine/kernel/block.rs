//! 4×4 matrices on two bits between registers.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{lines, prefetch};
use super::walk::Runs;
use super::{Buffer, Isa, Real, Vector, cast, dense};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};

/// Applies a 4×4 matrix (row-major) to two bits; bit 0 of its index is the first.
pub(crate) fn block<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    bits: [u32; 2],
    matrix: &[Complex64; 16],
) {
    let log = isa.log_lanes::<T>();
    if bits.iter().any(|&bit| bit < log) {
        return dense(isa, buffer, &bits, matrix, ControlMask::default());
    }
    let matrix = matrix.map(cast::<T>);
    let bits = bits.map(|bit| 1usize << (bit - log));
    let total = buffer.vectors(log) >> 2;
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        block_range(isa, &matrix, bits, memory, start, count);
    });
}

instantiate! {
    /// Groups of four registers number `start` to `start + count`; `bits` are those of a register's
    /// number.
    block_range = block_generic(
        matrix: &[Complex<T>; 16], bits: [usize; 2], memory: Shared<T>, start: usize, count: usize,
    )
}

#[inline(always)]
unsafe fn block_generic<V: Vector>(
    matrix: &[Complex<V::Real>; 16],
    [p, q]: [usize; 2],
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let memory = memory.get();
    let mut m = [[V::splat(V::Real::ZERO); 2]; 16];
    for (m, z) in m.iter_mut().zip(matrix) {
        *m = [V::splat(z.re), V::splat(z.im)];
    }
    let mut runs = Runs::new(start, count, p | q, 0, 0);
    while let Some(first) = runs.next() {
        let at = [first, first | p, first | q, first | p | q];
        let ahead = runs.ahead(first);
        for v in 0..runs.run {
            for k in [0, p, q, p | q] {
                prefetch::<V>(lines(memory, (ahead ^ k) + v, V::LOG));
            }
            let at = [
                memory.add((at[0] + v) << V::LOG),
                memory.add((at[1] + v) << V::LOG),
                memory.add((at[2] + v) << V::LOG),
                memory.add((at[3] + v) << V::LOG),
            ];
            let x = [V::load(at[0]), V::load(at[1]), V::load(at[2]), V::load(at[3])];
            let y = [i_times(x[0]), i_times(x[1]), i_times(x[2]), i_times(x[3])];
            row(&m, 0, x, y).store(at[0]);
            row(&m, 4, x, y).store(at[1]);
            row(&m, 8, x, y).store(at[2]);
            row(&m, 12, x, y).store(at[3]);
        }
    }
}

#[inline(always)]
unsafe fn i_times<V: Vector>(x: V) -> V {
    V::splat_signed(V::Real::ONE).mul(x.swap_parts())
}

/// Σ m x for four entries of a row, with y = i x.
#[inline(always)]
unsafe fn row<V: Vector>(m: &[[V; 2]; 16], first: usize, x: [V; 4], y: [V; 4]) -> V {
    let [a, b, c, d] = [m[first], m[first + 1], m[first + 2], m[first + 3]];
    let even = c[0].mul_add(x[2], a[0].mul(x[0]));
    let odd = d[0].mul_add(x[3], b[0].mul(x[1]));
    let even = c[1].mul_add(y[2], a[1].mul_add(y[0], even));
    let odd = d[1].mul_add(y[3], b[1].mul_add(y[1], odd));
    even.add(odd)
}

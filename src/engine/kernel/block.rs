//! 4×4 matrices on two bits.

use super::isa::instantiate;
use super::matrix::{Matrix, Sum, prepare};
use super::parallel::{self, Shared};
use super::vector::prefetch;
use super::walk::{AHEAD, after, deposit};
use super::{Buffer, Isa, Real, Vector};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};
use std::mem::MaybeUninit;

/// Memory for the coefficients in the widest registers.
#[repr(align(64))]
struct Room<T>(MaybeUninit<[Complex<T>; 2 * 16 * 8]>);

/// Applies a 4×4 matrix (row-major) to two bits; bit 0 of its index is the first.
pub(crate) fn block<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    bits: [u32; 2],
    matrix: &[Complex64; 16],
) {
    selected(isa, buffer, bits, matrix, ControlMask::default());
}

/// Likewise, to the selected amplitudes.
pub(super) fn selected<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    bits: [u32; 2],
    matrix: &[Complex64; 16],
    select: ControlMask,
) {
    let log = isa.log_lanes::<T>();
    let mut room = Room::<T>(MaybeUninit::uninit());
    // A pointer that the kernel cannot tell from one to the amplitudes: were the coefficients known
    // to stay as they are, they would be kept in registers, which they do not fit in.
    let coefficients = Shared(room.0.as_mut_ptr().cast());
    let layout = Matrix::new(log, &bits, select);
    prepare(isa, &layout, matrix, coefficients);
    let real = matrix.iter().all(|z| z.im == 0.0);
    let total = buffer.vectors(log) >> layout.fixed.count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        if real {
            real_block_range(isa, &layout, coefficients, memory, start, count);
        } else {
            block_range(isa, &layout, coefficients, memory, start, count);
        }
    });
}

instantiate! {
    /// Groups of registers number `start` to `start + count` among those selected.
    block_range = block_generic(
        matrix: &Matrix, coefficients: Shared<T>, memory: Shared<T>, start: usize, count: usize,
    )
}

instantiate! {
    /// The same for a matrix of real numbers: half the work.
    real_block_range = real_block_generic(
        matrix: &Matrix, coefficients: Shared<T>, memory: Shared<T>, start: usize, count: usize,
    )
}

#[inline(always)]
unsafe fn block_generic<V: Vector>(
    matrix: &Matrix,
    coefficients: Shared<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    any_block::<V, false>(matrix, coefficients, memory, start, count);
}

#[inline(always)]
unsafe fn real_block_generic<V: Vector>(
    matrix: &Matrix,
    coefficients: Shared<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    any_block::<V, true>(matrix, coefficients, memory, start, count);
}

#[inline(always)]
unsafe fn any_block<V: Vector, const REAL: bool>(
    matrix: &Matrix,
    coefficients: Shared<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let (c, memory) = (coefficients.get().cast_const(), memory.get());
    let next = deposit(start, matrix.fixed);
    match matrix.exchanges.len() {
        1 => groups::<V, 4, 1, REAL>(matrix, c, memory, next, count),
        2 => groups::<V, 2, 2, REAL>(matrix, c, memory, next, count),
        // Two bits within a register of two amplitudes there are not.
        _ if V::LOG > 1 => groups::<V, 1, 4, REAL>(matrix, c, memory, next, count),
        _ => unreachable!(),
    }
}

/// `ROWS` registers of a group, each in `EXCHANGES` orders of its lanes.
#[inline(always)]
unsafe fn groups<V: Vector, const ROWS: usize, const EXCHANGES: usize, const REAL: bool>(
    matrix: &Matrix,
    coefficients: *const Complex<V::Real>,
    memory: *mut Complex<V::Real>,
    mut next: usize,
    count: usize,
) {
    let mut offsets = [0; ROWS];
    offsets.copy_from_slice(&matrix.offsets);
    let mut shuffles = [V::shuffle(0); EXCHANGES];
    for d in 0..EXCHANGES {
        // Constants where they can be: they take no register.
        let all = 1 << V::LOG == EXCHANGES;
        shuffles[d] = V::shuffle(if all { d } else { matrix.exchanges[d] });
    }
    let (fixed, value) = (matrix.fixed, matrix.value);
    // Two groups for each coefficient that is loaded: more would not fit in 16 registers.
    for _ in 0..count / 2 {
        let [one, two] = [next, after(next, fixed)];
        next = after(two, fixed);
        let ahead = (two | fixed).wrapping_add(AHEAD) & !fixed;
        for offset in offsets {
            prefetch::<V>(memory.wrapping_add(((ahead | value) << V::LOG) + offset));
        }
        let at = [one, two].map(|at| memory.add((at | value) << V::LOG));
        group::<V, ROWS, EXCHANGES, 2, REAL>(coefficients, at, offsets, shuffles);
    }
    if count % 2 == 1 {
        let at = [memory.add((next | value) << V::LOG)];
        group::<V, ROWS, EXCHANGES, 1, REAL>(coefficients, at, offsets, shuffles);
    }
}

/// `N` groups at once.
#[inline(always)]
unsafe fn group<
    V: Vector,
    const ROWS: usize,
    const EXCHANGES: usize,
    const N: usize,
    const REAL: bool,
>(
    coefficients: *const Complex<V::Real>,
    at: [*mut Complex<V::Real>; N],
    offsets: [usize; ROWS],
    shuffles: [V::Shuffle; EXCHANGES],
) {
    let mut x = [[V::splat(V::Real::ZERO); N]; 4];
    for g in 0..ROWS {
        for n in 0..N {
            let a = V::load(at[n].add(offsets[g]));
            for d in 0..EXCHANGES {
                x[g * EXCHANGES + d][n] = if d == 0 { a } else { a.permute(shuffles[d]) };
            }
        }
    }
    for h in 0..ROWS {
        let row = coefficients.add((8 * h) << V::LOG);
        let sums = if REAL {
            let mut sum = Sum::new_real(row, x[0]);
            for c in 1..4 {
                sum.add_real(row.add((2 * c) << V::LOG), x[c]);
            }
            sum.done_real()
        } else {
            let mut sum = Sum::new(row, x[0]);
            for c in 1..4 {
                sum.add(row.add((2 * c) << V::LOG), x[c]);
            }
            sum.done()
        };
        for n in 0..N {
            sums[n].store(at[n].add(offsets[h]));
        }
    }
}

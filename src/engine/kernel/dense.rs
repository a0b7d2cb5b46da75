//! Dense matrices on any number of bits.

use super::isa::instantiate;
use super::matrix::{MOST, Matrix, Sum, prepare};
use super::parallel::{self, Shared};
use super::scratch::with_scratch;
use super::walk::{Runs, after, deposit};
use super::{Buffer, Isa, Real, Vector, block, cast};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};

/// Groups of registers that share the coefficients that are loaded.
const GROUPS: usize = 4;

/// Applies a 2^k × 2^k matrix (row-major) to k bits of the selected amplitudes.
pub(crate) fn dense<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    targets: &[u32],
    matrix: &[Complex64],
    select: ControlMask,
) {
    if let (&[a, b], Ok(matrix)) = (targets, matrix.try_into()) {
        return block::selected(isa, buffer, [a, b], matrix, select);
    }
    if targets.len() > MOST {
        return large(buffer, targets, matrix, select);
    }
    let log = isa.log_lanes::<T>();
    let layout = Matrix::new(log, targets, select);
    let mut coefficients =
        Buffer::<T>::zeroed(layout.memory(log)).expect("there is memory for a small matrix");
    let coefficients = coefficients.shared();
    prepare(isa, &layout, matrix, coefficients);
    let total = buffer.vectors(log) >> layout.fixed.count_ones();
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    let inputs = (GROUPS * layout.columns()) << log;
    parallel::chunks(total, chunk, |start, count| {
        with_scratch(inputs * size_of::<Complex<T>>() / size_of::<f64>(), |inputs| {
            let inputs = Shared(inputs.as_mut_ptr().cast());
            dense_range(isa, &layout, coefficients, inputs, memory, start, count);
        });
    });
}

instantiate! {
    /// Groups of registers number `start` to `start + count` among those selected. `inputs` is memory
    /// for all that a few of them mix.
    dense_range = dense_generic(
        matrix: &Matrix,
        coefficients: Shared<T>,
        inputs: Shared<T>,
        memory: Shared<T>,
        start: usize,
        count: usize,
    )
}

#[inline(always)]
unsafe fn dense_generic<V: Vector>(
    matrix: &Matrix,
    coefficients: Shared<V::Real>,
    inputs: Shared<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let (fixed, value) = (matrix.fixed, matrix.value);
    let mut next = deposit(start, fixed);
    let mut place = || {
        let at = memory.get().add((next | value) << V::LOG);
        next = after(next, fixed);
        at
    };
    for _ in 0..count / GROUPS {
        let at: [_; GROUPS] = [place(), place(), place(), place()];
        group::<V, GROUPS>(matrix, coefficients.get(), inputs.get(), at);
    }
    for _ in 0..count % GROUPS {
        group::<V, 1>(matrix, coefficients.get(), inputs.get(), [place()]);
    }
}

/// `N` groups at once: their inputs, in all orders of lanes, are put side by side, then multiplied by
/// one row after the other.
#[inline(always)]
unsafe fn group<V: Vector, const N: usize>(
    matrix: &Matrix,
    coefficients: *const Complex<V::Real>,
    inputs: *mut Complex<V::Real>,
    at: [*mut Complex<V::Real>; N],
) {
    let mut to = inputs;
    for &offset in &matrix.offsets {
        for &lanes in &matrix.exchanges {
            for at in at {
                V::load(at.add(offset)).permute(V::shuffle(lanes)).store(to);
                to = to.add(1 << V::LOG);
            }
        }
    }
    let columns = matrix.columns();
    let mut coefficient = coefficients;
    for &offset in &matrix.offsets {
        let mut from = inputs.cast_const();
        let mut sum = Sum::new(coefficient, several::<V, N>(from));
        for _ in 1..columns {
            coefficient = coefficient.add(2 << V::LOG);
            from = from.add(N << V::LOG);
            sum.add(coefficient, several::<V, N>(from));
        }
        coefficient = coefficient.add(2 << V::LOG);
        let sums = sum.done();
        for n in 0..N {
            sums[n].store(at[n].add(offset));
        }
    }
}

/// Registers side by side.
#[inline(always)]
unsafe fn several<V: Vector, const N: usize>(from: *const Complex<V::Real>) -> [V; N] {
    let mut registers = [V::splat(V::Real::ZERO); N];
    for n in 0..N {
        registers[n] = V::load(from.add(n << V::LOG));
    }
    registers
}

/// Matrices on many bits: gather, multiply, scatter, one amplitude at a time. The product has 2^k
/// multiplications an amplitude, so its cost is arithmetic and not memory.
fn large<T: Real>(
    buffer: &mut Buffer<T>,
    targets: &[u32],
    matrix: &[Complex64],
    select: ControlMask,
) {
    let side = 1 << targets.len();
    let matrix: Vec<Complex<T>> = matrix.iter().map(|&z| cast(z)).collect();
    let offsets: Vec<usize> = (0..side)
        .map(|row: usize| targets.iter().enumerate().fold(0, |o, (k, t)| o | (row >> k & 1) << t))
        .collect();
    let fixed = select.mask as usize | offsets[side - 1];
    let total = buffer.len() >> fixed.count_ones();
    let chunk = if parallel::is_large::<Complex<T>>(buffer.len()) { 64 } else { usize::MAX };
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        let mut input = vec![Complex { re: T::ZERO, im: T::ZERO }; side];
        let mut runs = Runs::new(start, count, fixed, select.value as usize, 1);
        while let Some(i) = runs.next() {
            // SAFETY: all bits of the indices are below those of the buffer's length, and each
            // group of amplitudes belongs to one call.
            unsafe {
                for (z, offset) in input.iter_mut().zip(&offsets) {
                    *z = *memory.get().add(i | offset);
                }
                for (row, offset) in matrix.chunks_exact(side).zip(&offsets) {
                    let mut sum = Complex { re: T::ZERO, im: T::ZERO };
                    for (m, a) in row.iter().zip(&input) {
                        sum.re += m.re * a.re - m.im * a.im;
                        sum.im += m.re * a.im + m.im * a.re;
                    }
                    *memory.get().add(i | offset) = sum;
                }
            }
        }
    });
}

//! Dense matrices on two and more bits.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{Coefficient, lines, prefetch};
use super::walk::Runs;
use super::{Buffer, Isa, Real, Vector, cast};
use crate::engine::action::ControlMask;
use num_complex::{Complex, Complex64};
use smallvec::SmallVec;

/// Up to this many bits, matrices run in registers.
const SMALL: usize = 5;

/// A matrix prepared for registers of one width.
///
/// Of the k targets, `high.len()` select registers and the others lanes. With h, g over the high
/// and b, d over the low bits of a matrix index,
///
/// ```text
/// out[h] = Σ_g Σ_d C[h, g, d] · (lanes of in[g] exchanged by d)
/// C[h, g, d] in a lane whose low bits are b = M[(h, b), (g, b ^ d)]
/// ```
struct Dense<T> {
    select: ControlMask,
    /// Bits of the register index.
    high: SmallVec<[u32; 4]>,
    /// Lane exchange of each d.
    exchanges: SmallVec<[usize; 8]>,
    /// C, one number a lane.
    coefficients: SmallVec<[Complex<T>; 128]>,
}

impl<T: Real> Dense<T> {
    fn new(log: u32, targets: &[u32], matrix: &[Complex64], select: ControlMask) -> Self {
        let side = 1 << targets.len();
        // Positions in the matrix index of the high and of the low targets.
        let positions = |want_high: bool| -> SmallVec<[usize; 8]> {
            (0..targets.len()).filter(|&p| (targets[p] >= log) == want_high).collect()
        };
        let (high, low) = (positions(true), positions(false));
        let spread = |bits: usize, positions: &[usize]| {
            positions.iter().enumerate().fold(0, |m, (k, p)| m | (bits >> k & 1) << p)
        };
        // Low bits of the matrix index that a lane has, and the lane exchange of such bits.
        let bits_of_lane =
            |lane: usize| low.iter().fold(0, |m, &p| m | (lane >> targets[p] & 1) << p);
        let exchange =
            |d: usize| low.iter().enumerate().fold(0, |x, (k, &p)| x | (d >> k & 1) << targets[p]);
        let lane_mask = (1 << log) - 1;
        let chosen = |lane: usize| (lane as u64 ^ select.value) & select.mask & lane_mask == 0;
        let mut coefficients = SmallVec::new();
        for h in 0..1 << high.len() {
            let h_bits = spread(h, &high);
            for g in 0..1 << high.len() {
                let g_bits = spread(g, &high);
                for d in 0..1 << low.len() {
                    let d_bits = spread(d, &low);
                    for lane in 0..1 << log {
                        let b = bits_of_lane(lane);
                        coefficients.push(cast(if chosen(lane) {
                            matrix[(h_bits | b) * side + (g_bits | (b ^ d_bits))]
                        } else {
                            Complex64::new(if h == g && d == 0 { 1.0 } else { 0.0 }, 0.0)
                        }));
                    }
                }
            }
        }
        Dense {
            select,
            high: high.iter().map(|&p| targets[p] - log).collect(),
            exchanges: (0..1 << low.len()).map(exchange).collect(),
            coefficients,
        }
    }
}

/// Applies a 2^k × 2^k matrix (row-major) to k bits of the selected amplitudes.
pub(crate) fn dense<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    targets: &[u32],
    matrix: &[Complex64],
    select: ControlMask,
) {
    if targets.len() > SMALL {
        return large(buffer, targets, matrix, select);
    }
    let log = isa.log_lanes::<T>();
    let job = Dense::<T>::new(log, targets, matrix, select);
    let fixed = (select.mask >> log).count_ones() + job.high.len() as u32;
    let total = buffer.vectors(log) >> fixed;
    let chunk = parallel::chunk_of_vectors::<T>(buffer.len(), log);
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| dense_range(isa, &job, memory, start, count));
}

instantiate! {
    /// Groups of registers number `start` to `start + count` among those selected.
    dense_range = dense_generic(job: &Dense<T>, memory: Shared<T>, start: usize, count: usize)
}

#[inline(always)]
unsafe fn dense_generic<V: Vector>(
    job: &Dense<V::Real>,
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
) {
    let memory = memory.get();
    // With constant sizes the loops over rows and columns unroll.
    match (job.high.len(), job.exchanges.len()) {
        (2, 1) => groups::<V>(job, memory, start, count, 2, 1),
        (1, 2) => groups::<V>(job, memory, start, count, 1, 2),
        (0, 4) => groups::<V>(job, memory, start, count, 0, 4),
        (3, 1) => groups::<V>(job, memory, start, count, 3, 1),
        (high, exchanges) => groups::<V>(job, memory, start, count, high, exchanges),
    }
}

#[inline(always)]
unsafe fn groups<V: Vector>(
    job: &Dense<V::Real>,
    memory: *mut Complex<V::Real>,
    start: usize,
    count: usize,
    high: usize,
    exchanges: usize,
) {
    let rows = 1 << high;
    let columns = rows * exchanges;
    let mut offsets = [0; 1 << SMALL];
    for (row, offset) in offsets.iter_mut().enumerate().take(rows) {
        *offset = (0..high).fold(0, |o, k| o | (row >> k & 1) << job.high[k]);
    }
    let mut shuffles = [V::shuffle(0); 8];
    for (shuffle, &x) in shuffles.iter_mut().zip(&job.exchanges) {
        *shuffle = V::shuffle(x);
    }
    let mut coefficients: SmallVec<[Coefficient<V>; 16]> = SmallVec::new();
    for index in 0..rows * columns {
        let lanes = &job.coefficients[index << V::LOG..][..1 << V::LOG];
        coefficients.push(Coefficient::from_lanes(|lane| lanes[lane]));
    }
    let coefficients = &coefficients[..];

    let targets = offsets[rows - 1];
    let fixed = job.select.mask as usize >> V::LOG | targets;
    let mut runs = Runs::new(start, count, fixed, job.select.value as usize >> V::LOG, 0);
    while let Some(first) = runs.next() {
        // Added to an index, gives the one to ask for.
        let ahead = runs.ahead(first).wrapping_sub(first);
        for v in first..first + runs.run {
            let mut input = [V::splat(V::Real::ZERO); 1 << SMALL];
            for g in 0..rows {
                let at = memory.add((v | offsets[g]) << V::LOG);
                prefetch::<V>(lines(memory, v.wrapping_add(ahead) | offsets[g], V::LOG));
                let a = V::load(at);
                for d in 0..exchanges {
                    input[g * exchanges + d] = if d == 0 { a } else { a.permute(shuffles[d]) };
                }
            }
            for h in 0..rows {
                let row = &coefficients[h * columns..][..columns];
                let mut sum = row[0].times(input[0]);
                for c in 1..columns {
                    sum = row[c].times_add(input[c], sum);
                }
                sum.store(memory.add((v | offsets[h]) << V::LOG));
            }
        }
    }
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

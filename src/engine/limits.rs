//! What this machine can do at best, measured: how fast memory is swept, and how fast registers
//! multiply and add. What a run takes is compared with it.

use super::kernel::{self, Buffer, Isa, Real};
use super::memory::allocate;
use crate::error::Result;
use crate::math::available_memory;
use num_complex::Complex;
use std::time::{Duration, Instant};

/// log2 of the amplitudes in `f64` that no cache holds: 256 MiB.
const MEMORY_QUBITS: usize = 24;
/// Those that a cache shared by the cores holds, 8 MiB, and the cache of one core, 256 KiB: a tile
/// of a plan.
const SHARED_QUBITS: usize = 19;
const OWN_QUBITS: usize = 14;
/// Smallest buffer that is swept: of fewer bytes one would time the clock.
const SMALLEST_QUBITS: usize = 8;

/// Each limit is the best of some timings: until this many have not been better, and not for longer.
const REPEAT_IN_VAIN: usize = 5;
const REPEAT_AT_MOST: Duration = Duration::from_millis(150);
/// What one timing does, so that starting the threads does not count: bytes to sweep, in a buffer
/// and in one of each thread, and rounds of multiplications.
const BYTES_A_TIMING: usize = 16 << 20;
const OWN_BYTES_A_TIMING: usize = 64 << 20;
const ROUNDS_A_TIMING: usize = 300_000;

/// The limits of this machine with the threads of the current pool of `rayon`. Measuring takes about
/// half a second and, for a moment, 256 MiB of memory or a quarter of what is left.
///
/// ```
/// # fn main() -> ketlab::Result<()> {
/// let limits = ketlab::engine::MachineLimits::measure(ketlab::engine::Isa::best())?;
/// for sweep in &limits.sweeps {
///     println!("{} B, {} threads: {} B/s", sweep.bytes, sweep.threads, sweep.bytes_per_second);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MachineLimits {
    /// The instruction set.
    pub isa: Isa,
    /// Threads of the pool.
    pub threads: usize,
    /// Sweeps that read and write, from memory, a shared cache and the cache of each core; of each,
    /// by one thread, then by all if there are more.
    pub sweeps: Vec<SweepLimit>,
    /// Multiplications with additions in registers, in `f64` and `f32`, likewise.
    pub arithmetic: Vec<ArithmeticLimit>,
}

/// How fast a buffer is read and written in place.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepLimit {
    /// Where it lies.
    pub place: Place,
    /// Bytes of the buffer; for [`Place::OwnCache`], of the one that each thread has.
    pub bytes: usize,
    /// Threads that work.
    pub threads: usize,
    /// Bytes read and written in a second: each byte of the buffer counts two.
    pub bytes_per_second: f64,
}

/// Where a buffer lies, going by its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In memory.
    Memory,
    /// In the cache that the cores share, usually.
    SharedCache,
    /// In the cache that a core has for itself, usually.
    OwnCache,
}

/// How fast registers multiply and add.
#[derive(Debug, Clone, PartialEq)]
pub struct ArithmeticLimit {
    /// `f64` or `f32`.
    pub precision: &'static str,
    /// Threads that work.
    pub threads: usize,
    /// Operations in a second, a multiplication with an addition counting two.
    pub flops_per_second: f64,
}

impl MachineLimits {
    /// Measures, with the kernels of an instruction set that the machine has.
    ///
    /// # Errors
    /// [`TooLarge`](crate::Error::TooLarge) if there is hardly any memory left.
    pub fn measure(isa: Isa) -> Result<Self> {
        let all = rayon::current_num_threads();
        let counts = if all > 1 { &[false, true][..] } else { &[false] };
        let threads = |parallel: bool| if parallel { all } else { 1 };
        let mut sweeps = Vec::new();
        for (place, most) in [(Place::Memory, MEMORY_QUBITS), (Place::SharedCache, SHARED_QUBITS)] {
            let mut buffer = allocate::<f64>("a buffer to sweep", affordable::<f64>(most))?;
            let bytes = size_of_val(&buffer[..]);
            for &parallel in counts {
                let bytes_per_second = sweep_rate(isa, &mut buffer, parallel);
                let threads = threads(parallel);
                sweeps.push(SweepLimit { place, bytes, threads, bytes_per_second });
            }
        }
        let mut arithmetic = Vec::new();
        for &parallel in counts {
            let bytes = size_of::<Complex<f64>>() << OWN_QUBITS;
            let bytes_per_second = own_sweep_rate(isa, parallel)?;
            let (place, threads) = (Place::OwnCache, threads(parallel));
            sweeps.push(SweepLimit { place, bytes, threads, bytes_per_second });
            for (precision, flops_per_second) in
                [(f64::NAME, peak::<f64>(isa, parallel)), (f32::NAME, peak::<f32>(isa, parallel))]
            {
                arithmetic.push(ArithmeticLimit { precision, threads, flops_per_second });
            }
        }
        arithmetic.sort_by_key(|limit| (limit.precision == f32::NAME, limit.threads));
        Ok(MachineLimits { isa, threads: all, sweeps, arithmetic })
    }
}

/// What bounds runs on states of one size and precision, with the threads of the current pool that
/// runs on them use.
#[derive(Debug, Clone, PartialEq)]
pub struct StateLimits {
    /// Threads: states below 1 MiB are worked on by one.
    pub threads: usize,
    /// Bytes read and written in a second by sweeps over memory of this size, 256 MiB at most.
    pub bytes_per_second: f64,
    /// Floating-point operations in a second, a multiplication with an addition counting two.
    pub flops_per_second: f64,
}

impl StateLimits {
    /// Measures, with the kernels of an instruction set that the machine has, in a tenth of a second
    /// or less.
    ///
    /// # Errors
    /// As [`MachineLimits::measure`].
    pub fn measure<T: Real>(isa: Isa, num_qubits: usize) -> Result<Self> {
        // As many bytes in both precisions.
        let most = MEMORY_QUBITS + usize::from(T::NAME == f32::NAME);
        let qubits = affordable::<T>(num_qubits.clamp(SMALLEST_QUBITS, most));
        let mut buffer = allocate::<T>("a buffer to sweep", qubits)?;
        let parallel = kernel::is_large::<Complex<T>>(buffer.len());
        let bytes_per_second = sweep_rate(isa, &mut buffer, parallel);
        let threads = if parallel { rayon::current_num_threads() } else { 1 };
        Ok(StateLimits { threads, bytes_per_second, flops_per_second: peak::<T>(isa, parallel) })
    }

    /// The least time in seconds for this many bytes and floating-point operations: of both at once,
    /// what takes longer.
    pub fn seconds(&self, bytes: f64, flops: f64) -> f64 {
        (bytes / self.bytes_per_second).max(flops / self.flops_per_second)
    }
}

/// So many qubits, or fewer where a quarter of the memory left is less.
fn affordable<T: Real>(num_qubits: usize) -> usize {
    let fits = |bytes| super::max_qubits(bytes / 4, size_of::<Complex<T>>());
    available_memory().map_or(num_qubits, |bytes| num_qubits.min(fits(bytes)))
}

/// Bytes a second of sweeps that read and write.
fn sweep_rate<T: Real>(isa: Isa, buffer: &mut Buffer<T>, parallel: bool) -> f64 {
    let bytes = size_of_val(&buffer[..]);
    let sweeps = (BYTES_A_TIMING / bytes).max(1);
    // The first two bring the buffer to the cache and its numbers away from zero.
    (0..2).for_each(|_| kernel::sweep(isa, buffer, parallel));
    let mut seconds = f64::INFINITY;
    kernel::in_pool(parallel, || {
        seconds = shortest(|| (0..sweeps).for_each(|_| kernel::sweep(isa, buffer, parallel)));
    });
    (2 * bytes * sweeps) as f64 / seconds
}

/// Bytes a second of such sweeps on buffers of the threads' own.
fn own_sweep_rate(isa: Isa, parallel: bool) -> Result<f64> {
    let bytes = size_of::<Complex<f64>>() << OWN_QUBITS;
    let sweeps = OWN_BYTES_A_TIMING / bytes;
    let rates = on_threads(parallel, || {
        let mut buffer = allocate::<f64>("a buffer to sweep", OWN_QUBITS)?;
        let sweep = || (0..sweeps).for_each(|_| kernel::sweep(isa, &mut buffer, false));
        Ok((2 * bytes * sweeps) as f64 / shortest(sweep))
    });
    Ok(together(&rates.into_iter().collect::<Result<Vec<_>>>()?))
}

/// Floating-point operations per second.
fn peak<T: Real>(isa: Isa, parallel: bool) -> f64 {
    let rates = on_threads(parallel, || {
        let mut flops = 0.0;
        let seconds = shortest(|| flops = kernel::multiply_add::<T>(isa, ROUNDS_A_TIMING));
        flops / seconds
    });
    together(&rates)
}

/// What threads that share nothing but cores do together, of the best that each did: so that other
/// work, which seldom leaves all of them alone at the same time, counts little.
fn together(rates: &[f64]) -> f64 {
    let cores = std::thread::available_parallelism().map_or(rates.len(), |cores| cores.get());
    let on_cores = cores.min(rates.len()) as f64 / rates.len() as f64;
    on_cores * rates.iter().sum::<f64>()
}

/// `work` on one thread, or on each of the pool at the same time.
fn on_threads<R: Send>(parallel: bool, work: impl Fn() -> R + Sync) -> Vec<R> {
    if parallel { rayon::broadcast(|_| work()) } else { vec![work()] }
}

/// Shortest time of some runs, in seconds: of as many until a few in a row have not been shorter.
fn shortest(mut work: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let (mut best, mut in_vain) = (f64::INFINITY, 0);
    while in_vain < REPEAT_IN_VAIN && begin.elapsed() < REPEAT_AT_MOST {
        let start = Instant::now();
        work();
        let seconds = start.elapsed().as_secs_f64();
        in_vain = if seconds < 0.99 * best { 0 } else { in_vain + 1 };
        best = best.min(seconds);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_there_for_every_size() {
        for n in [1, 8, 14, 17, 20] {
            let limits = StateLimits::measure::<f32>(Isa::best(), n).unwrap();
            assert!(limits.bytes_per_second > 0.0 && limits.flops_per_second > 0.0);
            assert_eq!(limits.threads == 1, n < 17 || rayon::current_num_threads() == 1);
        }
        let limits = StateLimits { threads: 1, bytes_per_second: 10.0, flops_per_second: 100.0 };
        assert_eq!(limits.seconds(20.0, 100.0), 2.0);
        assert_eq!(limits.seconds(10.0, 300.0), 3.0);
    }
}

//! What the machine can do at best: a sweep over memory, and multiplications with additions in
//! registers.

use super::isa::instantiate;
use super::parallel::{self, Shared};
use super::vector::{lines, prefetch};
use super::{Buffer, Isa, Real, Vector};
use num_complex::Complex;
use std::hint::black_box;

/// Independent chains of operations: enough to hide the latency of two units, and few enough for the
/// registers. A portable register may be several of the machine's.
const CHAINS: usize = 12;
const PORTABLE_CHAINS: usize = if cfg!(target_arch = "x86_64") { 14 } else { 3 };

/// Where chains start: each somewhere else, so that no two are the same.
type Starts<T> = [Complex<T>; CHAINS + 8];

/// How far ahead a sweep asks for memory, in registers.
const AHEAD: usize = 32;

/// Reads, changes and writes every amplitude, in chunks on all threads if `parallel`. From the
/// second sweep on no amplitude is zero: some machines do not write a zero over a zero.
pub(crate) fn sweep<T: Real>(isa: Isa, buffer: &mut Buffer<T>, parallel: bool) {
    let log = isa.log_lanes::<T>();
    let total = buffer.vectors(log);
    let chunk = if parallel { parallel::chunk_of_vectors::<T>(buffer.len(), log) } else { total };
    let memory = buffer.shared();
    let half = black_box(T::from_f64(0.5));
    parallel::chunks(total, chunk, |start, count| sweep_of(isa, memory, start, count, half));
}

/// Multiplies and adds in registers, `rounds` times in each chain; returns the number of
/// floating-point operations, a multiplication with an addition counting two.
pub(crate) fn multiply_add<T: Real>(isa: Isa, rounds: usize) -> f64 {
    let start = |k: usize| Complex { re: T::from_f64(k as f64), im: T::from_f64(0.5 + k as f64) };
    let mut values: Starts<T> = black_box(std::array::from_fn(start));
    let half = black_box(T::from_f64(0.5));
    let chains = if isa == Isa::Portable {
        few_chains(isa, rounds, half, &mut values);
        PORTABLE_CHAINS
    } else {
        many_chains(isa, rounds, half, &mut values);
        CHAINS
    };
    black_box(values);
    let parts = 2 << isa.log_lanes::<T>();
    2.0 * (rounds * chains * parts) as f64
}

instantiate! {
    sweep_of = sweep_generic(memory: Shared<T>, start: usize, count: usize, half: T)
}

instantiate! {
    many_chains = many_chains_generic(rounds: usize, half: T, values: &mut Starts<T>)
}

instantiate! {
    few_chains = few_chains_generic(rounds: usize, half: T, values: &mut Starts<T>)
}

/// a → a/2 + 1/2, whose limit is 1: no value becomes infinite or too small to be normal.
#[inline(always)]
unsafe fn sweep_generic<V: Vector>(
    memory: Shared<V::Real>,
    start: usize,
    count: usize,
    half: V::Real,
) {
    let half = V::splat(half);
    for i in start..start + count {
        prefetch::<V>(lines(memory.get(), i + AHEAD, V::LOG));
        let at = memory.get().add(i << V::LOG);
        V::load(at).mul_add(half, half).store(at);
    }
}

#[inline(always)]
unsafe fn many_chains_generic<V: Vector>(
    rounds: usize,
    half: V::Real,
    values: &mut Starts<V::Real>,
) {
    chains::<V, CHAINS>(rounds, half, values);
}

#[inline(always)]
unsafe fn few_chains_generic<V: Vector>(
    rounds: usize,
    half: V::Real,
    values: &mut Starts<V::Real>,
) {
    chains::<V, PORTABLE_CHAINS>(rounds, half, values);
}

/// As a sweep, over and over in registers.
#[inline(always)]
unsafe fn chains<V: Vector, const N: usize>(
    rounds: usize,
    half: V::Real,
    values: &mut Starts<V::Real>,
) {
    let half = V::splat(half);
    let memory = values.as_mut_ptr();
    let mut registers = [half; N];
    for (k, register) in registers.iter_mut().enumerate() {
        *register = V::load(memory.add(k));
    }
    for _ in 0..rounds {
        for register in &mut registers {
            *register = register.mul_add(half, half);
        }
    }
    // They overlap; all that matters is that none is forgotten.
    for (k, register) in registers.iter().enumerate() {
        V::load(memory.add(k)).mul_add(half, *register).store(memory.add(k));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_change_every_amplitude_and_chains_count_their_operations() {
        for &isa in Isa::available() {
            for (len, parallel) in [(2, false), (1 << 8, true), (1 << 17, true), (1 << 17, false)] {
                let mut buffer = Buffer::<f64>::zeroed(len).unwrap();
                sweep(isa, &mut buffer, parallel);
                sweep(isa, &mut buffer, parallel);
                assert!(buffer.iter().all(|z| z.re == 0.75 && z.im == 0.75), "{isa:?} {len}");
            }
            let (one, many) = (multiply_add::<f32>(isa, 1), multiply_add::<f32>(isa, 1000));
            assert!(one > 0.0 && many == 1000.0 * one, "{isa:?}");
        }
    }
}

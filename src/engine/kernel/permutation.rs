//! Permutations of the basis states of k bits.

use super::pair::{Pair, pair};
use super::parallel;
use super::walk::Runs;
use super::{Buffer, Isa, Real};
use crate::engine::action::ControlMask;
use num_complex::Complex;

/// Moves amplitude b of the targets to `table[b]`, where selected. Fixed points are not touched.
pub(crate) fn permutation<T: Real>(
    isa: Isa,
    buffer: &mut Buffer<T>,
    targets: &[u32],
    map: &[u32],
    select: ControlMask,
) {
    let offset = |b: usize| -> usize {
        targets.iter().enumerate().fold(0, |o, (k, t)| o | (b >> k & 1) << t)
    };
    let moves: Vec<(usize, usize)> = (0..map.len())
        .filter(|&b| map[b] as usize != b)
        .map(|b| (offset(b), offset(map[b] as usize)))
        .collect();
    if moves.is_empty() {
        return;
    }
    if let [(b, c), _] = moves[..] {
        let targets = offset(map.len() - 1) as u64;
        let job = Pair::transposition(b as u64, c as u64, targets, select);
        return pair(isa, buffer, &job);
    }
    let fixed = select.mask as usize | offset(map.len() - 1);
    let total = buffer.len() >> fixed.count_ones();
    let large = parallel::is_large::<Complex<T>>(buffer.len());
    let chunk = if large { (1 << 13 >> targets.len()).max(16) } else { usize::MAX };
    let memory = buffer.shared();
    parallel::chunks(total, chunk, |start, count| {
        let mut taken = vec![Complex { re: T::ZERO, im: T::ZERO }; moves.len()];
        let mut runs = Runs::new(start, count, fixed, select.value as usize, 0);
        while let Some(first) = runs.next() {
            for i in first..first + runs.run {
                // SAFETY: all bits of the indices are below those of the buffer's length, and each
                // group of amplitudes belongs to one call.
                unsafe {
                    for (z, (from, _)) in taken.iter_mut().zip(&moves) {
                        *z = *memory.get().add(i | from);
                    }
                    for (z, (_, to)) in taken.iter().zip(&moves) {
                        *memory.get().add(i | to) = *z;
                    }
                }
            }
        }
    });
}

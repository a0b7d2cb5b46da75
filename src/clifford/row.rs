//! Rows of a tableau: the x bits of all qubits, then their z bits.

/// Rows are multiples of so many words in each half, so that loops over them are vectors.
pub(super) const LANES: usize = 8;

/// Words of one half of a row.
pub(super) fn half_words(num_qubits: usize) -> usize {
    num_qubits.div_ceil(64 * LANES) * LANES
}

/// Replaces a string L by the string P of L·R = i^e P, all with the sign +; returns e mod 4.
///
/// Each lane of bits counts mod 4 in two planes: one letter times another is ±i times a letter where
/// they anticommute, -i where exactly one of the product's z·x bits and x₁z₂ is set (Gidney, Quantum
/// 5, 497 (2021), section 3).
#[inline(always)]
pub(super) fn multiply(left: &mut [u64], right: &[u64]) -> u32 {
    let half = left.len() / 2;
    let (left_x, left_z) = left.split_at_mut(half);
    let (right_x, right_z) = right.split_at(half);
    let (left_x, left_z) = (left_x.as_chunks_mut::<LANES>().0, left_z.as_chunks_mut::<LANES>().0);
    let (right_x, right_z) = (right_x.as_chunks::<LANES>().0, right_z.as_chunks::<LANES>().0);
    let (mut ones, mut twos) = ([0; LANES], [0; LANES]);
    for (((lx, lz), rx), rz) in left_x.iter_mut().zip(left_z).zip(right_x).zip(right_z) {
        for k in 0..LANES {
            let (x1, z1, x2, z2) = (lx[k], lz[k], rx[k], rz[k]);
            let (x3, z3) = (x1 ^ x2, z1 ^ z2);
            let x1z2 = x1 & z2;
            let anti = x1z2 ^ (z1 & x2);
            twos[k] ^= (ones[k] ^ x3 ^ z3 ^ x1z2) & anti;
            ones[k] ^= anti;
            (lx[k], lz[k]) = (x3, z3);
        }
    }
    let (mut one, mut two) = (0u64, 0u64);
    for k in 0..LANES {
        two ^= twos[k] ^ (one & ones[k]);
        one ^= ones[k];
    }
    (one.count_ones() + 2 * two.count_ones()) & 3
}

/// Whether two strings anticommute.
#[inline(always)]
pub(super) fn anticommute(a: &[u64], b: &[u64]) -> bool {
    let half = a.len() / 2;
    let (ax, az) = (a[..half].as_chunks::<LANES>().0, a[half..].as_chunks::<LANES>().0);
    let (bx, bz) = (b[..half].as_chunks::<LANES>().0, b[half..].as_chunks::<LANES>().0);
    let mut odd = [0; LANES];
    for (((ax, az), bx), bz) in ax.iter().zip(az).zip(bx).zip(bz) {
        for k in 0..LANES {
            odd[k] ^= (ax[k] & bz[k]) ^ (az[k] & bx[k]);
        }
    }
    odd.into_iter().fold(0, |sum, word| sum ^ word).count_ones() & 1 == 1
}

/// Whether bit `i` of words is set.
#[inline(always)]
pub(super) fn bit(words: &[u64], i: usize) -> bool {
    words[i / 64] >> (i % 64) & 1 == 1
}

/// The bits that are set, ascending.
pub(super) fn ones(words: impl IntoIterator<Item = u64>) -> impl Iterator<Item = usize> {
    words.into_iter().enumerate().flat_map(|(i, word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let at = (left != 0).then(|| 64 * i + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            at
        })
    })
}

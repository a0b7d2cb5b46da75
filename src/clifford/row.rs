//! Rows of a tableau: the x bits of all qubits, then their z bits.

use crate::math::Isa;

/// Rows are multiples of so many words in each half, so that loops over them are vectors.
pub(super) const LANES: usize = 8;

/// The instruction set of this room's loops. Rows are a few registers of AVX2 long, and what the
/// compiler makes of the loops for AVX-512 is slower by a third.
pub(super) fn isa() -> Isa {
    Isa::best().min(Isa::Avx2)
}

/// Words of one half of a row, at least one vector.
pub(super) fn half_words(num_qubits: usize) -> usize {
    num_qubits.max(1).div_ceil(64 * LANES) * LANES
}

/// Replaces X^x Z^z of the left by that of the product: L·R = i^e X^x Z^z; returns e, 0 or 2. Letters
/// commute up to signs, so that only the parity of z of the left and x of the right counts (Dehaene and
/// De Moor, Phys. Rev. A 68, 042318 (2003)).
#[inline(always)]
pub(super) fn multiply(left: &mut [u64], right: &[u64]) -> u8 {
    let half = left.len() / 2;
    let (left_x, left_z) = left.split_at_mut(half);
    let (right_x, right_z) = right.split_at(half);
    let (left_x, left_z) = (left_x.as_chunks_mut::<LANES>().0, left_z.as_chunks_mut::<LANES>().0);
    let (right_x, right_z) = (right_x.as_chunks::<LANES>().0, right_z.as_chunks::<LANES>().0);
    let mut odd = [0; LANES];
    for (((left_x, left_z), right_x), right_z) in
        left_x.iter_mut().zip(left_z).zip(right_x).zip(right_z)
    {
        // Loaded before anything is stored, which makes vectors of them.
        let (mut x, mut z, x2, z2) = (*left_x, *left_z, *right_x, *right_z);
        for k in 0..LANES {
            odd[k] ^= z[k] & x2[k];
            x[k] ^= x2[k];
            z[k] ^= z2[k];
        }
        (*left_x, *left_z) = (x, z);
    }
    2 * parity(odd)
}

#[inline(always)]
fn parity(words: [u64; LANES]) -> u8 {
    (words.into_iter().fold(0, |sum, word| sum ^ word).count_ones() & 1) as u8
}

/// Whether i^exponent X^x Z^z is -P, P with a letter Y where x and z are.
pub(super) fn is_negative(row: &[u64], exponent: u8) -> bool {
    let (x, z) = row.split_at(row.len() / 2);
    let ys: u32 = x.iter().zip(z).map(|(x, z)| (x & z).count_ones()).sum();
    (u32::from(exponent) + 3 * (ys & 3)) & 2 != 0
}

/// Whether two strings anticommute.
#[inline(always)]
pub(super) fn anticommute(a: &[u64], b: &[u64]) -> bool {
    let half = a.len() / 2;
    let (ax, az) = (a[..half].as_chunks::<LANES>().0, a[half..].as_chunks::<LANES>().0);
    let (bx, bz) = (b[..half].as_chunks::<LANES>().0, b[half..].as_chunks::<LANES>().0);
    let mut odd = [0; LANES];
    for (((ax, az), bx), bz) in ax.iter().zip(az).zip(bx).zip(bz) {
        let (ax, az, bx, bz) = (*ax, *az, *bx, *bz);
        for k in 0..LANES {
            odd[k] ^= (ax[k] & bz[k]) ^ (az[k] & bx[k]);
        }
    }
    parity(odd) == 1
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

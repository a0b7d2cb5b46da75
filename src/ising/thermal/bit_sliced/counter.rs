//! Sums of bits, many side by side, by carry-save adders.

use super::inputs::PLANES;

/// What a bit of each lane's three gives: the carry; the sum stays in `sum`.
#[inline(always)]
fn add<const L: usize>(sum: &mut [u64; L], a: [u64; L], b: [u64; L]) -> [u64; L] {
    let mut carry = [0; L];
    for k in 0..L {
        carry[k] = (sum[k] & a[k]) | (sum[k] & b[k]) | (a[k] & b[k]);
        sum[k] ^= a[k] ^ b[k];
    }
    carry
}

/// The same of two.
#[inline(always)]
fn add_one<const L: usize>(sum: &mut [u64; L], a: [u64; L]) -> [u64; L] {
    let mut carry = [0; L];
    for k in 0..L {
        carry[k] = sum[k] & a[k];
        sum[k] ^= a[k];
    }
    carry
}

/// Adds up `counts[p]` inputs of weight 2ᵖ, for each of the planes, modulo 2^planes. `get` has the inputs
/// plane by plane; `carries` has room for half of the inputs.
///
/// Sums are put to memory between loops, because that keeps them in vectors.
#[inline(always)]
pub(super) fn count<const L: usize>(
    get: impl Fn(usize) -> [u64; L],
    counts: &[u16],
    carries: &mut [[u64; L]],
    out: &mut [[u64; L]; PLANES],
) {
    let (mut waiting, mut input) = (0, 0);
    for (plane, &count) in counts.iter().enumerate() {
        let end = input + count as usize;
        let (mut carry, mut made) = (0, 0);
        let total = &mut out[plane];
        if waiting > 0 {
            *total = carries[0];
            carry = 1;
        } else if input < end {
            *total = get(input);
            input += 1;
        } else {
            *total = [0; L];
            continue;
        }
        if plane + 1 == counts.len() {
            let mut sum = *total;
            for carry in &carries[carry..waiting.max(carry)] {
                add_one(&mut sum, *carry);
            }
            *total = sum;
            for input in input..end {
                add_one(&mut sum, get(input));
            }
            *total = sum;
            return;
        }
        // Carries are written where those were that have been read.
        if carry + 1 < waiting {
            let mut sum = *total;
            while carry + 1 < waiting {
                carries[made] = add(&mut sum, carries[carry], carries[carry + 1]);
                (carry, made) = (carry + 2, made + 1);
            }
            *total = sum;
        }
        if carry < waiting {
            let last = carries[carry];
            if input < end {
                carries[made] = add(total, last, get(input));
                input += 1;
            } else {
                carries[made] = add_one(total, last);
            }
            made += 1;
        }
        if input + 1 < end {
            let mut sum = *total;
            while input + 1 < end {
                carries[made] = add(&mut sum, get(input), get(input + 1));
                (input, made) = (input + 2, made + 1);
            }
            *total = sum;
        }
        if input < end {
            carries[made] = add_one(total, get(input));
            (input, made) = (input + 1, made + 1);
        }
        waiting = made;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_those_of_the_bits(
            inputs in prop::collection::vec(prop::collection::vec(any::<[u64; 2]>(), 0..20), 1..PLANES)
        ) {
            let counts: Vec<u16> = inputs.iter().map(|plane| plane.len() as u16).collect();
            let all = inputs.concat();
            let mut out = [[0; 2]; PLANES];
            count(|k| all[k], &counts, &mut vec![[0; 2]; all.len() / 2 + 1], &mut out);
            for bit in 0..128 {
                let of = |words: &[u64; 2]| words[bit / 64] >> (bit % 64) & 1;
                let weighed = inputs.iter().enumerate();
                let want: u64 = weighed.map(|(p, plane)| plane.iter().map(of).sum::<u64>() << p).sum();
                let found: u64 = (0..counts.len()).map(|p| of(&out[p]) << p).sum();
                prop_assert_eq!(found, want % (1 << counts.len()));
            }
        }
    }
}

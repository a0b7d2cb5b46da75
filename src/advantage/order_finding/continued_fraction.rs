//! From y/2^t to fractions with small denominators.

/// The convergents p/q of y/2^t with q < `limit`, in order (Hardy and Wright, An Introduction to the
/// Theory of Numbers, chapter 10). The first one is the integer part. If |y/2^t - s/r| ≤ 1/(2r²),
/// s/r in lowest terms is among all of them (theorem 184).
pub fn convergents(y: u128, clock_bits: u32, limit: u64) -> Vec<(u64, u64)> {
    let (mut over, mut under) = (y, 1u128 << clock_bits);
    let (mut p, mut q) = ((0u128, 1u128), (1u128, 0u128));
    let mut found = Vec::new();
    while under != 0 {
        let part = over / under;
        (over, under) = (under, over % under);
        let Some(next) = part.checked_mul(q.1).and_then(|x| x.checked_add(q.0)) else { break };
        q = (q.1, next);
        // p ≤ q where y < 2^t, so that it has no more bits.
        p = (p.1, part * p.1 + p.0);
        if q.1 >= u128::from(limit) {
            break;
        }
        found.push((p.1 as u64, q.1 as u64));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_known_numbers() {
        // 427/1024 = [0; 2, 2, 1, 1, 17, …].
        let found = convergents(427, 10, 100);
        assert_eq!(found, [(0, 1), (1, 2), (2, 5), (3, 7), (5, 12)]);
        assert_eq!(convergents(0, 10, 100), [(0, 1)]);
        assert_eq!(convergents(512, 10, 100), [(0, 1), (1, 2)]);
        assert_eq!(convergents(1023, 10, 2000), [(0, 1), (1, 1), (1023, 1024)]);
    }

    #[test]
    fn near_fractions_are_found_with_many_bits() {
        let t = 124;
        for (s, r) in [(1u128, 3u128), (123_456_789, 1_000_000_007), (5, (1 << 61) - 1)] {
            // The nearest y: 2^t·s has too many bits for one division.
            let (whole, rest) = ((1u128 << t) / r, (1u128 << t) % r);
            let y = s * whole + s * rest / r;
            let found = convergents(y, t, 1 << 62);
            assert!(found.contains(&(s as u64, r as u64)), "{s}/{r}: {found:?}");
        }
    }
}

//! Integers modulo a number of up to 64 bits.

/// The greatest common divisor; that of 0 and n is n.
pub const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The least common multiple; `None` if it has more than 64 bits. That of 0 and n is 0.
pub const fn lcm(a: u64, b: u64) -> Option<u64> {
    if a == 0 || b == 0 {
        return Some(0);
    }
    (a / gcd(a, b)).checked_mul(b)
}

/// a·b mod m.
///
/// # Panics
/// If m is 0.
#[track_caller]
pub const fn mul_mod(a: u64, b: u64, m: u64) -> u64 {
    (a as u128 * b as u128 % m as u128) as u64
}

/// a^e mod m, by squaring.
///
/// # Panics
/// If m is 0.
#[track_caller]
pub const fn pow_mod(a: u64, mut e: u64, m: u64) -> u64 {
    let (mut power, mut product) = (a % m, 1 % m);
    while e != 0 {
        if e & 1 == 1 {
            product = mul_mod(product, power, m);
        }
        power = mul_mod(power, power, m);
        e >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_definitions() {
        for a in 0..40u64 {
            for b in 0..40 {
                let divisors = (1..=40).filter(|d| a % d == 0 && b % d == 0);
                let largest = if a == 0 && b == 0 { 0 } else { divisors.max().unwrap() };
                assert_eq!(gcd(a, b), largest, "{a} {b}");
                assert_eq!(lcm(a, b).unwrap() * gcd(a, b), a * b);
            }
            for m in 1..40 {
                let mut power = 1 % m;
                for e in 0..20 {
                    assert_eq!(pow_mod(a, e, m), power, "{a}^{e} mod {m}");
                    power = power * a % m;
                }
            }
        }
        // Fermat, with products of more than 64 bits: 2^61 - 1 is prime.
        let p = (1 << 61) - 1;
        assert_eq!(pow_mod(123_456_789_012_345_678, p - 1, p), 1);
        assert_eq!(mul_mod(u64::MAX, u64::MAX, u64::MAX - 1), 1);
        assert_eq!(lcm(u64::MAX, u64::MAX - 1), None);
    }
}

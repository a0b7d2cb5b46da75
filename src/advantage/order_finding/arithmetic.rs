//! Numbers of up to 62 bits: primes, powers, orders, fast products.

use crate::math::modular::{gcd, mul_mod, pow_mod};

/// Products modulo an odd number without divisions (Montgomery, Mathematics of Computation 44, 519
/// (1985)), numbers being kept as x·2^64 mod m. It is for rivals, which would be slowed down by
/// divisions.
#[derive(Debug, Clone, Copy)]
pub struct Montgomery {
    modulus: u64,
    /// -1/m mod 2^64.
    inverse: u64,
    /// 2^128 mod m.
    square: u64,
}

impl Montgomery {
    /// Modulo an odd number below 2^63.
    ///
    /// # Panics
    /// If it is even or larger.
    pub fn new(modulus: u64) -> Self {
        assert!(modulus % 2 == 1 && modulus >> 63 == 0, "{modulus} is even or too large");
        // Each step of Newton's method doubles the number of bits; m itself is right in three.
        let mut inverse = modulus;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(modulus.wrapping_mul(inverse)));
        }
        let one = (1u128 << 64) % u128::from(modulus);
        let square = (one * one % u128::from(modulus)) as u64;
        Montgomery { modulus, inverse: inverse.wrapping_neg(), square }
    }

    /// x·y/2^64 mod m: the product of two numbers in this form.
    #[inline(always)]
    pub fn mul(&self, x: u64, y: u64) -> u64 {
        let product = u128::from(x) * u128::from(y);
        let factor = (product as u64).wrapping_mul(self.inverse);
        // Below m² + 2^64·m, which is below 2^128.
        let sum = product + u128::from(factor) * u128::from(self.modulus);
        let high = (sum >> 64) as u64;
        if high >= self.modulus { high - self.modulus } else { high }
    }

    /// x + y mod m.
    #[inline(always)]
    pub fn add(&self, x: u64, y: u64) -> u64 {
        let sum = x + y;
        if sum >= self.modulus { sum - self.modulus } else { sum }
    }

    /// A number below m in this form.
    pub fn from_number(&self, x: u64) -> u64 {
        self.mul(x % self.modulus, self.square)
    }

    /// A number in this form as it is.
    pub fn to_number(&self, x: u64) -> u64 {
        self.mul(x, 1)
    }
}

/// Whether n is prime, for sure: Miller and Rabin's test with the first twelve primes as bases, which
/// are enough below 3.18e23 (Sorenson and Webster, Mathematics of Computation 86, 985 (2017)).
pub fn is_prime(n: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < 2 {
        return false;
    }
    if let Some(&p) = BASES.iter().find(|&&p| n.is_multiple_of(p)) {
        return n == p;
    }
    let twos = (n - 1).trailing_zeros();
    BASES.iter().all(|&base| {
        let mut x = pow_mod(base, (n - 1) >> twos, n);
        if x == 1 || x == n - 1 {
            return true;
        }
        (1..twos).any(|_| {
            x = mul_mod(x, x, n);
            x == n - 1
        })
    })
}

/// (b, k) with n = b^k and the largest k ≥ 2, if n is a power.
pub fn perfect_power(n: u64) -> Option<(u64, u32)> {
    if n < 4 {
        return None;
    }
    (2..=n.ilog2()).rev().find_map(|k| {
        let near = (n as f64).powf(1.0 / f64::from(k)).round() as u64;
        let root = |b: &u64| b.checked_pow(k) == Some(n);
        (near.saturating_sub(1).max(2)..=near + 1).find(root).map(|b| (b, k))
    })
}

/// The prime factors of n ≥ 1, ascending, each as often as it divides n. By trial division up to 2^10
/// and Pollard's rho beyond.
pub fn prime_factors(mut n: u64) -> Vec<u64> {
    let mut factors = Vec::new();
    for p in 2..1 << 10 {
        while n.is_multiple_of(p) {
            factors.push(p);
            n /= p;
        }
    }
    let mut open = vec![n];
    while let Some(n) = open.pop() {
        if n == 1 {
            continue;
        }
        if is_prime(n) {
            factors.push(n);
            continue;
        }
        if let Some((b, k)) = perfect_power(n) {
            open.extend(std::iter::repeat_n(b, k as usize));
            continue;
        }
        let factor =
            (1..).find_map(|c| rho(n, c)).expect("some constant splits a composite number");
        open.extend([factor, n / factor]);
    }
    factors.sort_unstable();
    factors
}

/// A factor of an odd composite number by x → x² + c, with Floyd's cycle.
fn rho(n: u64, c: u64) -> Option<u64> {
    let next = |x: u64| (mul_mod(x, x, n) + c) % n;
    let (mut slow, mut fast) = (2, 2);
    loop {
        slow = next(slow);
        fast = next(next(fast));
        match gcd(slow.abs_diff(fast), n) {
            1 => {}
            d if d == n => return None,
            d => return Some(d),
        }
    }
}

/// The smallest divisor d of `multiple` with a^d = 1 modulo n, for a^multiple = 1: the order of a.
pub fn reduced_order(a: u64, n: u64, multiple: u64) -> u64 {
    let mut order = multiple;
    for p in prime_factors(multiple) {
        if order.is_multiple_of(p) && pow_mod(a, order / p, n) == 1 {
            order /= p;
        }
    }
    order
}

/// The order of a modulo n, from the factors of n: what a quantum computer does not know. It decides
/// what a simulated one measures, and nothing else may use it.
pub fn order(a: u64, n: u64) -> u64 {
    debug_assert_eq!(gcd(a, n), 1);
    // Carmichael's function divides this, and a^φ = 1.
    let mut phi = 1;
    let mut last = 0;
    for p in prime_factors(n) {
        phi *= if p == last { p } else { p - 1 };
        last = p;
    }
    reduced_order(a, n, phi)
}

/// A number that needs no quantum computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Easy {
    /// 0 or 1, which have no factors.
    TooSmall,
    /// 2 divides it.
    Even,
    /// It has no factors.
    Prime,
    /// It is b^k, k ≥ 2.
    Power(u64, u32),
}

/// Whether a number is easy: what is left is odd with two different prime factors or more, as Shor's
/// reduction from factoring to order finding takes for granted.
pub fn easy(n: u64) -> Option<Easy> {
    if n < 2 {
        Some(Easy::TooSmall)
    } else if is_prime(n) {
        Some(Easy::Prime)
    } else if n.is_multiple_of(2) {
        Some(Easy::Even)
    } else {
        perfect_power(n).map(|(b, k)| Easy::Power(b, k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_by_their_definitions() {
        for n in 0..3000u64 {
            let divisors = (2..n).take_while(|d| d * d <= n).filter(|d| n % d == 0).count();
            assert_eq!(is_prime(n), n >= 2 && divisors == 0, "{n}");
            let power = (2..n)
                .take_while(|b| b * b <= n)
                .find_map(|b| (2..12).find(|&k| b.checked_pow(k) == Some(n)).map(|k| (b, k)));
            assert_eq!(perfect_power(n), power, "{n}");
            if n > 0 {
                let factors = prime_factors(n);
                assert_eq!(factors.iter().product::<u64>(), n);
                assert!(factors.iter().all(|&p| is_prime(p)));
            }
        }
        for n in (3..200).step_by(2) {
            for a in (1..n).filter(|&a| gcd(a, n) == 1) {
                let by_hand = (1..).find(|&r| pow_mod(a, r, n) == 1).unwrap();
                assert_eq!(order(a, n), by_hand, "{a} mod {n}");
            }
        }
        assert_eq!(
            [15, 14, 13, 27, 1].map(easy),
            [
                None,
                Some(Easy::Even),
                Some(Easy::Prime),
                Some(Easy::Power(3, 3)),
                Some(Easy::TooSmall)
            ]
        );
    }

    #[test]
    fn large_numbers() {
        // 2^61 - 1 and 2^31 - 1 are prime; 3215031751 fools the bases 2, 3, 5 and 7.
        assert!(is_prime((1 << 61) - 1) && !is_prime(3_215_031_751) && !is_prime(u64::MAX));
        assert_eq!(prime_factors(712_321 * 771_781), [712_321, 771_781]);
        assert_eq!(perfect_power(2_147_483_647 * 2_147_483_647), Some((2_147_483_647, 2)));
        let m = Montgomery::new((1 << 62) - 57);
        let (x, y) = (3_141_592_653_589_793_238, 2_718_281_828_459_045_235);
        let product = m.mul(m.from_number(x), m.from_number(y));
        assert_eq!(m.to_number(product), mul_mod(x, y, (1 << 62) - 57));
        assert_eq!(m.add((1 << 62) - 58, 3), 2);
    }
}

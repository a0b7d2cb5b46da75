//! Numbers to factor and bases to do it with, from a seed.

use super::arithmetic::{Easy, easy, is_prime};
use crate::error::{Error, Result};
use rand::{Rng, RngExt};

/// Fewest and most bits of a number: 15 = 3·5 is the smallest, and products of a rival are kept in 64
/// bits, sums among them.
pub const BITS: std::ops::RangeInclusive<u64> = 4..=62;

/// Number of bits of n.
pub fn num_bits(n: u64) -> u64 {
    u64::from(u64::BITS - n.leading_zeros())
}

/// A product of two different odd primes with exactly so many bits, the smaller one having half of
/// them.
///
/// # Errors
/// If there are too few bits, or too many.
pub fn semiprime(bits: u64, rng: &mut impl Rng) -> Result<u64> {
    check_bits(bits)?;
    let (from, to) = (1u64 << (bits - 1), u64::MAX >> (64 - bits));
    loop {
        let q = odd_prime(1 << (bits / 2 - 1), (1 << (bits / 2)) - 1, rng);
        let Some(q) = q else { continue };
        let p = odd_prime(from.div_ceil(q), to / q, rng);
        if let Some(p) = p.filter(|p| *p != q) {
            return Ok(p * q);
        }
    }
}

/// A random odd prime between both, if a few draws find one.
fn odd_prime(low: u64, high: u64, rng: &mut impl Rng) -> Option<u64> {
    (low <= high)
        .then(|| (0..256).map(|_| rng.random_range(low..=high)).find(|&n| n > 2 && is_prime(n)))?
}

/// A base, from 2 to N - 2, whatever its order is. It may have a factor in common with N.
pub fn draw_base(modulus: u64, rng: &mut impl Rng) -> u64 {
    rng.random_range(2..=modulus - 2)
}

/// Refuses numbers of too few or too many bits.
///
/// # Errors
/// If it is one.
pub fn check_bits(bits: u64) -> Result<()> {
    if BITS.contains(&bits) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of bits of a number to factor".into(),
        value: bits.to_string(),
        expected: format!("it must be from {} to {}", BITS.start(), BITS.end()),
    })
}

/// Refuses numbers that are no problem for Shor's algorithm, and says what they are.
///
/// # Errors
/// If a number is one, or has too many bits.
pub fn check_number(n: u64) -> Result<()> {
    let expected = match easy(n) {
        None => return check_bits(num_bits(n)),
        Some(Easy::TooSmall) => "it has no factors: take a product of two odd primes".into(),
        Some(Easy::Even) => {
            format!("it is even: 2·{}, without a quantum computer; take an odd number", n / 2)
        }
        Some(Easy::Prime) => {
            "it is prime, as a test says at once: there is nothing to factor; take a product of two \
             odd primes"
                .into()
        }
        Some(Easy::Power(b, k)) => format!(
            "it is {b}^{k}, which a root finds without a quantum computer; take a number with two \
             different prime factors"
        ),
    };
    Err(Error::Invalid { what: "the number to factor".into(), value: n.to_string(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::order_finding::arithmetic::prime_factors;
    use crate::math::{Domain, Streams};

    #[test]
    fn semiprimes_have_their_bits() {
        for bits in BITS {
            let mut rng = Streams::new(3, Domain::OrderFinding).stream(bits);
            for _ in 0..5 {
                let n = semiprime(bits, &mut rng).unwrap();
                assert_eq!(num_bits(n), bits);
                let factors = prime_factors(n);
                assert!(factors.len() == 2 && factors[0] != factors[1] && factors[0] > 2, "{n}");
                assert!(check_number(n).is_ok());
            }
        }
        let mut rng = Streams::new(3, Domain::OrderFinding).stream(0);
        assert!(semiprime(3, &mut rng).is_err() && semiprime(63, &mut rng).is_err());
    }

    #[test]
    fn easy_numbers_are_refused_with_their_factors() {
        let says = |n: u64| check_number(n).unwrap_err().to_string();
        assert!(says(0).contains("no factors") && says(1).contains("no factors"));
        assert!(says(14).contains("2·7") && says(13).contains("prime"));
        assert!(says(27).contains("3^3") && says(u64::MAX).contains("62"));
        assert!(check_number(15).is_ok() && check_number(105).is_ok());
    }
}

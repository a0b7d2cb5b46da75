//! Pollard's rho in Brent's form.

use super::super::arithmetic::Montgomery;
use super::split::Split;
use crate::error::Result;
use crate::math::Watch;
use crate::math::modular::gcd;
use rand::{Rng, RngExt};

/// Differences whose product is looked at together.
const BATCH: u64 = 64;

/// A factor of an odd composite number, from the cycle of x → x² + c modulo it, found as in Brent, BIT
/// 20, 176 (1980): about √p steps for its smallest prime factor p. Every step is a
/// multiplication modulo N, and so is every difference that is multiplied in. Of a prime number there is
/// no end but by the watch.
///
/// # Errors
/// If the watch was cancelled.
///
/// # Panics
/// If the number is even, or has more than 63 bits.
pub fn pollard_rho(n: u64, rng: &mut impl Rng, watch: &Watch) -> Result<Split> {
    let m = Montgomery::new(n);
    let mut operations = 0;
    loop {
        // Constants and starts in Montgomery's form: random is random.
        let c = rng.random_range(1..n);
        let start = rng.random_range(0..n);
        if let Some(factor) = cycle(&m, n, (c, start), &mut operations, watch)? {
            return Ok(Split { factor, operations });
        }
    }
}

fn cycle(
    m: &Montgomery,
    n: u64,
    (c, start): (u64, u64),
    operations: &mut u64,
    watch: &Watch,
) -> Result<Option<u64>> {
    let next = |x: u64| m.add(m.mul(x, x), c);
    let one = m.from_number(1);
    let (mut y, mut length) = (start, 1u64);
    loop {
        let x = y;
        for _ in 0..length {
            y = next(y);
        }
        *operations += length;
        let mut done = 0;
        while done < length {
            watch.check()?;
            let (before, batch) = (y, BATCH.min(length - done));
            let mut product = one;
            for _ in 0..batch {
                y = next(y);
                product = m.mul(product, x.abs_diff(y));
            }
            *operations += 2 * batch;
            done += batch;
            match gcd(product, n) {
                1 => {}
                // Two factors at once: again, one difference after the other.
                d if d == n => {
                    let mut y = before;
                    for _ in 0..batch {
                        y = next(y);
                        *operations += 1;
                        match gcd(x.abs_diff(y), n) {
                            1 => {}
                            d => return Ok((d != n).then_some(d)),
                        }
                    }
                    return Ok(None);
                }
                d => return Ok(Some(d)),
            }
        }
        length *= 2;
    }
}

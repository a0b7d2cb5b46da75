//! The order of a number by Shanks's baby steps and giant steps.

use super::super::arithmetic::Montgomery;
use super::super::factoring::factors_from_order;
use super::super::problem::draw_base;
use super::split::Split;
use crate::error::Result;
use crate::math::Watch;
use crate::math::modular::gcd;
use rand::Rng;

/// Beyond, the table has more than 2^22 powers.
pub(super) const MOST_BITS: u64 = 44;
/// Steps between two looks at the watch.
const AT_ONCE: u64 = 1 << 14;

/// A factor of an odd number with two different prime factors, from the order of random bases: the
/// same question as a quantum computer's. The order r < N is i·m - j with m = ⌈√N⌉, 1 ≤ i ≤ m,
/// 0 ≤ j < m (Shanks, Proceedings of Symposia in Pure Mathematics 20, 415 (1971)): a^j is looked up
/// in a sorted table, so that about 2√N multiplications and √N·log N comparisons do.
///
/// # Errors
/// If the watch was cancelled.
pub fn baby_step_giant_step(n: u64, rng: &mut impl Rng, watch: &Watch) -> Result<Split> {
    let mut operations = 0;
    loop {
        let a = draw_base(n, rng);
        let common = gcd(a, n);
        if common > 1 {
            return Ok(Split { factor: common, operations });
        }
        let r = order(a, n, &mut operations, watch)?;
        if let Some(factor) = factors_from_order(a, n, r) {
            return Ok(Split { factor, operations });
        }
    }
}

fn order(a: u64, n: u64, operations: &mut u64, watch: &Watch) -> Result<u64> {
    let m = Montgomery::new(n);
    let steps = n.isqrt() + 1;
    let a = m.from_number(a);
    let mut power = m.from_number(1);
    let mut table: Vec<(u64, u32)> = Vec::with_capacity(steps as usize);
    for j in 0..steps {
        if j % AT_ONCE == 0 {
            watch.check()?;
        }
        table.push((power, j as u32));
        power = m.mul(power, a);
    }
    *operations += steps;
    // Now a^m. Of equal powers the largest j gives the smallest r.
    let giant = power;
    table.sort_unstable();
    let mut here = giant;
    for i in 1..=steps {
        if i % AT_ONCE == 0 {
            watch.check()?;
        }
        let next = table.partition_point(|&(power, _)| power <= here);
        if let Some(&(power, j)) = next.checked_sub(1).map(|k| &table[k])
            && power == here
        {
            return Ok(i * steps - u64::from(j));
        }
        here = m.mul(here, giant);
        *operations += 1;
    }
    unreachable!("the order is below N")
}

#[cfg(test)]
mod tests {
    use super::super::super::arithmetic;
    use super::*;

    #[test]
    fn orders_are_right() {
        for n in (15..400).step_by(2) {
            for a in (1..n).filter(|&a| gcd(a, n) == 1) {
                let found = order(a, n, &mut 0, &Watch::default()).unwrap();
                assert_eq!(found, arithmetic::order(a, n), "{a} mod {n}");
            }
        }
    }
}

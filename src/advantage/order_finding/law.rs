//! What order finding measures, in closed form.

use crate::error::{Error, Result};
use crate::math::modular::mul_mod;
use rand::{Rng, RngExt};
use std::f64::consts::PI;

/// Most clock bits: y and products modulo 2^t are kept in 128.
pub const MOST_CLOCK_BITS: u32 = 126;

/// The law of the outcome y of order finding with t clock bits for an order r, whatever a and N are
/// (Shor, SIAM Journal on Computing 26, 1484 (1997), section 5): t + n qubits are 2^{-t/2} Σ_x
/// |x⟩|a^x mod N⟩, in which x = b + j·r, j < M_b = ⌈(2^t - b)/r⌉, share a value, so that
///
/// P(y) = 4^{-t} Σ_{b<r} |Σ_{j<M_b} e^{2πi·j·r·y/2^t}|².
///
/// M_b has two values, ⌊2^t/r⌋ and one more, and the inner sums are sines.
///
/// ```
/// use ketlab::advantage::order_finding::OrderLaw;
/// let law = OrderLaw::new(6, 9)?;
/// assert!((law.probability(256) - 43_692.0 / 262_144.0).abs() < 1e-15);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLaw {
    order: u64,
    clock_bits: u32,
}

impl OrderLaw {
    /// That of an order.
    ///
    /// # Errors
    /// If the order is 0, or t is 0 or above [`MOST_CLOCK_BITS`].
    pub fn new(order: u64, clock_bits: u32) -> Result<Self> {
        check_clock_bits(clock_bits)?;
        if order == 0 {
            return Err(Error::Invalid {
                what: "the order of a number".into(),
                value: "0".into(),
                expected: "a^0 is 1 for every a: it must be at least 1".into(),
            });
        }
        Ok(OrderLaw { order, clock_bits })
    }

    /// r.
    pub fn order(&self) -> u64 {
        self.order
    }

    /// t.
    pub fn clock_bits(&self) -> u32 {
        self.clock_bits
    }

    /// P(y); 0 for y ≥ 2^t.
    pub fn probability(&self, y: u128) -> f64 {
        let size = 1u128 << self.clock_bits;
        if y >= size {
            return 0.0;
        }
        let order = u128::from(self.order);
        let (fewer, with_one_more) = (size / order, size % order);
        // Modulo a power of two, products may overflow.
        let x = order.wrapping_mul(y) & (size - 1);
        let more = with_one_more as f64 * self.part(x, fewer + 1);
        more + (order - with_one_more) as f64 * self.part(x, fewer)
    }

    /// |Σ_{j<m} e^{2πi·j·x/2^t}|²/4^t = (sin(π·m·x/2^t) / (2^t sin(π·x/2^t)))². Both angles are
    /// reduced as integers, so that no digits are lost near multiples of π.
    fn part(&self, x: u128, m: u128) -> f64 {
        let size = (self.clock_bits as f64).exp2();
        if x == 0 {
            return (m as f64 / size).powi(2);
        }
        (self.sine(m.wrapping_mul(x)) / (size * self.sine(x))).powi(2)
    }

    /// sin(π·z/2^t), up to its sign.
    fn sine(&self, z: u128) -> f64 {
        let size = 1u128 << self.clock_bits;
        let z = z & (size - 1);
        let nearest = z.min(size - z);
        (PI * (nearest as f64 / size as f64)).sin()
    }

    /// Draws y. The number register starts as an equal superposition of r eigenvectors of the
    /// multiplication, of eigenvalues e^{2πi·s/r} (Nielsen and Chuang, section 5.3.1), which nothing
    /// mixes: s is drawn, and the bits of y one after the other as the circuit with one control qubit
    /// measures them, the m-th with the probability sin²(π(2^{t-1-m}·s/r - 0.0y_{m-1}…y_0)) of 1. Time
    /// and memory do not depend on r and 2^t.
    pub fn sample(&self, rng: &mut impl Rng) -> u128 {
        let r = self.order;
        let s = rng.random_range(0..r);
        // 2^k·s mod r for k = t - 1 down to 0: forwards first.
        let mut turns = Vec::with_capacity(self.clock_bits as usize);
        let mut turn = s;
        for _ in 0..self.clock_bits {
            turns.push(turn);
            turn = mul_mod(turn, 2, r);
        }
        let (mut y, mut known) = (0u128, 0.0);
        for (m, turn) in turns.into_iter().rev().enumerate() {
            let fraction = turn as f64 / r as f64;
            let one = (PI * (fraction - 0.5 * known)).sin().powi(2);
            let bit = rng.random::<f64>() < one;
            y |= u128::from(bit) << m;
            // 0.y_m…y_0.
            known = 0.5 * (known + f64::from(u8::from(bit)));
        }
        y
    }
}

pub(super) fn check_clock_bits(clock_bits: u32) -> Result<()> {
    if (1..=MOST_CLOCK_BITS).contains(&clock_bits) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of clock bits".into(),
        value: clock_bits.to_string(),
        expected: format!("it must be from 1 to {MOST_CLOCK_BITS}; twice the bits of N is usual"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};
    use num_complex::Complex64;

    /// The sums as they are written.
    fn by_sums(r: u64, t: u32) -> Vec<f64> {
        let size = 1u64 << t;
        let term = |k: u64| Complex64::cis(2.0 * PI * k as f64 / size as f64);
        let of = |y: u64, b: u64| {
            let sum: Complex64 = (b..size).step_by(r as usize).map(|x| term(x * y % size)).sum();
            sum.norm_sqr()
        };
        let scale = (size as f64).powi(-2);
        (0..size).map(|y| scale * (0..r.min(size)).map(|b| of(y, b)).sum::<f64>()).collect()
    }

    #[test]
    fn agrees_with_the_sums() {
        for (r, t) in [(1, 4), (2, 5), (3, 6), (6, 9), (10, 8), (12, 7), (37, 5), (64, 6)] {
            let law = OrderLaw::new(r, t).unwrap();
            for (y, p) in by_sums(r, t).into_iter().enumerate() {
                assert!((law.probability(y as u128) - p).abs() < 1e-14, "{r} {t} {y}");
            }
        }
    }

    #[test]
    fn published_values_and_combs() {
        let law = OrderLaw::new(6, 9).unwrap();
        let p = |y| law.probability(y);
        assert_eq!((p(0), p(256)), (43_692.0 / 262_144.0, 43_692.0 / 262_144.0));
        assert!((p(85) - 0.113_989_50).abs() < 5e-9 && (p(171) - 0.113_989_50).abs() < 5e-9);
        // A power of two: equal teeth, nothing between.
        let comb = OrderLaw::new(4, 20).unwrap();
        for y in [0, 1 << 18, 1 << 19, 3 << 18] {
            assert_eq!(comb.probability(y), 0.25);
            assert!(comb.probability(y + 1) < 1e-30);
        }
        assert_eq!(law.probability(512), 0.0);
    }

    #[test]
    fn many_clock_bits_keep_their_digits() {
        // About a peak at 2^t·s/r the law has a limit: sin²(πδ)/(πδ)²/r at the distance δ.
        let (r, t) = ((1u64 << 40) + 15, 124);
        let law = OrderLaw::new(r, t).unwrap();
        let (s, size) = (987_654_321u128, 1u128 << t);
        let (whole, rest) = (size / u128::from(r), size % u128::from(r));
        let below = s * whole + s * rest / u128::from(r);
        let distance = (s * rest % u128::from(r)) as f64 / r as f64;
        for k in 0..5u32 {
            let delta = distance + f64::from(k);
            let limit = ((PI * delta).sin() / (PI * delta)).powi(2) / r as f64;
            let p = law.probability(below - u128::from(k));
            assert!((p / limit - 1.0).abs() < 1e-8, "{k}: {p} {limit}");
        }
    }

    #[test]
    fn samples_follow_the_law() {
        let draws = 20_000u32;
        for (r, t) in [(6, 6), (5, 5), (4, 6), (1, 3)] {
            let law = OrderLaw::new(r, t).unwrap();
            let mut counts = vec![0u32; 1 << t];
            let mut rng = Streams::new(5, Domain::OrderFinding).stream(u64::from(t) + r);
            (0..draws).for_each(|_| counts[law.sample(&mut rng) as usize] += 1);
            for (y, &count) in counts.iter().enumerate() {
                let mean = f64::from(draws) * law.probability(y as u128);
                let off = (f64::from(count) - mean).abs();
                assert!(off <= 4.5 * mean.sqrt() + 1e-9 * f64::from(draws), "{r} {t} {y}: {count}");
            }
        }
        assert!(OrderLaw::new(0, 4).is_err() && OrderLaw::new(3, 0).is_err());
        assert!(OrderLaw::new(3, 127).is_err());
    }
}

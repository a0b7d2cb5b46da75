//! Coins with given probabilities, one for each bit of a word.

use super::random::Generators;

/// Words that are drawn before it is looked whether more are needed: part of what a seed gives.
const AT_ONCE: usize = 4;

/// The probabilities of a digit's three values, bit by bit from the highest, as masks: of 1, of what differs
/// between 1 and 3, and of 2.
type Row = [u64; 3];

/// Probabilities e^-xk for the base-4 digits of k: e^-xk is the product of those of its digits.
pub(super) struct Coins(Vec<[Row; 64]>);

impl Coins {
    /// For this x ≥ 0 and numbers k below 4^digits. Probabilities are rounded down to multiples of
    /// 2⁻⁶⁴, with 1 to the largest below it.
    pub fn new(digits: usize) -> Self {
        Coins(vec![[[0; 3]; 64]; digits])
    }

    #[inline(always)]
    pub fn set(&mut self, x: f64) {
        for (digit, rows) in self.0.iter_mut().enumerate() {
            let weight = (1u64 << (2 * digit)) as f64;
            let of = |value: f64| ((-x * weight * value).exp() * 2f64.powi(64)) as u64;
            let (one, two, three) = (of(1.0), of(2.0), of(3.0));
            for (bit, row) in rows.iter_mut().enumerate() {
                let mask = |p: u64| (p >> (63 - bit) & 1).wrapping_neg();
                *row = [mask(one), mask(one ^ three), mask(two)];
            }
        }
    }

    /// Tosses where `alive` is 1 and the digit `low` + 2 `high` is not 0, and clears `alive` where the
    /// coin says no. Random bits are compared with the probability's until they differ; the generator of
    /// a lane moves as long as a bit of the lane is undecided, at the steps at which that is looked at.
    #[inline(always)]
    pub fn toss<const L: usize>(
        &self,
        digit: usize,
        [low, high]: [[u64; L]; 2],
        alive: &mut [u64; L],
        generators: &mut Generators<L>,
    ) {
        let mut undecided = [0; L];
        for k in 0..L {
            undecided[k] = alive[k] & (low[k] | high[k]);
        }
        if !any(undecided) {
            return;
        }
        let rows = &self.0[digit];
        for start in (0..64).step_by(AT_ONCE) {
            let old = *generators;
            let mut moves = [0; L];
            for k in 0..L {
                moves[k] = if undecided[k] != 0 { !0 } else { 0 };
            }
            for step in 0..AT_ONCE {
                let row = rows[start + step];
                let random = generators.draw();
                for k in 0..L {
                    let odd = row[0] ^ (high[k] & row[1]);
                    let limit = (low[k] & odd) | (!low[k] & row[2]);
                    alive[k] &= !(undecided[k] & random[k] & !limit);
                    undecided[k] &= !(random[k] ^ limit);
                }
            }
            generators.keep_only(moves, &old);
            if !any(undecided) {
                return;
            }
        }
        // Equal to the last bit is not below.
        for k in 0..L {
            alive[k] &= !undecided[k];
        }
    }
}

/// Tosses fair coins where `level` is 1, and clears `alive` where they say no. The generator of a lane moves
/// if it tosses any.
#[inline(always)]
pub(super) fn toss_fair<const L: usize>(
    level: [u64; L],
    alive: &mut [u64; L],
    generators: &mut Generators<L>,
) {
    if !any(level) {
        return;
    }
    let old = *generators;
    let random = generators.draw();
    let mut moves = [0; L];
    for k in 0..L {
        alive[k] &= !(level[k] & random[k]);
        moves[k] = if level[k] != 0 { !0 } else { 0 };
    }
    generators.keep_only(moves, &old);
}

#[inline(always)]
fn any<const L: usize>(words: [u64; L]) -> bool {
    let mut all = 0;
    for word in words {
        all |= word;
    }
    all != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    /// How often each of the 16 two-digit numbers passes, against e^-xk, by 5 standard errors.
    #[test]
    fn coins_fall_as_often_as_they_should() {
        let mut generators =
            Generators::<2>::new(&Streams::new(1, Domain::BitSliced), |k| k as u64);
        for x in [0.0, 1e-20, 0.01, 0.2, 1.0, 3.0, 50.0, f64::INFINITY] {
            let mut coins = Coins::new(2);
            coins.set(x);
            let (mut counts, rounds) = ([0u32; 16], 2000);
            // Bit b of each word has the number b % 16.
            let digit = |bit: u32| {
                (0..64u32).map(|b| u64::from((b % 16) >> bit & 1) << b).fold(0, |all, b| all | b)
            };
            let planes = [0, 1, 2, 3].map(|bit| [digit(bit); 2]);
            for _ in 0..rounds {
                let mut alive = [!0; 2];
                coins.toss(1, [planes[2], planes[3]], &mut alive, &mut generators);
                coins.toss(0, [planes[0], planes[1]], &mut alive, &mut generators);
                for (b, k) in (0..128).map(|b| (b, b % 16)) {
                    counts[k] += (alive[b / 64] >> (b % 64) & 1) as u32;
                }
            }
            let n = f64::from(rounds * 8);
            for (k, &count) in counts.iter().enumerate() {
                let p = if k == 0 { 1.0 } else { (-x * k as f64).exp() };
                let error = 5.0 * (n * p * (1.0 - p)).sqrt() + 1e-9;
                assert!((f64::from(count) - n * p).abs() <= error, "{x} {k}: {count} of {n}");
            }
        }
    }
}

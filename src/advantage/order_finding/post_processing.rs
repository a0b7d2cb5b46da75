//! From outcomes to the order.

use super::arithmetic::reduced_order;
use super::continued_fraction::convergents;
use super::law::OrderLaw;
use crate::error::Result;
use crate::math::Watch;
use crate::math::modular::{lcm, pow_mod};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Largest multiple of a denominator that is tried, unless said otherwise.
pub const MULTIPLES: u64 = 6;

/// Outcomes that a probability is summed over at most.
const MOST_OUTCOMES: u128 = 1 << 20;

/// How an order is read from y. Orders below the modulus are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The denominator of the last convergent with a denominator below N.
    LastConvergent,
    /// Any denominator of a convergent.
    AllConvergents,
    /// The last convergent's, or up to so many times it: s and r may have a common factor.
    Multiples(u64),
    /// The least common multiple of the last convergents' denominators in two runs.
    TwoRuns,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 4] =
        [Rule::LastConvergent, Rule::AllConvergents, Rule::Multiples(MULTIPLES), Rule::TwoRuns];

    /// In words.
    pub fn name(self) -> String {
        match self {
            Rule::LastConvergent => "last convergent".into(),
            Rule::AllConvergents => "all convergents".into(),
            Rule::Multiples(most) => format!("last convergent, multiples up to {most}"),
            Rule::TwoRuns => "two runs combined".into(),
        }
    }
}

/// The denominators of the convergents of an outcome, ascending; never empty for N ≥ 2.
pub fn denominators(y: u128, clock_bits: u32, modulus: u64) -> Vec<u64> {
    convergents(y, clock_bits, modulus).into_iter().map(|(_, q)| q).collect()
}

/// The order of a, if it can be read from denominators of this run and of runs before it: all
/// convergents, their small multiples, and common multiples of last denominators. Each candidate is
/// verified by a^d = 1, and a multiple of the order is divided down to it, so what comes out is the
/// order for sure.
pub fn read_order(a: u64, modulus: u64, run: &[u64], earlier: &[u64]) -> Option<u64> {
    let last = *run.last()?;
    let multiples =
        run.iter().rev().flat_map(|&q| (1..=MULTIPLES).filter_map(move |k| q.checked_mul(k)));
    let combined = earlier.iter().filter_map(|&q| lcm(q, last));
    let is_exponent = |d: &u64| *d > 0 && *d < modulus && pow_mod(a, *d, modulus) == 1;
    multiples.chain(combined).find(is_exponent).map(|d| reduced_order(a, modulus, d))
}

/// How probable it is that a rule reads r itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Success {
    /// The rule.
    pub rule: Rule,
    /// By the law: at least this, summed over the outcomes near its peaks …
    pub low: f64,
    /// … and at most this, if all others were successes too. Equal where all outcomes were summed.
    pub high: f64,
    /// Runs (or pairs of runs) drawn from the law.
    pub runs: u64,
    /// Those of them that read r.
    pub read: u64,
    /// Whether that is within 3 standard deviations of the law.
    pub agrees: bool,
}

impl Success {
    fn new(rule: Rule, (low, high): (f64, f64), runs: u64, read: u64) -> Self {
        let n = runs as f64;
        // The probability between both ends that is nearest to what was seen; a count is a whole
        // number, so one more than three deviations of a rare event is no surprise.
        let p = (read as f64 / n.max(1.0)).clamp(low, high);
        let off = (read as f64 - n * p).abs();
        let agrees = off <= 3.0 * (n * p * (1.0 - p)).sqrt() + 1.0;
        Success { rule, low, high, runs, read, agrees }
    }
}

/// The probabilities of all rules, by the law and by outcomes that the caller draws, one after another: of
/// these no list is kept.
///
/// # Errors
/// If the watch was cancelled.
pub fn successes(
    law: &OrderLaw,
    modulus: u64,
    drawn: impl IntoIterator<Item = u128>,
    watch: &Watch,
) -> Result<Vec<Success>> {
    let t = law.clock_bits();
    let r = law.order();
    let mut sums = [0.0; 3];
    // Of last denominators that divide r; no other can be part of a least common multiple r.
    let mut last: BTreeMap<u64, f64> = BTreeMap::new();
    let mut covered = 0.0;
    let single = &Rule::ALL[..3];
    for (number, y) in near_peaks(law).enumerate() {
        if number % (1 << 12) == 0 {
            watch.check()?;
        }
        let p = law.probability(y);
        covered += p;
        let denominators = denominators(y, t, modulus);
        for (sum, rule) in sums.iter_mut().zip(single) {
            *sum += if reads(*rule, &denominators, r) { p } else { 0.0 };
        }
        let d = *denominators.last().expect("the integer part is there");
        if r.is_multiple_of(d) {
            *last.entry(d).or_default() += p;
        }
    }
    let missing = (1.0 - covered).max(0.0);
    let missing = if missing < 1e-12 { 0.0 } else { missing };
    let mut pairs = 0.0;
    for (&d, p) in &last {
        for (&e, q) in &last {
            pairs += if lcm(d, e) == Some(r) { p * q } else { 0.0 };
        }
    }
    let (mut runs, mut read, mut read_by_pairs) = (0u64, [0u64; 3], 0);
    // The last denominator of the first run of a pair.
    let mut first = None;
    for y in drawn {
        if runs.is_multiple_of(1 << 12) {
            watch.check()?;
        }
        runs += 1;
        let denominators = self::denominators(y, t, modulus);
        for (read, rule) in read.iter_mut().zip(single) {
            *read += u64::from(reads(*rule, &denominators, r));
        }
        let last = *denominators.last().expect("the integer part is there");
        match first.take() {
            None => first = Some(last),
            Some(first) => read_by_pairs += u64::from(lcm(first, last) == Some(r)),
        }
    }
    let mut found: Vec<Success> = single
        .iter()
        .zip(sums)
        .zip(read)
        .map(|((&rule, sum), read)| {
            let ends = (sum.min(1.0), (sum + missing).min(1.0));
            Success::new(rule, ends, runs, read)
        })
        .collect();
    // Either of both may be among the outcomes that were left out.
    let pairs = pairs.min(1.0);
    let ends = (pairs, (pairs + missing * (2.0 - missing)).min(1.0));
    found.push(Success::new(Rule::TwoRuns, ends, runs / 2, read_by_pairs));
    Ok(found)
}

/// Whether a rule for single runs reads r.
fn reads(rule: Rule, denominators: &[u64], r: u64) -> bool {
    let Some(&last) = denominators.last() else { return false };
    match rule {
        Rule::LastConvergent => last == r,
        Rule::AllConvergents => denominators.contains(&r),
        Rule::Multiples(most) => r.is_multiple_of(last) && r / last <= most,
        Rule::TwoRuns => unreachable!("it reads two"),
    }
}

/// All outcomes, if they are few; else those at about 2^t·s/r, as many for each s as there is time for,
/// and not one for orders that are too large.
fn near_peaks(law: &OrderLaw) -> Box<dyn Iterator<Item = u128>> {
    let (size, r) = (1u128 << law.clock_bits(), u128::from(law.order()));
    if size <= MOST_OUTCOMES {
        return Box::new(0..size);
    }
    if 3 * r > MOST_OUTCOMES || size / r < 4 {
        return Box::new(std::iter::empty());
    }
    // Intervals about two peaks have nothing in common.
    let reach = ((MOST_OUTCOMES / r - 1) / 2).min((size / r - 2) / 2);
    let (whole, rest) = (size / r, size % r);
    Box::new((0..r).flat_map(move |s| {
        let peak = s * whole + (s * rest + r / 2) / r;
        (0..=2 * reach).map(move |k| (peak + size + k - reach) % size)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{Domain, Streams};

    fn drawn(law: &OrderLaw, runs: usize) -> Vec<u128> {
        let mut rng = Streams::new(11, Domain::OrderFinding).stream(law.order());
        (0..runs).map(|_| law.sample(&mut rng)).collect()
    }

    #[test]
    fn success_of_the_rules_for_21() {
        let law = OrderLaw::new(6, 9).unwrap();
        let found = successes(&law, 21, drawn(&law, 1000), &Watch::default()).unwrap();
        // From the sums over all 512 outcomes, with fractions in Python.
        let expected = [0.320_762_427_012, 0.328_221_799_981, 0.981_599_161_122, 0.635_952_472_632];
        for (success, expected) in found.iter().zip(expected) {
            assert!((success.low - expected).abs() < 1e-11, "{success:?}");
            assert_eq!(success.low, success.high);
            assert!(success.agrees, "{success:?}");
        }
        assert_eq!(found[3].runs, 500);
        let cancelled = Watch::default();
        cancelled.cancel();
        assert!(successes(&law, 21, std::iter::repeat(85), &cancelled).is_err());
    }

    #[test]
    fn bounds_hold_where_not_all_outcomes_are_summed() {
        // An order of 30 in 22 bits; the same law with 2^18 outcomes is close to it in all rules.
        let few = OrderLaw::new(30, 18).unwrap();
        let many = OrderLaw::new(30, 22).unwrap();
        let exact = successes(&few, 77, [], &Watch::default()).unwrap();
        let bounds = successes(&many, 77, drawn(&many, 1000), &Watch::default()).unwrap();
        for (exact, bounds) in exact.iter().zip(&bounds) {
            assert!(bounds.low < bounds.high && bounds.high - bounds.low < 0.01, "{bounds:?}");
            assert!(bounds.low - 0.002 < exact.low && exact.low < bounds.high + 0.002);
            assert!(bounds.agrees);
        }
        // Too many peaks: nothing is known by the law, and that is said.
        let huge = OrderLaw::new(1 << 40 | 1, 100).unwrap();
        let open = successes(&huge, 1 << 50, drawn(&huge, 10), &Watch::default()).unwrap();
        assert!(open.iter().all(|s| (s.low, s.high) == (0.0, 1.0)));
    }

    #[test]
    fn orders_are_verified_and_smallest() {
        // 2 has the order 6 modulo 21; y = 85/512 is near 1/6, 171/512 near 1/3.
        let of = |y| denominators(y, 9, 21);
        assert_eq!(read_order(2, 21, &of(85), &[]), Some(6));
        assert_eq!(read_order(2, 21, &of(171), &[]), Some(6));
        // 1/1 alone: six times it is verified.
        assert_eq!(read_order(2, 21, &of(0), &[]), Some(6));
        // 12 is an exponent, and no order.
        assert_eq!(read_order(2, 21, &[12], &[]), Some(6));
        assert_eq!(read_order(2, 21, &[7], &[]), None);
        // 3 has the order 30 modulo 77: 5 and 6 from two runs make it up.
        assert_eq!(read_order(3, 77, &[1, 4], &[]), None);
        assert_eq!(read_order(3, 77, &[1, 15], &[2]), Some(30));
    }
}

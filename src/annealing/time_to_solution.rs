//! How long it takes to meet a solution once, with a stated probability, by repeating an anneal.

use crate::error::{Error, Result};
use crate::math::statistics::{jeffreys, quantile};
use crate::math::{Domain, Streams};
use rand::RngExt;
use serde::Serialize;

/// The time to solution TTS = τ max(1, ln(1 - target)/ln(1 - p)) of anneals that take τ each and
/// succeed with probability p (Rønnow et al., Science 345, 420 (2014)), in the unit of τ, with an
/// interval.
///
/// The interval is Jeffreys' for p, the quantiles of Beta(k + ½, n - k + ½) (Brown, Cai and DasGupta,
/// Stat. Sci. 16, 101 (2001)), mapped: TTS falls as p grows. Its coverage is near its confidence from
/// some ten successes on; at 95 % it is 88.5 % for p = 0.05 in 50 reads, and 90.4 % for p = 0.01 in 10.
/// It takes reads for independent: where they are not, use [`TimeToSolution::bootstrap`].
///
/// ```
/// use ketlab::annealing::TimeToSolution;
/// let tts = TimeToSolution::new(20.0, 50, 100, 0.99, 0.95)?;
/// assert!((tts.value.unwrap() - 20.0 * 6.643856).abs() < 1e-4);
/// // Without a success there is a lower bound alone; an anneal that always succeeds runs once.
/// assert_eq!(TimeToSolution::new(20.0, 0, 100, 0.99, 0.95)?.high, None);
/// assert_eq!(TimeToSolution::new(20.0, 100, 100, 0.99, 0.95)?.value, Some(20.0));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TimeToSolution {
    /// The time at p = successes/reads; `None` without a success.
    pub value: Option<f64>,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end; `None` if no time is long enough.
    pub high: Option<f64>,
    /// Reads that met a solution; none of none where the probability was computed.
    pub successes: u64,
    /// All reads.
    pub reads: u64,
    /// The probability to be reached.
    pub target: f64,
    /// Of the interval; 1 where the probability was computed.
    pub confidence: f64,
}

impl TimeToSolution {
    /// From so many successes in so many independent reads, each of which takes `time`; the target is
    /// 0.99 and the confidence 0.95 as a rule.
    ///
    /// # Errors
    /// If there are no reads, more successes than reads, `time` is not positive and finite, or a
    /// probability is not between 0 and 1.
    pub fn new(
        time: f64,
        successes: u64,
        reads: u64,
        target: f64,
        confidence: f64,
    ) -> Result<Self> {
        check(time, &[(successes, reads)], target, confidence)?;
        let (least, most) = jeffreys(successes, reads, 1.0 - confidence);
        let of = |p| time_to_solution(time, p, target);
        let value = of(successes as f64 / reads as f64);
        let low = of(most).expect("the upper end of an interval of p is above 0");
        Ok(TimeToSolution { value, low, high: of(least), successes, reads, target, confidence })
    }

    /// At a success probability that is computed, to within `error`, instead of counted: the ends of
    /// the interval are those of the probability.
    ///
    /// ```
    /// use ketlab::annealing::TimeToSolution;
    /// let tts = TimeToSolution::computed(20.0, 0.5, 1e-9, 0.99)?;
    /// assert!((tts.value.unwrap() - 20.0 * 6.643856).abs() < 1e-4);
    /// assert!(tts.high.unwrap() - tts.low < 1e-5);
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    ///
    /// # Errors
    /// If `time` is not positive and finite, the target is not between 0 and 1, the probability not
    /// from 0 to 1 (to within 1e-9), or the error is negative, NaN, or 0 where the probability is.
    pub fn computed(time: f64, probability: f64, error: f64, target: f64) -> Result<Self> {
        check(time, &[], target, 0.5)?;
        let invalid = |what: &str, value: f64, expected: &str| {
            Err(Error::Invalid {
                what: what.into(),
                value: value.to_string(),
                expected: expected.into(),
            })
        };
        if !(-1e-9..=1.0 + 1e-9).contains(&probability) {
            return invalid("a success probability", probability, "it must be from 0 to 1");
        }
        if !(error.is_finite() && error >= 0.0) {
            return invalid("the error of a success probability", error, "it must not be negative");
        }
        let of = |p: f64| time_to_solution(time, p.clamp(0.0, 1.0), target);
        let Some(low) = of(probability + error) else {
            return invalid("the error of a probability of 0", error, "it must be positive");
        };
        let (value, high) = (of(probability), of(probability - error));
        Ok(TimeToSolution { value, low, high, successes: 0, reads: 0, target, confidence: 1.0 })
    }

    /// From (successes, reads) of units that are independent of each other while their reads need not
    /// be, e.g. instances, seeds, or reads that share random numbers: the interval is the bootstrap's
    /// percentiles over units drawn again (Efron, Ann. Stat. 7, 1 (1979)), p that of their pooled
    /// reads. One unit says nothing of how units differ: there must be two.
    ///
    /// # Errors
    /// As [`TimeToSolution::new`], or if there are fewer than two units or no resamples.
    pub fn bootstrap(
        time: f64,
        units: &[(u64, u64)],
        target: f64,
        confidence: f64,
        resamples: usize,
        seed: u64,
    ) -> Result<Self> {
        check(time, units, target, confidence)?;
        if units.len() < 2 || resamples == 0 {
            return Err(Error::Invalid {
                what: "the bootstrap's units and resamples".into(),
                value: format!("{} and {resamples}", units.len()),
                expected: "there must be two units or more, and a resample".into(),
            });
        }
        let pooled = |units: &mut dyn Iterator<Item = (u64, u64)>| {
            units.fold((0, 0), |(k, n), unit| (k + unit.0, n + unit.1))
        };
        let share = |(k, n): (u64, u64)| k as f64 / n as f64;
        let mut rng = Streams::new(seed, Domain::Repeat).stream(0);
        let mut shares: Vec<f64> = (0..resamples)
            .map(|_| {
                let mut again = units.iter().map(|_| units[rng.random_range(0..units.len())]);
                share(pooled(&mut again))
            })
            .collect();
        shares.sort_unstable_by(f64::total_cmp);
        let tail = 0.5 * (1.0 - confidence);
        let of = |p| time_to_solution(time, p, target);
        let (successes, reads) = pooled(&mut units.iter().copied());
        Ok(TimeToSolution {
            value: of(share((successes, reads))),
            // Without any success the best that can be said is the law of independent reads.
            low: of(quantile(&shares, 1.0 - tail))
                .or_else(|| of(jeffreys(successes, reads, 1.0 - confidence).1))
                .expect("the upper end of an interval of p is above 0"),
            high: of(quantile(&shares, tail)),
            successes,
            reads,
            target,
            confidence,
        })
    }
}

/// τ max(1, ln(1 - target)/ln(1 - p)); `None` at p = 0.
fn time_to_solution(time: f64, p: f64, target: f64) -> Option<f64> {
    if p >= target {
        return Some(time);
    }
    (p > 0.0).then(|| time * ((-target).ln_1p() / (-p).ln_1p()).max(1.0))
}

fn check(time: f64, units: &[(u64, u64)], target: f64, confidence: f64) -> Result<()> {
    let invalid = |what: &str, value: String, expected: &str| {
        Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
    };
    if !(time.is_finite() && time > 0.0) {
        return invalid(
            "the time of an anneal",
            time.to_string(),
            "it must be positive and finite",
        );
    }
    for (what, value) in [("the target", target), ("the confidence", confidence)] {
        if !(value > 0.0 && value < 1.0) {
            return invalid(what, value.to_string(), "it must be between 0 and 1");
        }
    }
    match units.iter().find(|(k, n)| k > n || *n == 0) {
        Some((k, n)) => {
            let expected = "there must be reads, and no more successes than reads";
            invalid("the successes and reads", format!("{k} and {n}"), expected)
        }
        None => Ok(()),
    }
}

/// The time to solution at one anneal time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AnnealTime {
    /// The time, or another effort that grows with it, of one anneal.
    pub time: f64,
    /// What was found with it.
    pub time_to_solution: TimeToSolution,
}

/// The best of several anneal times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Optimum {
    /// Its number among the points.
    pub index: usize,
    /// Its time.
    pub time: f64,
    /// The time to solution there.
    pub time_to_solution: TimeToSolution,
    /// Whether it is the first or the last point, so that the optimum may lie beyond: a time to
    /// solution whose anneal time is too long for small problems seems to scale better than it does
    /// (Rønnow et al. 2014).
    pub at_edge: bool,
}

/// The point with the shortest time to solution, the first of equal ones; `None` if no point has a
/// success.
///
/// # Errors
/// If the times do not grow.
pub fn optimum(points: &[AnnealTime]) -> Result<Option<Optimum>> {
    for pair in points.windows(2) {
        if pair[0].time.partial_cmp(&pair[1].time) != Some(std::cmp::Ordering::Less) {
            return Err(Error::Invalid {
                what: "an anneal time".into(),
                value: pair[1].time.to_string(),
                expected: format!("times must grow, and {} is before it", pair[0].time),
            });
        }
    }
    let values = points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| point.time_to_solution.value.map(|value| (index, value)));
    let best = values.min_by(|a, b| a.1.total_cmp(&b.1));
    Ok(best.map(|(index, _)| {
        let AnnealTime { time, time_to_solution } = points[index];
        let at_edge = index == 0 || index + 1 == points.len();
        Optimum { index, time, time_to_solution, at_edge }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(successes: u64, reads: u64) -> TimeToSolution {
        TimeToSolution::new(1.0, successes, reads, 0.99, 0.95).unwrap()
    }

    #[test]
    fn values_and_edge_cases() {
        let table =
            [(1, 458.2106), (10, 43.70869), (50, 6.643856), (90, 2.0), (99, 1.0), (100, 1.0)];
        for (successes, expected) in table {
            let tts = of(successes, 100);
            assert!((tts.value.unwrap() - expected).abs() < 1e-4 * expected);
            assert!(tts.low <= tts.value.unwrap() && tts.value <= tts.high);
        }
        let never = of(0, 100);
        assert_eq!((never.value, never.high), (None, None));
        // p is below 0.025 with confidence: TTS is above 4.6/0.025.
        assert!((150.0..300.0).contains(&never.low), "{never:?}");
        for bad in [
            TimeToSolution::new(1.0, 2, 1, 0.99, 0.95),
            TimeToSolution::new(1.0, 0, 0, 0.99, 0.95),
            TimeToSolution::new(0.0, 0, 1, 0.99, 0.95),
            TimeToSolution::new(f64::NAN, 0, 1, 0.99, 0.95),
            TimeToSolution::new(1.0, 0, 1, 1.0, 0.95),
            TimeToSolution::new(1.0, 0, 1, 0.99, f64::NAN),
            TimeToSolution::bootstrap(1.0, &[(1, 2)], 0.99, 0.95, 10, 0),
        ] {
            assert!(bad.is_err());
        }
    }

    fn holds(tts: &TimeToSolution, p: f64) -> bool {
        let truth = time_to_solution(1.0, p, 0.99).unwrap();
        tts.low <= truth && tts.high.is_none_or(|high| truth <= high)
    }

    #[test]
    fn intervals_cover_the_truth() {
        let mut rng = Streams::new(6, Domain::Repeat).stream(0);
        for p in [0.1, 0.3, 0.5] {
            let covered = (0..2000).filter(|_| {
                let successes = (0..100).filter(|_| rng.random::<f64>() < p).count();
                holds(&of(successes as u64, 100), p)
            });
            let covered = covered.count();
            assert!((1860..=1940).contains(&covered), "{p}: {covered}");
        }
    }

    /// What the documentation says, summed over the binomial law.
    #[test]
    fn exact_coverage_at_small_counts() {
        for (n, p, expected) in [(50u64, 0.05f64, 0.885), (10, 0.01, 0.904)] {
            let (mut weight, mut covered) = ((1.0 - p).powi(n as i32), 0.0);
            for k in 0..=n {
                if holds(&of(k, n), p) {
                    covered += weight;
                }
                weight *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            }
            assert!((covered - expected).abs() < 5e-4, "{n} {p}: {covered}");
        }
    }

    #[test]
    fn a_bootstrap_sees_that_reads_are_not_independent() {
        // 40 units of 50 reads that all succeed or all fail, half of them.
        let units: Vec<(u64, u64)> = (0..40).map(|k| (50 * (k % 2), 50)).collect();
        let wide = TimeToSolution::bootstrap(1.0, &units, 0.99, 0.95, 2000, 3).unwrap();
        let narrow = of(1000, 2000);
        assert_eq!(wide.value, narrow.value);
        assert!(wide.high.unwrap() - wide.low > 4.0 * (narrow.high.unwrap() - narrow.low));
        let none = TimeToSolution::bootstrap(1.0, &[(0, 9), (0, 9)], 0.99, 0.95, 50, 3).unwrap();
        assert_eq!((none.value, none.high), (None, None));
        assert!(none.low > 1.0);
    }

    #[test]
    fn the_optimum_says_where_it_lies() {
        let points = |times: &[f64], successes: &[u64]| -> Vec<AnnealTime> {
            let point = |(&time, &k): (&f64, &u64)| AnnealTime {
                time,
                time_to_solution: TimeToSolution::new(time, k, 1000, 0.99, 0.95).unwrap(),
            };
            times.iter().zip(successes).map(point).collect()
        };
        let best = |successes: &[u64]| optimum(&points(&[1.0, 2.0, 4.0], successes)).unwrap();
        let inside = best(&[10, 300, 310]).unwrap();
        assert_eq!((inside.index, inside.time, inside.at_edge), (1, 2.0, false));
        assert!(best(&[10, 11, 12]).unwrap().at_edge && best(&[1, 10, 500]).unwrap().at_edge);
        assert_eq!(best(&[0, 0, 0]), None);
        assert!(optimum(&points(&[2.0, 1.0], &[1, 1])).is_err());
        assert_eq!(optimum(&[]).unwrap(), None);
    }
}

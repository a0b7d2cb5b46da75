//! From scores and their intervals to a verdict.

use super::claim::{Bar, Better, Claim};
use super::contender::{Contender, Kind};
use super::score::{Certainty, Score};
use serde::Serialize;

/// The probability of a wrong verdict that is put up with, over all comparisons of one claim.
const ALPHA: f64 = 0.05;

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// No rival that it names reaches the bar at any size.
    Holds {
        /// The rivals that it holds against, and no others.
        against: Vec<String>,
    },
    /// A rival reaches the bar.
    Refuted {
        /// Which one; of several, that with the best score.
        by: String,
        /// At which size, the smallest one.
        at: u64,
    },
    /// Intervals do not tell, or somebody has not played.
    Undecided {
        /// What is missing.
        because: String,
    },
    /// What the claim is about cannot be computed here.
    BeyondReach {
        /// What it would take.
        limit: String,
    },
}

/// A claim and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// The claim, as it was before anything ran.
    pub claim: Claim,
    /// What became of it.
    pub verdict: Verdict,
    /// The verdict in words.
    pub text: String,
}

/// One rival at one size against the bar.
struct Comparison<'c> {
    rival: &'c str,
    size: u64,
    /// The probability of what was seen, or more, if the rival were just short of the bar.
    p_reached: f64,
    /// The same if it just reached it.
    p_short: f64,
    /// Whether chance has a part in it.
    is_test: bool,
    /// By how much the rival is beyond the bar.
    ahead: f64,
}

impl Claim {
    /// Judges the claim by all who played. With several comparisons the error of 5 % is shared among
    /// them (Holm, Scandinavian Journal of Statistics 6, 65 (1979)): a claim is refuted if some rival
    /// reaches the bar beyond chance, and holds if all rivals at all sizes fall short of it beyond
    /// chance.
    pub fn judge(self, contenders: &[Contender]) -> Judged {
        let verdict = self.verdict(contenders);
        let text = self.words(&verdict);
        Judged { claim: self, verdict, text }
    }

    fn verdict(&self, contenders: &[Contender]) -> Verdict {
        let at = |name: &str, size: u64| {
            contenders
                .iter()
                .find(|c| c.name == name && c.size == size && c.quantity == self.quantity)
        };
        let (mut comparisons, mut missing, mut unreachable) = (Vec::new(), None, None);
        for &size in &self.sizes {
            let bar = match &self.bar {
                Bar::Value(value) => {
                    Score { value: *value, low: *value, high: *value, certainty: Certainty::Exact }
                }
                Bar::Contender(name) => match at(name, size) {
                    Some(Contender { score: Some(score), .. }) => *score,
                    Some(Contender { limit, .. }) => {
                        let limit = limit.clone().unwrap_or_default();
                        unreachable
                            .get_or_insert(format!("{name} at {size} {}: {limit}", self.size));
                        continue;
                    }
                    None => {
                        missing.get_or_insert(format!(
                            "{name} has not played at {size} {}",
                            self.size
                        ));
                        continue;
                    }
                },
            };
            for rival in &self.rivals {
                match at(rival, size) {
                    Some(Contender { score: Some(score), kind, .. }) => {
                        debug_assert_ne!(*kind, Kind::Reference, "the truth is no rival");
                        comparisons.push(self.compare(rival, size, score, &bar));
                    }
                    Some(Contender { limit, .. }) => {
                        let limit = limit.as_deref().unwrap_or_default();
                        missing.get_or_insert(format!(
                            "{rival} did not get to {size} {}: {limit}",
                            self.size
                        ));
                    }
                    None => {
                        missing.get_or_insert(format!(
                            "{rival} has not played at {size} {}",
                            self.size
                        ));
                    }
                }
            }
        }
        let reached = holm(&comparisons, |c| c.p_reached);
        let first = comparisons.iter().zip(&reached).filter(|(_, reached)| **reached);
        if let Some((refuted, _)) =
            first.min_by(|(a, _), (b, _)| a.size.cmp(&b.size).then(b.ahead.total_cmp(&a.ahead)))
        {
            return Verdict::Refuted { by: refuted.rival.into(), at: refuted.size };
        }
        if let Some(limit) = unreachable {
            return Verdict::BeyondReach { limit };
        }
        if let Some(because) = missing {
            return Verdict::Undecided { because };
        }
        if comparisons.is_empty() {
            return Verdict::Undecided { because: "no rival has played".into() };
        }
        let short = holm(&comparisons, |c| c.p_short);
        match comparisons.iter().zip(&short).find(|(_, short)| !**short) {
            None => Verdict::Holds { against: self.rivals.clone() },
            Some((open, _)) => Verdict::Undecided {
                because: format!(
                    "the intervals of {} and of the bar at {} {} do not tell them apart",
                    open.rival, open.size, self.size
                ),
            },
        }
    }

    fn compare<'c>(&self, rival: &'c str, size: u64, score: &Score, bar: &Score) -> Comparison<'c> {
        let is_higher = self.better == Better::Higher;
        let beyond = score.beyond(bar, is_higher);
        Comparison {
            rival,
            size,
            p_reached: beyond.p_reached(),
            p_short: beyond.p_short(),
            is_test: beyond.is_test(),
            ahead: if is_higher { score.value - bar.value } else { bar.value - score.value },
        }
    }

    fn words(&self, verdict: &Verdict) -> String {
        match verdict {
            Verdict::Holds { against } => {
                let sizes = match (self.sizes.first(), self.sizes.last()) {
                    (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
                    (Some(first), _) => first.to_string(),
                    _ => "no".into(),
                };
                format!("holds against {} at {sizes} {}", against.join(", "), self.size)
            }
            Verdict::Refuted { by, at } => format!("refuted by {by} at {at} {}", self.size),
            Verdict::Undecided { because } => format!("undecided: {because}"),
            Verdict::BeyondReach { limit } => format!("beyond reach: {limit}"),
        }
    }
}

/// Which hypotheses are rejected, with a probability of at most [`ALPHA`] that any of them is true.
/// Certain comparisons are no tests and take nothing from the others.
fn holm<'c>(comparisons: &'c [Comparison<'c>], p: impl Fn(&Comparison) -> f64) -> Vec<bool> {
    let values: Vec<f64> = comparisons.iter().map(p).collect();
    let mut order: Vec<usize> = (0..values.len()).filter(|&k| comparisons[k].is_test).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut rejected: Vec<bool> =
        comparisons.iter().zip(&values).map(|(c, &p)| !c.is_test && p == 0.0).collect();
    for (rank, &k) in order.iter().enumerate() {
        if values[k] > ALPHA / (order.len() - rank) as f64 {
            break;
        }
        rejected[k] = true;
    }
    rejected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::Cost;

    fn claim(bar: Bar, better: Better, rivals: &[&str], sizes: &[u64]) -> Claim {
        Claim {
            statement: "s".into(),
            quantity: "q".into(),
            better,
            bar,
            size: "qubits".into(),
            sizes: sizes.to_vec(),
            rivals: rivals.iter().map(|r| r.to_string()).collect(),
        }
    }

    fn of(name: &str, size: u64, score: Score) -> Contender {
        Contender::new(name, Kind::Classical, size, "q", score, Cost::default())
    }

    #[test]
    fn a_claim_is_refuted_at_the_smallest_size_where_the_bar_is_reached() {
        let scores = [
            of("a", 4, Score::normal(0.9, 0.2).unwrap()),
            of("a", 8, Score::normal(1.5, 0.1).unwrap()),
            of("a", 6, Score::normal(1.4, 0.1).unwrap()),
        ];
        let judged = claim(Bar::Value(1.0), Better::Higher, &["a"], &[4, 6, 8]).judge(&scores);
        assert_eq!(judged.verdict, Verdict::Refuted { by: "a".into(), at: 6 });
        assert_eq!(judged.text, "refuted by a at 6 qubits");
    }

    #[test]
    fn all_rivals_have_to_fall_short_for_it_to_hold() {
        let low = of("a", 4, Score::normal(3.0, 0.1).unwrap());
        let bar = of("us", 4, Score::exact(1.0).unwrap());
        let c = || claim(Bar::Contender("us".into()), Better::Lower, &["a", "b"], &[4]);
        let alone = c().judge(&[low.clone(), bar.clone()]);
        assert!(
            matches!(&alone.verdict, Verdict::Undecided { because } if because.contains("b has not"))
        );
        let near = of("b", 4, Score::normal(1.1, 0.1).unwrap());
        let near = c().judge(&[low.clone(), bar.clone(), near]);
        assert!(
            matches!(&near.verdict, Verdict::Undecided { because } if because.contains("tell"))
        );
        let far = of("b", 4, Score::between(1.5, 1.2, 2.0).unwrap());
        let far = c().judge(&[low.clone(), bar.clone(), far]);
        assert_eq!(far.verdict, Verdict::Holds { against: vec!["a".into(), "b".into()] });
        let open = of("b", 4, Score::between(1.5, 0.9, 2.0).unwrap());
        let open = c().judge(&[low, bar.clone(), open]);
        assert!(matches!(open.verdict, Verdict::Undecided { .. }));
        let limit = Contender::beyond_reach("us", Kind::Quantum, 4, "q", "16 EiB");
        assert!(matches!(c().judge(&[limit]).verdict, Verdict::BeyondReach { .. }));
        // An exact tie reaches the bar.
        let tie = c().judge(&[bar, of("a", 4, Score::exact(1.0).unwrap())]);
        assert_eq!(tie.verdict, Verdict::Refuted { by: "a".into(), at: 4 });
    }

    #[test]
    fn many_comparisons_share_their_error() {
        // One in twenty at 2 standard errors is what chance gives: no refutation of twenty.
        let rivals: Vec<String> = (0..20).map(|k| format!("r{k}")).collect();
        let names: Vec<&str> = rivals.iter().map(String::as_str).collect();
        let score = |k: usize| Score::normal(if k == 7 { 1.2 } else { 0.9 }, 0.1).unwrap();
        let played: Vec<_> = names.iter().enumerate().map(|(k, r)| of(r, 1, score(k))).collect();
        let c = claim(Bar::Value(1.0), Better::Higher, &names, &[1]);
        assert!(matches!(c.judge(&played).verdict, Verdict::Undecided { .. }));
        let one = claim(Bar::Value(1.0), Better::Higher, &names[7..8], &[1]);
        assert!(matches!(one.judge(&played).verdict, Verdict::Refuted { .. }));
    }

    #[test]
    fn few_discordant_rows_prove_nothing() {
        // McNemar: 4 of 4 has p = 1/16, 5 of 5 1/32; two rivals share the error.
        let c = |rivals: &[&str]| claim(Bar::Value(0.0), Better::Higher, rivals, &[6]);
        let at = |name, ahead, behind| of(name, 6, Score::paired(ahead, behind, 6).unwrap());
        let holds = |rivals: &[&str], played: &[Contender]| {
            matches!(c(rivals).judge(played).verdict, Verdict::Holds { .. })
        };
        assert!(!holds(&["a"], &[at("a", 0, 4)]) && holds(&["a"], &[at("a", 0, 5)]));
        assert!(!holds(&["a", "b"], &[at("a", 0, 5), at("b", 0, 5)]));
        let ahead = c(&["a"]).judge(&[at("a", 5, 0)]);
        assert!(matches!(ahead.verdict, Verdict::Refuted { .. }));
        let equal = c(&["a"]).judge(&[at("a", 0, 0)]);
        assert!(matches!(equal.verdict, Verdict::Undecided { .. }));
        assert!(Score::paired(4, 3, 6).is_err() && Score::paired(0, 0, 0).is_err());
    }

    #[test]
    fn few_repeats_have_students_tails() {
        // 3.5 standard errors of 4 repeats: p = 0.02; of one of 16 comparisons, nothing.
        let score = |n: usize| Score::student(if n == 0 { 1.35 } else { 0.5 }, 0.1, 3.0).unwrap();
        let names: Vec<String> = (0..16).map(|k| format!("r{k}")).collect();
        let rivals: Vec<&str> = names.iter().map(String::as_str).collect();
        let played: Vec<_> = rivals.iter().enumerate().map(|(k, r)| of(r, 1, score(k))).collect();
        let many = claim(Bar::Value(1.0), Better::Higher, &rivals, &[1]).judge(&played);
        assert!(matches!(many.verdict, Verdict::Undecided { .. }));
        let one = claim(Bar::Value(1.0), Better::Higher, &rivals[..1], &[1]).judge(&played);
        assert!(matches!(one.verdict, Verdict::Refuted { .. }));
        assert!(Score::student(1.0, 0.0, 3.0).is_err() && Score::student(1.0, 0.1, 0.0).is_err());
    }
}

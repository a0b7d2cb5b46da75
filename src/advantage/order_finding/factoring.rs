//! From orders to factors.

use super::arithmetic::order;
use super::continued_fraction::convergents;
use super::law::OrderLaw;
use super::post_processing::{denominators, read_order};
use super::problem::draw_base;
use crate::circuit::library::try_order_finding;
use crate::error::{Error, Result};
use crate::math::Watch;
use crate::math::modular::{gcd, mul_mod, pow_mod};
use crate::simulate::{BoundProgram, Program, Simulator};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Runs after which an order is given up.
const MOST_RUNS: usize = 64;
/// Bases after which a number is given up: half of them do, on average or better.
const MOST_BASES: usize = 64;

/// What runs order finding: it is given a and N, and answers with y.
pub trait OrderFinder {
    /// The outcome of one run with the base a.
    ///
    /// # Errors
    /// What the circuit or its simulation refuses; if the run was cancelled.
    fn run(&mut self, a: u64, modulus: u64, rng: &mut ChaCha8Rng) -> Result<u128>;
}

/// Runs the circuit with one control qubit, a shot at a time.
pub struct ByCircuit {
    clock_bits: u32,
    simulator: Simulator,
    compiled: Option<((u64, u64), BoundProgram)>,
}

impl ByCircuit {
    /// With t clock bits.
    pub fn new(clock_bits: u32, simulator: Simulator) -> Self {
        ByCircuit { clock_bits, simulator, compiled: None }
    }
}

impl OrderFinder for ByCircuit {
    fn run(&mut self, a: u64, modulus: u64, rng: &mut ChaCha8Rng) -> Result<u128> {
        let known = self.compiled.take().filter(|(key, _)| *key == (a, modulus));
        let (key, program) = match known {
            Some(known) => known,
            None => {
                let circuit = try_order_finding(a, modulus, self.clock_bits as usize)?;
                ((a, modulus), Program::new(&circuit)?.bind(&[])?)
            }
        };
        let simulator = self.simulator.clone().seed(rng.random());
        let counts = simulator.counts(&program, 1)?;
        self.compiled = Some((key, program));
        let outcome = counts.iter().next().map(|(bits, _)| bits.value(0, bits.len()));
        // A cancelled run may have none.
        outcome.ok_or(Error::Interrupted)
    }
}

/// Draws from the law. It needs the order, which it gets from the factors of N: it stands for a quantum
/// computer of any size, and finds nothing that was not known.
#[derive(Debug)]
pub struct ByLaw {
    clock_bits: u32,
    known: Option<((u64, u64), OrderLaw)>,
}

impl ByLaw {
    /// With t clock bits.
    pub fn new(clock_bits: u32) -> Self {
        ByLaw { clock_bits, known: None }
    }
}

impl OrderFinder for ByLaw {
    fn run(&mut self, a: u64, modulus: u64, rng: &mut ChaCha8Rng) -> Result<u128> {
        let law = match self.known {
            Some((key, law)) if key == (a, modulus) => law,
            _ => OrderLaw::new(order(a, modulus), self.clock_bits)?,
        };
        self.known = Some(((a, modulus), law));
        Ok(law.sample(rng))
    }
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The base has this factor in common with N, so that no quantum computer was asked. It is luck,
    /// is reported apart, and another base is taken.
    LuckyGcd(u64),
    /// No candidate was an exponent with a^d = 1.
    NoOrder,
    /// The order is odd: another base.
    OddOrder,
    /// a^(r/2) = -1: another base.
    MinusOne,
    /// Two factors, neither of them 1.
    Factors(u64, u64),
}

/// One run: a base, what was measured, and what was made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The base a.
    pub base: u64,
    /// The outcome in decimal digits, which may be more than numbers of JSON have; none if no quantum
    /// computer was asked.
    pub y: Option<String>,
    /// P(y) by the law.
    pub probability: Option<f64>,
    /// The last convergent of y/2^t, s and d.
    pub fraction: Option<(u64, u64)>,
    /// The order, verified by a^r = 1 and to be the smallest such number.
    pub order: Option<u64>,
    /// What became of it.
    pub outcome: Outcome,
}

/// All runs of one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factoring {
    /// In order.
    pub rows: Vec<Row>,
    /// Runs of the quantum computer.
    pub quantum_runs: u64,
    /// Bases that had a factor in common with N.
    pub lucky_bases: u64,
    /// What it came to.
    pub factors: Option<(u64, u64)>,
}

/// A factor of N from the order r of a, if r is even and a^(r/2) is not -1: gcd(a^(r/2) - 1, N)
/// (Miller, Journal of Computer and System Sciences 13, 300 (1976)).
pub fn factors_from_order(a: u64, modulus: u64, r: u64) -> Option<u64> {
    let root = even_root(a, modulus, r)?;
    let factor = gcd(root - 1, modulus);
    (factor > 1 && factor < modulus).then_some(factor)
}

/// a^(r/2), if it is a square root of 1 other than -1; it is not 1, since r is the order.
fn even_root(a: u64, modulus: u64, r: u64) -> Option<u64> {
    let root = r.is_multiple_of(2).then(|| pow_mod(a, r / 2, modulus))?;
    debug_assert_eq!(mul_mod(root, root, modulus), 1);
    (root != modulus - 1).then_some(root)
}

/// Factors an odd number with two different prime factors by order finding: bases are drawn, or the
/// one that is given is taken and no other.
///
/// # Errors
/// Those of the finder; if the watch was cancelled.
pub fn factor(
    modulus: u64,
    base: Option<u64>,
    clock_bits: u32,
    finder: &mut impl OrderFinder,
    rng: &mut ChaCha8Rng,
    watch: &Watch,
) -> Result<Factoring> {
    let mut found = Factoring { rows: Vec::new(), quantum_runs: 0, lucky_bases: 0, factors: None };
    for _ in 0..MOST_BASES {
        let a = base.unwrap_or_else(|| draw_base(modulus, rng));
        let common = gcd(a, modulus);
        if common > 1 {
            found.lucky_bases += 1;
            found.rows.push(Row {
                base: a,
                y: None,
                probability: None,
                fraction: None,
                order: None,
                outcome: Outcome::LuckyGcd(common),
            });
        } else {
            found.runs_of(a, modulus, clock_bits, finder, rng, watch)?;
        }
        if found.factors.is_some() || base.is_some() {
            break;
        }
    }
    Ok(found)
}

impl Factoring {
    /// Runs with one base until its order is known.
    fn runs_of(
        &mut self,
        a: u64,
        modulus: u64,
        clock_bits: u32,
        finder: &mut impl OrderFinder,
        rng: &mut ChaCha8Rng,
        watch: &Watch,
    ) -> Result<()> {
        let mut earlier = Vec::new();
        for _ in 0..MOST_RUNS {
            watch.check()?;
            let y = finder.run(a, modulus, rng)?;
            self.quantum_runs += 1;
            let run = denominators(y, clock_bits, modulus);
            let order = read_order(a, modulus, &run, &earlier);
            let outcome = match order {
                None => Outcome::NoOrder,
                Some(r) if r % 2 == 1 => Outcome::OddOrder,
                Some(r) => match factors_from_order(a, modulus, r) {
                    None => Outcome::MinusOne,
                    Some(p) => {
                        let (p, q) = (p.min(modulus / p), p.max(modulus / p));
                        self.factors = Some((p, q));
                        Outcome::Factors(p, q)
                    }
                },
            };
            self.rows.push(Row {
                base: a,
                y: Some(y.to_string()),
                probability: None,
                fraction: convergents(y, clock_bits, modulus).last().copied(),
                order,
                outcome,
            });
            if order.is_some() {
                break;
            }
            earlier.extend(run.last());
        }
        Ok(())
    }

    /// Why there are no factors, with the next step; none if there are.
    pub fn why_not(&self) -> Option<String> {
        if self.factors.is_some() {
            return None;
        }
        let last = self.rows.last()?;
        let (a, runs) = (last.base, self.quantum_runs);
        Some(match (&last.outcome, last.order) {
            (Outcome::OddOrder, Some(r)) => {
                format!(
                    "the base {a} has the odd order {r}, of which no factors follow: take another base"
                )
            }
            (Outcome::MinusOne, Some(r)) => format!(
                "the base {a} has the order {r}, and {a}^{} = -1, of which no factors follow: take another base",
                r / 2
            ),
            (Outcome::LuckyGcd(d), _) => {
                format!("the base {a} has the factor {d} in common with N: take another base")
            }
            _ => format!("no order was read in {runs} runs: take more clock bits"),
        })
    }

    /// Writes the law's probabilities beside the outcomes.
    ///
    /// # Errors
    /// If t is out of range.
    pub fn with_probabilities(mut self, modulus: u64, clock_bits: u32) -> Result<Self> {
        for row in &mut self.rows {
            let Some(y) = row.y.as_ref().and_then(|y| y.parse().ok()) else { continue };
            let law = OrderLaw::new(order(row.base, modulus), clock_bits)?;
            row.probability = Some(law.probability(y));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::arithmetic::easy;
    use super::super::problem::{num_bits, semiprime};
    use super::*;
    use crate::math::{Domain, Streams};

    fn rng(index: u64) -> ChaCha8Rng {
        Streams::new(9, Domain::OrderFinding).stream(index)
    }

    #[test]
    fn factors_of_twenty_random_semiprimes() {
        let mut rng = rng(0);
        for k in 0..20 {
            let n = semiprime(6 + k % 11, &mut rng).unwrap();
            let t = 2 * num_bits(n) as u32;
            let mut finder = ByLaw::new(t);
            let found = factor(n, None, t, &mut finder, &mut rng, &Watch::default()).unwrap();
            let (p, q) = found.factors.unwrap_or_else(|| panic!("{n}: {found:?}"));
            assert!(p > 1 && q > 1 && p * q == n);
            for row in &found.rows {
                let Some(r) = row.order else { continue };
                assert_eq!(r, order(row.base, n), "verified and smallest");
            }
            assert!(matches!(found.rows.last().unwrap().outcome, Outcome::Factors(..)));
        }
    }

    #[test]
    fn circuits_factor() {
        for n in [15, 21, 33, 35] {
            let t = 2 * num_bits(n) as u32;
            let mut finder = ByCircuit::new(t, Simulator::new());
            let found = factor(n, None, t, &mut finder, &mut rng(n), &Watch::default()).unwrap();
            let (p, q) = found.factors.unwrap();
            assert_eq!(p * q, n);
            let again = factor(n, None, t, &mut finder, &mut rng(n), &Watch::default()).unwrap();
            assert_eq!(again, found);
        }
    }

    #[test]
    fn large_numbers_by_the_law() {
        let n = 712_321 * 771_781;
        let found = factor(n, None, 80, &mut ByLaw::new(80), &mut rng(1), &Watch::default());
        let found = found.unwrap().with_probabilities(n, 80).unwrap();
        assert_eq!(found.factors, Some((712_321, 771_781)));
        let last = found.rows.last().unwrap();
        assert!(last.probability.unwrap() > 0.0);
    }

    #[test]
    fn bases_that_do_not_help_are_said() {
        let of = |n, a| {
            factor(n, Some(a), 12, &mut ByLaw::new(12), &mut rng(2), &Watch::default()).unwrap()
        };
        // 4 has the order 3 modulo 21; 20 = -1 modulo 21 has the order 2.
        let odd = of(21, 4);
        assert_eq!((odd.factors, &odd.rows.last().unwrap().outcome), (None, &Outcome::OddOrder));
        assert!(odd.why_not().unwrap().contains("odd order 3"));
        let minus = of(21, 20);
        assert_eq!(minus.rows.last().unwrap().outcome, Outcome::MinusOne);
        assert!(minus.why_not().unwrap().contains("20^1 = -1"));
        let lucky = of(21, 14);
        assert_eq!((lucky.lucky_bases, lucky.quantum_runs, lucky.factors), (1, 0, None));
        assert_eq!(lucky.rows[0].outcome, Outcome::LuckyGcd(7));
        assert!(easy(21).is_none());
    }
}

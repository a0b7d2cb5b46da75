//! The claims and who plays.

use super::crossover::Crossover;
use super::law::check_clock_bits;
use super::problem::{BITS, check_bits, check_number, num_bits, semiprime};
use super::rivals::{MOST_DIVISIONS, Rival};
use super::study::{Plan, REPEATS, Study};
use crate::advantage::{Arena, Bar, Better, Claim, Contender, Cost, Experiment, Kind, Score};
use crate::error::{Error, Result};
use crate::math::modular::gcd;
use crate::math::statistics::{mean, median};
use crate::math::{Domain, Streams, Watch, threads};
use serde::{Deserialize, Serialize};
use std::time::Instant;

const SECONDS: &str = "seconds";
const OPERATIONS: &str = "operations";
const SIMULATED: &str = "order finding, simulated";
const COUNTED: &str = "order finding, gates counted";
/// Numbers of more bits are not simulated by circuits, unless said otherwise.
const SIMULATED_TO: u64 = 16;
/// Drawn outcomes at most.
const MOST_RUNS: u64 = 10_000_000;
/// Starts of a rival, or one where it has nothing random.
const STARTS: u64 = 15;
/// Starts of baby steps from so many bits on.
const FEW_STARTS: u64 = 3;
const FEW_FROM: u64 = 28;
/// Operations of a rival in the time of a quantum gate, for the two crossovers: as many as one, which
/// flatters the quantum computer, and a thousand, as 1 µs to 1 ns.
const GATES: [f64; 2] = [1.0, 1e3];

/// Factoring by order finding, with more and more bits.
///
/// ```
/// use ketlab::advantage::{Run, Verdict, order_finding::OrderFinding};
/// let mut experiment = OrderFinding::new();
/// experiment.number = Some(21);
/// experiment.runs = 100;
/// let report = Run::new().run(&experiment)?;
/// assert_eq!(report.details.studies[0].factoring.factors, Some((3, 7)));
/// assert!(matches!(report.claims[0].verdict, Verdict::Refuted { .. }));
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderFinding {
    /// The one number to factor; else there is one for each size.
    pub number: Option<u64>,
    /// The base of that number; else bases come from the seed.
    pub base: Option<u64>,
    /// Sizes in bits, each a random product of two primes.
    pub sizes: Vec<u64>,
    /// Clock bits; twice the bits of N if none.
    pub clock_bits: Option<u32>,
    /// Circuits are simulated up to so many bits; beyond, outcomes are drawn from the law.
    pub simulated_to: u64,
    /// Outcomes drawn from the law, and shots of circuits that are compared with it.
    pub runs: u64,
    /// Who plays against it.
    pub rivals: Vec<Rival>,
    /// The seed of numbers, bases, outcomes and rivals.
    pub seed: u64,
}

impl Default for OrderFinding {
    fn default() -> Self {
        Self::new()
    }
}

impl OrderFinding {
    /// Numbers of 6 to 62 bits, circuits up to 16, all rivals.
    pub fn new() -> Self {
        OrderFinding {
            number: None,
            base: None,
            sizes: vec![6, 8, 10, 12, 14, 16, 24, 32, 40, 48, 56, 62],
            clock_bits: None,
            simulated_to: SIMULATED_TO,
            runs: 1000,
            rivals: Rival::ALL.to_vec(),
            seed: 0,
        }
    }

    /// The sizes that are played.
    pub fn sizes(&self) -> Vec<u64> {
        match self.number {
            Some(number) => vec![num_bits(number)],
            None => self.sizes.clone(),
        }
    }

    fn streams(&self) -> Streams {
        Streams::new(self.seed, Domain::OrderFinding)
    }

    /// The number of a size.
    ///
    /// # Errors
    /// If there is none with so many bits.
    pub fn number_of(&self, size: u64) -> Result<u64> {
        match self.number {
            Some(number) => Ok(number),
            None => semiprime(size, &mut self.streams().stream(size << 32)),
        }
    }

    fn is_simulated(&self, size: u64) -> bool {
        size <= self.simulated_to
    }

    fn study(&self, size: u64, watch: &Watch) -> Result<Study> {
        let plan = Plan {
            number: self.number_of(size)?,
            base: self.base,
            clock_bits: self.clock_bits.unwrap_or(2 * size as u32),
            simulated: self.is_simulated(size),
            runs: self.runs,
            seed: self.seed,
        };
        Study::new(&plan, self.streams(), watch)
    }

    /// A rival on a number: what it took at several starts; none if it gave up.
    fn rival(&self, rival: Rival, size: u64, watch: &Watch) -> Result<Option<Played>> {
        let number = self.number_of(size)?;
        let starts = match rival {
            Rival::BabyStep if size >= FEW_FROM => FEW_STARTS,
            // The count is the same; the clock is not.
            Rival::TrialDivision if size >= FEW_FROM => 1,
            _ => STARTS,
        };
        let mut played = Played { operations: Vec::new(), seconds: Vec::new(), factor: 0 };
        let first = size << 32 | (rival as u64 + 1) << 24;
        for k in 0..starts {
            let mut rng = self.streams().stream(first + k);
            let start = Instant::now();
            let Some(split) = rival.split(number, &mut rng, watch)? else { return Ok(None) };
            played.seconds.push(start.elapsed().as_secs_f64());
            played.operations.push(split.operations);
            played.factor = split.factor;
        }
        Ok(Some(played))
    }

    fn enter_study(&self, study: &Study, arena: &mut Arena) -> Result<()> {
        let Study { bits, factoring, hardware, .. } = study;
        if study.simulated {
            let contender = match (study.seconds, factoring.factors) {
                (Some(seconds), Some(_)) => Contender::new(
                    SIMULATED,
                    Kind::Quantum,
                    *bits,
                    SECONDS,
                    Score::exact(seconds)?,
                    Cost {
                        seconds: Some(seconds),
                        threads: Some(threads()),
                        // One state, the largest thing but for tables.
                        bytes: Some(16 << study.qubits),
                        samples: Some(factoring.quantum_runs),
                        ..Cost::default()
                    },
                )
                .assuming("a modular multiplication is one gate, and nothing is noisy"),
                _ => Contender::beyond_reach(
                    SIMULATED,
                    Kind::Quantum,
                    *bits,
                    SECONDS,
                    factoring.why_not().unwrap_or_default(),
                ),
            };
            arena.enter(contender);
        }
        let (Some(runs), Some(error)) = (study.mean_runs, study.mean_runs_error) else {
            let limit = format!(
                "{} of {REPEATS} factorings by the law found nothing with t = {}: take more clock bits",
                study.failures, study.clock_bits
            );
            let counted = Contender::beyond_reach(COUNTED, Kind::Quantum, *bits, OPERATIONS, limit);
            arena.enter(counted);
            return Ok(());
        };
        let gates = hardware.gates as f64;
        let score = Score::student(runs * gates, error * gates, REPEATS as f64 - 1.0)?;
        let cost = Cost { samples: Some(runs.ceil() as u64), ..Cost::default() };
        arena.enter(
            Contender::new(COUNTED, Kind::Quantum, *bits, OPERATIONS, score, cost)
                .assuming("gates are Beauregard's (quant-ph/0205095) without small rotations of Fourier transforms, each as fast as one operation of a rival, without errors and their correction"),
        );
        Ok(())
    }
}

/// What a rival did.
#[derive(Serialize, Deserialize)]
struct Played {
    operations: Vec<u64>,
    seconds: Vec<f64>,
    factor: u64,
}

impl Played {
    /// The contenders for both quantities.
    fn contenders(&self, rival: Rival, bits: u64, timed: bool) -> Result<Vec<Contender>> {
        let operations: Vec<f64> = self.operations.iter().map(|&x| x as f64).collect();
        let ends = |values: &[f64]| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            (low, values.iter().copied().fold(0.0, f64::max))
        };
        let seconds = median(&self.seconds);
        let cost = Cost {
            seconds: Some(seconds),
            threads: Some(1),
            queries: Some(self.operations.iter().sum::<u64>() / self.operations.len() as u64),
            ..Cost::default()
        };
        let (low, high) = ends(&operations);
        let middle = mean(&operations).clamp(low, high);
        let score = Score::between(middle, low, high)?;
        let mut all =
            vec![Contender::new(rival.name(), Kind::Classical, bits, OPERATIONS, score, cost)];
        if timed {
            let (low, high) = ends(&self.seconds);
            let score = Score::between(seconds, low, high)?;
            all.push(Contender::new(rival.name(), Kind::Classical, bits, SECONDS, score, cost));
        }
        Ok(all)
    }
}

/// What there is beside.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Details {
    /// One for each size.
    pub studies: Vec<Study>,
    /// Where gates would be worth it, by extrapolation.
    pub crossovers: Vec<Crossover>,
    /// Why others are not extrapolated, one sentence each.
    pub not_extrapolated: Vec<String>,
}

impl Experiment for OrderFinding {
    const NAME: &'static str = "order";
    type Details = Details;

    fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        match (self.number, self.base) {
            (Some(number), base) => {
                check_number(number)?;
                let Some(base) = base else { return self.check_rest() };
                if !(2..=number - 2).contains(&base) {
                    let expected = format!(
                        "it must be from 2 to {}: 1 and -1 have the orders 1 and 2, which say \
                         nothing",
                        number - 2
                    );
                    return invalid("the base", base.to_string(), expected);
                }
                let common = gcd(base, number);
                if common > 1 {
                    let expected = format!(
                        "it has the factor {common} in common with {number}, which is factored by \
                         that luck alone, without a quantum computer: take a base without"
                    );
                    return invalid("the base", base.to_string(), expected);
                }
            }
            (None, Some(base)) => {
                let expected = "each size has a number of its own: give the number too".into();
                return invalid("the base", base.to_string(), expected);
            }
            (None, None) if self.sizes.is_empty() => {
                return invalid("the sizes", "none".into(), "give at least one".into());
            }
            (None, None) => self.sizes.iter().try_for_each(|&bits| check_bits(bits))?,
        }
        self.check_rest()
    }

    fn claims(&self) -> Vec<Claim> {
        let sizes = self.sizes();
        let rivals: Vec<String> = self.rivals.iter().map(|rival| rival.name().into()).collect();
        let simulated: Vec<u64> =
            sizes.iter().copied().filter(|&size| self.is_simulated(size)).collect();
        let mut claims = Vec::new();
        if !simulated.is_empty() {
            claims.push(Claim {
                statement: "A quantum computer factors numbers faster than any classical \
                            algorithm: the one that is simulated here does."
                    .into(),
                quantity: SECONDS.into(),
                better: Better::Lower,
                bar: Bar::Contender(SIMULATED.into()),
                size: "bits".into(),
                sizes: simulated,
                rivals: rivals.clone(),
            });
        }
        claims.push(Claim {
            statement: "On hardware, order finding takes fewer gates than any classical algorithm \
                        takes operations."
                .into(),
            quantity: OPERATIONS.into(),
            better: Better::Lower,
            bar: Bar::Contender(COUNTED.into()),
            size: "bits".into(),
            sizes,
            rivals,
        });
        claims
    }

    fn play(&self, arena: &mut Arena) -> Result<Details> {
        let mut details =
            Details { studies: Vec::new(), crossovers: Vec::new(), not_extrapolated: Vec::new() };
        let mut operations: Vec<Vec<(u64, f64)>> = vec![Vec::new(); self.rivals.len()];
        for size in self.sizes() {
            let study =
                arena.piece(&format!("order finding at {size} bits"), |w| self.study(size, w))?;
            if let Some(study) = study {
                self.enter_study(&study, arena)?;
                details.studies.push(study);
            }
            for (&rival, operations) in self.rivals.iter().zip(&mut operations) {
                if let Some(limit) = rival.limit(size) {
                    let name = rival.name();
                    arena.enter(Contender::beyond_reach(
                        name,
                        Kind::Classical,
                        size,
                        OPERATIONS,
                        limit,
                    ));
                    continue;
                }
                let name = format!("{} at {size} bits", rival.name());
                let played = arena.piece(&name, |watch| self.rival(rival, size, watch))?;
                let Some(played) = played else { continue };
                let Some(played) = played else {
                    let limit = format!(
                        "no factor is among the first 2^{} divisors",
                        MOST_DIVISIONS.ilog2()
                    );
                    arena.enter(Contender::beyond_reach(
                        rival.name(),
                        Kind::Classical,
                        size,
                        OPERATIONS,
                        limit,
                    ));
                    continue;
                };
                let contenders = played.contenders(rival, size, self.is_simulated(size))?;
                operations.push((size, contenders[0].score.map_or(0.0, |score| score.value)));
                contenders.into_iter().for_each(|contender| arena.enter(contender));
            }
        }
        let runs: Vec<f64> = details.studies.iter().filter_map(|study| study.mean_runs).collect();
        if runs.is_empty() {
            if !details.studies.is_empty() {
                details.not_extrapolated.push(
                    "some factorings found nothing at every size: nobody knows how many runs it takes"
                        .into(),
                );
            }
            return Ok(details);
        }
        let runs = mean(&runs);
        for (rival, operations) in self.rivals.iter().zip(&operations) {
            for gate in GATES {
                match Crossover::new(rival.name(), operations, runs, gate) {
                    Ok(crossover) => details.crossovers.push(crossover),
                    Err(because) => details.not_extrapolated.push(because),
                }
            }
        }
        // It is the same whatever a gate takes.
        details.not_extrapolated.dedup();
        Ok(details)
    }

    fn evidence_ends_at(&self, details: &Details) -> String {
        let largest = |simulated: Option<bool>| {
            let studies = details.studies.iter();
            studies.filter(|s| simulated.is_none_or(|is| s.simulated == is)).map(|s| s.bits).max()
        };
        let Some(all) = largest(None) else {
            return "nothing: no number was factored".into();
        };
        let circuits = match largest(Some(true)) {
            Some(bits) => format!("circuits were simulated up to {bits} bits"),
            None => "no circuit was simulated".into(),
        };
        format!(
            "{all} bits; {circuits}. Numbers below 2^64 are factored in milliseconds by anybody, \
             and are no evidence of anything about large ones: there the rival is the number field \
             sieve, which is not played here"
        )
    }
}

impl OrderFinding {
    fn check_rest(&self) -> Result<()> {
        let sizes = self.sizes();
        match self.clock_bits {
            Some(clock_bits) => check_clock_bits(clock_bits)?,
            None => sizes.iter().try_for_each(|&size| check_clock_bits(2 * size as u32))?,
        }
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if !(1..=MOST_RUNS).contains(&self.runs) {
            let expected = format!("it must be from 1 to {MOST_RUNS}");
            return invalid("the number of runs", self.runs.to_string(), expected);
        }
        if self.rivals.is_empty() {
            let expected = "a claim is judged by its rivals; leave at least one in".into();
            return invalid("the rivals", "none".into(), expected);
        }
        let mut seen = sizes.clone();
        seen.sort_unstable();
        if let Some(pair) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
            let expected = "give each size once".into();
            return invalid("a size", format!("{} twice", pair[0]), expected);
        }
        let twice = (1..self.rivals.len())
            .find(|&k| self.rivals[..k].contains(&self.rivals[k]))
            .map(|k| self.rivals[k].key());
        if let Some(key) = twice {
            return invalid("a rival", format!("{key} twice"), "give each once".into());
        }
        if self.simulated_to > *BITS.end().min(&22) {
            let expected = "circuits with tables are simulated up to 22 bits".into();
            return invalid("the bits of circuits", self.simulated_to.to_string(), expected);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::{Run, Verdict};
    use crate::math::on_threads;

    fn small() -> OrderFinding {
        OrderFinding { sizes: vec![5, 6, 24], runs: 200, seed: 3, ..OrderFinding::new() }
    }

    /// Without seconds, which are the only scores that may differ.
    fn told(experiment: &OrderFinding) -> String {
        let mut report = Run::new().run(experiment).unwrap();
        report.contenders.retain(|c| c.quantity != SECONDS);
        report.contenders.iter_mut().for_each(|c| (c.cost.seconds, c.cost.threads) = (None, None));
        report.details.studies.iter_mut().for_each(|study| study.seconds = None);
        serde_json::to_string(&report).unwrap()
    }

    #[test]
    fn slogans_are_refuted_and_the_same_at_any_thread_count() {
        let experiment = small();
        let report = Run::new().run(&experiment).unwrap();
        for judged in &report.claims {
            assert!(matches!(judged.verdict, Verdict::Refuted { at: 5, .. }), "{}", judged.text);
        }
        let studies = &report.details.studies;
        assert_eq!(studies.iter().map(|s| s.bits).collect::<Vec<_>>(), [5, 6, 24]);
        for study in studies {
            let (p, q) = study.factoring.factors.unwrap();
            assert_eq!(p * q, study.number);
            assert!(study.success.iter().all(|s| s.agrees), "{study:?}");
            assert!(study.check.as_ref().is_none_or(|check| check.agrees), "{study:?}");
            assert!(study.mean_runs.unwrap() >= 1.0 && study.failures == 0);
            assert!(study.hardware.gates <= study.exact_hardware.gates);
        }
        assert!(studies[0].check.is_some() && studies[2].check.is_none());
        assert!(!studies[2].simulated && studies[2].seconds.is_none());
        assert!(report.evidence_ends_at.contains("no evidence of anything"));
        let one = on_threads(1, || told(&experiment));
        assert_eq!(one, on_threads(3, || told(&experiment)));
    }

    #[test]
    fn factorings_that_find_nothing_are_no_successes() {
        // With two clock bits only orders of up to 4, and multiples up to 6 of them, are read.
        let experiment = OrderFinding {
            sizes: vec![24],
            clock_bits: Some(2),
            rivals: vec![Rival::PollardRho],
            ..small()
        };
        let report = Run::new().run(&experiment).unwrap();
        let study = &report.details.studies[0];
        assert!(study.failures > 0 && study.mean_runs.is_none(), "{study:?}");
        assert!(study.factoring.why_not().unwrap().contains("more clock bits"));
        let counted = report.contenders.iter().find(|c| c.name == COUNTED).unwrap();
        assert!(
            counted.score.is_none() && counted.limit.as_ref().unwrap().contains("found nothing")
        );
        assert!(matches!(report.claims[0].verdict, Verdict::BeyondReach { .. }));
        assert!(report.details.crossovers.is_empty());
        assert_eq!(report.details.not_extrapolated.len(), 1);
    }

    #[test]
    fn a_base_that_does_not_help_is_said() {
        let experiment = OrderFinding { number: Some(21), base: Some(4), ..small() };
        let report = Run::new().run(&experiment).unwrap();
        let simulated = report.contenders.iter().find(|c| c.name == SIMULATED).unwrap();
        assert!(simulated.limit.as_ref().unwrap().contains("odd order 3"), "{simulated:?}");
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let says = |change: &dyn Fn(&mut OrderFinding)| {
            let mut experiment = small();
            change(&mut experiment);
            experiment.check().unwrap_err().to_string()
        };
        assert!(says(&|e| e.sizes = vec![]).contains("at least one"));
        assert!(says(&|e| e.sizes = vec![3]).contains("from 4 to 62"));
        assert!(says(&|e| e.sizes = vec![8, 8]).contains("twice"));
        assert!(says(&|e| e.number = Some(16)).contains("even"));
        assert!(says(&|e| e.number = Some(17)).contains("prime"));
        assert!(says(&|e| e.number = Some(25)).contains("5^2"));
        assert!(says(&|e| e.number = Some(u64::MAX)).contains("from 4 to 62"));
        assert!(says(&|e| e.base = Some(2)).contains("number too"));
        let with_base = |base| says(&|e| (e.number, e.base) = (Some(21), Some(base)));
        assert!(with_base(14).contains("factor 7"));
        assert!([0, 1, 20, 21, 500].iter().all(|&base| with_base(base).contains("from 2 to 19")));
        assert!(says(&|e| e.clock_bits = Some(0)).contains("from 1 to 126"));
        assert!(says(&|e| e.clock_bits = Some(127)).contains("from 1 to 126"));
        assert!(says(&|e| e.runs = 0).contains("from 1"));
        assert!(says(&|e| e.rivals = vec![]).contains("rivals"));
        assert!(says(&|e| e.rivals = vec![Rival::BabyStep; 2]).contains("twice"));
    }
}

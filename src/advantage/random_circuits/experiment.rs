//! The claims, and who plays.

use super::details::{AtSize, Played, Sampler};
use super::device::{GateErrors, check_probability, mixture, trajectories};
use super::estimators::Estimator;
use super::law::Law;
use super::problem::{Problem, distinct};
use super::rivals::Rival;
use crate::advantage::{Arena, Bar, Better, Claim, Contender, Cost, Experiment, Kind, Score};
use crate::circuit::library::{Coupler, Sycamore};
use crate::engine::{bytes_needed, max_qubits};
use crate::error::{Error, Result, bytes};
use crate::math::{Domain, Streams, Watch, check_memory, threads};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What contenders are judged by.
pub const QUANTITY: &str = "linear XEB";
/// The device whose law is a mixture.
pub const DEVICE: &str = "noisy device";
/// The device whose gates have errors.
pub const GATES: &str = "noisy gates";
/// The experiment that is quoted.
const SYCAMORE: &str = "Sycamore 2019";
/// Its number of qubits.
const SYCAMORE_QUBITS: u64 = 53;
/// More would not be simulated by anybody, and have no index.
const MOST_QUBITS: u64 = 62;
/// Fewest strings of a sampler on one circuit: an error that comes of their spread needs some.
const FEWEST_STRINGS: u64 = 100;
/// Most samples: more need no checking, for their list fits nowhere.
const MOST_SAMPLES: u64 = 1 << 40;

/// Sampling of random circuits: a noisy device against classical samplers, scored by cross entropies.
///
/// ```
/// use ketlab::advantage::{Run, Verdict, random_circuits::RandomCircuits};
/// let settings = RandomCircuits::new();
/// let experiment = RandomCircuits { sizes: vec![8], circuits: 16, samples: 40_000, ..settings };
/// let report = Run::new().run(&experiment)?;
/// let refuted = Verdict::Refuted { by: "best-of-4".into(), at: 8 };
/// assert_eq!(report.claims[0].verdict, refuted);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomCircuits {
    /// Numbers of qubits, each on the most square grid that is full.
    pub sizes: Vec<u64>,
    /// Cycles of a circuit.
    pub depth: usize,
    /// The gate on pairs.
    pub coupler: Coupler,
    /// Circuits of each size.
    pub circuits: usize,
    /// Strings of each sampler at each size, shared among the circuits.
    pub samples: u64,
    /// F of the noisy device's mixture.
    pub fidelity: f64,
    /// Errors of a second device, simulated gate by gate, if there is to be one.
    pub errors: Option<GateErrors>,
    /// Its strings at each size: each may cost half a run of the circuit.
    pub error_samples: u64,
    /// Classical samplers.
    pub rivals: Vec<Rival>,
    /// The seed of circuits and strings.
    pub seed: u64,
}

impl Default for RandomCircuits {
    fn default() -> Self {
        Self::new()
    }
}

impl RandomCircuits {
    /// 12 to 24 qubits, 16 cycles, 4 circuits of each size with a million strings, F = 0.1, all rivals, no
    /// errors gate by gate.
    pub fn new() -> Self {
        RandomCircuits {
            sizes: vec![12, 16, 20, 24],
            depth: 16,
            coupler: Coupler::Fsim,
            circuits: 4,
            samples: 1_000_000,
            fidelity: 0.1,
            errors: None,
            error_samples: 4000,
            rivals: Rival::all(),
            seed: 0,
        }
    }

    /// Circuit number `index` of a size, with the seed of its strings.
    ///
    /// # Errors
    /// If there are fewer than two qubits or no cycles.
    pub fn circuit(&self, size: u64, index: usize) -> Result<(Sycamore, u64)> {
        let mut rng = Streams::new(self.seed, Domain::Repeat).stream(size << 32 | index as u64);
        let (of_circuit, of_strings) = (rng.random(), rng.random());
        let circuit = Sycamore::of_size(size as usize, self.depth)?;
        Ok((circuit.coupler(self.coupler).seed(of_circuit), of_strings))
    }

    /// Circuit number `index` of a size, solved.
    ///
    /// # Errors
    /// As [`circuit`](Self::circuit); if there is too little memory; if it was cancelled.
    pub fn problem(&self, size: u64, index: usize, watch: &Watch) -> Result<Problem> {
        let (circuit, seed) = self.circuit(size, index)?;
        Problem::new(circuit, seed, watch)
    }

    fn play_one(&self, size: u64, index: usize, watch: &Watch) -> Result<(Law, Vec<Played>)> {
        let problem = self.problem(size, index, watch)?;
        let circuits = self.circuits as u64;
        let share = |all: u64| all / circuits + u64::from((index as u64) < all % circuits);
        let samples = share(self.samples);
        let whole = problem.law().exact(Estimator::Linear);
        let mut all = Vec::new();
        let mut enter = |name: String, strings: Vec<u64>, expected, played: Played| {
            let tally = problem.tally(&strings)?;
            all.push(Played { name, tally, distinct: distinct(strings), expected, ..played });
            Ok::<(), Error>(())
        };
        let nothing = |seconds| Played {
            name: String::new(),
            tally: Default::default(),
            distinct: 0,
            expected: None,
            outputs: None,
            amplitudes: None,
            bytes: None,
            seconds,
        };
        let strings = mixture(&problem, self.fidelity, samples)?;
        enter(DEVICE.into(), strings, Some(self.fidelity * whole), nothing(0.0))?;
        if let Some(errors) = &self.errors {
            let strings = trajectories(&problem, errors, share(self.error_samples))?;
            let predicted = errors.predicted_fidelity(problem.circuit());
            enter(GATES.into(), strings, Some(predicted * whole), nothing(0.0))?;
        }
        for rival in &self.rivals {
            let start = Instant::now();
            let drawn = rival.draw(&problem, samples)?;
            let mut seconds = start.elapsed().as_secs_f64();
            if rival.needs_amplitudes() {
                seconds += problem.seconds;
            }
            let played = Played {
                outputs: drawn.outputs,
                amplitudes: drawn.amplitudes,
                bytes: Some(drawn.bytes),
                ..nothing(seconds)
            };
            // The formula for the best of k is of the exponential law.
            let is_formula =
                problem.law().is_deep(size as u32) || !matches!(rival, Rival::BestOf(_));
            let expected = drawn.expected.filter(|_| is_formula);
            enter(rival.to_string(), drawn.strings, expected, played)?;
        }
        Ok((*problem.law(), all))
    }

    /// Enters all samplers of a size, from their parts of each circuit.
    fn enter(
        &self,
        arena: &mut Arena,
        size: u64,
        circuits: &[(Law, Vec<Played>)],
    ) -> Result<AtSize> {
        let laws: Vec<Law> = circuits.iter().map(|(law, _)| *law).collect();
        let (circuit, _) = self.circuit(size, 0)?;
        let mut samplers = Vec::new();
        let number = circuits.first().map_or(0, |(_, played)| played.len());
        for k in 0..number {
            let parts: Vec<&Played> = circuits.iter().map(|(_, played)| &played[k]).collect();
            let Some(sampler) = Sampler::of(&parts, &laws) else { continue };
            let rival = self.rivals.iter().find(|rival| rival.to_string() == sampler.name);
            let sum = |of: fn(&Played) -> Option<u64>| -> Option<u64> {
                parts.iter().map(|part| of(part)).sum()
            };
            let cost = Cost {
                seconds: rival.map(|_| parts.iter().map(|part| part.seconds).sum()),
                threads: rival.map(|_| threads()),
                bytes: parts.iter().filter_map(|part| part.bytes).filter(|bytes| *bytes > 0).max(),
                samples: Some(sampler.samples),
                queries: sum(|part| part.amplitudes),
            };
            let kind = if rival.is_some() { Kind::Classical } else { Kind::Quantum };
            let score = sampler.linear.score(circuits.len())?;
            let mut contender = Contender::new(&sampler.name, kind, size, QUANTITY, score, cost);
            let assumption = match rival {
                Some(rival) => rival.assumption(),
                None if sampler.name == DEVICE => Some(
                    "a string of the circuit with probability F, else a uniform one: errors that are \
                     noise of the whole register; it is simulated, so that it has no time of its own",
                ),
                None => {
                    Some("errors of gates and readings that know nothing of each other; simulated")
                }
            };
            if let Some(assumption) = assumption {
                contender = contender.assuming(assumption);
            }
            arena.enter(contender);
            samplers.push(sampler);
        }
        let [left, right] = circuit.patches();
        let n = size as u32;
        Ok(AtSize {
            qubits: size,
            rows: circuit.rows(),
            columns: circuit.columns(),
            pairs: circuit.pairs().iter().map(Vec::len).sum(),
            patch: left.len().max(right.len()),
            is_deep: laws.iter().all(|law| law.is_deep(n)),
            random_collision: Law::random_collision(n),
            laws,
            samplers,
        })
    }

    /// What is known of the experiment that the discussion is about, and why its rivals are not here.
    fn quote(&self, arena: &mut Arena) -> Result<()> {
        let n = SYCAMORE_QUBITS;
        // Arute et al., Nature 574, 505 (2019): 53 qubits, 20 cycles.
        let score = Score::normal(0.00224, 0.00021)?;
        let cost = Cost { seconds: Some(200.0), samples: Some(1_000_000), ..Cost::default() };
        arena.enter(Contender::new(SYCAMORE, Kind::Experiment, n, QUANTITY, score, cost).assuming(
            "as published (Nature 574, 505): 20 cycles; its time is of the processor, a million \
                 strings, and of no machine here; the score is by circuits that could be computed",
        ));
        let state = bytes(bytes_needed(n as usize, 16));
        for rival in self.simulating() {
            arena.enter(Contender::beyond_reach(
                rival.to_string(),
                Kind::Classical,
                n,
                QUANTITY,
                format!("its state takes {state}"),
            ));
        }
        Ok(())
    }

    /// Rivals that simulate the circuit, first the one that does nothing else.
    fn simulating(&self) -> Vec<Rival> {
        let mut all: Vec<Rival> =
            self.rivals.iter().copied().filter(|rival| rival.needs_amplitudes()).collect();
        all.sort_by_key(|rival| *rival != Rival::Exact);
        all
    }

    fn claim(
        &self,
        statement: String,
        bar: Bar,
        sizes: &[u64],
        rivals: Vec<Rival>,
    ) -> Option<Claim> {
        (!rivals.is_empty()).then(|| Claim {
            statement,
            quantity: QUANTITY.into(),
            better: Better::Higher,
            bar,
            size: "qubits".into(),
            sizes: sizes.to_vec(),
            rivals: rivals.iter().map(Rival::to_string).collect(),
        })
    }
}

impl Experiment for RandomCircuits {
    const NAME: &'static str = "random-circuits";
    type Details = Vec<AtSize>;

    fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if self.sizes.is_empty() {
            return invalid("the numbers of qubits", "none".into(), "give at least one".into());
        }
        for (k, &size) in self.sizes.iter().enumerate() {
            if !(2..=MOST_QUBITS).contains(&size) {
                let expected = format!(
                    "it is from 2 to {MOST_QUBITS}, and 16·2^n bytes have to fit in memory"
                );
                return invalid(
                    "the number of qubits of a random circuit",
                    size.to_string(),
                    expected,
                );
            }
            if self.sizes[..k].contains(&size) {
                let expected = "name each size once".into();
                return invalid("the numbers of qubits", format!("{size} twice"), expected);
            }
            let needed = bytes_needed(size as usize, 16);
            check_memory(format_args!("the state of {size} qubits"), needed, |available| {
                let fits = max_qubits(available, 16);
                (Some(fits), format!("{fits} qubits fit"))
            })?;
        }
        if self.depth == 0 || self.depth > 10_000 {
            let expected = "it is from 1 to 10000 cycles".into();
            return invalid("the depth of a random circuit", self.depth.to_string(), expected);
        }
        if !(1..=10_000).contains(&self.circuits) {
            let expected = "it is from 1 to 10000".into();
            return invalid(
                "the number of circuits of a size",
                self.circuits.to_string(),
                expected,
            );
        }
        let fewest = FEWEST_STRINGS * self.circuits as u64;
        let samples = [
            ("the number of samples", Some(self.samples)),
            ("the number of samples under gate errors", self.errors.map(|_| self.error_samples)),
        ];
        for (what, samples) in samples {
            if samples.is_some_and(|samples| !(fewest..=MOST_SAMPLES).contains(&samples)) {
                let expected = format!(
                    "it is from {fewest}, {FEWEST_STRINGS} for each circuit of a size, to \
                     {MOST_SAMPLES}: the spread of fewer says too little of the error"
                );
                return invalid(what, samples.unwrap_or(0).to_string(), expected);
            }
        }
        check_probability("the fidelity of the noisy device", self.fidelity)?;
        if let Some(errors) = &self.errors {
            errors.check()?;
        }
        if self.rivals.is_empty() {
            let expected = "a claim is judged by rivals: name one, as best-of-4".into();
            return invalid("the rivals", "none".into(), expected);
        }
        for (k, rival) in self.rivals.iter().enumerate() {
            rival.check()?;
            if self.rivals[..k].contains(rival) {
                return invalid("the rivals", format!("{rival} twice"), "name each once".into());
            }
        }
        Ok(())
    }

    fn claims(&self) -> Vec<Claim> {
        let rivals = |is_in: &dyn Fn(&Rival) -> bool| -> Vec<Rival> {
            self.rivals.iter().copied().filter(|rival| is_in(rival)).collect()
        };
        let claims = [
            self.claim(
                "A linear XEB of 1 is what samples of the circuit itself score (Arute et al. 2019): who \
                 does not sample from it scores less."
                    .into(),
                Bar::Value(1.0),
                &self.sizes,
                rivals(&|rival| *rival != Rival::Exact),
            ),
            self.claim(
                format!(
                    "Without probabilities of the whole circuit nobody scores as the noisy device of F \
                     = {} does (what Aaronson and Gunn 2020 conjecture of efficient samplers).",
                    self.fidelity
                ),
                Bar::Contender(DEVICE.into()),
                &self.sizes,
                rivals(&|rival| !rival.needs_amplitudes()),
            ),
            self.claim(
                "No classical computer samples these circuits as well as the noisy device.".into(),
                Bar::Contender(DEVICE.into()),
                &self.sizes,
                rivals(&|_| true),
            ),
            self.claim(
                "No classical computer scores as Sycamore did on 53 qubits in 20 cycles (Arute et al. \
                 2019)."
                    .into(),
                Bar::Contender(SYCAMORE.into()),
                &[SYCAMORE_QUBITS],
                self.simulating(),
            ),
        ];
        claims.into_iter().flatten().collect()
    }

    fn play(&self, arena: &mut Arena) -> Result<Vec<AtSize>> {
        let mut found = Vec::new();
        for &size in &self.sizes {
            let mut circuits = Vec::new();
            for index in 0..self.circuits {
                let key = format!("circuit {} of {size} qubits", index + 1);
                circuits.extend(arena.piece(&key, |watch| self.play_one(size, index, watch))?);
            }
            // A size with fewer circuits would be another experiment.
            if circuits.len() == self.circuits {
                found.push(self.enter(arena, size, &circuits)?);
            }
        }
        if !self.simulating().is_empty() && !self.sizes.contains(&SYCAMORE_QUBITS) {
            self.quote(arena)?;
        }
        Ok(found)
    }

    fn evidence_ends_at(&self, details: &Vec<AtSize>) -> String {
        match details.iter().map(|at| at.qubits).max() {
            Some(qubits) => format!(
                "{qubits} qubits and {} cycles, whose strings can be scored because the circuit can be \
                 simulated; at the {SYCAMORE_QUBITS} qubits of Sycamore a state takes {}, and what others \
                 published of their simulations (as Pan, Chen and Zhang, Phys. Rev. Lett. 129, 090502 \
                 (2022)) was not run here",
                self.depth,
                bytes(bytes_needed(SYCAMORE_QUBITS as usize, 16))
            ),
            None => "nothing: no size has ended".into(),
        }
    }
}

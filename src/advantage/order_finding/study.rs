//! What order finding does for one number.

use super::arithmetic::order;
use super::factoring::{ByCircuit, ByLaw, Factoring, factor};
use super::hardware::Beauregard;
use super::law::OrderLaw;
use super::law_check::LawCheck;
use super::post_processing::{Success, successes};
use super::problem::{draw_base, num_bits};
use crate::error::Result;
use crate::math::modular::gcd;
use crate::math::statistics::{mean, variance};
use crate::math::{Streams, Watch};
use crate::simulate::Simulator;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Clock bits up to which a circuit's shots are compared with the law.
const COMPARED_TO: u32 = 16;
/// Factorings by the law, for the mean number of runs.
pub(super) const REPEATS: u64 = 100;

/// One number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Its bits, n.
    pub bits: u64,
    /// N.
    pub number: u64,
    /// t.
    pub clock_bits: u32,
    /// Whether the circuit was simulated; else outcomes were drawn from the law, by an order that was
    /// computed from the factors.
    pub simulated: bool,
    /// Qubits of the circuit with one control qubit, its multiplications taken as one gate each.
    pub qubits: u64,
    /// The factoring.
    pub factoring: Factoring,
    /// Its seconds, circuits and everything else included; where circuits were simulated.
    pub seconds: Option<f64>,
    /// Runs of a quantum computer until there are factors: the mean of 100 factorings by the law; none if
    /// some of them found nothing …
    pub mean_runs: Option<f64>,
    /// … and its standard error, 0.01 at least: that of one run more in one factoring.
    pub mean_runs_error: Option<f64>,
    /// How many of the 100 gave up without factors.
    pub failures: u64,
    /// The base that success and the check are of: the first one without a factor in common with N.
    pub base: u64,
    /// Its order, from the factors of N.
    pub order: u64,
    /// How probable it is that rules read r in one run, or two.
    pub success: Vec<Success>,
    /// The circuit against the law, where there are few clock bits.
    pub check: Option<LawCheck>,
    /// Gates of a run on hardware, with Fourier transforms without their smallest rotations.
    pub hardware: Beauregard,
    /// The same with exact ones.
    pub exact_hardware: Beauregard,
}

/// How a number is studied.
pub(super) struct Plan {
    pub number: u64,
    pub base: Option<u64>,
    pub clock_bits: u32,
    pub simulated: bool,
    pub runs: u64,
    pub seed: u64,
}

impl Study {
    pub(super) fn new(plan: &Plan, streams: Streams, watch: &Watch) -> Result<Self> {
        let &Plan { number, base, clock_bits, simulated, runs, .. } = plan;
        let bits = num_bits(number);
        // Streams of one size, and of nobody else.
        let stream = |k: u64| streams.stream(bits << 32 | k << 16);
        let simulator = || Simulator::new().seed(plan.seed).with_watch(watch);
        let start = Instant::now();
        let mut rng = stream(1);
        let factoring = if simulated {
            let mut finder = ByCircuit::new(clock_bits, simulator());
            factor(number, base, clock_bits, &mut finder, &mut rng, watch)?
        } else {
            factor(number, base, clock_bits, &mut ByLaw::new(clock_bits), &mut rng, watch)?
        };
        let seconds = simulated.then(|| start.elapsed().as_secs_f64());
        let factoring = factoring.with_probabilities(number, clock_bits)?;
        let (mut repeats, mut failures) = (Vec::new(), 0);
        for k in 0..REPEATS {
            let mut rng = stream(2 + k);
            let law = &mut ByLaw::new(clock_bits);
            let found = factor(number, None, clock_bits, law, &mut rng, watch)?;
            repeats.push(found.quantum_runs as f64);
            failures += u64::from(found.factors.is_none());
        }
        // Runs that led to nothing are no runs until there are factors.
        let is_known = failures == 0;
        let mean_runs = is_known.then(|| mean(&repeats));
        // Factorings that are all alike are no exact answer: at least as if one had taken one run more.
        let least = 1.0 / REPEATS as f64;
        let mean_runs_error =
            is_known.then(|| (variance(&repeats) / REPEATS as f64).sqrt().max(least));
        let base = base.unwrap_or_else(|| {
            let mut rng = stream(1);
            loop {
                let a = draw_base(number, &mut rng);
                if gcd(a, number) == 1 {
                    break a;
                }
            }
        });
        let order = order(base, number);
        let law = OrderLaw::new(order, clock_bits)?;
        let mut rng = stream(1000);
        let drawn = (0..runs).map(|_| law.sample(&mut rng));
        let success = successes(&law, number, drawn, watch)?;
        let check = if simulated && clock_bits <= COMPARED_TO {
            let simulator = simulator().seed(stream(1001).random());
            Some(LawCheck::new((base, number), &law, runs, &simulator)?)
        } else {
            None
        };
        Ok(Study {
            bits,
            number,
            clock_bits,
            simulated,
            qubits: bits + 1,
            factoring,
            seconds,
            mean_runs,
            mean_runs_error,
            failures,
            base,
            order,
            success,
            check,
            hardware: Beauregard::banded(bits, clock_bits.into()),
            exact_hardware: Beauregard::new(bits, clock_bits.into()),
        })
    }
}

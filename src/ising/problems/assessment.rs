//! How good many samples of an encoded problem are.

use super::encode::{Encode, Violation};
use super::encoded::Encoded;
use crate::error::Result;
use crate::ising::SampleSet;
use crate::math::Bits;
use serde::Serialize;
use std::collections::BTreeMap;

/// The best solution among samples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Best<S> {
    /// The solution.
    pub solution: S,
    /// Its objective.
    pub objective: f64,
    /// The row that it is from.
    pub row: usize,
}

/// What is to be suspected where samples are not as they should be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", content = "why", rename_all = "snake_case")]
pub enum Suspicion {
    /// The model prefers something infeasible, and its penalty is not proven to be enough.
    Penalty(String),
    /// The model prefers something feasible that the sampler did not find.
    Sampler(String),
}

/// How good samples of an encoded problem are, before any repair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment<S> {
    /// Reads.
    pub reads: u64,
    /// Reads that break nothing.
    pub feasible_reads: u64,
    /// The best feasible sample, the first of equal ones.
    pub best: Option<Best<S>>,
    /// What the row of the lowest energy breaks; nothing where it is feasible, or there are no samples.
    pub violations_of_lowest: Vec<Violation>,
    /// How many reads break something of each kind.
    pub reads_by_violation: BTreeMap<String, u64>,
    /// The best repaired sample, where there is a rule of repair, of the infeasible rows.
    pub best_repaired: Option<Best<S>>,
    /// What is to be suspected, if anything.
    pub suspicions: Vec<Suspicion>,
}

impl<S> Assessment<S> {
    /// The part of the reads that break nothing; `None` without reads.
    pub fn feasibility(&self) -> Option<f64> {
        (self.reads > 0).then(|| self.feasible_reads as f64 / self.reads as f64)
    }
}

impl<S: Clone + PartialEq> Assessment<S> {
    pub(super) fn new<P: Encode<Solution = S>>(
        encoded: &Encoded<P>,
        samples: &SampleSet,
    ) -> Result<Self> {
        let problem = encoded.problem();
        let sense = problem.objective().sense;
        let better = |objective: f64, best: &Option<Best<S>>| {
            best.as_ref().is_none_or(|best| sense.is_better(objective, best.objective))
        };
        let mut assessment = Assessment {
            reads: samples.reads(),
            feasible_reads: 0,
            best: None,
            violations_of_lowest: Vec::new(),
            reads_by_violation: BTreeMap::new(),
            best_repaired: None,
            suspicions: Vec::new(),
        };
        // Energies are computed afresh: a file of samples may have those of another convention.
        let mut lowest = f64::INFINITY;
        for (row, sample) in samples.iter().enumerate() {
            let decoded = problem.decode(&sample.bits);
            let energy = encoded.qubo().energy(&sample.bits);
            if energy < lowest {
                lowest = energy;
                assessment.violations_of_lowest.clone_from(&decoded.violations);
            }
            let mut kinds: Vec<&String> =
                decoded.violations.iter().map(|v| &v.constraint).collect();
            kinds.sort();
            kinds.dedup();
            for kind in kinds {
                *assessment.reads_by_violation.entry(kind.clone()).or_default() +=
                    sample.occurrences;
            }
            match decoded.solution {
                Some((solution, objective)) => {
                    assessment.feasible_reads += sample.occurrences;
                    if better(objective, &assessment.best) {
                        assessment.best = Some(Best { solution, objective, row });
                    }
                }
                None => {
                    let Some(solution) = problem.repaired(&sample.bits) else { continue };
                    let objective = objective_of(problem, &solution)?;
                    if better(objective, &assessment.best_repaired) {
                        assessment.best_repaired = Some(Best { solution, objective, row });
                    }
                }
            }
        }
        if !samples.is_empty() {
            assessment.suspicions = suspicions(encoded, &assessment, lowest)?;
        }
        Ok(assessment)
    }
}

/// What is to be suspected, by the best feasible assignment that is known: of the samples, a repaired
/// one, or one by a simple rule.
fn suspicions<P: Encode>(
    encoded: &Encoded<P>,
    found: &Assessment<P::Solution>,
    lowest: f64,
) -> Result<Vec<Suspicion>> {
    let problem = encoded.problem();
    let (objective, kind) = (problem.objective(), problem.kind());
    let sign = objective.sense.sign();
    let constructed = match problem.constructed() {
        Some(solution) => Some(objective_of(problem, &solution)?),
        None => None,
    };
    let repaired = found.best_repaired.as_ref().map(|best| best.objective);
    let sampled = found.best.as_ref().map(|best| best.objective);
    let known = [sampled, repaired, constructed].into_iter().flatten();
    let known = known.map(|objective| sign * objective).fold(f64::INFINITY, f64::min);
    let mut all = Vec::new();
    if !found.violations_of_lowest.is_empty() {
        if lowest < known && !encoded.is_penalty_enough() {
            let than = match known.is_finite() {
                true => format!("below {known}, the best feasible one that is known"),
                false => "and nothing feasible is known".into(),
            };
            all.push(Suspicion::Penalty(format!(
                "the lowest energy, {lowest}, is that of a sample which is no {kind}, {than}; the \
                 penalty {} is not above the bound: {}",
                encoded.penalty().unwrap_or_default(),
                encoded.penalty_rule().reason()
            )));
        } else {
            all.push(Suspicion::Sampler(format!(
                "the sample of the lowest energy, {lowest}, is infeasible, though {}: more sweeps, or \
                 another method, may find it",
                match known <= lowest {
                    true => format!("a feasible one has the energy {known}"),
                    false => "the penalty is enough for a feasible one below it, if there is any".into(),
                }
            )));
        }
    } else if let Some(constructed) = constructed
        && sampled.is_none_or(|sampled| objective.sense.is_better(constructed, sampled))
    {
        all.push(Suspicion::Sampler(format!(
            "a simple rule finds the {} {constructed}, which no sample reaches: more sweeps, or another \
             method, may do",
            objective.name
        )));
    }
    Ok(all)
}

/// The objective of a feasible solution.
fn objective_of<P: Encode>(problem: &P, solution: &P::Solution) -> Result<f64> {
    let bits: Bits = problem.assignment(solution)?;
    let decoded = problem.decode(&bits);
    Ok(decoded.solution.map_or(f64::NAN, |(_, objective)| objective))
}

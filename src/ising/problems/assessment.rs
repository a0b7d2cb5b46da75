//! How good many samples of an encoded problem are.

use super::checks::digits;
use super::encode::{Encode, Violation};
use super::encoded::Encoded;
use crate::error::Result;
use crate::ising::SampleSet;
use crate::math::Bits;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

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
    /// The model has something infeasible no higher than the best feasible that is known, and its
    /// penalty is not proven to be enough: a perfect sampler could return that too.
    Penalty(String),
    /// The model has something feasible that is lower than all samples, and the sampler did not
    /// find it.
    Sampler(String),
    /// Nothing feasible is known, and the penalty is enough: the problem may have no solution, or
    /// the sampler did not find one.
    Problem(String),
    /// The energy of the best solution that is known is not what its objective says: sums of large and
    /// small numbers are rounded, so that the lowest energy may be that of another solution.
    Rounding(String),
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Suspicion::Penalty(why) => write!(f, "the penalty is to be suspected: {why}"),
            Suspicion::Sampler(why) => write!(f, "the sampler is to be suspected: {why}"),
            Suspicion::Problem(why) => f.write_str(why),
            Suspicion::Rounding(why) => write!(f, "energies are rounded: {why}"),
        }
    }
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
    /// What the first row of the lowest energy breaks; nothing where it is feasible, or there are
    /// no samples.
    pub violations_of_lowest: Vec<Violation>,
    /// How many reads break something of each kind.
    pub reads_by_violation: BTreeMap<String, u64>,
    /// The best repaired sample, where there is a rule of repair, of the infeasible rows.
    pub best_repaired: Option<Best<S>>,
    /// What is to be suspected, if anything. A penalty that is not proven to be enough is none
    /// where nothing is wrong: see [`Encoded::is_penalty_enough`].
    pub suspicions: Vec<Suspicion>,
}

impl<S> Assessment<S> {
    /// The part of the reads that break nothing; `None` without reads.
    pub fn feasibility(&self) -> Option<f64> {
        (self.reads > 0).then(|| self.feasible_reads as f64 / self.reads as f64)
    }
}

impl<P: Encode> Encoded<P> {
    /// How good samples are: see [`Assessment`].
    ///
    /// # Errors
    /// If they have not as many spins as there are bits.
    pub fn assess(&self, samples: &SampleSet) -> Result<Assessment<P::Solution>> {
        self.check_length(samples.num_spins())?;
        Assessment::new(self, samples)
    }
}

impl<S: Clone + PartialEq> Assessment<S> {
    fn new<P: Encode<Solution = S>>(encoded: &Encoded<P>, samples: &SampleSet) -> Result<Self> {
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
        let mut lowest_infeasible = f64::INFINITY;
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
                    lowest_infeasible = lowest_infeasible.min(energy);
                    let Some(solution) = problem.repaired(&sample.bits) else { continue };
                    let objective = objective_of(problem, &solution)?;
                    if better(objective, &assessment.best_repaired) {
                        assessment.best_repaired = Some(Best { solution, objective, row });
                    }
                }
            }
        }
        if !samples.is_empty() {
            let rounding = rounding(encoded, &assessment)?;
            let suspicion = suspicion(encoded, &assessment, lowest, lowest_infeasible)?;
            assessment.suspicions = rounding.into_iter().chain(suspicion).collect();
        }
        Ok(assessment)
    }
}

/// Whether the best solution that is known has another energy than its objective says.
fn rounding<P: Encode>(
    encoded: &Encoded<P>,
    found: &Assessment<P::Solution>,
) -> Result<Option<Suspicion>> {
    let of = |best: &Option<Best<P::Solution>>| best.as_ref().map(|best| best.solution.clone());
    let known = [of(&found.best), of(&found.best_repaired), encoded.problem().constructed()];
    let mut best: Option<(Bits, f64)> = None;
    for solution in known.into_iter().flatten() {
        let (bits, energy) = encoded.of_solution(&solution)?;
        if best.as_ref().is_none_or(|&(_, least)| energy < least) {
            best = Some((bits, energy));
        }
    }
    let Some((bits, wanted)) = best else { return Ok(None) };
    let energy = encoded.qubo().energy(&bits);
    if !Encoded::<P>::is_rounded((energy - wanted).abs(), wanted) {
        return Ok(None);
    }
    Ok(Some(Suspicion::Rounding(format!(
        "that of the best solution which is known should be {} by its {}, and is {}; a smaller \
         penalty, or coarser units, leave more digits",
        digits(wanted),
        encoded.problem().objective().name.replace('_', " "),
        digits(energy),
    ))))
}

/// What is to be suspected, by the best feasible assignment that is known: of the samples, a
/// repaired one, or one by a simple rule.
fn suspicion<P: Encode>(
    encoded: &Encoded<P>,
    found: &Assessment<P::Solution>,
    lowest: f64,
    lowest_infeasible: f64,
) -> Result<Option<Suspicion>> {
    let problem = encoded.problem();
    let constructed = match problem.constructed() {
        Some(solution) => Some(objective_of(problem, &solution)?),
        None => None,
    };
    let repaired = found.best_repaired.as_ref().map(|best| best.objective);
    let sampled = found.best.as_ref().map(|best| best.objective);
    let energy = |objective: Option<f64>| {
        objective.map_or(f64::INFINITY, |objective| problem.energy_of(objective))
    };
    let by_rule = energy(constructed).min(energy(repaired));
    let known = energy(sampled).min(by_rule);
    // Sums of the same numbers in another order are equal.
    let slack = |energy: f64| if energy.is_finite() { 1e-9 * energy.abs() } else { 0.0 };
    let is_below = |a: f64, b: f64| a < b - slack(a).max(slack(b));

    if !is_below(known, lowest_infeasible)
        && lowest_infeasible.is_finite()
        && !encoded.is_penalty_enough()
    {
        let than = match known.is_finite() {
            true => format!("and the best feasible one that is known has {}", digits(known)),
            false => "and nothing feasible is known".into(),
        };
        return Ok(Some(Suspicion::Penalty(format!(
            "a sample that violates a constraint has the energy {}, {than}; the \
             penalty {} is not above its bound: {}",
            digits(lowest_infeasible),
            digits(encoded.penalty().unwrap_or_default()),
            encoded.penalty_rule().reason()
        ))));
    }
    if known == f64::INFINITY {
        return Ok(Some(Suspicion::Problem(
            "no sample is feasible, and no simple rule finds a solution: either there is none, or \
             more sweeps or another method find one"
                .into(),
        )));
    }
    let try_more = "more sweeps, or another method, may find it";
    if !found.violations_of_lowest.is_empty() {
        let why = match is_below(known, lowest) {
            true => format!("a feasible one with the energy {} is known", digits(known)),
            false => "the penalty is enough for a feasible one below".into(),
        };
        return Ok(Some(Suspicion::Sampler(format!(
            "the sample of the lowest energy, {}, is infeasible, though {why}: {try_more}",
            digits(lowest)
        ))));
    }
    if is_below(by_rule, energy(sampled)) {
        let name = problem.objective().name;
        let best = if energy(constructed) <= by_rule { constructed } else { repaired };
        return Ok(Some(Suspicion::Sampler(format!(
            "a simple rule finds the {name} {}, which no sample reaches: {try_more}",
            digits(best.unwrap_or(f64::NAN))
        ))));
    }
    Ok(None)
}

/// The objective of a feasible solution.
fn objective_of<P: Encode>(problem: &P, solution: &P::Solution) -> Result<f64> {
    let bits: Bits = problem.assignment(solution)?;
    let decoded = problem.decode(&bits);
    Ok(decoded.solution.map_or(f64::NAN, |(_, objective)| objective))
}

#[cfg(test)]
mod tests {
    use super::super::{
        GraphColouring, IndependentSet, Knapsack, NumberPartition, TravellingSalesman,
    };
    use super::*;
    use crate::ising::{Graph, Sample, SampleInfo};

    /// Rows with wrong energies, as of a file in another convention: (bits, occurrences).
    fn rows(n: usize, rows: &[(u64, u64)]) -> SampleSet {
        let samples = rows.iter().map(|&(bits, occurrences)| Sample {
            bits: Bits::from_u64(bits, n),
            energy: 77.0,
            occurrences,
        });
        SampleSet::from_samples(n, samples, SampleInfo::default()).unwrap()
    }

    /// Two joined vertices of weights 2 and 6.
    fn edge(penalty: f64) -> Encoded<IndependentSet> {
        let problem = IndependentSet::new(Graph::new(2, [(0, 1, 1.0)]));
        Encoded::new(problem.with_weights(vec![2.0, 6.0]).unwrap(), Some(penalty)).unwrap()
    }

    #[test]
    fn a_penalty_that_is_too_small_is_suspected() {
        let samples = rows(2, &[(0b11, 5), (0b10, 3)]);
        let assessment = edge(1.0).assess(&samples).unwrap();
        let [Suspicion::Penalty(why)] = &assessment.suspicions[..] else {
            panic!("{assessment:?}")
        };
        assert!(why.contains("energy -7,") && why.contains("has -6") && why.contains("penalty 1 "));
        assert_eq!((assessment.reads, assessment.feasible_reads), (8, 3));
        assert_eq!(assessment.feasibility(), Some(0.375));
        let best = assessment.best.unwrap();
        assert_eq!((best.objective, best.row), (6.0, 1));
        assert_eq!(assessment.violations_of_lowest.len(), 1);
        assert_eq!(assessment.reads_by_violation, BTreeMap::from([("edge_inside".into(), 5)]));
    }

    /// At the bound both are as good, whichever row is first.
    #[test]
    fn a_penalty_at_its_bound_does_not_tell_apart() {
        for order in [[(0b11, 1), (0b10, 1)], [(0b10, 1), (0b11, 1)]] {
            let found = edge(2.0).assess(&rows(2, &order)).unwrap().suspicions;
            assert!(matches!(found[..], [Suspicion::Penalty(_)]), "{found:?}");
        }
    }

    #[test]
    fn nothing_is_suspected_where_nothing_is_wrong() {
        for penalty in [1.0, 2.0, 3.0] {
            let found = edge(penalty).assess(&rows(2, &[(0b10, 4)])).unwrap();
            assert_eq!(found.suspicions, [], "{penalty}");
            assert_eq!(found.feasibility(), Some(1.0));
        }
        let enough = edge(3.0).assess(&rows(2, &[(0b11, 9), (0b10, 1)])).unwrap();
        assert_eq!((enough.suspicions, enough.violations_of_lowest), (vec![], vec![]));
        let none = edge(1.0).assess(&rows(2, &[])).unwrap();
        assert_eq!((none.suspicions.len(), none.feasibility(), none.best), (0, None, None));
    }

    #[test]
    fn a_sampler_that_misses_what_is_lower_is_suspected() {
        // Feasible, but not as good as a simple rule.
        let found = edge(3.0).assess(&rows(2, &[(0b01, 4)])).unwrap();
        let [Suspicion::Sampler(why)] = &found.suspicions[..] else { panic!("{found:?}") };
        assert!(why.contains("the weight 6"), "{why}");
        // Infeasible, with a penalty that is enough.
        let found = edge(3.0).assess(&rows(2, &[(0b11, 4)])).unwrap();
        let [Suspicion::Sampler(why)] = &found.suspicions[..] else { panic!("{found:?}") };
        assert!(why.contains("lowest energy, -5,") && why.contains("energy -6 is known"), "{why}");
        assert_eq!(found.best_repaired.unwrap().objective, 6.0);
        // With a penalty that is too small, but what was found is higher than what is known.
        let problem = Knapsack::new(1, vec![5.0, 3.0, 0.5], vec![1, 1, 1]).unwrap();
        let encoded = Encoded::new(problem, Some(1.0)).unwrap();
        let found = encoded.assess(&rows(4, &[(0b0110, 1)])).unwrap();
        assert!(matches!(found.suspicions[..], [Suspicion::Sampler(_)]), "{found:?}");
        let found = encoded.assess(&rows(4, &[(0b0011, 1)])).unwrap();
        assert!(matches!(found.suspicions[..], [Suspicion::Penalty(_)]), "{found:?}");
    }

    #[test]
    fn a_problem_without_a_solution_is_suspected() {
        let triangle = Graph::new(3, [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]);
        let encoded = Encoded::new(GraphColouring::new(triangle, 2).unwrap(), None).unwrap();
        let found = encoded.assess(&rows(6, &[(0b01_10_01, 2), (0, 1)])).unwrap();
        let [Suspicion::Problem(why)] = &found.suspicions[..] else { panic!("{found:?}") };
        assert!(why.contains("there is none"), "{why}");
        assert_eq!(
            found.reads_by_violation,
            BTreeMap::from([("edge_two_colours".into(), 2), ("vertex_coloured_once".into(), 1)])
        );
    }

    /// Energies are squares of differences here.
    #[test]
    fn energies_that_are_no_objectives_are_compared_as_energies() {
        let problem = NumberPartition::parse("0.25 0.25 0.25").unwrap();
        let encoded = Encoded::new(problem, None).unwrap();
        assert_eq!(encoded.assess(&rows(3, &[(0b100, 1)])).unwrap().suspicions, []);
        let found = encoded.assess(&rows(3, &[(0b000, 1)])).unwrap();
        let [Suspicion::Sampler(why)] = &found.suspicions[..] else { panic!("{found:?}") };
        assert!(why.contains("difference 0.25"), "{why}");
        assert_eq!(found.best.unwrap().objective, 0.75);
    }

    #[test]
    fn energies_that_lose_the_objective_are_suspected() {
        let lengths: Vec<f64> = (0..25).map(|k| f64::from(3 + 7 * k % 11)).collect();
        let problem = TravellingSalesman::new(5, lengths).unwrap();
        let tour = problem.assignment(&problem.constructed().unwrap()).unwrap();
        let row = Sample { bits: tour, energy: 0.0, occurrences: 1 };
        let samples = SampleSet::from_samples(16, [row], SampleInfo::default()).unwrap();
        let found = |penalty| {
            let encoded = Encoded::new(problem.clone(), penalty).unwrap();
            encoded.assess(&samples).unwrap().suspicions
        };
        assert_eq!(found(None), []);
        let found = found(Some(1e18));
        assert!(matches!(found[0], Suspicion::Rounding(_)), "{found:?}");
        assert!(found[0].to_string().contains("smaller penalty"), "{found:?}");
    }

    #[test]
    fn samples_of_another_problem_are_refused() {
        let says = edge(3.0).assess(&rows(3, &[(0, 1)])).unwrap_err().to_string();
        assert!(says.contains("has 2") && says.contains("another file"), "{says}");
    }
}

//! What a study of a yield found.

use super::case::YieldCase;
use super::kernel::Counts;
use crate::chip::CollisionType;
use crate::math::statistics::clopper_pearson;

/// Chips that a type of collision meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeCount {
    /// Which.
    pub of: CollisionType,
    /// Chips with at least one of this type.
    pub chips: u64,
    /// Chips that have this type and no other: without it they would be good.
    pub alone: u64,
}

/// Chips on which one coupling or one triple collides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckCount {
    /// Control and target, or control and two of its neighbours.
    pub qubits: Vec<usize>,
    /// Chips.
    pub chips: u64,
}

/// The part of chips without any collision.
#[derive(Debug, Clone, PartialEq)]
pub struct Yield {
    /// Qubits of a chip.
    pub num_qubits: usize,
    /// Chips made.
    pub chips: u64,
    /// Those without collision.
    pub good: u64,
    /// Their part.
    pub value: f64,
    /// The interval of Clopper and Pearson for the probability behind it; its upper end tells how small
    /// a yield is of which no chip was good.
    pub interval: (f64, f64),
    /// The seven types in order.
    pub by_type: [TypeCount; 7],
    /// Couplings by types 1 to 4, in the order of the lattice.
    pub couplings: Vec<CheckCount>,
    /// Triples by types 5 to 7.
    pub triples: Vec<CheckCount>,
    /// Whether it was cancelled; the numbers are of the chips that were made.
    pub interrupted: bool,
}

impl Yield {
    pub(super) fn new(case: &YieldCase, counts: Counts, alpha: f64, interrupted: bool) -> Self {
        let chips: u64 = counts.sets.iter().sum();
        let good = counts.sets[0];
        let by_type = CollisionType::ALL.map(|of| {
            let bit = 1 << (of.number() - 1);
            let with = counts.sets.iter().enumerate().filter(|(set, _)| set & bit != 0);
            TypeCount { of, chips: with.map(|(_, n)| n).sum(), alone: counts.sets[bit] }
        });
        let checks = case.plan().checks();
        let pairs = checks.pairs().iter().zip(&counts.pairs);
        let triples = checks.triples().iter().zip(&counts.triples);
        let count = |qubits: Vec<usize>, chips: &u64| CheckCount { qubits, chips: *chips };
        Yield {
            num_qubits: case.plan().lattice().num_qubits(),
            chips,
            good,
            value: good as f64 / chips as f64,
            interval: clopper_pearson(good, chips, alpha),
            by_type,
            couplings: pairs.map(|(&(j, k), n)| count(vec![j, k], n)).collect(),
            triples: triples
                .map(|(t, n)| count(vec![t.control, t.neighbors[0], t.neighbors[1]], n))
                .collect(),
            interrupted,
        }
    }

    /// Of each qubit the mean number of couplings and triples of a chip that it is part of and that
    /// collide: which qubits to move first. One number for each qubit of the lattice.
    pub fn collisions_by_qubit(&self) -> Vec<f64> {
        let all = || self.couplings.iter().chain(&self.triples);
        let mut sums = vec![0; self.num_qubits];
        for check in all() {
            check.qubits.iter().for_each(|&q| sums[q] += check.chips);
        }
        sums.into_iter().map(|sum| sum as f64 / self.chips as f64).collect()
    }
}

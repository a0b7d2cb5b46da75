//! What every encoded problem says of itself.

use crate::error::Result;
use crate::ising::Qubo;
use crate::math::Bits;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether small or large objectives are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// Small ones, such as the length of a tour.
    Minimize,
    /// Large ones, such as the value in a knapsack.
    Maximize,
}

impl Sense {
    /// +1 or -1: what makes an objective one to minimize.
    pub fn sign(self) -> f64 {
        match self {
            Sense::Minimize => 1.0,
            Sense::Maximize => -1.0,
        }
    }

    /// Whether `a` is better than `b`.
    pub fn is_better(self, a: f64, b: f64) -> bool {
        self.sign() * a < self.sign() * b
    }
}

/// What is to be made small or large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// Its name, e.g. `length`.
    pub name: &'static str,
    /// Whether it is to be small or large.
    pub sense: Sense,
}

/// How large the penalty A of a broken constraint must be, so that every configuration of the
/// lowest energy is feasible.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum PenaltyRule {
    /// Every configuration is feasible.
    None {
        /// Why.
        reason: String,
    },
    /// Any A > 0: the energy is that of the broken constraints alone.
    Positive {
        /// Why.
        reason: String,
        /// What is taken where nobody says otherwise.
        default: f64,
    },
    /// Any A > `bound`.
    Above {
        /// The bound.
        bound: f64,
        /// Why, with its source.
        reason: String,
        /// What is taken where nobody says otherwise, above the bound.
        default: f64,
    },
}

impl PenaltyRule {
    /// The penalty where nobody says otherwise; `None` where there is none.
    pub fn default_penalty(&self) -> Option<f64> {
        match self {
            PenaltyRule::None { .. } => None,
            PenaltyRule::Positive { default, .. } | PenaltyRule::Above { default, .. } => {
                Some(*default)
            }
        }
    }

    /// Whether a penalty is proven to be enough.
    pub fn is_enough(&self, penalty: f64) -> bool {
        match self {
            PenaltyRule::None { .. } => true,
            PenaltyRule::Positive { .. } => penalty > 0.0,
            PenaltyRule::Above { bound, .. } => penalty > *bound,
        }
    }

    /// Why it is so.
    pub fn reason(&self) -> &str {
        match self {
            PenaltyRule::None { reason }
            | PenaltyRule::Positive { reason, .. }
            | PenaltyRule::Above { reason, .. } => reason,
        }
    }
}

/// One broken constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which kind, in small letters with underscores, e.g. `city_once`; as names of counts.
    pub constraint: String,
    /// What is wrong, e.g. `city 3 is at 2 places: 0 and 5`.
    pub what: String,
}

impl Violation {
    /// A broken constraint of this kind.
    pub fn new(constraint: &str, what: impl Into<String>) -> Self {
        Violation { constraint: constraint.into(), what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What bits stand for, without any repair: a solution with its objective, or what they break.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decoded<S> {
    /// The solution and its objective, where the bits are feasible.
    pub solution: Option<(S, f64)>,
    /// The broken constraints, the first 1,000 and for each kind how many more; none where the bits are
    /// feasible.
    pub violations: Vec<Violation>,
}

impl<S> Decoded<S> {
    /// Bits that are feasible.
    pub fn feasible(solution: S, objective: f64) -> Self {
        Decoded { solution: Some((solution, objective)), violations: Vec::new() }
    }

    /// Bits that break something.
    pub fn infeasible(violations: Vec<Violation>) -> Self {
        debug_assert!(!violations.is_empty());
        Decoded { solution: None, violations }
    }

    /// Whether nothing is broken.
    pub fn is_feasible(&self) -> bool {
        self.solution.is_some()
    }
}

/// A problem that can be encoded as a QUBO.
///
/// The energy of the QUBO is [`energy_of`](Self::energy_of) the objective, [`Sense::sign`] times it
/// where nothing else is said, for every feasible assignment whose auxiliary bits (such as slack)
/// are at their best, and larger than the least of these for every infeasible one, where the
/// penalty is enough by [`penalty_rule`](Self::penalty_rule).
pub trait Encode: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned {
    /// What feasible bits stand for.
    type Solution: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned;

    /// The problem's name on the command line and in documents, e.g. `max-cut`.
    fn kind(&self) -> &'static str;

    /// What is to be made small or large.
    fn objective(&self) -> Objective;

    /// The energy of a feasible assignment with this objective, auxiliary bits at their best. The
    /// better the objective, the lower it is.
    fn energy_of(&self, objective: f64) -> f64 {
        self.objective().sense.sign() * objective
    }

    /// Number of bits.
    fn num_variables(&self) -> usize;

    /// What bit `i` means, e.g. `city 3 at place 2`.
    fn variable(&self, i: usize) -> String;

    /// How large the penalty must be, and why.
    fn penalty_rule(&self) -> PenaltyRule;

    /// The QUBO with this penalty, which is positive and finite. Without constraints it does not
    /// matter.
    ///
    /// # Errors
    /// If a coefficient overflows.
    fn qubo(&self, penalty: f64) -> Result<Qubo>;

    /// What the bits stand for, as they are; there are [`num_variables`](Self::num_variables) of
    /// them.
    fn decode(&self, bits: &Bits) -> Decoded<Self::Solution>;

    /// The bits of a solution, auxiliary ones at their best.
    ///
    /// # Errors
    /// If it is no feasible solution of this problem.
    fn assignment(&self, solution: &Self::Solution) -> Result<Bits>;

    /// A feasible solution by a simple rule, to compare samples with; `None` where finding one is
    /// as hard as the problem.
    fn constructed(&self) -> Option<Self::Solution>;

    /// A feasible solution near infeasible bits by a simple rule; `None` where there is no such
    /// rule.
    fn repaired(&self, _bits: &Bits) -> Option<Self::Solution> {
        None
    }
}

//! A problem of any kind, as files have them.

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Violation};
use super::{
    Colouring, Cut, Fold, GraphColouring, Holdings, IndependentSet, JobShop, Knapsack, MaxCut,
    NumberPartition, Packing, Partition, Portfolio, ProteinFolding, Satisfiability, Schedule, Tour,
    TravellingSalesman, TruthAssignment, VertexSet,
};
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// The kinds there are: all that a new one needs is a line here.
macro_rules! kinds {
    ($($kind:literal $variant:ident $solution:ident,)*) => {
        /// A problem of any kind. Its JSON has the keys of the problem and a `kind`, which is
        /// [`Encode::kind`].
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        #[allow(missing_docs)]
        pub enum AnyProblem {
            $(#[serde(rename = $kind)] $variant($variant),)*
        }

        /// A solution of an [`AnyProblem`], with the same `kind` in its JSON.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        #[allow(missing_docs)]
        pub enum AnySolution {
            $(#[serde(rename = $kind)] $variant($solution),)*
        }

        $(impl From<$variant> for AnyProblem {
            fn from(problem: $variant) -> Self {
                AnyProblem::$variant(problem)
            }
        })*

        impl AnyProblem {
            /// The kinds there are, by their names.
            pub const KINDS: &[&str] = &[$($kind),*];
        }

        impl AnySolution {
            /// The kind of problem that it is a solution of.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(AnySolution::$variant(_) => $kind,)*
                }
            }
        }

        impl Encode for AnyProblem {
            type Solution = AnySolution;

            fn kind(&self) -> &'static str {
                match self {
                    $(AnyProblem::$variant(_) => $kind,)*
                }
            }

            fn objective(&self) -> Objective {
                match self {
                    $(AnyProblem::$variant(problem) => problem.objective(),)*
                }
            }

            fn energy_of(&self, objective: f64) -> f64 {
                match self {
                    $(AnyProblem::$variant(problem) => problem.energy_of(objective),)*
                }
            }

            fn num_variables(&self) -> usize {
                match self {
                    $(AnyProblem::$variant(problem) => problem.num_variables(),)*
                }
            }

            fn variable(&self, i: usize) -> String {
                match self {
                    $(AnyProblem::$variant(problem) => problem.variable(i),)*
                }
            }

            fn penalty_rule(&self) -> PenaltyRule {
                match self {
                    $(AnyProblem::$variant(problem) => problem.penalty_rule(),)*
                }
            }

            fn qubo(&self, penalty: f64) -> Result<Qubo> {
                match self {
                    $(AnyProblem::$variant(problem) => problem.qubo(penalty),)*
                }
            }

            fn decode(&self, bits: &Bits) -> Decoded<AnySolution> {
                match self {
                    $(AnyProblem::$variant(problem) => {
                        any(problem.decode(bits), AnySolution::$variant)
                    })*
                }
            }

            fn assignment(&self, solution: &AnySolution) -> Result<Bits> {
                match (self, solution) {
                    $((AnyProblem::$variant(problem), AnySolution::$variant(solution)) => {
                        problem.assignment(solution)
                    })*
                    _ => Err(Error::Invalid {
                        what: "the kind of a solution".into(),
                        value: solution.kind().into(),
                        expected: format!("the problem is a {}", self.kind()),
                    }),
                }
            }

            fn constructed(&self) -> Option<AnySolution> {
                match self {
                    $(AnyProblem::$variant(problem) => {
                        problem.constructed().map(AnySolution::$variant)
                    })*
                }
            }

            fn repaired(&self, bits: &Bits) -> Option<AnySolution> {
                match self {
                    $(AnyProblem::$variant(problem) => {
                        problem.repaired(bits).map(AnySolution::$variant)
                    })*
                }
            }
        }
    };
}

kinds! {
    "max-cut" MaxCut Cut,
    "tsp" TravellingSalesman Tour,
    "colouring" GraphColouring Colouring,
    "independent-set" IndependentSet VertexSet,
    "knapsack" Knapsack Packing,
    "number-partition" NumberPartition Partition,
    "sat" Satisfiability TruthAssignment,
    "portfolio" Portfolio Holdings,
    "job-shop" JobShop Schedule,
    "protein" ProteinFolding Fold,
}

fn any<S>(decoded: Decoded<S>, solution: impl Fn(S) -> AnySolution) -> Decoded<AnySolution> {
    let Decoded { solution: found, violations } = decoded;
    let violations: Vec<Violation> = violations;
    Decoded { solution: found.map(|(found, objective)| (solution(found), objective)), violations }
}

#[cfg(test)]
mod tests {
    use super::super::Encoded;
    use super::super::testing::is_encoded_right;
    use super::*;
    use crate::ising::Graph;

    fn square() -> MaxCut {
        MaxCut::new(Graph::new(4, [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 1.0), (0, 3, 0.5)]))
    }

    #[test]
    fn any_problem_is_encoded_as_itself() {
        let any = AnyProblem::from(square());
        is_encoded_right(&any, Some(4.5));
        let (own, any) = (Encoded::new(square(), None).unwrap(), Encoded::new(any, None).unwrap());
        assert_eq!((own.qubo(), own.penalty()), (any.qubo(), any.penalty()));
        assert_eq!(any.problem().kind(), square().kind());
        assert!(AnyProblem::KINDS.contains(&any.problem().kind()));
        let tour = AnySolution::TravellingSalesman(Tour { cities: vec![0, 1] });
        let says = any.problem().assignment(&tour).unwrap_err().to_string();
        assert!(says.contains("`tsp`") || says.contains("is tsp"), "{says}");
    }

    #[test]
    fn the_kind_stands_in_the_json() {
        let json = serde_json::to_value(AnyProblem::from(square())).unwrap();
        assert_eq!(json["kind"], "max-cut");
        let says = |text| serde_json::from_str::<AnyProblem>(text).unwrap_err().to_string();
        assert!(says(r#"{"kind": "min-cut"}"#).contains("max-cut"));
        assert!(says("{}").contains("kind"));
    }
}

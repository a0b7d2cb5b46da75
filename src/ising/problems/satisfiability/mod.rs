//! Satisfiability of a formula of clauses.

mod dimacs;
mod gadget;

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense};
use super::limits::{check_bits, check_couplings};
use super::violations::Violations;
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::math::Bits;
use gadget::{Gadget, variable};
use serde::{Deserialize, Serialize};

/// Whether there are values of variables that make at least one literal of every clause true.
///
/// A literal is `v` or `-v` for the variable v, counted from **1**, as in DIMACS files. Bit v - 1 is
/// variable v. A clause of k literals has ⌊(k - 1)/2⌋ auxiliary bits: none up to two literals, one for
/// three or four. At their best, the energy is the penalty times the number of clauses that are not
/// satisfied (Ishikawa, IEEE TPAMI 33, 1234 (2011), section 3.4, for the product of the negated
/// literals). The usual way by the largest independent set of a graph of all literals (Lucas, Front.
/// Phys. 2, 5 (2014), section 4.2) has a bit for every literal of every clause, 3m instead of n + m for
/// m clauses of three, and does not count the broken ones.
///
/// ```
/// use ketlab::ising::problems::{Encoded, Satisfiability};
/// let formula = Satisfiability::parse("p cnf 3 2\n1 -2 3 0\n-1 2 0\n")?;
/// let encoded = Encoded::new(formula, None)?;
/// assert_eq!(encoded.qubo().num_variables(), 4);
/// assert_eq!(encoded.to_ising()?.ground_state()?.energy, 0.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Satisfiability {
    num_variables: usize,
    clauses: Vec<Vec<i32>>,
    #[serde(skip_serializing)]
    gadgets: Vec<Gadget>,
}

/// A formula of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    num_variables: usize,
    clauses: Vec<Vec<i32>>,
}

impl TryFrom<Parts> for Satisfiability {
    type Error = Error;

    fn try_from(Parts { num_variables, clauses }: Parts) -> Result<Self> {
        Satisfiability::try_new(num_variables, clauses)
    }
}

/// Values of all variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthAssignment {
    /// Of variable v at v - 1. Variables in no clause may have either value.
    pub values: Vec<bool>,
}

impl Satisfiability {
    /// The formula with these clauses of literals ±1 to ±`num_variables`. A clause without literals is
    /// never satisfied, one with a variable and its negation always; a literal that is there twice counts
    /// once.
    ///
    /// # Errors
    /// If a literal is 0 or of no variable; if there are more than
    /// [`MAX_VARIABLES`](crate::ising::MAX_VARIABLES) variables and auxiliary bits.
    pub fn try_new(num_variables: usize, clauses: Vec<Vec<i32>>) -> Result<Self> {
        check_bits("formula", num_variables, "a formula with fewer variables needs fewer")?;
        let (mut gadgets, mut bits) = (Vec::with_capacity(clauses.len()), num_variables);
        for (k, clause) in clauses.iter().enumerate() {
            let known =
                |&literal: &i32| (1..=num_variables).contains(&(literal.unsigned_abs() as usize));
            if let Some(literal) = clause.iter().find(|literal| !known(literal)) {
                return Err(Error::Invalid {
                    what: format!("a literal of clause {}", k + 1),
                    value: literal.to_string(),
                    expected: format!(
                        "there are {num_variables} variables, numbered from 1; `-2` is the negation of \
                         variable 2"
                    ),
                });
            }
            let gadget = Gadget::new(clause, bits);
            bits += gadget.num_auxiliary();
            gadgets.push(gadget);
        }
        check_bits(
            "formula",
            bits,
            "a formula with fewer variables or shorter clauses needs fewer",
        )?;
        Ok(Satisfiability { num_variables, clauses, gadgets })
    }

    /// [`Satisfiability::try_new`] for clauses known to be good.
    ///
    /// # Panics
    /// Where `try_new` has an error.
    #[track_caller]
    pub fn new(num_variables: usize, clauses: Vec<Vec<i32>>) -> Self {
        Self::try_new(num_variables, clauses).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The number of variables of the formula.
    pub fn num_formula_variables(&self) -> usize {
        self.num_variables
    }

    /// The clauses, as they were given.
    pub fn clauses(&self) -> &[Vec<i32>] {
        &self.clauses
    }

    /// The numbers, from 0, of the clauses that these values do not satisfy.
    fn unsatisfied(&self, value: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        let is_true = move |&literal: &i32| value(variable(literal)) == (literal > 0);
        (0..self.clauses.len()).filter(move |&k| !self.clauses[k].iter().any(&is_true))
    }
}

/// A clause for a message.
fn shown(clause: &[i32]) -> String {
    const MOST: usize = 12;
    let literals = clause.iter().take(MOST).map(i32::to_string);
    let more = if clause.len() > MOST { " …" } else { "" };
    format!("{}{more}", literals.collect::<Vec<_>>().join(" "))
}

impl Encode for Satisfiability {
    type Solution = TruthAssignment;

    fn kind(&self) -> &'static str {
        "sat"
    }

    /// 0 of every solution: all clauses are to be satisfied.
    fn objective(&self) -> Objective {
        Objective { name: "unsatisfied_clauses", sense: Sense::Minimize }
    }

    fn num_variables(&self) -> usize {
        self.num_variables + self.gadgets.iter().map(Gadget::num_auxiliary).sum::<usize>()
    }

    fn variable(&self, i: usize) -> String {
        if i < self.num_variables {
            return format!("variable {}", i + 1);
        }
        let k = self.gadgets.partition_point(|gadget| gadget.auxiliary().end <= i);
        match self.gadgets.get(k) {
            Some(gadget) => {
                format!("auxiliary bit {} of clause {}", i - gadget.auxiliary().start + 1, k + 1)
            }
            None => format!("no bit: {i}"),
        }
    }

    fn penalty_rule(&self) -> PenaltyRule {
        PenaltyRule::Positive {
            reason: "the energy is the penalty times the number of clauses that are not satisfied \
                     (Ishikawa 2011), so that its scale alone changes; a formula that cannot be satisfied \
                     has nothing feasible"
                .into(),
            default: 1.0,
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let couplings = self.gadgets.iter().map(Gadget::num_couplings).fold(0, u64::saturating_add);
        check_couplings("formula", couplings, "long clauses can be split by new variables")?;
        let (mut linear, mut quadratic, mut offset) =
            (vec![0.0; self.num_variables()], Vec::new(), 0.0);
        for gadget in &self.gadgets {
            gadget.add_to(&mut linear, &mut quadratic, &mut offset);
        }
        linear.iter_mut().for_each(|a| *a *= penalty);
        quadratic.iter_mut().for_each(|(_, _, b)| *b *= penalty);
        Qubo::try_new(linear, quadratic, penalty * offset)
    }

    fn decode(&self, bits: &Bits) -> Decoded<TruthAssignment> {
        let mut violations = Violations::default();
        for k in self.unsatisfied(|v| bits.bit(v)) {
            violations.push("clause", || match &self.clauses[k][..] {
                [] => format!("clause {} has no literals: nothing satisfies it", k + 1),
                clause => format!("clause {} has no true literal: {}", k + 1, shown(clause)),
            });
        }
        if let Some(infeasible) = violations.decoded() {
            return infeasible;
        }
        let values = (0..self.num_variables).map(|v| bits.bit(v)).collect();
        Decoded::feasible(TruthAssignment { values }, 0.0)
    }

    fn assignment(&self, TruthAssignment { values }: &TruthAssignment) -> Result<Bits> {
        if values.len() != self.num_variables {
            return Err(Error::Invalid {
                what: "the number of values of a truth assignment".into(),
                value: values.len().to_string(),
                expected: format!("the formula has {} variables", self.num_variables),
            });
        }
        if let Some(k) = self.unsatisfied(|v| values[v]).next() {
            return Err(Error::Invalid {
                what: "a truth assignment".into(),
                value: "without a true literal in a clause".into(),
                expected: format!(
                    "clause {} must be satisfied: {}",
                    k + 1,
                    shown(&self.clauses[k])
                ),
            });
        }
        let mut bits = Bits::zeros(self.num_variables());
        values.iter().enumerate().for_each(|(v, &value)| bits.set(v, value));
        self.gadgets.iter().for_each(|gadget| gadget.set_best(&mut bits));
        Ok(bits)
    }

    /// None: finding one is the problem.
    fn constructed(&self) -> Option<TruthAssignment> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::is_encoded_right;
    use super::super::{Encoded, Suspicion};
    use super::*;
    use crate::ising::SimulatedAnnealing;
    use proptest::prelude::*;

    /// Formulas of five variables and at most five clauses of up to six literals, all kinds of them.
    fn any_formula() -> impl Strategy<Value = Satisfiability> {
        let literal = (1..=5i32, any::<bool>()).prop_map(|(v, sign)| if sign { v } else { -v });
        let clause = prop::collection::vec(literal, 0..=6);
        let likely =
            prop_oneof![1 => clause.clone(), 9 => clause.prop_filter("some", |c| c.len() > 1)];
        prop::collection::vec(likely, 0..=5).prop_map(|clauses| Satisfiability::new(5, clauses))
    }

    /// Number of clauses without a true literal, by sets of literals.
    fn broken(formula: &Satisfiability, index: u64) -> usize {
        let literals: Vec<i32> =
            (0..5).map(|v| if index >> v & 1 == 1 { v + 1 } else { -v - 1 }).collect();
        let clauses = formula.clauses().iter();
        clauses.filter(|clause| clause.iter().all(|l| !literals.contains(l))).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn is_satisfied_where_it_can_be(formula in any_formula()) {
            let satisfiable = (0..32).any(|index| broken(&formula, index) == 0);
            is_encoded_right(&formula, satisfiable.then_some(0.0));
        }

        #[test]
        fn counts_unsatisfied_clauses(formula in any_formula(), penalty in 0.5..4.0f64) {
            let qubo = formula.qubo(penalty).unwrap();
            let auxiliary = qubo.num_variables() - 5;
            for index in 0..32u64 {
                let energies = (0..1u64 << auxiliary)
                    .map(|rest| qubo.energy(&Bits::from_u64(index | rest << 5, auxiliary + 5)));
                let least = energies.fold(f64::INFINITY, f64::min);
                let broken = broken(&formula, index);
                prop_assert!((least - penalty * broken as f64).abs() < 1e-9);
                let bits = Bits::from_u64(index, auxiliary + 5);
                prop_assert_eq!(formula.decode(&bits).violations.len(), broken);
            }
        }
    }

    #[test]
    fn a_clause_of_any_length_costs_one_where_it_is_broken() {
        for k in 1..=9 {
            let clause: Vec<i32> = (1..=k).map(|v| if v % 3 == 0 { -v } else { v }).collect();
            let formula = Satisfiability::new(k as usize, vec![clause]);
            let qubo = formula.qubo(1.0).unwrap();
            let auxiliary = (k as usize - 1) / 2;
            assert_eq!(qubo.num_variables(), k as usize + auxiliary);
            for index in 0..1u64 << k {
                let n = k as usize + auxiliary;
                let all = (0..1u64 << auxiliary).map(|rest| Bits::from_u64(index | rest << k, n));
                let least = all.map(|bits| qubo.energy(&bits)).fold(f64::INFINITY, f64::min);
                let broken = (1..=k as u64).all(|v| (index >> (v - 1) & 1 == 1) == (v % 3 == 0));
                assert_eq!(least, f64::from(broken), "{k} {index:b}");
            }
        }
    }

    #[test]
    fn bits_have_names() {
        let formula =
            Satisfiability::new(4, vec![vec![1, 2], vec![1, 2, 3], vec![-1], vec![1, 2, 3, 4]]);
        let names: Vec<String> = (0..6).map(|i| formula.variable(i)).collect();
        assert_eq!(
            names[3..],
            ["variable 4", "auxiliary bit 1 of clause 2", "auxiliary bit 1 of clause 4"]
        );
    }

    #[test]
    fn what_cannot_be_satisfied_says_which_clause_is_broken() {
        let formula = Satisfiability::new(1, vec![vec![1], vec![-1], vec![]]);
        let decoded = formula.decode(&Bits::from_u64(1, 1));
        let says: Vec<String> = decoded.violations.iter().map(ToString::to_string).collect();
        assert_eq!(
            says,
            ["clause 2 has no true literal: -1", "clause 3 has no literals: nothing satisfies it"]
        );
        let encoded = Encoded::new(formula, None).unwrap();
        let model = encoded.to_ising().unwrap();
        let samples = SimulatedAnnealing::new().sweeps(10).seed(1).run(&model).unwrap();
        let assessed = encoded.assess(&samples).unwrap();
        assert_eq!(assessed.feasible_reads, 0);
        assert!(matches!(assessed.suspicions[..], [Suspicion::Problem(_)]), "{assessed:?}");
    }

    #[test]
    fn refuses_what_is_no_formula_or_solution() {
        let says = |n, clauses| Satisfiability::try_new(n, clauses).unwrap_err().to_string();
        assert!(says(2, vec![vec![1], vec![0]]).contains("clause 2"));
        assert!(says(2, vec![vec![-3]]).contains("there are 2 variables"));
        assert!(says(2, vec![vec![i32::MIN]]).contains("there are 2 variables"));
        assert!(says(usize::MAX, vec![]).contains("at most"));
        // Every clause has 300,000 auxiliary bits: together they are too many.
        let long: Vec<i32> = (1..=600_000).collect();
        assert!(says(600_000, vec![long.clone(); 2]).contains("at most"));
        let formula = Satisfiability::new(600_000, vec![long]);
        assert!(formula.qubo(1.0).unwrap_err().to_string().contains("couplings"));
        let formula = Satisfiability::new(2, vec![vec![1, 2]]);
        let refused =
            |values| formula.assignment(&TruthAssignment { values }).unwrap_err().to_string();
        assert!(refused(vec![true]).contains("has 2 variables"));
        assert!(refused(vec![false, false]).contains("clause 1 must be satisfied"));
        let json = r#"{"num_variables":1,"clauses":[[2]]}"#;
        assert!(serde_json::from_str::<Satisfiability>(json).is_err());
        let json = serde_json::to_string(&formula).unwrap();
        assert_eq!(json, r#"{"num_variables":2,"clauses":[[1,2]]}"#);
    }
}

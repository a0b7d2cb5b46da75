//! The most valuable items that a knapsack can carry.

mod text;

use super::checks::{above, check_not_negative, check_total, chosen, list};
use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense, Violation};
use super::terms::Terms;
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// The most that a capacity and the weight of all items may be, so that squares of weights are told
/// apart from each other in a sum of all of them.
pub const MAX_WEIGHT: u64 = 1 << 24;

/// Items with values and integer weights, of which the most valuable are chosen whose weight is no
/// more than a capacity c, after Lucas, Front. Phys. 2, 5 (2014), section 5.2: bit i says that item
/// i is chosen. Where not all items fit, further bits write the slack, c less the weight, as Σ 2^k
/// y for k < M and (c + 1 - 2^M) y for the last, M = floor(log2 c), which is every integer from 0
/// to c and no other.
///
/// Items are feasible or not by their weight, whatever the bits of the slack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Knapsack {
    capacity: u64,
    values: Vec<f64>,
    weights: Vec<u64>,
}

/// A problem of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    capacity: u64,
    values: Vec<f64>,
    weights: Vec<u64>,
}

impl TryFrom<Parts> for Knapsack {
    type Error = Error;

    fn try_from(Parts { capacity, values, weights }: Parts) -> Result<Self> {
        Knapsack::new(capacity, values, weights)
    }
}

/// What is in a knapsack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Packing {
    /// The chosen items, growing.
    pub items: Vec<usize>,
    /// Their value.
    pub value: f64,
    /// Their weight.
    pub weight: u64,
}

impl Knapsack {
    /// The knapsack of this capacity, and the items' values (≥ 0) and weights.
    ///
    /// # Errors
    /// If there are not as many values as weights, a value is negative or not finite, their sum
    /// overflows, or the capacity or the sum of all weights is above [`MAX_WEIGHT`] (where all
    /// items fit, no limit is needed).
    pub fn new(capacity: u64, values: Vec<f64>, weights: Vec<u64>) -> Result<Self> {
        let refused = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if values.len() != weights.len() {
            let expected = format!("there are {} weights", weights.len());
            return refused("the number of values of items", values.len().to_string(), expected);
        }
        for (item, &value) in values.iter().enumerate() {
            check_not_negative(&format!("the value of item {item}"), value)?;
        }
        check_total("the values of the items", &values)?;
        let total: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
        let largest = total.max(u128::from(capacity));
        if total > u128::from(capacity) && largest > u128::from(MAX_WEIGHT) {
            return refused(
                "the weight of all items",
                total.to_string(),
                format!(
                    "it is at most {MAX_WEIGHT}, as energies hold its square; leave out what is \
                     heavier than the capacity {capacity}, or take a larger unit"
                ),
            );
        }
        Ok(Knapsack { capacity, values, weights })
    }

    /// What it can carry.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// The values of the items.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The weights of the items.
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    fn all_fit(&self) -> bool {
        self.weights.iter().map(|&w| u128::from(w)).sum::<u128>() <= u128::from(self.capacity)
    }

    /// What the bits of the slack count.
    fn slack(&self) -> Vec<u64> {
        if self.capacity == 0 || self.all_fit() {
            return Vec::new();
        }
        let last = self.capacity.ilog2();
        (0..last).map(|k| 1 << k).chain([self.capacity + 1 - (1 << last)]).collect()
    }

    fn packing(&self, items: Vec<usize>) -> Packing {
        let value = items.iter().map(|&item| self.values[item]).sum();
        // Saturated: a sum beyond 2^64 fits nowhere, as what fits is at most the capacity.
        let weights = items.iter().map(|&item| self.weights[item]);
        let weight = weights.fold(0, u64::saturating_add);
        Packing { items, value, weight }
    }

    /// The items in this order, each if it still fits.
    fn filled(&self, order: impl IntoIterator<Item = usize>) -> Packing {
        let (mut items, mut left) = (Vec::new(), self.capacity);
        for item in order {
            if let Some(rest) = left.checked_sub(self.weights[item]) {
                left = rest;
                items.push(item);
            }
        }
        items.sort_unstable();
        self.packing(items)
    }

    /// By their value over weight, the largest first; what weighs nothing before all.
    fn by_worth(&self, mut items: Vec<usize>) -> Vec<usize> {
        let worth = |item: usize| match self.weights[item] {
            0 => f64::INFINITY,
            weight => self.values[item] / weight as f64,
        };
        items.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)));
        items
    }
}

impl Encode for Knapsack {
    type Solution = Packing;

    fn kind(&self) -> &'static str {
        "knapsack"
    }

    fn objective(&self) -> Objective {
        Objective { name: "value", sense: Sense::Maximize }
    }

    fn num_variables(&self) -> usize {
        self.values.len() + self.slack().len()
    }

    fn variable(&self, i: usize) -> String {
        match i.checked_sub(self.values.len()) {
            None => format!("item {i}"),
            Some(k) => format!("slack {}", self.slack()[k]),
        }
    }

    /// A > the second largest value of the items that fit alone and weigh something, and > v/(w -
    /// c)² of each that does not fit, with value v and weight w; Lucas, Front. Phys. 2, 5 (2014),
    /// section 5.2, asks for A > the largest value, where all items fit alone. Proof: items that weigh e > 0 too much
    /// cost A e² at least. To take out one of weight w saves A min(e, w)² or more. If one does not
    /// fit alone, take it out: e ≥ w - c, so A (w - c)² > v is saved. If all fit alone, at least
    /// two of them weigh something: take out the less valuable of these, and A at least is saved,
    /// which is more than it was worth. So on until the rest fits.
    fn penalty_rule(&self) -> PenaltyRule {
        if self.all_fit() {
            return PenaltyRule::None { reason: "all items fit".into() };
        }
        let (mut first, mut second, mut heavy) = (0.0f64, 0.0f64, 0.0f64);
        for (&value, &weight) in self.values.iter().zip(&self.weights) {
            if weight > self.capacity {
                heavy = heavy.max(value / ((weight - self.capacity) as f64).powi(2));
            } else if weight > 0 {
                second = second.max(value.min(first));
                first = first.max(value);
            }
        }
        let bound = second.max(heavy);
        PenaltyRule::Above {
            bound,
            reason: "leaving out the less valuable of two items that are too heavy together saves \
                     A or more, so A must be above the second largest value, and above v/(w - \
                     c)^2 of an item heavier than the capacity, which may be left out of the \
                     file; Lucas, Front. Phys. 2, 5 (2014), section 5.2, takes the largest value"
                .into(),
            default: above(bound, 0.25),
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let (n, slack) = (self.values.len(), self.slack());
        let bits = n + slack.len();
        let fits = self.all_fit();
        let pairs = if fits { 0 } else { (bits as u128).pow(2) / 2 };
        let mut terms = Terms::new(bits, pairs)?;
        self.values.iter().enumerate().for_each(|(item, &value)| terms.linear(item, -value));
        if !fits {
            let counts = self.weights.iter().chain(&slack).map(|&count| count as f64);
            let counts: Vec<(usize, f64)> =
                counts.enumerate().filter(|&(_, count)| count != 0.0).collect();
            terms.square(-(self.capacity as f64), &counts, penalty);
        }
        terms.into_qubo()
    }

    fn decode(&self, bits: &Bits) -> Decoded<Packing> {
        let items = (0..self.values.len()).filter(|&item| bits.bit(item)).collect();
        let packing = self.packing(items);
        if packing.weight <= self.capacity {
            let value = packing.value;
            return Decoded::feasible(packing, value);
        }
        let what = format!(
            "the weight is {}, {} more than the capacity {}",
            packing.weight,
            packing.weight - self.capacity,
            self.capacity
        );
        Decoded::infeasible(vec![Violation::new("capacity", what)])
    }

    /// Value and weight of the solution are not looked at: they follow from its items.
    fn assignment(&self, solution: &Packing) -> Result<Bits> {
        let n = self.values.len();
        chosen("an item of a packing", &solution.items, n)?;
        let weight = self.packing(solution.items.clone()).weight;
        let Some(mut left) = self.capacity.checked_sub(weight) else {
            return Err(Error::Invalid {
                what: "the weight of a packing".into(),
                value: weight.to_string(),
                expected: format!(
                    "the capacity is {}; its items are {}",
                    self.capacity,
                    list(&solution.items)
                ),
            });
        };
        let slack = self.slack();
        let mut bits = Bits::zeros(n + slack.len());
        solution.items.iter().for_each(|&item| bits.set(item, true));
        if let Some((&last, powers)) = slack.split_last() {
            // What the powers of two do not reach takes the last.
            if left >> powers.len() > 0 {
                bits.set(n + powers.len(), true);
                left -= last;
            }
            (0..powers.len()).for_each(|k| bits.set(n + k, left >> k & 1 == 1));
        }
        Ok(bits)
    }

    /// Items by their value over weight, the largest first, each if it still fits; or the most
    /// valuable that fits alone, if that is better, which together is at least half of the best
    /// value.
    fn constructed(&self) -> Option<Packing> {
        let filled = self.filled(self.by_worth((0..self.values.len()).collect()));
        let fitting = (0..self.values.len()).filter(|&i| self.weights[i] <= self.capacity);
        let single = fitting.max_by(|&a, &b| self.values[a].total_cmp(&self.values[b]));
        match single {
            Some(item) if self.values[item] > filled.value => Some(self.packing(vec![item])),
            _ => Some(filled),
        }
    }

    /// The chosen items by their value over weight, each if it still fits, then the others.
    fn repaired(&self, bits: &Bits) -> Option<Packing> {
        let (inside, others) = (0..self.values.len()).partition(|&item| bits.bit(item));
        Some(self.filled(self.by_worth(inside).into_iter().chain(self.by_worth(others))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_encoded_right, is_enough};
    use super::*;
    use proptest::prelude::*;

    /// By dynamic programming over weights.
    fn best_value(problem: &Knapsack) -> f64 {
        let mut best = vec![0.0f64; problem.capacity() as usize + 1];
        for (&value, &weight) in problem.values().iter().zip(problem.weights()) {
            for room in (weight as usize..best.len()).rev() {
                best[room] = best[room].max(best[room - weight as usize] + value);
            }
        }
        best[problem.capacity() as usize]
    }

    fn knapsack(capacity: u64, items: &[(f64, u64)]) -> Knapsack {
        let (values, weights) = items.iter().copied().unzip();
        Knapsack::new(capacity, values, weights).unwrap()
    }

    fn any_item() -> impl Strategy<Value = (f64, u64)> {
        (prop_oneof![3 => 0.0..9.0, 1 => Just(0.0)], 0u64..12)
    }

    fn bound(problem: &Knapsack) -> f64 {
        match problem.penalty_rule() {
            PenaltyRule::Above { bound, .. } => bound,
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn every_knapsack_is_encoded_right(
            capacity in 0u64..20,
            items in prop::collection::vec(any_item(), 0..7),
        ) {
            let problem = knapsack(capacity, &items);
            is_encoded_right(&problem, Some(best_value(&problem)));
        }
    }

    proptest! {
        /// Every slack from 0 to c, and nothing beyond.
        #[test]
        fn the_slack_is_every_integer_up_to_the_capacity(capacity in 1u64..300) {
            let problem = knapsack(capacity, &[(1.0, capacity + 1)]);
            let counts = problem.slack();
            prop_assert_eq!(counts.iter().sum::<u64>(), capacity);
            prop_assert_eq!(counts.len() as u32, capacity.ilog2() + 1);
            let mut reached = vec![true];
            for &count in &counts {
                let mut next = reached.clone();
                next.resize(reached.len() + count as usize, false);
                (0..reached.len()).for_each(|s| next[s + count as usize] |= reached[s]);
                reached = next;
            }
            prop_assert!(reached.iter().all(|&reached| reached));
        }
    }

    #[test]
    fn half_of_the_bound_is_too_small() {
        // Both weigh 1 too much, and the second is worth 3.
        let two = knapsack(1, &[(5.0, 1), (3.0, 1)]);
        assert_eq!(bound(&two), 3.0);
        assert!(is_enough(&two, 3.001) && !is_enough(&two, 2.999) && !is_enough(&two, 1.5));
        // Two too heavy.
        let heavy = knapsack(1, &[(8.0, 3), (0.5, 1)]);
        assert_eq!(bound(&heavy), 2.0);
        assert!(is_enough(&heavy, 2.001) && !is_enough(&heavy, 1.0));
    }

    #[test]
    fn what_is_too_heavy_is_said_and_repaired() {
        let problem = knapsack(5, &[(4.0, 3), (3.0, 4), (1.0, 1), (9.0, 70)]);
        let all = problem.decode(&Bits::from_u64(0b1011, 7)).violations;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].what, "the weight is 77, 72 more than the capacity 5");
        let repaired = problem.repaired(&Bits::from_u64(0b1011, 7)).unwrap();
        assert_eq!((repaired.items, repaired.value, repaired.weight), (vec![0, 2], 5.0, 4));
        assert_eq!(problem.variable(6), "slack 2");
        // Feasible by its weight, whatever the slack.
        assert!(problem.decode(&Bits::from_u64(0b111_0001, 7)).is_feasible());
        let says = |items: Vec<usize>| {
            let packing = Packing { items, value: 0.0, weight: 0 };
            problem.assignment(&packing).unwrap_err().to_string()
        };
        assert!(says(vec![0, 1]).contains("packing is 7; the capacity is 5"));
        assert!(says(vec![2, 2]).contains("twice"));
        assert!(says(vec![4]).contains("there are 4"));
    }

    #[test]
    fn where_all_fit_there_is_no_penalty() {
        let problem = knapsack(u64::MAX, &[(1.0, u64::MAX), (2.0, 0)]);
        assert_eq!((problem.num_variables(), problem.penalty_rule().default_penalty()), (2, None));
        is_encoded_right(&problem, Some(3.0));
    }

    #[test]
    fn bad_problems_are_refused() {
        let says = |capacity, values: &[f64], weights: &[u64]| {
            Knapsack::new(capacity, values.to_vec(), weights.to_vec()).unwrap_err().to_string()
        };
        assert!(says(1, &[1.0], &[]).contains("there are 0 weights"));
        assert!(says(1, &[-1.0], &[1]).contains("value of item 0 is -1"));
        assert!(says(1, &[f64::NAN], &[1]).contains("NaN"));
        assert!(says(1, &[1e308; 2], &[1, 1]).contains("sum of the values"));
        assert!(says(1, &[1.0; 2], &[u64::MAX; 2]).contains("at most 16777216"));
        assert!(
            serde_json::from_str::<Knapsack>(r#"{"capacity":1,"values":[1],"weights":[]}"#)
                .is_err()
        );
        assert!(
            serde_json::from_str::<Knapsack>(r#"{"capacity":-1,"values":[],"weights":[]}"#)
                .is_err()
        );
    }
}

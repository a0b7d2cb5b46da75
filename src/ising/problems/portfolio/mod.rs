//! A portfolio of a fixed number of assets.

mod assets;
mod covariance;
mod or_library;
mod returns;

pub use assets::{Assets, MAX_ASSETS};

use super::encode::{Decoded, Encode, Objective, PenaltyRule, Sense, Violation};
use crate::error::{Error, Result};
use crate::ising::Qubo;
use crate::math::Bits;
use serde::{Deserialize, Serialize};

/// Exactly K of n assets, in equal parts, so that q xᵀΣx - μᵀx is as small as can be: the covariance Σ
/// of their returns times the risk aversion q, less their expected returns μ (Markowitz, J. Finance 7, 77
/// (1952), in the form of Qiskit Finance's `PortfolioOptimization`). Bit i says whether asset i is held;
/// the penalty is A (Σx - K)².
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Portfolio {
    assets: Assets,
    risk_aversion: f64,
    held: usize,
}

/// A choice of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    assets: Assets,
    risk_aversion: f64,
    held: usize,
}

impl TryFrom<Parts> for Portfolio {
    type Error = Error;

    fn try_from(Parts { assets, risk_aversion, held }: Parts) -> Result<Self> {
        Portfolio::try_new(assets, risk_aversion, held)
    }
}

/// The assets that are held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holdings {
    /// Their numbers, growing.
    pub assets: Vec<usize>,
    /// Their names.
    pub names: Vec<String>,
    /// Σ of their expected returns, μᵀx.
    pub expected_return: f64,
    /// The variance of the sum of their returns, xᵀΣx.
    pub variance: f64,
}

impl Portfolio {
    /// `held` of these assets at this risk aversion.
    ///
    /// # Errors
    /// If the risk aversion is negative or not finite, none or more assets than there are are to be held,
    /// or the objective overflows.
    pub fn try_new(assets: Assets, risk_aversion: f64, held: usize) -> Result<Self> {
        if !risk_aversion.is_finite() {
            let what = "the risk aversion".into();
            return Err(Error::NotFinite { what, value: risk_aversion });
        }
        if risk_aversion < 0.0 {
            return Err(Error::Invalid {
                what: "the risk aversion".into(),
                value: risk_aversion.to_string(),
                expected: "it must be 0, which asks for returns alone, or more".into(),
            });
        }
        if !(1..=assets.len()).contains(&held) {
            return Err(Error::Invalid {
                what: "the number of assets to hold".into(),
                value: held.to_string(),
                expected: format!("there are {}, of which at least one is held", assets.len()),
            });
        }
        let risk: f64 = assets.covariance().iter().flatten().map(|c| c.abs()).sum();
        let returns: f64 = assets.expected_returns().iter().map(|m| m.abs()).sum();
        // With room to spare, so that no penalty or energy made from it overflows.
        let size = 1e9 * (risk_aversion * risk + returns);
        if !size.is_finite() {
            let what = "the risk aversion times all |covariances|, with all |returns|".into();
            return Err(Error::NotFinite { what, value: size });
        }
        Ok(Portfolio { assets, risk_aversion, held })
    }

    /// What there is to choose from.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The risk aversion q.
    pub fn risk_aversion(&self) -> f64 {
        self.risk_aversion
    }

    /// The number of assets to hold, K.
    pub fn held(&self) -> usize {
        self.held
    }

    fn risk(&self, i: usize, j: usize) -> f64 {
        self.risk_aversion * self.assets.covariance()[i][j]
    }

    /// What asset i adds to the objective by itself.
    fn own(&self, i: usize) -> f64 {
        self.risk(i, i) - self.assets.expected_returns()[i]
    }

    fn holdings(&self, chosen: Vec<usize>) -> (Holdings, f64) {
        let names = chosen.iter().map(|&i| self.assets.names()[i].clone()).collect();
        let expected_return = chosen.iter().map(|&i| self.assets.expected_returns()[i]).sum();
        let rows = chosen.iter().map(|&i| &self.assets.covariance()[i]);
        let variance = rows.map(|row| chosen.iter().map(|&j| row[j]).sum::<f64>()).sum();
        let objective = self.risk_aversion * variance - expected_return;
        (Holdings { assets: chosen, names, expected_return, variance }, objective)
    }

    /// Holds or drops the asset with which the objective is best afterwards, until K are held.
    fn completed(&self, mut chosen: Vec<bool>) -> Holdings {
        let n = self.assets.len();
        let sums = |i: usize| {
            let others = (0..n).filter(|&j| j != i && chosen[j]);
            others.map(|j| 2.0 * self.risk(i, j)).sum::<f64>()
        };
        let mut gain: Vec<f64> = (0..n).map(|i| self.own(i) + sums(i)).collect();
        let mut count = chosen.iter().filter(|&&held| held).count();
        while count != self.held {
            let adds = count < self.held;
            let sign = if adds { 1.0 } else { -1.0 };
            let able = (0..n).filter(|&i| chosen[i] != adds);
            let best = able.min_by(|&i, &j| (sign * gain[i]).total_cmp(&(sign * gain[j])));
            let Some(best) = best else { break };
            chosen[best] = adds;
            count = if adds { count + 1 } else { count - 1 };
            for (i, gain) in gain.iter_mut().enumerate().filter(|&(i, _)| i != best) {
                *gain += sign * 2.0 * self.risk(i, best);
            }
        }
        self.holdings((0..n).filter(|&i| chosen[i]).collect()).0
    }

    /// The most that one more or one less asset can cost on the way to K of them: see
    /// [`penalty_rule`](Encode::penalty_rule).
    fn steepest_step(&self) -> f64 {
        let (n, held) = (self.assets.len(), self.held);
        let (mut added, mut dropped) = (Vec::new(), Vec::new());
        for i in 0..n {
            let mut shared: Vec<f64> =
                (0..n).filter(|&j| j != i).map(|j| 2.0 * self.risk(i, j)).collect();
            shared.sort_unstable_by(f64::total_cmp);
            let most: f64 = shared.iter().rev().take(held - 1).filter(|&&c| c > 0.0).sum();
            added.push(self.own(i) + most);
            let negative = shared.partition_point(|&c| c < 0.0);
            let least: f64 = shared.iter().take(held.max(negative)).sum();
            dropped.push(-self.own(i) - least);
        }
        let falling = |a: &f64, b: &f64| b.total_cmp(a);
        added.sort_unstable_by(falling);
        dropped.sort_unstable_by(falling);
        // All are held where none is too many.
        let dropped = dropped.get(held).copied().unwrap_or(0.0);
        added[n - held].max(dropped).max(0.0)
    }
}

impl Encode for Portfolio {
    type Solution = Holdings;

    fn kind(&self) -> &'static str {
        "portfolio"
    }

    fn objective(&self) -> Objective {
        Objective { name: "risk_less_return", sense: Sense::Minimize }
    }

    fn num_variables(&self) -> usize {
        self.assets.len()
    }

    fn variable(&self, i: usize) -> String {
        match self.assets.names().get(i) {
            Some(name) => format!("holds {name}"),
            None => format!("no bit: {i}"),
        }
    }

    /// Let m ≠ K assets be held, d = |m - K|. In d steps, each of which drops the best asset where there
    /// are too many, or adds the best one where there are too few, K are held, and the penalty A d² is
    /// gone. A step costs at most Δ, so A > Δ makes A d² > d Δ.
    ///
    /// Dropping i saves qΣᵢᵢ - μᵢ and 2qΣᵢⱼ of the others that are held, of which there are at least K: not
    /// less than the sum of the K smallest, and of all negative ones where those are more. Of the K + 1 or
    /// more that are held, the best one to drop costs at most the (K+1)-th largest of these bounds.
    /// Adding i costs qΣᵢᵢ - μᵢ and 2qΣᵢⱼ of at most K - 1 others, and of the n - K + 1 or more that are
    /// not held the best one costs at most the (n-K+1)-th largest of these bounds. Δ is the larger of the
    /// two, and at least 0.
    fn penalty_rule(&self) -> PenaltyRule {
        let bound = self.steepest_step();
        let own = (0..self.assets.len())
            .map(|i| self.risk(i, i).abs() + self.assets.expected_returns()[i].abs());
        let scale = own.fold(0.0, f64::max);
        let scale = if scale > 0.0 { scale } else { 1.0 };
        PenaltyRule::Above {
            bound,
            reason: format!(
                "adding or dropping the best asset costs at most {bound} as long as not {} are held, and \
                 each brings the sum one nearer to it",
                self.held
            ),
            default: bound + 0.25 * bound.max(scale),
        }
    }

    fn qubo(&self, penalty: f64) -> Result<Qubo> {
        let (n, held) = (self.assets.len(), self.held as f64);
        let linear = (0..n).map(|i| self.own(i) + penalty * (1.0 - 2.0 * held)).collect();
        let pairs = (0..n).flat_map(|j| (0..j).map(move |i| (i, j)));
        let quadratic = pairs.map(|(i, j)| (i, j, 2.0 * (self.risk(i, j) + penalty)));
        Qubo::try_new(linear, quadratic, penalty * held * held)
    }

    fn decode(&self, bits: &Bits) -> Decoded<Holdings> {
        let chosen: Vec<usize> = (0..bits.len()).filter(|&i| bits.bit(i)).collect();
        if chosen.len() != self.held {
            let what = format!("{} assets are held instead of {}", chosen.len(), self.held);
            return Decoded::infeasible(vec![Violation::new("number_held", what)]);
        }
        let (holdings, objective) = self.holdings(chosen);
        Decoded::feasible(holdings, objective)
    }

    fn assignment(&self, holdings: &Holdings) -> Result<Bits> {
        let n = self.assets.len();
        let refused = |value: String, expected: String| {
            Err(Error::Invalid { what: "the assets of a portfolio".into(), value, expected })
        };
        let mut bits = Bits::zeros(n);
        for &i in &holdings.assets {
            if i >= n {
                return refused(i.to_string(), format!("there are {n}, numbered from 0"));
            }
            if bits.bit(i) {
                return refused(i.to_string(), "it is held once or not at all".into());
            }
            bits.set(i, true);
        }
        match holdings.assets.len() {
            found if found == self.held => Ok(bits),
            found => refused(format!("{found} of them"), format!("{} must be held", self.held)),
        }
    }

    /// Adds the asset that makes the objective least, one after the other.
    fn constructed(&self) -> Option<Holdings> {
        Some(self.completed(vec![false; self.assets.len()]))
    }

    /// Drops or adds the asset that makes the objective least, one after the other, until as many are held
    /// as should be.
    fn repaired(&self, bits: &Bits) -> Option<Holdings> {
        Some(self.completed((0..bits.len()).map(|i| bits.bit(i)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{is_encoded_right, least_energies};
    use super::super::{Encoded, Suspicion};
    use super::*;
    use crate::ising::SimulatedAnnealing;
    use proptest::prelude::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("asset {i}")).collect()
    }

    /// Covariances that are a product of factors with itself, so positive semidefinite. All numbers have
    /// few binary digits, so that sums in any order are equal.
    fn any_assets(n: usize) -> impl Strategy<Value = Assets> {
        let number = || (-16..=16i32).prop_map(|k| f64::from(k) / 16.0);
        let factors = prop::collection::vec(prop::collection::vec(number(), 2), n);
        (prop::collection::vec(number(), n), factors).prop_map(move |(returns, factors)| {
            let product = |i: usize, j: usize| -> f64 {
                factors[i].iter().zip(&factors[j]).map(|(a, b)| a * b).sum()
            };
            let covariance = (0..n).map(|i| (0..n).map(|j| product(i, j)).collect()).collect();
            Assets::try_new(names(n), returns, covariance).unwrap()
        })
    }

    fn any_portfolio() -> impl Strategy<Value = Portfolio> {
        (1..=9usize).prop_flat_map(|n| {
            let aversion = (0..=12u32).prop_map(|k| f64::from(k) / 4.0);
            (any_assets(n), aversion, 1..=n)
                .prop_map(|(assets, q, held)| Portfolio::try_new(assets, q, held).unwrap())
        })
    }

    /// The best objective, asset by asset.
    fn best(portfolio: &Portfolio, from: usize, chosen: &mut Vec<usize>) -> f64 {
        if chosen.len() == portfolio.held {
            let assets = portfolio.assets();
            let mut objective = 0.0;
            for &i in chosen.iter() {
                objective -= assets.expected_returns()[i];
                for &j in chosen.iter() {
                    objective += portfolio.risk_aversion * assets.covariance()[i][j];
                }
            }
            return objective;
        }
        let mut least = f64::INFINITY;
        for i in from..portfolio.assets().len() {
            chosen.push(i);
            least = least.min(best(portfolio, i + 1, chosen));
            chosen.pop();
        }
        least
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]

        #[test]
        fn is_the_best_portfolio(portfolio in any_portfolio()) {
            let best = best(&portfolio, 0, &mut Vec::new());
            is_encoded_right(&portfolio, Some(best));
        }

        #[test]
        fn what_is_repaired_holds_as_many_as_it_should(portfolio in any_portfolio(), index: u64) {
            let n = portfolio.num_variables();
            let bits = Bits::from_u64(index & ((1 << n) - 1), n);
            let repaired = portfolio.repaired(&bits).unwrap();
            prop_assert_eq!(repaired.assets.len(), portfolio.held());
            let bits = portfolio.assignment(&repaired).unwrap();
            prop_assert_eq!(portfolio.decode(&bits).solution.unwrap().0, repaired);
        }

        /// A little above the bound is enough.
        #[test]
        fn the_bound_is_enough(portfolio in any_portfolio()) {
            let PenaltyRule::Above { bound, .. } = portfolio.penalty_rule() else { unreachable!() };
            let encoded = Encoded::new(portfolio, Some(bound * 1.001 + 1e-6)).unwrap();
            let (feasible, infeasible) = least_energies(&encoded);
            prop_assert!(feasible < infeasible);
        }
    }

    /// Three assets that all return 1 without a risk: a third one gains 1 and is not worth more.
    fn equal() -> Portfolio {
        let assets = Assets::try_new(names(3), vec![1.0; 3], vec![vec![0.0; 3]; 3]).unwrap();
        Portfolio::try_new(assets, 1.0, 2).unwrap()
    }

    #[test]
    fn half_of_a_tight_penalty_is_not_enough() {
        let PenaltyRule::Above { bound, .. } = equal().penalty_rule() else { unreachable!() };
        assert_eq!(bound, 1.0);
        let encoded = Encoded::new(equal(), Some(0.5)).unwrap();
        assert!(!encoded.is_penalty_enough());
        let (feasible, infeasible) = least_energies(&encoded);
        assert!(infeasible < feasible);
        let model = encoded.to_ising().unwrap();
        let samples = SimulatedAnnealing::new().sweeps(100).seed(1).run(&model).unwrap();
        let assessed = encoded.assess(&samples).unwrap();
        assert!(matches!(assessed.suspicions[..], [Suspicion::Penalty(_)]));
        assert_eq!(assessed.violations_of_lowest[0].what, "3 assets are held instead of 2");
        assert_eq!(assessed.best_repaired.unwrap().objective, -2.0);
    }

    #[test]
    fn one_outlier_does_not_decide_the_bound() {
        // The asset with a return of 100 is in every portfolio, so it is never the one to drop.
        let returns = vec![100.0, 1.0, 1.0];
        let assets = Assets::try_new(names(3), returns, vec![vec![0.0; 3]; 3]).unwrap();
        let portfolio = Portfolio::try_new(assets, 1.0, 1).unwrap();
        let PenaltyRule::Above { bound, .. } = portfolio.penalty_rule() else { unreachable!() };
        assert_eq!(bound, 1.0);
        is_encoded_right(&portfolio, Some(-100.0));
    }

    #[test]
    fn refuses_what_is_no_choice() {
        let says = |q, held| Portfolio::try_new(equal().assets, q, held).unwrap_err().to_string();
        assert!(says(f64::NAN, 1).contains("risk aversion"));
        assert!(says(-1.0, 1).contains("0, which asks for returns alone"));
        assert!(says(1.0, 4).contains("there are 3"));
        assert!(says(1.0, 0).contains("at least one"));
        let huge = Assets::try_new(names(1), vec![1.0], vec![vec![1e300]]).unwrap();
        assert!(Portfolio::try_new(huge, 1e10, 1).is_err());
        let holdings = |assets: Vec<usize>| {
            let of = Holdings { assets, names: vec![], expected_return: 0.0, variance: 0.0 };
            equal().assignment(&of).unwrap_err().to_string()
        };
        assert!(holdings(vec![0, 3]).contains("numbered from 0"));
        assert!(holdings(vec![1, 1]).contains("once"));
        assert!(holdings(vec![1]).contains("2 must be held"));
        let json = serde_json::to_string(&equal()).unwrap();
        assert!(
            serde_json::from_str::<Portfolio>(&json.replace("\"held\":2", "\"held\":9")).is_err()
        );
        assert!(serde_json::from_str::<Portfolio>(&json.replace("\"held\"", "\"hold\"")).is_err());
    }
}

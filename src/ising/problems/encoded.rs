//! A problem with its QUBO.

use super::checks::digits;
use super::encode::{Decoded, Encode, PenaltyRule};
use super::limits::check_bits;
use crate::error::{Error, Result};
use crate::ising::{Ising, Qubo};
use crate::math::Bits;

/// The part of an energy, or of 1, beyond which rounding is told.
const ROUNDING: f64 = 1e-9;

/// A problem as a QUBO: what a solver gets, and what its samples are decoded with.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded<P> {
    problem: P,
    penalty: Option<f64>,
    qubo: Qubo,
}

impl<P: Encode> Encoded<P> {
    /// Encodes a problem with this penalty, or with the default of its [`PenaltyRule`]. A penalty
    /// that is not proven to be enough is taken as it is: see
    /// [`is_penalty_enough`](Self::is_penalty_enough).
    ///
    /// # Errors
    /// If the penalty is not positive and finite, or one is given where there are no constraints;
    /// if there are more than [`MAX_VARIABLES`](crate::ising::MAX_VARIABLES) bits; if a coefficient
    /// overflows.
    pub fn new(problem: P, penalty: Option<f64>) -> Result<Self> {
        check_bits(problem.kind(), problem.num_variables(), "encode a smaller problem")?;
        let default = problem.penalty_rule().default_penalty();
        let refused = |value: f64, expected: String| {
            let what = "the penalty".into();
            Err(Error::Invalid { what, value: digits(value), expected })
        };
        match (penalty, default) {
            (Some(penalty), None) => {
                let reason = problem.penalty_rule().reason().to_owned();
                return refused(penalty, format!("{} takes none: {reason}", problem.kind()));
            }
            (Some(penalty), _) if !(penalty.is_finite() && penalty > 0.0) => {
                return refused(penalty, "it must be positive and finite".into());
            }
            _ => {}
        }
        let penalty = penalty.or(default);
        let qubo = problem.qubo(penalty.unwrap_or(1.0))?;
        debug_assert_eq!(qubo.num_variables(), problem.num_variables());
        Ok(Encoded { problem, penalty, qubo })
    }

    /// The problem.
    pub fn problem(&self) -> &P {
        &self.problem
    }

    /// The QUBO to be minimized.
    pub fn qubo(&self) -> &Qubo {
        &self.qubo
    }

    /// The same energy of spins.
    ///
    /// # Errors
    /// If a coefficient overflows.
    pub fn to_ising(&self) -> Result<Ising> {
        self.qubo.to_ising()
    }

    /// The penalty; `None` where there are no constraints.
    pub fn penalty(&self) -> Option<f64> {
        self.penalty
    }

    /// How large the penalty must be.
    pub fn penalty_rule(&self) -> PenaltyRule {
        self.problem.penalty_rule()
    }

    /// Whether every configuration of the lowest energy is proven to be feasible.
    pub fn is_penalty_enough(&self) -> bool {
        self.penalty.is_none_or(|penalty| self.penalty_rule().is_enough(penalty))
    }

    /// The largest |coefficient| of the Ising model over the smallest that is not 0: what a device
    /// with coefficients of limited precision has to tell apart. 1 where all are 0.
    ///
    /// # Errors
    /// If a coefficient overflows.
    pub fn dynamic_range(&self) -> Result<f64> {
        let model = self.to_ising()?;
        let couplings = model.couplings().iter().map(|&(_, _, w)| w);
        let sizes = model.fields().iter().copied().chain(couplings).map(f64::abs);
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for size in sizes.filter(|&size| size > 0.0) {
            (least, most) = (least.min(size), most.max(size));
        }
        Ok(if most > 0.0 { most / least } else { 1.0 })
    }

    /// About how much energies are rounded: by how much that of a solution by a simple rule
    /// ([`Encode::constructed`]) is not what its objective says or, where it is not at all exact, by how
    /// much its terms may be, 2^-53 of the sum of their sizes. 0 where it is exact; `None` where no
    /// solution is known.
    ///
    /// A penalty, or a square of weights, that is 10^16 times as large as a length or a value leaves
    /// nothing of it in their sum.
    ///
    /// # Errors
    /// If the solution by the rule is none of the problem, which would be an error of its encoder.
    pub fn rounding(&self) -> Result<Option<f64>> {
        let Some(solution) = self.problem.constructed() else { return Ok(None) };
        let (bits, wanted) = self.of_solution(&solution)?;
        let difference = (self.qubo.energy(&bits) - wanted).abs();
        if difference == 0.0 {
            return Ok(Some(0.0));
        }
        let fields = self.qubo.linear().iter().enumerate();
        let fields = fields.filter(|&(i, _)| bits.bit(i)).map(|(_, a)| a.abs());
        let pairs = self.qubo.quadratic().iter();
        let pairs = pairs.filter(|&&(i, j, _)| bits.bit(i) && bits.bit(j)).map(|(_, _, b)| b.abs());
        let sizes = self.qubo.offset().abs() + fields.sum::<f64>() + pairs.sum::<f64>();
        Ok(Some(difference.max(0.5 * f64::EPSILON * sizes)))
    }

    /// Whether so much rounding can change which solution is the best, beside this energy.
    pub(super) fn is_rounded(difference: f64, energy: f64) -> bool {
        difference > ROUNDING * (1.0 + energy.abs())
    }

    /// About how much energies are rounded, as [`rounding`](Self::rounding) says, where that is more than
    /// 10^-9 of the energy of the solution by a simple rule, or of 1 if that is more.
    ///
    /// # Errors
    /// As there.
    pub fn harmful_rounding(&self) -> Result<Option<f64>> {
        let Some(rounding) = self.rounding()?.filter(|&rounding| rounding > ROUNDING) else {
            return Ok(None);
        };
        let Some(solution) = self.problem.constructed() else { return Ok(None) };
        let (_, energy) = self.of_solution(&solution)?;
        Ok(Self::is_rounded(rounding, energy).then_some(rounding))
    }

    /// The bits of a solution, and the energy that its objective says.
    pub(super) fn of_solution(&self, solution: &P::Solution) -> Result<(Bits, f64)> {
        let bits = self.problem.assignment(solution)?;
        let decoded = self.problem.decode(&bits).solution;
        let objective = decoded.map_or(f64::NAN, |(_, objective)| objective);
        Ok((bits, self.problem.energy_of(objective)))
    }

    /// What bits stand for, without any repair.
    ///
    /// # Errors
    /// If there are not as many bits as variables.
    pub fn decode(&self, bits: &Bits) -> Result<Decoded<P::Solution>> {
        self.check_length(bits.len())?;
        Ok(self.problem.decode(bits))
    }

    /// Refuses another number of bits than there are variables.
    pub(super) fn check_length(&self, found: usize) -> Result<()> {
        let n = self.problem.num_variables();
        if found == n {
            return Ok(());
        }
        Err(Error::Invalid {
            what: "the number of bits of a sample".into(),
            value: found.to_string(),
            expected: format!(
                "this {} has {n}; are the samples of another file?",
                self.problem.kind()
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Knapsack, TravellingSalesman};
    use super::*;

    #[test]
    fn rounding_is_what_is_lost() {
        // Squares of weights beside values of thousandths.
        let weights = vec![3_999_999, 2_500_001, 1_999_999, 4_000_003];
        let values = vec![1.053, 1.051, 0.947, 1.049];
        let heavy = Knapsack::new(8_000_000, values.clone(), weights).unwrap();
        let heavy = Encoded::new(heavy, None).unwrap();
        let lost = heavy.harmful_rounding().unwrap().unwrap();
        assert!((1e-4..1.0).contains(&lost), "{lost}");
        let light =
            Encoded::new(Knapsack::new(8, values, vec![4, 2, 2, 4]).unwrap(), None).unwrap();
        assert_eq!(light.harmful_rounding().unwrap(), None);
        assert!(light.rounding().unwrap().unwrap() < 1e-13);
        // Lengths beside a penalty.
        let lengths: Vec<f64> = (0..25).map(|k| f64::from(3 + 7 * k % 11)).collect();
        let tour = TravellingSalesman::new(5, lengths).unwrap();
        let encoded = |penalty| Encoded::new(tour.clone(), penalty).unwrap();
        assert_eq!(encoded(None).rounding().unwrap(), Some(0.0));
        assert_eq!(encoded(Some(1e6)).harmful_rounding().unwrap(), None);
        let lost = encoded(Some(1e18)).harmful_rounding().unwrap().unwrap();
        assert!((1.0..1e4).contains(&lost), "{lost}");
    }
}

//! A problem with its QUBO.

use super::assessment::Assessment;
use super::encode::{Decoded, Encode, PenaltyRule};
use crate::error::{Error, Result};
use crate::ising::quadratic::check_size;
use crate::ising::{Ising, Qubo, SampleSet};
use crate::math::Bits;

/// A problem as a QUBO: what a solver gets, and what its samples are decoded with.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded<P> {
    problem: P,
    penalty: Option<f64>,
    qubo: Qubo,
}

impl<P: Encode> Encoded<P> {
    /// Encodes a problem with this penalty, or with the default of its [`PenaltyRule`]. A penalty that is
    /// not proven to be enough is taken as it is: see [`is_penalty_enough`](Self::is_penalty_enough).
    ///
    /// # Errors
    /// If the penalty is not positive and finite, or one is given where there are no constraints; if there
    /// are more than [`MAX_VARIABLES`](crate::ising::MAX_VARIABLES) bits; if a coefficient overflows.
    pub fn new(problem: P, penalty: Option<f64>) -> Result<Self> {
        check_size("the bits of an encoded problem", problem.num_variables())?;
        let default = problem.penalty_rule().default_penalty();
        let refused = |value: f64, expected: String| {
            let what = "the penalty".into();
            Err(Error::Invalid { what, value: value.to_string(), expected })
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

    /// The largest |coefficient| of the Ising model over the smallest that is not 0: what a device with
    /// coefficients of limited precision has to tell apart. 1 where all are 0.
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

    /// What bits stand for, without any repair.
    ///
    /// # Errors
    /// If there are not as many bits as variables.
    pub fn decode(&self, bits: &Bits) -> Result<Decoded<P::Solution>> {
        self.check_length(bits.len())?;
        Ok(self.problem.decode(bits))
    }

    /// How good samples are: see [`Assessment`].
    ///
    /// # Errors
    /// If they have not as many spins as there are bits.
    pub fn assess(&self, samples: &SampleSet) -> Result<Assessment<P::Solution>> {
        self.check_length(samples.num_spins())?;
        Assessment::new(self, samples)
    }

    fn check_length(&self, found: usize) -> Result<()> {
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

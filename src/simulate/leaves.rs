//! What is gathered of shots at the ends of their branches.

use super::expectation::Expectation;
use super::flow::Flow;
use super::machine::{Job, Machine};
use super::misread::read_out;
use super::representation::Representation;
use super::tally::Tally;
use crate::error::Result;
use crate::math::push;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use smallvec::SmallVec;

/// What is gathered, the same whatever the order of the branches.
pub(super) trait Leaves<R: Representation>: Sync {
    /// Of some branches.
    type Sum: Send;

    /// Of none.
    fn none(&self, flow: &Flow) -> Self::Sum;

    /// Adds shots that ended in a state.
    fn add(
        &self,
        machine: &Machine<R>,
        shots: u64,
        rng: &mut ChaCha8Rng,
        job: Job<R>,
        sum: &mut Self::Sum,
    ) -> Result<()>;

    /// Adds what other branches came to.
    fn merge(&self, sum: &mut Self::Sum, other: Self::Sum) -> Result<()>;

    /// Bytes that it will take after this many branches, of which `branches` were.
    fn bytes_after(
        &self,
        sum: &mut Self::Sum,
        branches: u64,
        later: f64,
        flow: &Flow,
    ) -> Result<f64>;
}

/// Outcomes of the classical bits.
pub(super) struct Outcomes;

impl<R: Representation> Leaves<R> for Outcomes {
    type Sum = Tally;

    fn none(&self, flow: &Flow) -> Tally {
        Tally::new(flow.num_outcome_bits())
    }

    fn add(
        &self,
        machine: &Machine<R>,
        shots: u64,
        rng: &mut ChaCha8Rng,
        job: Job<R>,
        tally: &mut Tally,
    ) -> Result<()> {
        let written = job.flow.outcome(&machine.bits);
        read_out(&machine.state, job.flow, &written, shots, rng, job.watch, tally)
    }

    fn merge(&self, tally: &mut Tally, other: Tally) -> Result<()> {
        tally.merge(other)
    }

    fn bytes_after(
        &self,
        tally: &mut Tally,
        branches: u64,
        later: f64,
        flow: &Flow,
    ) -> Result<f64> {
        let outcomes = tally.len()? as f64 / branches as f64 * later;
        let outcomes = outcomes.min(2f64.powi(flow.num_outcome_bits() as i32));
        let words = flow.num_outcome_bits().div_ceil(64) as f64;
        // A list, and a part that is merged into it.
        Ok(outcomes * 2.0 * (8.0 + 8.0 * words))
    }
}

/// Means of observables in the states that shots end in.
pub(super) struct Means<'o, R: Representation> {
    pub observables: &'o [R::Observable],
}

/// Those of one branch.
#[derive(Debug, Clone)]
pub(super) struct BranchMeans {
    /// A number of the branch, by which branches are put in order.
    key: u64,
    pub shots: u64,
    /// Without the identity.
    pub values: SmallVec<[Expectation; 1]>,
}

impl<R: Representation> Means<'_, R> {
    /// In an order that does not depend on that in which branches ran.
    pub fn in_order(mut sum: Vec<BranchMeans>) -> Vec<BranchMeans> {
        sum.sort_unstable_by_key(|branch| branch.key);
        sum
    }
}

const WHAT: &str = "the list of the means of all trajectories";
const HINT: &str = "ask for fewer trajectories";

impl<R: Representation> Leaves<R> for Means<'_, R>
where
    R::Observable: Sync,
{
    type Sum = Vec<BranchMeans>;

    fn none(&self, _: &Flow) -> Self::Sum {
        Vec::new()
    }

    fn add(
        &self,
        machine: &Machine<R>,
        shots: u64,
        rng: &mut ChaCha8Rng,
        _: Job<R>,
        sum: &mut Self::Sum,
    ) -> Result<()> {
        let values = self.observables.iter().map(|o| machine.state.expectation(o));
        let values = values.collect::<Result<_>>()?;
        push(sum, BranchMeans { key: rng.random(), shots, values }, WHAT, HINT)
    }

    fn merge(&self, sum: &mut Self::Sum, other: Self::Sum) -> Result<()> {
        other.into_iter().try_for_each(|branch| push(sum, branch, WHAT, HINT))
    }

    fn bytes_after(&self, _: &mut Self::Sum, _: u64, later: f64, _: &Flow) -> Result<f64> {
        Ok(later * (size_of::<BranchMeans>() + 16 * self.observables.len()) as f64)
    }
}

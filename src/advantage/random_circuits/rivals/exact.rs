//! Simulation of the whole circuit: 16·2^n bytes and a pass over them for some gates.

use super::drawn::Drawn;
use crate::advantage::random_circuits::estimators::Estimator;
use crate::advantage::random_circuits::problem::Problem;
use crate::error::Result;
use rand::Rng;

pub(super) fn draw(problem: &Problem, samples: u64, rng: &mut impl Rng) -> Result<Drawn> {
    Ok(Drawn {
        strings: problem.exact(samples, rng)?,
        bytes: problem.bytes(),
        amplitudes: None,
        outputs: None,
        expected: Some(problem.law().exact(Estimator::Linear)),
    })
}

//! Uniform strings, as a fair coin for each qubit.

use super::drawn::Drawn;
use crate::advantage::random_circuits::problem::{Problem, strings};
use crate::error::Result;
use rand::Rng;

pub(super) fn draw(problem: &Problem, samples: u64, rng: &mut impl Rng) -> Result<Drawn> {
    let mut drawn = strings(samples)?;
    problem.draw(&mut drawn, samples, || problem.uniform(rng))?;
    Ok(Drawn { strings: drawn, bytes: 0, amplitudes: None, outputs: None, expected: Some(0.0) })
}

//! The best of a few uniform strings.
//!
//! Where D·p of a uniform string has the exponential law, the largest of k has the mean H_k (Rényi, Acta
//! Math. Acad. Sci. Hung. 4, 191 (1953)): k = 4 scores 1.083, more than the circuit itself. Its strings are
//! far from the circuit's law for all that. Aaronson and Gunn (Theory of Computing 16, 11 (2020)) take
//! computing probabilities to be what is hard, so this is no attack on their conjecture: it shows that
//! the score alone does not tell sampling from searching.

use super::drawn::Drawn;
use crate::advantage::random_circuits::problem::{Problem, strings};
use crate::error::Result;
use rand::Rng;

pub(super) fn draw(problem: &Problem, k: u32, samples: u64, rng: &mut impl Rng) -> Result<Drawn> {
    let mut drawn = strings(samples)?;
    problem.draw(&mut drawn, samples, || {
        let mut best = problem.uniform(rng);
        let mut most = problem.weight(best);
        for _ in 1..k {
            let other = problem.uniform(rng);
            let weight = problem.weight(other);
            if weight > most {
                (best, most) = (other, weight);
            }
        }
        best
    })?;
    let harmonic: f64 = (1..=k).map(|j| 1.0 / f64::from(j)).sum();
    Ok(Drawn {
        strings: drawn,
        bytes: problem.bytes(),
        amplitudes: Some(samples.saturating_mul(u64::from(k))),
        outputs: None,
        expected: Some(harmonic - 1.0),
    })
}

//! Which powers of Grover's operator run, and how often.

use crate::error::{Error, Result};
use crate::math::{Domain, Streams};
use rand::RngExt;

/// A schedule of powers, for maximum likelihood estimation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Schedule {
    /// k = 0, 1, 2, … (Suzuki et al., arXiv:1904.10246: "linearly incremental sequence"); errors
    /// fall as the uses of A to the power -3/4.
    Linear,
    /// k = 0, 1, 2, 4, 8, … ("exponentially incremental sequence"); errors fall as the inverse.
    Exponential,
    /// k = 0, then one drawn uniformly from each doubling of 2k + 1, anew for each estimate: the same
    /// angles are not always the unlucky ones (cf. Callison and Browne, arXiv:2209.03321).
    Random,
    /// k = ⌊j^η⌋, j = 1, 2, …, η = (1-β)/(2β) (Giurgica-Tiron et al., arXiv:2012.03348, section 2.1):
    /// with depth limited to ε^-(1-β), errors fall as the uses to the power -1/(1+β).
    PowerLaw {
        /// From 0 (as exponential schedules) to 1 (as Monte Carlo), both excluded.
        beta: f64,
    },
    /// These powers.
    Powers(Vec<u64>),
}

/// Largest power that a schedule has: its phases are exact to 1e-6.
pub(super) const MAX_POWER: u64 = 1 << 32;

impl Schedule {
    /// The name, for tables.
    pub fn name(&self) -> String {
        match self {
            Schedule::Linear => "linear".into(),
            Schedule::Exponential => "exponential".into(),
            Schedule::Random => "random".into(),
            Schedule::PowerLaw { beta } => format!("power law, β = {beta}"),
            Schedule::Powers(_) => "own powers".into(),
        }
    }

    /// Refuses what is no schedule.
    pub(in crate::estimation) fn check(&self) -> Result<()> {
        match self {
            Schedule::PowerLaw { beta } if !(*beta > 0.0 && *beta < 1.0) => Err(Error::Invalid {
                what: "beta of a power-law schedule".into(),
                value: crate::error::shown(*beta),
                expected: "it must lie between 0 and 1; the depth falls and the cost rises with it"
                    .into(),
            }),
            Schedule::Powers(powers) => match powers.iter().max() {
                None => Err(Error::Invalid {
                    what: "the number of powers of a schedule".into(),
                    value: "0".into(),
                    expected: "give at least one, e.g. 0, which runs A alone".into(),
                }),
                Some(&k) if k > MAX_POWER => Err(Error::Invalid {
                    what: "a power of a schedule".into(),
                    value: k.to_string(),
                    expected: format!("it must be at most {MAX_POWER}"),
                }),
                Some(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The first `rounds` powers; random ones are those of `seed`.
    pub fn powers(&self, rounds: usize, seed: u64) -> Vec<u64> {
        let doubling = |j: usize| (1u64 << (j - 1).min(32)).min(MAX_POWER);
        let mut rng = Streams::new(seed, Domain::Estimation).stream(1);
        let power = |j: usize| match self {
            Schedule::Linear => j as u64,
            Schedule::Exponential => {
                if j == 0 {
                    0
                } else {
                    doubling(j)
                }
            }
            Schedule::Random => match j {
                0 => 0,
                _ => rng.random_range(doubling(j)..=2 * doubling(j) - 1).min(MAX_POWER),
            },
            Schedule::PowerLaw { beta } => {
                let eta = (1.0 - beta) / (2.0 * beta);
                ((j + 1) as f64).powf(eta).floor().min(MAX_POWER as f64) as u64
            }
            Schedule::Powers(powers) => powers[j],
        };
        let rounds = match self {
            Schedule::Powers(powers) => powers.len().min(rounds),
            _ => rounds,
        };
        (0..rounds).map(power).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_papers() {
        assert_eq!(Schedule::Linear.powers(4, 0), [0, 1, 2, 3]);
        assert_eq!(Schedule::Exponential.powers(6, 0), [0, 1, 2, 4, 8, 16]);
        // β = 1/3: η = 1, β = 1/2: η = 1/2.
        assert_eq!(Schedule::PowerLaw { beta: 1.0 / 3.0 }.powers(4, 0), [1, 2, 3, 4]);
        assert_eq!(Schedule::PowerLaw { beta: 0.5 }.powers(5, 0), [1, 1, 1, 2, 2]);
        assert_eq!(Schedule::Powers(vec![5, 0]).powers(9, 0), [5, 0]);
        let random = Schedule::Random.powers(8, 3);
        assert_eq!(random, Schedule::Random.powers(8, 3));
        for (j, &k) in random.iter().enumerate().skip(1) {
            assert!((1 << (j - 1)..1 << j).contains(&k), "{random:?}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        assert!(Schedule::Powers(vec![]).check().is_err());
        assert!(Schedule::Powers(vec![1 << 40]).check().is_err());
        for beta in [0.0, 1.0, f64::NAN] {
            assert!(Schedule::PowerLaw { beta }.check().is_err());
        }
    }
}

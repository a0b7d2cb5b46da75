//! Classical algorithms for the same numbers, one a file. Each says what it found and how many
//! operations it took: divisions, or multiplications modulo N.

mod baby_step;
mod pollard_rho;
mod split;
mod trial_division;

pub use baby_step::baby_step_giant_step;
pub use pollard_rho::pollard_rho;
pub use split::Split;
pub use trial_division::{MOST_DIVISIONS, trial_division};

use crate::error::{Error, Result};
use crate::math::Watch;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// A classical algorithm that factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rival {
    /// Divisions by odd numbers.
    TrialDivision,
    /// A walk that meets itself modulo a factor.
    PollardRho,
    /// The order of a number, from which the factors follow as in Shor's algorithm.
    BabyStep,
}

impl Rival {
    /// All of them.
    pub const ALL: [Rival; 3] = [Rival::PollardRho, Rival::TrialDivision, Rival::BabyStep];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Rival::TrialDivision => "trial division",
            Rival::PollardRho => "Pollard rho",
            Rival::BabyStep => "baby-step giant-step",
        }
    }

    /// The name that a user gives.
    pub fn key(self) -> &'static str {
        match self {
            Rival::TrialDivision => "trial-division",
            Rival::PollardRho => "pollard-rho",
            Rival::BabyStep => "baby-step",
        }
    }

    /// By the name that a user gives.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn by_key(key: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|rival| rival.key() == key).ok_or_else(|| Error::UnknownName {
            kind: "rival",
            name: key.into(),
            hint: format!("there are {}", Self::ALL.map(Rival::key).join(", ")),
        })
    }

    /// What it cannot do at so many bits, whatever the number, if it cannot.
    pub fn limit(self, bits: u64) -> Option<String> {
        match self {
            Rival::BabyStep if bits > baby_step::MOST_BITS => Some(format!(
                "a table of 2^{} powers: numbers of up to {} bits are tried",
                bits.div_ceil(2),
                baby_step::MOST_BITS
            )),
            _ => None,
        }
    }

    /// Splits an odd number with two different prime factors or more; none if it gave up.
    ///
    /// # Errors
    /// If the watch was cancelled.
    pub fn split(self, n: u64, rng: &mut ChaCha8Rng, watch: &Watch) -> Result<Option<Split>> {
        match self {
            Rival::TrialDivision => trial_division(n, watch),
            Rival::PollardRho => pollard_rho(n, rng, watch).map(Some),
            Rival::BabyStep => baby_step_giant_step(n, rng, watch).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::order_finding::arithmetic::easy;
    use crate::advantage::order_finding::problem::semiprime;
    use crate::math::{Domain, Streams};

    #[test]
    fn all_split_all_small_numbers() {
        let mut rng = Streams::new(1, Domain::OrderFinding).stream(1);
        let watch = Watch::default();
        for n in (15..1200).filter(|&n| easy(n).is_none()) {
            for rival in Rival::ALL {
                let found = rival.split(n, &mut rng, &watch).unwrap().unwrap();
                let factor = found.factor;
                assert!(factor > 1 && factor < n && n % factor == 0, "{rival:?} {n}: {factor}");
            }
        }
    }

    #[test]
    fn operations_grow_as_theory_says() {
        let mut rng = Streams::new(2, Domain::OrderFinding).stream(1);
        let watch = Watch::default();
        let mut mean = |rival: Rival, bits: u64| {
            let runs = 12;
            let operations = (0..runs).map(|_| {
                let n = semiprime(bits, &mut rng).unwrap();
                rival.split(n, &mut rng, &watch).unwrap().unwrap().operations as f64
            });
            operations.sum::<f64>() / runs as f64
        };
        // √p for rho, p for trial division, √N for the order, p about 2^(bits/2).
        for (rival, bits, exponent) in [
            (Rival::TrialDivision, (16, 28), 0.5),
            (Rival::PollardRho, (24, 40), 0.25),
            (Rival::BabyStep, (12, 22), 0.5),
        ] {
            let (few, many) = (mean(rival, bits.0), mean(rival, bits.1));
            let grown = (many / few).log2() / (bits.1 - bits.0) as f64;
            assert!((grown - exponent).abs() < 0.12, "{rival:?}: {grown}");
        }
    }

    #[test]
    fn names_and_limits() {
        assert!(Rival::ALL.iter().all(|r| Rival::by_key(r.key()).unwrap() == *r));
        assert!(Rival::by_key("sieve").unwrap_err().to_string().contains("pollard-rho"));
        assert!(Rival::PollardRho.limit(62).is_none() && Rival::BabyStep.limit(62).is_some());
        // Small factors of large numbers are found.
        let large = 3 * ((1u64 << 60) - 93);
        let found = trial_division(large, &Watch::default()).unwrap();
        assert_eq!(found, Some(Split { factor: 3, operations: 1 }));
        let cancelled = Watch::default();
        cancelled.cancel();
        let n = 712_321 * 771_781;
        let mut rng = Streams::new(2, Domain::OrderFinding).stream(1);
        let ends = |rival: Rival| rival.split(n, &mut rng.clone(), &cancelled);
        assert!(Rival::ALL.map(ends).iter().all(|e| *e == Err(Error::Interrupted)));
        assert!(Rival::PollardRho.split(n, &mut rng, &Watch::default()).is_ok());
    }
}

//! The methods by name.

use crate::error::{Error, Result};
use crate::estimation::quantum::schedule::Schedule;
use std::fmt;
use std::str::FromStr;

/// The methods that there are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum EstimatorKind {
    /// [`Canonical`](crate::estimation::Canonical), one shot, on the grid.
    Canonical,
    /// [`Canonical`](crate::estimation::Canonical), the median of 15 shots.
    CanonicalMedian,
    /// [`Canonical`](crate::estimation::Canonical), the maximum of the likelihood of 15 shots.
    CanonicalMle,
    /// [`Iterative`](crate::estimation::Iterative).
    Iterative,
    /// [`Iterative`](crate::estimation::Iterative) with intervals of Chernoff and Hoeffding.
    IterativeChernoff,
    /// [`MaximumLikelihood`](crate::estimation::MaximumLikelihood), exponential schedule.
    Mlae,
    /// [`MaximumLikelihood`](crate::estimation::MaximumLikelihood), linear schedule.
    MlaeLinear,
    /// [`MaximumLikelihood`](crate::estimation::MaximumLikelihood), random schedule.
    MlaeRandom,
    /// [`MaximumLikelihood`](crate::estimation::MaximumLikelihood) on a power-law schedule.
    PowerLaw {
        /// The exponent β; 1/2 if nothing is said.
        beta: f64,
    },
    /// [`Faster`](crate::estimation::Faster).
    Faster,
    /// [`Bayesian`](crate::estimation::Bayesian).
    Bayesian,
    /// [`NoiseAware`](crate::estimation::NoiseAware).
    NoiseAware,
    /// [`MonteCarlo`](crate::estimation::MonteCarlo).
    MonteCarlo,
    /// [`Antithetic`](crate::estimation::Antithetic).
    Antithetic,
    /// [`ControlVariate`](crate::estimation::ControlVariate).
    ControlVariate,
    /// [`ImportanceSampling`](crate::estimation::ImportanceSampling).
    Importance,
    /// [`Stratified`](crate::estimation::Stratified).
    Stratified,
    /// [`QuasiMonteCarlo`](crate::estimation::QuasiMonteCarlo).
    QuasiMonteCarlo,
}

impl EstimatorKind {
    /// All of them.
    pub const ALL: [EstimatorKind; 18] = [
        EstimatorKind::Canonical,
        EstimatorKind::CanonicalMedian,
        EstimatorKind::CanonicalMle,
        EstimatorKind::Iterative,
        EstimatorKind::IterativeChernoff,
        EstimatorKind::Mlae,
        EstimatorKind::MlaeLinear,
        EstimatorKind::MlaeRandom,
        EstimatorKind::PowerLaw { beta: 0.5 },
        EstimatorKind::Faster,
        EstimatorKind::Bayesian,
        EstimatorKind::NoiseAware,
        EstimatorKind::MonteCarlo,
        EstimatorKind::Antithetic,
        EstimatorKind::ControlVariate,
        EstimatorKind::Importance,
        EstimatorKind::Stratified,
        EstimatorKind::QuasiMonteCarlo,
    ];

    /// The name that it is asked for by.
    fn base_name(self) -> &'static str {
        match self {
            EstimatorKind::Canonical => "canonical",
            EstimatorKind::CanonicalMedian => "canonical-median",
            EstimatorKind::CanonicalMle => "canonical-mle",
            EstimatorKind::Iterative => "iterative",
            EstimatorKind::IterativeChernoff => "iterative-chernoff",
            EstimatorKind::Mlae => "mlae",
            EstimatorKind::MlaeLinear => "mlae-linear",
            EstimatorKind::MlaeRandom => "mlae-random",
            EstimatorKind::PowerLaw { .. } => "power-law",
            EstimatorKind::Faster => "faster",
            EstimatorKind::Bayesian => "bayesian",
            EstimatorKind::NoiseAware => "noise-aware",
            EstimatorKind::MonteCarlo => "monte-carlo",
            EstimatorKind::Antithetic => "antithetic",
            EstimatorKind::ControlVariate => "control-variate",
            EstimatorKind::Importance => "importance",
            EstimatorKind::Stratified => "stratified",
            EstimatorKind::QuasiMonteCarlo => "quasi-monte-carlo",
        }
    }

    /// Whether it evaluates an integrand, so that a bare amplitude is not enough.
    pub fn needs_integrand(self) -> bool {
        use EstimatorKind::*;
        matches!(self, Antithetic | ControlVariate | Importance | Stratified | QuasiMonteCarlo)
    }

    /// Whether it runs Grover's operator.
    pub fn is_quantum(self) -> bool {
        !self.needs_integrand() && self != EstimatorKind::MonteCarlo
    }

    /// Whether its estimates lie on a grid, so that the error at one amplitude says how near a grid
    /// point is.
    pub fn is_on_grid(self) -> bool {
        matches!(self, EstimatorKind::Canonical | EstimatorKind::CanonicalMedian)
    }

    /// Whether its intervals decide what it measures next, so that a wrong one leads it astray and an
    /// estimate is off by far more than usual.
    pub(super) fn follows_its_intervals(self) -> bool {
        matches!(self, EstimatorKind::Iterative | EstimatorKind::IterativeChernoff)
    }

    /// Its number in the palette of pictures ([`Series::slot`](crate::report::Series::slot)): a method
    /// has one colour in all of them. Those that are often on one picture differ in colour, their kin
    /// in dashes and marks.
    pub(super) fn slot(self) -> usize {
        match self {
            EstimatorKind::Iterative => 0,
            EstimatorKind::Mlae => 1,
            EstimatorKind::Bayesian => 2,
            EstimatorKind::Canonical => 3,
            EstimatorKind::PowerLaw { .. } => 4,
            EstimatorKind::NoiseAware => 5,
            EstimatorKind::MonteCarlo => 6,
            EstimatorKind::IterativeChernoff => 7,
            EstimatorKind::MlaeLinear => 8,
            EstimatorKind::Faster => 9,
            EstimatorKind::CanonicalMedian => 10,
            EstimatorKind::Importance => 11,
            EstimatorKind::ControlVariate => 12,
            EstimatorKind::Antithetic => 13,
            EstimatorKind::QuasiMonteCarlo => 14,
            EstimatorKind::MlaeRandom => 15,
            EstimatorKind::Stratified => 16,
            EstimatorKind::CanonicalMle => 17,
        }
    }

    /// The slope of its error against its uses of A on logarithmic scales, as its theory has it without
    /// noise and without a grid's error. It is that of the median; the root mean square of canonical
    /// estimation falls as the power -1/2, by its heavy tails.
    pub fn expected_slope(self) -> Option<f64> {
        match self {
            EstimatorKind::MonteCarlo
            | EstimatorKind::Antithetic
            | EstimatorKind::ControlVariate => Some(-0.5),
            EstimatorKind::Importance => Some(-0.5),
            EstimatorKind::MlaeLinear => Some(-0.75),
            EstimatorKind::PowerLaw { beta } => Some(-1.0 / (1.0 + beta)),
            // They depend on the integrand.
            EstimatorKind::Stratified | EstimatorKind::QuasiMonteCarlo => None,
            // It depends on the noise.
            EstimatorKind::NoiseAware => None,
            _ => Some(-1.0),
        }
    }
}

impl fmt::Display for EstimatorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EstimatorKind::PowerLaw { beta } if *beta != 0.5 => write!(f, "power-law:{beta}"),
            _ => f.write_str(self.base_name()),
        }
    }
}

impl FromStr for EstimatorKind {
    type Err = Error;

    /// `iterative`, `mlae`, …; `power-law:0.25` sets β.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(beta) = text.strip_prefix("power-law:") {
            let method = beta.parse().map(|beta| EstimatorKind::PowerLaw { beta });
            let method = method.map_err(|_| Error::Invalid {
                what: "the exponent of power-law".into(),
                value: format!("`{beta}`"),
                expected: "write a number between 0 and 1, for example power-law:0.25".into(),
            })?;
            if let EstimatorKind::PowerLaw { beta } = method {
                Schedule::PowerLaw { beta }.check()?;
            }
            return Ok(method);
        }
        let found = EstimatorKind::ALL.into_iter().find(|m| m.base_name() == text);
        found.ok_or_else(|| {
            let names = EstimatorKind::ALL.map(EstimatorKind::base_name);
            Error::unknown_name("method", text, "the methods are", &names)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_number_of_its_own() {
        let mut slots = EstimatorKind::ALL.map(EstimatorKind::slot);
        slots.sort_unstable();
        assert_eq!(slots.to_vec(), (0..EstimatorKind::ALL.len()).collect::<Vec<_>>());
    }

    #[test]
    fn names_read_back() {
        for method in EstimatorKind::ALL {
            assert_eq!(method.to_string().parse::<EstimatorKind>().unwrap(), method);
        }
        let beta = EstimatorKind::PowerLaw { beta: 0.25 };
        assert_eq!(beta.to_string().parse::<EstimatorKind>().unwrap(), beta);
        assert!("power-law:2".parse::<EstimatorKind>().is_err());
        assert!("mcmc".parse::<EstimatorKind>().unwrap_err().to_string().contains("iterative, "));
    }
}

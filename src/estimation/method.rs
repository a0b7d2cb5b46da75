//! The methods by name.

use super::schedule::Schedule;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The methods that there are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// [`Canonical`](super::Canonical), one shot, on the grid.
    Canonical,
    /// [`Canonical`](super::Canonical), the median of 15 shots.
    CanonicalMedian,
    /// [`Canonical`](super::Canonical), the maximum of the likelihood of 15 shots.
    CanonicalMle,
    /// [`Iterative`](super::Iterative).
    Iterative,
    /// [`Iterative`](super::Iterative) with intervals of Chernoff and Hoeffding.
    IterativeChernoff,
    /// [`MaximumLikelihood`](super::MaximumLikelihood), exponential schedule.
    Mlae,
    /// [`MaximumLikelihood`](super::MaximumLikelihood), linear schedule.
    MlaeLinear,
    /// [`MaximumLikelihood`](super::MaximumLikelihood), random schedule.
    MlaeRandom,
    /// [`MaximumLikelihood`](super::MaximumLikelihood) on a power-law schedule.
    PowerLaw {
        /// The exponent β; 1/2 if nothing is said.
        beta: f64,
    },
    /// [`Faster`](super::Faster).
    Faster,
    /// [`Bayesian`](super::Bayesian).
    Bayesian,
    /// [`NoiseAware`](super::NoiseAware).
    NoiseAware,
    /// [`MonteCarlo`](super::MonteCarlo).
    MonteCarlo,
    /// [`Antithetic`](super::Antithetic).
    Antithetic,
    /// [`ControlVariate`](super::ControlVariate).
    ControlVariate,
    /// [`ImportanceSampling`](super::ImportanceSampling).
    Importance,
    /// [`Stratified`](super::Stratified).
    Stratified,
    /// [`QuasiMonteCarlo`](super::QuasiMonteCarlo).
    QuasiMonteCarlo,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 18] = [
        Method::Canonical,
        Method::CanonicalMedian,
        Method::CanonicalMle,
        Method::Iterative,
        Method::IterativeChernoff,
        Method::Mlae,
        Method::MlaeLinear,
        Method::MlaeRandom,
        Method::PowerLaw { beta: 0.5 },
        Method::Faster,
        Method::Bayesian,
        Method::NoiseAware,
        Method::MonteCarlo,
        Method::Antithetic,
        Method::ControlVariate,
        Method::Importance,
        Method::Stratified,
        Method::QuasiMonteCarlo,
    ];

    /// The name that it is asked for by.
    fn base_name(self) -> &'static str {
        match self {
            Method::Canonical => "canonical",
            Method::CanonicalMedian => "canonical-median",
            Method::CanonicalMle => "canonical-mle",
            Method::Iterative => "iterative",
            Method::IterativeChernoff => "iterative-chernoff",
            Method::Mlae => "mlae",
            Method::MlaeLinear => "mlae-linear",
            Method::MlaeRandom => "mlae-random",
            Method::PowerLaw { .. } => "power-law",
            Method::Faster => "faster",
            Method::Bayesian => "bayesian",
            Method::NoiseAware => "noise-aware",
            Method::MonteCarlo => "monte-carlo",
            Method::Antithetic => "antithetic",
            Method::ControlVariate => "control-variate",
            Method::Importance => "importance",
            Method::Stratified => "stratified",
            Method::QuasiMonteCarlo => "quasi-monte-carlo",
        }
    }

    /// Whether it evaluates an integrand, so that a bare amplitude is not enough.
    pub fn needs_integrand(self) -> bool {
        use Method::*;
        matches!(self, Antithetic | ControlVariate | Importance | Stratified | QuasiMonteCarlo)
    }

    /// Whether it runs Grover's operator.
    pub fn is_quantum(self) -> bool {
        !self.needs_integrand() && self != Method::MonteCarlo
    }

    /// Whether its estimates lie on a grid, so that the error at one amplitude says how near a grid
    /// point is.
    pub fn is_on_grid(self) -> bool {
        matches!(self, Method::Canonical | Method::CanonicalMedian)
    }

    /// Whether its intervals decide what it measures next, so that a wrong one leads it astray and an
    /// estimate is off by far more than usual.
    pub(super) fn follows_its_intervals(self) -> bool {
        matches!(self, Method::Iterative | Method::IterativeChernoff)
    }

    /// Its number in the palette of pictures ([`Series::slot`](crate::report::Series::slot)): a method
    /// has one colour in all of them. Those that are often on one picture differ in colour, their kin
    /// in dashes and marks.
    pub(super) fn slot(self) -> usize {
        match self {
            Method::Iterative => 0,
            Method::Mlae => 1,
            Method::Bayesian => 2,
            Method::Canonical => 3,
            Method::PowerLaw { .. } => 4,
            Method::NoiseAware => 5,
            Method::MonteCarlo => 6,
            Method::IterativeChernoff => 7,
            Method::MlaeLinear => 8,
            Method::Faster => 9,
            Method::CanonicalMedian => 10,
            Method::Importance => 11,
            Method::ControlVariate => 12,
            Method::Antithetic => 13,
            Method::QuasiMonteCarlo => 14,
            Method::MlaeRandom => 15,
            Method::Stratified => 16,
            Method::CanonicalMle => 17,
        }
    }

    /// The slope of its error against its uses of A on logarithmic scales, as its theory has it without
    /// noise and without a grid's error. It is that of the median; the root mean square of canonical
    /// estimation falls as the power -1/2, by its heavy tails.
    pub fn expected_slope(self) -> Option<f64> {
        match self {
            Method::MonteCarlo | Method::Antithetic | Method::ControlVariate => Some(-0.5),
            Method::Importance => Some(-0.5),
            Method::MlaeLinear => Some(-0.75),
            Method::PowerLaw { beta } => Some(-1.0 / (1.0 + beta)),
            // They depend on the integrand.
            Method::Stratified | Method::QuasiMonteCarlo => None,
            // It depends on the noise.
            Method::NoiseAware => None,
            _ => Some(-1.0),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::PowerLaw { beta } if *beta != 0.5 => write!(f, "power-law:{beta}"),
            _ => f.write_str(self.base_name()),
        }
    }
}

impl FromStr for Method {
    type Err = Error;

    /// `iterative`, `mlae`, …; `power-law:0.25` sets β.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(beta) = text.strip_prefix("power-law:") {
            let method = beta.parse().map(|beta| Method::PowerLaw { beta });
            let method = method.map_err(|_| Error::Invalid {
                what: "the exponent of power-law".into(),
                value: format!("`{beta}`"),
                expected: "write a number between 0 and 1, for example power-law:0.25".into(),
            })?;
            if let Method::PowerLaw { beta } = method {
                Schedule::PowerLaw { beta }.check()?;
            }
            return Ok(method);
        }
        let found = Method::ALL.into_iter().find(|m| m.base_name() == text);
        found.ok_or_else(|| {
            let names = Method::ALL.map(Method::base_name);
            Error::unknown_name("method", text, "the methods are", &names)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_number_of_its_own() {
        let mut slots = Method::ALL.map(Method::slot);
        slots.sort_unstable();
        assert_eq!(slots.to_vec(), (0..Method::ALL.len()).collect::<Vec<_>>());
    }

    #[test]
    fn names_read_back() {
        for method in Method::ALL {
            assert_eq!(method.to_string().parse::<Method>().unwrap(), method);
        }
        let beta = Method::PowerLaw { beta: 0.25 };
        assert_eq!(beta.to_string().parse::<Method>().unwrap(), beta);
        assert!("power-law:2".parse::<Method>().is_err());
        assert!("mcmc".parse::<Method>().unwrap_err().to_string().contains("iterative, "));
    }
}

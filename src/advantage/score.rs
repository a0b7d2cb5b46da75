//! What a contender reached, and how surely.

use crate::error::{Error, Result};
use crate::math::statistics::{
    binomial_at_least, normal_between, normal_quantile, student_above, student_quantile,
};
use serde::{Deserialize, Serialize};

/// How the interval of a score was made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The value is exact, to rounding.
    Exact,
    /// The truth is between both ends, by proof or by all that is known; no probability is stated.
    Bounds,
    /// An estimate with a normal law of this standard deviation; the interval has 95 %.
    Normal(f64),
    /// An estimate whose standard error was estimated, too; Student's interval has 95 %.
    Student {
        /// The standard error.
        standard_error: f64,
        /// Its degrees of freedom.
        degrees: f64,
    },
    /// A difference of two shares over the same rows, judged by the exact test of McNemar
    /// (Psychometrika 12, 153 (1947)); the interval is of the normal law.
    Paired {
        /// Rows where the one is right and the other is wrong.
        ahead: u64,
        /// Rows where it is the other way round.
        behind: u64,
    },
}

/// The part of rows on which predictions differ is below 3/n with 95 % where they do not differ on n
/// rows (Hanley and Lippman-Hand, JAMA 249, 1743 (1983)).
const RULE_OF_THREE: f64 = 3.0;

/// A number with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The number.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// What the interval is.
    pub certainty: Certainty,
}

impl Score {
    /// A number that is exact.
    ///
    /// # Errors
    /// If it is not finite.
    pub fn exact(value: f64) -> Result<Self> {
        Self::checked(Score { value, low: value, high: value, certainty: Certainty::Exact })
    }

    /// An estimate with its standard error; the interval has 95 %.
    ///
    /// # Errors
    /// If a number is not finite, or the standard error is negative.
    pub fn normal(value: f64, standard_error: f64) -> Result<Self> {
        if !(standard_error >= 0.0 && standard_error.is_finite()) {
            let what = "the standard error of a score".into();
            return Err(Error::NotFinite { what, value: standard_error });
        }
        if standard_error == 0.0 {
            return Self::exact(value);
        }
        let half = normal_quantile(0.975) * standard_error;
        let certainty = Certainty::Normal(standard_error);
        Self::checked(Score { value, low: value - half, high: value + half, certainty })
    }

    /// An estimate whose standard error is from a spread with so many degrees of freedom.
    ///
    /// # Errors
    /// If a number is not finite, the standard error is not positive, or there are no degrees of
    /// freedom: a spread of nothing is no estimate.
    pub fn student(value: f64, standard_error: f64, degrees: f64) -> Result<Self> {
        for (what, number) in [
            ("the standard error of a spread", standard_error),
            ("the degrees of freedom of a spread", degrees),
        ] {
            if !(number.is_finite() && number > 0.0) {
                return Err(Error::Invalid {
                    what: what.into(),
                    value: number.to_string(),
                    expected: "it must be positive".into(),
                });
            }
        }
        let half = student_quantile(degrees, 0.975) * standard_error;
        let certainty = Certainty::Student { standard_error, degrees };
        Self::checked(Score { value, low: value - half, high: value + half, certainty })
    }

    /// By how much the one is more often right than the other, of `rows` that both predict: `ahead` of
    /// them the one alone, `behind` the other alone.
    ///
    /// # Errors
    /// If there are fewer rows than those on which they differ, or none.
    pub fn paired(ahead: u64, behind: u64, rows: u64) -> Result<Self> {
        if rows == 0 || ahead.saturating_add(behind) > rows {
            return Err(Error::Invalid {
                what: "the number of rows of a comparison".into(),
                value: rows.to_string(),
                expected: format!("at least 1 and as many as differ, {ahead} + {behind}"),
            });
        }
        let [a, b, n] = [ahead, behind, rows].map(|count| count as f64);
        let value = (a - b) / n;
        // McNemar's standard error; without differences, the rule of three.
        let half = match ahead + behind {
            0 => (RULE_OF_THREE / n).min(1.0),
            _ => normal_quantile(0.975) * (a + b - (a - b).powi(2) / n).max(1.0).sqrt() / n,
        };
        let certainty = Certainty::Paired { ahead, behind };
        Self::checked(Score { value, low: value - half, high: value + half, certainty })
    }

    /// A number that is known to be between these, both included.
    ///
    /// # Errors
    /// If a number is not finite, or the value is not between both.
    pub fn between(value: f64, low: f64, high: f64) -> Result<Self> {
        if low.is_finite() && high.is_finite() && !(low <= value && value <= high) {
            return Err(Error::Invalid {
                what: "a score".into(),
                value: value.to_string(),
                expected: format!("it is between its bounds, {low} and {high}"),
            });
        }
        Self::checked(Score { value, low, high, certainty: Certainty::Bounds })
    }

    fn checked(self) -> Result<Self> {
        match [self.value, self.low, self.high].into_iter().find(|x| !x.is_finite()) {
            Some(value) => Err(Error::NotFinite { what: "a score".into(), value }),
            None => Ok(self),
        }
    }

    /// The difference of this score and a bar, the better the larger, as what can be tested.
    pub(super) fn beyond(&self, bar: &Score, higher_is_better: bool) -> Beyond {
        let sign = if higher_is_better { 1.0 } else { -1.0 };
        let difference = sign * (self.value - bar.value);
        if let (Certainty::Paired { ahead, behind }, true) = (self.certainty, bar.is_zero()) {
            let (ahead, behind) = if higher_is_better { (ahead, behind) } else { (behind, ahead) };
            return Beyond::Paired { ahead, behind };
        }
        // How far bounds go on the worse and the better side.
        let slack = |s: &Score, sign: f64| match (s.certainty, sign > 0.0) {
            (Certainty::Bounds, true) => (s.value - s.low, s.high - s.value),
            (Certainty::Bounds, false) => (s.high - s.value, s.value - s.low),
            _ => (0.0, 0.0),
        };
        let ((below, above), (bar_below, bar_above)) = (slack(self, sign), slack(bar, sign));
        let (least, most) = (difference - below - bar_above, difference + above + bar_below);
        let [one, other] = [self, bar].map(Score::error_and_degrees);
        let variance = one.0.powi(2) + other.0.powi(2);
        // Welch and Satterthwaite: degrees of freedom of a sum of variances.
        let spread = one.0.powi(4) / one.1 + other.0.powi(4) / other.1;
        let degrees = if spread > 0.0 { variance.powi(2) / spread } else { f64::INFINITY };
        Beyond::Estimated { least, most, error: variance.sqrt(), degrees }
    }

    fn is_zero(&self) -> bool {
        self.value == 0.0 && self.certainty == Certainty::Exact
    }

    /// The standard error, 0 of what has none, and its degrees of freedom.
    fn error_and_degrees(&self) -> (f64, f64) {
        match self.certainty {
            Certainty::Normal(error) => (error, f64::INFINITY),
            Certainty::Student { standard_error, degrees } => (standard_error, degrees),
            // Against another bar than 0: by its interval.
            Certainty::Paired { .. } => {
                (0.5 * (self.high - self.low) / normal_quantile(0.975), f64::INFINITY)
            }
            Certainty::Exact | Certainty::Bounds => (0.0, f64::INFINITY),
        }
    }
}

/// How far a score is beyond a bar.
pub(super) enum Beyond {
    /// At least and at most this far, with a standard error and its degrees of freedom.
    Estimated { least: f64, most: f64, error: f64, degrees: f64 },
    /// Rows ahead and behind.
    Paired { ahead: u64, behind: u64 },
}

impl Beyond {
    /// Whether chance has a part in it.
    pub fn is_test(&self) -> bool {
        match *self {
            Beyond::Estimated { error, .. } => error > 0.0,
            Beyond::Paired { .. } => true,
        }
    }

    /// The probability of this or more if the score were just short of the bar.
    pub fn p_reached(&self) -> f64 {
        match *self {
            Beyond::Estimated { least, error, degrees, .. } => match error > 0.0 {
                true => above(least / error, degrees),
                // What is certain is no matter of chance.
                false => f64::from(least < 0.0),
            },
            Beyond::Paired { ahead, behind } => at_least(ahead, ahead + behind),
        }
    }

    /// The same if it just reached the bar.
    pub fn p_short(&self) -> f64 {
        match *self {
            Beyond::Estimated { most, error, degrees, .. } => match error > 0.0 {
                true => above(-most / error, degrees),
                false => f64::from(most >= 0.0),
            },
            Beyond::Paired { ahead, behind } => at_least(behind, ahead + behind),
        }
    }
}

/// The probability that a standardized difference is larger.
fn above(x: f64, degrees: f64) -> f64 {
    if degrees.is_finite() { student_above(degrees, x) } else { normal_between(x, f64::INFINITY) }
}

/// The probability of so many heads or more; 1 without coins, which prove nothing.
fn at_least(heads: u64, coins: u64) -> f64 {
    if coins == 0 { 1.0 } else { binomial_at_least(heads, coins, 0.5) }
}

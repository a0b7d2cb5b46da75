//! What a model's outputs cost where its targets are known.

use crate::error::{Error, Result};
use crate::learning::data::Targets;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Below this probability a cross-entropy goes on linearly, as a circuit may give exactly 0. Where
/// probabilities are estimates the least one is 1/√shots, or 1/√trajectories: the slope of a logarithm
/// at a chance 0 would be all that an optimizer sees.
pub const LEAST_PROBABILITY: f64 = 1e-12;

/// The loss of one row; that of a data set is the mean over its rows. Natural logarithms.
///
/// | loss | of a number y | of a class, from scores f | of a class, from probabilities p |
/// |---|---|---|---|
/// | squared | (f - y)² | Σ_j (f_j - s_j)² | Σ_c (p_c - t_c)², Brier's |
/// | absolute | \|f - y\| | Σ_j \|f_j - s_j\| | Σ_c \|p_c - t_c\| |
/// | cross-entropy | | -ln softmax(f)_class | -ln p_class |
/// | hinge | | Σ_j max(0, 1 - s_j f_j) | |
///
/// t_c is 1 for the row's class and 0 for others, s_j = 2t_j - 1. Two classes may have one score: then
/// s is +1 for class 0, which ⟨Z⟩ = +1 stands for, and -1 for class 1, and the softmax is that of
/// (f, -f).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Squared distance.
    Squared,
    /// Absolute distance.
    Absolute,
    /// Negative logarithm of the probability of the class.
    CrossEntropy,
    /// How far scores are from being right by a margin of 1.
    Hinge,
}

impl Loss {
    /// All of them.
    pub const ALL: [Loss; 4] = [Loss::Squared, Loss::Absolute, Loss::CrossEntropy, Loss::Hinge];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Loss::Squared => "squared",
            Loss::Absolute => "absolute",
            Loss::CrossEntropy => "cross-entropy",
            Loss::Hinge => "hinge",
        }
    }

    /// What targets are learned by unless another one is asked for.
    pub fn of(targets: &Targets) -> Self {
        match targets {
            Targets::Values(_) => Loss::Squared,
            Targets::Classes { .. } => Loss::CrossEntropy,
        }
    }

    /// Refuses a loss that these outputs and targets do not have.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the losses that there are.
    pub(super) fn check(self, targets: &Targets, outputs: Outputs) -> Result<()> {
        let expected = match (targets, outputs, self) {
            (Targets::Values(_), Outputs::Scores, Loss::CrossEntropy | Loss::Hinge) => {
                "numbers are learned by `squared` or `absolute`"
            }
            (Targets::Values(_), Outputs::Probabilities, _) => {
                "probabilities are of classes; numbers are learned from expectations"
            }
            (Targets::Classes { .. }, Outputs::Probabilities, Loss::Hinge) => {
                "a margin is one of scores; probabilities are learned by `cross-entropy`, \
                 `squared` or `absolute`"
            }
            _ => return Ok(()),
        };
        let (what, value) = ("the loss".into(), format!("`{self}`"));
        Err(Error::Invalid { what, value, expected: expected.into() })
    }

    /// The loss of one row; writes its derivatives by the outputs. Probabilities have a logarithm
    /// from `least` on.
    pub(super) fn value_and_derivatives(
        self,
        (of, least): (Outputs, f64),
        outputs: &[f64],
        target: Target,
        derivatives: &mut [f64],
    ) -> f64 {
        match (target, of) {
            (Target::Value(y), _) => {
                let (value, derivative) = self.of_distance(outputs[0] - y);
                derivatives[0] = derivative;
                value
            }
            (Target::Class(class), Outputs::Probabilities) if self == Loss::CrossEntropy => {
                let p = outputs[class];
                derivatives.fill(0.0);
                derivatives[class] = -1.0 / p.max(least);
                -p.max(least).ln() + (least - p).max(0.0) / least
            }
            (Target::Class(class), Outputs::Probabilities) => {
                let mut total = 0.0;
                for (c, (p, d)) in outputs.iter().zip(derivatives).enumerate() {
                    let (value, derivative) = self.of_distance(p - f64::from(u8::from(c == class)));
                    (total, *d) = (total + value, derivative);
                }
                total
            }
            (Target::Class(class), Outputs::Scores) if self == Loss::CrossEntropy => {
                cross_entropy(outputs, class, derivatives)
            }
            (Target::Class(class), Outputs::Scores) => {
                let mut total = 0.0;
                let single = outputs.len() == 1;
                for (c, (f, d)) in outputs.iter().zip(derivatives).enumerate() {
                    let is_class = if single { class == 0 } else { c == class };
                    let sign = if is_class { 1.0 } else { -1.0 };
                    let (value, derivative) = match self {
                        Loss::Hinge if sign * f < 1.0 => (1.0 - sign * f, -sign),
                        Loss::Hinge => (0.0, 0.0),
                        _ => self.of_distance(f - sign),
                    };
                    (total, *d) = (total + value, derivative);
                }
                total
            }
        }
    }

    /// Of a difference of an output and what it should be, with the derivative.
    fn of_distance(self, difference: f64) -> (f64, f64) {
        match self {
            Loss::Absolute if difference == 0.0 => (0.0, 0.0),
            Loss::Absolute => (difference.abs(), difference.signum()),
            _ => (difference * difference, 2.0 * difference),
        }
    }
}

/// What a model's outputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outputs {
    /// Real numbers: a prediction, or a score of each class.
    Scores,
    /// A probability of each class.
    Probabilities,
}

/// What one row's outputs should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// A number.
    Value(f64),
    /// The class of this number.
    Class(usize),
}

impl Targets {
    /// That of a row. Panics if it is not there.
    pub fn get(&self, row: usize) -> Target {
        match self {
            Targets::Values(values) => Target::Value(values[row]),
            Targets::Classes { labels, .. } => Target::Class(labels[row]),
        }
    }
}

/// The probability of each class: softmax of the scores, of (f, -f) where there is one.
pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let scores = if let [f] = scores { &[*f, -f][..] } else { scores };
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|f| (f - highest).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|p| p / total).collect()
}

/// -ln softmax(f)_class with its derivatives by the scores.
fn cross_entropy(scores: &[f64], class: usize, derivatives: &mut [f64]) -> f64 {
    let probabilities = softmax(scores);
    let is = |c: usize| f64::from(u8::from(c == class));
    match derivatives {
        // f is in both scores, with two signs.
        [d] => *d = (probabilities[0] - is(0)) - (probabilities[1] - is(1)),
        derivatives => {
            for (c, d) in derivatives.iter_mut().enumerate() {
                *d = probabilities[c] - is(c);
            }
        }
    }
    // Not -ln of a probability that may have become 0.
    let pair = [scores[0], -scores[0]];
    let scores = if scores.len() == 1 { &pair[..] } else { scores };
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|f| (f - highest).exp()).sum();
    highest - scores[class] + total.ln()
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Loss {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let names = Loss::ALL.map(Loss::name);
        Loss::ALL
            .into_iter()
            .find(|loss| loss.name() == text)
            .ok_or_else(|| Error::unknown_name("loss", text, "the losses are", &names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_differences() {
        let cases: [(Outputs, &[f64], Target, &[Loss]); 5] = [
            (Outputs::Scores, &[0.3], Target::Value(-0.2), &[Loss::Squared, Loss::Absolute]),
            (Outputs::Scores, &[0.3], Target::Class(0), &Loss::ALL),
            (Outputs::Scores, &[-1.4], Target::Class(1), &Loss::ALL),
            (Outputs::Scores, &[0.3, -2.0, 0.9], Target::Class(2), &Loss::ALL),
            (
                Outputs::Probabilities,
                &[0.2, 0.5, 0.3],
                Target::Class(1),
                &[Loss::Squared, Loss::Absolute, Loss::CrossEntropy],
            ),
        ];
        for (of, outputs, target, losses) in cases {
            for &loss in losses {
                let mut derivatives = vec![f64::NAN; outputs.len()];
                let at = |x: &[f64]| {
                    loss.value_and_derivatives(
                        (of, LEAST_PROBABILITY),
                        x,
                        target,
                        &mut vec![0.0; x.len()],
                    )
                };
                loss.value_and_derivatives(
                    (of, LEAST_PROBABILITY),
                    outputs,
                    target,
                    &mut derivatives,
                );
                for k in 0..outputs.len() {
                    let shifted = |by: f64| {
                        let mut x = outputs.to_vec();
                        x[k] += by;
                        at(&x)
                    };
                    let difference = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                    assert!((derivatives[k] - difference).abs() < 1e-8, "{loss} {target:?} {k}");
                }
            }
        }
    }

    #[test]
    fn values_are_those_of_the_table() {
        let value = |loss: Loss, of, outputs: &[f64], target| {
            loss.value_and_derivatives(
                (of, LEAST_PROBABILITY),
                outputs,
                target,
                &mut vec![0.0; outputs.len()],
            )
        };
        let scores = Outputs::Scores;
        assert_eq!(value(Loss::Squared, scores, &[2.0], Target::Value(0.5)), 2.25);
        assert_eq!(value(Loss::Absolute, scores, &[2.0], Target::Value(2.5)), 0.5);
        assert_eq!(value(Loss::Hinge, scores, &[0.25], Target::Class(1)), 1.25);
        assert_eq!(value(Loss::Hinge, scores, &[0.5, -2.0], Target::Class(0)), 0.5);
        let expected = (1.0 + (-1.0f64).exp()).ln();
        let single = value(Loss::CrossEntropy, scores, &[0.5], Target::Class(0));
        assert!((single - expected).abs() < 1e-15);
        assert_eq!(single, value(Loss::CrossEntropy, scores, &[0.5, -0.5], Target::Class(0)));
        // Far scores neither overflow nor become infinite.
        assert_eq!(value(Loss::CrossEntropy, scores, &[800.0, -800.0], Target::Class(1)), 1600.0);
        let probabilities = Outputs::Probabilities;
        let least = value(Loss::CrossEntropy, probabilities, &[0.0, 1.0], Target::Class(0));
        assert!((least + LEAST_PROBABILITY.ln() - 1.0).abs() < 1e-12);
        assert_eq!(value(Loss::Squared, probabilities, &[0.25, 0.75], Target::Class(0)), 1.125);
        // Of 100 shots none: the slope is that of a probability of 1/10.
        let (mut by, loss) = ([0.0; 2], Loss::CrossEntropy);
        let of = (Outputs::Probabilities, 0.1);
        let value = loss.value_and_derivatives(of, &[0.0, 1.0], Target::Class(0), &mut by);
        assert!((value - 10f64.ln() - 1.0).abs() < 1e-12 && by == [-10.0, 0.0]);
    }

    #[test]
    fn losses_that_do_not_fit_are_refused() {
        let values = Targets::Values(vec![0.1]);
        let classes = Targets::Classes { labels: vec![0], names: vec!["a".into()] };
        let says = |loss: Loss, targets, of| loss.check(targets, of).unwrap_err().to_string();
        assert!(says(Loss::Hinge, &values, Outputs::Scores).contains("`squared` or `absolute`"));
        assert!(says(Loss::Squared, &values, Outputs::Probabilities).contains("of classes"));
        assert!(says(Loss::Hinge, &classes, Outputs::Probabilities).contains("margin"));
        assert!(Loss::Hinge.check(&classes, Outputs::Scores).is_ok());
        assert!("huber".parse::<Loss>().unwrap_err().to_string().contains("cross-entropy"));
        assert_eq!("hinge".parse::<Loss>().unwrap(), Loss::Hinge);
        assert_eq!(Loss::of(&values), Loss::Squared);
    }
}

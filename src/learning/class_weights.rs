//! How much rows of each class count.

use crate::error::{Error, Result};
use crate::learning::data::Targets;
use serde::{Deserialize, Serialize};

/// How much rows of each class count in a loss, or as a factor of the C of a support vector machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// All rows alike.
    #[default]
    Equal,
    /// rows / (classes · rows of the class), so that classes count alike: scikit-learn's
    /// `class_weight="balanced"`. In a machine that tells one class from the others the two sides are
    /// the classes.
    Balanced,
    /// These positive numbers, one for each class.
    Given(Vec<f64>),
}

impl ClassWeights {
    /// The weight of each class that has so many rows; that of a class without rows is never used.
    ///
    /// # Errors
    /// If there is not one positive, finite number for each class.
    pub fn of_classes(&self, counts: &[usize]) -> Result<Vec<f64>> {
        let invalid = |what: String, value: String, expected: String| {
            Err(Error::Invalid { what, value, expected })
        };
        match self {
            ClassWeights::Equal => Ok(vec![1.0; counts.len()]),
            ClassWeights::Balanced => {
                let rows: usize = counts.iter().sum();
                let present = counts.iter().filter(|count| **count > 0).count();
                let share = rows as f64 / present as f64;
                Ok(counts.iter().map(|&count| share / count.max(1) as f64).collect())
            }
            ClassWeights::Given(weights) => {
                if weights.len() != counts.len() {
                    let expected = format!("there are {} classes", counts.len());
                    let what = "the number of class weights".into();
                    return invalid(what, weights.len().to_string(), expected);
                }
                match weights.iter().enumerate().find(|w| !(*w.1 > 0.0 && w.1.is_finite())) {
                    Some((class, weight)) => {
                        let expected = "it must be positive and finite".into();
                        invalid(
                            format!("the weight of class {class}"),
                            weight.to_string(),
                            expected,
                        )
                    }
                    None => Ok(weights.clone()),
                }
            }
        }
    }

    /// Those for these targets; none where all rows count alike.
    ///
    /// # Errors
    /// As [`of_classes`](Self::of_classes); if there are weights for numbers.
    pub fn of(&self, targets: &Targets) -> Result<Vec<f64>> {
        match (self, targets) {
            (ClassWeights::Equal, _) => Ok(Vec::new()),
            (_, Targets::Values(_)) => Err(Error::Invalid {
                what: "the weights of classes".into(),
                value: "given".into(),
                expected: "numbers are learned, which have no classes".into(),
            }),
            (_, Targets::Classes { labels, names }) => {
                let mut counts = vec![0; names.len()];
                labels.iter().for_each(|&label| counts[label] += 1);
                self.of_classes(&counts)
            }
        }
    }
}

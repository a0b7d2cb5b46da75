//! Rows of features with what is to be learned of them.

use crate::error::{Error, Result};
use crate::math::Fingerprint;
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Serialize, Serializer};

/// What is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// A number for each row.
    Regression,
    /// A class for each row.
    Classification,
}

/// What is to be learned of each row.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// A number each.
    Values(Vec<f64>),
    /// A class each: `labels[k]` is the place of its name in `names`.
    Classes {
        /// The class of each row.
        labels: Vec<usize>,
        /// The names of the classes, in order.
        names: Vec<String>,
    },
}

/// Rows of finite features, each with a target.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    features: Array2<f64>,
    targets: Targets,
    feature_names: Vec<String>,
    target_name: String,
}

impl DataSet {
    /// Of features (rows × features) and as many targets. The features are named `x0`, `x1`, …, the
    /// target `y`.
    ///
    /// # Errors
    /// If there is no row or no feature, a number is not finite, there is not one target for each
    /// row, or a label has no name.
    pub fn new(features: Array2<f64>, targets: Targets) -> Result<Self> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        let (rows, columns) = features.dim();
        if rows == 0 {
            return invalid("the number of rows", "0".into(), "data have at least one".into());
        }
        if columns == 0 {
            return invalid("the number of features", "0".into(), "data have at least one".into());
        }
        if targets.len() != rows {
            let expected = format!("there are {rows} rows");
            return invalid("the number of targets", targets.len().to_string(), expected);
        }
        for ((row, column), &value) in features.indexed_iter() {
            if !value.is_finite() {
                return Err(Error::NotFinite {
                    what: format!("feature {column} of row {row}"),
                    value,
                });
            }
        }
        match &targets {
            Targets::Values(values) => {
                if let Some((row, &value)) = values.iter().enumerate().find(|v| !v.1.is_finite()) {
                    return Err(Error::NotFinite {
                        what: format!("the target of row {row}"),
                        value,
                    });
                }
            }
            Targets::Classes { labels, names } => {
                if let Some((row, label)) = labels.iter().enumerate().find(|l| *l.1 >= names.len())
                {
                    let expected = format!("there are {} classes, numbered from 0", names.len());
                    let what = format!("the label of row {row}");
                    return invalid(&what, label.to_string(), expected);
                }
            }
        }
        let feature_names = (0..columns).map(|k| format!("x{k}")).collect();
        Ok(DataSet { features, targets, feature_names, target_name: "y".into() })
    }

    /// With other names for its features and its target.
    ///
    /// # Errors
    /// If there is not one name for each feature.
    pub fn named(mut self, features: Vec<String>, target: impl Into<String>) -> Result<Self> {
        if features.len() != self.num_features() {
            return Err(Error::Invalid {
                what: "the number of names of features".into(),
                value: features.len().to_string(),
                expected: format!("there are {} features", self.num_features()),
            });
        }
        (self.feature_names, self.target_name) = (features, target.into());
        Ok(self)
    }

    /// rows × features
    pub fn features(&self) -> ArrayView2<'_, f64> {
        self.features.view()
    }

    /// What is to be learned of each row.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Whether numbers or classes are learned.
    pub fn task(&self) -> Task {
        match self.targets {
            Targets::Values(_) => Task::Regression,
            Targets::Classes { .. } => Task::Classification,
        }
    }

    /// Number of rows.
    pub fn num_rows(&self) -> usize {
        self.features.nrows()
    }

    /// Number of features.
    pub fn num_features(&self) -> usize {
        self.features.ncols()
    }

    /// The names of the features.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// The name of the target.
    pub fn target_name(&self) -> &str {
        &self.target_name
    }

    /// The names of the classes, in order; none where numbers are learned.
    pub fn class_names(&self) -> &[String] {
        match &self.targets {
            Targets::Values(_) => &[],
            Targets::Classes { names, .. } => names,
        }
    }

    /// What a run on these data belongs to: their size, names, features and targets, to the last bit
    /// of each number.
    ///
    /// ```
    /// use ketlab::learning::data::moons;
    /// let data = moons(20, 0.1, 7)?;
    /// assert_eq!(data.fingerprint(), moons(20, 0.1, 7)?.fingerprint());
    /// assert_ne!(data.fingerprint(), data.select(&[1, 0]).fingerprint());
    /// # Ok::<(), ketlab::Error>(())
    /// ```
    pub fn fingerprint(&self) -> Fingerprint {
        let print = Fingerprint::new()
            .with("data rows", &self.num_rows())
            .with("data columns", &self.feature_names)
            .with("data target", &self.target_name)
            .with("data features", &Numbers(self.features.iter()));
        match &self.targets {
            Targets::Values(values) => print.with("data values", &Numbers(values.iter())),
            Targets::Classes { labels, names } => {
                print.with("data classes", names).with("data labels", labels)
            }
        }
    }

    /// The same targets, with other features in as many rows.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_features(&self, features: Array2<f64>) -> Result<Self> {
        let same = features.ncols() == self.num_features();
        let data = DataSet::new(features, self.targets.clone())?;
        let names = if same { self.feature_names.clone() } else { data.feature_names.clone() };
        data.named(names, self.target_name.clone())
    }

    /// These rows, in this order. Panics if one is not there.
    pub fn select(&self, rows: &[usize]) -> Self {
        DataSet {
            features: self.features.select(Axis(0), rows),
            targets: self.targets.select(rows),
            feature_names: self.feature_names.clone(),
            target_name: self.target_name.clone(),
        }
    }
}

/// Numbers as they are written one after the other, without a list of them.
struct Numbers<I>(I);

impl<'a, I: Iterator<Item = &'a f64> + Clone> Serialize for Numbers<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

impl Targets {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Targets::Values(values) => values.len(),
            Targets::Classes { labels, .. } => labels.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of classes; 0 of values.
    pub fn num_classes(&self) -> usize {
        match self {
            Targets::Values(_) => 0,
            Targets::Classes { names, .. } => names.len(),
        }
    }

    /// Those of these rows. Panics if one is not there.
    pub fn select(&self, rows: &[usize]) -> Self {
        match self {
            Targets::Values(values) => Targets::Values(rows.iter().map(|&k| values[k]).collect()),
            Targets::Classes { labels, names } => Targets::Classes {
                labels: rows.iter().map(|&k| labels[k]).collect(),
                names: names.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn classes(names: &[&str], labels: &[usize]) -> Targets {
        let names = names.iter().map(|name| name.to_string()).collect();
        Targets::Classes { labels: labels.to_vec(), names }
    }

    #[test]
    fn a_fingerprint_is_of_all_that_data_are() {
        let features = array![[0.1, 0.2], [0.3, 0.4]];
        let data = DataSet::new(features.clone(), classes(&["a", "b"], &[0, 1])).unwrap();
        let print = data.fingerprint();
        let of = |features: &Array2<f64>, targets: Targets| {
            DataSet::new(features.clone(), targets).unwrap().fingerprint()
        };
        assert_eq!(print, of(&features, classes(&["a", "b"], &[0, 1])));
        let mut other = features.clone();
        other[(1, 0)] = 0.3f64.next_up();
        assert_ne!(print, of(&other, classes(&["a", "b"], &[0, 1])));
        assert_ne!(print, of(&features, classes(&["a", "b"], &[1, 0])));
        assert_ne!(print, of(&features, classes(&["a", "c"], &[0, 1])));
        assert_ne!(print, of(&features, Targets::Values(vec![0.0, 1.0])));
        // The same numbers in another shape.
        let column = features.clone().into_shape_with_order((4, 1)).unwrap();
        let values = |n| Targets::Values(vec![1.0; n]);
        assert_ne!(of(&column, values(4)), of(&features, values(2)));
        let names = vec!["u".to_string(), "v".to_string()];
        assert_ne!(print, data.clone().named(names, "y").unwrap().fingerprint());
        let names = data.feature_names().to_vec();
        assert_ne!(print, data.named(names, "z").unwrap().fingerprint());
    }

    #[test]
    fn refusals() {
        let says = |features: Array2<f64>, targets| {
            DataSet::new(features, targets).unwrap_err().to_string()
        };
        let values = |n: usize| Targets::Values(vec![0.0; n]);
        assert!(says(Array2::zeros((0, 1)), values(0)).contains("number of rows is 0"));
        assert!(says(Array2::zeros((1, 0)), values(1)).contains("number of features is 0"));
        assert!(says(array![[1.0]], values(2)).contains("targets is 2; there are 1 rows"));
        assert!(says(array![[1.0, f64::NAN]], values(1)).contains("feature 1 of row 0 is NaN"));
        let infinite = Targets::Values(vec![f64::INFINITY]);
        assert!(says(array![[1.0]], infinite).contains("the target of row 0 is inf"));
        assert!(says(array![[1.0]], classes(&["a"], &[1])).contains("the label of row 0 is 1"));
    }
}

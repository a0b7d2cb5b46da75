//! Features and targets in the range that a model takes, as learned from its training rows.

use crate::error::{Error, Result, shown};
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// To which range columns are brought.
///
/// As text: `none`, `standard`, `minmax:LOW:HIGH` (`minmax` alone is `minmax:0:1`), where a limit may
/// be written with `pi`: `minmax:0:pi`, `minmax:-pi:pi`, `minmax:0:2pi`.
///
/// ```
/// use ketlab::learning::data::Scaling;
/// let scaling: Scaling = "minmax:0:pi".parse()?;
/// assert_eq!(scaling, Scaling::MinMax { low: 0.0, high: std::f64::consts::PI });
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scaling {
    /// As they are.
    None,
    /// Linearly, so that the smallest number of the training rows is `low` and the largest `high`.
    /// Other rows can lie outside.
    MinMax {
        /// Where the smallest number goes.
        low: f64,
        /// Where the largest number goes.
        high: f64,
    },
    /// Linearly, so that over the training rows the mean is 0 and the variance (the mean square
    /// distance from the mean, divided by the number of rows) is 1.
    Standard,
}

impl Scaling {
    fn check(self) -> Result<Self> {
        match self {
            // Written so that NaN is refused.
            Scaling::MinMax { low, high } if !(low < high && (high - low).is_finite()) => {
                Err(Error::Invalid {
                    what: "a scaling".into(),
                    value: format!("`{self}`"),
                    expected: "its low end must be less than its high end, both finite".into(),
                })
            }
            _ => Ok(self),
        }
    }

    /// Where a column goes that is the same in all training rows.
    fn middle(self) -> f64 {
        match self {
            Scaling::MinMax { low, high } => low + (high - low) / 2.0,
            Scaling::None | Scaling::Standard => 0.0,
        }
    }
}

impl fmt::Display for Scaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scaling::None => f.write_str("none"),
            Scaling::MinMax { low, high } => write!(f, "minmax:{low}:{high}"),
            Scaling::Standard => f.write_str("standard"),
        }
    }
}

impl FromStr for Scaling {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = || Error::Invalid {
            what: "a scaling".into(),
            value: format!("`{}`", text.escape_debug()),
            expected: "it is written none, standard or minmax:LOW:HIGH, such as minmax:0:pi".into(),
        };
        let fields: Vec<&str> = text.trim().split(':').map(str::trim).collect();
        match fields[..] {
            ["none"] => Ok(Scaling::None),
            ["standard"] => Ok(Scaling::Standard),
            ["minmax"] => Ok(Scaling::MinMax { low: 0.0, high: 1.0 }),
            ["minmax", low, high] => {
                let (low, high) = (limit(low).ok_or_else(fault)?, limit(high).ok_or_else(fault)?);
                Scaling::MinMax { low, high }.check()
            }
            _ => Err(fault()),
        }
    }
}

/// A number, or a multiple of π: `pi`, `-pi`, `2pi`, `0.5pi`.
fn limit(text: &str) -> Option<f64> {
    match text.strip_suffix("pi").or_else(|| text.strip_suffix('π')) {
        Some("") => Some(PI),
        Some("-") => Some(-PI),
        Some(factor) => factor.trim_end_matches('*').parse::<f64>().ok().map(|x| x * PI),
        None => text.parse().ok(),
    }
}

impl From<Scaling> for String {
    fn from(scaling: Scaling) -> String {
        scaling.to_string()
    }
}

impl TryFrom<String> for Scaling {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// A scaling as it was learned: for each column x ↦ factor · (x - center) + middle, the middle that
/// of the range. A model remembers it, so that other rows are scaled as those that it learned from.
///
/// ```
/// use ketlab::learning::data::{Scaler, Scaling};
/// use ndarray::array;
/// let train = array![[1.0, 10.0], [3.0, 10.0]];
/// let scaler = Scaler::fit(Scaling::MinMax { low: 0.0, high: 1.0 }, train.view())?;
/// assert_eq!(scaler.apply(array![[2.0, 10.0], [5.0, 11.0]].view())?, array![[0.5, 0.5], [2.0, 0.5]]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    scaling: Scaling,
    centers: Vec<f64>,
    factors: Vec<f64>,
}

impl Scaler {
    /// The scaling that these rows (rows × columns) define. A column in which they are all the same
    /// has the factor 0: whatever it is in other rows, it is brought to the middle of the range, and
    /// back to what it was.
    ///
    /// # Errors
    /// If there are no rows or columns, a number is not finite, the range of a column is too large or
    /// too small for its factor to be a number, or the range of the scaling is empty or not finite.
    pub fn fit(scaling: Scaling, rows: ArrayView2<'_, f64>) -> Result<Self> {
        scaling.check()?;
        if rows.is_empty() {
            return Err(Error::Invalid {
                what: "the rows that a scaling is learned from".into(),
                value: format!("{} × {}", rows.nrows(), rows.ncols()),
                expected: "there must be at least one row and one column".into(),
            });
        }
        check_finite(rows)?;
        let mut scaler = Scaler { scaling, centers: vec![], factors: vec![] };
        for (column, values) in rows.axis_iter(Axis(1)).enumerate() {
            let min = values.iter().copied().fold(f64::INFINITY, f64::min);
            let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let number = values.len() as f64;
            let (center, factor) = match scaling {
                Scaling::None => (0.0, 1.0),
                // Asked before a variance is computed, which rounding makes positive.
                _ if min == max => (min, 0.0),
                Scaling::MinMax { low, high } => {
                    (min / 2.0 + max / 2.0, (high - low) / (max - min))
                }
                Scaling::Standard => {
                    // Relative to one of the numbers: a common offset costs no digits.
                    let offset = values.iter().map(|x| x - min).sum::<f64>() / number;
                    let square = |x: &f64| (x - min - offset).powi(2);
                    let variance = values.iter().map(square).sum::<f64>() / number;
                    (min + offset, 1.0 / variance.sqrt())
                }
            };
            if !center.is_finite() || !factor.is_finite() || (factor == 0.0 && min != max) {
                return Err(Error::Invalid {
                    what: format!("the range of column {column} (from 0)"),
                    value: format!("{} to {}", shown(min), shown(max)),
                    expected: format!(
                        "`{scaling}` cannot scale it without leaving the range of numbers; give the \
                         column in another unit"
                    ),
                });
            }
            scaler.centers.push(center);
            scaler.factors.push(factor);
        }
        Ok(scaler)
    }

    /// As [`fit`](Self::fit), of one column, such as target values.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_values(scaling: Scaling, values: &[f64]) -> Result<Self> {
        let column = ArrayView2::from_shape((values.len(), 1), values);
        Self::fit(scaling, column.expect("a column has the shape of its length"))
    }

    /// Which scaling it was learned for.
    pub fn scaling(&self) -> Scaling {
        self.scaling
    }

    /// How many columns it scales.
    pub fn num_columns(&self) -> usize {
        self.factors.len()
    }

    /// The derivative of each scaled column by what it was: its factor, 0 of a constant column.
    pub fn factors(&self) -> &[f64] {
        &self.factors
    }

    /// Scaled rows.
    ///
    /// # Errors
    /// If there is not the number of columns that was learned from, or a number is not finite,
    /// before or after.
    pub fn apply(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.map(rows, |column, x| self.forward(column, x))
    }

    /// Rows as they were before [`apply`](Self::apply), to rounding; constant columns as they were in
    /// training.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn undo(&self, rows: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        self.map(rows, |column, x| self.backward(column, x))
    }

    /// A scaled value of the first column: that of a scaler of target values.
    pub fn apply_value(&self, value: f64) -> f64 {
        self.forward(0, value)
    }

    /// A value of the first column before it was scaled.
    pub fn undo_value(&self, value: f64) -> f64 {
        self.backward(0, value)
    }

    fn forward(&self, column: usize, x: f64) -> f64 {
        match (self.scaling, self.centers.get(column), self.factors.get(column)) {
            (Scaling::None, ..) => x,
            (_, Some(center), Some(factor)) => factor * (x - center) + self.scaling.middle(),
            _ => f64::NAN,
        }
    }

    fn backward(&self, column: usize, x: f64) -> f64 {
        match (self.scaling, self.centers.get(column), self.factors.get(column)) {
            (Scaling::None, ..) => x,
            (_, Some(center), Some(0.0)) => *center,
            (_, Some(center), Some(factor)) => (x - self.scaling.middle()) / factor + center,
            _ => f64::NAN,
        }
    }

    fn map(
        &self,
        rows: ArrayView2<'_, f64>,
        of: impl Fn(usize, f64) -> f64,
    ) -> Result<Array2<f64>> {
        if rows.ncols() != self.num_columns() {
            return Err(Error::Invalid {
                what: "the number of columns to scale".into(),
                value: rows.ncols().to_string(),
                expected: format!("the scaling was learned from {}", self.num_columns()),
            });
        }
        check_finite(rows)?;
        let scaled =
            Array2::from_shape_fn(rows.dim(), |(row, column)| of(column, rows[(row, column)]));
        check_finite(scaled.view())?;
        Ok(scaled)
    }
}

fn check_finite(rows: ArrayView2<'_, f64>) -> Result<()> {
    match rows.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some(((row, column), &value)) => {
            Err(Error::NotFinite { what: format!("column {column} of row {row} (from 0)"), value })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn scalings_are_those_of_scikit_learn() {
        // StandardScaler and MinMaxScaler(feature_range=(-1, 2)) of scikit-learn 1.9.1.
        let rows = array![[1.0, -2.0, 1e9], [2.5, 0.5, 1e9 + 1.0], [-4.0, 7.0, 1e9 + 4.0]];
        let standard = Scaler::fit(Scaling::Standard, rows.view()).unwrap();
        let standard = standard.apply(rows.view()).unwrap();
        for (x, wanted) in standard.iter().zip(STANDARD.iter().flatten()) {
            assert!((x - wanted).abs() < 1e-14, "{x} {wanted}");
        }
        let scaling = Scaling::MinMax { low: -1.0, high: 2.0 };
        let ranged = Scaler::fit(scaling, rows.view()).unwrap().apply(rows.view()).unwrap();
        for (x, wanted) in ranged.iter().zip(MINMAX.iter().flatten()) {
            assert!((x - wanted).abs() < 1e-14, "{x} {wanted}");
        }
    }

    const STANDARD: [[f64; 3]; 3] = [
        [0.41983210073284705, -1.0105619828766175, -0.980580652312055],
        [0.9596162302465074, -0.3514998201309974, -0.3922322468975029],
        [-1.3794483309793546, 1.362061803007615, 1.3728129693461533],
    ];
    const MINMAX: [[f64; 3]; 3] = [
        [1.307692307692308, -1.0, -1.0],
        [2.0, -0.1666666666666667, -0.25],
        [-1.0, 1.9999999999999996, 2.0],
    ];

    #[test]
    fn constant_columns_go_to_the_middle_and_back() {
        // The variance of a column of 0.1 is positive by rounding.
        let rows = Array2::from_elem((7, 1), 0.1);
        for (scaling, middle) in
            [(Scaling::Standard, 0.0), (Scaling::MinMax { low: 1.0, high: 4.0 }, 2.5)]
        {
            let scaler = Scaler::fit(scaling, rows.view()).unwrap();
            assert_eq!(
                scaler.apply(array![[0.1], [5.0]].view()).unwrap(),
                array![[middle], [middle]]
            );
            assert_eq!(scaler.factors(), [0.0]);
            assert_eq!(scaler.undo_value(scaler.apply_value(3.0)), 0.1);
        }
        let scaler = Scaler::fit(Scaling::None, rows.view()).unwrap();
        assert_eq!((scaler.apply_value(3.0), scaler.undo_value(3.0)), (3.0, 3.0));
        assert_eq!(scaler.factors(), [1.0]);
    }

    proptest! {
        #[test]
        fn what_is_scaled_comes_back(
            values in prop::collection::vec(-1e3f64..1e3, 12), which in 0usize..3, offset in -1e6f64..1e6,
        ) {
            let scaling =
                [Scaling::None, Scaling::Standard, Scaling::MinMax { low: -PI, high: PI }][which];
            let rows = Array2::from_shape_vec((4, 3), values).unwrap() + offset;
            let scaler = Scaler::fit(scaling, rows.view()).unwrap();
            let scaled = scaler.apply(rows.view()).unwrap();
            let back = scaler.undo(scaled.view()).unwrap();
            for (x, y) in back.iter().zip(&rows) {
                prop_assert!((x - y).abs() <= 1e-9, "{} {}", x, y);
            }
            for (k, column) in scaled.axis_iter(Axis(1)).enumerate() {
                if scaler.factors()[k] == 0.0 {
                    continue;
                }
                // The factor is the derivative.
                let slope = scaler.factors()[k] * (rows[(1, k)] - rows[(0, k)]);
                prop_assert!((column[1] - column[0] - slope).abs() < 1e-6);
                let (min, max) = column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |m, x| {
                    (m.0.min(*x), m.1.max(*x))
                });
                match scaling {
                    Scaling::MinMax { .. } => {
                        prop_assert!((min + PI).abs() < 1e-8 && (max - PI).abs() < 1e-8);
                    }
                    Scaling::Standard => {
                        prop_assert!(column.sum().abs() < 1e-6);
                        prop_assert!((column.dot(&column) - 4.0).abs() < 1e-6);
                    }
                    Scaling::None => prop_assert_eq!(column, rows.column(k)),
                }
            }
            let json = serde_json::to_string(&scaler).unwrap();
            prop_assert_eq!(serde_json::from_str::<Scaler>(&json).unwrap(), scaler);
        }
    }

    #[test]
    fn text() {
        for (text, scaling) in [
            ("none", Scaling::None),
            ("standard", Scaling::Standard),
            ("minmax", Scaling::MinMax { low: 0.0, high: 1.0 }),
            ("minmax:-1.5:3.125", Scaling::MinMax { low: -1.5, high: 3.125 }),
            ("minmax:-pi:2pi", Scaling::MinMax { low: -PI, high: 2.0 * PI }),
        ] {
            let read: Scaling = text.parse().unwrap();
            assert_eq!(read, scaling);
            assert_eq!(read.to_string().parse::<Scaling>().unwrap(), scaling);
        }
        for wrong in ["", "min", "minmax:1", "minmax:0:x", "minmax:0:1:2", "standard:1", "Minmax"] {
            let says = wrong.parse::<Scaling>().unwrap_err().to_string();
            assert!(says.contains("written none, standard or minmax:LOW:HIGH"), "{says}");
        }
        for wrong in ["minmax:1:1", "minmax:2:1", "minmax:nan:1", "minmax:0:inf"] {
            let says = wrong.parse::<Scaling>().unwrap_err().to_string();
            assert!(says.contains("less than its high end"), "{says}");
        }
    }

    #[test]
    fn refusals() {
        let says =
            |scaling, rows: Array2<f64>| Scaler::fit(scaling, rows.view()).unwrap_err().to_string();
        assert!(says(Scaling::Standard, Array2::zeros((0, 2))).contains("is 0 × 2;"));
        assert!(says(Scaling::None, array![[1.0, f64::NAN]]).contains("column 1 of row 0"));
        let wide = says(Scaling::Standard, array![[-1e308], [1e308]]);
        assert!(wide.contains("range of column 0 (from 0) is -1e308 to 1e308;"), "{wide}");
        let narrow = says(Scaling::MinMax { low: 0.0, high: 1.0 }, array![[0.0], [1e-320]]);
        assert!(narrow.contains("in another unit"), "{narrow}");
        assert!(says(Scaling::MinMax { low: 1.0, high: 0.0 }, array![[1.0]]).contains("low end"));
        let scaler = Scaler::fit(Scaling::Standard, array![[0.0, 1.0], [1.0, 3.0]].view()).unwrap();
        let says = |rows: Array2<f64>| scaler.apply(rows.view()).unwrap_err().to_string();
        assert!(
            says(array![[1.0]]).contains("columns to scale is 1; the scaling was learned from 2")
        );
        assert!(says(array![[1.0, f64::INFINITY]]).contains("must be a finite number"));
        let json = r#"{"scaling":"minmax:3:1","centers":[0.0],"factors":[1.0]}"#;
        assert!(serde_json::from_str::<Scaler>(json).is_err());
    }
}

//! Assets in the form of the OR-Library.

use super::Assets;
use super::assets::check_number;
use crate::error::{Error, Result};
use crate::ising::files::scan::{content, ended};

/// By how much a correlation may exceed 1, since tables are rounded.
const ROUNDING: f64 = 1e-6;

impl Assets {
    /// Reads a `port` file of the OR-Library (Chang, Meade, Beasley and Sharaiha, Computers & Operations
    /// Research 27, 1271 (2000)): the number of assets n, n lines `mean deviation` of their returns, and
    /// lines `i j correlation` with assets from **1**, each pair once. The covariance is the correlation
    /// times both standard deviations; the assets are called `asset 1`, `asset 2`, … The correlation of an
    /// asset with itself may be left out.
    ///
    /// # Errors
    /// If a line cannot be read: which, and what was expected there; if a pair is missing or there twice;
    /// as [`Assets::try_new`].
    pub fn from_or_library(text: &str) -> Result<Self> {
        let mut lines = content(text);
        let header = lines.next().ok_or(ended("the assets", "expected their number"))?;
        let [n] = header.fields()[..] else {
            return Err(header.error("expected the number of assets alone"));
        };
        let n = header.count(n, "assets")?;
        check_number(n)?;
        let (mut means, mut deviations) = (Vec::new(), Vec::new());
        for i in 1..=n {
            let expected = format!("expected `mean deviation` of asset {i} of {n}");
            let line = lines.next().ok_or_else(|| ended("the assets", expected.as_str()))?;
            let [mean, deviation] = line.fields()[..] else { return Err(line.error(expected)) };
            let (mean, deviation) = (line.number(mean)?, line.number(deviation)?);
            if deviation < 0.0 {
                return Err(line.error("a standard deviation is not negative"));
            }
            means.push(mean);
            deviations.push(deviation);
        }
        let mut correlation = vec![vec![f64::NAN; n]; n];
        for line in lines {
            let [i, j, value] = line.fields()[..] else {
                return Err(line.error("expected `i j correlation`"));
            };
            let (i, j) = (line.index(i, 1, Some(n))?, line.index(j, 1, Some(n))?);
            let value = line.number(value)?;
            if value.abs() > 1.0 + ROUNDING {
                return Err(line.error("a correlation is from -1 to 1"));
            }
            if i == j && (value - 1.0).abs() > ROUNDING {
                return Err(line.error("the correlation of an asset with itself is 1"));
            }
            if !correlation[i][j].is_nan() {
                return Err(line.error("this pair has a correlation already"));
            }
            (correlation[i][j], correlation[j][i]) = (value, value);
        }
        for (i, row) in correlation.iter_mut().enumerate() {
            row[i] = 1.0;
            if let Some(j) = row.iter().position(|value| value.is_nan()) {
                return Err(Error::Invalid {
                    what: "the correlations".into(),
                    value: format!("without that of {} and {}", i + 1, j + 1),
                    expected: format!("all pairs of the {n} assets must be there"),
                });
            }
            for (value, deviation) in row.iter_mut().zip(&deviations) {
                *value *= deviations[i] * deviation;
            }
        }
        let names = (1..=n).map(|i| format!("asset {i}")).collect();
        Assets::try_new(names, means, correlation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = " 2\n .001 .04\n .002 .05\n 1 1 1\n 1 2 .5\n 2 2 1\n";

    #[test]
    fn reads_means_deviations_and_correlations() {
        let assets = Assets::from_or_library(TWO).unwrap();
        assert_eq!(assets.expected_returns(), [0.001, 0.002]);
        assert_eq!(assets.names(), ["asset 1", "asset 2"]);
        let expected = [[0.0016, 0.001], [0.001, 0.0025]];
        for (row, expected) in assets.covariance().iter().zip(expected) {
            row.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-15));
        }
        let short = TWO.replace(" 1 1 1\n", "").replace(" 2 2 1\n", "");
        assert_eq!(Assets::from_or_library(&short).unwrap(), assets);
    }

    #[test]
    fn refuses_with_line_and_reason() {
        for (text, says) in [
            ("", "their number"),
            ("2 3\n", "alone"),
            ("0\n", "1 to 4096"),
            ("99999999\n", "1 to 4096"),
            ("x\n", "`x`"),
            ("2\n.1 .2\n", "asset 2 of 2"),
            ("1\n.1\n", "line 2"),
            ("1\n.1 -.2\n", "not negative"),
            ("1\nNaN .2\n", "not a finite number"),
            ("2\n.1 .2\n.1 .2\n1 1 1\n", "without that of 1 and 2"),
            ("2\n.1 .2\n.1 .2\n1 2 1.5\n", "line 4"),
            ("2\n.1 .2\n.1 .2\n1 3 1\n", "out of range"),
            ("2\n.1 .2\n.1 .2\n1 2 .1\n2 1 .1\n", "already"),
            ("2\n.1 .2\n.1 .2\n1 1 .5\n", "itself is 1"),
            ("3\n0 1\n0 1\n0 1\n1 2 .9\n2 3 .9\n1 3 -.9\n", "positive semidefinite"),
        ] {
            let error = Assets::from_or_library(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }
}

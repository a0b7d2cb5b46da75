//! Assets with their expected returns and covariance.

use super::covariance::check_covariance;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The most assets: their covariance is a full matrix.
pub const MAX_ASSETS: usize = 4096;

/// What is known of assets: the mean and the covariance of their returns, in one unit of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts")]
pub struct Assets {
    names: Vec<String>,
    expected_returns: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

/// Assets of which nothing is known to be right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    names: Vec<String>,
    expected_returns: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

impl TryFrom<Parts> for Assets {
    type Error = Error;

    fn try_from(Parts { names, expected_returns, covariance }: Parts) -> Result<Self> {
        Assets::try_new(names, expected_returns, covariance)
    }
}

impl Assets {
    /// Assets with these names, expected returns and covariance, a row an asset. Entries of the covariance
    /// that should be equal are replaced by their mean.
    ///
    /// # Errors
    /// If there are no assets or more than [`MAX_ASSETS`]; if two have one name; if there are not as many
    /// returns, rows and columns; if a number is not finite; if the covariance is not symmetric within
    /// 10⁻⁹, or not positive semidefinite within 10⁻⁶, of its largest variance.
    pub fn try_new(
        names: Vec<String>,
        expected_returns: Vec<f64>,
        mut covariance: Vec<Vec<f64>>,
    ) -> Result<Self> {
        check_number(names.len())?;
        let mut seen = HashMap::new();
        for (i, name) in names.iter().enumerate() {
            if let Some(first) = seen.insert(name, i) {
                return Err(Error::Invalid {
                    what: format!("the name of asset {i}"),
                    value: format!("`{name}`"),
                    expected: format!("asset {first} has this name already"),
                });
            }
        }
        if expected_returns.len() != names.len() {
            return Err(Error::Invalid {
                what: "the number of expected returns".into(),
                value: expected_returns.len().to_string(),
                expected: format!("there are {} assets", names.len()),
            });
        }
        if let Some(i) = expected_returns.iter().position(|mean| !mean.is_finite()) {
            let what = format!("the expected return of {}", names[i]);
            return Err(Error::NotFinite { what, value: expected_returns[i] });
        }
        check_covariance(&names, &mut covariance)?;
        Ok(Assets { names, expected_returns, covariance })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: there is at least one.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The means of their returns.
    pub fn expected_returns(&self) -> &[f64] {
        &self.expected_returns
    }

    /// The covariance of their returns, symmetric, a row an asset.
    pub fn covariance(&self) -> &[Vec<f64>] {
        &self.covariance
    }
}

/// Refuses no assets, and more than [`MAX_ASSETS`].
pub(super) fn check_number(n: usize) -> Result<()> {
    if (1..=MAX_ASSETS).contains(&n) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the number of assets".into(),
        value: n.to_string(),
        expected: format!("1 to {MAX_ASSETS} are supported"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_with_a_reason() {
        let says = |names: &[&str], returns: &[f64]| {
            let n = names.len();
            let names = names.iter().map(ToString::to_string).collect();
            let covariance = vec![vec![0.0; n]; n];
            Assets::try_new(names, returns.to_vec(), covariance).unwrap_err().to_string()
        };
        assert!(says(&[], &[]).contains("1 to 4096"));
        assert!(says(&["a", "a"], &[1.0, 1.0]).contains("asset 0 has this name"));
        assert!(says(&["a", "b"], &[1.0]).contains("there are 2 assets"));
        assert!(says(&["a"], &[f64::NAN]).contains("expected return of a"));
        let many = vec![String::new(); MAX_ASSETS + 1];
        assert!(Assets::try_new(many, vec![], vec![]).is_err());
        let json = r#"{"names":["a"],"expected_returns":[1],"covariance":[[-1]]}"#;
        assert!(serde_json::from_str::<Assets>(json).is_err());
    }
}

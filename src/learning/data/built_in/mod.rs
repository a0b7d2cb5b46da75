//! Data that are known by name.

mod ad_hoc;
mod bits;
mod curves;
mod names;
mod shapes;

pub use ad_hoc::{MAX_AD_HOC_FEATURES, ad_hoc};
pub use bits::{MAX_PARITY_BITS, bars_and_stripes, parity};
pub use curves::{Curve, curve};
pub use names::{NAMES, built_in};
pub use shapes::{blobs, circles, moons, spirals};

use super::streams::{Purpose, shuffle, stream};
use super::{DataSet, Targets};
use crate::error::{Error, Result, shown};
use crate::math::check_memory;
use ndarray::Array2;
use rand_distr::{Distribution as _, StandardNormal};

/// Rows, one after the other, with the class of each.
struct Points {
    num_features: usize,
    features: Vec<f64>,
    labels: Vec<usize>,
}

impl Points {
    fn new(num_features: usize) -> Self {
        Points { num_features, features: vec![], labels: vec![] }
    }

    fn push(&mut self, features: impl IntoIterator<Item = f64>, label: usize) {
        self.features.extend(features);
        self.labels.push(label);
    }

    /// In random order, with normal noise of this standard deviation on every feature.
    fn finish(self, names: &[&str], noise: f64, seed: u64) -> Result<DataSet> {
        let (rows, columns) = (self.labels.len(), self.num_features);
        let mut order: Vec<usize> = (0..rows).collect();
        shuffle(&mut order, &mut stream(seed, Purpose::Order));
        let mut rng = stream(seed, Purpose::Noise);
        let mut features = Array2::zeros((rows, columns));
        for (&from, mut row) in order.iter().zip(features.rows_mut()) {
            for (k, x) in row.iter_mut().enumerate() {
                let normal: f64 = StandardNormal.sample(&mut rng);
                *x = self.features[from * columns + k] + noise * normal;
            }
        }
        let labels = order.iter().map(|&row| self.labels[row]).collect();
        let names = names.iter().map(|name| name.to_string()).collect();
        DataSet::new(features, Targets::Classes { labels, names })
    }
}

/// Refuses fewer rows than `least`, and more than fit in memory.
fn check_rows(of: &str, rows: usize, least: usize, num_features: usize) -> Result<()> {
    if rows < least {
        let each = if least > 1 { ", so that every class has one" } else { "" };
        return Err(Error::Invalid {
            what: format!("the number of rows of {of}"),
            value: rows.to_string(),
            expected: format!("it must be at least {least}{each}"),
        });
    }
    // As they are made, in their order, and labels.
    let needed = (rows as u128) * (16 * num_features as u128 + 24);
    check_memory(format!("the rows of {of}"), needed, |_| (None, "use fewer rows".into()))
}

fn check_noise(of: &str, noise: f64) -> Result<()> {
    // Written so that NaN is refused.
    if (0.0..f64::INFINITY).contains(&noise) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: format!("the noise of {of}"),
        value: shown(noise),
        expected: "a standard deviation is finite and not negative".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels of a set of classes.
    pub fn labels(data: &DataSet) -> Vec<usize> {
        match data.targets() {
            Targets::Classes { labels, .. } => labels.clone(),
            Targets::Values(_) => panic!("no classes"),
        }
    }

    /// Rows with their labels in rising order of label and features, for comparison with rows in
    /// another order.
    pub fn sorted(data: &DataSet) -> Vec<(usize, Vec<f64>)> {
        let features = data.features();
        let rows = features.rows().into_iter().map(|row| row.to_vec());
        let mut rows: Vec<_> = labels(data).into_iter().zip(rows).collect();
        rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
        rows
    }
}

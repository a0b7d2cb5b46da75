//! Tests of samples against their law.

use ketlab::math::Bits;
use ketlab::simulate::Counts;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

/// Probability that counts of this distribution differ from it as much as these do or more: the
/// chi-square test over the outcomes with more than 5 expected counts.
pub fn tail(wanted: &BTreeMap<Bits, f64>, counts: &Counts) -> f64 {
    let expected = |p: f64| p * counts.shots() as f64;
    let bins: Vec<_> = wanted.iter().filter(|(_, p)| expected(**p) > 5.0).collect();
    if bins.len() < 2 {
        return 1.0;
    }
    let term = |(bits, p): &(&Bits, &f64)| {
        (counts.get(&bits.to_string()) as f64 - expected(**p)).powi(2) / expected(**p)
    };
    let law = ChiSquared::new(bins.len() as f64 - 1.0).unwrap();
    1.0 - law.cdf(bins.iter().map(term).sum())
}

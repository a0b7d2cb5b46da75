//! What the repeats say about how far to trust a number that is made of them: it is computed again and
//! again from repeats drawn anew with replacement (Efron, Ann. Statist. 7, 1 (1979)).

use super::point::{Measure, Point};
use super::result::Curve;
use crate::math::statistics::quantile;
use crate::math::{Domain, Streams};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

/// Resamplings of a bootstrap.
const RESAMPLINGS: usize = 400;
/// The first stream of bootstraps: above those of repeats.
const BOOTSTRAP: u64 = 1 << 63;

impl Curve {
    /// The middle 95 % of a number that is made of the curve's repeats, one of `kind`; `None` where it
    /// cannot be said of most of them.
    pub(super) fn bootstrap(
        &self,
        kind: u64,
        mut number: impl FnMut(&mut ChaCha8Rng) -> Option<f64>,
    ) -> Option<(f64, f64)> {
        let mut rng = Streams::new(self.seed, Domain::Repeat).stream(BOOTSTRAP + kind);
        let drawn = (0..RESAMPLINGS).filter_map(|_| number(&mut rng));
        let mut drawn: Vec<f64> = drawn.filter(|x| !x.is_nan()).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let known = 2 * drawn.len() > RESAMPLINGS;
        known.then(|| (quantile(&drawn, 0.025), quantile(&drawn, 0.975)))
    }

    /// The middle 95 % of a point's root mean squared error.
    pub(super) fn interval_of_rmse(&self, point: &Point) -> (f64, f64) {
        self.bootstrap(1, |rng| Some(point.drawn_again(Measure::Rmse, rng)))
            .unwrap_or((point.rmse, point.rmse))
    }
}

impl Point {
    /// Its error, of as many repeats of each problem, drawn from its own.
    pub(super) fn drawn_again(&self, measure: Measure, rng: &mut impl Rng) -> f64 {
        let again = |of: &Vec<f64>| of.iter().map(|_| of[rng.random_range(0..of.len())]).collect();
        measure.of(&self.errors.iter().map(again).collect::<Vec<_>>())
    }
}

//! Expectation maximization for mixtures of independent bits.

use super::BernoulliMixture;
use super::exact::LogSum;
use crate::boltzmann::Distribution;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch, check_memory, for_each_in_order, threads};
use rand::RngExt;

/// A fit by expectation maximization (Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1 (1977)) from
/// several random starts, of which the best is kept. Start k draws from a stream of its own: the same
/// seed gives the same bits at any number of threads.
///
/// ```
/// use ketlab::boltzmann::Distribution;
/// use ketlab::boltzmann::classical::MixtureFit;
/// use ketlab::math::Bits;
///
/// let data = Distribution::from_counts([(Bits::from_u64(0, 3), 1), (Bits::from_u64(7, 3), 1)])?;
/// let fitted = MixtureFit::new(2).seed(1).run(&data)?;
/// assert!(fitted.mixture.kullback_leibler(&data)? < 1e-3);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MixtureFit {
    components: usize,
    restarts: usize,
    iterations: usize,
    tolerance: f64,
    floor: f64,
    seed: u64,
    watch: Watch,
}

/// A mixture that was fitted, and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedMixture {
    /// The best of all starts.
    pub mixture: BernoulliMixture,
    /// Mean log-likelihoods of the data, in nats: at the start and after every iteration of the best
    /// start. They do not fall.
    pub history: Vec<f64>,
    /// Whether the last iteration gained less than the tolerance.
    pub converged: bool,
    /// Which start was the best one.
    pub start: usize,
}

impl MixtureFit {
    /// A fit of so many components: 10 starts of at most 1000 iterations, which end when one gains less
    /// than 1e-10 nats; probabilities from 1e-4 to 1 - 1e-4; seed 0.
    pub fn new(components: usize) -> Self {
        MixtureFit {
            components,
            restarts: 10,
            iterations: 1000,
            tolerance: 1e-10,
            floor: 1e-4,
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// Number of random starts.
    pub fn restarts(self, restarts: usize) -> Self {
        MixtureFit { restarts, ..self }
    }

    /// Most iterations of a start.
    pub fn iterations(self, iterations: usize) -> Self {
        MixtureFit { iterations, ..self }
    }

    /// Gain in nats below which a start ends.
    pub fn tolerance(self, tolerance: f64) -> Self {
        MixtureFit { tolerance, ..self }
    }

    /// Probabilities of bits stay between the floor and one minus it, so that strings that the data do
    /// not have keep a probability. The likelihood is maximized under this bound.
    pub fn floor(self, floor: f64) -> Self {
        MixtureFit { floor, ..self }
    }

    /// The seed of the starts.
    pub fn seed(self, seed: u64) -> Self {
        MixtureFit { seed, ..self }
    }

    /// Counts starts as rows, and can cancel the run.
    pub fn watch(self, watch: &Watch) -> Self {
        MixtureFit { watch: watch.clone(), ..self }
    }

    /// Fits the data. A cancelled fit returns the best of the starts that were finished.
    ///
    /// # Errors
    /// If a setting is out of range or the memory is not there; [`Error::Interrupted`] if no start was
    /// finished.
    pub fn run(&self, data: &Distribution) -> Result<FittedMixture> {
        self.check()?;
        let workers = threads().min(self.restarts);
        let numbers = (data.num_bits() + 2) as u128 * self.components as u128;
        let bytes = 8 * (2 * workers + self.restarts) as u128 * numbers;
        check_memory("a fit of mixtures", bytes, |_| (None, "use fewer components".into()))?;
        let streams = Streams::new(self.seed, Domain::Boltzmann);
        let mut fits: Vec<Option<FittedMixture>> = vec![None; self.restarts];
        let items = (self.restarts, fits.iter_mut());
        let work = |_: &mut (), start: usize, fit: &mut Option<FittedMixture>| {
            *fit = Some(self.fitted(data, &streams, start)?);
            Ok(())
        };
        for_each_in_order(&mut vec![(); workers], items, 1, &self.watch, work)?;
        let value = |fit: &FittedMixture| *fit.history.last().expect("it has the start");
        let fits = fits.into_iter().flatten();
        // The first of equals.
        let best = fits.reduce(|best, fit| if value(&fit) > value(&best) { fit } else { best });
        best.ok_or(Error::Interrupted)
    }

    fn fitted(
        &self,
        data: &Distribution,
        streams: &Streams,
        start: usize,
    ) -> Result<FittedMixture> {
        // The streams before these are other methods'.
        let mut rng = streams.stream((1 << 32) + start as u64);
        let n = data.num_bits();
        let mut means = Vec::with_capacity(self.components);
        for _ in 0..self.components {
            // Near an outcome of the data.
            let mut u: f64 = rng.random();
            let outcomes = data.outcomes();
            let passed = outcomes.iter().position(|(_, q)| {
                u -= q;
                u < 0.0
            });
            let centre = &outcomes[passed.unwrap_or(outcomes.len() - 1)].0;
            let mut mean = |i| {
                let towards = if centre.bit(i) { 0.75 } else { 0.25 };
                (towards + 0.2 * (rng.random::<f64>() - 0.5)).clamp(self.floor, 1.0 - self.floor)
            };
            means.push((0..n).map(&mut mean).collect::<Vec<f64>>());
        }
        let weights = vec![1.0 / self.components as f64; self.components];
        let mut mixture = BernoulliMixture::new(weights, means)?;
        let (mut history, mut converged) = (Vec::new(), false);
        loop {
            self.watch.check()?;
            let (value, next) = self.step(&mixture, data)?;
            converged |= history.last().is_some_and(|last| value - last < self.tolerance);
            history.push(value);
            if converged || history.len() > self.iterations {
                return Ok(FittedMixture { mixture, history, converged, start });
            }
            mixture = next;
        }
    }

    /// The mean log-likelihood of a mixture, and the next one.
    fn step(
        &self,
        mixture: &BernoulliMixture,
        data: &Distribution,
    ) -> Result<(f64, BernoulliMixture)> {
        let (n, count) = (data.num_bits(), self.components);
        // ln πₖ + Σ ln(1 - m), and what a bit that is 1 adds.
        let constants: Vec<f64> = (0..count)
            .map(|k| {
                let zeros: f64 = mixture.means()[k].iter().map(|m| (-m).ln_1p()).sum();
                mixture.weights()[k].ln() + zeros
            })
            .collect();
        let of_ones: Vec<f64> =
            mixture.means().iter().flatten().map(|m| m.ln() - (-m).ln_1p()).collect();
        let (mut value, mut weights) = (0.0, vec![0.0; count]);
        let mut ones = vec![0.0; count * n];
        let (mut logs, mut set) = (vec![0.0; count], Vec::with_capacity(n));
        for (bits, q) in data.outcomes() {
            set.clear();
            set.extend((0..n).filter(|&i| bits.bit(i)));
            let mut sum = LogSum::default();
            for k in 0..count {
                let of_ones = &of_ones[k * n..][..n];
                logs[k] = constants[k] + set.iter().map(|&i| of_ones[i]).sum::<f64>();
                sum.add(logs[k]);
            }
            let log_p = sum.ln();
            value += q * log_p;
            for k in 0..count {
                let share = q * (logs[k] - log_p).exp();
                weights[k] += share;
                let ones = &mut ones[k * n..][..n];
                set.iter().for_each(|&i| ones[i] += share);
            }
        }
        let mut means = mixture.means().to_vec();
        for (k, row) in means.iter_mut().enumerate() {
            // A component that nothing is left of stays where it is.
            if weights[k] > 0.0 {
                for (m, ones) in row.iter_mut().zip(&ones[k * n..]) {
                    *m = (ones / weights[k]).clamp(self.floor, 1.0 - self.floor);
                }
            }
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        Ok((value, BernoulliMixture::new(weights, means)?))
    }

    fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        for (what, count) in
            [("the number of components", self.components), ("the number of starts", self.restarts)]
        {
            if !(1..=1 << 20).contains(&count) {
                return invalid(what, count.to_string(), "it must be from 1 to 2^20");
            }
        }
        if !(self.floor > 0.0 && self.floor < 0.5) {
            let expected = "it must be above 0 and below 1/2";
            return invalid("the floor of probabilities", self.floor.to_string(), expected);
        }
        if !(self.tolerance.is_finite() && self.tolerance >= 0.0) {
            let expected = "it must be finite and not negative";
            return invalid("the tolerance", self.tolerance.to_string(), expected);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::bars_and_stripes;
    use super::*;
    use crate::math::{Bits, on_threads};

    /// Six modes of 8 bits, each flipped with probability 0.1.
    fn modes() -> BernoulliMixture {
        let row = |mode: u32| (0..8).map(|i| if mode >> i & 1 == 1 { 0.9 } else { 0.1 }).collect();
        let means: Vec<Vec<f64>> = [3, 60, 240, 85, 170, 255].map(row).to_vec();
        BernoulliMixture::new(vec![0.1, 0.2, 0.2, 0.15, 0.15, 0.2], means).unwrap()
    }

    fn law_of(mixture: &BernoulliMixture) -> Distribution {
        let n = mixture.num_bits();
        let all = (0..1u64 << n).map(|x| Bits::from_u64(x, n));
        let law = all.map(|bits| (bits.clone(), mixture.log_probability(&bits).unwrap().exp()));
        Distribution::from_probabilities(law).unwrap()
    }

    #[test]
    fn probabilities_are_sums_of_products_and_add_up() {
        let mixture = modes();
        // The law would be refused if it did not add up to 1.
        let law = law_of(&mixture);
        for (bits, p) in law.outcomes() {
            let of = |row: &[f64]| -> f64 {
                (0..8).map(|i| if bits.bit(i) { row[i] } else { 1.0 - row[i] }).product()
            };
            let rows = mixture.weights().iter().zip(mixture.means());
            assert!((p - rows.map(|(w, row)| w * of(row)).sum::<f64>()).abs() < 1e-14);
        }
        assert!(mixture.kullback_leibler(&law).unwrap().abs() < 1e-12);
        assert_eq!(mixture.num_parameters(), 53);
    }

    #[test]
    fn the_likelihood_does_not_fall_and_the_modes_are_found() {
        let truth = modes();
        let law = law_of(&truth);
        for components in [1, 3, 6] {
            let fitted = MixtureFit::new(components).floor(0.01).seed(2).run(&law).unwrap();
            let history = &fitted.history;
            assert!(history.windows(2).all(|pair| pair[1] >= pair[0] - 1e-13));
            let last = *history.last().unwrap();
            assert!((fitted.mixture.log_likelihood(&law).unwrap() - last).abs() < 1e-12);
            let kl = fitted.mixture.kullback_leibler(&law).unwrap();
            assert!((kl + last + law.entropy()).abs() < 1e-12);
            assert!(if components == 6 { kl < 1e-5 } else { kl > 1e-2 }, "{components}: {kl}");
            let all = fitted.mixture.means().iter().flatten();
            all.for_each(|m| assert!((0.01..=0.99).contains(m)));
            if components == 1 {
                // Independent bits: the means of the data.
                for i in 0..8 {
                    let ones = law.outcomes().iter().filter(|o| o.0.bit(i));
                    let mean: f64 = ones.map(|o| o.1).sum();
                    assert!((fitted.mixture.means()[0][i] - mean).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn floors_bind_and_fits_repeat() {
        let data = bars_and_stripes();
        let fit = MixtureFit::new(6).floor(0.02).restarts(20).seed(1);
        let one = on_threads(1, || fit.run(&data)).unwrap();
        assert_eq!(on_threads(2, || fit.run(&data)).unwrap(), one);
        // Six components on six strings: each bit is right with 0.98.
        let most = -4.0 * 0.98f64.ln() + 1e-9;
        let kl = one.mixture.kullback_leibler(&data).unwrap();
        assert!(kl > 0.0 && kl < most + 1e-3, "{kl}");
    }

    #[test]
    fn samples_are_as_frequent_as_they_should_be() {
        let mixture = modes();
        let samples = mixture.sample(40_000, 5).unwrap();
        assert_eq!(samples, mixture.sample(40_000, 5).unwrap());
        let mut chi = 0.0;
        for (bits, p) in law_of(&mixture).outcomes() {
            let count = samples.iter().filter(|sample| *sample == bits).count() as f64;
            chi += (count - 4e4 * p).powi(2) / (4e4 * p);
        }
        assert!(chi < crate::math::statistics::chi_squared_quantile(255.0, 1.0 - 1e-4), "{chi}");
    }

    #[test]
    fn mixtures_are_checked_and_kept() {
        let mixture = modes();
        let text = serde_json::to_string(&mixture).unwrap();
        assert_eq!(serde_json::from_str::<BernoulliMixture>(&text).unwrap(), mixture);
        assert!(serde_json::from_str::<BernoulliMixture>(&text.replace("0.9", "1.9")).is_err());
        for (weights, means) in [
            (vec![], vec![]),
            (vec![1.0], vec![vec![]]),
            (vec![0.5, 0.5], vec![vec![0.5], vec![0.5, 0.5]]),
            (vec![0.5, 0.4], vec![vec![0.5], vec![0.5]]),
            (vec![f64::NAN], vec![vec![0.5]]),
        ] {
            assert!(BernoulliMixture::new(weights, means).is_err());
        }
        let data = bars_and_stripes();
        assert!(mixture.log_likelihood(&data).is_err());
        // Probabilities 0 and 1 are allowed.
        let sure = BernoulliMixture::new(vec![1.0, 0.0], vec![vec![0.0, 1.0], vec![0.5, 0.5]]);
        let sure = sure.unwrap();
        assert_eq!(sure.log_probability(&Bits::from_u64(2, 2)).unwrap(), 0.0);
        assert_eq!(sure.log_probability(&Bits::from_u64(1, 2)).unwrap(), f64::NEG_INFINITY);
        for bad in [
            MixtureFit::new(0),
            MixtureFit::new(2).restarts(0),
            MixtureFit::new(2).floor(0.0),
            MixtureFit::new(2).floor(0.5),
            MixtureFit::new(2).tolerance(f64::NAN),
        ] {
            assert!(bad.run(&data).is_err(), "{bad:?}");
        }
        let watch = Watch::default();
        watch.cancel();
        let cancelled = MixtureFit::new(2).watch(&watch).run(&data);
        assert_eq!(cancelled.unwrap_err(), Error::Interrupted);
    }
}

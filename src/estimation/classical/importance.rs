//! Importance sampling, with a proposal learned as in VEGAS: Lepage, J. Comput. Phys. 27, 192
//! (1978).

use super::sample::{BELOW_ONE, Running, check_budget, make_samples};
use crate::error::{Error, Result};
use crate::estimation::account::estimate::AmplitudeEstimate;
use crate::estimation::account::estimator::AmplitudeEstimator;
use crate::estimation::account::interval::check_alpha;
use crate::estimation::account::trial::Trial;
use crate::estimation::problem::experiment::Experiment;
use crate::estimation::problem::integrand::Integrand;
use rand::{Rng, RngExt};

/// Least evaluations, so that there is something to learn from.
const LEAST: u64 = 100;
/// The pilot takes the budget's `1 / PILOT`.
const PILOT: u64 = 5;
/// Times that the proposal is refined in the pilot.
const ROUNDS: u64 = 3;
/// Least and most cells of a dimension; VEGAS has 50.
const CELLS: (u64, u64) = (4, 50);
/// Points a cell in a round of the pilot, where they are too few for all cells.
/// Fewer points learn noise; fewer cells learn narrow peaks too slowly.
const POINTS_A_CELL: u64 = 10;
/// The share of uniform points, if nothing else is said.
const DEFAULT_DEFENSIVE: f64 = 0.1;

/// Draws points where the integrand is large, from a density q, and averages f/q. The estimate is
/// unbiased; it may lie outside [0, 1].
///
/// q mixes the uniform density, with a share δ of 10 %, and a product of densities, one a
/// dimension, that are constant in cells. So no weight 1/q exceeds 1/δ, wherever the proposal is
/// wrong (Hesterberg, Technometrics 37, 185 (1995)).
///
/// The proposal is learned from a pilot of a fifth of the budget, in 3 rounds. Each round moves the
/// edges of 4 to 50 cells a dimension, all of one probability, towards the best product of
/// densities for what it saw: the root of the integral of f²/q over the other dimensions, smoothed.
/// It pays off for functions with a peak, and not where the large values lie along a diagonal. The
/// pilot's evaluations are charged, and their values, which the proposal depends on, are not
/// averaged. A peak that the pilot misses is left to the uniform points, and the interval is then
/// too narrow, as that of any method here is if it misses what matters.
///
/// Details, all of the weights w = 1/q of the points that are averaged: `effective_sample_size`,
/// (Σw)²/Σw² (Kong 1992), and `largest_weight`; and `pilot`, the evaluations that went into the
/// proposal.
///
/// ```
/// use ketlab::estimation::{AmplitudeEstimator, EstimationProblem, ImportanceSampling, Integrand};
/// let peak = Integrand::new("peak", 1, |x| 1.0 / (1.0 + (100.0 * (x[0] - 0.5)).powi(2)))?;
/// let problem = EstimationProblem::integral(peak, 8)?.exact_law()?;
/// let result = ImportanceSampling::new(20_000)?.estimate(&problem, 1)?;
/// assert!((result.estimation - 0.02 * 50f64.atan()).abs() < 1e-3);
/// assert!(result.details[1].1 <= 10.0); // the largest weight
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ImportanceSampling {
    budget: u64,
    alpha: f64,
    defensive: f64,
    proposal: Option<Vec<Density>>,
}

impl ImportanceSampling {
    /// So many evaluations, with a learned proposal and an interval at 95 %.
    ///
    /// # Errors
    /// If there are fewer than 100 evaluations.
    pub fn new(budget: u64) -> Result<Self> {
        let why = "a fifth of them are to find a proposal";
        check_budget("importance sampling", budget, LEAST, why)?;
        Ok(ImportanceSampling { budget, alpha: 0.05, defensive: DEFAULT_DEFENSIVE, proposal: None })
    }

    /// Sets the probability that the interval may miss.
    ///
    /// # Errors
    /// If α is outside (0, 1).
    pub fn alpha(self, alpha: f64) -> Result<Self> {
        check_alpha(alpha)?;
        Ok(ImportanceSampling { alpha, ..self })
    }

    /// Sets δ, the share of points that are uniform.
    ///
    /// # Errors
    /// If the share is outside (0, 1]: without one, weights have no bound.
    pub fn defensive(self, share: f64) -> Result<Self> {
        if share > 0.0 && share <= 1.0 {
            return Ok(ImportanceSampling { defensive: share, ..self });
        }
        Err(Error::Invalid {
            what: "the share of uniform points".into(),
            value: crate::error::shown(share),
            expected: "it must be above 0, so that weights are bounded, and at most 1".into(),
        })
    }

    /// Takes this proposal instead of a learned one: for each dimension the density, in any unit,
    /// in cells of equal width. There is no pilot then.
    ///
    /// # Errors
    /// If a dimension has no cells, or densities are negative, not finite or all 0.
    pub fn proposal(self, densities: &[Vec<f64>]) -> Result<Self> {
        let proposal = densities.iter().map(|d| Density::equal_cells(d)).collect::<Result<_>>()?;
        Ok(ImportanceSampling { proposal: Some(proposal), ..self })
    }

    /// Learns a proposal; how many evaluations it took.
    fn learn(&self, f: &Integrand, trial: &mut Trial<'_>) -> Result<(Mixture, u64)> {
        let round = self.budget / PILOT / ROUNDS;
        let cells = (round / POINTS_A_CELL).clamp(CELLS.0, CELLS.1) as usize;
        let densities = vec![Density::uniform(cells); f.dimension()];
        let mut mixture = Mixture { densities, defensive: self.defensive };
        for _ in 0..ROUNDS {
            let mut squares = vec![vec![0.0; cells]; f.dimension()];
            make_samples(trial, f, round, 1, |x, rng| {
                let weight = mixture.draw(x, rng);
                let square = (f.evaluate(x)? * weight).powi(2);
                for ((squares, density), &x) in squares.iter_mut().zip(&mixture.densities).zip(&*x)
                {
                    squares[density.cell(x)] += square;
                }
                Ok(())
            })?;
            for (density, squares) in mixture.densities.iter_mut().zip(&squares) {
                *density = density.refined(squares);
            }
        }
        Ok((mixture, ROUNDS * round))
    }
}

impl AmplitudeEstimator for ImportanceSampling {
    fn name(&self) -> String {
        "importance sampling".into()
    }

    fn estimate(&self, experiment: &Experiment, seed: u64) -> Result<AmplitudeEstimate> {
        let mut trial = experiment.begin(seed);
        let why = "evaluates an integrand where it is large";
        let f = trial.integrand("importance sampling", why)?;
        let (mixture, pilot) = match &self.proposal {
            None => self.learn(f, &mut trial)?,
            Some(densities) if densities.len() == f.dimension() => {
                (Mixture { densities: densities.clone(), defensive: self.defensive }, 0)
            }
            Some(densities) => {
                return Err(Error::Invalid {
                    what: "the number of dimensions of the proposal".into(),
                    value: densities.len().to_string(),
                    expected: format!("the integrand `{}` has {}", f.name(), f.dimension()),
                });
            }
        };
        let mut values = Running::default();
        let (mut sum, mut squares, mut largest) = (0.0, 0.0, 0.0f64);
        make_samples(&mut trial, f, self.budget - pilot, 1, |x, rng| {
            let weight = mixture.draw(x, rng);
            values.push(f.evaluate(x)? * weight);
            sum += weight;
            squares += weight * weight;
            largest = largest.max(weight);
            Ok(())
        })?;
        Ok(trial
            .finish(self.name(), values.mean(), values.interval(self.alpha))
            .detail("effective_sample_size", sum * sum / squares)
            .detail("largest_weight", largest)
            .detail("pilot", pilot as f64))
    }
}

/// The density q: uniform with a share, else a product.
#[derive(Debug)]
struct Mixture {
    densities: Vec<Density>,
    defensive: f64,
}

impl Mixture {
    /// Draws a point; its weight, 1/q.
    fn draw(&self, x: &mut [f64], rng: &mut impl Rng) -> f64 {
        let uniform = rng.random::<f64>() < self.defensive;
        let mut product = 1.0;
        for (x, density) in x.iter_mut().zip(&self.densities) {
            let p = rng.random();
            let cell;
            (*x, cell) = if uniform { (p, density.cell(p)) } else { density.quantile(p) };
            product *= density.values[cell];
        }
        1.0 / (self.defensive + (1.0 - self.defensive) * product)
    }
}

/// A density on [0, 1) that is constant in each of its cells.
#[derive(Debug, Clone)]
struct Density {
    /// From 0 to 1.
    edges: Vec<f64>,
    /// The probability below each edge.
    below: Vec<f64>,
    /// In each cell.
    values: Vec<f64>,
}

impl Density {
    fn new(edges: Vec<f64>, below: Vec<f64>) -> Self {
        let value = |(e, p): (&[f64], &[f64])| (p[1] - p[0]) / (e[1] - e[0]);
        let values = edges.windows(2).zip(below.windows(2)).map(value).collect();
        Density { edges, below, values }
    }

    fn uniform(cells: usize) -> Self {
        Self::new(steps(cells), steps(cells))
    }

    /// Densities, in any unit, in cells of equal width.
    fn equal_cells(densities: &[f64]) -> Result<Self> {
        let total: f64 = densities.iter().sum();
        let bad = densities.iter().find(|d| !(d.is_finite() && **d >= 0.0)).copied();
        if bad.is_some() || !(total > 0.0 && total.is_finite()) {
            return Err(Error::Invalid {
                what: "a density of the proposal".into(),
                value: bad.unwrap_or(total).to_string(),
                expected: "they must be finite, not negative, and above 0 in one cell at least of \
                           each dimension"
                    .into(),
            });
        }
        let mut below = vec![0.0];
        let mut sum = 0.0;
        for density in densities {
            sum += density;
            below.push((sum / total).min(1.0));
        }
        below[densities.len()] = 1.0;
        Ok(Self::new(steps(densities.len()), below))
    }

    /// The cell of a number in [0, 1).
    fn cell(&self, x: f64) -> usize {
        place(&self.edges, x)
    }

    /// The number that a point of this density stays below with probability p, and its cell.
    fn quantile(&self, p: f64) -> (f64, usize) {
        let cell = place(&self.below, p);
        let x = self.edges[cell] + (p - self.below[cell]) / self.values[cell];
        (x.min(BELOW_ONE), cell)
    }

    /// As many cells of equal probability, where cell i of this density is to have a probability
    /// proportional to the root of `squares[i]`, smoothed over its neighbours as in the later VEGAS
    /// (Lepage, J. Comput. Phys. 439, 110386 (2021)).
    fn refined(&self, squares: &[f64]) -> Self {
        let cells = squares.len();
        let at = |i: usize| squares[i.min(cells - 1)];
        let smooth = |i: usize| (at(i.saturating_sub(1)) + 6.0 * at(i) + at(i + 1)) / 8.0;
        let mut below = vec![0.0];
        for i in 0..cells {
            below.push(below[i] + smooth(i).sqrt());
        }
        let total = below[cells];
        if !(total > 0.0 && total.is_finite()) {
            return self.clone();
        }
        below.iter_mut().for_each(|p| *p /= total);
        let shape = Self::new(self.edges.clone(), below);
        let mut edges: Vec<f64> = steps(cells).into_iter().map(|p| shape.quantile(p).0).collect();
        (edges[0], edges[cells]) = (0.0, 1.0);
        // Cells that are too narrow for numbers between their edges are of no use.
        if edges.windows(2).all(|e| e[1] - e[0] > 1e-12) {
            Self::new(edges, steps(cells))
        } else {
            self.clone()
        }
    }
}

/// The place of a number in [0, 1) between numbers that rise from 0 to 1.
fn place(rising: &[f64], x: f64) -> usize {
    rising.partition_point(|&edge| edge <= x).clamp(1, rising.len() - 1) - 1
}

/// `cells` equal steps from 0 to 1.
fn steps(cells: usize) -> Vec<f64> {
    (0..=cells).map(|i| i as f64 / cells as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::testing::*;
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn method(budget: u64) -> ImportanceSampling {
        ImportanceSampling::new(budget).unwrap()
    }

    /// A product of Lorentz peaks of this width at 0.3, and its variance under plain Monte Carlo.
    fn peaks(dimension: usize, width: f64) -> (Experiment, f64) {
        let f = move |x: &[f64]| {
            x.iter().map(|x| 1.0 / (1.0 + ((x - 0.3) / width).powi(2))).product::<f64>()
        };
        // ∫ 1/(1+t²) = atan t and ∫ 1/(1+t²)² = (t/(1+t²) + atan t)/2.
        let (a, b) = (0.3 / width, 0.7 / width);
        let mean = width * (a.atan() + b.atan());
        let part = |t: f64| 0.5 * (t / (1.0 + t * t) + t.atan());
        let square = width * (part(a) + part(b));
        let d = dimension as i32;
        (on(dimension, f, mean.powi(d)), square.powi(d) - mean.powi(2 * d))
    }

    #[test]
    fn it_is_unbiased_and_its_interval_covers() {
        assert_unbiased(&method(100), &square(), 2000);
        assert_unbiased(&method(1000), &peaks(2, 0.05).0, 500);
        assert_covers(&method(1000), &square());
        assert_covers(&method(5000), &peaks(2, 0.05).0);
    }

    #[test]
    fn it_beats_monte_carlo_at_peaks() {
        for (d, width, bound) in [(1, 0.01, 0.05), (3, 0.05, 0.02)] {
            let (on, variance) = peaks(d, width);
            let ratio = spread(&method(10_000), &on, 100).1 * 10_000.0 / variance;
            assert!(ratio < bound, "{d}: {ratio}");
        }
    }

    #[test]
    fn flat_functions_cost_little_more_than_the_pilot() {
        let (on, variance) = product(2);
        let ratio = spread(&method(2000), &on, 300).1 * 2000.0 / variance;
        assert!(ratio < 1.25, "{ratio}");
    }

    #[test]
    fn a_proposal_of_the_function_itself_leaves_the_uniform_share() {
        // f is constant in 4 cells, so that with q = f/a there would be no variance; with δ there
        // is a² (∫ f²/(a² q) - 1) = a² (∫ g²/(δ + (1-δ) g) - 1), g = f/a.
        let steps = [0.1, 0.2, 0.3, 0.8];
        let on = on(1, move |x| steps[(x[0] * 4.0) as usize], 0.35);
        for delta in [1e-6, 0.1, 0.5, 1.0] {
            let method =
                method(1000).proposal(&[steps.to_vec()]).unwrap().defensive(delta).unwrap();
            let term = |s: f64| {
                let g = s / 0.35;
                g * g / (delta + (1.0 - delta) * g)
            };
            let expected =
                0.35f64.powi(2) * (steps.map(term).iter().sum::<f64>() / 4.0 - 1.0) / 1000.0;
            let (mean, variance) = spread(&method, &on, 500);
            assert!((mean - 0.35).abs() < 4.0 * (expected / 500.0).sqrt() + 1e-12);
            // The standard deviation of the variance of 500 values is 6 % of it.
            assert!((variance / expected - 1.0).abs() < 0.25, "{delta}: {variance} {expected}");
        }
        let result = method(1000).proposal(&[steps.to_vec()]).unwrap().estimate(&on, 1).unwrap();
        assert_eq!(result.details[2], ("pilot", 0.0));
        // The largest is that of the first cell, 1/(0.1 + 0.9 · 2/7).
        assert!((result.details[1].1 - 1.0 / (0.1 + 0.9 * 0.1 / 0.35)).abs() < 1e-12);
    }

    #[test]
    fn details_are_those_of_the_weights() {
        let result = method(10_000).estimate(&peaks(2, 0.02).0, 1).unwrap();
        let [(a, size), (b, largest), (c, pilot)] = result.details[..] else { panic!() };
        assert_eq!((a, b, c), ("effective_sample_size", "largest_weight", "pilot"));
        assert_eq!(pilot, 1998.0);
        assert!((1000.0..6000.0).contains(&size), "{size}");
        // Away from both peaks almost only uniform points are drawn.
        assert!((8.0..=10.0).contains(&largest), "{largest}");
        let uniform = method(1000).defensive(1.0).unwrap().estimate(&square(), 1).unwrap();
        assert_eq!((uniform.details[0].1, uniform.details[1].1), (802.0, 1.0));
    }

    #[test]
    fn densities_are_normalized_and_drawn() {
        let density = Density::equal_cells(&[0.0, 3.0, 1.0, 0.0]).unwrap();
        assert_eq!(density.values, [0.0, 3.0, 1.0, 0.0]);
        assert_eq!((density.quantile(0.0), density.quantile(0.375)), ((0.25, 1), (0.375, 1)));
        assert!(density.quantile(BELOW_ONE).0 < 0.75 + 1e-12);
        let refined = Density::uniform(20).refined(&(0..20).map(f64::from).collect::<Vec<_>>());
        let shares = refined.edges.windows(2).zip(&refined.values).map(|(e, v)| (e[1] - e[0]) * v);
        shares.for_each(|share| assert!((share - 0.05).abs() < 1e-12));
        // The root of a line: cells end at p^(2/3), nearly.
        assert!((refined.edges[10] - 0.5f64.powf(2.0 / 3.0)).abs() < 0.02, "{refined:?}");
        // Nothing seen is nothing learned.
        assert_eq!(Density::uniform(3).refined(&[0.0; 3]).edges, steps(3));
        // The mean weight is ∫ q/q = 1.
        let mixture = Mixture { densities: vec![density, refined], defensive: 0.2 };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut weights = Running::default();
        (0..20_000).for_each(|_| weights.push(mixture.draw(&mut [0.0; 2], &mut rng)));
        assert!((weights.mean() - 1.0).abs() < 4.0 * weights.variance_of_mean().sqrt());
    }

    #[test]
    fn uses_are_evaluations() {
        assert_eq!(counted_uses(&method(10_007), 3), 10_007);
        assert_eq!(counted_uses(&method(100), 1), 100);
        let given = method(100).proposal(&[vec![1.0, 2.0]]).unwrap();
        assert_eq!(counted_uses(&given, 1), 100);
    }

    #[test]
    fn faults_are_named() {
        assert_sound(&method(200));
        let error = ImportanceSampling::new(99).unwrap_err().to_string();
        assert!(error.contains("is 99; it must be at least 100"), "{error}");
        for share in [0.0, -0.1, 1.1, f64::NAN] {
            let error = method(100).defensive(share).unwrap_err().to_string();
            assert!(error.contains("above 0, so that weights are bounded"), "{error}");
        }
        let given = |d: &[f64]| method(100).proposal(&[d.to_vec()]);
        for bad in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[f64::NAN], &[f64::MAX, f64::MAX]] {
            assert!(given(bad).unwrap_err().to_string().contains("a density of the proposal"));
        }
        let error = given(&[1.0]).unwrap().estimate(&product(2).0, 1).unwrap_err().to_string();
        assert!(error.contains("is 1; the integrand `f` has 2"), "{error}");
        assert!(method(100).alpha(0.0).is_err());
    }
}

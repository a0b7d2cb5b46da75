//! Variances of derivatives against qubits and depths.

use super::ansatz::Ansatz;
use super::closed_forms::{product_variance, two_design_variance};
use super::cost::Cost;
use super::fit::{Against, Fit};
use super::layer_noise::{Noise, NoisyPoint};
use super::moments::Moments;
use super::prepared::{Circuits, MOST_SAMPLES, Samples, Worker, check_parameter};
use crate::engine::check_room;
use crate::error::{Error, Result};
use crate::math::{Domain, Streams, Watch, for_each_in_order, list_of, threads};
use crate::simulate::SMALL_BELOW;

/// Estimates the variance over weights (and over circuits, where these are random) of the derivative of a
/// cost by one weight, for numbers of qubits and depths: how flat the landscape is that a training
/// begins in.
///
/// Each sample has random numbers of its own, by the seed, the number of qubits, the depth and its number:
/// a point is the same in any study that it is in.
///
/// ```
/// use ketlab::learning::trainability::{Ansatz, Cost, GradientVariance};
/// // Cerezo et al.: a global cost of a product state has exponentially small gradients.
/// let study = GradientVariance::new(Ansatz::Product, Cost::Global).qubits(1..=5).samples(300);
/// let found = study.run()?;
/// let point = &found.points[4];
/// assert_eq!(point.closed_form, Some(0.125 * 0.375f64.powi(4)));
/// assert!((point.variance - 0.125 * 0.375f64.powi(4)).abs() < 4.0 * point.standard_error);
/// let (low, high) = found.fits[0].exponential.interval;
/// assert!(low < 0.375f64.log2() + 0.1 && 0.375f64.log2() - 0.1 < high);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GradientVariance {
    ansatz: Ansatz,
    cost: Cost,
    qubits: Vec<usize>,
    depths: Vec<usize>,
    samples: usize,
    parameter: Option<usize>,
    noise: Option<Noise>,
    seed: u64,
    watch: Watch,
}

/// The variance at one number of qubits and one depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Number of qubits.
    pub num_qubits: usize,
    /// Number of layers.
    pub depth: usize,
    /// The weight that derivatives are by.
    pub parameter: usize,
    /// Number of samples.
    pub samples: usize,
    /// The mean of the derivatives, which mostly vanishes.
    pub mean: f64,
    /// That of their magnitudes.
    pub mean_absolute: f64,
    /// The unbiased variance.
    pub variance: f64,
    /// Of the variance, from the fourth moment.
    pub standard_error: f64,
    /// The fourth central moment by the square of the second, 3 of a normal law. Where it is large and
    /// samples are few, those that decide the variance are rare, and the standard error is too small.
    pub kurtosis: f64,
    /// What the variance is where the circuits before and after the weight are two-designs
    /// ([`two_design_variance`]); `None` under noise and of [`Ansatz::Product`], which is none.
    pub two_design: Option<f64>,
    /// What the variance is exactly, where that is known: of [`Ansatz::Product`] without noise.
    pub closed_form: Option<f64>,
}

/// What came of a [`GradientVariance`].
#[derive(Debug, Clone, PartialEq)]
pub struct GradientScan {
    /// By depth, then by the number of qubits.
    pub points: Vec<Point>,
    /// For each depth with several numbers of qubits the law against qubits, then for each number of
    /// qubits with several depths that against the depth.
    pub fits: Vec<Fit>,
    /// Whether it was cancelled before all points were finished.
    pub interrupted: bool,
}

/// A thread takes at most this many samples at once.
const SAMPLES_AT_ONCE: usize = 16;
/// More depths or sizes are a slip.
const MOST_POINTS: usize = 4096;

impl GradientVariance {
    /// Of an ansatz and a cost, for 2 to 8 qubits at depth 1, 200 samples.
    pub fn new(ansatz: Ansatz, cost: Cost) -> Self {
        GradientVariance {
            ansatz,
            cost,
            qubits: (2..=8).collect(),
            depths: vec![1],
            samples: 200,
            parameter: None,
            noise: None,
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// The numbers of qubits.
    pub fn qubits(mut self, qubits: impl IntoIterator<Item = usize>) -> Self {
        self.qubits = qubits.into_iter().take(MOST_POINTS + 1).collect();
        self
    }

    /// The depths.
    pub fn depths(mut self, depths: impl IntoIterator<Item = usize>) -> Self {
        self.depths = depths.into_iter().take(MOST_POINTS + 1).collect();
        self
    }

    /// How many circuits or rows of weights for each point, from 2 to 2³².
    pub fn samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    /// The weight that derivatives are by, instead of [`Ansatz::middle_parameter`].
    pub fn parameter(mut self, parameter: usize) -> Self {
        self.parameter = Some(parameter);
        self
    }

    /// Noise: derivatives are then exact ones of density matrices, of at most 10 qubits.
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = Some(noise);
        self
    }

    /// The seed of circuits and weights.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who may cancel it, and sees how many samples are done ([`Watch::rows`]).
    pub fn watch(mut self, watch: &Watch) -> Self {
        self.watch = watch.clone();
        self
    }

    /// Number of samples of all points together.
    pub fn num_samples(&self) -> u64 {
        (self.qubits.len() as u64)
            .saturating_mul(self.depths.len() as u64)
            .saturating_mul(self.samples as u64)
    }

    /// All points and what follows from them.
    ///
    /// # Errors
    /// If there is no number of qubits or depth, or one of them is not one of the ansatz or is there twice;
    /// fewer than 2 samples; a weight that the circuit does not have; a cost on other qubits, or a constant;
    /// too little memory for two states a thread; noise on more than 10 qubits; [`Error::Interrupted`] if
    /// no point was finished.
    pub fn run(&self) -> Result<GradientScan> {
        self.run_watched(|_| {})
    }

    /// The same; `each` is told of each point when it is finished.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched(&self, mut each: impl FnMut(&Point)) -> Result<GradientScan> {
        self.check()?;
        // What the largest circuit is refused for is said before the others run.
        let largest = |list: &[usize]| list.iter().copied().max().unwrap_or(1);
        let streams = Streams::new(self.seed, Domain::Trainability);
        let mut stream = streams.stream(0);
        self.ansatz.circuit(largest(&self.qubits), largest(&self.depths), &mut stream)?;
        let mut points: Vec<Point> = Vec::new();
        let mut interrupted = false;
        'all: for &depth in &self.depths {
            for &num_qubits in &self.qubits {
                match self.point(num_qubits, depth) {
                    Ok(point) => {
                        each(&point);
                        points.push(point);
                    }
                    Err(Error::Interrupted) if !points.is_empty() => {
                        interrupted = true;
                        break 'all;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        let fits = fits(&points);
        Ok(GradientScan { points, fits, interrupted })
    }

    fn check(&self) -> Result<()> {
        let invalid = |what: &str, value: usize, expected: &str| {
            let (what, expected) = (what.into(), expected.into());
            Err(Error::Invalid { what, value: value.to_string(), expected })
        };
        for (list, what) in [(&self.qubits, "numbers of qubits"), (&self.depths, "depths")] {
            if list.is_empty() {
                return invalid(&format!("the number of {what}"), 0, "give at least one");
            }
            if list.len() > MOST_POINTS {
                let most = format!("give at most {MOST_POINTS}");
                return invalid(&format!("the number of {what}"), list.len(), &most);
            }
            let mut sorted = list.clone();
            sorted.sort_unstable();
            if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                let what = format!("a number among the {what}");
                return invalid(&what, pair[0], "it is there twice; give each once");
            }
        }
        if !(2..=MOST_SAMPLES).contains(&self.samples) {
            return invalid(
                "the number of samples",
                self.samples,
                "a variance needs at least 2 (its error many more), and there are streams for 2^32",
            );
        }
        self.noise.as_ref().map_or(Ok(()), Noise::check)?;
        for &num_qubits in &self.qubits {
            if num_qubits == 0 {
                return invalid("the number of qubits", 0, "it must be at least 1");
            }
            check_room::<f64>("a state vector", num_qubits)?;
            self.cost.check(num_qubits)?;
            // What is wrong with sizes is said before the work.
            for &depth in &self.depths {
                self.check_size(num_qubits, depth)?;
            }
        }
        Ok(())
    }

    fn check_size(&self, num_qubits: usize, depth: usize) -> Result<()> {
        let mut rng = Samples::new(self.seed, num_qubits, depth).stream(0);
        let circuit = self.ansatz.circuit(num_qubits, depth, &mut rng)?;
        let parameter = self.parameter_at(num_qubits, depth);
        check_parameter(parameter, circuit.inputs().count())
    }

    fn parameter_at(&self, num_qubits: usize, depth: usize) -> usize {
        self.parameter.unwrap_or_else(|| self.ansatz.middle_parameter(num_qubits, depth))
    }

    fn point(&self, num_qubits: usize, depth: usize) -> Result<Point> {
        let parameter = self.parameter_at(num_qubits, depth);
        let derivatives = match &self.noise {
            None => self.derivatives(num_qubits, depth, parameter)?,
            Some(noise) => self.noisy_derivatives(num_qubits, depth, parameter, noise)?,
        };
        let Moments { mean, mean_absolute, variance, standard_error, kurtosis } =
            Moments::of(&derivatives);
        let is_product = self.ansatz == Ansatz::Product;
        let ideal = self.noise.is_none();
        Ok(Point {
            num_qubits,
            depth,
            parameter,
            samples: derivatives.len(),
            mean,
            mean_absolute,
            variance,
            standard_error,
            kurtosis,
            two_design: (ideal && !is_product).then(|| two_design_variance(&self.cost, num_qubits)),
            closed_form: (ideal && is_product)
                .then(|| product_variance(&self.cost, num_qubits, parameter)),
        })
    }

    fn derivatives(&self, num_qubits: usize, depth: usize, parameter: usize) -> Result<Vec<f64>> {
        let cost = self.cost.prepare(num_qubits)?;
        let mut workers = Worker::several(num_qubits, self.samples)?;
        let circuits =
            Circuits::of_ansatz(self.ansatz, (num_qubits, depth), Some(parameter), &workers[0])?;
        let samples = Samples::new(self.seed, num_qubits, depth);
        self.sampled(&mut workers, |worker, sample| {
            circuits.with(&mut samples.stream(sample), worker, |prepared, weights, worker| {
                prepared.derivative(&cost, weights, worker)
            })
        })
    }

    fn noisy_derivatives(
        &self,
        num_qubits: usize,
        depth: usize,
        parameter: usize,
        noise: &Noise,
    ) -> Result<Vec<f64>> {
        let samples = Samples::new(self.seed, num_qubits, depth);
        let size = (num_qubits, depth);
        let new = |_| {
            let rng = &mut samples.stream(0);
            NoisyPoint::new(self.ansatz, size, parameter, (&self.cost, noise), rng)
        };
        let is_small = 2 * num_qubits < SMALL_BELOW;
        let several = if is_small { threads().min(self.samples).max(1) } else { 1 };
        let mut workers: Vec<NoisyPoint> = (0..several).map(new).collect::<Result<_>>()?;
        self.sampled(&mut workers, |point, sample| {
            point.derivative(&mut samples.stream(sample), &self.watch)
        })
    }

    /// What `of` makes of each sample, in order.
    fn sampled<W: Send>(
        &self,
        workers: &mut [W],
        of: impl Fn(&mut W, usize) -> Result<f64> + Sync,
    ) -> Result<Vec<f64>> {
        let mut values: Vec<f64> = list_of("the derivatives", self.samples, "take fewer samples")?;
        values.resize(self.samples, 0.0);
        let items = (self.samples, values.iter_mut());
        let finished =
            for_each_in_order(workers, items, SAMPLES_AT_ONCE, &self.watch, |worker, k, value| {
                *value = of(worker, k)?;
                Ok(())
            })?;
        match finished.contains(&false) {
            true => Err(Error::Interrupted),
            false => Ok(values),
        }
    }
}

/// The laws that points tell of.
fn fits(points: &[Point]) -> Vec<Fit> {
    let mut fits = Vec::new();
    for against in [Against::Qubits, Against::Depth] {
        let key = |p: &Point| match against {
            Against::Qubits => (p.depth, p.num_qubits),
            Against::Depth => (p.num_qubits, p.depth),
        };
        let mut groups: Vec<usize> = points.iter().map(|p| key(p).0).collect();
        groups.sort_unstable();
        groups.dedup();
        for at in groups {
            let of = points.iter().filter(|p| key(p).0 == at);
            let along = of.map(|p| (key(p).1, p.variance, p.standard_error));
            fits.extend(Fit::of(against, at, along));
        }
    }
    fits
}

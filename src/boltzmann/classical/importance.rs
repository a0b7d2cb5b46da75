//! Annealed importance sampling of the partition function.

use super::Rbm;
use super::exact::LogSum;
use super::importance_runs::Runs;
use super::kernel::{LANES, Layers};
use crate::boltzmann::Distribution;
use crate::error::{Error, Result};
use crate::math::{
    Domain, Isa, Streams, Watch, check_memory, for_each_in_order, threads, vectorized,
};
use serde::{Deserialize, Serialize};

/// ln Z by annealed importance sampling (Neal, Stat. Comput. 11, 125 (2001); Salakhutdinov and Murray,
/// ICML 2008): runs that begin at a machine without weights, whose Z is known, and take one Gibbs step
/// at each of a row of laws on the way to the machine,
///
/// ln p*_β(v) = ((1 - β) a₀ + β a)·v + Σⱼ ln(1 + e^{β (bⱼ + Σᵢ vᵢ Wᵢⱼ)}).
///
/// The weight of a run is the product of p*_{β'}(v) / p*_β(v) over the steps from β to β', each at the
/// state v that was drawn at β. Weights are averaged, not their logarithms: the mean is Z / Z₀ without
/// bias at any number of steps.
///
/// Run k draws from stream k alone: the same seed gives the same bits at any number of threads and
/// with any instruction set.
///
/// ```
/// use ketlab::boltzmann::classical::{ImportanceSampling, Rbm};
///
/// let rbm = Rbm::random(12, 8, 0.5, 1)?;
/// let log_z = ImportanceSampling::new().steps(200).runs(256).seed(1).run(&rbm)?;
/// assert!((log_z.value - rbm.log_partition()?).abs() < 5.0 * log_z.standard_error);
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ImportanceSampling {
    runs: usize,
    steps: usize,
    base: Option<Vec<f64>>,
    seed: u64,
    isa: Isa,
    watch: Watch,
}

/// An estimate of ln Z.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LogZ {
    /// The estimate of ln Z.
    pub value: f64,
    /// Its standard error: that of the mean weight divided by the mean weight. It trusts the weights
    /// that were seen; where few runs are effective, it is too small.
    pub standard_error: f64,
    /// (Σ w)² / Σ w² of the weights: how many runs of equal weights would say as much.
    pub effective_runs: f64,
    /// Number of runs.
    pub runs: usize,
    /// Number of steps of a run, from the base to the machine.
    pub steps: usize,
}

impl Default for ImportanceSampling {
    fn default() -> Self {
        let (isa, watch) = (Isa::best(), Watch::default());
        ImportanceSampling { runs: 1024, steps: 1000, base: None, seed: 0, isa, watch }
    }
}

impl ImportanceSampling {
    /// 1024 runs of 1000 steps from fair bits, seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of independent runs, at least two.
    pub fn runs(self, runs: usize) -> Self {
        ImportanceSampling { runs, ..self }
    }

    /// Number of steps of a run, of equal length in β.
    pub fn steps(self, steps: usize) -> Self {
        ImportanceSampling { steps, ..self }
    }

    /// Begins at independent bits with these biases a₀ in place of fair ones.
    pub fn base(self, visible_bias: Vec<f64>) -> Self {
        ImportanceSampling { base: Some(visible_bias), ..self }
    }

    /// Begins at independent bits that are 1 as often as in the data, from 1 % to 99 %.
    pub fn base_from(self, data: &Distribution) -> Self {
        let bias = |i: usize| {
            let ones = data.outcomes().iter().filter(|(bits, _)| bits.bit(i));
            let p = ones.map(|o| o.1).sum::<f64>().clamp(0.01, 0.99);
            (p / (1.0 - p)).ln()
        };
        self.base((0..data.num_bits()).map(bias).collect())
    }

    /// The seed of the runs.
    pub fn seed(self, seed: u64) -> Self {
        ImportanceSampling { seed, ..self }
    }

    /// The instruction set; it changes nothing but the time.
    pub fn isa(self, isa: Isa) -> Self {
        ImportanceSampling { isa, ..self }
    }

    /// Counts Gibbs steps of all runs as passes, and can cancel the run.
    pub fn watch(self, watch: &Watch) -> Self {
        ImportanceSampling { watch: watch.clone(), ..self }
    }

    /// Estimates ln Z.
    ///
    /// # Errors
    /// If there are fewer than two runs or no steps, the base has another number of biases than there
    /// are visible units or one that is not finite, the memory is not there, or parameters are beyond
    /// single precision; [`Error::Interrupted`] if it was cancelled.
    pub fn run(&self, rbm: &Rbm) -> Result<LogZ> {
        let (nv, nh) = (rbm.num_visible(), rbm.num_hidden());
        let base = self.base.clone().unwrap_or_else(|| vec![0.0; nv]);
        self.check(nv, &base)?;
        let layers = Layers::new(rbm)?;
        // The biases of the base are checked as those of a machine are.
        let of_base = Layers::new(&Rbm::new(base.clone(), vec![0.0], vec![0.0; nv])?)?;
        let streams = Streams::new(self.seed, Domain::Importance);
        let bytes = 8 * self.runs as u128;
        check_memory("runs of importance sampling", bytes, |_| (None, "ask for fewer".into()))?;
        let mut logs = vec![0.0; self.runs];
        let blocks = logs.chunks_mut(LANES);
        let mut workers = vec![(); threads().min(blocks.len())];
        let items = (blocks.len(), blocks);
        let work = |_: &mut (), number: usize, logs: &mut [f64]| {
            let (layers, streams, used) = (&layers, &streams, logs.len());
            let (first, base) = ((number * LANES) as u64, &of_base.visible_bias[..]);
            let (steps, watch) = (self.steps, &self.watch);
            let runs = Runs { layers, base, streams, first, used, steps, watch };
            let of_lanes = vectorized(self.isa, runs)?;
            logs.copy_from_slice(&of_lanes[..used]);
            Ok(())
        };
        let finished = for_each_in_order(&mut workers, items, 4, &self.watch, work)?;
        if finished.contains(&false) {
            return Err(Error::Interrupted);
        }
        // Z of the base: free hidden units, and its independent visible ones.
        let z: f64 = base.iter().map(|a| a.max(0.0) + (-a.abs()).exp().ln_1p()).sum();
        Ok(self.estimate(nh as f64 * std::f64::consts::LN_2 + z, &logs))
    }

    fn estimate(&self, of_base: f64, logs: &[f64]) -> LogZ {
        let n = logs.len() as f64;
        let mut sum = LogSum::default();
        logs.iter().for_each(|&x| sum.add(x));
        let log_mean = sum.ln() - n.ln();
        // In units of the mean weight.
        let weights = logs.iter().map(|x| (x - log_mean).exp());
        let squares: f64 = weights.clone().map(|w| w * w).sum();
        let variance = weights.map(|w| (w - 1.0) * (w - 1.0)).sum::<f64>() / (n - 1.0);
        LogZ {
            value: of_base + log_mean,
            standard_error: (variance / n).sqrt(),
            effective_runs: n * n / squares,
            runs: self.runs,
            steps: self.steps,
        }
    }

    fn check(&self, nv: usize, base: &[f64]) -> Result<()> {
        let invalid = |what: &str, value: usize, expected: String| {
            Err(Error::Invalid { what: what.into(), value: value.to_string(), expected })
        };
        if self.runs < 2 {
            let expected = "a standard error needs at least two".into();
            return invalid("the number of runs", self.runs, expected);
        }
        if self.steps == 0 {
            return invalid("the number of steps", 0, "there must be at least one".into());
        }
        if base.len() != nv {
            let expected = format!("there are {nv} visible units");
            return invalid("the number of biases of the base", base.len(), expected);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::machine;
    use super::*;
    use crate::math::{Bits, on_threads};

    /// Weights and biases normal with standard deviation 0.5; the seeds are fixed.
    #[test]
    fn log_z_is_within_three_stated_errors() {
        for seed in 0..20 {
            let rbm = machine(12, 8, 0.5, seed);
            let exact = rbm.log_partition().unwrap();
            let estimate = ImportanceSampling::new().steps(300).runs(512).seed(seed).run(&rbm);
            let LogZ { value, standard_error, effective_runs, .. } = estimate.unwrap();
            let error = (value - exact) / standard_error;
            assert!(error.abs() < 3.0, "{seed}: {value} ± {standard_error}, {exact}");
            assert!(standard_error < 0.02 && effective_runs > 400.0, "{standard_error}");
        }
    }

    /// Few steps, so that weights differ; weights that use one step's parameters alone would be
    /// off by many errors.
    #[test]
    fn the_stated_error_is_that_of_many_seeds() {
        let rbm = machine(12, 8, 0.7, 77);
        let exact = rbm.log_partition().unwrap();
        let law = (0..6).map(|k| (Bits::from_u64(k * 700, 12), 1u64));
        let data = Distribution::from_counts(law).unwrap();
        let base = ImportanceSampling::new().runs(400);
        for sampling in [base.clone().steps(30), base.base_from(&data).steps(60)] {
            let errors: Vec<f64> = (0..40)
                .map(|seed| {
                    let estimate = sampling.clone().seed(seed).run(&rbm).unwrap();
                    (estimate.value - exact) / estimate.standard_error
                })
                .collect();
            let rms = (errors.iter().map(|e| e * e).sum::<f64>() / 40.0).sqrt();
            assert!((0.6..1.5).contains(&rms), "{rms}");
        }
    }

    #[test]
    fn the_base_itself_has_no_error() {
        let a = vec![0.3, -2.0, 1.0];
        let rbm = Rbm::new(a.clone(), vec![0.0; 2], vec![0.0; 6]).unwrap();
        let estimate = ImportanceSampling::new().base(a).runs(20).steps(10).run(&rbm).unwrap();
        assert!((estimate.value - rbm.log_partition().unwrap()).abs() < 1e-6);
        assert!(estimate.standard_error < 1e-6 && (estimate.effective_runs - 20.0).abs() < 1e-4);
    }

    #[test]
    fn runs_are_the_same_on_every_number_of_threads() {
        let rbm = machine(9, 6, 0.5, 3);
        let sampling = ImportanceSampling::new().steps(20).runs(100).seed(3);
        let one = on_threads(1, || sampling.run(&rbm)).unwrap();
        assert_eq!(on_threads(2, || sampling.run(&rbm)).unwrap(), one);
        for &isa in Isa::available() {
            assert_eq!(sampling.clone().isa(isa).run(&rbm).unwrap(), one);
        }
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<LogZ>(&text).unwrap(), one);
    }

    #[test]
    fn refuses_with_a_reason() {
        let (rbm, base) = (machine(3, 2, 1.0, 2), ImportanceSampling::new());
        for bad in [
            base.clone().runs(1),
            base.clone().steps(0),
            base.clone().base(vec![0.0; 2]),
            base.clone().base(vec![f64::NAN; 3]),
            base.clone().runs(1 << 60),
        ] {
            assert!(bad.run(&rbm).is_err(), "{bad:?}");
        }
        let watch = Watch::default();
        base.clone().runs(20).steps(7).watch(&watch).run(&rbm).unwrap();
        assert_eq!(watch.passes(), 140);
        watch.cancel();
        assert_eq!(base.watch(&watch).run(&rbm), Err(Error::Interrupted));
    }
}

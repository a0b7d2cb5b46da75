//! Samples of the visible units, also where some of them are known.

use super::Rbm;
use super::kernel::{LANES, Lane, Layers, bits_of, draw_fair, draw_layer};
use crate::error::{Error, Result};
use crate::math::{
    Bits, Domain, Isa, LaneRng, Streams, Vectorized, Watch, check_memory, for_each_in_order,
    threads, vectorized,
};

/// Samples by Gibbs steps: each sample is the end of a chain of its own, so samples are independent,
/// and have the machine's law up to what so many steps leave of a random start. Sample k draws from
/// stream k alone, so it is the same whatever the number of samples, of threads, and the instruction
/// set.
///
/// ```
/// use ketlab::boltzmann::classical::{Rbm, RbmSampler};
///
/// let rbm = Rbm::random(6, 3, 1.0, 1)?;
/// let samples = RbmSampler::new().steps(100).seed(1).sample(&rbm, 10)?;
/// // Bit 5 is to be 1.
/// let known = [None, None, None, None, None, Some(true)];
/// let completed = RbmSampler::new().seed(1).complete(&rbm, &known, 10)?;
/// assert!(completed.iter().all(|bits| bits.bit(5)));
/// # Ok::<(), ketlab::error::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RbmSampler {
    steps: usize,
    seed: u64,
    isa: Isa,
    watch: Watch,
}

impl Default for RbmSampler {
    fn default() -> Self {
        RbmSampler { steps: 1000, seed: 0, isa: Isa::best(), watch: Watch::default() }
    }
}

impl RbmSampler {
    /// 1000 steps a sample, seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gibbs steps from the random start to the sample: both layers once each.
    pub fn steps(self, steps: usize) -> Self {
        RbmSampler { steps, ..self }
    }

    /// The seed of the chains.
    pub fn seed(self, seed: u64) -> Self {
        RbmSampler { seed, ..self }
    }

    /// The instruction set; it changes nothing but the time.
    pub fn isa(self, isa: Isa) -> Self {
        RbmSampler { isa, ..self }
    }

    /// Counts Gibbs steps of all chains as passes, and can cancel the run.
    pub fn watch(self, watch: &Watch) -> Self {
        RbmSampler { watch: watch.clone(), ..self }
    }

    /// So many samples of the visible units.
    ///
    /// # Errors
    /// If no steps or samples are asked for, the memory is not there, or parameters are beyond single
    /// precision; [`Error::Interrupted`] if it was cancelled.
    pub fn sample(&self, rbm: &Rbm, count: usize) -> Result<Vec<Bits>> {
        self.complete(rbm, &vec![None; rbm.num_visible()], count)
    }

    /// So many samples of the visible units given those that are known (clamped): `known[i]` is the
    /// value of unit i, or `None`.
    ///
    /// # Errors
    /// As [`sample`](Self::sample), and if there is not one entry a visible unit.
    pub fn complete(&self, rbm: &Rbm, known: &[Option<bool>], count: usize) -> Result<Vec<Bits>> {
        if known.len() != rbm.num_visible() {
            return Err(Error::Invalid {
                what: "the number of bits, known or not,".into(),
                value: known.len().to_string(),
                expected: format!("there are {} visible units", rbm.num_visible()),
            });
        }
        for (what, number) in [("Gibbs steps", self.steps), ("samples", count)] {
            if number == 0 {
                return Err(Error::Invalid {
                    what: format!("the number of {what}"),
                    value: "0".into(),
                    expected: "there must be at least one".into(),
                });
            }
        }
        let each = size_of::<Bits>() as u128 + rbm.num_visible() as u128 / 8 + 16;
        let bytes = count as u128 * each;
        check_memory("samples", bytes, |_| (None, "ask for fewer at a time".into()))?;
        let layers = Layers::new(rbm)?;
        let streams = Streams::new(self.seed, Domain::Chain);
        let mut samples = vec![Bits::zeros(0); count];
        let blocks = samples.chunks_mut(LANES);
        let mut workers = vec![(); threads().min(blocks.len())];
        let items = (blocks.len(), blocks);
        let work = |_: &mut (), number: usize, samples: &mut [Bits]| {
            let first = (number * LANES) as u64;
            let (layers, streams) = (&layers, &streams);
            let walk = Walk { layers, streams, first, known, used: samples.len(), sampler: self };
            let visible = vectorized(self.isa, walk)?;
            for (lane, sample) in samples.iter_mut().enumerate() {
                *sample = bits_of(&visible, lane);
            }
            Ok(())
        };
        let finished = for_each_in_order(&mut workers, items, 8, &self.watch, work)?;
        if finished.contains(&false) { Err(Error::Interrupted) } else { Ok(samples) }
    }
}

/// The chains of one block.
struct Walk<'a> {
    layers: &'a Layers,
    streams: &'a Streams,
    first: u64,
    used: usize,
    known: &'a [Option<bool>],
    sampler: &'a RbmSampler,
}

impl Vectorized for Walk<'_> {
    type Output = Result<Vec<Lane>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (visible, hidden) = (&self.layers.visible, &self.layers.hidden);
        let mut rng = LaneRng::<LANES>::new(self.streams, self.first);
        let mut v = vec![[0.0; LANES]; visible.units];
        let mut h = vec![[0.0; LANES]; hidden.units];
        draw_fair(&mut v, &mut rng);
        let clamp = |v: &mut [Lane]| {
            for (unit, known) in v.iter_mut().zip(self.known) {
                if let Some(value) = known {
                    *unit = [f32::from(u8::from(*value)); LANES];
                }
            }
        };
        clamp(&mut v);
        // Whoever looks at the watch less often than this is not missed.
        let often = (4096 / (visible.units + hidden.units)).max(1);
        for step in 0..self.sampler.steps {
            if step % often == 0 {
                self.sampler.watch.check()?;
                let steps = often.min(self.sampler.steps - step);
                self.sampler.watch.add_passes((steps * self.used) as u64);
            }
            draw_layer(hidden, 1.0, &v, &mut h, &mut rng);
            draw_layer(visible, 1.0, &h, &mut v, &mut rng);
            clamp(&mut v);
        }
        Ok(v)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{brute_force, machine};
    use super::*;
    use crate::math::on_threads;
    use crate::math::statistics::chi_squared_quantile;

    /// Σ (seen - expected)² / expected is below what one law in 10,000 exceeds.
    fn check_law(samples: &[Bits], law: &[f64]) {
        let n = samples.len() as f64;
        let mut counts = vec![0.0; law.len()];
        samples.iter().for_each(|bits| counts[bits.value(0, bits.len()) as usize] += 1.0);
        let (mut chi, mut cells, mut rest) = (0.0, -1.0, (0.0, 0.0));
        let mut cell = |count: f64, expected: f64| {
            chi += (count - expected) * (count - expected) / expected;
            cells += 1.0;
        };
        for (count, p) in counts.iter().zip(law) {
            assert!(*p > 0.0 || *count == 0.0);
            if n * p >= 8.0 {
                cell(*count, n * p);
            } else {
                rest = (rest.0 + count, rest.1 + n * p);
            }
        }
        if rest.1 > 0.0 {
            cell(rest.0, rest.1);
        }
        let most = chi_squared_quantile(cells, 1.0 - 1e-4);
        assert!(chi < most, "{chi} with {cells} degrees of freedom");
    }

    #[test]
    fn samples_have_the_exact_law() {
        for (nv, nh) in [(6, 3), (5, 6)] {
            let rbm = machine(nv, nh, 1.0, 21);
            let (law, _) = brute_force(&rbm);
            let sampler = RbmSampler::new().steps(60).seed(1);
            check_law(&sampler.sample(&rbm, 50_000).unwrap(), &law);
            // Bit 0 is 1 and bit 3 is 0.
            let mut known = vec![None; nv];
            (known[0], known[3]) = (Some(true), Some(false));
            let mut given: Vec<f64> =
                (0..1 << nv).map(|v| if v & 0b1001 == 1 { law[v] } else { 0.0 }).collect();
            let sum: f64 = given.iter().sum();
            given.iter_mut().for_each(|p| *p /= sum);
            check_law(&sampler.complete(&rbm, &known, 50_000).unwrap(), &given);
        }
    }

    #[test]
    fn a_sample_is_the_same_in_any_company() {
        let rbm = machine(9, 5, 1.0, 2);
        let sampler = RbmSampler::new().steps(20).seed(3);
        let all = on_threads(1, || sampler.sample(&rbm, 200)).unwrap();
        assert_eq!(on_threads(2, || sampler.sample(&rbm, 200)).unwrap(), all);
        for &isa in Isa::available() {
            assert_eq!(sampler.clone().isa(isa).sample(&rbm, 37).unwrap(), all[..37]);
        }
        assert_ne!(sampler.clone().seed(4).sample(&rbm, 200).unwrap(), all);
    }

    #[test]
    fn refuses_with_a_reason() {
        let rbm = machine(3, 2, 1.0, 2);
        let sampler = RbmSampler::new();
        assert!(sampler.sample(&rbm, 0).is_err());
        assert!(sampler.clone().steps(0).sample(&rbm, 1).is_err());
        assert!(sampler.sample(&rbm, 1 << 55).is_err());
        assert!(sampler.complete(&rbm, &[None; 2], 1).is_err());
        let large = Rbm::new(vec![1e31; 3], vec![0.0], vec![0.0; 3]).unwrap();
        assert!(sampler.sample(&large, 1).is_err());
        let watch = Watch::default();
        sampler.clone().steps(1000).watch(&watch).sample(&rbm, 40).unwrap();
        assert_eq!(watch.passes(), 40_000);
        watch.cancel();
        assert_eq!(sampler.watch(&watch).sample(&rbm, 1), Err(Error::Interrupted));
    }
}

//! Steepest descent.

use super::initial::Initial;
use super::minima::Minima;
use super::settings::reads_are_set;
use crate::error::Result;
use crate::ising::Ising;
use crate::ising::compact::{Compact, Scale};
use crate::ising::reads::{self, File, Reads, Together};
use crate::ising::sample_set::{SampleInfo, SampleSet};
use crate::math::{Bits, Checkpoint, Domain, Fingerprint, Kept, Streams, Watch, check_memory};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::time::Instant;

/// Flips between two looks at the watch.
const STEP: u64 = 1024;

/// Steepest descent: each read begins at a random configuration, or a given one, and flips the spin that
/// lowers the energy most, the first of several, until no flip lowers it. Reads are independent, and
/// draw nothing but their start.
///
/// A flip costs O(its neighbours) and some 64 comparisons for each, however many spins there are. That
/// a flip lowers the energy is computed afresh before it is made, so that rounding makes no circles.
///
/// ```
/// use ketlab::ising::{Ising, SteepestDescent};
/// let model = Ising::new(vec![-0.5; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let samples = SteepestDescent::new().reads(50).seed(1).run(&model)?;
/// assert_eq!(samples.lowest().unwrap().energy, -29.0);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SteepestDescent {
    reads: Reads,
    initial: Initial,
    seed: u64,
    watch: Watch,
}

impl Default for SteepestDescent {
    fn default() -> Self {
        Self::new()
    }
}

/// What one read comes to.
#[derive(Serialize, Deserialize)]
struct Read {
    bits: Bits,
    flips: u64,
}

reads_are_set!(SteepestDescent);

impl SteepestDescent {
    /// Ten reads from random starts, seed 0.
    pub fn new() -> Self {
        let (initial, watch) = Default::default();
        SteepestDescent { reads: Reads::new(10), initial, seed: 0, watch }
    }

    /// Counts reads (`rows`) there, and ends when it is cancelled: finished reads are kept.
    pub fn watch(self, watch: &Watch) -> Self {
        SteepestDescent { watch: watch.clone(), ..self }
    }

    /// Descends: one row a read, in their order.
    ///
    /// # Errors
    /// If there are no reads, a start has not as many bits as the model spins, or the coefficients of
    /// a spin add up to infinity; [`Error::TooLarge`](crate::Error::TooLarge) if reads do not fit in
    /// memory; [`Error::Interrupted`](crate::Error::Interrupted) if no read was finished.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// What reads belong to: the model, the seed and the starts.
    pub fn fingerprint(&self, model: &Ising) -> Fingerprint {
        self.initial.tell(reads::fingerprint("steepest descent", model, self.seed))
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        self.reads.check()?;
        let n = model.num_spins();
        self.initial.check(n)?;
        let scale = Scale::of(model)?;
        let of_a_read = u128::from(n as u64 / 4 + 64) + reads::bytes_in_a_file(kept, n as u64);
        let bytes = u128::from(self.reads.count) * of_a_read;
        check_memory("steepest descent", bytes, |_| (None, "ask for fewer reads".into()))?;
        let fault = |read: &Read| reads::length_fault(&read.bits, n as u64);
        let file = File::new(kept, || Ok(self.fingerprint(model)), &fault)?;
        let compact = Compact::<f64>::new(model, &scale);
        let streams = Streams::new(self.seed, Domain::Tabu);
        let finished = reads::run(self.reads, Together::One, &self.watch, file, |number, _, _| {
            let bits = match self.initial.of(number) {
                Some(bits) => bits.clone(),
                None => random_bits(n, &mut streams.stream(number)),
            };
            Ok(vec![descended(&compact, bits, &self.watch)?])
        })?;
        let flips: u64 = finished.reads.iter().map(|read| read.flips).sum();
        let mut parameters = Map::new();
        parameters.insert("flips".into(), json!(flips));
        parameters.insert("start".into(), self.initial.name().into());
        self.reads.tell(&mut parameters);
        let info = SampleInfo {
            solver: "steepest descent".into(),
            parameters,
            seed: Some(self.seed),
            // All differences at the start, and those that a flip changes.
            evaluations: Some(flips.saturating_add(finished.len()).saturating_mul(n as u64)),
            interrupted: finished.len() < self.reads.count,
            ..SampleInfo::default()
        };
        finished.kept(|reads| {
            let mut samples = SampleSet::new(model, reads.into_iter().map(|read| read.bits), info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }
}

pub(super) fn random_bits(n: usize, rng: &mut impl rand::Rng) -> Bits {
    let mut bits = Bits::zeros(n);
    for i in 0..n {
        bits.set(i, rng.random());
    }
    bits
}

/// A configuration on its way down.
struct Descent<'a> {
    model: &'a Compact<f64>,
    spins: Vec<f64>,
    /// The fields that spins feel, up to rounding.
    local: Vec<f64>,
    /// How much of what a flip adds may be rounding, where the field is computed afresh.
    rounding: Vec<f64>,
    /// What flips add, 0 where it is not below 0 for certain.
    gains: Minima,
}

impl<'a> Descent<'a> {
    fn new(model: &'a Compact<f64>, bits: &Bits) -> Self {
        let n = model.fields.len();
        let spins: Vec<f64> = (0..n).map(|i| if bits.bit(i) { -1.0 } else { 1.0 }).collect();
        let rounding = |i: usize| {
            let (terms, around) = (model.neighbours(i).len() as f64 + 1.0, model.neighbours(i));
            let size = model.fields[i].abs() + around.iter().map(|(_, w)| w.abs()).sum::<f64>();
            2.0 * terms * f64::EPSILON * size
        };
        let rounding = (0..n).map(rounding).collect();
        let gains = Minima::new(vec![0.0; n]);
        let mut descent = Descent { model, spins, local: vec![0.0; n], rounding, gains };
        descent.refresh();
        descent
    }

    fn refresh(&mut self) {
        for i in 0..self.spins.len() {
            self.refresh_one(i);
        }
    }

    fn refresh_one(&mut self, i: usize) {
        let around = self.model.neighbours(i).iter();
        let sum: f64 = around.map(|&(j, w)| w * self.spins[j as usize]).sum();
        self.local[i] = self.model.fields[i] + sum;
        self.weigh(i);
    }

    fn gain(&self, i: usize) -> f64 {
        let delta = -2.0 * self.spins[i] * self.local[i];
        if delta < -self.rounding[i] { delta } else { 0.0 }
    }

    fn weigh(&mut self, i: usize) {
        self.gains.set(i, self.gain(i));
    }

    fn flip(&mut self, i: usize) {
        self.spins[i] = -self.spins[i];
        self.weigh(i);
        let change = 2.0 * self.spins[i];
        for &(j, w) in self.model.neighbours(i) {
            let j = j as usize;
            self.local[j] += change * w;
            self.weigh(j);
        }
    }
}

fn descended(model: &Compact<f64>, mut bits: Bits, watch: &Watch) -> Result<Read> {
    let mut descent = Descent::new(model, &bits);
    let (mut flips, mut is_fresh) = (0, true);
    while let Some((i, lowest)) = descent.gains.first_least() {
        if lowest < 0.0 {
            descent.refresh_one(i);
            if descent.gain(i) < 0.0 {
                descent.flip(i);
                is_fresh = false;
                flips += 1;
            }
            if flips % STEP == 0 {
                watch.check()?;
            }
        } else if is_fresh {
            break;
        } else {
            // What rounding has hidden.
            descent.refresh();
            is_fresh = true;
        }
    }
    descent.spins.iter().enumerate().for_each(|(i, &s)| bits.set(i, s < 0.0));
    Ok(Read { bits, flips })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{
        a_cut_file_goes_on, any_ising, pieces_are_the_whole, same_on_every_number_of_threads,
        spin_glasses,
    };
    use proptest::prelude::*;

    /// By the definition: all differences, the first of the least.
    fn by_definition(model: &Ising, mut bits: Bits) -> Bits {
        loop {
            let deltas: Vec<f64> = (0..bits.len()).map(|i| model.energy_delta(&bits, i)).collect();
            let least = deltas.iter().copied().fold(f64::INFINITY, f64::min);
            if least >= -1e-12 {
                return bits;
            }
            let first = deltas.iter().position(|&delta| delta == least).unwrap();
            bits.set(first, !bits.bit(first));
        }
    }

    proptest! {
        #[test]
        fn flips_what_lowers_most_until_nothing_does(model in any_ising(9), start in 0u64..512) {
            let start = Bits::from_u64(start, 9);
            let samples = SteepestDescent::new().reads(1).initial(vec![start.clone()]);
            let samples = samples.run(&model).unwrap();
            let found = samples.bits(0);
            prop_assert!((0..9).all(|i| model.energy_delta(&found, i) > -1e-9));
            prop_assert!(samples.energy(0) <= model.energy(&start));
            // Random weights have no ties but by rounding: the same way down.
            let expected = model.energy(&by_definition(&model, start));
            prop_assert!((samples.energy(0) - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn the_first_of_equals_is_flipped() {
        for (name, (model, _)) in spin_glasses() {
            let n = model.num_spins();
            let starts: Vec<Bits> = (0..4)
                .map(|k| random_bits(n, &mut Streams::new(k, Domain::Tabu).stream(9)))
                .collect();
            let samples = SteepestDescent::new().reads(4).initial(starts.clone());
            let samples = samples.run(&model).unwrap();
            for (row, start) in starts.into_iter().enumerate() {
                assert_eq!(samples.bits(row), by_definition(&model, start), "{name}");
            }
        }
    }

    #[test]
    fn reads_are_run_in_pieces_and_kept() {
        let pairs =
            (0..20).flat_map(|j| (0..j).map(move |i| (i, j, ((3 * i + j) % 5) as f64 - 2.0)));
        let model = Ising::new(vec![0.3; 20], pairs, 1.5);
        let base = SteepestDescent::new().seed(6);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        same_on_every_number_of_threads(|| base.clone().reads(20).run(&model).unwrap());
        a_cut_file_goes_on("descent", |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
    }

    #[test]
    fn small_and_extreme_models() {
        let base = SteepestDescent::new;
        let empty = base().run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!(empty.energies(), [2.0; 10]);
        let one = base().run(&Ising::new(vec![-1.0], [], 0.0)).unwrap();
        assert_eq!(one.energies(), [-1.0; 10]);
        assert_eq!(base().run(&Ising::new(vec![0.0; 5], [], 2.0)).unwrap().energies(), [2.0; 10]);
        for unit in [1e306, 1e-290, 5e-324] {
            let model = Ising::new(vec![-unit; 4], (0..3).map(|i| (i, i + 1, -unit)), 0.0);
            let samples = base().reads(40).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, -7.0 * unit);
        }
        let over = Ising::new(vec![0.0; 3], [(0, 1, 1e308), (1, 2, 1e308)], 0.0);
        assert!(base().run(&over).is_err());
        let model = Ising::new(vec![1.0; 3], [], 0.0);
        assert!(
            base().reads(0).run(&model).is_err() && base().reads(u64::MAX).run(&model).is_err()
        );
        let says = base().initial(vec![Bits::zeros(2)]).run(&model).unwrap_err().to_string();
        assert!(says.contains("3 spins"), "{says}");
        let watch = Watch::default();
        watch.cancel();
        assert!(base().watch(&watch).run(&model).is_err());
    }
}

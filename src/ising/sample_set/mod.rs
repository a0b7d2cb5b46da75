//! What a solver returns: configurations with their energies, and how they came about.

mod dimod;
mod file;
mod json;
mod meaning;

use super::Ising;
use super::model::check_length;
use super::walk::Found;
use crate::error::{Error, Result};
use crate::math::Bits;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The most reads of a set: dimod counts them in signed numbers.
const MAX_READS: u64 = i64::MAX as u64;

/// How samples came about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SampleInfo {
    /// The solver's name, e.g. `simulated annealing`.
    pub solver: String,
    /// Its parameters as it used them, also those that it chose itself, by name.
    pub parameters: Map<String, Value>,
    /// The seed of its random numbers.
    pub seed: Option<u64>,
    /// Sweeps of each read. A sweep is no unit of time.
    pub sweeps: Option<u64>,
    /// Energies and energy differences asked for, in all reads.
    pub evaluations: Option<u64>,
    /// Seconds by the clock on the wall, for all reads on all threads.
    pub seconds: Option<f64>,
    /// Whether the run was cancelled; the samples are those of the finished reads.
    pub interrupted: bool,
    /// What to know before the samples are believed.
    pub warnings: Vec<String>,
}

/// One row of a [`SampleSet`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The configuration; bit i is spin i, 0 for +1.
    pub bits: Bits,
    /// Its energy.
    pub energy: f64,
    /// How often it was read.
    pub occurrences: u64,
}

/// Configurations of one problem, packed in words, with energies and how often each occurred.
///
/// ```
/// use ketlab::ising::{Ising, SampleInfo, SampleSet};
/// use ketlab::math::Bits;
/// let model = Ising::new(vec![0.0; 2], [(0, 1, 1.0)], 0.0);
/// let reads = [0b01, 0b00, 0b01].map(|x| Bits::from_u64(x, 2));
/// let set = SampleSet::new(&model, reads, SampleInfo::default())?.aggregated().sorted();
/// assert_eq!((set.len(), set.reads()), (2, 3));
/// assert_eq!((set.energy(0), set.occurrences(0)), (-1.0, 2));
/// assert_eq!(SampleSet::from_json(&set.to_json())?, set);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSet {
    num_spins: usize,
    /// `num_spins.div_ceil(64)` words a row, spin i in bit i % 64 of word i / 64, 1 for s = -1.
    words: Vec<u64>,
    energies: Vec<f64>,
    occurrences: Vec<u64>,
    /// Occurrences of all rows, at most [`MAX_READS`].
    reads: u64,
    /// How they came about.
    pub info: SampleInfo,
}

impl SampleSet {
    /// The configurations with their energies in the model, each one occurrence.
    ///
    /// # Errors
    /// If one has not as many bits as the model spins.
    pub fn new(
        model: &Ising,
        reads: impl IntoIterator<Item = Bits>,
        info: SampleInfo,
    ) -> Result<Self> {
        let mut set = Self::without_rows(model.num_spins(), info);
        let mut reads = reads.into_iter();
        loop {
            let some: Vec<Bits> = reads.by_ref().take(64).collect();
            if some.is_empty() {
                break;
            }
            some.iter().try_for_each(|bits| model.check_bits(bits))?;
            let energies = model.energies_of(&some);
            for (bits, energy) in some.into_iter().zip(energies) {
                set.push(&Sample { bits, energy, occurrences: 1 })?;
            }
        }
        Ok(set)
    }

    /// The rows as they are, of a problem with this many spins; for energies that no [`Ising`] gives.
    ///
    /// # Errors
    /// If a row has not this many bits, no occurrence, or an energy that is not finite; if there are
    /// 2⁶³ occurrences or more together.
    pub fn from_samples(
        num_spins: usize,
        samples: impl IntoIterator<Item = Sample>,
        info: SampleInfo,
    ) -> Result<Self> {
        let mut set = Self::without_rows(num_spins, info);
        samples.into_iter().try_for_each(|sample| set.push(&sample))?;
        Ok(set)
    }

    fn without_rows(num_spins: usize, info: SampleInfo) -> Self {
        let (words, energies, occurrences, reads) = Default::default();
        SampleSet { num_spins, words, energies, occurrences, reads, info }
    }

    fn push(&mut self, sample: &Sample) -> Result<()> {
        check_length(&sample.bits, self.num_spins)?;
        if !sample.energy.is_finite() {
            let what = format!("the energy of sample {}", self.len());
            return Err(Error::NotFinite { what, value: sample.energy });
        }
        if sample.occurrences == 0 {
            return Err(Error::Invalid {
                what: format!("the number of occurrences of sample {}", self.len()),
                value: "0".into(),
                expected: "a sample occurred at least once".into(),
            });
        }
        let reads = self.reads.checked_add(sample.occurrences).filter(|&reads| reads <= MAX_READS);
        let Some(reads) = reads else {
            return Err(Error::Invalid {
                what: format!("the number of occurrences of sample {}", self.len()),
                value: sample.occurrences.to_string(),
                expected: format!(
                    "with {} before it that is more than {MAX_READS}, the most that a set counts",
                    self.reads
                ),
            });
        };
        self.reads = reads;
        let whole = |start: usize| sample.bits.value(start, 64.min(self.num_spins - start)) as u64;
        self.words.extend((0..self.num_spins).step_by(64).map(whole));
        self.energies.push(sample.energy);
        self.occurrences.push(sample.occurrences);
        Ok(())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.energies.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.energies.is_empty()
    }

    /// Number of spins.
    pub fn num_spins(&self) -> usize {
        self.num_spins
    }

    /// Occurrences of all rows.
    pub fn reads(&self) -> u64 {
        self.reads
    }

    fn row(&self, row: usize) -> &[u64] {
        let width = self.num_spins.div_ceil(64);
        &self.words[row * width..(row + 1) * width]
    }

    /// The configuration of a row. Panics if there is no such row, as the other readings do.
    pub fn bits(&self, row: usize) -> Bits {
        let mut bits = Bits::zeros(self.num_spins);
        for (k, &word) in self.row(row).iter().enumerate() {
            bits.set_value(64 * k, 64.min(self.num_spins - 64 * k), u128::from(word));
        }
        bits
    }

    /// Spin `i` of a row, +1 or -1.
    pub fn spin(&self, row: usize, i: usize) -> i8 {
        assert!(i < self.num_spins, "spin {i} of {}", self.num_spins);
        if self.row(row)[i / 64] >> (i % 64) & 1 == 1 { -1 } else { 1 }
    }

    /// The energy of a row.
    pub fn energy(&self, row: usize) -> f64 {
        self.energies[row]
    }

    /// The energies of all rows.
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// How often a row occurred.
    pub fn occurrences(&self, row: usize) -> u64 {
        self.occurrences[row]
    }

    /// A row.
    pub fn sample(&self, row: usize) -> Sample {
        let (energy, occurrences) = (self.energies[row], self.occurrences[row]);
        Sample { bits: self.bits(row), energy, occurrences }
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Sample> + '_ {
        (0..self.len()).map(|row| self.sample(row))
    }

    /// The first row with the lowest energy.
    pub fn lowest(&self) -> Option<Sample> {
        let rows = 0..self.len();
        rows.min_by(|&a, &b| self.energies[a].total_cmp(&self.energies[b])).map(|r| self.sample(r))
    }

    /// The mean energy of all reads; `None` without one.
    pub fn mean_energy(&self) -> Option<f64> {
        let weighted = self.energies.iter().zip(&self.occurrences).map(|(e, &n)| e * n as f64);
        (!self.is_empty()).then(|| weighted.sum::<f64>() / self.reads() as f64)
    }

    /// How many reads have at most this energy.
    pub fn reads_up_to(&self, energy: f64) -> u64 {
        let rows = self.energies.iter().zip(&self.occurrences);
        rows.filter(|(e, _)| **e <= energy).map(|(_, n)| n).sum()
    }

    /// Lowest energy first; equal energies in the order of their bits as numbers.
    pub fn sorted(self) -> Self {
        let mut rows: Vec<usize> = (0..self.len()).collect();
        rows.sort_by(|&a, &b| {
            let energies = self.energies[a].total_cmp(&self.energies[b]);
            energies.then_with(|| self.row(a).iter().rev().cmp(self.row(b).iter().rev()))
        });
        self.taken(&rows)
    }

    /// The first `rows` rows.
    pub fn truncated(self, rows: usize) -> Self {
        let rows: Vec<usize> = (0..rows.min(self.len())).collect();
        self.taken(&rows)
    }

    /// The rows whose energies are at most `above` over the lowest.
    pub fn near_lowest(self, above: f64) -> Self {
        let lowest = self.energies.iter().copied().fold(f64::INFINITY, f64::min);
        let near = |row: &usize| self.energies[*row] <= lowest + above;
        let rows: Vec<usize> = (0..self.len()).filter(near).collect();
        self.taken(&rows)
    }

    /// Equal configurations as one row, where the first of them was.
    pub fn aggregated(self) -> Self {
        let mut first: HashMap<&[u64], usize> = HashMap::with_capacity(self.len());
        let mut occurrences = vec![0u64; self.len()];
        let mut rows = Vec::new();
        for row in 0..self.len() {
            let kept = *first.entry(self.row(row)).or_insert_with(|| {
                rows.push(row);
                row
            });
            occurrences[kept] += self.occurrences[row];
        }
        SampleSet { occurrences, ..self }.taken(&rows)
    }

    /// Every spin the other way round, with the energies as they are.
    fn turned(mut self) -> Self {
        let width = self.num_spins.div_ceil(64);
        for (k, word) in self.words.iter_mut().enumerate() {
            let spins = 64.min(self.num_spins - k % width * 64);
            *word ^= u64::MAX >> (64 - spins);
        }
        self
    }

    fn taken(self, rows: &[usize]) -> Self {
        let occurrences: Vec<u64> = rows.iter().map(|&row| self.occurrences[row]).collect();
        SampleSet {
            num_spins: self.num_spins,
            words: rows.iter().flat_map(|&row| self.row(row)).copied().collect(),
            energies: rows.iter().map(|&row| self.energies[row]).collect(),
            reads: occurrences.iter().sum(),
            occurrences,
            info: self.info,
        }
    }

    /// The best row as the answer of a search: `None` without rows.
    pub fn found(&self) -> Option<Found> {
        let Sample { bits, energy, .. } = self.lowest()?;
        let evaluations = self.info.evaluations.unwrap_or(0);
        Some(Found { energy, bits, evaluations, starts: self.reads() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::any_ising;
    use super::*;
    use proptest::prelude::*;

    fn set(model: &Ising, reads: &[u64]) -> SampleSet {
        let bits = reads.iter().map(|&x| Bits::from_u64(x, model.num_spins()));
        SampleSet::new(model, bits, SampleInfo::default()).unwrap()
    }

    proptest! {
        #[test]
        fn rows_are_what_went_in(model in any_ising(5), reads in prop::collection::vec(0u64..32, 0..40)) {
            let all = set(&model, &reads);
            for (row, &x) in reads.iter().enumerate() {
                let bits = Bits::from_u64(x, 5);
                prop_assert_eq!(all.energy(row), model.energy(&bits));
                prop_assert_eq!(all.spin(row, 3), if bits.bit(3) { -1 } else { 1 });
                prop_assert_eq!(all.bits(row), bits);
            }
            let mean = all.mean_energy();
            let counted = all.clone().aggregated();
            prop_assert_eq!(counted.reads(), reads.len() as u64);
            for sample in counted.iter() {
                let same = |&&x: &&u64| Bits::from_u64(x, 5) == sample.bits;
                prop_assert_eq!(sample.occurrences, reads.iter().filter(same).count() as u64);
            }
            if let (Some(a), Some(b)) = (mean, counted.mean_energy()) {
                prop_assert!((a - b).abs() < 1e-9);
            }
            let sorted = counted.sorted();
            prop_assert!(sorted.energies().is_sorted());
            prop_assert_eq!(sorted.clone().truncated(3).len(), sorted.len().min(3));
            if let Some(lowest) = sorted.lowest() {
                prop_assert_eq!(lowest.energy, sorted.energy(0));
                let near = sorted.clone().near_lowest(0.5);
                prop_assert_eq!(near.reads(), sorted.reads_up_to(lowest.energy + 0.5));
                prop_assert_eq!(sorted.found().unwrap().bits, lowest.bits);
            }
        }
    }

    #[test]
    fn long_rows_and_faults() {
        let model = Ising::new(vec![1.0; 130], [], 0.0);
        let mut bits = Bits::zeros(130);
        [0, 63, 64, 127, 129].into_iter().for_each(|i| bits.set(i, true));
        let long = SampleSet::new(&model, [bits.clone()], SampleInfo::default()).unwrap();
        assert_eq!((long.bits(0), long.energy(0)), (bits.clone(), 120.0));
        let turned = long.clone().turned();
        assert!((0..130).all(|i| turned.bits(0).bit(i) != bits.bit(i)));
        assert_eq!(turned.turned(), long);
        let short = SampleSet::new(&model, [Bits::zeros(3)], SampleInfo::default());
        assert!(short.unwrap_err().to_string().contains("130"));
        let row = |energy, occurrences| {
            let sample = Sample { bits: Bits::zeros(0), energy, occurrences };
            SampleSet::from_samples(0, [sample], SampleInfo::default())
        };
        assert!(row(f64::NAN, 1).is_err() && row(1.0, 0).is_err());
        assert_eq!(row(1.0, 3).unwrap().aggregated().sorted().reads(), 3);
        assert_eq!(set(&model, &[]).found(), None);
        // Counts that do not fit together are refused, and what fits is counted.
        let rows = |counts: &[u64]| {
            let sample =
                |&occurrences: &u64| Sample { bits: Bits::zeros(0), energy: 0.0, occurrences };
            SampleSet::from_samples(0, counts.iter().map(sample), SampleInfo::default())
        };
        let most = rows(&[MAX_READS - 1, 1]).unwrap();
        assert_eq!((most.reads(), most.reads_up_to(0.0)), (MAX_READS, MAX_READS));
        assert_eq!(most.clone().truncated(1).reads(), MAX_READS - 1);
        assert_eq!(SampleSet::from_dimod(&most.to_dimod()).unwrap().reads(), MAX_READS);
        assert_eq!(most.aggregated().occurrences(0), MAX_READS);
        for counts in [&[u64::MAX][..], &[MAX_READS, 1], &[1, u64::MAX], &[MAX_READS, MAX_READS, 3]]
        {
            let says = rows(counts).unwrap_err().to_string();
            assert!(says.contains("9223372036854775807, the most"), "{says}");
        }
    }
}

//! Parallel tempering.

use super::clusters::{Clusters, is_sparse};
use super::initial::Initial;
use super::replicas::Replicas;
use super::settings::reads_are_set;
use super::simulated_annealing::check_beta;
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::compact::{Compact, Number, Scale};
use crate::ising::reads::{self, File, Finished, Reads, Together, check_count};
use crate::ising::sample_set::{SampleInfo, SampleSet};
use crate::math::{
    Bits, Checkpoint, Domain, Fingerprint, Isa, Kept, Streams, Vectorized, Watch, check_memory,
    vectorized,
};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::time::Instant;

/// Replicas in one block of lanes.
const LANES: usize = 16;
/// The most rungs of a ladder. A ladder has one stream a rung, and the last for exchanges. Read k has the
/// streams of ladder k, or, where two ladders are coupled by clusters, of ladders 2k and 2k + 1.
const MAX_RUNGS: usize = 127;
const STREAMS: u64 = MAX_RUNGS as u64 + 1;
/// Sweeps after which fields that are not exact are computed afresh.
const REFRESH: usize = 32;

/// Parallel tempering, also called replica exchange (Hukushima and Nemoto, J. Phys. Soc. Jpn. 65, 1604
/// (1996)): each read is a ladder of replicas, one at each β, that take a Metropolis sweep each and
/// then exchange their β with the neighbour's with probability min(1, e^(Δβ ΔE)), pairs of even and of
/// odd rungs in turn.
///
/// Where the graph is sparse (6 neighbours in the mean or fewer), each read is two ladders, and after each
/// sweep the two replicas of each β make an isoenergetic cluster move: a connected set of the sites where
/// they differ is flipped in both, which costs no energy, and keeps Boltzmann's law of the pair (Houdayer,
/// Eur. Phys. J. B 22, 479 (2001); Zhu, Ochoa and Katzgraber, Phys. Rev. Lett. 115, 077201 (2015)). Without
/// fields the sites where they agree are as good, and the fewer of the two are taken.
///
/// A read is the lowest configuration that any replica had after a sweep (and before the cluster moves),
/// or the last one of the coldest. `info.parameters` has the `betas`, the `exchange_rates` of neighbours,
/// the `mean_energies` of the rungs over the second half of the sweeps, whether there are `clusters`, and
/// then the `mean_cluster_sizes` of the rungs in sites.
///
/// ```
/// use ketlab::ising::{Ising, ParallelTempering};
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let samples = ParallelTempering::new().reads(2).sweeps(300).run(&model)?;
/// assert_eq!(samples.energies(), [-19.0; 2]);
/// assert_eq!(samples.info.parameters["exchange_rates"].as_array().unwrap().len(), 15);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ParallelTempering {
    reads: Reads,
    sweeps: u64,
    rungs: usize,
    betas: Option<Vec<f64>>,
    coldest: bool,
    clusters: Option<bool>,
    initial: Initial,
    seed: u64,
    watch: Watch,
    isa: Isa,
}

impl Default for ParallelTempering {
    fn default() -> Self {
        Self::new()
    }
}

/// What one read comes to.
#[derive(Serialize, Deserialize)]
struct Read {
    bits: Bits,
    exchanged: Vec<u64>,
    energies: Vec<f64>,
    /// Of each rung, where there are any: how many cluster moves there were, and the sites of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    clusters: Vec<(u64, u64)>,
}

reads_are_set!(ParallelTempering);

impl ParallelTempering {
    /// One read of 1000 sweeps with 16 rungs, seed 0, that returns the lowest configuration met, with
    /// cluster moves where the graph is sparse. The ladder is geometric, over the range of [`SimulatedAnnealing`](crate::ising::SimulatedAnnealing).
    pub fn new() -> Self {
        ParallelTempering {
            reads: Reads::new(1),
            sweeps: 1000,
            rungs: 16,
            betas: None,
            coldest: false,
            clusters: None,
            initial: Initial::default(),
            seed: 0,
            watch: Watch::default(),
            isa: Isa::best(),
        }
    }

    /// Sweeps of each replica.
    pub fn sweeps(self, sweeps: u64) -> Self {
        ParallelTempering { sweeps, ..self }
    }

    /// The number of rungs of a ladder that is derived.
    pub fn rungs(self, rungs: usize) -> Self {
        ParallelTempering { rungs, ..self }
    }

    /// The β of all rungs, growing, in units of 1/energy.
    pub fn betas(self, betas: Vec<f64>) -> Self {
        ParallelTempering { betas: Some(betas), ..self }
    }

    /// A read is the last configuration at the largest β: a sample of its Boltzmann law, not of low
    /// energies met on the way.
    pub fn read_coldest(self) -> Self {
        ParallelTempering { coldest: true, ..self }
    }

    /// Whether two ladders are coupled by cluster moves, however many neighbours spins have.
    pub fn clusters(self, clusters: bool) -> Self {
        ParallelTempering { clusters: Some(clusters), ..self }
    }

    /// Counts reads (`rows`) and sweeps of ladders (`passes`) there, and ends when it is cancelled:
    /// finished reads are kept.
    pub fn watch(self, watch: &Watch) -> Self {
        ParallelTempering { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    pub fn isa(self, isa: Isa) -> Self {
        ParallelTempering { isa, ..self }
    }

    /// Samples: one row a read, in their order.
    ///
    /// # Errors
    /// If there are no reads or sweeps, not from 2 to 127 rungs, a β is not positive and finite or they
    /// do not grow, a start has not as many bits as the model spins, or the coefficients of a spin add up
    /// to infinity; [`Error::TooLarge`] if reads do
    /// not fit in memory; [`Error::Interrupted`] if no read was finished.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// What reads belong to but for how long they are: the model, the seed and the settings.
    ///
    /// # Errors
    /// If a β or the coefficients of the model are refused, as in [`run`](Self::run).
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        let ladder = self.ladder(&Scale::of(model)?)?;
        let belongs_to = reads::fingerprint("parallel tempering", model, self.seed)
            .with("number of rungs", &ladder.len())
            .with("inverse temperatures", &ladder)
            .with("read-out", self.read_out())
            .with("cluster moves", &self.has_clusters(model));
        Ok(self.initial.tell(belongs_to))
    }

    fn has_clusters(&self, model: &Ising) -> bool {
        self.clusters.unwrap_or_else(|| is_sparse(model))
    }

    fn read_out(&self) -> &'static str {
        if self.coldest { "last of the coldest" } else { "lowest met" }
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        self.reads.check()?;
        check_count("sweeps", self.sweeps)?;
        let scale = Scale::of(model)?;
        let betas = self.ladder(&scale)?;
        let last = betas[betas.len() - 1];
        let (n, rungs) = (model.num_spins() as u64, betas.len());
        self.initial.check(model.num_spins())?;
        let has_clusters = self.has_clusters(model);
        let ladders = 1 + usize::from(has_clusters);
        // A number is a value of its own in a file's JSON.
        let values = if kept.is_some() { 96 * rungs } else { 0 } as u128;
        let of_a_read = u128::from(n / 4 + 64) + 32 * rungs as u128;
        let bytes = of_a_read + values + reads::bytes_in_a_file(kept, n);
        let bytes = u128::from(self.reads.count) * bytes;
        check_memory("parallel tempering", bytes, |_| (None, "ask for fewer reads".into()))?;
        let belongs_to = || Ok(self.fingerprint(model)?.with("number of sweeps", &self.sweeps));
        let fault = |read: &Read| read.fault(n, rungs, has_clusters);
        let file = File::new(kept, belongs_to, &fault)?;
        let of_all = if scale.fits_f32(last) {
            self.reads_of(&Compact::<f32>::new(model, &scale), &scale, &betas, ladders, file)?
        } else {
            self.reads_of(&Compact::<f64>::new(model, &scale), &scale, &betas, ladders, file)?
        };
        let reads = &of_all.reads;
        let finished = reads.len() as f64;
        let sum = |of: &dyn Fn(&Read) -> f64| reads.iter().map(of).sum::<f64>();
        let rates: Vec<f64> = (0..betas.len() - 1)
            .map(|k| {
                // Rung 0 is tried with 1 after sweeps 0, 2, …, 1 with 2 after the others.
                let tried = (self.sweeps + 1 - (k as u64 % 2)) / 2;
                let tried = finished * (ladders as u64 * tried.max(1)) as f64;
                sum(&|read| read.exchanged[k] as f64) / tried
            })
            .collect();
        let means: Vec<f64> = (0..betas.len())
            .map(|k| model.offset() + sum(&|read| read.energies[k]) / finished)
            .collect();
        let mut parameters = Map::new();
        parameters.insert("betas".into(), json!(betas));
        let ladder = self.betas.as_ref().map_or("derived", |_| "given");
        parameters.insert("ladder".into(), ladder.into());
        parameters.insert("exchange_rates".into(), json!(rates));
        parameters.insert("mean_energies".into(), json!(means));
        parameters.insert("clusters".into(), has_clusters.into());
        if has_clusters {
            let size = |k: usize| {
                let moves = sum(&|read| read.clusters[k].0 as f64);
                sum(&|read| read.clusters[k].1 as f64) / moves.max(1.0)
            };
            let sizes: Vec<f64> = (0..rungs).map(size).collect();
            parameters.insert("mean_cluster_sizes".into(), json!(sizes));
        }
        parameters.insert("start".into(), self.initial.name().into());
        parameters.insert("read_out".into(), self.read_out().into());
        self.reads.tell(&mut parameters);
        let evaluations =
            (u128::from(self.sweeps) * u128::from(n) + 1) * (reads.len() * rungs * ladders) as u128;
        let info = SampleInfo {
            solver: "parallel tempering".into(),
            parameters,
            seed: Some(self.seed),
            sweeps: Some(self.sweeps),
            evaluations: u64::try_from(evaluations).ok(),
            interrupted: of_all.len() < self.reads.count,
            ..SampleInfo::default()
        };
        of_all.kept(|reads| {
            let mut samples = SampleSet::new(model, reads.into_iter().map(|read| read.bits), info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }

    fn ladder(&self, scale: &Scale) -> Result<Vec<f64>> {
        let betas = match &self.betas {
            Some(betas) => betas.clone(),
            None => {
                let (first, last) = scale.beta_range();
                let steps = self.rungs.saturating_sub(1).max(1) as f64;
                let rungs = 0..self.rungs.min(MAX_RUNGS + 1);
                rungs.map(|k| first * (last / first).powf(k as f64 / steps)).collect()
            }
        };
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        if !(2..=MAX_RUNGS).contains(&betas.len()) {
            let value = self.betas.as_ref().map_or(self.rungs, Vec::len).to_string();
            return invalid("the number of rungs", value, format!("from 2 to {MAX_RUNGS}"));
        }
        betas.iter().copied().try_for_each(check_beta)?;
        // A flat model has a range without width.
        match betas.windows(2).find(|pair| pair[0] > pair[1]) {
            Some(pair) => {
                let expected = format!("β must grow, and {} is before it", pair[0]);
                invalid("a β of the ladder", pair[1].to_string(), expected)
            }
            None => Ok(betas),
        }
    }

    fn reads_of<T: Number>(
        &self,
        model: &Compact<T>,
        scale: &Scale,
        betas: &[f64],
        ladders: usize,
        file: Option<File<'_, Read>>,
    ) -> Result<Finished<Read>>
    where
        f64: From<T>,
    {
        let streams = Streams::new(self.seed, Domain::Tempering);
        reads::run(self.reads, Together::One, &self.watch, file, |number, _, _| {
            let streams = &streams;
            let read = Ladders { model, scale, streams, number, betas, ladders, tempering: self };
            Ok(vec![vectorized(self.isa, read)?])
        })
    }
}

impl Read {
    /// Why this cannot be a read of a run with so many spins and rungs, with clusters or without.
    fn fault(&self, spins: u64, rungs: usize, has_clusters: bool) -> Option<String> {
        let numbers = (self.energies.len(), self.exchanged.len());
        let other = (numbers != (rungs, rungs - 1))
            .then(|| format!("has energies of {} rungs where there are {rungs}", numbers.0));
        let rungs = if has_clusters { rungs } else { 0 };
        let clusters = (self.clusters.len() != rungs).then(|| {
            format!("has clusters of {} rungs where {rungs} have some", self.clusters.len())
        });
        reads::length_fault(&self.bits, spins).or(other).or(clusters)
    }
}

/// One read: a ladder, or two.
struct Ladders<'a, T> {
    model: &'a Compact<T>,
    scale: &'a Scale,
    streams: &'a Streams,
    number: u64,
    betas: &'a [f64],
    ladders: usize,
    tempering: &'a ParallelTempering,
}

/// The replicas of a ladder.
struct Ladder<'a, T> {
    blocks: Vec<Replicas<'a, T, LANES>>,
    /// Which replica is on a rung: exchanges move β, not configurations.
    replica: Vec<usize>,
    /// In the model's unit, by replica, after the last sweep.
    energies: Vec<f64>,
    rng: ChaCha8Rng,
}

impl<'a, T: Number> Ladder<'a, T>
where
    f64: From<T>,
{
    fn new(read: &Ladders<'a, T>, ladder: u64) -> Self {
        let rungs = read.betas.len();
        let first = (read.number * read.ladders as u64 + ladder) * STREAMS;
        let rng = read.streams.stream(first + STREAMS - 1);
        let mut blocks: Vec<Replicas<'_, T, LANES>> = (0..rungs)
            .step_by(LANES)
            .map(|k| {
                let used = LANES.min(rungs - k);
                Replicas::random(read.model, read.streams, first + k as u64, used)
            })
            .collect();
        if let Some(bits) = read.tempering.initial.of(read.number) {
            for block in &mut blocks {
                (0..LANES).for_each(|lane| block.set(lane, bits));
                block.refresh();
            }
        }
        let (replica, energies) = ((0..rungs).collect(), vec![0.0; rungs]);
        Ladder { blocks, replica, energies, rng }
    }

    /// A sweep of each replica at its β, after a fresh look at the fields or without.
    #[inline(always)]
    fn sweep(&mut self, betas: &[f64], unit: f64, is_afresh: bool) {
        let mut beta = vec![[T::ZERO; LANES]; self.blocks.len()];
        for (&at, &b) in self.replica.iter().zip(betas) {
            beta[at / LANES][at % LANES] = T::of((b * unit).min(1e30));
        }
        for (block, beta) in self.blocks.iter_mut().zip(&beta) {
            if is_afresh {
                block.refresh();
            }
            block.sweep(block.spins.len(), *beta, |_, _, _| {});
        }
    }

    #[inline(always)]
    fn measure(&mut self) {
        for (at, energy) in self.energies.iter_mut().enumerate() {
            *energy = self.blocks[at / LANES].energy(at % LANES);
        }
    }

    fn bits(&self, at: usize) -> Bits {
        self.blocks[at / LANES].bits(at % LANES)
    }

    /// Exchanges of every second pair of neighbours, from the first or the second on.
    #[inline(always)]
    fn exchange(&mut self, from: usize, betas: &[f64], unit: f64, exchanged: &mut [u64]) {
        for k in (from..betas.len() - 1).step_by(2) {
            let (hot, cold) = (self.replica[k], self.replica[k + 1]);
            let change = self.energies[cold] - self.energies[hot];
            let gain = (betas[k + 1] - betas[k]) * unit * change;
            if self.rng.random::<f64>() < gain.exp() {
                self.replica.swap(k, k + 1);
                exchanged[k] += 1;
            }
        }
    }
}

impl<'a, T: Number> Vectorized for Ladders<'a, T>
where
    f64: From<T>,
{
    type Output = Result<Read>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Ladders { model, scale, betas, tempering, .. } = self;
        let (rungs, sweeps, n) = (betas.len(), tempering.sweeps, model.fields.len());
        let mut ladders: Vec<Ladder<'a, T>> =
            (0..self.ladders as u64).map(|ladder| Ladder::new(&self, ladder)).collect();
        let mut clusters = Clusters::new(model);
        let mut moves = vec![(0u64, 0u64); if self.ladders > 1 { rungs } else { 0 }];
        let (mut exchanged, mut means) = (vec![0u64; rungs - 1], vec![0.0; rungs]);
        let (mut lowest, mut best) = (f64::INFINITY, Bits::zeros(n));
        let first_counted = sweeps / 2;
        for sweep in 0..sweeps {
            tempering.watch.check()?;
            let is_afresh = !scale.is_exact && sweep % REFRESH as u64 == REFRESH as u64 - 1;
            for ladder in &mut ladders {
                ladder.sweep(betas, scale.unit, is_afresh);
                ladder.measure();
                for at in 0..rungs {
                    if ladder.energies[at] < lowest {
                        lowest = ladder.energies[at];
                        best = ladder.bits(at);
                    }
                }
                if sweep >= first_counted {
                    for (mean, &at) in means.iter_mut().zip(&ladder.replica) {
                        *mean += ladder.energies[at];
                    }
                }
            }
            if let [a, b] = &mut ladders[..] {
                for (k, moves) in moves.iter_mut().enumerate() {
                    let (at, other) = (a.replica[k], b.replica[k]);
                    let lanes = (at % LANES, other % LANES);
                    let blocks = (&mut a.blocks[at / LANES], &mut b.blocks[other / LANES]);
                    let sites = clusters.flip(blocks.0, blocks.1, lanes, &mut b.rng);
                    if sites > 0 {
                        *moves = (moves.0 + 1, moves.1 + sites as u64);
                        a.energies[at] = blocks.0.energy(lanes.0);
                        b.energies[other] = blocks.1.energy(lanes.1);
                    }
                }
            }
            for ladder in &mut ladders {
                let from = (sweep % 2) as usize;
                ladder.exchange(from, betas, scale.unit, &mut exchanged);
            }
            tempering.watch.add_passes(1);
        }
        if tempering.coldest {
            best = ladders[0].bits(ladders[0].replica[rungs - 1]);
        }
        let counted = ((sweeps - first_counted) * self.ladders as u64) as f64;
        means.iter_mut().for_each(|mean| *mean *= scale.unit / counted);
        Ok(Read { bits: best, exchanged, energies: means, clusters: moves })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{
        a_cut_file_goes_on, any_ising, chi_squared_of_boltzmann, pieces_are_the_whole,
        same_on_every_number_of_threads, spin_glasses,
    };
    use crate::math::statistics::chi_squared_quantile;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn finds_the_ground_state_of_small_models(model in any_ising(7), seed: u64) {
            let samples = ParallelTempering::new().sweeps(300).seed(seed).run(&model).unwrap();
            let ground = model.ground_state().unwrap().energy;
            prop_assert!((samples.energy(0) - ground).abs() < 1e-9);
        }
    }

    /// Frustrated, with fields, and more rungs than lanes.
    fn model(unit: f64) -> Ising {
        let pairs = (0..10).flat_map(|j| (0..j).map(move |i| (i, j)));
        let sign =
            |i: usize, j: usize| if (5 * i + j * j).is_multiple_of(3) { unit } else { -unit };
        let couplings: Vec<_> = pairs.map(|(i, j)| (i, j, sign(i, j))).collect();
        Ising::new((0..10).map(|i| 0.25 * unit * f64::from(i % 3)).collect(), couplings, 3.0)
    }

    /// A ring of ten with chords, three neighbours each, frustrated, with fields or without.
    fn sparse(unit: f64, field: f64) -> Ising {
        let sign = |i: usize| if i.is_multiple_of(3) { unit } else { -unit };
        let ring = (0..10).map(|i| (i, (i + 1) % 10, sign(i)));
        let chords = (0..5).map(|i| (i, i + 5, sign(i + 1)));
        let fields = (0..10).map(|i| field * unit * f64::from(i % 3)).collect();
        Ising::new(fields, ring.chain(chords).collect::<Vec<_>>(), 3.0)
    }

    /// The law of the coldest rung of ladders that end at these numbers of rungs, and the mean energies
    /// of all.
    fn check_boltzmann(model: &Ising, betas: &[f64], ends: &[usize], tempering: ParallelTempering) {
        let tempering = tempering.read_coldest().reads(4000).sweeps(60).seed(2);
        let energies = model.energies().unwrap();
        for &end in ends {
            let betas = &betas[..end];
            let samples = tempering.clone().betas(betas.to_vec()).run(model).unwrap();
            let (chi, degrees) = chi_squared_of_boltzmann(model, betas[end - 1], &samples);
            assert!(chi < chi_squared_quantile(degrees, 1.0 - 1e-4), "{chi} {degrees}");
            let means = samples.info.parameters["mean_energies"].as_array().unwrap();
            for (beta, mean) in betas.iter().zip(means) {
                let weight = |e: f64| (-beta * (e - 3.0)).exp();
                let total: f64 = energies.iter().map(|&e| weight(e)).sum();
                let exact = energies.iter().map(|&e| e * weight(e)).sum::<f64>() / total;
                let square = energies.iter().map(|&e| e * e * weight(e)).sum::<f64>() / total;
                // At least one independent value a read.
                let error = ((square - exact * exact) / 4000.0).sqrt();
                let mean = mean.as_f64().unwrap();
                assert!((mean - exact).abs() < 4.0 * error, "{beta}: {mean}, {exact} ± {error}");
            }
            let rates = samples.info.parameters["exchange_rates"].as_array().unwrap();
            assert!(rates.iter().all(|rate| (0.2..=1.0).contains(&rate.as_f64().unwrap())));
        }
    }

    #[test]
    fn every_rung_has_its_boltzmann_law() {
        for (unit, rungs) in [(1.0, 5), (0.3, 20)] {
            let model = model(unit);
            let betas: Vec<f64> =
                (1..=rungs).map(|k| 0.8 / unit * f64::from(k) / f64::from(rungs)).collect();
            check_boltzmann(&model, &betas, &[betas.len()], ParallelTempering::new());
            if unit == 1.0 {
                // Clusters are most of a complete graph, and still right.
                let coupled = ParallelTempering::new().clusters(true);
                check_boltzmann(&model, &betas, &[betas.len()], coupled);
            }
        }
    }

    #[test]
    fn clusters_keep_the_law_on_sparse_graphs() {
        for (unit, field) in [(1.0, 0.0), (1.0, 0.5), (0.3, 0.2)] {
            let model = sparse(unit, field);
            let betas: Vec<f64> = (1..=4).map(|k| 0.3 / unit * f64::from(k)).collect();
            check_boltzmann(&model, &betas, &[2, 4], ParallelTempering::new());
            let samples = ParallelTempering::new().sweeps(50).run(&model).unwrap();
            assert_eq!(samples.info.parameters["clusters"], true);
            let sizes = samples.info.parameters["mean_cluster_sizes"].as_array().unwrap();
            assert!(sizes.iter().all(|size| (1.0..10.0).contains(&size.as_f64().unwrap())));
        }
        let dense = ParallelTempering::new().sweeps(5).run(&model(1.0)).unwrap();
        assert_eq!(dense.info.parameters["clusters"], false);
    }

    #[test]
    fn reads_begin_where_they_are_told() {
        // No flip costs nothing.
        let model = sparse(1.0, 0.2);
        let ground = model.ground_state().unwrap();
        // So cold that nothing leaves it.
        let frozen = ParallelTempering::new().betas(vec![1e3, 2e3]).sweeps(3).reads(3);
        let other = Bits::from_u64(!ground.bits.value(0, 10) as u64 & 1023, 10);
        let starts = vec![ground.bits.clone(), other];
        let samples = frozen.clone().initial(starts).run(&model).unwrap();
        assert_eq!((samples.bits(0), samples.bits(2)), (ground.bits.clone(), ground.bits));
        assert_eq!(samples.info.parameters["start"], "given");
        let short = frozen.initial(vec![Bits::zeros(3)]).run(&model);
        assert!(short.unwrap_err().to_string().contains("10 spins"));
    }

    #[test]
    fn a_read_is_the_same_in_any_company() {
        let model = model(0.3);
        for clusters in [false, true] {
            let tempering =
                ParallelTempering::new().rungs(20).sweeps(20).seed(3).clusters(clusters);
            let all = tempering.clone().reads(5).run(&model).unwrap();
            for &isa in Isa::available() {
                let some = tempering.clone().reads(2).isa(isa).run(&model).unwrap();
                assert!(some.iter().eq(all.iter().take(2)), "{isa}");
            }
            same_on_every_number_of_threads(|| tempering.clone().reads(5).run(&model).unwrap());
        }
    }

    #[test]
    fn reads_are_run_in_pieces_and_kept() {
        let model = model(0.3);
        let base = ParallelTempering::new().rungs(20).sweeps(20).seed(3);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        // Rates and means are of all reads, to the bit.
        a_cut_file_goes_on("tempering", |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
        let coupled = base.clone().clusters(true);
        a_cut_file_goes_on("coupled", |reads, file| {
            coupled.clone().reads(reads).run_kept(&model, file).unwrap()
        });
        let (bits, exchanged, energies) = (Bits::zeros(9), vec![0; 19], vec![0.0; 20]);
        let of_another = Read { bits, exchanged, energies, clusters: vec![] };
        let says = |n, rungs, clusters| of_another.fault(n, rungs, clusters).unwrap();
        assert!(says(10, 20, false).contains("9 spins where the model has 10"));
        assert!(says(9, 21, false).contains("energies of 20 rungs"));
        assert!(says(9, 20, true).contains("clusters of 0 rungs where 20"));
        assert!(of_another.fault(9, 20, false).is_none());
    }

    #[test]
    fn spin_glasses_of_the_reference() {
        for (name, (model, ground)) in spin_glasses() {
            if model.num_spins() > 64 {
                continue;
            }
            let samples = ParallelTempering::new().reads(4).seed(1).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, ground, "{name}");
        }
    }

    #[test]
    fn refuses_with_a_reason() {
        let model = model(1.0);
        let base = ParallelTempering::new;
        for bad in [
            base().reads(0),
            base().reads(u64::MAX),
            base().sweeps(0),
            base().rungs(1),
            base().rungs(usize::MAX),
            base().betas(vec![1.0]),
            base().betas(vec![2.0, 1.0]),
            base().betas(vec![0.0, 1.0]),
            base().betas(vec![1.0, f64::NAN]),
        ] {
            assert!(bad.run(&model).is_err(), "{bad:?}");
        }
        let empty = base().run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!(empty.energies(), [2.0]);
    }
}

//! Population annealing.

mod anneal;
mod families;
mod read;

use super::initial::Initial;
use super::settings::reads_are_set;
use super::simulated_annealing::check_beta;
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::compact::{Compact, Number, Scale};
use crate::ising::reads::{self, File, Finished, Reads, Together, check_count};
use crate::ising::sample_set::{SampleInfo, SampleSet};
use crate::math::{Checkpoint, Domain, Fingerprint, Isa, Kept, Streams, Watch, check_memory};
use anneal::{LANES, Run};
use families::Families;
use read::{Read, log_mean_z, shares_of_z};
use serde_json::{Map, json};
use std::time::Instant;

/// The largest population.
const MOST: usize = 1 << 24;
/// A population has at least so many families of the mean-square size where it is to be believed.
const FAMILIES: f64 = 100.0;

/// Population annealing (Hukushima and Iba, AIP Conf. Proc. 690, 200 (2003); Machta, Phys. Rev. E 82, 026704
/// (2010); Wang, Machta and Katzgraber, Phys. Rev. E 92, 013303 and 063307 (2015)): many replicas, the
/// population, are cooled together. At each step of β each replica has as many children as its weight
/// e^(-Δβ E) is of the mean weight, rounded down or up, so that the population keeps its size (systematic
/// resampling), and all children then take Metropolis sweeps at the new β.
///
/// Each read is a population of its own, with random numbers that depend on no thread, and its rows are the
/// members at the last β: a sample of its Boltzmann law, up to a bias of the order of 1/population. Members
/// of one family, who descend from the same replica at β = 0, are not independent. `info.parameters` has, of
/// the `population`, the `betas` with the `mean_energies` and the estimates `log_partition` of ln Z = -βF (the sum
/// of the logarithms of mean weights, from n ln 2 at β = 0 on), `free_energy` at the last β, and the
/// families at the end: `surviving_families`, ρ_t as `mean_square_family_size`, ρ_s as
/// `entropic_family_size`, and the `effective_sample_size` R/ρ_t. Of more than one read energies are
/// means weighted by Z (Machta 2010), Z is a mean, families are means, and `log_partition_errors` are the
/// standard errors of ln Z from the scatter of reads.
///
/// ```
/// use ketlab::ising::{Ising, PopulationAnnealing};
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let annealing = PopulationAnnealing::new().population(2000).beta_last(2.0).seed(1);
/// let samples = annealing.run(&model)?;
/// assert_eq!(samples.len(), 2000);
/// // Z of an open chain is 2 (2 cosh βJ)^(n - 1).
/// let exact = 2f64.ln() + 19.0 * (2.0 * 2f64.cosh()).ln();
/// let estimate = -2.0 * samples.info.parameters["free_energy"].as_f64().unwrap();
/// assert!((estimate - exact).abs() < 0.2);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PopulationAnnealing {
    reads: Reads,
    population: usize,
    steps: usize,
    sweeps: u64,
    last: Option<f64>,
    betas: Option<Vec<f64>>,
    initial: Initial,
    seed: u64,
    watch: Watch,
    isa: Isa,
}

impl Default for PopulationAnnealing {
    fn default() -> Self {
        Self::new()
    }
}

reads_are_set!(PopulationAnnealing);

impl PopulationAnnealing {
    /// One population of 1000 replicas with 100 steps of β and 1000 sweeps of each, seed 0. The β are
    /// evenly spaced, the first one step above 0, the last by the rule of
    /// [`SimulatedAnnealing`](crate::ising::SimulatedAnnealing).
    pub fn new() -> Self {
        PopulationAnnealing {
            reads: Reads::new(1),
            population: 1000,
            steps: 100,
            sweeps: 1000,
            last: None,
            betas: None,
            initial: Initial::default(),
            seed: 0,
            watch: Watch::default(),
            isa: Isa::best(),
        }
    }

    /// Replicas of a population.
    pub fn population(self, population: usize) -> Self {
        PopulationAnnealing { population, ..self }
    }

    /// How many β there are, where they are derived.
    pub fn steps(self, steps: usize) -> Self {
        PopulationAnnealing { steps, ..self }
    }

    /// Metropolis sweeps of each replica over the whole anneal, shared out evenly to the β; at least one
    /// for each.
    pub fn sweeps(self, sweeps: u64) -> Self {
        PopulationAnnealing { sweeps, ..self }
    }

    /// The last β, in units of 1/energy, of evenly spaced ones.
    pub fn beta_last(self, beta: f64) -> Self {
        PopulationAnnealing { last: Some(beta), ..self }
    }

    /// All β, growing, in units of 1/energy, instead of evenly spaced ones.
    pub fn betas(self, betas: Vec<f64>) -> Self {
        PopulationAnnealing { betas: Some(betas), ..self }
    }

    /// Counts reads (`rows`) and sweeps of replicas (`passes`) there, and ends when it is cancelled:
    /// finished reads are kept, and where there are none, the population at the β that was reached,
    /// with a warning.
    pub fn watch(self, watch: &Watch) -> Self {
        PopulationAnnealing { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    pub fn isa(self, isa: Isa) -> Self {
        PopulationAnnealing { isa, ..self }
    }

    /// Anneals: a row for each member of each read, in their order.
    ///
    /// # Errors
    /// If there are no reads, replicas or β, more than 2^24 replicas, fewer sweeps than β, a β is not
    /// positive and finite or they do not grow, a start has not as many bits as the model spins, or the
    /// coefficients of a spin add up to infinity; [`Error::TooLarge`] if populations do not fit in
    /// memory; [`Error::Interrupted`] if it was cancelled before it began.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// What reads belong to: the model, the seed and the settings.
    ///
    /// # Errors
    /// If a β or the coefficients of the model are refused, as in [`run`](Self::run).
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        let belongs_to = reads::fingerprint("population annealing", model, self.seed)
            .with("population", &self.population)
            .with("inverse temperatures", &self.ladder(&Scale::of(model)?)?);
        Ok(self.initial.tell(belongs_to))
    }

    fn ladder(&self, scale: &Scale) -> Result<Vec<f64>> {
        let invalid = |what: &str, value: String, expected: String| {
            Err(Error::Invalid { what: what.into(), value, expected })
        };
        let count = self.betas.as_ref().map_or(self.steps, Vec::len);
        check_count("steps of β", count as u64)?;
        if count as u64 > self.sweeps {
            let expected = format!("at least one for each of the {count} steps of β");
            return invalid("the number of sweeps", self.sweeps.to_string(), expected);
        }
        let bytes = 24 * count as u128;
        check_memory("the β of population annealing", bytes, |_| (None, "ask for fewer".into()))?;
        let betas = match &self.betas {
            Some(betas) => betas.clone(),
            None => {
                let last = self.last.unwrap_or_else(|| scale.beta_range().1);
                check_beta(last)?;
                (1..=count).map(|k| last * (k as f64 / count as f64)).collect()
            }
        };
        betas.iter().copied().try_for_each(check_beta)?;
        match betas.windows(2).find(|pair| pair[0] > pair[1]) {
            Some(pair) => {
                let expected = format!("β must grow, and {} is before it", pair[0]);
                invalid("a β of the anneal", pair[1].to_string(), expected)
            }
            None => Ok(betas),
        }
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        self.reads.check()?;
        check_count("replicas of the population", self.population as u64)?;
        if self.population > MOST {
            return Err(Error::Invalid {
                what: "the number of replicas of the population".into(),
                value: self.population.to_string(),
                expected: format!("at most {MOST}; more reads are more populations"),
            });
        }
        let n = model.num_spins();
        self.initial.check(n)?;
        let scale = Scale::of(model)?;
        let betas = self.ladder(&scale)?;
        let single = scale.fits_f32(betas[betas.len() - 1]);
        let members = self.population.next_multiple_of(LANES) as u128;
        // Spins twice while parents have children, and fields.
        let number = if single { 4 } else { 8 };
        let of_a_member = 3 * number * n as u128 + 64;
        let of_rows = u128::from(n as u64 / 4 + 64) + reads::bytes_in_a_file(kept, n as u64);
        let at_once = u128::from(self.reads.count).min(crate::math::threads() as u128);
        let bytes = members * (at_once * of_a_member + u128::from(self.reads.count) * of_rows);
        check_memory("population annealing", bytes, |_| {
            (None, "ask for a smaller population or fewer reads".into())
        })?;
        let belongs_to = || Ok(self.fingerprint(model)?.with("number of sweeps", &self.sweeps));
        let fault = |read: &Read| read.fault(n as u64, self.population, betas.len());
        let file = File::new(kept, belongs_to, &fault)?;
        let mut finished = if single {
            self.reads_of(&Compact::<f32>::new(model, &scale), &scale, &betas, file)?
        } else {
            self.reads_of(&Compact::<f64>::new(model, &scale), &scale, &betas, file)?
        };
        // A population at another β is not mixed with those at the last.
        match finished.reads.iter().any(|read| read.is_complete) {
            true => finished.reads.retain(|read| read.is_complete),
            false => finished.reads.truncate(1),
        }
        finished.added = finished.len() - finished.resumed;
        let info = self.info(model, &betas, single, &finished.reads);
        finished.kept(|reads| {
            let rows = reads.into_iter().flat_map(|read| read.population);
            let mut samples = SampleSet::new(model, rows, info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }

    fn reads_of<T: Number>(
        &self,
        model: &Compact<T>,
        scale: &Scale,
        betas: &[f64],
        file: Option<File<'_, Read>>,
    ) -> Result<Finished<Read>>
    where
        f64: From<T>,
    {
        let streams = Streams::new(self.seed, Domain::Population);
        let run = Run {
            model,
            scale,
            betas,
            sweeps: self.sweeps,
            members: self.population,
            initial: &self.initial,
            streams: &streams,
            watch: &self.watch,
            isa: self.isa,
        };
        let has_file = file.is_some();
        reads::run(self.reads, Together::One, &self.watch, file, |number, _, _| {
            let read = run.read(number)?;
            if has_file && !read.is_complete {
                return Err(Error::Interrupted);
            }
            Ok(vec![read])
        })
    }

    fn info(&self, model: &Ising, betas: &[f64], single: bool, reads: &[Read]) -> SampleInfo {
        let (n, offset, count) = (model.num_spins(), model.offset(), reads.len() as f64);
        let reached = reads.iter().map(|read| read.mean_energies.len()).min().unwrap_or(0);
        let betas = &betas[..reached];
        let mut parameters = Map::new();
        parameters.insert("population".into(), self.population.into());
        parameters.insert("betas".into(), json!(betas));
        let given = self.betas.is_some() || self.last.is_some();
        parameters.insert("beta_range".into(), if given { "given" } else { "derived" }.into());
        let weights: Vec<Vec<f64>> = (0..reached).map(|k| shares_of_z(reads, k)).collect();
        let is_equilibrium = !self.initial.is_given();
        let mean = |k: usize| {
            let energies = reads.iter().map(|read| read.mean_energies[k]);
            let share = |read: usize| if is_equilibrium { weights[k][read] } else { 1.0 / count };
            offset + energies.enumerate().map(|(read, e)| share(read) * e).sum::<f64>()
        };
        parameters
            .insert("mean_energies".into(), json!((0..reached).map(mean).collect::<Vec<_>>()));
        if is_equilibrium {
            let (logs, errors): (Vec<f64>, Vec<Option<f64>>) = (0..reached)
                .map(|k| {
                    let (log_z, error) = log_mean_z(reads, k);
                    (log_z - betas[k] * offset, error)
                })
                .unzip();
            let free = logs.last().zip(betas.last()).map(|(log_z, beta)| -log_z / beta);
            parameters.insert("log_partition".into(), json!(logs));
            let errors = (reads.len() > 1).then_some(errors);
            parameters.insert("log_partition_errors".into(), json!(errors));
            parameters.insert("free_energy".into(), json!(free));
        }
        let mean = |of: &dyn Fn(&Families) -> f64| {
            reads.iter().map(|read| of(&read.families)).sum::<f64>() / count
        };
        let (size, members) = (mean(&|families| families.mean_square_size), self.population as f64);
        let surviving = mean(&|families| families.surviving as f64);
        parameters.insert("surviving_families".into(), json!(surviving));
        parameters.insert("mean_square_family_size".into(), json!(size));
        let entropic = mean(&|families| families.entropic_size);
        parameters.insert("entropic_family_size".into(), json!(entropic));
        parameters.insert("effective_sample_size".into(), json!(members / size));
        parameters.insert("resampling".into(), "systematic".into());
        let precision = if single { "single" } else { "double" };
        parameters.insert("precision".into(), precision.into());
        parameters.insert("start".into(), self.initial.name().into());
        self.reads.tell(&mut parameters);
        let mut warnings = Vec::new();
        let is_complete = reads.iter().all(|read| read.is_complete);
        if let (false, Some(beta)) = (is_complete, betas.last()) {
            warnings.push(format!(
                "the anneal was interrupted: the population is that of β = {beta}, step {reached}, \
                 and not of the last β"
            ));
        }
        if size * FAMILIES > members {
            warnings.push(format!(
                "the members of the population are hardly independent: of {members} replicas, ρ_t = \
                 {size:.1} share an ancestor in the mean, which leaves an effective sample of {:.1}; \
                 a larger population, more sweeps or more steps of β help",
                members / size
            ));
        }
        let sweeps = u128::from(self.sweeps) * reached as u128 / betas.len().max(1) as u128;
        let evaluations = (sweeps * n as u128 + 1) * (self.population * reads.len()) as u128;
        SampleInfo {
            solver: "population annealing".into(),
            parameters,
            seed: Some(self.seed),
            sweeps: Some(self.sweeps),
            evaluations: if is_complete { u64::try_from(evaluations).ok() } else { None },
            interrupted: !is_complete || (reads.len() as u64) < self.reads.count,
            warnings,
            ..SampleInfo::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{
        a_cut_file_goes_on, pieces_are_the_whole, same_on_every_number_of_threads, spin_glasses,
    };
    use crate::math::Bits;

    fn frustrated(n: usize, unit: f64) -> Ising {
        let pairs = (0..n).flat_map(|j| (0..j).map(move |i| (i, j)));
        let sign =
            |i: usize, j: usize| if (5 * i + j * j).is_multiple_of(3) { unit } else { -unit };
        let couplings: Vec<_> = pairs.map(|(i, j)| (i, j, sign(i, j))).collect();
        Ising::new((0..n).map(|i| 0.25 * unit * (i % 3) as f64).collect(), couplings, 3.0)
    }

    fn numbers(samples: &SampleSet, key: &str) -> Vec<f64> {
        let list = samples.info.parameters[key].as_array().unwrap();
        list.iter().map(|x| x.as_f64().unwrap()).collect()
    }

    /// Mean energies and ln Z at every β, from 30 populations that know nothing of one another, within
    /// four of their standard errors of the enumeration.
    #[test]
    fn energies_and_the_partition_function_are_exact() {
        for (n, unit, population) in [(10, 1.0, 300), (12, 0.3, 200)] {
            let model = frustrated(n, unit);
            let annealing = PopulationAnnealing::new()
                .population(population)
                .steps(12)
                .sweeps(24)
                .beta_last(0.9 / unit)
                .seed(3);
            let reads = 30;
            let all = annealing.clone().reads(reads).run(&model).unwrap();
            let betas = numbers(&all, "betas");
            let single: Vec<SampleSet> =
                (0..reads).map(|k| annealing.clone().first_read(k).run(&model).unwrap()).collect();
            let energies = model.energies().unwrap();
            let errors = numbers(&all, "log_partition_errors");
            let logs = numbers(&all, "log_partition");
            let means = numbers(&all, "mean_energies");
            for (k, &beta) in betas.iter().enumerate() {
                let weight = |e: f64| (-beta * (e - 3.0)).exp();
                let total: f64 = energies.iter().map(|&e| weight(e)).sum();
                let exact = energies.iter().map(|&e| e * weight(e)).sum::<f64>() / total;
                let of_reads: Vec<f64> =
                    single.iter().map(|samples| numbers(samples, "mean_energies")[k]).collect();
                let mean = of_reads.iter().sum::<f64>() / reads as f64;
                let scatter: f64 = of_reads.iter().map(|e| (e - mean).powi(2)).sum();
                let error = (scatter / (reads * (reads - 1)) as f64).sqrt();
                assert!(
                    (means[k] - exact).abs() < 4.0 * error,
                    "{beta}: {} {exact} {error}",
                    means[k]
                );
                let log_z = total.ln() - beta * 3.0;
                assert!((logs[k] - log_z).abs() < 4.0 * errors[k], "{beta}: {} {log_z}", logs[k]);
                assert!(errors[k] < 0.1);
            }
            let free = all.info.parameters["free_energy"].as_f64().unwrap();
            assert!((free + logs[11] / betas[11]).abs() < 1e-12);
            // The rows are the populations at the last β.
            let rows = all.mean_energy().unwrap();
            let of_reads = single.iter().map(|samples| samples.mean_energy().unwrap());
            assert!((of_reads.sum::<f64>() / reads as f64 - rows).abs() < 1e-9);
        }
    }

    #[test]
    fn families_are_told_and_few_are_warned_of() {
        let model = frustrated(12, 1.0);
        let gentle =
            PopulationAnnealing::new().population(1000).beta_last(0.1).run(&model).unwrap();
        assert!(gentle.info.warnings.is_empty(), "{:?}", gentle.info.warnings);
        let value = |samples: &SampleSet, key: &str| samples.info.parameters[key].as_f64().unwrap();
        let size = value(&gentle, "mean_square_family_size");
        assert!((1.0..3.0).contains(&size) && value(&gentle, "surviving_families") > 300.0);
        assert_eq!(value(&gentle, "effective_sample_size"), 1000.0 / size);
        // One step to the cold without a sweep worth the name: the families of the lowest are left.
        let harsh = PopulationAnnealing::new().population(1000).steps(1).sweeps(1).beta_last(20.0);
        let harsh = harsh.run(&model).unwrap();
        assert!(value(&harsh, "mean_square_family_size") > 10.0);
        assert!(harsh.info.warnings[0].contains("hardly independent"), "{:?}", harsh.info.warnings);
    }

    #[test]
    fn reads_are_run_in_pieces_and_kept() {
        let model = frustrated(10, 0.3);
        let base = PopulationAnnealing::new().population(21).steps(4).sweeps(8).seed(6);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        same_on_every_number_of_threads(|| base.clone().reads(3).run(&model).unwrap());
        let large = base.clone().population(200);
        same_on_every_number_of_threads(|| large.clone().run(&model).unwrap());
        a_cut_file_goes_on("population", |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
        for &isa in Isa::available() {
            assert_eq!(
                base.clone().isa(isa).run(&model).unwrap().energies(),
                base.clone().run(&model).unwrap().energies()
            );
        }
    }

    #[test]
    fn an_interrupted_anneal_is_the_population_at_the_beta_reached() {
        let model = frustrated(12, 1.0);
        let watch = Watch::default();
        let annealing =
            PopulationAnnealing::new().steps(1000).sweeps(1_000_000_000).watch(&watch).seed(1);
        let samples = std::thread::scope(|scope| {
            let run = scope.spawn(|| annealing.run(&model));
            while watch.passes() < 100_000 {
                std::thread::yield_now();
            }
            watch.cancel();
            run.join().unwrap().unwrap()
        });
        assert!(samples.info.interrupted && samples.len() == 1000);
        let betas = numbers(&samples, "betas");
        assert!(betas.len() < 1000 && betas.len() == numbers(&samples, "log_partition").len());
        assert!(samples.info.warnings[0].contains("interrupted"), "{:?}", samples.info.warnings);
        assert!(matches!(annealing.run(&model), Err(Error::Interrupted)));
    }

    #[test]
    fn begins_where_it_is_told() {
        let model = frustrated(10, 1.0);
        let ground = model.ground_state().unwrap();
        let cold = PopulationAnnealing::new().population(40).betas(vec![1e3, 2e3]).sweeps(2);
        let samples = cold.clone().initial(vec![ground.bits.clone()]).run(&model).unwrap();
        assert!(samples.energies().iter().all(|&e| e == ground.energy));
        assert!(!samples.info.parameters.contains_key("log_partition"));
        assert!(cold.initial(vec![Bits::zeros(3)]).run(&model).is_err());
    }

    #[test]
    fn spin_glasses_of_the_reference() {
        for (name, (model, ground)) in spin_glasses() {
            if model.num_spins() > 256 {
                continue;
            }
            let annealing = PopulationAnnealing::new().population(400).steps(50).sweeps(400);
            let samples = annealing.seed(1).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, ground, "{name}");
        }
    }

    #[test]
    fn small_and_extreme_models() {
        let base = || PopulationAnnealing::new().population(3).steps(2).sweeps(2);
        let empty = base().run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!(empty.energies(), [2.0; 3]);
        let flat = base().run(&Ising::new(vec![0.0; 5], [], 2.0)).unwrap();
        assert_eq!(flat.energies(), [2.0; 3]);
        let log_z = numbers(&flat, "log_partition")[1];
        assert!((log_z - (5.0 * 2f64.ln() - 2.0)).abs() < 1e-12);
        assert_eq!(base().population(1).run(&Ising::new(vec![1.0], [], 0.0)).unwrap().len(), 1);
        for unit in [1e306, 1e-290, 5e-324] {
            let model = Ising::new(vec![-unit; 4], (0..3).map(|i| (i, i + 1, -unit)), 0.0);
            let samples = base().population(100).sweeps(100).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, -7.0 * unit);
        }
        let model = Ising::new(vec![1.0; 3], [], 0.0);
        for bad in [
            base().reads(0),
            base().reads(u64::MAX),
            base().population(0),
            base().population(usize::MAX),
            base().steps(0),
            base().steps(3),
            base().steps(usize::MAX).sweeps(u64::MAX),
            base().sweeps(0),
            base().beta_last(0.0),
            base().beta_last(f64::NAN),
            base().beta_last(f64::INFINITY),
            base().betas(vec![]),
            base().betas(vec![2.0, 1.0]),
            base().betas(vec![-1.0, 1.0]),
            base().initial(vec![Bits::zeros(2)]),
        ] {
            assert!(bad.run(&model).is_err(), "{bad:?}");
        }
        assert!(base().beta_last(1e300).run(&model).is_ok());
        let over = Ising::new(vec![0.0; 3], [(0, 1, 1e308), (1, 2, 1e308)], 0.0);
        assert!(base().run(&over).is_err());
    }
}

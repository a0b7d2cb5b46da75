//! Simulated annealing.

use super::beta::{BetaSchedule, Betas};
use super::bit_sliced::{self, BitSliced};
use super::initial::Initial;
use super::local_search::{DOMAIN, check_budget};
use super::replicas::{Best, Group, Last};
use super::settings::reads_are_set;
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::compact::{Compact, Number, Scale};
use crate::ising::reads::{self, File, Finished, Reads, Together, check_count};
use crate::ising::sample_set::{SampleInfo, SampleSet};
use crate::math::{
    Bits, Checkpoint, Domain, Fingerprint, Isa, Kept, Streams, Watch, check_memory, vectorized,
};
use serde_json::{Map, json};
use std::time::Instant;

/// How long a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Sweeps(u64),
    Evaluations(u64),
}

/// Simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 671 (1983)): reads from random
/// starts, each a number of sweeps of Metropolis flips over all spins, at an inverse temperature β that
/// rises from sweep to sweep.
///
/// Reads are independent of one another, and each is the same whatever the number of reads, of threads,
/// and the instruction set. Where all coefficients are whole multiples of one number, those of a spin at
/// most 255 of it in sum, and the answer is the last configuration, 64 reads are annealed in the bits of
/// words, each with random numbers of its own, class by class of a coloring of the graph, and what a flip
/// costs is exact. In other models spins are looked at in order, in single precision where that moves no
/// exponent βΔE by more than 1e-3, else in double precision. Energies of the answer are computed afresh.
///
/// ```
/// use ketlab::ising::{Ising, SimulatedAnnealing};
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let samples = SimulatedAnnealing::new().reads(10).sweeps(500).seed(1).run(&model)?;
/// assert_eq!(samples.len(), 10);
/// assert_eq!(samples.lowest().unwrap().energy, -19.0);
/// // A part by itself, and from a given start.
/// let annealing = SimulatedAnnealing::new().sweeps(50);
/// let whole = annealing.clone().reads(30).run(&model)?;
/// let end = annealing.clone().first_read(20).reads(10).run(&model)?;
/// assert!(end.iter().eq(whole.iter().skip(20)));
/// let cold = annealing.beta(50.0, 50.0).initial([samples.lowest().unwrap().bits]).run(&model)?;
/// assert_eq!(cold.energies(), [-19.0; 10]);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SimulatedAnnealing {
    reads: Reads,
    effort: Effort,
    beta: Option<(f64, f64)>,
    schedule: BetaSchedule,
    seed: u64,
    initial: Initial,
    watch: Watch,
    isa: Isa,
}

impl Default for SimulatedAnnealing {
    fn default() -> Self {
        Self::new()
    }
}

reads_are_set!(SimulatedAnnealing);

impl SimulatedAnnealing {
    /// Ten reads of 1000 sweeps, seed 0, a geometric schedule, and a β range by the rule of D-Wave's
    /// `dwave-samplers`: at first the costliest flip is taken with probability 1/2, at last one in a
    /// hundred of the spins that the cheapest excitation is cheapest for is excited.
    pub fn new() -> Self {
        SimulatedAnnealing {
            reads: Reads::new(10),
            effort: Effort::Sweeps(1000),
            beta: None,
            schedule: BetaSchedule::default(),
            seed: 0,
            initial: Initial::default(),
            watch: Watch::default(),
            isa: Isa::best(),
        }
    }

    /// Sweeps of each read, of which the last configuration is the answer.
    pub fn sweeps(self, sweeps: u64) -> Self {
        SimulatedAnnealing { effort: Effort::Sweeps(sweeps), ..self }
    }

    /// At most this many evaluations in all instead of a number of sweeps, in equal parts for the
    /// reads asked for, of which the lowest configuration met is the answer. One evaluation is one energy asked
    /// for: that of each start, and the difference of each flip looked at.
    pub fn evaluations(self, evaluations: u64) -> Self {
        SimulatedAnnealing { effort: Effort::Evaluations(evaluations), ..self }
    }

    /// The first and the last β, in units of 1/energy. Equal ones sample at a fixed temperature.
    pub fn beta(self, first: f64, last: f64) -> Self {
        SimulatedAnnealing { beta: Some((first, last)), ..self }
    }

    /// How β goes from the first to the last.
    pub fn schedule(self, schedule: BetaSchedule) -> Self {
        SimulatedAnnealing { schedule, ..self }
    }

    /// Counts reads (`rows`) and sweeps (`passes`) there, and ends when it is cancelled: finished
    /// reads are kept.
    pub fn watch(self, watch: &Watch) -> Self {
        SimulatedAnnealing { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    pub fn isa(self, isa: Isa) -> Self {
        SimulatedAnnealing { isa, ..self }
    }

    /// Anneals: one row a read, in their order.
    ///
    /// # Errors
    /// If there are no reads, sweeps or evaluations, fewer evaluations than reads, a β is not positive
    /// and finite, or the coefficients of a spin add up to infinity; [`Error::TooLarge`] if reads or
    /// sweeps do not fit in memory; [`Error::Interrupted`] if no read was finished.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// What reads belong to but for how long they are: the model, the seed and the settings.
    ///
    /// # Errors
    /// If the coefficients of a spin add up to infinity.
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        let range = match self.beta {
            Some(range) => range,
            None => Scale::of(model)?.beta_range(),
        };
        let settings = reads::fingerprint("simulated annealing", model, self.seed)
            .with("inverse temperatures", &range)
            .with("schedule", self.schedule.name())
            .with("read-out", self.read_out());
        let settings = self.initial.tell(settings);
        // Reads of lanes are what they were before there was another kernel.
        Ok(if self.is_bit_sliced(model) { settings.with("kernel", "bit-sliced") } else { settings })
    }

    fn is_bit_sliced(&self, model: &Ising) -> bool {
        matches!(self.effort, Effort::Sweeps(_)) && BitSliced::takes(model)
    }

    fn read_out(&self) -> &'static str {
        match self.effort {
            Effort::Sweeps(_) => "last",
            Effort::Evaluations(_) => "lowest met",
        }
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        let n = model.num_spins() as u64;
        let flips = self.flips(n)?;
        let scale = Scale::of(model)?;
        let range = self.beta.unwrap_or_else(|| scale.beta_range());
        [range.0, range.1].into_iter().try_for_each(check_beta)?;
        self.initial.check(model.num_spins())?;
        let is_bit_sliced = self.is_bit_sliced(model);
        let sweeps = flips.div_ceil(n.max(1));
        let of_a_read = u128::from(n / 4 + 64) + reads::bytes_in_a_file(kept, n);
        let layout = if is_bit_sliced { BitSliced::bytes(model) } else { 0 };
        let bytes = u128::from(self.reads.count) * of_a_read + 8 * u128::from(sweeps) + layout;
        check_memory("annealing", bytes, |_| (None, "ask for fewer reads".into()))?;
        let schedule = self.schedule;
        let betas = |unit| Betas { range, schedule, sweeps, unit };
        let single = scale.fits_f32(range.0.max(range.1));
        let belongs_to = || Ok(self.fingerprint(model)?.with("number of flips", &flips));
        let fault = |bits: &Bits| reads::length_fault(bits, n);
        let file = File::new(kept, belongs_to, &fault)?;
        let sliced = if is_bit_sliced { BitSliced::new(model) } else { None };
        let finished = if let Some(sliced) = &sliced {
            self.words_of(sliced, betas(1.0), file)?
        } else {
            let betas = betas(scale.unit);
            if single {
                self.reads_of(&Compact::<f32>::new(model, &scale), &scale, (betas, flips), file)?
            } else {
                self.reads_of(&Compact::<f64>::new(model, &scale), &scale, (betas, flips), file)?
            }
        };
        let mut parameters = Map::new();
        parameters.insert("beta_first".into(), json!(range.0));
        parameters.insert("beta_last".into(), json!(range.1));
        parameters.insert("beta_range".into(), self.beta.map_or("derived", |_| "given").into());
        parameters.insert("schedule".into(), self.schedule.name().into());
        let (kernel, precision) = match (is_bit_sliced, single) {
            (true, _) => ("bit-sliced", "integer"),
            (false, true) => ("lanes", "single"),
            (false, false) => ("lanes", "double"),
        };
        parameters.insert("kernel".into(), kernel.into());
        parameters.insert("precision".into(), precision.into());
        parameters.insert("start".into(), self.initial.name().into());
        parameters.insert("read_out".into(), self.read_out().into());
        self.reads.tell(&mut parameters);
        let info = SampleInfo {
            solver: "simulated annealing".into(),
            parameters,
            seed: Some(self.seed),
            sweeps: Some(sweeps),
            evaluations: Some(finished.len().saturating_mul(flips.saturating_add(1))),
            interrupted: finished.len() < self.reads.count,
            ..SampleInfo::default()
        };
        finished.kept(|reads| {
            let mut samples = SampleSet::new(model, reads, info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }

    /// Flips that each read looks at.
    fn flips(&self, n: u64) -> Result<u64> {
        self.reads.check()?;
        match self.effort {
            Effort::Sweeps(sweeps) => {
                check_count("sweeps", sweeps)?;
                sweeps.checked_mul(n).ok_or_else(|| Error::Invalid {
                    what: "the number of sweeps".into(),
                    value: sweeps.to_string(),
                    expected: "sweeps × spins must be below 2^64".into(),
                })
            }
            Effort::Evaluations(evaluations) => {
                check_budget(evaluations)?;
                let reads = self.reads.count;
                if reads > evaluations {
                    return Err(Error::Invalid {
                        what: "the number of reads".into(),
                        value: reads.to_string(),
                        expected: format!("from 1 to the {evaluations} evaluations"),
                    });
                }
                Ok(if n == 0 { 0 } else { evaluations / reads - 1 })
            }
        }
    }

    fn words_of(
        &self,
        model: &BitSliced,
        betas: Betas,
        file: Option<File<'_, Bits>>,
    ) -> Result<Finished<Bits>> {
        let streams = Streams::new(self.seed, Domain::BitSliced);
        reads::run(self.reads, Together::Words, &self.watch, file, |first, used, _| {
            model.anneal(&bit_sliced::Group {
                streams: &streams,
                first,
                used: used as u64,
                betas,
                initial: &self.initial,
                watch: &self.watch,
                isa: self.isa,
            })
        })
    }

    fn reads_of<T: Number>(
        &self,
        model: &Compact<T>,
        scale: &Scale,
        (betas, flips): (Betas, u64),
        file: Option<File<'_, Bits>>,
    ) -> Result<Finished<Bits>> {
        let streams = Streams::new(self.seed, DOMAIN);
        let is_best = matches!(self.effort, Effort::Evaluations(_));
        reads::run(self.reads, Together::Lanes, &self.watch, file, |first, used, lanes| {
            let group = Group {
                model,
                is_exact: scale.is_exact,
                streams: &streams,
                first,
                used,
                betas,
                flips,
                initial: &self.initial,
                watch: &self.watch,
            };
            match (lanes, is_best) {
                (16, false) => vectorized(self.isa, Last::<T, 16>(group)),
                (_, false) => vectorized(self.isa, Last::<T, 8>(group)),
                (16, true) => vectorized(self.isa, Best::<T, 16>(group)),
                (_, true) => vectorized(self.isa, Best::<T, 8>(group)),
            }
        })
    }
}

pub(crate) fn check_beta(beta: f64) -> Result<()> {
    if beta.is_finite() && beta > 0.0 {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "an inverse temperature β".into(),
        value: beta.to_string(),
        expected: "it must be positive and finite".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{
        a_cut_file_goes_on, any_ising, chi_squared_of_boltzmann, pieces_are_the_whole, reference,
        reference_json, same_on_every_number_of_threads, spin_glass,
    };
    use crate::ising::{Graph, Qubo};
    use proptest::prelude::*;
    use rand::RngExt;

    proptest! {
        #[test]
        fn finds_the_ground_state_of_small_models(model in any_ising(7), seed: u64) {
            let annealing = SimulatedAnnealing::new().evaluations(8000).reads(8).seed(seed);
            let found = annealing.run(&model).unwrap().found().unwrap();
            prop_assert!((found.energy - model.ground_state().unwrap().energy).abs() < 1e-9);
            prop_assert_eq!(found.evaluations, 8000);
            prop_assert_eq!(&found, &annealing.run(&model).unwrap().found().unwrap());
        }
    }

    #[test]
    fn keeps_the_budget() {
        let model = Ising::new(vec![1.0; 10], [], 0.0);
        for budget in [1, 2, 9, 10, 11, 37, 1000] {
            let reads = budget.min(3);
            let annealing = SimulatedAnnealing::new().evaluations(budget).reads(reads);
            let found = annealing.run(&model).unwrap().found().unwrap();
            assert_eq!(found.evaluations, budget / reads * reads);
            assert_eq!(found.energy, model.energy(&found.bits));
        }
        let annealing = SimulatedAnnealing::new().evaluations(5).reads(1);
        let found = |model: &Ising| annealing.run(model).unwrap().found().unwrap();
        let empty = found(&Ising::new(vec![], [], 2.0));
        assert_eq!((empty.energy, empty.evaluations), (2.0, 1));
        assert_eq!(found(&Ising::new(vec![0.0; 3], [], 2.0)).energy, 2.0);
        let empty = SimulatedAnnealing::new().run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!((empty.len(), empty.lowest().unwrap().energy), (10, 2.0));
    }

    #[test]
    fn refuses_with_a_reason() {
        let model = Ising::new(vec![1.0; 2], [], 0.0);
        let base = SimulatedAnnealing::new;
        for bad in [
            base().evaluations(0),
            base().evaluations(9),
            base().evaluations(5).reads(0),
            base().reads(0),
            base().sweeps(0),
            base().sweeps(u64::MAX),
            base().reads(u64::MAX),
            base().first_read(u64::MAX),
            base().beta(1.0, f64::NAN),
            base().beta(-1.0, 1.0),
            base().beta(1.0, f64::INFINITY),
        ] {
            assert!(bad.run(&model).is_err(), "{bad:?}");
        }
        let says = base().beta(0.0, 1.0).run(&model).unwrap_err().to_string();
        assert!(says.contains("β is 0"), "{says}");
    }

    /// χ² of independent reads at a fixed β against the exact Boltzmann law, in both precisions and
    /// instruction sets, with p > 1e-4.
    #[test]
    fn reads_at_a_fixed_temperature_have_the_boltzmann_law() {
        let mut rng = Streams::new(8, DOMAIN).stream(0);
        for (beta, scale) in [(0.3, 1.0), (0.7, 1.0), (0.5, std::f64::consts::PI)] {
            // Frustrated: complete, signs at random, with fields.
            let mut sign = || if rng.random::<bool>() { scale } else { -scale };
            let pairs = (0..10).flat_map(|j| (0..j).map(move |i| (i, j)));
            let couplings: Vec<_> = pairs.map(|(i, j)| (i, j, sign())).collect();
            let model =
                Ising::new(vec![0.5, -0.5, 0.0, 0.25, 0., 0., 0., 1., 0., 0.], couplings, 0.0);
            let annealing = SimulatedAnnealing::new().beta(beta / scale, beta / scale).seed(4);
            let samples = annealing.reads(100_000).sweeps(60).run(&model).unwrap();
            let chi = chi_squared_of_boltzmann(&model, beta / scale, &samples);
            assert!(
                chi.0 < crate::math::statistics::chi_squared_quantile(chi.1, 1.0 - 1e-4),
                "{chi:?}"
            );
        }
    }

    #[test]
    fn a_read_is_the_same_in_any_company() {
        let mut rng = Streams::new(9, DOMAIN).stream(0);
        for unit in [1.0, 0.1, 1e5 + 0.1] {
            let pairs = (0..30).flat_map(|j| (0..j).map(move |i| (i, j)));
            let couplings = pairs.map(|(i, j)| (i, j, unit * f64::from(rng.random_range(-3..=3))));
            let model = Ising::new(vec![0.3; 30], couplings.collect::<Vec<_>>(), 0.0);
            for best in [false, true] {
                let run = |reads: u64, isa| {
                    let annealing =
                        SimulatedAnnealing::new().reads(reads).sweeps(70).seed(3).isa(isa);
                    let evaluations = reads * 2000;
                    let annealing =
                        if best { annealing.evaluations(evaluations) } else { annealing };
                    annealing.run(&model).unwrap()
                };
                let all = run(40, Isa::best());
                for reads in [1, 7, 8, 9, 17, 33] {
                    for &isa in Isa::available() {
                        let some = run(reads, isa);
                        for (row, sample) in some.iter().enumerate() {
                            assert_eq!(sample, all.sample(row), "{reads} {isa}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn threads_do_not_matter() {
        let pairs =
            (0..20).flat_map(|j| (0..j).map(move |i| (i, j, f64::from((3 * i + j) % 5 - 2))));
        let couplings = pairs.map(|(i, j, w)| (i as usize, j as usize, w));
        let model = Ising::new(vec![0.3; 20], couplings.collect::<Vec<_>>(), 0.0);
        // 20 reads are groups of 16 on one thread and of 8 on three.
        let annealing = SimulatedAnnealing::new().reads(20).sweeps(50).seed(6);
        same_on_every_number_of_threads(|| annealing.run(&model).unwrap());
        let annealing = annealing.evaluations(20_000);
        same_on_every_number_of_threads(|| annealing.run(&model).unwrap());
    }

    #[test]
    fn reads_are_run_in_pieces_and_kept() {
        let pairs =
            (0..20).flat_map(|j| (0..j).map(move |i| (i, j, ((3 * i + j) % 5) as f64 - 2.0)));
        let model = Ising::new(vec![0.3; 20], pairs, 1.5);
        let base = SimulatedAnnealing::new().sweeps(40).seed(6);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        let of = |reads: u64| base.clone().evaluations(700 * reads).reads(reads);
        pieces_are_the_whole(|first, count| of(count).first_read(first).run(&model).unwrap());
        a_cut_file_goes_on("annealing", |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
        a_cut_file_goes_on("evaluations", |reads, file| of(reads).run_kept(&model, file).unwrap());
    }

    #[test]
    fn a_file_belongs_to_the_model_and_the_settings() {
        let path = std::env::temp_dir().join(format!("ketlab-sa-{}.jsonl", std::process::id()));
        let model = |w| Ising::new(vec![0.3; 3], [(0, 1, w)], 0.0);
        let base = SimulatedAnnealing::new().reads(2).sweeps(5);
        base.run_kept(&model(1.0), &Checkpoint::new(&path)).unwrap();
        let file = Checkpoint::new(&path).resume(true);
        let says = |annealing: &SimulatedAnnealing, model: &Ising| {
            annealing.run_kept(model, &file).unwrap_err().to_string()
        };
        let larger = Ising::new(vec![0.3; 4], [], 0.0);
        assert!(says(&base, &larger).contains("the checkpoint's number of spins is `3`"));
        assert!(says(&base, &model(1.5)).contains("the checkpoint's model is"));
        for (other, part) in [
            (base.clone().seed(9), "seed is `0`; this run has `9`"),
            (base.clone().sweeps(6), "number of flips is `15`; this run has `18`"),
            (base.clone().beta(1.0, 2.0), "inverse temperatures is"),
            (base.clone().schedule(BetaSchedule::Linear), "schedule is `geometric`"),
            (base.clone().evaluations(32), "read-out is `last`; this run has `lowest met`"),
        ] {
            let message = says(&other, &model(1.0));
            assert!(message.contains(&format!("the checkpoint's {part}")), "{message}");
        }
        let tempering = crate::ising::ParallelTempering::new();
        let message = tempering.run_kept(&model(1.0), &file).unwrap_err().to_string();
        assert!(message.contains("the checkpoint's method is `simulated annealing`"), "{message}");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_cancelled_run_keeps_finished_reads() {
        let model = Ising::new(vec![1.0; 1000], (1..1000).map(|i| (i - 1, i, 1.0)), 0.0);
        let watch = Watch::default();
        let annealing = SimulatedAnnealing::new().sweeps(200).watch(&watch);
        let all = annealing.clone().reads(24).run(&model).unwrap();
        assert_eq!((watch.rows(), watch.passes()), (24, 24 * 200));
        assert!(!all.info.interrupted);
        let samples = std::thread::scope(|scope| {
            let run = scope.spawn(|| annealing.clone().reads(1 << 20).run(&model));
            while watch.rows() < 48 {
                std::thread::yield_now();
            }
            watch.cancel();
            run.join().unwrap().unwrap()
        });
        assert!(samples.info.interrupted && (24..1 << 20).contains(&samples.len()));
        assert_eq!(samples.sample(5), all.sample(5));
        assert!(matches!(annealing.run(&model), Err(Error::Interrupted)));
    }

    #[test]
    fn huge_and_tiny_coefficients() {
        let over = Ising::new(vec![0.0; 3], [(0, 1, 1e308), (1, 2, 1e308)], 0.0);
        assert!(SimulatedAnnealing::new().run(&over).is_err());
        let least = Ising::new(vec![0.0; 4], (0..3).map(|i| (i, i + 1, 5e-324)), 0.0);
        assert_eq!(SimulatedAnnealing::new().run(&least).unwrap().len(), 10);
        for unit in [1e306, 1e-290] {
            let model = Ising::new(vec![0.0; 4], (0..3).map(|i| (i, i + 1, unit)), 0.0);
            let samples = SimulatedAnnealing::new().sweeps(200).run(&model).unwrap();
            assert_eq!(samples.lowest().unwrap().energy, -3.0 * unit);
        }
        // A coupling that single precision would lose beside the others.
        let model = Ising::new(vec![1e8, 1e8, 0.0], [(0, 2, 1.0), (1, 2, 0.5)], 0.0);
        let samples = SimulatedAnnealing::new().run(&model).unwrap();
        assert!(samples.energies().iter().all(|&e| e == -2e8 - 1.5));
    }

    #[test]
    fn spin_glasses_of_the_reference() {
        let Some(data) = reference_json("spinglass/pmJ.json") else { return };
        let mut checked = 0;
        for instance in data["instances"].as_array().unwrap() {
            let Some(model) = spin_glass(instance) else { continue };
            if model.num_spins() > 64 {
                continue;
            }
            let expected = instance["ground_energy"].as_f64().unwrap();
            let found = SimulatedAnnealing::new().evaluations(400_000).reads(20).seed(1);
            let found = found.run(&model).unwrap().found().unwrap();
            assert!((found.energy - expected).abs() < 1e-9, "{}: {found:?}", instance["name"]);
            checked += 1;
        }
        assert!(checked > 0);
    }

    #[test]
    fn binary_quadratic_programs_of_the_reference() {
        let (Some(text), Some(best)) =
            (reference("qubo/bqp50.txt"), reference_json("qubo/bqp_best.json"))
        else {
            return;
        };
        let problems = Qubo::from_bqp(&text).unwrap();
        assert_eq!(problems.len(), 10);
        for (problem, entry) in problems.iter().zip(best["instances"].as_array().unwrap()) {
            let known = entry["best_known_max"].as_f64().unwrap();
            let model = problem.to_ising().unwrap();
            let found = SimulatedAnnealing::new().evaluations(200_000).reads(10).seed(1);
            let found = found.run(&model).unwrap().found().unwrap();
            assert_eq!(-problem.energy(&found.bits), known, "{}", entry["instance"]);
        }
    }

    #[test]
    fn max_cuts_of_the_reference() {
        let Some(best) = reference_json("maxcut/gset/best_known.json") else { return };
        // G48 is bipartite: its cut is exact. 98 % of it is what a short run should do.
        for (name, evaluations, share) in [("G11", 2_000_000, 0.98), ("G48", 3_000_000, 0.98)] {
            let Some(text) = reference(&format!("maxcut/gset/{name}")) else { return };
            let graph = Graph::parse(&text).unwrap();
            let mut entries = best["instances"].as_array().unwrap().iter();
            let entry = entries.find(|e| e["name"] == name).unwrap();
            assert_eq!(entry["n"].as_u64(), Some(graph.num_vertices() as u64));
            assert_eq!(entry["m"].as_u64(), Some(graph.edges().len() as u64));
            let found = SimulatedAnnealing::new().evaluations(evaluations).reads(1).seed(1);
            let found = found.run(&graph.max_cut()).unwrap().found().unwrap();
            let cut = graph.cut_value(&found.bits);
            let known = entry["best_known_cut"].as_f64().unwrap();
            assert!((share * known..=known).contains(&cut), "{name}: {cut} of {known}");
        }
    }
}

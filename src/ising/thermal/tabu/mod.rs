//! Tabu search.

mod search;

use super::initial::Initial;
use super::settings::reads_are_set;
use crate::error::{Error, Result};
use crate::ising::Ising;
use crate::ising::compact::{Compact, Number, Scale};
use crate::ising::reads::{self, File, Finished, Reads, Together, check_count};
use crate::ising::sample_set::{SampleInfo, SampleSet};
use crate::math::{
    Checkpoint, Domain, Fingerprint, Isa, Kept, Streams, Watch, check_memory, vectorized,
};
use search::{Read, Search, Settings};
use serde_json::{Map, json};
use std::time::Instant;

/// The tenure of large models where none is given, as in D-Wave's `dwave-tabu`.
const TENURE: usize = 20;

/// One-flip tabu search (Glover, ORSA J. Comput. 1, 190 (1989)), repeated from what it found with a
/// part of it turned (iterated tabu search: Palubeckis, Informatica 17, 279 (2006)).
///
/// A step flips the spin that adds the least energy, also where that is more than nothing, of those that
/// were not flipped in the last *tenure* steps (and up to half as many more, at random), or one of these
/// where it leads below all that the search has met since it last began (aspiration). Where several add
/// the least, the first after a random place is flipped. When so many steps in a row have found nothing
/// lower as 1¼ times the spins, and at least 100, the lowest configuration since the search last began
/// is kept if it is no higher than the one kept before. A connected set of 5 to a quarter of the spins,
/// grown at random around a random spin, is turned in the one that is kept, and the search begins
/// there: on sparse graphs what is wrong with a good configuration is a droplet, which single spins
/// turned here and there do not find.
///
/// A sweep is as many flips as there are spins, and each looks at every spin, O(n) numbers in a row.
/// Reads are independent, and end after their sweeps or at a target energy, never by the clock. A read
/// is the lowest configuration that it met.
///
/// ```
/// use ketlab::ising::{Ising, TabuSearch};
/// let model = Ising::new(vec![0.0; 20], (0..19).map(|i| (i, i + 1, -1.0)), 0.0);
/// let samples = TabuSearch::new().reads(2).target_energy(-19.0).seed(1).run(&model)?;
/// assert_eq!(samples.energies(), [-19.0; 2]);
/// assert_eq!(samples.info.parameters["reads_at_target"], 2);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TabuSearch {
    reads: Reads,
    sweeps: u64,
    tenure: Option<usize>,
    target: Option<f64>,
    initial: Initial,
    seed: u64,
    watch: Watch,
    isa: Isa,
}

impl Default for TabuSearch {
    fn default() -> Self {
        Self::new()
    }
}

reads_are_set!(TabuSearch);

impl TabuSearch {
    /// Ten reads of 1000 sweeps from random starts, seed 0, without a target, and a tenure of 20 or a
    /// quarter of the spins, whichever is less.
    pub fn new() -> Self {
        TabuSearch {
            reads: Reads::new(10),
            sweeps: 1000,
            tenure: None,
            target: None,
            initial: Initial::default(),
            seed: 0,
            watch: Watch::default(),
            isa: Isa::best(),
        }
    }

    /// Flips of each read, in units of the number of spins.
    pub fn sweeps(self, sweeps: u64) -> Self {
        TabuSearch { sweeps, ..self }
    }

    /// For how many steps a spin that was flipped stays, fewer than there are spins.
    pub fn tenure(self, tenure: usize) -> Self {
        TabuSearch { tenure: Some(tenure), ..self }
    }

    /// A read ends where it meets this energy, or a lower one.
    pub fn target_energy(self, energy: f64) -> Self {
        TabuSearch { target: Some(energy), ..self }
    }

    /// Counts reads (`rows`) and sweeps (`passes`) there, and ends when it is cancelled: finished
    /// reads are kept.
    pub fn watch(self, watch: &Watch) -> Self {
        TabuSearch { watch: watch.clone(), ..self }
    }

    /// Uses this instruction set. Answers do not depend on it.
    pub fn isa(self, isa: Isa) -> Self {
        TabuSearch { isa, ..self }
    }

    /// Searches: one row a read, in their order.
    ///
    /// # Errors
    /// If there are no reads or sweeps, the tenure is not less than the number of spins, the target is
    /// NaN, a start has not as many bits as the model spins, or the coefficients of a spin add up to
    /// infinity; [`Error::TooLarge`] if reads do not fit in memory; [`Error::Interrupted`] if no read
    /// was finished.
    pub fn run(&self, model: &Ising) -> Result<SampleSet> {
        Ok(self.sampled(model, None)?.answer)
    }

    /// What reads belong to but for how long they are: the model, the seed and the settings.
    ///
    /// # Errors
    /// If the tenure or the target is refused, as in [`run`](Self::run).
    pub fn fingerprint(&self, model: &Ising) -> Result<Fingerprint> {
        let belongs_to = reads::fingerprint("tabu search", model, self.seed)
            .with("tenure", &self.tenure_of(model.num_spins())?)
            .with("target energy", &self.checked_target()?);
        Ok(self.initial.tell(belongs_to))
    }

    fn tenure_of(&self, spins: usize) -> Result<usize> {
        match self.tenure {
            None => Ok(TENURE.min(spins / 4)),
            Some(tenure) if tenure < spins.max(1) => Ok(tenure),
            Some(tenure) => Err(Error::Invalid {
                what: "the tenure of a tabu search".into(),
                value: tenure.to_string(),
                expected: format!("less than the {spins} spins, or none of them may be flipped"),
            }),
        }
    }

    fn checked_target(&self) -> Result<Option<f64>> {
        match self.target {
            Some(target) if target.is_nan() => {
                Err(Error::NotFinite { what: "the target energy".into(), value: target })
            }
            target => Ok(target),
        }
    }

    fn sampled(&self, model: &Ising, kept: Option<&Checkpoint>) -> Result<Kept<SampleSet>> {
        let start = Instant::now();
        self.reads.check()?;
        check_count("sweeps", self.sweeps)?;
        let n = model.num_spins();
        let most_flips = self.sweeps.checked_mul(n as u64).ok_or_else(|| Error::Invalid {
            what: "the number of sweeps".into(),
            value: self.sweeps.to_string(),
            expected: "sweeps × spins must be below 2^64".into(),
        })?;
        let (tenure, target) = (self.tenure_of(n)?, self.checked_target()?);
        self.initial.check(n)?;
        let scale = Scale::of(model)?;
        let of_a_read = u128::from(n as u64 / 4 + 64) + reads::bytes_in_a_file(kept, n as u64);
        let bytes = u128::from(self.reads.count) * of_a_read;
        check_memory("tabu search", bytes, |_| (None, "ask for fewer reads".into()))?;
        let belongs_to = || Ok(self.fingerprint(model)?.with("number of sweeps", &self.sweeps));
        let fault = |read: &Read| reads::length_fault(&read.bits, n as u64);
        let file = File::new(kept, belongs_to, &fault)?;
        let largest = scale.largest / scale.unit;
        let settings = Settings {
            tenure,
            most_flips,
            patience: (n as u64 + n as u64 / 4).max(100),
            target: target.map_or(f64::NEG_INFINITY, |target| {
                let target = (target - model.offset()) / scale.unit;
                // With room for the rounding of whoever computed it.
                target + 1e-9 * (target.abs() + largest)
            }),
            // Of real weights, what rounding may make of energies that are equal.
            rounding: if scale.is_exact { 0.0 } else { 1e-10 * largest },
        };
        let finished = if scale.is_exact {
            self.reads_of(&Compact::<f32>::new(model, &scale), &settings, file)?
        } else {
            self.reads_of(&Compact::<f64>::new(model, &scale), &settings, file)?
        };
        let sum = |of: &dyn Fn(&Read) -> u64| finished.reads.iter().map(of).sum::<u64>();
        let flips = sum(&|read| read.flips);
        let mut parameters = Map::new();
        parameters.insert("tenure".into(), tenure.into());
        parameters.insert("patience".into(), settings.patience.into());
        parameters.insert("flips".into(), flips.into());
        parameters.insert("rounds".into(), sum(&|read| read.rounds).into());
        if let Some(target) = target {
            parameters.insert("target_energy".into(), json!(target));
            let at_target = sum(&|read| read.at_target.into());
            parameters.insert("reads_at_target".into(), at_target.into());
        }
        parameters.insert("start".into(), self.initial.name().into());
        self.reads.tell(&mut parameters);
        let info = SampleInfo {
            solver: "tabu search".into(),
            parameters,
            seed: Some(self.seed),
            sweeps: Some(self.sweeps),
            evaluations: Some(flips.saturating_mul(n as u64).saturating_add(finished.len())),
            interrupted: finished.len() < self.reads.count,
            ..SampleInfo::default()
        };
        finished.kept(|reads| {
            let mut samples = SampleSet::new(model, reads.into_iter().map(|read| read.bits), info)?;
            samples.info.seconds = Some(start.elapsed().as_secs_f64());
            Ok(samples)
        })
    }

    fn reads_of<T: Number>(
        &self,
        model: &Compact<T>,
        settings: &Settings,
        file: Option<File<'_, Read>>,
    ) -> Result<Finished<Read>>
    where
        f64: From<T>,
    {
        let streams = Streams::new(self.seed, Domain::Tabu);
        reads::run(self.reads, Together::One, &self.watch, file, |number, _, _| {
            let (rng, initial) = (streams.stream(number), self.initial.of(number));
            let search = Search::new(model, settings, rng, initial, &self.watch);
            Ok(vec![vectorized(self.isa, search)?])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ising::testing::{
        a_cut_file_goes_on, any_ising, pieces_are_the_whole, reference, reference_json,
        same_on_every_number_of_threads, spin_glasses,
    };
    use crate::ising::{Graph, Qubo};
    use crate::math::Bits;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn finds_the_ground_state_of_small_models(model in any_ising(9), seed: u64) {
            let ground = model.ground_state().unwrap().energy;
            // One read may go round in a circle beside it: the tenure of nine spins is two.
            let search = TabuSearch::new().reads(10).sweeps(200).seed(seed);
            let samples = search.run(&model).unwrap();
            let found = |samples: &SampleSet| samples.reads_up_to(ground + 1e-9);
            prop_assert!(found(&samples) > 0);
            let stopped = search.target_energy(ground + 1e-9).run(&model).unwrap();
            prop_assert_eq!(&stopped.info.parameters["reads_at_target"], found(&stopped));
            prop_assert!(found(&stopped) >= found(&samples));
            prop_assert!(stopped.info.evaluations < samples.info.evaluations);
        }
    }

    fn dense() -> Ising {
        let pairs =
            (0..20).flat_map(|j| (0..j).map(move |i| (i, j, ((3 * i + j) % 5) as f64 - 2.0)));
        Ising::new(vec![0.3; 20], pairs, 1.5)
    }

    #[test]
    fn reads_are_run_in_pieces_and_kept() {
        let model = dense();
        let base = TabuSearch::new().sweeps(20).seed(6);
        pieces_are_the_whole(|first, count| {
            base.clone().first_read(first).reads(count).run(&model).unwrap()
        });
        same_on_every_number_of_threads(|| base.clone().reads(20).run(&model).unwrap());
        a_cut_file_goes_on("tabu", |reads, file| {
            base.clone().reads(reads).run_kept(&model, file).unwrap()
        });
        let all = base.clone().reads(3).run(&model).unwrap();
        for &isa in Isa::available() {
            assert!(base.clone().reads(3).isa(isa).run(&model).unwrap().iter().eq(all.iter()));
        }
    }

    #[test]
    fn begins_where_it_is_told_and_ends_at_the_target() {
        let model = dense();
        let start = model.ground_state().unwrap();
        let base = TabuSearch::new().reads(2).initial(vec![start.bits.clone()]);
        let found = base.clone().target_energy(start.energy).run(&model).unwrap();
        assert_eq!((found.bits(0), &found.info.parameters["flips"]), (start.bits, &0.into()));
        let never = base.clone().sweeps(3).target_energy(-1e9).run(&model).unwrap();
        assert_eq!(never.info.parameters["flips"], 120);
        assert_eq!(never.info.parameters["reads_at_target"], 0);
        // The lowest that was met is the start.
        assert_eq!(never.energies(), [start.energy; 2]);
    }

    #[test]
    fn small_and_extreme_models() {
        let base = TabuSearch::new;
        let empty = base().run(&Ising::new(vec![], [], 2.0)).unwrap();
        assert_eq!(empty.energies(), [2.0; 10]);
        let one = base().run(&Ising::new(vec![-1.0], [], 0.0)).unwrap();
        assert_eq!(one.energies(), [-1.0; 10]);
        assert_eq!(base().run(&Ising::new(vec![0.0; 5], [], 2.0)).unwrap().energies(), [2.0; 10]);
        for unit in [1e306, 1e-290, 5e-324] {
            let model = Ising::new(vec![-unit; 4], (0..3).map(|i| (i, i + 1, -unit)), 0.0);
            assert_eq!(base().run(&model).unwrap().lowest().unwrap().energy, -7.0 * unit);
        }
        let model = Ising::new(vec![1.0; 3], [], 0.0);
        for bad in [
            base().reads(0),
            base().reads(u64::MAX),
            base().sweeps(0),
            base().sweeps(u64::MAX),
            base().tenure(3),
            base().tenure(usize::MAX),
            base().target_energy(f64::NAN),
            base().initial(vec![Bits::zeros(2)]),
        ] {
            assert!(bad.run(&model).is_err(), "{bad:?}");
        }
        assert!(base().tenure(2).run(&model).is_ok());
        let over = Ising::new(vec![0.0; 3], [(0, 1, 1e308), (1, 2, 1e308)], 0.0);
        assert!(base().run(&over).is_err());
    }

    #[test]
    fn a_cancelled_search_keeps_finished_reads() {
        let watch = Watch::default();
        let search = TabuSearch::new().sweeps(50).reads(1 << 20).watch(&watch);
        let model = dense();
        let samples = std::thread::scope(|scope| {
            let run = scope.spawn(|| search.run(&model));
            while watch.rows() < 5 {
                std::thread::yield_now();
            }
            watch.cancel();
            run.join().unwrap().unwrap()
        });
        assert!(samples.info.interrupted && (5..1 << 20).contains(&samples.len()));
        assert!(matches!(search.run(&model), Err(Error::Interrupted)));
    }

    #[test]
    fn problems_of_the_reference() {
        for (name, (model, ground)) in spin_glasses() {
            let search = TabuSearch::new().reads(4).sweeps(500).target_energy(ground).seed(1);
            assert_eq!(search.run(&model).unwrap().lowest().unwrap().energy, ground, "{name}");
        }
        let (Some(text), Some(best)) =
            (reference("qubo/bqp50.txt"), reference_json("qubo/bqp_best.json"))
        else {
            return;
        };
        let problems = Qubo::from_bqp(&text).unwrap();
        for (problem, entry) in problems.iter().zip(best["instances"].as_array().unwrap()) {
            let known = entry["best_known_max"].as_f64().unwrap();
            let search = TabuSearch::new().reads(2).sweeps(200).seed(1);
            let found = search.run(&problem.to_ising().unwrap()).unwrap().lowest().unwrap();
            assert_eq!(-problem.energy(&found.bits), known, "{}", entry["instance"]);
        }
    }

    #[test]
    fn max_cuts_of_the_reference() {
        // Those of G1 and G11 are the best that is known; G14's is 3064, which takes longer.
        for (name, cut, reads) in [("G1", 11624.0, 4), ("G11", 564.0, 4), ("G14", 3044.0, 4)] {
            let Some(text) = reference(&format!("maxcut/gset/{name}")) else { return };
            let graph = Graph::parse(&text).unwrap();
            let search = TabuSearch::new().reads(reads).sweeps(300).target_energy(-cut).seed(1);
            let samples = search.run(&graph.max_cut()).unwrap();
            let found = graph.cut_value(&samples.lowest().unwrap().bits);
            assert!(found >= cut, "{name}: {found}");
        }
    }
}

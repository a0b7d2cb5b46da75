//! Monte Carlo over chips.

use super::case::YieldCase;
use super::kernel::{BLOCK, Block, Prepared, Worker, one_chip};
use super::outcome::Yield;
use crate::error::{Error, Result};
use crate::math::{Isa, Watch, check_memory, for_each_in_order, threads, vectorized};

/// Most chips of a study.
const MOST_CHIPS: u64 = 10_000_000_000;
/// Blocks that a thread takes at a time.
const AT_ONCE: usize = 4;

/// Chips are made by a design with scatter, and those without collision counted.
///
/// All cases of one run have the same standard normal numbers (common random numbers): what differs
/// between a spacing, a spread or a table of rules and another is due to them and not to chance. The
/// same seed gives the same chips at any number of threads, and more chips begin with those of fewer.
///
/// ```
/// use ketlab::chip::{Design, Lattice, Pattern, Rules, YieldCase, YieldStudy};
/// let plan = Design::default().plan(&Lattice::falcon27(), Pattern::Auto)?;
/// let case = YieldCase::new(plan, Rules::hertzberg_2021(), 0.014)?;
/// let found = &YieldStudy::new().chips(20_000).run(&[case])?[0];
/// assert!((found.value - 0.659).abs() < 0.01 && found.interval.0 < found.value);
/// # Ok::<(), ketlab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct YieldStudy {
    chips: u64,
    seed: u64,
    alpha: f64,
    watch: Watch,
}

impl Default for YieldStudy {
    fn default() -> Self {
        YieldStudy { chips: 100_000, seed: 0, alpha: 0.05, watch: Watch::default() }
    }
}

impl YieldStudy {
    /// 100,000 chips, seed 0, intervals that hold the yield 95 % of the time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chips to be made, from 1 to 10¹⁰.
    pub fn chips(self, chips: u64) -> Self {
        YieldStudy { chips, ..self }
    }

    /// The seed of the random numbers.
    pub fn seed(self, seed: u64) -> Self {
        YieldStudy { seed, ..self }
    }

    /// How often intervals may miss, 0 < α < 1.
    pub fn alpha(self, alpha: f64) -> Self {
        YieldStudy { alpha, ..self }
    }

    /// Progress and cancellation: blocks of 1024 chips are its rows.
    pub fn watch(self, watch: &Watch) -> Self {
        YieldStudy { watch: watch.clone(), ..self }
    }

    /// How many blocks of chips there are, as the watch counts them.
    pub fn blocks(&self) -> u64 {
        self.chips.div_ceil(BLOCK)
    }

    pub(super) fn num_chips(&self) -> u64 {
        self.chips
    }

    /// The yield of each case. A cancelled study has the chips that were finished.
    ///
    /// # Errors
    /// If there are no chips or too many, α is not within 0 and 1, cases differ in their number of
    /// qubits, or memory does not suffice; [`Error::Interrupted`] if nothing was finished.
    pub fn run(&self, cases: &[YieldCase]) -> Result<Vec<Yield>> {
        self.check(cases)?;
        if cases.is_empty() {
            return Ok(vec![]);
        }
        let prepared: Vec<Prepared> = cases.iter().map(Prepared::new).collect();
        let blocks = self.blocks() as usize;
        let num_workers = threads().min(blocks).max(1);
        let needed = Worker::bytes(&prepared) * num_workers as u128 + blocks as u128;
        check_memory("the counts of a study of yields", needed, |_| {
            (None, "ask for fewer cases at once, or for fewer threads".into())
        })?;
        let mut workers: Vec<Worker> = (0..num_workers).map(|_| Worker::new(&prepared)).collect();
        let isa = Isa::best();
        let finished = for_each_in_order(
            &mut workers,
            (blocks, 0..blocks as u64),
            AT_ONCE,
            &self.watch,
            |worker, _, number| {
                let chips = (self.chips - number * BLOCK).min(BLOCK);
                let watch = &self.watch;
                let cases = &prepared;
                vectorized(isa, Block { cases, seed: self.seed, number, chips, watch, worker })
            },
        )?;
        let interrupted = finished.contains(&false);
        let mut totals = workers.into_iter().map(|worker| worker.total);
        let mut sum = totals.next().unwrap_or_default();
        for total in totals {
            sum.iter_mut().zip(&total).for_each(|(a, b)| a.add(b));
        }
        let found = cases.iter().zip(sum);
        Ok(found.map(|(case, counts)| Yield::new(case, counts, self.alpha, interrupted)).collect())
    }

    /// Frequencies and anharmonicities in GHz of chip number `chip` of a case, counted from 0: one of
    /// those that [`run`](Self::run) counts, to look at.
    ///
    /// # Errors
    /// If the study has fewer chips.
    pub fn chip(&self, case: &YieldCase, chip: u64) -> Result<(Vec<f64>, Vec<f64>)> {
        self.check(std::slice::from_ref(case))?;
        if chip >= self.chips {
            return Err(Error::Invalid {
                what: "the number of a chip".into(),
                value: chip.to_string(),
                expected: format!("there are {}, counted from 0", self.chips),
            });
        }
        let made = one_chip(&Prepared::new(case), self.seed, chip);
        Ok(made.into_iter().map(|[f, a]| (1e-3 * f, 1e-3 * a)).unzip())
    }

    fn check(&self, cases: &[YieldCase]) -> Result<()> {
        let invalid = |what: &str, value: String, expected: &str| {
            Err(Error::Invalid { what: what.into(), value, expected: expected.into() })
        };
        if !(1..=MOST_CHIPS).contains(&self.chips) {
            let expected = "it is from 1 to 10,000,000,000";
            return invalid("the number of chips", self.chips.to_string(), expected);
        }
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            let expected = "how often an interval may miss is within 0 and 1, like 0.05";
            return invalid("α", self.alpha.to_string(), expected);
        }
        let qubits = |case: &YieldCase| case.plan().lattice().num_qubits();
        let first = cases.first().map(qubits);
        match cases.iter().map(qubits).find(|&n| Some(n) != first) {
            Some(n) => invalid(
                "the cases of a study of yields",
                format!("of {} and {n} qubits", first.unwrap_or(0)),
                "they are chips of one size, which have random numbers in common",
            ),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Design, FrequencyPlan, Lattice, Pattern, Rules};
    use crate::math::on_threads;

    fn falcon(spacing_mhz: f64) -> FrequencyPlan {
        let design = Design::default().spacing(1e-3 * spacing_mhz);
        design.plan(&Lattice::falcon27(), Pattern::Auto).unwrap()
    }

    fn case(spacing_mhz: f64, spread_mhz: f64) -> YieldCase {
        YieldCase::new(falcon(spacing_mhz), Rules::hertzberg_2021(), 1e-3 * spread_mhz).unwrap()
    }

    /// A million chips by a plain program in NumPy, which reads the rules off the paper's table and
    /// shares nothing with this crate: chips without collision, and chips with each type.
    #[test]
    fn yields_of_27_qubits_are_those_of_a_plain_program() {
        let chips = 60_000;
        let brink = YieldCase::new(falcon(60.0), Rules::brink_2018(), 0.014).unwrap();
        let cases = [case(60.0, 14.0), case(70.0, 14.0), case(60.0, 10.0), brink];
        let found = YieldStudy::new().chips(chips).seed(3).run(&cases).unwrap();
        for (found, (good, by_type)) in found.iter().zip([
            (0.660176, [168744, 79893, 0, 16155, 129433, 0, 571]),
            (0.546253, [47115, 393928, 0, 2615, 36307, 0, 14172]),
            (0.962655, [15498, 10173, 0, 140, 12057, 0, 0]),
            (0.605326, [169435, 153096, 0, 0, 129521, 0, 558]),
        ]) {
            let near = |part: f64, expected: f64| {
                let variance = expected * (1.0 - expected) * (1.0 / chips as f64 + 1e-6);
                assert!((part - expected).abs() <= 4.0 * variance.sqrt(), "{part} {expected}");
            };
            near(found.value, good);
            for (count, expected) in found.by_type.iter().zip(by_type) {
                near(count.chips as f64 / chips as f64, f64::from(expected) / 1e6);
            }
            assert!(found.interval.0 < found.value && found.value < found.interval.1);
        }
        // Near the products of marginals.
        for (found, case) in found.iter().zip(&cases[..3]) {
            let product = case.product_of_marginals().unwrap();
            assert!((found.value - product).abs() < 0.04, "{} {product}", found.value);
        }
    }

    /// One coupling: the table of the research page in closed form, by a million chips.
    #[test]
    fn yields_of_one_coupling_are_those_of_the_closed_form() {
        let pair = Lattice::line(2).unwrap();
        let mut cases = vec![];
        for detuning in [0.050, 0.060, 0.070, 0.140] {
            for spread in [0.005, 0.006, 0.014, 0.0185, 0.050, 0.132] {
                let plan = FrequencyPlan::new(&pair, vec![5.0 + detuning, 5.0], vec![-0.33; 2]);
                let plan = plan.unwrap();
                cases.push(YieldCase::new(plan, Rules::hertzberg_2021(), spread).unwrap());
            }
        }
        let chips = 1_000_000;
        for (case, found) in cases.iter().zip(YieldStudy::new().chips(chips).run(&cases).unwrap()) {
            let [f, g] = [0, 1].map(|q| case.plan().frequencies_ghz()[q]);
            let exact = case.rules().edge_yield(f - g, case.spreads_ghz()[0], -0.33).unwrap();
            assert!((case.product_of_marginals().unwrap() - exact).abs() < 1e-12);
            let error = (exact * (1.0 - exact) / chips as f64).sqrt();
            assert!((found.value - exact).abs() <= 4.0 * error, "{} {exact}", found.value);
        }
    }

    /// Check 21 of the research page.
    #[test]
    fn yields_fall_with_the_spread_and_peak_near_60_mhz() {
        let study = YieldStudy::new().chips(8_192);
        for spacing in [50.0, 55.0, 60.0, 65.0, 70.0] {
            let cases: Vec<_> = (1..=10).map(|k| case(spacing, 5.0 * f64::from(k))).collect();
            let found = study.run(&cases).unwrap();
            for pair in found.windows(2) {
                // Where hardly a chip is good, a single one may come back.
                let chance = if pair[0].value < 0.01 { 4.0 / 8_192.0 } else { 0.0 };
                assert!(pair[0].value + chance >= pair[1].value, "{spacing}");
            }
            assert!(found[0].value > 0.9 && found[9].value < 0.01, "{spacing}");
        }
        let spacings: Vec<f64> = (40..=90).step_by(2).map(f64::from).collect();
        let cases: Vec<_> = spacings.iter().map(|&s| case(s, 14.0)).collect();
        let found = study.run(&cases).unwrap();
        let best = (0..found.len()).max_by(|&a, &b| found[a].value.total_cmp(&found[b].value));
        let best = spacings[best.unwrap()];
        assert!((58.0..=68.0).contains(&best), "{best}");
    }

    #[test]
    fn the_same_seed_gives_the_same_chips_at_any_number_of_threads() {
        let cases = [case(60.0, 14.0), case(66.0, 14.0)];
        let run = |threads, chips, seed| {
            on_threads(threads, || YieldStudy::new().chips(chips).seed(seed).run(&cases).unwrap())
        };
        let reference = run(1, 5_000, 1);
        assert_eq!(reference, run(2, 5_000, 1));
        assert_eq!(reference, run(5, 5_000, 1));
        assert_ne!(reference, run(1, 5_000, 2));
        // A case alone has the chips that it has beside others.
        let alone = YieldStudy::new().chips(5_000).seed(1).run(&cases[1..]).unwrap();
        assert_eq!(alone[0], reference[1]);
        // More chips begin with those of fewer.
        assert!(run(1, 5_001, 1)[0].good - reference[0].good <= 1);
        assert_eq!((reference[0].chips, reference[0].interrupted), (5_000, false));
    }

    #[test]
    fn chips_that_are_looked_at_are_those_that_are_counted() {
        let case = case(60.0, 14.0).anharmonicity_spread(0.003).unwrap();
        let study = YieldStudy::new().chips(1_100).seed(4);
        let good = |chip: u64| {
            let (f, a) = study.chip(&case, chip).unwrap();
            case.plan().collisions_at(&f, &a, case.rules()).unwrap().is_empty()
        };
        let sum = (0..1_100).filter(|&chip| good(chip)).count() as u64;
        assert_eq!(study.run(std::slice::from_ref(&case)).unwrap()[0].good, sum);
        assert!(study.chip(&case, 1_100).unwrap_err().to_string().contains("1100"));
    }

    #[test]
    fn counts_add_up() {
        let found = &YieldStudy::new().chips(10_000).run(&[case(60.0, 18.5)]).unwrap()[0];
        let alone: u64 = found.by_type.iter().map(|t| t.alone).sum();
        let with: u64 = found.by_type.iter().map(|t| t.chips).sum();
        assert!(alone <= 10_000 - found.good && 10_000 - found.good <= with);
        assert!(found.by_type.iter().all(|t| t.alone <= t.chips));
        let by_qubit = found.collisions_by_qubit();
        assert_eq!(by_qubit.len(), 27);
        let (pairs, triples) = (&found.couplings, &found.triples);
        let collisions = 2 * pairs.iter().map(|c| c.chips).sum::<u64>()
            + 3 * triples.iter().map(|c| c.chips).sum::<u64>();
        let sum: f64 = by_qubit.iter().sum();
        assert!((1e4 * sum - collisions as f64).abs() < 1e-6 * collisions as f64);
        // Without scatter all chips are the design; with much, none is good, and the interval says so.
        let exact = &YieldStudy::new().chips(100).run(&[case(60.0, 0.0)]).unwrap()[0];
        assert_eq!((exact.value, exact.interval.1), (1.0, 1.0));
        let eagle = Design::default().plan(&Lattice::eagle127(), Pattern::Auto).unwrap();
        let wild = YieldCase::new(eagle, Rules::hertzberg_2021(), 0.132).unwrap();
        let none = &YieldStudy::new().chips(3_000).run(&[wild]).unwrap()[0];
        assert_eq!((none.good, none.interval.0), (0, 0.0));
        assert!(none.interval.1 > 1e-3 && none.interval.1 < 1.3e-3);
    }

    #[test]
    fn cancelled_studies_keep_what_is_done_and_bad_numbers_are_errors() {
        let cases = [case(60.0, 14.0)];
        let watch = Watch::default();
        let study = YieldStudy::new().chips(500_000_000).watch(&watch);
        let cancel = watch.clone();
        let canceller = std::thread::spawn(move || {
            while cancel.rows() < 2 {
                std::thread::yield_now();
            }
            cancel.cancel();
        });
        let found = &study.run(&cases).unwrap()[0];
        canceller.join().unwrap();
        assert!(found.interrupted && found.chips >= 1024 && found.chips < 500_000_000);
        assert_eq!(found.chips % 1024, 0);
        assert!(matches!(study.run(&cases), Err(Error::Interrupted)));

        let says = |study: YieldStudy| study.run(&cases).unwrap_err().to_string();
        assert!(says(YieldStudy::new().chips(0)).contains("number of chips"));
        assert!(says(YieldStudy::new().chips(u64::MAX)).contains("number of chips"));
        for bad in [0.0, 1.0, f64::NAN] {
            assert!(says(YieldStudy::new().alpha(bad)).contains("α"));
        }
        let small = Design::default().plan(&Lattice::line(3).unwrap(), Pattern::Auto).unwrap();
        let small = YieldCase::new(small, Rules::brink_2018(), 0.01).unwrap();
        let error = YieldStudy::new().run(&[cases[0].clone(), small]).unwrap_err();
        assert!(error.to_string().contains("27 and 3"), "{error}");
    }
}

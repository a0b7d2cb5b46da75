//! The yield of chips without frequency collisions, by Monte Carlo.
//!
//! `cargo bench --bench yields`; `--bench yields -- 1000000` makes so many chips. Shortest of 5. A
//! hundred thousand chips of 127 qubits in at most a second is the goal; beside it the same with
//! anharmonicities that scatter, a curve of 21 spacings with common random numbers, and the
//! closed-form estimate.

use ketlab::chip::{Design, Lattice, Pattern, Rules, Yield, YieldCase, YieldStudy};
use std::hint::black_box;
use std::time::Instant;

/// Seconds for 10⁵ chips.
const GOAL: f64 = 1.0;

fn case(lattice: &Lattice, spacing_ghz: f64) -> YieldCase {
    let design = Design::default().spacing(spacing_ghz);
    let plan = design.plan(lattice, Pattern::Auto).expect("it has a pattern");
    YieldCase::new(plan, Rules::hertzberg_2021(), 0.014).expect("they are valid")
}

fn shortest<R>(mut work: impl FnMut() -> R) -> (f64, R) {
    let runs = (0..5).map(|_| {
        let start = Instant::now();
        let result = work();
        (start.elapsed().as_secs_f64(), result)
    });
    runs.min_by(|a, b| a.0.total_cmp(&b.0)).expect("five runs")
}

fn main() {
    let chips = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(100_000u64);
    let study = YieldStudy::new().chips(chips);
    let run = |cases: &[YieldCase]| shortest(|| study.run(cases).expect("it runs"));
    let told = |name: &str, (seconds, found): (f64, Vec<Yield>), goal: &str| {
        let each = 1e9 * seconds / (chips as f64 * found.len() as f64);
        let Yield { value, interval, .. } = &found[0];
        println!(
            "{name:<44} {:>9.3} ms  {each:>7.1} ns a chip  yield {value:.4} [{:.4}, {:.4}]{goal}",
            1e3 * seconds,
            interval.0,
            interval.1
        );
    };
    println!("{chips} chips");
    let eagle = Lattice::eagle127();
    let timed = run(&[case(&eagle, 0.06)]);
    let missed = if timed.0 > GOAL * chips as f64 / 1e5 { "  missed" } else { "" };
    told("eagle127", timed, &format!("; goal {GOAL} s for 100000{missed}"));
    let scattered = case(&eagle, 0.06).anharmonicity_spread(0.002).expect("a spread");
    told("eagle127, anharmonicities scatter", run(&[scattered]), "");
    let curve: Vec<_> = (0..21).map(|k| case(&eagle, 0.050 + 0.001 * f64::from(k))).collect();
    told("eagle127, 21 spacings, common numbers", run(&curve), "");
    told("falcon27", run(&[case(&Lattice::falcon27(), 0.06)]), "");
    let (seconds, product) = shortest(|| black_box(&curve[10]).product_of_marginals());
    println!("eagle127, product of marginals: {:.1} us, {:.4}", 1e6 * seconds, product.unwrap());
}

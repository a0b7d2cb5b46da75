//! Superconducting chips: the spectrum of a transmon, and sweeps of it.
//!
//! `cargo bench --bench chip`. Shortest of 9: six levels of a transmon at offset charges where the
//! matrix falls into two halves and where it does not, its matrix elements, and sweeps of 10⁵ points
//! over charge and flux on all threads. Goals: 30 µs for six levels, 2 s for a sweep on two threads.

use ketlab::chip::{Transmon, TunableTransmon, sweep_energies_ghz};
use std::hint::black_box;
use std::time::Instant;

const LEVELS: usize = 6;
const POINTS: usize = 100_000;

/// The shortest of nine runs, in seconds.
fn shortest(mut work: impl FnMut()) -> f64 {
    let runs = (0..9).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::INFINITY, f64::min)
}

fn verdict(value: f64, goal: f64) -> &'static str {
    if value > goal { "  missed" } else { "" }
}

fn main() {
    let repeats = 1000;
    for (ej, ec, ng) in [(15.0, 0.3, 0.0), (15.0, 0.3, 0.23), (5.0, 1.0, 0.23), (60.0, 0.2, 0.23)] {
        let transmon =
            Transmon::new(ej, ec).and_then(|t| t.with_offset_charge(ng)).expect("a transmon");
        let microseconds = 1e6 / f64::from(repeats);
        let levels = microseconds
            * shortest(|| {
                (0..repeats).for_each(|_| drop(black_box(&transmon).energies_ghz(LEVELS)))
            });
        let elements = microseconds
            * shortest(|| {
                (0..repeats).for_each(|_| drop(black_box(&transmon).charge_matrix(LEVELS)))
            });
        println!(
            "EJ/EC {:>5}, ng {ng:<4}: {LEVELS} levels {levels:>7.2} µs, goal 30 µs{}; with matrix \
             elements {elements:.2} µs",
            ej / ec,
            verdict(levels, 30.0)
        );
    }
    let threads = rayon::current_num_threads();
    let transmon = Transmon::new(15.0, 0.3).expect("a transmon");
    let tunable = TunableTransmon::new(20.0, 0.3, 0.1).expect("a transmon");
    let along = |at: &dyn Fn(f64) -> Transmon| -> Vec<Transmon> {
        (0..POINTS).map(|k| at(k as f64 / POINTS as f64)).collect()
    };
    for (name, transmons) in [
        ("offset charge", along(&|x| transmon.with_offset_charge(x).expect("a charge"))),
        ("flux", along(&|x| tunable.at_flux(x).expect("a flux"))),
    ] {
        let seconds = shortest(|| drop(black_box(sweep_energies_ghz(&transmons, LEVELS))));
        println!(
            "{POINTS} points of {name}, {LEVELS} levels, {threads} threads: {seconds:.3} s, goal 2 s{}",
            verdict(seconds, 2.0)
        );
    }
}

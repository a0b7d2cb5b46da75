//! Annealing, each row beside its goal: a step on 20 spins, a whole anneal of 10 with its control, gap
//! curves.
//!
//! `cargo bench --bench annealing -- [ROW]`, ROW being the beginning of a row's name.

use ketlab::annealing::{GapSearch, Path, Schedule, SchroedingerAnnealing, Splitting};
use ketlab::ising::Ising;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::Instant;

fn main() {
    let wanted = std::env::args().skip(1).find(|a| !a.starts_with('-')).unwrap_or_default();
    let isa = ketlab::engine::Isa::best();
    println!("{isa}, {} threads; shortest times", rayon::current_num_threads());
    steps(&wanted);
    anneals(&wanted);
    gaps(&wanted);
}

/// All pairs coupled by ±1 or by normal-like numbers, and no fields.
fn dense(n: usize, equal: bool) -> Ising {
    let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
    let mut couplings = Vec::new();
    for j in 0..n {
        for i in 0..j {
            let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
            let size = if equal { 1.0 } else { rng.random_range(0.1..1.5) };
            couplings.push((i, j, sign * size));
        }
    }
    Ising::new(vec![0.0; n], couplings, 0.0)
}

fn shortest(times: usize, mut work: impl FnMut()) -> f64 {
    let run = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..times).map(|_| run(&mut work)).fold(f64::INFINITY, f64::min)
}

/// A step's time is that of a longer anneal less that of a shorter one.
fn steps(wanted: &str) {
    for (n, equal) in [(20, true), (20, false), (24, true)] {
        let name = format!("step n={n} {}", if equal { "±1" } else { "real" });
        if !name.starts_with(wanted) {
            continue;
        }
        let model = dense(n, equal);
        let path = Path::forward(1.0).unwrap();
        let time = |steps: usize| {
            let settings = SchroedingerAnnealing::new().splitting(Splitting::Strang).steps(steps);
            let repeats = if n > 20 { 1 } else { 3 };
            shortest(repeats, || drop(settings.run(&model, &Schedule::linear(), &path).unwrap()))
        };
        // With the run for the estimate: 3/2 × the steps.
        let (few, many) = (12, 84);
        let step = (time(many) - time(few)) / (1.5 * (many - few) as f64);
        println!(
            "{name}: {:.2} ms a Strang step (goal at n = 20: 10 ms with AVX2, 5 with AVX-512)",
            1e3 * step
        );
    }
}

fn anneals(wanted: &str) {
    for splitting in [Splitting::BlanesMoan4, Splitting::BlanesMoan6] {
        let name = format!("anneal n=10 {splitting}");
        if !name.starts_with(wanted) {
            continue;
        }
        let (model, path) = (dense(10, true), Path::forward(50.0).unwrap());
        let settings = SchroedingerAnnealing::new().splitting(splitting);
        let exact =
            settings.clone().tolerance(1e-11).run(&model, &Schedule::linear(), &path).unwrap();
        for tolerance in [1e-4, 1e-6, 1e-8] {
            let settings = settings.clone().tolerance(tolerance);
            let run = || settings.run(&model, &Schedule::linear(), &path).unwrap();
            let found = run();
            let time = shortest(5, || drop(run()));
            let off = (found.success_probability - exact.success_probability).abs();
            println!(
                "{name} to {tolerance:e}: {:.1} ms, {} of {} steps in the last run, P = {:.9} off by {off:.1e} \
                 (goal to 1e-8: 60 ms with AVX2, 30 with AVX-512)",
                1e3 * time,
                found.steps,
                found.total_steps,
                found.success_probability,
            );
        }
    }
}

fn gaps(wanted: &str) {
    for (n, fields) in [(16, true), (16, false), (20, true), (20, false)] {
        let name = format!("gap n={n} {}", if fields { "fields" } else { "no fields" });
        if !name.starts_with(wanted) {
            continue;
        }
        let couplings = dense(n, true).couplings().to_vec();
        let h = (0..n).map(|i| if fields { 0.1 + 0.05 * i as f64 } else { 0.0 }).collect();
        let model = Ising::new(h, couplings, 0.0);
        let start = Instant::now();
        let curve = GapSearch::new().run(&model, &Schedule::linear()).unwrap();
        let converged = curve.points.iter().filter(|point| point.converged).count();
        println!(
            "{name}: {:.1} s, {} of {} points converged, {} products, gap {:.6} at {:.4} (goal: 5 s \
             at n = 16, 90 s at n = 20)",
            start.elapsed().as_secs_f64(),
            converged,
            curve.points.len(),
            curve.products,
            curve.minimum_gap,
            curve.at,
        );
    }
}

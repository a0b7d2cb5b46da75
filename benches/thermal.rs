//! Annealing by Monte Carlo: simulated annealing, path integrals of 4 slices and parallel tempering on
//! models of the kinds that the peers are measured with, 10 reads of 1000 sweeps.
//!
//! `cargo bench --bench thermal -- [FILE…]`. Files are models as `ketlab` reads them; without one, a
//! random graph with 800 vertices and 19,176 edges (MaxCut) and a 32 × 32 ±J torus. Run it on one
//! processor (`RAYON_NUM_THREADS=1`) to compare with the peers. Shortest and median times of 20 runs
//! with seeds of their own, and the mean energy of all their reads with its standard error. Then updates a
//! second of simulated annealing by the number of reads.

use ketlab::annealing::{Moves, PathIntegralAnnealing, ReadOut};
use ketlab::ising::{Ising, ParallelTempering, SampleSet, SimulatedAnnealing};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::time::Instant;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    println!("{} threads", rayon::current_num_threads());
    println!(
        "{:<14}{:<26}{:>10}{:>10}{:>12}{:>8}{:>10}",
        "model", "method", "min ms", "median", "mean energy", "±", "lowest"
    );
    if files.is_empty() {
        let (max_cut, torus) = (max_cut(), torus(32));
        measure("max_cut", &max_cut);
        measure("torus", &torus);
        rates(&max_cut, &torus);
    }
    for file in files {
        measure(&file, &Ising::read(&file).unwrap());
    }
}

/// E = Σ s s on the edges.
fn max_cut() -> Ising {
    let mut rng = ChaCha8Rng::seed_from_u64(800);
    let mut edges = BTreeSet::new();
    while edges.len() < 19_176 {
        let (i, j) = (rng.random_range(0..800), rng.random_range(0..800));
        if i != j {
            edges.insert((i.min(j), i.max(j)));
        }
    }
    Ising::new(vec![0.0; 800], edges.into_iter().map(|(i, j)| (i, j, 1.0)), 0.0)
}

/// Couplings 1 and -1 at random on a square lattice that closes.
fn torus(size: usize) -> Ising {
    let mut rng = ChaCha8Rng::seed_from_u64(32);
    let site = |row: usize, column: usize| row % size * size + column % size;
    let places = (0..size * size).map(|k| (k / size, k % size));
    let pairs =
        places.flat_map(|(r, c)| [(site(r, c), site(r, c + 1)), (site(r, c), site(r + 1, c))]);
    let couplings: Vec<_> =
        pairs.map(|(i, j)| (i, j, if rng.random::<bool>() { 1.0 } else { -1.0 })).collect();
    Ising::new(vec![0.0; size * size], couplings, 0.0)
}

fn measure(name: &str, model: &Ising) {
    row(name, "annealing", 20, &|seed| SimulatedAnnealing::new().seed(seed).run(model).unwrap());
    let clusters = Moves { local: false, worldline: false, clusters: true };
    let local = Moves { worldline: false, ..Moves::default() };
    // The peer's H = -(1 - s) ΣX + s E at β = 5, and its best slice.
    let moves = [("local, worldline", Moves::default()), ("local", local), ("clusters", clusters)];
    for (what, moves) in moves {
        row(name, &format!("4 slices: {what}"), 20, &|seed| {
            let annealing = PathIntegralAnnealing::linear(1000, 5.0).slices(4).moves(moves);
            annealing.read_out(ReadOut::Best).seed(seed).run(model).unwrap()
        });
    }
    row(name, "tempering, 16 rungs", 5, &|seed| {
        ParallelTempering::new().seed(seed).run(model).unwrap()
    });
}

/// Updates a second of simulated annealing, 1000 sweeps: whole coefficients with few and many reads, and
/// the same graphs with real ones.
fn rates(max_cut: &Ising, torus: &Ising) {
    println!("\n{:<26}{:>8}{:>10}{:>14}", "annealing", "reads", "min ms", "updates/s");
    for (name, model) in [("max_cut", max_cut), ("torus", torus)] {
        for reads in [10, 64, 256, 512] {
            rate(name, model, reads);
        }
        let real = with_real_weights(model);
        for reads in [16, 64] {
            rate(&format!("{name}, real weights"), &real, reads);
        }
    }
}

fn rate(name: &str, model: &Ising, reads: u64) {
    let run = |seed: u64| {
        let start = Instant::now();
        SimulatedAnnealing::new().reads(reads).seed(seed).run(model).unwrap();
        start.elapsed().as_secs_f64()
    };
    let least = (0..7).map(run).fold(f64::INFINITY, f64::min);
    let updates = (model.num_spins() as u64 * 1000 * reads) as f64;
    println!("{name:<26}{reads:>8}{:>10.2}{:>14.2e}", 1e3 * least, updates / least);
}

/// The same graph with weights between -1 and 1.
fn with_real_weights(model: &Ising) -> Ising {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let weighed = model.couplings().iter().map(|&(i, j, _)| (i, j, rng.random_range(-1.0..1.0)));
    Ising::new(vec![0.0; model.num_spins()], weighed.collect::<Vec<_>>(), 0.0)
}

fn row(name: &str, method: &str, rounds: u64, run: &dyn Fn(u64) -> SampleSet) {
    let (mut times, mut energies) = (Vec::new(), Vec::new());
    for seed in 0..rounds {
        let start = Instant::now();
        let samples = run(seed);
        times.push(1e3 * start.elapsed().as_secs_f64());
        energies.extend_from_slice(samples.energies());
    }
    times.sort_unstable_by(f64::total_cmp);
    let n = energies.len() as f64;
    let mean = energies.iter().sum::<f64>() / n;
    let variance = energies.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
    println!(
        "{name:<14}{method:<26}{:>10.2}{:>10.2}{mean:>12.2}{:>8.2}{lowest:>10}",
        times[0],
        times[times.len() / 2],
        (variance / n).sqrt()
    );
}

//! Reading a state: expectations, samples, sums, each beside the machine's limit and its goal.
//!
//! `cargo bench --bench reads -- [ROW]`, ROW being the beginning of a row's name. The limit is one
//! sweep that only reads the state, measured in turn with each row (the norm, whose rows measure
//! it against a plain sum of the numbers), so that other work on the machine slows both.

use ketlab::engine::{
    Action, Kind, PauliMask, PauliObservable, Plan, Real, Scalar, StateVector, Target,
};
use ketlab::{Circuit, Simulator};
use num_complex::Complex64;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;
use std::time::Instant;

type Terms = Vec<(PauliMask, f64)>;

fn main() {
    let wanted = std::env::args().skip(1).find(|a| !a.starts_with('-')).unwrap_or_default();
    println!("{} threads; shortest times", rayon::current_num_threads());
    let bench = Bench { wanted };
    bench.tiny();
    bench.large::<f64>(20);
    bench.large::<f32>(20);
    bench.large::<f64>(24);
    bench.large::<f32>(24);
    bench.shots();
}

struct Bench {
    wanted: String,
}

fn time(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Rotations that make every amplitude different.
fn prepared<T: Real>(n: usize) -> StateVector<T> {
    let y = |q: usize| PauliMask { x: 1 << q, z: 1 << q };
    let z = |q: usize| PauliMask { x: 0, z: 1 << q };
    let angle = |q: usize| Scalar::Const(0.9 + 0.05 * q as f64);
    let actions: Vec<Action> = (0..n)
        .flat_map(|q| [Kind::Rotation(y(q), angle(q)), Kind::Rotation(z(q), angle(q))])
        .map(Action::new)
        .collect();
    let plan = Plan::new(Target::best::<T>(), n, &actions);
    let mut state = StateVector::zero(n).unwrap();
    plan.run(&plan.bind(&[]).unwrap(), &mut state);
    state
}

/// Σ Z_i Z_{i+1} + Σ X_i on an open chain.
fn ising(n: usize) -> Terms {
    let mut terms: Terms = (1..n).map(|q| (PauliMask { x: 0, z: 0b11 << (q - 1) }, 1.0)).collect();
    terms.extend((0..n).map(|q| (PauliMask { x: 1 << q, z: 0 }, 0.7)));
    terms
}

/// Z_i Z_j on the edges of a random graph in which each qubit has about three.
fn cut(n: usize) -> Terms {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let edge = |_| {
        let (a, b) = (rng.random_range(0..n), rng.random_range(1..n));
        (PauliMask { x: 0, z: 1 << a | 1 << ((a + b) % n) }, 0.5)
    };
    (0..3 * n / 2).map(edge).collect()
}

/// Terms in groups of five that share an X part of two or four bits, as of a molecule.
fn molecule(n: usize, count: usize) -> Terms {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    let mut terms = Vec::new();
    while terms.len() < count {
        let mut x = 0u64;
        let bits = if rng.random() { 2 } else { 4 };
        while x.count_ones() < bits {
            x |= 1 << rng.random_range(0..n);
        }
        // Between the first bit and the last come Z's; on the bits of x there are X and Y.
        let between = (1u64 << x.ilog2()) - (1 << x.trailing_zeros());
        for _ in 0..5 {
            let z = rng.random::<u64>() & x | between & !x & if rng.random() { !0 } else { 0 };
            terms.push((PauliMask { x, z }, rng.random_range(-1.0..1.0)));
        }
    }
    terms.truncate(count);
    terms
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        name.starts_with(&self.wanted)
    }

    /// States of few qubits, on the calling thread.
    fn tiny(&self) {
        for (n, goal) in [(4, 150.0), (10, 2000.0)] {
            let state = prepared::<f64>(n);
            let terms = ising(n);
            let observable = PauliObservable::new(n, &terms).unwrap();
            let calls = 2_000_000 >> n;
            let each = |of: &dyn Fn() -> f64| {
                let run = || (0..calls).for_each(|_| _ = black_box(of()));
                1e9 * (0..7).map(|_| time(run)).fold(f64::INFINITY, f64::min) / f64::from(calls)
            };
            if self.wants("tiny") {
                let what = format!("tiny: {n} qubits, {} terms", terms.len());
                let (ready, fresh) =
                    (each(&|| observable.expectation(&state)), each(&|| state.expectation(&terms)));
                let verdict = if ready <= goal { "" } else { "  missed" };
                println!(
                    "{what:<34}{ready:>9.0} ns prepared, goal {goal:.0} ns{verdict}; {fresh:.0} ns not"
                );
            }
        }
    }

    fn large<T: Real>(&self, n: usize) {
        let state = prepared::<T>(n);
        let bytes = ((2 * size_of::<T>()) << n) as f64;
        let rounds = if n > 22 { 5 } else { 15 };
        let limit = (0..rounds).map(|_| time(|| _ = black_box(state.norm())));
        let limit = limit.fold(f64::INFINITY, f64::min);
        println!(
            "\n{} qubits, {}: one reading sweep {:.2} ms, {:.1} GB/s",
            n,
            T::NAME,
            1e3 * limit,
            bytes / limit / 1e9
        );
        println!("{:<34}{:>9}{:>9}{:>8}{:>7}", "", "ms", "sweep", "ratio", "goal");
        let row = |name: &str, goal: f64, work: &mut dyn FnMut()| {
            if !self.wants(name) {
                return;
            }
            let (mut limit, mut best) = (f64::INFINITY, f64::INFINITY);
            for _ in 0..rounds {
                limit = limit.min(time(|| _ = black_box(state.norm())));
                best = best.min(time(&mut *work));
            }
            let ratio = best / limit;
            let verdict = if ratio <= goal { "" } else { "  missed" };
            println!(
                "{name:<34}{:>9.3}{:>9.3}{ratio:>8.2}{goal:>7.1}{verdict}",
                1e3 * best,
                1e3 * limit
            );
        };
        let (ising, cut) = (ising(n), cut(n));
        row("ising chain", if n > 22 { 3.0 } else { 4.0 }, &mut || {
            black_box(state.expectation(&ising));
        });
        row("cut, Z strings", 1.5, &mut || {
            black_box(state.expectation(&cut));
        });
        if n <= 22 {
            let molecule = molecule(n, 1000);
            row("molecule, 1000 strings", 60.0, &mut || {
                black_box(state.expectation(&molecule));
            });
        }
        let costs: Vec<f64> = (0..1u64 << n).map(|i| f64::from(i.count_ones())).collect();
        // The costs are read too.
        row("diagonal of costs", 1.3 * (1.0 + 8.0 * costs.len() as f64 / bytes), &mut || {
            black_box(state.expectation_of_diagonal(&costs));
        });
        drop(costs);
        let other = state.clone();
        row("inner product", 2.6, &mut || {
            black_box(state.inner_product(&other));
        });
        drop(other);
        row("probability of one", 1.3, &mut || {
            black_box(state.probability_of_one(3));
        });
        row("marginal of 3", 1.3, &mut || {
            black_box(state.marginal(&[0, 7, n - 1]));
        });
        row("marginal of 12", 1.3, &mut || {
            black_box(state.marginal(&[0, 7, n - 1, 3, 12, 5, 9, 10, 2, 15, 17, 18]));
        });
        row("top 10", 1.3, &mut || {
            black_box(state.top(10));
        });
        // What is written counts as twice as much: the lines are read before.
        row("probabilities", 1.3 * (1.0 + 16.0 * (1u64 << n) as f64 / bytes), &mut || {
            black_box(state.probabilities());
        });
    }

    /// A million shots of a random state of 20 qubits.
    fn shots(&self) {
        let rng = &mut ChaCha8Rng::seed_from_u64(5);
        let complex = |_| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
        let mut amplitudes: Vec<Complex64> = (0..1 << 20).map(complex).collect();
        let norm = amplitudes.iter().map(|a| a.norm_sqr()).sum::<f64>().sqrt();
        amplitudes.iter_mut().for_each(|a| *a /= norm);
        let state = StateVector::from_amplitudes(&amplitudes).unwrap();
        if self.wants("shots") {
            println!();
            let run = || {
                drop(black_box(state.sample(1_000_000, &mut ChaCha8Rng::seed_from_u64(1))));
            };
            let best = (0..9).map(|_| time(run)).fold(f64::INFINITY, f64::min);
            println!("shots: a million of a state        {:>9.2} ms, goal 10 ms", 1e3 * best);
            let mut circuit = Circuit::new(20);
            for q in 0..20 {
                circuit.ry(0.9 + 0.05 * q as f64, q);
            }
            let empty = Simulator::new();
            let alone = (0..5)
                .map(|_| time(|| drop(empty.state::<f64>(&circuit))))
                .fold(f64::INFINITY, f64::min);
            circuit.measure_all();
            let best = (0..9)
                .map(|_| time(|| drop(black_box(empty.counts(&circuit, 1_000_000)))))
                .fold(f64::INFINITY, f64::min);
            println!(
                "shots: a million as counts         {:>9.2} ms, the circuit {:.2} ms, goal 10 ms more",
                1e3 * best,
                1e3 * alone
            );
        }
    }
}

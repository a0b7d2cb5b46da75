//! Whole circuits: planned with the usual tiles against the smallest, in turn; and what single
//! operations cost, which the planner's numbers are made of.
//!
//! `cargo bench --bench plans -- [QUBITS…] [FAMILIES…]`: random circuits (√X, √Y, √W and CZ on a
//! grid, depth 20), the QFT as plain gates, an ansatz (RY, RZ, CX ring), blocks on shuffled pairs;
//! in both precisions. `cargo bench --bench plans -- operations [QUBITS]`: nanoseconds of one core
//! on 64 amplitudes.

use ketlab::engine::{
    Action, ControlMask, Kind, PauliMask, Plan, Real, Scalar, StateVector, Target, Tiling,
};
use num_complex::Complex64;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::PI;
use std::time::Instant;

fn main() {
    if std::env::args().any(|a| a == "operations") {
        return operations();
    }
    let sizes: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let families: Vec<String> =
        std::env::args().skip(1).filter(|a| a.starts_with(char::is_alphabetic)).collect();
    println!("{} threads; shortest times", rayon::current_num_threads());
    println!(
        "{:<14}{:>5}{:>8}{:>8}{:>12}{:>12}{:>8}",
        "", "n", "", "sweeps", "small", "usual", "ratio"
    );
    for &n in if sizes.is_empty() { &[12, 16, 20, 24][..] } else { &sizes } {
        for (name, actions) in
            [("random", random(n)), ("qft", qft(n)), ("ansatz", ansatz(n)), ("volume", volume(n))]
        {
            if families.is_empty() || families.iter().any(|f| f == name) {
                compare::<f64>(name, n, &actions);
                compare::<f32>(name, n, &actions);
            }
        }
    }
}

fn compare<T: Real>(name: &str, n: usize, actions: &[Action]) {
    let small = Tiling { whole_bits: 0, tile_bits: 7, run_bits: 6, part_bits: 7 };
    let target = Target::best::<T>();
    let plans =
        [&small, &Tiling::default()].map(|t| Plan::try_new_tiled(target, n, actions, t).unwrap());
    let bound = plans.each_ref().map(|plan| plan.bind(&[]).unwrap());
    let mut states = [0, 1].map(|_| StateVector::<T>::zero(n).unwrap());
    let mut times = [Vec::new(), Vec::new()];
    let rounds = if n < 22 { 9 } else { 3 };
    for _ in 0..rounds {
        for k in 0..2 {
            states[k].set_basis(0).unwrap();
            let start = Instant::now();
            plans[k].run(&bound[k], &mut states[k]);
            times[k].push(start.elapsed().as_secs_f64());
        }
    }
    let [a, b] = times.map(|t| t.into_iter().fold(f64::INFINITY, f64::min));
    let sweeps = format!("{}/{}", plans[1].len(), plans[0].len());
    let (x, y) = (states[0].to_vec(), states[1].to_vec());
    let d: f64 = x
        .iter()
        .zip(&y)
        .map(|(x, y)| {
            let (re, im) = (x.re.to_f64() - y.re.to_f64(), x.im.to_f64() - y.im.to_f64());
            re * re + im * im
        })
        .sum();
    println!(
        "{name:<14}{n:>5}{:>8}{sweeps:>10}{:>10.2} ms{:>10.2} ms{:>8.2}   |d| {:.1e}",
        T::NAME,
        1e3 * a,
        1e3 * b,
        b / a,
        d.sqrt()
    );
}

fn on(qubits: u64) -> ControlMask {
    ControlMask { mask: qubits, value: qubits }
}

fn phase(angle: f64, qubits: u64) -> Action {
    Action { kind: Kind::Phase(Scalar::Const(angle)), controls: on(qubits) }
}

/// √X, √Y or √W on every qubit, then CZ in one of four directions of a grid.
fn random(n: usize) -> Vec<Action> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let columns = (1..=n).filter(|c| n.is_multiple_of(*c) && c * c <= n).max().unwrap_or(1).max(1);
    let s = 0.5f64.sqrt();
    let mut actions = Vec::new();
    for layer in 0..20 {
        for q in 0..n {
            let c = Complex64::new;
            let (b, d) = match rng.random_range(0..3) {
                0 => (c(0.0, -s), c(0.0, -s)),
                1 => (c(-s, 0.0), c(s, 0.0)),
                _ => (c(-0.5, -0.5), c(0.5, -0.5)),
            };
            let matrix = [c(s, 0.0), b, d, c(s, 0.0)];
            actions.push(Action::new(Kind::Dense1 { target: q as u32, matrix }));
        }
        for q in 0..n {
            let (row, column) = (q / columns, q % columns);
            let (along, at) = if layer % 2 == 0 { (1, column) } else { (columns, row) };
            let last = if along == 1 { column + 1 == columns } else { q + columns >= n };
            if !last && at % 2 == layer / 2 % 2 {
                actions.push(phase(PI, 1 << q | 1 << (q + along)));
            }
        }
    }
    actions
}

fn qft(n: usize) -> Vec<Action> {
    let s = Complex64::from(0.5f64.sqrt());
    let mut actions = Vec::new();
    for q in (0..n).rev() {
        actions.push(Action::new(Kind::Dense1 { target: q as u32, matrix: [s, s, s, -s] }));
        for c in (0..q).rev() {
            actions.push(phase(PI / f64::from(1u32 << (q - c)), 1 << q | 1 << c));
        }
    }
    for q in 0..n / 2 {
        actions.push(Action::new(Kind::Swap(q as u32, (n - 1 - q) as u32)));
    }
    actions
}

/// RY, RZ on every qubit and a ring of CX, ten layers.
fn ansatz(n: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    for layer in 0..10 {
        for q in 0..n {
            let angle = Scalar::Const(0.1 + (layer * n + q) as f64);
            let bit = 1 << q;
            actions.push(Action::new(Kind::Rotation(PauliMask { x: bit, z: bit }, angle)));
            actions.push(Action::new(Kind::Rotation(PauliMask { x: 0, z: bit }, angle)));
        }
        for q in 0..n {
            let x = Kind::Pauli(PauliMask { x: 1 << ((q + 1) % n), z: 0 });
            actions.push(Action { kind: x, controls: on(1 << q) });
        }
    }
    actions
}

/// Blocks of RY and RZ on two qubits around three CX, on shuffled pairs, n layers.
fn volume(n: usize) -> Vec<Action> {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let mut actions = Vec::new();
    for _ in 0..n {
        let mut qubits: Vec<usize> = (0..n).collect();
        qubits.shuffle(rng);
        for pair in qubits.chunks_exact(2) {
            let (a, b) = (pair[0], pair[1]);
            for step in 0..4 {
                for q in [a, b] {
                    for x in [0, 1 << q, 0] {
                        let angle = Scalar::Const(rng.random_range(0.0..6.0));
                        let p = PauliMask { x, z: 1 << q };
                        actions.push(Action::new(Kind::Rotation(p, angle)));
                    }
                }
                if step < 3 {
                    let x = Kind::Pauli(PauliMask { x: 1 << b, z: 0 });
                    actions.push(Action { kind: x, controls: on(1 << a) });
                }
            }
        }
    }
    actions
}

/// What operations in registers cost on 64 amplitudes: the numbers of the planner.
fn operations() {
    let n = 10;
    let turn = |q: usize| {
        let p = PauliMask { x: 1 << q, z: 1 << q };
        Action::new(Kind::Rotation(p, Scalar::Const(0.3 + q as f64)))
    };
    let rz = |q: usize| {
        let p = PauliMask { x: 0, z: 1 << q };
        Action::new(Kind::Rotation(p, Scalar::Const(0.3 + q as f64)))
    };
    let cx = |c: usize, t: usize| {
        let x = Kind::Pauli(PauliMask { x: 1 << t, z: 0 });
        Action { kind: x, controls: on(1 << c) }
    };
    let rzz = |a: usize, b: usize| {
        let p = PauliMask { x: 0, z: 1 << a | 1 << b };
        Action::new(Kind::Rotation(p, Scalar::Const(0.3)))
    };
    // A Toffoli gate between two rotations on a bit keeps them apart, and out of blocks.
    let list = |of: &dyn Fn(usize) -> Vec<Action>| (0..200).flat_map(of).collect::<Vec<_>>();
    let apart = |q: usize| vec![turn(q), Action { controls: on(0b11 << 8), ..cx(9, q) }];
    let rows: [(&str, Vec<Action>); 10] = [
        ("turn 3, flip by outer", list(&|_| apart(3))),
        ("turn 1, flip by outer", list(&|_| apart(1))),
        ("+ phase 3", list(&|_| [apart(3), vec![rz(3)]].concat())),
        ("+ phase 1", list(&|_| [apart(1), vec![rz(1)]].concat())),
        ("+ flip 4 to 3", list(&|_| [apart(3), vec![cx(4, 3)]].concat())),
        ("+ flip 1 to 3", list(&|_| [apart(3), vec![cx(1, 3)]].concat())),
        ("+ flip 3 to 1", list(&|_| [apart(1), vec![cx(3, 1)]].concat())),
        ("+ cz 3 4", list(&|_| [apart(3), vec![phase(1.0, 0b11000)]].concat())),
        ("+ cz 3 1", list(&|_| [apart(3), vec![phase(1.0, 0b01010)]].concat())),
        ("+ rzz 3 4", list(&|_| [apart(3), vec![rzz(3, 4)]].concat())),
    ];
    for (name, actions) in rows {
        let time = |t: f64| 1e9 * t / 200.0 / 16.0;
        println!(
            "{name:<24}{:>8.2} ns{:>8.2} ns",
            time(shortest::<f64>(n, &actions)),
            time(shortest::<f32>(n, &actions))
        );
    }
    loads();
    whole_passes();
    transforms();
}

/// Two stages of a Fourier transform on neighbouring bits, again and again.
fn transforms() {
    let n = 12;
    let s = Complex64::from(0.5f64.sqrt());
    let stage = |q: usize| {
        let h = Action::new(Kind::Dense1 { target: q as u32, matrix: [s, s, s, -s] });
        let phases = (0..q).map(move |c| phase(PI / f64::from(1u32 << (q - c)), 1 << q | 1 << c));
        std::iter::once(h).chain(phases)
    };
    for high in [11, 9, 7, 5, 3] {
        let actions: Vec<Action> =
            (0..40).flat_map(|_| stage(high).chain(stage(high - 1))).collect();
        let time = |t: f64| 1e9 * t / 80.0 / f64::from(1u32 << (n - 6));
        println!(
            "butterflies on {high:>2}, {:<7}{:>8.2} ns{:>8.2} ns",
            high - 1,
            time(shortest::<f64>(n, &actions)),
            time(shortest::<f32>(n, &actions))
        );
    }
}

/// Loading and storing: programs of three rotations on tiles in the second level of cache.
fn loads() {
    for n in [10, 12, 14, 15] {
        let mut actions = Vec::new();
        let mut programs = 0.0;
        for k in 0..60 {
            for first in (3..n - 2).step_by(3) {
                for q in first..first + 3 {
                    let p = PauliMask { x: 1 << q, z: 1 << q };
                    let angle = Scalar::Const(0.1 + 0.01 * (k * q) as f64);
                    actions.push(Action::new(Kind::Rotation(p, angle)));
                }
                let next = if first + 5 < n { first + 3 } else { 3 };
                let x = Kind::Pauli(PauliMask { x: 1 << (first + 2), z: 0 });
                actions.push(Action { kind: x, controls: on(1 << next | 1) });
                programs += 1.0;
            }
        }
        let groups = f64::from(1u32 << n) / 64.0;
        let time = |t: f64| 1e9 * t / programs / groups;
        println!(
            "3 turns and a flip, n = {n:<4}{:>8.2} ns{:>8.2} ns",
            time(shortest::<f64>(n, &actions)),
            time(shortest::<f32>(n, &actions))
        );
    }
}

/// Whole passes over tiles: a 4×4 matrix, and a diagonal on all bits.
fn whole_passes() {
    let n = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(14usize);
    for (a, b) in [(3, 4), (0, 1), (1, 7), (8, 12)] {
        let matrix: Vec<Complex64> = (0..16)
            .map(|k| Complex64::cis(f64::from(k)) * if k % 5 == 0 { 1.0 } else { 0.1 })
            .collect();
        let action = Action::new(Kind::Dense {
            targets: [a, b].into_iter().collect(),
            matrix: matrix.into(),
        });
        let time = |t: f64| 1e9 * t / f64::from(1u32 << (n - 6));
        println!(
            "4×4 matrix on {a:>2}, {b:<10}{:>8.2} ns{:>8.2} ns",
            time(shortest::<f64>(n, std::slice::from_ref(&action))),
            time(shortest::<f32>(n, std::slice::from_ref(&action)))
        );
    }
    for reach in [1, 4, 13] {
        let mut actions = Vec::new();
        for a in 0..n {
            actions.extend(
                (1..=reach).filter(|d| a + d < n).map(|d| phase(0.3, 1 << a | 1 << (a + d))),
            );
            actions.push(phase(0.2, 1 << a));
        }
        let time = |t: f64| 1e9 * t / f64::from(1u32 << (n - 6));
        println!(
            "diagonal, pairs up to {reach:<5}{:>8.2} ns{:>8.2} ns",
            time(shortest::<f64>(n, &actions)),
            time(shortest::<f32>(n, &actions))
        );
    }
}

fn shortest<T: Real>(n: usize, actions: &[Action]) -> f64 {
    let plan = Plan::new(Target::best::<T>(), n, actions);
    let bound = plan.bind(&[]).unwrap();
    let mut state = StateVector::<T>::zero(n).unwrap();
    let mut best = f64::INFINITY;
    for _ in 0..400 {
        let start = Instant::now();
        plan.run(&bound, &mut state);
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

//! Single-gate sweeps against the memory limit, and small plans against the clock.
//!
//! `cargo bench --bench kernels -- [QUBITS] [GATE] [Avx2]`, GATE being the beginning of a row's
//! name. The limit is one sweep that reads and writes the whole state, measured in turn with each
//! gate, so that other work on the machine slows both. Every figure stands beside its goal.

use ketlab::engine::{
    Action, ControlMask, Isa, Kind, PauliMask, Plan, Real, Scalar, StateVector, Target,
};
use num_complex::Complex64;
use rand::SeedableRng;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let n: usize = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(24);
    let words = || std::env::args().skip(1).filter(|a| a.starts_with(char::is_alphabetic));
    let gate = words().find(|a| a.starts_with(char::is_lowercase)).unwrap_or_default();
    let named = |isa: &&Isa| words().any(|a| a == format!("{isa:?}"));
    let isa = Isa::available().iter().find(named).copied().unwrap_or(Isa::best());
    println!("{n} qubits, {isa:?}, {} threads", rayon::current_num_threads());
    sweeps::<f64>(n, &gate, isa);
    sweeps::<f32>(n, &gate, isa);
    readers(n);
    small();
}

/// Shortest time of a few runs, in seconds.
fn best(runs: usize, mut work: impl FnMut()) -> f64 {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

fn action(kind: Kind) -> Action {
    Action::new(kind)
}

fn string(x: u64, z: u64) -> PauliMask {
    PauliMask { x, z }
}

fn on(q: usize) -> ControlMask {
    ControlMask { mask: 1 << q, value: 1 << q }
}

fn dense2(a: usize, b: usize) -> Action {
    // (H ⊗ T) after a CX: every entry counts as general.
    let s = 0.5f64.sqrt();
    let matrix =
        (0..16).map(|i| Complex64::from_polar(0.5, f64::from(i * i) * s)).collect::<Vec<_>>();
    action(Kind::Dense {
        targets: [a as u32, b as u32].into_iter().collect(),
        matrix: matrix.into(),
    })
}

fn diagonal(targets: &[usize]) -> Action {
    let entries = (0..1 << targets.len()).map(|i| Complex64::cis(0.1 + f64::from(i))).collect();
    action(Kind::Diagonal { targets: targets.iter().map(|&t| t as u32).collect(), entries })
}

fn sweeps<T: Real>(n: usize, gate: &str, isa: Isa) {
    let mut state = StateVector::<T>::zero(n).unwrap();
    state.set_isa(isa).unwrap();
    let bytes = 2.0 * ((2 * size_of::<T>()) << n) as f64;
    // A global phase touches every amplitude once.
    let sweep = action(Kind::Phase(Scalar::Const(0.3)));
    let limit = best(15, || state.apply(&sweep, &[]));
    println!(
        "\n{} one read+write sweep {:.2} ms, {:.1} GB/s",
        T::NAME,
        1e3 * limit,
        bytes / limit / 1e9
    );
    println!("{:<18}{:>9}{:>9}{:>8}{:>8}{:>7}", "", "ms", "sweep", "GB/s", "ratio", "goal");

    let qubits: Vec<usize> =
        [0, 1, 2, 3, 8, 12, n - 2, n - 1].into_iter().filter(|&q| q < n).collect();
    let pairs = [(0, 1), (1, 0), (0, n - 1), (n - 1, 0), (3, 12), (8, 9), (12, 3), (n - 1, n - 2)];
    let h = Complex64::from(0.5f64.sqrt());
    let angle = Scalar::Const(0.3);
    let mut rows: Vec<(String, Action, f64)> = Vec::new();
    for &q in &qubits {
        let b = 1 << q;
        let goal = if q == 8 { 2.0 } else { 1.3 };
        let matrix = [h, h, h, -h];
        rows.push((format!("h {q}"), action(Kind::Dense1 { target: q as u32, matrix }), goal));
        rows.push((format!("rx {q}"), action(Kind::Rotation(string(b, 0), angle)), goal));
        rows.push((format!("ry {q}"), action(Kind::Rotation(string(b, b), angle)), goal));
        rows.push((format!("rz {q}"), action(Kind::Rotation(string(0, b), angle)), 1.3));
        rows.push((format!("p {q}"), action(Kind::Phase(angle)).controlled(on(q)), 1.3));
        rows.push((format!("y {q}"), action(Kind::Pauli(string(b, b))), goal));
    }
    for (a, b) in pairs {
        let goal = if a == 8 || b == 8 { 2.0 } else { 1.3 };
        let x = action(Kind::Pauli(string(1 << b, 0)));
        let z = action(Kind::Pauli(string(0, 1 << b)));
        let swap = action(Kind::Swap(a as u32, b as u32));
        let spare = (0..n).find(|q| *q != a && *q != b).unwrap();
        rows.push((format!("cx {a} {b}"), x.controlled(on(a)), goal));
        rows.push((format!("cz {a} {b}"), z.controlled(on(a)), 1.3));
        let zz = Kind::Rotation(string(0, 1 << a | 1 << b), angle);
        rows.push((format!("rzz {a} {b}"), action(zz), 1.3));
        rows.push((format!("diagonal {a} {b}"), diagonal(&[a, b]), 1.3));
        let xx = Kind::Rotation(string(1 << a | 1 << b, 0), angle);
        rows.push((format!("rxx {a} {b}"), action(xx), goal));
        rows.push((format!("cswap {spare} {a} {b}"), swap.controlled(on(spare)), goal));
        rows.push((format!("dense2 {a} {b}"), dense2(a, b), 2.0));
    }
    rows.push(("diagonal 5".into(), diagonal(&[0, 5, 9, 13, n - 1]), 1.3));
    rows.retain(|(name, ..)| name.starts_with(gate));
    for (name, action, goal) in rows {
        let (mut time, mut limit) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..9 {
            limit = limit.min(best(1, || state.apply(&sweep, &[])));
            time = time.min(best(1, || state.apply(&action, &[])));
        }
        let ratio = time / limit;
        let verdict = if ratio <= goal { "" } else { "  missed" };
        println!(
            "{name:<18}{:>9.2}{:>9.2}{:>8.1}{ratio:>8.2}{goal:>7.1}{verdict}",
            1e3 * time,
            1e3 * limit,
            bytes / time / 1e9
        );
        state.set_basis(5).unwrap();
        // Denormal numbers, from a not unitary matrix applied often, would cost time.
        state.apply(&sweep, &[]);
    }
    // X and SWAP touch no memory.
    let x = action(Kind::Pauli(string(1 << (n - 1), 0)));
    let swap = action(Kind::Swap(0, n as u32 - 1));
    let time = best(5, || {
        for _ in 0..500 {
            state.apply(&x, &[]);
            state.apply(&swap, &[]);
        }
    });
    println!("x and swap: {:.0} ns each", 1e6 * time);
}

fn readers(n: usize) {
    let n = n.min(22);
    let actions: Vec<Action> = (0..n)
        .map(|q| action(Kind::Rotation(string(1 << q, 1 << q), Scalar::Const(0.2 + q as f64))))
        .collect();
    let plan = Plan::new(Target::best::<f64>(), n, &actions);
    let coefficients = plan.bind(&[]).unwrap();
    let mut state = StateVector::<f64>::zero(n).unwrap();
    plan.run(&coefficients, &mut state);
    println!("\nreaders, f64, {n} qubits");
    let show = |what: &str, time: f64| println!("{what:<34}{:>9.2} ms", 1e3 * time);
    show(
        "norm",
        best(5, || {
            black_box(state.norm());
        }),
    );
    show(
        "probability_of_one(3)",
        best(5, || {
            black_box(state.probability_of_one(3));
        }),
    );
    show(
        "probabilities",
        best(5, || {
            black_box(state.probabilities());
        }),
    );
    show(
        "marginal of 3",
        best(5, || {
            black_box(state.marginal(&[0, 7, n - 1]));
        }),
    );
    show(
        "top 10",
        best(5, || {
            black_box(state.top(10));
        }),
    );
    let mut ising: Vec<(PauliMask, f64)> = (0..n).map(|q| (string(1 << q, 0), 0.5)).collect();
    for q in 0..n {
        ising.push((string(0, 1 << q | 1 << ((q + 1) % n)), 1.0));
    }
    show(
        "Ising chain, one expectation",
        best(3, || {
            black_box(state.expectation(&ising));
        }),
    );
    let mut layout = state.clone();
    let time = best(3, || {
        for q in 0..n / 2 {
            layout.apply(&action(Kind::Swap(q as u32, (n - 1 - q) as u32)), &[]);
        }
        layout.settle();
    });
    show("settle a bit reversal", time);

    let mut state = StateVector::<f64>::zero(20).unwrap();
    let plan = Plan::new(Target::best::<f64>(), 20, &actions[..20.min(n)]);
    plan.run(&plan.bind(&[]).unwrap(), &mut state);
    let time = best(5, || {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        drop(black_box(state.sample(1_000_000, &mut rng)));
    });
    println!("a million shots of 20 qubits{:>15.2} ms, goal 30 ms", 1e3 * time);
}

/// Twenty gates on four qubits, in every way to run them.
fn small() {
    let n = 4;
    let h = Complex64::from(0.5f64.sqrt());
    let constant: Vec<Action> = (0..20)
        .map(|i| match i % 5 {
            0 => action(Kind::Dense1 { target: i % 4, matrix: [h, h, h, -h] }),
            1 => action(Kind::Pauli(string(1 << (i % 4), 0))).controlled(on((i as usize + 1) % 4)),
            2 => action(Kind::Rotation(string(0, 1 << (i % 4)), Scalar::Const(0.3))),
            3 => action(Kind::Pauli(string(0, 1 << (i % 4)))).controlled(on((i as usize + 2) % 4)),
            _ => action(Kind::Rotation(string(1 << (i % 4), 1 << (i % 4)), Scalar::Const(0.9))),
        })
        .collect();
    let plan = Plan::new(Target::best::<f64>(), n, &constant);
    let coefficients = plan.bind(&[]).unwrap();
    let mut state = StateVector::<f64>::zero(n).unwrap();
    const RUNS: u32 = 20_000;
    let time = best(5, || {
        for _ in 0..RUNS {
            state.set_basis(0).unwrap();
            plan.run(black_box(&coefficients), &mut state);
        }
    }) / f64::from(RUNS);
    println!(
        "\n20 constant gates on 4 qubits, {} passes: {:.0} ns, goal 500 ns",
        plan.len(),
        1e9 * time
    );
    let time = best(5, || {
        for _ in 0..RUNS {
            state.set_basis(0).unwrap();
            constant.iter().for_each(|a| state.apply(a, &[]));
        }
    }) / f64::from(RUNS);
    println!("the same, unplanned: {:.0} ns", 1e9 * time);

    let slots: Vec<Action> = (0..20u32)
        .map(|i| {
            action(Kind::Rotation(
                string(1 << (i % 4), u64::from(i % 3 == 0) << (i % 4)),
                Scalar::Slot(i),
            ))
        })
        .collect();
    let plan = Plan::new(Target::best::<f64>(), n, &slots);
    let row: Vec<f64> = (0..20).map(f64::from).collect();
    let mut coefficients = plan.bind(&row).unwrap();
    let time = best(5, || {
        for _ in 0..RUNS {
            plan.bind_into(black_box(&row), &mut coefficients).unwrap();
        }
    }) / f64::from(RUNS);
    println!("bind 20 angles: {:.0} ns", 1e9 * time);
    let time = best(5, || {
        for _ in 0..2000 {
            black_box(Plan::new(Target::best::<f64>(), n, &constant));
        }
    }) / 2000.0;
    println!("plan 20 gates: {:.2} us", 1e6 * time);
}

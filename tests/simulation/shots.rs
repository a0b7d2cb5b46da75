//! Shots: their distribution at any number of them, of circuits with and without measurements in
//! the middle; what is left out; what a cancelled run keeps.

use crate::common::statistics::tail;
use ketlab::circuit::{Circuit, Expr};
use ketlab::math::Bits;
use ketlab::simulate::{Counts, RunResult};
use ketlab::{Error, Precision, Request, Simulator};
use std::collections::BTreeMap;

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

fn exact(circuit: &Circuit) -> BTreeMap<Bits, f64> {
    Simulator::new().outcome_probabilities(circuit).unwrap().into_iter().collect()
}

/// Three measurements in the middle that decide what follows, and final ones: uneven branches.
fn branching(num_qubits: usize) -> Circuit {
    let mut c = Circuit::with_clbits(num_qubits, 3 + num_qubits);
    for k in 0..3 {
        c.ry(0.4 + 0.5 * k as f64, k).cx(k, k + 1).measure(k, k);
        c.if_then(Expr::bit(k), |c| c.ry(0.9, k + 1).h(k));
    }
    for q in 0..num_qubits {
        c.ry(0.3 * (q + 1) as f64, q);
    }
    for q in 0..num_qubits {
        c.measure(q, 3 + q);
    }
    c
}

/// Coins that are tossed one after the other into one bit: as many branches as there are sequences.
fn coins(num: usize) -> Circuit {
    let mut c = Circuit::with_clbits(1, 1);
    for _ in 0..num {
        c.reset(0).h(0).measure(0, 0);
    }
    c
}

#[test]
fn any_number_of_shots_follows_the_exact_distribution() {
    for circuit in [branching(4), branching(14), coins(5)] {
        let exact = exact(&circuit);
        for shots in [700, 5000, 100_000, 4_000_000_000, 1 << 53, u64::MAX] {
            let run = || Simulator::new().seed(shots ^ 11).counts(&circuit, shots).unwrap();
            let counts = in_pool(1, run);
            assert_eq!(in_pool(3, run), counts, "{shots} shots at another number of threads");
            assert_eq!(counts.shots(), shots);
            let tail = tail(&exact, &counts);
            assert!(tail > 1e-6, "{shots} shots of {} qubits: {tail}", circuit.num_qubits());
        }
    }
}

#[test]
fn any_number_of_shots_of_one_state_follows_the_exact_distribution() {
    let mut c = Circuit::new(13);
    for q in 0..13 {
        c.ry(0.2 * (q + 1) as f64, q).cx(q, (q + 5) % 13);
    }
    c.measure_all();
    let exact = exact(&c);
    for shots in [5000, 4_194_304, 400_000_000, u64::MAX] {
        let run = || Simulator::new().seed(shots).counts(&c, shots).unwrap();
        let counts = in_pool(1, run);
        assert_eq!(in_pool(3, run), counts);
        assert_eq!(counts.shots(), shots);
        assert!(tail(&exact, &counts) > 1e-6, "{shots}");
    }
}

#[test]
fn coins_have_a_binomial_number_of_heads() {
    // 2^16 branches, more than the shots of the first trees; the heads are summed in the bits.
    let n = 16;
    let mut c = Circuit::with_clbits(1, n);
    for k in 0..n {
        c.reset(0).h(0).measure(0, k);
    }
    for shots in [3000, 200_000] {
        let run = || Simulator::new().seed(4).counts(&c, shots).unwrap();
        let counts = in_pool(1, run);
        assert_eq!(in_pool(2, run), counts);
        let heads = |bits: &Bits| (0..n).filter(|&k| bits.bit(k)).count();
        let by_heads: Counts =
            counts.iter().map(|(bits, n)| (Bits::from_u64(heads(&bits) as u64, 5), n)).collect();
        let (mut law, mut p) = (BTreeMap::new(), 0.5f64.powi(n as i32));
        for k in 0..=n {
            law.insert(Bits::from_u64(k as u64, 5), p);
            p *= (n - k) as f64 / (k + 1) as f64;
        }
        assert!(tail(&law, &by_heads) > 1e-6);
    }
}

#[test]
fn large_dynamic_circuits_split_their_shots_too() {
    let mut c = Circuit::with_clbits(15, 15);
    for q in 0..6 {
        c.h(q).cx(q, q + 1).measure(q, q).ry(0.3, q);
    }
    (6..15).for_each(|q| drop(c.try_measure(q, q)));
    let run = || Simulator::new().seed(5).counts(&c, 20_000).unwrap();
    let one = in_pool(1, run);
    assert_eq!(in_pool(2, run), one);
    assert_eq!(one.shots(), 20_000);
    assert!(tail(&exact(&c), &one) > 1e-6);
}

#[test]
fn shots_that_would_take_days_are_refused() {
    // 2^45 branches of a microsecond are a year.
    for shots in [1_000_000_000_000_000, u64::MAX] {
        let error = Simulator::new().counts(&coins(45), shots).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Invalid { .. }), "{text}");
        assert!(text.contains("number of shots") && text.contains("days"), "{text}");
        assert!(text.contains("fewer") && text.contains("--outcomes"), "{text}");
    }
    // As many shots are nothing where most paths are one.
    let mut one = coins(0);
    for _ in 0..45 {
        one.reset(0).measure(0, 0);
    }
    one.h(0).measure(0, 0).h(0);
    assert_eq!(Simulator::new().counts(&one, u64::MAX).unwrap().shots(), u64::MAX);
}

/// The run of a ketlab whose watch is cancelled once this many shots are drawn.
fn cancelled(circuit: &Circuit, shots: u64, at: u64) -> RunResult {
    let simulator = Simulator::new();
    let watch = simulator.watch().clone();
    let canceller = std::thread::spawn(move || {
        while watch.shots() < at {
            std::thread::yield_now();
        }
        watch.cancel();
    });
    let result = simulator.run(circuit, &Request::new().shots(shots)).unwrap();
    canceller.join().unwrap();
    result
}

#[test]
fn a_cancelled_run_keeps_whole_trees() {
    let circuit = coins(40);
    let result = cancelled(&circuit, 1_000_000_000, 5000);
    assert!(result.interrupted);
    let counts = result.counts.unwrap();
    assert!(counts.shots() >= 2048 && counts.shots() < 1_000_000_000, "{}", counts.shots());
    // They are the shots that a run of so many has: nothing depends on what was finished first.
    assert_eq!(Simulator::new().counts(&circuit, counts.shots()).unwrap(), counts);
}

#[test]
fn a_run_cancelled_before_it_starts_says_so() {
    let mut dynamic = Circuit::with_clbits(1, 1);
    dynamic.h(0).measure(0, 0).h(0);
    let mut fixed = Circuit::new(2);
    fixed.h(0);
    for c in [dynamic, fixed] {
        let simulator = Simulator::new();
        simulator.watch().cancel();
        assert!(matches!(simulator.counts(&c, 100_000), Err(Error::Interrupted)));
    }
}

/// A qubit that is 1 with probability sin²(angle/2), and decides what happens to it.
fn rare(angle: f64) -> Circuit {
    let mut c = Circuit::with_clbits(1, 2);
    c.ry(angle, 0).measure(0, 0).if_then(Expr::bit(0), |c| c.h(0)).measure(0, 1);
    c
}

fn run(circuit: &Circuit, precision: Precision, request: Request) -> RunResult {
    Simulator::new().precision(precision).run(circuit, &request).unwrap()
}

#[test]
fn rare_branches_are_followed_or_stated() {
    // sin²(8e-6) = 6.4e-11, half of it for each of what H makes.
    for (precision, rounding) in [(Precision::F32, 1e-5), (Precision::F64, 1e-10)] {
        let result = run(&rare(1.6e-5), precision, Request::new().outcomes());
        let outcomes = result.outcomes.unwrap();
        let list: Vec<_> = outcomes.iter().map(|(bits, _)| bits.to_string()).collect();
        assert_eq!(list, ["00", "01", "11"], "{precision:?}");
        for (_, p) in &outcomes[1..] {
            assert!((p / 3.2e-11 - 1.0).abs() < rounding, "{precision:?}: {p:e}");
        }
    }
    // Rarer than what is rounding, or than what exact answers follow: said, by shots too.
    for (precision, angle, rounding) in [
        (Precision::F32, 2e-7, 1e-4),
        (Precision::F64, 2e-9, 1e-9),
        (Precision::F64, 2e-13, 1e-9),
        (Precision::F32, 2e-13, 1e-4),
    ] {
        let (circuit, p) = (rare(angle), (0.5 * angle) * (0.5 * angle));
        let exact = run(&circuit, precision, Request::new().outcomes());
        assert!((exact.neglected / p - 1.0).abs() < rounding, "{precision:?} {p:e}: {exact:?}");
        let total: f64 = exact.outcomes.unwrap().iter().map(|o| o.1).sum();
        assert!((total - 1.0).abs() < 1e-12);
        if precision == Precision::F32 || angle < 1e-12 {
            let rounding = rounding.max(1e-4);
            let shots = run(&circuit, precision, Request::new().shots(100));
            assert!((shots.neglected / p - 1.0).abs() < rounding, "{precision:?} {p:e}: {shots:?}");
        }
    }
    // 18.4 of 2^64 shots are expected at a probability of 1e-18, where 1 - p is 1.
    let counts = Simulator::new().counts(&rare(2e-9), u64::MAX).unwrap();
    let ones = counts.get("01") + counts.get("11");
    assert!((2..60).contains(&ones), "{ones}");
    // Outcomes of a state that are left out.
    let mut c = Circuit::with_clbits(1, 1);
    c.ry(2e-9, 0).measure(0, 0);
    let result = run(&c, Precision::F64, Request::new().outcomes());
    assert_eq!(result.outcomes.unwrap().len(), 1);
    assert!((result.neglected / 1e-18 - 1.0).abs() < 1e-9, "{}", result.neglected);
}

#[test]
fn results_are_shown() {
    let mut bell = Circuit::new(2);
    bell.h(0).cx(0, 1).measure_all();
    let request = Request::new().shots(100).observable("Z0".parse().unwrap()).outcomes();
    let result = Simulator::new().run(&bell, &request).unwrap();
    let text = result.to_string();
    for part in ["state vector", "100 shots", "\n00  0.500000", "\n11  0.500000", "deviation 1."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let expectation = result.expectations[0];
    assert!((expectation.standard_deviation() - 1.0).abs() < 1e-12);
    assert!((expectation.standard_error(400) - 0.05).abs() < 1e-12);
}

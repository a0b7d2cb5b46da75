//! The simulator against a naive one, against closed forms, and against itself at other thread
//! counts.

use crate::common::naive;
use crate::common::statistics::tail;
use ketlab::circuit::library::random;
use ketlab::circuit::{BinaryOp, Circuit, Expr};
use ketlab::engine::StateVector;
use ketlab::math::Bits;
use ketlab::simulate::{Counts, InitialState, Program};
use ketlab::{Control, Error, Gate, GateOp, PauliString, PauliSum, Precision, Request, Simulator};
use num_complex::Complex64;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

fn distance(a: &[Complex64], b: &[Complex64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).norm_sqr()).sum::<f64>().sqrt()
}

fn state(circuit: &Circuit) -> Vec<Complex64> {
    Simulator::new().state::<f64>(circuit).unwrap().to_vec()
}

/// A circuit with every kind of gate: the table's, rotations by strings, unitaries, diagonals,
/// permutations, blocks, with positive and negative controls.
fn everything(num_qubits: usize, seed: u64) -> Circuit {
    let mut c = random(num_qubits, 3, seed);
    let block = random(2, 2, seed + 1).to_gate("block").unwrap();
    let matrix = random(2, 2, seed + 2).matrix().unwrap();
    let phases = (0..4).map(|k| Complex64::from_polar(1.0, f64::from(k) + seed as f64)).collect();
    let q = |k: u64| ((seed + k) % num_qubits as u64) as usize;
    c.pauli_rotation(&"X0 Y1 Z2".parse::<PauliString>().unwrap(), 0.1 + seed as f64);
    c.x(q(0)).swap(q(0), q(1)).gphase(0.3);
    c.gate(GateOp::new(block, [q(1), q(2)]).controlled([Control::off(q(0))]));
    c.gate(GateOp::new(Gate::unitary("u", matrix).unwrap(), [q(2), q(0)]).controlled([q(1)]));
    c.gate(
        GateOp::new(Gate::diagonal("d", phases).unwrap(), [q(0), q(2)])
            .controlled([Control::off(q(1))]),
    );
    c.gate(
        GateOp::new(Gate::permutation("p", vec![2, 0, 3, 1]).unwrap(), [q(2), q(1)])
            .controlled([q(0)]),
    );
    c.with_controls(&[Control::on(q(1))], |c| {
        c.rx(0.7, q(0)).iswap(q(0), q(2)).swap(q(0), q(2)).gphase(1.1)
    });
    c.append(&random(num_qubits, 3, seed + 3));
    c
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn agrees_with_the_naive_simulator(num_qubits in 3usize..8, seed in 0u64..10_000) {
        let circuit = everything(num_qubits, seed);
        let expected = naive::run(&circuit);
        prop_assert!(distance(&state(&circuit), &expected) < 1e-12 * 10.0);
        let single: StateVector<f32> = Simulator::new().state(&circuit).unwrap();
        let single: Vec<Complex64> =
            single.to_vec().iter().map(|z| Complex64::new(z.re.into(), z.im.into())).collect();
        prop_assert!(distance(&single, &expected) < 1e-5);
    }

    #[test]
    fn binding_is_the_same_as_building(theta in -7.0..7.0f64, phi in -7.0..7.0f64) {
        let build = |c: &mut Circuit, a: ketlab::Angle, b: ketlab::Angle| {
            c.h(0).rx(a.clone(), 0).crz(b.clone(), 0, 1).u(a.clone(), b.clone(), a.clone() * 2.0, 2);
            c.fsim(b.clone(), a.clone(), 1, 2).cp(a.clone() - b.clone(), 2, 0).gphase(b.clone());
            c.pauli_rotation(&"Y0 X2".parse::<PauliString>().unwrap(), 0.5 * a.clone() + 0.25);
            c.with_controls(&[Control::off(1)], |c| { c.u3(a.clone(), 0.3, b.clone(), 0).gphase(a) });
        };
        let mut fixed = Circuit::new(3);
        build(&mut fixed, theta.into(), phi.into());
        let mut parameterized = Circuit::new(3);
        let (a, b) = (parameterized.param("theta"), parameterized.param("phi"));
        build(&mut parameterized, a.into(), b.into());
        let program = Program::new(&parameterized).unwrap();
        let mut bound = program.bind(&[0.0, 0.0]).unwrap();
        bound.rebind(&[theta, phi]).unwrap();
        let rebound = Simulator::new().state::<f64>(&bound).unwrap().to_vec();
        let replaced = parameterized.bind(&[("phi", phi), ("theta", theta)]).unwrap();
        prop_assert!(distance(&rebound, &naive::run(&fixed)) < 1e-12);
        prop_assert!(distance(&state(&replaced), &state(&fixed)) < 1e-12);
    }
}

#[test]
fn ten_thousand_gates_stay_exact() {
    let circuit = random(6, 2_500, 5);
    assert!(circuit.profile().num_gates >= 5_000);
    let mut there_and_back = circuit.clone();
    there_and_back.append(&circuit.inverse().unwrap());
    let mut zero = vec![Complex64::ZERO; 64];
    zero[0] = Complex64::ONE;
    assert!(distance(&state(&there_and_back), &zero) < 1e-11);
}

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn same_seed_same_bits_at_any_thread_count() {
    let static_circuit = random(16, 6, 3);
    let mut dynamic = Circuit::with_clbits(4, 4);
    for round in 0..6 {
        dynamic.h(round % 4).cx(round % 4, (round + 1) % 4).measure(round % 4, round % 4);
        dynamic.if_then(Expr::bit(round % 4), |c| c.ry(0.4, (round + 1) % 4));
    }
    let hamiltonian = "Z0 Z1 + 0.5 X2 - Y3 Z15".parse().unwrap();
    let run = || {
        let simulator = Simulator::new().seed(11);
        let request = Request::new().shots(5_000).observable(hamiltonian);
        let result = simulator.run(&static_circuit, &request).unwrap();
        let amplitudes = simulator.state::<f64>(&static_circuit).unwrap().to_vec();
        let bits: Vec<(u64, u64)> =
            amplitudes.iter().map(|z| (z.re.to_bits(), z.im.to_bits())).collect();
        let expectation = result.expectations[0];
        (
            bits,
            result.counts,
            expectation.value.to_bits(),
            expectation.variance.to_bits(),
            simulator.counts(&dynamic, 5_000).unwrap(),
        )
    };
    let one = in_pool(1, run.clone());
    for threads in [2, 3] {
        assert!(in_pool(threads, run.clone()) == one, "{threads} threads differ");
    }
}

#[test]
fn circuits_of_a_batch_have_independent_streams() {
    let mut coin = Circuit::new(8);
    (0..8).for_each(|q| drop(coin.try_h(q)));
    let batch: Vec<Circuit> = vec![coin; 4];
    let counts = Simulator::new().seed(2).counts_batch(&batch, 4_000);
    let counts: Vec<_> = counts.into_iter().map(Result::unwrap).collect();
    for a in 0..4 {
        for b in 0..a {
            assert_ne!(counts[a], counts[b]);
            // Outcomes of two circuits are uncorrelated: the covariance of their counts over the
            // 256 outcomes is that of independent samples, within 5 standard errors.
            let mean = 4_000.0 / 256.0;
            let covariance: f64 = (0..256)
                .map(|k| {
                    let label = format!("{k:08b}");
                    let x = counts[a].get(&label) as f64 - mean;
                    (counts[b].get(&label) as f64 - mean) * x
                })
                .sum::<f64>()
                / 256.0;
            assert!(covariance.abs() < 5.0 * mean / 16.0, "{covariance}");
        }
    }
}

#[test]
fn repeat_until_success_ends_in_the_right_state() {
    // A qubit is flipped until it reads 1: geometric number of rounds, then always 1.
    let mut c = Circuit::with_clbits(2, 1);
    c.while_loop(Expr::bit(0).equals(0), |c| c.reset(0).ry(1.0, 0).measure(0, 0));
    c.cx(0, 1);
    let result = Simulator::new().counts(&c, 2_000).unwrap();
    assert_eq!(result.get("1"), 2_000);
    let mut endless = Circuit::with_clbits(1, 1);
    endless.while_loop(Expr::bit(0).equals(0), |c| c.measure(0, 0));
    let error = Simulator::new().max_loop_rounds(100).counts(&endless, 10).unwrap_err();
    assert!(error.to_string().contains("more than 100"), "{error}");
}

#[test]
fn exact_branching_averages_and_says_when_it_cannot() {
    // Teleportation of RY(0.8)|0⟩: the third qubit has its ⟨Z⟩ = cos 0.8 whatever is measured.
    let mut c = Circuit::with_clbits(3, 2);
    c.ry(0.8, 0).h(1).cx(1, 2).cx(0, 1).h(0).measure(0, 0).measure(1, 1);
    c.if_then(Expr::bit(1).equals(1), |c| c.x(2));
    c.if_then(Expr::bit(0).equals(1), |c| c.z(2));
    let request =
        Request::new().observable("Z2".parse().unwrap()).observable("X2".parse().unwrap());
    let result = Simulator::new().run(&c, &request).unwrap();
    assert_eq!(result.branches, 4);
    assert!((result.expectations[0].value - 0.8f64.cos()).abs() < 1e-12);
    assert!((result.expectations[1].value - 0.8f64.sin()).abs() < 1e-12);
    // ⟨X²⟩ - ⟨X⟩² = 1 - sin² 0.8
    assert!((result.expectations[1].variance - 0.8f64.cos().powi(2)).abs() < 1e-12);
    assert!(matches!(Simulator::new().state::<f64>(&c), Err(Error::Unsupported { .. })));

    let mut many = Circuit::with_clbits(1, 14);
    (0..14).for_each(|k| drop(many.h(0).try_measure(0, k)));
    many.h(0);
    let error = Simulator::new().probabilities(&many).unwrap_err();
    assert!(error.to_string().contains("more than 4096 branches"), "{error}");
    assert_eq!(Simulator::new().counts(&many, 100).unwrap().shots(), 100);
    // A long chain of choices does not overflow the stack.
    let mut long = Circuit::with_clbits(1, 1);
    (0..20_000).for_each(|_| drop(long.h(0).try_measure(0, 0)));
    long.h(0);
    assert_eq!(Simulator::new().counts(&long, 20).unwrap().shots(), 20);
}

#[test]
fn shots_follow_the_probabilities() {
    let circuit = random(5, 12, 8);
    let probabilities = Simulator::new().probabilities(&circuit).unwrap();
    let shots = 100_000;
    for precision in [Precision::F32, Precision::F64] {
        let counts = Simulator::new().seed(4).precision(precision).counts(&circuit, shots).unwrap();
        let wanted =
            probabilities.iter().enumerate().map(|(k, p)| (Bits::from_u64(k as u64, 5), *p));
        assert!(tail(&wanted.collect(), &counts) > 1e-6);
    }
}

#[test]
fn classical_bits_are_written_read_and_compared() {
    let mut c = Circuit::with_clbits(3, 4);
    c.x(0).x(2).measure(0, 0).measure(1, 1).measure(2, 2);
    c.assign(3..4, Expr::bits(0..3).equals(5));
    c.if_else(
        Expr::bits(0..3).binary(BinaryOp::Gt, 6),
        |c| c.assign(0..4, 0),
        |c| c.assign(0..1, Expr::bit(0).not()),
    );
    let outcomes = Simulator::new().outcome_probabilities(&c).unwrap();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].0.to_string(), "1100");
    assert!((outcomes[0].1 - 1.0).abs() < 1e-15);
}

#[test]
fn errors_name_the_limit_the_value_and_the_next_step() {
    let text = |e: Error| e.to_string();
    let simulator = Simulator::new();
    let mut c = Circuit::new(2);
    c.h(0);
    assert!(text(simulator.counts(&c, 0).unwrap_err()).contains("number of shots is 0"));
    let far = simulator.expectation(&c, &"Z7".parse().unwrap()).unwrap_err();
    assert_eq!(far, Error::QubitOutOfRange { qubit: 7, num_qubits: 2 });
    for n in [40, 63, 64, 65, 1_000] {
        let mut large = Circuit::new(n);
        large.h(n - 1);
        let error = text(simulator.state::<f64>(&large).unwrap_err());
        assert!(error.contains(&format!("{n} qubits")) && error.contains("available"), "{error}");
    }
    let theta = c.param("theta");
    c.rx(theta, 0);
    assert!(text(simulator.counts(&c, 1).unwrap_err()).contains("`theta` has no value"));
    let program = Program::new(&c).unwrap();
    assert!(matches!(program.bind(&[f64::NAN]), Err(Error::NotFinite { .. })));
    assert!(matches!(program.bind(&[1.0, 2.0]), Err(Error::Invalid { .. })));
    assert!(matches!(c.bind(&[("phi", 1.0)]), Err(Error::UnknownParameter { .. })));
    assert!(matches!(c.try_rx(f64::NAN, 0), Err(Error::NotFinite { .. })));
    assert!(matches!(c.try_cx(1, 1), Err(Error::RepeatedQubit { .. })));
    assert!(matches!(c.try_h(usize::MAX), Err(Error::QubitOutOfRange { .. })));
    assert!(matches!(c.try_measure(0, 0), Err(Error::ClbitOutOfRange { .. })));
}

/// A random circuit with everything that is not a gate, nested two deep.
fn dynamic<'c>(
    rng: &mut ChaCha8Rng,
    c: &'c mut Circuit,
    length: usize,
    depth: usize,
) -> &'c mut Circuit {
    let (n, m) = (c.num_qubits(), c.num_clbits());
    for _ in 0..length {
        let (q, b) = (rng.random_range(0..n), rng.random_range(0..m));
        match rng.random_range(0..12) {
            0 | 1 => c.h(q),
            2 => c.cx(q, (q + 1 + rng.random_range(0..n - 1)) % n),
            3 => c.ry(rng.random_range(0.0..6.0), q),
            4 => c.x(q),
            5 => c.swap(q, (q + 1) % n),
            6 | 7 => c.measure(q, b),
            8 => c.reset(q),
            9 => {
                let value = Expr::bits(0..m).binary(BinaryOp::Add, rng.random_range(0..8u64));
                c.assign(b..rng.random_range(b..m) + 1, value)
            }
            _ if depth == 0 => c.t(q),
            _ => {
                let condition = Expr::bits(0..m).equals(rng.random_range(0..1u64 << m)).not();
                let mut fork = || ChaCha8Rng::seed_from_u64(rng.random());
                let (mut then, mut otherwise) = (fork(), fork());
                c.if_else(
                    condition,
                    |c| dynamic(&mut then, c, 3, depth - 1),
                    |c| dynamic(&mut otherwise, c, 3, depth - 1),
                )
            }
        };
    }
    c
}

#[test]
fn dynamic_circuits_agree_with_the_naive_brancher() {
    let shots = 4000;
    let mut worst_tail: f64 = 1.0;
    for seed in 0..150 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut c = Circuit::with_clbits(rng.random_range(2..5), rng.random_range(1..5));
        let length = rng.random_range(6..20);
        dynamic(&mut rng, &mut c, length, 2);
        let mut wanted = BTreeMap::<Bits, f64>::new();
        for (weight, _, bits) in naive::branches(&c) {
            *wanted.entry(bits).or_default() += weight;
        }
        let got = Simulator::new().outcome_probabilities(&c).unwrap();
        assert!(got.iter().map(|(bits, _)| bits).eq(wanted.keys()), "seed {seed}");
        for ((bits, got), wanted) in got.iter().zip(wanted.values()) {
            assert!((got - wanted).abs() < 1e-12, "seed {seed}: {bits} {got} {wanted}");
        }
        let precision = if seed % 2 == 0 { Precision::F64 } else { Precision::F32 };
        let simulator = Simulator::new().seed(seed).precision(precision);
        let counts = simulator.counts(&c, shots).unwrap();
        assert!(counts.iter().all(|(bits, _)| wanted.contains_key(&bits)), "seed {seed}");
        worst_tail = worst_tail.min(tail(&wanted, &counts));
    }
    // The smallest of 150 tails is below 1e-6 with probability 1.5e-4.
    assert!(worst_tail > 1e-6, "{worst_tail}");
}

/// The same operations with registers of these sizes, every second one scratch or not at all.
fn with_registers(c: &Circuit, sizes: &[usize], scratch: bool) -> Circuit {
    let mut made = Circuit::new(c.num_qubits());
    for (k, &size) in sizes.iter().enumerate() {
        let name = format!("r{k}");
        if scratch && k % 2 == 0 {
            made.add_scratch(&name, size)
        } else {
            made.add_clbits(&name, size)
        };
    }
    for op in c.ops() {
        made.push(op.clone());
    }
    made
}

#[test]
fn scratch_bits_are_summed_over() {
    // The circuit without scratch is the oracle: its outcomes, with the hidden bits crossed out.
    for seed in 0..60 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let far = if seed % 3 == 0 { 70 } else { 2 };
        let sizes = [1, 1, 1, 1, far, 1];
        let mut c = Circuit::with_clbits(rng.random_range(2..5), 4);
        let length = rng.random_range(6..20);
        dynamic(&mut rng, &mut c, length, 2);
        let mut c = with_registers(&c, &sizes, false);
        let last = c.num_clbits() - 1;
        // Final measurements into a hidden bit, a shown one, and one over another.
        c.measure(0, 5).measure(1, last).measure(0, 1).measure(1, 1);
        let hidden = with_registers(&c, &sizes, true);
        assert_eq!(hidden.num_outcome_bits(), 3);
        let shown: Vec<usize> = hidden.outcome_bits().collect();
        assert_eq!(shown, [1, 3, last]);
        let cross_out = |bits: &Bits| {
            let mut left = Bits::zeros(shown.len());
            shown.iter().enumerate().for_each(|(k, &b)| left.set(k, bits.bit(b)));
            left
        };
        let simulator = Simulator::new().seed(seed);
        let mut wanted = BTreeMap::<Bits, f64>::new();
        for (bits, p) in simulator.outcome_probabilities(&c).unwrap() {
            *wanted.entry(cross_out(&bits)).or_default() += p;
        }
        let got = simulator.outcome_probabilities(&hidden).unwrap();
        assert!(got.iter().map(|(bits, _)| bits).eq(wanted.keys()), "seed {seed}");
        for ((bits, got), wanted) in got.iter().zip(wanted.values()) {
            assert!((got - wanted).abs() < 1e-12, "seed {seed}: {bits} {got} {wanted}");
        }
        // Shots are the same shots.
        let all = simulator.counts(&c, 3000).unwrap();
        let wanted = Counts::new(all.iter().map(|(bits, n)| (cross_out(&bits), n)).collect());
        for threads in [1, 3] {
            let counts = in_pool(threads, || simulator.counts(&hidden, 3000).unwrap());
            assert_eq!(counts, wanted, "seed {seed}, {threads} threads");
        }
    }
}

#[test]
fn a_circuit_whose_bits_are_all_scratch_is_one_without_bits() {
    let mut plain = Circuit::new(2);
    plain.ry(0.8, 0).cx(0, 1);
    let mut c = Circuit::new(2);
    c.add_scratch("i", 2);
    c.while_loop(Expr::bits(0..2).binary(BinaryOp::Lt, 2u64), |c| {
        c.ry(0.4, 0).assign(0..2, Expr::bits(0..2).binary(BinaryOp::Add, 1u64))
    });
    c.cx(0, 1).measure(1, 0);
    let simulator = Simulator::new().seed(5);
    let exact = simulator.outcome_probabilities(&c).unwrap();
    let wanted = simulator.outcome_probabilities(&plain).unwrap();
    assert_eq!(exact.len(), 2);
    for ((bits, p), (b, q)) in exact.iter().zip(&wanted) {
        assert!(bits == b && (p - q).abs() < 1e-12);
    }
    let counts = simulator.counts(&c, 1000).unwrap();
    assert_eq!(counts.get("00") + counts.get("11"), 1000);
    assert_eq!(Program::new(&c).unwrap().num_outcome_bits(), 2);
    // Nothing looks at the last measurement: no branch is split for it.
    let request = Request::new().observable("Z1".parse().unwrap());
    assert_eq!(simulator.run(&c, &request).unwrap().branches, 1);
}

#[test]
fn variances_agree_with_dense_matrices() {
    let circuit = random(4, 6, 21);
    let state = nalgebra::DVector::from_vec(naive::run(&circuit));
    for text in ["Z0 Z1 + 0.5 X2 - 1.5 Y3", "3 + X0", "2", "0.25 X0 Y1 Z2 + 0.25 Z0", "Y1"] {
        let sum: PauliSum = text.parse().unwrap();
        let h = sum.to_dense(4).unwrap();
        let mean = state.dotc(&(&h * &state)).re;
        let variance = state.dotc(&(&h * &h * &state)).re - mean * mean;
        let got = Simulator::new().expectation(&circuit, &sum).unwrap();
        assert!((got.value - mean).abs() < 1e-12, "{text}");
        assert!((got.variance - variance).abs() < 1e-12, "{text}: {} {variance}", got.variance);
    }
    // A large constant adds nothing, an overflow is an error.
    let mut plus = Circuit::new(1);
    plus.h(0);
    for precision in [Precision::F32, Precision::F64] {
        let simulator = Simulator::new().precision(precision);
        let shifted = simulator.expectation(&plus, &"1e8 + Z0".parse().unwrap()).unwrap();
        assert!((shifted.variance - 1.0).abs() < 1e-6 && (shifted.value - 1e8).abs() < 1e-6);
    }
    plus.ry(1.0, 0);
    let huge = Simulator::new().expectation(&plus, &"1e200 Z0".parse().unwrap());
    assert!(matches!(huge, Err(Error::NotFinite { .. })));
}

#[test]
fn a_loop_that_almost_surely_ends_has_exact_answers() {
    let mut c = Circuit::with_clbits(2, 1);
    c.while_loop(Expr::bit(0).not(), |c| c.reset(0).h(0).measure(0, 0));
    c.cx(0, 1);
    let request = Request::new().observable("Z1".parse().unwrap()).probabilities(4);
    let result = Simulator::new().run(&c, &request).unwrap();
    assert!((result.expectations[0].value + 1.0).abs() < 1e-12);
    assert_eq!(result.probabilities.unwrap()[0].0, 0b11);
    assert!(result.neglected > 0.0 && result.neglected < 1e-14 && result.branches > 40);
}

#[test]
fn an_unlikely_branch_does_not_hide_the_others() {
    for angle in [2e-10, 2e-7] {
        let mut c = Circuit::with_clbits(1, 1);
        c.ry(angle, 0).measure(0, 0).h(0);
        let request = Request::new().probabilities(10);
        let list = Simulator::new().run(&c, &request).unwrap().probabilities.unwrap();
        assert_eq!(list.len(), 2);
        assert!(list.iter().all(|(_, p)| (p - 0.5).abs() < 1e-12), "{list:?}");
    }
}

/// Two bits share a name: only the last measurement is read, and neither disturbs the state.
#[test]
fn an_overwritten_outcome_needs_no_branch() {
    let mut c = Circuit::with_clbits(2, 1);
    c.h(0).measure(0, 0).x(1).measure(1, 0);
    let result =
        Simulator::new().run(&c, &Request::new().observable("X0".parse().unwrap())).unwrap();
    assert!((result.expectations[0].value - 1.0).abs() < 1e-12 && result.branches == 1);
    assert_eq!(Simulator::new().counts(&c, 100).unwrap().get("1"), 100);
    // But where the bit is looked at in between, both count.
    let mut read = Circuit::with_clbits(2, 1);
    read.h(0).measure(0, 0).if_then(Expr::bit(0), |c| c.x(1)).measure(1, 0);
    let exact = Simulator::new().outcome_probabilities(&read).unwrap();
    assert!(exact.len() == 2 && exact.iter().all(|(_, p)| (p - 0.5).abs() < 1e-12));
}

#[test]
fn a_loop_may_go_on_with_either_outcome() {
    for goes_on in [0, 1] {
        let mut c = Circuit::with_clbits(1, 1);
        c.x(0).measure(0, 0).assign(0..1, goes_on);
        c.while_loop(Expr::bit(0).equals(goes_on), |c| c.h(0).measure(0, 0));
        let exact = Simulator::new().outcome_probabilities(&c).unwrap();
        assert_eq!(exact.len(), 1);
        assert!((exact[0].1 - 1.0).abs() < 1e-12, "{exact:?}");
    }
}

#[test]
fn runs_start_from_the_state_that_is_given() {
    let mut c = Circuit::new(3);
    c.cx(0, 2);
    let counts = |initial| Simulator::new().initial_state(initial).counts(&c, 10);
    assert_eq!(counts(InitialState::Bits("011".parse().unwrap())).unwrap().get("111"), 10);
    let w = naive::run(&ketlab::circuit::library::w(3));
    let from_w = counts(InitialState::Amplitudes(w.into())).unwrap();
    assert!(
        from_w.iter().all(|(bits, _)| ["101", "010", "100"].contains(&bits.to_string().as_str()))
    );
    let short = counts(InitialState::Bits("11".parse().unwrap())).unwrap_err();
    assert!(short.to_string().contains("the circuit has 3"), "{short}");
    assert!(counts(InitialState::Amplitudes(vec![Complex64::ONE; 8].into())).is_err());
    let single = Simulator::new().precision(Precision::F32);
    let single = single.initial_state(InitialState::Bits("100".parse().unwrap()));
    assert_eq!(single.state::<f32>(&c).unwrap().probability(4), 1.0);
}

#[test]
fn results_say_how_they_came_about() {
    let c = random(6, 3, 1);
    let run = |threads| {
        let simulator = Simulator::new().seed(9).threads(threads).unwrap();
        simulator.run(&c, &Request::new().shots(100)).unwrap()
    };
    let (one, two) = (run(1), run(2));
    assert_eq!((one.meta.threads, two.meta.threads, one.meta.seed), (1, 2, 9));
    assert_eq!(one.counts, two.counts);
    assert_eq!(one.meta.plan_hash, two.meta.plan_hash);
    assert_eq!((one.meta.state_bytes, &*one.meta.method), (64 * 16, "state vector"));
    assert!(one.meta.seconds > 0.0 && one.meta.passes > 0);
    assert!(Simulator::new().threads(0).is_err());
    let Err(Error::TooLarge { needed, max_qubits, .. }) =
        Simulator::new().state::<f64>(&Circuit::new(50))
    else {
        panic!("50 qubits fit?");
    };
    assert!(needed == 16 << 50 && max_qubits.is_some_and(|n| n < 50));
}

#[test]
fn many_classical_bits_are_read_out() {
    // More than 64 bits, in torn order.
    let mut c = Circuit::with_clbits(3, 100);
    c.x(0).x(2).measure(0, 99).measure(1, 98).measure(2, 3);
    let counts = Simulator::new().counts(&c, 5).unwrap();
    let mut expected = Bits::zeros(100);
    expected.set(99, true);
    expected.set(3, true);
    assert_eq!(counts.get(&expected.to_string()), 5);
    let mut short = Circuit::with_clbits(3, 9);
    short.x(0).x(2).measure(0, 8).measure(1, 7).measure(2, 0);
    assert_eq!(Simulator::new().counts(&short, 5).unwrap().get("100000001"), 5);
}

#[test]
fn without_classical_bits_all_qubits_are_read() {
    let mut c = Circuit::new(2);
    c.h(0).cx(0, 1);
    let exact = Simulator::new().outcome_probabilities(&c).unwrap();
    assert_eq!(exact.iter().map(|(b, _)| b.to_string()).collect::<Vec<_>>(), ["00", "11"]);
    assert_eq!(Simulator::new().counts(&c, 100).unwrap().len(), 2);
}

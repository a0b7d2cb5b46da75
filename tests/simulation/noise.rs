//! Noisy circuits: trajectories, branches and tableaus against the density matrix.

use super::common::statistics::tail;
use ketlab::math::Bits;
use ketlab::noise::{Channel, ReadoutError};
use ketlab::simulate::{Counts, Method, Request, Simulator};
use ketlab::{Circuit, Error, Expr, PauliSum};
use nalgebra::DMatrix;
use num_complex::Complex64;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

fn by(method: Method) -> Simulator {
    Simulator::new().method(method)
}

/// Channels whose probabilities depend on the state and others, on one and two qubits.
fn channels() -> Vec<Channel> {
    let k = |m: [f64; 4]| DMatrix::from_row_slice(2, 2, &m.map(Complex64::from));
    let c = 0.1f64.sqrt();
    let asymmetric =
        [k([0.9f64.sqrt(), 0.0, 0.0, 0.9f64.sqrt()]), k([0.0, c, 0.0, 0.0]), k([c, 0.0, 0.0, 0.0])];
    vec![
        Channel::depolarizing(0.1, 1).unwrap(),
        Channel::depolarizing(0.15, 2).unwrap(),
        Channel::amplitude_damping(0.2).unwrap(),
        Channel::phase_damping(0.1).unwrap(),
        Channel::thermal_relaxation(50e-6, 70e-6, 5e-6, 0.1).unwrap(),
        Channel::thermal_relaxation(50e-6, 30e-6, 5e-6, 0.0).unwrap(),
        Channel::reset(0.05, 0.1).unwrap(),
        Channel::bit_flip(0.05).unwrap(),
        Channel::kraus(asymmetric.to_vec()).unwrap(),
    ]
}

fn random_noisy(n: usize, gates: usize, noise: usize, seed: u64) -> Circuit {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let channels = channels();
    let mut c = Circuit::new(n);
    for gate in 0..gates {
        let q = rng.random_range(0..n);
        let other = (q + rng.random_range(1..n)) % n;
        let mut angle = || rng.random_range(-3.0..3.0);
        match gate % 4 {
            0 => drop(c.u(angle(), angle(), angle(), q).num_qubits()),
            1 => drop(c.cx(q, other).num_qubits()),
            2 => drop(c.ry(angle(), q).num_qubits()),
            _ => drop(c.rzz(angle(), q, other).num_qubits()),
        }
        if gate * noise / gates != (gate + 1) * noise / gates {
            let channel = channels[rng.random_range(0..channels.len())].clone();
            match channel.num_qubits() {
                1 => c.channel(channel, q),
                _ => c.channel(channel, [q, other]),
            };
        }
    }
    c
}

fn law(circuit: &Circuit) -> BTreeMap<Bits, f64> {
    by(Method::DensityMatrix).outcome_probabilities(circuit).unwrap().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn branches_are_the_density_matrix(n in 2usize..5, seed in any::<u64>()) {
        let circuit = random_noisy(n, 20, 4, seed);
        let h: PauliSum = "Z0 - 0.5 X0 X1 + 0.3 Y1".parse().unwrap();
        let request = Request::new().observable(h).probabilities(1 << n).outcomes();
        let exact = by(Method::DensityMatrix).run(&circuit, &request).unwrap();
        let branches =
            by(Method::StateVector).max_branches(1 << 20).run(&circuit, &request).unwrap();
        let [a, b] = [&exact.expectations[0], &branches.expectations[0]];
        prop_assert!((a.value - b.value).abs() < 1e-11, "{a} {b}");
        prop_assert!((a.variance - b.variance).abs() < 1e-11, "{a} {b}");
        let other: BTreeMap<_, _> = branches.outcomes.unwrap().into_iter().collect();
        for (bits, p) in exact.outcomes.unwrap() {
            prop_assert!((p - other.get(&bits).copied().unwrap_or(0.0)).abs() < 1e-11);
        }
    }
}

#[test]
fn shots_of_trajectories_follow_the_law_of_the_density_matrix() {
    for seed in 0..5 {
        let circuit = random_noisy(4, 60, 30, 100 + seed);
        let counts = by(Method::Trajectories).seed(seed).counts(&circuit, 100_000).unwrap();
        let p = tail(&law(&circuit), &counts);
        assert!(p > 1e-3, "seed {seed}: {p}");
    }
}

/// The same beyond the sizes of density matrices: a chain of 13 qubits whose ends can be computed on
/// two qubits alone.
#[test]
fn larger_states_take_plans_for_what_happens() {
    let mut chain = Circuit::with_clbits(13, 2);
    let mut pair = Circuit::with_clbits(2, 2);
    for layer in 0..12 {
        let angle = 0.3 + 0.2 * layer as f64;
        for q in 0..13 {
            chain.ry(angle + q as f64, q).channel(Channel::depolarizing(0.01, 1).unwrap(), q);
        }
        chain.cz(0, 1).channel(Channel::amplitude_damping(0.02).unwrap(), 0);
        for q in 2..12 {
            chain.cx(q, q + 1);
        }
        for q in 0..2 {
            pair.ry(angle + q as f64, q).channel(Channel::depolarizing(0.01, 1).unwrap(), q);
        }
        pair.cz(0, 1).channel(Channel::amplitude_damping(0.02).unwrap(), 0);
    }
    chain.measure(0, 0).measure(1, 1);
    pair.measure(0, 0).measure(1, 1);
    let counts = by(Method::Trajectories).seed(3).counts(&chain, 4000).unwrap();
    let p = tail(&law(&pair), &counts);
    assert!(p > 1e-3, "{p}");
    let request = Request::new().observable("Z0 Z1 + 0.5 X0".parse().unwrap());
    let exact = by(Method::DensityMatrix).run(&pair, &request).unwrap().expectations[0];
    let found = by(Method::Trajectories).run(&chain, &request.trajectories(500)).unwrap();
    let error = found.trajectories.unwrap().standard_errors[0];
    let off = found.expectations[0].value - exact.value;
    assert!(error > 0.0 && off.abs() < 4.0 * error, "{off} ± {error}");
}

/// CUDA-Q's issue 3961: patterns drawn beforehand must have the law of errors that are drawn one by
/// one, at rates where nearly no shot has any.
#[test]
fn few_errors_are_as_frequent_as_they_should_be() {
    let (sites, p, shots) = (10, 1e-3, 1_000_000u64);
    let mut circuit = Circuit::new(sites);
    for q in 0..sites {
        circuit.channel(Channel::bit_flip(p).unwrap(), q);
    }
    let counts = by(Method::Trajectories).seed(1).counts(&circuit, shots).unwrap();
    for errors in 0..3u32 {
        let binomial = [1.0, 10.0, 45.0][errors as usize]
            * p.powi(errors as i32)
            * (1.0 - p).powi(sites as i32 - errors as i32);
        let seen: u64 = counts
            .iter()
            .filter(|(bits, _)| (0..sites).filter(|&q| bits.bit(q)).count() as u32 == errors)
            .map(|(_, count)| count)
            .sum();
        let expected = shots as f64 * binomial;
        let spread = (expected * (1.0 - binomial)).sqrt();
        assert!((seen as f64 - expected).abs() < 4.0 * spread, "{errors}: {seen} of {expected}");
    }
    // Each place is as likely as the others.
    for q in 0..sites {
        let seen: u64 = counts.iter().filter(|(b, _)| b.bit(q)).map(|(_, c)| c).sum();
        assert!((seen as f64 - 1000.0).abs() < 4.5 * 1000f64.sqrt(), "{q}: {seen}");
    }
}

/// Research check 6: 95 % intervals cover 93 to 97 %.
#[test]
fn intervals_of_means_cover_what_they_say() {
    let circuit = random_noisy(3, 24, 12, 8);
    let request = Request::new().observable("Z0 + 0.7 X1 Z2".parse().unwrap());
    let exact = by(Method::DensityMatrix).run(&circuit, &request).unwrap().expectations[0].value;
    let request = request.trajectories(100);
    let mut covered = 0;
    let mut scores = Vec::new();
    for seed in 0..1000 {
        let found = by(Method::Trajectories).seed(seed).run(&circuit, &request).unwrap();
        let off = found.expectations[0].value - exact;
        let error = found.trajectories.unwrap().standard_errors[0];
        covered += usize::from(off.abs() < 1.96 * error);
        scores.push(off / error);
    }
    assert!((930..=970).contains(&covered), "{covered}");
    let mean = scores.iter().sum::<f64>() / 1000.0;
    assert!(mean.abs() < 4.0 / 1000f64.sqrt(), "{mean}");
}

#[test]
fn a_standard_error_that_is_asked_for_is_reached() {
    let circuit = random_noisy(3, 24, 12, 9);
    let h: PauliSum = "Z0 + 0.7 X1 Z2".parse().unwrap();
    for error in [0.05, 0.01] {
        let request = Request::new().observable(h.clone()).standard_error(error);
        let found = by(Method::Trajectories).run(&circuit, &request).unwrap();
        let trajectories = found.trajectories.unwrap();
        assert!(trajectories.standard_errors[0] <= error);
        // And not many times over.
        assert!(trajectories.standard_errors[0] > error / 4.0 || trajectories.number == 256);
        assert!(trajectories.effective_numbers[0] >= trajectories.number as f64);
    }
    let wrong = Request::new().observable(h.clone()).standard_error(0.0);
    assert!(by(Method::Trajectories).run(&circuit, &wrong).is_err());
    let far = Request::new().observable(h.clone()).standard_error(1e-12);
    let error = by(Method::Trajectories).run(&circuit, &far).unwrap_err().to_string();
    assert!(error.contains("density matrix"), "{error}");
    let none = Request::new().observable(h).trajectories(0);
    assert!(by(Method::Trajectories).run(&circuit, &none).is_err());
}

fn answers(circuit: &Circuit, method: Method, threads: usize) -> (Counts, Vec<u64>) {
    let request =
        Request::new().shots(3000).observable("Z0 + X1".parse().unwrap()).trajectories(400);
    let simulator = by(method).seed(5).threads(threads).unwrap();
    let result = simulator.run(circuit, &request).unwrap();
    let bits = result.expectations.iter().map(|e| e.value.to_bits()).collect();
    (result.counts.unwrap(), bits)
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    for n in [3, 10, 14] {
        let circuit = random_noisy(n, 40, 20, 7);
        let methods = [Method::Trajectories, Method::DensityMatrix];
        for &method in if n < 10 { &methods[..] } else { &methods[..1] } {
            let one = answers(&circuit, method, 1);
            for threads in [2, 4] {
                assert_eq!(one, answers(&circuit, method, threads), "{n} {method} {threads}");
            }
        }
    }
}

#[test]
fn an_observable_changes_no_count() {
    let circuit = random_noisy(3, 30, 15, 3);
    let simulator = by(Method::Trajectories).seed(2);
    let alone = simulator.counts(&circuit, 5000).unwrap();
    let (together, _) = answers_of(&simulator, &circuit, 5000);
    assert_eq!(alone, together);
}

fn answers_of(simulator: &Simulator, circuit: &Circuit, shots: u64) -> (Counts, f64) {
    let request = Request::new().shots(shots).observable("Z0".parse().unwrap());
    let result = simulator.run(circuit, &request).unwrap();
    (result.counts.unwrap(), result.expectations[0].value)
}

/// Measurements, resets, conditions and loops with noise inside.
#[test]
fn noise_between_measurements_is_drawn_as_the_density_matrix_has_it() {
    let mut circuit = Circuit::with_clbits(3, 4);
    let damping = Channel::amplitude_damping(0.3).unwrap();
    let flip = Channel::depolarizing(0.2, 1).unwrap();
    circuit.h(0).channel(flip.clone(), 0).cx(0, 1).channel(damping.clone(), 1).measure(0, 0);
    circuit.if_else(
        Expr::bit(0).equals(1),
        |c| c.x(2).channel(damping.clone(), 2).ry(0.4, 1),
        |c| c.h(2).channel(flip.clone(), 2),
    );
    circuit.reset(0).ry(0.8, 0).channel(flip.clone(), 0).cx(2, 0);
    circuit.measure(0, 1).measure(1, 2).measure(2, 3);
    let law = law(&circuit);
    let exact = by(Method::StateVector).outcome_probabilities(&circuit).unwrap();
    for (bits, p) in exact {
        assert!((p - law[&bits]).abs() < 1e-12);
    }
    let counts = by(Method::Trajectories).seed(4).counts(&circuit, 100_000).unwrap();
    assert!(tail(&law, &counts) > 1e-3);
    let counts = by(Method::StateVector).seed(4).counts(&circuit, 100_000).unwrap();
    assert!(tail(&law, &counts) > 1e-3);
    let request = Request::new().observable("Z0 + Z1 X2".parse().unwrap());
    let exact = by(Method::DensityMatrix).run(&circuit, &request).unwrap().expectations[0].value;
    let found = by(Method::Trajectories).run(&circuit, &request.trajectories(4000)).unwrap();
    let trajectories = found.trajectories.unwrap();
    assert_eq!(trajectories.no_error_weight, None);
    let off = found.expectations[0].value - exact;
    assert!(off.abs() < 4.0 * trajectories.standard_errors[0], "{off}");
}

/// Aer's issue 1153: the noise of a gate that is not done is not there.
#[test]
fn noise_under_a_condition_that_does_not_hold_does_nothing() {
    let mut circuit = Circuit::with_clbits(2, 1);
    circuit.h(0).cx(0, 1).measure(1, 0);
    let mut without = circuit.clone();
    without.if_then(Expr::bit(0).equals(7), |c| c.x(0));
    circuit.if_then(Expr::bit(0).equals(7), |c| {
        c.x(0).channel(Channel::depolarizing(0.9, 1).unwrap(), 0)
    });
    for method in [Method::DensityMatrix, Method::StateVector] {
        let both = [&circuit, &without].map(|c| by(method).outcome_probabilities(c).unwrap());
        assert_eq!(both[0], both[1]);
    }
}

#[test]
fn a_tableau_takes_pauli_noise() {
    let mut circuit = Circuit::new(4);
    circuit.h(0);
    for q in 0..3 {
        circuit.cx(q, q + 1).channel(Channel::depolarizing(0.1, 2).unwrap(), [q, q + 1]);
        circuit.channel(Channel::phase_flip(0.2).unwrap(), q).s(q).h(q);
    }
    let counts = by(Method::Stabilizer).seed(1).counts(&circuit, 50_000).unwrap();
    assert!(tail(&law(&circuit), &counts) > 1e-3);
    circuit.channel(Channel::amplitude_damping(0.1).unwrap(), 0);
    let error = by(Method::Stabilizer).counts(&circuit, 10).unwrap_err();
    assert!(matches!(&error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("amplitude_damping(gamma=0.1)"), "{error}");
}

/// Research check 9.
#[test]
fn readout_errors_change_observables_as_they_change_the_distribution() {
    let mut circuit = random_noisy(3, 20, 5, 11);
    let errors = [(0.02, 0.07), (0.0, 0.0), (0.1, 0.04)];
    for (q, (a, b)) in errors.into_iter().enumerate() {
        circuit.set_readout_error(q, ReadoutError::new(a, b).unwrap()).unwrap();
    }
    let observables = ["Z0 Z2", "Z0", "2 + 0.5 Z0 Z1 Z2 - Z2", "1.5 Z1"];
    for method in [Method::DensityMatrix, Method::StateVector] {
        let simulator = by(method).max_branches(1 << 16);
        let read = simulator.outcome_probabilities(&circuit).unwrap();
        let total: f64 = read.iter().map(|r| r.1).sum();
        assert!((total - 1.0).abs() < 1e-12);
        for text in observables {
            let sum: PauliSum = text.parse().unwrap();
            let value = |bits: &Bits| -> f64 {
                let sign = |s: &ketlab::PauliString| {
                    if s.support().filter(|&q| bits.bit(q)).count() % 2 == 1 { -1.0 } else { 1.0 }
                };
                sum.terms().iter().map(|(s, c)| c * sign(s)).sum()
            };
            let mean: f64 = read.iter().map(|(bits, p)| p * value(bits)).sum();
            let square: f64 = read.iter().map(|(bits, p)| p * value(bits).powi(2)).sum();
            let found = simulator.expectation(&circuit, &sum).unwrap();
            assert!((found.value - mean).abs() < 1e-13, "{method} {text}: {found} {mean}");
            assert!((found.variance - (square - mean * mean)).abs() < 1e-12, "{method} {text}");
        }
        let counts = simulator.seed(6).counts(&circuit, 100_000).unwrap();
        assert!(tail(&read.into_iter().collect(), &counts) > 1e-3, "{method}");
    }
    let request = Request::new().observable("2 + 0.5 Z0 Z1 Z2 - Z2".parse().unwrap());
    let exact = by(Method::DensityMatrix).run(&circuit, &request).unwrap().expectations[0];
    let found = by(Method::Trajectories).run(&circuit, &request.standard_error(3e-3)).unwrap();
    let errors = found.trajectories.unwrap().standard_errors;
    assert_eq!((found.expectations.len(), errors.len()), (1, 1));
    assert!((found.expectations[0].value - exact.value).abs() < 4.0 * errors[0]);
    assert!((found.expectations[0].variance / exact.variance - 1.0).abs() < 0.1);
}

#[test]
fn a_measurement_in_the_middle_is_misread_and_the_state_is_not() {
    let mut circuit = Circuit::with_clbits(2, 3);
    circuit.ry(1.0, 0).measure(0, 0);
    circuit.if_then(Expr::bit(0).equals(1), |c| c.x(1));
    circuit.measure(0, 1).measure(1, 2);
    circuit.set_readout_error(0, ReadoutError::new(0.1, 0.3).unwrap()).unwrap();
    let one = 0.5f64.sin().powi(2);
    for method in [Method::DensityMatrix, Method::StateVector] {
        let law: BTreeMap<String, f64> = by(method)
            .outcome_probabilities(&circuit)
            .unwrap()
            .into_iter()
            .map(|(bits, p)| (bits.to_string(), p))
            .collect();
        // Bits: what the X saw, then the qubit again, which is read independently, then the X.
        for (bits, expected) in [
            ("000", (1.0 - one) * 0.9 * 0.9 + one * 0.3 * 0.3),
            ("010", (1.0 - one) * 0.9 * 0.1 + one * 0.3 * 0.7),
            ("101", (1.0 - one) * 0.1 * 0.9 + one * 0.7 * 0.3),
            ("111", (1.0 - one) * 0.1 * 0.1 + one * 0.7 * 0.7),
        ] {
            assert!((law[bits] - expected).abs() < 1e-14, "{method} {bits} {law:?}");
        }
        let counts = by(method).seed(9).counts(&circuit, 50_000).unwrap();
        let law = by(method).outcome_probabilities(&circuit).unwrap().into_iter().collect();
        assert!(tail(&law, &counts) > 1e-3);
    }
}

#[test]
fn the_cheaper_method_is_chosen_and_says_why() {
    let small = random_noisy(3, 40, 20, 1);
    let h: PauliSum = "Z0".parse().unwrap();
    let exact = Simulator::new().run(&small, &Request::new().observable(h.clone())).unwrap();
    assert_eq!(exact.meta.method, "density matrix");
    assert!(
        exact.meta.reason.contains("trajectories not for this answer"),
        "{}",
        exact.meta.reason
    );
    let large = random_noisy(14, 40, 20, 1);
    let (method, reason) = Simulator::new().method_for(&large, &Request::new().shots(10)).unwrap();
    assert_eq!(method, Method::Trajectories, "{reason}");
    // Without a density matrix and too many branches there is no exact mean.
    let wide = random_noisy(20, 200, 60, 1);
    let error = Simulator::new().run(&wide, &Request::new().observable(h.clone())).unwrap_err();
    assert!(matches!(&error, Error::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("--standard-error"), "{error}");
    let request = Request::new().observable(h).trajectories(10);
    let (method, reason) = Simulator::new().method_for(&wide, &request).unwrap();
    assert_eq!(method, Method::Trajectories, "{reason}");
}

#[test]
fn channels_of_certain_errors_are_certain() {
    let mut circuit = Circuit::new(2);
    circuit.channel(Channel::bit_flip(1.0).unwrap(), 0);
    circuit.channel(Channel::amplitude_damping(1.0).unwrap(), 0).x(1);
    circuit.channel(Channel::amplitude_damping(1.0).unwrap(), 1);
    circuit.channel(Channel::bit_flip(1.0).unwrap(), 1);
    for method in [Method::Trajectories, Method::StateVector, Method::DensityMatrix] {
        let counts = by(method).counts(&circuit, 1000).unwrap();
        assert_eq!(counts.get("10"), 1000, "{method}: {counts}");
    }
}

#[test]
fn global_depolarizing_of_many_qubits_is_drawn() {
    let n = 11;
    let mut circuit = Circuit::new(n);
    circuit.channel(Channel::depolarizing_lambda(0.25, n).unwrap(), (0..n).collect::<Vec<_>>());
    let shots = 40_000;
    let counts = by(Method::Trajectories).counts(&circuit, shots).unwrap();
    let zeros = counts.get(&"0".repeat(n)) as f64 / shots as f64;
    let expected = 0.75 + 0.25 / 2f64.powi(n as i32);
    assert!((zeros - expected).abs() < 4.0 * (expected * (1.0 - expected) / shots as f64).sqrt());
    let error = by(Method::StateVector).max_branches(usize::MAX).outcome_probabilities(&circuit);
    assert!(error.unwrap_err().to_string().contains("density matrix or trajectories"));
}

/// Of Clifford circuits all patterns of Pauli errors are shots of one state; few rotations leave few.
#[test]
fn patterns_that_come_to_the_same_are_one_run() {
    let clifford = |rotations: usize| {
        let mut circuit = Circuit::with_clbits(5, 4);
        circuit.h(0).depolarizing(0.05, 0);
        for q in 1..5 {
            circuit.cx(q - 1, q).depolarizing2(0.1, q - 1, q).s(q).h(q).bit_flip(0.02, q);
        }
        for q in 0..rotations {
            circuit.ry(0.4 + q as f64, q).depolarizing(0.1, q);
        }
        circuit.cx(4, 0).h(2).depolarizing(0.1, 2);
        circuit.measure(0, 1).measure(2, 0).measure(3, 2).measure(4, 3);
        circuit.set_readout_error(2, ReadoutError::new(0.05, 0.1).unwrap()).unwrap();
        circuit
    };
    for (rotations, most) in [(0, 1), (2, 4)] {
        let circuit = clifford(rotations);
        let request = Request::new().shots(200_000);
        let result = by(Method::Trajectories).seed(3).run(&circuit, &request).unwrap();
        let trajectories = result.trajectories.unwrap();
        assert!(trajectories.distinct_patterns <= most, "{trajectories:?}");
        let counts = result.counts.unwrap();
        assert_eq!(counts.shots(), 200_000);
        let p = tail(&law(&circuit), &counts);
        assert!(p > 1e-3, "{rotations}: {p}");
        let two = by(Method::Trajectories).seed(3).threads(2).unwrap();
        assert_eq!(two.counts(&circuit, 200_000).unwrap(), counts);
    }
}

/// What does not know readout errors says so; what takes them has those of the simulator.
#[test]
fn readout_errors_are_never_passed_over() {
    let mut ansatz = Circuit::new(2);
    let theta = ansatz.param("theta");
    ansatz.ry(theta, 0).cx(0, 1);
    ansatz.set_readout_error(0, ReadoutError::new(0.1, 0.2).unwrap()).unwrap();
    let z: [PauliSum; 1] = ["Z0 + Z1".parse().unwrap()];
    let simulator = Simulator::new();
    let refused = [
        simulator.adjoint(&ansatz, &z).err().unwrap(),
        simulator.parameter_shift(&ansatz, &z[0]).err().unwrap(),
        simulator.sampled_evaluator(&ansatz, &z, 100).err().unwrap(),
        simulator.sampled_gradient(&ansatz, &z[0], 100).err().unwrap(),
    ];
    for error in refused {
        assert!(error.to_string().contains("readout error of qubit 0"), "{error}");
    }
    let program = ketlab::Program::new(&ansatz).unwrap();
    let cos = 0.7f64.cos();
    let expected = 0.7 * cos + 0.1 + cos;
    let mut evaluator = simulator.evaluator(&program, &z).unwrap();
    assert!((evaluator.expectation(&[0.7]).unwrap() - expected).abs() < 1e-12);
    let rows = ndarray::array![[0.7]];
    let batch = simulator.batch(&program).expectations(&rows, &z).unwrap();
    assert!((batch.values[[0, 0]] - expected).abs() < 1e-12);
}

/// Patterns must not be drawn again because of what they are: 10 shots of each of 4,000 seeds.
#[test]
fn few_shots_have_as_many_errors_as_many() {
    let mut turned = Circuit::new(1);
    turned.bit_flip(0.05, 0).rz(0.3, 0).measure_all();
    let mut toffoli = Circuit::new(3);
    toffoli.bit_flip(0.05, 0).ccx(0, 1, 2).measure_all();
    for circuit in [turned, toffoli] {
        let ones: u64 = (0..4000)
            .map(|seed| {
                let counts = by(Method::StateVector).seed(seed).counts(&circuit, 10).unwrap();
                counts.iter().filter(|(bits, _)| bits.bit(0)).map(|(_, count)| count).sum::<u64>()
            })
            .sum();
        let (expected, spread) = (2000.0, (40_000.0 * 0.05 * 0.95f64).sqrt());
        assert!((ones as f64 - expected).abs() < 4.0 * spread, "{ones} of {expected}");
    }
}

/// Errors that are common do nothing here, and the one that does is rare: that no trajectory of the
/// first round differs is no proof.
#[test]
fn a_rare_error_is_not_taken_for_none() {
    let mut circuit = Circuit::new(2);
    circuit.depolarizing(0.1, 1).bit_flip(1e-3, 0);
    let request = Request::new().observable("Z0".parse().unwrap()).standard_error(1e-4);
    for seed in 0..20 {
        let found = by(Method::Trajectories).seed(seed).run(&circuit, &request).unwrap();
        let trajectories = found.trajectories.unwrap();
        let off = (found.expectations[0].value - 0.998).abs();
        assert!(off < 5.0 * trajectories.standard_errors[0], "{seed}: {off} {trajectories:?}");
        assert!(trajectories.standard_errors[0] > 0.0);
    }
}

#[test]
fn what_always_happens_leaves_means_to_trajectories() {
    let z: PauliSum = "Z0".parse().unwrap();
    for channel in [Channel::amplitude_damping(1.0).unwrap(), Channel::reset(1.0, 0.0).unwrap()] {
        let mut circuit = Circuit::new(1);
        circuit.x(0).channel(channel, 0);
        let request = Request::new().observable(z.clone()).trajectories(50);
        let found = by(Method::Trajectories).run(&circuit, &request).unwrap();
        assert!((found.expectations[0].value - 1.0).abs() < 1e-12);
        assert_eq!(found.trajectories.unwrap().no_error_weight, Some(0.0));
    }
}

/// The last of several measurements into one bit is read, and the errors of others are of no account.
#[test]
fn an_overwritten_measurement_is_not_misread() {
    let mut circuit = Circuit::with_clbits(2, 1);
    circuit.set_readout_error(0, ReadoutError::new(1.0, 1.0).unwrap()).unwrap();
    circuit.measure(0, 0).measure(1, 0);
    for method in [Method::StateVector, Method::DensityMatrix, Method::Stabilizer] {
        let counts = by(method).counts(&circuit, 100).unwrap();
        assert_eq!(counts.get("0"), 100, "{method}");
        let law = by(method).outcome_probabilities(&circuit).unwrap();
        assert_eq!((law.len(), law[0].0.bit(0)), (1, false), "{method}");
    }
}

#[test]
fn a_tableau_refuses_channels_of_too_many_strings() {
    for n in [8, 16, 32] {
        let mut circuit = Circuit::new(n);
        let all: Vec<usize> = (0..n).collect();
        circuit.channel(Channel::depolarizing(0.5, n).unwrap(), all).measure_all();
        let error = by(Method::Stabilizer).counts(&circuit, 10).unwrap_err().to_string();
        assert!(error.contains("trajectories"), "{error}");
    }
}

#[test]
fn a_coherent_error_leaves_a_state() {
    let mut circuit = Circuit::new(1);
    let axis = "X0".parse().unwrap();
    circuit.channel(Channel::over_rotation(&axis, 0.3).unwrap(), 0);
    let state = Simulator::new().state::<f64>(&circuit).unwrap();
    assert!((state.probability(1) - 0.15f64.sin().powi(2)).abs() < 1e-14);
}

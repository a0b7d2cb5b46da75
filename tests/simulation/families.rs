//! The benchmark families: gates, counts, and closed forms of what they compute.

use crate::common::naive;
use ketlab::circuit::library::{
    Family, Mixer, grover_iterations, grover_search, hardware_efficient_ansatz, qaoa_ansatz,
    quantum_volume, random_clifford_t, ripple_carry_adder, supremacy,
};
use ketlab::ising::Graph;
use ketlab::{Circuit, GateOp, Op, Simulator};
use std::collections::BTreeMap;

fn gates(circuit: &Circuit) -> Vec<&GateOp> {
    let mut gates = Vec::new();
    for op in circuit.ops() {
        let Op::Gate(gate) = op else { panic!("{op:?} is no gate") };
        gates.push(gate);
    }
    gates
}

/// All qubits of a gate.
fn qubits(gate: &GateOp) -> Vec<usize> {
    let controls = gate.controls.iter().map(|c| c.qubit as usize);
    controls.chain(gate.targets.iter().map(|&t| t as usize)).collect()
}

/// X on the qubits that are 1 in a basis state.
fn set_bits(c: &mut Circuit, state: usize) {
    for q in (0..c.num_qubits()).filter(|q| state >> q & 1 == 1) {
        c.x(q);
    }
}

#[test]
fn supremacy_never_repeats_a_gate_and_covers_the_grid_in_four_cycles() {
    let (rows, columns, depth) = (4, 5, 8);
    let c = supremacy(rows, columns, depth, 3);
    assert_eq!(c, supremacy(rows, columns, depth, 3));
    assert_ne!(c, supremacy(rows, columns, depth, 4));
    let mut last = vec![None; rows * columns];
    let mut seen = BTreeMap::new();
    let mut pairs = BTreeMap::new();
    for gate in gates(&c) {
        match qubits(gate)[..] {
            [q] => {
                assert_ne!(last[q], Some(&gate.gate), "twice on qubit {q}");
                last[q] = Some(&gate.gate);
                *seen.entry(format!("{:?}", gate.gate)).or_insert(0) += 1;
            }
            [a, b] => *pairs.entry((a.min(b), a.max(b))).or_insert(0) += 1,
            _ => panic!("three qubits"),
        }
    }
    assert_eq!(seen.len(), 3);
    assert_eq!(seen.values().sum::<usize>(), rows * columns * depth);
    // Every bond of the grid once in four cycles.
    assert_eq!(pairs.len(), rows * (columns - 1) + (rows - 1) * columns);
    assert!(pairs.values().all(|&n| n == depth / 4));
    assert!(pairs.keys().all(|(a, b)| b - a == columns || b - a == 1 && b % columns != 0));
}

#[test]
fn ansatz_has_its_parameters_in_order() {
    let c = hardware_efficient_ansatz(3, 2);
    let names: Vec<String> = (0..12).map(|k| format!("theta[{k}]")).collect();
    assert_eq!(c.params(), names);
    let text = c.to_qasm3().unwrap();
    let body: Vec<&str> = text.lines().filter(|l| l.contains("q[")).take(9).collect();
    let first = ["ry", "rz", "ry", "rz", "ry", "rz", "cx q[0], q[1]", "cx q[1], q[2]"];
    assert!(body.iter().zip(first).all(|(line, start)| line.starts_with(start)), "{body:?}");
    assert_eq!(body[8], "cx q[2], q[0];");
    assert!(!hardware_efficient_ansatz(1, 2).count_ops().contains_key("cx"));
}

#[test]
fn quantum_volume_has_three_cx_a_pair() {
    let c = quantum_volume(5, 3, 1);
    let counts = c.count_ops();
    let found = ["u3", "cx", "rz", "ry"].map(|name| counts[name]);
    assert_eq!(found, [4, 3, 1, 2].map(|n| n * 2 * 3));
    assert_eq!(counts.len(), 4);
    assert_ne!(c, quantum_volume(5, 3, 2));
}

#[test]
fn quantum_volume_is_haar_random() {
    // E|tr U|^{2k} = k! for k up to the dimension (Diaconis and Shahshahani 1994).
    let samples = 4000;
    let traces: Vec<f64> = (0..samples)
        .map(|seed| quantum_volume(2, 1, seed).matrix().unwrap().trace().norm_sqr())
        .collect();
    for (k, factorial) in [(1, 1.0), (2, 2.0), (3, 6.0)] {
        let powers = traces.iter().map(|t| t.powi(k));
        let mean = powers.clone().sum::<f64>() / samples as f64;
        let variance = powers.map(|p| (p - mean).powi(2)).sum::<f64>() / samples as f64;
        let sigma = (variance / samples as f64).sqrt();
        assert!((mean - factorial).abs() < 4.0 * sigma, "k = {k}: {mean} ± {sigma}");
    }
}

fn triangles(edges: &[(usize, usize)], (a, b): (usize, usize), x: usize) -> bool {
    let is_edge = |a: usize, b: usize| edges.contains(&(a.min(b), a.max(b)));
    x != a && x != b && is_edge(a, x) && is_edge(b, x)
}

#[test]
fn qaoa_of_one_layer_has_its_closed_form() {
    // Wang, Hadfield, Jiang and Rieffel, Phys. Rev. A 97, 022304 (2018), theorem 1; d and e are the
    // degrees without the edge, f the triangles that contain it.
    let (gamma, beta) = (0.7f64, 0.4f64);
    for seed in 0..3 {
        let graph = Graph::random_regular(8, 3, seed);
        let edges: Vec<_> = graph.edges().iter().map(|&(a, b, _)| (a, b)).collect();
        let exact: f64 = edges
            .iter()
            .map(|&edge| {
                let f = (0..8).filter(|&x| triangles(&edges, edge, x)).count() as i32;
                let (c, d, e) = (gamma.cos(), 2, 2);
                0.5 + 0.25 * (4.0 * beta).sin() * gamma.sin() * (c.powi(d) + c.powi(e))
                    - 0.25
                        * (2.0 * beta).sin().powi(2)
                        * c.powi(d + e - 2 * f)
                        * (1.0 - (2.0 * gamma).cos().powi(f))
            })
            .sum();
        let cut = -graph.max_cut().to_pauli_sum();
        let c = qaoa_ansatz(&cut, 1, &Mixer::X);
        let c = c.bind(&[("gamma[0]", gamma), ("beta[0]", beta)]).unwrap();
        let cut = Simulator::new().expectation(&c, &cut).unwrap();
        assert!((cut.value - exact).abs() < 1e-12, "{} and {exact}", cut.value);
    }
}

#[test]
fn grover_amplifies_to_the_closed_form() {
    for n in 1..=7usize {
        let theta = 0.5f64.powf(n as f64 / 2.0).asin();
        for marked in [0, 1, (1 << n) - 1, (1 << n) / 3] {
            for k in 0..=grover_iterations(n) {
                let state = naive::run(&grover_search(n, marked, k));
                let exact = ((2 * k + 1) as f64 * theta).sin().powi(2);
                let found = state[marked as usize].norm_sqr();
                assert!((found - exact).abs() < 1e-12, "{n} {marked} {k}: {found} {exact}");
            }
        }
    }
    // More rounds than that are worse.
    for n in 2..=10 {
        let p = |k: usize| {
            let theta = 0.5f64.powf(n as f64 / 2.0).asin();
            ((2 * k + 1) as f64 * theta).sin().powi(2)
        };
        let best = grover_iterations(n);
        assert!(p(best) >= p(best + 1) && p(best) >= p(best.saturating_sub(1)), "{n}");
    }
}

#[test]
fn adder_adds() {
    for m in 0..=3usize {
        let adder = ripple_carry_adder(m);
        let counts = adder.count_ops();
        assert_eq!(counts.get("ccx").copied().unwrap_or(0), 2 * m);
        assert_eq!(counts["cx"], 4 * m + 1);
        for input in 0..1usize << (2 * m + 2) {
            let mut c = Circuit::new(2 * m + 2);
            set_bits(&mut c, input);
            let state = naive::run(c.append(&adder));
            let ones = (1 << m) - 1;
            let (cin, a, b) = (input & 1, input >> 1 & ones, input >> (1 + m) & ones);
            let sum = a + b + cin;
            let carry = input >> (2 * m + 1) & 1 ^ sum >> m;
            let output = cin | a << 1 | (sum & ones) << (1 + m) | carry << (2 * m + 1);
            assert!((state[output].re - 1.0).abs() < 1e-12, "{m} bits: {a} + {b} + {cin}");
        }
    }
}

#[test]
fn clifford_t_has_its_share_of_t_and_full_layers() {
    let (n, depth) = (9, 400);
    for fraction in [0.0, 0.2, 0.7, 1.0] {
        let c = random_clifford_t(n, depth, fraction, 5);
        let counts = c.count_ops();
        assert!(counts.keys().all(|name| ["h", "s", "t", "cx"].contains(&name.as_str())));
        let total = c.ops().len() as f64;
        let t = counts.get("t").copied().unwrap_or(0) as f64;
        let sigma = (total * fraction * (1.0 - fraction)).sqrt();
        assert!((t - total * fraction).abs() <= 4.0 * sigma, "{t} of {total} at {fraction}");
        // Layer by layer every qubit once.
        let order: Vec<usize> = gates(&c).into_iter().flat_map(qubits).collect();
        assert_eq!(order.len(), n * depth);
        for layer in order.chunks(n) {
            let mut sorted = layer.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..n).collect::<Vec<_>>());
        }
    }
}

#[test]
fn every_family_has_members() {
    for family in Family::ALL {
        assert_eq!(Family::from_name(family.name()), Some(family));
        assert!(!family.description().is_empty());
        for n in 0..=9 {
            if !family.accepts(n) {
                assert!(std::panic::catch_unwind(|| family.circuit(n)).is_err(), "{family} {n}");
                continue;
            }
            let c = family.circuit(n);
            assert_eq!(c.num_qubits(), n, "{family}");
            assert!(c.params().is_empty() && !gates(&c).is_empty(), "{family}");
            assert_eq!(c, family.circuit(n), "{family}");
        }
        for n in [4, 8, 10, 12, 16, 20, 24, 26] {
            assert!(family.accepts(n), "{family} {n}");
        }
    }
    assert_eq!(Family::from_name("nothing"), None);
}

#[test]
fn families_are_plain_openqasm_2() {
    for family in Family::ALL {
        let text = family.circuit(8).to_qasm2().unwrap();
        // Z under more than two controls is defined.
        assert_eq!(text.contains("\ngate "), family == Family::Grover, "{family}: {text}");
    }
}

#[test]
fn trotter_steps_are_rzz_then_rx() {
    let c = Family::Trotter.circuit(5);
    let found: Vec<usize> = gates(&c).iter().map(|g| qubits(g).len()).collect();
    assert_eq!(found, [2, 2, 2, 2, 1, 1, 1, 1, 1].repeat(100));
    assert_eq!(c.count_ops(), BTreeMap::from([("rx".into(), 500), ("rzz".into(), 400)]));
}

#[test]
fn the_transform_has_phases() {
    // 2^{-n/2} e^{2πi·xy/2^n} with x = 0101.
    let state = naive::run(&Family::Qft.circuit(4));
    for (y, amplitude) in state.iter().enumerate() {
        let angle = std::f64::consts::TAU * (5 * y) as f64 / 16.0;
        assert!((amplitude - num_complex::Complex64::from_polar(0.25, angle)).norm() < 1e-12);
    }
}

#[test]
fn the_adders_carry_runs_through() {
    // 111 + 1 = 1000: from the top, the carry out 1, b = 000, a = 111, the carry in 0.
    let state = naive::run(&Family::Adder.circuit(8));
    assert!((state[0b1000_1110].re - 1.0).abs() < 1e-12);
}

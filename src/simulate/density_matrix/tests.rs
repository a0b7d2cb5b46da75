//! The method against Kraus sums with plain matrices.

use crate::circuit::{Circuit, Op};
use crate::engine::{DensityMatrix, Precision, StateVector};
use crate::error::Error;
use crate::gate::{Control, GateOp, StdGate};
use crate::math::Bits;
use crate::noise::{Channel, Form, KrausSet, PauliChannel};
use crate::pauli::{PauliString, PauliSum};
use crate::simulate::{AnyState, InitialState, Method, Request, Simulator};
use crate::{Expr, Pauli};
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::f64::consts::PI;

type Matrix = DMatrix<Complex64>;

fn simulator() -> Simulator {
    Simulator::new().method(Method::DensityMatrix)
}

/// A small matrix on some qubits, where all controls hold.
fn embedded(n: usize, qubits: &[u32], controls: &[Control], small: &Matrix) -> Matrix {
    let dim = 1usize << n;
    let mut full = Matrix::zeros(dim, dim);
    for from in 0..dim {
        if controls.iter().any(|c| (from >> c.qubit & 1 == 1) != c.positive) {
            full[(from, from)] = Complex64::ONE;
            continue;
        }
        let local = |index: usize| -> usize {
            qubits.iter().enumerate().map(|(k, q)| (index >> q & 1) << k).sum()
        };
        let mask: usize = qubits.iter().map(|q| 1 << q).sum();
        for to in (0..dim).filter(|to| to & !mask == from & !mask) {
            full[(to, from)] = small[(local(to), local(from))];
        }
    }
    full
}

/// A gate by its definition.
fn gate_matrix(n: usize, op: &GateOp) -> Matrix {
    match op.gate.matrix() {
        Some(small) => embedded(n, &op.targets, &op.controls, &small.to_dmatrix()),
        None => {
            let steps = op.steps().expect("it has a definition");
            steps.iter().fold(Matrix::identity(1 << n, 1 << n), |m, s| gate_matrix(n, s) * m)
        }
    }
}

fn pauli(letter: u64) -> Matrix {
    let [o, l, i] = [Complex64::ZERO, Complex64::ONE, Complex64::I];
    let entries = [[l, o, o, l], [o, l, l, o], [o, -i, i, o], [l, o, o, -l]];
    Matrix::from_row_slice(2, 2, &entries[letter as usize])
}

fn string(k: usize, letters: u64) -> Matrix {
    (0..k).fold(Matrix::identity(1, 1), |m, q| pauli(letters >> (2 * q) & 3).kronecker(&m))
}

/// A channel as Kraus operators.
fn kraus(channel: &Channel) -> Vec<Matrix> {
    let k = channel.num_qubits();
    let scaled = |p: f64, m: Matrix| m * Complex64::from(p.sqrt());
    match channel.form() {
        Form::Pauli(pauli) => std::iter::once((0, 1.0 - pauli.error_probability()))
            .chain(pauli.errors().iter().copied())
            .map(|(letters, p)| scaled(p, string(k, letters)))
            .collect(),
        Form::Depolarizing { lambda } => (0..1u64 << (2 * k))
            .map(|letters| {
                let rest = if letters == 0 { 1.0 - lambda } else { 0.0 };
                scaled((lambda / 4f64.powi(k as i32) + rest).max(0.0), string(k, letters))
            })
            .collect(),
        Form::MixedUnitary(all) => all.iter().map(|(p, u)| scaled(*p, u.clone())).collect(),
        Form::Kraus(set) => set.operators().to_vec(),
    }
}

/// Every operation but final readings, on density matrices that carry their probability as the trace,
/// one for each value of the classical bits.
fn naive(circuit: &Circuit, start: Matrix) -> BTreeMap<Bits, Matrix> {
    let mut states = BTreeMap::from([(Bits::zeros(circuit.num_clbits()), start)]);
    run(circuit.num_qubits(), circuit.ops(), &mut states);
    states
}

fn run(n: usize, ops: &[Op], states: &mut BTreeMap<Bits, Matrix>) {
    let sum = |operators: &[Matrix], rho: &Matrix| {
        let terms = operators.iter().map(|k| k * rho * k.adjoint());
        terms.fold(rho * Complex64::ZERO, |a, b| a + b)
    };
    let projector = |qubit: u32, to: usize, from: usize| {
        let mut small = Matrix::zeros(2, 2);
        small[(to, from)] = Complex64::ONE;
        embedded(n, &[qubit], &[], &small)
    };
    for op in ops {
        let old = std::mem::take(states);
        for (bits, rho) in old {
            let mut add = |bits: Bits, rho: Matrix| {
                let zero = Matrix::zeros(1 << n, 1 << n);
                *states.entry(bits).or_insert(zero) += rho;
            };
            match op {
                Op::Gate(gate) => add(bits, sum(&[gate_matrix(n, gate)], &rho)),
                Op::Channel(c) => {
                    let full = |k: Matrix| embedded(n, &c.qubits, &[], &k);
                    let operators: Vec<Matrix> = kraus(&c.channel).into_iter().map(full).collect();
                    add(bits, sum(&operators, &rho));
                }
                Op::Reset(q) => add(bits, sum(&[projector(*q, 0, 0), projector(*q, 0, 1)], &rho)),
                Op::Measure { qubit, clbit } => {
                    for out in 0..2 {
                        let mut bits = bits.clone();
                        bits.set(*clbit as usize, out == 1);
                        add(bits, sum(&[projector(*qubit, out, out)], &rho));
                    }
                }
                Op::If(i) => {
                    let holds = i.condition.eval(&bits).unwrap() != 0;
                    let mut inner = BTreeMap::from([(bits, rho)]);
                    run(n, if holds { &i.then } else { &i.otherwise }, &mut inner);
                    inner.into_iter().for_each(|(bits, rho)| add(bits, rho));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

/// A unitary: what random numbers become by Gram-Schmidt.
fn unitary(size: usize, rng: &mut ChaCha8Rng) -> Matrix {
    let entry = |_, _| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
    let entry = std::cell::RefCell::new(entry);
    Matrix::from_fn(size, size, |r, c| entry.borrow_mut()(r, c)).qr().q()
}

/// A channel of any form on k qubits.
fn channel(k: usize, rng: &mut ChaCha8Rng) -> Channel {
    let dim = 1 << k;
    let form = match rng.random_range(0..if k > 2 { 2 } else { 5 }) {
        0 => return Channel::depolarizing(rng.random_range(0.0..1.0), k).unwrap(),
        kind @ (1 | 4) => {
            let mut errors = BTreeMap::new();
            for _ in 0..4 {
                let mut letters = rng.random_range(1..1u64 << (2 * k));
                if kind == 4 {
                    // Z alone: diagonal.
                    letters = letters | letters >> 1 & 0x5555 | (letters & 0x5555) << 1;
                }
                errors.insert(letters, rng.random_range(0.0..0.2));
            }
            Form::Pauli(PauliChannel::unchecked(k, errors.into_iter().collect()))
        }
        2 => {
            let p = rng.random_range(0.0..1.0);
            Form::MixedUnitary(vec![(p, unitary(dim, rng)), (1.0 - p, unitary(dim, rng))])
        }
        // The first columns of a unitary on three times as many states.
        _ => {
            let isometry = unitary(3 * dim, rng);
            let block = |j: usize| isometry.view((j * dim, 0), (dim, dim)).into_owned();
            Form::Kraus(KrausSet::unchecked((0..3).map(block).collect()))
        }
    };
    Channel::new(k, form, "random".into())
}

fn random_gate(n: usize, rng: &mut ChaCha8Rng) -> GateOp {
    loop {
        let gate = StdGate::ALL[rng.random_range(0..StdGate::ALL.len())];
        let arity = gate.spec().num_qubits;
        if arity > n {
            continue;
        }
        let mut qubits: Vec<usize> = (0..n).collect();
        qubits.shuffle(rng);
        let angles: Vec<crate::Angle> =
            gate.spec().angles.iter().map(|_| rng.random_range(-PI..PI).into()).collect();
        let op = GateOp::std(gate, angles, qubits[..arity].iter().copied());
        let more = rng.random_range(0..=(n - arity).min(2));
        let controls = qubits[arity..arity + more]
            .iter()
            .map(|&q| if rng.random_bool(0.5) { Control::on(q) } else { Control::off(q) });
        let controls: Vec<Control> = controls.collect();
        return op.controlled(controls);
    }
}

fn random_channel(circuit: &mut Circuit, rng: &mut ChaCha8Rng) {
    let n = circuit.num_qubits();
    let mut qubits: Vec<usize> = (0..n).collect();
    qubits.shuffle(rng);
    let k = if rng.random_bool(0.6) { 1 } else { rng.random_range(1..=n.min(3)) };
    circuit.channel(channel(k, rng), qubits[..k].to_vec());
}

fn random_circuit(n: usize, len: usize, rng: &mut ChaCha8Rng) -> Circuit {
    let mut circuit = Circuit::new(n);
    for _ in 0..len {
        if rng.random_bool(0.35) {
            random_channel(&mut circuit, rng);
        } else {
            circuit.gate(random_gate(n, rng));
        }
    }
    circuit
}

fn zero(n: usize) -> Matrix {
    let mut rho = Matrix::zeros(1 << n, 1 << n);
    rho[(0, 0)] = Complex64::ONE;
    rho
}

fn final_state(simulator: &Simulator, circuit: &Circuit) -> Matrix {
    let result = simulator.run(circuit, &Request::new().state()).unwrap();
    match result.state.unwrap() {
        AnyState::DensityF64(rho) => rho.to_matrix().unwrap(),
        AnyState::DensityF32(rho) => rho.to_matrix().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    (a - b).iter().map(|z| z.norm()).fold(0.0, f64::max)
}

#[test]
fn random_circuits_with_random_channels_are_kraus_sums() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    // From six qubits on by plans.
    for (n, len, times) in
        [(1, 12, 20), (2, 20, 20), (3, 25, 15), (4, 30, 8), (5, 30, 3), (6, 40, 2)]
    {
        for _ in 0..times {
            let circuit = random_circuit(n, len, rng);
            let want = naive(&circuit, zero(n)).pop_first().unwrap().1;
            let off = distance(&final_state(&simulator(), &circuit), &want);
            assert!(off < 1e-12, "{n} qubits: off by {off:e}");
            let single = simulator().precision(Precision::F32);
            let off = distance(&final_state(&single, &circuit), &want);
            assert!(off < 1e-5, "{n} qubits in f32: off by {off:e}");
        }
    }
}

/// A mixed state that no gate leaves alone.
fn mixed(n: usize, rng: &mut ChaCha8Rng) -> Matrix {
    let a = unitary(1 << n, rng);
    let weights: Vec<f64> = (0..1 << n).map(|_| rng.random_range(0.1..1.0)).collect();
    let total: f64 = weights.iter().sum();
    let diagonal = Matrix::from_fn(1 << n, 1 << n, |r, c| {
        Complex64::from(if r == c { weights[r] / total } else { 0.0 })
    });
    &a * diagonal * a.adjoint()
}

#[test]
fn every_gate_of_the_table_conjugates() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let n = 5;
    let start = mixed(n, rng);
    let rho = DensityMatrix::<f64>::from_matrix(&start).unwrap();
    let initial = InitialState::from(&rho);
    for &gate in StdGate::ALL {
        let spec = gate.spec();
        let angles: Vec<crate::Angle> =
            spec.angles.iter().enumerate().map(|(k, _)| (0.7 - 1.9 * k as f64).into()).collect();
        let op = GateOp::std(gate, angles, (0..spec.num_qubits).map(|k| (2 + 3 * k) % 5));
        let used: Vec<u32> = op.qubits().collect();
        let mut free = (0..n).filter(|q| !used.contains(&(*q as u32)));
        let controls = [free.next().map(Control::on), free.next().map(Control::off)];
        for some in 0..4usize {
            let chosen = controls.iter().enumerate().filter(|(k, _)| some >> k & 1 == 1);
            let Some(chosen) = chosen.map(|(_, c)| *c).collect::<Option<Vec<Control>>>() else {
                continue;
            };
            let op = op.clone().controlled(chosen);
            let mut circuit = Circuit::new(n);
            circuit.gate(op.clone());
            let u = gate_matrix(n, &op);
            let want = &u * &start * u.adjoint();
            let found = final_state(&simulator().initial_state(initial.clone()), &circuit);
            assert!(distance(&found, &want) < 1e-13, "{op:?}");
            // Behind a channel on the same qubits, with which it may be one matrix.
            let mut circuit = Circuit::new(n);
            for qubit in op.qubits() {
                circuit.channel(channel(1, rng), [qubit as usize]);
            }
            circuit.gate(op.clone());
            let want = naive(&circuit, start.clone()).pop_first().unwrap().1;
            let found = final_state(&simulator().initial_state(initial.clone()), &circuit);
            assert!(distance(&found, &want) < 1e-13, "{op:?} behind a channel");
        }
    }
}

#[test]
fn measurements_resets_and_conditions_have_their_laws() {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    for n in [2, 3, 3, 4, 6] {
        let mut circuit = Circuit::with_clbits(n, 3);
        let some = |circuit: &mut Circuit, rng: &mut ChaCha8Rng| {
            for _ in 0..6 {
                circuit.gate(random_gate(n, rng));
                random_channel(circuit, rng);
            }
        };
        some(&mut circuit, rng);
        circuit.measure(0, 0);
        some(&mut circuit, rng);
        circuit
            .if_then(Expr::bit(0), |c| c.x(1).channel(Channel::depolarizing(0.2, 1).unwrap(), [1]));
        circuit.reset(n - 1);
        some(&mut circuit, rng);
        circuit.measure(1, 1);
        circuit.if_then(Expr::bit(1).equals(0), |c| c.h(0));
        some(&mut circuit, rng);
        let states = naive(&circuit, zero(n));
        let average = states.values().fold(Matrix::zeros(1 << n, 1 << n), |a, b| a + b);
        let observable: PauliSum = "0.5 + 0.7*X0 Y1 - 1.3*Z0 + 0.2*Y0 + Z0 Z1".parse().unwrap();
        let h = sum_matrix(n, &observable);
        let found = simulator().run(
            &circuit,
            &Request::new().observable(observable).probabilities(usize::MAX).outcomes().shots(1000),
        );
        let found = found.unwrap();
        let mean = (&average * &h).trace().re;
        let variance = (&average * &h * &h).trace().re - mean * mean;
        assert!((found.expectations[0].value - mean).abs() < 1e-12);
        assert!((found.expectations[0].variance - variance).abs() < 1e-12);
        assert!((found.norm.unwrap() - 1.0).abs() < 1e-13);
        // Two measurements and a reset: four branches, not eight.
        assert!(found.branches <= 4, "{} branches", found.branches);
        assert_eq!(found.counts.unwrap().shots(), 1000);
        for (index, p) in found.probabilities.unwrap() {
            assert!((p - average[(index as usize, index as usize)].re).abs() < 1e-12);
        }
        for (bits, p) in found.outcomes.unwrap() {
            assert!((p - states[&bits].trace().re).abs() < 1e-12, "{bits}");
        }
    }
}

fn sum_matrix(n: usize, sum: &PauliSum) -> Matrix {
    let letter = |p: Pauli| {
        pauli([Pauli::I, Pauli::X, Pauli::Y, Pauli::Z].iter().position(|q| *q == p).unwrap() as u64)
    };
    let of = |s: &PauliString| {
        (0..n).fold(Matrix::identity(1, 1), |m, q| letter(s.get(q)).kronecker(&m))
    };
    let terms = sum.terms().iter().map(|(s, c)| of(s) * Complex64::from(*c));
    terms.fold(Matrix::zeros(1 << n, 1 << n), |a, b| a + b)
}

#[test]
fn sums_have_their_means_and_variances() {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    for n in 1..5usize {
        let start = mixed(n, rng);
        let rho = DensityMatrix::<f64>::from_matrix(&start).unwrap();
        let simulator = simulator().initial_state(rho);
        for terms in [1, 2, 5, 40] {
            let strings = (0..terms).map(|_| {
                let mut mask = || rng.random_range(0..1u64 << n);
                let string = PauliString::from_masks(mask(), mask());
                (string, rng.random_range(-1.0..1.0))
            });
            let sum = PauliSum::new(strings.collect::<Vec<_>>());
            let h = sum_matrix(n, &sum);
            let found = simulator.expectation(&Circuit::new(n), &sum).unwrap();
            let mean = (&start * &h).trace().re;
            let variance = (&start * &h * &h).trace().re - mean * mean;
            assert!((found.value - mean).abs() < 1e-13);
            assert!((found.variance - variance).abs() < 1e-12, "{} for {variance}", found.variance);
        }
    }
}

/// Thermal relaxation without excitation: damping to |0⟩, then pure dephasing.
fn thermal(t: f64, t1: f64, t2: f64) -> Channel {
    let gamma = 1.0 - (-t / t1).exp();
    let flip = (1.0 - (t / (2.0 * t1) - t / t2).exp()) / 2.0;
    let real = |entries: [f64; 4]| Matrix::from_row_slice(2, 2, &entries.map(Complex64::from));
    let damping =
        [real([1.0, 0.0, 0.0, (1.0 - gamma).sqrt()]), real([0.0, gamma.sqrt(), 0.0, 0.0])];
    let dephasing =
        [pauli(0) * Complex64::from((1.0 - flip).sqrt()), pauli(3) * Complex64::from(flip.sqrt())];
    let all = dephasing.iter().flat_map(|d| damping.iter().map(move |a| d * a)).collect();
    Channel::new(1, Form::Kraus(KrausSet::unchecked(all)), "thermal".into())
}

#[test]
fn noisy_ghz_states_are_those_of_the_reference() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference/noise/ghz_noisy.json");
    let Ok(text) = std::fs::read(path) else {
        return eprintln!("skipped: no reference data `noise/ghz_noisy.json`");
    };
    let reference: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let rows = reference["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        let list = |name: &str| -> Vec<f64> {
            row[name].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
        };
        let n = number("n") as usize;
        let after = |t: f64| std::sync::Arc::new(thermal(t, number("T1"), number("T2")));
        let [one, two] = [after(number("t_1q")), after(number("t_2q"))];
        let mut circuit = Circuit::new(n);
        circuit.h(0).channel(one, [0]);
        for q in 1..n {
            circuit.cx(q - 1, q).channel(two.clone(), [q - 1]).channel(two.clone(), [q]);
        }
        let result = simulator().run(&circuit, &Request::new().state()).unwrap();
        assert_eq!(result.meta.state_bytes, 16 << (2 * n));
        let Some(AnyState::DensityF64(rho)) = result.state else { panic!("a density matrix") };
        let p = rho.probabilities().unwrap();
        let near = |a: &[f64], b: &[f64]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-10)
        };
        assert!(near(&p, &list("probabilities")), "{p:?}");
        assert!((rho.purity() - number("purity")).abs() < 1e-10);
        let mut ghz = vec![Complex64::ZERO; 1 << n];
        ghz[0] = 0.5f64.sqrt().into();
        ghz[(1 << n) - 1] = ghz[0];
        let fidelity = rho.fidelity(&StateVector::from_amplitudes(&ghz).unwrap());
        assert!((fidelity - number("ghz_fidelity")).abs() < 1e-10);
        // Each qubit misread by itself.
        let errors = list("readout_p(1|0)_p(0|1)");
        let measured: Vec<f64> = (0..1usize << n)
            .map(|read| {
                let chance = |is: usize| -> f64 {
                    (0..n)
                        .map(|q| match (is >> q & 1, read >> q & 1) {
                            (0, 1) => errors[0],
                            (0, _) => 1.0 - errors[0],
                            (_, 0) => errors[1],
                            _ => 1.0 - errors[1],
                        })
                        .product()
                };
                (0..1 << n).map(|is| chance(is) * p[is]).sum()
            })
            .collect();
        assert!(near(&measured, &list("measured_probabilities")));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for n in [25, 60, 300] {
        let error = simulator().probabilities(&Circuit::new(n)).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("{n} qubits")) && text.contains("trajectories"), "{text}");
    }
    let mut circuit = Circuit::new(6);
    let all: Vec<usize> = (0..6).collect();
    let one = Form::MixedUnitary(vec![(1.0, Matrix::identity(64, 64))]);
    circuit.channel(Channel::new(6, one, "identity".into()), all.clone());
    let error = simulator().probabilities(&circuit).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    // Depolarizing and Pauli strings on so many qubits it takes.
    let mut circuit = Circuit::new(6);
    circuit.channel(Channel::depolarizing(0.5, 6).unwrap(), all.clone());
    let x = Form::Pauli(PauliChannel::unchecked(6, vec![(1 << 10, 0.25)]));
    circuit.channel(Channel::new(6, x, "x".into()), all);
    let p = simulator().probabilities(&circuit).unwrap();
    let lambda = 0.5 * 4096.0 / 4095.0;
    let left = 1.0 - lambda + lambda / 64.0;
    assert!((p[0] - (0.75 * left + 0.25 * lambda / 64.0)).abs() < 1e-14);
    assert!((p[32] - (0.25 * left + 0.75 * lambda / 64.0)).abs() < 1e-14);
    for other in [Method::StateVector, Method::Stabilizer] {
        let rho = DensityMatrix::<f64>::maximally_mixed(6).unwrap();
        let simulator = Simulator::new().method(other).initial_state(rho);
        assert!(simulator.probabilities(&Circuit::new(6)).is_err());
    }
    assert!(simulator().state::<f64>(&Circuit::new(1)).is_err());
}

#[test]
fn channels_make_no_branches() {
    let mut circuit = Circuit::new(3);
    circuit.h(0);
    for _ in 0..50 {
        circuit.cx(0, 1).channel(Channel::depolarizing(0.1, 2).unwrap(), [0, 1]);
        circuit.channel(Channel::depolarizing(0.1, 1).unwrap(), [2]).reset(2);
    }
    circuit.measure_all();
    let request = Request::new().outcomes().shots(1000).state();
    let result = simulator().run(&circuit, &request).unwrap();
    assert_eq!((result.branches, result.meta.method.as_ref()), (1, "density matrix"));
    assert_eq!(simulator().method_for(&circuit, &request).unwrap().0.to_string(), "density-matrix");
    // Mixed by so many channels, and the third qubit reset.
    for (bits, p) in result.outcomes.unwrap() {
        assert!((p - 0.25).abs() < 1e-3 && !bits.bit(2), "{bits}: {p}");
    }
    // A run goes on where this one ended.
    let initial = InitialState::from(result.state.unwrap());
    let again = simulator().precision(Precision::F32).initial_state(initial);
    let p = again.probabilities(&Circuit::new(3)).unwrap();
    assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-6 && p[4] < 1e-12);
}

#[test]
fn loops_run_by_plans() {
    // Damps until a measurement says 0; each round has the same law.
    let mut circuit = Circuit::with_clbits(2, 1);
    circuit.x(0).measure(0, 0);
    circuit.while_loop(Expr::bit(0), |c| {
        c.ry(PI / 3.0, 0).channel(Channel::depolarizing(0.3, 1).unwrap(), [0]).measure(0, 0);
        c
    });
    let p = simulator().probabilities(&circuit).unwrap();
    assert!((p[0] - 1.0).abs() < 1e-12, "{p:?}");
}

//! Gradients against each other: adjoint, shifts, finite differences; on random circuits of all
//! gates, and on the reference cases.

use crate::common::random_circuit::{angle, gates, generator};
use ketlab::gradient::{
    FiniteDifference, Gradient, Loss, MetricTensor, Objective, Pullback, ShiftRules, SpsaGradient,
    hessian, hessian_vector_product, metric_tensor,
};
use ketlab::simulate::{ExpectationFn, ExpectationSource, Program};
use ketlab::{
    Angle, Circuit, GateOp, Op, Param, Pauli, PauliString, PauliSum, Precision, Simulator,
};
use num_complex::Complex64;
use proptest::prelude::*;
use rand::{Rng, RngExt};
use std::cell::RefCell;

/// A circuit of random gates whose angles depend on parameters, some of them on two, and each
/// parameter shared.
fn parameterized(num_qubits: usize, len: usize, num_params: usize, seed: u64) -> Circuit {
    let mut circuit = Circuit::new(num_qubits);
    circuit.param_vector("theta", num_params);
    let rng = RefCell::new(generator(seed));
    let free = |angle: &Angle| {
        let mut rng = rng.borrow_mut();
        if rng.random_bool(0.2) {
            return angle.clone();
        }
        let terms: Vec<_> = (0..rng.random_range(1..3))
            .map(|_| (Param(rng.random_range(0..num_params as u32)), rng.random_range(-1.5..1.5)))
            .collect();
        Angle::linear(terms, rng.random_range(-1.0..1.0))
    };
    for op in gates(num_qubits, len, seed).ops() {
        let Op::Gate(op) = op else { panic!("gates only") };
        circuit.gate(GateOp { gate: op.gate.map_angles(&free), ..op.clone() });
    }
    circuit
}

fn observable(num_qubits: usize, rng: &mut impl Rng) -> PauliSum {
    let terms = (0..5).map(|_| {
        let letters = (0..num_qubits)
            .map(|q| (q, [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z][rng.random_range(0..4)]));
        (PauliString::new(letters.collect::<Vec<_>>()), rng.random_range(-1.0..1.0))
    });
    PauliSum::new(terms.collect::<Vec<_>>())
}

fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < tolerance * (1.0 + b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn adjoint_shift_and_difference_agree(
        n in 1usize..6, len in 0usize..14, num_params in 1usize..6, seed: u64,
    ) {
        let circuit = parameterized(n, len, num_params, seed);
        let rng = &mut generator(seed ^ 1);
        let sums = [observable(n, rng), observable(n, rng)];
        let at: Vec<f64> = (0..num_params).map(|_| rng.random_range(-3.0..3.0)).collect();

        let mut adjoint = Simulator::new().adjoint(&circuit, &sums).unwrap();
        let (mut values, mut jacobian) = ([0.0; 2], vec![0.0; 2 * num_params]);
        adjoint.values_and_jacobian(&at, &mut values, &mut jacobian).unwrap();
        let program = Program::new(&circuit).unwrap();
        for (k, sum) in sums.iter().enumerate() {
            let row = &jacobian[k * num_params..][..num_params];
            let evaluator = Simulator::new().evaluator(&program, std::slice::from_ref(sum)).unwrap();
            let mut difference = FiniteDifference::new(evaluator);
            let mut approximate = vec![0.0; num_params];
            let value = difference.value_and_gradient(&at, &mut approximate).unwrap();
            prop_assert!((value - values[k]).abs() < 1e-11);
            prop_assert!(close(row, &approximate, 1e-6), "{row:?} {approximate:?}");
            let mut shift = Simulator::new().parameter_shift(&circuit, sum).unwrap();
            let mut exact = vec![0.0; num_params];
            let value = shift.value_and_gradient(&at, &mut exact).unwrap();
            prop_assert!((value - values[k]).abs() < 1e-11);
            prop_assert!(close(row, &exact, 1e-9), "{row:?} {exact:?}");
        }
    }

    #[test]
    fn hessian_and_metric_are_those_of_differences(
        n in 1usize..4, len in 0usize..8, num_params in 1usize..4, seed: u64,
    ) {
        let circuit = parameterized(n, len, num_params, seed);
        let rng = &mut generator(seed ^ 2);
        let sum = observable(n, rng);
        let at: Vec<f64> = (0..num_params).map(|_| rng.random_range(-3.0..3.0)).collect();
        let mut adjoint = Simulator::new().adjoint(&circuit, &[sum]).unwrap();
        let exact = hessian(&mut adjoint, &at).unwrap();
        let step = 1e-5;
        for i in 0..num_params {
            let mut gradients = [1.0, -1.0].map(|sign| {
                let mut x = at.clone();
                x[i] += sign * step;
                let mut g = vec![0.0; num_params];
                adjoint.value_and_gradient(&x, &mut g).unwrap();
                g
            });
            let [up, down] = &mut gradients;
            let row: Vec<f64> =
                up.iter().zip(down).map(|(u, d)| (*u - *d) / (2.0 * step)).collect();
            let want = &exact[i * num_params..][..num_params];
            prop_assert!(close(want, &row, 1e-6), "{want:?} {row:?}");
        }
        let v: Vec<f64> = (0..num_params).map(|_| rng.random_range(-1.0..1.0)).collect();
        let product = hessian_vector_product(&mut adjoint, &at, &v).unwrap();
        for i in 0..num_params {
            let want: f64 = (0..num_params).map(|j| exact[i * num_params + j] * v[j]).sum();
            prop_assert!((product[i] - want).abs() < 1e-6 * (1.0 + want.abs()));
        }
        // 1 - |⟨ψ(θ)|ψ(θ + εv)⟩|² = ε² v·g·v to third order, and symmetric in ε.
        let g = metric_tensor(&mut adjoint, &at, MetricTensor::Full).unwrap();
        let mut state = |eps: f64| {
            let x: Vec<f64> = at.iter().zip(&v).map(|(x, v)| x + eps * v).collect();
            adjoint.state(&x).unwrap().to_vec()
        };
        let (eps, here) = (1e-3, state(0.0));
        let mut fall = |eps: f64| {
            let there = state(eps);
            let overlap: Complex64 = here.iter().zip(&there).map(|(a, b)| a.conj() * b).sum();
            1.0 - overlap.norm_sqr()
        };
        let got = 0.5 * (fall(eps) + fall(-eps)) / (eps * eps);
        let want: f64 = (0..num_params)
            .flat_map(|i| (0..num_params).map(move |j| (i, j)))
            .map(|(i, j)| v[i] * g[i * num_params + j] * v[j])
            .sum();
        prop_assert!((got - want).abs() < 1e-3 * (1.0 + want * want), "{got} {want}");
        let diagonal = metric_tensor(&mut adjoint, &at, MetricTensor::Diagonal).unwrap();
        for i in 0..num_params {
            prop_assert_eq!(diagonal[i * num_params + i], g[i * num_params + i]);
        }
    }
}

#[test]
fn reference_gradients() {
    let Some(path) = crate::common::reference("gradients/gradients.json") else { return };
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let numbers = |v: &serde_json::Value| -> Vec<f64> {
        v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let cases = json["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let mut c = Circuit::new(case["n"].as_u64().unwrap() as usize);
        let theta = numbers(&case["theta"]);
        let params = c.param_vector("theta", theta.len());
        for op in case["ops"].as_array().unwrap() {
            let at = |k: usize| op[k].as_u64().unwrap() as usize;
            match op[0].as_str().unwrap() {
                "rx" => c.rx(params[at(2)], at(1)),
                "ry" => c.ry(params[at(2)], at(1)),
                "rz" => c.rz(params[at(2)], at(1)),
                "cx" => c.cx(at(1), at(2)),
                "cz" => c.cz(at(1), at(2)),
                other => panic!("{other}"),
            };
        }
        let terms = case["observable"].as_array().unwrap().iter().map(|term| {
            (term[0].as_str().unwrap().parse::<PauliString>().unwrap(), term[1].as_f64().unwrap())
        });
        let sum = PauliSum::new(terms.collect::<Vec<_>>());
        let mut gradient = vec![0.0; theta.len()];
        let mut adjoint = Simulator::new().adjoint(&c, std::slice::from_ref(&sum)).unwrap();
        let value = adjoint.value_and_gradient(&theta, &mut gradient).unwrap();
        assert!((value - case["value"].as_f64().unwrap()).abs() < 1e-10);
        assert!(close(&gradient, &numbers(&case["gradient"]), 1e-10));
        let mut single = Simulator::new().precision(Precision::F32).adjoint(&c, &[sum]).unwrap();
        single.value_and_gradient(&theta, &mut gradient).unwrap();
        assert!(close(&gradient, &numbers(&case["gradient"]), 1e-4));
    }
}

/// Large enough for tiles and several threads.
#[test]
fn a_large_gradient_agrees_with_shifts() {
    let n = 16;
    let mut circuit = ketlab::circuit::library::hardware_efficient_ansatz(n, 2);
    // What only moves qubits: the pair of states is elsewhere then.
    circuit.swap(0, 15).x(3).swap(7, 2).x(15);
    let sum = ketlab::pauli::ising_chain(n, 1.0, 0.7, ketlab::pauli::Boundary::Open).unwrap();
    let count = circuit.params().len();
    let rng = &mut generator(5);
    let at: Vec<f64> = (0..count).map(|_| rng.random_range(-3.0..3.0)).collect();
    let mut adjoint = Simulator::new().adjoint(&circuit, std::slice::from_ref(&sum)).unwrap();
    let mut gradient = vec![0.0; count];
    let value = adjoint.value_and_gradient(&at, &mut gradient).unwrap();
    let mut shift = Simulator::new().parameter_shift(&circuit, &sum).unwrap();
    let mut exact = vec![0.0; count];
    let same = shift.value_and_gradient(&at, &mut exact).unwrap();
    assert!((value - same).abs() < 1e-11);
    assert!(close(&gradient, &exact, 1e-10));
    // One place a layer.
    assert_eq!(adjoint.num_cuts(), 2);
}

/// Pullbacks of probabilities and amplitudes against differences of the function itself.
#[test]
fn pullbacks_are_derivatives_of_functions_of_the_state() {
    let circuit = parameterized(4, 10, 5, 7);
    let rng = &mut generator(8);
    let at: Vec<f64> = (0..5).map(|_| rng.random_range(-2.0..2.0)).collect();
    let weights: Vec<f64> = (0..16).map(|_| rng.random_range(-1.0..1.0)).collect();
    let c: Vec<Complex64> =
        (0..16).map(|_| Complex64::new(angle(rng).sin(), angle(rng).cos())).collect();
    let mut adjoint = Simulator::new().adjoint(&circuit, &[]).unwrap();
    let mut by = [vec![0.0; 5], vec![0.0; 5]];
    adjoint.pull_back(&at, &[Pullback::Probabilities(&weights)], &mut by[0]).unwrap();
    adjoint.pull_back(&at, &[Pullback::Amplitudes(&c)], &mut by[1]).unwrap();
    for k in 0..5 {
        let mut functions = |step: f64| {
            let mut x = at.clone();
            x[k] += step;
            let state = adjoint.state(&x).unwrap().to_vec();
            let p: f64 = state.iter().zip(&weights).map(|(a, w)| w * a.norm_sqr()).sum();
            let l: f64 = state.iter().zip(&c).map(|(a, c)| (c.conj() * a).re).sum();
            [p, l]
        };
        let (up, down) = (functions(1e-5), functions(-1e-5));
        for f in 0..2 {
            assert!((by[f][k] - (up[f] - down[f]) / 2e-5).abs() < 1e-8, "{f} {k}");
        }
    }
}

/// Over many seeds, values and gradients from shots have the exact mean and the variance that they
/// state, at the fewest shots too: errors and errors² - variance are 0 on average.
#[test]
fn shots_are_unbiased_with_the_variance_that_they_state() {
    let mut circuit = Circuit::new(2);
    let theta = circuit.param_vector("theta", 3);
    circuit.ry(theta[0], 0).ry(2.0 * theta[1], 1).cx(0, 1).crx(theta[2], 1, 0);
    let sum: PauliSum = "Z0 + 0.7 X0 X1 - 0.4 Z1 + 3".parse().unwrap();
    let at = [0.4, 0.55, -0.7];
    let shift = |seed| Simulator::new().seed(seed).parameter_shift(&circuit, &sum).unwrap();
    let mut exact = [0.0; 4];
    let (value, gradient) = exact.split_first_mut().unwrap();
    *value = shift(0).value_and_gradient(&at, gradient).unwrap();
    // Eight shifted circuits, two groups.
    assert!(shift(0).with_shots(63).is_err());
    for (shots, runs) in [(64, 4000), (100, 4000), (4000, 400)] {
        let mut sampled = shift(shots).with_shots(shots).unwrap();
        let mut differences = vec![[0.0; 8]; runs];
        for row in &mut differences {
            let before = sampled.cost().shots;
            let mut found = [0.0; 4];
            let (value, gradient) = found.split_first_mut().unwrap();
            *value = sampled.value_and_gradient(&at, gradient).unwrap();
            let spent = sampled.cost().shots - before;
            assert!(spent <= shots && spent as f64 > 0.7 * shots as f64, "{spent} of {shots}");
            let errors = [&[sampled.last_value().standard_error()], &sampled.standard_errors()[..]];
            for (k, standard_error) in errors.concat().into_iter().enumerate() {
                let error = found[k] - exact[k];
                (row[k], row[4 + k]) = (error, error * error - standard_error.powi(2));
            }
        }
        for k in 0..8 {
            let column: Vec<f64> = differences.iter().map(|row| row[k]).collect();
            let mean = ketlab::math::statistics::mean(&column);
            let error = (ketlab::math::statistics::variance(&column) / runs as f64).sqrt();
            assert!(mean.abs() < 4.0 * error, "{shots} shots, column {k}: {mean} ± {error}");
        }
    }
}

/// Values are from shots where gradients are; the exact one is given where it is asked for.
#[test]
fn values_beside_sampled_gradients_are_sampled() {
    let mut circuit = Circuit::new(1);
    let theta = circuit.param("theta");
    circuit.ry(theta, 0);
    let z: PauliSum = "Z0".parse().unwrap();
    let mut sampled =
        Simulator::new().seed(3).parameter_shift(&circuit, &z).unwrap().with_shots(1000).unwrap();
    let exact = 0.8f64.cos();
    let alone = sampled.value(&[0.8]).unwrap();
    // A value has the share of one circuit among the two shifted ones: its variance is
    // (1 - ⟨Z⟩²)/333 up to its own noise.
    let error = sampled.last_value().standard_error();
    assert!((error / ((1.0 - exact * exact) / 333.0).sqrt() - 1.0).abs() < 0.15, "{error}");
    assert_eq!(sampled.cost().shots, 333);
    let mut gradient = [0.0];
    let beside = sampled.value_and_gradient(&[0.8], &mut gradient).unwrap();
    assert!(sampled.cost().shots > 1300 && sampled.cost().shots <= 1333);
    for value in [alone, beside] {
        assert!(
            value != exact && (value - exact).abs() < 5.0 * sampled.last_value().standard_error()
        );
    }
    let spent = sampled.cost().shots;
    assert!((sampled.exact_value(&[0.8]).unwrap() - exact).abs() < 1e-14);
    assert_eq!(sampled.cost().shots, spent);
    // Exact ones have no error.
    let mut shift = Simulator::new().parameter_shift(&circuit, &z).unwrap();
    assert!((shift.value_and_gradient(&[0.8], &mut gradient).unwrap() - exact).abs() < 1e-14);
    assert_eq!((shift.last_value().standard_error(), shift.standard_errors()), (0.0, vec![0.0]));
}

/// Runs that go on from a saved state draw what an uninterrupted run draws.
#[test]
fn saved_gradients_go_on() {
    let mut circuit = Circuit::new(1);
    let theta = circuit.param("theta");
    circuit.ry(theta, 0);
    let z: PauliSum = "Z0".parse().unwrap();
    let sampled =
        || Simulator::new().seed(3).parameter_shift(&circuit, &z).unwrap().with_shots(100).unwrap();
    let f = |x: &[f64]| Ok(x[0].cos());
    let mut gradient = [0.0];
    let mut first = sampled();
    first.value(&[0.8]).unwrap();
    let mut second = sampled();
    second.restore(&first.save()).unwrap();
    assert_eq!(second.cost().shots, first.cost().shots);
    assert_eq!(second.value(&[0.8]).unwrap(), first.value(&[0.8]).unwrap());
    assert_ne!(sampled().value(&[0.8]).unwrap(), first.value(&[0.8]).unwrap());
    let mut first = SpsaGradient::new(ExpectationFn::new(1, f), 4);
    first.value_and_gradient(&[0.8], &mut gradient).unwrap();
    let mut second = SpsaGradient::new(ExpectationFn::new(1, f), 4);
    second.restore(&first.save()).unwrap();
    assert_eq!(second.save(), first.save());
    assert!(second.restore(&serde_json::json!({"calls": "many"})).is_err());
    // Another circuit, observable, number of shots or seed is another objective.
    let print = |angle: f64, sum: &str, shots: u64, seed: u64| {
        let mut circuit = Circuit::new(1);
        let theta = circuit.param("theta");
        circuit.ry(angle * theta, 0);
        let simulator = Simulator::new().seed(seed);
        let shift = simulator.parameter_shift(&circuit, &sum.parse().unwrap()).unwrap();
        shift.with_shots(shots).unwrap().fingerprint()
    };
    let base = print(1.0, "Z0", 100, 3);
    assert_eq!(base, sampled().fingerprint());
    for other in [
        print(2.0, "Z0", 100, 3),
        print(1.0, "1.0000000000000002 Z0", 100, 3),
        print(1.0, "Z0", 101, 3),
        print(1.0, "Z0", 100, 4),
        Simulator::new().parameter_shift(&circuit, &z).unwrap().fingerprint(),
    ] {
        assert_ne!(base, other);
    }
}

/// The gradient of a function of several means is that of finite differences, and one backward run.
#[test]
fn losses_of_several_means_have_exact_gradients() {
    let rng = &mut generator(31);
    for n in [1, 3, 4] {
        let circuit = parameterized(n, 12, 5, 7 + n as u64);
        let sums: Vec<PauliSum> = (0..4).map(|_| observable(n, rng)).collect();
        let at: Vec<f64> = (0..circuit.params().len()).map(|k| 0.3 + 0.41 * k as f64).collect();
        // (E_0 - 0.2)² + E_0 E_1 + exp(E_2 / 4); E_3 does not enter.
        let loss = |e: &[f64], d: &mut [f64]| {
            d[0] = 2.0 * (e[0] - 0.2) + e[1];
            d[1] = e[0];
            d[2] = (e[2] / 4.0).exp() / 4.0;
            (e[0] - 0.2).powi(2) + e[0] * e[1] + (e[2] / 4.0).exp()
        };
        let mut exact = Loss::new(Simulator::new().adjoint(&circuit, &sums).unwrap(), loss);
        let mut gradient = vec![0.0; at.len()];
        let value = exact.value_and_gradient(&at, &mut gradient).unwrap();
        assert_eq!(exact.cost().circuits, 3);
        assert_eq!(exact.value(&at).unwrap(), value);
        let losses = ExpectationFn::new(at.len(), |x: &[f64]| exact.value(x));
        let mut differences = FiniteDifference::new(losses);
        let mut near = vec![0.0; at.len()];
        differences.value_and_gradient(&at, &mut near).unwrap();
        assert!(close(&gradient, &near, 1e-7), "{gradient:?} {near:?}");
        // The same by cotangents of one's own, and by the Jacobian.
        let mut adjoint = Simulator::new().adjoint(&circuit, &sums).unwrap();
        let (mut means, mut cotangents) = ([0.0; 4], [0.0; 4]);
        let mut jacobian = vec![0.0; 4 * at.len()];
        adjoint.values_and_jacobian(&at, &mut means, &mut jacobian).unwrap();
        loss(&means, &mut cotangents);
        let mut pulled = vec![0.0; at.len()];
        adjoint.pull_back(&at, &[Pullback::Means(&cotangents)], &mut pulled).unwrap();
        let row = |j: usize| &jacobian[j * at.len()..][..at.len()];
        let chain: Vec<f64> =
            (0..at.len()).map(|k| (0..4).map(|j| cotangents[j] * row(j)[k]).sum()).collect();
        assert!(close(&gradient, &pulled, 1e-12) && close(&gradient, &chain, 1e-11));
        let error = adjoint.pull_back(&at, &[Pullback::Means(&[1.0])], &mut pulled).unwrap_err();
        assert!(error.to_string().contains("there are 4 observables"), "{error}");
        let bad = [f64::NAN, 0.0, 0.0, 0.0];
        let error = adjoint.pull_back(&at, &[Pullback::Means(&bad)], &mut pulled).unwrap_err();
        assert!(error.to_string().contains("a cotangent"), "{error}");
    }
}

#[test]
fn spsa_is_unbiased() {
    let f = |x: &[f64]| Ok(x[0].sin() * x[1].cos() + 0.5 * x[2]);
    let mut spsa = SpsaGradient::new(ExpectationFn::new(3, f), 1).with(1e-3, 20_000).unwrap();
    let at = [0.3f64, 0.8, -1.0];
    let mut gradient = [0.0; 3];
    spsa.value_and_gradient(&at, &mut gradient).unwrap();
    let want = [at[0].cos() * at[1].cos(), -at[0].sin() * at[1].sin(), 0.5];
    // The others' derivatives are noise of about 1 / √20000.
    assert!(close(&gradient, &want, 0.03), "{gradient:?}");
    assert_eq!(spsa.cost().circuits, 40_001);
}

#[test]
fn what_cannot_be_differentiated_is_refused() {
    let message = |circuit: &Circuit| match Simulator::new().adjoint(circuit, &[]) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted"),
    };
    let mut c = Circuit::with_clbits(2, 1);
    let theta = c.param("theta");
    c.ry(theta, 0).measure(0, 0).x(0);
    assert!(message(&c).contains("a measurement before the end"), "{}", message(&c));
    let mut c = Circuit::new(1);
    c.reset(0);
    assert!(message(&c).contains("a reset"));
    let mut c = Circuit::new(1);
    let theta = c.param("theta");
    c.rx(theta, 0);
    let z: PauliSum = "Z0".parse().unwrap();
    let mut adjoint = Simulator::new().adjoint(&c, std::slice::from_ref(&z)).unwrap();
    let mut gradient = [0.0];
    assert!(adjoint.value_and_gradient(&[f64::NAN], &mut gradient).is_err());
    assert!(adjoint.value_and_gradient(&[], &mut gradient).is_err());
    assert!(adjoint.value_and_gradient(&[0.1], &mut []).is_err());
    assert!(Simulator::new().adjoint(&c, &["Z3".parse().unwrap()]).is_err());
    assert!(Simulator::new().seed(1).parameter_shift(&c, &z).unwrap().with_shots(3).is_err());
    let constant: PauliSum = "0.5".parse().unwrap();
    assert!(
        Simulator::new().seed(1).parameter_shift(&c, &constant).unwrap().with_shots(0).is_err()
    );
    let mut flat =
        Simulator::new().seed(1).parameter_shift(&c, &constant).unwrap().with_shots(8).unwrap();
    assert_eq!(flat.value_and_gradient(&[0.1], &mut gradient).unwrap(), 0.5);
    assert_eq!(gradient, [0.0]);
    // The next call is as if nothing had been refused.
    adjoint.value_and_gradient(&[0.1], &mut gradient).unwrap();
    assert!((gradient[0] + 0.1f64.sin()).abs() < 1e-12);
}

/// Rows have the bits of single calls, whatever the number of rows.
#[test]
fn rows_are_single_calls() {
    let circuit = parameterized(3, 8, 4, 11);
    let rng = &mut generator(12);
    let sums = [observable(3, rng), observable(3, rng)];
    let rows = ndarray::Array2::from_shape_fn((7, 4), |_| rng.random_range(-2.0..2.0));
    let all = Simulator::new().adjoint_rows(&circuit, &sums, &rows).unwrap();
    let mut adjoint = Simulator::new().adjoint(&circuit, &sums).unwrap();
    for (k, row) in rows.rows().into_iter().enumerate() {
        let (mut values, mut jacobian) = ([0.0; 2], [0.0; 8]);
        adjoint.values_and_jacobian(&row.to_vec(), &mut values, &mut jacobian).unwrap();
        assert_eq!(all.values.row(k).to_vec(), values);
        let got: Vec<f64> = all.jacobians.index_axis(ndarray::Axis(0), k).iter().copied().collect();
        assert_eq!(got, jacobian);
    }
    let wrong = ndarray::Array2::zeros((2, 3));
    assert!(Simulator::new().adjoint_rows(&circuit, &sums, &wrong).is_err());
}

/// Whatever gives the means, the shifted circuits make the derivatives: exact simulation, row by row
/// and many rows at once, and shots.
#[test]
fn shift_rules_differentiate_any_source() {
    let rng = &mut generator(41);
    for seed in 0..12 {
        let circuit = parameterized(4, 12, 4, seed);
        let sum = observable(4, rng);
        let at: Vec<f64> = (0..4).map(|_| rng.random_range(-3.0..3.0)).collect();
        let mut exact = vec![0.0; 4];
        let mut shift = Simulator::new().parameter_shift(&circuit, &sum).unwrap();
        let value = shift.value_and_gradient(&at, &mut exact).unwrap();
        let rules = || ShiftRules::new(&circuit).unwrap();
        // Every angle is a parameter of its own, in the same order.
        let free = rules().circuit().unwrap();
        let again = ShiftRules::new(&free).unwrap();
        assert_eq!(again.rules(), rules().rules());
        let angles = rules().angles(&at).unwrap();
        assert_eq!(again.angles(&angles).unwrap(), angles);

        let program = Program::new(&free).unwrap();
        let sums = std::slice::from_ref(&sum);
        let mut evaluator = Simulator::new().evaluator(&program, sums).unwrap();
        let mut gradient = vec![0.0; 4];
        // Lent, so that it has rows.
        let mut by_rows = rules().with_source(&mut evaluator).unwrap();
        let same = by_rows.value_and_gradient(&at, &mut gradient).unwrap();
        assert!((same - value).abs() < 1e-11 && close(&gradient, &exact, 1e-10), "seed {seed}");
        assert_eq!(by_rows.cost().circuits, 1 + rules().num_circuits());
        let one_by_one =
            ExpectationFn::new(angles.len(), |angles: &[f64]| evaluator.expectation(angles));
        let mut same = vec![0.0; 4];
        rules().with_source(one_by_one).unwrap().value_and_gradient(&at, &mut same).unwrap();
        assert_eq!(same, gradient);

        let simulator = Simulator::new().seed(seed);
        let shots = simulator.sampled_evaluator(&free, sums, 400).unwrap();
        let mut sampled = rules().with_source(shots).unwrap();
        let estimate = sampled.value_and_gradient(&at, &mut gradient).unwrap();
        // What does not vary is exact.
        let near = |found: f64, exact: f64, error: f64| (found - exact).abs() <= 6.0 * error + 1e-9;
        assert!(near(estimate, value, sampled.last_value().standard_error()));
        for (k, error) in sampled.standard_errors().into_iter().enumerate() {
            assert!(near(gradient[k], exact[k], error), "{} {} {error}", gradient[k], exact[k]);
        }
        assert!(sampled.cost().shots > 0 && sampled.cost().shots <= 400 * sampled.cost().circuits);
        let wrong = ExpectationFn::new(angles.len() + 1, |_: &[f64]| Ok(0.0));
        assert!(rules().with_source(wrong).is_err());
    }
}

/// Estimates of several observables and rows, their errors over seeds, and where they go on.
#[test]
fn sampled_evaluators_are_unbiased_and_go_on() {
    let circuit = parameterized(3, 8, 2, 19);
    let sums: Vec<PauliSum> = vec!["Z0 + 0.5 X1 X2 + 2".parse().unwrap(), "Y1".parse().unwrap()];
    let rows = ndarray::array![[0.3, -0.8], [1.1, 0.4]];
    let program = Program::new(&circuit).unwrap();
    let blank = || ndarray::Array2::from_elem((2, 2), Default::default());
    let mut exact = blank();
    let mut evaluator = Simulator::new().evaluator(&program, &sums).unwrap();
    evaluator.estimates_of_rows(rows.view(), exact.view_mut()).unwrap();
    assert!(exact.iter().all(|estimate| estimate.is_exact()));
    let runs = 400;
    let mut scores = [(0.0, 0.0); 4];
    for seed in 0..runs {
        let simulator = Simulator::new().seed(seed);
        let mut sampled = simulator.sampled_evaluator(&circuit, &sums, 300).unwrap();
        let mut found = blank();
        sampled.estimates_of_rows(rows.view(), found.view_mut()).unwrap();
        for ((found, exact), score) in found.iter().zip(&exact).zip(&mut scores) {
            let z = (found.value - exact.value) / found.standard_error();
            *score = (score.0 + z, score.1 + z * z);
        }
    }
    for (sum, squares) in scores {
        let n = runs as f64;
        // Five standard deviations of a mean and of a mean square of normal numbers.
        assert!((sum / n).abs() < 5.0 / n.sqrt(), "{scores:?}");
        assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{scores:?}");
    }
    let new = |shots| Simulator::new().seed(3).sampled_evaluator(&circuit, &sums, shots);
    let (mut first, mut second) = (new(300).unwrap(), new(300).unwrap());
    let mut found = [[Default::default(); 2]; 3];
    first.estimates(&[0.3, -0.8], &mut found[0]).unwrap();
    second.restore(&first.save()).unwrap();
    first.estimates(&[0.3, -0.8], &mut found[1]).unwrap();
    second.estimates(&[0.3, -0.8], &mut found[2]).unwrap();
    assert_eq!(found[1], found[2]);
    assert_ne!(found[0], found[1]);
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_ne!(first.fingerprint(), new(301).unwrap().fingerprint());
    assert!(new(1).is_err());
    assert!(first.estimates(&[0.3, -0.8], &mut found[0][..1]).is_err());
    assert!(first.estimates(&[0.3], &mut found[0]).is_err());
    let mut wrong = ndarray::Array2::from_elem((2, 1), Default::default());
    assert!(first.estimates_of_rows(rows.view(), wrong.view_mut()).is_err());
    assert!(evaluator.estimates_of_rows(rows.view(), wrong.view_mut()).is_err());
}

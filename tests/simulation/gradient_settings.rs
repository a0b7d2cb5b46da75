//! What a simulator says, every gradient of it honours: initial state, precision, threads,
//! instruction set, cancellation.

use crate::common::random_circuit::{gates, generator};
use ketlab::engine::Isa;
use ketlab::gradient::{MetricTensor, Objective, Pullback, SimulatedGradient, metric_tensor};
use ketlab::optimize::{OptimizerKind, StopReason, Stopping};
use ketlab::simulate::{InitialState, Watch};
use ketlab::variational::{Angles, Qaoa, Vqe};
use ketlab::{Circuit, Error, PauliSum, Precision, Simulator, StateVector};
use rand::RngExt;

/// A circuit with shared parameters and controls.
fn ansatz(num_qubits: usize) -> Circuit {
    let mut c = Circuit::new(num_qubits);
    let theta = c.param_vector("theta", num_qubits);
    for (q, &angle) in theta.iter().enumerate() {
        let next = (q + 1) % num_qubits;
        c.ry(angle, q).rz(0.5 * angle - theta[0] + 0.1, q).crx(angle, q, next).cp(angle, next, q);
    }
    c
}

fn observables() -> [PauliSum; 2] {
    ["0.3 + Z0 Z1 - 0.7 X0 + 0.4 Y1 X0".parse().unwrap(), "X1 + 0.2 Z2".parse().unwrap()]
}

fn params(num_params: usize) -> Vec<f64> {
    let rng = &mut generator(3);
    (0..num_params).map(|_| rng.random_range(-3.0..3.0)).collect()
}

/// Values and Jacobian by the adjoint method, then values and gradients by shifts.
fn answers(simulator: &Simulator, circuit: &Circuit, at: &[f64]) -> [Vec<f64>; 2] {
    let sums = observables();
    let (mut values, mut jacobian) = (vec![0.0; 2], vec![0.0; 2 * at.len()]);
    let mut adjoint = simulator.adjoint(circuit, &sums).unwrap();
    adjoint.values_and_jacobian(at, &mut values, &mut jacobian).unwrap();
    let (mut by_shift, mut rows) = (Vec::new(), Vec::new());
    for sum in &sums {
        let mut row = vec![0.0; at.len()];
        let mut shift = simulator.parameter_shift(circuit, sum).unwrap();
        by_shift.push(shift.value_and_gradient(at, &mut row).unwrap());
        rows.extend(row);
    }
    [[values, jacobian].concat(), [by_shift, rows].concat()]
}

/// From a state as from |0…0⟩ and a circuit that prepares it.
#[test]
fn initial_states_are_those_of_circuits_that_prepare_them() {
    let n = 4;
    let circuit = ansatz(n);
    let at = params(n);
    let prepare = gates(n, 20, 5);
    let mut prepared = prepare.clone();
    prepared.append(&circuit);
    let mut basis = Circuit::new(n);
    basis.x(0).x(3);
    let mut with_basis = basis.clone();
    with_basis.append(&circuit);
    let state: StateVector = Simulator::new().state(&prepare).unwrap();
    let bits = InitialState::Bits("1001".parse().unwrap());
    for (precision, tolerance) in [(Precision::F64, 1e-11), (Precision::F32, 1e-4)] {
        let simulator = Simulator::new().precision(precision);
        let cases: [(InitialState, &Circuit); 2] =
            [((&state).into(), &prepared), (bits.clone(), &with_basis)];
        for (initial, whole) in cases {
            let from = simulator.clone().initial_state(initial);
            let [adjoint, shift] = answers(&from, &circuit, &at);
            let [exact, _] = answers(&Simulator::new(), whole, &at);
            let [zero, _] = answers(&Simulator::new(), &circuit, &at);
            for (k, exact) in exact.iter().enumerate() {
                assert!((adjoint[k] - exact).abs() < tolerance, "{precision}: {k}");
                assert!((shift[k] - exact).abs() < tolerance, "{precision}: {k}");
            }
            assert!(zero.iter().zip(&exact).any(|(a, b)| (a - b).abs() > 0.1));
            // The metric and pullbacks start there too.
            let mut adjoint = from.adjoint(&circuit, &observables()).unwrap();
            let mut longer = Simulator::new().adjoint(whole, &observables()).unwrap();
            let metric = metric_tensor(&mut adjoint, &at, MetricTensor::Full).unwrap();
            let other = metric_tensor(&mut longer, &at, MetricTensor::Full).unwrap();
            let weights: Vec<f64> = (0..1 << n).map(|k| f64::from(k).sin()).collect();
            let from = [Pullback::Probabilities(&weights), Pullback::Means(&[0.3, -0.7])];
            let mut pulled = [vec![0.0; 2 * n], vec![0.0; 2 * n]];
            adjoint.pull_back(&at, &from, &mut pulled[0]).unwrap();
            longer.pull_back(&at, &from, &mut pulled[1]).unwrap();
            for (a, b) in metric.iter().zip(&other).chain(pulled[0].iter().zip(&pulled[1])) {
                assert!((a - b).abs() < tolerance, "{precision}: {a} {b}");
            }
        }
        let wrong = simulator.clone().initial_state(InitialState::Bits("10".parse().unwrap()));
        assert!(wrong.adjoint(&circuit, &[]).is_err());
        assert!(wrong.parameter_shift(&circuit, &observables()[0]).is_err());
    }
    // Where it starts, and the precision, belong to what is minimized.
    let prints = [
        Simulator::new(),
        Simulator::new().precision(Precision::F32),
        Simulator::new().initial_state(bits),
        Simulator::new().initial_state(state),
    ]
    .map(|s| s.adjoint(&circuit, &observables()).unwrap().fingerprint());
    for (k, print) in prints.iter().enumerate() {
        assert!(prints[..k].iter().all(|other| other != print));
    }
}

/// The same bits at any number of threads, small and large.
#[test]
fn threads_do_not_change_gradients() {
    for n in [4, 14] {
        let (circuit, at) = (ansatz(n), params(n));
        let rows = ndarray::Array2::from_shape_fn((3, n), |(k, j)| at[j] + k as f64);
        let of = |threads: usize| {
            let simulator = Simulator::new().threads(threads).unwrap().seed(5);
            let mut sampled = simulator.sampled_gradient(&circuit, &observables()[0], 100).unwrap();
            let mut gradient = vec![0.0; n];
            let value = sampled.value_and_gradient(&at, &mut gradient).unwrap();
            let rows = simulator.adjoint_rows(&circuit, &observables(), &rows).unwrap();
            (answers(&simulator, &circuit, &at), value, gradient, rows)
        };
        assert_eq!(of(1), of(3), "{n} qubits");
    }
}

#[test]
fn instruction_sets_agree() {
    let (circuit, at) = (ansatz(5), params(5));
    let best = answers(&Simulator::new(), &circuit, &at).concat();
    for isa in Isa::available() {
        let found = answers(&Simulator::new().isa(*isa), &circuit, &at).concat();
        assert!(found.iter().zip(&best).all(|(a, b)| (a - b).abs() < 1e-11), "{isa}");
    }
}

/// A cancelled simulator evaluates nothing more; what was found is still told.
#[test]
fn cancelled_gradients_are_interrupted() {
    for n in [4, 14] {
        let (circuit, at) = (ansatz(n), params(n));
        let simulator = Simulator::new();
        let mut adjoint = simulator.adjoint(&circuit, &observables()).unwrap();
        let mut shift = simulator.parameter_shift(&circuit, &observables()[0]).unwrap();
        let mut sampled = simulator.sampled_gradient(&circuit, &observables()[0], 50).unwrap();
        let mut gradient = vec![0.0; n];
        let before = adjoint.value_and_gradient(&at, &mut gradient).unwrap();
        simulator.watch().cancel();
        let interrupted = |found: ketlab::Result<f64>| matches!(found, Err(Error::Interrupted));
        assert!(interrupted(adjoint.value(&at)));
        assert!(interrupted(adjoint.value_and_gradient(&at, &mut gradient)));
        assert!(interrupted(shift.value(&at)));
        assert!(interrupted(shift.value_and_gradient(&at, &mut gradient)));
        assert!(interrupted(sampled.value_and_gradient(&at, &mut gradient)));
        let rows = ndarray::Array2::zeros((2, n));
        let rows = simulator.adjoint_rows(&circuit, &observables(), &rows);
        assert!(matches!(rows, Err(Error::Interrupted)));
        assert_eq!(adjoint.exact_value(&at).unwrap(), before);
        assert_eq!(adjoint.state(&at).unwrap().num_qubits(), n);
        assert!((shift.exact_value(&at).unwrap() - before).abs() < 1e-11);
    }
}

/// Variational algorithms end with what they have found, in the middle of an iteration.
#[test]
fn cancelled_minimizations_keep_what_they_found() {
    /// Cancels in a later evaluation, by the number of iterations.
    fn stopping(watch: &Watch) -> Stopping<'_> {
        Stopping::new().gradient_tolerance(0.0).callback(move |progress| {
            if progress.iteration == 2 {
                watch.cancel();
            }
            // It is the objective that ends it.
            true
        })
    }
    let simulator = Simulator::new();
    let energy = simulator.adjoint(&ansatz(4), &observables()[..1]).unwrap();
    let mut vqe = Vqe::with_gradient(energy, &observables()[0]);
    let optimizer = OptimizerKind::Adam.optimizer();
    let found = vqe.minimize(&*optimizer, &params(4), &mut stopping(simulator.watch())).unwrap();
    assert!(matches!(found.outcome.stop, StopReason::Cancelled), "{}", found.outcome.stop);
    assert_eq!(found.outcome.iterations, 2);
    assert!((found.energy - found.outcome.best_value).abs() < 1e-12);

    let simulator = Simulator::new().precision(Precision::F32);
    let ring = ketlab::ising::Graph::try_new(6, (0..6).map(|v| (v, (v + 1) % 6, 1.0))).unwrap();
    let qaoa = Qaoa::new(&ring.max_cut(), 1).unwrap();
    let start = Angles::linear_ramp(1, 0.75).unwrap();
    let mut qaoa = qaoa.with_simulator(&simulator).unwrap();
    let mut stopping = stopping(simulator.watch());
    let found = qaoa.solve(&start, &*optimizer, &mut stopping, 10, 1).unwrap();
    assert!(matches!(found.outcome.stop, StopReason::Cancelled), "{}", found.outcome.stop);
    assert!((found.expectation - found.outcome.best_value).abs() < 1e-5);
}

//! Gradients under noise against finite differences, closed forms and each other.

use super::{FiniteDifference, Gradient, NoisyGradient, Objective, ShiftRules, SimulatedGradient};
use crate::circuit::{Circuit, Op};
use crate::error::Error;
use crate::noise::{Channel, ReadoutError};
use crate::pauli::PauliSum;
use crate::simulate::{Accuracy, ExpectationSource, Method, Request, Simulator};
use ndarray::Array2;

const NUMBER: usize = 20;

fn sum(text: &str) -> PauliSum {
    text.parse().unwrap()
}

/// 20 parameters on 4 qubits, some of them in several angles, with errors of all kinds that take no
/// look at the state.
fn ansatz(p: f64) -> Circuit {
    let mut c = Circuit::new(4);
    let t = c.param_vector("t", NUMBER);
    for layer in 0..3 {
        for q in 0..4 {
            let k = 4 * layer + q;
            c.ry(t[k], q).depolarizing(p, q).rz(0.5 * t[k + 7] + 0.1, q);
        }
        for q in 0..3 {
            c.cx(q, q + 1).depolarizing2(2.0 * p, q, q + 1);
        }
        c.crx(t[15 + layer], 3, 0).phase_flip(p, 0);
        c.rzz(t[17 + layer], 1, 2).pauli_channel(&[("XY", p), ("ZI", p)], [1, 2]);
    }
    let half = nalgebra::Complex::new(0.5f64.sqrt(), 0.0);
    let h = nalgebra::DMatrix::from_row_slice(2, 2, &[half, half, half, -half]);
    let one = nalgebra::DMatrix::identity(2, 2);
    c.channel(Channel::mixed_unitary(vec![(p, h), (1.0 - p, one)]).unwrap(), [2]);
    c.channel(Channel::over_rotation(&sum_string("X0"), 0.05).unwrap(), [1]);
    c
}

fn sum_string(text: &str) -> crate::pauli::PauliString {
    text.parse().unwrap()
}

fn observable() -> PauliSum {
    sum("0.3 + Z0 Z1 - 0.7 X2 + 0.4 Y1 X3 + 0.2 Z3")
}

fn at() -> Vec<f64> {
    (0..NUMBER).map(|k| (0.7 * k as f64 + 0.3).sin() * 1.3).collect()
}

fn gradient_of(noisy: &mut NoisyGradient, at: &[f64]) -> (f64, Vec<f64>) {
    let mut gradient = vec![0.0; at.len()];
    let value = noisy.value_and_gradient(at, &mut gradient).unwrap();
    (value, gradient)
}

fn exact(circuit: &Circuit, observable: &PauliSum, at: &[f64]) -> (f64, Vec<f64>) {
    let mut noisy = Simulator::new().noisy_gradient(circuit, observable, Accuracy::Exact).unwrap();
    gradient_of(&mut noisy, at)
}

/// ⟨O⟩ of the density matrix, by a run of its own.
fn mean(circuit: &Circuit, observable: &PauliSum, at: &[f64]) -> f64 {
    let names = circuit.params().to_vec();
    let values: Vec<_> = names.iter().map(String::as_str).zip(at.iter().copied()).collect();
    let simulator = Simulator::new().method(Method::DensityMatrix);
    let request = Request::new().observable(observable.clone());
    simulator.run(&circuit.bind(&values).unwrap(), &request).unwrap().expectations[0].value
}

fn check_differences(circuit: &Circuit, observable: &PauliSum, at: &[f64]) {
    let (value, gradient) = exact(circuit, observable, at);
    assert!((value - mean(circuit, observable, at)).abs() < 1e-12);
    for k in 0..at.len() {
        let shifted = |by: f64| {
            let mut at = at.to_vec();
            at[k] += by;
            mean(circuit, observable, &at)
        };
        // Fourth order: h⁴f⁽⁵⁾/30 and rounding are below 1e-9.
        let h = 1e-2;
        let difference = (8.0 * (shifted(h) - shifted(-h))
            - (shifted(2.0 * h) - shifted(-2.0 * h)))
            / (12.0 * h);
        assert!((gradient[k] - difference).abs() < 1e-6, "{k}: {} {difference}", gradient[k]);
    }
}

#[test]
fn shifts_of_the_density_matrix_are_its_differences() {
    check_differences(&ansatz(0.03), &observable(), &at());
    // Channels that look at the state, and readout errors.
    let mut c = Circuit::new(2);
    let t = c.param_vector("t", 3);
    c.ry(t[0], 0).amplitude_damping(0.2, 0).cry(t[1], 0, 1).thermal_relaxation(5.0, 7.0, 1.0, 1);
    c.u(t[2], 0.3, t[0], 1).phase_damping(0.1, 1).measure_all();
    c.set_readout_error(0, ReadoutError::new(0.02, 0.1).unwrap()).unwrap();
    c.set_readout_error(1, ReadoutError::new(0.07, 0.01).unwrap()).unwrap();
    check_differences(&c, &sum("Z0 Z1 + 0.5 X1 - 0.2 Z0"), &[0.4, -0.8, 1.1]);
}

#[test]
fn adjoints_over_trajectories_are_within_their_errors() {
    let (circuit, observable, at) = (ansatz(0.02), observable(), at());
    let (value, gradient) = exact(&circuit, &observable, &at);
    let mut scores = Vec::new();
    for seed in 0..5 {
        let simulator = Simulator::new().seed(seed);
        let accuracy = Accuracy::StandardError(0.02);
        let mut noisy = simulator.noisy_gradient(&circuit, &observable, accuracy).unwrap();
        let (found, components) = gradient_of(&mut noisy, &at);
        let errors = noisy.standard_errors();
        assert!(errors.iter().all(|e| *e > 0.0 && *e <= 0.02), "{errors:?}");
        assert!(noisy.last_value().standard_error() <= 0.02);
        scores.push((found - value) / noisy.last_value().standard_error());
        let all = components.iter().zip(&gradient).zip(&errors);
        scores.extend(all.map(|((found, exact), error)| (found - exact) / error));
    }
    // Of 105 normal numbers 0.3 are beyond 3, and more than three with a probability of 0.03 %.
    let beyond = |bound: f64| scores.iter().filter(|z| z.abs() > bound).count();
    assert!(beyond(3.0) <= 3 && beyond(4.5) == 0, "{scores:?}");
    // Components of one call are correlated, so this is no sharp bound.
    let square = scores.iter().map(|z| z * z).sum::<f64>() / scores.len() as f64;
    assert!((0.4..2.0).contains(&square), "{square}");
}

#[test]
fn errors_are_those_over_seeds() {
    let mut c = Circuit::new(2);
    let t = c.param_vector("t", 3);
    c.ry(t[0], 0).depolarizing(0.1, 0).rx(t[1], 1).depolarizing(0.1, 1).cx(0, 1);
    c.depolarizing2(0.1, 0, 1).crz(t[2], 0, 1).ry(t[0], 1).bit_flip(0.05, 1);
    let (h, at) = (sum("Z0 Z1 - 0.7 X0 + 0.4 Y1 X0 + 0.2 Z1"), [0.7, -1.1, 0.4]);
    let (value, gradient) = exact(&c, &h, &at);
    let runs = 200;
    let mut sums = [(0.0, 0.0); 4];
    for seed in 0..runs {
        let simulator = Simulator::new().seed(seed);
        let mut noisy = simulator.noisy_gradient(&c, &h, Accuracy::Trajectories(150)).unwrap();
        let (found, components) = gradient_of(&mut noisy, &at);
        assert_eq!(noisy.trajectories().unwrap().number, 150);
        let mut scores = vec![(found - value) / noisy.last_value().standard_error()];
        for ((g, e), v) in components.iter().zip(&gradient).zip(noisy.variances()) {
            scores.push((g - e) / v.sqrt());
        }
        for (sum, z) in sums.iter_mut().zip(scores) {
            *sum = (sum.0 + z, sum.1 + z * z);
        }
    }
    for (sum, squares) in sums {
        let n = runs as f64;
        // Five standard deviations of a mean and of a mean square of normal numbers.
        assert!((sum / n).abs() < 5.0 / n.sqrt(), "{sums:?}");
        assert!((squares / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{sums:?}");
    }
}

#[test]
fn threads_change_no_bit() {
    let (circuit, observable, at) = (ansatz(0.02), observable(), at());
    for accuracy in [Accuracy::Exact, Accuracy::Trajectories(200), Accuracy::StandardError(0.05)] {
        let run = |threads: usize| {
            let simulator = Simulator::new().seed(3).threads(threads).unwrap();
            let mut noisy = simulator.noisy_gradient(&circuit, &observable, accuracy).unwrap();
            let first = gradient_of(&mut noisy, &at);
            (
                first,
                gradient_of(&mut noisy, &at),
                noisy.value(&at).unwrap(),
                noisy.standard_errors(),
            )
        };
        let one = run(1);
        assert_eq!(one, run(3), "{accuracy:?}");
        // Every call draws others.
        assert_eq!(one.0 == one.1, accuracy.is_exact());
    }
}

#[test]
fn rows_are_calls_one_after_another() {
    let (circuit, observable) = (ansatz(0.02), observable());
    let rows = Array2::from_shape_fn((3, NUMBER), |(r, k)| 0.1 * (r * k) as f64);
    let observables = [observable, sum("Z2")];
    for accuracy in [Accuracy::Exact, Accuracy::Trajectories(50)] {
        let new = |threads| {
            let simulator = Simulator::new().seed(5).threads(threads).unwrap();
            simulator.noisy_evaluator(&circuit, &observables, accuracy).unwrap()
        };
        let mut out = Array2::default((3, 2));
        new(3).estimates_of_rows(rows.view(), out.view_mut()).unwrap();
        let mut single = new(1);
        let mut found = [Default::default(); 2];
        for (row, out) in rows.rows().into_iter().zip(out.rows()) {
            single.estimates(&row.to_vec(), &mut found).unwrap();
            assert_eq!(out.to_vec(), found);
            assert_eq!(found[0].is_exact(), accuracy.is_exact());
        }
        // What is saved goes on where it was.
        let saved = single.save();
        single.estimates(&[0.2; NUMBER], &mut found).unwrap();
        let mut other = new(2);
        other.restore(&saved).unwrap();
        let mut again = [Default::default(); 2];
        other.estimates(&[0.2; NUMBER], &mut again).unwrap();
        assert_eq!(found, again);
        assert!(other.restore(&serde_json::json!({ "calls": -1 })).is_err());
    }
}

#[test]
fn readout_errors_hold_in_gradients() {
    let mut c = Circuit::new(1);
    let t = c.param("t");
    c.ry(t, 0).depolarizing(0.03, 0).measure_all();
    c.set_readout_error(0, ReadoutError::new(0.02, 0.1).unwrap()).unwrap();
    let (x, factor) = (0.4f64, 0.88 * 0.96);
    for accuracy in [Accuracy::Exact, Accuracy::StandardError(1e-3)] {
        let mut noisy = Simulator::new().noisy_gradient(&c, &sum("Z0"), accuracy).unwrap();
        let bound = if accuracy.is_exact() { 1e-12 } else { 5e-3 };
        let (value, gradient) = gradient_of(&mut noisy, &[x]);
        assert!((value - (factor * x.cos() + 0.08)).abs() < bound, "{value}");
        assert!((gradient[0] + factor * x.sin()).abs() < bound, "{gradient:?}");
        assert!((noisy.value(&[x]).unwrap() - (factor * x.cos() + 0.08)).abs() < bound);
        // What is known besides: the mean under noise, and the state without.
        assert!((noisy.exact_value(&[x]).unwrap() - (factor * x.cos() + 0.08)).abs() < 1e-12);
        let p = noisy.state(&[x]).unwrap().probabilities();
        assert!((p[0] - (x / 2.0).cos().powi(2)).abs() < 1e-12);
        let fresh = noisy.fresh_estimate(&[x], &sum("Z0")).unwrap().unwrap();
        assert!((fresh.value - (factor * x.cos() + 0.08)).abs() < bound);
        // Cancelled, it is still told.
        let watched = Simulator::new();
        let mut noisy = watched.noisy_gradient(&c, &sum("Z0"), accuracy).unwrap();
        watched.watch().cancel();
        assert!(matches!(noisy.value(&[x]), Err(Error::Interrupted)));
        assert!(matches!(noisy.value_and_gradient(&[x], &mut [0.0]), Err(Error::Interrupted)));
        assert!((noisy.exact_value(&[x]).unwrap() - (factor * x.cos() + 0.08)).abs() < 1e-12);
    }
}

#[test]
fn no_noise_is_the_adjoint_gradient() {
    let (circuit, observable, at) = (ansatz(0.02).without_noise(), observable(), at());
    let simulator = Simulator::new();
    let mut adjoint = simulator.adjoint(&circuit, std::slice::from_ref(&observable)).unwrap();
    let mut expected = vec![0.0; NUMBER];
    let value = adjoint.value_and_gradient(&at, &mut expected).unwrap();
    for accuracy in [Accuracy::Exact, Accuracy::StandardError(1e-9)] {
        let mut noisy = simulator.noisy_gradient(&circuit, &observable, accuracy).unwrap();
        let (found, gradient) = gradient_of(&mut noisy, &at);
        assert!((found - value).abs() < 1e-12);
        assert!(gradient.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(noisy.standard_errors(), [0.0; NUMBER]);
    }
    assert_eq!(
        simulator.noisy_gradient(&circuit, &observable, Accuracy::Exact).unwrap().method(),
        "parameter-shift under noise"
    );
}

#[test]
fn what_cannot_be_is_refused_with_the_next_step() {
    let z = sum("Z0");
    let refusal = |c: &Circuit, simulator: Simulator, accuracy| {
        simulator.noisy_gradient(c, &z, accuracy).err().expect("it is refused").to_string()
    };
    let mut damped = Circuit::new(1);
    let t = damped.param("t");
    damped.ry(t, 0).amplitude_damping(0.1, 0);
    let error = refusal(&damped, Simulator::new(), Accuracy::Trajectories(10));
    assert!(error.contains("biased") && error.contains("Accuracy::Exact"), "{error}");
    // ⟨Z⟩ = (1-γ)cos θ + γ.
    let (_, gradient) = exact(&damped, &z, &[0.4]);
    assert!((gradient[0] + 0.9 * 0.4f64.sin()).abs() < 1e-12);
    // The way that the refusal names.
    let rules = ShiftRules::new(&damped).unwrap();
    let circuit = rules.circuit().unwrap();
    let accuracy = Accuracy::StandardError(2e-3);
    let source =
        Simulator::new().noisy_evaluator(&circuit, std::slice::from_ref(&z), accuracy).unwrap();
    let mut shifted = rules.with_source(source).unwrap();
    let mut found = [0.0];
    shifted.value_and_gradient(&[0.4], &mut found).unwrap();
    assert!((found[0] - gradient[0]).abs() < 5.0 * shifted.standard_errors()[0]);

    let mut c = Circuit::new(1);
    let t = c.param("t");
    c.ry(t, 0).depolarizing(0.1, 0);
    for (accuracy, part) in [
        (Accuracy::Trajectories(0), "number of trajectories"),
        (Accuracy::StandardError(0.0), "standard error"),
        (Accuracy::StandardError(f64::NAN), "standard error"),
    ] {
        let error = refusal(&c, Simulator::new(), accuracy);
        assert!(error.contains(part), "{error}");
    }
    let error = refusal(&c, Simulator::new().method(Method::DensityMatrix), Accuracy::default());
    assert!(error.contains("density-matrix") && error.contains("Accuracy::Exact"), "{error}");
    refusal(&c, Simulator::new().method(Method::Trajectories), Accuracy::Exact);
    let mut never =
        Simulator::new().noisy_gradient(&c, &z, Accuracy::StandardError(1e-12)).unwrap();
    let error = never.value_and_gradient(&[0.4], &mut [0.0]).unwrap_err().to_string();
    assert!(error.contains("1e-12") || error.contains("0.000000000001"), "{error}");

    let mut measured = Circuit::with_clbits(1, 1);
    measured.h(0).measure(0, 0).depolarizing(0.1, 0);
    for accuracy in [Accuracy::Exact, Accuracy::default()] {
        let error = refusal(&measured, Simulator::new(), accuracy);
        assert!(error.contains("measurement") && error.contains("noisy_evaluator"), "{error}");
    }
    let simulator = Simulator::new();
    let values =
        simulator.noisy_evaluator(&measured, std::slice::from_ref(&z), Accuracy::Exact).unwrap();
    FiniteDifference::new(values).value_and_gradient(&[], &mut []).unwrap();
    // Adjoints and exact shifts of states refuse channels as before.
    assert!(simulator.adjoint(&c, std::slice::from_ref(&z)).is_err());
    assert!(simulator.parameter_shift(&c, &z).is_err());
    assert!(c.ops().iter().any(|op| matches!(op, Op::Channel(_))));
}

#[test]
fn a_saved_state_goes_on() {
    let (circuit, observable, at) = (ansatz(0.02), observable(), at());
    let new = |seed| {
        let simulator = Simulator::new().seed(seed);
        simulator.noisy_gradient(&circuit, &observable, Accuracy::Trajectories(20)).unwrap()
    };
    let mut first = new(1);
    gradient_of(&mut first, &at);
    first.value(&at).unwrap();
    let saved = first.save();
    let expected = (gradient_of(&mut first, &at), first.value(&at).unwrap());
    let mut second = new(1);
    second.restore(&saved).unwrap();
    assert_eq!((gradient_of(&mut second, &at), second.value(&at).unwrap()), expected);
    assert_eq!(first.cost().circuits, second.cost().circuits);
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_ne!(first.fingerprint(), new(2).fingerprint());
    assert!(second.restore(&serde_json::json!({})).is_err());
}

/// The circuit of the bench: 60 parameters on ten qubits, an error with probability 0.001 on each
/// touched qubit.
#[test]
fn a_small_error_takes_few_runs() {
    let mut c = Circuit::new(10);
    let t = c.param_vector("t", 60);
    for layer in 0..3 {
        for q in 0..10 {
            let k = 20 * layer + 2 * q;
            c.ry(t[k], q).depolarizing(0.001, q).rz(t[k + 1], q).depolarizing(0.001, q);
        }
        for q in 0..9 {
            c.cx(q, q + 1).depolarizing(0.001, [q, q + 1]);
        }
    }
    let at: Vec<f64> = (0..60).map(|k| (1.7 * f64::from(k)).sin()).collect();
    let h: PauliSum = sum("Z0 Z1 + 0.5 X4 + Z8 Z9");
    let simulator = Simulator::new().seed(1);
    let accuracy = Accuracy::StandardError(1e-2);
    let mut noisy = simulator.noisy_gradient(&c, &h, accuracy).unwrap();
    gradient_of(&mut noisy, &at);
    let drawn = noisy.trajectories().unwrap();
    assert!(noisy.cost().circuits <= 3 * 100, "{drawn:?}");
}

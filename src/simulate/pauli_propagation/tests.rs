//! The method, with nothing left out, against the state vector and the density matrix; truncated,
//! against itself.

use super::code::Code;
use crate::circuit::{Circuit, Expr, Op};
use crate::gate::{Angle, Control, Gate, GateOp, StdGate};
use crate::math::Bits;
use crate::noise::{Channel, ReadoutError};
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::propagation::{Step, Truncation};
use crate::simulate::flow::Flow;
use crate::simulate::{InitialState, Method, Request, Simulator};
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::{FRAC_PI_2, PI};

fn propagation() -> Simulator {
    Simulator::new().method(Method::PauliPropagation)
}

fn random_string(n: usize, rng: &mut ChaCha8Rng) -> PauliString {
    PauliString::new((0..n).map(|q| {
        let letter = [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z][rng.random_range(0..4)];
        (q, letter)
    }))
}

/// Three strings and an identity.
fn random_sum(n: usize, rng: &mut ChaCha8Rng) -> PauliSum {
    let mut sum = PauliSum::zero();
    for _ in 0..3 {
        sum.push(random_string(n, rng), rng.random_range(-1.0..1.0));
    }
    sum.push(PauliString::identity(), 0.25);
    sum.simplify(0.0)
}

/// Values and variances by another method, within 1e-10.
fn compare(circuit: &Circuit, simulator: &Simulator, other: Method, sum: &PauliSum, what: &str) {
    let request = Request::new().observable(sum.clone());
    let by = |method| simulator.clone().method(method).run(circuit, &request).unwrap();
    let (got, expected) = (by(Method::PauliPropagation), by(other));
    let (got, expected) = (got.expectations[0], expected.expectations[0]);
    assert!((got.value - expected.value).abs() < 1e-10, "{what}: {got} for {expected}");
    if got.has_variance() {
        let off = (got.variance - expected.variance).abs();
        assert!(off < 1e-10, "{what}: variance {} for {}", got.variance, expected.variance);
    }
}

/// Rotations and entanglement on all qubits, so that no mean vanishes.
fn scramble(circuit: &mut Circuit, rng: &mut ChaCha8Rng) {
    let n = circuit.num_qubits();
    for q in 0..n {
        circuit.ry(rng.random_range(-PI..PI), q).s(q);
    }
    for q in 1..n {
        circuit.sx(q).cx(q - 1, q);
    }
    circuit.rzz(rng.random_range(-PI..PI), 0, n - 1).rx(rng.random_range(-PI..PI), 1);
}

fn with_controls(op: GateOp, qubits: &[usize], rng: &mut ChaCha8Rng) -> GateOp {
    let control = |&q: &usize| if rng.random_bool(0.7) { Control::on(q) } else { Control::off(q) };
    op.controlled(qubits.iter().map(control).collect::<Vec<_>>())
}

#[test]
fn every_row_under_controls_is_that_of_the_state_vector() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for gate in StdGate::ALL {
        let spec = gate.spec();
        for controls in 0..=3 {
            // Angles of their own, and those that are Clifford.
            for quarters in [None, Some(1.0), Some(2.0), Some(4.0)] {
                if quarters.is_some() && (spec.angles.is_empty() || controls > 1) {
                    continue;
                }
                let n = (spec.num_qubits + controls).max(3);
                let mut circuit = Circuit::new(n);
                scramble(&mut circuit, &mut rng);
                let mut qubits: Vec<usize> = (0..n).collect();
                qubits.shuffle(&mut rng);
                let angles: Vec<Angle> = spec
                    .angles
                    .iter()
                    .map(|_| quarters.map_or(rng.random_range(-7.0..7.0), |k| k * FRAC_PI_2).into())
                    .collect();
                let targets = qubits[..spec.num_qubits].iter().copied();
                let op = GateOp::std(*gate, angles, targets);
                let under = &qubits[spec.num_qubits..spec.num_qubits + controls];
                circuit.push(Op::Gate(with_controls(op, under, &mut rng)));
                let what = format!("{} under {controls}, {quarters:?}", spec.name);
                let sum = random_sum(n, &mut rng);
                compare(&circuit, &Simulator::new(), Method::StateVector, &sum, &what);
            }
        }
    }
}

#[test]
fn random_circuits_of_all_rows_are_those_of_the_state_vector() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for round in 0..24 {
        let (n, gates) = if round < 20 { (4 + round % 3, 12) } else { (10, 5) };
        let mut circuit = Circuit::new(n);
        for _ in 0..gates {
            let gate = StdGate::ALL[rng.random_range(0..StdGate::ALL.len())];
            let arity = gate.spec().num_qubits;
            let mut qubits: Vec<usize> = (0..n).collect();
            qubits.shuffle(&mut rng);
            let angles: Vec<Angle> =
                gate.spec().angles.iter().map(|_| rng.random_range(-PI..PI).into()).collect();
            let op = GateOp::std(gate, angles, qubits[..arity].iter().copied());
            let more = rng.random_range(0..=(n - arity).min(2));
            circuit.push(Op::Gate(with_controls(op, &qubits[arity..arity + more], &mut rng)));
            circuit.ry(rng.random_range(-PI..PI), qubits[0]).s(qubits[0]).sx(qubits[n - 1]);
        }
        let mut start = Bits::zeros(n);
        (0..n).for_each(|q| start.set(q, rng.random_bool(0.5)));
        let simulator = Simulator::new().initial_state(start);
        let sum = random_sum(n, &mut rng);
        compare(&circuit, &simulator, Method::StateVector, &sum, &format!("circuit {round}"));
    }
}

#[test]
fn matrices_diagonals_and_permutations_are_those_of_the_state_vector() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let n = 5;
    for k in 1..=3 {
        for controls in 0..=2 {
            let side = 1usize << k;
            let entry =
                |_, _| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
            let unitary = DMatrix::from_fn(side, side, entry).qr().q();
            let phases = (0..side).map(|_| Complex64::cis(rng.random_range(-PI..PI))).collect();
            let mut table: Vec<u32> = (0..side as u32).collect();
            table.shuffle(&mut rng);
            let gates = [
                Gate::unitary("u", unitary).unwrap(),
                Gate::diagonal("d", phases).unwrap(),
                Gate::permutation("p", table).unwrap(),
            ];
            for gate in gates {
                let mut circuit = Circuit::new(n);
                scramble(&mut circuit, &mut rng);
                let mut qubits: Vec<usize> = (0..n).collect();
                qubits.shuffle(&mut rng);
                let op = GateOp::new(gate, qubits[..k].iter().copied());
                circuit.push(Op::Gate(with_controls(op, &qubits[k..k + controls], &mut rng)));
                let what = format!("{:?} under {controls}", circuit.ops().last());
                let sum = random_sum(n, &mut rng);
                compare(&circuit, &Simulator::new(), Method::StateVector, &sum, &what);
            }
        }
    }
    // A diagonal on more qubits than a transfer matrix has.
    let mut circuit = Circuit::new(7);
    scramble(&mut circuit, &mut rng);
    let phases = (0..64).map(|_| Complex64::cis(rng.random_range(-PI..PI))).collect();
    circuit.push(Op::Gate(GateOp::new(Gate::diagonal("d", phases).unwrap(), [3, 0, 6, 1, 5, 4])));
    let sum = random_sum(7, &mut rng);
    compare(&circuit, &Simulator::new(), Method::StateVector, &sum, "a diagonal on six");
}

/// One of each name that channels have.
const CHANNELS: [&str; 16] = [
    "identity()",
    "depolarizing(p=0.1)",
    "depolarizing(p=0.2, qubits=2)",
    "depolarizing(lambda=0.3, qubits=4)",
    "bit_flip(p=0.2)",
    "phase_flip(p=0.1)",
    "bit_phase_flip(p=0.3)",
    "amplitude_damping(gamma=0.3)",
    "generalized_amplitude_damping(gamma=0.4, population=0.2)",
    "phase_damping(lambda=0.2)",
    "thermal(t1=100us, t2=120us, t=30us, population=0.1)",
    "reset(p0=0.2, p1=0.1)",
    "over_rotation(axis=Z0 X1, angle=0.3)",
    "pauli(XY=0.1, ZI=0.05, ZZ=0.02)",
    "pauli_lindblad(XX=0.1, IZ=0.05)",
    "pauli(ZZZZ=0.1, XIYI=0.2)",
];

#[test]
fn every_channel_is_that_of_the_density_matrix() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let n = 4;
    let mut names: Vec<&str> = crate::noise::named_channels().map(|named| named.0).collect();
    for text in CHANNELS {
        names.retain(|name| !text.starts_with(&format!("{name}(")));
        let channel: Channel = text.parse().unwrap();
        let mut qubits: Vec<usize> = (0..n).collect();
        qubits.shuffle(&mut rng);
        qubits.truncate(channel.num_qubits());
        let mut circuit = Circuit::new(n);
        scramble(&mut circuit, &mut rng);
        circuit.channel(channel, qubits).ry(0.4, 0).cp(0.9, 0, 3).rx(1.3, 3);
        for _ in 0..3 {
            let sum = random_sum(n, &mut rng);
            compare(&circuit, &Simulator::new(), Method::DensityMatrix, &sum, text);
        }
    }
    assert!(names.is_empty(), "channels without a test: {names:?}");
}

#[test]
fn resets_measurements_and_readout_errors_are_those_of_the_density_matrix() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..10 {
        let n = 4;
        let mut circuit = Circuit::with_clbits(n, 2);
        scramble(&mut circuit, &mut rng);
        circuit.measure(1, 0).reset(2).h(1);
        scramble(&mut circuit, &mut rng);
        circuit.depolarizing(0.1, 0).measure(3, 1);
        let sum = random_sum(n, &mut rng);
        compare(&circuit, &Simulator::new(), Method::DensityMatrix, &sum, "no readout error");
        circuit.set_readout_error(0, ReadoutError::new(0.1, 0.3).unwrap()).unwrap();
        circuit.set_readout_error(2, ReadoutError::new(0.2, 0.05).unwrap()).unwrap();
        compare(&circuit, &Simulator::new(), Method::DensityMatrix, &sum, "readout errors");
    }
}

#[test]
fn parameters_have_their_values() {
    let mut circuit = Circuit::new(2);
    let theta = circuit.param("theta");
    circuit.rx(2.0 * theta, 0).crz(theta, 0, 1).cx(0, 1);
    let program = crate::simulate::Program::new(&circuit).unwrap();
    let mut bound = program.bind(&[0.4]).unwrap();
    let sum: PauliSum = "Z0 + 0.5 Z1".parse().unwrap();
    let value = propagation().expectation(&bound, &sum).unwrap().value;
    assert!((value - 1.5 * 0.8f64.cos()).abs() < 1e-12);
    bound.rebind(&[0.1]).unwrap();
    let value = propagation().expectation(&bound, &sum).unwrap().value;
    assert!((value - 1.5 * 0.2f64.cos()).abs() < 1e-12);
    let error = propagation().expectation(&circuit, &sum).unwrap_err().to_string();
    assert!(error.contains("theta"), "{error}");
}

/// RX on all qubits of a chain, then RZZ(-π/2) on its pairs, again and again.
fn kicked_chain(n: usize, steps: usize, theta: f64) -> Circuit {
    let mut circuit = Circuit::new(n);
    for _ in 0..steps {
        for q in 0..n {
            circuit.rx(theta, q);
        }
        for q in 1..n {
            circuit.rzz(-FRAC_PI_2, q - 1, q);
        }
    }
    circuit
}

#[test]
fn a_step_of_the_kicked_ising_model_is_a_layer() {
    let circuit = kicked_chain(10, 4, 0.7);
    let code = Code::new(&Flow::new(&circuit).unwrap(), &[]).unwrap();
    let layers: Vec<usize> =
        (0..code.steps.len()).filter(|&k| code.steps[k] == Step::Layer).collect();
    assert_eq!(layers, [19, 39, 59]);
    for at in layers {
        assert!(matches!(code.steps[at - 1], Step::Clifford(_)));
        assert!(matches!(code.steps[at + 1], Step::Rotation { .. }));
    }
}

#[test]
fn truncated_runs_account_for_their_errors() {
    let circuit = kicked_chain(10, 6, 0.5);
    let sum: PauliSum = "Z5 + 0.5 X2 X3 - 0.25".parse().unwrap();
    let exact = Simulator::new().expectation(&circuit, &sum).unwrap().value;
    let run = |truncation: Truncation| {
        let request = Request::new().observable(sum.clone());
        propagation().truncation(truncation).run(&circuit, &request).unwrap()
    };
    let by_coefficient = Truncation { min_coefficient: 0.02, ..Truncation::none() };
    let by_number = Truncation { max_terms: Some(40), ..Truncation::none() };
    let by_weight = Truncation { max_weight: Some(3), ..Truncation::none() };
    for (truncation, has_trend) in [(by_coefficient, true), (by_number, true), (by_weight, false)] {
        let result = run(truncation.clone());
        let carried = result.propagation.as_ref().unwrap();
        assert_eq!(carried.truncation, truncation);
        let (mean, value) = (&carried.means[0], result.expectations[0].value);
        let error = (value - exact).abs();
        assert!(error > 1e-6 && error <= mean.account.dropped_sum, "{error}: {mean}");
        assert!(mean.account.dropped_squares > 0.0 && mean.account.dropped_terms > 0);
        assert_eq!(mean.trend.is_some(), has_trend);
        if let Some(trend) = &mean.trend {
            assert_eq!(trend.points[0].value, value);
            for (point, factor) in trend.points.iter().zip([1, 2, 4]) {
                assert_eq!(point.min_coefficient, truncation.min_coefficient * factor as f64);
                assert_eq!(point.max_terms, truncation.max_terms.map(|k| k / factor));
                let coarse = Truncation {
                    min_coefficient: point.min_coefficient,
                    max_terms: point.max_terms,
                    ..truncation.clone()
                };
                assert_eq!(run(coarse).expectations[0].value, point.value);
            }
        }
        // A truncated variance of a sum says nothing, and is not said.
        assert!(!result.expectations[0].has_variance());
        let text = result.to_string();
        assert!(text.contains("a bound on the error") && !text.contains("NaN"), "{text}");
    }
    let result = run(Truncation::none());
    let mean = &result.propagation.as_ref().unwrap().means[0];
    assert!((result.expectations[0].value - exact).abs() < 1e-12);
    assert_eq!((mean.account.dropped_sum, mean.trend.is_none()), (0.0, true));
    assert!(result.to_string().contains("nothing left out"));
    // One string has the variance 1 - ⟨P⟩², truncated or not.
    let one = Truncation { min_coefficient: 0.02, ..Truncation::none() };
    let found = propagation().truncation(one).expectation(&circuit, &"Z5".parse().unwrap());
    let found = found.unwrap();
    assert!((found.variance - (1.0 - found.value * found.value)).abs() < 1e-15);
}

#[test]
fn what_is_no_mean_is_refused() {
    let circuit = kicked_chain(3, 1, 0.3);
    let refused = |request: Request, words: &str| {
        let error = propagation().run(&circuit, &request).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("Pauli propagation"), "{error}");
    };
    let z = || Request::new().observable("Z0".parse().unwrap());
    refused(z().shots(10), "shots");
    refused(z().state(), "the state");
    refused(z().probabilities(3), "probabilities");
    refused(z().outcomes(), "outcomes");
    refused(z().outcome_space(), "space");
    refused(Request::new(), "observable");
    assert!(propagation().probabilities(&circuit).is_err());
    assert!(propagation().state::<f64>(&circuit).is_err());
    let far = propagation().expectation(&circuit, &"Z7".parse().unwrap()).unwrap_err();
    assert!(far.to_string().contains("qubit 7"), "{far}");
    let start = |initial: InitialState| {
        let simulator = propagation().initial_state(initial);
        simulator.expectation(&circuit, &"Z0".parse().unwrap()).unwrap_err().to_string()
    };
    let amplitudes = vec![Complex64::ONE; 1];
    let error = start(InitialState::Amplitudes(amplitudes.into()));
    assert!(error.contains("state vector as the initial state"), "{error}");
    assert!(start(InitialState::Bits(Bits::zeros(2))).contains("the circuit has 3"));
    for bad in [-0.1, f64::NAN, f64::INFINITY] {
        let truncation = Truncation { min_coefficient: bad, ..Truncation::none() };
        let simulator = propagation().truncation(truncation);
        let error = simulator.expectation(&circuit, &"Z0".parse().unwrap()).unwrap_err();
        assert!(error.to_string().contains("least coefficient"), "{error}");
    }
}

#[test]
fn operations_that_cannot_be_carried_through_are_named() {
    let refused = |circuit: &Circuit| {
        let sum = "Z0".parse().unwrap();
        propagation().expectation(circuit, &sum).unwrap_err().to_string()
    };
    let mut feedback = Circuit::with_clbits(2, 1);
    feedback.h(0).measure(0, 0);
    feedback.if_then(Expr::bit(0), |then| then.x(1));
    let error = refused(&feedback);
    assert!(error.contains("classical control") && error.contains("state-vector"), "{error}");
    let mut wide = Circuit::new(7);
    let table: Vec<u32> = (0..64).map(|b| (b + 1) % 64).collect();
    let gate = Gate::permutation("increment", table).unwrap();
    wide.push(Op::Gate(GateOp::new(gate, [0, 1, 2, 3, 4, 6])));
    let error = refused(&wide);
    assert!(error.contains("`increment` on qubits 0, 1, 2, 3, 4, 6"), "{error}");
    let mut noisy = Circuit::new(6);
    noisy.channel(Channel::depolarizing(0.1, 6).unwrap(), 0..6);
    assert!(refused(&noisy).contains("on 6 qubits"));
    let mut opaque = Circuit::new(1);
    opaque.push(Op::Gate(GateOp::new(Gate::block("magic", 1, [], None).unwrap(), [0])));
    assert!(refused(&opaque).contains("opaque"));
    let mut controls = Circuit::new(14);
    controls.push(Op::Gate(GateOp::std(StdGate::RX, [0.3.into()], [0]).controlled(1..14)));
    assert!(refused(&controls).contains("fewer controls"));
}

#[test]
fn wide_circuits_with_few_rotations_take_it_by_themselves() {
    let mut circuit = Circuit::new(200);
    for q in 0..200 {
        circuit.rx(0.3, q);
    }
    for q in 1..200 {
        circuit.cz(q - 1, q);
    }
    circuit.rx(0.3, 100);
    let sum: PauliSum = "Z100".parse().unwrap();
    let request = Request::new().observable(sum.clone());
    let (method, reason) = Simulator::new().method_for(&circuit, &request).unwrap();
    assert_eq!(method, Method::PauliPropagation, "{reason}");
    let value = Simulator::new().expectation(&circuit, &sum).unwrap().value;
    // Z → cos Z + sin Y; CZ takes Y to Z Y Z, and RX that to c s c on |000⟩: Y → -sin Z … of RX.
    let by_hand = {
        let mut small = Circuit::new(3);
        small.rx(0.3, 0).rx(0.3, 1).rx(0.3, 2).cz(0, 1).cz(1, 2).rx(0.3, 1);
        Simulator::new().expectation(&small, &"Z1".parse().unwrap()).unwrap().value
    };
    assert!((value - by_hand).abs() < 1e-12);
    // Not where it leaves something out, where more is asked for, or where strings may be many.
    let truncated =
        Simulator::new().truncation(Truncation { max_weight: Some(2), ..Truncation::none() });
    let error = truncated.expectation(&circuit, &sum).unwrap_err().to_string();
    assert!(error.contains("--method pauli"), "{error}");
    assert!(Simulator::new().run(&circuit, &request.shots(3)).is_err());
    let deep = kicked_chain(200, 30, 0.3);
    assert!(Simulator::new().expectation(&deep, &sum).is_err());
}

#[test]
fn damping_does_not_enlarge_the_light_cone() {
    for gamma in [0.005, 0.3] {
        let mut circuit = Circuit::new(5_000);
        for q in 0..5_000 {
            circuit.rx(0.3, q).amplitude_damping(gamma, q);
        }
        circuit.cz(0, 4_999);
        let found = propagation().expectation(&circuit, &"Z0 X4999".parse().unwrap()).unwrap();
        // CZ makes X4999 of Z0 X4999, whose mean is 0; Z0 stays.
        assert!(found.value.abs() < 1e-15);
        let found = propagation().expectation(&circuit, &"Z0".parse().unwrap()).unwrap();
        let expected = gamma + (1.0 - gamma) * 0.3f64.cos();
        assert!((found.value - expected).abs() < 1e-14, "{} {expected}", found.value);
    }
}

#[test]
fn an_interrupted_run_has_the_means_that_were_finished() {
    let circuit = kicked_chain(12, 8, 0.5);
    let z: PauliSum = "Z5 + 0.5 X2 X3".parse().unwrap();
    let truncation = Truncation { min_coefficient: 1e-3, ..Truncation::none() };
    let request = Request::new().observable(z);
    let alone = Truncation { min_coefficient: 1e308, ..Truncation::none() };
    let count = propagation().truncation(alone);
    count.run(&circuit, &request).unwrap();
    // No coarser run: these are the passes of the first.
    let passes = count.watch().passes();
    let whole = propagation().truncation(truncation.clone()).run(&circuit, &request).unwrap();
    assert!(!whole.interrupted && whole.propagation.unwrap().means[0].trend.is_some());
    let mut was_interrupted = false;
    for _ in 0..50 {
        let simulator = propagation().truncation(truncation.clone());
        let watch = simulator.watch().clone();
        let result = std::thread::scope(|scope| {
            let run = scope.spawn(|| simulator.run(&circuit, &request));
            while watch.passes() <= passes && !run.is_finished() {
                std::thread::yield_now();
            }
            watch.cancel();
            run.join().unwrap().unwrap()
        });
        assert_eq!(result.expectations[0].value, whole.expectations[0].value);
        was_interrupted |= result.interrupted;
        if result.interrupted {
            let mean = &result.propagation.unwrap().means[0];
            assert!(mean.trend.is_none() && result.expectations[0].variance.is_nan());
            break;
        }
    }
    assert!(was_interrupted);
    let simulator = propagation();
    simulator.watch().cancel();
    let error = simulator.run(&circuit, &request).unwrap_err();
    assert!(matches!(error, crate::Error::Interrupted), "{error}");
}

#[test]
fn zero_has_no_sign() {
    let mut circuit = Circuit::new(2);
    circuit.rx(0.3, 0);
    for sum in ["Z1 - Z1", "Y1", "0 Z0"] {
        let found = propagation().expectation(&circuit, &sum.parse().unwrap()).unwrap();
        assert_eq!(found.value.to_bits(), 0, "{sum}: {}", found.value);
        assert!(found.variance.is_nan() || found.variance.is_sign_positive(), "{sum}");
    }
}

//! The stabilizer method against the state vector, published Clifford points and closed forms.

use crate::common::{random_circuit::generator, reference};
use ketlab::circuit::{Circuit, Expr};
use ketlab::clifford::{CliffordStep, OutcomeSpace, Tableau};
use ketlab::gate::StdGate;
use ketlab::math::Bits;
use ketlab::simulate::{AnyState, InitialState, Method, Program};
use ketlab::{Control, Error, GateOp, Op, PauliString, PauliSum, Request, Simulator};
use rand::{Rng, RngExt};
use serde_json::Value;
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

fn stabilizer() -> Simulator {
    Simulator::new().method(Method::Stabilizer)
}

fn state_vector() -> Simulator {
    Simulator::new().method(Method::StateVector)
}

/// A gate that every method runs: a row with Clifford images, a controlled Pauli, or a rotation by a
/// multiple of π/2.
fn clifford_gate(num_qubits: usize, rng: &mut impl Rng) -> GateOp {
    let mut qubits: Vec<usize> = (0..num_qubits).collect();
    let mut pick = |rng: &mut dyn FnMut(usize) -> usize| qubits.swap_remove(rng(qubits.len()));
    let mut below = |n: usize| rng.random_range(0..n);
    loop {
        let gate = StdGate::ALL[below(StdGate::ALL.len())];
        let spec = gate.spec();
        let quarter = |k: usize| ketlab::Angle::from((k as f64 - 4.0) * FRAC_PI_2);
        let (angles, controls): (Vec<_>, usize) = match spec.name {
            "x" | "y" | "z" => (vec![], below(2)),
            "p" => (vec![ketlab::Angle::from((below(9) as f64 - 4.0) * 2.0 * FRAC_PI_2)], below(2)),
            _ if spec.clifford.is_some() => (vec![], 0),
            "rx" | "ry" | "rz" | "rxx" | "ryy" | "rzz" => (vec![quarter(below(9))], 0),
            _ => continue,
        };
        if spec.num_qubits + controls > num_qubits {
            continue;
        }
        let targets: Vec<usize> = (0..spec.num_qubits).map(|_| pick(&mut below)).collect();
        let controls: Vec<Control> = (0..controls)
            .map(|_| (pick(&mut below), below(2) == 1))
            .map(|(q, positive)| if positive { Control::on(q) } else { Control::off(q) })
            .collect();
        return GateOp::std(gate, angles, targets).controlled(controls);
    }
}

/// Gates, and between them measurements, resets and gates that measured bits decide.
fn clifford_circuit(num_qubits: usize, length: usize, dynamic: bool, seed: u64) -> Circuit {
    let mut rng = generator(seed);
    let mut c = Circuit::with_clbits(num_qubits, 3);
    for _ in 0..length {
        let gate = clifford_gate(num_qubits, &mut rng);
        match rng.random_range(0..10) {
            0 if dynamic => {
                c.measure(rng.random_range(0..num_qubits), rng.random_range(0..3));
            }
            1 if dynamic => {
                c.reset(rng.random_range(0..num_qubits));
            }
            2 if dynamic => {
                let condition = Expr::bit(rng.random_range(0..3));
                c.if_then(condition, |c| c.push(Op::Gate(gate)));
            }
            _ => {
                c.push(Op::Gate(gate));
            }
        }
    }
    c
}

/// All 4^n strings.
fn strings(num_qubits: usize) -> impl Iterator<Item = PauliString> {
    (0..1u64 << (2 * num_qubits))
        .map(move |k| PauliString::from_masks(k & ((1 << num_qubits) - 1), k >> num_qubits))
}

#[test]
fn means_and_signs_of_all_strings_are_those_of_the_state_vector() {
    for seed in 0..60 {
        let n = 1 + seed as usize % 5;
        let circuit = clifford_circuit(n, 8 * n, false, seed);
        let mut request = Request::new();
        for string in strings(n) {
            request = request.observable(PauliSum::from(string));
        }
        let exact = state_vector().run(&circuit, &request).unwrap().expectations;
        let found = stabilizer().run(&circuit, &request).unwrap().expectations;
        for ((string, a), b) in strings(n).zip(&exact).zip(&found) {
            assert!((a.value - b.value).abs() < 1e-12, "{seed}: {string}: {} {}", a.value, b.value);
            assert!([0.0, 1.0, -1.0].contains(&b.value), "{seed}: {string}: {}", b.value);
            assert!((a.variance - b.variance).abs() < 1e-12, "{seed}: {string}");
        }
    }
}

#[test]
fn sums_have_the_means_and_variances_of_the_state_vector() {
    for seed in 100..130 {
        let circuit = clifford_circuit(5, 30, seed % 2 == 0, seed);
        let mut rng = generator(seed);
        let terms = (0..40).map(|_| {
            let string = PauliString::from_masks(rng.random_range(0..32), rng.random_range(0..32));
            (string, rng.random_range(-1.0..1.0))
        });
        let sum = PauliSum::try_new(terms.collect::<Vec<_>>()).unwrap();
        let a = state_vector().expectation(&circuit, &sum).unwrap();
        let b = stabilizer().expectation(&circuit, &sum).unwrap();
        assert!((a.value - b.value).abs() < 1e-11, "{seed}: {a} {b}");
        assert!((a.variance - b.variance).abs() < 1e-11, "{seed}: {a:?} {b:?}");
    }
}

#[test]
fn measured_and_controlled_circuits_have_the_distributions_of_the_state_vector() {
    for seed in 200..260 {
        let mut circuit = clifford_circuit(4, 40, true, seed);
        circuit.measure(1, 0);
        let exact: BTreeMap<Bits, f64> =
            state_vector().outcome_probabilities(&circuit).unwrap().into_iter().collect();
        let found = stabilizer().outcome_probabilities(&circuit).unwrap();
        for (outcome, p) in &found {
            let exact = exact.get(outcome).copied().unwrap_or(0.0);
            assert!((p - exact).abs() < 1e-12, "{seed}: {outcome}: {p} {exact}");
        }
        assert!((found.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-12, "{seed}");
        let basis_states = stabilizer().probabilities(&circuit).unwrap();
        for (k, p) in state_vector().probabilities(&circuit).unwrap().into_iter().enumerate() {
            assert!((p - basis_states[k]).abs() < 1e-12, "{seed}: |{k}⟩");
        }
        // Of each outcome, shots within 5.5 standard errors.
        let shots = 4000;
        let counts = stabilizer().seed(seed).counts(&circuit, shots).unwrap();
        assert_eq!(counts.shots(), shots);
        for (outcome, p) in found {
            let n = counts.get(&outcome.to_string()) as f64;
            let error = (shots as f64 * p * (1.0 - p)).sqrt();
            assert!((n - shots as f64 * p).abs() <= 5.5 * error + 1e-9, "{seed}: {outcome}: {n}");
        }
    }
}

#[test]
fn a_thousand_qubits_are_run_by_the_method_that_can() {
    let mut ghz = Circuit::new(1000);
    ghz.h(0);
    for q in 1..1000 {
        ghz.cx(q - 1, q);
    }
    ghz.measure_all();
    let request = Request::new()
        .shots(1000)
        .outcomes()
        .outcome_space()
        .observable("Z0 Z999".parse().unwrap())
        .observable("Z0".parse().unwrap());
    let result = Simulator::new().seed(4).run(&ghz, &request).unwrap();
    assert_eq!(result.meta.method, "stabilizer");
    let reason = "all 1000 gates are Clifford gates, and a state vector of 1000 qubits has no room";
    assert_eq!(result.meta.reason, reason);
    assert_eq!((result.expectations[0].value, result.expectations[1].value), (1.0, 0.0));
    let counts = result.counts.unwrap();
    assert_eq!((counts.len(), counts.shots()), (2, 1000));
    let zeros = counts.get(&"0".repeat(1000));
    assert!((400..600).contains(&zeros), "{zeros}");
    let outcomes = result.outcomes.unwrap();
    let expected = ["0", "1"].map(|bit| (bit.repeat(1000).parse().unwrap(), 0.5));
    assert_eq!(outcomes, expected);
    let space = result.outcome_space.unwrap();
    assert_eq!((space.dimension(), space.offset().to_string()), (1, "0".repeat(1000)));
    // What fits goes by the state vector, as ever.
    let mut bell = Circuit::new(2);
    bell.h(0).cx(0, 1);
    assert_eq!(Simulator::new().method_for(&bell, &Request::new()).unwrap().0, Method::StateVector);
}

#[test]
fn a_space_shows_bits_that_were_written_before() {
    let mut c = Circuit::with_clbits(4, 4);
    c.x(3).measure(3, 1).h(0).cx(0, 2).measure(0, 3).measure(2, 0);
    let request = Request::new().outcome_space().outcomes();
    let result = stabilizer().run(&c, &request).unwrap();
    let (space, outcomes) = (result.outcome_space.unwrap(), result.outcomes.unwrap());
    assert_eq!(space.dimension(), 1);
    let listed: Vec<(Bits, f64)> = space.iter().map(|bits| (bits, 0.5)).collect();
    assert_eq!(listed, outcomes);
    assert_eq!(outcomes[1].0.to_string(), "1011");
    // Two branches have no one space.
    let mut random = Circuit::with_clbits(1, 1);
    random.h(0).measure(0, 0).h(0);
    let error = stabilizer().run(&random, &Request::new().outcome_space()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    let error = state_vector().run(&c, &Request::new().outcome_space()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    // Who asks for it is given the method that has it.
    let chosen = Simulator::new().run(&c, &Request::new().outcome_space()).unwrap();
    assert_eq!(chosen.outcome_space.unwrap(), space);
}

#[test]
fn probabilities_are_listed_up_to_64_qubits() {
    for n in [40, 63, 64] {
        let mut ghz = Circuit::new(n);
        ghz.h(0);
        for q in 1..n {
            ghz.cx(q - 1, q);
        }
        let ones = u64::MAX >> (64 - n);
        for at_most in [5, usize::MAX] {
            let request = Request::new().probabilities(at_most);
            let found = stabilizer().run(&ghz, &request).unwrap().probabilities.unwrap();
            assert_eq!(found, [(0, 0.5), (ones, 0.5)], "{n}");
        }
    }
}

#[test]
fn a_space_in_the_making_can_be_cancelled() {
    let watch = ketlab::simulate::Watch::default();
    let mut tableau = Tableau::new(300).unwrap();
    let steps: Vec<CliffordStep> = (0..300).map(CliffordStep::H).collect();
    tableau.apply(&steps).unwrap();
    let qubits: Vec<usize> = (0..300).collect();
    assert_eq!(OutcomeSpace::new_watched(&tableau, &qubits, &watch).unwrap().dimension(), 300);
    watch.cancel();
    let cancelled = OutcomeSpace::new_watched(&tableau, &qubits, &watch);
    assert!(matches!(cancelled, Err(Error::Interrupted)));
}

#[test]
fn shots_are_the_same_at_any_number_of_threads() {
    let static_circuit = {
        let mut c = clifford_circuit(80, 2000, false, 7);
        c.measure_all();
        c
    };
    let dynamic = clifford_circuit(12, 200, true, 8);
    for circuit in [static_circuit, dynamic] {
        let counts = |threads| {
            stabilizer().seed(3).threads(threads).unwrap().counts(&circuit, 3000).unwrap()
        };
        assert_eq!(counts(1), counts(2));
    }
}

#[test]
fn what_it_cannot_do_is_refused_by_name() {
    let mut t = Circuit::new(70);
    t.h(0).t(1);
    let error = stabilizer().counts(&t, 10).unwrap_err().to_string();
    assert!(error.contains("`t` on qubit 1"), "{error}");
    let error = Simulator::new().counts(&t, 10).unwrap_err().to_string();
    assert!(error.contains("a state vector of 70 qubits"), "{error}");
    assert!(error.contains("`t` on qubit 1"), "{error}");
    let clifford = Circuit::new(70);
    let unsupported = |error: Error| {
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    };
    unsupported(stabilizer().run(&clifford, &Request::new().probabilities(3)).unwrap_err());
    unsupported(stabilizer().state::<f64>(&clifford).unwrap_err());
    let program = Program::new(&clifford).unwrap();
    unsupported(stabilizer().evaluator(&program, &["Z0".parse().unwrap()]).unwrap_err());
    unsupported(stabilizer().batch(&program).counts(&ndarray::array![[]], 3).unwrap_err());
    // Derivatives and sampled means are of a state vector: another method is not passed over.
    let (small, z) = (Circuit::new(2), ["Z0".parse::<PauliSum>().unwrap()]);
    unsupported(stabilizer().adjoint(&small, &z).err().unwrap());
    unsupported(stabilizer().adjoint_rows(&small, &z, ndarray::array![[]].view()).unwrap_err());
    unsupported(stabilizer().parameter_shift(&small, &z[0]).err().unwrap());
    unsupported(stabilizer().sampled_gradient(&small, &z[0], 10).err().unwrap());
    unsupported(stabilizer().sampled_evaluator(&small, &z, 10).err().unwrap());
    let error = stabilizer().probabilities(&clifford).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let amplitudes = InitialState::Amplitudes(vec![1.0.into(), 0.0.into()].into());
    let from_amplitudes = |simulator: Simulator| simulator.initial_state(amplitudes.clone());
    unsupported(from_amplitudes(stabilizer()).counts(&Circuit::new(1), 1).unwrap_err());
    let error = from_amplitudes(Simulator::new()).counts(&clifford, 1).unwrap_err();
    assert!(error.to_string().contains("a state vector of 70 qubits"), "{error}");
    let wrong = "01".parse::<Bits>().unwrap();
    let error = stabilizer().initial_state(wrong).counts(&clifford, 1).unwrap_err().to_string();
    assert!(error.contains("the circuit has 70"), "{error}");
    // As many probabilities as there are, and no more memory than that.
    let all = Request::new().probabilities(usize::MAX >> 1);
    let listed = stabilizer().run(&Circuit::new(60), &all).unwrap().probabilities.unwrap();
    assert_eq!(listed, [(0, 1.0)]);
    let mut sixty = Circuit::new(60);
    (0..60).for_each(|q| {
        sixty.h(q);
    });
    let error = stabilizer().run(&sixty, &all).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let error = stabilizer().probabilities(&Circuit::new(200)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    // A wide space has no list.
    let mut wide = Circuit::new(70);
    for q in 0..70 {
        wide.h(q);
    }
    let error = stabilizer().outcome_probabilities(&wide).unwrap_err().to_string();
    assert!(error.contains("2^70 outcomes"), "{error}");
    // An observable on a qubit that is not there.
    let beyond = stabilizer().expectation(&clifford, &"Z70".parse().unwrap()).unwrap_err();
    assert!(matches!(beyond, Error::QubitOutOfRange { .. }), "{beyond}");
}

#[test]
fn a_run_goes_on_where_another_one_ended() {
    let first = clifford_circuit(6, 40, false, 11);
    let second = clifford_circuit(6, 40, false, 12);
    let state = stabilizer().run(&first, &Request::new().state()).unwrap().state.unwrap();
    assert!(matches!(state, AnyState::Stabilizer(_)));
    let mut both = first.clone();
    for op in second.ops() {
        both.push(op.clone());
    }
    // The initial state says the method.
    let goes_on = Simulator::new().initial_state(state);
    for string in strings(6).step_by(37) {
        let sum = PauliSum::from(string);
        let a = goes_on.expectation(&second, &sum).unwrap();
        assert_eq!(a, stabilizer().expectation(&both, &sum).unwrap());
    }
    let from_bits = stabilizer().initial_state("100110".parse::<Bits>().unwrap());
    let counts = from_bits.counts(&Circuit::new(6), 5).unwrap();
    assert_eq!(counts.get("100110"), 5);
}

#[test]
fn parameters_at_multiples_of_a_quarter_turn_make_clifford_gates() {
    let mut c = Circuit::new(2);
    let (a, b) = (c.param("a"), c.param("b"));
    c.ry(a, 0).rzz(b, 0, 1).rx(-2.0 * a, 1);
    let program = Program::new(&c).unwrap();
    let sum: PauliSum = "X0 + 0.5 Y0 Z1 - 2 Z1".parse().unwrap();
    for (a, b) in [(1, 1), (3, 2), (-1, 3)] {
        let angles = [a, b].map(|k| f64::from(k) * FRAC_PI_2);
        let mut bound = program.bind(&angles).unwrap();
        let exact = state_vector().expectation(&bound, &sum).unwrap();
        let found = stabilizer().expectation(&bound, &sum).unwrap();
        assert!((exact.value - found.value).abs() < 1e-12, "{exact} {found}");
        bound.rebind(&[0.1, 0.0]).unwrap();
        let error = stabilizer().expectation(&bound, &sum).unwrap_err().to_string();
        assert!(error.contains("`ry(0.1)`"), "{error}");
    }
}

/// A repetition code: errors are found and put right by what syndromes say, round by round.
#[test]
fn a_code_is_corrected_by_its_syndromes() {
    let build = |distance: usize, rounds: usize| {
        let n = 2 * distance - 1;
        let mut c = Circuit::with_clbits(n, distance - 1 + distance);
        for k in 1..distance {
            c.cx(0, k);
        }
        for round in 0..rounds {
            c.x(round % distance);
            for k in 0..distance - 1 {
                let ancilla = distance + k;
                c.cx(k, ancilla).cx(k + 1, ancilla).measure(ancilla, k).reset(ancilla);
            }
            let hit = round % distance;
            let mut fired = vec![];
            fired.extend((hit > 0).then(|| hit - 1));
            fired.extend((hit < distance - 1).then_some(hit));
            c.if_then(Expr::bit(fired[0]), |c| c.x(hit));
        }
        for k in 0..distance {
            c.measure(k, distance - 1 + k);
        }
        c
    };
    for (distance, rounds) in [(3, 4), (5, 20), (60, 30)] {
        let counts = stabilizer().counts(&build(distance, rounds), 20).unwrap();
        assert_eq!(counts.len(), 1);
        let (outcome, _) = counts.most_common(1).pop().unwrap();
        assert!((0..distance).all(|k| !outcome.bit(distance - 1 + k)), "{outcome}");
    }
    let small = build(5, 20);
    let exact = state_vector().outcome_probabilities(&small).unwrap();
    let found = stabilizer().outcome_probabilities(&small).unwrap();
    assert_eq!(found.len(), exact.len());
    assert_eq!(found[0].0, exact[0].0);
}

/// Kim et al., Nature 618, 500 (2023), at Clifford angles, by stim 1.16 (see the file).
#[test]
fn kicked_ising_at_clifford_points() {
    let Some(folder) = reference("kicked_ising") else { return };
    let read = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
    };
    let (points, map) = (read("clifford_points.json"), read("heavy_hex_127_map.json"));
    let edges: Vec<(usize, usize)> = map["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e[0].as_u64().unwrap() as usize, e[1].as_u64().unwrap() as usize))
        .collect();
    let angle = |text: &Value| {
        let quarter: f64 = text.as_str().unwrap().split('*').next().unwrap().parse().unwrap();
        quarter * FRAC_PI_2
    };
    let circuit = |steps: u64, theta: f64, extra: bool| {
        let mut c = Circuit::new(127);
        for _ in 0..steps {
            for q in 0..127 {
                c.rx(theta, q);
            }
            for &(a, b) in &edges {
                c.rzz(-FRAC_PI_2, a, b);
            }
        }
        if extra {
            for q in 0..127 {
                c.rx(theta, q);
            }
        }
        c
    };
    let mut checked = 0;
    for point in points["M_z"].as_array().unwrap() {
        let c = circuit(point["steps"].as_u64().unwrap(), angle(&point["theta_h"]), false);
        let terms = (0..127).map(|q| (format!("Z{q}").parse().unwrap(), 1.0 / 127.0));
        let sum = PauliSum::try_new(terms.collect::<Vec<(PauliString, f64)>>()).unwrap();
        let found = Simulator::new().expectation(&c, &sum).unwrap().value;
        assert!((found - point["M_z"].as_f64().unwrap()).abs() < 1e-12, "{point}");
        checked += 1;
    }
    for point in points["observables"].as_array().unwrap() {
        let extra = point["extra_final_RX_layer"].as_bool().unwrap();
        let c = circuit(point["steps"].as_u64().unwrap(), angle(&point["theta_h"]), extra);
        let letters = point["pauli"].as_object().unwrap();
        let text: Vec<String> =
            letters.iter().map(|(q, p)| format!("{}{q}", p.as_str().unwrap())).collect();
        let sum: PauliSum = text.join(" ").parse().unwrap();
        let found = Simulator::new().expectation(&c, &sum).unwrap().value;
        assert_eq!(found, point["value"].as_f64().unwrap(), "{point}");
        checked += 1;
    }
    assert_eq!(checked, 12);
}

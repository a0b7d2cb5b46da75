//! Aer's noise models against what Aer computes of them. The numbers are those of qiskit-aer 0.18.2, of
//! a device of our own: depolarizing and relaxation errors, coherent ones, resets, mixtures.

use super::*;
use crate::circuit::Circuit;
use crate::device::{Coupling, Device, DeviceNoise, GateCalibration, QubitCalibration};
use crate::noise::Channel;
use crate::pauli::{Pauli, PauliString, PauliSum};
use crate::simulate::Simulator;
use num_complex::Complex64;
use serde_json::Value;

fn numbers() -> Value {
    serde_json::from_str(include_str!("aer_numbers.json")).unwrap()
}

fn model() -> NoiseModel {
    NoiseModel::from_aer(&numbers()["noise_model"].to_string()).unwrap()
}

/// All channels of a model on one gate as one.
fn channel_of(model: &NoiseModel, circuit: &Circuit) -> Channel {
    let noisy = model.apply(circuit).unwrap().circuit;
    let mut whole: Option<Channel> = None;
    let size = circuit.num_qubits();
    for op in noisy.ops() {
        let crate::Op::Channel(channel) = op else { continue };
        let next = match (&channel.qubits[..], size) {
            (_, 1) | ([0, 1], 2) => (*channel.channel).clone(),
            ([0], 2) => channel.channel.tensor(&Channel::identity(1).unwrap()).unwrap(),
            ([1], 2) => Channel::identity(1).unwrap().tensor(&channel.channel).unwrap(),
            other => panic!("{other:?}"),
        };
        whole = Some(whole.map_or(next.clone(), |before| before.then(&next).unwrap()));
    }
    whole.unwrap()
}

#[test]
fn transfer_matrices_are_those_of_aer() {
    let numbers = numbers();
    let found = model();
    let mut count = 0;
    for row in numbers["ptms"].as_array().unwrap() {
        let gate = row["gate"].as_str().unwrap();
        let on: Vec<usize> = serde_json::from_value(row["qubits"].clone()).unwrap_or_default();
        let ptm: Vec<Vec<f64>> = serde_json::from_value(row["ptm"].clone()).unwrap();
        // On exactly those qubits; of all qubits on some that no error names.
        let on = match (on.is_empty(), gate) {
            (false, _) => on,
            (true, "cx") => vec![2, 0],
            (true, _) => vec![0],
        };
        let rules = found.rules().iter().filter(|rule| {
            rule.pattern()
                == &{
                    let mut same = rule.pattern().clone();
                    same.operations = Operations::Gates(vec![gate.parse().unwrap()]);
                    same
                }
                && !rule.sites(&on).is_empty()
        });
        let channels: Vec<&Noise> = rules.map(|rule| rule.noise()).collect();
        let [Noise::Channel(channel)] = channels[..] else { panic!("{gate} {on:?}") };
        let ours = channel.ptm().unwrap();
        for (i, line) in ptm.iter().enumerate() {
            for (j, &theirs) in line.iter().enumerate() {
                assert!((ours[(i, j)] - theirs).abs() < 1e-9, "{gate} {on:?} {i} {j}");
            }
        }
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn density_matrices_are_those_of_aer() {
    let mut model = model();
    let readout = model.readout_error(1);
    assert_eq!((readout.p1_given_0, readout.p0_given_1), (0.02, 0.04));
    model.readout_of.clear();
    let mut c = Circuit::new(3);
    c.sx(0).rz(0.3, 0).cx(0, 1).x(1).sx(2).cx(1, 2).x(2).id(1).cx(2, 0).sx(0).x(0);
    let noisy = model.apply(&c).unwrap();
    assert_eq!(noisy.coverage.num_noisy_gates, 10);
    let rows: Vec<Vec<[f64; 2]>> =
        serde_json::from_value(numbers()["density_matrix"].clone()).unwrap();
    let letters = [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z];
    for k in 0..64usize {
        let string: Vec<(usize, Pauli)> = (0..3).map(|q| (q, letters[k >> (2 * q) & 3])).collect();
        // tr(ρP) by the entries: P|c⟩ is a phase times |c ⊕ flips⟩.
        let mut theirs = Complex64::from(0.0);
        for column in 0..8usize {
            let (mut row, mut phase) = (column, Complex64::from(1.0));
            for &(q, letter) in &string {
                let bit = column >> q & 1;
                let sign = if bit == 1 { -1.0 } else { 1.0 };
                match letter {
                    Pauli::I => {}
                    Pauli::X => row ^= 1 << q,
                    Pauli::Y => {
                        row ^= 1 << q;
                        phase *= Complex64::new(0.0, sign);
                    }
                    Pauli::Z => phase *= sign,
                }
            }
            theirs += phase * Complex64::new(rows[column][row][0], rows[column][row][1]);
        }
        let sum = PauliSum::try_new([(PauliString::new(string), 1.0)]).unwrap();
        let ours = Simulator::new().expectation(&noisy.circuit, &sum).unwrap().value;
        assert!((ours - theirs.re).abs() < 1e-9, "{sum}: {ours}, {theirs}");
    }
}

/// Aer's errors of the gates were made from T1, T2, durations and gate errors by its formula: our own
/// model of the same device has the same transfer matrices.
#[test]
fn our_model_of_the_same_device_is_that_of_aer() {
    let (t1, t2, p1) = ([100.0, 120.0, 80.0], [80.0, 190.0, 80.0], [0.0, 0.02, 0.01]);
    let qubit = |q: usize| QubitCalibration {
        t1_us: Some(t1[q]),
        t2_us: Some(t2[q]),
        excited_population: Some(p1[q]),
        ..Default::default()
    };
    let gate = |name: &str, on: &[usize], error, ns| GateCalibration {
        name: name.into(),
        qubits: on.to_vec(),
        error: Some(error),
        duration_ns: Some(ns),
    };
    let device = Device {
        qubits: (0..3).map(qubit).collect(),
        gates: vec![
            gate("sx", &[0], 3e-4, 35.5),
            gate("sx", &[1], 4e-4, 35.5),
            gate("cx", &[0, 1], 8e-3, 300.0),
        ],
        couplings: vec![Coupling { qubits: [0, 1], zz_khz: None }],
        ..Default::default()
    };
    let parts = DeviceNoise { schedule: None, ..Default::default() };
    let own = device.noise_model(&parts).unwrap();
    let (mut one, mut two) = (Circuit::new(1), Circuit::new(2));
    one.sx(0);
    two.cx(0, 1);
    for circuit in [one, two] {
        let ours = channel_of(&own, &circuit);
        let mut aer = model();
        aer.set_num_qubits(3).unwrap();
        let theirs = channel_of(&aer, &circuit);
        let apart = (ours.ptm().unwrap() - theirs.ptm().unwrap()).amax();
        assert!(apart < 1e-9, "{apart}");
    }
}

/// What Aer makes of a device by itself, from its T1, T2, errors and durations (at zero temperature).
#[test]
fn gates_of_a_device_have_the_transfer_matrices_that_aer_gives_them() {
    let mut device = Device::named("invented5").unwrap();
    device.qubits.iter_mut().for_each(|q| q.excited_population = None);
    let numbers: Value = serde_json::from_str(include_str!("aer_device_numbers.json")).unwrap();
    let rows = numbers["ptms"].as_array().unwrap();
    assert_eq!(rows.len(), 9);
    for row in rows {
        let gate = row["gate"].as_str().unwrap();
        let on: Vec<usize> = serde_json::from_value(row["qubits"].clone()).unwrap();
        let theirs: Vec<Vec<f64>> = serde_json::from_value(row["ptm"].clone()).unwrap();
        let part = device.on_qubits(&on).unwrap();
        let parts = DeviceNoise { schedule: None, ..Default::default() };
        let mut circuit = Circuit::new(on.len());
        match gate {
            "sx" => circuit.sx(0),
            _ => circuit.cx(0, 1),
        };
        let ours = channel_of(&part.noise_model(&parts).unwrap(), &circuit).ptm().unwrap();
        for (i, line) in theirs.iter().enumerate() {
            for (j, theirs) in line.iter().enumerate() {
                let apart = (ours[(i, j)] - theirs).abs();
                assert!(apart < 1e-9, "{gate} {on:?} {i} {j}: {apart}");
            }
        }
    }
}

#[test]
fn everything_unknown_is_listed_at_once() {
    let text = r#"{"errors": [
        {"type": "qerror", "operations": ["cx", "warp"], "gate_qubits": [[0, 1]],
         "instructions": [[{"name": "pauli", "qubits": [0, 1], "params": ["XI"]}],
                          [{"name": "spin", "qubits": [0]}]], "probabilities": [0.1, 0.9]},
        {"type": "roerror", "operations": ["measure"], "gate_qubits": [[0, 1]],
         "probabilities": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]},
        {"type": "xerror", "operations": []}], "extra": 1}"#;
    let error = NoiseModel::from_aer(text).unwrap_err().to_string();
    for part in ["`extra`", "`warp`", "`spin`", "on several qubits", "`xerror`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let refused = |text: &str| NoiseModel::from_aer(text).unwrap_err().to_string();
    assert!(refused("{}").contains("`errors` is missing"));
    assert!(refused("[").contains("not valid"));
    let transposed = r#"{"errors": [{"type": "roerror", "operations": ["measure"],
        "probabilities": [[0.9, 0.2], [0.1, 0.8]]}]}"#;
    assert!(refused(transposed).contains("rows are true"));
    let not_one = r#"{"errors": [{"type": "qerror", "operations": ["x"],
        "instructions": [[{"name": "id", "qubits": [0]}]], "probabilities": [0.5]}]}"#;
    assert!(refused(not_one).contains("of sum 1"));
    let place = r#"{"errors": [{"type": "qerror", "operations": ["x"], "gate_qubits": [[0, 1]],
        "instructions": [[{"name": "id", "qubits": [0]}]], "probabilities": [1]}]}"#;
    assert!(refused(place).contains("as many as the operation"));
}

/// `u1` and `p` are two names in Aer and one gate here.
#[test]
fn names_of_one_gate_count_once() {
    let error = |names: &str, flip: f64, places: &str| {
        format!(
            r#"{{"type": "qerror", "operations": [{names}], {places}
                "instructions": [[{{"name": "x", "qubits": [0]}}], [{{"name": "id", "qubits": [0]}}]],
                "probabilities": [{flip}, {}]}}"#,
            1.0 - flip
        )
    };
    let read = |errors: &[String]| {
        NoiseModel::from_aer(&format!(r#"{{"errors": [{}]}}"#, errors.join(", ")))
    };
    let mut c = Circuit::new(2);
    c.p(0.1, 0).p(0.1, 1);
    let flipped = |errors: &[String]| {
        let noisy = read(errors).unwrap().apply(&c).unwrap().circuit;
        let p = Simulator::new().probabilities(&noisy).unwrap();
        (p[1] + p[3], p[2] + p[3])
    };
    let near = |(a, b): (f64, f64), x: f64, y: f64| {
        assert!((a - x).abs() < 1e-12 && (b - y).abs() < 1e-12, "{a} {b}");
    };
    let on_0 = r#""gate_qubits": [[0]],"#;
    // In Aer P(1) is 0.3 for `p` and for `u1`.
    near(flipped(&[error(r#""u1", "p""#, 0.3, "")]), 0.3, 0.3);
    near(flipped(&[error(r#""u1""#, 0.3, ""), error(r#""p""#, 0.3, "")]), 0.3, 0.3);
    near(flipped(&[error(r#""u1""#, 0.3, "")]), 0.3, 0.3);
    // Of all qubits and of one, of both names.
    let both = [error(r#""p", "u1""#, 0.3, ""), error(r#""p", "u1""#, 0.2, on_0)];
    near(flipped(&both), 0.2, 0.3);
    // Two errors of the same name are two.
    near(flipped(&[error(r#""p""#, 0.3, ""), error(r#""p""#, 0.3, "")]), 0.42, 0.42);
    // An error of `u1` alone on a place does not count for `p` there.
    for different in [
        vec![error(r#""p""#, 0.3, ""), error(r#""u1""#, 0.2, on_0)],
        vec![error(r#""p""#, 0.3, ""), error(r#""u1""#, 0.3, on_0)],
        vec![error(r#""p""#, 0.3, ""), error(r#""u1""#, 0.2, "")],
        vec![error(r#""p", "u1""#, 0.3, ""), error(r#""u1""#, 0.3, "")],
    ] {
        let text = read(&different).unwrap_err().to_string();
        assert!(text.contains("different errors of `p` and `u1`"), "{text}");
    }
    let pair = |names: &str| {
        format!(
            r#"{{"type": "qerror", "operations": [{names}],
                "instructions": [[{{"name": "x", "qubits": [1]}}]], "probabilities": [1]}}"#
        )
    };
    assert_eq!(read(&[pair(r#""cx", "cnot""#)]).unwrap().rules().len(), 1);
    assert_eq!(read(&[pair(r#""cp", "cu1""#)]).unwrap().rules().len(), 1);
    let readout = r#"{"type": "roerror", "operations": ["measure"], "gate_qubits": [[1]],
        "probabilities": [[0.9, 0.1], [0.3, 0.7]]}"#;
    let text = read(&[readout.into(), readout.into()]).unwrap_err().to_string();
    assert!(text.contains("another readout error of qubit 1 in error 1"), "{text}");
}

#[test]
fn steps_are_composed_in_their_order_and_pauli_letters_reversed() {
    let text = r#"{"errors": [{"type": "qerror", "operations": ["cx"],
        "instructions": [[{"name": "pauli", "qubits": [0, 1], "params": ["XI"]}],
                         [{"name": "z", "qubits": [0]}, {"name": "x", "qubits": [0]}],
                         [{"name": "id", "qubits": [0]}]],
        "probabilities": [0.125, 0.25, 0.625]}]}"#;
    let model = NoiseModel::from_aer(text).unwrap();
    let Noise::Channel(channel) = model.rules()[0].noise() else { panic!() };
    // The first letter is the last qubit's; X after Z is Y.
    assert_eq!(channel.to_string(), "pauli(IY=0.25, XI=0.125)");
    let text = r#"{"errors": [{"type": "qerror", "operations": ["x"],
        "instructions": [[{"name": "reset", "qubits": [0]}, {"name": "x", "qubits": [0]}]],
        "probabilities": [1]}]}"#;
    let model = NoiseModel::from_aer(text).unwrap();
    let Noise::Channel(channel) = model.rules()[0].noise() else { panic!() };
    let one = Channel::reset(0.0, 1.0).unwrap();
    assert!((channel.ptm().unwrap() - one.ptm().unwrap()).amax() < 1e-12);
    // Controls come first among the qubits, as in Aer: cx flips the second where the first is 1.
    let text = r#"{"errors": [{"type": "qerror", "operations": ["cz"],
        "instructions": [[{"name": "cx", "qubits": [0, 1]}]], "probabilities": [1]}]}"#;
    let model = NoiseModel::from_aer(text).unwrap();
    let mut c = Circuit::new(2);
    c.x(0).cz(0, 1);
    let p = Simulator::new().probabilities(&model.apply(&c).unwrap().circuit).unwrap();
    assert!((p[3] - 1.0).abs() < 1e-12, "{p:?}");
}

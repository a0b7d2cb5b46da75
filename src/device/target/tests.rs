//! Circuits in the gates that a device has, and what they make.

use super::*;
use crate::circuit::{Circuit, Op};
use crate::device::{Device, DeviceNoise, GateCalibration, QubitCalibration};
use crate::gate::GateOp;
use crate::simulate::{InitialState, Simulator};
use num_complex::Complex64;

/// A device of perfect gates: on each qubit `ones`, on pairs what is said, with this error.
fn device(n: usize, ones: &[&str], pairs: &[(&str, [usize; 2], f64)]) -> Device {
    let gate = |name: &str, qubits: &[usize], error| GateCalibration {
        name: name.into(),
        qubits: qubits.to_vec(),
        error: Some(error),
        duration_ns: Some(0.0),
    };
    let on_one = (0..n).flat_map(|q| ones.iter().map(move |name| (*name, q)));
    let mut gates: Vec<GateCalibration> = on_one.map(|(name, q)| gate(name, &[q], 0.0)).collect();
    gates.extend(pairs.iter().map(|(name, on, error)| gate(name, on, *error)));
    Device { qubits: vec![QubitCalibration::default(); n], gates, ..Default::default() }
}

const IBM: &[&str] = &["sx", "x"];

fn gates(c: &Circuit) -> Vec<&GateOp> {
    c.ops().iter().filter_map(|op| if let Op::Gate(g) = op { Some(g) } else { None }).collect()
}

/// Every gate of the circuit is one of the device, at its place.
fn is_of(device: &Device, c: &Circuit) -> bool {
    device.target().unwrap().has_all(c.ops())
}

fn num_pairs(c: &Circuit) -> usize {
    gates(c).iter().filter(|g| g.qubits().count() == 2).count()
}

#[test]
fn gates_that_undo_each_other_stay() {
    let mut c = Circuit::new(2);
    c.h(0);
    for _ in 0..200 {
        c.cx(0, 1);
    }
    for _ in 0..50 {
        c.id(1).x(1).x(1);
    }
    for pair in [("cx", [0, 1]), ("cx", [1, 0]), ("ecr", [0, 1]), ("ecr", [1, 0]), ("cz", [1, 0])] {
        let device = device(2, &["sx", "x", "id"], &[(pair.0, pair.1, 0.0)]);
        let written = device.target().unwrap().write(&c, 0).unwrap().circuit;
        assert_eq!(num_pairs(&written), 200, "{pair:?}");
        assert_eq!(written.count_ops()["id"], 50);
        assert!(written.count_ops()["x"] >= 100);
        assert!(is_of(&device, &written));
    }
    // A rotation in two is not one, and a gate that the device does not have is told.
    let device = device(2, IBM, &[("rzz", [0, 1], 0.0)]);
    let mut c = Circuit::new(2);
    c.rzz(0.3, 0, 1).rzz(-0.3, 1, 0).id(0).h(1);
    let written = device.target().unwrap().write(&c, 0).unwrap().circuit;
    assert_eq!((written.count_ops()["rzz"], written.count_ops()["id"]), (2, 1));
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let coverage = model.apply(&written).unwrap().coverage;
    assert!(coverage.without.iter().any(|g| g.name == "id" && !g.is_virtual));
}

#[test]
fn folded_circuits_lose_as_much_as_they_are_long() {
    // 201 CX of depolarizing error e: of pure states the fidelity is that of their product.
    let e = 0.004;
    let device = device(2, IBM, &[("cx", [1, 0], e)]);
    let mut c = Circuit::new(2);
    c.x(0);
    for _ in 0..201 {
        c.cx(0, 1);
    }
    let parts = DeviceNoise { transpile: true, ..Default::default() };
    let noisy = device.noise_model(&parts).unwrap().apply(&c).unwrap();
    let p = Simulator::new().probabilities(&noisy.circuit).unwrap();
    let left = (1.0 - 4.0 / 3.0 * e).powi(201);
    assert!((p[3] - (left + (1.0 - left) / 4.0)).abs() < 1e-9, "{p:?}");
    assert!(noisy.coverage.without.iter().all(|g| g.name != "cx"));
}

/// A circuit on n qubits that entangles all.
fn tangle(n: usize) -> Circuit {
    let mut c = Circuit::new(n);
    for q in 0..n {
        c.u(0.3 + q as f64, 0.2, -0.7 * q as f64, q);
    }
    c.ccx(0, n - 1, 1).cp(0.4, 0, n - 1).swap(0, 2).cy(2, n - 1).rxx(0.6, 1, 0).h(2);
    c.crz(1.3, n - 1, 0).cx(0, n - 1).iswap(1, 2).t(0);
    c
}

fn amplitudes(c: &Circuit, initial: Option<InitialState>) -> Vec<Complex64> {
    let mut simulator = Simulator::new();
    if let Some(initial) = initial {
        simulator = simulator.initial_state(initial);
    }
    simulator.state(c).unwrap().amplitudes().to_vec()
}

fn assert_same(a: &[Complex64], b: &[Complex64], what: &str) {
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
    assert!(a.len() == b.len() && apart < 1e-11, "{what}: {apart}");
}

#[test]
fn every_pair_has_its_own_gate_and_direction() {
    let kinds: [&[(&str, [usize; 2], f64)]; 6] = [
        &[("cx", [0, 1], 0.0), ("cz", [2, 1], 0.0), ("ecr", [3, 2], 0.0)],
        &[("cx", [1, 0], 0.0), ("cx", [1, 2], 0.0), ("rzz", [3, 2], 0.0)],
        &[("cz", [1, 0], 0.0), ("cz", [1, 2], 0.0), ("cz", [3, 2], 0.0)],
        &[("rxx", [0, 1], 0.0), ("ryy", [1, 2], 0.0), ("cp", [2, 3], 0.0)],
        &[("cx", [0, 1], 0.0), ("iswap", [1, 2], 0.0), ("cx", [1, 2], 0.0), ("ecr", [2, 3], 0.0)],
        &[("ecr", [1, 0], 0.0), ("ecr", [1, 2], 0.0), ("swap", [3, 2], 0.0), ("cz", [3, 2], 0.0)],
    ];
    let c = tangle(4);
    for pairs in kinds {
        let device = device(4, IBM, pairs);
        let written = device.transpile(&c, 3).unwrap();
        assert!(is_of(&written.device, &written.circuit), "{pairs:?}");
        let order: Vec<usize> = written.initial_order();
        assert_eq!(order.len(), 4);
        assert_same(&amplitudes(&written.circuit, None), &amplitudes(&c, None), "written");
        // Noise is on each gate that takes time.
        let coverage = written.device.target().unwrap().write(&written.circuit, 0).unwrap();
        assert_eq!(coverage.circuit, written.circuit);
    }
    // Gates on one qubit, too, may differ.
    let mut odd = device(2, &[], &[("cx", [0, 1], 0.0)]);
    for (name, q) in [("sx", 0), ("h", 1)] {
        let (name, qubits) = (name.into(), vec![q]);
        odd.gates.push(GateCalibration { name, qubits, ..Default::default() });
    }
    let mut c = Circuit::new(2);
    c.h(0).sx(1).cx(1, 0).ry(0.4, 1).u(0.1, 0.2, 0.3, 0);
    let written = odd.transpile(&c, 0).unwrap();
    assert!(is_of(&odd, &written.circuit));
    assert_same(&amplitudes(&written.circuit, None), &amplitudes(&c, None), "odd");
}

#[test]
fn initial_states_are_those_of_the_circuit() {
    let line = |n: usize| -> Vec<(&str, [usize; 2], f64)> {
        (1..n).map(|q| ("cx", [q - 1, q], 0.0)).collect()
    };
    let device = device(4, IBM, &line(4));
    let parts = DeviceNoise { transpile: true, ..Default::default() };
    let model = device.noise_model(&parts).unwrap();
    let mut has_moved = 0;
    for seed in 0..6usize {
        let mut c = tangle(4);
        c.cx(seed % 4, (seed + 2) % 4).cx(3, seed % 3).cx(0, 2 + seed % 2).cx(1, 3);
        let noisy = model.apply(&c).unwrap();
        let [begin, end] = noisy.places.clone().unwrap();
        has_moved += usize::from(begin != end);
        for bits in ["0001", "0110", "1011"] {
            let initial = || Some(InitialState::Bits(bits.parse().unwrap()));
            assert_same(&amplitudes(&noisy.circuit, initial()), &amplitudes(&c, initial()), bits);
        }
        // The circuit of the library, with the state in its order.
        let written = device.transpile(&c, seed as u64).unwrap();
        let mut turned = vec!['0'; 4];
        for (k, to) in written.initial_order().into_iter().enumerate() {
            turned[3 - to] = ['1', '0', '1', '1'][3 - k];
        }
        let turned: String = turned.into_iter().collect();
        let initial = |bits: &str| Some(InitialState::Bits(bits.parse().unwrap()));
        let found = amplitudes(&written.circuit, initial(&turned));
        assert_same(&found, &amplitudes(&c, initial("1011")), "in order");
    }
    assert!(has_moved > 0);
}

#[test]
fn exchanges_bring_each_where_it_belongs() {
    for to in [vec![0, 1, 2], vec![1, 2, 0], vec![2, 0, 1, 4, 3], vec![3, 2, 1, 0], vec![]] {
        let mut on: Vec<usize> = (0..to.len()).collect();
        let swaps = exchanges(&to);
        swaps.iter().for_each(|&(a, b)| on.swap(a, b));
        assert!(to.iter().enumerate().all(|(k, &place)| on[place] == k), "{to:?} {swaps:?}");
        assert!(swaps.len() < to.len().max(1));
    }
}

#[test]
fn what_is_not_calibrated_is_not_used_where_there_is_a_way_around() {
    let ring = [("cx", [0, 1], 0.01), ("cx", [1, 2], 0.01), ("cx", [2, 3], 0.01)];
    let mut c = Circuit::new(4);
    c.h(0).cx(0, 3).cx(3, 1).cx(2, 0);
    let closed = device(4, IBM, &[&ring[..], &[("cx", [0, 3], 1.0)]].concat());
    let written = closed.transpile(&c, 0).unwrap();
    assert_eq!(written.device.pairs_with_gates().len(), 4);
    let on: Vec<[usize; 2]> = gates(&written.circuit)
        .iter()
        .filter(|g| g.qubits().count() == 2)
        .map(|g| {
            let q: Vec<usize> = g.qubits().map(|q| written.qubits[q as usize]).collect();
            [q[0].min(q[1]), q[0].max(q[1])]
        })
        .collect();
    assert!(!on.is_empty() && !on.contains(&[0, 3]), "{on:?}");
    // Without a way around it is.
    let open = device(4, IBM, &[ring[0], ring[1], ("cx", [2, 3], 1.0)]);
    assert!(open.target().unwrap().is_connected());
    // One direction is enough, and an `x` that fails is made of `sx`.
    let mut both = device(2, IBM, &[("cx", [0, 1], 1.0), ("cx", [1, 0], 0.01)]);
    both.gates[1].error = Some(1.0);
    assert_eq!((&both.gates[1].name[..], both.gates[1].qubits[0]), ("x", 0));
    let mut c = Circuit::new(2);
    c.x(0).cx(0, 1);
    let written = both.transpile(&c, 0).unwrap();
    let written: Vec<&GateOp> = gates(&written.circuit);
    assert!(written.iter().all(|g| g.controls.is_empty() || g.controls[0].qubit == 1));
    assert!(!written.iter().any(|g| g.name() == "x" && g.targets[0] == 0));
}

#[test]
fn qubits_are_chosen_where_the_first_are_apart() {
    let falcon = Device::named("invented27").unwrap();
    for n in 1..=27 {
        let chosen = falcon.choose_qubits(n).unwrap();
        let mut sorted = chosen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), n);
        for k in 1..=n {
            let part = falcon.on_qubits(&chosen[..k]).unwrap().target().unwrap();
            let is_first = chosen.iter().enumerate().all(|(k, &q)| k == q);
            assert!(k < n && is_first || part.is_connected(), "{n} {k} {chosen:?}");
        }
    }
    assert_ne!(falcon.choose_qubits(7).unwrap(), (0..7).collect::<Vec<_>>());
    let c = tangle(7);
    let written = falcon.transpile(&c, 0).unwrap();
    assert!(is_of(&written.device, &written.circuit));
    assert_same(&amplitudes(&written.circuit, None), &amplitudes(&c, None), "falcon");
    // Of a star whose middle is the last qubit, the arms with the least error.
    let star =
        [("cx", [0, 4], 0.03), ("cx", [1, 4], 0.01), ("cx", [2, 4], 0.02), ("cz", [3, 4], 0.04)];
    let star = device(5, IBM, &star);
    assert_eq!(star.choose_qubits(3).unwrap(), [1, 4, 2]);
    assert_eq!(star.choose_qubits(1).unwrap(), [0]);
    let apart = device(4, IBM, &[("cx", [1, 2], 0.0)]);
    assert_eq!(apart.choose_qubits(2).unwrap(), [1, 2]);
    let error = apart.choose_qubits(3).unwrap_err().to_string();
    assert!(error.contains("at most 2"), "{error}");
    // A model is of the first, and says the way out.
    let parts = DeviceNoise { transpile: true, ..Default::default() };
    let error = falcon.noise_model(&parts).unwrap().apply(&c).unwrap_err().to_string();
    assert!(error.contains("choose_qubits") && error.contains("the first 7"), "{error}");
}

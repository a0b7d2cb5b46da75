//! Devices, their noise, and files.

use super::*;
use crate::device::{BUNDLED, Noise, NoiseModel, ScheduleKind};
use crate::error::Error;
use crate::noise::{Channel, ReadoutError};

/// The qubit and gates of the research page's numbers: T1 100 µs, T2 80 µs.
fn two_qubits() -> Device {
    let qubit = QubitCalibration {
        t1_us: Some(100.0),
        t2_us: Some(80.0),
        readout: Some(ReadoutError { p1_given_0: 0.01, p0_given_1: 0.02 }),
        readout_duration_ns: Some(1000.0),
        ..Default::default()
    };
    let gate = |name: &str, qubits: &[usize], error, ns| GateCalibration {
        name: name.into(),
        qubits: qubits.to_vec(),
        error: Some(error),
        duration_ns: Some(ns),
    };
    Device {
        name: "two".into(),
        qubits: vec![qubit; 2],
        gates: vec![
            gate("sx", &[0], 3e-4, 35.5),
            gate("sx", &[1], 3e-4, 35.5),
            gate("rz", &[0], 0.0, 0.0),
            gate("cx", &[0, 1], 8e-3, 300.0),
        ],
        couplings: vec![Coupling { qubits: [0, 1], zz_khz: Some(50.0) }],
        dt_ns: None,
    }
}

/// All channels of a gate as one.
fn whole(noise: &GateNoise, k: usize) -> Channel {
    let relaxation = |q: usize| match &noise.relaxation[q] {
        Some(channel) => channel.clone(),
        None => Channel::identity(1).unwrap(),
    };
    let relaxed = match k {
        1 => relaxation(0),
        _ => relaxation(0).tensor(&relaxation(1)).unwrap(),
    };
    match &noise.depolarizing {
        Some(depolarizing) => depolarizing.then(&relaxed).unwrap(),
        None => relaxed,
    }
}

#[test]
fn residual_depolarizing_has_the_published_numbers() {
    let device = two_qubits();
    let sx = device.gate_noise(device.gate("sx", &[0]).unwrap()).unwrap();
    assert!((sx.relaxation_error - 2.0704002e-4).abs() < 1e-11, "{}", sx.relaxation_error);
    assert!((sx.lambda - 1.8599698e-4).abs() < 1e-11, "{}", sx.lambda);
    let p = sx.lambda * 3.0 / 4.0;
    assert!((p - 1.3949774e-4).abs() < 1e-11, "{p}");
    let cx = device.gate_noise(device.gate("cx", &[0, 1]).unwrap()).unwrap();
    assert!((cx.relaxation_error - 4.18709077e-3).abs() < 1e-11, "{}", cx.relaxation_error);
    assert!((cx.lambda - 5.11242053e-3).abs() < 1e-11, "{}", cx.lambda);
    assert!((cx.lambda * 15.0 / 16.0 - 4.79289424e-3).abs() < 1e-11);
    // Closed forms to the last digits.
    let (e1, e2) = ((-35.5e-3f64 / 100.0).exp(), (-35.5e-3f64 / 80.0).exp());
    let relax = 1.0 - (3.0 + e1 + 2.0 * e2) / 6.0;
    assert!((sx.relaxation_error - relax).abs() < 1e-15);
    assert!((sx.lambda - 2.0 * (3e-4 - relax) / (2.0 * (1.0 - relax) - 1.0)).abs() < 1e-12);
}

#[test]
fn every_gate_of_every_bundled_device_has_its_reported_error() {
    let mut count = 0;
    for name in BUNDLED {
        let device = Device::named(name).unwrap();
        for gate in &device.gates {
            let noise = device.gate_noise(gate).unwrap();
            let reported = gate.error.unwrap();
            if reported < noise.relaxation_error {
                panic!("{}: {reported} is below {}", gate.place(), noise.relaxation_error);
            }
            let error = 1.0 - whole(&noise, gate.qubits.len()).average_gate_fidelity();
            assert!((error - reported).abs() < 1e-12, "{}: {error}, {reported}", gate.place());
            assert!((noise.error - reported).abs() < 1e-12);
            count += 1;
        }
        assert_eq!(device.findings().unwrap(), [], "{name}");
    }
    assert_eq!(count, 4 * (5 + 27 + 127) + 2 * (4 + 28) + 144);
}

#[test]
fn excited_populations_do_not_change_the_error() {
    let mut device = two_qubits();
    device.qubits[0].excited_population = Some(0.1);
    device.qubits[1].t2_us = Some(190.0);
    let gate = device.gate("cx", &[0, 1]).unwrap();
    let noise = device.gate_noise(gate).unwrap();
    let error = 1.0 - whole(&noise, 2).average_gate_fidelity();
    assert!((error - 8e-3).abs() < 1e-12, "{error}");
}

#[test]
fn what_relaxes_more_than_it_errs_is_told() {
    let mut device = two_qubits();
    device.gates[3].error = Some(1e-3);
    let found = device.findings().unwrap();
    let worse = found.iter().find(|f| f.what == FindingKind::RelaxationAboveError).unwrap();
    assert_eq!((worse.gate.as_deref(), &worse.qubits[..]), (Some("cx"), &[0, 1][..]));
    assert_eq!(worse.value, Some(1e-3));
    assert!((worse.used.unwrap() - 4.18709077e-3).abs() < 1e-11);
    let noise = device.gate_noise(&device.gates[3]).unwrap();
    assert!(noise.depolarizing.is_none());
    assert!((noise.error - worse.used.unwrap()).abs() < 1e-15);
}

#[test]
fn gates_that_were_not_calibrated_depolarize_completely() {
    for error in [1.0, 0.9] {
        let mut device = two_qubits();
        device.gates[3].error = Some(error);
        device.gates[3].duration_ns = Some(0.0);
        let found = device.findings().unwrap();
        let kinds: Vec<FindingKind> = found.iter().map(|f| f.what).collect();
        assert_eq!(kinds, [FindingKind::NotCalibrated]);
        assert_eq!((found[0].value, found[0].used), (Some(error), Some(0.75)));
        let noise = device.gate_noise(&device.gates[3]).unwrap();
        assert_eq!(noise.lambda, 1.0);
        let ptm = whole(&noise, 2).ptm().unwrap();
        assert!((ptm.norm() - 1.0).abs() < 1e-14);
    }
    // The largest error that a depolarizing channel has is one.
    let mut device = two_qubits();
    device.gates[3].error = Some(0.8);
    device.gates[3].duration_ns = None;
    let noise = device.gate_noise(&device.gates[3]).unwrap();
    assert!((noise.lambda - 16.0 / 15.0).abs() < 1e-12 && (noise.error - 0.8).abs() < 1e-12);
}

#[test]
fn constructors_refuse_what_files_are_mended_for() {
    let mut device = two_qubits();
    device.qubits[1].t2_us = Some(250.0);
    let error = device.noise_model(&DeviceNoise::default()).unwrap_err();
    assert!(matches!(error, Error::Invalid { .. }));
    assert!(
        error.to_string().contains("T2 of qubit 1") && error.to_string().contains("200"),
        "{error}"
    );
    assert!(device.to_json().is_err());
    let text = two_qubits().to_json().unwrap().replacen("\"t2_us\": 80.0", "\"t2_us\": 250", 1);
    let file = Device::from_json(&text).unwrap();
    let cut: Vec<&Finding> =
        file.findings.iter().filter(|f| f.what == FindingKind::T2AboveTwiceT1).collect();
    assert_eq!(cut.len(), 1);
    assert_eq!(
        (cut[0].value, cut[0].used, &cut[0].qubits[..]),
        (Some(250.0), Some(200.0), &[0][..])
    );
    assert_eq!(file.device.qubits[0].t2_us, Some(200.0));
    assert_eq!(cut[0].to_string(), "qubit 0: T2 is above 2 T1; 2 T1 is used: 250 us, 200 us used");
}

#[test]
fn files_are_read_back() {
    let mut odd = two_qubits();
    odd.name = "a \"name\"".into();
    odd.dt_ns = Some(2.0 / 9.0);
    odd.qubits[0].t1_us = Some(f64::INFINITY);
    odd.qubits[1] = QubitCalibration { excited_population: Some(1.0 / 3.0), ..Default::default() };
    odd.couplings[0].zz_khz = None;
    let mut devices: Vec<Device> = BUNDLED.iter().map(|n| Device::named(n).unwrap()).collect();
    devices.extend([two_qubits(), odd]);
    for device in devices {
        let text = device.to_json().unwrap();
        assert_eq!(Device::from_json(&text).unwrap().device, device, "{text}");
    }
}

#[test]
fn unknown_keys_have_a_suggestion() {
    let text = two_qubits().to_json().unwrap();
    let error = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        Device::from_json(&changed).unwrap_err().to_string()
    };
    let e = error("\"t1_us\"", "\"t1_ns\"");
    assert!(e.contains("qubit 0") && e.contains("`t1_ns`") && e.contains("`t1_us`"), "{e}");
    let e = error("\"couplings\"", "\"coupling\"");
    assert!(e.contains("did you mean `couplings`"), "{e}");
    let e = error("\"version\": 1", "\"version\": 2");
    assert!(e.contains("version 2") && e.contains("reads ketlab.device version 1"), "{e}");
    let e = error("\"name\": \"cx\"", "\"name\": \"cy0\"");
    assert!(e.contains("cy0"), "{e}");
    let e = error("\"error\": 0.008", "\"error\": 8");
    assert!(e.contains("cx on qubits 0, 1") && e.contains("between 0 and 1"), "{e}");
    let e = error("[0, 1]", "[0, 7]");
    assert!(e.contains('7'), "{e}");
    let e = error("\"p1_given_0\": 0.01, ", "");
    assert!(e.contains("come together"), "{e}");
    let e = error("\"t1_us\": 100.0", "\"t1_us\": -1");
    assert!(e.contains("T1 of qubit 0") && e.contains("more than 0"), "{e}");
    assert!(Device::from_json("{").is_err());
    assert!(Device::from_json("[]").is_err());
    let empty = "{\"format\": \"ketlab.device\", \"version\": 1, \"qubits\": []}";
    assert!(Device::from_json(empty).unwrap_err().to_string().contains("from 1 to"));
}

#[test]
fn what_is_missing_is_found() {
    let mut device = two_qubits();
    device.qubits[0] = QubitCalibration { t2_us: Some(50.0), ..Default::default() };
    device.qubits[1].t2_us = None;
    device.gates[0].error = None;
    device.gates[3].duration_ns = None;
    device.couplings.push(Coupling { qubits: [0, 1], zz_khz: None });
    assert!(device.check().unwrap_err().to_string().contains("there twice"));
    device.couplings.pop();
    device.gates.remove(2);
    let found = device.findings().unwrap();
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    let expected = [
        "qubit 0: T1 is not said; populations do not decay",
        "qubit 1: T2 is not said; 2 T1 is used: 200 us used",
        "qubit 0: the readout error is not said; there is none",
        "measure 0: the duration is not said; it takes no time",
        "cx 0 1: the duration is not said; it takes no time",
        "sx 0: the error is not said; relaxation alone is used",
    ];
    assert_eq!(texts, expected);
    // All of it makes a model still.
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    assert!(!model.rules().is_empty());
    device.gates.retain(|g| g.name != "cx");
    let found = device.findings().unwrap();
    assert!(found.iter().any(|f| f.what == FindingKind::CouplingWithoutGates));
}

#[test]
fn models_of_devices_are_read_back() {
    for name in ["invented5", "invented127"] {
        let device = Device::named(name).unwrap();
        for schedule in [None, Some(ScheduleKind::Asap), Some(ScheduleKind::Alap)] {
            let parts = DeviceNoise {
                schedule,
                readout_relaxation: true,
                transpile: schedule.is_some(),
                ..Default::default()
            };
            let model = device.noise_model(&parts).unwrap();
            let text = model.to_json().unwrap();
            assert_eq!(NoiseModel::from_json(&text).unwrap(), model);
        }
    }
}

#[test]
fn rules_are_those_of_the_device() {
    let device = Device::named("invented5").unwrap();
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    // id, sx, x on 5 qubits with 2 channels each, cx on 8 places with 3, delays and resets.
    assert_eq!(model.rules().len(), 15 * 2 + 8 * 3 + 5 * 2);
    let relaxations = model.rules().iter().filter(|r| matches!(r.noise(), Noise::Relaxation(_)));
    assert_eq!(relaxations.count(), 5);
    assert_eq!(model.num_qubits(), Some(5));
    assert_eq!(model.timing().unwrap().zz().len(), 4);
    assert_eq!(model.readout_error(3), device.qubits[3].readout.unwrap());
    // The first three qubits keep their own alone.
    let first = model.on_first(3);
    assert_eq!(first.rules().len(), 9 * 2 + 4 * 3 + 3 * 2);
    assert_eq!(first.timing().unwrap().zz().len(), 2);
}

#[test]
fn records_without_qubits_are_refused_at_their_place() {
    for (name, of) in [("pauli_rotation", "pauli_rotation"), ("gphase", "gphase")] {
        let mut device = two_qubits();
        device.gates[0] = GateCalibration { name: name.into(), ..Default::default() };
        let error = device.check().unwrap_err().to_string();
        assert!(error.contains(&format!("record of {of}")) && error.contains("none"), "{error}");
    }
    let text = r#"{"format": "ketlab.device", "version": 1, "qubits": [{}],
        "gates": [{"name": "c(18446744073709551615)-x", "qubits": []}]}"#;
    assert!(Device::from_json(text).unwrap_err().to_string().contains("at most 64"));
    let wide = GateCalibration {
        name: "pauli_rotation".into(),
        qubits: (0..40).collect(),
        ..Default::default()
    };
    let error = wide.check(50).unwrap_err().to_string();
    assert!(error.contains("pauli_rotation") && error.contains("at most 32"), "{error}");
}

#[test]
fn complete_relaxation_has_numbers() {
    let qubit = QubitCalibration { t1_us: Some(1e-3), t2_us: Some(1e-3), ..Default::default() };
    let mut device = Device { qubits: vec![qubit; 2], ..Device::default() };
    // Average infidelities of what forgets everything: d(1 - 1/d²)/(d + 1) = 1 - 1/d.
    for (name, on, error) in [("sx", vec![0], 0.5), ("cx", vec![0, 1], 0.75)] {
        let gate = GateCalibration {
            name: name.into(),
            qubits: on,
            error: Some(error),
            duration_ns: Some(1e6),
        };
        let noise = device.gate_noise(&gate).unwrap();
        assert_eq!((noise.lambda, &noise.finding), (0.0, &None), "{name}");
        assert!((noise.error - error).abs() < 1e-12);
        let more = GateCalibration { error: Some(error + 0.1), ..gate.clone() };
        let noise = device.gate_noise(&more).unwrap();
        assert_eq!(noise.finding.unwrap().what, FindingKind::NotCalibrated);
        assert!((noise.error - error).abs() < 1e-12 && noise.lambda == 1.0);
        let less = GateCalibration { error: Some(error - 0.1), ..gate.clone() };
        let noise = device.gate_noise(&less).unwrap();
        assert_eq!(noise.finding.unwrap().what, FindingKind::RelaxationAboveError);
        device.gates.push(gate);
    }
    device.noise_model(&DeviceNoise::default()).unwrap();
}

#[test]
fn numbers_at_the_edge_are_refused_where_they_stand() {
    let refused = |change: &dyn Fn(&mut Device)| {
        let mut device = two_qubits();
        change(&mut device);
        device.check().unwrap_err().to_string()
    };
    let error = refused(&|d| d.qubits[1].t1_us = Some(1e-320));
    assert!(error.contains("T1 of qubit 1") && error.contains("at least 1e-9 us"), "{error}");
    let error = refused(&|d| d.qubits[0].t2_us = Some(1e-10));
    assert!(error.contains("T2 of qubit 0") && error.contains("1e-10 us"), "{error}");
    let error = refused(&|d| d.dt_ns = Some(1e-320));
    assert!(error.contains("the dt of a device") && error.contains("from 1e-9"), "{error}");
    let error = refused(&|d| d.couplings[0].zz_khz = Some(-1e300));
    assert!(error.contains("qubits 0 and 1") && error.contains("kHz"), "{error}");
    // What is just possible makes a model that can be used.
    let mut device = two_qubits();
    (device.qubits[0].t1_us, device.qubits[0].t2_us) = (Some(1e-9), Some(1e-9));
    (device.dt_ns, device.couplings[0].zz_khz) = (Some(1e-9), Some(1e9));
    let model = device.noise_model(&DeviceNoise::default()).unwrap();
    let mut c = crate::circuit::Circuit::new(2);
    let delay = |value, unit| crate::circuit::Duration { value, unit };
    let most = delay(1e15, crate::circuit::TimeUnit::Ns);
    c.sx(0).delay(most, &[0]).sx(1).cx(0, 1);
    model.apply(&c).unwrap();
    let mut c = crate::circuit::Circuit::new(2);
    c.sx(0).delay(delay(1e300, crate::circuit::TimeUnit::S), &[0]).sx(0);
    for model in [model, two_qubits().noise_model(&DeviceNoise::default()).unwrap()] {
        let error = model.apply(&c).unwrap_err().to_string();
        assert!(error.contains("a delay") && error.contains("from 0 to 1000000 s"), "{error}");
    }
}

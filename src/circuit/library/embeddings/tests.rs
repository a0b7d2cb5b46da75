//! Embeddings against Qiskit's and PennyLane's states, reference kernels and differences.

use super::*;
use crate::circuit::Circuit;
use crate::circuit::library::Entanglement;
use crate::simulate::Simulator;
use num_complex::Complex64;
use std::f64::consts::PI;

const ROW: [f64; 3] = [0.3, 1.1, 2.5];

fn state(embedding: &Embedding, row: &[f64]) -> Vec<Complex64> {
    let inputs = embedding.inputs(row).unwrap();
    let circuit = embedding.circuit();
    let values: Vec<_> = circuit.inputs().zip(inputs).collect();
    let state = Simulator::new().state::<f64>(&circuit.bind(&values).unwrap()).unwrap();
    (0..1 << circuit.num_qubits()).map(|i| state.amplitude(i)).collect()
}

fn named(name: &str, num_features: usize) -> Embedding {
    Embedding::new(name.parse().unwrap(), num_features).unwrap()
}

/// Up to a phase, which makes amplitude 0 positive.
#[track_caller]
fn agrees(state: &[Complex64], expected: &[(f64, f64)]) {
    let phase = state[0].conj() / state[0].norm();
    for (a, &(re, im)) in state.iter().zip(expected) {
        assert!((a * phase - Complex64::new(re, im)).norm() < 1e-11, "{state:?}");
    }
}

#[test]
fn feature_maps_are_those_of_qiskit() {
    // Qiskit 2.6.2: zz_feature_map(3, reps=2, entanglement) at (0.3, 1.1, 2.5), and
    // pauli_feature_map(3, reps, paulis, entanglement, alpha); amplitude 0 made positive.
    let linear = [
        (0.47565378842, 0.0),
        (-0.105653798361, 0.008506050664),
        (-0.095651072828, -0.31195872842),
        (0.173113101482, 0.055944477052),
        (0.496363400595, -0.270435691881),
        (-0.295940737231, -0.031051435438),
        (0.281827385132, -0.061602308191),
        (0.217993705793, 0.290091560595),
    ];
    agrees(&state(&named("zz:2:linear", 3), &ROW), &linear);
    agrees(&state(&named("zz:2:reverse-linear", 3), &ROW), &linear);
    let full = [
        (0.211872408014, 0.0),
        (0.179025656398, -0.493471246276),
        (0.365427106117, 0.220919546427),
        (0.323171876976, -0.019671183702),
        (0.15722790615, -0.174535084946),
        (-0.003896015425, -0.519506055614),
        (-0.042688920915, 0.098336607105),
        (0.176686413973, -0.156784056916),
    ];
    agrees(&state(&named("zz", 3), &ROW), &full);
    agrees(&state(&named("zz:2:circular", 3), &ROW), &full);
    // paulis=["Z", "YX"], reps=2, circular, alpha=1.3
    let circular = [
        (0.110353809345, 0.0),
        (0.270592124666, -0.008716007261),
        (0.33930780898, 0.306970021367),
        (0.1935797142, 0.265865856436),
        (0.018117471023, 0.117244199414),
        (-0.124589199361, -0.074551133561),
        (0.596032452157, 0.038198006727),
        (-0.45282452499, -0.009445638586),
    ];
    let pauli = named("pauli:2:Z,YX:circular:1.3", 3);
    agrees(&state(&pauli, &ROW), &circular);
    let ops = pauli.circuit().count_ops();
    assert_eq!([ops["h"], ops["p"], ops["cx"], ops["sx"], ops["sxdg"]], [18, 12, 12, 6, 6]);
    // paulis=["Y", "XYZ", "ZIX"], reps=1, full
    let three = [
        (0.156186817773, 0.0),
        (0.158493958609, 0.005580805985),
        (-0.467485929645, 0.157633242793),
        (-0.605687277846, -0.176665773246),
        (0.309240735831, -0.070483386405),
        (-0.372515724698, -0.082574212476),
        (0.094435917098, -0.101139320207),
        (-0.18007180346, -0.106007664399),
    ];
    agrees(&state(&named("pauli:1:Y,XYZ,ZIX", 3), &ROW), &three);
}

#[test]
fn iqp_is_that_of_pennylane() {
    // PennyLane 0.45.1: IQPEmbedding((0.3, 1.1, 2.5), n_repeats=2), wire k as qubit k.
    let expected = [
        (0.473305683519, 0.0),
        (0.011565663567, 0.169434893398),
        (0.666576653576, -0.234980850157),
        (0.069047035061, -0.117214647386),
        (-0.148840523773, 0.117704958089),
        (-0.015393930963, -0.112142794354),
        (0.007676784771, 0.266496707302),
        (-0.132028884382, -0.30292010197),
    ];
    agrees(&state(&named("iqp:2", 3), &ROW), &expected);
}

#[test]
fn amplitudes_are_the_normalized_row() {
    let rows: [&[f64]; 8] = [
        &[0.3, -1.1, 2.5, 0.7, -0.2],
        &[-1.0],
        &[3.0, -4.0],
        &[-3.0, -4.0, 0.0],
        &[0.0, 0.0, 0.0, -1e-200, 0.0, 0.0, 2e-200],
        &[1e300, -1e300, 1e300, 1e300],
        &[-1.0; 8],
        &[0.1, 0.2, -0.3, 0.4, -0.5, 0.6, 0.7, -0.8, 0.9, 0.0, -1.1, 1.2, 1.3],
    ];
    for row in rows {
        let embedding = named("amplitude", row.len());
        let n = embedding.num_qubits();
        let largest = row.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let norm = row.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt();
        for (i, a) in state(&embedding, row).iter().enumerate() {
            let expected = row.get(i).map_or(0.0, |x| x / largest / norm);
            assert!((a - expected).norm() < 1e-14, "{row:?} {i} {a}");
        }
        let ops = embedding.circuit().count_ops();
        let count = |name: &str| ops.get(name).copied().unwrap_or(0);
        assert_eq!((count("ry"), count("cx")), ((1 << n) - 1, (1 << n) - 2));
        assert_eq!(embedding.circuit().ops().len(), (1 << (n + 1)) - 3);
    }
    let zero = named("amplitude", 3).inputs(&[0.0; 3]).unwrap_err().to_string();
    assert!(zero.contains("zero in all features"), "{zero}");
    assert!(try_amplitude_embedding(0).is_err() && try_amplitude_embedding(65_537).is_err());
}

#[test]
fn feature_maps_have_the_reference_kernels() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference/kernels/zz_feature_map.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none());
        return;
    };
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    for case in data["cases"].as_array().unwrap() {
        let (n, reps) = (case["n"].as_u64().unwrap(), case["reps"].as_u64().unwrap());
        let rows: Vec<Vec<f64>> = serde_json::from_value(case["X"].clone()).unwrap();
        let kernel: Vec<Vec<f64>> = serde_json::from_value(case["K"].clone()).unwrap();
        let zz = named(&format!("zz:{reps}"), n as usize);
        let states: Vec<_> = rows.iter().map(|row| state(&zz, row)).collect();
        for (i, a) in states.iter().enumerate() {
            for (j, b) in states.iter().enumerate() {
                let overlap: Complex64 = a.iter().zip(b).map(|(a, b)| a.conj() * b).sum();
                assert!((overlap.norm_sqr() - kernel[i][j]).abs() < 1e-9, "{n} {reps} {i} {j}");
            }
        }
    }
}

/// Angles and inputs of a row that is moved.
type Moved = (Vec<f64>, Vec<f64>);

#[test]
fn jacobians_are_differences() {
    let row = [0.3, -1.1, 2.5, 0.7, -0.2];
    for name in ["angle-z", "basis", "amplitude", "iqp:2", "zz", "pauli:1:Z,XYZ:linear:0.7"] {
        let embedding = named(name, 5);
        // Bits have derivatives at bits.
        let row = if name == "basis" { [0.0, 1.0, 1.0, 0.0, 1.0] } else { row };
        let jacobian = embedding.jacobian(&row).unwrap();
        let angles = embedding.angles(&row).unwrap();
        assert_eq!(jacobian.dim(), (angles.len(), 5));
        let num_inputs = embedding.circuit().inputs().count();
        let weights: Vec<f64> = (0..num_inputs).map(|k| (k as f64 * 0.7 + 0.1).sin()).collect();
        let pulled = embedding.pull_back(&row, &weights).unwrap();
        for k in 0..5 {
            if name == "basis" {
                assert!((0..5).all(|i| jacobian[[i, k]] == f64::from(u8::from(i == k))));
                continue;
            }
            let moved = |by: f64| {
                let mut row = row;
                row[k] += by * 1e-3;
                (embedding.angles(&row).unwrap(), embedding.inputs(&row).unwrap())
            };
            let sides = [moved(1.0), moved(-1.0), moved(2.0), moved(-2.0)];
            // Of fourth order.
            let difference = |value: &dyn Fn(&Moved) -> f64| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|side: usize| value(&sides[side]));
                (8.0 * (a - b) - (c - d)) / 12e-3
            };
            for i in 0..angles.len() {
                let expected = difference(&|side| side.0[i]);
                assert!((jacobian[[i, k]] - expected).abs() < 1e-8, "{name} {i} {k} {expected}");
            }
            let expected =
                difference(&|side| weights.iter().zip(&side.1).map(|(w, v)| w * v).sum());
            assert!((pulled[k] - expected).abs() < 1e-8, "{name} {k} {} {expected}", pulled[k]);
        }
    }
}

#[test]
fn where_amplitudes_have_no_derivative_is_said() {
    let embedding = named("amplitude", 7);
    let row = [1.0, 2.0, 0.0, 0.0, 1.0, 0.0, 3.0];
    assert!(embedding.angles(&row).is_ok());
    let error = embedding.jacobian(&row).unwrap_err().to_string();
    assert!(error.contains("features 2 to 3 are all 0"), "{error}");
    assert!(embedding.pull_back(&row, &[0.1; 7]).is_err());
    // A feature that is 0 beside one that is not has one, and so has what is padded.
    let mut row = row;
    row[2] = 0.5;
    assert!(embedding.jacobian(&row).is_ok());
    row[6] = 0.0;
    let error = embedding.jacobian(&row).unwrap_err().to_string();
    assert!(error.contains("features 6 to 6 are all 0"), "{error}");
}

#[test]
fn re_uploading_deals_features_out() {
    let c = data_reuploading(2, 3, 1, Entanglement::Circular);
    let mut expected = Circuit::new(3);
    let x = expected.param_vector("x", 2);
    let t = expected.param_vector("theta", 9);
    expected.rx(x[0], 0).rx(x[1], 1).rx(x[0], 2);
    for q in 0..3 {
        expected.rz(t[3 * q], q).ry(t[3 * q + 1], q).rz(t[3 * q + 2], q);
    }
    expected.cz(2, 0).cz(0, 1).cz(1, 2);
    assert_eq!(c, expected);
    let c = data_reuploading(5, 2, 1, Entanglement::None);
    let names: Vec<_> = c.ops().iter().take(5).map(|op| format!("{op:?}")).collect();
    let rx = names.iter().filter(|name| name.contains("RX")).count();
    assert_eq!((rx, c.count_ops()["rx"], c.count_ops()["ry"]), (3, 3, 2 + 2));
    assert!(try_data_reuploading(1, 1, 0, Entanglement::None).is_err());
    assert!(try_data_reuploading(1, 0, 1, Entanglement::None).is_err());
    assert!(try_data_reuploading(1, 4, usize::MAX, Entanglement::Full).is_err());
}

#[test]
fn separable_circuits_have_no_gates_on_several_qubits() {
    for (name, separable) in [
        ("angle-y", "angle-y"),
        ("basis", "basis"),
        ("iqp:2", "iqp:2:none"),
        ("zz:3:linear", "zz:3:none"),
        ("pauli:2:Z,YY,X", "pauli:2:Z,X"),
        ("amplitude", "amplitude, separable"),
    ] {
        let one = named(name, 4).separable().unwrap();
        assert_eq!(one.to_string(), separable);
        let qubits = |op: &crate::circuit::Op| match op {
            crate::circuit::Op::Gate(gate) => gate.qubits().count(),
            _ => 0,
        };
        assert!(one.circuit().ops().iter().all(|op| qubits(op) == 1), "{name}");
        assert_eq!(one.num_features(), 4);
        assert_eq!(one.separable().unwrap().circuit(), one.circuit());
    }
    assert!(named("pauli:2:ZZ", 4).separable().is_err());
    let none = EmbeddingKind::Zz { reps: 0, entanglement: Entanglement::Full };
    assert!(Embedding::new(none, 4).unwrap().separable().is_err());
    assert!("zz:0".parse::<EmbeddingKind>().unwrap_err().to_string().contains("from 1 on"));
    let mut c = Circuit::new(2);
    let x = c.param("x");
    c.ry(x, 0).cx(0, 1);
    let own = Embedding::from_circuit(c.clone()).unwrap();
    assert_eq!((own.to_string().as_str(), own.kind()), ("circuit", None));
    assert_eq!(own.separable().unwrap().circuit().ops().len(), 1);
    assert_eq!(own.inputs(&[0.4]).unwrap(), [0.4]);
    assert!(Embedding::from_circuit(Circuit::new(2)).is_err());
}

#[test]
fn names_are_read_as_they_are_written() {
    for name in [
        "angle",
        "angle-y",
        "angle-z",
        "basis",
        "amplitude",
        "iqp",
        "iqp:2",
        "iqp:1:linear",
        "zz",
        "zz:1",
        "zz:2:linear",
        "pauli",
        "pauli:2:Z,YY",
        "pauli:1",
        "pauli:2:Z,ZZ:circular:0.5",
    ] {
        let kind: EmbeddingKind = name.parse().unwrap();
        assert_eq!(kind.to_string(), name);
        assert_eq!(kind.to_string().parse::<EmbeddingKind>().unwrap(), kind);
    }
    assert_eq!("pauli::Z,ZZ".parse::<EmbeddingKind>().unwrap().to_string(), "pauli");
    for wrong in ["", "zzz", "zz:x", "zz:1:ring", "zz:1:full:2", "angle:2", "pauli:1:Z:full:a"] {
        assert!(wrong.parse::<EmbeddingKind>().is_err(), "{wrong}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let zz = named("zz", 3);
    let error = |row: &[f64]| zz.inputs(row).unwrap_err().to_string();
    assert_eq!(
        error(&[0.1, 0.2]),
        "the number of features of a row is 2; the embedding `zz` takes 3"
    );
    assert_eq!(
        error(&[0.1, f64::NAN, 0.2]),
        "feature 1 of a row is NaN; it must be a finite number"
    );
    assert!(zz.pull_back(&ROW, &[1.0]).is_err() && zz.jacobian(&[]).is_err());
    let basis = named("basis", 2);
    let error = basis.inputs(&[1.0, 0.5]).unwrap_err().to_string();
    assert!(error.starts_with("feature 1 of a basis embedding is 0.5; it must be 0 or 1"));
    let rows = ndarray::array![[1.0, 0.0], [2.0, 0.0]];
    let error = basis.inputs_of_rows(rows.view()).unwrap_err().to_string();
    assert!(error.starts_with("row 1: feature 0"), "{error}");
    for kind in ["angle", "basis", "amplitude", "iqp", "zz", "pauli"] {
        assert!(Embedding::new(kind.parse().unwrap(), 0).is_err(), "{kind}");
        assert!(Embedding::new(kind.parse().unwrap(), usize::MAX).is_err(), "{kind}");
    }
    for kind in ["zz:9999999999", "pauli:1:ZQ", "pauli:1:ZZZZ", "pauli:1:Z,:full", "pauli::Z::inf"]
    {
        assert!(Embedding::new(kind.parse().unwrap(), 3).is_err(), "{kind}");
    }
    assert_eq!(named("zz", 1).circuit().params().len(), 1);
    // At multiples of π the ZZ map's phases are 0, and a fidelity kernel is 1.
    let overlap: Complex64 =
        state(&zz, &[PI; 3]).iter().zip(state(&zz, &[PI; 3])).map(|(a, b)| a.conj() * b).sum();
    assert!((overlap.norm() - 1.0).abs() < 1e-12);
}

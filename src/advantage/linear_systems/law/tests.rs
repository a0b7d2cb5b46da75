use super::*;
use crate::advantage::linear_systems::Question;
use crate::circuit::library::{ClockReading, ClockWindow, TrotterOrder};
use crate::simulate::Simulator;
use nalgebra::{DMatrix, DVector};
use serde_json::Value;
use std::path::PathBuf;

const TOEPLITZ_RHS: [f64; 4] = [1.0, -2.1, 3.2, -4.3];

fn toeplitz() -> LinearSystem {
    let norm = TOEPLITZ_RHS.iter().map(|b| b * b).sum::<f64>().sqrt();
    LinearSystem::toeplitz(1.5, 2.5, TOEPLITZ_RHS.map(|b| b / norm).to_vec()).unwrap()
}

/// On a grid of ±6 with C the smallest magnitude of an eigenvalue.
fn settings(clock: usize, window: ClockWindow) -> Hhl {
    let (least, _) = toeplitz().spectrum().unwrap().magnitudes();
    Hhl { window, ..Hhl::new(clock, 6.0, least) }
}

fn simulated(hhl: &Hhl, system: &LinearSystem) -> (Vec<Complex64>, f64) {
    let (matrix, rhs) = system.hermitian().unwrap();
    let rhs: Vec<Complex64> = rhs.iter().map(|v| Complex64::from(*v)).collect();
    let circuit = hhl.circuit(&matrix.map(Complex64::from), &rhs).unwrap();
    let mut state = Simulator::new().state::<f64>(&circuit).unwrap();
    let flagged = &state.amplitudes()[1 << (circuit.num_qubits() - 1)..];
    let success = flagged.iter().map(|a| a.norm_sqr()).sum();
    (flagged[..rhs.len()].to_vec(), success)
}

fn agree(hhl: &Hhl, system: &LinearSystem) {
    let law = HhlLaw::new(hhl, system).unwrap();
    let (amplitudes, success) = simulated(hhl, system);
    assert!((success - law.success).abs() < 1e-9, "{hhl:?}: {success} {}", law.success);
    let returned: f64 = amplitudes.iter().map(|a| a.norm_sqr()).sum();
    assert!((returned - law.returned).abs() < 1e-9);
    for (a, b) in amplitudes.iter().zip(&law.amplitudes) {
        assert!((a - b).norm() < 1e-9, "{hhl:?}: {a} {b}");
    }
}

fn reference() -> Option<Value> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/hhl/hhl.json");
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "{error}");
            eprintln!("skipped: reference file hhl/hhl.json: {error}");
            None
        }
    }
}

#[test]
fn reference_cases_by_law_and_by_circuit() {
    let Some(reference) = reference() else { return };
    let numbers = |v: &Value| -> Vec<f64> {
        v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    for case in reference["cases"].as_array().unwrap() {
        let rows: Vec<Vec<f64>> = case["A"].as_array().unwrap().iter().map(numbers).collect();
        let system = LinearSystem::new(&rows, numbers(&case["b"])).unwrap();
        let hhl = Hhl {
            clock: case["clock_qubits"].as_u64().unwrap() as usize,
            time: case["t"].as_f64().unwrap(),
            window: ClockWindow::Uniform,
            reading: ClockReading::Positive,
            constant: case["C"].as_f64().unwrap(),
            evolution: Evolution::Exact,
        };
        let law = HhlLaw::new(&hhl, &system).unwrap();
        let (amplitudes, success) = simulated(&hhl, &system);
        let expected = case["success_probability"].as_f64().unwrap();
        assert!((law.success - expected).abs() < 1e-9, "{}: {}", case["name"], law.success);
        assert!((success - expected).abs() < 1e-9, "{}: {success}", case["name"]);
        let x = numbers(&case["x"]);
        for (k, x) in x.iter().enumerate() {
            let simulated = amplitudes[k] * system.rhs_norm() / hhl.constant;
            assert!((law.x[k] - x).norm() < 1e-9 && (simulated - x).norm() < 1e-9);
        }
        assert!((law.fidelity(&x) - 1.0).abs() < 1e-9);
        agree(&hhl, &system);
    }
}

#[test]
fn three_clock_qubits_are_exact_for_three_and_five() {
    // Eigenvalues 3/4 and 5/4: the bins of 1/4 are hit, x = (16, 4)/15.
    let system = LinearSystem::new(&[vec![1.0, -0.25], vec![-0.25, 1.0]], vec![1.0, 0.0]).unwrap();
    let mut hhl = Hhl::new(3, 1.0, 0.75);
    (hhl.reading, hhl.window) = (ClockReading::Positive, ClockWindow::Uniform);
    let law = HhlLaw::new(&hhl, &system).unwrap();
    let x = [16.0 / 15.0, 4.0 / 15.0];
    assert!(law.x.iter().zip(x).all(|(a, b)| (a - b).norm() < 1e-12), "{:?}", law.x);
    agree(&hhl, &system);
}

#[test]
fn the_errors_of_both_windows_on_the_toeplitz_system() {
    let system = toeplitz();
    let rhs = DVector::from_row_slice(system.rhs());
    let x = system.dense().lu().solve(&rhs).unwrap();
    assert!((x.norm() - 9.0942593367).abs() < 1e-9);
    assert!((x.mean().abs() - 1.0354368483).abs() < 1e-9);
    let (least, most) = system.spectrum().unwrap().magnitudes();
    assert!((most / least - 122.99).abs() < 0.01);
    let ideal = (least * x.norm() / rhs.norm()).powi(2);
    assert!((ideal - 0.168112).abs() < 1e-6, "{ideal}");
    assert!((Question::Norm.value(x.as_slice()) / x.norm_squared() - 1.0).abs() < 1e-14);
    let rows = [
        (ClockWindow::Sine, [-0.123, -0.052, -0.038, -0.027, -0.015]),
        (ClockWindow::Uniform, [-0.040, -0.042, -0.047, -0.052, -0.027]),
    ];
    for (window, errors) in rows {
        for (clock, expected) in (8..).zip(errors) {
            let law = HhlLaw::new(&settings(clock, window), &system).unwrap();
            let error = law.norm() / x.norm() - 1.0;
            assert!((error - expected).abs() < 1e-3, "{window:?} {clock}: {error}");
        }
    }
    // The default window is the one that converges; the other does not by as many qubits.
    assert_eq!(ClockWindow::default(), ClockWindow::Sine);
    let error = |clock, window| {
        let law = HhlLaw::new(&settings(clock, window), &system).unwrap();
        (law.success / ideal - 1.0).abs()
    };
    let sine: Vec<f64> = (8..15).map(|clock| error(clock, ClockWindow::Sine)).collect();
    assert!(sine.windows(2).all(|pair| pair[1] < pair[0]), "{sine:?}");
    assert!(error(11, ClockWindow::Uniform) > error(8, ClockWindow::Uniform));
    // On a grid of ±5.7 the uniform window gets worse with each qubit.
    let uniform: Vec<f64> = (8..13)
        .map(|clock| {
            let hhl = Hhl { window: ClockWindow::Uniform, ..Hhl::new(clock, 5.7, least) };
            (HhlLaw::new(&hhl, &system).unwrap().norm() / x.norm() - 1.0).abs()
        })
        .collect();
    assert!(uniform.windows(2).all(|pair| pair[1] > pair[0]), "{uniform:?}");
    assert!(uniform[0] < 2e-4 && (uniform[4] - 9e-3).abs() < 1e-3);
}

#[test]
fn the_law_is_that_of_the_circuit() {
    let skew = [vec![1.0, 2.0, 0.0], vec![0.0, -1.0, 0.5], vec![3.0, 0.0, 1.0]];
    let skew = LinearSystem::new(&skew, vec![1.0, -2.0, 0.5]).unwrap();
    let odd = LinearSystem::toeplitz(2.0, -0.7, vec![1.0, 0.0, -0.3]).unwrap();
    for window in [ClockWindow::Uniform, ClockWindow::Sine] {
        agree(&settings(7, window), &toeplitz());
        for system in [&skew, &odd] {
            let (least, most) = system.spectrum().unwrap().magnitudes();
            // Also where amplitudes are clipped.
            for constant in [least, 1.7 * least] {
                agree(&Hhl { window, ..Hhl::new(5, 1.1 * most, constant) }, system);
            }
        }
        for (order, steps) in [(TrotterOrder::First, 1), (TrotterOrder::Second, 2)] {
            let evolution = Evolution::Trotter { order, steps };
            agree(&Hhl { evolution, ..settings(4, window) }, &toeplitz());
        }
    }
    let evolution = Evolution::Trotter { order: TrotterOrder::First, steps: 3 };
    let (least, most) = skew.spectrum().unwrap().magnitudes();
    agree(&Hhl { evolution, ..Hhl::new(3, 1.2 * most, least) }, &skew);
}

#[test]
fn a_cancelled_law_ends() {
    let (system, hhl) = (toeplitz(), settings(12, ClockWindow::Sine));
    let (spectrum, watch) = (system.spectrum().unwrap(), Watch::default());
    assert!(HhlLaw::of_spectrum(&hhl, &system, &spectrum, &watch).is_ok());
    watch.cancel();
    let ended = HhlLaw::of_spectrum(&hhl, &system, &spectrum, &watch);
    assert_eq!(ended.unwrap_err(), Error::Interrupted);
}

#[test]
fn signs_come_out() {
    let system = LinearSystem::new(&[vec![-0.5, 0.0], vec![0.0, -0.5]], vec![3.0, -4.0]).unwrap();
    let mut hhl = Hhl::new(3, 1.0, 0.5);
    hhl.window = ClockWindow::Uniform;
    let law = HhlLaw::new(&hhl, &system).unwrap();
    assert!((law.x[0] + 6.0).norm() < 1e-12 && (law.x[1] - 8.0).norm() < 1e-12, "{:?}", law.x);
    assert!((law.mean() - 1.0).abs() < 1e-12 && (law.norm() - 10.0).abs() < 1e-12);
}

#[test]
fn rows_beyond_a_power_of_two_change_nothing() {
    let system = LinearSystem::toeplitz(2.0, -0.7, vec![1.0, 0.0, -0.3]).unwrap();
    let (least, most) = system.spectrum().unwrap().magnitudes();
    let hhl = Hhl::new(12, 1.1 * most, least);
    let law = HhlLaw::new(&hhl, &system).unwrap();
    let x = system.dense().lu().solve(&DVector::from_row_slice(system.rhs())).unwrap();
    assert_eq!((law.amplitudes.len(), law.x.len()), (3, 3));
    assert!(law.fidelity(x.as_slice()) > 1.0 - 1e-6 && (law.norm() / x.norm() - 1.0).abs() < 1e-3);
    // The filled-up matrix as a general one has the same law.
    let (matrix, rhs) = system.hermitian().unwrap();
    let rows: Vec<Vec<f64>> =
        DMatrix::row_iter(&matrix).map(|row| row.iter().copied().collect()).collect();
    let filled = LinearSystem::new(&rows, rhs.iter().copied().collect()).unwrap();
    let same = HhlLaw::new(&hhl, &filled).unwrap();
    assert!((same.success - law.success).abs() < 1e-12);
}

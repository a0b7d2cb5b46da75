use super::super::settings::ClockReading;
use super::super::window::ClockWindow;
use super::*;
use crate::circuit::library::TrotterOrder;
use crate::simulate::Simulator;
use std::f64::consts::PI;

fn real(n: usize, entries: &[f64]) -> DMatrix<Complex64> {
    DMatrix::from_row_slice(n, n, entries).map(Complex64::from)
}

fn complex(v: &[f64]) -> Vec<Complex64> {
    v.iter().copied().map(Complex64::from).collect()
}

fn amplitudes(circuit: &Circuit) -> Vec<Complex64> {
    Simulator::new().state::<f64>(circuit).unwrap().amplitudes().to_vec()
}

/// Amplitudes where the flag is 1 and the clock 0, and the probability of the flag.
fn run(hhl: &Hhl, a: &DMatrix<Complex64>, b: &[Complex64]) -> (Vec<Complex64>, f64) {
    let state = amplitudes(&hhl.circuit(a, b).unwrap());
    let flagged = &state[state.len() / 2..];
    (flagged[..b.len()].to_vec(), flagged.iter().map(|z| z.norm_sqr()).sum())
}

#[test]
fn windows_are_what_they_say() {
    for clock in 1..=6 {
        let bins = (1 << clock) as f64;
        let state = amplitudes(&try_clock_window(ClockWindow::Sine, clock).unwrap());
        for (tau, z) in state.iter().enumerate() {
            let expected = (2.0 / bins).sqrt() * (PI * (tau as f64 + 0.5) / bins).sin();
            assert!((z - expected).norm() < 1e-12, "{clock} {tau}: {z}");
        }
        let state = amplitudes(&try_clock_window(ClockWindow::Uniform, clock).unwrap());
        assert!(state.iter().all(|z| (z - bins.powf(-0.5)).norm() < 1e-12));
    }
    for clock in [0, 21] {
        let refused = try_clock_window(ClockWindow::Sine, clock).unwrap_err().to_string();
        assert!(refused.contains("from 1 to 20"), "{refused}");
    }
}

#[test]
fn vectors_are_prepared_with_their_phases() {
    let c = Complex64::new;
    let vectors = [
        complex(&[1.0, -2.1, 3.2, -4.3]),
        complex(&[0.0, -1.0]),
        vec![c(1.0, 2.0), c(0.0, -1.0), c(0.0, 0.0), c(-3.0, 0.5)],
        vec![c(1e-200, 0.0), c(0.0, 1e-200), c(0.0, 0.0), c(0.0, 0.0)],
        (0..8).map(|k| Complex64::from_polar(1.0 + k as f64, (k * k) as f64)).collect(),
    ];
    for v in vectors {
        let largest = v.iter().map(|z| z.norm()).fold(0.0, f64::max);
        let norm = v.iter().map(|z| (z / largest).norm_sqr()).sum::<f64>().sqrt();
        let state = amplitudes(&try_amplitudes(&v).unwrap());
        for (z, v) in state.iter().zip(&v) {
            assert!((z - v / largest / norm).norm() < 1e-12, "{z} {v}");
        }
    }
    let says = |v: &[f64]| try_amplitudes(&complex(v)).unwrap_err().to_string();
    assert!(says(&[1.0, 2.0, 3.0]).contains("power of two"));
    assert!(says(&[0.0, 0.0]).contains("no direction"));
    assert!(says(&[f64::NAN, 0.0]).contains("finite"));
}

#[test]
fn negative_eigenvalues_keep_their_sign() {
    // diag(-1/2, -1/2): x = -2b. Bins of a quarter: the eigenvalue is one of them.
    let mut hhl = Hhl::new(3, 1.0, 0.5);
    hhl.window = ClockWindow::Uniform;
    let a = real(2, &[-0.5, 0.0, 0.0, -0.5]);
    let (x, p) = run(&hhl, &a, &complex(&[0.6, -0.8]));
    assert!((p - 1.0).abs() < 1e-10, "{p}");
    assert!((x[0] + 0.6).norm() < 1e-10 && (x[1] - 0.8).norm() < 1e-10, "{x:?}");
}

#[test]
fn a_complex_system_is_solved() {
    // Eigenvalues 1 and 2 of [[1.5, -i/2], [i/2, 1.5]].
    let i = Complex64::I;
    let a = DMatrix::from_row_slice(2, 2, &[1.5.into(), -i / 2.0, i / 2.0, 1.5.into()]);
    let mut hhl = Hhl::new(3, 4.0, 1.0);
    hhl.window = ClockWindow::Uniform;
    let b = [Complex64::new(0.6, 0.0), Complex64::new(0.0, 0.8)];
    let (x, _) = run(&hhl, &a, &b);
    let solved = a.clone().lu().solve(&nalgebra::DVector::from_row_slice(&b)).unwrap();
    for (x, solved) in x.iter().zip(solved.iter()) {
        assert!((x - solved).norm() < 1e-10, "{x} {solved}");
    }
}

#[test]
fn a_product_formula_tends_to_the_exact_evolution() {
    let a = real(2, &[1.5, 0.5, 0.5, 1.0]);
    let b = complex(&[1.0, 0.0]);
    let mut hhl = Hhl::new(4, 3.0, 0.5);
    let (exact, _) = run(&hhl, &a, &b);
    let mut errors = Vec::new();
    for steps in [1, 2, 4] {
        hhl.evolution = Evolution::Trotter { order: TrotterOrder::Second, steps };
        let (x, _) = run(&hhl, &a, &b);
        errors.push(x.iter().zip(&exact).map(|(x, e)| (x - e).norm()).fold(0.0, f64::max));
    }
    // Of second order: a quarter for twice the steps.
    for pair in errors.windows(2) {
        assert!((3.0..5.0).contains(&(pair[0] / pair[1])), "{errors:?}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let hhl = Hhl::new(3, 2.0, 0.5);
    let b = complex(&[1.0, 0.0]);
    let says = |hhl: &Hhl, a: &DMatrix<Complex64>, b: &[Complex64]| {
        hhl.circuit(a, b).unwrap_err().to_string()
    };
    let good = real(2, &[1.0, 0.25, 0.25, 1.0]);
    assert!(says(&hhl, &real(2, &[1.0, 1.0, 1.0, 1.0]), &b).contains("singular"));
    assert!(says(&hhl, &real(2, &[1.0, 1.0, 0.0, 1.0]), &b).contains("[[0, A], [A†, 0]]"));
    assert!(says(&hhl, &real(2, &[f64::NAN, 1.0, 1.0, 1.0]), &b).contains("finite"));
    assert!(says(&hhl, &real(3, &[1.0; 9]), &complex(&[1.0; 3])).contains("3 × 3"));
    assert!(says(&hhl, &good, &complex(&[1.0; 4])).contains("must have 2"));
    assert!(says(&hhl, &good, &complex(&[0.0; 2])).contains("no direction"));
    assert!(says(&hhl, &real(2, &[3.0, 0.0, 0.0, 1.0]), &b).contains("wider grid"));
    let positive = Hhl { reading: ClockReading::Positive, ..hhl };
    assert!(says(&positive, &real(2, &[-1.0, 0.0, 0.0, 1.0]), &b).contains("signed clock"));
    assert!(says(&Hhl { clock: 0, ..hhl }, &good, &b).contains("from 1 to 20"));
    assert!(says(&Hhl { clock: 99, ..hhl }, &good, &b).contains("from 1 to 20"));
    assert!(says(&Hhl { constant: -1.0, ..hhl }, &good, &b).contains("positive"));
    assert!(says(&Hhl { time: f64::NAN, ..hhl }, &good, &b).contains("positive"));
    let none = Evolution::Trotter { order: TrotterOrder::First, steps: 0 };
    assert!(says(&Hhl { evolution: none, ..hhl }, &good, &b).contains("at least 1"));
    let many = Evolution::Trotter { order: TrotterOrder::First, steps: usize::MAX };
    assert!(says(&Hhl { evolution: many, ..hhl }, &good, &b).contains("at most"));
}

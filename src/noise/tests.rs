//! What holds for every channel.

use super::views::pauli_basis;
use super::*;
use crate::math::{Domain, Streams};
use nalgebra::DMatrix;
use num_complex::Complex64;
use rand::{Rng, RngExt};
use std::path::{Path, PathBuf};

type Matrix = DMatrix<Complex64>;

/// One of each channel that has a name, and some more.
pub fn every_named_channel() -> Vec<Channel> {
    let strings = |list: &[(&str, f64)]| -> Vec<(crate::pauli::PauliString, f64)> {
        list.iter().map(|(s, p)| (s.parse().unwrap(), *p)).collect()
    };
    let (mixed, zz) = (strings(&[("X0", 0.01), ("Z0 Z1", 0.02), ("Y1", 1e-12)]), "Z0 Z1");
    let channels = [
        Channel::identity(1),
        Channel::identity(3),
        Channel::depolarizing(0.01, 1),
        Channel::depolarizing(0.3, 2),
        Channel::depolarizing(1.0, 3),
        Channel::depolarizing_lambda(0.1, 1),
        Channel::depolarizing_lambda(1.0, 3),
        Channel::depolarizing_from_gate_error(0.008, 2),
        Channel::bit_flip(0.1),
        Channel::phase_flip(0.7),
        Channel::bit_phase_flip(1.0),
        Channel::pauli(mixed.clone(), 2),
        Channel::pauli(vec![], 2),
        Channel::pauli_lindblad(mixed, 3),
        Channel::amplitude_damping(0.0),
        Channel::amplitude_damping(0.1),
        Channel::amplitude_damping(1.0),
        Channel::generalized_amplitude_damping(0.2, 0.3),
        Channel::generalized_amplitude_damping(0.2, 1.0),
        Channel::phase_damping(0.3),
        Channel::phase_damping(1.0),
        Channel::thermal_relaxation(50e-6, 70e-6, 100e-9, 0.0),
        Channel::thermal_relaxation(50e-6, 70e-6, 10e-6, 0.2),
        Channel::thermal_relaxation(50e-6, 100e-6, 10e-6, 0.0),
        Channel::thermal_relaxation(50e-6, 100e-6, 10e-6, 0.3),
        Channel::thermal_relaxation(50e-6, 30e-6, 0.3e-6, 0.0),
        Channel::thermal_relaxation(50e-6, 30e-6, 20e-6, 0.1),
        Channel::thermal_relaxation(100e-6, 100e-6, 1e-6, 0.0),
        Channel::thermal_relaxation(50e-6, 30e-6, 1.0, 0.1),
        Channel::thermal_relaxation(50e-6, 70e-6, 1.0, 0.1),
        Channel::thermal_relaxation(50e-6, 70e-6, 0.0, 0.1),
        Channel::thermal_relaxation(50e-6, 40e-6, 0.0, 0.1),
        Channel::thermal_relaxation(f64::INFINITY, 40e-6, 1e-6, 0.1),
        Channel::thermal_relaxation(f64::INFINITY, f64::INFINITY, 1e-6, 0.1),
        Channel::thermal_relaxation(1e-310, 1e-312, 1e-6, 0.1),
        Channel::reset(0.2, 0.1),
        Channel::reset(0.5, 0.5),
        Channel::over_rotation(&"X0".parse().unwrap(), 0.1),
        Channel::over_rotation(&zz.parse().unwrap(), -1e-5),
    ];
    channels.map(Result::unwrap).to_vec()
}

use crate::error::Result;

fn random_matrix(rows: usize, columns: usize, rng: &mut impl Rng) -> Matrix {
    let mut x = || rng.random::<f64>() - 0.5;
    Matrix::from_fn(rows, columns, |_, _| Complex64::new(x(), x()))
}

/// Kraus operators of a random channel: slices of a random isometry.
fn random_kraus(k: usize, operators: usize, rng: &mut impl Rng) -> Vec<Matrix> {
    let d = 1 << k;
    let isometry = random_matrix(operators * d, d, rng).qr().q();
    (0..operators).map(|j| isometry.rows(j * d, d).into_owned()).collect()
}

fn random_state(d: usize, rank: usize, rng: &mut impl Rng) -> Matrix {
    let root = random_matrix(d, rank, rng);
    let rho = &root * root.adjoint();
    let trace = rho.trace();
    rho / trace
}

fn largest(matrix: &Matrix) -> f64 {
    matrix.iter().map(|z| z.norm()).fold(0.0, f64::max)
}

fn applied(operators: &[Matrix], rho: &Matrix) -> Matrix {
    operators.iter().fold(rho * Complex64::ZERO, |sum, k| sum + k * rho * k.adjoint())
}

/// Named ones, and random ones of each form.
fn every_channel() -> Vec<Channel> {
    let mut rng = Streams::new(3, Domain::Circuit).stream(0);
    let mut channels = every_named_channel();
    for k in 1..=3 {
        for operators in [1, 2, 4] {
            channels.push(Channel::kraus(random_kraus(k, operators, &mut rng)).unwrap());
        }
        let unitary = random_kraus(k, 1, &mut rng).remove(0);
        channels.push(Channel::unitary(unitary.clone()).unwrap());
        let one = Matrix::identity(1 << k, 1 << k);
        channels.push(Channel::mixed_unitary([(0.25, unitary), (0.75, one)]).unwrap());
    }
    channels
}

#[test]
fn views_agree_with_the_definitions() {
    let mut rng = Streams::new(4, Domain::Circuit).stream(0);
    for channel in every_channel() {
        let k = channel.num_qubits();
        let d = 1 << k;
        let operators = channel.kraus_operators().unwrap();
        let rho = random_state(d, d, &mut rng);
        let out = applied(&operators, &rho);
        assert!((out.trace().re - 1.0).abs() < 1e-14, "{channel}");
        // Density matrices as columns, rows of the matrix fastest.
        let column = nalgebra::DVector::from_column_slice(rho.as_slice());
        let by_superoperator = channel.superoperator().unwrap() * column;
        let by_superoperator = Matrix::from_column_slice(d, d, by_superoperator.as_slice());
        assert!(largest(&(&by_superoperator - &out)) < 1e-14, "{channel}");
        // E(ρ) = Σ_rc ρ_rc E(|r⟩⟨c|), blocks of the Choi matrix.
        let choi = channel.choi().unwrap();
        assert!((choi.trace().re - d as f64).abs() < 1e-13);
        let block = |r: usize, c: usize| choi.view((d * r, d * c), (d, d)) * rho[(r, c)];
        let zero = Matrix::zeros(d, d);
        let by_choi = (0..d * d).fold(zero.clone(), |sum, i| sum + block(i % d, i / d));
        assert!(largest(&(&by_choi - &out)) < 1e-14, "{channel}");
        // Bloch vectors.
        let paulis: Vec<Matrix> = (0..d * d)
            .map(|s| {
                let mut product = Matrix::identity(1, 1);
                for q in 0..k {
                    let letter = string_of_number(s as u64).get(q).matrix();
                    product = Matrix::from_fn(2, 2, |r, c| letter[(r, c)]).kronecker(&product);
                }
                product
            })
            .collect();
        let ptm = channel.ptm().unwrap();
        let means =
            |rho: &Matrix| -> Vec<f64> { paulis.iter().map(|p| (p * rho).trace().re).collect() };
        let (before, after) = (nalgebra::DVector::from_vec(means(&rho)), means(&out));
        for (a, b) in (&ptm * before).iter().zip(after) {
            assert!((a - b).abs() < 1e-14, "{channel}");
        }
        // χ.
        let chi = channel.chi().unwrap();
        assert!((chi.trace().re - 1.0).abs() < 1e-14);
        let mut by_chi = zero;
        for m in 0..d * d {
            for n in (0..d * d).filter(|&n| chi[(m, n)].norm() > 1e-18) {
                by_chi += &paulis[m] * &rho * &paulis[n] * chi[(m, n)];
            }
        }
        assert!(largest(&(&by_chi - &out)) < 1e-13, "{channel}");
    }
}

#[test]
fn views_lead_back_to_the_channel() {
    for channel in every_channel() {
        assert!(channel.cptp_deviation() < 1e-14, "{channel} {}", channel.cptp_deviation());
        let back = [
            Channel::from_choi(&channel.choi().unwrap()),
            Channel::from_superoperator(&channel.superoperator().unwrap()),
            Channel::from_ptm(&channel.ptm().unwrap()),
            Channel::from_chi(&channel.chi().unwrap()),
            Channel::kraus(channel.kraus_operators().unwrap()),
            Channel::kraus(channel.canonical_kraus().unwrap()),
        ];
        for other in back {
            let other = other.unwrap();
            assert!(channel.distance(&other).unwrap() < 1e-12, "{channel} {other}");
            assert!(other.cptp_deviation() < 1e-14, "{channel} {other}");
        }
        // Around through all of them.
        let choi = Channel::kraus(channel.canonical_kraus().unwrap()).unwrap().choi().unwrap();
        let ptm = Channel::from_choi(&choi).unwrap().ptm().unwrap();
        let superoperator = Channel::from_ptm(&ptm).unwrap().superoperator().unwrap();
        let end = Channel::from_superoperator(&superoperator).unwrap();
        assert!(channel.distance(&end).unwrap() < 1e-12, "{channel}");
    }
}

#[test]
fn canonical_operators_are_orthogonal_and_descend() {
    for channel in every_channel() {
        let operators = channel.canonical_kraus().unwrap();
        assert!(operators.len() <= 1 << (2 * channel.num_qubits()));
        for (i, a) in operators.iter().enumerate() {
            for b in &operators[..i] {
                assert!(b.dotc(a).norm() < 1e-13, "{channel}");
                assert!(b.norm_squared() > a.norm_squared() - 1e-13, "{channel}");
            }
            let most = a.iter().map(|z| z.norm()).fold(0.0, f64::max);
            let positive = |z: &&Complex64| z.im.abs() < 1e-13 && (z.re - most).abs() < 1e-9;
            assert!(a.iter().any(|z| positive(&z)), "{channel}");
        }
    }
}

#[test]
fn one_after_the_other_multiplies_transfer_matrices() {
    let all = every_channel();
    for (i, a) in all.iter().enumerate() {
        // Three-qubit channels once.
        for b in all.iter().skip(i % 4).step_by(if a.num_qubits() == 3 { 4 } else { 1 }) {
            if a.num_qubits() != b.num_qubits() {
                assert!(a.then(b).is_err());
                continue;
            }
            let both = a.then(b).unwrap();
            let product = b.ptm().unwrap() * a.ptm().unwrap();
            let off = (both.ptm().unwrap() - product).amax();
            assert!(off < 1e-14, "{both} {off}");
            assert!(both.cptp_deviation() < 1e-14, "{both}");
        }
    }
}

#[test]
fn side_by_side_is_the_tensor_product() {
    for a in every_channel() {
        for b in every_channel() {
            if a.num_qubits() + b.num_qubits() > 2 {
                continue;
            }
            let both = a.tensor(&b).unwrap().ptm().unwrap();
            // Strings of the low qubits are fastest.
            let product = b.ptm().unwrap().kronecker(&a.ptm().unwrap());
            assert!((both - product).amax() < 1e-14, "{a} {b}");
            let fidelity = a.tensor(&b).unwrap().process_fidelity();
            assert!((fidelity - a.process_fidelity() * b.process_fidelity()).abs() < 1e-14);
        }
    }
    let three =
        Channel::amplitude_damping(0.1).unwrap().tensor(&Channel::depolarizing(0.1, 2).unwrap());
    assert_eq!(
        three.unwrap().to_string(),
        "depolarizing(p=0.1, qubits=2) ⊗ amplitude_damping(gamma=0.1)"
    );
    let wide = Channel::depolarizing(0.1, 3).unwrap();
    assert!(wide.tensor(&Channel::amplitude_damping(0.1).unwrap()).is_err());
    assert_eq!(wide.tensor(&wide).unwrap().num_qubits(), 6);
}

#[test]
fn twirls_keep_the_diagonal_alone() {
    for channel in every_channel() {
        let (twirl, ptm) = (channel.pauli_twirl().unwrap(), channel.ptm().unwrap());
        let expected = DMatrix::from_diagonal(&ptm.diagonal());
        assert!((twirl.ptm().unwrap() - expected).amax() < 1e-14, "{channel}");
        assert!((twirl.process_fidelity() - channel.process_fidelity()).abs() < 1e-14);
        let chi = channel.chi().unwrap();
        for (string, p) in twirl.as_pauli().unwrap().errors() {
            assert!((chi[(*string as usize, *string as usize)].re - p).abs() < 1e-15);
        }
    }
}

#[test]
fn fidelities_are_those_of_the_transfer_matrix() {
    let mut rng = Streams::new(5, Domain::Circuit).stream(0);
    for channel in every_channel() {
        let (ptm, d) = (channel.ptm().unwrap(), (1 << channel.num_qubits()) as f64);
        assert!((channel.process_fidelity() - ptm.trace() / (d * d)).abs() < 1e-14, "{channel}");
        let rows = ptm.nrows() - 1;
        let unital = ptm.view((1, 1), (rows, rows));
        let unitarity = (unital.transpose() * unital).trace() / (d * d - 1.0);
        assert!((channel.unitarity().unwrap() - unitarity).abs() < 1e-14, "{channel}");
        if channel.num_qubits() > 1 {
            continue;
        }
        // The average over six states that are a 2-design is that over all.
        let mut sum = 0.0;
        for axis in 1..4 {
            for sign in [1.0, -1.0] {
                // ⟨ψ|E(ψ)|ψ⟩ of the Bloch vector ±e_axis.
                sum += (1.0 + sign * ptm[(axis, 0)] + ptm[(axis, axis)]) / 2.0;
            }
        }
        assert!((channel.average_gate_fidelity() - sum / 6.0).abs() < 1e-14, "{channel}");
    }
    // Distances see one entry.
    let kraus = random_kraus(2, 3, &mut rng);
    let channel = Channel::kraus(kraus.clone()).unwrap();
    let other = Channel::kraus(kraus.into_iter().rev()).unwrap();
    assert!(channel.distance(&other).unwrap() < 1e-15);
    let flips = [0.1, 0.3].map(|p| Channel::bit_flip(p).unwrap());
    assert!((flips[0].distance(&flips[1]).unwrap() - 0.2).abs() < 1e-15);
    let wide = [0.1, 0.3].map(|l| Channel::depolarizing_lambda(l, 2).unwrap());
    let choi = largest(&(wide[0].choi().unwrap() - wide[1].choi().unwrap()));
    assert!((wide[0].distance(&wide[1]).unwrap() - choi).abs() < 1e-15);
}

#[test]
fn many_qubits_have_closed_forms() {
    // d = 2^10: p of any of 4^10 - 1 errors.
    let channel = Channel::depolarizing(0.01, 10).unwrap();
    assert!((channel.process_fidelity() - 0.99).abs() < 1e-15);
    assert!((channel.average_gate_fidelity() - (1024.0 * 0.99 + 1.0) / 1025.0).abs() < 1e-15);
    let lambda = Channel::depolarizing_lambda(0.2, 20).unwrap();
    let twice = lambda.then(&lambda).unwrap();
    assert!(twice.distance(&Channel::depolarizing_lambda(0.36, 20).unwrap()).unwrap() < 1e-15);
    assert!((twice.unitarity().unwrap() - 0.64f64.powi(2)).abs() < 1e-15);
    assert_eq!(lambda.pauli_twirl().unwrap(), lambda);
    for refused in [
        lambda.ptm().map(|_| ()),
        lambda.choi().map(|_| ()),
        lambda.chi().map(|_| ()),
        lambda.superoperator().map(|_| ()),
        lambda.kraus_operators().map(|_| ()),
        lambda.canonical_kraus().map(|_| ()),
    ] {
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("20") && error.contains("1 to 3 qubits"), "{error}");
    }
    // A dozen errors on 20 qubits.
    let pauli = Channel::pauli([("X19".parse().unwrap(), 0.1), ("Z0".parse().unwrap(), 0.2)], 20);
    let pauli = pauli.unwrap();
    assert!((pauli.process_fidelity() - 0.7).abs() < 1e-15);
    assert!((pauli.then(&pauli).unwrap().process_fidelity() - (0.49 + 0.01 + 0.04)).abs() < 1e-15);
    assert!(pauli.then(&lambda).is_err());
}

#[test]
fn what_is_no_channel_is_refused() {
    let transposition = DMatrix::from_diagonal(&nalgebra::dvector![1.0, 1.0, -1.0, 1.0]);
    let error = Channel::from_ptm(&transposition).unwrap_err().to_string();
    assert!(error.contains("not completely positive") && error.contains("1.000e0"), "{error}");
    let loss = DMatrix::from_diagonal(&nalgebra::dvector![0.9, 0.5, 0.5, 0.5]);
    let error = Channel::from_ptm(&loss).unwrap_err().to_string();
    assert!(error.contains("trace") && error.contains("1.000e-1"), "{error}");
    let nan = DMatrix::from_element(4, 4, f64::NAN);
    assert!(Channel::from_ptm(&nan).is_err());
    for size in [0, 1, 2, 3, 8, 256] {
        assert!(Channel::from_ptm(&DMatrix::identity(size, size)).is_err(), "{size}");
        assert!(Channel::from_choi(&Matrix::identity(size, size)).is_err());
        assert!(Channel::from_chi(&Matrix::identity(size, size)).is_err());
        assert!(Channel::from_superoperator(&Matrix::identity(size, size)).is_err());
    }
    let mut choi = Channel::bit_flip(0.1).unwrap().choi().unwrap();
    choi[(0, 1)] += Complex64::new(0.0, 1e-3);
    assert!(Channel::from_choi(&choi).unwrap_err().to_string().contains("Hermitian"));
    // Mixtures and unitaries are recognized.
    let form = |ptm: &DMatrix<f64>| Channel::from_ptm(ptm).unwrap().form().clone();
    let pauli = Channel::depolarizing(0.1, 2).unwrap();
    assert!(matches!(form(&pauli.ptm().unwrap()), Form::Pauli(p) if p.errors().len() == 15));
    let turn = Channel::over_rotation(&"X0".parse().unwrap(), 0.3).unwrap();
    assert!(matches!(form(&turn.ptm().unwrap()), Form::MixedUnitary(u) if u.len() == 1));
}

#[test]
fn thermal_relaxation_has_its_closed_forms() {
    let times = [(50e-6, 70e-6), (50e-6, 100e-6), (50e-6, 30e-6), (80e-6, 80e-6)];
    for (t1, t2) in times {
        for t in [0.0, 1e-12, 35.5e-9, 1e-6, 40e-6, 1e-3] {
            for excited in [0.0, 1e-7, 0.0832, 0.5, 1.0] {
                let channel = Channel::thermal_relaxation(t1, t2, t, excited).unwrap();
                let (e1, e2) = ((-t / t1).exp(), (-t / t2).exp());
                // Populations do not change the fidelity.
                let fidelity = (3.0 + e1 + 2.0 * e2) / 6.0;
                assert!((channel.average_gate_fidelity() - fidelity).abs() < 4e-15, "{channel}");
                let ptm = channel.ptm().unwrap();
                let mut expected = DMatrix::from_diagonal(&nalgebra::dvector![1.0, e2, e2, e1]);
                expected[(3, 0)] = (1.0 - e1) * (1.0 - 2.0 * excited);
                assert!((ptm - expected).amax() < 4e-15, "{channel}");
                let twirl = channel.pauli_twirl().unwrap();
                let p_x = (1.0 - e1) / 4.0;
                for (string, p) in [(1, p_x), (2, p_x), (3, (1.0 - e2) / 2.0 - p_x)] {
                    let got = twirl.as_pauli().unwrap().probability(string);
                    assert!((got - p).abs() < 1e-15, "{channel}");
                }
                assert!(channel.cptp_deviation() < 1e-14, "{channel}");
            }
        }
    }
    // Twirled amplitude damping.
    let gamma = 0.2f64;
    let twirl = Channel::amplitude_damping(gamma).unwrap().pauli_twirl().unwrap();
    let p_z = (2.0 - gamma - 2.0 * (1.0 - gamma).sqrt()) / 4.0;
    for (string, p) in [(1, gamma / 4.0), (2, gamma / 4.0), (3, p_z)] {
        assert!((twirl.as_pauli().unwrap().probability(string) - p).abs() < 1e-15);
    }
    for (t1, t2, t, excited) in [
        (0.0, 1.0, 1.0, 0.0),
        (1.0, 0.0, 1.0, 0.0),
        (f64::NAN, 1.0, 1.0, 0.0),
        (-1.0, 1.0, 1.0, 0.0),
        (1.0, f64::NAN, 1.0, 0.0),
        (1.0, 1.0, -1.0, 0.0),
        (1.0, 1.0, f64::INFINITY, 0.0),
        (1.0, 1.0, 1.0, 1.1),
        (1.0, 2.5, 1.0, 0.0),
        (1.0, f64::INFINITY, 1.0, 0.0),
    ] {
        assert!(Channel::thermal_relaxation(t1, t2, t, excited).is_err());
    }
}

#[test]
fn residual_depolarizing_of_a_reported_error() {
    // Qiskit Aer's device model, T1 = 100 µs, T2 = 80 µs: λ = d(e - e_relax)/(d F_relax - 1) with the
    // process fidelity's formula in averages. From there the whole channel has the reported error.
    let relax = |t| Channel::thermal_relaxation(100e-6, 80e-6, t, 0.0).unwrap();
    let two = |t| relax(t).tensor(&relax(t)).unwrap();
    let cases = [
        (relax(35.5e-9), 3e-4, 2.0704002e-4, 1.8599698e-4, 1.3949774e-4),
        (two(300e-9), 8e-3, 4.18709077e-3, 5.11242053e-3, 4.79289424e-3),
    ];
    for (relax, error, e_relax, lambda, p) in cases {
        let k = relax.num_qubits();
        let d = (1 << k) as f64;
        let fidelity = relax.average_gate_fidelity();
        assert!((1.0 - fidelity - e_relax).abs() < 1e-11, "{}", 1.0 - fidelity);
        let got = d * (error - (1.0 - fidelity)) / (d * fidelity - 1.0);
        assert!((got - lambda).abs() < 1e-11, "{got}");
        let depolarizing = Channel::depolarizing_lambda(got, k).unwrap();
        assert!((1.0 - depolarizing.process_fidelity() - p).abs() < 1e-11);
        // Aer's order: depolarizing, then relaxation.
        let gate = depolarizing.then(&relax).unwrap();
        assert!((1.0 - gate.average_gate_fidelity() - error).abs() < 1e-14);
    }
}

#[test]
fn thermal_relaxation_is_that_of_the_reference() {
    let Some(path) = reference("noise/thermal_relaxation.json") else { return };
    let file: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rows = file["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        let (t1, t2, t) = (number("T1"), number("T2"), number("t"));
        let channel = Channel::thermal_relaxation(t1, t2, t, number("p_excited")).unwrap();
        let ptm = channel.ptm().unwrap();
        for r in 0..4 {
            for c in 0..4 {
                let expected = row["ptm_IXYZ"][r][c].as_f64().unwrap();
                assert!((ptm[(r, c)] - expected).abs() < 1e-9, "{channel}");
            }
        }
        let fidelities = [channel.process_fidelity(), channel.average_gate_fidelity()];
        for (got, name) in fidelities.into_iter().zip(["process_fidelity", "average_gate_fidelity"])
        {
            assert!((got - number(name)).abs() < 1e-9, "{channel}");
        }
        let excited = &row["rho_after_from_|1>"];
        let one = (ptm[(3, 0)] - ptm[(3, 3)] + 1.0) / 2.0;
        assert!((one - excited[0].as_f64().unwrap()).abs() < 1e-9);
        assert!((ptm[(1, 1)] - number("off_diagonal_factor")).abs() < 1e-9);
    }
}

/// As `tests/common` finds reference data.
fn reference(path: &str) -> Option<PathBuf> {
    let roots = [
        std::env::var_os("KETLAB_REFERENCE").map(PathBuf::from),
        Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference")),
    ];
    let found = roots.into_iter().flatten().map(|r| r.join(path)).find(|p| p.exists());
    if found.is_none() {
        let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
        assert!(!required, "no reference data `{path}`, and KETLAB_REQUIRE_REFERENCE is set");
        eprintln!("skipped: no reference data `{path}` (set KETLAB_REFERENCE)");
    }
    found
}

/// The matrix of a side, not normalized.
fn side_matrix(operator: &Operator, k: usize) -> Matrix {
    match operator {
        Operator::Matrix(matrix) => (**matrix).clone(),
        Operator::Pauli { x, z } => {
            let string = string_number(&crate::pauli::PauliString::from_masks(*x, *z)).unwrap();
            let column = pauli_basis(k).column(string as usize).into_owned();
            Matrix::from_column_slice(1 << k, 1 << k, column.as_slice())
        }
    }
}

#[test]
fn sides_of_an_unraveling_add_up_to_the_channel() {
    let mut rng = Streams::new(6, Domain::Circuit).stream(0);
    for channel in every_channel() {
        let (k, unraveling) = (channel.num_qubits(), Unraveling::new(&channel));
        let superoperator = channel.superoperator().unwrap();
        for round in 0..8 {
            // Pure states come nearest to the bound.
            let rank = if round % 2 == 0 { 1 } else { 1 << k };
            let rho = random_state(1 << k, rank, &mut rng);
            let column = nalgebra::DVector::from_column_slice(rho.as_slice());
            let expected = &superoperator * column;
            let expected = Matrix::from_column_slice(1 << k, 1 << k, expected.as_slice());
            let sides = unraveling.sides(|| Ok(rho.clone())).unwrap();
            assert_eq!(sides.len() as u64, unraveling.num_sides().unwrap());
            assert!((sides.iter().sum::<f64>() - 1.0).abs() < 1e-13, "{channel}");
            assert!(unraveling.bound() <= sides[0] + 1e-14, "{channel}");
            let all = |probabilities: &[f64]| {
                let mut sum = &rho * Complex64::ZERO;
                for (side, p) in probabilities.iter().enumerate().filter(|s| *s.1 > 1e-17) {
                    // Each side leaves a normalized state with its probability.
                    let matrix = side_matrix(&unraveling.operator(side as u64), k);
                    let out = &matrix * &rho * matrix.adjoint();
                    let trace = out.trace();
                    sum += out / trace * Complex64::from(*p);
                }
                sum
            };
            assert!(largest(&(all(&sides) - &expected)) < 1e-13, "{channel}");
            // The default below the bound, and what a look says beyond.
            if !unraveling.is_mixed_unitary() && unraveling.bound() < 1.0 {
                let mut looked = unraveling.look(|| Ok(rho.clone())).unwrap();
                looked.iter_mut().for_each(|p| *p *= 1.0 - unraveling.bound());
                looked[0] += unraveling.bound();
                assert!(largest(&(all(&looked) - &expected)) < 1e-13, "{channel}");
            }
        }
    }
}

#[test]
fn operators_that_are_unitary_are_recognized() {
    let of = |channel: &Channel| Channel::kraus(channel.kraus_operators().unwrap()).unwrap();
    for text in
        ["depolarizing(p=0.1, qubits=2)", "pauli(XYZ=0.1, IIZ=1e-9)", "phase_damping(lambda=0.3)"]
    {
        let channel: Channel = text.parse().unwrap();
        let pauli = of(&channel);
        assert!(matches!(pauli.form(), Form::Pauli(_)), "{pauli}");
        for (string, p) in channel.as_pauli().unwrap().errors() {
            assert!((pauli.as_pauli().unwrap().probability(*string) - p).abs() < 1e-15);
        }
    }
    let turn = Channel::over_rotation(&"X0 Y1".parse().unwrap(), 0.3).unwrap();
    let noisy = turn.then(&Channel::depolarizing(0.1, 2).unwrap()).unwrap();
    assert!(matches!(of(&noisy).form(), Form::MixedUnitary(u) if u.len() == 16));
    let damping = Channel::amplitude_damping(0.1).unwrap();
    assert!(matches!(of(&damping).form(), Form::Kraus(_)));
    assert!(Channel::depolarizing(0.0, 20).unwrap().is_identity());
    assert!(!Channel::depolarizing(1e-9, 20).unwrap().is_identity());
}

#[test]
fn long_chains_of_channels_keep_to_the_product() {
    // Degenerate and nearly singular Choi matrices, by chance.
    let mut rng = Streams::new(7, Domain::Circuit).stream(0);
    let named = every_named_channel();
    for k in [1, 1, 1, 1, 1, 1, 2, 2, 2, 3] {
        let ones: Vec<&Channel> = named.iter().filter(|c| c.num_qubits() == 1).collect();
        let mut chain = Channel::identity(k).unwrap();
        let mut product = DMatrix::<f64>::identity(1 << (2 * k), 1 << (2 * k));
        for step in 0..if k == 3 { 6 } else { 20 } {
            let mut any = || ones[rng.random::<u32>() as usize % ones.len()].clone();
            let mut next = any();
            for _ in 1..k {
                next = next.tensor(&any()).unwrap();
            }
            if step % 5 == 4 {
                next = Channel::kraus(random_kraus(k, 2, &mut rng)).unwrap();
            }
            chain = chain.then(&next).unwrap();
            product = next.ptm().unwrap() * product;
            assert!((chain.ptm().unwrap() - &product).amax() < 1e-13, "{chain}");
            assert!(chain.cptp_deviation() < 1e-14, "{chain}");
        }
    }
}

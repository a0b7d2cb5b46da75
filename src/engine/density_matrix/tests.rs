//! Readings and changes against plain matrices.

use super::*;
use crate::engine::action::PauliMask;
use nalgebra::DMatrix;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Matrix = DMatrix<Complex64>;

/// A random density matrix: A A†/Tr, of some rank.
fn random(n: usize, rank: usize, rng: &mut ChaCha8Rng) -> Matrix {
    let a = Matrix::from_fn(1 << n, rank, |_, _| {
        Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0))
    });
    let rho = &a * a.adjoint();
    let trace = rho.trace();
    rho / trace
}

fn letter(x: bool, z: bool) -> Matrix {
    let [o, l, i] = [Complex64::ZERO, Complex64::ONE, Complex64::I];
    Matrix::from_row_slice(
        2,
        2,
        &match (x, z) {
            (false, false) => [l, o, o, l],
            (true, false) => [o, l, l, o],
            (true, true) => [o, -i, i, o],
            (false, true) => [l, o, o, -l],
        },
    )
}

fn string(n: usize, p: PauliMask) -> Matrix {
    (0..n).fold(Matrix::identity(1, 1), |m, q| {
        letter(p.x >> q & 1 == 1, p.z >> q & 1 == 1).kronecker(&m)
    })
}

fn near(a: &Matrix, b: &Matrix) -> bool {
    (a - b).iter().all(|z| z.norm() < 1e-14)
}

/// Σ_j K_j ρ K_j†.
fn sum(operators: &[Matrix], rho: &Matrix) -> Matrix {
    operators.iter().map(|k| k * rho * k.adjoint()).fold(rho * Complex64::ZERO, |a, b| a + b)
}

#[test]
fn readings_are_those_of_the_matrix() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for n in 0..5usize {
        let matrix = random(n, 3, rng);
        let rho = DensityMatrix::<f64>::from_matrix(&matrix).unwrap();
        assert!((rho.trace() - 1.0).abs() < 1e-14);
        assert!((rho.purity() - (&matrix * &matrix).trace().re).abs() < 1e-14);
        assert!(near(&rho.to_matrix().unwrap(), &matrix));
        // All strings at once, by transforms, and one by one.
        let all: Vec<PauliMask> =
            (0..1u64 << (2 * n)).map(|k| PauliMask { x: k & ((1 << n) - 1), z: k >> n }).collect();
        let means = rho.expectations(&all);
        for (p, mean) in all.iter().zip(means) {
            let want = (&matrix * string(n, *p)).trace().re;
            assert!((mean - want).abs() < 1e-14, "{p:?}: {mean} for {want}");
            assert!((rho.expectation(*p) - want).abs() < 1e-14, "{p:?}");
        }
        let probabilities = rho.probabilities().unwrap();
        for (k, p) in probabilities.iter().enumerate() {
            assert!((p - matrix[(k, k)].re).abs() < 1e-16);
        }
        let top = rho.top(3).unwrap();
        assert_eq!(top.len(), 3.min(1 << n));
        let most = probabilities.iter().copied().fold(0.0, f64::max);
        assert_eq!(top[0].1, most);
        assert!(top.windows(2).all(|w| w[0].1 >= w[1].1));
        let amplitudes: Vec<Complex64> =
            random(n, 1, rng).column(0).normalize().iter().copied().collect();
        let state = StateVector::from_amplitudes(&amplitudes).unwrap();
        let psi = Matrix::from_column_slice(1 << n, 1, &amplitudes);
        let want = (psi.adjoint() * &matrix * &psi)[(0, 0)].re;
        assert!((rho.fidelity(&state) - want).abs() < 1e-14);
    }
}

#[test]
fn parts_are_traced_out() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let [a, b, c] = [1, 2, 1].map(|n| random(n, 2, rng));
    // c on qubit 3, b on 1 and 2, a on 0.
    let matrix = c.kronecker(&b).kronecker(&a);
    let rho = DensityMatrix::<f64>::from_matrix(&matrix).unwrap();
    assert!(near(&rho.reduced_density_matrix(&[1, 2]).unwrap(), &b));
    assert!(near(&rho.reduced_density_matrix(&[3]).unwrap(), &c));
    // The order of the qubits is that of the bits.
    assert!(near(&rho.reduced_density_matrix(&[3, 0]).unwrap(), &a.kronecker(&c)));
    let marginal = rho.marginal(&[3, 0]).unwrap();
    for (k, p) in marginal.iter().enumerate() {
        assert!((p - c[(k & 1, k & 1)].re * a[(k >> 1, k >> 1)].re).abs() < 1e-15);
    }
    assert!(rho.reduced_density_matrix(&[0, 0]).is_err() && rho.marginal(&[4]).is_err());
}

#[test]
fn changes_are_kraus_sums() {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    for n in 1..5usize {
        let matrix = random(n, 1 << n, rng);
        let rho = DensityMatrix::<f64>::from_matrix(&matrix).unwrap();
        for q in 0..n {
            let projector = |out: usize| {
                Matrix::from_fn(1 << n, 1 << n, |r, c| {
                    Complex64::from(f64::from(u8::from(r == c && r >> q & 1 == out)))
                })
            };
            let [zero, one] = [0, 1].map(projector);
            for (out, projector) in [&zero, &one].into_iter().enumerate() {
                let mut after = rho.clone();
                let p = after.collapse(q, out == 1).unwrap();
                let want = projector * &matrix * projector;
                assert!((p - want.trace().re).abs() < 1e-14);
                assert!((rho.outcomes_of(q)[out] - p).abs() < 1e-14);
                assert!(near(&after.to_matrix().unwrap(), &(want / Complex64::from(p))));
            }
            let flip = string(n, PauliMask { x: 1 << q, z: 0 });
            let mut after = rho.clone();
            after.reset(q);
            let want = sum(&[zero, &flip * one], &matrix);
            assert!(near(&after.to_matrix().unwrap(), &want), "reset of qubit {q} of {n}");
        }
        // Depolarizing on any qubits: all strings on them, each as likely.
        for mask in 1..1u64 << n {
            let qubits: Vec<usize> = (0..n).rev().filter(|q| mask >> q & 1 == 1).collect();
            let k = qubits.len();
            let strings = 4f64.powi(k as i32);
            for lambda in [0.0, 0.3, 1.0, strings / (strings - 1.0)] {
                let mut after = rho.clone();
                after.depolarize(&qubits, lambda).unwrap();
                let of = |number: u64| {
                    let mut p = PauliMask::default();
                    for (j, q) in qubits.iter().enumerate() {
                        p.x |= (number >> (2 * j) & 1) << q;
                        p.z |= (number >> (2 * j + 1) & 1) << q;
                    }
                    let rest = if number == 0 { 1.0 - lambda } else { 0.0 };
                    string(n, p) * Complex64::from((lambda / strings + rest).max(0.0).sqrt())
                };
                let all: Vec<Matrix> = (0..1 << (2 * k)).map(of).collect();
                assert!(near(&after.to_matrix().unwrap(), &sum(&all, &matrix)), "{qubits:?}");
            }
        }
    }
    let mut rho = DensityMatrix::<f64>::zero(2).unwrap();
    assert!(rho.depolarize(&[0, 0], 0.1).is_err() && rho.depolarize(&[2], 0.1).is_err());
    assert!(rho.depolarize(&[0], 1.4).is_err() && rho.depolarize(&[0], f64::NAN).is_err());
    assert!(rho.collapse(1, true).is_err());
}

#[test]
fn large_matrices_are_worked_on_in_parallel() {
    // 2^18 entries: more than one thread has a share.
    let mut rho = DensityMatrix::<f64>::basis(9, 0b1_0000_0001).unwrap();
    rho.depolarize(&[0, 8], 0.5).unwrap();
    rho.reset(0);
    // Half of the time both bits are random, and then one is reset.
    let p = rho.probabilities().unwrap();
    assert!((p[0b1_0000_0000] - 0.75).abs() < 1e-15 && (p[0] - 0.25).abs() < 1e-15);
    assert!((rho.trace() - 1.0).abs() < 1e-15);
    assert!((rho.purity() - 0.625).abs() < 1e-15);
}

#[test]
fn samples_have_the_law() {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    let matrix = random(3, 4, rng);
    let rho = DensityMatrix::<f32>::from_matrix(&matrix).unwrap();
    let shots = 100_000;
    let counts = rho.try_sample(shots, rng).unwrap();
    assert_eq!(counts.iter().map(|c| c.1).sum::<u64>(), shots);
    for (outcome, count) in counts {
        let p = matrix[(outcome as usize, outcome as usize)].re;
        let sigma = (p * (1.0 - p) * shots as f64).sqrt();
        assert!((count as f64 - p * shots as f64).abs() < 5.0 * sigma, "{outcome}: {count}, {p}");
    }
}

#[cfg(feature = "npy")]
#[test]
fn numpy_files_have_rows_and_columns() {
    use ndarray_npy::ReadNpyExt;
    let matrix = random(2, 3, &mut ChaCha8Rng::seed_from_u64(5));
    let rho = DensityMatrix::<f64>::from_matrix(&matrix).unwrap();
    let mut bytes = Vec::new();
    rho.write_npy(&mut bytes).unwrap();
    let array = ndarray::Array2::<Complex64>::read_npy(&bytes[..]).unwrap();
    assert_eq!(array.shape(), [4, 4]);
    for ((r, c), z) in array.indexed_iter() {
        assert_eq!(*z, matrix[(r, c)]);
    }
}

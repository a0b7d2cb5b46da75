//! States: reduced density matrices, entropy and fidelity against closed forms and a brute-force
//! partial trace; basis states of bit strings; `.npy` files.

use ketlab::circuit::Circuit;
use ketlab::circuit::library::random;
use ketlab::engine::Real;
use ketlab::math::Bits;
use ketlab::{Error, Simulator, StateVector};
use nalgebra::DMatrix;
use num_complex::Complex64;

fn state<T: Real>(circuit: &Circuit) -> StateVector<T> {
    Simulator::new().state(circuit).unwrap()
}

fn ghz(n: usize) -> StateVector<f64> {
    state(&ketlab::circuit::library::ghz(n))
}

fn w(n: usize) -> StateVector<f64> {
    let one = Complex64::new(1.0 / (n as f64).sqrt(), 0.0);
    let amplitude = |i: usize| if i.is_power_of_two() { one } else { Complex64::new(0.0, 0.0) };
    StateVector::from_amplitudes(&(0..1 << n).map(amplitude).collect::<Vec<_>>()).unwrap()
}

/// A state whose layout is not the identity.
fn moved<T: Real>(n: usize, seed: u64) -> StateVector<T> {
    let mut circuit = random(n, 4, seed);
    circuit.x(0).swap(0, n - 1).swap(1, n / 2).x(n - 1).x(1);
    let mut state = state(&circuit);
    state.flip(n / 2);
    assert!(!state.layout().is_identity());
    state
}

/// The partial trace by its definition.
fn brute(amplitudes: &[Complex64], qubits: &[usize]) -> DMatrix<Complex64> {
    let inside = |i: usize| qubits.iter().enumerate().map(|(k, &q)| (i >> q & 1) << k).sum();
    let mask: usize = qubits.iter().map(|q| 1 << q).sum();
    let mut rho = DMatrix::from_element(1 << qubits.len(), 1 << qubits.len(), Complex64::default());
    for (i, a) in amplitudes.iter().enumerate() {
        for (j, b) in amplitudes.iter().enumerate() {
            if i & !mask == j & !mask {
                let at: (usize, usize) = (inside(i), inside(j));
                rho[at] += a * b.conj();
            }
        }
    }
    rho
}

/// Ends a chain of gates.
fn void(_: &mut Circuit) {}

fn doubles<T: Real>(state: &StateVector<T>) -> Vec<Complex64> {
    state.to_vec().iter().map(|a| Complex64::new(a.re.to_f64(), a.im.to_f64())).collect()
}

fn shannon(p: &[f64]) -> f64 {
    p.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum()
}

fn assert_close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} is not {b}");
}

#[test]
fn bell_ghz_and_w_have_their_closed_forms() {
    let bell = ghz(2);
    for q in 0..2 {
        let rho = bell.reduced_density_matrix(&[q]).unwrap();
        assert!((rho - DMatrix::identity(2, 2) * Complex64::new(0.5, 0.0)).norm() < 1e-15);
        assert_close(bell.entropy(&[q]).unwrap(), 1.0);
    }
    for n in 3..8 {
        let (ghz, w) = (ghz(n), w(n));
        for k in 1..n {
            let qubits: Vec<usize> = (0..k).map(|i| n - 1 - i).collect();
            let rho = ghz.reduced_density_matrix(&qubits).unwrap();
            let mut expected = DMatrix::from_element(1 << k, 1 << k, Complex64::default());
            expected[(0, 0)].re = 0.5;
            expected[((1 << k) - 1, (1 << k) - 1)].re = 0.5;
            assert!((rho - expected).norm() < 1e-14);
            assert_close(ghz.entropy(&qubits).unwrap(), 1.0);

            // (n-k)/n |0><0| + k/n |W_k><W_k|
            let rho = w.reduced_density_matrix(&qubits).unwrap();
            let at = |a: usize, b: usize| match (a, b) {
                (0, 0) => (n - k) as f64 / n as f64,
                _ if a.is_power_of_two() && b.is_power_of_two() => 1.0 / n as f64,
                _ => 0.0,
            };
            let expected = DMatrix::from_fn(1 << k, 1 << k, |a, b| Complex64::new(at(a, b), 0.0));
            assert!((rho - expected).norm() < 1e-14);
            let p = k as f64 / n as f64;
            assert_close(w.entropy(&qubits).unwrap(), shannon(&[p, 1.0 - p]));
        }
    }
}

#[test]
fn the_first_qubit_is_least_significant_and_phases_are_kept() {
    // (|0> + i|1>)/√2 on qubit 2, |1> on qubit 0, |0> on qubit 1.
    let mut c = Circuit::new(3);
    c.h(2).s(2).x(0);
    let rho = state::<f64>(&c).reduced_density_matrix(&[0, 2]).unwrap();
    // ρ_ab = ψ_a ψ*_b: <01|ρ|11> = (1/√2)(i/√2)* = -i/2, indices (q2 q0).
    assert!((rho[(0b01, 0b11)] - Complex64::new(0.0, -0.5)).norm() < 1e-15);
    assert!((rho[(0b11, 0b01)] - Complex64::new(0.0, 0.5)).norm() < 1e-15);
    let rho = state::<f64>(&c).reduced_density_matrix(&[2, 0]).unwrap();
    assert!((rho[(0b10, 0b11)] - Complex64::new(0.0, -0.5)).norm() < 1e-15);
}

#[test]
fn agrees_with_a_brute_force_partial_trace() {
    let subsets: [&[usize]; 11] = [
        &[],
        &[0],
        &[5],
        &[1, 3],
        &[3, 1],
        &[5, 0, 2],
        &[4, 2, 3],
        &[0, 1, 2, 3],
        &[5, 3, 1, 0],
        &[1, 2, 3, 4, 5],
        &[3, 0, 5, 1, 4, 2],
    ];
    fn check<T: Real>(state: &StateVector<T>, subsets: &[&[usize]]) {
        let layout = *state.layout();
        for qubits in subsets {
            let rho = state.reduced_density_matrix(qubits).unwrap();
            assert!((&rho - brute(&doubles(state), qubits)).norm() < 1e-14, "{qubits:?}");
            assert_eq!(rho, rho.adjoint());
            assert!((rho.trace().re - state.norm()).abs() < 1e-14);
            for (p, entry) in state.marginal(qubits).iter().zip(rho.diagonal().iter()) {
                assert!((p - entry.re).abs() < 1e-14);
            }
        }
        assert_eq!(*state.layout(), layout);
    }
    for seed in 0..6 {
        check(&state::<f64>(&random(6, 4, seed)), &subsets);
        check(&moved::<f64>(6, seed), &subsets);
        check(&moved::<f32>(6, seed), &subsets);
    }
    // Several batches and parts.
    for seed in 0..2 {
        check(&moved::<f64>(10, seed), &[&[7], &[9, 2, 4], &[8, 0, 3, 6, 1], &[]]);
    }
}

#[test]
fn large_states_too_and_the_same_at_any_number_of_threads() {
    // More than one block, and large enough for threads. Qubits 0 and 3 of a small state become 16
    // and 12 of a large one that is a product.
    let mut c = Circuit::new(18);
    c.append(&random(8, 3, 5));
    for q in 8..18 {
        c.ry(0.1 * q as f64, q);
    }
    c.swap(3, 12).x(17).swap(0, 16).x(3);
    let state = state::<f64>(&c);
    assert!(!state.layout().is_identity());
    let small = Simulator::new().state::<f64>(&random(8, 3, 5)).unwrap();
    for (qubits, inner) in [
        (vec![16, 5, 12], vec![0, 5, 3]),
        (vec![1, 2, 12, 4, 5, 6, 7], vec![1, 2, 3, 4, 5, 6, 7]),
        (vec![16, 1, 2, 12, 4, 5, 6, 7], vec![0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        let expected = small.reduced_density_matrix(&inner).unwrap();
        let rho = state.reduced_density_matrix(&qubits).unwrap();
        assert!((&rho - expected).norm() < 1e-13, "{qubits:?}");
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(rho, pool.install(|| state.reduced_density_matrix(&qubits)).unwrap());
        }
    }
}

#[test]
fn entropy_is_that_of_either_side() {
    let all: Vec<usize> = (0..7).collect();
    for seed in 0..8 {
        let state = moved::<f64>(7, seed);
        for mask in 0..1usize << 7 {
            let (a, b): (Vec<_>, Vec<_>) = all.iter().partition(|q| mask >> **q & 1 == 1);
            let (s, t) = (state.entropy(&a).unwrap(), state.entropy(&b).unwrap());
            assert!((s - t).abs() < 1e-12 && s >= 0.0);
            assert!(s <= a.len().min(b.len()) as f64 + 1e-12);
        }
        // Either side itself, without the shortcut.
        let large = state.reduced_density_matrix(&[6, 1, 3, 0, 2]).unwrap();
        let p: Vec<f64> = large.symmetric_eigenvalues().iter().copied().collect();
        let s = shannon(&p.iter().map(|p| p.max(0.0)).collect::<Vec<_>>());
        assert!((s - state.entropy(&[4, 5]).unwrap()).abs() < 1e-11);
    }
}

#[test]
fn products_have_no_entropy_and_purity_one() {
    let mut c = Circuit::new(5);
    for q in 0..5 {
        c.ry(0.3 + q as f64, q).rz(0.7 * q as f64, q);
    }
    let (double, single) = (state::<f64>(&c), state::<f32>(&c));
    for qubits in [&[][..], &[0], &[3, 1], &[0, 1, 2, 3], &[4, 3, 2, 1, 0]] {
        let s = double.entropy(qubits).unwrap();
        assert!((0.0..1e-12).contains(&s), "{s}");
        let s = single.entropy(qubits).unwrap();
        assert!((0.0..1e-4).contains(&s), "{s}");
        let rho = double.reduced_density_matrix(qubits).unwrap();
        assert_close((&rho * &rho).trace().re, 1.0);
    }
    // The whole register is pure, a half of an entangled one is not.
    let bell = ghz(2);
    let rho = bell.reduced_density_matrix(&[0, 1]).unwrap();
    assert_close((&rho * &rho).trace().re, 1.0);
    assert_eq!(bell.entropy(&[0, 1]).unwrap(), 0.0);
    let rho = bell.reduced_density_matrix(&[0]).unwrap();
    assert_close((&rho * &rho).trace().re, 0.5);
    // Partial entanglement: cos²(θ/2) and sin²(θ/2), whatever the norm.
    let mut c = Circuit::new(2);
    c.ry(0.4, 0).cx(0, 1);
    let mut partial = state::<f64>(&c);
    partial.scale(Complex64::new(3.0, 1.0));
    let p = 0.2f64.cos().powi(2);
    assert_close(partial.entropy(&[1]).unwrap(), shannon(&[p, 1.0 - p]));
}

#[test]
fn fidelity_is_the_squared_overlap() {
    let mut c = Circuit::new(1);
    let zero = state::<f64>(&c);
    c.ry(0.8, 0);
    assert_close(zero.fidelity(&state(&c)), 0.4f64.cos().powi(2));
    let (a, b) = (moved::<f64>(5, 1), moved::<f64>(5, 2));
    assert_close(a.fidelity(&a), 1.0);
    assert_close(a.fidelity(&b), b.fidelity(&a));
    let overlap: Complex64 = a.to_vec().iter().zip(b.to_vec()).map(|(a, b)| a.conj() * b).sum();
    assert_close(a.fidelity(&b), overlap.norm_sqr());
    let mut phased = a.clone();
    phased.scale(Complex64::from_polar(1.0, 0.3));
    assert_close(a.fidelity(&phased), 1.0);
}

#[test]
fn refuses_what_is_not_a_subset() {
    let state = StateVector::<f64>::zero(14).unwrap();
    let of = |qubits: &[usize]| {
        (state.reduced_density_matrix(qubits).unwrap_err(), state.entropy(qubits).unwrap_err())
    };
    let (a, b) = of(&[0, 14]);
    assert_eq!(a, Error::QubitOutOfRange { qubit: 14, num_qubits: 14 });
    assert_eq!(b, a);
    assert_eq!(of(&[usize::MAX]).0, Error::QubitOutOfRange { qubit: usize::MAX, num_qubits: 14 });
    let (a, b) = of(&[3, 1, 3]);
    assert!(matches!(a, Error::RepeatedQubit { qubit: 3, .. }), "{a}");
    assert!(matches!(b, Error::RepeatedQubit { qubit: 3, .. }), "{b}");
    let thirteen: Vec<usize> = (0..13).collect();
    let error = state.reduced_density_matrix(&thirteen).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Invalid { .. }), "{text}");
    assert!(text.contains("13") && text.contains("at most 12") && text.contains("fewer"), "{text}");
    // The other side of the cut is small.
    assert_eq!(state.entropy(&thirteen), Ok(0.0));
    // Half a GiB, where there is as much.
    if let Ok(wide) = StateVector::<f32>::zero(26) {
        let text = wide.entropy(&thirteen).unwrap_err().to_string();
        assert!(text.contains("is 13") && text.contains("at most 12"), "{text}");
    }
    let mut nothing = StateVector::<f64>::zero(2).unwrap();
    nothing.scale(Complex64::new(0.0, 0.0));
    assert!(matches!(nothing.entropy(&[0]), Err(Error::Invalid { .. })));
}

#[test]
fn begins_at_a_bit_string() {
    let state = StateVector::<f64>::from_bits(&"10110".parse().unwrap()).unwrap();
    assert_eq!((state.num_qubits(), state.probability(0b10110)), (5, 1.0));
    assert_eq!(StateVector::<f32>::from_bits(&Bits::zeros(0)).unwrap().num_qubits(), 0);
    for n in [60, 64, 65, 200] {
        let mut bits = Bits::zeros(n);
        bits.set(n - 1, true);
        let error = StateVector::<f64>::from_bits(&bits).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
}

/// The bound of the conventions in `lib.rs`, for gates that are rounded the same way each time (one
/// angle again and again: errors add up) and for mixed ones, where a plan multiplies them out and
/// where it cannot.
#[test]
fn the_norm_drifts_by_less_than_the_stated_bound_per_gate() {
    fn drift<T: Real>(circuit: &Circuit) -> f64 {
        (state::<T>(circuit).norm() - 1.0).abs() / circuit.ops().len() as f64
    }
    type Layer = fn(&mut Circuit, f64);
    let layers: [(&str, Layer); 7] = [
        ("one qubit", |c, t| void(c.rx(t, 0).ry(t, 0).rz(t, 0).u(t, 0.3, t, 0))),
        ("rotations", |c, t| void(c.ry(t, 0).ry(t, 1).cz(0, 1).rx(t, 2).cz(1, 2))),
        ("general", |c, t| void(c.u(t, 0.3 * t, 1.7, 0).cx(0, 1).u(1.0, t, t, 1).cx(1, 2))),
        ("two qubits", |c, t| void(c.rxx(t, 0, 1).ryy(t, 1, 2).rzz(t, 2, 3).rzx(t, 3, 0))),
        ("controlled", |c, t| void(c.crx(t, 0, 1).cry(t, 1, 2).crz(t, 2, 3).cp(t, 3, 0))),
        ("composite", |c, t| void(c.fsim(t, 1.0, 0, 1).iswap(1, 2).ecr(2, 3).r(t, 0.4, 0))),
        ("fixed", |c, t| void(c.h(0).t(0).sx(1).cx(0, 1).h(2).ch(2, 3).p(t, 3))),
    ];
    let (mut double, mut single) = (0.0f64, 0.0f64);
    for (name, layer) in layers {
        // No angle at all: another one each time.
        for angle in [0.1, 0.3, 0.7, 1.0, 1.4, 2.0, 2.9, -1.9, f64::NAN] {
            let mut circuit = Circuit::new(4);
            (0..4).for_each(|q| void(circuit.ry(0.4 + q as f64, q)));
            for k in 0..1000 {
                let angle = if angle.is_nan() { 0.618 * f64::from(k) } else { angle };
                layer(&mut circuit, angle);
            }
            let (d, s) = (drift::<f64>(&circuit), drift::<f32>(&circuit));
            assert!(d <= 4.0 * f64::EPSILON, "{name}, {angle}: {d:e} per gate in f64");
            assert!(s <= 4.0 * f64::from(f32::EPSILON), "{name}, {angle}: {s:e} per gate in f32");
            (double, single) = (double.max(d), single.max(s));
        }
    }
    println!("largest drift per gate: {double:e} in f64, {single:e} in f32");
}

#[cfg(feature = "npy")]
mod npy {
    use super::*;
    use ndarray::{Array1, Array2};
    use ndarray_npy::{ReadNpyExt, WritableElement, WriteNpyExt};
    use num_complex::Complex;

    fn written<T: Real>(state: &mut StateVector<T>) -> Vec<u8> {
        let mut bytes = Vec::new();
        state.write_npy(&mut bytes).unwrap();
        bytes
    }

    fn file<A: WritableElement>(values: Vec<A>) -> Vec<u8> {
        let mut bytes = Vec::new();
        Array1::from(values).write_npy(&mut bytes).unwrap();
        bytes
    }

    /// A file of version 1 with this header and data.
    fn raw(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&(header.len() as u16 + 1).to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(data);
        bytes
    }

    fn dictionary(descr: &str, shape: &str) -> String {
        format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}")
    }

    fn refused(bytes: &[u8], parts: &[&str]) -> Error {
        let error = StateVector::<f64>::read_npy(bytes).unwrap_err();
        let text = error.to_string();
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        assert!(!matches!(error, Error::Io { .. }), "{text}");
        error
    }

    #[test]
    fn round_trips_in_both_precisions() {
        for n in [4, 7, 13] {
            let (double, single) = (moved::<f64>(n, 3), moved::<f32>(n, 4));
            let (d, s) = (written(&mut double.clone()), written(&mut single.clone()));
            assert_eq!(StateVector::<f64>::read_npy(&d[..]).unwrap().to_vec(), double.to_vec());
            assert_eq!(StateVector::<f32>::read_npy(&s[..]).unwrap().to_vec(), single.to_vec());
            // As other readers see them.
            assert_eq!(Array1::<Complex64>::read_npy(&d[..]).unwrap().to_vec(), double.to_vec());
            let array = Array1::<Complex<f32>>::read_npy(&s[..]).unwrap();
            assert_eq!(array.to_vec(), single.to_vec());
            // The other precision.
            let widened = StateVector::<f64>::read_npy(&s[..]).unwrap();
            assert_eq!(widened.to_vec(), doubles(&single));
            let narrowed = StateVector::<f32>::read_npy(&d[..]).unwrap();
            let rounded: Vec<_> =
                double.to_vec().iter().map(|a| Complex::new(a.re as f32, a.im as f32)).collect();
            assert_eq!(narrowed.to_vec(), rounded);
        }
        let none =
            StateVector::<f64>::read_npy(&written(&mut StateVector::<f64>::zero(0).unwrap())[..]);
        assert_eq!(none.unwrap().to_vec(), [Complex64::new(1.0, 0.0)]);
    }

    #[test]
    fn reads_the_other_byte_order_and_version() {
        let data: Vec<u8> =
            [0.0, 0.6, -0.8, 0.0].iter().flat_map(|x: &f64| x.to_be_bytes()).collect();
        let expected = [Complex64::new(0.0, 0.6), Complex64::new(-0.8, 0.0)];
        let bytes = raw(&dictionary("'>c16'", "(2,)"), &data);
        assert_eq!(StateVector::<f64>::read_npy(&bytes[..]).unwrap().to_vec(), expected);
        let mut second = bytes[..10].to_vec();
        second[6] = 2;
        second.extend_from_slice(&[0, 0]);
        second.extend_from_slice(&bytes[10..]);
        assert_eq!(StateVector::<f64>::read_npy(&second[..]).unwrap().to_vec(), expected);
        let data: Vec<u8> =
            [0.0, 0.6, -0.8, 0.0].iter().flat_map(|x: &f32| x.to_be_bytes()).collect();
        let bytes = raw(&dictionary("'>c8'", "(2,)"), &data);
        let read = StateVector::<f64>::read_npy(&bytes[..]).unwrap().to_vec();
        assert!((read[1] - expected[1]).norm() < 1e-7);
    }

    /// (|00⟩ · 3 + |11⟩ · 4)/5 in every dtype that NumPy's users write, as a vector, a column and a row.
    #[test]
    fn reads_real_states_columns_and_rows() {
        let numbers = [0.6, 0.0, 0.0, 0.8f64];
        let complex = || numbers.into_iter().flat_map(|re| [re, 0.0]);
        let single = |x: f64| x as f32;
        let files: [(&str, Vec<u8>, f64); 8] = [
            ("<c16", complex().flat_map(f64::to_le_bytes).collect(), 0.0),
            (">c16", complex().flat_map(f64::to_be_bytes).collect(), 0.0),
            ("<c8", complex().flat_map(|x| single(x).to_le_bytes()).collect(), 1e-7),
            (">c8", complex().flat_map(|x| single(x).to_be_bytes()).collect(), 1e-7),
            ("<f8", numbers.into_iter().flat_map(f64::to_le_bytes).collect(), 0.0),
            (">f8", numbers.into_iter().flat_map(f64::to_be_bytes).collect(), 0.0),
            ("<f4", numbers.into_iter().flat_map(|x| single(x).to_le_bytes()).collect(), 1e-7),
            (">f4", numbers.into_iter().flat_map(|x| single(x).to_be_bytes()).collect(), 1e-7),
        ];
        for (dtype, data, tolerance) in files {
            for shape in ["(4,)", "(4, 1)", "(1, 4)"] {
                for fortran in ["False", "True"] {
                    let header = dictionary(&format!("'{dtype}'"), shape).replace("False", fortran);
                    let state = StateVector::<f64>::read_npy(&raw(&header, &data)[..]).unwrap();
                    for (a, want) in state.to_vec().iter().zip(numbers) {
                        assert!((a - want).norm() <= tolerance, "{dtype} {shape}: {a}");
                    }
                }
            }
            assert!(
                refused(&raw(&dictionary(&format!("'{dtype}'"), "(4,)"), &data[1..]), &["cut"])
                    .to_string()
                    .contains("promises 4")
            );
        }
    }

    #[test]
    fn files_are_named_by_their_path() {
        let path = std::env::temp_dir().join(format!("ketlab-npy-{}.npy", std::process::id()));
        let mut state = moved::<f32>(5, 7);
        state.save_npy(&path).unwrap();
        assert_eq!(StateVector::<f32>::load_npy(&path).unwrap().to_vec(), state.to_vec());
        std::fs::remove_file(&path).unwrap();
        let missing = StateVector::<f64>::load_npy(&path).unwrap_err();
        let nowhere = state.save_npy(path.join("below")).unwrap_err();
        for error in [missing, nowhere] {
            assert!(matches!(error, Error::Io { .. }), "{error}");
            assert!(error.to_string().contains("ketlab-npy-"), "{error}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_state() {
        let z = |re, im| Complex64::new(re, im);
        refused(&file(vec![1i32, 0]), &["dtype", "<i4", "complex128", "float64"]);
        refused(&raw(&dictionary("'|b1'", "(2,)"), &[1, 0]), &["dtype", "|b1", "astype"]);
        refused(&raw(&dictionary("''", "(2,)"), &[]), &["dtype", "astype"]);
        refused(&raw(&dictionary("'é16'", "(2,)"), &[]), &["npy"]);
        refused(&raw(&dictionary("[('a', '<c16')]", "(2,)"), &[]), &["dtype", "complex128"]);
        refused(&file(vec![z(1.0, 0.0), z(0.0, 0.0), z(0.0, 0.0)]), &["(3,)", "2^n"]);
        refused(&file(Vec::<Complex64>::new()), &["(0,)", "2^n"]);
        let mut square = Vec::new();
        Array2::<Complex64>::eye(2).write_npy(&mut square).unwrap();
        refused(&square, &["(2, 2)", "one dimension"]);
        refused(&raw(&dictionary("'<c16'", "()"), &[0; 16]), &["()", "one dimension"]);
        for bad in [z(f64::NAN, 0.0), z(0.0, f64::INFINITY)] {
            let error = refused(&file(vec![z(1.0, 0.0), bad]), &["amplitude 1", "finite"]);
            assert!(matches!(error, Error::NotFinite { .. }));
        }
        refused(&file(vec![z(1.0, 0.0), z(1.0, 0.0)]), &["norm", "2", "1e-9"]);
        let error = StateVector::<f32>::read_npy(&file(vec![z(1e300, 0.0), z(0.0, 0.0)])[..]);
        assert!(error.unwrap_err().to_string().contains("norm"));
    }

    #[test]
    fn refuses_broken_files() {
        let whole = written(&mut ghz(3));
        for length in 0..whole.len() {
            refused(&whole[..length], &["npy"]);
        }
        refused(&whole[..whole.len() - 1], &["7", "promises 8"]);
        let mut longer = whole.clone();
        longer.push(0);
        refused(&longer, &["longer"]);
        refused(b"hello, world", &["NUMPY"]);
        refused(&raw("{'descr': '<c16'}", &[]), &["header", "missing key"]);
        refused(&raw("nonsense", &[]), &["header"]);
        refused(&raw(&"(".repeat(9000), &[]), &["nested"]);
        refused(&raw(&dictionary("set()", "(2,)"), &[]), &["npy"]);
        refused(&raw(&dictionary("'<c16'", "(-2,)"), &[]), &["header"]);
        let mut version = whole.clone();
        version[6] = 9;
        refused(&version, &["header"]);
        // Enormous promises are refused before memory is taken for them.
        for shape in ["(1152921504606846976,)", "(9223372036854775808,)"] {
            let error = refused(&raw(&dictionary("'<c16'", shape), &[]), &["qubits fit"]);
            assert!(matches!(error, Error::TooLarge { .. }));
        }
        refused(&raw(&dictionary("'<c16'", "(99999999999999999999999,)"), &[]), &["header"]);
        let mut long = b"\x93NUMPY\x02\x00".to_vec();
        long.extend_from_slice(&u32::MAX.to_le_bytes());
        refused(&long, &["4294967295"]);
    }

    #[test]
    fn failures_of_the_system_are_io_errors() {
        struct Broken;
        impl std::io::Write for Broken {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("disk full"))
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        impl std::io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("disk gone"))
            }
        }
        let error = ghz(2).write_npy(Broken).unwrap_err();
        assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("disk full"));
        let error = StateVector::<f64>::read_npy(Broken).unwrap_err();
        assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("disk gone"));
    }
}

#[test]
fn an_array_of_amplitudes_is_in_the_order_of_basis_states() {
    let mut state = moved::<f64>(5, 3);
    let copy = state.to_vec();
    let view = state.view();
    assert_eq!(view.len(), 32);
    assert!(view.iter().eq(&copy));
    assert!((view.mapv(|z| z.norm_sqr()).sum() - 1.0).abs() < 1e-13);
}

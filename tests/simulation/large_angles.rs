//! Angles so large that sums of them are rounded: a gate is what its factors are, with numbers and
//! with parameters, under controls, in both precisions.

use ketlab::engine::Real;
use ketlab::simulate::Program;
use ketlab::{Circuit, Simulator, qasm};
use ndarray::Array2;
use num_complex::Complex64;

const LARGE: [f64; 8] = [1e5, -1e6, 1e9, 1e12, 1e16, -1e22, 1e100, 1e300];

fn amplitudes<T: Real>(circuit: &Circuit) -> Vec<Complex64> {
    let state = Simulator::new().state::<T>(circuit).unwrap();
    state.to_vec().iter().map(|a| Complex64::new(a.re.to_f64(), a.im.to_f64())).collect()
}

/// Largest difference of two states, up to a global phase.
fn difference(a: &[Complex64], b: &[Complex64]) -> f64 {
    let overlap: Complex64 = a.iter().zip(b).map(|(a, b)| a.conj() * b).sum();
    let phase = overlap / overlap.norm();
    a.iter().zip(b).map(|(a, b)| (a * phase - b).norm()).fold(0.0, f64::max)
}

fn program(version: &str, body: &str) -> Circuit {
    let header = if version == "2.0" { "qelib1.inc" } else { "stdgates.inc" };
    let text = format!("OPENQASM {version}; include \"{header}\"; {body}");
    qasm::parse(&text).unwrap()
}

/// The values are those of `reported/adversary/README.md` in the reference folder.
#[test]
fn u_at_a_large_angle_has_the_reported_state() {
    let at =
        |angle: &str| program("2.0", &format!("qreg q[1]; h q[0]; u(1.0, {angle}, 0.7) q[0];"));
    let huge = amplitudes::<f64>(&at("1e16"));
    for (a, p) in huge.iter().zip([0.178_203_745_721_547_94, 0.821_796_254_278_452_1]) {
        assert!((a.norm_sqr() - p).abs() < 1e-14, "{}", a.norm_sqr());
    }
    let want = [
        Complex64::new(0.361_259_217_064_067_5, -0.218_393_048_899_924_67),
        Complex64::new(0.902_079_184_684_540_2, 0.089_718_442_013_486_35),
    ];
    assert!(difference(&amplitudes::<f64>(&at("1e6")), &want) < 1e-14);
    assert!(difference(&amplitudes::<f32>(&at("1e6")), &want) < 1e-6);
}

/// Each general gate against P and RY, or RZ and RY, on their own.
#[test]
fn general_gates_are_their_factors() {
    // Version, gate on `q[0]` (controlled by `q[1]`), and the same by its factors.
    let pairs = [
        ("2.0", "u(T, F, L) q[0];", "p(L) q[0]; ry(T) q[0]; p(F) q[0];"),
        ("2.0", "u3(T, F, L) q[0];", "rz(L) q[0]; ry(T) q[0]; rz(F) q[0];"),
        ("2.0", "U(T, F, L) q[0];", "rz(L) q[0]; ry(T) q[0]; rz(F) q[0];"),
        ("2.0", "u2(F, L) q[0];", "rz(L) q[0]; ry(pi/2) q[0]; rz(F) q[0];"),
        (
            "2.0",
            "cu3(T, F, L) q[1], q[0];",
            "cu1(L) q[1], q[0]; cry(T) q[1], q[0]; cu1(F) q[1], q[0];",
        ),
        (
            "2.0",
            "cu(T, F, L, G) q[1], q[0];",
            "cp(L) q[1], q[0]; cry(T) q[1], q[0]; cp(F) q[1], q[0]; p(G) q[1];",
        ),
        ("3.0", "U(T, F, L) q[0];", "p(L) q[0]; ry(T) q[0]; p(F) q[0];"),
        (
            "3.0",
            "ctrl @ U(T, F, L) q[1], q[0];",
            "cp(L) q[1], q[0]; cry(T) q[1], q[0]; cp(F) q[1], q[0]; p(T/2) q[1];",
        ),
        (
            "3.0",
            "negctrl @ u3(T, F, L) q[1], q[0];",
            "x q[1]; crz(L) q[1], q[0]; cry(T) q[1], q[0]; crz(F) q[1], q[0]; x q[1];",
        ),
    ];
    for (version, gate, factors) in pairs {
        for k in 0..LARGE.len() {
            let [t, f, l, g] = [1, 0, 3, 5].map(|step| LARGE[(k + step) % LARGE.len()]);
            for angles in [[1.0, f, 0.7, 0.3], [0.4, 0.7, f, g], [t, f, l, g]] {
                let filled = |text: &str| {
                    let names = ["T", "F", "L", "G"].into_iter().zip(angles);
                    names.fold(text.to_string(), |text, (name, angle)| {
                        text.replace(&format!("{name},"), &format!("{angle:e},"))
                            .replace(&format!("{name})"), &format!("{angle:e})"))
                            .replace(&format!("{name}/"), &format!("{angle:e}/"))
                    })
                };
                let whole = |body: &str| {
                    program(version, &format!("qreg q[2]; h q[1]; ry(0.8) q[0]; {body}"))
                };
                let (one, many) = (whole(&filled(gate)), whole(&filled(factors)));
                let d = difference(&amplitudes::<f64>(&one), &amplitudes::<f64>(&many));
                assert!(d < 1e-14, "{gate} at {angles:?}: {d:e}");
                let norm = Simulator::new().state::<f64>(&one).unwrap().norm();
                assert!((norm - 1.0).abs() < 1e-14, "{gate} at {angles:?}: norm {norm}");
                let single = difference(&amplitudes::<f32>(&one), &amplitudes::<f64>(&many));
                assert!(single < 2e-6, "{gate} at {angles:?}: {single:e} in f32");
            }
        }
    }
}

/// Parameters that are bound later are the same numbers.
#[test]
fn parameters_are_numbers() {
    for k in 0..LARGE.len() {
        let values = [1, 0, 3, 5].map(|step| LARGE[(k + step) % LARGE.len()]);
        let build = |bound: bool| {
            let mut c = Circuit::new(2);
            let [t, f, l, g] = ["t", "f", "l", "g"].map(|name| c.param(name));
            c.h(1).ry(0.8, 0).u(t, f, l, 0).u3(t, l, f, 1).u2(f, l, 0).cu3(t, f, l, 1, 0);
            c.cu(t, f, l, g, 0, 1).r(t, f, 0).fsim(t, g, 0, 1).rxx(f, 0, 1).rzz(l, 0, 1);
            let named = ["t", "f", "l", "g"].into_iter().zip(values).collect::<Vec<_>>();
            if bound { c.bind(&named).unwrap() } else { c }
        };
        let numbers = amplitudes::<f64>(&build(true));
        let program = Program::new(&build(false)).unwrap();
        let rows = Array2::from_shape_vec((1, 4), values.to_vec()).unwrap();
        let slots = Simulator::new().batch(&program).states::<f64>(rows.view()).unwrap();
        let d = difference(slots.values.as_slice().unwrap(), &numbers);
        assert!(d < 2e-14, "{values:?}: {d:e}");
    }
}

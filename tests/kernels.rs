//! Every kernel × instruction set × precision against the naive oracle; layouts; plans; thread
//! counts.

mod common;

use common::oracle;
use ketlab::engine::{Action, ControlMask, Isa, Kind, PauliMask, Real, Scalar, StateVector};
use num_complex::{Complex, Complex64};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

type Rng = ChaCha8Rng;

fn complex(rng: &mut Rng) -> Complex64 {
    Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0))
}

/// Orthonormal rows by Gram-Schmidt, row-major.
fn unitary(rng: &mut Rng, side: usize) -> Vec<Complex64> {
    let mut rows: Vec<Vec<Complex64>> = Vec::new();
    while rows.len() < side {
        let mut row: Vec<Complex64> = (0..side).map(|_| complex(rng)).collect();
        for _ in 0..2 {
            for other in &rows {
                let overlap: Complex64 = other.iter().zip(&row).map(|(a, b)| a.conj() * b).sum();
                row.iter_mut().zip(other).for_each(|(a, b)| *a -= overlap * b);
            }
            let norm = row.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
            row.iter_mut().for_each(|z| *z /= norm);
        }
        rows.push(row);
    }
    rows.concat()
}

fn random_state(rng: &mut Rng, n: usize) -> Vec<Complex64> {
    unit((0..1 << n).map(|_| complex(rng)).collect())
}

fn unit(mut state: Vec<Complex64>) -> Vec<Complex64> {
    let norm = state.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    state.iter_mut().for_each(|z| *z /= norm);
    state
}

const KINDS: usize = 8;

/// A random action of one kind (0 to 7), its angle constant or in one of `slots` slots.
fn random_action(rng: &mut Rng, n: usize, kind: usize, slots: u32) -> Action {
    let mut qubits: Vec<u32> = (0..n as u32).collect();
    qubits.shuffle(rng);
    let scalar = if slots > 0 && rng.random() {
        Scalar::Slot(rng.random_range(0..slots))
    } else {
        Scalar::Const(rng.random_range(-7.0..7.0))
    };
    let mut k = rng.random_range(1..=n.min(4));
    let mut string = |k: usize| {
        let mut p = PauliMask::default();
        for q in &qubits[..k] {
            let letter = rng.random_range(1..4u64);
            p.x |= (letter & 1) << q;
            p.z |= (letter >> 1) << q;
        }
        p
    };
    let kind = match kind {
        0 => {
            k = 0;
            Kind::Phase(scalar)
        }
        1 => Kind::Pauli(string(k)),
        2 => Kind::Rotation(string(k), scalar),
        3 => {
            // Now and then a diagonal that is too large for the prepared table.
            k = if rng.random_range(0..4) == 0 { rng.random_range(1..=n) } else { k };
            let entries =
                (0..1 << k).map(|_| Complex64::cis(rng.random_range(-4.0..4.0))).collect();
            Kind::Diagonal { targets: qubits[..k].into(), entries }
        }
        4 => {
            k = 1;
            let matrix = unitary(rng, 2).try_into().unwrap();
            Kind::Dense1 { target: qubits[0], matrix }
        }
        5 if n >= 2 => {
            k = rng.random_range(2..=n.min(6));
            Kind::Dense { targets: qubits[..k].into(), matrix: unitary(rng, 1 << k).into() }
        }
        6 if n >= 2 => {
            k = 2;
            Kind::Swap(qubits[0], qubits[1])
        }
        _ => {
            let mut table: Vec<u32> = (0..1 << k).collect();
            if rng.random() {
                table.shuffle(rng);
            } else {
                let b = rng.random_range(0..table.len());
                table.swap(0, b);
            }
            Kind::Permutation { targets: qubits[..k].into(), table: table.into() }
        }
    };
    let mut controls = ControlMask::default();
    let most = n - k;
    let count = if rng.random() { 0 } else { rng.random_range(0..=most.min(3)) };
    for q in &qubits[k..k + count] {
        controls.mask |= 1 << q;
        controls.value |= rng.random_range(0..2u64) << q;
    }
    Action { kind, controls }
}

fn distance<T: Real>(a: &[Complex<T>], b: &[Complex64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (Complex64::new(a.re.to_f64(), a.im.to_f64()) - b).norm_sqr())
        .sum::<f64>()
        .sqrt()
}

fn state_of<T: Real>(amplitudes: &[Complex64], isa: Isa) -> StateVector<T> {
    let cast: Vec<Complex<T>> = amplitudes
        .iter()
        .map(|z| Complex { re: T::from_f64(z.re), im: T::from_f64(z.im) })
        .collect();
    let mut state = StateVector::from_amplitudes(&cast).unwrap();
    state.set_isa(isa).unwrap();
    state
}

fn tolerance<T: Real>(gates: usize) -> f64 {
    if size_of::<T>() == 8 { 1e-12 } else { 1e-5 * (gates as f64 / 1000.0).max(1.0) }
}

/// The actions one after the other, by the oracle.
fn expected(start: &[Complex64], actions: &[Action], slots: &[f64]) -> Vec<Complex64> {
    let n = start.len().ilog2() as usize;
    actions
        .iter()
        .fold(start.to_vec(), |v, action| oracle::apply(&oracle::matrix(n, action, slots), &v))
}

fn check_unplanned<T: Real>(start: &[Complex64], actions: &[Action], slots: &[f64]) {
    let want = expected(start, actions, slots);
    for &isa in Isa::available() {
        let mut state = state_of::<T>(start, isa);
        for action in actions {
            state.apply(action, slots);
        }
        // Through the layout and settled.
        for got in [state.to_vec(), state.amplitudes().to_vec()] {
            let d = distance(&got, &want);
            assert!(d < tolerance::<T>(actions.len()), "{isa:?} {}: {d:e} {actions:?}", T::NAME);
        }
        assert!(state.layout().is_identity());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_kernel_agrees_with_the_oracle(n in 1usize..=8, kind in 0..KINDS, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let slots = [rng.random_range(-4.0..4.0)];
        let action = random_action(rng, n, kind, 1);
        check_unplanned::<f64>(&start, std::slice::from_ref(&action), &slots);
        check_unplanned::<f32>(&start, std::slice::from_ref(&action), &slots);
    }

    #[test]
    fn layouts_follow_every_action(n in 1usize..=6, count in 1usize..20, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let slots = [0.3, -1.1, 2.0];
        let actions = random_list(rng, n, count);
        check_unplanned::<f64>(&start, &actions, &slots);
        check_unplanned::<f32>(&start, &actions, &slots);
    }
}

/// Actions of all kinds, half of them an uncontrolled X or SWAP.
fn random_list(rng: &mut Rng, n: usize, count: usize) -> Vec<Action> {
    (0..count)
        .map(|_| {
            let q = rng.random_range(0..n as u32);
            match rng.random_range(0..4) {
                0 => Action::new(Kind::Pauli(PauliMask { x: 1 << q, z: 0 })),
                1 if n > 1 => Action::new(Kind::Swap(q, (q + 1) % n as u32)),
                _ => {
                    let kind = rng.random_range(0..KINDS);
                    random_action(rng, n, kind, 3)
                }
            }
        })
        .collect()
}

/// All target and control positions of the one-qubit kernels, not a sample.
#[test]
fn one_target_and_one_control_everywhere() {
    let rng = &mut Rng::seed_from_u64(1);
    let n = 5;
    let start = random_state(rng, n);
    for target in 0..n as u32 {
        let mut controls = vec![ControlMask::default()];
        for q in (0..n).filter(|&q| q as u32 != target) {
            controls.extend([0, 1].map(|v| ControlMask { mask: 1 << q, value: v << q }));
        }
        let bit = 1 << target;
        let angle = Scalar::Const(0.7);
        let kinds = [
            Kind::Dense1 { target, matrix: unitary(rng, 2).try_into().unwrap() },
            Kind::Pauli(PauliMask { x: bit, z: 0 }),
            Kind::Pauli(PauliMask { x: bit, z: bit }),
            Kind::Pauli(PauliMask { x: 0, z: bit }),
            Kind::Rotation(PauliMask { x: bit, z: 0 }, angle),
            Kind::Rotation(PauliMask { x: bit, z: bit }, angle),
            Kind::Rotation(PauliMask { x: 0, z: bit }, angle),
            Kind::Diagonal {
                targets: [target].into_iter().collect(),
                entries: Arc::new([Complex64::cis(0.1), Complex64::cis(0.9)]),
            },
        ];
        for controls in controls {
            for kind in &kinds {
                let action = Action { kind: kind.clone(), controls };
                check_unplanned::<f64>(&start, std::slice::from_ref(&action), &[]);
                check_unplanned::<f32>(&start, std::slice::from_ref(&action), &[]);
            }
        }
    }
}

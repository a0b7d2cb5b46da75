//! Every kernel × instruction set × precision against the naive oracle; layouts; plans; thread
//! counts.

use crate::common::oracle;
use ketlab::engine::{
    Action, ControlMask, Isa, Kind, PauliMask, Plan, Real, Scalar, StateVector, Target, Tiling,
};
use num_complex::{Complex, Complex64};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

fn check_planned<T: Real>(
    start: &[Complex64],
    actions: &[Action],
    rows: &[Vec<f64>],
    tiling: &Tiling,
) {
    let n = start.len().ilog2() as usize;
    for &isa in Isa::available() {
        let target = Target::of::<T>(isa);
        let plan = Plan::try_new_tiled(target, n, actions, tiling).unwrap();
        let mut coefficients = None;
        for slots in rows {
            let slots = &slots[..plan.num_slots()];
            let want = expected(start, actions, slots);
            match &mut coefficients {
                None => coefficients = Some(plan.bind(slots).unwrap()),
                Some(c) => plan.bind_into(slots, c).unwrap(),
            }
            let mut state = state_of::<T>(start, isa);
            plan.run(coefficients.as_ref().unwrap(), &mut state);
            let d = distance(&state.to_vec(), &want);
            assert!(d < tolerance::<T>(actions.len()), "{target}: {d:e} {actions:?}");
        }
    }
}

/// Tiles so small that small states have many.
fn small_tiles(rng: &mut Rng) -> Tiling {
    Tiling {
        tile_bits: rng.random_range(0..10),
        run_bits: rng.random_range(0..5),
        whole_bits: rng.random_range(0..8),
        part_bits: rng.random_range(0..10),
    }
}

/// Planned and unplanned, both by the same instruction set; and the second row of slots by the plan
/// of the first.
fn check_tiled<T: Real>(start: &[Complex64], actions: &[Action], tiling: &Tiling) {
    let n = start.len().ilog2() as usize;
    for &isa in Isa::available() {
        let target = Target::of::<T>(isa);
        let plan = Plan::try_new_tiled(target, n, actions, tiling).unwrap();
        let rows = [[0.3, -1.1, 2.0], [-2.5, 0.0, 0.9]].map(|row| row[..plan.num_slots()].to_vec());
        let mut coefficients = plan.bind(&rows[0]).unwrap();
        for slots in rows {
            plan.bind_into(&slots, &mut coefficients).unwrap();
            // Doubles are the reference, also for single precision.
            let mut reference = state_of::<f64>(start, isa);
            actions.iter().for_each(|action| reference.apply(action, &slots));
            let mut state = state_of::<T>(start, isa);
            plan.run(&coefficients, &mut state);
            let d = distance(&state.to_vec(), &reference.to_vec());
            assert!(d < tolerance::<T>(actions.len()), "{target} {tiling:?}: {d:e}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn plans_agree_with_the_oracle(n in 1usize..=6, count in 0usize..30, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let rows = [vec![0.3, -1.1, 2.0], vec![-2.5, 0.0, 0.9]];
        let actions = random_list(rng, n, count);
        for tiling in [Tiling::default(), small_tiles(rng)] {
            check_planned::<f64>(&start, &actions, &rows, &tiling);
            check_planned::<f32>(&start, &actions, &rows, &tiling);
        }
    }

    #[test]
    fn tiles_agree_with_single_actions(n in 1usize..=16, count in 0usize..80, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let mut actions = random_list(rng, n, count);
        // The gates that circuits are mostly made of.
        for _ in 0..count {
            let kind = [0, 2, 4][rng.random_range(0..3)];
            actions.push(random_action(rng, n, kind, 3));
        }
        actions.shuffle(rng);
        check_tiled::<f64>(&start, &actions, &small_tiles(rng));
        check_tiled::<f32>(&start, &actions, &small_tiles(rng));
    }

    #[test]
    fn readers_go_through_the_layout(n in 1usize..=8, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let actions = random_list(rng, n, 12);
        let want = expected(&start, &actions, &[0.1, 0.2, 0.3]);
        let mut state = state_of::<f64>(&start, Isa::best());
        for action in &actions {
            state.apply(action, &[0.1, 0.2, 0.3]);
        }
        let p: Vec<f64> = want.iter().map(|z| z.norm_sqr()).collect();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(state.norm(), 1.0));
        for (i, (a, q)) in want.iter().zip(state.probabilities()).enumerate() {
            assert!((state.amplitude(i as u64) - a).norm() < 1e-12);
            assert!(near(q, p[i]) && near(state.probability(i as u64), p[i]));
        }

        // Marginals, in a random order of the qubits.
        let mut qubits: Vec<usize> = (0..n).collect();
        qubits.shuffle(rng);
        qubits.truncate(rng.random_range(0..=n));
        let mut marginal = vec![0.0; 1 << qubits.len()];
        for (i, p) in p.iter().enumerate() {
            let outcome: usize = qubits.iter().enumerate().map(|(k, q)| (i >> q & 1) << k).sum();
            marginal[outcome] += p;
        }
        for (a, b) in state.marginal(&qubits).iter().zip(&marginal) {
            assert!(near(*a, *b));
        }
        for q in 0..n {
            let one: f64 = (0..p.len()).filter(|i| i >> q & 1 == 1).map(|i| p[i]).sum();
            assert!(near(state.probability_of_one(q), one));
            for outcome in [false, true] {
                let mut projected = state.clone();
                let probability = projected.collapse(q, outcome).unwrap();
                assert!(near(probability, if outcome { one } else { 1.0 - one }));
                let kept = want.iter().enumerate().map(|(i, z)| {
                    if (i >> q & 1 == 1) == outcome { *z } else { Complex64::default() }
                });
                assert!(distance(&projected.to_vec(), &unit(kept.collect())) < 1e-11);
            }
        }

        let k = rng.random_range(0..10);
        let mut order: Vec<(u64, f64)> =
            state.probabilities().into_iter().enumerate().map(|(i, p)| (i as u64, p)).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.truncate(k);
        assert_eq!(state.top(k), order);

        // Pauli sums: few and many strings, so that both ways of summing run.
        let count = rng.random_range(1..40);
        let mask = (1 << n) - 1;
        let terms: Vec<(PauliMask, f64)> = (0..count)
            .map(|_| {
                let x = if rng.random() { 0 } else { rng.random::<u64>() & mask };
                (PauliMask { x, z: rng.random::<u64>() & mask }, rng.random_range(-1.0..1.0))
            })
            .collect();
        let mut h_psi = vec![Complex64::default(); want.len()];
        for (p, c) in &terms {
            let m = oracle::matrix(n, &Action::new(Kind::Pauli(*p)), &[]);
            for (sum, z) in h_psi.iter_mut().zip(oracle::apply(&m, &want)) {
                *sum += z * c;
            }
        }
        let energy: Complex64 = want.iter().zip(&h_psi).map(|(a, b)| a.conj() * b).sum();
        assert!(near(state.expectation(&terms), energy.re) && energy.im.abs() < 1e-10);
        let product = state.apply_pauli_sum(&terms).unwrap();
        assert!(distance(&product.to_vec(), &h_psi) < 1e-11);
        assert!((state.inner_product(&product) - energy).norm() < 1e-11);
        let settled = StateVector::from_amplitudes(&state.to_vec()).unwrap();
        assert!((settled.inner_product(&product) - energy).norm() < 1e-11);
    }
}

/// Layers of gates on every qubit, and phases of two, with and without slots: what becomes layers of
/// rotations and merged diagonals.
fn layered(rng: &mut Rng, n: usize, count: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    while actions.len() < count {
        for q in 0..n as u32 {
            let p = PauliMask { x: 1 << q, z: rng.random_range(0..2u64) << q };
            let slot = Scalar::Slot(rng.random_range(0..3));
            actions.push(Action::new(match rng.random_range(0..6) {
                0 => Kind::Rotation(p, slot),
                1 => Kind::Rotation(PauliMask { x: 0, z: 1 << q }, slot),
                // Angles at which a sine or cosine is (nearly) zero.
                2 => {
                    let turns = f64::from(rng.random_range(-4..5i32));
                    Kind::Rotation(p, Scalar::Const(turns * std::f64::consts::FRAC_PI_2))
                }
                3 => Kind::Pauli(p),
                _ => Kind::Dense1 { target: q, matrix: unitary(rng, 2).try_into().unwrap() },
            }));
        }
        for _ in 0..rng.random_range(0..=n) {
            let kind = [0, 0, 0, 2, 3][rng.random_range(0..5)];
            actions.push(random_action(rng, n, kind, 3));
        }
    }
    actions.truncate(count);
    actions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn layers_agree_with_single_actions(n in 1usize..=16, count in 0usize..160, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let actions = layered(rng, n, count);
        check_tiled::<f64>(&start, &actions, &small_tiles(rng));
        check_tiled::<f32>(&start, &actions, &small_tiles(rng));
        let deep = Tiling { tile_bits: n.saturating_sub(2), run_bits: 1, whole_bits: 0, part_bits: 8 };
        check_tiled::<f64>(&start, &actions, &deep);
    }
}

/// Stages as those of a Fourier transform: a rotation on one qubit, and before it (`inverse`) or after
/// it phases that act where this qubit is 1, of constants and slots, under other controls too.
fn stages(rng: &mut Rng, n: usize, inverse: bool) -> Vec<Action> {
    let mut qubits: Vec<u32> = (0..n as u32).collect();
    qubits.shuffle(rng);
    let dense: bool = rng.random();
    let mut actions = Vec::new();
    for (done, &q) in qubits.iter().enumerate() {
        let scalar = |rng: &mut Rng| match rng.random_range(0..3) {
            0 => Scalar::Slot(rng.random_range(0..3)),
            _ => Scalar::Const(rng.random_range(-4.0..4.0)),
        };
        let s = Complex64::from(0.5f64.sqrt());
        let rotation = Action::new(match rng.random_range(0..8) {
            0 => Kind::Dense1 { target: q, matrix: unitary(rng, 2).try_into().unwrap() },
            1 => Kind::Rotation(PauliMask { x: 1 << q, z: 1 << q }, scalar(rng)),
            2 => Kind::Rotation(PauliMask { x: 1 << q, z: 0 }, scalar(rng)),
            _ => Kind::Dense1 { target: q, matrix: [s, s, s, -s] },
        });
        let others = if rng.random_range(0..4) == 0 { &qubits[..] } else { &qubits[done..] };
        let mut phases = Vec::new();
        for &other in others {
            if !dense && rng.random::<bool>() {
                continue;
            }
            let (one, two) = (1u64 << q, 1u64 << other);
            let mut controls = ControlMask { mask: one | two, value: one | two };
            let mut kind = Kind::Phase(scalar(rng));
            match rng.random_range(0..12) {
                0 => controls.value = one,
                1 => controls.value = rng.random_range(0..2) * two,
                2 => {
                    let third = 1 << rng.random_range(0..n);
                    controls.mask |= third;
                    controls.value |= third & rng.random::<u64>();
                }
                3 if other != q => {
                    kind = Kind::Rotation(PauliMask { x: 0, z: two }, scalar(rng));
                    controls = ControlMask { mask: one, value: one };
                }
                4 if other != q => {
                    kind = Kind::Rotation(PauliMask { x: 0, z: one | two }, scalar(rng));
                    controls = ControlMask::default();
                }
                _ => {}
            }
            phases.push(Action { kind, controls });
        }
        phases.insert(if inverse { phases.len() } else { 0 }, rotation);
        actions.append(&mut phases);
    }
    actions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn transforms_agree_with_single_actions(n in 2usize..=9, count in 1usize..4, seed: u64) {
        let rng = &mut Rng::seed_from_u64(seed);
        let start = random_state(rng, n);
        let actions: Vec<Action> = (0..count).flat_map(|_| {
            let inverse = rng.random();
            stages(rng, n, inverse)
        }).collect();
        for tiling in [Tiling::default(), small_tiles(rng)] {
            check_tiled::<f64>(&start, &actions, &tiling);
            check_tiled::<f32>(&start, &actions, &tiling);
        }
    }
}

/// States of one tile with several parts, and of several tiles.
#[test]
fn large_transforms_agree_with_single_actions() {
    let rng = &mut Rng::seed_from_u64(12);
    for n in [12, 15, 16] {
        let start = random_state(rng, n);
        for inverse in [false, true] {
            let actions = stages(rng, n, inverse);
            check_tiled::<f64>(&start, &actions, &Tiling::default());
            check_tiled::<f32>(&start, &actions, &Tiling::default());
        }
    }
}

/// The gates of a Fourier transform become butterflies, forwards and backwards.
#[test]
fn fourier_transforms_are_butterflies() {
    let h = |q: usize| {
        let s = Complex64::from(0.5f64.sqrt());
        Action::new(Kind::Dense1 { target: q as u32, matrix: [s, s, s, -s] })
    };
    let cp = |a: usize, b: usize| {
        let mask = 1 << a | 1 << b;
        let angle = Scalar::Const(std::f64::consts::PI / (1 << a.abs_diff(b)) as f64);
        Action::new(Kind::Phase(angle)).controlled(ControlMask { mask, value: mask })
    };
    for n in [10, 14] {
        let mut actions: Vec<Action> = (0..n)
            .rev()
            .flat_map(|q| [h(q)].into_iter().chain((0..q).map(move |k| cp(k, q))))
            .collect();
        for _ in 0..2 {
            for &isa in Isa::available() {
                let report = Plan::new(Target::of::<f64>(isa), n, &actions).report(1);
                let passes = report.sweeps.iter().flat_map(|sweep| &sweep.passes);
                let found: usize =
                    passes.filter(|p| p.name == "butterflies").map(|p| p.operations).sum();
                // All but the last few stages, which have few phases.
                assert!(found >= actions.len() - 10, "{isa}, {n} qubits: {report:?}");
            }
            actions.reverse();
        }
    }
}

#[test]
fn ten_thousand_gates_stay_accurate() {
    let rng = &mut Rng::seed_from_u64(10);
    let start = random_state(rng, 9);
    let actions = layered(rng, 9, 10_000);
    let tiling = Tiling { tile_bits: 7, run_bits: 2, whole_bits: 0, part_bits: 7 };
    check_tiled::<f64>(&start, &actions, &tiling);
    check_tiled::<f32>(&start, &actions, &tiling);
}

#[test]
fn absorbs_x_and_swap_and_hashes_the_same() {
    let h = |q: u32| {
        let s = Complex64::from(0.5f64.sqrt());
        Action::new(Kind::Dense1 { target: q, matrix: [s, s, s, -s] })
    };
    let rz = |q: u32, slot| {
        Action::new(Kind::Rotation(PauliMask { x: 0, z: 1 << q }, Scalar::Slot(slot)))
    };
    let x = |q: u32| Action::new(Kind::Pauli(PauliMask { x: 1 << q, z: 0 }));
    let actions = [h(0), h(1), rz(0, 0), h(0), x(0), h(1), x(1), Action::new(Kind::Swap(0, 1))];
    assert!(Plan::new(Target::best::<f64>(), 2, &[x(0), x(1), x(0)]).is_empty());
    let plan = Plan::new(Target::best::<f64>(), 2, &actions);
    assert_eq!(plan.len(), 1);
    assert_eq!(plan.hash(), Plan::new(Target::best::<f64>(), 2, &actions).hash());
    assert_ne!(plan.hash(), Plan::new(Target::best::<f64>(), 2, &actions[1..]).hash());
    assert!(plan.bind(&[]).is_err() && plan.bind(&[f64::NAN]).is_err());
}

/// A layer of gates on every qubit and what follows it on the same tile are one sweep each.
#[test]
fn tiles_make_sweeps_few() {
    let n = 10;
    let tiling = Tiling { tile_bits: 6, run_bits: 0, whole_bits: 0, part_bits: 6 };
    let h = |q: usize| {
        let s = Complex64::from(0.5f64.sqrt());
        Action::new(Kind::Dense1 { target: q as u32, matrix: [s, s, s, -s] })
    };
    let cz = |a: usize, b: usize| {
        let mask = 1 << a | 1 << b;
        Action::new(Kind::Phase(Scalar::Const(1.0))).controlled(ControlMask { mask, value: mask })
    };
    let mut layers: Vec<Action> = (0..n).map(h).collect();
    layers.extend((0..n - 1).map(|q| cz(q, q + 1)));
    layers.extend((0..n).map(h));
    // Bits 0 to 5 with all but the last gate on bit 5, which waits for bit 6; then bits 5 to 9.
    let plan = Plan::try_new_tiled(Target::best::<f64>(), n, &layers, &tiling).unwrap();
    assert_eq!(plan.len(), 2);
    // The whole state is one tile.
    assert_eq!(Plan::new(Target::best::<f64>(), n, &layers).len(), 1);
    assert_ne!(plan.hash(), Plan::new(Target::best::<f64>(), n, &layers).hash());
    // A gate alone is one sweep too.
    assert_eq!(Plan::try_new_tiled(Target::best::<f64>(), n, &[h(7)], &tiling).unwrap().len(), 1);
}

/// A plan for other registers, or another precision, would read wrong amplitudes.
#[test]
fn a_plan_runs_on_states_of_its_target_alone() {
    let actions = [Action::new(Kind::Pauli(PauliMask { x: 1, z: 1 }))];
    let plan = Plan::new(Target::of::<f64>(Isa::Portable), 1, &actions);
    let refused =
        |run: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
    assert!(refused(&|| {
        let mut state = StateVector::<f32>::zero(1).unwrap();
        state.set_isa(Isa::Portable).unwrap();
        plan.run(&plan.bind(&[]).unwrap(), &mut state);
    }));
    for &isa in Isa::available() {
        let run = || {
            let mut state = StateVector::<f64>::zero(1).unwrap();
            state.set_isa(isa).unwrap();
            plan.run(&plan.bind(&[]).unwrap(), &mut state);
        };
        assert_eq!(refused(&run), isa != Isa::Portable, "{isa}");
    }
}

#[test]
fn planning_is_linear() {
    let rng = &mut Rng::seed_from_u64(4);
    for n in [20, 60] {
        let actions: Vec<Action> = (0..200_000)
            .map(|_| {
                let kind = [0, 1, 2, 4][rng.random_range(0..4)];
                random_action(rng, n, kind, 3)
            })
            .collect();
        assert!(Plan::new(Target::best::<f64>(), n, &actions).len() < actions.len());
    }
}

#[test]
fn a_watched_run_stops() {
    let actions: Vec<Action> =
        (0..4).map(|q| random_action(&mut Rng::seed_from_u64(q), 4, 4, 0)).collect();
    let plan = Plan::new(Target::best::<f64>(), 4, &actions);
    let bound = plan.bind(&[]).unwrap();
    let mut state = StateVector::<f64>::zero(4).unwrap();
    let calls = AtomicUsize::new(0);
    let watch = |done: usize, total: usize| {
        assert_eq!(total, plan.len());
        calls.fetch_add(1, Ordering::Relaxed);
        done < 1
    };
    assert_eq!(plan.run_watched(&bound, &mut state, &watch), Err(ketlab::Error::Interrupted));
    assert_eq!(calls.into_inner(), 2);
    state.set_basis(0).unwrap();
    assert_eq!(plan.run_watched(&bound, &mut state, &|_, _| true), Ok(()));
}

type Results<T> = (Vec<Complex<T>>, Vec<f64>, Vec<(u64, u64)>);

/// A plan, all readers and a sample, on a state that is split over threads.
#[test]
fn same_bits_at_any_number_of_threads() {
    let rng = &mut Rng::seed_from_u64(5);
    let n = 17;
    let mut actions = random_list(rng, n, 20);
    for i in 0..60 {
        actions.push(random_action(rng, n, i % KINDS, 0));
    }
    actions.extend(layered(rng, n, 100));
    let terms: Vec<(PauliMask, f64)> = (0..40)
        .map(|i| {
            (
                PauliMask { x: rng.random::<u64>() >> 47 & (i % 3), z: rng.random::<u64>() >> 47 },
                0.1,
            )
        })
        .collect();
    fn run<T: Real>(
        n: usize,
        actions: &[Action],
        terms: &[(PauliMask, f64)],
        tiling: &Tiling,
    ) -> Results<T> {
        let plan = Plan::try_new_tiled(Target::best::<T>(), n, actions, tiling).unwrap();
        let slots = vec![0.4; plan.num_slots()];
        let mut state = StateVector::<T>::zero(n).unwrap();
        plan.run(&plan.bind(&slots).unwrap(), &mut state);
        let mut numbers = vec![state.norm(), state.expectation(terms), state.probability_of_one(3)];
        numbers.push(state.apply_pauli_sum(terms).unwrap().norm());
        numbers.extend(state.marginal(&[2, 16, 0]));
        numbers.extend(state.top(10).iter().map(|t| t.1));
        let counts = state.sample(10_000, &mut Rng::seed_from_u64(9));
        (state.to_vec(), numbers, counts)
    }
    fn check<T: Real>(n: usize, actions: &[Action], terms: &[(PauliMask, f64)]) {
        let small = Tiling { tile_bits: 9, run_bits: 3, whole_bits: 0, part_bits: 7 };
        for tiling in [Tiling::default(), small] {
            let results: Vec<_> = [1, 2, 3]
                .map(|threads| {
                    let pool =
                        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    pool.install(|| run::<T>(n, actions, terms, &tiling))
                })
                .into();
            assert!(results[0] == results[1] && results[0] == results[2]);
        }
    }
    check::<f64>(n, &actions, &terms);
    check::<f32>(n, &actions, &terms);
}

/// Large states: across blocks and chunks the kernels agree with the portable ones on one thread
/// (which agree with the oracle on small states), and the readers with plain sums.
#[test]
fn large_states_agree_across_instruction_sets() {
    let rng = &mut Rng::seed_from_u64(6);
    let n = 16;
    let start = random_state(rng, n);
    for round in 0..5 * KINDS {
        let actions = [random_action(rng, n, round % KINDS, 0), random_action(rng, n, 6, 0)];
        let all: Vec<Vec<Complex64>> = Isa::available()
            .iter()
            .map(|&isa| {
                let mut state = state_of::<f64>(&start, isa);
                actions.iter().for_each(|action| state.apply(action, &[0.3]));
                let gathered = state.to_vec();
                assert_eq!(gathered, state.amplitudes());
                gathered
            })
            .collect();
        for other in &all {
            assert!(distance(other, &all[0]) < 1e-12);
        }
    }
    let state = state_of::<f64>(&start, Isa::best());
    let p: Vec<f64> = start.iter().map(|z| z.norm_sqr()).collect();
    for z in [0u64, 1, 1 << 15, 0b1100_0000_0000_0110] {
        let want: f64 = p
            .iter()
            .enumerate()
            .map(|(i, p)| if (i as u64 & z).count_ones() % 2 == 1 { -p } else { *p })
            .sum();
        assert!((state.expectation(&[(PauliMask { x: 0, z }, 1.0)]) - want).abs() < 1e-12);
    }
    for x in [1usize, 1 << 15, 0b1001_0000_0000_0001] {
        let want: f64 = (0..p.len()).map(|i| (start[i].conj() * start[i ^ x]).re).sum();
        let terms = [(PauliMask { x: x as u64, z: 0 }, 1.0)];
        assert!((state.expectation(&terms) - want).abs() < 1e-12);
        let product = state.apply_pauli_sum(&terms).unwrap();
        assert!((product.inner_product(&state).re - want).abs() < 1e-12);
    }
}

#[test]
fn counts_follow_the_distribution() {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    let rng = &mut Rng::seed_from_u64(7);
    for (n, shots) in [(1, 1_000), (3, 100_000), (5, 100_000), (13, 3_000_000)] {
        let mut start = random_state(rng, n);
        // Every third outcome is impossible.
        start.iter_mut().step_by(3).for_each(|z| *z = Complex64::default());
        let start = unit(start);
        for permuted in [false, true] {
            let mut state = state_of::<f64>(&start, Isa::best());
            let mut p: Vec<f64> = start.iter().map(|z| z.norm_sqr()).collect();
            if permuted && n > 1 {
                state.apply(&Action::new(Kind::Swap(0, n as u32 - 1)), &[]);
                state.flip(1);
                p = state.probabilities();
            }
            let counts = state.sample(shots, rng);
            assert_eq!(counts.iter().map(|c| c.1).sum::<u64>(), shots);
            assert!(counts.windows(2).all(|w| w[0].0 < w[1].0));
            let mut seen = vec![0u64; 1 << n];
            counts.iter().for_each(|&(i, count)| seen[i as usize] = count);
            let (mut statistic, mut cells) = (0.0, 0);
            for (&count, &p) in seen.iter().zip(&p) {
                assert!(p > 0.0 || count == 0, "an impossible outcome");
                let mean = p * shots as f64;
                if mean > 5.0 {
                    statistic += (count as f64 - mean).powi(2) / mean;
                    cells += 1;
                }
            }
            if cells > 1 {
                let tail = 1.0 - ChiSquared::new(f64::from(cells - 1)).unwrap().cdf(statistic);
                assert!(tail > 1e-4, "n = {n}: chi² {statistic} in {cells} cells, tail {tail:e}");
            }
        }
    }
}

#[test]
fn sampling_handles_batches_and_certainty() {
    let mut rng = Rng::seed_from_u64(8);
    let state = StateVector::<f32>::basis(14, 9_999).unwrap();
    assert_eq!(state.sample(10_000_000, &mut rng), [(9_999, 10_000_000)]);
    assert_eq!(state.sample(0, &mut rng), []);
}

#[test]
fn measuring_and_resetting_one_qubit() {
    let mut rng = Rng::seed_from_u64(3);
    let mut ones = 0;
    for _ in 0..1000 {
        // √0.8 |00> + √0.2 |11>, its qubits exchanged and one flipped.
        let (a, b) = (Complex64::from(0.8f64.sqrt()), Complex64::from(0.2f64.sqrt()));
        let zero = Complex64::default();
        let mut state = StateVector::from_amplitudes(&[a, zero, zero, b]).unwrap();
        state.apply(&Action::new(Kind::Swap(0, 1)), &[]);
        state.flip(0);
        let one = state.measure(0, &mut rng);
        ones += u32::from(one);
        assert_eq!(state.measure(0, &mut rng), one);
        assert_eq!(state.measure(1, &mut rng), !one);
        state.reset(0, &mut rng);
        state.reset(1, &mut rng);
        assert!((state.probability(0) - 1.0).abs() < 1e-12);
    }
    assert!((750..850).contains(&ones), "{ones}");
}

#[test]
fn faults_are_errors() {
    use ketlab::Error;
    assert!(matches!(StateVector::<f64>::zero(100), Err(Error::TooLarge { .. })));
    assert!(StateVector::<f64>::basis(3, 8).is_err());
    let one = Complex64::new(1.0, 0.0);
    assert!(StateVector::from_amplitudes(&[one; 3]).is_err());
    assert!(StateVector::from_amplitudes(&[one; 2]).is_err());
    let nan = Complex64::new(f64::NAN, 0.0);
    assert!(matches!(StateVector::from_amplitudes(&[one, nan]), Err(Error::NotFinite { .. })));
    let mut state = StateVector::<f64>::zero(2).unwrap();
    assert!(state.collapse(0, true).is_err());
    let bad = |kind| Plan::try_new(Target::best::<f64>(), 2, &[Action::new(kind)]).is_err();
    assert!(bad(Kind::Swap(0, 2)) && bad(Kind::Swap(1, 1)));
    assert!(bad(Kind::Rotation(PauliMask { x: 4, z: 0 }, Scalar::Const(0.1))));
    assert!(bad(Kind::Phase(Scalar::Const(f64::INFINITY))));
    let entries = Arc::new([one; 3]);
    assert!(bad(Kind::Diagonal { targets: [0, 1].into_iter().collect(), entries }));
    let table = Arc::new([0, 0]);
    assert!(bad(Kind::Permutation { targets: [0].into_iter().collect(), table }));
    assert!(Plan::try_new(Target::best::<f64>(), 65, &[]).is_err());
}

#[test]
fn no_qubits_is_a_number() {
    let mut state = StateVector::<f64>::zero(0).unwrap();
    let actions = [Action::new(Kind::Phase(Scalar::Slot(0)))];
    let plan = Plan::new(Target::best::<f64>(), 0, &actions);
    plan.run(&plan.bind(&[1.0]).unwrap(), &mut state);
    state.apply(&actions[0], &[0.5]);
    assert!((state.amplitude(0) - Complex64::cis(1.5)).norm() < 1e-15);
    assert_eq!(state.sample(5, &mut Rng::seed_from_u64(1)), [(0, 5)]);
}

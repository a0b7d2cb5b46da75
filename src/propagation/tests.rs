//! Propagation against evaluations that share no code with it: the state vector, and strings one by one
//! (`plain.rs`).

use super::{Account, Propagated, Propagator, Start, Step, Transfer, Truncation, plain};
use crate::clifford::{CliffordStep, QuarterTurn};
use crate::math::{Bits, Domain, Streams, Watch, on_threads};
use crate::pauli::{Pauli, PauliString, PauliSum};
use ndarray::Array2;
use num_complex::Complex64;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const LETTERS: [Pauli; 4] = [Pauli::I, Pauli::X, Pauli::Y, Pauli::Z];

fn random_string(rng: &mut ChaCha8Rng, n: usize, most: usize) -> PauliString {
    loop {
        let mut string = PauliString::identity();
        for _ in 0..rng.random_range(1..=most) {
            let letter = LETTERS[rng.random_range(1..4)];
            let single = PauliString::single(rng.random_range(0..n), letter);
            string = string.mul(&single).1;
        }
        if !string.is_identity() {
            return string;
        }
    }
}

fn distinct(rng: &mut ChaCha8Rng, n: usize) -> (u32, u32) {
    let a = rng.random_range(0..n);
    let b = (a + rng.random_range(1..n)) % n;
    (a as u32, b as u32)
}

fn rotation(string: PauliString, angle: f64) -> Step {
    Step::Rotation { string, angle }
}

fn random_clifford(rng: &mut ChaCha8Rng, n: usize) -> Step {
    let (a, b) = distinct(rng, n);
    Step::Clifford(match rng.random_range(0..9) {
        0 => CliffordStep::H(a),
        1 => CliffordStep::S(a),
        2 => CliffordStep::Sdg(a),
        3 => CliffordStep::SX(a),
        4 => CliffordStep::CX(a, b),
        5 => CliffordStep::CZ(a, b),
        6 => CliffordStep::Swap(a, b),
        7 => CliffordStep::Y(a),
        _ => {
            let letter = |rng: &mut ChaCha8Rng| LETTERS[rng.random_range(1..4)];
            let factors = [(a, letter(rng)), (b, letter(rng))].into_iter().collect();
            let inverse = rng.random();
            CliffordStep::Rotation(Box::new(QuarterTurn { factors, inverse }))
        }
    })
}

/// Unitary steps, layers of rotations among them.
fn random_unitary(rng: &mut ChaCha8Rng, n: usize, len: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    while steps.len() < len {
        let angle = rng.random_range(-3.0..3.0);
        match rng.random_range(0..8) {
            0..3 => steps.push(random_clifford(rng, n)),
            3 => steps.push(rotation(random_string(rng, n, 3), angle)),
            4 => {
                let letter = LETTERS[rng.random_range(1..4)];
                steps.extend((0..n).map(|q| rotation(PauliString::single(q, letter), angle)));
            }
            5 => {
                let letter = LETTERS[rng.random_range(1..4)];
                let pair = |q| PauliString::new([(q, letter), ((q + 1) % n, letter)]);
                steps.extend((0..n).map(|q| rotation(pair(q), angle + q as f64)));
            }
            6 => steps.push(rotation(random_string(rng, n, 1), angle)),
            _ => steps.push(Step::Layer),
        }
    }
    steps
}

/// (1 - p) ρ + p/3 Σ PρP on one qubit, or a damping channel, as transfer matrices.
fn random_channel(rng: &mut ChaCha8Rng, n: usize) -> Step {
    let (a, b) = distinct(rng, n);
    let p: f64 = rng.random_range(0.0..0.3);
    let (qubits, matrix) = match rng.random_range(0..4) {
        0 => {
            let f = 1.0 - 4.0 * p / 3.0;
            (vec![a], Array2::from_diag(&ndarray::arr1(&[1.0, f, f, f])))
        }
        1 => {
            let mut f = vec![1.0 - p; 16];
            (f[0], f[1], f[4]) = (1.0, 1.0 - 2.0 * p, 1.0 - p / 2.0);
            (vec![a, b], Array2::from_diag(&ndarray::Array1::from(f)))
        }
        2 => {
            // Amplitude damping: Z → pI + (1 - p)Z.
            let mut m = Array2::from_diag(&ndarray::arr1(&[
                1.0,
                (1.0 - p).sqrt(),
                (1.0 - p).sqrt(),
                1.0 - p,
            ]));
            m[[3, 0]] = p;
            (vec![a], m)
        }
        _ => {
            // Reset.
            let mut m = Array2::zeros((4, 4));
            (m[[0, 0]], m[[3, 0]]) = (1.0, 1.0);
            (vec![a], m)
        }
    };
    Step::Transfer(Transfer::new(&qubits, matrix).unwrap())
}

fn random_observable(rng: &mut ChaCha8Rng, n: usize) -> PauliSum {
    let terms = rng.random_range(1..4);
    PauliSum::new((0..terms).map(|_| (random_string(rng, n, 3), rng.random_range(-1.0..1.0))))
}

fn random_start(rng: &mut ChaCha8Rng, n: usize) -> Start {
    match rng.random_range(0..3) {
        0 => Start::Zero,
        1 => {
            let mut bits = Bits::zeros(n);
            (0..n).for_each(|q| bits.set(q, rng.random()));
            Start::Basis(bits)
        }
        _ => {
            let mut vector = || {
                let v: [f64; 3] = std::array::from_fn(|_| rng.random_range(-1.0..1.0));
                let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
                v.map(|x| x / length)
            };
            Start::Product((0..n).map(|_| vector()).collect())
        }
    }
}

fn propagate(n: usize, steps: &[Step], truncation: &Truncation, o: &PauliSum) -> Propagated {
    let propagator = Propagator::new(n, steps.to_vec()).unwrap();
    let propagator = propagator.truncation(truncation.clone()).unwrap();
    propagator.propagate(o, &Watch::default()).unwrap()
}

fn difference(a: &PauliSum, b: &PauliSum) -> f64 {
    let difference = (a.clone() - b.clone()).simplify(0.0);
    difference.terms().iter().map(|(_, c)| c.abs()).fold(0.0, f64::max)
}

fn as_sum(sum: &plain::Sum) -> PauliSum {
    PauliSum::new(sum.iter().map(|(string, c)| (string.clone(), *c)))
}

/// Pψ.
fn applied(string: &PauliString, psi: &[Complex64]) -> Vec<Complex64> {
    let mut image = vec![Complex64::default(); psi.len()];
    for (index, &a) in psi.iter().enumerate() {
        let (phase, to) = string.apply_to_basis_state(index as u64).unwrap();
        image[to as usize] = phase.to_complex() * a;
    }
    image
}

fn rotate(string: &PauliString, angle: f64, psi: &mut [Complex64]) {
    let image = applied(string, psi);
    for (a, b) in psi.iter_mut().zip(image) {
        *a = *a * (angle / 2.0).cos() - Complex64::i() * (angle / 2.0).sin() * b;
    }
}

fn pairs(factors: &[(u32, Pauli)]) -> PauliString {
    PauliString::new(factors.iter().map(|&(q, p)| (q as usize, p)))
}

/// Clifford gates from their definitions, up to global phases.
fn gate(step: &CliffordStep, psi: &mut [Complex64]) {
    use CliffordStep::*;
    use Pauli::{X as PX, Y as PY, Z as PZ};
    let turn = std::f64::consts::FRAC_PI_2;
    let mut about = |factors: &[(u32, Pauli)], angle| rotate(&pairs(factors), angle, psi);
    match step {
        X(q) => about(&[(*q, PX)], 2.0 * turn),
        Y(q) => about(&[(*q, PY)], 2.0 * turn),
        Z(q) => about(&[(*q, PZ)], 2.0 * turn),
        S(q) => about(&[(*q, PZ)], turn),
        Sdg(q) => about(&[(*q, PZ)], -turn),
        SX(q) => about(&[(*q, PX)], turn),
        SXdg(q) => about(&[(*q, PX)], -turn),
        // H = iRY(π/2)·Z
        H(q) => {
            about(&[(*q, PZ)], 2.0 * turn);
            about(&[(*q, PY)], turn);
        }
        CZ(a, b) => {
            about(&[(*a, PZ), (*b, PZ)], -turn);
            about(&[(*a, PZ)], turn);
            about(&[(*b, PZ)], turn);
        }
        CX(a, b) => {
            about(&[(*a, PZ), (*b, PX)], -turn);
            about(&[(*a, PZ)], turn);
            about(&[(*b, PX)], turn);
        }
        Swap(a, b) => {
            for letter in [PX, PY, PZ] {
                about(&[(*a, letter), (*b, letter)], turn);
            }
        }
        Rotation(t) => about(&t.factors, if t.inverse { -turn } else { turn }),
        Map(_) => unreachable!("not drawn"),
    }
}

fn state_vector_mean(n: usize, steps: &[Step], index: usize, o: &PauliSum) -> f64 {
    let mut psi = vec![Complex64::default(); 1 << n];
    psi[index] = 1.0.into();
    for step in steps {
        match step {
            Step::Clifford(step) => gate(step, &mut psi),
            Step::Rotation { string, angle } => rotate(string, *angle, &mut psi),
            _ => {}
        }
    }
    let term = |(string, c): &(PauliString, f64)| {
        let image = applied(string, &psi);
        c * psi.iter().zip(image).map(|(a, b)| (a.conj() * b).re).sum::<f64>()
    };
    o.terms().iter().map(term).sum()
}

#[test]
fn untruncated_means_are_those_of_the_state_vector() {
    let mut rng = Streams::new(1, Domain::Circuit).stream(0);
    for round in 0..150 {
        let n = rng.random_range(2..=6);
        let steps = random_unitary(&mut rng, n, 30);
        let observable = random_observable(&mut rng, n);
        let index = rng.random_range(0..1usize << n);
        let found = propagate(n, &steps, &Truncation::none(), &observable);
        let start = Start::Basis(Bits::from_u64(index as u64, n));
        let mean = found.expectation(&start).unwrap();
        let expected = state_vector_mean(n, &steps, index, &observable);
        assert!((mean - expected).abs() < 1e-11, "round {round}: {mean} {expected}");
        assert!(found.account().dropped_sum < 1e-12);
    }
}

#[test]
fn channels_and_their_order_agree_with_strings_one_by_one() {
    let mut rng = Streams::new(2, Domain::Circuit).stream(0);
    for round in 0..150 {
        let n = rng.random_range(2..=5);
        let mut steps = random_unitary(&mut rng, n, 20);
        for _ in 0..8 {
            let at = rng.random_range(0..=steps.len());
            steps.insert(at, random_channel(&mut rng, n));
        }
        if round % 3 == 0 {
            // Any linear map, one that makes strings from the identity too.
            let matrix = Array2::from_shape_fn((16, 16), |_| rng.random_range(-0.5..0.5));
            let (a, b) = distinct(&mut rng, n);
            let map = Transfer::new(&[a, b], matrix).unwrap();
            steps.insert(rng.random_range(0..steps.len()), Step::Transfer(map));
        }
        let observable = random_observable(&mut rng, n);
        let found = propagate(n, &steps, &Truncation::none(), &observable);
        let (sum, _) = plain::propagate(&steps, &Truncation::none(), &observable).unwrap();
        let off = difference(&found.to_sum(), &as_sum(&sum));
        assert!(off < 1e-11, "round {round}: {off}");
    }
}

#[test]
fn the_error_is_never_larger_than_what_was_dropped() {
    let mut rng = Streams::new(3, Domain::Circuit).stream(0);
    let mut with_error = 0;
    for round in 0..1000 {
        let n = rng.random_range(2..=6);
        let mut steps = random_unitary(&mut rng, n, 25);
        if round % 2 == 0 {
            let at = rng.random_range(0..=steps.len());
            steps.insert(at, random_channel(&mut rng, n));
        }
        let observable = random_observable(&mut rng, n);
        let truncation = Truncation {
            min_coefficient: [0.0, 0.01, 0.1][rng.random_range(0..3)],
            max_weight: [None, Some(1), Some(2), Some(3)][rng.random_range(0..4)],
            max_terms: [None, Some(1), Some(5), Some(30)][rng.random_range(0..4)],
            protected: (0..rng.random_range(0..3)).map(|_| random_string(&mut rng, n, 2)).collect(),
        };
        let cut = propagate(n, &steps, &truncation, &observable);
        let exact = propagate(n, &steps, &Truncation::none(), &observable);
        let start = random_start(&mut rng, n);
        let error = cut.expectation(&start).unwrap() - exact.expectation(&start).unwrap();
        let account = cut.account();
        assert!(error.abs() <= account.dropped_sum + 1e-12, "round {round}: {error} {account:?}");
        with_error += usize::from(error.abs() > 1e-3);
        let rules =
            account.dropped_by_coefficient + account.dropped_by_weight + account.dropped_by_number;
        assert!((rules - account.dropped_sum).abs() < 1e-10, "{account:?}");
        assert_eq!(account.final_terms, cut.len());
        for (string, c) in cut.terms() {
            // What was protected may have become a small string that is not.
            let is_large = c.abs() >= truncation.min_coefficient;
            assert!(is_large || !truncation.protected.is_empty());
            let is_protected = truncation.protected.contains(&string);
            assert!(is_protected || truncation.max_weight.is_none_or(|w| string.weight() <= w));
        }
        if let Some(most) = truncation.max_terms {
            let most = most + truncation.protected.len();
            assert!(cut.len() <= most && account.peak_terms <= most.max(observable.len()));
        }
    }
    assert!(with_error > 100, "{with_error}");
}

#[test]
fn the_largest_terms_stay_whether_or_not_a_sample_tells_which() {
    let mut rng = Streams::new(4, Domain::Circuit).stream(0);
    let n = 16;
    let mut steps: Vec<Step> = Vec::new();
    for _ in 0..2 {
        steps.extend(
            (0..n).map(|q| rotation(PauliString::single(q, Pauli::X), 0.7 + 0.01 * q as f64)),
        );
        let pair = |q: usize| PauliString::new([(q, Pauli::Z), ((q + 5) % n, Pauli::Z)]);
        steps.extend((0..n).map(|q| rotation(pair(q), 0.4 + 0.02 * q as f64)));
    }
    let observable = PauliSum::new((0..8).map(|q| (random_string(&mut rng, n, 4), 0.3 + q as f64)));
    let all = propagate(n, &steps[n..], &Truncation::none(), &observable);
    assert!(all.len() > 25_000, "{}", all.len());
    // One layer more, cut at its end alone.
    let most = 4000;
    let truncation = Truncation { max_terms: Some(most), ..Truncation::none() };
    let cut = propagate(n, &steps[..n], &truncation, &all.to_sum());
    let exact = propagate(n, &steps[..n], &Truncation::none(), &all.to_sum());
    let mut sizes: Vec<f64> = exact.terms().map(|(_, c)| c.abs()).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(cut.len(), most);
    // What is left out on the way is smaller than the least that stays, so this hardly moves.
    let least = cut.terms().map(|(_, c)| c.abs()).fold(f64::INFINITY, f64::min);
    assert!((0.5..2.0).contains(&(least / sizes[most - 1])), "{least} {}", sizes[most - 1]);
    let mean = |found: &Propagated| found.expectation(&Start::Zero).unwrap();
    assert!((mean(&cut) - mean(&exact)).abs() <= cut.account().dropped_sum);
}

/// 2^16 strings become 2^20, of which as many have the largest coefficient, in every shard some.
#[test]
fn of_equal_coefficients_the_first_strings_stay_of_all_shards() {
    let n = 20;
    let given = (0..1usize << 16).map(|bits| {
        let turned = (0..4).map(|q| (q, Pauli::Z));
        let others = (4..n).filter(|q| bits >> (q - 4) & 1 == 1).map(|q| (q, Pauli::X));
        (PauliString::new(turned.chain(others)), 1.0)
    });
    let observable = PauliSum::new(given);
    let steps: Vec<Step> =
        (0..4).map(|q| rotation(PauliString::single(q, Pauli::X), 0.3)).collect();
    let mut sorted: Vec<PauliString> = observable.terms().iter().map(|t| t.0.clone()).collect();
    sorted.sort();
    for most in [8, 20, 40, 70, 3000] {
        let truncation = Truncation { max_terms: Some(most), ..Truncation::none() };
        let found = propagate(n, &steps, &truncation, &observable);
        let mut kept: Vec<PauliString> = found.terms().map(|(string, _)| string).collect();
        kept.sort();
        assert!(kept == sorted[..most], "{most}");
    }
}

#[test]
fn threads_and_the_order_of_terms_make_no_difference() {
    let mut rng = Streams::new(5, Domain::Circuit).stream(0);
    let n = 14;
    let mut steps = random_unitary(&mut rng, n, 120);
    steps.insert(30, random_channel(&mut rng, n));
    let observable =
        PauliSum::new((0..40).map(|k| (random_string(&mut rng, n, 3), 0.1 + k as f64)));
    let reversed = PauliSum::new(observable.clone().into_terms().into_iter().rev());
    for max_terms in [None, Some(3000)] {
        let truncation = Truncation { min_coefficient: 0.02, max_terms, ..Truncation::none() };
        let run = |threads: usize, o: &PauliSum| {
            on_threads(threads, || {
                let found = propagate(n, &steps, &truncation, o);
                let terms: Vec<_> = found.terms().map(|(s, c)| (s, c.to_bits())).collect();
                (terms, *found.account())
            })
        };
        let one = run(1, &observable);
        assert!(one.0.len() > 1000, "{}", one.0.len());
        assert_eq!(one, run(2, &observable));
        assert_eq!(one, run(3, &reversed));
    }
}

/// The same with all qubits moved.
fn moved(steps: &[Step], by: usize) -> Vec<Step> {
    let step = |step: &Step| match step {
        Step::Clifford(step) => Step::Clifford(step.map_qubits(|q| q + by as u32)),
        Step::Rotation { string, angle } => rotation(string.remap(|q| q + by), *angle),
        Step::Transfer(map) => {
            let qubits: Vec<u32> = map.qubits().iter().map(|q| q + by as u32).collect();
            Step::Transfer(Transfer::new(&qubits, map.matrix().clone()).unwrap())
        }
        Step::Layer => Step::Layer,
    };
    steps.iter().map(step).collect()
}

#[test]
fn any_number_of_qubits_gives_the_same() {
    let mut rng = Streams::new(6, Domain::Circuit).stream(0);
    let n = 6;
    let steps = random_unitary(&mut rng, n, 40);
    let observable = random_observable(&mut rng, n);
    let plain = propagate(n, &steps, &Truncation::none(), &observable).to_sum();
    for width in [100, 200, 300, 700, 2000] {
        // A far qubit in the observable, and a layer that reaches all qubits.
        let by = width - n;
        let observable = observable.remap(|q| q + by);
        let mut steps = moved(&steps, by);
        let far = (0..by).step_by(3).map(|q| rotation(PauliString::single(q, Pauli::X), 0.1));
        steps.extend(far);
        let all = (0..by).map(|q| (q, Pauli::X)).collect::<Vec<_>>();
        let mut sum = observable.clone();
        sum.push(PauliString::new(all), 0.5);
        let found = propagate(width, &steps, &Truncation::none(), &sum);
        let back = found.terms().filter(|(string, _)| string.get(0) == Pauli::I);
        let back = PauliSum::new(back).remap(|q| q - by);
        assert!(difference(&back, &plain) < 1e-12, "{width}");
        assert_eq!(found.len(), plain.len() + 1);
    }
}

fn gradient(
    n: usize,
    steps: &[Step],
    t: &Truncation,
    o: &PauliSum,
    start: &Start,
) -> (f64, Vec<f64>) {
    let propagator = Propagator::new(n, steps.to_vec()).unwrap().truncation(t.clone()).unwrap();
    let gradient = propagator.gradient(o, start, &Watch::default()).unwrap();
    let found = propagator.propagate(o, &Watch::default()).unwrap();
    let mean = found.expectation(start).unwrap();
    assert!((gradient.value - mean).abs() < 1e-12);
    assert_eq!(gradient.account, *found.account());
    (gradient.value, gradient.derivatives)
}

fn shifted(steps: &[Step], place: usize, by: f64) -> Vec<Step> {
    let mut steps = steps.to_vec();
    if let Step::Rotation { angle, .. } = &mut steps[place] {
        *angle += by;
    }
    steps
}

#[test]
fn gradients_are_parameter_shifts() {
    let mut rng = Streams::new(7, Domain::Circuit).stream(0);
    for round in 0..40 {
        let n = rng.random_range(2..=5);
        let mut steps = random_unitary(&mut rng, n, 20);
        for _ in 0..round % 4 {
            let at = rng.random_range(0..=steps.len());
            steps.insert(at, random_channel(&mut rng, n));
        }
        let observable = random_observable(&mut rng, n);
        let start = random_start(&mut rng, n);
        let none = Truncation::none();
        let (_, derivatives) = gradient(n, &steps, &none, &observable, &start);
        let places: Vec<usize> =
            (0..steps.len()).filter(|&k| matches!(steps[k], Step::Rotation { .. })).collect();
        assert_eq!(places.len(), derivatives.len());
        for (&place, found) in places.iter().zip(derivatives) {
            let side = |sign: f64| {
                let steps = shifted(&steps, place, sign * std::f64::consts::FRAC_PI_2);
                propagate(n, &steps, &none, &observable).expectation(&start).unwrap()
            };
            let expected = 0.5 * (side(1.0) - side(-1.0));
            assert!((found - expected).abs() < 1e-11, "round {round}: {found} {expected}");
        }
    }
}

#[test]
fn gradients_of_truncated_maps_are_their_differences() {
    let mut rng = Streams::new(8, Domain::Circuit).stream(0);
    let (mut good, mut all) = (0, 0);
    for round in 0..30 {
        let n = 8;
        let steps = random_unitary(&mut rng, n, 40);
        let observable = random_observable(&mut rng, n);
        let truncation = Truncation {
            min_coefficient: 0.01,
            max_weight: (round % 2 == 0).then_some(4),
            max_terms: (round % 3 == 0).then_some(100),
            protected: vec![random_string(&mut rng, n, 2)],
        };
        let start = random_start(&mut rng, n);
        let (_, derivatives) = gradient(n, &steps, &truncation, &observable, &start);
        let places = (0..steps.len()).filter(|&k| matches!(steps[k], Step::Rotation { .. }));
        for (place, found) in places.zip(derivatives) {
            let side = |by: f64| {
                let steps = shifted(&steps, place, by);
                propagate(n, &steps, &truncation, &observable).expectation(&start).unwrap()
            };
            let expected = (side(1e-7) - side(-1e-7)) / 2e-7;
            all += 1;
            // The choice of what is left out may change on the way from one to the other.
            good += usize::from((found - expected).abs() < 1e-5);
        }
    }
    assert!(all > 300 && good as f64 > 0.98 * all as f64, "{good} of {all}");
}

#[test]
fn several_observables_are_each_by_itself() {
    let mut rng = Streams::new(9, Domain::Circuit).stream(0);
    let n = 6;
    let propagator = Propagator::new(n, random_unitary(&mut rng, n, 40)).unwrap();
    let observables: Vec<_> = (0..7).map(|_| random_observable(&mut rng, n)).collect();
    let watch = Watch::default();
    let many = propagator.propagate_many(&observables, &watch).unwrap();
    assert_eq!(watch.rows(), 7);
    for (o, found) in observables.iter().zip(&many) {
        assert_eq!(found.to_sum(), propagator.propagate(o, &watch).unwrap().to_sum());
    }
    assert!(propagator.propagate_many(&[], &watch).unwrap().is_empty());
}

#[test]
fn what_cannot_be_is_refused() {
    let watch = Watch::default();
    let x0: PauliString = "X0".parse().unwrap();
    assert!(Propagator::new(1, vec![rotation("X3".parse().unwrap(), 0.1)]).is_err());
    assert!(Propagator::new(1, vec![rotation(PauliString::identity(), 0.1)]).is_err());
    let error = Propagator::new(1, vec![rotation(x0.clone(), f64::NAN)]).unwrap_err();
    assert!(error.to_string().contains("X0"), "{error}");
    assert!(Propagator::new(1, vec![Step::Clifford(CliffordStep::CX(0, 1))]).is_err());
    let propagator = Propagator::new(1, vec![rotation(x0, 0.3)]).unwrap();
    assert!(propagator.propagate(&"Z4".parse().unwrap(), &watch).is_err());
    let protected = Truncation { protected: vec!["Z4".parse().unwrap()], ..Truncation::none() };
    assert!(propagator.clone().truncation(protected).is_err());
    let none = Truncation { max_terms: Some(0), ..Truncation::none() };
    assert!(propagator.clone().truncation(none).is_err());
    let empty = propagator.propagate(&PauliSum::zero(), &watch).unwrap();
    assert_eq!((empty.len(), empty.expectation(&Start::Zero).unwrap()), (0, 0.0));
    watch.cancel();
    assert!(propagator.propagate(&"Z0".parse().unwrap(), &watch).is_err());
    // 2^40 strings.
    let steps = (0..40).map(|q| rotation(PauliString::single(q, Pauli::X), 1.0)).collect();
    let all = PauliString::new((0..40).map(|q| (q, Pauli::Z)));
    let propagator = Propagator::new(40, steps).unwrap().memory_limit(10 << 20);
    let error = propagator.propagate(&all.into(), &Watch::default()).unwrap_err().to_string();
    assert!(error.contains("least coefficient"), "{error}");
}

/// The account as the docs have it, on a sum that can be followed by hand.
#[test]
fn the_account_says_what_was_left_out_by_which_rule() {
    let steps = vec![
        rotation("X1".parse().unwrap(), 0.6),
        Step::Layer,
        rotation("Z0 Z1".parse().unwrap(), 0.6),
        rotation("X0".parse().unwrap(), 0.1),
    ];
    let truncation = Truncation { min_coefficient: 0.2, max_weight: Some(1), ..Truncation::none() };
    // X0: commutes with X0; then cos X0 + sin (-Y0 Z1), which is too heavy.
    let found = propagate(2, &steps, &truncation, &"X0 + 0.1 Z1".parse().unwrap());
    let (sin, _) = 0.6f64.sin_cos();
    let expected = Account {
        peak_terms: 2,
        final_terms: 1,
        dropped_sum: sin + 0.1,
        dropped_squares: sin * sin + 0.1 * 0.1,
        dropped_by_coefficient: 0.1,
        dropped_by_weight: sin,
        dropped_by_number: 0.0,
        dropped_terms: 2,
    };
    let found = found.account();
    assert!((found.dropped_sum - expected.dropped_sum).abs() < 1e-15);
    assert!((found.dropped_squares - expected.dropped_squares).abs() < 1e-15);
    let rest = Account {
        dropped_sum: expected.dropped_sum,
        dropped_squares: expected.dropped_squares,
        dropped_by_number: 0.0,
        ..*found
    };
    assert_eq!(rest, expected);
}

/// Half the difference between the means at angles π/2 to both sides.
fn by_shifts(n: usize, steps: &[Step], o: &PauliSum, start: &Start) -> Vec<f64> {
    let places = (0..steps.len()).filter(|&k| matches!(steps[k], Step::Rotation { .. }));
    let derivative = |place: usize| {
        let side = |sign: f64| {
            let steps = shifted(steps, place, sign * std::f64::consts::FRAC_PI_2);
            propagate(n, &steps, &Truncation::none(), o).expectation(start).unwrap()
        };
        0.5 * (side(1.0) - side(-1.0))
    };
    places.map(derivative).collect()
}

fn exact_gradient(
    n: usize,
    steps: &[Step],
    t: &Truncation,
    o: &PauliSum,
    start: &Start,
) -> Vec<f64> {
    let propagator = Propagator::new(n, steps.to_vec()).unwrap().truncation(t.clone()).unwrap();
    propagator.gradient(o, start, &Watch::default()).unwrap().derivatives
}

#[test]
fn derivatives_go_through_coefficients_of_zero() {
    let z0: PauliSum = "Z0".parse().unwrap();
    let x = |angle| rotation("X0".parse().unwrap(), angle);
    // Along Y, a turn about X moves Z, though Z0 makes no Y0 at the angle 0.
    let y = Start::Product(vec![[0.0, 1.0, 0.0]]);
    let none = Truncation::none();
    assert_eq!(exact_gradient(1, &[x(0.0)], &none, &z0, &y), [1.0]);
    let least = Truncation { min_coefficient: 1e-9, ..Truncation::none() };
    assert_eq!(exact_gradient(1, &[x(0.0)], &least, &z0, &y), [0.0]);
    // Two turns that cancel, behind one by π/2.
    let sx = Step::Clifford(CliffordStep::SX(0));
    let found = exact_gradient(1, &[sx, x(0.7), x(-0.7)], &none, &z0, &Start::Zero);
    assert!(found.iter().all(|d| (d + 1.0).abs() < 1e-15), "{found:?}");
    // Room for few strings is no reason to leave out those of coefficient 0.
    let two = Truncation { max_terms: Some(2), ..Truncation::none() };
    assert_eq!(exact_gradient(1, &[x(0.0)], &two, &z0, &y), [1.0]);
}

#[test]
fn gradients_at_multiples_of_quarter_turns_are_parameter_shifts() {
    use std::f64::consts::FRAC_PI_2;
    let mut rng = Streams::new(10, Domain::Circuit).stream(0);
    for round in 0..60 {
        let n = rng.random_range(2..=5);
        let mut steps = random_unitary(&mut rng, n, 25);
        for step in &mut steps {
            if let Step::Rotation { angle, .. } = step {
                *angle = match round % 3 {
                    0 => 0.0,
                    1 => FRAC_PI_2 * f64::from(rng.random_range(-3..=3i32)),
                    _ => [0.0, 0.7, -0.7, FRAC_PI_2][rng.random_range(0..4usize)],
                };
            }
        }
        for _ in 0..round % 4 {
            let at = rng.random_range(0..=steps.len());
            steps.insert(at, random_channel(&mut rng, n));
        }
        let observable = random_observable(&mut rng, n);
        let start = random_start(&mut rng, n);
        let found = exact_gradient(n, &steps, &Truncation::none(), &observable, &start);
        for (found, expected) in found.iter().zip(by_shifts(n, &steps, &observable, &start)) {
            assert!((found - expected).abs() < 1e-11, "round {round}: {found} {expected}");
        }
    }
}

/// A circuit and its inverse: the observable comes back, and all that was on the way cancels.
#[test]
fn derivatives_of_what_cancels_are_parameter_shifts() {
    let mut rng = Streams::new(11, Domain::Circuit).stream(0);
    for gap in [1usize, 4, 33] {
        let n = 4;
        let string = |rng: &mut ChaCha8Rng| random_string(rng, n, 2);
        let there: Vec<Step> =
            (0..gap.min(6)).map(|k| rotation(string(&mut rng), 0.3 + 0.1 * k as f64)).collect();
        let undone = there.iter().rev().map(|step| match step {
            Step::Rotation { string, angle } => rotation(string.clone(), -angle),
            other => other.clone(),
        });
        let mut steps = random_unitary(&mut rng, n, 6);
        steps.extend(there.clone());
        // Turns between, on a qubit of its own.
        steps.extend((0..gap).map(|k| rotation("X4".parse().unwrap(), 0.01 * k as f64)));
        steps.extend(undone);
        let observable: PauliSum = "Z0 X1 + 0.5 Y2 Z4".parse().unwrap();
        let start = random_start(&mut rng, 5);
        let found = exact_gradient(5, &steps, &Truncation::none(), &observable, &start);
        for (found, expected) in found.iter().zip(by_shifts(5, &steps, &observable, &start)) {
            assert!((found - expected).abs() < 1e-11, "{gap}: {found} {expected}");
        }
    }
}

#[test]
fn at_angles_of_zero_each_rotation_makes_one_string_of_each() {
    let n = 12;
    let mut steps = Vec::new();
    for _ in 0..6 {
        for q in 0..n {
            steps.push(rotation(PauliString::single(q, Pauli::Y), 0.0));
            steps.push(rotation(PauliString::single(q, Pauli::Z), 0.0));
        }
        steps.extend((1..n as u32).map(|q| Step::Clifford(CliffordStep::CX(q - 1, q))));
    }
    let all = PauliSum::new([(PauliString::new((0..n).map(|q| (q, Pauli::Z))), 1.0)]);
    let propagator = Propagator::new(n, steps.clone()).unwrap();
    let found = propagator.gradient(&all, &Start::Zero, &Watch::default()).unwrap();
    assert!(found.account.peak_terms <= 2 * n * 6 + 1, "{:?}", found.account);
    let start = Start::Product(vec![[0.6, 0.0, 0.8]; n]);
    let found = propagator.gradient(&all, &start, &Watch::default()).unwrap().derivatives;
    for (found, expected) in found.iter().zip(by_shifts(n, &steps, &all, &start)) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    assert!(found.iter().any(|d| d.abs() > 1e-3));
}

//! Reading a state: expectations against strings applied letter by letter, sums and marginals
//! against their definitions, samples against the distribution. All instruction sets, both
//! precisions, layouts that are not the identity.

use ketlab::Error;
use ketlab::engine::{Action, Isa, Kind, PauliMask, PauliObservable, Real, StateVector};
use num_complex::{Complex, Complex64};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

type Rng = ChaCha8Rng;

fn random_state(rng: &mut Rng, n: usize) -> Vec<Complex64> {
    let complex = |_| Complex64::new(rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
    let mut state: Vec<Complex64> = (0..1 << n).map(complex).collect();
    let norm = state.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    state.iter_mut().for_each(|z| *z /= norm);
    state
}

/// A state, its qubits exchanged and flipped if `moved`, and its amplitudes in order.
fn prepared<T: Real>(
    rng: &mut Rng,
    n: usize,
    isa: Isa,
    moved: bool,
) -> (StateVector<T>, Vec<Complex64>) {
    let amplitudes: Vec<Complex<T>> = random_state(rng, n)
        .iter()
        .map(|z| Complex { re: T::from_f64(z.re), im: T::from_f64(z.im) })
        .collect();
    let mut state = StateVector::from_amplitudes(&amplitudes).unwrap();
    state.set_isa(isa).unwrap();
    if moved && n > 1 {
        for _ in 0..n {
            let (a, b) = (rng.random_range(0..n as u32), rng.random_range(1..n as u32));
            state.apply(&Action::new(Kind::Swap(a, (a + b) % n as u32)), &[]);
            state.flip(rng.random_range(0..n));
        }
    }
    let amplitudes = (0..1 << n).map(|i| {
        let a = state.amplitude(i);
        Complex64::new(a.re.to_f64(), a.im.to_f64())
    });
    let amplitudes = amplitudes.collect();
    (state, amplitudes)
}

/// P|ψ⟩, one letter of P after the other.
fn applied(p: PauliMask, psi: &[Complex64]) -> Vec<Complex64> {
    let mut out = psi.to_vec();
    for q in 0..psi.len().ilog2() {
        let (bit, i) = (1 << q, Complex64::i());
        let before = out.clone();
        for (k, z) in out.iter_mut().enumerate() {
            let one = k & bit != 0;
            *z = match (p.x >> q & 1, p.z >> q & 1) {
                (0, 0) => before[k],
                (1, 0) => before[k ^ bit],
                (0, 1) => before[k] * if one { -1.0 } else { 1.0 },
                _ => before[k ^ bit] * if one { i } else { -i },
            };
        }
    }
    out
}

fn mean(p: PauliMask, psi: &[Complex64]) -> f64 {
    psi.iter().zip(applied(p, psi)).map(|(a, b)| (a.conj() * b).re).sum()
}

/// Strings of several kinds, with repeats and identities.
fn random_terms(rng: &mut Rng, n: usize, count: usize) -> Vec<(PauliMask, f64)> {
    let all = (1u64 << n) - 1;
    let kind = rng.random_range(0..4);
    let shared = rng.random::<u64>() & all;
    (0..count)
        .map(|k| {
            let (x, z) = (rng.random::<u64>() & all, rng.random::<u64>() & all);
            let few = x & rng.random::<u64>() & rng.random::<u64>();
            let x = match kind {
                0 => 0,
                1 => few,
                2 if rng.random() => shared,
                3 if n > 0 && rng.random() => 1 << (k % n),
                _ => x,
            };
            let z = match rng.random_range(0..5) {
                0 => 0,
                1 => x,
                2 => z & rng.random::<u64>() & rng.random::<u64>(),
                _ => z,
            };
            (PauliMask { x, z }, rng.random_range(-1.0..1.0))
        })
        .collect()
}

fn check_terms<T: Real>(
    state: &StateVector<T>,
    psi: &[Complex64],
    terms: &[(PauliMask, f64)],
    tolerance: f64,
) {
    let strings: Vec<PauliMask> = terms.iter().map(|t| t.0).collect();
    let values = state.pauli_expectations(&strings);
    let mut sum = 0.0;
    for (value, (p, c)) in values.iter().zip(terms) {
        let want = mean(*p, psi);
        assert!((value - want).abs() < tolerance, "{p:?}: {value} is not {want}");
        sum += c * want;
    }
    let tolerance = tolerance * (1.0 + terms.len() as f64);
    assert!((state.expectation(terms) - sum).abs() < tolerance);
    let observable = PauliObservable::new(state.num_qubits(), terms).unwrap();
    assert!((observable.expectation(state) - sum).abs() < tolerance);
    assert_eq!(observable.terms(), terms);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn expectations_agree_with_the_definition(
        n in 0usize..=15, count in 0usize..40, seed: u64, moved: bool
    ) {
        let rng = &mut Rng::seed_from_u64(seed);
        let count = if n > 11 { count / 4 } else { count };
        let terms = random_terms(rng, n, count);
        for &isa in Isa::available() {
            let (state, psi) = prepared::<f64>(rng, n, isa, moved);
            check_terms(&state, &psi, &terms, 1e-12);
            let (state, psi) = prepared::<f32>(rng, n, isa, moved);
            // Compared with the rounded amplitudes: sums are in double precision.
            check_terms(&state, &psi, &terms, 1e-12);
        }
    }

    #[test]
    fn sums_and_marginals_agree_with_the_definition(n in 0usize..=15, seed: u64, moved: bool) {
        fn check<T: Real>(rng: &mut Rng, n: usize, isa: Isa, moved: bool) {
            let (state, psi) = prepared::<T>(rng, n, isa, moved);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
            let p: Vec<f64> = psi.iter().map(|z| z.norm_sqr()).collect();
            assert!(near(state.norm(), p.iter().sum()));
            let costs: Vec<f64> = p.iter().map(|_| rng.random_range(-1.0..1.0)).collect();
            let want = p.iter().zip(&costs).map(|(p, c)| p * c).sum();
            assert!(near(state.expectation_of_diagonal(&costs), want));
            let (other, phi) = prepared::<T>(rng, n, isa, moved);
            let want: Complex64 = psi.iter().zip(&phi).map(|(a, b)| a.conj() * b).sum();
            assert!((state.inner_product(&other) - want).norm() < 1e-12);
            let twin = state.clone();
            assert!((state.inner_product(&twin) - p.iter().sum::<f64>()).norm() < 1e-12);
            for q in 0..n {
                let one: f64 = (0..p.len()).filter(|i| i >> q & 1 == 1).map(|i| p[i]).sum();
                assert!(near(state.probability_of_one(q), one));
            }
            let mut qubits: Vec<usize> = (0..n).collect();
            qubits.shuffle(rng);
            qubits.truncate(rng.random_range(0..=n));
            let mut marginal = vec![0.0; 1 << qubits.len()];
            for (i, p) in p.iter().enumerate() {
                let outcome: usize =
                    qubits.iter().enumerate().map(|(k, q)| (i >> q & 1) << k).sum();
                marginal[outcome] += p;
            }
            for (a, b) in state.marginal(&qubits).iter().zip(&marginal) {
                assert!(near(*a, *b));
            }
            let mut order: Vec<(u64, f64)> =
                state.probabilities().into_iter().enumerate().map(|(i, p)| (i as u64, p)).collect();
            order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            order.truncate(rng.random_range(0..200));
            let top = state.top(order.len());
            for (a, b) in top.iter().zip(&order) {
                assert!(near(a.1, b.1));
            }
            assert_eq!(top.len(), order.len());
        }
        let rng = &mut Rng::seed_from_u64(seed);
        for &isa in Isa::available() {
            check::<f64>(rng, n, isa, moved);
            check::<f32>(rng, n, isa, moved);
        }
    }
}

/// Many tiles and sweeps: wide strings, fields, groups; the same bits at any number of threads.
#[test]
fn large_states_and_threads() {
    let rng = &mut Rng::seed_from_u64(3);
    let n = 17;
    let all = (1u64 << n) - 1;
    let mut terms: Vec<(PauliMask, f64)> =
        (0..n).map(|q| (PauliMask { x: 1 << q, z: 0 }, 0.5)).collect();
    terms.extend((1..n).map(|q| (PauliMask { x: 0, z: 0b11 << (q - 1) }, 1.0)));
    terms.extend([(PauliMask { x: all, z: 0 }, 0.3), (PauliMask { x: all, z: all }, 0.3)]);
    terms.extend((0..6).map(|q| (PauliMask { x: all ^ 1 << q, z: 3 << q }, 0.2)));
    for _ in 0..20 {
        let x = 1 << rng.random_range(0..n) | 1 << rng.random_range(0..n);
        terms.push((PauliMask { x, z: rng.random::<u64>() & all }, 0.1));
    }
    fn run<T: Real>(rng: &mut Rng, n: usize, terms: &[(PauliMask, f64)]) {
        for moved in [false, true] {
            let (state, psi) = prepared::<T>(rng, n, Isa::best(), moved);
            check_terms(&state, &psi, terms, 1e-12);
            let costs: Vec<f64> = (0..1 << n).map(f64::from).collect();
            let observable = PauliObservable::new(n, terms).unwrap();
            let results = [1, 2, 3].map(|threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| {
                    let mut numbers = vec![
                        state.norm(),
                        state.probability_of_one(2),
                        state.probability_of_one(16),
                        state.expectation(terms),
                        observable.expectation(&state),
                        state.expectation_of_diagonal(&costs),
                        state.inner_product(&state.clone()).re,
                    ];
                    numbers.extend(state.marginal(&[1, 15, 3]));
                    let counts = state.sample(100_000, &mut Rng::seed_from_u64(1));
                    (numbers, counts)
                })
            });
            assert!(results[0] == results[1] && results[0] == results[2]);
        }
    }
    run::<f64>(rng, n, &terms);
    run::<f32>(rng, n, &terms);
}

#[test]
fn empty_sums_and_faults() {
    let state = StateVector::<f64>::zero(3).unwrap();
    assert_eq!(state.expectation(&[]), 0.0);
    assert!(state.pauli_expectations(&[]).is_empty());
    assert_eq!(PauliObservable::new(3, &[]).unwrap().expectation(&state), 0.0);
    let far = [(PauliMask { x: 0, z: 8 }, 1.0)];
    let error = PauliObservable::new(3, &far).unwrap_err();
    assert_eq!(error, Error::QubitOutOfRange { qubit: 3, num_qubits: 3 });
    assert!(matches!(PauliObservable::new(100, &far).unwrap_err(), Error::TooLarge { .. }));
    let caught = |work: &(dyn Fn() -> f64 + std::panic::RefUnwindSafe)| {
        std::panic::catch_unwind(work).is_err()
    };
    let fault = || StateVector::<f64>::zero(3).unwrap().expectation(&far);
    assert!(caught(&fault));
    assert!(caught(&|| StateVector::<f64>::zero(3).unwrap().expectation_of_diagonal(&[0.0; 4])));
    assert!(caught(&|| {
        let other = PauliObservable::new(2, &[]).unwrap();
        other.expectation(&StateVector::<f64>::zero(3).unwrap())
    }));
}

/// Few and many shots per outcome: each shot drawn, and each count.
#[test]
fn samples_follow_the_distribution() {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    let rng = &mut Rng::seed_from_u64(7);
    for (n, shots) in
        [(0, 10), (1, 60), (2, 120), (3, 200), (6, 1500), (9, 10_000), (13, 200_000), (14, 400_000)]
    {
        for moved in [false, true] {
            let (mut state, _) = prepared::<f64>(rng, n, Isa::best(), moved);
            // A quarter of the outcomes is impossible.
            if n > 2 {
                for qubit in [0, n - 1] {
                    let quarter = Complex64::default();
                    let c = [Complex64::new(1.0, 0.0), quarter];
                    let entries = c.into_iter().collect();
                    let targets = [qubit as u32].into_iter().collect();
                    let mut action = Action::new(Kind::Diagonal { targets, entries });
                    let other = 1 << ((qubit + 1) % n);
                    action.controls.mask = other;
                    action.controls.value = other;
                    state.apply(&action, &[]);
                }
            }
            let total = state.norm();
            let p = state.probabilities();
            let counts = state.sample(shots, rng);
            assert_eq!(counts.iter().map(|c| c.1).sum::<u64>(), shots);
            assert!(counts.windows(2).all(|w| w[0].0 < w[1].0));
            let mut seen = vec![0u64; 1 << n];
            counts.iter().for_each(|&(i, count)| seen[i as usize] = count);
            let (mut statistic, mut cells) = (0.0, 0);
            for (&count, &p) in seen.iter().zip(&p) {
                assert!(p > 0.0 || count == 0, "an impossible outcome");
                let mean = p / total * shots as f64;
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

/// Numbers of shots that could not be drawn one by one.
#[test]
fn samples_are_divided_however_many() {
    let rng = &mut Rng::seed_from_u64(9);
    let (state, psi) = prepared::<f64>(rng, 13, Isa::best(), true);
    let shots = 1u64 << 50;
    let counts = state.sample(shots, rng);
    assert_eq!(counts.iter().map(|c| c.1).sum::<u64>(), shots);
    for (i, count) in counts {
        let p = psi[i as usize].norm_sqr();
        // Within 6 standard deviations.
        let deviation = (count as f64 - p * shots as f64).abs();
        assert!(deviation < 6.0 * (p * shots as f64).sqrt() + 10.0, "{i}: {count}");
    }
}

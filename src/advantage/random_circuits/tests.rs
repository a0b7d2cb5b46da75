//! The estimators against their laws, samplers against their formulas, circuits against the reference.

use super::*;
use crate::advantage::{Bar, Run, Verdict};
use crate::circuit::Circuit;
use crate::circuit::library::{Coupler, Links, Sycamore};
use crate::math::statistics::{mean, variance};
use crate::math::{Domain, Streams, Watch};
use crate::simulate::{Method, Simulator};
use num_complex::Complex64;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, FRAC_PI_6, LN_2};

const FIDELITIES: [f64; 4] = [0.0, 0.01, 0.3, 1.0];

fn stream(number: u64) -> impl Rng {
    Streams::new(11, Domain::Sampling).stream(number)
}

/// D·p of a string of the mixture where D·p of all strings is exponential: that of a uniform string is
/// exponential, and one drawn by p has the density w·e^(-w).
fn porter_thomas(fidelity: f64, rng: &mut impl Rng) -> f64 {
    let mut exponential = || -(-rng.random::<f64>()).ln_1p();
    let once = exponential();
    let again = exponential();
    if rng.random::<f64>() < fidelity { once + again } else { once }
}

/// A solved circuit of 10 qubits, deep unless said otherwise.
fn problem(depth: usize, index: u64) -> Problem {
    let circuit = Sycamore::of_size(10, depth).unwrap().seed(index);
    Problem::new(circuit, 100 + index, &Watch::default()).unwrap()
}

fn linear(problem: &Problem, strings: &[u64]) -> Estimate {
    problem.tally(strings).unwrap().estimate(Estimator::Linear).unwrap()
}

fn assert_near(found: Estimate, expected: f64, errors: f64) {
    let off = (found.value - expected).abs();
    assert!(off <= errors * found.standard_error + 1e-12, "{found:?}, expected {expected}");
}

/// D Σ q p - 1 of a sampler with the law q.
fn cross(problem: &Problem, q: &[f64]) -> f64 {
    (0..).zip(q).map(|(x, q)| q * problem.weight(x)).sum::<f64>() - 1.0
}

#[test]
fn intervals_cover_and_variances_are_those_of_the_formulas() {
    let (repeats, samples) = (2000, 500);
    for (k, fidelity) in FIDELITIES.into_iter().enumerate() {
        let mut rng = stream(k as u64);
        let mut estimates: [Vec<f64>; 3] = Default::default();
        let mut covered = [0; 3];
        for _ in 0..repeats {
            let mut tally = Tally::new();
            (0..samples).for_each(|_| tally.add(porter_thomas(fidelity, &mut rng)));
            for (k, by) in Estimator::ALL.into_iter().enumerate() {
                let estimate = tally.estimate(by).unwrap();
                let (low, high) = estimate.interval();
                covered[k] += u32::from(low <= fidelity && fidelity <= high);
                estimates[k].push(estimate.value);
                // The spread of the strings is the formula's, too.
                let formula = (by.variance(fidelity) / f64::from(samples)).sqrt();
                assert!((estimate.standard_error / formula - 1.0).abs() < 0.4, "{by:?}");
            }
        }
        for (k, by) in Estimator::ALL.into_iter().enumerate() {
            let part = f64::from(covered[k]) / f64::from(repeats);
            assert!((0.93..=0.97).contains(&part), "{by:?} at F = {fidelity}: {part}");
            let one = by.variance(fidelity) / f64::from(samples);
            let off = (mean(&estimates[k]) - fidelity).abs();
            assert!(off < 4.0 * (one / f64::from(repeats)).sqrt(), "{by:?} {fidelity}: {off}");
        }
    }
}

#[test]
fn variances_of_single_strings_are_within_5_percent() {
    for (k, fidelity) in FIDELITIES.into_iter().enumerate() {
        let mut rng = stream(10 + k as u64);
        let weights: Vec<f64> = (0..100_000).map(|_| porter_thomas(fidelity, &mut rng)).collect();
        for by in Estimator::ALL {
            let value = |w: &f64| match by {
                Estimator::Linear => w - 1.0,
                Estimator::Logarithmic => w.ln(),
                Estimator::Heavy => {
                    if *w > LN_2 {
                        1.0 / LN_2
                    } else {
                        -1.0 / LN_2
                    }
                }
            };
            let found = variance(&weights.iter().map(value).collect::<Vec<_>>());
            let ratio = found / by.variance(fidelity);
            assert!((ratio - 1.0).abs() < 0.05, "{by:?} at {fidelity}: {ratio}");
        }
    }
    // Linear is the best one below 0.32 (Cirq's notes), logarithmic above; heavy outputs never.
    for fidelity in [0.0, 0.2, 0.31, 0.34, 0.7, 1.0] {
        let [linear, logarithmic, heavy] = Estimator::ALL.map(|by| by.variance(fidelity));
        assert_eq!(linear < logarithmic, fidelity < 0.32, "{fidelity}");
        assert!(heavy > logarithmic);
    }
}

#[test]
fn random_states_have_the_exponential_law() {
    let (n, states) = (10, 400);
    let d = f64::from(1u32 << n);
    let mut rng = stream(20);
    let laws: Vec<Law> = (0..states)
        .map(|_| {
            let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
            let mut state: Vec<Complex64> =
                (0..1 << n).map(|_| Complex64::new(normal(), normal())).collect();
            let norm = state.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
            state.iter_mut().for_each(|a| *a /= norm);
            Law::of(&state)
        })
        .collect();
    let near = |of: &dyn Fn(&Law) -> f64, expected: f64, bias: f64| {
        let values: Vec<f64> = laws.iter().map(of).collect();
        let error = (variance(&values) / f64::from(states)).sqrt();
        let off = (mean(&values) - expected).abs();
        assert!(off < 4.0 * error + bias, "{} ± {error}, expected {expected}", mean(&values));
        variance(&values).sqrt()
    };
    // E DΣp² = 2D/(D + 1), with the deviation 2/√D between states.
    let spread = near(&|law| law.collision, 2.0 * d / (d + 1.0), 0.0);
    assert!((spread / (2.0 / d.sqrt()) - 1.0).abs() < 0.15, "{spread}");
    assert_eq!(Law::random_collision(n), 2.0 * d / (d + 1.0));
    // What is of order 1/D beside the exponential law.
    near(&|law| law.heavy, 0.5 * (1.0 + LN_2), 2.0 / d);
    near(&|law| law.logarithmic, 1.0, 2.0 / d);
    for t in 0..4 {
        near(&|law| law.above[t], (-1.0 - t as f64).exp(), 2.0 / d);
    }
    assert!(laws.iter().filter(|law| law.is_deep(n)).count() > 350);
}

#[test]
fn reference_circuits_have_the_reference_law() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference/xeb/sycamore_like_line.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        let required = std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_some();
        assert!(!required, "no reference data `{path}`, and KETLAB_REQUIRE_REFERENCE is set");
        eprintln!("skipped: no reference data `{path}`");
        return;
    };
    let document: Value = serde_json::from_str(&text).unwrap();
    let circuits = document["circuits"].as_array().unwrap();
    assert!(circuits.len() >= 3);
    for one in circuits {
        let n = one["n"].as_u64().unwrap() as usize;
        let number = |key: &str| one[key].as_f64().unwrap();
        let mut c = Circuit::new(n);
        let mut depth = 0;
        for op in one["ops"].as_array().unwrap() {
            let words: Vec<&str> = op.as_str().unwrap().split(' ').collect();
            let q: usize = words[1].parse().unwrap();
            match words[0] {
                "sx" => c.r(FRAC_PI_2, 0.0, q),
                "sw" => c.r(FRAC_PI_2, FRAC_PI_4, q),
                "sy" => c.r(FRAC_PI_2, FRAC_PI_2, q),
                "fsim" => c.fsim(FRAC_PI_2, FRAC_PI_6, q, words[2].parse().unwrap()),
                other => panic!("{other}"),
            };
            depth += usize::from(words[0] != "fsim" && q == 0);
        }
        // The gates stand where the library has them: cycles, and a last layer.
        let cycles = one["depth"].as_u64().unwrap() as usize;
        assert_eq!(depth, cycles + 1);
        let ours = Sycamore::of_size(n, cycles).map(|_| Sycamore::new(1, n, cycles).unwrap());
        let pairs: usize = ours.unwrap().pairs().iter().map(Vec::len).sum();
        assert_eq!(c.count_ops()["fsim"], pairs);
        let mut state = Simulator::new().state::<f64>(&c).unwrap();
        let law = Law::of(state.amplitudes());
        for (found, expected) in [
            (law.collision, number("sum_p2_times_2^n")),
            (law.exact(Estimator::Linear), number("ideal_linear_xeb")),
            (law.exact(Estimator::Logarithmic), number("log_xeb_ideal")),
        ] {
            assert!((found - expected).abs() < 1e-9, "{n}: {found} {expected}");
        }
        // Amplitude 0 is made real and positive.
        let first = state.amplitude(0);
        for entry in one["amplitudes_first"].as_array().unwrap() {
            let part = |k: usize| entry[k].as_f64().unwrap();
            let expected = Complex64::new(part(1), part(2));
            let found = state.amplitude(part(0) as u64) * first.conj() / first.norm();
            assert!((found - expected).norm() < 1e-10, "{n}: {found} {expected}");
        }
    }
}

#[test]
fn the_best_of_k_scores_harmonic_numbers() {
    let all: Vec<Problem> = (0..6).map(|index| problem(16, index)).collect();
    for (k, harmonic) in [(1, 1.0), (2, 1.5), (3, 11.0 / 6.0), (4, 25.0 / 12.0), (10, 2.9289682539)]
    {
        let rival = Rival::BestOf(k);
        let mut estimates = Vec::new();
        for problem in &all {
            let drawn = rival.draw(problem, 20_000).unwrap();
            assert_eq!(drawn.amplitudes, Some(20_000 * u64::from(k)));
            assert!((drawn.expected.unwrap() - (harmonic - 1.0)).abs() < 1e-9);
            let found = linear(problem, &drawn.strings);
            // Of this very circuit: the i-th smallest weight is the best of k with probability
            // ((i/D)^k - ((i-1)/D)^k).
            let mut weights: Vec<f64> = (0..1 << 10).map(|x| problem.weight(x)).collect();
            weights.sort_by(f64::total_cmp);
            let power = |i: usize| (i as f64 / 1024.0).powi(k as i32);
            let exact: f64 =
                weights.iter().enumerate().map(|(i, w)| w * (power(i + 1) - power(i))).sum();
            assert_near(found, exact - 1.0, 4.0);
            estimates.push(found);
        }
        let spread = Spread::of(&estimates).unwrap();
        let off = (spread.value - (harmonic - 1.0)).abs();
        assert!(off < 1.5 * 0.5 * (spread.high - spread.low), "{k}: {spread:?}");
    }
}

#[test]
fn patches_score_more_than_nothing() {
    // By the laws themselves: the halves are drawn from their product.
    let mut exact = Vec::new();
    for index in 0..24 {
        let problem = problem(4, index);
        let circuit = problem.circuit().links(Links::Cut).circuit();
        let score = cross(&problem, &Simulator::new().probabilities(&circuit).unwrap());
        let drawn = Rival::Patches.draw(&problem, 4000).unwrap();
        assert_near(linear(&problem, &drawn.strings), score, 4.0);
        // Two and three of the five columns.
        assert_eq!((drawn.bytes, drawn.amplitudes), (16 * (16 + 64), None));
        exact.push(score);
    }
    let error = (variance(&exact) / exact.len() as f64).sqrt();
    assert!(mean(&exact) > 3.0 * error, "{exact:?}");
}

#[test]
fn every_sampler_scores_as_its_formula() {
    for depth in [2, 16] {
        let problem = problem(depth, 3);
        let whole = problem.law().exact(Estimator::Linear);
        assert_eq!(problem.law().is_deep(10), depth == 16, "{:?}", problem.law());
        for rival in [Rival::Uniform, Rival::Marginals, Rival::Exact] {
            let drawn = rival.draw(&problem, 20_000).unwrap();
            assert_near(linear(&problem, &drawn.strings), drawn.expected.unwrap(), 4.0);
            assert_eq!(drawn, rival.draw(&problem, 20_000).unwrap());
            assert!(drawn.strings.iter().all(|x| *x < 1024));
        }
        for fidelity in [0.0, 0.2, 1.0] {
            let strings = mixture(&problem, fidelity, 20_000).unwrap();
            assert_eq!(strings.len(), 20_000);
            assert_near(linear(&problem, &strings), fidelity * whole, 4.0);
            let law = problem.law();
            let of = |by| problem.tally(&strings).unwrap().estimate(by).unwrap();
            if fidelity == 1.0 {
                assert_near(of(Estimator::Heavy), law.exact(Estimator::Heavy), 4.0);
                assert_near(of(Estimator::Logarithmic), law.exact(Estimator::Logarithmic), 4.0);
            }
        }
    }
    let none = Rival::Marginals.draw(&problem(16, 3), 10).unwrap();
    assert_eq!((none.outputs, none.expected, none.bytes), (Some(0), Some(0.0), 0));
}

#[test]
fn trajectories_are_the_noisy_circuit() {
    let circuit = Sycamore::of_size(4, 6).unwrap().seed(1);
    let problem = Problem::new(circuit, 5, &Watch::default()).unwrap();
    let whole = problem.law().exact(Estimator::Linear);
    let errors = GateErrors { one: 0.01, two: 0.03, readout: 0.0 };
    // The same circuit under the same channels, exactly.
    let mut noisy = Circuit::new(4);
    for op in circuit.circuit().ops() {
        noisy.try_push(op.clone()).unwrap();
        let crate::circuit::Op::Gate(gate) = op else { panic!() };
        let on: Vec<usize> = gate.targets.iter().map(|q| *q as usize).collect();
        match on[..] {
            [q] => noisy.depolarizing(0.01, q),
            [a, b] => noisy.depolarizing2(0.03, a, b),
            _ => panic!(),
        };
    }
    let law = Simulator::new().method(Method::DensityMatrix).probabilities(&noisy).unwrap();
    let strings = trajectories(&problem, &errors, 20_000).unwrap();
    let exact = cross(&problem, &law);
    assert_near(linear(&problem, &strings), exact, 4.0);
    // Errors that change no string are errors to the prediction: it is a little less.
    let (pairs, predicted) =
        (circuit.circuit().count_ops()["fsim"], errors.predicted_fidelity(&circuit));
    assert!((predicted - 0.99f64.powi(28) * 0.97f64.powi(pairs as i32)).abs() < 1e-12);
    assert!(predicted < exact / whole && exact / whole < predicted + 0.15);
    // Readings that are always wrong turn all bits round.
    let wrong = GateErrors { one: 0.0, two: 0.0, readout: 1.0 };
    let turned: Vec<u64> =
        trajectories(&problem, &wrong, 20_000).unwrap().iter().map(|x| x ^ 15).collect();
    assert_near(linear(&problem, &turned), whole, 4.0);
}

#[test]
fn strings_count_as_often_as_they_are_drawn() {
    let mut tally = Tally::new();
    assert_eq!(tally.estimate(Estimator::Linear), None);
    for weight in [2.0, 2.0, 0.5] {
        tally.add(weight);
    }
    let found = tally.estimate(Estimator::Linear).unwrap();
    assert!((found.value - 0.5).abs() < 1e-15 && (found.standard_error - 0.5).abs() < 1e-15);
    assert!(tally.estimate(Estimator::Logarithmic).is_some());
    tally.add(0.0);
    assert_eq!((tally.samples(), tally.zeros()), (4, 1));
    assert_eq!(tally.estimate(Estimator::Logarithmic), None);
    assert_eq!(tally.estimate(Estimator::Linear).unwrap().value, 0.125);
    assert_eq!(tally.estimate(Estimator::Heavy).unwrap().value, 0.0);
}

fn small() -> RandomCircuits {
    RandomCircuits { sizes: vec![6, 8], circuits: 16, samples: 60_000, ..RandomCircuits::new() }
}

#[test]
fn the_report_is_complete_and_its_verdicts_follow() {
    let mut experiment = small();
    experiment.errors = Some(GateErrors::SYCAMORE);
    experiment.error_samples = 1600;
    let report = Run::new().run(&experiment).unwrap();
    let verdict = |k: usize| &report.claims[k].verdict;
    // Circuits of 6 qubits differ too much among themselves.
    assert_eq!(*verdict(0), Verdict::Refuted { by: "best-of-4".into(), at: 8 });
    assert!(matches!(verdict(2), Verdict::Refuted { .. }));
    let Verdict::Undecided { because } = verdict(3) else { panic!("{:?}", verdict(3)) };
    assert!(because.contains("exact") && because.contains("128 PiB"), "{because}");
    assert_eq!(report.claims[1].claim.rivals, ["uniform", "patches", "marginals"]);
    assert_eq!(report.claims[1].claim.bar, Bar::Contender(DEVICE.into()));
    assert_eq!(report.details.len(), 2);
    for at in &report.details {
        assert_eq!((at.laws.len(), at.samplers.len()), (16, 7));
        for sampler in &at.samplers {
            let spread = sampler.linear;
            assert!(spread.low < spread.value && spread.value < spread.high);
            if let (Some(expected), false) = (sampler.expected, sampler.name == GATES) {
                // Of the best of k it is that of the exponential law.
                let bias = if sampler.name.starts_with("best") { 0.3 } else { 0.0 };
                let off = (spread.value - expected).abs();
                assert!(off < 4.0 * spread.within + bias, "{sampler:?}");
            }
        }
        let of = |name: &str| at.samplers.iter().find(|s| s.name == name).unwrap();
        assert_eq!(of("exact").samples, 60_000);
        assert_eq!(of(GATES).samples, 1600);
        let ratio = of(DEVICE).ratio.unwrap();
        assert!(ratio.low < 0.1 && 0.1 < ratio.high, "{ratio:?}");
    }
    let cost =
        |name: &str| report.contenders.iter().find(|c| c.name == name && c.size == 8).unwrap().cost;
    assert_eq!(cost("best-of-4").queries, Some(240_000));
    assert_eq!(cost("exact").bytes, Some(16 << 8));
    assert_eq!(cost("patches").bytes, Some((2 * 16) << 4));
    // From the manifest it is the same experiment.
    let again: RandomCircuits = serde_json::from_value(report.manifest.settings.clone()).unwrap();
    assert_eq!(again, experiment);
    assert!(report.evidence_ends_at.contains("8 qubits"));
}

#[test]
fn strings_that_are_alike_are_no_exact_score() {
    let law = Law { collision: 2.1, logarithmic: 1.0, heavy: 0.85, above: [0.4, 0.1, 0.05, 0.02] };
    let mut tally = Tally::new();
    (0..100).for_each(|_| tally.add(1.357));
    let played = details::Played {
        name: "uniform".into(),
        tally,
        distinct: 1,
        expected: None,
        outputs: None,
        amplitudes: None,
        bytes: None,
        seconds: 0.0,
    };
    let sampler = Sampler::of(&[&played], &[law]).unwrap();
    assert!((sampler.linear.within - 0.1).abs() < 1e-12, "{:?}", sampler.linear);
    let ratio = sampler.ratio.unwrap();
    assert!((ratio.within - 0.1 / 1.1).abs() < 1e-12);
    // Where all strings have the same probability, they are.
    let flat = Law { collision: 1.0, ..law };
    assert_eq!(Sampler::of(&[&played], &[flat]).unwrap().ratio, None);
}

#[test]
fn samplers_end_where_they_are_cancelled() {
    let watch = Watch::default();
    let circuit = Sycamore::of_size(9, 2).unwrap().seed(1);
    let problem = Problem::new(circuit, 1, &watch).unwrap();
    let strings = vec![0; 1000];
    assert_eq!(problem.tally(&strings).unwrap().samples(), 1000);
    watch.cancel();
    assert_eq!(problem.tally(&strings), Err(crate::Error::Interrupted));
    for rival in Rival::all() {
        assert!(rival.draw(&problem, 1000).is_err(), "{rival}");
    }
    let mut drawn = Vec::new();
    assert_eq!(problem.draw(&mut drawn, 10, || 0), Err(crate::Error::Interrupted));
    assert!(drawn.is_empty() && mixture(&problem, 0.0, 10).is_err());
}

#[test]
fn threads_rivals_and_budgets_change_no_number() {
    let details = |experiment: &RandomCircuits, threads| {
        crate::math::on_threads(threads, || Run::new().run(experiment).unwrap().details)
    };
    let experiment = RandomCircuits { sizes: vec![6], samples: 1600, ..small() };
    let one = details(&experiment, 1);
    assert_eq!(one, details(&experiment, 3));
    let fewer = RandomCircuits { rivals: vec![Rival::Patches], ..experiment };
    let fewer = details(&fewer, 1);
    assert!(one[0].samplers.contains(&fewer[0].samplers[1]));
    assert_eq!(one[0].samplers[0], fewer[0].samplers[0]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut RandomCircuits), part: &str| {
        let mut experiment = small();
        change(&mut experiment);
        let text = Run::new().run(&experiment).unwrap_err().to_string();
        assert!(text.contains(part), "{text}");
    };
    refused(&|e| e.sizes = vec![], "at least one");
    refused(&|e| e.sizes = vec![8, 1], "from 2 to 62");
    refused(&|e| e.sizes = vec![0], "from 2 to 62");
    refused(&|e| e.sizes = vec![u64::MAX], "from 2 to 62");
    refused(&|e| e.sizes = vec![6, 6], "twice");
    refused(&|e| e.sizes = vec![60], "qubits fit");
    refused(&|e| e.depth = 0, "depth");
    refused(&|e| e.depth = usize::MAX, "cycles");
    refused(&|e| e.circuits = 0, "number of circuits");
    refused(&|e| e.samples = 0, "number of samples");
    refused(&|e| e.samples = 1599, "from 1600, 100 for each circuit");
    refused(&|e| (e.circuits, e.samples) = (1, 2), "from 100");
    refused(&|e| e.samples = u64::MAX, "number of samples");
    for fidelity in [-0.1, 1.5, f64::NAN, f64::INFINITY] {
        refused(&|e| e.fidelity = fidelity, "fidelity");
        let errors = |two| Some(GateErrors { two, ..GateErrors::SYCAMORE });
        refused(&|e| e.errors = errors(fidelity), "gate on two qubits");
    }
    refused(&|e| e.rivals = vec![], "name one");
    refused(&|e| e.rivals = vec![Rival::BestOf(0)], "from 1 to 1000");
    refused(&|e| e.rivals = vec![Rival::Exact, Rival::Exact], "exact twice");
    for (text, part) in [
        ("best-of-0", "from 1 to 1000"),
        ("best-of-", "best-of-4"),
        ("uniforn", "did you mean `uniform`?"),
    ] {
        let text = text.parse::<Rival>().unwrap_err().to_string();
        assert!(text.contains(part), "{text}");
    }
    let unknown = serde_json::from_str::<RandomCircuits>(r#"{"sizes": [4]}"#);
    assert!(unknown.is_err());
}

#[test]
fn circuits_by_cz_are_random_states_too() {
    let circuit = Sycamore::of_size(10, 24).unwrap().coupler(Coupler::Cz).seed(9);
    let problem = Problem::new(circuit, 1, &Watch::default()).unwrap();
    assert!((problem.law().collision - 2.0).abs() < 0.3, "{:?}", problem.law());
    assert!((problem.law().heavy - 0.84657).abs() < 0.03);
}

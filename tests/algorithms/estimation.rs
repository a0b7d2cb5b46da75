//! Amplitude estimation against published and independently computed numbers, and its statistics as
//! statistics: slopes, coverage, laws.

use ketlab::Circuit;
use ketlab::estimation::*;
use ketlab::math::statistics::{line_fit, mean, median, variance};
use serde_json::Value;
use std::f64::consts::FRAC_PI_2;

fn reference(name: &str) -> Option<Value> {
    let path = crate::common::reference(&format!("qae/{name}"))?;
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn coin(a: f64) -> Experiment {
    EstimationProblem::bernoulli(a).unwrap().exact_law().unwrap()
}

#[test]
fn canonical_laws_and_bounds_are_those_of_the_reference() {
    let Some(data) = reference("canonical_qae.json") else { return };
    let cases = data["cases"].as_array().unwrap();
    assert!(cases.len() >= 12);
    for case in cases {
        let (a, m) = (case["a"].as_f64().unwrap(), case["m"].as_u64().unwrap() as u32);
        let size = 1u64 << m;
        let theta = coin(a).problem().theta().unwrap();
        // Outcomes y and M - y are one estimate.
        let estimate = |y: u64| (std::f64::consts::PI * y as f64 / size as f64).sin().powi(2);
        let folded = |y: u64| {
            let p = phase_probability(theta, y, m);
            if y == 0 || 2 * y == size { p } else { p + phase_probability(theta, size - y, m) }
        };
        let grid = case["grid_probabilities"].as_array().unwrap();
        assert_eq!(grid.len() as u64, size / 2 + 1);
        let mut best = (0.0, 0.0);
        let mut error = 0.0;
        let mut within = [0.0, 0.0];
        for (y, entry) in grid.iter().enumerate() {
            let entry = list(entry);
            let (value, p) = (estimate(y as u64), folded(y as u64));
            assert!(
                (value - entry[0]).abs() < 1e-11 && (p - entry[1]).abs() < 1e-11,
                "{a} {m} {y}"
            );
            if p > best.1 + 1e-12 {
                best = (value, p);
            }
            error += p * (value - a).abs();
            for k in [1, 2] {
                let (bound, promised) = phase_estimation_bound(a, m, k);
                let stated = case[format!("bound_k{k}")].as_f64().unwrap();
                // Theorem 12: 8/π² for k = 1, 1 - 1/(2(k-1)) beyond.
                let theorem = if k == 1 { 8.0 / std::f64::consts::PI.powi(2) } else { 0.5 };
                assert!((bound - stated).abs() < 1e-12 && (promised - theorem).abs() < 1e-12);
                within[k as usize - 1] += if (value - a).abs() <= bound { p } else { 0.0 };
            }
        }
        let number = |key: &str| case[key].as_f64().unwrap();
        assert!((best.0 - number("most_likely_estimate")).abs() < 1e-11, "{a} {m}");
        assert!((error - number("mean_abs_error")).abs() < 1e-11);
        assert!((within[0] - number("prob_within_bound_k1")).abs() < 1e-9);
        assert!((within[1] - number("prob_within_bound_k2")).abs() < 1e-9);
        assert!(within[0] >= 8.0 / std::f64::consts::PI.powi(2));
    }
}

#[test]
fn information_and_errors_are_those_of_suzuki_et_al() {
    let Some(data) = reference("mlqae_suzuki.json") else { return };
    let mut compared = 0;
    for row in data["table"].as_array().unwrap() {
        let number = |key: &str| row[key].as_f64().unwrap();
        let (a, shots) = (number("a"), number("shots_per_power") as u64);
        let Some(powers) = row["powers"].as_array() else { continue };
        let powers: Vec<u64> = powers.iter().map(|p| p.as_u64().unwrap()).collect();
        let rounds = powers.len();
        let schedule = match row["schedule"].as_str().unwrap() {
            "LIS" => Schedule::Linear,
            _ => Schedule::Exponential,
        };
        assert_eq!(schedule.powers(rounds, 0), powers);
        let estimator = MaximumLikelihood::new(schedule, rounds).unwrap().shots(shots).unwrap();
        let bound = estimator.cramer_rao_bound(a, 0);
        assert!((bound / number("cramer_rao_rmse") - 1.0).abs() < 1e-9);
        assert!((1.0 / (bound * bound) / number("fisher_information") - 1.0).abs() < 1e-9);
        let coin = coin(a);
        let estimates = (0..400).map(|seed| estimator.estimate(&coin, seed).unwrap());
        let mut errors: Vec<f64> = Vec::new();
        for result in estimates {
            // The paper counts uses of A and A†, as we do.
            assert_eq!(result.cost.uses as f64, number("oracle_calls"));
            errors.push(result.estimation - a);
        }
        // Medians: a rare wrong lobe decides the root mean square of 400 runs. Their RMSE is at most
        // a few times the bound where there is one, and never less.
        let typical = 0.6745 * bound;
        let found = median(&errors.iter().map(|e| e.abs()).collect::<Vec<_>>());
        assert!((0.8..1.35).contains(&(found / typical)), "{a} {powers:?} {found} {typical}");
        compared += 1;
    }
    assert!(compared >= 16);
}

#[test]
fn options_are_worth_what_the_reference_says() {
    let Some(data) = reference("european_options.json") else { return };
    for grid in data["by_grid"].as_array().unwrap() {
        let (prices, p) = (list(&grid["grid"]), list(&grid["probabilities"]));
        let check = |payoff: &dyn Fn(f64) -> f64, key: &str| {
            let values: Vec<f64> = prices.iter().map(|&s| payoff(s)).collect();
            let problem = EstimationProblem::expectation(&p, &values).unwrap();
            let found = problem.post().value(problem.amplitude().unwrap());
            let stated = grid[key]["expected_payoff"].as_f64().unwrap();
            assert!((found - stated).abs() < 1e-12, "{key}: {found} {stated}");
        };
        check(&|s| (s - 1.896).max(0.0), "european_call_K1.896");
        check(&|s| (2.126 - s).max(0.0), "european_put_K2.126");
        check(&|s| (s.min(2.584) - 1.438).max(0.0), "bull_spread_1.438_2.584");
        // The call's delta is the probability to end in the money: a comparator on the price.
        let load = ketlab::circuit::library::distribution(&p);
        let qubits: Vec<usize> = (0..load.num_qubits()).collect();
        let first = prices.iter().position(|&s| s > 1.896).unwrap() as u64;
        let good = GoodStates::at_least(&qubits, first).unwrap();
        let delta = EstimationProblem::new(load, good).unwrap().amplitude().unwrap();
        let stated = grid["european_call_K1.896"]["delta"].as_f64().unwrap();
        assert!((delta - stated).abs() < 1e-12, "{delta} {stated}");
    }
}

#[test]
fn amplitudes_and_estimates_are_those_of_qiskits_tests() {
    let Some(data) = reference("qiskit_algorithms_tests.json") else { return };
    let sine = &data["sine_integral"];
    for (n, a) in sine["exact_amplitude_by_n"].as_object().unwrap() {
        let integrand = Integrand::sine_squared();
        let problem = EstimationProblem::integral(integrand, n.parse().unwrap()).unwrap();
        assert!((problem.amplitude().unwrap() - a.as_f64().unwrap()).abs() < 1e-12, "{n}");
        let limit = sine["integral_limit"].as_f64().unwrap();
        assert!((problem.exact_law().unwrap().truth() - limit).abs() < 1e-12);
    }
    // What their tests assert to a decimal or a grid point, with many shots.
    let canonical = |p: f64, m| {
        let estimator = Canonical::new(m).unwrap().shots(2000).unwrap();
        let mle = estimator.clone().rule(PhaseRule::MaximumLikelihood);
        let get = |e: &Canonical| e.estimate(&coin(p), 3).unwrap().estimation;
        (get(&estimator), get(&mle))
    };
    for case in data["bernoulli"].as_array().unwrap() {
        let (p, stated) = (case["p"].as_f64().unwrap(), case["estimation"].as_f64().unwrap());
        let found = match case["method"].as_str().unwrap() {
            method if method.starts_with("QAE m=") => {
                let (grid, mle) = canonical(p, method[6..].parse().unwrap());
                assert!((mle - case["mle"].as_f64().unwrap()).abs() < 0.02, "{method} {mle}");
                grid
            }
            "MLAE powers [0,1,2]" | "MLAE(3)" => {
                let schedule = Schedule::Exponential;
                MaximumLikelihood::new(schedule, 3)
                    .unwrap()
                    .estimate(&coin(p), 1)
                    .unwrap()
                    .estimation
            }
            method if method.starts_with("IQAE eps .1 ") => {
                Iterative::new(0.1, 0.1).unwrap().estimate(&coin(p), 1).unwrap().estimation
            }
            method if method.starts_with("IQAE") => {
                Iterative::new(0.001, 0.01).unwrap().estimate(&coin(p), 1).unwrap().estimation
            }
            _ => Faster::new(5, 0.05).unwrap().estimate(&coin(p), 1).unwrap().estimation,
        };
        assert!((found - stated).abs() < 0.05, "{case}: {found}");
    }
}

/// The slope of the median absolute error, averaged over 50 amplitudes, by ordinary least squares.
fn slope(methods: &[EstimatorKind], budgets: &[u64], repeats: usize) -> Vec<(String, f64, f64)> {
    let problems = (0..50).map(|k| {
        // Spread over all θ, at no special place.
        EstimationProblem::bernoulli(((f64::from(k) + 0.41) / 50.0 * FRAC_PI_2).sin().powi(2))
            .unwrap()
    });
    let result = ErrorCurve::new(problems)
        .unwrap()
        .methods(methods)
        .budgets(budgets)
        .unwrap()
        .repeats(repeats)
        .unwrap()
        .seed(2)
        .run()
        .unwrap();
    assert!(result.skipped.is_empty() && !result.interrupted);
    let of = |c: &Curve| {
        let ends = (c.points.first().unwrap().uses, c.points.last().unwrap().uses);
        assert!(ends.1 / ends.0 > 99.0, "{}: not two decades, {ends:?}", c.method);
        let value = |m| c.slope(m).unwrap().value;
        (c.method.clone(), value(Measure::MedianAbsolute), value(Measure::Rmse))
    };
    result.curves.iter().map(of).collect()
}

#[test]
fn errors_fall_as_theory_says() {
    let methods = [
        EstimatorKind::Canonical,
        EstimatorKind::CanonicalMedian,
        EstimatorKind::Iterative,
        EstimatorKind::Mlae,
        EstimatorKind::MlaeRandom,
        EstimatorKind::MonteCarlo,
    ];
    let budgets = [1000, 3600, 14_000, 56_000, 224_000];
    for (method, median, _) in slope(&methods, &budgets, 40) {
        let expected = if method == "monte-carlo" { -0.5 } else { -1.0 };
        assert!((median - expected).abs() <= 0.05, "{method}: {median}");
    }
    let polynomial = [
        EstimatorKind::MlaeLinear,
        EstimatorKind::PowerLaw { beta: 0.5 },
        EstimatorKind::PowerLaw { beta: 1.0 / 3.0 },
    ];
    for (method, median, _) in slope(&polynomial, &[2000, 8000, 32_000, 128_000, 256_000], 24) {
        let expected = if method == "power-law" { -2.0 / 3.0 } else { -0.75 };
        assert!((median - expected).abs() <= 0.05, "{method}: {median}");
    }
}

#[test]
fn misses_do_not_decide_the_mean_square_of_the_iterative_method() {
    // Four coins, 150 repeats: at α = 0.05 about one run in a hundred is led astray and the slope of
    // the root mean square was -0.33 [-0.97, -0.20].
    let coins = [0.1, 0.2, 0.35, 0.6].map(|a| EstimationProblem::bernoulli(a).unwrap());
    let run = |alpha: Option<f64>| {
        let curve = ErrorCurve::new(coins.clone())
            .unwrap()
            .methods(&[EstimatorKind::Iterative, EstimatorKind::MonteCarlo])
            .budgets(&[1000, 3162, 10_000, 31_623, 100_000])
            .unwrap()
            .repeats(150)
            .unwrap()
            .seed(7);
        let curve = match alpha {
            Some(alpha) => curve.alpha(alpha).unwrap(),
            None => curve,
        };
        curve.run().unwrap()
    };
    let chosen = run(None);
    let iterative = chosen.curve("iterative").unwrap();
    let slope = iterative.slope(Measure::Rmse).unwrap();
    assert!((slope.value + 1.0).abs() < 0.08, "{slope:?}");
    assert!(slope.high - slope.low < 0.1, "{slope:?}");
    assert!(iterative.points.iter().all(|p| p.misses.share_of_mse < 0.1));
    let alphas: Vec<f64> = iterative.points.iter().map(|p| p.alpha).collect();
    assert!((alphas[0] / 1e-4 - 1.0).abs() < 1e-9 && (alphas[4] / 1e-8 - 1.0).abs() < 1e-9);
    assert!(chosen.curve("monte-carlo").unwrap().points.iter().all(|p| p.alpha == 0.05));
    let gain = chosen.gain("iterative", "monte-carlo", Measure::Rmse).unwrap();
    assert!(gain.low > 4.0 && gain.low < gain.factor && gain.factor < gain.high, "{gain:?}");
    // What α set by hand costs is seen.
    let usual = run(Some(0.05));
    let last = usual.curve("iterative").unwrap().points.last().unwrap();
    assert!(last.misses.decide() && last.misses.share < 0.05, "{last:?}");
    assert!(last.rmse > 5.0 * last.median_absolute_error);
    assert!(last.misses.rmse > 10.0 * last.median_absolute_error);
}

#[test]
fn the_mean_square_of_canonical_estimation_has_heavy_tails() {
    // Outcomes k grid steps away have probability about 1/(πk)²: their squared errors (k/M)² do not
    // converge, and add up to the order 1/M. So the root mean square falls as M^-1/2 though the median
    // falls as 1/M. By the exact law; few repeats do not see the tail and flatter the method.
    let rmse = |m: u32| {
        let amplitudes = (0..50).map(|k| ((f64::from(k) + 0.41) / 50.0 * FRAC_PI_2).sin().powi(2));
        let squares = amplitudes.map(|a| {
            let (theta, size) = (a.sqrt().asin(), 1u64 << m);
            let error = |y: u64| (std::f64::consts::PI * y as f64 / size as f64).sin().powi(2) - a;
            (0..size).map(|y| phase_probability(theta, y, m) * error(y).powi(2)).sum::<f64>()
        });
        (squares.sum::<f64>() / 50.0).sqrt()
    };
    let points: Vec<(f64, f64)> =
        (6..=13).map(|m| (f64::from((1 << (m + 1)) - 1).ln(), rmse(m).ln())).collect();
    let slope = line_fit(&points).0;
    assert!((slope + 0.5).abs() < 0.02, "{slope}");
}

#[test]
fn intervals_with_a_promise_keep_it() {
    const REPEATS: usize = 2000;
    let setup = Setup::default();
    let methods = [
        (EstimatorKind::Canonical, Target::Budget(500)),
        (EstimatorKind::CanonicalMedian, Target::Budget(2000)),
        (EstimatorKind::Iterative, Target::Precision(0.01)),
        (EstimatorKind::IterativeChernoff, Target::Precision(0.01)),
        (EstimatorKind::MonteCarlo, Target::Budget(1000)),
    ];
    for a in [0.001, 0.01, 0.2, 0.5, 0.7, 0.99] {
        let experiment = coin(a);
        for (method, target) in methods {
            let estimator = method.estimator(target, &setup).unwrap();
            let held = (0..REPEATS as u64).filter(|&seed| {
                let interval = estimator.estimate(&experiment, seed).unwrap().confidence_interval;
                assert_eq!(interval.guarantee, Guarantee::FiniteSample, "{method}");
                interval.contains(a)
            });
            let coverage = held.count() as f64 / REPEATS as f64;
            let error = (0.05 * 0.95 / REPEATS as f64).sqrt();
            assert!(coverage >= 0.95 - 3.0 * error, "{method}, a = {a}: {coverage}");
        }
    }
}

#[test]
fn circuits_and_laws_are_one_distribution() {
    // A problem with several qubits and a comparator: estimates from both sources, compared by the
    // number of good states in each of their rounds.
    let mut a = Circuit::new(3);
    a.ry(0.8, 0).ry(1.3, 1).cx(0, 2).ry(0.4, 2).cz(1, 2).h(1);
    let problem = EstimationProblem::new(a, GoodStates::less_than(&[1, 2], 2).unwrap()).unwrap();
    let sources =
        [problem.exact_law().unwrap(), problem.full_circuits(ketlab::Simulator::new()).unwrap()];
    let estimator = MaximumLikelihood::new(Schedule::Exponential, 5).unwrap();
    let mut good = [[0u64; 5]; 2];
    for (k, source) in sources.iter().enumerate() {
        for seed in 0..60 {
            let result = estimator.estimate(source, seed).unwrap();
            let names = [Source::ExactLaw, Source::FullCircuits];
            assert_eq!(result.source, names[k]);
            assert!(result.cost.two_qubit_gates.unwrap() > 0);
            result.rounds.iter().enumerate().for_each(|(j, r)| good[k][j] += r.good);
        }
    }
    let shots = 60.0 * 100.0;
    let chi2: f64 = (0..5)
        .map(|j| {
            let (x, y) = (good[0][j] as f64, good[1][j] as f64);
            let p = (x + y) / (2.0 * shots);
            (x - y).powi(2) / (2.0 * shots * p * (1.0 - p))
        })
        .sum();
    let most = ketlab::math::statistics::chi_squared_quantile(5.0, 0.9999);
    assert!(chi2 < most, "{chi2} {good:?}");
}

#[test]
fn noise_ends_the_quadratic_advantage() {
    // Without noise maximum likelihood is a quadratic faster; with 1 % a step it is not, and where it
    // does not know of the noise it is biased.
    let curve = |kappa: f64| {
        ErrorCurve::new([EstimationProblem::bernoulli(0.3).unwrap()])
            .unwrap()
            .kappa(kappa)
            .unwrap()
            .methods(&[EstimatorKind::Mlae, EstimatorKind::NoiseAware, EstimatorKind::MonteCarlo])
            .budgets(&[1000, 10_000, 100_000])
            .unwrap()
            .repeats(60)
            .unwrap()
            .run()
            .unwrap()
    };
    let results = [curve(1.0), curve(0.98)];
    let at_end =
        |r: &CurveResult, m: &str| r.curve(m).unwrap().points.last().unwrap().median_absolute_error;
    assert!(at_end(&results[0], "mlae") < 0.2 * at_end(&results[0], "monte-carlo"));
    assert!(at_end(&results[1], "mlae") > at_end(&results[1], "monte-carlo"));
    assert!(at_end(&results[1], "noise-aware") < at_end(&results[1], "monte-carlo"));
    let last = results[1].curve("noise-aware").unwrap().points.last().unwrap();
    assert!(last.bias.abs() < 4.0 * last.bias_error);
    let slope = |r: &CurveResult, m: &str| r.curve(m).unwrap().slope(Measure::Rmse).unwrap().value;
    assert!(slope(&results[1], "noise-aware") > -0.75, "{}", slope(&results[1], "noise-aware"));
    let table = NoiseTable::new(&results, &[0.01, 0.001]);
    let best = |row: usize, column: usize| table.best[row][column].as_ref().unwrap();
    assert!(best(0, 1).method != "monte-carlo" && best(0, 1).monte_carlo > 5.0 * best(0, 1).uses);
    assert!(best(1, 1).gain < best(0, 1).gain / 2.0);
    for b in [best(0, 0), best(1, 1), best(0, 1)] {
        let (low, high) = b.gain_interval;
        assert!(
            b.gain == b.monte_carlo / b.uses && low <= b.gain && b.gain <= high && low < high,
            "{b:?}"
        );
    }
    assert_eq!(table.advantage_ends(1e9), [None, None]);
    // What no curve went to is not known, and is not won by Monte Carlo for want of rivals.
    assert_eq!(NoiseTable::new(&results, &[1e-6]).best, [[None], [None]]);
    // Intervals of methods that do not know of noise promise nothing; the others know.
    let guarantee = |m: &str| results[1].curve(m).unwrap().points[1].guarantee;
    assert_eq!(guarantee("mlae"), Guarantee::NoiseNotModelled);
    assert_eq!(results[0].curve("mlae").unwrap().expected_slope, Some(-1.0));
    assert_eq!(results[1].curve("mlae").unwrap().expected_slope, None);
    assert_eq!(guarantee("noise-aware"), Guarantee::Asymptotic);
    assert_eq!(guarantee("monte-carlo"), Guarantee::FiniteSample);
}

#[test]
fn curves_resume_to_the_same_bits() {
    let folder = std::env::temp_dir().join(format!("ketlab-curve-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("curve.jsonl");
    let watch = ketlab::simulate::Watch::default();
    let curve = || {
        ErrorCurve::new([0.2, 0.6].map(|a| EstimationProblem::bernoulli(a).unwrap()))
            .unwrap()
            .methods(&[EstimatorKind::Mlae, EstimatorKind::Iterative])
            .budgets(&[1000, 3000, 9000])
            .unwrap()
            .repeats(10)
            .unwrap()
    };
    let whole = curve().run().unwrap();
    assert_eq!(whole.curves.iter().map(|c| c.points.len()).sum::<usize>(), 6);
    // Ended at the sixth of twelve cells; only complete targets are points.
    let stop = |p: &CurveProgress| {
        if p.done == 5 {
            watch.cancel();
        }
    };
    let part = curve().watched(&watch).on_progress(stop).checkpoint(&path).run().unwrap();
    assert!(part.interrupted);
    assert_eq!(part.curves.iter().map(|c| c.points.len()).sum::<usize>(), 2);
    // A line that was cut off is written again.
    let mut text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 6);
    text.push_str("{\"entry\":1,\"tar");
    std::fs::write(&path, &text).unwrap();
    let rest = curve().checkpoint(&path).resume(true).run().unwrap();
    assert_eq!(rest.curves, whole.curves);
    assert!(!rest.interrupted);
    // A method's numbers do not depend on what else is on the curve, so a curve can be extended.
    let alone =
        curve().methods(&[EstimatorKind::MlaeLinear]).checkpoint(&path).resume(true).run().unwrap();
    assert_eq!(alone.curves[..2], whole.curves[..]);
    assert_eq!(alone.curves[2].points.len(), 3);
    let other = curve().seed(9).checkpoint(&path).resume(true).run().unwrap_err().to_string();
    assert!(other.contains("the checkpoint's seed is `0`; this run has `9`"), "{other}");
    let there = curve().checkpoint(&path).run().unwrap_err().to_string();
    assert!(there.contains("the file exists"), "{there}");
    std::fs::write(&path, "nonsense\n").unwrap();
    let damaged = curve().checkpoint(&path).resume(true).run().unwrap_err().to_string();
    assert!(damaged.contains("not a checkpoint"), "{damaged}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn one_seed_is_one_curve_at_any_number_of_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            ErrorCurve::new([EstimationProblem::bernoulli(0.3).unwrap()])
                .unwrap()
                .methods(&[
                    EstimatorKind::Bayesian,
                    EstimatorKind::Canonical,
                    EstimatorKind::CanonicalMle,
                ])
                .budgets(&[2000])
                .unwrap()
                .repeats(20)
                .unwrap()
                .run()
                .unwrap()
                .curves
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn ends_and_empty_sets_are_estimated() {
    let none = EstimationProblem::new(Circuit::new(1), GoodStates::none()).unwrap();
    let none = none.exact_law().unwrap();
    for (a, experiment) in [(0.0, coin(0.0)), (1.0, coin(1.0)), (0.0, none)] {
        for method in EstimatorKind::ALL.into_iter().filter(|m| !m.needs_integrand()) {
            let uses = if method == EstimatorKind::Faster { 2_000_000 } else { 5000 };
            let estimator = method.estimator(Target::Budget(uses), &Setup::default()).unwrap();
            let result = estimator.estimate(&experiment, 1).unwrap();
            assert!((result.estimation - a).abs() < 0.01, "{result}");
            assert!(result.confidence_interval.contains(a), "{result}");
            assert!((0.0..=1.0).contains(&result.confidence_interval.low));
        }
    }
}

#[test]
fn integrands_are_asked_for_with_the_reason() {
    for method in EstimatorKind::ALL.into_iter().filter(|m| m.needs_integrand()) {
        let estimator = method.estimator(Target::Budget(10_000), &Setup::default()).unwrap();
        let message = estimator.estimate(&coin(0.2), 0).unwrap_err().to_string();
        assert!(message.contains("a bare amplitude") && message.contains("integral"), "{message}");
    }
}

#[test]
fn more_qubits_than_memory_are_refused_before_the_work() {
    let mut wide = Circuit::new(60);
    wide.h(0);
    let problem = EstimationProblem::new(wide, GoodStates::qubit(0)).unwrap();
    let message = problem.exact_law().unwrap_err().to_string();
    assert!(message.contains("needs") && message.contains("available"), "{message}");
}

#[test]
fn bias_of_the_iterative_method_is_corrected_by_a_last_round() {
    // Miyamoto 2024: when the method stops depends on the outcomes that it then estimates from, and
    // at some amplitudes that is a bias. Runs whose interval missed say nothing about it.
    let (a, epsilon) = (0.49167, 0.002);
    let coin = coin(a);
    let bias = |estimator: Iterative| {
        let errors = (0..4000).map(|seed| estimator.estimate(&coin, seed).unwrap().estimation - a);
        let errors: Vec<f64> = errors.filter(|e| e.abs() < 2.0 * epsilon).collect();
        (mean(&errors), (variance(&errors) / errors.len() as f64).sqrt())
    };
    let plain = bias(Iterative::new(epsilon, 0.05).unwrap());
    let corrected = bias(Iterative::new(epsilon, 0.05).unwrap().bias_correction(true));
    assert!(plain.0.abs() > 4.0 * plain.1, "{plain:?}");
    assert!(corrected.0.abs() < 4.0 * corrected.1, "{corrected:?}");
    assert!(corrected.0.abs() < 0.5 * plain.0.abs(), "{plain:?} {corrected:?}");
}

#[test]
fn a_method_of_ones_own_has_a_curve() {
    let a = 0.3;
    let result = ErrorCurve::new([EstimationProblem::bernoulli(a).unwrap()])
        .unwrap()
        .estimator("mine", |target, setup| {
            let Target::Budget(samples) = target else { panic!("{target}") };
            Ok(Box::new(MonteCarlo::new(samples)?.alpha(setup.alpha)?))
        })
        .budgets(&[100, 400])
        .unwrap()
        .repeats(300)
        .unwrap()
        .seed(3)
        .run()
        .unwrap();
    let points = &result.curve("mine").unwrap().points;
    assert_eq!(points.len(), 2);
    for (point, samples) in points.iter().zip([100.0, 400.0]) {
        assert_eq!(point.uses, samples);
        let want = (a * (1.0 - a) / samples).sqrt();
        // The standard error of this ratio is 1/√600 = 4 %.
        assert!((point.rmse / want - 1.0).abs() < 0.17, "{} and {want}", point.rmse);
    }
}

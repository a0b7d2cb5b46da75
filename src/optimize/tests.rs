//! What every method must do.

use super::problems::{cosines, rosenbrock};
use super::*;
use crate::error::{Error, Result};
use serde_json::json;
use std::path::PathBuf;

/// Each method with settings that reach the minimum of [`cosines`] in reasonable time.
fn tuned() -> Vec<Box<dyn Optimizer>> {
    let tune = |method: OptimizerKind| {
        let settings = match method {
            OptimizerKind::Adam | OptimizerKind::Amsgrad => json!({"learning_rate": 0.1}),
            OptimizerKind::GradientDescent => json!({"learning_rate": 0.5}),
            OptimizerKind::Momentum => json!({"learning_rate": 0.1}),
            OptimizerKind::NaturalGradient => json!({"learning_rate": 0.2}),
            OptimizerKind::Spsa => json!({"a": 2.0, "c": 0.05}),
            _ => json!({}),
        };
        method.with_settings(&settings).unwrap()
    };
    OptimizerKind::ALL.into_iter().map(tune).collect()
}

fn from_basin(name: &str) -> bool {
    ["nelder-mead", "bobyqa", "cobyla"].contains(&name)
}

/// A file in the directory for temporary files that is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("ketlab-optimize-{}-{name}.json", std::process::id());
        Scratch(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Everything of an outcome but the time and where it began.
fn timeless(outcome: Outcome) -> Outcome {
    Outcome { seconds: 0.0, resumed_from: None, ..outcome }
}

#[test]
fn every_method_finds_the_minimum() {
    let start = [0.9, -0.4, 1.3, 0.2];
    let lowest = Lbfgs::default().minimize(&mut cosines(4), &start, &mut Stopping::new()).unwrap();
    for optimizer in tuned() {
        let mut stopping = Stopping::new().max_iterations(2000);
        let outcome = optimizer.minimize(&mut cosines(4), &start, &mut stopping).unwrap();
        let name = optimizer.name();
        let close = if name == "spsa" { 1e-3 } else { 1e-9 };
        assert!(outcome.value - lowest.value < close, "{name}: {} {}", outcome.value, outcome.stop);
        assert!(outcome.value - lowest.value > -1e-12, "{name}: {}", outcome.value);
        assert!(name == "spsa" || outcome.converged(), "{name}: {}", outcome.stop);
        assert_eq!(cosines(4).value(&outcome.x).unwrap(), outcome.value, "{name}");
        assert_eq!(cosines(4).value(&outcome.best_x).unwrap(), outcome.best_value, "{name}");
        assert_eq!(outcome.history.len(), outcome.iterations + 1, "{name}");
    }
}

#[test]
fn every_method_stays_within_bounds_and_reaches_the_lowest_point_there() {
    // The free minimum of each parameter lies between 0 and 0.3, so all but the third are held.
    let bounds = vec![(0.5, 2.0), (f64::NEG_INFINITY, -0.5), (-1.0, 1.0)];
    let mut stopping = Stopping::new().bounds(bounds.clone());
    let start = [1.0, -1.0, -0.5];
    let lowest = Lbfgs::default().minimize(&mut cosines(3), &start, &mut stopping).unwrap();
    assert_eq!((lowest.x[0], lowest.x[1]), (0.5, -0.5));
    for optimizer in tuned() {
        let name = optimizer.name();
        let mut stopping = Stopping::new().max_iterations(2000).bounds(bounds.clone());
        let outcome = optimizer.minimize(&mut cosines(3), &start, &mut stopping).unwrap();
        for (x, (lower, upper)) in outcome.x.iter().zip(&bounds) {
            assert!((lower..=upper).contains(&x), "{name}: {:?}", outcome.x);
        }
        // The gradient that a bound holds stays in SPSA's estimates, as noise on all parameters.
        let close = if name == "spsa" { 1e-2 } else { 1e-6 };
        assert!(outcome.value - lowest.value < close, "{name}: {} {}", outcome.value, outcome.stop);
    }
}

#[test]
fn the_best_point_lies_within_the_bounds() {
    // The free minima lie outside: above, below, and a period away.
    let bounds = [
        vec![(0.5, 0.8), (-2.0, -0.5), (0.1, 0.2)],
        vec![(-3.0, -2.5), (2.9, f64::INFINITY), (-0.2, -0.1)],
    ];
    for bounds in bounds {
        let start: Vec<f64> = bounds.iter().map(|(l, u)| l + 0.3 * (u - l).min(1.0)).collect();
        for optimizer in tuned() {
            let name = optimizer.name();
            for limit in [1, 2, 3, 5, 50] {
                let mut stopping = Stopping::new()
                    .max_iterations(20)
                    .max_evaluations(limit)
                    .bounds(bounds.clone());
                let outcome = optimizer.minimize(&mut cosines(3), &start, &mut stopping).unwrap();
                for point in [&outcome.x, &outcome.best_x] {
                    let mut pairs = point.iter().zip(&bounds);
                    assert!(pairs.all(|(x, (l, u))| (l..=u).contains(&x)), "{name}: {point:?}");
                }
                let best = cosines(3).value(&outcome.best_x).unwrap();
                assert_eq!(best, outcome.best_value, "{name}");
                assert!(outcome.best_value <= outcome.value, "{name}");
            }
        }
    }
}

#[test]
fn a_boxed_optimizer_is_one() {
    fn run(optimizer: impl Optimizer) -> f64 {
        let mut stopping = Stopping::new();
        optimizer.minimize(&mut cosines(1), &[1.0], &mut stopping).unwrap().value
    }
    assert_eq!(run(OptimizerKind::Lbfgs.optimizer()), run(Lbfgs::default()));
}

#[test]
fn one_parameter_is_enough() {
    for optimizer in tuned() {
        let mut stopping = Stopping::new().max_iterations(2000);
        let outcome = optimizer.minimize(&mut cosines(1), &[1.0], &mut stopping).unwrap();
        assert!(outcome.value < -0.499, "{}: {}", optimizer.name(), outcome.value);
    }
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one_bit_for_bit() {
    let start = [0.9, -0.4, 1.3, 0.2];
    for optimizer in tuned().into_iter().filter(|optimizer| !from_basin(optimizer.name())) {
        let name = optimizer.name();
        // Rotosolve and L-BFGS converge in fewer than 20 iterations: the same at 4 and 2.
        let (all, half) = if ["rotosolve", "lbfgs"].contains(&name) { (4, 2) } else { (20, 10) };
        let file = Scratch::new(&format!("resume-{name}"));
        let run = |mut stopping: Stopping<'_>| {
            timeless(optimizer.minimize(&mut cosines(4), &start, &mut stopping).unwrap())
        };
        let whole = run(Stopping::new().max_iterations(all));
        assert_eq!(whole.iterations, all, "{name}");
        let first = run(Stopping::new().max_iterations(half).checkpoint(&file.0, 3));
        assert_eq!(first.iterations, half, "{name}");
        let second = run(Stopping::new().max_iterations(all).resume(&file.0));
        assert_eq!(whole, second, "{name}");
    }
}

#[test]
fn a_halt_within_an_iteration_does_not_disturb_the_resume() {
    // The budget ends amid a line search or a sweep.
    for name in ["lbfgs", "rotosolve", "spsa"] {
        let optimizer = OptimizerKind::from_name(name).unwrap().optimizer();
        let file = Scratch::new(&format!("halt-{name}"));
        let run = |mut stopping: Stopping<'_>| {
            let start = [-1.2, 1.0, -0.5];
            timeless(optimizer.minimize(&mut rosenbrock(3), &start, &mut stopping).unwrap())
        };
        let whole = run(Stopping::new().max_iterations(8));
        for budget in 1..whole.evaluations - 1 {
            let _ = std::fs::remove_file(&file.0);
            let stopping = Stopping::new().max_iterations(8).max_evaluations(budget);
            let part = run(stopping.checkpoint(&file.0, 100));
            assert_eq!(part.stop, StopReason::MaxEvaluations { limit: budget }, "{name}");
            let rest = run(Stopping::new().max_iterations(8).resume(&file.0));
            assert_eq!(whole, rest, "{name}, budget {budget}");
        }
    }
}

#[test]
fn the_methods_from_basin_resume_from_the_best_point() {
    for name in ["nelder-mead", "bobyqa", "cobyla"] {
        let optimizer = OptimizerKind::from_name(name).unwrap().optimizer();
        let file = Scratch::new(&format!("basin-{name}"));
        let start = [0.9, -0.4, 1.3, 0.2];
        let run = |mut stopping: Stopping<'_>| {
            optimizer.minimize(&mut cosines(4), &start, &mut stopping).unwrap()
        };
        let first = run(Stopping::new().max_iterations(10).checkpoint(&file.0, 100));
        assert_eq!(first.stop, StopReason::MaxIterations { limit: 10 }, "{name}");
        let second = run(Stopping::new().resume(&file.0));
        assert!(second.converged() && second.iterations > 10, "{name}: {}", second.stop);
        assert_eq!(second.history[..11], first.history[..], "{name}");
        assert!(second.history[11].value <= first.value, "{name}");
        assert!(second.evaluations > first.evaluations, "{name}");
    }
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let file = Scratch::new("refused");
    let adam = Adam::default();
    let run = |optimizer: &dyn Optimizer, n, mut stopping: Stopping<'_>| {
        optimizer.minimize(&mut cosines(n), &vec![1.0; n], &mut stopping)
    };
    let stopping = Stopping::new().max_iterations(2).checkpoint(&file.0, 1).fingerprint("H2");
    run(&adam, 3, stopping).unwrap();
    let resume = || Stopping::new().max_iterations(4).resume(&file.0);
    let refused = [
        (run(&adam, 3, resume().fingerprint("LiH")), "fingerprint"),
        (run(&Adam::amsgrad(), 3, resume().fingerprint("H2")), "method"),
        (run(&NelderMead::default(), 3, resume().fingerprint("H2")), "method"),
        (run(&adam, 4, resume().fingerprint("H2")), "number of parameters"),
        (run(&Adam { beta1: 0.8, ..adam.clone() }, 3, resume().fingerprint("H2")), "settings"),
        (run(&adam, 3, resume().fingerprint("H2").bounds(vec![(-3.0, 3.0); 3])), "bounds"),
    ];
    for (result, what) in refused {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
    assert!(run(&adam, 3, resume().fingerprint("H2")).is_ok());
    // The file that was written first and renamed is gone.
    let name = file.0.file_name().unwrap().to_string_lossy().into_owned();
    let beside = std::fs::read_dir(file.0.parent().unwrap()).unwrap().flatten();
    let all = beside.filter(|entry| entry.file_name().to_string_lossy().contains(&name));
    assert_eq!(all.count(), 1);
    // Another start is another run.
    let mut elsewhere = resume().fingerprint("H2");
    let elsewhere = adam.minimize(&mut cosines(3), &[1.0, 1.0, 0.9], &mut elsewhere).unwrap_err();
    assert!(elsewhere.to_string().contains("start"), "{elsewhere}");

    // One whose content was edited, one that was cut in the middle, and one that never was.
    let text = std::fs::read_to_string(&file.0).unwrap();
    std::fs::write(&file.0, text.replace("\"evaluations\":3", "\"evaluations\":4")).unwrap();
    let error = run(&adam, 3, resume().fingerprint("H2")).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    std::fs::write(&file.0, &text[..text.len() / 2]).unwrap();
    let error = run(&adam, 3, resume().fingerprint("H2")).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    std::fs::write(&file.0, "{\"header\": 1}").unwrap();
    let error = run(&adam, 3, resume()).unwrap_err();
    assert!(error.to_string().contains("not a checkpoint"), "{error}");
    let absent = Stopping::new().resume("no/such/file.json");
    assert!(matches!(run(&adam, 3, absent), Err(Error::Io { .. })));
    let nowhere = Stopping::new().checkpoint("no/such/directory/file.json", 1);
    assert!(matches!(run(&adam, 3, nowhere), Err(Error::Io { .. })));
}

/// A run whose vectors do not fit together under right checksums, as no program writes it.
#[test]
fn a_forged_checkpoint_is_refused() {
    use crate::math::checkpoint::Snapshot;
    let file = Scratch::new("forged");
    let adam = Adam::default();
    let mut stopping = Stopping::new().max_iterations(2).checkpoint(&file.0, 1);
    adam.minimize(&mut cosines(3), &[1.0; 3], &mut stopping).unwrap();
    let print =
        super::checkpoint::fingerprint("adam", &adam, &[1.0; 3], &cosines(3), &Stopping::new());
    let (mut snapshot, run) = Snapshot::resume(&file.0, "optimizer", &print.unwrap()).unwrap();
    let run = run.unwrap();
    for pointer in ["/point/x", "/point/gradient", "/record/best_x", "/state/mean", "/history"] {
        let mut short = run.clone();
        match pointer {
            "/history" => *short.pointer_mut(pointer).unwrap() = json!(7),
            _ => drop(short.pointer_mut(pointer).unwrap().as_array_mut().unwrap().pop()),
        }
        snapshot.replace(&short).unwrap();
        let mut stopping = Stopping::new().resume(&file.0);
        let error = adam.minimize(&mut cosines(3), &[1.0; 3], &mut stopping).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{pointer}: {error}");
    }
}

#[test]
fn a_file_that_exists_is_not_replaced() {
    let file = Scratch::new("exists");
    for optimizer in tuned() {
        let name = optimizer.name();
        let run = |stopping: Stopping<'_>| {
            let mut stopping = stopping.max_iterations(3);
            optimizer.minimize(&mut cosines(2), &[1.0, 0.5], &mut stopping)
        };
        run(Stopping::new().checkpoint(&file.0, 1)).unwrap();
        let before = std::fs::read(&file.0).unwrap();
        let error = run(Stopping::new().checkpoint(&file.0, 1)).unwrap_err().to_string();
        assert!(error.contains("the file exists"), "{name}: {error}");
        // Nor is one that another is resumed from.
        let other = Scratch::new("exists-other");
        std::fs::write(&other.0, "mine").unwrap();
        let error = run(Stopping::new().checkpoint(&other.0, 1).resume(&file.0)).unwrap_err();
        assert!(error.to_string().contains("the file exists"), "{name}: {error}");
        assert_eq!(std::fs::read(&file.0).unwrap(), before, "{name}");
        assert_eq!(std::fs::read(&other.0).unwrap(), b"mine", "{name}");
        std::fs::remove_file(&file.0).unwrap();
    }
}

#[test]
fn a_finished_run_has_nothing_left_to_do() {
    for optimizer in tuned().into_iter().filter(|optimizer| optimizer.name() != "spsa") {
        let name = optimizer.name();
        let file = Scratch::new(&format!("finished-{name}"));
        let run = |stopping: Stopping<'_>| {
            let mut stopping = stopping.max_iterations(3000);
            optimizer.minimize(&mut cosines(2), &[1.0, 0.5], &mut stopping).unwrap()
        };
        let whole = run(Stopping::new().checkpoint(&file.0, 10));
        assert!(whole.converged() && !whole.was_finished(), "{name}: {}", whole.stop);
        let again = run(Stopping::new().checkpoint(&file.0, 10).resume(&file.0));
        assert!(again.was_finished(), "{name}: {:?}", again.resumed_from);
        assert_eq!(timeless(again), timeless(whole), "{name}");
    }
}

/// Removes a folder at its fifth evaluation.
struct Removes(PathBuf, usize);

impl Objective for Removes {
    fn num_params(&self) -> usize {
        2
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.value_and_gradient(x, &mut [0.0; 2])
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.1 += 1;
        if self.1 == 5 {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
        cosines(2).value_and_gradient(x, gradient)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        cosines(2).metric(x)
    }

    fn has_metric(&self) -> bool {
        true
    }
}

#[test]
fn a_checkpoint_that_cannot_be_written_loses_no_result() {
    for optimizer in tuned() {
        let name = optimizer.name();
        let folder = std::env::temp_dir()
            .join(format!("ketlab-optimize-{}-gone-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let start = [1.0, 0.5];
        let mut stopping =
            Stopping::new().max_iterations(30).checkpoint(folder.join("checkpoint.json"), 1);
        let mut objective = Removes(folder, 0);
        let outcome = optimizer.minimize(&mut objective, &start, &mut stopping).unwrap();
        let error = outcome.checkpoint_error.clone().unwrap_or_else(|| panic!("{name}"));
        assert!(error.contains("checkpoint.json"), "{name}: {error}");
        let mut stopping = Stopping::new().max_iterations(30);
        let alone = optimizer.minimize(&mut cosines(2), &start, &mut stopping).unwrap();
        assert_eq!(timeless(Outcome { checkpoint_error: None, ..outcome }), timeless(alone));
    }
}

/// An objective with an account, which errors at one call.
struct Counting {
    calls: u64,
    fails_at: u64,
}

impl Objective for Counting {
    fn num_params(&self) -> usize {
        2
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.value_and_gradient(x, &mut [0.0; 2])
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        if self.calls == self.fails_at {
            return Err(Error::Interrupted);
        }
        self.calls += 1;
        // Like noise that comes from a stream: each call has its own.
        let noise = 1e-3 * (self.calls as f64).sin();
        gradient.iter_mut().for_each(|g| *g += noise);
        cosines(2).value_and_gradient(x, gradient).map(|value| value + noise)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn save(&self) -> serde_json::Value {
        self.calls.into()
    }

    fn restore(&mut self, state: &serde_json::Value) -> Result<()> {
        self.calls = state.as_u64().expect("it was saved");
        Ok(())
    }
}

#[test]
fn what_an_objective_carries_goes_on_too() {
    for name in ["adam", "spsa", "rotosolve"] {
        let optimizer = OptimizerKind::from_name(name).unwrap().optimizer();
        let run = |objective: &mut Counting, stopping: Stopping<'_>| {
            let mut stopping = stopping.max_iterations(9);
            optimizer.minimize(objective, &[1.0, 0.5], &mut stopping).map(timeless)
        };
        let mut objective = Counting { calls: 0, fails_at: u64::MAX };
        let whole = run(&mut objective, Stopping::new()).unwrap();
        let calls = objective.calls;
        for fails_at in 1..calls - 1 {
            let file = Scratch::new(&format!("carries-{name}-{fails_at}"));
            let mut objective = Counting { calls: 0, fails_at };
            let part = run(&mut objective, Stopping::new().checkpoint(&file.0, 1)).unwrap();
            assert_eq!(part.stop, StopReason::Cancelled, "{name} {fails_at}");
            assert_eq!(part.history[..], whole.history[..part.history.len()], "{name}");
            objective.fails_at = u64::MAX;
            let rest = run(&mut objective, Stopping::new().resume(&file.0)).unwrap();
            assert_eq!((rest, objective.calls), (whole.clone(), calls), "{name} {fails_at}");
        }
    }
}

#[test]
fn an_interrupted_objective_ends_every_method_with_what_it_found() {
    for optimizer in tuned().into_iter().filter(|o| o.name() != "natural-gradient") {
        let name = optimizer.name();
        let mut objective = Counting { calls: 0, fails_at: 3 };
        let found = optimizer.minimize(&mut objective, &[1.0, 0.5], &mut Stopping::new()).unwrap();
        assert_eq!(found.stop, StopReason::Cancelled, "{name}");
        assert!(found.best_value.is_finite() && found.best_x.len() == 2, "{name}");
        let mut objective = Counting { calls: 0, fails_at: 0 };
        let none = optimizer.minimize(&mut objective, &[1.0, 0.5], &mut Stopping::new());
        assert!(matches!(none, Err(Error::Interrupted)), "{name}");
    }
}

#[test]
fn limits_and_cancellation_stop_every_method() {
    let start = [0.9, -0.4, 1.3, 0.2];
    for optimizer in tuned() {
        let name = optimizer.name();
        let run = |mut stopping: Stopping<'_>| {
            optimizer.minimize(&mut cosines(4), &start, &mut stopping).unwrap()
        };
        for limit in [0, 1, 2] {
            let outcome = run(Stopping::new().max_iterations(limit));
            assert_eq!(outcome.stop, StopReason::MaxIterations { limit }, "{name}");
            assert_eq!(outcome.iterations, limit, "{name}");
        }
        for limit in [1, 2, 3, 7] {
            let outcome = run(Stopping::new().max_evaluations(limit));
            assert_eq!(outcome.stop, StopReason::MaxEvaluations { limit }, "{name}");
            // SPSA evaluates its last point once more.
            let extra = usize::from(name == "spsa");
            assert_eq!(outcome.evaluations, limit + extra, "{name}");
        }
        let mut seen = Vec::new();
        let outcome = run(Stopping::new().callback(|progress| {
            seen.push(progress.iteration);
            progress.iteration < 3
        }));
        assert_eq!(outcome.stop, StopReason::Cancelled, "{name}");
        assert_eq!(seen, [1, 2, 3], "{name}");
    }
}

/// Good for some evaluations, then NaN or an error.
struct Failing {
    left: usize,
    error: bool,
}

impl Objective for Failing {
    fn num_params(&self) -> usize {
        3
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.value_and_gradient(x, &mut [0.0; 3])
    }

    fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        if self.left == 0 {
            let error = Error::Io { path: "the device".into(), message: "is gone".into() };
            return if self.error { Err(error) } else { Ok(f64::NAN) };
        }
        self.left -= 1;
        cosines(3).value_and_gradient(x, gradient)
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn metric(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        cosines(3).metric(x)
    }

    fn has_metric(&self) -> bool {
        true
    }
}

#[test]
fn nan_keeps_the_best_and_errors_come_through() {
    let start = [0.9, -0.4, 1.3];
    for optimizer in tuned() {
        let name = optimizer.name();
        let run = |left, error| {
            let mut objective = Failing { left, error };
            optimizer.minimize(&mut objective, &start, &mut Stopping::new())
        };
        for left in [1, 2, 5] {
            let outcome = run(left, false).unwrap();
            assert!(matches!(outcome.stop, StopReason::NonFinite { .. }), "{}", outcome.stop);
            let best = cosines(3).value(&outcome.best_x).unwrap();
            assert_eq!(best, outcome.best_value, "{name}");
            assert!(outcome.value.is_finite(), "{name}");
            assert!(matches!(run(left, true), Err(Error::Io { .. })), "{name}");
        }
        assert!(matches!(run(0, false), Err(Error::NotFinite { .. })), "{name}");
        assert!(matches!(run(0, true), Err(Error::Io { .. })), "{name}");
    }
}

#[test]
fn after_an_error_the_checkpoint_is_there() {
    for name in ["lbfgs", "cobyla"] {
        let file = Scratch::new(&format!("error-{name}"));
        let optimizer = OptimizerKind::from_name(name).unwrap().optimizer();
        let start = [0.9, -0.4, 1.3];
        let mut objective = Failing { left: 6, error: true };
        let mut stopping = Stopping::new().checkpoint(&file.0, 1000);
        assert!(optimizer.minimize(&mut objective, &start, &mut stopping).is_err());
        let mut objective = Failing { left: usize::MAX, error: false };
        let mut stopping = Stopping::new().resume(&file.0);
        let outcome = optimizer.minimize(&mut objective, &start, &mut stopping).unwrap();
        assert!(outcome.converged() && outcome.evaluations > 6, "{name}: {}", outcome.stop);
    }
}

#[test]
fn input_that_makes_no_sense_is_refused() {
    for optimizer in tuned() {
        let name = optimizer.name();
        let run = |n: usize, start: &[f64], mut stopping: Stopping<'_>| {
            optimizer.minimize(&mut cosines(n), start, &mut stopping).map(|_| ())
        };
        let invalid = [
            run(2, &[1.0], Stopping::new()),
            run(0, &[], Stopping::new()),
            run(1, &[1.0], Stopping::new().bounds(vec![(2.0, 0.0)])),
            run(1, &[1.0], Stopping::new().bounds(vec![(f64::NAN, 2.0)])),
            run(1, &[1.0], Stopping::new().bounds(vec![(0.0, 2.0); 2])),
            run(1, &[3.0], Stopping::new().bounds(vec![(0.0, 2.0)])),
            run(1, &[1.0], Stopping::new().value_tolerance(f64::NAN)),
            run(1, &[1.0], Stopping::new().gradient_tolerance(-1.0)),
            run(1, &[1.0], Stopping::new().max_evaluations(0)),
        ];
        for (i, result) in invalid.into_iter().enumerate() {
            assert!(matches!(result, Err(Error::Invalid { .. })), "{name}, case {i}: {result:?}");
        }
        let start = [f64::INFINITY];
        assert!(matches!(run(1, &start, Stopping::new()), Err(Error::NotFinite { .. })), "{name}");
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let bad = [
        (OptimizerKind::Adam, json!({"learning_rate": 0.0})),
        (OptimizerKind::Adam, json!({"beta1": 1.0})),
        (OptimizerKind::Momentum, json!({"momentum": -0.1})),
        (OptimizerKind::Lbfgs, json!({"memory_size": 0})),
        (OptimizerKind::NaturalGradient, json!({"lambda": -1.0})),
        (OptimizerKind::Spsa, json!({"c": 0.0})),
        (OptimizerKind::Rotosolve, json!({"frequencies": [1.0]})),
        (OptimizerKind::Rotosolve, json!({"frequencies": [1.0, 0.0]})),
        (OptimizerKind::NelderMead, json!({"initial_step": 0.0})),
        (OptimizerKind::Bobyqa, json!({"rhobeg": 1e-9})),
        (OptimizerKind::Cobyla, json!({"rhobeg": -1.0})),
    ];
    for (method, settings) in bad {
        let optimizer = method.with_settings(&settings).unwrap();
        let result = optimizer.minimize(&mut cosines(2), &[1.0, 1.0], &mut Stopping::new());
        assert!(matches!(result, Err(Error::Invalid { .. })), "{method}: {settings}");
    }
}

#[test]
fn what_the_objective_lacks_is_said_before_it_is_called() {
    let mut calls = 0;
    let mut objective = FnObjective::new(1, |_: &[f64]| {
        calls += 1;
        0.0
    });
    for method in OptimizerKind::ALL.into_iter().filter(|method| method.needs_gradient()) {
        let result = method.optimizer().minimize(&mut objective, &[1.0], &mut Stopping::new());
        assert!(matches!(result, Err(Error::Unsupported { .. })), "{method}");
    }
    let natural = NaturalGradient::default();
    let result = natural.minimize(&mut rosenbrock(2), &[0.0; 2], &mut Stopping::new());
    assert!(matches!(result, Err(Error::Unsupported { .. })));
    assert_eq!(calls, 0);
}

#[test]
fn a_vanishing_gradient_at_the_start_is_a_plateau() {
    let optimizers = tuned().into_iter();
    let gradient = |name: &str| OptimizerKind::from_name(name).unwrap().needs_gradient();
    for optimizer in optimizers.filter(|optimizer| gradient(optimizer.name())) {
        let outcome = optimizer.minimize(&mut cosines(1), &[0.3], &mut Stopping::new()).unwrap();
        let StopReason::Plateau { gradient_norm: Some(norm) } = outcome.stop else {
            panic!("{}: {}", optimizer.name(), outcome.stop)
        };
        assert!(norm <= 1e-8 && !outcome.converged());
        assert!(outcome.stop.to_string().contains("gradient norm"));
    }
}

#[test]
fn tolerances_stop_by_their_own_reason() {
    let start = [-1.2, 1.0];
    let run = |mut stopping: Stopping<'_>| {
        Lbfgs::default().minimize(&mut rosenbrock(2), &start, &mut stopping).unwrap()
    };
    let outcome = run(Stopping::new().value_tolerance(1e-3));
    assert!(matches!(outcome.stop, StopReason::Value { change } if change <= 1e-3));
    let outcome = run(Stopping::new().step_tolerance(1e-3));
    assert!(matches!(outcome.stop, StopReason::Step { size } if size <= 1e-3));
    let outcome = run(Stopping::new().gradient_tolerance(1e-2));
    assert!(matches!(outcome.stop, StopReason::Gradient { gradient_norm: g } if g <= 1e-2));
}

#[test]
fn basin_runs_beyond_its_own_limit_of_iterations() {
    let mut stopping = Stopping::new().max_iterations(20_000).step_tolerance(1e-12);
    let start: Vec<f64> = (0..12).map(|i| f64::from(i) * 0.3 - 1.0).collect();
    let outcome = NelderMead::default().minimize(&mut cosines(12), &start, &mut stopping).unwrap();
    assert!(outcome.iterations > 1000, "{}", outcome.iterations);
}

#[test]
fn bobyqa_refuses_bounds_without_room() {
    let mut stopping = Stopping::new().bounds(vec![(0.0, 2.0), (1.0, 1.0)]);
    let result = Bobyqa::default().minimize(&mut cosines(2), &[1.0, 1.0], &mut stopping);
    assert!(matches!(result, Err(Error::Invalid { .. })));
    for name in ["cobyla", "nelder-mead", "lbfgs", "rotosolve"] {
        let mut stopping = Stopping::new().bounds(vec![(0.0, 2.0), (1.0, 1.0)]);
        let optimizer = OptimizerKind::from_name(name).unwrap().optimizer();
        let outcome = optimizer.minimize(&mut cosines(2), &[1.0, 1.0], &mut stopping).unwrap();
        assert_eq!(outcome.x[1], 1.0, "{name}");
        assert!((0.0..0.3).contains(&outcome.x[0]), "{name}: {:?}", outcome.x);
    }
}

#[test]
fn odd_objectives_end_in_an_outcome() {
    // None may panic or run without end. They have no metric, so natural gradient refuses them.
    // Flat, kinked, jumping, rough, tiny, huge and falling without end.
    let objectives: [fn(f64) -> f64; 9] = [
        |_| 1.0,
        |r| r.abs(),
        |r| r.floor(),
        |r| (1e9 * r).sin(),
        |r| 1e-300 * r * r,
        |r| 1e280 * r * r,
        |r| 1e15 + r * r,
        |r| -r.abs().powf(1.5),
        |r| if r.abs() < 1e-3 { f64::INFINITY } else { 1.0 / r },
    ];
    for optimizer in tuned() {
        for (k, f) in objectives.into_iter().enumerate() {
            for n in [1, 2, 5] {
                let radius = |x: &[f64]| x.iter().map(|x| x - 0.5).sum::<f64>();
                let mut objective = FnObjective::with_gradient(
                    n,
                    |x: &[f64]| f(radius(x)),
                    |x: &[f64], g: &mut [f64]| {
                        let (r, h) = (radius(x), 1e-6);
                        g.fill((f(r + h) - f(r - h)) / (2.0 * h));
                        f(r)
                    },
                );
                for bounds in [None, Some(vec![(-2.0, 3.0); n])] {
                    let mut stopping = Stopping::new().max_iterations(300).max_evaluations(3000);
                    if let Some(bounds) = bounds {
                        stopping = stopping.bounds(bounds);
                    }
                    let start = vec![1.7; n];
                    match optimizer.minimize(&mut objective, &start, &mut stopping) {
                        Ok(outcome) => assert!(outcome.best_value.is_finite()),
                        Err(error) => {
                            let name = optimizer.name();
                            assert_eq!(name, "natural-gradient", "objective {k}: {error}");
                        }
                    }
                }
            }
        }
    }
}

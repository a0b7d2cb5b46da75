//! Studies on data whose answers are known.

use super::run::training_difference;
use super::*;
use crate::error::Error;
use crate::learning::Metrics;
use crate::learning::data::{DataSet, Scaling, Split, Targets, Task, built_in};
use crate::learning::kernel::{FidelityKernel, Repair};
use crate::simulate::Simulator;
use ndarray::{Array2, array};
use serde_json::Value;

fn named(name: &str, seed: u64) -> DataSet {
    built_in(name, seed).unwrap().unwrap()
}

/// The exact kernel of angles as they are, few trials.
fn quick(map: &str) -> KernelStudy {
    KernelStudy {
        scaling: Some(Scaling::None),
        bandwidths: Some(vec![1.0]),
        strengths: Some(vec![1.0, 100.0]),
        folds: 3,
        ..KernelStudy::new(map)
    }
}

fn run(study: &KernelStudy, data: &DataSet) -> KernelReport {
    study.run(data, &Simulator::new()).unwrap()
}

fn says(study: &KernelStudy, data: &DataSet) -> String {
    study.run(data, &Simulator::new()).unwrap_err().to_string()
}

fn reference() -> Option<Value> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/reference/kernels/adhoc.json");
    match std::fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).expect("reference JSON")),
        Err(error) => {
            assert!(std::env::var_os("KETLAB_REQUIRE_REFERENCE").is_none(), "{error}");
            eprintln!("skipped: reference file kernels/adhoc.json: {error}");
            None
        }
    }
}

#[test]
fn the_ad_hoc_set_of_the_reference_is_separated_and_no_classical_kernel_does_it() {
    let Some(file) = reference() else { return };
    let case = &file["cases"][0];
    let mut rows: Vec<Vec<f64>> = serde_json::from_value(case["train"].clone()).unwrap();
    let mut labels: Vec<usize> = serde_json::from_value(case["train_labels"].clone()).unwrap();
    let train = rows.len();
    rows.extend(serde_json::from_value::<Vec<Vec<f64>>>(case["test"].clone()).unwrap());
    labels.extend(serde_json::from_value::<Vec<usize>>(case["test_labels"].clone()).unwrap());
    let split = Split {
        train: (0..train).collect(),
        validation: vec![],
        test: (train..rows.len()).collect(),
    };
    let features = Array2::from_shape_vec((rows.len(), 2), rows.concat()).unwrap();
    let names = vec!["0".into(), "1".into()];
    let data = DataSet::new(features, Targets::Classes { labels, names }).unwrap();
    // C of the reference.
    let study = KernelStudy { strengths: Some(vec![1e6]), ..quick("zz") };
    let report = study.run_split(&data, &split, &Simulator::new(), &mut |_| {}).unwrap();
    let expected: Vec<f64> =
        serde_json::from_value(case["svm_quantum_kernel_train_test_accuracy_C1e6"].clone())
            .unwrap();
    assert_eq!(expected, [report.train.metrics.score(), report.accuracy.unwrap()]);
    let kernel: Vec<Vec<f64>> = serde_json::from_value(case["kernel_train"].clone()).unwrap();
    assert!(report.kernel.iter().zip(kernel.concat()).all(|(a, b)| (a - b).abs() < 1e-9));
    // The reference's RBF kernel is one of γ = "scale": 1.0 and 0.5. Tuned ones are no better.
    let rbf = report.rivals.iter().find(|rival| rival.name == "rbf kernel").unwrap();
    assert!(rbf.score() <= 0.75, "{rbf:?}");
    // Of the nearest of all settings; the reference's 21.15 is of another one.
    let g = report.geometric_difference.unwrap();
    assert!(g > 2.0 && g < 21.2, "{g}");
    let of = |name: &str| {
        let rival = report.rivals.iter().find(|rival| rival.name == name).unwrap();
        (rival.geometric_difference.unwrap(), rival.training_difference.unwrap())
    };
    // A linear kernel has two dimensions: its g is small as it fits nothing.
    let ((linear, unfit), (rbf, fit)) = (of("linear kernel"), of("rbf kernel"));
    assert!(linear < g && unfit > 1.0 && fit < 0.1, "{linear} {unfit} {fit}");
    // Settings that tuning did not choose may be nearer.
    assert!(report.nearest_fits && g < rbf.min(of("laplacian kernel").0), "{g} {rbf}");
    let verdict = report.verdict.unwrap();
    assert!(verdict.text.contains("is ahead of the best classical one"), "{}", verdict.text);
    assert!(verdict.advantage.difference > 0.0 && verdict.advantage.is_significant);
    assert_eq!(verdict.rows, 20);
}

#[test]
fn the_kernels_are_those_of_scaled_rows() {
    let data = named("moons:30:0.1", 3);
    let study = KernelStudy {
        scaling: Some("minmax:0:1".parse().unwrap()),
        bandwidths: Some(vec![0.5]),
        rivals: false,
        ..quick("zz")
    };
    let report = run(&study, &data);
    assert_eq!(report.quantum.bandwidth, Some(0.5));
    assert!(report.rivals.is_empty() && report.verdict.is_none());
    let (train, _, test) = report.split.parts(&data);
    // By hand.
    let column = |k: usize| train.features().column(k).to_vec();
    let scaled = |rows: &DataSet| {
        Array2::from_shape_fn((rows.num_rows(), 2), |(i, k)| {
            let (low, high) = column(k)
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |e, x| (e.0.min(*x), e.1.max(*x)));
            0.5 * (rows.features()[[i, k]] - low) / (high - low)
        })
    };
    let embedding = crate::circuit::library::Embedding::new("zz".parse().unwrap(), 2).unwrap();
    let kernel = FidelityKernel::new(embedding, Simulator::new()).unwrap();
    let (x, y) = (scaled(&train), scaled(&test.unwrap()));
    let close = |a: &Array2<f64>, b: &Array2<f64>| {
        assert_eq!(a.dim(), b.dim());
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12));
    };
    close(&report.kernel, &kernel.matrix(x.view()).unwrap());
    close(&report.test_kernel.unwrap(), &kernel.cross(y.view(), x.view()).unwrap());
    let mean = report.concentration.unwrap().mean;
    let all = report.kernel.sum() - report.kernel.diag().sum();
    assert!((mean - all / (21.0 * 20.0)).abs() < 1e-12);
}

#[test]
fn where_a_classical_kernel_wins_the_verdict_says_so() {
    // A map that turns far too fast for them.
    let data = named("circles:60:0.05", 1);
    let study = KernelStudy { bandwidths: Some(vec![9.0]), relabel: true, ..quick("zz") };
    let report = run(&study, &data);
    let verdict = report.verdict.unwrap();
    assert!(verdict.text.contains("is behind the best classical one"), "{}", verdict.text);
    assert!(verdict.advantage.difference < 0.0);
    // And yet there are labels that it learns better, if they are made for it.
    let made = report.relabelled.unwrap();
    assert!(made.accuracy >= made.classical_accuracy, "{made:?}");
    assert!(made.geometric_difference > 1.0);
    assert_eq!(made.advantage.difference, made.accuracy - made.classical_accuracy);
}

#[test]
fn settings_as_json_give_the_same_bits_at_any_number_of_threads() {
    let data = named("ad-hoc:40:0.3", 2);
    let study = KernelStudy {
        shots: Some(50),
        repair: Repair::Clip,
        bandwidths: Some(vec![1.0, 0.5]),
        relabel: true,
        seed: 2,
        ..quick("zz")
    };
    let text = serde_json::to_string(&study).unwrap();
    assert!(
        text.contains("\"repair\":\"clip\"") && text.contains("\"scaling\":\"none\""),
        "{text}"
    );
    let again: KernelStudy = serde_json::from_str(&text).unwrap();
    assert_eq!(again, study);
    let on = |threads, study: &KernelStudy| {
        let simulator = Simulator::new().threads(threads).unwrap();
        serde_json::to_string(&study.run(&data, &simulator).unwrap()).unwrap()
    };
    let one = on(1, &study);
    assert_eq!(one, on(2, &again));
    let other = on(1, &KernelStudy { seed: 3, ..study });
    assert_ne!(one, other);
}

#[test]
fn shots_make_a_kernel_indefinite_and_the_repair_is_told() {
    let data = named("ad-hoc:40:0.3", 2);
    let study = KernelStudy { shots: Some(20), rivals: false, ..quick("zz") };
    let of = |repair| run(&KernelStudy { repair, ..study.clone() }, &data);
    let (none, clip) = (of(Repair::None), of(Repair::Clip));
    let (before, after) = (none.sampled.clone().unwrap(), clip.sampled.clone().unwrap());
    assert!(before.lowest_eigenvalue < -0.1 && before.num_negative > 3, "{before:?}");
    assert_eq!((before.change, before.repair), (0.0, "none"));
    assert_eq!((after.lowest_eigenvalue, after.repair), (before.lowest_eigenvalue, "clip"));
    let change = (&clip.kernel - &none.kernel).mapv(|d| d * d).sum().sqrt();
    assert!((after.change - change).abs() < 1e-9 && change > 0.1, "{after:?} {change}");
    assert_eq!(after.total_shots, 20 * 28 * 27 / 2);
    // Its model complexity cannot be, which is said.
    assert!(
        none.quantum.model_complexity.is_none() && none.notes[0].contains("λ"),
        "{:?}",
        none.notes
    );
    assert!(clip.quantum.model_complexity.is_some());

    let projected = KernelStudy { kind: KernelKind::Projected, ..study };
    let report = run(&KernelStudy { repair: Repair::Shift, ..projected.clone() }, &data);
    assert!(report.sampled.unwrap().mean_distance_bias.unwrap() > 0.0);
    assert!(report.concentration.is_none() && report.quantum.gamma.is_some());
    let given = KernelStudy { gamma: Some(0.25), shots: None, ..projected };
    assert_eq!(run(&given, &data).quantum.gamma, Some(0.25));
}

#[test]
fn noise_lowers_the_diagonal() {
    let data = named("ad-hoc:20:0.3", 2);
    let flag = "depolarizing=0.02".to_string();
    let mut read = |_: &str| unreachable!("there is no file");
    let model = crate::device::noise_from_flags(&[&flag], &mut read).unwrap();
    let noise = serde_json::from_str(&model.to_json().unwrap()).unwrap();
    let study = KernelStudy { noise: Some(noise), rivals: false, ..quick("zz") };
    let report = run(&study, &data);
    assert!(report.kernel.diag().iter().all(|p| *p < 0.9 && *p > 0.3));
}

#[test]
fn numbers_are_learned_by_both_learners_and_folds_judge() {
    let data = named("sin:60:0.05", 4);
    for learner in Learner::ALL {
        let study = KernelStudy {
            learner,
            scaling: None,
            bandwidths: Some(vec![1.0, 2.0]),
            strengths: None,
            test: 0.0,
            ..quick("angle-y")
        };
        let report = run(&study, &data);
        assert!(report.accuracy.is_none() && report.test.is_none() && report.test_kernel.is_none());
        let folds = report.quantum.cross_validation.as_ref().unwrap();
        // The kernel is (1 + cos(x - y))/2, of which sin x is a function where the angles are a whole
        // circle: twice the range of the map.
        assert_eq!((folds.scores.len(), report.quantum.bandwidth), (3, Some(2.0)));
        assert!(report.quantum.score() > 0.98, "{learner}: {folds:?}");
        let Metrics::Regression(train) = &report.train.metrics else { panic!("numbers") };
        assert!(train.mse < 0.01, "{train:?}");
        let rbf = report.rivals.iter().find(|rival| rival.name == "rbf kernel").unwrap();
        assert!(rbf.score() > 0.97, "{rbf:?}");
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.rows, 60);
        assert!(verdict.text.contains("mean squared error"), "{}", verdict.text);
        assert!(
            report.notes.iter().any(|note| note.contains("its own rival")),
            "{:?}",
            report.notes
        );
    }
}

#[test]
fn several_classes_and_every_contestant_with_as_many_trials() {
    let data = named("blobs:45:0.1:3:2", 5);
    let study = KernelStudy { bandwidths: None, scaling: None, strengths: None, ..quick("iqp") };
    let report = run(&study, &data);
    assert!(report.accuracy.unwrap() > 0.8);
    let trials = |name: &str| {
        let all = std::iter::once(&report.quantum).chain(&report.rivals);
        let one = all.clone().find(|c| c.name == name).unwrap_or_else(|| panic!("{name}"));
        let tried = one.tuning.as_ref().unwrap();
        let best = tried.trials.iter().filter_map(|t| t.1).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(tried.trials[tried.best].1, Some(best));
        assert_eq!(one.tuning_score.mean, best);
        tried.trials.len()
    };
    for name in ["iqp", "rbf kernel", "laplacian kernel", "iqp without entanglement"] {
        assert_eq!(trials(name), 42, "{name}");
    }
    assert_eq!((trials("linear kernel"), trials("linear model")), (6, 6));
}

#[test]
fn what_cannot_be_is_refused() {
    let data = named("moons:30:0.1", 3);
    let with = |change: &dyn Fn(&mut KernelStudy)| {
        let mut study = quick("zz");
        change(&mut study);
        says(&study, &data)
    };
    assert!(with(&|s| s.map = "zzz".into()).contains("zzz"));
    assert!(with(&|s| s.test = 1.0).contains("test fraction"));
    assert!(with(&|s| s.folds = 1).contains("number of folds"));
    assert!(with(&|s| s.lambda = f64::NAN).contains("λ is NaN"));
    assert!(with(&|s| s.bandwidths = Some(vec![1.0, 0.0])).contains("bandwidth"));
    assert!(with(&|s| s.bandwidths = Some(vec![])).contains("bandwidth"));
    assert!(with(&|s| s.strengths = Some(vec![-1.0])).contains("strength"));
    assert!(with(&|s| s.gamma = Some(1.0)).contains("only projected"));
    assert!(with(&|s| (s.kind, s.gamma) = (KernelKind::Projected, Some(-1.0))).contains("gamma"));
    assert!(with(&|s| (s.relabel, s.test) = (true, 0.0)).contains("judged by a part"));
    assert!(with(&|s| s.noise = Some(Value::Null)).contains("noise"));
    let noise = || Some(serde_json::json!({"format": "ketlab.noise_model"}));
    assert!(with(&|s| (s.shots, s.noise) = (Some(9), noise())).contains("leave out one of both"));
    let projected = |s: &mut KernelStudy| (s.kind, s.noise) = (KernelKind::Projected, noise());
    assert!(with(&projected).contains("projected and under noise"));
    assert!(with(&|s| s.shots = Some(0)).contains("shots"));
    // Bits are not what moons are.
    assert!(with(&|s| s.map = "basis".into()).contains("0 or 1"));

    let one = Targets::Classes { labels: vec![1; 6], names: vec!["a".into(), "b".into()] };
    let data = DataSet::new(Array2::zeros((6, 2)), one).unwrap();
    assert!(says(&quick("zz"), &data).contains("`b` alone"));
    let wide = named("blobs:20:0.1:2:70", 1);
    assert_eq!(wide.task(), Task::Classification);
    let text = says(&quick("zz"), &wide);
    assert!(text.contains("70") || text.contains("qubits") || text.contains("memory"), "{text}");
    let few = array![[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]];
    let labels = Targets::Classes { labels: vec![0, 0, 1], names: vec!["a".into(), "b".into()] };
    let text = says(&quick("zz"), &DataSet::new(few, labels).unwrap());
    assert!(text.contains("class `b`") || text.contains("rows"), "{text}");
}

#[test]
fn an_interruption_before_the_end_is_one() {
    let data = named("moons:30:0.1", 3);
    let simulator = Simulator::new();
    simulator.watch().cancel();
    assert!(matches!(quick("zz").run(&data, &simulator), Err(Error::Interrupted)));
    // Later the kernel is reported.
    let simulator = Simulator::new();
    let watch = simulator.watch().clone();
    let mut tell = |what: &str| {
        if what == "rbf kernel" {
            watch.cancel();
        }
    };
    let report = quick("zz").run_telling(&data, &simulator, &mut tell).unwrap();
    assert!(report.interrupted && report.accuracy.is_some());
    let names: Vec<&str> = report.rivals.iter().map(|rival| rival.name.as_str()).collect();
    assert_eq!(names, ["linear kernel", "polynomial kernel"]);
}

#[test]
fn training_differences_have_their_closed_form() {
    let of = |classical: Array2<f64>, quantum: Array2<f64>, lambda| {
        training_difference(classical.view(), quantum.view(), lambda)
    };
    let k = array![[1.0, 0.5], [0.5, 1.0]];
    // Of the identity: λ/(1 + λ) times the root of the largest eigenvalue.
    let found = of(Array2::eye(2), k.clone(), 0.1).unwrap();
    assert!((found - 0.1 / 1.1 * 1.5f64.sqrt()).abs() < 1e-14, "{found}");
    // What a kernel of one dimension cannot fit stays, whatever λ is; kernels are scaled to trace N.
    for lambda in [1e-1, 1e-3] {
        let found = of(array![[3.0, 3.0], [3.0, 3.0]], k.clone(), lambda).unwrap();
        // (1, -1)/√2 has the eigenvalue 1/2, and (1, 1)/√2 1.5 times (λ/(2 + λ))².
        assert!((found - 0.5f64.sqrt()).abs() < 1e-12, "{found}");
    }
    assert!(of(array![[1.0, 1.0], [1.0, 1.0]], k, 0.0).is_err());
}

use super::*;
use crate::error::Error;
use crate::learning::data::{Curve, DataSet, Targets, curve, moons};
use crate::learning::metrics::{Metrics, RegressionMetrics};
use crate::learning::{Architecture, ClassWeights, Loss, TrainingStop};
use crate::{Circuit, Simulator};
use ndarray::{Array2, array};
use serde_json::json;

fn named(layers: usize) -> Experiment {
    Experiment::new(ModelChoice::Named(Architecture::new("reuploading", layers)))
}

/// One that takes milliseconds.
fn quick() -> Experiment {
    Experiment { epochs: 3, seed: 5, ..named(1) }
}

fn regression(metrics: &Metrics) -> &RegressionMetrics {
    match metrics {
        Metrics::Regression(metrics) => metrics,
        Metrics::Classification(_) => panic!("{metrics:?}"),
    }
}

/// Of x² on [-1, 1] and sin x on [-π, π] (Mitarai et al. 2018), by the defaults.
#[test]
fn curves_are_learned_without_noise_by_every_seed() {
    for kind in [Curve::Square, Curve::Sin] {
        for seed in 0..5 {
            let data = curve(kind, 50, 0.0, seed).unwrap();
            let experiment = Experiment { seed, baselines: false, ..named(3) };
            let report = experiment.run(&data, &Simulator::new()).unwrap();
            let mse = regression(&report.test.as_ref().unwrap().metrics).mse;
            assert!(mse <= 1e-3, "{kind:?}, seed {seed}: {mse}");
        }
    }
}

#[test]
fn reports_repeat_to_the_bit_at_any_number_of_threads() {
    let data = moons(24, 0.1, 3).unwrap();
    let exact = Experiment { folds: Some(2), ..quick() };
    let drawn = Experiment { shots: Some(20), batch_size: Some(5), baselines: false, ..quick() };
    for experiment in [exact, drawn] {
        let run = |threads: usize| {
            let simulator = Simulator::new().threads(threads).unwrap();
            let report = experiment.run(&data, &simulator).unwrap();
            (serde_json::to_string(&report).unwrap(), report.predictions)
        };
        let first = run(1);
        for threads in [1, 2, 4] {
            assert_eq!(run(threads), first, "{threads} threads");
        }
        let other = Experiment { seed: 6, ..experiment.clone() };
        let other = other.run(&data, &Simulator::new()).unwrap();
        assert_ne!(serde_json::to_string(&other).unwrap(), first.0);
    }
}

#[test]
fn classical_models_and_no_entanglement_stand_beside_a_model() {
    let data = moons(30, 0.1, 3).unwrap();
    let experiment = Experiment { folds: Some(3), ..quick() };
    let mut begun = Vec::new();
    let mut begin = |what: &str| begun.push(what.to_string());
    let mut following = Following { begin: Some(&mut begin), ..Following::default() };
    let report = experiment.run_following(&data, &Simulator::new(), &mut following).unwrap();
    let names: Vec<&str> = report.baselines.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(names, ["linear (logistic)", "network (tanh)", "without entanglement"]);
    let own = report.predictor.model.num_parameters();
    assert_eq!(report.baselines[0].num_parameters, 3);
    let network = report.baselines[1].num_parameters;
    assert!(network <= own && network + 4 > own, "{network} of {own}");
    // Its readout sums two qubits in place of one.
    assert_eq!(report.baselines[2].num_parameters, own + 1);
    assert_eq!(begun.iter().filter(|what| what.starts_with("cross-validation")).count(), 4);
    let mut all = vec![&report.cross_validation];
    for beside in &report.baselines {
        let tried = beside.tuning.as_ref().map(|tried| tried.trials.len());
        assert_eq!(tried.is_some(), beside.name != "without entanglement");
        assert!(tried.is_none_or(|count| count > 3));
        assert_eq!(beside.predictions.dim(), (30, 2));
        // Predictions and scores are of the same rows.
        let test = data.select(&report.split.test);
        let predicted = beside.predictions.select(ndarray::Axis(0), &report.split.test);
        let metrics = Metrics::new(test.targets(), predicted.view()).unwrap();
        assert_eq!(metrics, beside.test.as_ref().unwrap().metrics);
        all.push(&beside.cross_validation);
    }
    for folds in all {
        let folds = folds.as_ref().unwrap();
        assert_eq!(folds.scores.len(), 3);
        let mean = folds.scores.iter().sum::<f64>() / 3.0;
        assert!((folds.mean - mean).abs() < 1e-15);
    }
    let alone = Experiment { baselines: false, ..quick() }.run(&data, &Simulator::new()).unwrap();
    assert!(alone.baselines.is_empty() && alone.verdict(&data).is_none());
    assert_eq!(alone.predictor.parameters, report.predictor.parameters);
}

#[test]
fn a_circuit_without_entanglement_has_no_rival_without_it() {
    let data = curve(Curve::Sin, 20, 0.0, 1).unwrap();
    let architecture = Architecture::new("reuploading", 2).qubits(1);
    let mut experiment = Experiment::new(ModelChoice::Named(architecture));
    experiment.epochs = 3;
    let report = experiment.run(&data, &Simulator::new()).unwrap();
    let names: Vec<&str> = report.baselines.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(names, ["linear (ridge)", "network (tanh)"]);
    assert!(report.notes.len() == 1 && report.notes[0].contains("its own rival"));
}

/// A rival that cannot be made is a note, and what would be refused later is refused at once.
#[test]
fn the_trained_model_outlives_its_rivals() {
    let x = ndarray::Array2::from_shape_fn((21, 1), |(k, _)| k as f64 / 20.0);
    let labels = (0..21).map(|k| if k == 20 { 2 } else { k / 10 }).collect();
    let names = ["a", "b", "rare"].map(String::from).to_vec();
    let data = DataSet::new(x, Targets::Classes { labels, names }).unwrap();
    let mut experiment = Experiment::new(ModelChoice::Named(Architecture::new("reuploading", 1)));
    experiment.epochs = 2;
    let report = experiment.run(&data, &Simulator::new()).unwrap();
    assert_eq!(report.baselines.len(), 1, "{:?}", report.notes);
    assert!(report.notes.iter().any(|note| note.contains("linear") && note.contains("`rare`")));
    experiment.folds = Some(1);
    assert!(experiment.run(&data, &Simulator::new()).is_err());
}

/// The settings, the predictor and what it predicts survive JSON to the bit.
#[test]
fn settings_and_predictors_survive_json() {
    let mut circuit = Circuit::new(2);
    let (x, w) = (circuit.param("x"), circuit.param("w"));
    circuit.ry(x, 0).cx(0, 1).ry(w, 1);
    let own = ModelChoice::Circuit {
        circuit: Box::new(circuit),
        data_params: vec!["x".into()],
        probabilities: true,
    };
    let full = Experiment {
        observables: Some(vec!["Z0 + 0.5 X1".parse().unwrap()]),
        scaling: Some("minmax:0:pi".parse().unwrap()),
        loss: Some(Loss::Hinge),
        optimizer: Some("adam".into()),
        learning_rate: Some(0.1),
        batch_size: Some(7),
        l2: 1e-3,
        patience: Some(4),
        class_weights: ClassWeights::Given(vec![1.0, 2.5]),
        shots: Some(100),
        folds: Some(3),
        ..Experiment::new(own)
    };
    for experiment in [full, quick()] {
        let text = serde_json::to_string(&experiment).unwrap();
        assert_eq!(serde_json::from_str::<Experiment>(&text).unwrap(), experiment);
    }
    let data = moons(20, 0.1, 3).unwrap();
    for name in ["reuploading", "zz"] {
        let choice = ModelChoice::Named(Architecture::new(name, 1));
        let experiment = Experiment { baselines: false, model: choice, ..quick() };
        let report = experiment.run(&data, &Simulator::new()).unwrap();
        let text = serde_json::to_string(&report.predictor).unwrap();
        let read: Predictor = serde_json::from_str(&text).unwrap();
        let predict = |predictor: &Predictor| {
            let evaluation = experiment.evaluation().unwrap();
            predictor.predict(&evaluation, &Simulator::new(), data.features()).unwrap()
        };
        assert_eq!(predict(&read), predict(&report.predictor));
        assert_eq!(predict(&read), report.predictions);
        assert_eq!(read.classes, ["0", "1"]);
        // The document of a report has its predictor in it.
        let text = serde_json::to_string(&report).unwrap();
        let read: Predictor = serde_json::from_str(&text).unwrap();
        assert_eq!(read.parameters, report.predictor.parameters);
    }
}

/// Losses are of targets between -1 and 1, metrics of targets as they are.
#[test]
fn numbers_are_judged_in_their_own_units() {
    let x = Array2::from_shape_fn((20, 1), |(k, _)| k as f64);
    let values = (0..20).map(|k| 500.0 + 40.0 * f64::from(k)).collect();
    let data = DataSet::new(x, Targets::Values(values)).unwrap();
    let experiment = Experiment { validation: 0.0, test: 0.0, ..quick() };
    let report = experiment.run(&data, &Simulator::new()).unwrap();
    assert!(report.validation.is_none() && report.test.is_none());
    let mse = regression(&report.train.metrics).mse;
    // Half of the range of the targets is 380.
    assert!((mse / (report.train.loss * 380.0 * 380.0) - 1.0).abs() < 1e-12);
    // They are linear.
    assert!(regression(&report.baselines[0].train.metrics).r2 > 0.999);
    assert_eq!(report.verdict(&data).unwrap().on, "train");
    assert_eq!(report.decisive(), &report.train);
}

#[test]
fn a_verdict_is_of_paired_rows() {
    let data = moons(40, 0.1, 3).unwrap();
    let experiment = Experiment { test: 0.5, validation: 0.0, ..quick() };
    let mut report = experiment.run(&data, &Simulator::new()).unwrap();
    let Targets::Classes { labels, .. } = data.targets() else { panic!() };
    let rows = report.split.test.clone();
    assert_eq!(rows.len(), 20);
    let wrong_at = |wrong: &[usize]| {
        let mut predictions = Array2::zeros((40, 2));
        for k in 0..40 {
            let place = rows.iter().position(|row| *row == k);
            let is_wrong = place.is_some_and(|place| wrong.contains(&place));
            predictions[[k, if is_wrong { 1 - labels[k] } else { labels[k] }]] = 1.0;
        }
        predictions
    };
    report.predictions = wrong_at(&[0]);
    report.baselines[0].predictions = wrong_at(&[0, 1, 2, 3]);
    report.baselines[1].predictions = wrong_at(&[4, 5, 6, 7, 8, 9, 10, 11]);
    report.baselines[2].predictions = wrong_at(&[1]);
    let verdict = report.verdict(&data).unwrap();
    assert_eq!((verdict.on, verdict.rows, verdict.measure), ("test", 20, "accuracy"));
    assert_eq!(verdict.best, "the model");
    let names: Vec<&str> = verdict.against.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["without entanglement", "linear (logistic)", "network (tanh)"]);
    // b and c rows are right by one alone: McNemar's error, with n - 1 for n. By coins, 3 of 3 have
    // the probability 1/4, 8 of 9 or more 20/512.
    for (versus, (b, c)) in verdict.against.iter().zip([(1.0, 1.0), (3.0, 0.0), (8.0, 1.0)]) {
        let difference: f64 = b - c;
        assert!((versus.gain - difference / 20.0).abs() < 1e-15);
        let squared = (b + c - difference * difference / 20.0) / 400.0 * 20.0 / 19.0;
        assert!((versus.standard_error.unwrap() - squared.sqrt()).abs() < 1e-15);
    }
    let significant: Vec<bool> = verdict.against.iter().map(|v| v.is_significant).collect();
    assert_eq!(significant, [false, false, true]);
    assert!(verdict.to_string().contains("the model and without entanglement alike"));

    report.predictions = wrong_at(&[0, 12]);
    report.baselines[1].predictions = wrong_at(&[]);
    let verdict = report.verdict(&data).unwrap();
    assert_eq!((verdict.best.as_str(), verdict.against[0].gain), ("network (tanh)", -0.1));
    let text = verdict.to_string();
    let expected = "network (tanh), 0.1000 ahead of the model, with a standard error of 0.0688 \
                    by paired rows: these rows do not tell them apart";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn an_interrupted_training_is_reported_as_far_as_it_came() {
    let data = moons(20, 0.1, 3).unwrap();
    let simulator = Simulator::new();
    let watch = simulator.watch().clone();
    let mut steps = 0;
    let mut tell = |_: &crate::optimize::Iterate<'_>| {
        steps += 1;
        if steps == 2 {
            watch.cancel();
        }
    };
    let mut following = Following { tell: Some(&mut tell), ..Following::default() };
    let experiment = Experiment { epochs: 50, ..quick() };
    let report = experiment.run_following(&data, &simulator, &mut following).unwrap();
    assert!(report.is_interrupted() && report.stop == TrainingStop::Interrupted);
    assert!(report.baselines.is_empty() && report.history.len() < 10);
    assert!(report.test.is_some());
    let error = experiment.run(&data, &simulator).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let data = moons(20, 0.1, 3).unwrap();
    let says =
        |experiment: Experiment| experiment.run(&data, &Simulator::new()).unwrap_err().to_string();
    let noise = Some(json!({"format": "ketlab.noise_model", "version": 1, "rules": []}));
    for (experiment, expected) in [
        (Experiment { shots: Some(5), noise: noise.clone(), ..quick() }, "shots under noise is 5"),
        (Experiment { trajectories: Some(5), ..quick() }, "trajectories are those of a noise"),
        (Experiment { optimizer: Some("adm".into()), ..quick() }, "adam"),
        (Experiment { learning_rate: Some(f64::NAN), ..quick() }, "learning rate is NaN"),
        (Experiment { batch_size: Some(0), ..quick() }, "size of a batch is 0"),
        (Experiment { validation: f64::NAN, ..quick() }, "validation fraction is NaN"),
        (Experiment { test: 1.0, ..quick() }, "test fraction is 1"),
        (Experiment { loss: Some(Loss::Hinge), ..probabilities() }, "margin"),
        (Experiment { folds: Some(1), ..quick() }, "folds is 1"),
        (own(&["x"]), "parameters for data is 1; the data have 2 features"),
        (own(&["x", "y"]), "`y`"),
    ] {
        let text = says(experiment);
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let one = Targets::Classes { labels: vec![0; 4], names: vec!["a".into(), "b".into()] };
    let one = DataSet::new(array![[0.0], [1.0], [2.0], [3.0]], one).unwrap();
    let error = quick().run(&one, &Simulator::new()).unwrap_err().to_string();
    assert!(error.contains("classes is 1"), "{error}");
}

fn probabilities() -> Experiment {
    let architecture = Architecture::new("reuploading", 1).probabilities();
    Experiment { model: ModelChoice::Named(architecture), ..quick() }
}

fn own(data_params: &[&str]) -> Experiment {
    let mut circuit = Circuit::new(1);
    let (x, w) = (circuit.param("x"), circuit.param("w"));
    circuit.ry(x, 0).ry(w, 0);
    let data_params = data_params.iter().map(|name| name.to_string()).collect();
    Experiment {
        model: ModelChoice::Circuit {
            circuit: Box::new(circuit),
            data_params,
            probabilities: false,
        },
        ..quick()
    }
}

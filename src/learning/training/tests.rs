use super::*;
use crate::device::NoiseModel;
use crate::learning::data::DataSet;
use crate::learning::model::{Architecture, Readout};
use crate::simulate::Accuracy;
use ndarray::Array2;

/// A smooth function of two features, or a class of three.
fn data(rows: usize, classes: bool) -> DataSet {
    let x = Array2::from_shape_fn((rows, 2), |(k, j)| (1.7 * k as f64 + 0.9 * j as f64).sin());
    let sum = |k: usize| x[[k, 0]] + 0.5 * x[[k, 1]];
    let targets = if classes {
        let label = |k: usize| usize::from(sum(k) > -0.3) + usize::from(sum(k) > 0.4);
        let names = ["a", "b", "c"].map(String::from).to_vec();
        Targets::Classes { labels: (0..rows).map(label).collect(), names }
    } else {
        Targets::Values((0..rows).map(|k| 0.8 * sum(k)).collect())
    };
    DataSet::new(x, targets).unwrap()
}

fn models(data: &DataSet) -> Vec<(Model, Loss)> {
    let build = |name: &str, probabilities: bool| {
        let architecture = Architecture::new(name, 2);
        let architecture = if probabilities { architecture.probabilities() } else { architecture };
        architecture.build(2, data.targets()).unwrap()
    };
    match data.task() {
        crate::learning::data::Task::Regression => {
            vec![(build("reuploading", false), Loss::Squared), (build("zz", false), Loss::Absolute)]
        }
        _ => vec![
            (build("reuploading", false), Loss::CrossEntropy),
            (build("angle", false), Loss::Hinge),
            (build("iqp", true), Loss::CrossEntropy),
            (build("zz", true), Loss::Squared),
        ],
    }
}

fn gradients<'m>(
    model: &'m Model,
    loss: Loss,
    data: &'m DataSet,
    evaluation: &'m Evaluation,
    simulator: &Simulator,
) -> RowGradients<'m> {
    RowGradients::new(model, (loss, vec![]), evaluation, data, simulator).unwrap()
}

#[test]
fn gradients_are_those_of_differences_and_do_not_depend_on_threads() {
    for classes in [false, true] {
        let data = data(12, classes);
        for (model, loss) in models(&data) {
            let params = Training::new().seed(3).first(&model);
            // In one register, and row by row.
            let rows: Vec<usize> = vec![7, 0, 3, 11, 4, 5, 2, 1, 6, 8];
            let few = &rows[..3];
            let mut first: Option<Vec<u64>> = None;
            for threads in [1, 2, 4] {
                let simulator = Simulator::new().threads(threads).unwrap();
                let mut all = gradients(&model, loss, &data, &Evaluation::Exact, &simulator);
                let mut gradient = vec![0.0; params.len()];
                let value = all.value_and_gradient(&rows, &params, &mut gradient).unwrap();
                let mut of_few = vec![0.0; params.len()];
                all.value_and_gradient(few, &params, &mut of_few).unwrap();
                let mut twice = vec![0.0; params.len()];
                let again: Vec<usize> = few.iter().cycle().take(12).copied().collect();
                all.value_and_gradient(&again, &params, &mut twice).unwrap();
                for (a, b) in of_few.iter().zip(&twice) {
                    assert!((a - b).abs() < 1e-13, "{loss} {a} {b}");
                }
                let selected = data.select(&rows);
                let same = all.loss_of(&params, &selected).unwrap();
                assert!((value - same).abs() < 1e-12, "{loss} {value} {same}");
                for k in 0..params.len() {
                    let shifted = |by: f64| {
                        let mut moved = params.clone();
                        moved[k] += by;
                        all.loss_of(&moved, &selected).unwrap()
                    };
                    let difference = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                    assert!((gradient[k] - difference).abs() < 1e-7, "{loss} parameter {k}");
                }
                let bits: Vec<u64> = gradient.iter().chain([&value]).map(|x| x.to_bits()).collect();
                assert_eq!(first.get_or_insert(bits.clone()), &bits);
            }
        }
    }
}

#[test]
fn gradients_from_shots_and_under_noise_agree_with_exact_ones() {
    let data = data(3, false);
    let model = Architecture::new("reuploading", 1).build(2, data.targets()).unwrap();
    let params = Training::new().seed(5).first(&model);
    let simulator = Simulator::new();
    let rows = [0, 1, 2];
    let mut exact = vec![0.0; params.len()];
    let mut all = gradients(&model, Loss::Squared, &data, &Evaluation::Exact, &simulator);
    let value = all.value_and_gradient(&rows, &params, &mut exact).unwrap();

    // The mean over calls; a squared loss has a gradient without bias, its value that of the mean.
    let shots = Evaluation::Shots(50);
    let mut sampled = gradients(&model, Loss::Squared, &data, &shots, &simulator);
    let runs = 400;
    let mut sums = vec![(0.0, 0.0); params.len()];
    let mut gradient = vec![0.0; params.len()];
    for _ in 0..runs {
        sampled.value_and_gradient(&rows, &params, &mut gradient).unwrap();
        for (sum, g) in sums.iter_mut().zip(&gradient) {
            *sum = (sum.0 + g, sum.1 + g * g);
        }
    }
    for (k, (sum, squares)) in sums.into_iter().enumerate() {
        let mean = sum / f64::from(runs);
        let variance = squares / f64::from(runs) - mean * mean;
        let error = (variance / f64::from(runs)).sqrt() + 1e-12;
        assert!((mean - exact[k]).abs() < 5.0 * error, "{k}: {mean} {} {error}", exact[k]);
    }
    assert!(sampled.variances()[..model.num_weights()].iter().any(|v| *v > 0.0));

    // Without errors the density matrix is the state.
    let noise = NoiseModel::new();
    let exactly = Evaluation::Noise(noise, Accuracy::Exact);
    let mut noisy = gradients(&model, Loss::Squared, &data, &exactly, &simulator);
    let same = noisy.value_and_gradient(&rows, &params, &mut gradient).unwrap();
    assert!((same - value).abs() < 1e-12);
    for (g, e) in gradient.iter().zip(&exact) {
        assert!((g - e).abs() < 1e-11);
    }
}

#[test]
fn training_finds_a_function_and_repeats_to_the_bit() {
    let data = data(16, false);
    let model = Architecture::new("reuploading", 3).build(2, data.targets()).unwrap();
    let train = |training: Training| training.run(&model, &data, Some(&data)).unwrap();
    let full = train(Training::new().seed(1).epochs(60));
    assert!(full.history[full.best_epoch].train_loss < 1e-3, "{:?}", full.history.last());
    let batches = |seed| Training::new().seed(seed).batch_size(5).epochs(30);
    let first = train(batches(2));
    assert_eq!(first.stop, TrainingStop::Epochs);
    assert_eq!(first.iterations, 30 * 4);
    assert!(
        first.history[first.best_epoch].validation_loss.unwrap()
            < first.history[0].train_loss / 4.0
    );
    let again = train(batches(2));
    assert_eq!((first.parameters, first.history), (again.parameters.clone(), again.history));
    assert_ne!(again.parameters, train(batches(3)).parameters);
}

#[test]
fn a_resumed_training_is_the_same_to_the_bit() {
    let data = data(10, true);
    let model = Architecture::new("angle", 1).build(2, data.targets()).unwrap();
    let folder = std::env::temp_dir().join(format!("ketlab-training-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (number, training) in [
        Training::new().batch_size(3).patience(40),
        Training::new().loss(Loss::Squared),
        Training::new().batch_size(4).evaluation(Evaluation::Shots(20)),
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.join(format!("{number}.checkpoint"));
        let through = training.clone().epochs(7).run(&model, &data, Some(&data)).unwrap();
        let half = training.clone().epochs(3).checkpoint(&path, false);
        half.run(&model, &data, Some(&data)).unwrap();
        let rest = training.clone().epochs(7).checkpoint(&path, true);
        let resumed = rest.run(&model, &data, Some(&data)).unwrap();
        assert!(resumed.resumed_from.is_some());
        assert_eq!(through.parameters, resumed.parameters, "{number}");
        assert_eq!(through.history, resumed.history, "{number}");
        let other = training.seed(9).checkpoint(&path, true);
        assert!(other.run(&model, &data, Some(&data)).unwrap_err().to_string().contains("seed"));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// Margins of a batch may all be wide enough while those of others are not, and the first batch alone
/// says nothing of all rows.
#[test]
fn a_batch_without_a_gradient_ends_nothing_and_the_first_one_is_no_best() {
    let data = data(12, true);
    let two = Targets::Classes {
        labels: (0..12).map(|k| usize::from(k % 3 == 0)).collect(),
        names: vec!["a".into(), "b".into()],
    };
    let data = DataSet::new(data.features().to_owned(), two).unwrap();
    let model = Architecture::new("angle", 1).build(2, data.targets()).unwrap();
    for seed in 0..4 {
        let training = Training::new().loss(Loss::Hinge).batch_size(1).epochs(6).seed(seed);
        let trained = training.run(&model, &data, None).unwrap();
        assert_eq!((trained.stop.clone(), trained.iterations), (TrainingStop::Epochs, 72));
        assert!(trained.best_epoch > 0, "{:?}", trained.history);
    }
}

#[test]
fn patience_ends_a_training() {
    let data = data(8, true);
    let model = Architecture::new("angle", 1).build(2, data.targets()).unwrap();
    let training = Training::new().batch_size(8).learning_rate(2.0).patience(3).epochs(500);
    let trained = training.run(&model, &data, Some(&data)).unwrap();
    assert_eq!(trained.stop, TrainingStop::Patience);
    assert_eq!(trained.history.len(), trained.best_epoch + 4);
}

#[test]
fn a_cancelled_training_keeps_its_best() {
    let data = data(8, false);
    let model = Architecture::new("angle", 1).build(2, data.targets()).unwrap();
    let simulator = Simulator::new();
    let watch = simulator.watch().clone();
    let training = Training::new().batch_size(4).simulator(&simulator);
    let mut told = 0;
    let trained = training
        .run_telling(&model, &data, None, |_| {
            told += 1;
            if told == 5 {
                watch.cancel();
            }
        })
        .unwrap();
    assert_eq!(trained.stop, TrainingStop::Interrupted);
    assert_eq!(trained.parameters.len(), model.num_parameters());
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let values = data(6, false);
    let classes = data(6, true);
    let model = Architecture::new("angle", 1).build(2, values.targets()).unwrap();
    let says = |training: Training, data: &DataSet| {
        training.run(&model, data, None).unwrap_err().to_string()
    };
    assert!(says(Training::new(), &classes).contains("3 classes are as many outputs"));
    assert!(says(Training::new().loss(Loss::Hinge), &values).contains("`squared`"));
    assert!(says(Training::new().l2(f64::NAN), &values).contains("L2 penalty is NaN"));
    let huge = says(Training::new().l2(1e300), &values);
    assert!(huge.contains("at the start") && huge.contains("inf"), "{huge}");
    assert!(says(Training::new().batch_size(0), &values).contains("batch is 0"));
    assert!(says(Training::new().patience(0), &values).contains("patience is 0"));
    assert!(says(Training::new().learning_rate(-1.0), &values).contains("learning rate is -1"));
    let lbfgs = Training::new().batch_size(2).optimizer(OptimizerKind::Lbfgs, Value::Null);
    assert!(says(lbfgs, &values).contains("adam"));
    let weighted = Training::new().class_weights(ClassWeights::Balanced);
    assert!(says(weighted, &values).contains("no classes"));
    let short = Training::new().start(vec![0.0]);
    assert!(says(short, &values).contains("number of a model's parameters is 1"));
    let wide = DataSet::new(Array2::zeros((3, 5)), Targets::Values(vec![0.0; 3])).unwrap();
    assert!(says(Training::new(), &wide).contains("number of features is 5; the model takes 2"));
}

#[test]
fn weights_of_classes() {
    let targets =
        Targets::Classes { labels: vec![0, 0, 0, 1], names: vec!["a".into(), "b".into()] };
    assert_eq!(ClassWeights::Balanced.of(&targets).unwrap(), [4.0 / 6.0, 2.0]);
    assert!(ClassWeights::Equal.of(&targets).unwrap().is_empty());
    assert!(ClassWeights::Given(vec![1.0]).of(&targets).is_err());
    assert!(ClassWeights::Given(vec![1.0, 0.0]).of(&targets).is_err());
}

#[test]
fn jacobians_by_features_and_parameters_are_those_of_differences() {
    let data = data(3, true);
    for (model, _) in models(&data) {
        let simulator = Simulator::new();
        let params = Training::new().seed(4).first(&model);
        let features = [0.3, -0.8];
        let (by_features, by_params) = model.jacobian(&simulator, &params, &features).unwrap();
        let outputs = |params: &[f64], features: &[f64]| {
            let row = ndarray::ArrayView2::from_shape((1, 2), features).unwrap();
            model.outputs(&simulator, params, row).unwrap().row(0).to_owned()
        };
        let difference =
            |plus: ndarray::Array1<f64>, minus: ndarray::Array1<f64>| (plus - minus) / 2e-6;
        for k in 0..2 {
            let moved = |by: f64| {
                let mut features = features;
                features[k] += by;
                outputs(&params, &features)
            };
            let expected = difference(moved(1e-6), moved(-1e-6));
            for (d, e) in by_features.column(k).iter().zip(expected) {
                assert!((d - e).abs() < 1e-7);
            }
        }
        for k in 0..params.len() {
            let moved = |by: f64| {
                let mut params = params.clone();
                params[k] += by;
                outputs(&params, &features)
            };
            let expected = difference(moved(1e-6), moved(-1e-6));
            for (d, e) in by_params.column(k).iter().zip(expected) {
                assert!((d - e).abs() < 1e-7);
            }
        }
    }
}

#[test]
fn models_are_read_from_what_was_written() {
    for classes in [false, true] {
        let data = data(4, classes);
        for (model, _) in models(&data) {
            let text = serde_json::to_string(&model).unwrap();
            let read: Model = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
            let params = Training::new().first(&model);
            let outputs =
                |model: &Model| model.outputs(&Simulator::new(), &params, data.features()).unwrap();
            assert_eq!(outputs(&model), outputs(&read));
        }
    }
    let readout = Readout::Expectations { observables: vec!["Z0".parse().unwrap()], affine: false };
    let circuit = crate::Circuit::new(1);
    assert!(Model::from_circuit(circuit, &["x"], readout.clone()).is_err());
    // Two parameters of one name could not be told apart in a file.
    let mut named = crate::Circuit::new(1);
    let (x, w) = (named.param("x"), named.param("scale[0]"));
    named.ry(x, 0).rx(w, 0);
    assert!(Model::from_circuit(named.clone(), &["x"], readout).is_ok());
    let scaled = Readout::for_targets(&Targets::Values(vec![0.0]), 1).unwrap();
    let error = Model::from_circuit(named, &["x"], scaled).unwrap_err().to_string();
    assert!(error.contains("`scale[0]`") && error.contains("another"), "{error}");
}

#[test]
fn without_entanglement_qubits_know_nothing_of_each_other() {
    let data = data(4, false);
    let model = Architecture::new("reuploading", 2).build(2, data.targets()).unwrap();
    let separable = model.without_entanglement().unwrap();
    assert_eq!(separable.num_parameters(), model.num_parameters());
    let params = Training::new().first(&model);
    let simulator = Simulator::new();
    // Z0 is that of qubit 0, which gets the first feature alone.
    let (by_features, _) = separable.jacobian(&simulator, &params, &[0.3, -0.8]).unwrap();
    assert!(by_features[[0, 0]].abs() > 1e-3 && by_features[[0, 1]].abs() < 1e-12);
    let (by_features, _) = model.jacobian(&simulator, &params, &[0.3, -0.8]).unwrap();
    assert!(by_features[[0, 1]].abs() > 1e-3);
    // Of a feature map the phases of products go, too.
    for name in ["zz", "iqp", "pauli:1:X,ZY"] {
        let model = Architecture::new(name, 1).build(2, data.targets()).unwrap();
        let z = ["Z0", "Z1"].map(|z| z.parse().unwrap()).to_vec();
        let readout = Readout::Linear { observables: z, num_outputs: 1 };
        let model = model.with_readout(readout).unwrap();
        let separable = model.without_entanglement().unwrap();
        assert_eq!(separable.parameter_names(), model.parameter_names());
        let mut params = Training::new().seed(2).first(&model);
        let count = model.num_weights();
        // Z1 alone.
        params[count..].copy_from_slice(&[0.0, 1.0, 0.0]);
        let (by_features, _) = separable.jacobian(&simulator, &params, &[0.3, -0.8]).unwrap();
        assert!(by_features[[0, 0]].abs() < 1e-12, "{name} {by_features}");
        let (by_features, _) = model.jacobian(&simulator, &params, &[0.3, -0.8]).unwrap();
        assert!(by_features[[0, 0]].abs() > 1e-4, "{name} {by_features}");
    }
}

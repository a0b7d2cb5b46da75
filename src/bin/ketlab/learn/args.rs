//! The flags of `ketlab learn`.

use crate::data_source::{DATA, DataSource};
use crate::document::Json;
use crate::input::Reading;
use crate::noise_options::{NOISE, NoiseOptions};
use crate::options::{CHECKPOINTS, EXECUTION, MANY, PrecisionArg, Seed, Threads, count};
use anyhow::{Context, Result, bail};
use ketlab::learning::data::Scaling;
use ketlab::learning::{Architecture, ClassWeights, Experiment, Loss, ModelChoice};
use ketlab::optimize::OptimizerKind;
use ketlab::pauli::PauliSum;
use std::path::PathBuf;
use std::str::FromStr;

const MODEL: &str = "Model";
const TRAINING: &str = "Training";
/// What a saved document says itself.
const SETTINGS: [&str; 27] = [
    "data",
    "target",
    "features",
    "task",
    "model",
    "layers",
    "qubits",
    "probabilities",
    "observable",
    "circuit",
    "data_params",
    "loss",
    "optimizer",
    "learning_rate",
    "epochs",
    "batch_size",
    "l2",
    "patience",
    "class_weights",
    "validation",
    "test",
    "scaling",
    "shots",
    "noise",
    "trajectories",
    "folds",
    "no_baselines",
];

#[derive(clap::Args)]
#[command(mut_arg("data", |arg| arg.required(false)), after_help = format!("Examples:
  ketlab learn moons:200:0.1 --plot moons.svg -o model.json
  ketlab learn sin:100:0 --layers 3 --qubits 1
  ketlab learn data.csv --target y --model zz --probabilities --loss squared
  ketlab learn data.csv --circuit my.qasm --data-params x0,x1 --observable Z0
  ketlab learn moons --batch-size 32 --epochs 30 --learning-rate 0.1 --patience 5
  ketlab learn moons:60 --noise depolarizing=0.01 --epochs 20 --no-baselines
  ketlab learn --rerun model.json
  ketlab learn --list

`ketlab predict model.json new.csv` applies what -o wrote. Beside the model stand a tuned linear model, \
a tuned network of as many parameters and the same circuit without entanglement.

{DATA}"))]
pub struct Args {
    #[command(flatten)]
    pub source: DataSource,
    /// The circuit: `reuploading`, or an embedding of the data (`angle`, `zz:2`, …) before layers of
    /// weights; `--list` has them [default: reuploading]
    #[arg(help_heading = MODEL, long, value_name = "NAME", conflicts_with = "circuit")]
    model: Option<String>,
    /// Layers of weights [default: 3]
    #[arg(help_heading = MODEL, long, value_name = "N", conflicts_with = "circuit", value_parser = count::<usize>(1..=10_000))]
    layers: Option<usize>,
    /// Qubits of `reuploading` [default: one for each feature, at least 2]
    #[arg(help_heading = MODEL, long, value_name = "N", conflicts_with = "circuit", value_parser = count::<usize>(1..=64))]
    qubits: Option<usize>,
    /// Read classes as probabilities of basis states, not from means of observables
    #[arg(help_heading = MODEL, long, conflicts_with = "observable")]
    probabilities: bool,
    /// What is measured, once for each output, times a trained scale plus a trained offset [default:
    /// Z on a qubit for each]
    #[arg(help_heading = MODEL, long, value_name = "PAULI SUM", allow_hyphen_values = true, value_parser = parse::<PauliSum>)]
    observable: Vec<PauliSum>,
    /// A circuit of your own (OpenQASM or JSON), whose parameters are data and weights
    #[arg(help_heading = MODEL, long, value_name = "FILE", requires = "data_params")]
    circuit: Option<PathBuf>,
    /// The circuit's parameters that are the features, in order; the others are trained
    #[arg(help_heading = MODEL, long, value_name = "NAME,…", value_delimiter = ',', requires = "circuit")]
    data_params: Vec<String>,
    /// To which range features are brought: none, standard or minmax:LOW:HIGH, as minmax:0:pi
    /// [default: what suits the model; none for --circuit]
    #[arg(help_heading = MODEL, long, value_name = "RANGE", value_parser = parse::<Scaling>)]
    scaling: Option<Scaling>,
    #[command(flatten)]
    reading: Reading,
    /// What is minimized: squared, absolute, cross-entropy, hinge [default: squared for numbers,
    /// cross-entropy for classes]
    #[arg(help_heading = TRAINING, long, value_name = "NAME", value_parser = parse::<Loss>)]
    loss: Option<Loss>,
    /// lbfgs, adam, amsgrad, gradient-descent or momentum [default: lbfgs; adam with batches, shots or
    /// trajectories]
    #[arg(help_heading = TRAINING, long, value_name = "NAME", value_parser = optimizer)]
    optimizer: Option<OptimizerKind>,
    /// The learning rate, of optimizers that have one [default: 0.05 with batches, shots or
    /// trajectories, else the optimizer's own]
    #[arg(help_heading = TRAINING, long, value_name = "RATE", allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// Most passes over the training rows; without batches most steps of the optimizer, of which one
    /// of lbfgs may take several passes
    #[arg(help_heading = TRAINING, long, value_name = "N", default_value = "100", value_parser = count::<usize>(0..=MANY))]
    epochs: usize,
    /// Rows of a mini-batch [default: all]
    #[arg(help_heading = TRAINING, long, value_name = "ROWS", value_parser = count::<usize>(0..=MANY))]
    batch_size: Option<usize>,
    /// Add LAMBDA/2 times the sum of squares of the parameters, but for offsets
    #[arg(help_heading = TRAINING, long, value_name = "LAMBDA", default_value_t = 0.0, allow_negative_numbers = true)]
    l2: f64,
    /// End after so many epochs without a lower loss, of the validation rows if there are any
    #[arg(help_heading = TRAINING, long, value_name = "EPOCHS", value_parser = count::<usize>(0..=MANY))]
    patience: Option<usize>,
    /// How much rows of each class count: equal, balanced, or a weight each, like 1,2.5
    #[arg(help_heading = TRAINING, long, value_name = "WEIGHTS", value_parser = class_weights)]
    class_weights: Option<ClassWeights>,
    /// Part of the rows that choose the epoch
    #[arg(help_heading = TRAINING, long, value_name = "SHARE", default_value_t = 0.2, allow_negative_numbers = true)]
    validation: f64,
    /// Part of the rows that judge
    #[arg(help_heading = TRAINING, long, value_name = "SHARE", default_value_t = 0.2, allow_negative_numbers = true)]
    test: f64,
    /// Cross-validate the model and all beside it by so many folds of the rows that are no test rows
    #[arg(help_heading = TRAINING, long, value_name = "K", value_parser = count::<usize>(0..=MANY))]
    folds: Option<usize>,
    /// Train the model alone
    #[arg(help_heading = TRAINING, long)]
    no_baselines: bool,
    /// Estimate every mean from this many shots, as hardware does, gradients by parameter shifts
    #[arg(help_heading = TRAINING, long, value_name = "N", conflicts_with = "noise", value_parser = count::<u64>(1..=MANY))]
    shots: Option<u64>,
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// Estimate means under noise from this many random trajectories [default: exact, by the density
    /// matrix]
    #[arg(help_heading = NOISE, long, value_name = "N", requires = "noise", value_parser = count::<u64>(1..=MANY))]
    trajectories: Option<u64>,
    #[command(flatten)]
    pub seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    /// Precision of the amplitudes
    #[arg(help_heading = EXECUTION, long, value_enum, default_value_t = PrecisionArg::F64)]
    pub precision: PrecisionArg,
    /// Keep the state of the training in this file, which must not exist yet
    #[arg(help_heading = CHECKPOINTS, long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint, as if there had been no interruption
    #[arg(help_heading = CHECKPOINTS, long, requires = "checkpoint")]
    pub resume: bool,
    /// Repeat what a saved document says, and tell whether the numbers are the same to the bit
    #[arg(long, value_name = "FILE", conflicts_with_all = SETTINGS, conflicts_with_all = ["checkpoint", "seed", "precision"])]
    pub rerun: Option<PathBuf>,
    /// Models, embeddings, losses and built-in data
    #[arg(long, exclusive = true)]
    pub list: bool,
    /// Write the trained model, as --json, to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write loss curves and what was learned: .svg, .png, .csv or .json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub json: Json,
}

fn parse<T: FromStr<Err = ketlab::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

fn optimizer(name: &str) -> Result<OptimizerKind, String> {
    OptimizerKind::from_name(name).map_err(|error| error.to_string())
}

fn class_weights(text: &str) -> Result<ClassWeights, String> {
    let weight = |text: &str| {
        let number = text.trim().parse::<f64>();
        number.map_err(|_| format!("`{text}` is no weight; write equal, balanced or 1,2.5"))
    };
    match text {
        "equal" => Ok(ClassWeights::Equal),
        "balanced" => Ok(ClassWeights::Balanced),
        list => list.split(',').map(weight).collect::<Result<_, _>>().map(ClassWeights::Given),
    }
}

impl Args {
    /// All settings but the data and where it runs.
    pub fn experiment(&self) -> Result<Experiment> {
        let mut experiment = Experiment::new(self.choice()?);
        experiment.observables = (!self.observable.is_empty()).then(|| self.observable.clone());
        experiment.scaling = self.scaling;
        (experiment.validation, experiment.test) = (self.validation, self.test);
        experiment.loss = self.loss;
        experiment.optimizer = self.optimizer.map(|kind| kind.name().into());
        experiment.learning_rate = self.learning_rate;
        experiment.epochs = self.epochs;
        experiment.batch_size = self.batch_size;
        experiment.l2 = self.l2;
        experiment.patience = self.patience;
        experiment.class_weights = self.class_weights.clone().unwrap_or_default();
        experiment.shots = self.shots;
        experiment.trajectories = self.trajectories;
        experiment.baselines = !self.no_baselines;
        experiment.folds = self.folds;
        experiment.seed = self.seed.value();
        if let Some(model) = self.noise.model()? {
            let text = model.to_json().context("--noise")?;
            experiment.noise = Some(serde_json::from_str(&text).context("--noise")?);
        }
        Ok(experiment)
    }

    fn choice(&self) -> Result<ModelChoice> {
        let Some(file) = &self.circuit else {
            if self.reading.is_given() {
                bail!("--param and how a circuit is read are about a file: give --circuit FILE");
            }
            let name = self.model.clone().unwrap_or_else(|| "reuploading".into());
            let layers = self.layers.unwrap_or(3);
            let (qubits, probabilities) = (self.qubits, self.probabilities);
            return Ok(ModelChoice::Named(Architecture {
                model: name,
                qubits,
                layers,
                probabilities,
            }));
        };
        Ok(ModelChoice::Circuit {
            circuit: Box::new(self.reading.circuit(file)?),
            data_params: self.data_params.clone(),
            probabilities: self.probabilities,
        })
    }
}

//! The flags of `ketlab kernel`.

use crate::data_source::{self, DATA, DataSource};
use crate::document::Json;
use crate::noise_options::NoiseOptions;
use crate::options::{MANY, Seed, Threads, count};
use anyhow::{Context, Result};
use ketlab::circuit::library::Embedding;
use ketlab::learning::KernelStudy;
use ketlab::learning::data::Scaling;
use ketlab::learning::kernel::Repair;
use ketlab::learning::kernel_study::{KernelKind, Learner};
use std::path::PathBuf;
use std::str::FromStr;

const LEARNING: &str = "Learning";
const OUTPUT: &str = "Output";

const EXAMPLES: &str = "\
Examples:
  ketlab kernel ad-hoc:60:0.3 --map zz --plot kernel.svg
  ketlab kernel moons:200:0.1 --map zz
  ketlab kernel data.csv --target y --map angle --kind projected --save kernel.npy
  ketlab kernel ad-hoc:60:0.3 --shots 1000 --repair clip
  ketlab kernel ad-hoc:60:0.3 --relabel -o report.json
  ketlab kernel --rerun report.json";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{DATA}\n\n{EXAMPLES}"))]
pub struct Args {
    #[command(flatten)]
    pub source: DataSource,
    /// The embedding: angle, angle-y, angle-z, basis, amplitude, iqp:REPS, zz:REPS:ENTANGLEMENT,
    /// pauli:REPS:WORDS:ENTANGLEMENT:ALPHA
    #[arg(long, value_name = "NAME", default_value = "zz", value_parser = map)]
    map: String,
    /// What is compared of two states: `fidelity`, their overlap, or `projected`, their one-qubit
    /// density matrices
    #[arg(long, value_name = "KIND", default_value = "fidelity", value_parser = parsed::<KernelKind>)]
    kind: KernelKind,
    /// γ of a projected kernel [default: what the training rows set, as scikit-learn's "scale"]
    #[arg(long, value_name = "G")]
    gamma: Option<f64>,
    /// The range of features: none, standard, minmax:LOW:HIGH, where a limit may be written with pi
    /// [default: none of the ad hoc data, whose features are angles, and for basis and amplitude;
    /// minmax:0:1 for zz and pauli; else minmax:-pi/2:pi/2]
    #[arg(long, value_name = "RANGE", value_parser = parsed::<Scaling>)]
    scaling: Option<Scaling>,
    /// What scaled features are multiplied with: one is chosen by folds, of equal ones the first
    /// [default: 1,0.7,1.5,0.5,3,0.25,0.1; 1 for basis and amplitude]
    #[arg(long, value_name = "F,…", value_delimiter = ',')]
    bandwidths: Option<Vec<f64>>,
    /// Estimate each entry from this many shots (each of three circuits a row, of a projected kernel)
    #[arg(long, value_name = "N", value_parser = count::<u64>(1..=MANY))]
    shots: Option<u64>,
    /// What is done about negative eigenvalues: none, clip, shift, flip
    #[arg(long, value_name = "HOW", default_value = "none", value_parser = parsed::<Repair>)]
    repair: Repair,
    #[command(flatten)]
    noise: NoiseOptions,
    /// λ of the geometric difference: absolute, for kernels of trace N
    #[arg(long, value_name = "L", default_value_t = 1e-3)]
    lambda: f64,
    /// What learns: `svm`, a support vector machine, or `ridge`
    #[arg(help_heading = LEARNING, long, value_name = "NAME", default_value = "svm", value_parser = parsed::<Learner>)]
    learner: Learner,
    /// The fraction of the rows that judge; with 0 folds judge, each with everything tuned anew
    #[arg(help_heading = LEARNING, long, value_name = "FRACTION", default_value_t = 0.3)]
    test: f64,
    /// The number of folds by which settings are chosen
    #[arg(help_heading = LEARNING, long, value_name = "N", default_value_t = 5, value_parser = count::<usize>(2..=MANY))]
    folds: usize,
    /// The strengths that are tried for every kernel, C of `svm` or λ of `ridge` [default: 0.01 to
    /// 1000; 10 to 1e-6]
    #[arg(help_heading = LEARNING, long, value_name = "C,…", value_delimiter = ',')]
    strengths: Option<Vec<f64>>,
    /// ε of support vector regression, in standard deviations of the targets
    #[arg(help_heading = LEARNING, long, value_name = "E", default_value_t = 0.1)]
    epsilon: f64,
    /// Nothing beside the quantum kernel
    #[arg(help_heading = LEARNING, long, conflicts_with = "relabel")]
    no_rivals: bool,
    /// Also make labels for which the quantum kernel's advantage over the nearest classical one is as
    /// large as it can be, and let both learn them
    #[arg(help_heading = LEARNING, long)]
    relabel: bool,
    #[command(flatten)]
    pub seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    /// Write the kernel of the training rows (.npy), for scikit-learn's `kernel="precomputed"` (its SVC
    /// tells more than two classes pair by pair, ours one from the rest)
    #[arg(help_heading = OUTPUT, long, value_name = "FILE.npy")]
    pub save: Option<PathBuf>,
    /// Write that of the test rows with the training rows
    #[arg(help_heading = OUTPUT, long, value_name = "FILE.npy")]
    pub save_test: Option<PathBuf>,
    /// Draw the kernel, sorted by class, and the best classical one (.svg, .png, .csv or .json)
    #[arg(help_heading = OUTPUT, long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Draw what the kernel and its rivals are worth on training and test rows
    #[arg(help_heading = OUTPUT, long, value_name = "FILE")]
    pub plot_scores: Option<PathBuf>,
    /// Write the report, as --json, to this file
    #[arg(help_heading = OUTPUT, short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Repeat the study of a report, on the same data, and say whether all numbers are the same
    #[arg(
        help_heading = OUTPUT,
        long,
        value_name = "REPORT.json",
        conflicts_with_all = [
            "data", "target", "features", "task", "map", "kind", "gamma", "scaling", "bandwidths", "shots",
            "repair", "noise", "lambda", "learner", "test", "folds", "strengths", "epsilon", "no_rivals",
            "relabel", "seed", "save", "save_test", "plot", "plot_scores", "output"
        ]
    )]
    pub rerun: Option<PathBuf>,
    #[command(flatten)]
    pub json: Json,
}

fn parsed<T: FromStr<Err = ketlab::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: ketlab::Error| error.to_string())
}

fn map(text: &str) -> Result<String, String> {
    parsed::<ketlab::circuit::library::EmbeddingKind>(text).map(|kind| kind.to_string())
}

impl Args {
    /// The study that the flags say, of data from there. What a noise model does to the map is told.
    pub fn study(&self, source: &str, num_features: usize) -> Result<KernelStudy> {
        let mut noise = None;
        if self.noise.is_given() {
            let map = Embedding::new(self.map.parse()?, num_features)?;
            let circuit = map.circuit();
            if let Some(model) = self.noise.model_for(Some(circuit.num_qubits()))? {
                self.noise.apply_model(&model, circuit)?.1.tell();
                noise = Some(model.to_json().context("--noise")?);
            }
        }
        Ok(KernelStudy {
            map: self.map.clone(),
            kind: self.kind,
            gamma: self.gamma,
            scaling: self.scaling.or(data_source::scaling(source)),
            bandwidths: self.bandwidths.clone(),
            test: self.test,
            folds: self.folds,
            learner: self.learner,
            strengths: self.strengths.clone(),
            epsilon: self.epsilon,
            shots: self.shots,
            repair: self.repair,
            noise: noise.map(|text| serde_json::from_str(&text)).transpose()?,
            lambda: self.lambda,
            rivals: !self.no_rivals,
            relabel: self.relabel,
            seed: self.seed.value(),
        })
    }
}

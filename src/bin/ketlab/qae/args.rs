//! The flags of `ketlab qae`.

use super::quantity::Quantity;
use crate::document::Json;
use crate::input::Reading;
use crate::messages;
use crate::noise_options::NoiseOptions;
use crate::options::{CHECKPOINTS, EXECUTION, MANY, Seed, Threads, count};
use anyhow::{Result, bail};
use clap::ValueEnum;
use ketlab::estimation::{Measure, Target};
use std::path::PathBuf;

const UNITS: &str = "Confidence, noise and units";

#[derive(clap::Args)]
#[command(after_help = "\
What is estimated: --amplitude, a circuit FILE with --good, --integral, or a table from a file \
(--distribution, --function). Classical methods that evaluate an integrand need one of the last three.

Uses of A: one run of the state preparation A or its inverse, or one evaluation of an integrand, is \
one use; Q^k A takes 2k + 1, phase estimation with m evaluation qubits 2^(m+1) - 1 a shot.

Examples:
  ketlab qae --amplitude 0.2 --methods iterative,mlae,canonical,monte-carlo --plot curve.svg
  ketlab qae circuits/option.qasm --good \"q3=1\" --scale 0.917 --once --precisions 0.01
  ketlab qae --integral sine --methods mlae,monte-carlo,quasi-monte-carlo --plot integral.svg
  ketlab qae --integral european-call --strike 95 --volatility 0.3 --once
  ketlab qae --distribution prices.csv --strike 100 --payoff put --once --precisions 0.01
  ketlab qae --amplitude 0.2 --once --noise depolarizing=0.0001 --budgets 1000
  ketlab qae --amplitude 0.2 --kappa 1,0.999,0.99 --methods mlae,noise-aware")]
pub struct Args {
    /// A state preparation A: an OpenQASM 2 or 3 file, a circuit as ketlab's JSON, or `-` for
    /// standard input
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    /// Which basis states of the circuit are good: conditions like `q3=1`, `q[0:2]<5`,
    /// `price in {1,3}`, joined by commas (all must hold) or bars (one must), or a pattern like `1--0`
    #[arg(long, value_name = "CONDITIONS", allow_hyphen_values = true)]
    pub good: Option<String>,
    /// Estimate a coin of this probability a = |amplitude|²; several, separated by commas, make one table
    #[arg(
        long,
        value_name = "A,…",
        value_delimiter = ',',
        allow_negative_numbers = true,
        conflicts_with_all = ["file", "integral"]
    )]
    pub amplitude: Vec<f64>,
    /// Estimate an integral, which classical methods evaluate and quantum ones load on a grid
    #[arg(long, value_enum, conflicts_with = "file")]
    pub integral: Option<Integral>,
    /// Qubits per dimension of the grid of an integral [default: 8]
    #[arg(long, value_name = "N", value_parser = count::<usize>(0..=MANY))]
    pub grid_qubits: Option<usize>,
    #[command(flatten)]
    pub quantity: Quantity,
    /// Methods, separated by commas: canonical, canonical-median, canonical-mle, iterative,
    /// iterative-chernoff, mlae, mlae-linear, mlae-random, power-law (power-law:0.25 sets β), faster,
    /// bayesian, noise-aware, monte-carlo; with --integral also antithetic, control-variate,
    /// importance, stratified, quasi-monte-carlo; `all` are all that fit the problem
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "iterative,mlae,canonical,monte-carlo"
    )]
    pub methods: Vec<String>,
    /// Uses of A that methods are made to fit, about so for those that decide while they run
    /// [default: 100 to 100,000, two a decade; with --once 10,000]
    #[arg(
        long,
        value_name = "N,…",
        value_delimiter = ',',
        value_parser = count::<u64>(1..=MOST_USES)
    )]
    pub budgets: Vec<u64>,
    /// Half-widths that intervals are to have, instead of budgets: at most so for methods with a
    /// promise, about so for the others
    #[arg(
        long,
        value_name = "E,…",
        value_delimiter = ',',
        allow_negative_numbers = true,
        conflicts_with = "budgets"
    )]
    pub precisions: Vec<f64>,
    /// Estimates of each method at each budget or precision
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count::<usize>(0..=MANY))]
    pub repeats: usize,
    /// Print one estimate of each method at each budget or precision, with its interval and cost
    #[arg(long, conflicts_with_all = ["repeats", "plot", "csv", "checkpoint"])]
    pub once: bool,
    /// Probability that an interval may miss [default: 0.05; on error curves less for iterative
    /// methods, whose misses would decide the RMSE]
    #[arg(help_heading = UNITS, long, allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// Fidelities of a Grover step under depolarizing noise, separated by commas; with several, a
    /// table says which method is best where
    #[arg(
        help_heading = UNITS,
        long,
        value_name = "K,…",
        value_delimiter = ',',
        default_value = "1",
        allow_negative_numbers = true
    )]
    pub kappa: Vec<f64>,
    /// Precisions of that table [default: 0.03 to 0.0003]
    #[arg(help_heading = UNITS, long, value_name = "E,…", value_delimiter = ',', allow_hyphen_values = true)]
    pub epsilons: Vec<f64>,
    /// The quantity wanted is OFFSET + SCALE × amplitude
    #[arg(help_heading = UNITS, long, default_value_t = 1.0, allow_hyphen_values = true)]
    pub scale: f64,
    /// See --scale
    #[arg(help_heading = UNITS, long, default_value_t = 0.0, allow_hyphen_values = true)]
    pub offset: f64,
    #[command(flatten)]
    pub noise: NoiseOptions,
    /// Run full circuits, instead of drawing from their exact law
    #[arg(help_heading = EXECUTION, long)]
    pub full_circuits: bool,
    /// The error that stands first in the picture and in the table of slopes, beside the other
    /// [default: rmse]
    #[arg(long, value_enum, conflicts_with = "once")]
    pub measure: Option<MeasureArg>,
    #[command(flatten)]
    pub seed: Seed,
    #[command(flatten)]
    pub threads: Threads,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json)
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Write all numbers of every point, a row each
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Keep what is finished in this file, which must not exist yet
    #[arg(help_heading = CHECKPOINTS, long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint; methods and budgets may be new
    #[arg(help_heading = CHECKPOINTS, long, requires = "checkpoint")]
    pub resume: bool,
    #[command(flatten)]
    pub json: Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Integral {
    /// sin² on [0, 1]
    Sine,
    /// A European call option; see --spot, --strike, --rate, --volatility, --years
    EuropeanCall,
    /// An Asian call option on such a share, averaged over --dates
    AsianCall,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeasureArg {
    /// Median absolute error, which half of the runs exceed
    Median,
    /// Root mean squared error, which rare large errors decide
    Rmse,
}

/// Refuses, before the work, flags that contradict each other.
pub fn check(args: &Args) -> Result<()> {
    // A flag that another excludes does not count as required for clap.
    if args.file.is_none() && (args.good.is_some() || args.reading.is_given()) {
        bail!("--good, --param, --qasm and --strict are of a circuit; give its FILE");
    }
    args.quantity.check(args.integral)?;
    if args.integral.is_none() && args.grid_qubits.is_some() {
        bail!("--grid-qubits are of an integral; give --integral sine, for example");
    }
    if args.noise.is_given() && !args.once {
        bail!(
            "--noise is of the gates of full circuits, for single estimates: add --once; error curves \
             have the depolarizing noise of --kappa"
        );
    }
    if args.kappa.len() > 1 && args.checkpoint.is_some() {
        bail!("--checkpoint serves one curve; give one --kappa with it");
    }
    if args.kappa.len() > MOST_PANELS && args.plot.is_some() {
        bail!(
            "--plot draws a panel for each --kappa, at most {MOST_PANELS}; {} are given",
            args.kappa.len()
        );
    }
    if args.kappa.len() == 1 && !args.epsilons.is_empty() {
        bail!("--epsilons are columns of the table for several --kappa; give at least two");
    }
    if let Some(epsilon) = args.epsilons.iter().find(|&&e| !(e > 0.0 && e < 1.0)) {
        bail!("--epsilons {epsilon}: a precision lies between 0 and 1");
    }
    if args.resume && args.checkpoint.as_ref().is_some_and(|path| !path.exists()) {
        messages::note("there is no checkpoint yet: the curve begins anew");
    }
    Ok(())
}

/// Panels of a figure.
const MOST_PANELS: usize = 4;

/// Powers beyond this budget are larger than those whose phases are exact.
const MOST_USES: u64 = 1_000_000_000_000;

impl Args {
    pub fn grid_qubits(&self) -> usize {
        self.grid_qubits.unwrap_or(8)
    }

    pub fn measure(&self) -> Measure {
        match self.measure {
            Some(MeasureArg::Median) => Measure::MedianAbsolute,
            _ => Measure::Rmse,
        }
    }

    pub fn targets(&self) -> Vec<Target> {
        if !self.precisions.is_empty() {
            return self.precisions.iter().map(|&e| Target::Precision(e)).collect();
        }
        if !self.budgets.is_empty() {
            return self.budgets.iter().map(|&n| Target::Budget(n)).collect();
        }
        if self.once {
            return vec![Target::Budget(10_000)];
        }
        [100, 316, 1000, 3162, 10_000, 31_623, 100_000].map(Target::Budget).into()
    }
}

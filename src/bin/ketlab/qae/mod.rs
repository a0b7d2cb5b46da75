//! `ketlab qae`: amplitude estimation against Monte Carlo.

mod report;

use crate::input::{self, Reading};
use crate::output::OutputFile;
use crate::progress::cancel_on_interrupt;
use crate::train::check_plot;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use ketlab::Simulator;
use ketlab::estimation::{
    AmplitudeEstimator, BlackScholes, ControlVariate, CurveProgress, CurveResult, ErrorCurve,
    EstimationProblem, GoodStates, Integrand, Measure, Method, NoiseTable, PostProcessing, Setup,
    Target,
};
use ketlab::report::Figure;
use ketlab::simulate::Watch;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
What is estimated: --amplitude, a circuit FILE with --good, or --integral (which classical methods \
that evaluate an integrand need).

Uses of A: one run of the state preparation A or its inverse, or one evaluation of an integrand, is \
one use; Q^k A takes 2k + 1, phase estimation with m evaluation qubits 2^(m+1) - 1 a shot.

  ketlab qae --amplitude 0.2 --methods iterative,mlae,canonical,monte-carlo --plot curve.svg
  ketlab qae circuits/option.qasm --good \"q3=1\" --scale 0.917 --once --precisions 0.01
  ketlab qae --integral sine --methods mlae,monte-carlo,quasi-monte-carlo --plot integral.svg
  ketlab qae --amplitude 0.2 --kappa 1,0.999,0.99 --methods mlae,noise-aware")]
pub struct Args {
    /// A state preparation A: an OpenQASM 2 or 3 file, a circuit as ketlab's JSON, or `-` for
    /// standard input
    file: Option<String>,
    #[command(flatten)]
    reading: Reading,
    /// Which basis states of the circuit are good: conditions like `q3=1`, `q[0:2]<5`,
    /// `price in {1,3}`, joined by commas, or a pattern like `1--0`
    #[arg(long, value_name = "CONDITIONS", requires = "file")]
    good: Option<String>,
    /// Estimate a coin of this amplitude; several, separated by commas, are summed up
    #[arg(long, value_name = "A,…", value_delimiter = ',', allow_negative_numbers = true, conflicts_with_all = ["file", "integral"])]
    amplitude: Vec<f64>,
    /// Estimate an integral, which classical methods evaluate and quantum ones load on a grid
    #[arg(long, value_enum, conflicts_with = "file")]
    integral: Option<Integral>,
    /// Qubits a dimension of the grid of an integral
    #[arg(long, value_name = "N", default_value_t = 8)]
    grid_qubits: usize,
    /// Methods, separated by commas; `all` are all that fit the problem
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "iterative,mlae,canonical,monte-carlo"
    )]
    methods: Vec<String>,
    /// Uses of A that methods are made to fit [default: 100 to 100,000, two a decade]
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    budgets: Vec<u64>,
    /// Half-widths of intervals that methods are made to fit, instead of budgets
    #[arg(
        long,
        value_name = "E,…",
        value_delimiter = ',',
        allow_negative_numbers = true,
        conflicts_with = "budgets"
    )]
    precisions: Vec<f64>,
    /// Estimates of each method at each budget or precision
    #[arg(long, value_name = "N", default_value_t = 100)]
    repeats: usize,
    /// Print one estimate of each method at each budget or precision, with its interval and cost
    #[arg(long, conflicts_with_all = ["repeats", "plot", "csv", "checkpoint"])]
    once: bool,
    /// Probability that an interval may miss
    #[arg(long, default_value_t = 0.05, allow_negative_numbers = true)]
    alpha: f64,
    /// Fidelities of a Grover step under depolarizing noise, separated by commas; with several, a
    /// table says which method is best where
    #[arg(
        long,
        value_name = "K,…",
        value_delimiter = ',',
        default_value = "1",
        allow_negative_numbers = true
    )]
    kappa: Vec<f64>,
    /// Precisions of that table
    #[arg(
        long,
        value_name = "E,…",
        value_delimiter = ',',
        default_value = "0.03,0.01,0.003,0.001,0.0003"
    )]
    epsilons: Vec<f64>,
    /// The quantity wanted is OFFSET + SCALE × amplitude
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    scale: f64,
    /// See --scale
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    offset: f64,
    /// Run full circuits on the state vector, instead of drawing from their exact law
    #[arg(long)]
    full_circuits: bool,
    /// The error that is drawn and whose slope is printed
    #[arg(long, value_enum, default_value_t = MeasureArg::Median)]
    measure: MeasureArg,
    /// Seed of the estimates
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json)
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write all numbers of every point, a row each
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Keep what is finished in this file
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint
    #[arg(long, requires = "checkpoint")]
    resume: bool,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Integral {
    /// sin² on [0, 1]
    Sine,
    /// A European call option: a share at 100, strike 105, 5 % interest, 20 % volatility, one year
    EuropeanCall,
    /// An Asian call option on the same share, averaged over two dates
    AsianCall,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MeasureArg {
    /// Median absolute error, with the middle half of the errors
    Median,
    /// Root mean squared error, which rare large errors dominate
    Rmse,
}

pub fn main(args: Args) -> Result<ExitCode> {
    check_plot(args.plot.as_deref())?;
    let csv = args.csv.as_deref().map(|path| OutputFile::create("--csv", path)).transpose()?;
    if args.kappa.len() > 1 && args.checkpoint.is_some() {
        bail!("--checkpoint serves one curve; give one --kappa with it");
    }
    let problems = problems(&args)?;
    let methods = methods(&args, &problems)?;
    let watch = Watch::default();
    if args.once {
        return once(&args, &problems, &methods, &watch);
    }
    let mut results = Vec::new();
    for &kappa in &args.kappa {
        results.push(curve(&args, &problems, &methods, kappa, &watch)?);
        if watch.is_cancelled() {
            break;
        }
    }
    let measure = args.measure();
    let table = (results.len() > 1).then(|| NoiseTable::new(&results, &args.epsilons));
    let mut out = std::io::stdout().lock();
    if args.json {
        report::json(&mut out, &results, table.as_ref())?;
    } else {
        for result in &results {
            report::text(&mut out, result, measure)?;
        }
        if let Some(table) = &table {
            report::noise(&mut out, table)?;
        }
    }
    out.flush()?;
    if let Some(file) = csv {
        file.write(|out| report::csv(out, &results))?;
    }
    if let Some(path) = &args.plot {
        save(&results, measure, path)?;
    }
    let interrupted = results.iter().any(|r| r.interrupted);
    if interrupted {
        eprintln!(
            "interrupted: this is what was finished{}",
            match &args.checkpoint {
                Some(_) => "; --resume goes on",
                None => "",
            }
        );
    }
    Ok(if interrupted { ExitCode::from(crate::INTERRUPTED) } else { ExitCode::SUCCESS })
}

impl Args {
    fn measure(&self) -> Measure {
        match self.measure {
            MeasureArg::Median => Measure::MedianAbsolute,
            MeasureArg::Rmse => Measure::Rmse,
        }
    }

    fn targets(&self) -> Vec<Target> {
        if !self.precisions.is_empty() {
            return self.precisions.iter().map(|&e| Target::Precision(e)).collect();
        }
        if !self.budgets.is_empty() {
            return self.budgets.iter().map(|&n| Target::Budget(n)).collect();
        }
        [100, 316, 1000, 3162, 10_000, 31_623, 100_000].map(Target::Budget).into()
    }
}

fn problems(args: &Args) -> Result<Vec<EstimationProblem>> {
    let post = PostProcessing::Affine { scale: args.scale, offset: args.offset };
    for (name, value) in [("--scale", args.scale), ("--offset", args.offset)] {
        if !value.is_finite() {
            bail!("{name} is {value}; it must be a finite number");
        }
    }
    let found = match (&args.file, args.integral) {
        (Some(file), _) => {
            let circuit = args.reading.circuit(file)?;
            let Some(good) = &args.good else {
                bail!(
                    "--good says which basis states of {} are good, for example --good \"q{}=1\"",
                    input::name(file),
                    circuit.num_qubits().saturating_sub(1)
                );
            };
            let good = GoodStates::parse(good, &circuit).context("--good")?;
            vec![EstimationProblem::new(circuit, good)?.named(input::name(file))]
        }
        (None, Some(integral)) => {
            // A share at 100 with 5 % interest and 20 % volatility, options of one year at 105.
            let share = BlackScholes { spot: 100.0, rate: 0.05, volatility: 0.2, years: 1.0 };
            let (integrand, own) = match integral {
                Integral::Sine => (Integrand::sine_squared(), PostProcessing::identity()),
                Integral::EuropeanCall => Integrand::european_call(&share, 105.0, 200.0)?,
                Integral::AsianCall => {
                    let (integrand, money) = Integrand::asian_call(&share, 2, 105.0, 200.0)?;
                    (referred(integrand, args.grid_qubits)?, money)
                }
            };
            let problem = EstimationProblem::integral(integrand, args.grid_qubits)
                .context("--grid-qubits")?;
            let own = own.then_affine(args.scale, args.offset);
            return Ok(vec![problem.post_processing(own)]);
        }
        (None, None) if args.amplitude.is_empty() => bail!(
            "say what to estimate: --amplitude 0.2, a circuit with --good \"q3=1\", or --integral sine"
        ),
        (None, None) => args
            .amplitude
            .iter()
            .map(|&a| EstimationProblem::bernoulli(a))
            .collect::<Result<_, _>>()
            .context("--amplitude")?,
    };
    Ok(found.into_iter().map(|p| p.post_processing(post.clone())).collect())
}

/// An integrand without a closed form gets its mean from 10 million samples with a control variate.
fn referred(integrand: Integrand, grid_qubits: usize) -> Result<Integrand> {
    let sampled = EstimationProblem::integral(integrand.clone(), grid_qubits)
        .context("--grid-qubits")?
        .exact_law()?;
    let reference = ControlVariate::new(10_000_000)?.estimate(&sampled, 0)?;
    eprintln!(
        "{}: errors are measured against {:.7} ± {:.0e}, of 10,000,000 samples",
        integrand.name(),
        reference.estimation,
        reference.confidence_interval.half_width()
    );
    Ok(integrand.with_mean(reference.estimation))
}

fn methods(args: &Args, problems: &[EstimationProblem]) -> Result<Vec<Method>> {
    let has_integrand = problems.iter().all(|p| p.integrand().is_some());
    if args.methods == ["all"] {
        let fits = |m: &Method| has_integrand || !m.needs_integrand();
        return Ok(Method::ALL.into_iter().filter(fits).collect());
    }
    let mut methods: Vec<Method> = Vec::new();
    for name in &args.methods {
        let method: Method = name.parse().context("--methods")?;
        if method.needs_integrand() && !has_integrand {
            bail!(
                "--methods {method}: it evaluates an integrand, and a bare amplitude has none; \
                 --integral sine has one, and for a bare amplitude there is monte-carlo"
            );
        }
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    Ok(methods)
}

fn curve(
    args: &Args,
    problems: &[EstimationProblem],
    methods: &[Method],
    kappa: f64,
    watch: &Watch,
) -> Result<CurveResult> {
    let bar = bar();
    let mut curve = ErrorCurve::new(problems.to_vec())?
        .setup(Setup { alpha: args.alpha, kappa })?
        .methods(methods)
        .repeats(args.repeats)?
        .seed(args.seed)
        .watched(watch)
        .on_progress(|progress: &CurveProgress| {
            if let Some(bar) = &bar {
                bar.set_length(progress.all as u64);
                bar.set_position(progress.done as u64);
                bar.set_message(progress.method.clone());
            }
        });
    curve = match args.precisions.as_slice() {
        [] => {
            let budgets = args.targets().into_iter().filter_map(|t| match t {
                Target::Budget(uses) => Some(uses),
                Target::Precision(_) => None,
            });
            curve.budgets(&budgets.collect::<Vec<_>>())?
        }
        precisions => curve.precisions(precisions).context("--precisions")?,
    };
    if args.full_circuits {
        let simulator = Simulator::new();
        cancel_on_interrupt(simulator.watch());
        let watch = simulator.watch().clone();
        curve = curve.full_circuits(simulator).watched(&watch);
    } else {
        cancel_on_interrupt(watch);
    }
    if let Some(path) = &args.checkpoint {
        curve = curve.checkpoint(path).resume(args.resume);
    }
    Ok(curve.run()?)
}

fn once(
    args: &Args,
    problems: &[EstimationProblem],
    methods: &[Method],
    watch: &Watch,
) -> Result<ExitCode> {
    let mut rows = Vec::new();
    for problem in problems {
        for &kappa in &args.kappa {
            let setup = Setup { alpha: args.alpha, kappa };
            let experiment = if args.full_circuits {
                let simulator = Simulator::new();
                cancel_on_interrupt(simulator.watch());
                problem.full_circuits(simulator)?
            } else {
                cancel_on_interrupt(watch);
                problem.exact_law()?.watched(watch.clone())
            };
            let experiment = experiment.depolarizing(kappa).context("--kappa")?;
            for target in args.targets() {
                for method in methods {
                    let estimator = method.estimator(target, &setup)?;
                    rows.push((problem, estimator.estimate(&experiment, args.seed)?));
                }
            }
        }
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        let estimates: Vec<_> = rows.iter().map(|r| &r.1).collect();
        serde_json::to_writer_pretty(&mut out, &estimates)?;
        writeln!(out)?;
    } else {
        report::estimates(&mut out, &rows)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn save(results: &[CurveResult], measure: Measure, path: &Path) -> Result<()> {
    let figure: Figure = match results {
        [one] => one.figure(measure),
        several => ketlab::estimation::noise_figure(several, measure),
    };
    figure.save(path).with_context(|| format!("--plot {}", path.display()))
}

fn bar() -> Option<ProgressBar> {
    std::io::stderr().is_terminal().then(|| {
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}, {elapsed}");
        bar.set_style(style.expect("a fixed template"));
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    })
}

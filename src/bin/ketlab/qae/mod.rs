//! `ketlab qae`: amplitude estimation against Monte Carlo.

mod once;
mod report;

use crate::input::{self, Reading};
use crate::output::OutputFile;
use crate::progress::cancel_on_interrupt;
use crate::train::check_plot;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use ketlab::estimation::{
    AmplitudeEstimator, BlackScholes, ControlVariate, CurveProgress, CurveResult, ErrorCurve,
    EstimationProblem, GoodStates, Integrand, Measure, Method, NoiseTable, PostProcessing, Setup,
    Target,
};
use ketlab::report::Figure;
use ketlab::simulate::Watch;
use ketlab::{Circuit, Simulator};
use once::Group;
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
    /// `price in {1,3}`, joined by commas (all must hold) or bars (one must), or a pattern like `1--0`
    #[arg(long, value_name = "CONDITIONS", allow_hyphen_values = true)]
    good: Option<String>,
    /// Estimate a coin of this amplitude; several, separated by commas, are summed up
    #[arg(
        long,
        value_name = "A,…",
        value_delimiter = ',',
        allow_negative_numbers = true,
        conflicts_with_all = ["file", "integral"]
    )]
    amplitude: Vec<f64>,
    /// Estimate an integral, which classical methods evaluate and quantum ones load on a grid
    #[arg(long, value_enum, conflicts_with = "file")]
    integral: Option<Integral>,
    /// Qubits a dimension of the grid of an integral [default: 8]
    #[arg(long, value_name = "N")]
    grid_qubits: Option<usize>,
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
    methods: Vec<String>,
    /// Uses of A that methods are made to fit, about so for those that decide while they run
    /// [default: 100 to 100,000, two a decade; with --once 10,000]
    #[arg(
        long,
        value_name = "N,…",
        value_delimiter = ',', value_parser = budget,
        allow_hyphen_values = true
    )]
    budgets: Vec<u64>,
    /// Half-widths that intervals are to have, instead of budgets: at most so for methods with a
    /// promise, about so for the others
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
    /// Precisions of that table [default: 0.03 to 0.0003]
    #[arg(long, value_name = "E,…", value_delimiter = ',', allow_hyphen_values = true)]
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
    /// The error that is drawn and whose slope is printed [default: median]
    #[arg(long, value_enum, conflicts_with = "once")]
    measure: Option<MeasureArg>,
    /// Seed of the estimates
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write the picture (.svg, .png) or its numbers (.csv, .json)
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write all numbers of every point, a row each
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Keep what is finished in this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint; methods and budgets may be new
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
    /// A European call option: a share at 100, strike 105, 5 % interest, 20 % volatility, one year,
    /// payoff at most 200
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
    check(&args)?;
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
    let epsilons = match args.epsilons.as_slice() {
        [] => &[0.03, 0.01, 0.003, 0.001, 0.0003],
        given => given,
    };
    let table = (results.len() > 1).then(|| NoiseTable::new(&results, epsilons));
    let mut out = std::io::stdout().lock();
    if args.json {
        report::json(&mut out, &results, table.as_ref())?;
    } else {
        for result in &results {
            let post = (problems.len() == 1).then(|| problems[0].post());
            report::text(&mut out, result, post, measure)?;
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

/// Refuses, before the work, flags that contradict each other.
fn check(args: &Args) -> Result<()> {
    // A flag that another excludes does not count as required for clap.
    if args.file.is_none() && (args.good.is_some() || args.reading.has_params()) {
        bail!("--good and --param are of a circuit; give its FILE");
    }
    if args.integral.is_none() && args.grid_qubits.is_some() {
        bail!("--grid-qubits are of an integral; give --integral sine, for example");
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
        eprintln!("there is no checkpoint yet: the curve begins anew");
    }
    Ok(())
}

/// Panels of a figure.
const MOST_PANELS: usize = 4;

/// A number of uses, also as 1e4.
fn budget(text: &str) -> Result<u64, String> {
    let number: f64 = text.trim().parse().map_err(|_| "write a number like 1000 or 1e4")?;
    if number.fract() == 0.0 && (1.0..=MOST_USES).contains(&number) {
        return Ok(number as u64);
    }
    Err(format!("a budget is a whole number from 1 to {MOST_USES:e}"))
}

/// Powers beyond this budget are larger than those whose phases are exact.
const MOST_USES: f64 = 1e12;

impl Args {
    fn grid_qubits(&self) -> usize {
        self.grid_qubits.unwrap_or(8)
    }

    fn measure(&self) -> Measure {
        match self.measure {
            Some(MeasureArg::Rmse) => Measure::Rmse,
            _ => Measure::MedianAbsolute,
        }
    }

    fn targets(&self) -> Vec<Target> {
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

fn problems(args: &Args) -> Result<Vec<EstimationProblem>> {
    let post = PostProcessing::Affine { scale: args.scale, offset: args.offset };
    for (name, value) in [("--scale", args.scale), ("--offset", args.offset)] {
        if !value.is_finite() {
            bail!("{name} is {value}; it must be a finite number");
        }
    }
    let found = match (&args.file, args.integral) {
        (Some(file), _) => {
            let read = args.reading.circuit(file)?;
            let circuit = read.without_final_measurements();
            let measures = |c: &Circuit| c.profile().num_measurements;
            if measures(&circuit) < measures(&read) && measures(&circuit) == 0 {
                eprintln!("{}: its final measurements are left out", input::name(file));
            }
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
                    (referred(integrand, args.grid_qubits())?, money)
                }
            };
            let problem = EstimationProblem::integral(integrand, args.grid_qubits())
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
    let mut groups = Vec::new();
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
                let mut group = Group::new(problem, &experiment, target);
                for &method in methods {
                    let estimate = method
                        .estimator(target, &setup)
                        .and_then(|estimator| estimator.estimate(&experiment, args.seed));
                    match estimate {
                        Err(error @ ketlab::Error::Interrupted) => return Err(error.into()),
                        Err(error) => group.skipped.push((method, error.to_string())),
                        Ok(estimate) => group.estimates.push((method, estimate)),
                    }
                }
                groups.push(group);
            }
        }
    }
    if groups.iter().all(|g| g.estimates.is_empty())
        && let Some((method, reason)) = groups.first().and_then(|g| g.skipped.first())
    {
        bail!("nothing that was asked for runs; {method}: {reason}");
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        once::json(&mut out, &groups)?;
    } else {
        once::text(&mut out, &groups)?;
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

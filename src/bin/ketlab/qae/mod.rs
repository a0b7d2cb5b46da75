//! `ketlab qae`: amplitude estimation against Monte Carlo.

mod args;
mod once;
mod problem;
mod quantity;
mod report;

pub use args::Args;

use crate::document::Work;
use crate::messages;
use crate::output::{OutputFile, check_extension};
use crate::progress::{Progress, cancel_on_interrupt};
use crate::text::Folded;
use crate::train::{check_plot, exit_code};
use anyhow::{Context, Result};
use ketlab::Simulator;
use ketlab::estimation::{
    CurveProgress, CurveResult, ErrorCurve, EstimationProblem, EstimatorKind, Measure, NoiseTable,
    Target,
};
use ketlab::report::Figure;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

pub fn main(args: Args) -> Result<ExitCode> {
    args.threads.run(|| estimate(&args))?
}

fn estimate(args: &Args) -> Result<ExitCode> {
    let start = Instant::now();
    check_plot(args.plot.as_deref())?;
    if let Some(path) = &args.csv {
        check_extension("--csv", path, &["csv"], &[("json", "--json"), ("svg", "--plot")])?;
    }
    let csv = args.csv.as_deref().map(|path| OutputFile::create("--csv", path)).transpose()?;
    args::check(args)?;
    let problems = problem::problems(args)?;
    let methods = problem::methods(args, &problems)?;
    // One handle for all that runs: Ctrl-C knows no other.
    let simulator = Simulator::new();
    cancel_on_interrupt(simulator.watch());
    if args.once {
        return once::run(args, &problems, &methods, &simulator);
    }
    let mut results = Vec::new();
    for &kappa in &args.kappa {
        results.push(curve(args, &problems, &methods, kappa, &simulator)?);
        if simulator.watch().is_cancelled() {
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
    if args.json.is_wanted() {
        report::json(
            &mut out,
            &results,
            table.as_ref(),
            &Work::since(start, Some(args.seed.value())),
        )?;
    } else {
        for result in &results {
            let post = (problems.len() == 1).then(|| problems[0].post());
            report::text(&mut Folded::new(&mut out), result, post, measure)?;
        }
        if let Some(table) = &table {
            report::noise(&mut Folded::new(&mut out), table)?;
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
        messages::note(match &args.checkpoint {
            Some(_) => "interrupted: this is what was finished; --resume goes on",
            None => "interrupted: this is what was finished",
        });
    }
    if results.iter().any(|r| r.resumed_cells > 0 && r.new_cells == 0 && !r.interrupted) {
        messages::note("the checkpoint was finished: nothing was left to do");
    }
    Ok(exit_code(interrupted, results.iter().map(|r| &r.checkpoint_error)))
}

fn curve(
    args: &Args,
    problems: &[EstimationProblem],
    methods: &[EstimatorKind],
    kappa: f64,
    simulator: &Simulator,
) -> Result<CurveResult> {
    let bar = Progress::bar(1, "points");
    let mut curve = ErrorCurve::new(problems.to_vec())?
        .kappa(kappa)
        .context("--kappa")?
        .methods(methods)
        .repeats(args.repeats)?
        .seed(args.seed.value())
        .watched(simulator.watch())
        .on_progress(|progress: &CurveProgress| {
            bar.done(progress.done as u64, progress.all as u64);
            bar.message(|| progress.method.clone());
            messages::detail(|| {
                format!("{} of {} points: {}", progress.done, progress.all, progress.method)
            });
        });
    if let Some(alpha) = args.alpha {
        curve = curve.alpha(alpha).context("--alpha")?;
    }
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
        curve = curve.full_circuits(simulator.clone());
    }
    if let Some(path) = &args.checkpoint {
        curve = curve.checkpoint(path).resume(args.resume);
    }
    Ok(curve.run()?)
}

fn save(results: &[CurveResult], measure: Measure, path: &Path) -> Result<()> {
    let figure: Figure = match results {
        [one] => one.figure(measure),
        several => ketlab::estimation::noise_figure(several, measure),
    }
    .context("--plot")?;
    figure.save(path).with_context(|| format!("--plot {}", path.display()))
}
